(** The rank bound: functions that span few dimensions come close to few conjunctions. *)
From Coq Require Import Bool List Reals Lra Lia Arith FinFun.
From Leafproof Require Import Space Gap.
Import ListNotations.
Open Scope R_scope.

(** ** Vectors, with coordinates in a list *)
(** [c1 f1 + c2 f2 + ...] *)
Fixpoint combination {X} (c : list R) (fs : list (X -> R)) (x : X) : R :=
  match c, fs with
  | a :: c', f :: fs' => a * f x + combination c' fs' x
  | _, _ => 0
  end.

Section Vectors.
Context {I : Type} (eq_dec : forall i j : I, {i = j} + {i <> j}) (ix : list I).

Definition inner (f g : I -> R) : R := sum (fun i => f i * g i) ix.
Fixpoint orthonormal (es : list (I -> R)) : Prop :=
  match es with
  | [] => True
  | e :: es' => inner e e = 1 /\ (forall e', In e' es' -> inner e e' = 0) /\ orthonormal es'
  end.

Lemma inner_ext f f' g : (forall i, In i ix -> f i = f' i) -> inner f g = inner f' g.
Proof. intros H. apply sum_ext_in. intros i J. now rewrite H. Qed.
Lemma inner_symmetric f g : inner f g = inner g f.
Proof. apply sum_ext. intros. ring. Qed.
Lemma inner_linear a b f g h : inner (fun i => a * f i + b * g i) h = a * inner f h + b * inner g h.
Proof.
  unfold inner. rewrite <- !sum_scale, <- sum_plus. apply sum_ext. intros. ring.
Qed.
Lemma inner_combination c fs e :
  (forall f, In f fs -> inner f e = 0) -> inner (combination c fs) e = 0.
Proof.
  revert c. induction fs as [|f fs IH]; intros [|a c] H;
    try (unfold inner; cbn [combination]; rewrite (sum_ext _ (fun _ => 0)); [apply sum_zero|intros; ring]).
  cbn [combination]. rewrite (inner_ext _ (fun i => a * f i + 1 * combination c fs i)) by (intros; ring).
  rewrite inner_linear, H, IH by (intros; try apply H; now (left + right)). ring.
Qed.
Lemma inner_self_zero f : inner f f = 0 -> forall i, In i ix -> f i = 0.
Proof.
  unfold inner. induction ix as [|j l IH]; intros H i J; [easy|]. cbn [sum] in H.
  assert (0 <= sum (fun i => f i * f i) l) by (apply sum_nonneg; intros; nra).
  destruct J as [<-|J]; [nra|apply IH; [nra|assumption]].
Qed.

(** The squared length of what is left of a basis vector, after any combination is taken away. *)
Lemma squares_of_combination c es :
  orthonormal es -> inner (combination c es) (combination c es) = sum (fun a => a * a) (firstn (length es) c).
Proof.
  revert c. induction es as [|e es IH]; intros [|a c] O; cbn [length firstn sum];
    try (unfold inner; cbn [combination]; rewrite (sum_ext _ (fun _ => 0)); [apply sum_zero|intros; ring]).
  destruct O as [N [P O]]. cbn [combination]. set (w := combination c es).
  rewrite (inner_ext _ (fun i => a * e i + 1 * w i)) by (intros; ring).
  rewrite inner_linear, (inner_symmetric e), (inner_symmetric w).
  rewrite !(inner_ext (fun i => a * e i + w i) (fun i => a * e i + 1 * w i)) by (intros; ring).
  rewrite !inner_linear, N, (inner_symmetric e w).
  assert (Z : inner w e = 0) by (apply inner_combination; intros f F; rewrite inner_symmetric; now apply P).
  unfold w in *. rewrite (IH c O) in *. rewrite Z. ring.
Qed.

Definition basis (s i : I) : R := if eq_dec i s then 1 else 0.

Lemma sum_basis s f : NoDup ix -> In s ix -> sum (fun i => basis s i * f i) ix = f s.
Proof.
  intros N J. induction ix as [|i l IH]; [easy|]. inversion N as [|? ? A B]; subst. cbn [sum].
  unfold basis at 1. destruct (eq_dec i s) as [->|H].
  - rewrite (sum_ext_in _ (fun _ => 0)); [rewrite sum_zero; ring|]. intros i K. unfold basis.
    destruct (eq_dec i s) as [->|]; [contradiction|ring].
  - destruct J as [J|J]; [congruence|]. rewrite IH by assumption. ring.
Qed.

Lemma best_combination c es s :
  NoDup ix -> In s ix -> orthonormal es ->
  1 - sum (fun e => e s * e s) es <=
  sum (fun i => (basis s i - combination c es i) * (basis s i - combination c es i)) ix.
Proof.
  intros N J O. set (w := combination c es).
  rewrite (sum_ext _ (fun i => (basis s i * basis s i + (-2) * (basis s i * w i)) + w i * w i))
    by (intros; ring).
  rewrite !sum_plus, sum_scale, !sum_basis by assumption. fold (inner w w). unfold basis.
  destruct (eq_dec s s); [|contradiction]. unfold w. rewrite squares_of_combination by assumption.
  clear. enough (0 <= sum (fun e => e s * e s) es - 2 * combination c es s +
    sum (fun a => a * a) (firstn (length es) c)) by lra.
  revert c. induction es as [|e es IH]; intros c; [destruct c; cbn - [IZR]; lra|].
  destruct c as [|a c]; cbn [combination sum length firstn].
  - specialize (IH []). rewrite firstn_nil in IH. cbn [combination sum] in IH. pose proof (Rle_0_sqr (e s)).
    unfold Rsqr in *. lra.
  - specialize (IH c). pose proof (Rle_0_sqr (a - e s)) as Q. unfold Rsqr in Q. lra.
Qed.

(** Gram and Schmidt. *)
Theorem orthonormalised (ws : list (I -> R)) :
  exists es, (length es <= length ws)%nat /\ orthonormal es /\
    forall c, exists b, forall i, In i ix -> combination c ws i = combination b es i.
Proof.
  induction ws as [|w ws [es [L [O S]]]].
  { exists []. repeat split; [lia|]. intros c. exists []. intros. now destruct c. }
  set (p := map (fun e => inner w e) es).
  set (r := fun i => w i - combination p es i).
  assert (R : forall e, In e es -> inner r e = 0).
  { intros e J. unfold r. rewrite (inner_ext _ (fun i => 1 * w i + (-1) * combination p es i)) by (intros; ring).
    rewrite inner_linear. enough (inner (combination p es) e = inner w e) by lra.
    unfold p. clear - O J. induction es as [|f es IH]; [easy|]. destruct O as [N [P O]].
    cbn [map combination].
    rewrite (inner_ext _ (fun i => inner w f * f i + 1 * combination (map (fun e => inner w e) es) es i))
      by (intros; ring).
    rewrite inner_linear. destruct J as [<-|J].
    - rewrite N, inner_combination by (intros g G; rewrite inner_symmetric; now apply P). ring.
    - rewrite (P e J), IH by assumption. ring. }
  assert (add : forall a p b, exists b',
    forall i, a * combination p es i + combination b es i = combination b' es i).
  { clear. intros a. induction es as [|e es IH]; intros p b.
    - exists []. intros i. destruct p, b; cbn; ring.
    - destruct p as [|x p], b as [|y b].
      + exists []. intros i. cbn. ring.
      + destruct (IH [] b) as [b' H]. exists (y :: b'). intros i. cbn [combination]. rewrite <- H.
        destruct es; cbn; ring.
      + destruct (IH p []) as [b' H]. exists (a * x :: b'). intros i. cbn [combination]. rewrite <- H.
        destruct es; cbn; ring.
      + destruct (IH p b) as [b' H]. exists (a * x + y :: b'). intros i. cbn [combination]. rewrite <- H. ring. }
  destruct (Req_dec (inner r r) 0) as [Z|Z].
  - exists es. repeat split; [cbn; lia|assumption|]. intros [|a c].
    + exists []. intros i _. now destruct es.
    + destruct (S c) as [b B], (add a p b) as [b' B']. exists b'. intros i J. cbn [combination].
      rewrite (B i J), <- B'. pose proof (inner_self_zero r Z i J) as Q. unfold r in Q.
      replace (w i) with (combination p es i) by lra. reflexivity.
  - assert (P : 0 < inner r r).
    { assert (0 <= inner r r) by (apply sum_nonneg; intros; nra). lra. }
    set (n := sqrt (inner r r)). assert (Pn : 0 < n) by now apply sqrt_lt_R0.
    assert (Sn : n * n = inner r r) by (apply sqrt_sqrt; lra).
    set (e := fun i => / n * r i). exists (e :: es). split; [cbn; lia|]. split.
    + repeat split; [| |assumption].
      * unfold inner, e. rewrite (sum_ext _ (fun i => (/ n * / n) * (r i * r i))) by (intros; ring).
        rewrite sum_scale. fold (inner r r). rewrite <- Sn. field. lra.
      * intros f F. rewrite (inner_ext _ (fun i => / n * r i + 0 * r i)) by (intros; unfold e; ring).
        rewrite inner_linear, (R f F). ring.
    + intros [|a c].
      * exists []. intros i _. reflexivity.
      * destruct (S c) as [b B], (add a p b) as [b' B']. exists (a * n :: b'). intros i J.
        cbn [combination]. rewrite (B i J), <- B'. unfold e, r. field. lra.
Qed.

Lemma sum_included (f : I -> R) l :
  NoDup l -> incl l ix -> (forall i, 0 <= f i) -> sum f l <= sum f ix.
Proof.
  intros N H P. revert H. generalize ix. induction l as [|a l IH]; intros l' H; [now apply sum_nonneg|].
  inversion N as [|? ? A B]; subst. destruct (in_split a l' (H a (or_introl eq_refl))) as [l1 [l2 ->]].
  assert (K : sum f l <= sum f (l1 ++ l2)).
  { apply IH; [assumption|]. intros x X. specialize (H x (or_intror X)). apply in_app_or in H.
    apply in_or_app. destruct H as [H|[H|H]]; [now left|congruence|now right]. }
  rewrite sum_app in *. cbn [sum]. lra.
Qed.

(** [m] vectors span a space that comes close to few basis vectors. *)
Theorem few_basis_vectors (ws : list (I -> R)) (good : list I) rho :
  NoDup ix -> NoDup good -> incl good ix ->
  (forall s, In s good -> exists c,
     sum (fun i => (basis s i - combination c ws i) * (basis s i - combination c ws i)) ix <= rho) ->
  INR (length good) * (1 - rho) <= INR (length ws).
Proof.
  intros N Ng J close. destruct (orthonormalised ws) as [es [L [O S]]].
  apply le_INR in L. apply Rle_trans with (sum (fun s => sum (fun e => e s * e s) es) good).
  - rewrite <- sum_const. apply sum_le. intros s G. destruct (close s G) as [c C], (S c) as [b B].
    pose proof (best_combination b es s N (J s G) O) as H.
    rewrite (sum_ext_in _ (fun i => (basis s i - combination b es i) * (basis s i - combination b es i))) in C
      by (intros i Ii; now rewrite (B i Ii)). lra.
  - eapply Rle_trans; [apply sum_included; auto; intros; apply sum_nonneg; intros; nra|].
    rewrite sum_swap. eapply Rle_trans; [|exact L]. right. clear - O.
    induction es as [|e es IH]; [reflexivity|]. destruct O as [E [_ O]]. cbn [sum length].
    rewrite S_INR, IH by assumption. unfold inner in E. rewrite E. ring.
Qed.
End Vectors.

(** ** The spectrum of a function of [d] Boolean variables: its coefficient at a set [T] of variables *)
Fixpoint spectrum (d : nat) (u : list bool -> R) (T : list bool) : R :=
  match d, T with
  | O, _ => u []
  | S _, [] => 0
  | S d', t :: T' =>
      (spectrum d' (fun x => u (false :: x)) T' +
       (if t then -1 else 1) * spectrum d' (fun x => u (true :: x)) T') / 2
  end.

(** The mean of the square, over all points alike; and the distance of functions. *)
Definition mean_square (d : nat) (u : list bool -> R) : R := sum (fun x => snd x * (u (fst x) * u (fst x))) (uniform d).
Definition distance (d : nat) (u v : list bool -> R) : R := sqrt (mean_square d (fun x => u x - v x)).

Lemma mean_square_step d u :
  mean_square (S d) u = (mean_square d (fun x => u (false :: x)) + mean_square d (fun x => u (true :: x))) / 2.
Proof.
  unfold mean_square, uniform. rewrite !sum_map. cbn [cube]. rewrite sum_app, !sum_map. cbn [fst snd pow].
  assert (0 < 2 ^ d) by (apply pow_lt; lra). rewrite !sum_scale. field. lra.
Qed.

Lemma spectrum_zero d : forall w, (forall x, w x = 0) -> forall T, spectrum d w T = 0.
Proof.
  induction d as [|d IH]; intros w H T; cbn [spectrum]; [apply H|]. destruct T as [|t T]; [ring|].
  rewrite !IH by (intros; apply H). field.
Qed.
Lemma spectrum_combination d : forall c fs T,
  spectrum d (combination c fs) T = combination c (map (spectrum d) fs) T.
Proof.
  assert (add : forall d a u v w, (forall x, w x = a * u x + v x) ->
    forall T, spectrum d w T = a * spectrum d u T + spectrum d v T).
  { clear. induction d as [|d IH]; intros a u v w H T; cbn [spectrum]; [apply H|].
    destruct T as [|t T]; [ring|].
    rewrite (IH a _ _ (fun x => w (false :: x)) (fun x => H (false :: x))).
    rewrite (IH a _ _ (fun x => w (true :: x)) (fun x => H (true :: x))). field. }
  induction c as [|a c IH]; intros fs T; [apply spectrum_zero; now destruct fs|].
  destruct fs as [|f fs]; [now apply spectrum_zero|]. cbn [map combination]. rewrite <- IH. now apply add.
Qed.
Lemma spectrum_minus d : forall u v T, spectrum d (fun x => u x - v x) T = spectrum d u T - spectrum d v T.
Proof.
  induction d as [|d IH]; intros u v T; cbn [spectrum]; [reflexivity|]. destruct T as [|t T]; [ring|].
  rewrite (IH (fun x => u (false :: x)) (fun x => v (false :: x))).
  rewrite (IH (fun x => u (true :: x)) (fun x => v (true :: x))). field.
Qed.

(** Parseval. *)
Theorem parseval d : forall u, sum (fun T => spectrum d u T * spectrum d u T) (cube d) = mean_square d u.
Proof.
  induction d as [|d IH]; intros u; [unfold mean_square; cbn - [IZR]; field|].
  rewrite mean_square_step, <- !IH. cbn [cube]. rewrite sum_app, !sum_map, <- sum_plus. cbn [spectrum].
  unfold Rdiv. rewrite Rmult_comm, <- sum_plus, <- sum_scale. apply sum_ext. intros T. field.
Qed.

(** Few coefficients are large. *)
Theorem heavy_coefficients d u (sets : list (list bool)) theta :
  NoDup sets -> incl sets (cube d) -> 0 < theta -> mean_square d u <= 1 ->
  (forall T, In T sets -> theta <= Rabs (spectrum d u T)) -> INR (length sets) <= 1 / theta ^ 2.
Proof.
  intros N I pos one large. assert (P : 0 < theta ^ 2) by (apply pow_lt; lra).
  apply Rmult_le_reg_r with (theta ^ 2); [assumption|].
  replace (1 / theta ^ 2 * theta ^ 2) with 1 by (field; lra). rewrite <- sum_const.
  apply Rle_trans with (sum (fun T => spectrum d u T * spectrum d u T) sets).
  - apply sum_le. intros T J. specialize (large T J). apply Rle_trans with (Rabs (spectrum d u T) * Rabs (spectrum d u T)); [nra|].
    right. rewrite <- Rabs_mult. apply Rabs_right. nra.
  - rewrite <- parseval in one. eapply Rle_trans; [|exact one].
    apply sum_included; try assumption. intros T. nra.
Qed.

(** ** Conjunctions *)
(** Each variable of [vars] has its value of [values]. *)
Fixpoint holds (vars values x : list bool) : bool :=
  match vars, values, x with
  | a :: vars', b :: values', y :: x' => (negb a || eqb y b) && holds vars' values' x'
  | _, _, _ => true
  end.
Definition conjunction (vars values x : list bool) : R := if holds vars values x then 1 else 0.
Definition size (vars : list bool) : nat := length (filter (fun a => a) vars).

Fixpoint among (T vars : list bool) : bool :=
  match T, vars with
  | t :: T', a :: vars' => (negb t || a) && among T' vars'
  | _, _ => true
  end.

Lemma spectrum_ext d : forall u v, (forall x, u x = v x) -> forall T, spectrum d u T = spectrum d v T.
Proof.
  induction d as [|d IH]; intros u v H T; cbn [spectrum]; [apply H|]. destruct T as [|t T]; [ring|].
  rewrite (IH _ _ (fun x => H (false :: x))), (IH _ _ (fun x => H (true :: x))). reflexivity.
Qed.

Lemma spectrum_step d a vars b values t T :
  let c := spectrum d (conjunction vars values) T in
  spectrum (S d) (conjunction (a :: vars) (b :: values)) (t :: T) =
  if a then (if b then (if t then - c / 2 else c / 2) else c / 2) else (if t then 0 else c).
Proof.
  intros c. cbn [spectrum].
  assert (A : forall y, spectrum d (fun x => conjunction (a :: vars) (b :: values) (y :: x)) T =
    if negb a || eqb y b then c else 0).
  { intros y. destruct (negb a || eqb y b) eqn:e.
    - apply spectrum_ext. intros x. unfold conjunction. cbn [holds]. now rewrite e.
    - apply spectrum_zero. intros x. unfold conjunction. cbn [holds]. now rewrite e. }
  rewrite !A. destruct a, b, t; cbn; field.
Qed.

Lemma spectrum_outside d : forall vars values T,
  length vars = d -> length values = d -> length T = d -> among T vars = false ->
  spectrum d (conjunction vars values) T = 0.
Proof.
  induction d as [|d IH]; intros [|a vars] [|b values] [|t T] La Lb Lt H; try discriminate.
  injection La as La. injection Lb as Lb. injection Lt as Lt. rewrite spectrum_step.
  cbn [among] in H. destruct (among T vars) eqn:e.
  - destruct t, a; try discriminate. reflexivity.
  - rewrite IH by assumption. destruct a, b, t; field.
Qed.
Lemma spectrum_at d : forall vars values,
  length vars = d -> length values = d ->
  exists sign, sign * sign = 1 /\ spectrum d (conjunction vars values) vars = sign / 2 ^ size vars.
Proof.
  induction d as [|d IH]; intros [|a vars] [|b values] La Lb; try discriminate.
  { exists 1. split; [ring|]. cbn. field. }
  injection La as La. injection Lb as Lb. destruct (IH vars values La Lb) as [s [S E]].
  rewrite spectrum_step, E. unfold size in *. cbn [filter].
  assert (0 < 2 ^ length (filter (fun a => a) vars)) by (apply pow_lt; lra).
  destruct a; [|exists s; split; [assumption|reflexivity]].
  cbn [length pow]. destruct b; [exists (- s)|exists s]; (split; [nra|field; lra]).
Qed.
Lemma among_same_size T : forall vars, length T = length vars -> size T = size vars -> among T vars = true -> T = vars.
Proof.
  assert (le : forall T vars, length T = length vars -> among T vars = true -> (size T <= size vars)%nat).
  { clear. unfold size. induction T as [|t T IH]; intros [|a vars] L A; try discriminate; [cbn; lia|].
    injection L as L. cbn [among] in A. apply andb_true_iff in A as [A B]. specialize (IH vars L B).
    destruct t, a; cbn in *; try discriminate; lia. }
  induction T as [|t T IH]; intros [|a vars] L E A; try discriminate; [reflexivity|].
  injection L as L. cbn [among] in A. apply andb_true_iff in A as [A B]. pose proof (le T vars L B) as K.
  unfold size in *. destruct t, a; cbn in *; try discriminate.
  - f_equal. apply IH; auto; lia.
  - lia.
  - f_equal. apply IH; auto.
Qed.

Lemma cube_spec d : forall x, In x (cube d) <-> length x = d.
Proof.
  induction d as [|d IH]; intros x; cbn [cube].
  - split; [intros [<-|[]]; reflexivity|]. destruct x; [now left|discriminate].
  - rewrite in_app_iff, !in_map_iff. split.
    + intros [[y [<- H]]|[y [<- H]]]; apply IH in H; cbn; now rewrite H.
    + destruct x as [|[] x]; [discriminate| |]; intros H; injection H as H; apply IH in H; [right|left]; eauto.
Qed.
Lemma cube_nodup d : NoDup (cube d).
Proof.
  induction d as [|d IH]; cbn [cube]; [repeat constructor; easy|].
  apply NoDup_app; try (apply Injective_map_NoDup; [intros x y H; now injection H|assumption]).
  intros x H K. apply in_map_iff in H as [y [<- _]]. apply in_map_iff in K as [z [E _]]. discriminate.
Qed.

(** ** The bound
    [V] are [m] functions; [sets] are sets of [k] variables each, for every one of which some
    conjunction of them (with any values) is within [eta] of a combination of [V]. *)
Theorem rank_bound d k m eta (V : list (list bool -> R)) (sets : list (list bool)) :
  length V = m -> 0 <= eta -> eta < / 2 ^ k -> NoDup sets ->
  (forall vars, In vars sets -> length vars = d /\ size vars = k /\
     exists values c, length values = d /\ distance d (conjunction vars values) (combination c V) <= eta) ->
  INR (length sets) <= INR m / (1 - 4 ^ k * eta ^ 2).
Proof.
  intros <- E0 E1 N close.
  assert (P2 : 0 < 2 ^ k) by (apply pow_lt; lra).
  assert (F : 4 ^ k = 2 ^ k * 2 ^ k) by (rewrite <- Rpow_mult_distr; f_equal; lra).
  assert (B : eta * 2 ^ k < 1).
  { apply Rmult_lt_compat_r with (r := 2 ^ k) in E1; [|assumption]. rewrite Rinv_l in E1; lra. }
  assert (rho : 0 < 1 - 4 ^ k * eta ^ 2) by
    (replace (4 ^ k * eta ^ 2) with ((eta * 2 ^ k) * (eta * 2 ^ k)) by (rewrite F; ring);
     assert (0 <= eta * 2 ^ k) by (apply Rmult_le_pos; lra); nra).
  set (eq_dec := list_eq_dec bool_dec). set (ix := filter (fun T => (size T =? k)%nat) (cube d)).
  assert (H : INR (length sets) * (1 - 4 ^ k * eta ^ 2) <= INR (length (map (spectrum d) V))).
  { apply (few_basis_vectors eq_dec ix).
    - apply NoDup_filter, cube_nodup.
    - assumption.
    - intros vars J. destruct (close vars J) as [L [S _]]. apply filter_In.
      split; [now apply cube_spec|now apply Nat.eqb_eq].
    - intros vars J. destruct (close vars J) as [L [S [values [c [Lv C]]]]].
      destruct (spectrum_at d vars values L Lv) as [s [SS At]]. rewrite S in At.
      exists (map (fun a => s * 2 ^ k * a) c).
      set (u := fun x => conjunction vars values x - combination c V x).
      assert (each : forall T, In T ix ->
        basis eq_dec vars T - combination (map (fun a => s * 2 ^ k * a) c) (map (spectrum d) V) T =
        s * 2 ^ k * spectrum d u T).
      { intros T I. apply filter_In in I as [I K]. apply cube_spec in I. apply Nat.eqb_eq in K.
        unfold u. rewrite spectrum_minus, spectrum_combination.
        assert (M : forall c fs, combination (map (fun a => s * 2 ^ k * a) c) fs T = s * 2 ^ k * combination c fs T).
        { clear. induction c as [|a c IH]; intros [|f fs]; cbn [map combination]; try ring. rewrite IH. ring. }
        rewrite M. unfold basis. destruct (eq_dec T vars) as [->|D].
        - rewrite At.
          replace (s * 2 ^ k * (s / 2 ^ k - combination c (map (spectrum d) V) vars))
            with (s * s - s * 2 ^ k * combination c (map (spectrum d) V) vars) by (field; lra).
          rewrite SS. ring.
        - rewrite spectrum_outside; auto; [ring|]. destruct (among T vars) eqn:A; [|reflexivity].
          exfalso. apply D, among_same_size; congruence. }
      rewrite (sum_ext_in _ (fun T => 4 ^ k * (spectrum d u T * spectrum d u T))).
      2:{ intros T I. rewrite (each T I), F.
          transitivity ((s * s) * (2 ^ k * 2 ^ k * (spectrum d u T * spectrum d u T))); [ring|].
          rewrite SS. ring. }
      rewrite sum_scale. apply Rmult_le_compat_l; [rewrite F; nra|].
      assert (MS : mean_square d u <= eta ^ 2).
      { unfold distance in C. fold u in C.
        assert (0 <= mean_square d u).
        { rewrite <- parseval. apply sum_nonneg. intros. nra. }
        rewrite <- (sqrt_sqrt (mean_square d u)) by assumption.
        pose proof (sqrt_pos (mean_square d u)). nra. }
      eapply Rle_trans; [|exact MS]. rewrite <- parseval. unfold ix. rewrite sum_filter.
      apply sum_le. intros T _. destruct (size T =? k)%nat; nra. }
  rewrite map_length in H. apply Rmult_le_reg_r with (1 - 4 ^ k * eta ^ 2); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
