(** Axioms of the catalogue about vectors: Bessel's inequality, and averages of independent vectors. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Lemma mean_sum {T A} (D : list (T * R)) (f : A -> T -> R) l :
  mean (fun t => sum (fun i => f i t) l) D = sum (fun i => mean (f i) D) l.
Proof.
  unfold mean. rewrite <- sum_swap. apply sum_ext. intros x. now rewrite sum_scale.
Qed.
Lemma mean_scaled {T} (D : list (T * R)) c f : mean (fun t => c * f t) D = c * mean f D.
Proof. unfold mean. rewrite <- sum_scale. apply sum_ext. intros. ring. Qed.
Lemma mean_plus {T} (D : list (T * R)) f g : mean (fun t => f t + g t) D = mean f D + mean g D.
Proof. unfold mean. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma mean_ext {T} (D : list (T * R)) f g : (forall t, f t = g t) -> mean f D = mean g D.
Proof. intros H. apply sum_ext. intros. now rewrite H. Qed.

(** ** Bessel
    [chi] is an orthonormal family of functions, [X i] the coordinates of a vector function. *)
Section Bessel.
Context {T G I : Type} (D : list (T * R)) (chi : G -> T -> R) (X : I -> T -> R).
Context (family : list G) (coordinates : list I).
Hypothesis law : distribution D.

Definition coefficient (g : G) (i : I) : R := mean (fun t => X i t * chi g t) D.
Definition coefficient_norm (g : G) : R := norm coordinates (coefficient g).
Definition energy : R := mean (fun t => sum (fun i => X i t ^ 2) coordinates) D.
Fixpoint orthonormal (l : list G) : Prop :=
  match l with
  | [] => True
  | g :: l' => mean (fun t => chi g t * chi g t) D = 1 /\
      (forall h, In h l' -> mean (fun t => chi g t * chi h t) D = 0) /\ orthonormal l'
  end.

Definition part (u : G -> R) (l : list G) (t : T) : R := sum (fun g => u g * chi g t) l.

Lemma part_square u l :
  orthonormal l -> mean (fun t => part u l t ^ 2) D = sum (fun g => u g ^ 2) l.
Proof.
  induction l as [|g l IH]; intros O.
  { unfold part. cbn [sum]. rewrite (mean_ext D _ (fun _ => 0)) by (intros; ring).
    apply (mean_constant D law). }
  destruct O as [N [P O]]. unfold part in *. cbn [sum]. rewrite <- (IH O).
  rewrite (mean_ext D _ (fun t => u g ^ 2 * (chi g t * chi g t) +
    (2 * u g * sum (fun h => u h * (chi g t * chi h t)) l + sum (fun h => u h * chi h t) l ^ 2))).
  - rewrite !mean_plus, !mean_scaled, N, mean_sum.
    rewrite (sum_ext_in (fun h => mean (fun t => u h * (chi g t * chi h t)) D) (fun _ => 0)).
    + rewrite sum_zero. ring.
    + intros h J. rewrite mean_scaled, (P h J). ring.
  - intros t. replace (sum (fun h => u h * (chi g t * chi h t)) l)
      with (chi g t * sum (fun h => u h * chi h t) l)
      by (rewrite <- sum_scale; apply sum_ext; intros; ring). ring.
Qed.

Lemma bessel_one i l :
  orthonormal l -> sum (fun g => coefficient g i ^ 2) l <= mean (fun t => X i t ^ 2) D.
Proof.
  intros O. set (u := fun g => coefficient g i).
  assert (P : 0 <= mean (fun t => (X i t - part u l t) ^ 2) D).
  { rewrite <- (mean_constant D law 0). apply mean_monotone; [assumption|]. intros. apply pow2_ge_0. }
  rewrite (mean_ext D _ (fun t => X i t ^ 2 + (-2 * sum (fun g => u g * (X i t * chi g t)) l +
    part u l t ^ 2))) in P.
  - rewrite !mean_plus, mean_scaled, (part_square u l O), mean_sum in P.
    rewrite (sum_ext (fun g => mean (fun t => u g * (X i t * chi g t)) D) (fun g => u g ^ 2)) in P.
    + unfold u in *. lra.
    + intros g. rewrite mean_scaled. fold (coefficient g i). fold (u g). ring.
  - intros t. unfold part.
    replace (sum (fun g => u g * (X i t * chi g t)) l) with (X i t * sum (fun g => u g * chi g t) l)
      by (rewrite <- sum_scale; apply sum_ext; intros; ring). ring.
Qed.

Lemma bessel_all : orthonormal family -> sum (fun g => coefficient_norm g ^ 2) family <= energy.
Proof.
  intros O. unfold energy, coefficient_norm. rewrite mean_sum.
  rewrite (sum_ext _ (fun g => sum (fun i => coefficient g i ^ 2) coordinates))
    by (intros; apply norm_square).
  rewrite sum_swap. apply sum_le. intros i _. now apply bessel_one.
Qed.

Theorem bessel c level :
  orthonormal family -> (forall g, c g = true -> level <= coefficient_norm g ^ 2) -> 0 <= level ->
  members family c * level <= energy.
Proof.
  intros O H P. eapply Rle_trans; [|now apply bessel_all].
  unfold members. rewrite <- sum_const, sum_filter. apply sum_le. intros g _.
  destruct (c g) eqn:e; [now apply H|apply pow2_ge_0].
Qed.

(** The same over classes 0 .. [last], told apart by a [size]. *)
Theorem bessel_levels (size : G -> nat) c level last :
  orthonormal family ->
  (forall k g, (k <= last)%nat -> size g = k -> c k g = true -> level k <= coefficient_norm g ^ 2) ->
  (forall k, (k <= last)%nat -> 0 <= level k) ->
  sum (fun k => members family (fun g => Nat.eqb (size g) k && c k g)%bool * level k) (seq 0 (S last)) <=
  energy.
Proof.
  intros O H P. eapply Rle_trans; [|now apply bessel_all].
  rewrite (sum_ext _ (fun k => sum (fun g => if (Nat.eqb (size g) k && c k g)%bool then level k else 0) family))
    by (intros k; unfold members; now rewrite <- sum_const, sum_filter).
  rewrite sum_swap. apply sum_le. intros g _.
  assert (S0 : forall a n, (a + n <= S last)%nat ->
    sum (fun k => if (Nat.eqb (size g) k && c k g)%bool then level k else 0) (seq a n) <=
    (if (Nat.leb a (size g) && Nat.ltb (size g) (a + n))%bool then coefficient_norm g ^ 2 else 0)).
  { intros a n. revert a. induction n as [|n IH]; intros a B; cbn [seq sum].
    - destruct (Nat.leb a (size g) && Nat.ltb (size g) (a + 0))%bool; [apply pow2_ge_0|lra].
    - specialize (IH (S a) ltac:(lia)). destruct (Nat.eqb (size g) a) eqn:e.
      + apply Nat.eqb_eq in e. replace (Nat.leb a (size g) && Nat.ltb (size g) (a + S n))%bool with true
          by (symmetry; apply andb_true_iff; split; [apply Nat.leb_le|apply Nat.ltb_lt]; lia).
        replace (Nat.leb (S a) (size g) && Nat.ltb (size g) (S a + n))%bool with false in IH
          by (symmetry; apply andb_false_iff; left; apply Nat.leb_gt; lia).
        cbn [andb]. pose proof (pow2_ge_0 (coefficient_norm g)).
        destruct (c a g) eqn:f; [|lra]. specialize (H a g ltac:(lia) e f). lra.
      + apply Nat.eqb_neq in e. cbn [andb].
        replace (Nat.leb a (size g) && Nat.ltb (size g) (a + S n))%bool
          with (Nat.leb (S a) (size g) && Nat.ltb (size g) (S a + n))%bool; [lra|].
        f_equal; [|f_equal; lia]. destruct (Nat.leb_spec (S a) (size g)), (Nat.leb_spec a (size g)); lia || reflexivity. }
  specialize (S0 0%nat (S last) ltac:(lia)).
  destruct (Nat.leb 0 (size g) && Nat.ltb (size g) (0 + S last))%bool; [assumption|].
  pose proof (pow2_ge_0 (coefficient_norm g)). lra.
Qed.
End Bessel.

(** ** The length of a vector *)
Lemma norm_pos {A} (l : list A) u : 0 <= norm l u.
Proof. apply sqrt_pos. Qed.
Lemma norm_triangle {A} (l : list A) u v : norm l (fun i => u i + v i) <= norm l u + norm l v.
Proof.
  pose proof (norm_pos l u). pose proof (norm_pos l v).
  apply Rsqr_incr_0; [|apply norm_pos|lra].
  rewrite !Rsqr_pow2, norm_square.
  replace ((norm l u + norm l v) ^ 2) with (norm l u ^ 2 + norm l v ^ 2 + 2 * (norm l u * norm l v)) by ring.
  rewrite !norm_square.
  rewrite (sum_ext _ (fun i => u i ^ 2 + (v i ^ 2 + 2 * (u i * v i)))) by (intros; ring).
  rewrite !sum_plus, sum_scale. pose proof (inner_product l u v) as C.
  assert (sum (fun i => u i * v i) l <= norm l u * norm l v); [|lra].
  apply Rsqr_incr_0_var; [|now apply Rmult_le_pos]. rewrite !Rsqr_pow2, Rpow_mult_distr. exact C.
Qed.
Lemma norm_scaled {A} (l : list A) c u : 0 <= c -> norm l (fun i => c * u i) = c * norm l u.
Proof.
  intros P. unfold norm. rewrite (sum_ext _ (fun i => c ^ 2 * u i ^ 2)) by (intros; ring).
  rewrite sum_scale, sqrt_mult; [now rewrite sqrt_pow2|apply pow2_ge_0|].
  apply sum_nonneg. intros. apply pow2_ge_0.
Qed.
Lemma norm_ext {A} (l : list A) u v : (forall i, u i = v i) -> norm l u = norm l v.
Proof. intros H. unfold norm. f_equal. apply sum_ext. intros. now rewrite H. Qed.

(** The average of [n] independent vectors, of length [B] at most: how far it is from its mean. *)
Section Average.
Context {T I : Type} (D : list (T * R)) (V : T -> I -> R) (coordinates : list I) (B : R) (n : nat).
Hypothesis law : distribution D.
Hypothesis short : forall t, norm coordinates (V t) <= B.
Hypothesis one : (1 <= n)%nat.

Definition deviation (s : list T) : R :=
  norm coordinates (fun i => total (fun t => V t i) s / INR n - mean (fun t => V t i) D).

Lemma power_is_product k : power D k = product (repeat D k).
Proof. induction k as [|k IH]; [reflexivity|]. cbn [power repeat product]. now rewrite IH. Qed.

Theorem vector_average :
  (forall s, 0 <= deviation s) /\
  mean (fun s => deviation s ^ 2) (power D n) <= B ^ 2 / INR n /\
  bounded_differences deviation (repeat D n) (4 * B ^ 2 / INR n).
Proof.
  assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  split; [intros; apply norm_pos|]. split.
  - unfold deviation. rewrite (mean_ext _ _ (fun s => sum (fun i => / INR n ^ 2 *
      (total (fun t => V t i) s - INR n * mean (fun t => V t i) D) ^ 2) coordinates))
      by (intros s; rewrite norm_square; apply sum_ext; intros i; field; lra).
    rewrite mean_sum.
    apply Rle_trans with (sum (fun i => / INR n * mean (fun t => V t i ^ 2) D) coordinates).
    + apply sum_le. intros i _. rewrite mean_scaled, (mean_square_total D (fun t => V t i) law).
      assert (0 <= mean (fun t => V t i) D ^ 2) by apply pow2_ge_0.
      replace (/ INR n ^ 2 * (INR n * (mean (fun t => V t i ^ 2) D - mean (fun t => V t i) D ^ 2)))
        with (/ INR n * (mean (fun t => V t i ^ 2) D - mean (fun t => V t i) D ^ 2)) by (field; lra).
      apply Rmult_le_compat_l; [left; now apply Rinv_0_lt_compat|lra].
    + rewrite sum_scale, <- mean_sum. unfold Rdiv. rewrite Rmult_comm.
      apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|].
      rewrite <- (mean_constant D law (B ^ 2)). apply mean_monotone; [assumption|]. intros t.
      rewrite <- norm_square. apply pow_incr. split; [apply norm_pos|apply short].
  - exists (repeat (2 * B / INR n) n). split.
    + split; [now rewrite !repeat_length|]. intros b t u a P _.
      assert (k : (length b < n)%nat).
      { apply Forall2_length in P. rewrite app_length, repeat_length in P. cbn [length] in P. lia. }
      rewrite nth_repeat_lt by assumption.
      assert (E : forall i, total (fun t => V t i) (b ++ t :: a) / INR n - mean (fun t => V t i) D =
        (total (fun t => V t i) (b ++ u :: a) / INR n - mean (fun t => V t i) D) +
        (/ INR n * V t i + / INR n * (- V u i))).
      { intros i. unfold total. rewrite !sum_app. cbn [sum]. field. lra. }
      unfold deviation. rewrite (norm_ext _ _ _ E).
      pose proof (norm_triangle coordinates
        (fun i => total (fun t => V t i) (b ++ u :: a) / INR n - mean (fun t => V t i) D)
        (fun i => / INR n * V t i + / INR n * (- V u i))) as A.
      pose proof (norm_triangle coordinates (fun i => / INR n * V t i) (fun i => / INR n * (- V u i))) as C.
      assert (I0 : 0 <= / INR n) by (left; now apply Rinv_0_lt_compat).
      rewrite !norm_scaled in C by assumption.
      assert (M : norm coordinates (fun i => - V u i) = norm coordinates (V u)).
      { unfold norm. f_equal. apply sum_ext. intros. ring. }
      rewrite M in C. pose proof (short t). pose proof (short u). cbv beta in A.
      assert (/ INR n * norm coordinates (fun i => V t i) <= / INR n * B) by (now apply Rmult_le_compat_l).
      assert (/ INR n * norm coordinates (V u) <= / INR n * B) by (now apply Rmult_le_compat_l).
      replace (2 * B / INR n) with (/ INR n * B + / INR n * B) by (field; lra).
      change (norm coordinates (fun i => V t i)) with (norm coordinates (V t)) in *.
      unfold Rdiv in *. lra.
    + assert (R0 : forall k x, sum (fun c => c ^ 2) (repeat x k) = INR k * x ^ 2).
      { clear. induction k as [|k IH]; intros x; [cbn - [IZR]; lra|].
        cbn [repeat sum]. rewrite IH, S_INR. ring. }
      rewrite R0. field. lra.
Qed.
End Average.
