(** * Counting: the points and the weight of cells, and how much of both is known to be true. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Fast.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Weights.  A leaf of the domain gives a point its factor times the weights of its values; the
    weights of a variable's values come in runs: how many, and the weight of each. *)
Definition runs := list (Z * Z).
Record leaf := Leaf { scale : Z; laws : list runs }.
Fixpoint each (r : runs) (i : Z) : Z :=
  match r with [] => 0 | (n, w) :: r' => if i <? n then w else each r' (i - n) end.
Fixpoint product (ls : list runs) (p : point) : Z :=
  match ls, p with r :: ls', v :: p' => each r (index v) * product ls' p' | _, _ => 1 end.

(** The weight of listed values: the runs are gone through once if the values are in order. *)
Fixpoint skip (r : runs) (pos i : Z) : runs * Z :=
  match r with
  | [] => ([], pos)
  | (n, w) :: r' => if i <? pos + n then (r, pos) else skip r' (pos + n) i
  end.
Fixpoint mass_few (all r : runs) (pos low : Z) (vs : list value) (sum : Z) : Z :=
  match vs with
  | [] => sum
  | v :: vs' =>
      if index v <? low then mass_few all r pos low vs' (sum + each all (index v))
      else
        let (r, pos) := skip r pos (index v) in
        mass_few all r pos (index v) vs' (match r with [] => sum | (_, w) :: _ => sum + w end)
  end.
Fixpoint mass_range (r : runs) (lo hi : Z) : Z :=
  match r with
  | [] => 0
  | (n, w) :: r' =>
      w * Z.max 0 (Z.min hi (n - 1) + 1 - lo) + mass_range r' (Z.max lo n - n) (hi - n)
  end.
Definition mass_part (r : runs) (q : part) : Z :=
  match q with
  | Few vs => mass_few r r 0 0 vs 0
  | Range _ _ lo hi | Pieces _ _ lo hi => mass_range r lo hi
  end.
Fixpoint mass (ls : list runs) (c : cell) : Z :=
  match ls, c with
  | r :: ls', q :: c' => mass_part r q * mass ls' c'
  | [], _ => cardinal c
  | _, [] => 1
  end.
Definition weigh (l : leaf) (c : cell) : Z := scale l * mass (laws l) c.
(** The same of the first variable only; without laws, numbers. *)
Definition weight_at (ls : list runs) (v : value) : Z :=
  match ls with [] => 1 | r :: _ => each r (index v) end.
Definition weight_part (ls : list runs) (q : part) : Z :=
  match ls with [] => size q | r :: _ => mass_part r q end.

(** ** The domain's tree, and trees that classify: which parts of a cell come to which leaf. *)
Inductive given := Impossible | Possible (l : leaf) | Test (v : nat) (s : Semantics.test) (yes no : given).
Inductive tree := TLeaf (class : Z) | TNode (v col : nat) (threshold : Z) (left right : tree).
Definition passes (s : Semantics.test) (v : value) : bool := Semantics.goes_left s (index v).
Definition test_halves (s : Semantics.test) (q : part) : part * part :=
  halves (passes s) (match s with Semantics.AtMost k => Some k | Semantics.Among _ => None end) q.
Definition below (col : nat) (t : Z) (v : value) : bool := nth col (code v) 0 <=? t.
Definition code_halves (col : nat) (t : Z) (q : part) : part * part :=
  halves (below col t)
    (match q, col with
     | Range s d _ _, O => if 0 <? d then Some ((t - s) / d) else None
     | Pieces s rs lo hi, O => Some (pieces_up_to s rs t lo hi)
     | _, _ => None
     end) q.
Fixpoint leaf_of (g : given) (p : point) : option leaf :=
  match g with
  | Impossible => None
  | Possible l => Some l
  | Test v s a b => if passes s (nth v p nobody) then leaf_of a p else leaf_of b p
  end.
(** Only variables that there are, no negative weights. *)
Fixpoint given_fits (n : nat) (g : given) : bool :=
  match g with
  | Impossible => true
  | Possible l =>
      (length (laws l) <=? n)%nat && (0 <=? scale l) && forallb (forallb (fun nw => 0 <=? snd nw)) (laws l)
  | Test v _ a b => (v <? n)%nat && given_fits n a && given_fits n b
  end.
Fixpoint classify (t : tree) (p : point) : Z :=
  match t with
  | TLeaf k => k
  | TNode v j th a b => if below j th (nth v p nobody) then classify a p else classify b p
  end.

Section Walks.
  Context {A : Type}.
  Definition both_halves (ab : part * part) (v : nat) (c : cell) (left right : cell -> A -> A) (x : A) : A :=
    let (a, b) := ab in
    let x := if is_empty a then x else left (put v a c) x in
    if is_empty b then x else right (put v b c) x.
  Fixpoint walk_given (g : given) (k : leaf -> cell -> A -> A) (c : cell) (x : A) : A :=
    match g with
    | Impossible => x
    | Possible l => k l c x
    | Test v s a b =>
        both_halves (test_halves s (nth v c no_part)) v c (walk_given a k) (walk_given b k) x
    end.
  Fixpoint walk_tree (t : tree) (k : Z -> cell -> A -> A) (c : cell) (x : A) : A :=
    match t with
    | TLeaf class => k class c x
    | TNode v j th a b =>
        both_halves (code_halves j th (nth v c no_part)) v c (walk_tree a k) (walk_tree b k) x
    end.
End Walks.
(** The leaf that a whole cell lies in, if it is one. *)
Fixpoint only_leaf (g : given) (c : cell) : option leaf :=
  match g with
  | Impossible => None
  | Possible l => Some l
  | Test v s a b =>
      let (x, y) := test_halves s (nth v c no_part) in
      if is_empty y then only_leaf a c else if is_empty x then only_leaf b c else None
  end.

(** ** What is known of the models' classes: by number of the model, where it is known. *)
Definition known := list (option Z).
Fixpoint learn (m : nat) (k : Z) (ks : known) {struct ks} : known :=
  match ks, m with
  | [], _ => []
  | _ :: ks', O => Some k :: ks'
  | x :: ks', S m' => x :: learn m' k ks'
  end.
(** The truth of a formula in three values. *)
Fixpoint truth (f : Semantics.formula) (ks : known) : option bool :=
  match f with
  | Semantics.ClassIs m k => match nth m ks None with Some k' => Some (k' =? k) | None => None end
  | Semantics.Same m m' =>
      if (m =? m')%nat then Some true
      else match nth m ks None, nth m' ks None with Some k, Some k' => Some (k =? k') | _, _ => None end
  | Semantics.Not g => option_map negb (truth g ks)
  | Semantics.All gs =>
      (fix all (gs : list Semantics.formula) :=
         match gs with
         | [] => Some true
         | g :: gs' =>
             match truth g ks with
             | Some false => Some false
             | Some true => all gs'
             | None => match all gs' with Some false => Some false | _ => None end
             end
         end) gs
  | Semantics.Any gs =>
      (fix any (gs : list Semantics.formula) :=
         match gs with
         | [] => Some false
         | g :: gs' =>
             match truth g ks with
             | Some true => Some true
             | Some false => any gs'
             | None => match any gs' with Some true => Some true | _ => None end
             end
         end) gs
  end.

(** ** Models, and all that a proof is about. *)
(** What bounds need of a network: [sees] are the variables that it reads, [scales] those of its nodes, the newest
    first.  And all of a model's, [outputs] of which is the number of logits. *)
Record view := View { ready : prepared; sees : list nat; scales : list Z }.
Record net := Net {
  view_of :> view; outputs : nat; bits_in : Z;
  ready_fast : list fast; fast_is : ready_fast = fasten_all (layers (ready view_of)) bits_in }.
Inductive model := ANet (n : net) | ATree (t : tree).
Definition class_of (m : model) (p : point) : Z :=
  match m with
  | ANet n => fast_class (ready_fast n) (input (seen (sees n) p))
  | ATree t => classify t p
  end.
(** Codes are encodings times [code_scale], weights probabilities times [unit_of]. *)
Record problem := Problem { whole_cell : cell; code_scale : Z; domain : given; unit_of : Z;
                            models : list model; formula : Semantics.formula }.
(** The trees, with their numbers; what is known of the models' classes at first: nothing. *)
Fixpoint trees_of (m : nat) (ms : list model) : list (nat * tree) :=
  match ms with
  | [] => []
  | ATree t :: ms' => (m, t) :: trees_of (S m) ms'
  | ANet _ :: ms' => trees_of (S m) ms'
  end.

(** ** Settling a cell: its parts, on each of which the leaf of the domain and the trees' classes are
    fixed. *)
Section Overlay.
  Context {A : Type}.
  (** Trees that change nothing any more, as [enough] is known, are not laid over a part. *)
  Fixpoint overlay (enough : known -> bool) (ts : list (nat * tree)) (k : known -> cell -> A -> A)
    (ks : known) (c : cell) (x : A) : A :=
    match ts with
    | [] => k ks c x
    | (m, t) :: ts' =>
        if enough ks then k ks c x
        else walk_tree t (fun class c x => overlay enough ts' k (learn m class ks) c x) c x
    end.
  Definition parts (enough : known -> bool) (g : given) (ts : list (nat * tree))
    (k : leaf -> known -> cell -> A -> A) (ks : known) (c : cell) (x : A) : A :=
    walk_given g (fun l c x => overlay enough ts (k l) ks c x) c x.
  (** All points of a cell one by one, with the product of their values' weights. *)
  Fixpoint each_point (k : point -> Z -> A -> A) (c : cell) (ls : list runs) (w : Z) (before : point)
    (x : A) : A :=
    match c with
    | [] => k (rev before) w x
    | q :: c' =>
        match ls with
        | [] => fold_left (fun x v => each_point k c' [] w (v :: before) x) (members q) x
        | r :: ls' =>
            fold_left (fun x v => each_point k c' ls' (w * each r (index v)) (v :: before) x) (members q) x
        end
    end.
End Overlay.

(** Whether the formula is decided. *)
Definition decided (f : Semantics.formula) (ks : known) : bool :=
  match truth f ks with Some _ => true | None => false end.

(** Points and weight where the formula is true, and where nothing is known; points that are true
    beyond doubt and are not among the witnesses, as long as fewer than [room] are noted. *)
Record tally := Tally { true_n : Z; true_w : Z; open_n : Z; open_w : Z; noted : list (list Z) }.
Record notes := Notes { wanted : bool; room : nat; listed : list (list Z) }.
Fixpoint same_tuple (a b : list Z) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => (x =? y) && same_tuple a' b'
  | _, _ => false
  end.
Definition among (t : list Z) (ts : list (list Z)) : bool := existsb (same_tuple t) ts.
Definition full (n : notes) (l : list (list Z)) : bool := negb (wanted n) || (room n <=? length l)%nat.
Definition note (n : notes) (p : point) (l : list (list Z)) : list (list Z) :=
  if full n l then l
  else let t := map index p in if among t (listed n) || among t l then l else t :: l.
(** The first points of a cell, at most [n]. *)
Definition first_members (n : nat) (q : part) : list value :=
  match q with
  | Few vs => firstn n vs
  | Range s d lo hi => map (number_of s d) (from lo (Nat.min n (Z.to_nat (hi + 1 - lo))))
  | Pieces s rs lo hi => map (piece_of s rs) (from lo (Nat.min n (Z.to_nat (hi + 1 - lo))))
  end.
Fixpoint first_points (n : nat) (c : cell) : list point :=
  match c with
  | [] => [[]]
  | q :: c' =>
      let rest := first_points n c' in
      firstn n (flat_map (fun v => map (cons v) rest) (first_members n q))
  end.
Definition SHOWN : nat := 10.
Definition note_cell (n : notes) (c : cell) (l : list (list Z)) : list (list Z) :=
  if full n l then l else fold_left (fun l p => note n p l) (first_points SHOWN c) l.

Definition settle_part (n : notes) (f : Semantics.formula) (l : leaf) (ks : known) (c : cell) (t : tally) : tally :=
  match truth f ks with
  | Some false => t
  | Some true =>
      Tally (true_n t + cardinal c) (true_w t + weigh l c) (open_n t) (open_w t)
            (note_cell n c (noted t))
  | None => Tally (true_n t) (true_w t) (open_n t + cardinal c) (open_w t + weigh l c) (noted t)
  end.
(** The same, where the classes of all networks are to be found point by point. *)
Fixpoint complete (ks : known) (ms : list model) (p : point) : list Z :=
  match ks, ms with
  | Some k :: ks', _ :: ms' => k :: complete ks' ms' p
  | None :: ks', m :: ms' => class_of m p :: complete ks' ms' p
  | _, _ => []
  end.
Definition settle_point (n : notes) (f : Semantics.formula) (ms : list model) (ks : known) (p : point) (w : Z)
  (t : tally) : tally :=
  let classes := complete ks ms p in
  if Semantics.holds f (fun m => nth m classes 0)
  then Tally (true_n t + 1) (true_w t + w) (open_n t) (open_w t) (note n p (noted t))
  else t.
Definition evaluate_part (n : notes) (f : Semantics.formula) (ms : list model) (l : leaf) (ks : known) (c : cell)
  (t : tally) : tally :=
  match truth f ks with
  | Some _ => settle_part n f l ks c t
  | None => each_point (settle_point n f ms ks) c (laws l) (scale l) [] t
  end.
