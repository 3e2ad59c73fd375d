(** Planned tests, and two students compared on the same samples.

    [hits B s] counts the draws of [s] that lie in [B]. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson.
Import ListNotations.
Open Scope R_scope.

(** A test of [n] draws that allows [k] disagreements. *)
Theorem pass_probability {T} (D : list (T * R)) (B : T -> bool) epsilon k n p :
  distribution D -> pr D B = p -> 0 < epsilon < 1 ->
  (p >= epsilon -> pr (power D n) (fun s => (hits B s <=? k)%nat) <= binomial_cdf k n epsilon) /\
  (p <= epsilon -> pr (power D n) (fun s => (hits B s <=? k)%nat) >= binomial_cdf k n epsilon).
Proof.
  intros law is e. pose proof (pr_range D law B). rewrite hits_are_binomial, is by assumption.
  split; intros; [apply cdf_falls; lra|apply Rle_ge, cdf_falls; lra].
Qed.

Section Pair.
Context {T : Type} (D : list (T * R)) (first second : T -> bool).
(** [first], [second]: where this student is wrong. *)
Definition one_wrong (t : T) : bool := xorb (first t) (second t).
Definition only_first (t : T) : bool := (first t && negb (second t))%bool.
Definition only_second (t : T) : bool := (second t && negb (first t))%bool.

Hypothesis law : distribution D.

Lemma difference : pr D first - pr D second = pr D only_first - pr D only_second.
Proof.
  rewrite (pr_split D first second), (pr_split D second first).
  rewrite (pr_ext D (fun t => second t && first t)%bool (fun t => first t && second t)%bool)
    by (intros; apply andb_comm).
  unfold only_first, only_second. lra.
Qed.

(** Draws from the points on which exactly one of them is wrong. *)
Theorem paired_sign k n :
  pr D first >= pr D second -> 0 < pr D one_wrong ->
  pr (power (given D one_wrong) n) (fun s => (hits first s <=? k)%nat) <= binomial_cdf k n (1 / 2).
Proof.
  intros no_better some. pose proof difference as E.
  assert (law' : distribution (given D one_wrong)) by now apply given_law.
  pose proof (pr_range _ law' first) as R. rewrite hits_are_binomial by assumption.
  apply cdf_falls; [lra| |lra].
  pose proof (given_pr D one_wrong first some) as G.
  assert (A : pr D (fun t => first t && one_wrong t)%bool = pr D only_first)
    by (apply pr_ext; intros t; unfold one_wrong, only_first; now destruct (first t), (second t)).
  assert (S : pr D one_wrong = pr D only_first + pr D only_second).
  { rewrite (pr_split D one_wrong first). f_equal; apply pr_ext; intros t;
      unfold one_wrong, only_first, only_second; now destruct (first t), (second t). }
  rewrite A in G. nra.
Qed.

Lemma hits_of_others (B : T -> bool) s : (hits (fun t => negb (B t)) s + hits B s = length s)%nat.
Proof. unfold hits. induction s as [|t s IH]; [reflexivity|]. cbn. destruct (B t); cbn; lia. Qed.

Lemma drawn n s : In s (power D n) -> length (fst s) = n.
Proof.
  revert s. induction n as [|n IH]; intros s I; cbn in I; [now destruct I as [<-|[]]|].
  apply in_flat_map in I as [x [_ I]]. apply in_map_iff in I as [r [<- I]]. cbn. f_equal. now apply IH.
Qed.

Theorem paired_difference n delta (U : nat -> R) e :
  0 < delta < 1 -> is_clopper_pearson n (delta / 2) U -> pr D first - pr D second = e ->
  pr (power D n) (fun s => less (U (n - hits only_second s)%nat + U (hits only_first s) - 1) e) <= delta.
Proof.
  intros d cp is. rewrite difference in is.
  set (others := fun t => negb (only_second t)).
  assert (Q : pr D others = 1 - pr D only_second).
  { pose proof (pr_split D (fun _ => true) only_second) as S. cbn [andb] in S.
    rewrite (pr_true D law) in S. change (pr D (fun t => only_second t)) with (pr D only_second) in S.
    unfold others. lra. }
  pose proof (proj1 (clopper_pearson_bound D only_first n (delta / 2) U _ law ltac:(lra) cp eq_refl)) as F.
  pose proof (proj1 (clopper_pearson_bound D others n (delta / 2) U _ law ltac:(lra) cp eq_refl)) as O.
  apply Rle_trans with
    (pr (power D n) (fun s => less (U (hits only_first s)) (pr D only_first)) +
     pr (power D n) (fun s => less (U (hits others s)) (pr D others))); [|lra].
  unfold pr at 1 2 4. rewrite <- sum_plus. apply sum_le. intros s I.
  pose proof (proj1 (power_law D n law) s I) as N.
  assert (H : hits others (fst s) = (n - hits only_second (fst s))%nat).
  { pose proof (hits_of_others only_second (fst s)) as H. fold others in H. rewrite (drawn n s I) in H. lia. }
  destruct (less (U (n - hits only_second (fst s))%nat + U (hits only_first (fst s)) - 1) e) eqn:far.
  - apply less_true in far.
    destruct (less (U (hits only_first (fst s))) (pr D only_first)) eqn:a;
    destruct (less (U (hits others (fst s))) (pr D others)) eqn:b; try lra.
    exfalso. assert (~ U (hits only_first (fst s)) < pr D only_first)
      by (intros L; apply less_true in L; congruence).
    assert (~ U (hits others (fst s)) < pr D others) by (intros L; apply less_true in L; congruence).
    rewrite H in *. lra.
  - destruct (less (U (hits only_first (fst s))) (pr D only_first)),
      (less (U (hits others (fst s))) (pr D others)); lra.
Qed.
End Pair.

(** Two samples, each student tested on its own; [both] is any law of the two together. *)
Theorem two_sample_difference {T} (D : list (T * R)) (both : list ((list T * list T) * R))
    (first second : T -> bool) n m delta (U V : nat -> R) e :
  distribution D -> distribution both ->
  (forall A, pr both (fun s => A (fst s)) = pr (power D n) A) ->
  (forall A, pr both (fun s => A (snd s)) = pr (power D m) A) ->
  0 < delta < 1 -> is_clopper_pearson n (delta / 2) U -> is_clopper_pearson m (delta / 2) V ->
  pr D first - pr D second = e ->
  pr both (fun s => less (V (m - hits second (snd s))%nat + U (hits first (fst s)) - 1) e) <= delta.
Proof.
  intros law [N _] of_first of_second d cp cq is.
  set (right := fun t => negb (second t)).
  assert (Q : pr D right = 1 - pr D second).
  { pose proof (pr_split D (fun _ => true) second) as S. cbn [andb] in S.
    rewrite (pr_true D law) in S. change (pr D (fun t => second t)) with (pr D second) in S.
    unfold right. lra. }
  pose proof (proj1 (clopper_pearson_bound D first n (delta / 2) U _ law ltac:(lra) cp eq_refl)) as F.
  pose proof (proj1 (clopper_pearson_bound D right m (delta / 2) V _ law ltac:(lra) cq eq_refl)) as O.
  assert (W : pr (power D m) (fun s => negb (length s =? m)%nat) = 0).
  { rewrite <- (pr_false (power D m)). apply pr_ext_in. intros s I. rewrite (drawn D m s I).
    now rewrite Nat.eqb_refl. }
  rewrite <- (of_first (fun s => less (U (hits first s)) (pr D first))) in F.
  rewrite <- (of_second (fun s => less (V (hits right s)) (pr D right))) in O.
  rewrite <- (of_second (fun s => negb (length s =? m)%nat)) in W.
  apply Rle_trans with
    (pr both (fun s => less (U (hits first (fst s))) (pr D first)) +
     pr both (fun s => less (V (hits right (snd s))) (pr D right)) +
     pr both (fun s => negb (length (snd s) =? m)%nat)); [|lra].
  unfold pr. rewrite <- !sum_plus. apply sum_le. intros [[s t] x] I. pose proof (N _ I) as P.
  cbn [fst snd] in *. unfold pr in F, O |- *.
  fold (pr D first) (pr D second) (pr D right) in *.
  destruct (less (V (m - hits second t)%nat + U (hits first s) - 1) e) eqn:far; cycle 1.
  { destruct (less (U (hits first s)) (pr D first)), (less (V (hits right t)) (pr D right)),
      (negb (length t =? m)%nat); lra. }
  apply less_true in far. destruct (length t =? m)%nat eqn:len; cbn [negb]; cycle 1.
  { destruct (less (U (hits first s)) (pr D first)), (less (V (hits right t)) (pr D right)); lra. }
  apply Nat.eqb_eq in len.
  assert (H : hits right t = (m - hits second t)%nat)
    by (pose proof (hits_of_others second t) as H; fold right in H; lia).
  destruct (less (U (hits first s)) (pr D first)) eqn:a;
  destruct (less (V (hits right t)) (pr D right)) eqn:b; try lra.
  exfalso. assert (~ U (hits first s) < pr D first) by (intros L; apply less_true in L; congruence).
  assert (~ V (hits right t) < pr D right) by (intros L; apply less_true in L; congruence).
  rewrite H in *. lra.
Qed.
