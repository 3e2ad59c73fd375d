(** * Bounds over those points of a cell where a sum lies between two ends.

    Where [starts <= s <= stops], a form B is at least the least value of B - m s over the cell, plus the
    lesser of m starts and m stops, whatever the number m is.  The best is one at which a variable has no
    part in B - m s. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Tails.
Import ListNotations.
Open Scope Z_scope.

(** The least value of a form of the domain's variables over a cell. *)
Fixpoint least_over (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => least_part (hd [] Bs) q + least_over (tl Bs) c' end.
(** A sum, and its ends. *)
Record zone := Zone { along : list vec; starts : Z; stops : Z }.

(** ** The multiple.  Of variables of one column: B's coefficient over the sum's, and how much the sum moves. *)
Definition turn : Type := Z * Z * Z.
Definition is_empty (ts : list turn) : bool := match ts with [] => true | _ => false end.
(** And the sum's least value, of these variables. *)
Fixpoint breaks (Bs Fs : list vec) (c : cell) : list turn * Z :=
  match c with
  | [] => ([], 0)
  | q :: c' =>
      let (ts, base) := breaks (tl Bs) (tl Fs) c' in
      let s := hd 0 (hd [] Fs) in
      if (width q =? 1)%nat && negb (s =? 0)
      then
        let (l, u) := ends_part (hd [] Fs) q in
        ((if l <? u then (hd 0 (hd [] Bs) * Z.sgn s, Z.abs s, u - l) :: ts else ts), l + base)
      else (ts, base)
  end.
(** Those before a / s, those after it, and how much those before and those there move. *)
Fixpoint around (a s : Z) (ts : list turn) : list turn * list turn * Z * Z :=
  match ts with
  | [] => ([], [], 0, 0)
  | (b, t, r) :: ts' =>
      let '(x, y, m, n) := around a s ts' in
      match b * s ?= a * t with
      | Lt => ((b, t, r) :: x, y, m + r, n)
      | Eq => (x, y, m, n + r)
      | Gt => (x, (b, t, r) :: y, m, n)
      end
  end.
(** Where the sum, which is least at first, has moved by [need], or at the first or the last. *)
Fixpoint turned (fuel ts : list turn) (need : Z) : option (Z * Z) :=
  match fuel, ts with
  | _ :: fuel', (a, s, _) :: _ =>
      let '(x, y, m, n) := around a s ts in
      if (need <=? m) && negb (is_empty x) then turned fuel' x need
      else if (m + n <? need) && negb (is_empty y) then turned fuel' y (need - m - n)
      else Some (a, s)
  | _, _ => None
  end.
Definition multiple (z : zone) (Bs : list vec) (c : cell) : Z * Z :=
  let (ts, base) := breaks Bs (along z) c in
  let falling :=
    match turned ts ts (stops z - base) with Some (a, s) => if a <? 0 then (a, s) else (0, 1) | None => (0, 1) end in
  match turned ts ts (starts z - base) with
  | Some (a, s) => if 0 <? a then (a, s) else falling
  | None => falling
  end.

(** ** Bounds: q times a form is at least the first of [least_within], where q is the second. *)
Fixpoint less (q p : Z) (Bs Fs : list vec) : list vec :=    (* q B - p F *)
  match Bs, Fs with
  | [], _ => map (vscale (- p)) Fs
  | _, [] => map (vscale q) Bs
  | B :: Bs', F :: Fs' => vadd (vscale q B) (vscale (- p) F) :: less q p Bs' Fs'
  end.
Definition least_within (z : zone) (Bs : list vec) (c : cell) : Z * Z :=
  let (p, q) := multiple z Bs c in
  let q := Z.max 1 q in
  let m := least_over (less q p Bs (along z)) c + Z.min (p * starts z) (p * stops z) in
  let plain := least_over Bs c in
  if m <? q * plain then (plain, 1) else (m, q).
Definition lower_within (z : zone) (loose : bool) (keep : Z) (ks : list aid) (n : network) (es : list info)
  (reads : list nat) (c : cell) (row : vec) : Z :=
  let '(T, U, A, K) := back None keep ks n es [row] 0 in
  let (m, q) := least_within z (spread reads c A []) c in
  rounded loose (U * (m + q * K)) (T * q).

(** ** Enclosures that hold there: what is open before a ReLU or a sign is bounded again. *)
Definition meet (a b : Z * Z) : Z * Z :=
  let l := Z.max (fst a) (fst b) in let u := Z.min (snd a) (snd b) in if l <=? u then (l, u) else a.
Fixpoint meets (a b : box) : box :=
  match a, b with x :: a', y :: b' => meet x y :: meets a' b' | _, _ => a end.
Fixpoint clip_box (z : zone) (loose : bool) (keep : Z) (ks : list aid) (n : network) (es : list info)
  (reads : list nat) (c : cell) (i : nat) (b : box) : box :=
  match b with
  | [] => []
  | (l, u) :: b' =>
      (if (l <? 0) && (0 <? u)
       then meet (l, u) (lower_within z loose keep ks n es reads c (unit i),
                         - lower_within z loose keep ks n es reads c (vscale (-1) (unit i)))
       else (l, u)) :: clip_box z loose keep ks n es reads c (S i) b'
  end.
(** Those of one node, which something else may be known of. *)
Definition clip_node (known : box -> box) (z : zone) (loose : bool) (keep : Z) (ks : list aid) (l : layer) (n : network) (e : info)
  (r : list info) (reads : list nat) (c : cell) : info :=
  let b := known (meets (ends e) (forward l r)) in
  inform 0 LEAN
    (if worth (hd no_aid ks) then clip_box z loose keep ks (l :: n) (inform 0 LEAN b :: r) reads c 0 b else b).
Fixpoint clip (z : zone) (loose : bool) (keep : Z) (ks : list aid) (n : network) (es : list info)
  (reads : list nat) (c : cell) : list info :=
  match n, es with
  | l :: n', e :: r =>
      let r := clip z loose keep (tl ks) n' r reads c in clip_node (fun b => b) z loose keep ks l n' e r reads c :: r
  | _, _ => es
  end.
(** At least -F where the sum is at most [starts], and F where it is at least [stops]; None where it is nowhere. *)
Definition beyond (z : zone) (Fs : list vec) (c : cell) : option Z * option Z :=
  let least := least_over (along z) c in
  let most := - least_over (map (vscale (-1)) (along z)) c in
  let low s a b :=
    if b <? a then None
    else let (m, q) := least_within (Zone (along z) a b) (map (vscale s) Fs) c in Some (m / q) in
  (low (-1) least (starts z), low 1 (stops z) most).
