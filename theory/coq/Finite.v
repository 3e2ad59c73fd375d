(** Draws without replacement from a finite domain. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson.
Import ListNotations.
Open Scope R_scope.

(** An element of a list, and the others. *)
Fixpoint picks {T} (l : list T) : list (T * list T) :=
  match l with
  | [] => []
  | x :: l' => (x, l') :: map (fun p => (fst p, x :: snd p)) (picks l')
  end.

(** [n] draws, one after the other, each from what is left, all of it equally likely. *)
Fixpoint draws {T} (n : nat) (l : list T) : list (list T * R) :=
  match n with
  | O => [([], 1)]
  | S n' => flat_map (fun p => map (fun s => (fst p :: fst s, / INR (length l) * snd s))
                                   (draws n' (snd p))) (picks l)
  end.

(** The law of the number of bad points among [n] drawn of [N], [K] of which are bad. *)
Definition hypergeometric (j N K n : nat) : R :=
  if (j <=? n)%nat then INR (choose K j) * INR (choose (N - K) (n - j)) / INR (choose N n) else 0.
Definition hypergeometric_cdf (k N K n : nat) : R :=
  sum (fun j => hypergeometric j N K n) (seq 0 (S k)).

Lemma choose_none n : choose n 0 = 1%nat.
Proof. now destruct n. Qed.
Lemma absorb a b : (S b * choose (S a) (S b) = S a * choose a b)%nat.
Proof.
  revert b. induction a as [|a IH]; intros b.
  - destruct b; [reflexivity|]. cbn. lia.
  - change (choose (S (S a)) (S b)) with (choose (S a) b + choose (S a) (S b))%nat.
    destruct b as [|b].
    + pose proof (IH O) as H. rewrite !choose_none in *. lia.
    + pose proof (IH b) as H1. pose proof (IH (S b)) as H2.
      change (choose (S a) (S b)) with (choose a b + choose a (S b))%nat in *. nia.
Qed.
Lemma absorb_R a b : INR (S b) * INR (choose (S a) (S b)) = INR (S a) * INR (choose a b).
Proof. rewrite <- !mult_INR. now rewrite absorb. Qed.

Lemma first_draw j K M n :
  (S n <= K + M)%nat ->
  INR (K + M) * hypergeometric j (K + M) K (S n) =
  INR K * match j with O => 0 | S i => hypergeometric i (pred K + M) (pred K) n end +
  INR M * hypergeometric j (K + pred M) K n.
Proof.
  intros L. unfold hypergeometric.
  replace (K + M - K)%nat with M by lia. replace (pred K + M - pred K)%nat with M by lia.
  replace (K + pred M - K)%nat with (pred M) by lia.
  destruct (K + M)%nat as [|N] eqn:e; [lia|].
  assert (CN : 0 < INR (choose (S N) (S n))) by (apply lt_0_INR; pose proof (choose_positive (S N) (S n)); lia).
  assert (Cn : 0 < INR (choose N n)) by (apply lt_0_INR; pose proof (choose_positive N n); lia).
  assert (Sn : 0 < INR (S n)) by (apply lt_0_INR; lia).
  pose proof (absorb_R N n) as A.
  assert (left_part : forall i, (i <= n)%nat -> INR K * (INR (choose (pred K) i) * INR (choose M (n - i)) /
      INR (choose (pred K + M) n)) = INR (S i) * INR (choose K (S i)) * INR (choose M (n - i)) / INR (choose N n)).
  { intros i I. destruct K as [|K];
      [change (choose 0 (S i)) with 0%nat; change (INR 0) with 0; unfold Rdiv; ring|].
    cbn [pred]. replace (K + M)%nat with N by lia. rewrite absorb_R. field. lra. }
  assert (right_part : forall i, (i <= n)%nat -> INR M * (INR (choose K i) * INR (choose (pred M) (n - i)) /
      INR (choose (K + pred M) n)) =
      INR (S (n - i)) * INR (choose K i) * INR (choose M (S n - i)) / INR (choose N n)).
  { intros i I. replace (S n - i)%nat with (S (n - i)) by lia.
    destruct M as [|M];
      [change (choose 0 (S (n - i))) with 0%nat; change (INR 0) with 0; unfold Rdiv; ring|].
    cbn [pred]. replace (K + M)%nat with N by lia.
    replace (INR (S (n - i)) * INR (choose K i) * INR (choose (S M) (S (n - i))))
      with (INR (choose K i) * (INR (S (n - i)) * INR (choose (S M) (S (n - i))))) by ring.
    rewrite absorb_R. field. lra. }
  assert (whole : forall x, INR (S N) * (x / INR (choose (S N) (S n))) = INR (S n) * x / INR (choose N n)).
  { intros x. apply Rmult_eq_reg_r with (INR (choose (S N) (S n)) * INR (choose N n)); [|nra].
    transitivity (INR (S N) * INR (choose N n) * x); [field; lra|]. rewrite <- A. field. lra. }
  destruct (Nat.leb_spec j (S n)) as [J|J].
  2:{ destruct j as [|i]; [lia|]. destruct (Nat.leb_spec i n), (Nat.leb_spec (S i) n); try lia. ring. }
  rewrite whole. destruct j as [|i].
  - destruct (Nat.leb_spec 0 n); [|lia]. rewrite right_part, !Nat.sub_0_r by lia. unfold Rdiv. ring.
  - destruct (Nat.leb_spec i n); [|lia]. rewrite left_part by assumption.
    change (S n - S i)%nat with (n - i)%nat. destruct (Nat.leb_spec (S i) n) as [I|I].
    + rewrite right_part by assumption. change (S n - S i)%nat with (n - i)%nat.
      replace (INR (S n)) with (INR (S i) + INR (S (n - S i))); [unfold Rdiv; ring|].
      rewrite <- plus_INR. f_equal. lia.
    + replace i with n by lia. unfold Rdiv. ring.
Qed.

Lemma first_draw_cdf k K M n :
  (S n <= K + M)%nat ->
  INR (K + M) * hypergeometric_cdf k (K + M) K (S n) =
  INR K * match k with O => 0 | S i => hypergeometric_cdf i (pred K + M) (pred K) n end +
  INR M * hypergeometric_cdf k (K + pred M) K n.
Proof.
  intros L. unfold hypergeometric_cdf. rewrite <- sum_scale.
  rewrite (sum_ext _ (fun j => INR K * match j with O => 0 | S i => hypergeometric i (pred K + M) (pred K) n end +
    INR M * hypergeometric j (K + pred M) K n)) by (intros; now apply first_draw).
  rewrite sum_plus, !sum_scale. f_equal. f_equal. rewrite sum_seq_from.
  destruct k; cbn - [hypergeometric IZR seq]; [cbn; lra|]. lra.
Qed.
Lemma no_draw k N K : hypergeometric_cdf k N K 0 = 1.
Proof.
  unfold hypergeometric_cdf. rewrite sum_seq_from.
  rewrite (sum_ext _ (fun _ => 0)); [|reflexivity]. rewrite sum_zero. unfold hypergeometric.
  cbn [Nat.leb Nat.sub]. rewrite !choose_none. cbn [INR]. field.
Qed.

Section Draws.
Context {T : Type} (B : T -> bool).

Lemma picks_length (l : list T) p : In p (picks l) -> length l = S (length (snd p)).
Proof.
  revert p. induction l as [|x l IH]; cbn [picks]; intros p I; [easy|].
  destruct I as [<-|I]; [reflexivity|]. apply in_map_iff in I as [q [<- I]]. cbn. now rewrite (IH q I).
Qed.
Lemma picks_hits (l : list T) p :
  In p (picks l) -> hits B l = (hits B (snd p) + if B (fst p) then 1 else 0)%nat.
Proof.
  revert p. induction l as [|x l IH]; cbn [picks]; intros p I; [easy|].
  destruct I as [<-|I].
  - unfold hits. cbn. destruct (B x); cbn; lia.
  - apply in_map_iff in I as [q [<- I]]. specialize (IH q I). unfold hits in *. cbn.
    destruct (B x); cbn [length]; lia.
Qed.
Lemma hits_at_most (l : list T) : (hits B l <= length l)%nat.
Proof. unfold hits. induction l; cbn; [lia|]. destruct (B a); cbn; lia. Qed.
Lemma sum_picks (l : list T) a b :
  sum (fun p => if B (fst p) then a else b) (picks l) =
  INR (hits B l) * a + INR (length l - hits B l) * b.
Proof.
  induction l as [|x l IH]; [cbn; ring|]. pose proof (hits_at_most l) as L.
  cbn [picks sum fst]. rewrite sum_map. cbn [fst]. rewrite IH. unfold hits in *. cbn [filter].
  destruct (B x); cbn [length].
  - rewrite S_INR. replace (S (length l) - S (length (filter B l)))%nat
      with (length l - length (filter B l))%nat by lia. ring.
  - replace (S (length l) - length (filter B l))%nat
      with (S (length l - length (filter B l))) by lia. rewrite S_INR. ring.
Qed.

Lemma draws_step n (l : list T) E :
  pr (draws (S n) l) E =
  / INR (length l) * sum (fun p => pr (draws n (snd p)) (fun s => E (fst p :: s))) (picks l).
Proof.
  unfold pr at 1. cbn [draws]. rewrite sum_flat_map, <- sum_scale. apply sum_ext. intros p.
  rewrite sum_map. unfold pr. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd].
  destruct (E (fst p :: fst s)); ring.
Qed.

Lemma draws_law n (l : list T) : (n <= length l)%nat -> distribution (draws n l).
Proof.
  revert l. induction n as [|n IH]; intros l L.
  { split; cbn - [IZR]; [|lra]. intros x [<-|[]]. cbn - [IZR]. lra. }
  assert (P : 0 < / INR (length l)) by (apply Rinv_0_lt_compat, lt_0_INR; lia).
  split.
  - intros y I. cbn [draws] in I. apply in_flat_map in I as [p [I J]].
    apply in_map_iff in J as [s [<- J]]. cbn [snd]. pose proof (picks_length l p I).
    destruct (IH (snd p) ltac:(lia)) as [N _]. apply Rmult_le_pos; [lra|auto].
  - change (pr (draws (S n) l) (fun _ => true) = 1). rewrite draws_step.
    rewrite (sum_ext_in _ (fun p => if B (fst p) then 1 else 1)).
    + rewrite sum_picks. pose proof (hits_at_most l). rewrite !Rmult_1_r, <- plus_INR.
      replace (hits B l + (length l - hits B l))%nat with (length l) by lia.
      apply Rinv_l. apply not_0_INR. lia.
    + intros p I. pose proof (picks_length l p I).
      rewrite pr_true by (apply IH; lia). now destruct (B (fst p)).
Qed.

(** It is the law of the number of disagreements. *)
Theorem hits_are_hypergeometric n (l : list T) k :
  (n <= length l)%nat ->
  pr (draws n l) (fun s => (hits B s <=? k)%nat) = hypergeometric_cdf k (length l) (hits B l) n.
Proof.
  revert l k. induction n as [|n IH]; intros l k L.
  { rewrite no_draw. unfold pr. cbn - [IZR]. lra. }
  pose proof (hits_at_most l) as H. set (K := hits B l) in *. set (M := (length l - K)%nat).
  replace (length l) with (K + M)%nat by lia.
  assert (N : 0 < INR (K + M)) by (apply lt_0_INR; lia).
  apply Rmult_eq_reg_l with (INR (K + M)); [|lra]. rewrite first_draw_cdf by lia.
  rewrite draws_step. replace (length l) with (K + M)%nat by lia.
  rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  rewrite (sum_ext_in _ (fun p => if B (fst p)
    then match k with O => 0 | S i => hypergeometric_cdf i (pred K + M) (pred K) n end
    else hypergeometric_cdf k (K + pred M) K n)).
  - rewrite sum_picks. fold K M. reflexivity.
  - intros p I. pose proof (picks_length l p I) as PL. pose proof (picks_hits l p I) as PH. fold K in PH.
    pose proof (hits_at_most (snd p)) as PM.
    destruct (B (fst p)) eqn:b.
    + destruct k as [|k].
      * rewrite <- (pr_false (draws n (snd p))). apply pr_ext. intros s. unfold hits. cbn [filter]. now rewrite b.
      * rewrite (pr_ext _ _ (fun s => (hits B s <=? k)%nat)).
        -- rewrite IH by lia. f_equal; lia.
        -- intros s. unfold hits. cbn [filter]. now rewrite b.
    + rewrite (pr_ext _ _ (fun s => (hits B s <=? k)%nat)).
      * rewrite IH by lia. f_equal; lia.
      * intros s. unfold hits. cbn [filter]. now rewrite b.
Qed.

(** [U k]: the greatest number of bad points of [N] with which at most [k] of [n] drawn being bad is
    more likely than [delta]. *)
Definition hypergeometric_upper (N n : nat) (delta : R) (U : nat -> nat) : Prop :=
  forall k, (U k <= N)%nat /\ hypergeometric_cdf k N (U k) n > delta /\
    forall K, (U k < K <= N)%nat -> hypergeometric_cdf k N K n <= delta.

Theorem finite_population (l : list T) n delta U bad :
  (n <= length l)%nat -> 0 < delta < 1 -> hypergeometric_upper (length l) n delta U ->
  hits B l = bad ->
  pr (draws n l) (fun s => (U (hits B s) <? bad)%nat) <= delta.
Proof.
  intros L d u <-.
  eapply Rle_trans; [|apply (rarely_improbable (draws n l) (hits B) delta); [now apply draws_law|lra]].
  apply pr_le; [now apply draws_law|]. intros s H. apply Nat.ltb_lt in H.
  apply at_most_true. rewrite hits_are_hypergeometric by assumption.
  destruct (u (hits B s)) as [_ [_ G]]. apply G. split; [assumption|apply hits_at_most].
Qed.
End Draws.

(** There is such a bound: with no bad point, none is drawn. *)
Theorem hypergeometric_upper_exists N n delta :
  (n <= N)%nat -> 0 < delta < 1 -> exists U, hypergeometric_upper N n delta U.
Proof.
  intros L d.
  assert (Z : forall k, hypergeometric_cdf k N 0 n = 1).
  { intros k. pose proof (hits_are_hypergeometric (fun _ : nat => false) n (seq 0 N) k) as H.
    rewrite seq_length in H. specialize (H L).
    assert (E : forall l : list nat, hits (fun _ => false) l = O)
      by (intros l; unfold hits; induction l; cbn; auto).
    rewrite E in H. rewrite <- H. rewrite (pr_ext _ _ (fun _ => true)) by (intros; now rewrite E).
    apply pr_true, (draws_law (fun _ => true)). now rewrite seq_length. }
  assert (S : forall k m, (m <= N)%nat -> {u | (u <= N)%nat /\ hypergeometric_cdf k N u n > delta /\
    forall K, (u < K <= m)%nat -> hypergeometric_cdf k N K n <= delta}).
  { intros k. induction m as [|m IH]; intros Hm.
    - exists O. rewrite Z. repeat split; [lia|lra|intros; lia].
    - destruct (Rlt_le_dec delta (hypergeometric_cdf k N (Datatypes.S m) n)) as [H|H].
      + exists (Datatypes.S m). repeat split; [lia|lra|intros; lia].
      + destruct (IH ltac:(lia)) as [u [A [P G]]]. exists u. repeat split; auto. intros K I.
        destruct (Nat.eq_dec K (Datatypes.S m)) as [->|]; [assumption|apply G; lia]. }
  exists (fun k => proj1_sig (S k N (le_n N))). intros k. exact (proj2_sig (S k N (le_n N))).
Qed.

(** One more bad point cannot lessen the count. *)
Lemma hits_more {T} (few many : T -> bool) s :
  (forall x, few x = true -> many x = true) -> (hits few s <= hits many s)%nat.
Proof.
  intros H. unfold hits. induction s as [|x s IH]; cbn; [lia|].
  destruct (few x) eqn:f; [rewrite (H x f); cbn; lia|destruct (many x); cbn; lia].
Qed.
Lemma hits_below K N : (K <= N)%nat -> hits (fun x => (x <? K)%nat) (seq 0 N) = K.
Proof.
  intros L. replace N with (K + (N - K))%nat by lia. unfold hits. rewrite seq_app, filter_app, app_length.
  assert (A : forall n a, (a + n <= K)%nat -> length (filter (fun x => (x <? K)%nat) (seq a n)) = n).
  { induction n as [|n IH]; intros a H; cbn [seq filter]; [reflexivity|].
    destruct (Nat.ltb_spec a K); [cbn [length]; now rewrite IH by lia|lia]. }
  assert (Z : forall n a, (K <= a)%nat -> length (filter (fun x => (x <? K)%nat) (seq a n)) = O).
  { induction n as [|n IH]; intros a H; cbn [seq filter]; [reflexivity|].
    destruct (Nat.ltb_spec a K); [lia|now rewrite IH by lia]. }
  rewrite A, Z; lia.
Qed.
Theorem falling_hypergeometric k n points few many :
  (few <= many)%nat -> (many <= points)%nat -> (n <= points)%nat ->
  hypergeometric_cdf k points many n <= hypergeometric_cdf k points few n.
Proof.
  intros F M L. set (l := seq 0 points). assert (length l = points) as E by apply seq_length.
  pose proof (hits_are_hypergeometric (fun x => (x <? many)%nat) n l k ltac:(lia)) as A.
  pose proof (hits_are_hypergeometric (fun x => (x <? few)%nat) n l k ltac:(lia)) as C.
  rewrite E in *. unfold l in A, C. rewrite hits_below in A by lia. rewrite hits_below in C by lia.
  rewrite <- A, <- C. apply pr_le; [apply (draws_law (fun x => (x <? few)%nat)); now rewrite seq_length|].
  intros s H. apply Nat.leb_le in H. apply Nat.leb_le.
  eapply Nat.le_trans; [apply hits_more|exact H]. intros x I. apply Nat.ltb_lt in I. apply Nat.ltb_lt. lia.
Qed.

(** A test that allows [k] disagreements. *)
Theorem finite_pass_probability {T} (l : list T) (bad : T -> bool) least k n :
  (n <= length l)%nat -> (least <= length l)%nat ->
  ((least <= hits bad l)%nat ->
    pr (draws n l) (fun s => (hits bad s <=? k)%nat) <= hypergeometric_cdf k (length l) least n) /\
  ((hits bad l <= least)%nat ->
    pr (draws n l) (fun s => (hits bad s <=? k)%nat) >= hypergeometric_cdf k (length l) least n).
Proof.
  intros L M. pose proof (hits_at_most bad l). rewrite hits_are_hypergeometric by assumption.
  split; intros; [|apply Rle_ge]; apply falling_hypergeometric; assumption.
Qed.
