(** From the bytes of a certificate's members to what is true of what they describe: the theorems. *)
From Coq Require Import ZArith QArith List.
From Leafproof Require Import Bytes Semantics Steps DomainJson ModelsJson Members Claim Check.
From Leafproof Require Import ProductSound DomainSound.
From Leafproof Require Checker Sound.
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
(** The solvers of these names are right wherever the proof takes their word. *)
Definition right (said : text -> bool) (ms : members) : Prop :=
  match Members.read ms with
  | inl c => trusts (its_matter c) (fun s => said (nth s (its_solvers c) [])) (its_proof c)
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
(** A claim holds of a matter: it states the number of points of the domain, and its intervals
    enclose the number and the probability of those where the question is true. *)
Definition holds_of (c : claim) (q : matter) : Prop :=
  size_stated c = Z.of_nat (length (points (its_domain q))) /\
  (fst (points_stated c) <= number q <= snd (points_stated c))%Z /\
  (fst (chance_stated c) <= probability q <= snd (chance_stated c))%Q.

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

(** What an accepted certificate states is true, if every solver that its proof names is right. *)
Theorem stated_is_true trusted ms r q c :
  check trusted ms = Accepted r -> matter_in ms = Some q -> claim_in ms = Some c ->
  right (fun _ => true) ms -> holds_of c q.
Proof.
  intros A M C R. destruct (accepted _ _ _ A) as (k & E & K & S).
  unfold matter_in, claim_in, right in *. rewrite E in *. injection M as <-.
  destruct (stated k) as [es|] eqn:X; [|discriminate].
  destruct (compare_sound _ _ _ _ _ _ (S es eq_refl)) as (c' & C' & Z & P & L & U).
  rewrite C in C'. injection C' as <-. pose proof (Sound.points_sound _ _ _ _ _ K) as D.
  apply Sound.check_sound in K as [K _]. destruct (K R) as [N Q].
  unfold holds_of. rewrite Z, P, L, U. exact (conj D (conj N Q)).
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
(** The points that it lists are points where the question is true, with the classes that it says. *)
Theorem listed_are_true trusted ms r q : check trusted ms = Accepted r -> matter_in ms = Some q ->
  forall t ks, In (t, ks) (listed_stated ms) ->
  In t (found q) /\ ks = map (classes q t) (seq 0 (length (models q))).
Proof.
  intros A M t ks I. destruct (accepted _ _ _ A) as (k & E & K & S).
  unfold matter_in, listed_stated in *. rewrite E in *. injection M as <-.
  destruct (stated k) as [es|] eqn:X; [|destruct I].
  destruct (compare_listed _ _ _ _ _ _ (S es eq_refl)) as (l & L & Sub). rewrite L in I.
  pose proof (Sound.witnesses_classes _ _ _ _ _ K) as W. rewrite Forall_forall in W.
  exact (W (t, ks) (Sub _ I)).
Qed.
(** What holds for a user who trusts these solvers only: no others need be right. *)
Theorem found_is_true trusted ms r q :
  check trusted ms = Accepted r -> matter_in ms = Some q -> right (is_trusted trusted) ms ->
  Sound.encloses (Checker.if_trusted r) q.
Proof.
  intros A M R. destruct (accepted _ _ _ A) as (k & E & K & _).
  unfold matter_in, right in *. rewrite E in *. injection M as <-.
  apply Sound.check_sound in K as [_ K].
  apply K. intros ts m s x I B. apply (R ts m s x I). revert B. generalize (its_solvers k). clear.
  intros l. revert x. induction l as [|n l IH]; intros [|x] B; cbn [map nth] in *; auto; discriminate.
Qed.
(** Who trusts nobody need believe nothing. *)
Corollary found_is_true_for_all ms r q :
  check [] ms = Accepted r -> matter_in ms = Some q -> Sound.encloses (Checker.if_trusted r) q.
Proof.
  intros A M. apply (found_is_true [] ms); try assumption. unfold right.
  destruct (Members.read ms) as [c|]; [|exact I]. intros ts m k s _ B. discriminate.
Qed.
(** The weights that the members give to the points of their domain are probabilities. *)
Lemma read_is_from_domain ms c : Members.read ms = inl c -> exists ranges v vs,
  read_domain ranges v = inl (vs, its_domain (its_matter c)).
Proof.
  unfold Members.read. intros H.
  repeat match type of H with
  | match ?e with _ => _ end = inl _ => destruct e eqn:?; try discriminate
  end; injection H as <-; cbn [its_matter its_domain].
  match goal with E : Members.within _ (read_domain ?a ?b) = inl _ |- _ =>
    exists a, b; unfold Members.within in E; destruct (read_domain a b); [|discriminate];
    injection E as E end.
  subst. eexists. reflexivity.
Qed.
Theorem weights_are_probabilities ms q : matter_in ms = Some q ->
  (over (points (its_domain q)) (weight (its_domain q)) == 1)%Q /\
  forall t, In t (points (its_domain q)) -> (0 <= weight (its_domain q) t)%Q.
Proof.
  unfold matter_in. intros M. destruct (Members.read ms) as [c|] eqn:E; [|discriminate].
  injection M as <-. destruct (read_is_from_domain _ _ E) as (ranges & v & vs & D).
  exact (domain_total _ _ _ _ D).
Qed.
Print Assumptions stated_is_true.
Print Assumptions listed_are_true.
Print Assumptions found_is_true_for_all.
Print Assumptions weights_are_probabilities.
