(** * Signs: a class shown leaf by leaf, where trees tell a cell's points apart by the signs of neurons.

    Of a form of the logits each leaf shows by itself that it is large enough at the points that agree with the path
    to it.  Where z >= 0 there ReLU is z, where z <= 0 it is 0; and -b z, or b z, may be added to the form for any
    b >= 0, as it is not above 0 there.  Going back (Bounds.v) then gives a linear form of the input, which is
    bounded over the whole cell (beta-CROWN: Wang and others 2021).  Which slopes below ReLU and which b are given
    does not matter for soundness.  Trees of rows bound neurons in the same way, before those of forms. *)
From Coq Require Import ZArith List Bool.
From Leafproof Require Import Bytes.
Require Import Network Cells Bounds.
From Leafproof Require Trees.
Import ListNotations.
Open Scope Z_scope.

(** ** The nodes that ReLUs read, from the input on: nodes are numbered from the newest. *)
Fixpoint relu_sources (n : network) (newer : nat) : list nat :=
  match n with
  | [] => []
  | l :: n' =>
      let rest := relu_sources n' (S newer) in
      match l with Relu i => (S newer + i)%nat :: rest | _ => rest end
  end.
Definition before_relus (n : network) : list nat :=
  let sources := relu_sources n O in
  filter (fun i => existsb (Nat.eqb i) sources) (rev' (seq 0 (S (length n)))).

(** ** Lines in a leaf *)
Definition signed (above : bool) : line := if above then Line D D 0 else Line 0 0 0.
(** Another slope below a ReLU that is open. *)
Definition slanted (s : Z) (l : line) : line := if above l =? 0 then l else Line s (high l) (above l).
Definition EIGHTH : Z := D / 8.
Definition one_of (eighths : list Z) (code : Z) : Z := EIGHTH * nth (Z.to_nat code) eighths 0.
Definition of_tree : Z -> Z := one_of [0; 4; 8].
Definition of_leaf : Z -> Z := one_of [0; 3; 5; 8].
Fixpoint slant_all (ss : list Z) (ls : list line) : list line :=
  match ss, ls with
  | s :: ss', l :: ls' => (if s =? Trees.BY_LEAF then l else slanted (of_tree s) l) :: slant_all ss' ls'
  | _, _ => ls
  end.
(** A node that ReLUs read: its place; what a tree says of its slopes and of units; its lines with these slopes,
    and how many they are; and whether leaves say some. *)
Record hidden := Hidden {
  place : nat; slopes : list Z; base : Z; bent : list line; wide : Z; by_leaves : bool }.
(** What is left of a path, and of the units and codes. *)
Record reading := Reading { ahead : Trees.path; units_left : list Z; codes_left : list Z }.
(** Of the neurons from number [i] on: lines, and what is added to a form for units of [unit]. *)
Fixpoint chosen (i : Z) (ss : list Z) (ls : list line) (unit : Z) (p : Trees.path) (codes : list Z)
  : list line * vec * Trees.path * list Z :=
  match ls, ss with
  | l :: ls', s :: ss' =>
      match match p with (t, above) :: p' => if t =? i then Some (above, p') else None | [] => None end with
      | Some (above, p') =>
          let '(ls'', v, p'', codes'') := chosen (i + 1) ss' ls' unit p' (tl codes) in
          let b := Z.max 0 (hd 0 codes * unit) in (signed above :: ls'', (if above then - b else b) :: v, p'', codes'')
      | None =>
          if s =? Trees.BY_LEAF then
            let '(ls'', v, p'', codes'') := chosen (i + 1) ss' ls' unit p (tl codes) in
            (slanted (of_leaf (hd 0 codes)) l :: ls'', 0 :: v, p'', codes'')
          else let '(ls'', v, p'', codes'') := chosen (i + 1) ss' ls' unit p codes in (l :: ls'', 0 :: v, p'', codes'')
      end
  | _, _ => (ls, [], p, codes)
  end.
(** [(16 + low bits of b) 2^(high bits of b + base)] for a real form, in units of a node of scale [s] for a form of a
    node of scale [t] that is taken 2^FINER times. *)
Definition FINER : Z := 30.
Definition unit_of (b base t s : Z) : Z :=
  let m := (16 + b mod 16) * t in
  let e := b / 16 + base + FINER in
  if 0 <=? e then Z.shiftl m e / s else m / Z.shiftl s (- e).
Fixpoint with_lines (i : nat) (ls : list line) (es : list info) : list info :=
  match es, i with
  | [], _ => []
  | e :: es', O => Info (ends e) (total e) ls :: es'
  | e :: es', S i' => e :: with_lines i' ls es'
  end.
(** What is known of all nodes in a leaf, and its form, of a node of scale [t]. *)
Fixpoint in_leaf (hs : list hidden) (i t : Z) (scales : list Z) (es : list info) (pend : list vec) (r : reading)
  : list info * list vec * reading :=
  match hs with
  | [] => (es, pend, r)
  | h :: hs' =>
      let next := i + wide h in
      if match ahead r with (j, _) :: _ => j <? next | [] => false end then
        let unit := unit_of (hd 0 (units_left r)) (base h) t (nth (place h) scales 1) in
        let '(ls, v, p, codes) := chosen i (slopes h) (bent h) unit (ahead r) (codes_left r) in
        in_leaf hs' next t scales (with_lines (place h) ls es) (add_at (place h) v pend) (Reading p (tl (units_left r)) codes)
      else if by_leaves h then
        let '(ls, _, p, codes) := chosen i (slopes h) (bent h) 0 (ahead r) (codes_left r) in
        in_leaf hs' next t scales (with_lines (place h) ls es) pend (Reading p (units_left r) codes)
      else in_leaf hs' next t scales es pend r
  end.

(** ** Trees *)
(** A network made ready, over a cell; and what a tree is about. *)
Record setting := Setting {
  about : prepared; its_scales : list Z; its_bits : Z; over_cell : cell }.
Definition least (x : setting) (es : list info) (pend : list vec) : Z :=
  let p := about x in
  let '(T, U, A, K) := back None (its_bits x) (aids p) (layers p) es pend 0 in
  bound (loose p) (over_cell x) (Z.shiftl T FINER, U, A, K).
(** What a tree says of these nodes. *)
Fixpoint hiddens (places : list nat) (es : list info) (slants bases : list Z) : list hidden * list Z * list Z :=
  match places with
  | [] => ([], slants, bases)
  | i :: places' =>
      let ls := lines (nth i es no_info) in
      let ss := firstn (length ls) slants in
      let '(hs, slants', bases') := hiddens places' es (skipn (length ls) slants) (tl bases) in
      (Hidden i ss (hd 0 bases - 128) (slant_all ss ls) (count ls) (existsb (Z.eqb Trees.BY_LEAF) ss) :: hs, slants', bases')
  end.
Fixpoint bent_all (hs : list hidden) (es : list info) : list info :=
  match hs with [] => es | h :: hs' => bent_all hs' (with_lines (place h) (bent h) es) end.
(** What is left of all trees' bytes. *)
Record rest := Rest { slants_on : list Z; bases_on : list Z; units_on : list Z; codes_on : list Z }.
(** The least of a form over all leaves. *)
Fixpoint over_leaves (x : setting) (hs : list hidden) (es : list info) (t : Z) (pend : list vec) (ps : list Trees.path)
  (units codes : list Z) (found : option Z) : option Z * list Z * list Z :=
  match ps with
  | [] => (found, units, codes)
  | p :: ps' =>
      let '(es', pend', r) := in_leaf hs 0 t (its_scales x) es pend (Reading p units codes) in
      let b := least x es' pend' in
      let b := match found with Some a => Z.min a b | None => b end in
      over_leaves x hs es t pend ps' (units_left r) (codes_left r) (Some b)
  end.
(** Of a tree about a row of node [i]; [places] are those of its own neurons. *)
Definition over_tree (x : setting) (places : list nat) (es : list info) (i : nat) (row : vec) (ps : list Trees.path)
  (r : rest) : option Z * rest :=
  let '(hs, slants, bases) := hiddens places es (slants_on r) (bases_on r) in
  let pend := add_at i (vscale (2 ^ FINER) row) [] in
  let '(b, units, codes) :=
    over_leaves x hs (bent_all hs es) (nth i (its_scales x) 1) pend ps (units_on r) (codes_on r) None in
  (b, Rest slants bases units codes).

(** ** Rows: closer ends of neurons. *)
Fixpoint located (t : Z) (places : list nat) (es : list info) (before : list nat) : option (nat * nat * list nat) :=
  match places with
  | [] => None
  | i :: places' =>
      let w := count (ends_at i es) in
      if t <? w then Some (i, Z.to_nat t, rev' before) else located (t - w) places' es (i :: before)
  end.
Definition cut_end (upper : bool) (b : Z) (e : Z * Z) : Z * Z :=
  if upper then (fst e, Z.min (snd e) (- b)) else (Z.max (fst e) b, snd e).
Fixpoint closer_end (upper : bool) (b : Z) (j : nat) (es : box) (ls : list line) : box * list line :=
  match es, ls, j with
  | e :: es', _ :: ls', O => let e := cut_end upper b e in (e :: es', relu_line 0 LEAN e :: ls')
  | e :: es', l :: ls', S j' => let (es'', ls'') := closer_end upper b j' es' ls' in (e :: es'', l :: ls'')
  | _, _, _ => (es, ls)
  end.
Fixpoint closer (upper : bool) (b : Z) (i j : nat) (es : list info) : list info :=
  match es, i with
  | [], _ => []
  | e :: es', O => let (ends, ls) := closer_end upper b j (ends e) (lines e) in Info ends (total e) ls :: es'
  | e :: es', S i' => e :: closer upper b i' j es'
  end.
(** Whether the bound is from above, and the form that it is one of. *)
Definition row_of (upper : bool) (j : nat) : vec := if upper then vscale (-1) (unit j) else unit j.
(** What is known with all rows; and the other trees. *)
Fixpoint with_rows (x : setting) (places : list nat) (es : list info) (rows : list Z) (pss : list (list Trees.path))
  (r : rest) : list info * list (list Trees.path) * rest :=
  match rows, pss with
  | row :: rows', ps :: pss' =>
      match located (row / 2) places es [] with
      | Some (i, j, own) =>
          let upper := Z.odd row in
          let '(b, r) := over_tree x own es i (row_of upper j) ps r in
          with_rows x places (match b with Some b => closer upper b i j es | None => es end) rows' pss' r
      | None => (es, pss, r)
      end
  | _, _ => (es, pss, r)
  end.
(** Whether each form is as large as it has to be. *)
Fixpoint every_form (x : setting) (places : list nat) (es : list info) (rs : list (Z * vec)) (pss : list (list Trees.path))
  (r : rest) : bool :=
  match rs, pss with
  | (need, row) :: rs', ps :: pss' =>
      let '(b, r) := over_tree x places es O row ps r in
      match b with Some b => need <=? b | None => false end && every_form x places es rs' pss' r
  | [], [] => true
  | _, _ => false
  end.
(** What bytes say of a network's class [k] on a cell, if they are trees: enclosures of its nodes, the forms that the
    trees are about, and these. *)
Record claim := Claim { enclosed : list info; its_forms : list (Z * vec); its_trees : Trees.forest }.
Definition claimed (p : prepared) (c : cell) (k : Z) (trees : bytes) : option claim :=
  let es := enclose (loose p) usual (aids p) (layers p) c in
  match wanted (length (ends (hd no_info es))) k with
  | Some rs =>
      option_map (Claim es rs)
        (Trees.read (length rs) (map (fun i => count (ends_at i es)) (before_relus (layers p))) trees)
  | None => None
  end.
Definition shown_with (e : effort) (es : list info) (p : prepared) (scales : list Z) (c : cell) (x : claim) : bool :=
  let f := its_trees x in
  let s := Setting p scales (bits e) c in
  let places := before_relus (layers p) in
  let r := Rest (Trees.slants f) (Trees.bases f) (Trees.units f) (Trees.codes f) in
  let '(es, pss, r) := with_rows s places es (Trees.rows f) (Trees.paths f) r in
  every_form s places es (its_forms x) pss r.
(** Whether the network has that class there: by the usual bounds, or by closer ones. *)
Definition shown_by_signs (p : prepared) (scales : list Z) (c : cell) (x : claim) : bool :=
  shown_with usual (enclosed x) p scales c x ||
  let e := Effort true false 60 0 LEAN 0 0 in
  shown_with e (enclose (loose p) e (aids p) (layers p) c) p scales c x.
