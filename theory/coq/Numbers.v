(** Axioms of the catalogue about numbers: powers, slopes, induction, floors, finite sums and the
    binomial distribution. *)
From Coq Require Import Bool List Reals Lra Lia Arith ZArith.
From Leafproof Require Import Space ClopperPearson.
Import ListNotations.
Open Scope R_scope.

(** ** Calculus *)
Theorem power_exponent x a b :
  (0 < x <= 1 -> a <= b -> Rpower x b <= Rpower x a) /\
  (1 <= x -> a <= b -> Rpower x a <= Rpower x b).
Proof.
  assert (M : forall u v, u <= v -> exp u <= exp v).
  { intros u v [H| ->]; [left; now apply exp_increasing|lra]. }
  split; intros X H; apply M.
  - assert (ln x <= 0); [|nra]. destruct X as [X [Y| ->]]; [|rewrite ln_1; lra].
    rewrite <- ln_1. left. now apply ln_increasing.
  - assert (0 <= ln x); [|nra]. destruct X as [X| <-]; [|rewrite ln_1; lra].
    rewrite <- ln_1. left. apply ln_increasing; lra.
Qed.

Theorem mean_value f f' start x :
  start <= x -> (forall s, start <= s <= x -> derivable_pt_lim f s (f' s)) ->
  (forall s, start <= s <= x -> 0 <= f' s) -> f start <= f x.
Proof.
  intros [H| <-] d P; [|lra]. destruct (MVT_cor2 f f' start x H d) as [c [E [A B]]].
  assert (0 <= f' c * (x - start)) by (apply Rmult_le_pos; [apply P|]; lra). lra.
Qed.

(** A function whose slope is negative between 0 and 1, and that falls from 1 to 0 there, passes each
    level once. *)
Theorem monotone_root f f' level :
  (forall x, derivable_pt_lim f x (f' x)) -> (forall x, 0 < x < 1 -> f' x < 0) ->
  0 < level < 1 -> f 0 = 1 -> f 1 = 0 ->
  exists root, (forall x, 0 < x < 1 -> (x > root <-> f x < level)) /\ 0 < root /\ root < 1.
Proof.
  intros d N L Z O.
  assert (F : forall x y, 0 <= x -> x < y -> y <= 1 -> f y < f x).
  { intros x y X H Y. destruct (MVT_cor2 f f' x y H) as [c [E [A B]]]; [intros; apply d|].
    assert (f' c < 0) by (apply N; lra). nra. }
  destruct (IVT (fun x => level - f x) 0 1) as [r [[A B] E]]; try lra.
  { intros x. apply (continuity_pt_minus (fun _ => level) f).
    - apply continuity_pt_const. intros ? ?. reflexivity.
    - apply derivable_continuous_pt. exists (f' x). apply d. }
  assert (f r = level) by lra. exists r.
  assert (0 < r < 1) by (split; [destruct A as [|<-]|destruct B as [| ->]]; lra).
  split; [|lra]. intros x X. split; intros K.
  - pose proof (F r x). lra.
  - destruct (Rlt_dec r x) as [|n]; [lra|]. destruct (Req_dec x r) as [->|m]; [lra|].
    pose proof (F x r). lra.
Qed.

(** ** Integers *)
Theorem induction (P : Z -> Prop) start :
  P start -> (forall k, (start <= k)%Z -> P k -> P (k + 1)%Z) -> forall k, (start <= k)%Z -> P k.
Proof.
  intros A B k H. replace k with (start + Z.of_nat (Z.to_nat (k - start)))%Z by lia.
  induction (Z.to_nat (k - start)) as [|n IH]; [now replace (start + Z.of_nat 0)%Z with start by lia|].
  replace (start + Z.of_nat (S n))%Z with (start + Z.of_nat n + 1)%Z by lia. apply B; [lia|assumption].
Qed.

(** The hypothesis may be used at the parameter itself, and at another one that the step names. *)
Theorem double_induction (P : Z -> Z -> Prop) (other : Z -> Z -> Z) start :
  (forall m, (0 <= m)%Z -> P start m) ->
  (forall k m, (start <= k)%Z -> (0 <= m)%Z -> P k m ->
     ((0 <= other k m)%Z -> P k (other k m)) -> P (k + 1)%Z m) ->
  forall k m, (start <= k)%Z -> (0 <= m)%Z -> P k m.
Proof.
  intros A B k m K M. revert m M. revert k K.
  apply (induction (fun k => forall m, (0 <= m)%Z -> P k m) start); [assumption|].
  intros k K H m M. apply B; auto.
Qed.

(** The greatest number up to [last] that satisfies a condition; 0 where none does. *)
Fixpoint top (c : nat -> bool) (last : nat) : nat :=
  if c last then last else match last with O => O | S l => top c l end.

Theorem greatest c last at_ :
  (at_ <= last)%nat ->
  (c at_ = true -> (at_ <= top c last)%nat /\ c (top c last) = true) /\
  (0 <= top c last <= last)%nat.
Proof.
  intros H. split.
  - intros e. revert H. induction last as [|l IH]; intros H; cbn [top].
    + replace at_ with O in * by lia. now rewrite e.
    + destruct (c (S l)) eqn:f; [now split|]. apply IH.
      destruct (Nat.eq_dec at_ (S l)) as [->|n]; [congruence|lia].
  - clear H. induction last as [|l IH]; cbn [top]; [destruct (c O); lia|].
    destruct (c (S l)); lia.
Qed.

Definition floor_of (x : R) : Z := Int_part x.
Definition ceiling_of (x : R) : Z := (- Int_part (- x))%Z.

Theorem floor x : IZR (floor_of x) <= x < IZR (floor_of x) + 1.
Proof. unfold floor_of. destruct (base_Int_part x). lra. Qed.
Theorem ceiling x : x <= IZR (ceiling_of x) < x + 1.
Proof. unfold ceiling_of. rewrite opp_IZR. destruct (base_Int_part (- x)). lra. Qed.
Theorem floor_integer (m : Z) x : IZR m <= x -> (m <= floor_of x)%Z.
Proof.
  intros H. destruct (floor x) as [_ A]. assert (IZR m < IZR (floor_of x + 1)) as B.
  { rewrite plus_IZR. lra. }
  apply lt_IZR in B. lia.
Qed.

(** ** Finite sums and products, from [first] to [last] *)
Fixpoint prod {A} (f : A -> R) (l : list A) : R :=
  match l with [] => 1 | x :: l' => f x * prod f l' end.
Definition from_to (first last : Z) : list Z :=
  map (fun k => (first + Z.of_nat k)%Z) (seq 0 (Z.to_nat (last + 1 - first))).
Definition Sum (f : Z -> R) (first last : Z) : R := sum f (from_to first last).
Definition Product (f : Z -> R) (first last : Z) : R := prod f (from_to first last).

Lemma prod_app {A} (f : A -> R) l l' : prod f (l ++ l') = prod f l * prod f l'.
Proof. induction l; cbn - [IZR]; [ring|]. rewrite IHl. ring. Qed.
Lemma from_to_empty first : from_to first (first - 1) = [].
Proof. unfold from_to. now replace (first - 1 + 1 - first)%Z with 0%Z by lia. Qed.
Lemma from_to_next first last :
  (first - 1 <= last)%Z -> from_to first (last + 1) = from_to first last ++ [(last + 1)%Z].
Proof.
  intros H. unfold from_to.
  replace (Z.to_nat (last + 1 + 1 - first)) with (Z.to_nat (last + 1 - first) + 1)%nat by lia.
  rewrite seq_app, map_app. cbn [seq map]. do 2 f_equal. lia.
Qed.
Lemma from_to_inside first last i : In i (from_to first last) -> (first <= i <= last)%Z.
Proof.
  intros I. apply in_map_iff in I as [k [<- I]]. apply in_seq in I. lia.
Qed.

Theorem series_next f first last :
  (first - 1 <= last)%Z ->
  Sum f first (first - 1) = 0 /\ Sum f first (last + 1) = Sum f first last + f (last + 1)%Z.
Proof.
  intros H. unfold Sum. rewrite from_to_empty, from_to_next, sum_app by assumption.
  cbn [sum]. split; lra.
Qed.
Theorem product_next f first last :
  (first - 1 <= last)%Z ->
  Product f first (first - 1) = 1 /\ Product f first (last + 1) = Product f first last * f (last + 1)%Z.
Proof.
  intros H. unfold Product. rewrite from_to_empty, from_to_next, prod_app by assumption.
  cbn [prod]. split; lra.
Qed.
Theorem series_terms f g first last :
  (forall i, (first <= i <= last)%Z -> f i = g i) -> Sum f first last = Sum g first last.
Proof. intros H. apply sum_ext_in. intros i I. now apply H, from_to_inside. Qed.
Theorem sum_order s x y z a b c last :
  (forall i, (1 <= i <= last)%Z -> s i >= a * x i + b * y i + c * z i) ->
  Sum s 1 last >= a * Sum x 1 last + b * Sum y 1 last + c * Sum z 1 last.
Proof.
  intros H. unfold Sum. rewrite <- !sum_scale, <- !sum_plus. apply Rle_ge, sum_le.
  intros i I. apply Rge_le, H. now apply from_to_inside.
Qed.
Theorem sum_linear s x y a b last :
  (forall i, (1 <= i <= last)%Z -> s i = a * x i + b * y i) ->
  Sum s 1 last = a * Sum x 1 last + b * Sum y 1 last.
Proof.
  intros H. unfold Sum. rewrite <- !sum_scale, <- !sum_plus. apply sum_ext_in.
  intros i I. apply H. now apply from_to_inside.
Qed.
Theorem sum_exchange (t : Z -> Z -> R) last end_ :
  Sum (fun i => Sum (t i) 1 end_) 1 last = Sum (fun j => Sum (fun i => t i j) 1 last) 1 end_.
Proof. apply sum_swap. Qed.
Theorem sum_next f last :
  (0 <= last)%Z -> Sum f 1 0 = 0 /\ Sum f 1 (last + 1) = Sum f 1 last + f (last + 1)%Z.
Proof. intros H. apply (series_next f 1 last). lia. Qed.

(** ** Binomial coefficients and distributions *)
Lemma choose_pos n k : (k <= n)%nat -> (1 <= choose n k)%nat.
Proof.
  revert k. induction n as [|n IH]; intros [|k] H; cbn; try lia. specialize (IH k). lia.
Qed.
Theorem binomial_positive n k : (k <= n)%nat -> INR (choose n k) >= 1.
Proof. intros H. apply Rle_ge. apply (le_INR 1). now apply choose_pos. Qed.
Lemma choose_row n k : (choose n k <= 2 ^ n)%nat.
Proof.
  revert k. induction n as [|n IH]; intros [|k]; cbn; try lia.
  - pose proof (Nat.pow_nonzero 2 n). lia.
  - pose proof (IH k). pose proof (IH (S k)). lia.
Qed.
Theorem binomial_row n k : INR (choose n k) <= 2 ^ n.
Proof. replace 2 with (INR 2) by (cbn; lra). rewrite <- pow_INR. apply le_INR, choose_row. Qed.

Lemma choose_zero n : choose n 0 = 1%nat.
Proof. now destruct n. Qed.
Theorem binomial_start n p :
  binomial_cdf 0 n p = (1 - p) ^ n /\
  (forall s, derivable_pt_lim (fun x => (1 - x) ^ n) p s -> derivable_pt_lim (binomial_cdf 0 n) p s).
Proof.
  assert (E : forall x, binomial_cdf 0 n x = (1 - x) ^ n).
  { intros x. unfold binomial_cdf, binomial. cbn [seq sum]. rewrite choose_zero, Nat.sub_0_r.
    cbn [INR pow]. ring. }
  split; [apply E|]. intros s H e P. destruct (H e P) as [d K]. exists d. intros h N B.
  rewrite !E. now apply K.
Qed.

Lemma cdf_next k n p : binomial_cdf (S k) n p = binomial_cdf k n p + binomial (S k) n p.
Proof.
  unfold binomial_cdf. replace (S (S k)) with (S k + 1)%nat by lia.
  rewrite seq_app, sum_app. cbn [seq sum Nat.add]. ring.
Qed.
Theorem binomial_next k n p :
  binomial_cdf (S k) n p = binomial_cdf k n p + binomial (S k) n p /\
  (forall s t, derivable_pt_lim (binomial_cdf k n) p s ->
     derivable_pt_lim (binomial (S k) n) p t -> derivable_pt_lim (binomial_cdf (S k) n) p (s + t)).
Proof.
  split; [apply cdf_next|]. intros s t A B.
  pose proof (derivable_pt_lim_plus _ _ _ _ _ A B) as H.
  intros e P. destruct (H e P) as [d K]. exists d. intros h N C. rewrite !cdf_next.
  specialize (K h N C). unfold plus_fct in K. exact K.
Qed.
Theorem binomial_ends k n :
  binomial_cdf k n 0 = 1 /\ ((k < n)%nat -> binomial_cdf k n 1 = 0).
Proof.
  split.
  - revert k. induction n as [|n IH]; intros k; [apply cdf_zero|].
    destruct k as [|k]; [rewrite cdf_first, IH|rewrite cdf_step, !IH]; ring.
  - revert k. induction n as [|n IH]; intros k H; [lia|].
    destruct k as [|k]; [rewrite cdf_first|rewrite cdf_step, (IH k) by lia]; ring.
Qed.
