(** * Tails: bounds of the weight of the points of a cell where linear forms are at most 0.

    For z >= 1 and whole numbers e of the values (how far a value's term is below the variable's
    greatest, in units of g), a point with [A . x + K <= 0] has a sum of e's of at least M, so the mean
    of z^e, a product over the variables, bounds its weight times z^M (Chernoff).  Powers of z are
    fixed-point numbers over S, rounded up or down.  There are no Tails where there are pieces. *)
From Coq Require Import ZArith QArith List Bool.
Require Import Network Cells Bounds Counting.
Import ListNotations.
Open Scope Z_scope.

Definition BITS : Z := 128.
Definition ONE : Z := 2 ^ BITS.       (* S *)
Definition down (x : Z) : Z := Z.shiftr x BITS.
Definition up (x : Z) : Z := - Z.shiftr (- x) BITS.
(** [(a / S)^n S], rounded. *)
Fixpoint power_pos (round : Z -> Z) (a : Z) (n : positive) : Z :=
  match n with
  | xH => a
  | xO m => let x := power_pos round a m in round (x * x)
  | xI m => let x := power_pos round a m in round (round (x * x) * a)
  end.
Definition power (round : Z -> Z) (a n : Z) : Z :=
  match n with Zpos m => power_pos round a m | _ => ONE end.

(** The coefficients of a form of a model's input, for each variable of the domain. *)
Fixpoint spread (reads : list nat) (c : cell) (A : vec) (Bs : list vec) : list vec :=
  match reads with
  | [] => Bs
  | v :: reads' =>
      let w := width (nth v c no_part) in
      spread reads' c (skipn w A) (add_at v (firstn w A) Bs)
  end.

(** ** One variable: its greatest term, the greatest e, and a bound T / den of the sum of z^e times
    the values' weights. *)
Record terms := Terms { top : Z; reach : Z; total : Z; den : Z }.
Definition term (g : Z) (B : vec) (v : value) : Z := dot B (code v) / g.
Fixpoint most (f : value -> Z) (vs : list value) : Z :=
  match vs with [] => 0 | [v] => f v | v :: vs' => Z.max (f v) (most f vs') end.
Fixpoint least (f : value -> Z) (vs : list value) : Z :=
  match vs with [] => 0 | [v] => f v | v :: vs' => Z.min (f v) (least f vs') end.
Definition terms_few (g a : Z) (B : vec) (r : runs) (vs : list value) : terms :=
  let t := most (term g B) vs in
  Terms t (t - least (term g B) vs)
    (sumZ (map (fun v => each r (index v) * power up a (t - term g B v)) vs)) 1.
(** The sum of the values' weights times their indices. *)
Fixpoint moment (r : runs) (lo hi shift : Z) : Z :=
  match r with
  | [] => 0
  | (n, w) :: r' =>
      let m := Z.min hi (n - 1) in
      w * (if m <? lo then 0 else (m + 1 - lo) * (lo + m + 2 * shift) / 2) +
      moment r' (Z.max lo n - n) (hi - n) (shift + n)
  end.
(** A range: z^e is convex in e, so it lies below the chord between the range's ends. *)
Definition terms_range (g a : Z) (B : vec) (r : runs) (s d lo hi : Z) : terms :=
  let n := hi - lo in
  let slope := hd 0 B * d in
  let weight := mass_range r lo hi in
  if n <=? 0 then Terms (hd 0 B * (s + d * lo) / g) 0 (weight * ONE) 1
  else
    let q := Z.abs slope / g in
    let l := Z.min (hd 0 B * (s + d * lo)) (hd 0 B * (s + d * hi)) in
    let first := moment r lo hi 0 in
    let far := if 0 <=? slope then hi * weight - first else first - lo * weight in
    Terms (l / g + q * n) (q * n) (n * ONE * weight + (power up a (q * n) - ONE) * far) n.
Definition terms_part (g a : Z) (B : vec) (r : runs) (q : part) : terms :=
  match q with
  | Few vs => terms_few g a B r vs
  | Range s d lo hi => terms_range g a B r s d lo hi
  | Pieces _ _ _ _ => terms_few g a B r (members q)
  end.

(** All variables: the sums of the greatest terms and of the reaches; the product of the bounds. *)
Fixpoint terms_cell (g a : Z) (Bs : list vec) (ls : list runs) (c : cell) {struct c}
  : option (Z * Z * Z) :=
  match c, ls with
  | [], _ => Some (0, 0, ONE)
  | q :: c', r :: ls' =>
      match terms_cell g a (tl Bs) ls' c' with
      | None => None
      | Some (m, n, p) =>
          let t := terms_part g a (hd [] Bs) r q in
          Some (m + top t, n + reach t, - ((- (p * total t)) / (ONE * den t)))
      end
  | _, [] => None
  end.
(** A bound of the weight, without the leaf's factor, of the points with [A . x + K <= 0]. *)
Definition chernoff (g a : Z) (Bs : list vec) (K : Z) (ls : list runs) (c : cell) : option Z :=
  if (0 <? g) && (ONE <=? a) then
    match terms_cell g a Bs ls c with
    | None => None
    | Some (m, n, p) =>
        let M := K / g + m in
        if M <=? 0 then None
        else if n <? M then Some 0
        else let z := power down a M in if 0 <? z then Some (p / z) else None
    end
  else None.

(** [exp(x)] for x from 0 to about 600, both over S: a series for x / 1024, and squares. *)
Definition exponential (x : Z) : Z :=
  let y := Z.shiftr x 10 in
  let term e k := ONE + down (y * e) / k in
  let square e (_ : Z) := down (e * e) in
  fold_left square (from 1 10) (fold_left term (rev (from 1 20)) ONE).

(** ** The choice of g and a, by Hoeffding's exponent; it does not matter for soundness. *)
Definition GRID : Z := 2 ^ 32.
Definition LAST : Z := 600.                  (* below exp(-600) a bound counts as that *)
Definition spans (B : vec) (q : part) : Z := let (l, u) := ends_part B q in u - l.
Fixpoint widest (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => Z.max (spans (hd [] Bs) q) (widest (tl Bs) c') end.
Definition mean (B : vec) (r : runs) (q : part) : Z :=
  let weight := Z.max 1 (mass_part r q) in
  match q with
  | Few vs => ONE * sumZ (map (fun v => each r (index v) * dot B (code v)) vs) / weight
  | Range s d lo hi =>
      ONE * (hd 0 B * (s * mass_range r lo hi + d * moment r lo hi 0)) / weight
  | Pieces _ _ _ _ => 0
  end.
(** The mean of the form, over S. *)
Fixpoint means (Bs : list vec) (K : Z) (ls : list runs) (c : cell) : Z :=
  match c, ls with
  | q :: c', r :: ls' => mean (hd [] Bs) r q + means (tl Bs) K ls' c'
  | _, _ => ONE * K
  end.
Fixpoint squares (Bs : list vec) (c : cell) : Z :=
  match c with [] => 0 | q :: c' => spans (hd [] Bs) q ^ 2 + squares (tl Bs) c' end.
Fixpoint longest_range (c : cell) : Z :=
  match c with
  | [] => 1
  | (Few _ | Pieces _ _ _ _) :: c' => longest_range c'
  | Range _ _ lo hi :: c' => Z.max (hi - lo) (longest_range c')
  end.
(** One step of a range is many units, too. *)
Definition choose (Bs : list vec) (K : Z) (ls : list runs) (c : cell) : Z * Z :=
  let g := Z.max 1 (widest Bs c / (GRID * longest_range c)) in
  let x := 4 * g * means Bs K ls c / Z.max 1 (squares Bs c) in
  (g, exponential (Z.max 0 (Z.min (LAST * ONE) x))).

(** ** The weight of the points of a cell, inside one leaf, where a network has another class. *)
Fixpoint sum_forms (reads : list nat) (ls : list runs) (c : cell) (fs : list (vec * Z)) : option Z :=
  match fs with
  | [] => Some 0
  | (A, K) :: fs' =>
      let Bs := spread reads c A [] in
      let (g, a) := choose Bs K ls c in
      match chernoff g a Bs K ls c, sum_forms reads ls c fs' with
      | Some x, Some y => Some (x + y)
      | _, _ => None
      end
  end.
(** ** The least [p] that the format's rule lets a Tail claim: Hoeffding's bound.

    A smaller p may well be true, and [sum_forms] may show it; but other checkers of the format find
    it by Hoeffding's inequality, and refuse what that does not give.  So that no file is accepted here
    alone (but for rounding), such a p is refused too.  Soundness needs none of this: it can only refuse. *)
Definition TINY : Z := 1024.                 (* bits of fractions that small *)
(** Checkers round forms differently, so the exponent may be a little larger: by 2^-20 for forms that
    are the network's own, by 2^-9 for those that depend on the slopes that were chosen for ReLU. *)
Definition loss (n : network) : Z :=
  if existsb (fun l => match l with Relu _ | Sign _ => true | _ => false end) n then 9 else 20.
Definition exponent (less : Z) (reads : list nat) (ls : list runs) (c : cell) (f : vec * Z) : Z :=
  let (A, K) := f in
  let Bs := spread reads c A [] in
  let m := Z.max 0 (means Bs K ls c) in
  let s := squares Bs c in
  let x := if 0 <? s then Z.min (LAST * ONE) (down (2 * m ^ 2) / s) else 0 in
  x + Z.shiftr (ONE + x) less.
(** The sum of the forms' bounds, over 2^TINY. *)
Definition hoeffding (less : Z) (reads : list nat) (ls : list runs) (c : cell) (fs : list (vec * Z))
  : Z :=
  sumZ (map (fun f => ONE * 2 ^ TINY / exponential (exponent less reads ls c f)) fs).
Definition as_usual (p : Q) (n : net) (l : leaf) (c : cell) (fs : list (vec * Z)) : bool :=
  hoeffding (loss (layers (ready n))) (sees n) (laws l) c fs * Zpos (Qden p) <=? Qnum p * 2 ^ TINY.

Definition careful : effort := Effort true false 44 0 LEAN 0 0.
(** All of the weight, unless [usual] says of the forms that the rule shows less. *)
Definition tail_weight (usual : list (vec * Z) -> bool) (n : net) (l : leaf) (c : cell) (k : Z) : Z :=
  let all := mass (laws l) c in
  scale l *
  match forms careful (ready n) (project (sees n) c) k with
  | Some fs =>
      if usual fs then match sum_forms (sees n) (laws l) c fs with Some x => Z.min all x | None => all end
      else all
  | None => all
  end.
