(** * The matter of a certificate in integers: one denominator for all encodings, one unit for all
    weights; tests of columns become tests of variables. *)
From Coq Require Import ZArith QArith Qround List Bool.
Require Import Network Cells Bounds Fast Counting.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Variables *)
Definition encodings (v : Semantics.variable) : list Q :=
  match v with
  | Semantics.Categorical rows => concat rows
  | Semantics.Ordinal first step _ => [first; step]
  | Semantics.Continuous first rs => first :: map snd rs
  end.
Definition has_pieces (v : Semantics.variable) : bool :=
  match v with Semantics.Continuous _ _ => true | _ => false end.
(** Where bounds are rounded down, units are made small, so that little is lost. *)
Definition FINE : Z := 2 ^ 30.
Definition denominator (vs : list Semantics.variable) : Z :=
  fold_left (fun d v => common (encodings v) d) vs 1 * (if existsb has_pieces vs then FINE else 1).
(** Pieces are some in each run, and have lengths. *)
Definition good_pieces (v : Semantics.variable) : bool :=
  match v with
  | Semantics.Continuous _ rs => forallb (fun r => (0 <? fst r) && (0 <? Qnum (snd r))) rs
  | _ => true
  end.
Fixpoint values_from (d i : Z) (rows : list (list Q)) : list value :=
  match rows with
  | [] => []
  | row :: rows' => Value i (map (whole d) row) None :: values_from d (i + 1) rows'
  end.
Definition part_of (d : Z) (v : Semantics.variable) : part :=
  match v with
  | Semantics.Categorical rows => Few (values_from d 0 rows)
  | Semantics.Ordinal first step n => Range (whole d first) (whole d step) 0 (n - 1)
  | Semantics.Continuous first rs =>
      Pieces (whole d first) (map (fun r => (fst r, whole d (snd r))) rs) 0 (Semantics.count_of v - 1)
  end.

(** ** Weights: first leaf by leaf, each with a rational factor; then all in one unit. *)
Definition share (np : Z * Q) : Q := (snd np / inject_Z (fst np))%Q.
Definition law_unit (d : Semantics.distribution) : Z := common (map share d) 1.
Definition law (d : Semantics.distribution) : runs :=
  map (fun np => (fst np, whole (law_unit d) (share np))) d.
Definition leaf_factor (w : Q) (ds : list Semantics.distribution) : Q :=
  (w / inject_Z (fold_right (fun d u => law_unit d * u)%Z 1%Z ds))%Q.
Fixpoint unit_over (g : Semantics.given) (u : Z) : Z :=
  match g with
  | Semantics.Impossible => u
  | Semantics.Possible w ds => grow u (leaf_factor w ds)
  | Semantics.Test _ _ a b => unit_over b (unit_over a u)
  end.
Fixpoint domain_of (u : Z) (g : Semantics.given) : given :=
  match g with
  | Semantics.Impossible => Impossible
  | Semantics.Possible w ds => Possible (Leaf (whole u (leaf_factor w ds)) (map law ds))
  | Semantics.Test v s a b => Test v s (domain_of u a) (domain_of u b)
  end.
(** ** Models *)
(** The variable and its column that a column of a model's input is. *)
Fixpoint place (widths : list nat) (reads : list nat) (column : nat) : option (nat * nat) :=
  match reads with
  | [] => None
  | v :: reads' =>
      let w := nth v widths O in
      if (column <? w)%nat then Some (v, column) else place widths reads' (column - w)
  end.
(** Whether a threshold parts pieces, and none in itself. *)
Definition parts_pieces (q : part) (t : Q) : bool :=
  match q with
  | Pieces s rs lo hi =>
      let k := pieces_up_to s rs (Qfloor t) lo hi in
      (hi <=? k) || Qle_bool t (inject_Z (cut_at s rs (k + 1)))
  | _ => true
  end.
Fixpoint tree_of (d : Z) (cells : cell) (reads : list nat) (t : Semantics.tree) : option tree :=
  match t with
  | Semantics.Leaf k => Some (TLeaf k)
  | Semantics.Node column threshold l r =>
      match place (map width cells) reads column, tree_of d cells reads l, tree_of d cells reads r with
      | Some (v, j), Some l', Some r' =>
          let x := (threshold * inject_Z d)%Q in
          if parts_pieces (nth v cells no_part) x then Some (TNode v j (Qfloor x) l' r') else None
      | _, _, _ => None
      end
  end.
Fixpoint node_widths (n : network) (input : nat) : list nat :=
  match n with
  | [] => [input]
  | l :: n' =>
      let ws := node_widths n' input in
      match l with
      | Affine _ rows => length rows
      | Diag i _ | Relu i | Sign i => nth i ws O
      | Add i _ _ _ => nth i ws O
      end :: ws
  end.
(** The bits of the greatest code of a cell. *)
Definition code_bits (c : cell) : Z :=
  1 + Z.log2 (1 + fold_left (fun m b => Z.max m (Z.max (Z.abs (fst b)) (Z.abs (snd b)))) (cell_box c) 0).
Definition net_of (n : network) (loose : bool) (own : cell) (outputs : nat) (reads : list nat) (scales : list Z) : net :=
  let ready := prepare n loose in
  let bits := code_bits own in
  Net (View ready reads scales) outputs bits (fasten_all (layers ready) bits) eq_refl.
Definition model_of (d : Z) (cells : cell) (b : Semantics.bound) : option model :=
  let reads := Semantics.reads b in
  if forallb (fun v => (v <? length cells)%nat) reads then
    match Semantics.the_model b with
    | Semantics.Tree t => option_map ATree (tree_of d cells reads t)
    | Semantics.Network n =>
        match translate_layers n 1 [d] [] with
        | Some (m, scales) =>
            let input := fold_right (fun v s => (nth v (map width cells) O + s)%nat) O reads in
            Some (ANet (net_of m (any_pieces cells) (project reads cells) (hd O (node_widths m input)) reads scales))
        | None => None
        end
    end
  else None.
Fixpoint all_of {A B} (f : A -> option B) (xs : list A) : option (list B) :=
  match xs with
  | [] => Some []
  | x :: xs' => match f x, all_of f xs' with Some y, Some ys => Some (y :: ys) | _, _ => None end
  end.

(** ** The whole; nothing where the parts do not fit together, or a probability is negative. *)
Definition problem_of (q : Semantics.matter) : option problem :=
  let vs := Semantics.variables (Semantics.its_domain q) in
  let g := Semantics.tree_of (Semantics.its_domain q) in
  let d := denominator vs in
  let cells := map (part_of d) vs in
  let u := unit_over g 1 in
  let given := domain_of u g in
  if forallb good_pieces vs && forallb wf_values cells && given_fits (length vs) given then
    match all_of (model_of d cells) (Semantics.models q) with
    | Some ms => Some (Problem cells d given u ms (Semantics.question q))
    | None => None
    end
  else None.
