(** A tree's class has no parity of more bits than the tree is deep. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Minimax Influences Depth.
Import ListNotations.
Open Scope R_scope.

Fixpoint bit_depth (t : bit_tree) : nat :=
  match t with Says _ => 0 | Asks _ l h => S (Nat.max (bit_depth l) (bit_depth h)) end.
(** The parity of the bits of a list, as -1 or 1. *)
Fixpoint parity (l : list nat) (x : nat -> bool) : R :=
  match l with [] => 1 | i :: l => sign (x i) * parity l x end.

Lemma parity_out v l x : NoDup l -> In v l -> parity l x = sign (x v) * parity (remove Nat.eq_dec v l) x.
Proof.
  induction l as [|i l IH]; intros N I; [destruct I|]. inversion_clear N as [|? ? A B].
  cbn [remove parity]. destruct (Nat.eq_dec v i) as [->|ne].
  - now rewrite notin_remove.
  - destruct I as [E|I]; [congruence|]. cbn [parity]. rewrite (IH B I). ring.
Qed.
Lemma parity_same i l x : ~ In i l -> parity l (flip_bit i x) = parity l x.
Proof.
  induction l as [|j l IH]; intros O; [reflexivity|]. cbn [parity]. rewrite IH by (intros I; apply O; now right).
  unfold flip_bit. destruct (Nat.eqb_spec j i) as [->|_]; [|reflexivity]. exfalso. apply O. now left.
Qed.
Lemma parity_flip i l x : NoDup l -> In i l -> parity l (flip_bit i x) = - parity l x.
Proof.
  intros N I. rewrite (parity_out i l (flip_bit i x)), (parity_out i l x), flip_here by assumption.
  rewrite parity_same by apply remove_In. destruct (x i); cbn; ring.
Qed.

Section Fair.
Context (D : list ((nat -> bool) * R)) (d : nat).
Hypothesis fair : fair_bits d D.

(** Also where a number is weighed in that none of these bits changes. *)
Lemma no_parity t : forall l A, NoDup l -> (forall i, In i l -> (i < d)%nat) -> (forall i x, In i l -> A (flip_bit i x) = A x) ->
  (bit_depth t < length l)%nat -> Minimax.mean (fun x => A x * (sign (value t x) * parity l x)) D = 0.
Proof.
  induction t as [c|v low L high H]; intros l A N few still deep.
  - destruct l as [|i l]; [cbn in deep; lia|]. apply (odd_mean D d fair i); [apply few; now left|].
    intros x. rewrite still, parity_flip by (assumption || now left). cbn [value]. ring.
  - cbn [bit_depth] in deep.
    assert (B : exists rest c, NoDup rest /\ incl rest l /\ ~ In v rest /\ (length l <= S (length rest))%nat /\
      forall x, parity l x = (if x v then 1 else c) * parity rest x).
    { destruct (in_dec Nat.eq_dec v l) as [I|O].
      - exists (remove Nat.eq_dec v l), (-1). repeat split.
        + assert (R : forall k, NoDup k -> NoDup (remove Nat.eq_dec v k)).
          { clear. induction k as [|j k IH]; intros K; cbn [remove]; [constructor|]. inversion_clear K as [|? ? A B].
            destruct (Nat.eq_dec v j); [auto|]. constructor; [|auto]. intros J. apply A. now apply in_remove in J. }
          now apply R.
        + intros i J. now apply in_remove in J.
        + apply remove_In.
        + now rewrite (remove_length v l N I).
        + intros x. rewrite (parity_out v l x N I). destruct (x v); reflexivity.
      - exists l, 1. repeat split; auto using incl_refl. intros x. destruct (x v); ring. }
    destruct B as [rest [c [N' [I [O [long split]]]]]].
    rewrite (mean_ext D _ (fun x => A x * (if x v then 1 else 0) * (sign (value high x) * parity rest x)
      + A x * (if x v then 0 else c) * (sign (value low x) * parity rest x))).
    + rewrite mean_plus, H, L; auto; try lia; [ring| |];
        intros i x J; rewrite still by (now apply I); f_equal; unfold flip_bit;
        destruct (Nat.eqb_spec v i) as [->|_]; auto; contradiction.
    + intros x. cbn [value]. rewrite split. destruct (x v); ring.
Qed.

Theorem depth_degree t l : NoDup l -> (forall i, In i l -> (i < d)%nat) -> Minimax.mean (fun x => sign (value t x) * parity l x) D <> 0 ->
  (length l <= bit_depth t)%nat.
Proof.
  intros N few some. destruct (Nat.le_gt_cases (length l) (bit_depth t)) as [H|H]; [assumption|].
  exfalso. apply some. rewrite <- (no_parity t l (fun _ => 1) N few) by (auto; lia).
  apply mean_ext. intros x. ring.
Qed.
End Fair.
