(** * The integer network has the classes of the rational one. *)
From Coq Require Import ZArith QArith Qround List Lia Bool.
Require Import Network.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Evaluation at M times the input: every node times M.  So the input may be any fractions. *)
Definition step_at (M : Z) (l : layer) (env : list vec) : vec :=
  match l with
  | Affine i rows => let x := nth i env [] in map (fun rb => dot (fst rb) x + M * snd rb) rows
  | Diag i cs => diag (map (fun c => (fst c, M * snd c)) cs) (nth i env [])
  | Relu i => map (Z.max 0) (nth i env [])
  | Sign i => map (fun z => M * Z.sgn z) (nth i env [])
  | Add i c j d => vadd (vscale c (nth i env [])) (vscale d (nth j env []))
  end.
Fixpoint eval_at (M : Z) (n : network) (x : vec) : list vec :=
  match n with [] => [x] | l :: n' => let env := eval_at M n' x in step_at M l env :: env end.
Definition class_on (M : Z) (n : network) (x : vec) : Z := decide (hd [] (eval_at M n x)).
Section Scaled.
  Variable M : Z.
  Hypothesis HM : 0 < M.
  Lemma dot_scaled a : forall x, dot a (vscale M x) = M * dot a x.
  Proof.
    induction a as [|a0 a IH]; intros [|x0 x]; cbn [vscale map dot]; try lia. fold (vscale M x). rewrite IH. ring.
  Qed.
  Lemma vadd_scaled a : forall b, vadd (vscale M a) (vscale M b) = vscale M (vadd a b).
  Proof.
    induction a as [|a0 a IH]; intros [|b0 b]; cbn [vscale map vadd]; try reflexivity.
    fold (vscale M a) (vscale M b). rewrite IH. cbn [vscale map]. f_equal. ring.
  Qed.
  Lemma vscale_scaled c x : vscale c (vscale M x) = vscale M (vscale c x).
  Proof. unfold vscale. rewrite !map_map. apply map_ext. intros z. ring. Qed.
  Lemma step_scaled l env : step_at M l (map (vscale M) env) = vscale M (step l env).
  Proof.
    assert (N : forall i, nth i (map (vscale M) env) [] = vscale M (nth i env [])).
    { intros i. change (@nil Z) with (vscale M []) at 1. apply map_nth. }
    destruct l as [i rows|i cs|i|i|i c j d]; cbn [step_at step]; rewrite ?N.
    - unfold vscale at 2. rewrite map_map. apply map_ext. intros [r b]. cbn [fst snd]. rewrite dot_scaled. ring.
    - generalize (nth i env []). intros x. revert x. induction cs as [|[f b] cs IH]; intros [|x0 x]; cbn [map vscale diag fst snd]; try reflexivity.
      fold (vscale M x). rewrite IH. fold (vscale M (diag cs x)). f_equal. ring.
    - unfold vscale. rewrite !map_map. apply map_ext. intros z. lia.
    - unfold vscale. rewrite !map_map. apply map_ext. intros z. rewrite Z.sgn_mul, (Z.sgn_pos M) by assumption. ring.
    - rewrite !vscale_scaled, vadd_scaled. reflexivity.
  Qed.
  Lemma eval_scaled n x : eval_at M n (vscale M x) = map (vscale M) (eval n x).
  Proof.
    induction n as [|l n IH]; [reflexivity|]. cbn [eval_at eval map]. rewrite IH, step_scaled. reflexivity.
  Qed.
  Lemma lmax_scaled zs : forall z, lmax (M * z) (vscale M zs) = M * lmax z zs.
  Proof.
    induction zs as [|y zs IH]; intros z; cbn [vscale map lmax]; [reflexivity|]. fold (vscale M zs). rewrite IH.
    rewrite Z.mul_max_distr_nonneg_l by lia. reflexivity.
  Qed.
  Lemma index_scaled v zs : index_of (M * v) (vscale M zs) = index_of v zs.
  Proof.
    induction zs as [|z zs IH]; cbn [vscale map index_of]; [reflexivity|]. fold (vscale M zs). rewrite IH.
    destruct (Z.eqb_spec (M * z) (M * v)), (Z.eqb_spec z v); try reflexivity; exfalso; nia.
  Qed.
  Lemma decide_scaled zs : decide (vscale M zs) = decide zs.
  Proof.
    destruct zs as [|z [|y zs]]; [reflexivity| |].
    - cbn [vscale map decide]. destruct (Z.ltb_spec 0 (M * z)), (Z.ltb_spec 0 z); try reflexivity; exfalso; nia.
    - change (index_of (lmax (M * z) (vscale M (y :: zs))) (vscale M (z :: y :: zs)) =
        index_of (lmax z (y :: zs)) (z :: y :: zs)). rewrite lmax_scaled. apply index_scaled.
  Qed.
  Lemma class_scaled n x : class_on M n (vscale M x) = class_at n x.
  Proof.
    unfold class_on, class_at. rewrite eval_scaled. change (@nil Z) with (vscale M []) at 1.
    rewrite <- (decide_scaled (hd [] (eval n x))). f_equal. destruct (eval n x); reflexivity.
  Qed.
End Scaled.

(** ** Scales: the integer [z] stands for [q] at scale [s]. *)
Definition rel (s z : Z) (q : Q) := (inject_Z z == inject_Z s * q)%Q.
Definition rels s := Forall2 (rel s).
Lemma inject_pos s : 0 < s -> (0 < inject_Z s)%Q.
Proof. intros H. change 0%Q with (inject_Z 0). rewrite <- Zlt_Qlt. exact H. Qed.
Lemma rel_le s z q z' q' : 0 < s -> rel s z q -> rel s z' q' -> (z <= z' <-> (q <= q')%Q).
Proof.
  unfold rel. intros Hs H H'. rewrite Zle_Qle, H, H'. apply Qmult_le_l, inject_pos, Hs.
Qed.
Lemma rel_zero s : rel s 0 0%Q. Proof. unfold rel. change (inject_Z 0) with 0%Q. ring. Qed.
Lemma rel_scale c s z q : rel s z q -> rel (c * s) (c * z) q.
Proof. unfold rel. intros H. rewrite !inject_Z_mult, H. ring. Qed.
Lemma rels_scale c s zs qs : rels s zs qs -> rels (c * s) (vscale c zs) qs.
Proof.
  intros H. unfold vscale. induction H; cbn [map]; constructor; [apply rel_scale; assumption|assumption].
Qed.
Lemma rels_plus s a x : rels s a x -> forall b y, rels s b y -> rels s (vadd a b) (Semantics.plus x y).
Proof.
  intros H. induction H as [|z q zs qs H0 H IH]; intros b y Hb; [assumption|].
  inversion Hb as [|z' q' zs' qs' H0' H']; subst; cbn; constructor; auto; try (apply IH; assumption).
  unfold rel in *. rewrite inject_Z_plus, H0, H0'. ring.
Qed.
Lemma rel_relu s z q : 0 < s -> rel s z q -> rel s (Z.max 0 z) (Semantics.relu q).
Proof.
  intros Hs H. unfold Semantics.relu. pose proof (rel_le s z q 0 0 Hs H (rel_zero s)) as L.
  destruct (Qle_bool q 0) eqn:E.
  - apply Qle_bool_iff, L in E. rewrite Z.max_l by exact E. apply rel_zero.
  - rewrite Z.max_r; [assumption|]. apply Z.lt_le_incl, Z.nle_gt. intros X. apply L, Qle_bool_iff in X.
    congruence.
Qed.
Lemma rel_sign s z q : 0 < s -> rel s z q -> rel 1 (Z.sgn z) (Semantics.sign q).
Proof.
  intros Hs H. unfold rel, Semantics.sign. assert (E : Z.sgn z = Z.sgn (Qnum q)).
  { unfold rel, Qeq in H. destruct q as [n d]. cbn [Qnum Qden inject_Z Qmult] in *.
    assert (H' : z * Zpos d = s * n) by lia. clear H.
    pose proof (Z.sgn_spec z). pose proof (Z.sgn_spec n). assert (0 < Zpos d) by lia. nia. }
  rewrite E. change (inject_Z 1) with 1%Q. ring.
Qed.

(** ** Common denominators *)
Definition fits (d : Z) (q : Q) := 0 < d /\ (Zpos (Qden q) | d).
Lemma grow_fits d q : 0 < d -> 0 < grow d q /\ (d | grow d q) /\ (Zpos (Qden q) | grow d q).
Proof.
  intros H. unfold grow. destruct (Z.eqb_spec (d mod Zpos (Qden q)) 0) as [E|_].
  - split; [assumption|]. split; [apply Z.divide_refl|]. apply Z.mod_divide; [discriminate|assumption].
  - split; [|split; [apply Z.divide_lcm_l|apply Z.divide_lcm_r]].
    pose proof (Z.lcm_nonneg d (Zpos (Qden q))). destruct (Z.eq_dec (Z.lcm d (Zpos (Qden q))) 0) as [E|]; [|lia].
    apply Z.lcm_eq_0 in E. lia.
Qed.
Lemma common_fits qs : forall d, 0 < d ->
  0 < common qs d /\ (d | common qs d) /\ Forall (fun q => (Zpos (Qden q) | common qs d)) qs.
Proof.
  induction qs as [|q qs IH]; intros d H; cbn.
  - split; [assumption|]. split; [apply Z.divide_refl|constructor].
  - destruct (grow_fits d q H) as (H1 & H2 & H3). destruct (IH _ H1) as (I1 & I2 & I3).
    split; [assumption|]. split; [eapply Z.divide_trans; eassumption|].
    constructor; [eapply Z.divide_trans; eassumption|assumption].
Qed.
(** Folding over layers' rows: the same for a list of lists. *)
Lemma commons_fits {A} (f : A -> list Q) xs : forall d, 0 < d ->
  let m := fold_left (fun d x => common (f x) d) xs d in
  0 < m /\ (d | m) /\ Forall (fun x => Forall (fun q => (Zpos (Qden q) | m)) (f x)) xs.
Proof.
  induction xs as [|x xs IH]; intros d H; cbn.
  - split; [assumption|]. split; [apply Z.divide_refl|constructor].
  - destruct (common_fits (f x) d H) as (H1 & H2 & H3). destruct (IH _ H1) as (I1 & I2 & I3). cbn in I1, I2, I3.
    split; [assumption|]. split; [eapply Z.divide_trans; eassumption|].
    constructor; [|assumption]. eapply Forall_impl; [|exact H3].
    intros q Hq. exact (Z.divide_trans _ _ _ Hq I2).
Qed.
Lemma whole_rel d q : 0 < d -> (Zpos (Qden q) | d) -> rel d (whole d q) q.
Proof.
  intros _ (m & ->). unfold rel, whole. rewrite Z.div_mul by discriminate.
  unfold Qeq. destruct q as [n p]. cbn [Qnum Qden inject_Z Qmult]. rewrite Pos2Z.inj_mul. nia.
Qed.
Lemma wholes_rel d qs : 0 < d -> Forall (fun q => (Zpos (Qden q) | d)) qs -> rels d (map (whole d) qs) qs.
Proof. intros H F. induction F; cbn [map]; constructor; auto using whole_rel. Qed.

Lemma rel_dot d s a' a : rels d a' a -> forall x' x, rels s x' x -> rel (d * s) (dot a' x') (Semantics.dot a x).
Proof.
  intros H. induction H as [|z q zs qs H0 H IH]; intros x' x Hx; [apply rel_zero|].
  inversion Hx as [|z' q' zs' qs' H0' H']; subst; [apply rel_zero|]. cbn [dot Semantics.dot].
  specialize (IH _ _ H'). unfold rel in *. rewrite inject_Z_plus, inject_Z_mult, IH, H0, H0', inject_Z_mult. ring.
Qed.

(** ** Layers *)
Definition envs (M : Z) (ss : list Z) (zs : list vec) (qs : list (list Q)) :=
  forall i, rels (M * nth i ss 1) (nth i zs []) (nth i qs []).
Definition positive_scales (ss : list Z) := Forall (fun s => 0 < s) ss.
Lemma scale_pos ss i : positive_scales ss -> 0 < nth i ss 1.
Proof.
  intros H. revert i. induction H; intros [|i]; cbn; auto; lia.
Qed.
Lemma translate_layer_sound M l n ss l' s zs nodes : 0 < M -> positive_scales ss -> length nodes = n ->
  translate_layer l n ss = Some (l', s) -> envs M ss zs (rev nodes) ->
  0 < s /\ rels (M * s) (step_at M l' zs) (Semantics.output l nodes).
Proof.
  intros HM Hp Hn E He.
  assert (N : forall i, (i < n)%nat -> rels (M * nth (n - 1 - i) ss 1) (nth (n - 1 - i) zs []) (nth i nodes [])).
  { intros i Hi. specialize (He (n - 1 - i)%nat). rewrite rev_nth in He by lia.
    replace (length nodes - S (n - 1 - i))%nat with i in He by lia. exact He. }
  assert (P := fun i => scale_pos ss i Hp).
  destruct l as [i rows|i cs|i|i|i j]; cbn [translate_layer] in E;
    destruct (Nat.ltb_spec i n) as [Hi|]; try discriminate; cbn [andb] in E.
  - set (den := fold_left _ rows 1) in E. inversion E; subst l' s; clear E.
    destruct (commons_fits (fun r => snd r :: fst r) rows 1 ltac:(lia)) as (D1 & _ & D2).
    fold den in D1, D2. set (s := nth (n - 1 - i) ss 1) in *. specialize (P (n - 1 - i)%nat). fold s in P.
    split; [nia|]. cbn [step_at Semantics.output]. specialize (N i Hi). fold s in N.
    rewrite map_map. cbn [fst snd]. clearbody den. induction D2 as [|[a b] rows' D0 D2' IH]; cbn [map]; constructor; [|exact IH].
    cbn [fst snd] in *. inversion D0 as [|? ? Db Da]; subst.
    pose proof (rel_dot den (M * s) _ _ (wholes_rel den a D1 Da) _ _ N) as R.
    pose proof (whole_rel den b D1 Db) as B. unfold rel in *. rewrite inject_Z_plus, R, !inject_Z_mult, B. ring.
  - set (fs := map _ cs) in E. set (den := fold_left _ fs 1) in E. inversion E; subst l' s; clear E.
    destruct (commons_fits (fun c => [fst c; snd c]) fs 1 ltac:(lia)) as (D1 & _ & D2).
    fold den in D1, D2. set (s := nth (n - 1 - i) ss 1) in *. specialize (P (n - 1 - i)%nat). fold s in P.
    split; [nia|]. cbn [step_at Semantics.output]. specialize (N i Hi). fold s in N.
    assert (D3 : Forall (fun c => (Zpos (Qden (factor c)) | den) /\ (Zpos (Qden (snd c)) | den)) cs).
    { apply Forall_forall. intros c Hc. rewrite Forall_forall in D2.
      specialize (D2 _ (in_map (fun c => (factor c, snd c)) cs c Hc)). cbn [fst snd] in D2.
      inversion D2 as [|? ? H1 H2]; subst. inversion H2; subst. split; assumption. }
    unfold fs. rewrite !map_map. cbn [fst snd]. clear D2. clear He.
    set (x' := nth (n - 1 - i) zs []) in *. set (x := nth i nodes []) in *.
    clearbody den x' x s. clear fs Hn. revert x' x N.
    induction D3 as [|[[f g] b] cs [F B] D3 IH]; intros x' x N; cbn [map]; [constructor|].
    inversion N as [|z q zs' qs' H0 H']; subst; cbn [diag Semantics.scaled]; [constructor|].
    constructor; [|apply IH; assumption].
    cbn [snd] in B |- *. pose proof (whole_rel _ _ D1 F) as RF. pose proof (whole_rel _ _ D1 B) as RB.
    unfold rel in *. rewrite inject_Z_plus, !inject_Z_mult, RF, RB, H0, !inject_Z_mult.
    assert (X : (factor (f, g, b) * q == q * f / g)%Q) by (unfold factor; cbn [fst snd]; unfold Qdiv; ring).
    rewrite <- X. ring.
  - inversion E; subst. split; [apply P|]. cbn [step_at Semantics.output]. specialize (N i Hi).
    set (k := (length nodes - 1 - i)%nat) in *. specialize (P k). set (s := nth k ss 1) in *. assert (0 < M * s) by nia.
    induction N; cbn [map]; constructor; auto using rel_relu.
  - inversion E; subst. split; [lia|]. cbn [step_at Semantics.output]. specialize (N i Hi).
    set (k := (length nodes - 1 - i)%nat) in *. specialize (P k). set (s := nth k ss 1) in *. assert (PS : 0 < M * s) by nia.
    induction N as [|z q zs' qs' H0 N IH]; cbn [map]; constructor; [|assumption]. apply rel_scale. exact (rel_sign _ _ _ PS H0).
  - destruct (Nat.ltb_spec j n) as [Hj|]; [|discriminate]. inversion E; subst; clear E.
    set (a := nth (length nodes - 1 - i) ss 1) in *. set (b := nth (length nodes - 1 - j) ss 1) in *.
    assert (Pa := P (length nodes - 1 - i)%nat). fold a in Pa.
    assert (Pb := P (length nodes - 1 - j)%nat). fold b in Pb.
    assert (ML : 0 < Z.lcm a b).
    { pose proof (Z.lcm_nonneg a b). destruct (Z.eq_dec (Z.lcm a b) 0) as [E|]; [|lia]. apply Z.lcm_eq_0 in E. destruct E; lia. }
    split; [assumption|]. cbn [step_at Semantics.output]. apply rels_plus.
    + replace (M * Z.lcm a b) with (Z.lcm a b / a * (M * a)); [apply rels_scale, N; assumption|].
      pose proof (Z.divide_lcm_l a b) as (q & ->). rewrite Z.div_mul; [ring|intros E; rewrite E in *; apply (Z.lt_irrefl 0); assumption].
    + replace (M * Z.lcm a b) with (Z.lcm a b / b * (M * b)); [apply rels_scale, N; assumption|].
      pose proof (Z.divide_lcm_r a b) as (q & ->). rewrite Z.div_mul; [ring|intros E; rewrite E in *; apply (Z.lt_irrefl 0); assumption].
Qed.
Lemma translate_layers_sound M x ls : 0 < M -> forall n ss done m ss' nodes, positive_scales ss ->
  length nodes = n -> translate_layers ls n ss done = Some (m, ss') ->
  envs M ss (eval_at M done x) (rev nodes) ->
  positive_scales ss' /\
  envs M ss' (eval_at M m x) (rev (fold_left (fun nodes l => nodes ++ [Semantics.output l nodes]) ls nodes)).
Proof.
  intros HM. induction ls as [|l ls IH]; intros n ss done m ss' nodes Hp Hn E He; cbn [translate_layers] in E.
  - inversion E; subst. split; assumption.
  - destruct (translate_layer l n ss) as [[l' s]|] eqn:El; [|discriminate].
    destruct (translate_layer_sound M _ _ _ _ _ _ _ HM Hp Hn El He) as [Hs R].
    cbn [fold_left]. refine (IH (S n) (s :: ss) (l' :: done) m ss' _ _ _ E _).
    { constructor; assumption. } { rewrite app_length. cbn. lia. }
    rewrite rev_app_distr. cbn [rev app eval_at]. intros [|i]; cbn [nth]; [exact R|apply He].
Qed.
Lemma last_hd {A} (l : list A) d : last l d = hd d (rev l).
Proof.
  induction l as [|a l IH]; [reflexivity|]. cbn [rev]. destruct l as [|b l]; [reflexivity|].
  change (last (a :: b :: l) d) with (last (b :: l) d). rewrite IH. cbn [rev].
  destruct (rev l); reflexivity.
Qed.

(** ** The class *)
Lemma lmax_ge zs : forall z, z <= lmax z zs /\ forall y, In y zs -> y <= lmax z zs.
Proof.
  induction zs as [|y zs IH]; intros z; cbn; [split; [lia|intros y []]|].
  destruct (IH y) as [H1 H2]. split; [lia|]. intros x [<-|Hx]; [lia|]. apply H2 in Hx. lia.
Qed.
Lemma lmax_in zs : forall z, In (lmax z zs) (z :: zs).
Proof.
  induction zs as [|y zs IH]; intros z; cbn; [auto|].
  destruct (Z.max_spec z (lmax y zs)) as [[_ ->]|[_ ->]]; auto. right. apply IH.
Qed.
Lemma largest_rel s zs qs z q : 0 < s -> rels s zs qs -> rel s z q ->
  Semantics.largest qs q = forallb (fun y => y <=? z) zs.
Proof.
  intros Hs H Hz. unfold Semantics.largest. induction H as [|y p zs qs H0 H IH]; [reflexivity|]. cbn [forallb].
  rewrite IH. f_equal. apply eq_true_iff_eq. rewrite Qle_bool_iff, Z.leb_le. symmetry. eapply rel_le; eassumption.
Qed.
Lemma decide_rel s zs qs : 0 < s -> rels s zs qs -> decide zs = Semantics.decide qs.
Proof.
  intros Hs H. destruct H as [|z q zs qs H0 H]; [reflexivity|]. destruct H as [|z' q' zs qs H1 H].
  - cbn. pose proof (rel_le _ _ _ _ _ Hs H0 (rel_zero s)) as L.
    destruct (Z.ltb_spec 0 z); destruct (Qle_bool q 0) eqn:E; try reflexivity.
    + apply Qle_bool_iff, L in E. lia.
    + exfalso. assert (X : (q <= 0)%Q) by (apply L; lia). apply Qle_bool_iff in X. congruence.
  - change (decide (z :: z' :: zs)) with (index_of (lmax z (z' :: zs)) (z :: z' :: zs)).
    change (Semantics.decide (q :: q' :: qs)) with (Semantics.first_largest (q :: q' :: qs) (q :: q' :: qs)).
    assert (H' : rels s (z :: z' :: zs) (q :: q' :: qs)) by (repeat constructor; assumption).
    destruct (lmax_ge (z' :: zs) z) as [G1 G2]. pose proof (lmax_in (z' :: zs) z) as G3.
    set (m := lmax z (z' :: zs)) in *. clearbody m.
    assert (G : forall y, In y (z :: z' :: zs) -> y <= m).
    { intros y [<-|Hy]; auto. }
    clear G1 G2. revert H' G3 G. generalize (z :: z' :: zs) (q :: q' :: qs). clear - Hs.
    intros all qall A G3 G.
    assert (X : forall zs qs, rels s zs qs -> incl zs all -> index_of m zs = Semantics.first_largest qall qs).
    { intros zs qs H. induction H as [|z q zs qs H0 H IH]; intros I; [reflexivity|]. cbn [index_of Semantics.first_largest].
      rewrite (largest_rel s all qall z q Hs A H0).
      assert (E : forallb (fun y => y <=? z) all = (z =? m)).
      { apply eq_true_iff_eq. rewrite forallb_forall, Z.eqb_eq. split.
        - intros F. apply F, Z.leb_le in G3. assert (z <= m) by (apply G, I; left; reflexivity). lia.
        - intros -> y Hy. apply Z.leb_le, G, Hy. }
      rewrite E. destruct (z =? m); [reflexivity|]. f_equal. apply IH. intros y Hy. apply I. right. exact Hy. }
    apply X; [assumption|apply incl_refl].
Qed.
(** The integer network that [translate] gives answers the class of the network meant. *)
Theorem translate_sound M d n m x xs : 0 < M -> 0 < d -> translate d n = Some m -> rels (M * d) x xs ->
  class_on M m x = Semantics.decide (Semantics.logits n xs).
Proof.
  unfold translate. intros HM Hd E R. destruct (translate_layers n 1 [d] []) as [[m' ss]|] eqn:T; [|discriminate].
  cbn [option_map fst] in E. inversion E; subst m'. unfold class_on, Semantics.logits.
  destruct (translate_layers_sound M x n HM 1 [d] [] m ss [xs]) as [Hp He]; auto.
  - repeat constructor. assumption.
  - intros [|[|i]]; cbn; auto; constructor.
  - rewrite last_hd. set (nodes := rev _) in *. pose proof (scale_pos ss 0 Hp) as S0.
    assert (H := He 0%nat). apply decide_rel with (s := M * nth 0 ss 1); [nia|].
    destruct (eval_at M m x), nodes; exact H.
Qed.
