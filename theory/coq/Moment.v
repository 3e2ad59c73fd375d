(** Hoeffding's lemma: the exponential moment of a number about its mean, by its range. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space ClopperPearson Minimax Axioms Draws Hoeffding.
Open Scope R_scope.
Local Notation mean := Minimax.mean.

Theorem moment {T} (D : list (T * R)) X low high c :
  distribution D -> (forall x, low <= X x <= high) -> low < high -> 0 <= c ->
  mean (fun t => exp (c * (X t - mean X D))) D <= exp (c ^ 2 * (high - low) ^ 2 / 8).
Proof.
  intros law B wide pos. set (w := high - low). assert (W : 0 < w) by (unfold w; lra).
  set (Y := fun x => (X x - low) / w). set (q := mean Y D). set (l := c * w).
  assert (Y1 : forall x, 0 <= Y x <= 1).
  { intros x. destruct (B x). unfold Y. split.
    - apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat].
    - apply Rmult_le_reg_r with w; [assumption|]. unfold Rdiv.
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. unfold w. lra. }
  assert (Q : 0 <= q <= 1) by now apply mean_bounds.
  assert (qm : q = (mean X D - low) / w).
  { unfold q. transitivity (mean (fun x => / w * X x + 1 * (- low / w)) D).
    - unfold mean. apply sum_ext. intros x. unfold Y. field. lra.
    - rewrite (linearity D X (fun _ => - low / w)), (mean_constant D law). field. lra. }
  set (k := exp (- (q * l))). assert (K : 0 < k) by apply exp_pos.
  assert (E : mean (fun x => k * (exp l - 1) * Y x + k * 1) D = k * (1 - q + q * exp l)).
  { rewrite (linearity D Y (fun _ => 1)), (mean_constant D law). fold q. ring. }
  apply Rle_trans with (k * (1 - q + q * exp l)).
  - rewrite <- E. apply mean_monotone; [assumption|]. intros x.
    pose proof (chord (Y x) l (Y1 x)) as C. apply Rmult_le_compat_l with (r := k) in C; [|lra].
    replace (exp (c * (X x - mean X D))) with (k * exp (Y x * l)); [lra|].
    unfold k. rewrite <- exp_plus. f_equal. rewrite qm. unfold Y, l. field. lra.
  - pose proof (hoeffding_lemma q Q l ltac:(unfold l; nra)) as H. unfold base in H.
    apply Rmult_le_compat_l with (r := k) in H; [|lra]. eapply Rle_trans; [exact H|]. right.
    unfold k. rewrite <- exp_plus. f_equal. unfold l. field.
Qed.
