(** * A point agrees with a leaf of each tree, whatever its neurons' values are. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Trees.
Import ListNotations.
Open Scope Z_scope.

Definition side_of (above : bool) (x : Z) : Prop := if above then 0 <= x else x <= 0.
Section At.
Variable value : Z -> Z.
Definition agrees (p : path) : Prop := Forall (fun s => side_of (snd s) (value (fst s))) p.
Lemma insert_agrees t above p : forall q, insert t above p = Some q -> side_of above (value t) -> agrees p -> agrees q.
Proof.
  induction p as [|[u a] p IH]; intros q E S H; cbn [insert] in E.
  - inversion E; subst. constructor; [exact S|constructor].
  - destruct (t <? u); [inversion E; subst; constructor; assumption|]. destruct (t =? u); [discriminate|].
    destruct (insert t above p) as [q'|] eqn:I; [|discriminate]. inversion E; subst; clear E.
    inversion H; subst. constructor; [assumption|]. apply IH; auto.
Qed.
Lemma leaves_sound most shape : forall tests waiting found ps shape' tests',
  leaves most shape tests waiting found = Some (ps, shape', tests') ->
  incl found ps /\ (Exists (fun x => agrees (snd x)) waiting -> Exists agrees ps).
Proof.
  induction shape as [|x shape IH]; intros tests waiting found ps shape' tests' E.
  - destruct waiting as [|[deep p] waiting]; cbn [leaves] in E; [|discriminate].
    inversion E; subst. split; [intros q I; unfold rev'; rewrite <- rev_alt; apply -> in_rev; exact I|intros H; inversion H].
  - destruct waiting as [|[deep p] waiting]; cbn [leaves] in E.
    { inversion E; subst. split; [intros q I; unfold rev'; rewrite <- rev_alt; apply -> in_rev; exact I|intros H; inversion H]. }
    destruct (x =? 0).
    + apply IH in E. destruct E as [I E]. split; [intros q Hq; apply I; right; exact Hq|].
      intros H. inversion H as [? ? H0|? ? H0]; subst; [|auto]. apply Exists_exists. exists p.
      split; [apply I; left; reflexivity|exact H0].
    + destruct tests as [|t tests]; [discriminate|]. destruct (_ && _); [|discriminate].
      destruct (insert t false p) as [a|] eqn:A; [|discriminate]. destruct (insert t true p) as [b|] eqn:B; [|discriminate].
      apply IH in E. destruct E as [I E]. split; [exact I|]. intros H. apply E.
      inversion H as [? ? H0|? ? H0]; subst; [|right; right; exact H0]. cbn [snd] in H0.
      destruct (Z.le_ge_cases (value t) 0) as [S|S].
      * left. exact (insert_agrees t false p a A S H0).
      * right. left. exact (insert_agrees t true p b B S H0).
Qed.
Lemma all_leaves_sound own : forall shape tests pss, all_leaves own shape tests = Some pss ->
  Forall (Exists agrees) pss.
Proof.
  induction own as [|most own IH]; intros shape tests pss E; cbn [all_leaves] in E.
  - destruct shape, tests; try discriminate. inversion E. constructor.
  - destruct (leaves _ _ _ _ _) as [[[ps shape'] tests']|] eqn:L; [|discriminate].
    destruct (all_leaves own shape' tests') as [rest|] eqn:R; [|discriminate]. inversion E; subst; clear E.
    constructor; [|exact (IH _ _ _ R)]. apply leaves_sound in L. apply L. left. constructor.
Qed.
Lemma read_sound forms widths bs f : read forms widths bs = Some f -> Forall (Exists agrees) (paths f).
Proof.
  unfold read. cbv zeta. intros E.
  repeat match type of E with
  | match ?e with _ => _ end = Some _ => destruct e eqn:?; try discriminate
  end.
  inversion E; subst; cbn [paths].
  match goal with H : all_leaves _ _ _ = Some _ |- _ => exact (all_leaves_sound _ _ _ _ H) end.
Qed.
End At.
