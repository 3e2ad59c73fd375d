(** * Strips are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Tails TailsSound
  Steps Strips.
Import ListNotations.
Open Scope Z_scope.

(** ** Parallel lines *)
Lemma parallel_ok h b x : inb b x -> line_ok (parallel h b) x.
Proof.
  destruct h as [hl hu], b as [l u]. unfold inb, parallel, line_ok. cbn [fst snd low high above]. intros H.
  set (s := clamp _). pose proof (clamp_range (if 0 <=? hl then D else if hu <=? 0 then 0 else D / SLOPES * (SLOPES * hu / (hu - hl)))) as R.
  fold s in R. clearbody s. split; [assumption|].
  assert (HD : 0 < D) by reflexivity.
  set (m := Z.max (- s * l) ((D - s) * u)).
  assert (Hm1 : - s * l <= m) by apply Z.le_max_l.
  assert (Hm2 : (D - s) * u <= m) by apply Z.le_max_r.
  assert (Hm : m <= Z.max 0 m) by lia. split.
  - destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]]; nia.
  - destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]].
    + assert ((D - s) * x <= (D - s) * u) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
    + assert (s * l <= s * x) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
Lemma parallels_ok s s' b x : encl b x -> forall b', Forall2 line_ok (parallels s s' b b') x.
Proof.
  intros H. induction H; intros [|b0 b']; cbn [parallels]; constructor; auto using parallel_ok.
Qed.
Lemma reline_encls es env : encls es env -> forall ss ss' es', encls (reline ss ss' es es') env.
Proof.
  intros H. induction H as [|e x es env H0 H IH]; intros ss ss' es'; cbn [reline]; constructor; [|apply IH].
  destruct H0 as [E T L]. constructor; cbn [ends Bounds.total lines]; [assumption|assumption|apply parallels_ok; assumption].
Qed.

Lemma sharpen_box_sound keep ks n es c p : aids_fit ks n -> wf c -> In p (points c) -> encls es (eval n (input p)) ->
  forall b pre y b', hd [] (eval n (input p)) = pre ++ y -> encl b y ->
  encl (sharpen_box keep ks n es c (length pre) b b') y.
Proof.
  intros Hf Hc Hp He b pre y b' Hy H. revert pre Hy b'.
  induction H as [|[l u] y0 b y H0 H IH]; intros pre Hy b'; [constructor|]. cbn [sharpen_box].
  destruct (hd (l, u) b') as [l' u']. constructor.
  - pose proof (lower_sound keep ks n es c p (unit (length pre)) Hf Hc Hp He) as L.
    pose proof (lower_sound keep ks n es c p (vscale (-1) (unit (length pre))) Hf Hc Hp He) as U.
    rewrite dot_vscale_l in U. rewrite dot_unit, Hy, nth_middle in L, U. unfold inb in *. cbn [fst snd] in *.
    destruct (_ && _); [|destruct (_ && _)]; cbn [fst snd]; lia.
  - replace (S (length pre)) with (length (pre ++ [y0])) by (rewrite app_length; cbn; lia).
    apply IH. rewrite Hy, <- app_assoc. reflexivity.
Qed.
Lemma sharpen_sound keep c p : wf c -> In p (points c) -> forall n ks es es', aids_fit ks n ->
  encls es (eval n (input p)) -> encls (sharpen keep ks n es es' c) (eval n (input p)).
Proof.
  intros Hc Hp. induction n as [|l n IH]; intros ks es es' Hf He; [exact He|].
  cbn [sharpen]. destruct es as [|e r]; [exact He|]. cbn [eval] in *. inversion He as [|? ? ? ? H0 H1]; subst.
  specialize (IH (tl ks) r (tl es') (proj2 Hf) H1). set (r' := sharpen keep (tl ks) n r (tl es') c) in *.
  cbv zeta. constructor; [|exact IH]. destruct (_ && _); [|exact H0].
  destruct H0 as [E T L]. constructor; cbn [ends Bounds.total lines]; [|assumption|assumption].
  apply (sharpen_box_sound keep ks (l :: n) (e :: r') c p Hf Hc Hp) with (pre := []); [|reflexivity|exact E].
  cbn [eval]. constructor; [constructor; assumption|exact IH].
Qed.

(** ** Strips *)
Lemma least_over_le c p : In p (points c) -> forall Bs, least_over Bs c <= pdot Bs (map code p).
Proof.
  intros H. apply points_forall2 in H. induction H as [|v q p c Hv H IH]; intros Bs; cbn [least_over map].
  - rewrite pdot_nil_r. lia.
  - rewrite pdot_cons. specialize (IH (tl Bs)). pose proof (ends_part_in (hd [] Bs) q v Hv) as [E _].
    assert (X : least_part (hd [] Bs) q = fst (ends_part (hd [] Bs) q)).
    { destruct q as [[|w vs]|f s lo hi]; [reflexivity|apply least_few_is|reflexivity]. }
    lia.
Qed.
(** The value of a form at a point. *)
Definition value_of (fs : list vec) (p : point) : Z := pdot fs (map code p).
Definition nodes_at (n : net) (p : point) : list vec := eval (layers (ready n)) (input (seen (sees n) p)).
Section One.
  Variables (n : net) (c : cell) (p : point).
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Lemma enclosed_encls e : encls (enclosed e n c) (nodes_at n p).
  Proof.
    unfold enclosed, nodes_at. apply enclose_sound; [apply wf_project; assumption|apply seen_in; assumption|apply fit].
  Qed.
  Lemma sharpened_encls e es es' : encls es (nodes_at n p) -> encls (sharpened e n es es' c) (nodes_at n p).
  Proof.
    intros He. unfold sharpened, nodes_at.
    apply sharpen_sound; [apply wf_project; assumption|apply seen_in; assumption|apply fit|exact He].
  Qed.
  Lemma lower_strip_le keep es fs up down row : encls es (nodes_at n p) -> 0 <= up ->
    lower_strip keep n es c fs up down row <= up * dot row (hd [] (nodes_at n p)) - down * value_of fs p.
  Proof.
    intros He Hup. unfold lower_strip. destruct (back _ _ _ es [row] 0) as [[[T U] A] K] eqn:E.
    apply back_sound with (x := input (seen (sees n) p)) in E; [|apply fit|assumption]. destruct E as (HT & HU & E).
    fold (nodes_at n p) in E. unfold nodes_at in E at 1. rewrite eval_cons, pdot_cons in E. cbn [hd tl pdot] in E.
    fold (nodes_at n p) in E.
    set (Bs := spread _ _ _ _). pose proof (least_over_le c p Hp Bs) as L. unfold Bs at 2 in L.
    rewrite spread_dot, pdot_scale, dot_vscale_l in L by assumption. fold (value_of fs p) in L. clearbody Bs.
    set (y := dot row (hd [] (nodes_at n p))) in *. set (a := dot A (input (seen (sees n) p))) in *.
    set (v := value_of fs p) in *. set (m := least_over Bs c) in *.
    assert (- (up * y - down * v) <= (- (m + U * up * K)) / T); [|lia].
    apply Z.div_le_lower_bound; [assumption|].
    assert (up * (U * (a + K)) <= up * (T * (y + 0 + 0))) by (apply Z.mul_le_mono_nonneg_l; lia). nia.
  Qed.
  Lemma strip_ends_in keep es fs up down row : encls es (nodes_at n p) -> 0 <= up ->
    inb (strip_ends keep n es c fs up down row) (up * dot row (hd [] (nodes_at n p)) - down * value_of fs p).
  Proof.
    intros He Hup. unfold inb, strip_ends. cbn [fst snd]. split; [apply lower_strip_le; assumption|].
    pose proof (lower_strip_le keep es fs up (- down) (vscale (-1) row) He Hup) as L. rewrite dot_vscale_l in L. lia.
  Qed.
  (** The class is that of the margin. *)
  Lemma row_class es row : encls es (nodes_at n p) -> row_of es = Some row ->
    class_of (ANet n) p = if 0 <? dot row (hd [] (nodes_at n p)) then 1 else 0.
  Proof.
    intros He H. rewrite class_of_net. unfold class_at. fold (nodes_at n p). unfold row_of in H.
    assert (E : encl (ends (hd no_info es)) (hd [] (nodes_at n p))).
    { destruct He as [|e x es' env H0 H1]; [constructor|]. apply (in_ends _ _ H0). }
    destruct (ends (hd no_info es)) as [|b0 [|b1 [|b2 bs]]]; try discriminate; inversion H; subst row; clear H.
    - inversion E as [|? z ? zs _ E1]; subst. inversion E1; subst. cbn [decide dot].
      replace (1 * z + 0) with z by lia. reflexivity.
    - inversion E as [|? z ? zs _ E1]; subst. inversion E1 as [|? y ? ys _ E2]; subst. inversion E2; subst.
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
  intros H. induction H as [|b x y d xs ys H0 H IH]; intros [|a0 a]; cbn [idot dot]; try (unfold inb; cbn; lia).
  replace (a0 * y + dot a ys - (a0 * x + dot a xs)) with (a0 * (y - x) + (dot a ys - dot a xs)) by ring.
  apply iadd_in; auto using iscale_in.
Qed.
Lemma apart_app d x y : apart d x y -> forall d' x' y', apart d' x' y' -> apart (d ++ d') (x ++ x') (y ++ y').
Proof. intros H. induction H; intros d' x' y' H'; cbn; [assumption|constructor; auto]. Qed.
Lemma apart_same b x : encl b x -> apart (map (fun _ => (0, 0)) b) x x.
Proof. intros H. induction H; cbn; constructor; [unfold inb; cbn; lia|assumption]. Qed.
Lemma gap_in a b x y : inb a x -> inb b y -> inb (gap a b) (y - x).
Proof. unfold inb, gap. cbn. lia. Qed.
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
  - replace (y + y' - (x + x')) with ((y - x) + (y' - x')) by ring. apply iadd_in; assumption.
  - apply IH. assumption.
Qed.
Lemma scale_apart k d x y : apart d x y -> apart (map (iscale k) d) (vscale k x) (vscale k y).
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; cbn; constructor; [|exact IH].
  replace (k * y - k * x) with (k * (y - x)) by ring. apply iscale_in. assumption.
Qed.
Lemma gap_diag_apart d x y : apart d x y -> forall cs, apart (gap_diag cs d) (diag cs x) (diag cs y).
Proof.
  intros H. induction H as [|b x y d xs ys H0 H IH]; intros [|[f s] cs]; cbn [gap_diag diag]; constructor; [|apply IH].
  replace (f * y + s - (f * x + s)) with (f * (y - x)) by ring. apply iscale_in. assumption.
Qed.
Lemma gap_relu_in a b d x y : inb a x -> inb b y -> inb d (y - x) ->
  inb (gap_relu a b d) (Z.max 0 y - Z.max 0 x).
Proof.
  destruct a as [la ua], b as [lb ub], d as [ld ud]. unfold inb, gap_relu, gap, both. cbn [fst snd]. intros Ha Hb Hd.
  destruct (Z.leb_spec 0 la), (Z.leb_spec 0 lb); cbn [andb fst snd]; lia.
Qed.
Lemma gap_relus_apart d x y : apart d x y -> forall a b, encl a x -> encl b y ->
  apart (gap_relus a b d) (map (Z.max 0) x) (map (Z.max 0) y).
Proof.
  intros H. induction H as [|z x y d xs ys H0 H IH]; intros a b Ha Hb; inversion Ha; subst; inversion Hb; subst;
    cbn [gap_relus map]; constructor; [apply gap_relu_in; assumption|apply IH; assumption].
Qed.
Lemma apart_length d x y : apart d x y -> length x = length y.
Proof. intros H. induction H; cbn; auto. Qed.
Lemma sgn_in b x : inb b x -> inb (both Z.sgn b) (Z.sgn x).
Proof.
  destruct b as [l u]. unfold inb, both. cbn. intros [? ?].
  pose proof (Z.sgn_spec l). pose proof (Z.sgn_spec u). pose proof (Z.sgn_spec x). lia.
Qed.
Lemma gap_step_apart l ds es es' env env' : aparts ds env env' -> encls es env -> encls es' env' ->
  apart (gap_step l ds es es') (Network.step l env) (Network.step l env').
Proof.
  intros H He He'. pose proof (aparts_nth _ _ _ H) as N.
  pose proof (fun i => in_ends _ _ (encl_nth _ _ He i)) as E. pose proof (fun i => in_ends _ _ (encl_nth _ _ He' i)) as E'.
  destruct l as [i rows|i cs|i|i|i c j d]; cbn [gap_step Network.step]; unfold ends_at.
  - cbv zeta. specialize (N i). induction rows as [|[r b] rows IH]; cbn [map fst snd]; constructor; [|exact IH].
    replace (dot r (nth i env' []) + b - (dot r (nth i env []) + b)) with (dot r (nth i env' []) - dot r (nth i env [])) by ring.
    apply idot_apart. assumption.
  - apply gap_diag_apart, N.
  - apply gap_relus_apart; auto.
  - apply gap_box_apart; try (apply map_in; auto using sgn_in). rewrite !map_length. apply (apart_length _ _ _ (N i)).
  - apply badd_apart; apply scale_apart; apply N.
Qed.
Lemma encls_tl es x env : encls es (x :: env) -> encls (tl es) env.
Proof. intros H. inversion H; subst. assumption. Qed.
Lemma gaps_apart d x y : apart d x y -> forall n es es', encls es (eval n x) -> encls es' (eval n y) ->
  aparts (gaps n es es' d) (eval n x) (eval n y).
Proof.
  intros H. induction n as [|l n IH]; intros es es' He He'; cbn [gaps eval] in *.
  - constructor; [assumption|constructor].
  - apply encls_tl in He, He'. constructor; [|apply IH; assumption].
    apply gap_step_apart; [apply IH; assumption|assumption|assumption].
Qed.
Lemma gap_input_apart c p : wf c -> In p (points c) -> forall r r', aligned c r r' = true ->
  Forall (fun v => (v < length c)%nat) r -> Forall (fun v => (v < length c)%nat) r' ->
  apart (gap_input c r r') (input (seen r p)) (input (seen r' p)).
Proof.
  intros Hc Hp. unfold wf in Hc. rewrite Forall_forall in Hc.
  assert (X : forall v, (v < length c)%nat -> encl (part_box (nth v c no_part)) (code (nth v p nobody)) /\
    length (code (nth v p nobody)) = width (nth v c no_part)).
  { intros v Hv. pose proof (Hc _ (nth_In c no_part Hv)) as W. pose proof (point_nth c p Hp v Hv) as I.
    split; [apply part_box_in; assumption|apply W; assumption]. }
  induction r as [|v r IH]; intros [|v' r'] A H H'; cbn [aligned] in A; try discriminate; [constructor|].
  apply andb_true_iff in A. destruct A as [A1 A2]. apply Nat.eqb_eq in A1.
  inversion H as [|? ? Hv H1]; subst. inversion H' as [|? ? Hv' H1']; subst.
  cbn [gap_input seen map]. change (input (?a :: ?b)) with (code a ++ input b).
  apply apart_app; [|apply IH; assumption].
  destruct (X v Hv) as [E L], (X v' Hv') as [E' L'].
  destruct (Nat.eqb_spec v v') as [<-|_]; [apply apart_same; assumption|].
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
(** What a strip says of a model's class at a point. *)
Definition strip_right (unit : Z) (fs : list vec) (k : Z) (s : strip) (p : point) : Prop :=
  (k = 0 \/ k = 1) /\ (0 < value_of fs p + unit * strip_least s -> k = 1) /\
  (value_of fs p + unit * strip_most s <= 0 -> k = 0).
Lemma says_right unit up fs S b s g p : 0 < up -> 0 < S -> inb b (up * g - S * value_of fs p) ->
  says (S * unit) b s = true -> strip_right unit fs (if 0 <? g then 1 else 0) s p.
Proof.
  intros Hup HS [B1 B2] H. unfold says in H. apply andb_true_iff in H. destruct H as [H1 H2].
  apply Z.leb_le in H1, H2. unfold strip_right. set (v := value_of fs p) in *.
  split; [destruct (0 <? g); auto|]. split; intros X.
  - destruct (Z.ltb_spec 0 g); [reflexivity|exfalso].
    assert (0 < S * (v + unit * strip_least s)) by (apply Z.mul_pos_pos; assumption).
    assert (up * g <= 0) by (apply Z.mul_nonneg_nonpos; lia). lia.
  - destruct (Z.ltb_spec 0 g); [exfalso|reflexivity].
    assert (S * (v + unit * strip_most s) <= 0) by (apply Z.mul_nonneg_nonpos; lia).
    assert (0 < up * g) by (apply Z.mul_pos_pos; assumption). lia.
Qed.
Section Holds.
  Variables (unit up : Z) (fs : list vec) (c : cell).
  Hypothesis Hup : 0 < up.
  Hypothesis Hc : wf c.
  Lemma one_tried_right e keep n s : Forall (fun v => (v < length c)%nat) (sees n) -> 0 < scale_out n ->
    one_tried e keep unit up fs c n s = true ->
    forall p, In p (points c) -> strip_right unit fs (class_of (ANet n) p) s p.
  Proof.
    intros Hr HS H p Hp. unfold one_tried in H. destruct (row_of (enclosed e n c)) as [row|] eqn:E; [|discriminate].
    pose proof (enclosed_encls n c p Hc Hp Hr e) as He.
    rewrite (row_class n p _ _ He E). eapply says_right; [exact Hup|exact HS| |exact H].
    apply strip_ends_in; [assumption|assumption|assumption|apply reline_encls; assumption|lia].
  Qed.
  Theorem one_holds_right n s : Forall (fun v => (v < length c)%nat) (sees n) -> 0 < scale_out n ->
    one_holds unit up fs c n s = true ->
    forall p, In p (points c) -> strip_right unit fs (class_of (ANet n) p) s p.
  Proof.
    intros Hr HS H. apply existsb_exists in H. destruct H as ([e keep] & _ & H). cbn [fst snd] in H.
    exact (one_tried_right e keep n s Hr HS H).
  Qed.
  Lemma two_tried_right e keep n n' s s' order : Forall (fun v => (v < length c)%nat) (sees n) ->
    Forall (fun v => (v < length c)%nat) (sees n') -> 0 < scale_out n -> 0 < scale_out n' ->
    two_tried e keep unit up fs c n n' s s' order = true ->
    forall p, In p (points c) ->
    let k := class_of (ANet n) p in
    let k' := class_of (ANet n') p in
    strip_right unit fs k s p /\ strip_right unit fs k' s' p /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Proof.
    intros Hr Hr' HS HS' H p Hp k k'. unfold two_tried in H.
    destruct (row_of (enclosed e n c)) as [row|] eqn:E; [|discriminate].
    destruct (row_of (enclosed e n' c)) as [row'|] eqn:E'; [|discriminate]. cbv zeta in H.
   pose proof (enclosed_encls n c p Hc Hp Hr e) as He. pose proof (enclosed_encls n' c p Hc Hp Hr' e) as He'.
    subst k k'. rewrite (row_class n p _ _ He E), (row_class n' p _ _ He' E').
    set (b := strip_ends _ n _ _ _ _ _ _) in H. set (b' := strip_ends _ n' _ _ _ _ _ _) in H.
    set (g := dot row _). set (g' := dot row' _).
    assert (B : inb b (up * g - scale_out n * value_of fs p)).
    { apply strip_ends_in; [assumption|assumption|assumption|apply reline_encls|lia].
      destruct (same_shapes _ _ _ _); [apply sharpened_encls|]; assumption. }
    assert (B' : inb b' (up * g' - scale_out n' * value_of fs p)).
    { apply strip_ends_in; [assumption|assumption|assumption|apply reline_encls|lia].
      destruct (same_shapes _ _ _ _); [apply sharpened_encls|]; assumption. }
    destruct ((order =? 0) && says (scale_out n * unit) b s && says (scale_out n' * unit) b' s') eqn:E1.
    - apply andb_true_iff in E1. destruct E1 as [E1 S2]. apply andb_true_iff in E1. destruct E1 as [O S1].
      apply Z.eqb_eq in O. subst order. split; [|split; [|split]].
      + exact (says_right unit up fs _ b s g p Hup HS B S1).
      + exact (says_right unit up fs _ b' s' g' p Hup HS' B' S2).
      + discriminate.
      + discriminate.
    - clear E1. destruct (same_layers (layers (ready n)) (layers (ready n')) && (scale_out n =? scale_out n') &&
        same_vec row row' && aligned c (sees n) (sees n')) eqn:E2; [|discriminate].
      apply andb_true_iff in E2. destruct E2 as [E2 A4]. apply andb_true_iff in E2. destruct E2 as [E2 A3].
      apply andb_true_iff in E2. destruct E2 as [A1 A2]. apply same_layers_eq in A1. apply same_vec_eq in A3. subst row'.
      set (d := idot row _) in H.
      assert (G : inb d (g' - g)).
      { unfold d, g', g. apply idot_apart, aparts_hd. unfold nodes_at in *. rewrite <- A1 in *.
        apply gaps_apart; [apply gap_input_apart; assumption|assumption|assumption]. }
      apply andb_true_iff in H. destruct H as [H S2]. apply andb_true_iff in H. destruct H as [O S1].
      unfold orders in O. apply andb_true_iff in O. destruct O as [O1 O2].
      apply Z.eqb_eq in A2. rewrite <- A2 in *. destruct B as [B1 B2], B' as [B1' B2'], G as [G1 G2].
      set (v := value_of fs p) in *. set (S := scale_out n) in *.
      assert (L : up * fst d <= up * (g' - g)) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (U : up * (g' - g) <= up * snd d) by (apply Z.mul_le_mono_nonneg_l; lia).
      split; [|split; [|split]].
      + eapply says_right; [exact Hup|exact HS| |exact S1]. fold v S. unfold inb, narrowed. cbn [fst snd]. lia.
      + eapply says_right; [exact Hup|exact HS| |exact S2]. fold v S. unfold inb, narrowed. cbn [fst snd]. lia.
      + intros X. rewrite X in O1. cbn [negb orb] in O1. apply Z.leb_le in O1.
        destruct (Z.ltb_spec 0 g), (Z.ltb_spec 0 g'); lia.
      + intros X. rewrite X in O2. cbn [negb orb] in O2. apply Z.leb_le in O2.
        destruct (Z.ltb_spec 0 g), (Z.ltb_spec 0 g'); lia.
  Qed.
  Theorem two_hold_right n n' s s' order : Forall (fun v => (v < length c)%nat) (sees n) ->
    Forall (fun v => (v < length c)%nat) (sees n') -> 0 < scale_out n -> 0 < scale_out n' ->
    two_hold unit up fs c n n' s s' order = true ->
    forall p, In p (points c) ->
    let k := class_of (ANet n) p in
    let k' := class_of (ANet n') p in
    strip_right unit fs k s p /\ strip_right unit fs k' s' p /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Proof.
    intros Hr Hr' HS HS' H. apply existsb_exists in H. destruct H as ([e keep] & _ & H). cbn [fst snd] in H.
    exact (two_tried_right e keep n n' s s' order Hr Hr' HS HS' H).
  Qed.
End Holds.
