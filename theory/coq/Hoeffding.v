(** Hoeffding's inequality for averages of independent draws, for the axiom of that name. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Minimax Axioms Draws.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** A function that is 0 at 0 and whose derivative is nowhere negative. *)
Lemma not_below f f' t :
  0 <= t -> f 0 = 0 -> (forall s, 0 <= s <= t -> derivable_pt_lim f s (f' s)) ->
  (forall s, 0 <= s <= t -> 0 <= f' s) -> 0 <= f t.
Proof.
  intros [T| <-] Z d P; [|lra]. destruct (MVT_cor2 f f' 0 t T d) as [c [E [A C]]].
  rewrite Z in E. assert (0 <= f' c) by (apply P; lra).
  assert (0 <= f' c * (t - 0)) by (apply Rmult_le_pos; lra). lra.
Qed.

Section Lemma.
Context (p : R).
Hypothesis unit : 0 <= p <= 1.

Definition base (t : R) : R := 1 - p + p * exp t.
Lemma base_pos t : 0 < base t.
Proof. unfold base. pose proof (exp_pos t). destruct (Req_dec p 1); nra. Qed.

Lemma base_slope t : derivable_pt_lim base t (p * exp t).
Proof.
  unfold base. replace (p * exp t) with (0 + p * exp t) by ring.
  apply (derivable_pt_lim_plus (fun _ => 1 - p) (fun t => p * exp t)).
  - apply derivable_pt_lim_const.
  - apply (derivable_pt_lim_scal exp p t (exp t)), derivable_pt_lim_exp.
Qed.

Definition share (t : R) : R := p * exp t / base t.
Lemma share_slope t : derivable_pt_lim share t (share t * (1 - share t)).
Proof.
  pose proof (base_pos t) as P. unfold share.
  replace (p * exp t / base t * (1 - p * exp t / base t)) with
    ((p * exp t * base t - p * exp t * (p * exp t)) / Rsqr (base t)) by (unfold Rsqr; field; lra).
  apply (derivable_pt_lim_div (fun t => p * exp t) base t); [|apply base_slope|lra].
  apply (derivable_pt_lim_scal exp p t (exp t)), derivable_pt_lim_exp.
Qed.

Definition gap (t : R) : R := p * t + t * t / 8 - ln (base t).
Definition gap_slope (t : R) : R := p + t / 4 - share t.

Lemma gap_derived t : derivable_pt_lim gap t (gap_slope t).
Proof.
  pose proof (base_pos t) as P. unfold gap, gap_slope.
  apply (derivable_pt_lim_minus (fun t => p * t + t * t / 8) (fun t => ln (base t))).
  - apply (derivable_pt_lim_plus (fun t => p * t) (fun t => t * t / 8)).
    + pose proof (derivable_pt_lim_scal (fun t => t) p t 1 (derivable_pt_lim_id t)) as H.
      rewrite Rmult_1_r in H. exact H.
    + replace (t / 4) with ((1 * t + t * 1) * / 8 + (t * t) * 0) by field.
      apply (derivable_pt_lim_mult (fun t => t * t) (fun _ => / 8)).
      * apply (derivable_pt_lim_mult (fun t => t) (fun t => t)); apply derivable_pt_lim_id.
      * apply derivable_pt_lim_const.
  - unfold share. replace (p * exp t / base t) with (/ base t * (p * exp t)) by (unfold Rdiv; ring).
    apply (derivable_pt_lim_comp base ln); [apply base_slope|now apply derivable_pt_lim_ln].
Qed.
Lemma gap_slope_derived t : derivable_pt_lim gap_slope t (1 / 4 - share t * (1 - share t)).
Proof.
  unfold gap_slope. apply (derivable_pt_lim_minus (fun t => p + t / 4) share); [|apply share_slope].
  replace (1 / 4) with (0 + (1 * / 4 + t * 0)) by field.
  apply (derivable_pt_lim_plus (fun _ => p) (fun t => t / 4)); [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_mult (fun t => t) (fun _ => / 4));
    [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
Qed.

Lemma at_zero : base 0 = 1.
Proof. unfold base. rewrite exp_0. ring. Qed.

Lemma hoeffding_lemma t : 0 <= t -> base t <= exp (p * t + t * t / 8).
Proof.
  intros T. assert (slope : forall s, 0 <= s -> 0 <= gap_slope s).
  { intros s S. apply (not_below gap_slope (fun s => 1 / 4 - share s * (1 - share s)) s S).
    - unfold gap_slope, share. rewrite at_zero, exp_0. field.
    - intros; apply gap_slope_derived.
    - intros u _. replace (1 / 4 - share u * (1 - share u)) with ((share u - 1 / 2) ^ 2) by field.
      apply pow2_ge_0. }
  assert (G : 0 <= gap t).
  { apply (not_below gap gap_slope t T).
    - unfold gap. rewrite at_zero, ln_1. field.
    - intros; apply gap_derived.
    - intros s S. apply slope. lra. }
  rewrite <- (exp_ln (base t)) by apply base_pos. apply -> exp_monotone. unfold gap in G. lra.
Qed.
End Lemma.

Theorem hoeffding {T} (D : list (T * R)) X low high n t :
  distribution D -> (forall x, low <= X x <= high) -> low < high -> (1 <= n)%nat -> 0 <= t ->
  pr (power D n) (fun s => at_most (total X s / INR n - mean X D) (- t)) <=
  exp (- 2 * INR n * t ^ 2 / (high - low) ^ 2).
Proof.
  intros law B wide one pos. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  set (w := high - low). assert (W : 0 < w) by (unfold w; lra).
  set (Y := fun x => (high - X x) / w). set (q := mean Y D). set (s0 := t / w).
  assert (S0 : 0 <= s0) by (apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]).
  assert (Y1 : forall x, 0 <= Y x <= 1).
  { intros x. destruct (B x). unfold Y. split.
    - apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat].
    - apply Rmult_le_reg_r with w; [assumption|]. unfold Rdiv.
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. unfold w. lra. }
  assert (Q : 0 <= q <= 1) by now apply mean_bounds.
  assert (qm : q = (high - mean X D) / w).
  { unfold q. transitivity (mean (fun x => (- / w) * X x + 1 * (high / w)) D).
    - unfold mean. apply sum_ext. intros x. unfold Y. field. lra.
    - rewrite (linearity D X (fun _ => high / w)), (mean_constant D law). field. lra. }
  set (l := 4 * s0).
  assert (M : mean (fun s => exp (l * total Y s)) (power D n) <= exp (q * l + l * l / 8) ^ n).
  { eapply Rle_trans; [now apply bernoulli_moment|]. apply pow_incr. split.
    - pose proof (exp_pos l). fold q. nra.
    - apply (hoeffding_lemma q Q l). unfold l. lra. }
  assert (totals : forall s, length s = n -> total Y s = (INR n * high - total X s) / w).
  { assert (E : forall s, total Y s = (INR (length s) * high - total X s) / w).
    { induction s as [|x s IH]; [unfold total; cbn - [IZR]; field; lra|].
      cbn [length]. rewrite S_INR. unfold total in *. cbn [sum]. rewrite IH. unfold Y. field. lra. }
    intros s <-. apply E. }
  set (level := exp (l * (INR n * (q + s0)))).
  apply Rle_trans with (mean (fun s => exp (l * total Y s)) (power D n) / level).
  - eapply Rle_trans; [|apply (markov (power D n) (power_law D n law)
      (fun s => exp (l * total Y s))); [intros; left; apply exp_pos|apply exp_pos]].
    apply pr_le_in; [now apply power_law|]. intros s I H. apply at_most_true in H. apply at_most_true.
    assert (len : length (fst s) = n).
    { clear - I. revert s I. induction n as [|n IH]; cbn [power]; intros s I.
      - now destruct I as [<-|[]].
      - apply in_flat_map in I as [x [_ I]]. apply in_map_iff in I as [y [<- I]].
        cbn [fst length]. now rewrite (IH y I). }
    unfold level. apply -> exp_monotone. apply Rmult_le_compat_l; [unfold l; lra|].
    rewrite (totals _ len), qm. unfold s0.
    apply Rmult_le_compat_l with (r := INR n) in H; [|lra].
    replace (INR n * (total X (fst s) / INR n - mean X D)) with (total X (fst s) - INR n * mean X D) in H
      by (field; lra).
    apply Rmult_le_reg_r with w; [assumption|].
    replace (INR n * ((high - mean X D) / w + t / w) * w) with (INR n * (high - mean X D + t))
      by (field; lra).
    replace ((INR n * high - total X (fst s)) / w * w) with (INR n * high - total X (fst s))
      by (field; lra). lra.
  - apply Rmult_le_compat_r with (r := / level) in M; [|left; apply Rinv_0_lt_compat, exp_pos].
    eapply Rle_trans; [exact M|]. right. unfold level.
    assert (E : forall z, exp z ^ n = exp (INR n * z)).
    { intros z. clear. induction n as [|n IH]; [cbn - [IZR]; now rewrite Rmult_0_l, exp_0|].
      cbn [pow]. rewrite IH, <- exp_plus, S_INR. f_equal. ring. }
    rewrite E, <- exp_Ropp, <- exp_plus. f_equal. unfold l, s0. field. lra.
Qed.
