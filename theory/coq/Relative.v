(** Tails of a share by a factor of its mean, and chances whose relative entropy is small. *)
From Coq Require Import Bool List Reals Lra Lia Psatz.
From Leafproof Require Import Space ClopperPearson Axioms Draws Numbers Tails Several.
Import ListNotations.
Open Scope R_scope.

Lemma line_slope c s x : derivable_pt_lim (fun x => c + s * x) x s.
Proof.
  apply (eq_ind (0 + s * 1) (fun l => derivable_pt_lim (fun x => c + s * x) x l)); [|ring].
  apply (derivable_pt_lim_plus (fun _ => c) (fun x => s * x)); [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_scal id), derivable_pt_lim_id.
Qed.
Lemma ln_slope c s x : 0 < c + s * x -> derivable_pt_lim (fun x => ln (c + s * x)) x (s / (c + s * x)).
Proof.
  intros P. replace (s / (c + s * x)) with (/ (c + s * x) * s) by (unfold Rdiv; ring).
  apply (derivable_pt_lim_comp (fun x => c + s * x) ln); [apply line_slope|now apply derivable_pt_lim_ln].
Qed.
Lemma square_slope c s x : derivable_pt_lim (fun x => (c + s * x) ^ 2) x (2 * s * (c + s * x)).
Proof.
  replace (2 * s * (c + s * x)) with (INR 2 * (c + s * x) ^ 1 * s) by (cbn; ring).
  apply (derivable_pt_lim_comp (fun x => c + s * x) (fun y => y ^ 2)); [apply line_slope|].
  apply (derivable_pt_lim_pow _ 2).
Qed.
Lemma inverse_slope c x : 0 < c + 1 * x ->
  derivable_pt_lim (fun x => 1 / (c + 1 * x)) x (- 1 / (c + 1 * x) ^ 2).
Proof.
  intros P. replace (- 1 / (c + 1 * x) ^ 2) with ((0 * (c + 1 * x) - 1 * 1) / Rsqr (c + 1 * x))
    by (unfold Rsqr; field; lra).
  apply (derivable_pt_lim_div (fun _ => 1) (fun x => c + 1 * x));
    [apply derivable_pt_lim_const|apply line_slope|lra].
Qed.

(** (1 - a) ln(1 - a) + a >= a²/2. *)
Lemma gain_below a : 0 <= a < 1 -> a ^ 2 / 2 <= (1 - a) * ln (1 - a) + a.
Proof.
  intros A.
  pose proof (mean_value (fun x => ((1 + -1 * x) * ln (1 + -1 * x) + (0 + 1 * x)) + - (1 / 2) * (0 + 1 * x) ^ 2)
    (fun x => (-1 * ln (1 + -1 * x) + (1 + -1 * x) * (-1 / (1 + -1 * x)) + 1)
              + - (1 / 2) * (2 * 1 * (0 + 1 * x))) 0 a (proj1 A)) as M.
  assert (E : 0 <= (1 - a) * ln (1 - a) + a - a ^ 2 / 2); [|lra].
  replace ((1 - a) * ln (1 - a) + a - a ^ 2 / 2)
    with (((1 + -1 * a) * ln (1 + -1 * a) + (0 + 1 * a)) + - (1 / 2) * (0 + 1 * a) ^ 2)
    by (replace (1 + -1 * a) with (1 - a) by ring; field).
  eapply Rle_trans; [|apply M].
  - replace (1 + -1 * 0) with 1 by ring. rewrite ln_1. lra.
  - intros s S.
    apply (derivable_pt_lim_plus (fun x => (1 + -1 * x) * ln (1 + -1 * x) + (0 + 1 * x))).
    + apply (derivable_pt_lim_plus (fun x => (1 + -1 * x) * ln (1 + -1 * x))); [|apply line_slope].
      apply (derivable_pt_lim_mult (fun x => 1 + -1 * x) (fun x => ln (1 + -1 * x)));
        [apply line_slope|apply ln_slope; lra].
    + apply (derivable_pt_lim_scal (fun x => (0 + 1 * x) ^ 2)), square_slope.
  - intros s S. pose proof (log_bounds s ltac:(lra)) as [L _].
    replace (1 + -1 * s) with (1 - s) by ring.
    replace ((1 - s) * (-1 / (1 - s))) with (-1) by (field; lra). lra.
Qed.

(** ln(1 + a) >= 2 a/(2 + a). *)
Lemma tangent a : 0 <= a -> 2 * a / (2 + a) <= ln (1 + a).
Proof.
  intros A.
  pose proof (mean_value (fun x => ln (1 + 1 * x) + 4 * (1 / (2 + 1 * x)))
    (fun x => 1 / (1 + 1 * x) + 4 * (- 1 / (2 + 1 * x) ^ 2)) 0 a A) as M.
  assert (E : 2 <= ln (1 + a) + 4 * (1 / (2 + a))).
  { replace (1 + a) with (1 + 1 * a) by ring. replace (2 + a) with (2 + 1 * a) by ring.
    eapply Rle_trans; [|apply M].
    - replace (1 + 1 * 0) with 1 by ring. rewrite ln_1. lra.
    - intros s S. apply (derivable_pt_lim_plus (fun x => ln (1 + 1 * x))); [apply ln_slope; lra|].
      apply (derivable_pt_lim_scal (fun x => 1 / (2 + 1 * x))), inverse_slope. lra.
    - intros s S. replace (1 / (1 + 1 * s) + 4 * (- 1 / (2 + 1 * s) ^ 2))
        with (s ^ 2 / ((1 + s) * (2 + s) ^ 2)) by (field; lra).
      apply Rmult_le_pos; [apply pow2_ge_0|]. left. apply Rinv_0_lt_compat. nra. }
  replace (2 * a / (2 + a)) with (2 - 4 * (1 / (2 + a))) by (field; lra). lra.
Qed.

(** (1 + a) ln(1 + a) - a >= a²/(2 + a). *)
Lemma gain_above a : 0 <= a -> a ^ 2 / (2 + a) <= (1 + a) * ln (1 + a) - a.
Proof.
  intros A.
  pose proof (mean_value (fun x => ((1 + 1 * x) * ln (1 + 1 * x) + (2 + -2 * x)) + -4 * (1 / (2 + 1 * x)))
    (fun x => (1 * ln (1 + 1 * x) + (1 + 1 * x) * (1 / (1 + 1 * x)) + -2) + -4 * (- 1 / (2 + 1 * x) ^ 2))
    0 a A) as M.
  assert (E : 0 <= ((1 + 1 * a) * ln (1 + 1 * a) + (2 + -2 * a)) + -4 * (1 / (2 + 1 * a))).
  { eapply Rle_trans; [|apply M].
    - replace (1 + 1 * 0) with 1 by ring. rewrite ln_1. lra.
    - intros s S. apply (derivable_pt_lim_plus (fun x => (1 + 1 * x) * ln (1 + 1 * x) + (2 + -2 * x))).
      + apply (derivable_pt_lim_plus (fun x => (1 + 1 * x) * ln (1 + 1 * x))); [|apply line_slope].
        apply (derivable_pt_lim_mult (fun x => 1 + 1 * x) (fun x => ln (1 + 1 * x)));
          [apply line_slope|apply ln_slope; lra].
      + apply (derivable_pt_lim_scal (fun x => 1 / (2 + 1 * x))), inverse_slope. lra.
    - intros s S. pose proof (tangent s ltac:(lra)) as L. replace (1 + 1 * s) with (1 + s) by ring.
      replace ((1 + s) * (1 / (1 + s))) with 1 by (field; lra).
      assert (Q : 0 <= s ^ 2 / (2 + s) ^ 2).
      { apply Rmult_le_pos; [apply pow2_ge_0|]. left. apply Rinv_0_lt_compat. nra. }
      replace (s ^ 2 / (2 + s) ^ 2) with (2 * s / (2 + s) + -1 + -4 * (- 1 / (2 + 1 * s) ^ 2)) in Q
        by (field; lra). lra. }
  replace (1 + 1 * a) with (1 + a) in E by ring.
  replace (a ^ 2 / (2 + a)) with (- (2 + -2 * a + -4 * (1 / (2 + 1 * a))) - a) by (field; lra). lra.
Qed.

Section Shares.
Context {T : Type} (D : list (T * R)) (B : T -> bool).
Hypothesis law : distribution D.

Lemma unit_mark t : 0 <= mark B 1 t <= 1.
Proof. unfold mark. destruct (B t); lra. Qed.
Lemma share_mark s : total (mark B 1) s = INR (hits B s).
Proof. rewrite total_mark. ring. Qed.

Lemma smaller_exponent n p x y : 0 <= INR n * p -> y <= x -> exp (- INR n * p * x) <= exp (- INR n * p * y).
Proof. intros P L. apply -> exp_monotone. nra. Qed.

Theorem multiplicative_chernoff_above a n :
  0 < pr D B -> (1 <= n)%nat -> 0 < a ->
  pr (power D n) (fun s => at_most ((1 + a) * pr D B) (INR (hits B s) / INR n)) <=
  exp (- INR n * pr D B * (a ^ 2 / (2 + a))).
Proof.
  intros P one A. pose proof (chernoff_above D (mark B 1) law unit_mark n (pr D B) a) as C.
  rewrite mean_mark in C. specialize (C ltac:(lra) P A one).
  apply Rle_trans with (exp (- INR n * pr D B * ((1 + a) * ln (1 + a) - a))).
  - eapply Rle_trans; [|exact C]. right. apply sum_ext. intros x. now rewrite share_mark.
  - apply smaller_exponent; [pose proof (pos_INR n); nra|]. apply gain_above. lra.
Qed.

Theorem multiplicative_chernoff_below a n :
  0 < pr D B -> (1 <= n)%nat -> 0 < a < 1 ->
  pr (power D n) (fun s => at_most (INR (hits B s) / INR n) ((1 - a) * pr D B)) <=
  exp (- INR n * pr D B * (a ^ 2 / 2)).
Proof.
  intros P one A. pose proof (chernoff_below D (mark B 1) law unit_mark n (pr D B) a) as C.
  rewrite mean_mark in C. specialize (C ltac:(lra) P A one).
  apply Rle_trans with (exp (- INR n * pr D B * ((1 - a) * ln (1 - a) + a))).
  - eapply Rle_trans; [|exact C]. right. apply sum_ext. intros x. now rewrite share_mark.
  - apply smaller_exponent; [pose proof (pos_INR n); nra|]. apply gain_below. lra.
Qed.

(** What is off is above or below, and each is seldom. *)
Theorem relative_estimate_samples a least delta n :
  (1 <= n)%nat -> 0 < a < 1 -> 0 < least -> 0 < delta < 1 -> least <= pr D B ->
  INR n >= 3 * ln (2 / delta) / (a ^ 2 * least) ->
  pr (power D n) (fun s => at_most (a * pr D B) (Rabs (pr D B - INR (hits B s) / INR n))) <= delta.
Proof.
  intros one A L d P enough. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (S : 0 < a ^ 2) by (apply pow_lt; lra).
  assert (E : ln (2 / delta) = - ln (delta / 2)).
  { replace (2 / delta) with (/ (delta / 2)) by (field; lra). apply ln_Rinv. lra. }
  assert (U : 0 <= ln (2 / delta)).
  { rewrite <- ln_1. left. apply ln_increasing; [lra|].
    apply Rmult_lt_reg_r with delta; [lra|]. replace (2 / delta * delta) with 2 by (field; lra). lra. }
  assert (W : 3 * ln (2 / delta) <= INR n * (a ^ 2 * pr D B)).
  { apply Rge_le in enough. assert (Z : 0 < a ^ 2 * least) by (apply Rmult_lt_0_compat; lra).
    apply Rmult_le_compat_l with (r := a ^ 2 * least) in enough; [|lra].
    replace (a ^ 2 * least * (3 * ln (2 / delta) / (a ^ 2 * least))) with (3 * ln (2 / delta)) in enough
      by (field; split; lra).
    apply Rle_trans with (1 := enough). rewrite Rmult_comm. apply Rmult_le_compat_l; [lra|].
    apply Rmult_le_compat_l; lra. }
  assert (half : forall x, a ^ 2 / 3 <= x -> exp (- INR n * pr D B * x) <= delta / 2).
  { intros x X. rewrite <- (exp_ln (delta / 2)) by lra. apply -> exp_monotone.
    assert (0 <= INR n * pr D B) by (apply Rmult_le_pos; lra). nra. }
  pose proof (multiplicative_chernoff_above a n ltac:(lra) one ltac:(lra)) as high.
  pose proof (multiplicative_chernoff_below a n ltac:(lra) one A) as low.
  assert (h1 : a ^ 2 / 3 <= a ^ 2 / (2 + a)).
  { apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  pose proof (half _ h1) as H1. pose proof (half (a ^ 2 / 2) ltac:(lra)) as H2.
  set (C := fun s => at_most ((1 + a) * pr D B) (INR (hits B s) / INR n)) in *.
  set (F := fun s => at_most (INR (hits B s) / INR n) ((1 - a) * pr D B)) in *.
  apply Rle_trans with (pr (power D n) C + pr (power D n) F); [|lra].
  unfold pr at 1 4 5. rewrite <- sum_plus. apply sum_le. intros s I.
  pose proof (proj1 (power_law D n law) s I) as V.
  destruct (at_most (a * pr D B) (Rabs (pr D B - INR (hits B (fst s)) / INR n))) eqn:far.
  - apply at_most_true in far. set (q := INR (hits B (fst s)) / INR n) in *.
    assert (X : C (fst s) = true \/ F (fst s) = true).
    { unfold C, F. fold q. unfold Rabs in far. destruct (Rcase_abs (pr D B - q)).
      - left. apply at_most_true. lra.
      - right. apply at_most_true. lra. }
    destruct X as [X|X]; rewrite X; [destruct (F (fst s))|destruct (C (fst s))]; lra.
  - destruct (C (fst s)), (F (fst s)); lra.
Qed.
End Shares.

Definition kl (q p : R) : R := q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)).

Lemma kl_split q p : 0 < q < 1 -> 0 < p < 1 ->
  kl q p = (q * ln q + (1 - q) * ln (1 - q)) + (- q * ln p + - (1 - q) * ln (1 - p)).
Proof. intros Q P. unfold kl. rewrite !ln_div by lra. ring. Qed.
Lemma kl_mirror q p : kl (1 - q) (1 - p) = kl q p.
Proof.
  unfold kl. replace (1 - (1 - q)) with q by ring. replace (1 - (1 - p)) with p by ring. ring.
Qed.

Lemma pinsker_up q p : 0 < q < 1 -> q <= p < 1 -> 2 * (p - q) ^ 2 <= kl q p.
Proof.
  intros Q P.
  pose proof (mean_value (fun x => (- q * ln (0 + 1 * x) + - (1 - q) * ln (1 + -1 * x)) + -2 * (- q + 1 * x) ^ 2)
    (fun x => (- q * (1 / (0 + 1 * x)) + - (1 - q) * (-1 / (1 + -1 * x))) + -2 * (2 * 1 * (- q + 1 * x)))
    q p (proj1 P)) as M.
  rewrite kl_split by lra. apply Rplus_le_reg_l with (- (2 * (p - q) ^ 2)).
  specialize (M ltac:(intros s S;
    apply (derivable_pt_lim_plus (fun x => - q * ln (0 + 1 * x) + - (1 - q) * ln (1 + -1 * x)));
    [apply (derivable_pt_lim_plus (fun x => - q * ln (0 + 1 * x)) (fun x => - (1 - q) * ln (1 + -1 * x)));
     [apply (derivable_pt_lim_scal (fun x => ln (0 + 1 * x))), ln_slope; lra
     |apply (derivable_pt_lim_scal (fun x => ln (1 + -1 * x))), ln_slope; lra]
    |apply (derivable_pt_lim_scal (fun x => (- q + 1 * x) ^ 2)), square_slope])).
  assert (N : forall s, q <= s <= p -> 0 <=
    (- q * (1 / (0 + 1 * s)) + - (1 - q) * (-1 / (1 + -1 * s))) + -2 * (2 * 1 * (- q + 1 * s))).
  { intros s S. replace ((- q * (1 / (0 + 1 * s)) + - (1 - q) * (-1 / (1 + -1 * s))) + -2 * (2 * 1 * (- q + 1 * s)))
      with ((s - q) * ((1 - 2 * s) ^ 2 / (s * (1 - s)))) by (field; lra).
    apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [apply pow2_ge_0|].
    left. apply Rinv_0_lt_compat. nra. }
  specialize (M N). cbn beta in M. replace (0 + 1 * q) with q in M by ring. replace (1 + -1 * q) with (1 - q) in M by ring.
  replace (0 + 1 * p) with p in M by ring. replace (1 + -1 * p) with (1 - p) in M by ring.
  replace (- q + 1 * q) with 0 in M by ring. replace (- q + 1 * p) with (p - q) in M by ring.
  replace (-2 * 0 ^ 2) with 0 in M by ring. lra.
Qed.

Lemma huber_up q p : 0 < q < 1 -> q <= p < 1 -> - ln (1 - (p - q) ^ 2) <= kl q p.
Proof.
  intros Q P.
  pose proof (mean_value (fun x => (- q * ln (0 + 1 * x) + - (1 - q) * ln (1 + -1 * x))
                                   + (ln (1 + q + -1 * x) + ln (1 - q + 1 * x)))
    (fun x => (- q * (1 / (0 + 1 * x)) + - (1 - q) * (-1 / (1 + -1 * x)))
              + (-1 / (1 + q + -1 * x) + 1 / (1 - q + 1 * x))) q p (proj1 P)) as M.
  specialize (M ltac:(intros s S;
    apply (derivable_pt_lim_plus (fun x => - q * ln (0 + 1 * x) + - (1 - q) * ln (1 + -1 * x)));
    [apply (derivable_pt_lim_plus (fun x => - q * ln (0 + 1 * x)) (fun x => - (1 - q) * ln (1 + -1 * x)));
     [apply (derivable_pt_lim_scal (fun x => ln (0 + 1 * x))), ln_slope; lra
     |apply (derivable_pt_lim_scal (fun x => ln (1 + -1 * x))), ln_slope; lra]
    |apply (derivable_pt_lim_plus (fun x => ln (1 + q + -1 * x)) (fun x => ln (1 - q + 1 * x)));
     apply ln_slope; lra])).
  assert (N : forall s, q <= s <= p -> 0 <= (- q * (1 / (0 + 1 * s)) + - (1 - q) * (-1 / (1 + -1 * s)))
              + (-1 / (1 + q + -1 * s) + 1 / (1 - q + 1 * s))).
  { intros s S. replace ((- q * (1 / (0 + 1 * s)) + - (1 - q) * (-1 / (1 + -1 * s)))
              + (-1 / (1 + q + -1 * s) + 1 / (1 - q + 1 * s)))
      with ((s - q) * (((1 - s) ^ 2 + q * (2 * s - q)) / (s * (1 - s) * ((1 + q - s) * (1 - q + s)))))
      by (field; lra).
    apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; [nra|]. left. apply Rinv_0_lt_compat.
    apply Rmult_lt_0_compat; nra. }
  specialize (M N). cbn beta in M. rewrite kl_split by lra.
  replace (1 - (p - q) ^ 2) with ((1 + q + -1 * p) * (1 - q + 1 * p)) by ring.
  rewrite ln_mult by lra. replace (0 + 1 * q) with q in M by ring.
  replace (1 + -1 * q) with (1 - q) in M by ring. replace (0 + 1 * p) with p in M by ring.
  replace (1 + -1 * p) with (1 - p) in M by ring. replace (1 + q + -1 * q) with 1 in M by ring.
  replace (1 - q + 1 * q) with 1 in M by ring. rewrite ln_1 in M. lra.
Qed.

(** Both ways: the complement of the event has the same relative entropy. *)
Lemma either_way (bound : R -> R) : (forall x, bound (- x) = bound x) ->
  (forall q p, 0 < q < 1 -> q <= p < 1 -> bound (p - q) <= kl q p) ->
  forall q p, 0 < q < 1 -> 0 < p < 1 -> bound (p - q) <= kl q p.
Proof.
  intros even up q p Q P. destruct (Rle_dec q p) as [L|L]; [apply up; lra|].
  rewrite <- kl_mirror, <- even. replace (- (p - q)) with (1 - p - (1 - q)) by ring. apply up; lra.
Qed.

Theorem pinsker L q p : 0 <= L -> 0 < q < 1 -> 0 < p < 1 -> kl q p <= L -> Rabs (p - q) <= sqrt (L / 2).
Proof.
  intros N Q P H.
  pose proof (either_way (fun x => 2 * x ^ 2) ltac:(intros; cbn beta; ring) pinsker_up q p Q P) as K. cbn beta in K.
  rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr. lra.
Qed.

Theorem bretagnolle_huber L q p :
  0 <= L -> 0 < q < 1 -> 0 < p < 1 -> kl q p <= L -> Rabs (p - q) <= sqrt (1 - exp (- L)).
Proof.
  intros N Q P H.
  pose proof (either_way (fun x => - ln (1 - x ^ 2))
    ltac:(intros x; cbn beta; now replace ((- x) ^ 2) with (x ^ 2) by ring) huber_up q p Q P) as K. cbn beta in K.
  rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt. unfold Rsqr.
  assert (S : 0 < 1 - (p - q) ^ 2) by nra.
  assert (E : exp (- L) <= 1 - (p - q) ^ 2); [|lra].
  rewrite <- (exp_ln (1 - (p - q) ^ 2)) by exact S. apply -> exp_monotone. lra.
Qed.
