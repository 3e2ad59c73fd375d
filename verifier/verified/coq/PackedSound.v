(** * Packed products are products. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Packed.
Import ListNotations.
Open Scope Z_scope.

Definition within (m : Z) (v : vec) := Forall (fun x => Z.abs x <= m) v.
Definition zeros (n : nat) : vec := repeat 0 n.

Lemma dot_axpy c r : forall v x, dot (axpy c r v) x = c * dot r x + dot v x.
Proof.
  induction r as [|a r IH]; intros v x; [cbn [axpy dot]; lia|].
  destruct v as [|b v]; [cbn [axpy]; rewrite dot_vscale_l; cbn [dot]; lia|].
  destruct x as [|y x]; [cbn; lia|]. cbn [axpy dot]. rewrite IH. lia.
Qed.

Section Slots.
Variable slot : Z.
Hypothesis positive : 0 < slot.
Let P := 2 ^ slot.
Lemma P_positive : 0 < P. Proof. apply Z.pow_pos_nonneg; lia. Qed.
Lemma shifted x : Z.shiftl x slot = x * P. Proof. apply Z.shiftl_mul_pow2. lia. Qed.

Lemma pack_scale c r : pack slot (vscale c r) = c * pack slot r.
Proof.
  induction r as [|x r IH]; [cbn; lia|]. unfold vscale in *. cbn [map pack].
  rewrite IH, !shifted. ring.
Qed.
Lemma pack_axpy c r : forall v, pack slot (axpy c r v) = c * pack slot r + pack slot v.
Proof.
  induction r as [|x r IH]; intros v; [cbn [axpy pack]; lia|].
  destruct v as [|y v]; cbn [axpy].
  - rewrite pack_scale. cbn [pack]. lia.
  - cbn [pack]. rewrite IH, !shifted. ring.
Qed.
Lemma gather_pack rows : forall a v,
  gather a (map (fun r : vec * Z => pack slot (fst r)) rows) (pack slot v) =
  pack slot (combine_rows a rows v).
Proof.
  induction rows as [|[r b] rows IH]; intros [|a0 a] v; try reflexivity.
  cbn [gather map combine_rows fst]. rewrite <- IH. destruct (a0 =? 0); [reflexivity|].
  rewrite pack_axpy. reflexivity.
Qed.

Let half := 2 ^ (slot - 1).
Lemma halves : P = 2 * half.
Proof. unfold P, half. rewrite <- Z.pow_succ_r by lia. f_equal. lia. Qed.
(** Fields from an offset on are those of a shifted number. *)
Fixpoint fields (wide half : Z) (n : nat) (z : Z) : vec :=
  match n with
  | O => []
  | S n' => Z.land z (Z.ones wide) - half :: fields wide half n' (Z.shiftr z slot)
  end.
Lemma unpack_fields wide h n : forall c z, 0 <= c ->
  unpack slot wide h n c z = fields wide h n (Z.shiftr z c).
Proof.
  induction n as [|n IH]; intros c z Hc; cbn [unpack fields]; [reflexivity|].
  unfold field. rewrite IH by lia. rewrite Z.shiftr_shiftr by lia. reflexivity.
Qed.
Lemma unpack_pack c n : 0 <= c < slot -> forall v, (length v <= n)%nat ->
  Forall (fun x => Z.abs x < half) v ->
  unpack slot (slot - c) (Z.shiftr half c) n c (pack slot v + middle slot half n) =
  map (fun x => Z.shiftr x c) (v ++ zeros (n - length v)).
Proof.
  intros Hc v L H. rewrite unpack_fields by lia. revert v L H.
  pose proof P_positive as HP. pose proof halves as HH.
  set (C := 2 ^ c). set (P' := 2 ^ (slot - c)). set (half' := 2 ^ (slot - 1 - c)).
  assert (HC : 0 < C) by (apply Z.pow_pos_nonneg; lia).
  assert (HP' : 0 < P') by (apply Z.pow_pos_nonneg; lia).
  assert (EP : P = P' * C) by (unfold P, P', C; rewrite <- Z.pow_add_r by lia; f_equal; lia).
  assert (Eh : half = half' * C) by (unfold half, half', C; rewrite <- Z.pow_add_r by lia; f_equal; lia).
  assert (Eh' : Z.shiftr half c = half')
    by (rewrite Z.shiftr_div_pow2 by lia; fold C; rewrite Eh; apply Z.div_mul; lia).
  assert (One : forall x z, - half <= x < half ->
    Z.land (Z.shiftr (x + z * P + half) c) (Z.ones (slot - c)) - Z.shiftr half c = Z.shiftr x c /\
    Z.shiftr (Z.shiftr (x + z * P + half) c) slot = Z.shiftr z c).
  { intros x z Hx. split.
    - rewrite Eh', Z.land_ones by lia. fold P'. rewrite !Z.shiftr_div_pow2 by lia. fold C.
      replace (x + z * P + half) with (x + (z * P' + half') * C) by (rewrite EP, Eh; ring).
      rewrite Z.div_add by lia. replace (x / C + (z * P' + half')) with (x / C + half' + z * P') by ring.
      rewrite Z_mod_plus_full, Z.mod_small; [lia|]. split.
      + assert (- half' <= x / C); [|lia]. apply Z.div_le_lower_bound; lia.
      + assert (x / C < half') by (apply Z.div_lt_upper_bound; lia).
        assert (P' = 2 * half') by (apply Z.mul_reg_r with (p := C); lia). lia.
    - rewrite !Z.shiftr_shiftr by lia. rewrite (Z.add_comm c slot), <- Z.shiftr_shiftr by lia.
      f_equal. rewrite Z.shiftr_div_pow2 by lia. fold P.
      replace (x + z * P + half) with (x + half + z * P) by ring.
      rewrite Z_div_plus_full, Z.div_small by lia. lia. }
  induction n as [|n IH]; intros v L H.
  - destruct v; [reflexivity|cbn in L; lia].
  - destruct v as [|x v]; cbn [length Nat.sub fields middle pack].
    + specialize (IH [] (Nat.le_0_l _) (Forall_nil _)). cbn [length pack app] in *.
      rewrite Nat.sub_0_r in IH. rewrite shifted.
      destruct (One 0 (middle slot half n) ltac:(lia)) as [E1 E2].
      replace (0 + (half + middle slot half n * P)) with (0 + middle slot half n * P + half) by ring.
      rewrite E1, E2. unfold zeros in *. cbn [repeat map app]. f_equal.
      replace (0 + middle slot half n) with (middle slot half n) in IH by ring. exact IH.
    + inversion H as [|? ? Hx Hv]; subst. cbn in L.
      specialize (IH v ltac:(lia) Hv). rewrite !shifted.
      destruct (One x (pack slot v + middle slot half n) ltac:(lia)) as [E1 E2].
      replace (x + pack slot v * P + (half + middle slot half n * P))
        with (x + (pack slot v + middle slot half n) * P + half) by ring.
      rewrite E1, E2. cbn [app map]. f_equal. exact IH.
Qed.
End Slots.

(** ** What fits *)
Lemma within_axpy c M r : 0 <= M -> within M r -> forall m v, 0 <= m -> within m v ->
  within (Z.abs c * M + m) (axpy c r v).
Proof.
  intros HM Hr. induction Hr as [|x r Hx Hr IH]; intros m v Hm Hv.
  - cbn. apply Forall_impl with (2 := Hv). intros y Hy. cbn in *.
    assert (0 <= Z.abs c * M) by (apply Z.mul_nonneg_nonneg; lia). lia.
  - assert (X : Z.abs (c * x) <= Z.abs c * M).
    { rewrite Z.abs_mul. apply Z.mul_le_mono_nonneg_l; lia. }
    destruct Hv as [|y v Hy Hv]; cbn [axpy].
    + constructor; [lia|]. clear IH Hx X. induction Hr as [|z r Hz Hr IHr]; constructor; [|exact IHr].
      rewrite Z.abs_mul. assert (Z.abs c * Z.abs z <= Z.abs c * M) by (apply Z.mul_le_mono_nonneg_l; lia).
      lia.
    + constructor; [lia|]. apply IH; assumption.
Qed.
Lemma length_axpy c r n : (length r <= n)%nat -> forall v, (length v <= n)%nat ->
  (length (axpy c r v) <= n)%nat.
Proof.
  revert n. induction r as [|x r IH]; intros n Hr v Hv; [exact Hv|].
  destruct v as [|y v]; cbn [axpy].
  - unfold vscale. rewrite map_length. exact Hr.
  - cbn in *. destruct n as [|n]; [lia|]. apply le_n_S, IH; lia.
Qed.
Lemma norm_sum a : forall s, norm a s = norm a 0 + s.
Proof.
  induction a as [|x a IH]; intros s; cbn [norm]; [lia|]. rewrite IH, (IH (Z.abs x + 0)). lia.
Qed.
Lemma norm_nonneg a : 0 <= norm a 0.
Proof. induction a as [|x a IH]; cbn [norm]; [lia|]. rewrite norm_sum. lia. Qed.
Lemma within_more m m' v : m <= m' -> within m v -> within m' v.
Proof. intros H W. apply Forall_impl with (2 := W). intros y Hy. lia. Qed.
Lemma within_combine M n rows : 0 <= M ->
  Forall (fun r => within M (fst r) /\ (length (fst r) <= n)%nat) rows ->
  forall a m v, 0 <= m -> within m v -> (length v <= n)%nat ->
  within (norm a 0 * M + m) (combine_rows a rows v) /\ (length (combine_rows a rows v) <= n)%nat.
Proof.
  intros HM H. induction H as [|[r b] rows [Hr Ln] H IH]; intros a m v Hm Hv Lv.
  - assert (E : combine_rows a [] v = v) by (destruct a; reflexivity). rewrite E. split; [|exact Lv].
    apply within_more with (2 := Hv). pose proof (norm_nonneg a) as N.
    pose proof (Z.mul_nonneg_nonneg _ _ N HM). lia.
  - destruct a as [|a0 a]; [split; [|exact Lv]; apply within_more with (2 := Hv); cbn; lia|].
    cbn [combine_rows norm]. cbn [fst] in Hr, Ln. rewrite norm_sum.
    assert (0 <= Z.abs a0 * M) by (apply Z.mul_nonneg_nonneg; lia).
    replace ((norm a 0 + (Z.abs a0 + 0)) * M + m) with (norm a 0 * M + (Z.abs a0 * M + m)) by ring.
    destruct (a0 =? 0).
    + destruct (IH a m v Hm Hv Lv) as [W L]. split; [|exact L]. apply within_more with (2 := W). lia.
    + apply IH; [lia| |].
      * apply within_axpy; assumption.
      * apply length_axpy; assumption.
Qed.

(** ** A packing of rows *)
Record packs (q : packing) (rows : list (vec * Z)) : Prop := {
  slot_positive : 0 < slot q;
  its_half : half q = 2 ^ (slot q - 1);
  largest_nonneg : 0 <= largest q;
  its_rows : Forall (fun r => within (largest q) (fst r) /\ (length (fst r) <= entries q)%nat) rows;
  its_offset : offset q = middle (slot q) (half q) (entries q);
  its_packed : packed q = map (fun r => pack (slot q) (fst r)) rows }.

Lemma peak_least a : forall m, m <= peak a m /\ within (peak a m) a.
Proof.
  induction a as [|x a IH]; intros m; cbn [peak]; [split; [lia|constructor]|].
  destruct (IH (Z.max (Z.abs x) m)) as [H W]. split; [lia|]. constructor; [lia|exact W].
Qed.
Lemma rows_fit rows n M : (longest rows <= n)%nat -> greatest rows <= M ->
  Forall (fun r => within M (fst r) /\ (length (fst r) <= n)%nat) rows.
Proof.
  induction rows as [|[r b] rows IH]; intros Hn HM; constructor; cbn [longest greatest] in *.
  - destruct (peak_least r 0) as [_ W]. split; [apply within_more with (2 := W)|cbn [fst]]; lia.
  - apply IH; lia.
Qed.
Lemma greatest_nonneg rows : 0 <= greatest rows.
Proof. induction rows as [|[r b] rows IH]; cbn [greatest]; lia. Qed.
Lemma packing_packs rows : packs (packing_of rows) rows.
Proof.
  unfold packing_of. constructor; cbn [slot half largest entries offset packed]; try reflexivity.
  - lia.
  - apply greatest_nonneg.
  - apply rows_fit; [apply Nat.le_refl|apply Z.le_refl].
Qed.

Lemma combine_zero rows x : forall a v, all_zero a = true ->
  dot (combine_rows a rows v) x = dot v x.
Proof.
  induction rows as [|[r b] rows IH]; intros [|y a] v H; cbn [combine_rows]; try reflexivity.
  cbn [all_zero] in H. apply andb_true_iff in H. destruct H as [E H]. rewrite E. apply IH. assumption.
Qed.
Lemma only_is rows x : forall a c r, only a rows = Some (c, r) ->
  c * dot r x = dot (combine_rows a rows []) x.
Proof.
  induction rows as [|[r' b] rows IH]; intros [|y a] c r H; cbn [only combine_rows] in *; try discriminate.
  destruct (y =? 0); [apply IH; assumption|]. destruct (all_zero a) eqn:E; [|discriminate].
  inversion H; subst. rewrite combine_zero by assumption. rewrite dot_axpy. cbn [dot]. lia.
Qed.
Lemma dot_zeros n : forall x, dot (zeros n) x = 0.
Proof. induction n as [|n IH]; intros [|y x]; cbn; try reflexivity. apply IH. Qed.
Lemma dot_padded v n : forall x, dot (v ++ zeros n) x = dot v x.
Proof.
  induction v as [|a v IH]; intros x; [apply dot_zeros|]. destruct x; cbn; [reflexivity|].
  rewrite IH. reflexivity.
Qed.
(** The product is the combination of the rows, padded with zeros and cut. *)
Lemma product_is q rows a keep v c : packs q rows -> product q a rows keep = (v, c) ->
  0 <= c /\ exists n, v = map (fun x => Z.shiftr x c) (combine_rows a rows [] ++ zeros n).
Proof.
  intros [Hs Hh HM Hr Ho Hp]. unfold product. set (m := norm a 0 * largest q).
  destruct (Z.ltb_spec m (half q)) as [F|F]; intros E; inversion E; subst; clear E.
  - split; [destruct (keep =? 0); lia|].
    destruct (within_combine (largest q) (entries q) rows HM Hr a 0 [] ltac:(lia) (Forall_nil _)
      (Nat.le_0_l _)) as [W L].
    exists (entries q - length (combine_rows a rows []))%nat.
    rewrite Ho, Hp. rewrite Hh in *.
    pose proof (gather_pack _ Hs rows a []) as G. cbn [pack] in G. rewrite G.
    apply unpack_pack; [assumption|destruct (keep =? 0); lia|assumption|].
    apply Forall_impl with (2 := W). intros y Hy. cbn beta in *. lia.
  - split; [lia|]. exists O. cbn [zeros repeat]. rewrite app_nil_r. symmetry.
    rewrite <- (map_id (combine_rows a rows [])) at 2. apply map_ext. intros x. apply Z.shiftr_0_r.
Qed.
