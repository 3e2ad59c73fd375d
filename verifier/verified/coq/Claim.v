(** verdict.json: what a certificate states, compared entry by entry with what was found. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers Json Faults Semantics DomainJson NetworkJson ModelsJson.
Import ListNotations.
Open Scope Z_scope.

Definition VERDICT := Eval compute in of_string "verdict".
Definition ANSWER := Eval compute in of_string "answer".
Definition DOMAIN_SIZE := Eval compute in of_string "domain_size".
Definition DISAGREEMENTS := Eval compute in of_string "disagreements".
Definition POINTS := Eval compute in of_string "points".
Definition ERROR := Eval compute in of_string "error".
Definition LOWER := Eval compute in of_string "lower".
Definition UPPER := Eval compute in of_string "upper".
Definition COUNTEREXAMPLES := Eval compute in of_string "counterexamples".
Definition WITNESSES := Eval compute in of_string "witnesses".
Definition TEACHER_CLASS := Eval compute in of_string "teacher_class".
Definition TREE_CLASS := Eval compute in of_string "tree_class".
Definition CLASSES := Eval compute in of_string "classes".
Definition ROBUST := Eval compute in of_string "robust".
Definition NOT_SHOWN := Eval compute in of_string "not_shown".
Definition TRUSTED := Eval compute in of_string "trusted".
Definition CELLS := Eval compute in of_string "cells".
Definition STEPS := Eval compute in of_string "steps".
Definition CONSTANT := Eval compute in of_string "constant".
Definition ENUMERATED := Eval compute in of_string "enumerated".
Definition IMPOSSIBLE := Eval compute in of_string "impossible".
Definition OPEN := Eval compute in of_string "open".
Definition SANDWICH := Eval compute in of_string "sandwich".
Definition SIGNED := Eval compute in of_string "signed".
Definition TAIL := Eval compute in of_string "tail".
Definition EQUIVALENT := Eval compute in of_string "equivalent".
Definition DIFFERENT := Eval compute in of_string "different".
Definition UNDECIDED := Eval compute in of_string "undecided".
Definition NOWHERE := Eval compute in of_string "nowhere".
Definition SOMEWHERE := Eval compute in of_string "somewhere".
Definition INFINITE := Eval compute in of_string "infinite".
Definition MOST_LISTED : Z := 10.

(** What the proof shows if every solver that it names is right. *)
Record finding := Finding {
  points_found : Z * Z;               (* at least and at most so many points *)
  chance_found : Q * Q;               (* and their probability *)
  size_found : option Z;              (* points of the domain; none: infinitely many *)
  steps_found : list (text * Z);      (* by kind, sorted *)
  trusted_found : list (Z * Z);       (* for each solver: steps that are trusted, and large ones
                                         that name it and were proved *)
  witnesses_found : list (tuple * list Z);  (* without repeats, with the classes of all models *)
  due : Z }.                          (* how many points are known to be true, at least *)

(** ** The forms of the entries *)
Definition LARGE : Z := (10 ^ 1000)%Z.
(** A number of points: in digits as text from 10^1000 on. *)
Definition count_stated (v : json) : option Z :=
  match v with
  | JInt n => if (0 <=? n) && (n <? LARGE) then Some n else None
  | JDecimal q => if (Qden q =? 1)%positive && (0 <=? Qnum q) && (Qnum q <? LARGE)
                  then Some (Qnum q) else None
  | JText t => match plain_whole t with
               | Some n => if LARGE <=? n then Some n else None
               | None => None
               end
  | _ => None
  end.
Definition int_stated (v : json) : option Z :=
  match v with
  | JInt n => Some n
  | JDecimal q => if (Qden q =? 1)%positive then Some (Qnum q) else None
  | _ => None
  end.
Definition fraction_stated (v : json) : option Q :=
  match v with JText t => plain_fraction t | _ => None end.
(** An object with these keys in this order. *)
Fixpoint in_keys (keys : list text) (ms : list (text * json)) : option (list json) :=
  match keys, ms with
  | [], [] => Some []
  | k :: ks, (key, v) :: ms' =>
      if same k key then option_map (cons v) (in_keys ks ms') else None
  | _, _ => None
  end.
Definition ends_stated {A} (read : json -> option A) (v : json) : option (A * A) :=
  match v with
  | JObject ms =>
      match in_keys [LOWER; UPPER] ms with
      | Some [a; b] =>
          match read a, read b with Some x, Some y => Some (x, y) | _, _ => None end
      | _ => None
      end
  | _ => None
  end.

(** ** The numbers that the member states *)
(** Where there are infinitely many points their number is not stated. *)
Record claim := Claim { size_stated : option Z; points_stated : option (Z * Z); chance_stated : Q * Q }.
Definition is_infinite (v : json) : bool := match v with JText t => same t INFINITE | _ => false end.
Definition points_key (two : bool) : text := if two then POINTS else DISAGREEMENTS.
Definition chance_key (two : bool) : text := if two then PROBABILITY else ERROR.
Definition read_claim (two : bool) (ms : list (text * json)) : option claim :=
  match find DOMAIN_SIZE ms, find (chance_key two) ms with
  | Some n, Some c =>
      match ends_stated fraction_stated c, find (points_key two) ms with
      | Some cs, Some p =>
          match count_stated n, ends_stated count_stated p with
          | Some size, Some ps => Some (Claim (Some size) (Some ps) cs)
          | _, _ => None
          end
      | Some cs, None => if is_infinite n then Some (Claim None None cs) else None
      | None, _ => None
      end
  | _, _ => None
  end.

(** ** The points that the member lists *)
Fixpoint index_in (label : text) (labels : list text) (i : Z) : option Z :=
  match labels with
  | l :: ls => if same l label then Some i else index_in label ls (i + 1)
  | [] => None
  end.
Definition value_called (v : named) (label : text) : option Z :=
  match called v with
  | Labels ts => index_in label ts 0
  | ByNumber first step n =>
      match text_number label with
      | Some q =>
          match index first step q with
          | Some i => if (0 <=? i) && (i <? n) && same (show q) label then Some i else None
          | None => None
          end
      | None => None
      end
  | ByPiece first pieces =>
      match text_number label with
      | Some q =>
          match cut_number first pieces 0 q with
          | Some k => if (1 <=? k) && same (show q) label then Some (k - 1) else None
          | None => None
          end
      | None => None
      end
  end.
Fixpoint values_called (vs : list named) (ms : list (text * json)) : option tuple :=
  match vs, ms with
  | [], [] => Some []
  | v :: vs', (key, JText label) :: ms' =>
      if same (name v) key then
        match value_called v label, values_called vs' ms' with
        | Some i, Some t => Some (i :: t)
        | _, _ => None
        end
      else None
  | _, _ => None
  end.
(** An entry: the point, and the classes of the models there. *)
Definition entry_stated (two : bool) (vs : list named) (models : list text) (v : json)
  : option (tuple * list Z) :=
  match v with
  | JObject ms =>
      let keys := if two then [VALUES; CLASSES] else [VALUES; TEACHER_CLASS; TREE_CLASS] in
      match in_keys keys ms with
      | Some (JObject values :: rest) =>
          let classes :=
            match rest with
            | [JObject cs] => match in_keys models cs with Some l => every int_stated [] l
                              | None => None end
            | [a; b] => every int_stated [] [a; b]
            | _ => None
            end in
          match values_called vs values, classes with
          | Some t, Some ks => Some (t, ks)
          | _, _ => None
          end
      | _ => None
      end
  | _ => None
  end.
Definition witnesses_key (two : bool) : text := if two then WITNESSES else COUNTEREXAMPLES.
Definition read_listed (two : bool) (vs : list named) (models : list text) (ms : list (text * json))
  : option (list (tuple * list Z)) :=
  match find (witnesses_key two) ms with
  | Some (JList entries) =>
      if count entries <=? MOST_LISTED then every (entry_stated two vs models) [] entries else None
  | _ => None
  end.

(** ** Comparison *)
Fixpoint same_ints (a b : list Z) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => (x =? y) && same_ints a' b'
  | _, _ => false
  end.
(** What is listed are the first of those found, and all of them where they are few. *)
Fixpoint first_ones (stated found : list (tuple * list Z)) (room : Z) : bool :=
  match stated, found with
  | (t, ks) :: stated', (u, js) :: found' =>
      same_ints t u && same_ints ks js && first_ones stated' found' (room - 1)
  | [], [] => true
  | [], _ => room <=? 0
  | _ :: _, [] => false
  end.
Definition word (two : bool) (lo hi : Z) : text :=
  if 0 <? lo then if two then SOMEWHERE else DIFFERENT
  else if 0 <? hi then UNDECIDED
  else if two then NOWHERE else EQUIVALENT.
(** Names with their numbers, those above 0, in order. *)
Fixpoint numbers_stated (found : list (text * Z)) (ms : list (text * json)) : bool :=
  match found with
  | [] => match ms with [] => true | _ => false end
  | (k, n) :: found' =>
      if n <=? 0 then numbers_stated found' ms
      else match ms with
      | (key, v) :: ms' =>
          same k key && match int_stated v with Some m => m =? n | None => false end &&
          numbers_stated found' ms'
      | [] => false
      end
  end.
(** How many steps of a solver count as trusted: a large one that is proved here may be stated so. *)
Definition stated_trusted (ms : list (text * json)) (solver : text) (found : Z * Z) : Z :=
  let (trusted, proved) := found in
  match find solver ms with
  | Some v => match int_stated v with
              | Some n => if (trusted <=? n) && (n <=? trusted + proved) then n else trusted
              | None => trusted
              end
  | None => trusted
  end.
Definition members_or_none (v : json) : list (text * json) :=
  match v with JObject ms => ms | _ => [] end.
Definition is_object (v : json) : bool := match v with JObject _ => true | _ => false end.
Definition is_float32 (size : option Z) (v : json) : bool :=
  match v with
  | JObject ms =>
      match fields [ROBUST; NOT_SHOWN] ms with
      | Some [JBool robust; JObject inner] =>
          match size with
          | None =>
              match fields [PROBABILITY] inner with
              | Some [c] =>
                  match fraction_stated c with
                  | Some q =>
                      (count ms =? 2) && (count inner =? 1) && (negb robust || (Qnum q =? 0)) &&
                      Qle_bool q 1
                  | None => false
                  end
              | _ => false
              end
          | Some size =>
          match fields [POINTS; PROBABILITY] inner with
          | Some [p; c] =>
              match count_stated p, fraction_stated c with
              | Some n, Some q =>
                  (count ms =? 2) && (count inner =? 2) && Bool.eqb robust (n =? 0) &&
                  ((0 <? n) || (Qnum q =? 0)) && (n <=? size) && Qle_bool q 1
              | _, _ => false
              end
          | _ => false
          end
          end
      | _ => false
      end
  | _ => false
  end.
(** Moves some steps from constant to trusted. *)
Definition moved (n : Z) (step : text * Z) : text * Z :=
  let (k, m) := step in
  if same k CONSTANT then (k, m - n) else if same k TRUSTED then (k, m + n) else step.

(** The test of one entry against what was found. *)
Definition entry_holds (two : bool) (vs : list named) (models solvers : list text) (f : finding)
  (ms : list (text * json)) (key : text) (v : json) : bool :=
  let believed := match find TRUSTED ms with Some t => members_or_none t | None => [] end in
  let trusted := map (fun p => (fst p, stated_trusted believed (fst p) (snd p)))
                     (combine solvers (trusted_found f)) in
  if same key (if two then ANSWER else VERDICT) then
    match v with
    | JText t =>
        same t (word two (Z.max (fst (points_found f)) (count (witnesses_found f))) (snd (points_found f)))
    | _ => false end
  else if same key DOMAIN_SIZE then
    match size_found f, count_stated v with
    | Some size, Some n => n =? size
    | Some _, None => false
    | None, _ => is_infinite v
    end
  else if same key (points_key two) then
    match ends_stated count_stated v with
    | Some (a, b) => (a =? fst (points_found f)) && (b =? snd (points_found f))
    | None => false
    end
  else if same key (chance_key two) then
    match ends_stated fraction_stated v with
    | Some (a, b) => Qeq_bool a (fst (chance_found f)) && Qeq_bool b (snd (chance_found f))
    | None => false
    end
  else if same key (witnesses_key two) then
    match read_listed two vs models ms with
    | Some stated =>
        first_ones stated (witnesses_found f) MOST_LISTED &&
        (Z.min MOST_LISTED (due f) <=? count stated)
    | None => false
    end
  else if same key FLOAT32 then is_float32 (size_found f) v
  else if same key TRUSTED then is_object v && numbers_stated trusted (members_or_none v)
  else if same key (if two then STEPS else CELLS) then
    let more := fold_left Z.add (map snd trusted) 0 -
                fold_left Z.add (map fst (trusted_found f)) 0 in
    is_object v && numbers_stated (map (moved more) (steps_found f)) (members_or_none v)
  else false.
Definition keys (two finite : bool) : list text :=
  (if two then ANSWER else VERDICT) :: DOMAIN_SIZE :: (if finite then [points_key two] else []) ++
  [chance_key two; witnesses_key two; FLOAT32; TRUSTED; if two then STEPS else CELLS].
Definition is_some {A} (x : option A) : bool := match x with Some _ => true | None => false end.
(** The first entry that does not say what was found, if any. *)
Fixpoint wrong_entry (holds : text -> json -> bool) (keys : list text) (ms : list (text * json))
  : option text :=
  match keys with
  | [] => None
  | k :: ks =>
      match find k ms with
      | Some v => if holds k v then wrong_entry holds ks ms else Some k
      | None => Some k
      end
  end.
Definition compare (two : bool) (vs : list named) (models solvers : list text) (f : finding)
  (ms : list (text * json)) : option text :=
  let all := keys two (is_some (size_found f)) in
  match wrong_entry (entry_holds two vs models solvers f ms) all ms with
  | Some k => Some k
  | None => option_map fst (List.find (fun m => negb (one_of (fst m) all)) ms)
  end.

(** ** What a comparison without a complaint means *)
Lemma wrong_entry_none h ks ms : wrong_entry h ks ms = None ->
  forall k, In k ks -> exists v, find k ms = Some v /\ h k v = true.
Proof.
  induction ks as [|k ks IH]; intros H k' I; [destruct I|]. cbn in H.
  destruct (find k ms) as [v|] eqn:F; [|discriminate]. destruct (h k v) eqn:E; [|discriminate].
  destruct I as [<-|I]; [eauto|auto].
Qed.
Lemma none_other ks ms : List.find (fun m : text * json => negb (one_of (fst m) ks)) ms = None ->
  forall k v, find k ms = Some v -> one_of k ks = true.
Proof.
  intros H k v F. destruct (one_of k ks) eqn:E; [reflexivity|exfalso].
  revert H F. induction ms as [|[k' v'] ms IH]; cbn [List.find find fst]; [discriminate|].
  destruct (negb (one_of k' ks)) eqn:E'; [discriminate|]. intros H F. destruct (same k' k) eqn:S; [|auto].
  apply same_iff in S. subst k'. rewrite E in E'. discriminate.
Qed.
(** The numbers stated are those found. *)
Theorem compare_sound two vs models solvers f ms :
  compare two vs models solvers f ms = None ->
  exists c, read_claim two ms = Some c /\
    size_stated c = size_found f /\
    points_stated c = (if is_some (size_found f) then Some (points_found f) else None) /\
    (fst (chance_stated c) == fst (chance_found f))%Q /\
    (snd (chance_stated c) == snd (chance_found f))%Q.
Proof.
  unfold compare. intros H. cbv zeta in H.
  destruct (wrong_entry _ _ _) eqn:W; [discriminate|].
  destruct (List.find _ ms) eqn:O; [discriminate|]. clear H.
  destruct (wrong_entry_none _ _ _ W DOMAIN_SIZE) as (n & Fn & Hn).
  { unfold keys. right. left. reflexivity. }
  destruct (wrong_entry_none _ _ _ W (chance_key two)) as (q & Fq & Hq).
  { unfold keys. do 2 right. apply in_or_app. right. left. reflexivity. }
  unfold read_claim. rewrite Fn, Fq.
  assert (Eq : exists x y, ends_stated fraction_stated q = Some (x, y) /\
    (x == fst (chance_found f))%Q /\ (y == snd (chance_found f))%Q).
  { destruct two; cbn in Hq; destruct (ends_stated fraction_stated q) as [[x y]|]; try discriminate;
      exists x, y; apply andb_prop in Hq as [H1 H2]; apply Qeq_bool_iff in H1, H2; auto. }
  destruct Eq as (x & y & -> & X & Y).
  assert (En : match size_found f with
    | Some size => count_stated n = Some size
    | None => is_infinite n = true
    end).
  { destruct two; cbn in Hn; (destruct (size_found f) as [size|]; [|exact Hn]);
      (destruct (count_stated n) as [m|]; [|discriminate]); apply Z.eqb_eq in Hn; congruence. }
  destruct (size_found f) as [size|]; cbn [is_some] in *.
  - destruct (wrong_entry_none _ _ _ W (points_key two)) as (p & Fp & Hp).
    { unfold keys. do 2 right. apply in_or_app. left. left. reflexivity. }
    rewrite Fp, En.
    assert (Ep : ends_stated count_stated p = Some (points_found f)).
    { destruct two; cbn in Hp; destruct (ends_stated count_stated p) as [[a b]|]; try discriminate;
        apply andb_prop in Hp as [H1 H2]; apply Z.eqb_eq in H1, H2; destruct (points_found f); cbn in *; subst; reflexivity. }
    rewrite Ep. eexists. split; [reflexivity|]. cbn [size_stated points_stated chance_stated fst snd]. auto.
  - destruct (find (points_key two) ms) as [p|] eqn:Fp.
    { exfalso. pose proof (none_other _ _ O _ _ Fp) as X1. destruct two; discriminate X1. }
    rewrite En. eexists. split; [reflexivity|]. cbn [size_stated points_stated chance_stated fst snd]. auto.
Qed.
Lemma same_ints_eq a : forall b, same_ints a b = true -> a = b.
Proof.
  induction a as [|x a IH]; intros [|y b] H; try discriminate; [reflexivity|].
  cbn [same_ints] in H. apply andb_prop in H as [H1 H2]. apply Z.eqb_eq in H1.
  rewrite H1, (IH b H2). reflexivity.
Qed.
Lemma first_ones_incl stated : forall found room, first_ones stated found room = true ->
  incl stated found.
Proof.
  induction stated as [|[t ks] stated IH]; intros [|[u js] found] room H e I; try destruct I;
    try discriminate; cbn [first_ones] in H; apply andb_prop in H as [H H3];
    apply andb_prop in H as [H1 H2]; apply same_ints_eq in H1, H2.
  - subst. left. reflexivity.
  - right. apply (IH _ _ H3). assumption.
Qed.
(** The points that are listed are among those found, with their classes. *)
Theorem compare_listed two vs models solvers f ms :
  compare two vs models solvers f ms = None ->
  exists listed, read_listed two vs models ms = Some listed /\ incl listed (witnesses_found f).
Proof.
  unfold compare. intros H.
  destruct (wrong_entry _ _ _) eqn:W; [discriminate|]. clear H.
  destruct (wrong_entry_none _ _ _ W (witnesses_key two)) as (v & F & Hv).
  { unfold keys. do 2 right. apply in_or_app. right. right. left. reflexivity. }
  destruct two; cbn in Hv; destruct (read_listed _ vs models ms) as [l|] eqn:E; try discriminate;
    exists l; (split; [reflexivity|]); apply andb_prop in Hv as [Hv _];
    eapply first_ones_incl; exact Hv.
Qed.
