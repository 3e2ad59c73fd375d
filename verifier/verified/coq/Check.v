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
   (IMPOSSIBLE, Checker.impossible k); (OPEN, Checker.opened k);
   (SANDWICH, Checker.sandwiches k); (SIGNED, Checker.signs k); (TAIL, Checker.tails k); (TRUSTED, Checker.trusted k)].
(** For each solver the steps about large cells that name it, trusted or proved: of small cells none is
    trusted.  [cells]: those that wait for their proofs. *)
Fixpoint ones (p : positive) : Z :=
  match p with xI q => 1 + ones q | xO q => ones q | xH => 1 end.
Definition part_size (p : part) : Z :=
  match p with Mask (Zpos m) => ones m | Mask _ => 0 | Range low high => high + 1 - low end.
(** Of pieces the points are no number: a cell that has some is large. *)
Definition seen_pieces (vs : list named) (models : list named_model) (m : nat) : bool :=
  match nth_error models m with
  | Some b =>
      existsb (fun v => match nth_error vs v with
                        | Some x => match noun x with Continuous _ _ => true | _ => false end
                        | None => false end) (reads (bound_model b))
  | None => false
  end.
Definition seen_by (models : list named_model) (m : nat) (c : list part) : Z :=
  match nth_error models m with
  | Some b => fold_left (fun n v => n * part_size (nth v c (Mask 0))) (reads (bound_model b)) 1
  | None => 0
  end.
Fixpoint count_words (vs : list named) (models : list named_model) (c : list part) (ss : list step) (counts : list Z)
  : list Z :=
  match ss with
  | [] => counts
  | Trusted m _ s :: ss' =>
      count_words vs models c ss'
        (if seen_pieces vs models m || (Checker.UPHOLD <? seen_by models m c) then Checker.add_one s counts else counts)
  | _ :: ss' => count_words vs models c ss' counts
  end.
Fixpoint large_words (vs : list named) (models : list named_model) (ns : proof) (cells : list (list part))
  (counts : list Z) : list Z :=
  match ns, cells with
  | Split v t :: ns', c :: rest =>
      match halves (nth v c (Mask 0)) t with
      | Some (p, q) => large_words vs models ns' (replace v p c :: replace v q c :: rest) counts
      | None => counts
      end
  | Steps ss :: ns', c :: rest => large_words vs models ns' rest (count_words vs models c ss counts)
  | _ :: ns', _ :: rest => large_words vs models ns' rest counts
  | _, _ => counts
  end.
(** How many of them are taken on the solver's word, and how many were proved. *)
Definition words_of (c : content) (taken : list Z) : list (Z * Z) :=
  match taken with
  | [] => []
  | _ =>
      map (fun x => (fst x, snd x - fst x))
        (combine taken (large_words (its_variables c) (its_named_models c) (its_proof c)
                          [map whole (its_variables c)] (map (fun _ => 0) taken)))
  end.
Definition finding_of (c : content) (r : Checker.report) : finding :=
  let a := Checker.if_all r in
  Finding (Checker.points_from a, Checker.points_to a)
    (Checker.probability_from a, Checker.probability_to a)
    (if infinite (its_domain (its_matter c)) then None else Some (Checker.domain_points r))
    (steps_of (Checker.of_kind r)) (words_of c (Checker.by_solver r))
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
          match compare (is_two c) (its_variables c) (models_in c) (its_solvers c) (finding_of c r)
                  entries with
          | Some key => Invalid (NotFound key)
          | None => Accepted r
          end
      end
  end.
(** [trusted]: the solvers that the user trusts. *)
Definition check (trusted : list text) (ms : members) : outcome :=
  match Members.read ms with inl c => check_content trusted c | inr f => Malformed f end.
