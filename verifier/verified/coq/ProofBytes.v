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
(** All integers up to the end, each with the offset of its first byte. *)
Fixpoint integers (bs : bytes) (at_ start : Z) (digits : list Z) (n : Z) (acc : list (Z * Z))
  : result (list (Z * Z)) :=
  match bs with
  | [] => if n =? 0 then inl (rev' acc) else inr (UnfinishedInteger, start)
  | b :: r =>
      if 128 <=? b then
        if LONGEST_INTEGER <? n then inr (UnfinishedInteger, start)
        else integers r (at_ + 1) start (b - 128 :: digits) (n + 1) acc
      else if (b =? 0) && (0 <? n) then inr (LeadingZeros, start)
      else integers r (at_ + 1) (at_ + 1) [] 0 ((start, integer (b :: digits)) :: acc)
  end.
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

(** A sandwich whose integers are being read: where it begins, its argument, and how many are left. *)
Record open_sandwich := OpenSandwich {
  begun : Z; its_argument : Z; integers_left : Z; integers_rev : list Z }.
(** What is open while nodes are read: a node with several steps, and which solvers were named. *)
Record so_far := SoFar {
  nodes_rev : list node;       (* the last first *)
  steps_left : Z;              (* of the node Several that is open, if any *)
  steps_rev : list step;
  used : Z;                    (* bit i: solver i *)
  half_read : option open_sandwich }.
Definition model_of (s : step) : nat :=
  match s with Constant m _ => m | Tail m _ _ => m | Trusted m _ _ => m end.
Definition add_node (n : node) (s : so_far) : so_far :=
  SoFar (n :: nodes_rev s) 0 [] (used s) None.
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
    else Some (SoFar (nodes_rev s) (steps_left s - 1) (x :: steps_rev s) (used s) None).
Definition use (i : Z) (s : so_far) : so_far :=
  SoFar (nodes_rev s) (steps_left s) (steps_rev s) (Z.lor (used s) (Z.shiftl 1 i)) None.

(** A step about a network, of kind 1, 3 or 5, from its argument and the two integers after it (if they
    are there); and how many of them it took. *)
Definition about (r : reading) (names kind argument : Z) (a b : option Z) (s : so_far)
  : so_far * Z + fault :=
  let (m, k) := named r argument in
  let put (x : step) (s' : so_far) (taken : Z) :=
    match add_step x s' with Some s'' => inl (s'', taken) | None => inr StepsNotInOrder end in
  if kind =? 1 then put (Constant m k) s 0
  else if kind =? 3 then
    match a, b with
    | Some above, Some below =>
        if (above <=? below) && (Z.gcd above below =? 1)
        then put (Tail m k (above # Z.to_pos below)) s 2 else inr NotAProbability
    | _, _ => inr UnfinishedInteger
    end
  else
    match a with
    | Some which =>
        if names <=? which then inr UnknownSolver
        else put (Trusted m k (Z.to_nat which)) (use which s) 1
    | None => inr UnfinishedInteger
    end.

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
Fixpoint read_form (n : Z) (is acc : list Z) : list Z * list Z :=
  match is with
  | i :: is' => if n <=? 0 then (rev' acc, is) else read_form (n - 1) is' (zigzag i :: acc)
  | [] => (rev' acc, [])
  end.
(** One, and the integers after it; [argument] is that of a sandwich without cases. *)
Definition read_one (r : reading) (argument : Z) (is : list Z) : option (sandwich * list Z) :=
  match is with
  | e :: w :: is' =>
      if (e <=? FINEST) && (0 <? w) then
        match read_strips (its_models r) (if Z.odd argument then 2 else 1) 0 is' [] with
        | Some (ss, is'') =>
            let (form, rest) := read_form (columns r) is'' [] in Some (Between ss form e w (argument / 2), rest)
        | None => None
        end
      else None
  | _ => None
  end.
Definition integers_of (r : reading) (argument : Z) : Z := 2 + 3 * (1 + argument mod 2) + columns r.
(** Of a sandwich with [argument / 8] neurons, and of one for each case, which is about two networks too. *)
Definition neurons_in (argument : Z) : Z := argument / 8.
Definition all_integers (r : reading) (argument : Z) : Z :=
  let n := integers_of r argument in
  let k := neurons_in argument in
  if k =? 0 then n else n + 2 * k + 2 ^ k * (1 + n).
Fixpoint read_neurons (n : nat) (is : list Z) (acc : list (Z * Z)) : option (list (Z * Z) * list Z) :=
  match n, is with
  | O, _ => Some (rev' acc, is)
  | S n', a :: b :: is' => read_neurons n' is' ((a, b) :: acc)
  | _, _ => None
  end.
Fixpoint read_told (n : nat) (r : reading) (is : list Z) (acc : list sandwich) : option (list sandwich) :=
  match n, is with
  | O, [] => Some (rev' acc)
  | S n', i :: is' =>
      let argument := i / 8 in
      if (i mod 8 =? 7) && Z.odd argument && (argument <? 8) then
        match read_one r argument is' with Some (s, rest) => read_told n' r rest (s :: acc) | None => None end
      else None
  | _, _ => None
  end.
Definition read_sandwich (r : reading) (argument : Z) (is : list Z)
  : option (sandwich * list (Z * Z) * list sandwich) :=
  match read_one r (argument mod 8) is with
  | Some (s, rest) =>
      if neurons_in argument =? 0 then Some (s, [], [])
      else
        let k := Z.to_nat (neurons_in argument) in
        match read_neurons k rest [] with
        | Some (ns, rest) => option_map (fun told => (s, ns, told)) (read_told (Nat.pow 2 k) r rest [])
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
(** One more integer of a sandwich, which may be the last of several steps. *)
Definition gather (r : reading) (i : Z) (o : open_sandwich) (s : so_far) : so_far + fault :=
  let is := i :: integers_rev o in
  if integers_left o =? 1 then
    match read_sandwich r (its_argument o) (rev' is) with
    | Some (x, ns, told) =>
        if forallb (is_beside x) (steps_rev s) then inl (add_node (Sandwich (rev' (steps_rev s)) x ns told) s)
        else inr NotASandwich
    | None => inr NotASandwich
    end
  else
    inl (SoFar (nodes_rev s) 0 (steps_rev s) (used s)
           (Some (OpenSandwich (begun o) (its_argument o) (integers_left o - 1) is))).
(** Any other node. *)
Definition other (r : reading) (at_ kind argument : Z) (a : option Z) (s : so_far) : so_far * Z + fault :=
  if negb (steps_left s =? 0) && negb ((steps_left s =? 1) && (kind =? 7)) then inr TooFewSteps
  else if kind =? 0 then
    match at_index (ordinals r) argument, a with
    | Some ordinal, Some half =>
        let t := if ordinal : bool then AtMost half else Among half in
        inl (add_node (Split (Z.to_nat argument) t) s, 1)
    | None, _ => inr UnknownVariable
    | _, None => inr UnfinishedInteger
    end
  else if (kind =? 6) && many r && (2 <=? argument)
  then inl (SoFar (nodes_rev s) argument [] (used s) None, 0)
  else if (kind =? 7) && many r then
    if (argument =? 0) || (Z.odd argument && (argument <? 24)) then
      let o := OpenSandwich at_ argument (all_integers r argument) [] in
      inl (SoFar (nodes_rev s) 0 (steps_rev s) (used s) (Some o), 0)
    else inr NotASandwich
  else if (kind =? 2) && (argument =? 0) then inl (add_node Enumerated s, 0)
  else if (kind =? 4) && (argument =? 0) then inl (add_node Open s, 0)
  else inr UnknownNode.
Definition first (is : list (Z * Z)) : option Z :=
  match is with (_, i) :: _ => Some i | [] => None end.
Fixpoint nodes (r : reading) (names : Z) (is : list (Z * Z)) (s : so_far)
  : result (list node * Z) :=
  match is with
  | [] =>
      match half_read s with
      | Some o => inr (UnfinishedInteger, begun o)
      | None => if steps_left s =? 0 then inl (rev' (nodes_rev s), used s) else inr (TooFewSteps, 0)
      end
  | (at_, i) :: is1 =>
      match half_read s with
      | Some o =>
          match gather r i o s with inl s' => nodes r names is1 s' | inr f => inr (f, begun o) end
      | None =>
      let kind := i mod 8 in
      let found :=
        if (kind =? 1) || (kind =? 3) || (kind =? 5)
        then about r names kind (i / 8) (first is1) (first (tl is1)) s
        else other r at_ kind (i / 8) (first is1) s in
      match found with
      | inr f => inr (f, at_)
      | inl (s', taken) =>
          if taken =? 0 then nodes r names is1 s'
          else match is1 with
          | [] => inr (UnfinishedInteger, at_)
          | _ :: is2 =>
              if taken =? 1 then nodes r names is2 s'
              else match is2 with
              | [] => inr (UnfinishedInteger, at_)
              | _ :: is3 => nodes r names is3 s'
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
          match integers rest' at_ at_ [] 0 [] with
          | inr f => inr f
          | inl is =>
              match nodes r names is (SoFar [] 0 [] 0 None) with
              | inr f => inr f
              | inl (ns, used) =>
                  if negb (increasing table && (used =? Z.shiftl 1 names - 1))
                  then inr (OtherSolversNamed, at_)
                  else inl (ns, table)
              end
          end
      end
  end.
