"""The beginning of every exported Coq file: the tactics that close the lemmas of `export_coq`.

`arithmetic` proves by contradiction: it splits the hypotheses, tries lra and nra, and then with
more facts: signs of reciprocals and products, ordered squares, solved equations, and inequalities
cleared of their denominators. `identity` proves equations by field, and by the laws of ln and of
Rpower. The inequalities of Arb are closed by `interval`.
"""

HEADER = """Require Import Reals Lra Psatz Classical Nsatz.
From Interval Require Import Tactic.
Open Scope R_scope.

Ltac cases := repeat match goal with
  | H : _ /\\ _ |- _ => destruct H
  | H : _ \\/ _ |- _ => destruct H
  | H : _ <-> _ |- _ => destruct H
  | H : ~ ~ _ |- _ => apply NNPP in H
  | H : ~ (_ /\\ _) |- _ => apply not_and_or in H
  | H : ~ (_ \\/ _) |- _ => apply not_or_and in H
  | H : ~ (_ <-> _) |- _ => unfold iff in H
  | H : ~ (_ <= _) |- _ => apply Rnot_le_lt in H
  | H : ~ (_ < _) |- _ => apply Rnot_lt_le in H
  | H : ~ (_ >= _) |- _ => apply Rnot_ge_lt in H
  | H : ~ (_ > _) |- _ => apply Rnot_gt_le in H
  | H : ~ (@eq R _ _) |- _ => apply Rdichotomy in H
  | H : ~ (_ -> _) |- _ => apply imply_to_and in H
  | H : ?A -> ?B |- _ => lazymatch type of A with
      | Prop => lazymatch B with False => fail | _ => apply imply_to_or in H end end
  end.
Ltac inverses := repeat match goal with
  | E : ?i * ?x = 1, y : R |- _ => lazymatch goal with
      | _ : y * (i * x) = y |- _ => fail
      | _ => assert (y * (i * x) = y) by (rewrite E; ring) end
  end.
Ltac squares := repeat match goal with
  | E : ?r * ?r = ?x, y : R |- _ => lazymatch goal with
      | _ : y * (r * r) = y * x |- _ => fail
      | _ => assert (y * (r * r) = y * x) by (rewrite E; ring) end
  end.
Lemma square_nonnegative (x : R) : 0 <= x * x. Proof. nra. Qed.
Ltac nonnegative := first [assumption | lra | lazymatch goal with
  | |- 0 <= ?x * ?x => apply square_nonnegative
  | |- 0 <= _ * _ => apply Rmult_le_pos; nonnegative
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonnegative
  end | nra].
Ltac negative_product := match goal with
  | H : ?t < 0 |- _ => exfalso; apply (Rlt_not_le _ _ H); solve [nonnegative]
  | H : 0 > ?t |- _ => exfalso; apply (Rlt_not_le _ _ H); solve [nonnegative]
  end.
Ltac solved_equations := repeat match goal with
  | E : ?x = _ |- _ => is_var x; subst x
  | E : _ = ?x |- _ => is_var x; subst x
  end.
Ltac signs := repeat match goal with
  | E : ?i * ?x = 1 |- _ => lazymatch goal with
      | _ : 0 < i |- _ => fail
      | _ : i < 0 |- _ => fail
      | _ => first [assert (0 < i) by (assert (0 < x) by first [lra | nra]; nra)
                   | assert (i < 0) by (assert (x < 0) by lra; nra)] end
  end.
Ltac products := match goal with
  | H : ?t <= 0 |- _ =>
      assert (0 < t) by (repeat apply Rmult_lt_0_compat; first [lra | nra]); lra
  end.
Lemma square_positive (x : R) : x <> 0 -> 0 < x * x. Proof. intro. nra. Qed.
Lemma quotient_lt (a d : R) : 0 < d -> a / d < 0 -> a < 0.
Proof. intros P H. apply (Rmult_lt_compat_r d) in H; [|assumption].
  unfold Rdiv in H. rewrite Rmult_assoc, Rinv_l in H; lra. Qed.
Lemma quotient_le (a d : R) : 0 < d -> a / d <= 0 -> a <= 0.
Proof. intros P H. apply (Rmult_le_compat_r d) in H; [|lra].
  unfold Rdiv in H. rewrite Rmult_assoc, Rinv_l in H; lra. Qed.
Lemma quotient_eq (a d : R) : 0 < d -> a / d = 0 -> a = 0.
Proof. intros P H. replace a with (a / d * d) by (field; lra). rewrite H. ring. Qed.
Lemma quotient_lt_negative (a d : R) : d < 0 -> a / d < 0 -> 0 < a.
Proof. intros P H. replace a with ((- (a / d)) * (- d)) by (field; lra). nra. Qed.
Lemma quotient_le_negative (a d : R) : d < 0 -> a / d <= 0 -> 0 <= a.
Proof. intros P H. replace a with ((- (a / d)) * (- d)) by (field; lra). nra. Qed.
Lemma negative_left (x y : R) : x < 0 -> 0 < y -> x * y < 0. Proof. nra. Qed.
Lemma negative_right (x y : R) : 0 < x -> y < 0 -> x * y < 0. Proof. nra. Qed.
Lemma negative_both (x y : R) : x < 0 -> y < 0 -> 0 < x * y. Proof. nra. Qed.
Ltac positive := first [assumption | lra | lazymatch goal with
  | |- 0 < ?x * ?x => apply square_positive; let Z := fresh in intro Z; rewrite Z in *; lra
  | |- 0 < ?x ^ 2 => simpl pow; rewrite Rmult_1_r; positive
  | |- 0 < _ * _ => first [apply Rmult_lt_0_compat; positive | apply negative_both; negative]
  end | nra]
with negative := first [assumption | lra | lazymatch goal with
  | |- _ * _ < 0 => first [apply negative_left; [negative | positive]
                          | apply negative_right; [positive | negative]]
  end | nra].
Ltac zeros := repeat match goal with
  | H : 0 <= ?x |- _ => is_var x; assert (x = 0) by lra; subst x
  end.
Ltac positive_product := match goal with
  | H : ?t <= 0 |- _ => exfalso; apply (Rle_not_lt _ _ H); solve [positive]
  | H : 0 >= ?t |- _ => exfalso; apply (Rge_not_lt _ _ H); solve [positive]
  end.
Ltac squares_order := repeat match goal with
  | H : ?b <= ?a |- _ => is_var a; lazymatch goal with _ : b * b <= a * a |- _ => fail | _ =>
      assert (b * b <= a * a) by (apply Rmult_le_compat; solve [nonnegative]) end
  | H : ?a >= ?b |- _ => is_var a; lazymatch goal with _ : b * b <= a * a |- _ => fail | _ =>
      assert (b * b <= a * a) by
        (apply Rmult_le_compat; first [solve [nonnegative] | apply Rge_le; exact H]) end
  end.
Ltac as_inverses := repeat match goal with
  | E : ?i * ?x = 1 |- _ => is_var i;
      let P := fresh in
      first [assert (P : 0 < x) by solve [positive] | assert (P : x < 0) by first [lra | nra]
        | assert (P : x <> 0) by (let Z := fresh in intro Z; rewrite Z in *; lra)];
      assert (i = / x) by (apply (Rmult_eq_reg_r x); [rewrite E; field; lra | lra]);
      clear E; subst i
  end.
Ltac cleared H := first
  [ apply quotient_lt in H; [|solve [positive]]
  | apply quotient_le in H; [|solve [positive]]
  | apply quotient_eq in H; [|solve [positive]]
  | apply quotient_lt_negative in H; [|solve [negative]]
  | apply quotient_le_negative in H; [|solve [negative]]
  | idtac ].
Ltac without_inverses := repeat match goal with
  | H : ?a > ?b |- _ => apply Rgt_lt in H
  | H : ?a >= ?b |- _ => apply Rge_le in H
  end;
  repeat match goal with H : ?t |- _ => lazymatch t with context [/ _] =>
    first [apply Rlt_minus in H | apply Rle_minus in H | apply Rminus_diag_eq in H];
    field_simplify in H;
      [cleared H; lazymatch type of H with context [/ _] => clear H | _ => idtac end
      | solve [repeat split; first [assumption | lra]] ..] end end.
Ltac variable_signs := repeat match goal with
  | y : R |- _ => lazymatch goal with _ : 0 < y |- _ => fail | _ : y < 0 |- _ => fail | _ =>
      first [assert (0 < y) by lra | assert (y < 0) by lra] end
  | H : ?t <= ?y |- _ => is_var y; lazymatch goal with _ : 0 < y |- _ => fail | _ =>
      assert (0 < y) by (apply (Rlt_le_trans _ t); [solve [positive] | exact H]) end
  | H : ?y >= ?t |- _ => is_var y; lazymatch goal with _ : 0 < y |- _ => fail | _ =>
      assert (0 < y) by (apply (Rlt_le_trans _ t); [solve [positive] | apply Rge_le; exact H]) end
  end.
Ltac equation := match goal with
  | H : ?a < ?b |- _ => assert (a = b) by nsatz; lra
  | H : ?a > ?b |- _ => assert (a = b) by nsatz; lra
  end.
Ltac clearing := as_inverses; without_inverses;
  first [lra | nra | positive_product | variable_signs; first [nra | positive_product]].
Ltac arithmetic := intros; apply NNPP; intro; cases; try tauto;
  first [lra | negative_product | nra | signs; negative_product | signs; products | signs; nra
    | inverses; nra | inverses; squares; nra
    | signs; inverses; nra
    | positive_product | signs; positive_product | squares_order; lra | squares_order; nra
    | solved_equations; nra | zeros; lra | clearing
    | solved_equations; clearing | signs; variable_signs; first [positive_product | nra]
    | equation].
Ltac pos := repeat (first [assumption | apply exp_pos | apply sqrt_lt_R0 | apply Rinv_0_lt_compat
  | apply Rmult_lt_0_compat]); try lra.
Ltac nonzero := repeat split; try assumption;
  first [apply Rgt_not_eq; solve [pos] | lra | nra | idtac].
Ltac logarithms := repeat first [rewrite ln_exp | rewrite ln_mult by solve [pos]
  | rewrite ln_Rinv by solve [pos] | rewrite ln_1].
Lemma ln_4 : ln 4 = 2 * ln 2. Proof. replace 4 with (2 * 2) by lra. rewrite ln_mult; lra. Qed.
Lemma ln_8 : ln 8 = 3 * ln 2.
Proof. replace 8 with (2 * 4) by lra. rewrite ln_mult, ln_4; lra. Qed.
Lemma ln_16 : ln 16 = 4 * ln 2.
Proof. replace 16 with (4 * 4) by lra. rewrite ln_mult, ln_4; lra. Qed.
Lemma ln_64 : ln 64 = 6 * ln 2.
Proof. replace 64 with (8 * 8) by lra. rewrite ln_mult, ln_8; lra. Qed.
Lemma ln_169 : ln 169 = 2 * ln 13.
Proof. replace 169 with (13 * 13) by lra. rewrite ln_mult; lra. Qed.
Lemma exp_one (x : R) : 0 < x -> exp (1 * ln x) = x.
Proof. intro. rewrite Rmult_1_l. now apply exp_ln. Qed.
Ltac numbers := rewrite ?ln_4, ?ln_8, ?ln_16, ?ln_64, ?ln_169.
Lemma Rpower_minus_one (b : R) : 0 < b -> Rpower b (-1) = / b.
Proof. intro. replace (-1) with (- (1)) by lra. now rewrite Rpower_Ropp, Rpower_1. Qed.
Lemma Rpower_minus_two (b : R) : 0 < b -> Rpower b (-2) = / (b * b).
Proof. intro. replace (-2) with (-1 + -1) by lra.
  rewrite Rpower_plus, Rpower_minus_one by assumption. field. lra. Qed.
Ltac as_logarithms := unfold Rpower, Rdiv; simpl pow; logarithms; numbers; field; nonzero.
Ltac apply_ln := apply ln_inv; [solve [unfold Rpower, Rdiv; simpl pow; pos]
  | solve [unfold Rpower, Rdiv; simpl pow; pos] | as_logarithms].
Ltac split_exponents := repeat first [rewrite Rpower_plus | rewrite Rpower_1 by solve [pos]
  | rewrite Rpower_minus_one by solve [pos] | rewrite Rpower_minus_two by solve [pos]];
  field; nonzero.
Ltac square_of_power := simpl pow; rewrite ?Rmult_1_r;
  match goal with |- context [Rpower ?b (Rpower 2 (1 + ?t))] =>
    replace (Rpower b (Rpower 2 (1 + t))) with (Rpower b (Rpower 2 t) * Rpower b (Rpower 2 t))
      by (rewrite <- Rpower_plus; f_equal; rewrite Rpower_plus, Rpower_1; lra) end;
  field; nonzero.
Ltac identity := intros; first [solve [reflexivity] | solve [field; nonzero] | solve [ring]
  | solve [f_equal; field; nonzero]
  | solve [as_logarithms] | solve [apply_ln] | solve [split_exponents]
  | solve [square_of_power]].
"""
