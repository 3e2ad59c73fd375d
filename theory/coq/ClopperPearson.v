(** The exact upper bound from observed disagreements, also where only the open cells are tested. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

(** The number of draws that lie in [B]. *)
Definition hits {T} (B : T -> bool) (s : list T) : nat := length (filter B s).

(** [choose n j] and the binomial law, as usual. *)
Fixpoint choose (n j : nat) : nat :=
  match n, j with
  | _, O => 1
  | O, S _ => 0
  | S n', S j' => choose n' j' + choose n' j
  end%nat.
Definition binomial (j n : nat) (p : R) : R := INR (choose n j) * p ^ j * (1 - p) ^ (n - j).
Definition binomial_cdf (k n : nat) (p : R) : R := sum (fun j => binomial j n p) (seq 0 (S k)).

Lemma choose_above n j : (n < j)%nat -> choose n j = 0%nat.
Proof.
  revert j. induction n as [|n IH]; intros [|j] H; cbn; try lia. rewrite !IH; lia.
Qed.

(** Draw by draw. *)
Lemma binomial_first n p : binomial 0 (S n) p = (1 - p) * binomial 0 n p.
Proof.
  unfold binomial. rewrite !Nat.sub_0_r. destruct n; cbn - [IZR]; ring.
Qed.
Lemma binomial_step j n p : binomial (S j) (S n) p = (1 - p) * binomial (S j) n p + p * binomial j n p.
Proof.
  unfold binomial. cbn [choose]. rewrite plus_INR. cbn [Nat.sub].
  destruct (Nat.le_gt_cases (S j) n) as [H|H].
  - replace (n - j)%nat with (S (n - S j)) by lia. cbn [pow]. ring.
  - rewrite (choose_above n (S j)) by lia. cbn [INR pow]. ring.
Qed.
Lemma sum_seq_from (f : nat -> R) (k : nat) : sum f (seq 0 (S k)) = f O + sum (fun j => f (S j)) (seq 0 k).
Proof. cbn [seq sum]. rewrite <- seq_shift, sum_map. reflexivity. Qed.

Lemma cdf_first n p : binomial_cdf 0 (S n) p = (1 - p) * binomial_cdf 0 n p.
Proof. unfold binomial_cdf. cbn [seq sum]. rewrite binomial_first. ring. Qed.
Lemma cdf_step k n p :
  binomial_cdf (S k) (S n) p = (1 - p) * binomial_cdf (S k) n p + p * binomial_cdf k n p.
Proof.
  unfold binomial_cdf. rewrite sum_seq_from, binomial_first.
  rewrite (sum_seq_from (fun j => binomial j n p) (S k)).
  rewrite (sum_ext _ (fun j => (1 - p) * binomial (S j) n p + p * binomial j n p))
    by (intros; apply binomial_step).
  rewrite sum_plus, !sum_scale. ring.
Qed.
Lemma cdf_zero k p : binomial_cdf k 0 p = 1.
Proof.
  unfold binomial_cdf. rewrite sum_seq_from.
  rewrite (sum_ext _ (fun _ => 0)); [rewrite sum_zero; unfold binomial; cbn - [IZR]; lra|].
  intros j. unfold binomial. cbn - [IZR]. ring.
Qed.
Lemma cdf_all k n p : (n <= k)%nat -> binomial_cdf k n p = 1.
Proof.
  revert k. induction n as [|n IH]; intros k H; [apply cdf_zero|].
  destruct k as [|k]; [lia|]. rewrite cdf_step, !IH by lia. ring.
Qed.
Lemma binomial_nonneg j n p : 0 <= p <= 1 -> 0 <= binomial j n p.
Proof.
  intros H. unfold binomial. apply Rmult_le_pos; [apply Rmult_le_pos; [apply pos_INR|]|];
  apply pow_le; lra.
Qed.
Lemma choose_positive n j : (j <= n)%nat -> (1 <= choose n j)%nat.
Proof.
  revert j. induction n as [|n IH]; intros [|j] H; cbn; try lia. specialize (IH j ltac:(lia)). lia.
Qed.
Lemma binomial_positive j n p : 0 < p < 1 -> (j <= n)%nat -> 0 < binomial j n p.
Proof.
  intros H L. unfold binomial. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; try (apply pow_lt; lra).
  apply lt_0_INR. pose proof (choose_positive n j L). lia.
Qed.
Lemma cdf_last k n p : binomial_cdf (S k) n p = binomial_cdf k n p + binomial (S k) n p.
Proof.
  unfold binomial_cdf. rewrite (seq_S (S k)), sum_app. cbn [sum plus]. lra.
Qed.

(** It is the law of the number of disagreements. *)
Theorem hits_are_binomial {T} (D : list (T * R)) B n k :
  distribution D -> pr (power D n) (fun s => (hits B s <=? k)%nat) = binomial_cdf k n (pr D B).
Proof.
  intros law. revert k. induction n as [|n IH]; intros k.
  { rewrite cdf_zero. unfold pr. cbn - [IZR]. lra. }
  rewrite pr_step.
  rewrite (sum_ext _ (fun x => snd x *
    (if B (fst x) then match k with O => 0 | S k' => binomial_cdf k' n (pr D B) end
     else binomial_cdf k n (pr D B)))).
  - rewrite sum_two by assumption. destruct k as [|k]; [rewrite cdf_first|rewrite cdf_step]; ring.
  - intros x. f_equal. unfold hits. cbn [filter]. destruct (B (fst x)); [|apply IH].
    destruct k as [|k]; [cbn [length]; rewrite <- (pr_false (power D n)); now apply pr_ext|].
    rewrite <- IH. now apply pr_ext.
Qed.

(** It falls in the probability of a disagreement. *)
Lemma cdf_falls k n p q : 0 <= p -> p <= q -> q <= 1 -> binomial_cdf k n q <= binomial_cdf k n p.
Proof.
  intros P Q L. revert k. induction n as [|n IH]; intros k; [rewrite !cdf_zero; lra|].
  destruct k as [|k].
  - rewrite !cdf_first. pose proof (IH O). pose proof (binomial_nonneg 0 n q ltac:(lra)).
    unfold binomial_cdf in *. cbn [seq sum] in *. nra.
  - rewrite !cdf_step. pose proof (IH k). pose proof (IH (S k)). rewrite (cdf_last k n q) in *.
    pose proof (binomial_nonneg (S k) n q ltac:(lra)). nra.
Qed.
Lemma cdf_falls_strictly k n p q :
  0 <= p -> p < q -> q <= 1 -> (k < n)%nat -> binomial_cdf k n q < binomial_cdf k n p.
Proof.
  intros P Q L K. destruct n as [|n]; [lia|].
  set (m := (p + q) / 2). assert (M : p < m < q) by (unfold m; lra).
  apply Rlt_le_trans with (binomial_cdf k (S n) m); [|apply cdf_falls; lra].
  assert (B : 0 < binomial k n m) by (apply binomial_positive; [lra|lia]).
  destruct k as [|k].
  - rewrite !cdf_first. pose proof (cdf_falls 0 n m q ltac:(lra) ltac:(lra) ltac:(lra)).
    unfold binomial_cdf in *. cbn [seq sum] in *. nra.
  - rewrite !cdf_step. pose proof (cdf_falls k n m q ltac:(lra) ltac:(lra) ltac:(lra)).
    pose proof (cdf_falls (S k) n m q ltac:(lra) ltac:(lra) ltac:(lra)).
    rewrite (cdf_last k n m) in *. nra.
Qed.

Lemma continuity_ext f g : (forall x, f x = g x) -> continuity f -> continuity g.
Proof.
  intros H C x eps P. destruct (C x eps P) as [alpha [A N]]. exists alpha. split; [assumption|].
  intros y I. rewrite <- !H. now apply N.
Qed.
Lemma cdf_continuous k n : continuity (binomial_cdf k n).
Proof.
  revert k. induction n as [|n IH]; intros k.
  { apply (continuity_ext (fun _ => 1)); [intros; now rewrite cdf_zero|].
    apply continuity_const. now intros. }
  assert (I : continuity (fun u : R => u)) by apply derivable_continuous, derivable_id.
  assert (A : continuity (fun u => 1 - u))
    by (apply (continuity_minus (fun _ => 1)); [apply continuity_const; now intros|exact I]).
  destruct k as [|k].
  - apply (continuity_ext (fun u => (1 - u) * binomial_cdf 0 n u)); [intros; now rewrite cdf_first|].
    apply (continuity_mult _ _ A (IH O)).
  - apply (continuity_ext (fun u => (1 - u) * binomial_cdf (S k) n u + u * binomial_cdf k n u));
    [intros; now rewrite cdf_step|].
    apply (continuity_plus _ _ (continuity_mult _ _ A (IH (S k))) (continuity_mult _ _ I (IH k))).
Qed.

(** [U k] is the bound for [k] disagreements among [n] draws. *)
Definition is_clopper_pearson (n : nat) (delta : R) (U : nat -> R) : Prop :=
  forall k, 0 <= U k <= 1 /\ ((k < n)%nat -> binomial_cdf k n (U k) = delta) /\ ((n <= k)%nat -> U k = 1).

Definition clopper_pearson_bounds n delta : 0 < delta < 1 -> {U | is_clopper_pearson n delta U}.
Proof.
  intros d.
  assert (H : forall k, {u | 0 <= u <= 1 /\ ((k < n)%nat -> binomial_cdf k n u = delta) /\
                             ((n <= k)%nat -> u = 1)}).
  { intros k. destruct (le_lt_dec n k) as [H|H]; [exists 1; repeat split; lra || lia|].
    assert (C : continuity (fun u => delta - binomial_cdf k n u)).
    { apply (continuity_minus (fun _ => delta)); [apply continuity_const; now intros|].
      apply cdf_continuous. }
    assert (Z : binomial_cdf k n 0 = 1).
    { clear - H. revert k H. induction n as [|m IH]; intros k H; [lia|].
      destruct k as [|k]; [rewrite cdf_first|rewrite cdf_step].
      - destruct m; [rewrite cdf_zero; lra|rewrite IH by lia; lra].
      - destruct (Nat.lt_ge_cases (S k) m); [rewrite (IH (S k)) by lia|rewrite (cdf_all (S k)) by lia]; ring. }
    assert (O : binomial_cdf k n 1 = 0).
    { clear - H. revert k H. induction n as [|m IH]; intros k H; [lia|].
      destruct k as [|k]; [rewrite cdf_first; ring|rewrite cdf_step, (IH k) by lia; ring]. }
    destruct (IVT_cor _ 0 1 C ltac:(lra)) as [u [R E]]; [rewrite Z, O; nra|].
    exists u. repeat split; try lra. lia. }
  exists (fun k => proj1_sig (H k)). intros k. exact (proj2_sig (H k)).
Qed.

(** There are such bounds, for all numbers of draws at once. *)
Theorem clopper_pearson_exists delta :
  0 < delta < 1 -> exists U, forall n, is_clopper_pearson n delta (U n).
Proof.
  intros d. exists (fun n => proj1_sig (clopper_pearson_bounds n delta d)). intros n.
  exact (proj2_sig (clopper_pearson_bounds n delta d)).
Qed.

Lemma above_the_bound n delta U k p :
  is_clopper_pearson n delta U -> 0 <= p <= 1 -> (k < n)%nat ->
  (p > U k <-> binomial_cdf k n p < delta).
Proof.
  intros cp P K. destruct (cp k) as [R [E _]]. specialize (E K). split; intros H.
  - rewrite <- E. apply cdf_falls_strictly; lra || assumption.
  - destruct (Rlt_le_dec (U k) p) as [G|G]; [assumption|].
    pose proof (cdf_falls k n p (U k) ltac:(lra) G ltac:(lra)). lra.
Qed.

Theorem clopper_pearson_bound {T} (D : list (T * R)) (B : T -> bool) n delta U p :
  distribution D -> 0 < delta < 1 -> is_clopper_pearson n delta U -> pr D B = p ->
  pr (power D n) (fun s => less (U (hits B s)) p) <= delta /\
  (forall k, (k < n)%nat -> (p > U k <-> binomial_cdf k n p < delta)).
Proof.
  intros law d cp <-. pose proof (pr_range D law B) as P.
  split; [|intros; now apply above_the_bound].
  eapply Rle_trans; [|apply (rarely_improbable (power D n) (hits B) delta); [now apply power_law|lra]].
  apply pr_le; [now apply power_law|]. intros s H. apply less_true in H.
  apply at_most_true. rewrite hits_are_binomial by assumption.
  destruct (le_lt_dec n (hits B s)) as [K|K].
  - destruct (cp (hits B s)) as [_ [_ E]]. rewrite E in H by assumption. lra.
  - left. now apply (above_the_bound n delta U).
Qed.

(** Outside of the open cells all is known: [a] is the probability of the points there that are
    proved to differ. Only the open cells are drawn from, all together. *)
Theorem open_cells_pooled {T} (D : list (T * R)) (B open : T -> bool) n delta U a W e :
  distribution D -> 0 < delta < 1 -> is_clopper_pearson n delta U ->
  pr D open = W -> 0 < W -> pr D (fun t => B t && negb (open t))%bool = a -> pr D B = e ->
  pr (power (given D open) n) (fun s => less (W * U (hits B s) + a) e) <= delta.
Proof.
  intros law d cp w P known total. subst W.
  pose proof (given_pr D open B P) as G. pose proof (pr_split D B open) as S.
  assert (law' : distribution (given D open)) by now apply given_law.
  eapply Rle_trans;
    [|exact (proj1 (clopper_pearson_bound (given D open) B n delta U _ law' d cp eq_refl))].
  apply pr_le; [now apply power_law|]. intros s H. apply less_true in H. apply less_true. nra.
Qed.
