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
    Lemma digit_between s d lo hi i : lo <= i <= hi ->
      let x := digit (number_of s d lo) in let y := digit (number_of s d hi) in
      Z.min x y <= digit (number_of s d i) <= Z.max x y.
    Proof.
      intros Hi x y. unfold x, y, Digits.digit.
      set (f := fun j => term_of A (number_of s d j) - base).
      change (Z.min (f lo / w) (f hi / w) <= f i / w <= Z.max (f lo / w) (f hi / w)).
      assert (E : forall j, f j = hd 0 A * s - base + (hd 0 A * d) * j).
      { intros j. unfold f, term_of, number_of. cbn [code]. destruct A as [|a [|b r]]; cbn [dot hd]; ring. }
      rewrite !E. set (t := hd 0 A * d). set (k := hd 0 A * s - base). destruct (Z.le_ge_cases 0 t).
      - assert (k + t * lo <= k + t * i) by nia. assert (k + t * i <= k + t * hi) by nia.
        pose proof (Z.div_le_mono _ _ w Hw H0). pose proof (Z.div_le_mono _ _ w Hw H1). lia.
      - assert (k + t * hi <= k + t * i) by nia. assert (k + t * i <= k + t * lo) by nia.
        pose proof (Z.div_le_mono _ _ w Hw H0). pose proof (Z.div_le_mono _ _ w Hw H1). lia.
    Qed.
    Variable ls : list runs.
    Notation worth v := (weight_at ls v * 2 ^ (B * digit v)).
    Lemma members_split s d lo mid hi : lo <= mid -> mid <= hi ->
      members (Range s d lo hi) = members (Range s d lo mid) ++ members (Range s d (mid + 1) hi).
    Proof.
      intros H1 H2. cbn [members]. rewrite <- map_app. f_equal.
      replace (Z.to_nat (hi + 1 - lo)) with (Z.to_nat (mid + 1 - lo) + Z.to_nat (hi + 1 - (mid + 1)))%nat by lia.
      rewrite from_app. do 2 f_equal. lia.
    Qed.
    Lemma packed_range_sum s d fuel : forall lo hi m p, lo <= hi ->
      (forall v, In v (members (Range s d lo hi)) -> 0 <= digit v) ->
      packed_range fuel B w base A ls s d lo hi = (m, p) ->
      m = Z.min (digit (number_of s d lo)) (digit (number_of s d hi)) /\
      p * 2 ^ (B * m) = sumZ (map (fun v => worth v) (members (Range s d lo hi))).
    Proof.
      induction fuel as [|fuel IH]; intros lo hi m p Hle Hd E; cbn [packed_range] in E;
        set (x := digit (number_of s d lo)) in *; set (y := digit (number_of s d hi)) in *;
        assert (I : forall v, In v (members (Range s d lo hi)) -> Z.min x y <= digit v <= Z.max x y)
          by (intros v Hv; apply in_range in Hv; destruct Hv as (i & Hi & ->); apply digit_between; assumption);
        assert (Hm : 0 <= Z.min x y)
          by (assert (0 <= x) by (apply Hd, in_range; exists lo; split; [lia|reflexivity]);
              assert (0 <= y) by (apply Hd, in_range; exists hi; split; [lia|reflexivity]); lia);
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
        destruct (packed_range fuel B w base A ls s d lo mid) as [m1 p1] eqn:E1.
        destruct (packed_range fuel B w base A ls s d (mid + 1) hi) as [m2 p2] eqn:E2.
        pose proof (members_split s d lo mid hi ltac:(lia) ltac:(lia)) as Sp.
        apply IH in E1; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
        apply IH in E2; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
        destruct E1 as [M1 S1], E2 as [M2 S2].
        assert (G : forall i, lo <= i <= hi -> Z.min x y <= digit (number_of s d i)).
        { intros i Hi. apply I, in_range. exists i. split; [assumption|reflexivity]. }
        pose proof (G lo ltac:(lia)). pose proof (G mid ltac:(lia)). pose proof (G (mid + 1) ltac:(lia)). pose proof (G hi ltac:(lia)).
        inversion E; subst m p. split; [reflexivity|]. rewrite Sp, map_app, sumZ_app, <- S1, <- S2.
        assert (L1 : Z.min x y <= m1) by lia. assert (L2 : Z.min x y <= m2) by lia.
        set (m := Z.min x y) in *. clearbody m.
        rewrite !Z.shiftl_mul_pow2 by (apply Z.mul_nonneg_nonneg; lia).
        replace (B * m1) with (B * ((m1 - m) + m)) by ring. replace (B * m2) with (B * ((m2 - m) + m)) by ring.
        rewrite !(pow_plus B (_ - m)) by lia. ring.
    Qed.
  End Base.
  Lemma term_ends q v : In v (members q) -> fst (ends_part A q) <= term_of A v <= snd (ends_part A q).
  Proof. intros H. apply (ends_part_in A q v H). Qed.
  Lemma digit_nonneg q v : In v (members q) -> 0 <= digit w (base_of A q) A v.
  Proof. intros H. pose proof (term_ends q v H). apply Z.div_pos; unfold base_of; lia. Qed.
  Lemma digit_top q v : In v (members q) -> digit w (base_of A q) A v <= top_of w A q.
  Proof.
    intros H. pose proof (term_ends q v H). unfold digit, top_of, base_of. destruct (ends_part A q) as [l u].
    cbn [fst snd] in *. apply Z.div_le_mono; lia.
  Qed.
  Lemma rest_few_max base vs : forall r, r <= rest_few w base A vs r /\
    forall v, In v vs -> (term_of A v - base) mod w <= rest_few w base A vs r.
  Proof.
    induction vs as [|x vs IH]; intros r; cbn [rest_few]; [split; [lia|intros v []]|].
    destruct (IH (Z.max r ((term_of A x - base) mod w))) as [I1 I2]. split; [lia|].
    intros v [<-|Hv]; [lia|]. apply I2. assumption.
  Qed.
  (** A term is its bin and a rest. *)
  Lemma term_split q v : In v (members q) ->
    let x := term_of A v - base_of A q in let k := digit w (base_of A q) A v in
    w * k <= x /\ x <= w * k + rest_of w A q.
  Proof.
    intros H x k. pose proof (term_ends q v H) as T.
    assert (E : x = w * k + x mod w) by (apply Z.div_mod; lia).
    pose proof (Z.mod_pos_bound x w Hw) as R. split; [lia|].
    enough (x mod w <= rest_of w A q) by lia. unfold rest_of. destruct q as [vs|s d lo hi].
    - destruct (rest_few_max (base_of A (Few vs)) vs 0) as [_ I]. apply (I v H).
    - set (t := hd 0 A * d).
      assert (X : exists j, 0 <= j <= hi - lo /\ x = Z.abs t * j).
      { apply in_range in H. destruct H as (i & Hi & ->). unfold x, base_of, term_of, number_of. cbn [ends_part code fst].
        assert (Ed : forall j, hd 0 A * (s + d * j) = hd 0 A * s + t * j) by (intros j; unfold t; ring).
        replace (dot A [s + d * i]) with (hd 0 A * (s + d * i)) by (destruct A as [|a [|b r]]; cbn [dot hd]; ring).
        rewrite !Ed. destruct (Z.le_ge_cases 0 t).
        - exists (i - lo). split; [lia|]. rewrite Z.abs_eq by assumption. rewrite Z.min_l; [ring|]. nia.
        - exists (hi - i). split; [lia|]. rewrite Z.abs_neq by assumption. rewrite Z.min_r; [ring|]. nia. }
      destruct X as (j & Hj & Ex). destruct (Z.eqb_spec (t mod w) 0) as [Z0|_].
      + apply Z.mod_divide in Z0; [|lia]. destruct Z0 as [y Ey]. assert (x mod w = 0); [|lia].
        apply Z.mod_divide; [lia|]. rewrite Ex. apply Z.divide_mul_l. apply Z.divide_abs_r. exists y. assumption.
      + apply Z.min_glb; [lia|]. apply Z.le_trans with x; [apply Z.mod_le; [|assumption]|].
        * rewrite Ex. apply Z.mul_nonneg_nonneg; lia.
        * rewrite Ex. apply Z.mul_le_mono_nonneg_l; lia.
  Qed.
  Lemma packed_part_sum ls q :
    packed_part B w A ls q = sumZ (map (fun v => weight_at ls v * 2 ^ (B * digit w (base_of A q) A v)) (members q)).
  Proof.
    unfold packed_part. pose proof (digit_nonneg q) as N. set (base := base_of A q) in *. destruct q as [vs|s d lo hi].
    - cbn [members]. apply sum_ext. intros v Hv.
      apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|apply N; assumption].
    - destruct (Z.ltb_spec hi lo).
      + cbn [members]. rewrite from_empty by lia. reflexivity.
      + destruct (packed_range _ _ _ _ _ _ _ _ _ _) as [m p] eqn:E.
        apply packed_range_sum in E; [|assumption|assumption]. destruct E as [Em <-].
        apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|].
        assert (0 <= digit w base A (number_of s d lo)) by (apply N, in_range; exists lo; split; [lia|reflexivity]).
        assert (0 <= digit w base A (number_of s d hi)) by (apply N, in_range; exists hi; split; [lia|reflexivity]). lia.
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
  Lemma digits_split c p : In p (points c) -> forall Bs,
    let x := pdot Bs (map code p) - bases Bs c in
    w * digits_at w Bs c p <= x <= w * digits_at w Bs c p + rests w Bs c.
  Proof.
    intros H. apply points_forall2 in H. induction H as [|v q p c Hv H IH]; intros Bs; cbn [digits_at bases rests map].
    - rewrite pdot_nil_r. lia.
    - rewrite pdot_cons. specialize (IH (tl Bs)). pose proof (term_split w (hd [] Bs) Hw q v Hv) as T.
      cbv zeta in *. unfold term_of in T. lia.
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
  (** The weight of the points whose form is greater than t. *)
  Definition over_form (t : Z) : Z := gsum (fun p => if t <? pdot Bs (map code p) then product ls p else 0) c.
  Lemma above_right ts : Forall2 (fun t lu => fst lu <= over_form t <= snd lu) ts (above w Bs ls c ts).
  Proof.
    unfold above. rewrite !tails_from_right. induction ts as [|t ts IH]; cbn [map List.combine]; constructor; [|exact IH].
    cbn [fst snd]. unfold from_digit, over_form. split; apply gsum_le; intros p Hp; pose proof (Hls p Hp) as N;
      pose proof (digits_split c p Hp Bs) as S; cbv zeta in S; set (x := pdot Bs (map code p)) in *.
    - destruct (Z.leb_spec (above_low w (bases Bs c) t) (Q p)) as [H|]; [|destruct (t <? x); lia].
      unfold above_low in H. destruct (Z.ltb_spec t x); [lia|exfalso].
      pose proof (Z.mul_succ_div_gt (t - bases Bs c) w Hw). unfold Z.succ in *.
      assert (w * ((t - bases Bs c) / w + 1) <= w * Q p) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
    - destruct (Z.ltb_spec t x); [|destruct (_ <=? Q p); lia].
      destruct (Z.leb_spec (above_high w (bases Bs c) (rests w Bs c) t) (Q p)) as [|H1]; [lia|exfalso].
      unfold above_high in H1. set (y := t - bases Bs c - rests w Bs c) in *.
      pose proof (Z.mul_div_le y w Hw). assert (w * Q p <= w * (y / w)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
  Qed.
End Cell.
