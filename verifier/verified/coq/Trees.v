(** * The bytes of trees of signs, read: trees whose inner nodes ask for the sign of a neuron.

    A neuron is a component of a node that a ReLU reads; they are numbered, node by node from the input.  A leaf is
    what the path to it says: neurons in order, each with whether it is at least 0, or at most 0.  Every forest has
    exactly one encoding.  Nothing that follows depends on what is read here but that of two children one is a
    point's ([TreesSound.leaves_sound]). *)
From Coq Require Import ZArith List Bool.
From Leafproof Require Import Bytes.
From Leafproof Require ProofBytes.
Import ListNotations.
Open Scope Z_scope.

Definition path := list (Z * bool).

(** ** Numbers of few bits, packed into bytes, the low bits first; what is left of the last byte is 0. *)
Fixpoint unpacked (n : nat) (wide b : Z) (rest : list Z) : list Z :=
  match n with O => rest | S n' => b mod wide :: unpacked n' wide (b / wide) rest end.
Fixpoint spread (each : nat) (wide : Z) (bs : bytes) : list Z :=
  match bs with [] => [] | b :: bs' => unpacked each wide b (spread each wide bs') end.
Definition zeros (l : list Z) : bool := forallb (Z.eqb 0) l.
(** [count] numbers below [wide], [each] of them in a byte, and the bytes after them. *)
Definition few (each : nat) (wide count : Z) (bs : bytes) : option (list Z * bytes) :=
  let per := Z.of_nat each in
  match take ((count + per - 1) / per) [] bs with
  | Some (own, rest) =>
      match take count [] (spread each wide own) with
      | Some (found, over) => if zeros over then Some (found, rest) else None
      | None => None
      end
  | None => None
  end.
(** Numbers of one byte, or of two. *)
Fixpoint doubles (bs : bytes) : list Z :=
  match bs with a :: b :: bs' => a + 256 * b :: doubles bs' | _ => [] end.
Definition wide_ones (two : bool) (count : Z) (bs : bytes) : option (list Z * bytes) :=
  if two
  then match take (2 * count) [] bs with Some (own, rest) => Some (doubles own, rest) | None => None end
  else take count [] bs.
Definition one (bs : bytes) : option (Z * bytes) :=
  match ProofBytes.first_integer bs [] 0 with inl _ => None | inr (i, _, rest) => Some (i, rest) end.

(** ** Leaves *)
(** A path with one more neuron, unless it has that already. *)
Fixpoint insert (t : Z) (above : bool) (p : path) : option path :=
  match p with
  | [] => Some [(t, above)]
  | (u, a) :: p' =>
      if t <? u then Some ((t, above) :: p)
      else if t =? u then None
      else match insert t above p' with Some p'' => Some ((u, a) :: p'') | None => None end
  end.
Definition DEEPEST : Z := 255.
(** The leaves of one tree, in pre-order; and what shape and tests are left.  [waiting]: the paths to subtrees that
    have not begun, each with its length. *)
Fixpoint leaves (most : Z) (shape tests : list Z) (waiting : list (Z * path)) (found : list path)
  : option (list path * list Z * list Z) :=
  match waiting with
  | [] => Some (rev' found, shape, tests)
  | (deep, p) :: waiting' =>
      match shape with
      | [] => None
      | x :: shape' =>
          if x =? 0 then leaves most shape' tests waiting' (p :: found)
          else
            match tests with
            | t :: tests' =>
                if (0 <=? t) && (t <? most) && (deep <? DEEPEST) then
                  match insert t false p, insert t true p with
                  | Some a, Some b => leaves most shape' tests' ((deep + 1, a) :: (deep + 1, b) :: waiting') found
                  | _, _ => None
                  end
                else None
            | [] => None
            end
      end
  end.
(** Of trees whose own neurons are so many first ones. *)
Fixpoint all_leaves (own : list Z) (shape tests : list Z) : option (list (list path)) :=
  match own with
  | [] => match shape, tests with [], [] => Some [] | _, _ => None end
  | most :: own' =>
      match leaves most shape tests [(0, [])] [] with
      | Some (found, shape', tests') =>
          match all_leaves own' shape' tests' with Some rest => Some (found :: rest) | None => None end
      | None => None
      end
  end.
(** Of how many nodes a path has neurons; [ends] are the numbers after each node's last. *)
Fixpoint nodes_on (p : path) (ends : list Z) (last : Z) : Z :=
  match p with
  | [] => 0
  | (t, _) :: p' =>
      if t <? last then nodes_on p' ends last
      else 1 + nodes_on p' ends (hd (t + 1) (filter (fun e => t <? e) ends))
  end.
Fixpoint ends_of (widths : list Z) (at_ : Z) : list Z :=
  match widths with [] => [] | w :: ws => at_ + w :: ends_of ws (at_ + w) end.

(** The neurons of a tree, from number [i] on, of which leaves say the slope. *)
Definition BY_LEAF : Z := 3.
Fixpoint by_leaf (i : Z) (slants : list Z) : list Z :=
  match slants with [] => [] | s :: ss => if s =? BY_LEAF then i :: by_leaf (i + 1) ss else by_leaf (i + 1) ss end.
(** How many of some numbers in order are below [t], and those above it; how many numbers two lists have together. *)
Fixpoint up_to (t : Z) (is : list Z) (n : Z) : Z * list Z :=
  match is with
  | [] => (n, [])
  | i :: is' => if i <? t then up_to t is' (n + 1) else if i =? t then (n, is') else (n, is)
  end.
Fixpoint together (p : path) (is : list Z) (n : Z) : Z :=
  match p with
  | [] => n + count is
  | (t, _) :: p' => let (m, is') := up_to t is (n + 1) in together p' is' m
  end.
Fixpoint codes_of (own : list Z) (pss : list (list path)) (slants : list Z) (n : Z) : Z :=
  match own, pss with
  | most :: own', ps :: pss' =>
      let said := by_leaf 0 (firstn (Z.to_nat most) slants) in
      codes_of own' pss' (skipn (Z.to_nat most) slants) (fold_left (fun n p => together p said n) ps n)
  | _, _ => n
  end.
(** So many rows, each above the one before it: 2 j for a bound of neuron j from below, 2 j + 1 from above. *)
Fixpoint read_rows (fuel bs : bytes) (left least : Z) (found : list Z) : option (list Z * bytes) :=
  if left <=? 0 then Some (rev' found, bs)
  else match fuel, one bs with
  | _ :: fuel', Some (row, bs) => if least <=? row then read_rows fuel' bs (left - 1) (row + 1) (row :: found) else None
  | _, _ => None
  end.
(** How many neurons, and nodes, come before that of neuron [t], if there is one; [ends] as above. *)
Fixpoint before (t : Z) (ends : list Z) (last n : Z) : option (Z * Z) :=
  match ends with
  | [] => None
  | e :: ends' => if t <? e then Some (last, n) else before t ends' e (n + 1)
  end.
Fixpoint befores (rows ends : list Z) : option (list (Z * Z)) :=
  match rows with
  | [] => Some []
  | row :: rows' =>
      match before (row / 2) ends 0 0, befores rows' ends with
      | Some x, Some xs => Some (x :: xs)
      | _, _ => None
      end
  end.

(** ** A forest *)
(** [rows] are those that the first trees are of; [slants] are, tree by tree and neuron by neuron, 0 to 2 for the slopes 0, 1/2, 1 below ReLU, 3 where leaves say it;
    [bases], tree by tree and node by node, what units' exponents are above, and 128; [units], leaf by leaf and node by
    node that has a sign; [codes], leaf by leaf and neuron by neuron, of those that have one or whose slope leaves say. *)
Record forest := Forest {
  rows : list Z; paths : list (list path); slants : list Z; bases : list Z; units : list Z; codes : list Z }.
Definition MANY : Z := 256.
(** Rows' trees, and then so many, one for each form of the class; [widths] are those of the nodes that ReLUs read. *)
Definition read (forms : nat) (widths : list Z) (bs : bytes) : option forest :=
  let ends := ends_of widths 0 in
  let every := (fold_left Z.add widths 0, Z.of_nat (length widths)) in
  match one bs with
  | Some (n, bs) =>
      match read_rows bs bs n 0 [] with
      | Some (rows, bs) =>
          match befores rows ends, one bs with
          | Some own, Some (inner, bs) =>
              let own := own ++ repeat every forms in
              let neurons := map fst own in
              match few 8 2 (2 * inner + Z.of_nat (length own)) bs with
              | Some (shape, bs) =>
                  match wide_ones (MANY <? fst every) inner bs with
                  | Some (tests, bs) =>
                      match all_leaves neurons shape tests, few 4 4 (fold_left Z.add neurons 0) bs with
                      | Some found, Some (slants, bs) =>
                          match take (fold_left Z.add (map snd own) 0) [] bs with
                          | Some (bases, bs) =>
                              let signed := fold_left (fun n p => n + nodes_on p ends 0) (concat found) 0 in
                              match take signed [] bs with
                              | Some (units, bs) =>
                                  match few 4 4 (codes_of neurons found slants 0) bs with
                                  | Some (codes, []) => Some (Forest rows found slants bases units codes)
                                  | _ => None
                                  end
                              | None => None
                              end
                          | None => None
                          end
                      | _, _ => None
                      end
                  | None => None
                  end
              | None => None
              end
          | _, _ => None
          end
      | None => None
      end
  | None => None
  end.
