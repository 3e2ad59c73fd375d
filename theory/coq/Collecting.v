(** Draws until every cell was seen, patterns of a finite class, blocks of bits, bits that are guessed. *)
From Coq Require Import Bool List Reals Lra Lia Arith FinFun.
From Leafproof Require Import Space Minimax Influences Meetings.
From Leafproof Require Testing.
Import ListNotations.
Open Scope R_scope.

(** ** Draws until every cell was seen *)
Lemma mean_first {T} (D : list (T * R)) n (f : list T -> R) :
  Minimax.mean f (power D (S n)) = sum (fun x => snd x * Minimax.mean (fun s => f (fst x :: s)) (power D n)) D.
Proof.
  unfold Minimax.mean at 1. cbn [power]. rewrite sum_flat_map. apply sum_ext. intros x.
  rewrite sum_map. unfold Minimax.mean. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd]. ring.
Qed.

Section Cells.
Context {T : Type} (cells : list T) (same : T -> T -> bool).
Hypothesis equal : forall x y, same x y = true <-> x = y.

Definition each_alike : list (T * R) := map (fun x => (x, / INR (length cells))) cells.
Definition all_but (x : T) (missing : list T) : list T := filter (fun y => negb (same x y)) missing.
(** The draws that are made while a cell is missing. *)
Fixpoint until_seen (missing s : list T) : nat :=
  match s with
  | [] => 0
  | x :: s => match missing with [] => 0 | _ => S (until_seen (all_but x missing) s) end
  end.
Definition harmonic (m : nat) : R := sum (fun i => 1 / INR i) (seq 1 m).

Lemma harmonic_next m : harmonic (S m) = harmonic m + 1 / INR (S m).
Proof. unfold harmonic. rewrite seq_S, sum_app. cbn [sum]. rewrite Nat.add_comm, Rplus_0_r. f_equal. now rewrite Nat.add_1_r. Qed.

Lemma seen_here x l : existsb (same x) l = true <-> In x l.
Proof.
  rewrite existsb_exists. split.
  - intros [y [I E]]. apply equal in E as ->. exact I.
  - intros I. exists x. split; [assumption|]. now apply equal.
Qed.

Lemma all_but_length x l : NoDup l -> (length (all_but x l) + (if existsb (same x) l then 1 else 0) = length l)%nat.
Proof.
  induction l as [|y l IH]; intros N; [reflexivity|]. inversion_clear N as [|? ? A B]. specialize (IH B).
  cbn [all_but filter existsb]. fold (all_but x l). destruct (same x y) eqn:E; cbn [negb orb length].
  - apply equal in E as ->. destruct (existsb (same y) l) eqn:F; [apply seen_here in F; contradiction|lia].
  - lia.
Qed.

Hypothesis different : NoDup cells.
Hypothesis some : cells <> [].

Lemma cells_some : 0 < INR (length cells).
Proof. apply lt_0_INR. destruct cells; [now destruct some|cbn; lia]. Qed.

Lemma alike_law : distribution each_alike.
Proof.
  pose proof cells_some as P. split.
  - intros x I. apply in_map_iff in I as [c [<- _]]. cbn [snd]. left. now apply Rinv_0_lt_compat.
  - unfold each_alike. rewrite sum_map. cbn [snd]. rewrite sum_const. field. lra.
Qed.

Theorem collector n : forall missing, NoDup missing -> incl missing cells ->
  Minimax.mean (fun s => INR (until_seen missing s)) (power each_alike n) <= INR (length cells) * harmonic (length missing).
Proof.
  pose proof cells_some as P. set (K := INR (length cells)) in *.
  assert (H0 : forall m, 0 <= harmonic m).
  { intros m. apply sum_nonneg. intros i I. apply in_seq in I. unfold Rdiv. rewrite Rmult_1_l.
    left. apply Rinv_0_lt_compat, lt_0_INR. lia. }
  induction n as [|n IH]; intros missing N I.
  - cbn. pose proof (H0 (length missing)). nra.
  - rewrite mean_first. destruct missing as [|m l] eqn:E.
    + rewrite (sum_ext _ (fun _ => 0)), sum_zero; [pose proof (H0 0%nat); cbn [length]; nra|].
      intros x. cbn [until_seen]. unfold Minimax.mean. rewrite (sum_ext _ (fun _ => 0)), sum_zero by (intros; cbn; ring). ring.
    + rewrite <- E in N, I. set (k := length l). assert (L : length missing = S k) by (subst; reflexivity).
      rewrite <- E. rewrite L.
      apply Rle_trans with (sum (fun x => / K + harmonic (S k) + (- (1 / INR (S k))) * (if existsb (same x) missing then 1 else 0)) cells).
      * unfold each_alike at 2. rewrite sum_map. apply sum_le. intros x X. cbn [fst snd].
        assert (Q : Minimax.mean (fun s => INR (until_seen missing (x :: s))) (power each_alike n) <= 1 + K * harmonic (length (all_but x missing))).
        { apply Rle_trans with (1 + Minimax.mean (fun s => INR (until_seen (all_but x missing) s)) (power each_alike n)).
          - right. unfold Minimax.mean. pose proof (power_law each_alike n alike_law) as [_ one].
            rewrite <- one, <- sum_plus. apply sum_ext. intros y. cbn [until_seen].
            rewrite E at 1. rewrite S_INR. ring.
          - apply Rplus_le_compat_l, IH; [now apply NoDup_filter|]. intros y Y. apply filter_In in Y as [Y _]. now apply I. }
        pose proof (all_but_length x missing N) as B. rewrite L in B.
        assert (C : harmonic (length (all_but x missing)) = harmonic (S k) - 1 / INR (S k) * (if existsb (same x) missing then 1 else 0)).
        { destruct (existsb (same x) missing).
          - replace (length (all_but x missing)) with k by lia. rewrite harmonic_next. ring.
          - replace (length (all_but x missing)) with (S k) by lia. ring. }
        rewrite C in Q. fold K.
        apply Rmult_le_compat_l with (r := / K) in Q; [|left; now apply Rinv_0_lt_compat].
        eapply Rle_trans; [exact Q|]. right. field. split; [apply not_0_INR; lia|lra].
      * rewrite sum_plus, sum_scale, sum_const. fold K.
        assert (F : INR (S k) <= sum (fun x => if existsb (same x) missing then 1 else 0) cells).
        { rewrite <- (sum_filter (fun _ => 1) (fun x => existsb (same x) missing)), sum_const, Rmult_1_r, <- L.
          apply le_INR, NoDup_incl_length; [assumption|]. intros y Y. apply filter_In. split; [now apply I|]. now apply seen_here. }
        assert (S0 : 0 < INR (S k)) by (apply lt_0_INR; lia).
        apply Rmult_le_compat_l with (r := 1 / INR (S k)) in F; [|left; apply Rdiv_lt_0_compat; lra].
        replace (1 / INR (S k) * INR (S k)) with 1 in F by (field; lra).
        replace (K * (/ K + harmonic (S k))) with (1 + K * harmonic (S k)) by (field; lra). lra.
Qed.
End Cells.

(** Every cell is seen, whatever the law. *)
Theorem every_cell {T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool) p n :
  distribution D -> (forall c, In c cells -> p <= pr D (same c)) ->
  pr (power D n) (fun s => existsb (fun c => negb (existsb (same c) s)) cells) <= INR (length cells) * (1 - p) ^ n.
Proof.
  intros law often. eapply Rle_trans; [apply (pr_union (power D n) (power_law D n law) (fun c s => negb (existsb (same c) s)))|].
  rewrite <- (sum_const ((1 - p) ^ n) cells). apply sum_le. intros c C. specialize (often c C).
  rewrite (pr_ext _ _ (forallb (fun t => negb (same c t)))).
  - rewrite (independent_draws D _ n law). apply pow_incr. split; [apply pr_range; assumption|].
    pose proof (pr_split D (fun _ => true) (same c)) as S. rewrite (pr_true D law) in S. cbn [andb] in S.
    change (fun t => same c t) with (same c) in S. lra.
  - intros s. induction s as [|t s IH]; [reflexivity|]. cbn [existsb forallb]. now rewrite negb_orb, IH.
Qed.

Theorem every_cell_samples {T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool) p delta n :
  distribution D -> (forall c, In c cells -> p <= pr D (same c)) -> (1 <= length cells)%nat ->
  0 < p < 1 -> 0 < delta < 1 -> INR n >= (ln delta - ln (INR (length cells))) / ln (1 - p) ->
  pr (power D n) (fun s => existsb (fun c => negb (existsb (same c) s)) cells) <= delta.
Proof.
  intros law often some P d H. eapply Rle_trans; [now apply every_cell with (p := p)|].
  assert (K : 0 < INR (length cells)) by (apply lt_0_INR; lia).
  assert (B : (1 - p) ^ n <= delta / INR (length cells)).
  { apply Testing.enough_draws; [assumption|apply Rdiv_lt_0_compat; lra|].
    unfold Rdiv at 2. rewrite ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; lra). exact H. }
  apply Rle_trans with (INR (length cells) * (delta / INR (length cells))); [|right; field; lra].
  now apply Rmult_le_compat_l; [lra|].
Qed.

(** ** Patterns of a finite class *)
Definition shatters {T} (class : list (T -> bool)) (points : list T) : Prop :=
  forall pattern, In pattern (words (length points)) -> exists g, In g class /\ map g points = pattern.

Lemma words_apart d : NoDup (words d).
Proof.
  induction d as [|d IH]; [repeat constructor; easy|]. cbn [words].
  assert (M : forall b, NoDup (map (cons b) (words d))).
  { intros b. apply Injective_map_NoDup; [|exact IH]. intros x y E. now injection E. }
  assert (A : forall l : list (list bool), NoDup l -> (forall x, In x l -> ~ In x (map (cons true) (words d))) ->
    NoDup (l ++ map (cons true) (words d))).
  { induction l as [|x l G]; intros N O; cbn [app]; [apply M|]. inversion_clear N as [|? ? X Y]. constructor.
    - rewrite in_app_iff. intros [I|I]; [contradiction|]. now apply (O x (or_introl eq_refl)).
    - apply G; [assumption|]. intros y I. apply O. now right. }
  apply A; [apply M|]. intros x I J. apply in_map_iff in I as [y [<- _]]. apply in_map_iff in J as [z [E _]]. discriminate E.
Qed.

Theorem shatters_few {T} (class : list (T -> bool)) points : shatters class points ->
  2 ^ length points <= INR (length class).
Proof.
  intros S. rewrite <- words_count. rewrite <- (map_length (fun g => map g points) class).
  apply le_INR, NoDup_incl_length; [apply words_apart|]. intros w W. destruct (S w W) as [g [I E]].
  apply in_map_iff. now exists g.
Qed.

(** ** Blocks of bits that flip the class *)
Definition flip_block (b : list nat) (x : nat -> bool) : nat -> bool :=
  fun j => if existsb (Nat.eqb j) b then negb (x j) else x j.

Lemma unasked_block t x b : (forall i, In i b -> asks t x i = false) -> value t (flip_block b x) = value t x.
Proof.
  induction t as [c|v l L h H]; cbn [value asks]; intros N; [reflexivity|].
  assert (V : flip_block b x v = x v).
  { unfold flip_block. destruct (existsb (Nat.eqb v) b) eqn:E; [|reflexivity].
    apply existsb_exists in E as [i [I Q]]. apply Nat.eqb_eq in Q as <-. specialize (N v I).
    rewrite Nat.eqb_refl in N. discriminate N. }
  rewrite V. assert (O : forall i, In i b -> (if x v then asks h x i else asks l x i) = false).
  { intros i I. specialize (N i I). now apply orb_false_iff in N. }
  destruct (x v); auto.
Qed.

Theorem blocks_depth t x blocks : NoDup (concat blocks) ->
  (forall b, In b blocks -> value t (flip_block b x) <> value t x) -> INR (length blocks) <= INR (asked_at t x).
Proof.
  intros N F. eapply Rle_trans; [|exact (asks_depth t x _ N)]. clear N.
  induction blocks as [|b l IH]; [cbn; lra|]. cbn [concat length]. rewrite S_INR, sum_app.
  assert (G : INR (length l) <= sum (fun i => if asks t x i then 1 else 0) (concat l)) by (apply IH; intros c C; apply F; now right).
  assert (B : 1 <= sum (fun i => if asks t x i then 1 else 0) b); [|lra].
  destruct (existsb (asks t x) b) eqn:E.
  - apply existsb_exists in E as [i [I A]]. clear - I A. induction b as [|j b IH]; [destruct I|]. cbn [sum].
    assert (0 <= sum (fun k => if asks t x k then 1 else 0) b) by (apply sum_nonneg; intros k _; destruct (asks t x k); lra).
    destruct I as [->|I]; [rewrite A; lra|]. specialize (IH I). destruct (asks t x j); lra.
  - exfalso. apply (F b (or_introl eq_refl)). apply unasked_block. intros i I.
    destruct (asks t x i) eqn:A; [|reflexivity]. rewrite <- E. symmetry. apply existsb_exists. now exists i.
Qed.

(** ** Bits that are guessed *)
Lemma differing_none w : differing w w = 0%nat.
Proof. induction w as [|a w IH]; [reflexivity|]. cbn. now rewrite xorb_nilpotent. Qed.

Definition overlap {X} (outcomes : list X) (p q : X -> R) : R := sum (fun x => Rmin (p x) (q x)) outcomes.
(** How many bits a guess has wrong, on average under the law of each word, summed over the words. *)
Definition wrong_bits {X} (outcomes : list X) (d : nat) (law : list bool -> X -> R) (guess : X -> list bool) : R :=
  sum (fun w => sum (fun x => law w x * INR (differing (guess x) w)) outcomes) (words d).

Theorem assouad {X} (outcomes : list X) gamma d : forall law guess,
  (forall w x, length w = d -> 0 <= law w x) -> (forall x, length (guess x) = d) ->
  (forall v w, length v = d -> length w = d -> differing v w = 1%nat -> 1 - gamma <= overlap outcomes (law v) (law w)) ->
  INR d / 2 * (1 - gamma) * 2 ^ d <= wrong_bits outcomes d law guess.
Proof.
  induction d as [|d IH]; intros law guess P G O.
  - unfold wrong_bits. apply Rle_trans with 0; [cbn; lra|]. apply sum_nonneg. intros w W. apply sum_nonneg. intros x _.
    destruct W as [<-|[]]. apply Rmult_le_pos; [now apply P|apply pos_INR].
  - assert (len : forall w, In w (words d) -> length w = d).
    { clear. induction d as [|d IH]; intros w I; [now destruct I as [<-|[]]|]. cbn [words] in I.
      apply in_app_iff in I as [I|I]; apply in_map_iff in I as [v [<- I]]; cbn [length]; now rewrite IH. }
    assert (T : forall a, INR d / 2 * (1 - gamma) * 2 ^ d <= wrong_bits outcomes d (fun w => law (a :: w)) (fun x => tl (guess x))).
    { intros a. apply IH.
      - intros w x L. apply P. cbn. now rewrite L.
      - intros x. specialize (G x). destruct (guess x); [discriminate G|]. now injection G.
      - intros v w L M N. apply O; cbn [length]; [now rewrite L|now rewrite M|]. cbn [differing]. now rewrite xorb_nilpotent. }
    set (head := fun a w => sum (fun x => law (a :: w) x * (if xorb (hd false (guess x)) a then 1 else 0)) outcomes).
    assert (E : wrong_bits outcomes (S d) law guess
      = sum (fun w => head false w + head true w) (words d)
        + (wrong_bits outcomes d (fun w => law (false :: w)) (fun x => tl (guess x))
        + wrong_bits outcomes d (fun w => law (true :: w)) (fun x => tl (guess x)))).
    { unfold wrong_bits. cbn [words]. rewrite sum_app, !sum_map, <- !sum_plus. apply sum_ext. intros w.
      unfold head. rewrite <- !sum_plus. apply sum_ext. intros x. specialize (G x).
      destruct (guess x) as [|b g]; [discriminate G|]. cbn [hd tl differing].
      destruct b; cbn [xorb]; rewrite ?S_INR; ring. }
    assert (H : 2 ^ d * (1 - gamma) <= sum (fun w => head false w + head true w) (words d)).
    { rewrite <- words_count, <- sum_const. apply sum_le. intros w W. specialize (len w W).
      eapply Rle_trans; [apply (O (false :: w) (true :: w)); cbn [length differing xorb]; rewrite ?len, ?differing_none; reflexivity|].
      unfold overlap, head. rewrite <- sum_plus. apply sum_le. intros x _.
      pose proof (Rmin_l (law (false :: w) x) (law (true :: w) x)). pose proof (Rmin_r (law (false :: w) x) (law (true :: w) x)).
      destruct (hd false (guess x)); cbn [xorb]; lra. }
    pose proof (T false) as T0. pose proof (T true) as T1. rewrite E, S_INR. cbn [pow].
    apply Rle_trans with (2 ^ d * (1 - gamma) + (INR d / 2 * (1 - gamma) * 2 ^ d + INR d / 2 * (1 - gamma) * 2 ^ d)); [right; field|lra].
Qed.
