(** What the derivations of the catalogue take for granted, proved over finite probability spaces.

    Each theorem here is an axiom of the catalogue, of the same name: [D] is the law of the outcome,
    [mean X D] an expectation. Those about independent draws are in Draws.v and Hoeffding.v. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Minimax.
Import ListNotations.
Open Scope R_scope.

Local Notation mean := Minimax.mean.

(** What is never negative as a form of two numbers has a discriminant that is not positive. *)
Lemma discriminant a b c :
  (forall u v, 0 <= u ^ 2 * a + 2 * u * v * b + v ^ 2 * c) -> b ^ 2 <= a * c.
Proof.
  intros Q.
  pose proof (Q c (- b)) as H. pose proof (Q 0 1) as C. pose proof (Q 1 (- b)) as F.
  destruct (Req_dec c 0) as [Z|Z].
  - destruct (Req_dec b 0) as [->|n]; [rewrite Z; lra|].
    pose proof (Q 1 (- (a + 1) / (2 * b))) as K. rewrite Z in K.
    replace (1 ^ 2 * a + 2 * 1 * (- (a + 1) / (2 * b)) * b + (- (a + 1) / (2 * b)) ^ 2 * 0)
      with (-1) in K by (field; assumption). lra.
  - assert (0 < c) by lra. apply Rmult_le_reg_l with c; [assumption|]. nra.
Qed.

(** ** Events *)
Section Events.
Context {T : Type} (D : list (T * R)).
Hypothesis law : distribution D.

Theorem boole A B : pr D (fun t => A t || B t)%bool <= pr D A + pr D B.
Proof.
  unfold pr. rewrite <- sum_plus. apply sum_le. intros x I. destruct law as [N _]. pose proof (N x I).
  destruct (A (fst x)), (B (fst x)); cbn - [IZR]; lra.
Qed.
Theorem event_monotone A B : (forall t, A t = true -> B t = true) -> pr D A <= pr D B.
Proof. now apply pr_le. Qed.
Theorem complement A : pr D (fun t => negb (A t)) = 1 - pr D A.
Proof.
  rewrite <- (pr_true D law). rewrite (pr_split D (fun _ => true) A). cbn [andb].
  rewrite (pr_ext D (fun t => A t) A) by reflexivity. ring.
Qed.
Theorem additivity A B : pr D A = pr D (fun t => A t && B t)%bool + pr D (fun t => A t && negb (B t))%bool.
Proof. apply pr_split. Qed.
Theorem same_event A B : (forall t, A t = true <-> B t = true) -> pr D A = pr D B.
Proof. intros H. apply Rle_antisym; apply pr_le; try assumption; intros t; apply H. Qed.
Theorem never A : (forall t, A t = false) -> pr D A = 0.
Proof. intros H. rewrite (pr_ext D A (fun _ => false)) by assumption. apply pr_false. Qed.
Theorem constant_event A c :
  (c = true -> pr D (fun t => A t && c)%bool = pr D A) /\
  (c = false -> pr D (fun t => A t && c)%bool = 0).
Proof.
  split; intros ->; [apply pr_ext|apply never]; intros t; [apply andb_true_r|apply andb_false_r].
Qed.

(** Some member of a finite class, and how many members satisfy a condition. *)
Definition some {G} (class : list G) (c : G -> bool) (A : G -> T -> bool) (t : T) : bool :=
  existsb (fun g => c g && A g t)%bool class.
Definition members {G} (class : list G) (c : G -> bool) : R := INR (length (filter c class)).

Theorem union_bound {G} (class : list G) c A bound :
  (forall g, c g = true -> pr D (A g) <= bound) -> 0 <= bound ->
  pr D (some class c A) <= members class c * bound.
Proof.
  intros H P. unfold members. rewrite <- sum_const, sum_filter.
  apply Rle_trans with (sum (fun g => pr D (fun t => c g && A g t)%bool) class).
  - apply (pr_union D law (fun g t => c g && A g t)%bool).
  - apply sum_le. intros g _. destruct (c g) eqn:e; cbn [andb].
    + rewrite (pr_ext D (fun t => A g t) (A g)) by reflexivity. now apply H.
    + rewrite pr_false. lra.
Qed.
Theorem same_members {G} (class : list G) c A c' A' :
  (forall g, c g = true -> c' g = true) ->
  (forall g t, c g = true -> A g t = true -> A' g t = true) ->
  pr D (some class c A) <= pr D (some class c' A').
Proof.
  intros H K. apply pr_le; [assumption|]. intros t E. apply existsb_exists in E as [g [I E]].
  apply andb_true_iff in E as [E F]. apply existsb_exists. exists g. split; [assumption|].
  apply andb_true_iff. auto.
Qed.
Theorem some_or {G} (class : list G) c (A : T -> bool) B :
  pr D (some class c (fun g t => A t || B g t)%bool) <= pr D (fun t => A t || some class c B t)%bool.
Proof.
  apply pr_le; [assumption|]. intros t E. apply existsb_exists in E as [g [I E]].
  apply andb_true_iff in E as [E F]. apply orb_true_iff in F as [F|F].
  { now rewrite F. }
  apply orb_true_iff. right. apply existsb_exists. exists g. split; [assumption|]. now rewrite E, F.
Qed.
Theorem count_subset {G} (class : list G) c c' :
  (forall g, c g = true -> c' g = true) -> members class c <= members class c'.
Proof.
  intros H. unfold members. apply le_INR. induction class as [|g l IH]; [cbn; lia|]. cbn [filter].
  destruct (c g) eqn:e; [rewrite (H g e); cbn [length]; lia|].
  destruct (c' g); cbn [length]; lia.
Qed.

Theorem count_excluding {G} (class : list G) c excluded :
  c excluded = false -> In excluded class -> members class c <= members class (fun _ => true) - 1.
Proof.
  intros H I. unfold members. apply in_split in I as [l [r ->]]. rewrite !filter_app. cbn [filter].
  rewrite H, !app_length. cbn [length].
  assert (L : forall d : list G, (length (filter c d) <= length (filter (fun _ => true) d))%nat).
  { induction d as [|g d IH]; [cbn; lia|]. cbn [filter]. destruct (c g); cbn [length]; lia. }
  pose proof (L l). pose proof (L r).
  assert (length (filter c l) + length (filter c r) + 1 <=
    length (filter (fun _ : G => true) l) + S (length (filter (fun _ : G => true) r)))%nat as Q by lia.
  apply le_INR in Q. rewrite ?plus_INR, ?S_INR in *. cbn [INR] in *. lra.
Qed.

(** ** Expectations *)
Theorem linearity X Y a b : mean (fun t => a * X t + b * Y t) D = a * mean X D + b * mean Y D.
Proof.
  unfold mean. rewrite <- !sum_scale, <- sum_plus. apply sum_ext. intros x. ring.
Qed.
Theorem mean_monotone X Y : (forall t, X t <= Y t) -> mean X D <= mean Y D.
Proof.
  intros H. apply sum_le. intros x I. destruct law as [N _]. apply Rmult_le_compat_l; auto.
Qed.
Lemma mean_constant c : mean (fun _ => c) D = c.
Proof.
  destruct law as [_ S]. unfold mean. rewrite (sum_ext _ (fun x => c * snd x)) by (intros; ring).
  rewrite sum_scale. fold (sum (@snd T R) D). rewrite S. ring.
Qed.
Theorem mean_bounds X l u : (forall t, l <= X t <= u) -> l <= mean X D <= u.
Proof.
  intros H. rewrite <- (mean_constant l) at 1. rewrite <- (mean_constant u).
  split; apply mean_monotone; intros t; apply H.
Qed.
Theorem markov X level :
  (forall t, 0 <= X t) -> 0 < level -> pr D (fun t => at_most level (X t)) <= mean X D / level.
Proof.
  intros P L. apply Rmult_le_reg_r with level; [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  unfold pr. rewrite Rmult_comm, <- sum_scale. apply sum_le. intros x I. destruct law as [N _].
  pose proof (N x I) as n. pose proof (P (fst x)) as p. unfold at_most.
  destruct (Rle_dec level (X (fst x))) as [H|H].
  - rewrite Rmult_comm. now apply Rmult_le_compat_l.
  - rewrite Rmult_0_r. now apply Rmult_le_pos.
Qed.
Theorem cauchy_schwarz X Y :
  mean (fun t => X t * Y t) D ^ 2 <= mean (fun t => X t ^ 2) D * mean (fun t => Y t ^ 2) D.
Proof.
  apply discriminant. intros u v.
  replace (_ + _) with (mean (fun t => (u * X t + v * Y t) ^ 2) D).
  - rewrite <- (mean_constant 0). apply mean_monotone. intros t. apply pow2_ge_0.
  - unfold mean. rewrite <- !sum_scale, <- !sum_plus. apply sum_ext. intros x. ring.
Qed.
End Events.

Lemma ln_div x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof.
  intros X Y. unfold Rdiv. rewrite ln_mult by (auto using Rinv_0_lt_compat). rewrite ln_Rinv; lra.
Qed.

(** Two laws' means: what [n] times a quantity is under one law, by its exponential under another
    (Donsker, Varadhan). [posterior] and [prior] weigh the same students. *)
Theorem donsker_varadhan {G} (class : list G) (posterior prior h : G -> R) :
  (forall g, In g class -> 0 <= posterior g /\ 0 < prior g) ->
  sum posterior class = 1 -> sum prior class = 1 ->
  sum (fun g => posterior g * h g) class <=
  sum (fun g => posterior g * ln (posterior g / prior g)) class +
    ln (sum (fun g => prior g * exp (h g)) class).
Proof.
  intros pos one _. set (Z := sum (fun g => prior g * exp (h g)) class).
  assert (z : 0 < Z).
  { unfold Z. clear - pos one. destruct class as [|g l]; [cbn - [IZR] in one; lra|]. cbn [sum].
    destruct (pos g (or_introl eq_refl)) as [_ p]. pose proof (exp_pos (h g)).
    assert (0 < prior g * exp (h g)) by now apply Rmult_lt_0_compat.
    assert (0 <= sum (fun g => prior g * exp (h g)) l); [|lra].
    apply sum_nonneg. intros f I. destruct (pos f (or_intror I)). pose proof (exp_pos (h f)). nra. }
  assert (E : forall g, In g class ->
    posterior g - prior g * exp (h g) / Z <=
    posterior g * ln (posterior g / prior g) + posterior g * ln Z - posterior g * h g).
  { intros g I. destruct (pos g I) as [p q]. pose proof (exp_pos (h g)) as e.
    assert (0 < prior g * exp (h g) / Z)
      by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat|assumption]).
    destruct (Req_dec (posterior g) 0) as [->|n]; [lra|]. assert (P : 0 < posterior g) by lra.
    set (u := prior g * exp (h g) / Z / posterior g).
    assert (U : 0 < u) by (unfold u; now apply Rdiv_lt_0_compat).
    assert (L : ln u = h g - ln (posterior g / prior g) - ln Z).
    { unfold u. rewrite !ln_div by (try assumption; try now apply Rmult_lt_0_compat).
      rewrite ln_mult, ln_exp by assumption. ring. }
    assert (B : ln u <= u - 1) by (pose proof (exp_ineq1_le (ln u)) as B; rewrite exp_ln in B; lra).
    assert (V : posterior g * u = prior g * exp (h g) / Z) by (unfold u; field; lra).
    rewrite L in B. apply Rmult_le_compat_l with (r := posterior g) in B; [|lra]. lra. }
  apply sum_le in E. unfold Rminus in E. rewrite !sum_plus in E.
  assert (N : forall f, sum (fun g => - f g) class = - sum f class).
  { intros f. rewrite (sum_ext _ (fun g => -1 * f g)) by (intros; ring). rewrite sum_scale. ring. }
  rewrite !N in E. change (fun g => posterior g) with posterior in E. rewrite one in E.
  rewrite (sum_ext (fun g => prior g * exp (h g) / Z) (fun g => / Z * (prior g * exp (h g)))) in E
    by (intros; unfold Rdiv; ring).
  rewrite sum_scale in E. fold Z in E. rewrite Rinv_l in E by lra.
  rewrite (sum_ext (fun g => posterior g * ln Z) (fun g => ln Z * posterior g)) in E by (intros; ring).
  rewrite sum_scale in E. change (fun g => posterior g) with posterior in E. rewrite one in E. lra.
Qed.

(** The relative entropy of two shares; 0 ln 0 is 0, as it is in Coq. *)
Definition kl (q p : R) : R := q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)).

Lemma log_sum {G} (class : list G) (w a b : G -> R) :
  (forall g, In g class -> 0 <= w g /\ 0 <= a g /\ 0 <= b g /\ (b g = 0 -> a g = 0)) ->
  sum (fun g => w g * a g) class *
    ln (sum (fun g => w g * a g) class / sum (fun g => w g * b g) class) <=
  sum (fun g => w g * (a g * ln (a g / b g))) class.
Proof.
  intros H. set (A := sum (fun g => w g * a g) class). set (B := sum (fun g => w g * b g) class).
  assert (B0 : 0 <= B).
  { apply sum_nonneg. intros g I. destruct (H g I) as [W [_ [P _]]]. now apply Rmult_le_pos. }
  assert (A0 : 0 <= A).
  { apply sum_nonneg. intros g I. destruct (H g I) as [W [P _]]. now apply Rmult_le_pos. }
  destruct (Req_dec A 0) as [Z|Z].
  { rewrite Z, Rmult_0_l. apply sum_nonneg. intros g I. destruct (H g I) as [W [P [Q C]]].
    assert (E : w g * a g = 0).
    { clear - H I Z. subst A. induction class as [|h l IH]; [destruct I|]. cbn [sum] in Z.
      assert (0 <= w h * a h) by (destruct (H h (or_introl eq_refl)) as [? [? _]]; now apply Rmult_le_pos).
      assert (0 <= sum (fun g => w g * a g) l).
      { apply sum_nonneg. intros f J. destruct (H f (or_intror J)) as [? [? _]]. now apply Rmult_le_pos. }
      destruct I as [<-|I]; [lra|]. apply IH; try assumption; [intros f J; apply H; now right|lra]. }
    rewrite <- Rmult_assoc, E. lra. }
  assert (B1 : 0 < B).
  { destruct B0 as [|E]; [assumption|exfalso]. apply Z. unfold A. rewrite <- (sum_zero class).
    apply sum_ext_in. intros g I. destruct (H g I) as [W [P [Q C]]].
    assert (V : w g * b g = 0).
    { clear - H I E. subst B. induction class as [|h l IH]; [destruct I|]. cbn [sum] in E.
      assert (0 <= w h * b h)
        by (destruct (H h (or_introl eq_refl)) as [? [_ [? _]]]; now apply Rmult_le_pos).
      assert (0 <= sum (fun g => w g * b g) l).
      { apply sum_nonneg. intros f J. destruct (H f (or_intror J)) as [? [_ [? _]]].
        now apply Rmult_le_pos. }
      destruct I as [<-|I]; [lra|]. apply IH; try assumption; [intros f J; apply H; now right|lra]. }
    apply Rmult_integral in V as [->|V]; [lra|]. rewrite (C V). lra. }
  assert (E : forall g, In g class ->
    w g * a g * ln (A / B) + w g * a g - w g * b g * (A / B) <= w g * (a g * ln (a g / b g))).
  { intros g I. destruct (H g I) as [W [P [Q C]]].
    assert (R0 : 0 < A / B) by (apply Rdiv_lt_0_compat; lra).
    assert (X : a g * ln (A / B) + a g - b g * (A / B) <= a g * ln (a g / b g)).
    { destruct (Req_dec (a g) 0) as [->|n].
      { assert (0 <= b g * (A / B)) by (apply Rmult_le_pos; lra). lra. }
      assert (0 < b g) by (destruct Q as [|q]; [assumption|symmetry in q; now apply C in q]).
      set (u := b g * (A / B) / a g).
      assert (U : 0 < u) by (apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat|lra]).
      assert (L : ln u = ln (A / B) - ln (a g / b g)).
      { unfold u. rewrite ln_div, ln_mult, (ln_div (a g)); try lra. now apply Rmult_lt_0_compat. }
      pose proof (exp_ineq1_le (ln u)) as V. rewrite exp_ln in V by assumption. rewrite L in V.
      apply Rmult_le_compat_l with (r := a g) in V; [|assumption].
      replace (a g * u) with (b g * (A / B)) in V by (unfold u; field; lra). lra. }
    apply Rmult_le_compat_l with (r := w g) in X; [|assumption]. lra. }
  apply sum_le in E. eapply Rle_trans; [|exact E]. right.
  rewrite (sum_ext _ (fun g => (ln (A / B) + 1) * (w g * a g) + - (A / B) * (w g * b g)))
    by (intros; ring).
  rewrite sum_plus, !sum_scale. fold A B. field. lra.
Qed.

Theorem change_of_measure {G} (class : list G) (posterior prior emp err : G -> R) n :
  (forall g, In g class -> 0 <= posterior g /\ 0 < prior g) ->
  sum posterior class = 1 -> sum prior class = 1 -> 0 <= n ->
  (forall g, In g class -> 0 <= emp g <= 1 /\ 0 <= err g <= 1 /\ (err g = 0 -> emp g = 0) /\
     (err g = 1 -> emp g = 1)) ->
  n * kl (sum (fun g => posterior g * emp g) class) (sum (fun g => posterior g * err g) class) <=
  sum (fun g => posterior g * ln (posterior g / prior g)) class +
    ln (sum (fun g => prior g * exp (n * kl (emp g) (err g))) class).
Proof.
  intros pos one one' N H. eapply Rle_trans; [|now apply donsker_varadhan].
  rewrite (sum_ext (fun g => posterior g * (n * kl (emp g) (err g)))
    (fun g => n * (posterior g * kl (emp g) (err g)))) by (intros; ring).
  rewrite sum_scale. apply Rmult_le_compat_l; [assumption|].
  assert (rest : forall f, sum (fun g => posterior g * (1 - f g)) class =
    1 - sum (fun g => posterior g * f g) class).
  { intros f. rewrite (sum_ext _ (fun g => posterior g + -1 * (posterior g * f g))) by (intros; ring).
    rewrite sum_plus, sum_scale. change (fun g => posterior g) with posterior. rewrite one. ring. }
  pose proof (log_sum class posterior emp err) as P.
  pose proof (log_sum class posterior (fun g => 1 - emp g) (fun g => 1 - err g)) as Q.
  cbv beta in Q. rewrite !rest in Q. unfold kl at 1.
  rewrite (sum_ext (fun g => posterior g * kl (emp g) (err g))
    (fun g => posterior g * (emp g * ln (emp g / err g)) +
      posterior g * ((1 - emp g) * ln ((1 - emp g) / (1 - err g))))) by (intros; unfold kl; ring).
  rewrite sum_plus. apply Rplus_le_compat; [apply P|apply Q]; intros g I;
    destruct (pos g I), (H g I) as [a [b [c d]]]; repeat split; try lra; try assumption.
Qed.

(** ** Calculus *)
Theorem log_monotone x y : 0 < x -> 0 < y -> (x <= y <-> ln x <= ln y).
Proof.
  intros X Y. split; intros H.
  - destruct H as [H| ->]; [left; now apply ln_increasing|lra].
  - destruct (Rle_dec x y) as [|N]; [assumption|]. assert (ln y < ln x); [apply ln_increasing; lra|lra].
Qed.
Theorem exp_monotone x y : x <= y <-> exp x <= exp y.
Proof.
  split; intros H.
  - destruct H as [H| ->]; [left; now apply exp_increasing|lra].
  - destruct (Rle_dec x y) as [|N]; [assumption|]. assert (exp y < exp x); [apply exp_increasing; lra|lra].
Qed.
Theorem power_monotone x y n : 0 <= x <= y -> x ^ n <= y ^ n.
Proof. apply pow_incr. Qed.
Theorem exp_bound x : 1 + x <= exp x.
Proof. apply exp_ineq1_le. Qed.
Theorem log_bounds x : 0 <= x < 1 -> x <= - ln (1 - x) <= x / (1 - x).
Proof.
  intros B. split.
  - pose proof (exp_ineq1_le (ln (1 - x))) as H. rewrite exp_ln in H; lra.
  - pose proof (exp_ineq1_le (- ln (1 - x))) as H. rewrite exp_Ropp, exp_ln in H by lra.
    replace (x / (1 - x)) with (/ (1 - x) - 1) by (field; lra). lra.
Qed.
Theorem indicator_power x : x = 0 \/ x = 1 -> Rpower 2 (- x) = 1 - x / 2.
Proof.
  intros [->| ->].
  - rewrite Ropp_0, Rpower_O by lra. lra.
  - rewrite Rpower_Ropp, Rpower_1 by lra. lra.
Qed.
Theorem integers (a b : Z) : IZR a < IZR b -> IZR a + 1 <= IZR b.
Proof. intros H. apply lt_IZR in H. rewrite <- plus_IZR. apply IZR_le. lia. Qed.
