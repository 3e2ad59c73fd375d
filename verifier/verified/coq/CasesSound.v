(** * Cases are right, and one of them is a point's. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Steps Within WithinSound
  Strips StripsSound Cases.
Import ListNotations.
Open Scope Z_scope.

(** Points lie M times where they are, as in BoundsSound.v. *)
Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Notation inb := (CellsSound.inb M).
Notation encl := (BoundsSound.encl M).
Notation encls := (BoundsSound.encls M).

(** ** The signs at a point *)
Definition side_of (above : bool) (x : Z) : Prop := if above then 0 <= x else x <= 0.
Definition sign_here (env : list vec) (s : side) : Prop :=
  side_of (snd s) (nth (snd (fst s)) (nth (fst (fst s)) env []) 0).
Definition in_case (env : list vec) (ss : list side) : Prop := Forall (sign_here env) ss.
Lemma some_case env ns : Exists (in_case env) (cases_of ns).
Proof.
  induction ns as [|x ns IH]; cbn [cases_of]; [apply Exists_cons_hd; constructor|].
  apply Exists_exists in IH. destruct IH as (ss & I & H). apply Exists_exists.
  assert (S : sign_here env (x, false) \/ sign_here env (x, true)) by (unfold sign_here, side_of; cbn [fst snd]; lia).
  destruct S as [S|S]; [exists ((x, false) :: ss)|exists ((x, true) :: ss)]; (split; [|constructor; assumption]);
    apply in_flat_map; exists ss; (split; [assumption|]); cbn; auto.
Qed.

(** ** Enclosures *)
Lemma cut_ends_in above b x : inb b x -> side_of above x -> inb (cut_ends above b) x.
Proof. unfold CellsSound.inb, cut_ends, side_of. destruct above; cbn [fst snd]; intros; nia. Qed.
Lemma change_in f b x : encl b x -> forall i, (forall a, inb a (nth i x 0) -> inb (f a) (nth i x 0)) ->
  encl (change f i b) x.
Proof.
  intros H. induction H as [|b0 x0 b x H0 H IH]; intros i F; [destruct i; constructor|].
  destruct i as [|i]; cbn [change nth] in *; (constructor; [auto|]); [exact H|apply IH; exact F].
Qed.
Lemma change_at_in f i es env : encls es env -> forall j,
  (forall a, inb a (nth i (nth j env []) 0) -> inb (f a) (nth i (nth j env []) 0)) -> encls (change_at f j i es) env.
Proof.
  intros H. induction H as [|e x es env H0 H IH]; intros j F; [destruct j; constructor|].
  destruct j as [|j]; cbn [change_at nth] in *; constructor; [|exact H|exact H0|apply IH; exact F].
  apply (inform_in M HM), change_in; [apply (in_ends _ _ _ H0)|exact F].
Qed.
Lemma cut_at_0_in es env ss : encls es env -> in_case env ss -> encls (cut_at_0 ss es) env.
Proof.
  intros He H. induction H as [|s ss Hs H IH]; [exact He|]. cbn [cut_at_0 fold_right].
  apply change_at_in; [exact IH|]. intros a Ha. apply cut_ends_in; assumption.
Qed.
Lemma no_point_none es env : encls es env -> no_point es = false.
Proof.
  intros H. apply not_true_is_false. intros E. apply existsb_exists in E. destruct E as (e & I & E).
  apply existsb_exists in E. destruct E as (b & Ib & E). apply Z.ltb_lt in E.
  induction H as [|e0 x es env H0 H IH]; [destruct I|]. destruct I as [->|I]; [|apply IH; exact I].
  apply in_ends in H0. clear - HM H0 Ib E. induction H0 as [|b0 y bs x [A B] H0 IH]; [destruct Ib|].
  destruct Ib as [->|Ib]; [nia|apply IH; exact Ib].
Qed.
Lemma zero_in : inb (0, 0) 0.
Proof. unfold CellsSound.inb. cbn. lia. Qed.
Lemma encl_at b x : encl b x -> forall i, inb (nth i b (0, 0)) (nth i x 0).
Proof. intros H. induction H; intros [|i]; cbn [nth]; auto using zero_in. Qed.
Lemma apart_at d x y : apart M d x y -> forall i, inb (nth i d (0, 0)) (nth i y 0 - nth i x 0).
Proof. intros H. induction H; intros [|i]; cbn [nth]; auto using zero_in. Qed.
Lemma move_in es ds s es' xs ys : encls es xs -> aparts M ds xs ys -> encls es' ys -> encls (move es ds s es') ys.
Proof.
  intros He Hd He'. unfold move. destruct (fst s) as [j i]. apply change_at_in; [exact He'|]. intros a Ha.
  apply (meet_in M); [exact Ha|].
  replace (nth i (nth j ys []) 0) with (nth i (nth j xs []) 0 + (nth i (nth j ys []) 0 - nth i (nth j xs []) 0)) by ring.
  apply (iadd_in M); [apply encl_at, (in_ends M), (encl_nth M), He|apply apart_at, (aparts_nth M), Hd].
Qed.

Section There.
  Variables (c : cell) (p : point) (ys : list vec).
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hy : spots M ys p.
  Lemma again_from_sound loose reads keep : loose = true \/ M = 1 -> Forall (fun v => (v < length c)%nat) reads ->
    forall m n ks es, aids_fit ks n -> encls es (eval_at M n (concat (seen_at reads ys))) ->
    encls (again_from m loose keep ks n es reads c) (eval_at M n (concat (seen_at reads ys))).
  Proof.
    intros Hl Hr. induction m as [|m IH]; intros n ks es Hf He; [exact He|].
    destruct n as [|l n]; [exact He|]. cbn [again_from]. destruct es as [|e r]; [exact He|].
    cbn [eval_at] in *. inversion He as [|? ? ? ? H0 H1]; subst. cbv zeta.
    specialize (IH n (tl ks) r (proj2 Hf) H1). constructor; [|exact IH].
    apply (clip_node_sound M HM c p ys Hc Hp Hy); try assumption.
    unfold inside, everywhere. cbn [along starts stops pdot]. lia.
  Qed.
  Lemma rebounded_encls m keep n es : loose (ready n) = true \/ M = 1 -> Forall (fun v => (v < length c)%nat) (sees n) ->
    encls es (nodes_at M n ys) -> encls (rebounded m keep n es c) (nodes_at M n ys).
  Proof. intros Hl Hr He. apply again_from_sound; try assumption. apply fit. Qed.

  Variables (n n' : net) (unit up : Z) (fs : list vec).
  Hypothesis Hup : 0 < up.
  Hypothesis Hl : loose (ready n) = true \/ M = 1.
  Hypothesis Hl' : loose (ready n') = true \/ M = 1.
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Hypothesis Hr' : Forall (fun v => (v < length c)%nat) (sees n').
  Hypothesis HS : 0 < scale_out n.
  Hypothesis HS' : 0 < scale_out n'.
  Hypothesis Same : same_layers (layers (ready n)) (layers (ready n')) = true.
  Hypothesis Even : aligned c (sees n) (sees n') = true.
  Lemma moved_encls ss es es' : encls es (nodes_at M n ys) -> encls es' (nodes_at M n' ys) ->
    encls (moved n n' ss es es' c) (nodes_at M n' ys).
  Proof.
    intros He He'. unfold moved. set (ds := gaps _ _ _ _). assert (Hd : aparts M ds (nodes_at M n ys) (nodes_at M n' ys)).
    { unfold ds, nodes_at in *. rewrite <- (same_layers_eq _ _ Same) in *.
      apply (gaps_apart M HM); [apply (gap_input_apart M HM) with (p := p); assumption|assumption|assumption]. }
    clearbody ds. induction ss as [|s ss IH]; [exact He'|]. cbn [fold_right]. eapply move_in; eassumption.
  Qed.
  Definition right_there (s s' : strip) (order : Z) : Prop :=
    let k := class_there M n ys in
    let k' := class_there M n' ys in
    strip_right M unit fs k s ys /\ strip_right M unit fs k' s' ys /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Lemma case_from_right e keep s s' order ss es es' : encls es (nodes_at M n ys) -> encls es' (nodes_at M n' ys) ->
    in_case (nodes_at M n ys) ss -> case_from e keep unit up fs c n n' s s' order ss es es' = true ->
    right_there s s' order.
  Proof.
    intros He He' Hs H. unfold case_from in H. cbv zeta in H.
    pose proof (cut_at_0_in _ _ _ He Hs) as H0. set (es0 := cut_at_0 ss es) in *. clearbody es0.
    rewrite (no_point_none _ _ H0) in H.
    assert (H1 : encls (rebounded (later_than ss) (bits e) n es0 c) (nodes_at M n ys)) by (apply rebounded_encls; assumption).
    set (es1 := rebounded _ _ n es0 c) in *. clearbody es1.
    assert (H1' : encls (rebounded (later_than ss) (bits e) n' (moved n n' ss es1 es' c) c) (nodes_at M n' ys)).
    { apply rebounded_encls; try assumption. apply moved_encls; assumption. }
    set (es1' := rebounded _ _ n' _ c) in *. clearbody es1'.
    refine (two_from_right M HM unit up fs c p ys Hup Hc Hp Hy n n' Hl Hl' Hr Hr' HS HS' e keep s s' order _ _ H1 _ H).
    apply moved_encls; assumption.
  Qed.
  Lemma case_holds_right s s' order ss : in_case (nodes_at M n ys) ss ->
    case_holds unit up fs c n n' s s' order ss (enclosed usual n c) (enclosed usual n' c) = true ->
    right_there s s' order.
  Proof.
    intros Hs H. unfold case_holds in H. apply orb_true_iff in H.
    destruct H as [H|H]; (eapply case_from_right; [| |exact Hs|exact H]; apply (enclosed_encls M HM) with (p := p); assumption).
  Qed.
End There.
End At.
