(** Axioms of the catalogue about counts and moments that are sums of products: binomial inversion,
    binary trees, the moments of a Beta law, the moment of the relative entropy of a sample. *)
From Coq Require Import Bool List Reals Lra Lia Arith FinFun.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** ** Binomial inversion *)
(** Σ_i C(n, i) part_i, and Σ_i (-1)^i C(n, i) whole_(n - i). *)
Definition whole (part : nat -> R) (n : nat) : R :=
  sum (fun i => INR (choose n i) * part i) (seq 0 (S n)).
Definition inverted (all : nat -> R) (n : nat) : R :=
  sum (fun i => (-1) ^ i * INR (choose n i) * all (n - i)%nat) (seq 0 (S n)).

Lemma whole_next part n : whole part (S n) = whole part n + whole (fun i => part (S i)) n.
Proof.
  unfold whole. pose proof (binomial_sum 1 part n) as H.
  rewrite (sum_ext (fun i => INR (choose (S n) i) * part i) (fun j => INR (choose (S n) j) * 1 ^ j * part j))
    by (intros; rewrite pow1; ring).
  rewrite H, Rmult_1_l. f_equal; apply sum_ext; intros; rewrite pow1; ring.
Qed.
Lemma inverted_next all n : inverted all (S n) = inverted (fun i => all (S i)) n - inverted all n.
Proof.
  unfold inverted. pose proof (binomial_sum (-1) (fun j => all (S n - j)%nat) n) as H.
  rewrite (sum_ext _ (fun j => INR (choose (S n) j) * (-1) ^ j * all (S n - j)%nat)) by (intros; ring).
  rewrite H. unfold Rminus. f_equal.
  - apply sum_ext_in. intros j I. apply in_seq in I. rewrite Nat.sub_succ_l by lia. ring.
  - rewrite (Ropp_mult_distr_l_reverse 1 _), Rmult_1_l. f_equal. apply sum_ext. intros j.
    cbn [Nat.sub]. ring.
Qed.
Lemma inverted_plus a b n : inverted (fun i => a i + b i) n = inverted a n + inverted b n.
Proof. unfold inverted. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma inverted_ext a b n : (forall i, a i = b i) -> inverted a n = inverted b n.
Proof. intros H. apply sum_ext. intros. now rewrite H. Qed.

Theorem binomial_inversion part all size :
  (forall n, all n = whole part n) -> part size = inverted all size.
Proof.
  intros H. rewrite (inverted_ext all (whole part) size H). clear all H. revert part.
  induction size as [|n IH]; intros part; [unfold inverted, whole; cbn - [IZR]; ring|].
  rewrite inverted_next, (inverted_ext _ (fun i => whole part i + whole (fun j => part (S j)) i))
    by (intros; apply whole_next).
  rewrite inverted_plus, <- (IH part), <- (IH (fun j => part (S j))). ring.
Qed.

(** ** The moments of a Beta law *)
(** a (a + 1) .. (a + k - 1); the mean of q^k (1 - q)^(n - k) under Beta(a, b) is
    B(a + k, b + n - k)/B(a, b), a quotient of such products. *)
Fixpoint rising (a : R) (k : nat) : R :=
  match k with O => 1 | S k' => rising a k' * (a + INR k') end.
Definition beta_moment_of (k n : nat) (a b : R) : R :=
  rising a k * rising b (n - k) / rising (a + b) n.

Lemma rising_positive a k : 0 < a -> 0 < rising a k.
Proof.
  intros A. induction k as [|k IH]; cbn [rising]; [lra|].
  apply Rmult_lt_0_compat; [assumption|]. pose proof (pos_INR k). lra.
Qed.

Theorem beta_moment k n a b :
  (k <= n)%nat -> 0 < a -> 0 < b ->
  beta_moment_of 0 0 a b = 1 /\ 0 < beta_moment_of k n a b /\
  (a + b + INR n) * beta_moment_of (S k) (S n) a b = (a + INR k) * beta_moment_of k n a b /\
  (a + b + INR n) * beta_moment_of k (S n) a b = (b + INR n - INR k) * beta_moment_of k n a b.
Proof.
  intros K A B. unfold beta_moment_of. pose proof (rising_positive a k A). pose proof (rising_positive b (n - k) B).
  pose proof (rising_positive (a + b) n ltac:(lra)) as C. pose proof (pos_INR n).
  repeat split.
  - cbn - [IZR]. field.
  - apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat|assumption].
  - cbn [rising Nat.sub]. field. split; lra.
  - rewrite Nat.sub_succ_l by lia. cbn [rising]. rewrite minus_INR by lia. field. split; lra.
Qed.

(** ** Binary trees *)
Inductive tree := leaf | node (left right : tree).
Fixpoint leaves (t : tree) : nat := match t with leaf => 1 | node l r => leaves l + leaves r end.

(** All trees with [n + 1] leaves; the first argument bounds their depth. *)
Fixpoint trees_within (depth n : nat) : list tree :=
  match depth, n with
  | _, O => [leaf]
  | O, S _ => []
  | S depth', S n' =>
      flat_map (fun i => flat_map (fun l => map (node l) (trees_within depth' (n' - i)))
        (trees_within depth' i)) (seq 0 n)
  end.
Definition trees (s : nat) : list tree := trees_within (pred s) (pred s).

Lemma leaves_some t : (1 <= leaves t)%nat.
Proof. induction t; cbn; lia. Qed.
Lemma trees_are depth : forall n t, (n <= depth)%nat -> (In t (trees_within depth n) <-> leaves t = S n).
Proof.
  induction depth as [|depth IH]; intros n t L.
  - replace n with O by lia. cbn. split; [intros [<-|[]]; reflexivity|].
    destruct t as [|l r]; [now left|]. cbn. pose proof (leaves_some l). pose proof (leaves_some r). lia.
  - destruct n as [|n].
    + cbn. split; [intros [<-|[]]; reflexivity|].
      destruct t as [|l r]; [now left|]. cbn. pose proof (leaves_some l). pose proof (leaves_some r). lia.
    + cbn [trees_within]. rewrite in_flat_map. split.
      * intros [i [I J]]. apply in_seq in I. apply in_flat_map in J as [l [J K]].
        apply in_map_iff in K as [r [<- K]]. apply IH in J; [|lia]. apply IH in K; [|lia].
        cbn [leaves]. lia.
      * destruct t as [|l r]; cbn [leaves]; intros E; [lia|].
        pose proof (leaves_some l). pose proof (leaves_some r).
        exists (pred (leaves l)). split; [apply in_seq; lia|]. apply in_flat_map. exists l.
        split; [apply IH; lia|]. apply in_map. apply IH; lia.
Qed.
Lemma NoDup_flat_map {A B} (f : A -> list B) l :
  NoDup l -> (forall x, In x l -> NoDup (f x)) ->
  (forall x y z, In x l -> In y l -> In z (f x) -> In z (f y) -> x = y) -> NoDup (flat_map f l).
Proof.
  induction l as [|x l IH]; intros N F S; cbn [flat_map]; [constructor|]. inversion N; subst.
  apply NoDup_app.
  - apply F. now left.
  - apply IH; auto; intros; [apply F; now right|eapply S; eauto; now right].
  - intros z I J. apply in_flat_map in J as [y [J K]].
    assert (x = y) by (eapply S; eauto; [now left|now right]). subst. contradiction.
Qed.
Lemma trees_differ depth : forall n, (n <= depth)%nat -> NoDup (trees_within depth n).
Proof.
  induction depth as [|depth IH]; intros [|n] L; try (repeat constructor; intros []).
  cbn [trees_within]. apply NoDup_flat_map; [apply seq_NoDup| |].
  - intros i I. apply in_seq in I. apply NoDup_flat_map; [apply IH; lia| |].
    + intros l J. apply Injective_map_NoDup; [intros a b E; now injection E|apply IH; lia].
    + intros l m z _ _ J K. apply in_map_iff in J as [r [<- _]]. apply in_map_iff in K as [q [E _]].
      now injection E.
  - intros i j z I J K M. apply in_seq in I, J. apply in_flat_map in K as [l [K N]].
    apply in_flat_map in M as [m [M O]]. apply in_map_iff in N as [r [<- _]].
    apply in_map_iff in O as [q [E _]]. injection E as -> _.
    apply trees_are in K; [|lia]. apply trees_are in M; [|lia]. lia.
Qed.

Lemma choose_factorials n : forall j, (j <= n)%nat ->
  INR (choose n j) * INR (fact j) * INR (fact (n - j)) = INR (fact n).
Proof.
  induction n as [|n IH]; intros [|j] L; try lia; cbn [choose].
  - change (fact (0 - 0)) with 1%nat. change (fact 0) with 1%nat. change (INR 1) with 1. ring.
  - rewrite Nat.sub_0_r. change (fact 0) with 1%nat. change (INR 1) with 1. ring.
  - cbn [Nat.sub]. rewrite plus_INR, (fact_simpl j), (fact_simpl n), !mult_INR.
    destruct (Nat.eq_dec j n) as [->|D].
    + rewrite (choose_above n (S n)) by lia. rewrite Nat.sub_diag.
      pose proof (IH n (le_n n)) as H. rewrite Nat.sub_diag in H.
      change (INR (fact 0)) with 1 in *. change (INR 0) with 0.
      transitivity (INR (S n) * (INR (choose n n) * INR (fact n) * 1)); [ring|]. now rewrite H.
    + pose proof (IH j ltac:(lia)) as A. pose proof (IH (S j) ltac:(lia)) as B.
      replace (n - j)%nat with (S (n - S j)) in * by lia.
      rewrite (fact_simpl (n - S j)), mult_INR in *. rewrite (fact_simpl j), mult_INR in B.
      replace (INR (S n)) with (INR (S j) + INR (S (n - S j)))
        by (rewrite <- plus_INR; f_equal; lia).
      transitivity (INR (S (n - S j)) * INR (choose n (S j)) * (INR (S j) * INR (fact j)) * INR (fact (n - S j)) +
        INR (S j) * (INR (choose n j) * INR (fact j) * (INR (S (n - S j)) * INR (fact (n - S j))))); [ring|].
      rewrite A. replace (INR (S (n - S j)) * INR (choose n (S j)) * (INR (S j) * INR (fact j)) * INR (fact (n - S j)))
        with (INR (S (n - S j)) * INR (fact n)) by (rewrite <- B; ring). ring.
Qed.

(** C(2n, n)/(n + 1), for n + 1 leaves. *)
Definition catalan_number (n : nat) : R := INR (choose (2 * n) n) / INR (S n).
Lemma catalan_next n : INR (n + 2) * catalan_number (S n) = INR (4 * n + 2) * catalan_number n.
Proof.
  unfold catalan_number. pose proof (choose_factorials (2 * n) n ltac:(lia)) as A.
  pose proof (choose_factorials (2 * S n) (S n) ltac:(lia)) as B.
  replace (2 * n - n)%nat with n in A by lia. replace (2 * S n - S n)%nat with (S n) in B by lia.
  replace (2 * S n)%nat with (S (S (2 * n))) in * by lia.
  rewrite (fact_simpl (S (2 * n))), (fact_simpl (2 * n)), (fact_simpl n), !mult_INR, <- A in B.
  assert (F : INR (fact n) <> 0) by apply INR_fact_neq_0. assert (N := not_0_INR (S n) ltac:(lia)).
  rewrite S_INR in N. rewrite !S_INR, mult_INR, !S_INR in B. rewrite !plus_INR, !mult_INR, !S_INR.
  change (INR 0) with 0 in *.
  set (x := INR (choose (S (S (2 * n))) (S n))) in *. set (y := INR (choose (2 * n) n)) in *.
  set (k := INR n) in *. set (f := INR (fact n)) in *.
  assert (H : x * (k + 1) = 2 * (2 * k + 1) * y).
  { apply Rmult_eq_reg_r with ((k + 1) * f * f); [|repeat apply Rmult_integral_contrapositive_currified; assumption].
    transitivity (x * ((k + 1) * f) * ((k + 1) * f)); [ring|]. rewrite B. ring. }
  assert (P : 0 <= k) by apply pos_INR. apply Rmult_eq_reg_r with (k + 1); [|assumption].
  match goal with |- ?l = _ => replace l with (x * (k + 1)) by (field; lra) end.
  rewrite H. field. assumption.
Qed.

Lemma sum_reversed n : forall h : nat -> R, sum h (seq 0 (S n)) = sum (fun i => h (n - i)%nat) (seq 0 (S n)).
Proof.
  induction n as [|n IH]; intros h; [cbn - [IZR]; reflexivity|].
  rewrite sum_seq_from, (seq_S (S n)), sum_app. cbn [sum Nat.add]. rewrite Nat.sub_diag.
  rewrite (IH (fun j => h (S j))), Rplus_0_r, Rplus_comm. f_equal. apply sum_ext_in.
  intros i I. apply in_seq in I. f_equal. lia.
Qed.
Lemma mirrored (b : nat -> R) n :
  2 * sum (fun i => INR i * (b i * b (n - i)%nat)) (seq 0 (S n)) =
  INR n * sum (fun i => b i * b (n - i)%nat) (seq 0 (S n)).
Proof.
  set (g := fun i => INR i * (b i * b (n - i)%nat)).
  replace (2 * sum g (seq 0 (S n))) with (sum g (seq 0 (S n)) + sum g (seq 0 (S n))) by ring.
  rewrite (sum_reversed n g) at 2. rewrite <- sum_plus, <- sum_scale. apply sum_ext_in. intros i I. apply in_seq in I.
  unfold g. rewrite minus_INR by lia. replace (n - (n - i))%nat with i by lia. ring.
Qed.

Lemma catalan_product n :
  sum (fun i => catalan_number i * catalan_number (n - i)%nat) (seq 0 (S n)) = catalan_number (S n).
Proof.
  set (b := catalan_number). assert (b0 : b 0%nat = 1) by (unfold b, catalan_number; cbn - [IZR]; field).
  assert (next : forall i, INR (i + 2) * b (S i) = INR (4 * i + 2) * b i) by apply catalan_next.
  clearbody b. induction n as [|n IH].
  - cbn [seq sum Nat.sub]. rewrite b0. pose proof (next 0%nat) as H. rewrite b0 in H. cbn [Nat.mul Nat.add INR] in H. lra.
  - set (s := sum (fun i => b i * b (S n - i)%nat) (seq 0 (S (S n)))).
    set (t := sum (fun i => b i * b (n - i)%nat) (seq 0 (S n))) in *.
    pose proof (mirrored b (S n)) as M. fold s in M. pose proof (mirrored b n) as Q. fold t in Q.
    assert (H : sum (fun i => INR i * (b i * b (S n - i)%nat)) (seq 0 (S (S n))) + s =
      b (S n) + (4 * sum (fun i => INR i * (b i * b (n - i)%nat)) (seq 0 (S n)) + 2 * t)).
    { unfold s, t. rewrite <- sum_plus, <- !sum_scale, <- sum_plus, sum_seq_from.
      change (INR 0) with 0. rewrite Nat.sub_0_r, b0. f_equal; [ring|]. apply sum_ext. intros i.
      replace (S n - S i)%nat with (n - i)%nat by lia. pose proof (next i) as N.
      rewrite !plus_INR, mult_INR, !S_INR in N. change (INR 0) with 0 in N. rewrite S_INR.
      transitivity ((INR i + (0 + 1 + 1)) * b (S i) * b (n - i)%nat); [ring|]. rewrite N. ring. }
    pose proof (next (S n)) as N. rewrite !plus_INR, mult_INR, !S_INR in N. change (INR 0) with 0 in N.
    rewrite IH in *. rewrite S_INR in *. pose proof (pos_INR n) as P.
    set (m := sum (fun i => INR i * (b i * b (S n - i)%nat)) (seq 0 (S (S n)))) in *.
    set (q := sum (fun i => INR i * (b i * b (n - i)%nat)) (seq 0 (S n))) in *.
    apply Rmult_eq_reg_l with (INR n + 1 + (0 + 1 + 1)); [|lra]. rewrite N. clear - H M Q. nra.
Qed.

Lemma length_sum {A B} (f : A -> list B) l :
  INR (length (flat_map f l)) = sum (fun x => INR (length (f x))) l.
Proof. induction l as [|x l IH]; cbn [flat_map sum length]; [reflexivity|]. now rewrite app_length, plus_INR, IH. Qed.

Lemma trees_counted depth : forall n, (n <= depth)%nat -> INR (length (trees_within depth n)) = catalan_number n.
Proof.
  assert (one : catalan_number 0 = 1) by (unfold catalan_number; cbn - [IZR]; field).
  induction depth as [|depth IH]; intros [|n] L; try lia; [cbn [trees_within length INR]; now rewrite one..|].
  cbn [trees_within]. rewrite length_sum, <- catalan_product. apply sum_ext_in. intros i I.
  apply in_seq in I. rewrite length_sum.
  rewrite (sum_ext _ (fun _ => catalan_number (n - i))) by (intros l; rewrite map_length; apply IH; lia).
  rewrite sum_const, IH by lia. reflexivity.
Qed.

Theorem catalan s :
  (1 <= s)%nat ->
  NoDup (trees s) /\ (forall t, In t (trees s) <-> leaves t = s) /\
  INR (length (trees s)) = INR (choose (2 * s - 2) (s - 1)) / INR s.
Proof.
  intros L. unfold trees. repeat split.
  - now apply trees_differ.
  - intros I. apply trees_are in I; lia.
  - intros E. apply trees_are; lia.
  - rewrite trees_counted by lia. unfold catalan_number.
    replace (2 * s - 2)%nat with (2 * pred s)%nat by lia. replace (s - 1)%nat with (pred s) by lia.
    now replace (S (pred s)) with s by lia.
Qed.

(** ** The moment of the relative entropy of a sample *)
(** The relative entropy of two chances, with 0 ln 0 = 0. *)
Definition term (q p : R) : R := if Req_EM_T q 0 then 0 else q * ln (q / p).
Definition entropy (q p : R) : R := term q p + term (1 - q) (1 - p).
(** Σ_k C(n, k) (k/n)^k (1 - k/n)^(n - k). *)
Definition entropy_moment_of (n : nat) : R := sum (fun k => binomial k n (INR k / INR n)) (seq 0 (S n)).

(** The mean of a function of the number of hits. *)
Lemma mean_of_hits {T} (D : list (T * R)) B n (f : nat -> R) :
  distribution D ->
  mean (fun s => f (hits B s)) (power D n) = sum (fun k => binomial k n (pr D B) * f k) (seq 0 (S n)).
Proof.
  intros law. revert f. induction n as [|n IH]; intros f.
  { unfold mean, hits, binomial. cbn - [IZR]. ring. }
  rewrite mean_step. set (p := pr D B) in *.
  transitivity (p * mean (fun s => f (S (hits B s))) (power D n) + (1 - p) * mean (fun s => f (hits B s)) (power D n)).
  - unfold p. rewrite <- (sum_two D law B). apply sum_ext. intros x. f_equal. unfold hits. cbn [filter].
    destruct (B (fst x)); reflexivity.
  - rewrite (IH (fun k => f (S k))), (IH f).
    rewrite (sum_seq_from _ (S n)), binomial_first.
    rewrite (sum_ext (fun j => binomial (S j) (S n) p * f (S j))
      (fun j => (1 - p) * (binomial (S j) n p * f (S j)) + p * (binomial j n p * f (S j))))
      by (intros; rewrite binomial_step; ring).
    rewrite sum_plus, !sum_scale.
    rewrite (sum_seq_from (fun k => binomial k n p * f k) n).
    replace (sum (fun j => binomial (S j) n p * f (S j)) (seq 0 (S n)))
      with (sum (fun j => binomial (S j) n p * f (S j)) (seq 0 n)); [ring|].
    rewrite (seq_S n), sum_app. cbn [sum Nat.add]. unfold binomial at 3.
    rewrite (choose_above n (S n)) by lia. change (INR 0) with 0. ring.
Qed.

Lemma power_of_term q p k : 0 < p -> 0 <= q -> (q = 0 -> k = 0%nat) -> forall n, 0 < n -> INR k = n * q ->
  p ^ k * exp (n * term q p) = q ^ k.
Proof.
  intros P Q Z n N K. unfold term. destruct (Req_EM_T q 0) as [->|D].
  - rewrite (Z eq_refl), Rmult_0_r, exp_0. cbn [pow]. ring.
  - rewrite <- Rmult_assoc, <- K, <- (exp_pow (ln (q / p)) k), exp_ln by (apply Rdiv_lt_0_compat; lra).
    rewrite <- Rpow_mult_distr. f_equal. field. lra.
Qed.

Lemma moment_term k n p : 0 < p < 1 -> (k <= n)%nat -> (1 <= n)%nat ->
  binomial k n p * exp (INR n * entropy (INR k / INR n) p) = binomial k n (INR k / INR n).
Proof.
  intros P K one. assert (N : 0 < INR n) by (apply lt_0_INR; lia). apply le_INR in K as L. pose proof (pos_INR k).
  set (q := INR k / INR n). assert (E : INR k = INR n * q) by (unfold q; field; lra).
  assert (Q : 0 <= q <= 1) by (split; nra). unfold binomial, entropy. rewrite Rmult_plus_distr_l, exp_plus.
  assert (Z : q = 0 -> k = 0%nat) by (intros z; rewrite z, Rmult_0_r in E; now apply INR_eq).
  assert (W : 1 - q = 0 -> (n - k)%nat = 0%nat).
  { intros z. assert (e : INR k = INR n) by nra. apply INR_eq in e. lia. }
  rewrite <- (power_of_term q p k (proj1 P) (proj1 Q) Z (INR n) N E).
  rewrite <- (power_of_term (1 - q) (1 - p) (n - k) ltac:(lra) ltac:(lra) W (INR n) N)
    by (rewrite minus_INR by assumption; lra). ring.
Qed.

Lemma certain_hits {T} (D : list (T * R)) B n f :
  distribution D -> pr D B = 0 \/ pr D B = 1 ->
  mean (fun s => f (hits B s)) (power D n) = f (if Req_EM_T (pr D B) 0 then 0%nat else n).
Proof.
  intros law C. rewrite mean_of_hits by assumption. destruct (Req_EM_T (pr D B) 0) as [Z|Z].
  - rewrite Z, sum_seq_from. rewrite (sum_ext _ (fun _ => 0)).
    + rewrite sum_zero. unfold binomial. cbn [choose pow]. rewrite Rminus_0_r, pow1, Rplus_0_r.
      destruct n; cbn [choose]; change (INR 1) with 1; ring.
    + intros k. unfold binomial. cbn [pow]. ring.
  - destruct C as [C|C]; [contradiction|]. rewrite C, seq_S, sum_app. cbn [sum Nat.add].
    rewrite (sum_ext_in _ (fun _ => 0)).
    + rewrite sum_zero. unfold binomial. rewrite Nat.sub_diag, pow1. cbn [pow].
      assert (O : choose n n = 1%nat)
        by (clear; induction n as [|n IH]; [reflexivity|]; cbn [choose]; rewrite IH, choose_above by lia; reflexivity).
      rewrite O. change (INR 1) with 1. ring.
    + intros k I. apply in_seq in I. unfold binomial. rewrite Rminus_diag_eq by reflexivity.
      rewrite pow_i by lia. ring.
Qed.

Lemma entropy_same p : entropy p p = 0.
Proof.
  assert (E : forall x, term x x = 0).
  { intros x. unfold term. destruct (Req_EM_T x 0); [reflexivity|]. unfold Rdiv.
    rewrite Rinv_r, ln_1 by assumption. ring. }
  unfold entropy. rewrite !E. ring.
Qed.

Lemma entropy_moment_one n : (1 <= n)%nat -> 1 <= entropy_moment_of n.
Proof.
  intros one. unfold entropy_moment_of. rewrite sum_seq_from.
  assert (F : binomial 0 n (INR 0 / INR n) = 1).
  { unfold binomial. change (INR 0) with 0. unfold Rdiv. rewrite Rmult_0_l, Rminus_0_r, pow1. cbn [pow].
    destruct n; cbn [choose]; change (INR 1) with 1; ring. }
  rewrite F. assert (0 <= sum (fun j => binomial (S j) n (INR (S j) / INR n)) (seq 0 n)); [|lra].
  apply sum_nonneg. intros k I. apply in_seq in I. apply binomial_nonneg.
  assert (N : 0 < INR n) by (apply lt_0_INR; lia). pose proof (pos_INR (S k)). pose proof (le_INR (S k) n ltac:(lia)).
  split; [apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]|].
  apply Rmult_le_reg_r with (INR n); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma one_student {T} (D : list (T * R)) B n :
  distribution D -> (1 <= n)%nat ->
  mean (fun s => exp (INR n * entropy (INR (hits B s) / INR n) (pr D B))) (power D n) <= entropy_moment_of n.
Proof.
  intros law one. assert (N : 0 < INR n) by (apply lt_0_INR; lia). pose proof (pr_range D law B) as P.
  destruct (Req_EM_T (pr D B) 0) as [Z|Z]; [|destruct (Req_EM_T (pr D B) 1) as [O|O]].
  - rewrite (certain_hits D B n (fun k => exp (INR n * entropy (INR k / INR n) (pr D B))) law (or_introl Z)).
    destruct (Req_EM_T (pr D B) 0); [|contradiction]. rewrite Z. change (INR 0) with 0. unfold Rdiv.
    rewrite Rmult_0_l, entropy_same, Rmult_0_r, exp_0. now apply entropy_moment_one.
  - rewrite (certain_hits D B n (fun k => exp (INR n * entropy (INR k / INR n) (pr D B))) law (or_intror O)).
    destruct (Req_EM_T (pr D B) 0); [contradiction|]. rewrite O. unfold Rdiv. rewrite Rinv_r by lra.
    rewrite entropy_same, Rmult_0_r, exp_0. now apply entropy_moment_one.
  - rewrite (mean_of_hits D B n (fun k => exp (INR n * entropy (INR k / INR n) (pr D B))) law).
    right. apply sum_ext_in. intros k I. apply in_seq in I. apply moment_term; [lra|lia|assumption].
Qed.

(** Students that err where [wrong] says so, each with its share of a law that is fixed before the draws. *)
Theorem entropy_moment {T G} (D : list (T * R)) (prior : list (G * R)) (wrong : G -> T -> bool) n :
  distribution D -> distribution prior -> (1 <= n)%nat ->
  mean (fun s => mean (fun g => exp (INR n * entropy (INR (hits (wrong g) s) / INR n) (pr D (wrong g)))) prior)
    (power D n) <= entropy_moment_of n /\ 1 <= entropy_moment_of n.
Proof.
  intros law [W one'] one. split; [|now apply entropy_moment_one]. unfold mean at 1.
  rewrite (sum_ext _ (fun s => sum (fun g => snd s * (snd g * exp (INR n *
    entropy (INR (hits (wrong (fst g)) (fst s)) / INR n) (pr D (wrong (fst g)))))) prior))
    by (intros; unfold mean; rewrite <- sum_scale; reflexivity).
  rewrite sum_swap. apply Rle_trans with (sum (fun g => entropy_moment_of n * snd g) prior).
  - apply sum_le. intros g I. rewrite (Rmult_comm (entropy_moment_of n)).
    rewrite (sum_ext _ (fun s => snd g * (snd s * exp (INR n *
      entropy (INR (hits (wrong (fst g)) (fst s)) / INR n) (pr D (wrong (fst g)))))) (power D n)) by (intros; ring).
    rewrite sum_scale. apply Rmult_le_compat_l; [now apply W|].
    now apply (one_student D (wrong (fst g)) n).
  - rewrite sum_scale. change (sum (fun g => snd g) prior) with (sum (@snd G R) prior). rewrite one'. lra.
Qed.

