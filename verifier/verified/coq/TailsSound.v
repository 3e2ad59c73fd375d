(** * Tails are bounds: soundness of [tail_weight]. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Tails.
Import ListNotations.
Open Scope Z_scope.

Lemma one_pos : 0 < ONE. Proof. reflexivity. Qed.
Lemma one_is : ONE = 2 ^ BITS. Proof. reflexivity. Qed.
Lemma bits_nonneg : 0 <= BITS. Proof. discriminate. Qed.
Opaque ONE BITS.

(** ** Powers *)
Lemma up_ge x : x <= up x * ONE.
Proof.
  unfold up. rewrite Z.shiftr_div_pow2 by apply bits_nonneg. rewrite <- one_is.
  pose proof (Z.mul_div_le (- x) ONE one_pos). lia.
Qed.
Lemma down_le x : down x * ONE <= x.
Proof.
  unfold down. rewrite Z.shiftr_div_pow2 by apply bits_nonneg. rewrite <- one_is.
  pose proof (Z.mul_div_le x ONE one_pos). lia.
Qed.
Lemma down_nonneg x : 0 <= x -> 0 <= down x.
Proof.
  intros H. unfold down. rewrite Z.shiftr_div_pow2 by apply bits_nonneg. rewrite <- one_is.
  apply Z.div_pos; [assumption|apply one_pos].
Qed.
Lemma cancel c x y : 0 < c -> x * c <= y * c -> x <= y.
Proof. intros H. apply Z.mul_le_mono_pos_r. assumption. Qed.
Lemma mul_le a b c d : 0 <= a -> 0 <= c -> a <= b -> c <= d -> a * c <= b * d.
Proof. intros. apply Z.mul_le_mono_nonneg; assumption. Qed.
Lemma pow_pos_one n : 0 <= n -> 0 < ONE ^ n.
Proof. intros. apply Z.pow_pos_nonneg; [apply one_pos|assumption]. Qed.
Lemma pow_nonneg_0 a n : 0 <= a -> 0 <= a ^ n.
Proof. intros. apply Z.pow_nonneg. assumption. Qed.
Lemma power_up_ge a n : 0 <= a -> 0 <= n -> a ^ n * ONE <= power up a n * ONE ^ n /\ 0 <= power up a n.
Proof.
  intros Ha Hn. pose proof one_pos as HS. destruct n as [|m|m]; [|clear Hn|lia].
  { unfold power. rewrite !Z.pow_0_r. lia. }
  cbn [power].
  assert (U : forall x, 0 <= x -> 0 <= up x).
  { intros x Hx. pose proof (up_ge x). destruct (Z.le_gt_cases 0 (up x)); [assumption|]. nia. }
  assert (sq : forall m, a ^ Zpos m * ONE <= power_pos up a m * ONE ^ Zpos m -> 0 <= power_pos up a m ->
    a ^ (2 * Zpos m) * ONE <= up (power_pos up a m * power_pos up a m) * ONE ^ (2 * Zpos m)).
  { intros k H H0. rewrite !Z.pow_twice_r. set (x := power_pos up a k) in *. set (s := ONE ^ Zpos k) in *.
    set (p := a ^ Zpos k) in *. assert (Hp : 0 <= p) by (apply pow_nonneg_0; assumption).
    assert (Hs : 0 < s) by (apply pow_pos_one; lia). apply (cancel ONE); [assumption|].
    assert (M : (p * ONE) * (p * ONE) <= (x * s) * (x * s)).
    { apply mul_le; try assumption; apply Z.mul_nonneg_nonneg; lia. }
    assert (X : x * x * (s * s) <= up (x * x) * ONE * (s * s)).
    { apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg; lia|apply up_ge]. }
    lia. }
  induction m as [m [IH I0]|m [IH I0]|]; cbn [power_pos].
  - specialize (sq m IH I0). set (y := up (power_pos up a m * power_pos up a m)) in *.
    assert (Hy : 0 <= y) by (apply U, Z.mul_nonneg_nonneg; assumption).
    assert (H0 : 0 <= y * a) by (apply Z.mul_nonneg_nonneg; assumption). split; [|apply U; assumption].
    replace (Zpos (xI m)) with (Z.succ (2 * Zpos m)) by lia. rewrite !Z.pow_succ_r by lia.
    set (s := ONE ^ (2 * Zpos m)) in *. set (p := a ^ (2 * Zpos m)) in *.
    assert (Hs : 0 < s) by (apply pow_pos_one; lia).
    assert (X : a * (p * ONE) <= a * (y * s)) by (apply Z.mul_le_mono_nonneg_l; assumption).
    assert (Y : y * a * s <= up (y * a) * ONE * s) by (apply Z.mul_le_mono_nonneg_r; [lia|apply up_ge]). lia.
  - split; [|apply U, Z.mul_nonneg_nonneg; assumption].
    replace (Zpos (xO m)) with (2 * Zpos m) by lia. apply sq; assumption.
  - rewrite !Z.pow_1_r. lia.
Qed.
Lemma power_down_le a n : 0 <= a -> 0 <= n -> power down a n * ONE ^ n <= a ^ n * ONE /\ 0 <= power down a n.
Proof.
  intros Ha Hn. pose proof one_pos as HS. destruct n as [|m|m]; [|clear Hn|lia].
  { unfold power. rewrite !Z.pow_0_r. lia. }
  cbn [power].
  assert (sq : forall m, power_pos down a m * ONE ^ Zpos m <= a ^ Zpos m * ONE -> 0 <= power_pos down a m ->
    down (power_pos down a m * power_pos down a m) * ONE ^ (2 * Zpos m) <= a ^ (2 * Zpos m) * ONE).
  { intros k H H0. rewrite !Z.pow_twice_r. set (x := power_pos down a k) in *. set (s := ONE ^ Zpos k) in *.
    set (p := a ^ Zpos k) in *. assert (Hp : 0 <= p) by (apply pow_nonneg_0; assumption).
    assert (Hs : 0 < s) by (apply pow_pos_one; lia). apply (cancel ONE); [assumption|].
    assert (M : (x * s) * (x * s) <= (p * ONE) * (p * ONE)).
    { apply mul_le; try assumption; apply Z.mul_nonneg_nonneg; lia. }
    assert (X : down (x * x) * ONE * (s * s) <= x * x * (s * s)).
    { apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg; lia|apply down_le]. }
    lia. }
  induction m as [m [IH I0]|m [IH I0]|]; cbn [power_pos].
  - specialize (sq m IH I0). set (y := down (power_pos down a m * power_pos down a m)) in *.
    assert (Hy : 0 <= y) by (apply down_nonneg, Z.mul_nonneg_nonneg; assumption).
    assert (H0 : 0 <= y * a) by (apply Z.mul_nonneg_nonneg; assumption).
    split; [|apply down_nonneg; assumption].
    replace (Zpos (xI m)) with (Z.succ (2 * Zpos m)) by lia. rewrite !Z.pow_succ_r by lia.
    set (s := ONE ^ (2 * Zpos m)) in *. set (p := a ^ (2 * Zpos m)) in *.
    assert (Hs : 0 < s) by (apply pow_pos_one; lia).
    assert (X : a * (y * s) <= a * (p * ONE)) by (apply Z.mul_le_mono_nonneg_l; assumption).
    assert (Y : down (y * a) * ONE * s <= y * a * s) by (apply Z.mul_le_mono_nonneg_r; [lia|apply down_le]). lia.
  - split; [|apply down_nonneg, Z.mul_nonneg_nonneg; assumption].
    replace (Zpos (xO m)) with (2 * Zpos m) by lia. apply sq; assumption.
  - rewrite !Z.pow_1_r. lia.
Qed.

(** ** Chords: x^j y^(n - j) is convex in j. *)
Lemma power_difference x y j : 0 <= y -> y <= x ->
  x * (x ^ Z.of_nat j - y ^ Z.of_nat j) <= Z.of_nat j * x ^ Z.of_nat j * (x - y).
Proof.
  intros Hy Hx. induction j as [|j IH]; [rewrite !Z.pow_0_r; lia|].
  rewrite Nat2Z.inj_succ, !Z.pow_succ_r by lia. set (n := Z.of_nat j) in *.
  assert (L : y ^ n <= x ^ n) by (apply Z.pow_le_mono_l; lia).
  set (p := x ^ n) in *. set (q := y ^ n) in *.
  assert (A : x * (x * (p - q)) <= x * (n * p * (x - y))) by (apply Z.mul_le_mono_nonneg_l; lia).
  assert (B : x * (q * (x - y)) <= x * (p * (x - y))).
  { apply Z.mul_le_mono_nonneg_l; [lia|]. apply Z.mul_le_mono_nonneg_r; lia. }
  lia.
Qed.
Lemma chord x y : 0 <= y -> y <= x -> forall n j, (j <= n)%nat ->
  Z.of_nat n * (x ^ Z.of_nat j * y ^ Z.of_nat (n - j)) <=
  Z.of_nat (n - j) * y ^ Z.of_nat n + Z.of_nat j * x ^ Z.of_nat n.
Proof.
  intros Hy Hx n. induction n as [|n IH]; intros j Hj.
  - replace j with O by lia. cbn. lia.
  - destruct (Nat.eq_dec j (S n)) as [->|N].
    + rewrite Nat.sub_diag. cbn [Z.of_nat]. rewrite Z.pow_0_r. lia.
    + specialize (IH j ltac:(lia)). pose proof (power_difference x y j Hy Hx) as P.
      replace (S n - j)%nat with (S (n - j)) by lia. rewrite !Nat2Z.inj_succ, !Z.pow_succ_r by lia.
      assert (E1 : x ^ Z.of_nat n = x ^ Z.of_nat j * x ^ Z.of_nat (n - j)).
      { rewrite <- Z.pow_add_r by lia. f_equal. lia. }
      assert (E2 : y ^ Z.of_nat n = y ^ Z.of_nat j * y ^ Z.of_nat (n - j)).
      { rewrite <- Z.pow_add_r by lia. f_equal. lia. }
      assert (L : y ^ Z.of_nat (n - j) <= x ^ Z.of_nat (n - j)) by (apply Z.pow_le_mono_l; lia).
      assert (L' : y ^ Z.of_nat j <= x ^ Z.of_nat j) by (apply Z.pow_le_mono_l; lia).
      assert (Y0 : 0 <= y ^ Z.of_nat (n - j)) by (apply pow_nonneg_0; lia).
      rewrite E1, E2 in *. set (a := x ^ Z.of_nat j) in *. set (b := y ^ Z.of_nat j) in *.
      set (a' := x ^ Z.of_nat (n - j)) in *. set (b' := y ^ Z.of_nat (n - j)) in *.
      set (N' := Z.of_nat n) in *. set (J := Z.of_nat j) in *. set (M := Z.of_nat (n - j)) in *.
      assert (A : y * (N' * (a * b')) <= y * (M * (b * b') + J * (a * a'))) by (apply Z.mul_le_mono_nonneg_l; assumption).
      assert (B : y * b' * (a - b) <= x * a' * (a - b)).
      { apply Z.mul_le_mono_nonneg_r; [lia|]. apply mul_le; lia. }
      assert (C : a' * (x * (a - b)) <= a' * (J * a * (x - y))) by (apply Z.mul_le_mono_nonneg_l; lia).
      lia.
Qed.

(** ** One variable *)
Lemma most_ge f vs v : In v vs -> f v <= most f vs.
Proof.
  induction vs as [|x vs IH]; [intros []|]. destruct vs as [|y vs].
  - intros [<-|[]]. cbn. lia.
  - change (most f (x :: y :: vs)) with (Z.max (f x) (most f (y :: vs))).
    intros [<-|H]; [lia|]. apply IH in H. lia.
Qed.
Lemma least_le f vs v : In v vs -> least f vs <= f v.
Proof.
  induction vs as [|x vs IH]; [intros []|]. destruct vs as [|y vs].
  - intros [<-|[]]. cbn. lia.
  - change (least f (x :: y :: vs)) with (Z.min (f x) (least f (y :: vs))).
    intros [<-|H]; [lia|]. apply IH in H. lia.
Qed.
(** What the numbers found for a variable stand for: e and f, of its values. *)
Definition good (g a : Z) (B : vec) (w : value -> Z) (q : part) (t : terms) :=
  0 < den t /\ exists e f : value -> Z,
    (forall v, In v (members q) ->
       0 <= e v <= reach t /\ g * (top t - e v) <= dot B (code v) /\ 0 <= f v /\
       a ^ e v * (ONE * den t) <= f v * ONE ^ e v) /\
    sumZ (map (fun v => w v * f v) (members q)) <= total t.
Lemma terms_few_good g a B r vs : 0 < g -> 0 <= a ->
  good g a B (fun v => each r (index v)) (Few vs) (terms_few g a B r vs).
Proof.
  intros Hg Ha. split; [reflexivity|]. cbn [terms_few top reach den total members].
  set (t := most (term g B) vs). exists (fun v => t - term g B v), (fun v => power up a (t - term g B v)).
  split; [|lia]. intros v Hv. pose proof (most_ge (term g B) vs v Hv) as H1. fold t in H1.
  pose proof (least_le (term g B) vs v Hv). pose proof (Z.mul_div_le (dot B (code v)) g Hg) as H2.
  fold (term g B v) in H2. destruct (power_up_ge a (t - term g B v) Ha ltac:(lia)) as [H3 H4].
  split; [lia|]. split; [|split; [assumption|lia]].
  replace (t - (t - term g B v)) with (term g B v) by ring. assumption.
Qed.
Lemma moment_sum r : forall lo hi shift,
  moment r lo hi shift = sumZ (map (fun i => each r i * (i + shift)) (from lo (Z.to_nat (hi + 1 - lo)))).
Proof.
  assert (T : forall n lo shift, 2 * sumZ (map (fun i => i + shift) (from lo n)) =
              Z.of_nat n * (lo + (lo + Z.of_nat n - 1) + 2 * shift)).
  { induction n as [|n IH]; intros lo shift; [cbn; lia|]. cbn [from map sumZ].
    rewrite Z.mul_add_distr_l, IH. lia. }
  induction r as [|[n w] r IH]; intros lo hi shift.
  - cbn [moment]. rewrite (sum_ext _ (fun _ => 0 * 1)) by reflexivity. rewrite sum_scale. lia.
  - cbn [moment]. rewrite IH. set (m := Z.min hi (n - 1)).
    set (a := Z.to_nat (Z.max 0 (m + 1 - lo))). set (b := Z.to_nat (hi - n + 1 - (Z.max lo n - n))).
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
    + rewrite (sum_ext _ (fun i => w * (i + shift))).
      * rewrite sum_scale. f_equal. specialize (T a lo shift). unfold a in *. destruct (Z.ltb_spec m lo).
        -- replace (Z.to_nat _) with O by lia. reflexivity.
        -- rewrite Z2Nat.id in T by lia. replace (Z.max 0 (m + 1 - lo)) with (m + 1 - lo) in * by lia.
           replace ((m + 1 - lo) * (lo + m + 2 * shift)) with
             (sumZ (map (fun i => i + shift) (from lo (Z.to_nat (m + 1 - lo)))) * 2) by lia.
           rewrite Z.div_mul by discriminate. reflexivity.
      * intros i Hi. apply in_from in Hi. cbn [each]. destruct (Z.ltb_spec i n); [reflexivity|lia].
    + rewrite (sum_ext (fun i => each ((n, w) :: r) i * (i + shift)) (fun i => each r (i - n) * (i - n + (shift + n)))).
      * rewrite (sum_from_shift b (fun i => each r i * (i + (shift + n))) n). reflexivity.
      * intros i Hi. apply in_from in Hi. cbn [each]. destruct (Z.ltb_spec i n); [lia|]. f_equal. lia.
Qed.
Lemma terms_range_good g a B r s d lo hi : 0 < g -> ONE <= a ->
  good g a B (fun v => each r (index v)) (Range s d lo hi) (terms_range g a B r s d lo hi).
Proof.
  intros Hg Ha. pose proof one_pos as HS. unfold terms_range.
  assert (Edot : forall i, dot B (code (number_of s d i)) = hd 0 B * (s + d * i)).
  { intros i. destruct B as [|b [|]]; cbn; lia. }
  assert (Emass : mass_range r lo hi = sumZ (map (fun v => each r (index v)) (members (Range s d lo hi)))).
  { rewrite mass_range_sum. cbn [members]. rewrite map_map. reflexivity. }
  destruct (Z.leb_spec (hi - lo) 0) as [Hn|Hn].
  - split; [reflexivity|]. cbn [top reach den total]. exists (fun _ => 0), (fun _ => ONE). split.
    + intros v Hv. apply in_range in Hv. destruct Hv as (i & Hi & ->). assert (i = lo) by lia. subst i.
      rewrite Edot. pose proof (Z.mul_div_le (hd 0 B * (s + d * lo)) g Hg). rewrite !Z.pow_0_r. lia.
    + rewrite Emass, (sum_ext _ (fun v => ONE * each r (index v))) by (intros; lia). rewrite sum_scale. lia.
  - cbn zeta. set (n := hi - lo) in *. set (slope := hd 0 B * d) in *. set (q := Z.abs slope / g).
    set (l := Z.min _ _). set (u := power up a (q * n)).
    assert (Hq : 0 <= q) by (apply Z.div_pos; lia).
    assert (Hqn : 0 <= q * n) by (apply Z.mul_nonneg_nonneg; lia).
    destruct (power_up_ge a (q * n) ltac:(lia) Hqn) as [Hu Hu0]. fold u in Hu, Hu0.
    split; [exact Hn|]. cbn [top reach den total].
    pose (j := fun v => if 0 <=? slope then hi - index v else index v - lo).
    exists (fun v => q * j v), (fun v => (n - j v) * ONE + j v * u). split.
    + intros v Hv. apply in_range in Hv. destruct Hv as (i & Hi & ->). rewrite Edot.
      set (v := number_of s d i). assert (Ev : index v = i) by reflexivity.
      assert (Hj : 0 <= j v <= n) by (unfold j; rewrite Ev; destruct (0 <=? slope); lia).
      assert (El : hd 0 B * (s + d * i) = l + Z.abs slope * (n - j v)).
      { unfold l, j. rewrite Ev. unfold n.
        replace (hd 0 B * (s + d * i)) with (hd 0 B * s + slope * i) by (unfold slope; ring).
        replace (hd 0 B * (s + d * lo)) with (hd 0 B * s + slope * lo) by (unfold slope; ring).
        replace (hd 0 B * (s + d * hi)) with (hd 0 B * s + slope * hi) by (unfold slope; ring).
        destruct (Z.leb_spec 0 slope).
        - assert (slope * lo <= slope * hi) by (apply Z.mul_le_mono_nonneg_l; lia). rewrite Z.abs_eq by assumption. lia.
        - assert (slope * hi <= slope * lo) by (apply Z.mul_le_mono_nonpos_l; lia). rewrite Z.abs_neq by lia. lia. }
      split; [split; [apply Z.mul_nonneg_nonneg; lia|apply Z.mul_le_mono_nonneg_l; lia]|].
      split.
      * rewrite El. pose proof (Z.mul_div_le l g Hg). pose proof (Z.mul_div_le (Z.abs slope) g Hg) as Q. fold q in Q.
        assert (g * q * (n - j v) <= Z.abs slope * (n - j v)) by (apply Z.mul_le_mono_nonneg_r; lia). lia.
      * split; [apply Z.add_nonneg_nonneg; apply Z.mul_nonneg_nonneg; lia|].
        pose proof (chord (a ^ q) (ONE ^ q) ltac:(apply pow_nonneg_0; lia)
          ltac:(apply Z.pow_le_mono_l; lia) (Z.to_nat n) (Z.to_nat (j v)) ltac:(lia)) as C.
        rewrite Nat2Z.inj_sub in C by lia. rewrite !Z2Nat.id in C by lia. rewrite <- !Z.pow_mul_r in C by lia.
        set (J := j v) in *. clearbody J.
        assert (EP : ONE ^ (q * n) = ONE ^ (q * J) * ONE ^ (q * (n - J))).
        { rewrite <- Z.pow_add_r by (apply Z.mul_nonneg_nonneg; lia). f_equal. ring. }
        assert (H1 : 0 < ONE ^ (q * (n - J))) by (apply pow_pos_one, Z.mul_nonneg_nonneg; lia).
        apply (cancel (ONE ^ (q * (n - J)))); [assumption|].
        assert (X : J * (a ^ (q * n) * ONE) <= J * (u * ONE ^ (q * n))) by (apply Z.mul_le_mono_nonneg_l; lia).
        assert (Y : ONE * (n * (a ^ (q * J) * ONE ^ (q * (n - J)))) <=
                    ONE * ((n - J) * ONE ^ (q * n) + J * a ^ (q * n))) by (apply Z.mul_le_mono_nonneg_l; lia).
        replace (((n - J) * ONE + J * u) * ONE ^ (q * J) * ONE ^ (q * (n - J))) with
          (((n - J) * ONE + J * u) * ONE ^ (q * n)) by (rewrite EP; ring). lia.
    + set (far := if 0 <=? slope then _ else _).
      assert (Efar : far = sumZ (map (fun v => each r (index v) * j v) (members (Range s d lo hi)))).
      { unfold far, j. rewrite Emass. pose proof (moment_sum r lo hi 0) as Em.
        cbn [members] in *. rewrite !map_map in *. cbn [number_of index] in *.
        destruct (0 <=? slope).
        - rewrite (sum_ext (fun x => each r x * (hi - x)) (fun x => hi * each r x + - 1 * (each r x * (x + 0)))) by (intros; lia).
          rewrite sum_plus, !sum_scale, <- Em. change (fun x : Z => each r x) with (each r). lia.
        - rewrite (sum_ext (fun x => each r x * (x - lo)) (fun x => each r x * (x + 0) + - lo * each r x)) by (intros; lia).
          rewrite sum_plus, !sum_scale, <- Em. change (fun x : Z => each r x) with (each r). lia. }
      rewrite Efar, Emass.
      rewrite (sum_ext _ (fun v => n * ONE * each r (index v) + (u - ONE) * (each r (index v) * j v))) by (intros; lia).
      rewrite sum_plus, !sum_scale. lia.
Qed.
Lemma terms_part_good g a B r q : 0 < g -> ONE <= a ->
  good g a B (fun v => each r (index v)) q (terms_part g a B r q).
Proof.
  intros Hg Ha. pose proof one_pos. destruct q as [vs| |]; [apply terms_few_good; lia|apply terms_range_good; assumption|].
  cbn [terms_part]. set (vs := members _). pose proof (terms_few_good g a B r vs Hg ltac:(lia)) as G.
  exact G.
Qed.

(** ** All variables *)
Definition nonneg_laws := Forall (Forall (fun nw : Z * Z => 0 <= snd nw)).
Lemma terms_cell_good g a c : 0 < g -> ONE <= a -> forall Bs ls m n p, nonneg_laws ls ->
  terms_cell g a Bs ls c = Some (m, n, p) ->
  exists (E F : point -> Z) (U : Z), 0 < U /\
    (forall x, In x (points c) -> 0 <= E x <= n /\ g * (m - E x) <= pdot Bs (map code x) /\ 0 <= F x /\
       a ^ E x * U <= F x * ONE ^ E x) /\
    gsum (fun x => product ls x * F x) c * ONE <= p * U.
Proof.
  intros Hg Ha. pose proof one_pos as HS. induction c as [|q c IH]; intros Bs ls m n p Hl H; cbn [terms_cell] in H.
  - inversion H; subst. exists (fun _ => 0), (fun _ => 1), 1. split; [lia|]. split.
    + intros x [<-|[]]. cbn [map]. cbn beta. rewrite pdot_nil_r, !Z.pow_0_r. lia.
    + cbn [gsum]. destruct ls; cbn [product]; lia.
  - destruct ls as [|r ls]; [discriminate|]. destruct (terms_cell g a (tl Bs) ls c) as [[[m' n'] p']|] eqn:Ec; [|discriminate].
    inversion H; subst; clear H. inversion Hl as [|? ? Hr Hl']; subst.
    destruct (IH _ _ _ _ _ Hl' Ec) as (E & F & U & HU & Hx & Hs). clear IH.
    destruct (terms_part_good g a (hd [] Bs) r q Hg Ha) as (Hd & e & f & Hv & Ht).
    set (t := terms_part g a (hd [] Bs) r q) in *.
    exists (fun x => match x with v :: x' => e v + E x' | [] => 0 end),
           (fun x => match x with v :: x' => f v * F x' | [] => 0 end), (U * (ONE * den t)).
    assert (HU' : 0 < ONE * den t) by (apply Z.mul_pos_pos; assumption).
    split; [apply Z.mul_pos_pos; assumption|]. split.
    + intros x Hp. apply points_cons in Hp. destruct Hp as (v & x' & -> & Hv' & Hp).
      destruct (Hv v Hv') as (V1 & V2 & V3 & V4). destruct (Hx x' Hp) as (X1 & X2 & X3 & X4).
      cbn [map]. rewrite pdot_cons. split; [lia|]. split; [lia|]. split; [apply Z.mul_nonneg_nonneg; assumption|].
      rewrite !Z.pow_add_r by lia.
      replace (a ^ e v * a ^ E x' * (U * (ONE * den t))) with ((a ^ e v * (ONE * den t)) * (a ^ E x' * U)) by ring.
      replace (f v * F x' * (ONE ^ e v * ONE ^ E x')) with ((f v * ONE ^ e v) * (F x' * ONE ^ E x')) by ring.
      apply mul_le; try assumption; (apply Z.mul_nonneg_nonneg; [apply pow_nonneg_0; lia|lia]).
    + cbn [gsum product].
      assert (G0 : 0 <= gsum (fun x => product ls x * F x) c).
      { apply gsum_nonneg. intros x Hp. apply Z.mul_nonneg_nonneg; [apply product_nonneg; assumption|apply (Hx x Hp)]. }
      rewrite (sum_ext _ (fun v => gsum (fun x => product ls x * F x) c * (each r (index v) * f v))).
      2: { intros v _. rewrite (gsum_ext c _ (fun x => (each r (index v) * f v) * (product ls x * F x))) by (intros; ring).
           rewrite gsum_scale. ring. }
      rewrite sum_scale. set (G := gsum _ c) in *. set (s := sumZ _) in *.
      assert (S0 : 0 <= s).
      { unfold s. assert (X : forall vs, (forall v, In v vs -> 0 <= f v) -> 0 <= sumZ (map (fun v => each r (index v) * f v) vs)).
        { induction vs as [|v vs IHvs]; intros Hf; [cbn; lia|]. cbn [map sumZ].
          specialize (IHvs (fun w h => Hf w (or_intror h))). specialize (Hf v (or_introl eq_refl)).
          pose proof (each_nonneg r (index v) Hr). assert (0 <= each r (index v) * f v) by (apply Z.mul_nonneg_nonneg; assumption). lia. }
        apply X. intros v Hv'. apply (Hv v Hv'). }
      assert (P : p' * total t <= - ((- (p' * total t)) / (ONE * den t)) * (ONE * den t)).
      { pose proof (Z.mul_div_le (- (p' * total t)) (ONE * den t) HU'). lia. }
      set (p := - ((- (p' * total t)) / (ONE * den t))) in *.
      assert (A : G * ONE * s <= p' * U * total t).
      { apply mul_le; try assumption. apply Z.mul_nonneg_nonneg; lia. }
      assert (B : U * (p' * total t) <= U * (p * (ONE * den t))) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
(** The weight of the points that satisfy P. *)
Definition weight_of (P : point -> bool) (ls : list runs) (x : point) : Z := if P x then product ls x else 0.
Lemma chernoff_sound g a Bs K ls c b P : nonneg_laws ls -> chernoff g a Bs K ls c = Some b ->
  (forall x, In x (points c) -> P x = true -> pdot Bs (map code x) + K <= 0) ->
  gsum (weight_of P ls) c <= b.
Proof.
  intros Hl H HP. pose proof one_pos as HS. unfold chernoff in H. destruct (Z.ltb_spec 0 g) as [Hg|]; [|discriminate].
  destruct (Z.leb_spec ONE a) as [Ha|]; [|discriminate]. cbn [andb] in H.
  destruct (terms_cell g a Bs ls c) as [[[m n] p]|] eqn:Ec; [|discriminate].
  destruct (terms_cell_good g a c Hg Ha Bs ls m n p Hl Ec) as (E & F & U & HU & Hx & Hs).
  set (M := K / g + m) in *.
  assert (HM : forall x, In x (points c) -> P x = true -> M <= E x).
  { intros x Hp HPx. specialize (HP x Hp HPx). destruct (Hx x Hp) as (_ & X & _).
    pose proof (Z.mul_div_le K g Hg). unfold M. nia. }
  destruct (Z.leb_spec M 0) as [|HM0]; [discriminate|].
  destruct (Z.ltb_spec n M) as [HR|HR].
  - inversion H; subst. rewrite gsum_zero; [lia|]. intros x Hp. unfold weight_of. destruct (P x) eqn:EP; [|reflexivity].
    specialize (HM x Hp EP). destruct (Hx x Hp) as (X & _). lia.
  - destruct (power_down_le a M ltac:(lia) ltac:(lia)) as [Hz Hz0]. set (z := power down a M) in *. clearbody z.
    destruct (Z.ltb_spec 0 z) as [Hzp|]; [|discriminate]. inversion H; subst; clear H.
    apply Z.div_le_lower_bound; [assumption|]. apply (cancel U); [assumption|].
    etransitivity; [|exact Hs].
    replace (z * gsum (weight_of P ls) c * U) with (gsum (fun x => (z * U) * weight_of P ls x) c) by (rewrite gsum_scale; ring).
    replace (gsum (fun x => product ls x * F x) c * ONE) with (gsum (fun x => ONE * (product ls x * F x)) c) by (rewrite gsum_scale; ring).
    apply gsum_le. intros x Hp. destruct (Hx x Hp) as (X1 & X2 & X3 & X4).
    pose proof (product_nonneg ls Hl x) as W. unfold weight_of. destruct (P x) eqn:EP.
    + specialize (HM x Hp EP). replace (z * U * product ls x) with (product ls x * (z * U)) by ring.
      replace (ONE * (product ls x * F x)) with (product ls x * (F x * ONE)) by ring.
      apply Z.mul_le_mono_nonneg_l; [assumption|].
      assert (HE : 0 < ONE ^ E x) by (apply pow_pos_one; lia). apply (cancel (ONE ^ E x)); [assumption|].
      assert (E1 : ONE ^ E x = ONE ^ M * ONE ^ (E x - M)) by (rewrite <- Z.pow_add_r by lia; f_equal; lia).
      assert (E2 : a ^ E x = a ^ M * a ^ (E x - M)) by (rewrite <- Z.pow_add_r by lia; f_equal; lia).
      assert (L : ONE ^ (E x - M) <= a ^ (E x - M)) by (apply Z.pow_le_mono_l; lia).
      assert (L0 : 0 < ONE ^ (E x - M)) by (apply pow_pos_one; lia).
      assert (A0 : 0 <= a ^ M) by (apply pow_nonneg_0; lia).
      assert (S1 : z * ONE ^ M * (ONE ^ (E x - M) * U) <= a ^ M * ONE * (ONE ^ (E x - M) * U)).
      { apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg; lia|assumption]. }
      assert (S2 : a ^ M * ONE * U * ONE ^ (E x - M) <= a ^ M * ONE * U * a ^ (E x - M)).
      { apply Z.mul_le_mono_nonneg_l; [|assumption]. apply Z.mul_nonneg_nonneg; [apply Z.mul_nonneg_nonneg|]; lia. }
      assert (S3 : ONE * (a ^ E x * U) <= ONE * (F x * ONE ^ E x)) by (apply Z.mul_le_mono_nonneg_l; lia).
      rewrite E1 in *. rewrite E2 in S3. lia.
    + assert (0 <= product ls x * F x) by (apply Z.mul_nonneg_nonneg; assumption).
      assert (0 <= ONE * (product ls x * F x)) by (apply Z.mul_nonneg_nonneg; lia). lia.
Qed.

(** ** Networks *)
Lemma dot_firstn w : forall A x, length x = w -> dot (firstn w A) x = dot A x.
Proof.
  induction w as [|w IH]; intros A x H; destruct x; try discriminate; destruct A; try reflexivity.
  cbn [firstn dot]. rewrite IH by (cbn in H; lia). reflexivity.
Qed.
Lemma nth_codes v : forall p, nth v (map code p) [] = code (nth v p nobody).
Proof. intros p. change (@nil Z) with (code nobody). apply map_nth. Qed.
Lemma spread_dot_at M reads c p ys : wf c -> In p (points c) -> spots M ys p ->
  Forall (fun v => (v < length c)%nat) reads ->
  forall A Bs, pdot (spread reads c A Bs) ys = dot A (concat (seen_at reads ys)) + pdot Bs ys.
Proof.
  intros Hc Hp Hy H. induction H as [|v reads Hv H IH]; intros A Bs; cbn [spread].
  - unfold seen_at. cbn [map concat]. rewrite dot_nil_r. lia.
  - rewrite IH, pdot_add_at. unfold seen_at in *. cbn [map concat].
    destruct (proj1 (Forall_forall _ _) Hc (nth v c no_part) (nth_In _ _ Hv) _ (point_nth c p Hp v Hv)) as [L K].
    pose proof (spot_length M _ _ K (spots_nth M ys p Hy v)) as Ly. rewrite L in Ly.
    rewrite dot_app, Ly, dot_firstn by assumption. lia.
Qed.
Lemma input_concat p : concat (map code p) = input p.
Proof. unfold input. rewrite flat_map_concat_map. reflexivity. Qed.
Lemma seen_codes reads p : seen_at reads (map code p) = map code (seen reads p).
Proof. unfold seen_at, seen. rewrite map_map. apply map_ext. intros v. apply nth_codes. Qed.
Lemma spread_dot reads c p : wf c -> In p (points c) -> Forall (fun v => (v < length c)%nat) reads ->
  forall A Bs, pdot (spread reads c A Bs) (map code p) = dot A (input (seen reads p)) + pdot Bs (map code p).
Proof.
  intros Hc Hp H A Bs.
  rewrite (spread_dot_at 1 reads c p (map code p) Hc Hp (spots_self p (wf_point c p Hc Hp)) H).
  rewrite seen_codes, input_concat. reflexivity.
Qed.
Lemma sum_forms_sound reads ls c fs b P : wf c -> Forall (fun v => (v < length c)%nat) reads -> nonneg_laws ls ->
  sum_forms reads ls c fs = Some b ->
  (forall x, In x (points c) -> P x = true ->
     exists A K, In (A, K) fs /\ dot A (input (seen reads x)) + K <= 0) ->
  gsum (weight_of P ls) c <= b.
Proof.
  intros Hc Hr Hl. revert b P. induction fs as [|[A K] fs IH]; intros b P H HP; cbn [sum_forms] in H.
  - inversion H; subst. rewrite gsum_zero; [lia|]. intros x Hp. unfold weight_of. destruct (P x) eqn:E; [|reflexivity].
    destruct (HP x Hp E) as (A & K & [] & _).
  - destruct (choose (spread reads c A []) K ls c) as [g a].
    destruct (chernoff g a (spread reads c A []) K ls c) as [x|] eqn:Ec; [|discriminate].
    destruct (sum_forms reads ls c fs) as [y|] eqn:Es; [|discriminate]. inversion H; subst; clear H.
    set (Q := fun p => dot A (input (seen reads p)) + K <=? 0).
    assert (L : gsum (weight_of P ls) c <= gsum (fun p => weight_of (fun p => P p && Q p) ls p +
      weight_of (fun p => P p && negb (Q p)) ls p) c).
    { apply gsum_le. intros p _. unfold weight_of. pose proof (product_nonneg ls Hl p).
      destruct (P p), (Q p); cbn [andb negb]; lia. }
    rewrite gsum_plus in L.
    assert (gsum (weight_of (fun p => P p && Q p) ls) c <= x).
    { eapply chernoff_sound; [assumption|exact Ec|]. intros p Hp HPQ. apply andb_true_iff in HPQ.
      destruct HPQ as [_ HQ]. rewrite spread_dot by assumption. unfold Q in HQ. apply Z.leb_le in HQ.
      cbn [pdot]. lia. }
    assert (gsum (weight_of (fun p => P p && negb (Q p)) ls) c <= y).
    { apply IH; [reflexivity|]. intros p Hp HPQ. apply andb_true_iff in HPQ. destruct HPQ as [HPp HQ].
      destruct (HP p Hp HPp) as (A' & K' & [E|I] & L').
      - inversion E; subst. exfalso. unfold Q in HQ. apply negb_true_iff, Z.leb_gt in HQ. lia.
      - exists A', K'. split; assumption. }
    lia.
Qed.
(** The weight of the points of the cell where the network has another class than [k]. *)
Theorem tail_weight_sound usual (n : net) l c k : wf c -> Forall (fun v => (v < length c)%nat) (sees n) ->
  0 <= scale l -> nonneg_laws (laws l) ->
  gsum (fun p => if negb (class_of (ANet n) p =? k) then weight_in l p else 0) c <= tail_weight usual n l c k.
Proof.
  intros Hc Hr Hs Hl. set (P := fun p => negb (class_of (ANet n) p =? k)).
  assert (E : gsum (fun p => if P p then weight_in l p else 0) c = scale l * gsum (weight_of P (laws l)) c).
  { rewrite <- gsum_scale. apply gsum_ext. intros p _. unfold weight_in, weight_of. destruct (P p); lia. }
  change (gsum (fun p => if P p then weight_in l p else 0) c <= tail_weight usual n l c k). rewrite E. unfold tail_weight.
  apply Z.mul_le_mono_nonneg_l; [assumption|].
  assert (A : gsum (weight_of P (laws l)) c <= mass (laws l) c).
  { rewrite mass_sum. apply gsum_le. intros p _. unfold weight_of. pose proof (product_nonneg _ Hl p). destruct (P p); lia. }
  destruct (forms careful (ready n) (project (sees n) c) k) as [fs|] eqn:Ef; [|exact A]. destruct (usual fs); [|exact A].
  destruct (sum_forms (sees n) (laws l) c fs) as [x|] eqn:Ex; [|exact A].
  apply Z.min_glb; [exact A|]. eapply sum_forms_sound; try eassumption. intros p Hp HP.
  unfold P in HP. rewrite class_of_net in HP. apply negb_true_iff, Z.eqb_neq in HP.
  pose proof (seen_in (sees n) c p Hr Hp) as Hs'. pose proof (wf_project (sees n) c Hc) as Hw.
  pose proof (spots_self _ (wf_point _ _ Hw Hs')) as Y.
  destruct (forms_sound 1 Z.lt_0_1 (ready n) (project (sees n) c) (seen (sees n) p) (map code (seen (sees n) p))
    (or_intror eq_refl) Hw Hs' Y careful k fs Ef) as (A' & K & I & L).
  - rewrite input_concat. rewrite <- (vscale_1 (input _)), (class_scaled 1 Z.lt_0_1). exact HP.
  - exists A', K. split; [exact I|]. rewrite input_concat in L. lia.
Qed.
