(** * Digits: how many points of a cell have a form above a threshold, without listing them.

    The values of each variable are put into bins: number q holds those whose term is q to q + 1 widths
    above the variable's least.  [2^(B q)] times the values' weights, summed, and these sums multiplied,
    is one big number whose digits to the base 2^B are the weights of the points with each sum of q's;
    the digits from number T on are added up by taking what is above them modulo 2^B - 1. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting.
Import ListNotations.
Open Scope Z_scope.

(** ** One variable: [A] is the form's part of it, [w] the width of a bin.  The term of a piece is its least. *)
Definition term_of (A : vec) (v : value) : Z := fst (ends_value A v).
Definition digit (w base : Z) (A : vec) (v : value) : Z := (term_of A v - base) / w.
(** The least term, the greatest digit, and a bound of what is left of the terms. *)
Definition base_of (A : vec) (q : part) : Z := fst (ends_part A q).
Definition top_of (w : Z) (A : vec) (q : part) : Z := let (l, u) := ends_part A q in (u - l) / w.
Fixpoint rest_few (w base : Z) (A : vec) (vs : list value) (r : Z) : Z :=
  match vs with
  | [] => r
  | v :: vs' =>
      let (l, u) := ends_value A v in rest_few w base A vs' (Z.max r ((l - base) mod w + (u - l)))
  end.
(** The longest of the pieces lo..hi; [lo] and [hi] may be out of range. *)
Fixpoint longest_piece (rs : list (Z * Z)) (lo hi : Z) : Z :=
  match rs with
  | [] => 0
  | (n, long) :: rs' =>
      let n := Z.max 0 n in
      let rest := longest_piece rs' (lo - n) (hi - n) in
      if (lo <? n) && (0 <=? hi) then Z.max (Z.max 0 long) rest else rest
  end.
Definition rest_of (w : Z) (A : vec) (q : part) : Z :=
  match q with
  | Few vs => rest_few w (base_of A q) A vs 0
  | Range _ d lo hi =>
      let slope := hd 0 A * d in if slope mod w =? 0 then 0 else Z.min w (Z.abs slope * (hi - lo))
  | Pieces _ rs lo hi =>
      let (l, u) := ends_part A q in Z.min (w + Z.abs (hd 0 A) * longest_piece rs lo hi) (u - l)
  end.
(** The sum of a range's weights times [2^(B (digit - m))], with m: the digits of the ends are first
    and last, so where they are equal all are.  [val i] is value i, [mk lo hi] the part lo..hi. *)
Fixpoint packed_range (fuel : nat) (B w base : Z) (A : vec) (ls : list runs) (val : Z -> value)
  (mk : Z -> Z -> part) (lo hi : Z) : Z * Z :=
  let x := digit w base A (val lo) in
  let y := digit w base A (val hi) in
  let m := Z.min x y in
  if x =? y then (m, weight_part ls (mk lo hi))
  else
    match fuel with
    | O =>
        (m, sumZ (map (fun v => Z.shiftl (weight_at ls v) (B * (digit w base A v - m)))
                      (members (mk lo hi))))
    | S fuel' =>
        let mid := (lo + hi) / 2 in
        let (m1, p1) := packed_range fuel' B w base A ls val mk lo mid in
        let (m2, p2) := packed_range fuel' B w base A ls val mk (mid + 1) hi in
        (m, Z.shiftl p1 (B * (m1 - m)) + Z.shiftl p2 (B * (m2 - m)))
    end.
Definition packed_all (B w base : Z) (A : vec) (ls : list runs) (val : Z -> value) (mk : Z -> Z -> part)
  (lo hi : Z) : Z :=
  if hi <? lo then 0
  else
    let (m, p) := packed_range (Z.to_nat (Z.log2 (hi + 1 - lo) + 2)) B w base A ls val mk lo hi in
    Z.shiftl p (B * m).
Definition packed_part (B w : Z) (A : vec) (ls : list runs) (q : part) : Z :=
  let base := base_of A q in
  match q with
  | Few vs => sumZ (map (fun v => Z.shiftl (weight_at ls v) (B * digit w base A v)) vs)
  | Range s d lo hi => packed_all B w base A ls (number_of s d) (Range s d) lo hi
  | Pieces s rs lo hi => packed_all B w base A ls (piece_of s rs) (Pieces s rs) lo hi
  end.

(** ** All variables *)
Fixpoint bases (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => base_of (hd [] Bs) q + bases (tl Bs) c' end.
Fixpoint tops (w : Z) (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => top_of w (hd [] Bs) q + tops w (tl Bs) c' end.
Fixpoint rests (w : Z) (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => rest_of w (hd [] Bs) q + rests w (tl Bs) c' end.
Fixpoint packed_cell (B w : Z) (Bs : list vec) (ls : list runs) (c : cell) : Z :=
  match c with
  | [] => 1
  | q :: c' => packed_part B w (hd [] Bs) ls q * packed_cell B w (tl Bs) (tl ls) c'
  end.
(** Bits of a digit that hold a total, and one less than all ones. *)
Definition digit_bits (total : Z) : Z := Z.log2 (total + 1) + 1.
Definition inner (top T : Z) : bool := (0 <? T) && (T <=? top).
(** The weights of the points whose sum of digits is at least T, for each of some T. *)
Definition tails_from (w : Z) (Bs : list vec) (ls : list runs) (c : cell) (Ts : list Z) : list Z :=
  let total := mass ls c in
  let top := tops w Bs c in
  let B := digit_bits total in
  let ones := 2 ^ B - 1 in
  let G := if existsb (inner top) Ts then packed_cell B w Bs ls c else 0 in
  map (fun T => if T <=? 0 then total else if top <? T then 0 else Z.shiftr G (B * T) mod ones) Ts.
(** Bounds of the weight of the points whose form is greater than t: at least, and at most. *)
Definition above_low (w base t : Z) : Z := (t - base) / w + 1.
Definition above_high (w base rest t : Z) : Z := (t - base - rest) / w + 1.
Definition above (w : Z) (Bs : list vec) (ls : list runs) (c : cell) (ts : list Z) : list (Z * Z) :=
  let base := bases Bs c in
  let rest := rests w Bs c in
  List.combine (tails_from w Bs ls c (map (above_low w base) ts))
               (tails_from w Bs ls c (map (above_high w base rest) ts)).
