(** * Digits are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Bounds BoundsSound Counting CountingSound Digits.
Import ListNotations.
Open Scope Z_scope.

(** ** Numbers of the form 2^(B q) *)
Lemma pow_pos B q : 0 <= B -> 0 <= q -> 0 < 2 ^ (B * q).
Proof. intros. apply Z.pow_pos_nonneg; [lia|]. apply Z.mul_nonneg_nonneg; assumption. Qed.
Lemma pow_plus B a b : 0 <= B -> 0 <= a -> 0 <= b -> 2 ^ (B * (a + b)) = 2 ^ (B * a) * 2 ^ (B * b).
Proof. intros. rewrite Z.mul_add_distr_l, Z.pow_add_r by (apply Z.mul_nonneg_nonneg; assumption). reflexivity. Qed.
Lemma pow_mod B q : 0 <= B -> 0 <= q -> exists k, 2 ^ (B * q) = 1 + k * (2 ^ B - 1).
Proof.
  intros HB Hq. pattern q. apply natlike_ind; [exists 0; rewrite Z.mul_0_r; reflexivity| |assumption].
  intros x Hx [k E]. exists (k * 2 ^ B + 1). unfold Z.succ. rewrite pow_plus, E, Z.mul_1_r by lia. ring.
Qed.

(** ** Digits of values *)
Section Part.
  Variables (B w : Z) (A : vec).
  Hypothesis HB : 0 <= B.
  Hypothesis Hw : 0 < w.
  Section Base.
    Variable base : Z.
    Notation digit := (digit w base A).
    (** Of values in order, as those of a range or pieces are. *)
    Variables (val : Z -> value) (mk : Z -> Z -> part).
    Hypothesis Hmk : forall lo hi, members (mk lo hi) = map val (from lo (Z.to_nat (hi + 1 - lo))).
    Hypothesis digit_between : forall lo hi i, lo <= i <= hi ->
      Z.min (digit (val lo)) (digit (val hi)) <= digit (val i) <= Z.max (digit (val lo)) (digit (val hi)).
    Variable ls : list runs.
    Notation worth v := (weight_at ls v * 2 ^ (B * digit v)).
    Lemma in_mk lo hi v : In v (members (mk lo hi)) <-> exists i, lo <= i <= hi /\ v = val i.
    Proof.
      rewrite Hmk, in_map_iff. split.
      - intros (i & <- & H). apply in_from in H. exists i. split; [lia|reflexivity].
      - intros (i & H & ->). exists i. split; [reflexivity|]. apply in_from. lia.
    Qed.
    Lemma members_split lo mid hi : lo <= mid -> mid <= hi ->
      members (mk lo hi) = members (mk lo mid) ++ members (mk (mid + 1) hi).
    Proof.
      intros H1 H2. rewrite !Hmk, <- map_app. f_equal.
      replace (Z.to_nat (hi + 1 - lo)) with (Z.to_nat (mid + 1 - lo) + Z.to_nat (hi + 1 - (mid + 1)))%nat by lia.
      rewrite from_app. do 2 f_equal. lia.
    Qed.
    Lemma packed_range_sum fuel : forall lo hi m p, lo <= hi ->
      (forall v, In v (members (mk lo hi)) -> 0 <= digit v) ->
      packed_range fuel B w base A ls val mk lo hi = (m, p) ->
      m = Z.min (digit (val lo)) (digit (val hi)) /\
      p * 2 ^ (B * m) = sumZ (map (fun v => worth v) (members (mk lo hi))).
    Proof.
      induction fuel as [|fuel IH]; intros lo hi m p Hle Hd E; cbn [packed_range] in E;
        set (x := digit (val lo)) in *; set (y := digit (val hi)) in *;
        assert (I : forall v, In v (members (mk lo hi)) -> Z.min x y <= digit v <= Z.max x y)
          by (intros v Hv; apply in_mk in Hv; destruct Hv as (i & Hi & ->); apply digit_between; assumption);
        assert (Hm : 0 <= Z.min x y)
          by (assert (0 <= x) by (apply Hd, in_mk; exists lo; split; [lia|reflexivity]);
              assert (0 <= y) by (apply Hd, in_mk; exists hi; split; [lia|reflexivity]); lia);
        destruct (Z.eqb_spec x y) as [Exy|Nxy].
      - inversion E; subst m p. split; [reflexivity|]. rewrite weight_part_sum, Z.mul_comm, <- sum_scale.
        apply sum_ext. intros v Hv. specialize (I v Hv). replace (digit v) with (Z.min x y) by lia. ring.
      - inversion E; subst m p. split; [reflexivity|]. rewrite Z.mul_comm, <- sum_scale.
        apply sum_ext. intros v Hv. specialize (I v Hv).
        rewrite Z.shiftl_mul_pow2 by (apply Z.mul_nonneg_nonneg; lia).
        replace (B * digit v) with (B * ((digit v - Z.min x y) + Z.min x y)) by ring.
        rewrite (pow_plus B (digit v - Z.min x y)) by lia. ring.
      - inversion E; subst m p. split; [reflexivity|]. rewrite weight_part_sum, Z.mul_comm, <- sum_scale.
        apply sum_ext. intros v Hv. specialize (I v Hv). replace (digit v) with (Z.min x y) by lia. ring.
      - assert (Hlt : lo < hi).
        { destruct (Z.eq_dec lo hi) as [->|]; [exfalso; apply Nxy; reflexivity|lia]. }
        set (mid := (lo + hi) / 2) in *.
        assert (M : lo <= mid < hi).
        { unfold mid. split; [apply Z.div_le_lower_bound; lia|apply Z.div_lt_upper_bound; lia]. }
        clearbody mid.
        destruct (packed_range fuel B w base A ls val mk lo mid) as [m1 p1] eqn:E1.
        destruct (packed_range fuel B w base A ls val mk (mid + 1) hi) as [m2 p2] eqn:E2.
        pose proof (members_split lo mid hi ltac:(lia) ltac:(lia)) as Sp.
        apply IH in E1; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
        apply IH in E2; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
        destruct E1 as [M1 S1], E2 as [M2 S2].
        assert (G : forall i, lo <= i <= hi -> Z.min x y <= digit (val i)).
        { intros i Hi. apply I, in_mk. exists i. split; [assumption|reflexivity]. }
        pose proof (G lo ltac:(lia)). pose proof (G mid ltac:(lia)). pose proof (G (mid + 1) ltac:(lia)). pose proof (G hi ltac:(lia)).
        inversion E; subst m p. split; [reflexivity|]. rewrite Sp, map_app, sumZ_app, <- S1, <- S2.
        assert (L1 : Z.min x y <= m1) by lia. assert (L2 : Z.min x y <= m2) by lia.
        set (m := Z.min x y) in *. clearbody m.
        rewrite !Z.shiftl_mul_pow2 by (apply Z.mul_nonneg_nonneg; lia).
        replace (B * m1) with (B * ((m1 - m) + m)) by ring. replace (B * m2) with (B * ((m2 - m) + m)) by ring.
        rewrite !(pow_plus B (_ - m)) by lia. ring.
    Qed.
    Lemma packed_all_sum lo hi : (forall v, In v (members (mk lo hi)) -> 0 <= digit v) ->
      packed_all B w base A ls val mk lo hi = sumZ (map (fun v => worth v) (members (mk lo hi))).
    Proof.
      intros N. unfold packed_all. destruct (Z.ltb_spec hi lo).
      - rewrite Hmk, from_empty by lia. reflexivity.
      - destruct (packed_range _ _ _ _ _ _ _ _ _ _) as [m p] eqn:E.
        apply packed_range_sum in E; [|assumption|assumption]. destruct E as [Em <-].
        apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|].
        assert (0 <= digit (val lo)) by (apply N, in_mk; exists lo; split; [lia|reflexivity]).
        assert (0 <= digit (val hi)) by (apply N, in_mk; exists hi; split; [lia|reflexivity]). lia.
    Qed.
  End Base.
  Lemma ordered (base : Z) (f : Z -> Z) : (forall i j, i <= j -> f i <= f j) \/ (forall i j, i <= j -> f j <= f i) ->
    forall lo hi i, lo <= i <= hi ->
    Z.min ((f lo - base) / w) ((f hi - base) / w) <= (f i - base) / w <= Z.max ((f lo - base) / w) ((f hi - base) / w).
  Proof.
    intros H lo hi i Hi. destruct H as [H|H]; pose proof (H lo i ltac:(lia)); pose proof (H i hi ltac:(lia)).
    - pose proof (Z.div_le_mono (f lo - base) (f i - base) w Hw ltac:(lia)).
      pose proof (Z.div_le_mono (f i - base) (f hi - base) w Hw ltac:(lia)). lia.
    - pose proof (Z.div_le_mono (f i - base) (f lo - base) w Hw ltac:(lia)).
      pose proof (Z.div_le_mono (f hi - base) (f i - base) w Hw ltac:(lia)). lia.
  Qed.
  Lemma range_ordered s d base lo hi i : lo <= i <= hi ->
    Z.min (digit w base A (number_of s d lo)) (digit w base A (number_of s d hi)) <= digit w base A (number_of s d i) <=
    Z.max (digit w base A (number_of s d lo)) (digit w base A (number_of s d hi)).
  Proof.
    apply (ordered base (fun j => term_of A (number_of s d j))).
    assert (E : forall j, term_of A (number_of s d j) = hd 0 A * s + (hd 0 A * d) * j).
    { intros j. unfold term_of, number_of, ends_value. cbn [opens code fst]. rewrite dot_one. ring. }
    set (t := hd 0 A * d) in *. destruct (Z.le_ge_cases 0 t); [left|right]; intros x y Hxy; rewrite !E; nia.
  Qed.
  Lemma piece_term s rs j : term_of A (piece_of s rs j) =
    if 0 <=? hd 0 A then hd 0 A * cut_at s rs j else hd 0 A * cut_at s rs (j + 1).
  Proof.
    unfold term_of, ends_value, piece_of. cbn [opens code fst]. rewrite dot_one.
    pose proof (cut_at_mono rs s j (j + 1) ltac:(lia)). destruct (Z.leb_spec 0 (hd 0 A)); nia.
  Qed.
  Lemma pieces_ordered s rs base lo hi i : lo <= i <= hi ->
    Z.min (digit w base A (piece_of s rs lo)) (digit w base A (piece_of s rs hi)) <= digit w base A (piece_of s rs i) <=
    Z.max (digit w base A (piece_of s rs lo)) (digit w base A (piece_of s rs hi)).
  Proof.
    apply (ordered base (fun j => term_of A (piece_of s rs j))).
    destruct (Z.leb_spec 0 (hd 0 A)) as [H|H]; [left|right]; intros x y Hxy; rewrite !piece_term;
      destruct (Z.leb_spec 0 (hd 0 A)); try lia.
    - pose proof (cut_at_mono rs s x y Hxy). nia.
    - pose proof (cut_at_mono rs s (x + 1) (y + 1) ltac:(lia)). nia.
  Qed.
  Lemma longest_nonneg rs : forall lo hi, 0 <= longest_piece rs lo hi.
  Proof. induction rs as [|[n l] rs IH]; intros lo hi; cbn [longest_piece]; [lia|]. specialize (IH (lo - Z.max 0 n) (hi - Z.max 0 n)). cbv zeta. destruct (_ && _); lia. Qed.
  Lemma longest_is rs : forall s lo hi i, lo <= i <= hi -> cut_at s rs (i + 1) - cut_at s rs i <= longest_piece rs lo hi.
  Proof.
    induction rs as [|[n l] rs IH]; intros s lo hi i H; cbn [cut_at longest_piece]; [lia|].
    cbv zeta. assert (Hn : 0 <= Z.max 0 n) by lia. set (n' := Z.max 0 n) in *. clearbody n'. clear n. rename n' into n.
    pose proof (longest_nonneg rs (lo - n) (hi - n)) as N0.
    destruct (Z.ltb_spec i n) as [H1|H1].
    - assert (X : (if i + 1 <? n then s + Z.max 0 (i + 1) * Z.max 0 l
        else cut_at (s + n * Z.max 0 l) rs (i + 1 - n)) = s + Z.max 0 (i + 1) * Z.max 0 l).
      { destruct (Z.ltb_spec (i + 1) n); [reflexivity|]. rewrite cut_at_first by lia. do 2 f_equal. lia. }
      rewrite X. clear X. destruct (Z.ltb_spec lo n); [|lia]. destruct (Z.leb_spec 0 hi); cbn [andb].
      + destruct (Z.max_spec 0 (i + 1)) as [[? ->]|[? ->]], (Z.max_spec 0 i) as [[? ->]|[? ->]]; nia.
      + rewrite !(Z.max_l 0) by lia. lia.
    - destruct (Z.ltb_spec (i + 1) n); [lia|]. replace (i + 1 - n) with (i - n + 1) by ring.
      specialize (IH (s + n * Z.max 0 l) (lo - n) (hi - n) (i - n) ltac:(lia)). destruct (_ && _); lia.
  Qed.
  Lemma value_ends q v : In v (members q) ->
    fst (ends_part A q) <= fst (ends_value A v) /\ snd (ends_value A v) <= snd (ends_part A q).
  Proof.
    destruct q as [vs|s d lo hi|s rs lo hi]; intros H.
    - cbn [ends_part members] in *. induction vs as [|x vs IH]; [destruct H|]. destruct vs as [|x' vs].
      + destruct H as [->|[]]. cbn [ends_few]. lia.
      + change (ends_few A (x :: x' :: vs)) with (join (ends_value A x) (ends_few A (x' :: vs))).
        unfold join. cbn [fst snd]. destruct H as [->|H]; [lia|]. specialize (IH H). lia.
    - apply in_range in H. destruct H as (i & Hi & ->). unfold ends_value, number_of. cbn [opens code ends_part fst snd].
      rewrite dot_one. destruct (Z.le_ge_cases 0 d).
      + assert (d * lo <= d * i) by (apply Z.mul_le_mono_nonneg_l; lia). assert (d * i <= d * hi) by (apply Z.mul_le_mono_nonneg_l; lia).
        pose proof (between_ends 1 Z.lt_0_1 (hd 0 A) (s + d * lo) (s + d * hi) (s + d * i) ltac:(lia)). lia.
      + assert (d * i <= d * lo) by (apply Z.mul_le_mono_nonpos_l; lia). assert (d * hi <= d * i) by (apply Z.mul_le_mono_nonpos_l; lia).
        pose proof (between_ends 1 Z.lt_0_1 (hd 0 A) (s + d * hi) (s + d * lo) (s + d * i) ltac:(lia)). lia.
    - apply in_pieces in H. destruct H as (i & Hi & ->). unfold ends_value, piece_of. cbn [opens code ends_part fst snd].
      rewrite dot_one. pose proof (cut_at_mono rs s lo i ltac:(lia)). pose proof (cut_at_mono rs s i (hi + 1) ltac:(lia)).
      pose proof (cut_at_mono rs s lo (i + 1) ltac:(lia)). pose proof (cut_at_mono rs s (i + 1) (hi + 1) ltac:(lia)).
      pose proof (between_ends 1 Z.lt_0_1 (hd 0 A) (cut_at s rs lo) (cut_at s rs (hi + 1)) (cut_at s rs i) ltac:(lia)).
      pose proof (between_ends 1 Z.lt_0_1 (hd 0 A) (cut_at s rs lo) (cut_at s rs (hi + 1)) (cut_at s rs (i + 1)) ltac:(lia)). lia.
  Qed.
  Lemma value_ends_order v : fst (ends_value A v) <= snd (ends_value A v).
  Proof. unfold ends_value. destruct (opens v); cbn [fst snd]; lia. Qed.
  Lemma term_ends q v : In v (members q) -> fst (ends_part A q) <= term_of A v <= snd (ends_part A q).
  Proof. intros H. unfold term_of. pose proof (value_ends q v H). pose proof (value_ends_order v). lia. Qed.
  Lemma digit_nonneg q v : In v (members q) -> 0 <= digit w (base_of A q) A v.
  Proof. intros H. pose proof (term_ends q v H). apply Z.div_pos; unfold base_of; lia. Qed.
  Lemma digit_top q v : In v (members q) -> digit w (base_of A q) A v <= top_of w A q.
  Proof.
    intros H. pose proof (term_ends q v H). unfold digit, top_of, base_of. destruct (ends_part A q) as [l u].
    cbn [fst snd] in *. apply Z.div_le_mono; lia.
  Qed.
  Lemma rest_few_max base vs : forall r, r <= rest_few w base A vs r /\
    forall v, In v vs ->
    (term_of A v - base) mod w + (snd (ends_value A v) - fst (ends_value A v)) <= rest_few w base A vs r.
  Proof.
    induction vs as [|x vs IH]; intros r; cbn [rest_few]; [split; [lia|intros v []]|].
    unfold term_of. destruct (ends_value A x) as [l u] eqn:E.
    destruct (IH (Z.max r ((l - base) mod w + (u - l)))) as [I1 I2]. split; [lia|].
    intros v [<-|Hv]; [rewrite E; cbn [fst snd]; lia|]. apply I2. assumption.
  Qed.
  (** What a term may be is its bin and a rest. *)
  Lemma term_split q v : In v (members q) ->
    let k := digit w (base_of A q) A v in
    w * k + base_of A q <= fst (ends_value A v) /\ snd (ends_value A v) <= w * k + base_of A q + rest_of w A q.
  Proof.
    intros H k. pose proof (term_ends q v H) as T. unfold k, digit. set (x := term_of A v - base_of A q).
    assert (E : x = w * (x / w) + x mod w) by (apply Z.div_mod; lia).
    pose proof (Z.mod_pos_bound x w Hw) as R.
    assert (X : x = fst (ends_value A v) - base_of A q) by reflexivity. split; [lia|].
    assert (K0 : 0 <= w * (x / w)) by (apply Z.mul_nonneg_nonneg; [lia|apply Z.div_pos; unfold x, base_of; lia]).
    enough (x mod w + (snd (ends_value A v) - fst (ends_value A v)) <= rest_of w A q \/
      snd (ends_value A v) - base_of A q <= rest_of w A q) by lia.
    unfold rest_of. destruct q as [vs|s d lo hi|s rs lo hi]; [left|left|].
    - destruct (rest_few_max (base_of A (Few vs)) vs 0) as [_ I]. apply (I v H).
    - set (t := hd 0 A * d).
      assert (D0 : snd (ends_value A v) - fst (ends_value A v) = 0).
      { apply in_range in H. destruct H as (i & Hi & ->). unfold ends_value. cbn [number_of opens fst snd]. lia. }
      rewrite D0, Z.add_0_r. clear D0.
      assert (X' : exists j, 0 <= j <= hi - lo /\ x = Z.abs t * j).
      { apply in_range in H. destruct H as (i & Hi & ->). unfold x, base_of, term_of, number_of, ends_value. cbn [ends_part opens code fst].
        assert (Ed : forall j, hd 0 A * (s + d * j) = hd 0 A * s + t * j) by (intros j; unfold t; ring).
        rewrite dot_one, !Ed. destruct (Z.le_ge_cases 0 t).
        - exists (i - lo). split; [lia|]. rewrite Z.abs_eq by assumption. rewrite Z.min_l; [ring|]. nia.
        - exists (hi - i). split; [lia|]. rewrite Z.abs_neq by assumption. rewrite Z.min_r; [ring|]. nia. }
      destruct X' as (j & Hj & Ex). clear X. destruct (Z.eqb_spec (t mod w) 0) as [Z0|_].
      + apply Z.mod_divide in Z0; [|lia]. destruct Z0 as [y Ey]. assert (x mod w = 0); [|lia].
        apply Z.mod_divide; [lia|]. rewrite Ex. apply Z.divide_mul_l. apply Z.divide_abs_r. exists y. assumption.
      + apply Z.min_glb; [lia|]. apply Z.le_trans with x; [apply Z.mod_le; [|assumption]|].
        * rewrite Ex. apply Z.mul_nonneg_nonneg; lia.
        * rewrite Ex. apply Z.mul_le_mono_nonneg_l; lia.
    - pose proof (value_ends _ _ H) as V. unfold base_of. destruct (ends_part A (Pieces s rs lo hi)) as [l0 u0] eqn:El.
      cbn [fst snd] in *. destruct (Z.min_spec (w + Z.abs (hd 0 A) * longest_piece rs lo hi) (u0 - l0)) as [[_ ->]|[_ ->]];
        [left|right; lia].
      apply in_pieces in H. destruct H as (i & Hi & ->). pose proof (longest_is rs s lo hi i Hi) as L.
      pose proof (cut_at_mono rs s i (i + 1) ltac:(lia)) as C.
      unfold ends_value, piece_of in *. cbn [opens code fst snd] in *. rewrite dot_one in *.
      set (a := hd 0 A) in *. set (c0 := cut_at s rs i) in *. set (c1 := cut_at s rs (i + 1)) in *.
      set (y := longest_piece rs lo hi) in *.
      assert (Z.abs a * (c1 - c0) <= Z.abs a * y) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (Z.max (a * c0) (a * c1) - Z.min (a * c0) (a * c1) = Z.abs a * (c1 - c0)); [|lia].
      destruct (Z.le_ge_cases 0 a); [rewrite (Z.abs_eq a)|rewrite (Z.abs_neq a)]; nia.
  Qed.
  Lemma packed_part_sum ls q :
    packed_part B w A ls q = sumZ (map (fun v => weight_at ls v * 2 ^ (B * digit w (base_of A q) A v)) (members q)).
  Proof.
    unfold packed_part. pose proof (digit_nonneg q) as N. set (base := base_of A q) in *.
    destruct q as [vs|s d lo hi|s rs lo hi].
    - cbn [members]. apply sum_ext. intros v Hv.
      apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|apply N; assumption].
    - apply packed_all_sum; [reflexivity|intros; apply range_ordered; assumption|exact N].
    - apply packed_all_sum; [reflexivity|intros; apply pieces_ordered; assumption|exact N].
  Qed.
End Part.

(** ** Cells *)
(** The sum of a point's digits. *)
Fixpoint digits_at (w : Z) (Bs : list vec) (c : cell) (p : point) : Z :=
  match c, p with
  | q :: c', v :: p' => digit w (base_of (hd [] Bs) q) (hd [] Bs) v + digits_at w (tl Bs) c' p'
  | _, _ => 0
  end.
Section Cell.
  Variable w : Z.
  Hypothesis Hw : 0 < w.
  Lemma digits_bounds c p : In p (points c) -> forall Bs, 0 <= digits_at w Bs c p <= tops w Bs c.
  Proof.
    intros H. apply points_forall2 in H. induction H as [|v q p c Hv H IH]; intros Bs; cbn [digits_at tops]; [lia|].
    specialize (IH (tl Bs)). pose proof (digit_nonneg w (hd [] Bs) Hw q v Hv). pose proof (digit_top w (hd [] Bs) Hw q v Hv). lia.
  Qed.
  (** A point's form, times M, is its digits and a rest. *)
  Lemma digits_split M c p ys : 0 < M -> wf c -> In p (points c) -> spots M ys p -> forall Bs,
    let k := w * digits_at w Bs c p + bases Bs c in
    M * k <= pdot Bs ys <= M * (k + rests w Bs c).
  Proof.
    intros HM Hc H Hy. pose proof (wf_point c p Hc H) as K. clear Hc. apply points_forall2 in H. revert ys Hy K.
    induction H as [|v q p c Hv H IH]; intros ys Hy K Bs; inversion Hy as [|y ? ys' ? Hy1 Hy2]; subst; cbn [digits_at bases rests].
    - rewrite pdot_nil_r. lia.
    - rewrite pdot_cons. inversion K as [|? ? K1 K2]; subst. specialize (IH ys' Hy2 K2 (tl Bs)).
      pose proof (term_split w (hd [] Bs) Hw q v Hv) as T. pose proof (ends_value_in M HM (hd [] Bs) v y K1 Hy1) as E.
      unfold CellsSound.inb in E. cbv zeta in *. destruct T as [T1 T2].
      apply (Z.mul_le_mono_nonneg_l _ _ M) in T1; [|lia]. apply (Z.mul_le_mono_nonneg_l _ _ M) in T2; [|lia]. lia.
  Qed.
  Lemma packed_cell_sum B c : 0 <= B -> forall Bs ls,
    packed_cell B w Bs ls c = gsum (fun p => product ls p * 2 ^ (B * digits_at w Bs c p)) c.
  Proof.
    intros HB. induction c as [|q c IH]; intros Bs ls; cbn [packed_cell gsum].
    - destruct ls; cbn [product digits_at]; rewrite Z.mul_0_r; reflexivity.
    - rewrite packed_part_sum by assumption. rewrite Z.mul_comm, <- sum_scale. apply sum_ext. intros v Hv.
      rewrite IH, (Z.mul_comm (gsum _ _)), <- gsum_scale. apply gsum_ext. intros p Hp. cbn [digits_at].
      rewrite product_cons. rewrite pow_plus; [ring|assumption|apply digit_nonneg; assumption|].
      apply (digits_bounds c p Hp).
  Qed.
  Variables (Bs : list vec) (ls : list runs) (c : cell).
  Hypothesis Hls : forall p, In p (points c) -> 0 <= product ls p.
  Notation Q p := (digits_at w Bs c p).
  Definition from_digit (T : Z) : Z := gsum (fun p => if T <=? Q p then product ls p else 0) c.
  Lemma gsum_mod M F G : 0 < M -> (forall p, In p (points c) -> exists k, F p = G p + k * M) ->
    gsum F c mod M = gsum G c mod M.
  Proof.
    clear Hls. intros HM H. rewrite !gsum_points. induction (points c) as [|p l IH]; [reflexivity|]. cbn [map sumZ].
    destruct (H p (or_introl eq_refl)) as [k ->]. rewrite <- (Z.add_assoc (G p)), (Z.add_comm (k * M)), Z.add_assoc, Z.mod_add by lia.
    specialize (IH (fun q Hq => H q (or_intror Hq))). rewrite Z.add_mod, IH, <- Z.add_mod by lia. reflexivity.
  Qed.
  Lemma tail_digits B T : 0 < B -> mass ls c < 2 ^ B - 1 -> 0 < T ->
    Z.shiftr (packed_cell B w Bs ls c) (B * T) mod (2 ^ B - 1) = from_digit T.
  Proof.
    intros HB HM HT. rewrite packed_cell_sum by lia. rewrite mass_sum in HM.
    assert (HP : 0 < 2 ^ (B * T)) by (apply pow_pos; lia).
    rewrite Z.shiftr_div_pow2 by (apply Z.mul_nonneg_nonneg; lia).
    set (low := gsum (fun p => if T <=? Q p then 0 else product ls p * 2 ^ (B * Q p)) c).
    set (high := gsum (fun p => if T <=? Q p then product ls p * 2 ^ (B * (Q p - T)) else 0) c).
    assert (E : gsum (fun p => product ls p * 2 ^ (B * Q p)) c = high * 2 ^ (B * T) + low).
    { unfold high, low. rewrite Z.mul_comm, <- gsum_scale, <- gsum_plus. apply gsum_ext. intros p Hp.
      destruct (Z.leb_spec T (Q p)); [|lia]. replace (B * Q p) with (B * ((Q p - T) + T)) by ring.
      rewrite (pow_plus B (Q p - T)) by lia. ring. }
    assert (L : 0 <= low < 2 ^ (B * T)).
    { split.
      - apply gsum_nonneg. intros p Hp. destruct (T <=? Q p); [lia|].
        apply Z.mul_nonneg_nonneg; [apply Hls; assumption|]. apply Z.pow_nonneg. lia.
      - apply Z.le_lt_trans with (2 ^ (B * (T - 1)) * gsum (product ls) c).
        + unfold low. rewrite <- gsum_scale. apply gsum_le. intros p Hp. destruct (Z.leb_spec T (Q p)).
          * apply Z.mul_nonneg_nonneg; [|apply Hls; assumption]. apply Z.lt_le_incl, pow_pos; lia.
          * rewrite Z.mul_comm. apply Z.mul_le_mono_nonneg_r; [apply Hls; assumption|]. apply Z.pow_le_mono_r; [lia|].
            apply Z.mul_le_mono_nonneg_l; lia.
        + replace (2 ^ (B * T)) with (2 ^ (B * (T - 1)) * 2 ^ B).
          * apply Z.mul_lt_mono_pos_l; [apply pow_pos; lia|lia].
          * replace (B * T) with (B * ((T - 1) + 1)) by ring. rewrite pow_plus, Z.mul_1_r by lia. reflexivity. }
    rewrite E, Z.div_add_l, (Z.div_small low), Z.add_0_r by lia.
    assert (HM0 : 0 < 2 ^ B - 1).
    { assert (2 ^ 1 <= 2 ^ B) by (apply Z.pow_le_mono_r; lia). change (2 ^ 1) with 2 in H. lia. }
    assert (X : high mod (2 ^ B - 1) = from_digit T mod (2 ^ B - 1)).
    { apply gsum_mod; [assumption|]. intros p Hp. destruct (Z.leb_spec T (Q p)); [|exists 0; lia].
      destruct (pow_mod B (Q p - T)) as [k Ek]; [lia|lia|]. exists (product ls p * k). rewrite Ek. ring. }
    rewrite X. apply Z.mod_small. split.
    - apply gsum_nonneg. intros p Hp. pose proof (Hls p Hp). destruct (_ <=? _); lia.
    - apply Z.le_lt_trans with (gsum (product ls) c); [|assumption]. apply gsum_le. intros p Hp.
      pose proof (Hls p Hp). destruct (_ <=? _); lia.
  Qed.
  Lemma tails_from_right Ts : tails_from w Bs ls c Ts = map from_digit Ts.
  Proof.
    unfold tails_from. apply map_ext_in. intros T HT.
    destruct (Z.leb_spec T 0).
    { rewrite mass_sum. apply gsum_ext. intros p Hp. pose proof (digits_bounds c p Hp Bs).
      destruct (Z.leb_spec T (Q p)); [reflexivity|lia]. }
    destruct (Z.ltb_spec (tops w Bs c) T).
    { symmetry. apply gsum_zero. intros p Hp. pose proof (digits_bounds c p Hp Bs).
      destruct (Z.leb_spec T (Q p)); [lia|reflexivity]. }
    assert (I : existsb (inner (tops w Bs c)) Ts = true).
    { apply existsb_exists. exists T. split; [assumption|]. unfold inner. lia. }
    rewrite I. unfold digit_bits.
    assert (M : 0 <= mass ls c) by (rewrite mass_sum; apply gsum_nonneg; exact Hls).
    pose proof (Z.log2_spec (mass ls c + 1) ltac:(lia)) as [_ L]. pose proof (Z.log2_nonneg (mass ls c + 1)).
    apply tail_digits; [lia| |assumption]. replace (Z.log2 (mass ls c + 1) + 1) with (Z.succ (Z.log2 (mass ls c + 1))) by lia. lia.
  Qed.
  (** Where points lie: [at_scale p] times, at [at_spot p]. *)
  Variables (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hc : wf c.
  Hypothesis Hat : forall p, In p (points c) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p.
  (** The weight of the points whose form is greater than t. *)
  Definition over_form (t : Z) : Z :=
    gsum (fun p => if at_scale p * t <? pdot Bs (at_spot p) then product ls p else 0) c.
  Lemma above_right ts : Forall2 (fun t lu => fst lu <= over_form t <= snd lu) ts (above w Bs ls c ts).
  Proof.
    unfold above. rewrite !tails_from_right. induction ts as [|t ts IH]; cbn [map List.combine]; constructor; [|exact IH].
    cbn [fst snd]. unfold from_digit, over_form. split; apply gsum_le; intros p Hp; pose proof (Hls p Hp) as N;
      destruct (Hat p Hp) as [HM Hy]; pose proof (digits_split (at_scale p) c p (at_spot p) HM Hc Hp Hy Bs) as S;
      cbv zeta in S; set (x := pdot Bs (at_spot p)) in *; set (m := at_scale p) in *; clearbody x m.
    - destruct (Z.leb_spec (above_low w (bases Bs c) t) (Q p)) as [H|]; [|destruct (m * t <? x); lia].
      unfold above_low in H. destruct (Z.ltb_spec (m * t) x); [lia|exfalso].
      pose proof (Z.mul_succ_div_gt (t - bases Bs c) w Hw). unfold Z.succ in *.
      assert (w * ((t - bases Bs c) / w + 1) <= w * Q p) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (t < w * Q p + bases Bs c) by lia. nia.
    - destruct (Z.ltb_spec (m * t) x); [|destruct (_ <=? Q p); lia].
      destruct (Z.leb_spec (above_high w (bases Bs c) (rests w Bs c) t) (Q p)) as [|H1]; [lia|exfalso].
      unfold above_high in H1. set (y := t - bases Bs c - rests w Bs c) in *.
      pose proof (Z.mul_div_le y w Hw). assert (w * Q p <= w * (y / w)) by (apply Z.mul_le_mono_nonneg_l; lia).
      assert (w * Q p + bases Bs c + rests w Bs c <= t) by lia. nia.
  Qed.
End Cell.
