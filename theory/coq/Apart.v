(** Agreement sets, no two of which meet: one sample is enough, and none is not.

    [wrong g x]: the student [g] differs from the teacher at the point [x]. Each of [largest] is a
    student, right on a largest agreement set: where any student is right, that is inside one of these. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Promises.
Import ListNotations.
Open Scope R_scope.

Section Apart.
Context {G X : Type} (wrong : G -> X -> bool).

(** Where [g] is right, [h] is. *)
Definition within (g h : G) : Prop := forall x, wrong g x = false -> wrong h x = false.
(** Nowhere are both right. *)
Definition apart (g h : G) : Prop := forall x, wrong g x = true \/ wrong h x = true.

(** What one draw names: the first of [largest] that is right there. *)
Definition named (largest : list G) (default : G) (x : X) : G :=
  match find (fun h => negb (wrong h x)) largest with Some h => h | None => default end.

Lemma named_right largest default h x :
  ForallOrdPairs apart largest -> In h largest -> wrong h x = false -> named largest default x = h.
Proof.
  unfold named. intros P. induction P as [|k l F P IH]; intros I r; [destruct I|]. cbn [find].
  destruct I as [->|I]; [now rewrite r|].
  rewrite Forall_forall in F. destruct (F h I x) as [w|w]; [rewrite w; now apply IH|congruence].
Qed.

(** Under a law with a perfect student, what one draw names is perfect: always. *)
Lemma one_draw D class largest default g :
  distribution D -> ForallOrdPairs apart largest ->
  (forall g, In g class -> exists h, In h largest /\ within g h) ->
  In g class -> pr D (wrong g) = 0 ->
  pr D (fun x => less 0 (pr D (wrong (named largest default x)))) = 0.
Proof.
  intros law P cover I zero. destruct (cover g I) as [h [J H]].
  assert (perfect : pr D (wrong h) = 0).
  { apply Rle_antisym; [|apply pr_range, law]. rewrite <- zero. apply pr_le; [assumption|].
    intros x w. destruct (wrong g x) eqn:e; [reflexivity|]. now rewrite (H x e) in w. }
  apply Rle_antisym; [|apply pr_range, law]. rewrite <- zero. apply pr_le; [assumption|].
  intros x f. apply less_true in f. destruct (wrong g x) eqn:e; [reflexivity|].
  rewrite (named_right largest default h x P J (H x e)), perfect in f. lra.
Qed.

(** A student is right at one of these points at most. *)
Lemma one_at_most largest points g h :
  ForallOrdPairs apart largest -> Forall2 (fun h x => wrong h x = false) largest points ->
  In h largest -> within g h ->
  INR (length points) - 1 <= sum (fun x => if wrong g x then 1 else 0) points.
Proof.
  intros P F I H. revert P I.
  induction F as [|k x l points r F IH]; intros P I; [destruct I|].
  inversion P as [|? ? A Q]; subst. rewrite Forall_forall in A. cbn [length sum]. rewrite S_INR.
  destruct I as [->|I].
  - assert (all : sum (fun x => if wrong g x then 1 else 0) points = INR (length points)).
    { clear IH P Q. induction F as [|k y l points s F IH]; [reflexivity|]. cbn [length sum]. rewrite S_INR.
      rewrite IH by (intros z J; apply A; now right).
      destruct (wrong g y) eqn:e; [lra|]. apply H in e.
      destruct (A k (or_introl eq_refl) y); congruence. }
    rewrite all. destruct (wrong g x); lra.
  - specialize (IH Q I). destruct (wrong g x) eqn:e; [lra|]. apply H in e.
    destruct (A h I x); congruence.
Qed.

(** Without a sample, some law with a perfect student is missed nearly always. *)
Lemma no_draw class largest (output : list (G * R)) worst :
  (1 <= length largest)%nat -> ForallOrdPairs apart largest -> incl largest class ->
  (forall h, In h largest -> exists x, wrong h x = false) ->
  (forall g, In g class -> exists h, In h largest /\ within g h) ->
  distribution output -> (forall y, In y output -> In (fst y) class) ->
  (forall D, distribution D -> (exists g, In g class /\ pr D (wrong g) = 0) ->
    pr output (fun g => less 0 (pr D (wrong g))) <= worst) ->
  worst >= 1 - 1 / INR (length largest).
Proof.
  intros some P members filled cover law proper most.
  assert (C : exists points, Forall2 (fun h x => wrong h x = false) largest points).
  { clear - filled. induction largest as [|h l IH]; [now exists []|].
    destruct (filled h (or_introl eq_refl)) as [x r]. destruct IH as [points F]; [auto with datatypes|].
    exists (x :: points). now constructor. }
  destruct C as [points F]. pose proof (Forall2_length F) as L.
  assert (each : forall x, In x points -> pr output (fun g => wrong g x) <= worst).
  { intros x I.
    assert (right : exists h, In h largest /\ wrong h x = false).
    { clear - F I. induction F as [|h y l points r F IH]; [destruct I|]. destruct I as [->|I].
      - exists h. split; [now left|assumption].
      - destruct (IH I) as [k [J s]]. exists k. split; [now right|assumption]. }
    destruct right as [h [J r]]. rewrite <- (most [(x, 1)]).
    - apply pr_le; [assumption|]. intros g w. apply less_true. cbn. rewrite w. lra.
    - split; [intros y [<-|[]]; cbn; lra|cbn; lra].
    - exists h. split; [now apply members|]. cbn. rewrite r. lra. }
  assert (total : INR (length points) - 1 <= sum (fun x => pr output (fun g => wrong g x)) points).
  { unfold pr. rewrite sum_swap. destruct law as [N one].
    apply Rle_trans with (sum (fun y => (INR (length points) - 1) * snd y) output).
    - rewrite sum_scale, one. lra.
    - apply sum_le. intros y I. destruct (cover (fst y) (proper y I)) as [h [J H]].
      pose proof (one_at_most largest points (fst y) h P F J H) as A.
      apply (Rmult_le_compat_r (snd y)) in A; [|now apply N]. eapply Rle_trans; [exact A|].
      right. rewrite Rmult_comm, <- sum_scale. apply sum_ext. intros x. destruct (wrong (fst y) x); ring. }
  assert (U : sum (fun x => pr output (fun g => wrong g x)) points <= INR (length points) * worst).
  { rewrite <- sum_const. now apply sum_le. }
  rewrite L. assert (0 < INR (length points)) by (apply lt_0_INR; lia).
  apply Rle_ge, Rmult_le_reg_l with (INR (length points)); [assumption|].
  replace (INR (length points) * (1 - 1 / INR (length points))) with (INR (length points) - 1)
    by (field; lra).
  lra.
Qed.
End Apart.
