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
Definition sign_here (env : list vec) (s : sign) : Prop :=
  side_of (snd s) (nth (snd (fst s)) (nth (fst (fst s)) env []) 0).
Definition in_case (env : list vec) (ss : list sign) : Prop := Forall (sign_here env) ss.
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
Lemma change_in {A B} (R : A -> B -> Prop) f d b x : Forall2 R b x -> forall i,
  (forall a, R a (nth i x d) -> R (f a) (nth i x d)) -> Forall2 R (change f i b) x.
Proof.
  intros H. induction H as [|b0 x0 b x H0 H IH]; intros i F; [destruct i; constructor|].
  destruct i as [|i]; cbn [change nth] in *; (constructor; [auto|]); [exact H|apply IH; exact F].
Qed.
Lemma at_node_in j ss s : In s (at_node j ss) -> In s ss /\ fst (fst s) = j.
Proof. unfold at_node. rewrite filter_In, Nat.eqb_eq. auto. Qed.
Lemma cut_here_in env ss j r b : in_case env ss -> encl b (nth j env []) -> encl (cut_here ss j r b) (nth j env []).
Proof.
  intros H B. unfold cut_here. pose proof (at_node_in j ss) as A. induction (at_node j ss) as [|s here IH]; [exact B|].
  cbn [fold_right]. destruct (A s (or_introl eq_refl)) as [I E].
  apply (change_in _ _ 0); [apply IH; intros x Hx; apply A; right; exact Hx|].
  intros a Ha. apply cut_ends_in; [exact Ha|]. unfold in_case in H. rewrite Forall_forall in H. specialize (H s I).
  unfold sign_here in H. rewrite E in H. exact H.
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
Lemma skipn_tl {A} (l : list A) : forall j, skipn (S j) l = tl (skipn j l).
Proof. induction l as [|x l IH]; intros [|j]; try reflexivity. exact (IH j). Qed.
Lemma nth_skipn {A} (d : A) l : forall j, nth j l d = hd d (skipn j l).
Proof. induction l as [|x l IH]; intros [|j]; try reflexivity. exact (IH j). Qed.
Lemma eval_skipn x n : forall j, (j <= length n)%nat -> skipn j (eval_at M n x) = eval_at M (skipn j n) x.
Proof.
  induction n as [|l n IH]; intros [|j] H; try reflexivity; cbn in H; [lia|]. cbn [eval_at skipn]. apply IH. lia.
Qed.
Lemma encls_skipn es env : encls es env -> forall j, encls (skipn j es) (skipn j env).
Proof. intros H. induction H; intros [|j]; cbn [skipn]; try constructor; auto. Qed.
Lemma moved_here_in n ss es d x y j r b : apart M d x y -> encls es (eval_at M n x) -> (j < length n)%nat ->
  encls r (skipn (S j) (eval_at M n y)) -> encl b (nth j (eval_at M n y) []) ->
  encl (moved_here n ss es d j r b) (nth j (eval_at M n y) []).
Proof.
  intros Hd He Hj Hr B. unfold moved_here. destruct (at_node j ss) as [|s0 here0] eqn:E; [exact B|].
  rewrite <- E. clear s0 here0 E. destruct (skipn j n) as [|l n'] eqn:En; [exact B|]. cbv zeta.
  assert (Ex : forall z, skipn j (eval_at M n z) = step_at M l (eval_at M n' z) :: eval_at M n' z).
  { intros z. rewrite eval_skipn, En by lia. reflexivity. }
  set (ap := gap_step _ _ _ _ _).
  assert (Ha : apart M ap (nth j (eval_at M n x) []) (nth j (eval_at M n y) [])).
  { rewrite !nth_skipn, !Ex. cbn [hd]. rewrite skipn_tl, Ex in Hr. cbn [tl] in Hr.
    pose proof (encls_skipn _ _ He (S j)) as H1. rewrite (skipn_tl (eval_at M n x)), Ex in H1. cbn [tl] in H1.
    unfold ap. apply (gap_step_apart M HM); [apply (gaps_apart M HM)| |]; assumption. }
  clearbody ap. clear Ex En Hr. set (here := at_node j ss). clearbody here. induction here as [|s here IH]; [exact B|].
  cbn [fold_right]. apply (change_in _ _ 0); [exact IH|]. intros a Hin. apply (meet_in M); [exact Hin|].
  set (i := snd (fst s)). set (u := nth j (eval_at M n x) []) in *. set (v := nth j (eval_at M n y) []) in *.
  replace (nth i v 0) with (nth i u 0 + (nth i v 0 - nth i u 0)) by ring.
  apply (iadd_in M); [apply encl_at, (in_ends M), (encl_nth M), He|apply apart_at, Ha].
Qed.

Lemma sloped_encls s es env : encls es env -> encls (sloped s es) env.
Proof.
  intros He. unfold sloped. apply (change_in _ _ []); [exact He|]. intros e [E T L].
  constructor; cbn [ends Bounds.total lines]; [exact E|exact T|].
  apply (change_in _ _ 0); [exact L|]. intros _ _. apply (parallel_ok M HM), encl_at, E.
Qed.

Section There.
  Variables (c : cell) (p : point) (ys : list vec).
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hy : spots M ys p.
  Lemma again_from_sound known loose reads keep L : loose = true \/ M = 1 -> Forall (fun v => (v < length c)%nat) reads ->
    let x := concat (seen_at reads ys) in
    (forall j r b, (j < length L)%nat -> encls r (skipn (S j) (eval_at M L x)) -> encl b (nth j (eval_at M L x) []) ->
      encl (known j r b) (nth j (eval_at M L x) [])) ->
    forall m j n ks es, n = skipn j L -> (j <= length L)%nat -> aids_fit ks n -> encls es (eval_at M n x) ->
    encls (again_from m j known loose keep ks n es reads c) (eval_at M n x).
  Proof.
    intros Hl Hr x Hk. induction m as [|m IH]; intros j n ks es En Hj Hf He; [exact He|].
    destruct n as [|l n]; [exact He|]. cbn [again_from]. destruct es as [|e r]; [exact He|].
    assert (Hj' : (j < length L)%nat).
    { destruct (Nat.eq_dec j (length L)) as [->|]; [rewrite skipn_all in En; discriminate|lia]. }
    assert (Es : skipn j (eval_at M L x) = step_at M l (eval_at M n x) :: eval_at M n x).
    { rewrite eval_skipn, <- En by lia. reflexivity. }
    cbn [eval_at] in *. inversion He as [|? ? ? ? H0 H1]; subst.
    assert (K : forall r b, encls r (eval_at M n x) -> encl b (step_at M l (eval_at M n x)) ->
      encl (known j r b) (step_at M l (eval_at M n x))).
    { intros r' b Hr' Hb. specialize (Hk j r' b Hj'). rewrite skipn_tl, nth_skipn, Es in Hk. exact (Hk Hr' Hb). }
    destruct m as [|m].
    - constructor; [|exact H1]. apply (inform_in M HM), K; [exact H1|apply (in_ends M), H0].
    - cbv zeta. assert (H1' : encls (again_from (S m) (S j) known loose keep (tl ks) n r reads c) (eval_at M n x)).
      { apply IH; [rewrite skipn_tl, <- En; reflexivity|lia|apply Hf|exact H1]. }
      constructor; [|exact H1']. apply (clip_node_sound M HM c p ys Hc Hp Hy); try assumption.
      + unfold inside, everywhere. cbn [along starts stops pdot]. lia.
      + intros b Hb. apply K; assumption.
  Qed.
  Lemma cased_encls known m keep n es : loose (ready n) = true \/ M = 1 -> Forall (fun v => (v < length c)%nat) (sees n) ->
    (forall j r b, (j < length (layers (ready n)))%nat -> encls r (skipn (S j) (nodes_at M n ys)) ->
      encl b (nth j (nodes_at M n ys) []) -> encl (known j r b) (nth j (nodes_at M n ys) [])) ->
    encls es (nodes_at M n ys) -> encls (cased known m keep n es c) (nodes_at M n ys).
  Proof.
    intros Hl Hr Hk He. apply again_from_sound with (L := layers (ready n)); try assumption; [reflexivity|lia|apply fit].
  Qed.

  Variables (n n' : view) (unit up : Z) (fs : list vec).
  Hypothesis Hup : 0 < up.
  Hypothesis Hl : loose (ready n) = true \/ M = 1.
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Hypothesis HS : 0 < scale_out n.
  Lemma cut_encls ss keep es : in_case (nodes_at M n ys) ss -> encls es (nodes_at M n ys) ->
    encls (cased (fun j r b => cut_here ss j r b) (reach ss) keep n es c) (nodes_at M n ys).
  Proof. intros Hs He. apply cased_encls; try assumption. intros j r b _ _ B. apply cut_here_in; assumption. Qed.
  (** ** One network *)
  Lemma in_tries_right (P : Prop) holds es : (forall e keep es, encls es (nodes_at M n ys) -> holds e keep es = true -> P) ->
    encls es (nodes_at M n ys) -> in_tries holds n c es = true -> P.
  Proof.
    intros H He E. unfold in_tries in E. apply orb_true_iff in E.
    destruct E as [E|E]; [eapply H; [exact He|exact E]|]. apply existsb_exists in E. destruct E as (t & _ & E).
    eapply H; [|exact E]. apply (enclosed_encls M HM) with (p := p); assumption.
  Qed.
  Lemma one_case_holds_right strict k s over ss : told M ys strict n k ->
    one_case_holds strict unit up fs c n s over ss (enclosed usual n c) = true ->
    (in_case (nodes_at M n ys) ss -> claim_right M unit fs k s ys) /\ claim_right M unit fs k over ys.
  Proof.
    intros Ht H. unfold one_case_holds in H. apply andb_true_iff in H. destruct H as [H1 H2].
    pose proof (enclosed_encls M HM n c p ys Hl Hc Hp Hy Hr usual) as E. split.
    - intros Hs. revert H1. apply in_tries_right; [|exact E]. intros e keep es He H. unfold one_case_from in H. cbv zeta in H.
      pose proof (cut_encls ss (bits e) es Hs He) as He'. rewrite (no_point_none _ _ He') in H.
      revert H. apply (one_from_right M HM unit up fs c p ys Hup Hc Hp Hy strict k); try assumption.
      intros es' X. split; apply (alone_hold M HM); exact X.
    - clear H1. revert H2. apply in_tries_right; [|exact E]. intros e keep es He. unfold one_sloped_from.
      apply (one_from_right M HM unit up fs c p ys Hup Hc Hp Hy strict k); try assumption.
      intros es' X. destruct (alone_hold M HM ys SLOPES n es' X) as [L0 L]. split; [split; assumption|].
      split; [|exact L]. cbn [fst] in *. induction ss as [|x ss IH]; cbn [fold_right]; [exact L0|apply sloped_encls, IH].
  Qed.
  (** ** Two networks *)
  Hypothesis Hl' : loose (ready n') = true \/ M = 1.
  Hypothesis Hr' : Forall (fun v => (v < length c)%nat) (sees n').
  Hypothesis HS' : 0 < scale_out n'.
  Hypothesis Same : same_layers (layers (ready n)) (layers (ready n')) = true.
  Hypothesis Even : aligned c (sees n) (sees n') = true.
  Variables (strict : bool) (k k' : Z).
  Hypothesis Ht : told M ys strict n k.
  Hypothesis Ht' : told M ys strict n' k'.
  Definition right_there (s s' : claim) (order : Z) : Prop :=
    claim_right M unit fs k s ys /\ claim_right M unit fs k' s' ys /\
    (Z.testbit order 0 = true -> k = 1 -> k' = 1) /\ (Z.testbit order 1 = true -> k' = 1 -> k = 1).
  Lemma case_from_right e keep s s' order ss es es' : encls es (nodes_at M n ys) -> encls es' (nodes_at M n' ys) ->
    in_case (nodes_at M n ys) ss -> case_from strict e keep unit up fs c n n' s s' order ss es es' = true ->
    right_there s s' order.
  Proof.
    intros He He' Hs H. unfold case_from in H. cbv zeta in H.
    pose proof (cut_encls ss (bits e) es Hs He) as H1.
    set (es1 := cased _ _ _ n es c) in *. clearbody es1. rewrite (no_point_none _ _ H1) in H.
    pose proof (together_hold M HM ys n n' D) as L.
    refine (two_from_right M HM unit up fs c p ys Hup Hc Hp Hy n n' Hl Hl' Hr Hr' HS HS' strict k k' Ht Ht'
      _ _ e keep s s' order _ _ L L H1 _ H).
    apply cased_encls; try assumption. intros j r b Hj R B. unfold nodes_at in *. rewrite <- (same_layers_eq _ _ Same) in *.
    eapply moved_here_in; try eassumption. apply (gap_input_apart M HM) with (p := p); assumption.
  Qed.
  Lemma in_both_tries_right (P : Prop) holds :
    (forall e keep es es', encls es (nodes_at M n ys) -> encls es' (nodes_at M n' ys) -> holds e keep es es' = true -> P) ->
    in_both_tries holds n n' c (fst (both_enclosed usual n n' c)) (snd (both_enclosed usual n n' c)) = true -> P.
  Proof.
    intros F H. unfold in_both_tries in H.
    pose proof (both_enclosed_encls M HM c p ys Hc Hp Hy n n' Hl Hl' Hr Hr') as E.
    apply orb_true_iff in H. destruct H as [H|H]; [eapply F; [apply E|apply E|exact H]|].
    apply existsb_exists in H. destruct H as (t & _ & H). specialize (E (fst t)). destruct (both_enclosed (fst t) n n' c) as [es es']. cbn [fst snd] in E.
    eapply F; [apply E|apply E|exact H].
  Qed.
  Lemma case_holds_right s s' order ss : in_case (nodes_at M n ys) ss ->
    case_holds strict unit up fs c n n' s s' order ss (fst (both_enclosed usual n n' c)) (snd (both_enclosed usual n n' c)) = true ->
    right_there s s' order.
  Proof.
    intros Hs. apply in_both_tries_right. intros e keep es es' He He'. apply case_from_right; assumption.
  Qed.
End There.
End At.
