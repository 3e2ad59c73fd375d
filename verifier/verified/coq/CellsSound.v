(** * Points of cells, and the ends of linear forms over them. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells.
Import ListNotations.
Open Scope Z_scope.

(** ** Vectors *)
Lemma dot_nil_r a : dot a [] = 0. Proof. destruct a; reflexivity. Qed.
Lemma dot_vadd_l a : forall b x, dot (vadd a b) x = dot a x + dot b x.
Proof.
  induction a as [|a0 a IH]; intros b x; [reflexivity|].
  destruct b as [|b0 b]; [cbn [vadd dot]; lia|].
  destruct x as [|x0 x]; [reflexivity|]. cbn. rewrite IH. lia.
Qed.
Lemma dot_vadd_r a : forall x y, dot a (vadd x y) = dot a x + dot a y.
Proof.
  induction a as [|a0 a IH]; intros x y; [reflexivity|].
  destruct x as [|x0 x]; [reflexivity|]. destruct y as [|y0 y]; [cbn; lia|].
  cbn. rewrite IH. lia.
Qed.
Lemma dot_vscale_l c a : forall x, dot (vscale c a) x = c * dot a x.
Proof.
  induction a as [|a0 a IH]; intros x; [cbn; lia|].
  destruct x; cbn; [lia|]. fold (vscale c a). rewrite IH. lia.
Qed.
Lemma dot_vscale_r c a : forall x, dot a (vscale c x) = c * dot a x.
Proof.
  induction a as [|a0 a IH]; intros x; [cbn; lia|].
  destruct x; cbn; [lia|]. fold (vscale c x). rewrite IH. lia.
Qed.
Lemma dot_unit k : forall x, dot (unit k) x = nth k x 0.
Proof.
  induction k as [|k IH]; intros [|x0 x]; cbn [unit dot nth]; try reflexivity.
  - destruct x; cbn [dot]; lia.
  - rewrite IH. lia.
Qed.
Lemma dot_app a x : forall y, dot a (x ++ y) = dot a x + dot (skipn (length x) a) y.
Proof.
  revert a. induction x as [|x0 x IH]; intros a y; [rewrite dot_nil_r; reflexivity|].
  destruct a as [|a0 a]; [cbn; reflexivity|]. cbn. rewrite IH. lia.
Qed.
Lemma sumZ_app a b : sumZ (a ++ b) = sumZ a + sumZ b.
Proof. induction a; cbn; lia. Qed.

(** ** Members of parts and points of cells *)
Lemma in_from n : forall lo i, In i (from lo n) <-> lo <= i < lo + Z.of_nat n.
Proof.
  induction n as [|n IH]; intros lo i; cbn [from In]; [lia|]. rewrite IH. lia.
Qed.
Lemma in_range f s lo hi v : In v (members (Range f s lo hi)) <->
  exists i, lo <= i <= hi /\ v = number_of f s i.
Proof.
  cbn [members]. rewrite in_map_iff. split.
  - intros (i & <- & H). exists i. apply in_from in H. split; [lia|reflexivity].
  - intros (i & H & ->). exists i. split; [reflexivity|]. apply in_from. lia.
Qed.
(** Cuts never fall. *)
Lemma cut_at_above rs : forall f i, f <= cut_at f rs i.
Proof.
  induction rs as [|[n l] rs IH]; intros f i; cbn [cut_at]; [lia|]. cbv zeta. set (n' := Z.max 0 n).
  destruct (i <? n'); [nia|]. specialize (IH (f + n' * Z.max 0 l) (i - n')). nia.
Qed.
Lemma cut_at_mono rs : forall f i j, i <= j -> cut_at f rs i <= cut_at f rs j.
Proof.
  induction rs as [|[n l] rs IH]; intros f i j H; cbn [cut_at]; [lia|]. cbv zeta.
  assert (Hn : 0 <= Z.max 0 n) by lia. set (n' := Z.max 0 n) in *. clearbody n'.
  destruct (Z.ltb_spec i n'), (Z.ltb_spec j n'); [nia| |lia|apply IH; lia].
  pose proof (cut_at_above rs (f + n' * Z.max 0 l) (j - n')). nia.
Qed.
Lemma in_pieces f rs lo hi v : In v (members (Pieces f rs lo hi)) <->
  exists i, lo <= i <= hi /\ v = piece_of f rs i.
Proof.
  cbn [members]. rewrite in_map_iff. split.
  - intros (i & <- & H). apply in_from in H. exists i. split; [lia|reflexivity].
  - intros (i & H & ->). exists i. split; [reflexivity|]. apply in_from. lia.
Qed.
Lemma points_cons q c p : In p (points (q :: c)) <->
  exists v p', p = v :: p' /\ In v (members q) /\ In p' (points c).
Proof.
  cbn. rewrite in_flat_map. split.
  - intros (v & Hv & H). apply in_map_iff in H. destruct H as (p' & <- & Hp). eauto.
  - intros (v & p' & -> & Hv & Hp). exists v. split; auto. apply in_map. assumption.
Qed.
Lemma points_forall2 c : forall p, In p (points c) <-> Forall2 (fun v q => In v (members q)) p c.
Proof.
  induction c as [|q c IH]; intros p.
  - split; [intros [<-|[]]; constructor|]. intros H. inversion H. left. reflexivity.
  - rewrite points_cons. split.
    + intros (v & p' & -> & Hv & Hp). constructor; [assumption|]. apply IH. assumption.
    + intros H. inversion H; subst. eexists _, _. split; [reflexivity|]. split; [assumption|]. apply IH. assumption.
Qed.
Lemma point_nth c p : In p (points c) -> forall v, (v < length c)%nat ->
  In (nth v p nobody) (members (nth v c no_part)).
Proof.
  intros H. apply points_forall2 in H. induction H; intros v Hv; cbn in Hv; [lia|].
  destruct v; cbn; [assumption|]. apply IHForall2. lia.
Qed.
(** A point of a cell, seen by a model, is a point of what it sees of the cell. *)
Lemma seen_in reads c p : Forall (fun v => (v < length c)%nat) reads -> In p (points c) ->
  In (seen reads p) (points (project reads c)).
Proof.
  intros H Hp. apply points_forall2. unfold seen, project. induction H; cbn [map]; constructor; [|assumption].
  apply point_nth; assumption.
Qed.

(** ** Well-formed cells: all values of a part have codes of the same length, pieces begin before they end. *)
Definition piece_ok (v : value) : Prop :=
  match opens v with None => True | Some l => exists x, code v = [x] /\ l <= x end.
Definition wf_part (q : part) := forall v, In v (members q) -> length (code v) = width q /\ piece_ok v.
Definition wf (c : cell) := Forall wf_part c.
Lemma piece_of_ok f rs i : piece_ok (piece_of f rs i).
Proof. unfold piece_ok. cbn [piece_of opens code]. eexists. split; [reflexivity|]. apply cut_at_mono. lia. Qed.
Lemma exact_ok v : is_exact v = true -> piece_ok v.
Proof. unfold is_exact, piece_ok. destruct (opens v); [discriminate|trivial]. Qed.
Lemma wf_check q : wf_values q = true -> wf_part q.
Proof.
  destruct q as [vs|f s lo hi|f rs lo hi]; intros H v Hv.
  - cbn [wf_values members] in *. rewrite forallb_forall in H. specialize (H v Hv). apply andb_true_iff in H.
    destruct H as [H1 H2]. split; [apply Nat.eqb_eq, H1|apply exact_ok, H2].
  - apply in_range in Hv. destruct Hv as (i & _ & ->). split; [reflexivity|exact I].
  - apply in_pieces in Hv. destruct Hv as (i & _ & ->). split; [reflexivity|apply piece_of_ok].
Qed.
Lemma wf_project reads c : wf c -> wf (project reads c).
Proof.
  intros H. apply Forall_forall. intros q Hq. apply in_map_iff in Hq. destruct Hq as (v & <- & _).
  destruct (nth_in_or_default v c no_part) as [Hq| ->].
  - unfold wf in H. rewrite Forall_forall in H. apply H, Hq.
  - intros w [].
Qed.
Lemma wf_point c p : wf c -> In p (points c) -> Forall piece_ok p.
Proof.
  intros H Hp. apply points_forall2 in Hp. revert H. induction Hp as [|v q p c Hv Hp IH]; intros H; constructor;
    inversion H; subst; auto. apply (H2 v Hv).
Qed.

(** ** Where a point may lie: M times its numbers, each inside its value. *)
Definition spot (M : Z) (y : vec) (v : value) : Prop :=
  match opens v with
  | None => y = vscale M (code v)
  | Some l => exists z, y = [z] /\ M * l <= z <= M * hd 0 (code v)
  end.
Definition spots (M : Z) := Forall2 (spot M).
Definition seen_at (reads : list nat) (ys : list vec) : list vec := map (fun v => nth v ys []) reads.
Lemma vscale_1 x : vscale 1 x = x.
Proof. unfold vscale. rewrite <- (map_id x) at 2. apply map_ext. intros z. lia. Qed.
Lemma spots_self p : Forall piece_ok p -> spots 1 (map code p) p.
Proof.
  intros H. induction H as [|v p Hv H IH]; cbn [map]; constructor; [|exact IH]. unfold spot, piece_ok in *.
  destruct (opens v) as [l|]; [|rewrite vscale_1; reflexivity]. destruct Hv as (x & -> & L). exists x. cbn [hd].
  split; [reflexivity|lia].
Qed.
Lemma spots_exact M p : forall ys, spots M ys p -> forallb is_exact p = true -> concat ys = vscale M (input p).
Proof.
  induction p as [|v p IH]; intros ys H E; inversion H as [|y ? ys' ? Hy Hs]; subst; [reflexivity|].
  cbn [forallb] in E. apply andb_true_iff in E. destruct E as [E1 E2]. cbn [concat].
  change (input (v :: p)) with (code v ++ input p). rewrite (IH ys' Hs E2). unfold vscale. rewrite map_app. f_equal.
  unfold spot, is_exact in *. destruct (opens v); [discriminate|exact Hy].
Qed.
Lemma spot_length M y v : piece_ok v -> spot M y v -> length y = length (code v).
Proof.
  unfold spot, piece_ok. destruct (opens v) as [l|].
  - intros (x & -> & _) (z & -> & _). reflexivity.
  - intros _ ->. unfold vscale. apply map_length.
Qed.
Lemma spots_nth M ys p : spots M ys p -> forall i, spot M (nth i ys []) (nth i p nobody).
Proof. intros H. induction H; intros [|i]; cbn [nth]; auto; reflexivity. Qed.
Lemma spots_seen M ys p reads : spots M ys p -> spots M (seen_at reads ys) (seen reads p).
Proof.
  intros H. unfold seen_at, seen. induction reads as [|v reads IH]; cbn [map]; constructor; [|exact IH].
  apply spots_nth. exact H.
Qed.
(** Where a point of a cell lies, one of its hulls lies too. *)
Lemma hull_width q : width (hull_of q) = width q.
Proof. destruct q as [vs|s d lo hi|s rs lo hi]; try reflexivity. cbn [hull_of]. destruct (hi <? lo); reflexivity. Qed.
Lemma hull_wf q : wf_part q -> wf_part (hull_of q).
Proof.
  intros H. destruct q as [vs|s d lo hi|s rs lo hi]; try exact H. cbn [hull_of]. destruct (Z.ltb_spec hi lo); [exact H|].
  intros v [<-|[]]. split; [reflexivity|]. unfold piece_ok. cbn [opens code]. eexists. split; [reflexivity|].
  apply cut_at_mono. lia.
Qed.
Lemma hull_spot M q v y : 0 < M -> In v (members q) -> spot M y v -> exists w, In w (members (hull_of q)) /\ spot M y w.
Proof.
  intros HM Hv Hy. destruct q as [vs|s d lo hi|s rs lo hi]; try (exists v; split; assumption). cbn [hull_of].
  destruct (Z.ltb_spec hi lo); [exists v; split; assumption|]. eexists. split; [left; reflexivity|].
  apply in_pieces in Hv. destruct Hv as (i & Hi & ->). destruct Hy as (z & -> & Hz). cbn [piece_of code hd] in Hz.
  unfold spot. cbn [opens code hd]. exists z. split; [reflexivity|].
  pose proof (cut_at_mono rs s lo i ltac:(lia)). pose proof (cut_at_mono rs s (i + 1) (hi + 1) ltac:(lia)). nia.
Qed.
Lemma hulls_wf c : wf c -> wf (hulls c).
Proof. intros H. unfold wf, hulls. apply Forall_forall. intros q Hq. apply in_map_iff in Hq. destruct Hq as (x & <- & Hx).
  apply hull_wf. unfold wf in H. rewrite Forall_forall in H. apply H, Hx. Qed.
Lemma hulls_spots M c p ys : 0 < M -> In p (points c) -> spots M ys p -> exists p', In p' (points (hulls c)) /\ spots M ys p'.
Proof.
  intros HM Hp. apply points_forall2 in Hp. revert ys. induction Hp as [|v q p c Hv Hp IH]; intros ys Hy.
  - exists []. split; [left; reflexivity|exact Hy].
  - inversion Hy as [|y ? ys' ? Hy1 Hy2]; subst. destruct (IH ys' Hy2) as (p' & I1 & I2).
    destruct (hull_spot M q v y HM Hv Hy1) as (w & J1 & J2). exists (w :: p'). split; [|constructor; assumption].
    apply points_cons. exists w, p'. auto.
Qed.
(** Values without pieces. *)
Lemma no_pieces q : has_pieces q = false -> forall v, In v (members q) -> is_exact v = true.
Proof.
  destruct q as [vs|f s lo hi|f rs lo hi]; cbn [has_pieces]; intros H v Hv.
  - apply negb_false_iff in H. rewrite forallb_forall in H. apply H, Hv.
  - apply in_range in Hv. destruct Hv as (i & _ & ->). reflexivity.
  - discriminate.
Qed.
Lemma any_pieces_none c : any_pieces c = false -> forall p, In p (points c) -> forallb is_exact p = true.
Proof.
  intros H p Hp. apply points_forall2 in Hp. revert H. unfold any_pieces.
  induction Hp as [|v q p c Hv Hp IH]; intros H; [reflexivity|]. cbn [existsb forallb] in *. apply orb_false_iff in H.
  destruct H as [H1 H2]. rewrite (no_pieces q H1 v Hv). apply IH, H2.
Qed.

(** ** The ends of a linear form, which are for M times the point. *)
Definition inb (M : Z) (b : Z * Z) (x : Z) := M * fst b <= x <= M * snd b.
Section Ends.
  Variable M : Z.
  Hypothesis HM : 0 < M.
  Lemma between_ends a x y z : M * x <= z <= M * y -> M * Z.min (a * x) (a * y) <= a * z <= M * Z.max (a * x) (a * y).
  Proof.
    intros [H1 H2]. rewrite <- Z.mul_min_distr_nonneg_l, <- Z.mul_max_distr_nonneg_l by lia.
    replace (M * (a * x)) with (a * (M * x)) by ring. replace (M * (a * y)) with (a * (M * y)) by ring.
    destruct (Z.le_ge_cases 0 a).
    - assert (a * (M * x) <= a * z) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (a * z <= a * (M * y)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
    - assert (a * z <= a * (M * x)) by (apply Z.mul_le_mono_nonpos_l; lia).
      assert (a * (M * y) <= a * z) by (apply Z.mul_le_mono_nonpos_l; lia). lia.
  Qed.
  Lemma dot_one A z : dot A [z] = hd 0 A * z.
  Proof. destruct A as [|a [|]]; cbn; ring. Qed.
  Lemma ends_value_in A v y : piece_ok v -> spot M y v -> inb M (ends_value A v) (dot A y).
  Proof.
    unfold piece_ok, spot, ends_value, inb. destruct (opens v) as [l|].
    - intros (x & -> & L) (z & -> & Hz). cbn [hd fst snd] in *. rewrite !dot_one. apply between_ends. assumption.
    - intros _ ->. cbn [fst snd]. rewrite dot_vscale_r. lia.
  Qed.
  Lemma ends_few_in A vs v y : In v vs -> inb M (ends_value A v) (dot A y) -> inb M (ends_few A vs) (dot A y).
  Proof.
    unfold inb. intros H Hy. induction vs as [|x vs IH]; [destruct H|]. destruct vs as [|x' vs].
    - destruct H as [->|[]]. exact Hy.
    - change (ends_few A (x :: x' :: vs)) with (join (ends_value A x) (ends_few A (x' :: vs))).
      unfold join. cbn [fst snd]. destruct H as [->|H]; [nia|]. specialize (IH H). nia.
  Qed.
  Lemma ends_part_in A q v y : wf_part q -> In v (members q) -> spot M y v -> inb M (ends_part A q) (dot A y).
  Proof.
    intros Hq H Hy. destruct q as [vs|f s lo hi|f rs lo hi].
    - apply (ends_few_in A vs v y H). apply ends_value_in; [apply (Hq v H)|exact Hy].
    - apply in_range in H. destruct H as (i & Hi & ->). unfold spot in Hy. cbn [number_of opens code] in Hy.
      cbn [vscale map] in Hy. subst y. rewrite dot_one. unfold inb. cbn [ends_part fst snd].
      destruct (Z.le_ge_cases 0 s).
      + apply between_ends. split; apply Z.mul_le_mono_nonneg_l; nia.
      + rewrite (Z.min_comm (hd 0 A * _)), (Z.max_comm (hd 0 A * _)). apply between_ends.
        split; apply Z.mul_le_mono_nonneg_l; nia.
    - apply in_pieces in H. destruct H as (i & Hi & ->). unfold spot in Hy. cbn [piece_of opens code hd] in Hy.
      destruct Hy as (z & -> & Hz). rewrite dot_one. unfold inb. cbn [ends_part fst snd]. apply between_ends.
      pose proof (cut_at_mono rs f lo i ltac:(lia)). pose proof (cut_at_mono rs f (i + 1) (hi + 1) ltac:(lia)). nia.
  Qed.
  Lemma ends_form_in c : wf c -> forall A p ys, In p (points c) -> spots M ys p ->
    inb M (ends_form A c) (dot A (concat ys)).
  Proof.
    intros H. induction H as [|q c Hq Hc IH]; intros A p ys Hp Hy.
    - destruct Hp as [<-|[]]. inversion Hy; subst. cbn. rewrite dot_nil_r. unfold inb. cbn. lia.
    - apply points_cons in Hp. destruct Hp as (v & p' & -> & Hv & Hp). inversion Hy as [|y ? ys' ? Hy1 Hy2]; subst.
      cbn [ends_form concat]. rewrite dot_app. destruct (Hq v Hv) as [L K]. rewrite (spot_length M y v K Hy1), L.
      pose proof (ends_part_in A q v y Hq Hv Hy1) as E. specialize (IH (skipn (width q) A) p' ys' Hp Hy2).
      destruct (ends_part A q) as [l u]. destruct (ends_form (skipn (width q) A) c) as [l' u'].
      unfold inb in *. cbn [fst snd] in *. lia.
  Qed.
End Ends.
