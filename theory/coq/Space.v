(** Finite probability spaces: lists of outcomes with their probabilities.

    Everything else in this folder is about these: [pr D E] is the probability of the event [E], and
    [power D n] is the space of [n] independent draws from [D]. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
Import ListNotations.
Open Scope R_scope.

Fixpoint sum {A} (f : A -> R) (l : list A) : R :=
  match l with [] => 0 | x :: l' => f x + sum f l' end.

Definition distribution {T} (D : list (T * R)) : Prop :=
  (forall x, In x D -> 0 <= snd x) /\ sum snd D = 1.

Definition pr {T} (D : list (T * R)) (E : T -> bool) : R :=
  sum (fun x => if E (fst x) then snd x else 0) D.

(** Independent draws, the first at the head. *)
Fixpoint power {T} (D : list (T * R)) (n : nat) : list (list T * R) :=
  match n with
  | O => [([], 1)]
  | S n' => flat_map (fun x => map (fun s => (fst x :: fst s, snd x * snd s)) (power D n')) D
  end.

(** The space, given that [E] happens. *)
Definition given {T} (D : list (T * R)) (E : T -> bool) : list (T * R) :=
  map (fun x => (fst x, snd x / pr D E)) (filter (fun x => E (fst x)) D).

(** Comparisons of numbers, as events. *)
Definition less (a b : R) : bool := if Rlt_dec a b then true else false.
Definition at_most (a b : R) : bool := if Rle_dec a b then true else false.

Lemma less_true a b : less a b = true <-> a < b.
Proof. unfold less. destruct (Rlt_dec a b); split; intros; auto; try lra; discriminate. Qed.
Lemma at_most_true a b : at_most a b = true <-> a <= b.
Proof. unfold at_most. destruct (Rle_dec a b); split; intros; auto; try lra; discriminate. Qed.

(** ** Sums *)
Lemma sum_app {A} (f : A -> R) l l' : sum f (l ++ l') = sum f l + sum f l'.
Proof. induction l; cbn - [IZR]; lra. Qed.
Lemma sum_map {A B} (f : B -> R) (g : A -> B) l : sum f (map g l) = sum (fun x => f (g x)) l.
Proof. induction l; cbn; congruence. Qed.
Lemma sum_flat_map {A B} (f : B -> R) (g : A -> list B) l :
  sum f (flat_map g l) = sum (fun x => sum f (g x)) l.
Proof. induction l; cbn; [reflexivity|]. rewrite sum_app. congruence. Qed.
Lemma sum_scale {A} c (f : A -> R) l : sum (fun x => c * f x) l = c * sum f l.
Proof. induction l; cbn - [IZR]; lra. Qed.
Lemma sum_plus {A} (f g : A -> R) l : sum (fun x => f x + g x) l = sum f l + sum g l.
Proof. induction l; cbn - [IZR]; lra. Qed.
Lemma sum_ext_in {A} (f g : A -> R) l : (forall x, In x l -> f x = g x) -> sum f l = sum g l.
Proof.
  induction l; intros H; cbn; [reflexivity|]. rewrite (H a) by now left. f_equal.
  apply IHl. intros x I. apply H. now right.
Qed.
Lemma sum_ext {A} (f g : A -> R) l : (forall x, f x = g x) -> sum f l = sum g l.
Proof. intros H. apply sum_ext_in. auto. Qed.
Lemma sum_le {A} (f g : A -> R) l : (forall x, In x l -> f x <= g x) -> sum f l <= sum g l.
Proof.
  induction l; intros H; cbn - [IZR]; [lra|]. pose proof (H a (or_introl eq_refl)).
  assert (sum f l <= sum g l) by (apply IHl; intros x I; apply H; now right). lra.
Qed.
Lemma sum_zero {A} (l : list A) : sum (fun _ => 0) l = 0.
Proof. induction l; cbn - [IZR]; lra. Qed.
Lemma sum_const {A} c (l : list A) : sum (fun _ => c) l = INR (length l) * c.
Proof. induction l; cbn [sum length]; [cbn; lra|]. rewrite S_INR. lra. Qed.
Lemma sum_nonneg {A} (f : A -> R) l : (forall x, In x l -> 0 <= f x) -> 0 <= sum f l.
Proof. intros H. rewrite <- (sum_zero l). now apply sum_le. Qed.
Lemma sum_filter {A} (f : A -> R) (E : A -> bool) l :
  sum f (filter E l) = sum (fun x => if E x then f x else 0) l.
Proof. induction l; cbn - [IZR]; [reflexivity|]. destruct (E a); cbn - [IZR]; lra. Qed.
Lemma sum_swap {A B} (f : A -> B -> R) l l' :
  sum (fun x => sum (f x) l') l = sum (fun y => sum (fun x => f x y) l) l'.
Proof.
  induction l; cbn - [IZR]; [now rewrite sum_zero|]. now rewrite IHl, <- sum_plus.
Qed.

(** ** Probabilities *)
Section Probability.
Context {T : Type} (D : list (T * R)).

Lemma pr_ext_in E F : (forall x, In x D -> E (fst x) = F (fst x)) -> pr D E = pr D F.
Proof. intros H. apply sum_ext_in. intros x I. now rewrite H. Qed.
Lemma pr_ext E F : (forall t, E t = F t) -> pr D E = pr D F.
Proof. intros H. now apply pr_ext_in. Qed.
Lemma pr_false : pr D (fun _ => false) = 0.
Proof. apply sum_zero. Qed.

Hypothesis law : distribution D.

Lemma pr_true : pr D (fun _ => true) = 1.
Proof. destruct law as [_ <-]. reflexivity. Qed.
Lemma pr_le_in E F :
  (forall x, In x D -> E (fst x) = true -> F (fst x) = true) -> pr D E <= pr D F.
Proof.
  intros H. apply sum_le. intros x I. destruct law as [N _]. pose proof (N x I).
  destruct (E (fst x)) eqn:e; [now rewrite (H x I e); lra|]. destruct (F (fst x)); lra.
Qed.
Lemma pr_le E F : (forall t, E t = true -> F t = true) -> pr D E <= pr D F.
Proof. intros H. apply pr_le_in. auto. Qed.
Lemma pr_range E : 0 <= pr D E <= 1.
Proof.
  split; [rewrite <- pr_false|rewrite <- pr_true]; apply pr_le; try assumption; discriminate || auto.
Qed.
Lemma pr_split E F : pr D E = pr D (fun t => (E t && F t)%bool) + pr D (fun t => (E t && negb (F t))%bool).
Proof.
  unfold pr. rewrite <- sum_plus. apply sum_ext. intros x.
  destruct (E (fst x)), (F (fst x)); cbn - [IZR]; lra.
Qed.

(** The union bound. *)
Lemma pr_union {G} (E : G -> T -> bool) (class : list G) :
  pr D (fun t => existsb (fun g => E g t) class) <= sum (fun g => pr D (E g)) class.
Proof.
  induction class as [|g l IH]; cbn [existsb sum]; [rewrite pr_false; lra|].
  apply Rle_trans with (pr D (E g) + pr D (fun t => existsb (fun g => E g t) l)); [|lra].
  unfold pr. rewrite <- sum_plus. apply sum_le. intros x I. destruct law as [N _].
  pose proof (N x I). destruct (E g (fst x)), (existsb (fun h => E h (fst x)) l); cbn - [IZR]; lra.
Qed.

(** An outcome that depends on an event alone. *)
Lemma sum_two (B : T -> bool) a b :
  sum (fun x => snd x * (if B (fst x) then a else b)) D = pr D B * a + (1 - pr D B) * b.
Proof.
  rewrite <- pr_true. unfold pr. clear law.
  induction D as [|x l IH]; cbn - [IZR]; [lra|]. destruct (B (fst x)); lra.
Qed.
End Probability.

(** ** Independent draws *)
Lemma pr_step {T} (D : list (T * R)) n E :
  pr (power D (S n)) E = sum (fun x => snd x * pr (power D n) (fun s => E (fst x :: s))) D.
Proof.
  unfold pr at 1. cbn [power]. rewrite sum_flat_map. apply sum_ext. intros x.
  rewrite sum_map. unfold pr. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd].
  destruct (E (fst x :: fst s)); lra.
Qed.

Lemma power_law {T} (D : list (T * R)) n : distribution D -> distribution (power D n).
Proof.
  intros law. induction n as [|n IH]; cbn [power].
  { split; cbn - [IZR]; [|lra]. intros x [<-|[]]. cbn - [IZR]. lra. }
  split.
  - intros y I. apply in_flat_map in I as [x [I J]]. apply in_map_iff in J as [s [<- J]].
    cbn [snd]. destruct law as [N _], IH as [M _]. apply Rmult_le_pos; auto.
  - change (pr (power D (S n)) (fun _ => true) = 1). rewrite pr_step.
    destruct law as [_ <-]. apply sum_ext. intros x. rewrite (pr_true _ IH). ring.
Qed.

(** An event at each of [n] independent draws. *)
Theorem independent_draws {T} (D : list (T * R)) A n :
  distribution D -> pr (power D n) (forallb A) = pr D A ^ n.
Proof.
  intros law. induction n as [|n IH]; [unfold pr; cbn - [IZR]; lra|].
  rewrite pr_step. cbn [pow]. rewrite <- IH.
  rewrite (sum_ext _ (fun x => snd x * (if A (fst x) then pr (power D n) (forallb A) else 0))).
  - rewrite sum_two by assumption. lra.
  - intros x. cbn [forallb]. destruct (A (fst x)); cbn [andb]; [reflexivity|]. now rewrite pr_false.
Qed.

(** ** Conditioning *)
Lemma given_law {T} (D : list (T * R)) E : distribution D -> 0 < pr D E -> distribution (given D E).
Proof.
  intros law P. split.
  - intros y I. apply in_map_iff in I as [x [<- I]]. apply filter_In in I as [I _]. cbn [snd].
    destruct law as [N _]. pose proof (N x I). apply Rmult_le_pos; [assumption|].
    left. now apply Rinv_0_lt_compat.
  - unfold given. rewrite sum_map, sum_filter.
    rewrite (sum_ext _ (fun x => / pr D E * (if E (fst x) then snd x else 0))).
    + rewrite sum_scale. fold (pr D E). field. lra.
    + intros x. cbn [snd]. destruct (E (fst x)); unfold Rdiv; lra.
Qed.

Lemma given_pr {T} (D : list (T * R)) E F :
  0 < pr D E -> pr (given D E) F * pr D E = pr D (fun t => (F t && E t)%bool).
Proof.
  intros P. unfold pr at 1, given. rewrite sum_map, sum_filter.
  rewrite (sum_ext _ (fun x => / pr D E * (if (F (fst x) && E (fst x))%bool then snd x else 0))).
  - rewrite sum_scale. fold (pr D (fun t => (F t && E t)%bool)). field. lra.
  - intros x. cbn [fst snd]. destruct (F (fst x)), (E (fst x)); cbn - [IZR]; unfold Rdiv; lra.
Qed.

(** ** What is observed is seldom improbable
    [c j] is the probability that [K] is at most [j]. That its value at what is observed is at most
    [delta] has probability at most [delta]. *)
Theorem rarely_improbable {T} (D : list (T * R)) (K : T -> nat) delta :
  distribution D -> 0 <= delta ->
  pr D (fun t => at_most (pr D (fun u => (K u <=? K t)%nat)) delta) <= delta.
Proof.
  intros law d. set (c := fun j => pr D (fun u => (K u <=? j)%nat)).
  assert (H : forall j, pr D (fun t => ((K t <=? j)%nat && at_most (c (K t)) delta)%bool) <= delta).
  { assert (S : forall j, c j <= delta ->
      pr D (fun t => ((K t <=? j)%nat && at_most (c (K t)) delta)%bool) <= delta).
    { intros j H. apply Rle_trans with (c j); [|assumption]. apply pr_le; [assumption|].
      intros t I. now apply andb_true_iff in I. }
    induction j as [|j IH]; [destruct (Rle_dec (c 0%nat) delta) as [H|H]; [now apply S|]
                            |destruct (Rle_dec (c (Datatypes.S j)) delta) as [H|H]; [now apply S|]].
    - erewrite pr_ext with (F := fun _ => false); [rewrite pr_false; lra|]. intros t.
      destruct (K t <=? 0)%nat eqn:e; [|reflexivity]. apply Nat.leb_le in e.
      replace (K t) with 0%nat by lia. unfold at_most.
      destruct (Rle_dec (c 0%nat) delta); [contradiction|reflexivity].
    - eapply Rle_trans; [|exact IH]. apply pr_le; [assumption|]. intros t I.
      apply andb_true_iff in I as [I J]. apply Nat.leb_le in I. rewrite J, andb_true_r.
      apply Nat.leb_le. apply at_most_true in J. destruct (Nat.eq_dec (K t) (Datatypes.S j)) as [e|e];
      [rewrite e in J; contradiction|lia]. }
  assert (B : exists N, forall x, In x D -> (K (fst x) <= N)%nat).
  { clear. induction D as [|x l [N IH]]; [exists O; intros x []|].
    exists (Nat.max (K (fst x)) N). intros y [<-|I]; [lia|]. specialize (IH y I). lia. }
  destruct B as [N B]. eapply Rle_trans; [|apply (H N)]. apply pr_le_in; [assumption|].
  intros x I J. change (at_most (c (K (fst x))) delta = true) in J. rewrite J, andb_true_r.
  apply Nat.leb_le. now apply B.
Qed.
