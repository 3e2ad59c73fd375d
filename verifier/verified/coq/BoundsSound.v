(** * Bounds are bounds: soundness of [shown] and [forms]. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Packed PackedSound Bounds.
Require Export EnvelopesSound.
Import ListNotations.
Open Scope Z_scope.

(** Points lie M times where they are (CellsSound.v): M is 1 wherever there are no pieces. *)
Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Notation inb := (CellsSound.inb M).
Notation eval := (eval_at M).
Notation step := (step_at M).
Lemma inb_wider b b' x : inb b x -> fst b' <= fst b -> snd b <= snd b' -> inb b' x.
Proof. unfold CellsSound.inb. intros. nia. Qed.

(** ** Enclosures *)
Definition encl (b : box) (x : vec) := Forall2 inb b x.
Definition line_ok (l : line) (x : Z) :=
  0 <= low l <= D /\ low l * x <= D * Z.max 0 x /\ D * Z.max 0 x <= high l * x + M * above l.
Record informs (i : info) (x : vec) : Prop := {
  in_ends : encl (ends i) x;
  in_total : sumZ (map Z.abs x) <= M * total i;
  in_lines : Forall2 line_ok (lines i) x }.
Definition encls (es : list info) (env : list vec) := Forall2 informs es env.

Lemma informs_nil : informs no_info [].
Proof. constructor; [constructor|cbn; lia|constructor]. Qed.
Lemma encl_nth es env : encls es env -> forall i, informs (nth i es no_info) (nth i env []).
Proof. intros H. induction H; intros [|i]; cbn; auto using informs_nil. Qed.
Lemma iscale_in c b x : inb b x -> inb (iscale c b) (c * x).
Proof.
  destruct b as [l u]. unfold CellsSound.inb, iscale. cbn. intros H. destruct (Z.leb_spec 0 c); cbn; nia.
Qed.
Lemma iadd_in a b x y : inb a x -> inb b y -> inb (iadd a b) (x + y).
Proof. unfold CellsSound.inb, iadd. cbn. lia. Qed.
Lemma same_in b : inb (b, b) (M * b).
Proof. unfold CellsSound.inb. cbn. lia. Qed.
Lemma idot_in b x : encl b x -> forall a, inb (idot a b) (dot a x).
Proof.
  intros H. induction H; intros [|a0 a]; cbn; try (unfold CellsSound.inb; cbn; lia).
  apply iadd_in; auto using iscale_in.
Qed.
Lemma badd_in a x : encl a x -> forall b y, encl b y -> encl (badd a b) (vadd x y).
Proof.
  intros H. induction H; intros b y' Hb; cbn; [assumption|].
  inversion Hb; subst; cbn; constructor; auto using iadd_in. apply IHForall2. assumption.
Qed.
Lemma bdiag_in b x : encl b x -> forall cs, encl (bdiag cs b) (diag (map (fun c => (fst c, M * snd c)) cs) x).
Proof.
  intros H. induction H; intros [|[f s] cs]; cbn; constructor; [|apply IHForall2].
  apply iadd_in; [apply iscale_in; assumption|apply same_in].
Qed.
Lemma map_in (f : Z * Z -> Z * Z) (g : Z -> Z) b x :
  (forall b x, inb b x -> inb (f b) (g x)) -> encl b x -> encl (map f b) (map g x).
Proof. intros Hf H. induction H; cbn; constructor; auto. Qed.
Lemma relu_in b x : inb b x -> inb (both (Z.max 0) b) (Z.max 0 x).
Proof.
  destruct b as [l u]. unfold CellsSound.inb, both. cbn. intros [H1 H2]. split.
  - destruct (Z.max_spec 0 l) as [[? ->]|[? ->]]; lia.
  - destruct (Z.max_spec 0 x) as [[? ->]|[? ->]]; nia.
Qed.
Lemma sgn_in b x : inb b x -> inb (both Z.sgn b) (M * Z.sgn x).
Proof.
  destruct b as [l u]. unfold CellsSound.inb, both. cbn. intros [H1 H2].
  pose proof (Z.sgn_spec l) as L. pose proof (Z.sgn_spec u) as U. pose proof (Z.sgn_spec x) as X.
  assert (Z.sgn l <= Z.sgn x <= Z.sgn u); [|nia].
  destruct L as [[? ->]|[[? ->]|[? ->]]], U as [[? ->]|[[? ->]|[? ->]]], X as [[? ->]|[[? ->]|[? ->]]]; nia.
Qed.
Lemma forward_in l es env : encls es env -> encl (forward l es) (step l env).
Proof.
  intros H. pose proof (fun i => in_ends _ _ (encl_nth _ _ H i)) as N. unfold forward, ends_at.
  destruct l as [i rows|i cs|i|i|i c j d]; cbn [step_at].
  - specialize (N i). cbn zeta. induction rows as [|[r b] rows IH]; cbn; constructor; auto.
    apply iadd_in; [apply idot_in; assumption|apply same_in].
  - apply bdiag_in, N.
  - apply map_in; [apply relu_in|apply N].
  - apply map_in; [apply sgn_in|apply N].
  - apply badd_in; apply map_in; auto using iscale_in; apply N.
Qed.

Lemma exactly_in x : encl (exactly x) (vscale M x).
Proof. induction x; constructor; [unfold CellsSound.inb; cbn; lia|assumption]. Qed.
Lemma join_l a x : encl a x -> forall b, length b = length a -> encl (join_box a b) x.
Proof.
  intros H. induction H as [|[l u] x a' x' Hx H IH]; intros b Hb; cbn; [constructor|].
  destruct b as [|[l' u'] b]; cbn in Hb; [lia|]. constructor; [|apply IH; lia].
  apply (inb_wider _ _ _ Hx); cbn; lia.
Qed.
Lemma join_r b x : encl b x -> forall a, length a = length b -> encl (join_box a b) x.
Proof.
  intros H. induction H as [|[l u] x b' x' Hx H IH]; intros a Ha; destruct a as [|[l' u'] a];
    cbn in *; try lia; constructor; [|apply IH; lia].
  apply (inb_wider _ _ _ Hx); cbn; lia.
Qed.
Lemma join_length a : forall b, length a = length b -> length (join_box a b) = length a.
Proof. induction a as [|[l u] a IH]; intros [|[l' u'] b] H; cbn in *; auto; try lia. Qed.
Lemma value_box_length v : piece_ok v -> length (value_box v) = length (code v).
Proof.
  unfold piece_ok, value_box, exactly. destruct (opens v); [|intros _; apply map_length].
  intros (x & -> & _). reflexivity.
Qed.
Lemma value_box_in v y : spot M y v -> encl (value_box v) y.
Proof.
  unfold spot, value_box. destruct (opens v) as [l|]; [|intros ->; apply exactly_in].
  intros (z & -> & H). constructor; [exact H|constructor].
Qed.
Lemma few_box_in w vs : (forall v, In v vs -> length (code v) = w /\ piece_ok v) ->
  (vs <> [] -> length (few_box vs) = w) /\ forall v y, In v vs -> spot M y v -> encl (few_box vs) y.
Proof.
  induction vs as [|v vs IH]; intros H; [split; [congruence|intros v y []]|].
  destruct IH as [IH1 IH2]; [intros x Hx; apply H; right; assumption|].
  destruct (H v (or_introl eq_refl)) as [Hv Hk]. pose proof (value_box_length v Hk) as Lv.
  destruct vs as [|v' vs].
  - cbn [few_box]. split; [congruence|]. intros x y [<-|[]]. apply value_box_in.
  - assert (L : length (value_box v) = length (few_box (v' :: vs))) by (rewrite IH1 by congruence; congruence).
    change (few_box (v :: v' :: vs)) with (join_box (value_box v) (few_box (v' :: vs))).
    split.
    + intros _. rewrite join_length by assumption. congruence.
    + intros x y [<-|Hx] Hy; [apply join_l; [apply value_box_in; assumption|congruence]|].
      apply join_r; [eapply IH2; eassumption|assumption].
Qed.
Lemma part_box_in q v y : wf_part q -> In v (members q) -> spot M y v -> encl (part_box q) y.
Proof.
  intros H Hv Hy. destruct q as [vs|f s lo hi|f rs lo hi].
  - apply (few_box_in (width (Few vs)) vs H) with (v := v); assumption.
  - pose proof (ends_part_in M HM [1] _ _ _ H Hv Hy) as E. apply in_range in Hv. destruct Hv as (i & Hi & ->).
    unfold spot in Hy. cbn [number_of opens code vscale map] in Hy. subst y.
    constructor; [|constructor]. unfold CellsSound.inb in *. cbn [ends_part hd fst snd dot] in *.
    replace (1 * (f + s * lo)) with (f + s * lo) in E by ring. replace (1 * (f + s * hi)) with (f + s * hi) in E by ring.
    lia.
  - apply in_pieces in Hv. destruct Hv as (i & Hi & ->). destruct Hy as (z & -> & Hz). cbn [piece_of code hd] in Hz.
    constructor; [|constructor]. unfold CellsSound.inb. cbn [fst snd].
    pose proof (cut_at_mono rs f lo i ltac:(lia)). pose proof (cut_at_mono rs f (i + 1) (hi + 1) ltac:(lia)). nia.
Qed.
Lemma cell_box_in c : wf c -> forall p ys, In p (points c) -> spots M ys p -> encl (cell_box c) (concat ys).
Proof.
  intros H. induction H as [|q c Hq Hc IH]; intros p ys Hp Hy.
  - destruct Hp as [<-|[]]. inversion Hy. constructor.
  - apply points_cons in Hp. destruct Hp as (v & p' & -> & Hv & Hp). inversion Hy; subst. cbn.
    apply Forall2_app; [eapply part_box_in; eassumption|]. eapply IH; eassumption.
Qed.

(** ** Lines *)
Lemma clamp_range s : 0 <= clamp s <= D. Proof. unfold clamp, D. lia. Qed.
Lemma relu_line_ok w n b x : inb b x -> line_ok (relu_line w n b) x.
Proof.
  assert (HD : 0 < D) by reflexivity.
  destruct b as [l u]. unfold CellsSound.inb, line_ok, relu_line. cbn [fst snd]. intros H.
  destruct (Z.leb_spec 0 l); cbn [low high above]; [rewrite Z.max_r by nia; lia|].
  destruct (Z.leb_spec u 0); cbn [low high above]; [rewrite Z.max_l by nia; lia|].
  generalize (if w =? 0 then 0 else Z.shiftr (u - l) w). intros e. cbn zeta. cbn [low high above].
  set (s := clamp _). set (t := if - (l - e) * LEAN <? (u + e) * n then D else 0).
  assert (Ht : 0 <= t <= D) by (unfold t; destruct (- (l - e) * LEAN <? (u + e) * n); lia).
  pose proof (clamp_range (D * (u + e) / (u + e - (l - e)))) as R. fold s in R.
  split; [assumption|]. split.
  - destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]]; nia.
  - set (m := Z.max (- s * l) ((D - s) * u)).
    assert (Hm1 : - s * l <= m) by apply Z.le_max_l.
    assert (Hm2 : (D - s) * u <= m) by apply Z.le_max_r.
    destruct (Z.max_spec 0 x) as [[Hx ->]|[Hx ->]].
    + assert ((D - s) * x <= (D - s) * (M * u)) by (apply Z.mul_le_mono_nonneg_l; lia). nia.
    + assert (s * (M * l) <= s * x) by (apply Z.mul_le_mono_nonneg_l; lia). nia.
Qed.
Lemma inform_in w n b x : encl b x -> informs (inform w n b) x.
Proof.
  intros H. constructor; cbn [inform ends total lines]; [assumption| |].
  - induction H as [|[l u] y b x H0 H IH]; cbn [map sumZ magnitudes]; [lia|].
    unfold CellsSound.inb in H0. cbn [fst snd] in H0.
    assert (Z.abs y <= M * Z.max (Z.abs l) (Z.abs u)); [|lia].
    assert (- (M * Z.max (Z.abs l) (Z.abs u)) <= M * l) by nia. assert (M * u <= M * Z.max (Z.abs l) (Z.abs u)) by nia.
    lia.
  - induction H; cbn [map]; constructor; auto using relu_line_ok.
Qed.

Lemma steer_ok b ls x : Forall2 line_ok ls x -> forall xs, Forall2 line_ok (steer b ls xs) x.
Proof.
  intros H. revert b. induction H as [|l0 x0 ls x H0 H IH]; intros [|[l u] b] [|y xs]; cbn [steer]; constructor; auto.
  destruct ((l <? 0) && (0 <? u)); [|assumption]. destruct H0 as (_ & _ & H0). unfold line_ok. cbn [low high above].
  assert (HD : 0 < D) by reflexivity.
  split; [destruct (0 <? y); lia|]. split; [|assumption].
  destruct (0 <? y); destruct (Z.max_spec 0 x0) as [[? ->]|[? ->]]; nia.
Qed.
Lemma steered_in es env : encls es env -> forall xs, encls (steered es xs) env.
Proof.
  intros H. induction H as [|e x es env H0 H IH]; intros [|y xs]; cbn [steered]; try (constructor; assumption).
  constructor; [|apply IH]. destruct H0 as [H1 H2 H3]. constructor; cbn [ends total lines]; auto using steer_ok.
Qed.

(** ** Going back *)
(** The value of the pending forms. *)
Fixpoint pdot (pend : list vec) (env : list vec) : Z :=
  match pend, env with a :: pend', x :: env' => dot a x + pdot pend' env' | _, _ => 0 end.
Lemma pdot_nil_r pend : pdot pend [] = 0. Proof. destruct pend; reflexivity. Qed.
Lemma pdot_add_at i : forall a pend env,
  pdot (add_at i a pend) env = dot a (nth i env []) + pdot pend env.
Proof.
  induction i as [|i IH]; intros a [|b pend] [|x env]; cbn; rewrite ?dot_nil_r, ?pdot_nil_r; try lia.
  - rewrite dot_vadd_l. lia.
  - rewrite IH. cbn. lia.
  - rewrite IH. lia.
Qed.
Lemma pdot_scale c pend : forall env, pdot (map (vscale c) pend) env = c * pdot pend env.
Proof.
  induction pend as [|a pend IH]; intros [|x env]; cbn; try lia. rewrite IH, dot_vscale_l. lia.
Qed.
Lemma pdot_cons pend x env : pdot pend (x :: env) = dot (hd [] pend) x + pdot (tl pend) env.
Proof. destruct pend; cbn; reflexivity. Qed.
Lemma combine_rows_dot x rows : forall a v,
  dot a (map (fun rb => dot (fst rb) x + M * snd rb) rows) + dot v x =
  dot (combine_rows a rows v) x + M * shifts a rows.
Proof.
  induction rows as [|[r b] rows IH]; intros [|a0 a] v; cbn [combine_rows shifts map dot fst snd]; try lia.
  destruct (Z.eqb_spec a0 0) as [->|_]; [rewrite <- IH; lia|].
  specialize (IH a (axpy a0 r v)). rewrite dot_axpy in IH. lia.
Qed.
Lemma diag_back_dot b x : encl b x -> forall a cs,
  dot a (diag (map (fun c => (fst c, M * snd c)) cs) x) =
  dot (fst (diag_back a cs b)) x + M * snd (diag_back a cs b).
Proof.
  intros H. induction H as [|b0 x0 b x H0 H IH]; intros [|a0 a] [|[f s] cs];
    cbn [map diag_back diag dot fst snd]; try (rewrite Z.mul_0_r; reflexivity).
  specialize (IH a cs). destruct (diag_back a cs b) as [v k]. cbn [fst snd dot] in *. lia.
Qed.
Lemma relu_back_le ls x : Forall2 line_ok ls x -> forall a,
  dot (fst (relu_back a ls)) x + M * snd (relu_back a ls) <= D * dot a (map (Z.max 0) x).
Proof.
  intros H. induction H as [|l0 x0 ls x H0 H IH]; intros [|a0 a]; try (cbn; lia).
  cbn [relu_back]. specialize (IH a). destruct (relu_back a ls) as [v k].
  cbn [fst snd dot map] in *. destruct H0 as (R & L & U).
  set (m := Z.max 0 x0) in *. clearbody m. destruct (Z.leb_spec 0 a0); cbn [fst snd dot].
  - assert (a0 * (low l0 * x0) <= a0 * (D * m)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
  - assert (a0 * (high l0 * x0 + M * above l0) <= a0 * (D * m)) by (apply Z.mul_le_mono_nonpos_l; lia).
    destruct (Z.eqb_spec (above l0) 0) as [E|_]; [rewrite E in *|]; lia.
Qed.
Lemma relu_over_le aim x : lies M (over aim) x -> forall rows ls,
  let z := map (fun rb => dot (fst rb) x + M * snd rb) rows in
  Forall2 line_ok ls z -> forall a u v k u', relu_over aim a ls rows u = (v, k, u') ->
  dot v z + M * k + dot u' x <= D * dot a (map (Z.max 0) z) + dot u x.
Proof.
  intros Hx rows. induction rows as [|[r b] rows IH]; intros ls z H a u v k u' E; subst z.
  - cbn [map] in *. inversion H; subst. destruct a; cbn in E; inversion E; subst; cbn; lia.
  - cbn [map fst snd] in *. inversion H as [|l0 ? ls' ? H0 H']; subst. clear H. specialize (IH ls' H').
    destruct a as [|a0 a]; [cbn in E; inversion E; subst; cbn; lia|]. cbn [relu_over] in E.
    pose proof (above_all_le M HM (slopes aim r b) r b (over aim) x Hx) as EN. destruct H0 as (R & L & Up).
    set (z0 := dot r x + M * b) in *. set (zs := map _ rows) in *. clearbody zs.
    clearbody z0. remember (Z.max 0 z0) as m eqn:Hm.
    destruct (Z.leb_spec 0 a0); [|destruct (Z.eqb_spec (above l0) 0) as [Ab|_]].
    + destruct (relu_over aim a ls' rows u) as [[v0 k0] u0] eqn:Er. specialize (IH a u v0 k0 u0 Er).
      inversion E; subst v k u'; clear E. cbn [dot map].
      assert (a0 * (low l0 * z0) <= a0 * (D * m)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
    + destruct (relu_over aim a ls' rows u) as [[v0 k0] u0] eqn:Er. specialize (IH a u v0 k0 u0 Er).
      inversion E; subst v k u'; clear E. cbn [dot map]. rewrite Ab in Up.
      assert (a0 * (high l0 * z0 + M * 0) <= a0 * (D * m)) by (apply Z.mul_le_mono_nonpos_l; lia). lia.
    + unfold envelope in E. set (e := slopes aim r b) in *. set (h := above_all e r b (over aim)) in *. clearbody e h.
      destruct (relu_over aim a ls' rows (axpy a0 e u)) as [[v0 k0] u0] eqn:Er. specialize (IH a _ v0 k0 u0 Er).
      inversion E; subst v k u'; clear E. cbn [dot map]. rewrite dot_axpy in IH.
      assert (a0 * (dot e x + M * h) <= a0 * (D * m)) by (apply Z.mul_le_mono_nonpos_l; lia). lia.
Qed.
Lemma eval_input n x : nth (length n) (eval n x) [] = x.
Proof. induction n as [|l n IH]; [reflexivity|]. exact IH. Qed.
Lemma diag_rows_at x cs : forall rows,
  diag (map (fun c => (fst c, M * snd c)) cs) (map (fun rb => dot (fst rb) x + M * snd rb) rows) =
  map (fun rb => dot (fst rb) x + M * snd rb) (diag_rows cs rows).
Proof.
  induction cs as [|[f s] cs IH]; intros [|[r b] rows]; cbn [map diag diag_rows fst snd]; try reflexivity.
  rewrite IH, dot_vscale_l. f_equal. ring.
Qed.
Lemma rows_at_is n x : forall i rows, rows_at n i = Some rows ->
  nth i (eval n x) [] = map (fun rb => dot (fst rb) x + M * snd rb) rows.
Proof.
  induction n as [|l n IH]; intros i rows E; [destruct i; discriminate|].
  destruct i as [|i]; [|cbn [eval_at nth]; apply IH; destruct l; exact E].
  cbn [eval_at nth]. destruct l as [j rs|j cs|j|j|j c k d]; try discriminate; cbn [rows_at step_at] in *.
  - destruct (Nat.eqb_spec j (length n)) as [->|_]; [|discriminate]. inversion E; subst. rewrite eval_input. reflexivity.
  - destruct (rows_at n j) as [rs|] eqn:Er; [|discriminate]. inversion E; subst. rewrite (IH _ _ Er). apply diag_rows_at.
Qed.
Lemma sign_least_le b x : encl b x -> forall a, M * sign_least a b <= dot a x.
Proof.
  intros H. induction H as [|b0 x0 b x H0 H IH]; intros [|a0 a]; try (cbn; lia).
  cbn [sign_least dot]. pose proof (iscale_in a0 _ _ H0) as [? _]. specialize (IH a). lia.
Qed.

Lemma total_nonneg i x : informs i x -> 0 <= total i.
Proof.
  intros H. apply in_total in H. assert (0 <= sumZ (map Z.abs x)); [|nia].
  induction x; cbn [map sumZ]; [lia|]. assert (X : forall y, 0 <= sumZ (map Z.abs y)).
  { induction y; cbn [map sumZ]; lia. } specialize (X x). lia.
Qed.
Lemma abs_nonneg y : 0 <= sumZ (map Z.abs y).
Proof. induction y; cbn [map sumZ]; lia. Qed.
Lemma cut_le k x : 0 < k -> forall a,
  2 ^ k * (dot (cut k a) x - sumZ (map Z.abs x)) <= dot a x.
Proof.
  intros Hk. assert (HP : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  induction x as [|x0 x IH]; intros [|a0 a].
  - cbn. lia.
  - cbn. lia.
  - pose proof (abs_nonneg (x0 :: x)) as N. change (dot (cut k []) (x0 :: x)) with 0.
    change (dot [] (x0 :: x)) with 0. nia.
  - cbn [cut map dot sumZ]. rewrite Z.shiftr_div_pow2 by lia. specialize (IH a). fold (cut k a) in *.
    set (P := 2 ^ k) in *. assert (E := Z.div_mod a0 P ltac:(lia)). assert (R := Z.mod_pos_bound a0 P HP).
    set (q := a0 / P) in *. set (r := a0 mod P) in *.
    set (s := sumZ (map Z.abs x)) in *. set (d := dot (cut k a) x) in *. set (e := dot a x) in *.
    assert (0 <= r * (x0 + Z.abs x0)) by (apply Z.mul_nonneg_nonneg; lia).
    assert (0 <= (P - r) * Z.abs x0) by (apply Z.mul_nonneg_nonneg; lia).
    rewrite E. lia.
Qed.
Lemma cut_all_le k es env : 0 < k -> encls es env -> forall pend,
  2 ^ k * (pdot (map (cut k) pend) env - M * lost pend es) <= pdot pend env.
Proof.
  intros Hk H. assert (HP : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  induction H as [|b x es env H0 H IH]; intros [|a pend].
  - cbn. lia.
  - cbn [map pdot]. destruct a; cbn [lost]; lia.
  - cbn. lia.
  - cbn [map pdot]. specialize (IH pend). destruct a as [|a0 a].
    + cbn [cut map dot lost]. lia.
    + cbn [lost]. pose proof (cut_le k x Hk (a0 :: a)) as C. pose proof (in_total _ _ H0) as T.
      assert (2 ^ k * sumZ (map Z.abs x) <= 2 ^ k * (M * total b)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
Lemma reduce_le bits es env pend K pend' K' k : encls es env ->
  reduce bits pend es K = (k, pend', K') ->
  0 <= k /\ 2 ^ k * (pdot pend' env + M * K') <= pdot pend env + M * K.
Proof.
  intros He. unfold reduce. set (j := _ - bits). destruct (Z.leb_spec j 0).
  - intros E. inversion E; subst. change (2 ^ 0) with 1. lia.
  - intros E. assert (E' : k = j /\ pend' = map (cut j) pend /\ K' = Z.shiftr K j - lost pend es)
      by (repeat split; congruence).
    clear E. destruct E' as (-> & -> & ->). split; [lia|]. clearbody j. rename j into k.
    pose proof (cut_all_le k es env ltac:(lia) He pend) as C. rewrite Z.shiftr_div_pow2 by lia.
    assert (HP : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
    pose proof (Z.mul_div_le K (2 ^ k) HP) as X. assert (M * (2 ^ k * (K / 2 ^ k)) <= M * K) by nia. lia.
Qed.
Lemma pdot_nils pend : forallb is_nil pend = true -> forall env, pdot pend env = 0.
Proof.
  induction pend as [|a pend IH]; intros H [|x env]; try reflexivity. cbn [forallb] in H.
  apply andb_true_iff in H. destruct H as [H1 H2]. destruct a; [|discriminate]. cbn [pdot dot].
  rewrite IH by assumption. reflexivity.
Qed.
Lemma cut_none a : map (fun x => Z.shiftr x 0) a = a.
Proof. induction a as [|x a IH]; cbn [map]; [reflexivity|]. rewrite Z.shiftr_0_r, IH. reflexivity. Qed.
(** A combination of rows, and what it loses where it was cut. *)
Lemma combine_le k bits a rows alone v c x :
  match rows_packed k with Some q => packs q rows | None => True end ->
  combine k bits a rows alone = (v, c) ->
  0 <= c /\ (c = 0 -> dot v x = dot (combine_rows a rows []) x) /\
  (0 < c -> alone = true /\
    2 ^ c * (dot v x - sumZ (map Z.abs x)) <= dot (combine_rows a rows []) x).
Proof.
  unfold combine. destruct (only a rows) as [[c0 r0]|] eqn:Eo.
  { intros _ E. inversion E; subst; clear E. split; [lia|]. split; [intros _|lia].
    rewrite <- (only_is rows x a c0 r0 Eo). destruct (Z.eqb_spec c0 1) as [->|_]; [lia|].
    apply dot_vscale_l. }
  destruct (rows_packed k) as [q|]; intros Hq E.
  - assert (G := E). apply product_is in E; [|assumption]. destruct E as (Hc & n & ->).
    split; [assumption|]. split; intros H.
    + subst c. rewrite cut_none. apply dot_padded.
    + split.
      * destruct alone; [reflexivity|]. unfold product in G. cbn [Z.eqb] in G.
        destruct (_ <? _) in G; inversion G; lia.
      * pose proof (cut_le c x H (combine_rows a rows [] ++ zeros n)) as C.
        rewrite dot_padded in C. exact C.
  - inversion E; subst. split; [lia|]. split; [reflexivity|lia].
Qed.
Definition aimed (m : option aim) (x : vec) : Prop := match m with None => True | Some a => lies M (over a) x end.
Lemma back_sound who bits n : forall ks x es pend K T U A K', aimed who x -> aids_fit ks n ->
  encls es (eval n x) -> back who bits ks n es pend K = (T, U, A, K') ->
  0 < T /\ 0 < U /\ U * (dot A x + M * K') <= T * (pdot pend (eval n x) + M * K).
Proof.
  induction n as [|l n IH]; intros ks x es pend K T U A K' Hm Hk0 He E.
  - cbn in E. inversion E; subst. cbn [eval_at]. rewrite pdot_cons, pdot_nil_r. lia.
  - cbn [eval_at] in *. inversion He as [|e y es' env' Hey Hes]; subst.
    cbn [back] in E. cbn [tl] in E. cbn [aids_fit] in Hk0. destruct Hk0 as [Hq Hk0]. destruct pend as [|a0 rest0].
    { inversion E; subst. cbn. lia. }
    destruct a0 as [|a00 a0].
    { apply IH with (x := x) in E; [|assumption|assumption|assumption]. cbn [pdot dot]. lia. }
    match type of E with context [reduce bits ?p _ _] => set (pend := p) in E;
      change ((a00 :: a0) :: rest0) with pend; clearbody pend end.
    destruct (reduce bits pend (e :: es') K) as [[k pend1] K1] eqn:ER.
    destruct (reduce_le bits (e :: es') _ _ _ _ _ _ He ER) as [Hk R]. clear ER.
    rewrite pdot_cons in R. set (a := hd [] pend1) in *. set (rest := tl pend1) in *.
    match type of E with after_cut _ ?inner = _ => destruct inner as [[[T1 U1] A1] K1'] eqn:EI end.
    cbn [after_cut] in E.
    assert (G : 0 < T1 /\ 0 < U1 /\
      U1 * (dot A1 x + M * K1') <= T1 * (dot a (step l (eval n x)) + pdot rest (eval n x) + M * K1)).
    { destruct l as [i rows|i cs|i|i|i c j d].
      + destruct (combine (hd no_aid ks) bits a rows (forallb is_nil rest)) as [v q] eqn:EC.
        assert (Hq' : match rows_packed (hd no_aid ks) with Some q => packs q rows | None => True end)
          by (destruct (rows_packed (hd no_aid ks)); assumption).
        destruct (combine_le _ _ _ _ _ _ _ (nth i (eval n x) []) Hq' EC) as (Hc & C0 & C1).
        pose proof (combine_rows_dot (nth i (eval n x) []) rows a []) as C. cbn [dot] in C.
        destruct (Z.eqb_spec q 0) as [Q0|Q0].
        * specialize (C0 Q0). apply IH with (x := x) in EI; [|assumption|assumption|assumption].
          destruct EI as (HT & HU & EI). split; [assumption|split; [assumption|]].
          rewrite pdot_add_at in EI. cbn [step_at]. etransitivity; [exact EI|].
          apply Z.mul_le_mono_nonneg_l; lia.
        * destruct (C1 ltac:(lia)) as [Al C2]. clear C0 C1.
          destruct (back who bits (tl ks) n es' (add_at i v rest)
            (Z.shiftr (K1 + shifts a rows) q - total (nth i es' no_info))) as [[[T0 U0] A0] K0] eqn:Eb.
          cbn [after_cut] in EI. rewrite Z.shiftl_mul_pow2 in EI by lia.
          assert (ET : T1 = T0 /\ U1 = U0 * 2 ^ q /\ A1 = A0 /\ K1' = K0) by (repeat split; congruence).
          clear EI. destruct ET as (-> & -> & -> & ->).
          apply IH with (x := x) in Eb; [|assumption|assumption|assumption]. destruct Eb as (HT & HU & Eb).
          assert (HP : 0 < 2 ^ q) by (apply Z.pow_pos_nonneg; lia).
          split; [assumption|split; [apply Z.mul_pos_pos; assumption|]].
          rewrite pdot_add_at, (pdot_nils rest Al) in Eb. rewrite (pdot_nils rest Al). cbn [step_at].
          rewrite Z.shiftr_div_pow2 in Eb by lia.
          pose proof (Z.mul_div_le (K1 + shifts a rows) (2 ^ q) HP) as MQ.
          pose proof (in_total _ _ (encl_nth _ _ Hes i)) as Ht.
          set (s := sumZ (map Z.abs (nth i (eval n x) []))) in *.
          set (t := total (nth i es' no_info)) in *. set (w := dot v (nth i (eval n x) [])) in *.
          set (u := dot (combine_rows a rows []) (nth i (eval n x) [])) in *.
          set (m := (K1 + shifts a rows) / 2 ^ q) in *.
          transitivity (2 ^ q * (T0 * (w + 0 + M * (m - t)))).
          { replace (U0 * 2 ^ q * (dot A0 x + M * K0)) with (2 ^ q * (U0 * (dot A0 x + M * K0))) by ring.
            apply Z.mul_le_mono_nonneg_l; lia. }
          replace (2 ^ q * (T0 * (w + 0 + M * (m - t)))) with (T0 * (2 ^ q * (w + 0 + M * (m - t)))) by ring.
          apply Z.mul_le_mono_nonneg_l; [lia|].
          assert (M * (2 ^ q * m) <= M * (K1 + shifts a rows)) by (apply Z.mul_le_mono_nonneg_l; lia).
          assert (2 ^ q * s <= 2 ^ q * (M * t)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
      + destruct (diag_back a cs (ends_at i es')) as [v k'] eqn:Ed.
        apply IH with (x := x) in EI; [|assumption|assumption|assumption]. destruct EI as (HT & HU & EI).
        split; [assumption|split; [assumption|]].
        rewrite pdot_add_at in EI. cbn [step_at].
        pose proof (diag_back_dot _ _ (in_ends _ _ (encl_nth _ _ Hes i)) a cs) as C.
        unfold ends_at in Ed. rewrite Ed in C. cbn [fst snd] in C.
        etransitivity; [exact EI|]. apply Z.mul_le_mono_nonneg_l; lia.
      + assert (G : forall v c u,
          dot v (nth i (eval n x) []) + M * c + dot u x <= D * dot a (map (Z.max 0) (nth i (eval n x) [])) ->
          forall pend, pdot pend (eval n x) = dot v (nth i (eval n x) []) + dot u x + D * pdot rest (eval n x) ->
          after_relu (back who bits (tl ks) n es' pend (D * K1 + c)) = (T1, U1, A1, K1') ->
          0 < T1 /\ 0 < U1 /\ U1 * (dot A1 x + M * K1')
            <= T1 * (dot a (step (Relu i) (eval n x)) + pdot rest (eval n x) + M * K1)).
        { intros v c u L pd Hpd Ea.
          destruct (back who bits (tl ks) n es' pd (D * K1 + c)) as [[[T0 U0] A0] K0] eqn:Eb.
          cbn [after_relu] in Ea. assert (ET : T1 = D * T0 /\ U1 = U0 /\ A1 = A0 /\ K1' = K0) by (repeat split; congruence).
          clear Ea. destruct ET as (-> & -> & -> & ->).
          apply IH with (x := x) in Eb; [|assumption|assumption|assumption]. destruct Eb as (HT & HU & Eb).
          split; [apply Z.mul_pos_pos; [reflexivity|assumption]|split; [assumption|]].
          rewrite Hpd in Eb. cbn [step_at]. etransitivity; [exact Eb|].
          replace (D * T0 * (dot a (map (Z.max 0) (nth i (eval n x) [])) + pdot rest (eval n x) + M * K1))
            with (T0 * (D * dot a (map (Z.max 0) (nth i (eval n x) [])) + D * pdot rest (eval n x) + M * (D * K1)))
            by ring.
          apply Z.mul_le_mono_nonneg_l; lia. }
        pose proof (in_lines _ _ (encl_nth _ _ Hes i)) as Ln.
        assert (Gold : (let (v, c) := relu_back a (lines (nth i es' no_info)) in
            after_relu (back who bits (tl ks) n es' (add_at i v (map (vscale D) rest)) (D * K1 + c))) = (T1, U1, A1, K1') ->
          0 < T1 /\ 0 < U1 /\ U1 * (dot A1 x + M * K1')
            <= T1 * (dot a (step (Relu i) (eval n x)) + pdot rest (eval n x) + M * K1)).
        { pose proof (relu_back_le _ _ Ln a) as L. destruct (relu_back a (lines (nth i es' no_info))) as [v c].
          cbn [fst snd] in L. intros Ea. refine (G v c [] _ _ _ Ea).
          - change (dot [] x) with 0. lia.
          - rewrite pdot_add_at, pdot_scale. change (dot [] x) with 0. lia. }
        destruct who as [am|]; [|exact (Gold EI)]. destruct (rows_at n i) as [rows|] eqn:Er; [|exact (Gold EI)].
        clear Gold. destruct (relu_over am a (lines (nth i es' no_info)) rows []) as [[v c] u] eqn:Ea.
        refine (G v c u _ _ _ EI).
        * rewrite (rows_at_is _ x _ _ Er) in *. pose proof (relu_over_le am x Hm rows _ Ln _ _ _ _ _ Ea) as L.
          change (dot [] x) with 0 in L. lia.
        * rewrite !pdot_add_at, pdot_scale, eval_input. lia.
      + apply IH with (x := x) in EI; [|assumption|assumption|assumption]. destruct EI as (HT & HU & EI).
        split; [assumption|split; [assumption|]]. cbn [hd] in EI.
        pose proof (sign_least_le _ _ (in_ends _ _ Hey) a). etransitivity; [exact EI|].
        apply Z.mul_le_mono_nonneg_l; lia.
      + apply IH with (x := x) in EI; [|assumption|assumption|assumption]. destruct EI as (HT & HU & EI).
        split; [assumption|split; [assumption|]].
        rewrite !pdot_add_at, !dot_vscale_l in EI. cbn [step_at].
        rewrite dot_vadd_r, !dot_vscale_r. etransitivity; [exact EI|].
        apply Z.mul_le_mono_nonneg_l; lia. }
    clear EI. destruct G as (HT & HU & G).
    assert (ET : T = T1 /\ U = 2 ^ k * U1 /\ A = A1 /\ K' = K1').
    { rewrite Z.shiftl_mul_pow2 in E by assumption. repeat split; try congruence. inversion E. ring. }
    clear E. destruct ET as (-> & -> & -> & ->).
    assert (HP : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
    split; [assumption|split; [apply Z.mul_pos_pos; assumption|]].
    transitivity (T1 * (2 ^ k * (dot a (step l (eval n x)) + pdot rest (eval n x) + M * K1))).
    + transitivity (2 ^ k * (T1 * (dot a (step l (eval n x)) + pdot rest (eval n x) + M * K1))); [|lia].
      rewrite <- Z.mul_assoc. apply Z.mul_le_mono_nonneg_l; lia.
    + apply Z.mul_le_mono_nonneg_l; lia.
Qed.
Lemma eval_cons n x : eval n x = hd [] (eval n x) :: tl (eval n x).
Proof. destruct n; reflexivity. Qed.
(** Where a bound is rounded up, what it bounds is an integer. *)
Lemma rounded_le loose x T y : loose = true \/ M = 1 -> 0 < T -> M * x <= T * y -> M * rounded loose x T <= y.
Proof.
  unfold rounded. intros Hloose HT H. destruct Hloose as [->|E].
  - pose proof (Z.mul_div_le x T HT) as L. assert (M * (T * (x / T)) <= M * x) by (apply Z.mul_le_mono_nonneg_l; lia).
    apply (Z.mul_le_mono_pos_l _ _ T HT). lia.
  - destruct loose.
    + pose proof (Z.mul_div_le x T HT) as L. assert (M * (T * (x / T)) <= M * x) by (apply Z.mul_le_mono_nonneg_l; lia).
      apply (Z.mul_le_mono_pos_l _ _ T HT). lia.
    + rewrite E in *. assert (- y <= - x / T); [|lia]. apply Z.div_le_lower_bound; lia.
Qed.
Section Cell.
Variables (loose : bool) (c : cell) (p : point) (ys : list vec).
Hypothesis Hloose : loose = true \/ M = 1.
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Lemma bound_sound r y : below M r (concat ys) y -> M * bound loose c r <= y.
Proof.
  destruct r as [[[T U] A] K]. intros (HT & HU & E). unfold bound.
  pose proof (points_lie M HM c p ys Hc Hp Hy A) as L. set (f := least_form A c) in *.
  apply rounded_le; [assumption|assumption|].
  assert (U * (M * f + M * K) <= U * (dot A (concat ys) + M * K)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
Lemma row_below m bits ks n es row : aimed m (concat ys) -> aids_fit ks n -> encls es (eval n (concat ys)) ->
  below M (back m bits ks n es [row] 0) (concat ys) (dot row (hd [] (eval n (concat ys)))).
Proof.
  intros Hm Hf He. destruct (back m bits ks n es [row] 0) as [[[T U] A] K] eqn:E.
  apply back_sound with (x := concat ys) in E; [|assumption|assumption|assumption]. destruct E as (HT & HU & E).
  rewrite eval_cons, pdot_cons in E. cbn [hd tl pdot] in E. split; [assumption|split; [assumption|]]. lia.
Qed.
Lemma again_sound enough bits ks n es row : aids_fit ks n -> encls es (eval n (concat ys)) ->
  forall fuel r, below M r (concat ys) (dot row (hd [] (eval n (concat ys)))) ->
  M * again fuel enough loose bits ks n es c row r <= dot row (hd [] (eval n (concat ys))).
Proof.
  intros Hf He. induction fuel as [|fuel IH]; intros r Hr; cbn [again]; [apply bound_sound; assumption|].
  pose proof (bound_sound _ _ Hr) as B. destruct (enough <=? bound loose c r); [exact B|].
  destruct r as [[[T U] A] K] eqn:Er. rewrite <- Er in *. destruct (_ <? enough); [exact B|].
  assert (G : forall xs, below M (back (Some (aim_at A c)) bits ks n (steered es xs) [row] 0) (concat ys)
                           (dot row (hd [] (eval n (concat ys))))).
  { intros xs. apply row_below; [|assumption|apply steered_in; assumption]. exact (points_lie M HM c p ys Hc Hp Hy). }
  cbv zeta.
  destruct (mixed c r _) as [r2|] eqn:E; [exact (IH _ (mixed_below M c r _ _ _ _ Hr (G _) E))|].
  destruct (mixed c r _) as [r2|] eqn:E' in |- *; [exact (IH _ (mixed_below M c r _ _ _ _ Hr (G _) E'))|exact B].
Qed.
Lemma lower_sound fuel enough bits ks n es row : aids_fit ks n -> encls es (eval n (concat ys)) ->
  M * lower fuel enough loose bits ks n es c row <= dot row (hd [] (eval n (concat ys))).
Proof. intros Hf He. apply again_sound; [assumption|assumption|]. apply row_below; [exact I|assumption|assumption]. Qed.

(** ** All nodes *)
Lemma refine_sound fuel ev bits ks n es : aids_fit ks n -> encls es (eval n (concat ys)) ->
  forall b pre y, hd [] (eval n (concat ys)) = pre ++ y -> encl b y ->
  encl (refine fuel loose ev bits ks n es c (length pre) b) y.
Proof.
  intros Hf He b pre y Hyy H. revert pre Hyy.
  induction H as [|[l u] y0 b y H0 H IH]; intros pre Hyy; [constructor|]. cbn [refine].
  constructor.
  - destruct (ev || (l <? 0) && (0 <? u)); [|assumption].
    pose proof (lower_sound fuel 0 bits ks n es (unit (length pre)) Hf He) as L.
    pose proof (lower_sound fuel 0 bits ks n es (vscale (-1) (unit (length pre))) Hf He) as U.
    rewrite dot_vscale_l in U. rewrite dot_unit, Hyy, nth_middle in L, U.
    unfold CellsSound.inb in *. cbn [fst snd] in *.
    set (x := lower _ _ _ _ _ _ _ _ (unit _)) in *. set (x' := lower _ _ _ _ _ _ _ _ (vscale _ _)) in *. clearbody x x'.
    destruct (Z.max_spec l x) as [[? ->]|[? ->]], (Z.min_spec u (- x')) as [[? ->]|[? ->]]; lia.
  - replace (S (length pre)) with (length (pre ++ [y0])) by (rewrite app_length; cbn; lia).
    apply IH. rewrite Hyy, <- app_assoc. reflexivity.
Qed.
Lemma first_box_in rows :
  encl (first_box rows c) (map (fun rb => dot (fst rb) (concat ys) + M * snd rb) rows).
Proof.
  induction rows as [|[r b] rows IH]; cbn [first_box map]; constructor; [|exact IH].
  cbn [fst snd]. apply iadd_in; [apply (ends_form_in M HM c Hc r p ys Hp Hy)|apply same_in].
Qed.
Lemma enclose_sound e n : forall ks, aids_fit ks n ->
  encls (enclose loose e ks n c) (eval n (concat ys)).
Proof.
  induction n as [|l n IH]; intros ks Hf.
  - constructor; [apply inform_in; eapply cell_box_in; eassumption|constructor].
  - cbn [enclose eval_at]. specialize (IH (tl ks) (proj2 Hf)). set (es := enclose loose e (tl ks) n c) in *.
    assert (F := forward_in l _ _ IH).
    assert (G : encl (if refined e && worth (hd no_aid ks)
      then refine (inner e) loose (every_one e) (bits e) ks (l :: n) (inform (wider e) (lean e) (forward l es) :: es) c 0 (forward l es)
      else forward l es) (step l (eval n (concat ys)))).
    { destruct (refined e && worth (hd no_aid ks)); [|assumption].
      apply (refine_sound (inner e) (every_one e) (bits e) ks (l :: n) _ Hf) with (pre := []); try assumption; [|reflexivity].
      cbn [eval_at]. constructor; [apply inform_in; assumption|assumption]. }
    constructor; [|assumption]. apply inform_in.
    destruct l as [[|i] rows| | | |]; try exact G. destruct n as [|l' n]; [|exact G].
    apply first_box_in; assumption.
Qed.
End Cell.

(** ** The class *)
Lemma index_of_first zs : forall k v, (k < length zs)%nat -> nth k zs 0 = v ->
  (forall j, (j < k)%nat -> nth j zs 0 <> v) -> index_of v zs = Z.of_nat k.
Proof.
  induction zs as [|z zs IH]; intros k v H Hv Hj; cbn in H; [lia|].
  destruct k as [|k]; cbn [nth index_of] in *.
  - rewrite Hv, Z.eqb_refl. reflexivity.
  - destruct (Z.eqb_spec z v) as [E|E]; [exfalso; apply (Hj 0%nat); [lia|assumption]|].
    rewrite (IH k); [lia|lia|assumption|]. intros j Hjk. apply (Hj (S j)). lia.
Qed.
Lemma decide_several zs k : (1 < length zs)%nat -> (k < length zs)%nat ->
  (forall j, (j < length zs)%nat -> j <> k ->
     (if (j <? k)%nat then 1 else 0) <= nth k zs 0 - nth j zs 0) ->
  decide zs = Z.of_nat k.
Proof.
  intros L Hk H. destruct zs as [|z [|z' zs]]; cbn in L; try lia.
  set (l := z :: z' :: zs) in *.
  change (decide l) with (index_of (lmax z (z' :: zs)) l).
  destruct (lmax_ge (z' :: zs) z) as [G1 G2].
  assert (G : forall y, In y l -> y <= lmax z (z' :: zs)).
  { intros y [<-|Hy]; auto. }
  assert (Mx : forall j, (j < length l)%nat -> nth j l 0 <= nth k l 0).
  { intros j Hj. destruct (Nat.eq_dec j k) as [->|N]; [lia|]. specialize (H j Hj N).
    destruct (j <? k)%nat; lia. }
  apply index_of_first; [assumption| |].
  - apply Z.le_antisymm; [apply G, nth_In; assumption|].
    destruct (In_nth _ _ 0 (lmax_in (z' :: zs) z)) as (i & Hi & E). fold l in E, Hi.
    rewrite <- E. apply Mx, Hi.
  - intros j Hj E. specialize (H j ltac:(lia) ltac:(lia)).
    destruct (Nat.ltb_spec j k); [|lia].
    assert (nth k l 0 <= lmax z (z' :: zs)) by (apply G, nth_In; assumption). lia.
Qed.
Lemma top_ends es env : encls es env -> encl (ends (hd no_info es)) (hd [] env).
Proof. intros H. destruct H as [|i x es env H _]; [constructor|apply in_ends, H]. Qed.
Lemma margin_dot k j x : dot (margin_row k j) x = nth k x 0 - nth j x 0.
Proof. unfold margin_row. rewrite dot_vadd_l, dot_vscale_l, !dot_unit. lia. Qed.
Lemma one_of_these {A} (f : A -> bool) l : (forall x, In x l -> f x = true) \/ exists x, In x l /\ f x = false.
Proof.
  induction l as [|x l [IH|(y & I & E)]]; [left; intros x []| |right; exists y; split; [right|]; assumption].
  destruct (f x) eqn:E; [left; intros y [<-|I]; auto|right; exists x; split; [left; reflexivity|assumption]].
Qed.
(** Where all forms are what they have to be the class is [k]; where it is not, one of them is at most 0. *)
Lemma wanted_enough zs k rs : wanted (length zs) k = Some rs -> Forall (fun r => fst r <= dot (snd r) zs) rs ->
  decide zs = k.
Proof.
  intros E H. destruct zs as [|z [|z' zs]]; [discriminate| |].
  - cbn [length wanted] in E. destruct (Z.eqb_spec k 1) as [->|_]; [|destruct (Z.eqb_spec k 0) as [->|_]; [|discriminate]];
      inversion E; subst rs; inversion H as [|? ? H0 _]; subst; cbn [fst snd dot] in H0; cbn [decide];
      destruct (Z.ltb_spec 0 z); lia.
  - set (all := z :: z' :: zs) in *. assert (H2 : (1 < length all)%nat) by (cbn; lia).
    change (wanted (length all) k) with (let k' := Z.to_nat k in if (0 <=? k) && (k <? Z.of_nat (length all))
      then Some (map (fun j => (if (j <? k')%nat then 1 else 0, margin_row k' j))
        (filter (fun j => negb (j =? k')%nat) (seq 0 (length all)))) else None) in E.
    clearbody all. clear z z' zs. cbv zeta in E.
    destruct (Z.leb_spec 0 k) as [K0|]; [|discriminate]. destruct (Z.ltb_spec k (Z.of_nat (length all))) as [K1|]; [|discriminate].
    cbn [andb] in E. inversion E; subst rs; clear E. rewrite Forall_forall in H.
    rewrite <- (Z2Nat.id k) by assumption. set (k' := Z.to_nat k) in *.
    apply decide_several; [lia|lia|]. intros j Hj N.
    specialize (H (if (j <? k')%nat then 1 else 0, margin_row k' j)). cbn [fst snd] in H. rewrite margin_dot in H. apply H.
    apply (in_map (fun j => (if (j <? k')%nat then 1 else 0, margin_row k' j))). apply filter_In.
    split; [apply in_seq; lia|]. apply Nat.eqb_neq in N. rewrite N. reflexivity.
Qed.
Lemma wanted_needs m k rs r : wanted m k = Some rs -> In r rs -> 0 <= fst r <= 1.
Proof.
  intros E I. destruct m as [|[|m]]; cbn [wanted] in E; [discriminate| |].
  - destruct (k =? 1); [|destruct (k =? 0); [|discriminate]]; inversion E; subst rs; destruct I as [<-|[]]; cbn; lia.
  - cbv zeta in E. destruct (_ && _); [|discriminate]. inversion E; subst rs. apply in_map_iff in I.
    destruct I as (j & <- & _). cbn [fst]. destruct (_ <? _)%nat; lia.
Qed.
Lemma wanted_shown zs k rs : wanted (length zs) k = Some rs ->
  Forall (fun r => exists b, fst r <= b /\ M * b <= dot (snd r) zs) rs -> decide zs = k.
Proof.
  intros E H. apply (wanted_enough zs k rs E). apply Forall_forall. intros r I. rewrite Forall_forall in H.
  destruct (H r I) as (b & B1 & B2). pose proof (wanted_needs _ _ _ _ E I). nia.
Qed.
Lemma wanted_other zs k rs : wanted (length zs) k = Some rs -> decide zs <> k ->
  exists r, In r rs /\ dot (snd r) zs <= 0.
Proof.
  intros E N. destruct (one_of_these (fun r => fst r <=? dot (snd r) zs) rs) as [A|(r & I & A)].
  - exfalso. apply N, (wanted_enough zs k rs E). apply Forall_forall. intros r I. apply Z.leb_le, A, I.
  - exists r. split; [exact I|]. apply Z.leb_gt in A. pose proof (wanted_needs _ _ _ _ E I). lia.
Qed.
Section Shown.
Variables (pr : prepared) (c : cell) (p : point) (ys : list vec).
Hypothesis Hloose : loose pr = true \/ M = 1.
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Lemma attempt_sound e k : attempt e pr c k = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  intros H. unfold attempt in H. destruct pr as [n ks Hf lo]. cbn [layers aids loose] in *.
  pose proof (enclose_sound lo c p ys Hloose Hc Hp Hy e n ks Hf) as He. set (es := enclose lo e ks n c) in *.
  pose proof (top_ends _ _ He) as Ht. set (top := ends (hd no_info es)) in *.
  rewrite (Forall2_length Ht) in H. destruct (wanted _ k) as [rs|] eqn:E; [|discriminate].
  apply (wanted_shown _ _ _ E). apply Forall_forall. intros [need row] I. rewrite forallb_forall in H.
  specialize (H _ I). cbn [fst snd] in *. apply orb_true_iff in H. rewrite !Z.leb_le in H. destruct H as [H|H].
  - exists (fst (idot row top)). split; [exact H|]. apply (idot_in _ _ Ht row).
  - eexists. split; [exact H|]. exact (lower_sound lo c p ys Hloose Hc Hp Hy (passes e) need (bits e) ks n es row Hf He).
Qed.
(** What they show: the network has class [k] at every point of the cell. *)
Theorem shown_sound fuel k : shown fuel pr c k = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  unfold shown. intros H. apply orb_true_iff in H. destruct H as [H|H]; revert H; apply attempt_sound.
Qed.
Theorem shown_after_all_sound fuel k : shown_after_all fuel pr c k = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  unfold shown_after_all. intros H. apply existsb_exists in H. destruct H as (e & _ & H).
  revert H. apply attempt_sound.
Qed.
Theorem shown_leaning_sound k : shown_leaning pr c k = true -> class_on M (layers pr) (concat ys) = k.
Proof.
  unfold shown_leaning. intros H. apply existsb_exists in H. destruct H as (e & _ & H).
  revert H. apply attempt_sound.
Qed.

(** ** Tails *)
Lemma form_sound bits ks n es row A K : aids_fit ks n -> encls es (eval n (concat ys)) ->
  form_of bits ks n es row = (A, K) -> dot row (hd [] (eval n (concat ys))) <= 0 -> dot A (concat ys) + M * K <= 0.
Proof.
  unfold form_of. intros Hf He E H. destruct (back None bits ks n es [row] 0) as [[[T U] A'] K'] eqn:Eb.
  inversion E; subst. apply back_sound with (x := concat ys) in Eb; [|exact I|assumption|assumption].
  destruct Eb as (HT & HU & Eb). rewrite eval_cons, pdot_cons in Eb. cbn [hd tl pdot] in Eb.
  set (y := dot row (hd [] (eval n (concat ys)))) in *. nia.
Qed.
(** Wherever the class is not [k], one of the forms is at most 0. *)
Theorem forms_sound e k fs : forms e pr c k = Some fs -> class_on M (layers pr) (concat ys) <> k ->
  exists A K, In (A, K) fs /\ dot A (concat ys) + M * K <= 0.
Proof.
  intros H Hn. unfold forms in H. destruct pr as [n ks Hf lo]. cbn [layers aids loose] in *.
  pose proof (enclose_sound lo c p ys Hloose Hc Hp Hy e n ks Hf) as He. set (es := enclose lo e ks n c) in *.
  rewrite (Forall2_length (top_ends _ _ He)) in H. destruct (wanted _ k) as [rs|] eqn:E; [|discriminate].
  inversion H; subst fs; clear H. destruct (wanted_other _ _ _ E Hn) as (r & I & R).
  destruct (form_of (bits e) ks n es (snd r)) as [A K] eqn:F. exists A, K. split; [|eapply form_sound; eassumption].
  rewrite <- F. apply (in_map (fun r => form_of (bits e) ks n es (snd r))). exact I.
Qed.
End Shown.
End At.
