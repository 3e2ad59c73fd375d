(** What can be wrong with a member of a certificate, and where: words for it are the drivers'. *)
From Coq Require Import ZArith QArith List Bool Lia.
From Leafproof Require Import Bytes Numbers Json ProofBytes.
Import ListNotations.
Open Scope Z_scope.

Inductive code :=
| BadJson (f : Json.fault)            (* place: the offset *)
| BadProof (f : ProofBytes.fault)     (* place: the offset, or the number of a node *)
| MissingMember | UnknownMember | OtherFormat
| NotAnObject | NotAList | MissingOrUnknownKeys
| NotAName | NotAText | NotANumber | NotAWholeNumber | NotAFormula
| NoVariables | NamesNotDifferent | NoValues | TooManyValues | LabelsNotDifferent
| RowsDoNotFit | ProbabilitiesDoNotFit | NegativeProbability | ProbabilitiesNotSummingToOne
| DenominatorTooLong | StepNotPositive | StepDoesNotFit | NotAnInterval | PiecesDoNotFit
| NotATree | ThresholdInsideAPiece | UnknownVariable | NotSomeOfTheValuesLeft | LeafWithoutWeight | NotTheLeafsValues
| WeightsNotSummingToOne
| TooManyLayers | NoLayers | UnknownLayer | ReadsALaterNode | ShapesDoNotFit | DividesByZero
| WeightsEnd | WeightNotFinite | WeightsLeftOver | TooManyLogits | BadNarrowType | BadHead
| BadClassNames
| OpaqueModelsAreNotCovered | TooManyModels | ColumnsDoNotFit | ColumnNotThere | ClassNotThere | TreeTooLarge
| UnknownModel | ModelNotNamed | EmptyList | TooDeepFormula
| NotAPoint.
Definition place := list Z.
Definition result A := (A + code * place)%type.

Notation "x <- e ;; f" := (match e with inl x => f | inr y => inr y end)
  (at level 61, e at next level, right associativity).
Notation "'need' b 'or' c ;; f" := (if b then f else inr c)
  (at level 61, b at next level, c at next level, right associativity).
Notation "'get' x 'of' e 'or' c ;; f" := (match e with Some x => f | None => inr c end)
  (at level 61, x pattern, e at next level, c at next level, right associativity).

(** Entry by entry, with its number. *)
Fixpoint each {A B} (f : Z -> A -> result B) (i : Z) (acc : list B) (l : list A)
  : result (list B) :=
  match l with
  | [] => inl (rev' acc)
  | x :: l' => y <- f i x ;; each f (i + 1) (y :: acc) l'
  end.

(** The least common multiple, if it has at most so many bits. *)
Fixpoint common (most : Z) (d : Z) (ds : list Z) : option Z :=
  match ds with
  | [] => Some d
  | x :: ds' =>
      if d mod x =? 0 then common most d ds'
      else let m := Z.lcm d x in if most <=? Z.log2 m then None else common most m ds'
  end.
Definition denominators (qs : list Q) : list Z := map (fun q => Zpos (Qden q)) qs.
Definition LONGEST_DENOMINATOR : Z := 14000.
(** Exactly; [None]: the denominators are too long. *)
Definition sums_to_one (qs : list Q) : option bool :=
  match common LONGEST_DENOMINATOR 1 (denominators qs) with
  | Some d => Some (fold_left (fun s q => s + Qnum q * (d / Zpos (Qden q))) qs 0 =? d)
  | None => None
  end.
