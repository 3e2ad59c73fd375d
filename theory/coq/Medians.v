(** A median of means of groups of draws is seldom off. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws.
From Leafproof Require Testing.
Import ListNotations.
Open Scope R_scope.

Lemma groups_drawn {T} (D : list (T * R)) n : forall s, In s (power D n) -> length (fst s) = n.
Proof.
  induction n as [|n IH]; intros s I; cbn [power] in I; [now destruct I as [<-|[]]|].
  apply in_flat_map in I as [x [_ J]]. apply in_map_iff in J as [y [<- J]]. cbn [fst length]. now rewrite (IH y J).
Qed.

(** Half of the values at least are no less, and half of them no more. *)
Definition is_median (m : R) (values : list R) : Prop :=
  (length values <= 2 * length (filter (fun v => at_most m v) values))%nat /\
  (length values <= 2 * length (filter (fun v => at_most v m) values))%nat.

Section Groups.
Context {T : Type} (D : list (T * R)) (X : T -> R) (V t : R) (n k : nat).
Hypothesis law : distribution D.
Hypothesis spread : Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2 <= V.

Definition off (group : list T) : bool := at_most t (Rabs (total X group / INR n - Minimax.mean X D)).
Definition group_means (groups : list (list T)) : list R := map (fun g => total X g / INR n) groups.

Lemma group_off : (1 <= n)%nat -> 0 < t -> pr (power D n) off <= V / (INR n * t ^ 2).
Proof.
  intros one pos. assert (N : 0 < INR n) by (apply lt_0_INR; lia). assert (L : 0 < t ^ 2) by (apply pow_lt; lra).
  apply Rle_trans with (Minimax.mean (fun s => (total X s / INR n - Minimax.mean X D) ^ 2) (power D n) / t ^ 2).
  - eapply Rle_trans; [|apply (markov (power D n) (power_law D n law)); [intros; apply pow2_ge_0|exact L]].
    apply pr_le; [now apply power_law|]. intros s H. apply at_most_true in H. apply at_most_true.
    rewrite <- (pow2_abs (_ - _)). apply pow_incr. lra.
  - rewrite (average_variance D X law n one). apply Rmult_le_reg_r with (INR n * t ^ 2); [nra|].
    apply Rle_trans with (Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2); [right; field; split; lra|].
    apply Rle_trans with V; [assumption|]. right. field. split; lra.
Qed.

Lemma far_means (m : R) (sign : bool) (groups : list (list T)) :
  (forall v, (if sign then m <= v else v <= m) -> t <= Rabs (v - Minimax.mean X D)) ->
  (length (filter (fun v => if sign then at_most m v else at_most v m) (group_means groups)) <= hits off groups)%nat.
Proof.
  intros H. unfold hits. induction groups as [|g l IH]; [reflexivity|]. cbn [group_means map filter].
  fold (group_means l). set (v := total X g / INR n). specialize (H v).
  destruct (if sign then at_most m v else at_most v m) eqn:E; cbn [length].
  - replace (off g) with true; [cbn [length]; lia|]. symmetry. apply at_most_true. apply H.
    destruct sign; now apply at_most_true.
  - destruct (off g); cbn [length]; lia.
Qed.

(** Where the median is off, half of the means are, on one side. *)
Lemma median_off m groups : is_median m (group_means groups) -> t <= Rabs (m - Minimax.mean X D) ->
  (length groups <= 2 * hits off groups)%nat.
Proof.
  intros [A B] H. set (c := Minimax.mean X D) in *.
  assert (L : length (group_means groups) = length groups) by apply map_length. rewrite L in A, B.
  destruct (Rle_dec c m) as [S|S].
  - pose proof (far_means m true groups) as C. fold c in C. cbn in C.
    assert (forall v, m <= v -> t <= Rabs (v - c)) as Q.
    { intros v W. rewrite Rabs_right in H by lra. rewrite Rabs_right by lra. lra. }
    specialize (C Q). lia.
  - pose proof (far_means m false groups) as C. fold c in C. cbn in C.
    assert (forall v, v <= m -> t <= Rabs (v - c)) as Q.
    { intros v W. rewrite Rabs_left in H by lra. rewrite Rabs_left by lra. lra. }
    specialize (C Q). lia.
Qed.

Theorem median_of_means (median : list R -> R) : (forall values, is_median (median values) values) ->
  (1 <= n)%nat -> 0 < t -> 0 < V -> V / (INR n * t ^ 2) <= 1 / 2 ->
  pr (power (power D n) k) (fun s => at_most t (Rabs (median (group_means s) - Minimax.mean X D)))
    <= sqrt (4 * (V / (INR n * t ^ 2)) * (1 - V / (INR n * t ^ 2))) ^ k.
Proof.
  intros M one pos some few. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (L : 0 < t ^ 2) by (apply pow_lt; lra). set (q := V / (INR n * t ^ 2)) in *.
  assert (Q : 0 < q) by (apply Rdiv_lt_0_compat; [assumption|nra]).
  pose proof (power_law D n law) as law'. pose proof (power_law (power D n) k law') as law''.
  set (z := sqrt ((1 - q) / q)).
  assert (Z2 : z * z = (1 - q) / q) by (apply sqrt_sqrt; left; apply Rdiv_lt_0_compat; lra).
  assert (Z : 1 <= z).
  { rewrite <- sqrt_1. apply sqrt_le_1_alt. apply Rmult_le_reg_r with q; [assumption|].
    replace ((1 - q) / q * q) with (1 - q) by (field; lra). lra. }
  apply Rle_trans with (Minimax.mean (fun s => (z * z) ^ hits off s) (power (power D n) k) / z ^ k).
  - eapply Rle_trans; [|apply (markov _ law''); [intros s; apply pow_le; nra|apply pow_lt; lra]].
    apply pr_le_in; [exact law''|]. intros s I E. apply at_most_true in E. apply at_most_true.
    pose proof (median_off _ (fst s) (M _) E) as H. rewrite (groups_drawn _ _ _ I) in H.
    rewrite <- (Rmult_1_r z) at 2. rewrite Rmult_1_r. replace ((z * z) ^ hits off (fst s)) with (z ^ (2 * hits off (fst s))).
    + apply Rle_pow; assumption.
    + rewrite pow_mult. f_equal. ring.
  - rewrite (binomial_moment (power D n) off k _ law'). pose proof (group_off one pos) as G. fold q in G.
    set (p := pr (power D n) off) in *.
    assert (P : 0 <= p <= 1) by (apply pr_range; exact law').
    assert (B : 0 <= 1 - p + p * (z * z) <= 2 * (1 - q)).
    { assert (W : 1 <= z * z) by nra. assert (0 <= p * (z * z)) by (apply Rmult_le_pos; lra).
      assert (0 <= (q - p) * (z * z - 1)) by (apply Rmult_le_pos; lra).
      split; [lra|]. apply Rle_trans with (1 - q + q * (z * z)); [lra|]. rewrite Z2. right. field. lra. }
    apply Rle_trans with ((2 * (1 - q)) ^ k / z ^ k).
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, pow_lt; lra|]. now apply pow_incr.
    + unfold Rdiv. rewrite <- pow_inv, <- Rpow_mult_distr. right. f_equal.
      symmetry. apply sqrt_lem_1; [nra| |].
      * apply Rmult_le_pos; [lra|]. left. apply Rinv_0_lt_compat. lra.
      * replace (2 * (1 - q) * / z * (2 * (1 - q) * / z)) with (4 * (1 - q) ^ 2 * / (z * z)) by (field; lra).
        rewrite Z2. field. split; lra.
Qed.

(** The same, as the catalogue writes it. *)
Corollary median_of_means_roots (median : list R -> R) : (forall values, is_median (median values) values) ->
  (1 <= n)%nat -> 0 < t -> 0 < V -> V / (INR n * t ^ 2) <= 1 / 2 ->
  pr (power (power D n) k) (fun s => at_most t (Rabs (median (group_means s) - Minimax.mean X D)))
    <= (2 * sqrt V * sqrt (1 - V / (INR n * t ^ 2)) / (t * sqrt (INR n))) ^ k.
Proof.
  intros M one pos some few. eapply Rle_trans; [now apply median_of_means|]. right. f_equal.
  assert (N : 0 < INR n) by (apply lt_0_INR; lia). assert (L : 0 < t ^ 2) by (apply pow_lt; lra).
  set (q := V / (INR n * t ^ 2)) in *. assert (Q : 0 < q) by (apply Rdiv_lt_0_compat; [assumption|nra]).
  pose proof (sqrt_lt_R0 _ N) as N'. pose proof (sqrt_pos V). pose proof (sqrt_pos (1 - q)).
  apply sqrt_lem_1.
  - apply Rmult_le_pos; lra.
  - apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; nra]. apply Rmult_le_pos; lra.
  - replace (2 * sqrt V * sqrt (1 - q) / (t * sqrt (INR n)) * (2 * sqrt V * sqrt (1 - q) / (t * sqrt (INR n))))
      with (4 * (sqrt V * sqrt V) * (sqrt (1 - q) * sqrt (1 - q)) / (t ^ 2 * (sqrt (INR n) * sqrt (INR n)))) by (field; lra).
    rewrite !sqrt_sqrt by lra. unfold q. field. split; lra.
Qed.
(** How many groups are enough. *)
Theorem median_of_means_groups (median : list R -> R) delta :
  (forall values, is_median (median values) values) ->
  (1 <= n)%nat -> 0 < t -> 0 < V -> V / (INR n * t ^ 2) < 1 / 2 -> 0 < delta < 1 ->
  INR k >= 2 * ln delta / ln (4 * (V / (INR n * t ^ 2)) * (1 - V / (INR n * t ^ 2))) ->
  pr (power (power D n) k) (fun s => at_most t (Rabs (median (group_means s) - Minimax.mean X D))) <= delta.
Proof.
  intros M one pos some few d H. eapply Rle_trans; [apply median_of_means; assumption || lra|].
  assert (Q : 0 < V / (INR n * t ^ 2)).
  { apply Rdiv_lt_0_compat; [assumption|]. apply Rmult_lt_0_compat; [apply lt_0_INR; lia|apply pow_lt; lra]. }
  set (q := V / (INR n * t ^ 2)) in *. set (y := 4 * q * (1 - q)) in *.
  assert (Y : 0 < y < 1) by (unfold y; split; nra).
  assert (R : 0 < sqrt y < 1).
  { split; [apply sqrt_lt_R0; lra|]. rewrite <- sqrt_1. apply sqrt_lt_1; lra. }
  assert (E : ln y = 2 * ln (sqrt y)).
  { rewrite <- (sqrt_sqrt y) at 1 by lra. rewrite ln_mult by lra. ring. }
  pose proof (Testing.ln_below_one _ R) as L. rewrite E in H.
  replace (sqrt y) with (1 - (1 - sqrt y)) by ring. apply Testing.enough_draws; [lra|lra|].
  replace (1 - (1 - sqrt y)) with (sqrt y) by ring.
  replace (ln delta / ln (sqrt y)) with (2 * ln delta / (2 * ln (sqrt y))) by (field; lra). exact H.
Qed.
End Groups.
