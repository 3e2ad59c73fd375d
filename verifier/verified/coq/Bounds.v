(** * Bounds of a network over a cell: enclosures of nodes, and linear forms carried back to the input.

    What the rest of the checker uses: [shown] (the class is the same on the whole cell) and [forms]
    (linear forms of the input, one of which is at most 0 wherever the class is another).  Slopes,
    cuts and the number of attempts are choices: none of them matters for soundness. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Packed PackedSound.
Require Export Envelopes.
Import ListNotations.
Open Scope Z_scope.

(** How hard to try: whether the inputs of ReLU and sign layers are bounded again by linear forms, and
    those too that are on one side of 0; the bits to which coefficients are cut; slopes as for
    enclosures wider by 2^-wider (0: not); for which enclosures the lines below ReLU are steep: the
    greater [lean], in units of 1 / LEAN, the more; and how many passes the linear forms of the class's
    rows take, and those of layers before it. *)
Record effort := Effort {
  refined : bool; every_one : bool; bits : Z; wider : Z; lean : Z; passes : nat; inner : nat }.
Definition LEAN : Z := 8.

(** ** Enclosures *)
Definition box := list (Z * Z).
(** [low x <= D relu(x) <= high x + above] *)
Record line := Line { low : Z; high : Z; above : Z }.
(** What is known of a node: its ends, at least the sum of its magnitudes, and lines for ReLU. *)
Record info := Info { ends : box; total : Z; lines : list line }.

Definition iscale (c : Z) (b : Z * Z) : Z * Z :=
  if 0 <=? c then (c * fst b, c * snd b) else (c * snd b, c * fst b).
Definition iadd (a b : Z * Z) : Z * Z := (fst a + fst b, snd a + snd b).
Fixpoint idot (a : vec) (b : box) : Z * Z :=
  match a, b with a0 :: a', b0 :: b' => iadd (iscale a0 b0) (idot a' b') | _, _ => (0, 0) end.
Fixpoint badd (a b : box) : box :=
  match a, b with [], _ => b | _, [] => a | x :: a', y :: b' => iadd x y :: badd a' b' end.
Fixpoint bdiag (cs : list (Z * Z)) (b : box) : box :=
  match cs, b with
  | (f, s) :: cs', b0 :: b' => iadd (iscale f b0) (s, s) :: bdiag cs' b'
  | _, _ => []
  end.
Definition both (f : Z -> Z) (b : Z * Z) : Z * Z := (f (fst b), f (snd b)).
Definition no_info := Info [] 0 [].
Definition ends_at (i : nat) (es : list info) : box := ends (nth i es no_info).
Definition forward (l : layer) (es : list info) : box :=
  match l with
  | Affine i rows =>
      let b := ends_at i es in map (fun rb => iadd (idot (fst rb) b) (snd rb, snd rb)) rows
  | Diag i cs => bdiag cs (ends_at i es)
  | Relu i => map (both (Z.max 0)) (ends_at i es)
  | Sign i => map (both Z.sgn) (ends_at i es)
  | Add i c j d => badd (map (iscale c) (ends_at i es)) (map (iscale d) (ends_at j es))
  end.
Fixpoint join_box (a b : box) : box :=
  match a, b with x :: a', y :: b' => join x y :: join_box a' b' | _, _ => [] end.
Definition exactly (x : vec) : box := map (fun z => (z, z)) x.
Definition value_box (v : value) : box :=
  match opens v with None => exactly (code v) | Some l => [(l, hd 0 (code v))] end.
Fixpoint few_box (vs : list value) : box :=
  match vs with
  | [] => []
  | [v] => value_box v
  | v :: vs' => join_box (value_box v) (few_box vs')
  end.
Definition part_box (p : part) : box :=
  match p with
  | Few vs => few_box vs
  | Range f s lo hi =>
      let x := f + s * lo in let y := f + s * hi in [(Z.min x y, Z.max x y)]
  | Pieces f rs lo hi => [(cut_at f rs lo, cut_at f rs (hi + 1))]
  end.
Definition cell_box (c : cell) : box := flat_map part_box c.

(** ** Lines below and above ReLU, in units of 1 / D *)
Definition clamp (s : Z) : Z := Z.max 0 (Z.min D s).
Definition relu_line (w n : Z) (b : Z * Z) : line :=
  let (l, u) := b in
  if 0 <=? l then Line D D 0
  else if u <=? 0 then Line 0 0 0
  else
    let e := if w =? 0 then 0 else Z.shiftr (u - l) w in
    let l' := l - e in let u' := u + e in
    let s := clamp (D * u' / (u' - l')) in
    Line (if - l' * LEAN <? u' * n then D else 0) s (Z.max (- s * l) ((D - s) * u)).
Fixpoint magnitudes (b : box) : Z :=
  match b with [] => 0 | (l, u) :: b' => Z.max (Z.abs l) (Z.abs u) + magnitudes b' end.
Definition inform (w n : Z) (b : box) : info := Info b (magnitudes b) (map (relu_line w n) b).
(** Lines below ReLU that touch it at a point: where it is open, 0 or the identity. *)
Fixpoint steer (b : box) (ls : list line) (x : vec) : list line :=
  match b, ls, x with
  | (l, u) :: b', l0 :: ls', x0 :: x' =>
      (if (l <? 0) && (0 <? u) then Line (if 0 <? x0 then D else 0) (high l0) (above l0) else l0)
        :: steer b' ls' x'
  | _, _, _ => ls
  end.
Fixpoint steered (es : list info) (env : list vec) : list info :=
  match es, env with
  | e :: es', x :: env' => Info (ends e) (total e) (steer (ends e) (lines e) x) :: steered es' env'
  | _, _ => es
  end.

(** ** Going back: [pend] holds the coefficients of the pending nodes, the newest first. *)
Fixpoint add_at (i : nat) (a : vec) (pend : list vec) : list vec :=
  match i, pend with
  | O, [] => [a]
  | O, b :: pend' => vadd a b :: pend'
  | S i', [] => [] :: add_at i' a []
  | S i', b :: pend' => b :: add_at i' a pend'
  end.
Fixpoint shifts (a : vec) (rows : list (vec * Z)) : Z :=
  match a, rows with
  | a0 :: a', (_, b) :: rows' => if a0 =? 0 then shifts a' rows' else a0 * b + shifts a' rows'
  | _, _ => 0
  end.
Fixpoint diag_back (a : vec) (cs : list (Z * Z)) (b : box) : vec * Z :=
  match a, cs, b with
  | a0 :: a', (f, s) :: cs', _ :: b' =>
      let (v, k) := diag_back a' cs' b' in (a0 * f :: v, a0 * s + k)
  | _, _, _ => ([], 0)
  end.
Fixpoint relu_back (a : vec) (ls : list line) : vec * Z :=
  match a, ls with
  | a0 :: a', l0 :: ls' =>
      let (v, k) := relu_back a' ls' in
      if 0 <=? a0 then (a0 * low l0 :: v, k)
      else (a0 * high l0 :: v, if above l0 =? 0 then k else a0 * above l0 + k)
  | _, _ => ([], 0)
  end.
(** The same where rows of the input are given: what is above is an envelope, whose coefficients [u] holds. *)
Fixpoint relu_over (m : aim) (a : vec) (ls : list line) (rows : list (vec * Z)) (u : vec) : vec * Z * vec :=
  match a, ls, rows with
  | a0 :: a', l0 :: ls', (r, b) :: rows' =>
      if 0 <=? a0 then let '(v, k, u) := relu_over m a' ls' rows' u in (a0 * low l0 :: v, k, u)
      else if above l0 =? 0 then let '(v, k, u) := relu_over m a' ls' rows' u in (a0 * high l0 :: v, k, u)
      else
        let (e, above) := envelope m r b in
        let '(v, k, u) := relu_over m a' ls' rows' (axpy a0 e u) in (0 :: v, a0 * above + k, u)
  | _, _, _ => ([], 0, u)
  end.
Fixpoint sign_least (a : vec) (b : box) : Z :=
  match a, b with
  | a0 :: a', b0 :: b' => fst (iscale a0 b0) + sign_least a' b'
  | _, _ => 0
  end.

(** Coefficients cut by 2^k (floors); what is lost is charged to the constant. *)
Fixpoint magnitude (a : vec) (m : Z) : Z :=
  match a with [] => m | x :: a' => magnitude a' (Z.max (Z.abs x) m) end.
(** A product keeps so many bits more. *)
Definition KEPT : Z := 18.
Definition cut (k : Z) (a : vec) : vec := map (fun x => Z.shiftr x k) a.
Fixpoint lost (pend : list vec) (es : list info) : Z :=
  match pend, es with
  | [] :: pend', _ :: es' => lost pend' es'
  | _ :: pend', b :: es' => total b + lost pend' es'
  | _, _ => 0
  end.
(** The power of two, the coefficients and the constant. *)
Definition reduce (bits : Z) (pend : list vec) (es : list info) (K : Z) : Z * list vec * Z :=
  let k := Z.log2 (magnitude (hd [] pend) 0) - bits in
  if k <=? 0 then (0, pend, K)
  else (k, map (cut k) pend, Z.shiftr K k - lost pend es).

(** What is made ready for a layer: whether it is worth refining, and the rows packed. *)
Record aid := Aid { worth : bool; rows_packed : option packing }.
Definition no_aid := Aid false None.
(** The combination of the rows and the power of two by which it was cut: 0 unless it is [alone]. *)
Definition combine (k : aid) (bits : Z) (a : vec) (rows : list (vec * Z)) (alone : bool) : vec * Z :=
  match only a rows with
  | Some (c, r) => ((if c =? 1 then r else vscale c r), 0)
  | None =>
      match rows_packed k with
      | Some q => product q a rows (if alone then bits + KEPT else 0)
      | None => (combine_rows a rows [], 0)
      end
  end.
Definition is_nil (a : vec) : bool := match a with [] => true | _ => false end.

Fixpoint diag_rows (cs : list (Z * Z)) (rows : list (vec * Z)) : list (vec * Z) :=
  match cs, rows with
  | (f, s) :: cs', (r, b) :: rows' => (vscale f r, f * b + s) :: diag_rows cs' rows'
  | _, _ => []
  end.
(** The rows of node [i], where it is a linear form of the input alone. *)
Fixpoint rows_at (n : network) (i : nat) : option (list (vec * Z)) :=
  match n, i with
  | Affine j rows :: n', O => if (j =? length n')%nat then Some rows else None
  | Diag j cs :: n', O =>
      match rows_at n' j with Some rows => Some (diag_rows cs rows) | None => None end
  | _ :: n', S i' => rows_at n' i'
  | _, _ => None
  end.

(** What going back finds: T, U, A and K' with [T (pend . env + K) >= U (A . x + K')].  Where an aim is
    given, envelopes are what is above the first ReLUs. *)
Definition after_cut (k : Z) (r : result) : result :=
  let '(T, U, A, K) := r in (T, Z.shiftl U k, A, K).
Definition after_relu (r : result) : result := let '(T, U, A, K) := r in (D * T, U, A, K).
Fixpoint back (m : option aim) (bits : Z) (ks : list aid) (n : network) (es : list info) (pend : list vec) (K : Z)
  : result :=
  match n with
  | [] => (1, 1, hd [] pend, K)
  | l :: n' =>
      let es' := tl es in let ks' := tl ks in
      match pend with
      | [] => (1, 1, [], K)
      | [] :: rest => back m bits ks' n' es' rest K
      | _ =>
      let '(k, pend, K) := reduce bits pend es K in
      let a := hd [] pend in let rest := tl pend in
      after_cut k
        match l with
        | Affine i rows =>
            let (v, c) := combine (hd no_aid ks) bits a rows (forallb is_nil rest) in
            let pend := add_at i v rest in
            let K := K + shifts a rows in
            if c =? 0 then back m bits ks' n' es' pend K
            else after_cut c (back m bits ks' n' es' pend (Z.shiftr K c - total (nth i es' no_info)))
        | Diag i cs =>
            let (v, c) := diag_back a cs (ends_at i es') in back m bits ks' n' es' (add_at i v rest) (K + c)
        | Add i c j d => back m bits ks' n' es' (add_at i (vscale c a) (add_at j (vscale d a) rest)) K
        | Sign i => back m bits ks' n' es' rest (K + sign_least a (ends (hd no_info es)))
        | Relu i =>
            let ls := lines (nth i es' no_info) in
            match m, rows_at n' i with
            | Some aim, Some rows =>
                let '(v, c, u) := relu_over aim a ls rows [] in
                let pend := add_at (length n') u (add_at i v (map (vscale D) rest)) in
                after_relu (back m bits ks' n' es' pend (D * K + c))
            | _, _ =>
                let (v, c) := relu_back a ls in
                after_relu (back m bits ks' n' es' (add_at i v (map (vscale D) rest)) (D * K + c))
            end
        end
      end
  end.
(** A lower bound of [x / T]: up to the next integer, where what is bounded is one.  [loose]: it need
    not be, as there are pieces, whose numbers are any. *)
Definition rounded (loose : bool) (x T : Z) : Z := if loose then x / T else - ((- x) / T).
Definition bound (loose : bool) (c : cell) (r : result) : Z :=
  let '(T, U, A, K) := r in rounded loose (U * (least_form A c + K)) T.
(** A lower bound of [row . newest node] over the cell.  As long as it is not [enough], the row goes back
    again, at most so often: with the envelopes that are best where the form so far is least, and the lines below
    ReLU that are best near the middle of the cell or, if that is no better, there; then both forms are mixed.  It ends where that point itself says that [enough] is not to be had. *)
Fixpoint again (fuel : nat) (enough : Z) (loose : bool) (bits : Z) (ks : list aid) (n : network) (es : list info)
  (c : cell) (row : vec) (r : result) : Z :=
  let b := bound loose c r in
  match fuel with
  | O => b
  | S fuel' =>
      if enough <=? b then b
      else
        let '(_, _, A, _) := r in
        let m := aim_at A c in
        let env := eval n (concat (spot_of m)) in
        if dot row (hd [] env) <? enough then b
        else
          let near := eval (map (scaled MIDDLE) n) (concat (point_between A c)) in
          match mixed c r (back (Some m) bits ks n (steered es near) [row] 0) with
          | Some r => again fuel' enough loose bits ks n es c row r
          | None =>
              match mixed c r (back (Some m) bits ks n (steered es env) [row] 0) with
              | Some r => again fuel' enough loose bits ks n es c row r
              | None => b
              end
          end
  end.
Definition lower (fuel : nat) (enough : Z) (loose : bool) (bits : Z) (ks : list aid) (n : network) (es : list info)
  (c : cell) (row : vec) : Z :=
  again fuel enough loose bits ks n es c row (back None bits ks n es [row] 0).

(** ** Enclosures of all nodes, the newest first *)
Fixpoint refine (fuel : nat) (loose every_one : bool) (bits : Z) (ks : list aid) (n : network) (es : list info) (c : cell) (i : nat) (b : box)
  : box :=
  match b with
  | [] => []
  | (l, u) :: b' =>
      (if every_one || (l <? 0) && (0 <? u) then
         (Z.max l (lower fuel 0 loose bits ks n es c (unit i)),
          Z.min u (- lower fuel 0 loose bits ks n es c (vscale (-1) (unit i))))
       else (l, u)) :: refine fuel loose every_one bits ks n es c (S i) b'
  end.
(** A layer on the input alone: the ends of each row over the cell are exact. *)
Definition first_box (rows : list (vec * Z)) (c : cell) : box :=
  map (fun rb => iadd (ends_form (fst rb) c) (snd rb, snd rb)) rows.
Fixpoint enclose (loose : bool) (e : effort) (ks : list aid) (n : network) (c : cell) : list info :=
  match n with
  | [] => [inform (wider e) (lean e) (cell_box c)]
  | l :: n' =>
      let es := enclose loose e (tl ks) n' c in
      let b :=
        match l, n' with
        | Affine O rows, [] => first_box rows c
        | _, _ =>
            let b := forward l es in
            if refined e && worth (hd no_aid ks)
            then refine (inner e) loose (every_one e) (bits e) ks n (inform (wider e) (lean e) b :: es) c 0 b else b
        end in
      inform (wider e) (lean e) b :: es
  end.
(** Which nodes are read by a ReLU or a sign: worth refining. *)
Fixpoint mark (i : nat) (flags : list bool) : list bool :=
  match flags, i with
  | [], _ => []
  | _ :: fs, O => true :: fs
  | f :: fs, S i' => f :: mark i' fs
  end.
Fixpoint flags_of (n : network) : list bool :=
  match n with
  | [] => []
  | Relu i :: n' | Sign i :: n' => false :: mark i (flags_of n')
  | _ :: n' => false :: flags_of n'
  end.

Fixpoint aids_of (flags : list bool) (n : network) : list aid :=
  match n with
  | [] => []
  | l :: n' =>
      let q := match l with Affine _ rows => Some (packing_of rows) | _ => None end in
      Aid (hd false flags) q :: aids_of (tl flags) n'
  end.
Fixpoint aids_fit (ks : list aid) (n : network) : Prop :=
  match n with
  | [] => True
  | l :: n' =>
      match rows_packed (hd no_aid ks) with
      | Some q => match l with Affine _ rows => packs q rows | _ => False end
      | None => True
      end /\ aids_fit (tl ks) n'
  end.
Lemma aids_of_fit n : forall flags, aids_fit (aids_of flags n) n.
Proof.
  induction n as [|l n IH]; intros flags; cbn; [exact I|]. split; [|apply IH].
  destruct l; cbn; try exact I. apply packing_packs.
Qed.
(** A network made ready once. *)
Record prepared := Prepared {
  layers : network; aids : list aid; fit : aids_fit aids layers;
  loose : bool }.                   (* whether the domain has pieces *)
Definition prepare (n : network) (loose : bool) : prepared :=
  Prepared n (aids_of (flags_of n) n) (aids_of_fit n (flags_of n)) loose.

(** ** The class on a cell *)
Definition margin_row (k j : nat) : vec := vadd (unit k) (vscale (-1) (unit j)).
(** Forms of [m] logits, each with the integer that it has to be at least: where all are, the class is [k].  Logit k
    is to be greater than logit j, or, if j > k, equal to it. *)
Definition wanted (m : nat) (k : Z) : option (list (Z * vec)) :=
  match m with
  | O => None
  | S O => if k =? 1 then Some [(1, [1])] else if k =? 0 then Some [(0, [-1])] else None
  | _ =>
      let k' := Z.to_nat k in
      if (0 <=? k) && (k <? Z.of_nat m)
      then Some (map (fun j => (if (j <? k')%nat then 1 else 0, margin_row k' j))
                     (filter (fun j => negb (j =? k')%nat) (seq 0 m)))
      else None
  end.
Definition attempt (e : effort) (p : prepared) (c : cell) (k : Z) : bool :=
  let n := layers p in
  let ks := aids p in
  let es := enclose (loose p) e ks n c in
  let top := ends (hd no_info es) in
  match wanted (length top) k with
  | Some rs =>
      forallb (fun r : Z * vec =>
        let (need, row) := r in
        (need <=? fst (idot row top)) || (need <=? lower (passes e) need (loose p) (bits e) ks n es c row)) rs
  | None => false
  end.
Definition PASSES : nat := 8.
Definition quick : effort := Effort false false 22 0 LEAN 0 0.
(** With so many passes of the class's rows. *)
Definition passing (fuel : nat) : effort := Effort true false 22 0 LEAN fuel 0.
Definition usual : effort := passing 0.
(** What is tried on large cells where these bounds do not show the claim. *)
Definition others (fuel : nat) : list effort :=
  map (fun wider => Effort true false 60 wider LEAN fuel 0) [0; 20; 16].
(** And on cells with pieces, which cannot be evaluated. *)
Definition leaning : list effort := map (fun lean => Effort true true 60 0 lean 0 0) [6; 12; 4; 16; 2; 32].
Definition shown (fuel : nat) (p : prepared) (c : cell) (k : Z) : bool :=
  attempt quick p c k || attempt (passing fuel) p c k.
Definition shown_after_all (fuel : nat) (p : prepared) (c : cell) (k : Z) : bool :=
  existsb (fun e => attempt e p c k) (others fuel).
Definition shown_leaning (p : prepared) (c : cell) (k : Z) : bool :=
  existsb (fun e => attempt e p c k) leaning.

(** ** Tails: linear forms [A . input + K], one of which is at most 0 where the class is not [k]. *)
Definition form_of (bits : Z) (ks : list aid) (n : network) (es : list info) (row : vec) : vec * Z :=
  let '(_, _, A, K) := back None bits ks n es [row] 0 in (A, K).
Definition forms (e : effort) (p : prepared) (c : cell) (k : Z) : option (list (vec * Z)) :=
  let n := layers p in
  let ks := aids p in
  let es := enclose (loose p) e ks n c in
  option_map (map (fun r : Z * vec => form_of (bits e) ks n es (snd r))) (wanted (length (ends (hd no_info es))) k).
