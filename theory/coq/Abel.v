(** Cauchy's form of Abel's identity, for the moment of the relative entropy of a sample. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns Counting.
Import ListNotations.
Open Scope R_scope.

(** Σ_k C(n, k) (x + k)^k (y + n - k)^(n - k), and Σ_k C(n, k) k! (x + y + n)^(n - k). *)
Definition abel (n : nat) (x y : R) : R :=
  sum (fun k => INR (choose n k) * (x + INR k) ^ k * (y + INR (n - k)) ^ (n - k)) (seq 0 (S n)).
Definition cauchy (n : nat) (z : R) : R :=
  sum (fun k => INR (choose n k) * INR (fact k) * z ^ (n - k)) (seq 0 (S n)).

(** ** The n-th difference of a power *)
Definition poly_powers (m n : nat) (x : R) : R := inverted (fun k => (x + INR k) ^ m) n.

Lemma absorb n k : (k <= n)%nat -> INR (choose (S n) (S k)) * INR (S k) = INR (S n) * INR (choose n k).
Proof.
  intros K. pose proof (choose_factorials (S n) (S k) ltac:(lia)) as A. pose proof (choose_factorials n k K) as B.
  cbn [Nat.sub] in A. rewrite !fact_simpl, !mult_INR, <- B in A.
  pose proof (INR_fact_neq_0 k). pose proof (INR_fact_neq_0 (n - k)).
  apply Rmult_eq_reg_r with (INR (fact k) * INR (fact (n - k))); [|now apply Rmult_integral_contrapositive_currified].
  transitivity (INR (choose (S n) (S k)) * (INR (S k) * INR (fact k)) * INR (fact (n - k))); [ring|]. rewrite A. ring.
Qed.
Lemma absorb_rest n k : (k <= n)%nat -> INR (choose (S n) k) * INR (S n - k) = INR (S n) * INR (choose n k).
Proof.
  intros K. pose proof (choose_factorials (S n) k ltac:(lia)) as A. pose proof (choose_factorials n k K) as B.
  replace (S n - k)%nat with (S (n - k)) in * by lia. rewrite !fact_simpl, !mult_INR, <- B in A.
  pose proof (INR_fact_neq_0 k). pose proof (INR_fact_neq_0 (n - k)).
  apply Rmult_eq_reg_r with (INR (fact k) * INR (fact (n - k))); [|now apply Rmult_integral_contrapositive_currified].
  transitivity (INR (choose (S n) k) * INR (fact k) * (INR (S (n - k)) * INR (fact (n - k)))); [ring|]. rewrite A. ring.
Qed.

(** The difference of order n of x^m at [x]: 0 for m < n, n! for m = n. *)
Lemma powers_slope m n x : derivable_pt_lim (poly_powers (S m) n) x (INR (S m) * poly_powers m n x).
Proof.
  unfold poly_powers, inverted. rewrite <- sum_scale. generalize (seq 0 (S n)). intros l.
  induction l as [|i l IH]; cbn [sum]; [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_plus (fun x => (-1) ^ i * INR (choose n i) * (x + INR (n - i)) ^ S m)); [|exact IH].
  replace (INR (S m) * ((-1) ^ i * INR (choose n i) * (x + INR (n - i)) ^ m)) with
    ((-1) ^ i * INR (choose n i) * (INR (S m) * (x + INR (n - i)) ^ m * 1)) by ring.
  apply (derivable_pt_lim_scal (fun x => (x + INR (n - i)) ^ S m)).
  apply (derivable_pt_lim_comp (fun x => x + INR (n - i)) (fun y => y ^ S m)); [|apply derivable_pt_lim_pow].
  replace 1 with (1 + 0) by ring. apply (derivable_pt_lim_plus id (fun _ => INR (n - i)));
    [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
Qed.

(** What has no slope is the same everywhere. *)
Lemma constant_of f : (forall x, derivable_pt_lim f x 0) -> forall x y, f x = f y.
Proof.
  intros H. assert (L : forall x y, x < y -> f x = f y).
  { intros x y lt. destruct (MVT_cor2 f (fun _ => 0) x y lt ltac:(intros; apply H)) as [c [E _]]. lra. }
  intros x y. destruct (Rtotal_order x y) as [A|[->|A]]; [now apply L|reflexivity|symmetry; now apply L].
Qed.

Lemma powers_next m n x : poly_powers m (S n) x = poly_powers m n (x + 1) - poly_powers m n x.
Proof.
  unfold poly_powers. rewrite inverted_next. f_equal. apply inverted_ext. intros i. rewrite S_INR. f_equal. ring.
Qed.
Lemma powers_small n : forall m x, (m < n)%nat -> poly_powers m n x = 0.
Proof.
  induction n as [|n IH]; intros m x L; [lia|]. rewrite powers_next. destruct (Nat.eq_dec m n) as [->|D].
  - destruct n as [|n]; [unfold poly_powers, inverted; cbn - [IZR]; ring|].
    rewrite (constant_of (poly_powers (S n) (S n))) with (x := x + 1) (y := x); [ring|]. intros z.
    pose proof (powers_slope n (S n) z) as H. rewrite (IH n z ltac:(lia)), Rmult_0_r in H. exact H.
  - rewrite !IH by lia. ring.
Qed.
Lemma powers_same n : forall x, poly_powers n n x = INR (fact n).
Proof.
  induction n as [|n IH]; intros x; [unfold poly_powers, inverted; cbn - [IZR]; ring|].
  rewrite powers_next. set (g := fun z => poly_powers (S n) n z - INR (S n) * INR (fact n) * z).
  assert (E : g (x + 1) = g x).
  { apply constant_of. intros z. unfold g.
    replace 0 with (INR (S n) * poly_powers n n z - INR (S n) * INR (fact n) * 1) by (rewrite IH; ring).
    apply (derivable_pt_lim_minus (poly_powers (S n) n) (fun z => INR (S n) * INR (fact n) * z)); [apply powers_slope|].
    apply (derivable_pt_lim_scal id), derivable_pt_lim_id. }
  unfold g in E. rewrite fact_simpl, mult_INR. lra.
Qed.

(** ** The identity *)
Lemma pow_slope c k y : derivable_pt_lim (fun y => (y + c) ^ k) y (INR k * (y + c) ^ pred k).
Proof.
  replace (INR k * (y + c) ^ pred k) with (INR k * (y + c) ^ pred k * 1) by ring.
  apply (derivable_pt_lim_comp (fun x => x + c) (fun y => y ^ k)); [|apply derivable_pt_lim_pow].
  replace 1 with (1 + 0) by ring.
  apply (derivable_pt_lim_plus id (fun _ => c)); [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
Qed.
Lemma sum_slope {A} (f f' : A -> R -> R) l y :
  (forall i, derivable_pt_lim (f i) y (f' i y)) ->
  derivable_pt_lim (fun y => sum (fun i => f i y) l) y (sum (fun i => f' i y) l).
Proof.
  intros H. induction l as [|i l IH]; cbn [sum]; [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_plus (f i)); [apply H|exact IH].
Qed.

Lemma abel_slope n x y : derivable_pt_lim (abel (S n) x) y (INR (S n) * abel n x (y + 1)).
Proof.
  unfold abel. set (f' := fun k y => INR (choose (S n) k) * (x + INR k) ^ k *
    (INR (S n - k) * (y + INR (S n - k)) ^ pred (S n - k))).
  replace (INR (S n) * sum _ (seq 0 (S n))) with (sum (fun k => f' k y) (seq 0 (S (S n)))).
  - apply (sum_slope (fun k y => INR (choose (S n) k) * (x + INR k) ^ k * (y + INR (S n - k)) ^ (S n - k)) f').
    intros k. apply (derivable_pt_lim_scal (fun y => (y + INR (S n - k)) ^ (S n - k))), pow_slope.
  - rewrite (seq_S (S n)), sum_app. cbn [sum Nat.add]. unfold f' at 2. rewrite Nat.sub_diag.
    change (INR 0) with 0. rewrite <- sum_scale.
    transitivity (sum (fun k => f' k y) (seq 0 (S n))); [ring|]. apply sum_ext_in. intros k I. apply in_seq in I.
    unfold f'. replace (pred (S n - k)) with (n - k)%nat by lia.
    transitivity (INR (choose (S n) k) * INR (S n - k) * (x + INR k) ^ k * (y + INR (S n - k)) ^ (n - k)); [ring|].
    rewrite absorb_rest by lia. replace (S n - k)%nat with (S (n - k)) by lia. rewrite (S_INR (n - k)).
    replace (y + (INR (n - k) + 1)) with (y + 1 + INR (n - k)) by ring. ring.
Qed.
Lemma cauchy_slope n c y :
  derivable_pt_lim (fun y => cauchy (S n) (y + c)) y (INR (S n) * cauchy n (y + c)).
Proof.
  unfold cauchy. set (f' := fun k y => INR (choose (S n) k) * INR (fact k) * (INR (S n - k) * (y + c) ^ pred (S n - k))).
  replace (INR (S n) * sum _ (seq 0 (S n))) with (sum (fun k => f' k y) (seq 0 (S (S n)))).
  - apply (sum_slope (fun k y => INR (choose (S n) k) * INR (fact k) * (y + c) ^ (S n - k)) f').
    intros k. apply (derivable_pt_lim_scal (fun y => (y + c) ^ (S n - k))), pow_slope.
  - rewrite (seq_S (S n)), sum_app. cbn [sum Nat.add]. unfold f' at 2. rewrite Nat.sub_diag.
    change (INR 0) with 0. rewrite <- sum_scale.
    transitivity (sum (fun k => f' k y) (seq 0 (S n))); [ring|]. apply sum_ext_in. intros k I. apply in_seq in I.
    unfold f'. replace (pred (S n - k)) with (n - k)%nat by lia.
    transitivity (INR (choose (S n) k) * INR (S n - k) * INR (fact k) * (y + c) ^ (n - k)); [ring|].
    rewrite absorb_rest by lia. ring.
Qed.

Theorem abel_is_cauchy n : forall x y, abel n x y = cauchy n (x + y + INR n).
Proof.
  induction n as [|n IH]; intros x y; [unfold abel, cauchy; cbn - [IZR]; ring|].
  set (g := fun y => abel (S n) x y - cauchy (S n) (y + (x + INR (S n)))).
  assert (E : g y = g (- x - INR (S n))).
  { apply constant_of. intros z. unfold g.
    replace 0 with (INR (S n) * abel n x (z + 1) - INR (S n) * cauchy n (z + (x + INR (S n)))).
    - apply (derivable_pt_lim_minus (abel (S n) x)); [apply abel_slope|apply cauchy_slope].
    - rewrite IH, S_INR. replace (x + (z + 1) + INR n) with (z + (x + (INR n + 1))) by ring. ring. }
  unfold g in E. replace (x + y + INR (S n)) with (y + (x + INR (S n))) by ring.
  assert (A : abel (S n) x (- x - INR (S n)) = INR (fact (S n))).
  { rewrite <- (powers_same (S n) x). unfold poly_powers, inverted, abel.
    rewrite sum_reversed. apply sum_ext_in. intros i I. apply in_seq in I.
    replace (S n - (S n - i))%nat with i by lia. rewrite (minus_INR (S n) i) by lia.
    assert (C : choose (S n) (S n - i) = choose (S n) i).
    { apply INR_eq. pose proof (choose_factorials (S n) i ltac:(lia)) as F.
      pose proof (choose_factorials (S n) (S n - i) ltac:(lia)) as G.
      replace (S n - (S n - i))%nat with i in G by lia.
      pose proof (INR_fact_neq_0 i). pose proof (INR_fact_neq_0 (S n - i)).
      apply Rmult_eq_reg_r with (INR (fact i) * INR (fact (S n - i))); [|now apply Rmult_integral_contrapositive_currified].
      transitivity (INR (fact (S n))); [rewrite <- G; ring|rewrite <- F; ring]. }
    rewrite C. replace (- x - INR (S n) + INR i) with (- 1 * (x + (INR (S n) - INR i))) by ring.
    rewrite Rpow_mult_distr. set (z := x + (INR (S n) - INR i)).
    replace (z ^ S n) with (z ^ (S n - i) * z ^ i) by (rewrite <- pow_add; f_equal; lia). ring. }
  assert (B : cauchy (S n) (- x - INR (S n) + (x + INR (S n))) = INR (fact (S n))).
  { replace (- x - INR (S n) + (x + INR (S n))) with 0 by ring. unfold cauchy.
    rewrite (seq_S (S n)), sum_app. cbn [sum Nat.add]. rewrite Nat.sub_diag, (sum_ext_in _ (fun _ => 0)).
    - rewrite sum_zero. pose proof (choose_factorials (S n) (S n) (le_n _)) as F. rewrite Nat.sub_diag in F.
      change (INR (fact 0)) with 1 in F. cbn [pow]. lra.
    - intros k I. apply in_seq in I. rewrite pow_i by lia. ring. }
  rewrite A, B in E. lra.
Qed.

(** ** The moment of the relative entropy of a sample is at most n! e^n/n^n *)
Theorem entropy_moment_sum n :
  (1 <= n)%nat ->
  entropy_moment_of n <= exp (sum (fun i => ln (INR i)) (seq 1 n) + INR n - INR n * ln (INR n)).
Proof.
  intros one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (F : forall m, exp (sum (fun i => ln (INR i)) (seq 1 m)) = INR (fact m)).
  { induction m as [|m IH]; [cbn [seq sum]; rewrite exp_0; reflexivity|].
    rewrite seq_S, sum_app, exp_plus, IH, fact_simpl, mult_INR. cbn [sum Nat.add].
    rewrite Rplus_0_r, exp_ln by (apply lt_0_INR; lia). ring. }
  replace (sum (fun i => ln (INR i)) (seq 1 n) + INR n - INR n * ln (INR n))
    with (sum (fun i => ln (INR i)) (seq 1 n) + (INR n + - (INR n * ln (INR n)))) by ring.
  rewrite !exp_plus, F, exp_Ropp, <- (exp_pow (ln (INR n)) n), exp_ln by assumption.
  assert (P : 0 < INR n ^ n) by now apply pow_lt.
  assert (E : entropy_moment_of n * INR n ^ n = abel n 0 0).
  { unfold entropy_moment_of, abel. rewrite Rmult_comm, <- sum_scale. apply sum_ext_in. intros k I.
    apply in_seq in I. unfold binomial. rewrite minus_INR by lia.
    replace (INR n ^ n) with (INR n ^ k * INR n ^ (n - k)) by (rewrite <- pow_add; f_equal; lia).
    transitivity (INR (choose n k) * (INR n * (INR k / INR n)) ^ k * (INR n * (1 - INR k / INR n)) ^ (n - k)).
    - rewrite !Rpow_mult_distr. ring.
    - replace (INR n * (INR k / INR n)) with (0 + INR k) by (field; lra).
      now replace (INR n * (1 - INR k / INR n)) with (0 + (INR n - INR k)) by (field; lra). }
  rewrite abel_is_cauchy, !Rplus_0_l in E.
  apply Rmult_le_reg_r with (INR n ^ n); [assumption|]. rewrite E.
  replace (INR (fact n) * (exp (INR n) * / INR n ^ n) * INR n ^ n) with (INR (fact n) * exp (INR n)) by (field; lra).
  assert (T : forall m x, 0 <= x -> sum (fun k => / INR (fact k) * x ^ k) (seq 0 (S m)) <= exp x).
  { intros m x X. unfold exp. destruct (exist_exp x) as [l H]. cbn [proj1_sig].
    assert (G : forall j, sum (fun k => / INR (fact k) * x ^ k) (seq 0 (S j)) = sum_f_R0 (fun k => / INR (fact k) * x ^ k) j).
    { induction j as [|j IH]; [cbn - [IZR]; ring|]. rewrite seq_S, sum_app, IH. cbn [sum sum_f_R0 Nat.add]. ring. }
    rewrite G. apply sum_incr; [exact H|]. intros k. apply Rmult_le_pos; [|now apply pow_le].
    left. apply Rinv_0_lt_compat, INR_fact_lt_0. }
  specialize (T n (INR n) ltac:(lra)). apply Rmult_le_compat_l with (r := INR (fact n)) in T; [|apply pos_INR].
  eapply Rle_trans; [right|exact T]. unfold cauchy. rewrite <- sum_scale.
  rewrite sum_reversed. apply sum_ext_in. intros i I. apply in_seq in I.
  replace (n - (n - i))%nat with i by lia. pose proof (choose_factorials n (n - i) ltac:(lia)) as C.
  replace (n - (n - i))%nat with i in C by lia. rewrite <- C. pose proof (INR_fact_neq_0 i). field. assumption.
Qed.
