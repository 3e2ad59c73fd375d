(** Axioms of the catalogue about the patterns of a class on finitely many points: Sauer and Shelah's
    bound, Massart's lemma, and cells that any outcome treats alike. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** ** Sets of bit vectors, given by membership *)
(** How many vectors of length [n] belong to a set. *)
Fixpoint count (n : nat) (m : list bool -> bool) : nat :=
  match n with
  | O => if m [] then 1 else 0
  | S n' => count n' (fun s => m (true :: s)) + count n' (fun s => m (false :: s))
  end%nat.

(** The coordinates of a vector that a mask of the same length names. *)
Fixpoint select (mask x : list bool) : list bool :=
  match mask, x with
  | b :: mask', y :: x' => if b then y :: select mask' x' else select mask' x'
  | _, _ => []
  end.
Definition size (mask : list bool) : nat := length (filter (fun b => b) mask).
(** Every pattern on the mask's coordinates is that of a vector of the set. *)
Definition shatters (n : nat) (m : list bool -> bool) (mask : list bool) : Prop :=
  forall b, length b = size mask -> exists x, length x = n /\ m x = true /\ select mask x = b.
Definition dimension_at_most (n v : nat) (m : list bool -> bool) : Prop :=
  forall mask, length mask = n -> size mask = S v -> ~ shatters n m mask.

Fixpoint sauer_number (v n : nat) : nat :=
  match n, v with
  | O, _ => 1
  | S n', O => 1
  | S n', S v' => sauer_number v n' + sauer_number v' n'
  end%nat.

Lemma count_ext n : forall m m', (forall x, m x = m' x) -> count n m = count n m'.
Proof.
  induction n as [|n IH]; intros m m' H; cbn [count]; [now rewrite H|].
  f_equal; apply IH; intros; apply H.
Qed.
Lemma count_join n : forall a b,
  (count n a + count n b =
   count n (fun s => a s || b s)%bool + count n (fun s => a s && b s)%bool)%nat.
Proof.
  induction n as [|n IH]; intros a b; cbn [count]; [destruct (a []), (b []); reflexivity|].
  pose proof (IH (fun s => a (true :: s)) (fun s => b (true :: s))).
  pose proof (IH (fun s => a (false :: s)) (fun s => b (false :: s))). lia.
Qed.
Lemma count_none n : forall m, (forall x, length x = n -> m x = false) -> count n m = 0%nat.
Proof.
  induction n as [|n IH]; intros m H; cbn [count]; [now rewrite H|].
  rewrite (IH (fun s => m (true :: s))), (IH (fun s => m (false :: s))); [reflexivity| |];
    intros x L; apply H; cbn; now rewrite L.
Qed.
Lemma count_some n : forall m, (0 < count n m)%nat -> exists x, length x = n /\ m x = true.
Proof.
  induction n as [|n IH]; intros m H; cbn [count] in H.
  - exists []. destruct (m []); [easy|lia].
  - destruct (Nat.eq_dec (count n (fun s => m (true :: s))) 0) as [E|E].
    + destruct (IH (fun s => m (false :: s))) as [x [L M]]; [lia|].
      exists (false :: x). cbn. now rewrite L.
    + destruct (IH (fun s => m (true :: s))) as [x [L M]]; [lia|].
      exists (true :: x). cbn. now rewrite L.
Qed.

Lemma dimension_halves n v m :
  dimension_at_most (S n) v m -> dimension_at_most n v (fun s => m (true :: s) || m (false :: s))%bool.
Proof.
  intros H mask L E S0. apply (H (false :: mask)); [cbn; now rewrite L|assumption|].
  intros b B. destruct (S0 b B) as [x [X [M Y]]]. apply orb_true_iff in M as [M|M];
    [exists (true :: x)|exists (false :: x)]; cbn; now rewrite X.
Qed.
Lemma dimension_both n v m :
  dimension_at_most (S n) (S v) m -> dimension_at_most n v (fun s => m (true :: s) && m (false :: s))%bool.
Proof.
  intros H mask L E S0. apply (H (true :: mask)); [cbn; now rewrite L|cbn; now rewrite <- E|].
  intros [|c b] B; [discriminate|]. destruct (S0 b) as [x [X [M Y]]]; [now injection B|].
  apply andb_true_iff in M as [M N]. exists (c :: x). cbn. rewrite X, Y. now destruct c.
Qed.

Lemma sauer_shelah n : forall v m, dimension_at_most n v m -> (count n m <= sauer_number v n)%nat.
Proof.
  induction n as [|n IH]; intros v m H; cbn [count sauer_number]; [destruct (m []); lia|].
  rewrite count_join. pose proof (IH v _ (dimension_halves n v m H)) as A. destruct v as [|v].
  - assert (E : count n (fun s => m (true :: s) && m (false :: s))%bool = 0%nat).
    { apply count_none. intros x L. destruct (m (true :: x) && m (false :: x))%bool eqn:e; [|reflexivity].
      exfalso. apply andb_true_iff in e as [e f].
      assert (F : forall k, size (repeat false k) = 0%nat) by (induction k as [|k E]; [reflexivity|exact E]).
      assert (G : forall k y, select (repeat false k) y = [])
        by (induction k as [|k E]; intros [|? ?]; try reflexivity; apply E).
      assert (Z : size (true :: repeat false n) = 1%nat)
        by (change (S (size (repeat false n)) = 1%nat); now rewrite F).
      apply (H (true :: repeat false n)); [cbn; now rewrite repeat_length|assumption|].
      intros [|c [|d b]] B; rewrite Z in B; try discriminate B.
      exists (c :: x). cbn [length select]. rewrite L, G. now destruct c. }
    rewrite E. destruct n; cbn [sauer_number] in A; lia.
  - pose proof (IH v _ (dimension_both n v m H)). lia.
Qed.

Lemma sauer_number_bound n : forall v x, 0 <= x <= 1 -> INR (sauer_number v n) * x ^ v <= (1 + x) ^ n.
Proof.
  assert (big : forall x n, 0 <= x -> 1 <= (1 + x) ^ n) by (intros; apply pow_R1_Rle; lra).
  assert (small : forall x n, 0 <= x <= 1 -> 0 <= x ^ n <= 1).
  { intros x k X. split; [apply pow_le; lra|]. rewrite <- (pow1 k). now apply pow_incr. }
  induction n as [|n IH]; intros v x X.
  - replace (sauer_number v 0) with 1%nat by now destruct v. cbn [INR pow]. pose proof (small x v X). lra.
  - destruct v as [|v]; cbn [sauer_number].
    + cbn [INR pow]. pose proof (big x n (proj1 X)). nra.
    + rewrite plus_INR. pose proof (IH (S v) x X) as A. pose proof (IH v x X) as B.
      apply Rmult_le_compat_l with (r := x) in B; [|lra].
      replace ((INR (sauer_number (S v) n) + INR (sauer_number v n)) * x ^ S v)
        with (INR (sauer_number (S v) n) * x ^ S v + x * (INR (sauer_number v n) * x ^ v)) by (cbn [pow]; ring).
      cbn [pow] in *. lra.
Qed.

Section Classes.
Context {T G : Type} (class : list G) (says : G -> T -> bool).

(** The pattern of a student on some points, and the number of different ones. *)
Definition pattern (xs : list T) (g : G) : list bool := map (says g) xs.
Definition is_pattern (xs : list T) (s : list bool) : bool :=
  existsb (fun g => if list_eq_dec bool_dec (pattern xs g) s then true else false) class.
Definition patterns (xs : list T) : nat := count (length xs) (is_pattern xs).
(** No more than [v] points are shattered: every pattern on them is some student's. *)
Definition vc_at_most (v : nat) : Prop :=
  forall xs, length xs = S v -> ~ forall b, length b = S v -> exists g, In g class /\ pattern xs g = b.

Lemma is_pattern_true xs s : is_pattern xs s = true <-> exists g, In g class /\ pattern xs g = s.
Proof.
  unfold is_pattern. rewrite existsb_exists. split; intros [g [I H]]; exists g; (split; [assumption|]);
    destruct (list_eq_dec bool_dec (pattern xs g) s); congruence.
Qed.

Fixpoint chosen {A} (mask : list bool) (xs : list A) : list A :=
  match mask, xs with
  | b :: mask', x :: xs' => if b then x :: chosen mask' xs' else chosen mask' xs'
  | _, _ => []
  end.
Lemma select_pattern mask : forall xs g, select mask (pattern xs g) = pattern (chosen mask xs) g.
Proof.
  induction mask as [|b mask IH]; intros [|x xs] g; cbn; try reflexivity.
  destruct b; cbn; [f_equal|]; apply IH.
Qed.
Lemma chosen_length mask : forall (xs : list T), length mask = length xs -> length (chosen mask xs) = size mask.
Proof.
  induction mask as [|b mask IH]; intros [|x xs] L; cbn; try reflexivity || discriminate.
  injection L as L. destruct b; cbn; rewrite IH; auto.
Qed.

Lemma patterns_dimension v xs : vc_at_most v -> dimension_at_most (length xs) v (is_pattern xs).
Proof.
  intros H mask L E S0. apply (H (chosen mask xs)); [now rewrite chosen_length|].
  intros b B. destruct (S0 b) as [x [_ [M Y]]]; [now rewrite E|].
  apply is_pattern_true in M as [g [I <-]]. exists g. split; [assumption|]. now rewrite <- select_pattern.
Qed.

Lemma some_pattern xs : class <> [] -> (1 <= patterns xs)%nat.
Proof.
  intros ne. unfold patterns. destruct (Nat.eq_dec (count (length xs) (is_pattern xs)) 0) as [E|]; [|lia].
  exfalso. destruct class as [|g l] eqn:C; [easy|].
  assert (Z : forall n m x, length x = n -> m x = true -> count n m <> 0%nat).
  { clear. induction n as [|n IH]; intros m [|b x] L M; cbn in *; try discriminate; [now rewrite M|].
    injection L as L. destruct b.
    - pose proof (IH (fun s => m (true :: s)) x L M). lia.
    - pose proof (IH (fun s => m (false :: s)) x L M). lia. }
  apply (Z _ (is_pattern xs) (pattern xs g) (map_length _ _)); [|assumption].
  apply is_pattern_true. exists g. rewrite C. split; [now left|reflexivity].
Qed.

Theorem sauer v n xs :
  vc_at_most v -> class <> [] -> (1 <= v)%nat -> (v <= n)%nat -> length xs = n ->
  1 <= INR (patterns xs) <= (exp 1 * INR n / INR v) ^ v.
Proof.
  intros H ne V N <-. split; [now apply (le_INR 1), some_pattern|].
  set (n := length xs) in *. assert (V0 : 0 < INR v) by (apply lt_0_INR; lia).
  assert (N0 : INR v <= INR n) by now apply le_INR. set (x := INR v / INR n).
  assert (X : 0 < x <= 1).
  { unfold x. split; [apply Rdiv_lt_0_compat; lra|].
    apply Rmult_le_reg_r with (INR n); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  pose proof (sauer_shelah n v (is_pattern xs) (patterns_dimension v xs H)) as A.
  apply le_INR in A. fold (patterns xs) in A.
  pose proof (sauer_number_bound n v x ltac:(lra)) as B.
  assert (C : (1 + x) ^ n <= exp (INR v)).
  { apply Rle_trans with (exp x ^ n); [apply pow_incr; split; [lra|apply exp_bound]|].
    rewrite exp_pow. right. f_equal. unfold x. field. lra. }
  assert (P : 0 < x ^ v) by (apply pow_lt; lra).
  apply Rmult_le_reg_r with (x ^ v); [assumption|].
  replace ((exp 1 * INR n / INR v) ^ v * x ^ v) with (exp (INR v)).
  - eapply Rle_trans; [|exact (Rle_trans _ _ _ B C)]. apply Rmult_le_compat_r; [lra|exact A].
  - rewrite <- Rpow_mult_distr. replace (exp 1 * INR n / INR v * x) with (exp 1) by (unfold x; field; lra).
    rewrite exp_pow. f_equal. ring.
Qed.
End Classes.

(** ** Exchangeable cells
    [c k] says whether cell [k] has a property; any [j] cells all have it with probability [p j]. *)
Section Exchangeable.
Context {T : Type} (D : list (T * R)) (c : nat -> T -> bool) (p : nat -> R) (cells : list nat) (w : R).
Hypothesis law : distribution D.
Hypothesis alike : forall l, NoDup l -> incl l cells -> pr D (fun t => forallb (fun k => c k t) l) = p (length l).

Definition counted (l : list nat) (t : T) : nat := length (filter (fun k => c k t) l).

Lemma binomial_sum (q : nat -> R) K :
  sum (fun j => INR (choose (S K) j) * w ^ j * q j) (seq 0 (S (S K))) =
  sum (fun j => INR (choose K j) * w ^ j * q j) (seq 0 (S K)) +
  w * sum (fun j => INR (choose K j) * w ^ j * q (S j)) (seq 0 (S K)).
Proof.
  rewrite sum_seq_from. rewrite (sum_ext _ (fun j => INR (choose K (S j)) * w ^ S j * q (S j) +
    w * (INR (choose K j) * w ^ j * q (S j)))) by (intros; cbn [choose pow]; rewrite plus_INR; ring).
  rewrite sum_plus, sum_scale.
  rewrite (sum_seq_from (fun j => INR (choose K j) * w ^ j * q j) K).
  replace (seq 0 (S K)) with (seq 0 K ++ [K]) by (symmetry; apply seq_S).
  rewrite !sum_app. cbn [sum]. rewrite (choose_above K (S K)) by lia.
  replace (choose (S K) 0) with 1%nat by reflexivity. replace (choose K 0) with 1%nat by now destruct K.
  cbn [INR pow]. ring.
Qed.

Lemma expansion l : forall A,
  NoDup (A ++ l) -> incl (A ++ l) cells ->
  mean (fun t => (if forallb (fun k => c k t) A then 1 else 0) * (1 + w) ^ counted l t) D =
  sum (fun j => INR (choose (length l) j) * w ^ j * p (length A + j)%nat) (seq 0 (S (length l))).
Proof.
  induction l as [|k l IH]; intros A N I.
  - rewrite app_nil_r in *. cbn [length seq sum choose INR pow]. rewrite Nat.add_0_r, <- (alike A N I).
    unfold mean, pr, counted. cbn [filter length pow]. rewrite !Rplus_0_r, !Rmult_1_l. apply sum_ext.
    intros x. destruct (forallb (fun k => c k (fst x)) A); ring.
  - cbn [length]. rewrite (binomial_sum (fun j => p (length A + j)%nat)).
    assert (N' : NoDup (A ++ l)) by (apply NoDup_remove_1 in N; assumption).
    assert (I' : incl (A ++ l) cells).
    { intros x J. apply I. apply in_app_iff in J. apply in_app_iff. cbn. tauto. }
    rewrite <- (IH A N' I').
    assert (N2 : NoDup ((A ++ [k]) ++ l)) by now rewrite <- app_assoc.
    assert (I2 : incl ((A ++ [k]) ++ l) cells) by now rewrite <- app_assoc.
    rewrite (sum_ext (fun j => INR (choose (length l) j) * w ^ j * p (length A + S j)%nat)
      (fun j => INR (choose (length l) j) * w ^ j * p (length (A ++ [k]) + j)%nat))
      by (intros j; rewrite app_length; cbn [length]; do 2 f_equal; lia).
    rewrite <- (IH (A ++ [k]) N2 I2). unfold mean. rewrite <- sum_scale, <- sum_plus. apply sum_ext.
    intros x. rewrite forallb_app. unfold counted. cbn [filter forallb].
    destruct (forallb (fun k => c k (fst x)) A), (c k (fst x)); cbn [andb length pow]; ring.
Qed.

Theorem exchangeable :
  NoDup cells ->
  mean (fun t => (1 + w) ^ counted cells t) D =
  sum (fun j => INR (choose (length cells) j) * w ^ j * p j) (seq 0 (S (length cells))).
Proof.
  intros N. pose proof (expansion cells [] N (incl_refl cells)) as E. cbn [length Nat.add] in E.
  rewrite <- E. unfold mean. apply sum_ext.
  intros x. cbn [forallb]. ring.
Qed.
End Exchangeable.
