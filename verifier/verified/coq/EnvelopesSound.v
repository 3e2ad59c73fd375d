(** * Envelopes are above, and mixtures below. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Packed PackedSound Envelopes.
Import ListNotations.
Open Scope Z_scope.

Lemma least_few_is A vs : forall v, least_few A v vs = fst (ends_few A (v :: vs)).
Proof.
  induction vs as [|w vs IH]; intros v; [reflexivity|]. cbn [least_few]. rewrite IH. reflexivity.
Qed.
Lemma least_form_is c : forall A, least_form A c = fst (ends_form A c).
Proof.
  induction c as [|p c IH]; intros A; [reflexivity|]. cbn [least_form ends_form]. rewrite IH.
  assert (E : least_part A p = fst (ends_part A p)).
  { destruct p as [[|v vs]|f s lo hi|f rs lo hi]; [reflexivity|apply least_few_is|reflexivity|reflexivity]. }
  rewrite E. destruct (ends_part A p) as [l u]. destruct (ends_form _ c) as [l' u']. reflexivity.
Qed.

Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
(** [x] is where linear forms are at least their least values over the cell. *)
Definition lies (c : cell) (x : vec) := forall A, M * least_form A c <= dot A x.
Lemma points_lie c p ys : wf c -> In p (points c) -> spots M ys p -> lies c (concat ys).
Proof.
  intros Hc Hp Hy A. rewrite least_form_is. destruct (ends_form_in M HM c Hc A p ys Hp Hy) as [L _]. exact L.
Qed.
(** Whatever the coefficients [e] are. *)
Lemma above_all_le e row b c x : lies c x ->
  D * Z.max 0 (dot row x + M * b) <= dot e x + M * above_all e row b c.
Proof.
  intros H. unfold above_all. pose proof (H e) as H1. pose proof (H (vadd e (vscale (- D) row))) as H2.
  rewrite dot_vadd_l, dot_vscale_l in H2.
  set (f := least_form e c) in *. set (g := least_form (vadd e _) c) in *. clearbody f g.
  set (k := Z.max (- f) (D * b - g)). assert (K1 : - f <= k) by apply Z.le_max_l. assert (K2 : D * b - g <= k) by apply Z.le_max_r.
  clearbody k. assert (HD : 0 < D) by reflexivity.
  assert (M * - f <= M * k) by (apply Z.mul_le_mono_nonneg_l; lia).
  assert (M * (D * b - g) <= M * k) by (apply Z.mul_le_mono_nonneg_l; lia).
  set (z := dot row x) in *. set (d := dot e x) in *. clearbody z d.
  destruct (Z.max_spec 0 (z + M * b)) as [[_ ->]|[_ ->]]; nia.
Qed.

(** ** Lower forms of a number [y] *)
Definition below (r : result) (x : vec) (y : Z) : Prop :=
  let '(T, U, A, K) := r in 0 < T /\ 0 < U /\ U * (dot A x + M * K) <= T * y.
Lemma gcd_times a b : Z.gcd a b * (a / Z.gcd a b) = a.
Proof.
  destruct (Z.eq_dec (Z.gcd a b) 0) as [E|E]; [rewrite E; apply Z.gcd_eq_0_l in E; lia|].
  symmetry. apply Z_div_exact_full_2; [assumption|]. apply Z.mod_divide; [assumption|apply Z.gcd_divide_l].
Qed.
Lemma scaled_le g u t T a k y : 0 < t -> 0 < T -> g * u * (a + M * k) <= T * y ->
  g * (t * u * a + M * (t * u * k)) <= t * T * y.
Proof.
  intros Ht HT H. replace (g * (t * u * a + M * (t * u * k))) with (t * (g * u * (a + M * k))) by ring.
  replace (t * T * y) with (t * (T * y)) by ring. apply Z.mul_le_mono_nonneg_l; lia.
Qed.
Lemma alike_below r r' x y T U f f' : below r x y -> below r' x y -> alike r r' = (T, U, f, f') ->
  0 < T /\ 0 < U /\ U * (dot (fst f) x + M * snd f) <= T * y /\ U * (dot (fst f') x + M * snd f') <= T * y.
Proof.
  destruct r as [[[T1 U1] A1] K1]. destruct r' as [[[T2 U2] A2] K2]. intros (HT1 & HU1 & H1) (HT2 & HU2 & H2) E.
  unfold alike in E. pose proof (gcd_times U1 U2) as G1. pose proof (gcd_times U2 U1) as G2.
  rewrite (Z.gcd_comm U2 U1) in G2. assert (HG : 0 < Z.gcd U1 U2).
  { pose proof (Z.gcd_nonneg U1 U2). assert (Z.gcd U1 U2 <> 0); [|lia]. intros Z0. apply Z.gcd_eq_0_l in Z0. lia. }
  set (g := Z.gcd U1 U2) in *. set (u1 := U1 / g) in *. set (u2 := U2 / g) in *.
  clearbody u1 u2. rewrite <- G1 in H1. rewrite <- G2 in H2. clear G1 G2. clearbody g.
  destruct (Z.eqb_spec T1 T2) as [ET|ET].
  - assert (G : T = 1 * T1 /\ U = g /\ f = (vscale (1 * u1) A1, 1 * u1 * K1) /\ f' = (vscale (1 * u2) A2, 1 * u2 * K2))
      by (repeat split; congruence).
    clear E. destruct G as (-> & -> & -> & ->). cbn [fst snd]. rewrite !dot_vscale_l.
    split; [lia|split; [assumption|]]. split; apply scaled_le; lia || (rewrite ?ET; assumption).
  - assert (G : T = T2 * T1 /\ U = g /\ f = (vscale (T2 * u1) A1, T2 * u1 * K1) /\ f' = (vscale (T1 * u2) A2, T1 * u2 * K2))
      by (repeat split; congruence).
    clear E. destruct G as (-> & -> & -> & ->). cbn [fst snd]. rewrite !dot_vscale_l.
    split; [nia|split; [assumption|]]. split; [apply scaled_le; assumption|].
    rewrite (Z.mul_comm T2 T1). apply scaled_le; assumption.
Qed.
Lemma weighted_below w T U f f' x y r'' : 0 < T -> 0 < U ->
  U * (dot (fst f) x + M * snd f) <= T * y -> U * (dot (fst f') x + M * snd f') <= T * y ->
  weighted w T U f f' = Some r'' -> below r'' x y.
Proof.
  intros HT HU H1 H2 E. unfold weighted in E. assert (HW : 0 < WEIGHTS) by reflexivity.
  revert E. generalize (Z.le_max_l 0 (Z.min WEIGHTS w)). assert (Hw : Z.max 0 (Z.min WEIGHTS w) <= WEIGHTS) by lia.
  revert Hw. generalize (Z.max 0 (Z.min WEIGHTS w)). clear w. intros w Hw Hw0 E.
  destruct (w =? 0); [discriminate|]. unfold blend in E. cbn [fst snd] in E.
  assert (G : r'' = (WEIGHTS * T, U, vadd (vscale (WEIGHTS - w) (fst f)) (vscale w (fst f')),
    (WEIGHTS - w) * snd f + w * snd f')) by congruence.
  subst r''. clear E. unfold below. split; [apply Z.mul_pos_pos; assumption|split; [assumption|]].
  rewrite dot_vadd_l, !dot_vscale_l.
  set (a := dot (fst f) x) in *. set (b := dot (fst f') x) in *. set (k := snd f) in *. set (k' := snd f') in *.
  clearbody a b k k'. set (v := WEIGHTS - w) in *. assert (Hv : 0 <= v) by lia.
  replace (WEIGHTS * T * y) with (v * (T * y) + w * (T * y)) by (unfold v; ring).
  replace (U * (v * a + w * b + M * (v * k + w * k'))) with (v * (U * (a + M * k)) + w * (U * (b + M * k'))) by ring.
  apply Z.add_le_mono; apply Z.mul_le_mono_nonneg_l; lia.
Qed.
Lemma mixed_below c r r' x y r'' : below r x y -> below r' x y -> mixed c r r' = Some r'' -> below r'' x y.
Proof.
  intros H H' E. unfold mixed in E. destruct (alike r r') as [[[T U] f] f'] eqn:Ea.
  destruct (alike_below _ _ _ _ _ _ _ _ H H' Ea) as (HT & HU & H1 & H2).
  exact (weighted_below _ _ _ _ _ _ _ _ HT HU H1 H2 E).
Qed.
End At.
