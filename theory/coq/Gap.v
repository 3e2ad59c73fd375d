(** Two shallow trees are equal or clearly different: over all points of [d] Boolean variables, a
    function of low degree that is not 0 is often not 0 (the least distance of Reed-Muller codes). *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Occam.
Import ListNotations.
Open Scope R_scope.

(** The points, each with [d] values, and all equally likely. *)
Fixpoint cube (d : nat) : list (list bool) :=
  match d with
  | O => [[]]
  | S d' => map (cons false) (cube d') ++ map (cons true) (cube d')
  end.
Definition uniform (d : nat) : list (list bool * R) := map (fun x => (x, / 2 ^ d)) (cube d).

Definition count (d : nat) (h : list bool -> bool) : nat := length (filter h (cube d)).

Lemma filter_map {A B} (g : A -> B) (h : B -> bool) l : length (filter h (map g l)) = length (filter (fun x => h (g x)) l).
Proof. induction l; cbn; [reflexivity|]. destruct (h (g a)); cbn; lia. Qed.
Lemma count_step d h :
  count (S d) h = (count d (fun x => h (false :: x)) + count d (fun x => h (true :: x)))%nat.
Proof. unfold count. cbn [cube]. now rewrite filter_app, app_length, !filter_map. Qed.
Lemma count_le d h h' : (forall x, In x (cube d) -> h x = true -> h' x = true) -> (count d h <= count d h')%nat.
Proof.
  unfold count. induction (cube d) as [|a l IH]; intros H; cbn; [lia|].
  assert (length (filter h l) <= length (filter h' l))%nat by (apply IH; intros; apply H; [now right|assumption]).
  destruct (h a) eqn:e; [rewrite (H a (or_introl eq_refl) e)|destruct (h' a)]; cbn; lia.
Qed.
Lemma count_xor d h h' : (count d (fun x => xorb (h x) (h' x)) <= count d h + count d h')%nat.
Proof.
  unfold count. induction (cube d) as [|a l IH]; cbn; [lia|]. destruct (h a), (h' a); cbn; lia.
Qed.
(** A polynomial modulo 2 in [d] variables, of degree at most [r]: with and without the first variable. *)
Fixpoint polynomial (d r : nat) (h : list bool -> bool) : Prop :=
  match d with
  | O => True
  | S d' =>
      polynomial d' r (fun x => h (false :: x)) /\
      let slope := fun x => xorb (h (true :: x)) (h (false :: x)) in
      match r with
      | O => forall x, slope x = false
      | S r' => polynomial d' r' slope
      end
  end.

Lemma polynomial_ext d : forall r h h', (forall x, h x = h' x) -> polynomial d r h -> polynomial d r h'.
Proof.
  induction d as [|d IH]; intros r h h' E P; [exact I|]. destruct P as [P Q]. split.
  - apply (IH r _ _ (fun x => E (false :: x)) P).
  - destruct r as [|r]; cbn beta zeta in *.
    + intros x. now rewrite <- !E.
    + apply (IH r (fun x => xorb (h (true :: x)) (h (false :: x)))); [|assumption]. intros x. now rewrite !E.
Qed.
Lemma polynomial_constant d : forall r b, polynomial d r (fun _ => b).
Proof.
  induction d as [|d IH]; intros r b; [exact I|]. split; [apply IH|]. cbn beta zeta.
  destruct r; [intros; apply xorb_nilpotent|].
  apply (polynomial_ext d r (fun _ => false)); [intros; symmetry; apply xorb_nilpotent|apply IH].
Qed.
Lemma polynomial_weaken d : forall r s h, (r <= s)%nat -> polynomial d r h -> polynomial d s h.
Proof.
  induction d as [|d IH]; intros r s h L P; [exact I|]. destruct P as [P Q]. split; [now apply (IH r)|].
  cbn beta zeta in *. destruct s as [|s]; destruct r as [|r]; try lia; try assumption.
  - apply (polynomial_ext d s (fun _ => false)); [intros; now rewrite Q|apply polynomial_constant].
  - apply (IH r); [lia|assumption].
Qed.
Lemma polynomial_xor d : forall r h h',
  polynomial d r h -> polynomial d r h' -> polynomial d r (fun x => xorb (h x) (h' x)).
Proof.
  assert (S : forall a b c e, xorb (xorb a b) (xorb c e) = xorb (xorb a c) (xorb b e))
    by (intros [] [] [] []; reflexivity).
  induction d as [|d IH]; intros r h h' P P'; [exact I|]. destruct P as [P Q], P' as [P' Q'].
  split; [now apply IH|]. cbn beta zeta in *. destruct r as [|r].
  - intros x. now rewrite S, Q, Q'.
  - apply (polynomial_ext d r _ _ (fun x => S _ _ _ _)). now apply IH.
Qed.
Lemma polynomial_times_variable d : forall r v h,
  polynomial d r h -> polynomial d (S r) (fun x => nth v x false && h x).
Proof.
  induction d as [|d IH]; intros r v h P; [exact I|]. destruct P as [P Q]. destruct v as [|v].
  - split; cbn [nth andb]; [apply polynomial_constant|]. cbn beta zeta.
    assert (A : polynomial d r (fun x => xorb (h (true :: x)) (h (false :: x)))).
    { cbn beta zeta in Q. destruct r as [|r].
      - apply (polynomial_ext d 0 (fun _ => false)); [intros; now rewrite Q|apply polynomial_constant].
      - apply (polynomial_weaken d r); [lia|assumption]. }
    apply (polynomial_ext d r (fun x => xorb (xorb (h (true :: x)) (h (false :: x))) (h (false :: x)))).
    + intros x. now destruct (h (true :: x)), (h (false :: x)).
    + now apply polynomial_xor.
  - split; cbn [nth]; [now apply IH|]. cbn beta zeta in *.
    assert (E : forall x, nth v x false && xorb (h (true :: x)) (h (false :: x)) =
      xorb (nth v x false && h (true :: x)) (nth v x false && h (false :: x)))
      by (intros x; now destruct (nth v x false), (h (true :: x)), (h (false :: x))).
    destruct r as [|r].
    + apply (polynomial_ext d 0 (fun _ => false)); [|apply polynomial_constant].
      intros x. now rewrite <- E, Q, andb_false_r.
    + apply (polynomial_ext d (S r) _ _ E). now apply IH.
Qed.

(** Where such a polynomial is not 0 everywhere, it is not 0 on [2^-r] of the points. *)
Theorem nonzero_often d : forall r h,
  polynomial d r h -> existsb h (cube d) = true -> (2 ^ d <= 2 ^ r * count d h)%nat.
Proof.
  induction d as [|d IH]; intros r h P N.
  { unfold count. cbn in *. rewrite orb_false_r in N. rewrite N. cbn. pose proof (Nat.pow_nonzero 2 r). lia. }
  destruct P as [P Q]. cbn beta zeta in Q. rewrite count_step.
  set (slope := fun x => xorb (h (true :: x)) (h (false :: x))) in *.
  assert (flat : (forall x, In x (cube d) -> slope x = false) ->
    (2 ^ S d <= 2 ^ r * (count d (fun x => h (false :: x)) + count d (fun x => h (true :: x))))%nat).
  { intros Z.
    assert (S : forall x, In x (cube d) -> h (true :: x) = h (false :: x))
      by (intros x I; specialize (Z x I); unfold slope in Z; now apply xorb_eq).
    assert (M : existsb (fun x => h (false :: x)) (cube d) = true).
    { apply existsb_exists in N as [y [I Hy]]. cbn [cube] in I. apply existsb_exists.
      apply in_app_or in I as [I|I]; apply in_map_iff in I as [x [<- I]]; exists x; split; auto.
      now rewrite <- S. }
    pose proof (IH r _ P M) as C.
    assert (L : (count d (fun x => h (false :: x)) <= count d (fun x => h (true :: x)))%nat)
      by (apply count_le; intros x I H; now rewrite S).
    apply (Nat.mul_le_mono_l _ _ (2 ^ r)) in L.
    rewrite Nat.mul_add_distr_l, (Nat.pow_succ_r' 2 d). lia. }
  destruct r as [|r]; [apply flat; intros; apply Q|].
  destruct (existsb slope (cube d)) eqn:e.
  - pose proof (IH r slope Q e) as C.
    assert (X : (count d slope <= count d (fun x => h (false :: x)) + count d (fun x => h (true :: x)))%nat)
      by (rewrite Nat.add_comm; apply count_xor).
    apply (Nat.mul_le_mono_l _ _ (2 ^ r)) in X.
    rewrite !Nat.pow_succ_r', <- Nat.mul_assoc. lia.
  - apply flat. intros x I. destruct (slope x) eqn:s; [|reflexivity].
    rewrite <- e. symmetry. apply existsb_exists. now exists x.
Qed.

Lemma uniform_count d h : pr (uniform d) h = INR (count d h) * / 2 ^ d.
Proof.
  unfold pr, uniform, count. rewrite sum_map. cbn [fst snd].
  rewrite <- (sum_filter (fun _ => / 2 ^ d)), sum_const. reflexivity.
Qed.

Theorem gap_polynomials d r h : polynomial d r h ->
  pr (uniform d) h = 0 \/ pr (uniform d) h >= / 2 ^ r.
Proof.
  intros P. assert (P2 : forall k, 0 < 2 ^ k) by (intros; apply pow_lt; lra). rewrite uniform_count.
  destruct (existsb h (cube d)) eqn:e.
  - right. pose proof (nonzero_often d r h P e) as K.
    apply le_INR in K. rewrite mult_INR, !pow_INR in K. change (INR 2) with 2 in K.
    apply Rle_ge. apply Rmult_le_reg_l with (2 ^ r); [apply P2|].
    rewrite Rinv_r by (pose proof (P2 r); lra). apply Rmult_le_reg_r with (2 ^ d); [apply P2|].
    rewrite !Rmult_assoc, Rinv_l by (pose proof (P2 d); lra). lra.
  - left. replace (count d h) with O; [cbn [INR]; ring|].
    unfold count. symmetry. apply length_zero_iff_nil.
    destruct (filter h (cube d)) as [|x l] eqn:f; [reflexivity|exfalso].
    assert (I : In x (filter h (cube d))) by (rewrite f; now left).
    apply filter_In in I. rewrite <- not_true_iff_false in e. apply e, existsb_exists. now exists x.
Qed.

(** A tree at a point of the cube. *)
Definition says (t : tree) (x : list bool) : nat := class_of t (fun v => nth v x false).

Lemma tree_is_polynomial d t c : polynomial d (depth t) (fun x => Nat.eqb (says t x) c).
Proof.
  unfold says. induction t as [k|v l L r R]; cbn [depth class_of]; [apply polynomial_constant|].
  set (m := Nat.max (depth l) (depth r)).
  set (hl := fun x => Nat.eqb (class_of l (fun v => nth v x false)) c) in *.
  set (hr := fun x => Nat.eqb (class_of r (fun v => nth v x false)) c) in *.
  apply (polynomial_ext d (S m) (fun x => xorb (hl x) (nth v x false && xorb (hl x) (hr x)))).
  - intros x. unfold hl, hr. destruct (nth v x false); cbn [andb]; [|apply xorb_false_r].
    now rewrite <- xorb_assoc, xorb_nilpotent, xorb_false_l.
  - apply polynomial_xor; [apply (polynomial_weaken d (depth l)); [lia|exact L]|].
    apply polynomial_times_variable, polynomial_xor.
    + apply (polynomial_weaken d (depth l)); [lia|exact L].
    + apply (polynomial_weaken d (depth r)); [lia|exact R].
Qed.

Theorem gap_trees d (t u : tree) r s :
  depth t = r -> depth u = s ->
  let differ := fun x => negb (Nat.eqb (says t x) (says u x)) in
  pr (uniform d) differ = 0 \/ pr (uniform d) differ >= / 2 ^ Nat.max r s.
Proof.
  intros <- <- differ.
  assert (P2 : forall k, 0 < 2 ^ k) by (intros; apply pow_lt; lra).
  assert (C : pr (uniform d) differ = INR (count d differ) * / 2 ^ d).
  { unfold pr, uniform, count. rewrite sum_map. cbn [fst snd].
    rewrite <- (sum_filter (fun _ => / 2 ^ d)), sum_const. reflexivity. }
  destruct (existsb differ (cube d)) eqn:e.
  - right. apply existsb_exists in e as [x [I X]].
    set (m := Nat.max (depth t) (depth u)). set (c := says t x).
    set (h := fun y => xorb (Nat.eqb (says t y) c) (Nat.eqb (says u y) c)).
    assert (P : polynomial d m h).
    { apply polynomial_xor.
      - apply (polynomial_weaken d (depth t)); [lia|apply tree_is_polynomial].
      - apply (polynomial_weaken d (depth u)); [lia|apply tree_is_polynomial]. }
    assert (N : existsb h (cube d) = true).
    { apply existsb_exists. exists x. split; [assumption|]. unfold h, c. rewrite Nat.eqb_refl.
      unfold differ in X. rewrite Nat.eqb_sym. now destruct (Nat.eqb (says t x) (says u x)). }
    pose proof (nonzero_often d m h P N) as H.
    assert (L : (count d h <= count d differ)%nat).
    { apply count_le. intros y _ Y. unfold h, differ in *.
      destruct (Nat.eqb_spec (says t y) (says u y)) as [E|E]; [|reflexivity].
      rewrite E, xorb_nilpotent in Y. discriminate. }
    assert (K : (2 ^ d <= 2 ^ m * count d differ)%nat) by nia.
    apply le_INR in K. rewrite mult_INR, !pow_INR in K. change (INR 2) with 2 in K.
    rewrite C. apply Rle_ge. apply Rmult_le_reg_l with (2 ^ m); [apply P2|].
    rewrite Rinv_r by (pose proof (P2 m); lra). apply Rmult_le_reg_r with (2 ^ d); [apply P2|].
    rewrite !Rmult_assoc, Rinv_l by (pose proof (P2 d); lra). lra.
  - left. rewrite C. replace (count d differ) with O; [cbn [INR]; ring|].
    unfold count. symmetry. apply length_zero_iff_nil.
    destruct (filter differ (cube d)) as [|x l] eqn:f; [reflexivity|exfalso].
    assert (I : In x (filter differ (cube d))) by (rewrite f; now left).
    apply filter_In in I. rewrite <- not_true_iff_false in e. apply e, existsb_exists. now exists x.
Qed.
