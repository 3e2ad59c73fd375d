(** * Proofs, as a certificate writes them: splits and what is said of the cells that are left.

    A proof is a list of nodes in pre-order: a Split is followed by the proof of its left half and
    that of its right half; every other node says what is known of a cell. *)
From Coq Require Import QArith List.
Require Import Semantics.
Import ListNotations.

(** What is said of the class of one model (by its number) on all tuples of a cell. *)
Inductive step :=
| Constant (model : nat) (class : Z)
| Tail (model : nat) (class : Z) (p : Q)                 (* P[another class] <= p *)
| Trusted (model : nat) (class : Z) (solver : nat).      (* a solver's word: one of a list of names *)
Inductive node :=
| Split (variable : nat) (left : test)
| Steps (steps : list step)      (* one, or several of increasing model numbers *)
| Enumerated
| Open.
Definition proof := list node.
