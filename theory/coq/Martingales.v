(** Axioms of the catalogue about numbers that are seen step by step: martingales (Azuma), and
    means of draws without replacement (Serfling). *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding Tails Differences Finite.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Lemma mean_negated {A} (D : list (A * R)) f : mean (fun s => - f s) D = - mean f D.
Proof.
  unfold mean. rewrite (sum_ext _ (fun x => -1 * (snd x * f (fst x)))) by (intros; ring).
  rewrite sum_scale. ring.
Qed.

(** From a moment for every slope to a tail: the slope is [t / v]. *)
Lemma tail_of_moments {A} (E : list (A * R)) (Y : A -> R) m v t :
  distribution E -> 0 < v -> 0 <= t ->
  (forall l, 0 <= l -> mean (fun s => exp (l * Y s)) E <= exp (l * m + l ^ 2 * v / 2)) ->
  pr E (fun s => at_most t (Y s - m)) <= exp (- t ^ 2 / (2 * v)).
Proof.
  intros law V t0 M. set (l := t / v).
  assert (L : 0 <= l) by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
  apply Rle_trans with (mean (fun s => exp (l * Y s)) E / exp (l * (m + t))).
  - eapply Rle_trans; [|apply (markov E law (fun s => exp (l * Y s)));
      [intros; left; apply exp_pos|apply exp_pos]].
    apply pr_le; [assumption|]. intros s e. apply at_most_true in e. apply at_most_true.
    apply -> exp_monotone. apply Rmult_le_compat_l; lra.
  - apply Rle_trans with (exp (l * m + l ^ 2 * v / 2) / exp (l * (m + t))).
    + apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, exp_pos|]. now apply M.
    + right. unfold Rdiv at 1. rewrite <- exp_Ropp, <- exp_plus. f_equal. unfold l. field. lra.
Qed.

(** ** Martingales *)
Section Walk.
Context {T : Type} (next : list T -> list (T * R)) (X : list T -> R).

(** What is seen after [n] further steps, the last at the head; the law of a step depends on
    all that was seen before. *)
Fixpoint walk (n : nat) (seen : list T) : list (list T * R) :=
  match n with
  | O => [(seen, 1)]
  | S n' => flat_map (fun x => map (fun s => (fst s, snd x * snd s)) (walk n' (fst x :: seen))) (next seen)
  end.
Definition martingale : Prop :=
  (forall seen, distribution (next seen)) /\
  forall seen, mean (fun t => X (t :: seen)) (next seen) = X seen.
(** The step of each number moves [X] by at most the [bounds] of that number. *)
Definition steps_at_most (bounds : list R) : Prop :=
  forall seen x, In x (next seen) -> Rabs (X (fst x :: seen) - X seen) <= nth (length seen) bounds 0.

Lemma mean_walk n seen (F : list T -> R) :
  mean F (walk (S n) seen) = mean (fun t => mean F (walk n (t :: seen))) (next seen).
Proof.
  unfold mean at 1. cbn [walk]. rewrite sum_flat_map. apply sum_ext. intros x. rewrite sum_map.
  unfold mean. rewrite <- sum_scale. apply sum_ext. intros s. cbn [fst snd]. ring.
Qed.
Lemma walk_law n : (forall seen, distribution (next seen)) -> forall seen, distribution (walk n seen).
Proof.
  intros L. induction n as [|n IH]; intros seen; cbn [walk].
  { split; cbn - [IZR]; [|lra]. intros x [<-|[]]. cbn - [IZR]. lra. }
  destruct (L seen) as [N one]. split.
  - intros y I. apply in_flat_map in I as [x [I J]]. apply in_map_iff in J as [s [<- J]].
    cbn [snd]. destruct (IH (fst x :: seen)) as [M _]. apply Rmult_le_pos; auto.
  - rewrite sum_flat_map. rewrite <- one. apply sum_ext. intros x. rewrite sum_map. cbn [snd].
    rewrite sum_scale. destruct (IH (fst x :: seen)) as [_ S].
    change (sum (fun s => snd s) (walk n (fst x :: seen))) with (sum (@snd (list T) R) (walk n (fst x :: seen))).
    rewrite S. ring.
Qed.
Lemma martingale_mean n : martingale -> forall seen, mean X (walk n seen) = X seen.
Proof.
  intros [L M]. induction n as [|n IH]; intros seen.
  - unfold mean. cbn [walk sum fst snd]. ring.
  - rewrite mean_walk, <- (M seen). unfold mean at 1 3. apply sum_ext. intros x. now rewrite IH.
Qed.
Lemma martingale_moment bounds l : martingale -> steps_at_most bounds -> 0 <= l -> forall n seen,
  mean (fun s => exp (l * X s)) (walk n seen) <=
  exp (l * X seen + l ^ 2 * sum (fun k => nth k bounds 0 ^ 2) (seq (length seen) n) / 2).
Proof.
  intros [L M] B l0. induction n as [|n IH]; intros seen.
  - unfold mean. cbn [walk seq sum fst snd]. right. rewrite Rmult_1_l, Rplus_0_r. f_equal. field.
  - rewrite mean_walk. cbn [seq sum]. set (c := nth (length seen) bounds 0).
    set (V := sum (fun k => nth k bounds 0 ^ 2) (seq (S (length seen)) n)).
    apply Rle_trans with (mean (fun t => exp (l ^ 2 * V / 2) * exp (l * X (t :: seen))) (next seen)).
    + apply mean_le_in; [apply L|]. intros x I. rewrite <- exp_plus.
      eapply Rle_trans; [apply IH|]. right. cbn [length]. fold V. f_equal. ring.
    + replace (mean (fun t => exp (l ^ 2 * V / 2) * exp (l * X (t :: seen))) (next seen))
        with (exp (l ^ 2 * V / 2) * mean (fun t => exp (l * X (t :: seen))) (next seen))
        by (unfold mean; rewrite <- sum_scale; apply sum_ext; intros; ring).
      assert (near : forall x, In x (next seen) -> X seen - c <= X (fst x :: seen) <= X seen - c + 2 * c).
      { intros x I. pose proof (B seen x I) as H. fold c in H. unfold Rabs in H.
        destruct (Rcase_abs _) in H; lra. }
      assert (c0 : 0 <= 2 * c).
      { destruct (L seen) as [_ one]. destruct (next seen) as [|x D] eqn:e; [cbn - [IZR] in one; lra|].
        assert (I : In x (next seen)) by (rewrite e; now left).
        pose proof (near x (or_introl eq_refl)). lra. }
      pose proof (range_moment (next seen) (fun t => X (t :: seen)) (X seen - c) (2 * c) l (L seen) near c0 l0) as H.
      rewrite (M seen) in H.
      apply Rmult_le_compat_l with (r := exp (l ^ 2 * V / 2)) in H; [|left; apply exp_pos].
      eapply Rle_trans; [exact H|]. right. rewrite <- exp_plus. f_equal. field.
Qed.
End Walk.

Lemma squares_of bounds : forall k, sum (fun i => nth (i - k) bounds 0 ^ 2) (seq k (length bounds)) = sum (fun c => c ^ 2) bounds.
Proof.
  induction bounds as [|c cs IH]; intros k; [reflexivity|]. cbn [length seq sum].
  rewrite Nat.sub_diag. cbn [nth]. f_equal. rewrite <- (IH (S k)). apply sum_ext_in.
  intros i I. apply in_seq in I. replace (i - k)%nat with (S (i - S k)) by lia. reflexivity.
Qed.

Theorem azuma {T} (next : list T -> list (T * R)) X bounds t :
  martingale next X -> steps_at_most next X bounds -> 0 < sum (fun c => c ^ 2) bounds -> 0 <= t ->
  let law := walk next (length bounds) [] in
  pr law (fun s => at_most (X s - mean X law) (- t)) <= exp (- t ^ 2 / (2 * sum (fun c => c ^ 2) bounds)) /\
  pr law (fun s => at_most t (X s - mean X law)) <= exp (- t ^ 2 / (2 * sum (fun c => c ^ 2) bounds)).
Proof.
  intros M B V t0 law. set (v := sum (fun c => c ^ 2) bounds) in *.
  assert (E : sum (fun k => nth k bounds 0 ^ 2) (seq 0 (length bounds)) = v).
  { unfold v. rewrite <- (squares_of bounds 0). apply sum_ext. intros. now rewrite Nat.sub_0_r. }
  assert (D : distribution law) by (apply walk_law, M).
  assert (H : mean X law = X []) by (apply martingale_mean; exact M).
  assert (N : martingale next (fun s => - X s)).
  { destruct M as [L M]. split; [exact L|]. intros seen. now rewrite mean_negated, M. }
  assert (C : steps_at_most next (fun s => - X s) bounds).
  { intros seen x I. pose proof (B seen x I) as G. rewrite Rabs_minus_sym in G.
    replace (- X (fst x :: seen) - - X seen) with (X seen - X (fst x :: seen)) by ring. exact G. }
  rewrite H. split.
  - eapply Rle_trans; [|apply (tail_of_moments law (fun s => - X s) (- X []) v t D V t0)].
    + apply pr_le; [exact D|]. intros s e. apply at_most_true in e. apply at_most_true. lra.
    + intros l l0. pose proof (martingale_moment next (fun s => - X s) bounds l N C l0 (length bounds) []) as Q.
      cbn [length] in Q. rewrite E in Q. exact Q.
  - apply (tail_of_moments law X (X []) v t D V t0). intros l l0.
    pose proof (martingale_moment next X bounds l M B l0 (length bounds) []) as Q.
    cbn [length] in Q. rewrite E in Q. exact Q.
Qed.

(** ** Draws without replacement *)
Section Without.
Context {T : Type} (f : T -> R).

Lemma picks_sum (l : list T) p : In p (picks l) -> sum f l = f (fst p) + sum f (snd p).
Proof.
  revert p. induction l as [|x l IH]; cbn [picks]; intros p I; [easy|].
  destruct I as [<-|I]; [reflexivity|]. apply in_map_iff in I as [q [<- I]]. cbn [fst snd sum].
  rewrite (IH q I). ring.
Qed.
Lemma picks_first (g : T -> R) (l : list T) : sum (fun p => g (fst p)) (picks l) = sum g l.
Proof.
  induction l as [|x l IH]; [reflexivity|]. cbn [picks sum fst]. f_equal. rewrite sum_map. exact IH.
Qed.
Lemma picks_member (l : list T) p : In p (picks l) -> In (fst p) l.
Proof.
  revert p. induction l as [|x l IH]; cbn [picks]; intros p I; [easy|].
  destruct I as [<-|I]; [now left|]. apply in_map_iff in I as [q [<- I]]. right. now apply (IH q).
Qed.
Lemma picks_rest (l : list T) p x : In p (picks l) -> In x (snd p) -> In x l.
Proof.
  revert p. induction l as [|y l IH]; cbn [picks]; intros p I J; [easy|].
  destruct I as [<-|I]; [now right|]. apply in_map_iff in I as [q [<- I]]. cbn [snd] in J.
  destruct J as [<-|J]; [now left|]. right. now apply (IH q).
Qed.
Lemma picks_count (l : list T) : length (picks l) = length l.
Proof. induction l as [|x l IH]; [reflexivity|]. cbn [picks length]. now rewrite map_length, IH. Qed.

(** One draw from the list, all of it equally likely. *)
Definition uniformly (l : list T) : list (T * R) := map (fun x => (x, / INR (length l))) l.
Lemma uniformly_law l : l <> [] -> distribution (uniformly l).
Proof.
  intros ne. assert (N : 0 < INR (length l)) by (apply lt_0_INR; destruct l; [easy|cbn; lia]).
  unfold uniformly. split.
  - intros x I. apply in_map_iff in I as [y [<- _]]. cbn [snd]. left. now apply Rinv_0_lt_compat.
  - rewrite sum_map. cbn [snd]. rewrite sum_const. field. lra.
Qed.
Lemma uniformly_mean (g : T -> R) l : mean g (uniformly l) = / INR (length l) * sum g l.
Proof. unfold mean, uniformly. rewrite sum_map. cbn [fst snd]. apply sum_scale. Qed.

(** What of the variance of [n] draws from a list of [N] is left: n (1 - (n - 1) / N). *)
Definition left_over (n N : R) : R := n * (1 - (n - 1) / N).
Lemma left_over_step n N : 1 <= n -> n <= N -> 1 < N ->
  ((N - n) / (N - 1)) ^ 2 + left_over (n - 1) (N - 1) <= left_over n N.
Proof.
  intros n1 nN N1. unfold left_over.
  apply Rmult_le_reg_r with (N * (N - 1) ^ 2); [apply Rmult_lt_0_compat; [lra|apply pow_lt; lra]|].
  apply Rle_trans with (N * (N - n) ^ 2 + (n - 1) * (N - n + 1) * N * (N - 1)); [right; field; lra|].
  apply Rle_trans with (n * (N - n + 1) * (N - 1) ^ 2); [|right; field; lra].
  assert (E : n * (N - n + 1) * (N - 1) ^ 2 - (N * (N - n) ^ 2 + (n - 1) * (N - n + 1) * N * (N - 1)) =
    (N - n) * (n - 1)) by ring.
  assert (0 <= (N - n) * (n - 1)) by (apply Rmult_le_pos; lra). lra.
Qed.

Lemma without_moment : forall n l s,
  (n <= length l)%nat -> (forall x, In x l -> 0 <= f x <= 1) -> 0 <= s ->
  mean (fun d => exp (s * total f d)) (draws n l) <=
  exp (s * (INR n * (sum f l / INR (length l))) + s ^ 2 * left_over (INR n) (INR (length l)) / 8).
Proof.
  induction n as [|n IH]; intros l s le unit s0.
  { unfold mean, total, left_over. cbn [draws sum fst snd INR]. right. rewrite Rmult_1_l, Rplus_0_r.
    f_equal. unfold Rdiv. ring. }
  assert (ne : l <> []) by (intros ->; cbn in le; lia).
  set (N := INR (length l)). assert (N1 : 1 <= N) by (unfold N; replace 1 with (INR 1) by reflexivity; apply le_INR; lia).
  assert (nN : INR (S n) <= N) by (unfold N; now apply le_INR).
  assert (split_first : mean (fun d => exp (s * total f d)) (draws (S n) l) =
    sum (fun p => / N * exp (s * f (fst p)) * mean (fun d => exp (s * total f d)) (draws n (snd p))) (picks l)).
  { unfold mean at 1. cbn [draws]. rewrite sum_flat_map. apply sum_ext. intros p. rewrite sum_map.
    unfold mean. rewrite <- sum_scale. apply sum_ext. intros d. cbn [fst snd]. unfold total. cbn [sum].
    rewrite Rmult_plus_distr_l, exp_plus. fold N. ring. }
  rewrite split_first. set (m := sum f l / N).
  pose proof (uniformly_mean f l) as avg. fold N in avg.
  assert (avg' : mean f (uniformly l) = m) by (rewrite avg; unfold m, Rdiv; ring).
  destruct (Req_dec N 1) as [one|more].
  - (* a single one *)
    assert (n0 : n = O).
    { unfold N in one. replace 1 with (INR 1) in one by reflexivity. apply INR_eq in one. lia. }
    subst n. unfold left_over.
    rewrite (sum_ext _ (fun p => / N * exp (s * f (fst p)))).
    2:{ intros p. unfold mean, total. cbn [draws sum fst snd]. rewrite Rmult_0_r, exp_0. ring. }
    rewrite (picks_first (fun x => / N * exp (s * f x))).
    rewrite sum_scale. change (/ N) with (/ INR (length l)). rewrite <- (uniformly_mean (fun x => exp (s * f x))).
    eapply Rle_trans; [apply (range_moment (uniformly l) f 0 1 s (uniformly_law l ne))|]; try lra; [|].
    + intros x I. apply in_map_iff in I as [y [<- I]]. cbn [fst]. pose proof (unit y I). lra.
    + rewrite avg'. right. f_equal. cbn [INR]. rewrite one. field.
  - assert (big : 1 < N) by lra. set (r := (N - INR (S n)) / (N - 1)).
    assert (r0 : 0 <= r) by (apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
    set (k := s * (INR n * (N * m / (N - 1))) + s ^ 2 * left_over (INR n) (N - 1) / 8).
    apply Rle_trans with (sum (fun p => / N * (exp k * exp (s * r * f (fst p)))) (picks l)).
    + apply sum_le. intros p I. rewrite Rmult_assoc. apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; lra|].
      pose proof (picks_length l p I) as len.
      assert (M : INR (length (snd p)) = N - 1) by (unfold N; rewrite len, S_INR; ring).
      specialize (IH (snd p) s). assert (in_rest : (n <= length (snd p))%nat) by lia.
      specialize (IH in_rest (fun x J => unit x (picks_rest l p x I J)) s0).
      rewrite M in IH. apply Rmult_le_compat_l with (r := exp (s * f (fst p))) in IH; [|left; apply exp_pos].
      eapply Rle_trans; [exact IH|]. right. rewrite <- !exp_plus. f_equal. unfold k, r.
      assert (rest : sum f (snd p) = N * m - f (fst p)).
      { rewrite (picks_sum l p I) in *. unfold m. rewrite (picks_sum l p I). field. lra. }
      rewrite rest, S_INR. field. lra.
    + rewrite (picks_first (fun x => / N * (exp k * exp (s * r * f x)))).
      rewrite (sum_ext _ (fun x => exp k * (/ N * exp (s * r * f x)))) by (intros; ring).
      rewrite sum_scale, sum_scale. change (/ N) with (/ INR (length l)).
      rewrite <- (uniformly_mean (fun x => exp (s * r * f x))).
      assert (sr : 0 <= s * r) by now apply Rmult_le_pos.
      pose proof (range_moment (uniformly l) f 0 1 (s * r) (uniformly_law l ne)) as H.
      assert (U : forall x, In x (uniformly l) -> 0 <= f (fst x) <= 0 + 1).
      { intros x I. apply in_map_iff in I as [y [<- I]]. cbn [fst]. pose proof (unit y I). lra. }
      specialize (H U ltac:(lra) sr). rewrite avg' in H.
      apply Rmult_le_compat_l with (r := exp k) in H; [|left; apply exp_pos].
      eapply Rle_trans; [exact H|]. rewrite <- exp_plus. apply -> exp_monotone.
      pose proof (pos_INR n). assert (n1 : 1 <= INR (S n)) by (rewrite S_INR; lra).
      pose proof (left_over_step (INR (S n)) N n1 nN big) as G. fold r in G.
      replace (INR (S n) - 1) with (INR n) in G by (rewrite S_INR; ring).
      assert (Q : 0 <= s ^ 2) by apply pow2_ge_0.
      apply Rmult_le_compat_l with (r := s ^ 2 / 8) in G; [|lra].
      assert (S1 : s * r * m + s * (INR n * (N * m / (N - 1))) = s * (INR (S n) * m)).
      { unfold r. rewrite S_INR. field. lra. }
      unfold k. rewrite Rpow_mult_distr.
      replace (INR (length l)) with N by reflexivity. lra.
Qed.

(** Serfling: the mean of [n] draws, without replacement. *)
Theorem serfling n l t :
  (1 <= n)%nat -> (n <= length l)%nat -> (forall x, In x l -> 0 <= f x <= 1) -> 0 <= t ->
  pr (draws n l) (fun s => at_most t (total f s / INR n - sum f l / INR (length l))) <=
  exp (- 2 * INR n * t ^ 2 / (1 - (INR n - 1) / INR (length l))).
Proof.
  intros n1 le unit t0. set (N := INR (length l)). set (m := sum f l / N).
  assert (n0 : 1 <= INR n) by (replace 1 with (INR 1) by reflexivity; now apply le_INR).
  assert (nN : INR n <= N) by (unfold N; now apply le_INR).
  assert (q : 0 < 1 - (INR n - 1) / N).
  { apply Rmult_lt_reg_r with N; [lra|]. replace ((1 - (INR n - 1) / N) * N) with (N - INR n + 1) by (field; lra). lra. }
  set (v := left_over (INR n) N / 4).
  assert (V : 0 < v) by (unfold v, left_over; apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra|lra]).
  assert (D : distribution (draws n l)) by now apply (draws_law (fun _ => true)).
  apply Rle_trans with (pr (draws n l) (fun s => at_most (INR n * t) (total f s - INR n * m))).
  - apply pr_le; [exact D|]. intros s e. apply at_most_true in e. apply at_most_true.
    fold N in e. fold m in e. apply Rmult_le_compat_l with (r := INR n) in e; [|lra].
    replace (INR n * (total f s / INR n - m)) with (total f s - INR n * m) in e by (field; lra). exact e.
  - eapply Rle_trans; [apply (tail_of_moments (draws n l) (total f) (INR n * m) v (INR n * t) D V)|].
    + apply Rmult_le_pos; lra.
    + intros s s0. eapply Rle_trans; [apply (without_moment n l s le unit s0)|]. fold N. fold m.
      right. f_equal. unfold v. field.
    + right. f_equal. unfold v, left_over. field. split; [lra|]. split; [|lra].
      intros e. apply (Rlt_irrefl 0). rewrite <- e at 2.
      replace (N - (INR n - 1)) with ((1 - (INR n - 1) / N) * N) by (field; lra).
      apply Rmult_lt_0_compat; lra.
Qed.
End Without.
