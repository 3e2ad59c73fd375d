(** * Cases: two copies of a network, where a component before a ReLU has a sign.

    Where it is at least 0 or at most 0 its enclosure is cut there, that of the second network by how far both are
    apart; and later nodes are bounded again.  With what is found strips and an order are shown as everywhere else;
    they hold at the points of the case. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting Steps Within Strips.
Import ListNotations.
Open Scope Z_scope.

(** A component of a node, which is numbered from the newest; and whether it is at least 0, or at most 0. *)
Definition side : Type := nat * nat * bool.
(** All signs that components may have: bit i of a case's number is that of the i-th. *)
Fixpoint cases_of (ns : list (nat * nat)) : list (list side) :=
  match ns with
  | [] => [[]]
  | x :: ns' => flat_map (fun ss => [(x, false) :: ss; (x, true) :: ss]) (cases_of ns')
  end.
(** Whether a node is read by a ReLU. *)
Fixpoint before_relu (n : network) (i : nat) : bool :=
  match n, i with
  | l :: n', S i' => match l with Relu j => (j =? i')%nat | _ => false end || before_relu n' i'
  | _, _ => false
  end.

(** ** Enclosures in a case *)
Definition cut_ends (above : bool) (b : Z * Z) : Z * Z :=
  if above then (Z.max 0 (fst b), snd b) else (fst b, Z.min 0 (snd b)).
Fixpoint change (f : Z * Z -> Z * Z) (i : nat) (b : box) : box :=
  match b, i with
  | [], _ => []
  | x :: b', O => f x :: b'
  | x :: b', S i' => x :: change f i' b'
  end.
Fixpoint change_at (f : Z * Z -> Z * Z) (j i : nat) (es : list info) : list info :=
  match es, j with
  | [], _ => []
  | e :: r, O => inform 0 LEAN (change f i (ends e)) :: r
  | e :: r, S j' => e :: change_at f j' i r
  end.
Definition cut_at_0 (ss : list side) (es : list info) : list info :=
  fold_right (fun s es => change_at (cut_ends (snd s)) (fst (fst s)) (snd (fst s)) es) es ss.
(** Whether ends cross: then there is no point. *)
Definition no_point (es : list info) : bool := existsb (fun e => existsb (fun b => snd b <? fst b) (ends e)) es.
(** How many of the newest nodes come after the first that is cut. *)
Definition later_than (ss : list side) : nat := fold_right (fun s m => Nat.max (fst (fst s)) m) O ss.
(** Those bounded again, everywhere. *)
Definition everywhere : zone := Zone [] 0 0.
Fixpoint again_from (m : nat) (loose : bool) (keep : Z) (ks : list aid) (n : network) (es : list info)
  (reads : list nat) (c : cell) : list info :=
  match m, n, es with
  | S m', l :: n', e :: r =>
      let r := again_from m' loose keep (tl ks) n' r reads c in
      clip_node everywhere loose keep ks l n' e r reads c :: r
  | _, _, _ => es
  end.
Definition rebounded (m : nat) (keep : Z) (n : net) (es : list info) (c : cell) : list info :=
  again_from m (loose (ready n)) keep (aids (ready n)) (layers (ready n)) es (sees n) c.
(** Of a second network the same components are what those of the first and the differences leave. *)
Definition move (es : list info) (ds : list box) (s : side) (es' : list info) : list info :=
  let (j, i) := fst s in
  let b := iadd (nth i (ends_at j es) (0, 0)) (nth i (nth j ds []) (0, 0)) in
  change_at (fun a => meet a b) j i es'.
Definition moved (n n' : net) (ss : list side) (es es' : list info) (c : cell) : list info :=
  let ds := gaps (layers (ready n)) es es' (gap_input c (sees n) (sees n')) in fold_right (move es ds) es' ss.

(** ** Whether strips and an order hold in a case of two networks of equal layers. *)
Definition case_from (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell) (n n' : net) (s s' : strip)
  (order : Z) (ss : list side) (es es' : list info) : bool :=
  let es := cut_at_0 ss es in
  if no_point es then true
  else
    let m := later_than ss in
    let es := rebounded m (bits e) n es c in
    let es' := rebounded m (bits e) n' (moved n n' ss es es' c) c in
    two_from e keep unit up fs c n n' s s' order es (moved n n' ss es es' c).
(** [es] and [es'] are the first of [tries]. *)
Definition case_holds (unit up : Z) (fs : list vec) (c : cell) (n n' : net) (s s' : strip) (order : Z)
  (ss : list side) (es es' : list info) : bool :=
  case_from usual KEEP unit up fs c n n' s s' order ss es es' ||
  let e := Effort true true EXACT 0 LEAN 0 0 in
  case_from e EXACT unit up fs c n n' s s' order ss (enclosed e n c) (enclosed e n' c).
(** Neurons, numbered as in a file: nodes from the input, which none is. *)
Definition located (n : network) (x : Z * Z) : nat * nat := ((length n - Z.to_nat (fst x))%nat, Z.to_nat (snd x)).
Definition is_neuron (n : network) (es : list info) (x : Z * Z) : bool :=
  (0 <? fst x) && (fst x <=? Z.of_nat (length n)) &&
  let j := (length n - Z.to_nat (fst x))%nat in
  before_relu n j && (0 <=? snd x) && (snd x <? Z.of_nat (length (ends_at j es))).
Fixpoint ascending (ns : list (Z * Z)) : bool :=
  match ns with
  | x :: (y :: _) as ns' => ((fst x <? fst y) || (fst x =? fst y) && (snd x <? snd y)) && ascending ns'
  | _ => true
  end.
