(** proof.bin: the names of solvers, then the proof's nodes in pre-order, in base-128 integers.
    Every proof has exactly one encoding. *)
From Coq Require Import ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Semantics Steps.
Import ListNotations.
Open Scope Z_scope.

Inductive fault :=
| UnfinishedInteger | LeadingZeros
| BadSolverName | OtherSolversNamed | UnknownSolver
| UnknownVariable | NotAProbability | UnknownNode
| StepsNotInOrder | TooFewSteps
| NotASandwich
| CellsMissing | NodesAfterTheEnd | NotASplit.
Definition result A := (A + fault * Z)%type.

(** The integer whose digits were read, the last first. *)
Definition integer (digits : list Z) : Z := joined ROUNDS 128 (rev' digits).
(** One integer, how many bytes it has, and what follows. *)
Fixpoint first_integer (bs : bytes) (digits : list Z) (n : Z) : fault + (Z * Z * bytes) :=
  match bs with
  | [] => inl UnfinishedInteger
  | b :: r =>
      if 128 <=? b then
        if LONGEST_INTEGER <? n then inl UnfinishedInteger
        else first_integer r (b - 128 :: digits) (n + 1)
      else if (b =? 0) && (0 <? n) then inl LeadingZeros
      else inr (integer (b :: digits), n + 1, r)
  end.

(** The same of several, [left] of them; [fuel] has at least as many bytes as there are. *)
Fixpoint some_integers (fuel bs : bytes) (left size : Z) (acc : list Z) : fault + (list Z * Z * bytes) :=
  if left <=? 0 then inr (rev' acc, size, bs)
  else match fuel with
  | [] => inl UnfinishedInteger
  | _ :: fuel' =>
      match first_integer bs [] 0 with
      | inl f => inl f
      | inr (i, n, rest) => some_integers fuel' rest (left - 1) (size + n) (i :: acc)
      end
  end.

(** The names of [left] solvers; [fuel] has at least as many bytes as there are. *)
Fixpoint solvers (fuel bs : bytes) (at_ left : Z) (acc : list text)
  : result (list text * bytes * Z) :=
  if left <=? 0 then inl (rev' acc, bs, at_)
  else match fuel with
  | [] => inr (UnfinishedInteger, at_)
  | _ :: fuel' =>
      match first_integer bs [] 0 with
      | inl f => inr (f, at_)
      | inr (size, n, rest) =>
          match take size [] rest with
          | Some (name, rest') =>
              if is_name name && (size <=? 200)
              then solvers fuel' rest' (at_ + n + size) (left - 1) (name :: acc)
              else inr (BadSolverName, at_)
          | None => inr (BadSolverName, at_)
          end
      end
  end.

(** ** Nodes *)
(** What the integers are read for: which variables are ordinals, how many models there are, whether
    several steps may be said of one cell, and sandwiches (from format 2 on), and how many columns all
    variables' encodings have. *)
Record reading := Reading { ordinals : list bool; its_models : Z; many : bool; columns : Z }.
Definition named (r : reading) (argument : Z) : nat * Z :=
  (Z.to_nat (argument mod its_models r), argument / its_models r).

(** What is open while nodes are read: a node with several steps, and which solvers were named. *)
Record so_far := SoFar {
  nodes_rev : list node;       (* the last first *)
  steps_left : Z;              (* of the node Several that is open, if any *)
  steps_rev : list step;
  used : Z }.                  (* bit i: solver i *)
Definition model_of (s : step) : nat :=
  match s with Constant m _ | Signed m _ _ | Tail m _ _ | Trusted m _ _ => m end.
Definition add_node (n : node) (s : so_far) : so_far :=
  SoFar (n :: nodes_rev s) 0 [] (used s).
(** None: the models of the steps of a node do not increase. *)
Definition add_step (x : step) (s : so_far) : option so_far :=
  if steps_left s =? 0 then Some (add_node (Steps [x]) s)
  else
    let later := match steps_rev s with
      | y :: _ => (model_of y <? model_of x)%nat
      | [] => true
      end in
    if negb later then None
    else if steps_left s =? 1 then Some (add_node (Steps (rev' (x :: steps_rev s))) s)
    else Some (SoFar (nodes_rev s) (steps_left s - 1) (x :: steps_rev s) (used s)).
Definition use (i : Z) (s : so_far) : so_far :=
  SoFar (nodes_rev s) (steps_left s) (steps_rev s) (Z.lor (used s) (Z.shiftl 1 i)).

(** Signed integers: 0, -1, 1, -2, ... *)
Definition zigzag (n : Z) : Z := if Z.odd n then - ((n + 1) / 2) else n / 2.
Fixpoint read_strips (models : Z) (n : nat) (least : Z) (is : list Z) (acc : list strip)
  : option (list strip * list Z) :=
  match n, is with
  | O, _ => Some (rev' acc, is)
  | S n', m :: a :: b :: is' =>
      let (lo, hi) := (zigzag a, zigzag b) in
      if (least <=? m) && (m <? models) && (lo <=? hi)
      then read_strips models n' (m + 1) is' (Strip (Z.to_nat m) lo hi :: acc) else None
  | _, _ => None
  end.
Definition FINEST : Z := 1024.         (* the largest exponent *)
Definition MOST_BITS : Z := 10000.     (* of a step's numbers, but for sets of values and sums *)
Definition short (n : Z) : bool := Z.log2 n <? MOST_BITS.
Fixpoint read_form (n : Z) (is acc : list Z) : list Z * list Z :=
  match is with
  | i :: is' => if n <=? 0 then (rev' acc, is) else read_form (n - 1) is' (zigzag i :: acc)
  | [] => (rev' acc, [])
  end.
(** The group of classes that some integers begin with, where there is one. *)
Definition read_group (group : bool) (is : list Z) : option (Z * list Z) :=
  if group then match is with g :: is' => if 0 <? g then Some (g, is') else None | [] => None end else Some (0, is).
(** One, and the integers after it; [argument] is that of a sandwich without cases. *)
Definition read_one (r : reading) (group : bool) (argument : Z) (is : list Z) : option (sandwich * list Z) :=
  match is with
  | e :: w :: is' =>
      match read_group group is' with
      | Some (g, is') =>
          if (e <=? FINEST) && (0 <? w) && short w && short g then
            match read_strips (its_models r) (if Z.odd argument then 2 else 1) 0 is' [] with
            | Some (ss, is'') =>
                let (form, rest) := read_form (columns r) is'' [] in Some (Between ss form e w (argument / 2) g, rest)
            | None => None
            end
          else None
      | None => None
      end
  | _ => None
  end.
Definition integers_of (r : reading) (argument : Z) : Z := 2 + 3 * (1 + argument mod 2) + columns r.
(** Of a sandwich with so many neurons, and of one for each case, which is about as many networks; of one
    network then strips of each case that hold all over the cell.  Or with so many groups, if any: the further ones are
    sandwiches, too. *)
Definition GROUPED : Z := 4.           (* so many more for each group of classes *)
Definition neurons_in (argument : Z) : Z := argument / 8 mod GROUPED.
Definition groups_in (argument : Z) : Z := argument / 8 / GROUPED.
Definition is_grouped (argument : Z) : bool := 0 <? groups_in argument.
Definition SIDES : Z := 3.             (* what stands for sides in place of how many neurons there are *)
Definition all_integers (r : reading) (argument : Z) : Z :=
  let n := integers_of r argument in
  let k := neurons_in argument in
  let all := if is_grouped argument then 1 + n else n in
  if k =? 0 then all + Z.max 0 (groups_in argument - 1) * (2 + n)
  else if k =? SIDES then all + 1 + 2 * (2 + columns r)
  else all + 2 * k + 2 ^ k * (if Z.odd argument then 1 + n else 3 + n).
Fixpoint read_neurons (n : nat) (is : list Z) (acc : list (Z * Z)) : option (list (Z * Z) * list Z) :=
  match n, is with
  | O, _ => Some (rev' acc, is)
  | S n', a :: b :: is' => if short a && short b then read_neurons n' is' ((a, b) :: acc) else None
  | _, _ => None
  end.
(** Cases are of the same group. *)
Fixpoint read_told (n : nat) (r : reading) (two : bool) (g : Z) (is : list Z) (acc : list sandwich)
  : option (list sandwich * list Z) :=
  match n, is with
  | O, _ => Some (rev' acc, is)
  | S n', i :: is' =>
      let argument := i / 8 in
      if (i mod 8 =? 7) && (if two then Z.odd argument && (argument <? 8) else argument =? 0) then
        match read_one r false argument is' with
        | Some (s, rest) =>
            read_told n' r two g rest (Between (strips s) (form s) (exponent s) (bin s) (order s) g :: acc)
        | None => None
        end
      else None
  | _, _ => None
  end.
(** Further groups, of about as many networks. *)
Fixpoint read_further (n : nat) (r : reading) (two : bool) (is : list Z) (acc : list sandwich) : option (list sandwich) :=
  match n, is with
  | O, _ => Some (rev' acc)
  | S n', i :: is' =>
      let argument := i / 8 in
      let own := argument mod 8 in
      if (i mod 8 =? 7) && (argument / 8 =? GROUPED) && (if two then Z.odd own else own =? 0) then
        match read_one r true own is' with
        | Some (s, rest) => read_further n' r two rest (s :: acc)
        | None => None
        end
      else None
  | _, _ => None
  end.
Fixpoint read_over (model : nat) (is : list Z) (acc : list strip) : option (list strip) :=
  match is with
  | [] => Some (rev' acc)
  | a :: b :: is' =>
      let (lo, hi) := (zigzag a, zigzag b) in
      if lo <=? hi then read_over model is' (Strip model lo hi :: acc) else None
  | _ => None
  end.
(** Two sides in one unit. *)
Definition read_side (r : reading) (e : Z) (is : list Z) : option (side * list Z) :=
  match is with
  | w :: end_ :: is' =>
      if (e <=? FINEST) && (0 <? w) && short w then
        let (form, rest) := read_form (columns r) is' [] in Some (Side form e w (zigzag end_), rest)
      else None
  | _ => None
  end.
Definition read_sides (r : reading) (is : list Z) : option (side * side) :=
  match is with
  | e :: is' =>
      match read_side r e is' with
      | Some (one, rest) => option_map (fun x => (one, fst x)) (read_side r e rest)
      | None => None
      end
  | [] => None
  end.
Definition read_sandwich (r : reading) (argument : Z) (is : list Z)
  : option (sandwich * list (Z * Z) * list sandwich * list strip * list (side * side) * list sandwich) :=
  match read_one r (is_grouped argument) (argument mod 8) is with
  | Some (s, rest) =>
      if neurons_in argument =? 0
      then option_map (fun further => (s, [], [], [], [], further))
        (read_further (Z.to_nat (groups_in argument - 1)) r (Z.odd argument) rest [])
      else if neurons_in argument =? SIDES then option_map (fun x => (s, [], [], [], [x], [])) (read_sides r rest)
      else
        let k := Z.to_nat (neurons_in argument) in
        match read_neurons k rest [] with
        | Some (ns, rest) =>
            match read_told (Nat.pow 2 k) r (Z.odd argument) (ones s) rest [] with
            | Some (told, rest) => option_map (fun over => (s, ns, told, over, [], [])) (read_over (hd O (map strip_model (strips s))) rest [])
            | None => None
            end
        | None => None
        end
  | None => None
  end.
(** Whether a step is the class of a model that a sandwich says nothing of. *)
Definition is_beside (x : sandwich) (s : step) : bool :=
  match s with
  | Constant m _ => negb (existsb (fun a => strip_model a =? m)%nat (strips x))
  | _ => false
  end.
(** How many integers follow a node's first; that of trees of signs is how many bytes these are. *)
Definition is_signed (r : reading) (kind argument : Z) : bool := (kind =? 2) && many r && (0 <? argument).
Definition integers_after (r : reading) (kind argument : Z) : Z :=
  if (kind =? 0) || (kind =? 5) || is_signed r kind argument then 1
  else if kind =? 3 then 2
  else if kind =? 7 then all_integers r argument
  else 0.
(** Of one network there is no order and are no four cases, and no more than a sum with further groups. *)
Definition is_sandwich (argument : Z) : bool :=
  (Z.odd argument || (argument mod 8 =? 0) && negb (neurons_in argument =? 2)) &&
  ((groups_in argument <=? 1) || (neurons_in argument =? 0)).
(** What a node cannot be, from its first integer. *)
Definition misplaced (r : reading) (kind argument : Z) (s : so_far) : option fault :=
  if negb ((kind =? 7) || short argument) then Some UnknownNode
  else if (kind =? 1) || (kind =? 3) || (kind =? 5) || is_signed r kind argument then None
  else if negb (steps_left s =? 0) && negb ((steps_left s =? 1) && (kind =? 7)) then Some TooFewSteps
  else if kind =? 0 then match at_index (ordinals r) argument with Some _ => None | None => Some UnknownVariable end
  else if kind =? 7 then
    if negb (many r) then Some UnknownNode
    else if is_sandwich argument then None
    else Some NotASandwich
  else if kind =? 6 then if many r && (2 <=? argument) then None else Some UnknownNode
  else if argument =? 0 then None
  else Some UnknownNode.
(** A node that is not misplaced, from the integers after its first, and from what bytes follow. *)
Definition one_node (r : reading) (names kind argument : Z) (is : list Z) (trees : bytes) (s : so_far) : so_far + fault :=
  let put (x : step) (s : so_far) := match add_step x s with Some s' => inl s' | None => inr StepsNotInOrder end in
  let (m, k) := named r argument in
  match is with
  | [] =>
      if kind =? 1 then put (Constant m k) s
      else if kind =? 2 then inl (add_node Enumerated s)
      else if kind =? 4 then inl (add_node Open s)
      else inl (SoFar (nodes_rev s) argument [] (used s))
  | a :: is' =>
      if kind =? 0 then
        let ordinal := match at_index (ordinals r) argument with Some b => b | None => false end in
        inl (add_node (Split (Z.to_nat argument) (if ordinal then AtMost a else Among a)) s)
      else if kind =? 2 then let (m, k) := named r (argument - 1) in put (Signed m k trees) s
      else if kind =? 3 then
        let below := hd 0 is' in
        if (a <=? below) && (Z.gcd a below =? 1) && short below then put (Tail m k (a # Z.to_pos below)) s else inr NotAProbability
      else if kind =? 5 then
        if names <=? a then inr UnknownSolver else put (Trusted m k (Z.to_nat a)) (use a s)
      else
        match read_sandwich r argument is with
        | Some (x, ns, told, over, sides, further) =>
            if forallb (is_beside x) (steps_rev s) then inl (add_node (Sandwich (rev' (steps_rev s)) x ns told over sides further) s)
            else inr NotASandwich
        | None => inr NotASandwich
        end
  end.
(** All nodes up to the end; [fuel] has at least as many bytes as there are. *)
Fixpoint nodes (r : reading) (names : Z) (fuel bs : bytes) (at_ : Z) (s : so_far) : result (list node * Z) :=
  match bs, fuel with
  | [], _ => if steps_left s =? 0 then inl (rev' (nodes_rev s), used s) else inr (TooFewSteps, 0)
  | _, [] => inr (UnfinishedInteger, at_)
  | _, _ :: fuel' =>
      match first_integer bs [] 0 with
      | inl f => inr (f, at_)
      | inr (i, n, rest) =>
          let kind := i mod 8 in
          let argument := i / 8 in
          match misplaced r kind argument s with
          | Some f => inr (f, at_)
          | None =>
              match some_integers rest rest (integers_after r kind argument) n [] with
              | inl f => inr (f, at_)
              | inr (is, size, rest) =>
                  let long := if is_signed r kind argument then hd 0 is else 0 in
                  match take long [] rest with
                  | None => inr (UnfinishedInteger, at_)
                  | Some (trees, rest) =>
                      match one_node r names kind argument is trees s with
                      | inl s' => nodes r names fuel' rest (at_ + size + long) s'
                      | inr f => inr (f, at_)
                      end
                  end
              end
          end
      end
  end.

(** The proof, and the names of its solvers. *)
Definition read (r : reading) (bs : bytes) : result (proof * list text) :=
  match first_integer bs [] 0 with
  | inl f => inr (f, 0)
  | inr (names, n, rest) =>
      match solvers rest rest n names [] with
      | inr f => inr f
      | inl (table, rest', at_) =>
          match nodes r names rest' rest' at_ (SoFar [] 0 [] 0) with
          | inr f => inr f
          | inl (ns, used) =>
              if negb (increasing table && (used =? Z.shiftl 1 names - 1)) then inr (OtherSolversNamed, at_)
              else inl (ns, table)
          end
      end
  end.
