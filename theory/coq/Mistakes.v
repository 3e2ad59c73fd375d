(** How many mistakes, or rounds, learners need that keep weights: perceptron, majority, boosting. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

(** ** The perceptron: vectors are functions of a coordinate below [d] *)
Section Perceptron.
Context (d : nat).
Definition inner (u v : nat -> R) : R := sum (fun i => u i * v i) (seq 0 d).
Lemma inner_plus u v w : inner (fun i => u i + v i) w = inner u w + inner v w.
Proof. unfold inner. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma inner_scale c u w : inner (fun i => c * u i) w = c * inner u w.
Proof. unfold inner. rewrite <- sum_scale. apply sum_ext. intros. ring. Qed.
Lemma inner_swap u v : inner u v = inner v u.
Proof. apply sum_ext. intros. ring. Qed.
Lemma inner_sum_square u v : inner (fun i => u i + v i) (fun i => u i + v i) = inner u u + 2 * inner u v + inner v v.
Proof. unfold inner. rewrite <- sum_scale, <- !sum_plus. apply sum_ext. intros. ring. Qed.
Lemma inner_square u : 0 <= inner u u.
Proof. apply sum_nonneg. intros. nra. Qed.

(** Cauchy and Schwarz, for a direction of length 1. *)
Lemma along_direction u w : inner u u = 1 -> inner w u ^ 2 <= inner w w.
Proof.
  intros one. pose proof (inner_square (fun i => w i + (- inner w u) * u i)) as S.
  rewrite inner_plus, inner_scale, (inner_swap w), (inner_swap u), !inner_plus, !inner_scale, one, (inner_swap u w) in S.
  cbn [pow]. lra.
Qed.

(** Points come with their class, 1 or -1, multiplied in: right is what is above 0. *)
Definition mended (w x : nat -> R) : nat -> R := if Rlt_dec 0 (inner w x) then w else fun i => w i + x i.
Fixpoint mistakes (w : nat -> R) (points : list (nat -> R)) : nat :=
  match points with
  | [] => 0
  | x :: rest => (if Rlt_dec 0 (inner w x) then 0 else 1) + mistakes (mended w x) rest
  end.

Theorem perceptron u radius margin points : inner u u = 1 -> 0 < margin ->
  (forall x, In x points -> inner x x <= radius ^ 2 /\ margin <= inner x u) ->
  INR (mistakes (fun _ => 0) points) <= radius ^ 2 / margin ^ 2.
Proof.
  intros one some H.
  assert (G : forall l w c, (forall x, In x l -> inner x x <= radius ^ 2 /\ margin <= inner x u) ->
    inner w w <= INR c * radius ^ 2 -> INR c * margin <= inner w u ->
    exists w', inner w' w' <= INR (mistakes w l + c) * radius ^ 2 /\ INR (mistakes w l + c) * margin <= inner w' u).
  { induction l as [|x l IH]; intros w c I A B; cbn [mistakes]; [now exists w|].
    unfold mended. destruct (I x (or_introl eq_refl)) as [long far].
    assert (I' : forall y, In y l -> inner y y <= radius ^ 2 /\ margin <= inner y u) by (intros y Y; apply I; now right).
    destruct (Rlt_dec 0 (inner w x)) as [_|no]; [now apply IH|].
    set (more := mistakes _ l). replace (1 + more + c)%nat with (more + S c)%nat by lia. unfold more.
    apply IH; [assumption| |].
    - rewrite inner_sum_square, S_INR. lra.
    - rewrite inner_plus, S_INR. lra. }
  destruct (G points (fun _ => 0) 0%nat H) as [w [A B]].
  - unfold inner. rewrite (sum_ext _ (fun _ => 0)), sum_zero by (intros; ring). cbn. lra.
  - unfold inner. rewrite (sum_ext _ (fun _ => 0)), sum_zero by (intros; ring). cbn. lra.
  - rewrite Nat.add_0_r in *. set (c := mistakes (fun _ => 0) points) in *.
    pose proof (along_direction u w one) as C. pose proof (pos_INR c) as P.
    assert (S : (INR c * margin) ^ 2 <= INR c * radius ^ 2).
    { apply Rle_trans with (inner w u ^ 2); [|lra]. apply pow_incr. split; [nra|assumption]. }
    apply Rmult_le_reg_r with (margin ^ 2); [apply pow_lt; lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply pow_nonzero; lra).
    destruct P as [P|P]; [|rewrite <- P; pose proof (pow2_ge_0 radius); lra].
    apply Rmult_le_reg_l with (INR c); [assumption|]. replace (INR c * (INR c * margin ^ 2)) with ((INR c * margin) ^ 2) by ring.
    assumption.
Qed.
End Perceptron.

(** ** The weighted majority *)
Section Majority.
Context {G T : Type} (class : list G) (errs : G -> T -> bool) (beta : R).
Hypothesis range : 0 < beta < 1.

Definition all_weight (w : G -> R) : R := sum w class.
Definition wrong_weight (w : G -> R) (t : T) : R := sum (fun g => if errs g t then w g else 0) class.
(** The majority is wrong where half of the weight is; only then are weights cut. *)
Definition voted_wrong (w : G -> R) (t : T) : bool := at_most (all_weight w / 2) (wrong_weight w t).
Definition cut_weights (w : G -> R) (t : T) : G -> R :=
  if voted_wrong w t then fun g => if errs g t then beta * w g else w g else w.
Fixpoint voted_mistakes (w : G -> R) (rounds : list T) : nat :=
  match rounds with
  | [] => 0
  | t :: rest => (if voted_wrong w t then 1 else 0) + voted_mistakes (cut_weights w t) rest
  end.
Definition own_mistakes (g : G) (rounds : list T) : nat := length (filter (errs g) rounds).

Lemma cut_weights_total w t : all_weight (cut_weights w t) <= (if voted_wrong w t then (1 + beta) / 2 else 1) * all_weight w.
Proof.
  unfold cut_weights. destruct (voted_wrong w t) eqn:V; [|lra]. apply at_most_true in V.
  assert (E : all_weight (fun g => if errs g t then beta * w g else w g) = all_weight w + (beta - 1) * wrong_weight w t).
  { unfold all_weight, wrong_weight. rewrite <- sum_scale, <- sum_plus. apply sum_ext. intros g. destruct (errs g t); ring. }
  rewrite E. nra.
Qed.

Lemma kept_weights rounds : forall w, (forall g, 0 < w g) -> exists w',
  all_weight w' <= ((1 + beta) / 2) ^ voted_mistakes w rounds * all_weight w /\
  (forall g, 0 < w' g) /\ (forall g, beta ^ own_mistakes g rounds * w g <= w' g).
Proof.
  induction rounds as [|t l IH]; intros w P; cbn [voted_mistakes].
  - exists w. cbn. split; [lra|]. split; [assumption|]. intros g. lra.
  - assert (P' : forall g, 0 < cut_weights w t g).
    { intros g. unfold cut_weights. specialize (P g). destruct (voted_wrong w t); [destruct (errs g t)|]; nra. }
    destruct (IH (cut_weights w t) P') as [w' [A [B C]]]. exists w'. split; [|split; [assumption|]].
    + eapply Rle_trans; [exact A|]. rewrite pow_add.
      apply Rle_trans with (((1 + beta) / 2) ^ voted_mistakes (cut_weights w t) l *
        ((if voted_wrong w t then (1 + beta) / 2 else 1) * all_weight w)).
      * apply Rmult_le_compat_l; [apply pow_le; lra|apply cut_weights_total].
      * right. destruct (voted_wrong w t); cbn [pow]; ring.
    + intros g. eapply Rle_trans; [|apply C]. unfold own_mistakes. cbn [filter]. specialize (P g).
      assert (Q : 0 <= beta ^ length (filter (errs g) l)) by (apply pow_le; lra).
      unfold cut_weights. destruct (voted_wrong w t), (errs g t); cbn [length pow]; try lra.
      rewrite (Rmult_comm beta), Rmult_assoc. apply Rmult_le_compat_l; [assumption|]. nra.
Qed.

Theorem weighted_majority rounds g : In g class ->
  INR (voted_mistakes (fun _ => 1) rounds)
    <= (ln (INR (length class)) + INR (own_mistakes g rounds) * ln (1 / beta)) / ln (2 / (1 + beta)).
Proof.
  intros I. destruct (kept_weights rounds (fun _ => 1)) as [w [A [B C]]]; [intros; lra|].
  set (c := voted_mistakes (fun _ => 1) rounds) in *. set (b := own_mistakes g rounds).
  assert (M : w g <= all_weight w).
  { unfold all_weight. clear - I B. induction class as [|h l IH]; [destruct I|]. cbn [sum].
    destruct I as [->|I]; [pose proof (sum_nonneg w l ltac:(intros; left; apply B)); lra|].
    specialize (IH I). specialize (B h). lra. }
  specialize (C g). fold b in C. rewrite Rmult_1_r in C.
  assert (whole : all_weight (fun _ => 1) = INR (length class)) by (unfold all_weight; rewrite sum_const; ring).
  rewrite whole in A.
  assert (N : 0 < INR (length class)).
  { apply lt_0_INR. destruct class; [destruct I|cbn; lia]. }
  assert (Q : 0 < beta ^ b) by (apply pow_lt; lra).
  assert (K : 0 < ((1 + beta) / 2) ^ c) by (apply pow_lt; lra).
  assert (L : ln (beta ^ b) <= ln (((1 + beta) / 2) ^ c * INR (length class))).
  { destruct (Rle_lt_or_eq_dec (beta ^ b) (((1 + beta) / 2) ^ c * INR (length class))) as [l|e]; [lra| |].
    - now apply Rlt_le, ln_increasing.
    - rewrite e. lra. }
  rewrite ln_mult, !ln_pow in L by lra.
  assert (U : ln (2 / (1 + beta)) = - ln ((1 + beta) / 2)).
  { rewrite <- ln_Rinv by lra. f_equal. field. lra. }
  assert (V : ln (1 / beta) = - ln beta) by (rewrite <- ln_Rinv by lra; f_equal; field; lra).
  assert (W : 0 < ln (2 / (1 + beta))).
  { rewrite <- ln_1. apply ln_increasing; [lra|]. apply Rmult_lt_reg_r with (1 + beta); [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  set (room := ln (2 / (1 + beta))) in *. apply Rmult_le_reg_r with room; [assumption|].
  replace ((ln (INR (length class)) + INR b * ln (1 / beta)) / room * room)
    with (ln (INR (length class)) + INR b * ln (1 / beta)) by (field; lra).
  rewrite U, V. lra.
Qed.
End Majority.

(** ** AdaBoost *)
Lemma votes_below {T} (F : T -> R) l :
  INR (length (filter (fun x => at_most (F x) 0) l)) <= sum (fun x => 1 * exp (- F x)) l.
Proof.
  induction l as [|x l IH]; cbn [filter sum length]; [cbn; lra|]. pose proof (exp_pos (- F x)).
  destruct (at_most (F x) 0) eqn:E; [|lra]. apply at_most_true in E. cbn [length]. rewrite S_INR.
  assert (1 <= exp (- F x)); [|lra]. pose proof (exp_ineq1_le (- F x)). lra.
Qed.
Section Boosting.
Context {T : Type} (points : list T).
Hypothesis some : points <> [].

(** A round: which points it has right, and its weighted error under the weights that it was given. *)
Definition weighted_error (w : T -> R) (hits : T -> bool) : R :=
  sum (fun x => if hits x then 0 else w x) points / sum w points.
Definition round_stretch (e : R) : R := sqrt ((1 - e) / e).
Definition reweighted (w : T -> R) (hits : T -> bool) : T -> R :=
  fun x => if hits x then w x / round_stretch (weighted_error w hits) else w x * round_stretch (weighted_error w hits).
(** The vote at a point: each round weighs the logarithm of its stretch, for or against. *)
Fixpoint boosted_vote (w : T -> R) (rounds : list (T -> bool)) (x : T) : R :=
  match rounds with
  | [] => 0
  | hits :: rest => (if hits x then 1 else -1) * ln (round_stretch (weighted_error w hits))
      + boosted_vote (reweighted w hits) rest x
  end.
Fixpoint each_better (edge : R) (w : T -> R) (rounds : list (T -> bool)) : Prop :=
  match rounds with
  | [] => True
  | hits :: rest => 0 < weighted_error w hits <= 1 / 2 - edge /\ each_better edge (reweighted w hits) rest
  end.
Definition training_error (rounds : list (T -> bool)) : R :=
  INR (length (filter (fun x => at_most (boosted_vote (fun _ => 1) rounds x) 0) points)) / INR (length points).

Lemma sum_positive (w : T -> R) : (forall x, 0 < w x) -> 0 < sum w points.
Proof.
  intros P. destruct points as [|x l]; [now destruct some|]. cbn [sum].
  pose proof (sum_nonneg w l ltac:(intros; left; apply P)). specialize (P x). lra.
Qed.

Lemma stretch_positive e : 0 < e < 1 -> 0 < round_stretch e.
Proof. intros E. apply sqrt_lt_R0. apply Rdiv_lt_0_compat; lra. Qed.

Lemma round_shrinks w hits : (forall x, 0 < w x) -> let e := weighted_error w hits in 0 < e < 1 ->
  sum (reweighted w hits) points = 2 * sqrt (e * (1 - e)) * sum w points.
Proof.
  intros P e E. pose proof (sum_positive w P) as S. pose proof (stretch_positive e E) as Z.
  set (bad := sum (fun x => if hits x then 0 else w x) points).
  assert (B : bad = e * sum w points) by (unfold e, weighted_error; fold bad; field; lra).
  assert (R : sum (reweighted w hits) points = (sum w points - bad) / round_stretch e + bad * round_stretch e).
  { replace (sum w points - bad) with (sum (fun x => if hits x then w x else 0) points).
    - unfold bad. unfold Rdiv. rewrite !(Rmult_comm (sum _ points)), <- !sum_scale, <- sum_plus.
      apply sum_ext. intros x. unfold reweighted. fold e. destruct (hits x); unfold Rdiv; ring.
    - unfold bad. rewrite <- (Rmult_1_l (sum (fun x => if hits x then 0 else w x) points)).
      replace (1 * sum (fun x => if hits x then 0 else w x) points)
        with (- (-1 * sum (fun x => if hits x then 0 else w x) points)) by ring.
      rewrite <- sum_scale. unfold Rminus. rewrite Ropp_involutive, <- sum_plus. apply sum_ext. intros x.
      destruct (hits x); ring. }
  rewrite R, B. unfold round_stretch in *. rewrite sqrt_div, sqrt_mult by lra.
  assert (A : 0 < sqrt e) by (apply sqrt_lt_R0; lra). assert (C : 0 < sqrt (1 - e)) by (apply sqrt_lt_R0; lra).
  assert (A2 : sqrt e * sqrt e = e) by (apply sqrt_sqrt; lra).
  assert (C2 : sqrt (1 - e) * sqrt (1 - e) = 1 - e) by (apply sqrt_sqrt; lra).
  replace (sum w points - e * sum w points) with ((sqrt (1 - e) * sqrt (1 - e)) * sum w points) by (rewrite C2; ring).
  replace (e * sum w points) with ((sqrt e * sqrt e) * sum w points) by (rewrite A2; ring). field. lra.
Qed.

Lemma round_factor edge e : 0 < e <= 1 / 2 - edge -> 0 < edge -> 2 * sqrt (e * (1 - e)) <= exp (-2 * edge ^ 2).
Proof.
  intros E G. assert (S : 4 * (e * (1 - e)) <= 1 - 4 * edge ^ 2) by nra.
  pose proof (exp_ineq1_le (- 4 * edge ^ 2)) as X. pose proof (exp_pos (-2 * edge ^ 2)) as P.
  assert (Q : exp (-2 * edge ^ 2) * exp (-2 * edge ^ 2) = exp (-4 * edge ^ 2)) by (rewrite <- exp_plus; f_equal; ring).
  pose proof (sqrt_pos (e * (1 - e))). pose proof (sqrt_sqrt (e * (1 - e)) ltac:(nra)) as Y.
  apply Rsqr_incr_0_var; [unfold Rsqr; nra|lra].
Qed.

Lemma rounds_shrink edge : 0 < edge -> forall rounds w, (forall x, 0 < w x) -> each_better edge w rounds ->
  sum (fun x => w x * exp (- boosted_vote w rounds x)) points <= exp (-2 * edge ^ 2) ^ length rounds * sum w points.
Proof.
  intros G. pose proof (fun e E => round_factor edge e E G) as F. pose proof (exp_pos (-2 * edge ^ 2)) as K.
  set (k := exp (-2 * edge ^ 2)) in *.
  induction rounds as [|hits rest IH]; intros w P; cbn [each_better boosted_vote length pow].
  - intros _. rewrite Rmult_1_l. right. apply sum_ext. intros x. rewrite Ropp_0, exp_0. ring.
  - intros [E H]. set (e := weighted_error w hits) in *.
    assert (E' : 0 < e < 1) by lra. pose proof (stretch_positive e E') as Z.
    assert (P' : forall x, 0 < reweighted w hits x).
    { intros x. unfold reweighted. fold e. specialize (P x). destruct (hits x).
      - now apply Rdiv_lt_0_compat.
      - nra. }
    specialize (IH _ P' H). rewrite (round_shrinks w hits P E') in IH. fold e in IH.
    apply Rle_trans with (sum (fun x => reweighted w hits x * exp (- boosted_vote (reweighted w hits) rest x)) points).
    + right. apply sum_ext. intros x. unfold reweighted at 2. fold e.
      rewrite Ropp_plus_distr, exp_plus, <- Rmult_assoc. f_equal. destruct (hits x).
      * rewrite Rmult_1_l, exp_Ropp, exp_ln by assumption. reflexivity.
      * replace (- (-1 * ln (round_stretch e))) with (ln (round_stretch e)) by ring. now rewrite exp_ln.
    + eapply Rle_trans; [exact IH|]. specialize (F e E). pose proof (sum_positive w P).
      assert (0 <= k ^ length rest) by (apply pow_le; lra).
      replace (k * k ^ length rest * sum w points) with (k ^ length rest * (k * sum w points)) by ring.
      apply Rmult_le_compat_l; [assumption|]. apply Rmult_le_compat_r; lra.
Qed.

Lemma exp_power a n : exp a ^ n = exp (a * INR n).
Proof.
  induction n as [|n IH]; [cbn; rewrite Rmult_0_r, exp_0; reflexivity|].
  cbn [pow]. rewrite IH, S_INR, <- exp_plus. f_equal. ring.
Qed.

Theorem adaboost edge rounds : 0 < edge -> each_better edge (fun _ => 1) rounds ->
  training_error rounds <= exp (-2 * edge ^ 2 * INR (length rounds)).
Proof.
  intros G H. pose proof (rounds_shrink edge G rounds (fun _ => 1) ltac:(intros; lra) H) as S.
  assert (N : 0 < INR (length points)).
  { apply lt_0_INR. destruct points; [now destruct some|cbn; lia]. }
  rewrite sum_const, Rmult_1_r in S.
  unfold training_error. apply Rmult_le_reg_r with (INR (length points)); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  rewrite <- exp_power. eapply Rle_trans; [|exact S].
  apply votes_below.
Qed.
End Boosting.
