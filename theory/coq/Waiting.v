(** Draws until the [k]-th hit, and a student that leaves some draws unanswered. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Comparing.
Import ListNotations.
Open Scope R_scope.

Section Until.
Context {T : Type} (D : list (T * R)) (B : T -> bool).

(** The number of draws up to the [k]-th in [B]; one more than there are where it does not come. *)
Fixpoint until (k : nat) (s : list T) : nat :=
  match k, s with
  | O, _ => O
  | S _, [] => 1
  | S k', x :: s' => S (until (if B x then k' else k) s')
  end.

Lemma until_none s : until 0 s = O.
Proof. now destruct s. Qed.
Lemma until_at_most k s : (until k s <= S (length s))%nat.
Proof.
  revert k. induction s as [|x s IH]; intros [|k]; cbn [until length]; try lia.
  specialize (IH (if B x then k else S k)). lia.
Qed.
Lemma until_positive k s : (1 <= until (S k) s)%nat.
Proof. destruct s; cbn [until]; lia. Qed.

(** It takes more than [i] draws where fewer than [k] of the first [i] are hits. *)
Lemma until_late k i s :
  (i <= length s)%nat -> (i < until (S k) s)%nat <-> (hits B (firstn i s) <= k)%nat.
Proof.
  revert k s. induction i as [|i IH]; intros k s L.
  - pose proof (until_positive k s). cbn. split; lia.
  - destruct s as [|x s]; cbn [length] in L; [lia|]. cbn [until firstn]. unfold hits in *. cbn [filter].
    destruct (B x).
    + destruct k as [|k]; [rewrite until_none; cbn; lia|]. cbn [length]. rewrite <- Nat.succ_lt_mono.
      rewrite IH by lia. lia.
    + rewrite <- Nat.succ_lt_mono. apply IH. lia.
Qed.

Hypothesis law : distribution D.

Lemma first_draws E i n :
  (i <= n)%nat -> pr (power D n) (fun s => E (firstn i s)) = pr (power D i) E.
Proof.
  revert E n. induction i as [|i IH]; intros E n L.
  - cbn [firstn]. destruct (E []) eqn:e.
    + rewrite pr_true by now apply power_law. unfold pr. cbn - [IZR]. rewrite e. lra.
    + rewrite pr_false. unfold pr. cbn - [IZR]. rewrite e. lra.
  - destruct n as [|n]; [lia|]. rewrite !pr_step. apply sum_ext. intros x. f_equal. cbn [firstn].
    apply (IH (fun s => E (fst x :: s))). lia.
Qed.

Theorem inverse_sampling k last delta (U : nat -> nat -> R) p :
  0 < delta < 1 -> (forall m, is_clopper_pearson m delta (U m)) -> pr D B = p ->
  pr (power D last) (fun s => less (U (until (S k) s - 1)%nat k) p) <= delta.
Proof.
  intros d cp <-. pose proof (pr_range D law B) as P.
  eapply Rle_trans;
    [|apply (rarely_improbable (power D last) (fun s => (S last - until (S k) s)%nat) delta);
      [now apply power_law|lra]].
  apply pr_le_in; [now apply power_law|]. intros s I H. apply less_true in H. apply at_most_true.
  pose proof (drawn D last _ I) as len. pose proof (until_positive k (fst s)) as one.
  pose proof (until_at_most (S k) (fst s)) as most. rewrite len in most.
  set (i := (until (S k) (fst s) - 1)%nat) in *.
  rewrite (pr_ext_in _ _ (fun u => (hits B (firstn i u) <=? k)%nat)).
  - rewrite (first_draws (fun u => (hits B u <=? k)%nat)) by (subst i; lia).
    rewrite hits_are_binomial by assumption.
    destruct (le_lt_dec i k) as [L|L].
    + destruct (cp i k) as [_ [_ E]]. rewrite E in H by assumption. lra.
    + left. now apply (above_the_bound i delta (U i)).
  - intros u J. pose proof (drawn D last _ J) as len'.
    pose proof (until_positive k (fst u)). pose proof (until_at_most (S k) (fst u)) as most'.
    pose proof (until_late k i (fst u) ltac:(subst i; lia)) as late. rewrite len' in most'.
    apply eq_true_iff_eq. rewrite !Nat.leb_le, <- late. subst i. split; lia.
Qed.
End Until.

Section Answers.
Context {T : Type} (D : list (T * R)) (answered wrong : T -> bool).
Hypothesis law : distribution D.
Hypothesis some : 0 < pr D answered.

(** A number drawn as that of [n] coins, each of chance [a]. *)
Fixpoint mix (a : R) (n : nat) (g : nat -> R) : R :=
  match n with
  | O => g O
  | S n' => a * mix a n' (fun m => g (S m)) + (1 - a) * mix a n' g
  end.
Lemma mix_ext a n f g : (forall m, f m = g m) -> mix a n f = mix a n g.
Proof.
  revert f g. induction n as [|n IH]; intros f g H; cbn; [apply H|].
  now rewrite (IH f g), (IH (fun m => f (S m)) (fun m => g (S m))) by (intros; apply H).
Qed.
Lemma mix_sum {X} a n (c : X -> R) (h : X -> nat -> R) l :
  mix a n (fun m => sum (fun x => c x * h x m) l) = sum (fun x => c x * mix a n (h x)) l.
Proof.
  revert h. induction n as [|n IH]; intros h; cbn [mix]; [reflexivity|].
  rewrite (IH h), (IH (fun x m => h x (S m))), <- !sum_scale, <- sum_plus. apply sum_ext. intros x. ring.
Qed.
Lemma mix_at_most a n g c : 0 <= a <= 1 -> (forall m, g m <= c) -> mix a n g <= c.
Proof.
  intros A. revert g. induction n as [|n IH]; intros g H; cbn [mix]; [apply H|].
  pose proof (IH g H). pose proof (IH (fun m => g (S m)) (fun m => H (S m))). nra.
Qed.

(** The draws that are answered are as many independent draws from what is answered. *)
Lemma answered_draws n E :
  pr (power D n) (fun s => E (filter answered s)) =
  mix (pr D answered) n (fun m => pr (power (given D answered) m) E).
Proof.
  revert E. induction n as [|n IH]; intros E; [reflexivity|]. cbn [mix]. rewrite pr_step.
  rewrite (mix_ext _ _ (fun m => pr (power (given D answered) (S m)) E)
    (fun m => sum (fun x => (if answered (fst x) then snd x / pr D answered else 0) *
                            pr (power (given D answered) m) (fun s => E (fst x :: s))) D)).
  - rewrite (mix_sum _ _ (fun x => if answered (fst x) then snd x / pr D answered else 0)
      (fun x m => pr (power (given D answered) m) (fun s => E (fst x :: s)))), <- sum_scale.
    set (c := mix (pr D answered) n (fun m => pr (power (given D answered) m) E)).
    assert (rest : (1 - pr D answered) * c = sum (fun x => if answered (fst x) then 0 else snd x * c) D).
    { rewrite (sum_ext _ (fun x => snd x * (if answered (fst x) then 0 else c)))
        by (intros x; destruct (answered (fst x)); ring).
      rewrite sum_two by assumption. ring. }
    rewrite rest, <- sum_plus. apply sum_ext. intros x. cbn [filter]. destruct (answered (fst x)).
    + rewrite (IH (fun s => E (fst x :: s))). field. lra.
    + rewrite (IH E). fold c. ring.
  - intros m. rewrite pr_step. unfold given at 2. rewrite sum_map, sum_filter. apply sum_ext.
    intros x. cbn [fst snd]. destruct (answered (fst x)); ring.
Qed.

Theorem selective_risk n delta (U : nat -> nat -> R) p :
  0 < delta < 1 -> (forall m, is_clopper_pearson m delta (U m)) -> pr (given D answered) wrong = p ->
  pr (power D n) (fun s => less (U (hits answered s) (hits (fun t => answered t && wrong t)%bool s)) p)
  <= delta.
Proof.
  intros d cp is. assert (law' : distribution (given D answered)) by now apply given_law.
  rewrite (pr_ext _ _ (fun s => (fun l => less (U (length l) (hits wrong l)) p) (filter answered s))).
  - rewrite (answered_draws n (fun l => less (U (length l) (hits wrong l)) p)). apply mix_at_most; [apply pr_range, law|]. intros m.
    rewrite (pr_ext_in _ _ (fun s => less (U m (hits wrong s)) p))
      by (intros s I; now rewrite (drawn _ m s I)).
    now apply (clopper_pearson_bound (given D answered) wrong m delta (U m) p).
  - intros s. unfold hits. do 3 f_equal. induction s as [|x s IH]; [reflexivity|]. cbn [filter].
    destruct (answered x); cbn [andb filter]; [destruct (wrong x); cbn [length]|]; now rewrite ?IH.
Qed.
End Answers.
