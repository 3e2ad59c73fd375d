(** The variance that a sample shows, and how seldom it is far below the true one (Maurer, Pontil).
    It is the mean of (x - y)²/2 over all pairs of draws; pairs that have no draw in common are
    independent, and the mean over all pairs is one over all ways to pair the draws off (Hoeffding). *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns Averages Finite Martingales.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** e^-x lies below the first three terms of its series. *)
Lemma below_parabola x : 0 <= x -> exp (- x) <= 1 - x + x ^ 2 / 2.
Proof.
  intros X. assert (H : 0 <= 1 - x + x ^ 2 / 2 - exp (- x)); [|lra].
  apply (not_below (fun x => 1 - x + x ^ 2 / 2 - exp (- x)) (fun x => - 1 + x + exp (- x))); [exact X| | |].
  - rewrite Ropp_0, exp_0. field.
  - intros s _. replace (- 1 + s + exp (- s)) with (0 - 1 + s - exp (- s) * - 1) by ring.
    apply (derivable_pt_lim_minus (fun x => 1 - x + x ^ 2 / 2) (fun x => exp (- x))).
    + apply (derivable_pt_lim_plus (fun x => 1 - x) (fun x => x ^ 2 / 2)).
      * apply (derivable_pt_lim_minus (fun _ => 1) (fun x => x)); [apply derivable_pt_lim_const|apply derivable_pt_lim_id].
      * replace s with (INR 2 * s ^ pred 2 * / 2 + s ^ 2 * 0) at 2 by (cbn; field).
        apply (derivable_pt_lim_mult (fun x => x ^ 2) (fun _ => / 2)); [apply derivable_pt_lim_pow|apply derivable_pt_lim_const].
    + apply (derivable_pt_lim_comp (fun x => - x) exp); [|apply derivable_pt_lim_exp].
      apply (derivable_pt_lim_opp (fun x => x)). apply derivable_pt_lim_id.
  - intros s _. pose proof (exp_ineq1_le (- s)). lra.
Qed.

Section Spread.
Context {T : Type} (D : list (T * R)) (X : T -> R).
Hypothesis law : distribution D.
Hypothesis unit : forall x, 0 <= X x <= 1.

(** ** A draw taken out of a sample *)
Lemma mean_exchange {A B} (E : list (A * R)) (F : list (B * R)) (G : A -> B -> R) :
  mean (fun x => mean (G x) F) E = mean (fun y => mean (fun x => G x y) E) F.
Proof.
  unfold mean. rewrite (sum_ext _ (fun x => sum (fun y => snd x * (snd y * G (fst x) (fst y))) F))
    by (intros; now rewrite <- sum_scale).
  rewrite sum_swap. apply sum_ext. intros y. rewrite <- sum_scale. apply sum_ext. intros. ring.
Qed.
Lemma mean_factor {A} (E : list (A * R)) c f : mean (fun x => c * f x) E = c * mean f E.
Proof. unfold mean. rewrite <- sum_scale. apply sum_ext. intros. ring. Qed.
Lemma mean_sum {A} (E : list (A * R)) f g : mean (fun x => f x + g x) E = mean f E + mean g E.
Proof. unfold mean. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma mean_picks n : forall G : T -> list T -> R,
  mean (fun s => sum (fun p => G (fst p) (snd p)) (picks s)) (power D (S n)) =
  INR (S n) * mean (fun x => mean (G x) (power D n)) D.
Proof.
  induction n as [|n IH]; intros G; rewrite mean_step.
  { cbn [INR]. rewrite Rmult_1_l. unfold mean. apply sum_ext. intros x. cbn [power picks map sum fst snd]. ring. }
  transitivity (mean (fun t => mean (G t) (power D (S n)) +
    INR (S n) * mean (fun x => mean (fun r => G x (t :: r)) (power D n)) D) D).
  - unfold mean at 1 3. apply sum_ext. intros t. f_equal. rewrite <- (IH (fun x r => G x (fst t :: r))).
    rewrite <- mean_sum. apply mean_same. intros s. cbn [picks sum fst snd]. now rewrite sum_map.
  - rewrite mean_sum, mean_factor. rewrite (mean_exchange D D (fun t x => mean (fun r => G x (t :: r)) (power D n))).
    assert (E : mean (fun x => mean (fun t => mean (fun r => G x (t :: r)) (power D n)) D) D =
      mean (fun x => mean (G x) (power D (S n))) D).
    { apply mean_same. intros x. now rewrite mean_step. }
    rewrite E, (S_INR (S n)). ring.
Qed.

(** ** Squares of a sample *)
Definition square (t : T) : R := X t ^ 2.
Definition h (x y : T) : R := (X x - X y) ^ 2 / 2.
(** n times the sum of squares, less the square of the sum. *)
Definition q (s : list T) : R := INR (length s) * total square s - total X s ^ 2.

Lemma quadratic a b c s :
  sum (fun t => a + b * X t + c * X t ^ 2) s = INR (length s) * a + b * total X s + c * total square s.
Proof.
  unfold total, square. induction s as [|t s IH]; [cbn [sum length]; change (INR 0) with 0; ring|].
  cbn [sum]. rewrite IH. change (length (t :: s)) with (S (length s)). rewrite S_INR. ring.
Qed.
Lemma without (f : T -> R) p (s : list T) : In p (picks s) ->
  total f (snd p) = total f s - f (fst p) /\ INR (length (snd p)) = INR (length s) - 1.
Proof.
  intros I. split.
  - pose proof (picks_sum f s p I) as H. unfold total. lra.
  - rewrite (picks_length s p I), S_INR. ring.
Qed.
Lemma q_of_rests s : sum (fun p => q (snd p)) (picks s) = (INR (length s) - 2) * q s.
Proof.
  set (n := INR (length s)). set (A := total square s). set (B := total X s).
  rewrite (sum_ext_in _ (fun p => (n - 1) * A - B ^ 2 + 2 * B * X (fst p) + - n * X (fst p) ^ 2)).
  - rewrite (picks_first (fun x => (n - 1) * A - B ^ 2 + 2 * B * X x + - n * X x ^ 2)), quadratic.
    unfold q. fold n A B. ring.
  - intros p I. unfold q. destruct (without square p s I) as [-> ->]. destruct (without X p s I) as [-> _].
    fold n A B. unfold square. ring.
Qed.
Lemma q_of_pairs s : sum (fun p => sum (fun r => h (fst p) (fst r)) (picks (snd p))) (picks s) = q s.
Proof.
  set (n := INR (length s)). set (A := total square s). set (B := total X s).
  rewrite (sum_ext_in _ (fun p => A / 2 + - B * X (fst p) + n / 2 * X (fst p) ^ 2)).
  - rewrite (picks_first (fun x => A / 2 + - B * X x + n / 2 * X x ^ 2)), quadratic.
    unfold q. fold n A B. field.
  - intros p I. rewrite (picks_first (h (fst p))). unfold h.
    rewrite (sum_ext _ (fun y => X (fst p) ^ 2 / 2 + - X (fst p) * X y + / 2 * X y ^ 2)) by (intros; field).
    rewrite quadratic. destruct (without square p s I) as [-> ->]. destruct (without X p s I) as [-> _].
    fold n A B. unfold square. field.
Qed.
Lemma h_range x y : 0 <= h x y <= 1 / 2.
Proof.
  unfold h. pose proof (unit x). pose proof (unit y). set (d := X x - X y).
  assert (0 <= (1 - d) * (1 + d)) by (apply Rmult_le_pos; unfold d; lra).
  pose proof (pow2_ge_0 d). lra.
Qed.
Lemma q_nonneg s : 0 <= q s.
Proof.
  rewrite <- q_of_pairs. apply sum_nonneg. intros p _. apply sum_nonneg. intros r _. apply h_range.
Qed.

(** The mean of h over all pairs. *)
Definition u (s : list T) : R := q s / (INR (length s) * (INR (length s) - 1)).

Lemma pairs_linear s a b (e : T -> T -> list T -> R) :
  sum (fun p => sum (fun r => a + b * e (fst p) (fst r) (snd r)) (picks (snd p))) (picks s) =
  INR (length s) * (INR (length s) - 1) * a +
  b * sum (fun p => sum (fun r => e (fst p) (fst r) (snd r)) (picks (snd p))) (picks s).
Proof.
  rewrite <- sum_scale.
  rewrite (sum_ext_in _ (fun p => (INR (length s) - 1) * a +
    b * sum (fun r => e (fst p) (fst r) (snd r)) (picks (snd p)))).
  - rewrite sum_plus, sum_const, (picks_count s). ring.
  - intros p I. destruct (without X p s I) as [_ L].
    rewrite sum_plus, sum_const, sum_scale, (picks_count (snd p)), L. ring.
Qed.

(** A sample is paired off draw by draw: one pair, and the others by themselves. *)
Lemma paired_off s c k :
  (2 * S k <= length s)%nat ->
  exp (- c * u s) <=
  / (INR (length s) * (INR (length s) - 1)) *
  sum (fun p => sum (fun r => exp (- (c / INR (S k)) * h (fst p) (fst r)) *
    exp (- (c * INR k / INR (S k)) * u (snd r))) (picks (snd p))) (picks s).
Proof.
  intros L. set (n := INR (length s)).
  assert (n2 : 2 * INR (S k) <= n).
  { unfold n. apply le_INR in L. rewrite mult_INR in L. exact L. }
  assert (K : 1 <= INR (S k)) by (rewrite S_INR; pose proof (pos_INR k); lra).
  assert (N : 0 < n * (n - 1)) by (apply Rmult_lt_0_compat; lra).
  set (e := fun x y r => - (c / INR (S k)) * h x y + - (c * INR k / INR (S k)) * u r).
  set (a := - c * u s).
  assert (E : sum (fun p => sum (fun r => e (fst p) (fst r) (snd r)) (picks (snd p))) (picks s) = n * (n - 1) * a).
  { unfold e. rewrite (sum_ext _ (fun p => - (c / INR (S k)) * sum (fun r => h (fst p) (fst r)) (picks (snd p)) +
      - (c * INR k / INR (S k)) * sum (fun r => u (snd r)) (picks (snd p))))
      by (intros p; now rewrite sum_plus, !sum_scale).
    rewrite sum_plus, !sum_scale, q_of_pairs.
    assert (rest : INR k * sum (fun p => sum (fun r => u (snd r)) (picks (snd p))) (picks s) = INR k * q s).
    { destruct k as [|k]; [cbn [INR]; ring|]. f_equal.
      assert (n4 : 4 <= n) by (rewrite !S_INR in n2; pose proof (pos_INR k); lra).
      rewrite (sum_ext_in _ (fun p => / ((n - 2) * (n - 3)) * ((n - 3) * q (snd p)))).
      - rewrite sum_scale, sum_scale, q_of_rests. fold n. field. lra.
      - intros p I. destruct (without X p s I) as [_ M]. fold n in M.
        rewrite <- (sum_ext_in (fun r => / ((n - 2) * (n - 3)) * q (snd r))).
        + rewrite sum_scale, q_of_rests, M. f_equal. ring.
        + intros r J. destruct (without X r (snd p) J) as [_ O]. unfold u. rewrite O, M.
          unfold Rdiv. rewrite Rmult_comm. f_equal. f_equal. ring. }
    replace (- (c * INR k / INR (S k)) * sum (fun p => sum (fun r => u (snd r)) (picks (snd p))) (picks s))
      with (- (c / INR (S k)) * (INR k * sum (fun p => sum (fun r => u (snd r)) (picks (snd p))) (picks s)))
      by (field; lra).
    rewrite rest. unfold a, u. fold n. rewrite S_INR. rewrite S_INR in K, n2. field. repeat split; lra. }
  apply Rmult_le_reg_l with (n * (n - 1)); [exact N|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by (apply Rgt_not_eq; exact N).
  apply Rle_trans with (sum (fun p => sum (fun r => exp a * (1 - a) + exp a * e (fst p) (fst r) (snd r))
    (picks (snd p))) (picks s)).
  - rewrite pairs_linear, E. fold n. right. ring.
  - apply sum_le. intros p _. apply sum_le. intros r _. rewrite <- exp_plus. fold (e (fst p) (fst r) (snd r)).
    set (z := e (fst p) (fst r) (snd r)).
    replace (exp z) with (exp a * exp (z - a)) by (rewrite <- exp_plus; f_equal; ring).
    pose proof (exp_ineq1_le (z - a)). pose proof (exp_pos a). nra.
Qed.

(** The moment of one pair. *)
Definition pair_moment (c : R) : R := mean (fun x => mean (fun y => exp (- c * h x y)) D) D.

Lemma pair_moment_nonneg c : 0 <= pair_moment c.
Proof.
  unfold pair_moment. rewrite <- (mean_constant D law 0). apply mean_monotone; [exact law|]. intros x.
  rewrite <- (mean_constant D law 0). apply mean_monotone; [exact law|]. intros y. left. apply exp_pos.
Qed.

(** One pair taken from the sample, on average. *)
Lemma moment_step k n c :
  (2 * S k <= S (S n))%nat ->
  mean (fun s => exp (- c * u s)) (power D (S (S n))) <=
  pair_moment (c / INR (S k)) * mean (fun r => exp (- (c * INR k / INR (S k)) * u r)) (power D n).
Proof.
  intros L. set (K := INR (S k)). set (N := INR (S (S n))).
  assert (K1 : 1 <= K) by (unfold K; rewrite S_INR; pose proof (pos_INR k); lra).
  assert (N2 : N = INR (S n) + 1) by (unfold N; now rewrite S_INR).
  assert (N1 : 1 <= INR (S n)) by (rewrite S_INR; pose proof (pos_INR n); lra).
  set (a := fun x y => exp (- (c / K) * h x y)). set (b := fun r => exp (- (c * INR k / K) * u r)).
  set (G := fun x r => sum (fun z => a x (fst z) * b (snd z)) (picks r)).
  apply Rle_trans with (mean (fun s => / (N * (N - 1)) * sum (fun p => G (fst p) (snd p)) (picks s)) (power D (S (S n)))).
  - apply mean_le_in; [now apply power_law|]. intros s I. pose proof (power_length _ _ _ I) as len.
    pose proof (paired_off (fst s) c k) as P. rewrite len in P. exact (P L).
  - rewrite mean_factor, mean_picks. right. fold N.
    rewrite (mean_same D _ (fun x => INR (S n) * mean b (power D n) * mean (a x) D)).
    + rewrite mean_factor. change (mean (fun x => mean (a x) D) D) with (pair_moment (c / K)).
      rewrite N2. field. lra.
    + intros x. unfold G. rewrite (mean_picks n (fun y r => a x y * b r)).
      rewrite Rmult_assoc. f_equal. rewrite <- mean_factor. apply mean_same. intros y.
      rewrite mean_factor. ring.
Qed.

Lemma spread_moment k : forall n c,
  (2 * S k <= n)%nat ->
  mean (fun s => exp (- c * u s)) (power D n) <= pair_moment (c / INR (S k)) ^ S k.
Proof.
  induction k as [|k IH]; intros n c L; (destruct n as [|[|n]]; [lia|lia|]);
    (eapply Rle_trans; [apply (moment_step _ n c L)|]); cbn [pow];
    (apply Rmult_le_compat_l; [apply pair_moment_nonneg|]).
  - rewrite (mean_same _ _ (fun _ => 1)); [right; now apply mean_constant, power_law|].
    intros r. change (INR 0) with 0. replace (- (c * 0 / INR 1) * u r) with 0 by (cbn; field). apply exp_0.
  - eapply Rle_trans; [apply IH; lia|]. right. cbn [pow].
    assert (J : 1 <= INR (S k)) by (rewrite S_INR; pose proof (pos_INR k); lra).
    assert (K : 1 <= INR (S (S k))) by (rewrite S_INR; lra).
    replace (c * INR (S k) / INR (S (S k)) / INR (S k)) with (c / INR (S (S k))) by (field; lra). reflexivity.
Qed.

(** ** The variance that is shown *)
Definition variance : R := mean (fun x => X x ^ 2) D - mean X D ^ 2.
Lemma mean_of_pairs : mean (fun x => mean (h x) D) D = variance.
Proof.
  set (m := mean X D). set (A := mean (fun x => X x ^ 2) D).
  rewrite (mean_same D _ (fun x => / 2 * X x ^ 2 + (- m * X x + / 2 * A))).
  - rewrite !mean_sum, !mean_factor, (mean_constant D law). unfold variance. fold m A.
    change (mean (fun x => X x) D) with m. field.
  - intros x. rewrite (mean_same D _ (fun y => / 2 * X x ^ 2 + (- X x * X y + / 2 * X y ^ 2)))
      by (intros; unfold h; field).
    rewrite !mean_sum, !mean_factor, (mean_constant D law). fold m A. ring.
Qed.
Lemma pair_moment_at_most c : 0 <= c -> pair_moment c <= exp (- c * variance + c ^ 2 * variance / 4).
Proof.
  intros C. apply Rle_trans with (1 + (- c * variance + c ^ 2 * variance / 4)); [|apply exp_bound].
  apply Rle_trans with (mean (fun x => mean (fun y => 1 + (- c + c ^ 2 / 4) * h x y) D) D).
  - apply mean_monotone; [exact law|]. intros x. apply mean_monotone; [exact law|]. intros y.
    pose proof (h_range x y) as B. replace (- c * h x y) with (- (c * h x y)) by ring.
    pose proof (below_parabola (c * h x y) ltac:(apply Rmult_le_pos; lra)) as P.
    assert (0 <= c ^ 2 * (h x y * (1 / 2 - h x y))).
    { apply Rmult_le_pos; [apply pow2_ge_0|]. apply Rmult_le_pos; lra. }
    replace ((c * h x y) ^ 2) with (c ^ 2 * (h x y * h x y)) in P by ring. lra.
  - right. rewrite (mean_same D _ (fun x => 1 + (- c + c ^ 2 / 4) * mean (h x) D)).
    + rewrite mean_sum, mean_factor, (mean_constant D law), mean_of_pairs. field.
    + intros x. now rewrite mean_sum, mean_factor, (mean_constant D law).
Qed.

(** The sample variance, as it is known. *)
Definition spread (s : list T) : R :=
  sum (fun x => (X x - total X s / INR (length s)) ^ 2) s / (INR (length s) - 1).
Lemma spread_is s : (2 <= length s)%nat -> spread s = u s.
Proof.
  intros L. set (n := INR (length s)). assert (n2 : 2 <= n) by (unfold n; now apply (le_INR 2)).
  unfold spread, u, q. fold n. set (B := total X s).
  rewrite (sum_ext _ (fun x => (B / n) ^ 2 + - (2 * (B / n)) * X x + 1 * X x ^ 2)) by (intros; ring).
  rewrite quadratic. fold n B. field. lra.
Qed.

Lemma spread_nonneg s : (2 <= length s)%nat -> 0 <= spread s.
Proof.
  intros L. rewrite spread_is by exact L. pose proof (q_nonneg s) as Q.
  assert (N : 2 <= INR (length s)) by now apply (le_INR 2).
  unfold u. apply Rmult_le_pos; [exact Q|]. left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra.
Qed.

Theorem sample_variance n sigma t :
  (2 <= n)%nat -> 0 <= sigma -> variance = sigma ^ 2 ->
  (forall s, length s = n -> 0 <= spread s) /\
  (0 <= t ->
   pr (power D n) (fun s => less (spread s) (sigma ^ 2 - t * sigma)) <= exp (- (INR n - 1) * t ^ 2 / 2)).
Proof.
  intros n2 S0 is. split; [intros s <-; now apply spread_nonneg|]. intros t0.
  pose proof (power_law D n law) as law'.
  destruct S0 as [S0|<-].
  2:{ rewrite (pr_ext_in _ _ (fun _ => false)); [rewrite pr_false; left; apply exp_pos|].
      intros s I. pose proof (power_length _ _ _ I) as len. apply not_true_iff_false. intros E.
      apply less_true in E. pose proof (spread_nonneg (fst s) ltac:(lia)). lra. }
  assert (half : exists k, (2 * S k <= n)%nat /\ INR n - 1 <= 2 * INR (S k)).
  { exists (pred (Nat.div2 n)). destruct (Nat.Even_or_Odd n) as [[m ->]|[m ->]].
    - rewrite Nat.div2_double. destruct m as [|m]; [lia|]. cbn [pred]. split; [lia|].
      rewrite mult_INR. change (INR 2) with 2. lra.
    - replace (2 * m + 1)%nat with (S (2 * m)) in * by lia. rewrite Nat.div2_succ_double.
      destruct m as [|m]; [lia|]. cbn [pred]. split; [lia|].
      rewrite S_INR, mult_INR. change (INR 2) with 2. lra. }
  destruct half as [k [two most]]. set (m := INR (S k)) in *.
  assert (m1 : 1 <= m) by (unfold m; rewrite S_INR; pose proof (pos_INR k); lra).
  set (c := 2 * m * t / sigma).
  assert (C : 0 <= c) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra|left; now apply Rinv_0_lt_compat]).
  set (level := sigma ^ 2 - t * sigma).
  apply Rle_trans with (mean (fun s => exp (- c * u s)) (power D n) / exp (- c * level)).
  - eapply Rle_trans; [|apply (markov (power D n) law' (fun s => exp (- c * u s)));
      [intros; left; apply exp_pos|apply exp_pos]].
    apply pr_le_in; [exact law'|]. intros s I e. pose proof (power_length _ _ _ I) as len.
    apply less_true in e. rewrite spread_is in e by lia. apply at_most_true. apply -> exp_monotone.
    fold level in e. assert (c * u (fst s) <= c * level) by (apply Rmult_le_compat_l; lra). lra.
  - apply Rle_trans with (exp (- c * variance + (c / m) ^ 2 * variance / 4 * m) / exp (- c * level)).
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|].
      eapply Rle_trans; [apply (spread_moment k n c two)|]. fold m.
      assert (cm : 0 <= c / m) by (apply Rmult_le_pos; [exact C|left; apply Rinv_0_lt_compat; lra]).
      eapply Rle_trans; [apply pow_incr; split; [apply pair_moment_nonneg|apply (pair_moment_at_most (c / m) cm)]|].
      right. rewrite <- Rpower_pow by apply exp_pos. unfold Rpower. rewrite ln_exp. fold m. f_equal. field. lra.
    + unfold Rdiv at 1. rewrite <- exp_Ropp, <- exp_plus. apply -> exp_monotone.
      replace (- c * variance + (c / m) ^ 2 * variance / 4 * m + - (- c * level)) with (- m * t ^ 2).
      * assert (0 <= t ^ 2) by apply pow2_ge_0.
        assert ((INR n - 1) * t ^ 2 <= 2 * m * t ^ 2) by (apply Rmult_le_compat_r; lra). lra.
      * rewrite is. unfold c, level. field. lra.
Qed.
End Spread.
