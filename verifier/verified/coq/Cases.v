(** * Cases: one network or two copies of it, where a component before a ReLU has a sign.

    Where it is at least 0 or at most 0 its enclosure is cut there, that of the second network by how far both are
    apart; and later nodes are bounded again.  With what is found strips and an order are shown as everywhere else,
    but that slopes are as fine as they can be; they hold at the points of the case. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting Steps Within Strips.
Import ListNotations.
Open Scope Z_scope.

(** A component of a node, which is numbered from the newest; and whether it is at least 0, or at most 0. *)
Definition sign : Type := nat * nat * bool.
(** All signs that components may have: bit i of a case's number is that of the i-th. *)
Fixpoint cases_of (ns : list (nat * nat)) : list (list sign) :=
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
Fixpoint change {A} (f : A -> A) (i : nat) (b : list A) : list A :=
  match b, i with
  | [], _ => []
  | x :: b', O => f x :: b'
  | x :: b', S i' => x :: change f i' b'
  end.
Definition at_node (j : nat) (ss : list sign) : list sign := filter (fun s => (fst (fst s) =? j)%nat) ss.
(** What the signs say of node j of the first network. *)
Definition cut_here (ss : list sign) (j : nat) (r : list info) (b : box) : box :=
  fold_right (fun s b => change (cut_ends (snd s)) (snd (fst s)) b) b (at_node j ss).
(** And of the second: the same components are what the first's and their differences leave. *)
Definition moved_here (n : network) (ss : list sign) (es : list info) (d : box) (j : nat) (r : list info) (b : box) : box :=
  match at_node j ss, skipn j n with
  | (_ :: _) as here, l :: n' =>
      let before := skipn (S j) es in
      let apart := gap_step false l (gaps false n' before r d) before r in
      fold_right
        (fun s b =>
           let i := snd (fst s) in
           let there := iadd (nth i (ends_at j es) (0, 0)) (nth i apart (0, 0)) in change (fun a => meet a there) i b)
        b here
  | _, _ => b
  end.
(** Whether ends cross: then there is no point. *)
Definition no_point (es : list info) : bool := existsb (fun e => existsb crosses (ends e)) es.
(** How many of the newest nodes there are up to the first that has a sign. *)
Definition reach (ss : list sign) : nat := S (fold_right (fun s m => Nat.max (fst (fst s)) m) O ss).
(** So many nodes, of which j are newer: what is known of each is met, and those after it are bounded again. *)
Definition everywhere : zone := Zone [] 0 0.
Fixpoint again_from (m j : nat) (known : nat -> list info -> box -> box) (loose : bool) (keep : Z) (ks : list aid)
  (n : network) (es : list info) (reads : list nat) (c : cell) : list info :=
  match m, n, es with
  | S m', l :: n', e :: r =>
      match m' with
      | O => inform 0 LEAN (known j r (ends e)) :: r
      | _ =>
          let r := again_from m' (S j) known loose keep (tl ks) n' r reads c in
          clip_node (fun b => known j r b) everywhere loose keep ks l n' e r reads c :: r
      end
  | _, _, _ => es
  end.
Definition cased (known : nat -> list info -> box -> box) (m : nat) (keep : Z) (n : view) (es : list info) (c : cell)
  : list info :=
  again_from m O known (loose (ready n)) keep (aids (ready n)) (layers (ready n)) es (sees n) c.

(** ** Whether strips and an order hold in a case of two networks of equal layers. *)
Definition case_from (strict : bool) (e : effort) (keep : Z) (unit up : Z) (fs : list vec) (c : cell) (n n' : view) (s s' : claim)
  (order : Z) (ss : list sign) (es es' : list info) : bool :=
  let es := cased (fun j r b => cut_here ss j r b) (reach ss) (bits e) n es c in
  if no_point es then true
  else
    let d := gap_input c (sees n) (sees n') in
    let es' := cased (fun j r b => moved_here (layers (ready n)) ss es d j r b) (reach ss) (bits e) n' es' c in
    two_from strict (together D n n') (together D n n') e keep unit up fs c n n' s s' order es es'.
(** [es] and [es'] are the first of [tries]. *)
Definition in_both_tries (holds : effort -> Z -> list info -> list info -> bool) (n n' : view) (c : cell) (es es' : list info) : bool :=
  holds usual KEEP es es' ||
  existsb (fun t => let (es, es') := both_enclosed (fst t) n n' c in holds (fst t) (snd t) es es') (tl tries).
Definition case_holds (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n n' : view) (s s' : claim) (order : Z)
  (ss : list sign) (es es' : list info) : bool :=
  in_both_tries (fun e keep => case_from strict e keep unit up fs c n n' s s' order ss) n n' c es es'.
(** ** Whether strips hold of one network: in a case, and everywhere with a line of the case's slope. *)
Definition one_case_from (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n : view) (s : claim) (ss : list sign)
  (e : effort) (keep : Z) (es : list info) : bool :=
  let es := cased (fun j r b => cut_here ss j r b) (reach ss) (bits e) n es c in
  if no_point es then true else one_from strict (alone D n) (alone D n) e keep unit up fs c n s es.
Definition sloped (s : sign) (es : list info) : list info :=
  let i := snd (fst s) in
  let slope b := parallel D (if snd s then (0, 0) else (-1, -1)) b in
  change (fun e => Info (ends e) (Bounds.total e) (change (fun _ => slope (nth i (ends e) (0, 0))) i (lines e))) (fst (fst s)) es.
Definition one_sloped_from (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n : view) (s : claim) (ss : list sign)
  (e : effort) (keep : Z) (es : list info) : bool :=
  one_from strict (alone SLOPES n) (fun es => let (ps, more) := alone SLOPES n es in (fold_right sloped ps ss, more))
    e keep unit up fs c n s es.
(** [es] is the first of [tries]. *)
Definition in_tries (holds : effort -> Z -> list info -> bool) (n : view) (c : cell) (es : list info) : bool :=
  holds usual KEEP es || existsb (fun t => holds (fst t) (snd t) (enclosed (fst t) n c)) (tl tries).
Definition one_case_holds (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n : view) (s over : claim) (ss : list sign)
  (es : list info) : bool :=
  in_tries (one_case_from strict unit up fs c n s ss) n c es && in_tries (one_sloped_from strict unit up fs c n over ss) n c es.
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
