(** * What a certificate is about, and what its answer means.

    One page to read and agree with: everything else in this folder is either checked against it or
    proved from it.  All numbers are exact; every definition can be run. *)
From Coq Require Import QArith List Bool.
Import ListNotations.
Open Scope Q_scope.

(** ** Variables, their values, and tuples: one value (by its index, from 0) for each variable. *)
Inductive variable :=
| Categorical (rows : list (list Q))        (* value i is encoded as row i *)
| Ordinal (first step : Q) (count : Z)      (* value i is the number first + i step *)
| Continuous (first : Q) (runs : list (Z * Q)).
    (* an interval from [first] on, cut into pieces: so many in a row, and how long each of them is;
       value i is piece i *)
Definition count_of (v : variable) : Z :=
  match v with
  | Categorical rows => Z.of_nat (length rows)
  | Ordinal _ _ n => n
  | Continuous _ runs => fold_right (fun r n => fst r + n)%Z 0%Z runs
  end.
(** Where piece i begins, and the one before ends. *)
Fixpoint cut (first : Q) (runs : list (Z * Q)) (i : Z) : Q :=
  match runs with
  | [] => first
  | (n, long) :: rest =>
      if (i <? n)%Z then first + inject_Z i * long else cut (first + inject_Z n * long) rest (i - n)
  end.
(** The numbers that a value may be: of a piece all above its begin, up to its end. *)
Definition inside (v : variable) (i : Z) (x : Q) : Prop :=
  match v with
  | Continuous first runs => cut first runs i < x /\ x <= cut first runs (i + 1)
  | _ => True
  end.
(** [x]: the number that is meant, where the value is a piece. *)
Definition encoding (v : variable) (i : Z) (x : Q) : list Q :=
  match v with
  | Categorical rows => nth (Z.to_nat i) rows []
  | Ordinal first step _ => [first + inject_Z i * step]
  | Continuous _ _ => [x]
  end.
Definition tuple := list Z.
Fixpoint tuples (vs : list variable) : list tuple :=
  match vs with
  | [] => [[]]
  | v :: vs' =>
      let indices := map Z.of_nat (seq 0 (Z.to_nat (count_of v))) in
      flat_map (fun i => map (cons i) (tuples vs')) indices
  end.
(** A selection gives every tuple a number inside each of its pieces: so each tuple is one point.  All
    that a certificate says is said of every selection.  Without continuous variables there is nothing
    to select. *)
Definition selection := tuple -> nat -> Q.
Definition selects (vs : list variable) (s : selection) : Prop :=
  forall t, In t (tuples vs) -> forall v, (v < length vs)%nat ->
  inside (nth v vs (Categorical [])) (nth v t 0%Z) (s t v).
(** One that there always is: the last number of each piece. *)
Definition last_numbers (vs : list variable) : selection := fun t v =>
  match nth v vs (Categorical []) with
  | Continuous first runs => cut first runs (nth v t 0%Z + 1)
  | _ => 0
  end.
(** A test sends some values of a variable to the left: a set (bit i of a mask), or all up to one. *)
Inductive test := Among (mask : Z) | AtMost (last : Z).
Definition goes_left (s : test) (i : Z) : bool :=
  match s with Among mask => Z.testbit mask i | AtMost last => (i <=? last)%Z end.

(** ** Distributions: runs of values in order, each with a probability shared equally by its values. *)
Definition distribution := list (Z * Q).
Fixpoint chance (d : distribution) (i : Z) : Q :=
  match d with
  | [] => 0
  | (n, p) :: d' => if (i <? n)%Z then p / inject_Z n else chance d' (i - n)
  end.

(** ** Domains: a decision tree over the variables.  Its leaves say that their tuples are impossible,
    or give a weight and, inside the leaf, a distribution for every variable, independently.
    (A product is a single leaf of weight 1.) *)
Inductive given :=
| Impossible
| Possible (weight : Q) (chances : list distribution)
| Test (variable : nat) (left : test) (yes no : given).
Record domain := Domain { variables : list variable; tree_of : given }.
(** With an interval there are infinitely many inputs: a tuple is as many as may be selected. *)
Definition infinite (d : domain) : bool :=
  existsb (fun v => match v with Continuous _ _ => true | _ => false end) (variables d).
Fixpoint leaf (g : given) (t : tuple) : option (Q * list distribution) :=
  match g with
  | Impossible => None
  | Possible w ds => Some (w, ds)
  | Test v s yes no => if goes_left s (nth v t 0%Z) then leaf yes t else leaf no t
  end.
Fixpoint together (ds : list distribution) (t : tuple) : Q :=
  match ds, t with d :: ds', i :: t' => chance d i * together ds' t' | _, _ => 1 end.
Definition is_point (d : domain) (t : tuple) : bool :=
  match leaf (tree_of d) t with Some _ => true | None => false end.
Definition points (d : domain) : list tuple := filter (is_point d) (tuples (variables d)).
Definition weight (d : domain) (t : tuple) : Q :=
  match leaf (tree_of d) t with Some (w, ds) => w * together ds t | None => 0 end.

(** ** Networks.  Node 0 is the input, node i + 1 the output of layer i, which reads earlier nodes;
    the last node holds the logits. *)
Inductive layer :=
| Affine (source : nat) (rows : list (list Q * Q))            (* row . x + bias *)
| Scale (source : nat) (channels : list (Q * Q * Q))          (* x scale / divisor + shift *)
| Relu (source : nat)
| Sign (source : nat)
| Add (left right : nat).
Definition network := list layer.
Fixpoint dot (a x : list Q) : Q :=
  match a, x with a0 :: a', x0 :: x' => a0 * x0 + dot a' x' | _, _ => 0 end.
Fixpoint plus (a b : list Q) : list Q :=
  match a, b with [], _ => b | _, [] => a | x :: a', y :: b' => (x + y) :: plus a' b' end.
Fixpoint scaled (channels : list (Q * Q * Q)) (x : list Q) : list Q :=
  match channels, x with
  | (s, d, b) :: c', x0 :: x' => (x0 * s / d + b) :: scaled c' x'
  | _, _ => []
  end.
Definition relu (x : Q) : Q := if Qle_bool x 0 then 0 else x.
Definition sign (x : Q) : Q := inject_Z (Z.sgn (Qnum x)).
Definition output (l : layer) (nodes : list (list Q)) : list Q :=
  let node i := nth i nodes [] in
  match l with
  | Affine i rows => map (fun r => dot (fst r) (node i) + snd r) rows
  | Scale i channels => scaled channels (node i)
  | Relu i => map relu (node i)
  | Sign i => map sign (node i)
  | Add i j => plus (node i) (node j)
  end.
Definition logits (n : network) (x : list Q) : list Q :=
  last (fold_left (fun nodes l => nodes ++ [output l nodes]) n [x]) [].
(** One logit: class 1 iff it is positive, else 0.  Several: the largest, ties to the lowest index. *)
Definition largest (zs : list Q) (z : Q) : bool := forallb (fun y => Qle_bool y z) zs.
Fixpoint first_largest (zs rest : list Q) : Z :=
  match rest with
  | [] => 0%Z
  | z :: rest' => if largest zs z then 0%Z else (1 + first_largest zs rest')%Z
  end.
Definition decide (zs : list Q) : Z :=
  match zs with
  | [z] => if Qle_bool z 0 then 0%Z else 1%Z
  | _ => first_largest zs zs
  end.

(** ** Trees, and models: a network or a tree, with the variables that it reads. *)
Inductive tree := Leaf (class : Z) | Node (column : nat) (threshold : Q) (left right : tree).
Fixpoint classify (t : tree) (x : list Q) : Z :=
  match t with
  | Leaf k => k
  | Node j threshold l r => if Qle_bool (nth j x 0) threshold then classify l x else classify r x
  end.
Inductive model := Network (n : network) | Tree (t : tree).
Record bound := Bound { the_model : model; reads : list nat }.
(** Its input: the encodings of the values of the variables that it reads, side by side. *)
Definition input (vs : list variable) (s : selection) (reads : list nat) (t : tuple) : list Q :=
  flat_map (fun v => encoding (nth v vs (Categorical [])) (nth v t 0%Z) (s t v)) reads.
Definition class (vs : list variable) (s : selection) (b : bound) (t : tuple) : Z :=
  let x := input vs s (reads b) t in
  match the_model b with Network n => decide (logits n x) | Tree r => classify r x end.

(** ** Questions: formulas over the classes of the models; models go by their numbers, from 0. *)
Inductive formula :=
| ClassIs (model : nat) (class : Z)
| Same (model model' : nat)
| Not (f : formula)
| All (fs : list formula)
| Any (fs : list formula).
Fixpoint holds (f : formula) (class : nat -> Z) : bool :=
  match f with
  | ClassIs m k => (class m =? k)%Z
  | Same m m' => (class m =? class m')%Z
  | Not g => negb (holds g class)
  | All gs => forallb (fun g => holds g class) gs
  | Any gs => existsb (fun g => holds g class) gs
  end.
Record matter := Matter { its_domain : domain; models : list bound; question : formula }.
Definition nothing : bound := Bound (Tree (Leaf 0)) [].
Definition classes (q : matter) (s : selection) (t : tuple) (m : nat) : Z :=
  class (variables (its_domain q)) s (nth m (models q) nothing) t.
Definition is_true (q : matter) (s : selection) (t : tuple) : bool := holds (question q) (classes q s t).

(** ** The answer: the number and the probability of the points where the formula is true. *)
Definition found (q : matter) (s : selection) : list tuple := filter (is_true q s) (points (its_domain q)).
Definition number (q : matter) (s : selection) : Z := Z.of_nat (length (found q s)).
Definition probability (q : matter) (s : selection) : Q :=
  fold_right (fun t sum => weight (its_domain q) t + sum) 0 (found q s).
