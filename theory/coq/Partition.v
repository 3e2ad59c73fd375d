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

(** The points of a box: a value below each of these numbers. *)
Fixpoint box (sides : list nat) : list (list nat) :=
  match sides with
  | [] => [[]]
  | v :: rest => flat_map (fun x => map (cons x) (box rest)) (seq 0 v)
  end.
Definition product (sides : list nat) : R := fold_right (fun v p => INR v * p) 1 sides.

Lemma box_size sides : INR (length (box sides)) = product sides.
Proof.
  induction sides as [|v rest IH]; [reflexivity|]. cbn [box product fold_right]. fold (product rest).
  rewrite <- IH. clear IH. rewrite <- (seq_length v 0) at 2. generalize (seq 0 v). intros l.
  induction l as [|x l IH]; [cbn - [IZR]; lra|]. cbn [flat_map length]. rewrite app_length, map_length.
  rewrite plus_INR, S_INR, IH. ring.
Qed.

(** Cells that have no point in common and have one each are no more than the points. *)
Theorem cells_at_most (sides : list nat) {C} (cells : list C) (holds : C -> list nat -> bool) :
  NoDup cells ->
  (forall i, In i cells -> exists x, In x (box sides) /\ holds i x = true) ->
  (forall i k x, In i cells -> In k cells -> holds i x = true -> holds k x = true -> i = k) ->
  INR (length cells) <= product sides.
Proof.
  intros N some apart. rewrite <- box_size.
  assert (H : exists points, length points = length cells /\ NoDup points /\ incl points (box sides) /\
    forall x, In x points -> exists i, In i cells /\ holds i x = true).
  { induction cells as [|i cells IH].
    - exists []. repeat split; [constructor|intros x []|intros x []].
    - inversion N as [|? ? new N']. subst. destruct IH as [points [L [P [J W]]]]; try assumption.
      + intros k I. apply some. now right.
      + intros j k x I K. apply apart; now right.
      + destruct (some i (or_introl eq_refl)) as [x [X h]]. exists (x :: points). repeat split.
        * cbn [length]. now rewrite L.
        * constructor; [|assumption]. intros Q. destruct (W x Q) as [k [K h']]. apply new.
          replace i with k; [assumption|]. apply (apart k i x); [now right|now left|assumption..].
        * intros y [<-|Y]; [assumption|now apply J].
        * intros y [<-|Y]; [exists i; split; [now left|assumption]|].
          destruct (W y Y) as [k [K Z]]. exists k. split; [now right|assumption]. }
  destruct H as [points [<- [P [J _]]]]. apply le_INR. now apply NoDup_incl_length.
Qed.
