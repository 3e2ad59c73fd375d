(** Sums over the tuples of a domain: what a product of distributions sums to. *)
From Coq Require Import ZArith QArith List Bool Lia Lqa.
From Leafproof Require Import Bytes Numbers Json Faults Semantics DomainJson.
Import ListNotations.
Open Scope Q_scope.

(** ** Sums *)
Definition sumQ (l : list Q) : Q := fold_right Qplus 0 l.
Definition over {A} (l : list A) (f : A -> Q) : Q := sumQ (map f l).
Lemma over_ext {A} (l : list A) f g : (forall x, In x l -> f x == g x) -> over l f == over l g.
Proof.
  induction l as [|x l IH]; intros H; [reflexivity|]. unfold over in *. cbn [map sumQ fold_right].
  rewrite (H x) by (left; reflexivity). unfold sumQ in IH. rewrite IH; [reflexivity|].
  intros y I. apply H. right. assumption.
Qed.
Lemma over_app {A} (l m : list A) f : over (l ++ m) f == over l f + over m f.
Proof.
  induction l as [|x l IH]; unfold over, sumQ in *; cbn [app map fold_right]; [ring|].
  rewrite IH. ring.
Qed.
Lemma over_plus {A} (l : list A) f g : over l (fun x => f x + g x) == over l f + over l g.
Proof. induction l as [|x l IH]; unfold over, sumQ in *; cbn [map fold_right]; [ring|]. rewrite IH. ring. Qed.
Lemma over_scale {A} (l : list A) c f : over l (fun x => c * f x) == c * over l f.
Proof. induction l as [|x l IH]; unfold over, sumQ in *; cbn [map fold_right]; [ring|]. rewrite IH. ring. Qed.
Lemma over_zero {A} (l : list A) f : (forall x, In x l -> f x == 0) -> over l f == 0.
Proof.
  intros H. rewrite (over_ext l f (fun _ => 0 * 0)).
  - rewrite over_scale. ring.
  - intros x I. rewrite H by assumption. reflexivity.
Qed.
Lemma over_map {A B} (h : A -> B) l f : over (map h l) f == over l (fun x => f (h x)).
Proof. unfold over. rewrite map_map. reflexivity. Qed.
Lemma over_flat_map {A B} (h : A -> list B) l f : over (flat_map h l) f == over l (fun x => over (h x) f).
Proof.
  induction l as [|x l IH]; [reflexivity|]. cbn [flat_map]. rewrite over_app, IH. reflexivity.
Qed.
Lemma over_filter {A} (l : list A) (b : A -> bool) f :
  over (filter b l) f == over l (fun x => if b x then f x else 0).
Proof.
  induction l as [|x l IH]; [reflexivity|]. cbn [filter]. unfold over, sumQ in *.
  destruct (b x) eqn:E; cbn [map fold_right]; rewrite IH, ?E; [reflexivity|ring].
Qed.

(** ** Distributions *)
Definition first_values (n : Z) : list Z := map Z.of_nat (seq 0 (Z.to_nat n)).
Lemma in_first n i : In i (first_values n) <-> (0 <= i < n)%Z.
Proof.
  unfold first_values. rewrite in_map_iff. split.
  - intros (k & <- & H). apply in_seq in H. lia.
  - intros H. exists (Z.to_nat i). split; [lia|]. apply in_seq. lia.
Qed.
Fixpoint length_of (d : distribution) : Z := match d with (n, _) :: d' => n + length_of d' | [] => 0 end.
Lemma covered_is d : covered d = length_of d.
Proof. induction d as [|[n p] d IH]; [reflexivity|]. cbn [covered fold_right length_of fst]. fold (covered d). rewrite IH. reflexivity. Qed.
Definition all_runs (d : distribution) : Prop := Forall (fun r => (0 < fst r)%Z /\ 0 <= snd r) d.
Lemma seq_from s k : forall r,
  map Z.of_nat (seq (s + r) k) = map (fun i => Z.of_nat s + i)%Z (map Z.of_nat (seq r k)).
Proof.
  induction k as [|k IH]; intros r; [reflexivity|]. cbn [seq map]. f_equal; [lia|].
  rewrite <- (IH (S r)). do 2 f_equal. lia.
Qed.
Lemma first_split a b : (0 <= a)%Z -> (0 <= b)%Z ->
  first_values (a + b) = first_values a ++ map (fun i => a + i)%Z (first_values b).
Proof.
  intros A B. unfold first_values. rewrite Z2Nat.inj_add, seq_app, map_app by assumption. f_equal.
  rewrite Nat.add_comm, seq_from, Z2Nat.id by assumption. reflexivity.
Qed.
Lemma over_const (n : Z) c : (0 <= n)%Z -> over (first_values n) (fun _ => c) == inject_Z n * c.
Proof.
  intros H. unfold first_values. rewrite <- (Z2Nat.id n H) at 2. generalize (Z.to_nat n) 0%nat.
  intros k. induction k as [|k IH]; intros s; [cbn; ring|].
  cbn [seq]. unfold over, sumQ in *. cbn [map fold_right]. rewrite (IH (S s)).
  rewrite Nat2Z.inj_succ. unfold Z.succ. rewrite inject_Z_plus. ring.
Qed.
Lemma chance_total d : all_runs d -> forall n, (length_of d <= n)%Z ->
  over (first_values n) (chance d) == sumQ (map snd d).
Proof.
  induction 1 as [|[k p] d [Hk Hp] H IH]; intros n L.
  - cbn [map sumQ fold_right]. apply over_zero. reflexivity.
  - cbn [fst snd] in *. cbn [length_of] in L.
    assert (0 <= length_of d)%Z.
    { clear -H. induction H as [|[m q] d [Hm _] H IH]; cbn [length_of fst] in *; lia. }
    replace n with (k + (n - k))%Z by lia. rewrite first_split, over_app, over_map by lia.
    rewrite (over_ext (first_values k) _ (fun _ => p / inject_Z k)).
    + rewrite over_const by lia. rewrite (over_ext (first_values (n - k)) _ (chance d)).
      * rewrite IH by lia. unfold sumQ. cbn [map fold_right snd].
        setoid_replace (inject_Z k * (p / inject_Z k)) with p; [reflexivity|].
        field. intros E. unfold Qeq in E. cbn in E. lia.
      * intros i I. apply in_first in I. cbn [chance]. replace (k + i <? k)%Z with false by lia.
        replace (k + i - k)%Z with i by lia. reflexivity.
    + intros i I. apply in_first in I. cbn [chance]. replace (i <? k)%Z with true by lia. reflexivity.
Qed.
Lemma chance_nonneg d : all_runs d -> forall i, 0 <= chance d i.
Proof.
  induction 1 as [|[k p] d [Hk Hp] H IH]; intros i; cbn [chance]; [lra|].
  destruct (i <? k)%Z; [|apply IH]. cbn [fst snd] in *. unfold Qdiv.
  apply Qmult_le_0_compat; [assumption|]. apply Qinv_le_0_compat. unfold Qle. cbn. lia.
Qed.

(** ** Parts *)
Definition has (p : part) (i : Z) : bool :=
  match p with Mask m => Z.testbit m i | Range l h => ((l <=? i) && (i <=? h))%Z end.
Lemma halves_has p t a b : halves p t = Some (a, b) -> forall i, (0 <= i)%Z ->
  has a i = has p i && goes_left t i /\ has b i = has p i && negb (goes_left t i).
Proof.
  unfold halves. intros H i Hi. destruct p as [m|l h], t as [k|k]; try discriminate.
  - destruct ((0 <? k) && (Z.land k m =? k) && negb (k =? m))%Z eqn:E; [|discriminate].
    injection H as <- <-. apply andb_prop in E as [E _]. apply andb_prop in E as [_ E].
    apply Z.eqb_eq in E. cbn [has goes_left].
    assert (X : Z.testbit k i = Z.testbit k i && Z.testbit m i) by (rewrite <- Z.land_spec, E; reflexivity).
    split.
    + rewrite X at 1. apply andb_comm.
    + rewrite (Z.sub_nocarry_ldiff m k).
      * apply Z.ldiff_spec.
      * apply Z.bits_inj'. intros j Hj. rewrite Z.ldiff_spec, Z.bits_0.
        assert (Y : Z.testbit k j = Z.testbit k j && Z.testbit m j) by (rewrite <- Z.land_spec, E; reflexivity).
        rewrite Y. destruct (Z.testbit k j), (Z.testbit m j); reflexivity.
  - destruct ((l <=? k) && (k <? h))%Z eqn:E; [|discriminate]. injection H as <- <-.
    cbn [has goes_left]. lia.
Qed.
Fixpoint inside (ps : list part) (t : tuple) : bool :=
  match ps, t with
  | p :: ps', i :: t' => has p i && inside ps' t'
  | _, _ => true
  end.
Lemma inside_replace a i : forall ps t, (i < length ps)%nat -> length t = length ps ->
  (let x := nth i t 0%Z in has a x = has (nth i ps (Mask 0)) x && has a x) ->
  inside (replace i a ps) t = inside ps t && has a (nth i t 0%Z).
Proof.
  cbv zeta. induction i as [|i IH]; intros [|p ps] [|x t] L E H; cbn [length] in *; try lia.
  - cbn [replace inside nth] in *. rewrite H.
    destruct (has p x), (inside ps t), (has a x); reflexivity.
  - cbn [replace inside nth] in *. rewrite IH by (assumption || lia).
    destruct (has p x), (inside ps t), (has a (nth i t 0%Z)); reflexivity.
Qed.

(** ** What is known of variables and distributions that were read *)
Definition proper (n : Z) (p : part) (d : distribution) : Prop :=
  all_runs d /\ (length_of d <= n)%Z /\ sumQ (map snd d) == 1 /\
  forall i, (0 <= i < n)%Z -> has p i = false -> chance d i == 0.
Lemma proper_total n p d : proper n p d -> over (first_values n) (chance d) == 1.
Proof. intros (A & L & S & _). rewrite chance_total by assumption. exact S. Qed.
Definition good (v : named) : Prop :=
  match called v, noun v with
  | Labels ts, Categorical rows => count ts = Z.of_nat (length rows)
  | ByNumber f s n, Ordinal f' s' n' => f = f' /\ s = s' /\ n = n' /\ (0 < n)%Z
  | ByPiece f ps, Continuous f' ps' => f = f' /\ ps = ps' /\ (0 < covered ps)%Z
  | _, _ => False
  end /\ proper (size v) (whole v) (own v).

(** ** Tuples *)
Lemma tuples_length vs : forall t, In t (tuples vs) -> length t = length vs.
Proof.
  induction vs as [|v vs IH]; intros t I; cbn [tuples] in I.
  - destruct I as [<-|[]]. reflexivity.
  - apply in_flat_map in I as (i & _ & I). apply in_map_iff in I as (t' & <- & I).
    cbn [length]. f_equal. auto.
Qed.
Inductive fits : list variable -> tuple -> Prop :=
| fits_nil : fits [] []
| fits_cons v vs i t : (0 <= i < count_of v)%Z -> fits vs t -> fits (v :: vs) (i :: t).
Lemma tuples_fit vs : forall t, In t (tuples vs) -> fits vs t.
Proof.
  induction vs as [|v vs IH]; intros t I; cbn [tuples] in I.
  - destruct I as [<-|[]]. constructor.
  - apply in_flat_map in I as (i & Hi & I). apply in_map_iff in I as (t' & <- & I).
    constructor; [apply in_first in Hi; assumption|auto].
Qed.
Inductive laws : list variable -> list part -> list distribution -> Prop :=
| laws_nil : laws [] [] []
| laws_cons v vs p ps d ds : proper (count_of v) p d -> laws vs ps ds -> laws (v :: vs) (p :: ps) (d :: ds).
Lemma together_outside vs ps ds : laws vs ps ds -> forall t, fits vs t -> inside ps t = false ->
  together ds t == 0.
Proof.
  induction 1 as [|v vs p ps d ds P L IH]; intros t F I; inversion F as [|? ? i t' Hi F']; subst;
    cbn [inside together] in *; [discriminate|].
  destruct (has p i) eqn:E; cbn [andb] in I.
  - rewrite IH by assumption. ring.
  - destruct P as (_ & _ & _ & Z0). rewrite Z0 by assumption. ring.
Qed.
Lemma together_total vs ps ds : laws vs ps ds -> over (tuples vs) (together ds) == 1.
Proof.
  induction 1 as [|v vs p ps d ds P L IH]; [cbn; ring|]. cbn [tuples].
  rewrite over_flat_map.
  rewrite (over_ext _ _ (fun i => 1 * chance d i)).
  - rewrite over_scale. fold (first_values (count_of v)). rewrite (proper_total _ _ _ P). ring.
  - intros i _. rewrite over_map. cbn [together]. rewrite over_scale, IH. ring.
Qed.
Lemma together_nonneg vs ps ds : laws vs ps ds -> forall t, 0 <= together ds t.
Proof.
  induction 1 as [|v vs p ps d ds P L IH]; intros [|i t]; cbn [together]; try lra.
  apply Qmult_le_0_compat; [|apply IH]. apply chance_nonneg. apply P.
Qed.
