(** * What trees of signs show is so. *)
From Coq Require Import ZArith List Lia Bool.
From Leafproof Require Import Bytes.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound TreesSound Signs.
From Leafproof Require Trees.
Import ListNotations.
Open Scope Z_scope.

(** Points lie M times where they are, as in BoundsSound.v. *)
Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Notation inb := (CellsSound.inb M).
Notation encl := (BoundsSound.encl M).
Notation line_ok := (BoundsSound.line_ok M).
Notation encls := (BoundsSound.encls M).

(** ** Lines *)
Lemma signed_ok above x : side_of above x -> line_ok (signed above) x.
Proof.
  unfold BoundsSound.line_ok, signed, side_of. assert (HD : 0 < D) by reflexivity.
  destruct above; cbn [low high Bounds.above]; intros H; [rewrite Z.max_r by assumption|rewrite Z.max_l by assumption]; lia.
Qed.
Lemma slanted_ok s l x : 0 <= s <= D -> line_ok l x -> line_ok (slanted s l) x.
Proof.
  unfold slanted. intros Hs H. destruct (above l =? 0); [exact H|]. destruct H as (_ & _ & H).
  unfold BoundsSound.line_ok. cbn [low high Bounds.above]. split; [exact Hs|]. split; [|exact H].
  destruct (Z.max_spec 0 x) as [[X ->]|[X ->]]; [apply Z.mul_le_mono_nonneg_r; lia|].
  rewrite Z.mul_0_r. apply Z.mul_nonneg_nonpos; [apply Hs|exact X].
Qed.
Lemma one_of_range eighths c : Forall (fun e => 0 <= e <= 8) eighths -> 0 <= one_of eighths c <= D.
Proof.
  intros H. unfold one_of, EIGHTH. assert (E : 0 <= nth (Z.to_nat c) eighths 0 <= 8).
  { destruct (nth_in_or_default (Z.to_nat c) eighths 0) as [I| ->]; [|lia]. rewrite Forall_forall in H. exact (H _ I). }
  assert (E8 : D = 131072 * 8) by reflexivity. change (D / 8) with 131072. lia.
Qed.
Lemma of_tree_range c : 0 <= of_tree c <= D.
Proof. apply one_of_range. repeat constructor; lia. Qed.
Lemma of_leaf_range c : 0 <= of_leaf c <= D.
Proof. apply one_of_range. repeat constructor; lia. Qed.
Lemma slant_all_ok ls z : Forall2 line_ok ls z -> forall ss, Forall2 line_ok (slant_all ss ls) z.
Proof.
  intros H. induction H as [|l x ls z H0 H IH]; intros [|s ss]; cbn [slant_all]; constructor; auto.
  destruct (s =? Trees.BY_LEAF); [exact H0|]. apply slanted_ok; [apply of_tree_range|exact H0].
Qed.

(** A closer end of a component. *)
Lemma closer_end_in upper b es ls x : encl es x -> Forall2 line_ok ls x -> forall j es' ls',
  M * b <= dot (row_of upper j) x -> closer_end upper b j es ls = (es', ls') -> encl es' x /\ Forall2 line_ok ls' x.
Proof.
  intros He. revert ls. induction He as [|e x0 es x H0 He IH]; intros ls Hl j es' ls' Hb E.
  - destruct ls, j; cbn in E; inversion E; subst; split; solve [constructor|exact Hl].
  - inversion Hl as [|l ? ls0 ? L0 Hl']; subst.
    assert (V : dot (row_of upper j) (x0 :: x) = (if upper then -1 else 1) * nth j (x0 :: x) 0).
    { unfold row_of. destruct upper; rewrite ?dot_vscale_l, dot_unit; ring. }
    rewrite V in Hb. destruct j as [|j]; cbn [closer_end nth] in *.
    + assert (I : inb (cut_end upper b e) x0).
      { unfold CellsSound.inb, cut_end in *. destruct upper; cbn [fst snd] in *; nia. }
      inversion E; subst; clear E. split; constructor; auto. apply (relu_line_ok M HM). exact I.
    + destruct (closer_end upper b j es ls0) as [es1 ls1] eqn:E1. inversion E; subst; clear E.
      destruct (IH ls0 Hl' j es1 ls1) as [A B]; [|exact E1|split; constructor; assumption].
      unfold row_of. destruct upper; rewrite ?dot_vscale_l, dot_unit; lia.
Qed.
Lemma closer_in upper b es env : encls es env -> forall i j, M * b <= dot (row_of upper j) (nth i env []) ->
  encls (closer upper b i j es) env.
Proof.
  intros H. induction H as [|e x es env H0 H IH]; intros [|i] j Hb; cbn [closer nth] in *; [constructor|constructor| |].
  - destruct H0 as [H1 H2 H3]. destruct (closer_end upper b j (ends e) (lines e)) as [es' ls'] eqn:E.
    destruct (closer_end_in _ _ _ _ _ H1 H3 _ _ _ Hb E) as [A B]. constructor; [constructor; assumption|exact H].
  - constructor; [exact H0|apply IH; exact Hb].
Qed.

Variable value : Z -> Z.
Notation agrees := (agrees value).
(** The values of neurons from number [i] on are these. *)
Definition are (i : Z) (z : vec) : Prop := forall j, (j < length z)%nat -> value (i + Z.of_nat j) = nth j z 0.
Lemma chosen_sound ls z : Forall2 line_ok ls z -> forall ss i unit p codes ls' v p' codes', are i z -> agrees p ->
  chosen i ss ls unit p codes = (ls', v, p', codes') -> Forall2 line_ok ls' z /\ dot v z <= 0 /\ agrees p'.
Proof.
  intros H. induction H as [|l x ls z H0 H IH]; intros ss i unit p codes ls' v p' codes' Ha Hp E.
  { destruct ss; cbn in E; inversion E; subst; (split; [constructor|]; split; [cbn; lia|exact Hp]). }
  assert (Ha' : are (i + 1) z).
  { intros j Hj. specialize (Ha (S j) ltac:(cbn; lia)). cbn [nth] in Ha. rewrite <- Ha. f_equal. lia. }
  assert (Hx : value i = x).
  { specialize (Ha O ltac:(cbn; lia)). cbn [nth] in Ha. rewrite <- Ha. f_equal. lia. }
  destruct ss as [|s ss].
  { cbn in E. inversion E; subst. split; [constructor; assumption|]. split; [cbn; lia|exact Hp]. }
  cbn [chosen] in E. cbv zeta in E.
  set (here := match p with [] => None | (t, a) :: q => if t =? i then Some (a, q) else None end) in E.
  assert (Hh : forall a q, here = Some (a, q) -> side_of a x /\ agrees q).
  { intros a q Eh. unfold here in Eh. destruct p as [|[t b] r]; [discriminate|].
    destruct (Z.eqb_spec t i) as [->|_]; [|discriminate]. inversion Eh; subst. inversion Hp; subst. cbn [fst snd] in *. auto. }
  clearbody here. destruct here as [[a q]|].
  - destruct (Hh a q eq_refl) as [S Hq].
    destruct (chosen (i + 1) ss ls unit q (tl codes)) as [[[ls1 v1] p1] codes1] eqn:E1.
    apply IH in E1; [|assumption|assumption]. destruct E1 as (L & V & P).
    assert (B : 0 <= Z.max 0 (hd 0 codes * unit)) by lia. set (b := Z.max 0 (hd 0 codes * unit)) in *. clearbody b.
    inversion E; subst; clear E. split; [constructor; [apply signed_ok; exact S|exact L]|]. split; [|exact P].
    cbn [dot]. unfold side_of in S. destruct a; nia.
  - destruct (s =? Trees.BY_LEAF); destruct (chosen (i + 1) ss ls unit p _) as [[[ls1 v1] p1] codes1] eqn:E1;
      (apply IH in E1; [|assumption|assumption]); destruct E1 as (L & V & P); inversion E; subst; clear E;
      (split; [constructor; [|exact L]|split; [cbn [dot]; lia|exact P]]); [|exact H0].
    apply slanted_ok; [apply of_leaf_range|exact H0].
Qed.
Lemma with_lines_in es env : encls es env -> forall i ls, Forall2 line_ok ls (nth i env []) ->
  encls (with_lines i ls es) env.
Proof.
  intros H. induction H as [|e x es env H0 H IH]; intros [|i] ls L; cbn [with_lines]; [constructor|constructor| |].
  - destruct H0 as [H1 H2 _]. constructor; [constructor; assumption|exact H].
  - constructor; [exact H0|apply IH; exact L].
Qed.

(** ** A leaf *)
Variable env : list vec.
Fixpoint right_here (hs : list hidden) (i : Z) : Prop :=
  match hs with
  | [] => True
  | h :: hs' =>
      Forall2 line_ok (bent h) (nth (place h) env []) /\ are i (nth (place h) env []) /\ right_here hs' (i + wide h)
  end.
Lemma in_leaf_sound t scales hs : forall i es pend r es' pend' r', right_here hs i -> encls es env -> agrees (ahead r) ->
  in_leaf hs i t scales es pend r = (es', pend', r') -> encls es' env /\ pdot pend' env <= pdot pend env.
Proof.
  induction hs as [|h hs IH]; intros i es pend r es' pend' r' Hr He Hp E; cbn [in_leaf] in E.
  - inversion E; subst. split; [exact He|lia].
  - destruct Hr as (Hl & Ha & Hr). cbv zeta in E.
    destruct (match ahead r with [] => false | (j, _) :: _ => j <? i + wide h end); [|destruct (by_leaves h)].
    1, 2: destruct (chosen i _ _ _ (ahead r) (codes_left r)) as [[[ls v] p] codes] eqn:Ec;
      destruct (chosen_sound _ _ Hl _ _ _ _ _ _ _ _ _ Ha Hp Ec) as (L & V & P);
      (apply IH in E; [|exact Hr|apply with_lines_in; assumption|exact P]); destruct E as [E1 E2]; (split; [exact E1|]).
    + rewrite pdot_add_at in E2. lia.
    + exact E2.
    + apply IH in E; assumption.
Qed.
End At.

Section There.
Variables (M : Z) (HM : 0 < M) (pr : prepared) (c : cell) (p : point) (ys : list vec).
Hypothesis Hloose : loose pr = true \/ M = 1.
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Notation env := (eval_at M (layers pr) (concat ys)).
Notation encls := (BoundsSound.encls M).
Lemma least_sound scales bits es pend y : encls es env -> pdot pend env <= 2 ^ FINER * y ->
  M * least (Setting pr scales bits c) es pend <= y.
Proof.
  intros He Hd. unfold least. cbn [about its_bits over_cell].
  destruct (back None bits (aids pr) (layers pr) es pend 0) as [[[T U] A] K] eqn:E.
  apply (back_sound M HM) with (x := concat ys) in E; [|exact I|apply fit|exact He]. destruct E as (HT & HU & E).
  apply (bound_sound M HM (loose pr) c p ys Hloose Hc Hp Hy). rewrite Z.shiftl_mul_pow2 by discriminate.
  assert (P : 0 < 2 ^ FINER) by reflexivity. set (F := 2 ^ FINER) in *. clearbody F.
  split; [apply Z.mul_pos_pos; assumption|]. split; [exact HU|].
  etransitivity; [exact E|]. rewrite <- Z.mul_assoc. apply Z.mul_le_mono_nonneg_l; [lia|]. lia.
Qed.

Section Values.
Variable all : vec.
Let value (t : Z) := nth (Z.to_nat t) all 0.
Notation agrees := (agrees value).
(** What is found is at most [y] where a leaf that is still to come agrees, or it already was. *)
Lemma over_leaves_sound scales bits hs es t pend y : right_here M value env hs 0 -> encls es env ->
  pdot pend env <= 2 ^ FINER * y ->
  forall ps units codes found b units' codes',
  over_leaves (Setting pr scales bits c) hs es t pend ps units codes found = (Some b, units', codes') ->
  Exists agrees ps \/ (exists a, found = Some a /\ M * a <= y) -> M * b <= y.
Proof.
  intros Hr He Hd. induction ps as [|q ps IH]; intros units codes found b units' codes' E X; cbn [over_leaves] in E.
  - inversion E; subst. destruct X as [X|(a & Ea & X)]; [inversion X|]. inversion Ea; subst. exact X.
  - destruct (in_leaf hs 0 t _ es _ _) as [[es' pend'] r'] eqn:El. cbv zeta in E. apply IH in E; [exact E|].
    destruct X as [X|(a & -> & X)].
    + inversion X as [? ? H|? ? H]; subst; [right|left; exact H].
      apply (in_leaf_sound M value) with (env := env) in El; [|exact Hr|exact He|exact H]. destruct El as [He' Hd'].
      eexists. split; [reflexivity|]. pose proof (least_sound scales bits es' pend' y He' ltac:(lia)) as L.
      destruct found; [nia|exact L].
    + right. eexists. split; [reflexivity|]. nia.
Qed.
Lemma hiddens_sound es : encls es env -> forall more pre post slants bases hs slants' bases',
  all = pre ++ concat (map (fun i => nth i env []) more) ++ post ->
  hiddens more es slants bases = (hs, slants', bases') -> right_here M value env hs (Z.of_nat (length pre)).
Proof.
  intros He. induction more as [|i more IH]; intros pre post slants bases hs slants' bases' Ea E; cbn [hiddens] in E.
  - inversion E. exact I.
  - set (ls := lines (nth i es no_info)) in *.
    destruct (hiddens more es _ _) as [[hs0 s0] b0] eqn:E0. inversion E; subst hs; clear E.
    pose proof (in_lines _ _ _ (encl_nth M _ _ He i)) as L. fold ls in L. cbn [right_here place bent wide].
    split; [apply slant_all_ok; assumption|]. cbn [map concat] in Ea. rewrite <- app_assoc in Ea. split.
    + intros j Hj. unfold value. rewrite Ea. rewrite app_nth2, app_nth1 by lia. f_equal. lia.
    + rewrite count_length, (Forall2_length L).
      replace (Z.of_nat (length pre) + Z.of_nat (length (nth i env []))) with (Z.of_nat (length (pre ++ nth i env [])))
        by (rewrite app_length; lia).
      refine (IH (pre ++ nth i env []) post _ _ _ _ _ _ E0). rewrite <- app_assoc. exact Ea.
Qed.
Lemma bent_all_in hs : forall i es, right_here M value env hs i -> encls es env -> encls (bent_all hs es) env.
Proof.
  induction hs as [|h hs IH]; intros i es H He; cbn [bent_all]; [exact He|]. destruct H as (L & _ & H).
  apply (IH (i + wide h)); [exact H|]. apply with_lines_in; assumption.
Qed.
Lemma over_tree_sound scales bits es places i row ps r b r' post : encls es env ->
  all = concat (map (fun i => nth i env []) places) ++ post -> Exists agrees ps ->
  over_tree (Setting pr scales bits c) places es i row ps r = (Some b, r') -> M * b <= dot row (nth i env []).
Proof.
  intros He Ea X E. unfold over_tree in E. cbn [its_scales] in E. cbv zeta in E.
  destruct (hiddens places es _ _) as [[hs slants'] bases'] eqn:Eh.
  pose proof (hiddens_sound es He places [] post _ _ _ _ _ Ea Eh) as Hr. cbn [length Z.of_nat] in Hr.
  destruct (over_leaves _ hs _ _ _ ps _ _ None) as [[b0 units'] codes'] eqn:El. inversion E; subst b0; clear E.
  refine (over_leaves_sound _ _ _ _ _ _ _ Hr (bent_all_in _ _ _ Hr He) _ _ _ _ _ _ _ _ El (or_introl X)).
  rewrite pdot_add_at, dot_vscale_l. cbn [pdot]. lia.
Qed.
End Values.

Section Places.
Variable places : list nat.
Let all := concat (map (fun i => nth i env []) places).
Notation agrees := (agrees (fun t => nth (Z.to_nat t) all 0)).
Lemma located_own : forall more own t es i j own', rev own ++ more = places -> located t more es own = Some (i, j, own') ->
  exists post, all = concat (map (fun i => nth i env []) own') ++ post.
Proof.
  induction more as [|i0 more IH]; intros own t es i j own' E L; cbn [located] in L; [discriminate|]. cbv zeta in L.
  destruct (t <? count (ends_at i0 es)).
  - injection L as -> _ <-. exists (concat (map (fun i => nth i env []) (i :: more))). unfold all, rev'.
    rewrite <- E, <- rev_alt, map_app, concat_app. reflexivity.
  - apply (IH (i0 :: own)) in L; [exact L|]. cbn [rev]. rewrite <- app_assoc. exact E.
Qed.
Lemma with_rows_sound scales bits : forall rows pss es r es' pss' r', encls es env -> Forall (Exists agrees) pss ->
  with_rows (Setting pr scales bits c) places es rows pss r = (es', pss', r') ->
  encls es' env /\ Forall (Exists agrees) pss'.
Proof.
  induction rows as [|row rows IH]; intros pss es r es' pss' r' He X E; cbn [with_rows] in E;
    [inversion E; subst; auto|]. destruct pss as [|ps pss]; [inversion E; subst; auto|].
  destruct (located (row / 2) places es []) as [[[i j] own]|] eqn:L; [|inversion E; subst; auto].
  destruct (located_own places [] _ _ _ _ _ eq_refl L) as [post Ea]. cbv zeta in E.
  inversion X as [|? ? X0 X']; subst. destruct (over_tree _ own es i _ ps r) as [b r1] eqn:Eo.
  apply IH in E; [exact E| |exact X']. destruct b as [b|]; [|exact He]. apply (closer_in M HM); [exact He|].
  exact (over_tree_sound _ _ _ _ _ _ _ _ _ _ _ _ He Ea X0 Eo).
Qed.
Definition shows (row : vec) (need : Z) : Prop := exists b, need <= b /\ M * b <= dot row (hd [] env).
Lemma every_form_sound scales bits es : encls es env -> forall rs pss r, Forall (Exists agrees) pss ->
  every_form (Setting pr scales bits c) places es rs pss r = true -> Forall (fun x => shows (snd x) (fst x)) rs.
Proof.
  intros He. induction rs as [|[need row] rs IH]; intros pss r X E; [constructor|].
  destruct pss as [|ps pss]; [discriminate|]. inversion X as [|? ? X0 X']; subst. cbn [every_form] in E.
  destruct (over_tree _ places es O row ps r) as [b r1] eqn:Eo. apply andb_true_iff in E. destruct E as [Eb E].
  constructor; [|exact (IH _ _ X' E)]. cbn [fst snd]. destruct b as [b|]; [|discriminate]. apply Z.leb_le in Eb.
  exists b. split; [exact Eb|]. replace (hd [] env) with (nth O env []) by (destruct env; reflexivity).
  refine (over_tree_sound all _ _ _ _ _ _ _ _ _ _ [] He _ X0 Eo). rewrite app_nil_r. reflexivity.
Qed.
End Places.
Lemma shown_with_sound e es k trees x scales : claimed pr c k trees = Some x -> encls es env ->
  shown_with e es pr scales c x = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  intros E He H. unfold claimed in E. cbv zeta in E.
  pose proof (enclose_sound M HM (loose pr) c p ys Hloose Hc Hp Hy usual (layers pr) (aids pr) (fit pr)) as Hu.
  set (u := enclose _ usual _ _ c) in *. rewrite (Forall2_length (top_ends M _ _ Hu)) in E.
  destruct (wanted _ k) as [rs|] eqn:Er; [|discriminate].
  destruct (Trees.read _ _ trees) as [f|] eqn:Ef; [|discriminate]. inversion E; subst x; clear E.
  unfold shown_with in H. cbn [its_forms its_trees] in H. cbv zeta in H.
  destruct (with_rows _ _ es _ _ _) as [[es' pss] r] eqn:Ew.
  destruct (with_rows_sound _ _ _ _ _ _ _ _ _ _ He (read_sound _ _ _ _ _ Ef) Ew) as [He' X].
  apply (wanted_shown M HM _ _ _ Er). exact (every_form_sound _ _ _ _ He' _ _ _ X H).
Qed.
(** The network has class [k] at every point of the cell. *)
Theorem shown_by_signs_sound scales k trees x : claimed pr c k trees = Some x ->
  shown_by_signs pr scales c x = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  intros E H. unfold shown_by_signs in H. cbv zeta in H. apply orb_true_iff in H.
  destruct H as [H|H]; refine (shown_with_sound _ _ _ _ _ _ E _ H).
  - unfold claimed in E. cbv zeta in E. destruct (wanted _ k); [|discriminate].
    destruct (Trees.read _ _ trees); [|discriminate]. inversion E; subst x. cbn [enclosed].
    apply (enclose_sound M HM (loose pr) c p ys Hloose Hc Hp Hy). apply fit.
  - apply (enclose_sound M HM (loose pr) c p ys Hloose Hc Hp Hy). apply fit.
Qed.
End There.
