(** A network: its description in JSON, and its weights in IEEE-754, little-endian, row by row. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics DomainJson.
Import ListNotations.
Open Scope Z_scope.

Definition COLUMNS := Eval compute in of_string "columns".
Definition LAYERS := Eval compute in of_string "layers".
Definition NOTES := Eval compute in of_string "notes".
Definition EXECUTED := Eval compute in of_string "executed".
Definition HEAD := Eval compute in of_string "head".
Definition LABELS := Eval compute in of_string "labels".
Definition KIND := Eval compute in of_string "kind".
Definition ARRAYS := Eval compute in of_string "arrays".
Definition TYPE := Eval compute in of_string "type".
Definition SHAPE := Eval compute in of_string "shape".
Definition FLOAT32 := Eval compute in of_string "float32".
Definition FLOAT64 := Eval compute in of_string "float64".
Definition AFFINE := Eval compute in of_string "affine".
Definition SCALE := Eval compute in of_string "scale".
Definition RELU := Eval compute in of_string "relu".
Definition SIGN := Eval compute in of_string "sign".
Definition ADD := Eval compute in of_string "add".
Definition BFLOAT16 := Eval compute in of_string "bfloat16".
Definition FLOAT16 := Eval compute in of_string "float16".
Definition THRESHOLD := Eval compute in of_string "threshold".
Definition ORIGIN := Eval compute in of_string "origin".
Definition LOGIT := Eval compute in of_string "logit".
Definition PROBABILITY := Eval compute in of_string "probability".
Definition REGRESSION := Eval compute in of_string "regression".
Definition LABEL := Eval compute in of_string "label".
Definition SHOWN := Eval compute in of_string "shown".
Definition ASKED := Eval compute in of_string "asked".
Definition ASSUMED := Eval compute in of_string "assumed".
Definition MOST_LAYERS : Z := 4096.
Definition WIDEST : Z := 67108864.              (* 2^26: logits times the widest layer *)
Definition LARGEST_SIDE : Z := 1099511627776.   (* 2^40 *)
Definition LARGEST_LAYER : Z := 2147483648.     (* bits *)

(** ** Weights *)
(** The next [n] numbers of weights.bin, and the bytes after them. *)
Fixpoint floats32 (bs : bytes) (n : Z) (acc : list Q) : result (list Q * bytes) :=
  if n =? 0 then inl (rev' acc, bs)
  else match bs with
  | a :: b :: c :: d :: r =>
      match float32 a b c d with
      | Some q => floats32 r (n - 1) (q :: acc)
      | None => inr (WeightNotFinite, [])
      end
  | _ => inr (WeightsEnd, [])
  end.
Fixpoint floats64 (bs : bytes) (n : Z) (acc : list Q) : result (list Q * bytes) :=
  if n =? 0 then inl (rev' acc, bs)
  else match bs with
  | a :: b :: c :: d :: e :: f :: g :: h :: r =>
      match float64 a b c d e f g h with
      | Some q => floats64 r (n - 1) (q :: acc)
      | None => inr (WeightNotFinite, [])
      end
  | _ => inr (WeightsEnd, [])
  end.
(** An array as its entry describes it: whether its numbers have 64 bits, and its sides. *)
Definition side (v : json) : option Z :=
  match v with JInt n => if (0 <=? n) && (n <? LARGEST_SIDE) then Some n else None | _ => None end.
Definition array_entry (v : json) : option (bool * list Z) :=
  match v with
  | JObject ms =>
      match fields [TYPE; SHAPE] ms with
      | Some [JText t; JList sides] =>
          if (same t FLOAT32 || same t FLOAT64) && (count ms =? 2)
          then option_map (pair (same t FLOAT64)) (every side [] sides) else None
      | _ => None
      end
  | _ => None
  end.
(** The arrays of a layer must have these shapes; their numbers, and the bytes after them. *)
Fixpoint arrays (stated : list json) (shapes : list (list Z)) (bs : bytes) (i : Z)
  (acc : list (list Q)) : result (list (list Q) * bytes) :=
  match stated, shapes with
  | [], [] => inl (rev' acc, bs)
  | v :: vs, s :: ss =>
      get (wide, sides) of array_entry v or (ShapesDoNotFit, [i]) ;;
      need (count sides =? count s) && forallb (fun p => fst p =? snd p) (combine sides s)
        or (ShapesDoNotFit, [i]) ;;
      let n := fold_left Z.mul s 1 in
      match (if wide : bool then floats64 bs n [] else floats32 bs n []) with
      | inl (qs, rest) => arrays vs ss rest i (qs :: acc)
      | inr (c, _) => inr (c, [i])
      end
  | _, _ => inr (ShapesDoNotFit, [i])
  end.
(** Cut into rows of [width]. *)
Fixpoint cut_rows (width left : Z) (row : list Q) (qs : list Q) (acc : list (list Q))
  : list (list Q) :=
  match qs with
  | [] => rev' acc
  | q :: qs' =>
      if left =? 1 then cut_rows width width [] qs' (rev' (q :: row) :: acc)
      else cut_rows width (left - 1) (q :: row) qs' acc
  end.

(** ** Layers.  [widths]: of the nodes so far, the newest first; there are [i + 1] of them. *)
Definition source (i : Z) (v : json) : option Z :=
  match v with JInt s => if (0 <=? s) && (s <=? i) then Some s else None | _ => None end.
Definition width_at (widths : list Z) (i s : Z) : Z :=
  match at_index widths (i - s) with Some w => w | None => 0 end.
Fixpoint channels (a b c : list Q) (acc : list (Q * Q * Q)) : list (Q * Q * Q) :=
  match a, b, c with
  | x :: a', y :: b', z :: c' => channels a' b' c' ((x, y, z) :: acc)
  | _, _, _ => rev' acc
  end.
(** Denominators of the factors and shifts of a Scale layer, made exact. *)
Definition factor (c : Q * Q * Q) : list Z :=
  let '(s, d, b) := c in
  [Zpos (Qden (fraction (Qnum s * Zpos (Qden d)) (Z.abs (Qnum d) * Zpos (Qden s)))); Zpos (Qden b)].
(** How many rows the weight of an affine layer says that it has. *)
Definition outputs_of (stated : list json) : option Z :=
  match stated with
  | v :: _ => match array_entry v with Some (_, n :: _) => Some n | _ => None end
  | [] => None
  end.
(** The layers with weights, of an input of this width: the layer, its width, the bytes that follow. *)
Definition read_affine (i width : Z) (node : nat) (stated : list json) (bs : bytes)
  : result (layer * Z * bytes) :=
  get rows of outputs_of stated or (ShapesDoNotFit, [i]) ;;
  need 1 <=? rows or (ShapesDoNotFit, [i]) ;;
  found <- arrays stated [[rows; width]; [rows]] bs i [] ;;
  match found with
  | ([weight; bias], rest) =>
      inl (Affine node (combine (cut_rows width width [] weight []) bias), rows, rest)
  | _ => inr (ShapesDoNotFit, [i])
  end.
Definition read_scale (i width : Z) (node : nat) (stated : list json) (bs : bytes)
  : result (layer * Z * bytes) :=
  found <- arrays stated [[width]; [width]; [width]] bs i [] ;;
  match found with
  | ([scale; divisor; shift], rest) =>
      need forallb (fun d => negb (Qnum d =? 0)) divisor or (DividesByZero, [i]) ;;
      let cs := channels scale divisor shift [] in
      get _ of common (Z.max (LARGEST_LAYER / (1 + width)) 10000) 1 (flat_map factor cs)
        or (DenominatorTooLong, [i]) ;;
      inl (Scale node cs, width, rest)
  | _ => inr (ShapesDoNotFit, [i])
  end.
Definition read_layer (i : Z) (widths : list Z) (v : json) (bs : bytes)
  : result (layer * Z * bytes) :=
  get ms of members_of v or (UnknownLayer, [i]) ;;
  get (kind, sources) of
    match fields [KIND; FROM] ms with Some [JText k; JList l] => Some (k, l) | _ => None end
    or (MissingOrUnknownKeys, [i]) ;;
  get from of every (source i) [] sources or (ReadsALaterNode, [i]) ;;
  let weighted := same kind AFFINE || same kind SCALE in
  need count ms =? (if weighted then 3 else 2) or (MissingOrUnknownKeys, [i]) ;;
  get stated of
    match find ARRAYS ms with
    | Some l => if weighted then list_of l else None
    | None => if weighted then None else Some []
    end or (MissingOrUnknownKeys, [i]) ;;
  match from with
  | [s] =>
      let node := Z.to_nat s in
      let width := width_at widths i s in
      if same kind RELU then inl (Relu node, width, bs)
      else if same kind SIGN then inl (Sign node, width, bs)
      else if same kind AFFINE then read_affine i width node stated bs
      else if same kind SCALE then read_scale i width node stated bs
      else inr (UnknownLayer, [i])
  | [s; t] =>
      need same kind ADD or (UnknownLayer, [i]) ;;
      let width := width_at widths i s in
      need width =? width_at widths i t or (ShapesDoNotFit, [i]) ;;
      inl (Add (Z.to_nat s) (Z.to_nat t), width, bs)
  | _ => inr (UnknownLayer, [i])
  end.
Fixpoint read_layers (i : Z) (widths : list Z) (vs : list json) (bs : bytes) (acc : list layer)
  : result (list layer * list Z * bytes) :=
  match vs with
  | [] => inl (rev' acc, widths, bs)
  | v :: vs' =>
      found <- read_layer i widths v bs ;;
      let '(l, w, rest) := found : layer * Z * bytes in
      read_layers (i + 1) (w :: widths) vs' rest (l :: acc)
  end.

(** ** What is only said of the classes: it must not contradict itself *)
Definition is_head (v : json) (outputs : Z) : bool :=
  match v with
  | JObject ms =>
      match fields [KIND; THRESHOLD; ORIGIN] ms with
      | Some [JText kind; threshold; JText origin] =>
          (count ms =? 3) && one_of origin [SHOWN; ASKED; ASSUMED] &&
          match threshold with
          | JNull =>
              if same kind LABEL then negb (same origin ASSUMED)
              else one_of kind [LOGIT; PROBABILITY] && (1 <? outputs)
          | JText t =>
              let (minus, digits) :=
                match t with c :: r => if c =? 45 then (true, r) else (false, t) | [] => (false, t) end in
              match plain_fraction digits with
              | Some q =>
                  (count t <=? LONGEST) && negb (minus && (Qnum q =? 0)) &&
                  (Z.log2 (Z.max (Qnum q) (Zpos (Qden q))) <? 4000) && (outputs =? 1) &&
                  (same kind LOGIT || same kind REGRESSION ||
                   same kind PROBABILITY && negb minus && (0 <? Qnum q) && (Qnum q <? Zpos (Qden q)))
              | None => false
              end
          | _ => false
          end
      | _ => false
      end
  | _ => false
  end.
Definition is_class_names (v : json) (classes : Z) : bool :=
  match v with
  | JList vs =>
      match names_of vs with Some ts => (count ts =? classes) && distinct ts | None => false end
  | _ => false
  end.
Definition is_narrow (v : json) : bool :=
  match v with
  | JList [JText a] => one_of a [BFLOAT16; FLOAT16]
  | JList [JText a; JText b] => same a BFLOAT16 && same b FLOAT16
  | _ => false
  end.
Definition is_note (v : json) : bool := match v with JText t => printable t | _ => false end.
Definition holds_if_there (key : text) (ms : list (text * json)) (test : json -> bool) : bool :=
  match find key ms with Some v => test v | None => true end.

Definition classes_of (outputs : Z) : Z := Z.max 2 outputs.
(** The network, how many columns it takes, how many logits it has; and the bytes that follow. *)
Definition read_network (v : json) (bs : bytes) : result (network * Z * Z * bytes) :=
  get ms of members_of v or (NotAnObject, []) ;;
  get (columns, layers, notes) of
    match fields [COLUMNS; LAYERS; NOTES] ms with
    | Some [JInt c; JList ls; JList ns] => Some (c, ls, ns)
    | _ => None
    end or (MissingOrUnknownKeys, []) ;;
  need only [COLUMNS; LAYERS; NOTES; EXECUTED; HEAD; LABELS] ms or (MissingOrUnknownKeys, []) ;;
  need forallb is_note notes or (NotAText, []) ;;
  need 1 <=? columns or (ColumnsDoNotFit, []) ;;
  need count layers <=? MOST_LAYERS or (TooManyLayers, []) ;;
  need 1 <=? count layers or (NoLayers, []) ;;
  found <- read_layers 0 [columns] layers bs [] ;;
  let '(n, widths, rest) := found : list layer * list Z * bytes in
  let outputs := match widths with w :: _ => w | [] => 0 end in
  need outputs * fold_left Z.max widths 0 <=? WIDEST or (TooManyLogits, []) ;;
  need holds_if_there EXECUTED ms is_narrow or (BadNarrowType, []) ;;
  need holds_if_there HEAD ms (fun h => is_head h outputs) or (BadHead, []) ;;
  need holds_if_there LABELS ms (fun l => is_class_names l (classes_of outputs)) or (BadClassNames, []) ;;
  inl (n, columns, outputs, rest).
