(** * The integers of a problem stand for the matter that it was made of. *)
From Coq Require Import ZArith QArith Qround List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds Counting CountingSound StripsSound Problem Checker
  CheckerSound.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Values and points *)
(** A value stands for that of a variable: by its encoding, or as the piece with its ends. *)
Definition stands (d : Z) (x : Semantics.variable) (v : value) : Prop :=
  match x with
  | Semantics.Continuous first rs =>
      0 <= index v /\ exists l u, opens v = Some l /\ code v = [u] /\
        rel d l (Semantics.cut first rs (index v)) /\ rel d u (Semantics.cut first rs (index v + 1))
  | _ => opens v = None /\ forall y, rels d (code v) (Semantics.encoding x (index v) y)
  end.
Lemma values_from_in d rows : forall i v, In v (values_from d i rows) ->
  exists j, (j < length rows)%nat /\ v = Value (i + Z.of_nat j) (map (whole d) (nth j rows [])) None.
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
  rewrite <- from_seq. destruct x as [rows|first step n|first rs]; cbn [part_of members].
  - cbn [Semantics.count_of]. rewrite values_from_index, Nat2Z.id. reflexivity.
  - cbn [Semantics.count_of]. rewrite map_map. cbn [number_of index]. rewrite map_id. f_equal. lia.
  - rewrite map_map. cbn [piece_of index]. rewrite map_id. f_equal. lia.
Qed.
Lemma cut_rel d rs : 0 < d -> Forall (fun r => (Zpos (Qden (snd r)) | d)) rs ->
  forallb (fun r => (0 <? fst r) && (0 <? Qnum (snd r))) rs = true ->
  forall f F i, 0 <= i -> rel d f F ->
  rel d (cut_at f (map (fun r => (fst r, whole d (snd r))) rs) i) (Semantics.cut F rs i).
Proof.
  intros Hd H. induction H as [|[n long] rs H0 H IH]; intros G f F i Hi R; cbn [map cut_at Semantics.cut fst snd]; [exact R|].
  cbn [forallb fst snd] in *. apply andb_true_iff in G. destruct G as [G0 G]. apply andb_true_iff in G0.
  destruct G0 as [G1 G2]. apply Z.ltb_lt in G1, G2. cbv zeta. rewrite (Z.max_r 0 n), (Z.max_r 0 i) by lia.
  assert (L : 0 <= whole d long).
  { unfold whole. apply Z.mul_nonneg_nonneg; [lia|]. apply Z.div_pos; lia. }
  rewrite (Z.max_r 0 (whole d long)) by assumption. pose proof (whole_rel d long Hd H0) as RL.
  destruct (Z.ltb_spec i n).
  - unfold rel in *. rewrite inject_Z_plus, inject_Z_mult, R, RL. ring.
  - apply (IH G); [lia|]. unfold rel in *. rewrite inject_Z_plus, inject_Z_mult, R, RL. ring.
Qed.
Lemma part_of_stands d x v : 0 < d -> Forall (fun q => (Zpos (Qden q) | d)) (encodings x) -> good_pieces x = true ->
  In v (members (part_of d x)) -> stands d x v.
Proof.
  intros Hd He Hg Hv. unfold stands. destruct x as [rows|first step n|first rs]; cbn [part_of encodings Semantics.encoding] in *.
  - apply values_from_in in Hv. destruct Hv as (j & Hj & ->). cbn [code index opens]. split; [reflexivity|]. intros _.
    rewrite Z.add_0_l, Nat2Z.id.
    apply wholes_rel; [assumption|]. rewrite Forall_forall in *. intros q Hq. apply He, in_concat.
    exists (nth j rows []). split; [apply nth_In; assumption|assumption].
  - apply in_range in Hv. destruct Hv as (i & Hi & ->). cbn [number_of code index opens]. split; [reflexivity|]. intros _.
    inversion He as [|? ? H1 H2]; subst. inversion H2 as [|? ? H3 _]; subst.
    constructor; [|constructor]. pose proof (whole_rel d first Hd H1) as R1. pose proof (whole_rel d step Hd H3) as R2.
    unfold rel in *. rewrite inject_Z_plus, inject_Z_mult, R1, R2. ring.
  - apply in_pieces in Hv. destruct Hv as (i & Hi & ->). cbn [piece_of code index opens].
    inversion He as [|? ? H1 H2]; subst. pose proof (whole_rel d first Hd H1) as R1.
    assert (H3 : Forall (fun r => (Zpos (Qden (snd r)) | d)) rs).
    { apply Forall_forall. intros r Hr. rewrite Forall_forall in H2. apply H2, in_map, Hr. }
    split; [lia|]. eexists _, _. split; [reflexivity|]. split; [reflexivity|].
    split; apply cut_rel; try assumption; lia.
Qed.
Lemma points_tuples d vs : map (map index) (points (map (part_of d) vs)) = Semantics.tuples vs.
Proof.
  induction vs as [|x vs IH]; [reflexivity|]. cbn [map points Semantics.tuples].
  rewrite <- (part_of_indices d x), <- IH.
  induction (members (part_of d x)) as [|v l IHl]; [reflexivity|]. cbn [flat_map map].
  rewrite map_app, IHl, !map_map. reflexivity.
Qed.
(** The last numbers of pieces are a selection. *)
Lemma first_cut rs : forallb (fun r => (0 <? fst r) && (0 <? Qnum (snd r))) rs = true -> forall F,
  (Semantics.cut F rs 0 == F)%Q.
Proof.
  destruct rs as [|[n long] rs]; cbn [forallb Semantics.cut fst snd]; intros G F; [reflexivity|].
  apply andb_true_iff in G. destruct G as [G _]. apply andb_true_iff in G. destruct G as [G _].
  destruct (Z.ltb_spec 0 n); [|discriminate]. change (inject_Z 0) with 0%Q. ring.
Qed.
Lemma cut_rises rs : forallb (fun r => (0 <? fst r) && (0 <? Qnum (snd r))) rs = true -> forall F i,
  0 <= i < fold_right (fun r n => fst r + n) 0 rs -> (Semantics.cut F rs i < Semantics.cut F rs (i + 1))%Q.
Proof.
  induction rs as [|[n long] rs IH]; cbn [forallb Semantics.cut fold_right fst snd]; intros G F i Hi; [lia|].
  apply andb_true_iff in G. destruct G as [G0 G]. apply andb_true_iff in G0. destruct G0 as [G1 G2].
  apply Z.ltb_lt in G1, G2. assert (P : (0 < long)%Q) by (unfold Qlt; cbn; lia).
  assert (Q1 : (inject_Z i * long < inject_Z (i + 1) * long)%Q).
  { apply Qmult_lt_compat_r; [exact P|]. rewrite <- Zlt_Qlt. lia. }
  destruct (Z.ltb_spec i n).
  - destruct (Z.ltb_spec (i + 1) n); [apply Qplus_lt_r; exact Q1|].
    replace (i + 1 - n) with 0 by lia. rewrite (first_cut rs G). replace n with (i + 1) by lia. apply Qplus_lt_r. exact Q1.
  - destruct (Z.ltb_spec (i + 1) n); [lia|]. replace (i + 1 - n) with (i - n + 1) by ring. apply (IH G). lia.
Qed.
Lemma last_numbers_select vs : forallb good_pieces vs = true -> Semantics.selects vs (Semantics.last_numbers vs).
Proof.
  intros G t Ht v Hv. unfold Semantics.last_numbers, Semantics.inside.
  destruct (nth v vs (Semantics.Categorical [])) as [| |first rs] eqn:Ex; try exact I.
  rewrite forallb_forall in G. specialize (G _ (nth_In _ (Semantics.Categorical []) Hv)). rewrite Ex in G. cbn [good_pieces] in G.
  split; [|apply Qle_refl]. apply (cut_rises rs G).
  revert t v Hv Ex Ht. clear. induction vs as [|x vs IH]; intros t v Hv Ex Ht; [cbn in Hv; lia|].
  cbn [Semantics.tuples] in Ht. apply in_flat_map in Ht. destruct Ht as (i & Hi & Ht). apply in_map_iff in Ht.
  destruct Ht as (t' & <- & Ht). destruct v as [|v]; cbn [nth] in *.
  - subst x. apply in_map_iff in Hi. destruct Hi as (k & <- & Hk). apply in_seq in Hk. cbn [Semantics.count_of] in Hk. lia.
  - apply (IH t' v); [cbn in Hv; lia|assumption|assumption].
Qed.
(** Where a tuple's point lies: M times its numbers, M a common denominator of those selected. *)
Fixpoint product_of (f : nat -> Q) (n : nat) : positive :=
  match n with O => 1 | S n' => Qden (f n') * product_of f n' end.
Lemma product_divides f n : forall i, (i < n)%nat -> (Zpos (Qden (f i)) | Zpos (product_of f n)).
Proof.
  induction n as [|n IH]; intros i H; [lia|]. cbn [product_of]. rewrite Pos2Z.inj_mul.
  destruct (Nat.eq_dec i n) as [->|]; [apply Z.divide_factor_l|]. apply Z.divide_mul_r, IH. lia.
Qed.
Section Problem.
  Variables (d : Z) (vs : list Semantics.variable) (sel : Semantics.selection).
  Hypothesis Hd : 0 < d.
  Hypothesis He : Forall (fun x => Forall (fun q => (Zpos (Qden q) | d)) (encodings x)) vs.
  Hypothesis Hg : forallb good_pieces vs = true.
  Let cells := map (part_of d) vs.
  Hypothesis Hw : wf cells.
  Hypothesis Hsel : Semantics.selects vs sel.
  Let nothing_there : Semantics.variable := Semantics.Categorical [].
  Definition scale_at (p : point) : Z :=
    if any_pieces cells then Zpos (product_of (sel (map index p)) (length vs)) else 1.
  Definition spot_of (p : point) (v : nat) : vec :=
    if is_exact (nth v p nobody) then vscale (scale_at p) (code (nth v p nobody))
    else [whole (scale_at p * d) (sel (map index p) v)].
  Definition spot_at (p : point) : list vec := map (spot_of p) (seq 0 (length vs)).
  Lemma scale_positive p : 0 < scale_at p.
  Proof. unfold scale_at. destruct (any_pieces cells); lia. Qed.

  Lemma point_stands p : In p (points cells) -> forall v, (v < length vs)%nat ->
    stands d (nth v vs nothing_there) (nth v p nobody).
  Proof.
    intros Hp v Hv. apply part_of_stands; [assumption| | |].
    - rewrite Forall_forall in He. apply He, nth_In. assumption.
    - rewrite forallb_forall in Hg. apply Hg, nth_In. assumption.
    - pose proof (point_nth cells p Hp v) as H. unfold cells in H. rewrite map_length in H. specialize (H Hv).
      rewrite (nth_indep _ no_part (part_of d nothing_there)), map_nth in H by (rewrite map_length; assumption).
      exact H.
  Qed.
  Lemma nth_index' v (p : point) : nth v (map index p) 0 = index (nth v p nobody).
  Proof. change 0 with (index nobody). apply map_nth. Qed.
  Lemma spot_nth p v : (v < length vs)%nat -> nth v (spot_at p) [] = spot_of p v.
  Proof.
    intros H. unfold spot_at. rewrite (nth_indep _ [] (spot_of p O)) by (rewrite map_length, seq_length; assumption).
    rewrite map_nth, seq_nth by assumption. reflexivity.
  Qed.
  Lemma inside_at p v : In p (points cells) -> (v < length vs)%nat ->
    Semantics.inside (nth v vs nothing_there) (index (nth v p nobody)) (sel (map index p) v).
  Proof.
    intros Hp Hv. rewrite <- nth_index'. apply Hsel; [|assumption]. rewrite <- (points_tuples d vs). apply in_map. assumption.
  Qed.
  (** The number selected, in integers. *)
  Lemma selected_rel p v : In p (points cells) -> (v < length vs)%nat -> is_exact (nth v p nobody) = false ->
    rel (scale_at p * d) (whole (scale_at p * d) (sel (map index p) v)) (sel (map index p) v).
  Proof.
    intros Hp Hv Hx. apply whole_rel; [pose proof (scale_positive p); nia|]. apply Z.divide_mul_l. unfold scale_at.
    destruct (any_pieces cells) eqn:E; [apply product_divides; assumption|exfalso].
    pose proof (any_pieces_none _ E p Hp) as A. rewrite forallb_forall in A.
    assert (I : In (nth v p nobody) p).
    { apply nth_In. apply points_forall2 in Hp. rewrite (Forall2_length Hp). unfold cells. rewrite map_length. assumption. }
    rewrite (A _ I) in Hx. discriminate.
  Qed.
  Lemma spot_right p v : In p (points cells) -> (v < length vs)%nat ->
    spot (scale_at p) (spot_of p v) (nth v p nobody) /\
    rels (scale_at p * d) (spot_of p v)
      (Semantics.encoding (nth v vs nothing_there) (index (nth v p nobody)) (sel (map index p) v)).
  Proof.
    intros Hp Hv. pose proof (point_stands p Hp v Hv) as S. pose proof (inside_at p v Hp Hv) as I.
    pose proof (selected_rel p v Hp Hv) as R. pose proof (scale_positive p) as HM.
    unfold spot_of, spot, is_exact, stands in *. set (x := nth v vs nothing_there) in *. set (y := nth v p nobody) in *.
    destruct x as [rows|first step n|first rs].
    - destruct S as [-> S]. split; [reflexivity|]. apply rels_scale, S.
    - destruct S as [-> S]. split; [reflexivity|]. apply rels_scale, S.
    - destruct S as (Hi & l & u & El & Eu & Rl & Ru). rewrite El, Eu in *. cbn [Semantics.encoding Semantics.inside hd] in *. specialize (R eq_refl).
      set (z := whole _ _) in *. split; [|constructor; [exact R|constructor]].
      exists z. split; [reflexivity|]. destruct I as [I1 I2]. assert (HD : 0 < scale_at p * d) by nia.
      split; (eapply (rel_le (scale_at p * d)); [exact HD| | |]);
        try exact R; try (apply rel_scale; eassumption); [apply Qlt_le_weak, I1|exact I2].
  Qed.
  Lemma spots_right p : In p (points cells) -> spots (scale_at p) (spot_at p) p.
  Proof.
    intros Hp. assert (L : length p = length vs).
    { apply points_forall2 in Hp. rewrite (Forall2_length Hp). unfold cells. apply map_length. }
    assert (G : forall (ys : list vec) (q : point), length ys = length q ->
      (forall v, (v < length q)%nat -> spot (scale_at p) (nth v ys []) (nth v q nobody)) -> spots (scale_at p) ys q).
    { clear. induction ys as [|y ys IH]; intros [|v q] E H; try discriminate; constructor.
      - apply (H O). cbn. lia.
      - apply IH; [cbn in E; lia|]. intros i Hi. apply (H (S i)). cbn. lia. }
    apply G.
    - unfold spot_at. rewrite map_length, seq_length. congruence.
    - intros v Hv. rewrite spot_nth by lia. apply spot_right; [assumption|lia].
  Qed.
  Lemma rel_unique s z z' x : rel s z x -> rel s z' x -> z = z'.
  Proof. unfold rel. intros H H'. apply inject_Z_injective. rewrite H, H'. reflexivity. Qed.
  Lemma last_spots p : sel = Semantics.last_numbers vs -> In p (points cells) ->
    spot_at p = map (fun v => vscale (scale_at p) (code v)) p.
  Proof.
    intros Es Hp. assert (L : length p = length vs).
    { apply points_forall2 in Hp. rewrite (Forall2_length Hp). unfold cells. apply map_length. }
    apply (nth_ext _ _ [] []); [unfold spot_at; rewrite !map_length, seq_length; congruence|].
    intros v Hv. unfold spot_at in Hv. rewrite map_length, seq_length in Hv. rewrite spot_nth by assumption.
    change (@nil Z) with ((fun v => vscale (scale_at p) (code v)) nobody). rewrite map_nth.
    unfold spot_of. destruct (is_exact (nth v p nobody)) eqn:Ex; [reflexivity|].
    pose proof (selected_rel p v Hp Hv Ex) as R. pose proof (point_stands p Hp v Hv) as S.
    unfold is_exact in Ex. unfold stands in S.
    destruct (nth v vs nothing_there) as [rows|first step n|first rs] eqn:Ev;
      [destruct S as [S _]; rewrite S in Ex; discriminate|destruct S as [S _]; rewrite S in Ex; discriminate|].
    destruct S as (_ & l & u & _ & -> & _ & Ru). cbn [vscale map]. f_equal.
    assert (X : sel (map index p) v = Semantics.cut first rs (index (nth v p nobody) + 1)).
    { rewrite Es. unfold Semantics.last_numbers. rewrite nth_index'. unfold nothing_there in Ev. rewrite Ev. reflexivity. }
    rewrite X in *. apply (rel_unique _ _ _ _ R). apply rel_scale. exact Ru.
  Qed.
  Lemma input_rels reads p : In p (points cells) -> Forall (fun v => (v < length vs)%nat) reads ->
    rels (scale_at p * d) (concat (seen_at reads (spot_at p))) (Semantics.input vs sel reads (map index p)).
  Proof.
    intros Hp H. unfold seen_at, Semantics.input. induction H as [|v reads Hv H IH]; cbn [map concat flat_map]; [constructor|].
    apply Forall2_app; [|exact IH]. rewrite nth_index', spot_nth by assumption. apply spot_right; assumption.
  Qed.

  (** ** Trees *)
  Lemma place_sound reads : Forall (fun v => (v < length vs)%nat) reads -> forall p, In p (points cells) ->
    forall column v j, place (map width cells) reads column = Some (v, j) ->
    In v reads /\ (j < width (nth v cells no_part))%nat /\ nth column (Semantics.input vs sel reads (map index p)) 0%Q =
      nth j (Semantics.encoding (nth v vs nothing_there) (index (nth v p nobody)) (sel (map index p) v)) 0%Q.
  Proof.
    intros H p Hp. induction H as [|v0 reads Hv H IH]; intros column v j E; cbn [place] in E; [discriminate|].
    unfold Semantics.input. cbn [flat_map]. fold (Semantics.input vs sel reads (map index p)). rewrite nth_index'.
    set (enc := Semantics.encoding _ _ _).
    assert (Hc : (v0 < length cells)%nat) by (unfold cells; rewrite map_length; assumption).
    assert (L : length enc = nth v0 (map width cells) O).
    { destruct (spot_right p v0 Hp Hv) as [Sp R]. transitivity (length (spot_of p v0)); [symmetry; apply (Forall2_length R)|].
      destruct (proj1 (Forall_forall _ _) Hw (nth v0 cells no_part) (nth_In _ _ Hc) _ (point_nth cells p Hp v0 Hc)) as [W K].
      rewrite (spot_length _ _ _ K Sp), W. change O with (width no_part). rewrite map_nth. reflexivity. }
    rewrite <- L in E. destruct (Nat.ltb_spec column (length enc)) as [Hj|Hj].
    - inversion E; subst v j. split; [left; reflexivity|]. split; [|apply app_nth1; assumption].
      rewrite L in Hj. change O with (width no_part) in Hj. rewrite map_nth in Hj. exact Hj.
    - apply IH in E. destruct E as (E1 & E2 & E3). split; [right; assumption|]. split; [assumption|].
      rewrite app_nth2 by assumption. exact E3.
  Qed.
  Lemma rels_nth s zs qs j : rels s zs qs -> rel s (nth j zs 0) (nth j qs 0%Q).
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
  (** A threshold that parts pieces has all numbers of a piece on one side. *)
  Lemma threshold_pieces s rs lo hi i l u x t : lo <= i <= hi -> l = cut_at s rs i -> u = cut_at s rs (i + 1) ->
    (inject_Z l < inject_Z d * x)%Q -> (inject_Z d * x <= inject_Z u)%Q ->
    parts_pieces (Pieces s rs lo hi) (t * inject_Z d) = true ->
    (u <=? Qfloor (t * inject_Z d)) = Qle_bool x t.
  Proof.
    intros Hi -> -> L U H. unfold parts_pieces in H. set (y := (t * inject_Z d)%Q) in *.
    pose proof (pieces_up_to_spec s rs (Qfloor y) lo hi i Hi) as S. set (k := pieces_up_to s rs (Qfloor y) lo hi) in *.
    pose proof (inject_pos d Hd) as P. apply eq_true_iff_eq. rewrite Qle_bool_iff, Z.leb_le. split; intros A.
    - rewrite Zle_Qle in A. pose proof (Qfloor_le y) as F.
      assert (G : (inject_Z d * x <= inject_Z d * t)%Q).
      { rewrite (Qmult_comm _ t). eapply Qle_trans; [exact U|]. eapply Qle_trans; [exact A|exact F]. }
      apply Qmult_le_l in G; assumption.
    - destruct (Z.leb_spec (cut_at s rs (i + 1)) (Qfloor y)); [assumption|exfalso].
      symmetry in S. apply Z.leb_gt in S. apply orb_true_iff in H. destruct H as [H|H]; [apply Z.leb_le in H; lia|].
      apply Qle_bool_iff in H. pose proof (cut_at_mono rs s (k + 1) i ltac:(lia)) as Cm. rewrite Zle_Qle in Cm.
      apply (Qlt_irrefl (inject_Z (cut_at s rs i))). eapply Qlt_le_trans; [exact L|].
      eapply Qle_trans; [|exact Cm]. eapply Qle_trans; [|exact H]. unfold y. rewrite (Qmult_comm t).
      apply Qmult_le_l; assumption.
  Qed.
  Lemma below_right p v j t : In p (points cells) -> (v < length vs)%nat -> (j < width (nth v cells no_part))%nat ->
    parts_pieces (nth v cells no_part) (t * inject_Z d) = true ->
    below j (Qfloor (t * inject_Z d)) (nth v p nobody) =
    Qle_bool (nth j (Semantics.encoding (nth v vs nothing_there) (index (nth v p nobody)) (sel (map index p) v)) 0%Q) t.
  Proof.
    intros Hp Hv Hj Hparts. unfold below. pose proof (inside_at p v Hp Hv) as I. pose proof (point_stands p Hp v Hv) as S.
    assert (C : nth v cells no_part = part_of d (nth v vs nothing_there)).
    { unfold cells. rewrite (nth_indep _ no_part (part_of d nothing_there)) by (rewrite map_length; assumption). apply map_nth. }
    assert (Hc : (v < length cells)%nat) by (unfold cells; rewrite map_length; assumption).
    pose proof (point_nth cells p Hp v Hc) as M0. rewrite C in *.
    destruct (nth v vs nothing_there) as [rows|first step n|first rs] eqn:Ex; cbn [stands Semantics.inside] in *.
    - destruct S as [_ S]. rewrite (threshold _ _ t (rels_nth _ _ _ j (S (sel (map index p) v)))). reflexivity.
    - destruct S as [_ S]. rewrite (threshold _ _ t (rels_nth _ _ _ j (S (sel (map index p) v)))). reflexivity.
    - destruct S as (Hi & l & u & El & Eu & Rl & Ru). cbn [part_of width] in Hj, M0, Hparts. destruct j as [|j]; [|lia].
      apply in_pieces in M0. destruct M0 as (i & Hi' & Ep). rewrite Ep in *. cbn [piece_of opens code index nth Semantics.encoding] in *.
      inversion El; subst l. inversion Eu; subst u. destruct I as [I1 I2]. unfold rel in Rl, Ru.
      pose proof (inject_pos d Hd) as P.
      eapply threshold_pieces; [exact Hi'|reflexivity|reflexivity| | |exact Hparts].
      + rewrite Rl. apply Qmult_lt_l; assumption.
      + rewrite Ru. apply Qmult_le_l; assumption.
  Qed.
  Lemma tree_of_sound reads : Forall (fun v => (v < length vs)%nat) reads -> forall t t',
    tree_of d cells reads t = Some t' ->
    tree_fits (length cells) t' = true /\
    forall p, In p (points cells) -> classify t' p = Semantics.classify t (Semantics.input vs sel reads (map index p)).
  Proof.
    intros H. induction t as [k|column th l IHl r IHr]; intros t' E; cbn [tree_of] in E.
    - inversion E; subst. split; [reflexivity|]. reflexivity.
    - destruct (place (map width cells) reads column) as [[v j]|] eqn:Ep; [|discriminate].
      destruct (tree_of d cells reads l) as [l'|] eqn:El; [|discriminate].
      destruct (tree_of d cells reads r) as [r'|] eqn:Er; [|discriminate]. cbv zeta in E.
      destruct (parts_pieces (nth v cells no_part) (th * inject_Z d)) eqn:Eq; [|discriminate].
      assert (Et : t' = TNode v j (Qfloor (th * inject_Z d)) l' r') by congruence. clear E. subst t'.
      destruct (IHl l' eq_refl) as [Fl Cl]. destruct (IHr r' eq_refl) as [Fr Cr].
      assert (Hin : forall rs col, place (map width cells) rs col = Some (v, j) -> In v rs).
      { induction rs as [|v0 rs IHrs]; intros col E; cbn [place] in E; [discriminate|].
        destruct (col <? _)%nat; [inversion E; left; reflexivity|]. right. eapply IHrs. exact E. }
      pose proof (proj1 (Forall_forall _ _) H v (Hin _ _ Ep)) as Hv.
      split.
      + cbn [tree_fits]. rewrite Fl, Fr, !andb_true_r. apply Nat.ltb_lt. unfold cells. rewrite map_length. exact Hv.
      + intros p Hp. cbn [classify Semantics.classify]. rewrite (Cl p Hp), (Cr p Hp).
        destruct (place_sound reads H p Hp column v j Ep) as (_ & Hj & ->).
        rewrite (below_right p v j th Hp Hv Hj Eq). reflexivity.
  Qed.

  (** ** Models *)
  Lemma model_of_sound b m : model_of d cells b = Some m ->
    model_fits (length cells) m /\
    forall p, In p (points cells) ->
    match m with
    | ANet n => loose (ready n) = any_pieces cells /\ class_there (scale_at p) n (spot_at p) = Semantics.class vs sel b (map index p)
    | ATree t => classify t p = Semantics.class vs sel b (map index p)
    end.
  Proof.
    unfold model_of. intros E. destruct (forallb _ (Semantics.reads b)) eqn:Er; [|discriminate].
    assert (H : Forall (fun v => (v < length vs)%nat) (Semantics.reads b)).
    { rewrite forallb_forall in Er. apply Forall_forall. intros v Hv. specialize (Er v Hv). apply Nat.ltb_lt in Er.
      unfold cells in Er. rewrite map_length in Er. exact Er. }
    destruct b as [m0 reads]. cbn [Semantics.the_model Semantics.reads] in *. destruct m0 as [n|t].
    - destruct (translate_layers n 1 [d] []) as [[n' ss]|] eqn:El; [|discriminate]. inversion E; subst; clear E.
      assert (Et : translate d n = Some n') by (unfold translate; rewrite El; reflexivity). split.
      + cbn [model_fits net_of sees]. unfold cells. rewrite map_length. exact H.
      + intros p Hp. split; [reflexivity|]. unfold class_there. cbn [net_of ready sees prepare layers]. unfold Semantics.class.
        cbn [Semantics.the_model Semantics.reads].
        apply (translate_sound (scale_at p) d n n' _ _ (scale_positive p) Hd Et). apply input_rels; assumption.
    - destruct (tree_of d cells reads t) as [t'|] eqn:Et; [|discriminate]. inversion E; subst; clear E.
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
  Proof.
    unfold d, denominator. destruct (commons_fits encodings vs 1 ltac:(lia)) as (H1 & _ & H2). cbn [fold_left] in *.
    set (m := fold_left _ vs 1) in *. split; [destruct (existsb _ vs); unfold FINE; lia|].
    eapply Forall_impl; [|exact H2]. intros x Hx. eapply Forall_impl; [|exact Hx]. intros y Hy.
    apply Z.divide_mul_l. exact Hy.
  Qed.
  Lemma problem_parts : exists ms,
    pr = Problem (map (part_of d) vs) d (domain_of u g) u ms (Semantics.question q) /\ forallb good_pieces vs = true /\
    wf (map (part_of d) vs) /\ given_fits (length vs) (domain_of u g) = true /\
    Forall2 (fun b m => model_of d (map (part_of d) vs) b = Some m) (Semantics.models q) ms.
  Proof.
    unfold problem_of in E. fold vs g d u in E.
    destruct (forallb good_pieces vs) eqn:Eg'; [|discriminate].
    destruct (forallb wf_values (map (part_of d) vs)) eqn:Ew; [|discriminate].
    destruct (given_fits (length vs) (domain_of u g)) eqn:Eg; [|discriminate]. cbn [andb] in E.
    destruct (all_of _ (Semantics.models q)) as [ms|] eqn:Em; [|discriminate]. inversion E; subst. exists ms.
    split; [reflexivity|]. split; [reflexivity|]. split; [|split; [reflexivity|exact (all_of_spec _ _ _ Em)]].
    rewrite forallb_forall in Ew. apply Forall_forall. intros c Hc. apply wf_check, Ew, Hc.
  Qed.
  Lemma tuples_are : Semantics.tuples vs = map (map index) (points (whole_cell pr)).
  Proof. destruct problem_parts as (ms & -> & _). cbn [whole_cell]. symmetry. apply points_tuples. Qed.
  (** What is selected: where the points lie, and the models' classes there. *)
  Variable sel : Semantics.selection.
  Hypothesis Hsel : Semantics.selects vs sel.
  Definition real_of (p : point) (m : nat) : Z := Semantics.classes q sel (map index p) m.
  Lemma problem_fits : fits pr.
  Proof.
    destruct problem_parts as (ms & -> & Hp & Hw & Hg & Hm). destruct denominator_fits as [Hd He].
    constructor; cbn [whole_cell domain models]; [assumption|rewrite map_length; assumption|].
    clear - Hm Hd He Hw Hp Hsel. induction Hm as [|b m bs ms Hb Hm IH]; constructor; [|assumption].
    apply (model_of_sound d vs sel Hd He Hp Hw Hsel b m Hb).
  Qed.
  Theorem selection_is_faithful : faithful pr real_of (scale_at d vs sel) (spot_at d vs sel).
  Proof.
    destruct problem_parts as (ms & -> & Hp & Hw & Hg & Hm). destruct denominator_fits as [Hd He].
    constructor; cbn [whole_cell models].
    - intros p Hin. split; [apply scale_positive|apply spots_right; assumption].
    - intros p m t Hin Em. unfold real_of, Semantics.classes. fold vs. clear E. revert m Em.
      induction Hm as [|b x bs ms Hb Hm IH]; intros m Em; [destruct m; inversion Em; subst; reflexivity|].
      destruct m as [|m]; cbn [nth] in *; [|apply IH; assumption]. subst x. symmetry.
      apply (model_of_sound d vs sel Hd He Hp Hw Hsel b _ Hb). assumption.
    - intros p m n Hin Em. unfold real_of, Semantics.classes. fold vs. clear E. revert m Em.
      induction Hm as [|b x bs ms Hb Hm IH]; intros m Em; [destruct m; discriminate|].
      destruct m as [|m]; cbn [nth nth_error] in *; [|apply IH; assumption]. inversion Em; subst x.
      destruct (proj2 (model_of_sound d vs sel Hd He Hp Hw Hsel b _ Hb) p Hin) as [L C]. split; [|symmetry; exact C].
      unfold scale_at. rewrite L. destruct (any_pieces _); [left|right]; reflexivity.
  Qed.
  (** At the last numbers of the pieces, the models' classes are those evaluated. *)
  Lemma last_evaluated : sel = Semantics.last_numbers vs -> forall p m, In p (points (whole_cell pr)) ->
    class_of (nth m (models pr) no_model) p = real_of p m.
  Proof.
    intros Es p m Hp. pose proof selection_is_faithful as F.
    destruct (nth m (models pr) no_model) as [n|t] eqn:Em; [|symmetry; apply (real_tree _ _ _ _ F); assumption].
    assert (En : nth_error (models pr) m = Some (ANet n)).
    { destruct (nth_error (models pr) m) as [x|] eqn:Ee.
      - rewrite (nth_error_nth _ _ _ Ee) in Em. congruence.
      - apply nth_error_None in Ee. rewrite nth_overflow in Em by assumption. discriminate. }
    destruct (real_net _ _ _ _ F p m n Hp En) as [_ ->]. rewrite class_of_net. unfold class_there.
    destruct problem_parts as (ms & Ep & Hgood & Hw & _). destruct denominator_fits as [Hd He].
    assert (Hp' : In p (points (map (part_of d) vs))) by (rewrite Ep in Hp; exact Hp).
    rewrite (last_spots d vs sel Hd He Hgood p Es Hp').
    assert (X : concat (seen_at (sees n) (map (fun v => vscale (scale_at d vs sel p) (code v)) p)) =
      vscale (scale_at d vs sel p) (input (seen (sees n) p))).
    { unfold seen_at, seen, input. induction (sees n) as [|v reads IH]; [reflexivity|]. cbn [map concat flat_map].
      rewrite IH. unfold vscale at 3. rewrite map_app. f_equal.
      change (@nil Z) with ((fun v => vscale (scale_at d vs sel p) (code v)) nobody). rewrite map_nth. reflexivity. }
    rewrite X. symmetry. apply class_scaled. apply scale_positive.
  Qed.
  Lemma truth_is p : truth_at pr real_of p = Semantics.is_true q sel (map index p).
  Proof.
    unfold truth_at, Semantics.is_true.
    assert (Ef : formula pr = Semantics.question q) by (destruct problem_parts as (ms & -> & _); reflexivity).
    rewrite Ef. reflexivity.
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
    intros Hp. apply points_length in Hp. destruct problem_parts as (ms & -> & _ & _ & Hg & _). cbn [whole_cell domain unit_of] in *.
    rewrite map_length in Hp. apply (domain_of_sound u g (length vs)); try assumption.
    - apply (unit_over_spec g 1). lia.
    - apply unit_over_fits. lia.
  Qed.
  (** The number and the probability that the question asks for. *)
  Theorem number_is : Semantics.number q sel = N_in pr real_of (whole_cell pr).
  Proof.
    unfold Semantics.number, Semantics.found, Semantics.points. fold vs. rewrite tuples_are. unfold N_in.
    rewrite gsum_points.
    assert (X : forall l, incl l (points (whole_cell pr)) ->
      Z.of_nat (length (filter (Semantics.is_true q sel) (filter (Semantics.is_point (Semantics.its_domain q)) (map (map index) l)))) =
      sumZ (map (counts (domain pr) (truth_at pr real_of)) l)).
    { induction l as [|p l IH]; intros Hl; [reflexivity|]. cbn [map filter].
      specialize (IH (fun x h => Hl x (or_intror h))). specialize (Hl p (or_introl eq_refl)).
      pose proof (leaf_is p Hl) as L. pose proof (truth_is p) as T. unfold Semantics.is_point at 1. fold g.
      cbn [sumZ]. rewrite <- IH. unfold counts at 1.
      destruct (Semantics.leaf g (map index p)) as [[w ds]|], (leaf_of (domain pr) p) as [l0|]; try contradiction; [|lia].
      cbn [filter]. rewrite T. destruct (Semantics.is_true q sel (map index p)); cbn [length]; lia. }
    apply X, incl_refl.
  Qed.
  Theorem probability_is : rel (unit_of pr) (W_in pr real_of (whole_cell pr)) (Semantics.probability q sel).
  Proof.
    unfold Semantics.probability, Semantics.found, Semantics.points. fold vs. rewrite tuples_are. unfold W_in.
    rewrite gsum_points.
    assert (X : forall l, incl l (points (whole_cell pr)) ->
      rel (unit_of pr) (sumZ (map (weighs (domain pr) (truth_at pr real_of)) l))
        (fold_right (fun t s => (Semantics.weight (Semantics.its_domain q) t + s)%Q) 0%Q
          (filter (Semantics.is_true q sel) (filter (Semantics.is_point (Semantics.its_domain q)) (map (map index) l))))).
    { induction l as [|p l IH]; intros Hl; [apply rel_zero|]. cbn [map filter].
      specialize (IH (fun x h => Hl x (or_intror h))). specialize (Hl p (or_introl eq_refl)).
      pose proof (leaf_is p Hl) as L. pose proof (truth_is p) as T. unfold Semantics.is_point at 1. fold g.
      cbn [sumZ]. unfold weighs at 1.
      destruct (Semantics.leaf g (map index p)) as [[w ds]|] eqn:El, (leaf_of (domain pr) p) as [l0|]; try contradiction.
      - cbn [filter]. rewrite T. destruct (Semantics.is_true q sel (map index p)); [|exact IH].
        cbn [fold_right]. unfold Semantics.weight at 1. fold g. rewrite El. unfold rel in *.
        rewrite inject_Z_plus, IH, L. ring.
      - exact IH. }
    apply X, incl_refl.
  Qed.
End All.
