(** Models, networks and trees, each bound to the variables that it reads; and the question. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics DomainJson NetworkJson.
Import ListNotations.
Open Scope Z_scope.

Definition TREE_1 := Eval compute in of_string "leafproof-tree/1".
Definition MODELS_1 := Eval compute in of_string "leafproof-models/1".
Definition QUESTION_1 := Eval compute in of_string "leafproof-question/1".
Definition ROOT := Eval compute in of_string "root".
Definition CLASS := Eval compute in of_string "class".
Definition COLUMN := Eval compute in of_string "column".
Definition MODELS := Eval compute in of_string "models".
Definition READS := Eval compute in of_string "reads".
Definition NETWORK := Eval compute in of_string "network".
Definition TREE := Eval compute in of_string "tree".
Definition OPAQUE := Eval compute in of_string "opaque".
Definition FORMULA := Eval compute in of_string "formula".
Definition SAME := Eval compute in of_string "same".
Definition NOT := Eval compute in of_string "not".
Definition ALL := Eval compute in of_string "all".
Definition ANY := Eval compute in of_string "any".
Definition LARGEST_INDEX : Z := 2147483648.      (* 2^31 *)
Definition LARGEST_TABLE : Z := 536870912.       (* 2^29: nodes times values *)
Definition MOST_MODELS : Z := 64.
Definition DEEPEST_FORMULA : nat := Z.to_nat 1000.

(** An object that holds a format and one other entry. *)
Definition with_format (format key : text) (v : json) : result json :=
  get ms of members_of v or (NotAnObject, []) ;;
  get found of match find FORMAT ms with Some f => text_of f | None => None end
    or (OtherFormat, []) ;;
  need same found format or (OtherFormat, []) ;;
  get held of find key ms or (MissingOrUnknownKeys, []) ;;
  need count ms =? 2 or (MissingOrUnknownKeys, []) ;;
  inl held.

(** ** Trees over so many columns *)
Definition small (v : json) : option Z :=
  match v with JInt n => if (0 <=? n) && (n <? LARGEST_INDEX) then Some n else None | _ => None end.
Fixpoint build_tree (columns : Z) (r : raw) : result tree :=
  match r with
  | NoNode => inr (NotATree, [])
  | Tip ms =>
      get k of match fields [CLASS] ms with Some [v] => small v | _ => None end or (NotATree, []) ;;
      need count ms =? 1 or (MissingOrUnknownKeys, []) ;;
      inl (Leaf k)
  | Branch ms l r =>
      get (j, q) of
        match fields [COLUMN; THRESHOLD] ms with
        | Some [c; t] =>
            match small c, exact_number t with Some j, Some q => Some (j, q) | _, _ => None end
        | _ => None
        end or (NotATree, []) ;;
      need count ms =? 4 or (MissingOrUnknownKeys, []) ;;
      need j <? columns or (ColumnNotThere, []) ;;
      left <- build_tree columns l ;;
      right <- build_tree columns r ;;
      inl (Node (Z.to_nat j) q left right)
  end.
Definition read_tree (columns : Z) (v : json) : result tree :=
  root <- with_format TREE_1 ROOT v ;; build_tree columns (nodes_of root).
Fixpoint last_class (t : tree) : Z :=
  match t with Leaf k => k | Node _ _ l r => Z.max (last_class l) (last_class r) end.
Fixpoint nodes_in (t : tree) : Z :=
  match t with Leaf _ => 1 | Node _ _ l r => 1 + nodes_in l + nodes_in r end.
(** The values of the largest categorical variable. *)
Definition most_values (vs : list named) : Z :=
  fold_left (fun m v => match noun v with Categorical rows => Z.max m (count rows) | _ => m end) vs 0.
Definition fits_table (vs : list named) (t : tree) : bool :=
  nodes_in t * most_values vs <=? LARGEST_TABLE.

(** ** Models *)
Record named_model := NamedModel {
  model_name : text; bound_model : bound; its_classes : Z; is_network : bool }.
Definition reads_of (vs : list named) (names : list text) : option (list (nat * named)) :=
  every (fun t => number_of t vs O) [] names.
Definition width_of (reads : list (nat * named)) : Z :=
  fold_left (fun n r => n + columns_of (snd r)) reads 0.
(** Thresholds of columns of intervals are cuts, or outside. *)
Fixpoint read_in (reads : list (nat * named)) (column : Z) : option named :=
  match reads with
  | [] => None
  | (_, v) :: reads' =>
      if column <? columns_of v then Some v else read_in reads' (column - columns_of v)
  end.
Definition is_cut (v : option named) (t : Q) : bool :=
  match v with
  | Some x =>
      match noun x with
      | Continuous first pieces =>
          Qle_bool t first || Qle_bool (nth_cut first pieces (size x)) t ||
          match cut_number first pieces 0 t with Some _ => true | None => false end
      | _ => true
      end
  | None => true
  end.
Fixpoint at_cuts (reads : list (nat * named)) (t : tree) : bool :=
  match t with
  | Leaf _ => true
  | Node j x l r => is_cut (read_in reads (Z.of_nat j)) x && at_cuts reads l && at_cuts reads r
  end.
Definition tree_model (name : text) (vs : list named) (reads : list (nat * named)) (v : json)
  (i : Z) : result named_model :=
  match read_tree (width_of reads) v with
  | inl t =>
      need fits_table vs t or (TreeTooLarge, [i]) ;;
      need at_cuts reads t or (ThresholdInsideAPiece, [i]) ;;
      inl (NamedModel name (Bound (Tree t) (map fst reads)) (Z.max 2 (1 + last_class t)) false)
  | inr (c, p) => inr (c, i :: p)
  end.
Definition network_model (name : text) (reads : list (nat * named)) (v : json) (bs : bytes)
  (i : Z) : result (named_model * bytes) :=
  match read_network v bs with
  | inl (n, columns, outputs, rest) =>
      need columns =? width_of reads or (ColumnsDoNotFit, [i]) ;;
      inl (NamedModel name (Bound (Network n) (map fst reads)) (classes_of outputs) true, rest)
  | inr (c, p) => inr (c, i :: p)
  end.
Definition read_model (vs : list named) (v : json) (bs : bytes) (i : Z)
  : result (named_model * bytes) :=
  get ms of members_of v or (NotAnObject, [i]) ;;
  get (name, names) of
    match fields [NAME; READS] ms with Some [JText t; JList l] => Some (t, l) | _ => None end
    or (MissingOrUnknownKeys, [i]) ;;
  need count ms =? 3 or (MissingOrUnknownKeys, [i]) ;;
  need is_name name or (NotAName, [i]) ;;
  get names of names_of names or (NotAName, [i]) ;;
  need (1 <=? count names) && distinct names or (NamesNotDifferent, [i]) ;;
  get reads of reads_of vs names or (UnknownVariable, [i]) ;;
  match find NETWORK ms, find TREE ms with
  | Some n, None => network_model name reads n bs i
  | None, Some t => m <- tree_model name vs reads t i ;; inl (m, bs)
  | None, None =>
      match find OPAQUE ms with
      | Some _ => inr (OpaqueModelsAreNotCovered, [i])
      | None => inr (MissingOrUnknownKeys, [i])
      end
  | _, _ => inr (MissingOrUnknownKeys, [i])
  end.
Fixpoint read_each_model (vs : list named) (entries : list json) (bs : bytes) (i : Z)
  (acc : list named_model) : result (list named_model) :=
  match entries with
  | [] => match bs with [] => inl (rev' acc) | _ => inr (WeightsLeftOver, []) end
  | v :: entries' =>
      found <- read_model vs v bs i ;;
      let (m, rest) := found : named_model * bytes in
      read_each_model vs entries' rest (i + 1) (m :: acc)
  end.
Definition read_models (vs : list named) (v : json) (weights : bytes) : result (list named_model) :=
  held <- with_format MODELS_1 MODELS v ;;
  get entries of list_of held or (NotAList, []) ;;
  need (1 <=? count entries) && (count entries <=? MOST_MODELS) or (TooManyModels, []) ;;
  ms <- read_each_model vs entries weights 0 [] ;;
  need distinct (map model_name ms) or (NamesNotDifferent, []) ;;
  inl ms.

(** Format 1: a network and a tree that both read all variables. *)
Fixpoint numbered (vs : list named) (i : nat) : list (nat * named) :=
  match vs with v :: vs' => (i, v) :: numbered vs' (S i) | [] => [] end.
Definition read_network_1 (vs : list named) (teacher : json) (weights : bytes)
  : result named_model :=
  match network_model [] (numbered vs O) teacher weights 0 with
  | inl (m, []) => inl m
  | inl _ => inr (WeightsLeftOver, [])
  | inr (c, _ :: p) => inr (c, p)
  | inr f => inr f
  end.
Definition read_tree_1 (vs : list named) (tree : json) (classes : Z) : result named_model :=
  match tree_model [] vs (numbered vs O) tree 0 with
  | inl m => need (its_classes m <=? classes) or (ClassNotThere, []) ;; inl m
  | inr (c, _ :: p) => inr (c, p)
  | inr f => inr f
  end.

(** ** The question *)
Fixpoint model_number (key : text) (ms : list named_model) (i : nat) : option (nat * named_model) :=
  match ms with
  | m :: ms' => if same (model_name m) key then Some (i, m) else model_number key ms' (S i)
  | [] => None
  end.
(** A tree is compared with a network only where the network has all of its classes. *)
Definition comparable (a b : named_model) : bool :=
  (is_network a || negb (is_network b) || (its_classes a <=? its_classes b)) &&
  (is_network b || negb (is_network a) || (its_classes b <=? its_classes a)).
(** The formula, and the numbers of the models that it names. *)
Fixpoint read_formula (depth : nat) (ms : list named_model) (v : json)
  : result (formula * list nat) :=
  match depth with
  | O => inr (TooDeepFormula, [])
  | S d =>
      match v with
      | JObject [(key, x)] =>
          if same key CLASS then
            match x with
            | JList [JText m; JInt k] =>
                get (i, m) of model_number m ms O or (UnknownModel, []) ;;
                need (0 <=? k) && (k <? its_classes m) or (ClassNotThere, []) ;;
                inl (ClassIs i k, [i])
            | _ => inr (NotAFormula, [])
            end
          else if same key SAME then
            match x with
            | JList [JText a; JText b] =>
                get (i, a) of model_number a ms O or (UnknownModel, []) ;;
                get (j, b) of model_number b ms O or (UnknownModel, []) ;;
                need comparable a b or (ClassNotThere, []) ;;
                inl (Same i j, [i; j])
            | _ => inr (NotAFormula, [])
            end
          else if same key NOT then
            f <- read_formula d ms x ;; inl (Not (fst f), snd f)
          else if same key ALL || same key ANY then
            get vs of list_of x or (NotAFormula, []) ;;
            need 1 <=? count vs or (EmptyList, []) ;;
            fs <- each (fun _ y => read_formula d ms y) 0 [] vs ;;
            let parts := map fst fs in
            inl (if same key ALL then All parts else Any parts, flat_map snd fs)
          else inr (NotAFormula, [])
      | _ => inr (NotAFormula, [])
      end
  end.
Fixpoint all_named (n i : nat) (used : list nat) : bool :=
  match n with
  | S n' => existsb (Nat.eqb i) used && all_named n' (S i) used
  | O => true
  end.
Definition read_question (ms : list named_model) (v : json) : result formula :=
  held <- with_format QUESTION_1 FORMULA v ;;
  found <- read_formula DEEPEST_FORMULA ms held ;;
  let (f, used) := found : formula * list nat in
  need all_named (length ms) O used or (ModelNotNamed, []) ;;
  inl f.
(** Format 1: where network and tree have different classes. *)
Definition DIFFER : formula := Not (Same 0 1).
