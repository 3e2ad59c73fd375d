(** Several tests with one guarantee; estimates from both sides; patterns, counted exactly. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Patterns.
Import ListNotations.
Open Scope R_scope.

(** [alpha]: each test alone; any of them, where each has a share of [delta]. *)
Theorem several_tests {T G} (D : list (T * R)) (tests : list G) (fails : G -> T -> bool) alpha delta m :
  distribution D -> length tests = m -> (forall g, pr D (fails g) <= alpha) ->
  (1 <= m)%nat -> 0 <= alpha -> alpha <= delta / INR m ->
  pr D (some tests (fun _ => true) fails) <= delta.
Proof.
  intros law size each one pos share. assert (M : 0 < INR m) by (apply lt_0_INR; lia).
  pose proof (union_bound D law tests (fun _ => true) fails alpha (fun g _ => each g) pos) as U.
  assert (E : members tests (fun _ => true) = INR m).
  { unfold members. f_equal. rewrite <- size. clear. induction tests; cbn; congruence. }
  rewrite E in U. apply Rle_trans with (1 := U).
  apply Rmult_le_compat_l with (r := INR m) in share; [|lra].
  replace (INR m * (delta / INR m)) with delta in share by (field; lra). exact share.
Qed.

Section Estimate.
Context {T : Type} (D : list (T * R)) (B : T -> bool).
Hypothesis law : distribution D.

Definition mark (sign : R) (t : T) : R := if B t then sign else 0.

Lemma total_mark sign s : total (mark sign) s = sign * INR (hits B s).
Proof.
  unfold total, hits. induction s as [|t s IH]; [cbn; ring|]. cbn [sum filter]. rewrite IH.
  unfold mark. destruct (B t); cbn [length]; [rewrite S_INR|]; ring.
Qed.
Lemma mean_mark sign : mean (mark sign) D = sign * pr D B.
Proof.
  unfold mean, pr. rewrite <- sum_scale. apply sum_ext. intros x. unfold mark.
  destruct (B (fst x)); ring.
Qed.

Theorem estimate_samples epsilon delta n :
  (1 <= n)%nat -> 0 < epsilon -> 0 < delta ->
  INR n >= ln (2 / delta) / (2 * epsilon ^ 2) ->
  pr (power D n) (fun s => at_most epsilon (Rabs (INR (hits B s) / INR n - pr D B))) <= delta.
Proof.
  intros one e d enough. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  set (tail := exp (- 2 * INR n * epsilon ^ 2)).
  assert (T0 : tail <= delta / 2).
  { unfold tail. rewrite <- (exp_ln (delta / 2)) by lra. apply -> exp_monotone.
    assert (E : ln (2 / delta) = - ln (delta / 2)).
    { replace (2 / delta) with (/ (delta / 2)) by (field; lra). apply ln_Rinv. lra. }
    rewrite E in enough. apply Rge_le in enough.
    assert (P : 0 < 2 * epsilon ^ 2) by (pose proof (pow_lt epsilon 2 e); lra).
    apply Rmult_le_compat_l with (r := 2 * epsilon ^ 2) in enough; [|lra].
    replace (2 * epsilon ^ 2 * (- ln (delta / 2) / (2 * epsilon ^ 2))) with (- ln (delta / 2)) in enough
      by (field; lra). lra. }
  pose proof (hoeffding D (mark 1) 0 1 n epsilon law
    ltac:(intros x; unfold mark; destruct (B x); lra) ltac:(lra) one ltac:(lra)) as low.
  pose proof (hoeffding D (mark (-1)) (-1) 0 n epsilon law
    ltac:(intros x; unfold mark; destruct (B x); lra) ltac:(lra) one ltac:(lra)) as high.
  replace (- 2 * INR n * epsilon ^ 2 / (1 - 0) ^ 2) with (- 2 * INR n * epsilon ^ 2) in low by field.
  replace (- 2 * INR n * epsilon ^ 2 / (0 - -1) ^ 2) with (- 2 * INR n * epsilon ^ 2) in high by field.
  fold tail in low, high. rewrite (mean_mark 1) in low. rewrite (mean_mark (-1)) in high.
  set (A := fun s => at_most (total (mark 1) s / INR n - 1 * pr D B) (- epsilon)) in *.
  set (C := fun s => at_most (total (mark (-1)) s / INR n - -1 * pr D B) (- epsilon)) in *.
  apply Rle_trans with (pr (power D n) A + pr (power D n) C); [|lra].
  unfold pr at 1 3 4. rewrite <- sum_plus. apply sum_le. intros s I.
  pose proof (proj1 (power_law D n law) s I) as W.
  destruct (at_most epsilon (Rabs (INR (hits B (fst s)) / INR n - pr D B))) eqn:far.
  - apply at_most_true in far. set (q := INR (hits B (fst s)) / INR n) in *.
    assert (L : total (mark 1) (fst s) / INR n = q) by (rewrite total_mark; unfold q; field; lra).
    assert (H : total (mark (-1)) (fst s) / INR n = - q) by (rewrite total_mark; unfold q; field; lra).
    assert (X : A (fst s) = true \/ C (fst s) = true).
    { unfold A, C. rewrite L, H. unfold Rabs in far. destruct (Rcase_abs (q - pr D B)).
      - left. apply at_most_true. lra.
      - right. apply at_most_true. lra. }
    destruct X as [X|X]; rewrite X; [destruct (C (fst s))|destruct (A (fst s))]; lra.
  - destruct (A (fst s)), (C (fst s)); lra.
Qed.
End Estimate.

(** The number of patterns that Sauer's lemma allows, as a sum of binomial coefficients. *)
Definition few_of (v n : nat) : nat := list_sum (map (choose n) (seq 0 (S v))).

Lemma few_more v n : few_of (S v) n = (few_of v n + choose n (S v))%nat.
Proof.
  unfold few_of. rewrite (seq_S (S v)), map_app, list_sum_app. cbn [map list_sum plus fold_right]. lia.
Qed.
Lemma few_step v n : few_of (S v) (S n) = (few_of (S v) n + few_of v n)%nat.
Proof.
  induction v as [|v IH]; [unfold few_of; cbn; destruct n; cbn; lia|].
  rewrite few_more, IH, (few_more (S v) n), (few_more v n). cbn [choose].
  lia.
Qed.
Lemma sauer_number_few n : forall v, sauer_number v n = few_of v n.
Proof.
  induction n as [|n IH]; intros v.
  - induction v as [|v V]; [reflexivity|]. rewrite few_more, <- V. cbn [choose]. destruct v; reflexivity.
  - destruct v as [|v]; [reflexivity|]. rewrite few_step, <- !IH. reflexivity.
Qed.
Lemma few_sum v n : INR (few_of v n) = sum (fun i => INR (choose n i)) (seq 0 (S v)).
Proof.
  unfold few_of. generalize (seq 0 (S v)). induction l as [|i l IH]; [reflexivity|].
  cbn [map sum list_sum fold_right]. rewrite plus_INR. f_equal. exact IH.
Qed.

Theorem sauer_shelah {T G} (class : list G) (says : G -> T -> bool) v n xs :
  vc_at_most class says v -> length xs = n ->
  INR (patterns class says xs) <= sum (fun i => INR (choose n i)) (seq 0 (S v)).
Proof.
  intros H <-. rewrite <- few_sum, <- sauer_number_few. apply le_INR.
  exact (Patterns.sauer_shelah (length xs) v _ (patterns_dimension class says v xs H)).
Qed.
