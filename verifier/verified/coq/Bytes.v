(** Bytes and texts.  A byte is an integer from 0 to 255; a text is the bytes of its UTF-8. *)
From Coq Require Import ZArith List Bool Lia String Ascii Permutation.
Import ListNotations.
Open Scope Z_scope.

Definition bytes := list Z.
Definition text := list Z.

(** Literals: [Eval compute in of_string "format"]. *)
Fixpoint of_string (s : string) : text :=
  match s with EmptyString => [] | String a s' => Z.of_N (N_of_ascii a) :: of_string s' end.

Fixpoint same (a b : text) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => (x =? y) && same a' b'
  | _, _ => false
  end.
Lemma same_iff a : forall b, same a b = true <-> a = b.
Proof.
  induction a as [|x a IH]; intros [|y b]; cbn [same]; split; intros H; try discriminate; auto.
  - apply andb_prop in H as [H1 H2]. apply Z.eqb_eq in H1. apply IH in H2. congruence.
  - injection H as -> ->. rewrite Z.eqb_refl. apply IH. reflexivity.
Qed.
Definition one_of (a : text) (ts : list text) : bool := existsb (same a) ts.

(** The order of Unicode's code points is that of the bytes of UTF-8. *)
Fixpoint before (a b : text) : bool :=
  match a, b with
  | [], _ :: _ => true
  | x :: a', y :: b' => (x <? y) || (x =? y) && before a' b'
  | _, [] => false
  end.
Lemma before_irrefl a : before a a = false.
Proof.
  induction a as [|x a IH]; [reflexivity|]. cbn. rewrite IH, Z.ltb_irrefl, andb_false_r.
  reflexivity.
Qed.
Lemma before_trans a : forall b c, before a b = true -> before b c = true -> before a c = true.
Proof.
  induction a as [|x a IH]; intros [|y b] [|z c]; cbn; intros H H'; try discriminate; auto.
  apply orb_prop in H as [H|H]; apply orb_prop in H' as [H'|H']; apply orb_true_iff.
  - left. lia.
  - apply andb_prop in H' as [H' _]. left. lia.
  - apply andb_prop in H as [H _]. left. lia.
  - apply andb_prop in H as [H H2], H' as [H' H2']. right. apply andb_true_iff.
    split; [lia|eauto].
Qed.

(** Each strictly before the next. *)
Fixpoint increasing (ts : list text) : bool :=
  match ts with
  | a :: (b :: _) as r => before a b && increasing r
  | _ => true
  end.
Lemma increasing_later ts : forall a, increasing (a :: ts) = true ->
  forall b, In b ts -> before a b = true.
Proof.
  induction ts as [|c ts IH]; intros a H b Hb; [destruct Hb|].
  cbn in H. apply andb_prop in H as [H1 H2]. destruct Hb as [->|Hb]; [assumption|].
  apply (before_trans _ c); auto.
Qed.
Lemma increasing_nodup ts : increasing ts = true -> NoDup ts.
Proof.
  induction ts as [|a ts IH]; intros H; constructor.
  - intros I. pose proof (increasing_later _ _ H _ I) as B.
    rewrite before_irrefl in B. discriminate.
  - apply IH. destruct ts; [reflexivity|]. cbn in H. apply andb_prop in H. apply H.
Qed.

(** Sorting by merging, from runs of one: [fuel] rounds, each of which halves the runs. *)
Fixpoint merge (a : list text) : list text -> list text :=
  fix inner (b : list text) : list text :=
    match a, b with
    | [], _ => b
    | _, [] => a
    | x :: a', y :: b' => if before y x then y :: inner b' else x :: merge a' b
    end.
Fixpoint merge_pairs (runs : list (list text)) : list (list text) :=
  match runs with a :: b :: rest => merge a b :: merge_pairs rest | _ => runs end.
Fixpoint merge_runs (fuel : nat) (runs : list (list text)) : list text :=
  match fuel, runs with
  | S f, _ :: _ :: _ => merge_runs f (merge_pairs runs)
  | _, _ => List.concat runs
  end.
Definition sorted (ts : list text) : list text := merge_runs (Z.to_nat 64) (map (fun t => [t]) ts).

(** No text twice. *)
Definition distinct (ts : list text) : bool := increasing (sorted ts).

Lemma merge_perm a : forall b, Permutation (merge a b) (a ++ b).
Proof.
  induction a as [|x a IH]; intros b; [destruct b; reflexivity|].
  induction b as [|y b IHb]; [cbn; rewrite app_nil_r; reflexivity|].
  cbn. destruct (before y x).
  - rewrite IHb. change (x :: a ++ y :: b) with ((x :: a) ++ y :: b).
    apply Permutation_middle.
  - apply perm_skip. apply IH.
Qed.
Lemma merge_pairs_perm n : forall runs, (List.length runs <= n)%nat ->
  Permutation (List.concat (merge_pairs runs)) (List.concat runs).
Proof.
  induction n as [|n IH]; intros [|a [|b r]] H; cbn in *; try reflexivity; try lia.
  rewrite merge_perm, <- app_assoc. do 2 apply Permutation_app_head. apply IH. lia.
Qed.
Lemma merge_runs_perm fuel : forall runs, Permutation (merge_runs fuel runs) (List.concat runs).
Proof.
  induction fuel as [|f IH]; intros [|a [|b r]]; try reflexivity.
  cbn [merge_runs]. rewrite IH. eapply merge_pairs_perm. reflexivity.
Qed.
Lemma distinct_nodup ts : distinct ts = true -> NoDup ts.
Proof.
  intros H. apply increasing_nodup in H. apply (Permutation_NoDup (l := sorted ts)); [|assumption].
  unfold sorted. rewrite merge_runs_perm. clear. induction ts; cbn; [constructor|].
  apply perm_skip. assumption.
Qed.

(** ** UTF-8 *)
Definition cont (c : Z) : bool := (128 <=? c) && (c <=? 191).
(** The code points, the last first; [None] for what is not UTF-8: no surrogates, nothing longer
    than need be, nothing beyond U+10FFFF. *)
Fixpoint code_points (acc : list Z) (t : text) : option (list Z) :=
  match t with
  | [] => Some acc
  | a :: t1 =>
      if (0 <=? a) && (a <? 128) then code_points (a :: acc) t1
      else match t1 with
      | [] => None
      | b :: t2 =>
          if negb (cont b) then None
          else if (194 <=? a) && (a <? 224)
          then code_points ((a - 192) * 64 + (b - 128) :: acc) t2
          else match t2 with
          | [] => None
          | c :: t3 =>
              if negb (cont c) then None
              else if (224 <=? a) && (a <? 240) then
                let n := ((a - 224) * 64 + (b - 128)) * 64 + (c - 128) in
                if (2048 <=? n) && negb ((55296 <=? n) && (n <=? 57343))
                then code_points (n :: acc) t3 else None
              else match t3 with
              | [] => None
              | d :: t4 =>
                  if negb (cont d) then None
                  else if (240 <=? a) && (a <? 245) then
                    let n := (((a - 240) * 64 + (b - 128)) * 64 + (c - 128)) * 64 + (d - 128) in
                    if (65536 <=? n) && (n <=? 1114111)
                    then code_points (n :: acc) t4 else None
                  else None
              end
          end
      end
  end.
Definition is_utf8 (t : text) : bool :=
  match code_points [] t with Some _ => true | None => false end.
(** The bytes of one code point, the last first. *)
Definition utf8_rev (n : Z) : list Z :=
  if n <? 128 then [n]
  else if n <? 2048 then [128 + n mod 64; 192 + n / 64]
  else if n <? 65536 then [128 + n mod 64; 128 + (n / 64) mod 64; 224 + n / 4096]
  else [128 + n mod 64; 128 + (n / 64) mod 64; 128 + (n / 4096) mod 64; 240 + n / 262144].

(** What hides, reorders or ends text: control and format characters, separators other than the
    space, surrogates, private use, planes without characters.  Other code points that Unicode has
    not assigned (which ones depends on its version) are let through. *)
Definition unprintable : list (Z * Z) :=
  [(0, 31); (127, 160); (173, 173); (1536, 1541); (1564, 1564); (1757, 1757); (1807, 1807);
   (2192, 2193); (2274, 2274); (5760, 5760); (6158, 6158); (8192, 8207); (8232, 8239);
   (8287, 8303); (12288, 12288); (55296, 63743); (64976, 65007); (65279, 65279); (65520, 65531);
   (65534, 65535); (69821, 69821); (69837, 69837); (78896, 78911); (113824, 113827);
   (119155, 119162); (262144, 917759); (918000, 1114111)].
Definition is_plain (n : Z) : bool :=
  (32 <=? n) && (n <=? 126) ||
  negb (existsb (fun r => (fst r <=? n) && (n <=? snd r)) unprintable).
Definition printable (t : text) : bool :=
  match code_points [] t with Some ns => forallb is_plain ns | None => false end.
(** A name: one line of printable text, not empty. *)
Definition is_name (t : text) : bool := match t with [] => false | _ => printable t end.

Fixpoint take (n : Z) (acc : bytes) (bs : bytes) : option (bytes * bytes) :=
  match bs with
  | b :: r => if n <=? 0 then Some (rev' acc, bs) else take (n - 1) (b :: acc) r
  | [] => if n <=? 0 then Some (rev' acc, []) else None
  end.
Definition count {A} (l : list A) : Z := fold_left (fun n _ => n + 1) l 0.
(** The element of a number from 0; numbers from a file are never made unary before this is known. *)
Fixpoint at_index {A} (l : list A) (i : Z) : option A :=
  match l with
  | x :: l' => if i =? 0 then Some x else if i <? 0 then None else at_index l' (i - 1)
  | [] => None
  end.
Lemma count_length {A} (l : list A) : count l = Z.of_nat (List.length l).
Proof.
  unfold count. assert (G : forall k, fold_left (fun n _ => n + 1) l k = k + Z.of_nat (List.length l)).
  { induction l as [|x l IH]; intros k; cbn [fold_left List.length]; [lia|]. rewrite IH. lia. }
  rewrite G. lia.
Qed.
Lemma rev'_rev {A} (l : list A) : rev' l = rev l.
Proof. unfold rev'. rewrite rev_append_rev, app_nil_r. reflexivity. Qed.
