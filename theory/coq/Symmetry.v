(** The axiom of symmetrisation: how far the errors of a class exceed what draws show, on average, is
    at most the greatest correlation of the students with fair coins. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns Averages.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Section Greatest.
Context {G : Type}.
Lemma greatest_le (f h : G -> R) l : forall first, (forall g, f g <= h g) -> greatest f first l <= greatest h first l.
Proof.
  induction l as [|x l IH]; intros first H; cbn [greatest]; [apply H|].
  apply Rmax_lub; [eapply Rle_trans; [apply H|apply Rmax_l]|eapply Rle_trans; [apply (IH x H)|apply Rmax_r]].
Qed.
Lemma greatest_ext (f h : G -> R) l first : (forall g, f g = h g) -> greatest f first l = greatest h first l.
Proof. intros H. apply Rle_antisym; apply greatest_le; intros g; rewrite H; lra. Qed.
Lemma greatest_above (f : G -> R) l : forall first g, In g (first :: l) -> f g <= greatest f first l.
Proof.
  induction l as [|x l IH]; intros first g I; cbn [greatest].
  - destruct I as [<-|[]]. lra.
  - destruct I as [<-|I]; [apply Rmax_l|]. eapply Rle_trans; [apply (IH x g I)|apply Rmax_r].
Qed.
Lemma greatest_lub (f : G -> R) l first c : (forall g, In g (first :: l) -> f g <= c) -> greatest f first l <= c.
Proof. intros H. destruct (greatest_of_one f l first) as [g [I ->]]. now apply H. Qed.
Lemma greatest_plus (f h : G -> R) l first :
  greatest (fun g => f g + h g) first l <= greatest f first l + greatest h first l.
Proof. apply greatest_lub. intros g I. apply Rplus_le_compat; now apply greatest_above. Qed.
Lemma greatest_shift (f : G -> R) c l first : greatest (fun g => f g + c) first l = greatest f first l + c.
Proof.
  apply Rle_antisym.
  - apply greatest_lub. intros g I. apply Rplus_le_compat_r. now apply greatest_above.
  - destruct (greatest_of_one f l first) as [g [I ->]]. now apply (greatest_above (fun g => f g + c)).
Qed.
Lemma greatest_scale (f : G -> R) c l first : 0 <= c -> greatest (fun g => c * f g) first l = c * greatest f first l.
Proof.
  intros C. apply Rle_antisym.
  - apply greatest_lub. intros g I. apply Rmult_le_compat_l; [assumption|]. now apply greatest_above.
  - destruct (greatest_of_one f l first) as [g [I ->]]. now apply (greatest_above (fun g => c * f g)).
Qed.
Lemma greatest_mean {T} (D : list (T * R)) (B : T -> G -> R) l first :
  distribution D -> greatest (fun g => mean (fun t => B t g) D) first l <= mean (fun t => greatest (B t) first l) D.
Proof.
  intros law. apply greatest_lub. intros g I. apply mean_monotone; [assumption|]. intros t. now apply greatest_above.
Qed.
End Greatest.

Section Symmetry.
Context {T G : Type} (D : list (T * R)) (first : G) (class : list G).
Hypothesis law : distribution D.
Local Notation best A := (greatest A first class).

(** [A] has been gathered; n differences of two draws are to come, or n draws with fair coins. *)
Fixpoint paired (w : G -> T -> R) (n : nat) (A : G -> R) : R :=
  match n with
  | O => best A
  | S n' => mean (fun x => mean (fun y => paired w n' (fun g => A g + (w g y - w g x))) D) D
  end.
Fixpoint tossed (w : G -> T -> R) (n : nat) (A : G -> R) : R :=
  match n with
  | O => best A
  | S n' => mean (fun x => 1 / 2 * tossed w n' (fun g => A g + w g x) + 1 / 2 * tossed w n' (fun g => A g - w g x)) D
  end.

Lemma mean_swap (F : T -> T -> R) : mean (fun x => mean (fun y => F x y) D) D = mean (fun y => mean (fun x => F x y) D) D.
Proof.
  unfold mean. rewrite (sum_ext _ (fun x => sum (fun y => snd x * (snd y * F (fst x) (fst y))) D))
    by (intros; now rewrite <- sum_scale).
  rewrite sum_swap. apply sum_ext. intros y. rewrite <- sum_scale. apply sum_ext. intros. ring.
Qed.
Lemma mean_two a b X Y : mean (fun t => a * X t + b * Y t) D = a * mean X D + b * mean Y D.
Proof. apply (linearity D X Y). Qed.

Lemma paired_ext w n : forall A B, (forall g, A g = B g) -> paired w n A = paired w n B.
Proof.
  induction n as [|n IH]; intros A B H; cbn [paired]; [now apply greatest_ext|].
  apply mean_same. intros x. apply mean_same. intros y. apply IH. intros g. now rewrite H.
Qed.
Lemma tossed_ext w n : forall A B, (forall g, A g = B g) -> tossed w n A = tossed w n B.
Proof.
  induction n as [|n IH]; intros A B H; cbn [tossed]; [now apply greatest_ext|].
  apply mean_same. intros x.
  rewrite (IH (fun g => A g + w g x) (fun g => B g + w g x)), (IH (fun g => A g - w g x) (fun g => B g - w g x));
    [reflexivity|intros g; now rewrite H..].
Qed.
Lemma tossed_shift w n : forall A c, tossed w n (fun g => A g + c) = tossed w n A + c.
Proof.
  induction n as [|n IH]; intros A c; cbn [tossed]; [apply greatest_shift|].
  set (F := fun x => 1 / 2 * tossed w n (fun g => A g + w g x) + 1 / 2 * tossed w n (fun g => A g - w g x)).
  transitivity (mean (fun x => 1 * F x + 1 * c) D); [|rewrite mean_two, (mean_constant D law); ring].
  apply mean_same. intros x. unfold F.
  rewrite (tossed_ext w n (fun g => A g + c + w g x) (fun g => A g + w g x + c)) by (intros; ring).
  rewrite (tossed_ext w n (fun g => A g + c - w g x) (fun g => A g - w g x + c)) by (intros; ring).
  rewrite !IH. field.
Qed.

(** A second sample instead of the errors. *)
Lemma paired_convex w n : forall B : T -> G -> R,
  paired w n (fun g => mean (fun z => B z g) D) <= mean (fun z => paired w n (B z)) D.
Proof.
  induction n as [|n IH]; intros B; cbn [paired]; [now apply greatest_mean|].
  rewrite mean_swap with (F := fun z x => mean (fun y => paired w n (fun g => B z g + (w g y - w g x))) D).
  apply mean_monotone; [assumption|]. intros x.
  rewrite mean_swap with (F := fun z y => paired w n (fun g => B z g + (w g y - w g x))).
  apply mean_monotone; [assumption|]. intros y.
  eapply Rle_trans; [|apply (IH (fun z g => B z g + (w g y - w g x)))].
  right. apply paired_ext. intros g.
  transitivity (mean (fun z => 1 * B z g + 1 * (w g y - w g x)) D).
  - rewrite mean_two, (mean_constant D law). ring.
  - apply mean_same. intros. ring.
Qed.

Lemma second_sample w n : forall A,
  mean (fun xs => best (fun g => A g + (INR n * mean (w g) D - total (w g) xs))) (power D n) <= paired w n A.
Proof.
  induction n as [|n IH]; intros A; cbn [paired].
  - unfold mean, total. cbn [power sum fst snd]. right. rewrite Rmult_1_l, Rplus_0_r. apply greatest_ext.
    intros g. change (INR 0) with 0. ring.
  - rewrite mean_step. apply mean_monotone; [assumption|]. intros x.
    eapply Rle_trans; [|apply (paired_convex w n (fun y g => A g + (w g y - w g x)))].
    eapply Rle_trans; [|eapply Rle_trans; [apply (IH (fun g => A g + (mean (w g) D - w g x)))|]].
    + right. apply mean_same. intros s. apply greatest_ext. intros g. unfold total. cbn [sum]. rewrite S_INR. ring.
    + right. apply paired_ext. intros g.
      transitivity (mean (fun y => 1 * w g y + 1 * (A g - w g x)) D).
      * rewrite mean_two, (mean_constant D law). ring.
      * apply mean_same. intros. ring.
Qed.

(** The two draws of a pair may change places: a fair coin says whether they do. *)
Lemma coins_for_pairs w n : forall A B, paired w n (fun g => A g + B g) <= tossed w n A + tossed w n B.
Proof.
  induction n as [|n IH]; intros A B; cbn [paired tossed]; [apply greatest_plus|].
  set (F := fun x y => paired w n (fun g => A g + B g + (w g y - w g x))).
  apply Rle_trans with (1 / 2 * mean (fun x => mean (F x) D) D + 1 / 2 * mean (fun y => mean (fun x => F x y) D) D).
  { rewrite <- (mean_swap F). right. unfold F. field. }
  set (P := fun x => tossed w n (fun g => A g + w g x)). set (Q := fun x => tossed w n (fun g => A g - w g x)).
  set (P' := fun x => tossed w n (fun g => B g + w g x)). set (Q' := fun x => tossed w n (fun g => B g - w g x)).
  match goal with |- _ <= ?r => replace r with
    (1 / 2 * mean P D + 1 / 2 * mean Q D + (1 / 2 * mean P' D + 1 / 2 * mean Q' D))
    by (rewrite <- !mean_two; reflexivity) end.
  assert (first_half : mean (fun x => mean (F x) D) D <= mean P D + mean Q' D).
  { apply Rle_trans with (mean (fun x => 1 * mean P D + 1 * Q' x) D).
    - apply mean_monotone; [assumption|]. intros x.
      apply Rle_trans with (mean (fun y => 1 * P y + 1 * Q' x) D).
      + apply mean_monotone; [assumption|]. intros y. unfold F, P, Q'. rewrite !Rmult_1_l.
        eapply Rle_trans; [|apply (IH (fun g => A g + w g y) (fun g => B g - w g x))].
        right. apply paired_ext. intros g. ring.
      + right. rewrite mean_two, (mean_constant D law). reflexivity.
    - right. rewrite mean_two, (mean_constant D law). ring. }
  assert (second_half : mean (fun y => mean (fun x => F x y) D) D <= mean Q D + mean P' D).
  { apply Rle_trans with (mean (fun y => 1 * mean Q D + 1 * P' y) D).
    - apply mean_monotone; [assumption|]. intros y.
      apply Rle_trans with (mean (fun x => 1 * Q x + 1 * P' y) D).
      + apply mean_monotone; [assumption|]. intros x. unfold F, Q, P'. rewrite !Rmult_1_l.
        eapply Rle_trans; [|apply (IH (fun g => A g - w g x) (fun g => B g + w g y))].
        right. apply paired_ext. intros g. ring.
      + right. rewrite mean_two, (mean_constant D law). reflexivity.
    - right. rewrite mean_two, (mean_constant D law). ring. }
  lra.
Qed.

Context (says : G -> T -> bool) (teacher : T -> bool).
Definition mistaken (g : G) (t : T) : bool := xorb (says g t) (teacher t).
Definition loss (g : G) (t : T) : R := if mistaken g t then 1 else 0.
Definition half_sign (g : G) (t : T) : R := / 2 * as_sign (says g t).

(** [g <> f] is (1 - f g)/2 for signs, and a coin forgets 1/2 and the teacher. *)
Lemma forget_teacher n : forall A, tossed loss n A = tossed half_sign n A.
Proof.
  induction n as [|n IH]; intros A; cbn [tossed]; [reflexivity|]. apply mean_same. intros x. rewrite <- !IH.
  set (s := fun g => half_sign g x).
  assert (E : forall g, loss g x = (if teacher x then - s g else s g) + / 2 /\
    - loss g x = (if teacher x then s g else - s g) + - / 2).
  { intros g. unfold loss, mistaken, s, half_sign, as_sign. destruct (says g x), (teacher x); cbn [xorb]; lra. }
  rewrite (tossed_ext loss n (fun g => A g + loss g x) (fun g => A g + (if teacher x then - s g else s g) + / 2))
    by (intros g; rewrite (proj1 (E g)); ring).
  rewrite (tossed_ext loss n (fun g => A g - loss g x) (fun g => A g + (if teacher x then s g else - s g) + - / 2))
    by (intros g; unfold Rminus; rewrite (proj2 (E g)); ring).
  rewrite !tossed_shift. destruct (teacher x).
  - rewrite (tossed_ext loss n (fun g => A g + - s g) (fun g => A g - s g)) by (intros; ring). unfold s. ring.
  - rewrite (tossed_ext loss n (fun g => A g + - s g) (fun g => A g - s g)) by (intros; ring). unfold s. ring.
Qed.

Lemma tossed_is n : forall A,
  mean (fun xs => mean (fun s => best (fun g => A g + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s))
    (coins n)) (power D n) = tossed half_sign n A.
Proof.
  induction n as [|n IH]; intros A; cbn [tossed].
  - unfold mean. cbn [power coins repeat signs map product sum fst snd]. rewrite !Rmult_1_l, !Rplus_0_r.
    apply greatest_ext. intros g. cbn [pattern map signed_sum_of]. ring.
  - rewrite mean_step. apply mean_same. intros x. rewrite <- !IH.
    rewrite <- (linearity (power D n)). apply mean_same. intros xs.
    unfold coins at 1. cbn [repeat signs map]. rewrite mean_product. unfold mean at 1. cbn [sum fst snd].
    fold (signs (repeat (1 / 2) n)). fold (coins n).
    assert (E : forall c, mean (fun s => best (fun g => A g + / 2 * signed_sum_of (map as_sign (pattern says (x :: xs) g)) (c :: s)))
      (coins n) = mean (fun s => best (fun g => A g + c * half_sign g x + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s))
      (coins n)).
    { intros c. apply mean_same. intros s. apply greatest_ext. intros g. unfold half_sign.
      cbn [pattern map signed_sum_of]. unfold pattern. ring. }
    rewrite !E. clear E.
    assert (P : forall s, best (fun g => A g + 1 * half_sign g x + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s) =
      best (fun g => A g + half_sign g x + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s))
      by (intros; apply greatest_ext; intros; ring).
    assert (Q : forall s, best (fun g => A g + -1 * half_sign g x + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s) =
      best (fun g => A g - half_sign g x + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s))
      by (intros; apply greatest_ext; intros; ring).
    rewrite (mean_same _ _ _ P), (mean_same _ _ _ Q). field.
Qed.

Theorem symmetrization n :
  (1 <= n)%nat ->
  mean (fun xs => best (fun g => pr D (mistaken g) - INR (hits (mistaken g) xs) / INR n)) (power D n) <=
  2 * (rademacher D first class says n / 2).
Proof.
  intros one. assert (N : 0 < INR n) by (apply lt_0_INR; lia).
  assert (H : forall g xs, total (loss g) xs = INR (hits (mistaken g) xs)).
  { intros g xs. unfold total, hits, loss. induction xs as [|x xs IH]; [reflexivity|]. cbn [sum filter].
    rewrite IH. destruct (mistaken g x); cbn [length]; rewrite ?S_INR; ring. }
  assert (M : forall g, mean (loss g) D = pr D (mistaken g)).
  { intros g. unfold mean, pr, loss. apply sum_ext. intros x. destruct (mistaken g (fst x)); ring. }
  set (Z := fun _ : G => 0).
  apply Rmult_le_reg_l with (INR n); [assumption|].
  apply Rle_trans with (mean (fun xs => best (fun g => Z g + (INR n * mean (loss g) D - total (loss g) xs))) (power D n)).
  { right. unfold mean at 1 2. rewrite <- sum_scale. apply sum_ext. intros x.
    transitivity (snd x * (INR n * best (fun g => pr D (mistaken g) - INR (hits (mistaken g) (fst x)) / INR n))); [ring|].
    f_equal. rewrite <- greatest_scale by lra. apply greatest_ext. intros g. rewrite M, H. unfold Z. field. lra. }
  eapply Rle_trans; [apply second_sample|].
  apply Rle_trans with (paired loss n (fun g => Z g + Z g)); [right; apply paired_ext; intros; unfold Z; ring|].
  eapply Rle_trans; [apply coins_for_pairs|]. rewrite forget_teacher, <- tossed_is.
  assert (E : mean (fun xs => mean (fun s => best (fun g => Z g + / 2 * signed_sum_of (map as_sign (pattern says xs g)) s))
    (coins n)) (power D n) = INR n / 2 * rademacher D first class says n).
  { unfold rademacher. unfold mean at 1 3. rewrite <- sum_scale. apply sum_ext_in. intros x I.
    pose proof (power_length _ _ _ I) as len.
    transitivity (snd x * (INR n / 2 * mean (fun s => best (correlation says (fst x) s)) (coins n))); [|ring].
    f_equal. unfold mean. rewrite <- sum_scale. apply sum_ext. intros s.
    transitivity (snd s * (INR n / 2 * best (correlation says (fst x) (fst s)))); [|ring]. f_equal.
    rewrite <- greatest_scale by lra. apply greatest_ext. intros g. unfold Z, correlation. rewrite len. field. lra. }
  rewrite E. right. field.
Qed.
End Symmetry.
