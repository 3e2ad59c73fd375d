(** Two laws that are hard to tell apart: what confidence costs an agnostic distiller. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing Promises.
Import ListNotations.
Open Scope R_scope.

(** A law by the weights of points; samples, and their weights. *)
Definition weighed {T} (l : list T) (p : T -> R) : list (T * R) := map (fun x => (x, p x)) l.
Fixpoint tuples {T} (l : list T) (n : nat) : list (list T) :=
  match n with O => [[]] | S n' => flat_map (fun x => map (cons x) (tuples l n')) l end.
Fixpoint weight {T} (p : T -> R) (s : list T) : R :=
  match s with [] => 1 | x :: s' => p x * weight p s' end.

Lemma pr_weighed {T} (l : list T) p n E :
  pr (power (weighed l p) n) E = sum (fun s => if E s then weight p s else 0) (tuples l n).
Proof.
  revert E. induction n as [|n IH]; intros E; [unfold pr; cbn; reflexivity|].
  rewrite pr_step. unfold weighed. rewrite sum_map. fold (weighed l p). cbn [fst snd tuples].
  rewrite sum_flat_map.
  apply sum_ext. intros x. rewrite IH, <- sum_scale, sum_map. apply sum_ext. intros s. cbn [weight].
  destruct (E (x :: s)); lra.
Qed.

Lemma weight_sum {T} (l : list T) p n : sum (weight p) (tuples l n) = sum p l ^ n.
Proof.
  induction n as [|n IH]; [cbn; lra|]. cbn [tuples pow]. rewrite sum_flat_map, <- IH, Rmult_comm.
  rewrite <- sum_scale. apply sum_ext. intros x. rewrite sum_map. cbn [weight]. rewrite sum_scale. ring.
Qed.

Lemma weight_nonneg {T} (p : T -> R) s : (forall x, 0 <= p x) -> 0 <= weight p s.
Proof. intros N. induction s; cbn [weight]; [lra|]. now apply Rmult_le_pos. Qed.

Lemma weight_root {T} (p q : T -> R) s : (forall x, 0 <= p x) -> (forall x, 0 <= q x) ->
  weight (fun x => sqrt (p x * q x)) s = sqrt (weight p s * weight q s).
Proof.
  intros P Q. induction s as [|x s IH]; cbn [weight]; [now rewrite Rmult_1_l, sqrt_1|]. rewrite IH.
  rewrite <- sqrt_mult; try (apply Rmult_le_pos; auto using weight_nonneg). f_equal. ring.
Qed.

(** Cauchy and Schwarz, for nonnegative numbers. *)
Lemma cauchy {A} (a b : A -> R) l : (forall x, 0 <= a x) -> (forall x, 0 <= b x) ->
  sum (fun x => sqrt (a x * b x)) l ^ 2 <= sum a l * sum b l.
Proof.
  intros NA NB. induction l as [|x l IH]; cbn [sum]; [lra|].
  set (r := sqrt (a x * b x)). set (t := sum (fun x => sqrt (a x * b x)) l) in *.
  set (A' := sum a l) in *. set (B' := sum b l) in *.
  assert (PA : 0 <= A') by now apply sum_nonneg. assert (PB : 0 <= B') by now apply sum_nonneg.
  assert (PT : 0 <= t) by (apply sum_nonneg; intros; apply sqrt_pos).
  assert (PR : 0 <= r) by apply sqrt_pos.
  assert (R2 : r * r = a x * b x) by (apply sqrt_sqrt, Rmult_le_pos; auto).
  pose proof (NA x) as X. pose proof (NB x) as Y.
  assert (M : 2 * (r * t) <= a x * B' + b x * A').
  { apply Rsqr_incr_0_var; [|apply Rplus_le_le_0_compat; now apply Rmult_le_pos].
    unfold Rsqr. replace (2 * (r * t) * (2 * (r * t))) with (4 * ((r * r) * (t * t))) by ring. rewrite R2.
    assert (t * t <= A' * B') by (replace (t * t) with (t ^ 2) by ring; assumption).
    apply Rle_trans with (4 * ((a x * b x) * (A' * B'))).
    - apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [now apply Rmult_le_pos|assumption].
    - pose proof (Rle_0_sqr (a x * B' - b x * A')) as Q. unfold Rsqr in Q. lra. }
  replace ((r + t) ^ 2) with (r * r + 2 * (r * t) + t ^ 2) by ring. rewrite R2. nra.
Qed.

Section Two.
Context {T : Type} (l : list T) (p q : T -> R).
Hypothesis P : forall x, 0 <= p x.
Hypothesis Q : forall x, 0 <= q x.
Hypothesis P1 : sum p l = 1.
Hypothesis Q1 : sum q l = 1.

Definition affinity : R := sum (fun x => sqrt (p x * q x)) l.

Lemma weighed_law (r : T -> R) : (forall x, 0 <= r x) -> sum r l = 1 -> distribution (weighed l r).
Proof.
  intros N S. split; [intros y I; apply in_map_iff in I as [x [<- _]]; apply N|].
  unfold weighed. rewrite sum_map. exact S.
Qed.

Context {C G : Type} (coins : list (C * R)) (out : C -> list T -> G).

(** [bad] and [worse] say which outputs are failures under the first law and the second. *)
Theorem told_apart (bad worse : G -> bool) delta n :
  distribution coins -> (forall c s, bad (out c s) = true \/ worse (out c s) = true) ->
  sum (fun c => snd c * pr (power (weighed l p) n) (fun s => bad (out (fst c) s))) coins <= delta ->
  sum (fun c => snd c * pr (power (weighed l q) n) (fun s => worse (out (fst c) s))) coins <= delta ->
  delta <= 1 / 2 -> (affinity ^ 2) ^ n <= 4 * delta * (1 - delta).
Proof.
  intros coin either first second d.
  set (both := sum (fun s => Rmin (weight p s) (weight q s)) (tuples l n)).
  set (all := sum (fun s => Rmax (weight p s) (weight q s)) (tuples l n)).
  assert (WP : forall s, 0 <= weight p s) by (intros; now apply weight_nonneg).
  assert (WQ : forall s, 0 <= weight q s) by (intros; now apply weight_nonneg).
  assert (total : both + all = 2).
  { unfold both, all. rewrite <- sum_plus.
    rewrite (sum_ext _ (fun s => weight p s + weight q s))
      by (intros s; unfold Rmin, Rmax; destruct (Rle_dec (weight p s) (weight q s)); lra).
    rewrite sum_plus, !weight_sum, P1, Q1, pow1. lra. }
  assert (root : affinity ^ n = sum (fun s => sqrt (Rmin (weight p s) (weight q s) * Rmax (weight p s) (weight q s)))
    (tuples l n)).
  { unfold affinity. rewrite <- weight_sum. apply sum_ext. intros s. rewrite weight_root by assumption.
    f_equal. unfold Rmin, Rmax. destruct (Rle_dec (weight p s) (weight q s)); ring. }
  assert (schwarz : (affinity ^ n) ^ 2 <= both * all).
  { rewrite root. apply cauchy; intros s; unfold Rmin, Rmax; destruct (Rle_dec (weight p s) (weight q s)); auto. }
  assert (low : both <= 2 * delta).
  { apply Rle_trans with (sum (fun c => snd c * pr (power (weighed l p) n) (fun s => bad (out (fst c) s))) coins +
      sum (fun c => snd c * pr (power (weighed l q) n) (fun s => worse (out (fst c) s))) coins); [|lra].
    rewrite <- sum_plus. replace both with (sum (fun c => both * snd c) coins)
      by (rewrite sum_scale, (proj2 coin); ring).
    apply sum_le. intros c I. rewrite <- Rmult_plus_distr_l, Rmult_comm.
    apply Rmult_le_compat_l; [now apply (proj1 coin)|]. rewrite !pr_weighed, <- sum_plus. apply sum_le.
    intros s _. pose proof (WP s). pose proof (WQ s). pose proof (Rmin_l (weight p s) (weight q s)).
    pose proof (Rmin_r (weight p s) (weight q s)).
    destruct (either (fst c) s) as [E|E]; rewrite E; [destruct (worse _)|destruct (bad _)]; lra. }
  assert (B : 0 <= both).
  { apply sum_nonneg. intros s _. unfold Rmin. destruct (Rle_dec (weight p s) (weight q s)); auto. }
  rewrite <- pow_mult, Nat.mul_comm, pow_mult. eapply Rle_trans; [exact schwarz|]. nra.
Qed.
End Two.

(** ** A least conflict set: no student is right on all of it, on all but a point some is *)
Section Conflict.
Context {G X : Type} (wrong : G -> X -> bool) (class : list G).

(** The excess over the best student is above [epsilon]. *)
Definition beaten (epsilon : R) (D : list (X * R)) (g : G) : bool :=
  existsb (fun h => less (pr D (wrong h) + epsilon) (pr D (wrong g))) class.

Context {C : Type} (coins : list (C * R)) (out : C -> list X -> G).

Definition agnostic (epsilon delta : R) (n : nat) : Prop :=
  forall D, distribution D ->
  sum (fun c => snd c * pr (power D n) (fun s => beaten epsilon D (out (fst c) s))) coins <= delta.

Definition heavy (k : nat) (gap : R) : R := (1 + gap) / INR k.
Definition light (k : nat) (gap : R) : R := heavy k gap - gap.

Context (points : list X) (default : X).
Let k := length points.
Let at_ i := nth i points default.

(** All points have the same probability, but for one that has less by the gap. *)
Definition lighter (gap : R) (less_likely i : nat) : R := if (i =? less_likely)%nat then light k gap else heavy k gap.
Definition uneven (gap : R) (j : nat) : list (X * R) :=
  map (fun x => (at_ (fst x), snd x)) (weighed (seq 0 k) (lighter gap j)).

Lemma sum_but_one (f : nat -> R) c j : (j < k)%nat -> (forall i, i <> j -> f i = c) ->
  sum f (seq 0 k) = INR k * c + (f j - c).
Proof.
  intros L H. rewrite (sum_ext_in _ (fun i => c + (if (i =? j)%nat then f j - c else 0))).
  - rewrite sum_plus, sum_const, length_seq. f_equal. apply (sum_at (fun _ => f j - c)). lia.
  - intros i _. destruct (Nat.eqb_spec i j) as [->|N]; [lra|]. rewrite H by assumption. lra.
Qed.

Section Gap.
Context (gap : R).
Hypothesis two : (2 <= k)%nat.
Hypothesis small : 0 < gap /\ gap * (INR k - 1) < 1.

Let K : 2 <= INR k.
Proof. apply le_INR in two. cbn [INR] in two. lra. Qed.

Lemma weights : 0 < light k gap < heavy k gap.
Proof.
  unfold light, heavy. split; [|lra]. apply Rmult_lt_reg_r with (INR k); [lra|].
  unfold Rdiv. rewrite Rmult_0_l, Rmult_minus_distr_r, Rmult_assoc, Rinv_l by lra. lra.
Qed.
Lemma lighter_pos j i : 0 <= lighter gap j i.
Proof. pose proof weights. unfold lighter. destruct (i =? j)%nat; lra. Qed.
Lemma lighter_sum j : (j < k)%nat -> sum (lighter gap j) (seq 0 k) = 1.
Proof.
  intros L. rewrite (sum_but_one _ (heavy k gap) j); [|assumption|].
  - unfold lighter. rewrite Nat.eqb_refl. unfold light, heavy. field. lra.
  - intros i N. unfold lighter. now destruct (Nat.eqb_spec i j).
Qed.
Lemma uneven_law j : (j < k)%nat -> distribution (uneven gap j).
Proof.
  intros L. destruct (weighed_law (seq 0 k) (lighter gap j) (lighter_pos j) (lighter_sum j L)) as [N S].
  split; [|unfold uneven; rewrite sum_map; exact S].
  intros x I. apply in_map_iff in I as [y [<- I]]. now apply N.
Qed.

Lemma error_is_sum g j : pr (uneven gap j) (wrong g) = sum (fun i => if wrong g (at_ i) then lighter gap j i else 0) (seq 0 k).
Proof. unfold pr, uneven, weighed. now rewrite !sum_map. Qed.

(** To err at another point than the lighter one costs more than the gap. *)
Lemma beaten_by h g epsilon j i : (j < k)%nat -> In h class ->
  (forall i, (i < k)%nat -> i <> j -> wrong h (at_ i) = false) ->
  (i < k)%nat -> i <> j -> wrong g (at_ i) = true -> epsilon < gap ->
  beaten epsilon (uneven gap j) g = true.
Proof.
  intros J I right L N w e. apply existsb_exists. exists h. split; [assumption|]. apply less_true.
  pose proof weights as W. rewrite !error_is_sum.
  assert (U : sum (fun i => if wrong h (at_ i) then lighter gap j i else 0) (seq 0 k) <= light k gap).
  { apply Rle_trans with (sum (fun i => if (i =? j)%nat then light k gap else 0) (seq 0 k)).
    - apply sum_le. intros m M. apply in_seq in M. unfold lighter. destruct (Nat.eqb_spec m j) as [->|D].
      + destruct (wrong h (at_ j)); lra.
      + rewrite right by (assumption || lia). lra.
    - rewrite (sum_at (fun _ => light k gap)) by lia. lra. }
  assert (V : heavy k gap <= sum (fun i => if wrong g (at_ i) then lighter gap j i else 0) (seq 0 k)).
  { rewrite <- (sum_at (fun _ => heavy k gap) i 0 k) by lia. apply sum_le. intros m M.
    destruct (Nat.eqb_spec m i) as [->|D].
    - rewrite w. unfold lighter. destruct (Nat.eqb_spec i j); [contradiction|lra].
    - destruct (wrong g (at_ m)); [apply lighter_pos|lra]. }
  unfold light in *. lra.
Qed.

Lemma uneven_affinity : affinity (seq 0 k) (lighter gap 0) (lighter gap 1) =
  (INR k - 2) * heavy k gap + 2 * sqrt (heavy k gap * light k gap).
Proof.
  pose proof weights as W. assert (Q : seq 0 k = 0%nat :: 1%nat :: seq 2 (k - 2)).
  { replace k with (S (S (k - 2))) at 1 by lia. reflexivity. }
  unfold affinity. rewrite Q. cbn [sum].
  rewrite (sum_ext_in _ (fun _ => heavy k gap)).
  - unfold lighter. cbn [Nat.eqb]. rewrite sum_const, length_seq, minus_INR by assumption. cbn [INR].
    rewrite (Rmult_comm (light k gap)). lra.
  - intros i I. apply in_seq in I. unfold lighter. destruct (Nat.eqb_spec i 0); [lia|].
    destruct (Nat.eqb_spec i 1); [lia|]. rewrite sqrt_square; lra.
Qed.

Lemma confident epsilon delta n :
  distribution coins -> (forall c s, In (out c s) class) -> agnostic epsilon delta n ->
  (forall g, In g class -> exists i, (i < k)%nat /\ wrong g (at_ i) = true) ->
  (forall j, (j < k)%nat -> exists g, In g class /\
    forall i, (i < k)%nat -> i <> j -> wrong g (at_ i) = false) ->
  epsilon < gap -> delta <= 1 / 2 ->
  (((INR k - 2) * heavy k gap + 2 * sqrt (heavy k gap * light k gap)) ^ 2) ^ n <= 4 * delta * (1 - delta).
Proof.
  intros coin proper good none all e d. rewrite <- uneven_affinity.
  set (bad := fun j g => existsb (fun i => negb (i =? j)%nat && wrong g (at_ i))%bool (seq 0 k)).
  assert (fails : forall j, (j < k)%nat ->
    sum (fun c => snd c * pr (power (weighed (seq 0 k) (lighter gap j)) n)
      (fun s => bad j (out (fst c) (map at_ s)))) coins <= delta).
  { intros j J. eapply Rle_trans; [|apply (good (uneven gap j)), uneven_law, J].
    apply sum_le. intros c I. apply Rmult_le_compat_l; [now apply (proj1 coin)|].
    unfold uneven at 1. rewrite pr_power_map. apply pr_le.
    - apply power_law, weighed_law; [apply lighter_pos|now apply lighter_sum].
    - intros s H. apply existsb_exists in H as [i [M H]]. apply in_seq in M.
      apply andb_true_iff in H as [N w]. apply negb_true_iff, Nat.eqb_neq in N.
      destruct (all j J) as [h [I' R]]. apply (beaten_by h _ epsilon j i); auto; lia. }
  apply (told_apart (seq 0 k) (lighter gap 0) (lighter gap 1)) with (coins := coins)
    (out := fun c s => out c (map at_ s)) (bad := bad 0%nat) (worse := bad 1%nat);
    try apply lighter_pos; try (apply lighter_sum; lia); try assumption; try (apply fails; lia).
  intros c s. destruct (none _ (proper c (map at_ s))) as [i [L w]].
  assert (H : forall j, i <> j -> bad j (out c (map at_ s)) = true).
  { intros j N. apply existsb_exists. exists i. split; [apply in_seq; lia|]. rewrite w, andb_true_r.
    apply negb_true_iff. now apply Nat.eqb_neq. }
  destruct (Nat.eq_dec i 0) as [->|N]; [right; apply H; lia|left; now apply H].
Qed.
End Gap.
End Conflict.

(** One pair of points: no student is right on both, on each some student is. *)
Theorem agnostic_confidence {G X C} (wrong : G -> X -> bool) (class : list G)
    (coins : list (C * R)) (out : C -> list X -> G) (a b : X) epsilon delta n :
  distribution coins -> (forall c s, In (out c s) class) ->
  agnostic wrong class coins out epsilon delta n ->
  (forall g, In g class -> wrong g a = true \/ wrong g b = true) ->
  (exists g, In g class /\ wrong g a = false) -> (exists g, In g class /\ wrong g b = false) ->
  0 < epsilon < 1 -> 0 < delta < 1 / 2 ->
  INR n >= ln (4 * delta * (1 - delta)) / ln (1 - epsilon ^ 2).
Proof.
  intros coin proper good conflict [ga [IA RA]] [gb [IB RB]] e d.
  assert (E : 0 < epsilon ^ 2 < 1) by nra.
  apply enough_draws; [assumption|nra|]. apply in_the_limit with (most := 1); [assumption|lra|].
  intros p P. set (gap := sqrt p). assert (S : gap * gap = p) by (apply sqrt_sqrt; lra).
  assert (0 < gap) by (apply sqrt_lt_R0; lra).
  assert (gap < 1) by nra. assert (epsilon < gap) by nra.
  assert (F := confident wrong class coins out [a; b] a gap). cbn [length INR] in F.
  specialize (F ltac:(lia) ltac:(lra) epsilon delta n coin proper good).
  replace (1 - p) with ((((1 + 1 - 2) * heavy 2 gap + 2 * sqrt (heavy 2 gap * light 2 gap)) ^ 2)).
  - apply F; try lra.
    + intros g I. destruct (conflict g I) as [w|w]; [exists 0%nat|exists 1%nat]; cbn; (split; [lia|assumption]).
    + intros [|[|j]] L; [exists gb|exists ga|lia]; (split; [assumption|]); intros [|[|i]] M N; cbn; auto; lia.
  - replace ((1 + 1 - 2) * heavy 2 gap) with 0 by ring. rewrite Rplus_0_l, Rpow_mult_distr.
    rewrite pow2_sqrt; unfold light, heavy; cbn [INR]; nra.
Qed.

(** From every gap above [epsilon] to [epsilon] itself, where the affinity moves as a root does. *)
Lemma root_limit (f : R -> R) epsilon most bound n :
  epsilon < most -> 0 <= f epsilon <= 1 ->
  (forall g, epsilon < g < most -> 0 <= f g /\ f epsilon - f g <= 2 * sqrt (g - epsilon) /\ f g ^ n <= bound) ->
  f epsilon ^ n <= bound.
Proof.
  intros m F H. destruct (Rle_lt_dec (f epsilon ^ n) bound) as [L|L]; [assumption|exfalso].
  set (room := f epsilon ^ n - bound) in *. assert (R : 0 < room) by (unfold room; lra).
  pose proof (pos_INR n) as P.
  set (t := Rmin (sqrt ((most - epsilon) / 2)) (room / (2 * (INR n + 1)))).
  assert (Q : 0 < room / (2 * (INR n + 1))) by (apply Rdiv_lt_0_compat; lra).
  assert (W : 0 < sqrt ((most - epsilon) / 2)) by (apply sqrt_lt_R0; lra).
  assert (T : 0 < t) by (unfold t; now apply Rmin_pos).
  assert (T1 : t <= sqrt ((most - epsilon) / 2)) by apply Rmin_l.
  assert (T2 : t <= room / (2 * (INR n + 1))) by apply Rmin_r.
  assert (TT : t * t <= (most - epsilon) / 2).
  { rewrite <- (sqrt_sqrt ((most - epsilon) / 2)) by lra. apply Rmult_le_compat; lra. }
  destruct (H (epsilon + t * t) ltac:(nra)) as [N [D B]].
  replace (epsilon + t * t - epsilon) with (t * t) in D by ring. rewrite sqrt_square in D by lra.
  destruct (Rle_lt_dec (f epsilon) (f (epsilon + t * t))) as [G|G].
  - assert (f epsilon ^ n <= f (epsilon + t * t) ^ n) by (apply pow_incr; lra). unfold room in R. lra.
  - pose proof (power_gap (f epsilon) (f (epsilon + t * t)) n ltac:(lra) ltac:(lra)) as U.
    assert (INR n * (f epsilon - f (epsilon + t * t)) <= INR n * (2 * t)) by (apply Rmult_le_compat_l; lra).
    assert (INR n * (2 * t) <= INR n * (room / (INR n + 1))).
    { apply Rmult_le_compat_l; [assumption|]. replace (room / (INR n + 1)) with (2 * (room / (2 * (INR n + 1)))) by (field; lra). lra. }
    assert (INR n * (room / (INR n + 1)) < room).
    { apply Rmult_lt_reg_r with (INR n + 1); [lra|]. unfold Rdiv.
      replace (INR n * (room * / (INR n + 1)) * (INR n + 1)) with (INR n * room) by (field; lra). nra. }
    unfold room in *. lra.
Qed.

Definition told (k : nat) (gap : R) : R := (INR k - 2) * heavy k gap + 2 * sqrt (heavy k gap * light k gap).

Lemma told_is k gap : 0 < INR k -> 0 <= light k gap -> 0 <= heavy k gap ->
  told k gap = 1 - (sqrt (heavy k gap) - sqrt (light k gap)) ^ 2.
Proof.
  intros K L H. unfold told. rewrite sqrt_mult by assumption.
  replace ((sqrt (heavy k gap) - sqrt (light k gap)) ^ 2) with (sqrt (heavy k gap) * sqrt (heavy k gap) +
    sqrt (light k gap) * sqrt (light k gap) - 2 * (sqrt (heavy k gap) * sqrt (light k gap))) by ring.
  rewrite !sqrt_sqrt by assumption.
  assert ((INR k - 1) * heavy k gap + light k gap = 1) by (unfold light, heavy; field; lra). lra.
Qed.

Lemma told_moves k a b : 2 <= INR k -> 0 <= a < b -> b * (INR k - 1) < 1 -> told k a - told k b <= 2 * sqrt (b - a).
Proof.
  intros K A B. unfold told. assert (I : 0 < / INR k) by (apply Rinv_0_lt_compat; lra).
  assert (HA : heavy k a = (1 + a) * / INR k) by reflexivity.
  assert (HB : heavy k b = (1 + b) * / INR k) by reflexivity.
  assert (J : INR k * / INR k = 1) by (apply Rinv_r; lra).
  assert (half : / INR k <= 1 / 2) by (apply Rmult_le_reg_l with (INR k); lra).
  assert (b1 : b < 1) by nra.
  assert (LB : 0 < light k b).
  { unfold light. rewrite HB. apply Rmult_lt_reg_l with (INR k); [lra|].
    replace (INR k * ((1 + b) * / INR k - b)) with ((INR k * / INR k) * (1 + b) - INR k * b) by ring. rewrite J. lra. }
  assert (x : sqrt (heavy k a * light k a) - sqrt (heavy k b * light k b) <= sqrt (b - a)).
  { destruct (Rle_lt_dec (heavy k a * light k a) (heavy k b * light k b)) as [G|G].
    - apply sqrt_le_1_alt in G. pose proof (sqrt_pos (b - a)). lra.
    - assert (Y : 0 <= heavy k b * light k b) by (apply Rmult_le_pos; [rewrite HB; nra|lra]).
      assert (Z : heavy k a * light k a - heavy k b * light k b <= b - a).
      { replace (heavy k a * light k a - heavy k b * light k b) with
          (heavy k a * (light k a - light k b) + light k b * (heavy k a - heavy k b)) by ring.
        assert (heavy k a <= 1) by (rewrite HA; nra). assert (0 <= heavy k a) by (rewrite HA; nra).
        assert (0 <= light k a - light k b <= b - a) by (unfold light; rewrite HA, HB; nra).
        assert (heavy k a <= heavy k b) by (rewrite HA, HB; nra). nra. }
      apply Rle_trans with (sqrt (heavy k a * light k a - heavy k b * light k b)).
      + pose proof (sqrt_pos (heavy k b * light k b)) as S1.
        set (u := heavy k a * light k a) in *. set (w := heavy k b * light k b) in *.
        pose proof (sqrt_pos (u - w)) as S2.
        assert (sqrt u <= sqrt w + sqrt (u - w)); [|lra].
        rewrite <- (sqrt_square (sqrt w + sqrt (u - w))) by lra. apply sqrt_le_1_alt.
        pose proof (sqrt_sqrt w Y). pose proof (sqrt_sqrt (u - w) ltac:(lra)). nra.
      + now apply sqrt_le_1_alt. }
  assert (heavy k a <= heavy k b) by (rewrite HA, HB; nra). nra.
Qed.

(** No student is right on all of these points, and on all but any one of them some student is. *)
Theorem agnostic_conflict {G X C} (wrong : G -> X -> bool) (class : list G)
    (coins : list (C * R)) (out : C -> list X -> G) (points : list X) (default : X) k epsilon delta n :
  distribution coins -> (forall c s, In (out c s) class) ->
  agnostic wrong class coins out epsilon delta n ->
  length points = k -> (2 <= k)%nat ->
  (forall g, In g class -> exists i, (i < k)%nat /\ wrong g (nth i points default) = true) ->
  (forall j, (j < k)%nat -> exists g, In g class /\
    forall i, (i < k)%nat -> i <> j -> wrong g (nth i points default) = false) ->
  0 < epsilon < 1 -> epsilon * (INR k - 1) < 1 -> 0 < delta < 1 / 2 ->
  INR n >= ln (4 * delta * (1 - delta)) / (2 * ln (1 - (sqrt (heavy k epsilon) - sqrt (light k epsilon)) ^ 2)).
Proof.
  intros coin proper good length_k two none all e small d. subst k. set (k := length points) in *.
  assert (K : 2 <= INR k) by (apply le_INR in two; cbn [INR] in two; lra).
  set (most := / (INR k - 1)). assert (M : most * (INR k - 1) = 1) by (apply Rinv_l; lra).
  assert (em : epsilon < most) by (apply Rmult_lt_reg_r with (INR k - 1); lra).
  assert (W : forall g, epsilon <= g < most -> 0 < g /\ g * (INR k - 1) < 1)
    by (intros g g1; split; [lra|apply Rlt_le_trans with (most * (INR k - 1)); [apply Rmult_lt_compat_r|]; lra]).
  assert (L : forall g, epsilon <= g < most -> 0 < light k g < heavy k g)
    by (intros g g1; apply weights; [exact two|now apply W]).
  assert (T : forall g, epsilon <= g < most -> 0 <= told k g).
  { intros g g1. pose proof (L g g1). unfold told. pose proof (sqrt_pos (heavy k g * light k g)). nra. }
  set (step := (sqrt (heavy k epsilon) - sqrt (light k epsilon)) ^ 2).
  pose proof (L epsilon ltac:(lra)) as LE.
  assert (is : told k epsilon = 1 - step) by (apply told_is; lra).
  assert (root : sqrt (light k epsilon) < sqrt (heavy k epsilon)) by (apply sqrt_lt_1_alt; lra).
  assert (pos : 0 < sqrt (light k epsilon)) by (apply sqrt_lt_R0; lra).
  assert (H1 : heavy k epsilon <= 1).
  { unfold heavy. apply Rmult_le_reg_r with (INR k); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (sqrt (heavy k epsilon) <= 1) by (rewrite <- sqrt_1; now apply sqrt_le_1_alt).
  assert (S : 0 < step < 1) by (unfold step; nra).
  assert (B : told k epsilon ^ (2 * n) <= 4 * delta * (1 - delta)).
  { apply (root_limit (told k)) with (most := most); [assumption|rewrite is; lra|]. intros g g1.
    split; [apply T; lra|]. split; [apply told_moves; try lra; apply W; lra|].
    rewrite pow_mult. apply (confident wrong class coins out points default g) with (epsilon := epsilon);
      try assumption; try lra. apply W; lra. }
  rewrite is in B. apply enough_draws in B; [|lra|nra]. rewrite mult_INR in B. cbn [INR] in B.
  assert (N : ln (1 - step) < 0) by (apply ln_below_one; lra).
  replace (ln (4 * delta * (1 - delta)) / (2 * ln (1 - step))) with (ln (4 * delta * (1 - delta)) / ln (1 - step) / 2)
    by (field; lra). lra.
Qed.
