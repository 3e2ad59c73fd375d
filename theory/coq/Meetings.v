(** How often draws meet, events of which some happens, and words that are far apart. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson.
Import ListNotations.
Open Scope R_scope.

(** ** Draws that meet *)
Section Draws.
Context {T : Type} (D : list (T * R)) (same : T -> T -> bool) (p : R).
Hypothesis law : distribution D.
Hypothesis likeliest : forall t, pr D (same t) <= p.

(** Two of the draws are the same point. *)
Fixpoint meet (s : list T) : bool :=
  match s with [] => false | t :: s => (existsb (same t) s || meet s)%bool end.

Lemma average_at_most (g : T -> R) c : (forall t, g t <= c) -> sum (fun x => snd x * g (fst x)) D <= c.
Proof.
  intros H. destruct law as [P one]. rewrite <- (Rmult_1_r c), <- one, <- sum_scale. apply sum_le.
  intros x I. rewrite (Rmult_comm c). apply Rmult_le_compat_l; [now apply P|apply H].
Qed.

Lemma either {A} (E : list (A * R)) B C : distribution E -> pr E (fun s => B s || C s)%bool <= pr E B + pr E C.
Proof.
  intros [P _]. unfold pr. rewrite <- sum_plus. apply sum_le. intros x I. pose proof (P x I).
  destruct (B (fst x)), (C (fst x)); cbn; lra.
Qed.

Lemma met_again t n : pr (power D n) (existsb (same t)) <= INR n * p.
Proof.
  induction n as [|n IH]; [cbn; lra|]. rewrite pr_step, S_INR. cbn [existsb].
  apply Rle_trans with (sum (fun x => snd x * ((if same t (fst x) then 1 else 0) + INR n * p)) D).
  - apply sum_le. intros x I. destruct law as [P _]. apply Rmult_le_compat_l; [now apply P|].
    destruct (same t (fst x)); cbn [orb]; [|rewrite Rplus_0_l; exact IH].
    pose proof (pr_range (power D n) (power_law D n law) (fun _ => true)).
    pose proof (pr_range (power D n) (power_law D n law) (existsb (same t))).
    assert (0 <= INR n * p) by lra. lra.
  - rewrite (sum_ext _ (fun x => (if same t (fst x) then snd x else 0) + INR n * p * snd x)).
    + rewrite sum_plus, sum_scale. destruct law as [_ ->]. fold (pr D (same t)). pose proof (likeliest t). lra.
    + intros x. destruct (same t (fst x)); ring.
Qed.

Theorem birthday n : pr (power D n) meet <= INR n * (INR n - 1) / 2 * p.
Proof.
  induction n as [|n IH]; [cbn; lra|]. rewrite pr_step, S_INR. cbn [meet].
  apply Rle_trans with (INR n * p + pr (power D n) meet); [|lra].
  apply (average_at_most (fun t => pr (power D n) (fun s => existsb (same t) s || meet s)%bool)).
  intros t. pose proof (either (power D n) (existsb (same t)) meet (power_law D n law)).
  pose proof (met_again t n). lra.
Qed.
End Draws.

(** ** Some of several events *)
Fixpoint pair_sum {T} (D : list (T * R)) (events : list (T -> bool)) : R :=
  match events with
  | [] => 0
  | A :: others => sum (fun B => pr D (fun t => A t && B t)%bool) others + pair_sum D others
  end.
Definition happen {T} (events : list (T -> bool)) (t : T) : nat := length (filter (fun A => A t) events).

Lemma both_happen {T} (A : bool) (t : T) l : existsb (fun B => A && B t)%bool l = (A && existsb (fun B => B t) l)%bool.
Proof. destruct A; [reflexivity|]. induction l as [|B l IH]; [reflexivity|exact IH]. Qed.

Theorem bonferroni {T} (D : list (T * R)) events : distribution D ->
  sum (pr D) events - pair_sum D events <= pr D (fun t => (1 <=? happen events t)%nat).
Proof.
  intros law. rewrite (pr_ext D _ (fun t => existsb (fun A => A t) events)).
  - induction events as [|A l IH]; cbn [sum pair_sum existsb]; [rewrite pr_false; lra|].
    assert (U := pr_union D law (fun B t => A t && B t)%bool l). cbn beta in U.
    assert (E : pr D A + pr D (fun t => existsb (fun B => B t) l)
      <= pr D (fun t => A t || existsb (fun B => B t) l)%bool + pr D (fun t => existsb (fun B => A t && B t)%bool l)).
    { unfold pr. rewrite <- !sum_plus. apply sum_le. intros x I. destruct law as [P _]. pose proof (P x I).
      rewrite both_happen. destruct (A (fst x)), (existsb (fun B => B (fst x)) l); cbn; lra. }
    lra.
  - intros t. unfold happen. induction events as [|A l IH]; [reflexivity|]. cbn [filter existsb].
    destruct (A t); [reflexivity|exact IH].
Qed.

(** ** Words that are far apart *)
Fixpoint words (d : nat) : list (list bool) :=
  match d with O => [[]] | S d => map (cons false) (words d) ++ map (cons true) (words d) end.
(** In how many bits two words differ. *)
Fixpoint differing (x y : list bool) : nat :=
  match x, y with a :: x, b :: y => if xorb a b then S (differing x y) else differing x y | _, _ => 0 end.
Definition near (r : nat) (c w : list bool) : R := if (differing c w <? r)%nat then 1 else 0.

Lemma words_count d : INR (length (words d)) = 2 ^ d.
Proof. induction d as [|d IH]; [reflexivity|]. cbn [words]. rewrite app_length, !map_length, plus_INR, IH. cbn. ring. Qed.

Lemma sum_last (f : nat -> R) n : sum f (seq 0 (S n)) = sum f (seq 0 n) + f n.
Proof. rewrite seq_S, sum_app. cbn. ring. Qed.

Lemma choose_next d r : sum (fun i => INR (choose (S d) i)) (seq 0 (S r))
  = sum (fun i => INR (choose d i)) (seq 0 (S r)) + sum (fun i => INR (choose d i)) (seq 0 r).
Proof.
  induction r as [|r IH]; [destruct d; cbn; ring|].
  rewrite sum_last, IH, (sum_last _ (S r)), (sum_last _ r).
  replace (choose (S d) (S r)) with (choose d r + choose d (S r))%nat by reflexivity. rewrite plus_INR. ring.
Qed.

Lemma ball d : forall c r, length c = d -> sum (near r c) (words d) = sum (fun i => INR (choose d i)) (seq 0 r).
Proof.
  induction d as [|d IH]; intros [|a c] r L; try discriminate L.
  - cbn [words sum]. unfold near. cbn [differing]. destruct r as [|r]; cbn [Nat.ltb Nat.leb seq sum]; [lra|].
    rewrite (sum_ext_in _ (fun _ => 0)); [rewrite sum_zero; cbn; lra|].
    intros i I. apply in_seq in I. destruct i; [lia|reflexivity].
  - injection L as L. cbn [words]. rewrite sum_app, !sum_map. destruct r as [|r].
    + cbn [seq sum]. unfold near. cbn [Nat.ltb Nat.leb].
      rewrite !sum_zero. lra.
    + rewrite choose_next, <- (IH c (S r) L), <- (IH c r L). unfold near. destruct a; cbn [differing xorb].
      * rewrite Rplus_comm. f_equal.
      * f_equal.
Qed.

Theorem gilbert_varshamov d r code : (1 <= r)%nat -> (forall c, In c code -> length c = d) ->
  (forall w, In w (words d) -> exists c, In c code /\ (differing c w < r)%nat) ->
  2 ^ d / sum (fun i => INR (choose d i)) (seq 0 r) <= INR (length code).
Proof.
  intros some long full. set (size := sum (fun i => INR (choose d i)) (seq 0 r)).
  assert (0 < size).
  { subst size. destruct r as [|r]; [lia|]. cbn [seq sum].
    assert (0 <= sum (fun i => INR (choose d i)) (seq 1 r)) by (apply sum_nonneg; intros; apply pos_INR).
    replace (choose d 0) with 1%nat by (destruct d; reflexivity). cbn [INR]. lra. }
  apply Rmult_le_reg_r with size; [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  rewrite <- words_count, <- (Rmult_1_r (INR (length (words d)))), <- sum_const.
  rewrite <- sum_const. rewrite <- (sum_ext_in (fun c => sum (near r c) (words d)) (fun _ => size)).
  - rewrite sum_swap. apply sum_le. intros w I. destruct (full w I) as (c & J & K).
    assert (N : forall l, (forall v, In v l -> 0 <= near r v w) -> In c l -> 1 <= sum (fun v => near r v w) l).
    { induction l as [|v l IH]; [easy|]. intros P [->|M]; cbn [sum].
      - assert (0 <= sum (fun v => near r v w) l) by (apply sum_nonneg; intros; apply P; now right).
        unfold near at 1. apply Nat.ltb_lt in K. rewrite K. lra.
      - pose proof (P v (or_introl eq_refl)). specialize (IH (fun u U => P u (or_intror U)) M). lra. }
    apply N; [|exact J]. intros v _. unfold near. destruct (differing v w <? r)%nat; lra.
  - intros c I. symmetry. subst size. rewrite <- (ball d c r) by now apply long. reflexivity.
Qed.
