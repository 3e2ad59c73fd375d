(** The members of a certificate: from their bytes to what it is about, its proof, and what it states.

    Outside stay the ZIP container and the SHA-256 of the members in manifest.json. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics Steps.
From Leafproof Require Import DomainJson NetworkJson ModelsJson.
From Leafproof Require ProofBytes.
Import ListNotations.
Open Scope Z_scope.

Definition FORMAT_1 := Eval compute in of_string "leafproof-certificate/1".
Definition FORMAT_2 := Eval compute in of_string "leafproof-certificate/2".
Definition FORMAT_3 := Eval compute in of_string "leafproof-certificate/3".
Definition DOMAIN_JSON := Eval compute in of_string "domain.json".
Definition TEACHER_JSON := Eval compute in of_string "teacher.json".
Definition TREE_JSON := Eval compute in of_string "tree.json".
Definition MODELS_JSON := Eval compute in of_string "models.json".
Definition WEIGHTS_BIN := Eval compute in of_string "weights.bin".
Definition QUESTION_JSON := Eval compute in of_string "question.json".
Definition PROOF_BIN := Eval compute in of_string "proof.bin".
Definition COUNTEREXAMPLES_JSON := Eval compute in of_string "counterexamples.json".
Definition WITNESSES_JSON := Eval compute in of_string "witnesses.json".
Definition ROWS_BIN := Eval compute in of_string "rows.bin".
Definition RECORDED_BIN := Eval compute in of_string "recorded.bin".
Definition SAMPLE_JSON := Eval compute in of_string "sample.json".
Definition VERDICT_JSON := Eval compute in of_string "verdict.json".
Definition MANIFEST_JSON := Eval compute in of_string "manifest.json".
Definition PROVER := Eval compute in of_string "prover".
Definition DOMAIN := Eval compute in of_string "domain".
Definition SHA256 := Eval compute in of_string "sha256".
Definition BITS := Eval compute in of_string "bits".
Definition BITS_ASSUMED := Eval compute in of_string "bits assumed".
Definition SIGNS := Eval compute in of_string "signs".
Definition FILE := Eval compute in of_string "file".
Definition ZERO := Eval compute in of_string "0".
Definition ONE := Eval compute in of_string "1".
Definition MINUS_ONE := Eval compute in of_string "-1".
Definition X := Eval compute in of_string "x".

(** Names and bytes, in the file's order. *)
Definition members := list (text * bytes).
Fixpoint member (name : text) (ms : members) : option bytes :=
  match ms with (n, b) :: ms' => if same n name then Some b else member name ms' | [] => None end.

(** A fault of a member. *)
Definition fault := (text * (code * place))%type.
Definition within {A} (name : text) (r : result A) : A + fault :=
  match r with inl x => inl x | inr f => inr (name, f) end.
Definition bytes_of (name : text) (ms : members) : bytes + fault :=
  match member name ms with Some b => inl b | None => inr (name, (MissingMember, [])) end.
Definition json_of (name : text) (ms : members) : json + fault :=
  b <- bytes_of name ms ;;
  match Json.parse b with
  | inl v => inl v
  | inr (f, at_) => inr (name, (BadJson f, [at_]))
  end.

(** ** The manifest: which format it is; what else it says must be well formed *)
Definition names_1 : list text :=
  [DOMAIN_JSON; TEACHER_JSON; WEIGHTS_BIN; TREE_JSON; PROOF_BIN; COUNTEREXAMPLES_JSON; VERDICT_JSON;
   MANIFEST_JSON].
Definition names_2 : list text :=
  [DOMAIN_JSON; MODELS_JSON; WEIGHTS_BIN; QUESTION_JSON; PROOF_BIN; WITNESSES_JSON; VERDICT_JSON;
   MANIFEST_JSON].
(** Rows and samples are other checkers' business: here they are bytes, of which nothing is said. *)
Definition opaque : list text := [ROWS_BIN; RECORDED_BIN; SAMPLE_JSON].
Definition names_3 : list text :=
  [DOMAIN_JSON; MODELS_JSON; WEIGHTS_BIN; QUESTION_JSON; PROOF_BIN; WITNESSES_JSON; ROWS_BIN; RECORDED_BIN;
   VERDICT_JSON; SAMPLE_JSON; MANIFEST_JSON].
Definition optional : list text := VERDICT_JSON :: opaque.
(** Exactly these members, in this order; some may be left out. *)
Fixpoint in_order (names : list text) (ms : members) : bool :=
  match names, ms with
  | [], [] => true
  | n :: names', (m, _) :: ms' =>
      if same n m then in_order names' ms' else one_of n optional && in_order names' ms
  | _, _ => false
  end.
(** [two]: format 2, or 3, which says the same in the same words and may say more. *)
Record manifest := Manifest { two : bool; three : bool; origin : option text }.
Definition read_manifest (ms : members) : manifest + fault :=
  v <- json_of MANIFEST_JSON ms ;;
  within MANIFEST_JSON (
    get entries of members_of v or (NotAnObject, []) ;;
    get format of match find FORMAT entries with Some f => text_of f | None => None end
      or (OtherFormat, []) ;;
    let three := same format FORMAT_3 in
    let two := three || same format FORMAT_2 in
    need two || same format FORMAT_1 or (OtherFormat, []) ;;
    need in_order (if three then names_3 else if two then names_2 else names_1) ms
      or (UnknownMember, []) ;;
    need only [FORMAT; PROVER; DOMAIN; SHA256] entries or (MissingOrUnknownKeys, []) ;;
    get prover of match find PROVER entries with Some p => text_of p | None => None end
      or (MissingOrUnknownKeys, []) ;;
    need printable prover or (NotAText, []) ;;
    get _ of find SHA256 entries or (MissingOrUnknownKeys, []) ;;
    match find DOMAIN entries with
    | None => inl (Manifest two three None)
    | Some d =>
        get t of text_of d or (NotAText, []) ;;
        need one_of t [BITS; BITS_ASSUMED; SIGNS; FILE] or (NotAText, []) ;;
        inl (Manifest two three (Some t))
    end).
(** A domain said to be bits or signs is that domain. *)
Fixpoint all_binary (low : text) (first : Q) (vs : list named) (i : Z) : bool :=
  match vs with
  | [] => true
  | v :: vs' =>
      same (name v) (X ++ show_whole i) &&
      match called v, noun v with
      | Labels [a; b], Categorical [[x]; [y]] =>
          same a low && same b ONE && Qeq_bool x first && Qeq_bool y 1 &&
          Qeq_bool (chance (own v) 0) (1 # 2)
      | _, _ => false
      end && all_binary low first vs' (i + 1)
  end.
Definition is_product (d : domain) : bool :=
  match tree_of d with Possible _ _ => true | _ => false end.
Definition fits_origin (o : option text) (vs : list named) (d : domain) : bool :=
  match o with
  | Some t =>
      if same t FILE then true
      else if same t SIGNS then is_product d && all_binary MINUS_ONE (-1) vs 0
      else is_product d && all_binary ZERO 0 vs 0
  | None => true
  end.

(** Format 3 is for files that have what format 2 lacks. *)
Definition needs_three (ms : members) (d : domain) : bool :=
  existsb (fun m => one_of (fst m) opaque) ms || infinite d.

(** ** All of it *)
Record content := Content {
  is_two : bool;                     (* format 2 or 3 *)
  its_variables : list named;
  its_named_models : list named_model;
  its_matter : matter;
  its_proof : proof;
  its_solvers : list text;
  its_witnesses : list tuple;
  stated : option (list (text * json)) }.  (* verdict.json *)

Definition point_of (v : json) : option tuple :=
  match v with JList vs => every int_of [] vs | _ => None end.
Definition points_of (v : json) : result (list tuple) :=
  get vs of list_of v or (NotAList, []) ;;
  get ts of every point_of [] vs or (NotAPoint, []) ;;
  inl ts.
Definition is_ordinal (v : variable) : bool :=
  match v with Ordinal _ _ _ | Continuous _ _ => true | Categorical _ => false end.
(** The proof ends exactly when no cell is missing, and every split cuts its cell in two.  [cells]:
    those that have not begun, the next one first; [position] counts nodes. *)
Fixpoint shape (ns : proof) (cells : list (list part)) (position : Z)
  : option (ProofBytes.fault * Z) :=
  match ns, cells with
  | [], [] => None
  | [], _ => Some (ProofBytes.CellsMissing, position)
  | _, [] => Some (ProofBytes.NodesAfterTheEnd, position)
  | Split v t :: ns', c :: rest =>
      match halves (nth v c (Mask 0)) t with
      | Some (p, q) => shape ns' (replace v p c :: replace v q c :: rest) (position + 1)
      | None => Some (ProofBytes.NotASplit, position)
      end
  | _ :: ns', _ :: rest => shape ns' rest (position + 1)
  end.
Definition columns_of (v : variable) : Z :=
  match v with Categorical (row :: _) => count row | Categorical [] => 0 | _ => 1 end.
Definition read_proof (two : bool) (vs : list named) (models : Z) (b : bytes)
  : result (proof * list text) :=
  let r := ProofBytes.Reading (map (fun v => is_ordinal (noun v)) vs) (if two then models else 1) two
    (fold_left (fun n v => n + columns_of (noun v)) vs 0) in
  match ProofBytes.read r b with
  | inl (ns, solvers) =>
      match shape ns [map whole vs] 0 with
      | None => inl (ns, solvers)
      | Some (f, at_) => inr (BadProof f, [at_])
      end
  | inr (f, at_) => inr (BadProof f, [at_])
  end.

(** What the members say of domain, models and question; of format 1, and of 2 and 3. *)
Definition read_matter_1 (ms : members) (vs : list named) : (list named_model * formula) + fault :=
  teacher <- json_of TEACHER_JSON ms ;;
  weights <- bytes_of WEIGHTS_BIN ms ;;
  network <- within TEACHER_JSON (read_network_1 vs teacher weights) ;;
  v <- json_of TREE_JSON ms ;;
  tree <- within TREE_JSON (read_tree_1 vs v (its_classes network)) ;;
  inl ([network; tree], DIFFER).
Definition read_matter_2 (ms : members) (vs : list named) : (list named_model * formula) + fault :=
  v <- json_of MODELS_JSON ms ;;
  weights <- bytes_of WEIGHTS_BIN ms ;;
  models <- within MODELS_JSON (read_models vs v weights) ;;
  q <- json_of QUESTION_JSON ms ;;
  f <- within QUESTION_JSON (read_question models q) ;;
  inl (models, f).
Definition read (ms : members) : content + fault :=
  m <- read_manifest ms ;;
  v <- json_of DOMAIN_JSON ms ;;
  found <- within DOMAIN_JSON (read_domain (two m) (three m) v) ;;
  let (vs, d) := found : list named * domain in
  if negb (fits_origin (origin m) vs d) then inr (MANIFEST_JSON, (OtherFormat, []))
  else
  asked <- (if two m then read_matter_2 ms vs else read_matter_1 ms vs) ;;
  let (models, f) := asked : list named_model * formula in
  if three m && negb (needs_three ms d) then inr (MANIFEST_JSON, (OtherFormat, []))
  else
  b <- bytes_of PROOF_BIN ms ;;
  steps <- within PROOF_BIN (read_proof (two m) vs (count models) b) ;;
  let points := if two m then WITNESSES_JSON else COUNTEREXAMPLES_JSON in
  w <- json_of points ms ;;
  witnesses <- within points (points_of w) ;;
  claim <- match member VERDICT_JSON ms with
    | Some _ =>
        c <- json_of VERDICT_JSON ms ;;
        get entries of members_of c or (VERDICT_JSON, (NotAnObject, [])) ;; inl (Some entries)
    | None => inl None
    end ;;
  inl (Content (two m) vs models (Matter d (map bound_model models) f) (fst steps) (snd steps)
         witnesses claim).
