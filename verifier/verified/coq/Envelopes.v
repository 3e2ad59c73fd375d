(** * Envelopes: linear forms of the input that are above the ReLU of another one on a cell; and mixtures
    of lower forms of the same row.

    What is above is above whatever its coefficients: [envelope] finds its constant by the least values of
    two linear forms.  Which coefficients are good is found from where a lower form is least: of the
    parts of the cell, in an order that says how much each gains there, the first leave ReLU at 0 as long as
    what is left to come cannot make it positive.  It is the greatest form below the concave hull there. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Packed.
Import ListNotations.
Open Scope Z_scope.

(** Lines, slopes and weights are in units of 1 / D. *)
Definition D : Z := 1048576.

(** ** Where a form is least *)
Definition corner (A : vec) (v : value) : vec :=
  match opens v with
  | None => code v
  | Some l => if hd 0 A * l <=? dot A (code v) then [l] else code v
  end.
Fixpoint lowest (A : vec) (vs : list value) (x : vec) (least : Z) : vec :=
  match vs with
  | [] => x
  | v :: vs' =>
      let y := corner A v in let z := dot A y in
      if z <? least then lowest A vs' y z else lowest A vs' x least
  end.
Definition lowest_part (A : vec) (p : part) : vec :=
  let pick x y := if hd 0 A * x <=? hd 0 A * y then [x] else [y] in
  match p with
  | Few [] => []
  | Few (v :: vs) => let y := corner A v in lowest A vs y (dot A y)
  | Range f s lo hi => pick (f + s * lo) (f + s * hi)
  | Pieces f rs lo hi => pick (cut_at f rs lo) (cut_at f rs (hi + 1))
  end.
Fixpoint lowest_point (A : vec) (c : cell) : list vec :=
  match c with [] => [] | p :: c' => lowest_part A p :: lowest_point (skipn (width p) A) c' end.
Fixpoint spreads (A : vec) (c : cell) : vec :=
  match c with
  | [] => []
  | p :: c' => let (l, u) := ends_part A p in u - l :: spreads (skipn (width p) A) c'
  end.
(** What an envelope is made for: the cell, where the form is least, and what each part changes of it, cut. *)
Record aim := Aim { over : cell; spot_of : list vec; reach : vec }.
Definition FINE : Z := 30.
Definition aim_at (A : vec) (c : cell) : aim :=
  let ss := spreads A c in
  let k := Z.max 0 (Z.log2 (peak ss 0) - FINE) in
  Aim c (lowest_point A c) (map (fun s => Z.shiftr s k) ss).

(** A point between, times MIDDLE: the middle of the cell, moved a little to where the form is less. *)
Definition MIDDLE : Z := 128.
Definition between_two (A : vec) (most : Z) (x y : vec) : vec :=
  let k := 16 * (dot A y - dot A x) / most in vadd (vscale (64 + k) x) (vscale (64 - k) y).
Fixpoint sum_codes (vs : list value) : vec :=
  match vs with [] => [] | v :: vs' => vadd (code v) (sum_codes vs') end.
Definition between_part (A : vec) (most : Z) (p : part) : vec :=
  match p with
  | Few vs =>
      let n := Z.of_nat (length vs) in
      if n =? 2 then between_two A most (sum_codes (firstn 1 vs)) (sum_codes (skipn 1 vs))
      else map (fun z => MIDDLE * z / n) (sum_codes vs)
  | Range f s lo hi => between_two A most [f + s * lo] [f + s * hi]
  | Pieces f rs lo hi => between_two A most [cut_at f rs lo] [cut_at f rs (hi + 1)]
  end.
Fixpoint between (A : vec) (most : Z) (c : cell) : list vec :=
  match c with [] => [] | p :: c' => between_part A most p :: between (skipn (width p) A) most c' end.
Definition point_between (A : vec) (c : cell) : list vec := between A (Z.max 1 (peak (spreads A c) 0)) c.
(** A layer for what is so many times as much. *)
Definition scaled (k : Z) (l : layer) : layer :=
  match l with
  | Affine i rows => Affine i (map (fun rb => (fst rb, k * snd rb)) rows)
  | Diag i cs => Diag i (map (fun fs => (fst fs, k * snd fs)) cs)
  | Relu i => Relu i
  | Sign i => Sign i
  | Add i c j d => Add i c j d
  end.

(** ** The envelope of relu(row . x + b) *)
(** Of each part, when its turn comes (the greater the sooner; no two have the same) and by how much it
    changes the row; and the sum of the row's least values. *)
Definition TURNS : Z := 65536.
Fixpoint turns (row : vec) (c : cell) (xs : list vec) (rs : vec) (i : Z) : list (Z * Z) * Z :=
  match c, xs, rs with
  | p :: c', x :: xs', r :: rs' =>
      let (l, u) := ends_part row p in
      let (ts, least) := turns (skipn (width p) row) c' xs' rs' (i + 1) in
      let y := if l =? u then 0 else (2 * dot row x - l - u) * r / (u - l) in
      ((y * TURNS + i, u - l) :: ts, l + least)
  | _, _, _ => ([], 0)
  end.
(** Those whose turn is before [k], those after it, and the sum of what the former change. *)
Fixpoint sooner (k : Z) (ts : list (Z * Z)) : list (Z * Z) * list (Z * Z) * Z :=
  match ts with
  | [] => ([], [], 0)
  | (y, r) :: ts' =>
      let '(a, b, s) := sooner k ts' in
      if k <? y then ((y, r) :: a, b, s + r) else if y =? k then (a, b, s) else (a, (y, r) :: b, s)
  end.
(** Whose turn it is where the sum becomes positive, and how much of it then is. *)
Fixpoint pivot (fuel ts : list (Z * Z)) (s : Z) : option (Z * Z) :=
  match fuel, ts with
  | _ :: fuel', (k, r) :: _ =>
      let '(a, b, t) := sooner k ts in
      if 0 <? s + t then pivot fuel' a s
      else if 0 <? s + t + r then Some (k, D * (s + t + r) / r)
      else pivot fuel' b (s + t + r)
  | _, _ => None
  end.
Fixpoint tilted (ts : list (Z * Z)) (k m : Z) (c : cell) (row : vec) : vec :=
  match ts, c with
  | (y, _) :: ts', p :: c' =>
      let w := width p in
      vscale (if y =? k then m else if k <? y then 0 else D) (firstn w row)
        ++ tilted ts' k m c' (skipn w row)
  | _, _ => []
  end.
Definition slopes (a : aim) (row : vec) (b : Z) : vec :=
  let (ts, least) := turns row (over a) (spot_of a) (reach a) 0 in
  match pivot ts ts (b + least) with
  | Some (k, m) => tilted ts k m (over a) row
  | None => []
  end.
(** The least value of a linear form over a cell. *)
Fixpoint least_few (A : vec) (v : value) (vs : list value) : Z :=
  match vs with
  | [] => fst (ends_value A v)
  | w :: vs' => Z.min (fst (ends_value A v)) (least_few A w vs')
  end.
Definition least_part (A : vec) (p : part) : Z :=
  match p with
  | Few [] => 0
  | Few (v :: vs) => least_few A v vs
  | Range f s lo hi => let a := hd 0 A in Z.min (a * (f + s * lo)) (a * (f + s * hi))
  | Pieces f rs lo hi => let a := hd 0 A in Z.min (a * cut_at f rs lo) (a * cut_at f rs (hi + 1))
  end.
Fixpoint least_form (A : vec) (c : cell) : Z :=
  match c with
  | [] => 0
  | p :: c' => least_part A p + least_form (skipn (width p) A) c'
  end.
(** [D relu(row . x + b) <= e . x + k] on the cell, for any [e]. *)
Definition above_all (e row : vec) (b : Z) (c : cell) : Z :=
  Z.max (- least_form e c) (D * b - least_form (vadd e (vscale (- D) row)) c).
Definition envelope (a : aim) (row : vec) (b : Z) : vec * Z :=
  let e := slopes a row b in (e, above_all e row b (over a)).

(** ** Mixtures *)
(** [T f >= U (A . x + K)] *)
Definition result : Type := Z * Z * vec * Z.
(** Two, in the same units. *)
Definition alike (r r' : result) : Z * Z * (vec * Z) * (vec * Z) :=
  let '(T, U, A, K) := r in
  let '(T', U', A', K') := r' in
  let g := Z.gcd U U' in
  let '(t, t') := if T =? T' then (1, 1) else (T', T) in
  let p := t * (U / g) in let p' := t' * (U' / g) in
  (t * T, g, (vscale p A, p * K), (vscale p' A', p' * K')).
Definition WEIGHTS : Z := 4096.
Definition blend (w : Z) (f f' : vec * Z) : vec * Z :=
  let v := WEIGHTS - w in
  (vadd (vscale v (fst f)) (vscale w (fst f')), v * snd f + w * snd f').
Definition least_of (c : cell) (f : vec * Z) : Z := least_form (fst f) c + snd f.
(** The weight of the second, from [lo] to [hi], where the least value is greatest: it first rises, then falls. *)
Fixpoint weigh_up (fuel : nat) (c : cell) (f f' : vec * Z) (lo hi : Z) : Z :=
  match fuel with
  | O => lo
  | S fuel' =>
      if hi <=? lo then lo
      else
        let m := (lo + hi) / 2 in
        if least_of c (blend m f f') <? least_of c (blend (m + 1) f f') then weigh_up fuel' c f f' (m + 1) hi
        else weigh_up fuel' c f f' lo m
  end.
(** A mixture with this weight of the second, if it is not the first alone. *)
Definition weighted (w T U : Z) (f f' : vec * Z) : option result :=
  let w := Z.max 0 (Z.min WEIGHTS w) in
  if w =? 0 then None
  else let (A, K) := blend w f f' in Some (WEIGHTS * T, U, A, K).
(** The one with the greatest least value. *)
Definition mixed (c : cell) (r r' : result) : option result :=
  let '(T, U, f, f') := alike r r' in weighted (weigh_up 13 c f f' 0 WEIGHTS) T U f f'.
