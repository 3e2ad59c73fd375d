(** * Fast evaluation is evaluation. *)
From Coq Require Import ZArith List Lia Bool.
Require Import Network Cells CellsSound Packed PackedSound Bounds BoundsSound Fast.
Import ListNotations.
Open Scope Z_scope.

Lemma packing_for_packs room rows : packs (packing_for room rows) rows.
Proof.
  unfold packing_for. constructor; cbn [slot half largest entries offset packed]; try reflexivity.
  - lia.
  - apply greatest_nonneg.
  - apply rows_fit; [apply Nat.le_refl|apply Z.le_refl].
Qed.
Lemma dot_unit_r i : forall w, dot w (unit i) = nth i w 0.
Proof.
  induction i as [|i IH]; intros [|x w]; cbn [unit dot nth]; try reflexivity.
  - rewrite dot_nil_r. lia.
  - rewrite IH. lia.
Qed.
Lemma dot_numbered : forall x r n, (length r <= n)%nat ->
  dot x (map (fun j => nth j r 0) (seq 0 n)) = dot r x.
Proof.
  induction x as [|x0 x IH]; intros r n H; [rewrite dot_nil_r; reflexivity|].
  destruct n as [|n]; [destruct r; [reflexivity|cbn in H; lia]|].
  cbn [seq map dot]. rewrite <- seq_shift, map_map. destruct r as [|r0 r].
  - cbn [dot]. rewrite (map_ext (fun j => nth (S j) [] 0) (fun j => nth j [] 0)) by (intros [|]; reflexivity).
    rewrite IH by (cbn; lia). cbn [nth dot]. lia.
  - cbn [nth dot length] in *. rewrite IH by lia. lia.
Qed.
Lemma longest_at rows : forall r, In r rows -> (length (fst r) <= longest rows)%nat.
Proof.
  induction rows as [|[v b] rows IH]; intros r []; cbn [longest].
  - subst. cbn [fst]. lia.
  - specialize (IH r H). lia.
Qed.
Lemma shifts_zero (cs : list (vec * Z)) : Forall (fun c => snd c = 0) cs -> forall a, shifts a cs = 0.
Proof.
  intros H. induction H as [|[v b] cs H0 H IH]; intros [|a0 a]; cbn [shifts]; try reflexivity.
  cbn [snd] in H0. subst. rewrite IH. destruct (a0 =? 0); lia.
Qed.
(** An entry of the combination of the columns is that of the product. *)
Lemma columns_nth rows x i : (i < length rows)%nat ->
  nth i (combine_rows x (columns rows) []) 0 = dot (fst (nth i rows ([], 0))) x.
Proof.
  intros Hi. rewrite <- dot_unit_r.
  pose proof (combine_rows_dot 1 (unit i) (columns rows) x []) as C. cbn [dot] in C.
  assert (Z0 : shifts x (columns rows) = 0).
  { apply shifts_zero. apply Forall_forall. intros c Hc. apply in_map_iff in Hc. destruct Hc as (j & <- & _). reflexivity. }
  rewrite Z0, Z.mul_0_r, !Z.add_0_r in C. rewrite <- C. unfold columns. rewrite map_map. cbn [fst snd].
  rewrite <- (dot_numbered x (fst (nth i rows ([], 0))) (longest rows)) by (apply longest_at, nth_In; assumption).
  f_equal. apply map_ext. intros j. rewrite dot_unit_r, Z.mul_0_r, Z.add_0_r.
  rewrite (nth_indep _ 0 (nth j (fst (([], 0) : vec * Z)) 0)) by (rewrite map_length; assumption).
  rewrite (map_nth (fun r => nth j (fst r) 0)). reflexivity.
Qed.
Lemma shifted_length rows : forall v, length (shifted v rows) = length rows.
Proof. induction rows as [|[r b] rows IH]; intros [|x v]; cbn [shifted length]; auto. Qed.
Lemma shifted_nth rows : forall v i, (i < length rows)%nat ->
  nth i (shifted v rows) 0 = nth i v 0 + snd (nth i rows ([], 0)).
Proof.
  induction rows as [|[r b] rows IH]; intros v i Hi; cbn [length] in Hi; [lia|].
  destruct v as [|x v]; destruct i as [|i]; cbn [shifted nth snd]; try lia; rewrite IH by lia; [|reflexivity].
  destruct i; reflexivity.
Qed.
Lemma nth_padded (v : vec) n i : nth i (v ++ zeros n) 0 = nth i v 0.
Proof. rewrite <- !dot_unit_r. apply dot_padded. Qed.
Lemma fast_step_is l bits env : fast_step (fasten l bits) env = step l env.
Proof.
  destruct l as [i rows|i cs|i|i|i c j d]; try reflexivity. unfold fast_step. cbn [fasten plain by_column column_packing].
  destruct (product _ _ _ 0) as [v c] eqn:E. destruct (Z.eqb_spec c 0) as [->|]; [|reflexivity].
  destruct (product_is _ _ _ _ _ _ (packing_for_packs _ _) E) as (_ & n & ->). cbn [step].
  rewrite (map_ext _ (fun x => x)) by (intros; apply Z.shiftr_0_r). rewrite map_id.
  apply (nth_ext _ _ 0 0); [rewrite shifted_length, map_length; reflexivity|].
  intros k Hk. rewrite shifted_length in Hk. rewrite shifted_nth, nth_padded, columns_nth by assumption.
  set (f := fun rb : vec * Z => dot (fst rb) (nth i env []) + snd rb).
  rewrite (nth_indep _ 0 (f ([], 0))) by (rewrite map_length; assumption).
  rewrite (map_nth f). reflexivity.
Qed.
Theorem fast_eval_is n bits x : fast_eval (fasten_all n bits) x = eval n x.
Proof.
  induction n as [|l n IH]; [reflexivity|]. cbn [fasten_all fast_eval eval]. rewrite IH, fast_step_is. reflexivity.
Qed.
Lemma fast_class_is n bits x : fast_class (fasten_all n bits) x = class_at n x.
Proof. unfold fast_class, class_at. rewrite fast_eval_is. reflexivity. Qed.
