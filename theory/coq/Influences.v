(** How deep and how large a tree must be: bits that are flipped, and the rank of a tree. *)
From Coq Require Import Bool List Reals Lra Lia Arith FunctionalExtensionality.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

Inductive bit_tree := Says (c : bool) | Asks (v : nat) (low high : bit_tree).
Fixpoint value (t : bit_tree) (x : nat -> bool) : bool :=
  match t with Says c => c | Asks v l h => if x v then value h x else value l x end.
Fixpoint bit_leaves (t : bit_tree) : nat :=
  match t with Says _ => 1 | Asks _ l h => bit_leaves l + bit_leaves h end.
(** How many bits the tree asks for at a point, and whether bit [i] is one of them. *)
Fixpoint asked_at (t : bit_tree) (x : nat -> bool) : nat :=
  match t with Says _ => 0 | Asks v l h => S (if x v then asked_at h x else asked_at l x) end.
Fixpoint asks (t : bit_tree) (x : nat -> bool) (i : nat) : bool :=
  match t with Says _ => false | Asks v l h => ((i =? v)%nat || if x v then asks h x i else asks l x i)%bool end.
(** No path asks for a bit twice. *)
Fixpoint mentions (t : bit_tree) (i : nat) : bool :=
  match t with Says _ => false | Asks v l h => ((i =? v)%nat || mentions l i || mentions h i)%bool end.
Fixpoint once (t : bit_tree) : Prop :=
  match t with
  | Says _ => True
  | Asks v l h => mentions l v = false /\ mentions h v = false /\ once l /\ once h
  end.
Fixpoint rank (t : bit_tree) : nat :=
  match t with
  | Says _ => 0
  | Asks _ l h => if (rank l =? rank h)%nat then S (rank l) else Nat.max (rank l) (rank h)
  end.

Lemma bit_leaves_some t : (1 <= bit_leaves t)%nat.
Proof. induction t; cbn; lia. Qed.

Theorem rank_leaves t : (2 ^ rank t <= bit_leaves t)%nat.
Proof.
  induction t as [c|v l L h H]; cbn [rank bit_leaves]; [cbn; lia|].
  destruct (Nat.eqb_spec (rank l) (rank h)) as [E|_].
  - rewrite E in *. cbn [Nat.pow]. lia.
  - destruct (Nat.max_spec (rank l) (rank h)) as [[_ ->]|[_ ->]]; lia.
Qed.

(** ** Bits that are flipped *)
Definition flip_bit (i : nat) (x : nat -> bool) : nat -> bool :=
  fun j => if (j =? i)%nat then negb (x j) else x j.

Lemma unasked t x i : asks t x i = false -> value t (flip_bit i x) = value t x.
Proof.
  induction t as [c|v l L h H]; cbn; [reflexivity|]. intros E. apply orb_false_iff in E as [N E].
  unfold flip_bit at 1. rewrite Nat.eqb_sym, N. destruct (x v); auto.
Qed.

Lemma at_most_once (v : nat) l : NoDup l -> sum (fun i => if (i =? v)%nat then 1 else 0) l <= 1.
Proof.
  induction l as [|i l IH]; cbn; intros N; [lra|]. inversion_clear N as [|? ? A B].
  destruct (Nat.eqb_spec i v) as [->|_]; [|specialize (IH B); lra].
  rewrite (sum_ext_in _ (fun _ => 0)); [rewrite sum_zero; lra|].
  intros j J. destruct (Nat.eqb_spec j v) as [->|_]; [contradiction|reflexivity].
Qed.

Lemma asks_depth t x l : NoDup l -> sum (fun i => if asks t x i then 1 else 0) l <= INR (asked_at t x).
Proof.
  intros N. induction t as [c|v low L high H].
  - cbn [asks asked_at]. rewrite sum_zero. cbn. lra.
  - cbn [asks asked_at]. rewrite S_INR. pose proof (at_most_once v l N) as one.
    apply Rle_trans with (sum (fun i => (if (i =? v)%nat then 1 else 0)
      + (if (if x v then asks high x i else asks low x i) then 1 else 0)) l).
    + apply sum_le. intros i _. destruct (i =? v)%nat, (if x v then asks high x i else asks low x i); cbn; lra.
    + rewrite sum_plus. destruct (x v); lra.
Qed.

(** Points are [d] fair bits, independent of each other: to flip one changes no probability. *)
Definition fair_bits (d : nat) (D : list ((nat -> bool) * R)) : Prop :=
  forall i E, (i < d)%nat -> pr D (fun x => E (flip_bit i x)) = pr D E.
(** A tree that asks for these bits alone. *)
Definition below (d : nat) (t : bit_tree) : Prop := forall i, mentions t i = true -> (i < d)%nat.

Lemma below_parts d v l h : below d (Asks v l h) -> (v < d)%nat /\ below d l /\ below d h.
Proof.
  intros B. repeat split; [|intros i I|intros i I]; apply B; cbn; [now rewrite Nat.eqb_refl| |];
    rewrite I; now rewrite ?orb_true_r.
Qed.

Section Fair.
Context (D : list ((nat -> bool) * R)) (f : (nat -> bool) -> bool) (t : bit_tree) (d : nat).
Hypothesis law : distribution D.
Hypothesis fair : fair_bits d D.

Definition changes (i : nat) (x : nat -> bool) : bool := xorb (f x) (f (flip_bit i x)).
Definition misses (x : nat -> bool) : bool := xorb (f x) (value t x).
Definition total_influence : R := sum (fun i => pr D (changes i)) (seq 0 d).
Definition average_depth : R := sum (fun x => snd x * INR (asked_at t (fst x))) D.

Lemma changes_asks i : (i < d)%nat -> pr D (changes i) <= pr D (fun x => asks t x i) + 2 * pr D misses.
Proof.
  intros inside. apply Rle_trans with (sum (fun e => pr D e) [(fun x => asks t x i); misses; (fun x => misses (flip_bit i x))]).
  - apply Rle_trans with (2 := pr_union D law (fun e => e) _). apply pr_le; [exact law|]. intros x C.
    cbn. destruct (asks t x i) eqn:A; [reflexivity|]. apply unasked in A.
    unfold misses, changes in *. rewrite A. destruct (f x), (f (flip_bit i x)), (value t x); cbn in *; auto.
  - cbn [sum]. rewrite (fair i misses inside). lra.
Qed.

Lemma asks_all : sum (fun i => pr D (fun x => asks t x i)) (seq 0 d) <= average_depth.
Proof.
  unfold pr, average_depth. rewrite sum_swap. apply sum_le. intros x I.
  destruct law as [P _]. pose proof (P x I).
  rewrite (sum_ext _ (fun i => snd x * (if asks t (fst x) i then 1 else 0))).
  - rewrite sum_scale. apply Rmult_le_compat_l; [assumption|]. apply asks_depth, seq_NoDup.
  - intros i. destruct (asks t (fst x) i); ring.
Qed.

Theorem influence_depth : total_influence <= average_depth + 2 * INR d * pr D misses.
Proof.
  unfold total_influence.
  apply Rle_trans with (sum (fun i => pr D (fun x => asks t x i) + 2 * pr D misses) (seq 0 d)).
  - apply sum_le. intros i I. apply in_seq in I. apply changes_asks. lia.
  - rewrite sum_plus, sum_const, seq_length. pose proof asks_all. lra.
Qed.
End Fair.

(** ** Leaves *)
Lemma halves a b : 1 <= a -> 1 <= b -> 2 * ln 2 + ln a + ln b <= 2 * ln (a + b).
Proof.
  intros A B. replace (2 * ln 2) with (ln 2 + ln 2) by ring.
  replace (2 * ln (a + b)) with (ln (a + b) + ln (a + b)) by ring.
  rewrite <- !ln_mult by nra.
  pose proof (Rle_0_sqr (a - b)) as sq. unfold Rsqr in sq.
  destruct (Rle_lt_or_eq_dec (2 * 2 * a * b) ((a + b) * (a + b))) as [L|E]; [lra| |].
  - apply Rlt_le, ln_increasing; nra.
  - rewrite E. lra.
Qed.

Section Reached.
Context (D : list ((nat -> bool) * R)) (d : nat).
Hypothesis law : distribution D.
Hypothesis fair : fair_bits d D.

Definition reaching (A : (nat -> bool) -> bool) (t : bit_tree) : R :=
  sum (fun x => if A (fst x) then snd x * INR (asked_at t (fst x)) else 0) D.

Lemma within_leaves t : once t -> below d t -> forall A, (forall i x, mentions t i = true -> A (flip_bit i x) = A x) ->
  reaching A t * ln 2 <= pr D A * ln (INR (bit_leaves t)).
Proof.
  induction t as [c|v l L h H]; cbn [once bit_leaves]; intros O few A same.
  - unfold reaching. cbn [asked_at INR]. rewrite (sum_ext _ (fun _ => 0)), sum_zero; [rewrite ln_1; lra|].
    intros x. destruct (A (fst x)); ring.
  - destruct O as (vl & vh & Ol & Oh). apply below_parts in few as (vd & fl & fh).
    set (up := fun x => (A x && x v)%bool). set (down := fun x => (A x && negb (x v))%bool).
    assert (half : pr D up = pr D down).
    { rewrite <- (fair v up vd). apply pr_ext. intros x. unfold up, down.
      rewrite same by (cbn; now rewrite Nat.eqb_refl). unfold flip_bit. now rewrite Nat.eqb_refl. }
    assert (both : pr D A = pr D up + pr D down) by apply pr_split.
    assert (stays : forall t' i x, mentions t' v = false -> mentions t' i = true -> flip_bit i x v = x v).
    { intros t' i x n y. unfold flip_bit. destruct (Nat.eqb_spec v i) as [->|_]; [congruence|reflexivity]. }
    assert (sameh : forall i x, mentions h i = true -> up (flip_bit i x) = up x).
    { intros i x y. unfold up. rewrite (stays h i x vh y), same; [reflexivity|].
      cbn. rewrite y. now rewrite !orb_true_r. }
    assert (samel : forall i x, mentions l i = true -> down (flip_bit i x) = down x).
    { intros i x y. unfold down. rewrite (stays l i x vl y), same; [reflexivity|].
      cbn. rewrite y. now rewrite orb_true_r. }
    specialize (H Oh fh up sameh). specialize (L Ol fl down samel).
    assert (parts : reaching A (Asks v l h) = pr D A + reaching up h + reaching down l).
    { unfold reaching, pr. rewrite <- !sum_plus. apply sum_ext. intros x. unfold up, down. cbn [asked_at].
      rewrite S_INR. destruct (A (fst x)), (fst x v); cbn; ring. }
    rewrite parts, plus_INR. pose proof (le_INR _ _ (bit_leaves_some l)). pose proof (le_INR _ _ (bit_leaves_some h)).
    cbn [INR] in *. pose proof (halves (INR (bit_leaves l)) (INR (bit_leaves h)) ltac:(lra) ltac:(lra)).
    pose proof (pr_range D law up) as [q0 _].
    match goal with U : 2 * ln 2 + _ + _ <= _ |- _ => pose proof (Rmult_le_compat_l _ _ _ q0 U) end.
    rewrite both. rewrite <- half in *. lra.
Qed.

Theorem leaves_depth t : once t -> below d t -> average_depth D t * ln 2 <= ln (INR (bit_leaves t)).
Proof.
  intros O few. pose proof (within_leaves t O few (fun _ => true) (fun _ _ _ => eq_refl)) as W.
  rewrite pr_true in W by exact law. change (reaching (fun _ => true) t) with (average_depth D t) in W. lra.
Qed.

Theorem influence_leaves f t : once t -> below d t ->
  Rpower 2 (total_influence D f d - 2 * INR d * pr D (misses f t)) <= INR (bit_leaves t).
Proof.
  intros O few. pose proof (leaves_depth t O few). pose proof (influence_depth D f t d law fair).
  pose proof (le_INR _ _ (bit_leaves_some t)). cbn [INR] in *.
  assert (0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  unfold Rpower. rewrite <- (exp_ln (INR (bit_leaves t))) by lra.
  assert ((total_influence D f d - 2 * INR d * pr D (misses f t)) * ln 2 <= ln (INR (bit_leaves t))) as [L|E] by nra.
  - now apply Rlt_le, exp_increasing.
  - rewrite E. lra.
Qed.
End Reached.
(** ** How often each class occurs *)
Definition fair_coin : list (bool * R) := [(false, 1 / 2); (true, 1 / 2)].
Lemma fair_coin_law : distribution fair_coin.
Proof. split; [intros x [<-|[<-|[]]]; cbn; lra|cbn; lra]. Qed.

Fixpoint flipped_bit (i : nat) (x : list bool) : list bool :=
  match x, i with
  | [], _ => []
  | b :: x, O => negb b :: x
  | b :: x, S i => b :: flipped_bit i x
  end.
Definition influence (d : nat) (f : list bool -> bool) (i : nat) : R :=
  pr (power fair_coin d) (fun x => xorb (f x) (f (flipped_bit i x))).

Lemma fair_coin_step d E : pr (power fair_coin (S d)) E
  = (pr (power fair_coin d) (fun x => E (false :: x)) + pr (power fair_coin d) (fun x => E (true :: x))) / 2.
Proof. rewrite pr_step. cbn [sum fair_coin fst snd]. field. Qed.

Lemma seq_shift_sum (g : nat -> R) n : sum g (seq 1 n) = sum (fun i => g (S i)) (seq 0 n).
Proof. rewrite <- seq_shift, sum_map. reflexivity. Qed.

(** There are such points: all words of [d] bits, and no bits behind them. *)
Definition bits_of (x : list bool) : nat -> bool := fun i => nth i x false.
Definition cube_points (d : nat) : list ((nat -> bool) * R) := map (fun x => (bits_of (fst x), snd x)) (power fair_coin d).

Lemma bits_flipped i x : (i < length x)%nat -> bits_of (flipped_bit i x) = flip_bit i (bits_of x).
Proof.
  intros L. apply functional_extensionality. unfold bits_of, flip_bit. revert i L.
  induction x as [|b x IH]; intros [|i] L [|j]; cbn in *; try lia; try reflexivity. apply IH. lia.
Qed.
Lemma words_long d x : In x (power fair_coin d) -> length (fst x) = d.
Proof.
  revert x. induction d as [|d IH]; intros x I; cbn in I; [now destruct I as [<-|[]]|].
  rewrite app_nil_r in I. apply in_app_iff in I as [I|I]; apply in_map_iff in I as [y [<- J]]; cbn; now rewrite (IH y J).
Qed.
Lemma coins_fair d : forall i F, (i < d)%nat ->
  pr (power fair_coin d) (fun x => F (flipped_bit i x)) = pr (power fair_coin d) F.
Proof.
  induction d as [|d IH]; intros i F L; [lia|]. rewrite !fair_coin_step.
  destruct i as [|i]; cbn [flipped_bit negb]; [field|].
  rewrite (IH i (fun x => F (false :: x))), (IH i (fun x => F (true :: x))) by lia. reflexivity.
Qed.
Theorem cube_points_fair d : distribution (cube_points d) /\ fair_bits d (cube_points d).
Proof.
  assert (E0 : forall E, pr (cube_points d) E = pr (power fair_coin d) (fun x => E (bits_of x))).
  { intros E. unfold pr, cube_points. now rewrite sum_map. }
  split.
  - destruct (power_law fair_coin d fair_coin_law) as [P one]. split.
    + intros x I. apply in_map_iff in I as [y [<- J]]. exact (P y J).
    + unfold cube_points. now rewrite sum_map.
  - intros i E L. rewrite !E0.
    rewrite (pr_ext_in (power fair_coin d) _ (fun x => E (bits_of (flipped_bit i x)))).
    + exact (coins_fair d i (fun x => E (bits_of x)) L).
    + intros x I. rewrite bits_flipped; [reflexivity|]. now rewrite (words_long d x I).
Qed.

Theorem poincare d : forall f, let p := pr (power fair_coin d) f in
  4 * p * (1 - p) <= sum (influence d f) (seq 0 d).
Proof.
  induction d as [|d IH]; intros f p.
  - subst p. cbn. destruct (f []); lra.
  - specialize (IH (fun x => f (false :: x))) as L. specialize (IH (fun x => f (true :: x))) as H.
    cbn beta zeta in L, H. cbn [seq sum]. rewrite seq_shift_sum.
    assert (first : influence (S d) f 0 = pr (power fair_coin d) (fun x => xorb (f (false :: x)) (f (true :: x)))).
    { unfold influence. rewrite fair_coin_step. cbn [flipped_bit negb].
      rewrite (pr_ext _ (fun x => xorb (f (true :: x)) (f (false :: x))) (fun x => xorb (f (false :: x)) (f (true :: x))));
        [field|intros x; apply xorb_comm]. }
    assert (rest : sum (fun i => influence (S d) f (S i)) (seq 0 d)
      = (sum (influence d (fun x => f (false :: x))) (seq 0 d) + sum (influence d (fun x => f (true :: x))) (seq 0 d)) / 2).
    { rewrite (sum_ext _ (fun i => / 2 * influence d (fun x => f (false :: x)) i + / 2 * influence d (fun x => f (true :: x)) i)).
      - rewrite sum_plus, (sum_scale (/ 2) (influence d (fun x => f (false :: x)))), (sum_scale (/ 2) (influence d (fun x => f (true :: x)))). field.
      - intros i. unfold influence. rewrite fair_coin_step. cbn [flipped_bit]. field. }
    rewrite first, rest. subst p. rewrite fair_coin_step.
    set (a := pr (power fair_coin d) (fun x => f (false :: x))) in *.
    set (b := pr (power fair_coin d) (fun x => f (true :: x))) in *.
    set (c := pr (power fair_coin d) (fun x => xorb (f (false :: x)) (f (true :: x)))).
    assert (W : distribution (power fair_coin d)) by apply power_law, fair_coin_law.
    assert (ab : a <= b + c).
    { subst a b c. unfold pr. rewrite <- sum_plus. apply sum_le. intros x I. destruct W as [P _]. pose proof (P x I).
      destruct (f (false :: fst x)), (f (true :: fst x)); cbn; lra. }
    assert (ba : b <= a + c).
    { subst a b c. unfold pr. rewrite <- sum_plus. apply sum_le. intros x I. destruct W as [P _]. pose proof (P x I).
      destruct (f (false :: fst x)), (f (true :: fst x)); cbn; lra. }
    assert (A : 0 <= a <= 1) by apply (pr_range _ W). assert (B : 0 <= b <= 1) by apply (pr_range _ W).
    assert (0 <= c <= 1) by apply (pr_range _ W).
    assert ((a - b) * (a - b) <= c) by nra.
    replace (4 * ((a + b) / 2) * (1 - (a + b) / 2))
      with ((4 * a * (1 - a) + 4 * b * (1 - b)) / 2 + (a - b) * (a - b)) by field. lra.
Qed.
