(** Axioms of the catalogue about functions of independent coordinates: bounded differences
    (McDiarmid), signed sums, averages of copies. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Section Coordinates.
Context {T : Type}.

(** Independent coordinates, each with a law of its own. *)
Fixpoint product (Ds : list (list (T * R))) : list (list T * R) :=
  match Ds with
  | [] => [([], 1)]
  | D :: Ds' => flat_map (fun x => map (fun s => (fst x :: fst s, snd x * snd s)) (product Ds')) D
  end.
Definition laws (Ds : list (list (T * R))) : Prop := Forall distribution Ds.

(** Values that the coordinates can take. *)
Definition possible (s : list T) (Ds : list (list (T * R))) : Prop :=
  Forall2 (fun t D => In t (map fst D)) s Ds.

(** Changing the coordinate of each number moves [f] by at most the [cs] of that number. *)
Definition moves (f : list T -> R) (Ds : list (list (T * R))) (cs : list R) : Prop :=
  length cs = length Ds /\
  forall before t u after,
    possible (before ++ t :: after) Ds -> possible (before ++ u :: after) Ds ->
    f (before ++ t :: after) - f (before ++ u :: after) <= nth (length before) cs 0.
Definition bounded_differences (f : list T -> R) Ds (influence : R) : Prop :=
  exists cs, moves f Ds cs /\ sum (fun c => c ^ 2) cs = influence.

Lemma product_law Ds : laws Ds -> distribution (product Ds).
Proof.
  intros L. induction L as [|D Ds law L IH]; cbn [product].
  { split; cbn - [IZR]; [|lra]. intros x [<-|[]]. cbn - [IZR]. lra. }
  split.
  - intros y I. apply in_flat_map in I as [x [I J]]. apply in_map_iff in J as [s [<- J]].
    cbn [snd]. destruct law as [N _], IH as [M _]. apply Rmult_le_pos; auto.
  - rewrite sum_flat_map. destruct law as [_ <-]. apply sum_ext. intros x. rewrite sum_map.
    cbn [snd]. rewrite sum_scale. destruct IH as [_ IH]. change (sum (fun s => snd s) (product Ds))
      with (sum (@snd (list T) R) (product Ds)). rewrite IH. ring.
Qed.
Lemma mean_product D Ds (F : list T -> R) :
  mean F (product (D :: Ds)) = mean (fun t => mean (fun s => F (t :: s)) (product Ds)) D.
Proof.
  unfold mean at 1. cbn [product]. rewrite sum_flat_map. apply sum_ext. intros x. rewrite sum_map.
  unfold mean. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd]. ring.
Qed.
Lemma product_possible Ds x : In x (product Ds) -> possible (fst x) Ds.
Proof.
  revert x. induction Ds as [|D Ds IH]; intros x I; cbn [product] in I.
  - destruct I as [<-|[]]. constructor.
  - apply in_flat_map in I as [t [I J]]. apply in_map_iff in J as [s [<- J]]. cbn [fst].
    constructor; [now apply in_map|]. now apply IH.
Qed.

Lemma mean_le_in {A} (D : list (A * R)) X Y :
  distribution D -> (forall x, In x D -> X (fst x) <= Y (fst x)) -> mean X D <= mean Y D.
Proof.
  intros [N _] H. apply sum_le. intros x I. apply Rmult_le_compat_l; auto.
Qed.

(** Hoeffding's lemma for a number between [low] and [low + c]. *)
Lemma range_moment {A} (D : list (A * R)) (Y : A -> R) low c l :
  distribution D -> (forall x, In x D -> low <= Y (fst x) <= low + c) -> 0 <= c -> 0 <= l ->
  mean (fun t => exp (l * Y t)) D <= exp (l * mean Y D + l ^ 2 * c ^ 2 / 8).
Proof.
  intros law B C L. destruct C as [C| <-].
  - set (Z := fun t => (Y t - low) / c). set (q := mean Z D).
    assert (U : forall x, In x D -> 0 <= Z (fst x) <= 1).
    { intros x I. pose proof (B x I). unfold Z. split.
      - apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat].
      - apply Rmult_le_reg_r with c; [assumption|]. unfold Rdiv.
        rewrite Rmult_assoc, Rinv_l by lra. lra. }
    assert (Q : 0 <= q <= 1).
    { split; unfold q; [rewrite <- (mean_constant D law 0)|rewrite <- (mean_constant D law 1)];
        apply mean_le_in; auto; intros x I; apply (U x I). }
    assert (m : mean Y D = low + c * q).
    { unfold q. rewrite <- (mean_constant D law low). rewrite <- (Rmult_1_l (mean (fun _ => low) D)).
      rewrite <- (linearity D (fun _ => low) Z). unfold mean. apply sum_ext. intros x. unfold Z. field.
      lra. }
    apply Rle_trans with (mean (fun t => exp (l * low) * (1 - Z t) + exp (l * low) * exp (l * c) * Z t) D).
    + apply mean_le_in; [assumption|]. intros x I. pose proof (chord (Z (fst x)) (l * c) (U x I)) as H.
      replace (l * Y (fst x)) with (l * low + Z (fst x) * (l * c)) by (unfold Z; field; lra).
      rewrite exp_plus. pose proof (exp_pos (l * low)). nra.
    + assert (lc : 0 <= l * c) by nra. pose proof (hoeffding_lemma q Q (l * c) lc) as H.
      unfold Hoeffding.base in H. rewrite m.
      replace (l * (low + c * q) + l ^ 2 * c ^ 2 / 8) with
        (l * low + (q * (l * c) + l * c * (l * c) / 8)) by field.
      rewrite exp_plus. pose proof (exp_pos (l * low)).
      rewrite (linearity D (fun t => 1 - Z t) Z).
      replace (mean (fun t => 1 - Z t) D) with (1 - q).
      * fold q. apply Rmult_le_compat_l with (r := exp (l * low)) in H; lra.
      * unfold q. rewrite <- (mean_constant D law 1) at 1. unfold mean.
        rewrite (sum_ext (fun z => snd z * (1 - Z (fst z))) (fun z => snd z * 1 + -1 * (snd z * Z (fst z))))
          by (intros; ring). rewrite sum_plus, sum_scale. ring.
  - assert (E : mean Y D = low).
    { rewrite <- (mean_constant D law low). apply Rle_antisym; apply mean_le_in; auto;
        intros x I; pose proof (B x I); lra. }
    rewrite E. apply Rle_trans with (mean (fun _ => exp (l * low)) D).
    + apply mean_le_in; [assumption|]. intros x I. right. f_equal. f_equal. pose proof (B x I). lra.
    + rewrite (mean_constant D law). right. f_equal. field.
Qed.

Lemma moves_rest f D Ds c cs t :
  In t (map fst D) -> moves f (D :: Ds) (c :: cs) -> moves (fun s => f (t :: s)) Ds cs.
Proof.
  intros I [L M]. split; [now injection L|]. intros b u v a P Q.
  apply (M (t :: b) u v a); cbn [app]; constructor; assumption.
Qed.

(** The moment of a function of bounded differences. *)
Lemma difference_moment Ds : forall f cs l,
  laws Ds -> moves f Ds cs -> 0 <= l ->
  mean (fun s => exp (l * f s)) (product Ds) <=
  exp (l * mean f (product Ds) + l ^ 2 * sum (fun c => c ^ 2) cs / 8).
Proof.
  induction Ds as [|D Ds IH]; intros f cs l W M L.
  { destruct M as [E _]. destruct cs; [|discriminate]. unfold mean. cbn [product sum fst snd].
    right. rewrite Rmult_1_l, Rplus_0_r. f_equal. field. }
  inversion W as [|? ? law W']; subst. pose proof (product_law Ds W') as law'.
  destruct cs as [|c cs]; [destruct M; discriminate|]. rewrite !mean_product.
  set (g := fun t => mean (fun s => f (t :: s)) (product Ds)).
  set (C := sum (fun c => c ^ 2) cs).
  apply Rle_trans with (mean (fun t => exp (l ^ 2 * C / 8) * exp (l * g t)) D).
  - apply mean_le_in; [assumption|]. intros x I. rewrite Rmult_comm, <- exp_plus.
    apply (IH (fun s => f (fst x :: s)) cs l W' (moves_rest f D Ds c cs (fst x) (in_map fst D x I) M) L).
  - replace (mean (fun t => exp (l ^ 2 * C / 8) * exp (l * g t)) D)
      with (exp (l ^ 2 * C / 8) * mean (fun t => exp (l * g t)) D)
      by (unfold mean; rewrite <- sum_scale; apply sum_ext; intros; ring).
    assert (ne : D <> []) by (intros ->; destruct law as [_ E]; cbn - [IZR] in E; lra).
    destruct (least_in (fun x => g (fst x)) D ne) as [y [J least]].
    assert (close : forall x, In x D -> g (fst x) <= g (fst y) + c).
    { intros x I. unfold g.
      apply Rle_trans with (mean (fun s => 1 * f (fst y :: s) + 1 * c) (product Ds)).
      - apply mean_le_in; [assumption|]. intros s K. pose proof (product_possible Ds s K) as P.
        destruct M as [_ M]. specialize (M [] (fst x) (fst y) (fst s)). cbn [app length nth] in M.
        assert (f (fst x :: fst s) - f (fst y :: fst s) <= c); [|lra].
        apply M; constructor; try assumption; now apply in_map.
      - rewrite (linearity (product Ds) (fun s => f (fst y :: s)) (fun _ => c)).
        rewrite (mean_constant _ law'). lra. }
    assert (c0 : 0 <= c) by (pose proof (close y J); lra).
    pose proof (range_moment D g (g (fst y)) c l law) as H.
    assert (R0 : forall x, In x D -> g (fst y) <= g (fst x) <= g (fst y) + c)
      by (intros x I; split; [now apply (least x)|now apply close]).
    specialize (H R0 c0 L).
    apply Rmult_le_compat_l with (r := exp (l ^ 2 * C / 8)) in H; [|left; apply exp_pos].
    eapply Rle_trans; [exact H|]. right. rewrite <- exp_plus. f_equal. cbn [sum]. fold C.
    change (mean g D) with (mean (fun t => mean (fun s => f (t :: s)) (product Ds)) D). field.
Qed.

Lemma upper_tail Ds f cs t :
  laws Ds -> moves f Ds cs -> 0 < sum (fun c => c ^ 2) cs -> 0 <= t ->
  pr (product Ds) (fun s => at_most t (f s - mean f (product Ds))) <=
  exp (- 2 * t ^ 2 / sum (fun c => c ^ 2) cs).
Proof.
  intros W M C0 t0. pose proof (product_law Ds W) as law. set (C := sum (fun c => c ^ 2) cs) in *.
  set (m := mean f (product Ds)). set (l := 4 * t / C).
  assert (L : 0 <= l) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
  eapply Rle_trans.
  - apply Rle_trans with (mean (fun s => exp (l * f s)) (product Ds) / exp (l * (m + t))).
    + eapply Rle_trans; [|apply (markov (product Ds) law (fun s => exp (l * f s)));
        [intros; left; apply exp_pos|apply exp_pos]].
      apply pr_le; [assumption|]. intros s e. apply at_most_true in e. apply at_most_true.
      apply -> exp_monotone. apply Rmult_le_compat_l; lra.
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|].
      now apply (difference_moment Ds f cs l).
  - right. fold C m. unfold Rdiv at 1. rewrite <- exp_Ropp, <- exp_plus. f_equal. unfold l. field. lra.
Qed.

Lemma mean_opposite (D : list (list T * R)) f : mean (fun s => - f s) D = - mean f D.
Proof.
  unfold mean. rewrite (sum_ext _ (fun x => -1 * (snd x * f (fst x)))) by (intros; ring).
  rewrite sum_scale. ring.
Qed.

Theorem mcdiarmid Ds f influence t :
  laws Ds -> bounded_differences f Ds influence -> 0 < influence -> 0 <= t ->
  pr (product Ds) (fun s => at_most (f s - mean f (product Ds)) (- t)) <= exp (- 2 * t ^ 2 / influence) /\
  pr (product Ds) (fun s => at_most t (f s - mean f (product Ds))) <= exp (- 2 * t ^ 2 / influence).
Proof.
  intros W [cs [M <-]] P t0. split; [|now apply upper_tail].
  eapply Rle_trans; [|apply (upper_tail Ds (fun s => - f s) cs t); try assumption].
  - apply pr_le; [now apply product_law|]. intros s e. apply at_most_true in e. apply at_most_true.
    rewrite mean_opposite. lra.
  - destruct M as [E M]. split; [assumption|]. intros b x y a Q S. specialize (M b y x a S Q). lra.
Qed.
End Coordinates.

(** ** A sum of independent signs *)
Definition signs (ps : list R) : list (list (R * R)) := map (fun p => [(1, p); (-1, 1 - p)]) ps.
Fixpoint signed_sum_of (cs s : list R) : R :=
  match cs, s with c :: cs', x :: s' => c * x + signed_sum_of cs' s' | _, _ => 0 end.
Fixpoint drift (cs ps : list R) : R :=
  match cs, ps with c :: cs', p :: ps' => c * (2 * p - 1) + drift cs' ps' | _, _ => 0 end.

Theorem signed_sum offset cs ps :
  length cs = length ps -> Forall (fun p => 0 <= p <= 1) ps ->
  mean (fun s => offset + signed_sum_of cs s) (product (signs ps)) = offset + drift cs ps /\
  bounded_differences (fun s => offset + signed_sum_of cs s) (signs ps) (4 * sum (fun c => c ^ 2) cs).
Proof.
  intros L U. assert (W : laws (signs ps)).
  { clear - U. induction U as [|p ps P U IH]; constructor; [|assumption].
    split; [|cbn - [IZR]; lra]. intros x [<-|[<-|[]]]; cbn - [IZR]; lra. }
  split.
  - revert ps L U W. clear. revert offset. induction cs as [|c cs IH]; intros offset [|p ps] L U W;
      try discriminate; [unfold mean; cbn - [IZR]; lra|].
    cbn [signs map]. rewrite mean_product. inversion W; inversion U; subst. injection L as L.
    unfold mean at 1. cbn [sum fst snd]. cbn [signed_sum_of drift].
    assert (E : forall o, mean (fun s => o + signed_sum_of cs s) (product (signs ps)) = o + drift cs ps)
      by (intros o; apply IH; assumption). fold (signs ps).
    assert (F : forall y, mean (fun s => offset + (c * y + signed_sum_of cs s)) (product (signs ps)) =
      offset + c * y + drift cs ps).
    { intros y. rewrite <- E. unfold mean. apply sum_ext. intros. ring. }
    rewrite !F. ring.
  - exists (map (fun c => 2 * Rabs c) cs). split.
    + split; [unfold signs; now rewrite !map_length|]. intros b t u a P Q.
      assert (S : forall b cs, signed_sum_of cs (b ++ t :: a) - signed_sum_of cs (b ++ u :: a) =
        nth (length b) cs 0 * (t - u)).
      { clear. induction b as [|x b IH]; intros [|c cs]; cbn - [IZR]; try ring.
        rewrite <- IH. ring. }
      assert (V : forall x b ps, possible (b ++ x :: a) (signs ps) -> x = 1 \/ x = -1).
      { clear. induction b as [|y b IH]; intros [|p ps] P; cbn in P; inversion P; subst; eauto.
        cbn - [IZR] in H2. intuition auto. }
      replace (offset + signed_sum_of cs (b ++ t :: a) - (offset + signed_sum_of cs (b ++ u :: a)))
        with (signed_sum_of cs (b ++ t :: a) - signed_sum_of cs (b ++ u :: a)) by ring.
      assert (E : forall k, nth k (map (fun c => 2 * Rabs c) cs) 0 = 2 * Rabs (nth k cs 0)).
      { intros k. rewrite <- (map_nth (fun c => 2 * Rabs c)). f_equal. rewrite Rabs_R0. ring. }
      rewrite S, E. set (z := nth (length b) cs 0).
      unfold Rabs. destruct (Rcase_abs z), (V t b ps P) as [->| ->], (V u b ps Q) as [->| ->]; lra.
    + rewrite sum_map, <- sum_scale. apply sum_ext. intros c. rewrite Rpow_mult_distr, pow2_abs. ring.
Qed.
