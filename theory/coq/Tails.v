(** Axioms of the catalogue about tails and bets, proved over finite probability spaces: Chernoff's
    bounds, a stopped bet on a sum, and two laws that are told apart. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Lemma exp_pow z n : exp z ^ n = exp (INR n * z).
Proof.
  induction n as [|n IH]; [cbn - [IZR]; now rewrite Rmult_0_l, exp_0|].
  cbn [pow]. rewrite IH, <- exp_plus, S_INR. f_equal. ring.
Qed.

(** ** Chernoff *)
Section Chernoff.
Context {T : Type} (D : list (T * R)) (X : T -> R).
Hypothesis law : distribution D.
Hypothesis unit : forall x, 0 <= X x <= 1.

Lemma exponential_tail n t (E : list T -> bool) level :
  (forall s, E s = true -> level <= t * total X s) ->
  pr (power D n) E <= (1 - mean X D + mean X D * exp t) ^ n / exp level.
Proof.
  intros H. apply Rle_trans with (mean (fun s => exp (t * total X s)) (power D n) / exp level).
  - eapply Rle_trans; [|apply (markov (power D n) (power_law D n law) (fun s => exp (t * total X s)));
      [intros; left; apply exp_pos|apply exp_pos]].
    apply pr_le; [now apply power_law|]. intros s e. apply at_most_true. apply -> exp_monotone. auto.
  - apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|]. now apply bernoulli_moment.
Qed.

(** The moment of draws of mean [m], for a base [1 + a] on the right side of 1. *)
Lemma moment_at_most n m level a :
  0 <= m <= 1 -> -1 < a -> a * m <= a * level ->
  (1 - m + m * (1 + a)) ^ n <= exp (INR n * (a * level)).
Proof.
  intros M A L. rewrite <- exp_pow. apply pow_incr. split; [nra|].
  apply Rle_trans with (1 + a * m); [lra|].
  eapply Rle_trans; [apply exp_bound|]. now apply -> exp_monotone.
Qed.

Theorem chernoff_above n level a :
  mean X D <= level -> 0 < level -> 0 < a -> (1 <= n)%nat ->
  pr (power D n) (fun s => at_most ((1 + a) * level) (total X s / INR n)) <=
  exp (- INR n * level * ((1 + a) * ln (1 + a) - a)).
Proof.
  intros M L A one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (P : 0 <= mean X D <= 1) by now apply mean_bounds.
  assert (T0 : 0 < ln (1 + a)) by (rewrite <- ln_1; apply ln_increasing; lra).
  eapply Rle_trans.
  - apply (exponential_tail n (ln (1 + a)) _ (ln (1 + a) * (INR n * ((1 + a) * level)))).
    intros s H. apply at_most_true in H. apply Rmult_le_compat_l; [lra|].
    apply Rmult_le_compat_l with (r := INR n) in H; [|lra].
    replace (INR n * (total X s / INR n)) with (total X s) in H by (field; lra). exact H.
  - rewrite exp_ln by lra. set (l := ln (1 + a)) in *.
    apply Rle_trans with (exp (INR n * (a * level)) / exp (l * (INR n * ((1 + a) * level)))).
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|].
      apply moment_at_most; try lra. apply Rmult_le_compat_l; lra.
    + right. unfold Rdiv. rewrite <- exp_Ropp, <- exp_plus. f_equal. ring.
Qed.

Theorem chernoff_below n level a :
  level <= mean X D -> 0 < level -> 0 < a < 1 -> (1 <= n)%nat ->
  pr (power D n) (fun s => at_most (total X s / INR n) ((1 - a) * level)) <=
  exp (- INR n * level * ((1 - a) * ln (1 - a) + a)).
Proof.
  intros M L A one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (P : 0 <= mean X D <= 1) by now apply mean_bounds.
  assert (T0 : ln (1 - a) < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  eapply Rle_trans.
  - apply (exponential_tail n (ln (1 - a)) _ (ln (1 - a) * (INR n * ((1 - a) * level)))).
    intros s H. apply at_most_true in H.
    apply Rmult_le_compat_l with (r := INR n) in H; [|lra].
    replace (INR n * (total X s / INR n)) with (total X s) in H by (field; lra). nra.
  - rewrite exp_ln by lra. set (l := ln (1 - a)) in *.
    apply Rle_trans with (exp (INR n * (- a * level)) / exp (l * (INR n * ((1 - a) * level)))).
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|].
      apply (moment_at_most n (mean X D) level (- a)); try lra. nra.
    + right. unfold Rdiv. rewrite <- exp_Ropp, <- exp_plus. f_equal. ring.
Qed.
End Chernoff.

(** ** A bet on a sum of draws, stopped whenever one likes (Ville)
    [wealth s t] is what is held after [t] draws whose numbers add up to [s]. *)
Section StoppedSum.
Context {T : Type} (D : list (T * R)) (X : T -> R) (wealth : R -> nat -> R).
Context (stop : list T -> bool).
Hypothesis law : distribution D.
Hypothesis unit : forall x, 0 <= X x <= 1.
Hypothesis held : forall s t, 0 <= s <= INR t -> 0 <= wealth s t.
Hypothesis fair : forall s t, 0 <= s <= INR t -> mean (fun x => wealth (s + X x) (S t)) D <= wealth s t.

Lemma total_range s : 0 <= total X s <= INR (length s).
Proof.
  unfold total. induction s as [|x s IH]; [cbn - [IZR]; lra|].
  cbn [sum length]. rewrite S_INR. pose proof (unit x). lra.
Qed.

Lemma stopped_sum_mean n : forall seen,
  mean (fun s => wealth (total X (stopped stop seen s)) (length (stopped stop seen s))) (power D n) <=
  wealth (total X seen) (length seen).
Proof.
  induction n as [|n IH]; intros seen.
  { unfold mean. cbn [power sum fst snd stopped]. lra. }
  rewrite mean_step. cbn [stopped]. destruct (stop seen) eqn:e.
  - apply Rle_trans with (mean (fun _ => wealth (total X seen) (length seen)) D);
      [|rewrite (mean_constant D law); lra].
    apply mean_monotone; [assumption|]. intros t. rewrite (mean_constant _ (power_law D n law)). lra.
  - eapply Rle_trans; [|apply (fair _ _ (total_range seen))].
    apply mean_monotone; [assumption|]. intros t. eapply Rle_trans; [apply (IH (t :: seen))|].
    right. unfold total. cbn [sum length]. f_equal. ring.
Qed.

Theorem ville_stopped_sum n level :
  wealth 0 0 <= 1 -> 0 < level ->
  pr (power D n) (fun s =>
    at_most level (wealth (total X (stopped stop [] s)) (length (stopped stop [] s)))) <= 1 / level.
Proof.
  intros one L. pose proof (stopped_sum_mean n []) as H. unfold total at 2 in H. cbn [sum length] in H.
  eapply Rle_trans.
  - apply (markov (power D n) (power_law D n law)
      (fun s => wealth (total X (stopped stop [] s)) (length (stopped stop [] s)))); [|assumption].
    intros s. apply held, total_range.
  - apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]. lra.
Qed.
End StoppedSum.

(** ** Cauchy and Schwarz, for finite sums *)
Lemma sum_schwarz {A} (f g : A -> R) l :
  sum (fun x => f x * g x) l ^ 2 <= sum (fun x => f x ^ 2) l * sum (fun x => g x ^ 2) l.
Proof.
  apply discriminant. intros u v.
  replace (_ + _) with (sum (fun x => (u * f x + v * g x) ^ 2) l).
  - apply sum_nonneg. intros. apply pow2_ge_0.
  - rewrite <- !sum_scale, <- !sum_plus. apply sum_ext. intros x. ring.
Qed.

(** The inner product of two vectors, whose coordinates are named by the list [l]. *)
Definition norm {A} (l : list A) (u : A -> R) : R := sqrt (sum (fun i => u i ^ 2) l).

Lemma norm_square {A} (l : list A) u : norm l u ^ 2 = sum (fun i => u i ^ 2) l.
Proof. unfold norm. apply pow2_sqrt, sum_nonneg. intros. apply pow2_ge_0. Qed.

Theorem inner_product {A} (l : list A) (u v : A -> R) :
  sum (fun i => u i * v i) l ^ 2 <= norm l u ^ 2 * norm l v ^ 2.
Proof. rewrite !norm_square. apply sum_schwarz. Qed.

(** ** Two laws, told apart by a test that may draw lots
    [test x] is the probability of naming the second law at [x]; each law is as likely as the other. *)
Theorem two_laws {T} (points : list T) (p q test : T -> R) :
  (forall x, 0 <= p x) -> (forall x, 0 <= q x) -> sum p points = 1 -> sum q points = 1 ->
  (forall x, 0 <= test x <= 1) ->
  (1 - sqrt (1 - sum (fun x => sqrt (p x * q x)) points ^ 2)) / 2 <=
  sum (fun x => 1 / 2 * (p x * test x) + 1 / 2 * (q x * (1 - test x))) points.
Proof.
  intros P Q oneP oneQ U. set (c := sum (fun x => sqrt (p x * q x)) points).
  set (d := sum (fun x => Rabs (p x - q x)) points).
  assert (D0 : 0 <= d) by (apply sum_nonneg; intros; apply Rabs_pos).
  assert (E : (1 - d / 2) / 2 <=
    sum (fun x => 1 / 2 * (p x * test x) + 1 / 2 * (q x * (1 - test x))) points).
  { replace ((1 - d / 2) / 2) with
      (sum (fun x => 1 / 4 * p x + (1 / 4 * q x + - 1 / 4 * Rabs (p x - q x))) points)
      by (rewrite !sum_plus, !sum_scale; change (sum (fun x => p x) points) with (sum p points);
          change (sum (fun x => q x) points) with (sum q points); fold d; rewrite oneP, oneQ; field).
    apply sum_le. intros x _. pose proof (P x). pose proof (Q x). pose proof (U x).
    unfold Rabs. destruct (Rcase_abs (p x - q x)); nra. }
  assert (S : d ^ 2 <= 4 * (1 - c ^ 2)).
  { unfold d. rewrite (sum_ext _ (fun x => Rabs (sqrt (p x) - sqrt (q x)) * (sqrt (p x) + sqrt (q x)))).
    - eapply Rle_trans; [apply sum_schwarz|].
      rewrite (sum_ext (fun x => Rabs (sqrt (p x) - sqrt (q x)) ^ 2)
        (fun x => p x + (q x + -2 * sqrt (p x * q x)))).
      + rewrite (sum_ext (fun x => (sqrt (p x) + sqrt (q x)) ^ 2)
          (fun x => p x + (q x + 2 * sqrt (p x * q x)))).
        * rewrite !sum_plus, !sum_scale. change (sum (fun x => p x) points) with (sum p points).
          change (sum (fun x => q x) points) with (sum q points). rewrite oneP, oneQ. fold c. lra.
        * intros x. rewrite sqrt_mult by auto. pose proof (sqrt_sqrt (p x) (P x)).
          pose proof (sqrt_sqrt (q x) (Q x)). nra.
      + intros x. rewrite pow2_abs, sqrt_mult by auto. pose proof (sqrt_sqrt (p x) (P x)).
        pose proof (sqrt_sqrt (q x) (Q x)). nra.
    - intros x. rewrite <- (Rabs_right (sqrt (p x) + sqrt (q x))).
      + rewrite <- Rabs_mult. f_equal. pose proof (sqrt_sqrt (p x) (P x)).
        pose proof (sqrt_sqrt (q x) (Q x)). nra.
      + pose proof (sqrt_pos (p x)). pose proof (sqrt_pos (q x)). lra. }
  assert (B : d / 2 <= sqrt (1 - c ^ 2)); [|lra].
  rewrite <- (sqrt_pow2 (d / 2)) by lra. apply sqrt_le_1_alt. lra.
Qed.

(** ** A class of students, and two samples that know nothing of each other
    [A g] looks at the first sample, [B g] at the second. *)
Theorem fresh_sample {T U G} (D : list (T * R)) (E : list (U * R)) (class : list G) c
    (A : G -> T -> bool) (B : G -> U -> bool) chance :
  distribution D -> distribution E -> (forall g, c g = true -> chance <= pr E (B g)) -> 0 <= chance ->
  chance * pr D (some class c A) <=
  sum (fun x => snd x * pr E (fun u => some class c (fun g u => A g (fst x) && B g u)%bool u)) D.
Proof.
  intros law law' H P. unfold pr at 1. rewrite <- sum_scale. apply sum_le. intros x I.
  destruct law as [N _]. pose proof (N x I) as n. destruct (some class c A (fst x)) eqn:e.
  - rewrite Rmult_comm. apply Rmult_le_compat_l; [assumption|].
    apply existsb_exists in e as [g [J e]]. apply andb_true_iff in e as [e f].
    eapply Rle_trans; [apply (H g e)|]. apply pr_le; [assumption|]. intros u b.
    apply existsb_exists. exists g. split; [assumption|]. now rewrite e, f, b.
  - rewrite Rmult_0_r. apply Rmult_le_pos; [assumption|].
    destruct (pr_range E law' (fun u => some class c (fun g u => A g (fst x) && B g u)%bool u)). lra.
Qed.
