(** domain.json: the variables, and which of their values are possible together. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics.
Import ListNotations.
Open Scope Z_scope.

Definition FORMAT := Eval compute in of_string "format".
Definition DOMAIN_1 := Eval compute in of_string "leafproof-domain/1".
Definition DOMAIN_2 := Eval compute in of_string "leafproof-domain/2".
Definition VARIABLES := Eval compute in of_string "variables".
Definition GIVEN := Eval compute in of_string "given".
Definition NAME := Eval compute in of_string "name".
Definition VALUES := Eval compute in of_string "values".
Definition ENCODING := Eval compute in of_string "encoding".
Definition PROBABILITIES := Eval compute in of_string "probabilities".
Definition FROM := Eval compute in of_string "from".
Definition TO := Eval compute in of_string "to".
Definition STEP := Eval compute in of_string "step".
Definition INTERVAL := Eval compute in of_string "interval".
Definition DENSITY := Eval compute in of_string "density".
Definition PIECES := Eval compute in of_string "pieces".
Definition VARIABLE := Eval compute in of_string "variable".
Definition AT_MOST := Eval compute in of_string "at_most".
Definition LEFT := Eval compute in of_string "left".
Definition RIGHT := Eval compute in of_string "right".
Definition WEIGHT := Eval compute in of_string "weight".
Definition MOST_VALUES : Z := 4194304.                    (* 2^22 *)
Definition MOST_NUMBERS : Z := 4611686018427387904.       (* 2^62 *)
Definition LONGEST_WEIGHT : Z := 1048576.                 (* bits *)
Definition LONGEST_GIVEN : Z := 65536.                    (* bits *)
Definition LARGEST_ENCODING : Z := 2147483648.            (* bits *)

(** A variable with its name, what its values are called, and its own distribution. *)
Inductive calling :=
| Labels (ts : list text)
| ByNumber (first step : Q) (count : Z)
| ByPiece (first : Q) (pieces : list (Z * Q)).   (* each has the name of its last number *)
Record named := Named { name : text; called : calling; noun : variable; own : distribution }.
Definition size (v : named) : Z := count_of (noun v).
Definition columns_of (v : named) : Z :=
  match noun v with Categorical (r :: _) => count r | _ => 1 end.

(** ** Distributions *)
Definition numbers (vs : list json) : option (list Q) := every exact_number [] vs.
Definition is_negative (q : Q) : bool := Qnum q <? 0.
(** Probabilities of values or runs: none negative, and they sum to 1. *)
Definition check_chances (ps : list Q) (at_ : place) : result unit :=
  need negb (existsb is_negative ps) or (NegativeProbability, at_) ;;
  get sum of sums_to_one ps or (DenominatorTooLong, at_) ;;
  need sum or (ProbabilitiesNotSummingToOne, at_) ;;
  inl tt.
Definition one_each (p : Q) : Z * Q := (1, p).
Definition listed (n : Z) (v : json) (at_ : place) : result distribution :=
  get vs of list_of v or (NotAList, at_) ;;
  get ps of numbers vs or (NotANumber, at_) ;;
  need count ps =? n or (ProbabilitiesDoNotFit, at_) ;;
  _ <- check_chances ps at_ ;;
  inl (map one_each ps).
(** The index of the number [x] among [first], [first + step], ...; it may be out of range. *)
Definition index (first step x : Q) : option Z :=
  let i := ((x - first) / step)%Q in
  let f := fraction (Qnum i) (Zpos (Qden i)) in
  if (Qden f =? 1)%positive then Some (Qnum f) else None.
(** Runs [from, to, probability], each from the value after the last one on. *)
Fixpoint runs (first step : Q) (next : Z) (vs : list json) (at_ : place) (acc : distribution)
  : result (distribution * Z) :=
  match vs with
  | [] => inl (rev' acc, next)
  | v :: vs' =>
      match v with
      | JList [a; b; p] =>
          get (x, y, q) of
            match exact_number a, exact_number b, exact_number p with
            | Some x, Some y, Some q => Some (x, y, q)
            | _, _, _ => None
            end
          or (NotANumber, at_) ;;
          match index first step x, index first step y with
          | Some i, Some j =>
              need (i =? next) && (next <=? j) or (ProbabilitiesDoNotFit, at_) ;;
              runs first step (j + 1) vs' at_ ((j + 1 - i, q) :: acc)
          | _, _ => inr (ProbabilitiesDoNotFit, at_)
          end
      | _ => inr (ProbabilitiesDoNotFit, at_)
      end
  end.
(** The denominator of a value's probability in a run. *)
Definition share (r : Z * Q) : Z := Zpos (Qden (fraction (Qnum (snd r)) (Zpos (Qden (snd r)) * fst r))).
Definition shares (d : distribution) : list Z := map share d.
(** Of the values from [low] to [high] of an ordinal; the others have probability 0. *)
Definition in_runs (first step : Q) (low high : Z) (v : json) (at_ : place) : result distribution :=
  get vs of list_of v or (NotAList, at_) ;;
  found <- runs first step low vs at_ [] ;;
  let (d, next) := found : distribution * Z in
  need next =? high + 1 or (ProbabilitiesDoNotFit, at_) ;;
  _ <- check_chances (map snd d) at_ ;;
  get _ of common LONGEST_DENOMINATOR 1 (shares d) or (DenominatorTooLong, at_) ;;
  inl (if low =? 0 then d else (low, 0%Q) :: d).

(** Of the values from [low] to [high]: runs that must be some each, cover them, and be a distribution. *)
Definition covered (d : list (Z * Q)) : Z := fold_right (fun r n => fst r + n) 0 d.
Definition as_law (low high : Z) (d : distribution) (at_ : place) : result distribution :=
  need forallb (fun r => 0 <? fst r) d && (covered d =? high + 1 - low) or (ProbabilitiesDoNotFit, at_) ;;
  _ <- check_chances (map snd d) at_ ;;
  get _ of common LONGEST_DENOMINATOR 1 (shares d) or (DenominatorTooLong, at_) ;;
  inl (if low =? 0 then d else (low, 0%Q) :: d).

(** ** Pieces of an interval *)
(** [from, to, number] for each entry. *)
Definition triple (v : json) : option (Q * Q * Q) :=
  match v with
  | JList [a; b; c] =>
      match exact_number a, exact_number b, exact_number c with
      | Some x, Some y, Some z => Some (x, y, z)
      | _, _, _ => None
      end
  | _ => None
  end.
(** They follow each other from one end to the other. *)
Fixpoint follow (at_ last : Q) (rows : list (Q * Q * Q)) : bool :=
  match rows with
  | [] => Qeq_bool at_ last
  | (x, y, _) :: rows' => Qeq_bool x at_ && negb (Qle_bool y x) && follow y last rows'
  end.
(** Cut i, as [cut] has it, in lowest terms. *)
Fixpoint nth_cut (first : Q) (pieces : list (Z * Q)) (i : Z) : Q :=
  match pieces with
  | [] => first
  | (n, long) :: rest =>
      if i <? n then Qred (first + inject_Z i * long)
      else nth_cut (Qred (first + inject_Z n * long)) rest (i - n)
  end.
(** The number of a cut, of [pieces] from [at_] on, which has number [i]. *)
Fixpoint cut_number (at_ : Q) (pieces : list (Z * Q)) (i : Z) (x : Q) : option Z :=
  match pieces with
  | [] => if Qeq_bool at_ x then Some i else None
  | (n, long) :: rest =>
      let next := Qred (at_ + inject_Z n * long) in
      if Qle_bool next x then cut_number next rest (i + n) x
      else
        let k := Qred ((x - at_) / long) in
        if (Qden k =? 1)%positive && (0 <=? Qnum k) then Some (i + Qnum k) else None
  end.
(** The pieces from cut i to cut j, by runs. *)
Fixpoint between_cuts (pieces : list (Z * Q)) (i j : Z) : list (Z * Q) :=
  match pieces with
  | [] => []
  | (n, long) :: rest =>
      let c := Z.min j n - Z.max i 0 in
      let more := between_cuts rest (i - n) (j - n) in
      if 0 <? c then (c, long) :: more else more
  end.
(** A density's part [p] between two cuts, shared by length. *)
Definition shared (x y p : Q) (runs : list (Z * Q)) : distribution :=
  map (fun r => (fst r, Qred (p * (inject_Z (fst r) * snd r) / (y - x)))) runs.
Fixpoint densities (first : Q) (pieces : list (Z * Q)) (rows : list (Q * Q * Q)) : option distribution :=
  match rows with
  | [] => Some []
  | (x, y, p) :: rows' =>
      match cut_number first pieces 0 x, cut_number first pieces 0 y, densities first pieces rows' with
      | Some i, Some j, Some d => Some (shared x y p (between_cuts pieces i j) ++ d)
      | _, _, _ => None
      end
  end.
(** A distribution over the pieces from [low] to [high]. *)
Definition in_pieces (first : Q) (pieces : list (Z * Q)) (low high : Z) (v : json) (at_ : place)
  : result distribution :=
  get vs of list_of v or (NotAList, at_) ;;
  get rows of every triple [] vs or (NotANumber, at_) ;;
  need follow (nth_cut first pieces low) (nth_cut first pieces (high + 1)) rows or (ProbabilitiesDoNotFit, at_) ;;
  get d of densities first pieces rows or (ProbabilitiesDoNotFit, at_) ;;
  as_law low high d at_.

(** ** Variables *)
Definition names_of (vs : list json) : option (list text) :=
  match every text_of [] vs with
  | Some ts => if forallb is_name ts then Some ts else None
  | None => None
  end.
Definition row (v : json) : option (list Q) :=
  match v with JList vs => numbers vs | _ => None end.
Definition categorical (name : text) (ms : list (text * json)) (i : Z) : result named :=
  get (values, encoding) of
    match fields [VALUES; ENCODING] ms with Some [v; e] => Some (v, e) | _ => None end
    or (MissingOrUnknownKeys, [i]) ;;
  need only [NAME; VALUES; ENCODING; PROBABILITIES] ms or (MissingOrUnknownKeys, [i]) ;;
  get values of list_of values or (NotAList, [i]) ;;
  get labels of names_of values or (NotAName, [i]) ;;
  let n := count labels in
  need 1 <=? n or (NoValues, [i]) ;;
  need n <=? MOST_VALUES or (TooManyValues, [i]) ;;
  need distinct labels or (LabelsNotDifferent, [i]) ;;
  get encoding of list_of encoding or (NotAList, [i]) ;;
  get rows of every row [] encoding or (NotANumber, [i]) ;;
  need count rows =? n or (RowsDoNotFit, [i]) ;;
  let width := match rows with r :: _ => count r | [] => 0 end in
  need (1 <=? width) && forallb (fun r => count r =? width) rows or (RowsDoNotFit, [i]) ;;
  d <- match find PROBABILITIES ms with Some v => listed n v [i] | None => inl [(n, 1%Q)] end ;;
  inl (Named name (Labels labels) (Categorical rows) d).
Definition ordinal (name : text) (ms : list (text * json)) (i : Z) : result named :=
  get vs of fields [FROM; TO; STEP] ms or (MissingOrUnknownKeys, [i]) ;;
  need only [NAME; FROM; TO; STEP; PROBABILITIES] ms or (MissingOrUnknownKeys, [i]) ;;
  get (first, last, step) of
    match numbers vs with Some [f; t; s] => Some (f, t, s) | _ => None end
    or (NotANumber, [i]) ;;
  need 0 <? Qnum step or (StepNotPositive, [i]) ;;
  get most of index first step last or (StepDoesNotFit, [i]) ;;
  need 0 <=? most or (StepDoesNotFit, [i]) ;;
  need most <? MOST_NUMBERS or (TooManyValues, [i]) ;;
  d <- match find PROBABILITIES ms with
       | Some v => in_runs first step 0 most v [i]
       | None => inl [(most + 1, 1%Q)]
       end ;;
  inl (Named name (ByNumber first step (most + 1)) (Ordinal first step (most + 1)) d).
(** Counts of pieces: whole numbers above 0. *)
Definition run_of (row : Q * Q * Q) : option (Z * Q) :=
  let '(x, y, n) := row in
  if (Qden n =? 1)%positive && (0 <? Qnum n) then Some (Qnum n, Qred ((y - x) / n)) else None.
Definition continuous (name : text) (ms : list (text * json)) (i : Z) : result named :=
  get vs of fields [INTERVAL; PIECES] ms or (MissingOrUnknownKeys, [i]) ;;
  need only [NAME; INTERVAL; DENSITY; PIECES] ms or (MissingOrUnknownKeys, [i]) ;;
  get (first, last, rows) of
    match vs with
    | [JList ends; JList rows] =>
        match numbers ends, every triple [] rows with
        | Some [f; l], Some rows => Some (f, l, rows)
        | _, _ => None
        end
    | _ => None
    end
    or (NotAnInterval, [i]) ;;
  need negb (Qle_bool last first) or (NotAnInterval, [i]) ;;
  need follow first last rows or (PiecesDoNotFit, [i]) ;;
  get pieces of every run_of [] rows or (PiecesDoNotFit, [i]) ;;
  let n := covered pieces in
  need (0 <? n) && (n <=? MOST_NUMBERS) or (TooManyValues, [i]) ;;
  get density of
    match find DENSITY ms with
    | Some (JList ds) => every triple [] ds
    | Some _ => None
    | None => Some [(first, last, 1%Q)]
    end
    or (NotAnInterval, [i]) ;;
  need follow first last density or (ProbabilitiesDoNotFit, [i]) ;;
  get d of densities first pieces density or (PiecesDoNotFit, [i]) ;;
  d <- as_law 0 (n - 1) d [i] ;;
  inl (Named name (ByPiece first pieces) (Continuous first pieces) d).
(** [intervals]: whether there may be such. *)
Definition read_variable (ordinals intervals : bool) (i : Z) (v : json) : result named :=
  get ms of members_of v or (NotAnObject, [i]) ;;
  get name of match find NAME ms with Some v => text_of v | None => None end or (NotAName, [i]) ;;
  need is_name name or (NotAName, [i]) ;;
  if ordinals then
    match find FROM ms, find INTERVAL ms with
    | Some _, _ => ordinal name ms i
    | None, Some _ => if intervals then continuous name ms i else inr (MissingOrUnknownKeys, [i])
    | None, None => categorical name ms i
    end
  else categorical name ms i.

(** ** Trees in JSON: objects with the members left and right, and other objects as leaves *)
Inductive raw :=
| Branch (ms : list (text * json)) (left right : raw)
| Tip (ms : list (text * json))
| NoNode.
Fixpoint child (key : text) (ms : list (text * raw)) : option raw :=
  match ms with (k, r) :: ms' => if same k key then Some r else child key ms' | [] => None end.
Fixpoint nodes_of (v : json) : raw :=
  match v with
  | JObject ms =>
      let inner := map (fun m => (fst m, nodes_of (snd m))) ms in
      match child LEFT inner, child RIGHT inner with
      | Some l, Some r => Branch ms l r
      | None, None => Tip ms
      | _, _ => NoNode
      end
  | _ => NoNode
  end.

(** ** The domain's tree.  A part: the values of a variable that are left. *)
Inductive part := Mask (m : Z) | Range (low high : Z).
Definition whole (v : named) : part :=
  match called v with
  | Labels ts => Mask (Z.shiftl 1 (count ts) - 1)
  | ByNumber _ _ n => Range 0 (n - 1)
  | ByPiece _ pieces => Range 0 (covered pieces - 1)
  end.
Fixpoint replace {A} (i : nat) (x : A) (l : list A) : list A :=
  match l, i with
  | _ :: l', O => x :: l'
  | y :: l', S j => y :: replace j x l'
  | [], _ => []
  end.
(** Which of the labels are wanted, in the same order, as a mask. *)
Fixpoint wanted_mask (labels wanted : list text) (bit mask : Z) : option Z :=
  match labels, wanted with
  | _, [] => Some mask
  | l :: ls, w :: ws =>
      if same l w then wanted_mask ls ws (2 * bit) (mask + bit) else wanted_mask ls wanted (2 * bit) mask
  | [], _ => None
  end.
Fixpoint number_of (key : text) (vs : list named) (i : nat) : option (nat * named) :=
  match vs with
  | v :: vs' => if same (name v) key then Some (i, v) else number_of key vs' (S i)
  | [] => None
  end.
(** The two halves of a part, both with at least one value. *)
Definition halves (p : part) (t : test) : option (part * part) :=
  match p, t with
  | Mask m, Among k =>
      if (0 <? k) && (Z.land k m =? k) && negb (k =? m) then Some (Mask k, Mask (m - k)) else None
  | Range low high, AtMost k =>
      if (low <=? k) && (k <? high) then Some (Range low k, Range (k + 1) high) else None
  | _, _ => None
  end.
Definition read_test (v : named) (ms : list (text * json)) : option test :=
  match called v with
  | Labels labels =>
      match find VALUES ms with
      | Some (JList ws) =>
          match every text_of [] ws with
          | Some wanted => option_map Among (wanted_mask labels wanted 1 0)
          | None => None
          end
      | _ => None
      end
  | ByNumber first step _ =>
      match find AT_MOST ms with
      | Some x =>
          match exact_number x with
          | Some q => option_map AtMost (index first step q)
          | None => None
          end
      | None => None
      end
  | ByPiece first pieces =>
      match find AT_MOST ms with
      | Some x =>
          match exact_number x with
          | Some q => option_map (fun k => AtMost (k - 1)) (cut_number first pieces 0 q)
          | None => None
          end
      | None => None
      end
  end.
Definition outside (m : Z) (i : Z) (p : Q) : bool := negb (Z.testbit m i) && negb (Qnum p =? 0).
Fixpoint none_outside (m i : Z) (d : distribution) : bool :=
  match d with (_, p) :: d' => negb (outside m i p) && none_outside m (i + 1) d' | [] => true end.
Definition same_part (a b : part) : bool :=
  match a, b with
  | Mask m, Mask n => m =? n
  | Range l h, Range l' h' => (l =? l') && (h =? h')
  | _, _ => false
  end.
Definition leaf_chances (i : Z) (v : named * part * json) : result distribution :=
  let '(v, p, stated) := v in
  match stated, called v, p with
  | JNull, _, _ => need same_part p (whole v) or (NotTheLeafsValues, [i]) ;; inl (own v)
  | _, Labels ts, Mask m =>
      d <- listed (count ts) stated [i] ;;
      need none_outside m 0 d or (NotTheLeafsValues, [i]) ;; inl d
  | _, ByNumber first step _, Range low high => in_runs first step low high stated [i]
  | _, ByPiece first pieces, Range low high => in_pieces first pieces low high stated [i]
  | _, _, _ => inr (NotTheLeafsValues, [i])
  end.
(** The tree below a node, and the weights of its leaves. *)
Fixpoint read_given (vs : list named) (parts : list part) (r : raw) : result (given * list Q) :=
  match r with
  | NoNode => inr (NotATree, [])
  | Tip ms =>
      get w of match find WEIGHT ms with Some v => exact_number v | None => None end
        or (LeafWithoutWeight, []) ;;
      if Qnum w =? 0 then
        need only [WEIGHT] ms or (MissingOrUnknownKeys, []) ;; inl (Impossible, [])
      else
        need negb (is_negative w) or (NegativeProbability, []) ;;
        need only [WEIGHT; PROBABILITIES] ms or (MissingOrUnknownKeys, []) ;;
        get stated of match find PROBABILITIES ms with Some v => list_of v | None => None end
          or (MissingOrUnknownKeys, []) ;;
        need count stated =? count vs or (ProbabilitiesDoNotFit, []) ;;
        ds <- each leaf_chances 0 [] (combine (combine vs parts) stated) ;;
        inl (Possible w ds, [w])
  | Branch ms l r =>
      get key of match find VARIABLE ms with Some v => text_of v | None => None end
        or (UnknownVariable, []) ;;
      get (i, v) of number_of key vs O or (UnknownVariable, []) ;;
      need only [VARIABLE; VALUES; AT_MOST; LEFT; RIGHT] ms && (count ms =? 4)
        or (MissingOrUnknownKeys, []) ;;
      get t of read_test v ms or (NotSomeOfTheValuesLeft, []) ;;
      get (p, q) of halves (nth i parts (Mask 0)) t or (NotSomeOfTheValuesLeft, []) ;;
      left <- read_given vs (replace i p parts) l ;;
      right <- read_given vs (replace i q parts) r ;;
      inl (Test i t (fst left) (fst right), snd left ++ snd right)
  end.

(** ** How long the denominators of probabilities may be *)
Definition times (d : option Z) (law : distribution) : option Z :=
  match d, common LONGEST_DENOMINATOR 1 (shares law) with
  | Some x, Some y => if LONGEST_GIVEN <=? Z.log2 (x * y) then None else Some (x * y)
  | _, _ => None
  end.
Fixpoint leaf_denominators (g : given) : list (option Z) :=
  match g with
  | Impossible => []
  | Possible w ds => [fold_left times ds (Some (Zpos (Qden w)))]
  | Test _ _ yes no => leaf_denominators yes ++ leaf_denominators no
  end.
Definition not_too_long (g : given) : bool :=
  match every (fun d => d) [] (leaf_denominators g) with
  | Some ds => match common LONGEST_GIVEN 1 ds with Some _ => true | None => false end
  | None => false
  end.

(** ** The domain *)
Definition bits (n : Z) : Z := if n =? 0 then 0 else Z.log2 n + 1.
Definition numbers_in (v : named) : list Z :=
  match noun v with
  | Categorical rows => flat_map denominators rows
  | Ordinal f s n => Zpos (Qden f) :: (if n =? 1 then [] else [Zpos (Qden s)])
  | Continuous f pieces => Zpos (Qden f) :: denominators (map snd pieces)
  end.
Definition table_of (v : named) : Z :=
  match noun v with Categorical rows => count rows * columns_of v | _ => 0 end.
Definition own_bits (v : named) : option Z :=
  option_map (fun d => bits (d - 1)) (common LONGEST_DENOMINATOR 1 (shares (own v))).
Definition check_sizes (vs : list named) : result unit :=
  get ws of every own_bits [] vs or (DenominatorTooLong, []) ;;
  need fold_left Z.add ws 0 <=? LONGEST_WEIGHT or (DenominatorTooLong, []) ;;
  let all := flat_map numbers_in vs in
  get d of common LONGEST_DENOMINATOR 1 all or (DenominatorTooLong, []) ;;
  need bits d * fold_left Z.add (map table_of vs) 0 <=? LARGEST_ENCODING or (DenominatorTooLong, []) ;;
  inl tt.
(** [ranges]: whether a domain with ordinals and a tree may be meant; [intervals]: with intervals. *)
Definition read_domain (ranges intervals : bool) (v : json) : result (list named * domain) :=
  get ms of members_of v or (NotAnObject, []) ;;
  get format of match find FORMAT ms with Some f => text_of f | None => None end
    or (OtherFormat, []) ;;
  let two := same format DOMAIN_2 in
  need (if two then ranges else same format DOMAIN_1) or (OtherFormat, []) ;;
  need only (if two then [FORMAT; VARIABLES; GIVEN] else [FORMAT; VARIABLES]) ms
    or (MissingOrUnknownKeys, []) ;;
  get entries of match find VARIABLES ms with Some l => list_of l | None => None end
    or (NotAList, []) ;;
  vs <- each (read_variable two intervals) 0 [] entries ;;
  need negb (count vs =? 0) or (NoVariables, []) ;;
  need distinct (map name vs) or (NamesNotDifferent, []) ;;
  _ <- check_sizes vs ;;
  tree <- match find GIVEN ms with
    | Some g =>
        found <- read_given vs (map whole vs) (nodes_of g) ;;
        let (t, ws) := found : given * list Q in
        get sum of sums_to_one ws or (DenominatorTooLong, []) ;;
        need sum or (WeightsNotSummingToOne, []) ;;
        need not_too_long t or (DenominatorTooLong, []) ;; inl t
    | None => inl (Possible 1 (map own vs))
    end ;;
  inl (vs, Domain (map noun vs) tree).
