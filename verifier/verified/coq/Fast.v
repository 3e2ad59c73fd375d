(** * Evaluation of networks by packed products: the same as [eval], faster.

    The columns of a matrix are packed, in slots wide enough for what a node's values are expected to
    be; [product] looks whether they fit. *)
From Coq Require Import ZArith List Bool.
Require Import Network Packed.
Import ListNotations.
Open Scope Z_scope.

(** The columns of a matrix, as rows. *)
Definition columns (rows : list (vec * Z)) : list (vec * Z) :=
  map (fun j => (map (fun r => nth j (fst r) 0) rows, 0)) (seq 0 (longest rows)).
(** A packing for combinations by coefficients of so many bits. *)
Definition packing_for (room : Z) (rows : list (vec * Z)) : packing :=
  let n := longest rows in
  let m := greatest rows in
  let s := Z.max 60 (room + 3 + Z.log2 (1 + m) + Z.log2 (1 + Z.of_nat (length rows))) in
  let h := 2 ^ (s - 1) in
  Packing s h m n (middle s h n) (map (fun r => pack s (fst r)) rows).
(** About how many bits the nodes' values have, the newest first. *)
Fixpoint node_bits (n : network) (input : Z) : list Z :=
  match n with
  | [] => [input]
  | l :: n' =>
      let bs := node_bits n' input in
      match l with
      | Affine i rows =>
          nth i bs 0 + 2 + Z.log2 (1 + greatest rows) + Z.log2 (1 + Z.of_nat (longest rows))
      | Diag i cs => nth i bs 0 + 64
      | Relu i => nth i bs 0
      | Sign i => 1
      | Add i c j d => Z.max (nth i bs 0) (nth j bs 0) + 2
      end :: bs
  end.
(** A layer made ready: of an affine layer the columns too, packed. *)
Record fast := Fast { plain : layer; by_column : list (vec * Z); column_packing : packing }.
Definition fasten (l : layer) (bits : list Z) : fast :=
  match l with
  | Affine i rows => let cs := columns rows in Fast l cs (packing_for (nth i bits 0) cs)
  | _ => Fast l [] (packing_for 0 [])
  end.
Fixpoint fasten_all (n : network) (input : Z) : list fast :=
  match n with [] => [] | l :: n' => fasten l (node_bits n' input) :: fasten_all n' input end.
Fixpoint shifted (v : vec) (rows : list (vec * Z)) : vec :=
  match rows with
  | [] => []
  | (_, b) :: rows' =>
      match v with x :: v' => x + b :: shifted v' rows' | [] => b :: shifted [] rows' end
  end.
Definition fast_step (f : fast) (env : list vec) : vec :=
  match plain f with
  | Affine i rows =>
      let (v, cutting) := product (column_packing f) (nth i env []) (by_column f) 0 in
      if cutting =? 0 then shifted v rows else step (plain f) env
  | l => step l env
  end.
Fixpoint fast_eval (n : list fast) (x : vec) : list vec :=
  match n with [] => [x] | f :: n' => let env := fast_eval n' x in fast_step f env :: env end.
Definition fast_class (n : list fast) (x : vec) : Z := decide (hd [] (fast_eval n x)).
