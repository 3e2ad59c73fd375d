(** * Sandwiches are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Bounds BoundsSound Counting CountingSound Steps Strips StripsSound
  Digits DigitsSound Sandwiches.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

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
Section Regions.
  Variables (M unit : Z) (fs : list vec) (f : Semantics.formula) (ks : known) (s : sandwich) (k : nat -> Z) (ys : list vec).
  Hypothesis HM : 0 < M.
  Hypothesis Hunit : 0 < unit.
  Hypothesis Hs : sandwich_right M unit fs s k ys.
  Hypothesis Hks : forall m x, nth m ks None = Some x -> k m = x.
  Notation value := (value_of fs ys).
  Definition after (lo : option Z) : Prop := match lo with Some t => M * (unit * t) < value | None => True end.
  Definition upto (hi : option Z) : Prop := match hi with Some t => value <= M * (unit * t) | None => True end.
  Lemma unit_le a b : a <= b -> M * (unit * a) <= M * (unit * b).
  Proof. intros H. apply Z.mul_le_mono_nonneg_l; [lia|]. apply Z.mul_le_mono_nonneg_l; lia. Qed.
  Lemma possible_class lo hi x : after lo -> upto hi -> strip_right M unit fs (k (strip_model x)) x ys ->
    In (k (strip_model x)) (possible lo hi x).
  Proof.
    intros Hlo Hhi (R1 & R2 & R3). unfold possible. set (j := k (strip_model x)) in *. clearbody j.
    destruct (match lo with Some t => - strip_least x <=? t | None => false end) eqn:E1.
    - left. symmetry. apply R2. destruct lo as [t|]; [|discriminate]. cbn [after] in Hlo. apply Z.leb_le in E1.
      pose proof (unit_le _ _ E1). lia.
    - destruct (match hi with Some t => t <=? - strip_most x | None => false end) eqn:E2.
      + left. symmetry. apply R3. destruct hi as [t|]; [|discriminate]. cbn [upto] in Hhi. apply Z.leb_le in E2.
        pose proof (unit_le _ _ E2). lia.
      + destruct R1 as [->| ->]; [left|right; left]; reflexivity.
  Qed.
  Definition actual (ss : list strip) : list (nat * Z) := map (fun x => (strip_model x, k (strip_model x))) ss.
  Lemma actual_choice lo hi ss : after lo -> upto hi ->
    Forall (fun x => strip_right M unit fs (k (strip_model x)) x ys) ss -> In (actual ss) (choices lo hi ss).
  Proof.
    intros Hlo Hhi H. induction H as [|x ss Hx H IH]; cbn [choices actual map]; [left; reflexivity|].
    apply in_flat_map. exists (k (strip_model x)). split; [apply possible_class; assumption|].
    apply in_map. exact IH.
  Qed.
  Lemma actual_in_order : in_order (order s) (actual (strips s)) = true.
  Proof.
    destruct Hs as [_ O]. unfold actual. destruct (strips s) as [|a [|b [|x r]]]; try reflexivity. cbn [map in_order].
    destruct O as [O1 O2]. set (i := k (strip_model a)) in *. set (j := k (strip_model b)) in *.
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
  Lemma region_truth_right lo hi b : after lo -> upto hi -> region_truth f ks s lo hi = Some b ->
    Semantics.holds f k = b.
  Proof.
    intros Hlo Hhi. unfold region_truth. set (found := map _ _).
    assert (I : In (truth f (learn_these (actual (strips s)) ks)) found).
    { apply (in_map (fun new => truth f (learn_these new ks))), filter_In. split; [|apply actual_in_order].
      apply actual_choice; [assumption|assumption|]. apply Hs. }
    assert (T : forall b, truth f (learn_these (actual (strips s)) ks) = Some b -> Semantics.holds f k = b).
    { apply truth_sound. apply learn_these_right; [|assumption]. intros m x Hin. apply in_map_iff in Hin.
      destruct Hin as (y & E & _). inversion E. reflexivity. }
    assert (A : forall b, forallb (is_said b) found = true -> Semantics.holds f k = b).
    { intros b' F. rewrite forallb_forall in F. specialize (F _ I). unfold is_said in F.
      destruct (truth f _) as [y|]; [|discriminate]. apply Bool.eqb_prop in F. subst y. apply T. reflexivity. }
    destruct (forallb (is_said true) found) eqn:E1; [intros X; inversion X; subst b; auto|].
    destruct (forallb (is_said false) found) eqn:E2; [intros X; inversion X; subst b; auto|discriminate].
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
  Variables (g : given) (f : Semantics.formula) (cls : point -> nat -> Z).
  Hypothesis Hg : given_positive g.
  Let P p := Semantics.holds f (cls p).
  Let F1 := counts g P.
  Let F2 := weighs g P.
  Variables (s : sandwich) (unit : Z) (fs : list vec).
  Variables (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hunit : 0 < unit.
  Hypothesis Hbin : 0 < bin s.
  (** Where the points of a cell lie. *)
  Definition placed (c : cell) : Prop := forall p, In p (points c) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p.
  Notation right_at p := (sandwich_right (at_scale p) unit fs s (cls p) (at_spot p)).
  Definition may_tell (t : option tally) (N W : Z) : Prop := match t with Some x => tells x N W | None => True end.
  Lemma regions_agree ks p : 0 < at_scale p -> right_at p ->
    (forall m x, nth m ks None = Some x -> cls p m = x) -> forall ts lo, after (at_scale p) unit fs (at_spot p) lo ->
    agrees fs P at_scale at_spot (region_truth f ks s lo (head ts)) (map (Z.mul unit) ts) (regions_after f ks s ts) p.
  Proof.
    intros HM Hs Hk.
    assert (R : forall lo hi, after (at_scale p) unit fs (at_spot p) lo -> upto (at_scale p) unit fs (at_spot p) hi -> said P (region_truth f ks s lo hi) p).
    { intros lo hi Hlo Hhi. unfold said. destruct (region_truth f ks s lo hi) as [b|] eqn:E; [|exact I].
      apply (region_truth_right (at_scale p) unit fs f ks s (cls p) (at_spot p) HM Hunit Hs Hk lo hi b Hlo Hhi E). }
    induction ts as [|t ts IH]; intros lo Hlo; cbn [map regions_after agrees head].
    - apply R; [assumption|exact I].
    - destruct (Z.leb_spec (value_of fs (at_spot p)) (at_scale p * (unit * t))).
      + apply R; [assumption|exact H].
      + apply IH. exact H.
  Qed.
  Lemma regions_length ks ts : length (regions_after f ks s ts) = length ts.
  Proof. induction ts; cbn [regions_after length]; auto. Qed.
  Lemma amounts_right ls c ks : wf c -> placed c -> (forall p, In p (points c) -> 0 <= product ls p) -> right cls ks c ->
    (forall p, In p (points c) -> right_at p) ->
    let ts := thresholds (strips s) in
    let x := amounts (unit * bin s) fs ls c (map (Z.mul unit) ts) (region_truth f ks s None (head ts)) (regions_after f ks s ts) in
    fst x <= mu c ls P /\ snd x <= mu c ls (fun p => negb (P p)).
  Proof.
    intros Hw Hat Hls Hr Hs ts x. unfold x, amounts.
    destruct (runs_sound fs c ls P at_scale at_spot Hls (fun p Hp => proj1 (Hat p Hp)) (map (Z.mul unit) ts) (above (unit * bin s) fs ls c (map (Z.mul unit) ts))
      (above_right (unit * bin s) ltac:(apply Z.mul_pos_pos; assumption) fs ls c Hls at_scale at_spot Hw Hat _)
      (regions_after f ks s ts) (region_truth f ks s None (head ts)) (mass ls c) (fun _ => true)) as [R1 R2].
    - rewrite regions_length, map_length. reflexivity.
    - apply map_rising; [assumption|apply thresholds_rising].
    - rewrite mass_sum. apply Z.le_refl.
    - intros p Hp _. apply regions_agree; [apply (Hat p Hp)|auto| |exact I]. intros m k E. apply (Hr m k E p Hp).
    - intros p _. destruct (map _ ts); auto.
    - exact (conj R1 R2).
  Qed.
  Lemma runs_nonneg cuts : forall run from, 0 <= fst (runs_of run from cuts) /\ 0 <= snd (runs_of run from cuts).
  Proof.
    induction cuts as [|[[x y] next] cuts IH]; intros run from; cbn [runs_of].
    - destruct run as [[|]|]; cbn [add_run fst snd]; lia.
    - destruct (same_run run next); [apply IH|]. specialize (IH next x).
      destruct run as [[|]|]; cbn [add_run fst snd]; lia.
  Qed.
  Lemma sandwich_part_sound n l ks c t N W : wf c -> placed c ->
    right cls ks c -> (forall p, In p (points c) -> leaf_of g p = Some l) ->
    (forall p, In p (points c) -> right_at p) ->
    may_tell t N W -> may_tell (sandwich_part n f s unit fs l ks c t) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros Hw Hat Hr Hl Hs Ht. unfold sandwich_part. destruct t as [t|]; [|exact I]. cbn [may_tell] in Ht.
    destruct (truth f ks) as [b|].
    - cbn [may_tell]. apply settle_part_sound; assumption.
    - destruct (_ || _); [exact I|].
      assert (Hl1 : forall p, In p (points c) -> 0 <= product (laws l) p).
      { intros p Hp. apply product_nonneg, (leaf_positive g p l Hg (Hl p Hp)). }
      assert (Hl0 : points c = [] \/ 0 <= scale l).
      { destruct (points c) as [|p0 ps] eqn:Ep; [left; reflexivity|right].
        apply (leaf_positive g p0 l Hg). apply Hl. left. reflexivity. }
      pose proof (amounts_right [] c ks Hw Hat (fun _ _ => Z.le_0_1) Hr Hs) as A1. pose proof (amounts_right (laws l) c ks Hw Hat Hl1 Hr Hs) as A2.
      assert (A3 : forall ls, let x := amounts (unit * bin s) fs ls c (map (Z.mul unit) (thresholds (strips s)))
          (region_truth f ks s None (head (thresholds (strips s)))) (regions_after f ks s (thresholds (strips s))) in
          0 <= fst x /\ 0 <= snd x) by (intros ls; apply runs_nonneg). specialize (A3 (laws l)).
      cbv zeta in *. destruct (amounts _ _ [] _ _ _ _) as [a b]. destruct (amounts _ _ (laws l) _ _ _ _) as [x y].
      cbn [fst snd] in *. destruct A1 as [A1 A2'], A2 as [B1 B2]. unfold may_tell, tells in *.
      cbn [true_n true_w open_n open_w].
      assert (E1 : gsum F1 c = mu c [] P).
      { apply gsum_ext. intros p Hp. unfold F1, counts. rewrite (Hl p Hp). cbn [product]. reflexivity. }
      assert (E2 : gsum F2 c = scale l * mu c (laws l) P).
      { unfold mu. rewrite <- gsum_scale. apply gsum_ext. intros p Hp. unfold F2, weighs, weight_in. rewrite (Hl p Hp).
        destruct (P p); lia. }
      assert (S : forall ls, mu c ls P + mu c ls (fun p => negb (P p)) = mass ls c).
      { intros ls. rewrite mass_sum. unfold mu. rewrite <- gsum_plus. apply gsum_ext. intros p _. destruct (P p); cbn [negb]; lia. }
      pose proof (S []) as S1. pose proof (S (laws l)) as S2.
      assert (M : mass [] c = cardinal c) by (destruct c; reflexivity). rewrite M in S1. rewrite E1, E2.
      assert (scale l * x <= scale l * mu c (laws l) P /\ scale l * y <= scale l * mu c (laws l) (fun p => negb (P p))).
      { destruct Hl0 as [E0|Hl0]; [|split; apply Z.mul_le_mono_nonneg_l; lia].
        assert (Z0 : forall A, mu c (laws l) A = 0) by (intros A; unfold mu; rewrite gsum_points, E0; reflexivity).
        rewrite !Z0 in *. replace x with 0 by lia. replace y with 0 by lia. lia. }
      assert (scale l * mass (laws l) c = scale l * mu c (laws l) P + scale l * mu c (laws l) (fun p => negb (P p)))
        by (rewrite <- S2; ring).
      lia.
  Qed.
End Parts.

(** ** Cells *)
Lemma net_at_real ms s n : net_at ms s = Some n -> nth_error ms (strip_model s) = Some (ANet n).
Proof. unfold net_at. destruct (nth_error ms (strip_model s)) as [[|]|]; congruence. Qed.
Lemma sandwich_holds_units pr c fs s : sandwich_holds pr c fs s = true -> 0 < code_scale pr /\ 0 < bin s.
Proof.
  unfold sandwich_holds. intros H. apply andb_true_iff in H. destruct H as [H _].
  apply andb_true_iff in H. destruct H as [H _]. apply andb_true_iff in H. destruct H as [H H3].
  apply andb_true_iff in H. destruct H as [H1 _]. apply Z.ltb_lt in H1, H3. split; assumption.
Qed.
Lemma sandwich_holds_right pr c fs s (k : nat -> Z) M p ys : wf c -> 0 < M -> In p (points c) -> spots M ys p ->
  (forall m n, nth_error (models pr) m = Some (ANet n) ->
     (loose (ready n) = true \/ M = 1) /\ Forall (fun v => (v < length c)%nat) (sees n) /\
     k m = class_there M n ys) ->
  sandwich_holds pr c fs s = true -> sandwich_right M (code_scale pr) fs s k ys.
Proof.
  intros Hc HM Hp0 Hy0 Hk0 H. destruct (hulls_spots M c p ys HM Hp0 Hy0) as (p' & Hp & Hy). clear p Hp0 Hy0. rename p' into p.
  apply hulls_wf in Hc.
  assert (Hk : forall m n, nth_error (models pr) m = Some (ANet n) ->
     (loose (ready n) = true \/ M = 1) /\ Forall (fun v => (v < length (hulls c))%nat) (sees n) /\
     k m = class_there M n ys).
  { intros m n E. unfold hulls. rewrite map_length. apply Hk0. exact E. }
  clear Hk0. unfold sandwich_holds in H. cbv zeta in H. set (unit := code_scale pr) in *. set (up := unit * 2 ^ exponent s) in *.
  apply andb_true_iff in H. destruct H as [H HS]. apply andb_true_iff in H. destruct H as [H _].
  apply andb_true_iff in H. destruct H as [H H3].
  apply andb_true_iff in H. destruct H as [H1 H2]. apply Z.ltb_lt in H1, H2, H3.
  unfold sandwich_right.
  destruct (strips s) as [|a [|b [|x r]]]; try discriminate.
  - destruct (net_at (models pr) a) as [n|] eqn:E; [|discriminate]. apply net_at_real in E.
    destruct (Hk _ _ E) as (K0 & K1 & K2). apply andb_true_iff in HS. destruct HS as [HS H7].
    apply andb_true_iff in HS. destruct HS as [HS _]. apply andb_true_iff in HS. destruct HS as [_ H5].
    apply Z.ltb_lt in H5. split; [|exact I]. constructor; [|constructor]. rewrite K2.
    apply (one_holds_right M HM unit up fs (hulls c) p ys H2 Hc Hp Hy n a K0 K1 H5 H7).
  - destruct (net_at (models pr) a) as [n|] eqn:E; [|discriminate]. destruct (net_at (models pr) b) as [n'|] eqn:E'; [|discriminate].
    apply net_at_real in E, E'. destruct (Hk _ _ E) as (K0 & K1 & K2), (Hk _ _ E') as (K0' & K1' & K2').
    apply andb_true_iff in HS. destruct HS as [HS H7]. apply andb_true_iff in HS. destruct HS as [HS _].
    apply andb_true_iff in HS. destruct HS as [HS H6]. apply andb_true_iff in HS. destruct HS as [_ H5].
    apply Z.ltb_lt in H5, H6. rewrite K2, K2'.
    destruct (two_hold_right M HM unit up fs (hulls c) p ys H2 Hc Hp Hy n n' K0 K0' K1 K1' H5 H6 a b (order s) H7) as (T1 & T2 & T3 & T4).
    split; [|auto]. constructor; [rewrite K2; exact T1|]. constructor; [rewrite K2'; exact T2|constructor].
Qed.
