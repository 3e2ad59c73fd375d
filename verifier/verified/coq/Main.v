(** From the bytes of a certificate's members to what is true of what they describe: the theorems. *)
From Coq Require Import ZArith QArith List.
From Leafproof Require Import Bytes Semantics Steps DomainJson ModelsJson Members Claim Check.
From Leafproof Require Import ProductSound DomainSound.
From Leafproof Require Checker CountingSound Sound.
Import ListNotations.
Open Scope Z_scope.

(** ** What the members describe *)
Definition matter_in (ms : members) : option matter :=
  match Members.read ms with inl c => Some (its_matter c) | inr _ => None end.
Definition claim_in (ms : members) : option claim :=
  match Members.read ms with
  | inl c => match stated c with Some entries => read_claim (is_two c) entries | None => None end
  | inr _ => None
  end.
(** The solvers of these names are right wherever the proof takes their word, of a selection. *)
Definition right (said : text -> bool) (sel : selection) (ms : members) : Prop :=
  match Members.read ms with
  | inl c => trusts (its_matter c) sel (fun s => said (nth s (its_solvers c) [])) (its_proof c)
  | inr _ => True
  end.

(** What verdict.json lists: points with the classes of all models there. *)
Definition listed_stated (ms : members) : list (tuple * list Z) :=
  match Members.read ms with
  | inl c =>
      match stated c with
      | Some entries =>
          match read_listed (is_two c) (its_variables c) (models_in c) entries with
          | Some l => l
          | None => []
          end
      | None => []
      end
  | inr _ => []
  end.
(** A selection of numbers for a matter's domain. *)
Definition selected (q : matter) (sel : selection) : Prop := selects (variables (its_domain q)) sel.
(** A claim holds of a matter and a selection: it states the number of points of the domain, and its
    intervals enclose the number and the probability of those where the question is true.  Of infinitely
    many it states the probability alone. *)
Definition holds_of (c : claim) (q : matter) (sel : selection) : Prop :=
  match size_stated c with
  | Some n => n = Z.of_nat (length (points (its_domain q)))
  | None => infinite (its_domain q) = true
  end /\
  match points_stated c with
  | Some ends => (fst ends <= number q sel <= snd ends)%Z
  | None => infinite (its_domain q) = true
  end /\
  (fst (chance_stated c) <= probability q sel <= snd (chance_stated c))%Q.

(** ** The theorems *)
Lemma accepted trusted ms r : check trusted ms = Accepted r -> exists c,
  Members.read ms = inl c /\
  Checker.check (its_matter c) (map (is_trusted trusted) (its_solvers c)) (its_proof c)
    (its_witnesses c ++ listed_in c) = inl r /\
  forall entries, stated c = Some entries ->
    compare (is_two c) (its_variables c) (models_in c) (its_solvers c) (finding_of c r) entries = None.
Proof.
  unfold check. intros H. destruct (Members.read ms) as [c|f]; [|discriminate].
  exists c. split; [reflexivity|]. unfold check_content in H.
  destruct (Checker.check _ _ _ _) as [r'|]; [|discriminate]. destruct (stated c) as [es|].
  - destruct (compare _ _ _ _ _ _) eqn:E; [discriminate|]. injection H as ->.
    split; [reflexivity|]. intros es' X. injection X as <-. exact E.
  - injection H as ->. split; [reflexivity|]. discriminate.
Qed.

(** What an accepted certificate states is true, whatever numbers are selected in the pieces of its
    domain's intervals, if every solver that its proof names is right. *)
Theorem stated_is_true trusted ms r q c sel :
  check trusted ms = Accepted r -> matter_in ms = Some q -> claim_in ms = Some c ->
  selected q sel -> right (fun _ => true) sel ms -> holds_of c q sel.
Proof.
  intros A M C Sel R. destruct (accepted _ _ _ A) as (k & E & K & S).
  unfold matter_in, claim_in, right in *. rewrite E in *. injection M as <-.
  destruct (stated k) as [es|] eqn:X; [|discriminate].
  destruct (compare_sound _ _ _ _ _ _ (S es eq_refl)) as (c' & C' & Z & P & L & U).
  rewrite C in C'. injection C' as <-. pose proof (Sound.points_sound _ _ _ _ _ K) as D.
  apply Sound.check_sound with (sel := sel) in K as [K _]; [|exact Sel]. destruct (K R) as [N Q].
  unfold holds_of. rewrite Z, P, L, U. unfold finding_of in *. cbn [size_found points_found chance_found fst snd] in *.
  destruct (infinite (its_domain (its_matter k))) eqn:I; cbn [is_some] in *; (split; [auto|split; [auto|exact Q]]).
Qed.
(** Where there are no intervals there is nothing to select: every selection is one, and all find the
    same points. *)
Theorem nothing_to_select q : infinite (its_domain q) = false -> forall sel sel',
  selected q sel /\ found q sel = found q sel'.
Proof.
  intros I sel sel'. unfold infinite in I.
  assert (F : forall v first runs, nth v (variables (its_domain q)) (Categorical []) <> Continuous first runs).
  { intros v first runs X. rewrite <- Bool.not_true_iff_false in I. apply I. apply existsb_exists.
    exists (Continuous first runs). split; [|reflexivity]. rewrite <- X.
    destruct (nth_in_or_default v (variables (its_domain q)) (Categorical [])) as [Y|Y]; [exact Y|].
    rewrite Y in X. discriminate. }
  split.
  - intros t _ v _. specialize (F v). destruct (nth v _ _) as [| |first runs]; try exact Logic.I. exfalso. eapply F. reflexivity.
  - unfold found. apply filter_ext. intros t. unfold is_true.
    assert (C : forall m, classes q sel t m = classes q sel' t m).
    { intros m. unfold classes, class.
      assert (E : forall reads, input (variables (its_domain q)) sel reads t = input (variables (its_domain q)) sel' reads t).
      { intros reads. unfold input. induction reads as [|v reads IH]; [reflexivity|]. cbn [flat_map]. rewrite IH. f_equal.
        specialize (F v). destruct (nth v _ _) as [| |first runs]; try reflexivity. exfalso. eapply F. reflexivity. }
      rewrite E. reflexivity. }
    apply CountingSound.holds_ext. exact C.
Qed.
(** So for domains that are listed or counted no selection need be named. *)
Definition nothing_selected : selection := fun _ _ => 0%Q.
Theorem stated_is_true_of_points trusted ms r q c :
  check trusted ms = Accepted r -> matter_in ms = Some q -> claim_in ms = Some c ->
  infinite (its_domain q) = false -> right (fun _ => true) nothing_selected ms -> holds_of c q nothing_selected.
Proof.
  intros A M C I. apply (stated_is_true trusted ms r q c nothing_selected A M C).
  apply (nothing_to_select q I nothing_selected nothing_selected).
Qed.
Lemma read_states ms c : Members.read ms = inl c -> member VERDICT_JSON ms <> None ->
  stated c <> None.
Proof.
  unfold Members.read. intros H V. destruct (member VERDICT_JSON ms); [|contradiction].
  repeat match type of H with
  | match ?e with _ => _ end = inl _ => destruct e eqn:?; try discriminate
  end; injection H as <-; cbn [stated];
  repeat match goal with
  | E : match ?e with _ => _ end = inl _ |- _ => destruct e eqn:?; try discriminate
  | E : inl _ = inl _ |- _ => injection E as <-
  end; discriminate.
Qed.
(** There is something stated wherever there is a verdict.json. *)
Theorem something_is_stated trusted ms r : check trusted ms = Accepted r ->
  member VERDICT_JSON ms <> None -> claim_in ms <> None.
Proof.
  intros A V. destruct (accepted _ _ _ A) as (k & E & _ & S). unfold claim_in. rewrite E.
  pose proof (read_states _ _ E V) as X. destruct (stated k) as [es|]; [|contradiction].
  destruct (compare_sound _ _ _ _ _ _ (S es eq_refl)) as (c' & C' & _). rewrite C'. discriminate.
Qed.
(** The points that it lists are points where the question is true, with the classes that it says: of
    pieces their last numbers are meant, and these are a selection. *)
Theorem listed_are_true trusted ms r q : check trusted ms = Accepted r -> matter_in ms = Some q ->
  let sel := last_numbers (variables (its_domain q)) in
  selected q sel /\
  forall t ks, In (t, ks) (listed_stated ms) ->
  In t (found q sel) /\ ks = map (classes q sel t) (seq 0 (length (models q))).
Proof.
  intros A M sel. destruct (accepted _ _ _ A) as (k & E & K & S).
  unfold matter_in, listed_stated in *. rewrite E in *. injection M as <-.
  split; [exact (Sound.ends_selected _ _ _ _ _ K)|]. intros t ks I.
  destruct (stated k) as [es|] eqn:X; [|destruct I].
  destruct (compare_listed _ _ _ _ _ _ (S es eq_refl)) as (l & L & Sub). rewrite L in I.
  pose proof (Sound.witnesses_classes _ _ _ _ _ K) as W. rewrite Forall_forall in W.
  exact (W (t, ks) (Sub _ I)).
Qed.
(** What holds for a user who trusts these solvers only: no others need be right. *)
Theorem found_is_true trusted ms r q sel :
  check trusted ms = Accepted r -> matter_in ms = Some q -> selected q sel -> right (is_trusted trusted) sel ms ->
  Sound.encloses (Checker.if_trusted r) q sel.
Proof.
  intros A M Sel R. destruct (accepted _ _ _ A) as (k & E & K & _).
  unfold matter_in, right in *. rewrite E in *. injection M as <-.
  apply Sound.check_sound with (sel := sel) in K as [_ K]; [|exact Sel].
  apply K. intros ts m s x I B. apply (R ts m s x I). revert B. generalize (its_solvers k). clear.
  intros l. revert x. induction l as [|n l IH]; intros [|x] B; cbn [map nth] in *; auto; discriminate.
Qed.
(** Who trusts nobody need believe nothing. *)
Corollary found_is_true_for_all ms r q sel :
  check [] ms = Accepted r -> matter_in ms = Some q -> selected q sel -> Sound.encloses (Checker.if_trusted r) q sel.
Proof.
  intros A M Sel. apply (found_is_true [] ms); try assumption. unfold right.
  destruct (Members.read ms) as [c|]; [|exact I]. intros ts m k s _ B. discriminate.
Qed.
(** The weights that the members give to the points of their domain are probabilities. *)
Lemma read_is_from_domain ms c : Members.read ms = inl c -> exists ranges intervals v vs,
  read_domain ranges intervals v = inl (vs, its_domain (its_matter c)).
Proof.
  unfold Members.read. intros H.
  repeat match type of H with
  | match ?e with _ => _ end = inl _ => destruct e eqn:?; try discriminate
  end; injection H as <-; cbn [its_matter its_domain].
  match goal with E : Members.within _ (read_domain ?a ?b ?v) = inl _ |- _ =>
    exists a, b, v; unfold Members.within in E; destruct (read_domain a b v); [|discriminate];
    injection E as E end.
  subst. eexists. reflexivity.
Qed.
Theorem weights_are_probabilities ms q : matter_in ms = Some q ->
  (over (points (its_domain q)) (weight (its_domain q)) == 1)%Q /\
  forall t, In t (points (its_domain q)) -> (0 <= weight (its_domain q) t)%Q.
Proof.
  unfold matter_in. intros M. destruct (Members.read ms) as [c|] eqn:E; [|discriminate].
  injection M as <-. destruct (read_is_from_domain _ _ E) as (ranges & intervals & v & vs & D).
  exact (domain_total _ _ _ _ _ D).
Qed.
Print Assumptions stated_is_true.
Print Assumptions nothing_to_select.
Print Assumptions listed_are_true.
Print Assumptions found_is_true_for_all.
Print Assumptions weights_are_probabilities.
