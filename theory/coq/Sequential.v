(** A test that may stop after any draw: Ville's inequality, and Wald's test. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson.
Import ListNotations.
Open Scope R_scope.

Section Sequential.
Context {T : Type} (D : list (T * R)).

Definition mean (X : T -> R) : R := sum (fun x => snd x * X (fst x)) D.

(** That the product of [X] over the draws so far, and of [w], reaches [goal] at some time. *)
Fixpoint reaches (X : T -> R) (goal w : R) (s : list T) : bool :=
  at_most goal w || match s with [] => false | x :: s' => reaches X goal (w * X x) s' end.

(** Ville's inequality, over finite spaces: for every horizon [n]. *)
Theorem ville X goal w n :
  distribution D -> (forall t, 0 <= X t) -> mean X <= 1 -> 0 < goal -> 0 <= w ->
  pr (power D n) (reaches X goal w) <= w / goal.
Proof.
  intros law P M G. revert w. induction n as [|n IH]; intros w W.
  - unfold pr. cbn [power sum fst snd reaches]. rewrite orb_false_r. unfold at_most.
    destruct (Rle_dec goal w) as [H|H].
    + assert (1 <= w / goal); [|lra]. apply Rmult_le_reg_r with goal; [assumption|].
      unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
    + assert (0 <= w / goal) by (apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]). lra.
  - destruct (Rle_dec goal w) as [H|H].
    + apply Rle_trans with 1; [apply pr_range; now apply power_law|].
      apply Rmult_le_reg_r with goal; [assumption|]. unfold Rdiv.
      rewrite Rmult_assoc, Rinv_l by lra. lra.
    + rewrite pr_step. apply Rle_trans with (w / goal * mean X).
      * unfold mean. rewrite <- sum_scale. apply sum_le. intros x I. destruct law as [N _].
        pose proof (N x I) as Q.
        rewrite (pr_ext _ _ (reaches X goal (w * X (fst x)))).
        -- specialize (IH (w * X (fst x)) ltac:(apply Rmult_le_pos; auto)).
           apply Rmult_le_compat_l with (r := snd x) in IH; [|assumption].
           eapply Rle_trans; [exact IH|]. right. unfold Rdiv. ring.
        -- intros s. cbn [reaches]. unfold at_most at 1. destruct (Rle_dec goal w); [contradiction|reflexivity].
      * assert (0 <= w / goal) by (apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]).
        nra.
Qed.

Context (B : T -> bool).

(** What a draw multiplies: less than 1 for a disagreement, more than 1 for none. *)
Definition factor (epsilon q : R) (t : T) : R :=
  if B t then q / epsilon else (1 - q) / (1 - epsilon).

(** The product after some draws, by how many of them are disagreements. *)
Lemma product_of_draws epsilon q s :
  0 <= q < 1 -> 0 < epsilon < 1 ->
  fold_left (fun w t => w * factor epsilon q t) s 1 =
  (q / epsilon) ^ hits B s * exp ((INR (length s) - INR (hits B s)) * ln ((1 - q) / (1 - epsilon))).
Proof.
  intros Q E. set (G := (1 - q) / (1 - epsilon)).
  assert (G0 : 0 < G) by (apply Rdiv_lt_0_compat; lra).
  assert (H : forall s w, fold_left (fun w t => w * factor epsilon q t) s w =
    w * ((q / epsilon) ^ hits B s * exp ((INR (length s) - INR (hits B s)) * ln G))).
  { clear s. induction s as [|t s IH]; intros w; cbn [fold_left].
    - unfold hits. cbn [filter length INR pow].
      replace ((0 - 0) * ln G) with 0 by ring. rewrite exp_0. ring.
    - rewrite IH, Rmult_assoc. f_equal. unfold factor, hits. cbn [filter length].
      destruct (B t); cbn [length pow]; rewrite ?S_INR.
      + rewrite Rmult_assoc. do 3 f_equal. ring.
      + fold G. rewrite <- (exp_ln G) at 1 by assumption.
        rewrite (Rmult_comm (exp (ln G))), Rmult_assoc, <- exp_plus. do 2 f_equal. ring. }
  rewrite H. ring.
Qed.

(** With [q = 0] it is the test without a disagreement: one loses all that was won, for good. *)
Theorem sequential_test epsilon q delta n k p :
  distribution D -> 0 < epsilon < 1 -> 0 <= q < 1 -> q < epsilon -> 0 < delta < 1 -> pr D B = p ->
  0 < (q / epsilon) ^ k ->
  (p >= epsilon -> pr (power D n) (reaches (factor epsilon q) (1 / delta) 1) <= delta) /\
  (INR n >= (INR k * ln ((1 - q) / (1 - epsilon)) - ln ((q / epsilon) ^ k) + ln (1 / delta))
            / ln ((1 - q) / (1 - epsilon)) ->
   (q / epsilon) ^ k * exp ((INR n - INR k) * ln ((1 - q) / (1 - epsilon))) >= 1 / delta).
Proof.
  intros law E Q A d P some. split.
  - intros big. assert (F : forall t, 0 <= factor epsilon q t).
    { assert (0 < / epsilon) by (apply Rinv_0_lt_compat; lra).
      assert (0 < / (1 - epsilon)) by (apply Rinv_0_lt_compat; lra).
      intros t. unfold factor. destruct (B t); unfold Rdiv; apply Rmult_le_pos; lra. }
    assert (M : mean (factor epsilon q) <= 1).
    { unfold mean, factor. rewrite sum_two, P by assumption. pose proof (pr_range D law B) as R.
      rewrite P in R.
      replace (p * (q / epsilon) + (1 - p) * ((1 - q) / (1 - epsilon)))
        with (1 - (p - epsilon) * (epsilon - q) / (epsilon * (1 - epsilon))) by (field; lra).
      assert (0 <= (p - epsilon) * (epsilon - q) / (epsilon * (1 - epsilon))); [|lra].
      apply Rmult_le_pos; [nra|left; apply Rinv_0_lt_compat; nra]. }
    assert (G : 0 < 1 / delta) by (apply Rdiv_lt_0_compat; lra).
    pose proof (ville (factor epsilon q) (1 / delta) 1 n law F M G ltac:(lra)) as V.
    replace (1 / (1 / delta)) with delta in V by (field; lra). exact V.
  - intros H. set (L := ln ((1 - q) / (1 - epsilon))) in *. set (W := (q / epsilon) ^ k) in *.
    assert (R : 1 < (1 - q) / (1 - epsilon)).
    { apply Rmult_lt_reg_r with (1 - epsilon); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
    assert (P0 : 0 < L) by (unfold L; rewrite <- ln_1; apply ln_increasing; lra).
    assert (S : ln W + (INR n - INR k) * L >= ln (1 / delta)).
    { apply Rge_le in H. apply Rmult_le_compat_r with (r := L) in H; [|lra].
      unfold Rdiv at 1 in H. rewrite Rmult_assoc, Rinv_l, Rmult_1_r in H by lra. lra. }
    rewrite <- (exp_ln W) by assumption. rewrite <- exp_plus.
    rewrite <- (exp_ln (1 / delta)) at 1 by (apply Rdiv_lt_0_compat; lra).
    apply Rge_le in S. apply Rle_ge. destruct S as [S|S]; [left; now apply exp_increasing|right; now rewrite S].
Qed.
End Sequential.
