(** JSON without loss: numbers are exact, keys unique, nesting as deep as need be.

    The parser reads one byte a step, with the open arrays and objects on a stack of its own, so it
    ends for every text, and no text is too deep for it.  Grammar: RFC 8259; duplicate keys, halves
    of surrogate pairs and bytes that are not UTF-8 are refused. *)
From Coq Require Import String ZArith QArith List Bool.
From Leafproof Require Import Bytes Numbers.
Import ListNotations.
Open Scope Z_scope.

(** Members of objects stand in the text's order. *)
Inductive json :=
| JNull
| JBool (b : bool)
| JInt (n : Z)            (* written without a point or an exponent *)
| JDecimal (q : Q)
| JText (t : text)
| JList (items : list json)
| JObject (members : list (text * json)).

Inductive fault :=
| NotUtf8 | NotJson | Truncated | DuplicateKey | BadNumber | HalfASurrogate | TooDeep.

(** An open array or object: what it holds so far, the last first; an object also its next key. *)
Inductive frame :=
| InList (items : list json)
| InObject (members : list (text * json)) (key : text).

(** What is expected.  Strings and words hold what was read, the last byte first. *)
Inductive mode :=
| Value (closing : bool)                        (* or the end of the list *)
| Key (closing : bool)                          (* or the end of the object *)
| Colon
| Comma                                         (* or the end *)
| End (v : json)
| InString (key : bool) (high : Z) (acc : text) (* [high]: the first half of a surrogate pair *)
| Escape (key : bool) (high : Z) (acc : text)
| Unicode (key : bool) (high : Z) (acc : text) (more n : Z)
| Word (acc : text).

Inductive state := At (m : mode) (depth : Z) (stack : list frame) | Failed (f : fault).

Definition DEEPEST : Z := 1048576.
Definition TRUE := Eval compute in of_string "true".
Definition FALSE := Eval compute in of_string "false".
Definition NULL := Eval compute in of_string "null".

Definition white (c : Z) : bool := (c =? 32) || (c =? 10) || (c =? 13) || (c =? 9).
Definition digit (c : Z) : bool := (48 <=? c) && (c <=? 57).
Definition letter (c : Z) : bool := (97 <=? c) && (c <=? 122) || (65 <=? c) && (c <=? 90).
(** What a number or a word may go on with. *)
Definition in_word (c : Z) : bool := digit c || letter c || (c =? 43) || (c =? 45) || (c =? 46).
Definition hex (c : Z) : option Z :=
  if digit c then Some (c - 48)
  else if (97 <=? c) && (c <=? 102) then Some (c - 87)
  else if (65 <=? c) && (c <=? 70) then Some (c - 55)
  else None.
(** What a letter after a backslash stands for. *)
Definition escaped (c : Z) : option Z :=
  if (c =? 34) || (c =? 92) || (c =? 47) then Some c
  else if c =? 98 then Some 8 else if c =? 102 then Some 12 else if c =? 110 then Some 10
  else if c =? 114 then Some 13 else if c =? 116 then Some 9 else None.

(** A value is complete: it goes into what is open. *)
Definition put (v : json) (depth : Z) (stack : list frame) : state :=
  match stack with
  | [] => At (End v) depth []
  | InList items :: s => At Comma depth (InList (v :: items) :: s)
  | InObject members key :: s => At Comma depth (InObject ((key, v) :: members) [] :: s)
  end.
Definition close (c depth : Z) (stack : list frame) : state :=
  match stack with
  | InList items :: s => if c =? 93 then put (JList (rev' items)) (depth - 1) s else Failed NotJson
  | InObject members _ :: s =>
      let ms := rev' members in
      if negb (c =? 125) then Failed NotJson
      else if distinct (map fst ms) then put (JObject ms) (depth - 1) s
      else Failed DuplicateKey
  | [] => Failed NotJson
  end.
Definition open (f : frame) (m : mode) (depth : Z) (stack : list frame) : state :=
  if DEEPEST <=? depth then Failed TooDeep else At m (depth + 1) (f :: stack).

(** A byte between strings and words. *)
Definition between (c : Z) (m : mode) (depth : Z) (stack : list frame) : state :=
  if white c then At m depth stack
  else match m with
  | Value closing =>
      if c =? 34 then At (InString false 0 []) depth stack
      else if c =? 123 then open (InObject [] []) (Key true) depth stack
      else if c =? 91 then open (InList []) (Value true) depth stack
      else if digit c || letter c || (c =? 45) then At (Word [c]) depth stack
      else if closing then close c depth stack
      else Failed NotJson
  | Key closing =>
      if c =? 34 then At (InString true 0 []) depth stack
      else if closing then close c depth stack
      else Failed NotJson
  | Colon => if c =? 58 then At (Value false) depth stack else Failed NotJson
  | Comma =>
      if c =? 44 then
        match stack with
        | InList _ :: _ => At (Value false) depth stack
        | _ => At (Key false) depth stack
        end
      else close c depth stack
  | _ => Failed NotJson
  end.
(** The end of a number or a word. *)
Definition word (acc : text) (depth : Z) (stack : list frame) : state :=
  let t := rev' acc in
  match t with
  | [] => Failed NotJson
  | c :: _ =>
      if letter c then
        if same t TRUE then put (JBool true) depth stack
        else if same t FALSE then put (JBool false) depth stack
        else if same t NULL then put JNull depth stack
        else Failed NotJson
      else match json_number t with
      | Some (Whole n) => put (JInt n) depth stack
      | Some (Decimal q) => put (JDecimal q) depth stack
      | None => Failed BadNumber
      end
  end.
(** The end of a string. *)
Definition quote (key : bool) (acc : text) (depth : Z) (stack : list frame) : state :=
  if key then
    match stack with
    | InObject members _ :: s => At Colon depth (InObject members (rev' acc) :: s)
    | _ => Failed NotJson
    end
  else put (JText (rev' acc)) depth stack.
(** The end of an escape \uXXXX. *)
Definition unicode (key : bool) (high : Z) (acc : text) (n depth : Z) (stack : list frame) :=
  if (55296 <=? n) && (n <=? 56319) then
    if high =? 0 then At (InString key n acc) depth stack else Failed HalfASurrogate
  else if (56320 <=? n) && (n <=? 57343) then
    if high =? 0 then Failed HalfASurrogate
    else At (InString key 0 (utf8_rev (65536 + (high - 55296) * 1024 + (n - 56320)) ++ acc))
            depth stack
  else if high =? 0 then At (InString key 0 (utf8_rev n ++ acc)) depth stack
  else Failed HalfASurrogate.

Definition next (c : Z) (m : mode) (depth : Z) (stack : list frame) : state :=
  match m with
  | InString key high acc =>
      if c =? 92 then At (Escape key high acc) depth stack
      else if negb (high =? 0) then Failed HalfASurrogate
      else if c =? 34 then quote key acc depth stack
      else if c <? 32 then Failed NotJson
      else At (InString key 0 (c :: acc)) depth stack
  | Escape key high acc =>
      if c =? 117 then At (Unicode key high acc 4 0) depth stack
      else if negb (high =? 0) then Failed HalfASurrogate
      else match escaped c with
      | Some x => At (InString key 0 (x :: acc)) depth stack
      | None => Failed NotJson
      end
  | Unicode key high acc more n =>
      match hex c with
      | Some d =>
          if more =? 1 then unicode key high acc (16 * n + d) depth stack
          else At (Unicode key high acc (more - 1) (16 * n + d)) depth stack
      | None => Failed NotJson
      end
  | Word acc =>
      if in_word c then At (Word (c :: acc)) depth stack
      else match word acc depth stack with
      | At m' depth' stack' => between c m' depth' stack'
      | Failed f => Failed f
      end
  | _ => between c m depth stack
  end.

(** [at_] counts the bytes read: where a fault is. *)
Fixpoint run (t : text) (at_ : Z) (m : mode) (depth : Z) (stack : list frame)
  : json + (fault * Z) :=
  match t with
  | c :: t' =>
      match next c m depth stack with
      | At m' depth' stack' => run t' (at_ + 1) m' depth' stack'
      | Failed f => inr (f, at_)
      end
  | [] =>
      let final := match m with Word acc => word acc depth stack | _ => At m depth stack end in
      match final with
      | At (End v) _ _ => inl v
      | At _ _ _ => inr (Truncated, at_)
      | Failed f => inr (f, at_)
      end
  end.

(** A byte-order mark at the start is passed over. *)
Definition parse (t : text) : json + (fault * Z) :=
  if negb (is_utf8 t) then inr (NotUtf8, 0)
  else match t with
  | a :: b :: c :: t' =>
      if (a =? 239) && (b =? 187) && (c =? 191) then run t' 3 (Value false) 0 []
      else run t 0 (Value false) 0 []
  | _ => run t 0 (Value false) 0 []
  end.

(** ** What a value is *)
Fixpoint find (key : text) (members : list (text * json)) : option json :=
  match members with
  | (k, v) :: ms => if same k key then Some v else find key ms
  | [] => None
  end.
(** The values under these keys, in this order, of an object that has no others. *)
Fixpoint fields (keys : list text) (members : list (text * json)) : option (list json) :=
  match keys with
  | k :: ks =>
      match find k members, fields ks members with
      | Some v, Some vs => Some (v :: vs)
      | _, _ => None
      end
  | [] => Some []
  end.
Definition only (keys : list text) (members : list (text * json)) : bool :=
  forallb (fun m => one_of (fst m) keys) members.
Definition exact_number (v : json) : option Q :=
  match v with
  | JInt n => Some (inject_Z n)
  | JDecimal q => Some q
  | JText t => text_number t
  | _ => None
  end.
Definition list_of (v : json) : option (list json) :=
  match v with JList items => Some items | _ => None end.
Definition members_of (v : json) : option (list (text * json)) :=
  match v with JObject ms => Some ms | _ => None end.
Definition text_of (v : json) : option text := match v with JText t => Some t | _ => None end.
Definition int_of (v : json) : option Z := match v with JInt n => Some n | _ => None end.
(** All of them, or none. *)
Fixpoint every {A B} (f : A -> option B) (acc : list B) (l : list A) : option (list B) :=
  match l with
  | x :: l' => match f x with Some y => every f (y :: acc) l' | None => None end
  | [] => Some (rev' acc)
  end.
Lemma every_map {A B} (f : A -> option B) l : forall acc r, every f acc l = Some r ->
  exists ys, r = rev acc ++ ys /\ Forall2 (fun x y => f x = Some y) l ys.
Proof.
  induction l as [|x l IH]; intros acc r H; cbn in H.
  - injection H as <-. exists []. unfold rev'. rewrite rev_append_rev, !app_nil_r. split; auto.
  - destruct (f x) as [y|] eqn:E; [|discriminate]. destruct (IH _ _ H) as (ys & -> & F).
    exists (y :: ys). split; [|constructor; assumption]. cbn [rev]. rewrite <- app_assoc. reflexivity.
Qed.
