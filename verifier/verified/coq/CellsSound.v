(** * Points of cells, and the ends of linear forms over them. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells.
Import ListNotations.
Open Scope Z_scope.

(** ** Vectors *)
Lemma dot_nil_r a : dot a [] = 0. Proof. destruct a; reflexivity. Qed.
Lemma dot_vadd_l a : forall b x, dot (vadd a b) x = dot a x + dot b x.
Proof.
  induction a as [|a0 a IH]; intros b x; [reflexivity|].
  destruct b as [|b0 b]; [cbn [vadd dot]; lia|].
  destruct x as [|x0 x]; [reflexivity|]. cbn. rewrite IH. lia.
Qed.
Lemma dot_vadd_r a : forall x y, dot a (vadd x y) = dot a x + dot a y.
Proof.
  induction a as [|a0 a IH]; intros x y; [reflexivity|].
  destruct x as [|x0 x]; [reflexivity|]. destruct y as [|y0 y]; [cbn; lia|].
  cbn. rewrite IH. lia.
Qed.
Lemma dot_vscale_l c a : forall x, dot (vscale c a) x = c * dot a x.
Proof.
  induction a as [|a0 a IH]; intros x; [cbn; lia|].
  destruct x; cbn; [lia|]. fold (vscale c a). rewrite IH. lia.
Qed.
Lemma dot_vscale_r c a : forall x, dot a (vscale c x) = c * dot a x.
Proof.
  induction a as [|a0 a IH]; intros x; [cbn; lia|].
  destruct x; cbn; [lia|]. fold (vscale c x). rewrite IH. lia.
Qed.
Lemma dot_unit k : forall x, dot (unit k) x = nth k x 0.
Proof.
  induction k as [|k IH]; intros [|x0 x]; cbn [unit dot nth]; try reflexivity.
  - destruct x; cbn [dot]; lia.
  - rewrite IH. lia.
Qed.
Lemma dot_app a x : forall y, dot a (x ++ y) = dot a x + dot (skipn (length x) a) y.
Proof.
  revert a. induction x as [|x0 x IH]; intros a y; [rewrite dot_nil_r; reflexivity|].
  destruct a as [|a0 a]; [cbn; reflexivity|]. cbn. rewrite IH. lia.
Qed.
Lemma sumZ_app a b : sumZ (a ++ b) = sumZ a + sumZ b.
Proof. induction a; cbn; lia. Qed.

(** ** Members of parts and points of cells *)
Lemma in_from n : forall lo i, In i (from lo n) <-> lo <= i < lo + Z.of_nat n.
Proof.
  induction n as [|n IH]; intros lo i; cbn [from In]; [lia|]. rewrite IH. lia.
Qed.
Lemma in_range f s lo hi v : In v (members (Range f s lo hi)) <->
  exists i, lo <= i <= hi /\ v = number_of f s i.
Proof.
  cbn [members]. rewrite in_map_iff. split.
  - intros (i & <- & H). exists i. apply in_from in H. split; [lia|reflexivity].
  - intros (i & H & ->). exists i. split; [reflexivity|]. apply in_from. lia.
Qed.
Lemma points_cons q c p : In p (points (q :: c)) <->
  exists v p', p = v :: p' /\ In v (members q) /\ In p' (points c).
Proof.
  cbn. rewrite in_flat_map. split.
  - intros (v & Hv & H). apply in_map_iff in H. destruct H as (p' & <- & Hp). eauto.
  - intros (v & p' & -> & Hv & Hp). exists v. split; auto. apply in_map. assumption.
Qed.
Lemma points_forall2 c : forall p, In p (points c) <-> Forall2 (fun v q => In v (members q)) p c.
Proof.
  induction c as [|q c IH]; intros p.
  - split; [intros [<-|[]]; constructor|]. intros H. inversion H. left. reflexivity.
  - rewrite points_cons. split.
    + intros (v & p' & -> & Hv & Hp). constructor; [assumption|]. apply IH. assumption.
    + intros H. inversion H; subst. eexists _, _. split; [reflexivity|]. split; [assumption|]. apply IH. assumption.
Qed.
Lemma point_nth c p : In p (points c) -> forall v, (v < length c)%nat ->
  In (nth v p nobody) (members (nth v c no_part)).
Proof.
  intros H. apply points_forall2 in H. induction H; intros v Hv; cbn in Hv; [lia|].
  destruct v; cbn; [assumption|]. apply IHForall2. lia.
Qed.
(** A point of a cell, seen by a model, is a point of what it sees of the cell. *)
Lemma seen_in reads c p : Forall (fun v => (v < length c)%nat) reads -> In p (points c) ->
  In (seen reads p) (points (project reads c)).
Proof.
  intros H Hp. apply points_forall2. unfold seen, project. induction H; cbn [map]; constructor; [|assumption].
  apply point_nth; assumption.
Qed.

(** ** Well-formed cells: all values of a part have codes of the same length. *)
Definition wf_part (q : part) := forall v, In v (members q) -> length (code v) = width q.
Definition wf (c : cell) := Forall wf_part c.
Lemma wf_check q : wf_values q = true -> wf_part q.
Proof.
  destruct q as [vs|f s lo hi]; intros H v Hv.
  - cbn [wf_values members] in *. rewrite forallb_forall in H. apply Nat.eqb_eq, H, Hv.
  - apply in_range in Hv. destruct Hv as (i & _ & ->). reflexivity.
Qed.
Lemma wf_project reads c : wf c -> wf (project reads c).
Proof.
  intros H. apply Forall_forall. intros q Hq. apply in_map_iff in Hq. destruct Hq as (v & <- & _).
  destruct (nth_in_or_default v c no_part) as [Hq| ->].
  - unfold wf in H. rewrite Forall_forall in H. apply H, Hq.
  - intros w [].
Qed.

(** ** The ends of a linear form *)
Definition inb (b : Z * Z) (x : Z) := fst b <= x <= snd b.
Lemma ends_few_in A vs v : In v vs -> inb (ends_few A vs) (dot A (code v)).
Proof.
  unfold inb. induction vs as [|x vs IH]; [intros []|]. destruct vs as [|y vs].
  - intros [<-|[]]. cbn. lia.
  - change (ends_few A (x :: y :: vs)) with
      (join (dot A (code x), dot A (code x)) (ends_few A (y :: vs))).
    unfold join. cbn [fst snd]. intros [<-|H]; [lia|]. apply IH in H. lia.
Qed.
Lemma ends_part_in A q v : In v (members q) -> inb (ends_part A q) (dot A (code v)).
Proof.
  destruct q as [vs|f s lo hi]; [apply ends_few_in|]. intros H. apply in_range in H.
  destruct H as (i & Hi & ->). unfold inb. cbn [ends_part number_of code fst snd].
  assert (E : dot A [f + s * i] = hd 0 A * (f + s * i)).
  { destruct A as [|a [|]]; cbn; lia. }
  rewrite E. set (a := hd 0 A). replace (a * (f + s * i)) with (a * f + a * s * i) by ring.
  replace (a * (f + s * lo)) with (a * f + a * s * lo) by ring.
  replace (a * (f + s * hi)) with (a * f + a * s * hi) by ring.
  set (t := a * s). destruct (Z.le_ge_cases 0 t).
  - assert (t * lo <= t * i) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (t * i <= t * hi) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
  - assert (t * i <= t * lo) by (apply Z.mul_le_mono_nonpos_l; lia).
    assert (t * hi <= t * i) by (apply Z.mul_le_mono_nonpos_l; lia). lia.
Qed.
Lemma ends_form_in c : wf c -> forall A p, In p (points c) -> inb (ends_form A c) (dot A (input p)).
Proof.
  intros H. induction H as [|q c Hq Hc IH]; intros A p Hp.
  - destruct Hp as [<-|[]]. cbn. rewrite dot_nil_r. unfold inb. cbn. lia.
  - apply points_cons in Hp. destruct Hp as (v & p' & -> & Hv & Hp). cbn [ends_form].
    change (input (v :: p')) with (code v ++ input p'). rewrite dot_app, (Hq v Hv).
    pose proof (ends_part_in A q v Hv) as E. specialize (IH (skipn (width q) A) p' Hp).
    destruct (ends_part A q) as [l u]. destruct (ends_form (skipn (width q) A) c) as [l' u'].
    unfold inb in *. cbn [fst snd] in *. lia.
Qed.
