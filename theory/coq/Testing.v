(** A test without a disagreement: how many draws are enough, and that fewer are not. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

Lemma ln_below_one x : 0 < x < 1 -> ln x < 0.
Proof. intros [P L]. rewrite <- ln_1. now apply ln_increasing. Qed.

Lemma power_as_exp x n : 0 < x -> x ^ n = exp (INR n * ln x).
Proof. intros P. rewrite <- Rpower_pow by assumption. reflexivity. Qed.

(** [n >= ln(bound)/ln(1 - epsilon)] is what makes [(1 - epsilon)^n] at most [bound]. *)
Lemma enough_draws epsilon bound n :
  0 < epsilon < 1 -> 0 < bound ->
  (INR n >= ln bound / ln (1 - epsilon) <-> (1 - epsilon) ^ n <= bound).
Proof.
  intros e b. pose proof (ln_below_one (1 - epsilon) ltac:(lra)) as L.
  rewrite power_as_exp by lra. rewrite <- (exp_ln bound) at 2 by assumption.
  assert (M : INR n >= ln bound / ln (1 - epsilon) <-> INR n * ln (1 - epsilon) <= ln bound).
  { replace (ln bound) with (ln bound / ln (1 - epsilon) * ln (1 - epsilon)) at 2 by (field; lra).
    split; intros H.
    - apply Rge_le in H. nra.
    - destruct (Rle_lt_dec (ln bound / ln (1 - epsilon)) (INR n)) as [G|G]; [lra|exfalso; nra]. }
  rewrite M. split; intros H.
  - destruct H as [H|H]; [left; now apply exp_increasing|right; now rewrite H].
  - destruct (Rle_lt_dec (INR n * ln (1 - epsilon)) (ln bound)) as [G|G]; [assumption|].
    apply exp_increasing in G. lra.
Qed.

Section Test.
Context {T : Type} (D : list (T * R)) (agree : T -> bool).

Theorem test_sample_size epsilon delta n p :
  distribution D -> 0 < epsilon < 1 -> 0 < delta < 1 -> pr D agree = 1 - p ->
  (INR n < ln delta / ln (1 - epsilon) -> (1 - epsilon) ^ n > delta) /\
  (p >= epsilon -> INR n >= ln delta / ln (1 - epsilon) ->
   pr (power D n) (forallb agree) <= delta).
Proof.
  intros law e d a. split.
  - intros H. destruct (Rlt_le_dec delta ((1 - epsilon) ^ n)) as [G|G]; [lra|].
    apply enough_draws in G; lra.
  - intros P H. rewrite independent_draws, a by assumption. apply enough_draws in H; [|lra|lra].
    apply Rle_trans with ((1 - epsilon) ^ n); [|assumption]. apply pow_incr.
    pose proof (pr_range D law agree). lra.
Qed.
End Test.
