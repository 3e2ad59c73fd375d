(** * Groups are right: the logit's sign is that of the class. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Strips StripsSound Groups.
Import ListNotations.
Open Scope Z_scope.

Section At.
Variable M : Z.

(** ** How long nodes are *)
Lemma vadd_length a : forall b, length (vadd a b) = Nat.max (length a) (length b).
Proof. induction a as [|x a IH]; intros [|y b]; cbn [vadd length]; try reflexivity. rewrite IH. reflexivity. Qed.
Lemma diag_length cs : forall x, length (diag cs x) = Nat.min (length cs) (length x).
Proof.
  induction cs as [|[f b] cs IH]; intros [|y x]; cbn [diag length]; try reflexivity. rewrite IH. reflexivity.
Qed.
Lemma node_lengths_right n x : map (@length Z) (eval_at M n x) = node_lengths n (length x).
Proof.
  assert (N : forall i env, length (nth i env []) = nth i (map (@length Z) env) O).
  { intros i env. symmetry. exact (map_nth (@length Z) env [] i). }
  induction n as [|l n IH]; [reflexivity|]. cbn [eval_at node_lengths map]. f_equal; [|exact IH]. rewrite <- IH.
  set (env := eval_at M n x). clearbody env. destruct l as [i rows|i cs|i|i|i c j d]; cbn [step_at].
  - apply map_length.
  - rewrite diag_length, map_length, N. reflexivity.
  - rewrite map_length. apply N.
  - rewrite map_length. apply N.
  - unfold vscale. rewrite vadd_length, !map_length, !N. reflexivity.
Qed.
Lemma input_length_right n c p ys : wf c -> In p (points c) -> spots M ys p ->
  Forall (fun v => (v < length c)%nat) (sees n) -> length (concat (seen_at (sees n) ys)) = input_length n c.
Proof.
  intros Hc Hp Hy. unfold input_length, seen_at. unfold wf in Hc. rewrite Forall_forall in Hc.
  induction (sees n) as [|v r IH]; intros H; [reflexivity|]. inversion H as [|? ? Hv Hr]; subst.
  cbn [map concat fold_right]. rewrite app_length, (IH Hr). f_equal.
  pose proof (Hc _ (nth_In c no_part Hv)) as W. pose proof (point_nth c p Hp v Hv) as I.
  destruct (W _ I) as [L K]. rewrite (spot_length M _ _ K (spots_nth M ys p Hy v)). exact L.
Qed.

(** ** The greatest of some components *)
Definition greatest_of (z : vec) (g : list nat) (u : Z) : Prop :=
  (exists a, In a g /\ nth a z 0 = u) /\ forall a, In a g -> nth a z 0 <= u.
Lemma pairs_ind (P : list nat -> Prop) : P [] -> (forall a, P [a]) -> (forall a b g, P g -> P (a :: b :: g)) -> forall g, P g.
Proof. intros H0 H1 H2. fix IH 1. intros [|a [|b g]]; [exact H0|apply H1|apply H2, IH]. Qed.
Lemma pairs_in g : (forall p, In p (pairs g) -> In (fst p) g /\ In (snd p) g) /\
  (forall a, In a g -> exists p, In p (pairs g) /\ (a = fst p \/ a = snd p)).
Proof.
  induction g as [|a|a b g [I1 I2]] using pairs_ind; cbn [pairs In].
  - split; [intros p []|intros a []].
  - split; [intros p [<-|[]]; cbn; auto|]. intros x [<-|[]]. exists (a, a). cbn. auto.
  - split.
    + intros p [<-|H]; [cbn; auto|]. apply I1 in H. tauto.
    + intros x [<-|[<-|H]]; [exists (a, b); cbn; auto|exists (a, b); cbn; auto|].
      destruct (I2 x H) as (p & Hp & E). exists p. auto.
Qed.
Definition larger (z : vec) (p : nat * nat) : Z := Z.max (nth (fst p) z 0) (nth (snd p) z 0).
Lemma maxima_right ps done x :
  hd [] (eval_at M (maxima ps ++ done) x) = map (larger (hd [] (eval_at M done x))) ps.
Proof.
  unfold maxima. cbn [app eval_at step_at hd]. set (env := eval_at M done x). cbn [nth].
  replace (nth 0 env []) with (hd [] env) by (destruct env; reflexivity). set (z := hd [] env). clearbody z.
  induction ps as [|[a b] ps IH]; [reflexivity|]. cbn [map vscale vadd fst snd]. f_equal; [|exact IH].
  rewrite margin_dot, dot_unit. unfold larger. cbn [fst snd]. lia.
Qed.
(** Of pairs that stand somewhere in the list of all. *)
Lemma pairs_greatest z g pre post u :
  greatest_of (map (larger z) (pre ++ pairs g ++ post)) (seq (length pre) (length (pairs g))) u -> greatest_of z g u.
Proof.
  destruct (pairs_in g) as [I1 I2]. set (ps := pairs g) in *. clearbody ps.
  assert (N : forall i, (i < length ps)%nat ->
    nth (length pre + i) (map (larger z) (pre ++ ps ++ post)) 0 = larger z (nth i ps (O, O))).
  { intros i Hi. rewrite !map_app, app_nth2; rewrite map_length; [|lia].
    replace (length pre + i - length pre)%nat with i by lia. rewrite app_nth1 by (rewrite map_length; exact Hi).
    rewrite (nth_indep _ 0 (larger z (O, O))) by (rewrite map_length; exact Hi). apply map_nth. }
  intros [(a & Ha & E) H]. split.
  - apply in_seq in Ha. replace a with (length pre + (a - length pre))%nat in E by lia. rewrite N in E by lia.
    assert (Hp : In (nth (a - length pre) ps (O, O)) ps) by (apply nth_In; lia). apply I1 in Hp. unfold larger in E.
    destruct (Z.max_spec (nth (fst (nth (a - length pre) ps (O, O))) z 0) (nth (snd (nth (a - length pre) ps (O, O))) z 0)) as [[_ X]|[_ X]];
      rewrite X in E; eexists; split; try exact E; tauto.
  - intros b Hb. destruct (I2 b Hb) as (q & Hq & F). destruct (In_nth ps q (O, O) Hq) as (i & Hi & X).
    specialize (H (length pre + i)%nat). rewrite (N i Hi), X in H.
    assert (L : larger z q <= u) by (apply H, in_seq; lia). unfold larger in L. destruct F as [->| ->]; lia.
Qed.
Lemma contest_right base x : forall fuel own others done more,
  contest fuel own others done = Some more ->
  let z := hd [] (eval_at M (done ++ base) x) in
  exists u v, hd [] (eval_at M (more ++ base) x) = [u - v] /\ greatest_of z own u /\ greatest_of z others v.
Proof.
  assert (Last : forall a b done more, Some (Affine 0 [(margin_row a b, 0)] :: done) = Some more ->
    let z := hd [] (eval_at M (done ++ base) x) in
    exists u v, hd [] (eval_at M (more ++ base) x) = [u - v] /\ greatest_of z [a] u /\ greatest_of z [b] v).
  { intros a b done more E z. inversion E; subst more. exists (nth a z 0), (nth b z 0). split; [|split; split].
    - cbn [app eval_at step_at hd map fst snd]. rewrite margin_dot. unfold z.
      destruct (eval_at M (done ++ base) x); cbn [nth hd]; f_equal; lia.
    - exists a. cbn. auto.
    - intros c [<-|[]]. lia.
    - exists b. cbn. auto.
    - intros c [<-|[]]. lia. }
  induction fuel as [|f0 fuel IH]; intros own others done more E z.
  - cbn [contest] in E. destruct own as [|a [|? ?]]; try discriminate. destruct others as [|b [|? ?]]; try discriminate.
    exact (Last a b done more E).
  - assert (Next : contest fuel (seq 0 (length (pairs own))) (seq (length (pairs own)) (length (pairs others)))
        (maxima (pairs own ++ pairs others) ++ done) = Some more ->
      exists u v, hd [] (eval_at M (more ++ base) x) = [u - v] /\ greatest_of z own u /\ greatest_of z others v).
    { intros E'. destruct (IH _ _ _ _ E') as (u & v & R & U & V). exists u, v. split; [exact R|].
      rewrite <- app_assoc, maxima_right in U, V. fold z in U, V. split.
      - apply (pairs_greatest z own [] (pairs others)). exact U.
      - apply (pairs_greatest z others (pairs own) []). rewrite app_nil_r. exact V. }
    cbn [contest] in E. cbv zeta in E. destruct own as [|a [|? ?]]; try exact (Next E).
    destruct others as [|b [|? ?]]; try exact (Next E). exact (Last a b done more E).
Qed.

(** ** Classes *)
Lemma decide_range zs : (2 < length zs)%nat -> exists k, decide zs = Z.of_nat k /\ (k < length zs)%nat /\ forall j, nth j zs 0 <= nth k zs 0 \/ (length zs <= j)%nat.
Proof.
  intros L. destruct zs as [|z [|z' zs]]; cbn in L; [lia|lia|]. set (all := z :: z' :: zs) in *.
  change (decide all) with (index_of (lmax z (z' :: zs)) all).
  destruct (lmax_ge (z' :: zs) z) as [G1 G2]. pose proof (lmax_in (z' :: zs) z) as G3. fold all in G3.
  set (m := lmax z (z' :: zs)) in *. clearbody m.
  assert (G : forall y, In y all -> y <= m) by (intros y [<-|Hy]; auto).
  clearbody all. clear G1 G2 L.
  assert (X : exists k, index_of m all = Z.of_nat k /\ (k < length all)%nat /\ nth k all 0 = m).
  { clear G. induction all as [|y all IH]; [destruct G3|]. cbn [index_of]. destruct (Z.eqb_spec y m) as [->|N].
    - exists O. cbn. repeat split. lia.
    - destruct G3 as [->|G3]; [contradiction|]. destruct (IH G3) as (k & E1 & E2 & E3). exists (S k). rewrite E1. cbn [length nth].
      repeat split; [lia|lia|exact E3]. }
  destruct X as (k & E1 & E2 & E3). exists k. split; [exact E1|]. split; [exact E2|]. intros j. rewrite E3.
  destruct (Nat.lt_ge_cases j (length all)); [left; apply G, nth_In; assumption|right; assumption].
Qed.
Lemma classes_in_iff ones classes own k :
  In k (classes_in ones classes own) <-> (k < classes)%nat /\ belongs ones (Z.of_nat k) = own.
Proof.
  unfold classes_in. rewrite filter_In, in_seq. split.
  - intros [H E]. apply Bool.eqb_prop in E. split; [lia|exact E].
  - intros [H E]. rewrite E. split; [lia|apply Bool.eqb_reflx].
Qed.
Lemma taken_class ones classes zs own u v : length zs = classes -> (2 < classes)%nat ->
  greatest_of zs (classes_in ones classes true) u -> greatest_of zs (classes_in ones classes false) v ->
  belongs ones (decide zs) = own -> (u - v < 0 -> own = false) /\ (0 < u - v -> own = true).
Proof.
  intros L C [(a & Ha & Ea) U] [(b & Hb & Eb) V] E. destruct (decide_range zs) as (k & D & K & G); [lia|]. rewrite D in E.
  assert (Hk : In k (classes_in ones classes own)) by (apply classes_in_iff; split; [lia|exact E]).
  apply classes_in_iff in Ha, Hb. destruct (G a) as [A|]; [|lia]. destruct (G b) as [B|]; [|lia].
  destruct own; [specialize (U k Hk)|specialize (V k Hk)]; split; intros; try reflexivity; exfalso; lia.
Qed.

(** ** The network of two classes *)
Section There.
  Variables (c : cell) (p : point) (ys : list vec).
  Hypothesis Hc : wf c.
  Hypothesis Hp : In p (points c).
  Hypothesis Hy : spots M ys p.
  Variables (n m : view) (ones : Z) (classes : nat).
  Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
  Hypothesis E : grouped ones classes n c = Some m.
  Notation class := (class_there M n ys).
  Lemma grouped_parts : is_group ones classes = true /\ length (hd [] (nodes_at M n ys)) = classes /\
    exists more, m = extended n more /\
      contest (seq 0 classes) (classes_in ones classes true) (classes_in ones classes false) [] = Some more.
  Proof.
    unfold grouped in E. destruct (is_group ones classes) eqn:G; [|discriminate]. cbn [andb] in E.
    destruct (Nat.eqb_spec (hd O (node_lengths (layers (ready n)) (input_length n c))) classes) as [L|]; [|discriminate].
    split; [reflexivity|]. split.
    - rewrite <- L, <- (input_length_right n c p ys Hc Hp Hy Hr), <- node_lengths_right. unfold nodes_at.
      destruct (eval_at M _ _); reflexivity.
    - destruct (contest _ _ _ _) as [more|]; [|discriminate]. exists more. inversion E. auto.
  Qed.
  Lemma group_classes : ones <> 0 /\ (2 < classes)%nat.
  Proof.
    destruct grouped_parts as (G & _). unfold is_group in G. apply andb_true_iff in G. destruct G as [G _].
    apply andb_true_iff in G. destruct G as [G G2]. apply andb_true_iff in G. destruct G as [G1 _].
    apply Nat.ltb_lt in G1. apply Z.ltb_lt in G2. lia.
  Qed.
  Lemma grouped_told : told M ys true m (taken ones class).
  Proof.
    destruct group_classes as [No C]. destruct grouped_parts as (_ & L & more & -> & Ct).
    intros es row He R. unfold taken. destruct (Z.eqb_spec ones 0); [contradiction|].
    destruct (contest_right (layers (ready n)) (concat (seen_at (sees n) ys)) _ _ _ _ _ Ct) as (u & v & X & U & V).
    cbn [app] in U, V. fold (nodes_at M n ys) in U, V.
    change (hd [] (nodes_at M (extended n more) ys) = [u - v]) in X.
    assert (Er : row = [1]).
    { assert (Z0 : encl M (ends (hd no_info es)) [u - v]).
      { rewrite <- X. destruct He as [|e y es' env H0 H1]; [constructor|]. apply (in_ends _ _ _ H0). }
      inversion Z0 as [|b ? bs ? _ Z1 B]; subst. inversion Z1; subst. unfold row_of in R.
      rewrite <- B in R. inversion R. reflexivity. }
    subst row. rewrite X. cbn [dot]. replace (1 * (u - v) + 0) with (u - v) by ring.
    assert (K : class = decide (hd [] (nodes_at M n ys))) by reflexivity. rewrite K.
    destruct (taken_class ones classes _ _ u v L C U V eq_refl) as [T0 T1].
    unfold classed. destruct (belongs ones (decide _)); split; auto; (split; intros Y; [try reflexivity|try reflexivity]).
    - specialize (T0 Y). discriminate.
    - specialize (T1 Y). discriminate.
  Qed.
  Lemma grouped_class : In class (classes_taken ones classes (taken ones class)).
  Proof.
    destruct grouped_parts as (_ & L & _). destruct group_classes as [No C]. unfold classes_taken, taken.
    destruct (Z.eqb_spec ones 0); [contradiction|].
    destruct (decide_range (hd [] (nodes_at M n ys))) as (k & D & K & _); [lia|].
    assert (Ek : class = Z.of_nat k) by exact D. rewrite Ek. apply in_map. apply classes_in_iff.
    split; [lia|]. destruct (belongs ones (Z.of_nat k)); reflexivity.
  Qed.
  Lemma grouped_same : sees m = sees n /\ loose (ready m) = loose (ready n).
  Proof. destruct grouped_parts as (_ & _ & more & -> & _). split; reflexivity. Qed.
End There.
End At.
