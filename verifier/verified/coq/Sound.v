(** * The theorem: what the checker answers encloses the number and the probability of the points where
    the question's formula is true, in the words of Semantics.v. *)
From Coq Require Import ZArith QArith List Lia Bool Lqa.
Require Import Network NetworkSound Cells CellsSound Bounds Counting CountingSound Problem Steps Checker CheckerSound
  ProblemSound.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** What an answer says, of a selection. *)
Definition encloses (a : answer) (q : Semantics.matter) (sel : Semantics.selection) : Prop :=
  points_from a <= Semantics.number q sel <= points_to a /\
  (probability_from a <= Semantics.probability q sel)%Q /\ (Semantics.probability q sel <= probability_to a)%Q.

(** ** Witnesses *)
Lemma sum_sublist (f : point -> Z) l : forall L, NoDup l -> incl l L -> (forall p, In p L -> 0 <= f p) ->
  sumZ (map f l) <= sumZ (map f L).
Proof.
  induction l as [|p l IH]; intros L Hd Hi H0.
  - clear Hi. induction L as [|x L IHL]; [cbn; lia|]. cbn [map sumZ] in *.
    specialize (IHL (fun y h => H0 y (or_intror h))). specialize (H0 x (or_introl eq_refl)). lia.
  - inversion Hd as [|? ? Hp Hd']; subst.
    destruct (in_split p L (Hi p (or_introl eq_refl))) as (L1 & L2 & ->).
    specialize (IH (L1 ++ L2) Hd'). cbn [map sumZ]. rewrite map_app, sumZ_app in *. cbn [map sumZ].
    assert (sumZ (map f l) <= sumZ (map f L1) + sumZ (map f L2)); [|lia]. apply IH.
    + intros x Hx. assert (X := Hi x (or_intror Hx)). apply in_app_iff in X. apply in_app_iff.
      destruct X as [X|[<-|X]]; auto. contradiction.
    + intros x Hx. apply H0. apply in_app_iff in Hx. apply in_app_iff. destruct Hx; [left|right; right]; assumption.
Qed.
Lemma same_tuple_refl t : same_tuple t t = true.
Proof. induction t as [|i t IH]; [reflexivity|]. cbn. rewrite Z.eqb_refl. exact IH. Qed.
Lemma value_at_in q i v : value_at q i = Some v -> In v (members q) /\ index v = i.
Proof.
  destruct q as [vs|s d lo hi|s rs lo hi]; cbn [value_at].
  - destruct (nth_error vs (Z.to_nat i)) as [x|] eqn:E; [|discriminate].
    destruct (Z.eqb_spec (index x) i); [|discriminate]. intros H. inversion H; subst. split; [|reflexivity].
    apply nth_error_In in E. exact E.
  - destruct (Z.leb_spec lo i); [|discriminate]. destruct (Z.leb_spec i hi); [|discriminate]. cbn [andb].
    intros H1. inversion H1; subst. split; [|reflexivity]. apply in_range. exists i. split; [lia|reflexivity].
  - destruct (Z.leb_spec lo i); [|discriminate]. destruct (Z.leb_spec i hi); [|discriminate]. cbn [andb].
    intros H1. inversion H1; subst. split; [|reflexivity]. apply in_pieces. exists i. split; [lia|reflexivity].
Qed.
Lemma find_point_in c : forall t p, find_point c t = Some p -> In p (points c) /\ map index p = t.
Proof.
  induction c as [|q c IH]; intros [|i t] p H; cbn [find_point] in H; try discriminate.
  - inversion H. split; [left; reflexivity|reflexivity].
  - destruct (value_at q i) as [v|] eqn:Ev; [|discriminate]. destruct (find_point c t) as [p'|] eqn:Ep; [|discriminate].
    inversion H; subst. apply value_at_in in Ev. destruct (IH t p' Ep) as [H1 H2]. destruct Ev as [E1 E2].
    split; [apply points_cons; exists v, p'; auto|]. cbn [map]. congruence.
Qed.
(** A witness: a point of the domain where the formula is true, with the classes there; of pieces the
    last numbers are meant. *)
Definition seen_true (pr : problem) (p : point) : bool :=
  Semantics.holds (formula pr) (fun m => class_of (nth m (models pr) no_model) p).
Definition witness_ok (pr : problem) (w : witness) : Prop :=
  In (point_of w) (points (whole_cell pr)) /\ map index (point_of w) = tuple_of w /\
  (exists l, leaf_of (domain pr) (point_of w) = Some l) /\ seen_true pr (point_of w) = true /\
  classes_of w = map (fun m => class_of m (point_of w)) (models pr).
Lemma classes_nth ms p m : nth m (map (fun x => class_of x p) ms) 0 = class_of (nth m ms no_model) p.
Proof. change 0 with (class_of no_model p). apply (map_nth (fun x => class_of x p)). Qed.
Lemma find_witnesses_ok pr ts : forall i found ws,
  find_witnesses pr ts i found = inl ws -> Forall (witness_ok pr) found -> NoDup (map point_of found) ->
  Forall (witness_ok pr) ws /\ NoDup (map point_of ws).
Proof.
  induction ts as [|t ts IH]; intros i found ws H Hf Hd; cbn [find_witnesses] in H.
  - inversion H; subst. split; [apply Forall_rev; assumption|]. rewrite map_rev. apply NoDup_rev. assumption.
  - destruct (existsb _ found) eqn:Ex; [eapply IH; eassumption|].
    destruct (find_point (whole_cell pr) t) as [p|] eqn:Ep; [|discriminate].
    destruct (leaf_of (domain pr) p) as [l|] eqn:El; [|discriminate].
    destruct (Semantics.holds _ _) eqn:Eh; [|discriminate].
    apply find_point_in in Ep. destruct Ep as [P1 P2].
    eapply IH; [exact H| |].
    + constructor; [|assumption]. split; [assumption|]. split; [assumption|]. split; [exists l; assumption|].
      split; [|reflexivity]. cbn [point_of]. unfold seen_true. rewrite <- Eh. apply holds_ext. intros m.
      rewrite classes_nth. reflexivity.
    + cbn [map point_of]. constructor; [|assumption]. intros Hin. apply in_map_iff in Hin.
      destruct Hin as (w & Ew & Hw). rewrite <- Bool.not_true_iff_false in Ex. apply Ex. apply existsb_exists.
      exists w. split; [assumption|]. rewrite Forall_forall in Hf. destruct (Hf w Hw) as (_ & E2 & _).
      rewrite <- E2, Ew, P2. apply same_tuple_refl.
Qed.

(** ** The answer of a problem *)
Section Conclude.
  Variable pr : problem.
  Hypothesis Hfit : fits pr.
  Variables (real : point -> nat -> Z) (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hreal : faithful pr real at_scale at_spot.
  Let N := N_in pr real (whole_cell pr).
  Let W := W_in pr real (whole_cell pr).
  Definition witness_true (w : witness) : Prop := witness_ok pr w /\ truth_at pr real (point_of w) = true.
  Lemma adding_true ws : Forall (witness_ok pr) ws -> NoDup (map point_of ws) ->
    Forall witness_true (adding pr ws) /\ NoDup (map point_of (adding pr ws)).
  Proof.
    intros Hw Hd. unfold adding. destruct (any_pieces (whole_cell pr)) eqn:E; [split; constructor|]. split; [|assumption].
    eapply Forall_impl; [|exact Hw]. intros w Ho. split; [exact Ho|]. destruct Ho as (Hp & _ & _ & Ht & _).
    rewrite <- Ht. unfold truth_at, seen_true. apply holds_ext. intros m.
    apply (real_evaluated pr real at_scale at_spot Hreal E _ Hp).
  Qed.
  Lemma witnesses_count ws : Forall witness_true ws -> NoDup (map point_of ws) ->
    Z.of_nat (length ws) <= N /\ weight_seen (domain pr) ws <= W.
  Proof.
    intros Hw Hd.
    assert (Hi : incl (map point_of ws) (points (whole_cell pr))).
    { intros p Hp. apply in_map_iff in Hp. destruct Hp as (w & <- & Hin). rewrite Forall_forall in Hw. destruct (Hw w Hin) as [[K _] _]. exact K. }
    pose proof (given_fits_positive _ _ (fit_domain pr Hfit)) as Hpos. split.
    - assert (X : Z.of_nat (length ws) = sumZ (map (counts (domain pr) (truth_at pr real)) (map point_of ws))).
      { clear Hd Hi. induction Hw as [|w ws Ho Hw IH]; [reflexivity|]. cbn [length map sumZ]. rewrite <- IH.
        destruct Ho as [(_ & _ & (l & El) & _) Et]. unfold counts. rewrite El, Et. lia. }
      rewrite X. unfold N, N_in. rewrite gsum_points. apply sum_sublist; [assumption|assumption|].
      intros p _. unfold counts. destruct (leaf_of (domain pr) p); [destruct (truth_at pr real p)|]; lia.
    - assert (X : weight_seen (domain pr) ws = sumZ (map (weighs (domain pr) (truth_at pr real)) (map point_of ws))).
      { clear Hd Hi. induction Hw as [|w ws Ho Hw IH]; [reflexivity|]. cbn [weight_seen fold_right map sumZ].
        fold (weight_seen (domain pr) ws). rewrite <- IH.
        destruct Ho as [(_ & _ & (l & El) & _) Et]. unfold weighs. rewrite El, Et. reflexivity. }
      rewrite X. unfold W, W_in. rewrite gsum_points. apply sum_sublist; [assumption|assumption|].
      intros p _. unfold weighs. destruct (leaf_of (domain pr) p) as [l|] eqn:E; [|lia].
      destruct (truth_at pr real p); [apply (weight_in_nonneg (domain pr) p l Hpos E)|lia].
  Qed.
  Lemma conclude_sound ws x a u (probability : Q) : conclude pr ws x = Some a -> u = unit_of pr -> 0 < u ->
    rel u W probability -> Forall (witness_ok pr) ws -> NoDup (map point_of ws) -> covers x N W ->
    points_from a <= N <= points_to a /\ (probability_from a <= probability)%Q /\ (probability <= probability_to a)%Q.
  Proof.
    intros H -> Hu Hp Hw0 Hd0 (Nf & Wf & Nt & Wt & E1 & E2 & B0 & B1 & B2 & B3 & B4 & B5 & B6 & B7).
    destruct (adding_true ws Hw0 Hd0) as [Hw Hd].
    destruct (witnesses_count _ Hw Hd) as [S1 S2]. unfold conclude in H. cbv zeta in H. set (ws' := adding pr ws) in *.
    set (tail_seen := if Qle_bool (tail_from x) 0 then 0 else 1) in H.
    match type of H with (if ?b then _ else _) = _ => destruct b; [|discriminate] end.
    apply (f_equal (fun o => match o with Some y => y | None => a end)) in H. cbv beta iota in H. subst a.
    cbn [points_from points_to probability_from probability_to].
    assert (T : tail_seen <= N).
    { unfold tail_seen. destruct (Qle_bool (tail_from x) 0) eqn:E.
      - unfold N in *. lia.
      - assert (0 < Wt); [|unfold N in *; specialize (B5 H); lia].
        assert (X : (0 < inject_Z Wt)%Q).
        { apply Qlt_le_trans with (tail_from x); [|assumption]. apply Qnot_le_lt. intros Y.
          apply Qle_bool_iff in Y. congruence. }
        change 0%Q with (inject_Z 0) in X. rewrite <- Zlt_Qlt in X. exact X. }
    split; [lia|].
    assert (EP : (probability == inject_Z W / inject_Z (unit_of pr))%Q).
    { unfold rel in Hp. rewrite Hp. field. intros E. pose proof (inject_pos _ Hu) as P. rewrite E in P. discriminate P. }
    pose proof (inject_pos _ Hu) as P. assert (I : (0 <= / inject_Z (unit_of pr))%Q).
    { apply Qlt_le_weak, Qinv_lt_0_compat. exact P. }
    rewrite Zle_Qle in S2. destruct B2 as [B21 B22]. rewrite Zle_Qle in B21, B22.
    assert (EW : (inject_Z W == inject_Z Wf + inject_Z Wt)%Q) by (unfold W in *; rewrite E2, inject_Z_plus; reflexivity).
    split; rewrite Qred_correct, EP; unfold Qdiv; apply Qmult_le_compat_r; try exact I.
    - destruct (Qle_bool (inject_Z (firm_w x) + tail_from x) _); [exact S2|]. lra.
    - lra.
  Qed.
End Conclude.

(** ** The theorem. *)
(** The words of believed solvers are right, for the points of the problem. *)
Lemma trusted_words q pr sel said p : problem_of q = Some pr -> trusts q sel said p ->
  forall ts m k s, In (ts, Trusted m k s) (claims p [[]]) -> said s = true ->
  forall x, In x (points (whole_cell pr)) -> within ts (map index x) = true -> real_of q sel x m = k.
Proof.
  intros E H ts m k s Hin Hs x Hx Hts.
  apply (H ts m k s Hin Hs); [|assumption]. rewrite (tuples_are q pr E). apply in_map. assumption.
Qed.
Theorem check_sound q trust p witnesses r sel : check q trust p witnesses = inl r ->
  Semantics.selects (Semantics.variables (Semantics.its_domain q)) sel ->
  (trusts q sel (fun _ => true) p -> encloses (if_all r) q sel) /\
  (trusts q sel (fun s => nth s trust false) p -> encloses (if_trusted r) q sel).
Proof.
  unfold check. intros H Hsel. destruct (problem_of q) as [pr|] eqn:E; [|discriminate].
  destruct (find_witnesses pr witnesses 0 []) as [ws|] eqn:Ew; [|discriminate].
  set (start := State nothing nothing _ _ _) in H.
  destruct (run pr (fun s => nth s trust false) ws p 0 [whole_cell pr] start) as [st|] eqn:Er; [|discriminate].
  destruct (conclude pr ws (for_all st)) as [all|] eqn:Ea; [|discriminate].
  destruct (conclude pr ws (for_given st)) as [some|] eqn:Es; [|discriminate].
  inversion H; subst r; clear H. cbn [if_all if_trusted].
  pose proof (problem_fits q pr E sel Hsel) as Hfit. pose proof (selection_is_faithful q pr E sel Hsel) as Hreal.
  set (real := real_of q sel) in *. set (sc := scale_at _ _ sel) in *. set (sp := spot_at _ _ sel) in *.
  destruct (find_witnesses_ok pr witnesses 0 [] ws Ew (Forall_nil _) (NoDup_nil _)) as [W1 W2].
  assert (C : forall said pick, (said = (fun _ => true) /\ pick = for_all) \/
      (said = (fun s => nth s trust false) /\ pick = for_given) -> trusts q sel said p ->
      covers (pick st) (N_in pr real (whole_cell pr)) (W_in pr real (whole_cell pr))).
  { intros said pick way Ht.
    assert (Hc : here pr (whole_cell pr)) by (apply inside_refl, (fit_wf pr Hfit)).
    pose proof (run_sound pr Hfit real sc sp Hreal (fun s => nth s trust false) ws said pick way p 0 [whole_cell pr] [[]] start st 0 0) as R.
    unfold sum_over in R. cbn [map sumZ] in R. rewrite !Z.add_0_l, !Z.add_0_r in R. apply R; try assumption.
    - constructor; [|constructor]. split; [assumption|]. reflexivity.
    - apply (trusted_words q pr sel said p E Ht).
    - destruct way as [[_ ->]|[_ ->]]; apply covers_nothing. }
  unfold encloses. rewrite (number_is q pr E sel).
  pose proof (unit_positive q pr E) as U. pose proof (probability_is q pr E sel) as P.
  split; intros Ht.
  - apply (conclude_sound pr Hfit real sc sp Hreal ws (for_all st) all (unit_of pr)); auto. apply (C (fun _ => true) for_all); auto.
  - apply (conclude_sound pr Hfit real sc sp Hreal ws (for_given st) some (unit_of pr)); auto.
    apply (C (fun s => nth s trust false) for_given); auto.
Qed.
(** Witnesses are points of the domain where the formula is true, and the classes are those there: of
    pieces at the last numbers. *)
Definition ends_of (q : Semantics.matter) : Semantics.selection :=
  Semantics.last_numbers (Semantics.variables (Semantics.its_domain q)).
Lemma ends_select q pr : problem_of q = Some pr ->
  Semantics.selects (Semantics.variables (Semantics.its_domain q)) (ends_of q).
Proof. intros E. destruct (problem_parts q pr E) as (ms & _ & G & _). apply last_numbers_select, G. Qed.
Theorem ends_selected q trust p witnesses r : check q trust p witnesses = inl r ->
  Semantics.selects (Semantics.variables (Semantics.its_domain q)) (ends_of q).
Proof.
  unfold check. destruct (problem_of q) as [pr|] eqn:E; [|discriminate]. intros _. apply (ends_select q pr E).
Qed.
Theorem witnesses_sound q trust p witnesses r : check q trust p witnesses = inl r ->
  forall t ks, In (t, ks) (witnessed r) ->
  In t (Semantics.found q (ends_of q)) /\ forall m, nth m ks 0 = Semantics.classes q (ends_of q) t m.
Proof.
  unfold check. destruct (problem_of q) as [pr|] eqn:E; [|discriminate].
  destruct (find_witnesses pr witnesses 0 []) as [ws|] eqn:Ew; [|discriminate].
  destruct (run pr _ ws p 0 [whole_cell pr] _) as [st|]; [|discriminate].
  destruct (conclude pr ws (for_all st)) as [all|]; [|discriminate].
  destruct (conclude pr ws (for_given st)) as [some|]; [|discriminate].
  intros H. inversion H; subst r; clear H. cbn [witnessed]. intros t ks Hin.
  destruct (find_witnesses_ok pr witnesses 0 [] ws Ew (Forall_nil _) (NoDup_nil _)) as [W1 _].
  apply in_map_iff in Hin. destruct Hin as (w & Hw & Hin). inversion Hw; subst; clear Hw.
  rewrite Forall_forall in W1. destruct (W1 w Hin) as (H1 & H2 & (l & H3) & H4 & H5).
  pose proof (last_evaluated q pr E (ends_of q) (ends_select q pr E) eq_refl) as Ev.
  rewrite <- H2. split.
  - unfold Semantics.found, Semantics.points. apply filter_In. split; [apply filter_In; split|].
    + rewrite (tuples_are q pr E). apply in_map. assumption.
    + unfold Semantics.is_point. pose proof (leaf_is q pr E (point_of w) H1) as L. rewrite H3 in L.
      destruct (Semantics.leaf _ _); [reflexivity|contradiction].
    + rewrite <- (truth_is q pr E), <- H4. unfold truth_at, seen_true. apply holds_ext. intros m.
      symmetry. apply Ev. assumption.
  - intros m. rewrite H5, classes_nth. rewrite (Ev _ m H1). reflexivity.
Qed.
Theorem witnesses_classes q trust p witnesses r : check q trust p witnesses = inl r ->
  Forall (fun w => In (fst w) (Semantics.found q (ends_of q)) /\
    snd w = map (Semantics.classes q (ends_of q) (fst w)) (seq 0 (length (Semantics.models q)))) (witnessed r).
Proof.
  intros H. apply Forall_forall. intros [t ks] Hin. cbn [fst snd].
  destruct (witnesses_sound q trust p witnesses r H t ks Hin) as [H1 H2]. split; [assumption|].
  assert (L : length ks = length (Semantics.models q)).
  { unfold check in H. destruct (problem_of q) as [pr|] eqn:E; [|discriminate].
    destruct (find_witnesses pr witnesses 0 []) as [ws|] eqn:Ew; [|discriminate].
    destruct (run pr _ ws p 0 [whole_cell pr] _) as [st|]; [|discriminate].
    destruct (conclude pr ws (for_all st)) as [all|]; [|discriminate].
    destruct (conclude pr ws (for_given st)) as [some|]; [|discriminate].
    inversion H; subst r; clear H. cbn [witnessed] in Hin.
    destruct (find_witnesses_ok pr witnesses 0 [] ws Ew (Forall_nil _) (NoDup_nil _)) as [W1 _].
    apply in_map_iff in Hin. destruct Hin as (w & Hw & Hin). inversion Hw; subst; clear Hw.
    rewrite Forall_forall in W1. destruct (W1 w Hin) as (_ & _ & _ & _ & ->). rewrite map_length.
    destruct (problem_parts q pr E) as (ms & -> & _ & _ & _ & Hm). symmetry. apply (Forall2_length Hm). }
  apply (nth_ext _ _ 0 (Semantics.classes q (ends_of q) t 0)).
  - rewrite map_length, seq_length. exact L.
  - intros m Hm. rewrite H2, map_nth, seq_nth by lia. reflexivity.
Qed.
(** The number of points of the domain. *)
Theorem points_sound q trust p witnesses r : check q trust p witnesses = inl r ->
  domain_points r = Z.of_nat (length (Semantics.points (Semantics.its_domain q))).
Proof.
  unfold check. destruct (problem_of q) as [pr|] eqn:E; [|discriminate].
  destruct (find_witnesses pr witnesses 0 []) as [ws|]; [|discriminate].
  destruct (run pr _ ws p 0 [whole_cell pr] _) as [st|]; [|discriminate].
  destruct (conclude pr ws (for_all st)) as [all|]; [|discriminate].
  destruct (conclude pr ws (for_given st)) as [some|]; [|discriminate].
  intros H. inversion H; subst r; clear H. cbn [domain_points]. pose proof (problem_fits q pr E _ (ends_select q pr E)) as Hfit.
  set (F := counts (domain pr) (fun _ => true)).
  assert (X : domain_size pr = 0 + gsum F (whole_cell pr)).
  { unfold domain_size.
    apply (walk_given_sound Z (fun x n _ => x = n) F F (domain pr) (fun _ c sum => sum + cardinal c) (whole_cell pr) 0 0 0).
    - apply (fit_wf pr Hfit).
    - apply (fit_domain pr Hfit).
    - intros x _ Hx. unfold F, counts. rewrite Hx. split; reflexivity.
    - intros l c' x n w _ Hl ->. f_equal. rewrite <- gsum_one. apply gsum_ext. intros x Hx. unfold F, counts.
      rewrite (Hl x Hx). reflexivity.
    - reflexivity. }
  rewrite X. unfold Semantics.points. rewrite (tuples_are q pr E), gsum_points. cbn [Z.add].
  assert (Y : forall l, incl l (points (whole_cell pr)) -> sumZ (map F l) =
    Z.of_nat (length (filter (Semantics.is_point (Semantics.its_domain q)) (map (map index) l)))).
  { induction l as [|x l IH]; intros Hl; [reflexivity|]. cbn [map sumZ filter].
    rewrite (IH (fun y h => Hl y (or_intror h))). pose proof (leaf_is q pr E x (Hl x (or_introl eq_refl))) as L.
    unfold F at 1, counts, Semantics.is_point at 2.
    destruct (Semantics.leaf _ _) as [[w ds]|], (leaf_of _ x); try contradiction; cbn [length]; lia. }
  apply Y, incl_refl.
Qed.
Print Assumptions check_sound.
Print Assumptions witnesses_classes.
Print Assumptions points_sound.
