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
(** What values count as: digits of one form, or of two as one digit, q + K q'. *)
Inductive counter := Bins (w base : Z) (A : vec) | Both (K : Z) (k k' : counter).
Fixpoint count_of (k : counter) (v : value) : Z :=
  match k with Bins w base A => digit w base A v | Both K k k' => count_of k v + K * count_of k' v end.
(** Whether all values between two, in order, count as much. *)
Fixpoint level (k : counter) (x y : value) : bool :=
  match k with Bins w base A => digit w base A x =? digit w base A y | Both _ k k' => level k x y && level k' x y end.
(** The sum of a range's weights times [2^(B (count - m))], with m.  [val i] is value i, [mk lo hi] the part lo..hi. *)
Fixpoint packed_range (fuel : nat) (B : Z) (k : counter) (ls : list runs) (val : Z -> value) (mk : Z -> Z -> part)
  (lo hi : Z) : Z * Z :=
  if level k (val lo) (val hi) then (count_of k (val lo), weight_part ls (mk lo hi))
  else
    match fuel with
    | O => (0, sumZ (map (fun v => Z.shiftl (weight_at ls v) (B * count_of k v)) (members (mk lo hi))))
    | S fuel' =>
        let mid := (lo + hi) / 2 in
        let (m1, p1) := packed_range fuel' B k ls val mk lo mid in
        let (m2, p2) := packed_range fuel' B k ls val mk (mid + 1) hi in
        let m := Z.min m1 m2 in
        (m, Z.shiftl p1 (B * (m1 - m)) + Z.shiftl p2 (B * (m2 - m)))
    end.
Definition packed_all (B : Z) (k : counter) (ls : list runs) (val : Z -> value) (mk : Z -> Z -> part) (lo hi : Z) : Z :=
  if hi <? lo then 0
  else
    let (m, p) := packed_range (Z.to_nat (Z.log2 (hi + 1 - lo) + 2)) B k ls val mk lo hi in
    Z.shiftl p (B * m).
Definition packed_part (B : Z) (k : counter) (ls : list runs) (q : part) : Z :=
  match q with
  | Few vs => sumZ (map (fun v => Z.shiftl (weight_at ls v) (B * count_of k v)) vs)
  | Range s d lo hi => packed_all B k ls (number_of s d) (Range s d) lo hi
  | Pieces s rs lo hi => packed_all B k ls (piece_of s rs) (Pieces s rs) lo hi
  end.

(** ** All variables *)
Fixpoint bases (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => base_of (hd [] Bs) q + bases (tl Bs) c' end.
Fixpoint tops (w : Z) (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => top_of w (hd [] Bs) q + tops w (tl Bs) c' end.
Fixpoint rests (w : Z) (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => rest_of w (hd [] Bs) q + rests w (tl Bs) c' end.
Fixpoint packed_cell (B : Z) (ks : list counter) (ls : list runs) (c : cell) : Z :=
  match ks, c with
  | k :: ks', q :: c' => packed_part B k ls q * packed_cell B ks' (tl ls) c'
  | _, _ => 1
  end.
Fixpoint all_bins (w : Z) (Bs : list vec) (c : cell) : list counter :=
  match c with [] => [] | q :: c' => Bins w (base_of (hd [] Bs) q) (hd [] Bs) :: all_bins w (tl Bs) c' end.
(** K is greater than the sum of the first's. *)
Fixpoint all_both (K : Z) (ks ks' : list counter) : list counter :=
  match ks, ks' with k :: ks, k' :: ks' => Both K k k' :: all_both K ks ks' | _, _ => [] end.
(** Bits of a digit that hold a total, and one less than all ones. *)
Definition digit_bits (total : Z) : Z := Z.log2 (total + 1) + 1.
Definition inner (top T : Z) : bool := (0 <? T) && (T <=? top).
(** The weights of the points whose sum of digits is at least T, for each of some T. *)
Definition tails_from (w : Z) (Bs : list vec) (ls : list runs) (c : cell) (Ts : list Z) : list Z :=
  let total := mass ls c in
  let top := tops w Bs c in
  let B := digit_bits total in
  let ones := 2 ^ B - 1 in
  let G := if existsb (inner top) Ts then packed_cell B (all_bins w Bs c) ls c else 0 in
  map (fun T => if T <=? 0 then total else if top <? T then 0 else Z.shiftr G (B * T) mod ones) Ts.
(** Bounds of the weight of the points whose form is greater than t: at least, and at most. *)
Definition above_low (w base t : Z) : Z := (t - base) / w + 1.
Definition above_high (w base rest t : Z) : Z := (t - base - rest) / w + 1.
Definition above (w : Z) (Bs : list vec) (ls : list runs) (c : cell) (ts : list Z) : list (Z * Z) :=
  let base := bases Bs c in
  let rest := rests w Bs c in
  List.combine (tails_from w Bs ls c (map (above_low w base) ts))
               (tails_from w Bs ls c (map (above_high w base rest) ts)).

(** ** Two forms: their sums' common digits are in rows of [K], one for each of the second's. *)
(** Limits of rows before the first step, before the second, and of others. *)
Record ladder := Ladder { step_one : Z; step_two : Z; before_one : Z; before_two : Z; after_two : Z }.
Definition limit (l : ladder) (row : Z) : Z :=
  if row <? step_one l then before_one l else if row <? step_two l then before_two l else after_two l.
(** The amount of points whose first sum is below the limit of their row, of at most [2^levels] rows from the
    [first] on. *)
Fixpoint stairs (levels : nat) (B K : Z) (l : ladder) (first G : Z) : Z :=
  if G =? 0 then 0
  else
    match levels with
    | O => let cut := B * Z.max 0 (Z.min K (limit l first)) in (G - Z.shiftl (Z.shiftr G cut) cut) mod (2 ^ B - 1)
    | S levels' =>
        let half := 2 ^ Z.of_nat levels' in
        let cut := B * (K * half) in
        let rest := Z.shiftr G cut in
        stairs levels' B K l first (G - Z.shiftl rest cut) + stairs levels' B K l (first + half) rest
    end.
(** A form with its bins' width. *)
Definition binned : Type := Z * list vec.
Definition stairs_of (x x' : binned) (ls : list runs) (c : cell) (limits : list ladder) : list Z :=
  let (w, Bs) := x in
  let (w', Bs') := x' in
  let B := digit_bits (mass ls c) in
  let K := Z.max 1 (1 + tops w Bs c) in
  let G := packed_cell B (all_both K (all_bins w Bs c) (all_bins w' Bs' c)) ls c in
  map (fun l => stairs (Z.to_nat (Z.log2 (1 + tops w' Bs' c) + 1)) B K l 0 G) limits.
