(** * Networks in integers: what the checker computes with.

    A node's integers are its rational values times one positive number, its scale.  Nodes are
    numbered from the newest (0), so that a network is a list of layers with the last one first. *)
From Coq Require Import ZArith QArith Qround List Bool.
Require Semantics.
Import ListNotations.
Open Scope Z_scope.

(** ** Vectors: total operations without conditions on lengths. *)
Definition vec := list Z.
Fixpoint dot (a x : vec) : Z :=
  match a, x with a0 :: a', x0 :: x' => a0 * x0 + dot a' x' | _, _ => 0 end.
Fixpoint vadd (a b : vec) : vec :=
  match a, b with [], _ => b | _, [] => a | x :: a', y :: b' => (x + y) :: vadd a' b' end.
Definition vscale (c : Z) (a : vec) : vec := map (fun x => c * x) a.
Fixpoint unit (k : nat) : vec := match k with O => [1] | S k' => 0 :: unit k' end.
Fixpoint sumZ (l : list Z) : Z := match l with [] => 0 | x :: l' => x + sumZ l' end.

(** ** Layers and their evaluation. *)
Inductive layer :=
| Affine (src : nat) (rows : list (vec * Z))
| Diag (src : nat) (channels : list (Z * Z))    (* factor x + shift *)
| Relu (src : nat)
| Sign (src : nat)
| Add (i : nat) (c : Z) (j : nat) (d : Z).      (* c x_i + d x_j *)
Definition network := list layer.

Fixpoint diag (cs : list (Z * Z)) (x : vec) : vec :=
  match cs, x with (f, b) :: cs', x0 :: x' => (f * x0 + b) :: diag cs' x' | _, _ => [] end.
Definition step (l : layer) (env : list vec) : vec :=
  match l with
  | Affine i rows => let x := nth i env [] in map (fun rb => dot (fst rb) x + snd rb) rows
  | Diag i cs => diag cs (nth i env [])
  | Relu i => map (Z.max 0) (nth i env [])
  | Sign i => map Z.sgn (nth i env [])
  | Add i c j d => vadd (vscale c (nth i env [])) (vscale d (nth j env []))
  end.
Fixpoint eval (n : network) (x : vec) : list vec :=
  match n with [] => [x] | l :: n' => let env := eval n' x in step l env :: env end.

(** One logit: class 1 iff positive.  Several: the largest, ties to the lowest index. *)
Fixpoint lmax (z : Z) (zs : list Z) : Z :=
  match zs with [] => z | y :: zs' => Z.max z (lmax y zs') end.
Fixpoint index_of (v : Z) (zs : list Z) : Z :=
  match zs with [] => 0 | z :: zs' => if z =? v then 0 else 1 + index_of v zs' end.
Definition decide (zs : vec) : Z :=
  match zs with
  | [] => 0
  | [z] => if 0 <? z then 1 else 0
  | z :: zs' => index_of (lmax z zs') zs
  end.
Definition class_at (n : network) (x : vec) : Z := decide (hd [] (eval n x)).

(** ** From rationals to integers. *)
(** A common multiple of the denominators of some numbers and of [d]. *)
Definition grow (d : Z) (q : Q) : Z :=
  if d mod Zpos (Qden q) =? 0 then d else Z.lcm d (Zpos (Qden q)).
Definition common (qs : list Q) (d : Z) : Z := fold_left grow qs d.
Definition whole (d : Z) (q : Q) : Z := Qnum q * (d / Zpos (Qden q)).   (* d q *)

Definition factor (c : Q * Q * Q) : Q := (fst (fst c) / snd (fst c))%Q.
(** A layer, with the scale of its node; [n] nodes come before it, whose scales are [ss]. *)
Definition translate_layer (l : Semantics.layer) (n : nat) (ss : list Z) : option (layer * Z) :=
  let at_ i := (n - 1 - i)%nat in
  let scale i := nth (at_ i) ss 1 in
  match l with
  | Semantics.Affine i rows =>
      let den := fold_left (fun d r => common (snd r :: fst r) d) rows 1 in
      let s := scale i in
      if (i <? n)%nat
      then Some (Affine (at_ i) (map (fun r => (map (whole den) (fst r), whole den (snd r) * s)) rows),
                 den * s)
      else None
  | Semantics.Scale i channels =>
      let fs := map (fun c => (factor c, snd c)) channels in
      let den := fold_left (fun d c => common [fst c; snd c] d) fs 1 in
      let s := scale i in
      if (i <? n)%nat
      then Some (Diag (at_ i) (map (fun c => (whole den (fst c), whole den (snd c) * s)) fs), den * s)
      else None
  | Semantics.Relu i => if (i <? n)%nat then Some (Relu (at_ i), scale i) else None
  | Semantics.Sign i => if (i <? n)%nat then Some (Sign (at_ i), 1) else None
  | Semantics.Add i j =>
      let m := Z.lcm (scale i) (scale j) in
      if (i <? n)%nat && (j <? n)%nat
      then Some (Add (at_ i) (m / scale i) (at_ j) (m / scale j), m)
      else None
  end.
Fixpoint translate_layers (ls : list Semantics.layer) (n : nat) (ss : list Z) (done : network)
  : option (network * list Z) :=
  match ls with
  | [] => Some (done, ss)
  | l :: ls' =>
      match translate_layer l n ss with
      | Some (l', s) => translate_layers ls' (S n) (s :: ss) (l' :: done)
      | None => None
      end
  end.
(** The network for inputs of scale [d]. *)
Definition translate (d : Z) (n : Semantics.network) : option network :=
  option_map fst (translate_layers n 1 [d] []).
