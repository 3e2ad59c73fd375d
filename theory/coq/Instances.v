(** What the theorems assume can hold: an instance for each kind of hypothesis that is not plain.

    Elsewhere: exact upper bounds ([clopper_pearson_exists], [hypergeometric_upper_exists]), fair bits
    ([cube_points_fair]), a class with a student for every law ([segments_are_universal]). *)
From Coq Require Import Bool List Reals Lra Lia Arith Permutation Sorted.
From Leafproof Require Axioms.
From Leafproof Require Import Space ClopperPearson Waiting Promises Agnostic Several Medians Rank Gap Mistakes.
Import ListNotations.
Open Scope R_scope.

(** ** Two samples that are drawn apart, as [two_sample_difference] has them *)
Lemma last_draws {T} (D : list (T * R)) E n m :
  distribution D -> pr (power D (n + m)) (fun s => E (skipn n s)) = pr (power D m) E.
Proof.
  intros law. induction n as [|n IH]; [reflexivity|]. cbn [Nat.add]. rewrite pr_step.
  rewrite (sum_ext _ (fun x => pr (power D m) E * snd x)).
  - rewrite sum_scale, (proj2 law). ring.
  - intros x. cbn [skipn]. rewrite IH. ring.
Qed.
Theorem two_samples_exist {T} (D : list (T * R)) n m : distribution D ->
  exists both : list ((list T * list T) * R), distribution both /\
    (forall A, pr both (fun s => A (fst s)) = pr (power D n) A) /\
    (forall A, pr both (fun s => A (snd s)) = pr (power D m) A).
Proof.
  intros law. set (cut := fun s : list T => (firstn n s, skipn n s)).
  exists (map (fun x => (cut (fst x), snd x)) (power D (n + m))).
  assert (P : forall A, pr (map (fun x => (cut (fst x), snd x)) (power D (n + m))) A =
                        pr (power D (n + m)) (fun s => A (cut s)))
    by (intros A; unfold pr; now rewrite sum_map).
  destruct (power_law D (n + m) law) as [pos one]. repeat split.
  - intros x I. apply in_map_iff in I as [y [<- I]]. now apply pos.
  - rewrite sum_map. exact one.
  - intros A. rewrite P. cbn [fst cut]. now apply first_draws; [|lia].
  - intros A. rewrite P. cbn [snd cut]. now apply last_draws.
Qed.

(** ** A median of any values *)
Fixpoint insert (v : R) (l : list R) : list R :=
  match l with [] => [v] | w :: l' => if Rle_dec v w then v :: l else w :: insert v l' end.
Fixpoint sorted (l : list R) : list R := match l with [] => [] | v :: l' => insert v (sorted l') end.
Definition middle (l : list R) : R := nth (length l / 2) (sorted l) 0.

Lemma insert_same v l : Permutation (insert v l) (v :: l).
Proof.
  induction l as [|w l IH]; cbn; [constructor; constructor|]. destruct (Rle_dec v w); [reflexivity|].
  rewrite IH. constructor.
Qed.
Lemma sorted_same l : Permutation (sorted l) l.
Proof. induction l as [|v l IH]; cbn; [constructor|]. rewrite insert_same. now constructor. Qed.
Lemma insert_sorted v l : StronglySorted Rle l -> StronglySorted Rle (insert v l).
Proof.
  induction l as [|w l IH]; intros S; cbn; [repeat constructor|].
  apply StronglySorted_inv in S as [S F]. destruct (Rle_dec v w) as [L|L].
  - constructor; [now constructor|]. constructor; [assumption|].
    rewrite Forall_forall in *. intros x I. specialize (F x I). lra.
  - constructor; [now apply IH|]. rewrite Forall_forall in *. intros x I.
    apply (Permutation_in _ (insert_same v l)) in I as [<-|I]; [lra|now apply F].
Qed.
Lemma sorted_sorted l : StronglySorted Rle (sorted l).
Proof. induction l; cbn; [constructor|now apply insert_sorted]. Qed.
Lemma filter_same (f : R -> bool) l l' : Permutation l l' -> length (filter f l) = length (filter f l').
Proof.
  induction 1 as [|x l l' P IH|x y l|l l' l'' P IH Q JH]; cbn; [reflexivity| | |congruence].
  - destruct (f x); cbn; congruence.
  - destruct (f x), (f y); reflexivity.
Qed.
Lemma at_place l k : StronglySorted Rle l -> (k < length l)%nat ->
  (S k <= length (filter (fun v => at_most v (nth k l 0%R)) l))%nat /\
  (length l - k <= length (filter (fun v => at_most (nth k l 0%R) v) l))%nat.
Proof.
  revert k. induction l as [|w l IH]; intros k S L; [cbn in L; lia|].
  apply StronglySorted_inv in S as [S F]. rewrite Forall_forall in F.
  assert (own : forall x, at_most x x = true) by (intros; apply at_most_true; lra).
  destruct k as [|k]; cbn [nth length filter] in *.
  - rewrite own. split; [cbn [length]; lia|]. cbn [length].
    assert (E : filter (fun v => at_most w v) l = l); [|rewrite E; lia].
    clear - F. induction l as [|x l IH]; [reflexivity|]. cbn.
    replace (at_most w x) with true by (symmetry; apply at_most_true, F; now left).
    f_equal. apply IH. intros y I. apply F. now right.
  - destruct (IH k S ltac:(lia)) as [A B]. split.
    + replace (at_most w (nth k l 0%R)) with true by (symmetry; apply at_most_true, F, nth_In; lia).
      cbn [length]. lia.
    + destruct (at_most (nth k l 0%R) w); cbn [length]; lia.
Qed.
Theorem medians_exist : exists median, forall values, is_median (median values) values.
Proof.
  exists middle. intros values. unfold is_median, middle.
  destruct values as [|v l]; [cbn; lia|]. set (all := v :: l).
  assert (H : (length all / 2 < length (sorted all))%nat).
  { rewrite (Permutation_length (sorted_same all)). apply Nat.div_lt; cbn; lia. }
  destruct (at_place (sorted all) (length all / 2) (sorted_sorted all) H) as [A B].
  rewrite (filter_same _ _ _ (sorted_same all)) in A.
  rewrite (filter_same _ _ _ (sorted_same all)) in B.
  rewrite (Permutation_length (sorted_same all)) in B.
  pose proof (Nat.div_mod_eq (length all) 2). pose proof (Nat.mod_upper_bound (length all) 2 ltac:(lia)). lia.
Qed.

(** ** Distillers that do what lower bounds ask of them *)
Definition no_coins : list (unit * R) := [(tt, 1)].
Lemma no_coins_law : distribution no_coins.
Proof. split; [intros x [<-|[]]; cbn; lra|cbn; lra]. Qed.

(** For every law: with the draws of [universal_samples] one fails no more often, as
    [universal_lower] and [universal_samples] suppose. *)
Theorem universal_distiller_exists epsilon delta n :
  0 < epsilon < 1 -> 0 < delta < 1 -> INR n >= ln delta / ln (1 - epsilon) ->
  exists out : unit -> list nat -> nat,
    forall D, distribution D -> failure no_coins out beyond epsilon n D <= delta.
Proof.
  intros e d enough. exists (fun _ => list_max). intros D law. unfold failure, no_coins. cbn [sum fst snd].
  rewrite Rmult_1_l, Rplus_0_r.
  apply (universal_samples D beyond list_max epsilon delta n law segments_are_universal); try assumption.
  intros s _ x L. unfold beyond. now apply Nat.ltb_ge.
Qed.

(** Agnostic, with two students that conflict: the one that errs less often among enough draws. *)
Definition errs_on (g x : bool) : bool := Bool.eqb g x.
Definition chosen (s : list bool) : bool := at_most (INR (hits (fun x => x) s) / INR (length s)) (1 / 2).

Lemma errors_add D : distribution D -> pr D (errs_on false) = 1 - pr D (errs_on true).
Proof.
  intros law. rewrite <- (Axioms.complement D law (errs_on true)). apply pr_ext. now intros [].
Qed.
Theorem agnostic_distiller_exists epsilon delta n :
  (1 <= n)%nat -> 0 < epsilon -> 0 < delta -> INR n >= ln (2 / delta) / (2 * (epsilon / 2) ^ 2) ->
  exists out, agnostic errs_on [true; false] no_coins out epsilon delta n.
Proof.
  intros one e d enough. exists (fun _ => chosen). intros D law. unfold no_coins. cbn [sum fst snd].
  rewrite Rmult_1_l, Rplus_0_r.
  pose proof (estimate_samples D (fun x => x) law (epsilon / 2) delta n one ltac:(lra) d enough) as H.
  eapply Rle_trans; [|exact H]. apply pr_le_in; [now apply power_law|].
  intros s I L. unfold beaten, chosen in L. rewrite (groups_drawn D n s I) in L.
  assert (E : pr D (errs_on true) = pr D (fun x => x)) by (apply pr_ext; now intros []).
  pose proof (errors_add D law) as F. rewrite E in F. apply at_most_true.
  set (p := pr D (fun x => x)) in *. set (seen := INR (hits (fun x => x) (fst s)) / INR n) in *.
  unfold at_most in L. cbn [existsb] in L. rewrite orb_false_r in L.
  unfold Rabs. apply orb_true_iff in L as [L|L]; apply less_true in L;
    destruct (Rle_dec seen (1 / 2)); rewrite ?E, ?F in L; destruct (Rcase_abs (seen - p)); lra.
Qed.

(** ** A representation that holds a conjunction, and a round of boosting *)
Theorem represented_exists d vars values :
  length vars = d -> length values = d ->
  exists V c, length V = 1%nat /\ distance d (conjunction vars values) (combination c V) <= 0.
Proof.
  intros _ _. exists [conjunction vars values], [1]. split; [reflexivity|]. unfold distance, mean_square.
  rewrite (sum_ext _ (fun _ => 0)) by (intros x; cbn [combination]; ring). rewrite sum_zero.
  unfold Rdiv. rewrite ?Rmult_0_l, ?Rmult_0_r, sqrt_0. lra.
Qed.
Theorem boosting_round_exists :
  exists (points : list nat) rounds, points <> [] /\ length rounds = 1%nat /\ each_better points (1 / 6) (fun _ => 1) rounds.
Proof.
  exists [0; 1; 2]%nat, [fun x => negb (x =? 0)%nat]. repeat split; try discriminate;
    unfold weighted_error; cbn; lra.
Qed.
