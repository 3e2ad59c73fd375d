(** * Bounds over points where a sum lies between two ends are right. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network NetworkSound Cells CellsSound Bounds BoundsSound Counting CountingSound Tails TailsSound Within.
Import ListNotations.
Open Scope Z_scope.

(** Points lie M times where they are, as in BoundsSound.v. *)
Section At.
Variable M : Z.
Hypothesis HM : 0 < M.
Notation inb := (CellsSound.inb M).
Notation encl := (BoundsSound.encl M).
Notation encls := (BoundsSound.encls M).

Definition inside (z : zone) (ys : list vec) : Prop := M * starts z <= pdot (along z) ys <= M * stops z.

Lemma pdot_less q p : forall Bs Fs ys, pdot (less q p Bs Fs) ys = q * pdot Bs ys - p * pdot Fs ys.
Proof.
  induction Bs as [|B Bs IH]; intros Fs ys.
  - cbn [less]. rewrite pdot_scale. cbn [pdot]. lia.
  - destruct Fs as [|F Fs].
    + change (less q p (B :: Bs) []) with (map (vscale q) (B :: Bs)). rewrite pdot_scale. cbn [pdot]. lia.
    + destruct ys as [|y ys]; [rewrite !pdot_nil_r; lia|]. cbn [less pdot].
      rewrite IH, dot_vadd_l, !dot_vscale_l. lia.
Qed.

Lemma least_over_le c p ys : wf c -> In p (points c) -> spots M ys p -> forall Bs, M * least_over Bs c <= pdot Bs ys.
Proof.
  intros Hc H Hy. apply points_forall2 in H. revert ys Hy Hc.
  induction H as [|v q p c Hv H IH]; intros ys Hy Hc Bs; inversion Hy as [|y ? ys' ? Hy1 Hy2]; subst; cbn [least_over].
  - rewrite pdot_nil_r. lia.
  - rewrite pdot_cons. inversion Hc as [|? ? Hq Hc']; subst. specialize (IH ys' Hy2 Hc' (tl Bs)).
    pose proof (ends_part_in M HM (hd [] Bs) q v y Hq Hv Hy1) as [E _].
    assert (X : least_part (hd [] Bs) q = fst (ends_part (hd [] Bs) q)).
    { destruct q as [[|w vs]|f s lo hi|f rs lo hi]; [reflexivity|apply least_few_is|reflexivity|reflexivity]. }
    rewrite X. lia.
Qed.

Section Points.
Variables (c : cell) (p : point) (ys : list vec).
Hypothesis Hc : wf c.
Hypothesis Hp : In p (points c).
Hypothesis Hy : spots M ys p.
Lemma least_within_le z Bs m q : inside z ys -> least_within z Bs c = (m, q) -> 0 < q /\ M * m <= q * pdot Bs ys.
Proof.
  intros [F L] E. unfold least_within in E. destruct (multiple z Bs c) as [k q0].
  set (r := Z.max 1 q0) in *. assert (Hr : 0 < r) by lia. clearbody r.
  pose proof (least_over_le c p ys Hc Hp Hy Bs) as P.
  pose proof (least_over_le c p ys Hc Hp Hy (less r k Bs (along z))) as H. rewrite pdot_less in H.
  cbv zeta in E. destruct (_ <? r * _); inversion E; subst; clear E; [split; lia|]. split; [assumption|].
  set (v := pdot (along z) ys) in *. set (x := least_over (less _ _ _ _) _) in *. clearbody v x.
  assert (M * Z.min (k * starts z) (k * stops z) <= k * v); [|lia].
  pose proof (Z.le_min_l (k * starts z) (k * stops z)) as A. pose proof (Z.le_min_r (k * starts z) (k * stops z)) as B.
  set (y := Z.min _ _) in *. clearbody y. destruct (Z.le_gt_cases 0 k) as [K|K].
  - assert (k * (M * starts z) <= k * v) by (apply Z.mul_le_mono_nonneg_l; lia). nia.
  - assert (k * (M * stops z) <= k * v) by (apply Z.mul_le_mono_nonpos_l; lia). nia.
Qed.
(** A lower bound, where there is one; None where nothing is. *)
Definition at_least (low : option Z) (x : Z) : Prop := match low with Some l => M * l <= x | None => False end.
Lemma beyond_le z Fs :
  (pdot (along z) ys <= M * starts z -> at_least (fst (beyond z Fs c)) (- pdot Fs ys)) /\
  (M * stops z <= pdot (along z) ys -> at_least (snd (beyond z Fs c)) (pdot Fs ys)).
Proof.
  unfold beyond. cbv zeta. cbn [fst snd].
  assert (G : forall s a b, M * a <= pdot (along z) ys <= M * b ->
    at_least (if b <? a then None
      else let (m, q) := least_within (Zone (along z) a b) (map (vscale s) Fs) c in Some (m / q)) (s * pdot Fs ys)).
  { intros s a b H. destruct (Z.ltb_spec b a) as [X|_]; [exfalso; nia|].
    destruct (least_within _ _ c) as [m q] eqn:E.
    apply least_within_le in E; [|exact H]. destruct E as [Hq E]. rewrite pdot_scale in E. cbn [at_least].
    pose proof (Z.mul_div_le m q Hq) as D. apply (Z.mul_le_mono_pos_l _ _ q Hq).
    assert (M * (q * (m / q)) <= M * m) by (apply Z.mul_le_mono_nonneg_l; lia). lia. }
  pose proof (least_over_le c p ys Hc Hp Hy (along z)) as L. pose proof (least_over_le c p ys Hc Hp Hy (map (vscale (-1)) (along z))) as U.
  rewrite pdot_scale in U. split; intros H.
  - replace (- pdot Fs ys) with (-1 * pdot Fs ys) by ring. apply G. lia.
  - replace (pdot Fs ys) with (1 * pdot Fs ys) by ring. apply G. lia.
Qed.

Section Reads.
Variables (loose : bool) (z : zone) (reads : list nat).
Hypothesis Hloose : loose = true \/ M = 1.
Hypothesis Hr : Forall (fun v => (v < length c)%nat) reads.
Hypothesis Hz : inside z ys.
Notation seen_here := (concat (seen_at reads ys)).
Lemma lower_within_le keep ks n es row : aids_fit ks n -> encls es (eval_at M n seen_here) ->
  M * lower_within z loose keep ks n es reads c row <= dot row (hd [] (eval_at M n seen_here)).
Proof.
  intros Hf He. unfold lower_within. destruct (back _ _ _ _ es [row] 0) as [[[T U] A] K] eqn:E.
  apply (back_sound M HM) with (x := seen_here) in E; [|exact I|assumption|assumption]. destruct E as (HT & HU & E).
  destruct (least_within z _ c) as [m q] eqn:Em. apply least_within_le in Em; [|exact Hz]. destruct Em as [Hq Em].
  rewrite (spread_dot_at M reads c p ys Hc Hp Hy Hr) in Em. cbn [pdot] in Em.
  rewrite (eval_cons M), pdot_cons in E. cbn [hd tl pdot] in E.
  set (y := dot row (hd [] (eval_at M n seen_here))) in *. set (a := dot A seen_here) in *. clearbody y a.
  apply (rounded_le M HM); [assumption|apply Z.mul_pos_pos; assumption|].
  assert (U * (M * m) <= U * (q * (a + 0))) by (apply Z.mul_le_mono_nonneg_l; lia).
  assert (q * (U * (a + M * K)) <= q * (T * (y + 0 + M * 0))) by (apply Z.mul_le_mono_nonneg_l; lia). lia.
Qed.
Lemma meet_in a b x : inb a x -> inb b x -> inb (meet a b) x.
Proof. unfold CellsSound.inb, meet. intros A B. destruct (_ <=? _); cbn [fst snd]; [|assumption]. nia. Qed.
Lemma meets_in a x : encl a x -> forall b, encl b x -> encl (meets a b) x.
Proof.
  intros H. induction H as [|a0 x0 a x H0 H IH]; intros b B; inversion B; subst; cbn [meets]; constructor;
    [apply meet_in; assumption|apply IH; assumption].
Qed.
Lemma clip_box_sound keep ks n es : aids_fit ks n -> encls es (eval_at M n seen_here) ->
  forall b pre y, hd [] (eval_at M n seen_here) = pre ++ y -> encl b y ->
  encl (clip_box z loose keep ks n es reads c (length pre) b) y.
Proof.
  intros Hf He b pre y Hyy H. revert pre Hyy.
  induction H as [|[l u] y0 b y H0 H IH]; intros pre Hyy; [constructor|]. cbn [clip_box]. constructor.
  - destruct ((l <? 0) && (0 <? u)); [|assumption]. apply meet_in; [assumption|].
    pose proof (lower_within_le keep ks n es (unit (length pre)) Hf He) as L.
    pose proof (lower_within_le keep ks n es (vscale (-1) (unit (length pre))) Hf He) as U.
    rewrite dot_vscale_l in U. rewrite dot_unit, Hyy, nth_middle in L, U. unfold CellsSound.inb in *. cbn [fst snd]. lia.
  - replace (S (length pre)) with (length (pre ++ [y0])) by (rewrite app_length; cbn; lia).
    apply IH. rewrite Hyy, <- app_assoc. reflexivity.
Qed.
Notation informs := (BoundsSound.informs M).
Lemma clip_node_sound known keep l n ks e r :
  (forall b, encl b (step_at M l (eval_at M n seen_here)) -> encl (known b) (step_at M l (eval_at M n seen_here))) ->
  aids_fit ks (l :: n) -> informs e (step_at M l (eval_at M n seen_here)) ->
  encls r (eval_at M n seen_here) ->
  informs (clip_node known z loose keep ks l n e r reads c) (step_at M l (eval_at M n seen_here)).
Proof.
  intros Hk Hf H0 H1. unfold clip_node. cbv zeta.
  assert (B : encl (known (meets (ends e) (forward l r))) (step_at M l (eval_at M n seen_here))).
  { apply Hk, meets_in; [apply (in_ends _ _ _ H0)|apply (forward_in M HM); assumption]. }
  set (b := known _) in *. clearbody b.
  apply (inform_in M HM). destruct (worth _); [|exact B].
  apply (clip_box_sound keep ks (l :: n) (inform 0 LEAN b :: r) Hf) with (pre := []); [|reflexivity|exact B].
  cbn [eval_at]. constructor; [apply (inform_in M HM); exact B|exact H1].
Qed.
Lemma clip_sound keep : forall n ks es, aids_fit ks n ->
  encls es (eval_at M n seen_here) -> encls (clip z loose keep ks n es reads c) (eval_at M n seen_here).
Proof.
  induction n as [|l n IH]; intros ks es Hf He; [exact He|].
  cbn [clip]. destruct es as [|e r]; [exact He|]. cbn [eval_at] in *. inversion He as [|? ? ? ? H0 H1]; subst.
  cbv zeta. specialize (IH (tl ks) r (proj2 Hf) H1). constructor; [apply clip_node_sound; auto|assumption].
Qed.
End Reads.
End Points.
End At.
