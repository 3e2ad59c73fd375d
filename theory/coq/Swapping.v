(** Axioms of the catalogue about two samples whose pairs are swapped by fair coins: errors that lie
    on the second sample alone, or on it by far the most, are seldom, also for a whole class. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns Averages.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Definition coin : list (bool * R) := [(true, 1 / 2); (false, 1 / 2)].
Lemma coin_law : distribution coin.
Proof. split; [|cbn - [IZR]; lra]. intros x [<-|[<-|[]]]; cbn - [IZR]; lra. Qed.
Lemma mean_coin (F : bool -> R) : mean F coin = 1 / 2 * F true + 1 / 2 * F false.
Proof. unfold mean, coin. cbn - [IZR]. ring. Qed.

(** The two samples after the coins: where a coin says so, the pair changes places. *)
Fixpoint one {A} (c : list bool) (xs ys : list A) : list A :=
  match c, xs, ys with b :: c', x :: xs', y :: ys' => (if b then y else x) :: one c' xs' ys' | _, _, _ => [] end.
Definition two {A} (c : list bool) (xs ys : list A) : list A := one c ys xs.

Lemma map_one {A B} (f : A -> B) c : forall xs ys, map f (one c xs ys) = one c (map f xs) (map f ys).
Proof.
  induction c as [|b c IH]; intros [|x xs] [|y ys]; cbn; try reflexivity. rewrite IH. now destruct b.
Qed.

Lemma means_swap {A B} (D : list (A * R)) (E : list (B * R)) F :
  mean (fun x => mean (fun y => F x y) E) D = mean (fun y => mean (fun x => F x y) D) E.
Proof.
  unfold mean. rewrite (sum_ext _ (fun x => sum (fun y => snd x * (snd y * F (fst x) (fst y))) E))
    by (intros; now rewrite <- sum_scale).
  rewrite sum_swap. apply sum_ext. intros y. rewrite <- sum_scale. apply sum_ext. intros. ring.
Qed.

Section Swapping.
Context {T : Type} (D : list (T * R)).
Hypothesis law : distribution D.

(** The coins change nothing. *)
Lemma swapped n : forall H : list T -> list T -> R,
  mean (fun xs => mean (fun ys => H xs ys) (power D n)) (power D n) =
  mean (fun xs => mean (fun ys => mean (fun c => H (one c xs ys) (two c xs ys)) (power coin n)) (power D n)) (power D n).
Proof.
  induction n as [|n IH]; intros H.
  - unfold mean. cbn [power sum fst snd one two]. ring.
  - assert (split : forall K : list T -> list T -> R,
      mean (fun xs => mean (fun ys => K xs ys) (power D (S n))) (power D (S n)) =
      mean (fun x => mean (fun y => mean (fun xs => mean (fun ys => K (x :: xs) (y :: ys)) (power D n)) (power D n)) D) D).
    { intros K. rewrite mean_step. apply mean_same. intros x. rewrite means_swap with (D := D).
      apply mean_same. intros xs. now rewrite mean_step. }
    rewrite !split. set (F := fun x y => mean (fun xs => mean (fun ys => mean (fun c =>
      H (x :: one c xs ys) (y :: two c xs ys)) (power coin n)) (power D n)) (power D n)).
    transitivity (mean (fun x => mean (fun y => F x y) D) D).
    { apply mean_same. intros x. apply mean_same. intros y. apply (IH (fun xs ys => H (x :: xs) (y :: ys))). }
    transitivity (mean (fun x => mean (fun y => 1 / 2 * F y x + 1 / 2 * F x y) D) D).
    + transitivity (1 / 2 * mean (fun x => mean (fun y => F y x) D) D + 1 / 2 * mean (fun x => mean (fun y => F x y) D) D).
      * rewrite (means_swap D D (fun x y => F y x)). field.
      * rewrite <- (linearity D). apply mean_same. intros x. now rewrite (linearity D (fun y => F y x)).
    + apply mean_same. intros x. apply mean_same. intros y. unfold F. rewrite <- (linearity (power D n)).
      apply mean_same. intros xs. rewrite <- (linearity (power D n)). apply mean_same. intros ys.
      rewrite mean_step, mean_coin. reflexivity.
Qed.

Context {G : Type} (class : list G) (condition : G -> bool) (says : G -> T -> bool) (teacher : T -> bool).
Definition errors_at (g : G) (xs : list T) : list bool := map (fun t => xorb (says g t) (teacher t)) xs.

(** An event [A] about the errors on both samples, improbable for the coins whatever the errors. *)
Lemma union_of_patterns n growth bound (A : list bool -> list bool -> bool) :
  0 <= bound ->
  (forall e e', length e = n -> length e' = n ->
    pr (power coin n) (fun c => A (one c e e') (two c e e')) <= bound) ->
  (forall ts, length ts = (2 * n)%nat -> INR (patterns class says ts) <= growth) ->
  mean (fun xs => pr (power D n) (fun ys => some class condition (fun g ys => A (errors_at g xs) (errors_at g ys)) ys))
    (power D n) <= growth * bound.
Proof.
  intros B0 P most. pose proof (power_law D n law) as law'. pose proof (power_law coin n coin_law) as coins'.
  set (H := fun xs ys => if some class condition (fun g ys => A (errors_at g xs) (errors_at g ys)) ys then 1 else 0).
  transitivity (mean (fun xs => mean (fun ys => H xs ys) (power D n)) (power D n)).
  { right. apply mean_same. intros xs. unfold pr, mean, H. apply sum_ext. intros ys.
    destruct (some class condition _ (fst ys)); ring. }
  rewrite swapped. rewrite <- (mean_constant _ law' (growth * bound)). apply mean_le_in; [assumption|]. intros x I.
  rewrite <- (mean_constant _ law' (growth * bound)). apply mean_le_in; [assumption|]. intros y J.
  apply power_length in I, J. set (xs := fst x) in *. set (ys := fst y) in *.
  set (m := is_pattern class says (xs ++ ys)). set (ts := map teacher (xs ++ ys)).
  set (wrong := fun b => map (fun z => xorb (fst z) (snd z)) (combine b ts)).
  set (event := fun b c => A (one c (firstn n (wrong b)) (skipn n (wrong b))) (two c (firstn n (wrong b)) (skipn n (wrong b)))).
  apply Rle_trans with (mean (fun c => over (2 * n) m (fun b => if event b c then 1 else 0)) (power coin n)).
  - apply mean_monotone; [assumption|]. intros c. unfold H.
    assert (N : forall b, 0 <= (if event b c then 1 else 0)) by (intros b; destruct (event b c); lra).
    destruct (some class condition _ (two c xs ys)) eqn:e; [|now apply over_nonneg].
    apply existsb_exists in e as [g [K e]]. apply andb_true_iff in e as [_ e].
    assert (W : wrong (pattern says (xs ++ ys) g) = errors_at g (xs ++ ys)).
    { unfold wrong, ts, pattern, errors_at. clear. induction (xs ++ ys) as [|t l IH]; [reflexivity|].
      cbn [map combine fst snd]. now rewrite IH. }
    assert (E : event (pattern says (xs ++ ys) g) c = true).
    { unfold event. rewrite W. unfold errors_at in *. rewrite map_app, firstn_app, skipn_app.
      rewrite !map_length, I, Nat.sub_diag. rewrite firstn_all2, skipn_all2 by (rewrite map_length; lia).
      cbn [firstn skipn app]. rewrite app_nil_r. unfold two in *. now rewrite <- !map_one. }
    pose proof (over_member (2 * n) m (fun b => if event b c then 1 else 0) (pattern says (xs ++ ys) g) N) as Q.
    cbv beta in Q. rewrite E in Q. apply Q.
    + unfold pattern. rewrite map_length, app_length, I, J. lia.
    + apply is_pattern_true. now exists g.
  - rewrite mean_over. apply Rle_trans with (over (2 * n) m (fun _ => bound)).
    + apply over_le. intros b L.
      transitivity (pr (power coin n) (event b)).
      { right. unfold mean, pr. apply sum_ext. intros z. destruct (event b (fst z)); ring. }
      assert (len : length (wrong b) = (2 * n)%nat).
      { unfold wrong, ts. rewrite map_length, combine_length, map_length, app_length, I, J, L. lia. }
      apply P; [rewrite firstn_length|rewrite skipn_length]; lia.
    + rewrite over_constant. apply Rmult_le_compat_r; [assumption|].
      specialize (most (xs ++ ys) ltac:(rewrite app_length; lia)). unfold patterns in most.
      replace (length (xs ++ ys)) with (2 * n)%nat in most by (rewrite app_length; lia). exact most.
Qed.

(** ** What the coins do to given errors *)
Definition number (e : list bool) : nat := hits (fun b => b) e.
Lemma number_step b e : number (b :: e) = ((if b then 1 else 0) + number e)%nat.
Proof. unfold number, hits. cbn [filter]. now destruct b. Qed.
Lemma number_kept c : forall e e', length e = length c -> length e' = length c ->
  (number (one c e e') + number (two c e e') = number e + number e')%nat.
Proof.
  induction c as [|b c IH]; intros [|x e] [|y e'] L M; try discriminate; [reflexivity|].
  injection L as L. injection M as M. unfold two in *. cbn [one]. rewrite !number_step.
  specialize (IH e e' L M). destruct b, x, y; lia.
Qed.

Lemma none_on_first n : forall e e', length e = n -> length e' = n ->
  pr (power coin n) (fun c => (number (one c e e') =? 0)%nat) <= (1 / 2) ^ (number e + number e').
Proof.
  induction n as [|n IH]; intros [|x e] [|y e'] L M; try discriminate.
  - unfold pr. cbn - [IZR]. lra.
  - injection L as L. injection M as M. rewrite pr_step. unfold coin at 2. cbn [sum fst snd]. fold coin.
    rewrite !number_step. pose proof (pr_range (power coin n) (power_law coin n coin_law) (fun c => (number (one c e e') =? 0)%nat)).
    specialize (IH e e' L M). set (p := pr (power coin n) (fun c => (number (one c e e') =? 0)%nat)) in *.
    assert (E : forall b z w, pr (power coin n) (fun s => (number (one (b :: s) (z :: e) (w :: e')) =? 0)%nat) =
      if (if b then w else z) then 0 else p).
    { intros b z w. unfold p. destruct b, z, w; cbn [one]; try (rewrite <- (pr_false (power coin n)));
        apply pr_ext; intros s; rewrite number_step; reflexivity. }
    rewrite !E. destruct x, y; cbn [Nat.add]; rewrite ?Nat.add_succ_r; cbn [pow]; lra.
Qed.

Theorem swapping n growth least bound :
  0 <= bound -> (forall k, least <= INR k -> (1 / 2) ^ k <= bound) ->
  (forall ts, length ts = (2 * n)%nat -> INR (patterns class says ts) <= growth) ->
  mean (fun xs => pr (power D n) (fun ys => some class condition (fun g ys =>
    ((number (errors_at g xs) =? 0)%nat && at_most least (INR (number (errors_at g ys))))%bool) ys)) (power D n) <=
  growth * bound.
Proof.
  intros B0 B most.
  apply (union_of_patterns n growth bound (fun e e' => ((number e =? 0)%nat && at_most least (INR (number e')))%bool));
    try assumption. clear most.
  intros e e' L M. pose proof (power_law coin n coin_law) as coins'.
  destruct (Rle_dec least (INR (number e + number e'))) as [K|K].
  - eapply Rle_trans; [|apply (B _ K)]. eapply Rle_trans; [|apply (none_on_first n e e' L M)].
    apply pr_le; [assumption|]. intros c H. now apply andb_true_iff in H.
  - eapply Rle_trans; [|exact B0]. rewrite <- (pr_false (power coin n)). apply pr_le_in; [assumption|].
    intros c I H. exfalso. apply andb_true_iff in H as [H H']. apply Nat.eqb_eq in H. apply at_most_true in H'.
    pose proof (power_length _ _ _ I) as len.
    pose proof (number_kept (fst c) e e' ltac:(lia) ltac:(lia)) as Q. rewrite H in Q. cbn [Nat.add] in Q.
    apply K. rewrite <- Q. exact H'.
Qed.

(** The moment of the difference. *)
Lemma cosh_bound l : 0 <= l -> 1 / 2 * exp l + 1 / 2 * exp (- l) <= exp (l ^ 2 / 2).
Proof.
  intros L. pose proof (hoeffding_lemma (1 / 2) ltac:(lra) (2 * l) ltac:(lra)) as H. unfold Hoeffding.base in H.
  apply Rmult_le_compat_l with (r := exp (- l)) in H; [|left; apply exp_pos].
  rewrite <- exp_plus in H. replace (- l + (1 / 2 * (2 * l) + 2 * l * (2 * l) / 8)) with (l ^ 2 / 2) in H by field.
  eapply Rle_trans; [right|exact H]. replace (exp l) with (exp (- l) * exp (2 * l)) by (rewrite <- exp_plus; f_equal; ring).
  field.
Qed.
Definition apart (e e' : list bool) : R := INR (number e') - INR (number e).
Lemma apart_moment l n : 0 <= l -> forall e e', length e = n -> length e' = n ->
  mean (fun c => exp (l * apart (one c e e') (two c e e'))) (power coin n) <= exp (l ^ 2 * INR (number e + number e') / 2).
Proof.
  intros L0. induction n as [|n IH]; intros [|x e] [|y e'] L M; try discriminate.
  - unfold mean, apart. cbn [power sum fst snd one two number]. unfold number, hits. cbn [filter length INR Nat.add].
    right. rewrite Rplus_0_r, Rmult_1_l. f_equal. field.
  - injection L as L. injection M as M. rewrite mean_step, mean_coin. specialize (IH e e' L M).
    set (p := mean (fun c => exp (l * apart (one c e e') (two c e e'))) (power coin n)) in *.
    set (k := INR (number e + number e')) in *.
    assert (E : forall b z w, mean (fun s => exp (l * apart (one (b :: s) (z :: e) (w :: e')) (two (b :: s) (z :: e) (w :: e'))))
      (power coin n) = exp (l * ((if (if b then z else w) then 1 else 0) - (if (if b then w else z) then 1 else 0))) * p).
    { intros b z w. unfold p, mean. rewrite <- sum_scale. apply sum_ext. intros s.
      transitivity (snd s * (exp (l * ((if (if b then z else w) then 1 else 0) - (if (if b then w else z) then 1 else 0))) *
        exp (l * apart (one (fst s) e e') (two (fst s) e e')))); [|ring].
      f_equal. rewrite <- exp_plus. f_equal. unfold apart, two. cbn [one]. rewrite !number_step, !plus_INR.
      destruct b, z, w; cbn [INR]; ring. }
    rewrite !E. rewrite !number_step.
    replace (INR ((if x then 1 else 0) + number e + ((if y then 1 else 0) + number e')))
      with ((if x then 1 else 0) + (if y then 1 else 0) + k)
      by (unfold k; rewrite !plus_INR; destruct x, y; cbn [INR]; ring).
    pose proof (exp_pos (l ^ 2 * k / 2)) as P0. pose proof (cosh_bound l L0) as C.
    assert (G0 : 1 <= exp (l ^ 2 / 2)).
    { rewrite <- exp_0. apply -> exp_monotone. pose proof (pow2_ge_0 l). lra. }
    assert (p0 : 0 <= p).
    { unfold p. rewrite <- (mean_constant _ (power_law coin n coin_law) 0). apply mean_monotone; [apply power_law, coin_law|].
      intros. left. apply exp_pos. }
    assert (X2 : exp (l ^ 2 * (1 + 1 + k) / 2) = exp (l ^ 2 / 2) * exp (l ^ 2 / 2) * exp (l ^ 2 * k / 2))
      by (rewrite <- !exp_plus; f_equal; field).
    assert (X1 : exp (l ^ 2 * (1 + k) / 2) = exp (l ^ 2 / 2) * exp (l ^ 2 * k / 2))
      by (rewrite <- !exp_plus; f_equal; field).
    set (q := exp (l ^ 2 / 2)) in *. set (r := exp (l ^ 2 * k / 2)) in *.
    assert (Q1 : p <= q * r) by nra. assert (Q2 : p <= q * q * r) by nra.
    assert (QP : (1 / 2 * exp l + 1 / 2 * exp (- l)) * p <= q * r).
    { apply Rle_trans with (q * p); [now apply Rmult_le_compat_r|]. apply Rmult_le_compat_l; lra. }
    destruct x, y.
    + rewrite X2. replace (l * (1 - 1)) with 0 by ring. rewrite exp_0. lra.
    + replace (1 + 0 + k) with (1 + k) by ring. rewrite X1. replace (l * (1 - 0)) with l by ring.
      replace (l * (0 - 1)) with (- l) by ring. lra.
    + replace (0 + 1 + k) with (1 + k) by ring. rewrite X1. replace (l * (1 - 0)) with l by ring.
      replace (l * (0 - 1)) with (- l) by ring. lra.
    + replace (0 + 0 + k) with k by ring. fold r. replace (l * (0 - 0)) with 0 by ring. rewrite exp_0. lra.
Qed.

(** The second errors exceed the first by more than the root of [level] times their mean. *)
Definition far_apart (n : nat) (level : R) (e e' : list bool) : bool :=
  less (sqrt (level * ((INR (number e) / INR n + INR (number e') / INR n) / 2)))
       (INR (number e') / INR n - INR (number e) / INR n).

Theorem relative_swapping n growth level :
  0 < level -> (1 <= n)%nat ->
  (forall ts, length ts = (2 * n)%nat -> INR (patterns class says ts) <= growth) ->
  mean (fun xs => pr (power D n) (fun ys => some class condition (fun g ys =>
    far_apart n level (errors_at g xs) (errors_at g ys)) ys)) (power D n) <=
  growth * exp (- INR n * level / 4).
Proof.
  intros V one' most. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  apply (union_of_patterns n growth _ (far_apart n level)); try assumption; [left; apply exp_pos|]. clear most.
  intros e e' L M. pose proof (power_law coin n coin_law) as coins'.
  set (k := INR (number e + number e')). assert (K0 : 0 <= k) by apply pos_INR.
  assert (F : forall c, In c (power coin n) -> far_apart n level (one (fst c) e e') (two (fst c) e e') = true ->
    sqrt (level * k / (2 * INR n)) < apart (one (fst c) e e') (two (fst c) e e') / INR n).
  { intros c I H. apply less_true in H.
    pose proof (power_length _ _ _ I) as len.
    pose proof (number_kept (fst c) e e' ltac:(lia) ltac:(lia)) as Q. apply (f_equal INR) in Q. rewrite plus_INR in Q. fold k in Q.
    unfold apart. replace (level * k / (2 * INR n)) with (level * ((INR (number (one (fst c) e e')) / INR n +
      INR (number (two (fst c) e e')) / INR n) / 2)) by (rewrite <- Q; field; lra).
    replace ((INR (number (two (fst c) e e')) - INR (number (one (fst c) e e'))) / INR n) with
      (INR (number (two (fst c) e e')) / INR n - INR (number (one (fst c) e e')) / INR n) by (field; lra). exact H. }
  destruct (Req_dec k 0) as [Z|Z].
  - left. apply Rle_lt_trans with 0; [|apply exp_pos]. rewrite <- (pr_false (power coin n)).
    apply pr_le_in; [assumption|]. intros c I H. exfalso. specialize (F c I H).
    rewrite Z, Rmult_0_r in F. unfold Rdiv at 1 in F. rewrite Rmult_0_l, sqrt_0 in F.
    pose proof (power_length _ _ _ I) as len.
    pose proof (number_kept (fst c) e e' ltac:(lia) ltac:(lia)) as Q. apply (f_equal INR) in Q. rewrite plus_INR in Q.
    fold k in Q. rewrite Z in Q. pose proof (pos_INR (number (one (fst c) e e'))). pose proof (pos_INR (number (two (fst c) e e'))).
    unfold apart in F. replace (INR (number (two (fst c) e e')) - INR (number (one (fst c) e e'))) with 0 in F by lra.
    unfold Rdiv in F. lra.
  - assert (K : 0 < k) by lra. set (s := sqrt (level * k / (2 * INR n))) in *.
    assert (S2 : s ^ 2 = level * k / (2 * INR n)).
    { apply pow2_sqrt. apply Rmult_le_pos; [nra|left; apply Rinv_0_lt_compat; lra]. }
    assert (S0 : 0 <= s) by apply sqrt_pos. set (l := INR n * s / k).
    assert (L0 : 0 <= l) by (apply Rmult_le_pos; [nra|left; now apply Rinv_0_lt_compat]).
    apply Rle_trans with (mean (fun c => exp (l * apart (one c e e') (two c e e'))) (power coin n) / exp (l * (INR n * s))).
    + eapply Rle_trans; [|apply (markov (power coin n) coins' (fun c => exp (l * apart (one c e e') (two c e e'))));
        [intros; left; apply exp_pos|apply exp_pos]].
      apply pr_le_in; [assumption|]. intros c I H. specialize (F c I H). apply at_most_true. apply -> exp_monotone.
      apply Rmult_le_compat_l; [assumption|]. apply Rmult_lt_compat_l with (r := INR n) in F; [|assumption].
      replace (INR n * (apart (one (fst c) e e') (two (fst c) e e') / INR n)) with (apart (one (fst c) e e') (two (fst c) e e')) in F
        by (field; lra). lra.
    + pose proof (apart_moment l n L0 e e' L M) as Q. fold k in Q.
      apply Rmult_le_compat_r with (r := / exp (l * (INR n * s))) in Q; [|left; apply Rinv_0_lt_compat, exp_pos].
      eapply Rle_trans; [exact Q|]. rewrite <- exp_Ropp, <- exp_plus. right. f_equal. unfold l.
      replace ((INR n * s / k) ^ 2 * k / 2 + - (INR n * s / k * (INR n * s))) with (- (INR n ^ 2 * s ^ 2 / (2 * k))) by (field; lra).
      rewrite S2. field. lra.
Qed.
End Swapping.
