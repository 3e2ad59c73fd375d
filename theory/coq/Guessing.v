(** Fano's inequality: what a message tells of which of several things is the case, and how often
    the best guess is wrong. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms.
Import ListNotations.
Open Scope R_scope.

Lemma none_likely {V} (f : V -> R) c v l :
  0 < c -> In v l -> (forall u, In u l -> 0 <= f u) -> sum (fun u => c * f u) l = 0 -> f v = 0.
Proof.
  intros C I H Z. induction l as [|u l IH]; [easy|]. cbn [sum] in Z.
  assert (0 <= c * f u) by (apply Rmult_le_pos; [lra|apply H; now left]).
  assert (0 <= sum (fun u => c * f u) l).
  { apply sum_nonneg. intros w J. apply Rmult_le_pos; [lra|apply H; now right]. }
  destruct I as [<-|I]; [apply Rmult_eq_reg_l with c; lra|].
  apply IH; [exact I| |lra]. intros w J. apply H. now right.
Qed.

Section Guess.
Context {V X : Type} (things : list V) (messages : list X) (chance : V -> X -> R) (guess : X -> V).
Context (same : V -> V -> bool).
(** One of the things is the case, all of them equally likely; then [chance v x] is the
    probability of the message [x]. *)
Hypothesis laws : forall v, In v things -> (forall x, In x messages -> 0 <= chance v x) /\ sum (chance v) messages = 1.
Hypothesis guesses_one : forall x, In x messages -> length (filter (fun v => same v (guess x)) things) = 1%nat.

Definition many : R := INR (length things).
(** Probability of the message, whatever is the case. *)
Definition overall (x : X) : R := sum (fun v => / many * chance v x) things.
(** Mutual information, in nats. *)
Definition information : R :=
  sum (fun v => sum (fun x => / many * chance v x * ln (chance v x / overall x)) messages) things.
Definition right : R :=
  sum (fun v => sum (fun x => if same v (guess x) then / many * chance v x else 0) messages) things.

Definition pairs : list (V * X) := list_prod things messages.
Lemma sum_pairs (f : V -> X -> R) :
  sum (fun p => f (fst p) (snd p)) pairs = sum (fun v => sum (f v) messages) things.
Proof.
  unfold pairs. clear. induction things as [|v l IH]; [reflexivity|]. cbn [list_prod sum].
  rewrite sum_app, sum_map, IH. reflexivity.
Qed.

Theorem guessing : (2 <= length things)%nat -> kl right (/ many) <= information.
Proof.
  intros two. assert (M : 2 <= many) by (unfold many; replace 2 with (INR 2) by reflexivity; now apply le_INR).
  assert (m0 : 0 < / many) by (apply Rinv_0_lt_compat; lra).
  set (a := fun p : V * X => / many * chance (fst p) (snd p)).
  set (b := fun p : V * X => / many * overall (snd p)).
  set (hit := fun p : V * X => if same (fst p) (guess (snd p)) then 1 else 0).
  set (miss := fun p : V * X => if same (fst p) (guess (snd p)) then 0 else 1).
  assert (O : forall x, In x messages -> 0 <= overall x).
  { intros x I. apply sum_nonneg. intros v J. destruct (laws v J) as [P _]. apply Rmult_le_pos; [lra|]. now apply P. }
  assert (members : forall p, In p pairs -> In (fst p) things /\ In (snd p) messages).
  { intros [v x] I. now apply in_prod_iff in I. }
  assert (fine : forall w, (forall p, 0 <= w p) -> forall p, In p pairs ->
    0 <= w p /\ 0 <= a p /\ 0 <= b p /\ (b p = 0 -> a p = 0)).
  { intros w W p I. destruct (members p I) as [J K]. destruct (laws (fst p) J) as [P _].
    pose proof (P _ K) as c0. pose proof (O _ K) as o0. unfold a, b.
    repeat split; [apply W|apply Rmult_le_pos; lra|apply Rmult_le_pos; lra|].
    intros Z. assert (z : overall (snd p) = 0) by (apply Rmult_integral in Z as [Z|Z]; lra).
    cut (chance (fst p) (snd p) = 0); [intros ->; ring|].
    apply (none_likely (fun v => chance v (snd p)) (/ many) (fst p) things); try assumption.
    intros v N. destruct (laws v N) as [P' _]. now apply P'. }
  assert (H1 := log_sum pairs hit a b (fine hit ltac:(intros p; unfold hit; destruct (same _ _); lra))).
  assert (H2 := log_sum pairs miss a b (fine miss ltac:(intros p; unfold miss; destruct (same _ _); lra))).
  assert (hits : sum (fun p => hit p * a p) pairs = right).
  { unfold right. rewrite <- sum_pairs. apply sum_ext. intros p. unfold hit, a. destruct (same _ _); ring. }
  assert (all : sum (fun v => sum (fun x => / many * chance v x) messages) things = 1).
  { rewrite (sum_ext_in _ (fun _ => / many)).
    - rewrite sum_const. fold many. field. lra.
    - intros v I. rewrite sum_scale. destruct (laws v I) as [_ one].
      change (sum (fun x => chance v x) messages) with (sum (chance v) messages). rewrite one. ring. }
  assert (whole : sum (fun x => overall x) messages = 1).
  { unfold overall. rewrite sum_swap. exact all. }
  assert (misses : sum (fun p => miss p * a p) pairs = 1 - right).
  { rewrite <- all, <- (sum_pairs (fun v x => / many * chance v x)), <- hits.
    rewrite (sum_ext (fun p => miss p * a p) (fun p => / many * chance (fst p) (snd p) + -1 * (hit p * a p))).
    - rewrite sum_plus, (sum_scale (-1) (fun p => hit p * a p)). ring.
    - intros p. unfold miss, hit, a. destruct (same _ _); ring. }
  assert (chosen : sum (fun p => hit p * b p) pairs = / many).
  { rewrite (sum_ext _ (fun p => (if same (fst p) (guess (snd p)) then / many * overall (snd p) else 0))).
    2:{ intros p. unfold hit, b. destruct (same _ _); ring. }
    rewrite (sum_pairs (fun v x => if same v (guess x) then / many * overall x else 0)), sum_swap.
    rewrite (sum_ext_in _ (fun x => / many * overall x)).
    - rewrite sum_scale. transitivity (/ many * 1); [|ring]. f_equal. exact whole.
    - intros x I. rewrite <- (sum_filter (fun _ => / many * overall x) (fun v => same v (guess x))).
      rewrite sum_const, guesses_one by assumption. cbn [INR]. ring. }
  assert (others : sum (fun p => miss p * b p) pairs = 1 - / many).
  { rewrite <- chosen.
    rewrite (sum_ext (fun p => miss p * b p) (fun p => / many * overall (snd p) + -1 * (hit p * b p))).
    - rewrite sum_plus, (sum_scale (-1) (fun p => hit p * b p)), (sum_pairs (fun v x => / many * overall x)).
      rewrite (sum_ext _ (fun _ => / many)).
      + rewrite sum_const. fold many. field. lra.
      + intros v. rewrite sum_scale. transitivity (/ many * 1); [|ring]. f_equal. exact whole.
    - intros p. unfold miss, hit, b. destruct (same _ _); ring. }
  rewrite hits, chosen in H1. rewrite misses, others in H2.
  assert (E : information = sum (fun p => hit p * (a p * ln (a p / b p))) pairs +
                            sum (fun p => miss p * (a p * ln (a p / b p))) pairs).
  { rewrite <- sum_plus. unfold information.
    rewrite <- (sum_pairs (fun v x => / many * chance v x * ln (chance v x / overall x))).
    apply sum_ext_in. intros p I. unfold hit, miss, a, b.
    assert (Q : / many * chance (fst p) (snd p) / (/ many * overall (snd p)) =
      chance (fst p) (snd p) / overall (snd p)).
    { destruct (Req_dec (overall (snd p)) 0) as [Z|Z].
      - destruct (fine hit ltac:(intros q; unfold hit; destruct (same _ _); lra) p I) as [_ [_ [_ F]]].
        unfold a, b in F. rewrite Z in F. specialize (F ltac:(ring)).
        assert (z : chance (fst p) (snd p) = 0) by (apply Rmult_eq_reg_l with (/ many); lra).
        rewrite z. unfold Rdiv. ring.
      - field. split; [exact Z|]. lra. }
    rewrite Q. destruct (same _ _); ring. }
  rewrite E. unfold kl. lra.
Qed.
End Guess.

(** Relative entropy lies above its tangents. *)
Lemma above_tangent q p u :
  0 <= q <= 1 -> 0 < p < 1 -> 0 < u < 1 -> q * ln (u / p) + (1 - q) * ln ((1 - u) / (1 - p)) <= kl q p.
Proof.
  intros Q P U. assert (H : forall q p u, 0 <= q -> 0 < p -> 0 < u -> q * ln (u / p) <= q * ln (q / p) + u - q).
  { clear. intros q p u [Q| <-] P U; [|lra].
    assert (B : ln (u / q) <= u / q - 1).
    { pose proof (exp_ineq1_le (ln (u / q))) as B. rewrite exp_ln in B; [lra|now apply Rdiv_lt_0_compat]. }
    apply Rmult_le_compat_l with (r := q) in B; [|lra].
    replace (q * (u / q - 1)) with (u - q) in B by (field; lra).
    rewrite !ln_div in * by assumption. lra. }
  pose proof (H q p u ltac:(lra) ltac:(lra) ltac:(lra)).
  pose proof (H (1 - q) (1 - p) (1 - u) ltac:(lra) ltac:(lra) ltac:(lra)). unfold kl. lra.
Qed.

Lemma right_range {V X} (things : list V) (messages : list X) chance guess same :
  (forall v, In v things -> (forall x, In x messages -> 0 <= chance v x) /\ sum (chance v) messages = 1) ->
  (2 <= length things)%nat -> 0 <= right things messages chance guess same <= 1.
Proof.
  intros laws two. unfold right, many. set (M := INR (length things)).
  assert (m2 : 2 <= M) by (unfold M; replace 2 with (INR 2) by reflexivity; now apply le_INR).
  assert (m0 : 0 < / M) by (apply Rinv_0_lt_compat; lra).
  assert (part : forall v, In v things -> 0 <=
      sum (fun x => if same v (guess x) then / M * chance v x else 0) messages <= / M).
  { intros v I. destruct (laws v I) as [P S]. split.
    - apply sum_nonneg. intros x J. destruct (same v (guess x)); [|lra]. apply Rmult_le_pos; [lra|]. now apply P.
    - apply Rle_trans with (sum (fun x => / M * chance v x) messages).
      + apply sum_le. intros x J. pose proof (P x J). destruct (same v (guess x)); [lra|].
        apply Rmult_le_pos; lra.
      + rewrite sum_scale. right. transitivity (/ M * 1); [|ring]. f_equal. exact S. }
  split; [apply sum_nonneg; intros v I; apply (part v I)|].
  apply Rle_trans with (sum (fun _ : V => / M) things); [apply sum_le; intros v I; apply (part v I)|].
  rewrite sum_const. fold M. right. field. lra.
Qed.

(** The same with a tangent in place of the relative entropy, for every [u]. *)
Theorem guessing_tangent {V X} (things : list V) (messages : list X) chance guess same u :
  (forall v, In v things -> (forall x, In x messages -> 0 <= chance v x) /\ sum (chance v) messages = 1) ->
  (forall x, In x messages -> length (filter (fun v => same v (guess x)) things) = 1%nat) ->
  (2 <= length things)%nat -> 0 < u < 1 ->
  let q := right things messages chance guess same in
  q * ln (u * INR (length things)) + (1 - q) * ln ((1 - u) / (1 - 1 / INR (length things))) <=
  information things messages chance.
Proof.
  intros laws one two U q. set (M := INR (length things)).
  assert (m2 : 2 <= M) by (unfold M; replace 2 with (INR 2) by reflexivity; now apply le_INR).
  assert (m0 : 0 < / M) by (apply Rinv_0_lt_compat; lra).
  assert (m1 : / M < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  assert (Q : 0 <= q <= 1) by now apply right_range.
  eapply Rle_trans; [|apply (guessing things messages chance guess same laws one two)]. fold q.
  change (many things) with M. eapply Rle_trans; [|apply (above_tangent q (/ M) u Q); lra].
  right. unfold Rdiv. rewrite Rinv_involutive by lra. rewrite Rmult_1_l. reflexivity.
Qed.

(** Fano's inequality, by the tangent at a half. *)
Theorem fano {V X} (things : list V) (messages : list X) chance guess same :
  (forall v, In v things -> (forall x, In x messages -> 0 <= chance v x) /\ sum (chance v) messages = 1) ->
  (forall x, In x messages -> length (filter (fun v => same v (guess x)) things) = 1%nat) ->
  (2 <= length things)%nat ->
  1 - (information things messages chance + ln 2) / ln (INR (length things)) <=
  1 - right things messages chance guess same.
Proof.
  intros laws one two. pose proof (right_range things messages chance guess same laws two) as Q.
  pose proof (guessing_tangent things messages chance guess same (1 / 2) laws one two ltac:(lra)) as G.
  cbn zeta in G. set (q := right things messages chance guess same) in *.
  set (M := INR (length things)) in *.
  assert (m2 : 2 <= M) by (unfold M; replace 2 with (INR 2) by reflexivity; now apply le_INR).
  assert (m0 : 0 < / M) by (apply Rinv_0_lt_compat; lra).
  assert (m1 : / M < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  assert (L : 0 < ln M) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (H : ln (1 / 2) = - ln 2) by (unfold Rdiv; rewrite Rmult_1_l, ln_Rinv; lra).
  rewrite (ln_mult (1 / 2) M) in G by lra. rewrite H in G.
  assert (S : - ln 2 <= ln ((1 - 1 / 2) / (1 - 1 / M))).
  { rewrite <- H. set (y := (1 - 1 / 2) / (1 - 1 / M)).
    assert (y1 : y * (1 - / M) = 1 / 2) by (unfold y; field; lra).
    assert (A : 1 / 2 <= y) by (apply Rmult_le_reg_r with (1 - / M); lra).
    destruct A as [A|A]; [left; apply ln_increasing; lra|rewrite <- A; lra]. }
  assert (B : q * ln M <= information things messages chance + ln 2) by nra.
  apply Rmult_le_compat_r with (r := / ln M) in B; [|left; now apply Rinv_0_lt_compat].
  rewrite Rmult_assoc, Rinv_r, Rmult_1_r in B by lra. unfold Rdiv. lra.
Qed.
