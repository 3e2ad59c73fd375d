(** * Sandwiches are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Bounds BoundsSound Counting CountingSound Steps Groups Strips StripsSound GroupsSound
  Cases CasesSound Sides SidesSound Digits DigitsSound Sandwiches.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

Lemma some_is {A} (a b : A) : Some a = Some b -> a = b.
Proof. congruence. Qed.

(** ** Regions *)
(** What is right of a sandwich at a point, where the models' classes are [k]; [ys] is M times the point. *)
Definition sandwich_right (M unit : Z) (fs : list vec) (s : sandwich) (k : nat -> Z) (ys : list vec) : Prop :=
  Forall (fun x => strip_right M unit fs (k (strip_model x)) x ys) (strips s) /\
  match strips s with
  | [a; b] =>
      (Z.testbit (order s) 0 = true -> k (strip_model a) = 1 -> k (strip_model b) = 1) /\
      (Z.testbit (order s) 1 = true -> k (strip_model b) = 1 -> k (strip_model a) = 1)
  | _ => True
  end.
(** Classes are among those that stand for what they are taken for, in a group [g]. *)
Definition spoken (real : groups) (g : Z) (k : nat -> Z) (m : nat) : Prop := In (k m) (real m (taken g (k m))).
(** What is right of a sandwich of a group. *)
Definition sandwich_so (real : groups) (g M unit : Z) (fs : list vec) (s : sandwich) (k : nat -> Z) (ys : list vec) : Prop :=
  ones s = g /\ sandwich_right M unit fs s (fun m => taken g (k m)) ys /\ Forall (fun x => spoken real g k (strip_model x)) (strips s).
Section Regions.
  Variables (real : groups) (g : Z).
  Variables (M unit : Z) (fs : list vec) (f : Semantics.formula) (ks : known) (s : sandwich) (k : nat -> Z) (ys : list vec).
  Hypothesis HM : 0 < M.
  Hypothesis Hunit : 0 < unit.
  Hypothesis Hso : sandwich_so real g M unit fs s k ys.
  Hypothesis Hks : forall m x, nth m ks None = Some x -> k m = x.
  Notation value := (value_of fs ys).
  Definition after (lo : option Z) : Prop := match lo with Some t => M * (unit * t) < value | None => True end.
  Definition upto (hi : option Z) : Prop := match hi with Some t => value <= M * (unit * t) | None => True end.
  Lemma unit_le a b : a <= b -> M * (unit * a) <= M * (unit * b).
  Proof. intros H. apply Z.mul_le_mono_nonneg_l; [lia|]. apply Z.mul_le_mono_nonneg_l; lia. Qed.
  Lemma possible_class j lo hi x : after lo -> upto hi -> strip_right M unit fs j x ys -> In j (possible lo hi x).
  Proof.
    intros Hlo Hhi (R1 & R2 & R3). unfold possible.
    destruct (match lo with Some t => - strip_least x <=? t | None => false end) eqn:E1.
    - left. symmetry. apply R2. destruct lo as [t|]; [|discriminate]. cbn [after] in Hlo. apply Z.leb_le in E1.
      pose proof (unit_le _ _ E1). lia.
    - destruct (match hi with Some t => t <=? - strip_most x | None => false end) eqn:E2.
      + left. symmetry. apply R3. destruct hi as [t|]; [|discriminate]. cbn [upto] in Hhi. apply Z.leb_le in E2.
        pose proof (unit_le _ _ E2). lia.
      + destruct R1 as [->| ->]; [left|right; left]; reflexivity.
  Qed.
  Definition actual (k : nat -> Z) (ms : list nat) : list (nat * Z) := map (fun m => (m, k m)) ms.
  Notation models := (map strip_model (strips s)).
  Notation one_of m := (taken g (k m)).
  Lemma actual_choice lo hi ss : after lo -> upto hi ->
    Forall (fun x => strip_right M unit fs (one_of (strip_model x)) x ys) ss ->
    In (actual (fun m => one_of m) (map strip_model ss)) (choices lo hi ss).
  Proof.
    intros Hlo Hhi H. induction H as [|x ss Hx H IH]; cbn [choices actual map]; [left; reflexivity|].
    apply in_flat_map. exists (one_of (strip_model x)). split; [apply possible_class; assumption|].
    apply in_map. exact IH.
  Qed.
  Lemma actual_spelled ms : Forall (spoken real g k) ms -> In (actual k ms) (spelled real (actual (fun m => one_of m) ms)).
  Proof.
    intros H. induction H as [|m ms Hm H IH]; [left; reflexivity|]. cbn [actual map spelled]. apply in_flat_map. exists (k m).
    split; [exact Hm|]. apply in_map. exact IH.
  Qed.
  Lemma actual_in_order : in_order (order s) (actual (fun m => one_of m) models) = true.
  Proof.
    destruct Hso as (_ & [_ O] & _). unfold actual. destruct (strips s) as [|a [|b [|x r]]]; try reflexivity. cbn [map in_order].
    destruct O as [O1 O2]. set (i := one_of (strip_model a)) in *. set (j := one_of (strip_model b)) in *.
    apply andb_true_iff. split; apply negb_true_iff, not_true_is_false; intros X;
      apply andb_true_iff in X; destruct X as [X X3]; apply andb_true_iff in X; destruct X as [X1 X2];
      apply Z.eqb_eq in X2, X3; [specialize (O1 X1 X2)|specialize (O2 X1 X2)]; lia.
  Qed.
  Lemma learn_these_right new : (forall m x, In (m, x) new -> k m = x) -> forall ks',
    (forall m x, nth m ks' None = Some x -> k m = x) ->
    forall m x, nth m (learn_these new ks') None = Some x -> k m = x.
  Proof.
    induction new as [|[m0 x0] new IH]; intros Hn ks' H m x E; cbn [learn_these] in E; [auto|].
    apply (IH (fun m x h => Hn m x (or_intror h)) (learn m0 x0 ks')) in E; [assumption|].
    intros m' x' E'. apply learn_nth in E'. destruct E' as [[-> ->]|E']; [apply Hn; left; reflexivity|auto].
  Qed.
  Lemma truth_of_all_right ms ways b : Forall (spoken real g k) ms -> In (actual (fun m => one_of m) ms) ways ->
    truth_of_all f real ks ways = Some b -> Semantics.holds f k = b.
  Proof.
    intros Hms Hw. unfold truth_of_all. set (found := map _ _).
    assert (I : In (truth f (learn_these (actual k ms) ks)) found).
    { apply (in_map (fun new => truth f (learn_these new ks))), in_flat_map.
      exists (actual (fun m => one_of m) ms). split; [exact Hw|apply actual_spelled, Hms]. }
    assert (T : forall b, truth f (learn_these (actual k ms) ks) = Some b -> Semantics.holds f k = b).
    { apply truth_sound. apply learn_these_right; [|assumption]. intros m x Hin. apply in_map_iff in Hin.
      destruct Hin as (y & E & _). inversion E. reflexivity. }
    assert (A : forall b, forallb (is_said b) found = true -> Semantics.holds f k = b).
    { intros b' F. rewrite forallb_forall in F. specialize (F _ I). unfold is_said in F.
      destruct (truth f _) as [y|]; [|discriminate]. apply Bool.eqb_prop in F. subst y. apply T. reflexivity. }
    destruct (forallb (is_said true) found) eqn:E1; [intros X; inversion X; subst b; auto|].
    destruct (forallb (is_said false) found) eqn:E2; [intros X; inversion X; subst b; auto|discriminate].
  Qed.
  Lemma region_truth_right lo hi b : after lo -> upto hi -> region_truth f real ks s lo hi = Some b ->
    Semantics.holds f k = b.
  Proof.
    intros Hlo Hhi. destruct Hso as (_ & [R _] & S). unfold region_truth. apply (truth_of_all_right models).
    - apply Forall_map. exact S.
    - apply filter_In. split; [apply actual_choice; assumption|exact actual_in_order].
  Qed.
  (** What is said where the first model has class 1 is right, and it has. *)
  Lemma region_first_right lo hi b : after lo -> upto hi -> region_first f real ks s lo hi = Some b ->
    Semantics.holds f k = b /\ taken g (k (hd O models)) = 1.
  Proof.
    intros Hlo Hhi. destruct Hso as (_ & [R _] & S). unfold region_first. cbv zeta.
    assert (W : In (actual (fun m => one_of m) models) (filter (in_order (order s)) (choices lo hi (strips s)))).
    { apply filter_In. split; [apply actual_choice; assumption|exact actual_in_order]. }
    destruct (forallb first_is_one _) eqn:F; [|discriminate]. intros T. split.
    - apply (truth_of_all_right models _ b) in T; [exact T|apply Forall_map; exact S|exact W].
    - rewrite forallb_forall in F. specialize (F _ W). destruct models as [|m ms]; [discriminate|].
      cbn [actual map first_is_one] in F. apply Z.eqb_eq in F. exact F.
  Qed.
End Regions.

(** ** Thresholds are in order. *)
Fixpoint rising (ts : list Z) : Prop :=
  match ts with [] => True | t :: ts' => (match ts' with [] => True | x :: _ => t <= x end) /\ rising ts' end.
Lemma insert_rising t ts : rising ts -> rising (insert t ts).
Proof.
  induction ts as [|x ts IH]; intros H; cbn [insert]; [cbn; auto|].
  destruct (Z.ltb_spec t x); [split; [lia|exact H]|]. destruct (Z.eqb_spec t x); [exact H|].
  destruct H as [H1 H2]. specialize (IH H2). split; [|exact IH].
  destruct ts as [|y ts]; cbn [insert]; [lia|]. destruct (t <? y); [lia|]. destruct (t =? y); lia.
Qed.
Lemma thresholds_rising ss : rising (thresholds ss).
Proof. induction ss as [|s ss IH]; cbn [thresholds]; [exact I|]. apply insert_rising, insert_rising, IH. Qed.
Lemma map_rising unit ts : 0 < unit -> rising ts -> rising (map (Z.mul unit) ts).
Proof.
  intros Hu. induction ts as [|t ts IH]; intros H; cbn [map]; [exact I|]. destruct H as [H1 H2]. split; [|apply IH; exact H2].
  destruct ts as [|x ts]; cbn [map]; [exact I|]. nia.
Qed.

(** ** Runs *)
Section Runs.
  Variables (fs : list vec) (c : cell) (ls : list runs) (P : point -> bool).
  Variables (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hls : forall p, In p (points c) -> 0 <= product ls p.
  Hypothesis Hat : forall p, In p (points c) -> 0 < at_scale p.
  Notation V p := (value_of fs (at_spot p)).
  Notation "u @ p" := (at_scale p * u) (at level 40).
  Definition mu (A : point -> bool) : Z := gsum (fun p => if A p then product ls p else 0) c.
  Lemma mu_le A B : (forall p, In p (points c) -> A p = true -> B p = true) -> mu A <= mu B.
  Proof.
    intros H. apply gsum_le. intros p Hp. pose proof (Hls p Hp). specialize (H p Hp).
    destruct (A p); [rewrite H by reflexivity; lia|destruct (B p); lia].
  Qed.
  Lemma mu_plus A B C : (forall p, In p (points c) -> (A p = true -> C p = true) /\ (B p = true -> C p = true) /\
    (A p = true -> B p = true -> False)) -> mu A + mu B <= mu C.
  Proof.
    intros H. unfold mu. rewrite <- gsum_plus. apply gsum_le. intros p Hp. pose proof (Hls p Hp).
    destruct (H p Hp) as (H1 & H2 & H3). destruct (A p), (B p); try (exfalso; auto; fail);
      [rewrite H1 by reflexivity|rewrite H2 by reflexivity|destruct (C p)]; lia.
  Qed.
  Lemma mu_nonneg A : 0 <= mu A.
  Proof. apply gsum_nonneg. intros p Hp. pose proof (Hls p Hp). destruct (A p); lia. Qed.
  Definition said (run : option bool) (p : point) : Prop := match run with Some b => P p = b | None => True end.
  Fixpoint agrees (run : option bool) (us : list Z) (vs : list (option bool)) (p : point) : Prop :=
    match us, vs with
    | u :: us', v :: vs' => if V p <=? u @ p then said run p else agrees v us' vs' p
    | _, _ => said run p
    end.
  (** What the regions say of a point. *)
  Fixpoint look (run : option bool) (us : list Z) (vs : list (option bool)) (p : point) : option bool :=
    match us, vs with
    | u :: us', v :: vs' => if V p <=? u @ p then run else look v us' vs' p
    | _, _ => run
    end.
  Lemma agrees_look p us : forall vs run, agrees run us vs p = said (look run us vs p) p.
  Proof.
    induction us as [|u us IH]; intros [|v vs] run; try reflexivity. cbn [agrees look].
    destruct (V p <=? u @ p); [reflexivity|apply IH].
  Qed.
  Lemma same_run_eq a b : same_run a b = true -> a = b.
  Proof. destruct a as [[|]|], b as [[|]|]; cbn; congruence. Qed.
  Definition true_in (A : point -> bool) (p : point) : bool := A p && P p.
  Definition false_in (A : point -> bool) (p : point) : bool := A p && negb (P p).
  Lemma runs_sound us lus : Forall2 (fun u lu => fst lu <= over_form fs ls c at_scale at_spot u <= snd lu) us lus -> forall vs run from A,
    length vs = length us -> rising us -> from <= mu A ->
    (forall p, In p (points c) -> A p = true -> agrees run us vs p) ->
    (forall p, In p (points c) -> match us with u :: _ => u @ p < V p -> A p = true | [] => True end) ->
    fst (runs_of run from (List.combine lus vs)) <= mu (true_in A) /\
    snd (runs_of run from (List.combine lus vs)) <= mu (false_in A).
  Proof.
    intros H. induction H as [|u [l h] us lus Hu H IH]; intros vs run from A Hl Hr Hf Ha Hup.
    - cbn [List.combine runs_of]. pose proof (mu_nonneg (true_in A)) as T. pose proof (mu_nonneg (false_in A)) as F.
      destruct run as [[|]|]; cbn [add_run fst snd]; try lia.
      + assert (mu A <= mu (true_in A)); [|lia]. apply mu_le. intros p Hp E. unfold true_in. rewrite E.
        specialize (Ha p Hp E). destruct vs; cbn in Ha; exact Ha.
      + assert (mu A <= mu (false_in A)); [|lia]. apply mu_le. intros p Hp E. unfold false_in. rewrite E.
        specialize (Ha p Hp E). destruct vs; cbn in Ha; rewrite Ha; reflexivity.
    - destruct vs as [|v vs]; [discriminate|]. cbn [length] in Hl. cbn [fst snd] in Hu. destruct Hr as [Hr1 Hr2].
      cbn [List.combine runs_of]. destruct (same_run run v) eqn:E.
      + apply same_run_eq in E. subst v. apply IH; try assumption; [lia| |].
        * intros p Hp Ep. specialize (Ha p Hp Ep). cbn [agrees] in Ha. destruct (Z.leb_spec (V p) (u @ p)) as [L|L]; [|exact Ha].
          destruct us as [|u' us]; [destruct vs; exact Ha|]. destruct vs as [|v' vs]; [exact Ha|]. cbn [agrees].
          destruct (Z.leb_spec (V p) (u' @ p)); [exact Ha|].
          specialize (Hat p Hp). assert (u @ p <= u' @ p) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
        * intros p Hp. destruct us as [|u' us]; [exact I|]. intros L. apply Hup; [assumption|].
          specialize (Hat p Hp). assert (u @ p <= u' @ p) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
      + clear E. set (B := fun p => u @ p <? V p).
        assert (EB : over_form fs ls c at_scale at_spot u = mu B) by reflexivity.
        assert (BA : forall p, In p (points c) -> B p = true -> A p = true).
        { intros p Hp Eb. apply Hup; [assumption|]. apply Z.ltb_lt. exact Eb. }
        destruct (IH vs v l B) as [I1 I2]; [lia|assumption|lia| | |].
        * intros p Hp Eb. specialize (Ha p Hp (BA p Hp Eb)). cbn [agrees] in Ha. unfold B in Eb.
          destruct (Z.leb_spec (V p) (u @ p)); [lia|exact Ha].
        * intros p Hp. destruct us as [|u' us]; [exact I|]. intros L. unfold B.
          specialize (Hat p Hp). assert (u @ p <= u' @ p) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
        * set (r := runs_of v l (List.combine lus vs)) in *.
          assert (S1 : mu (true_in B) <= mu (true_in A)).
          { apply mu_le. intros p Hp X. unfold true_in in *. apply andb_true_iff in X. destruct X as [X1 X2].
            rewrite (BA p Hp X1), X2. reflexivity. }
          assert (S2 : mu (false_in B) <= mu (false_in A)).
          { apply mu_le. intros p Hp X. unfold false_in in *. apply andb_true_iff in X. destruct X as [X1 X2].
            rewrite (BA p Hp X1), X2. reflexivity. }
          set (C := fun p => A p && (V p <=? u @ p)).
          assert (SC : mu A <= mu C + mu B).
          { unfold mu. rewrite <- gsum_plus. apply gsum_le. intros p Hp. pose proof (Hls p Hp). unfold C, B.
            destruct (A p); cbn [andb]; destruct (Z.leb_spec (V p) (u @ p)), (Z.ltb_spec (u @ p) (V p)); lia. }
          assert (N : forall p, In p (points c) -> C p = true -> A p = true /\ B p = false /\ said run p).
          { intros p Hp X. unfold C in X. apply andb_true_iff in X. destruct X as [X1 X2]. split; [assumption|].
            specialize (Ha p Hp X1). cbn [agrees] in Ha. rewrite X2 in Ha. split; [|exact Ha]. unfold B. lia. }
          destruct run as [[|]|]; cbn [add_run fst snd]; [| |lia].
          -- split; [|lia]. assert (mu C + mu (true_in B) <= mu (true_in A)); [|lia].
             apply mu_plus. intros p Hp. unfold true_in. split; [|split].
             ++ intros X. destruct (N p Hp X) as (N1 & _ & N3). cbn [said] in N3. rewrite N1, N3. reflexivity.
             ++ intros X. apply andb_true_iff in X. destruct X as [X1 X2]. rewrite (BA p Hp X1), X2. reflexivity.
             ++ intros X Y. destruct (N p Hp X) as (_ & N2 & _). rewrite N2 in Y. discriminate.
          -- split; [lia|]. assert (mu C + mu (false_in B) <= mu (false_in A)); [|lia].
             apply mu_plus. intros p Hp. unfold false_in. split; [|split].
             ++ intros X. destruct (N p Hp X) as (N1 & _ & N3). cbn [said] in N3. rewrite N1, N3. reflexivity.
             ++ intros X. apply andb_true_iff in X. destruct X as [X1 X2]. rewrite (BA p Hp X1), X2. reflexivity.
             ++ intros X Y. destruct (N p Hp X) as (_ & N2 & _). rewrite N2 in Y. discriminate.
  Qed.
End Runs.

(** ** Parts *)
Section Parts.
  Variables (reals : sandwich -> groups) (real : groups) (group : Z).
  Variables (g : given) (f : Semantics.formula) (cls : point -> nat -> Z).
  Hypothesis Hg : given_positive g.
  Let P p := Semantics.holds f (cls p).
  Let F1 := counts g P.
  Let F2 := weighs g P.
  Variable unit : Z.
  Variables (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hunit : 0 < unit.
  (** Where the points of a cell lie. *)
  Definition placed (c : cell) : Prop := forall p, In p (points c) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p.
  (** What is right of a sandwich with its form at a point. *)
  Definition right_at (x : sandwich * list vec) (p : point) : Prop :=
    sandwich_so real group (at_scale p) unit (snd x) (fst x) (cls p) (at_spot p).
  Definition may_tell (t : option tally) (N W : Z) : Prop := match t with Some x => tells x N W | None => True end.
  Definition looked (says : saying) (x : sandwich * list vec) (p : point) : option bool :=
    let ts := thresholds (strips (fst x)) in
    look (snd x) at_scale at_spot (says None (head ts)) (map (Z.mul unit) ts) (regions_after says ts) p.
  Lemma regions_look (says : saying) (Q : option bool -> Prop) fs p :
    (forall lo hi, after (at_scale p) unit fs (at_spot p) lo -> upto (at_scale p) unit fs (at_spot p) hi -> Q (says lo hi)) ->
    forall ts lo, after (at_scale p) unit fs (at_spot p) lo ->
    Q (look fs at_scale at_spot (says lo (head ts)) (map (Z.mul unit) ts) (regions_after says ts) p).
  Proof.
    intros R. induction ts as [|t ts IH]; intros lo Hlo; cbn [map regions_after look head].
    - apply R; [assumption|exact I].
    - destruct (Z.leb_spec (value_of fs (at_spot p)) (at_scale p * (unit * t))).
      + apply R; [assumption|exact H].
      + apply IH. exact H.
  Qed.
  Notation all_of ks x := (region_truth f real ks (fst x)).
  (** Where a sandwich is right, so is what its regions say. *)
  Lemma looked_right c ks x p : placed c -> right cls ks c -> In p (points c) -> right_at x p -> said P (looked (all_of ks x) x p) p.
  Proof.
    intros Hat Hr Hp Hs. apply (regions_look (all_of ks x) (fun t => said P t p)); [|exact I]. intros lo hi Hlo Hhi. unfold said.
    destruct (region_truth _ _ _ _ lo hi) as [b|] eqn:E; [|exact I].
    refine (region_truth_right real group (at_scale p) unit (snd x) f ks (fst x) (cls p) (at_spot p) _ Hunit Hs _ lo hi b Hlo Hhi E);
      [apply (Hat p Hp)|]. intros m k E'. apply (Hr m k E' p Hp).
  Qed.
  (** And what they say where the first model's class is in its group. *)
  Definition right_of (x : sandwich * list vec) (p : point) : Prop :=
    sandwich_so (reals (fst x)) (ones (fst x)) (at_scale p) unit (snd x) (fst x) (cls p) (at_spot p).
  Definition first_of (x : sandwich * list vec) : nat := hd O (map strip_model (strips (fst x))).
  Notation first_says ks x := (region_first f (reals (fst x)) ks (fst x)).
  Lemma first_looked c ks x p b : placed c -> right cls ks c -> In p (points c) -> right_of x p ->
    looked (first_says ks x) x p = Some b -> P p = b /\ taken (ones (fst x)) (cls p (first_of x)) = 1.
  Proof.
    intros Hat Hr Hp Hs. apply (regions_look (first_says ks x) (fun t => t = Some b ->
      P p = b /\ taken (ones (fst x)) (cls p (first_of x)) = 1)); [|exact I]. intros lo hi Hlo Hhi E.
    refine (region_first_right (reals (fst x)) _ (at_scale p) unit (snd x) f ks _ (cls p) (at_spot p) _ Hunit Hs _ lo hi b Hlo Hhi E);
      [apply (Hat p Hp)|]. intros m k E'. apply (Hr m k E' p Hp).
  Qed.
  Lemma regions_length (says : saying) ts : length (regions_after says ts) = length ts.
  Proof. induction ts; cbn [regions_after length]; auto. Qed.
  (** What is counted is at most what the regions say. *)
  Lemma amounts_looked says ls c s fs : 0 < bin s -> wf c -> placed c -> (forall p, In p (points c) -> 0 <= product ls p) ->
    let ts := thresholds (strips s) in
    let x := amounts (unit * bin s) fs ls c (map (Z.mul unit) ts) (says None (head ts)) (regions_after says ts) in
    fst x <= mu c ls (fun p => is_said true (looked says (s, fs) p)) /\
    snd x <= mu c ls (fun p => is_said false (looked says (s, fs) p)).
  Proof.
    intros Hbin Hw Hat Hls ts x.
    assert (R : forall Q, (forall p, said Q (looked says (s, fs) p) p) -> fst x <= mu c ls Q /\ snd x <= mu c ls (fun p => negb (Q p))).
    { intros Q HQ. unfold x, amounts.
      destruct (runs_sound fs c ls Q at_scale at_spot Hls (fun p Hp => proj1 (Hat p Hp)) (map (Z.mul unit) ts) (above (unit * bin s) fs ls c (map (Z.mul unit) ts))
        (above_right (unit * bin s) ltac:(apply Z.mul_pos_pos; assumption) fs ls c Hls at_scale at_spot Hw Hat _)
        (regions_after says ts) (says None (head ts)) (mass ls c) (fun _ => true)) as [R1 R2].
      - rewrite regions_length, map_length. reflexivity.
      - apply map_rising; [assumption|apply thresholds_rising].
      - rewrite mass_sum. apply Z.le_refl.
      - intros p Hp _. rewrite agrees_look. apply HQ.
      - intros p _. destruct (map _ ts); auto.
      - exact (conj R1 R2). }
    split.
    - refine (proj1 (R (fun p => is_said true (looked says (s, fs) p)) _)). intros p. unfold said. destruct (looked says (s, fs) p) as [[|]|]; reflexivity || exact I.
    - eapply Z.le_trans; [refine (proj2 (R (fun p => negb (is_said false (looked says (s, fs) p))) _))|].
      + intros p. unfold said. destruct (looked says (s, fs) p) as [[|]|]; reflexivity || exact I.
      + apply mu_le; [assumption|]. intros p _. rewrite negb_involutive. auto.
  Qed.
  Lemma runs_nonneg cuts : forall run from, 0 <= fst (runs_of run from cuts) /\ 0 <= snd (runs_of run from cuts).
  Proof.
    induction cuts as [|[[x y] next] cuts IH]; intros run from; cbn [runs_of].
    - destruct run as [[|]|]; cbn [add_run fst snd]; lia.
    - destruct (same_run run next); [apply IH|]. specialize (IH next x).
      destruct run as [[|]|]; cbn [add_run fst snd]; lia.
  Qed.
  (** What is shown of amounts that are true and false. *)
  Definition shows (x : Z * Z) (T F : Z) : Prop := 0 <= fst x <= T /\ 0 <= snd x <= F.
  Section Part.
    Variables (ls : list runs) (c : cell) (ks : known).
    Hypothesis Hw : wf c.
    Hypothesis Hat : placed c.
    Hypothesis Hls : forall p, In p (points c) -> 0 <= product ls p.
    Hypothesis Hr : right cls ks c.
    Definition says_by (says : saying) (b : bool) (x : sandwich * list vec) (p : point) : bool := is_said b (looked says x p).
    Notation says_of b x := (says_by (all_of ks x) b x).
    Lemma counted_looked says x a b : 0 < bin (fst x) -> counted says unit ls c x = Some (a, b) ->
      shows a (mu c [] (says_by says true x)) (mu c [] (says_by says false x)) /\
      shows b (mu c ls (says_by says true x)) (mu c ls (says_by says false x)).
    Proof.
      intros Hb H. destruct x as [s fs]. unfold counted in H. destruct (_ || _); [discriminate|]. inversion H; subst a b; clear H.
      assert (G : forall l, (forall p, In p (points c) -> 0 <= product l p) ->
        let ts := thresholds (strips s) in
        let x := amounts (unit * bin s) fs l c (map (Z.mul unit) ts) (says None (head ts)) (regions_after says ts) in
        shows x (mu c l (says_by says true (s, fs))) (mu c l (says_by says false (s, fs)))).
      { intros l Hl. split; (split; [apply runs_nonneg|]); apply amounts_looked; auto. }
      split; [apply G; intros p _; exact Z.le_0_1|]. destruct ls; apply G; exact Hls.
    Qed.
    Lemma mu_both l A : mu c l A + mu c l (fun p => negb (A p)) = mass l c.
    Proof. rewrite mass_sum. unfold mu. rewrite <- gsum_plus. apply gsum_ext. intros p _. destruct (A p); cbn [negb]; lia. Qed.
    (** What cases leave: a point is in one of them, and what its regions say is so there. *)
    Lemma left_by_right told : Forall (fun x => 0 < bin (fst x)) told -> forall p q, left_by f real unit ls ks c told = Some (p, q) ->
      forall A b, (forall p, In p (points c) -> A p = true -> Exists (fun x => says_of (negb b) x p = false) told) ->
      mu c [] A <= (if b : bool then snd p else fst p) /\ mu c ls A <= (if b then snd q else fst q).
    Proof.
      intros H. induction H as [|x told Hb H IH]; intros p q E A b HA; cbn [left_by] in E.
      - inversion E; subst. cbn [fst snd].
        assert (Z0 : forall l, (forall p, In p (points c) -> 0 <= product l p) -> mu c l A <= 0).
        { intros l Hl. unfold mu. rewrite gsum_zero; [lia|]. intros p' Hp. specialize (HA p' Hp).
          destruct (A p'); [|reflexivity]. specialize (HA eq_refl). inversion HA. }
        pose proof (Z0 [] (fun _ _ => Z.le_0_1)). pose proof (Z0 ls Hls). destruct b; lia.
      - destruct (counted _ unit ls c x) as [[a1 b1]|] eqn:Ec; [|discriminate].
        destruct (left_by f real unit ls ks c told) as [[p1 q1]|] eqn:El; [|discriminate].
        inversion E; subst p q; clear E. apply counted_looked in Ec; [|exact Hb]. destruct Ec as [[C1 C2] [C3 C4]].
        (* those that this case leaves, and others *)
        set (B := says_of (negb b) x). set (A' := fun p => A p && B p).
        destruct (IH p1 q1 eq_refl A' b) as [I1 I2].
        { intros p Hp Ap. unfold A' in Ap. apply andb_true_iff in Ap. destruct Ap as [Ap Bp]. specialize (HA p Hp Ap).
          inversion HA; subst; [unfold B in Bp; congruence|assumption]. }
        assert (D : forall l, (forall p, In p (points c) -> 0 <= product l p) -> mu c l A <= mu c l (fun p => negb (B p)) + mu c l A').
        { intros l Hl. unfold mu. rewrite <- gsum_plus. apply gsum_le. intros p Hp. pose proof (Hl p Hp). unfold A'.
          destruct (A p), (B p); cbn [andb negb]; lia. }
        pose proof (D [] (fun _ _ => Z.le_0_1)) as D1. pose proof (D ls Hls) as D2.
        pose proof (mu_both [] B) as M1. pose proof (mu_both ls B) as M2.
        assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite M in M1.
        unfold plus, left_of. cbn [fst snd]. unfold B in *. destruct b; cbn [negb] in *; lia.
    Qed.
    (** *** Both sums of two cases together *)
    Lemma strip_at p x k z : In p (points c) -> strip_right (at_scale p) unit x k z (at_spot p) ->
      (at_scale p * (unit * - strip_least z) < pdot x (at_spot p) -> k = 1) /\
      (pdot x (at_spot p) <= at_scale p * (unit * - strip_most z) -> k = 0).
    Proof. intros Hp (_ & R1 & R0). unfold value_of in *. split; intros H; [apply R1|apply R0]; lia. Qed.
    Lemma sure_right p b all own k : 0 < fst b -> In p (points c) -> strip_right (at_scale p) unit (snd b) k all (at_spot p) ->
      let q := digits_at (fst b) (snd b) c p in
      (fst (sure unit c b all own) <= q -> k = 1) /\
      (strip_right (at_scale p) unit (snd b) k own (at_spot p) -> snd (sure unit c b all own) <= q -> k = 1).
    Proof.
      intros Hb Hp Ha q. apply strip_at in Ha; [|exact Hp].
      pose proof (fun z => low_reached (fst b) Hb (snd b) c at_scale at_spot Hw Hat p (unit * - strip_least z) Hp) as L.
      unfold sure. cbn [fst snd]. split; [intros H; apply Ha, L, H|]. intros Ho H. apply strip_at in Ho; [|exact Hp].
      apply Z.min_le in H. destruct H as [H|H]; [apply Ha, L, H|apply Ho, L, H].
    Qed.
    Lemma may_right p b all own k : 0 < fst b -> In p (points c) -> strip_right (at_scale p) unit (snd b) k all (at_spot p) ->
      let q := digits_at (fst b) (snd b) c p in
      (q < fst (may unit c b all own) -> k = 0) /\
      (strip_right (at_scale p) unit (snd b) k own (at_spot p) -> q < snd (may unit c b all own) -> k = 0).
    Proof.
      intros Hb Hp Ha q. apply strip_at in Ha; [|exact Hp].
      assert (L : forall z, q < above_high (fst b) (bases (snd b) c) (rests (fst b) (snd b) c) (unit * - strip_most z) ->
        pdot (snd b) (at_spot p) <= at_scale p * (unit * - strip_most z)).
      { intros z H. apply Z.nlt_ge. intros X. apply (high_reached (fst b) Hb (snd b) c at_scale at_spot Hw Hat p _ Hp) in X. unfold q in H. lia. }
      unfold may. cbn [fst snd]. split; [intros H; apply Ha, L, H|]. intros Ho H. apply strip_at in Ho; [|exact Hp].
      apply Z.max_lt_iff in H. destruct H as [H|H]; [apply Ha, L, H|apply Ho, L, H].
    Qed.
    (** Where the class is 1, and 0, so that these amounts are counted. *)
    Lemma ones_and_zeros_right l b b' all own all' own' (k : point -> Z) : 0 < fst b -> 0 < fst b' ->
      (forall p, In p (points c) -> 0 <= product l p) ->
      (forall p, In p (points c) ->
        strip_right (at_scale p) unit (snd b) (k p) all (at_spot p) /\ strip_right (at_scale p) unit (snd b') (k p) all' (at_spot p) /\
        (strip_right (at_scale p) unit (snd b) (k p) own (at_spot p) \/ strip_right (at_scale p) unit (snd b') (k p) own' (at_spot p))) ->
      exists A0 A1, (forall p, In p (points c) -> (A0 p = true -> k p = 0) /\ (A1 p = true -> k p = 1)) /\
        ones_and_zeros unit l c b b' all own all' own' = (mu c l A1, mu c l A0).
    Proof.
      intros Hb Hb' Hl H. unfold ones_and_zeros.
      pose proof (fun p Hp => sure_right p b all own (k p) Hb Hp (proj1 (H p Hp))) as S.
      pose proof (fun p Hp => sure_right p b' all' own' (k p) Hb' Hp (proj1 (proj2 (H p Hp)))) as S'.
      pose proof (fun p Hp => may_right p b all own (k p) Hb Hp (proj1 (H p Hp))) as T.
      pose proof (fun p Hp => may_right p b' all' own' (k p) Hb' Hp (proj1 (proj2 (H p Hp)))) as T'.
      destruct (sure unit c b all own) as [a0 b0], (sure unit c b' all' own') as [a1 b1],
        (may unit c b all own) as [c0 d0], (may unit c b' all' own') as [c1 d1]. cbn [fst snd] in S, S', T, T'. cbv zeta in S, S', T, T'.
      destruct b as [w fs], b' as [w' fs']. cbn [fst snd] in *.
      rewrite (stairs_of_right w fs w' fs' l c _ Hb Hb' Hl). cbn [map]. set (every := 1 + tops w fs c). clearbody every.
      set (Q := fun p => digits_at w fs c p) in *. set (Q' := fun p => digits_at w' fs' c p) in *.
      exists (fun p => Q p <? limit (Ladder c1 d1 every d0 c0) (Q' p)), (fun p => negb (Q p <? limit (Ladder b1 a1 a0 b0 0) (Q' p))). split.
      - intros p Hp. destruct (H p Hp) as (_ & _ & E). specialize (S p Hp). specialize (S' p Hp). specialize (T p Hp). specialize (T' p Hp).
        fold (Q p) in S, T. fold (Q' p) in S', T'. unfold limit. cbn [step_one step_two before_one before_two after_two]. split; intros X.
        + destruct (Z.ltb_spec (Q' p) c1) as [|N1]; [tauto|]. destruct (Z.ltb_spec (Q' p) d1); apply Z.ltb_lt in X; tauto.
        + apply negb_true_iff, Z.ltb_ge in X. destruct (Z.ltb_spec (Q' p) b1) as [|N1]; [tauto|].
          destruct (Z.ltb_spec (Q' p) a1); tauto.
      - f_equal. pose proof (mu_both l (fun p => Q p <? limit (Ladder b1 a1 a0 b0 0) (Q' p))) as M. unfold mu, amount in *. lia.
    Qed.
    Lemma mu_if l (b : bool) A : mu c l (fun p => b && A p) = if b then mu c l A else 0.
    Proof. destruct b; [reflexivity|]. apply gsum_zero. intros p _. reflexivity. Qed.
    Lemma added_right l A0 A1 (t0 t1 : option bool) : (forall p, In p (points c) -> 0 <= product l p) ->
      (forall p, In p (points c) -> (A0 p = true -> A1 p = true -> False) /\
        (A0 p = true -> said P t0 p) /\ (A1 p = true -> said P t1 p)) ->
      let x := add_run t1 (mu c l A1) (add_run t0 (mu c l A0) (0, 0)) in
      fst x <= mu c l P /\ snd x <= mu c l (fun p => negb (P p)).
    Proof.
      intros Hl H x. pose proof (mu_nonneg c l Hl A0) as N0. pose proof (mu_nonneg c l Hl A1) as N1.
      assert (E : forall b C, (forall p, P p = b -> C p = true) ->
        mu c l (fun p => is_said b t1 && A1 p) + mu c l (fun p => is_said b t0 && A0 p) <= mu c l C).
      { intros b C HC. apply mu_plus; [exact Hl|]. intros p Hp. destruct (H p Hp) as (D & S0 & S1). rewrite !andb_true_iff.
        assert (Y : forall t, is_said b t = true -> said P t p -> C p = true).
        { intros [y|] X Z0; [|discriminate]. apply Bool.eqb_prop in X. subst y. apply HC, Z0. }
        split; [|split]; [intros [X1 X2]; eauto|intros [X1 X2]; eauto|intros [_ X1] [_ X2]; auto]. }
      pose proof (E true P (fun p X => X)) as E1. pose proof (E false (fun p => negb (P p)) (fun p X => proj2 (negb_true_iff (P p)) X)) as E0.
      rewrite !mu_if in E0, E1. unfold x. destruct t0 as [[|]|], t1 as [[|]|]; cbn [add_run fst snd is_said Bool.eqb] in *; lia.
    Qed.
    (** What is known of all these models' classes, in as many points, and weights, as are counted. *)
    Notation class p m := (taken group (cls p m)).
    Definition all_are (models : list nat) (k : Z) (p : point) : Prop :=
      Forall (fun m => class p m = k /\ spoken real group (cls p) m) models.
    Lemma left_where_right models amounts : models <> [] -> (forall l, (forall p, In p (points c) -> 0 <= product l p) ->
        exists A0 A1, (forall p, In p (points c) -> (A0 p = true -> all_are models 0 p) /\ (A1 p = true -> all_are models 1 p)) /\
          amounts l = (mu c l A1, mu c l A0)) ->
      let (p, q) := left_where f real ls ks c models amounts in
      (mu c [] P <= snd p /\ mu c [] (fun p => negb (P p)) <= fst p) /\ mu c ls P <= snd q /\ mu c ls (fun p => negb (P p)) <= fst q.
    Proof.
      intros Hm H. unfold left_where. cbv zeta. set (t := fun k => truth_of_all f real ks [map (fun m => (m, k)) models]).
      assert (T : forall p k, In p (points c) -> all_are models k p -> said P (t k) p).
      { intros p k Hp E. unfold said. destruct (t k) as [b|] eqn:Et; [|exact I].
        refine (truth_of_all_right real group f ks (cls p) (fun m x E' => Hr m x E' p Hp) models _ b _ _ Et).
        - revert E. apply Forall_impl. intros m Hm'. apply Hm'.
        - left. unfold actual. apply map_ext_in. intros m Hin. unfold all_are in E. rewrite Forall_forall in E.
          rewrite (proj1 (E m Hin)). reflexivity. }
      assert (G : forall l, (forall p, In p (points c) -> 0 <= product l p) ->
        let x := let (one, zero) := amounts l in add_run (t 1) one (add_run (t 0) zero (0, 0)) in
        mu c l P <= mass l c - snd x /\ mu c l (fun p => negb (P p)) <= mass l c - fst x).
      { intros l Hl. destruct (H l Hl) as (A0 & A1 & HA & ->). cbv beta iota zeta.
        assert (C : forall p, In p (points c) -> (A0 p = true -> A1 p = true -> False) /\
            (A0 p = true -> said P (t 0) p) /\ (A1 p = true -> said P (t 1) p)).
        { intros p Hp. destruct (HA p Hp) as [Z0 Z1]. split; [|split; auto].
          intros Y0 Y1. specialize (Z0 Y0). specialize (Z1 Y1). destruct models as [|m r]; [contradiction|].
          inversion Z0 as [|? ? [X0 _] _]. inversion Z1 as [|? ? [X1 _] _]. congruence. }
        destruct (added_right l A0 A1 (t 0) (t 1) Hl C) as [D1 D0]. rewrite <- !(mu_both l P). split; [clear D1|clear D0]; lia. }
      pose proof (G [] (fun _ _ => Z.le_0_1)) as G1. pose proof (G ls Hls) as G2. cbv zeta in G1, G2.
      assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). split; [rewrite <- M; unfold left_of; cbn [fst snd]; tauto|].
      destruct ls; [rewrite <- M|]; unfold left_of; cbn [fst snd]; tauto.
    Qed.
    Definition right_over (x : sandwich * list vec) (all : strip) (m : nat) (p : point) : Prop :=
      map strip_model (strips (fst x)) = [m] /\ strip_model all = m /\ strip_right (at_scale p) unit (snd x) (class p m) all (at_spot p).
    Lemma left_together_right told over p q : Forall (fun x => 0 < bin (fst x)) told ->
      (forall p, In p (points c) -> Exists (fun x => right_at x p) told) ->
      (forall p, In p (points c) -> exists m, Forall2 (fun x all => right_over x all m p) told over) ->
      left_together f real unit ls ks c told over = Some (p, q) ->
      (mu c [] P <= snd p /\ mu c [] (fun p => negb (P p)) <= fst p) /\ mu c ls P <= snd q /\ mu c ls (fun p => negb (P p)) <= fst q.
    Proof.
      intros Hb He Ho H. unfold left_together in H.
      destruct told as [|[s fs] [|[s' fs'] [|? ?]]]; try discriminate. destruct over as [|all [|all' [|? ?]]]; try discriminate.
      destruct (strips s) as [|own [|? ?]] eqn:Es; try discriminate. destruct (strips s') as [|own' [|? ?]] eqn:Es'; try discriminate.
      cbv zeta in H. destruct (_ || _); [discriminate|]. apply some_is in H.
      inversion Hb as [|? ? B1 Hb']; subst. inversion Hb' as [|? ? B2 _]; subst. cbn [fst] in B1, B2.
      set (m := strip_model all) in *.
      pose proof (left_where_right [m] (fun ls => ones_and_zeros unit ls c (unit * bin s, fs) (unit * bin s', fs') all own all' own')) as W.
      rewrite H in W. apply W; [discriminate|]. clear H W. intros l Hl.
      destruct (ones_and_zeros_right l (unit * bin s, fs) (unit * bin s', fs') all own all' own' (fun p => class p m))
        as (A0 & A1 & HA & E); try assumption; try (apply Z.mul_pos_pos; assumption).
      - intros p' Hp. destruct (Ho p' Hp) as [m' F]. inversion F as [|? ? ? ? (M1 & M2 & R) F']; subst.
        inversion F' as [|? ? ? ? (M1' & M2' & R') _]; subst. cbn [fst snd] in *. fold m in M1, M1', M2', R, R'.
        rewrite Es in M1. rewrite Es' in M1'. injection M1 as X1. injection M1' as X2.
        split; [exact R|]. split; [exact R'|]. specialize (He p' Hp).
        rewrite !Exists_cons, Exists_nil in He. destruct He as [(_ & [E _] & _)|[(_ & [E _] & _)|[]]]; [left|right]; cbn [fst snd] in E.
        + rewrite Es in E. inversion E as [|? ? E0 _]; subst. rewrite X1 in E0. exact E0.
        + rewrite Es' in E. inversion E as [|? ? E0 _]; subst. rewrite X2 in E0. exact E0.
      - exists A0, A1. split; [|exact E]. intros p' Hp. destruct (HA p' Hp) as [Z0 Z1]. unfold all_are.
        assert (S : spoken real group (cls p') m).
        { destruct (Ho p' Hp) as [m' F]. inversion F as [|? ? ? ? (M1 & M2 & _) F']; subst. inversion F' as [|? ? ? ? (M1' & _ & _) _]; subst.
          fold m in M1, M1'. cbn [fst] in M1, M1'. rewrite Es in M1. rewrite Es' in M1'. injection M1 as X1. injection M1' as X2.
          specialize (He p' Hp). rewrite !Exists_cons, Exists_nil in He.
          destruct He as [(_ & _ & Sp)|[(_ & _ & Sp)|[]]]; cbn [fst] in Sp; [rewrite Es in Sp|rewrite Es' in Sp];
            inversion Sp as [|? ? S _]; [rewrite X1 in S|rewrite X2 in S]; exact S. }
        split; intros X; repeat constructor; auto.
    Qed.
    (** *** Sides *)
    Definition side_right (one : bool) (x : sided) (models : list nat) (p : point) : Prop :=
      Forall (fun m => claim_right (at_scale p) unit (snd x) (class p m) (claim_at one (side_end (fst x))) (at_spot p)) models.
    Definition sides_right (x : sided * sided) (models : list nat) (p : point) : Prop :=
      side_right true (fst x) models p /\ side_right false (snd x) models p.
    Definition sides_binned (x : sided * sided) : Prop := 0 < side_bin (fst (fst x)) /\ 0 < side_bin (fst (snd x)).
    Lemma from_bin_right l b T : 0 < fst b -> (forall p, In p (points c) -> 0 <= product l p) ->
      from_bin l c b T = mu c l (fun p => T <=? digits_at (fst b) (snd b) c p).
    Proof. intros Hb Hl. unfold from_bin. rewrite (tails_from_right (fst b) Hb (snd b) l c Hl). reflexivity. Qed.
    Lemma left_by_sides_right models sides p q : models <> [] -> Forall sides_binned sides ->
      (forall p, In p (points c) -> Forall (spoken real group (cls p)) models) ->
      (forall p, In p (points c) -> Forall (fun x => sides_right x models p) sides) ->
      left_by_sides f real unit ls ks c models sides = Some (p, q) ->
      (mu c [] P <= snd p /\ mu c [] (fun p => negb (P p)) <= fst p) /\ mu c ls P <= snd q /\ mu c ls (fun p => negb (P p)) <= fst q.
    Proof.
      intros Hm Hb Hsp He H. unfold left_by_sides in H. destruct sides as [|[one zero] [|? ?]]; try discriminate.
      cbv zeta in H. destruct (_ || _); [discriminate|]. apply some_is in H.
      inversion Hb as [|? ? [B1 B0] _]; subst. cbn [fst snd] in B1, B0.
      pose proof (left_where_right models (fun ls => ones_and_zeros_apart unit ls c one zero) Hm) as W.
      rewrite H in W. apply W. clear H W. intros l Hl. unfold ones_and_zeros_apart. cbv zeta.
      set (b := bins_of unit one). set (b' := bins_of unit zero).
      assert (Hb1 : 0 < fst b) by (apply Z.mul_pos_pos; assumption). assert (Hb0 : 0 < fst b') by (apply Z.mul_pos_pos; assumption).
      rewrite !from_bin_right by assumption.
      set (T := above_low _ _ _). set (T' := above_high _ _ _ _).
      exists (fun p => negb (T' <=? digits_at (fst b') (snd b') c p)), (fun p => T <=? digits_at (fst b) (snd b) c p). split.
      - intros p' Hp. specialize (He p' Hp). inversion He as [|? ? [R1 R0] _]; subst. cbn [fst snd] in R1, R0.
        pose proof (Forall_and R0 (Hsp p' Hp)) as R0'. pose proof (Forall_and R1 (Hsp p' Hp)) as R1'.
        split; intros X; [refine (Forall_impl _ _ R0')|refine (Forall_impl _ _ R1')]; intros m ((_ & C1 & C0) & S);
          cbn [claim_at fst snd if_right] in C1, C0; (split; [|exact S]).
        + apply negb_true_iff, Z.leb_gt in X. apply C0. unfold value_of. apply Z.nlt_ge. intros Y.
          assert (Y' : at_scale p' * (unit * - side_end (fst zero)) < pdot (snd b') (at_spot p')) by (change (snd b') with (snd zero); lia).
          apply (high_reached (fst b') Hb0 (snd b') c at_scale at_spot Hw Hat p' _ Hp) in Y'. fold T' in Y'. lia.
        + apply Z.leb_le in X. apply (low_reached (fst b) Hb1 (snd b) c at_scale at_spot Hw Hat p' _ Hp) in X.
          apply C1. unfold value_of. change (snd b) with (snd one) in X. lia.
      - f_equal. rewrite <- (mu_both l (fun p => T' <=? digits_at (fst b') (snd b') c p)). ring.
    Qed.
    (** *** Disjoint groups *)
    Notation group_says b x := (says_by (first_says ks x) b x).
    Definition none_twice (every : list (sandwich * list vec)) (p : point) : Prop :=
      ForallOrdPairs (fun x y => forall b, group_says b x p = true -> group_says b y p = true -> False) every.
    Lemma summed_right every : Forall (fun x => 0 < bin (fst x)) every -> (forall p, In p (points c) -> none_twice every p) ->
      forall a b, summed f reals unit ls ks c every = Some (a, b) ->
      let some t p := existsb (fun x => group_says t x p) every in
      shows a (mu c [] (some true)) (mu c [] (some false)) /\ shows b (mu c ls (some true)) (mu c ls (some false)).
    Proof.
      intros H. induction H as [|x every Hb H IH]; intros Hd a b E; cbn [summed] in E.
      - apply some_is in E. inversion E; subst. cbn [existsb].
        assert (Z0 : forall l, 0 <= mu c l (fun _ => false)) by (intros l; unfold mu; rewrite gsum_zero; [lia|reflexivity]).
        repeat split; cbn [fst snd]; auto with zarith.
      - destruct (counted _ unit ls c x) as [[a1 b1]|] eqn:Ec; [|discriminate].
        destruct (summed f reals unit ls ks c every) as [[a2 b2]|]; [|discriminate].
        apply some_is in E. inversion E; subst a b; clear E. apply counted_looked in Ec; [|exact Hb].
        assert (Hd' : forall p, In p (points c) -> none_twice every p) by (intros p Hp; specialize (Hd p Hp); inversion Hd; assumption).
        destruct (IH Hd' a2 b2 eq_refl) as [I1 I2].
        assert (Pl : forall l t, (forall p, In p (points c) -> 0 <= product l p) ->
          mu c l (group_says t x) + mu c l (fun p => existsb (fun y => group_says t y p) every) <=
          mu c l (fun p => existsb (fun y => group_says t y p) (x :: every))).
        { intros l t Hl. apply mu_plus; [exact Hl|]. intros p Hp. cbn [existsb]. split; [|split].
          - intros ->. reflexivity.
          - intros ->. apply orb_true_r.
          - intros X Y. apply existsb_exists in Y. destruct Y as (y & Iy & Y). specialize (Hd p Hp).
            inversion Hd as [|? ? D _]; subst. rewrite Forall_forall in D. exact (D y Iy t X Y). }
        pose proof (Pl [] true (fun _ _ => Z.le_0_1)). pose proof (Pl [] false (fun _ _ => Z.le_0_1)).
        pose proof (Pl ls true Hls). pose proof (Pl ls false Hls). cbn [fst snd] in *.
        unfold shows, plus in *. cbn [fst snd]. cbv zeta in *. lia.
    Qed.
    (** Groups are disjoint, of the same first model. *)
    Definition groups_apart (x y : sandwich * list vec) : Prop :=
      first_of x = first_of y /\ forall k, taken (ones (fst x)) k = 1 -> taken (ones (fst y)) k = 1 -> False.
    Lemma left_by_groups_right every p q : Forall (fun x => 0 < bin (fst x)) every -> ForallOrdPairs groups_apart every ->
      (forall p, In p (points c) -> Forall (fun x => right_of x p) every) ->
      left_by_groups f reals unit ls ks c every = Some (p, q) ->
      (mu c [] P <= snd p /\ mu c [] (fun p => negb (P p)) <= fst p) /\ mu c ls P <= snd q /\ mu c ls (fun p => negb (P p)) <= fst q.
    Proof.
      intros Hb Ha Hx H. unfold left_by_groups in H. destruct (summed _ _ _ _ _ _ _) as [[a b]|] eqn:E; [|discriminate].
      apply some_is in H. inversion H; subst p q; clear H.
      assert (L : forall p, In p (points c) -> forall x t, In x every -> group_says t x p = true ->
        P p = t /\ taken (ones (fst x)) (cls p (first_of x)) = 1).
      { intros p Hp x t Hin X. specialize (Hx p Hp). rewrite Forall_forall in Hx. unfold says_by, is_said in X.
        destruct (looked _ _ p) as [y|] eqn:Ly; [|discriminate]. apply Bool.eqb_prop in X. subst y.
        exact (first_looked c ks x p t Hat Hr Hp (Hx x Hin) Ly). }
      apply summed_right in E; [|exact Hb|].
      2: { intros p Hp. specialize (L p Hp). clear Hx E Hb. induction Ha as [|x r D Ha IH]; constructor.
           - rewrite Forall_forall in *. intros y Iy t X Y. destruct (D y Iy) as [F A].
             destruct (L x t (or_introl eq_refl) X) as [_ L1]. destruct (L y t (or_intror Iy) Y) as [_ L2].
             rewrite F in L1. exact (A _ L1 L2).
           - apply IH. intros x' t' I'. apply L. right. exact I'. }
      cbv zeta in E. destruct E as [[A1 A2] [B1 B2]].
      assert (U : forall l, (forall p, In p (points c) -> 0 <= product l p) ->
        mu c l (fun p => existsb (fun x => group_says true x p) every) <= mu c l P /\
        mu c l (fun p => existsb (fun x => group_says false x p) every) <= mu c l (fun p => negb (P p))).
      { intros l Hl. split; apply mu_le; try assumption; intros p Hp X; apply existsb_exists in X; destruct X as (x & Ix & X);
          destruct (L p Hp x _ Ix X) as [-> _]; reflexivity. }
      pose proof (U [] (fun _ _ => Z.le_0_1)) as U1. pose proof (U ls Hls) as U2.
      pose proof (mu_both [] P) as M1. pose proof (mu_both ls P) as M2.
      assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite M in M1. unfold left_of. cbn [fst snd]. lia.
    Qed.
    Definition further_right (x : sandwich * list vec) (further : list (sandwich * list vec)) : Prop :=
      Forall (fun x => 0 < bin (fst x)) further /\ ForallOrdPairs groups_apart (x :: further) /\
      forall p, In p (points c) -> Forall (fun x => right_of x p) further.
    Lemma counted_with_right x told over sides further a b : reals (fst x) = real -> ones (fst x) = group -> 0 < bin (fst x) -> Forall (fun x => 0 < bin (fst x)) told ->
      Forall sides_binned sides ->
      (forall p, In p (points c) -> right_at x p) ->
      (told <> [] -> forall p, In p (points c) -> Exists (fun x => right_at x p) told /\
        (over <> [] -> exists m, Forall2 (fun x all => right_over x all m p) told over)) ->
      (sides <> [] -> strips (fst x) <> [] /\ forall p, In p (points c) -> Forall (fun y => sides_right y (map strip_model (strips (fst x))) p) sides) ->
      (further <> [] -> further_right x further) ->
      counted_with f reals unit ls ks c x told over sides further = Some (a, b) ->
      shows a (mu c [] P) (mu c [] (fun p => negb (P p))) /\ shows b (mu c ls P) (mu c ls (fun p => negb (P p))).
    Proof.
      intros Er Eg Hb Ht Hbs Hx He Hsd Hfu H. unfold counted_with in H. rewrite Er in H.
      destruct (counted _ unit ls c x) as [[a1 b1]|] eqn:Ec; [|discriminate].
      apply counted_looked in Ec; [|exact Hb]. destruct Ec as [[C1 C2] [C3 C4]].
      assert (T : forall x p, In p (points c) -> right_at x p -> (says_of true x p = true -> P p = true) /\ (says_of false x p = true -> P p = false)).
      { intros y p Hp Hy. pose proof (looked_right c ks y p Hat Hr Hp Hy) as L. unfold says_by.
        destruct (looked _ y p) as [[|]|]; cbn [said is_said Bool.eqb] in *; split; congruence. }
      assert (U : forall l, (forall p, In p (points c) -> 0 <= product l p) ->
        mu c l (says_of true x) <= mu c l P /\ mu c l (says_of false x) <= mu c l (fun p => negb (P p))).
      { intros l Hl. split; apply mu_le; try assumption; intros p Hp E; destruct (T x p Hp (Hx p Hp)) as [T1 T2]; auto.
        rewrite (T2 E). reflexivity. }
      pose proof (U [] (fun _ _ => Z.le_0_1)) as U1. pose proof (U ls Hls) as U2.
      set (left := match further, sides, over with _ :: _, _, _ => left_by_groups f reals unit ls ks c (x :: further)
        | [], _ :: _, _ => left_by_sides f real unit ls ks c (map strip_model (strips (fst x))) sides
        | [], [], [] => left_by f real unit ls ks c told | [], [], _ => left_together f real unit ls ks c told over end) in H.
      assert (H' : match told, sides, further with [], [], [] => Some (a1, b1) | _, _, _ => match left with
        | Some (p, q) => Some (tightened (cardinal c) a1 p, tightened (mass ls c) b1 q) | None => None end end = Some (a, b))
        by (destruct told, sides, further; exact H). clear H.
      assert (N : (told = [] /\ sides = [] /\ further = []) \/ told <> [] \/ sides <> [] \/ further <> [])
        by (destruct told; [|right; left; discriminate]; destruct sides; [|right; right; left; discriminate];
            destruct further; [left; auto|right; right; right; discriminate]).
      destruct N as [(-> & -> & ->)|N]; [inversion H'; subst a b; unfold shows; lia|].
      assert (H : match left with Some (p, q) => Some (tightened (cardinal c) a1 p, tightened (mass ls c) b1 q) | None => None end = Some (a, b))
        by (destruct told, sides, further; [destruct N as [N|[N|N]]; contradiction|exact H'..]). clear H'.
      destruct left as [[p q]|] eqn:El; [|discriminate].
      inversion H; subst a b; clear H.
      assert (L : (mu c [] P <= snd p /\ mu c [] (fun p => negb (P p)) <= fst p) /\ mu c ls P <= snd q /\ mu c ls (fun p => negb (P p)) <= fst q).
      { unfold left in El. destruct further as [|y further].
        2: { destruct (Hfu ltac:(discriminate)) as (B1 & B2 & B3). apply left_by_groups_right in El; [exact El| |exact B2|].
             - constructor; [exact Hb|exact B1].
             - intros p' Hp. constructor; [|exact (B3 p' Hp)]. unfold right_of. rewrite Er, Eg. exact (Hx p' Hp). }
        destruct sides as [|side sides].
        2: { destruct (Hsd ltac:(discriminate)) as [S1 S2]. apply left_by_sides_right in El; [exact El| |exact Hbs| |exact S2].
             - destruct (strips (fst x)); [contradiction|discriminate].
             - intros p' Hp. apply Forall_map. apply (Hx p' Hp). }
        assert (He' : told <> []) by (destruct N as [N|[N|N]]; [assumption|contradiction..]). specialize (He He'). destruct over as [|all over].
        - destruct (left_by_right _ Ht _ _ El P true) as [L1 L2].
          { intros p' Hp Pp. destruct (He p' Hp) as [Hz _]. apply Exists_exists in Hz. destruct Hz as (z & I & Z0). apply Exists_exists.
            exists z. split; [exact I|]. apply not_true_is_false. intros E. destruct (T z p' Hp Z0) as [_ T2].
            specialize (T2 E). congruence. }
          destruct (left_by_right _ Ht _ _ El (fun p => negb (P p)) false) as [L3 L4]; [|tauto].
          intros p' Hp Pp. apply negb_true_iff in Pp. destruct (He p' Hp) as [Hz _]. apply Exists_exists in Hz. destruct Hz as (z & I & Z0).
          apply Exists_exists. exists z. split; [exact I|]. apply not_true_is_false. intros E. destruct (T z p' Hp Z0) as [T1 _].
          specialize (T1 E). congruence.
        - apply left_together_right in El; [exact El|exact Ht|apply He|]. intros p' Hp. apply (He p' Hp). discriminate. }
      pose proof (mu_both [] P) as M1. pose proof (mu_both ls P) as M2.
      assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite M in M1.
      unfold shows, tightened. cbn [fst snd]. lia.
    Qed.
  End Part.
  Lemma law_small (r : runs) : forallb (fun nw => (0 <=? snd nw) && (snd nw <=? 1)) r = true -> forall i, 0 <= each r i <= 1.
  Proof.
    induction r as [|[n w] r IH]; intros H i; cbn [each]; [lia|]. cbn [forallb snd] in H. apply andb_true_iff in H. destruct H as [H1 H2].
    destruct (i <? n); [lia|apply IH; exact H2].
  Qed.
  Lemma laws_small (ls : list runs) : forallb (forallb (fun nw => (0 <=? snd nw) && (snd nw <=? 1))) ls = true ->
    forall p, 0 <= product ls p <= 1.
  Proof.
    induction ls as [|r ls IH]; intros H [|v p]; cbn [product]; try lia. cbn [forallb] in H. apply andb_true_iff in H. destruct H as [H1 H2].
    pose proof (law_small r H1 (index v)). specialize (IH H2 p). nia.
  Qed.
  Lemma lean_right ls c p : In p (points c) -> product (lean ls c) p = product ls p.
  Proof.
    intros Hp. unfold lean. destruct (_ && _) eqn:E; [|reflexivity]. apply andb_true_iff in E. destruct E as [E1 E2].
    apply Z.eqb_eq in E2. pose proof (laws_small ls E1) as S. cbn [product].
    assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite <- M, !mass_sum, !gsum_points in E2. cbn [product] in E2.
    revert Hp E2. induction (points c) as [|x l IH]; intros Hp E2; [destruct Hp|]. cbn [map sumZ] in E2.
    assert (L : sumZ (map (product ls) l) <= sumZ (map (fun _ => 1) l)) by (apply sum_le; intros y _; apply S).
    pose proof (S x). destruct Hp as [->|Hp]; [lia|]. apply IH; [exact Hp|lia].
  Qed.
  Lemma sandwich_part_sound n own told over sides further l ks c t N W : reals (fst own) = real -> ones (fst own) = group -> wf c -> placed c ->
    right cls ks c -> (forall p, In p (points c) -> leaf_of g p = Some l) ->
    0 < bin (fst own) -> Forall (fun x => 0 < bin (fst x)) told -> Forall sides_binned sides ->
    (forall p, In p (points c) -> right_at own p) ->
    (told <> [] -> forall p, In p (points c) -> Exists (fun x => right_at x p) told /\
      (over <> [] -> exists m, Forall2 (fun x all => right_over x all m p) told over)) ->
    (sides <> [] -> strips (fst own) <> [] /\ forall p, In p (points c) -> Forall (fun y => sides_right y (map strip_model (strips (fst own))) p) sides) ->
    (further <> [] -> further_right c own further) ->
    may_tell t N W -> may_tell (sandwich_part n f reals unit own told over sides further l ks c t) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros Er Eg Hw Hat Hr Hl Hb Hbt Hbs Hs He Hsd Hfu Ht. unfold sandwich_part. destruct t as [t|]; [|exact I]. cbn [may_tell] in Ht.
    destruct (truth f ks) as [b|].
    - cbn [may_tell]. apply settle_part_sound; assumption.
    - pose proof (lean_right (laws l) c) as Le. set (ls := lean (laws l) c) in *.
      destruct (counted_with f reals unit ls ks c own told over sides further) as [[[a b] [x y]]|] eqn:E; [|exact I].
      assert (Hl1 : forall p, In p (points c) -> 0 <= product ls p).
      { intros p Hp. rewrite (Le p Hp). apply product_nonneg, (leaf_positive g p l Hg (Hl p Hp)). }
      assert (Hl0 : points c = [] \/ 0 <= scale l).
      { destruct (points c) as [|p0 ps] eqn:Ep; [left; reflexivity|right].
        apply (leaf_positive g p0 l Hg). apply Hl. left. reflexivity. }
      apply counted_with_right in E; try assumption. destruct E as [[A1 A2] [B1 B2]]. unfold may_tell, tells in *.
      cbn [true_n true_w open_n open_w fst snd] in *.
      assert (E1 : gsum F1 c = mu c [] P).
      { apply gsum_ext. intros p Hp. unfold F1, counts. rewrite (Hl p Hp). cbn [product]. reflexivity. }
      assert (Lm : mass (laws l) c = mass ls c) by (rewrite !mass_sum; apply gsum_ext; intros p Hp; rewrite (Le p Hp); reflexivity).
      rewrite Lm. clear Lm.
      assert (E2 : gsum F2 c = scale l * mu c ls P).
      { unfold mu. rewrite <- gsum_scale. apply gsum_ext. intros p Hp. rewrite (Le p Hp). unfold F2, weighs, weight_in. rewrite (Hl p Hp).
        destruct (P p); lia. }
      pose proof (mu_both c [] P) as S1. pose proof (mu_both c ls P) as S2.
      assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite M in S1. rewrite E1, E2.
      assert (scale l * x <= scale l * mu c ls P /\ scale l * y <= scale l * mu c ls (fun p => negb (P p))).
      { destruct Hl0 as [E0|Hl0]; [|split; apply Z.mul_le_mono_nonneg_l; lia].
        assert (Z0 : forall A, mu c ls A = 0) by (intros A; unfold mu; rewrite gsum_points, E0; reflexivity).
        rewrite !Z0 in *. replace x with 0 by lia. replace y with 0 by lia. lia. }
      assert (scale l * mass ls c = scale l * mu c ls P + scale l * mu c ls (fun p => negb (P p)))
        by (rewrite <- S2; ring).
      lia.
  Qed.
End Parts.

(** ** Cells *)
Lemma net_at_real ms s n : net_at ms s = Some n -> nth_error ms (strip_model s) = Some (ANet n).
Proof. unfold net_at. destruct (nth_error ms (strip_model s)) as [[|]|]; congruence. Qed.
Lemma subject_real pr c s a m : subject pr c s a = Some m -> exists n,
  nth_error (models pr) (strip_model a) = Some (ANet n) /\ (if ones s =? 0 then m = n else grouped (ones s) (outputs n) n c = Some m).
Proof.
  unfold subject. destruct (net_at (models pr) a) as [n|] eqn:E; [|discriminate]. apply net_at_real in E. intros H. exists n.
  split; [exact E|]. destruct (ones s =? 0); [congruence|exact H].
Qed.
Lemma taken_none k : taken 0 k = k.
Proof. reflexivity. Qed.
Lemma countable_units pr e b form : countable pr e b form = true -> 0 < code_scale pr /\ 0 < scale_up pr e /\ 0 < b.
Proof.
  unfold countable. intros H. apply andb_true_iff in H. destruct H as [H _].
  apply andb_true_iff in H. destruct H as [H H3]. apply andb_true_iff in H. destruct H as [H1 H2].
  apply Z.ltb_lt in H1, H2, H3. repeat split; assumption.
Qed.
Lemma sandwich_holds_units pr c fs s : sandwich_holds pr c fs s = true -> 0 < code_scale pr /\ 0 < bin s.
Proof.
  unfold sandwich_holds. intros H. apply andb_true_iff in H. destruct H as [H _].
  apply countable_units in H. tauto.
Qed.
(** Of lists side by side. *)
Lemma combined_all {A B} (Q : B -> Prop) (f : A * B -> bool) : (forall a b, f (a, b) = true -> Q b) ->
  forall xs ys, length ys = length xs -> forallb f (List.combine xs ys) = true -> Forall Q ys.
Proof.
  intros HQ. induction xs as [|x xs IH]; intros [|y ys] L F; cbn in L; try discriminate; constructor;
    cbn [List.combine forallb] in F; apply andb_true_iff in F; destruct F as [F1 F2]; [exact (HQ x y F1)|apply IH; [lia|exact F2]].
Qed.
Lemma combined {A B} (R : A -> Prop) (Q : B -> Prop) (f : A * B -> bool) : (forall a b, R a -> f (a, b) = true -> Q b) ->
  forall xs ys, length ys = length xs -> forallb f (List.combine xs ys) = true -> Exists R xs -> Exists Q ys.
Proof.
  intros HQ. induction xs as [|x xs IH]; intros [|y ys'] L F E; cbn in L; try discriminate; [inversion E|].
  cbn [List.combine forallb] in F. apply andb_true_iff in F. destruct F as [F1 F2].
  inversion E; subst; [apply Exists_cons_hd; eapply HQ; eassumption|apply Exists_cons_tl; apply IH; [lia|assumption|assumption]].
Qed.
Lemma beside_all {A B} (R : A -> B -> Prop) xs : forall ys, length ys = length xs ->
  Forall (fun x => R (fst x) (snd x)) (List.combine xs ys) -> Forall2 R xs ys.
Proof.
  induction xs as [|x xs IH]; intros [|y ys] L F; cbn in L; try discriminate; constructor; inversion F; subst; [assumption|].
  apply IH; [lia|assumption].
Qed.
Lemma beside_some {A B} (Q : A -> Prop) xs : forall ys : list B, Exists (fun x => Q (fst x)) (List.combine xs ys) -> Exists Q xs.
Proof.
  induction xs as [|x xs IH]; intros [|y ys] E; inversion E; subst; [apply Exists_cons_hd; assumption|].
  apply Exists_cons_tl. eapply IH. eassumption.
Qed.
Lemma Forall2_left {A B} (R : A -> B -> Prop) (Q : A -> Prop) : (forall a b, R a b -> Q a) -> forall xs ys, Forall2 R xs ys -> Forall Q xs.
Proof. intros H xs ys F. induction F; constructor; eauto. Qed.
Lemma cases_hold_units pr c s neurons told over : cases_hold pr c s neurons told over = true -> Forall (fun x => 0 < bin (fst x)) told.
Proof.
  intros H. unfold cases_hold in H. cbv zeta in H. destruct (strips s) as [|a [|b [|x r]]]; try discriminate.
  - destruct (subject _ _ _ a) as [n|]; [|discriminate]. destruct neurons as [|x [|? ?]]; try discriminate.
    apply andb_true_iff in H. destruct H as [H F]. apply andb_true_iff in H. destruct H as [H L2]. apply andb_true_iff in H. destruct H as [_ L1].
    apply Nat.eqb_eq in L1, L2. apply (combined_all (fun x => 0 < bin (fst (fst x)))) in F.
    + apply (beside_all (fun x _ => 0 < bin (fst x))) in F; [|lia]. apply (Forall2_left _ _ (fun a b h => h) _ _ F).
    + intros ss [[t fs] all] E. unfold alone_is_so in E. cbn [fst snd] in *. apply andb_true_iff in E. destruct E as [E _].
      apply countable_units in E. tauto.
    + rewrite combine_length. lia.
  - destruct (subject _ _ _ a) as [n|]; [|discriminate]. destruct (subject _ _ _ b) as [n'|]; [|discriminate].
    destruct (both_enclosed _ _ _ _) as [es es']. apply andb_true_iff in H. destruct H as [H F]. apply andb_true_iff in H. destruct H as [H _].
    apply andb_true_iff in H. destruct H as [_ L]. apply Nat.eqb_eq in L. revert F. apply combined_all; [|exact L].
    intros ss [t fs] E. unfold case_is_so in E. cbn [fst snd] in *. apply andb_true_iff in E. destruct E as [E _].
    apply countable_units in E. tauto.
Qed.
Lemma side_is_right pr holds one x : side_is_so pr holds one x = true ->
  (0 < side_bin (fst x)) /\ exists up, 0 < up /\ holds up (snd x) (claim_at one (side_end (fst x))) = true.
Proof.
  intros H. destruct x as [s fs]. unfold side_is_so in H. apply andb_true_iff in H. destruct H as [H1 H2].
  apply countable_units in H1. cbn [fst snd] in *. split; [tauto|]. eexists. split; [|exact H2]. tauto.
Qed.
Lemma sides_hold_units pr c s sides : sides_hold pr c s sides = true -> strips s <> [] /\ Forall sides_binned sides.
Proof.
  assert (G : forall holds, match sides with [(one, zero)] => side_is_so pr holds true one && side_is_so pr holds false zero | _ => false end = true ->
    Forall sides_binned sides).
  { intros holds X. destruct sides as [|[one zero] [|? ?]]; try discriminate. apply andb_true_iff in X. destruct X as [X1 X0].
    apply side_is_right in X1, X0. repeat constructor; tauto. }
  intros H. unfold sides_hold in H. cbv zeta in H. destruct (strips s) as [|a [|b [|? ?]]]; try discriminate.
  - destruct (subject _ _ _ a) as [n|]; [|discriminate]. apply andb_true_iff in H. destruct H as [_ H]. split; [discriminate|exact (G _ H)].
  - destruct (subject _ _ _ a) as [n|]; [|discriminate]. destruct (subject _ _ _ b) as [n'|]; [|discriminate].
    destruct (both_enclosed _ _ _ _) as [es es']. apply andb_true_iff in H. destruct H as [_ H]. split; [discriminate|exact (G _ H)].
Qed.
Section Holds.
  Variables (pr : problem) (c : cell) (k : nat -> Z) (M : Z) (p0 : point) (ys : list vec).
  Hypothesis Hc0 : wf c.
  Hypothesis HM : 0 < M.
  Hypothesis Hp0 : In p0 (points c).
  Hypothesis Hy0 : spots M ys p0.
  Hypothesis Hk0 : forall m n, nth_error (models pr) m = Some (ANet n) ->
     (loose (ready n) = true \/ M = 1) /\ Forall (fun v => (v < length c)%nat) (sees n) /\
     k m = class_there M n ys.
  Lemma in_hulls : exists p, wf (hulls c) /\ In p (points (hulls c)) /\ spots M ys p.
  Proof. destruct (hulls_spots M c p0 ys HM Hp0 Hy0) as (p & Hp & Hy). exists p. split; [apply hulls_wf, Hc0|split; assumption]. Qed.
  Lemma in_hulls_nets : forall m n, nth_error (models pr) m = Some (ANet n) ->
     (loose (ready n) = true \/ M = 1) /\ Forall (fun v => (v < length (hulls c))%nat) (sees n) /\
     k m = class_there M n ys.
  Proof. intros m n E. unfold hulls. rewrite map_length. apply Hk0. exact E. Qed.
  (** A network, as one of two classes. *)
  Lemma subject_right s a m : subject pr (hulls c) s a = Some m ->
    (loose (ready m) = true \/ M = 1) /\ Forall (fun v => (v < length (hulls c))%nat) (sees m) /\
    told M ys (is_strict s) m (taken (ones s) (k (strip_model a))) /\
    spoken (groups_of pr s) (ones s) k (strip_model a).
  Proof.
    intros H. apply subject_real in H. destruct H as (n & E & H). destruct in_hulls as (p & Hc & Hp & Hy).
    destruct (in_hulls_nets _ _ E) as (K0 & K1 & K2). unfold spoken, groups_of, is_strict. rewrite E, K2.
    destruct (ones s =? 0) eqn:Eo.
    - subst m. unfold classes_taken, taken. rewrite Eo. split; [exact K0|]. split; [exact K1|]. split; [|left; reflexivity].
      apply class_told.
    - destruct (grouped_same M _ _ _ Hc Hp Hy _ _ _ _ K1 H) as [-> ->]. split; [exact K0|]. split; [exact K1|]. split.
      + exact (grouped_told M _ _ _ Hc Hp Hy _ _ _ _ K1 H).
      + exact (grouped_class M _ _ _ Hc Hp Hy _ _ _ _ K1 H).
  Qed.
  Lemma sandwich_holds_right fs s : sandwich_holds pr c fs s = true ->
    sandwich_so (groups_of pr s) (ones s) M (code_scale pr) fs s k ys.
  Proof.
    intros H. destruct in_hulls as (p & Hc & Hp & Hy). pose proof in_hulls_nets as Hk.
    unfold sandwich_holds in H. cbv zeta in H. set (unit := code_scale pr) in *. set (up := scale_up pr (exponent s)) in *.
    apply andb_true_iff in H. destruct H as [H HS]. apply countable_units in H. destruct H as (H1 & H2 & H3).
    split; [reflexivity|]. unfold sandwich_right.
    destruct (strips s) as [|a [|b [|x r]]] eqn:Es; try discriminate.
    - destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate].
      destruct (subject_right s a n E) as (K0 & K1 & K2 & K3). apply andb_true_iff in HS. destruct HS as [HS H7].
      apply andb_true_iff in HS. destruct HS as [HS _]. apply andb_true_iff in HS. destruct HS as [_ H5].
      apply Z.ltb_lt in H5. split; [split; [|exact I]|]; (constructor; [|constructor]); [|exact K3].
      exact (one_holds_right M HM unit up fs (hulls c) p ys H2 Hc Hp Hy _ _ n (claim_of a) K2 K0 K1 H5 H7).
    - destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate]. destruct (subject pr (hulls c) s b) as [n'|] eqn:E'; [|discriminate].
      destruct (subject_right s a n E) as (K0 & K1 & K2 & K3), (subject_right s b n' E') as (K0' & K1' & K2' & K3').
      apply andb_true_iff in HS. destruct HS as [HS H7]. apply andb_true_iff in HS. destruct HS as [HS _].
      apply andb_true_iff in HS. destruct HS as [HS H6]. apply andb_true_iff in HS. destruct HS as [HS H5]. apply Z.ltb_lt in H5, H6.
      destruct (two_hold_right M HM unit up fs (hulls c) p ys H2 Hc Hp Hy n n' K0 K0' K1 K1' H5 H6 _ _ _ K2 K2'
        (claim_of a) (claim_of b) (order s) H7) as (T1 & T2 & T3 & T4).
      split; [split; [|auto]|]; (constructor; [assumption|]); (constructor; [assumption|constructor]).
  Qed.
  (** Of cases one is right; of one network's what is said all over the cell, too. *)
  Definition right_all_over (g : Z) (x : sandwich * list vec) (all : strip) (m : nat) : Prop :=
    map strip_model (strips (fst x)) = [m] /\ strip_model all = m /\
    strip_right M (code_scale pr) (snd x) (taken g (k m)) all ys.
  Lemma alone_is_right s0 a0 ss x all n es : subject pr (hulls c) s0 a0 = Some n ->
    es = enclosed usual n (hulls c) -> 0 < scale_out n ->
    alone_is_so pr (hulls c) n (ones s0) es (strip_model a0) ss (x, all) = true ->
    (in_case (nodes_at M n ys) ss -> sandwich_so (groups_of pr s0) (ones s0) M (code_scale pr) (snd x) (fst x) k ys) /\
    right_all_over (ones s0) x all (strip_model a0).
  Proof.
    intros E -> HS H. destruct in_hulls as (p & Hc & Hp & Hy). destruct (subject_right s0 a0 n E) as (K0 & K1 & K2 & K3).
    destruct x as [s fs]. unfold alone_is_so in H. apply andb_true_iff in H. destruct H as [H H6].
    apply countable_units in H. destruct H as (H1 & H2 & H3). unfold right_all_over, sandwich_so, sandwich_right. cbn [fst snd].
    destruct (strips s) as [|own [|? ?]]; try discriminate.
    apply andb_true_iff in H6. destruct H6 as [H6 Hh]. apply andb_true_iff in H6. destruct H6 as [H6 _]. apply andb_true_iff in H6. destruct H6 as [H6 _].
    apply andb_true_iff in H6. destruct H6 as [H6 Ea]. apply andb_true_iff in H6. destruct H6 as [Eg Eo].
    apply Nat.eqb_eq in Eo, Ea. apply Z.eqb_eq in Eg. cbn [map]. rewrite Eo.
    assert (St : is_strict s = is_strict s0) by (unfold is_strict; rewrite Eg; reflexivity). rewrite St in Hh.
    destruct (one_case_holds_right M HM (hulls c) p ys Hc Hp Hy n (code_scale pr) (scale_up pr (exponent s)) fs H2 K0 K1 HS _ _
      (claim_of own) (claim_of all) ss K2 Hh) as [T1 T2].
    apply claim_strip in T2. split; [|auto]. intros Hs. split; [exact Eg|].
    split; [split; [|exact I]|]; (constructor; [|constructor]); rewrite Eo; [exact (T1 Hs)|exact K3].
  Qed.
  Lemma cases_hold_right s neurons told over : cases_hold pr c s neurons told over = true ->
    Exists (fun x => sandwich_so (groups_of pr s) (ones s) M (code_scale pr) (snd x) (fst x) k ys) told /\
    (over <> [] -> exists m, Forall2 (fun x all => right_all_over (ones s) x all m) told over).
  Proof.
    intros H. destruct in_hulls as (p & Hc & Hp & Hy). pose proof in_hulls_nets as Hk.
    unfold cases_hold in H. cbv zeta in H.
    destruct (strips s) as [|a [|b [|x r]]] eqn:Es; try discriminate.
    { destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate].
      destruct neurons as [|x [|? ?]]; try discriminate.
      apply andb_true_iff in H. destruct H as [H Cs]. apply andb_true_iff in H. destruct H as [H L2]. apply andb_true_iff in H. destruct H as [H L1].
      apply andb_true_iff in H. destruct H as [H5 _]. apply Z.ltb_lt in H5. apply Nat.eqb_eq in L1, L2.
      set (cases := cases_of _) in *. assert (L : length (List.combine told over) = length cases) by (rewrite combine_length; lia). split.
      - apply (beside_some _ _ over). refine (combined (in_case (nodes_at M n ys)) _ _ _ cases _ L Cs _); [|apply some_case].
        intros ss [y all] HC Hy'. cbn [fst snd] in *. exact (proj1 (alone_is_right s a ss y all n _ E eq_refl H5 Hy') HC).
      - intros _. exists (strip_model a). apply beside_all; [lia|]. revert Cs. apply combined_all; [|exact L].
        intros ss [y all] Hy'. cbn [fst snd] in *. exact (proj2 (alone_is_right s a ss y all n _ E eq_refl H5 Hy')). }
    destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate]. destruct (subject pr (hulls c) s b) as [n'|] eqn:E'; [|discriminate].
    destruct (subject_right s a n E) as (K0 & K1 & K2 & K3), (subject_right s b n' E') as (K0' & K1' & K2' & K3').
    rewrite (surjective_pairing (both_enclosed usual n n' (hulls c))) in H. cbv beta iota in H.
    apply andb_true_iff in H. destruct H as [H Cs]. apply andb_true_iff in H. destruct H as [H N]. apply andb_true_iff in H. destruct H as [H L].
    apply andb_true_iff in H. destruct H as [H _]. apply andb_true_iff in H. destruct H as [H _].
    apply andb_true_iff in H. destruct H as [H Ev]. apply andb_true_iff in H. destruct H as [H Sa].
    apply andb_true_iff in H. destruct H as [H5 H6].
    apply Z.ltb_lt in H5, H6. apply Nat.eqb_eq in L, N.
    split; [|intros X; destruct over; [contradiction|discriminate]].
    refine (combined (in_case (nodes_at M n ys)) _ _ _ _ told L Cs _); [|apply some_case].
    intros ss [t fs] HC H. unfold case_is_so in H. cbn [fst snd] in *.
    apply andb_true_iff in H. destruct H as [H HS]. apply countable_units in H. destruct H as (H1 & H2 & H3).
    unfold sandwich_so, sandwich_right. destruct (strips t) as [|a' [|b' [|x' r']]]; try discriminate.
    apply andb_true_iff in HS. destruct HS as [HS H7]. apply andb_true_iff in HS. destruct HS as [HS _].
    apply andb_true_iff in HS. destruct HS as [HS Eb]. apply andb_true_iff in HS. destruct HS as [Eg Ea]. apply Z.eqb_eq in Eg.
    split; [exact Eg|]. apply Nat.eqb_eq in Ea, Eb. rewrite Ea, Eb.
    assert (St : is_strict t = is_strict s) by (unfold is_strict; rewrite Eg; reflexivity). rewrite St in H7.
    destruct (case_holds_right M HM (hulls c) p ys Hc Hp Hy n n' (code_scale pr) (scale_up pr (exponent t)) fs H2 K0 K1 H5 K0' K1' H6 Sa Ev
      _ _ _ K2 K2' (claim_of a') (claim_of b') (order t) ss HC H7) as (T1 & T2 & T3 & T4).
    split; [split; [|auto]|]; (constructor; [rewrite ?Ea; assumption|]); (constructor; [rewrite ?Eb; assumption|constructor]).
  Qed.
  (** Of sides both are, of all networks. *)
  Definition side_so (g : Z) (one : bool) (x : sided) (models : list nat) : Prop :=
    Forall (fun m => claim_right M (code_scale pr) (snd x) (taken g (k m)) (claim_at one (side_end (fst x))) ys) models.
  Lemma sides_hold_right s sides : sides_hold pr c s sides = true ->
    Forall (fun x => side_so (ones s) true (fst x) (map strip_model (strips s)) /\
      side_so (ones s) false (snd x) (map strip_model (strips s))) sides.
  Proof.
    intros H. destruct in_hulls as (p & Hc & Hp & Hy). pose proof in_hulls_nets as Hk.
    assert (G : forall holds models, (forall up fs x, 0 < up -> holds up fs x = true ->
        Forall (fun m => claim_right M (code_scale pr) fs (taken (ones s) (k m)) x ys) models) ->
      match sides with [(one, zero)] => side_is_so pr holds true one && side_is_so pr holds false zero | _ => false end = true ->
      Forall (fun x => side_so (ones s) true (fst x) models /\ side_so (ones s) false (snd x) models) sides).
    { intros holds models F X. destruct sides as [|[one zero] [|? ?]]; try discriminate. apply andb_true_iff in X. destruct X as [X1 X0].
      apply side_is_right in X1, X0. destruct X1 as (_ & up & U & X1), X0 as (_ & up0 & U0 & X0).
      constructor; [|constructor]. split; [exact (F _ _ _ U X1)|exact (F _ _ _ U0 X0)]. }
    unfold sides_hold in H. cbv zeta in H. destruct (strips s) as [|a [|b [|? ?]]] eqn:Es; try discriminate.
    - destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate]. destruct (subject_right s a n E) as (K0 & K1 & K2 & _).
      apply andb_true_iff in H. destruct H as [H5 H]. apply Z.ltb_lt in H5. cbn [map].
      apply (G _ [strip_model a]) in H; [exact H|].
      intros up fs x U X. apply andb_true_iff in X. destruct X as [_ X]. constructor; [|constructor].
      exact (one_side_right M HM (hulls c) p ys Hc Hp Hy n (code_scale pr) up fs U K0 K1 H5 _ _ x K2 X).
    - destruct (subject pr (hulls c) s a) as [n|] eqn:E; [|discriminate]. destruct (subject pr (hulls c) s b) as [n'|] eqn:E'; [|discriminate].
      destruct (subject_right s a n E) as (K0 & K1 & K2 & _), (subject_right s b n' E') as (K0' & K1' & K2' & _).
      rewrite (surjective_pairing (both_enclosed usual n n' (hulls c))) in H. cbv beta iota in H.
      apply andb_true_iff in H. destruct H as [H5 H]. apply andb_true_iff in H5. destruct H5 as [H5 H6].
      apply Z.ltb_lt in H5, H6. cbn [map].
      apply (G _ [strip_model a; strip_model b]) in H; [exact H|].
      intros up fs x U X. apply andb_true_iff in X. destruct X as [_ X].
      destruct (two_sides_right M HM (hulls c) p ys Hc Hp Hy n n' (code_scale pr) up fs U K0 K1 H5 K0' K1' H6 _ _ _ K2 K2' x X) as [T1 T2].
      constructor; [exact T1|]. constructor; [exact T2|constructor].
  Qed.
  (** Of further groups all are, too. *)
  Lemma further_hold_right s further : further_hold pr c s further = true ->
    Forall (fun x => sandwich_so (groups_of pr (fst x)) (ones (fst x)) M (code_scale pr) (snd x) (fst x) k ys) further.
  Proof.
    intros H. apply andb_true_iff in H. destruct H as [_ H]. rewrite forallb_forall in H. apply Forall_forall. intros x Ix.
    specialize (H x Ix). apply andb_true_iff in H. destruct H as [_ H]. exact (sandwich_holds_right (snd x) (fst x) H).
  Qed.
End Holds.
(** Groups that have no class in common. *)
Lemma taken_apart g h k : g <> 0 -> h <> 0 -> Z.land g h = 0 -> taken g k = 1 -> taken h k = 1 -> False.
Proof.
  intros G H E. unfold taken, belongs. destruct (Z.eqb_spec g 0); [contradiction|]. destruct (Z.eqb_spec h 0); [contradiction|].
  destruct (Z.testbit g k) eqn:A; [|discriminate]. destruct (Z.testbit h k) eqn:B; [|discriminate]. intros _ _.
  assert (X : Z.testbit (Z.land g h) k = true) by (rewrite Z.land_spec, A, B; reflexivity). rewrite E, Z.bits_0 in X. discriminate.
Qed.
Lemma disjoint_right further : forall seen, disjoint seen further = true ->
  Forall (fun x => ones x <> 0 /\ Z.land seen (ones x) = 0) further /\ ForallOrdPairs (fun x y => Z.land (ones x) (ones y) = 0) further.
Proof.
  induction further as [|x r IH]; intros seen H; cbn [disjoint] in H; [split; constructor|].
  apply andb_true_iff in H. destruct H as [H H3]. apply andb_true_iff in H. destruct H as [H1 H2].
  apply negb_true_iff, Z.eqb_neq in H1. apply Z.eqb_eq in H2. destruct (IH _ H3) as [F O].
  assert (F' : Forall (fun y => ones y <> 0 /\ Z.land seen (ones y) = 0) r /\ Forall (fun y => Z.land (ones x) (ones y) = 0) r).
  { split; refine (Forall_impl _ _ F); intros y [Y L]; rewrite Z.land_lor_distr_l in L; apply Z.lor_eq_0_iff in L; tauto. }
  split; constructor; tauto.
Qed.
Lemma same_models_eq a : forall b, same_models a b = true -> map strip_model a = map strip_model b.
Proof.
  induction a as [|x a IH]; intros [|y b] H; cbn [same_models] in H; try discriminate; [reflexivity|].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply Nat.eqb_eq in H1. cbn [map]. rewrite H1, (IH b H2). reflexivity.
Qed.
Lemma further_hold_apart pr c s fs further : further_hold pr c s further = true ->
  Forall (fun x => 0 < bin (fst x)) further /\
  ForallOrdPairs groups_apart ((s, fs) :: further).
Proof.
  intros H. apply andb_true_iff in H. destruct H as [H F]. apply andb_true_iff in H. destruct H as [H D].
  apply negb_true_iff, Z.eqb_neq in H. rewrite forallb_forall in F.
  assert (F1 : Forall (fun x => 0 < bin (fst x)) further).
  { apply Forall_forall. intros x Ix. specialize (F x Ix). apply andb_true_iff in F. destruct F as [_ F].
    apply sandwich_holds_units in F. tauto. }
  assert (F2 : Forall (fun x => map strip_model (strips (fst x)) = map strip_model (strips s)) further).
  { apply Forall_forall. intros x Ix. specialize (F x Ix). apply andb_true_iff in F. destruct F as [F _]. symmetry. exact (same_models_eq _ _ F). }
  clear F. split; [exact F1|]. destruct (disjoint_right _ _ D) as [N O]. clear D F1.
  assert (G : forall x y, ones (fst x) <> 0 -> ones (fst y) <> 0 -> Z.land (ones (fst x)) (ones (fst y)) = 0 ->
    map strip_model (strips (fst x)) = map strip_model (strips s) -> map strip_model (strips (fst y)) = map strip_model (strips s) ->
    groups_apart x y).
  { intros x y X Y L A B. split; [unfold first_of; rewrite A, B; reflexivity|]. intros k. exact (taken_apart _ _ k X Y L). }
  induction further as [|x r IH]; cbn [map] in *; [repeat constructor|].
  inversion N as [|? ? [Nx Lx] N']; subst. inversion O as [|? ? Ox O']; subst. inversion F2 as [|? ? Sx F2']; subst.
  specialize (IH F2' N' O'). inversion IH as [|? ? A B]; subst. constructor.
  - constructor; [apply G; cbn [fst snd]; auto|exact A].
  - constructor; [|exact B]. apply Forall_map in Ox. apply Forall_map in N'.
    rewrite Forall_forall in *. intros y Iy. destruct (N' y Iy). apply G; cbn [fst snd]; auto.
Qed.
