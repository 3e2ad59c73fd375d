(** The axiom of linear readouts: how far their true loss exceeds the loss on draws, on average, and how
    far one draw moves that (symmetrisation, contraction, Cauchy and Schwarz). *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns Averages Vectors Symmetry.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** ** Contraction *)
Section Contraction.
Context {T G : Type} (D : list (T * R)) (first : G) (class : list G).
Hypothesis law : distribution D.
Local Notation best A := (greatest A first class).
Local Notation toss w := (tossed D first class w).

(** Coins on [w] and on [v], which moves more. *)
Lemma coin_contracts (A w v : G -> R) : (forall g h, w g - w h <= Rabs (v g - v h)) ->
  best (fun g => A g + w g) + best (fun g => A g - w g) <= best (fun g => A g + v g) + best (fun g => A g - v g).
Proof.
  intros C. destruct (greatest_of_one (fun g => A g + w g) class first) as [g [I ->]].
  destruct (greatest_of_one (fun g => A g - w g) class first) as [h [J ->]].
  pose proof (greatest_above (fun g => A g + v g) class first) as P.
  pose proof (greatest_above (fun g => A g - v g) class first) as M.
  pose proof (P g I). pose proof (P h J). pose proof (M g I). pose proof (M h J). pose proof (C g h) as K. cbv beta in *.
  unfold Rabs in K. destruct (Rcase_abs (v g - v h)); lra.
Qed.
Lemma coins_contract (u : G -> T -> R) (w v : G -> R) n : (forall g h, w g - w h <= Rabs (v g - v h)) -> forall A,
  toss u n (fun g => A g + w g) + toss u n (fun g => A g - w g) <=
  toss u n (fun g => A g + v g) + toss u n (fun g => A g - v g).
Proof.
  intros C. induction n as [|n IH]; intros A; cbn [tossed]; [now apply coin_contracts|].
  match goal with |- mean ?a D + mean ?b D <= mean ?c D + mean ?d D =>
    pose proof (linearity D a b 1 1) as E; pose proof (linearity D c d 1 1) as F end.
  cbv beta in E, F. rewrite !Rmult_1_l in E, F. rewrite <- E, <- F. clear E F.
  apply mean_monotone; [assumption|]. intros x.
  pose proof (IH (fun g => A g + u g x)) as P. pose proof (IH (fun g => A g - u g x)) as M.
  assert (X : forall B B' : G -> R, (forall g, B g = B' g) -> toss u n B = toss u n B') by (intros; now apply tossed_ext).
  rewrite (X (fun g => A g + w g + u g x) (fun g => A g + u g x + w g)) by (intros; ring).
  rewrite (X (fun g => A g + w g - u g x) (fun g => A g - u g x + w g)) by (intros; ring).
  rewrite (X (fun g => A g - w g + u g x) (fun g => A g + u g x - w g)) by (intros; ring).
  rewrite (X (fun g => A g - w g - u g x) (fun g => A g - u g x - w g)) by (intros; ring).
  rewrite (X (fun g => A g + v g + u g x) (fun g => A g + u g x + v g)) by (intros; ring).
  rewrite (X (fun g => A g + v g - u g x) (fun g => A g - u g x + v g)) by (intros; ring).
  rewrite (X (fun g => A g - v g + u g x) (fun g => A g + u g x - v g)) by (intros; ring).
  rewrite (X (fun g => A g - v g - u g x) (fun g => A g - u g x - v g)) by (intros; ring).
  lra.
Qed.
Lemma contraction (w v : G -> T -> R) n : (forall t g h, w g t - w h t <= Rabs (v g t - v h t)) -> forall A,
  toss w n A <= toss v n A.
Proof.
  intros C. induction n as [|n IH]; intros A; cbn [tossed]; [lra|].
  apply mean_monotone; [assumption|]. intros x.
  pose proof (IH (fun g => A g + w g x)). pose proof (IH (fun g => A g - w g x)).
  pose proof (coins_contract v (fun g => w g x) (fun g => v g x) n (C x) A). lra.
Qed.
End Contraction.

(** ** Readouts *)
Section Readouts.
Context {T I : Type} (D : list (T * R)) (phi : T -> I -> R) (coordinates : list I) (loss : R -> T -> R).
Context (tau B slope reach : R) (n : nat).
Hypothesis law : distribution D.
Hypothesis one : (1 <= n)%nat.
Hypothesis signs_ : 0 <= tau /\ 0 <= B /\ 0 <= slope.
Hypothesis energy_ : mean (fun t => norm coordinates (phi t) ^ 2) D <= B ^ 2.
Hypothesis lipschitz : forall a b t, loss a t - loss b t <= slope * Rabs (a - b).

Definition inner (w u : I -> R) : R := sum (fun i => w i * u i) coordinates.
Definition readout (w : I -> R) (t : T) : R := inner w (phi t).
Definition loss_of (w : I -> R) (t : T) : R := loss (readout w t) t.
Hypothesis ranged : forall w t, norm coordinates w <= tau -> 0 <= loss_of w t <= reach.

Definition excess (w : I -> R) (xs : list T) : R := mean (loss_of w) D - total (loss_of w) xs / INR n.
(** [supremum] is the least upper bound of the excess of readouts of norm at most [tau]. *)
Definition is_supremum (supremum : list T -> R) : Prop :=
  forall xs, is_lub (fun v => exists w, norm coordinates w <= tau /\ v = excess w xs) (supremum xs).

Lemma inner_bound w u : norm coordinates w <= tau -> inner w u <= tau * norm coordinates u.
Proof.
  intros H. pose proof (norm_pos coordinates w). pose proof (norm_pos coordinates u).
  assert (inner w u <= norm coordinates w * norm coordinates u); [|nra].
  apply Rsqr_incr_0_var; [|now apply Rmult_le_pos]. rewrite !Rsqr_pow2, Rpow_mult_distr.
  apply inner_product.
Qed.

(** Coins on linear readouts, gathered in [u]; [s] is a number to be chosen. *)
Lemma linear_coins first class s m : 0 < s -> Forall (fun w => norm coordinates w <= tau) (first :: class) -> forall u,
  tossed D first class (fun w t => slope * readout w t) m (fun w => inner w u) <=
  tau * (((norm coordinates u ^ 2 + INR m * (slope * B) ^ 2) / s + s) / 2).
Proof.
  intros S0 C. destruct signs_ as [t0 [B0 L0]]. assert (I0 : 0 < / s) by now apply Rinv_0_lt_compat.
  induction m as [|m IH]; intros u; cbn [tossed].
  - apply greatest_lub. intros w J. rewrite Forall_forall in C.
    eapply Rle_trans; [apply (inner_bound w u (C w J))|]. apply Rmult_le_compat_l; [assumption|].
    cbn [INR]. set (x := norm coordinates u). assert (0 <= (x - s) ^ 2 * / s) by (apply Rmult_le_pos; [apply pow2_ge_0|lra]).
    replace ((x - s) ^ 2 * / s) with (x ^ 2 / s - 2 * x + s) in H by (field; lra).
    replace ((x ^ 2 + 0 * (slope * B) ^ 2) / s) with (x ^ 2 / s) by (field; lra). lra.
  - set (c := (slope * B) ^ 2). set (N := fun v => norm coordinates v ^ 2).
    apply Rle_trans with (mean (fun x => (tau * slope ^ 2 / (2 * s)) * norm coordinates (phi x) ^ 2 +
      1 * (tau * (((N u + INR m * c) / s + s) / 2))) D).
    + apply mean_monotone; [assumption|]. intros x.
      pose proof (IH (fun i => u i + slope * phi x i)) as P. pose proof (IH (fun i => u i - slope * phi x i)) as M.
      rewrite (tossed_ext _ _ _ _ m (fun w => inner w u + slope * readout w x) (fun w => inner w (fun i => u i + slope * phi x i))).
      2: { intros w. unfold readout, inner. rewrite <- sum_scale, <- sum_plus. apply sum_ext. intros. ring. }
      rewrite (tossed_ext _ _ _ _ m (fun w => inner w u - slope * readout w x) (fun w => inner w (fun i => u i - slope * phi x i))).
      2: { intros w. unfold readout, inner, Rminus. rewrite <- (Rmult_1_l (slope * _)), Ropp_mult_distr_l, <- !sum_scale, <- sum_plus.
           apply sum_ext. intros. ring. }
      assert (E : norm coordinates (fun i => u i + slope * phi x i) ^ 2 + norm coordinates (fun i => u i - slope * phi x i) ^ 2 =
        2 * N u + 2 * slope ^ 2 * norm coordinates (phi x) ^ 2).
      { unfold N. rewrite !norm_square, <- !sum_scale, <- !sum_plus. apply sum_ext. intros. ring. }
      eapply Rle_trans; [apply Rplus_le_compat; apply Rmult_le_compat_l; [lra|exact P|lra|exact M]|].
      right. fold c. set (a := norm coordinates (fun i => u i + slope * phi x i) ^ 2) in *.
      replace (norm coordinates (fun i => u i - slope * phi x i) ^ 2) with (2 * N u + 2 * slope ^ 2 * norm coordinates (phi x) ^ 2 - a) by lra.
      field. lra.
    + rewrite (linearity D (fun x => norm coordinates (phi x) ^ 2) (fun _ => tau * (((N u + INR m * c) / s + s) / 2))), (mean_constant D law).
      assert (K : 0 <= tau * slope ^ 2 / (2 * s)).
      { unfold Rdiv. rewrite Rinv_mult. repeat apply Rmult_le_pos; try lra; apply pow2_ge_0 || lra. }
      pose proof (Rmult_le_compat_l _ _ _ K energy_) as Q. rewrite S_INR.
      eapply Rle_trans; [apply Rplus_le_compat_r; exact Q|]. right. unfold c, N. field. lra.
Qed.

Lemma finite_class first class : Forall (fun w => norm coordinates w <= tau) (first :: class) ->
  mean (fun xs => greatest (fun w => excess w xs) first class) (power D n) <= 2 * slope * (tau * B) / sqrt (INR n).
Proof.
  intros C. assert (N : 0 < INR n) by (apply lt_0_INR; lia). destruct signs_ as [t0 [B0 L0]].
  pose proof (sqrt_lt_R0 _ N) as Q. pose proof (sqrt_sqrt (INR n) ltac:(lra)) as QQ.
  set (Z := fun _ : I -> R => 0).
  assert (H : forall s, 0 < s -> mean (fun xs => greatest (fun w => excess w xs) first class) (power D n) * INR n <=
    tau * (INR n * (slope * B) ^ 2 / s + s)).
  { intros s S0.
    apply Rle_trans with (mean (fun xs => greatest (fun w => Z w + (INR n * mean (loss_of w) D - total (loss_of w) xs)) first class) (power D n)).
    { right. rewrite Rmult_comm, <- mean_scaled. apply mean_same. intros xs. rewrite <- greatest_scale by lra.
      apply greatest_ext. intros w. unfold excess, Z. field. lra. }
    eapply Rle_trans; [now apply (second_sample D first class law loss_of n Z)|].
    apply Rle_trans with (paired D first class loss_of n (fun w => Z w + Z w)); [right; apply paired_ext; intros; unfold Z; ring|].
    eapply Rle_trans; [now apply coins_for_pairs|].
    assert (K : tossed D first class loss_of n Z <= tau * ((INR n * (slope * B) ^ 2 / s + s) / 2)).
    { eapply Rle_trans; [apply (contraction D first class law loss_of (fun w t => slope * readout w t))|].
      - intros t g h. unfold loss_of. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_right slope) by lra. apply lipschitz.
      - rewrite (tossed_ext _ _ _ _ n Z (fun w => inner w (fun _ => 0))).
        2: { intros w. unfold Z, inner. rewrite (sum_ext _ (fun _ => 0)) by (intros; ring). now rewrite sum_zero. }
        eapply Rle_trans; [now apply (linear_coins first class s n S0 C)|]. right.
        rewrite norm_square, (sum_ext _ (fun _ => 0)) by (intros; ring). rewrite sum_zero. field. lra. }
    lra. }
  apply Rmult_le_reg_r with (INR n); [assumption|].
  replace (2 * slope * (tau * B) / sqrt (INR n) * INR n) with (2 * tau * (slope * B) * sqrt (INR n)).
  2: { rewrite <- QQ at 3. field. lra. }
  destruct (Req_dec (slope * B) 0) as [E|E].
  - rewrite E in *. set (y := mean _ _ * INR n) in *. destruct (Rle_dec y 0) as [|F]; [lra|]. exfalso.
    assert (P : 0 < y / (2 * (tau + 1))) by (apply Rdiv_lt_0_compat; lra).
    specialize (H _ P). replace (INR n * 0 ^ 2 / (y / (2 * (tau + 1)))) with 0 in H by (field; lra).
    replace (tau * (0 + y / (2 * (tau + 1)))) with (y * (tau / (2 * (tau + 1)))) in H by (field; lra).
    assert (tau / (2 * (tau + 1)) <= 1 / 2); [|nra].
    apply Rmult_le_reg_r with (2 * (tau + 1)); [lra|]. replace (tau / (2 * (tau + 1)) * (2 * (tau + 1))) with tau by (field; lra). lra.
  - assert (0 < slope * B) by (pose proof (Rmult_le_pos slope B L0 B0); lra).
    eapply Rle_trans; [apply (H (slope * B * sqrt (INR n))); now apply Rmult_lt_0_compat|]. right.
    replace (INR n * (slope * B) ^ 2 / (slope * B * sqrt (INR n))) with (slope * B * sqrt (INR n)); [ring|].
    rewrite <- QQ at 2. field. split; [lra|]. split; intros F; rewrite F in *; lra.
Qed.

(** Finitely many readouts come as near to the supremum as one likes, at finitely many samples. *)
Lemma near_supremum supremum e (samples : list (list T * R)) : is_supremum supremum -> 0 < e ->
  exists class, Forall (fun w => norm coordinates w <= tau) class /\
    forall x, In x samples -> exists w, In w class /\ supremum (fst x) <= excess w (fst x) + e.
Proof.
  intros S0 P. induction samples as [|x l [class [C H]]]; [exists []; split; [constructor|intros x []]|].
  destruct (S0 (fst x)) as [U L].
  assert (X : exists w, norm coordinates w <= tau /\ supremum (fst x) < excess w (fst x) + e).
  { apply Classical_Prop.NNPP. intros N. enough (supremum (fst x) <= supremum (fst x) - e) by lra. apply L.
    intros v [w [W ->]]. destruct (Rle_dec (excess w (fst x)) (supremum (fst x) - e)); [assumption|].
    exfalso. apply N. exists w. split; [assumption|lra]. }
  destruct X as [w [W X]]. exists (w :: class). split; [now constructor|]. intros y [<-|J].
  - exists w. split; [now left|lra].
  - destruct (H y J) as [v [K V]]. exists v. split; [now right|assumption].
Qed.

Theorem linear_loss supremum : is_supremum supremum ->
  mean supremum (power D n) <= 2 * slope * (tau * B) / sqrt (INR n) /\
  bounded_differences supremum (repeat D n) (reach ^ 2 / INR n).
Proof.
  intros S0. assert (N : 0 < INR n) by (apply lt_0_INR; lia). pose proof (power_law D n law) as law'. split.
  - set (c := 2 * slope * (tau * B) / sqrt (INR n)). destruct (Rle_dec (mean supremum (power D n)) c) as [|F]; [assumption|].
    set (e := (mean supremum (power D n) - c) / 2). assert (P : 0 < e) by (unfold e; lra).
    destruct (near_supremum supremum e (power D n) S0 P) as [class [C H]].
    assert (C' : Forall (fun w => norm coordinates w <= tau) ((fun _ => 0) :: class)).
    { constructor; [|assumption]. unfold norm. rewrite (sum_ext _ (fun _ => 0)) by (intros; ring).
      rewrite sum_zero, sqrt_0. tauto. }
    pose proof (finite_class _ _ C') as K. fold c in K.
    enough (mean supremum (power D n) <=
      mean (fun xs => 1 * greatest (fun w => excess w xs) (fun _ => 0) class + 1 * e) (power D n)) as Q.
    { rewrite (linearity (power D n) (fun xs => greatest (fun w => excess w xs) (fun _ => 0) class) (fun _ => e)) in Q.
      rewrite (mean_constant _ law') in Q. unfold e in *. lra. }
    apply mean_le_in; [assumption|]. intros x J. destruct (H x J) as [w [M V]].
    pose proof (greatest_above (fun w => excess w (fst x)) class (fun _ => 0) w ltac:(now right)) as A. cbv beta in A. lra.
  - exists (repeat (reach / INR n) n). split.
    + split; [now rewrite !repeat_length|]. intros b t u a Q _.
      assert (k : (length b < n)%nat).
      { apply Forall2_length in Q. rewrite app_length, repeat_length in Q. cbn [length] in Q. lia. }
      rewrite nth_repeat_lt by assumption.
      destruct (S0 (b ++ t :: a)) as [_ L], (S0 (b ++ u :: a)) as [U _].
      enough (supremum (b ++ t :: a) <= supremum (b ++ u :: a) + reach / INR n) by lra. apply L.
      intros v [w [W ->]]. pose proof (U _ (ex_intro _ w (conj W eq_refl))) as V.
      pose proof (ranged w t W) as Rt. pose proof (ranged w u W) as Ru.
      assert (E : excess w (b ++ t :: a) = excess w (b ++ u :: a) + (loss_of w u - loss_of w t) / INR n).
      { unfold excess, total. rewrite !sum_app. cbn [sum]. field. lra. }
      rewrite E. assert ((loss_of w u - loss_of w t) / INR n <= reach / INR n); [|lra].
      apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|lra].
    + assert (R0 : forall k x, sum (fun c => c ^ 2) (repeat x k) = INR k * x ^ 2).
      { clear. induction k as [|k IH]; intros x; [cbn - [IZR]; lra|]. cbn [repeat sum]. rewrite IH, S_INR. ring. }
      rewrite R0. field. lra.
Qed.
End Readouts.
