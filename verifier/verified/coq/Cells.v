(** * Cells: products of parts of variables. *)
From Coq Require Import ZArith List Bool.
Require Import Network.
Import ListNotations.
Open Scope Z_scope.

(** A value of a variable: its index, and its encoding as integers over the domain's denominator. *)
Record value := Value { index : Z; code : vec }.
(** A part: some values one by one, or the values lo..hi of an ordinal, of which number i is encoded
    as [start + step i]. *)
Inductive part := Few (vs : list value) | Range (start step lo hi : Z).
Definition cell := list part.
Definition point := list value.

Fixpoint from (lo : Z) (n : nat) : list Z :=
  match n with O => [] | S n' => lo :: from (lo + 1) n' end.
Definition number_of (start step i : Z) : value := Value i [start + step * i].
Definition members (p : part) : list value :=
  match p with
  | Few vs => vs
  | Range f s lo hi => map (number_of f s) (from lo (Z.to_nat (hi + 1 - lo)))
  end.
Fixpoint points (c : cell) : list point :=
  match c with [] => [[]] | p :: c' => flat_map (fun v => map (cons v) (points c')) (members p) end.
Definition input (p : point) : vec := flat_map code p.

Definition size (p : part) : Z :=
  match p with Few vs => Z.of_nat (length vs) | Range _ _ lo hi => Z.max 0 (hi + 1 - lo) end.
Definition is_empty (p : part) : bool :=
  match p with Few [] => true | Few _ => false | Range _ _ lo hi => hi <? lo end.
Fixpoint cardinal (c : cell) : Z := match c with [] => 1 | p :: c' => size p * cardinal c' end.
Definition width (p : part) : nat :=
  match p with Few (v :: _) => length (code v) | Few [] => O | Range _ _ _ _ => 1%nat end.

(** Whether all values of a part have codes of the same length. *)
Definition wf_values (q : part) : bool :=
  match q with
  | Few vs => forallb (fun v => (length (code v) =? width q)%nat) vs
  | Range _ _ _ _ => true
  end.

(** What a model that reads some of the variables sees of a cell. *)
Definition no_part : part := Few [].
Definition project (reads : list nat) (c : cell) : cell := map (fun v => nth v c no_part) reads.
Definition nobody : value := Value 0 [].
Definition seen (reads : list nat) (p : point) : point := map (fun v => nth v p nobody) reads.

(** The least and the greatest value of a linear form over a part, and over a cell. *)
Definition join (a b : Z * Z) : Z * Z := (Z.min (fst a) (fst b), Z.max (snd a) (snd b)).
Fixpoint ends_few (A : vec) (vs : list value) : Z * Z :=
  match vs with
  | [] => (0, 0)
  | [v] => let x := dot A (code v) in (x, x)
  | v :: vs' => let x := dot A (code v) in join (x, x) (ends_few A vs')
  end.
Definition ends_part (A : vec) (p : part) : Z * Z :=
  match p with
  | Few vs => ends_few A vs
  | Range f s lo hi =>
      let a := hd 0 A in
      let x := a * (f + s * lo) in let y := a * (f + s * hi) in (Z.min x y, Z.max x y)
  end.
Fixpoint ends_form (A : vec) (c : cell) : Z * Z :=
  match c with
  | [] => (0, 0)
  | p :: c' =>
      let (l, u) := ends_part A p in
      let (l', u') := ends_form (skipn (width p) A) c' in (l + l', u + u')
  end.

(** The values that pass a test, and the others.  Of a range these are ranges too where the test says
    up to which index it is passed ([last]). *)
Fixpoint parted (f : value -> bool) (vs : list value) : list value * list value :=
  match vs with
  | [] => ([], [])
  | v :: vs' => let (a, b) := parted f vs' in if f v then (v :: a, b) else (a, v :: b)
  end.
Definition halves (f : value -> bool) (last : option Z) (p : part) : part * part :=
  match p, last with
  | Range s d lo hi, Some k => (Range s d lo (Z.min hi k), Range s d (Z.max lo (k + 1)) hi)
  | _, _ => let (a, b) := parted f (members p) in (Few a, Few b)
  end.
Fixpoint put (v : nat) (p : part) (c : cell) : cell :=
  match c, v with
  | [], _ => []
  | _ :: c', O => p :: c'
  | q :: c', S v' => q :: put v' p c'
  end.
