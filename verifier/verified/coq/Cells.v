(** * Cells: products of parts of variables. *)
From Coq Require Import ZArith List Bool.
Require Import Network.
Import ListNotations.
Open Scope Z_scope.

(** A value of a variable: its index, and its encoding as integers over the domain's denominator.  Of a
    piece of an interval [code] is its last number, and all of its numbers are above [opens]. *)
Record value := Value { index : Z; code : vec; opens : option Z }.
(** A part: some values one by one; the values lo..hi of an ordinal, of which number i is encoded as
    [start + step i]; or the pieces lo..hi of an interval that begins at [start]. *)
Inductive part :=
| Few (vs : list value)
| Range (start step lo hi : Z)
| Pieces (start : Z) (rs : list (Z * Z)) (lo hi : Z).
Definition cell := list part.
Definition point := list value.

Fixpoint from (lo : Z) (n : nat) : list Z :=
  match n with O => [] | S n' => lo :: from (lo + 1) n' end.
Definition number_of (start step i : Z) : value := Value i [start + step * i] None.
(** Where piece i begins, of runs of so many pieces that are so long. *)
Fixpoint cut_at (start : Z) (rs : list (Z * Z)) (i : Z) : Z :=
  match rs with
  | [] => start
  | (n, long) :: rs' =>
      let n := Z.max 0 n in let long := Z.max 0 long in
      if i <? n then start + Z.max 0 i * long else cut_at (start + n * long) rs' (i - n)
  end.
Definition piece_of (start : Z) (rs : list (Z * Z)) (i : Z) : value :=
  Value i [cut_at start rs (i + 1)] (Some (cut_at start rs i)).
Definition members (p : part) : list value :=
  match p with
  | Few vs => vs
  | Range f s lo hi => map (number_of f s) (from lo (Z.to_nat (hi + 1 - lo)))
  | Pieces f rs lo hi => map (piece_of f rs) (from lo (Z.to_nat (hi + 1 - lo)))
  end.
Fixpoint points (c : cell) : list point :=
  match c with [] => [[]] | p :: c' => flat_map (fun v => map (cons v) (points c')) (members p) end.
Definition input (p : point) : vec := flat_map code p.

Definition size (p : part) : Z :=
  match p with
  | Few vs => Z.of_nat (length vs)
  | Range _ _ lo hi | Pieces _ _ lo hi => Z.max 0 (hi + 1 - lo)
  end.
Definition is_empty (p : part) : bool :=
  match p with Few [] => true | Few _ => false | Range _ _ lo hi | Pieces _ _ lo hi => hi <? lo end.
Fixpoint cardinal (c : cell) : Z := match c with [] => 1 | p :: c' => size p * cardinal c' end.
Definition width (p : part) : nat :=
  match p with
  | Few (v :: _) => length (code v)
  | Few [] => O
  | Range _ _ _ _ | Pieces _ _ _ _ => 1%nat
  end.
(** Whether a value is one number, and no piece; whether there are pieces in a cell. *)
Definition is_exact (v : value) : bool := match opens v with None => true | Some _ => false end.
Definition has_pieces (p : part) : bool :=
  match p with Few vs => negb (forallb is_exact vs) | Range _ _ _ _ => false | Pieces _ _ _ _ => true end.
Definition any_pieces (c : cell) : bool := existsb has_pieces c.

(** Whether all values of a part have codes of the same length. *)
Definition wf_values (q : part) : bool :=
  match q with
  | Few vs => forallb (fun v => (length (code v) =? width q)%nat && is_exact v) vs
  | Range _ _ _ _ | Pieces _ _ _ _ => true
  end.

(** Pieces in a row as one: what bounds are found of is their hull. *)
Definition hull_of (q : part) : part :=
  match q with
  | Pieces f rs lo hi =>
      if hi <? lo then q else Few [Value lo [cut_at f rs (hi + 1)] (Some (cut_at f rs lo))]
  | _ => q
  end.
Definition hulls (c : cell) : cell := map hull_of c.

(** What a model that reads some of the variables sees of a cell. *)
Definition no_part : part := Few [].
Definition project (reads : list nat) (c : cell) : cell := map (fun v => nth v c no_part) reads.
Definition nobody : value := Value 0 [] None.
Definition seen (reads : list nat) (p : point) : point := map (fun v => nth v p nobody) reads.

(** The least and the greatest value of a linear form over a part, and over a cell. *)
Definition join (a b : Z * Z) : Z * Z := (Z.min (fst a) (fst b), Z.max (snd a) (snd b)).
Definition ends_value (A : vec) (v : value) : Z * Z :=
  match opens v with
  | None => let x := dot A (code v) in (x, x)
  | Some l => let x := hd 0 A * l in let y := dot A (code v) in (Z.min x y, Z.max x y)
  end.
Fixpoint ends_few (A : vec) (vs : list value) : Z * Z :=
  match vs with
  | [] => (0, 0)
  | [v] => ends_value A v
  | v :: vs' => join (ends_value A v) (ends_few A vs')
  end.
Definition ends_part (A : vec) (p : part) : Z * Z :=
  match p with
  | Few vs => ends_few A vs
  | Range f s lo hi =>
      let a := hd 0 A in
      let x := a * (f + s * lo) in let y := a * (f + s * hi) in (Z.min x y, Z.max x y)
  | Pieces f rs lo hi =>
      let a := hd 0 A in
      let x := a * cut_at f rs lo in let y := a * cut_at f rs (hi + 1) in (Z.min x y, Z.max x y)
  end.
Fixpoint ends_form (A : vec) (c : cell) : Z * Z :=
  match c with
  | [] => (0, 0)
  | p :: c' =>
      let (l, u) := ends_part A p in
      let (l', u') := ends_form (skipn (width p) A) c' in (l + l', u + u')
  end.

(** The last piece of lo..hi that ends at [t] or before, or lo - 1. *)
Fixpoint last_up_to (fuel : nat) (start : Z) (rs : list (Z * Z)) (t lo hi : Z) : Z :=
  if hi <? lo then lo - 1
  else
    match fuel with
    | O => lo - 1
    | S fuel' =>
        let mid := (lo + hi) / 2 in
        if cut_at start rs (mid + 1) <=? t then last_up_to fuel' start rs t (mid + 1) hi
        else last_up_to fuel' start rs t lo (mid - 1)
    end.
(** The same for pieces from [base] on, run by run. *)
Fixpoint runs_up_to (start : Z) (rs : list (Z * Z)) (t base hi : Z) : Z :=
  match rs with
  | [] => if start <=? t then hi else base - 1
  | (n, long) :: rs' =>
      let n := Z.max 0 n in
      let long := Z.max 0 long in
      let next := start + n * long in
      if next <=? t then runs_up_to next rs' t (base + n) hi
      else if long =? 0 then base - 1
      else base + (t - start) / long - 1
  end.
Definition pieces_up_to (start : Z) (rs : list (Z * Z)) (t lo hi : Z) : Z :=
  if 0 <=? lo then runs_up_to start rs t 0 hi
  else last_up_to (Z.to_nat (Z.log2 (Z.max 1 (hi + 1 - lo)) + 1)) start rs t lo hi.
(** The values that pass a test, and the others.  Of a range or of pieces these are
    such too where the test says up to which index it is passed ([last]). *)
Fixpoint parted (f : value -> bool) (vs : list value) : list value * list value :=
  match vs with
  | [] => ([], [])
  | v :: vs' => let (a, b) := parted f vs' in if f v then (v :: a, b) else (a, v :: b)
  end.
Definition halves (f : value -> bool) (last : option Z) (p : part) : part * part :=
  match p, last with
  | Range s d lo hi, Some k => (Range s d lo (Z.min hi k), Range s d (Z.max lo (k + 1)) hi)
  | Pieces s rs lo hi, Some k => (Pieces s rs lo (Z.min hi k), Pieces s rs (Z.max lo (k + 1)) hi)
  | _, _ => let (a, b) := parted f (members p) in (Few a, Few b)
  end.
Fixpoint put (v : nat) (p : part) (c : cell) : cell :=
  match c, v with
  | [], _ => []
  | _ :: c', O => p :: c'
  | q :: c', S v' => q :: put v' p c'
  end.
