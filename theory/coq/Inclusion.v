(** The one-inclusion graph of a class: its edges are few, so that they can be directed with few of them
    out of each member, and whoever predicts along the edges is seldom wrong (Haussler, Littlestone, Warmuth). *)
From Coq Require Import Bool List Reals Lia Arith FinFun.
From Leafproof Require Import Space Minimax Axioms Patterns Hall.
Import ListNotations.
Open Scope nat_scope.

(** An edge: two members that differ in coordinate [i] only; [rest] are the other coordinates. *)
Fixpoint insert (i : nat) (b : bool) (rest : list bool) : list bool :=
  match i, rest with O, _ => b :: rest | S i', c :: rest' => c :: insert i' b rest' | S _, [] => [b] end.
Fixpoint remove (i : nat) (x : list bool) : list bool :=
  match i, x with _, [] => [] | O, _ :: x' => x' | S i', c :: x' => c :: remove i' x' end.
Definition edge : Type := nat * list bool.
Definition longer (b : bool) (e : edge) : edge := (S (fst e), b :: snd e).
Fixpoint every (n : nat) : list (list bool) :=
  match n with O => [[]] | S n' => map (cons true) (every n') ++ map (cons false) (every n') end.
Fixpoint edges (n : nat) (m : list bool -> bool) : list edge :=
  match n with
  | O => []
  | S n' => map (pair 0) (filter (fun s => m (true :: s) && m (false :: s)) (every n')) ++
            map (longer true) (edges n' (fun s => m (true :: s))) ++
            map (longer false) (edges n' (fun s => m (false :: s)))
  end.

Lemma every_all n : forall x, In x (every n) <-> length x = n.
Proof.
  induction n as [|n IH]; intros x; cbn [every].
  - split; [intros [<-|[]]; reflexivity|]. destruct x; [now left|discriminate].
  - rewrite in_app_iff, !in_map_iff. split.
    + intros [[y [<- I]]|[y [<- I]]]; cbn; f_equal; now apply IH.
    + destruct x as [|b x]; [discriminate|]. intros L. injection L as L. apply IH in L.
      destruct b; [left|right]; now exists x.
Qed.
Lemma every_different n : NoDup (every n).
Proof.
  induction n as [|n IH]; cbn [every]; [repeat constructor; intros []|]. apply NoDup_app.
  - apply Injective_map_NoDup; [intros a b E; now injection E|assumption].
  - apply Injective_map_NoDup; [intros a b E; now injection E|assumption].
  - intros x I J. apply in_map_iff in I as [y [<- _]]. apply in_map_iff in J as [z [E _]]. discriminate.
Qed.
Lemma count_every n : forall m, count n m = length (filter m (every n)).
Proof.
  induction n as [|n IH]; intros m; cbn [count every]; [cbn; now destruct (m [])|].
  rewrite filter_app, app_length, !IH.
  assert (F : forall b l, length (filter m (map (cons b) l)) = length (filter (fun s => m (b :: s)) l)).
  { intros b l. induction l as [|x l I]; [reflexivity|]. cbn. destruct (m (b :: x)); cbn; now rewrite I. }
  now rewrite !F.
Qed.

Lemma edges_are n : forall m e, In e (edges n m) <->
  fst e < n /\ S (length (snd e)) = n /\ m (insert (fst e) true (snd e)) = true /\ m (insert (fst e) false (snd e)) = true.
Proof.
  induction n as [|n IH]; intros m [i rest]; cbn [edges fst snd]; [split; [intros []|lia]|].
  rewrite !in_app_iff, !in_map_iff. split.
  - intros [[s [E I]]|[[[j s] [E I]]|[[j s] [E I]]]].
    + injection E as <- <-. apply filter_In in I as [I H]. apply every_all in I. apply andb_true_iff in H as [H K].
      cbn [insert]. repeat split; try assumption; lia.
    + unfold longer in E. cbn [fst snd] in E. injection E as <- <-. apply IH in I as [L [M [H K]]]. cbn [fst snd] in *.
      cbn [insert length]. repeat split; try assumption; lia.
    + unfold longer in E. cbn [fst snd] in E. injection E as <- <-. apply IH in I as [L [M [H K]]]. cbn [fst snd] in *.
      cbn [insert length]. repeat split; try assumption; lia.
  - intros [L [M [H K]]]. destruct i as [|i].
    + left. exists rest. split; [reflexivity|]. apply filter_In. split; [apply every_all; lia|]. cbn [insert] in *. now rewrite H, K.
    + right. destruct rest as [|b rest]; [cbn in M; lia|]. cbn [insert length] in *. destruct b; [left|right];
        exists (i, rest); (split; [reflexivity|]); apply IH; cbn [fst snd]; repeat split; try assumption; lia.
Qed.
Lemma edges_different n : forall m, NoDup (edges n m).
Proof.
  induction n as [|n IH]; intros m; cbn [edges]; [constructor|]. apply NoDup_app; [|apply NoDup_app|].
  - apply Injective_map_NoDup; [intros a b E; now injection E|]. apply NoDup_filter, every_different.
  - apply Injective_map_NoDup; [|apply IH]. intros [i a] [j b] E. unfold longer in E. cbn in E. now injection E as -> ->.
  - apply Injective_map_NoDup; [|apply IH]. intros [i a] [j b] E. unfold longer in E. cbn in E. now injection E as -> ->.
  - intros e I J. apply in_map_iff in I as [x [<- _]]. apply in_map_iff in J as [y [E _]]. unfold longer in E. discriminate.
  - intros e I J. apply in_map_iff in I as [x [<- _]]. apply in_app_iff in J as [J|J];
      apply in_map_iff in J as [y [E _]]; unfold longer in E; discriminate.
Qed.

(** ** They are few *)
Lemma count_le n : forall a b, (forall x, a x = true -> b x = true) -> count n a <= count n b.
Proof.
  induction n as [|n IH]; intros a b H; cbn [count].
  - destruct (a []) eqn:e; [rewrite (H _ e); lia|lia].
  - apply Nat.add_le_mono; apply IH; intros x; apply H.
Qed.
Lemma edges_number n m : length (edges (S n) m) = count n (fun s => m (true :: s) && m (false :: s)) +
  (length (edges n (fun s => m (true :: s))) + length (edges n (fun s => m (false :: s)))).
Proof. cbn [edges]. now rewrite !app_length, !map_length, count_every. Qed.
Lemma edges_join n : forall a b, length (edges n a) + length (edges n b) <=
  length (edges n (fun s => a s || b s)) + length (edges n (fun s => a s && b s)).
Proof.
  induction n as [|n IH]; intros a b; [cbn; lia|]. rewrite !edges_number.
  pose proof (IH (fun s => a (true :: s)) (fun s => b (true :: s))). pose proof (IH (fun s => a (false :: s)) (fun s => b (false :: s))).
  pose proof (count_join n (fun s => a (true :: s) && a (false :: s)) (fun s => b (true :: s) && b (false :: s))) as C.
  assert (count n (fun s => a (true :: s) && a (false :: s) || b (true :: s) && b (false :: s)) <=
    count n (fun s => (a (true :: s) || b (true :: s)) && (a (false :: s) || b (false :: s)))).
  { apply count_le. intros x. destruct (a (true :: x)), (a (false :: x)), (b (true :: x)), (b (false :: x)); cbn; auto. }
  assert (count n (fun s => a (true :: s) && a (false :: s) && (b (true :: s) && b (false :: s))) =
    count n (fun s => a (true :: s) && b (true :: s) && (a (false :: s) && b (false :: s)))).
  { apply count_ext. intros x. destruct (a (true :: x)), (a (false :: x)), (b (true :: x)), (b (false :: x)); reflexivity. }
  lia.
Qed.
Lemma no_both n m : dimension_at_most (S n) 0 m -> count n (fun s => m (true :: s) && m (false :: s)) = 0.
Proof.
  intros H. apply count_none. intros x L. destruct (m (true :: x) && m (false :: x)) eqn:e; [|reflexivity].
  exfalso. apply andb_true_iff in e as [e f].
  assert (F : forall k, size (repeat false k) = 0) by (induction k as [|k E]; [reflexivity|exact E]).
  assert (G : forall k y, select (repeat false k) y = [])
    by (induction k as [|k E]; intros [|? ?]; try reflexivity; apply E).
  assert (Z : size (true :: repeat false n) = 1) by (change (S (size (repeat false n)) = 1); now rewrite F).
  apply (H (true :: repeat false n)); [cbn; now rewrite repeat_length|assumption|].
  intros [|c [|d b]] B; rewrite Z in B; try discriminate B.
  exists (c :: x). cbn [length select]. rewrite L, G. now destruct c.
Qed.
Lemma density n : forall v m, dimension_at_most n v m -> length (edges n m) <= v * count n m.
Proof.
  induction n as [|n IH]; intros v m H; [cbn; lia|]. rewrite edges_number.
  pose proof (edges_join n (fun s => m (true :: s)) (fun s => m (false :: s))) as J.
  pose proof (count_join n (fun s => m (true :: s)) (fun s => m (false :: s))) as C. cbn [count].
  pose proof (IH v _ (dimension_halves n v m H)) as A. destruct v as [|v].
  - pose proof (no_both n m H) as Z.
    assert (B : length (edges n (fun s => m (true :: s) && m (false :: s))) = 0).
    { destruct (edges n (fun s => m (true :: s) && m (false :: s))) as [|e l] eqn:E; [reflexivity|]. exfalso.
      assert (I : In e (edges n (fun s => m (true :: s) && m (false :: s)))) by (rewrite E; now left).
      apply edges_are in I as [I [L [K _]]].
      rewrite count_every in Z. apply length_zero_iff_nil in Z.
      assert (In (insert (fst e) true (snd e)) (filter (fun s => m (true :: s) && m (false :: s)) (every n))).
      { apply filter_In. split; [|assumption]. apply every_all. clear - I L. revert n I L.
        generalize (fst e) (snd e). intros i rest. revert i. induction rest as [|b rest IH]; intros [|i] n I L; cbn in *; try lia.
        f_equal. destruct n as [|n]; [lia|]. rewrite (IH i n); lia. }
      rewrite Z in H0. contradiction. }
    lia.
  - pose proof (IH v _ (dimension_both n v m H)) as B. nia.
Qed.

(** ** They can be directed *)
Definition ends (e : edge) : list (list bool) := [insert (fst e) true (snd e); insert (fst e) false (snd e)].
Definition same : forall a b : list bool, {a = b} + {a <> b} := list_eq_dec bool_dec.

Lemma insert_length i : forall b rest, i <= length rest -> length (insert i b rest) = S (length rest).
Proof.
  induction i as [|i IH]; intros b [|c rest] L; cbn in *; try reflexivity; try lia. rewrite IH; lia.
Qed.
Lemma insert_remove i : forall x, i < length x -> insert i (nth i x true) (remove i x) = x.
Proof.
  induction i as [|i IH]; intros [|c x] L; cbn in *; try lia; [reflexivity|]. rewrite IH; [reflexivity|lia].
Qed.
Lemma remove_length i : forall x, i < length x -> S (length (remove i x)) = length x.
Proof.
  induction i as [|i IH]; intros [|c x] L; cbn in *; try lia. rewrite (IH x); lia.
Qed.

Lemma directed n v m : dimension_at_most n v m -> exists to, given_out same ends (fun _ => v) (edges n m) to.
Proof.
  intros H. apply (hall same (every n) (every_different n) (length (edges n m))); [lia|]. intros mask L.
  set (some := chosen mask (edges n m)). set (m' := covers same ends some).
  assert (sub : forall x, length x = n -> m' x = true -> m x = true).
  { intros x _ C. apply covers_true in C as [e [I J]]. apply chosen_incl, edges_are in I as [_ [_ [A B]]].
    destruct J as [<-|[<-|[]]]; assumption. }
  assert (D : dimension_at_most n v m').
  { intros k K S0 Sh. apply (H k K S0). intros b B. destruct (Sh b B) as [x [X [M Y]]]. exists x. auto. }
  assert (R : room same (every n) (fun _ => v) ends some = v * count n m').
  { unfold room. rewrite count_every. fold m'. induction (every n) as [|x l I]; [cbn; lia|].
    change ((if m' x then v else 0) + list_sum (map (fun u => if m' u then v else 0) l) = v * length (filter m' (x :: l))).
    rewrite I. cbn [filter]. destruct (m' x); cbn [length]; nia. }
  rewrite R. eapply Nat.le_trans; [|apply density; exact D]. apply NoDup_incl_length.
  - assert (N : forall (mask : list bool) (l : list edge), NoDup l -> NoDup (chosen mask l)).
    { clear. induction mask as [|b mask IH]; intros [|x l] N; cbn [chosen]; try constructor. inversion N; subst.
      destruct b; [constructor; [|now apply IH]|now apply IH]. intros I. now apply chosen_incl in I. }
    apply N, edges_different.
  - intros e I. pose proof I as J. apply chosen_incl, edges_are in J as [A [B _]]. apply edges_are. repeat split; try assumption;
      apply covers_true; exists e; (split; [assumption|]); [now left|right; now left].
Qed.

(** What is predicted in coordinate [i], and in how many of them that is wrong. *)
Definition wrong (n : nat) (predict : nat -> list bool -> bool) (x : list bool) : nat :=
  length (filter (fun i => negb (eqb (predict i (remove i x)) (nth i x true))) (seq 0 n)).

Lemma few_wrong n v m :
  dimension_at_most n v m ->
  exists predict, forall x, length x = n -> m x = true -> wrong n predict x <= v.
Proof.
  intros H. destruct (directed n v m H) as [to [O C]].
  set (out := combine (edges n m) to).
  set (charged := fun i rest (x : list bool) => existsb (fun z => if Nat.eq_dec (fst (fst z)) i then
    if same (snd (fst z)) rest then if same (snd z) x then true else false else false else false) out).
  exists (fun i rest => m (insert i true rest) && negb (m (insert i false rest) && charged i rest (insert i true rest))).
  intros x L M. eapply Nat.le_trans; [|apply (C x)].
  assert (K : count_occ same to x = length (filter (fun z => if same (snd z) x then true else false) out)).
  { unfold out. clear - O. induction O as [|e u es us I O IH]; [reflexivity|]. cbn [count_occ combine filter snd].
    destruct (same u x); cbn [length]; now rewrite IH. }
  rewrite K. unfold wrong. set (bad := filter _ (seq 0 n)).
  rewrite <- (map_length (fun i => ((i, remove i x), x)) bad). apply NoDup_incl_length.
  { apply Injective_map_NoDup; [intros a b E; now injection E|]. apply NoDup_filter, seq_NoDup. }
  intros z I. apply in_map_iff in I as [i [<- I]]. apply filter_In in I as [I W]. apply in_seq in I.
  set (rest := remove i x) in *. assert (X : insert i (nth i x true) rest = x) by (apply insert_remove; lia).
  assert (len : S (length rest) = n) by (rewrite <- L; apply remove_length; lia).
  assert (seen : charged i rest (insert i true rest) = true <-> In (i, rest, insert i true rest) out).
  { unfold charged. rewrite existsb_exists. split.
    - intros [[[j s] y] [J E]]. cbn [fst snd] in E. destruct (Nat.eq_dec j i), (same s rest), (same y (insert i true rest)); try discriminate.
      now subst.
    - intros J. exists (i, rest, insert i true rest). split; [assumption|]. cbn [fst snd].
      destruct (Nat.eq_dec i i); [|contradiction]. destruct (same rest rest); [|contradiction].
      now destruct (same (insert i true rest) (insert i true rest)). }
  assert (some : In (i, rest) (edges n m) -> exists u, In u (ends (i, rest)) /\ In (i, rest, u) out).
  { unfold out. clear - O. intros J. induction O as [|e u es us I O IH]; [contradiction|]. destruct J as [<-|J].
    - exists u. split; [assumption|now left].
    - destruct (IH J) as [w [A B]]. exists w. split; [assumption|now right]. }
  apply filter_In. cbn [snd]. split; [|now destruct (same x x)].
  destruct (nth i x true) eqn:b.
  - rewrite X, M in W. cbn [andb] in W. destruct (m (insert i false rest)) eqn:F; [|discriminate]. cbn [andb] in W.
    destruct (charged i rest x) eqn:Q; [|discriminate]. rewrite X in seen. now apply seen.
  - rewrite X, M in W. cbn [andb] in W. destruct (m (insert i true rest)) eqn:F; [|discriminate]. cbn [andb] in W.
    destruct (charged i rest (insert i true rest)) eqn:Q; [discriminate|].
    destruct some as [u [J K']]; [apply edges_are; cbn [fst snd]; rewrite X; repeat split; try assumption; lia|].
    destruct J as [<-|[<-|[]]]; cbn [fst snd] in K'.
    + apply seen in K'. congruence.
    + rewrite X in K'. exact K'.
Qed.

(** On any points, whichever student the target is, and so for targets of any law as well. *)
Theorem one_inclusion {T G} (class : list G) (says : G -> T -> bool) v xs :
  vc_at_most class says v ->
  exists predict,
    (forall g, In g class -> wrong (length xs) predict (pattern says xs g) <= v) /\
    (forall targets : list (G * R), distribution targets -> (forall z, In z targets -> In (fst z) class) ->
      Rle (Minimax.mean (fun g => INR (wrong (length xs) predict (pattern says xs g))) targets) (INR v)).
Proof.
  intros H. destruct (few_wrong (length xs) v _ (patterns_dimension class says v xs H)) as [predict P].
  assert (Q : forall g, In g class -> wrong (length xs) predict (pattern says xs g) <= v).
  { intros g I. apply P; [apply map_length|]. apply is_pattern_true. now exists g. }
  exists predict. split; [exact Q|]. intros targets law I. rewrite <- (mean_constant targets law (INR v)).
  apply sum_le. intros z J. apply Rmult_le_compat_l; [now apply law|]. apply le_INR, Q, I, J.
Qed.
