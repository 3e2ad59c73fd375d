(** Students that conflict with each other: what no distiller avoids, though it knows the teacher.

    [wrong g x]: the student [g] differs from the teacher at the point [x]. *)
From Coq Require Import Bool List Reals Lra Lia Arith Classical.
From Leafproof Require Import Space Testing Promises.
Import ListNotations.
Open Scope R_scope.

Section Class.
Context {G X : Type} (wrong : G -> X -> bool) (class : list G).

(** Some student is right there; some student is right on all of these. *)
Definition someone_right (x : X) : bool := existsb (fun g => negb (wrong g x)) class.
Definition agreed (l : list X) : bool := existsb (fun g => forallb (fun x => negb (wrong g x)) l) class.

Lemma agreed_true l : agreed l = true <-> exists g, In g class /\ forall x, In x l -> wrong g x = false.
Proof.
  unfold agreed. rewrite existsb_exists. split; intros [g [I H]]; exists g; (split; [assumption|]).
  - rewrite forallb_forall in H. intros x J. now apply negb_true_iff, H.
  - apply forallb_forall. intros x J. now apply negb_true_iff, H.
Qed.

Lemma agreed_fewer l k : incl k l -> agreed l = true -> agreed k = true.
Proof. rewrite !agreed_true. intros I [g [J H]]. exists g. split; auto. Qed.

(** ** Without samples: no student is right wherever any is *)
Theorem zero_samples (points : list X) (output : list (G * R)) worst :
  distribution output -> (forall y, In y output -> In (fst y) class) ->
  (forall g, In g class -> exists x, In x points /\ someone_right x = true /\ wrong g x = true) ->
  (forall x, In x points -> someone_right x = true -> pr output (fun g => wrong g x) <= worst) ->
  worst >= 1 / INR (length points).
Proof.
  intros law proper best most.
  assert (L : 1 <= sum (fun x => if someone_right x then pr output (fun g => wrong g x) else 0) points).
  { apply Rle_trans with
      (sum (fun x => sum (fun y => if (someone_right x && wrong (fst y) x)%bool then snd y else 0)
        output) points).
    - rewrite sum_swap, <- (proj2 law). apply sum_le. intros y I.
      destruct (best (fst y) (proper y I)) as [x [J [r w]]].
      pose proof (proj1 law y I) as N.
      assert (P : (fun x => if (someone_right x && wrong (fst y) x)%bool then snd y else 0) x = snd y)
        by (cbn beta; now rewrite r, w).
      rewrite <- P at 1. clear - J N. induction points as [|z l IH]; [destruct J|]. cbn [sum].
      assert (0 <= sum (fun x => if (someone_right x && wrong (fst y) x)%bool then snd y else 0) l)
        by (apply sum_nonneg; intros; destruct (someone_right x0 && wrong (fst y) x0)%bool; lra).
      destruct J as [->|J]; [lra|]. specialize (IH J).
      destruct (someone_right z && wrong (fst y) z)%bool; lra.
    - right. apply sum_ext. intros x. destruct (someone_right x); [reflexivity|apply sum_zero]. }
  assert (W : 0 <= worst).
  { destruct output as [|y l]; [destruct law as [_ Z]; cbn in Z; lra|].
    destruct (best (fst y) (proper y (or_introl eq_refl))) as [x [J [r _]]].
    eapply Rle_trans; [|apply (most x J r)]. now apply pr_range. }
  assert (U : sum (fun x => if someone_right x then pr output (fun g => wrong g x) else 0) points <=
              INR (length points) * worst).
  { rewrite <- sum_const. apply sum_le. intros x I. destruct (someone_right x) eqn:r; [now apply most|lra]. }
  assert (P : 0 < INR (length points)).
  { destruct points; [cbn in L; lra|]. apply lt_0_INR. cbn. lia. }
  apply Rle_ge, Rmult_le_reg_l with (INR (length points)); [assumption|].
  replace (INR (length points) * (1 / INR (length points))) with 1 by (field; lra). lra.
Qed.

(** ** Agreement sets that meet, none of which holds all others *)
Lemma least_conflict y l :
  agreed (y :: l) = false -> exists k, incl k l /\ agreed (y :: k) = false /\
    forall k1 x k2, k = k1 ++ x :: k2 -> agreed (y :: k1 ++ k2) = true.
Proof.
  remember (length l) as size. revert l Heqsize.
  induction size as [size IH] using lt_wf_ind. intros l E H.
  destruct (classic (exists k1 x k2, l = k1 ++ x :: k2 /\ agreed (y :: k1 ++ k2) = false)) as [M|M].
  - destruct M as [k1 [x [k2 [-> F]]]].
    destruct (IH (length (k1 ++ k2))) with (l := k1 ++ k2) as [k [I [A B]]]; try assumption; [|reflexivity|].
    + subst size. rewrite !length_app. cbn. lia.
    + exists k. split; [|now split]. intros z J. apply I, in_app_or in J. apply in_or_app. cbn. tauto.
  - exists l. split; [apply incl_refl|]. split; [assumption|]. intros k1 x k2 ->.
    destruct (agreed (y :: k1 ++ k2)) eqn:F; [reflexivity|]. exfalso. apply M. now exists k1, x, k2.
Qed.

(** A law with mass [p] on a point of its own, the rest spread over common points. *)
Definition spread (common : list X) (p : R) : list (X * R) :=
  map (fun x => (x, (1 - p) / INR (length common))) common.

Lemma spread_sum common p : common <> [] -> sum snd (spread common p) = 1 - p.
Proof.
  intros N. unfold spread. rewrite sum_map. cbn [snd]. rewrite sum_const.
  assert (0 < INR (length common)) by (apply lt_0_INR; destruct common; [contradiction|cbn; lia]).
  field. lra.
Qed.

Context {C : Type} (coins : list (C * R)) (out : C -> list X -> G).

(** Two laws that differ in one point, while every student errs on one of the two, or in common. *)
Lemma two_laws common a b p epsilon delta n :
  distribution coins -> (forall c s, In (out c s) class) ->
  (forall D, distribution D -> (exists g, In g class /\ pr D (wrong g) = 0) ->
    failure coins out wrong epsilon n D <= delta) ->
  common <> [] -> agreed (a :: common) = true -> agreed (b :: common) = true ->
  agreed (a :: b :: common) = false ->
  0 < epsilon < p -> p < 1 -> p * (INR (length common) + 1) <= 1 ->
  (1 - p) ^ n <= 2 * delta.
Proof.
  intros coin proper good some A B conflict e p1 small.
  set (part := spread common p). set (D := fun x => part ++ [(x, p)]).
  assert (size : 0 < INR (length common)) by (apply lt_0_INR; destruct common; [contradiction|cbn; lia]).
  assert (each : p <= (1 - p) / INR (length common)).
  { apply Rmult_le_reg_r with (INR (length common)); [assumption|]. unfold Rdiv.
    rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (N : forall x y, In y (D x) -> 0 <= snd y).
  { intros x y I. apply in_app_or in I as [I|[<-|[]]]; [|cbn; lra].
    apply in_map_iff in I as [z [<- _]]. cbn [snd]. lra. }
  assert (law : forall x, distribution (D x)).
  { intros x. split; [apply N|]. unfold D. rewrite sum_app. unfold part. rewrite spread_sum by assumption.
    cbn - [IZR]. lra. }
  assert (perfect : forall x, agreed (x :: common) = true -> failure coins out wrong epsilon n (D x) <= delta).
  { intros x H. apply good; [apply law|]. apply agreed_true in H as [g [I H]]. exists g. split; [assumption|].
    transitivity (sum (fun _ => 0) (D x)); [|apply sum_zero].
    apply sum_ext_in. intros y J. rewrite H; [reflexivity|].
    apply in_app_or in J as [J|[<-|[]]]; [|now left]. apply in_map_iff in J as [z [<- J]]. now right. }
  assert (either : forall g, In g class ->
    less epsilon (pr (D a) (wrong g)) = true \/ less epsilon (pr (D b) (wrong g)) = true).
  { intros g I. rewrite !less_true.
    assert (far : forall x y, In y (D x) -> wrong g (fst y) = true -> p <= snd y -> epsilon < pr (D x) (wrong g)).
    { intros x y J w q. apply Rlt_le_trans with p; [lra|]. apply Rle_trans with (snd y); [assumption|].
      apply (pr_in (D x) (wrong g) y (N x) J w). }
    destruct (wrong g a) eqn:wa.
    { left. apply (far a (a, p)); [apply in_or_app; right; now left|assumption|cbn; lra]. }
    destruct (wrong g b) eqn:wb.
    { right. apply (far b (b, p)); [apply in_or_app; right; now left|assumption|cbn; lra]. }
    destruct (existsb (wrong g) common) eqn:w.
    - apply existsb_exists in w as [x [J w]]. left.
      apply (far a (x, (1 - p) / INR (length common))); [|assumption|assumption].
      apply in_or_app. left. now apply (in_map (fun x => (x, (1 - p) / INR (length common)))).
    - exfalso. apply Bool.diff_true_false. rewrite <- conflict. symmetry. apply agreed_true.
      exists g. split; [assumption|]. intros x [<-|[<-|J]]; try assumption.
      destruct (wrong g x) eqn:v; [|reflexivity].
      rewrite <- w. symmetry. apply existsb_exists. now exists x. }
  pose proof (perfect a A) as FA. pose proof (perfect b B) as FB.
  assert (S : (1 - p) ^ n <= failure coins out wrong epsilon n (D a) + failure coins out wrong epsilon n (D b));
    [|lra].
  replace ((1 - p) ^ n) with (sum (fun c => (1 - p) ^ n * snd c) coins)
    by (rewrite sum_scale, (proj2 coin); ring).
  unfold failure. rewrite <- sum_plus. apply sum_le. intros c I. rewrite <- Rmult_plus_distr_l, Rmult_comm.
  apply Rmult_le_compat_l; [now apply (proj1 coin)|].
  set (bad := fun x s => less epsilon (pr (D x) (wrong (out (fst c) s)))).
  change ((1 - p) ^ n <= pr (power (D a) n) (bad a) + pr (power (D b) n) (bad b)).
  pose proof (pr_part part [(a, p)] n (bad a) (N a)) as PA.
  pose proof (pr_part part [(b, p)] n (bad b) (N b)) as PB. fold (D a) in PA. fold (D b) in PB.
  assert (U : (1 - p) ^ n <= pr (power part n) (bad a) + pr (power part n) (bad b)); [|lra].
  rewrite <- (spread_sum common p some), <- pr_part_true. fold part. unfold pr. rewrite <- sum_plus.
  apply sum_le. intros y J.
  assert (Y : 0 <= snd y).
  { clear - J size p1 e. revert y J. induction n as [|m IH]; cbn [power]; intros y J.
    - destruct J as [<-|[]]. cbn. lra.
    - apply in_flat_map in J as [x [K J]]. apply in_map_iff in J as [s [<- J]]. cbn [snd].
      apply Rmult_le_pos; [|now apply IH]. apply in_map_iff in K as [z [<- _]]. cbn [snd].
      apply Rmult_le_pos; [lra|]. left. now apply Rinv_0_lt_compat. }
  destruct (either (out (fst c) (fst y)) (proper _ _)) as [E|E]; unfold bad; rewrite E;
    [destruct (less epsilon (pr (D b) _))|destruct (less epsilon (pr (D a) _))]; lra.
Qed.

(** [first] is right on a largest set of points, [second] on one that meets it and is not inside. *)
Theorem d_perfect_confidence (points : list X) first second x0 epsilon delta n :
  distribution coins -> (forall c s, In (out c s) class) ->
  (forall D, distribution D -> (exists g, In g class /\ pr D (wrong g) = 0) ->
    failure coins out wrong epsilon n D <= delta) ->
  NoDup points -> (forall x, In x points) -> In first class -> In second class ->
  (forall g, In g class -> (forall x, wrong first x = false -> wrong g x = false) ->
    forall x, wrong g x = false -> wrong first x = false) ->
  wrong first x0 = false -> wrong second x0 = false ->
  (exists x, wrong second x = false /\ wrong first x = true) ->
  0 < epsilon < 1 / (INR (length points) - 1) -> 0 < delta ->
  INR n >= ln (2 * delta) / ln (1 - epsilon).
Proof.
  intros coin proper good once all F S largest r1 r2 [x2 [s2 f2]] e d.
  set (inside := filter (fun x => negb (wrong first x)) points).
  assert (is_inside : forall x, In x inside <-> wrong first x = false).
  { intros x. unfold inside. rewrite filter_In, negb_true_iff. split; [tauto|]. split; [apply all|assumption]. }
  assert (conflict : agreed (x2 :: inside) = false).
  { destruct (agreed (x2 :: inside)) eqn:H; [exfalso|reflexivity]. apply agreed_true in H as [g [I H]].
    assert (wrong first x2 = false); [|congruence]. apply (largest g I); [|apply H; now left].
    intros x w. apply H. right. now apply is_inside. }
  destruct (least_conflict x2 inside conflict) as [k [sub [none one]]].
  destruct k as [|x1 k].
  { exfalso. apply Bool.diff_true_false. rewrite <- none. symmetry. apply agreed_true. exists second.
    split; [assumption|]. intros x [<-|[]]. assumption. }
  assert (right1 : forall x, In x (x1 :: k) -> wrong first x = false) by (intros; now apply is_inside, sub).
  assert (apart : x2 <> x1 /\ ~ In x2 k).
  { split; [intros <-|intros I]; [pose proof (right1 x2 (or_introl eq_refl))|pose proof (right1 x2 (or_intror I))];
    congruence. }
  (* points of a least conflict set occur once *)
  assert (unique : NoDup (x1 :: k)).
  { destruct (classic (NoDup (x1 :: k))) as [U|U]; [assumption|exfalso].
    assert (R : exists k1 x k2, x1 :: k = k1 ++ x :: k2 /\ In x (k1 ++ k2)).
    { clear - U. induction (x1 :: k) as [|z l IH]; [exfalso; apply U; constructor|].
      destruct (classic (In z l)) as [J|J]; [now exists [], z, l|].
      destruct IH as [k1 [x [k2 [-> H]]]]; [intros V; apply U; now constructor|].
      exists (z :: k1), x, k2. split; [reflexivity|now right]. }
    destruct R as [k1 [x [k2 [E J]]]]. pose proof (one k1 x k2 E) as T. rewrite E in none.
    rewrite (agreed_fewer (x2 :: k1 ++ k2)) in none; [discriminate| |assumption].
    intros z [<-|Z]; [now left|]. right. apply in_app_or in Z. apply in_or_app. cbn in Z.
    destruct Z as [Z|[<-|Z]]; [now left|now apply in_app_or in J|now right]. }
  assert (many : forall l, NoDup l -> (length l <= length points)%nat)
    by (intros l L; apply NoDup_incl_length; [assumption|intros z _; apply all]).
  set (most := 1 / (INR (length points) - 1)) in *.
  assert (P : exists common, common <> [] /\ (length common + 2 <= length points)%nat /\
    agreed (x1 :: common) = true /\ agreed (x2 :: common) = true /\ agreed (x1 :: x2 :: common) = false).
  { destruct k as [|x3 k'].
    - exists [x0]. split; [discriminate|]. split; [|split; [|split]].
      + apply (many [x0; x1; x2]). assert (x1 <> x0).
        { intros ->. apply Bool.diff_true_false. rewrite <- none. symmetry. apply agreed_true.
          exists second. split; [assumption|]. intros x [<-|[<-|[]]]; assumption. }
        assert (x2 <> x0) by congruence.
        repeat constructor; cbn; intuition congruence.
      + apply agreed_true. exists first. split; [assumption|]. intros x [<-|[<-|[]]]; [|assumption].
        apply right1. now left.
      + apply agreed_true. exists second. split; [assumption|]. intros x [<-|[<-|[]]]; assumption.
      + destruct (agreed [x1; x2; x0]) eqn:H; [|reflexivity]. rewrite <- none.
        symmetry. apply (agreed_fewer [x1; x2; x0]); [|assumption]. intros z Z. cbn in *. tauto.
    - exists (x3 :: k'). split; [discriminate|]. split; [|split; [|split]].
      + enough (length (x2 :: x1 :: x3 :: k') <= length points)%nat by (cbn in *; lia). apply many.
        constructor; [|assumption]. intros [J|J]; [now apply (proj1 apart)|now apply (proj2 apart)].
      + apply agreed_true. now exists first.
      + apply (one [] x1 (x3 :: k') eq_refl).
      + destruct (agreed (x1 :: x2 :: x3 :: k')) eqn:H; [|reflexivity]. rewrite <- none. symmetry.
        apply (agreed_fewer (x1 :: x2 :: x3 :: k')); [|assumption]. intros z Z. cbn in *. tauto. }
  destruct P as [common [some [few [A [B K]]]]].
  assert (size : INR (length common) + 2 <= INR (length points)).
  { apply le_INR in few. rewrite plus_INR in few. cbn [INR] in few. lra. }
  assert (pos : 1 <= INR (length common)).
  { replace 1 with (INR 1) by reflexivity. apply le_INR. destruct common; [contradiction|cbn; lia]. }
  assert (top : most <= 1 / 2).
  { unfold most, Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  apply enough_draws; [lra|lra|]. apply in_the_limit with (most := most); [assumption|lra|].
  intros p Q. apply (two_laws common x1 x2 p epsilon delta n); try assumption; [lra|lra|].
  apply Rle_trans with (most * (INR (length points) - 1)); [|right; unfold most; field; lra].
  apply Rmult_le_compat; lra.
Qed.
End Class.

(** ** Conflict pairs and the VC dimension *)
Definition shattered {G X} (wrong : G -> X -> bool) (points : list X) : Prop :=
  forall pattern, length pattern = length points -> exists g, map (wrong g) points = pattern.

(** The point of each pair that is chosen: the second where [chosen] says so. *)
Definition right_on {G X} (wrong : G -> X -> bool) (g : G) (pairs : list (X * X)) (chosen : list bool) : Prop :=
  Forall2 (fun pair second => wrong g (if second : bool then snd pair else fst pair) = false) pairs chosen.

Theorem conflict_pairs_dimension {G X} (wrong : G -> X -> bool) (pairs : list (X * X)) v :
  (forall g pair, In pair pairs -> wrong g (fst pair) = true \/ wrong g (snd pair) = true) ->
  (forall chosen, length chosen = length pairs -> exists g, right_on wrong g pairs chosen) ->
  (forall points, shattered wrong points -> (length points <= v)%nat) ->
  (length pairs <= v)%nat.
Proof.
  intros conflict select dimension. rewrite <- (length_map fst pairs). apply dimension.
  intros pattern L. rewrite length_map in L. destruct (select pattern L) as [g H]. exists g.
  unfold right_on in H. clear - H conflict. induction H as [|pair b pairs pattern r H IH]; [reflexivity|].
  cbn [map]. f_equal; [|apply IH; intros; apply conflict; now right].
  destruct b; cbn in r; [|assumption].
  destruct (conflict g pair (or_introl eq_refl)); congruence.
Qed.
