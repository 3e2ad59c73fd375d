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

(** ** Values counted *)
(** Values count at least 0; in order, those between two of a level count as much. *)
Definition even (k : counter) (val : Z -> value) : Prop := forall lo hi i, lo <= i <= hi ->
  level k (val lo) (val hi) = true -> count_of k (val i) = count_of k (val lo).
Definition fair (k : counter) (q : part) : Prop :=
  (forall v, level k v v = true) /\ (forall v, In v (members q) -> 0 <= count_of k v) /\
  match q with Few _ => True | Range s d _ _ => even k (number_of s d) | Pieces s rs _ _ => even k (piece_of s rs) end.
Section Counted.
  Variables (B : Z) (k : counter) (ls : list runs).
  Hypothesis HB : 0 <= B.
  Hypothesis Hself : forall v, level k v v = true.
  Notation worth v := (weight_at ls v * 2 ^ (B * count_of k v)).
  Variables (val : Z -> value) (mk : Z -> Z -> part).
  Hypothesis Hmk : forall lo hi, members (mk lo hi) = map val (from lo (Z.to_nat (hi + 1 - lo))).
  Hypothesis Heven : even k val.
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
    (forall v, In v (members (mk lo hi)) -> 0 <= count_of k v) ->
    packed_range fuel B k ls val mk lo hi = (m, p) ->
    0 <= m /\ p * 2 ^ (B * m) = sumZ (map (fun v => worth v) (members (mk lo hi))).
  Proof.
    assert (Same : forall lo hi, lo <= hi -> (forall v, In v (members (mk lo hi)) -> 0 <= count_of k v) ->
      level k (val lo) (val hi) = true -> 0 <= count_of k (val lo) /\
      weight_part ls (mk lo hi) * 2 ^ (B * count_of k (val lo)) = sumZ (map (fun v => worth v) (members (mk lo hi)))).
    { intros lo hi Hle Hd E. split; [apply Hd, in_mk; exists lo; split; [lia|reflexivity]|].
      rewrite weight_part_sum, Z.mul_comm, <- sum_scale. apply sum_ext. intros v Hv. apply in_mk in Hv.
      destruct Hv as (i & Hi & ->). rewrite (Heven lo hi i Hi E). ring. }
    induction fuel as [|fuel IH]; intros lo hi m p Hle Hd E; cbn [packed_range] in E;
      destruct (level k (val lo) (val hi)) eqn:El; try (inversion E; subst m p; apply Same; assumption).
    - inversion E; subst m p. split; [lia|]. rewrite Z.mul_0_r, Z.mul_1_r. apply sum_ext. intros v Hv.
      apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|apply Hd; assumption].
    - assert (Hlt : lo < hi) by (destruct (Z.eq_dec lo hi) as [->|]; [rewrite Hself in El; discriminate|lia]).
      set (mid := (lo + hi) / 2) in *.
      assert (M : lo <= mid < hi).
      { unfold mid. split; [apply Z.div_le_lower_bound; lia|apply Z.div_lt_upper_bound; lia]. }
      clearbody mid. pose proof (members_split lo mid hi ltac:(lia) ltac:(lia)) as Sp.
      destruct (packed_range fuel B k ls val mk lo mid) as [m1 p1] eqn:E1.
      destruct (packed_range fuel B k ls val mk (mid + 1) hi) as [m2 p2] eqn:E2.
      apply IH in E1; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
      apply IH in E2; [|lia|intros v Hv; apply Hd; rewrite Sp; apply in_or_app; auto].
      destruct E1 as [M1 S1], E2 as [M2 S2]. cbv zeta in E. inversion E; subst m p.
      split; [lia|]. rewrite Sp, map_app, sumZ_app, <- S1, <- S2.
      set (m := Z.min m1 m2). assert (L : 0 <= m /\ m <= m1 /\ m <= m2) by (unfold m; lia). clearbody m.
      rewrite !Z.shiftl_mul_pow2 by (apply Z.mul_nonneg_nonneg; lia).
      replace (B * m1) with (B * ((m1 - m) + m)) by ring. replace (B * m2) with (B * ((m2 - m) + m)) by ring.
      rewrite !(pow_plus B (_ - m)) by lia. ring.
  Qed.
  Lemma packed_all_sum lo hi : (forall v, In v (members (mk lo hi)) -> 0 <= count_of k v) ->
    packed_all B k ls val mk lo hi = sumZ (map (fun v => worth v) (members (mk lo hi))).
  Proof.
    intros N. unfold packed_all. destruct (Z.ltb_spec hi lo).
    - rewrite Hmk, from_empty by lia. reflexivity.
    - destruct (packed_range _ _ _ _ _ _ _ _) as [m p] eqn:E.
      apply packed_range_sum in E; [|assumption|assumption]. destruct E as [Hm <-].
      apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; assumption.
  Qed.
End Counted.
Lemma packed_part_sum B k ls q : 0 <= B -> fair k q ->
  packed_part B k ls q = sumZ (map (fun v => weight_at ls v * 2 ^ (B * count_of k v)) (members q)).
Proof.
  intros HB (F1 & F2 & F3). unfold packed_part. destruct q as [vs|s d lo hi|s rs lo hi].
  - cbn [members]. apply sum_ext. intros v Hv. apply Z.shiftl_mul_pow2, Z.mul_nonneg_nonneg; [assumption|apply F2; assumption].
  - apply packed_all_sum; [assumption|assumption|reflexivity|assumption|exact F2].
  - apply packed_all_sum; [assumption|assumption|reflexivity|assumption|exact F2].
Qed.
Lemma both_even K k k' val : even k val -> even k' val -> even (Both K k k') val.
Proof.
  intros H H' lo hi i Hi E. cbn [level count_of] in *. apply andb_true_iff in E. destruct E as [E E'].
  rewrite (H lo hi i Hi E), (H' lo hi i Hi E'). reflexivity.
Qed.
Lemma both_fair K k k' q : 0 <= K -> fair k q -> fair k' q -> fair (Both K k k') q.
Proof.
  intros HK (F1 & F2 & F3) (G1 & G2 & G3). split; [|split].
  - intros v. cbn [level]. rewrite F1, G1. reflexivity.
  - intros v Hv. cbn [count_of]. specialize (F2 v Hv). pose proof (Z.mul_nonneg_nonneg K _ HK (G2 v Hv)). lia.
  - destruct q; [exact I| |]; apply both_even; assumption.
Qed.

(** ** Digits of values *)
Section Part.
  Variables (w : Z) (A : vec).
  Hypothesis Hw : 0 < w.
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
  Lemma bins_fair q : fair (Bins w (base_of A q) A) q.
  Proof.
    split; [|split].
    - intros v. apply Z.eqb_refl.
    - intros v Hv. apply digit_nonneg. exact Hv.
    - assert (E : forall val, (forall lo hi i, lo <= i <= hi ->
        Z.min (digit w (base_of A q) A (val lo)) (digit w (base_of A q) A (val hi)) <= digit w (base_of A q) A (val i) <=
        Z.max (digit w (base_of A q) A (val lo)) (digit w (base_of A q) A (val hi))) -> even (Bins w (base_of A q) A) val).
      { intros val H lo hi i Hi E. cbn [level count_of] in *. apply Z.eqb_eq in E. specialize (H lo hi i Hi). lia. }
      destruct q; [exact I| |]; apply E; intros; [apply range_ordered|apply pieces_ordered]; assumption.
  Qed.
End Part.

(** ** Numbers made of digits *)
Section Number.
  Variables (ls : list runs) (c : cell).
  Hypothesis Hls : forall p, In p (points c) -> 0 <= product ls p.
  Variable B : Z.
  Hypothesis HB : 0 < B.
  Hypothesis HM : mass ls c < 2 ^ B - 1.
  (** The weights of some points, each where its digit is; and the amount of these. *)
  Definition number (A : point -> bool) (e : point -> Z) : Z := gsum (fun p => if A p then product ls p * 2 ^ (B * e p) else 0) c.
  Definition amount (A : point -> bool) : Z := gsum (fun p => if A p then product ls p else 0) c.
  Lemma number_ext A e A' e' : (forall p, In p (points c) -> A p = A' p /\ (A p = true -> e p = e' p)) -> number A e = number A' e'.
  Proof.
    intros H. apply gsum_ext. intros p Hp. destruct (H p Hp) as [E1 E2]. rewrite <- E1.
    destruct (A p); [rewrite E2 by reflexivity|]; reflexivity.
  Qed.
  Lemma amount_le A : 0 <= amount A <= mass ls c.
  Proof.
    rewrite mass_sum. split; [apply gsum_nonneg|apply gsum_le]; intros p Hp; pose proof (Hls p Hp); destruct (A p); lia.
  Qed.
  Lemma number_low A e T : 0 <= T -> (forall p, In p (points c) -> A p = true -> 0 <= e p < T) -> 0 <= number A e < 2 ^ (B * T).
  Proof.
    intros HT H. split.
    { apply gsum_nonneg. intros p Hp. destruct (A p); [|lia]. apply Z.mul_nonneg_nonneg; [apply Hls; exact Hp|apply Z.pow_nonneg; lia]. }
    destruct (Z.eq_dec T 0) as [->|].
    { unfold number. rewrite gsum_zero; [rewrite Z.mul_0_r; reflexivity|]. intros p Hp. specialize (H p Hp). destruct (A p); [lia|reflexivity]. }
    apply Z.le_lt_trans with (2 ^ (B * (T - 1)) * mass ls c).
    - rewrite mass_sum, <- gsum_scale. apply gsum_le. intros p Hp. pose proof (Hls p Hp). specialize (H p Hp).
      assert (0 < 2 ^ (B * (T - 1))) by (apply pow_pos; lia).
      destruct (A p); [|apply Z.mul_nonneg_nonneg; lia]. rewrite Z.mul_comm. apply Z.mul_le_mono_nonneg_r; [assumption|].
      apply Z.pow_le_mono_r; [lia|]. apply Z.mul_le_mono_nonneg_l; lia.
    - replace (B * T) with (B * ((T - 1) + 1)) by ring. rewrite pow_plus, Z.mul_1_r by lia.
      apply Z.mul_lt_mono_pos_l; [apply pow_pos; lia|lia].
  Qed.
  (** Where it is cut are the digits from there on, and those before. *)
  Lemma number_cut A e T : 0 <= T -> (forall p, In p (points c) -> A p = true -> 0 <= e p) ->
    Z.shiftr (number A e) (B * T) = number (fun p => A p && (T <=? e p)) (fun p => e p - T) /\
    number A e - Z.shiftl (Z.shiftr (number A e) (B * T)) (B * T) = number (fun p => A p && (e p <? T)) e.
  Proof.
    intros HT H. assert (HP : 0 < 2 ^ (B * T)) by (apply pow_pos; lia).
    set (high := number (fun p => A p && (T <=? e p)) (fun p => e p - T)). set (low := number (fun p => A p && (e p <? T)) e).
    assert (E : number A e = high * 2 ^ (B * T) + low).
    { unfold high, low, number. rewrite Z.mul_comm, <- gsum_scale, <- gsum_plus. apply gsum_ext. intros p Hp.
      destruct (A p); cbn [andb]; [|lia]. destruct (Z.leb_spec T (e p)), (Z.ltb_spec (e p) T); try lia.
      replace (B * e p) with (B * ((e p - T) + T)) by ring. rewrite (pow_plus B (e p - T)) by lia. ring. }
    assert (L : 0 <= low < 2 ^ (B * T)).
    { apply number_low; [exact HT|]. intros p Hp X. apply andb_true_iff in X. destruct X as [X1 X2].
      apply Z.ltb_lt in X2. split; [apply H; assumption|exact X2]. }
    assert (S : Z.shiftr (number A e) (B * T) = high).
    { rewrite Z.shiftr_div_pow2, E, Z.div_add_l, (Z.div_small low), Z.add_0_r by (try apply Z.mul_nonneg_nonneg; lia). reflexivity. }
    split; [exact S|]. rewrite S, Z.shiftl_mul_pow2, E by (apply Z.mul_nonneg_nonneg; lia). lia.
  Qed.
  Lemma number_mod A e : (forall p, In p (points c) -> A p = true -> 0 <= e p) -> number A e mod (2 ^ B - 1) = amount A.
  Proof.
    intros H. pose proof (amount_le A) as L. assert (HO : 0 < 2 ^ B - 1).
    { assert (2 ^ 1 <= 2 ^ B) by (apply Z.pow_le_mono_r; lia). change (2 ^ 1) with 2 in *. lia. }
    transitivity (amount A mod (2 ^ B - 1)); [|apply Z.mod_small; lia].
    unfold number, amount. rewrite !gsum_points. clear L HM Hls. induction (points c) as [|p l IH]; [reflexivity|]. cbn [map sumZ].
    rewrite Z.add_mod, IH, <- Z.add_mod by (try lia; intros q Hq; apply H; right; exact Hq).
    specialize (H p (or_introl eq_refl)). destruct (A p); [|reflexivity].
    destruct (pow_mod B (e p)) as [x Ex]; [lia|auto|]. rewrite Ex.
    replace (product ls p * (1 + x * (2 ^ B - 1))) with (product ls p + (product ls p * x) * (2 ^ B - 1)) by ring.
    rewrite <- Z.add_assoc, (Z.add_comm (_ * (2 ^ B - 1))), Z.add_assoc, Z.mod_add by lia. reflexivity.
  Qed.
  Lemma amount_none A e : (forall p, In p (points c) -> A p = true -> 0 <= e p) -> number A e = 0 -> amount A = 0.
  Proof.
    intros H E. pose proof (amount_le A) as [L _]. enough (amount A <= number A e) by lia.
    apply gsum_le. intros p Hp. pose proof (Hls p Hp). specialize (H p Hp). destruct (A p); [|lia].
    assert (0 < 2 ^ (B * e p)) by (apply pow_pos; auto; lia). nia.
  Qed.
  (** Rows of K digits each. *)
  Section Rows.
    Variables (K : Z) (l : ladder) (Q Q' : point -> Z).
    Hypothesis HK : 0 < K.
    Hypothesis HQ : forall p, In p (points c) -> 0 <= Q p < K.
    Lemma stairs_right levels : forall first A,
      (forall p, In p (points c) -> A p = true -> first <= Q' p < first + 2 ^ Z.of_nat levels) ->
      stairs levels B K l first (number A (fun p => Q p + K * (Q' p - first))) = amount (fun p => A p && (Q p <? limit l (Q' p))).
    Proof.
      assert (Few : forall A F, amount A = 0 -> amount (fun p => A p && F p) = 0).
      { intros A F E. pose proof (amount_le (fun p => A p && F p)) as [L _]. enough (amount (fun p => A p && F p) <= amount A) by lia.
        apply gsum_le. intros p Hp. pose proof (Hls p Hp). destruct (A p), (F p); cbn [andb]; lia. }
      assert (Pos : forall first p, In p (points c) -> first <= Q' p -> 0 <= Q p + K * (Q' p - first)).
      { intros first p Hp H. specialize (HQ p Hp). pose proof (Z.mul_nonneg_nonneg K (Q' p - first)). lia. }
      induction levels as [|levels IH]; intros first A H; cbn [stairs]; set (e := fun p => Q p + K * (Q' p - first)) in *.
      - assert (H0 : forall p, In p (points c) -> A p = true -> 0 <= e p) by (intros p Hp X; apply Pos; [exact Hp|apply H; assumption]).
        destruct (Z.eqb_spec (number A e) 0) as [E|_]; [symmetry; apply Few, (amount_none A e H0 E)|].
        cbv zeta. set (T := Z.max 0 (Z.min K (limit l first))). destruct (number_cut A e T) as [_ ->]; [unfold T; lia|exact H0|].
        rewrite number_mod.
        + unfold amount. apply gsum_ext. intros p Hp. destruct (A p) eqn:EA; [|reflexivity]. cbn [andb].
          specialize (H p Hp EA). change (2 ^ Z.of_nat 0) with 1 in H. assert (E1 : Q' p = first) by lia.
          specialize (HQ p Hp). unfold e, T. rewrite E1, Z.sub_diag, Z.mul_0_r, Z.add_0_r.
          destruct (Z.ltb_spec (Q p) (Z.max 0 (Z.min K (limit l first)))), (Z.ltb_spec (Q p) (limit l first)); lia.
        + intros p Hp X. apply andb_true_iff in X. apply H0; tauto.
      - assert (E2 : 2 ^ Z.of_nat (S levels) = 2 * 2 ^ Z.of_nat levels).
        { rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. reflexivity. }
        rewrite E2 in H. clear E2. set (half := 2 ^ Z.of_nat levels) in *.
        assert (Hh : 0 < half) by (apply Z.pow_pos_nonneg; lia). clearbody half.
        assert (H0 : forall p, In p (points c) -> A p = true -> 0 <= e p) by (intros p Hp X; apply Pos; [exact Hp|apply H; assumption]).
        destruct (Z.eqb_spec (number A e) 0) as [E|_]; [symmetry; apply Few, (amount_none A e H0 E)|]. cbv zeta.
        assert (Near : forall p, In p (points c) -> A p = true -> (e p <? K * half) = (Q' p <? first + half)).
        { intros p Hp X. specialize (HQ p Hp). specialize (H p Hp X). unfold e.
          destruct (Z.ltb_spec (Q' p) (first + half)) as [L|L]; [apply Z.ltb_lt|apply Z.ltb_ge].
          - assert (K * (Q' p - first) <= K * (half - 1)) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
          - assert (K * half <= K * (Q' p - first)) by (apply Z.mul_le_mono_nonneg_l; lia). lia. }
        destruct (number_cut A e (K * half)) as [-> ->]; [apply Z.mul_nonneg_nonneg; lia|exact H0|].
        rewrite (number_ext (fun p => A p && (K * half <=? e p)) _ (fun p => A p && (K * half <=? e p)) (fun p => Q p + K * (Q' p - (first + half))))
          by (intros p Hp; split; [reflexivity|intros _; unfold e; ring]).
        unfold e at 2. rewrite !IH; fold e.
        + unfold amount. rewrite <- gsum_plus. apply gsum_ext. intros p Hp. destruct (A p); cbn [andb]; [|reflexivity].
          destruct (Z.ltb_spec (e p) (K * half)), (Z.leb_spec (K * half) (e p)); cbn [andb]; lia.
        + intros p Hp X. apply andb_true_iff in X. destruct X as [X X']. specialize (H p Hp X). specialize (Near p Hp X).
          apply Z.leb_le in X'. destruct (Z.ltb_spec (e p) (K * half)), (Z.ltb_spec (Q' p) (first + half)); lia.
        + intros p Hp X. apply andb_true_iff in X. destruct X as [X X']. specialize (H p Hp X). specialize (Near p Hp X).
          rewrite X' in Near. symmetry in Near. apply Z.ltb_lt in Near. lia.
    Qed.
  End Rows.
End Number.

(** ** Cells *)
(** The sum of what a point's values count. *)
Fixpoint counts_at (ks : list counter) (p : point) : Z :=
  match ks, p with k :: ks', v :: p' => count_of k v + counts_at ks' p' | _, _ => 0 end.
Lemma counts_nonneg ks c : Forall2 fair ks c -> forall p, In p (points c) -> 0 <= counts_at ks p.
Proof.
  intros H p Hp. apply points_forall2 in Hp. revert ks H. induction Hp as [|v q p c Hv Hp IH]; intros ks H;
    inversion H as [|k ? ks' ? F H']; subst; cbn [counts_at]; [lia|]. specialize (IH _ H'). destruct F as (_ & F & _). specialize (F v Hv). lia.
Qed.
Lemma packed_cell_sum B : 0 <= B -> forall ks c, Forall2 fair ks c -> forall ls,
  packed_cell B ks ls c = gsum (fun p => product ls p * 2 ^ (B * counts_at ks p)) c.
Proof.
  intros HB ks c H. induction H as [|k q ks c F H IH]; intros ls; cbn [packed_cell gsum].
  - destruct ls; cbn [product counts_at]; rewrite Z.mul_0_r; reflexivity.
  - rewrite packed_part_sum by assumption. rewrite Z.mul_comm, <- sum_scale. apply sum_ext. intros v Hv.
    rewrite IH, (Z.mul_comm (gsum _ _)), <- gsum_scale. apply gsum_ext. intros p Hp. cbn [counts_at].
    rewrite product_cons. rewrite pow_plus; [ring|assumption|apply F; exact Hv|apply (counts_nonneg ks c H p Hp)].
Qed.
Lemma packed_number B : 0 < B -> forall ks ls c, Forall2 fair ks c ->
  packed_cell B ks ls c = number ls c B (fun _ => true) (counts_at ks).
Proof. intros HB ks ls c H. apply packed_cell_sum; [lia|exact H]. Qed.
(** The sum of a point's digits. *)
Fixpoint digits_at (w : Z) (Bs : list vec) (c : cell) (p : point) : Z :=
  match c, p with
  | q :: c', v :: p' => digit w (base_of (hd [] Bs) q) (hd [] Bs) v + digits_at w (tl Bs) c' p'
  | _, _ => 0
  end.
Lemma digit_bits_hold ls c : (forall p, In p (points c) -> 0 <= product ls p) ->
  0 < digit_bits (mass ls c) /\ mass ls c < 2 ^ digit_bits (mass ls c) - 1.
Proof.
  intros Hls. assert (M : 0 <= mass ls c) by (rewrite mass_sum; apply gsum_nonneg; exact Hls). unfold digit_bits.
  pose proof (Z.log2_spec (mass ls c + 1) ltac:(lia)) as [_ L]. pose proof (Z.log2_nonneg (mass ls c + 1)).
  replace (Z.log2 (mass ls c + 1) + 1) with (Z.succ (Z.log2 (mass ls c + 1))) by lia. lia.
Qed.
Lemma all_bins_at w c : forall Bs p, counts_at (all_bins w Bs c) p = digits_at w Bs c p.
Proof. induction c as [|q c IH]; intros Bs [|v p]; cbn [all_bins counts_at digits_at count_of]; [..|rewrite IH]; reflexivity. Qed.
Lemma all_bins_fair w : 0 < w -> forall c Bs, Forall2 fair (all_bins w Bs c) c.
Proof. intros Hw c. induction c as [|q c IH]; intros Bs; constructor; [apply bins_fair; exact Hw|apply IH]. Qed.
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
  Variables (Bs : list vec) (ls : list runs) (c : cell).
  Hypothesis Hls : forall p, In p (points c) -> 0 <= product ls p.
  Notation Q p := (digits_at w Bs c p).
  Definition from_digit (T : Z) : Z := gsum (fun p => if T <=? Q p then product ls p else 0) c.
  Lemma tail_digits B T : 0 < B -> mass ls c < 2 ^ B - 1 -> 0 < T ->
    Z.shiftr (packed_cell B (all_bins w Bs c) ls c) (B * T) mod (2 ^ B - 1) = from_digit T.
  Proof.
    intros HB HM HT. rewrite (packed_number B HB _ ls c (all_bins_fair w Hw c Bs)).
    destruct (number_cut ls c Hls B HB HM (fun _ => true) (counts_at (all_bins w Bs c)) T) as [-> _]; [lia| |].
    - intros p Hp _. rewrite all_bins_at. apply digits_bounds. exact Hp.
    - rewrite number_mod; try assumption.
      + unfold from_digit. apply gsum_ext. intros p _. rewrite all_bins_at. reflexivity.
      + intros p Hp E. apply Z.leb_le in E. lia.
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
    rewrite I. destruct (digit_bits_hold ls c Hls). apply tail_digits; assumption.
  Qed.
  (** Where points lie: [at_scale p] times, at [at_spot p]. *)
  Variables (at_scale : point -> Z) (at_spot : point -> list vec).
  Hypothesis Hc : wf c.
  Hypothesis Hat : forall p, In p (points c) -> 0 < at_scale p /\ spots (at_scale p) (at_spot p) p.
  (** The weight of the points whose form is greater than t. *)
  Definition over_form (t : Z) : Z :=
    gsum (fun p => if at_scale p * t <? pdot Bs (at_spot p) then product ls p else 0) c.
  (** Sums of digits that many reach are above, those above reach so many. *)
  Lemma low_reached p t : In p (points c) -> above_low w (bases Bs c) t <= Q p -> at_scale p * t < pdot Bs (at_spot p).
  Proof.
    intros Hp H. destruct (Hat p Hp) as [HM Hy]. pose proof (digits_split (at_scale p) c p (at_spot p) HM Hc Hp Hy Bs) as S.
    cbv zeta in S. set (x := pdot Bs (at_spot p)) in *. set (m := at_scale p) in *. clearbody x m. unfold above_low in H.
    destruct (Z.ltb_spec (m * t) x); [lia|exfalso].
    pose proof (Z.mul_succ_div_gt (t - bases Bs c) w Hw). unfold Z.succ in *.
    assert (w * ((t - bases Bs c) / w + 1) <= w * Q p) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (t < w * Q p + bases Bs c) by lia. nia.
  Qed.
  Lemma high_reached p t : In p (points c) -> at_scale p * t < pdot Bs (at_spot p) ->
    above_high w (bases Bs c) (rests w Bs c) t <= Q p.
  Proof.
    intros Hp H. destruct (Hat p Hp) as [HM Hy]. pose proof (digits_split (at_scale p) c p (at_spot p) HM Hc Hp Hy Bs) as S.
    cbv zeta in S. set (x := pdot Bs (at_spot p)) in *. set (m := at_scale p) in *. clearbody x m. unfold above_high.
    set (y := t - bases Bs c - rests w Bs c). destruct (Z.le_gt_cases (y / w + 1) (Q p)) as [|H1]; [assumption|exfalso].
    pose proof (Z.mul_div_le y w Hw). assert (w * Q p <= w * (y / w)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (w * Q p + bases Bs c + rests w Bs c <= t) by lia. nia.
  Qed.
  Lemma above_right ts : Forall2 (fun t lu => fst lu <= over_form t <= snd lu) ts (above w Bs ls c ts).
  Proof.
    unfold above. rewrite !tails_from_right. induction ts as [|t ts IH]; cbn [map List.combine]; constructor; [|exact IH].
    cbn [fst snd]. unfold from_digit, over_form. split; apply gsum_le; intros p Hp; pose proof (Hls p Hp);
      [pose proof (low_reached p t Hp)|pose proof (high_reached p t Hp)];
      destruct (Z.leb_spec (above_low w (bases Bs c) t) (Q p)), (Z.leb_spec (above_high w (bases Bs c) (rests w Bs c) t) (Q p)),
        (Z.ltb_spec (at_scale p * t) (pdot Bs (at_spot p))); lia.
  Qed.
End Cell.

(** ** Two forms *)
Lemma all_both_at K w Bs w' Bs' c : forall p,
  counts_at (all_both K (all_bins w Bs c) (all_bins w' Bs' c)) p = digits_at w Bs c p + K * digits_at w' Bs' c p.
Proof.
  revert Bs Bs'. induction c as [|q c IH]; intros Bs Bs' [|v p]; cbn [all_bins all_both counts_at digits_at]; try ring.
  rewrite IH. cbn [count_of]. ring.
Qed.
Lemma all_both_fair K w w' : 0 <= K -> 0 < w -> 0 < w' -> forall c Bs Bs', Forall2 fair (all_both K (all_bins w Bs c) (all_bins w' Bs' c)) c.
Proof.
  intros HK Hw Hw' c. induction c as [|q c IH]; intros Bs Bs'; constructor; [|apply IH]. apply both_fair; auto using bins_fair.
Qed.
(** Those below the stairs are counted. *)
Theorem stairs_of_right w Bs w' Bs' ls c limits : 0 < w -> 0 < w' -> (forall p, In p (points c) -> 0 <= product ls p) ->
  stairs_of (w, Bs) (w', Bs') ls c limits =
  map (fun l => amount ls c (fun p => digits_at w Bs c p <? limit l (digits_at w' Bs' c p))) limits.
Proof.
  intros Hw Hw' Hls. unfold stairs_of. destruct (digit_bits_hold ls c Hls) as [HB HM]. set (B := digit_bits (mass ls c)) in *. clearbody B.
  apply map_ext. intros l. set (K := Z.max 1 (1 + tops w Bs c)).
  rewrite (packed_number B HB _ ls c) by (apply all_both_fair; unfold K; lia).
  rewrite <- (number_ext ls c B (fun _ => true) (fun p => digits_at w Bs c p + K * (digits_at w' Bs' c p - 0)))
    by (intros p _; split; [reflexivity|intros _; rewrite all_both_at; ring]).
  rewrite (stairs_right ls c); try assumption; [reflexivity|..].
  - unfold K. lia.
  - intros p Hp. pose proof (digits_bounds w Hw c p Hp Bs). unfold K. lia.
  - intros p Hp _. pose proof (digits_bounds w' Hw' c p Hp Bs'). pose proof (Z.log2_nonneg (1 + tops w' Bs' c)).
    rewrite Z2Nat.id by lia. pose proof (Z.log2_spec (1 + tops w' Bs' c) ltac:(lia)) as [_ L]. unfold Z.succ in L. lia.
Qed.
