(** * Proofs, as a certificate writes them: splits and what is said of the cells that are left.

    A proof is a list of nodes in pre-order: a Split is followed by the proof of its left half and
    that of its right half; every other node says what is known of a cell. *)
From Coq Require Import QArith List.
Require Import Semantics.
Import ListNotations.

(** What is said of the class of one model (by its number) on all tuples of a cell. *)
Inductive step :=
| Constant (model : nat) (class : Z)
| Signed (model : nat) (class : Z) (trees : list Z)      (* the same, shown by trees of signs: their bytes *)
| Tail (model : nat) (class : Z) (p : Q)                 (* P[another class] <= p *)
| Trusted (model : nat) (class : Z) (solver : nat).      (* a solver's word: one of a list of names *)
(** Of one network or two, of two classes each: that the class is 1 where [s 2^exponent > - least], and 0
    where that is at most [- most], as of the margin g of class 1 [least <= (g - s) 2^exponent <= most] where
    classes are not known otherwise; the linear form s of the encodings is [form] over [2^exponent].  And of
    two: that the second class is 1 where the first is (bit 0, as the second margin is nowhere below the first),
    or the reverse (bit 1).  [bin] is how exactly s is counted, in units of 2^-exponent.  Of networks of more classes
    some, the bits of [ones], are taken for class 1 and the others for class 0; else that is 0.  The margin is then the
    largest logit of the former less that of the latter. *)
Record strip := Strip { strip_model : nat; strip_least : Z; strip_most : Z }.
Record sandwich := Between {
  strips : list strip; form : list Z; exponent : Z; bin : Z; order : Z; ones : Z }.
(** A sum of the encodings, in units of 2^-exponent, that shows one class of all of a sandwich's networks: 1 where it is
    above [- side_end], or 0 where it is not. *)
Record side := Side { side_form : list Z; side_exponent : Z; side_bin : Z; side_end : Z }.
Inductive node :=
| Split (variable : nat) (left : test)
| Steps (steps : list step)      (* one, or several of increasing model numbers *)
(** Beside what other models' classes are, as in Steps.  [told] may say what holds where neurons, components of
    nodes that a ReLU reads, have signs in the first network: bit i of its place is whether neuron i is at least 0
    there, or at most 0.  Of one network and one neuron [over] says what holds of both sums all over the cell.
    Or [sides] are two sums, for class 1 and for class 0.  Or [further] sandwiches are of the same networks and of other
    groups, all disjoint: each says something where the first network's class is in its group. *)
| Sandwich (beside : list step) (s : sandwich) (neurons : list (Z * Z)) (told : list sandwich) (over : list strip)
    (sides : list (side * side)) (further : list sandwich)
| Enumerated
| Open.
Definition proof := list node.

(** The tuples that a node of a proof speaks of: those that took the turns to it. *)
Definition turns := list (nat * test * bool).
Definition within (ts : turns) (t : tuple) : bool :=
  forallb (fun x => Bool.eqb (goes_left (snd (fst x)) (nth (fst (fst x)) t 0%Z)) (snd x)) ts.
(** All steps of a proof with their turns; [waiting] are the cells whose proofs follow. *)
Fixpoint claims (p : proof) (waiting : list turns) : list (turns * step) :=
  match p, waiting with
  | Split v s :: p', ts :: rest => claims p' (((v, s, true) :: ts) :: ((v, s, false) :: ts) :: rest)
  | Steps ss :: p', ts :: rest => map (pair ts) ss ++ claims p' rest
  | _ :: p', _ :: rest => claims p' rest
  | _, _ => []
  end.
(** That the solvers in [said] (by their numbers) are right wherever the proof takes their word. *)
Definition trusts (q : matter) (sel : selection) (said : nat -> bool) (p : proof) : Prop :=
  forall ts m k s, In (ts, Trusted m k s) (claims p [[]]) -> said s = true ->
  forall t, In t (tuples (variables (its_domain q))) -> within ts t = true -> classes q sel t m = k.
