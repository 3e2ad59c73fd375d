(** Perfect distillation of a known teacher under every law: enough samples, and no fewer.

    [wrong g x]: the student [g] differs from the teacher at the point [x]. A distiller has coins, and
    for each outcome of these a rule that makes a student of the points that it draws. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing.
Import ListNotations.
Open Scope R_scope.

(** The probability that the error of what is returned is above [epsilon]. *)
Definition failure {C G T} (coins : list (C * R)) (out : C -> list T -> G) (wrong : G -> T -> bool)
    (epsilon : R) (n : nat) (D : list (T * R)) : R :=
  sum (fun c => snd c * pr (power D n) (fun s => less epsilon (pr D (wrong (out (fst c) s))))) coins.

(** Under every law some student's error is as small as one likes. *)
Definition universal {G T} (wrong : G -> T -> bool) : Prop :=
  forall D a, distribution D -> 0 < a -> exists g, pr D (wrong g) < a.

Definition right_up_to {G} (wrong : G -> nat -> bool) (i : nat) (g : G) : Prop :=
  forall x, (x <= i)%nat -> wrong g x = false.

Lemma pr_in {T} (D : list (T * R)) E x :
  (forall y, In y D -> 0 <= snd y) -> In x D -> E (fst x) = true -> snd x <= pr D E.
Proof.
  intros N I e. unfold pr. induction D as [|y l IH]; [destruct I|]. cbn [sum].
  assert (S : 0 <= sum (fun x => if E (fst x) then snd x else 0) l).
  { apply sum_nonneg. intros z J. pose proof (N z (or_intror J)). destruct (E (fst z)); lra. }
  destruct I as [->|I]; [rewrite e; lra|].
  pose proof (N y (or_introl eq_refl)). specialize (IH (fun z J => N z (or_intror J)) I).
  destruct (E (fst y)); lra.
Qed.

(** Errors under the uniform law of the first points are multiples of its probabilities. *)
Lemma universal_student {G} (wrong : G -> nat -> bool) i :
  universal wrong -> exists g, right_up_to wrong i g.
Proof.
  intros promise. set (a := / INR (S i)). assert (P : 0 < INR (S i)) by (apply lt_0_INR; lia).
  assert (A : 0 < a) by now apply Rinv_0_lt_compat.
  set (D := map (fun x => (x, a)) (seq 0 (S i))).
  assert (law : distribution D).
  { split.
    - intros y I. apply in_map_iff in I as [x [<- _]]. cbn [snd]. lra.
    - unfold D. rewrite sum_map. cbn [snd]. rewrite sum_const, length_seq. unfold a. field. lra. }
  destruct (promise D a law A) as [g H]. exists g. intros x X. destruct (wrong g x) eqn:e; [|reflexivity].
  exfalso. destruct law as [N _]. pose proof (pr_in D (wrong g) (x, a) N) as B. cbn [fst snd] in B.
  assert (In (x, a) D) by (apply (in_map (fun x => (x, a))), in_seq; lia). specialize (B H0 e). lra.
Qed.

Lemma to_largest s x : In x s -> (x <= list_max s)%nat.
Proof.
  intros I. pose proof (proj1 (list_max_le s (list_max s)) (le_n _)) as F.
  rewrite Forall_forall in F. now apply F.
Qed.

(** The rule: a student that is right up to the largest place drawn. *)
Theorem universal_samples {G} (D : list (nat * R)) (wrong : G -> nat -> bool)
    (out : list nat -> G) epsilon delta n :
  distribution D -> universal wrong ->
  (forall s, (exists g, right_up_to wrong (list_max s) g) -> right_up_to wrong (list_max s) (out s)) ->
  0 < epsilon < 1 -> 0 < delta < 1 -> INR n >= ln delta / ln (1 - epsilon) ->
  pr (power D n) (fun s => less epsilon (pr D (wrong (out s)))) <= delta.
Proof.
  intros law promise rule e d H. apply enough_draws in H; [|lra|lra].
  set (early := fun x => at_most (pr D (fun y => (y <=? x)%nat)) (1 - epsilon)).
  apply Rle_trans with (pr (power D n) (forallb early)).
  - apply pr_le; [now apply power_law|]. intros s bad. apply less_true in bad.
    apply forallb_forall. intros x I. apply at_most_true.
    assert (R : right_up_to wrong (list_max s) (out s)) by apply rule, universal_student, promise.
    apply to_largest in I.
    assert (U : pr D (wrong (out s)) + pr D (fun y => (y <=? x)%nat) <= 1).
    { rewrite <- (pr_true D law). unfold pr. rewrite <- sum_plus. apply sum_le. intros y J.
      destruct law as [N _]. pose proof (N y J). destruct (fst y <=? x)%nat eqn:l.
      - apply Nat.leb_le in l. rewrite (R (fst y)) by lia. lra.
      - destruct (wrong (out s) (fst y)); lra. }
    lra.
  - rewrite independent_draws by assumption. eapply Rle_trans; [|exact H]. apply pow_incr.
    split; [now apply pr_range|]. apply (rarely_improbable D (fun x => x)); [assumption|lra].
Qed.

(** ** Draws that all come from a part of a law *)
Lemma pr_part {T} (C l : list (T * R)) n E :
  (forall x, In x (C ++ l) -> 0 <= snd x) -> pr (power C n) E <= pr (power (C ++ l) n) E.
Proof.
  intros N. revert E. induction n as [|n IH]; intros E; [cbn; lra|]. rewrite !pr_step, sum_app.
  assert (nonneg : forall E, 0 <= pr (power (C ++ l) n) E).
  { intros F. unfold pr. apply sum_nonneg. intros y I. enough (0 <= snd y) by (destruct (F (fst y)); lra).
    clear - N I. revert y I. induction n as [|n IH]; cbn [power]; intros y I.
    - destruct I as [<-|[]]. cbn. lra.
    - apply in_flat_map in I as [x [I J]]. apply in_map_iff in J as [s [<- J]]. cbn [snd].
      apply Rmult_le_pos; auto. }
  assert (0 <= sum (fun x => snd x * pr (power (C ++ l) n) (fun s => E (fst x :: s))) l).
  { apply sum_nonneg. intros x I. apply Rmult_le_pos; [apply N, in_or_app; now right|apply nonneg]. }
  assert (sum (fun x => snd x * pr (power C n) (fun s => E (fst x :: s))) C <=
          sum (fun x => snd x * pr (power (C ++ l) n) (fun s => E (fst x :: s))) C); [|lra].
  apply sum_le. intros x I. apply Rmult_le_compat_l; [apply N, in_or_app; now left|apply IH].
Qed.

Lemma pr_part_true {T} (C : list (T * R)) n : pr (power C n) (fun _ => true) = sum snd C ^ n.
Proof.
  induction n as [|n IH]; [unfold pr; cbn - [IZR]; lra|]. rewrite pr_step. cbn [pow]. rewrite IH.
  rewrite (sum_ext _ (fun x => sum snd C ^ n * snd x)) by (intros; ring). rewrite sum_scale. ring.
Qed.

(** All draws from a law of one point are that point. *)
Lemma one_point {T} (x : T) w n y : In y (power [(x, w)] n) -> fst y = repeat x n.
Proof.
  revert y. induction n as [|n IH]; cbn [power repeat]; intros y J; [destruct J as [<-|[]]; reflexivity|].
  cbn [flat_map] in J. rewrite app_nil_r in J. apply in_map_iff in J as [s [<- J]]. cbn. f_equal. now apply IH.
Qed.
Lemma one_point_weight {T} (x : T) w n y : 0 <= w -> In y (power [(x, w)] n) -> 0 <= snd y.
Proof.
  intros W. revert y. induction n as [|n IH]; cbn [power]; intros y J; [destruct J as [<-|[]]; cbn; lra|].
  cbn [flat_map] in J. rewrite app_nil_r in J. apply in_map_iff in J as [s [<- J]]. cbn.
  apply Rmult_le_pos; [assumption|now apply IH].
Qed.

(** Points under other names. *)
Lemma pr_power_map {A B} (h : A -> B) (D : list (A * R)) n E :
  pr (power (map (fun x => (h (fst x), snd x)) D) n) E = pr (power D n) (fun s => E (map h s)).
Proof.
  revert E. induction n as [|n IH]; intros E; [reflexivity|]. rewrite !pr_step, sum_map.
  apply sum_ext. intros x. cbn [fst snd]. now rewrite IH.
Qed.

Lemma sum_at (f : nat -> R) i a k : (a <= i < a + k)%nat ->
  sum (fun j => if (j =? i)%nat then f j else 0) (seq a k) = f i.
Proof.
  revert a. induction k as [|k IH]; intros a L; [lia|]. cbn [seq sum].
  destruct (Nat.eqb_spec a i) as [->|N].
  - rewrite (sum_ext_in _ (fun _ => 0)); [rewrite sum_zero; lra|]. intros j I. apply in_seq in I.
    destruct (Nat.eqb_spec j i); [lia|reflexivity].
  - rewrite IH by lia. lra.
Qed.

(** From every mass above [epsilon] to [epsilon] itself. *)
Lemma power_gap a b n : 0 <= b <= a -> a <= 1 -> a ^ n - b ^ n <= INR n * (a - b).
Proof.
  intros B A. induction n as [|n IH]; [cbn; lra|]. rewrite S_INR. cbn [pow].
  assert (0 <= b ^ n <= a ^ n) by (split; [apply pow_le; lra|apply pow_incr; lra]).
  assert (a ^ n <= 1) by (rewrite <- (pow1 n); apply pow_incr; lra). nra.
Qed.

Lemma in_the_limit epsilon most bound n :
  0 < epsilon < most -> most <= 1 ->
  (forall p, epsilon < p < most -> (1 - p) ^ n <= bound) -> (1 - epsilon) ^ n <= bound.
Proof.
  intros e m H. destruct (Rle_lt_dec ((1 - epsilon) ^ n) bound) as [L|L]; [assumption|exfalso].
  set (room := (1 - epsilon) ^ n - bound) in *. assert (R : 0 < room) by (unfold room; lra).
  pose proof (pos_INR n) as P.
  set (step := Rmin ((most - epsilon) / 2) (room / (2 * (INR n + 1)))).
  assert (Q : 0 < room / (2 * (INR n + 1))) by (apply Rdiv_lt_0_compat; lra).
  assert (S : 0 < step) by (unfold step; apply Rmin_pos; lra).
  assert (S1 : step <= (most - epsilon) / 2) by apply Rmin_l.
  assert (S2 : step <= room / (2 * (INR n + 1))) by apply Rmin_r.
  assert (F : INR n * step < room).
  { apply Rle_lt_trans with (INR n * (room / (2 * (INR n + 1)))); [now apply Rmult_le_compat_l|].
    replace (INR n * (room / (2 * (INR n + 1)))) with (room * (INR n / (2 * (INR n + 1)))) by (field; lra).
    assert (INR n / (2 * (INR n + 1)) < 1) by (apply Rmult_lt_reg_r with (2 * (INR n + 1)); [lra|];
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra). nra. }
  pose proof (power_gap (1 - epsilon) (1 - (epsilon + step)) n ltac:(lra) ltac:(lra)) as G.
  pose proof (H (epsilon + step) ltac:(lra)) as B. unfold room in *. lra.
Qed.

(** The teacher is 1 everywhere, the students are 1 on initial segments: [t] is wrong beyond [t]. *)
Definition beyond (t x : nat) : bool := (t <? x)%nat.

Lemma segments_are_universal : universal beyond.
Proof.
  intros D a law A. exists (list_max (map fst D)).
  replace (pr D (beyond (list_max (map fst D)))) with 0; [assumption|]. symmetry. unfold pr.
  transitivity (sum (fun _ => 0) D); [|apply sum_zero]. apply sum_ext_in. intros x I.
  apply (in_map fst), to_largest in I. unfold beyond.
  destruct (Nat.ltb_spec (list_max (map fst D)) (fst x)); [lia|reflexivity].
Qed.

Theorem universal_lower {C} (coins : list (C * R)) (out : C -> list nat -> nat) epsilon delta n :
  distribution coins -> (forall D, distribution D -> failure coins out beyond epsilon n D <= delta) ->
  0 < epsilon < 1 -> 0 < delta < 1 -> INR n >= ln delta / ln (1 - epsilon).
Proof.
  intros coin good e d. apply enough_draws; [lra|lra|].
  apply in_the_limit with (most := 1); [lra|lra|]. intros p P.
  set (first := repeat 1%nat n).
  set (far := S (S (list_max (map (fun c => out (fst c) first) coins)))).
  set (D := [(1%nat, 1 - p)] ++ [(far, p)]).
  assert (N : forall x, In x D -> 0 <= snd x) by (intros x [<-|[<-|[]]]; cbn; lra).
  assert (law : distribution D) by (split; [assumption|cbn - [IZR]; lra]).
  specialize (good D law). eapply Rle_trans; [|exact good]. unfold failure.
  replace ((1 - p) ^ n) with (sum (fun c => (1 - p) ^ n * snd c) coins)
    by (rewrite sum_scale, (proj2 coin); ring).
  apply sum_le. intros c I.
  rewrite Rmult_comm. apply Rmult_le_compat_l; [now apply (proj1 coin)|].
  eapply Rle_trans; [|apply pr_part, N].
  replace ((1 - p) ^ n) with (pr (power [(1%nat, 1 - p)] n) (fun _ => true))
    by (rewrite pr_part_true; cbn - [IZR]; f_equal; lra).
  apply sum_le. intros y J. pose proof (one_point 1%nat (1 - p) n y J) as Y. fold first in Y.
  rewrite Y. assert (B : epsilon < pr D (beyond (out (fst c) first))).
  { apply Rlt_le_trans with p; [lra|]. apply (pr_in D (beyond _) (far, p) N); [right; now left|].
    apply Nat.ltb_lt. cbn [fst]. unfold far. apply (in_map (fun c => out (fst c) first)) in I.
    apply to_largest in I. lia. }
  apply less_true in B. rewrite B. lra.
Qed.

(** ** Students that are good under every law: each errs on a share [rate] of the points at least *)
Theorem universal_approximate_lower {G C} (points : nat) (wrong : G -> nat -> bool)
    (coins : list (C * R)) (out : C -> list nat -> G) rate epsilon delta n :
  distribution coins -> (1 <= points)%nat -> 0 < rate ->
  (forall g, rate * INR points <= sum (fun x => if wrong g x then 1 else 0) (seq 0 points)) ->
  (forall D, distribution D -> failure coins out wrong epsilon n D <= delta) ->
  0 < epsilon < 1 -> 0 < delta ->
  INR n >= - ln (rate / delta) / ln (1 - epsilon).
Proof.
  intros coin some r errs good e d. assert (P : 0 < INR points) by (apply lt_0_INR; lia).
  replace (- ln (rate / delta)) with (ln (delta / rate)).
  2: { unfold Rdiv. rewrite !ln_mult, !ln_Rinv; try apply Rinv_0_lt_compat; lra. }
  apply enough_draws; [lra|now apply Rdiv_lt_0_compat|].
  apply in_the_limit with (most := 1); [lra|lra|]. intros p B.
  set (first := repeat 0%nat n). set (D := fun y => [(0%nat, 1 - p)] ++ [(y, p)]).
  assert (N : forall y x, In x (D y) -> 0 <= snd x) by (intros y x [<-|[<-|[]]]; cbn; lra).
  assert (law : forall y, distribution (D y)) by (intros y; split; [apply N|cbn - [IZR]; lra]).
  assert (each : forall y, (1 - p) ^ n * sum (fun c => snd c * (if wrong (out (fst c) first) y then 1 else 0)) coins <= delta).
  { intros y. eapply Rle_trans; [|apply (good (D y)), law]. unfold failure. rewrite <- sum_scale.
    apply sum_le. intros c I. pose proof (proj1 coin c I).
    replace ((1 - p) ^ n * (snd c * (if wrong (out (fst c) first) y then 1 else 0))) with
      (snd c * ((1 - p) ^ n * (if wrong (out (fst c) first) y then 1 else 0))) by ring.
    apply Rmult_le_compat_l; [assumption|]. eapply Rle_trans; [|apply pr_part, N].
    destruct (wrong (out (fst c) first) y) eqn:w.
    - rewrite Rmult_1_r. replace ((1 - p) ^ n) with (pr (power [(0%nat, 1 - p)] n) (fun _ => true))
        by (rewrite pr_part_true; cbn - [IZR]; f_equal; lra).
      apply sum_le. intros z J. rewrite (one_point 0%nat (1 - p) n z J). fold first.
      assert (F : epsilon < pr (D y) (wrong (out (fst c) first))).
      { apply Rlt_le_trans with p; [lra|]. apply (pr_in (D y) _ (y, p) (N y)); [right; now left|exact w]. }
      apply less_true in F. rewrite F. lra.
    - rewrite Rmult_0_r. apply sum_nonneg. intros z J. pose proof (one_point_weight 0%nat (1 - p) n z ltac:(lra) J).
      destruct (less epsilon _); lra. }
  assert (total : (1 - p) ^ n * (rate * INR points) <= INR points * delta).
  { rewrite <- (length_seq points 0) at 2. rewrite <- sum_const.
    apply Rle_trans with (sum (fun y => (1 - p) ^ n * sum (fun c => snd c * (if wrong (out (fst c) first) y then 1 else 0)) coins)
      (seq 0 points)); [|apply sum_le; intros; apply each].
    rewrite sum_scale. apply Rmult_le_compat_l; [apply pow_le; lra|]. rewrite sum_swap.
    replace (rate * INR points) with (sum (fun c => rate * INR points * snd c) coins)
      by (rewrite sum_scale, (proj2 coin); ring).
    apply sum_le. intros c I. rewrite sum_scale, Rmult_comm.
    apply Rmult_le_compat_l; [now apply (proj1 coin)|apply errs]. }
  apply Rmult_le_reg_r with rate; [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra.
Qed.
