(** The parser reads back every value from its plainest text. *)
From Coq Require Import ZArith QArith List Bool Lia.
From Leafproof Require Import Bytes Numbers NumbersSound Json.
Import ListNotations.
Open Scope Z_scope.

(** ** The plainest text of a value (decimals have no text here) *)
Definition hex_digit (d : Z) : Z := if d <? 10 then 48 + d else 87 + d.
Definition escape (c : Z) : text :=
  if (c =? 34) || (c =? 92) then [92; c]
  else if c <? 32 then [92; 117; 48; 48; hex_digit (c / 16); hex_digit (c mod 16)]
  else [c].
Definition print_text (t : text) : text := 34 :: flat_map escape t ++ [34].
Fixpoint print (v : json) : text :=
  let entry m := print_text (fst m) ++ 58 :: print (snd m) in
  match v with
  | JNull => NULL
  | JBool true => TRUE
  | JBool false => FALSE
  | JInt n => show_whole n
  | JDecimal _ => []
  | JText t => print_text t
  | JList [] => [91; 93]
  | JList (x :: xs) => 91 :: print x ++ flat_map (fun y => 44 :: print y) xs ++ [93]
  | JObject [] => [123; 125]
  | JObject (m :: ms) => 123 :: entry m ++ flat_map (fun n => 44 :: entry n) ms ++ [125]
  end.

Definition is_text (t : text) : Prop := Forall (fun c => 0 <= c < 256) t.
Fixpoint all (ps : list Prop) : Prop := match ps with [] => True | p :: ps' => p /\ all ps' end.
(** Values without decimals; numbers are short enough and keys distinct. *)
Fixpoint plain (v : json) : Prop :=
  match v with
  | JInt n => count (show_whole (Z.abs n)) <= LONGEST
  | JDecimal _ => False
  | JText t => is_text t
  | JList vs => all (map plain vs)
  | JObject ms =>
      distinct (map fst ms) = true /\ all (map (fun m => is_text (fst m) /\ plain (snd m)) ms)
  | _ => True
  end.
Fixpoint depth_of (v : json) : Z :=
  match v with
  | JList vs => 1 + fold_right Z.max 0 (map depth_of vs)
  | JObject ms => 1 + fold_right Z.max 0 (map (fun m => depth_of (snd m)) ms)
  | _ => 0
  end.

Section Induction.
  Variable P : json -> Prop.
  Hypothesis H0 : P JNull.
  Hypothesis H1 : forall b, P (JBool b).
  Hypothesis H2 : forall n, P (JInt n).
  Hypothesis H3 : forall q, P (JDecimal q).
  Hypothesis H4 : forall t, P (JText t).
  Hypothesis H5 : forall vs, Forall P vs -> P (JList vs).
  Hypothesis H6 : forall ms, Forall (fun m => P (snd m)) ms -> P (JObject ms).
  Fixpoint json_induction (v : json) : P v :=
    match v with
    | JNull => H0
    | JBool b => H1 b
    | JInt n => H2 n
    | JDecimal q => H3 q
    | JText t => H4 t
    | JList vs => H5 vs ((fix inner vs := match vs return Forall P vs with
        | [] => Forall_nil _ | v :: vs' => Forall_cons _ (json_induction v) (inner vs') end) vs)
    | JObject ms => H6 ms ((fix inner ms := match ms return Forall (fun m => P (snd m)) ms with
        | [] => Forall_nil _ | m :: ms' => Forall_cons _ (json_induction (snd m)) (inner ms') end) ms)
    end.
End Induction.

(** ** The parser without places *)
Fixpoint value_of (t : text) (m : mode) (d : Z) (s : list frame) : option json :=
  match t with
  | c :: t' => match next c m d s with At m' d' s' => value_of t' m' d' s' | Failed _ => None end
  | [] =>
      match (match m with Word acc => word acc d s | _ => At m d s end) with
      | At (End v) _ _ => Some v
      | _ => None
      end
  end.
Definition go (t : text) (x : state) : option json :=
  match x with At m d s => value_of t m d s | Failed _ => None end.
Lemma run_value t : forall a m d s v, value_of t m d s = Some v -> run t a m d s = inl v.
Proof.
  induction t as [|c t IH]; intros a m d s v H; cbn [value_of run] in *.
  - destruct (match m with Word acc => word acc d s | _ => At m d s end) as [[]|]; try discriminate.
    injection H as ->. reflexivity.
  - destruct (next c m d s); [auto|discriminate].
Qed.
Lemma step c t m d s : value_of (c :: t) m d s = go t (next c m d s).
Proof. reflexivity. Qed.

(** ** Numbers *)
Lemma json_number_show n : count (show_whole (Z.abs n)) <= LONGEST ->
  json_number (show_whole n) = Some (Whole n).
Proof.
  intros L. destruct (show_spec (Z.abs n) ltac:(lia)) as (c & w & E & D & V & S).
  rewrite E in L. rewrite count_length in L.
  assert (C : 48 <= c <= 57) by (inversion D; assumption).
  assert (G : forall minus, (if LONGEST <? count (c :: w) then None
    else match digits [] 0 (c :: w) with
    | (ds, k, rest) =>
      if (k =? 0) || ((c =? 48) && (1 <? k)) then None
      else match rest with
      | [] => Some (Whole (signed minus (of_digits ds)))
      | x :: r1 =>
          let '(all, m, rest1) := if x =? 46 then digits ds 0 r1 else (ds, 0, rest) in
          if (x =? 46) && (m =? 0) then None
          else match exponent rest1 with
          | Some e => option_map Decimal (short (tens (signed minus (of_digits all)) (e - m)))
          | None => None
          end
      end
    end) = Some (Whole (signed minus (Z.abs n)))).
  { intros minus. rewrite count_length, digits_all by assumption.
    replace (LONGEST <? Z.of_nat (length (c :: w))) with false by lia.
    replace (_ || _) with false.
    - rewrite app_nil_r, of_digits_value. unfold value_in in V. rewrite V. reflexivity.
    - symmetry. apply orb_false_iff. split; [apply Z.eqb_neq; cbn [length]; lia|].
      destruct (Z.eqb_spec c 48) as [X|X]; [|reflexivity]. rewrite (S X). reflexivity. }
  unfold json_number. destruct (Z.ltb_spec n 0) as [N|N].
  - assert (X : show_whole n = 45 :: c :: w).
    { unfold show_whole in *. rewrite Z.abs_idemp in E.
      replace (Z.abs n <? 0) with false in E by lia. rewrite E.
      replace (n <? 0) with true by lia. reflexivity. }
    rewrite X. cbn [Z.eqb Pos.eqb]. rewrite G. unfold signed. do 2 f_equal. lia.
  - rewrite Z.abs_eq in E by lia. rewrite E. replace (c =? 45) with false by lia.
    rewrite G. unfold signed. do 2 f_equal. lia.
Qed.

(** ** Words *)
Definition stops (t : text) : Prop := match t with c :: _ => in_word c = false | [] => True end.
Lemma run_word w : forall acc t d s, forallb in_word w = true ->
  value_of (w ++ t) (Word acc) d s = value_of t (Word (rev w ++ acc)) d s.
Proof.
  induction w as [|c w IH]; intros acc t d s H; [reflexivity|].
  cbn [forallb] in H. apply andb_prop in H as [Hc Hw]. cbn [app value_of next]. rewrite Hc.
  rewrite IH by assumption. cbn [rev]. rewrite <- app_assoc. reflexivity.
Qed.
Lemma put_at v d s : exists m s', put v d s = At m d s' /\ (m = Comma \/ m = End v).
Proof. destruct s as [|[]]; cbn; eauto. Qed.
Lemma end_word acc t d s v : stops t -> word acc d s = put v d s ->
  value_of t (Word acc) d s = go t (put v d s).
Proof.
  intros St W. destruct (put_at v d s) as (m & s' & E & M).
  destruct t as [|c t]; cbn [value_of go next].
  - rewrite W, E. destruct M as [-> | ->]; reflexivity.
  - cbn [stops] in St. rewrite St, W, E. cbn [go]. rewrite step.
    destruct M as [-> | ->]; reflexivity.
Qed.
Lemma read_word c w v : forallb in_word (c :: w) = true ->
  (digit c || letter c || (c =? 45) = true) -> white c = false -> (c =? 34) = false ->
  (c =? 123) = false -> (c =? 91) = false -> (forall d s, word (rev (c :: w)) d s = put v d s) ->
  forall t b d s, stops t -> value_of ((c :: w) ++ t) (Value b) d s = go t (put v d s).
Proof.
  intros I F W N1 N2 N3 H t b d s St. cbn [app]. rewrite step. cbn [next]. unfold between.
  rewrite W, N1, N2, N3, F. cbn [go]. cbn [forallb] in I. apply andb_prop in I as [_ I].
  rewrite run_word by assumption. apply end_word; [assumption|]. apply H.
Qed.
Lemma read_int n : count (show_whole (Z.abs n)) <= LONGEST ->
  forall t b d s, stops t -> value_of (show_whole n ++ t) (Value b) d s = go t (put (JInt n) d s).
Proof.
  intros L. pose proof (json_number_show n L) as J.
  destruct (show_spec (Z.abs n) ltac:(lia)) as (c & w & E & D & _ & _).
  assert (G : forall x xs, show_whole n = x :: xs -> forallb in_word (x :: xs) = true ->
    (is_digit x \/ x = 45) -> forall t b d s, stops t ->
    value_of (show_whole n ++ t) (Value b) d s = go t (put (JInt n) d s)).
  { intros x xs Ex I F. rewrite Ex in *.
    assert (digit x || letter x || (x =? 45) = true /\ white x = false /\ letter x = false /\
      (x =? 34) = false /\ (x =? 123) = false /\ (x =? 91) = false) as (F1 & F2 & F3 & F4 & F5 & F6)
      by (unfold digit, letter, white, is_digit in *; lia).
    apply read_word; try assumption. intros d s. unfold word. rewrite rev'_rev, rev_involutive.
    rewrite F3, J. reflexivity. }
  assert (I : forallb in_word (c :: w) = true).
  { apply forallb_forall. intros x Hx. rewrite Forall_forall in D. specialize (D x Hx).
    unfold is_digit in D. unfold in_word, digit. lia. }
  destruct (Z.ltb_spec n 0) as [N|N].
  - apply (G 45 (c :: w)); [|cbn [forallb] in *; rewrite I; reflexivity|auto].
    unfold show_whole in *. rewrite Z.abs_idemp in E.
    replace (Z.abs n <? 0) with false in E by lia. rewrite E.
    replace (n <? 0) with true by lia. reflexivity.
  - rewrite Z.abs_eq in E by lia. apply (G c w); try assumption. left. inversion D. assumption.
Qed.

(** ** Strings *)
Lemma read_escape c key acc t d s : 0 <= c < 256 ->
  value_of (escape c ++ t) (InString key 0 acc) d s = value_of t (InString key 0 (c :: acc)) d s.
Proof.
  intros H. unfold escape. destruct ((c =? 34) || (c =? 92)) eqn:Q.
  - apply orb_prop in Q as [Q|Q]; apply Z.eqb_eq in Q; subst c; reflexivity.
  - apply orb_false_iff in Q as [Q1 Q2]. destruct (Z.ltb_spec c 32) as [L|L].
    + assert (X : In c (map Z.of_nat (seq 0 32))).
      { apply in_map_iff. exists (Z.to_nat c). split; [lia|]. apply in_seq. lia. }
      cbn in X. repeat (destruct X as [<-|X]; [reflexivity|]). destruct X.
    + cbn [app]. rewrite step. cbn [next]. rewrite Q1, Q2.
      replace (c <? 32) with false by lia. reflexivity.
Qed.
Lemma read_string tx : is_text tx -> forall key acc t d s,
  value_of (flat_map escape tx ++ 34 :: t) (InString key 0 acc) d s =
  go t (quote key (rev tx ++ acc) d s).
Proof.
  induction 1 as [|c tx Hc H IH]; intros key acc t d s; [reflexivity|].
  cbn [flat_map]. rewrite <- app_assoc, read_escape, IH by assumption.
  cbn [rev]. rewrite <- app_assoc. reflexivity.
Qed.
Lemma read_text tx : is_text tx -> forall t b d s,
  value_of (print_text tx ++ t) (Value b) d s = go t (put (JText tx) d s).
Proof.
  intros H t b d s. unfold print_text. cbn [app]. rewrite <- app_assoc, step. cbn [app].
  change (next 34 (Value b) d s) with (At (InString false 0 []) d s). cbn [go].
  rewrite read_string by assumption. unfold quote. rewrite rev'_rev, app_nil_r, rev_involutive.
  reflexivity.
Qed.
Lemma read_key tx : is_text tx -> forall t b d ms k s,
  value_of (print_text tx ++ 58 :: t) (Key b) d (InObject ms k :: s) =
  value_of t (Value false) d (InObject ms tx :: s).
Proof.
  intros H t b d ms k s. unfold print_text. cbn [app]. rewrite <- app_assoc, step. cbn [app].
  change (next 34 (Key b) d (InObject ms k :: s))
    with (At (InString true 0 []) d (InObject ms k :: s)). cbn [go].
  rewrite read_string by assumption. unfold quote. rewrite rev'_rev, app_nil_r, rev_involutive.
  reflexivity.
Qed.

(** ** Values *)
Definition reads (v : json) : Prop := plain v -> forall t b d s, stops t ->
  d + depth_of v <= DEEPEST -> value_of (print v ++ t) (Value b) d s = go t (put v d s).
Lemma read_items vs : Forall reads vs -> all (map plain vs) -> forall t d s items,
  d + fold_right Z.max 0 (map depth_of vs) <= DEEPEST ->
  value_of (flat_map (fun y => 44 :: print y) vs ++ 93 :: t) Comma d (InList items :: s) =
  go t (put (JList (rev items ++ vs)) (d - 1) s).
Proof.
  induction 1 as [|v vs Hv H IH]; intros P t d s items D.
  - cbn [flat_map app]. rewrite step, app_nil_r, <- rev'_rev. reflexivity.
  - cbn [map all] in P. destruct P as [Pv P]. cbn [map fold_right] in D.
    cbn [flat_map app]. rewrite step. change (next 44 Comma d (InList items :: s))
      with (At (Value false) d (InList items :: s)). cbn [go].
    rewrite <- app_assoc, Hv; [|assumption| |lia].
    + cbn [put go]. rewrite IH by (assumption || lia). cbn [rev]. rewrite <- app_assoc. reflexivity.
    + destruct vs; reflexivity.
Qed.
Definition entry (m : text * json) : text := print_text (fst m) ++ 58 :: print (snd m).
Lemma read_entries ms : Forall (fun m => reads (snd m)) ms ->
  all (map (fun m => is_text (fst m) /\ plain (snd m)) ms) -> forall t d s items k,
  d + fold_right Z.max 0 (map (fun m => depth_of (snd m)) ms) <= DEEPEST ->
  distinct (map fst (rev items ++ ms)) = true ->
  value_of (flat_map (fun n => 44 :: entry n) ms ++ 125 :: t) Comma d (InObject items k :: s) =
  go t (put (JObject (rev items ++ ms)) (d - 1) s).
Proof.
  induction 1 as [|m ms Hm H IH]; intros P t d s items k D U.
  - cbn [flat_map app]. rewrite step, app_nil_r in *. rewrite <- rev'_rev in *.
    change (next 125 Comma d (InObject items k :: s)) with
      (if distinct (map fst (rev' items)) then put (JObject (rev' items)) (d - 1) s
       else Failed DuplicateKey). rewrite U. reflexivity.
  - cbn [map all] in P. destruct P as [[Pk Pv] P]. cbn [map fold_right] in D.
    cbn [flat_map app]. rewrite step. change (next 44 Comma d (InObject items k :: s))
      with (At (Key false) d (InObject items k :: s)). cbn [go]. unfold entry at 1.
    rewrite <- !app_assoc. cbn [app]. rewrite read_key by assumption.
    rewrite Hm; [|assumption| |lia].
    + cbn [put go]. replace (fst m, snd m) with m by (destruct m; reflexivity).
      rewrite IH; [|assumption|lia|].
      * cbn [rev]. rewrite <- app_assoc. reflexivity.
      * cbn [rev]. rewrite <- app_assoc. exact U.
    + destruct ms; reflexivity.
Qed.
Lemma max_nonneg l : 0 <= fold_right Z.max 0 l.
Proof. induction l; cbn [fold_right]; lia. Qed.
Lemma opens f m d s : d + 1 <= DEEPEST -> open f m d s = At m (d + 1) (f :: s).
Proof. intros H. unfold open. replace (DEEPEST <=? d) with false by lia. reflexivity. Qed.
Theorem reads_all v : reads v.
Proof.
  induction v as [|b|n|q|tx|vs IH|ms IH] using json_induction; intros P t b' d s St D.
  - apply read_word; try reflexivity. assumption.
  - destruct b; apply read_word; try reflexivity; assumption.
  - apply read_int; assumption.
  - destruct P.
  - apply read_text. assumption.
  - destruct vs as [|v vs].
    + cbn [print app]. rewrite step. change (next 91 (Value b') d s)
        with (open (InList []) (Value true) d s). cbn [depth_of map fold_right] in D.
      rewrite opens by lia. cbn [go]. rewrite step.
      change (next 93 (Value true) (d + 1) (InList [] :: s)) with (put (JList []) (d + 1 - 1) s).
      rewrite Z.add_simpl_r. reflexivity.
    + inversion IH as [|? ? Hv Hvs]; subst. cbn [plain map all] in P. destruct P as [Pv P].
      cbn [depth_of map fold_right] in D. pose proof (max_nonneg (map depth_of vs)).
      cbn [print app]. rewrite step. change (next 91 (Value b') d s)
        with (open (InList []) (Value true) d s).
      assert (D0 : 0 <= depth_of v) by (destruct v; cbn [depth_of]; try lia;
        match goal with |- context [fold_right Z.max 0 ?l] => pose proof (max_nonneg l) end; lia).
      rewrite opens by lia. cbn [go].
      rewrite <- !app_assoc. rewrite Hv; [|assumption| |lia].
      * cbn [put go app]. rewrite read_items by (assumption || lia).
        rewrite Z.add_simpl_r. reflexivity.
      * destruct vs; reflexivity.
  - destruct ms as [|m ms].
    + cbn [print app]. rewrite step. change (next 123 (Value b') d s)
        with (open (InObject [] []) (Key true) d s). cbn [depth_of map fold_right] in D.
      rewrite opens by lia. cbn [go]. rewrite step.
      change (next 125 (Key true) (d + 1) (InObject [] [] :: s))
        with (put (JObject []) (d + 1 - 1) s).
      rewrite Z.add_simpl_r. reflexivity.
    + inversion IH as [|? ? Hm Hms]; subst. cbn [plain map all] in P.
      destruct P as (U & [Pk Pv] & P). cbn [depth_of map fold_right] in D.
      pose proof (max_nonneg (map (fun m => depth_of (snd m)) ms)).
      cbn [print app]. rewrite step. change (next 123 (Value b') d s)
        with (open (InObject [] []) (Key true) d s).
      assert (D0 : 0 <= depth_of (snd m)) by (destruct (snd m); cbn [depth_of]; try lia;
        match goal with |- context [fold_right Z.max 0 ?l] => pose proof (max_nonneg l) end; lia).
      rewrite opens by lia. cbn [go].
      rewrite <- !app_assoc. cbn [app]. rewrite read_key by assumption.
      rewrite Hm; [|assumption| |lia].
      * cbn [put go app]. replace (fst m, snd m) with m by (destruct m; reflexivity).
        change (flat_map _ ms) with (flat_map (fun n => 44 :: entry n) ms).
        rewrite read_entries by (assumption || lia). rewrite Z.add_simpl_r. reflexivity.
      * destruct ms; reflexivity.
Qed.

(** Whatever value is printed is read back. *)
Theorem parse_print v : plain v -> depth_of v <= DEEPEST -> is_utf8 (print v) = true ->
  parse (print v) = inl v.
Proof.
  intros P D U. unfold parse. rewrite U. cbn [negb].
  assert (R : forall a, run (print v) a (Value false) 0 [] = inl v).
  { intros a. apply run_value. rewrite <- (app_nil_r (print v)).
    rewrite reads_all by (exact I || assumption || lia). reflexivity. }
  destruct (print v) as [|a [|b [|c t]]] eqn:E; try apply R.
  destruct ((a =? 239) && (b =? 187) && (c =? 191)) eqn:B; [|apply R]. exfalso.
  assert (a = 239) by lia. subst a. specialize (R 0). cbn [run] in R.
  change (next 239 (Value false) 0 []) with (Failed NotJson) in R. discriminate.
Qed.

(** ** Examples *)
From Coq Require Import String.
Definition read_string_of (s : string) := parse (of_string s).
Example objects : read_string_of "{""a"": [1, 2.50, ""x""], ""b"": {}}" = inl (JObject
  [(of_string "a", JList [JInt 1; JDecimal (5 # 2); JText (of_string "x")]);
   (of_string "b", JObject [])]).
Proof. vm_compute. reflexivity. Qed.
Example surrogates : read_string_of """\u00e9\ud83d\ude00""" =
  inl (JText [195; 169; 240; 159; 152; 128]).
Proof. vm_compute. reflexivity. Qed.
Example half : read_string_of """\ud83d""" = inr (HalfASurrogate, 7).
Proof. vm_compute. reflexivity. Qed.
Example twice : read_string_of "{""a"": 1, ""a"": 1}" = inr (DuplicateKey, 15).
Proof. vm_compute. reflexivity. Qed.
Example leading_zero : read_string_of "[01]" = inr (BadNumber, 3).
Proof. vm_compute. reflexivity. Qed.
Example not_a_number : read_string_of "NaN" = inr (NotJson, 3).
Proof. vm_compute. reflexivity. Qed.
Example no_end : read_string_of "[1, 2" = inr (Truncated, 5).
Proof. vm_compute. reflexivity. Qed.
