(** Bets on how seldom students err, of a slope that is fixed before the samples (Catoni). *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws.
Import ListNotations.
Open Scope R_scope.

(** What a bet on errors of probability [p] expects of a draw: 1 - p + p exp (- c). *)
Definition kept (c p : R) : R := 1 - (1 - exp (- c)) * p.
Definition gain (c q p : R) : R := - ln (kept c p) - c * q.

Lemma kept_positive c p : 0 < c -> 0 <= p <= 1 -> 0 < kept c p.
Proof.
  intros C P. unfold kept. pose proof (exp_pos (- c)) as E.
  assert (L : exp (- c) < 1) by (rewrite <- exp_0; apply exp_increasing; lra).
  assert ((1 - exp (- c)) * p <= (1 - exp (- c)) * 1) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma exp_times x n : exp x ^ n = exp (INR n * x).
Proof.
  induction n as [|n IH]; [cbn [pow INR]; rewrite Rmult_0_l, exp_0; reflexivity|].
  cbn [pow]. rewrite IH, <- exp_plus, S_INR. f_equal. ring.
Qed.

Lemma one_bet {T} (D : list (T * R)) B c n :
  distribution D -> 0 < c -> (1 <= n)%nat ->
  mean (fun s => exp (INR n * gain c (INR (hits B s) / INR n) (pr D B))) (power D n) = 1.
Proof.
  intros law C one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  pose proof (kept_positive c (pr D B) C (pr_range D law B)) as K. set (b := kept c (pr D B)) in *.
  assert (P : b ^ n <> 0) by (apply pow_nonzero; lra).
  assert (E : forall s, exp (INR n * gain c (INR (hits B s) / INR n) (pr D B)) =
    / b ^ n * exp (- c) ^ hits B s).
  { intros s. unfold gain. fold b. rewrite exp_times.
    replace (INR n * (- ln b - c * (INR (hits B s) / INR n)))
      with (- (INR n * ln b) + INR (hits B s) * - c) by (field; lra).
    rewrite exp_plus, exp_Ropp, <- exp_times, exp_ln by assumption. reflexivity. }
  unfold mean. rewrite (sum_ext _ (fun z => / b ^ n * (snd z * exp (- c) ^ hits B (fst z))))
    by (intros z; rewrite E; ring).
  rewrite sum_scale. change (sum (fun z => snd z * exp (- c) ^ hits B (fst z)) (power D n))
    with (mean (fun s => exp (- c) ^ hits B s) (power D n)).
  rewrite (binomial_moment D B n (exp (- c)) law).
  replace (1 - pr D B + pr D B * exp (- c)) with b by (unfold b, kept; ring). now apply Rinv_l.
Qed.

Theorem prior_bets {T G} (D : list (T * R)) (prior : list (G * R)) (wrong : G -> T -> bool) c n :
  distribution D -> distribution prior -> 0 < c -> (1 <= n)%nat ->
  mean (fun s => mean (fun g => exp (INR n * gain c (INR (hits (wrong g) s) / INR n) (pr D (wrong g)))) prior)
    (power D n) <= 1.
Proof.
  intros law [W whole] C one. unfold mean at 1.
  rewrite (sum_ext _ (fun s => sum (fun g => snd s * (snd g * exp (INR n *
    gain c (INR (hits (wrong (fst g)) (fst s)) / INR n) (pr D (wrong (fst g)))))) prior))
    by (intros; unfold mean; rewrite <- sum_scale; reflexivity).
  rewrite sum_swap. right. rewrite <- whole. apply sum_ext. intros g.
  rewrite (sum_ext _ (fun s => snd g * (snd s * exp (INR n *
    gain c (INR (hits (wrong (fst g)) (fst s)) / INR n) (pr D (wrong (fst g)))))) (power D n)) by (intros; ring).
  rewrite sum_scale.
  pose proof (one_bet D (wrong (fst g)) c n law C one) as O. unfold mean in O. rewrite O. ring.
Qed.

(** The mean gain of a posterior is at least that of its mean errors, for - ln is convex. *)
Lemma tangent b m : 0 < b -> 0 < m -> ln b <= ln m + (b - m) / m.
Proof.
  intros B M. pose proof (exp_ineq1_le (ln (b / m))) as E.
  rewrite exp_ln in E by (now apply Rdiv_lt_0_compat). rewrite ln_div in E by assumption.
  replace ((b - m) / m) with (b / m - 1) by (field; lra). lra.
Qed.

Theorem posterior_bets {G} (class : list G) (posterior prior emp err : G -> R) c n :
  (forall g, In g class -> 0 <= posterior g /\ 0 < prior g) ->
  sum posterior class = 1 -> sum prior class = 1 -> 0 <= n -> 0 < c ->
  (forall g, In g class -> 0 <= err g <= 1) ->
  n * gain c (sum (fun g => posterior g * emp g) class) (sum (fun g => posterior g * err g) class) <=
  sum (fun g => posterior g * ln (posterior g / prior g)) class +
    ln (sum (fun g => prior g * exp (n * gain c (emp g) (err g))) class).
Proof.
  intros pos one one' N C H. eapply Rle_trans; [|now apply donsker_varadhan].
  rewrite (sum_ext (fun g => posterior g * (n * gain c (emp g) (err g)))
    (fun g => n * (posterior g * gain c (emp g) (err g)))) by (intros; ring).
  rewrite sum_scale. apply Rmult_le_compat_l; [assumption|].
  set (p := sum (fun g => posterior g * err g) class).
  assert (P : 0 <= p <= 1).
  { split.
    - apply sum_nonneg. intros g I. destruct (pos g I), (H g I). now apply Rmult_le_pos.
    - rewrite <- one. apply sum_le. intros g I. destruct (pos g I), (H g I).
      rewrite <- (Rmult_1_r (posterior g)) at 2. now apply Rmult_le_compat_l. }
  pose proof (kept_positive c p C P) as K. set (a := 1 - exp (- c)).
  assert (M : sum (fun g => posterior g * kept c (err g)) class = kept c p).
  { rewrite (sum_ext _ (fun g => posterior g + - a * (posterior g * err g)))
      by (intros; unfold kept, a; ring).
    rewrite sum_plus, sum_scale. change (fun g => posterior g) with posterior. rewrite one.
    unfold kept, p, a. ring. }
  assert (J : sum (fun g => posterior g * ln (kept c (err g))) class <= ln (kept c p)).
  { apply Rle_trans with (sum (fun g => (ln (kept c p) - 1) * posterior g +
      / kept c p * (posterior g * kept c (err g))) class).
    - apply sum_le. intros g I. destruct (pos g I) as [w _].
      pose proof (tangent (kept c (err g)) (kept c p) (kept_positive c _ C (H g I)) K) as X.
      apply Rmult_le_compat_l with (r := posterior g) in X; [|assumption].
      eapply Rle_trans; [exact X|]. right. field. lra.
    - rewrite sum_plus, !sum_scale, M. change (fun g => posterior g) with posterior. rewrite one.
      right. field. lra. }
  rewrite (sum_ext (fun g => posterior g * gain c (emp g) (err g))
    (fun g => -1 * (posterior g * ln (kept c (err g))) + - c * (posterior g * emp g)))
    by (intros; unfold gain; ring).
  rewrite sum_plus, !sum_scale. unfold gain. lra.
Qed.
