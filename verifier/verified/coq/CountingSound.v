(** * Counting is right: sums over the points of cells, walks through trees, tallies. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Bounds FastSound Counting.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

Lemma class_of_net n p : class_of (ANet n) p = class_at (layers (ready n)) (input (seen (sees n) p)).
Proof. cbn [class_of]. rewrite (fast_is n). apply fast_class_is. Qed.

(** ** Sums over the points of a cell *)
Fixpoint gsum (F : point -> Z) (c : cell) : Z :=
  match c with
  | [] => F []
  | q :: c' => sumZ (map (fun v => gsum (fun p => F (v :: p)) c') (members q))
  end.
Lemma sum_ext {A} (g h : A -> Z) l : (forall x, In x l -> g x = h x) -> sumZ (map g l) = sumZ (map h l).
Proof. intros H. induction l; cbn in *; [reflexivity|]. rewrite H, IHl; auto. Qed.
Lemma sum_le {A} (g h : A -> Z) l : (forall x, In x l -> g x <= h x) -> sumZ (map g l) <= sumZ (map h l).
Proof.
  intros H. induction l as [|a l IH]; [cbn; lia|]. cbn [map sumZ].
  pose proof (H a (or_introl eq_refl)). specialize (IH (fun x h => H x (or_intror h))). lia.
Qed.
Lemma sum_plus {A} (g h : A -> Z) l : sumZ (map (fun x => g x + h x) l) = sumZ (map g l) + sumZ (map h l).
Proof. induction l; cbn; lia. Qed.
Lemma sum_scale {A} k (f : A -> Z) l : sumZ (map (fun x => k * f x) l) = k * sumZ (map f l).
Proof. induction l; cbn [map sumZ]; lia. Qed.
Lemma sum_filter {A} (f : A -> bool) g vs :
  sumZ (map g (filter f vs)) + sumZ (map g (filter (fun v => negb (f v)) vs)) = sumZ (map g vs).
Proof. induction vs as [|v vs IH]; [reflexivity|]. cbn. destruct (f v); cbn; lia. Qed.
Lemma gsum_points c : forall F, gsum F c = sumZ (map F (points c)).
Proof.
  induction c as [|q c IH]; intros F; cbn [gsum points]; [cbn; lia|].
  induction (members q) as [|v vs IHv]; [reflexivity|]. cbn [map flat_map sumZ].
  rewrite map_app, sumZ_app, IHv, IH, map_map. reflexivity.
Qed.
Lemma gsum_ext c F G : (forall p, In p (points c) -> F p = G p) -> gsum F c = gsum G c.
Proof. intros H. rewrite !gsum_points. apply sum_ext. assumption. Qed.
Lemma gsum_le c F G : (forall p, In p (points c) -> F p <= G p) -> gsum F c <= gsum G c.
Proof. intros H. rewrite !gsum_points. apply sum_le. assumption. Qed.
Lemma gsum_plus c F G : gsum (fun p => F p + G p) c = gsum F c + gsum G c.
Proof. rewrite !gsum_points. apply sum_plus. Qed.
Lemma gsum_scale c k F : gsum (fun p => k * F p) c = k * gsum F c.
Proof. rewrite !gsum_points. apply sum_scale. Qed.
Lemma gsum_zero c F : (forall p, In p (points c) -> F p = 0) -> gsum F c = 0.
Proof.
  intros H. rewrite (gsum_ext c F (fun p => 0 * F p)); [rewrite gsum_scale; lia|].
  intros p Hp. rewrite H by assumption. reflexivity.
Qed.
Lemma gsum_nonneg c F : (forall p, In p (points c) -> 0 <= F p) -> 0 <= gsum F c.
Proof. intros H. rewrite <- (gsum_zero c (fun _ => 0)) by reflexivity. apply gsum_le. assumption. Qed.

(** ** Halves *)
Lemma parted_filter f vs : parted f vs = (filter f vs, filter (fun v => negb (f v)) vs).
Proof. induction vs as [|v vs IH]; [reflexivity|]. cbn. rewrite IH. destruct (f v); reflexivity. Qed.
Definition halved (f : value -> bool) (q : part) (ab : part * part) :=
  members (fst ab) = filter f (members q) /\ members (snd ab) = filter (fun v => negb (f v)) (members q).
Lemma from_filter_up k n : forall lo,
  filter (fun i => i <=? k) (from lo n) = from lo (Z.to_nat (Z.min (lo + Z.of_nat n - 1) k + 1 - lo)).
Proof.
  induction n as [|n IH]; intros lo.
  - cbn [from filter]. replace (Z.to_nat _) with O by lia. reflexivity.
  - cbn [from filter]. rewrite IH. destruct (Z.leb_spec lo k).
    + replace (Z.to_nat (Z.min (lo + Z.of_nat (S n) - 1) k + 1 - lo)) with
        (S (Z.to_nat (Z.min (lo + 1 + Z.of_nat n - 1) k + 1 - (lo + 1)))) by lia. reflexivity.
    + replace (Z.to_nat (Z.min (lo + 1 + Z.of_nat n - 1) k + 1 - (lo + 1))) with O by lia.
      replace (Z.to_nat (Z.min (lo + Z.of_nat (S n) - 1) k + 1 - lo)) with O by lia. reflexivity.
Qed.
Lemma from_filter_down k n : forall lo,
  filter (fun i => negb (i <=? k)) (from lo n) =
  from (Z.max lo (k + 1)) (Z.to_nat (lo + Z.of_nat n - Z.max lo (k + 1))).
Proof.
  induction n as [|n IH]; intros lo.
  - cbn [from filter]. replace (Z.to_nat _) with O by lia. reflexivity.
  - cbn [from filter]. rewrite IH. destruct (Z.leb_spec lo k); cbn [negb].
    + replace (Z.max (lo + 1) (k + 1)) with (Z.max lo (k + 1)) by lia. f_equal. lia.
    + replace (Z.max (lo + 1) (k + 1)) with (lo + 1) by lia. replace (Z.max lo (k + 1)) with lo by lia.
      replace (Z.to_nat (lo + Z.of_nat (S n) - lo)) with (S (Z.to_nat (lo + 1 + Z.of_nat n - (lo + 1)))) by lia.
      reflexivity.
Qed.
Lemma filter_map {A B} (f : B -> bool) (g : A -> B) l : filter f (map g l) = map g (filter (fun x => f (g x)) l).
Proof. induction l as [|a l IH]; [reflexivity|]. cbn. rewrite IH. destruct (f (g a)); reflexivity. Qed.
Lemma from_empty lo n : n = O -> from lo n = []. Proof. intros ->. reflexivity. Qed.
Lemma halves_halved f last q :
  (forall s d lo hi k, q = Range s d lo hi -> last = Some k -> forall i, f (number_of s d i) = (i <=? k)) ->
  (forall s rs lo hi k, q = Pieces s rs lo hi -> last = Some k -> forall i, lo <= i <= hi ->
     f (piece_of s rs i) = (i <=? k)) ->
  halved f q (halves f last q).
Proof.
  intros H H'.
  assert (E : forall k lo hi,
    filter (fun i => i <=? k) (from lo (Z.to_nat (hi + 1 - lo))) = from lo (Z.to_nat (Z.min hi k + 1 - lo)) /\
    filter (fun i => negb (i <=? k)) (from lo (Z.to_nat (hi + 1 - lo))) =
      from (Z.max lo (k + 1)) (Z.to_nat (hi + 1 - Z.max lo (k + 1)))).
  { clear. intros k lo hi. rewrite from_filter_up, from_filter_down. split.
    - f_equal. lia.
    - destruct (Z.le_gt_cases lo (hi + 1)); [f_equal; lia|]. rewrite !from_empty by lia. reflexivity. }
  unfold halved, halves. destruct q as [vs|s d lo hi|s rs lo hi].
  - rewrite parted_filter. split; reflexivity.
  - destruct last as [k|]; [|rewrite parted_filter; split; reflexivity].
    specialize (H s d lo hi k eq_refl eq_refl). cbn [fst snd]. cbn [members]. rewrite !filter_map.
    rewrite (filter_ext _ (fun i => i <=? k) H).
    rewrite (filter_ext (fun x => negb (f (number_of s d x))) (fun i => negb (i <=? k)))
      by (intros i; rewrite H; reflexivity).
    destruct (E k lo hi) as [-> ->]. split; reflexivity.
  - destruct last as [k|]; [|rewrite parted_filter; split; reflexivity].
    specialize (H' s rs lo hi k eq_refl eq_refl). cbn [fst snd]. cbn [members]. rewrite !filter_map.
    assert (I : forall i, In i (from lo (Z.to_nat (hi + 1 - lo))) -> lo <= i <= hi).
    { intros i Hi. apply in_from in Hi. lia. }
    rewrite (filter_ext_in (fun i => f (piece_of s rs i)) (fun i => i <=? k)) by (intros i Hi; apply H', I, Hi).
    rewrite (filter_ext_in (fun x => negb (f (piece_of s rs x))) (fun i => negb (i <=? k)))
      by (intros i Hi; rewrite H' by (apply I, Hi); reflexivity).
    destruct (E k lo hi) as [-> ->]. split; reflexivity.
Qed.
Lemma last_up_to_spec s rs t fuel : forall lo hi, hi + 1 - lo < 2 ^ Z.of_nat fuel -> forall i, lo <= i <= hi ->
  (cut_at s rs (i + 1) <=? t) = (i <=? last_up_to fuel s rs t lo hi).
Proof.
  assert (R : forall fu lo hi, lo <= hi + 1 -> lo - 1 <= last_up_to fu s rs t lo hi <= hi).
  { induction fu as [|fu IH]; intros lo hi H; cbn [last_up_to]; destruct (Z.ltb_spec hi lo); try lia.
    set (mid := (lo + hi) / 2). assert (lo <= mid <= hi).
    { unfold mid. split; [apply Z.div_le_lower_bound; lia|apply Z.div_le_upper_bound; lia]. }
    destruct (_ <=? t); [specialize (IH (mid + 1) hi ltac:(lia))|specialize (IH lo (mid - 1) ltac:(lia))]; lia. }
  induction fuel as [|fu IH]; intros lo hi H i Hi.
  - cbn in H. lia.
  - cbn [last_up_to]. destruct (Z.ltb_spec hi lo); [lia|]. rewrite Nat2Z.inj_succ, Z.pow_succ_r in H by lia.
    set (mid := (lo + hi) / 2). assert (B : lo + hi - 1 <= 2 * mid <= lo + hi).
    { unfold mid. pose proof (Z.div_mod (lo + hi) 2 ltac:(lia)). pose proof (Z.mod_pos_bound (lo + hi) 2 ltac:(lia)). lia. }
    destruct (Z.leb_spec (cut_at s rs (mid + 1)) t) as [C|C].
    + pose proof (R fu (mid + 1) hi ltac:(lia)) as Rk. destruct (Z.le_gt_cases i mid).
      * pose proof (cut_at_mono rs s (i + 1) (mid + 1) ltac:(lia)).
        destruct (Z.leb_spec (cut_at s rs (i + 1)) t), (Z.leb_spec i (last_up_to fu s rs t (mid + 1) hi)); try reflexivity; lia.
      * apply IH; lia.
    + pose proof (R fu lo (mid - 1) ltac:(lia)) as Rk. destruct (Z.le_gt_cases mid i).
      * pose proof (cut_at_mono rs s (mid + 1) (i + 1) ltac:(lia)).
        destruct (Z.leb_spec (cut_at s rs (i + 1)) t), (Z.leb_spec i (last_up_to fu s rs t lo (mid - 1))); try reflexivity; lia.
      * apply IH; lia.
Qed.
Lemma cut_at_first rs : forall s i, i <= 0 -> cut_at s rs i = s.
Proof.
  induction rs as [|[n l] rs IH]; intros s i H; cbn [cut_at]; [reflexivity|]. cbv zeta.
  assert (Hn : 0 <= Z.max 0 n) by lia. set (n' := Z.max 0 n) in *. clearbody n'.
  destruct (Z.ltb_spec i n'); [rewrite Z.max_l by lia; ring|]. rewrite IH by lia. replace n' with 0 by lia. ring.
Qed.
Lemma runs_up_to_before t hi rs : forall s b x, s <= t -> x < b -> x <= hi -> x <= runs_up_to s rs t b hi.
Proof.
  induction rs as [|[n l] rs IH]; intros s b x Hs Hx Hh; cbn [runs_up_to].
  - destruct (Z.leb_spec s t); lia.
  - cbv zeta. destruct (Z.leb_spec (s + Z.max 0 n * Z.max 0 l) t); [apply IH; lia|].
    destruct (Z.eqb_spec (Z.max 0 l) 0); [lia|]. assert (0 <= (t - s) / Z.max 0 l) by (apply Z.div_pos; lia). lia.
Qed.
Lemma runs_up_to_spec t hi rs : forall s b j, 0 <= j -> b + j <= hi ->
  (cut_at s rs (j + 1) <=? t) = (b + j <=? runs_up_to s rs t b hi).
Proof.
  induction rs as [|[n l] rs IH]; intros s b j Hj Hb; cbn [runs_up_to cut_at].
  - destruct (Z.leb_spec s t), (Z.leb_spec (b + j) hi), (Z.leb_spec (b + j) (b - 1)); try reflexivity; lia.
  - cbv zeta. assert (Hn : 0 <= Z.max 0 n) by lia. assert (Hl : 0 <= Z.max 0 l) by lia.
    set (n' := Z.max 0 n) in *. set (l' := Z.max 0 l) in *. clearbody n' l'. rewrite (Z.max_r 0 (j + 1)) by lia.
    destruct (Z.leb_spec (s + n' * l') t) as [Hn'|Hn'].
    + destruct (Z.ltb_spec (j + 1) n') as [H1|H1].
      * pose proof (runs_up_to_before t hi rs (s + n' * l') (b + n') (b + j) Hn' ltac:(lia) Hb).
        assert ((j + 1) * l' <= n' * l') by (apply Z.mul_le_mono_nonneg_r; lia).
        destruct (Z.leb_spec (s + (j + 1) * l') t), (Z.leb_spec (b + j) (runs_up_to (s + n' * l') rs t (b + n') hi)); try reflexivity; lia.
      * destruct (Z.eq_dec (j + 1) n') as [E|E].
        -- replace (j + 1 - n') with 0 by lia. rewrite cut_at_first by lia.
           pose proof (runs_up_to_before t hi rs (s + n' * l') (b + n') (b + j) Hn' ltac:(lia) Hb).
           destruct (Z.leb_spec (s + n' * l') t), (Z.leb_spec (b + j) (runs_up_to (s + n' * l') rs t (b + n') hi)); try reflexivity; lia.
        -- replace (j + 1 - n') with (j - n' + 1) by ring. rewrite (IH (s + n' * l') (b + n') (j - n')) by lia. f_equal. lia.
    + assert (F : forall k, k < b + j -> s + n' * l' <= cut_at (s + n' * l') rs (j + 1 - n') -> 
        n' <= j + 1 -> (cut_at (s + n' * l') rs (j + 1 - n') <=? t) = (b + j <=? k)).
      { intros k Hk Hc _. destruct (Z.leb_spec (cut_at (s + n' * l') rs (j + 1 - n')) t), (Z.leb_spec (b + j) k); try reflexivity; lia. }
      destruct (Z.eqb_spec l' 0) as [E|E].
      * subst l'. destruct (Z.ltb_spec (j + 1) n'); [|apply F; [lia|apply cut_at_above|lia]].
        destruct (Z.leb_spec (s + (j + 1) * 0) t), (Z.leb_spec (b + j) (b - 1)); try reflexivity; lia.
      * destruct (Z.ltb_spec (j + 1) n') as [H1|H1].
        -- destruct (Z.leb_spec (s + (j + 1) * l') t) as [H2|H2].
           ++ assert (j + 1 <= (t - s) / l') by (apply Z.div_le_lower_bound; lia).
              destruct (Z.leb_spec (b + j) (b + (t - s) / l' - 1)); [reflexivity|lia].
           ++ assert ((t - s) / l' < j + 1) by (apply Z.div_lt_upper_bound; lia).
              destruct (Z.leb_spec (b + j) (b + (t - s) / l' - 1)); [lia|reflexivity].
        -- apply F; [|apply cut_at_above|lia]. assert ((t - s) / l' < n') by (apply Z.div_lt_upper_bound; lia). lia.
Qed.
Lemma pieces_up_to_spec s rs t lo hi i : lo <= i <= hi ->
  (cut_at s rs (i + 1) <=? t) = (i <=? pieces_up_to s rs t lo hi).
Proof.
  intros H. unfold pieces_up_to. destruct (Z.leb_spec 0 lo); [apply (runs_up_to_spec t hi rs s 0 i); lia|].
  apply last_up_to_spec; [|assumption].
  pose proof (Z.log2_spec (Z.max 1 (hi + 1 - lo)) ltac:(lia)) as [_ L]. unfold Z.succ in L.
  rewrite Z2Nat.id; [lia|]. pose proof (Z.log2_nonneg (Z.max 1 (hi + 1 - lo))). lia.
Qed.
Lemma test_halved s q : halved (passes s) q (test_halves s q).
Proof.
  apply halves_halved; [intros a d lo hi k _ E i|intros a rs lo hi k _ E i _]; destruct s as [m|k'];
    try discriminate; inversion E; subst; reflexivity.
Qed.
Lemma code_halved j t q : halved (below j t) q (code_halves j t q).
Proof.
  apply halves_halved; [intros s d lo hi k -> E i|intros s rs lo hi k -> E i Hi]; (destruct j as [|j]; [|discriminate]);
    [|inversion E; subst; unfold below, piece_of; cbn [code nth]; apply pieces_up_to_spec; assumption].
  destruct (Z.ltb_spec 0 d); [|discriminate]. inversion E; subst. unfold below, number_of. cbn [code nth].
  apply eq_true_iff_eq. rewrite !Z.leb_le. split; intros H1.
  - apply Z.div_le_lower_bound; lia.
  - pose proof (Z.mul_div_le (t - s) d ltac:(lia)). nia.
Qed.
Lemma is_empty_members q : is_empty q = true -> members q = [].
Proof.
  destruct q as [[|]|s d lo hi|s rs lo hi]; try discriminate; [reflexivity| |]; cbn [is_empty]; rewrite Z.ltb_lt;
    intros H; cbn [members]; rewrite from_empty by lia; reflexivity.
Qed.

Lemma put_length q c : forall v, length (put v q c) = length c.
Proof. induction c; destruct v; cbn; auto. Qed.
Lemma gsum_split f a b c : forall v F, (v < length c)%nat -> halved f (nth v c no_part) (a, b) ->
  gsum F (put v a c) + gsum F (put v b c) = gsum F c.
Proof.
  induction c as [|q c IH]; intros v F H [Ha Hb]; cbn in H; [lia|]. cbn [fst snd] in *.
  destruct v as [|v]; cbn [put gsum nth] in *.
  - rewrite Ha, Hb. apply sum_filter.
  - rewrite <- sum_plus. apply sum_ext. intros x _. apply IH; [lia|]. split; assumption.
Qed.
Lemma gsum_empty q c : forall v F, (v < length c)%nat -> members q = [] -> gsum F (put v q c) = 0.
Proof.
  induction c as [|q' c IH]; intros v F H E; cbn in H; [lia|]. destruct v as [|v]; cbn [put gsum].
  - rewrite E. reflexivity.
  - induction (members q') as [|x xs IHx]; [reflexivity|]. cbn [map sumZ]. rewrite IHx, IH by (lia || assumption). lia.
Qed.
Lemma points_put a c : forall v p, (v < length c)%nat ->
  (forall x, In x (members a) -> In x (members (nth v c no_part))) ->
  In p (points (put v a c)) -> In p (points c) /\ In (nth v p nobody) (members a).
Proof.
  induction c as [|q c IH]; intros v p H Ha Hp; cbn in H; [lia|].
  destruct v as [|v]; cbn [put nth] in *; apply points_cons in Hp; destruct Hp as (w & p' & -> & Hw & Hp).
  - split; [|assumption]. apply points_cons. exists w, p'. auto.
  - apply IH in Hp; [|lia|assumption]. destruct Hp. split; [|assumption]. apply points_cons. exists w, p'. auto.
Qed.
Lemma wf_sub a q : wf_part q -> (forall x, In x (members a) -> In x (members q)) -> wf_part a.
Proof.
  intros Hq Ha v Hv. destruct (Hq v (Ha v Hv)) as [E K]. split; [|exact K]. rewrite E.
  destruct a as [vs|s d lo hi|s rs lo hi].
  - destruct vs as [|v0 vs]; [destruct Hv|]. cbn [width]. symmetry. apply Hq, Ha. left. reflexivity.
  - apply in_range in Hv. destruct Hv as (i & _ & ->). cbn in E. symmetry. exact E.
  - apply in_pieces in Hv. destruct Hv as (i & _ & ->). cbn in E. symmetry. exact E.
Qed.
Lemma wf_put a c : wf c -> forall v, (forall x, In x (members a) -> In x (members (nth v c no_part))) ->
  wf (put v a c).
Proof.
  intros H. induction H as [|q c Hq Hc IH]; intros v Ha; [destruct v; constructor|].
  destruct v as [|v]; cbn [put nth] in *; constructor; try assumption.
  - eapply wf_sub; eassumption.
  - apply IH. assumption.
Qed.

(** ** Cells inside cells *)
Record inside (C c : cell) : Prop := {
  in_wf : wf c;
  in_length : length c = length C;
  in_points : forall p, In p (points c) -> In p (points C) }.
Lemma inside_refl c : wf c -> inside c c. Proof. intros H. constructor; auto. Qed.
Lemma inside_trans a b c : inside a b -> inside b c -> inside a c.
Proof. intros [A1 A2 A3] [B1 B2 B3]. constructor; [assumption|congruence|auto]. Qed.
Lemma inside_put v a c : wf c -> (v < length c)%nat ->
  (forall x, In x (members a) -> In x (members (nth v c no_part))) -> inside c (put v a c).
Proof.
  intros H Hv Ha. constructor; [apply wf_put; assumption|apply put_length|].
  intros p Hp. apply (points_put a c v p Hv Ha Hp).
Qed.

(** ** Weights *)
Lemma sum_length {A} (l : list A) : sumZ (map (fun _ => 1) l) = Z.of_nat (length l).
Proof. induction l; cbn [map sumZ length]; lia. Qed.
Lemma from_length n : forall lo, length (from lo n) = n.
Proof. induction n; intros lo; cbn; auto. Qed.
Lemma size_members q : size q = Z.of_nat (length (members q)).
Proof.
  destruct q as [vs|s d lo hi|s rs lo hi]; [reflexivity| |]; cbn [size members]; rewrite map_length, from_length; lia.
Qed.
Lemma gsum_one c : gsum (fun _ => 1) c = cardinal c.
Proof.
  induction c as [|q c IH]; [reflexivity|]. cbn [gsum cardinal]. rewrite IH, size_members.
  rewrite (sum_ext _ (fun _ => cardinal c * 1)) by (intros; lia). rewrite sum_scale, sum_length. lia.
Qed.
Definition head_weight (r : runs) : Z := match r with [] => 0 | (_, w) :: _ => w end.
(** [r], at [pos], is what is left of [all] from [low] on. *)
Definition left_of (all r : runs) (pos low : Z) := forall i, low <= i -> each r (i - pos) = each all i.
Lemma skip_spec all i : forall r pos, left_of all r pos i ->
  let (r', pos') := skip r pos i in left_of all r' pos' i /\ head_weight r' = each all i.
Proof.
  induction r as [|[n w] r IH]; intros pos H; cbn [skip].
  - split; [assumption|]. cbn [head_weight]. rewrite <- (H i) by lia. reflexivity.
  - destruct (Z.ltb_spec i (pos + n)).
    + split; [assumption|]. cbn [head_weight]. rewrite <- (H i) by lia. cbn [each].
      destruct (Z.ltb_spec (i - pos) n); [reflexivity|lia].
    + apply IH. intros j Hj. rewrite <- (H j) by lia. cbn [each].
      destruct (Z.ltb_spec (j - pos) n); [lia|]. f_equal. lia.
Qed.
Lemma mass_few_sum all vs : forall r pos low sum, left_of all r pos low ->
  mass_few all r pos low vs sum = sum + sumZ (map (fun v => each all (index v)) vs).
Proof.
  induction vs as [|v vs IH]; intros r pos low sum H; cbn [mass_few map sumZ]; [lia|].
  destruct (Z.ltb_spec (index v) low); [rewrite IH by assumption; lia|].
  assert (H' : left_of all r pos (index v)) by (intros i Hi; apply H; lia).
  pose proof (skip_spec all (index v) r pos H') as S.
  destruct (skip r pos (index v)) as [r' pos']. destruct S as [S1 S2]. rewrite IH by assumption.
  destruct r' as [|[n w] r']; cbn [head_weight] in S2; lia.
Qed.
Lemma from_app a : forall b lo, from lo (a + b) = from lo a ++ from (lo + Z.of_nat a) b.
Proof.
  induction a as [|a IH]; intros b lo; cbn [Nat.add from app].
  - f_equal. lia.
  - rewrite IH. replace (lo + Z.of_nat (S a)) with (lo + 1 + Z.of_nat a) by lia. reflexivity.
Qed.
Lemma sum_from_shift n (f : Z -> Z) k : forall lo,
  sumZ (map (fun i => f (i - k)) (from lo n)) = sumZ (map f (from (lo - k) n)).
Proof.
  induction n as [|n IH]; intros lo; [reflexivity|]. cbn [from map sumZ]. rewrite IH.
  replace (lo + 1 - k) with (lo - k + 1) by lia. reflexivity.
Qed.
Lemma mass_range_sum r : forall lo hi,
  mass_range r lo hi = sumZ (map (each r) (from lo (Z.to_nat (hi + 1 - lo)))).
Proof.
  induction r as [|[n w] r IH]; intros lo hi.
  - cbn [mass_range]. rewrite (sum_ext _ (fun _ => 0 * 1)) by reflexivity. rewrite sum_scale. lia.
  - cbn [mass_range]. rewrite IH. set (a := Z.to_nat (Z.max 0 (Z.min hi (n - 1) + 1 - lo))).
    set (b := Z.to_nat (hi - n + 1 - (Z.max lo n - n))).
    assert (E : from lo (Z.to_nat (hi + 1 - lo)) = from lo a ++ from (Z.max lo n) b).
    { assert (Ea : a = Z.to_nat (Z.max 0 (Z.min hi (n - 1) + 1 - lo))) by reflexivity.
      assert (Eb : b = Z.to_nat (hi - n + 1 - (Z.max lo n - n))) by reflexivity. clearbody a b.
      destruct (Z.le_gt_cases n lo).
      - replace a with O by lia. cbn [from app]. replace (Z.max lo n) with lo by lia. f_equal. lia.
      - destruct (Z.le_gt_cases hi (n - 1)).
        + rewrite (from_empty _ b) by lia. rewrite app_nil_r. f_equal. lia.
        + replace (Z.to_nat (hi + 1 - lo)) with (a + b)%nat by lia. rewrite from_app.
          replace (lo + Z.of_nat a) with (Z.max lo n) by lia. reflexivity. }
    rewrite E, map_app, sumZ_app. f_equal.
    + rewrite (sum_ext _ (fun _ => w * 1)).
      * rewrite sum_scale, sum_length, from_length. unfold a. lia.
      * intros i Hi. apply in_from in Hi. cbn [each]. destruct (Z.ltb_spec i n); lia.
    + rewrite (sum_ext (each ((n, w) :: r)) (fun i => each r (i - n))).
      * rewrite sum_from_shift. reflexivity.
      * intros i Hi. apply in_from in Hi. cbn [each]. destruct (Z.ltb_spec i n); [lia|reflexivity].
Qed.
Lemma mass_part_sum r q : mass_part r q = sumZ (map (fun v => each r (index v)) (members q)).
Proof.
  destruct q as [vs|s d lo hi|s rs lo hi]; cbn [mass_part].
  - rewrite (mass_few_sum r vs r 0 0); [reflexivity|]. intros i _. f_equal. lia.
  - rewrite mass_range_sum. cbn [members]. rewrite map_map. reflexivity.
  - rewrite mass_range_sum. cbn [members]. rewrite map_map. reflexivity.
Qed.
Lemma mass_sum c : forall ls, mass ls c = gsum (product ls) c.
Proof.
  induction c as [|q c IH]; intros ls.
  - destruct ls; reflexivity.
  - destruct ls as [|r ls].
    + change (mass [] (q :: c)) with (cardinal (q :: c)). rewrite <- gsum_one. apply gsum_ext. reflexivity.
    + cbn [mass gsum product]. rewrite mass_part_sum, IH, Z.mul_comm, <- sum_scale. apply sum_ext.
      intros v _. rewrite gsum_scale. lia.
Qed.
Lemma product_cons ls v p : product ls (v :: p) = weight_at ls v * product (tl ls) p.
Proof. destruct ls; cbn [product weight_at tl]; [|reflexivity]. destruct p; reflexivity. Qed.
Lemma weight_part_sum ls q : weight_part ls q = sumZ (map (weight_at ls) (members q)).
Proof.
  destruct ls as [|r ls]; cbn [weight_part].
  - rewrite (sum_ext _ (fun _ => 1)) by reflexivity. rewrite sum_length. apply size_members.
  - apply mass_part_sum.
Qed.
(** The weight that a leaf gives a point. *)
Definition weight_in (l : leaf) (p : point) : Z := scale l * product (laws l) p.
Lemma weigh_sum l c : weigh l c = gsum (weight_in l) c.
Proof. unfold weigh, weight_in. rewrite mass_sum, gsum_scale. reflexivity. Qed.

(** ** Walks *)
Fixpoint tree_fits (n : nat) (t : tree) : bool :=
  match t with TNode v _ _ a b => (v <? n)%nat && tree_fits n a && tree_fits n b | TLeaf _ => true end.
Section Walks.
  (** [R x N W]: what [x] says is right if [N] points of weight [W] were counted so far. *)
  Variable (A : Type) (R : A -> Z -> Z -> Prop) (F1 F2 : point -> Z).
  Lemma both_halves_sound f ab v c left right x N W :
    wf c -> (v < length c)%nat -> halved f (nth v c no_part) ab ->
    (forall x N W c', inside c c' -> (forall p, In p (points c') -> f (nth v p nobody) = true) ->
       R x N W -> R (left c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    (forall x N W c', inside c c' -> (forall p, In p (points c') -> f (nth v p nobody) = false) ->
       R x N W -> R (right c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    R x N W -> R (both_halves ab v c left right x) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros Hw Hv Hh HL HR Hx. destruct ab as [a b]. pose proof Hh as [Ha Hb]. cbn [fst snd] in Ha, Hb.
    rewrite <- (gsum_split f a b c v F1 Hv Hh), <- (gsum_split f a b c v F2 Hv Hh), !Z.add_assoc.
    assert (Sa : forall y, In y (members a) -> In y (members (nth v c no_part))).
    { intros y. rewrite Ha, filter_In. tauto. }
    assert (Sb : forall y, In y (members b) -> In y (members (nth v c no_part))).
    { intros y. rewrite Hb, filter_In. tauto. }
    unfold both_halves. set (x1 := if is_empty a then x else left (put v a c) x).
    assert (H1 : R x1 (N + gsum F1 (put v a c)) (W + gsum F2 (put v a c))).
    { unfold x1. destruct (is_empty a) eqn:E.
      - apply is_empty_members in E. rewrite !(gsum_empty a c v) by assumption. rewrite !Z.add_0_r. assumption.
      - apply HL; [apply inside_put; assumption| |assumption]. intros p Hp.
        apply points_put in Hp; [|assumption|assumption]. destruct Hp as [_ Hp]. rewrite Ha, filter_In in Hp. tauto. }
    destruct (is_empty b) eqn:E.
    - apply is_empty_members in E. rewrite !(gsum_empty b c v) by assumption. rewrite !Z.add_0_r. assumption.
    - apply HR; [apply inside_put; assumption| |assumption]. intros p Hp.
      apply points_put in Hp; [|assumption|assumption]. destruct Hp as [_ Hp]. rewrite Hb, filter_In in Hp.
      apply negb_true_iff. tauto.
  Qed.
  Lemma walk_given_sound g k : forall c x N W, wf c -> given_fits (length c) g = true ->
    (forall p, In p (points c) -> leaf_of g p = None -> F1 p = 0 /\ F2 p = 0) ->
    (forall l c' x N W, inside c c' -> (forall p, In p (points c') -> leaf_of g p = Some l) ->
       R x N W -> R (k l c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    R x N W -> R (walk_given g k c x) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    induction g as [|l|v s a IHa b IHb]; intros c x N W Hw Hg H0 Hk Hx; cbn [walk_given].
    - rewrite !gsum_zero, !Z.add_0_r; [assumption| |]; intros p Hp; apply (H0 p Hp); reflexivity.
    - apply Hk; [apply inside_refl; assumption| |assumption]. reflexivity.
    - cbn [given_fits] in Hg. apply andb_true_iff in Hg. destruct Hg as [Hg Gb].
      apply andb_true_iff in Hg. destruct Hg as [Hv Ga]. apply Nat.ltb_lt in Hv.
      apply both_halves_sound with (f := passes s); try assumption; [apply test_halved| |].
      + intros x' N' W' c' Hc Hp Hx'. apply IHa; [apply (in_wf _ _ Hc)|rewrite (in_length _ _ Hc); assumption| | |assumption].
        * intros p Hp' E. apply H0; [apply (in_points _ _ Hc); assumption|]. cbn [leaf_of]. rewrite Hp; assumption.
        * intros l c'' x'' N'' W'' Hc' Hl. apply Hk; [eapply inside_trans; eassumption|].
          intros p Hp'. cbn [leaf_of]. rewrite Hp by (apply (in_points _ _ Hc'); assumption). apply Hl. assumption.
      + intros x' N' W' c' Hc Hp Hx'. apply IHb; [apply (in_wf _ _ Hc)|rewrite (in_length _ _ Hc); assumption| | |assumption].
        * intros p Hp' E. apply H0; [apply (in_points _ _ Hc); assumption|]. cbn [leaf_of]. rewrite Hp; assumption.
        * intros l c'' x'' N'' W'' Hc' Hl. apply Hk; [eapply inside_trans; eassumption|].
          intros p Hp'. cbn [leaf_of]. rewrite Hp by (apply (in_points _ _ Hc'); assumption). apply Hl. assumption.
  Qed.
  Lemma walk_tree_sound t k : forall c x N W, wf c -> tree_fits (length c) t = true ->
    (forall class c' x N W, inside c c' -> (forall p, In p (points c') -> classify t p = class) ->
       R x N W -> R (k class c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    R x N W -> R (walk_tree t k c x) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    induction t as [class|v j th a IHa b IHb]; intros c x N W Hw Hg Hk Hx; cbn [walk_tree].
    - apply Hk; [apply inside_refl; assumption| |assumption]. reflexivity.
    - cbn [tree_fits] in Hg. apply andb_true_iff in Hg. destruct Hg as [Hg Gb].
      apply andb_true_iff in Hg. destruct Hg as [Hv Ga]. apply Nat.ltb_lt in Hv.
      apply both_halves_sound with (f := below j th); try assumption; [apply code_halved| |].
      + intros x' N' W' c' Hc Hp Hx'. apply IHa; [apply (in_wf _ _ Hc)|rewrite (in_length _ _ Hc); assumption| |assumption].
        intros class c'' x'' N'' W'' Hc' Hl. apply Hk; [eapply inside_trans; eassumption|].
        intros p Hp'. cbn [classify]. rewrite Hp by (apply (in_points _ _ Hc'); assumption). apply Hl. assumption.
      + intros x' N' W' c' Hc Hp Hx'. apply IHb; [apply (in_wf _ _ Hc)|rewrite (in_length _ _ Hc); assumption| |assumption].
        intros class c'' x'' N'' W'' Hc' Hl. apply Hk; [eapply inside_trans; eassumption|].
        intros p Hp'. cbn [classify]. rewrite Hp by (apply (in_points _ _ Hc'); assumption). apply Hl. assumption.
  Qed.

  (** ** Overlays; [cls] gives the models classes at each point. *)
  Variable cls : point -> nat -> Z.
  Definition right (ks : known) (c : cell) :=
    forall m k, nth m ks None = Some k -> forall p, In p (points c) -> cls p m = k.
  Lemma learn_nth m k ks : forall m' k', nth m' (learn m k ks) None = Some k' ->
    (m' = m /\ k' = k) \/ nth m' ks None = Some k'.
  Proof.
    revert m. induction ks as [|x ks IH]; intros m m' k' H; cbn [learn] in H; [right; exact H|].
    destruct m as [|m]; destruct m' as [|m']; cbn [nth] in *; try (right; exact H).
    - inversion H. left. auto.
    - destruct (IH _ _ _ H) as [[-> ->]|H']; auto.
  Qed.
  Lemma right_inside ks c c' : right ks c -> inside c c' -> right ks c'.
  Proof. intros H Hc m k Hm p Hp. apply (H m k Hm). apply (in_points _ _ Hc). assumption. Qed.
  Lemma learn_right m k ks c : right ks c -> (forall p, In p (points c) -> cls p m = k) ->
    right (learn m k ks) c.
  Proof.
    intros H Hm m' k' E p Hp. apply learn_nth in E. destruct E as [[-> ->]|E]; [auto|]. apply (H m' k' E p Hp).
  Qed.
  Lemma learn_length m k ks : length (learn m k ks) = length ks.
  Proof. revert m. induction ks as [|x ks IH]; intros [|m]; cbn [learn length]; auto. Qed.
  Lemma overlay_sound enough ts k : forall ks c x N W, wf c -> right ks c ->
    Forall (fun mt => tree_fits (length c) (snd mt) = true /\
      forall p, In p (points c) -> cls p (fst mt) = classify (snd mt) p) ts ->
    (forall ks' c' x N W, inside c c' -> right ks' c' -> length ks' = length ks -> R x N W ->
       R (k ks' c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    R x N W -> R (overlay enough ts k ks c x) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    induction ts as [|[m t] ts IH]; intros ks c x N W Hw Hr Ht Hk Hx; cbn [overlay].
    - apply Hk; [apply inside_refl; assumption|assumption|reflexivity|assumption].
    - destruct (enough ks); [apply Hk; [apply inside_refl; assumption|assumption|reflexivity|assumption]|].
      inversion Ht as [|? ? [Hf Hc] Ht']; subst. cbn [fst snd] in Hf, Hc.
      apply walk_tree_sound; try assumption. intros class c' x' N' W' Hi Hl Hx'.
      apply IH; [apply (in_wf _ _ Hi)| | | |assumption].
      + apply learn_right; [eapply right_inside; eassumption|]. intros p Hp.
        rewrite Hc by (apply (in_points _ _ Hi); assumption). apply Hl. assumption.
      + rewrite (in_length _ _ Hi). eapply Forall_impl; [|exact Ht']. intros [m' t'] [G1 G2]. split; [exact G1|].
        intros p Hp. apply G2. apply (in_points _ _ Hi). assumption.
      + intros ks' c'' x'' N'' W'' Hi' Hr' Hn. rewrite learn_length in Hn.
        apply Hk; [eapply inside_trans; eassumption|assumption|assumption].
  Qed.
  Lemma parts_sound enough g ts k ks c x N W : wf c -> given_fits (length c) g = true -> right ks c ->
    Forall (fun mt => tree_fits (length c) (snd mt) = true /\
      forall p, In p (points c) -> cls p (fst mt) = classify (snd mt) p) ts ->
    (forall p, In p (points c) -> leaf_of g p = None -> F1 p = 0 /\ F2 p = 0) ->
    (forall l ks' c' x N W, inside c c' -> right ks' c' -> length ks' = length ks ->
       (forall p, In p (points c') -> leaf_of g p = Some l) -> R x N W ->
       R (k l ks' c' x) (N + gsum F1 c') (W + gsum F2 c')) ->
    R x N W -> R (parts enough g ts k ks c x) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros Hw Hg Hr Ht H0 Hk Hx. unfold parts. apply walk_given_sound; try assumption.
    intros l c' x' N' W' Hi Hl Hx'. apply overlay_sound; [apply (in_wf _ _ Hi)|eapply right_inside; eassumption| | |assumption].
    - rewrite (in_length _ _ Hi). eapply Forall_impl; [|exact Ht]. intros [m' t'] [G1 G2]. split; [exact G1|].
      intros p Hp. apply G2. apply (in_points _ _ Hi). assumption.
    - intros ks' c'' x'' N'' W'' Hi' Hr' Hn. apply Hk; [eapply inside_trans; eassumption|assumption|assumption|].
      intros p Hp. apply Hl. apply (in_points _ _ Hi'). assumption.
  Qed.

  (** ** Point by point *)
  Lemma fold_sound {V} (step : A -> V -> A) (G1 G2 : V -> Z) vs : forall x N W,
    (forall v x N W, In v vs -> R x N W -> R (step x v) (N + G1 v) (W + G2 v)) ->
    R x N W -> R (fold_left step vs x) (N + sumZ (map G1 vs)) (W + sumZ (map G2 vs)).
  Proof.
    induction vs as [|v vs IH]; intros x N W Hs Hx; cbn [fold_left map sumZ].
    - rewrite !Z.add_0_r. assumption.
    - rewrite !Z.add_assoc. apply IH; [intros v' x' N' W' Hv'; apply Hs; right; assumption|].
      apply Hs; [left; reflexivity|assumption].
  Qed.
  Lemma each_point_sound k : forall c ls w before x N W,
    (forall q x N W, In q (points c) -> R x N W ->
       R (k (rev before ++ q) (w * product ls q) x) (N + F1 (rev before ++ q)) (W + F2 (rev before ++ q))) ->
    R x N W ->
    R (each_point k c ls w before x) (N + gsum (fun q => F1 (rev before ++ q)) c)
      (W + gsum (fun q => F2 (rev before ++ q)) c).
  Proof.
    induction c as [|q c IH]; intros ls w before x N W Hk Hx; cbn [each_point gsum].
    - specialize (Hk [] x N W (or_introl eq_refl) Hx). rewrite app_nil_r in *.
      replace (w * product ls []) with w in Hk by (destruct ls; cbn; lia). assumption.
    - assert (E : forall v (F : point -> Z), gsum (fun p => F (rev before ++ v :: p)) c =
                  gsum (fun p => F (rev (v :: before) ++ p)) c).
      { intros v F. apply gsum_ext. intros p _. cbn [rev]. rewrite <- app_assoc. reflexivity. }
      assert (S : forall v ls' w', In v (members q) -> (forall p, w' * product ls' p = w * product ls (v :: p)) ->
        forall x N W, R x N W -> R (each_point k c ls' w' (v :: before) x)
          (N + gsum (fun p => F1 (rev before ++ v :: p)) c) (W + gsum (fun p => F2 (rev before ++ v :: p)) c)).
      { intros v ls' w' Hv Hw x' N' W' Hx'. rewrite !E. apply IH; [|assumption].
        intros p x'' N'' W'' Hp Hx''. rewrite Hw. cbn [rev]. rewrite <- app_assoc. cbn [app].
        apply Hk; [|assumption]. apply points_cons. eauto. }
      destruct ls as [|r ls]; apply fold_sound; try assumption; intros v x' N' W' Hv Hx'; apply S; try assumption.
      + reflexivity.
      + intros p. cbn [product]. ring.
  Qed.
End Walks.

(** ** Truth in three values *)
Lemma formula_ind' (P : Semantics.formula -> Prop) :
  (forall m k, P (Semantics.ClassIs m k)) -> (forall m m', P (Semantics.Same m m')) -> (forall f, P f -> P (Semantics.Not f)) ->
  (forall fs, Forall P fs -> P (Semantics.All fs)) -> (forall fs, Forall P fs -> P (Semantics.Any fs)) -> forall f, P f.
Proof.
  intros H1 H2 H3 H4 H5. fix IH 1. intros [m k|m m'|f|fs|fs]; [apply H1|apply H2|apply H3, IH|apply H4|apply H5];
    induction fs as [|f fs IHfs]; constructor; auto.
Qed.
Lemma truth_sound f ks (class : nat -> Z) : (forall m k, nth m ks None = Some k -> class m = k) ->
  forall b, truth f ks = Some b -> Semantics.holds f class = b.
Proof.
  intros H. induction f as [m k|m m'|f IH|fs IH|fs IH] using formula_ind'; intros b E; cbn [truth Semantics.holds] in *.
  - destruct (nth m ks None) as [k'|] eqn:Em; [|discriminate]. rewrite (H m k' Em). congruence.
  - destruct (Nat.eqb_spec m m') as [->|_]; [inversion E; apply Z.eqb_refl|].
    destruct (nth m ks None) as [k|] eqn:Em; [|discriminate]. destruct (nth m' ks None) as [k'|] eqn:Em'; [|discriminate].
    rewrite (H m k Em), (H m' k' Em'). congruence.
  - destruct (truth f ks) as [b'|] eqn:Ef; [|discriminate]. cbn in E. rewrite (IH b' eq_refl). congruence.
  - revert b E. induction IH as [|f fs Hf Hfs IHfs]; intros b E; [cbn in E |- *; congruence|]. cbn [forallb].
    destruct (truth f ks) as [[|]|] eqn:Ef.
    + rewrite (Hf true eq_refl). cbn [andb]. apply IHfs. exact E.
    + rewrite (Hf false eq_refl). cbn [andb]. congruence.
    + match type of E with match ?r with _ => _ end = _ => destruct r as [[|]|] eqn:Er; try discriminate end.
      rewrite (IHfs false eq_refl), andb_false_r. congruence.
  - revert b E. induction IH as [|f fs Hf Hfs IHfs]; intros b E; [cbn in E |- *; congruence|]. cbn [existsb].
    destruct (truth f ks) as [[|]|] eqn:Ef.
    + rewrite (Hf true eq_refl). cbn [orb]. congruence.
    + rewrite (Hf false eq_refl). cbn [orb]. apply IHfs. exact E.
    + match type of E with match ?r with _ => _ end = _ => destruct r as [[|]|] eqn:Er; try discriminate end.
      rewrite (IHfs true eq_refl), orb_true_r. congruence.
Qed.

Lemma holds_ext f c c' : (forall m, c m = c' m) -> Semantics.holds f c = Semantics.holds f c'.
Proof.
  intros H. induction f as [m k|m m'|f IH|fs IH|fs IH] using formula_ind'; cbn [Semantics.holds]; rewrite ?H; auto.
  - rewrite IH. reflexivity.
  - induction IH as [|f fs Hf Hfs IHfs]; [reflexivity|]. cbn [forallb]. rewrite Hf, IHfs. reflexivity.
  - induction IH as [|f fs Hf Hfs IHfs]; [reflexivity|]. cbn [existsb]. rewrite Hf, IHfs. reflexivity.
Qed.

(** ** Tallies *)
Definition tells (t : tally) (N W : Z) :=
  true_n t <= N <= true_n t + open_n t /\ true_w t <= W <= true_w t + open_w t.
(** Whether a point counts, and its weight. *)
Definition counts (g : given) (P : point -> bool) (p : point) : Z :=
  match leaf_of g p with Some _ => if P p then 1 else 0 | None => 0 end.
Definition weighs (g : given) (P : point -> bool) (p : point) : Z :=
  match leaf_of g p with Some l => if P p then weight_in l p else 0 | None => 0 end.
Fixpoint given_positive (g : given) : Prop :=
  match g with
  | Impossible => True
  | Possible l => 0 <= scale l /\ Forall (Forall (fun nw => 0 <= snd nw)) (laws l)
  | Test _ _ a b => given_positive a /\ given_positive b
  end.
Lemma each_nonneg r i : Forall (fun nw => 0 <= snd nw) r -> 0 <= each r i.
Proof.
  intros H. revert i. induction H as [|[n w] r H0 H IH]; intros i; cbn [each]; [lia|].
  destruct (i <? n); [exact H0|apply IH].
Qed.
Lemma product_nonneg ls : Forall (Forall (fun nw => 0 <= snd nw)) ls -> forall p, 0 <= product ls p.
Proof.
  intros H. induction H as [|r ls H0 H IH]; intros [|v p]; cbn [product]; try lia.
  apply Z.mul_nonneg_nonneg; [apply each_nonneg; assumption|apply IH].
Qed.
Lemma weight_in_nonneg g p l : given_positive g -> leaf_of g p = Some l -> 0 <= weight_in l p.
Proof.
  induction g as [|l'|v s a IHa b IHb]; cbn [given_positive leaf_of]; intros H E.
  - discriminate.
  - inversion E; subst. unfold weight_in. apply Z.mul_nonneg_nonneg; [tauto|apply product_nonneg; tauto].
  - destruct (passes s (nth v p nobody)); [apply IHa|apply IHb]; tauto.
Qed.
Lemma leaf_positive g p l : given_positive g -> leaf_of g p = Some l -> 0 <= scale l /\ Forall (Forall (fun nw => 0 <= snd nw)) (laws l).
Proof.
  induction g as [|l'|v s a IHa b IHb]; cbn [given_positive leaf_of]; intros H E.
  - discriminate.
  - inversion E; subst. exact H.
  - destruct (passes s _); [apply IHa|apply IHb]; tauto.
Qed.
Section Settling.
  Variables (g : given) (f : Semantics.formula) (cls : point -> nat -> Z).
  Hypothesis Hg : given_positive g.
  Let P p := Semantics.holds f (cls p).
  Let F1 := counts g P.
  Let F2 := weighs g P.
  Lemma settle_part_sound n l ks c t N W :
    right cls ks c -> (forall p, In p (points c) -> leaf_of g p = Some l) ->
    tells t N W -> tells (settle_part n f l ks c t) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros Hr Hl [T1 T2]. unfold settle_part.
    assert (Hp : forall b, truth f ks = Some b -> forall p, In p (points c) -> P p = b).
    { intros b E p Hp. apply (truth_sound f ks); [|exact E]. intros m k Hm. apply (Hr m k Hm p Hp). }
    assert (B1 : 0 <= gsum F1 c <= cardinal c).
    { rewrite <- gsum_one. split; [apply gsum_nonneg|apply gsum_le]; intros p Hp';
        unfold F1, counts; rewrite (Hl p Hp'); destruct (P p); lia. }
    assert (B2 : 0 <= gsum F2 c <= weigh l c).
    { rewrite weigh_sum. split; [apply gsum_nonneg|apply gsum_le]; intros p Hp';
        unfold F2, weighs; rewrite (Hl p Hp'); pose proof (weight_in_nonneg g p l Hg (Hl p Hp')); destruct (P p); lia. }
    destruct (truth f ks) as [[|]|] eqn:E.
    - assert (E1 : gsum F1 c = cardinal c).
      { rewrite <- gsum_one. apply gsum_ext. intros p Hp'. unfold F1, counts. rewrite (Hl p Hp'), (Hp true eq_refl p Hp'). reflexivity. }
      assert (E2 : gsum F2 c = weigh l c).
      { rewrite weigh_sum. apply gsum_ext. intros p Hp'. unfold F2, weighs. rewrite (Hl p Hp'), (Hp true eq_refl p Hp'). reflexivity. }
      unfold tells. cbn [true_n true_w open_n open_w]. lia.
    - rewrite !gsum_zero; [unfold tells; lia| |]; intros p Hp'; unfold F1, F2, counts, weighs;
        rewrite (Hl p Hp'), (Hp false eq_refl p Hp'); reflexivity.
    - unfold tells. cbn [true_n true_w open_n open_w]. lia.
  Qed.
  (** The same where the networks are evaluated. *)
  Variable ms : list model.
  Definition knows (ks : known) := length ks = length ms.
  Lemma complete_nth ks : forall ms' p m, length ks = length ms' ->
    (m < length ms')%nat ->
    nth m (complete ks ms' p) 0 =
      match nth m ks None with Some k => k | None => class_of (nth m ms' (ATree (TLeaf 0))) p end.
  Proof.
    induction ks as [|x ks IH]; intros [|m0 ms'] p m Hl Hm; cbn in Hl, Hm; try lia.
    destruct x; destruct m as [|m]; cbn [complete nth]; try reflexivity; apply IH; lia.
  Qed.
  Lemma complete_out ks : forall ms' p m, (length ms' <= m)%nat -> nth m (complete ks ms' p) 0 = 0.
  Proof.
    induction ks as [|x ks IH]; intros [|m0 ms'] p m Hm; cbn in Hm; try (destruct m; reflexivity).
    - destruct x; destruct m; reflexivity.
    - destruct m as [|m]; [lia|]. destruct x; cbn [complete nth]; apply IH; lia.
  Qed.
  Lemma evaluate_part_sound n l ks c t N W :
    (forall p, In p (points c) -> forall m, cls p m = class_of (nth m ms (ATree (TLeaf 0))) p) ->
    length ks = length ms ->
    right cls ks c -> (forall p, In p (points c) -> leaf_of g p = Some l) ->
    tells t N W -> tells (evaluate_part n f ms l ks c t) (N + gsum F1 c) (W + gsum F2 c).
  Proof.
    intros real Hk Hr Hl Ht. unfold evaluate_part.
    destruct (truth f ks) as [b|] eqn:E; [apply settle_part_sound; assumption|].
    apply (each_point_sound tally tells F1 F2 _ c (laws l) (scale l) [] t N W); [|assumption].
    cbn [rev app]. intros p x N' W' Hp [T1 T2]. unfold settle_point.
    assert (EP : Semantics.holds f (fun m => nth m (complete ks ms p) 0) = P p).
    { unfold P. apply holds_ext. intros m. rewrite (real p Hp). destruct (Nat.lt_ge_cases m (length ms)) as [H|H].
      - rewrite complete_nth by assumption. destruct (nth m ks None) as [k|] eqn:Em; [|reflexivity].
        rewrite <- (real p Hp). symmetry. apply (Hr m k Em p Hp).
      - rewrite complete_out by assumption. rewrite nth_overflow by assumption. reflexivity. }
    rewrite EP. unfold F1, F2, counts, weighs. rewrite (Hl p Hp). unfold tells in *.
    destruct (P p); cbn [true_n true_w open_n open_w]; unfold weight_in; lia.
  Qed.
End Settling.
