(** * Strips are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Tails TailsSound
  Steps Within WithinSound Strips.
Import ListNotations.
Open Scope Z_scope.

(** Points lie M times where they are, as in BoundsSound.v. *)
Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Notation inb := (CellsSound.inb M).
Notation encl := (BoundsSound.encl M).
Notation encls := (BoundsSound.encls M).
Notation line_ok := (BoundsSound.line_ok M).

(** ** Parallel lines *)
Lemma parallel_ok t h b x : inb b x -> line_ok (parallel t h b) x.
Proof.
  destruct h as [hl hu], b as [l u]. unfold CellsSound.inb, parallel, BoundsSound.line_ok. cbn [fst snd low high above]. intros H.
  set (s := clamp _). pose proof (clamp_range (if 0 <=? hl then D else if hu <=? 0 then 0 else D / t * (t * hu / (hu - hl)))) as R.
  fold s in R. clearbody s. split; [assumption|].
  assert (HD : 0 < D) by reflexivity.
  set (m := Z.max (- s * l) ((D - s) * u)).
  assert (Hm1 : - s * l <= m) by apply Z.le_max_l.
  assert (Hm2 : (D - s) * u <= m) by apply Z.le_max_r.
  assert (Hm : m <= Z.max 0 m) by lia. assert (Hm0 : 0 <= Z.max 0 m) by lia. set (o := Z.max 0 m) in *. clearbody o m. split.
  - destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]]; nia.
  - destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]].
    + assert ((D - s) * x <= (D - s) * (M * u)) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (M * ((D - s) * u) <= M * o) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
    + assert (s * (M * l) <= s * x) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (M * (- s * l) <= M * o) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
Lemma bent_ok m k h b x : inb b x -> line_ok (bent m k h b) x.
Proof.
  intros H. destruct (parallel_ok D h b x H) as (_ & _ & U). unfold bent, BoundsSound.line_ok. destruct H as [L R].
  assert (HD : 0 < D) by reflexivity. destruct (Z.leb_spec 0 (fst b)); [|destruct (Z.leb_spec (snd b) 0)]; cbn [low high above].
  - assert (0 <= x) by nia. rewrite Z.max_r by assumption. lia.
  - assert (x <= 0) by nia. rewrite Z.max_l by assumption. lia.
  - destruct (_ <? _); (split; [lia|split; [lia|exact U]]).
Qed.
(** Lines of any slopes. *)
Definition fitting (f : Z * Z -> Z * Z -> line) : Prop := forall h b x, inb b x -> line_ok (f h b) x.
Lemma hulled_ok f s s' b x : fitting f -> encl b x -> forall b', Forall2 line_ok (hulled f s s' b b') x.
Proof.
  intros F H. induction H; intros [|b0 b']; cbn [hulled]; constructor; auto.
Qed.
Lemma reline_encls f es env : fitting f -> encls es env -> forall ss ss' es', encls (reline f ss ss' es es') env.
Proof.
  intros F H. induction H as [|e x es env H0 H IH]; intros ss ss' es'; cbn [reline]; constructor; [|apply IH].
  destruct H0 as [E T L]. constructor; cbn [ends Bounds.total lines]; [assumption|assumption|apply hulled_ok; assumption].
Qed.

Section Sharp.
Variables (loose : bool) (c : cell) (p : point) (ys : list vec).
Hypothesis Hloose : loose = true \/ M = 1.
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Lemma sharpen_box_sound keep ks n es : aids_fit ks n -> encls es (eval_at M n (concat ys)) ->
  forall b pre y b', hd [] (eval_at M n (concat ys)) = pre ++ y -> encl b y ->
  encl (sharpen_box loose keep ks n es c (length pre) b b') y.
Proof.
  intros Hf He b pre y b' Hyy H. revert pre Hyy b'.
  induction H as [|[l u] y0 b y H0 H IH]; intros pre Hyy b'; [constructor|]. cbn [sharpen_box].
  destruct (hd (l, u) b') as [l' u']. constructor.
  - pose proof (lower_sound M HM loose c p ys Hloose Hc Hp Hy 0 0 keep ks n es (unit (length pre)) Hf He) as L.
    pose proof (lower_sound M HM loose c p ys Hloose Hc Hp Hy 0 0 keep ks n es (vscale (-1) (unit (length pre))) Hf He) as U.
    rewrite dot_vscale_l in U. rewrite dot_unit, Hyy, nth_middle in L, U. unfold CellsSound.inb in *. cbn [fst snd] in *.
    set (x := lower _ _ _ _ _ _ _ _ (unit _)) in *. set (x' := lower _ _ _ _ _ _ _ _ (vscale _ _)) in *. clearbody x x'.
    destruct (_ && _); [|destruct (_ && _)]; cbn [fst snd]; try lia.
  - replace (S (length pre)) with (length (pre ++ [y0])) by (rewrite app_length; cbn; lia).
    apply IH. rewrite Hyy, <- app_assoc. reflexivity.
Qed.
Lemma sharpen_sound keep : forall n ks es es', aids_fit ks n ->
  encls es (eval_at M n (concat ys)) -> encls (sharpen loose keep ks n es es' c) (eval_at M n (concat ys)).
Proof.
  induction n as [|l n IH]; intros ks es es' Hf He; [exact He|].
  cbn [sharpen]. destruct es as [|e r]; [exact He|]. cbn [eval_at] in *. inversion He as [|? ? ? ? H0 H1]; subst.
  specialize (IH (tl ks) r (tl es') (proj2 Hf) H1). set (r' := sharpen loose keep (tl ks) n r (tl es') c) in *.
  cbv zeta. constructor; [|exact IH]. destruct (_ && _); [|exact H0].
  destruct H0 as [E T L]. constructor; cbn [ends Bounds.total lines]; [|assumption|assumption].
  apply (sharpen_box_sound keep ks (l :: n) (e :: r') Hf) with (pre := []); [|reflexivity|exact E].
  cbn [eval_at]. constructor; [constructor; assumption|exact IH].
Qed.
End Sharp.

(** ** Strips *)
(** The value of a form at a point, times M. *)
Definition value_of (fs : list vec) (ys : list vec) : Z := pdot fs ys.
Definition nodes_at (n : view) (ys : list vec) : list vec := eval_at M (layers (ready n)) (concat (seen_at (sees n) ys)).
(** The class of a network there. *)
Definition class_there (n : view) (ys : list vec) : Z := class_on M (layers (ready n)) (concat (seen_at (sees n) ys)).
Section One.
  Variables (n : view) (c : cell) (p : point) (ys : list vec).
  Hypothesis Hloose : loose (ready n) = true \/ M = 1.
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hy : spots M ys p.
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Lemma enclosed_encls e : encls (enclosed e n c) (nodes_at n ys).
  Proof.
    unfold enclosed, nodes_at. apply (enclose_sound M HM) with (p := seen (sees n) p); try assumption;
      [apply wf_project; assumption|apply seen_in; assumption|apply spots_seen; assumption|apply fit].
  Qed.
  Lemma sharpened_encls e es es' : encls es (nodes_at n ys) -> encls (sharpened e n es es' c) (nodes_at n ys).
  Proof.
    intros He. unfold sharpened, nodes_at.
    apply sharpen_sound with (p := seen (sees n) p); try assumption;
      [apply wf_project; assumption|apply seen_in; assumption|apply spots_seen; assumption|apply fit].
  Qed.
  Lemma clipped_encls z keep es : inside M z ys -> encls es (nodes_at n ys) -> encls (clipped z keep n es c) (nodes_at n ys).
  Proof.
    intros Hz He. unfold clipped, nodes_at.
    apply (clip_sound M HM) with (p := p); try assumption. apply fit.
  Qed.
  Lemma lower_strip_le keep es fs up down row : encls es (nodes_at n ys) -> 0 <= up ->
    M * lower_strip keep n es c fs up down row <= up * dot row (hd [] (nodes_at n ys)) - down * value_of fs ys.
  Proof.
    intros He Hup. unfold lower_strip. destruct (back _ _ _ _ es [row] 0) as [[[T U] A] K] eqn:E.
    apply (back_sound M HM) with (x := concat (seen_at (sees n) ys)) in E; [|exact I|apply fit|assumption]. destruct E as (HT & HU & E).
    fold (nodes_at n ys) in E. unfold nodes_at in E at 1. rewrite eval_cons, pdot_cons in E. cbn [hd tl pdot] in E.
    fold (nodes_at n ys) in E.
    set (Bs := spread _ _ _ _). pose proof (least_over_le M HM c p ys Hc Hp Hy Bs) as L. unfold Bs at 2 in L.
    rewrite (spread_dot_at M (sees n) c p ys Hc Hp Hy Hr), pdot_scale, dot_vscale_l in L. fold (value_of fs ys) in L. clearbody Bs.
    set (y := dot row (hd [] (nodes_at n ys))) in *. set (a := dot A (concat (seen_at (sees n) ys))) in *.
    set (v := value_of fs ys) in *. set (m := least_over Bs c) in *.
    apply (rounded_le M HM); [assumption|assumption|].
    assert (up * (U * (a + M * K)) <= up * (T * (y + 0 + M * 0))) by (apply Z.mul_le_mono_nonneg_l; lia). nia.
  Qed.
  Lemma strip_ends_right keep es fs up down row : encls es (nodes_at n ys) -> 0 <= up ->
    inb (strip_ends keep n es c fs up down row) (up * dot row (hd [] (nodes_at n ys)) - down * value_of fs ys).
  Proof.
    intros He Hup. unfold CellsSound.inb, strip_ends. cbn [fst snd]. split; [apply lower_strip_le; assumption|].
    pose proof (lower_strip_le keep es fs up (- down) (vscale (-1) row) He Hup) as L. rewrite dot_vscale_l in L. lia.
  Qed.
  Lemma lower_strip_in_le z keep es fs up down row : inside M z ys -> encls es (nodes_at n ys) -> 0 <= up ->
    M * lower_strip_in z keep n es c fs up down row <= up * dot row (hd [] (nodes_at n ys)) - down * value_of fs ys.
  Proof.
    intros Hz He Hup. unfold lower_strip_in. destruct (back _ _ _ _ es [row] 0) as [[[T U] A] K] eqn:E.
    apply (back_sound M HM) with (x := concat (seen_at (sees n) ys)) in E; [|exact I|apply fit|assumption]. destruct E as (HT & HU & E).
    fold (nodes_at n ys) in E. unfold nodes_at in E at 1. rewrite eval_cons, pdot_cons in E. cbn [hd tl pdot] in E.
    fold (nodes_at n ys) in E. destruct (least_within z _ c) as [m q] eqn:Em.
    apply (least_within_le M HM c p ys Hc Hp Hy) in Em; [|exact Hz]. destruct Em as [Hq L].
    rewrite (spread_dot_at M (sees n) c p ys Hc Hp Hy Hr), pdot_scale, dot_vscale_l in L. fold (value_of fs ys) in L.
    set (y := dot row (hd [] (nodes_at n ys))) in *. set (a := dot A (concat (seen_at (sees n) ys))) in *.
    set (v := value_of fs ys) in *.
    apply (rounded_le M HM); [assumption|apply Z.mul_pos_pos; assumption|].
    assert (E2 : up * (U * (a + M * K)) <= up * (T * (y + 0 + M * 0))) by (apply Z.mul_le_mono_nonneg_l; lia).
    apply (Z.mul_le_mono_nonneg_l _ _ q) in E2; [|lia]. lia.
  Qed.
  Lemma strip_ends_in_right z keep es fs up down row : inside M z ys -> encls es (nodes_at n ys) -> 0 <= up ->
    inb (strip_ends_in z keep n es c fs up down row) (up * dot row (hd [] (nodes_at n ys)) - down * value_of fs ys).
  Proof.
    intros Hz He Hup. unfold CellsSound.inb, strip_ends_in. cbn [fst snd]. split; [apply lower_strip_in_le; assumption|].
    pose proof (lower_strip_in_le z keep es fs up (- down) (vscale (-1) row) Hz He Hup) as L. rewrite dot_vscale_l in L. lia.
  Qed.
  (** The class is that of the margin. *)
  Lemma row_class es row : encls es (nodes_at n ys) -> row_of es = Some row ->
    class_there n ys = if 0 <? dot row (hd [] (nodes_at n ys)) then 1 else 0.
  Proof.
    intros He H. unfold class_there, class_on. fold (nodes_at n ys). unfold row_of in H.
    assert (E : encl (ends (hd no_info es)) (hd [] (nodes_at n ys))).
    { destruct He as [|e x es' env H0 H1]; [constructor|]. apply (in_ends _ _ _ H0). }
    destruct (ends (hd no_info es)) as [|b0 [|b1 [|b2 bs]]]; try discriminate; inversion H; subst row; clear H.
    - inversion E as [|? z ? zs _ E1]; subst. inversion E1; subst. cbn [decide dot].
      replace (1 * z + 0) with z by lia. reflexivity.
    - inversion E as [|? z ? zs _ E1]; subst. inversion E1 as [|? y ? ys0 _ E2]; subst. inversion E2; subst.
      cbn [decide dot lmax index_of]. replace (-1 * z + (1 * y + 0)) with (y - z) by lia.
      destruct (Z.ltb_spec 0 (y - z)).
      + destruct (Z.eqb_spec z (Z.max z y)); [lia|]. destruct (Z.eqb_spec y (Z.max z y)); lia.
      + destruct (Z.eqb_spec z (Z.max z y)); lia.
  Qed.
End One.

(** ** Differences: of y from x *)
Inductive apart : box -> vec -> vec -> Prop :=
| apart_nil : apart [] [] []
| apart_cons b x y d xs ys : inb b (y - x) -> apart d xs ys -> apart (b :: d) (x :: xs) (y :: ys).
Inductive aparts : list box -> list vec -> list vec -> Prop :=
| aparts_nil : aparts [] [] []
| aparts_cons d x y ds xs ys : apart d x y -> aparts ds xs ys -> aparts (d :: ds) (x :: xs) (y :: ys).
Lemma aparts_nth ds xs ys : aparts ds xs ys -> forall i, apart (nth i ds []) (nth i xs []) (nth i ys []).
Proof. intros H. induction H; intros [|i]; cbn; try constructor; auto; constructor. Qed.
Lemma aparts_hd ds xs ys : aparts ds xs ys -> apart (hd [] ds) (hd [] xs) (hd [] ys).
Proof. intros H. destruct H; cbn; [constructor|assumption]. Qed.
Lemma idot_apart d x y : apart d x y -> forall a, inb (idot a d) (dot a y - dot a x).
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; intros [|a0 a]; cbn [idot dot]; try (unfold CellsSound.inb; cbn; lia).
  replace (a0 * y + dot a ys - (a0 * x + dot a xs)) with (a0 * (y - x) + (dot a ys - dot a xs)) by ring.
  apply iadd_in; [apply (iscale_in M); assumption|apply IH].
Qed.
Lemma apart_app d x y : apart d x y -> forall d' x' y', apart d' x' y' -> apart (d ++ d') (x ++ x') (y ++ y').
Proof. intros H. induction H; intros d' x' y' H'; cbn; [assumption|constructor; auto]. Qed.
Lemma apart_same b x : encl b x -> apart (map (fun _ => (0, 0)) b) x x.
Proof. intros H. induction H; cbn; constructor; [unfold CellsSound.inb; cbn; lia|assumption]. Qed.
Lemma gap_in a b x y : inb a x -> inb b y -> inb (gap a b) (y - x).
Proof. unfold CellsSound.inb, gap. cbn. lia. Qed.
Lemma gap_box_apart a x : encl a x -> forall b y, encl b y -> length x = length y -> apart (gap_box a b) x y.
Proof.
  intros H. induction H; intros b' y' Hb E; inversion Hb; subst; cbn in E; try discriminate; cbn [gap_box]; constructor.
  - apply gap_in; assumption.
  - apply IHForall2; [assumption|lia].
Qed.
Lemma badd_apart d x y : apart d x y -> forall d' x' y', apart d' x' y' -> apart (badd d d') (vadd x x') (vadd y y').
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; intros d' x' y' H'; [destruct H'; exact H' || constructor; assumption|].
  destruct H' as [|b' x' y' d' xs' ys' H0' H']; cbn [badd vadd]; constructor; try assumption.
  - replace (y + y' - (x + x')) with ((y - x) + (y' - x')) by ring. apply (iadd_in M); assumption.
  - apply IH. assumption.
Qed.
Lemma scale_apart k d x y : apart d x y -> apart (map (iscale k) d) (vscale k x) (vscale k y).
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; cbn; constructor; [|exact IH].
  replace (k * y - k * x) with (k * (y - x)) by ring. apply (iscale_in M). assumption.
Qed.
Lemma gap_diag_apart d x y : apart d x y -> forall cs, apart (gap_diag cs d) (diag (map (fun c => (fst c, M * snd c)) cs) x) (diag (map (fun c => (fst c, M * snd c)) cs) y).
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; intros [|[f s] cs]; cbn [map gap_diag diag fst snd]; constructor; [|apply IH].
  replace (f * y + M * s - (f * x + M * s)) with (f * (y - x)) by ring. apply (iscale_in M). assumption.
Qed.
(** Ends that are themselves the greater or the lesser of two. *)
Lemma max_le a b x : M * a <= x -> M * b <= x -> M * Z.max a b <= x.
Proof. intros A B. destruct (Z.max_spec a b) as [[_ ->]|[_ ->]]; assumption. Qed.
Lemma le_min a b x : x <= M * a -> x <= M * b -> x <= M * Z.min a b.
Proof. intros A B. destruct (Z.min_spec a b) as [[_ ->]|[_ ->]]; assumption. Qed.
Lemma min_0_le d x : M * d <= x -> M * Z.min 0 d <= Z.min 0 x.
Proof. intros H. destruct (Z.min_spec 0 d) as [[E ->]|[E ->]]; [|assert (M * d <= 0) by (apply Z.mul_nonneg_nonpos; lia)]; nia. Qed.
Lemma max_0_le d x : x <= M * d -> Z.max 0 x <= M * Z.max 0 d.
Proof. intros H. destruct (Z.max_spec 0 d) as [[E ->]|[E ->]]; nia. Qed.
Lemma gap_relu_in close a b d x y : inb a x -> inb b y -> inb d (y - x) ->
  inb (gap_relu close a b d) (Z.max 0 y - Z.max 0 x).
Proof.
  intros Ha Hb Hd. pose proof (gap_in _ _ _ _ (relu_in M HM _ _ Ha) (relu_in M HM _ _ Hb)) as G.
  destruct Ha as [A _], Hb as [B _], Hd as [D1 D2]. unfold gap_relu.
  destruct (gap _ _) as [l u]. destruct G as [G1 G2]. cbn [fst snd] in G1, G2.
  pose proof (min_0_le _ _ A). pose proof (min_0_le _ _ B). pose proof (min_0_le _ _ D1). pose proof (max_0_le _ _ D2).
  destruct (Z.leb_spec 0 (fst a)), (Z.leb_spec 0 (fst b)); cbn [andb];
    [assert (0 <= M * fst a /\ 0 <= M * fst b) by (split; apply Z.mul_nonneg_nonneg; lia)| | |]; try destruct close;
    unfold CellsSound.inb; cbn [fst snd]; (split; [repeat apply max_le|repeat apply le_min]); try assumption; lia.
Qed.
Lemma gap_relus_apart close d x y : apart d x y -> forall a b, encl a x -> encl b y ->
  apart (gap_relus close a b d) (map (Z.max 0) x) (map (Z.max 0) y).
Proof.
  intros H. induction H as [|z x y d xs ys H0 H IH]; intros a b Ha Hb; inversion Ha; subst; inversion Hb; subst;
    cbn [gap_relus map]; constructor; [apply gap_relu_in; assumption|apply IH; assumption].
Qed.
Lemma apart_length d x y : apart d x y -> length x = length y.
Proof. intros H. induction H; cbn; auto. Qed.
Lemma gap_step_apart close l ds es es' env env' : aparts ds env env' -> encls es env -> encls es' env' ->
  apart (gap_step close l ds es es') (step_at M l env) (step_at M l env').
Proof.
  intros H He He'. pose proof (aparts_nth _ _ _ H) as N.
  pose proof (fun i => in_ends _ _ _ (encl_nth _ _ _ He i)) as E. pose proof (fun i => in_ends _ _ _ (encl_nth _ _ _ He' i)) as E'.
  destruct l as [i rows|i cs|i|i|i c j d]; cbn [gap_step step_at]; unfold ends_at.
  - cbv zeta. specialize (N i). induction rows as [|[r b] rows IH]; cbn [map fst snd]; constructor; [|exact IH].
    replace (dot r (nth i env' []) + M * b - (dot r (nth i env []) + M * b)) with (dot r (nth i env' []) - dot r (nth i env [])) by ring.
    apply idot_apart. assumption.
  - apply gap_diag_apart, N.
  - apply gap_relus_apart; auto.
  - apply gap_box_apart; try (apply map_in; [apply (sgn_in M HM)|auto]). rewrite !map_length. apply (apart_length _ _ _ (N i)).
  - apply badd_apart; apply scale_apart; apply N.
Qed.
Lemma encls_tl es x env : encls es (x :: env) -> encls (tl es) env.
Proof. intros H. inversion H; subst. assumption. Qed.
Lemma gaps_apart close d x y : apart d x y -> forall n es es', encls es (eval_at M n x) -> encls es' (eval_at M n y) ->
  aparts (gaps close n es es' d) (eval_at M n x) (eval_at M n y).
Proof.
  intros H. induction n as [|l n IH]; intros es es' He He'; cbn [gaps eval_at] in *.
  - constructor; [assumption|constructor].
  - apply encls_tl in He, He'. constructor; [|apply IH; assumption].
    apply gap_step_apart; [apply IH; assumption|assumption|assumption].
Qed.
Lemma gap_input_apart c p ys : wf c -> In p (points c) -> spots M ys p -> forall r r', aligned c r r' = true ->
  Forall (fun v => (v < length c)%nat) r -> Forall (fun v => (v < length c)%nat) r' ->
  apart (gap_input c r r') (concat (seen_at r ys)) (concat (seen_at r' ys)).
Proof.
  intros Hc Hp Hy. unfold wf in Hc. rewrite Forall_forall in Hc.
  assert (X : forall v, (v < length c)%nat -> encl (part_box (nth v c no_part)) (nth v ys []) /\
    length (nth v ys []) = width (nth v c no_part)).
  { intros v Hv. pose proof (Hc _ (nth_In c no_part Hv)) as W. pose proof (point_nth c p Hp v Hv) as I.
    pose proof (spots_nth M ys p Hy v) as Sv. destruct (W _ I) as [L K].
    split; [apply (part_box_in M HM) with (v := nth v p nobody); assumption|].
    rewrite (spot_length M _ _ K Sv). exact L. }
  induction r as [|v r IH]; intros [|v' r'] A H H'; cbn [aligned] in A; try discriminate; [constructor|].
  apply andb_true_iff in A. destruct A as [A1 A2]. apply Nat.eqb_eq in A1.
  inversion H as [|? ? Hv H1]; subst. inversion H' as [|? ? Hv' H1']; subst.
  cbn [gap_input seen_at map concat].
  apply apart_app; [|apply IH; assumption].
  destruct (X v Hv) as [E L], (X v' Hv') as [E' L'].
  destruct (Nat.eqb_spec v v') as [<-|_]; [eapply apart_same; eassumption|].
  apply gap_box_apart; [assumption|assumption|congruence].
Qed.

(** ** Networks that are the same *)
Lemma same_vec_eq a : forall b, same_vec a b = true -> a = b.
Proof.
  induction a as [|x a IH]; intros [|y b] H; cbn [same_vec] in H; try discriminate; [reflexivity|].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply Z.eqb_eq in H1. rewrite H1, (IH b H2). reflexivity.
Qed.
Lemma same_rows_eq a : forall b, same_rows a b = true -> a = b.
Proof.
  induction a as [|[r k] a IH]; intros [|[r' k'] b] H; cbn [same_rows] in H; try discriminate; [reflexivity|].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply andb_true_iff in H1. destruct H1 as [H0 H1].
  apply Z.eqb_eq in H0. apply same_vec_eq in H1. rewrite H0, H1, (IH b H2). reflexivity.
Qed.
Lemma same_pairs_eq a : forall b, same_pairs a b = true -> a = b.
Proof.
  induction a as [|[r k] a IH]; intros [|[r' k'] b] H; cbn [same_pairs] in H; try discriminate; [reflexivity|].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply andb_true_iff in H1. destruct H1 as [H0 H1].
  apply Z.eqb_eq in H0, H1. rewrite H0, H1, (IH b H2). reflexivity.
Qed.
Lemma same_layer_eq a b : same_layer a b = true -> a = b.
Proof.
  destruct a, b; cbn [same_layer]; intros H; try discriminate;
    repeat match goal with X : _ && _ = true |- _ => apply andb_true_iff in X; destruct X end;
    repeat match goal with
    | X : (_ =? _)%nat = true |- _ => apply Nat.eqb_eq in X
    | X : (_ =? _) = true |- _ => apply Z.eqb_eq in X
    | X : same_rows _ _ = true |- _ => apply same_rows_eq in X
    | X : same_pairs _ _ = true |- _ => apply same_pairs_eq in X
    end; congruence.
Qed.
Lemma same_layers_eq a : forall b, same_layers a b = true -> a = b.
Proof.
  induction a as [|l a IH]; intros [|k b] H; cbn [same_layers] in H; try discriminate; [reflexivity|].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply same_layer_eq in H1. rewrite H1, (IH b H2). reflexivity.
Qed.

(** ** What is shown *)
(** What is right of a model's class at a point, if something is said, and of a strip. *)
Definition if_right (P : Z -> Prop) (x : option Z) : Prop := match x with Some e => P e | None => True end.
Definition claim_right (unit : Z) (fs : list vec) (k : Z) (s : claim) (ys : list vec) : Prop :=
  (k = 0 \/ k = 1) /\ if_right (fun e => 0 < value_of fs ys + M * (unit * e) -> k = 1) (fst s) /\
  if_right (fun e => value_of fs ys + M * (unit * e) <= 0 -> k = 0) (snd s).
Definition strip_right (unit : Z) (fs : list vec) (k : Z) (s : strip) (ys : list vec) : Prop :=
  (k = 0 \/ k = 1) /\ (0 < value_of fs ys + M * (unit * strip_least s) -> k = 1) /\
  (value_of fs ys + M * (unit * strip_most s) <= 0 -> k = 0).
Lemma claim_strip unit fs k s ys : claim_right unit fs k (claim_of s) ys -> strip_right unit fs k s ys.
Proof. exact (fun h => h). Qed.
Lemma if_so (f : Z -> bool) (P : Z -> Prop) x : (forall e, f e = true -> P e) -> if_said f x = true -> if_right P x.
Proof. destruct x as [e|]; cbn [if_said if_right]; auto. Qed.
Lemma least_right unit up S l least v g : 0 < up -> 0 < S -> M * l <= up * g - S * v -> S * unit * least <= l ->
  0 < v + M * (unit * least) -> 0 < g.
Proof.
  intros Hup HS B H X. assert (L : M * (S * unit * least) <= M * l) by (apply Z.mul_le_mono_nonneg_l; lia).
  destruct (Z.ltb_spec 0 g); [assumption|exfalso].
  assert (0 < S * (v + M * (unit * least))) by (apply Z.mul_pos_pos; assumption).
  assert (up * g <= 0) by (apply Z.mul_nonneg_nonpos; lia). lia.
Qed.
(** What a margin says of a class: where it is 0 the class is 0, or if that is strict either. *)
Definition classed (strict : bool) (g k : Z) : Prop :=
  (k = 0 \/ k = 1) /\ (0 < g -> k = 1) /\ ((if strict then g < 0 else g <= 0) -> k = 0).
Lemma class_classed g : classed false g (if 0 <? g then 1 else 0).
Proof. unfold classed. destruct (Z.ltb_spec 0 g); lia. Qed.
Lemma most_right strict unit up S b most v g : 0 < up -> 0 < S -> up * g - S * v <= M * snd b ->
  snd (strictly strict b) <= S * unit * most -> v + M * (unit * most) <= 0 -> if strict then g < 0 else g <= 0.
Proof.
  intros Hup HS B H X. assert (V : S * (v + M * (unit * most)) <= 0) by (apply Z.mul_nonneg_nonpos; lia).
  assert (U : M * snd (strictly strict b) <= M * (S * unit * most)) by (apply Z.mul_le_mono_nonneg_l; lia).
  destruct strict; cbn [strictly snd] in U.
  - destruct (Z.ltb_spec g 0); [assumption|exfalso]. assert (0 <= up * g) by (apply Z.mul_nonneg_nonneg; lia). lia.
  - destruct (Z.ltb_spec 0 g); [exfalso|assumption]. assert (0 < up * g) by (apply Z.mul_pos_pos; assumption). lia.
Qed.
Lemma strictly_fst strict b : fst (strictly strict b) = fst b.
Proof. destruct strict; reflexivity. Qed.
Lemma says_classed strict unit up fs S b s g k ys : classed strict g k -> 0 < up -> 0 < S ->
  inb b (up * g - S * value_of fs ys) -> says (S * unit) (strictly strict b) s = true -> claim_right unit fs k s ys.
Proof.
  intros (K & K1 & K0) Hup HS [B1 B2] H. unfold says in H. apply andb_true_iff in H. destruct H as [H1 H2].
  unfold claim_right. set (v := value_of fs ys) in *. rewrite strictly_fst in H1.
  split; [exact K|]. split; [revert H1|revert H2]; apply if_so; intros e H X; apply Z.leb_le in H.
  - exact (K1 (least_right unit up S _ _ v g Hup HS B1 H X)).
  - exact (K0 (most_right strict unit up S _ _ v g Hup HS B2 H X)).
Qed.
(** What a strip of one's own says. *)
Lemma strip_of_classed strict up fs S b g k ys : classed strict g k -> 0 < up -> 0 < S ->
  inb b (up * g - S * value_of fs ys) -> strip_right 1 fs k (strip_of S (strictly strict b)) ys.
Proof.
  intros K Hup HS B. apply claim_strip, (says_classed strict 1 up fs S b _ g); try assumption.
  set (b' := strictly strict b). unfold says, claim_of, strip_of. cbn [fst snd if_said strip_least strip_most].
  pose proof (Z.mul_div_le (fst b') S HS). pose proof (Z.mul_div_le (- snd b') S HS).
  apply andb_true_iff. split; apply Z.leb_le; lia.
Qed.
Lemma reaches_le x low y : reaches x low = true -> at_least M low y -> M * x <= y.
Proof.
  unfold reaches, at_least. destruct low as [l|]; [|contradiction]. intros H L. apply Z.leb_le in H.
  assert (M * x <= M * l) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
(** A point is below a zone, where the class is 0, or above, where it is 1, or inside. *)
Definition placed (far : option Z * option Z) (fs : list vec) (k : Z) (ys : list vec) : Prop :=
  (k = 0 /\ at_least M (fst far) (- value_of fs ys)) \/ (k = 1 /\ at_least M (snd far) (value_of fs ys)).
Lemma crosses_in b x : inb b x -> crosses b = false.
Proof. intros [A B]. apply Z.ltb_ge. nia. Qed.
Lemma within_classed strict none unit up fs S all some far s g k ys : classed strict g k -> 0 < up -> 0 < S ->
  inb all (up * g - S * value_of fs ys) ->
  placed far fs k ys \/ none = false /\ inb some (up * g - S * value_of fs ys) ->
  says_within none (S * unit) unit (strictly strict all) (strictly strict some) far s = true -> claim_right unit fs k s ys.
Proof.
  intros (K & K1 & K0) Hup HS [A1 A2] Pl H. unfold says_within in H. apply andb_true_iff in H. destruct H as [H1 H2].
  unfold claim_right, placed in *. set (v := value_of fs ys) in *. rewrite !strictly_fst in H1.
  split; [exact K|]. split; [revert H1; clear H2|revert H2; clear H1]; apply if_so; intros e H X;
    apply orb_true_iff in H; rewrite andb_true_iff, orb_true_iff, !Z.leb_le in H.
  - destruct H as [H|[H H']]; [exact (K1 (least_right unit up S _ _ v g Hup HS A1 H X))|].
    destruct Pl as [[[E F]|[E F]]|[N [B1 B2]]]; [|exact E|].
    + exfalso. pose proof (reaches_le _ _ _ H' F). lia.
    + destruct H as [H|H]; [congruence|]. exact (K1 (least_right unit up S _ _ v g Hup HS B1 H X)).
  - destruct H as [H|[H H']]; [exact (K0 (most_right strict unit up S _ _ v g Hup HS A2 H X))|].
    destruct Pl as [[[E F]|[E F]]|[N [B1 B2]]]; [exact E| |].
    + exfalso. pose proof (reaches_le _ _ _ H' F). lia.
    + destruct H as [H|H]; [congruence|]. exact (K0 (most_right strict unit up S _ _ v g Hup HS B2 H X)).
Qed.
(** Outside of what two strips leave open both classes are known. *)
Lemma zone_cases fs a a' k k' ys : strip_right 1 fs k a ys -> strip_right 1 fs k' a' ys ->
  let z := zone_of fs a a' in
  (k = 0 /\ k' = 0 /\ value_of fs ys <= M * starts z) \/ (k = 1 /\ k' = 1 /\ M * stops z <= value_of fs ys) \/ inside M z ys.
Proof.
  intros (_ & A1 & A0) (_ & B1 & B0). unfold zone_of, inside. cbn [along starts stops]. cbv zeta. unfold value_of in *.
  set (v := pdot fs ys) in *. set (f := Z.min _ _). set (l := Z.max _ _).
  destruct (Z.le_gt_cases v (M * f)) as [H|H].
  - left. assert (M * f <= M * - strip_most a) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (M * f <= M * - strip_most a') by (apply Z.mul_le_mono_nonneg_l; lia).
    split; [apply A0; lia|]. split; [apply B0; lia|lia].
  - right. destruct (Z.le_gt_cases v (M * l)) as [H'|H']; [right; lia|]. left.
    assert (M * - strip_least a <= M * l) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (M * - strip_least a' <= M * l) by (apply Z.mul_le_mono_nonneg_l; lia).
    split; [apply A1; lia|]. split; [apply B1; lia|lia].
Qed.
Section Holds.
  Variables (unit up : Z) (fs : list vec) (c : cell) (p : point) (ys : list vec).
  Hypothesis Hup : 0 < up.
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hy : spots M ys p.
  Lemma hollow_none z : inside M z ys -> is_hollow z c = false.
  Proof.
    intros [X1 X2]. apply (crosses_in _ (pdot (along z) ys)). unfold CellsSound.inb. cbn [fst snd].
    pose proof (least_over_le M HM c p ys Hc Hp Hy (along z)) as L.
    pose proof (least_over_le M HM c p ys Hc Hp Hy (map (vscale (-1)) (along z))) as U. rewrite pdot_scale in U.
    split; [apply max_le|apply le_min]; lia.
  Qed.
  Lemma own_sum_up keep n es row others own high : own_sum keep n es row c others = (own, high) -> 0 < high.
  Proof.
    unfold own_sum. destruct (back _ _ _ _ es [row] 0) as [[[T U] A] K]. intros E. inversion E; subst. lia.
  Qed.
  Lemma zone_placed own a a' k k' : strip_right 1 own k a ys -> strip_right 1 own k' a' ys ->
    let z := zone_of own a a' in
    (k = k' /\ placed (beyond z fs c) fs k ys) \/ inside M z ys.
  Proof.
    intros Ha Ha' z. destruct (beyond_le M HM c p ys Hc Hp Hy z fs) as [B1 B2]. unfold placed, value_of.
    destruct (zone_cases own a a' k k' ys Ha Ha') as [(K & K' & X)|[(K & K' & X)|X]].
    - left. split; [congruence|]. left. split; [exact K|]. exact (B1 X).
    - left. split; [congruence|]. right. split; [exact K|]. exact (B2 X).
    - right. exact X.
  Qed.
  (** All kinds of lines hold, where those that ends are found with do. *)
  Definition lines_hold (n : view) (rs : lined) : Prop := encls (fst rs) (nodes_at n ys) /\ Forall (fun es => encls es (nodes_at n ys)) (snd rs).
  Lemma closest_in f n rs x : lines_hold n rs -> (forall es, encls es (nodes_at n ys) -> inb (f es) x) -> inb (closest f rs) x.
  Proof.
    intros [H0 H] F. unfold closest. induction (snd rs) as [|r more IH]; cbn [fold_right]; [apply F, H0|].
    inversion H; subst. destruct (F r) as [A1 A2]; [assumption|]. destruct IH as [B1 B2]; [assumption|].
    set (b := fold_right _ _ more) in *. clearbody b. unfold closer, CellsSound.inb. cbn [fst snd].
    rewrite <- Z.mul_max_distr_nonneg_l, <- Z.mul_min_distr_nonneg_l by lia. lia.
  Qed.
  Lemma alone_hold t n es : encls es (nodes_at n ys) -> lines_hold n (alone t n es).
  Proof. intros He. split; [apply reline_encls; [exact (parallel_ok t)|exact He]|repeat constructor; exact He]. Qed.
  (** The class that a network's margin says, whatever row of its last node that is. *)
  Definition told (strict : bool) (n : view) (k : Z) : Prop := forall es row, encls es (nodes_at n ys) ->
    row_of es = Some row -> classed strict (dot row (hd [] (nodes_at n ys))) k.
  Lemma class_told n : told false n (class_there n ys).
  Proof. intros es row He E. rewrite (row_class n ys _ _ He E). apply class_classed. Qed.
  Lemma one_from_right strict k zoned again e keep n s es : told strict n k -> loose (ready n) = true \/ M = 1 -> Forall (fun v => (v < length c)%nat) (sees n) -> 0 < scale_out n ->
    (forall es, encls es (nodes_at n ys) -> lines_hold n (zoned es) /\ lines_hold n (again es)) ->
    encls es (nodes_at n ys) -> one_from strict zoned again e keep unit up fs c n s es = true ->
    claim_right unit fs k s ys.
  Proof.
    intros Ht Hl Hr HS X He H. pose proof (fun es h => proj1 (X es h)) as Li. pose proof (fun es h => proj2 (X es h)) as Ag. clear X.
    unfold one_from in H. destruct (row_of es) as [row|] eqn:E; [|discriminate].
    pose proof (Ht _ _ He E) as K. rewrite (surjective_pairing (again es)) in H. apply orb_true_iff in H. destruct H as [H|H].
    - apply existsb_exists in H as (own & Ho & H). eapply says_classed; [exact K|exact Hup|exact HS| |exact H].
      apply strip_ends_right with (p := p); try assumption; [|lia]. destruct (Ag es He) as [A0 A].
      destruct Ho as [<-|Ho]; [exact A0|]. rewrite Forall_forall in A. exact (A own Ho).
    - unfold one_within in H. cbv zeta in H. destruct (own_sum _ n _ row c (sees n)) as [own high] eqn:Eo. apply own_sum_up in Eo.
      clear E. set (g := dot row (hd [] (nodes_at n ys))) in *.
      set (o := closest (fun es => strip_ends keep n es c own high (scale_out n) row) (zoned es)) in *.
      assert (Q : inb o (high * g - scale_out n * value_of own ys)).
      { apply closest_in with (n := n); [exact (Li es He)|]. intros es' He'. apply strip_ends_right with (p := p); try assumption; lia. }
      pose proof (strip_of_classed strict high own (scale_out n) o g k ys K Eo HS Q) as T. clearbody o. clear Q Eo.
      pose proof (zone_placed own _ _ _ _ T T) as Pl. cbv zeta in Pl. clear T.
      set (z := zone_of own _ _) in *. clearbody z.
      refine (within_classed strict _ unit up fs (scale_out n) _ _ _ s g k ys K Hup HS _ _ H).
      + apply closest_in with (n := n); [exact (Ag es He)|]. intros es' He'. apply strip_ends_right with (p := p); try assumption; lia.
      + destruct Pl as [[_ X]|X]; [left; exact X|right].
        match goal with |- _ /\ ?Y => assert (Q : Y) end; [|split; [|exact Q]].
        2: { rewrite (hollow_none _ X). exact (crosses_in _ _ Q). }
        apply closest_in with (n := n).
        * apply Ag, clipped_encls with (p := p); assumption.
        * intros es' He'. apply strip_ends_in_right with (p := p); try assumption; lia.
  Qed.
  Theorem one_holds_right strict k n s : told strict n k -> loose (ready n) = true \/ M = 1 ->
    Forall (fun v => (v < length c)%nat) (sees n) -> 0 < scale_out n -> one_holds strict unit up fs c n s = true ->
    claim_right unit fs k s ys.
  Proof.
    intros Ht Hl Hr HS H. apply existsb_exists in H. destruct H as ([e keep] & _ & H). cbn [fst snd] in H.
    eapply one_from_right; try eassumption; [|apply enclosed_encls with (p := p); assumption].
    intros es He. split; apply alone_hold; exact He.
  Qed.

  (** Two networks. *)
  Section Two.
  Variables n n' : view.
  Hypothesis Hl : loose (ready n) = true \/ M = 1.
  Hypothesis Hl' : loose (ready n') = true \/ M = 1.
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Hypothesis Hr' : Forall (fun v => (v < length c)%nat) (sees n').
  Hypothesis HS : 0 < scale_out n.
  Hypothesis HS' : 0 < scale_out n'.
  Notation margin row := (dot row (hd [] (nodes_at n ys))).
  Notation margin' row := (dot row (hd [] (nodes_at n' ys))).
  (** What a difference says. *)
  Definition gap_right (d : option (Z * Z)) (g g' : Z) : Prop :=
    match d with Some d => inb d (g' - g) /\ scale_out n = scale_out n' | None => True end.
  Lemma gap_of_right es es' row row' : encls es (nodes_at n ys) -> encls es' (nodes_at n' ys) ->
    gap_right (gap_of n n' es es' row row' c) (margin row) (margin' row').
  Proof.
    intros He He'. unfold gap_of. destruct (same_layers _ _ && _ && _ && _) eqn:E2; [|exact I].
    apply andb_true_iff in E2. destruct E2 as [E2 A4]. apply andb_true_iff in E2. destruct E2 as [E2 A3].
    apply andb_true_iff in E2. destruct E2 as [A1 A2]. apply same_layers_eq in A1. apply same_vec_eq in A3. subst row'.
    cbn [gap_right]. split; [|apply Z.eqb_eq; exact A2].
    apply idot_apart, aparts_hd. unfold nodes_at in *. rewrite <- A1 in *.
    apply gaps_apart; [apply gap_input_apart with (p := p); assumption|assumption|assumption].
  Qed.
  Lemma both_narrowed_in high d b b' g g' v : 0 < high -> gap_right d g g' ->
    inb b (high * g - scale_out n * v) -> inb b' (high * g' - scale_out n' * v) ->
    inb (fst (both_narrowed high d b b')) (high * g - scale_out n * v) /\
    inb (snd (both_narrowed high d b b')) (high * g' - scale_out n' * v).
  Proof.
    intros Hh G [B1 B2] [B1' B2']. destruct d as [d|]; cbn [both_narrowed fst snd]; [|split; split; assumption].
    destruct G as [[G1 G2] ES]. rewrite <- ES in *.
    assert (L : high * (M * fst d) <= high * (g' - g)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (U : high * (g' - g) <= high * (M * snd d)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (Mx : forall x y, M * Z.max x y = Z.max (M * x) (M * y)) by (intros; symmetry; apply Z.mul_max_distr_nonneg_l; lia).
    assert (Mn : forall x y, M * Z.min x y = Z.min (M * x) (M * y)) by (intros; symmetry; apply Z.mul_min_distr_nonneg_l; lia).
    unfold CellsSound.inb, narrowed. cbn [fst snd]. rewrite !Mx, !Mn. lia.
  Qed.
  Lemma both_ends_in keep rs rs' row row' hs high d : 0 < high -> lines_hold n rs -> lines_hold n' rs' ->
    gap_right d (margin row) (margin' row') ->
    inb (fst (both_ends keep n n' rs rs' row row' c hs high d)) (high * margin row - scale_out n * value_of hs ys) /\
    inb (snd (both_ends keep n n' rs rs' row row' c hs high d)) (high * margin' row' - scale_out n' * value_of hs ys).
  Proof.
    intros Hh He He' G. unfold both_ends. apply both_narrowed_in; try assumption; (eapply closest_in; [eassumption|]);
      intros es X; apply strip_ends_right with (p := p); try assumption; lia.
  Qed.
  (** Of what is at least so much above a margin that is not below 0 the margin is above 0. *)
  Lemma above_classed strict a b x y k l : classed strict x k -> classed strict y l -> inb (a, b) (y - x) ->
    (if strict then 1 else 0) <= a -> k = 1 -> l = 1.
  Proof.
    intros (_ & _ & X0) (L & Y1 & Y0) [A _] H E. cbn [fst] in A. destruct strict.
    - apply Y1. destruct (Z.ltb_spec x 0) as [N|N]; [specialize (X0 N); lia|nia].
    - apply Y1. destruct (Z.leb_spec x 0) as [N|N]; [specialize (X0 N); lia|nia].
  Qed.
  Lemma orders_right strict order d g g' k k' : classed strict g k -> classed strict g' k' -> gap_right d g g' ->
    orders strict order d = true ->
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Proof.
    intros K K' G O. destruct d as [d|]; cbn [orders] in O; cbv zeta in O.
    - destruct G as [[G1 G2] _]. apply andb_true_iff in O. destruct O as [O1 O2]. split; intros X; rewrite X in *;
        cbn [negb orb] in *.
      + apply Z.leb_le in O1. exact (above_classed strict (fst d) (snd d) g g' k k' K K' (conj G1 G2) O1).
      + apply Z.leb_le in O2. apply (above_classed strict (- snd d) (- fst d) g' g k' k K' K); [|lia].
        split; cbn [fst snd]; lia.
    - apply Z.eqb_eq in O. subst order. split; discriminate.
  Qed.
  Definition pairs_hold (f : pair_lines) : Prop := forall es es', encls es (nodes_at n ys) -> encls es' (nodes_at n' ys) ->
    lines_hold n (fst (f es es')) /\ lines_hold n' (snd (f es es')).
  Lemma together_hold t : pairs_hold (together t n n').
  Proof. intros es es' He He'. split; (split; [apply reline_encls; [exact (parallel_ok t)|assumption]|constructor]). Qed.
  Lemma both_kinds_hold t : pairs_hold (both_kinds t n n').
  Proof.
    intros es es' He He'. split; (split; [|constructor; [|constructor]]); apply reline_encls; try assumption;
      try exact (parallel_ok t); exact (bent_ok 1 1).
  Qed.
  Lemma all_kinds_hold t : pairs_hold (all_kinds t n n').
  Proof.
    intros es es' He He'. split; (split; [apply reline_encls; [exact (parallel_ok t)|assumption]|]);
      (constructor; [assumption|]); rewrite map_map; apply Forall_map, Forall_forall; intros x _;
      (apply reline_encls; [exact (bent_ok (fst x) (snd x))|assumption]).
  Qed.
  Lemma both_enclosed_encls e : encls (fst (both_enclosed e n n' c)) (nodes_at n ys) /\
    encls (snd (both_enclosed e n n' c)) (nodes_at n' ys).
  Proof.
    pose proof (enclosed_encls n c p ys Hl Hc Hp Hy Hr e). pose proof (enclosed_encls n' c p ys Hl' Hc Hp Hy Hr' e).
    unfold both_enclosed. cbv zeta. destruct (same_shapes _ _ _ _); cbn [fst snd]; [|split; assumption].
    split; apply sharpened_encls with (p := p); assumption.
  Qed.
  Variables (strict : bool) (k k' : Z).
  Hypothesis Ht : told strict n k.
  Hypothesis Ht' : told strict n' k'.
  Lemma two_from_right zoned again e keep s s' order es es' : pairs_hold zoned -> pairs_hold again ->
    encls es (nodes_at n ys) -> encls es' (nodes_at n' ys) ->
    two_from strict zoned again e keep unit up fs c n n' s s' order es es' = true ->
    claim_right unit fs k s ys /\ claim_right unit fs k' s' ys /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Proof.
    intros Li Ag He He' H. unfold two_from in H.
    destruct (row_of es) as [row|] eqn:E; [|discriminate].
    destruct (row_of es') as [row'|] eqn:E'; [|discriminate]. cbv zeta in H.
    pose proof (Ht _ _ He E) as K. pose proof (Ht' _ _ He' E') as K'. clear E E'.
    destruct (Ag es es' He He') as [R R']. destruct (again es es') as [rs rs']. cbn [fst snd] in R, R'.
    set (g := margin row) in *. set (g' := margin' row') in *.
    destruct (both_ends_in keep rs rs' row row' fs up None Hup R R' I) as [A A'].
    destruct (both_ends keep n n' rs rs' row row' c fs up None) as [a a'] eqn:Ea. cbn [fst snd] in A, A'. fold g g' in A, A'.
    clear R R'. destruct ((order =? 0) && says (scale_out n * unit) (strictly strict a) s && says (scale_out n' * unit) (strictly strict a') s') eqn:E1.
    - apply andb_true_iff in E1. destruct E1 as [E1 S2]. apply andb_true_iff in E1. destruct E1 as [O S1].
      split; [exact (says_classed strict unit up fs _ a s g k ys K Hup HS A S1)|].
      split; [exact (says_classed strict unit up fs _ a' s' g' k' ys K' Hup HS' A' S2)|].
      exact (orders_right strict order None g g' k k' K K' I O).
    - clear E1. pose proof (gap_of_right es es' row row' He He') as G. fold g g' in G.
      set (d := gap_of n n' es es' row row' c) in *. clearbody d.
      destruct (both_narrowed_in up d a a' g g' (value_of fs ys) Hup G A A') as [B B'].
      destruct (both_narrowed up d a a') as [b b'] eqn:Eb. cbn [fst snd] in B, B'.
      apply orb_true_iff in H. destruct H as [H|H].
      + apply andb_true_iff in H. destruct H as [H S2]. apply andb_true_iff in H. destruct H as [O S1].
        split; [exact (says_classed strict unit up fs _ b s g k ys K Hup HS B S1)|].
        split; [exact (says_classed strict unit up fs _ b' s' g' k' ys K' Hup HS' B' S2)|].
        exact (orders_right strict order d g g' k k' K K' G O).
      + unfold two_within in H. destruct (Li es es' He He') as [R R']. destruct (zoned es es') as [ls ls']. cbn [fst snd] in R, R'.
        cbv zeta in H. destruct (own_sum keep n (fst ls) row c (sees n')) as [own high] eqn:Eo.
        apply own_sum_up in Eo.
        destruct (both_ends_in keep ls ls' row row' own high d Eo R R' G) as [Q Q']. clear R R'.
        destruct (both_ends keep n n' ls ls' row row' c own high d) as [o o']. cbn [fst snd] in Q, Q'. fold g g' in Q, Q'.
        pose proof (strip_of_classed strict high own (scale_out n) o g k ys K Eo HS Q) as T.
        pose proof (strip_of_classed strict high own (scale_out n') o' g' k' ys K' Eo HS' Q') as T'.
        pose proof (zone_placed own _ _ _ _ T T') as Pl. cbv zeta in Pl.
        set (z := zone_of own _ _) in *. clearbody z. clear T T' Q Q' Eo.
        set (far := beyond z fs c) in *. clearbody far.
        set (es2 := clipped z (bits e) n es c) in *. set (es2' := clipped z (bits e) n' es' c) in *.
        assert (C : inside M z ys -> encls es2 (nodes_at n ys) /\ encls es2' (nodes_at n' ys)).
        { intros X. split; apply clipped_encls with (p := p); assumption. }
        clearbody es2 es2'.
        set (more := gap_of n n' es2 es2' row row' c) in *.
        assert (R : inside M z ys -> lines_hold n (fst (again es2 es2')) /\ lines_hold n' (snd (again es2 es2'))).
        { intros X. destruct (C X). apply Ag; assumption. }
        destruct (again es2 es2') as [rs2 rs2']. cbn [fst snd] in R.
        set (i0 := closest (fun es => strip_ends_in z keep n es c fs up (scale_out n) row) rs2) in *.
        set (i0' := closest (fun es => strip_ends_in z keep n' es c fs up (scale_out n') row') rs2') in *.
        assert (W : inside M z ys -> gap_right more g g' /\
          inb (fst (both_narrowed up more i0 i0')) (up * g - scale_out n * value_of fs ys) /\
          inb (snd (both_narrowed up more i0 i0')) (up * g' - scale_out n' * value_of fs ys)).
        { intros X. destruct (C X) as [C1 C2]. pose proof (gap_of_right es2 es2' row row' C1 C2) as G2. fold more in G2.
          destruct (R X) as [R1 R2]. split; [exact G2|]. apply both_narrowed_in; [exact Hup|exact G2| |];
            (eapply closest_in; [eassumption|]); intros es3 X3; apply strip_ends_in_right with (p := p); try assumption; lia. }
        clearbody more i0 i0'. clear C.
        destruct (both_narrowed up more i0 i0') as [i i']. cbn [fst snd] in W.
        set (none := is_hollow z c || _ || _ || _) in *.
        assert (Some_point : inside M z ys -> none = false).
        { intros X. destruct (W X) as (G2 & I1 & I2). unfold none.
          rewrite (hollow_none _ X), (crosses_in _ _ I1), (crosses_in _ _ I2).
          destruct more as [x|]; [|reflexivity]. rewrite (crosses_in _ _ (proj1 G2)). reflexivity. }
        clearbody none.
        apply andb_true_iff in H. destruct H as [H S2]. apply andb_true_iff in H. destruct H as [O S1].
        split; [|split].
        * apply (within_classed strict none unit up fs _ b i far s g k ys K Hup HS B); [|exact S1].
          destruct Pl as [[_ X]|X]; [left; exact X|right; split; [auto|apply W; exact X]].
        * apply (within_classed strict none unit up fs _ b' i' far s' g' k' ys K' Hup HS' B'); [|exact S2].
          destruct Pl as [[X0 X]|X]; [left; rewrite <- X0; exact X|right; split; [auto|apply W; exact X]].
        * rewrite !orb_true_iff in O. destruct O as [[O|O]|O]; [exact (orders_right strict order d g g' k k' K K' G O)| |];
            (destruct Pl as [[X0 _]|X]; [rewrite X0; auto|]).
          { exact (orders_right strict order more g g' k k' K K' (proj1 (W X)) O). }
          destruct more; [rewrite (Some_point X) in O|]; discriminate.
  Qed.
  Theorem two_hold_right s s' order :
    two_hold strict unit up fs c n n' s s' order = true ->
    claim_right unit fs k s ys /\ claim_right unit fs k' s' ys /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Proof.
    intros H. apply existsb_exists in H. destruct H as ([e keep] & _ & H). cbn [fst snd] in H.
    destruct (both_enclosed_encls e) as [He He']. destruct (both_enclosed e n n' c) as [es es'].
    exact (two_from_right _ _ e keep s s' order _ _ (together_hold SLOPES) (together_hold SLOPES) He He' H).
  Qed.
  End Two.
End Holds.
End At.
