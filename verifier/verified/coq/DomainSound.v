(** The weights of the points of a domain that was read are probabilities: none is negative, and
    together they are 1. *)
From Coq Require Import ZArith QArith List Bool Lia Lqa.
From Leafproof Require Import Bytes Numbers Json Faults Semantics DomainJson ProductSound.
Import ListNotations.
Open Scope Q_scope.

(** ** Reading distributions *)
Lemma common_some most : forall ds d m, (0 < d)%Z -> Forall (fun x => 0 < x)%Z ds ->
  common most d ds = Some m -> (0 < m)%Z /\ (d | m)%Z /\ Forall (fun x => (x | m)%Z) ds.
Proof.
  induction ds as [|x ds IH]; intros d m D A H; cbn [common] in H.
  - injection H as <-. repeat split; [assumption|exists 1%Z; lia|constructor].
  - inversion A as [|? ? X A']; subst.
    destruct (Z.eqb_spec (d mod x) 0) as [E|E].
    + destruct (IH _ _ D A' H) as (M & N & F). repeat split; try assumption. constructor; [|assumption].
      eapply Z.divide_trans; [|exact N]. apply Z.mod_divide; lia.
    + destruct (most <=? Z.log2 (Z.lcm d x))%Z; [discriminate|].
      assert (D' : (0 < Z.lcm d x)%Z).
      { pose proof (Z.lcm_nonneg d x). assert (Z.lcm d x <> 0)%Z; [|lia].
        intros Y. apply Z.lcm_eq_0 in Y. lia. }
      destruct (IH _ _ D' A' H) as (M & N & F). repeat split; [assumption| |constructor; [|assumption]].
      * eapply Z.divide_trans; [apply Z.divide_lcm_l|exact N].
      * eapply Z.divide_trans; [apply Z.divide_lcm_r|exact N].
Qed.
Lemma denominators_pos qs : Forall (fun x => 0 < x)%Z (denominators qs).
Proof. induction qs; constructor; [reflexivity|assumption]. Qed.
Lemma sums_to_one_true qs : sums_to_one qs = Some true -> sumQ qs == 1.
Proof.
  unfold sums_to_one. destruct (common LONGEST_DENOMINATOR 1 (denominators qs)) as [m|] eqn:C; [|discriminate].
  intros H. injection H as H. apply Z.eqb_eq in H.
  destruct (common_some _ _ 1%Z _ ltac:(lia) (denominators_pos qs) C) as (M & _ & F).
  assert (G : forall l s, Forall (fun x => (x | m)%Z) (denominators l) ->
    inject_Z (fold_left (fun s q => s + Qnum q * (m / Zpos (Qden q)))%Z l s) ==
    inject_Z s + inject_Z m * sumQ l).
  { induction l as [|q l IH]; intros s A; cbn [fold_left sumQ fold_right]; [ring|].
    cbn [denominators map] in A. inversion A as [|? ? X A']; subst. rewrite (IH _ A').
    rewrite inject_Z_plus, inject_Z_mult. unfold sumQ.
    assert (Y : inject_Z (Qnum q) * inject_Z (m / Zpos (Qden q)) == inject_Z m * q).
    { destruct X as [k K]. rewrite K, Z.div_mul by lia. rewrite inject_Z_mult.
      destruct q as [a b]. cbn [Qnum Qden]. unfold Qeq. cbn. lia. }
    rewrite Y. ring. }
  pose proof (G qs 0%Z F) as E. rewrite H in E.
  assert (N : ~ inject_Z m == 0) by (intros Y; unfold Qeq in Y; cbn in Y; lia).
  apply (Qmult_inj_l _ _ (inject_Z m) N). rewrite <- (Qplus_0_l (inject_Z m * sumQ qs)).
  change 0 with (inject_Z 0). rewrite <- E. ring.
Qed.
Ltac take H :=
  repeat match type of H with
  | match ?e with _ => _ end = inl _ => destruct e eqn:?; try discriminate
  | match ?e with _ => _ end = Some _ => destruct e eqn:?; try discriminate
  end.
Lemma check_chances_ok ps a : check_chances ps a = inl tt -> Forall (fun p => 0 <= p) ps /\ sumQ ps == 1.
Proof.
  unfold check_chances. intros H. take H. subst. split; [|apply sums_to_one_true; assumption].
  apply Forall_forall. intros p I. apply negb_true_iff in Heqb.
  assert (N : is_negative p = false).
  { destruct (is_negative p) eqn:E; [|reflexivity]. rewrite <- Heqb. symmetry.
    apply existsb_exists. eauto. }
  unfold is_negative in N. unfold Qle. cbn. lia.
Qed.
Lemma one_each_runs ps : Forall (fun p => 0 <= p) ps ->
  all_runs (map one_each ps) /\ length_of (map one_each ps) = Z.of_nat (length ps) /\
  map snd (map one_each ps) = ps.
Proof.
  induction 1 as [|p ps P H (A & L & S)]; [repeat split; constructor|].
  cbn [map one_each length_of length snd]. repeat split.
  - constructor; [cbn; split; [lia|assumption]|assumption].
  - rewrite L. lia.
  - f_equal. assumption.
Qed.
Lemma listed_ok n v a d : listed n v a = inl d -> exists ps, d = map one_each ps /\
  Z.of_nat (length ps) = n /\ Forall (fun p => 0 <= p) ps /\ sumQ ps == 1.
Proof.
  unfold listed. intros H. take H. injection H as <-. exists l0. destruct u.
  apply check_chances_ok in Heqr as [F S]. repeat split; try assumption.
  rewrite <- count_length. lia.
Qed.
Lemma chance_beyond d : all_runs d -> forall i, (length_of d <= i)%Z -> chance d i == 0.
Proof.
  induction 1 as [|[k p] d [Hk Hp] H IH]; intros i L; cbn [chance length_of] in *; [reflexivity|].
  assert (0 <= length_of d)%Z.
  { clear -H. induction H as [|[m q] d [Hm _] H IH]; cbn [length_of fst] in *; lia. }
  replace (i <? k)%Z with false by lia. apply IH. lia.
Qed.
Lemma none_outside_ok m ps : forall k, none_outside m k (map one_each ps) = true ->
  forall i, (0 <= i)%Z -> Z.testbit m (k + i) = false -> chance (map one_each ps) i == 0.
Proof.
  induction ps as [|p ps IH]; intros k H i Hi T; [reflexivity|].
  cbn [map one_each none_outside] in H. apply andb_prop in H as [H1 H2].
  cbn [map chance]. unfold one_each at 1. destruct (Z.ltb_spec i 1) as [L|L].
  - assert (i = 0)%Z by lia. subst i. rewrite Z.add_0_r in T. unfold outside in H1. rewrite T in H1.
    cbn [negb andb] in H1. apply negb_true_iff, negb_false_iff, Z.eqb_eq in H1.
    destruct p as [x y]. cbn [Qnum] in H1. subst x. reflexivity.
  - apply (IH (k + 1)%Z H2 (i - 1)%Z); [lia|]. rewrite <- T. f_equal. lia.
Qed.
Lemma runs_ok first step vs a : forall next acc d next',
  runs first step next vs a acc = inl (d, next') -> exists d', d = rev acc ++ d' /\
  length_of d' = (next' - next)%Z /\ Forall (fun r => 0 < fst r)%Z d'.
Proof.
  induction vs as [|v vs IH]; intros next acc d next' H; cbn [runs] in H.
  - injection H as <- <-. exists []. rewrite rev'_rev, app_nil_r. repeat split; [cbn; lia|constructor].
  - take H. subst. apply IH in H as (d' & -> & L & F). clear IH.
    exists ((z0 + 1 - z, q)%Z :: d'). cbn [rev length_of fst]. rewrite <- app_assoc.
    repeat split; [lia|constructor; [cbn [fst]; lia|assumption]].
Qed.
Lemma in_runs_ok f s low high v a d n : in_runs f s low high v a = inl d ->
  (0 <= low)%Z -> (high < n)%Z -> (low <= high + 1)%Z -> proper n (Range low high) d.
Proof.
  unfold in_runs. intros H L0 L1 L2. take H. subst. destruct u. injection H as <-.
  apply runs_ok in Heqr as (d' & -> & L & F). cbn [rev app] in *.
  apply check_chances_ok in Heqr0 as [P S]. assert (z = high + 1)%Z by lia. subst z.
  assert (A : all_runs d').
  { clear -F P. unfold all_runs. induction F as [|r d' Hr F IH]; [constructor|].
    cbn [map] in P. inversion P as [|? ? Pr P']; subst. constructor; [split; assumption|auto]. }
  assert (O : forall i, (0 <= i < n)%Z -> has (Range low high) i = false ->
    chance (if (low =? 0)%Z then d' else (low, 0) :: d') i == 0).
  { intros i Hi E. cbn [has] in E. destruct (Z.eqb_spec low 0) as [Z0|Z0].
    - apply chance_beyond; [assumption|lia].
    - cbn [chance]. destruct (Z.ltb_spec i low) as [X|X]; [unfold Qdiv; ring|].
      apply chance_beyond; [assumption|lia]. }
  unfold proper. destruct (Z.eqb_spec low 0) as [Z0|Z0].
  - split; [assumption|]. split; [lia|]. split; assumption.
  - split; [constructor; [cbn; split; [lia|lra]|assumption]|]. split; [cbn [length_of]; lia|].
    split; [|assumption]. cbn [map snd]. unfold sumQ in *. cbn [fold_right]. rewrite S. ring.
Qed.

Lemma as_law_ok low high d0 a d n : as_law low high d0 a = inl d ->
  (0 <= low)%Z -> (high < n)%Z -> (low <= high + 1)%Z -> proper n (Range low high) d.
Proof.
  unfold as_law. intros H L0 L1 L2. take H. subst. destruct u. injection H as <-.
  apply andb_prop in Heqb as [F L]. rewrite covered_is in L. apply Z.eqb_eq in L.
  apply check_chances_ok in Heqr as [P S].
  assert (A : all_runs d0).
  { clear -F P. unfold all_runs. apply Forall_forall. intros r I. rewrite forallb_forall in F. rewrite Forall_forall in P.
    split; [specialize (F r I); lia|apply P, in_map, I]. }
  assert (O : forall i, (0 <= i < n)%Z -> has (Range low high) i = false ->
    chance (if (low =? 0)%Z then d0 else (low, 0) :: d0) i == 0).
  { intros i Hi E. cbn [has] in E. destruct (Z.eqb_spec low 0) as [Z0|Z0].
    - apply chance_beyond; [assumption|lia].
    - cbn [chance]. destruct (Z.ltb_spec i low) as [X|X]; [unfold Qdiv; ring|].
      apply chance_beyond; [assumption|lia]. }
  unfold proper. destruct (Z.eqb_spec low 0) as [Z0|Z0].
  - split; [assumption|]. split; [lia|]. split; assumption.
  - split; [constructor; [cbn; split; [lia|lra]|assumption]|]. split; [cbn [length_of]; lia|].
    split; [|assumption]. cbn [map snd]. unfold sumQ in *. cbn [fold_right]. rewrite S. ring.
Qed.
Lemma in_pieces_ok f ps low high v a d n : in_pieces f ps low high v a = inl d ->
  (0 <= low)%Z -> (high < n)%Z -> (low <= high + 1)%Z -> proper n (Range low high) d.
Proof. unfold in_pieces. intros H. take H. apply as_law_ok with (1 := H). Qed.

(** ** Reading variables *)
Lemma each_ok {A B} (f : Z -> A -> result B) l : forall i acc r, each f i acc l = inl r ->
  exists ys, r = rev acc ++ ys /\ Forall2 (fun x y => exists j, f j x = inl y) l ys.
Proof.
  induction l as [|x l IH]; intros i acc r H; cbn [each] in H.
  - injection H as <-. exists []. rewrite rev'_rev, app_nil_r. split; constructor.
  - take H. subst. apply IH in H as (ys & -> & F). exists (b :: ys). cbn [rev].
    rewrite <- app_assoc. split; [reflexivity|]. constructor; [eauto|assumption].
Qed.
Lemma has_mask n i : (0 <= i < n)%Z -> has (Mask (Z.shiftl 1 n - 1)) i = true.
Proof.
  intros H. cbn [has]. replace (Z.shiftl 1 n - 1)%Z with (Z.ones n).
  - apply Z.ones_spec_low. lia.
  - unfold Z.ones. lia.
Qed.
Lemma uniform_proper n p : (0 < n)%Z -> (forall i, (0 <= i < n)%Z -> has p i = true) ->
  proper n p [(n, 1)].
Proof.
  intros H W. unfold proper. split; [constructor; [cbn; split; [assumption|lra]|constructor]|].
  split; [cbn; lia|]. split; [cbn; ring|].
  intros i Hi E. rewrite W in E by assumption. discriminate.
Qed.
Lemma categorical_good name ms i v : categorical name ms i = inl v -> good v.
Proof.
  unfold categorical. intros H. take H; subst; injection H as <-; unfold good;
  cbn [called noun own]; unfold size, whole; cbn [called noun count_of].
  apply Z.eqb_eq in Heqb3. apply Z.leb_le in Heqb0. rewrite (count_length l2) in Heqb3.
  rewrite Heqb3. split; [reflexivity|].
  destruct (find PROBABILITIES ms).
  - apply listed_ok in Heqr as (ps & -> & L & F & S). apply one_each_runs in F as (A & L' & M).
    split; [assumption|]. split; [lia|]. split; [rewrite M; assumption|].
    intros k Hk E. rewrite has_mask in E by assumption. discriminate.
  - injection Heqr as <-. apply uniform_proper; [lia|]. intros k Hk. apply has_mask. assumption.
Qed.
Lemma ordinal_good name ms i v : ordinal name ms i = inl v -> good v.
Proof.
  unfold ordinal. intros H. take H; subst; injection H as <-; unfold good;
  cbn [called noun own]; unfold size, whole; cbn [called noun count_of].
  repeat match goal with X : (_ <=? _)%Z = true |- _ => apply Z.leb_le in X end.
  split; [repeat split; lia|]. replace (z + 1 - 1)%Z with z by lia.
  destruct (find PROBABILITIES ms).
  - apply in_runs_ok with (n := (z + 1)%Z) in Heqr; (assumption || lia).
  - injection Heqr as <-. apply uniform_proper; [lia|]. intros k Hk. cbn [has]. lia.
Qed.
Lemma continuous_good name ms i v : continuous name ms i = inl v -> good v.
Proof.
  unfold continuous. intros H. take H; subst; injection H as <-; unfold good;
  cbn [called noun own]; unfold size, whole; cbn [called noun count_of];
  match goal with X : as_law _ _ _ _ = inl _ |- context [covered ?ps] =>
    assert (0 < covered ps)%Z by (repeat match goal with Y : _ && _ = true |- _ => apply andb_prop in Y as [? ?] end; lia);
    split; [split; [reflexivity|split; [reflexivity|assumption]]|];
    apply as_law_ok with (n := covered ps) in X; (assumption || lia)
  end.
Qed.
Lemma read_variable_good two three i j v : read_variable two three i j = inl v -> good v.
Proof.
  unfold read_variable. intros H. take H; subst;
    solve [apply categorical_good in H; assumption | apply ordinal_good in H; assumption |
      apply continuous_good in H; assumption].
Qed.

(** ** Reading the domain's tree *)
Definition part_fits (v : named) (p : part) : Prop :=
  match p with Mask _ => True | Range l h => (0 <= l <= h + 1)%Z /\ (h < size v)%Z end.
Lemma whole_fits v : good v -> part_fits v (whole v).
Proof.
  intros [G _]. unfold whole, part_fits, size.
  destruct (called v), (noun v); try contradiction; cbn [count_of]; [exact I|lia|].
  destruct G as (_ & -> & L). unfold covered in *. lia.
Qed.
Lemma halves_fit v p t a b : part_fits v p -> halves p t = Some (a, b) ->
  part_fits v a /\ part_fits v b.
Proof.
  unfold halves. intros F H. destruct p, t; try discriminate; take H; injection H as <- <-;
    cbn [part_fits] in *; lia.
Qed.
Lemma leaf_chances_proper i v p j d : good v -> part_fits v p ->
  leaf_chances i (v, p, j) = inl d -> proper (size v) p d.
Proof.
  intros G F H. unfold leaf_chances in H.
  assert (K : match called v, p with
    | Labels ts, Mask m => d' <- listed (count ts) j [i] ;;
        need none_outside m 0 d' or (NotTheLeafsValues, [i]) ;; inl d'
    | ByNumber first step _, Range low high => in_runs first step low high j [i]
    | ByPiece first ps, Range low high => in_pieces first ps low high j [i]
    | _, _ => inr (NotTheLeafsValues, [i])
    end = inl d \/ p = whole v /\ d = own v).
  { destruct j; try (left; exact H). right. take H. injection H as <-. split; [|reflexivity].
    clear -Heqb. destruct p, (whole v); cbn [same_part] in Heqb; try discriminate; f_equal; lia. }
  clear H. destruct K as [H|[-> ->]]; [|apply G].
  destruct G as [G _]. unfold size. destruct (called v) as [ts|f s n|f ps], p as [m|l h]; try discriminate.
  - destruct (noun v) as [rows| |]; [|destruct G|destruct G]. take H. injection H as <-. cbn [count_of].
    apply listed_ok in Heqr as (ps & -> & L & Fp & S). pose proof (one_each_runs _ Fp) as (A & L' & M).
    split; [assumption|]. split; [lia|]. split; [rewrite M; assumption|].
    intros k Hk E. apply (none_outside_ok m ps 0); (assumption || lia).
  - destruct F as [F1 F2]. apply in_runs_ok with (n := size v) in H; unfold size in *; (assumption || lia).
  - destruct F as [F1 F2]. apply in_pieces_ok with (n := size v) in H; unfold size in *; (assumption || lia).
Qed.
Lemma laws_of ds : forall vs ps js, length ps = length vs -> length js = length vs ->
  Forall good vs -> Forall2 part_fits vs ps ->
  Forall2 (fun x d => exists i, leaf_chances i x = inl d) (combine (combine vs ps) js) ds ->
  laws (map noun vs) ps ds.
Proof.
  induction ds as [|d ds IH]; intros [|v vs] [|p ps] [|j js] L1 L2 G F H; try discriminate;
    cbn [combine map] in *; inversion H; subst; constructor.
  - destruct H3 as [i E]. inversion G; inversion F; subst. eapply leaf_chances_proper; eassumption.
  - inversion G; inversion F; subst. apply (IH vs ps js); try assumption; cbn [length] in *; lia.
Qed.
Definition value_at (g : given) (t : tuple) : Q :=
  match leaf g t with Some (w, ds) => w * together ds t | None => 0 end.
Definition within (ps : list part) (g : given) (t : tuple) : Q :=
  if inside ps t then value_at g t else 0.
Lemma replace_length {A} (a : A) : forall l i, length (replace i a l) = length l.
Proof. induction l as [|x l IH]; intros [|i]; cbn [replace length]; auto. Qed.
Lemma replace_fits a : forall i vs ps v, Forall2 part_fits vs ps -> nth_error vs i = Some v ->
  part_fits v a -> Forall2 part_fits vs (replace i a ps).
Proof.
  induction i as [|i IH]; intros vs ps v F E P; inversion F; subst; try discriminate; cbn [replace];
    cbn [nth_error] in E.
  - injection E as ->. constructor; assumption.
  - constructor; [assumption|]. eapply IH; eassumption.
Qed.
Lemma number_of_nth key vs : forall k i v, number_of key vs k = Some (i, v) ->
  (k <= i)%nat /\ nth_error vs (i - k) = Some v.
Proof.
  induction vs as [|w vs IH]; intros k i v H; cbn [number_of] in H; [discriminate|].
  destruct (same (name w) key).
  - injection H as <- <-. rewrite Nat.sub_diag. split; [lia|reflexivity].
  - apply IH in H as [L E]. split; [lia|]. replace (i - k)%nat with (S (i - S k)) by lia. exact E.
Qed.
Lemma Forall2_nth {A B} (P : A -> B -> Prop) l m : Forall2 P l m -> forall i x, nth_error l i = Some x ->
  forall b, P x (nth i m b) /\ (i < length m)%nat.
Proof.
  induction 1 as [|x y l m H F IH]; intros [|i] z E b; try discriminate; cbn [nth_error nth length] in *.
  - injection E as <-. split; [assumption|lia].
  - destruct (IH i z E b). split; [assumption|lia].
Qed.
Lemma Forall2_length {A B} (P : A -> B -> Prop) l m : Forall2 P l m -> length l = length m.
Proof. induction 1; cbn [length]; congruence. Qed.
Lemma fits_nonneg vs t : fits vs t -> forall i, (0 <= nth i t 0)%Z.
Proof. induction 1; intros [|k]; cbn [nth]; auto; lia. Qed.

Section Tree.
  Variable vs : list named.
  Hypothesis Good : Forall good vs.
  Let all := tuples (map noun vs).
  (** The weight in the tree below a node, of the tuples that come there. *)
  Lemma given_total r : forall ps g ws, Forall2 part_fits vs ps ->
    read_given vs ps r = inl (g, ws) ->
    over all (within ps g) == sumQ ws /\ forall t, In t all -> inside ps t = true -> 0 <= value_at g t.
  Proof.
    induction r as [ms l IHl r IHr|ms|]; intros ps g ws F H; cbn [read_given] in H; [| |discriminate].
    - take H. subst. injection H as <- <-. destruct p3 as [g1 ws1], p4 as [g2 ws2]. cbn [fst snd].
      apply number_of_nth in Heqo0 as [_ N]. rewrite Nat.sub_0_r in N.
      destruct (Forall2_nth _ _ _ F _ _ N (Mask 0)) as [Pf Ln].
      destruct (halves_fit _ _ _ _ _ Pf Heqo2) as [F1 F2].
      destruct (IHl _ _ _ (replace_fits _ _ _ _ _ F N F1) Heqr0) as [T1 N1].
      destruct (IHr _ _ _ (replace_fits _ _ _ _ _ F N F2) Heqr1) as [T2 N2]. clear IHl IHr.
      assert (X : forall u, In u all ->
        inside (replace n p1 ps) u = inside ps u && goes_left t0 (nth n u 0%Z) /\
        inside (replace n p2 ps) u = inside ps u && negb (goes_left t0 (nth n u 0%Z))).
      { intros u I. apply tuples_fit in I as Fu. apply tuples_length in I. rewrite map_length in I.
        pose proof (fits_nonneg _ _ Fu n) as P0.
        destruct (halves_has _ _ _ _ Heqo2 _ P0) as [H1 H2].
        pose proof (Forall2_length _ _ _ F) as Lf.
        assert (In_ : inside ps u = inside ps u && has (nth n ps (Mask 0)) (nth n u 0%Z)).
        { clear -Ln I Lf. rewrite Lf in I. clear Lf. revert ps u Ln I.
          induction n as [|k IH]; intros [|p ps] [|x u] Ln I; cbn [length] in *; try lia;
            cbn [inside nth].
          - destruct (has p x), (inside ps u); reflexivity.
          - rewrite (IH ps u) at 1 by lia. apply andb_assoc. }
        rewrite (inside_replace p1), (inside_replace p2); try (lia || congruence); cbv zeta;
          rewrite ?H1, ?H2; clear H1 H2; destruct (has (nth n ps (Mask 0)) (nth n u 0%Z));
          try reflexivity; [split; reflexivity|].
        rewrite andb_false_r in In_. rewrite In_. split; reflexivity. }
      split.
      + unfold sumQ. rewrite fold_right_app. fold (sumQ ws2).
        assert (Y : forall l c, fold_right Qplus c l == sumQ l + c).
        { induction l0 as [|x l0 IH]; intros c; unfold sumQ in *; cbn [fold_right]; [ring|].
          rewrite IH. ring. }
        rewrite Y, <- T1, <- T2, <- over_plus. apply over_ext. intros u I.
        destruct (X u I) as [X1 X2]. unfold within, value_at. rewrite X1, X2. cbn [leaf].
        destruct (inside ps u), (goes_left t0 (nth n u 0%Z)); cbn [andb negb]; ring.
      + intros u I Iu. destruct (X u I) as [X1 X2]. rewrite Iu in X1, X2.
        unfold value_at in *. cbn [leaf]. cbn [andb] in *.
        destruct (goes_left t0 (nth n u 0%Z)); [apply N1|apply N2]; assumption.
    - take H; subst.
      + injection H as <- <-. split; [apply over_zero; intros t _; unfold within, value_at; cbn;
          destruct (inside ps t); reflexivity|]. intros t _ _. unfold value_at. cbn. lra.
      + injection H as <- <-. apply each_ok in Heqr as (ds & -> & E). cbn [rev app].
        assert (L : laws (map noun vs) ps ds).
        { apply (laws_of _ _ _ l); try assumption.
          - symmetry. apply (Forall2_length _ _ _ F).
          - apply Z.eqb_eq in Heqb2. rewrite !count_length in Heqb2. lia. }
        assert (W : 0 <= q).
        { apply negb_true_iff in Heqb0. unfold is_negative in Heqb0. unfold Qle. cbn. lia. }
        split.
        * rewrite (over_ext _ _ (fun t => q * together ds t)).
          -- rewrite over_scale. unfold all. rewrite (together_total _ _ _ L). unfold sumQ. cbn. ring.
          -- intros t I. unfold within, value_at. cbn [leaf].
             destruct (inside ps t) eqn:Ei; [reflexivity|].
             rewrite (together_outside _ _ _ L); [ring| |assumption]. apply tuples_fit. assumption.
        * intros t I _. unfold value_at. cbn [leaf]. apply Qmult_le_0_compat; [assumption|].
          apply (together_nonneg _ _ _ L).
  Qed.
End Tree.

(** ** The whole domain *)
Lemma variables_good two three entries vs :
  each (read_variable two three) 0 [] entries = inl vs -> Forall good vs.
Proof.
  intros H. apply each_ok in H as (ys & -> & F). cbn [rev app].
  induction F as [|x y l m [j E] F IH]; constructor; [|assumption]. eapply read_variable_good. exact E.
Qed.
Lemma whole_laws vs : Forall good vs -> laws (map noun vs) (map whole vs) (map own vs).
Proof. induction 1 as [|v vs G H IH]; cbn [map]; constructor; [apply G|assumption]. Qed.
Lemma whole_fit vs : Forall good vs -> Forall2 part_fits vs (map whole vs).
Proof. induction 1; cbn [map]; constructor; [apply whole_fits; assumption|assumption]. Qed.
Lemma whole_has v i : good v -> (0 <= i < size v)%Z -> has (whole v) i = true.
Proof.
  intros [G _] H. unfold whole, size in *.
  destruct (called v), (noun v); try contradiction; cbn [count_of] in H.
  - rewrite G. apply has_mask. assumption.
  - cbn [has]. destruct G as (_ & _ & -> & _). lia.
  - cbn [has]. destruct G as (_ & -> & _). unfold covered. lia.
Qed.
Lemma whole_inside vs : Forall good vs -> forall t, fits (map noun vs) t ->
  inside (map whole vs) t = true.
Proof.
  induction 1 as [|v vs G H IH]; intros t F; inversion F; subst; [reflexivity|].
  cbn [map inside]. rewrite whole_has, IH by assumption. reflexivity.
Qed.
Theorem domain_total ranges intervals v vs d : read_domain ranges intervals v = inl (vs, d) ->
  over (points d) (weight d) == 1 /\ forall t, In t (points d) -> 0 <= weight d t.
Proof.
  unfold read_domain. intros H. take H. subst. injection H as <- <-.
  apply variables_good in Heqr as G. rename l1 into vs. unfold points.
  assert (T : over (tuples (map noun vs)) (value_at g) == 1 /\
    forall u, In u (tuples (map noun vs)) -> 0 <= value_at g u).
  { destruct (find GIVEN l).
    - take Heqs. subst. injection Heqs as ->.
      destruct (given_total vs G _ _ _ _ (whole_fit vs G) Heqr1) as [S N]. split.
      + rewrite <- (sums_to_one_true _ Heqo2), <- S. apply over_ext. intros x I. unfold within.
        rewrite whole_inside; [reflexivity|assumption|apply tuples_fit; assumption].
      + intros x I. apply N; [assumption|]. apply whole_inside; [assumption|].
        apply tuples_fit. assumption.
    - injection Heqs as <-. pose proof (whole_laws vs G) as L. split.
      + rewrite (over_ext _ _ (together (map own vs))); [apply (together_total _ _ _ L)|].
        intros x _. unfold value_at. cbn [leaf]. ring.
      + intros x _. unfold value_at. cbn [leaf]. rewrite Qmult_1_l. apply (together_nonneg _ _ _ L). }
  destruct T as [T N]. cbn [variables]. split.
  - rewrite over_filter, <- T. apply over_ext. intros x _. unfold is_point, weight, value_at.
    cbn [tree_of]. destruct (leaf g x) as [[w ds]|]; reflexivity.
  - intros x I. apply filter_In in I as [I _]. apply (N x I).
Qed.
