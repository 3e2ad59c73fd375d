(** Claims that are made in turn, each at a level of its own: Holm's procedure. *)
From Coq Require Import Bool List Reals Lra Lia Arith Permutation.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

Section Turns.
Context {T G : Type} (D : list (T * R)) (tests : list G) (p : G -> T -> R) (wrong : G -> bool) (delta : R).
Hypothesis law : distribution D.

(** The claims that are made of a list, the first of them in turn [i] (from 0): up to one whose
    p-value is above the level of its turn. *)
Fixpoint claimed (i : nat) (l : list G) (t : T) : list G :=
  match l with
  | [] => []
  | g :: l' => if at_most (p g t) (delta / (INR (length tests) - INR i)) then g :: claimed (S i) l' t else []
  end.

Lemma first_wrong b t l i :
  (1 <= b)%nat -> 0 < delta -> (i + length (filter (fun g => negb (wrong g)) l) + b <= length tests)%nat ->
  existsb wrong (claimed i l t) = true ->
  exists g, In g l /\ wrong g = true /\ p g t <= delta / INR b.
Proof.
  intros some d. revert i. induction l as [|g l IH]; intros i few E; cbn [claimed] in E; [discriminate|].
  destruct (at_most (p g t) _) eqn:L; [|discriminate]. apply at_most_true in L.
  cbn [existsb] in E. cbn [filter] in few. destruct (wrong g) eqn:w; cbn [negb] in few.
  - exists g. repeat split; [now left|assumption|]. eapply Rle_trans; [exact L|].
    assert (B : 0 < INR b) by (apply lt_0_INR; lia).
    assert (H : INR b <= INR (length tests) - INR i) by (rewrite <- minus_INR by lia; apply le_INR; lia).
    unfold Rdiv. apply Rmult_le_compat_l; [lra|]. now apply Rinv_le_contravar.
  - cbn [length] in few. cbn [orb] in E. destruct (IH (S i) ltac:(lia) E) as [h [I [A C]]].
    exists h. repeat split; [now right|assumption|assumption].
Qed.

(** In whatever order they are tried: it may hang on the p-values. *)
Theorem holm (order : T -> list G) b :
  (1 <= b)%nat -> 0 < delta < 1 -> length (filter wrong tests) = b ->
  (forall t, Permutation (order t) tests) ->
  (forall g x, In g tests -> wrong g = true -> 0 <= x <= 1 -> pr D (fun t => at_most (p g t) x) <= x) ->
  pr D (fun t => existsb wrong (claimed 0 (order t) t)) <= delta.
Proof.
  intros some d many same level. assert (B : 1 <= INR b) by (apply (le_INR 1) in some; exact some).
  assert (S : 0 <= delta / INR b <= 1).
  { split; [apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|].
    apply Rmult_le_reg_r with (INR b); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  apply Rle_trans with
    (pr D (fun t => existsb (fun g => at_most (p g t) (delta / INR b)) (filter wrong tests))).
  - apply pr_le; [assumption|]. intros t E.
    assert (split : (length (filter wrong tests) + length (filter (fun g => negb (wrong g)) tests))%nat = length tests).
    { clear. induction tests as [|g l IH]; cbn; [reflexivity|]. destruct (wrong g); cbn; lia. }
    assert (even : length (filter (fun g => negb (wrong g)) (order t)) = length (filter (fun g => negb (wrong g)) tests)).
    { specialize (same t). clear - same. induction same as [|x l l' P IH|x y l|l l' l'' P IH Q JH];
        cbn; [reflexivity| | |congruence]; destruct (wrong x); try destruct (wrong y); cbn; congruence. }
    destruct (first_wrong b t (order t) 0 some ltac:(lra) ltac:(lia) E) as [g [I [w L]]].
    apply existsb_exists. exists g. split; [|now apply at_most_true].
    apply filter_In. split; [|assumption]. now apply (Permutation_in _ (same t)).
  - eapply Rle_trans; [now apply (pr_union D law)|].
    apply Rle_trans with (sum (fun _ => delta / INR b) (filter wrong tests)).
    + apply sum_le. intros g I. apply filter_In in I as [I w]. now apply level.
    + rewrite sum_const, many. right. field. lra.
Qed.
End Turns.

(** ** A learner that is told of its mistakes, and takes the first hypothesis that passes *)
Section Survivor.
Context {T G : Type} (D : list (T * R)) (agree : G -> T -> bool) (epsilon : R) (next : list (list T) -> G).
Hypothesis law : distribution D.

(** Each hypothesis hangs on all draws before; that one is taken whose error is [epsilon] or more. *)
Fixpoint taken_wrongly (past blocks : list (list T)) : bool :=
  match blocks with
  | [] => false
  | s :: rest =>
      at_most epsilon (1 - pr D (agree (next past))) && forallb (agree (next past)) s
      || taken_wrongly (past ++ [s]) rest
  end.

Theorem survivor n share k :
  0 <= share ->
  (forall g, epsilon <= 1 - pr D (agree g) -> pr (power D n) (forallb (agree g)) <= share) ->
  forall past, pr (power (power D n) k) (taken_wrongly past) <= INR k * share.
Proof.
  intros some each. pose proof (power_law D n law) as law'. induction k as [|k IH]; intros past.
  - unfold pr. cbn. lra.
  - rewrite pr_step. set (g := next past).
    set (A := fun s => at_most epsilon (1 - pr D (agree g)) && forallb (agree g) s).
    assert (P : pr (power D n) A <= share).
    { unfold A. destruct (at_most epsilon (1 - pr D (agree g))) eqn:e.
      - apply at_most_true in e. cbn [andb]. now apply each.
      - cbn [andb]. rewrite (pr_false (power D n)). assumption. }
    apply Rle_trans with (pr (power D n) A + INR k * share * 1); [|rewrite S_INR; lra].
    rewrite <- (proj2 law'). rewrite <- sum_scale. unfold pr at 2. rewrite <- sum_plus. apply sum_le.
    intros x I. pose proof (proj1 law' x I) as N. cbn [taken_wrongly]. fold g. fold (A (fst x)).
    pose proof (IH (past ++ [fst x])) as H.
    destruct (A (fst x)) eqn:a.
    + pose proof (pr_range (power (power D n) k) (power_law _ k law')
        (fun s => (true || taken_wrongly (past ++ [fst x]) s)%bool)) as Q.
      assert (0 <= INR k * share) by (apply Rmult_le_pos; [apply pos_INR|assumption]). nra.
    + rewrite (pr_ext _ _ (taken_wrongly (past ++ [fst x]))) by reflexivity. nra.
Qed.
End Survivor.
