(** The check of a certificate, from the bytes of its members.  That it is right is in Main.v. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics Steps.
From Leafproof Require Import DomainJson NetworkJson ModelsJson Members Claim.
From Leafproof Require Checker.
Import ListNotations.
Open Scope Z_scope.

(** ** What is compared with the stated verdict: what holds if every solver named is right *)
Definition steps_of (k : Checker.kinds) : list (text * Z) :=
  [(CONSTANT, Checker.constant k); (ENUMERATED, Checker.enumerated k);
   (IMPOSSIBLE, Checker.impossible k); (OPEN, Checker.opened k); (TAIL, Checker.tails k);
   (TRUSTED, Checker.trusted k)].
(** How many steps of a solver are taken on its word; none that could be stated so were proved. *)
Definition taken (n : Z) : Z * Z := (n, 0).
Definition finding_of (r : Checker.report) : finding :=
  let a := Checker.if_all r in
  Finding (Checker.points_from a, Checker.points_to a)
    (Checker.probability_from a, Checker.probability_to a) (Checker.domain_points r)
    (steps_of (Checker.of_kind r)) (map taken (Checker.by_solver r))
    (Checker.witnessed r) (count (Checker.witnessed r) + count (Checker.more r)).

(** ** Solvers: a step is somebody's word only if it names the solver, and perhaps its version. *)
Fixpoint is_version (t : text) (digit_before : bool) : bool :=
  match t with
  | [] => digit_before
  | c :: r =>
      if (48 <=? c) && (c <=? 57) then is_version r true
      else (c =? 46) && digit_before && is_version r false
  end.
Fixpoint names (solver t : text) : bool :=
  match solver, t with
  | [], [] => true
  | [], c :: version => (c =? 32) && is_version version false
  | a :: solver', b :: t' => (a =? b) && names solver' t'
  | _ :: _, [] => false
  end.
Definition is_trusted (trusted : list text) (name : text) : bool :=
  existsb (fun s => names s name) trusted.

(** ** The check of the members of a certificate *)
Inductive reason :=
| NotProved (why : Checker.refusal)
| NotFound (entry : text).               (* of verdict.json: it states what was not found *)
Inductive outcome :=
| Accepted (r : Checker.report)
| Malformed (f : fault)                  (* which member, what is wrong, where *)
| Invalid (why : reason).

Definition models_in (c : content) : list text := map model_name (its_named_models c).
(** The points that verdict.json lists are evaluated like the other witnesses. *)
Definition listed_in (c : content) : list tuple :=
  match stated c with
  | Some entries =>
      match read_listed (is_two c) (its_variables c) (models_in c) entries with
      | Some l => map fst l
      | None => []
      end
  | None => []
  end.
Definition check_content (trusted : list text) (c : content) : outcome :=
  let trust := map (is_trusted trusted) (its_solvers c) in
  match Checker.check (its_matter c) trust (its_proof c) (its_witnesses c ++ listed_in c) with
  | inr why => Invalid (NotProved why)
  | inl r =>
      match stated c with
      | None => Accepted r
      | Some entries =>
          match compare (is_two c) (its_variables c) (models_in c) (its_solvers c) (finding_of r)
                  entries with
          | Some key => Invalid (NotFound key)
          | None => Accepted r
          end
      end
  end.
(** [trusted]: the solvers that the user trusts. *)
Definition check (trusted : list text) (ms : members) : outcome :=
  match Members.read ms with inl c => check_content trusted c | inr f => Malformed f end.
