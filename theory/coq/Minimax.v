(** The minimax theorem of finite games, as it serves distillation.

    Students [g] err at points [x] by [loss g x]. If for every law of the points some student of the
    class has a mean loss of [c] at most, then some law of the students has a mean loss of [c] at
    most at every point. Proof: the linear inequalities that such a law must satisfy are solved by
    eliminating one student after the other (Fourier, Motzkin); what keeps them from being solved is
    a law of the points. *)
From Coq Require Import Bool List Reals Lra Lia.
From Leafproof Require Import Space.
Import ListNotations.
Open Scope R_scope.

Lemma least_in {A} (f : A -> R) l : l <> [] -> exists x, In x l /\ forall y, In y l -> f x <= f y.
Proof.
  induction l as [|a l IH]; [congruence|]. intros _. destruct l as [|b l].
  { exists a. split; [now left|]. intros y [<-|[]]. lra. }
  destruct IH as [x [I L]]; [discriminate|]. destruct (Rle_dec (f a) (f x)) as [H|H].
  - exists a. split; [now left|]. intros y [<-|J]; [lra|]. specialize (L y J). lra.
  - exists x. split; [now right|]. intros y [<-|J]; [lra|]. now apply L.
Qed.

(** ** Weights, and what they weigh *)
Definition scale {T} (c : R) (m : list (T * R)) : list (T * R) :=
  map (fun z => (fst z, c * snd z)) m.
Definition mean {T} (f : T -> R) (m : list (T * R)) : R := sum (fun z => snd z * f (fst z)) m.
Definition weighs {T} (inside : list T) (m : list (T * R)) : Prop :=
  forall z, In z m -> In (fst z) inside /\ 0 <= snd z.

Lemma mean_scale {T} (f : T -> R) c m : mean f (scale c m) = c * mean f m.
Proof.
  unfold mean, scale. rewrite sum_map, <- sum_scale. apply sum_ext. intros z. cbn [fst snd]. ring.
Qed.
Lemma mean_app {T} (f : T -> R) m m' : mean f (m ++ m') = mean f m + mean f m'.
Proof. apply sum_app. Qed.
Lemma weighs_scale {T} (inside : list T) c m : 0 <= c -> weighs inside m -> weighs inside (scale c m).
Proof.
  intros P W z I. apply in_map_iff in I as [y [<- I]]. cbn [fst snd]. destruct (W y I).
  split; [assumption|]. now apply Rmult_le_pos.
Qed.
Lemma weighs_app {T} (inside : list T) m m' :
  weighs inside m -> weighs inside m' -> weighs inside (m ++ m').
Proof. intros W V z I. apply in_app_iff in I as [I|I]; auto. Qed.

Section Elimination.
Context {G X : Type} (a : G -> X -> R).

(** Properties that sums and positive multiples of weights inherit. *)
Definition inherited (Q : list (X * R) -> Prop) : Prop :=
  Q [] /\ (forall m m', Q m -> Q m' -> Q (m ++ m')) /\ (forall c m, 0 <= c -> Q m -> Q (scale c m)).
Definition combined (K : list (list (X * R))) (m : list (X * R)) : Prop :=
  forall Q, inherited Q -> (forall k, In k K -> Q k) -> Q m.

Lemma some_step (l : list G) (b n : list (X * R)) :
  (forall g, In g l -> mean (a g) b < 0) ->
  exists e, 0 < e /\ forall g, In g l -> mean (a g) b + e * mean (a g) n < 0.
Proof.
  induction l as [|g l IH]; intros H; [exists 1; split; [lra|intros g []]|].
  destruct IH as [e [P L]]; [intros h I; apply H; now right|].
  assert (B : mean (a g) b < 0) by (apply H; now left).
  destruct (Rle_dec (mean (a g) n) 0) as [N|N].
  - exists e. split; [assumption|]. intros h [<-|I]; [|now apply L].
    assert (e * mean (a g) n <= 0); [|lra].
    apply Rmult_le_compat_l with (r := e) in N; lra.
  - set (q := - mean (a g) b / (2 * mean (a g) n)).
    assert (Q : q * mean (a g) n = - mean (a g) b / 2) by (unfold q; field; lra).
    assert (0 < q) by (unfold q; apply Rdiv_lt_0_compat; lra).
    exists (Rmin e q). split; [now apply Rmin_pos|]. intros h [<-|I].
    + pose proof (Rmin_r e q). assert (Rmin e q * mean (a g) n <= q * mean (a g) n); [|lra].
      apply Rmult_le_compat_r; lra.
    + specialize (L h I). specialize (H h (or_intror I)).
      assert (0 < Rmin e q) by now apply Rmin_pos. pose proof (Rmin_l e q).
      destruct (Rle_dec (mean (a h) n) 0) as [M|M].
      * assert (Rmin e q * mean (a h) n <= 0); [|lra].
        apply Rmult_le_compat_l with (r := Rmin e q) in M; lra.
      * assert (Rmin e q * mean (a h) n <= e * mean (a h) n); [|lra].
        apply Rmult_le_compat_r; lra.
Qed.

(** Weights of students that no [K] finds negative, or a combination that all find negative. *)
Lemma alternative (class : list G) : forall K,
  (exists w, weighs class w /\ 0 < sum snd w /\
     forall k, In k K -> 0 <= mean (fun g => mean (a g) k) w) \/
  (exists m, combined K m /\ forall g, In g class -> mean (a g) m < 0).
Proof.
  induction class as [|g0 class IH]; intros K.
  { right. exists []. split; [|intros g []]. intros Q [Z _] _. exact Z. }
  set (v := fun k => mean (a g0) k).
  set (N := filter (fun k => less (v k) 0) K).
  set (P := filter (fun k => less 0 (v k)) K).
  set (Z := filter (fun k => at_most (v k) 0) K).
  assert (inN : forall k, In k N <-> In k K /\ v k < 0).
  { intros k. unfold N. rewrite filter_In, less_true. tauto. }
  assert (inP : forall k, In k P <-> In k K /\ 0 < v k).
  { intros k. unfold P. rewrite filter_In, less_true. tauto. }
  assert (inZ : forall k, In k Z <-> In k K /\ v k <= 0).
  { intros k. unfold Z. rewrite filter_In, at_most_true. tauto. }
  assert (cases : N = [] \/ exists n0, In n0 N) by (destruct N as [|n0 N']; [now left|right; exists n0; now left]).
  destruct cases as [none|[n0 J0]].
  { left. exists [(g0, 1)]. split; [|split].
    - intros z [<-|[]]. cbn - [IZR]. split; [now left|lra].
    - cbn - [IZR]. lra.
    - intros k I. unfold mean at 1. cbn - [IZR mean]. fold (v k).
      destruct (Rlt_dec (v k) 0) as [L|L]; [|lra]. pose proof (proj2 (inN k) (conj I L)) as J. now rewrite none in J. }
  assert (some : N <> []) by (intros none; now rewrite none in J0).
  apply inN in J0 as I0. clear J0.
  set (pair := fun p n => scale (v p) n ++ scale (- v n) p).
  set (K' := Z ++ flat_map (fun p => map (pair p) N) P).
  destruct (IH K') as [[w [W [T H]]]|[m [C H]]].
  - left. set (val := fun k => mean (fun g => mean (a g) k) w).
    assert (valpair : forall p n, val (pair p n) = v p * val n + - v n * val p).
    { intros p n. unfold val, pair. change (sum (fun z => snd z * mean (a (fst z)) (scale (v p) n ++ scale (- v n) p)) w = v p * sum (fun z => snd z * mean (a (fst z)) n) w + - v n * sum (fun z => snd z * mean (a (fst z)) p) w).
      rewrite <- !sum_scale, <- sum_plus.
      apply sum_ext. intros z. rewrite mean_app, !mean_scale. ring. }
    destruct (least_in (fun n => val n / - v n) N some) as [n [In' L]].
    apply inN in In' as In2. destruct In2 as [IK neg].
    assert (vn : 0 <= val n) by (apply H, in_app_iff; left; apply inZ; split; [assumption|lra]).
    set (w0 := val n / - v n) in *.
    assert (pos : 0 <= w0) by (apply Rmult_le_pos; [assumption|left; apply Rinv_0_lt_compat; lra]).
    exists ((g0, w0) :: w). split; [|split].
    + intros z [<-|J]; [split; [now left|exact pos]|]. destruct (W z J). split; [now right|assumption].
    + cbn [sum snd]. lra.
    + intros k I. unfold mean at 1. cbn [sum fst snd]. fold (v k). fold (mean (fun g => mean (a g) k) w).
      fold (val k). destruct (Rtotal_order (v k) 0) as [S|[S|S]].
      * assert (J : In k N) by (apply inN; split; assumption). specialize (L k J). cbv beta in L.
        assert (val k / - v k * (- v k) = val k) by (field; lra).
        apply Rmult_le_compat_r with (r := - v k) in L; lra.
      * rewrite S. assert (0 <= val k); [|lra].
        apply H, in_app_iff. left. apply inZ. split; [assumption|lra].
      * assert (J : 0 <= val (pair k n)).
        { apply H, in_app_iff. right. apply in_flat_map. exists k. split; [now apply inP|].
          now apply in_map. }
        rewrite valpair in J. assert (w0 * (- v n) = val n) by (unfold w0; field; lra).
        assert (0 <= (w0 * v k + val k) * - v n) by nra.
        apply Rmult_le_reg_r with (- v n); lra.
  - right. destruct I0 as [I0 neg].
    destruct (some_step class m n0 H) as [e [P0 E]].
    exists (m ++ scale e n0). split.
    + intros Q [Q0 [Qa Qs]] QK. apply Qa; [|apply Qs; [lra|now apply QK]].
      apply C; [now split|]. intros k I. apply in_app_iff in I as [I|I].
      * apply inZ in I. now apply QK.
      * apply in_flat_map in I as [p [Ip I]]. apply in_map_iff in I as [n [<- I]].
        apply inP in Ip as [Ip p0]. apply inN in I as [I n1].
        apply Qa; apply Qs; try lra; now apply QK.
    + intros g [<-|I].
      * rewrite mean_app, mean_scale. assert (mean (a g0) m <= 0).
        { apply (C (fun k => mean (a g0) k <= 0)).
          - split; [unfold mean; cbn - [IZR]; lra|split].
            + intros x y. rewrite mean_app. lra.
            + intros c x c0 x0. rewrite mean_scale. apply Rmult_le_compat_l with (r := c) in x0; lra.
          - intros k I. apply in_app_iff in I as [I|I]; [now apply inZ in I|].
            apply in_flat_map in I as [p [_ I]]. apply in_map_iff in I as [n [<- _]].
            unfold pair. rewrite mean_app, !mean_scale. fold (v n) (v p). lra. }
        fold (v n0). assert (0 < e * - v n0) by (apply Rmult_lt_0_compat; lra). lra.
      * rewrite mean_app, mean_scale. now apply E.
Qed.
End Elimination.

(** ** Laws *)
Lemma scaled_law {T} (m : list (T * R)) inside :
  weighs inside m -> 0 < sum snd m -> distribution (scale (/ sum snd m) m).
Proof.
  intros W P. split.
  - intros z I. refine (proj2 (weighs_scale inside _ m _ W z I)). left. now apply Rinv_0_lt_compat.
  - unfold scale. rewrite sum_map. cbn [snd]. rewrite sum_scale. field. lra.
Qed.

Lemma mean_const_minus {T} (f : T -> R) c m : mean (fun x => c - f x) m = c * sum snd m - mean f m.
Proof.
  unfold mean. induction m as [|z m IH]; cbn [sum]; [ring|]. rewrite IH. ring.
Qed.

Theorem minimax {G X} (loss : G -> X -> R) (class : list G) (points : list X) (c : R) :
  points <> [] ->
  (forall D, distribution D -> weighs points D -> exists g, In g class /\ mean (loss g) D <= c) ->
  exists mu, distribution mu /\ weighs class mu /\
    forall x, In x points -> mean (fun g => loss g x) mu <= c.
Proof.
  intros some promise.
  destruct (alternative (fun g x => c - loss g x) class (map (fun x => [(x, 1)]) points))
    as [[w [W [P H]]]|[m [C H]]].
  - exists (scale (/ sum snd w) w). split; [now apply (scaled_law w class)|]. split.
    { apply weighs_scale; [left; now apply Rinv_0_lt_compat|assumption]. }
    intros x I. rewrite mean_scale.
    specialize (H [(x, 1)] (in_map (fun x => [(x, 1)]) _ _ I)).
    assert (E : mean (fun g => mean (fun x0 => c - loss g x0) [(x, 1)]) w
      = c * sum snd w - mean (fun g => loss g x) w).
    { rewrite <- mean_const_minus. apply sum_ext. intros z. unfold mean. cbn - [IZR]. ring. }
    rewrite E in H. apply Rmult_le_reg_l with (sum snd w); [assumption|].
    rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra. lra.
  - exfalso. assert (W : weighs points m).
    { apply (C (weighs points)).
      - split; [intros z []|split]; [apply weighs_app|intros; now apply weighs_scale].
      - intros k I. apply in_map_iff in I as [x [<- I]]. intros z [<-|[]]. cbn - [IZR].
        split; [assumption|lra]. }
    destruct (Rle_lt_dec (sum snd m) 0) as [Z|P].
    + destruct points as [|x points]; [congruence|].
      destruct (promise [(x, 1)]) as [g [I _]].
      { split; [intros z [<-|[]]; cbn - [IZR]; lra|cbn - [IZR]; lra]. }
      { intros z [<-|[]]. cbn - [IZR]. split; [now left|lra]. }
      specialize (H g I). assert (N : forall z, In z m -> snd z = 0).
      { clear - Z W. induction m as [|z m IH]; [intros z []|].
        cbn [sum] in Z. destruct (W z (or_introl eq_refl)) as [_ z0].
        assert (0 <= sum snd m) by (apply sum_nonneg; intros y I; now apply W; right).
        intros y [<-|I]; [lra|]. apply IH; [intros t J; apply W; now right|lra|assumption]. }
      unfold mean in H. rewrite (sum_ext_in _ (fun _ => 0)) in H; [rewrite sum_zero in H; lra|].
      intros z J. rewrite (N z J). ring.
    + destruct (promise (scale (/ sum snd m) m)) as [g [I L]].
      { now apply (scaled_law m points). }
      { apply weighs_scale; [left; now apply Rinv_0_lt_compat|assumption]. }
      specialize (H g I). rewrite mean_const_minus in H. rewrite mean_scale in L.
      assert (mean (loss g) m <= c * sum snd m); [|lra].
      apply Rmult_le_compat_l with (r := sum snd m) in L; [|lra].
      rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in L by lra. lra.
Qed.
