(** * The integers of a problem stand for the matter that it was made of. *)
From Coq Require Import ZArith QArith Qround List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds Counting CountingSound Problem Checker CheckerSound.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Values and points *)
Definition stands (d : Z) (x : Semantics.variable) (v : value) : Prop :=
  rels d (code v) (Semantics.encoding x (index v)).
Lemma values_from_in d rows : forall i v, In v (values_from d i rows) ->
  exists j, (j < length rows)%nat /\ v = Value (i + Z.of_nat j) (map (whole d) (nth j rows [])).
Proof.
  induction rows as [|row rows IH]; intros i v H; cbn [values_from] in H; [destruct H|].
  destruct H as [<-|H].
  - exists O. cbn. split; [lia|]. rewrite Z.add_0_r. reflexivity.
  - destruct (IH (i + 1) v H) as (j & Hj & ->). exists (S j). cbn [length nth]. split; [lia|].
    rewrite Nat2Z.inj_succ. f_equal. lia.
Qed.
Lemma values_from_index d rows : forall i, map index (values_from d i rows) = from i (length rows).
Proof. induction rows as [|row rows IH]; intros i; cbn [values_from map length from index]; [reflexivity|]. rewrite IH. reflexivity. Qed.
Lemma from_seq n : forall k, from (Z.of_nat k) n = map Z.of_nat (seq k n).
Proof.
  induction n as [|n IH]; intros k; [reflexivity|]. cbn [from seq map]. rewrite <- IH. repeat f_equal. lia.
Qed.
Lemma part_of_indices d x :
  map index (members (part_of d x)) = map Z.of_nat (seq 0 (Z.to_nat (Semantics.count_of x))).
Proof.
  rewrite <- from_seq. destruct x as [rows|first step n]; cbn [part_of members Semantics.count_of].
  - rewrite values_from_index, Nat2Z.id. reflexivity.
  - rewrite map_map. cbn [number_of index]. rewrite map_id. f_equal. lia.
Qed.
Lemma part_of_stands d x v : 0 < d -> Forall (fun q => (Zpos (Qden q) | d)) (encodings x) ->
  In v (members (part_of d x)) -> stands d x v.
Proof.
  intros Hd He Hv. unfold stands. destruct x as [rows|first step n]; cbn [part_of encodings Semantics.encoding] in *.
  - apply values_from_in in Hv. destruct Hv as (j & Hj & ->). cbn [code index]. rewrite Z.add_0_l, Nat2Z.id.
    apply wholes_rel; [assumption|]. rewrite Forall_forall in *. intros q Hq. apply He, in_concat.
    exists (nth j rows []). split; [apply nth_In; assumption|assumption].
  - apply in_range in Hv. destruct Hv as (i & Hi & ->). cbn [number_of code index].
    inversion He as [|? ? H1 H2]; subst. inversion H2 as [|? ? H3 _]; subst.
    constructor; [|constructor]. pose proof (whole_rel d first Hd H1) as R1. pose proof (whole_rel d step Hd H3) as R2.
    unfold rel in *. rewrite inject_Z_plus, inject_Z_mult, R1, R2. ring.
Qed.
Lemma points_tuples d vs : map (map index) (points (map (part_of d) vs)) = Semantics.tuples vs.
Proof.
  induction vs as [|x vs IH]; [reflexivity|]. cbn [map points Semantics.tuples].
  rewrite <- (part_of_indices d x), <- IH.
  induction (members (part_of d x)) as [|v l IHl]; [reflexivity|]. cbn [flat_map map].
  rewrite map_app, IHl, !map_map. reflexivity.
Qed.
Section Problem.
  Variables (d : Z) (vs : list Semantics.variable).
  Hypothesis Hd : 0 < d.
  Hypothesis He : Forall (fun x => Forall (fun q => (Zpos (Qden q) | d)) (encodings x)) vs.
  Let cells := map (part_of d) vs.
  Hypothesis Hw : wf cells.
  Let nothing_there : Semantics.variable := Semantics.Categorical [].

  Lemma point_stands p : In p (points cells) -> forall v, (v < length vs)%nat ->
    stands d (nth v vs nothing_there) (nth v p nobody).
  Proof.
    intros Hp v Hv. apply part_of_stands; [assumption| |].
    - rewrite Forall_forall in He. apply He, nth_In. assumption.
    - pose proof (point_nth cells p Hp v) as H. unfold cells in H. rewrite map_length in H. specialize (H Hv).
      rewrite (nth_indep _ no_part (part_of d nothing_there)), map_nth in H by (rewrite map_length; assumption).
      exact H.
  Qed.
  Lemma nth_index' v (p : point) : nth v (map index p) 0 = index (nth v p nobody).
  Proof. change 0 with (index nobody). apply map_nth. Qed.
  Lemma input_rels reads p : In p (points cells) -> Forall (fun v => (v < length vs)%nat) reads ->
    rels d (input (seen reads p)) (Semantics.input vs reads (map index p)).
  Proof.
    intros Hp H. unfold input, seen, Semantics.input. induction H as [|v reads Hv H IH]; cbn [map flat_map]; [constructor|].
    apply Forall2_app; [|exact IH]. rewrite nth_index'. apply point_stands; assumption.
  Qed.

  (** ** Trees *)
  Lemma place_sound reads : Forall (fun v => (v < length vs)%nat) reads -> forall p, In p (points cells) ->
    forall column v j, place (map width cells) reads column = Some (v, j) ->
    In v reads /\ nth column (input (seen reads p)) 0 = nth j (code (nth v p nobody)) 0.
  Proof.
    intros H p Hp. induction H as [|v0 reads Hv H IH]; intros column v j E; cbn [place] in E; [discriminate|].
    change (input (seen (v0 :: reads) p)) with (code (nth v0 p nobody) ++ input (seen reads p)).
    assert (Hc : (v0 < length cells)%nat) by (unfold cells; rewrite map_length; assumption).
    assert (L : length (code (nth v0 p nobody)) = nth v0 (map width cells) O).
    { change O with (width no_part). rewrite map_nth.
      apply (proj1 (Forall_forall _ _) Hw); [apply nth_In; assumption|apply point_nth; assumption]. }
    rewrite <- L in E. destruct (Nat.ltb_spec column (length (code (nth v0 p nobody)))) as [Hj|Hj].
    - inversion E; subst. split; [left; reflexivity|]. apply app_nth1. assumption.
    - apply IH in E. destruct E as [E1 E2]. split; [right; assumption|]. rewrite app_nth2 by assumption. exact E2.
  Qed.
  Lemma rels_nth zs qs j : rels d zs qs -> rel d (nth j zs 0) (nth j qs 0%Q).
  Proof. intros H. revert j. induction H; intros [|j]; cbn; auto using rel_zero. Qed.
  Lemma threshold z q t : rel d z q -> (z <=? Qfloor (t * inject_Z d)) = Qle_bool q t.
  Proof.
    intros R. unfold rel in R. apply eq_true_iff_eq. rewrite Qle_bool_iff, Z.leb_le.
    pose proof (inject_pos d Hd) as P. split; intros H.
    - rewrite Zle_Qle in H. pose proof (Qfloor_le (t * inject_Z d)) as F.
      assert (G : (inject_Z d * q <= inject_Z d * t)%Q).
      { rewrite <- R, (Qmult_comm _ t). eapply Qle_trans; eassumption. }
      apply Qmult_le_l in G; assumption.
    - rewrite <- (Qfloor_Z z). apply Qfloor_resp_le. rewrite R, (Qmult_comm t). apply Qmult_le_l; assumption.
  Qed.
  Lemma tree_of_sound reads : Forall (fun v => (v < length vs)%nat) reads -> forall t t',
    tree_of d (map width cells) reads t = Some t' ->
    tree_fits (length cells) t' = true /\
    forall p, In p (points cells) -> classify t' p = Semantics.classify t (Semantics.input vs reads (map index p)).
  Proof.
    intros H. induction t as [k|column th l IHl r IHr]; intros t' E; cbn [tree_of] in E.
    - inversion E; subst. split; [reflexivity|]. reflexivity.
    - destruct (place (map width cells) reads column) as [[v j]|] eqn:Ep; [|discriminate].
      destruct (tree_of d (map width cells) reads l) as [l'|] eqn:El; [|discriminate].
      destruct (tree_of d (map width cells) reads r) as [r'|] eqn:Er; [|discriminate].
      inversion E; subst; clear E. destruct (IHl l' eq_refl) as [Fl Cl]. destruct (IHr r' eq_refl) as [Fr Cr].
      split.
      + cbn [tree_fits]. rewrite Fl, Fr, !andb_true_r. apply Nat.ltb_lt. unfold cells. rewrite map_length.
        rewrite Forall_forall in H. apply H.
        assert (Hin : forall rs col, place (map width cells) rs col = Some (v, j) -> In v rs).
        { induction rs as [|v0 rs IHrs]; intros col E; cbn [place] in E; [discriminate|].
          destruct (col <? _)%nat; [inversion E; left; reflexivity|]. right. eapply IHrs. exact E. }
        apply (Hin _ _ Ep).
      + intros p Hp. cbn [classify Semantics.classify]. rewrite (Cl p Hp), (Cr p Hp).
        destruct (place_sound reads H p Hp column v j Ep) as [_ E]. unfold below.
        change (Qnum th * d / Zpos (Qden th * 1)) with (Qfloor (th * inject_Z d)).
                rewrite (threshold _ (nth column (Semantics.input vs reads (map index p)) 0%Q)); [reflexivity|].
        rewrite <- E. apply rels_nth, input_rels; assumption.
  Qed.

  (** ** Models *)
  Lemma model_of_sound b m : model_of d cells b = Some m ->
    model_fits (length cells) m /\
    forall p, In p (points cells) -> class_of m p = Semantics.class vs b (map index p).
  Proof.
    unfold model_of. intros E. destruct (forallb _ (Semantics.reads b)) eqn:Er; [|discriminate].
    assert (H : Forall (fun v => (v < length vs)%nat) (Semantics.reads b)).
    { rewrite forallb_forall in Er. apply Forall_forall. intros v Hv. specialize (Er v Hv). apply Nat.ltb_lt in Er.
      unfold cells in Er. rewrite map_length in Er. exact Er. }
    destruct b as [m0 reads]. cbn [Semantics.the_model Semantics.reads] in *. destruct m0 as [n|t].
    - destruct (translate_layers n 1 [d] []) as [[n' ss]|] eqn:El; [|discriminate]. inversion E; subst; clear E.
      assert (Et : translate d n = Some n') by (unfold translate; rewrite El; reflexivity). split.
      + cbn [model_fits net_of sees]. unfold cells. rewrite map_length. exact H.
      + intros p Hp. rewrite class_of_net. cbn [net_of ready sees prepare layers]. unfold Semantics.class. cbn [Semantics.the_model Semantics.reads].
        apply (translate_sound d n n' _ _ Hd Et). apply input_rels; assumption.
    - destruct (tree_of d (map width cells) reads t) as [t'|] eqn:Et; [|discriminate]. inversion E; subst; clear E.
      destruct (tree_of_sound reads H t t' Et) as [F C]. split; [exact F|]. exact C.
  Qed.
End Problem.
Lemma all_of_spec {A B} (f : A -> option B) xs : forall ys, all_of f xs = Some ys ->
  Forall2 (fun x y => f x = Some y) xs ys.
Proof.
  induction xs as [|x xs IH]; intros ys E; cbn [all_of] in E; [inversion E; constructor|].
  destruct (f x) as [y|] eqn:Ef; [|discriminate]. destruct (all_of f xs) as [ys'|] eqn:Ea; [|discriminate].
  inversion E; subst. constructor; auto.
Qed.

(** ** Weights *)
Lemma law_unit_spec ds : 0 < law_unit ds /\ Forall (fun np => (Zpos (Qden (share np)) | law_unit ds)) ds.
Proof.
  unfold law_unit. destruct (common_fits (map share ds) 1 ltac:(lia)) as (H1 & _ & H3). split; [assumption|].
  rewrite Forall_forall in *. intros np Hnp. apply H3, in_map. assumption.
Qed.
Lemma law_chance ds i : rel (law_unit ds) (each (law ds) i) (Semantics.chance ds i).
Proof.
  destruct (law_unit_spec ds) as [H1 H2]. unfold law. revert i H2. generalize (law_unit ds) H1. clear H1. intros u Hu.
  induction ds as [|[n p] ds IH]; intros i H; cbn [map each Semantics.chance fst]; [apply rel_zero|].
  inversion H as [|? ? H3 H4]; subst. destruct (i <? n); [|apply IH; assumption].
  exact (whole_rel u (share (n, p)) Hu H3).
Qed.
Definition units (ds : list Semantics.distribution) : Z := fold_right (fun d u => law_unit d * u) 1 ds.
Lemma units_pos ds : 0 < units ds.
Proof. induction ds as [|d ds IH]; cbn [units fold_right]; [lia|]. fold (units ds). destruct (law_unit_spec d). nia. Qed.
Lemma laws_together ds : forall p, (length ds <= length p)%nat ->
  rel (units ds) (product (map law ds) p) (Semantics.together ds (map index p)).
Proof.
  induction ds as [|d ds IH]; intros [|v p] H; cbn [length map product Semantics.together units fold_right] in *.
  - reflexivity.
  - reflexivity.
  - lia.
  - fold (units ds). specialize (IH p ltac:(lia)). pose proof (law_chance d (index v)) as R. unfold rel in *.
    rewrite !inject_Z_mult, R, IH. ring.
Qed.
Lemma unit_over_spec g : forall u, 0 < u -> 0 < unit_over g u /\ (u | unit_over g u).
Proof.
  induction g as [|w ds|v s a IHa b IHb]; intros u Hu; cbn [unit_over].
  - split; [assumption|apply Z.divide_refl].
  - destruct (grow_fits u (leaf_factor w ds) Hu) as (H1 & H2 & _). split; assumption.
  - destruct (IHa u Hu) as [H1 H2]. destruct (IHb _ H1) as [H3 H4]. split; [assumption|].
    eapply Z.divide_trans; eassumption.
Qed.
Fixpoint factors_fit (u : Z) (g : Semantics.given) : Prop :=
  match g with
  | Semantics.Impossible => True
  | Semantics.Possible w ds => (Zpos (Qden (leaf_factor w ds)) | u)
  | Semantics.Test _ _ a b => factors_fit u a /\ factors_fit u b
  end.
Lemma factors_fit_divides g u u' : factors_fit u g -> (u | u') -> factors_fit u' g.
Proof.
  intros H D. induction g as [|w ds|v s a IHa b IHb]; cbn [factors_fit] in *; [exact I| |split; tauto].
  eapply Z.divide_trans; eassumption.
Qed.
Lemma unit_over_fits g : forall u, 0 < u -> factors_fit (unit_over g u) g.
Proof.
  induction g as [|w ds|v s a IHa b IHb]; intros u Hu; cbn [unit_over factors_fit]; [exact I| |].
  - apply (grow_fits u (leaf_factor w ds) Hu).
  - destruct (unit_over_spec a u Hu) as [H1 _]. destruct (unit_over_spec b _ H1) as [_ H2]. split.
    + exact (factors_fit_divides a _ _ (IHa u Hu) H2).
    + apply IHb. assumption.
Qed.
Lemma domain_of_sound u g n p : 0 < u -> factors_fit u g -> given_fits n (domain_of u g) = true -> length p = n ->
  match Semantics.leaf g (map index p), leaf_of (domain_of u g) p with
  | None, None => True
  | Some (w, ds), Some l => rel u (weight_in l p) (w * Semantics.together ds (map index p))%Q
  | _, _ => False
  end.
Proof.
  intros Hu H Hf Hn. induction g as [|w ds|v s a IHa b IHb]; cbn [Semantics.leaf domain_of leaf_of given_fits factors_fit] in *.
  - exact I.
  - apply andb_true_iff in Hf. destruct Hf as [Hf _]. apply andb_true_iff in Hf. destruct Hf as [Hf _].
    apply Nat.leb_le in Hf. cbn [laws] in Hf. rewrite map_length in Hf.
    pose proof (laws_together ds p ltac:(lia)) as R. pose proof (whole_rel u (leaf_factor w ds) Hu H) as F.
    pose proof (inject_pos _ (units_pos ds)) as P. unfold weight_in. cbn [scale laws]. unfold rel in *.
    rewrite inject_Z_mult, R, F. unfold leaf_factor. fold (units ds). field. intros E. rewrite E in P. discriminate P.
  - apply andb_true_iff in Hf. destruct Hf as [Hf Gb]. apply andb_true_iff in Hf. destruct Hf as [_ Ga].
    unfold passes. rewrite nth_index'. destruct (Semantics.goes_left s (index (nth v p nobody))); tauto.
Qed.
Lemma points_length c : forall p, In p (points c) -> length p = length c.
Proof. intros p Hp. apply points_forall2 in Hp. apply (Forall2_length Hp). Qed.

(** ** All together *)
Section All.
  Variables (q : Semantics.matter) (pr : problem).
  Hypothesis E : problem_of q = Some pr.
  Let vs := Semantics.variables (Semantics.its_domain q).
  Let g := Semantics.tree_of (Semantics.its_domain q).
  Let d := denominator vs.
  Let u := unit_over g 1.
  Lemma denominator_fits : 0 < d /\ Forall (fun x => Forall (fun q => (Zpos (Qden q) | d)) (encodings x)) vs.
  Proof. destruct (commons_fits encodings vs 1 ltac:(lia)) as (H1 & _ & H2). split; assumption. Qed.
  Lemma problem_parts : exists ms,
    pr = Problem (map (part_of d) vs) d (domain_of u g) u ms (Semantics.question q) /\
    wf (map (part_of d) vs) /\ given_fits (length vs) (domain_of u g) = true /\
    Forall2 (fun b m => model_of d (map (part_of d) vs) b = Some m) (Semantics.models q) ms.
  Proof.
    unfold problem_of in E. fold vs g d u in E.
    destruct (forallb wf_values (map (part_of d) vs)) eqn:Ew; [|discriminate].
    destruct (given_fits (length vs) (domain_of u g)) eqn:Eg; [|discriminate]. cbn [andb] in E.
    destruct (all_of _ (Semantics.models q)) as [ms|] eqn:Em; [|discriminate]. inversion E; subst. exists ms.
    split; [reflexivity|]. split; [|split; [reflexivity|exact (all_of_spec _ _ _ Em)]].
    rewrite forallb_forall in Ew. apply Forall_forall. intros c Hc. apply wf_check, Ew, Hc.
  Qed.
  Lemma problem_fits : fits pr.
  Proof.
    destruct problem_parts as (ms & -> & Hw & Hg & Hm). destruct denominator_fits as [Hd He].
    constructor; cbn [whole_cell domain models]; [assumption|rewrite map_length; assumption|].
    clear - Hm Hd He Hw. induction Hm as [|b m bs ms Hb Hm IH]; constructor; [|assumption].
    apply (model_of_sound d vs Hd He Hw b m Hb).
  Qed.
  Lemma real_classes p m : In p (points (whole_cell pr)) -> real pr p m = Semantics.classes q (map index p) m.
  Proof.
    destruct problem_parts as (ms & -> & Hw & Hg & Hm). destruct denominator_fits as [Hd He].
    cbn [whole_cell]. intros Hp. unfold real, Semantics.classes. cbn [models]. fold vs.
    clear E. revert m. induction Hm as [|b x bs ms Hb Hm IH]; intros m.
    - destruct m; reflexivity.
    - destruct m as [|m]; cbn [nth]; [|apply IH]. apply (model_of_sound d vs Hd He Hw b x Hb). assumption.
  Qed.
  Lemma truth_is p : In p (points (whole_cell pr)) -> truth_at pr p = Semantics.is_true q (map index p).
  Proof.
    intros Hp. unfold truth_at, Semantics.is_true.
    assert (Ef : formula pr = Semantics.question q) by (destruct problem_parts as (ms & -> & _); reflexivity).
    rewrite Ef. apply holds_ext. intros m. apply real_classes. assumption.
  Qed.
  Lemma unit_positive : 0 < unit_of pr.
  Proof.
    destruct problem_parts as (ms & -> & _). cbn [unit_of]. apply (unit_over_spec g 1). lia.
  Qed.
  Lemma leaf_is p : In p (points (whole_cell pr)) ->
    match Semantics.leaf g (map index p), leaf_of (domain pr) p with
    | None, None => True
    | Some (w, ds), Some l => rel (unit_of pr) (weight_in l p) (w * Semantics.together ds (map index p))%Q
    | _, _ => False
    end.
  Proof.
    intros Hp. apply points_length in Hp. destruct problem_parts as (ms & -> & _ & Hg & _). cbn [whole_cell domain unit_of] in *.
    rewrite map_length in Hp. apply (domain_of_sound u g (length vs)); try assumption.
    - apply (unit_over_spec g 1). lia.
    - apply unit_over_fits. lia.
  Qed.
  Lemma tuples_are : Semantics.tuples vs = map (map index) (points (whole_cell pr)).
  Proof. destruct problem_parts as (ms & -> & _). cbn [whole_cell]. symmetry. apply points_tuples. Qed.
  (** The number and the probability that the question asks for. *)
  Theorem number_is : Semantics.number q = N_in pr (whole_cell pr).
  Proof.
    unfold Semantics.number, Semantics.found, Semantics.points. fold vs. rewrite tuples_are. unfold N_in.
    rewrite gsum_points.
    assert (X : forall l, incl l (points (whole_cell pr)) ->
      Z.of_nat (length (filter (Semantics.is_true q) (filter (Semantics.is_point (Semantics.its_domain q)) (map (map index) l)))) =
      sumZ (map (counts (domain pr) (truth_at pr)) l)).
    { induction l as [|p l IH]; intros Hl; [reflexivity|]. cbn [map filter].
      specialize (IH (fun x h => Hl x (or_intror h))). specialize (Hl p (or_introl eq_refl)).
      pose proof (leaf_is p Hl) as L. pose proof (truth_is p Hl) as T. unfold Semantics.is_point at 1. fold g.
      cbn [sumZ]. rewrite <- IH. unfold counts at 1.
      destruct (Semantics.leaf g (map index p)) as [[w ds]|], (leaf_of (domain pr) p) as [l0|]; try contradiction; [|lia].
      cbn [filter]. rewrite T. destruct (Semantics.is_true q (map index p)); cbn [length]; lia. }
    apply X, incl_refl.
  Qed.
  Theorem probability_is : rel (unit_of pr) (W_in pr (whole_cell pr)) (Semantics.probability q).
  Proof.
    unfold Semantics.probability, Semantics.found, Semantics.points. fold vs. rewrite tuples_are. unfold W_in.
    rewrite gsum_points.
    assert (X : forall l, incl l (points (whole_cell pr)) ->
      rel (unit_of pr) (sumZ (map (weighs (domain pr) (truth_at pr)) l))
        (fold_right (fun t s => (Semantics.weight (Semantics.its_domain q) t + s)%Q) 0%Q
          (filter (Semantics.is_true q) (filter (Semantics.is_point (Semantics.its_domain q)) (map (map index) l))))).
    { induction l as [|p l IH]; intros Hl; [apply rel_zero|]. cbn [map filter].
      specialize (IH (fun x h => Hl x (or_intror h))). specialize (Hl p (or_introl eq_refl)).
      pose proof (leaf_is p Hl) as L. pose proof (truth_is p Hl) as T. unfold Semantics.is_point at 1. fold g.
      cbn [sumZ]. unfold weighs at 1.
      destruct (Semantics.leaf g (map index p)) as [[w ds]|] eqn:El, (leaf_of (domain pr) p) as [l0|]; try contradiction.
      - cbn [filter]. rewrite T. destruct (Semantics.is_true q (map index p)); [|exact IH].
        cbn [fold_right]. unfold Semantics.weight at 1. fold g. rewrite El. unfold rel in *.
        rewrite inject_Z_plus, IH, L. ring.
      - exact IH. }
    apply X, incl_refl.
  Qed.
End All.
