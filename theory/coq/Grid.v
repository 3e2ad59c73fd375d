(** How often a nonzero polynomial vanishes on a grid, and draws that tell two polynomials apart. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Collecting.
Import ListNotations.
Open Scope R_scope.

(** ** In one variable: no more roots than the degree *)
Fixpoint horner (a : list R) (x : R) : R := match a with [] => 0 | c :: t => c + x * horner t x end.
Fixpoint divided (r : R) (a : list R) : list R :=
  match a with [] => [] | c :: t => match t with [] => [] | _ => horner t r :: divided r t end end.

Lemma divided_right r a x : horner a x - horner a r = (x - r) * horner (divided r a) x.
Proof.
  induction a as [|c t IH]; [cbn; ring|]. destruct t as [|e t]; [cbn; ring|].
  change (divided r (c :: e :: t)) with (horner (e :: t) r :: divided r (e :: t)).
  change (horner (c :: e :: t) x) with (c + x * horner (e :: t) x).
  change (horner (c :: e :: t) r) with (c + r * horner (e :: t) r).
  change (horner (horner (e :: t) r :: divided r (e :: t)) x)
    with (horner (e :: t) r + x * horner (divided r (e :: t)) x).
  rewrite Rmult_plus_distr_l.
  replace ((x - r) * (x * horner (divided r (e :: t)) x)) with (x * ((x - r) * horner (divided r (e :: t)) x)) by ring.
  rewrite <- IH. ring.
Qed.
Lemma divided_length r c t : length (divided r (c :: t)) = length t.
Proof. revert c. induction t as [|e t IH]; intros c; [reflexivity|].
  change (S (length (divided r (e :: t))) = S (length t)). now rewrite IH.
Qed.
Lemma divided_last r a : (2 <= length a)%nat -> last (divided r a) 0 = last a 0.
Proof.
  induction a as [|c [|e [|f t]] IH]; cbn [length]; intros L; try lia.
  - cbn. ring.
  - transitivity (last (divided r (e :: f :: t)) 0); [reflexivity|].
    rewrite IH by (cbn [length]; lia). reflexivity.
Qed.
Theorem few_roots a roots :
  last a 0 <> 0 -> NoDup roots -> (forall x, In x roots -> horner a x = 0) ->
  (length roots < length a)%nat.
Proof.
  revert a. induction roots as [|r roots IH]; intros a top apart zero.
  - destruct a; [now contradiction top|cbn; lia].
  - destruct a as [|c [|e t]]; [now contradiction top| |].
    + exfalso. apply top. cbn [last]. pose proof (zero r (or_introl eq_refl)) as Z. cbn [horner] in Z. lra.
    + inversion apart as [|y l out apart' E]; subst.
      assert (H : (length roots < length (divided r (c :: e :: t)))%nat).
      { apply IH; [rewrite divided_last by (cbn [length]; lia); exact top|assumption|].
        intros x I. pose proof (divided_right r (c :: e :: t) x) as D.
        rewrite (zero x (or_intror I)), (zero r (or_introl eq_refl)) in D.
        assert (x <> r) by (intros ->; contradiction).
        destruct (Rmult_integral (x - r) (horner (divided r (c :: e :: t)) x)); lra. }
      rewrite divided_length in H. cbn [length] in *. lia.
Qed.

(** ** In several: coefficients are polynomials in the variables that follow *)
Fixpoint poly (d : nat) : Type := match d with O => R | S d' => list (poly d') end.
Definition nothing (d : nat) : poly d := match d with O => 0 | S _ => [] end.
Fixpoint at_point (d : nat) : poly d -> list R -> R :=
  match d with
  | O => fun c _ => c
  | S d' => fun p xs => horner (map (fun c => at_point d' c (tl xs)) p) (hd 0 xs)
  end.
(** The last coefficient is one, on every level; and what degree there is. *)
Fixpoint nonzero (d : nat) : poly d -> Prop :=
  match d with O => fun c => c <> 0 | S d' => fun p => p <> [] /\ nonzero d' (last p (nothing d')) end.
Fixpoint of_degree (d k : nat) : poly d -> Prop :=
  match d with
  | O => fun _ => True
  | S d' => fun p => forall i, (i < length p)%nat -> (i <= k)%nat /\ of_degree d' (k - i) (nth i p (nothing d'))
  end.
Definition vanishes (d : nat) (p : poly d) (xs : list R) : bool := if Req_dec_T (at_point d p xs) 0 then true else false.

Lemma vanishes_true d p xs : vanishes d p xs = true <-> at_point d p xs = 0.
Proof. unfold vanishes. destruct (Req_dec_T _ _); split; intros; auto; discriminate || contradiction. Qed.

Section Grid.
Context (grid : list R).
Hypothesis some : grid <> [].
Hypothesis apart : NoDup grid.

Lemma some_grid : 0 < INR (length grid).
Proof. apply lt_0_INR. destruct grid; [now contradiction some|cbn; lia]. Qed.
Lemma alike_law : distribution (each_alike grid).
Proof.
  pose proof some_grid. split.
  - intros x I. apply in_map_iff in I as [y [<- _]]. cbn [snd]. left. now apply Rinv_0_lt_compat.
  - unfold each_alike. rewrite sum_map. cbn [snd]. rewrite sum_const. field. lra.
Qed.

Lemma roots_on_the_grid a :
  last a 0 <> 0 -> sum (fun x => if vanishes 1 a [fst x] then snd x else 0) (each_alike grid) <=
                   INR (length a - 1) / INR (length grid).
Proof.
  intros top. pose proof some_grid as P. unfold each_alike. rewrite sum_map. cbn [fst snd].
  assert (E : sum (fun x => if vanishes 1 a [x] then / INR (length grid) else 0) grid =
              / INR (length grid) * INR (length (filter (fun x => vanishes 1 a [x]) grid))).
  { clear. generalize (/ INR (length grid)). intros w. induction grid as [|x l IH]; cbn [sum filter length INR]; [ring|].
    rewrite IH. destruct (vanishes 1 a [x]); cbn [length]; rewrite ?S_INR; ring. }
  rewrite E. unfold Rdiv. rewrite Rmult_comm. apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|].
  apply le_INR. pose proof (few_roots a (filter (fun x => vanishes 1 a [x]) grid) top (NoDup_filter _ apart)) as H.
  assert (Z : forall x, In x (filter (fun x => vanishes 1 a [x]) grid) -> horner a x = 0).
  { intros x I. apply filter_In in I as [_ I]. apply vanishes_true in I. cbn [at_point hd tl] in I.
    now rewrite map_id in I. }
  specialize (H Z). lia.
Qed.

Lemma last_map {A B} (f : A -> B) l x y : l <> [] -> last (map f l) y = f (last l x).
Proof.
  induction l as [|a [|b l] IH]; intros H; [now contradiction H|reflexivity|].
  transitivity (last (map f (b :: l)) y); [reflexivity|]. rewrite IH by discriminate. reflexivity.
Qed.

Lemma nth_end {A} (l : list A) m z : length l = S m -> nth m l z = last l z.
Proof.
  revert m. induction l as [|a [|b l] IH]; intros m H; [discriminate|now injection H as <-|].
  destruct m as [|m]; [discriminate|]. injection H as H. 
  change (nth m (b :: l) z = last (b :: l) z). apply IH. cbn. congruence.
Qed.

Theorem schwartz_zippel d : forall k (p : poly d),
  nonzero d p -> of_degree d k p ->
  pr (power (each_alike grid) d) (vanishes d p) <= INR k / INR (length grid).
Proof.
  pose proof alike_law as law. pose proof some_grid as P.
  induction d as [|d IH]; intros k p top low.
  - cbn [nonzero] in top. unfold pr. cbn [power sum fst snd].
    destruct (vanishes 0 p []) eqn:V; [apply vanishes_true in V; cbn in V; contradiction|].
    assert (0 <= INR k / INR (length grid)); [|lra].
    apply Rmult_le_pos; [apply pos_INR|left; now apply Rinv_0_lt_compat].
  - destruct top as [full top]. set (m := (length p - 1)%nat). set (lead := last p (nothing d)) in *.
    assert (L : (length p = S m)%nat) by (unfold m; destruct p; [now contradiction full|cbn; lia]).
    destruct (low m ltac:(lia)) as [M deep].
    assert (same : nth m p (nothing d) = lead)
      by now apply nth_end.
    rewrite same in deep. pose proof (IH _ lead top deep) as H.
    assert (law' : distribution (power (each_alike grid) d)) by now apply power_law.
    rewrite pr_step.
    apply Rle_trans with
      (sum (fun x => snd x * pr (power (each_alike grid) d) (vanishes d lead)) (each_alike grid) +
       sum (fun y => snd y * (INR m / INR (length grid))) (power (each_alike grid) d)).
    + apply Rle_trans with
        (sum (fun x => snd x * pr (power (each_alike grid) d) (vanishes d lead)) (each_alike grid) +
         sum (fun x => sum (fun y => snd y * (if (vanishes 1 (map (fun c => at_point d c (fst y)) p) [fst x] &&
            negb (vanishes d lead (fst y)))%bool then snd x else 0)) (power (each_alike grid) d)) (each_alike grid)).
      * rewrite <- sum_plus. apply sum_le. intros x I. pose proof (proj1 law x I) as N.
        unfold pr. rewrite <- !sum_scale, <- sum_plus. apply sum_le. intros y J. pose proof (proj1 law' y J) as K.
        assert (E : vanishes (S d) p (fst x :: fst y) = vanishes 1 (map (fun c => at_point d c (fst y)) p) [fst x]).
        { unfold vanishes. cbn [at_point hd tl]. now rewrite map_id. }
        rewrite E. destruct (vanishes 1 _ _), (vanishes d lead (fst y)); cbn [andb negb]; nra.
      * apply Rplus_le_compat_l. rewrite sum_swap. apply sum_le. intros y J. pose proof (proj1 law' y J) as K.
        rewrite sum_scale. apply Rmult_le_compat_l; [assumption|].
        destruct (vanishes d lead (fst y)) eqn:V.
        -- rewrite (sum_ext _ (fun _ => 0)) by (intros x; now rewrite andb_false_r). rewrite sum_zero.
           apply Rmult_le_pos; [apply pos_INR|left; now apply Rinv_0_lt_compat].
        -- rewrite (sum_ext _ (fun x => if vanishes 1 (map (fun c => at_point d c (fst y)) p) [fst x] then snd x else 0))
             by (intros x; cbn [negb]; now rewrite andb_true_r).
           eapply Rle_trans; [apply roots_on_the_grid|].
           ++ rewrite (last_map _ p (nothing d)) by assumption. fold lead. intros Z.
              apply vanishes_true in Z. congruence.
           ++ rewrite map_length. right. reflexivity.
    + rewrite (sum_ext _ (fun x => pr (power (each_alike grid) d) (vanishes d lead) * snd x)) by (intros; ring).
      rewrite sum_scale, (proj2 law).
      rewrite (sum_ext (fun y => snd y * _) (fun y => INR m / INR (length grid) * snd y)) by (intros; ring).
      rewrite sum_scale, (proj2 law'), !Rmult_1_r.
      rewrite (minus_INR k m M) in H. unfold Rdiv in *. lra.
Qed.
End Grid.
