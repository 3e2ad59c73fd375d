(** * Groups: whether a network's class is one of some of its classes, as the sign of one logit.

    A maximum is max(a, b) = b + relu(a - b), of pairs, then of pairs of these, and so on.  The logit of a network of
    more than two classes, and of some of them, is the largest of their logits less the largest of the others': where
    it is above 0 the class is one of these, where it is below 0 one of the others, and where it is 0 of either.  The
    kernel has the same layers, so that neurons have the same numbers. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting.
Import ListNotations.
Open Scope Z_scope.

(** ** Layers after a network's, the newest first *)
Fixpoint pairs (g : list nat) : list (nat * nat) :=
  match g with
  | [] => []
  | [a] => [(a, a)]
  | a :: b :: g' => (a, b) :: pairs g'
  end.
(** The maxima of pairs of components of the last node. *)
Definition maxima (ps : list (nat * nat)) : network :=
  [Add 1 1 0 1;
   Affine 2 (map (fun p => (unit (snd p), 0)) ps);
   Relu 0;
   Affine 0 (map (fun p => (margin_row (fst p) (snd p), 0)) ps)].
(** The difference of the maxima of two groups of components; [fuel] has as many members as they have together. *)
Fixpoint contest (fuel own others : list nat) (done : network) : option network :=
  match own, others with
  | [a], [b] => Some (Affine 0 [(margin_row a b, 0)] :: done)
  | _, _ =>
      match fuel with
      | [] => None
      | _ :: fuel' =>
          let p := pairs own in
          let q := pairs others in
          contest fuel' (seq 0 (length p)) (seq (length p) (length q)) (maxima (p ++ q) ++ done)
      end
  end.

(** ** The group [ones] of classes, the bits of a number; 0: there is none, and classes are 0 and 1. *)
Definition belongs (ones k : Z) : bool := Z.testbit ones k.
Definition classes_in (ones : Z) (classes : nat) (own : bool) : list nat :=
  filter (fun k => Bool.eqb (belongs ones (Z.of_nat k)) own) (seq 0 classes).
Definition MOST : Z := 1024.           (* classes of which some are a group *)
Definition is_group (ones : Z) (classes : nat) : bool :=
  (2 <? classes)%nat && (Z.of_nat classes <=? MOST) && (0 <? ones) && (ones <? Z.shiftl 1 (Z.of_nat classes) - 1).
(** A class as one of two, and the classes that are one of two. *)
Definition taken (ones k : Z) : Z := if ones =? 0 then k else if belongs ones k then 1 else 0.
Definition classes_taken (ones : Z) (classes : nat) (k : Z) : list Z :=
  if ones =? 0 then [k] else map Z.of_nat (classes_in ones classes (k =? 1)).

(** ** How many components nodes have, the newest first. *)
Fixpoint node_lengths (n : network) (input : nat) : list nat :=
  match n with
  | [] => [input]
  | l :: n' =>
      let ws := node_lengths n' input in
      match l with
      | Affine _ rows => length rows
      | Diag i cs => Nat.min (length cs) (nth i ws O)
      | Relu i | Sign i => nth i ws O
      | Add i _ j _ => Nat.max (nth i ws O) (nth j ws O)
      end :: ws
  end.
Definition input_length (n : view) (c : cell) : nat :=
  fold_right (fun v s => (width (nth v c no_part) + s)%nat) O (sees n).

(** ** The network of two classes *)
Lemma aids_of_app more : forall flags ks n, aids_fit ks n -> aids_fit (aids_of flags more ++ ks) (more ++ n).
Proof.
  induction more as [|l more IH]; intros flags ks n H; [exact H|]. cbn [aids_of app aids_fit hd tl].
  split; [|apply IH, H]. exact (proj1 (aids_of_fit (l :: more) flags)).
Qed.
Definition extended (n : view) (more : network) : view :=
  View
    (Prepared (more ++ layers (ready n)) (aids_of (flags_of more) more ++ aids (ready n))
       (aids_of_app more (flags_of more) _ _ (fit (ready n))) (loose (ready n)))
    (sees n) (map (fun _ => hd 1 (scales n)) more ++ scales n).
Definition grouped (ones : Z) (classes : nat) (n : view) (c : cell) : option view :=
  if is_group ones classes && (hd O (node_lengths (layers (ready n)) (input_length n c)) =? classes)%nat
  then option_map (extended n) (contest (seq 0 classes) (classes_in ones classes true) (classes_in ones classes false) [])
  else None.
