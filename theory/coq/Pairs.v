(** Conflict pairs: how often a distiller fails that must name the heavier point of each. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing Promises Hidden Agnostic.
Import ListNotations.
Open Scope R_scope.

Section Pairs.
Context (m : nat) (gap : R).
Hypothesis some : (1 <= m)%nat.
Hypothesis gap_is : 0 < gap < 1.

Let M : 1 <= INR m.
Proof. apply le_INR in some. exact some. Qed.

(** Point [c] of pair [i]; the heavier one is on the side that [b] says. *)
Definition pair_points : list (nat * bool) := flat_map (fun i => [(i, false); (i, true)]) (seq 0 m).
Definition share (heavier : bool) : R := (if heavier then 1 + gap else 1 - gap) / (2 * INR m).
Definition chance (b : list bool) (x : nat * bool) : R := share (Bool.eqb (snd x) (side b (fst x))).
Definition tilted (b : list bool) : list ((nat * bool) * R) := weighed pair_points (chance b).

Lemma share_pos h : 0 < share h.
Proof. unfold share. apply Rdiv_lt_0_compat; [destruct h|]; lra. Qed.
Lemma chance_pos b x : 0 <= chance b x.
Proof. left. apply share_pos. Qed.
Lemma sum_points (f : nat * bool -> R) :
  sum f pair_points = sum (fun i => f (i, false) + f (i, true)) (seq 0 m).
Proof. unfold pair_points. rewrite sum_flat_map. apply sum_ext. intros i. cbn [sum]. lra. Qed.
Lemma chance_sum b : sum (chance b) pair_points = 1.
Proof.
  rewrite sum_points, (sum_ext _ (fun _ => / INR m)).
  - rewrite sum_const, length_seq. field. lra.
  - intros i. unfold chance, share. cbn [fst snd]. destruct (side b i); cbn [Bool.eqb]; field; lra.
Qed.

(** Two such laws that differ in one pair. *)
Definition root : R := sqrt (1 - gap ^ 2).
Lemma root_is : 0 < root < 1 /\ root * root = 1 - gap ^ 2.
Proof.
  assert (0 < 1 - gap ^ 2 < 1) by nra. split; [|apply sqrt_sqrt; lra]. split; [now apply sqrt_lt_R0|].
  rewrite <- sqrt_1. apply sqrt_lt_1_alt. lra.
Qed.
Lemma flipped_affinity b i : (i < m)%nat -> length b = m ->
  affinity pair_points (chance b) (chance (flip i b)) = 1 - (1 - root) / INR m.
Proof.
  intros I L. unfold affinity. rewrite sum_points.
  rewrite (sum_ext_in _ (fun j => / INR m + (if (j =? i)%nat then (root - 1) / INR m else 0))).
  - rewrite sum_plus, sum_const, length_seq, (sum_at (fun _ => (root - 1) / INR m)) by lia. field. lra.
  - intros j _. unfold chance. cbn [fst snd]. rewrite side_flip by lia. destruct (Nat.eqb_spec j i) as [->|N].
    + assert (R : sqrt (share true * share false) = root / (2 * INR m)).
      { unfold share. replace ((1 + gap) / (2 * INR m) * ((1 - gap) / (2 * INR m)))
          with ((root / (2 * INR m)) * (root / (2 * INR m))).
        - apply sqrt_square. apply Rmult_le_pos; [apply Rlt_le, root_is|]. left. apply Rinv_0_lt_compat. lra.
        - replace (root / (2 * INR m) * (root / (2 * INR m))) with (root * root / (2 * INR m * (2 * INR m))) by (field; lra).
          rewrite (proj2 root_is). field. lra. }
      destruct (side b i); cbn [Bool.eqb negb]; rewrite ?R, ?(Rmult_comm (share false)), ?R; field; lra.
    + rewrite !sqrt_square by (left; apply share_pos). unfold share.
      destruct (side b j); cbn [Bool.eqb]; field; lra.
Qed.

(** The weights that two laws have in common. *)
Definition common (p q : nat * bool -> R) (n : nat) : R :=
  sum (fun s => Rmin (weight p s) (weight q s)) (tuples pair_points n).

Lemma common_least b i n : (i < m)%nat -> length b = m ->
  1 - sqrt (1 - Rpower (1 - gap ^ 2) (INR n / INR m)) <= common (chance b) (chance (flip i b)) n.
Proof.
  intros I L. set (p := chance b). set (q := chance (flip i b)). set (both := common p q n).
  set (all := sum (fun s => Rmax (weight p s) (weight q s)) (tuples pair_points n)).
  assert (WP : forall s, 0 <= weight p s) by (intros; apply weight_nonneg, chance_pos).
  assert (WQ : forall s, 0 <= weight q s) by (intros; apply weight_nonneg, chance_pos).
  assert (total : both + all = 2).
  { unfold both, common, all. rewrite <- sum_plus.
    rewrite (sum_ext _ (fun s => weight p s + weight q s))
      by (intros s; unfold Rmin, Rmax; destruct (Rle_dec (weight p s) (weight q s)); lra).
    rewrite sum_plus, !weight_sum. unfold p, q. rewrite !chance_sum, pow1. lra. }
  assert (schwarz : (affinity pair_points p q ^ n) ^ 2 <= both * all).
  { replace (affinity pair_points p q ^ n) with (sum (fun s => sqrt (Rmin (weight p s) (weight q s) *
      Rmax (weight p s) (weight q s))) (tuples pair_points n)).
    - apply cauchy; intros s; unfold Rmin, Rmax; destruct (Rle_dec (weight p s) (weight q s)); auto.
    - unfold affinity. rewrite <- weight_sum. apply sum_ext. intros s.
      rewrite weight_root by (intros; apply chance_pos). f_equal.
      unfold Rmin, Rmax. destruct (Rle_dec (weight p s) (weight q s)); ring. }
  assert (B : 0 <= both <= 1).
  { split; [apply sum_nonneg; intros s _; unfold Rmin; destruct (Rle_dec (weight p s) (weight q s)); auto|].
    replace 1 with (sum (weight p) (tuples pair_points n)) by (rewrite weight_sum; unfold p; rewrite chance_sum; apply pow1).
    apply sum_le. intros s _. apply Rmin_l. }
  (* Bernoulli: the affinity of one draw is no less than the root's m-th root *)
  destruct root_is as [[R0 R1] RR].
  assert (bernoulli : Rpower (1 - gap ^ 2) (INR n / INR m) <= (affinity pair_points p q ^ n) ^ 2).
  { unfold p, q. rewrite flipped_affinity by assumption. set (a := 1 - (1 - root) / INR m).
    assert (D : 0 < (1 - root) / INR m) by (apply Rdiv_lt_0_compat; lra).
    assert (E : (1 - root) / INR m <= 1 - root).
    { apply Rmult_le_reg_r with (INR m); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
    assert (A : 0 < a) by (unfold a; lra).
    assert (P : Rpower root (/ INR m) <= a).
    { unfold a. rewrite <- (exp_ln root) at 2 by assumption.
      unfold Rpower. set (u := / INR m * ln root).
      assert (ln root = INR m * u) by (unfold u; field; lra).
      assert (power : exp (ln root) = exp u ^ m).
      { rewrite H. rewrite <- (Rpower_pow m (exp u)) by apply exp_pos. unfold Rpower. now rewrite ln_exp. }
      rewrite power.
      pose proof (power_gap 1 (exp u) m) as G. rewrite pow1 in G.
      assert (U : exp u <= 1).
      { rewrite <- exp_0. destruct (Req_dec u 0) as [->|N]; [lra|]. left. apply exp_increasing.
        assert (ln root < 0) by (apply ln_below_one; lra). assert (0 < INR m) by lra. nra. }
      pose proof (exp_pos u). specialize (G ltac:(lra) ltac:(lra)).
      assert ((1 - exp u ^ m) / INR m <= 1 - exp u); [|lra].
      apply Rmult_le_reg_r with (INR m); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
    rewrite <- RR, <- pow_mult, <- Rpower_pow, mult_INR by assumption.
    replace (Rpower (root * root) (INR n / INR m)) with (Rpower (Rpower root (/ INR m)) (INR n * INR 2)).
    - apply Rle_Rpower_l; [cbn [INR]; pose proof (pos_INR n); lra|]. split; [apply exp_pos|exact P].
    - rewrite Rpower_mult. unfold Rpower. f_equal. rewrite ln_mult by assumption. cbn [INR]. field. lra. }
  set (rest := Rpower (1 - gap ^ 2) (INR n / INR m)) in *.
  assert (S : (1 - both) * (1 - both) <= 1 - rest) by nra.
  assert (1 - both <= sqrt (1 - rest)); [|lra].
  rewrite <- (sqrt_square (1 - both)) by lra. now apply sqrt_le_1_alt.
Qed.

(** ** Students that err in each pair *)
Context {G C : Type} (wrong : G -> nat * bool -> bool) (class : list G).
Context (coins : list (C * R)) (out : C -> list (nat * bool) -> G).
Hypothesis conflict : forall g i, In g class -> (i < m)%nat -> wrong g (i, false) = true \/ wrong g (i, true) = true.
Hypothesis select : forall b, length b = m ->
  exists g, In g class /\ forall i, (i < m)%nat -> wrong g (i, side b i) = false.
Hypothesis proper : forall c s, In (out c s) class.

Definition heavier_wrong (g : G) (b : list bool) : R := sum (fun i => indicator (wrong g (i, side b i))) (seq 0 m).

Lemma heavier_most g b : 0 <= heavier_wrong g b <= INR m.
Proof.
  unfold heavier_wrong, indicator. split; [apply sum_nonneg; intros i _; destruct (wrong g _); lra|].
  apply Rle_trans with (sum (fun _ : nat => 1) (seq 0 m)); [|rewrite sum_const, length_seq; lra].
  apply sum_le. intros i _. destruct (wrong g _); lra.
Qed.

(** To err on the heavier point costs its share. *)
Lemma costs epsilon g b : In g class -> length b = m -> epsilon < gap / INR m * heavier_wrong g b ->
  beaten wrong class epsilon (tilted b) g = true.
Proof.
  intros I L E. destruct (select b L) as [h [J right]]. apply existsb_exists. exists h. split; [assumption|].
  apply less_true. unfold tilted, pr, weighed. rewrite !sum_map. cbn [fst snd]. rewrite !sum_points.
  apply Rlt_le_trans with (sum (fun _ => share false) (seq 0 m) + gap / INR m * heavier_wrong g b).
  - apply Rplus_le_lt_compat; [|assumption]. apply sum_le. intros i K. apply in_seq in K.
    specialize (right i ltac:(lia)). unfold chance. cbn [fst snd]. pose proof (share_pos false).
    destruct (side b i); rewrite right; cbn [Bool.eqb]; [destruct (wrong h (i, false))|destruct (wrong h (i, true))]; lra.
  - unfold heavier_wrong. rewrite <- sum_scale, <- sum_plus. apply sum_le. intros i K. apply in_seq in K.
    assert (H : share true = share false + gap / INR m) by (unfold share; field; lra).
    pose proof (share_pos false). pose proof (share_pos true).
    unfold chance, indicator. cbn [fst snd]. destruct (conflict g i I ltac:(lia)) as [w|w];
      destruct (side b i); cbn [Bool.eqb]; rewrite w;
      try destruct (wrong g (i, false)); try destruct (wrong g (i, true)); lra.
Qed.

Lemma named_wrong (o : list (nat * bool) -> G) n i : (forall s, In (o s) class) -> (i < m)%nat ->
  INR (length (sides m)) * (1 - sqrt (1 - Rpower (1 - gap ^ 2) (INR n / INR m))) <=
  2 * sum (fun b => sum (fun s => weight (chance b) s * indicator (wrong (o s) (i, side b i)))
    (tuples pair_points n)) (sides m).
Proof.
  intros own I. set (f := fun b => sum (fun s => weight (chance b) s * indicator (wrong (o s) (i, side b i)))
    (tuples pair_points n)).
  replace (2 * sum f (sides m)) with (sum (fun b => f b + f (flip i b)) (sides m))
    by (rewrite sum_plus, <- (sum_flip m i f I); ring).
  rewrite <- sum_const. apply sum_le. intros b J. apply sides_length in J.
  eapply Rle_trans; [now apply (common_least b i n)|]. unfold common, f. rewrite <- sum_plus.
  apply sum_le. intros s _. rewrite side_flip by lia. rewrite Nat.eqb_refl.
  pose proof (Rmin_l (weight (chance b) s) (weight (chance (flip i b)) s)).
  pose proof (Rmin_r (weight (chance b) s) (weight (chance (flip i b)) s)).
  pose proof (weight_nonneg (chance b) s (chance_pos b)).
  pose proof (weight_nonneg (chance (flip i b)) s (chance_pos _)).
  unfold indicator. destruct (conflict (o s) i (own s) I) as [w|w]; destruct (side b i); cbn [negb]; rewrite w;
    try destruct (wrong (o s) (i, false)); try destruct (wrong (o s) (i, true)); lra.
Qed.

Theorem agnostic_failure epsilon n worst :
  distribution coins ->
  (forall b, length b = m -> sum (fun c => snd c * pr (power (tilted b) n)
    (fun s => beaten wrong class epsilon (tilted b) (out (fst c) s))) coins <= worst) ->
  0 < epsilon < gap ->
  worst >= (gap * (1 / 2 * (1 - sqrt (1 - Rpower (1 - gap ^ 2) (INR n / INR m)))) - epsilon) / (gap - epsilon).
Proof.
  intros coin most e. set (N := INR (length (sides m))). assert (P : 0 < N) by apply sides_some.
  set (phi := 1 / 2 * (1 - sqrt (1 - Rpower (1 - gap ^ 2) (INR n / INR m)))).
  set (all := tuples pair_points n).
  assert (low : forall o : list (nat * bool) -> G, (forall s, In (o s) class) ->
    N * (gap * phi) <= sum (fun b => sum (fun s => weight (chance b) s * (gap / INR m * heavier_wrong (o s) b)) all) (sides m)).
  { intros o own. assert (D : 0 < gap / INR m) by (apply Rdiv_lt_0_compat; lra).
    rewrite (sum_ext _ (fun b => gap / INR m * sum (fun i => sum (fun s => weight (chance b) s *
      indicator (wrong (o s) (i, side b i))) all) (seq 0 m))).
    - rewrite sum_scale, sum_swap.
      assert (H : sum (fun _ : nat => N * phi) (seq 0 m) <= sum (fun i => sum (fun b => sum (fun s =>
        weight (chance b) s * indicator (wrong (o s) (i, side b i))) all) (sides m)) (seq 0 m)).
      { apply sum_le. intros i K. apply in_seq in K. pose proof (named_wrong o n i own ltac:(lia)) as Q.
        fold N in Q. fold all in Q. unfold phi. lra. }
      rewrite sum_const, length_seq in H.
      replace (N * (gap * phi)) with (gap / INR m * (INR m * (N * phi))) by (field; lra).
      apply Rmult_le_compat_l; [lra|exact H].
    - intros b. rewrite sum_swap, <- sum_scale. apply sum_ext. intros s. unfold heavier_wrong.
      rewrite sum_scale. ring. }
  assert (high : forall c b, length b = m ->
    sum (fun s => weight (chance b) s * (gap / INR m * heavier_wrong (out c s) b)) all <= epsilon +
    (gap - epsilon) * pr (power (tilted b) n) (fun s => beaten wrong class epsilon (tilted b) (out c s))).
  { intros c b L. unfold tilted at 1. rewrite pr_weighed. fold all.
    replace epsilon with (epsilon * sum (weight (chance b)) all) at 1
      by (unfold all; rewrite weight_sum, chance_sum, pow1; ring).
    rewrite <- !sum_scale, <- sum_plus. apply sum_le. intros s _.
    pose proof (weight_nonneg (chance b) s (chance_pos b)) as W. set (x := gap / INR m * heavier_wrong (out c s) b).
    assert (x <= gap).
    { unfold x. replace gap with (gap / INR m * INR m) at 2 by (field; lra).
      apply Rmult_le_compat_l; [|apply heavier_most]. apply Rlt_le, Rdiv_lt_0_compat; lra. }
    destruct (Rlt_le_dec epsilon x) as [far|near].
    - rewrite (costs epsilon (out c s) b (proper c s) L far). nra.
    - destruct (beaten wrong class epsilon (tilted b) (out c s)); nra. }
  assert (mean : N * (gap * phi) <= N * (epsilon + (gap - epsilon) * worst)).
  { apply Rle_trans with (sum (fun c => snd c * sum (fun b => sum (fun s => weight (chance b) s *
      (gap / INR m * heavier_wrong (out (fst c) s) b)) all) (sides m)) coins).
    - replace (N * (gap * phi)) with (sum (fun c => N * (gap * phi) * snd c) coins)
        by (rewrite sum_scale, (proj2 coin); ring).
      apply sum_le. intros c I. rewrite Rmult_comm. apply Rmult_le_compat_l; [now apply (proj1 coin)|].
      apply low. intros s. apply proper.
    - rewrite (sum_ext _ (fun c => sum (fun b => snd c * sum (fun s => weight (chance b) s *
        (gap / INR m * heavier_wrong (out (fst c) s) b)) all) (sides m))) by (intros; now rewrite sum_scale).
      rewrite sum_swap. unfold N. rewrite <- sum_const. apply sum_le. intros b I. apply sides_length in I.
      apply Rle_trans with (epsilon + (gap - epsilon) * sum (fun c => snd c * pr (power (tilted b) n)
        (fun s => beaten wrong class epsilon (tilted b) (out (fst c) s))) coins).
      + replace epsilon with (sum (fun c => epsilon * snd c) coins) at 1
          by (rewrite sum_scale, (proj2 coin); ring).
        rewrite <- sum_scale, <- sum_plus. apply sum_le. intros c J.
        replace (epsilon * snd c + (gap - epsilon) * (snd c * pr (power (tilted b) n)
          (fun s => beaten wrong class epsilon (tilted b) (out (fst c) s)))) with (snd c * (epsilon + (gap - epsilon) *
          pr (power (tilted b) n) (fun s => beaten wrong class epsilon (tilted b) (out (fst c) s)))) by ring.
        apply Rmult_le_compat_l; [now apply (proj1 coin)|now apply high].
      + apply Rplus_le_compat_l, Rmult_le_compat_l; [lra|now apply most]. }
  apply Rmult_le_reg_l in mean; [|assumption].
  apply Rle_ge, Rmult_le_reg_r with (gap - epsilon); [lra|]. unfold Rdiv at 1.
  rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
End Pairs.
