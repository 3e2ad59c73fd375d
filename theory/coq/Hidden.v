(** Perfect for the law at hand only: a distiller must find out where the law lives.

    There are [v] pairs of points, and one point more. The law has one point of each pair; which one is
    hidden. A student errs on [v] of the points, so the VC dimension is [v] at most, and some student
    errs on none that the law has. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing Promises.
Import ListNotations.
Open Scope R_scope.

Definition indicator (b : bool) : R := if b then 1 else 0.
Definition side (b : list bool) (i : nat) : bool := nth i b false.

Fixpoint sides (v : nat) : list (list bool) :=
  match v with O => [[]] | S v' => map (cons false) (sides v') ++ map (cons true) (sides v') end.
Fixpoint flip (i : nat) (b : list bool) : list bool :=
  match b, i with
  | [], _ => []
  | x :: b', O => negb x :: b'
  | x :: b', S i' => x :: flip i' b'
  end.

Lemma sides_length v b : In b (sides v) -> length b = v.
Proof.
  revert b. induction v as [|v IH]; cbn [sides]; intros b I; [destruct I as [<-|[]]; reflexivity|].
  apply in_app_or in I as [I|I]; apply in_map_iff in I as [c [<- I]]; cbn; f_equal; auto.
Qed.
Lemma side_flip b i j : (i < length b)%nat -> side (flip i b) j = if (j =? i)%nat then negb (side b i) else side b j.
Proof.
  revert i j. induction b as [|x b IH]; intros i j L; [cbn in L; lia|]. unfold side in *.
  destruct i, j; cbn; try reflexivity. apply IH. cbn in L. lia.
Qed.
Lemma sum_flip v i f : (i < v)%nat -> sum f (sides v) = sum (fun b => f (flip i b)) (sides v).
Proof.
  revert i f. induction v as [|v IH]; intros i f L; [lia|]. cbn [sides].
  rewrite !sum_app, !sum_map. destruct i; cbn [flip negb]; [lra|].
  rewrite (IH i (fun b => f (false :: b))), (IH i (fun b => f (true :: b))) by lia. reflexivity.
Qed.
Lemma sides_some v : 0 < INR (length (sides v)).
Proof.
  apply lt_0_INR. induction v as [|v IH]; cbn [sides]; [cbn; lia|]. rewrite length_app, !length_map. lia.
Qed.

(** A point: the one of no pair, or of pair [i] the one on that side. A student errs on some of these. *)
Definition point := option (nat * bool).
Definition errs (g : nat -> bool -> bool) (x : point) : bool :=
  match x with None => false | Some (i, c) => g i c end.
Definition places_wrong (v : nat) (g : nat -> bool -> bool) : R :=
  sum (fun i => indicator (g i true) + indicator (g i false)) (seq 0 v).

Definition places (v : nat) (theta : R) : list (option nat * R) :=
  (None, 1 - theta) :: map (fun i => (Some i, theta / INR v)) (seq 0 v).
Definition put (b : list bool) (t : option nat) : point :=
  match t with None => None | Some i => Some (i, side b i) end.
Definition hidden (v : nat) (theta : R) (b : list bool) : list (point * R) :=
  map (fun x => (put b (fst x), snd x)) (places v theta).

Section Hidden.
Context (v : nat) (theta : R).
Hypothesis some : (1 <= v)%nat.
Hypothesis mass : 0 < theta <= 1.

Let V : 0 < INR v.
Proof. apply lt_0_INR. lia. Qed.

Lemma places_law : distribution (places v theta).
Proof.
  split.
  - intros x [<-|I]; [cbn; lra|]. apply in_map_iff in I as [i [<- _]]. cbn [snd].
    apply Rmult_le_pos; [lra|]. left. now apply Rinv_0_lt_compat.
  - unfold places. cbn [sum snd]. rewrite sum_map. cbn [snd]. rewrite sum_const, length_seq. field. lra.
Qed.
Lemma hidden_law b : distribution (hidden v theta b).
Proof.
  destruct places_law as [N T]. split.
  - intros x I. apply in_map_iff in I as [y [<- I]]. cbn [snd]. now apply N.
  - unfold hidden. rewrite sum_map. exact T.
Qed.

Definition cost (g : nat -> bool -> bool) (b : list bool) : R :=
  sum (fun i => indicator (g i (side b i))) (seq 0 v).

Lemma error_is g b : pr (hidden v theta b) (errs g) = theta / INR v * cost g b.
Proof.
  unfold pr, hidden. rewrite sum_map. unfold places. cbn [sum fst snd put errs]. rewrite sum_map.
  cbn [fst snd put errs]. unfold cost. rewrite <- sum_scale, Rplus_0_l. apply sum_ext. intros i.
  destruct (g i (side b i)); cbn; lra.
Qed.
Lemma cost_most g b : 0 <= cost g b <= INR v.
Proof.
  unfold cost. split; [apply sum_nonneg; intros i _; unfold indicator; destruct (g i (side b i)); lra|].
  apply Rle_trans with (sum (fun _ : nat => 1) (seq 0 v)); [|rewrite sum_const, length_seq; lra].
  apply sum_le. intros i _. unfold indicator. destruct (g i (side b i)); lra.
Qed.

(** Every such law has a perfect student, who errs on the other points. *)
Lemma hidden_is_perfect b :
  places_wrong v (fun i c => xorb c (side b i)) = INR v /\
  pr (hidden v theta b) (errs (fun i c => xorb c (side b i))) = 0.
Proof.
  split.
  - unfold places_wrong. rewrite (sum_ext _ (fun _ => 1)); [rewrite sum_const, length_seq; lra|].
    intros i. unfold indicator. destruct (side b i); cbn; lra.
  - rewrite error_is. unfold cost. rewrite (sum_ext _ (fun _ => 0)); [rewrite sum_zero; lra|].
    intros i. now rewrite xorb_nilpotent.
Qed.

(** Labels: the side is the label of place [i], and of the two possible ones an answer has one wrong. *)
Definition answers (h : nat -> bool) (i : nat) (c : bool) : bool := xorb (h i) c.
Lemma answers_wrong h : places_wrong v (answers h) = INR v.
Proof.
  unfold places_wrong. rewrite (sum_ext _ (fun _ => 1)); [rewrite sum_const, length_seq; lra|].
  intros i. unfold indicator, answers. destruct (h i); cbn; lra.
Qed.

Definition at_place (i : nat) (t : option nat) : bool := match t with Some j => (j =? i)%nat | None => false end.
Definition unseen (s : list (option nat)) (i : nat) : bool := forallb (fun t => negb (at_place i t)) s.

Lemma put_flip b s i : (i < length b)%nat -> unseen s i = true -> map (put (flip i b)) s = map (put b) s.
Proof.
  intros L U. unfold unseen in U. rewrite forallb_forall in U. apply map_ext_in. intros [j|] I; [|reflexivity].
  specialize (U _ I). cbn in U. cbn [put]. rewrite side_flip by assumption.
  destruct (j =? i)%nat; [discriminate|reflexivity].
Qed.

(** What is unseen is hit alike by every output: a side and the other are as likely. *)
Lemma guess (rule : list point -> nat -> bool -> bool) s :
  (forall l, places_wrong v (rule l) = INR v) ->
  INR (length (sides v)) / 2 * sum (fun i => indicator (unseen s i)) (seq 0 v) <=
  sum (fun b => cost (rule (map (put b) s)) b) (sides v).
Proof.
  intros proper. set (N := INR (length (sides v))).
  set (g := fun b => rule (map (put b) s)).
  set (here := fun i => sum (fun b => indicator (g b i (side b i))) (sides v)).
  set (there := fun i => sum (fun b => indicator (g b i (negb (side b i)))) (sides v)).
  assert (A : sum (fun b => cost (g b) b) (sides v) = sum here (seq 0 v)).
  { unfold cost. rewrite sum_swap. reflexivity. }
  assert (B : sum (fun i => here i + there i) (seq 0 v) = N * INR v).
  { unfold N. rewrite <- sum_const. unfold here, there.
    rewrite (sum_ext _ (fun i => sum (fun b => indicator (g b i (side b i)) + indicator (g b i (negb (side b i)))) (sides v)))
      by (intros; now rewrite sum_plus).
    rewrite sum_swap. apply sum_ext. intros b. rewrite <- (proper (map (put b) s)). unfold places_wrong.
    apply sum_ext. intros i. fold (g b). destruct (side b i); cbn; lra. }
  assert (each : forall i, In i (seq 0 v) -> here i + there i - N * (1 - indicator (unseen s i)) <= 2 * here i).
  { intros i I. apply in_seq in I. assert (bounds : 0 <= here i /\ there i <= N).
    { split; [apply sum_nonneg; intros b _; unfold indicator; destruct (g b i (side b i)); lra|].
      unfold N. rewrite <- (Rmult_1_r (INR _)), <- sum_const. apply sum_le. intros b _. unfold indicator.
      destruct (g b i (negb (side b i))); lra. }
    destruct (unseen s i) eqn:U; cbn [indicator]; [|lra]. enough (here i = there i) by lra.
    unfold here, there. rewrite (sum_flip v i) by lia. apply sum_ext_in. intros b J.
    apply sides_length in J. unfold g. rewrite put_flip by (assumption || lia).
    rewrite side_flip by lia. now rewrite Nat.eqb_refl. }
  apply sum_le in each.
  assert (S : sum (fun i => here i + there i - N * (1 - indicator (unseen s i))) (seq 0 v) =
              N * sum (fun i => indicator (unseen s i)) (seq 0 v)).
  { rewrite (sum_ext _ (fun i => (here i + there i) + (N * indicator (unseen s i) + (- N) * 1))) by (intros; ring).
    rewrite !sum_plus, !sum_scale, sum_const, length_seq.
    rewrite sum_plus in B. lra. }
  rewrite S, sum_scale in each.
  change (N / 2 * sum (fun i => indicator (unseen s i)) (seq 0 v) <= sum (fun b => cost (g b) b) (sides v)).
  rewrite A. lra.
Qed.

Lemma missed i n : (i < v)%nat ->
  pr (power (places v theta) n) (fun s => unseen s i) = (1 - theta / INR v) ^ n.
Proof.
  intros L. rewrite (pr_ext _ _ (forallb (fun t => negb (at_place i t)))) by reflexivity.
  rewrite independent_draws by apply places_law. f_equal.
  assert (H : pr (places v theta) (at_place i) = theta / INR v).
  { unfold pr, places. cbn [sum fst snd at_place]. rewrite sum_map. cbn [fst snd at_place].
    rewrite (sum_at (fun _ => theta / INR v)) by lia. lra. }
  pose proof (pr_split (places v theta) (fun _ => true) (at_place i)) as P.
  rewrite (pr_true _ places_law) in P. cbn [andb] in P.
  rewrite (pr_ext _ (fun t => at_place i t) (at_place i)) in P by reflexivity. lra.
Qed.

Lemma power_weights {T} (D : list (T * R)) n y : distribution D -> In y (power D n) -> 0 <= snd y.
Proof. intros law. now apply (power_law D n law). Qed.

Context {C : Type} (coins : list (C * R)) (out : C -> list point -> nat -> bool -> bool).

(** Every distiller fails on indicator of these laws. *)
Theorem d_perfect_failure epsilon n worst :
  distribution coins -> (forall c s, places_wrong v (out c s) = INR v) ->
  (forall b, length b = v -> failure coins out errs epsilon n (hidden v theta b) <= worst) ->
  0 < epsilon < theta ->
  worst >= (theta / 2 * (1 - theta / INR v) ^ n - epsilon) / (theta - epsilon).
Proof.
  intros coin proper most e. set (N := INR (length (sides v))). assert (P : 0 < N) by apply sides_some.
  set (D := power (places v theta) n). set (left := (1 - theta / INR v) ^ n).
  assert (law : distribution D) by apply power_law, places_law.
  set (error := fun c b s => theta / INR v * cost (out c (map (put b) s)) b).
  (* the error, in the mean over all hidden laws, for each outcome of the coins *)
  assert (low : forall c, N * (theta / 2 * left) <= sum (fun y => snd y * sum (fun b => error c b (fst y)) (sides v)) D).
  { intros c. apply Rle_trans with
      (sum (fun y => theta / INR v * (N / 2) * (snd y * sum (fun i => indicator (unseen (fst y) i)) (seq 0 v))) D).
    - rewrite sum_scale. right.
      rewrite (sum_ext _ (fun y => sum (fun i => if unseen (fst y) i then snd y else 0) (seq 0 v))).
      + rewrite sum_swap. rewrite (sum_ext_in _ (fun _ => left)).
        * rewrite sum_const, length_seq. field. lra.
        * intros i I. apply in_seq in I. apply missed. lia.
      + intros y. rewrite <- sum_scale. apply sum_ext. intros i. unfold indicator.
        destruct (unseen (fst y) i); lra.
    - apply sum_le. intros y I. pose proof (proj1 law y I) as W. unfold error. rewrite sum_scale.
      pose proof (guess (out c) (fst y) (proper c)) as H. fold N in H.
      assert (0 < theta / INR v) by (apply Rdiv_lt_0_compat; lra).
      replace (theta / INR v * (N / 2) * (snd y * sum (fun i => indicator (unseen (fst y) i)) (seq 0 v)))
        with (snd y * (theta / INR v * (N / 2 * sum (fun i => indicator (unseen (fst y) i)) (seq 0 v)))) by ring.
      apply Rmult_le_compat_l; [assumption|]. apply Rmult_le_compat_l; [lra|assumption]. }
  (* an error above epsilon is theta at most *)
  assert (high : forall c b, sum (fun y => snd y * error c b (fst y)) D <= epsilon + (theta - epsilon) *
    pr (power (hidden v theta b) n) (fun s => less epsilon (pr (hidden v theta b) (errs (out c s))))).
  { intros c b. unfold hidden at 1. rewrite pr_power_map. fold D.
    rewrite <- (Rmult_1_r epsilon) at 1. rewrite <- (pr_true D law). unfold pr at 1 2.
    rewrite <- !sum_scale, <- sum_plus. apply sum_le. intros y I. pose proof (proj1 law y I) as W.
    rewrite error_is. fold (error c b (fst y)).
    assert (error c b (fst y) <= theta).
    { unfold error. replace theta with (theta / INR v * INR v) at 2 by (field; lra).
      apply Rmult_le_compat_l; [|apply cost_most]. apply Rmult_le_pos; [lra|].
      apply Rlt_le. now apply Rinv_0_lt_compat. }
    unfold less. destruct (Rlt_dec epsilon (error c b (fst y))); nra. }
  assert (mean : N * (theta / 2 * left) <= N * (epsilon + (theta - epsilon) * worst)).
  { apply Rle_trans with (sum (fun b => epsilon + (theta - epsilon) * failure coins out errs epsilon n (hidden v theta b)) (sides v)).
    - apply Rle_trans with (sum (fun c => snd c * sum (fun b => sum (fun y => snd y * error (fst c) b (fst y)) D) (sides v)) coins).
      + replace (N * (theta / 2 * left)) with (sum (fun c => N * (theta / 2 * left) * snd c) coins)
          by (rewrite sum_scale, (proj2 coin); ring).
        apply sum_le. intros c I. rewrite Rmult_comm. apply Rmult_le_compat_l; [now apply (proj1 coin)|].
        eapply Rle_trans; [apply (low (fst c))|]. right. rewrite sum_swap. apply sum_ext. intros y.
        now rewrite sum_scale.
      + rewrite (sum_ext _ (fun c => sum (fun b => snd c * sum (fun y => snd y * error (fst c) b (fst y)) D) (sides v)))
          by (intros; now rewrite sum_scale).
        rewrite sum_swap. apply sum_le. intros b _. unfold failure.
        apply Rle_trans with (sum (fun c => snd c * (epsilon + (theta - epsilon) *
          pr (power (hidden v theta b) n) (fun s => less epsilon (pr (hidden v theta b) (errs (out (fst c) s)))))) coins).
        * apply sum_le. intros c I. apply Rmult_le_compat_l; [now apply (proj1 coin)|apply high].
        * right.
          rewrite (sum_ext _ (fun c => epsilon * snd c + (theta - epsilon) * (snd c *
            pr (power (hidden v theta b) n) (fun s => less epsilon (pr (hidden v theta b) (errs (out (fst c) s)))))))
            by (intros; ring).
          rewrite sum_plus, !sum_scale, (proj2 coin). ring.
    - unfold N. rewrite <- sum_const. apply sum_le. intros b I. apply sides_length in I.
      apply Rplus_le_compat_l, Rmult_le_compat_l; [lra|now apply most]. }
  apply Rmult_le_reg_l in mean; [|assumption].
  apply Rle_ge, Rmult_le_reg_r with (theta - epsilon); [lra|]. unfold Rdiv at 1.
  rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
End Hidden.

(** A learner of labels that are fair coins on [v] rare points, and known on one more. *)
Theorem vc_failure {C} (coins : list (C * R)) (out : C -> list point -> nat -> bool) v theta epsilon n worst :
  (1 <= v)%nat -> 0 < theta <= 1 -> distribution coins ->
  (forall b, length b = v ->
    failure coins (fun c s => answers (out c s)) errs epsilon n (hidden v theta b) <= worst) ->
  0 < epsilon < theta ->
  worst >= (theta / 2 * (1 - theta / INR v) ^ n - epsilon) / (theta - epsilon).
Proof.
  intros some mass coin most e.
  apply (d_perfect_failure v theta some mass coins (fun c s => answers (out c s)) epsilon n worst); try assumption.
  intros. apply answers_wrong.
Qed.
