(** Axioms of the catalogue about trials with chances of their own (Hoeffding 1956): few successes are no
    likelier than with equal chances, below the mean, and no less likely at it or above; and from that, a
    count of successes is at its mean or above with probability 1/4 (Greenberg and Mohri). *)
From Coq Require Import Bool List Reals Lra Lia Arith Permutation.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Differences Trials.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.
Local Notation total ps := (sum (fun p : R => p) ps).

(** ** Chances are moved until all are the same *)
Lemma below_range ps c : Forall chance ps -> 0 <= below ps c <= 1.
Proof.
  intros H. revert c. induction H as [|p ps [P Q] H IH]; intros [|c]; cbn [below]; try lra.
  pose proof (IH c). pose proof (IH (S c)). nra.
Qed.
Lemma total_range ps : Forall chance ps -> 0 <= total ps <= INR (length ps).
Proof.
  intros H. induction H as [|p ps [P Q] H IH]; cbn [sum length]; [cbn; lra|]. rewrite S_INR. lra.
Qed.
Lemma below_never ps c : Forall chance ps -> total ps <= 0 -> below ps (S c) = 1.
Proof.
  intros H. induction H as [|p ps [P Q] H IH]; intros Z; [reflexivity|]. cbn [sum] in Z.
  pose proof (total_range ps H). rewrite below_step, (IH ltac:(lra)). replace p with 0 by lra. ring.
Qed.

Definition far (a p : R) : bool := (less p a || less a p)%bool.
Definition others (a : R) (ps : list R) : nat := length (filter (far a) ps).
Lemma far_false a p : far a p = false -> p = a.
Proof.
  unfold far, less. destruct (Rlt_dec p a), (Rlt_dec a p); try discriminate. lra.
Qed.
Lemma far_true a p : p <> a -> far a p = true.
Proof.
  intros N. unfold far, less. destruct (Rlt_dec p a), (Rlt_dec a p); try reflexivity. lra.
Qed.
Lemma others_permuted a ps qs : Permutation ps qs -> others a ps = others a qs.
Proof.
  unfold others. intros P. induction P; cbn [filter]; try congruence.
  - destruct (far a x); cbn [length]; congruence.
  - now destruct (far a x), (far a y).
Qed.
Lemma all_of_them a ps : others a ps = O -> ps = repeat a (length ps).
Proof.
  induction ps as [|p ps IH]; [reflexivity|]. unfold others. cbn [filter length repeat].
  destruct (far a p) eqn:e; cbn [length]; [lia|]. intros H. apply far_false in e. subst p. f_equal. now apply IH.
Qed.

(** Where not all are the mean, one is below it and one above. *)
Lemma one_side a ps : (forall p, In p ps -> a <= p) -> total ps <= INR (length ps) * a -> others a ps = O.
Proof.
  induction ps as [|p ps IH]; intros H T; [reflexivity|]. cbn [sum length] in T. rewrite S_INR in T.
  pose proof (H p (or_introl eq_refl)) as P. assert (Q : forall q, In q ps -> a <= q) by (intros; apply H; now right).
  assert (B : INR (length ps) * a <= total ps).
  { clear - Q. induction ps as [|q ps IH]; cbn [sum length]; [cbn; lra|]. rewrite S_INR.
    pose proof (Q q (or_introl eq_refl)). pose proof (IH ltac:(intros; apply Q; now right)). lra. }
  unfold others. cbn [filter]. replace p with a by lra. unfold far, less.
  destruct (Rlt_dec a a); [lra|]. apply IH; [assumption|lra].
Qed.
Lemma other_side a ps : (forall p, In p ps -> p <= a) -> INR (length ps) * a <= total ps -> others a ps = O.
Proof.
  induction ps as [|p ps IH]; intros H T; [reflexivity|]. cbn [sum length] in T. rewrite S_INR in T.
  pose proof (H p (or_introl eq_refl)) as P. assert (Q : forall q, In q ps -> q <= a) by (intros; apply H; now right).
  assert (B : total ps <= INR (length ps) * a).
  { clear - Q. induction ps as [|q ps IH]; cbn [sum length]; [cbn; lra|]. rewrite S_INR.
    pose proof (Q q (or_introl eq_refl)). pose proof (IH ltac:(intros; apply Q; now right)). lra. }
  unfold others. cbn [filter]. replace p with a by lra. unfold far, less.
  destruct (Rlt_dec a a); [lra|]. apply IH; [assumption|lra].
Qed.
Lemma some_or_none (f : R -> bool) ps : (exists p, In p ps /\ f p = true) \/ (forall p, In p ps -> f p = false).
Proof.
  destruct (existsb f ps) eqn:e; [left; now apply existsb_exists|right]. intros p I.
  destruct (f p) eqn:g; [|reflexivity]. enough (existsb f ps = true) by congruence. apply existsb_exists. eauto.
Qed.
Lemma two_sides a ps : total ps = INR (length ps) * a -> others a ps <> O ->
  exists p q rest, p < a < q /\ Permutation ps (p :: q :: rest).
Proof.
  intros T N. destruct (some_or_none (fun p => less p a) ps) as [[p [I L]]|H].
  2: { exfalso. apply N, one_side; [|lra]. intros p I. specialize (H p I). unfold less in H. destruct (Rlt_dec p a); [discriminate|lra]. }
  destruct (some_or_none (fun p => less a p) ps) as [[q [J M]]|H].
  2: { exfalso. apply N, other_side; [|lra]. intros q J. specialize (H q J). unfold less in H. destruct (Rlt_dec a q); [discriminate|lra]. }
  apply less_true in L, M. apply in_split in I as [l [r ->]].
  assert (J' : In q (l ++ r)).
  { apply in_app_or in J as [J|[J|J]]; apply in_or_app; [now left|lra|now right]. }
  apply in_split in J' as [l' [r' E]]. exists p, q, (l' ++ r'). split; [lra|].
  eapply Permutation_trans; [apply Permutation_sym, Permutation_middle|]. rewrite E.
  apply perm_skip, Permutation_sym, Permutation_middle.
Qed.

Lemma below_two p q rest c :
  below (p :: q :: rest) (S (S c)) = below rest (S (S c)) - (p + q) * (below rest (S (S c)) - below rest (S c)) +
    p * q * (below rest (S (S c)) - 2 * below rest (S c) + below rest c).
Proof. rewrite !below_step. ring. Qed.

Lemma moved n c a :
  (forall ps, length ps = n -> Forall chance ps -> total ps = INR n * a -> In 0 ps \/ In 1 ps ->
     binomial_cdf (S c) n a <= below ps (S (S c))) ->
  forall k ps, (others a ps <= k)%nat -> length ps = n -> Forall chance ps -> total ps = INR n * a ->
    binomial_cdf (S c) n a <= below ps (S (S c)).
Proof.
  intros ends. induction k as [|k IH]; intros ps K L C T.
  { rewrite (all_of_them a ps ltac:(lia)), L, <- binomial_is. lra. }
  destruct (Nat.eq_dec (others a ps) 0) as [Z|Z]; [apply IH; lia || assumption|].
  destruct (two_sides a ps ltac:(now rewrite L) Z) as [p [q [rest [[A B] P]]]].
  rewrite (below_permuted _ _ P), below_two. rewrite (total_permuted _ _ P) in T.
  rewrite (others_permuted a _ _ P) in K. pose proof (Permutation_length P) as len. rewrite L in len.
  apply (Permutation_Forall P) in C. pose proof (Forall_inv C) as Cp.
  apply Forall_inv_tail in C. pose proof (Forall_inv C) as Cq. apply Forall_inv_tail in C. rename C into Cr.
  cbn [sum] in T. set (V := below rest (S (S c)) - 2 * below rest (S c) + below rest c).
  unfold chance in *. destruct (Rle_dec V 0) as [v|v].
  - assert (H : binomial_cdf (S c) n a <= below (a :: (p + q - a) :: rest) (S (S c))).
    { apply IH; [|now cbn [length] in *|apply Forall_cons; [unfold chance; lra|apply Forall_cons; [unfold chance; lra|assumption]]|cbn [sum]; lra].
      unfold others in *. cbn [filter] in *. rewrite (far_true a p), (far_true a q) in K by lra. cbn [length] in K.
      destruct (far a a) eqn:e; [exfalso; revert e; unfold far, less; destruct (Rlt_dec a a); [lra|discriminate]|].
      destruct (far a (p + q - a)); cbn [length]; lia. }
    rewrite below_two in H. fold V in H. assert (a * (p + q - a) >= p * q) by nra.
    assert (0 <= (a * (p + q - a) - p * q) * - V) by (apply Rmult_le_pos; lra).
    replace (a + (p + q - a)) with (p + q) in H by ring. lra.
  - destruct (Rle_dec (p + q) 1) as [w|w].
    + pose proof (ends (0 :: (p + q) :: rest) ltac:(now cbn [length] in * )
        ltac:(apply Forall_cons; [unfold chance; lra|apply Forall_cons; [unfold chance; lra|assumption]]) ltac:(cbn [sum]; lra) ltac:(left; now left)) as H.
      rewrite below_two in H. fold V in H. assert (0 <= p * q * V) by (repeat apply Rmult_le_pos; lra).
      replace (0 + (p + q)) with (p + q) in H by ring. lra.
    + pose proof (ends ((p + q - 1) :: 1 :: rest) ltac:(now cbn [length] in * )
        ltac:(apply Forall_cons; [unfold chance; lra|apply Forall_cons; [unfold chance; lra|assumption]]) ltac:(cbn [sum]; lra) ltac:(right; right; now left)) as H.
      rewrite below_two in H. fold V in H. assert (0 <= (p * q - (p + q - 1)) * V) by (apply Rmult_le_pos; nra).
      replace (p + q - 1 + 1) with (p + q) in H by ring. lra.
Qed.

(** At or above the mean, equal chances are the least likely to have few successes. *)
Theorem few_at_the_mean ps : forall c, Forall chance ps -> total ps <= INR c ->
  binomial_cdf c (length ps) (total ps / INR (length ps)) <= below ps (S c).
Proof.
  remember (length ps) as n eqn:L. revert ps L. induction n as [|n IH]; intros ps L c C T.
  { rewrite cdf_zero, below_all by lia. lra. }
  assert (N : 0 < INR (S n)) by (apply lt_0_INR; lia). pose proof (total_range ps C) as [T0 T1]. rewrite <- L in T1.
  assert (A : chance (total ps / INR (S n))).
  { split; apply Rmult_le_reg_l with (INR (S n)); try assumption;
      replace (INR (S n) * (total ps / INR (S n))) with (total ps) by (field; lra); lra. }
  assert (top : binomial_cdf c (S n) (total ps / INR (S n)) <= 1).
  { rewrite binomial_is. apply below_range. apply Forall_forall. intros p I. apply repeat_spec in I. now subst. }
  destruct c as [|c].
  { rewrite below_never; [assumption..|]. cbn [INR] in T. lra. }
  destruct n as [|n].
  { rewrite (below_all ps) by lia. exact top. }
  apply (moved (S (S n)) c (total ps / INR (S (S n)))) with (k := others (total ps / INR (S (S n))) ps);
    [|lia|now symmetry|assumption|field; lra].
  intros qs Lq Cq Tq E. assert (Tq' : total qs = total ps) by (rewrite Tq; field; lra). clear Tq. rewrite <- Tq' in *.
  destruct E as [E|E]; apply in_split in E as [l [r ->]].
  - pose proof (Permutation_sym (Permutation_middle l r 0)) as P. rewrite (below_permuted _ _ P), below_step.
    rewrite (total_permuted _ _ P) in *. cbn [sum] in *. rewrite Rplus_0_l in *.
    apply (Permutation_Forall P) in Cq. apply Forall_inv_tail in Cq as Cr.
    apply Permutation_length in P. rewrite Lq in P. cbn [length] in P. injection P as P.
    pose proof (IH (l ++ r) P (S c) Cr T) as H. pose proof (total_range _ Cr) as B. rewrite <- P in B.
    pose proof (one_fails n c (total (l ++ r)) ltac:(lra) ltac:(lra)). lra.
  - pose proof (Permutation_sym (Permutation_middle l r 1)) as P. rewrite (below_permuted _ _ P), below_step.
    rewrite (total_permuted _ _ P) in *. cbn [sum] in *.
    apply (Permutation_Forall P) in Cq. apply Forall_inv_tail in Cq as Cr.
    apply Permutation_length in P. rewrite Lq in P. cbn [length] in P. injection P as P.
    rewrite (S_INR c) in T. pose proof (IH (l ++ r) P c Cr ltac:(lra)) as H.
    pose proof (total_range _ Cr) as B. rewrite <- P in B.
    pose proof (one_succeeds n c (1 + total (l ++ r)) ltac:(rewrite (S_INR c); lra) ltac:(lra)) as K.
    replace (1 + total (l ++ r) - 1) with (total (l ++ r)) in K by ring. lra.
Qed.

(** Few successes are no likelier with chances of their own, where the mean is one more at least. *)
Theorem few_below_the_mean ps c : Forall chance ps -> INR c + 1 <= total ps ->
  below ps (S c) <= binomial_cdf c (length ps) (total ps / INR (length ps)).
Proof.
  intros C T. set (n := length ps). pose proof (total_range ps C) as [_ B]. fold n in B.
  assert (L : (S c <= n)%nat) by (apply INR_le; rewrite S_INR; lra).
  assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (C' : Forall chance (map (fun p => 1 - p) ps)).
  { apply Forall_forall. intros q I. apply in_map_iff in I as [p [<- I]]. rewrite Forall_forall in C.
    pose proof (C p I). unfold chance in *. lra. }
  pose proof (few_at_the_mean _ (n - S c) C') as H. rewrite map_length, total_exchanged in H. fold n in H.
  rewrite (minus_INR n (S c)), S_INR in H by assumption. specialize (H ltac:(lra)).
  pose proof (below_exchanged ps (S c) ltac:(unfold n in *; lia)) as E.
  replace (S (length ps) - S c)%nat with (S (n - S c)) in E by (unfold n in *; lia). rewrite E in H.
  pose proof (below_exchanged (repeat (total ps / INR n) n) (S c)) as F. rewrite repeat_length in F.
  specialize (F ltac:(lia)). replace (S n - S c)%nat with (S (n - S c)) in F by lia.
  rewrite <- (binomial_is n (total ps / INR n) c) in F.
  assert (M : forall k p, map (fun q => 1 - q) (repeat p k) = repeat (1 - p) k).
  { clear. induction k as [|k IH]; intros p; [reflexivity|]. cbn [repeat map]. now rewrite IH. }
  rewrite M, <- binomial_is in F.
  replace ((INR n - total ps) / INR n) with (1 - total ps / INR n) in H by (field; lra). lra.
Qed.

(** ** In the space of independent trials *)
Section Trials.
Context {T : Type} (B : T -> bool).

Lemma product_step D Ds (E : list T -> bool) :
  pr (product (D :: Ds)) E = sum (fun x => snd x * pr (product Ds) (fun s => E (fst x :: s))) D.
Proof.
  unfold pr at 1. cbn [product]. rewrite sum_flat_map. apply sum_ext. intros x.
  rewrite sum_map. unfold pr. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd].
  destruct (E (fst x :: fst s)); ring.
Qed.
Lemma hits_below Ds : laws Ds -> forall c,
  pr (product Ds) (fun s => (hits B s <? c)%nat) = below (map (fun D => pr D B) Ds) c.
Proof.
  intros W. induction W as [|D Ds law W IH]; intros c.
  { unfold pr. destruct c; cbn; lra. }
  rewrite product_step. destruct c as [|c].
  { rewrite below_none. rewrite (sum_ext _ (fun _ => 0)); [apply sum_zero|]. intros x.
    rewrite (pr_ext _ _ (fun _ => false)) by (intros; now apply Nat.ltb_ge; lia). rewrite pr_false. ring. }
  cbn [map below]. rewrite <- !IH.
  rewrite (sum_ext _ (fun x => snd x * (if B (fst x) then pr (product Ds) (fun s => (hits B s <? c)%nat)
    else pr (product Ds) (fun s => (hits B s <? S c)%nat)))).
  - rewrite sum_two by assumption. ring.
  - intros x. f_equal. unfold hits. cbn [filter]. destruct (B (fst x)); [|reflexivity]. now apply pr_ext.
Qed.

(** [n] trials, each with a law of its own; [p] is the mean of their chances. *)
Theorem unlike_trials Ds n p c :
  laws Ds -> length Ds = n -> sum (fun D => pr D B) Ds = INR n * p -> INR c + 1 <= INR n * p ->
  pr (product Ds) (fun s => (hits B s <=? c)%nat) <= binomial_cdf c n p.
Proof.
  intros W L M H. set (ps := map (fun D => pr D B) Ds).
  assert (len : length ps = n) by (unfold ps; now rewrite map_length).
  assert (T0 : total ps = INR n * p) by (unfold ps; now rewrite sum_map).
  assert (C : Forall chance ps).
  { apply Forall_forall. intros q I. apply in_map_iff in I as [D [<- I]]. apply pr_range.
    unfold laws in W. rewrite Forall_forall in W. now apply W. }
  pose proof (few_below_the_mean ps c C ltac:(lra)) as K. rewrite len, T0 in K.
  pose proof (pos_INR c). assert (N : INR n <> 0) by (intros Z; rewrite Z in H; lra).
  replace (INR n * p / INR n) with p in K by (field; assumption).
  rewrite (pr_ext _ _ (fun s => (hits B s <? S c)%nat)) by reflexivity. now rewrite hits_below.
Qed.
End Trials.

(** ** At the mean or above *)
Lemma quarter k : 1 / 4 <= 1 - binomial_cdf (S k) (S (S k)) (INR (S k) / INR (S (S k))).
Proof.
  induction k as [|k IH].
  - unfold binomial_cdf, binomial. cbn. lra.
  - pose proof (one_succeeds (S k) (S k) (INR (S (S k)))) as H.
    assert (1 <= INR (S (S k))) by (apply (le_INR 1); lia).
    specialize (H ltac:(lra) ltac:(lra)). rewrite (S_INR (S k)) in H at 2.
    replace (INR (S k) + 1 - 1) with (INR (S k)) in H by ring. lra.
Qed.
Lemma more_trials k m : (S (S k) <= m)%nat -> 1 / 4 <= 1 - binomial_cdf (S k) m (INR (S k) / INR m).
Proof.
  intros H. induction H as [|m H IH]; [apply quarter|]. destruct m as [|m]; [lia|].
  pose proof (one_fails m k (INR (S k)) ltac:(pose proof (pos_INR (S k)); lra) ltac:(apply le_INR; lia)). lra.
Qed.

Theorem binomial_mean {T} (D : list (T * R)) (X : T -> R) n :
  distribution D -> (forall t, X t = 0 \/ X t = 1) -> (1 <= n)%nat -> mean X D > 1 / INR n ->
  pr (power D n) (fun s => at_most (mean X D) (Draws.total X s / INR n)) >= 1 / 4.
Proof.
  intros law bit one M. set (p := mean X D) in *. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  set (B := fun t => less 0 (X t)).
  assert (X1 : forall t, X t = if B t then 1 else 0).
  { intros t. unfold B, less. destruct (bit t) as [-> | ->], (Rlt_dec 0 0) as [|], (Rlt_dec 0 1); lra. }
  assert (P : pr D B = p).
  { unfold p, mean, pr. apply sum_ext. intros x. rewrite (X1 (fst x)). destruct (B (fst x)); ring. }
  assert (S0 : forall s, Draws.total X s = INR (hits B s)).
  { unfold Draws.total, hits. induction s as [|t s IH]; [reflexivity|]. cbn [sum filter]. rewrite IH, (X1 t).
    destruct (B t); cbn [length]; rewrite ?S_INR; ring. }
  pose proof (pr_range D law B) as p1. rewrite P in p1.
  assert (np : 1 < INR n * p) by (replace 1 with (INR n * (1 / INR n)) by (field; lra); apply Rmult_lt_compat_l; lra).
  (* the greatest natural number below the mean *)
  assert (K : exists k, INR (S k) < INR n * p <= INR (S (S k))).
  { assert (G : forall m, INR n * p <= INR m -> exists k, INR (S k) < INR n * p <= INR (S (S k))).
    { induction m as [|m IH]; intros H; [cbn in H; lra|].
      destruct (Rle_dec (INR n * p) (INR m)) as [Q|Q]; [now apply IH|].
      destruct m as [|m]; [cbn [INR] in *; lra|]. exists m. lra. }
    apply (G n). replace (INR n) with (INR n * 1) at 2 by ring. apply Rmult_le_compat_l; lra. }
  destruct K as [k [low high]].
  assert (Kn : (S (S k) <= n)%nat).
  { apply INR_lt. apply Rlt_le_trans with (INR n * p); [assumption|].
    replace (INR n) with (INR n * 1) at 2 by ring. apply Rmult_le_compat_l; lra. }
  pose proof (power_law D n law) as law'.
  assert (H : 1 - binomial_cdf (S k) n p <= pr (power D n) (fun s => at_most p (Draws.total X s / INR n))).
  { rewrite <- P at 1. rewrite <- hits_are_binomial, <- (complement _ law') by assumption.
    apply pr_le; [assumption|]. intros s E. apply at_most_true. rewrite S0.
    apply negb_true_iff, Nat.leb_gt in E. apply Rmult_le_reg_l with (INR n); [assumption|].
    replace (INR n * (INR (hits B s) / INR n)) with (INR (hits B s)) by (field; lra).
    eapply Rle_trans; [exact high|]. apply le_INR. lia. }
  pose proof (more_trials k n Kn) as Q.
  assert (E : binomial_cdf (S k) n p <= binomial_cdf (S k) n (INR (S k) / INR n)).
  { apply cdf_falls; [|apply Rmult_le_reg_l with (INR n); [assumption|]|lra].
    - apply Rmult_le_pos; [apply pos_INR|left; now apply Rinv_0_lt_compat].
    - replace (INR n * (INR (S k) / INR n)) with (INR (S k)) by (field; lra). lra. }
  lra.
Qed.
