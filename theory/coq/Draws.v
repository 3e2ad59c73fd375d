(** Axioms of the catalogue about independent draws, proved over finite probability spaces:
    [power D n] is the law of [n] draws from [D], [total X s] the sum of a number over them. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** ** Independent draws *)
Section Draws.
Context {T : Type} (D : list (T * R)).
Hypothesis law : distribution D.

Definition total (X : T -> R) (s : list T) : R := sum X s.

Lemma mean_step n (F : list T -> R) :
  mean F (power D (S n)) = mean (fun t => mean (fun s => F (t :: s)) (power D n)) D.
Proof.
  unfold mean at 1. cbn [power]. rewrite sum_flat_map. apply sum_ext. intros x. rewrite sum_map.
  unfold mean. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd]. ring.
Qed.

(** e^(x t) lies below its chord. *)
Lemma chord x t : 0 <= x <= 1 -> exp (x * t) <= 1 - x + x * exp t.
Proof.
  intros B. pose proof (exp_ineq1_le (- (x * t))) as A. pose proof (exp_ineq1_le ((1 - x) * t)) as C.
  pose proof (exp_pos (x * t)) as P.
  assert (L : 1 <= (1 - x) * exp (- (x * t)) + x * exp ((1 - x) * t)) by nra.
  apply Rmult_le_compat_l with (r := exp (x * t)) in L; [|lra].
  replace (exp (x * t) * ((1 - x) * exp (- (x * t)) + x * exp ((1 - x) * t)))
    with ((1 - x) * (exp (x * t) * exp (- (x * t))) + x * (exp (x * t) * exp ((1 - x) * t))) in L by ring.
  rewrite <- !exp_plus in L. replace (x * t + - (x * t)) with 0 in L by ring.
  replace (x * t + (1 - x) * t) with t in L by ring. rewrite exp_0 in L. lra.
Qed.

(** The mean of b^(sum) of draws between 0 and 1, for b = e^t. *)
Theorem bernoulli_moment X t n :
  (forall x, 0 <= X x <= 1) ->
  mean (fun s => exp (t * total X s)) (power D n) <= (1 - mean X D + mean X D * exp t) ^ n.
Proof.
  intros B. induction n as [|n IH].
  - unfold mean, total. cbn - [IZR]. rewrite Rmult_0_r, exp_0. lra.
  - rewrite mean_step. cbn [pow].
    set (M := mean (fun s => exp (t * total X s)) (power D n)) in *.
    assert (M0 : 0 <= M).
    { unfold M. rewrite <- (mean_constant (power D n) (power_law D n law) 0).
      apply mean_monotone; [now apply power_law|]. intros s. left. apply exp_pos. }
    apply Rle_trans with (mean (fun x => M * ((1 - X x) * 1 + exp t * X x)) D).
    + apply mean_monotone; [assumption|]. intros x. unfold M, mean. rewrite Rmult_comm, <- sum_scale.
      apply sum_le. intros s I. cbn [total sum]. pose proof (power_law D n law) as [N _].
      pose proof (N s I) as p. unfold total. rewrite Rmult_plus_distr_l, exp_plus.
      pose proof (chord (X x) t (B x)) as C. rewrite (Rmult_comm t (X x)).
      pose proof (exp_pos (t * sum X (fst s))) as e.
      apply Rmult_le_compat_r with (r := snd s * exp (t * sum X (fst s))) in C;
        [|apply Rmult_le_pos; lra]. lra.
    + replace (mean (fun x => M * ((1 - X x) * 1 + exp t * X x)) D)
        with (M * (1 - mean X D + mean X D * exp t)).
      * rewrite Rmult_comm. apply Rmult_le_compat_l; [|assumption].
        assert (0 <= mean X D <= 1) by now apply mean_bounds. pose proof (exp_pos t). nra.
      * rewrite <- (mean_constant D law 1) at 1. unfold mean. rewrite !Rmult_plus_distr_l.
        unfold Rminus. rewrite Rmult_plus_distr_l.
        rewrite (sum_ext (fun z => snd z * (M * ((1 + - X (fst z)) * 1 + exp t * X (fst z))))
          (fun z => M * (snd z * 1) + (- M + M * exp t) * (snd z * X (fst z)))) by (intros; ring).
        rewrite sum_plus, !sum_scale. ring.
Qed.
End Draws.

Theorem average_linear {T} (X Y : T -> R) a b s :
  total (fun t => a * X t + b * Y t) s = a * total X s + b * total Y s.
Proof. unfold total. now rewrite sum_plus, !sum_scale. Qed.

Theorem binomial_moment {T} (D : list (T * R)) B n x :
  distribution D ->
  mean (fun s => x ^ hits B s) (power D n) = (1 - pr D B + pr D B * x) ^ n.
Proof.
  intros law. induction n as [|n IH]; [unfold mean; cbn - [IZR]; lra|].
  rewrite mean_step. cbn [pow]. rewrite <- IH.
  set (M := mean (fun s => x ^ hits B s) (power D n)).
  replace ((1 - pr D B + pr D B * x) * M) with (pr D B * (x * M) + (1 - pr D B) * M) by ring.
  rewrite <- (sum_two D law B (x * M) M). apply sum_ext. intros z. f_equal.
  unfold M, mean, hits. cbn [filter]. destruct (B (fst z)); [|reflexivity].
  rewrite <- sum_scale. apply sum_ext. intros s. cbn [length pow]. ring.
Qed.

(** ** The binomial distribution *)
Theorem falling_distribution k n low high :
  0 < low -> low <= high -> high < 1 -> binomial_cdf k n high <= binomial_cdf k n low.
Proof. intros. apply cdf_falls; lra. Qed.

(** ** A bet on draws, stopped whenever one likes (Ville)
    [wealth k t] is what is held after [t] draws of which [k] lie in [B]. A rule [stop] looks at the
    draws so far, the last at the head; at the horizon one stops in any case. *)
Section Stopped.
Context {T : Type} (D : list (T * R)) (B : T -> bool) (wealth : nat -> nat -> R).
Context (stop : list T -> bool).
Hypothesis law : distribution D.

Fixpoint stopped (seen s : list T) : list T :=
  match s with
  | [] => seen
  | x :: s' => if stop seen then seen else stopped (x :: seen) s'
  end.

Lemma stopped_mean n : forall seen,
  (forall k t, (k <= t)%nat -> 0 <= wealth k t) ->
  (forall k t, (k <= t)%nat ->
     pr D B * wealth (S k) (S t) + (1 - pr D B) * wealth k (S t) <= wealth k t) ->
  mean (fun s => wealth (hits B (stopped seen s)) (length (stopped seen s))) (power D n) <=
  wealth (hits B seen) (length seen).
Proof.
  induction n as [|n IH]; intros seen P M.
  { unfold mean. cbn [power sum fst snd stopped]. lra. }
  rewrite mean_step. cbn [stopped]. destruct (stop seen) eqn:e.
  - unfold mean at 1. rewrite (sum_ext _ (fun x => wealth (hits B seen) (length seen) * snd x)).
    + rewrite sum_scale. destruct law as [_ one]. change (sum (fun x => snd x) D) with (sum (@snd T R) D).
      rewrite one. lra.
    + intros x. rewrite (mean_constant _ (power_law D n law)). ring.
  - assert (H : (hits B seen <= length seen)%nat).
    { unfold hits. clear. induction seen as [|x l L]; [cbn; lia|]. cbn [filter length].
      destruct (B x); cbn [length]; lia. }
    eapply Rle_trans; [|apply (M _ _ H)].
    eapply Rle_trans; [apply (mean_monotone D law); intros t; apply (IH (t :: seen) P M)|].
    right. unfold mean.
    rewrite (sum_ext _ (fun x => snd x * (if B (fst x) then wealth (S (hits B seen)) (S (length seen))
      else wealth (hits B seen) (S (length seen))))).
    + now apply sum_two.
    + intros x. unfold hits. cbn [filter length]. destruct (B (fst x)); reflexivity.
Qed.

Theorem ville_stopped n level :
  wealth 0 0 <= 1 -> (forall k t, (k <= t)%nat -> 0 <= wealth k t) ->
  (forall k t, (k <= t)%nat ->
     pr D B * wealth (S k) (S t) + (1 - pr D B) * wealth k (S t) <= wealth k t) ->
  0 < level ->
  pr (power D n) (fun s => at_most level (wealth (hits B (stopped [] s)) (length (stopped [] s)))) <=
  1 / level.
Proof.
  intros one P M L. pose proof (stopped_mean n [] P M) as H. unfold hits at 2 in H. cbn [filter length] in H.
  eapply Rle_trans.
  - apply (markov (power D n) (power_law D n law)
      (fun s => wealth (hits B (stopped [] s)) (length (stopped [] s)))); [|assumption].
    intros s. apply P. generalize (stopped [] s). intros l. unfold hits.
    induction l as [|x l I]; [cbn; lia|]. cbn [filter length]. destruct (B x); cbn [length]; lia.
  - apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]. lra.
Qed.
End Stopped.

(** ** Averages of independent draws *)
Section Averages.
Context {T : Type} (D : list (T * R)) (X : T -> R).
Hypothesis law : distribution D.

Lemma mean_total n : mean (fun s => total X s) (power D n) = INR n * mean X D.
Proof.
  induction n as [|n IH]; [unfold mean, total; cbn - [IZR]; lra|].
  rewrite mean_step, S_INR. unfold total. cbn [sum].
  transitivity (mean (fun t => 1 * X t + 1 * (INR n * mean X D)) D).
  - unfold mean. apply sum_ext. intros x. f_equal.
    fold (mean (fun s => X (fst x) + sum X s) (power D n)).
    transitivity (mean (fun s => 1 * X (fst x) + 1 * sum X s) (power D n)).
    { unfold mean. apply sum_ext. intros s. ring. }
    rewrite (linearity (power D n) (fun _ => X (fst x)) (fun s => sum X s)).
    rewrite (mean_constant _ (power_law D n law)). unfold total in IH. fold (mean X D). now rewrite IH.
  - rewrite (linearity D X (fun _ => INR n * mean X D)), (mean_constant D law). ring.
Qed.

Lemma mean_square_total n :
  mean (fun s => (total X s - INR n * mean X D) ^ 2) (power D n) =
  INR n * (mean (fun t => X t ^ 2) D - mean X D ^ 2).
Proof.
  set (m := mean X D). set (v := mean (fun t => X t ^ 2) D - m ^ 2).
  induction n as [|n IH]; [unfold mean, total; cbn - [IZR]; lra|].
  rewrite mean_step, S_INR.
  assert (E : forall t, mean (fun s => (total X (t :: s) - (INR n + 1) * m) ^ 2) (power D n) =
    (X t - m) ^ 2 + INR n * v).
  { intros t. rewrite <- IH. unfold total. cbn [sum].
    transitivity (mean (fun s => 1 * (X t - m) ^ 2 + 1 *
      (1 * (sum X s - INR n * m) ^ 2 + 2 * (X t - m) * (1 * sum X s + (- INR n * m) * 1))) (power D n)).
    { unfold mean. apply sum_ext. intros s. ring. }
    rewrite (linearity (power D n) (fun _ => (X t - m) ^ 2)), (mean_constant _ (power_law D n law)).
    rewrite (linearity (power D n) (fun s => (sum X s - INR n * m) ^ 2)).
    rewrite (linearity (power D n) (fun s => sum X s) (fun _ => 1)), (mean_constant _ (power_law D n law)).
    pose proof (mean_total n) as Q. unfold total in Q. rewrite Q. fold m. ring. }
  unfold mean at 1. rewrite (sum_ext _ (fun x => snd x * ((X (fst x) - m) ^ 2 + INR n * v)))
    by (intros; now rewrite E).
  fold (mean (fun t => (X t - m) ^ 2 + INR n * v) D).
  transitivity (mean (fun t => 1 * (X t ^ 2) + 1 * ((- 2 * m) * X t + 1 * (m ^ 2 + INR n * v))) D).
  { unfold mean. apply sum_ext. intros x. ring. }
  rewrite (linearity D (fun t => X t ^ 2)), (linearity D X (fun _ => m ^ 2 + INR n * v)).
  rewrite (mean_constant D law). fold m. unfold v. ring.
Qed.

(** Chebyshev: how seldom the average is below the mean by [t]. *)
Theorem chebyshev n t :
  (1 <= n)%nat -> 0 < t ->
  pr (power D n) (fun s => at_most (total X s / INR n - mean X D) (- t)) <=
  (mean (fun x => X x ^ 2) D - mean X D ^ 2) / (INR n * t ^ 2).
Proof.
  intros one pos. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  set (v := mean (fun x => X x ^ 2) D - mean X D ^ 2).
  assert (L : 0 < (INR n * t) ^ 2) by (apply pow_lt; now apply Rmult_lt_0_compat).
  apply Rle_trans with (mean (fun s => (total X s - INR n * mean X D) ^ 2) (power D n) / (INR n * t) ^ 2).
  - eapply Rle_trans; [|apply (markov (power D n) (power_law D n law)); [intros; apply pow2_ge_0|exact L]].
    apply pr_le; [now apply power_law|]. intros s H. apply at_most_true in H. apply at_most_true.
    assert (total X s - INR n * mean X D <= - (INR n * t)).
    { apply Rmult_le_compat_l with (r := INR n) in H; [|lra].
      replace (INR n * (total X s / INR n - mean X D)) with (total X s - INR n * mean X D) in H
        by (field; lra). lra. }
    assert (0 <= INR n * t) by (apply Rmult_le_pos; lra). nra.
  - rewrite mean_square_total. fold v. right. field. split; lra.
Qed.

Theorem average_variance n :
  (1 <= n)%nat ->
  mean (fun s => (total X s / INR n - mean X D) ^ 2) (power D n) =
  (mean (fun t => X t ^ 2) D - mean X D ^ 2) / INR n.
Proof.
  intros one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  pose proof (mean_square_total n) as Q. set (m := mean X D) in *.
  set (v := mean (fun t => X t ^ 2) D - m ^ 2) in *.
  transitivity (/ INR n ^ 2 * mean (fun s => (total X s - INR n * m) ^ 2) (power D n)).
  - unfold mean. rewrite <- sum_scale. apply sum_ext. intros s. field. lra.
  - rewrite Q. field. lra.
Qed.

Theorem average_mean n :
  (1 <= n)%nat -> mean (fun s => total X s / INR n) (power D n) = mean X D.
Proof.
  intros one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  transitivity (/ INR n * mean (fun s => total X s) (power D n)).
  - unfold mean. rewrite <- sum_scale. apply sum_ext. intros s. unfold Rdiv. ring.
  - rewrite mean_total. field. lra.
Qed.

(** What an exponential of one draw is on average, to the n-th power. *)
Theorem exponential_moment slope level n :
  (1 <= n)%nat -> mean (fun t => exp (slope * (X t - mean X D))) D <= exp level ->
  mean (fun s => exp (slope * INR n * (total X s / INR n - mean X D))) (power D n) <=
  exp (INR n * level).
Proof.
  intros one H. assert (N : 0 < INR n) by (apply lt_0_INR; lia). set (m := mean X D) in *.
  assert (K : forall k, 0 <= mean (fun s => exp (slope * (total X s - INR k * m))) (power D k) <=
    exp (INR k * level)).
  { induction k as [|k [low IH]].
    - cbn [INR]. unfold mean, total. cbn [power sum fst snd].
      replace (slope * (0 - 0 * m)) with 0 by ring. replace (0 * level) with 0 by ring.
      rewrite exp_0. lra.
    - rewrite mean_step, S_INR.
      set (rest := mean (fun s => exp (slope * (total X s - INR k * m))) (power D k)) in *.
      assert (E : mean (fun t => mean (fun s =>
          exp (slope * (total X (t :: s) - (INR k + 1) * m))) (power D k)) D =
        rest * mean (fun t => exp (slope * (X t - m))) D).
      { unfold mean at 1 3. rewrite <- sum_scale. apply sum_ext. intros t.
        transitivity (snd t * (exp (slope * (X (fst t) - m)) * rest)); [|ring]. f_equal.
        unfold rest, mean. rewrite <- sum_scale. apply sum_ext. intros s. unfold total. cbn [sum].
        replace (slope * (X (fst t) + sum X (fst s) - (INR k + 1) * m))
          with (slope * (X (fst t) - m) + slope * (sum X (fst s) - INR k * m)) by ring.
        rewrite exp_plus. ring. }
      rewrite E. assert (P : 0 <= mean (fun t => exp (slope * (X t - m))) D).
      { rewrite <- (mean_constant D law 0). apply mean_monotone; [exact law|].
        intros t. left. apply exp_pos. }
      split; [now apply Rmult_le_pos|].
      replace ((INR k + 1) * level) with (INR k * level + level) by ring. rewrite exp_plus.
      apply Rmult_le_compat; assumption. }
  destruct (K n) as [_ found]. eapply Rle_trans; [|exact found]. right. unfold mean.
  apply sum_ext. intros s. f_equal. f_equal. field. lra.
Qed.
End Averages.
