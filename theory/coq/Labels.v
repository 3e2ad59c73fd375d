(** Patterns of several labels: how many there are, by the Natarajan dimension. *)
From Coq Require Import Bool List Reals Lra Lia Arith FinFun.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

(** A set of points with two labels for each, and a choice of one of the two at each: does a pattern
    make it? [None] is a point that is not in the set. *)
Fixpoint makes (q : list (option (nat * nat))) (b : list bool) (s : list nat) : Prop :=
  match q, s with
  | [], [] => b = []
  | None :: q', _ :: s' => makes q' b s'
  | Some (i, j) :: q', x :: s' =>
      match b with c :: b' => x = (if c then i else j) /\ makes q' b' s' | [] => False end
  | _, _ => False
  end.
Fixpoint points_of (q : list (option (nat * nat))) : nat :=
  match q with [] => O | None :: q' => points_of q' | Some _ :: q' => S (points_of q') end.
Definition two_labels (q : list (option (nat * nat))) : Prop := forall i j, In (Some (i, j)) q -> i <> j.
Definition all_choices (P : list (list nat)) (q : list (option (nat * nat))) : Prop :=
  two_labels q /\ forall b, length b = points_of q -> exists s, In s P /\ makes q b s.
Definition natarajan_at_most (n v : nat) (P : list (list nat)) : Prop :=
  forall q, length q = n -> all_choices P q -> (points_of q <= v)%nat.

Definition same : forall a b : list nat, {a = b} + {a <> b} := list_eq_dec Nat.eq_dec.
Definition has (P : list (list nat)) (s : list nat) : bool := if in_dec same s P then true else false.
Lemma has_true P s : has P s = true <-> In s P.
Proof. unfold has. destruct (in_dec same s P); split; intros; auto; discriminate || contradiction. Qed.

Section Labels.
Context (c : nat).

(** Pairs of labels, the smaller first. *)
Definition pairs : list (nat * nat) := flat_map (fun i => map (fun j => (i, j)) (seq (S i) (c - S i))) (seq 0 c).
Lemma in_pairs i j : In (i, j) pairs <-> (i < j < c)%nat.
Proof.
  unfold pairs. rewrite in_flat_map. split.
  - intros [k [K I]]. apply in_map_iff in I as [l [E I]]. injection E as <- <-. apply in_seq in K, I. lia.
  - intros H. exists i. split; [apply in_seq; lia|]. apply in_map_iff. exists j. split; [reflexivity|apply in_seq; lia].
Qed.
Lemma number_of_pairs : INR (length pairs) = INR c * (INR c - 1) / 2.
Proof.
  assert (H : forall m, (m <= c)%nat ->
    INR (length (flat_map (fun i => map (fun j => (i, j)) (seq (S i) (c - S i))) (seq 0 m))) =
    INR m * INR c - INR m * (INR m + 1) / 2).
  { induction m as [|m IH]; intros M; [cbn; lra|].
    rewrite seq_S, flat_map_app, app_length, plus_INR, IH by lia. cbn [flat_map plus].
    rewrite app_nil_r, map_length, seq_length, minus_INR, !S_INR by lia. lra. }
  unfold pairs. rewrite H by lia. lra.
Qed.

Definition tails (P : list (list nat)) : list (list nat) := nodup same (map (@tl nat) P).
Definition labels (P : list (list nat)) (s : list nat) : list nat := filter (fun x => has P (x :: s)) (seq 0 c).
Definition both (P : list (list nat)) (s : list nat) (ij : nat * nat) : bool :=
  has P (fst ij :: s) && has P (snd ij :: s).

Lemma few_labels P s : (length (labels P s) <= 1 + length (filter (both P s) pairs))%nat.
Proof.
  assert (H : forall k, (k <= c)%nat ->
    (length (filter (fun x => has P (x :: s)) (seq k (c - k))) <= 1 + length (filter (both P s) pairs))%nat).
  { intros k. remember (c - k)%nat as m eqn:E. revert k E. induction m as [|m IH]; intros k E K; [cbn; lia|].
    cbn [seq filter]. destruct (has P (k :: s)) eqn:h; [|apply IH; lia].
    cbn [length]. apply le_n_S. rewrite <- (map_length (fun y => (k, y))). apply NoDup_incl_length.
    - apply Injective_map_NoDup; [now intros x y [= ->]|]. apply NoDup_filter, seq_NoDup.
    - intros [i j] I. apply in_map_iff in I as [y [[= <- <-] I]]. apply filter_In in I as [I g].
      apply in_seq in I. apply filter_In. split; [apply in_pairs; lia|]. unfold both. cbn [fst snd]. now rewrite h, g. }
  specialize (H O ltac:(lia)). now rewrite Nat.sub_0_r in H.
Qed.

Lemma one_more_point n P :
  NoDup P -> (forall s, In s P -> length s = S n /\ forall x, In x s -> (x < c)%nat) ->
  INR (length P) <= INR (length (tails P)) +
    sum (fun ij => INR (length (filter (fun s => both P s ij) (tails P)))) pairs.
Proof.
  intros apart shape.
  assert (A : (length P <= length (flat_map (fun s => map (fun x => x :: s) (labels P s)) (tails P)))%nat).
  { apply NoDup_incl_length; [assumption|]. intros s I. destruct (shape s I) as [L B].
    destruct s as [|x s]; [discriminate|]. apply in_flat_map. exists s. split.
    - apply nodup_In, in_map_iff. now exists (x :: s).
    - apply (in_map (fun y => y :: s)), filter_In. split; [apply in_seq; specialize (B x (or_introl eq_refl)); lia|now apply has_true]. }
  apply le_INR in A. eapply Rle_trans; [exact A|]. clear A. generalize (tails P) as Q. intros Q.
  assert (E : sum (fun ij => INR (length (filter (fun s => both P s ij) Q))) pairs =
              sum (fun s => INR (length (filter (both P s) pairs))) Q).
  { clear. induction Q as [|s Q IH]; cbn [sum filter length].
    - rewrite (sum_ext _ (fun _ => 0)) by reflexivity. apply sum_zero.
    - rewrite <- IH. clear IH. induction pairs as [|ij l IH]; cbn [sum filter length INR]; [lra|].
      destruct (both P s ij); cbn [length]; rewrite ?S_INR; rewrite IH; ring. }
  rewrite E. clear E. induction Q as [|s Q IH]; cbn [flat_map length sum]; [cbn; lra|].
  rewrite app_length, map_length, plus_INR. pose proof (le_INR _ _ (few_labels P s)) as F.
  rewrite plus_INR in F. cbn [INR] in F. rewrite (S_INR (length Q)). lra.
Qed.

Lemma tails_dimension n v P : (forall s, In s P -> length s = S n) ->
  natarajan_at_most (S n) v P -> natarajan_at_most n v (tails P).
Proof.
  intros shape few q L [two all]. apply (few (None :: q)); [cbn; lia|]. split.
  - intros i j [E|I]; [discriminate|now apply two].
  - intros b B. destruct (all b B) as [s [I M]]. apply nodup_In, in_map_iff in I as [t [<- I]].
    exists t. split; [assumption|]. specialize (shape t I). destruct t; [discriminate|exact M].
Qed.
Lemma both_dimension n v P i j : (i < j)%nat ->
  natarajan_at_most (S n) v P ->
  forall q, length q = n -> all_choices (filter (fun s => both P s (i, j)) (tails P)) q -> (S (points_of q) <= v)%nat.
Proof.
  intros less few q L [two all]. apply (few (Some (i, j) :: q)); [cbn; lia|]. split.
  - intros k l [E|I]; [injection E as <- <-; lia|now apply two].
  - intros [|x b] B; [discriminate|]. cbn [length points_of] in B. destruct (all b ltac:(lia)) as [s [I M]].
    apply filter_In in I as [_ I]. apply andb_true_iff in I as [F G]. cbn [fst snd] in F, G.
    destruct x; [exists (i :: s)|exists (j :: s)]; (split; [now apply has_true|now split]).
Qed.

Theorem natarajan n : forall v P,
  NoDup P -> (forall s, In s P -> length s = n /\ forall x, In x s -> (x < c)%nat) ->
  natarajan_at_most n v P -> INR (length P) <= (1 + INR n * (INR c * (INR c - 1) / 2)) ^ v.
Proof.
  set (K := INR c * (INR c - 1) / 2). assert (K0 : 0 <= K) by (unfold K; rewrite <- number_of_pairs; apply pos_INR).
  induction n as [|n IH]; intros v P apart shape few.
  - cbn [INR]. rewrite Rmult_0_l, Rplus_0_r, pow1. apply (le_INR _ 1).
    change 1%nat with (length [@nil nat]). apply NoDup_incl_length; [assumption|]. intros s I.
    destruct (shape s I) as [L _]. destruct s; [now left|discriminate].
  - assert (long : forall s, In s P -> length s = S n) by (intros s I; apply (shape s I)).
    assert (tail_shape : forall s, In s (tails P) -> length s = n /\ forall x, In x s -> (x < c)%nat).
    { intros s I. apply nodup_In, in_map_iff in I as [t [<- I]]. destruct (shape t I) as [L B].
      destruct t as [|y t]; [discriminate|]. cbn in *. split; [lia|]. intros x J. apply B. now right. }
    pose proof (one_more_point n P apart shape) as H.
    assert (Q : INR (length (tails P)) <= (1 + INR n * K) ^ v).
    { apply IH; [apply NoDup_nodup|assumption|now apply tails_dimension]. }
    assert (G : 1 <= 1 + INR n * K) by (pose proof (pos_INR n); nra).
    rewrite S_INR. destruct v as [|v].
    + assert (Z : sum (fun ij => INR (length (filter (fun s => both P s ij) (tails P)))) pairs = 0).
      { rewrite (sum_ext_in _ (fun _ => 0)); [apply sum_zero|]. intros [i j] I. apply in_pairs in I.
        destruct (filter (fun s => both P s (i, j)) (tails P)) as [|s l] eqn:E; [reflexivity|exfalso].
        assert (S0 : In s (filter (fun s => both P s (i, j)) (tails P))) by (rewrite E; now left).
        assert (N : length (repeat (@None (nat * nat)) n) = n) by apply repeat_length.
        pose proof (both_dimension n 0 P i j ltac:(lia) few (repeat None n) N) as D.
        assert (A : all_choices (filter (fun s => both P s (i, j)) (tails P)) (repeat None n)).
        { split; [intros k l' J; apply repeat_spec in J; discriminate|].
          assert (O : points_of (repeat None n) = O) by (clear; induction n; [reflexivity|assumption]).
          rewrite O. intros [|x b] B; [|discriminate]. exists s. split; [assumption|].
          apply filter_In in S0 as [S0 _]. destruct (tail_shape s S0) as [L _]. clear - L. revert s L.
          induction n as [|m IHm]; intros [|x s] L; cbn in *; try reflexivity; try discriminate.
          apply IHm. lia. }
        specialize (D A). lia. }
      cbn [pow] in *. lra.
    + assert (B : sum (fun ij => INR (length (filter (fun s => both P s ij) (tails P)))) pairs <=
                  K * (1 + INR n * K) ^ v).
      { unfold K at 1. rewrite <- number_of_pairs, <- sum_const. apply sum_le. intros [i j] I. apply in_pairs in I.
        apply IH.
        - apply NoDup_filter, NoDup_nodup.
        - intros s J. apply filter_In in J as [J _]. now apply tail_shape.
        - intros q L A. pose proof (both_dimension n (S v) P i j ltac:(lia) few q L A). lia. }
      set (g := 1 + INR n * K) in *. apply Rle_trans with (g ^ S v + K * g ^ v); [lra|].
      replace (1 + (INR n + 1) * K) with (g + K) by (unfold g; ring).
      assert (M : g ^ v <= (g + K) ^ v) by (apply pow_incr; lra).
      cbn [pow]. assert (0 <= g + K) by lra.
      apply Rle_trans with ((g + K) * g ^ v); [right; ring|]. now apply Rmult_le_compat_l.
Qed.
End Labels.
