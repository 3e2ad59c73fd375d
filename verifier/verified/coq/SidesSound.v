(** * Sides are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound
  Strips StripsSound Cases CasesSound Sides.
Import ListNotations.
Open Scope Z_scope.

Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Variables (c : cell) (p : point) (ys : list vec).
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Variables (n n' : view) (unit up : Z) (fs : list vec).
Hypothesis Hup : 0 < up.
Hypothesis Hl : loose (ready n) = true \/ M = 1.
Hypothesis Hr : Forall (fun v => (v < length c)%nat) (sees n).
Hypothesis HS : 0 < scale_out n.
Lemma one_side_right strict k s : told M ys strict n k -> one_side strict unit up fs c n s (enclosed usual n c) = true ->
  claim_right M unit fs k s ys.
Proof.
  intros Ht.
  apply (in_tries_right M HM c p ys Hc Hp Hy n Hl Hr); [|apply (enclosed_encls M HM) with (p := p); assumption].
  intros e keep es He. apply (one_from_right M HM unit up fs c p ys Hup Hc Hp Hy strict k); try assumption.
  intros es' X. split; apply (alone_hold M HM); exact X.
Qed.
Hypothesis Hl' : loose (ready n') = true \/ M = 1.
Hypothesis Hr' : Forall (fun v => (v < length c)%nat) (sees n').
Hypothesis HS' : 0 < scale_out n'.
Variables (strict : bool) (k k' : Z).
Hypothesis Ht : told M ys strict n k.
Hypothesis Ht' : told M ys strict n' k'.
Lemma two_sides_by_right again s : pairs_hold M ys n n' again ->
  two_sides_by strict again unit up fs c n n' s (fst (both_enclosed usual n n' c)) (snd (both_enclosed usual n n' c)) = true ->
  claim_right M unit fs k s ys /\ claim_right M unit fs k' s ys.
Proof.
  intros L. apply (in_both_tries_right M HM c p ys Hc Hp Hy n n' Hl Hr Hl' Hr'). intros e keep es es' He He' H.
  destruct (two_from_right M HM unit up fs c p ys Hup Hc Hp Hy n n' Hl Hl' Hr Hr' HS HS' strict k k' Ht Ht' _ _ e keep s s 0 _ _
    (both_kinds_hold M HM ys n n' SLOPES) L He He' H) as (A & B & _). split; assumption.
Qed.
Lemma two_sides_right s :
  two_sides strict unit up fs c n n' s (fst (both_enclosed usual n n' c)) (snd (both_enclosed usual n n' c)) = true ->
  claim_right M unit fs k s ys /\ claim_right M unit fs k' s ys.
Proof.
  intros H. apply orb_true_iff in H. destruct H as [H|H]; (eapply two_sides_by_right; [|exact H]);
    [apply both_kinds_hold|apply all_kinds_hold]; exact HM.
Qed.
End At.
