(** What the certificate's kernel rests on: counts add up over a partition. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

(** A part of the domain, with what is known of the disagreement in it. *)
Record part (T : Type) := { inside : T -> bool; lower : R; upper : R }.
Arguments inside {T}. Arguments lower {T}. Arguments upper {T}.

Theorem kernel_partition {T} (D : list (T * R)) (differ : T -> bool) (parts : list (part T)) :
  distribution D ->
  (forall t, length (filter (fun i => inside i t) parts) = 1%nat) ->
  (forall i, In i parts -> lower i <= pr D (fun t => differ t && inside i t)%bool <= upper i) ->
  sum lower parts <= pr D differ <= sum upper parts.
Proof.
  intros law one known.
  assert (H : pr D differ = sum (fun i => pr D (fun t => differ t && inside i t)%bool) parts).
  { unfold pr. rewrite sum_swap. apply sum_ext. intros x. destruct (differ (fst x)).
    - cbn [andb]. rewrite <- (sum_filter (fun _ => snd x) (fun i => inside i (fst x))).
      rewrite sum_const, one. cbn [INR]. lra.
    - cbn [andb]. now rewrite sum_zero. }
  rewrite H. split; apply sum_le; intros i I; now apply known.
Qed.

(** What the certificate of a distilled tree says of its error. *)
Theorem certified_distillation {T} (D : list (T * R)) (differ proved open : T -> bool) :
  distribution D -> (forall t, proved t = true -> differ t = true) ->
  (forall t, differ t = true -> open t = true \/ proved t = true) ->
  pr D proved <= pr D differ <= pr D open + pr D proved.
Proof.
  intros law sound rest. split; [now apply pr_le|]. unfold pr. rewrite <- sum_plus. apply sum_le.
  intros x I. destruct law as [N _]. pose proof (N x I). specialize (rest (fst x)).
  destruct (differ (fst x)); destruct (open (fst x)), (proved (fst x)); lra || (destruct (rest eq_refl); discriminate).
Qed.
