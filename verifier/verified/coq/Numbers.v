(** Numbers: decimals and fractions in text, base-128 integers, IEEE-754 weights; all exact. *)
From Coq Require Import ZArith QArith Qpower List Bool Lia Qfield.
From Leafproof Require Import Bytes.
Import ListNotations.
Open Scope Z_scope.

(** ** Digits, the least first, of any base *)
Fixpoint horner (base : Z) (digits : list Z) : Z :=
  match digits with [] => 0 | d :: ds => d + base * horner base ds end.
Fixpoint pairs (base : Z) (digits : list Z) : list Z :=
  match digits with x :: y :: ds => x + base * y :: pairs base ds | _ => digits end.
(** The same number; long ones in halves, so that the time is that of multiplying. *)
Fixpoint joined (fuel : nat) (base : Z) (digits : list Z) : Z :=
  match fuel, digits with
  | S f, _ :: _ :: _ :: _ => joined f (base * base) (pairs base digits)
  | _, _ => horner base digits
  end.
Lemma horner_pairs base n : forall ds, (length ds <= n)%nat ->
  horner (base * base) (pairs base ds) = horner base ds.
Proof.
  induction n as [|n IH]; intros [|x [|y ds]] H; cbn [pairs horner length] in *; try lia.
  rewrite IH by lia. ring.
Qed.
Theorem joined_horner fuel : forall base ds, joined fuel base ds = horner base ds.
Proof.
  induction fuel as [|f IH]; intros base [|x [|y [|z ds]]]; try reflexivity.
  cbn [joined]. rewrite IH. eapply horner_pairs. reflexivity.
Qed.
Definition ROUNDS : nat := Z.to_nat 40.

(** ** Fractions *)
Open Scope Q_scope.
(** In lowest terms; the denominator must be positive. *)
Definition fraction (num den : Z) : Q :=
  let g := Z.gcd num den in (num / g)%Z # Z.to_pos (den / g).
Lemma fraction_eq num den : fraction num (Zpos den) == num # den.
Proof.
  unfold fraction. set (g := Z.gcd num (Zpos den)).
  assert (G : (0 < g)%Z).
  { pose proof (Z.gcd_nonneg num (Zpos den)). assert (g <> 0)%Z; [|lia].
    intros E. apply Z.gcd_eq_0_r in E. discriminate. }
  destruct (Z.gcd_divide_l num (Zpos den)) as [a A]. fold g in A.
  destruct (Z.gcd_divide_r num (Zpos den)) as [b B]. fold g in B.
  assert (Ha : (num / g = a)%Z) by (rewrite A; apply Z.div_mul; lia).
  assert (Hb : (Zpos den / g = b)%Z) by (rewrite B; apply Z.div_mul; lia).
  rewrite Ha, Hb. clearbody g. unfold Qeq. cbn [Qnum Qden].
  rewrite Z2Pos.id by nia. rewrite B, A. ring.
Qed.

Definition LONGEST : Z := 4000.        (* most characters of a number *)
Definition LARGEST_EXPONENT : Z := 400.
Definition TOO_LONG : Z := (10 ^ 1000)%Z.      (* its fourth power is the least that is *)
Definition is_long (q : Q) : bool :=
  let most := (TOO_LONG * TOO_LONG * TOO_LONG * TOO_LONG)%Z in
  (most <=? Z.max (Z.abs (Qnum q)) (Zpos (Qden q)))%Z.

Open Scope Z_scope.
(** Reading digits: those read so far (the last first), how many; then the rest. *)
Fixpoint digits (acc : list Z) (n : Z) (t : text) : list Z * Z * text :=
  match t with
  | c :: r => if (48 <=? c) && (c <=? 57) then digits (c - 48 :: acc) (n + 1) r else (acc, n, t)
  | [] => (acc, n, [])
  end.
Definition of_digits (ds : list Z) : Z := joined ROUNDS 10 ds.
(** A sign: whether it is minus, and the rest. *)
Definition minus_sign (t : text) : bool * text :=
  match t with
  | c :: r => if c =? 45 then (true, r) else if c =? 43 then (false, r) else (false, t)
  | [] => (false, t)
  end.
Definition signed (minus : bool) (n : Z) : Z := if minus then - n else n.

(** What follows the digits of a decimal: nothing, or an exponent. *)
Definition exponent (t : text) : option Z :=
  match t with
  | [] => Some 0
  | c :: r =>
      if (c =? 101) || (c =? 69) then
        let (minus, r1) := minus_sign r in
        match digits [] 0 r1 with
        | (ds, n, []) =>
            let e := of_digits ds in
            if (1 <=? n) && (count r <=? 9) && (e <=? LARGEST_EXPONENT)
            then Some (signed minus e) else None
        | _ => None
        end
      else None
  end.
(** [n * 10^e] *)
Definition tens (n e : Z) : Q :=
  if 0 <=? e then inject_Z (n * 10 ^ e) else fraction n (10 ^ (- e)).
Definition short (q : Q) : option Q := if is_long q then None else Some q.

(** JSON's numbers: whole numbers apart from those with a point or an exponent. *)
Inductive numeral := Whole (n : Z) | Decimal (q : Q).
Definition json_number (t : text) : option numeral :=
  let (minus, r) := match t with c :: r => if c =? 45 then (true, r) else (false, t)
                    | [] => (false, t) end in
  if LONGEST <? count r then None
  else match digits [] 0 r with
  | (ds, n, rest) =>
      let leading := match r with c :: _ => (c =? 48) && (1 <? n) | [] => true end in
      if (n =? 0) || leading then None
      else match rest with
      | [] => Some (Whole (signed minus (of_digits ds)))
      | c :: r1 =>
          let '(all, m, rest1) := if c =? 46 then digits ds 0 r1 else (ds, 0, rest) in
          if (c =? 46) && (m =? 0) then None
          else match exponent rest1 with
          | Some e => option_map Decimal (short (tens (signed minus (of_digits all)) (e - m)))
          | None => None
          end
      end
  end.

(** Numbers in strings: ["1/3"], ["0.25"], [".5"], ["+1e3"]. *)
Definition text_number (t : text) : option Q :=
  let (minus, r) := minus_sign t in
  match digits [] 0 r with
  | (ds, n, rest) =>
      if LONGEST <? n then None
      else match rest with
      | c :: r1 =>
          if c =? 47 then
            match digits [] 0 r1 with
            | (es, m, []) =>
                let den := of_digits es in
                if (n =? 0) || (m =? 0) || (LONGEST <? m) || (den =? 0) then None
                else Some (fraction (signed minus (of_digits ds)) den)
            | _ => None
            end
          else
            let '(all, m, rest1) := if c =? 46 then digits ds 0 r1 else (ds, 0, rest) in
            if (n + m =? 0) || (LONGEST <? count r) then None
            else match exponent rest1 with
            | Some e => short (tens (signed minus (of_digits all)) (e - m))
            | None => None
            end
      | [] => if n =? 0 then None else short (inject_Z (signed minus (of_digits ds)))
      end
  end.

(** Numbers as Leafproof writes them, one text for each: "0", "12"; "1/3" in lowest terms. *)
Definition whole_part (t : text) : option (Z * text) :=
  match digits [] 0 t with
  | (ds, n, rest) =>
      let leading := match t with c :: _ => (c =? 48) && (1 <? n) | [] => true end in
      if (n =? 0) || leading then None else Some (of_digits ds, rest)
  end.
Definition plain_whole (t : text) : option Z :=
  match whole_part t with Some (n, []) => Some n | _ => None end.
Definition plain_fraction (t : text) : option Q :=
  match whole_part t with
  | Some (n, []) => Some (inject_Z n)
  | Some (n, c :: r) =>
      if c =? 47 then
        match plain_whole r with
        | Some d => if (1 <? d) && (Z.gcd n d =? 1) then Some (n # Z.to_pos d) else None
        | None => None
        end
      else None
  | None => None
  end.

(** The other way round, for the labels of ordinals: [str(Fraction)]. *)
Fixpoint decimal_digits (fuel : nat) (n : Z) (acc : text) : text :=
  match fuel with
  | O => acc
  | S f => if n <? 10 then 48 + n :: acc else decimal_digits f (n / 10) (48 + n mod 10 :: acc)
  end.
Definition show_whole (n : Z) : text :=
  let ds := decimal_digits (Z.to_nat (Z.log2 (Z.abs n) + 2)) (Z.abs n) [] in
  if n <? 0 then 45 :: ds else ds.
Definition show (q : Q) : text :=
  let r := fraction (Qnum q) (Zpos (Qden q)) in
  if (Qden r =? 1)%positive then show_whole (Qnum r)
  else show_whole (Qnum r) ++ 47 :: show_whole (Zpos (Qden r)).

(** ** Base 128: seven bits a byte, the high bit set on every byte but the last *)
Definition LONGEST_INTEGER : Z := 599187.  (* bytes: as for a mask of 2^22 values *)
(** The digits, the last first, and the rest. *)
Fixpoint base128 (acc : list Z) (bs : bytes) : option (list Z * bytes) :=
  match bs with
  | [] => None
  | b :: r =>
      if b <? 128 then Some (b :: acc, r) else base128 (b - 128 :: acc) r
  end.

(** ** IEEE-754, little-endian *)
Open Scope Q_scope.
(** [m * 2^e] *)
Definition dyadic (m e : Z) : Q :=
  if (0 <=? e)%Z then inject_Z (m * 2 ^ e) else fraction m (2 ^ (- e)).
(** A float of [m] bits of mantissa and [x] bits of exponent; NaN and infinities are none. *)
Definition float (m x : Z) (n : Z) : option Q :=
  let mantissa := (n mod 2 ^ m)%Z in
  let power := ((n / 2 ^ m) mod 2 ^ x)%Z in
  let minus := (2 ^ (m + x) <=? n)%Z in
  let bias := (2 ^ (x - 1) - 1)%Z in
  if (power =? 2 ^ x - 1)%Z then None
  else if (power =? 0)%Z then Some (dyadic (signed minus mantissa) (1 - bias - m))
  else Some (dyadic (signed minus (2 ^ m + mantissa)) (power - bias - m)).
Definition float32 (a b c d : Z) : option Q :=
  float 23 8 (a + 256 * (b + 256 * (c + 256 * d)))%Z.
Definition float64 (a b c d e f g h : Z) : option Q :=
  float 52 11 (a + 256 * (b + 256 * (c + 256 * (d +
    256 * (e + 256 * (f + 256 * (g + 256 * h)))))))%Z.

(** What a float stands for, as the standard puts it. *)
Lemma power_pos e : (0 <= e)%Z -> (0 < 2 ^ e)%Z.
Proof. intros H. apply Z.pow_pos_nonneg; lia. Qed.
Lemma Qpower_2_pos e : (0 <= e)%Z -> inject_Z (2 ^ e) == inject_Z 2 ^ e.
Proof. apply Zpower_Qpower. Qed.
Theorem dyadic_meaning m e : dyadic m e == inject_Z m * inject_Z 2 ^ e.
Proof.
  unfold dyadic. destruct (Z.leb_spec 0 e) as [H|H].
  - rewrite inject_Z_mult, Qpower_2_pos by assumption. reflexivity.
  - pose proof (power_pos (- e) ltac:(lia)) as P.
    destruct (2 ^ (- e))%Z as [|p|p] eqn:E; try lia. rewrite fraction_eq.
    replace e with (- - e)%Z by lia. rewrite Qpower_opp, <- Qpower_2_pos, E by lia.
    rewrite Qmake_Qdiv. reflexivity.
Qed.
Lemma some_eq {A} (a b : A) : Some a = Some b -> a = b.
Proof. congruence. Qed.
Theorem float_meaning m x n q : (0 < m)%Z -> (1 < x)%Z -> float m x n = Some q ->
  let s := if (2 ^ (m + x) <=? n)%Z then -1 else 1 in
  let f := inject_Z (n mod 2 ^ m) / inject_Z (2 ^ m) in
  let e := ((n / 2 ^ m) mod 2 ^ x)%Z in
  let bias := (2 ^ (x - 1) - 1)%Z in
  q == if (e =? 0)%Z then s * f * inject_Z 2 ^ (1 - bias)
       else s * (1 + f) * inject_Z 2 ^ (e - bias).
Proof.
  intros Hm Hx H. cbv zeta. unfold float in H.
  assert (L : forall a, inject_Z 2 ^ (a - m) == inject_Z 2 ^ a / inject_Z 2 ^ m).
  { intros a. unfold Z.sub. rewrite Qpower_plus, Qpower_opp by discriminate. reflexivity. }
  set (e := ((n / 2 ^ m) mod 2 ^ x)%Z) in *. set (b := (2 ^ (x - 1) - 1)%Z) in *.
  set (k := (n mod 2 ^ m)%Z) in *. destruct (2 ^ (m + x) <=? n)%Z;
  (destruct (e =? 2 ^ x - 1)%Z; [discriminate|]; destruct (e =? 0)%Z; apply some_eq in H; subst q);
  rewrite dyadic_meaning; cbv beta iota delta [signed]; rewrite ?inject_Z_opp, ?inject_Z_plus;
  rewrite ?L, !Qpower_2_pos by lia;
  (assert (P : ~ inject_Z 2 ^ m == 0) by (apply Qpower_not_0; discriminate));
  revert P; generalize (inject_Z 2 ^ m), (inject_Z 2 ^ (1 - b)), (inject_Z 2 ^ (e - b));
  intros p u v P; field; exact P.
Qed.
