(** Independent trials with chances of their own: the probability of fewer than [c] successes, and what
    it is where all chances but one are equal. For the axioms in Unlike.v. *)
From Coq Require Import Bool List Reals Lra Lia Arith Permutation.
From Leafproof Require Import Space ClopperPearson Minimax Axioms.
Import ListNotations.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

(** ** The probability of fewer than [c] successes *)
Fixpoint below (ps : list R) (c : nat) : R :=
  match ps, c with
  | _, O => 0
  | [], S _ => 1
  | p :: ps', S c' => (1 - p) * below ps' (S c') + p * below ps' c'
  end.
Definition chance (p : R) : Prop := 0 <= p <= 1.
Local Notation total ps := (sum (fun p : R => p) ps).

Lemma below_none ps : below ps 0 = 0.
Proof. now destruct ps. Qed.
Lemma below_step p ps c : below (p :: ps) (S c) = (1 - p) * below ps (S c) + p * below ps c.
Proof. reflexivity. Qed.
Lemma below_all ps c : (length ps < c)%nat -> below ps c = 1.
Proof.
  revert c. induction ps as [|p ps IH]; intros [|c] H; cbn [length] in H; try lia; [reflexivity|].
  rewrite below_step, !IH by lia. ring.
Qed.
Lemma below_permuted ps qs : Permutation ps qs -> forall c, below ps c = below qs c.
Proof.
  intros P. induction P as [|x l l' P IH|x y l|l l' l'' P IH Q IH']; intros c.
  - reflexivity.
  - destruct c as [|c]; [now rewrite !below_none|]. now rewrite !below_step, !IH.
  - destruct c as [|[|c]]; rewrite ?below_none; [reflexivity|..]; rewrite !below_step, ?below_none, ?below_step; ring.
  - now rewrite IH.
Qed.
Lemma total_permuted ps qs : Permutation ps qs -> total ps = total qs.
Proof. intros P. induction P; cbn [sum]; lra. Qed.

(** The same with successes and failures exchanged. *)
Lemma below_exchanged ps : forall c, (c <= S (length ps))%nat ->
  below (map (fun p => 1 - p) ps) (S (length ps) - c) = 1 - below ps c.
Proof.
  induction ps as [|p ps IH]; intros [|c] H; cbn [length map] in *.
  - cbn. lra.
  - replace (1 - S c)%nat with O by lia. replace c with O by lia. cbn. lra.
  - rewrite below_none, below_all by (cbn [length]; rewrite map_length; lia). ring.
  - replace (S (S (length ps)) - S c)%nat with (S (length ps) - c)%nat by lia. rewrite below_step.
    pose proof (IH c ltac:(lia)) as A. destruct (Nat.eq_dec c (S (length ps))) as [->|N].
    + rewrite Nat.sub_diag, below_none, !below_all by lia. ring.
    + pose proof (IH (S c) ltac:(lia)) as B. replace (S (length ps) - c)%nat with (S (length ps - c)) in * by lia.
      rewrite below_step, A. replace (S (length ps) - S c)%nat with (length ps - c)%nat in B by lia. rewrite B. ring.
Qed.
Lemma total_exchanged ps : total (map (fun p => 1 - p) ps) = INR (length ps) - total ps.
Proof.
  induction ps as [|p ps IH]; [cbn; lra|]. cbn [map sum]. rewrite IH. cbn [length]. rewrite S_INR. lra.
Qed.

(** ** Equal chances *)
Lemma binomial_is n p c : binomial_cdf c n p = below (repeat p n) (S c).
Proof.
  revert c. induction n as [|n IH]; intros c; [now rewrite cdf_zero|].
  cbn [repeat]. rewrite below_step. destruct c as [|c].
  - rewrite cdf_first, IH, below_none. ring.
  - now rewrite cdf_step, !IH.
Qed.
Lemma total_equal n p : total (repeat p n) = INR n * p.
Proof.
  induction n as [|n IH]; [cbn; lra|]. cbn [repeat sum]. rewrite IH, S_INR. ring.
Qed.

Lemma cdf_slope n : forall c p, derivable_pt_lim (binomial_cdf c (S n)) p (- INR (S n) * binomial c n p).
Proof.
  assert (A : forall p, derivable_pt_lim (fun u => 1 - u) p (-1)).
  { intros p. replace (-1) with (0 - 1) by ring.
    apply (derivable_pt_lim_minus (fun _ => 1) (fun u => u)); [apply derivable_pt_lim_const|apply derivable_pt_lim_id]. }
  assert (X : forall f g p s, (forall u, f u = g u) -> derivable_pt_lim g p s -> derivable_pt_lim f p s).
  { intros f g p s E H e P. destruct (H e P) as [d K]. exists d. intros h N B. rewrite !E. now apply K. }
  induction n as [|n IH]; intros c p.
  - destruct c as [|c].
    + apply (X _ (fun u => 1 - u)); [intros u; rewrite cdf_first, cdf_zero; ring|].
      replace (- INR 1 * binomial 0 0 p) with (-1) by (unfold binomial; cbn; ring). apply A.
    + apply (X _ (fun _ => 1)); [intros u; apply cdf_all; lia|].
      replace (- INR 1 * binomial (S c) 0 p) with 0 by (unfold binomial; cbn; ring). apply derivable_pt_lim_const.
  - destruct c as [|c].
    + apply (X _ (fun u => (1 - u) * binomial_cdf 0 (S n) u)); [intros u; apply cdf_first|].
      replace (- INR (S (S n)) * binomial 0 (S n) p)
        with (-1 * binomial_cdf 0 (S n) p + (1 - p) * (- INR (S n) * binomial 0 n p)).
      * apply (derivable_pt_lim_mult (fun u => 1 - u) (binomial_cdf 0 (S n))); [apply A|apply IH].
      * rewrite (S_INR (S n)), binomial_first.
        replace (binomial_cdf 0 (S n) p) with (binomial 0 (S n) p) by (unfold binomial_cdf; cbn [seq sum]; ring).
        rewrite binomial_first. ring.
    + apply (X _ (fun u => (1 - u) * binomial_cdf (S c) (S n) u + u * binomial_cdf c (S n) u)); [intros u; apply cdf_step|].
      replace (- INR (S (S n)) * binomial (S c) (S n) p) with
        ((-1 * binomial_cdf (S c) (S n) p + (1 - p) * (- INR (S n) * binomial (S c) n p)) +
         (1 * binomial_cdf c (S n) p + p * (- INR (S n) * binomial c n p))).
      * apply (derivable_pt_lim_plus (fun u => (1 - u) * binomial_cdf (S c) (S n) u) (fun u => u * binomial_cdf c (S n) u)).
        -- apply (derivable_pt_lim_mult (fun u => 1 - u) (binomial_cdf (S c) (S n))); [apply A|apply IH].
        -- apply (derivable_pt_lim_mult (fun u => u) (binomial_cdf c (S n))); [apply derivable_pt_lim_id|apply IH].
      * rewrite (S_INR (S n)), (cdf_last c (S n) p), binomial_step. ring.
Qed.

Lemma choose_ratio n c : (INR (choose n (S c)) * INR (S c) = INR (choose n c) * (INR n - INR c)).
Proof.
  revert c. induction n as [|n IH]; intros c.
  - destruct c; cbn [choose]; cbn [INR]; ring.
  - destruct c as [|c].
    + cbn [choose]. rewrite plus_INR. pose proof (IH O) as H.
      assert (Z : choose n 0 = 1%nat) by now destruct n. rewrite Z in *.
      rewrite !S_INR in *. cbn [INR] in *. lra.
    + change (choose (S n) (S (S c))) with (choose n (S c) + choose n (S (S c)))%nat.
      change (choose (S n) (S c)) with (choose n c + choose n (S c))%nat.
      rewrite !plus_INR. pose proof (IH (S c)) as A. pose proof (IH c) as B. rewrite !S_INR in *. lra.
Qed.

(** Beyond the mean of one more trial, the law of the successes falls. *)
Lemma law_falls n c p : chance p -> INR (S n) * p <= INR (S c) -> binomial (S c) n p <= binomial c n p.
Proof.
  intros [P Q] H. destruct (Nat.le_gt_cases (S c) n) as [L|L].
  - unfold binomial. pose proof (choose_ratio n c) as E.
    replace (n - c)%nat with (S (n - S c)) by lia. cbn [pow].
    set (w := p ^ c * (1 - p) ^ (n - S c)).
    assert (W : 0 <= w) by (apply Rmult_le_pos; apply pow_le; lra).
    pose proof (pos_INR (choose n c)) as K. pose proof (lt_0_INR (S c) ltac:(lia)) as C.
    apply Rmult_le_reg_r with (INR (S c)); [assumption|].
    replace (INR (choose n (S c)) * (p * p ^ c) * (1 - p) ^ (n - S c) * INR (S c))
      with (INR (choose n (S c)) * INR (S c) * p * w) by (unfold w; ring).
    replace (INR (choose n c) * p ^ c * ((1 - p) * (1 - p) ^ (n - S c)) * INR (S c))
      with (INR (choose n c) * ((1 - p) * INR (S c)) * w) by (unfold w; ring).
    apply Rmult_le_compat_r; [assumption|]. rewrite E, Rmult_assoc. apply Rmult_le_compat_l; [assumption|].
    rewrite !S_INR in *. nra.
  - unfold binomial at 1. rewrite choose_above by lia. cbn [INR]. rewrite !Rmult_0_l. now apply binomial_nonneg.
Qed.

(** One trial has the chance [b], [S n] others share the rest. *)
Section One.
Context (n c : nat) (whole : R).
Hypothesis low : 0 <= whole <= INR (S c).
Let m := S n.
Let rest (b : R) : R := (whole - b) / INR m.
Let one (b : R) : R := (1 - b) * binomial_cdf (S c) m (rest b) + b * binomial_cdf c m (rest b).

Lemma one_slope b :
  derivable_pt_lim one b ((rest b - b) * (binomial (S c) n (rest b) - binomial c n (rest b))).
Proof.
  assert (M : INR m <> 0) by (apply not_0_INR; discriminate).
  assert (L : derivable_pt_lim rest b (- / INR m)).
  { unfold rest. replace (- / INR m) with ((0 - 1) * / INR m + (whole - b) * 0) by ring.
    apply (derivable_pt_lim_mult (fun u => whole - u) (fun _ => / INR m)); [|apply derivable_pt_lim_const].
    apply (derivable_pt_lim_minus (fun _ => whole) (fun u => u)); [apply derivable_pt_lim_const|apply derivable_pt_lim_id]. }
  assert (S0 : forall k, derivable_pt_lim (fun u => binomial_cdf k m (rest u)) b (binomial k n (rest b))).
  { intros k. replace (binomial k n (rest b)) with ((- INR m * binomial k n (rest b)) * (- / INR m)) by (field; assumption).
    apply (derivable_pt_lim_comp rest (binomial_cdf k m)); [assumption|apply cdf_slope]. }
  unfold one.
  replace ((rest b - b) * (binomial (S c) n (rest b) - binomial c n (rest b))) with
    (((0 - 1) * binomial_cdf (S c) m (rest b) + (1 - b) * binomial (S c) n (rest b)) +
     (1 * binomial_cdf c m (rest b) + b * binomial c n (rest b))).
  - apply (derivable_pt_lim_plus (fun u => (1 - u) * binomial_cdf (S c) m (rest u)) (fun u => u * binomial_cdf c m (rest u))).
    + apply (derivable_pt_lim_mult (fun u => 1 - u) (fun u => binomial_cdf (S c) m (rest u))); [|apply S0].
      apply (derivable_pt_lim_minus (fun _ => 1) (fun u => u)); [apply derivable_pt_lim_const|apply derivable_pt_lim_id].
    + apply (derivable_pt_lim_mult (fun u => u) (fun u => binomial_cdf c m (rest u))); [apply derivable_pt_lim_id|apply S0].
  - rewrite (cdf_last c m). unfold m. rewrite binomial_step. ring.
Qed.

(** Equal chances are the least likely to have few successes, here. *)
Lemma one_least b : 0 <= b <= 1 -> 0 <= rest b <= 1 -> one (whole / INR (S m)) <= one b.
Proof.
  intros B C. set (a := whole / INR (S m)).
  assert (M : 0 < INR m) by (apply lt_0_INR; unfold m; lia).
  assert (E : INR (S m) = INR m + 1) by apply S_INR.
  assert (A : INR m * a + a = whole) by (unfold a; rewrite E; field; lra).
  assert (R : forall x, INR m * rest x = whole - x) by (intros x; unfold rest; field; lra).
  assert (Ra : rest a = a) by (pose proof (R a); apply Rmult_eq_reg_l with (INR m); lra).
  assert (F : forall x y, x < y -> rest y < rest x).
  { intros x y H. pose proof (R x). pose proof (R y). apply Rmult_lt_reg_l with (INR m); lra. }
  assert (Q : forall x, 0 <= x -> chance (rest x) ->
    binomial (S c) n (rest x) - binomial c n (rest x) <= 0).
  { intros x X K. pose proof (R x). enough (binomial (S c) n (rest x) <= binomial c n (rest x)) by lra.
    apply law_falls; [assumption|]. fold m. lra. }
  assert (a0 : 0 <= a <= 1).
  { pose proof (R b). split; apply Rmult_le_reg_l with (INR m + 1); nra. }
  destruct (Rtotal_order b a) as [H|[->|H]]; [|lra|].
  - destruct (MVT_cor2 one _ b a H (fun x _ => one_slope x)) as [x [e [X Y]]].
    pose proof (F x a Y). pose proof (F b x X). pose proof (Q x ltac:(lra) ltac:(unfold chance; lra)).
    assert (0 <= (rest x - x) * - (binomial (S c) n (rest x) - binomial c n (rest x)) * (a - b)); [|nra].
    repeat apply Rmult_le_pos; lra.
  - destruct (MVT_cor2 one _ a b H (fun x _ => one_slope x)) as [x [e [X Y]]].
    pose proof (F a x X). pose proof (F x b Y). pose proof (Q x ltac:(lra) ltac:(unfold chance; lra)).
    assert (0 <= (x - rest x) * - (binomial (S c) n (rest x) - binomial c n (rest x)) * (b - a)); [|nra].
    repeat apply Rmult_le_pos; lra.
Qed.
Lemma one_equal : one (whole / INR (S m)) = binomial_cdf (S c) (S m) (whole / INR (S m)).
Proof.
  assert (M : 0 < INR m) by (apply lt_0_INR; unfold m; lia).
  assert (E : rest (whole / INR (S m)) = whole / INR (S m)) by (unfold rest; rewrite (S_INR m); field; lra).
  unfold one. rewrite E, cdf_step. ring.
Qed.
End One.

(** A trial that always fails, or always succeeds, beside others. *)
Lemma one_fails n c whole :
  0 <= whole <= INR (S c) -> whole <= INR (S n) ->
  binomial_cdf (S c) (S (S n)) (whole / INR (S (S n))) <= binomial_cdf (S c) (S n) (whole / INR (S n)).
Proof.
  intros W L. assert (M : 0 < INR (S n)) by (apply lt_0_INR; lia).
  rewrite <- (one_equal n c whole). eapply Rle_trans; [apply (one_least n c whole W 0); [lra|]|].
  - rewrite !Rminus_0_r. split; apply Rmult_le_reg_l with (INR (S n)); try assumption;
      replace (INR (S n) * (whole / INR (S n))) with whole by (field; lra); lra.
  - rewrite !Rminus_0_r. lra.
Qed.
Lemma one_succeeds n c whole :
  1 <= whole <= INR (S c) -> whole - 1 <= INR (S n) ->
  binomial_cdf (S c) (S (S n)) (whole / INR (S (S n))) <= binomial_cdf c (S n) ((whole - 1) / INR (S n)).
Proof.
  intros W L. assert (M : 0 < INR (S n)) by (apply lt_0_INR; lia).
  rewrite <- (one_equal n c whole). eapply Rle_trans; [apply (one_least n c whole ltac:(lra) 1); [lra|]|lra].
  split; apply Rmult_le_reg_l with (INR (S n)); try assumption;
    replace (INR (S n) * ((whole - 1) / INR (S n))) with (whole - 1) by (field; lra); lra.
Qed.
