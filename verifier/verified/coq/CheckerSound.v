(** * The checker counts right, in the integers of its problem. *)
From Coq Require Import ZArith QArith List Lia Bool Lqa.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Signs SignsSound Fast FastSound Counting CountingSound Tails
  TailsSound Problem Steps StripsSound Sandwiches SandwichesSound Checker.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Claims about one network *)
Lemma every_sound P c : forall before, every P c before = true ->
  forall p, In p (points c) -> P (rev before ++ p) = true.
Proof.
  induction c as [|q c IH]; intros before H p Hp; cbn [every] in H.
  - destruct Hp as [<-|[]]. rewrite app_nil_r. exact H.
  - apply points_cons in Hp. destruct Hp as (v & p' & -> & Hv & Hp). rewrite forallb_forall in H.
    specialize (IH (v :: before) (H v Hv) p' Hp). cbn [rev] in IH. rewrite <- app_assoc in IH. exact IH.
Qed.
Lemma exact_there M (n : net) p ys : 0 < M -> spots M ys p -> forallb is_exact (seen (sees n) p) = true ->
  class_there M n ys = class_of (ANet n) p.
Proof.
  intros HM Hy He. rewrite class_of_net. unfold class_there.
  rewrite (spots_exact M (seen (sees n) p) (seen_at (sees n) ys) (spots_seen M ys p (sees n) Hy) He).
  apply class_scaled. assumption.
Qed.
Lemma seen_exact p : forallb is_exact p = true -> forall reads, forallb is_exact (seen reads p) = true.
Proof.
  intros H reads. rewrite forallb_forall in *. intros v Hv. apply in_map_iff in Hv. destruct Hv as (i & <- & _).
  destruct (nth_in_or_default i p nobody) as [I| ->]; [apply H, I|reflexivity].
Qed.
Lemma holds_on_sound fuel M (n : net) c k p ys : 0 < M -> loose (ready n) = true \/ M = 1 -> wf c ->
  holds_on fuel n (project (sees n) c) k = true ->
  Forall (fun v => (v < length c)%nat) (sees n) -> In p (points c) -> spots M ys p -> class_there M n ys = k.
Proof.
  intros HM Hl Hc H Hr Hp Hy. unfold holds_on, evaluated in H. pose proof (seen_in (sees n) c p Hr Hp) as Hs.
  pose proof (wf_project (sees n) c Hc) as Hw. pose proof (spots_seen M ys p (sees n) Hy) as Hv.
  assert (A' : forall f, shown f (ready n) (hulls (project (sees n) c)) k = true -> class_there M n ys = k).
  { intros f. destruct (hulls_spots M _ _ _ HM Hs Hv) as (p' & Hp' & Hy').
    exact (shown_sound M HM (ready n) _ _ _ Hl (hulls_wf _ Hw) Hp' Hy' f k). }
  assert (B' : forall f, shown_after_all f (ready n) (hulls (project (sees n) c)) k = true -> class_there M n ys = k).
  { intros f. destruct (hulls_spots M _ _ _ HM Hs Hv) as (p' & Hp' & Hy').
    exact (shown_after_all_sound M HM (ready n) _ _ _ Hl (hulls_wf _ Hw) Hp' Hy' f k). }
  assert (C' : shown_leaning (ready n) (hulls (project (sees n) c)) k = true -> class_there M n ys = k).
  { destruct (hulls_spots M _ _ _ HM Hs Hv) as (p' & Hp' & Hy').
    exact (shown_leaning_sound M HM (ready n) _ _ _ Hl (hulls_wf _ Hw) Hp' Hy' k). }
  assert (A : forall f, shown f (ready n) (project (sees n) c) k = true -> class_there M n ys = k).
  { intros f. exact (shown_sound M HM (ready n) _ _ _ Hl Hw Hs Hv f k). }
  assert (B : forall f, shown_after_all f (ready n) (project (sees n) c) k = true -> class_there M n ys = k).
  { intros f. exact (shown_after_all_sound M HM (ready n) _ _ _ Hl Hw Hs Hv f k). }
  destruct (any_pieces (project (sees n) c)) eqn:E.
  { cbv zeta in H. apply orb_true_iff in H. destruct H as [H|H]; [apply orb_true_iff in H; destruct H as [H|H]|]; eauto. }
  pose proof (any_pieces_none _ E _ Hs) as Hx.
  assert (C : every (fun p => fast_class (ready_fast n) (input p) =? k) (project (sees n) c) [] = true ->
    class_there M n ys = k).
  { intros C. rewrite (exact_there M n p ys HM Hy Hx). apply Z.eqb_eq. exact (every_sound _ _ [] C _ Hs). }
  destruct (_ <=? FEW); [auto|]. apply orb_true_iff in H. destruct H as [H|H]; [eauto|].
  destruct (_ <=? UPHOLD); eauto.
Qed.
Lemma holds_by_signs_sound M (n : net) c k trees p ys : 0 < M -> loose (ready n) = true \/ M = 1 -> wf c ->
  holds_by_signs n (project (sees n) c) k trees = true ->
  Forall (fun v => (v < length c)%nat) (sees n) -> In p (points c) -> spots M ys p -> class_there M n ys = k.
Proof.
  intros HM Hl Hc H Hr Hp Hy. unfold holds_by_signs in H. pose proof (seen_in (sees n) c p Hr Hp) as Hs. cbv zeta in H.
  destruct (claimed _ _ k trees) as [x|] eqn:E; [|discriminate]. apply orb_true_iff in H. destruct H as [H|H].
  - destruct (hulls_spots M _ _ _ HM Hs (spots_seen M ys p (sees n) Hy)) as (p' & Hp' & Hy').
    exact (shown_by_signs_sound M HM (ready n) _ _ _ Hl (hulls_wf _ (wf_project (sees n) c Hc)) Hp' Hy' _ _ _ _ E H).
  - apply andb_true_iff in H. destruct H as [H Ev]. apply andb_true_iff in H. destruct H as [Ex _].
    apply negb_true_iff in Ex. rewrite (exact_there M n p ys HM Hy (any_pieces_none _ Ex _ Hs)).
    apply Z.eqb_eq. exact (every_sound _ _ [] Ev _ Hs).
Qed.
Lemma seen_blind reads b : existsb (Nat.eqb (length b)) reads = false ->
  forall v p, seen reads (b ++ v :: p) = seen reads (b ++ nobody :: p).
Proof.
  intros H v p. unfold seen. apply map_ext_in. intros i Hi.
  assert (N : i <> length b).
  { intros ->. rewrite <- Bool.not_true_iff_false in H. apply H. apply existsb_exists. exists (length b).
    split; [assumption|apply Nat.eqb_refl]. }
  clear H Hi. revert i N. induction b as [|x b IH]; intros i N; cbn [length app] in *.
  - destruct i as [|i]; [lia|reflexivity].
  - destruct i as [|i]; [reflexivity|]. cbn [nth]. apply IH. lia.
Qed.
Lemma fold_sum {A} (f : A -> Z) l : forall x, fold_left (fun s v => s + f v) l x = x + sumZ (map f l).
Proof. induction l as [|a l IH]; intros x; cbn [fold_left map sumZ]; [lia|]. rewrite IH. lia. Qed.
Lemma weight_where_sound P reads c : (forall x y, seen reads x = seen reads y -> P x = P y) ->
  forall ls w before, weight_where P reads c ls w before =
    gsum (fun p => if P (rev before ++ p) then w * product ls p else 0) c.
Proof.
  intros HP. induction c as [|q c IH]; intros ls w before; cbn [weight_where gsum].
  - rewrite app_nil_r. destruct ls; cbn [product]; destruct (P (rev before)); lia.
  - destruct (existsb (Nat.eqb (length before)) reads) eqn:E.
    + rewrite fold_sum, Z.add_0_l. apply sum_ext. intros v _. rewrite IH. apply gsum_ext. intros p _.
      cbn [rev]. rewrite <- app_assoc. cbn [app]. rewrite product_cons. destruct (P _); [ring|reflexivity].
    + rewrite IH. rewrite (sum_ext _ (fun v => gsum (fun p => if P (rev (nobody :: before) ++ p) then w * product (tl ls) p else 0) c * weight_at ls v)).
      * rewrite sum_scale, <- weight_part_sum. rewrite (Z.mul_comm (gsum _ c)), <- gsum_scale.
        apply gsum_ext. intros p _. destruct (P _); [ring|lia].
      * intros v _. rewrite (Z.mul_comm (gsum _ c)), <- gsum_scale. apply gsum_ext. intros p _.
        cbn [rev]. rewrite <- app_assoc. cbn [app]. rewrite product_cons.
        rewrite (HP (rev before ++ v :: p) (rev before ++ nobody :: p)).
        -- destruct (P _); [ring|lia].
        -- apply seen_blind. rewrite rev_length. exact E.
Qed.
Lemma at_most_sound x p a : at_most x p a = true -> (inject_Z x <= p * inject_Z a)%Q.
Proof.
  unfold at_most. rewrite Z.leb_le. intros H. destruct p as [n d]. unfold Qle. cbn [Qnum Qden inject_Z Qmult] in *.
  rewrite Pos.mul_1_r. lia.
Qed.
(** The weight of the points of a cell in a leaf where a network's class is another. *)
Definition other (n : net) (l : leaf) (k : Z) (p : point) : Z :=
  if negb (class_of (ANet n) p =? k) then weight_in l p else 0.
Lemma tail_holds_sound (n : net) l c k p : wf c -> Forall (fun v => (v < length c)%nat) (sees n) ->
  0 <= scale l -> nonneg_laws (laws l) -> tail_holds n l c k p = true ->
  (0 <= p)%Q /\ (inject_Z (gsum (other n l k) c) <= p * inject_Z (weigh l c))%Q.
Proof.
  intros Hc Hr Hs Hl H. unfold tail_holds in H. apply andb_true_iff in H. destruct H as [H0 H].
  apply Qle_bool_iff in H0. split; [assumption|].
  assert (W : forall x, 0 <= weight_in l x).
  { intros x. unfold weight_in. apply Z.mul_nonneg_nonneg; [assumption|apply product_nonneg; assumption]. }
  assert (A : 0 <= gsum (other n l k) c <= weigh l c).
  { rewrite weigh_sum. split; [apply gsum_nonneg|apply gsum_le]; intros x _; unfold other; pose proof (W x);
      destruct (negb _); lia. }
  apply orb_true_iff in H. destruct H as [H|H].
  - apply Qle_bool_iff in H. apply Qle_trans with (1 * inject_Z (weigh l c))%Q.
    + rewrite Qmult_1_l, <- Zle_Qle. lia.
    + apply Qmult_le_compat_r; [assumption|]. change 0%Q with (inject_Z 0). rewrite <- Zle_Qle. lia.
  - apply andb_true_iff in H. destruct H as [_ H]. apply orb_true_iff in H. destruct H as [H|H].
    + apply at_most_sound in H. eapply Qle_trans; [|exact H]. rewrite <- Zle_Qle. apply tail_weight_sound; assumption.
    + apply andb_true_iff in H. destruct H as [_ H]. apply at_most_sound in H. rewrite weight_where_sound in H.
      * cbn [rev app] in H. rewrite <- gsum_scale in H. eapply Qle_trans; [|exact H]. rewrite <- Zle_Qle.
        apply gsum_le. intros x _. unfold other, weight_in. destruct (negb _); lia.
      * intros x y E. cbn [class_of]. rewrite E. reflexivity.
Qed.
Lemma only_leaf_sound g c l : given_fits (length c) g = true -> only_leaf g c = Some l ->
  forall p, In p (points c) -> leaf_of g p = Some l.
Proof.
  induction g as [|l'|v s a IHa b IHb]; intros Hg H p Hp; cbn [only_leaf leaf_of given_fits] in *.
  - discriminate.
  - congruence.
  - apply andb_true_iff in Hg. destruct Hg as [Hg Gb]. apply andb_true_iff in Hg. destruct Hg as [Hv Ga].
    apply Nat.ltb_lt in Hv. pose proof (test_halved s (nth v c no_part)) as [Hx Hy].
    destruct (test_halves s (nth v c no_part)) as [x y]. cbn [fst snd] in Hx, Hy.
    pose proof (point_nth c p Hp v Hv) as Hm.
    destruct (is_empty y) eqn:Ey.
    + apply is_empty_members in Ey. rewrite Ey in Hy.
      destruct (passes s (nth v p nobody)) eqn:E; [apply IHa; assumption|exfalso].
      assert (X : In (nth v p nobody) []) by (rewrite Hy; apply filter_In; rewrite E; auto). exact X.
    + destruct (is_empty x) eqn:Ex; [|discriminate]. apply is_empty_members in Ex. rewrite Ex in Hx.
      destruct (passes s (nth v p nobody)) eqn:E; [exfalso|apply IHb; assumption].
      assert (X : In (nth v p nobody) []) by (rewrite Hx; apply filter_In; auto). exact X.
Qed.
Lemma given_fits_positive n g : given_fits n g = true -> given_positive g.
Proof.
  induction g as [|l|v s a IHa b IHb]; cbn [given_fits given_positive]; intros H; [exact I| |].
  - apply andb_true_iff in H. destruct H as [H1 H2]. apply andb_true_iff in H1. destruct H1 as [_ H1].
    split; [apply Z.leb_le; assumption|].
    rewrite forallb_forall in H2. apply Forall_forall. intros r Hr. specialize (H2 r Hr).
    rewrite forallb_forall in H2. apply Forall_forall. intros nw Hn. apply Z.leb_le, H2, Hn.
  - apply andb_true_iff in H. destruct H as [H Gb]. apply andb_true_iff in H. destruct H as [_ Ga].
    split; auto.
Qed.
Lemma only_leaf_positive g c l : given_positive g -> only_leaf g c = Some l -> 0 <= scale l /\ nonneg_laws (laws l).
Proof.
  induction g as [|l'|v s a IHa b IHb]; cbn [given_positive only_leaf]; intros H E.
  - discriminate.
  - inversion E; subst. exact H.
  - destruct (test_halves s _) as [x y]. destruct (is_empty y); [apply IHa; tauto|].
    destruct (is_empty x); [apply IHb; tauto|discriminate].
Qed.

(** ** A problem whose parts fit *)
Definition model_fits (n : nat) (m : model) : Prop :=
  match m with ANet x => Forall (fun v => (v < n)%nat) (sees x) | ATree t => tree_fits n t = true end.
Record fits (pr : problem) : Prop := {
  fit_wf : wf (whole_cell pr);
  fit_domain : given_fits (length (whole_cell pr)) (domain pr) = true;
  fit_models : Forall (model_fits (length (whole_cell pr))) (models pr) }.
Definition no_model : model := ATree (TLeaf 0).
(** Where the points lie, and the models' classes there: what is to be believed of a selection. *)
Record faithful (pr : problem) (real : point -> nat -> Z) (at_scale : point -> Z) (at_spot : point -> list vec) : Prop := {
  lies : forall p, In p (points (whole_cell pr)) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p;
  real_tree : forall p m t, In p (points (whole_cell pr)) -> nth m (models pr) no_model = ATree t ->
    real p m = classify t p;
  real_net : forall p m n, In p (points (whole_cell pr)) -> nth_error (models pr) m = Some (ANet n) ->
    (loose (ready n) = true \/ at_scale p = 1) /\ real p m = class_there (at_scale p) n (at_spot p) }.

Section Sound.
  Variable pr : problem.
  Hypothesis Hfit : fits pr.
  Variables (real : point -> nat -> Z) (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hreal : faithful pr real at_scale at_spot.
  Let g := domain pr.
  Let Hpos : given_positive g := given_fits_positive _ _ (fit_domain pr Hfit).
  Definition truth_at (p : point) : bool := Semantics.holds (formula pr) (real p).
  Definition N_in (c : cell) : Z := gsum (counts g truth_at) c.
  Definition W_in (c : cell) : Z := gsum (weighs g truth_at) c.
  Let unknown : known := map (fun _ => None) (models pr).
  Let trees := trees_of 0 (models pr).
  Definition here (c : cell) : Prop := inside (whole_cell pr) c.

  Lemma trees_of_spec ms : forall m0, Forall (fun mt => (m0 <= fst mt)%nat /\
    nth (fst mt - m0) ms no_model = ATree (snd mt) /\ In (ATree (snd mt)) ms) (trees_of m0 ms).
  Proof.
    induction ms as [|m ms IH]; intros m0; cbn [trees_of]; [constructor|].
    assert (X : Forall (fun mt => (m0 <= fst mt)%nat /\ nth (fst mt - m0) (m :: ms) no_model = ATree (snd mt) /\
      In (ATree (snd mt)) (m :: ms)) (trees_of (S m0) ms)).
    { eapply Forall_impl; [|exact (IH (S m0))]. intros [i t] (H1 & H2 & H3). cbn [fst snd] in *.
      split; [lia|]. split; [|right; assumption]. replace (i - m0)%nat with (S (i - S m0)) by lia. exact H2. }
    destruct m as [n|t]; [exact X|]. constructor; [|exact X]. cbn [fst snd]. split; [lia|].
    rewrite Nat.sub_diag. split; [reflexivity|left; reflexivity].
  Qed.
  (** Without pieces every model's class is evaluated. *)
  Lemma real_evaluated : any_pieces (whole_cell pr) = false -> forall p, In p (points (whole_cell pr)) ->
    forall m, real p m = class_of (nth m (models pr) no_model) p.
  Proof.
    intros E p Hp m. destruct (nth m (models pr) no_model) as [n|t] eqn:Em; [|apply (real_tree _ _ _ _ Hreal); assumption].
    assert (En : nth_error (models pr) m = Some (ANet n)).
    { destruct (nth_error (models pr) m) as [x|] eqn:Ee.
      - rewrite (nth_error_nth _ _ _ Ee) in Em. congruence.
      - apply nth_error_None in Ee. rewrite nth_overflow in Em by assumption. discriminate. }
    destruct (real_net _ _ _ _ Hreal p m n Hp En) as [_ ->]. destruct (lies _ _ _ _ Hreal p Hp) as [HM Hy].
    apply exact_there; [assumption|assumption|]. apply seen_exact, (any_pieces_none _ E _ Hp).
  Qed.
  Lemma trees_fit cls c : here c ->
    (forall p m t, In p (points (whole_cell pr)) -> nth m (models pr) no_model = ATree t -> cls p m = classify t p) ->
    Forall (fun mt => tree_fits (length c) (snd mt) = true /\
      forall p, In p (points c) -> cls p (fst mt) = classify (snd mt) p) trees.
  Proof.
    intros Hc Hcls. eapply Forall_impl; [|exact (trees_of_spec (models pr) 0)].
    intros [m t] (_ & H2 & H3). cbn [fst snd] in *. rewrite Nat.sub_0_r in H2. split.
    - rewrite (in_length _ _ Hc). pose proof (fit_models pr Hfit) as F. rewrite Forall_forall in F. exact (F _ H3).
    - intros p Hp. apply Hcls; [apply (in_points _ _ Hc), Hp|exact H2].
  Qed.
  Lemma unknown_nth m : nth m unknown None = None.
  Proof.
    unfold unknown. destruct (nth_in_or_default m (map (fun _ : model => @None Z) (models pr)) None) as [H|H]; [|exact H].
    apply in_map_iff in H. destruct H as (x & <- & _). reflexivity.
  Qed.
  Lemma counts_zero P p : leaf_of g p = None -> counts g P p = 0 /\ weighs g P p = 0.
  Proof. intros H. unfold counts, weighs. rewrite H. split; reflexivity. Qed.
  Lemma tells_empty l : tells (empty_tally l) 0 0.
  Proof. unfold tells, empty_tally. cbn. lia. Qed.
  Lemma settle_sound cls n ks c l : here c ->
    (forall p m t, In p (points (whole_cell pr)) -> nth m (models pr) no_model = ATree t -> cls p m = classify t p) ->
    right cls ks c ->
    tells (settle pr n ks c l) (gsum (counts g (fun p => Semantics.holds (formula pr) (cls p))) c)
      (gsum (weighs g (fun p => Semantics.holds (formula pr) (cls p))) c).
  Proof.
    intros Hc Hcls Hr. unfold settle.
    set (F1 := counts g _). set (F2 := weighs g _).
    apply (parts_sound tally tells F1 F2 cls _ g trees (settle_part n (formula pr)) ks c (empty_tally l) 0 0).
    - apply (in_wf _ _ Hc).
    - rewrite (in_length _ _ Hc). apply (fit_domain pr Hfit).
    - exact Hr.
    - apply trees_fit; assumption.
    - intros p _. apply counts_zero.
    - intros l' ks' c' x N' W' Hi Hr' _ Hl Hx. unfold F1, F2. apply settle_part_sound; assumption.
    - apply tells_empty.
  Qed.
  Lemma evaluate_sound ws c l : any_pieces (whole_cell pr) = false -> here c -> tells (evaluate pr ws c l) (N_in c) (W_in c).
  Proof.
    intros Hex Hc. unfold evaluate, N_in, W_in. set (F1 := counts g _). set (F2 := weighs g _).
    apply (parts_sound tally tells F1 F2 real _ g trees
      (evaluate_part (Notes true (SHOWN - length ws) (map tuple_of ws)) (formula pr) (models pr)) unknown c (empty_tally l) 0 0).
    - apply (in_wf _ _ Hc).
    - rewrite (in_length _ _ Hc). apply (fit_domain pr Hfit).
    - intros m k H. rewrite unknown_nth in H. discriminate.
    - apply trees_fit; [assumption|apply (real_tree _ _ _ _ Hreal)].
    - intros p _. apply counts_zero.
    - intros l' ks' c' x N' W' Hi Hr' Hn Hl Hx. unfold F1, F2.
      apply (evaluate_part_sound g (formula pr) real Hpos (models pr)); try assumption.
      + intros p Hp. apply (real_evaluated Hex). apply (in_points _ _ Hc), (in_points _ _ Hi), Hp.
      + unfold unknown in Hn. rewrite map_length in Hn. exact Hn.
    - apply tells_empty.
  Qed.
  Lemma sandwich_sound c s fs neurons told over sides further n l t ks : here c -> right real ks c -> sandwich_holds pr c fs s = true ->
    match told with [] => true | _ => cases_hold pr c s neurons told over end = true ->
    match sides with [] => true | _ => sides_hold pr c s sides end = true ->
    match further with [] => true | _ => further_hold pr c s further end = true ->
    parts (fun ks => match trees with _ :: _ :: _ => decided (formula pr) ks | _ => false end) g trees
      (sandwich_part n (formula pr) (groups_of pr) (code_scale pr) (s, fs) told over sides further) ks c (Some (empty_tally l)) = Some t ->
    tells t (N_in c) (W_in c).
  Proof.
    intros Hc Hk Hs Hcs Hsd Hfu Ht. pose proof (in_wf _ _ Hc) as Hw. pose proof (in_length _ _ Hc) as Hn.
    destruct (sandwich_holds_units pr c fs s Hs) as [U B].
    assert (K : forall p, In p (points c) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p /\
      forall m x, nth_error (models pr) m = Some (ANet x) -> (loose (ready x) = true \/ at_scale p = 1) /\
        Forall (fun v => (v < length c)%nat) (sees x) /\ real p m = class_there (at_scale p) x (at_spot p)).
    { intros p Hp. pose proof (in_points _ _ Hc p Hp) as Hp'. destruct (lies _ _ _ _ Hreal p Hp') as [HM Hy].
      split; [exact HM|]. split; [exact Hy|].
      intros m x E. destruct (real_net _ _ _ _ Hreal p m x Hp' E) as [L K]. split; [assumption|]. split; [|assumption].
      apply nth_error_In in E. pose proof (fit_models pr Hfit) as F. rewrite Forall_forall in F. specialize (F _ E).
      cbn [model_fits] in F. rewrite Hn. exact F. }
    assert (R : forall p, In p (points c) -> right_at (groups_of pr s) (ones s) real (code_scale pr) at_scale at_spot (s, fs) p).
    { intros p Hp. destruct (K p Hp) as (HM & Hy & Hnets).
      exact (sandwich_holds_right pr c (real p) (at_scale p) p (at_spot p) Hw HM Hp Hy Hnets fs s Hs). }
    assert (Rs : told <> [] -> forall p, In p (points c) ->
      Exists (fun x => right_at (groups_of pr s) (ones s) real (code_scale pr) at_scale at_spot x p) told /\
      (over <> [] -> exists m, Forall2 (fun x all => right_over (ones s) real (code_scale pr) at_scale at_spot x all m p) told over)).
    { intros He p Hp. destruct (K p Hp) as (HM & Hy & Hnets). destruct told as [|x told']; [contradiction|].
      exact (cases_hold_right pr c (real p) (at_scale p) p (at_spot p) Hw HM Hp Hy Hnets s neurons _ _ Hcs). }
    assert (Bs : Forall (fun x => 0 < bin (fst x)) told).
    { destruct told as [|x told']; [constructor|exact (cases_hold_units pr c s neurons _ _ Hcs)]. }
    assert (Ss : forall p, In p (points c) -> sides <> [] ->
      Forall (fun y => sides_right (ones s) real (code_scale pr) at_scale at_spot y (map strip_model (strips s)) p) sides).
    { intros p Hp He. destruct (K p Hp) as (HM & Hy & Hnets). destruct sides as [|x sides']; [contradiction|].
      exact (sides_hold_right pr c (real p) (at_scale p) p (at_spot p) Hw HM Hp Hy Hnets s _ Hsd). }
    assert (Bss : (sides <> [] -> strips s <> []) /\ Forall sides_binned sides).
    { destruct sides as [|x sides']; [split; [contradiction|constructor]|]. destruct (sides_hold_units pr c s _ Hsd). auto. }
    destruct Bss as [Bs' Bss].
    assert (Fs : further <> [] -> (Forall (fun x => 0 < bin (fst x)) further /\ ForallOrdPairs groups_apart ((s, fs) :: further)) /\
      forall p, In p (points c) -> Forall (fun x => right_of (groups_of pr) real (code_scale pr) at_scale at_spot x p) further).
    { intros He. destruct further as [|x further']; [contradiction|].
      split; [exact (further_hold_apart pr c s fs _ Hfu)|]. intros p Hp. destruct (K p Hp) as (HM & Hy & Hnets).
      exact (further_hold_right pr c (real p) (at_scale p) p (at_spot p) Hw HM Hp Hy Hnets s _ Hfu). }
    set (F1 := counts g truth_at). set (F2 := weighs g truth_at).
    change (may_tell (Some t) (0 + gsum F1 c) (0 + gsum F2 c)). rewrite <- Ht.
    apply (parts_sound (option tally) may_tell F1 F2 real).
    - assumption.
    - rewrite Hn. apply (fit_domain pr Hfit).
    - exact Hk.
    - apply trees_fit; [assumption|apply (real_tree _ _ _ _ Hreal)].
    - intros p _. apply counts_zero.
    - intros l' ks' c' x N' W' Hi Hr' _ Hl Hx.
      unfold F1, F2. apply (sandwich_part_sound (groups_of pr) (groups_of pr s) (ones s) g (formula pr) real Hpos (code_scale pr) at_scale at_spot U); try assumption; try reflexivity.
      + apply (in_wf _ _ Hi).
      + intros p Hp. apply (lies _ _ _ _ Hreal). apply (in_points _ _ Hc), (in_points _ _ Hi), Hp.
      + intros p Hp. apply R. apply (in_points _ _ Hi). assumption.
      + intros He p Hp. apply (Rs He). apply (in_points _ _ Hi). assumption.
      + intros He. split; [exact (Bs' He)|]. intros p Hp. apply Ss; [|exact He]. apply (in_points _ _ Hi). assumption.
      + intros He. destruct (Fs He) as [[F1' F2'] F3']. split; [exact F1'|]. split; [exact F2'|]. intros p Hp. apply F3'. apply (in_points _ _ Hi). assumption.
    - apply tells_empty.
  Qed.

  (** ** Facts *)
  Definition fact_right (c : cell) (f : nat * Z * source) :=
    forall p, In p (points c) -> real p (fst (fst f)) = snd (fst f).
  Definition tail_right (c : cell) (t : nat * Z * Q) :=
    exists n l, nth_error (models pr) (fst (fst t)) = Some (ANet n) /\ only_leaf g c = Some l /\
      (forall p, In p (points c) -> real p (fst (fst t)) = class_of (ANet n) p) /\
      (0 <= snd t)%Q /\ (inject_Z (gsum (other n l (snd (fst t))) c) <= snd t * inject_Z (weigh l c))%Q.
  (** What is known to be right of facts: those shown; the others are words of steps. *)
  Definition facts_ok (c : cell) (ss : list step) (fs : facts) :=
    (forall m k, In (m, k, Shown) (known_facts fs) -> fact_right c (m, k, Shown)) /\
    (forall m k s, In (m, k, Said s) (known_facts fs) -> In (Trusted m k s) ss) /\
    Forall (tail_right c) (known_tails fs).
  Lemma nth_error_real m n : nth_error (models pr) m = Some (ANet n) ->
    nth m (models pr) no_model = ANet n /\ Forall (fun v => (v < length (whole_cell pr))%nat) (sees n).
  Proof.
    intros H. split; [apply nth_error_nth; assumption|]. apply nth_error_In in H.
    pose proof (fit_models pr Hfit) as F. rewrite Forall_forall in F. exact (F _ H).
  Qed.
  Lemma judge_sound ws c all : here c -> forall ss least ks by_ fs ks' by' fs',
    incl ss all -> facts_ok c all fs ->
    judge pr ws c least ss ks by_ fs = Some (ks', by', fs') -> facts_ok c all fs'.
  Proof.
    intros Hc. pose proof (in_wf _ _ Hc) as Hw. pose proof (in_length _ _ Hc) as Hn.
    induction ss as [|s ss IH]; intros least ks by_ fs ks' by' fs' Hi Hf H; cbn [judge] in H.
    - inversion H; subst. assumption.
    - assert (Hs : In s all) by (apply Hi; left; reflexivity).
      assert (Hi' : incl ss all) by (intros x Hx; apply Hi; right; assumption).
      destruct Hf as (F1 & F2 & F3).
      set (m := match s with Constant m _ | Signed m _ _ | Tail m _ _ | Trusted m _ _ => m end) in H.
      set (k := match s with Constant _ k | Signed _ k _ | Tail _ k _ | Trusted _ k _ => k end) in H.
      destruct (nth_error (models pr) m) as [[n|t]|] eqn:Em; try discriminate.
      destruct (nth_error_real m n Em) as [En Hr]. rewrite <- Hn in Hr.
      destruct ((least <=? m)%nat && (0 <=? k) && (k <? Z.of_nat (Nat.max 2 (outputs n)))); [|discriminate].
      assert (Sw : (forall M p ys, 0 < M -> loose (ready n) = true \/ M = 1 -> In p (points c) -> spots M ys p ->
          class_there M n ys = k) -> facts_ok c all (Facts ((m, k, Shown) :: known_facts fs) (known_tails fs))).
      { intros E. split; [|split].
        - intros m' k' [E'|Hin]; [|apply F1; assumption]. inversion E'; subst m' k'. intros p Hp.
          cbn [fst snd]. pose proof (in_points _ _ Hc p Hp) as Hp'. destruct (real_net _ _ _ _ Hreal p m n Hp' Em) as [L ->].
          destruct (lies _ _ _ _ Hreal p Hp') as [HM Hy]. exact (E _ p _ HM L Hp Hy).
        - intros m' k' s' [E'|Hin]; [discriminate|apply F2; assumption].
        - assumption. }
      assert (Sh : forall fuel, holds_on fuel n (project (sees n) c) k = true ->
        facts_ok c all (Facts ((m, k, Shown) :: known_facts fs) (known_tails fs))).
      { intros fuel E. apply Sw. intros M p ys HM L Hp Hy. exact (holds_on_sound fuel M n c k p ys HM L Hw E Hr Hp Hy). }
      destruct s as [m0 k0|m0 k0 bs|m0 k0 p0|m0 k0 sol]; cbn in m, k; subst m k.
      + destruct (holds_on _ n (project (sees n) c) k0) eqn:E; [|discriminate].
        eapply IH; [exact Hi'| |exact H]. exact (Sh _ E).
      + destruct (holds_by_signs _ _ _ _) eqn:E; [|discriminate].
        eapply IH; [exact Hi'| |exact H]. apply Sw. intros M p ys HM L Hp Hy.
        exact (holds_by_signs_sound M n c k0 bs p ys HM L Hw E Hr Hp Hy).
      + destruct (only_leaf (domain pr) c) as [l|] eqn:El; [|discriminate].
        destruct (any_pieces (whole_cell pr)) eqn:Ex; [discriminate|]. cbn [negb andb] in H.
        destruct (tail_holds n l c k0 p0) eqn:E; [|discriminate].
        eapply IH; [exact Hi'| |exact H]. split; [assumption|split; [assumption|]]. constructor; [|assumption].
        destruct (only_leaf_positive g c l Hpos El) as [P1 P2].
        exists n, l. cbn [fst snd]. split; [assumption|split; [assumption|split]].
        { intros p Hp. rewrite (real_evaluated Ex p (in_points _ _ Hc p Hp)), En. reflexivity. }
        apply (tail_holds_sound n l c k0 p0 Hw Hr P1 P2 E).
      + destruct (holds_on _ n (project (sees n) c) k0) eqn:E.
        * eapply IH; [exact Hi'| |exact H]. exact (Sh _ E).
        * destruct (_ || _); [discriminate|]. eapply IH; [exact Hi'| |exact H]. split; [|split].
          -- intros m' k' [E'|Hin]; [discriminate|apply F1; assumption].
          -- intros m' k' s' [E'|Hin]; [inversion E'; subst; assumption|apply F2; assumption].
          -- assumption.
  Qed.

  (** ** From facts to what is known *)
  Lemma learn_all_right said c : forall fs ks, right real ks c ->
    (forall m k s, In (m, k, s) fs -> believed said s = true -> fact_right c (m, k, s)) ->
    right real (learn_all said fs ks) c.
  Proof.
    induction fs as [|[[m k] s] fs IH]; intros ks Hk Hf; cbn [learn_all]; [assumption|].
    apply IH; [|intros m' k' s' Hin; apply Hf; right; assumption].
    destruct (believed said s) eqn:E; [|assumption]. apply learn_right; [assumption|].
    apply (Hf m k s (or_introl eq_refl) E).
  Qed.
  Lemma learn_all_length said : forall fs ks, length (learn_all said fs ks) = length ks.
  Proof.
    induction fs as [|[[m k] s] fs IH]; intros ks; cbn [learn_all]; [reflexivity|]. rewrite IH.
    destruct (believed said s); [apply learn_length|reflexivity].
  Qed.
  Lemma learn_spec m k : forall ks m', nth m' (learn m k ks) None =
    if (m' =? m)%nat && (m <? length ks)%nat then Some k else nth m' ks None.
  Proof.
    intros ks. revert m. induction ks as [|x ks IH]; intros m m'; cbn [learn].
    - cbn [length]. rewrite andb_comm. destruct m; reflexivity.
    - destruct m as [|m]; destruct m' as [|m']; cbn [nth length]; try reflexivity. rewrite IH. reflexivity.
  Qed.
  (** Learning tails on top of what is known, and alone. *)
  Definition over (us ks base : known) := forall m,
    nth m ks None = match nth m us None with Some k => Some k | None => nth m base None end.
  Lemma learn_tails_over base : forall ts us ks, length us = length ks -> over us ks base ->
    over (learn_tails ts us) (learn_tails ts ks) base.
  Proof.
    induction ts as [|[[i k] p] ts IH]; intros us ks Hl Ho; cbn [learn_tails]; [assumption|].
    apply IH; [rewrite !learn_length; assumption|]. intros m. rewrite !learn_spec, Hl.
    destruct ((m =? i)%nat && (i <? length ks)%nat); [reflexivity|apply Ho].
  Qed.
  Lemma learn_tails_in : forall ts us m k, nth m (learn_tails ts us) None = Some k ->
    (exists p, In (m, k, p) ts) \/ nth m us None = Some k.
  Proof.
    induction ts as [|[[i j] q] ts IH]; intros us m k H; cbn [learn_tails] in H; [right; assumption|].
    apply IH in H. destruct H as [[p Hp]|H]; [left; exists p; right; assumption|].
    apply learn_nth in H. destruct H as [[-> ->]|H]; [left; exists q; left; reflexivity|right; assumption].
  Qed.

  (** ** Cells with tails: classes as the tails have them, and where they are not so. *)
  Variable ts : list (nat * Z * Q).
  Definition likely (p : point) (m : nat) : Z :=
    match nth m (learn_tails ts unknown) None with Some k => k | None => real p m end.
  Definition unlikely (p : point) : bool :=
    existsb (fun t => negb (real p (fst (fst t)) =? snd (fst t))) ts.
  Lemma likely_real p : unlikely p = false -> forall m, likely p m = real p m.
  Proof.
    intros H m. unfold likely. destruct (nth m (learn_tails ts unknown) None) as [k|] eqn:E; [|reflexivity].
    apply learn_tails_in in E. destruct E as [[q Hq]|E]; [|rewrite unknown_nth in E; discriminate].
    destruct (Z.eqb_spec (real p m) k) as [->|N]; [reflexivity|exfalso].
    rewrite <- Bool.not_true_iff_false in H. apply H. apply existsb_exists. exists (m, k, q). split; [assumption|].
    cbn [fst snd]. apply negb_true_iff, Z.eqb_neq. assumption.
  Qed.
  Definition likely_truth (p : point) : bool := Semantics.holds (formula pr) (likely p).
  Lemma likely_truth_real p : unlikely p = false -> likely_truth p = truth_at p.
  Proof. intros H. apply holds_ext. apply likely_real. assumption. Qed.
  Lemma sum_tails_nonneg c l0 : Forall (tail_right c) l0 -> (0 <= sum_tails l0)%Q.
  Proof.
    intros H. induction H as [|t l0 (n & l & _ & _ & _ & H & _) _ IH]; cbn [sum_tails fold_right]; [discriminate|].
    fold (sum_tails l0). lra.
  Qed.
  Lemma unlikely_weight c l : (forall p, In p (points c) -> leaf_of g p = Some l) -> only_leaf g c = Some l ->
    0 <= scale l -> nonneg_laws (laws l) -> forall l0, Forall (tail_right c) l0 ->
    (inject_Z (gsum (fun p => if existsb (fun t => negb (real p (fst (fst t)) =? snd (fst t))) l0
       then weight_in l p else 0)%Z c) <= sum_tails l0 * inject_Z (weigh l c))%Q.
  Proof.
    intros Hl Hol Hs Hn l0 H. induction H as [|t l0 Ht H IH].
    - cbn [existsb sum_tails fold_right]. rewrite gsum_zero by reflexivity. rewrite Qmult_0_l. discriminate.
    - destruct Ht as (n & l' & Em & Eo & Er & H0 & Hw). rewrite Hol in Eo. inversion Eo; subst l'.
      cbn [sum_tails fold_right]. fold (sum_tails l0). rewrite Qmult_plus_distr_l.
      eapply Qle_trans; [|apply Qplus_le_compat; [exact Hw|exact IH]]. rewrite <- inject_Z_plus, <- Zle_Qle, <- gsum_plus.
      apply gsum_le. intros p Hp. cbn [existsb]. unfold other. rewrite (Er p Hp).
      assert (W : 0 <= weight_in l p).
      { unfold weight_in. apply Z.mul_nonneg_nonneg; [assumption|apply product_nonneg; assumption]. }
      destruct (negb (class_of (ANet n) p =? snd (fst t))), (existsb _ l0); cbn [orb]; lia.
  Qed.

  (** ** What is counted *)
  Definition covers (x : counted) (N W : Z) : Prop := exists Nf Wf Nt Wt,
    N = Nf + Nt /\ W = Wf + Wt /\ 0 <= Nf /\
    firm_n x <= Nf <= firm_n x + loose_n x /\ firm_w x <= Wf <= firm_w x + loose_w x /\
    0 <= Nt <= tail_n x /\ 0 <= Wt /\ (0 < Wt -> 0 < Nt) /\
    (tail_from x <= inject_Z Wt)%Q /\ (inject_Z Wt <= tail_to x)%Q.
  Lemma covers_nothing : covers nothing 0 0.
  Proof. exists 0, 0, 0, 0. cbn. repeat split; try lia; discriminate. Qed.
  Lemma covers_tally t x N W N' W' : 0 <= N' -> covers x N W -> tells t N' W' -> covers (plus_tally t x) (N + N') (W + W').
  Proof.
    intros H0 (Nf & Wf & Nt & Wt & H) [T1 T2]. exists (Nf + N'), (Wf + W'), Nt, Wt.
    cbn [plus_tally firm_n firm_w loose_n loose_w tail_n tail_from tail_to]. intuition lia.
  Qed.
  Lemma counts_pos c : gsum (counts g truth_at) c = 0 -> gsum (weighs g truth_at) c = 0.
  Proof.
    intros H. apply gsum_zero. intros p Hp.
    assert (Z0 : counts g truth_at p = 0).
    { rewrite gsum_points in H.
      assert (A : forall l, sumZ (map (counts g truth_at) l) = 0 -> forall q, In q l -> counts g truth_at q = 0).
      { assert (P0 : forall q, 0 <= counts g truth_at q).
        { intros q. unfold counts. destruct (leaf_of g q); [destruct (truth_at q)|]; lia. }
        induction l as [|a l IH]; cbn [map sumZ]; intros E q [].
        - subst. pose proof (P0 q). assert (0 <= sumZ (map (counts g truth_at) l)); [|lia].
          clear - P0. induction l; cbn [map sumZ]; [lia|]. pose proof (P0 a). lia.
        - apply IH; [|assumption]. pose proof (P0 a). assert (0 <= sumZ (map (counts g truth_at) l)); [|lia].
          clear - P0. induction l; cbn [map sumZ]; [lia|]. pose proof (P0 a). lia. }
      apply (A _ H p Hp). }
    unfold counts, weighs in *. destruct (leaf_of g p); [|reflexivity]. destruct (truth_at p); [discriminate|reflexivity].
  Qed.
  Lemma N_nonneg c : 0 <= N_in c.
  Proof. apply gsum_nonneg. intros p _. unfold counts. destruct (leaf_of g p); [destruct (truth_at p)|]; lia. Qed.
  Lemma W_nonneg c : 0 <= W_in c.
  Proof.
    apply gsum_nonneg. intros p _. unfold weighs. destruct (leaf_of g p) as [l|] eqn:E; [|lia].
    destruct (truth_at p); [apply (weight_in_nonneg g p l Hpos E)|lia].
  Qed.
  Lemma covers_tail t l c x N W : here c -> only_leaf g c = Some l -> Forall (tail_right c) ts ->
    covers x N W ->
    tells t (gsum (counts g likely_truth) c) (gsum (weighs g likely_truth) c) ->
    covers (plus_tail t l c (sum_tails ts) x) (N + N_in c) (W + W_in c).
  Proof.
    intros Hc Ho Ht (Nf & Wf & Nt & Wt & E1 & E2 & B0 & B1 & B2 & B3 & B4 & B5 & B6 & B7) [_ T2].
    pose proof (only_leaf_positive g c l Hpos Ho) as [Hs Hn].
    assert (Hl : forall p, In p (points c) -> leaf_of g p = Some l).
    { apply only_leaf_sound; [rewrite (in_length _ _ Hc); apply (fit_domain pr Hfit)|assumption]. }
    assert (Wp : forall p, 0 <= weight_in l p).
    { intros p. unfold weight_in. apply Z.mul_nonneg_nonneg; [assumption|apply product_nonneg; assumption]. }
    set (bad := gsum (fun p => if unlikely p then weight_in l p else 0) c).
    pose proof (unlikely_weight c l Hl Ho Hs Hn ts Ht) as Hbad.
    change (inject_Z bad <= sum_tails ts * inject_Z (weigh l c))%Q in Hbad.
    assert (D1 : gsum (weighs g likely_truth) c <= W_in c + bad).
    { unfold W_in, bad. rewrite <- gsum_plus. apply gsum_le. intros p Hp. unfold weighs. rewrite (Hl p Hp).
      pose proof (Wp p). destruct (unlikely p) eqn:E; [destruct (likely_truth p), (truth_at p); lia|].
      rewrite likely_truth_real by assumption. lia. }
    assert (D2 : W_in c <= gsum (weighs g likely_truth) c + bad).
    { unfold W_in, bad. rewrite <- gsum_plus. apply gsum_le. intros p Hp. unfold weighs. rewrite (Hl p Hp).
      pose proof (Wp p). destruct (unlikely p) eqn:E; [destruct (likely_truth p), (truth_at p); lia|].
      rewrite likely_truth_real by assumption. lia. }
    assert (D3 : W_in c <= weigh l c).
    { rewrite weigh_sum. apply gsum_le. intros p Hp. unfold weighs. rewrite (Hl p Hp). pose proof (Wp p).
      destruct (truth_at p); lia. }
    assert (D4 : N_in c <= cardinal c).
    { rewrite <- gsum_one. apply gsum_le. intros p Hp. unfold counts. destruct (leaf_of g p); [destruct (truth_at p)|]; lia. }
    pose proof (N_nonneg c) as N0. pose proof (W_nonneg c) as W0.
    assert (D5 : 0 < W_in c -> 0 < N_in c).
    { intros X. destruct (Z.eq_dec (N_in c) 0) as [Z0|]; [|lia]. apply counts_pos in Z0. unfold W_in in X. lia. }
    exists Nf, Wf, (Nt + N_in c), (Wt + W_in c). unfold plus_tail. cbn [firm_n firm_w loose_n loose_w tail_n tail_from tail_to].
    repeat (split; [lia|]). rewrite inject_Z_plus.
    rewrite Zle_Qle, inject_Z_plus in D1, D2. rewrite Zle_Qle in D3.
    destruct T2 as [T2 T3]. rewrite Zle_Qle in T2, T3. rewrite inject_Z_plus in T3 |- *.
    change 0 with 0%Z in W0. rewrite Zle_Qle in W0. change (inject_Z 0) with 0%Q in W0.
    set (slack := (sum_tails ts * inject_Z (weigh l c))%Q) in *.
    split.
    - destruct (Qle_bool _ 0); [lra|]. rewrite Qred_correct. lra.
    - rewrite Qred_correct. destruct (Qle_bool _ _); lra.
  Qed.
End Sound.

(** ** Nodes, and the whole proof *)
Section Run.
  Variable pr : problem.
  Hypothesis Hfit : fits pr.
  Variables (real : point -> nat -> Z) (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hreal : faithful pr real at_scale at_spot.
  Variable trust : nat -> bool.
  Variable ws : list witness.
  (** The two ways to count: with the solvers that are believed in each. *)
  Variables (said : nat -> bool) (pick : state -> counted).
  Hypothesis way : (said = (fun _ => true) /\ pick = for_all) \/ (said = trust /\ pick = for_given).
  Notation N c := (N_in pr real c).
  Notation W c := (W_in pr real c).
  Definition unsure : known := map (fun _ => None) (models pr).
  (** That the words in the steps of a cell are right, of those believed. *)
  Definition words_right (c : cell) (ss : list step) :=
    forall m k s, In (Trusted m k s) ss -> said s = true -> forall p, In p (points c) -> real p m = k.

  Lemma unsure_right cls c : right cls unsure c.
  Proof. intros m k H. unfold unsure in H. pose proof (unknown_nth pr m) as E. rewrite E in H. discriminate. Qed.
  Lemma learned_right c ss fs who : facts_ok pr real c ss fs ->
    (forall m k s, In (m, k, Said s) (known_facts fs) -> who s = true -> forall p, In p (points c) -> real p m = k) ->
    right real (learn_all who (known_facts fs) unsure) c.
  Proof.
    intros (F1 & _ & _) Hw. apply learn_all_right; [apply unsure_right|].
    intros m k [|s] Hin Hb; [apply F1; assumption|]. intros p Hp. apply (Hw m k s Hin Hb p Hp).
  Qed.
  Lemma real_trees p m t : In p (points (whole_cell pr)) -> nth m (models pr) no_model = ATree t -> real p m = classify t p.
  Proof. apply (real_tree _ _ _ _ Hreal). Qed.
  (** A tally of a cell with what some believed solvers say. *)
  Lemma settle_real n ks c l : here pr c -> right real ks c -> tells (settle pr n ks c l) (N c) (W c).
  Proof. intros Hc Hr. apply (settle_sound pr Hfit real); auto using real_trees. Qed.
  Lemma settle_likely n c l ss fs who : here pr c -> facts_ok pr real c ss fs ->
    right real (learn_all who (known_facts fs) unsure) c ->
    tells (settle pr n (learn_tails (known_tails fs) (learn_all who (known_facts fs) unsure)) c l)
      (gsum (counts (domain pr) (likely_truth pr real (known_tails fs))) c)
      (gsum (weighs (domain pr) (likely_truth pr real (known_tails fs))) c).
  Proof.
    intros Hc (_ & _ & F3) Hr. apply (settle_sound pr Hfit (likely pr real (known_tails fs))); [assumption| |].
    - intros p m t Hpw E. unfold likely.
      destruct (nth m (learn_tails (known_tails fs) (map (fun _ => None) (models pr))) None) as [k|] eqn:Ek;
        [|apply real_trees; assumption]. exfalso.
      apply learn_tails_in in Ek. destruct Ek as [[q Hq]|Ek]; [|rewrite (unknown_nth pr m) in Ek; discriminate].
      rewrite Forall_forall in F3. destruct (F3 _ Hq) as (n' & l' & En & _). cbn [fst] in En.
      destruct (nth_error_real pr Hfit m n' En) as [En' _]. congruence.
    - intros m k H p Hp. unfold likely.
      assert (O : over (learn_tails (known_tails fs) unsure)
                    (learn_tails (known_tails fs) (learn_all who (known_facts fs) unsure))
                    (learn_all who (known_facts fs) unsure)).
      { apply learn_tails_over; [symmetry; apply learn_all_length|].
        intros m'. unfold unsure at 2. rewrite (unknown_nth pr m'). reflexivity. }
      specialize (O m). rewrite H in O. fold unsure.
      destruct (nth m (learn_tails (known_tails fs) unsure) None) as [k'|]; [congruence|].
      symmetry in O. apply (Hr m k O p Hp).
  Qed.
  Lemma all_shown_words fs : all_shown (known_facts fs) = true -> forall m k s, ~ In (m, k, Said s) (known_facts fs).
  Proof.
    unfold all_shown. rewrite forallb_forall. intros H m k s Hin. specialize (H _ Hin). discriminate.
  Qed.
  Lemma settle_cell_sound c ss fs st ks by_ st' n w : here pr c -> facts_ok pr real c ss fs -> words_right c ss ->
    settle_cell pr trust ws c fs st ks by_ = Some st' -> covers (pick st) n w ->
    covers (pick st') (n + N c) (w + W c).
  Proof.
    intros Hc Hf Hw H Hx. pose proof Hf as (F1 & F2 & F3).
    assert (Hs : forall who, (forall s, who s = true -> said s = true) ->
      right real (learn_all who (known_facts fs) unsure) c).
    { intros who Hwho. apply (learned_right c ss fs who Hf). intros m k s Hin Hs p Hp.
      apply (Hw m k s (F2 m k s Hin) (Hwho s Hs) p Hp). }
    assert (Ha : all_shown (known_facts fs) = true -> forall who,
      right real (learn_all who (known_facts fs) unsure) c).
    { intros E who. apply (learned_right c ss fs who Hf). intros m k s Hin. exfalso.
      apply (all_shown_words fs E m k s Hin). }
    unfold settle_cell in H. fold unsure in H. destruct (known_tails fs) as [|t0 ts0] eqn:Et.
    - destruct (all_shown (known_facts fs)) eqn:E; inversion H; subst st'; clear H.
      + destruct way as [[-> ->]|[-> ->]]; cbn [for_all for_given]; apply covers_tally; try assumption; try apply (N_nonneg pr real);
          apply settle_real; try assumption; apply Ha; reflexivity.
      + destruct way as [[-> ->]|[-> ->]]; cbn [for_all for_given]; apply covers_tally; try assumption; try apply (N_nonneg pr real);
          apply settle_real; try assumption; apply Hs; auto.
    - destruct (only_leaf (domain pr) c) as [l|] eqn:El; [|discriminate]. rewrite <- Et in *.
      inversion H; subst st'; clear H.
      destruct way as [[Es ->]|[Es ->]]; cbn [for_all for_given];
        apply (covers_tail pr Hfit real (known_tails fs)); try assumption.
      + apply (settle_likely _ c [] ss fs _ Hc Hf). apply Hs. rewrite Es. auto.
      + destruct (all_shown (known_facts fs)) eqn:E; apply (settle_likely _ c [] ss fs _ Hc Hf).
        * apply Ha. reflexivity.
        * apply Hs. rewrite Es. auto.
  Qed.

  Definition sum_over (F : cell -> Z) (cs : list cell) : Z := sumZ (map F cs).
  Lemma halves_inside c v s a b : wf c -> (v < length c)%nat -> test_halves s (nth v c no_part) = (a, b) ->
    inside c (put v a c) /\ inside c (put v b c) /\
    (forall p, In p (points (put v a c)) -> passes s (nth v p nobody) = true) /\
    (forall p, In p (points (put v b c)) -> passes s (nth v p nobody) = false) /\
    (forall F, gsum F (put v a c) + gsum F (put v b c) = gsum F c).
  Proof.
    intros Hw Hv E. pose proof (test_halved s (nth v c no_part)) as Hh. rewrite E in Hh. pose proof Hh as [Ha Hb].
    cbn [fst snd] in Ha, Hb.
    assert (Sa : forall y, In y (members a) -> In y (members (nth v c no_part))).
    { intros y. rewrite Ha, filter_In. tauto. }
    assert (Sb : forall y, In y (members b) -> In y (members (nth v c no_part))).
    { intros y. rewrite Hb, filter_In. tauto. }
    split; [apply inside_put; assumption|]. split; [apply inside_put; assumption|]. split; [|split].
    - intros p Hp. apply points_put in Hp; [|assumption|assumption]. destruct Hp as [_ Hp].
      rewrite Ha, filter_In in Hp. tauto.
    - intros p Hp. apply points_put in Hp; [|assumption|assumption]. destruct Hp as [_ Hp].
      rewrite Hb, filter_In in Hp. apply negb_true_iff. tauto.
    - intros F. apply (gsum_split (passes s)); assumption.
  Qed.
  (** A cell and the turns to it: its points took these turns. *)
  Definition led (ts : turns) (c : cell) : Prop :=
    here pr c /\ forall p, In p (points c) -> within ts (map index p) = true.
  Lemma within_cons v s b ts t : within ((v, s, b) :: ts) t =
    Bool.eqb (Semantics.goes_left s (nth v t 0)) b && within ts t.
  Proof. reflexivity. Qed.
  Lemma nth_index v p : nth v (map index p) 0 = index (nth v p nobody).
  Proof. change 0 with (index nobody). apply map_nth. Qed.
  Lemma run_sound : forall p i waiting tss st st' n w,
    Forall2 led tss waiting ->
    (forall ts m k s, In (ts, Trusted m k s) (claims p tss) -> said s = true ->
       forall x, In x (points (whole_cell pr)) -> within ts (map index x) = true -> real x m = k) ->
    run pr trust ws p i waiting st = inl st' -> covers (pick st) n w ->
    covers (pick st') (n + sum_over (N_in pr real) waiting) (w + sum_over (W_in pr real) waiting).
  Proof.
    induction p as [|nd p IH]; intros i waiting tss st st' n w HF Hcl H Hx; cbn [run] in H.
    - destruct waiting; [|discriminate]. inversion H; subst. cbn. rewrite !Z.add_0_r. assumption.
    - destruct waiting as [|c rest]; [discriminate|]. inversion HF as [|ts ? tss' ? [Hc Hled] HF']; subst.
      pose proof (in_wf _ _ Hc) as Hw. pose proof (in_length _ _ Hc) as Hn.
      destruct (one_node pr trust ws nd c rest st) as [[waiting' st1]|] eqn:E; [|discriminate].
      unfold sum_over in *. cbn [map sumZ]. rewrite !Z.add_assoc.
      destruct nd as [v s|ss|beside s neurons told over sides further| |]; cbn [one_node] in E.
      + destruct (test_halves s (nth v c no_part)) as [a b] eqn:Eh.
        destruct ((v <? length c)%nat && negb (is_empty a) && negb (is_empty b)) eqn:Eb; [|discriminate].
        inversion E; subst waiting' st1; clear E.
        apply andb_true_iff in Eb. destruct Eb as [Eb _]. apply andb_true_iff in Eb. destruct Eb as [Hv _].
        apply Nat.ltb_lt in Hv. destruct (halves_inside c v s a b Hw Hv Eh) as (Ia & Ib & Pa & Pb & Sum).
        specialize (IH (i + 1) (put v a c :: put v b c :: rest) (((v, s, true) :: ts) :: ((v, s, false) :: ts) :: tss') st st' n w).
        cbn [map sumZ] in IH. rewrite !Z.add_assoc in IH.
        replace (n + N_in pr real c) with (n + N_in pr real (put v a c) + N_in pr real (put v b c)) by
          (unfold N_in; rewrite <- (Sum (counts (domain pr) (truth_at pr real))); ring).
        replace (w + W_in pr real c) with (w + W_in pr real (put v a c) + W_in pr real (put v b c)) by
          (unfold W_in; rewrite <- (Sum (weighs (domain pr) (truth_at pr real))); ring).
        apply IH; try assumption.
        constructor; [|constructor; [|assumption]].
        * split; [eapply inside_trans; eassumption|]. intros x Hp. rewrite within_cons, nth_index.
          change (Semantics.goes_left s (index (nth v x nobody))) with (passes s (nth v x nobody)).
          rewrite (Pa x Hp), (Hled x (in_points _ _ Ia x Hp)). reflexivity.
        * split; [eapply inside_trans; eassumption|]. intros x Hp. rewrite within_cons, nth_index.
          change (Semantics.goes_left s (index (nth v x nobody))) with (passes s (nth v x nobody)).
          rewrite (Pb x Hp), (Hled x (in_points _ _ Ib x Hp)). reflexivity.
      + destruct ss as [|s0 ss0]; [discriminate|]. set (ss := s0 :: ss0) in *. clearbody ss.
        destruct (judge pr ws c 0 ss (so_far st) (words st) (Facts [] [])) as [[[ks by_] fs]|] eqn:Ej; [|discriminate].
        destruct (settle_cell pr trust ws c fs st ks by_) as [st2|] eqn:Es; [|discriminate].
        cbn [option_map] in E. inversion E; subst waiting' st1; clear E. cbn [claims] in Hcl.
        assert (Hf : facts_ok pr real c ss fs).
        { apply (judge_sound pr Hfit real at_scale at_spot Hreal ws c ss Hc ss _ _ _ _ _ _ _ (incl_refl ss)) in Ej; [exact Ej|].
          split; [intros m k []|split; [intros m k s []|constructor]]. }
        eapply IH; [exact HF'| |exact H|].
        * intros ts' m k s Hin. apply (Hcl ts' m k s). apply in_or_app. right. exact Hin.
        * apply (settle_cell_sound c ss fs st ks by_ st2 n w Hc Hf); try assumption.
          intros m k s Hin Hsaid x Hp. apply (Hcl ts m k s); try assumption.
          -- apply in_or_app. left. apply in_map. exact Hin.
          -- apply (in_points _ _ Hc). assumption.
          -- apply Hled. assumption.
      + set (fs := slices _ _) in E. cbv zeta in E. set (told' := map _ told) in E. set (sides' := map _ sides) in E. set (further' := map _ further) in E.
        destruct (judge pr ws c 0 beside (so_far st) (words st) (Facts [] [])) as [[[ks by_] shown]|] eqn:Ej; [|discriminate].
        destruct (sandwich_holds pr c fs s && _ && _ && _) eqn:Eh; [|discriminate].
        apply andb_true_iff in Eh. destruct Eh as [Eh Ef]. apply andb_true_iff in Eh. destruct Eh as [Eh Es]. apply andb_true_iff in Eh. destruct Eh as [Eh Ec].
        destruct (parts _ _ _ _ _ c _) as [t|] eqn:Et; [|discriminate].
        inversion E; subst waiting' st1; clear E. eapply IH; [exact HF'|exact Hcl|exact H|].
        assert (Hk : right real (learn_all (fun _ => false) (known_facts shown) unsure) c).
        { apply (learned_right c beside shown); [|intros m k s' _ X; discriminate].
          apply (judge_sound pr Hfit real at_scale at_spot Hreal ws c beside Hc beside _ _ _ _ _ _ _ (incl_refl beside)) in Ej; [exact Ej|].
          split; [intros m k []|split; [intros m k s' []|constructor]]. }
        pose proof (sandwich_sound pr Hfit real at_scale at_spot Hreal c s fs neurons told' over sides' further' (Notes true (SHOWN - length ws) (map tuple_of ws)) (extra st) t _ Hc Hk Eh Ec Es Ef Et) as T.
        destruct way as [[_ ->]|[_ ->]]; cbn [for_all for_given]; apply covers_tally; try assumption; apply (N_nonneg pr real).
      + destruct (any_pieces (whole_cell pr)) eqn:Ex; [discriminate|].
        inversion E; subst waiting' st1; clear E. eapply IH; [exact HF'|exact Hcl|exact H|].
        pose proof (evaluate_sound pr Hfit real at_scale at_spot Hreal ws c (extra st) Ex Hc) as T.
        destruct way as [[_ ->]|[_ ->]]; cbn [for_all for_given]; apply covers_tally; try assumption; apply (N_nonneg pr real).
      + inversion E; subst waiting' st1; clear E. eapply IH; [exact HF'|exact Hcl|exact H|].
        assert (T : forall n0 l, tells (settle pr n0 unsure c l) (N_in pr real c) (W_in pr real c)).
        { intros n0 l. apply settle_real; [assumption|apply unsure_right]. }
        destruct way as [[_ ->]|[_ ->]]; cbn [for_all for_given]; apply covers_tally; try assumption; try apply (N_nonneg pr real); apply T.
  Qed.
End Run.
