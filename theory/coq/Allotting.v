(** Draws shared out among cells, and the leaves that a sample leaves unseen. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

(** The variance of a stratified estimate, however the [n] draws are shared out (Neyman). *)
Theorem neyman {C} (cells : list C) (mass deviation draws : C -> R) n :
  (forall c, In c cells -> 0 < draws c) -> sum draws cells = INR n -> (1 <= n)%nat ->
  sum (fun c => mass c ^ 2 * deviation c ^ 2 / draws c) cells >=
  sum (fun c => mass c * deviation c) cells ^ 2 / INR n.
Proof.
  intros some total one. set (whole := sum (fun c => mass c * deviation c) cells).
  assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (each : sum (fun c => 2 * (whole / INR n) * (mass c * deviation c) +
      - (whole / INR n) ^ 2 * draws c) cells <=
    sum (fun c => mass c ^ 2 * deviation c ^ 2 / draws c) cells).
  { apply sum_le. intros c I. pose proof (some c I) as P.
    apply Rmult_le_reg_r with (draws c); [assumption|].
    replace (mass c ^ 2 * deviation c ^ 2 / draws c * draws c) with (mass c ^ 2 * deviation c ^ 2)
      by (field; lra).
    pose proof (pow2_ge_0 (mass c * deviation c - whole / INR n * draws c)). nra. }
  rewrite sum_plus, !sum_scale, total in each. fold whole in each. apply Rle_ge.
  eapply Rle_trans; [|exact each]. right. field. lra.
Qed.

(** [p (1 - p)^n] is greatest at [1/(n + 1)]. *)
Lemma rate_at_most p n :
  0 <= p <= 1 -> (1 <= n)%nat ->
  p * (1 - p) ^ n <= (INR n / (INR n + 1)) ^ n / (INR n + 1).
Proof.
  intros P one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  set (a := (INR n + 1) * p). set (b := (1 - p) * (INR n + 1) / INR n).
  assert (A : a <= exp (a - 1)) by (pose proof (exp_ineq1_le (a - 1)); lra).
  assert (B : b <= exp (b - 1)) by (pose proof (exp_ineq1_le (b - 1)); lra).
  assert (b0 : 0 <= b).
  { unfold b, Rdiv. apply Rmult_le_pos; [apply Rmult_le_pos; lra|].
    left. now apply Rinv_0_lt_compat. }
  assert (a0 : 0 <= a) by (unfold a; apply Rmult_le_pos; lra).
  assert (power : b ^ n <= exp (b - 1) ^ n) by (apply pow_incr; lra).
  assert (E : exp (b - 1) ^ n = exp (1 - a)).
  { rewrite <- Rpower_pow by apply exp_pos. unfold Rpower. rewrite ln_exp. f_equal. unfold a, b. field. lra. }
  assert (one' : exp (a - 1) * exp (1 - a) = 1) by (rewrite <- exp_plus, <- exp_0; f_equal; lra).
  assert (top : a * b ^ n <= 1).
  { rewrite <- one', <- E. apply Rmult_le_compat; try assumption; now apply pow_le. }
  replace (p * (1 - p) ^ n) with (a * b ^ n * ((INR n / (INR n + 1)) ^ n / (INR n + 1))).
  - rewrite <- (Rmult_1_l ((INR n / (INR n + 1)) ^ n / (INR n + 1))) at 2.
    apply Rmult_le_compat_r; [|assumption]. unfold Rdiv.
    apply Rmult_le_pos; [apply pow_le|]; [apply Rmult_le_pos; [lra|]|];
      left; apply Rinv_0_lt_compat; lra.
  - replace (1 - p) with (b * (INR n / (INR n + 1))) at 1 by (unfold b; field; lra).
    rewrite Rpow_mult_distr. unfold a. field. lra.
Qed.

(** What no draw of a sample reaches, on average over samples. *)
Definition unseen {T} (D : list (T * R)) (leaves : list (T -> bool)) (n : nat) : R :=
  sum (fun s => snd s * sum (fun leaf => if forallb (fun t => negb (leaf t)) (fst s) then pr D leaf else 0)
    leaves) (power D n).

Lemma unseen_by_leaf {T} (D : list (T * R)) leaves n :
  unseen D leaves n =
  sum (fun leaf => pr D leaf * pr (power D n) (forallb (fun t => negb (leaf t)))) leaves.
Proof.
  unfold unseen.
  rewrite (sum_ext _ (fun s => sum (fun leaf => pr D leaf *
    (if forallb (fun t => negb (leaf t)) (fst s) then snd s else 0)) leaves)).
  - rewrite sum_swap. apply sum_ext. intros leaf. now rewrite sum_scale.
  - intros s. rewrite <- sum_scale. apply sum_ext. intros leaf. destruct (forallb _ _); ring.
Qed.

Theorem unseen_mass {T} (D : list (T * R)) (leaves : list (T -> bool)) n :
  distribution D -> (1 <= n)%nat ->
  unseen D leaves n <= INR (length leaves) * ((INR n / (INR n + 1)) ^ n / (INR n + 1)).
Proof.
  intros law one. rewrite unseen_by_leaf, <- sum_const. apply sum_le. intros leaf _.
  rewrite independent_draws by assumption.
  replace (pr D (fun t => negb (leaf t))) with (1 - pr D leaf).
  - apply rate_at_most; [now apply pr_range|assumption].
  - pose proof (pr_split D (fun _ => true) leaf) as S. cbn [andb] in S.
    rewrite (pr_true D law) in S. change (pr D (fun t => leaf t)) with (pr D leaf) in S. lra.
Qed.
