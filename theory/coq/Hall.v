(** Hall's theorem with capacities: tasks that each allow some workers can be given out so that nobody
    gets more than his capacity, if any tasks together allow workers with room for all of them. *)
From Coq Require Import Bool List Lia Arith Classical_Prop.
From Leafproof Require Import Patterns.
Import ListNotations.

Section Hall.
Context {V E : Type} (eqV : forall a b : V, {a = b} + {a <> b}) (workers : list V).
Hypothesis different : NoDup workers.

Definition covers (allowed : E -> list V) (tasks : list E) (u : V) : bool :=
  existsb (fun e => existsb (fun w => if eqV w u then true else false) (allowed e)) tasks.
Definition room (cap : V -> nat) (allowed : E -> list V) (tasks : list E) : nat :=
  list_sum (map (fun u => if covers allowed tasks u then cap u else 0) workers).

Lemma covers_true allowed tasks u : covers allowed tasks u = true <-> exists e, In e tasks /\ In u (allowed e).
Proof.
  unfold covers. rewrite existsb_exists. split.
  - intros [e [I H]]. apply existsb_exists in H as [w [J H]]. destruct (eqV w u); [subst|discriminate]. eauto.
  - intros [e [I J]]. exists e. split; [assumption|]. apply existsb_exists. exists u. split; [assumption|].
    now destruct (eqV u u).
Qed.

Lemma sum_map_le (f g : V -> nat) l : (forall u, In u l -> f u <= g u) -> list_sum (map f l) <= list_sum (map g l).
Proof.
  induction l as [|u l IH]; intros H; [reflexivity|]. change (f u + list_sum (map f l) <= g u + list_sum (map g l)).
  pose proof (H u (or_introl eq_refl)). assert (list_sum (map f l) <= list_sum (map g l)) by (apply IH; intros; apply H; now right). lia.
Qed.
Lemma sum_map_plus (f g : V -> nat) l :
  list_sum (map (fun u => f u + g u) l) = list_sum (map f l) + list_sum (map g l).
Proof.
  induction l as [|u l IH]; [reflexivity|].
  change (f u + g u + list_sum (map (fun u => f u + g u) l) = f u + list_sum (map f l) + (g u + list_sum (map g l))). lia.
Qed.
(** One less room for one worker. *)
Lemma one_less (f g : V -> nat) w l :
  NoDup l -> (forall u, u <> w -> f u <= g u) -> f w <= S (g w) -> list_sum (map f l) <= S (list_sum (map g l)).
Proof.
  intros N H W. induction N as [|u l I N IH]; [cbn; lia|].
  change (f u + list_sum (map f l) <= S (g u + list_sum (map g l))). destruct (eqV u w) as [->|D].
  - assert (list_sum (map f l) <= list_sum (map g l)); [|lia]. apply sum_map_le. intros x J. apply H. intros ->. contradiction.
  - pose proof (H u D). lia.
Qed.

Lemma chosen_none {A} (l : list A) : chosen (repeat false (length l)) l = [].
Proof. induction l; [reflexivity|exact IHl]. Qed.
Lemma chosen_split {A} mask : forall l : list A, length mask = length l ->
  length (chosen mask l) + length (chosen (map negb mask) l) = length l.
Proof.
  induction mask as [|b mask IH]; intros [|x l] L; try discriminate; [reflexivity|]. injection L as L.
  specialize (IH l L). destruct b; cbn [chosen map negb length]; lia.
Qed.
Lemma chosen_incl {A} mask : forall (l : list A) x, In x (chosen mask l) -> In x l.
Proof.
  induction mask as [|b mask IH]; intros [|y l] x I; cbn [chosen] in I; try contradiction.
  destruct b; [destruct I as [->|I]; [now left|]|]; right; now apply IH.
Qed.
Lemma chosen_again {A} mask : forall (l : list A) mask', exists mask'', length mask'' = length l /\
  chosen mask'' l = chosen mask' (chosen mask l).
Proof.
  assert (N : forall l : list A, exists mask'', length mask'' = length l /\ chosen mask'' l = []).
  { intros l. exists (repeat false (length l)). split; [apply repeat_length|apply chosen_none]. }
  induction mask as [|b mask IH]; intros [|x l] mask'; cbn [chosen].
  - exists []. now destruct mask'.
  - replace (chosen mask' []) with (@nil A) by (destruct mask' as [|[] ?]; reflexivity). apply (N (x :: l)).
  - exists []. now destruct mask' as [|[] ?].
  - destruct b.
    + destruct mask' as [|c mask']; [apply (N (x :: l))|].
      destruct (IH l mask') as [k [L K]]. exists (c :: k). cbn [length chosen]. rewrite L, K. now destruct c.
    + destruct (IH l mask') as [k [L K]]. exists (false :: k). cbn [length chosen]. now rewrite L, K.
Qed.
(** Some of the tasks, and some of the others. *)
Lemma chosen_both {A} mask : forall (l : list A) mask', length mask = length l -> exists mask'', length mask'' = length l /\
  length (chosen mask'' l) = length (chosen mask l) + length (chosen mask' (chosen (map negb mask) l)) /\
  forall x, In x (chosen mask'' l) <-> In x (chosen mask l) \/ In x (chosen mask' (chosen (map negb mask) l)).
Proof.
  induction mask as [|b mask IH]; intros [|x l] mask' L; try discriminate.
  - exists []. cbn [map chosen]. replace (chosen mask' []) with (@nil A) by (destruct mask' as [|[] ?]; reflexivity). cbn. tauto.
  - injection L as L. destruct b; cbn [map negb chosen].
    + destruct (IH l mask' L) as [k [K [C I]]]. exists (true :: k). cbn [length chosen]. rewrite K, C.
      split; [reflexivity|]. split; [lia|]. intros y. cbn [In]. rewrite I. tauto.
    + destruct mask' as [|c mask'].
      * destruct (IH l [] L) as [k [K [C I]]]. exists (false :: k). cbn [length chosen] in *. rewrite K, C.
        split; [reflexivity|]. split; [reflexivity|]. intros y. rewrite I. tauto.
      * destruct (IH l mask' L) as [k [K [C I]]]. exists (c :: k). cbn [length chosen]. rewrite K.
        split; [reflexivity|]. destruct c; cbn [length]; (split; [lia|]); intros y; cbn [In]; rewrite I; tauto.
Qed.

Definition given_out (allowed : E -> list V) (cap : V -> nat) (tasks : list E) (to : list V) : Prop :=
  Forall2 (fun e u => In u (allowed e)) tasks to /\ forall u, count_occ eqV to u <= cap u.

Lemma merged (R : E -> V -> Prop) mask : forall tasks, length mask = length tasks -> forall a b,
  Forall2 R (chosen mask tasks) a -> Forall2 R (chosen (map negb mask) tasks) b ->
  exists to, Forall2 R tasks to /\ forall u, count_occ eqV to u = count_occ eqV a u + count_occ eqV b u.
Proof.
  induction mask as [|c mask IH]; intros [|e tasks] L a b A B; try discriminate.
  - cbn [map chosen] in *. inversion A. inversion B. exists []. split; [constructor|reflexivity].
  - injection L as L. destruct c; cbn [map negb chosen] in *.
    + inversion A; subst. destruct (IH tasks L _ _ H3 B) as [to [T C]]. exists (y :: to). split; [now constructor|].
      intros u. cbn [count_occ]. rewrite C. destruct (eqV y u); lia.
    + inversion B; subst. destruct (IH tasks L _ _ A H3) as [to [T C]]. exists (y :: to). split; [now constructor|].
      intros u. cbn [count_occ]. rewrite C. destruct (eqV y u); lia.
Qed.

Theorem hall n : forall tasks allowed cap, length tasks <= n ->
  (forall mask, length mask = length tasks -> length (chosen mask tasks) <= room cap allowed (chosen mask tasks)) ->
  exists to, given_out allowed cap tasks to.
Proof.
  induction n as [|n IH]; intros tasks allowed cap L H.
  { destruct tasks; [|cbn in L; lia]. exists []. split; [constructor|]. intros. cbn. lia. }
  destruct tasks as [|e tasks]; [exists []; split; [constructor|intros; cbn; lia]|].
  destruct (classic (exists mask, length mask = S (length tasks) /\ 0 < length (chosen mask (e :: tasks)) <= length tasks /\
    room cap allowed (chosen mask (e :: tasks)) <= length (chosen mask (e :: tasks)))) as [[mask [M [P T]]]|N].
  - set (some := chosen mask (e :: tasks)) in *. set (others := chosen (map negb mask) (e :: tasks)).
    pose proof (chosen_split mask (e :: tasks) M) as S. fold some others in S. cbn [length] in S, L.
    destruct (IH some allowed cap ltac:(lia)) as [a [A A']].
    { intros k K. destruct (chosen_again mask (e :: tasks) k) as [k' [K' C]]. unfold some. rewrite <- C. now apply H. }
    set (rest := fun x => filter (fun u => negb (covers allowed some u)) (allowed x)).
    destruct (IH others rest cap ltac:(lia)) as [b [B B']].
    { intros k K. destruct (chosen_both mask (e :: tasks) k M) as [k' [K' [C I]]]. fold some others in C, I.
      specialize (H k' K'). rewrite C in H. set (more := chosen k others) in *.
      assert (F : room cap allowed (chosen k' (e :: tasks)) <= room cap allowed some + room cap rest more); [|lia].
      unfold room. rewrite <- sum_map_plus. apply sum_map_le. intros u _.
      destruct (covers allowed (chosen k' (e :: tasks)) u) eqn:Q; [|lia]. destruct (covers allowed some u) eqn:Q'; [lia|].
      assert (Z : covers rest more u = true); [|rewrite Z; lia].
      apply covers_true in Q as [x [J K0]]. apply covers_true. exists x. apply I in J as [J|J].
      - assert (covers allowed some u = true) by (apply covers_true; eauto). congruence.
      - split; [assumption|]. apply filter_In. split; [assumption|]. now rewrite Q'. }
    destruct (merged (fun x u => In u (allowed x)) mask (e :: tasks) M a b A) as [to [O C]].
    { eapply Forall2_impl; [|exact B]. intros x u I. now apply filter_In in I. }
    exists to. split; [assumption|]. intros u. rewrite C. destruct (covers allowed some u) eqn:Q.
    + assert (Z : count_occ eqV b u = 0); [|specialize (A' u); lia]. apply count_occ_not_In. intros I.
      clear - B I Q. induction B; [contradiction|]. destruct I as [->|I]; [|now apply IHB].
      apply filter_In in H as [_ H]. rewrite Q in H. discriminate.
    + assert (Z : count_occ eqV a u = 0); [|specialize (B' u); lia]. apply count_occ_not_In. intros I.
      assert (covers allowed some u = true); [|congruence]. apply covers_true. clear - A I.
      induction A; [contradiction|]. destruct I as [->|I]; [exists x; split; [now left|assumption]|].
      destruct (IHA I) as [z [J K]]. exists z. split; [now right|assumption].
  - assert (K : length (true :: repeat false (length tasks)) = length (e :: tasks)) by (cbn; now rewrite repeat_length).
    pose proof (H _ K) as F. cbn [chosen] in F. rewrite chosen_none in F. cbn [length] in F.
    assert (X : exists u, In u (allowed e) /\ 1 <= cap u).
    { clear - F. unfold room in F. induction workers as [|u l I]; [cbn in F; lia|].
      change (1 <= (if covers allowed [e] u then cap u else 0) + list_sum (map (fun u => if covers allowed [e] u then cap u else 0) l)) in F.
      destruct (covers allowed [e] u) eqn:Q; [|now apply I]. destruct (cap u) eqn:Z; [now apply I|].
      exists u. apply covers_true in Q as [x [[<-|[]] J]]. split; [assumption|lia]. }
    destruct X as [u [I U]]. set (cap' := fun w => if eqV w u then pred (cap w) else cap w).
    destruct (IH tasks allowed cap' ltac:(cbn in L; lia)) as [to [O C]].
    { intros mask M. destruct (Nat.eq_dec (length (chosen mask tasks)) 0) as [Z|Z]; [rewrite Z; lia|].
      assert (W : length (chosen mask tasks) < room cap allowed (chosen mask tasks)).
      { destruct (Nat.lt_ge_cases (length (chosen mask tasks)) (room cap allowed (chosen mask tasks))) as [|G]; [assumption|].
        exfalso. apply N. exists (false :: mask). cbn [length chosen]. split; [now rewrite M|]. split; [|assumption].
        pose proof (chosen_split mask tasks M). lia. }
      assert (G : room cap allowed (chosen mask tasks) <= S (room cap' allowed (chosen mask tasks))); [|lia].
      unfold room. apply one_less with (w := u); [assumption| |].
      - intros w D. unfold cap'. destruct (eqV w u); [contradiction|lia].
      - unfold cap'. destruct (eqV u u); [|contradiction]. destruct (covers allowed (chosen mask tasks) u); lia. }
    exists (u :: to). split; [now constructor|]. intros w. specialize (C w). unfold cap' in C. cbn [count_occ].
    destruct (eqV u w) as [Q|D].
    + destruct (eqV w u); [|congruence]. subst w. lia.
    + destruct (eqV w u); [congruence|]. exact C.
Qed.
End Hall.
