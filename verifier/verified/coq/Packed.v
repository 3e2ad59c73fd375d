(** * Rows packed into big numbers, so that a linear combination of them is a few multiplications.

    A row takes one number: entry i stands in slot i, of [slot] bits.  How wide the slots are and how
    many bits are kept does not matter for soundness; [product] looks whether everything fits. *)
From Coq Require Import ZArith List Bool.
Require Import Network.
Import ListNotations.
Open Scope Z_scope.

(** [c r + v] *)
Fixpoint axpy (c : Z) (r v : vec) : vec :=
  match r, v with
  | [], _ => v
  | x :: r', y :: v' => (c * x + y) :: axpy c r' v'
  | _, [] => vscale c r
  end.
Fixpoint combine_rows (a : vec) (rows : list (vec * Z)) (v : vec) : vec :=
  match a, rows with
  | a0 :: a', (r, _) :: rows' => combine_rows a' rows' (if a0 =? 0 then v else axpy a0 r v)
  | _, _ => v
  end.

Fixpoint pack (slot : Z) (v : vec) : Z :=
  match v with [] => 0 | x :: v' => x + Z.shiftl (pack slot v') slot end.
(** Half of what a slot holds, in each of n slots: added to a packed row it leaves no negative entry. *)
Fixpoint middle (slot half : Z) (n : nat) : Z :=
  match n with O => 0 | S n' => half + Z.shiftl (middle slot half n') slot end.
(** [wide] bits of a number, from [at_] on. *)
Definition field (z at_ wide : Z) : Z := Z.land (Z.shiftr z at_) (Z.ones wide).
(** The entries, of [wide] bits each; [half] was added to every one. *)
Fixpoint unpack (slot wide half : Z) (n : nat) (at_ z : Z) : vec :=
  match n with
  | O => []
  | S n' => field z at_ wide - half :: unpack slot wide half n' (at_ + slot) z
  end.
Fixpoint gather (a : vec) (ps : list Z) (s : Z) : Z :=
  match a, ps with
  | a0 :: a', p :: ps' => gather a' ps' (if a0 =? 0 then s else a0 * p + s)
  | _, _ => s
  end.
(** Sum and greatest of the magnitudes. *)
Fixpoint norm (a : vec) (s : Z) : Z := match a with [] => s | x :: a' => norm a' (Z.abs x + s) end.
Fixpoint peak (a : vec) (m : Z) : Z := match a with [] => m | x :: a' => peak a' (Z.max (Z.abs x) m) end.

(** The only coefficient that is not 0, with its row, if there is one. *)
Fixpoint all_zero (a : vec) : bool :=
  match a with [] => true | x :: a' => (x =? 0) && all_zero a' end.
Fixpoint only (a : vec) (rows : list (vec * Z)) : option (Z * vec) :=
  match a, rows with
  | x :: a', (r, _) :: rows' =>
      if x =? 0 then only a' rows' else if all_zero a' then Some (x, r) else None
  | _, _ => None
  end.

Record packing := Packing {
  slot : Z; half : Z;
  largest : Z;        (* at least every entry's magnitude *)
  entries : nat;      (* at least every row's length *)
  offset : Z;         (* the middles of all slots *)
  packed : list Z }.
Fixpoint longest (rows : list (vec * Z)) : nat :=
  match rows with [] => O | (r, _) :: rows' => Nat.max (length r) (longest rows') end.
Fixpoint greatest (rows : list (vec * Z)) : Z :=
  match rows with [] => 0 | (r, _) :: rows' => Z.max (peak r 0) (greatest rows') end.
Definition packing_of (rows : list (vec * Z)) : packing :=
  let n := longest rows in
  let m := greatest rows in
  let s := Z.max 60 (28 + Z.log2 (1 + m) + Z.log2 (1 + Z.of_nat (length rows))) in
  let h := 2 ^ (s - 1) in
  Packing s h m n (middle s h n) (map (fun r => pack s (fst r)) rows).
(** The combination of the rows, cut by 2^c, and c: so that about [keep] bits are left, 0 if all are
    wanted. *)
Definition product (q : packing) (a : vec) (rows : list (vec * Z)) (keep : Z) : vec * Z :=
  let m := norm a 0 * largest q in
  if m <? half q then
    let c := if keep =? 0 then 0 else Z.max 0 (Z.min (slot q - 1) (Z.log2 m - keep)) in
    (unpack (slot q) (slot q - c) (Z.shiftr (half q) c) (entries q) c
       (gather a (packed q) 0 + offset q), c)
  else (combine_rows a rows [], 0).
