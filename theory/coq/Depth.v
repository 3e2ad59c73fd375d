(** How deep a tree must be, and need be: influences, monotone functions, certificates, ranks. *)
From Coq Require Import Bool List Reals Lra Lia Arith Classical FunctionalExtensionality.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Patterns Several Influences.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := (@Minimax.mean (nat -> bool)).

Definition sign (c : bool) : R := if c then 1 else -1.

Lemma flip_twice i x : flip_bit i (flip_bit i x) = x.
Proof.
  apply functional_extensionality. intros j. unfold flip_bit.
  destruct (j =? i)%nat; [apply negb_involutive|reflexivity].
Qed.
Lemma flip_swap i j x : flip_bit i (flip_bit j x) = flip_bit j (flip_bit i x).
Proof.
  apply functional_extensionality. intros k. unfold flip_bit.
  destruct (k =? i)%nat, (k =? j)%nat; reflexivity.
Qed.
Lemma flip_here v x : flip_bit v x v = negb (x v).
Proof. unfold flip_bit. now rewrite Nat.eqb_refl. Qed.

Lemma unmentioned t v x : mentions t v = false ->
  value t (flip_bit v x) = value t x /\ asked_at t (flip_bit v x) = asked_at t x.
Proof.
  induction t as [c|w l L h H]; cbn; intros N; [auto|].
  apply orb_false_iff in N as [N Nh]. apply orb_false_iff in N as [N Nl].
  destruct (L Nl) as [L1 L2]. destruct (H Nh) as [H1 H2].
  replace (flip_bit v x w) with (x w) by (unfold flip_bit; now rewrite Nat.eqb_sym, N).
  destruct (x w); split; congruence.
Qed.

Section Fair.
Context (D : list ((nat -> bool) * R)) (d : nat).
Hypothesis law : distribution D.
Hypothesis fair : fair_bits d D.

(** A mean is a sum over the values, so it is as fair as events are. *)
Lemma mean_by_values (h : (nat -> bool) -> R) values : NoDup values ->
  (forall x, In x D -> In (h (fst x)) values) ->
  mean h D = sum (fun v => v * pr D (fun x => if Req_dec_T (h x) v then true else false)) values.
Proof.
  intros N I. unfold mean, pr.
  rewrite (sum_ext _ (fun v => sum (fun x => v * (if (if Req_dec_T (h (fst x)) v then true else false)
    then snd x else 0)) D)) by (intros; now rewrite sum_scale).
  rewrite sum_swap. apply sum_ext_in. intros x X. specialize (I x X). revert N I.
  generalize (h (fst x)). clear. intros a N. induction values as [|v l IH]; intros I; [destruct I|].
  inversion_clear N as [|? ? A B]. cbn [sum]. destruct (Req_dec_T a v) as [->|ne].
  - rewrite (sum_ext_in _ (fun _ => 0)), sum_zero; [ring|]. intros w W.
    destruct (Req_dec_T v w) as [->|_]; [contradiction|ring].
  - destruct I as [->|I]; [contradiction|]. rewrite <- (IH B I). ring.
Qed.

Lemma fair_mean i h : (i < d)%nat -> mean (fun x => h (flip_bit i x)) D = mean h D.
Proof.
  intros inside. set (values := nodup Req_dec_T (map (fun x => h (fst x)) D ++ map (fun x => h (flip_bit i (fst x))) D)).
  rewrite (mean_by_values (fun x => h (flip_bit i x)) values), (mean_by_values h values).
  - apply sum_ext. intros v. f_equal. exact (fair i (fun x => if Req_dec_T (h x) v then true else false) inside).
  - apply NoDup_nodup.
  - intros x I. apply nodup_In, in_app_iff. left. apply in_map_iff. now exists x.
  - apply NoDup_nodup.
  - intros x I. apply nodup_In, in_app_iff. right. apply in_map_iff. now exists x.
Qed.

Lemma mean_le (f g : (nat -> bool) -> R) : (forall x, f x <= g x) -> mean f D <= mean g D.
Proof.
  intros H. apply sum_le. intros x I. destruct law as [P _]. apply Rmult_le_compat_l; auto.
Qed.
Lemma mean_ext (f g : (nat -> bool) -> R) : (forall x, f x = g x) -> mean f D = mean g D.
Proof. intros H. apply sum_ext. intros. now rewrite H. Qed.
Lemma mean_plus (f g : (nat -> bool) -> R) : mean (fun x => f x + g x) D = mean f D + mean g D.
Proof. unfold mean. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma mean_scaled c (f : (nat -> bool) -> R) : mean (fun x => c * f x) D = c * mean f D.
Proof. unfold mean. rewrite <- sum_scale. apply sum_ext. intros. ring. Qed.

(** Where a number does not depend on a bit, half of its mean is where the bit is 1. *)
Lemma half v (k : (nat -> bool) -> R) : (v < d)%nat -> (forall x, k (flip_bit v x) = k x) ->
  mean (fun x => if x v then k x else 0) D = mean k D / 2 /\
  mean (fun x => if x v then 0 else k x) D = mean k D / 2.
Proof.
  intros inside K. rewrite <- (fair_mean v (fun x => if x v then k x else 0) inside).
  assert (E : mean (fun x => if flip_bit v x v then k (flip_bit v x) else 0) D
    = mean (fun x => if x v then 0 else k x) D).
  { apply mean_ext. intros x. rewrite K, flip_here. now destruct (x v). }
  rewrite E. assert (B : mean k D = mean (fun x => if x v then k x else 0) D + mean (fun x => if x v then 0 else k x) D).
  { rewrite <- mean_plus. apply mean_ext. intros x. destruct (x v); ring. }
  rewrite <- (fair_mean v (fun x => if x v then k x else 0) inside), E in B. lra.
Qed.

Lemma depth_step v l h : (v < d)%nat -> mentions l v = false -> mentions h v = false ->
  average_depth D (Asks v l h) = 1 + (average_depth D l + average_depth D h) / 2.
Proof.
  intros inside nl nh. change (mean (fun x => INR (asked_at (Asks v l h) x)) D
    = 1 + (mean (fun x => INR (asked_at l x)) D + mean (fun x => INR (asked_at h x)) D) / 2).
  destruct (half v (fun x => INR (asked_at h x)) inside) as [H _].
  { intros x. now rewrite (proj2 (unmentioned h v x nh)). }
  destruct (half v (fun x => INR (asked_at l x)) inside) as [_ L].
  { intros x. now rewrite (proj2 (unmentioned l v x nl)). }
  rewrite (mean_ext _ (fun x => 1 + ((if x v then INR (asked_at h x) else 0) + (if x v then 0 else INR (asked_at l x))))).
  - rewrite !mean_plus, H, L, (mean_constant D law). field.
  - intros x. cbn [asked_at]. rewrite S_INR. destruct (x v); ring.
Qed.

(** ** The largest influence *)
Definition moved (i : nat) (h : (nat -> bool) -> R) : R := mean (fun x => Rabs (h x - h (flip_bit i x)) / 2) D.
Definition redrawn (v : nat) (h : (nat -> bool) -> R) : (nat -> bool) -> R :=
  fun x => (h x + h (flip_bit v x)) / 2.

Lemma redrawn_fair v h : (v < d)%nat -> mean (redrawn v h) D = mean h D.
Proof.
  intros inside. unfold redrawn. rewrite (mean_ext _ (fun x => / 2 * (h x + h (flip_bit v x)))) by (intros; field).
  rewrite mean_scaled, mean_plus, fair_mean by assumption. field.
Qed.
Lemma redrawn_moved v i h : (v < d)%nat -> moved i (redrawn v h) <= moved i h.
Proof.
  intros inside. apply Rle_trans with (mean (redrawn v (fun x => Rabs (h x - h (flip_bit i x)) / 2)) D);
    [|unfold moved; rewrite redrawn_fair by assumption; lra].
  apply mean_le. intros x. unfold redrawn. rewrite (flip_swap v i).
  replace ((h x + h (flip_bit v x)) / 2 - (h (flip_bit i x) + h (flip_bit i (flip_bit v x))) / 2)
    with ((h x - h (flip_bit i x)) / 2 + (h (flip_bit v x) - h (flip_bit i (flip_bit v x))) / 2) by field.
  pose proof (Rabs_triang ((h x - h (flip_bit i x)) / 2) ((h (flip_bit v x) - h (flip_bit i (flip_bit v x))) / 2)) as T.
  assert (A : forall a, Rabs (a / 2) = Rabs a / 2).
  { intros a. unfold Rdiv. rewrite Rabs_mult. f_equal. apply Rabs_right. lra. }
  rewrite !A in T. lra.
Qed.

Lemma covariance most t : once t -> below d t -> forall h, (forall i, (i < d)%nat -> moved i h <= most) ->
  mean (fun x => sign (value t x) * h x) D - mean (fun x => sign (value t x)) D * mean h D
    <= most * average_depth D t.
Proof.
  induction t as [c|v l L r H]; cbn [once]; intros O few h M.
  - cbn [value]. rewrite mean_scaled, (mean_constant D law).
    change (average_depth D (Says c)) with (mean (fun _ => INR 0) D). rewrite (mean_constant D law). cbn [INR]. lra.
  - destruct O as (nl & nr & Ol & Or). apply below_parts in few as (vd & fl & fr).
    rewrite (depth_step v l r vd nl nr).
    set (g := redrawn v h).
    assert (gv : forall x, g (flip_bit v x) = g x).
    { intros x. unfold g, redrawn. rewrite flip_twice. lra. }
    assert (gm : forall i, (i < d)%nat -> moved i g <= most)
      by (intros i I; eapply Rle_trans; [now apply redrawn_moved|now apply M]).
    specialize (L Ol fl g gm). specialize (H Or fr g gm). unfold g in L, H.
    rewrite !redrawn_fair in L, H by assumption. fold g in L, H.
    assert (vl : forall x, value l (flip_bit v x) = value l x) by (intros x; apply (unmentioned l v x nl)).
    assert (vr : forall x, value r (flip_bit v x) = value r x) by (intros x; apply (unmentioned r v x nr)).
    destruct (half v (fun x => sign (value r x)) vd) as [R1 _]; [intros x; now rewrite vr|].
    destruct (half v (fun x => sign (value l x)) vd) as [_ L1]; [intros x; now rewrite vl|].
    destruct (half v (fun x => sign (value r x) * g x) vd) as [R2 _]; [intros x; now rewrite vr, gv|].
    destruct (half v (fun x => sign (value l x) * g x) vd) as [_ L2]; [intros x; now rewrite vl, gv|].
    assert (all : mean (fun x => sign (value (Asks v l r) x)) D
      = (mean (fun x => sign (value r x)) D + mean (fun x => sign (value l x)) D) / 2).
    { rewrite (mean_ext _ (fun x => (if x v then sign (value r x) else 0) + (if x v then 0 else sign (value l x)))).
      - rewrite mean_plus, R1, L1. field.
      - intros x. cbn [value]. destruct (x v); ring. }
    assert (split : mean (fun x => sign (value (Asks v l r) x) * h x) D
      <= mean (fun x => (if x v then sign (value r x) * g x else 0) + (if x v then 0 else sign (value l x) * g x)) D + most).
    { apply Rle_trans with (mean (fun x => ((if x v then sign (value r x) * g x else 0)
        + (if x v then 0 else sign (value l x) * g x)) + Rabs (h x - h (flip_bit v x)) / 2) D).
      - apply mean_le. intros x. unfold g, redrawn. cbn [value].
        pose proof (Rle_abs (h x - h (flip_bit v x))). pose proof (Rle_abs (- (h x - h (flip_bit v x)))) as N.
        rewrite Rabs_Ropp in N. destruct (x v); [destruct (value r x)|destruct (value l x)]; unfold sign; lra.
      - rewrite mean_plus. specialize (M v vd). unfold moved in M. lra. }
    rewrite mean_plus, R2, L2 in split. rewrite all. lra.
Qed.

Theorem osss t most : once t -> below d t -> (forall i, (i < d)%nat -> pr D (changes (value t) i) <= most) ->
  let p := pr D (value t) in 4 * p * (1 - p) <= most * average_depth D t.
Proof.
  intros O few M p. pose proof (covariance most t O few (fun x => sign (value t x))) as C.
  assert (one : mean (fun x => sign (value t x) * sign (value t x)) D = 1).
  { rewrite (mean_ext _ (fun _ => 1)); [apply (mean_constant D law)|]. intros x. destruct (value t x); cbn; ring. }
  assert (two : mean (fun x => sign (value t x)) D = 2 * p - 1).
  { unfold p. change (pr D (value t)) with (sum (fun x => if value t (fst x) then snd x else 0) D).
    rewrite (mean_ext _ (fun x => 2 * (if value t x then 1 else 0) + -1)).
    - rewrite mean_plus, mean_scaled, (mean_constant D law). unfold mean.
      rewrite (sum_ext (fun z => snd z * (if value t (fst z) then 1 else 0)) (fun z => if value t (fst z) then snd z else 0));
        [ring|]. intros x. destruct (value t (fst x)); ring.
    - intros x. destruct (value t x); cbn; ring. }
  cbn beta in C. rewrite one, two in C. apply Rle_trans with (1 - (2 * p - 1) * (2 * p - 1)); [apply Req_le; ring|]. apply C.
  intros i I. apply Rle_trans with (2 := M i I). apply Req_le. unfold moved, mean, pr. apply sum_ext. intros x.
  unfold changes, sign. destruct (value t (fst x)), (value t (flip_bit i (fst x))); cbn [xorb].
  - replace (1 - 1) with 0 by ring. rewrite Rabs_R0. lra.
  - replace (1 - -1) with 2 by ring. rewrite Rabs_right; lra.
  - replace (-1 - 1) with (-2) by ring. rewrite Rabs_left; lra.
  - replace (-1 - -1) with 0 by ring. rewrite Rabs_R0. lra.
Qed.

(** ** Monotone functions *)
Fixpoint path (t : bit_tree) (x : nat -> bool) : R :=
  match t with Says _ => 0 | Asks v l h => sign (x v) + (if x v then path h x else path l x) end.

Lemma path_unmentioned t v x : mentions t v = false -> path t (flip_bit v x) = path t x.
Proof.
  induction t as [c|w l L h H]; cbn; intros N; [auto|].
  apply orb_false_iff in N as [N Nh]. apply orb_false_iff in N as [N Nl].
  replace (flip_bit v x w) with (x w) by (unfold flip_bit; now rewrite Nat.eqb_sym, N). now rewrite (L Nl), (H Nh).
Qed.

Lemma path_moments t : once t -> below d t ->
  mean (path t) D = 0 /\ mean (fun x => path t x * path t x) D = average_depth D t.
Proof.
  induction t as [c|v l L h H]; cbn [once]; intros O few.
  - split; cbn [path].
    + apply (mean_constant D law).
    + change (average_depth D (Says c)) with (mean (fun _ => INR 0) D). apply mean_ext. intros. cbn. ring.
  - destruct O as (nl & nh & Ol & Oh). apply below_parts in few as (vd & fl & fh).
    specialize (L Ol fl) as [l1 l2]. specialize (H Oh fh) as [h1 h2].
    rewrite (depth_step v l h vd nl nh), <- l2, <- h2.
    destruct (half v (path h) vd) as [H1 _]; [intros x; now apply path_unmentioned|].
    destruct (half v (path l) vd) as [_ L1]; [intros x; now apply path_unmentioned|].
    destruct (half v (fun x => path h x * path h x) vd) as [H2 _]; [intros x; now rewrite path_unmentioned|].
    destruct (half v (fun x => path l x * path l x) vd) as [_ L2]; [intros x; now rewrite path_unmentioned|].
    destruct (half v (fun _ => 1) vd) as [U V]; [reflexivity|]. rewrite (mean_constant D law) in U, V.
    split; cbn [path].
    + rewrite (mean_ext _ (fun x => ((if x v then 1 else 0) + -1 * (if x v then 0 else 1))
        + ((if x v then path h x else 0) + (if x v then 0 else path l x)))).
      * rewrite !mean_plus, mean_scaled, U, V, H1, L1, h1, l1. field.
      * intros x. destruct (x v); cbn; ring.
    + rewrite (mean_ext _ (fun x => 1 + ((2 * (if x v then path h x else 0) + -2 * (if x v then 0 else path l x))
        + ((if x v then path h x * path h x else 0) + (if x v then 0 else path l x * path l x))))).
      * rewrite !mean_plus, !mean_scaled, H1, L1, H2, L2, h1, l1, (mean_constant D law). field.
      * intros x. destruct (x v); cbn; ring.
Qed.

Lemma asks_unmentioned t x i : mentions t i = false -> asks t x i = false.
Proof.
  induction t as [c|w l L h H]; cbn; intros N; [reflexivity|].
  apply orb_false_iff in N as [N Nh]. apply orb_false_iff in N as [N Nl].
  rewrite N. destruct (x w); cbn; auto.
Qed.
Lemma asks_flip t x i : asks t (flip_bit i x) i = asks t x i.
Proof.
  induction t as [c|w l L h H]; cbn; [reflexivity|].
  destruct (Nat.eqb_spec i w) as [->|N]; [reflexivity|]. cbn.
  unfold flip_bit at 1. destruct (Nat.eqb_spec w i) as [->|_]; [contradiction|]. destruct (x w); auto.
Qed.

Lemma single v (c : R) l : NoDup l -> In v l -> sum (fun i => if (i =? v)%nat then c else 0) l = c.
Proof.
  induction l as [|a l IH]; intros N I; [destruct I|]. inversion_clear N as [|? ? A B]. cbn [sum].
  destruct (Nat.eqb_spec a v) as [->|ne].
  - rewrite (sum_ext_in _ (fun _ => 0)), sum_zero; [ring|]. intros i J.
    destruct (Nat.eqb_spec i v) as [->|_]; [contradiction|reflexivity].
  - destruct I as [->|I]; [contradiction|]. rewrite (IH B I). ring.
Qed.

Lemma path_sum t x : once t -> below d t ->
  path t x = sum (fun i => if asks t x i then sign (x i) else 0) (seq 0 d).
Proof.
  induction t as [c|v l L h H]; cbn [once]; intros O few.
  - cbn [path asks]. now rewrite sum_zero.
  - destruct O as (nl & nh & Ol & Oh).
    apply below_parts in few as (vd & bl & bh).
    specialize (L Ol bl). specialize (H Oh bh). cbn [path asks].
    assert (vd' : In v (seq 0 d)) by (apply in_seq; lia).
    rewrite <- (single v (sign (x v)) (seq 0 d) (seq_NoDup _ _) vd').
    destruct (x v) eqn:xv; [rewrite H|rewrite L]; rewrite <- sum_plus; apply sum_ext; intros i;
      destruct (Nat.eqb_spec i v) as [->|ne]; cbn [orb]; try (rewrite asks_unmentioned by assumption; rewrite xv); ring.
Qed.

Definition rises (f : (nat -> bool) -> bool) (i : nat) : Prop :=
  forall x, x i = false -> f x = true -> f (flip_bit i x) = true.

Lemma odd_mean i (k : (nat -> bool) -> R) : (i < d)%nat -> (forall x, k (flip_bit i x) = - k x) -> mean k D = 0.
Proof.
  intros inside K. pose proof (fair_mean i k inside) as F. rewrite (mean_ext _ (fun x => -1 * k x)) in F by (intros; rewrite K; ring).
  rewrite mean_scaled in F. lra.
Qed.

Lemma monotone_influence f i : (i < d)%nat -> rises f i -> pr D (changes f i) = mean (fun x => sign (f x) * sign (x i)) D.
Proof.
  intros inside up. set (k := fun x => sign (f x) * sign (x i)).
  rewrite <- (redrawn_fair i k inside). unfold mean, pr. apply sum_ext. intros [x w]. cbn [fst snd].
  unfold redrawn, k, changes. rewrite flip_here.
  pose proof (up x) as u. pose proof (up (flip_bit i x)) as u'. rewrite flip_here, flip_twice in u'.
  destruct (x i), (f x), (f (flip_bit i x)); cbn in *; try lra;
    try (specialize (u eq_refl eq_refl); discriminate); specialize (u' eq_refl eq_refl); discriminate.
Qed.

Theorem monotone_depth t : once t -> below d t ->
  (forall i, (i < d)%nat -> rises (value t) i) ->
  total_influence D (value t) d ^ 2 <= average_depth D t.
Proof.
  intros O few up. set (total := total_influence D (value t) d).
  destruct (path_moments t O few) as [_ square]. rewrite <- square.
  assert (E : total = mean (fun x => sign (value t x) * path t x) D).
  { unfold total, total_influence.
    rewrite (sum_ext_in _ (fun i => mean (fun x => sign (value t x) * (if asks t x i then sign (x i) else 0)) D)).
    - rewrite (mean_ext _ (fun x => sum (fun i => sign (value t x) * (if asks t x i then sign (x i) else 0)) (seq 0 d))).
      + unfold mean. rewrite <- sum_swap. apply sum_ext. intros x. now rewrite sum_scale.
      + intros x. rewrite (path_sum t x O few). now rewrite sum_scale.
    - intros i I. apply in_seq in I. rewrite monotone_influence by (lia || (apply up; lia)).
      rewrite (mean_ext _ (fun x => sign (value t x) * (if asks t x i then sign (x i) else 0)
        + (if asks t x i then 0 else sign (value t x) * sign (x i)))) by (intros x; destruct (asks t x i); ring).
      rewrite mean_plus, (odd_mean i (fun x => if asks t x i then 0 else sign (value t x) * sign (x i))); [ring|lia|].
      intros x. rewrite asks_flip, flip_here. destruct (asks t x i) eqn:A; [ring|].
      rewrite (unasked t x i A). destruct (x i); cbn; ring. }
  assert (P : 0 <= mean (fun x => (path t x - total * sign (value t x)) ^ 2) D).
  { rewrite <- (mean_constant D law 0). apply mean_le. intros x. apply pow2_ge_0. }
  rewrite (mean_ext _ (fun x => path t x * path t x + (-2 * total * (sign (value t x) * path t x) + total ^ 2))) in P.
  - rewrite !mean_plus, mean_scaled, <- E, (mean_constant D law) in P. lra.
  - intros x. destruct (value t x); cbn; ring.
Qed.
End Fair.

(** ** Ranks *)
Lemma sauer_number_more v n : (sauer_number v n <= sauer_number (S v) n)%nat.
Proof.
  revert v. induction n as [|n IH]; intros [|v]; cbn [sauer_number]; try lia.
  - specialize (IH 0%nat). destruct n; cbn [sauer_number] in *; lia.
  - pose proof (IH v). pose proof (IH (S v)). lia.
Qed.
Lemma sauer_number_up v w n : (v <= w)%nat -> (sauer_number v n <= sauer_number w n)%nat.
Proof. induction 1; [lia|]. pose proof (sauer_number_more m n). lia. Qed.
Lemma sauer_number_one v n : (1 <= sauer_number v n)%nat.
Proof. revert v. induction n as [|n IH]; intros [|v]; cbn [sauer_number]; try lia. pose proof (IH (S v)). lia. Qed.

Lemma remove_length v l : NoDup l -> In v l -> S (length (remove Nat.eq_dec v l)) = length l.
Proof.
  induction l as [|a l IH]; intros N I; [destruct I|]. inversion_clear N as [|? ? A B]. cbn [remove].
  destruct (Nat.eq_dec v a) as [->|ne].
  - now rewrite notin_remove.
  - cbn [length]. destruct I as [->|I]; [contradiction|]. now rewrite (IH B I).
Qed.

Theorem rank_leaves_most t : once t -> forall l, NoDup l ->
  (forall i, mentions t i = true -> In i l) -> (bit_leaves t <= sauer_number (rank t) (length l))%nat.
Proof.
  induction t as [c|v a A b B]; cbn [once bit_leaves]; intros O l N I; [apply sauer_number_one|].
  destruct O as (na & nb & Oa & Ob).
  assert (V : In v l) by (apply I; cbn; now rewrite Nat.eqb_refl).
  rewrite <- (remove_length v l N V). set (l' := remove Nat.eq_dec v l).
  assert (N' : NoDup l').
  { unfold l'. clear - N. induction N as [|x l X N IH]; cbn; [constructor|].
    destruct (Nat.eq_dec v x); [assumption|]. constructor; [|assumption]. intros J. apply in_remove in J. tauto. }
  assert (Ia : forall i, mentions a i = true -> In i l').
  { intros i M. apply in_in_remove; [intros ->; congruence|]. apply I. cbn. rewrite M. now rewrite !orb_true_r. }
  assert (Ib : forall i, mentions b i = true -> In i l').
  { intros i M. apply in_in_remove; [intros ->; congruence|]. apply I. cbn. rewrite M. now rewrite !orb_true_r. }
  specialize (A Oa l' N' Ia). specialize (B Ob l' N' Ib). cbn [rank].
  destruct (Nat.eqb_spec (rank a) (rank b)) as [E|ne].
  - rewrite E in *. cbn [sauer_number]. pose proof (sauer_number_more (rank b) (length l')). lia.
  - destruct (Nat.lt_ge_cases (rank a) (rank b)) as [L|L].
    + rewrite Nat.max_r by lia. destruct (rank b) as [|r]; [lia|]. cbn [sauer_number].
      pose proof (sauer_number_up (rank a) r (length l') ltac:(lia)). lia.
    + rewrite Nat.max_l by lia. destruct (rank a) as [|r]; [lia|]. cbn [sauer_number].
      pose proof (sauer_number_up (rank b) r (length l') ltac:(lia)). lia.
Qed.

Theorem rank_leaves_row t d : once t -> (forall i, mentions t i = true -> (i < d)%nat) ->
  INR (bit_leaves t) <= sum (fun i => INR (choose d i)) (seq 0 (S (rank t))).
Proof.
  intros O below. rewrite <- few_sum, <- sauer_number_few. apply le_INR.
  rewrite <- (seq_length d 0). apply rank_leaves_most; [assumption|apply seq_NoDup|].
  intros i I. apply in_seq. specialize (below i I). lia.
Qed.

(** ** Certificates *)
Definition agree_on (l : list nat) (x y : nat -> bool) : Prop := forall i, In i l -> x i = y i.
Definition certified (f : (nat -> bool) -> bool) (c : bool) (k : nat) : Prop :=
  forall x, f x = c -> exists l, (length l <= k)%nat /\ forall y, agree_on l x y -> f y = c.
Definition over (l : list nat) (a y : nat -> bool) : nat -> bool :=
  fun j => if existsb (Nat.eqb j) l then a j else y j.

Lemma over_in l a y j : In j l -> over l a y j = a j.
Proof. intros I. unfold over. replace (existsb (Nat.eqb j) l) with true; [reflexivity|]. symmetry.
  apply existsb_exists. exists j. split; [assumption|apply Nat.eqb_refl]. Qed.
Lemma over_out l a y j : ~ In j l -> over l a y j = y j.
Proof. intros N. unfold over. destruct (existsb (Nat.eqb j) l) eqn:E; [|reflexivity].
  apply existsb_exists in E as (k & I & K). apply Nat.eqb_eq in K. now subst. Qed.

Definition made (f : (nat -> bool) -> bool) (n : nat) : Prop :=
  exists t, forall x, value t x = f x /\ (asked_at t x <= n)%nat.

Lemma ask_all l n : forall f, (forall a, made (fun y => f (over l a y)) n) -> made f (length l + n).
Proof.
  induction l as [|v l IH]; intros f H.
  - destruct (H (fun _ => false)) as [t T]. exists t. intros x. specialize (T x). exact T.
  - assert (side : forall b, made (fun y => f (fun j => if (j =? v)%nat then b else y j)) (length l + n)).
    { intros b. apply IH. intros a. destruct (H (fun j => if (j =? v)%nat then b else a j)) as [t T].
      exists t. intros x. destruct (T x) as [V A]. split; [|exact A]. rewrite V. f_equal.
      apply functional_extensionality. intros j. unfold over. cbn [existsb].
      destruct (j =? v)%nat; cbn; [reflexivity|]. now destruct (existsb (Nat.eqb j) l). }
    destruct (side false) as [a A]. destruct (side true) as [b B]. exists (Asks v a b). intros x.
    cbn [value asked_at length]. destruct (A x) as [A1 A2]. destruct (B x) as [B1 B2].
    assert (same : forall c, x v = c -> (fun j => if (j =? v)%nat then c else x j) = x :> (nat -> bool)).
    { intros c C. apply functional_extensionality. intros j. destruct (Nat.eqb_spec j v) as [->|_]; auto. }
    destruct (x v) eqn:E.
    + rewrite B1, (same true eq_refl). split; [reflexivity|lia].
    + rewrite A1, (same false eq_refl). split; [reflexivity|lia].
Qed.

Lemma made_more f n m : (n <= m)%nat -> made f n -> made f m.
Proof. intros L [t T]. exists t. intros x. destruct (T x). split; [assumption|lia]. Qed.

Lemma fewer {A} (keep : A -> bool) l : (length (filter keep l) <= length l)%nat.
Proof. induction l as [|a l IH]; cbn; [lia|]. destruct (keep a); cbn; lia. Qed.
Lemma fewer_by_one {A} (keep : A -> bool) l a : In a l -> keep a = false -> (S (length (filter keep l)) <= length l)%nat.
Proof.
  induction l as [|b l IH]; intros I K; [destruct I|]. cbn. destruct I as [->|I].
  - rewrite K. pose proof (fewer keep l). lia.
  - specialize (IH I K). destruct (keep b); cbn; lia.
Qed.

(** What certifies a point certifies it, less what is known, where some is known. *)
Lemma certified_rest (f : (nat -> bool) -> bool) (c : bool) l a y l0 :
  (forall z, agree_on l0 (over l a y) z -> f z = c) ->
  forall z, agree_on (filter (fun i => negb (existsb (Nat.eqb i) l)) l0) y z -> f (over l a z) = c.
Proof.
  intros H z Z. apply H. intros i I. unfold over. destruct (existsb (Nat.eqb i) l) eqn:E; [reflexivity|].
  apply Z. apply filter_In. split; [assumption|]. now rewrite E.
Qed.

Theorem depth_certificates k m : forall f, certified f false k -> certified f true m -> made f (k * m).
Proof.
  induction k as [|k IH]; intros f zero one.
  - destruct (classic (exists x, f x = false)) as [[x X]|N].
    + exists (Says false). intros y. destruct (zero x X) as (l & len & L). destruct l; [|cbn in len; lia].
      split; [|cbn; lia]. symmetry. apply L. intros i [].
    + exists (Says true). intros y. split; [|cbn; lia]. cbn [value]. destruct (f y) eqn:E; [reflexivity|].
      exfalso. apply N. now exists y.
  - destruct (classic (exists x, f x = true)) as [[x X]|N].
    + destruct (one x X) as (l & len & L). apply made_more with (length l + k * m)%nat; [cbn; lia|].
      apply ask_all. intros a. apply IH.
      * intros y Y. destruct (zero _ Y) as (l0 & len0 & L0).
        exists (filter (fun i => negb (existsb (Nat.eqb i) l)) l0). split; [|now apply certified_rest].
        assert (M : exists i, In i l0 /\ In i l).
        { apply NNPP. intros M. set (w := over l x (over l a y)).
          assert (T : f w = true) by (apply L; intros i I; unfold w; now rewrite over_in).
          assert (F : f w = false); [|congruence]. apply L0. intros i I. unfold w. symmetry.
          apply over_out. intros J. apply M. now exists i. }
        destruct M as (i & I & J). pose proof (fewer_by_one (fun i => negb (existsb (Nat.eqb i) l)) l0 i I) as F.
        cbn beta in F. replace (existsb (Nat.eqb i) l) with true in F; [specialize (F eq_refl); lia|].
        symmetry. apply existsb_exists. exists i. split; [assumption|apply Nat.eqb_refl].
      * intros y Y. destruct (one _ Y) as (l1 & len1 & L1).
        exists (filter (fun i => negb (existsb (Nat.eqb i) l)) l1). split; [|now apply certified_rest].
        pose proof (fewer (fun i => negb (existsb (Nat.eqb i) l)) l1). lia.
    + exists (Says false). intros y. split; [|cbn; lia]. cbn [value]. destruct (f y) eqn:E; [|reflexivity].
      exfalso. apply N. now exists y.
Qed.
