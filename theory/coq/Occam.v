(** Occam's razor for a finite class of students, and how many trees there are. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing.
Import ListNotations.
Open Scope R_scope.

Section Class.
Context {T G : Type} (D : list (T * R)) (class : list G) (agree : G -> T -> bool).

(** The probability that a student and the teacher disagree. *)
Definition error (g : G) : R := 1 - pr D (agree g).

(** That some student of error [epsilon] or more agrees with the teacher at each draw. *)
Definition fooled (epsilon : R) (s : list T) : bool :=
  existsb (fun g => at_most epsilon (error g) && forallb (agree g) s) class.

Lemma consistent_students epsilon n :
  distribution D -> 0 < epsilon < 1 ->
  pr (power D n) (fooled epsilon) <= INR (length class) * (1 - epsilon) ^ n.
Proof.
  intros law e. eapply Rle_trans; [apply pr_union; now apply power_law|].
  rewrite <- sum_const. apply sum_le. intros g _. unfold error.
  destruct (at_most epsilon (1 - pr D (agree g))) eqn:a.
  - apply at_most_true in a. cbn [andb]. rewrite (pr_ext _ _ (forallb (agree g))) by reflexivity.
    rewrite independent_draws by assumption. apply pow_incr.
    pose proof (pr_range D law (agree g)). lra.
  - cbn [andb]. rewrite pr_false. apply pow_le. lra.
Qed.

(** [size] is at least the number of students; where the logarithm of [size] is what is known, [n]
    draws are enough. *)
Lemma occam size epsilon delta n :
  distribution D -> 0 < epsilon < 1 -> 0 < delta < 1 -> 0 < size -> INR (length class) <= size ->
  INR n >= - (ln size - ln delta) / ln (1 - epsilon) ->
  pr (power D n) (fooled epsilon) <= delta.
Proof.
  intros law e d s c H. eapply Rle_trans; [now apply consistent_students|].
  assert (B : (1 - epsilon) ^ n <= delta / size).
  { apply enough_draws; [assumption|apply Rdiv_lt_0_compat; lra|].
    unfold Rdiv at 2. rewrite ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; lra).
    replace ((ln delta + - ln size) / ln (1 - epsilon))
      with (- (ln size - ln delta) / ln (1 - epsilon)); [assumption|].
    unfold Rdiv. ring. }
  assert (P : 0 <= (1 - epsilon) ^ n) by (apply pow_le; lra).
  apply Rle_trans with (size * (delta / size)); [|right; field; lra].
  apply Rmult_le_compat; try assumption. apply pos_INR.
Qed.

Theorem occam_realizable N epsilon delta n :
  distribution D -> 0 < epsilon < 1 -> 0 < delta < 1 -> INR (length class) = N -> N >= 1 ->
  INR n >= - (ln N - ln delta) / ln (1 - epsilon) ->
  pr (power D n) (fooled epsilon) <= delta.
Proof. intros. apply (occam N); lra || assumption. Qed.
End Class.

(** ** Trees over [d] Boolean variables, with classes [0 .. m - 1] *)
Inductive tree : Type :=
  | Leaf (c : nat)
  | Split (v : nat) (left right : tree).

(** The class of a point: its variables are [x 0 .. x (d - 1)]. *)
Fixpoint class_of (t : tree) (x : nat -> bool) : nat :=
  match t with
  | Leaf c => c
  | Split v l r => if x v then class_of r x else class_of l x
  end.

Fixpoint depth (t : tree) : nat :=
  match t with Leaf _ => O | Split _ l r => S (Nat.max (depth l) (depth r)) end.

(** It tests variables below [d], and its classes are below [m]. *)
Fixpoint tree_of (d m : nat) (t : tree) : Prop :=
  match t with
  | Leaf c => (c < m)%nat
  | Split v l r => (v < d)%nat /\ tree_of d m l /\ tree_of d m r
  end.

(** Complete trees of depth [r]. *)
Fixpoint complete (d m r : nat) : list tree :=
  match r with
  | O => map Leaf (seq 0 m)
  | S r' => flat_map (fun v => flat_map (fun l => map (Split v l) (complete d m r'))
                                         (complete d m r')) (seq 0 d)
  end.

(** Every tree of depth at most [r] says what a complete one of depth [r] says. *)
Theorem complete_trees_are_all d m r t :
  (1 <= d)%nat -> tree_of d m t -> (depth t <= r)%nat ->
  exists u, In u (complete d m r) /\ forall x, class_of u x = class_of t x.
Proof.
  intros v. revert t. induction r as [|r IH]; intros t ok D.
  { destruct t as [c|]; cbn in *; [|lia]. exists (Leaf c). split; [|reflexivity].
    apply in_map, in_seq. lia. }
  assert (J : forall v l r', (v < d)%nat -> In l (complete d m r) -> In r' (complete d m r) ->
    In (Split v l r') (complete d m (S r))).
  { intros v0 l r' Hv Hl Hr. cbn [complete]. apply in_flat_map. exists v0.
    split; [apply in_seq; lia|]. apply in_flat_map. exists l. split; [assumption|]. now apply in_map. }
  destruct t as [c|v0 l r']; cbn [tree_of depth] in *.
  - destruct (IH (Leaf c) ok) as [u [I E]]; [cbn; lia|]. exists (Split 0 u u).
    split; [apply J; auto; lia|]. intros x. cbn. destruct (x O); apply E.
  - destruct ok as [Hv [Ol Or]].
    destruct (IH l Ol ltac:(lia)) as [a [Ia Ea]], (IH r' Or ltac:(lia)) as [b [Ib Eb]].
    exists (Split v0 a b). split; [now apply J|]. intros x. cbn. now rewrite Ea, Eb.
Qed.

(** How many there are: [d^(2^r - 1) m^(2^r)]. *)
Lemma length_flat_map {A B} (f : A -> list B) k l :
  (forall x, length (f x) = k) -> length (flat_map f l) = (length l * k)%nat.
Proof. intros H. induction l; cbn; [reflexivity|]. now rewrite app_length, H, IHl. Qed.

Theorem number_of_complete_trees d m r :
  (d * length (complete d m r) = (d * m) ^ (2 ^ r))%nat.
Proof.
  induction r as [|r IH]; cbn [complete].
  - rewrite map_length, seq_length. cbn. lia.
  - rewrite (length_flat_map _ (length (complete d m r) * length (complete d m r))).
    + rewrite seq_length. replace (2 ^ S r)%nat with (2 ^ r + 2 ^ r)%nat by (cbn; lia).
      rewrite Nat.pow_add_r, <- IH. nia.
    + intros v. rewrite (length_flat_map _ (length (complete d m r))); [reflexivity|].
      intros l. apply map_length.
Qed.

Section Trees.
Variables (d m r : nat).
Context (D : list ((nat -> bool) * R)) (teacher : (nat -> bool) -> nat).

Definition agrees (t : tree) (x : nat -> bool) : bool := Nat.eqb (class_of t x) (teacher x).

Lemma complete_trees_realizable epsilon delta n :
  distribution D -> (1 <= d)%nat -> (1 <= m)%nat -> 0 < epsilon < 1 -> 0 < delta < 1 ->
  INR n >= - (2 ^ r * ln (INR d * INR m) - ln (INR d) - ln delta) / ln (1 - epsilon) ->
  pr (power D n) (fooled D (complete d m r) agrees epsilon) <= delta.
Proof.
  intros law dd mm e de H.
  assert (dp : 0 < INR d) by (apply lt_0_INR; lia). assert (mp : 0 < INR m) by (apply lt_0_INR; lia).
  assert (C : INR d * INR (length (complete d m r)) = (INR d * INR m) ^ (2 ^ r)%nat).
  { rewrite <- !mult_INR, number_of_complete_trees, pow_INR. reflexivity. }
  assert (P : 0 < INR (length (complete d m r))).
  { assert (0 < (INR d * INR m) ^ (2 ^ r)%nat) by (apply pow_lt; nra). nra. }
  apply (occam _ _ _ (INR (length (complete d m r)))); try assumption; try lra.
  replace (ln (INR (length (complete d m r)))) with (2 ^ r * ln (INR d * INR m) - ln (INR d));
  [assumption|].
  assert (L : ln (INR d * INR (length (complete d m r))) = 2 ^ r * ln (INR d * INR m)).
  { rewrite C, ln_pow, pow_INR by nra. cbn [INR]. replace (1 + 1) with 2 by lra. reflexivity. }
  rewrite ln_mult in L by assumption. lra.
Qed.

(** That some tree of depth at most [r], of error [epsilon] or more, agrees with the teacher at each
    draw. There are infinitely many trees, but as functions no more than complete ones. *)
Theorem occam_trees_realizable epsilon delta n :
  distribution D -> (1 <= d)%nat -> (1 <= m)%nat -> 0 < epsilon < 1 -> 0 < delta < 1 ->
  INR n >= - (2 ^ r * ln (INR d * INR m) - ln (INR d) - ln delta) / ln (1 - epsilon) ->
  exists bad : list (nat -> bool) -> bool,
    (forall t s, tree_of d m t -> (depth t <= r)%nat -> epsilon <= error D agrees t ->
       forallb (agrees t) s = true -> bad s = true) /\
    pr (power D n) bad <= delta.
Proof.
  intros law dd mm e de H. exists (fooled D (complete d m r) agrees epsilon).
  split; [|now apply complete_trees_realizable].
  intros t s ok deep err seen. destruct (complete_trees_are_all d m r t dd ok deep) as [u [I E]].
  assert (A : forall x, agrees u x = agrees t x) by (intros x; unfold agrees; now rewrite E).
  apply existsb_exists. exists u. split; [assumption|]. apply andb_true_iff. split.
  - apply at_most_true. unfold error in *. now rewrite (pr_ext _ _ (agrees t)).
  - rewrite forallb_forall in *. intros x J. rewrite A. now apply seen.
Qed.
End Trees.
