(** Axioms of the catalogue about averages: Massart's lemma on sign vectors, and the bounded
    differences of an average of independent copies. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Patterns.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Lemma mean_same {A} (E : list (A * R)) X Y : (forall t, X t = Y t) -> mean X E = mean Y E.
Proof. intros H. apply sum_ext. intros. now rewrite H. Qed.
Lemma power_length {T} (D : list (T * R)) n x : In x (power D n) -> length (fst x) = n.
Proof.
  revert x. induction n as [|n IH]; cbn [power]; intros x I.
  - now destruct I as [<-|[]].
  - apply in_flat_map in I as [t [_ I]]. apply in_map_iff in I as [y [<- I]].
    cbn [fst length]. now rewrite (IH y I).
Qed.

(** ** Sums over the vectors of a set *)
Fixpoint over (n : nat) (m : list bool -> bool) (f : list bool -> R) : R :=
  match n with
  | O => if m [] then f [] else 0
  | S n' => over n' (fun s => m (true :: s)) (fun s => f (true :: s)) +
            over n' (fun s => m (false :: s)) (fun s => f (false :: s))
  end.
Lemma over_constant n c : forall m, over n m (fun _ => c) = INR (count n m) * c.
Proof.
  induction n as [|n IH]; intros m; cbn [over count].
  - destruct (m []); cbn [INR]; ring.
  - rewrite !IH, plus_INR. ring.
Qed.
Lemma over_nonneg n : forall m f, (forall s, 0 <= f s) -> 0 <= over n m f.
Proof.
  induction n as [|n IH]; intros m f P; cbn [over]; [destruct (m []); [apply P|lra]|].
  apply Rplus_le_le_0_compat; apply IH; intros; apply P.
Qed.
Lemma over_member n : forall m f s,
  (forall s, 0 <= f s) -> length s = n -> m s = true -> f s <= over n m f.
Proof.
  induction n as [|n IH]; intros m f [|b s] P L M; try discriminate; cbn [over]; [rewrite M; lra|].
  injection L as L.
  pose proof (over_nonneg n (fun s => m (true :: s)) (fun s => f (true :: s)) ltac:(intros; apply P)).
  pose proof (over_nonneg n (fun s => m (false :: s)) (fun s => f (false :: s)) ltac:(intros; apply P)).
  destruct b.
  - pose proof (IH (fun s => m (true :: s)) (fun s => f (true :: s)) s ltac:(intros; apply P) L M). lra.
  - pose proof (IH (fun s => m (false :: s)) (fun s => f (false :: s)) s ltac:(intros; apply P) L M). lra.
Qed.
Lemma over_le n : forall m f g, (forall s, length s = n -> f s <= g s) -> over n m f <= over n m g.
Proof.
  induction n as [|n IH]; intros m f g H; cbn [over].
  - destruct (m []); [now apply H|lra].
  - apply Rplus_le_compat; apply IH; intros s L; apply H; cbn; now rewrite L.
Qed.
Lemma mean_over {T} (D : list (T * R)) n : forall m (F : list bool -> T -> R),
  mean (fun t => over n m (fun s => F s t)) D = over n m (fun s => mean (F s) D).
Proof.
  induction n as [|n IH]; intros m F; cbn [over].
  - destruct (m []); [reflexivity|]. unfold mean. rewrite (sum_ext _ (fun _ => 0)) by (intros; ring).
    apply sum_zero.
  - rewrite <- !IH. unfold mean. rewrite <- sum_plus. apply sum_ext. intros. ring.
Qed.

(** ** Sign vectors *)
Definition coins (n : nat) : list (list R * R) := product (signs (repeat (1 / 2) n)).
Definition as_sign (b : bool) : R := if b then 1 else -1.

Lemma coins_law n : laws (signs (repeat (1 / 2) n)).
Proof.
  induction n as [|n IH]; [constructor|]. cbn [repeat signs map]. constructor; [|exact IH].
  split; [|cbn - [IZR]; lra]. intros x [<-|[<-|[]]]; cbn - [IZR]; lra.
Qed.
Lemma no_drift cs : drift cs (repeat (1 / 2) (length cs)) = 0.
Proof. induction cs as [|c cs IH]; cbn - [IZR]; [reflexivity|]. rewrite IH. lra. Qed.

(** The moment of a sum of n fair signs. *)
Lemma coin_moment b l :
  0 <= l ->
  mean (fun s => exp (l * signed_sum_of (map as_sign b) s)) (coins (length b)) <=
  exp (l ^ 2 * INR (length b) / 2).
Proof.
  intros L. set (cs := map as_sign b). assert (N : length cs = length b) by apply map_length.
  destruct (signed_sum 0 cs (repeat (1 / 2) (length b))) as [M [ds [B E]]].
  - now rewrite repeat_length.
  - apply Forall_forall. intros p I. apply repeat_spec in I. lra.
  - pose proof (difference_moment _ _ ds l (coins_law (length b)) B L) as H. rewrite M, E in H.
    rewrite <- N in H at 2. rewrite no_drift in H.
    assert (S : sum (fun c => c ^ 2) cs = INR (length b)).
    { rewrite <- N, <- (Rmult_1_r (INR (length cs))), <- sum_const. apply sum_ext_in. intros c I.
      apply in_map_iff in I as [x [<- _]]. destruct x; cbn - [IZR]; lra. }
    rewrite S in H. eapply Rle_trans; [|eapply Rle_trans; [exact H|right; f_equal; field]].
    unfold coins. right. unfold mean. apply sum_ext. intros. now rewrite Rplus_0_l.
Qed.

Lemma mean_exp {T} (D : list (T * R)) Y : distribution D -> exp (mean Y D) <= mean (fun t => exp (Y t)) D.
Proof.
  intros law. set (m := mean Y D).
  apply Rle_trans with (mean (fun t => exp m * Y t + exp m * (1 - m)) D).
  - rewrite (linearity D Y (fun _ => 1 - m)), (mean_constant D law). fold m. lra.
  - apply mean_monotone; [assumption|]. intros t.
    replace (exp (Y t)) with (exp m * exp (Y t - m)) by (rewrite <- exp_plus; f_equal; ring).
    pose proof (exp_bound (Y t - m)). pose proof (exp_pos m). nra.
Qed.

(** The greatest value of a function on a list. *)
Fixpoint greatest {G} (f : G -> R) (first : G) (l : list G) : R :=
  match l with [] => f first | g :: l' => Rmax (f first) (greatest f g l') end.
Lemma greatest_of_one {G} (f : G -> R) l : forall first, exists g, In g (first :: l) /\ greatest f first l = f g.
Proof.
  induction l as [|h l IH]; intros first; cbn [greatest]; [exists first; split; [now left|reflexivity]|].
  destruct (IH h) as [g [I E]]. unfold Rmax. destruct (Rle_dec (f first) (greatest f h l)).
  - exists g. split; [now right|assumption].
  - exists first. split; [now left|reflexivity].
Qed.

Section Massart.
Context {T G : Type} (D : list (T * R)) (first : G) (class : list G) (says : G -> T -> bool).

(** (1/n) Σ σ_i v_i, greatest over the class, on average over n draws and n fair coins. *)
Definition correlation (xs : list T) (s : list R) (g : G) : R :=
  signed_sum_of (map as_sign (pattern says xs g)) s / INR (length xs).
Definition rademacher (n : nat) : R :=
  mean (fun xs => mean (fun s => greatest (correlation xs s) first class) (coins n)) (power D n).

Lemma massart_on xs weight :
  (1 <= length xs)%nat -> 0 < weight ->
  INR (length xs) * weight * mean (fun s => greatest (correlation xs s) first class) (coins (length xs)) <=
  ln (INR (patterns (first :: class) says xs)) + weight ^ 2 * INR (length xs) / 2.
Proof.
  intros one W. set (n := length xs). assert (N : 0 < INR n) by (apply lt_0_INR; unfold n; lia).
  pose proof (product_law _ (coins_law n)) as law. fold (coins n) in law.
  set (Y := fun s => INR n * weight * greatest (correlation xs s) first class).
  replace (INR n * weight * mean (fun s => greatest (correlation xs s) first class) (coins n)) with (mean Y (coins n))
    by (unfold Y, mean; rewrite <- sum_scale; apply sum_ext; intros; ring).
  set (K := patterns (first :: class) says xs).
  assert (one' : 1 <= INR K) by (apply (le_INR 1), some_pattern; discriminate).
  assert (H : exp (mean Y (coins n)) <= INR K * exp (weight ^ 2 * INR n / 2)).
  2: { apply log_monotone in H; [|apply exp_pos|apply Rmult_lt_0_compat; [lra|apply exp_pos]].
       rewrite ln_exp, ln_mult, ln_exp in H by (try apply exp_pos; lra). exact H. }
  eapply Rle_trans; [now apply mean_exp|].
  set (m := is_pattern (first :: class) says xs).
  apply Rle_trans with (mean (fun s => over n m (fun b => exp (weight * signed_sum_of (map as_sign b) s))) (coins n)).
  - apply mean_monotone; [assumption|]. intros s. unfold Y.
    destruct (greatest_of_one (correlation xs s) class first) as [g [I ->]]. unfold correlation. fold n.
    replace (INR n * weight * (signed_sum_of (map as_sign (pattern says xs g)) s / INR n))
      with (weight * signed_sum_of (map as_sign (pattern says xs g)) s) by (field; lra).
    apply (over_member n m (fun b => exp (weight * signed_sum_of (map as_sign b) s))).
    + intros. left. apply exp_pos.
    + apply map_length.
    + apply is_pattern_true. now exists g.
  - rewrite mean_over. unfold K, patterns. fold n m. rewrite <- over_constant. apply over_le.
    intros b L. rewrite <- L. apply coin_moment. lra.
Qed.

(** [growth]: no n points have more patterns. *)
Theorem massart n growth weight :
  distribution D -> (1 <= n)%nat -> 0 < weight ->
  (forall xs, length xs = n -> INR (patterns (first :: class) says xs) <= growth) ->
  INR n * rademacher n * weight <= ln growth + weight ^ 2 * INR n / 2.
Proof.
  intros law one W most. pose proof (power_law D n law) as law'. set (c := ln growth + weight ^ 2 * INR n / 2).
  set (F := fun xs => mean (fun s => greatest (correlation xs s) first class) (coins n)).
  replace (INR n * rademacher n * weight) with (mean (fun xs => INR n * weight * F xs) (power D n)).
  2: { change (rademacher n) with (mean F (power D n)). unfold mean.
       rewrite (sum_ext _ (fun x => INR n * weight * (snd x * F (fst x)))) by (intros; ring).
       rewrite sum_scale. ring. }
  rewrite <- (mean_constant _ law' c). apply mean_le_in; [assumption|]. intros x I.
  pose proof (power_length _ _ _ I) as len.
  unfold F, c. rewrite <- len. eapply Rle_trans; [apply massart_on; [lia|assumption]|].
  apply Rplus_le_compat_r. pose proof (most (fst x) len) as M.
  assert (1 <= INR (patterns (first :: class) says (fst x))) by (apply (le_INR 1), some_pattern; discriminate).
  apply -> log_monotone; lra.
Qed.
End Massart.

(** ** The average of independent copies *)
Section Copies.
Context {T : Type} (Ds : list (list (T * R))) (f : list T -> R).

Definition copies (n : nat) : list (list (T * R)) := concat (repeat Ds n).
Fixpoint total_of (n : nat) (s : list T) : R :=
  match n with
  | O => 0
  | S n' => f (firstn (length Ds) s) + total_of n' (skipn (length Ds) s)
  end.
(** The average of [f] over [n] successive outcomes of [product Ds]. *)
Definition average (n : nat) (s : list T) : R := total_of n s / INR n.

Lemma mean_append (Es : list (list (T * R))) (F : list T -> R) : forall Cs,
  mean F (product (Cs ++ Es)) = mean (fun a => mean (fun b => F (a ++ b)) (product Es)) (product Cs).
Proof.
  intros Cs. revert F. induction Cs as [|D Cs IH]; intros F; cbn [app].
  - unfold mean at 2. cbn [product sum fst snd app]. rewrite Rmult_1_l, Rplus_0_r. reflexivity.
  - rewrite !mean_product. unfold mean at 1 3. apply sum_ext. intros x. f_equal.
    rewrite (IH (fun s => F (fst x :: s))). reflexivity.
Qed.

Lemma mean_ext_in {A} (D : list (A * R)) X Y :
  (forall x, In x D -> X (fst x) = Y (fst x)) -> mean X D = mean Y D.
Proof. intros H. apply sum_ext_in. intros x I. now rewrite H. Qed.

Lemma mean_total_of n : laws Ds -> mean (total_of n) (product (copies n)) = INR n * mean f (product Ds).
Proof.
  intros W. induction n as [|n IH].
  - unfold mean. cbn [copies repeat concat product sum fst snd total_of]. change (INR 0) with 0. ring.
  - change (copies (S n)) with (Ds ++ copies n). rewrite mean_append, S_INR.
    assert (L : laws (copies n)).
    { clear IH. induction n as [|n I]; [constructor|]. apply Forall_app. now split. }
    transitivity (mean (fun a => 1 * f a + 1 * (INR n * mean f (product Ds))) (product Ds)).
    + apply mean_ext_in. intros x I. apply product_possible in I. apply Forall2_length in I.
      transitivity (mean (fun b => 1 * f (fst x) + 1 * total_of n b) (product (copies n))).
      * apply mean_ext_in. intros y _. cbn [total_of]. rewrite <- I, firstn_app, skipn_app, Nat.sub_diag.
        rewrite firstn_all, skipn_all. cbn [firstn skipn app]. rewrite app_nil_r. ring.
      * rewrite (linearity (product (copies n)) (fun _ => f (fst x))), IH.
        rewrite (mean_constant _ (product_law _ L)). reflexivity.
    + rewrite (linearity (product Ds) f), (mean_constant _ (product_law _ W)). ring.
Qed.

Lemma possible_append (s : list T) : forall Cs Es : list (list (T * R)), possible s (Cs ++ Es) ->
  possible (firstn (length Cs) s) Cs /\ possible (skipn (length Cs) s) Es.
Proof.
  induction s as [|x s IH]; intros [|D Cs] Es P; cbn [app length firstn skipn] in *.
  - split; [constructor|assumption].
  - inversion P.
  - split; [constructor|assumption].
  - inversion P; subst. destruct (IH Cs Es H4). split; [now constructor|assumption].
Qed.

Lemma moves_total cs n : moves f Ds cs -> moves (total_of n) (copies n) (concat (repeat cs n)).
Proof.
  intros [L M]. induction n as [|n [L' IH]].
  - split; [reflexivity|]. intros b t u a P. exfalso. apply Forall2_length in P. cbn in P.
    rewrite app_length in P. cbn in P. lia.
  - change (copies (S n)) with (Ds ++ copies n). change (concat (repeat cs (S n))) with (cs ++ concat (repeat cs n)).
    split; [rewrite !app_length; congruence|]. intros b t u a P Q.
    apply possible_append in P as [P P'], Q as [Q Q']. cbn [total_of].
    rewrite !firstn_app, !skipn_app in *. destruct (Nat.le_gt_cases (length Ds) (length b)) as [H|H].
    + replace (length Ds - length b)%nat with O in * by lia. cbn [firstn skipn] in *.
      specialize (IH _ _ _ _ P' Q'). rewrite app_nth2 by lia. rewrite skipn_length in IH. rewrite L. lra.
    + rewrite (firstn_all2 b), (skipn_all2 b) in * by lia.
      destruct (length Ds - length b)%nat as [|k] eqn:E; [lia|]. cbn [firstn skipn app] in *.
      specialize (M _ _ _ _ P Q). rewrite app_nth1 by lia. lra.
Qed.

Theorem average_differences influence n :
  laws Ds -> bounded_differences f Ds influence -> (1 <= n)%nat ->
  mean (average n) (product (copies n)) = mean f (product Ds) /\
  bounded_differences (average n) (copies n) (influence / INR n).
Proof.
  intros W [cs [M <-]] one. assert (N : 0 < INR n) by (apply lt_0_INR; lia). split.
  - transitivity (/ INR n * mean (total_of n) (product (copies n))).
    + unfold average, mean. rewrite <- sum_scale. apply sum_ext. intros. unfold Rdiv. ring.
    + rewrite mean_total_of by assumption. field. lra.
  - destruct (moves_total cs n M) as [L H]. exists (map (fun c => c / INR n) (concat (repeat cs n))). split.
    + split; [now rewrite map_length|]. intros b t u a P Q. specialize (H b t u a P Q).
      assert (E : forall k l, nth k (map (fun c => c / INR n) l) 0 = nth k l 0 / INR n).
      { intros k l. rewrite <- (map_nth (fun c => c / INR n)). f_equal. unfold Rdiv. ring. }
      rewrite E. unfold average, Rdiv. rewrite <- Rmult_minus_distr_r.
      apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|assumption].
    + rewrite sum_map. transitivity (/ INR n ^ 2 * sum (fun c => c ^ 2) (concat (repeat cs n))).
      { rewrite <- sum_scale. apply sum_ext. intros c. field. lra. }
      assert (S : forall k, sum (fun c => c ^ 2) (concat (repeat cs k)) = INR k * sum (fun c => c ^ 2) cs).
      { induction k as [|k IH]; [cbn - [IZR]; ring|]. cbn [repeat concat]. rewrite sum_app, IH, S_INR. ring. }
      rewrite S. field. lra.
Qed.
End Copies.
