(** * The checker: what a proof shows of the number and the probability of the points where the
    question's formula is true.  Its soundness is in Sound.v. *)
From Coq Require Import ZArith QArith List Bool.
Require Import Network Cells Bounds Signs Fast Counting Tails Problem Steps Sandwiches.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Answers, and why a proof is refused. *)
Record answer := Answer { points_from : Z; points_to : Z; probability_from : Q; probability_to : Q }.
Record kinds := Kinds {
  constant : Z; enumerated : Z; impossible : Z; opened : Z; sandwiches : Z; signs : Z; tails : Z;
  trusted : Z }.
Record report := Report {
  if_all : answer;                           (* if all solvers that the proof names are right *)
  if_trusted : answer;                       (* if those are that the user trusts *)
  domain_points : Z;
  of_kind : kinds;                           (* steps *)
  by_solver : list Z;                        (* cells taken on each solver's word *)
  witnessed : list (list Z * list Z);        (* witnesses, without repeats, with all models' classes *)
  more : list (list Z) }.                    (* points shown to be true that the witnesses lack,
                                                noted while all together are fewer than [SHOWN] *)
Inductive refusal :=
| DoesNotFit                                 (* the parts of the matter do not fit together *)
| StepFails (node : Z)                       (* by the number of the node in the proof, from 0 *)
| SplitFails (node : Z)
| ProofTooShort | ProofTooLong
| WitnessFails (witness : Z)                 (* by its number, from 0 *)
| Contradicted.                              (* more points are true than the proof leaves room for *)

(** ** Claims about the class of a network on a cell. *)
(** Up to so many points, a claim that no bound shows is evaluated. *)
Definition UPHOLD : Z := 4096.
Fixpoint every (P : point -> bool) (c : cell) (before : point) : bool :=
  match c with
  | [] => P (rev before)
  | q :: c' => forallb (fun v => every P c' (v :: before)) (members q)
  end.
Definition FEW : Z := 2.
Definition evaluated (n : net) (own : cell) (k : Z) : bool :=
  every (fun p => fast_class (ready_fast n) (input p) =? k) own [].
(** Very few points are evaluated at once, and a few more sooner than rows take passes; pieces have
    more points than can be. *)
Definition SMALL : Z := 256.
Definition holds_on (fuel : nat) (n : net) (own : cell) (k : Z) : bool :=
  let size := cardinal own in
  if any_pieces own then
    let own := hulls own in
    shown fuel (ready n) own k || shown_after_all fuel (ready n) own k || shown_leaning (ready n) own k
  else if size <=? FEW then evaluated n own k
  else
    shown (if size <=? SMALL then 0 else fuel) (ready n) own k ||
    (if size <=? UPHOLD then evaluated n own k else shown_after_all fuel (ready n) own k).
(** The same by trees of signs; a few points are evaluated where these do not show it. *)
Definition holds_by_signs (n : net) (own : cell) (k : Z) (trees : list Z) : bool :=
  let c := hulls own in
  match claimed (ready n) c k trees with
  | Some x =>
      shown_by_signs (ready n) (scales n) c x ||
      (negb (any_pieces own) && (cardinal own <=? UPHOLD) && evaluated n own k)
  | None => false
  end.
(** The weight, without the leaf's factor, of the points of a cell that satisfy P, where P looks at the
    variables in [reads] only: of the others all values are taken together. *)
Fixpoint weight_where (P : point -> bool) (reads : list nat) (c : cell) (ls : list runs) (w : Z)
  (before : point) : Z :=
  match c with
  | [] => if P (rev before) then w else 0
  | q :: c' =>
      if existsb (Nat.eqb (length before)) reads
      then fold_left (fun sum v => sum + weight_where P reads c' (tl ls) (w * weight_at ls v) (v :: before))
             (members q) 0
      else weight_where P reads c' (tl ls) (w * weight_part ls q) (nobody :: before)
  end.

(** One more at place [n] of a list. *)
Fixpoint add_one (n : nat) (l : list Z) : list Z :=
  match l, n with
  | [], _ => []
  | x :: l', O => (x + 1) :: l'
  | x :: l', S n' => x :: add_one n' l'
  end.
(** What is said of the models' classes on a cell: shown, or some solver's word. *)
Inductive source := Shown | Said (solver : nat).
Record facts := Facts { known_facts : list (nat * Z * source); known_tails : list (nat * Z * Q) }.
Definition believed (said : nat -> bool) (s : source) : bool :=
  match s with Shown => true | Said n => said n end.
Fixpoint learn_all (said : nat -> bool) (fs : list (nat * Z * source)) (ks : known) : known :=
  match fs with
  | [] => ks
  | (m, k, s) :: fs' => learn_all said fs' (if believed said s then learn m k ks else ks)
  end.
Fixpoint learn_tails (ts : list (nat * Z * Q)) (ks : known) : known :=
  match ts with [] => ks | (m, k, _) :: ts' => learn_tails ts' (learn m k ks) end.
(** A witness with its models' classes, and its point. *)
Record witness := Witness { tuple_of : list Z; point_of : point; classes_of : list Z }.
Fixpoint contains (c : cell) (t : list Z) : bool :=
  match c, t with
  | [], [] => true
  | Few vs :: c', i :: t' => existsb (fun v => index v =? i) vs && contains c' t'
  | (Range _ _ lo hi | Pieces _ _ lo hi) :: c', i :: t' => (lo <=? i) && (i <=? hi) && contains c' t'
  | _, _ => false
  end.
Definition refuted (ws : list witness) (c : cell) (m : nat) (k : Z) : bool :=
  existsb (fun w => negb (nth m (classes_of w) 0 =? k) && contains c (tuple_of w)) ws.

(** Whether a weight is at most the part [p] of another. *)
Definition at_most (x : Z) (p : Q) (all : Z) : bool := x * Zpos (Qden p) <=? Qnum p * all.
Definition tail_holds (n : net) (l : leaf) (c : cell) (k : Z) (p : Q) : bool :=
  let all := weigh l c in
  let other x := negb (class_of (ANet n) x =? k) in
  let small := cardinal (project (sees n) c) <=? UPHOLD in
  Qle_bool 0 p &&
  (Qle_bool 1 p ||
   ((0 <? all) &&
    (at_most (tail_weight (fun fs => small || as_usual p n l c fs) n l c k) p all ||
     (small && at_most (scale l * weight_where other (sees n) c (laws l) 1 []) p all)))).

(** ** What is counted so far, if the solvers that are believed are right. *)
Record counted := Counted {
  firm_n : Z; firm_w : Z;                    (* points and weight where the formula is true *)
  loose_n : Z; loose_w : Z;                  (* where nothing is known *)
  tail_n : Z; tail_from : Q; tail_to : Q }.  (* points of cells with tails; bounds of the weight *)
Record state := State {
  for_all : counted; for_given : counted; so_far : kinds; words : list Z; extra : list (list Z) }.
Definition nothing : counted := Counted 0 0 0 0 0 0 0.
Definition plus_tally (t : tally) (x : counted) : counted :=
  Counted (firm_n x + true_n t) (firm_w x + true_w t) (loose_n x + open_n t) (loose_w x + open_w t)
          (tail_n x) (tail_from x) (tail_to x).
(** A cell in a leaf, with a tally as if the tails' classes were right everywhere, and their sum. *)
Definition plus_tail (t : tally) (l : leaf) (c : cell) (p : Q) (x : counted) : counted :=
  let all := weigh l c in
  let slack := (p * inject_Z all)%Q in
  let from := (inject_Z (true_w t) - slack)%Q in
  let to := (inject_Z (true_w t + open_w t) + slack)%Q in
  Counted (firm_n x) (firm_w x) (loose_n x) (loose_w x) (tail_n x + cardinal c)
    (if Qle_bool from 0 then tail_from x else Qred (tail_from x + from))
    (Qred (tail_to x + (if Qle_bool to (inject_Z all) then to else inject_Z all))).

Section Check.
  Variable pr : problem.
  Variable trust : nat -> bool.
  Variable ws : list witness.
  Let trees := trees_of 0 (models pr).
  Let unknown : known := map (fun _ => None) (models pr).
  Let enough ks := match trees with _ :: _ :: _ => decided (formula pr) ks | _ => false end.
  Let listed_points := map tuple_of ws.
  Let noting := Notes true (SHOWN - length ws) listed_points.
  Let silent := Notes false 0 [].
  Let everyone (_ : nat) := true.
  Let nobody_else (_ : nat) := false.

  (** The steps about a cell, of different networks in order. *)
  Fixpoint judge (c : cell) (least : nat) (ss : list step) (ks : kinds) (by_ : list Z) (fs : facts)
    : option (kinds * list Z * facts) :=
    match ss with
    | [] => Some (ks, by_, fs)
    | s :: ss' =>
        let m := match s with Constant m _ | Signed m _ _ | Tail m _ _ | Trusted m _ _ => m end in
        let k := match s with Constant _ k | Signed _ k _ | Tail _ k _ | Trusted _ k _ => k end in
        match nth_error (models pr) m with
        | Some (ANet n) =>
            if (least <=? m)%nat && (0 <=? k) && (k <? Z.of_nat (Nat.max 2 (outputs n))) then
              let one_more := Kinds (constant ks + 1) (enumerated ks) (impossible ks) (opened ks) (sandwiches ks) (signs ks) (tails ks) (trusted ks) in
              let fact x := Facts ((m, k, x) :: known_facts fs) (known_tails fs) in
              match s with
              | Constant _ _ =>
                  if holds_on PASSES n (project (sees n) c) k then judge c (S m) ss' one_more by_ (fact Shown)
                  else None
              | Signed _ _ trees =>
                  if holds_by_signs n (project (sees n) c) k trees then
                    judge c (S m) ss'
                      (Kinds (constant ks) (enumerated ks) (impossible ks) (opened ks) (sandwiches ks) (signs ks + 1) (tails ks) (trusted ks))
                      by_ (fact Shown)
                  else None
              | Trusted _ _ solver =>
                  let own := project (sees n) c in
                  if holds_on 0 n own k then   (* no passes: what is left to a solver is the same for all checkers *) judge c (S m) ss' one_more by_ (fact Shown)
                  else if negb (any_pieces own) && (cardinal own <=? UPHOLD) || refuted ws c m k then None
                  else
                    judge c (S m) ss'
                      (Kinds (constant ks) (enumerated ks) (impossible ks) (opened ks) (sandwiches ks) (signs ks) (tails ks) (trusted ks + 1))
                      (add_one solver by_) (fact (Said solver))
              | Tail _ _ p =>
                  match only_leaf (domain pr) c with
                  | Some l =>
                      if negb (any_pieces (whole_cell pr)) && tail_holds n l c k p then
                        judge c (S m) ss'
                          (Kinds (constant ks) (enumerated ks) (impossible ks) (opened ks) (sandwiches ks) (signs ks) (tails ks + 1) (trusted ks))
                          by_ (Facts (known_facts fs) ((m, k, p) :: known_tails fs))
                      else None
                  | None => None
                  end
              end
            else None
        | _ => None
        end
    end.
  Definition empty_tally (l : list (list Z)) : tally := Tally 0 0 0 0 l.
  Definition settle (n : notes) (ks : known) (c : cell) (l : list (list Z)) : tally :=
    parts enough (domain pr) trees (settle_part n (formula pr)) ks c (empty_tally l).
  Definition evaluate (c : cell) (l : list (list Z)) : tally :=
    parts enough (domain pr) trees (evaluate_part noting (formula pr) (models pr)) unknown c (empty_tally l).
  Definition all_shown (fs : list (nat * Z * source)) : bool :=
    forallb (fun f => match snd f with Shown => true | Said _ => false end) fs.
  Definition sum_tails (ts : list (nat * Z * Q)) : Q :=
    fold_right (fun t s => (snd t + s)%Q) 0%Q ts.
  (** A cell of which facts and tails are known. *)
  Definition settle_cell (c : cell) (fs : facts) (st : state) (ks : kinds) (by_ : list Z) : option state :=
    let learned said := learn_all said (known_facts fs) unknown in
    match known_tails fs with
    | [] =>
        if all_shown (known_facts fs) then
          let t := settle noting (learned nobody_else) c (extra st) in
          Some (State (plus_tally t (for_all st)) (plus_tally t (for_given st)) ks by_ (noted t))
        else
          let firm := settle noting (learned nobody_else) c (extra st) in
          Some (State (plus_tally (settle silent (learned everyone) c []) (for_all st))
                      (plus_tally (settle silent (learned trust) c []) (for_given st)) ks by_ (noted firm))
    | ts =>
        match only_leaf (domain pr) c with
        | Some l =>
            let t said := settle silent (learn_tails ts (learned said)) c [] in
            let t1 := t everyone in
            let t2 := if all_shown (known_facts fs) then t1 else t trust in
            let p := sum_tails ts in
            Some (State (plus_tail t1 l c p (for_all st)) (plus_tail t2 l c p (for_given st)) ks by_ (extra st))
        | None => None
        end
    end.
  Definition has_points (c : cell) : bool :=
    walk_given (domain pr) (fun _ _ _ => true) c false.
  (** One node of the proof: the cells that wait for theirs, and the state after it. *)
  Definition one_node (nd : node) (c : cell) (rest : list cell) (st : state) : option (list cell * state) :=
    match nd with
    | Split v s =>
        let (a, b) := test_halves s (nth v c no_part) in
        if (v <? length c)%nat && negb (is_empty a) && negb (is_empty b)
        then Some (put v a c :: put v b c :: rest, st) else None
    | Steps [] => None
    | Steps ss =>
        match judge c 0 ss (so_far st) (words st) (Facts [] []) with
        | Some (ks, by_, fs) => option_map (pair rest) (settle_cell c fs st ks by_)
        | None => None
        end
    | Sandwich beside s neurons told over sides further =>
        let fs := slices (form s) (whole_cell pr) in
        let sliced x := (x, slices (side_form x) (whole_cell pr)) in
        let sides := map (fun x => (sliced (fst x), sliced (snd x))) sides in
        let formed x := (x, slices (form x) (whole_cell pr)) in
        let told := map formed told in
        let further := map formed further in
        match judge c 0 beside (so_far st) (words st) (Facts [] []) with
        | Some (ks, by_, shown) =>
            if sandwich_holds pr c fs s && match told with [] => true | _ => cases_hold pr c s neurons told over end &&
               match sides with [] => true | _ => sides_hold pr c s sides end &&
               match further with [] => true | _ => further_hold pr c s further end
            then
              match
                parts enough (domain pr) trees (sandwich_part noting (formula pr) (groups_of pr) (code_scale pr) (s, fs) told over sides further)
                  (learn_all nobody_else (known_facts shown) unknown) c (Some (empty_tally (extra st)))
              with
              | Some t =>
                  Some (rest, State (plus_tally t (for_all st)) (plus_tally t (for_given st))
                    (Kinds (constant ks) (enumerated ks) (impossible ks) (opened ks) (sandwiches ks + 1) (signs ks) (tails ks)
                       (trusted ks)) by_ (noted t))
              | None => None
              end
            else None
        | None => None
        end
    | Enumerated =>
        if any_pieces (whole_cell pr) then None
        else
        let t := evaluate c (extra st) in let ks := so_far st in
        Some (rest, State (plus_tally t (for_all st)) (plus_tally t (for_given st))
          (Kinds (constant ks) (enumerated ks + 1) (impossible ks) (opened ks) (sandwiches ks) (signs ks) (tails ks) (trusted ks))
          (words st) (noted t))
    | Open =>
        let t := settle noting unknown c (extra st) in let ks := so_far st in
        let ks :=
          if has_points c
          then Kinds (constant ks) (enumerated ks) (impossible ks) (opened ks + 1) (sandwiches ks) (signs ks) (tails ks) (trusted ks)
          else Kinds (constant ks) (enumerated ks) (impossible ks + 1) (opened ks) (sandwiches ks) (signs ks) (tails ks) (trusted ks) in
        Some (rest, State (plus_tally t (for_all st)) (plus_tally t (for_given st)) ks (words st) (noted t))
    end.
  Fixpoint run (p : proof) (at_ : Z) (waiting : list cell) (st : state) : state + refusal :=
    match p, waiting with
    | [], [] => inl st
    | [], _ => inr ProofTooShort
    | _, [] => inr ProofTooLong
    | nd :: p', c :: rest =>
        match one_node nd c rest st with
        | Some (waiting', st') => run p' (at_ + 1) waiting' st'
        | None => inr (match nd with Split _ _ => SplitFails at_ | _ => StepFails at_ end)
        end
    end.
End Check.

(** ** Witnesses: points of the domain where the formula is true, evaluated; of pieces, their ends. *)
Definition value_at (q : part) (i : Z) : option value :=
  match q with
  | Few vs =>
      match nth_error vs (Z.to_nat i) with
      | Some v => if index v =? i then Some v else None
      | None => None
      end
  | Range s d lo hi => if (lo <=? i) && (i <=? hi) then Some (number_of s d i) else None
  | Pieces s rs lo hi => if (lo <=? i) && (i <=? hi) then Some (piece_of s rs i) else None
  end.
Fixpoint find_point (c : cell) (t : list Z) : option point :=
  match c, t with
  | [], [] => Some []
  | q :: c', i :: t' =>
      match value_at q i, find_point c' t' with Some v, Some p => Some (v :: p) | _, _ => None end
  | _, _ => None
  end.
Fixpoint find_witnesses (pr : problem) (ts : list (list Z)) (at_ : Z) (found : list witness)
  : list witness + refusal :=
  match ts with
  | [] => inl (rev found)
  | t :: ts' =>
      if existsb (fun w => same_tuple t (tuple_of w)) found then find_witnesses pr ts' (at_ + 1) found
      else
        match find_point (whole_cell pr) t with
        | Some p =>
            let classes := map (fun m => class_of m p) (models pr) in
            match leaf_of (domain pr) p with
            | Some _ =>
                if Semantics.holds (formula pr) (fun m => nth m classes 0)
                then find_witnesses pr ts' (at_ + 1) (Witness t p classes :: found)
                else inr (WitnessFails at_)
            | None => inr (WitnessFails at_)
            end
        | None => inr (WitnessFails at_)
        end
  end.
Definition weight_seen (g : given) (ws : list witness) : Z :=
  fold_right (fun w s => match leaf_of g (point_of w) with Some l => scale l * product (laws l) (point_of w) | None => 0 end + s) 0 ws.

(** ** The answer.  Where there are pieces a witness is one point of many: it adds nothing. *)
Definition adding (pr : problem) (ws : list witness) : list witness :=
  if any_pieces (whole_cell pr) then [] else ws.
Definition conclude (pr : problem) (ws : list witness) (x : counted) : option answer :=
  let all := length ws in
  let ws := adding pr ws in
  let tail_seen := if Qle_bool (tail_from x) 0 then 0 else 1 in
  let from := Z.max (firm_n x) (Z.max (Z.of_nat (length ws)) tail_seen) in
  let to := firm_n x + loose_n x + tail_n x in
  let known := (inject_Z (firm_w x) + tail_from x)%Q in
  let seen := inject_Z (weight_seen (domain pr) ws) in
  let unit := inject_Z (unit_of pr) in
  if (from <=? to) && (negb (to =? 0) || (all =? 0)%nat) then
    Some (Answer from to (Qred ((if Qle_bool known seen then seen else known) / unit))
            (Qred ((inject_Z (firm_w x + loose_w x) + tail_to x) / unit)))
  else None.
Definition domain_size (pr : problem) : Z :=
  walk_given (domain pr) (fun _ c sum => sum + cardinal c) (whole_cell pr) 0.
(** [trust] says of each solver, by its number, whether the user trusts it. *)
Definition check (q : Semantics.matter) (trust : list bool) (p : proof) (points : list Semantics.tuple)
  : report + refusal :=
  match problem_of q with
  | None => inr DoesNotFit
  | Some pr =>
      match find_witnesses pr points 0 [] with
      | inr why => inr why
      | inl ws =>
          let start := State nothing nothing (Kinds 0 0 0 0 0 0 0 0) (map (fun _ => 0) trust) [] in
          match run pr (fun s => nth s trust false) ws p 0 [whole_cell pr] start with
          | inr why => inr why
          | inl st =>
              match conclude pr ws (for_all st), conclude pr ws (for_given st) with
              | Some all, Some some =>
                  inl (Report all some (domain_size pr) (so_far st) (words st)
                         (map (fun w => (tuple_of w, classes_of w)) ws) (rev (extra st)))
              | _, _ => inr Contradicted
              end
          end
      end
  end.
