(** Numbers as they are written are read back. *)
From Coq Require Import ZArith QArith List Bool Lia.
From Leafproof Require Import Bytes Numbers.
Import ListNotations.
Open Scope Z_scope.

(** ** Decimal digits *)
Definition is_digit (c : Z) : Prop := 48 <= c <= 57.
Definition value_in (w : text) : Z := horner 10 (rev (map (fun c => c - 48) w)).
Lemma horner_app b xs : forall ys, horner b (xs ++ ys) = horner b xs + b ^ Z.of_nat (length xs) * horner b ys.
Proof.
  induction xs as [|x xs IH]; intros ys; [cbn [app horner length Z.of_nat Z.pow]; lia|].
  cbn [app horner length]. rewrite IH, Nat2Z.inj_succ, Z.pow_succ_r by lia. ring.
Qed.
Lemma decimal_digits_spec fuel : forall n acc, 0 <= n < 10 ^ Z.of_nat fuel -> (0 < fuel)%nat ->
  exists w, decimal_digits fuel n acc = w ++ acc /\ Forall is_digit w /\ value_in w = n /\
    (exists c w', w = c :: w' /\ (c = 48 -> n = 0) /\ (n < 10 -> w' = [])).
Proof.
  induction fuel as [|f IH]; intros n acc H L; [lia|]. cbn [decimal_digits].
  destruct (Z.ltb_spec n 10) as [E|E].
  - exists [48 + n]. repeat split.
    + constructor; [unfold is_digit; lia|constructor].
    + unfold value_in. cbn [map rev app horner]. lia.
    + exists (48 + n), []. repeat split; auto. lia.
  - rewrite Nat2Z.inj_succ, Z.pow_succ_r in H by lia.
    assert (D : 0 <= n / 10 < 10 ^ Z.of_nat f).
    { split; [apply Z.div_pos; lia|]. apply Z.div_lt_upper_bound; lia. }
    assert (0 < f)%nat.
    { destruct f; [|lia]. cbn in D. assert (1 <= n / 10) by (apply Z.div_le_lower_bound; lia). lia. }
    destruct (IH (n / 10) (48 + n mod 10 :: acc) D) as (w & Ew & Dw & Vw & c & w' & Ec & Z0 & _);
      [assumption|].
    pose proof (Z.mod_pos_bound n 10 ltac:(lia)) as M.
    exists (w ++ [48 + n mod 10]). repeat split.
    + rewrite Ew, <- app_assoc. reflexivity.
    + apply Forall_app. split; [assumption|]. constructor; [unfold is_digit; lia|constructor].
    + unfold value_in in *. rewrite map_app, rev_app_distr. cbn [map rev app horner].
      rewrite Vw. pose proof (Z.div_mod n 10 ltac:(lia)). lia.
    + exists c, (w' ++ [48 + n mod 10]). rewrite Ec. repeat split.
      * intros X. apply Z0 in X. assert (1 <= n / 10) by (apply Z.div_le_lower_bound; lia). lia.
      * lia.
Qed.
Definition no_digit (t : text) : Prop :=
  match t with c :: _ => (48 <=? c) && (c <=? 57) = false | [] => True end.
Lemma digits_of w r : no_digit r -> Forall is_digit w -> forall acc k,
  digits acc k (w ++ r) = (rev (map (fun c => c - 48) w) ++ acc, k + Z.of_nat (length w), r).
Proof.
  intros R. induction 1 as [|c w Hc H IH]; intros acc k.
  - cbn [app map rev length]. rewrite Z.add_0_r. destruct r as [|c r]; [reflexivity|].
    cbn [digits]. cbn [no_digit] in R. rewrite R. reflexivity.
  - cbn [app digits map rev length]. unfold is_digit in Hc.
    replace ((48 <=? c) && (c <=? 57)) with true by lia.
    rewrite IH, <- app_assoc. cbn [app]. f_equal. f_equal. lia.
Qed.
Lemma digits_all w : Forall is_digit w -> forall acc k,
  digits acc k w = (rev (map (fun c => c - 48) w) ++ acc, k + Z.of_nat (length w), []).
Proof. intros H acc k. rewrite <- (app_nil_r w) at 1. apply digits_of; [exact I|assumption]. Qed.
Lemma log_fuel n : 0 <= n -> n < 10 ^ Z.of_nat (Z.to_nat (Z.log2 n + 2)).
Proof.
  intros H. pose proof (Z.log2_nonneg n). rewrite Z2Nat.id by lia.
  destruct (Z.eq_dec n 0) as [->|N]; [cbn; lia|].
  pose proof (Z.log2_spec n ltac:(lia)) as [_ L].
  eapply Z.lt_le_trans; [exact L|]. eapply Z.le_trans; [apply (Z.pow_le_mono_l 2 10); lia|].
  apply Z.pow_le_mono_r; lia.
Qed.
(** A whole number's own digits. *)
Lemma show_spec n : 0 <= n -> exists c w, show_whole n = c :: w /\ Forall is_digit (c :: w) /\
  value_in (c :: w) = n /\ (c = 48 -> w = []).
Proof.
  intros H. unfold show_whole. rewrite Z.abs_eq by assumption.
  replace (n <? 0) with false by lia.
  destruct (decimal_digits_spec (Z.to_nat (Z.log2 n + 2)) n []) as (w & E & D & V & c & w' & -> & Z0 & S).
  - split; [assumption|]. apply log_fuel. assumption.
  - pose proof (Z.log2_nonneg n). lia.
  - exists c, w'. rewrite E, app_nil_r. repeat split; auto.
    intros X. apply S. apply Z0 in X. lia.
Qed.
Lemma of_digits_value ds : of_digits ds = horner 10 ds.
Proof. apply joined_horner. Qed.
Lemma whole_part_show n r : 0 <= n -> no_digit r -> whole_part (show_whole n ++ r) = Some (n, r).
Proof.
  intros N R. destruct (show_spec n N) as (c & w & E & D & V & S). unfold whole_part.
  rewrite E, digits_of by assumption. cbn [app].
  replace (_ || _) with false.
  - rewrite app_nil_r, of_digits_value. unfold value_in in V. rewrite V. reflexivity.
  - symmetry. apply orb_false_iff. split; [apply Z.eqb_neq; cbn [length]; lia|].
    destruct (Z.eqb_spec c 48) as [X|X]; [|reflexivity]. rewrite (S X). reflexivity.
Qed.
Theorem plain_whole_show n : 0 <= n -> plain_whole (show_whole n) = Some n.
Proof.
  intros N. unfold plain_whole. rewrite <- (app_nil_r (show_whole n)).
  rewrite whole_part_show by (assumption || exact I). reflexivity.
Qed.
Lemma fraction_lowest n d : Z.gcd (Qnum (fraction n (Zpos d))) (Zpos (Qden (fraction n (Zpos d)))) = 1.
Proof.
  unfold fraction. set (g := Z.gcd n (Zpos d)). cbn [Qnum Qden].
  assert (G : 0 < g).
  { pose proof (Z.gcd_nonneg n (Zpos d)). assert (g <> 0); [|lia].
    intros E. apply Z.gcd_eq_0_r in E. discriminate. }
  rewrite Z2Pos.id.
  - apply Z.gcd_div_gcd; [lia|reflexivity].
  - apply Z.div_str_pos. split; [assumption|]. apply Z.divide_pos_le; [lia|]. apply Z.gcd_divide_r.
Qed.
Theorem plain_fraction_show q : (0 <= q)%Q -> exists r, plain_fraction (show q) = Some r /\ (r == q)%Q.
Proof.
  intros Hq. unfold show. pose proof (fraction_lowest (Qnum q) (Qden q)) as L.
  assert (E : (fraction (Qnum q) (Zpos (Qden q)) == q)%Q) by (rewrite fraction_eq; destruct q; reflexivity).
  destruct (fraction (Qnum q) (Zpos (Qden q))) as [n d]. cbn [Qnum Qden] in *.
  assert (N : 0 <= n) by (rewrite <- E in Hq; unfold Qle in Hq; cbn in Hq; lia).
  destruct (Pos.eqb_spec d 1) as [->|D]; unfold plain_fraction.
  - exists (inject_Z n). split; [|exact E]. rewrite <- (app_nil_r (show_whole n)).
    rewrite whole_part_show by (assumption || exact I). reflexivity.
  - exists (n # d). split; [|exact E].
    rewrite whole_part_show by (assumption || reflexivity). cbn [Z.eqb Pos.eqb].
    rewrite plain_whole_show by lia. rewrite L. replace (1 <? Zpos d) with true by lia. reflexivity.
Qed.

(** ** Examples *)
From Coq Require Import String.
Example third : text_number (of_string "-2/6") = Some (-1 # 3)%Q.
Proof. reflexivity. Qed.
Example decimal : text_number (of_string "+1.50e-1") = Some (3 # 20)%Q.
Proof. reflexivity. Qed.
Example exponent_too_large : text_number (of_string "1e401") = None.
Proof. reflexivity. Qed.
Example by_zero : text_number (of_string "1/0") = None.
Proof. reflexivity. Qed.
Example not_lowest : plain_fraction (of_string "2/4") = None.
Proof. reflexivity. Qed.
Example one : float32 0 0 128 63 = Some 1%Q.
Proof. reflexivity. Qed.
Example least_denormal : float32 1 0 0 0 = Some (1 # 2 ^ 149)%Q.
Proof. reflexivity. Qed.
Example infinity : float32 0 0 128 255 = None.
Proof. reflexivity. Qed.
Example minus_three : float64 0 0 0 0 0 0 8 192 = Some (-3 # 1)%Q.
Proof. reflexivity. Qed.
