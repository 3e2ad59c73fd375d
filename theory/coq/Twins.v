(** What the catalogue claims, and Coq proves. Written by python -m theory.coq. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import Space Testing Occam ClopperPearson Finite Sequential Gap Partition Rank Promises Conflicts Apart Hidden Agnostic Pairs Comparing Waiting Allotting Several Relative Influences Depth Degree Guessing Meetings Mistakes Moment Collecting Medians Turns Grid Labels.
From Leafproof Require Hoeffding Minimax Draws Axioms Tails Differences Martingales Spread Vectors Patterns Numbers Counting Bets Abel Averages Symmetry Inclusion Swapping Unlike Readouts.
Import ListNotations.
Open Scope R_scope.

(** test-sample-size: A candidate tested without a disagreement *)
Theorem test_sample_size {T} (D : list (T * R)) (agree : T -> bool) (epsilon delta p : R) (n :
    nat) :
  distribution D ->
  pr D agree = 1 - p ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  0 <= p <= 1 ->
  ((INR n < ln delta / ln (1 - epsilon)) -> ((1 - epsilon) ^ n > delta)) /\ (((p >= epsilon) /\
    (INR n >= ln delta / ln (1 - epsilon))) -> (pr (power D n) (forallb agree) <= delta)).
Proof.
  intros law a e d _ _.
  destruct (Testing.test_sample_size D agree epsilon delta n p law e d a). tauto.
Qed.
Print Assumptions test_sample_size.

(** occam-realizable: Occam's razor for a finite class, realizable *)
Theorem occam_realizable {T G} (D : list (T * R)) (class : list G) (agree : G -> T -> bool)
    (epsilon delta : R) (size n : nat) :
  distribution D ->
  length class = size ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= size)%nat ->
  (1 <= n)%nat ->
  (INR n >= (ln delta - ln (INR size)) / ln (1 - epsilon)) -> (pr (power D n) (fooled D class
    agree epsilon) <= delta).
Proof.
  intros law members e d one _ H. apply le_INR in one. cbn [INR] in one.
  apply (Occam.occam_realizable D class agree (INR size)); try assumption; [now rewrite members|lra|].
  eapply Rge_trans; [exact H|]. right. unfold Rdiv. ring.
Qed.
Print Assumptions occam_realizable.

(** occam-trees-realizable: Consistent decision trees of bounded depth, realizable *)
Theorem occam_trees_realizable (D : list ((nat -> bool) * R)) (teacher : (nat -> bool) -> nat)
    (epsilon delta : R) (d r n : nat) :
  distribution D ->
  (1 <= d)%nat ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  (INR n >= (ln delta + ln (INR d) - 2 ^ r * ln (2 * INR d)) / ln (1 - epsilon)) -> (pr (power D
    n) (fooled D (complete d 2 r) (agrees teacher) epsilon) <= delta).
Proof.
  intros law dd e de _ H.
  apply (Occam.complete_trees_realizable d 2 r D teacher); try assumption; [lia|].
  eapply Rge_trans; [exact H|]. right. cbn [INR].
  replace (INR d * (1 + 1)) with (2 * INR d) by ring. unfold Rdiv. ring.
Qed.
Print Assumptions occam_trees_realizable.

(** occam-trees-multiclass: Consistent decision trees of bounded depth with several classes, realizable *)
Theorem occam_trees_multiclass (D : list ((nat -> bool) * R)) (teacher : (nat -> bool) -> nat)
    (epsilon delta : R) (d c r n : nat) :
  distribution D ->
  (1 <= d)%nat ->
  (1 <= c)%nat ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  (INR n >= (ln delta - 2 ^ r * ln (INR c) - (2 ^ r - 1) * ln (INR d)) / ln (1 - epsilon)) ->
    (pr (power D n) (fooled D (complete d c r) (agrees teacher) epsilon) <= delta).
Proof.
  intros law dd cc e de _ H. assert (dp : 0 < INR d) by (apply lt_0_INR; lia).
  assert (cp : 0 < INR c) by (apply lt_0_INR; lia).
  apply (Occam.complete_trees_realizable d c r D teacher); try assumption.
  eapply Rge_trans; [exact H|]. right. rewrite ln_mult by assumption. unfold Rdiv. ring.
Qed.
Print Assumptions occam_trees_multiclass.

(** clopper-pearson: Exact upper bound from observed disagreements *)
Theorem clopper_pearson {T} (D : list (T * R)) (B : T -> bool) (U : nat -> R) (delta p : R) (k n
    : nat) :
  distribution D ->
  is_clopper_pearson n delta U ->
  pr D B = p ->
  (1 <= n)%nat ->
  0 < delta < 1 ->
  0 < p < 1 ->
  INR k <= INR n ->
  (pr (power D n) (fun s => less (U (hits B s)) p) <= delta) /\ ((INR k < INR n) -> ((p > U k)
    <-> (binomial_cdf k n p < delta))).
Proof.
  intros law cp is _ d _ _.
  destruct (ClopperPearson.clopper_pearson_bound D B n delta U p law d cp is) as [A C].
  split; [exact A|]. intros less. apply C, INR_lt, less.
Qed.
Print Assumptions clopper_pearson.

(** open-cells-pooled: Prove a part, test all that is open at once *)
Theorem open_cells_pooled {T} (D : list (T * R)) (B open : T -> bool) (U : nat -> R) (a W delta
    e : R) (n : nat) :
  distribution D ->
  is_clopper_pearson n delta U ->
  pr D open = W ->
  pr D (fun t => B t && negb (open t))%bool = a ->
  pr D B = e ->
  0 <= a <= 1 ->
  0 < W <= 1 ->
  (1 <= n)%nat ->
  0 < delta < 1 ->
  0 <= e <= 1 ->
  pr (power (given D open) n) (fun s => less (W * U (hits B s) + a) e) <= delta.
Proof.
  intros law cp w known total _ W0 _ d _.
  apply (ClopperPearson.open_cells_pooled D B open n delta U a W e); try assumption. lra.
Qed.
Print Assumptions open_cells_pooled.

(** finite-population: Disagreements in a finite domain, drawn without replacement *)
Theorem finite_population {T} (l : list T) (bad : T -> bool) (U : nat -> nat) (delta : R) (size
    n B : nat) :
  hypergeometric_upper size n delta U ->
  length l = size ->
  hits bad l = B ->
  (1 <= size)%nat ->
  0 < delta < 1 ->
  INR n <= INR size ->
  pr (draws n l) (fun s => (U (hits bad s) <? B)%nat) <= delta.
Proof.
  intros u <- is _ d drawn.
  apply (Finite.finite_population bad l n delta U); try assumption. now apply INR_le.
Qed.
Print Assumptions finite_population.

(** sequential-test: A test that may stop after any draw *)
Theorem sequential_test {T} (D : list (T * R)) (B : T -> bool) (epsilon q delta p : R) (k n :
    nat) :
  distribution D ->
  pr D B = p ->
  0 < epsilon < 1 ->
  0 <= q < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  0 <= p <= 1 ->
  q < epsilon ->
  (q / epsilon) ^ k > 0 ->
  ((p >= epsilon) -> (pr (power D n) (reaches (factor B epsilon q) (1 / delta) 1) <= delta)) /\
    ((INR n >= (INR k * ln ((1 - q) / (1 - epsilon)) + ln (1 / delta) - ln ((q / epsilon) ^ k))
    / ln ((1 - q) / (1 - epsilon))) -> ((q / epsilon) ^ k * exp ((INR n - INR k) * ln ((1 - q) /
    (1 - epsilon))) >= 1 / delta)).
Proof.
  intros law is e q01 d _ _ aim left.
  destruct (Sequential.sequential_test D B epsilon q delta n k p law e q01 aim d is) as [A C];
    [lra|split; [exact A|]].
  intros H. apply C. eapply Rge_trans; [exact H|]. right. unfold Rdiv. ring.
Qed.
Print Assumptions sequential_test.

(** gap-trees: Two shallow trees are equal or clearly different *)
Theorem gap_trees (t u : tree) (r s d : nat) :
  depth t = r ->
  depth u = s ->
  (1 <= d)%nat ->
  (pr (uniform d) (fun x => negb (Nat.eqb (says t x) (says u x))) = 0) \/ (pr (uniform d) (fun x
    => negb (Nat.eqb (says t x) (says u x))) >= 1 / 2 ^ (Nat.max r s)).
Proof.
  intros R S. intros. unfold Rdiv. rewrite Rmult_1_l. now apply Gap.gap_trees.
Qed.
Print Assumptions gap_trees.

(** kernel-partition: The kernel: counts add up over a partition *)
Theorem kernel_partition {T} (D : list (T * R)) (differ : T -> bool) (parts : list (part T)) :
  distribution D ->
  (forall t, length (filter (fun i => inside i t) parts) = 1%nat) ->
  (forall i, In i parts -> lower i <= pr D (fun t => differ t && inside i t)%bool <= upper i) ->
  (pr D differ >= sum lower parts) /\ (pr D differ <= sum upper parts).
Proof.
  intros law one known.
  destruct (Partition.kernel_partition D differ parts law one known).
  split; [now apply Rle_ge|assumption].
Qed.
Print Assumptions kernel_partition.

(** lrh-rank: How many conjunctions a representation of a given rank can hold *)
Theorem lrh_rank (d : nat) (V : list (list bool -> R)) (sets : list (list bool)) (eta : R) (k m
    : nat) :
  length V = m ->
  NoDup sets ->
  (forall vars, In vars sets -> length vars = d /\ size vars = k /\ exists values c, length
    values = d /\ distance d (conjunction vars values) (combination c V) <= eta) ->
  (1 <= m)%nat ->
  0 <= eta ->
  eta * 2 ^ k < 1 ->
  INR (length sets) <= INR m / (1 - 4 ^ k * eta ^ 2).
Proof.
  intros L N close. intros. assert (0 < 2 ^ k) by (apply pow_lt; lra).
  apply (Rank.rank_bound d k m eta V sets); try assumption.
  apply Rmult_lt_reg_l with (2 ^ k); [assumption|]. rewrite Rinv_r by lra. lra.
Qed.
Print Assumptions lrh_rank.

(** certified-distillation: What the certificate of a distilled tree proves of its error *)
Theorem certified_distillation {T} (D : list (T * R)) (differ proved open : T -> bool) (a W : R)
    :
  distribution D ->
  (forall t, proved t = true -> differ t = true) ->
  (forall t, differ t = true -> open t = true \/ proved t = true) ->
  pr D proved = a ->
  pr D open = W ->
  0 <= a <= 1 ->
  0 < W <= 1 ->
  (pr D differ >= a) /\ (pr D differ <= a + W).
Proof.
  intros law sound rest <- <- _ _.
  destruct (Partition.certified_distillation D differ proved open law sound rest).
  split; [now apply Rle_ge|lra].
Qed.
Print Assumptions certified_distillation.

(** certified-distillation-cells-finite: Cells that a certificate takes at the most, for variables of any number of values *)
Theorem certified_distillation_cells_finite (sides : list nat) {C} (cells : list C) (holds : C
    -> list nat -> bool) :
  NoDup cells ->
  (forall i, In i cells -> exists x, In x (box sides) /\ holds i x = true) ->
  (forall i k x, In i cells -> In k cells -> holds i x = true -> holds k x = true -> i = k) ->
  INR (length cells) <= product sides.
Proof.
  intros. now apply (Partition.cells_at_most sides cells holds).
Qed.
Print Assumptions certified_distillation_cells_finite.

(** universal-samples: Samples for a class with a perfect student for every distribution *)
Theorem universal_samples {G} (D : list (nat * R)) (wrong : G -> nat -> bool) (out : list nat ->
    G) (epsilon delta : R) (n : nat) :
  distribution D ->
  universal wrong ->
  (forall s, (exists g, right_up_to wrong (list_max s) g) -> right_up_to wrong (list_max s) (out
    s)) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  (INR n >= ln delta / ln (1 - epsilon)) -> (pr (power D n) (fun s => less epsilon (pr D (wrong
    (out s)))) <= delta).
Proof.
  intros. now apply (Promises.universal_samples D wrong out epsilon delta n).
Qed.
Print Assumptions universal_samples.

(** universal-lower: Samples that perfect students for every distribution do not save *)
Theorem universal_lower {C} (coins : list (C * R)) (out : C -> list nat -> nat) (epsilon delta :
    R) (n : nat) :
  distribution coins ->
  (forall D, distribution D -> failure coins out beyond epsilon n D <= delta) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  INR n >= ln delta / ln (1 - epsilon).
Proof.
  intros. now apply (Promises.universal_lower coins out).
Qed.
Print Assumptions universal_lower.

(** zero-samples-failure: How often a distiller without samples fails where no student is best everywhere *)
Theorem zero_samples_failure {G X} (wrong : G -> X -> bool) (class : list G) (points : list X)
    (output : list (G * R)) (worst : R) (m : nat) :
  length points = m ->
  distribution output ->
  (forall y, In y output -> In (fst y) class) ->
  (forall g, In g class -> exists x, In x points /\ someone_right wrong class x = true /\ wrong
    g x = true) ->
  (forall x, In x points -> someone_right wrong class x = true -> pr output (fun g => wrong g x)
    <= worst) ->
  (1 <= m)%nat ->
  worst >= 1 / INR m.
Proof.
  intros <-. intros. now apply (Conflicts.zero_samples wrong class points output).
Qed.
Print Assumptions zero_samples_failure.

(** d-perfect-one-sample: Agreement sets that do not meet: a single sample, and none *)
Theorem d_perfect_one_sample {G X} (wrong : G -> X -> bool) (class largest : list G) (default :
    G) (D : list (X * R)) (output : list (G * R)) (worst : R) (r : nat) :
  distribution D ->
  (exists g, In g class /\ pr D (wrong g) = 0) ->
  length largest = r ->
  incl largest class ->
  (forall h, In h largest -> exists x, wrong h x = false) ->
  ForallOrdPairs (apart wrong) largest ->
  (forall g, In g class -> exists h, In h largest /\ within wrong g h) ->
  distribution output ->
  (forall y, In y output -> In (fst y) class) ->
  (forall D, distribution D -> (exists g, In g class /\ pr D (wrong g) = 0) -> pr output (fun g
    => less 0 (pr D (wrong g))) <= worst) ->
  (2 <= r)%nat ->
  (pr D (fun x => less 0 (pr D (wrong (named wrong largest default x)))) = 0) /\ (worst >= 1 - 1
    / INR r).
Proof.
  intros law [g [I perfect]] <- members filled P cover out proper most. intros.
  split; [now apply (Apart.one_draw wrong D class largest default g)|].
  apply (Apart.no_draw wrong class largest output worst); try assumption; lia.
Qed.
Print Assumptions d_perfect_one_sample.

(** conflict-pairs-dimension: Conflict pairs and the VC dimension *)
Theorem conflict_pairs_dimension {G X} (wrong : G -> X -> bool) (pairs : list (X * X)) (v : nat)
    (pi : nat) :
  length pairs = pi ->
  (forall g pair, In pair pairs -> wrong g (fst pair) = true \/ wrong g (snd pair) = true) ->
  (forall chosen, length chosen = length pairs -> exists g, right_on wrong g pairs chosen) ->
  (forall points, shattered wrong points -> (length points <= v)%nat) ->
  (1 <= pi)%nat ->
  INR v >= INR pi.
Proof.
  intros <-. intros. now apply Rle_ge, le_INR, (Conflicts.conflict_pairs_dimension wrong pairs v).
Qed.
Print Assumptions conflict_pairs_dimension.

(** d-perfect-confidence-samples: Samples that confidence costs where agreement sets meet and none holds all others *)
Theorem d_perfect_confidence_samples {C G X} (wrong : G -> X -> bool) (class : list G) (points :
    list X) (coins : list (C * R)) (out : C -> list X -> G) (first second : G) (x0 : X) (epsilon
    delta : R) (n : nat) :
  distribution coins ->
  (forall c s, In (out c s) class) ->
  (forall D, distribution D -> (exists g, In g class /\ pr D (wrong g) = 0) -> failure coins out
    wrong epsilon n D <= delta) ->
  NoDup points ->
  (forall x, In x points) ->
  In first class ->
  In second class ->
  (forall g, In g class -> (forall x, wrong first x = false -> wrong g x = false) -> forall x,
    wrong g x = false -> wrong first x = false) ->
  wrong first x0 = false ->
  wrong second x0 = false ->
  (exists x, wrong second x = false /\ wrong first x = true) ->
  epsilon < 1 / (INR (length points) - 1) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  delta < 1 / 2 ->
  INR n >= ln (2 * delta) / ln (1 - epsilon).
Proof.
  intros. apply (Conflicts.d_perfect_confidence wrong class coins out points first second x0);
    try assumption; lra.
Qed.
Print Assumptions d_perfect_confidence_samples.

(** d-perfect-failure: How often a distiller fails with a student that is perfect for the distribution at hand *)
Theorem d_perfect_failure {C} (coins : list (C * R)) (out : C -> list point -> nat -> bool ->
    bool) (worst : R) (epsilon theta : R) (v n : nat) :
  distribution coins ->
  (forall c s, places_wrong v (out c s) = INR v) ->
  (forall b, length b = v -> failure coins out errs epsilon n (hidden v theta b) <= worst) ->
  (1 <= v)%nat ->
  0 < epsilon < 1 ->
  0 < theta <= 1 ->
  (1 <= n)%nat ->
  epsilon < theta ->
  worst >= (theta * (1 - theta / INR v) ^ n / 2 - epsilon) / (theta - epsilon).
Proof.
  intros coin proper most. intros.
  apply Rge_trans with ((theta / 2 * (1 - theta / INR v) ^ n - epsilon) / (theta - epsilon)).
  - apply (Hidden.d_perfect_failure v theta) with (coins := coins) (out := out); try assumption; lra.
  - right. unfold Rdiv. ring.
Qed.
Print Assumptions d_perfect_failure.

(** agnostic-confidence-samples: Samples that confidence costs an agnostic distiller, by a conflict pair *)
Theorem agnostic_confidence_samples {C G X} (wrong : G -> X -> bool) (class : list G) (coins :
    list (C * R)) (out : C -> list X -> G) (x y : X) (epsilon delta : R) (n : nat) :
  distribution coins ->
  (forall c s, In (out c s) class) ->
  agnostic wrong class coins out epsilon delta n ->
  (forall g, In g class -> wrong g x = true \/ wrong g y = true) ->
  (exists g, In g class /\ wrong g x = false) ->
  (exists g, In g class /\ wrong g y = false) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  delta < 1 / 2 ->
  INR n >= ln (4 * delta * (1 - delta)) / ln (1 - epsilon ^ 2).
Proof.
  intros. apply (Agnostic.agnostic_confidence wrong class coins out x y); try assumption; lra.
Qed.
Print Assumptions agnostic_confidence_samples.

(** agnostic-conflict-samples: Samples that confidence costs an agnostic distiller, by a larger conflict set *)
Theorem agnostic_conflict_samples {C G X} (wrong : G -> X -> bool) (class : list G) (coins :
    list (C * R)) (out : C -> list X -> G) (points : list X) (default : X) (epsilon delta : R)
    (k n : nat) :
  distribution coins ->
  (forall o s, In (out o s) class) ->
  agnostic wrong class coins out epsilon delta n ->
  length points = k ->
  (forall g, In g class -> exists i, (i < k)%nat /\ wrong g (nth i points default) = true) ->
  (forall j, (j < k)%nat -> exists g, In g class /\ forall i, (i < k)%nat -> i <> j -> wrong g
    (nth i points default) = false) ->
  (3 <= k)%nat ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  delta < 1 / 2 ->
  epsilon * (INR k - 1) < 1 ->
  INR n >= ln (4 * delta * (1 - delta)) / (2 * ln (1 - (sqrt (1 + epsilon) / sqrt (INR k) - sqrt
    ((1 + epsilon) / INR k - epsilon)) ^ 2)).
Proof.
  intros coin proper good size none all many. intros.
  assert (K : 0 < INR k) by (apply lt_0_INR; lia).
  rewrite <- sqrt_div_alt by assumption.
  apply (Agnostic.agnostic_conflict wrong class coins out points default k);
    try assumption; try lra; lia.
Qed.
Print Assumptions agnostic_conflict_samples.

(** agnostic-failure: How often a distiller of a known teacher fails, agnostic, by conflict pairs *)
Theorem agnostic_failure {C G} (wrong : G -> nat * bool -> bool) (class : list G) (coins : list
    (C * R)) (out : C -> list (nat * bool) -> G) (worst : R) (epsilon gamma : R) (pi n : nat) :
  distribution coins ->
  (forall g i, In g class -> (i < pi)%nat -> wrong g (i, false) = true \/ wrong g (i, true) =
    true) ->
  (forall b, length b = pi -> exists g, In g class /\ forall i, (i < pi)%nat -> wrong g (i, side
    b i) = false) ->
  (forall c s, In (out c s) class) ->
  (forall b, length b = pi -> sum (fun c => snd c * pr (power (tilted pi gamma b) n) (fun s =>
    beaten wrong class epsilon (tilted pi gamma b) (out (fst c) s))) coins <= worst) ->
  (1 <= pi)%nat ->
  0 < epsilon < 1 ->
  0 < gamma < 1 ->
  (1 <= n)%nat ->
  epsilon < gamma ->
  worst >= (gamma * (1 / 2 - sqrt (1 - Rpower (1 - gamma ^ 2) (INR n / INR pi)) / 2) - epsilon)
    / (gamma - epsilon).
Proof.
  intros coin conflict select proper most. intros.
  eapply Rge_trans; [apply (Pairs.agnostic_failure pi gamma) with (wrong := wrong) (class := class)
    (coins := coins) (out := out) (epsilon := epsilon) (n := n); try eassumption; lra|].
  right. field. lra.
Qed.
Print Assumptions agnostic_failure.

(** universal-approximate-lower: Samples that good students for every distribution do not save *)
Theorem universal_approximate_lower {G C} (points : nat) (wrong : G -> nat -> bool) (coins :
    list (C * R)) (out : C -> list nat -> G) (epsilon delta : R) (n : nat) :
  distribution coins ->
  (1 <= points)%nat ->
  (forall g, epsilon / 4 * INR points <= sum (fun x => if wrong g x then 1 else 0) (seq 0
    points)) ->
  (forall D, distribution D -> failure coins out wrong epsilon n D <= delta) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  delta < epsilon / 4 ->
  INR n >= (- ln (epsilon / (4 * delta))) / ln (1 - epsilon).
Proof.
  intros. replace (epsilon / (4 * delta)) with (epsilon / 4 / delta) by (field; lra).
  apply (Promises.universal_approximate_lower points wrong coins out); try assumption; lra.
Qed.
Print Assumptions universal_approximate_lower.

(** vc-failure-lower: How often a learner of a VC class fails *)
Theorem vc_failure_lower {C} (coins : list (C * R)) (out : C -> list point -> nat -> bool)
    (worst : R) (epsilon theta : R) (v n : nat) :
  distribution coins ->
  (forall b, length b = (v - 1)%nat -> failure coins (fun c s => answers (out c s)) errs epsilon
    n (hidden (v - 1) theta b) <= worst) ->
  (2 <= v)%nat ->
  0 < epsilon < 1 ->
  0 < theta <= 1 ->
  (1 <= n)%nat ->
  epsilon < theta ->
  worst >= (theta * (1 - theta / (INR v - 1)) ^ n / 2 - epsilon) / (theta - epsilon).
Proof.
  intros coin most many. intros.
  assert (places : INR (v - 1) = INR v - 1) by (rewrite minus_INR by lia; reflexivity).
  assert (0 < INR v - 1) by (rewrite <- places; apply lt_0_INR; lia).
  eapply Rge_trans; [apply (Hidden.vc_failure coins out (v - 1) theta epsilon n worst);
    try assumption; lia || lra|].
  right. rewrite places. unfold Rdiv. ring.
Qed.
Print Assumptions vc_failure_lower.

(** pass-probability: How often a student passes a test that allows disagreements *)
Theorem pass_probability {T} (D : list (T * R)) (B : T -> bool) (epsilon p : R) (k n : nat) :
  distribution D ->
  pr D B = p ->
  0 < epsilon < 1 ->
  (1 <= n)%nat ->
  0 < p < 1 ->
  INR k < INR n ->
  ((p >= epsilon) -> (pr (power D n) (fun s => (hits B s <=? k)%nat) <= binomial_cdf k n
    epsilon)) /\ ((p <= epsilon) -> (pr (power D n) (fun s => (hits B s <=? k)%nat) >=
    binomial_cdf k n epsilon)).
Proof.
  intros. now apply Comparing.pass_probability.
Qed.
Print Assumptions pass_probability.

(** paired-sign: Two students on the same samples: is the one that looks better no better? *)
Theorem paired_sign {T} (D : list (T * R)) (first second : T -> bool) (k n : nat) :
  distribution D ->
  pr D first >= pr D second ->
  0 < pr D (one_wrong first second) ->
  (1 <= n)%nat ->
  INR k < INR n ->
  pr (power (given D (one_wrong first second)) n) (fun s => (hits first s <=? k)%nat) <=
    binomial_cdf k n (1 / 2).
Proof.
  intros. now apply Comparing.paired_sign.
Qed.
Print Assumptions paired_sign.

(** paired-difference: Two students on the same samples: how much more often one errs than the other *)
Theorem paired_difference {T} (D : list (T * R)) (first second : T -> bool) (U : nat -> R)
    (delta e : R) (n : nat) :
  distribution D ->
  is_clopper_pearson n (delta / 2) U ->
  pr D first - pr D second = e ->
  (1 <= n)%nat ->
  0 < delta < 1 ->
  -1 <= e <= 1 ->
  pr (power D n) (fun s => less (U (n - hits (only_second first second) s)%nat + U (hits
    (only_first first second) s) - 1) e) <= delta.
Proof.
  intros. now apply Comparing.paired_difference.
Qed.
Print Assumptions paired_difference.

(** two-sample-difference: Two students, each on samples of its own: how much more often one errs than the other *)
Theorem two_sample_difference {T} (D : list (T * R)) (both : list ((list T * list T) * R))
    (first second : T -> bool) (U V : nat -> R) (delta e : R) (n m : nat) :
  distribution D ->
  distribution both ->
  (forall A, pr both (fun s => A (fst s)) = pr (power D n) A) ->
  (forall A, pr both (fun s => A (snd s)) = pr (power D m) A) ->
  is_clopper_pearson n (delta / 2) U ->
  is_clopper_pearson m (delta / 2) V ->
  pr D first - pr D second = e ->
  (1 <= n)%nat ->
  (1 <= m)%nat ->
  0 < delta < 1 ->
  -1 <= e <= 1 ->
  pr both (fun s => less (V (m - hits second (snd s))%nat + U (hits first (fst s)) - 1) e) <=
    delta.
Proof.
  intros. now apply (Comparing.two_sample_difference D both first second n m).
Qed.
Print Assumptions two_sample_difference.

(** finite-pass-probability: How often a student passes a test without replacement that allows disagreements *)
Theorem finite_pass_probability {T} (l : list T) (bad : T -> bool) (size b k n B : nat) :
  length l = size ->
  hits bad l = B ->
  (1 <= size)%nat ->
  INR n <= INR size ->
  INR k <= INR n ->
  INR b <= INR size ->
  ((INR B >= INR b) -> (pr (draws n l) (fun s => (hits bad s <=? k)%nat) <= hypergeometric_cdf k
    size b n)) /\ ((INR B <= INR b) -> (pr (draws n l) (fun s => (hits bad s <=? k)%nat) >=
    hypergeometric_cdf k size b n)).
Proof.
  intros <- <- one drawn few inside.
  destruct (Finite.finite_pass_probability l bad b k n) as [A C]; try now apply INR_le.
  split; intros H; [apply A|apply C]; apply INR_le; [now apply Rge_le|assumption].
Qed.
Print Assumptions finite_pass_probability.

(** inverse-sampling: Drawing until the k-th disagreement *)
Theorem inverse_sampling {T} (D : list (T * R)) (B : T -> bool) (U : nat -> nat -> R) (delta p :
    R) (k L : nat) :
  distribution D ->
  (forall i, is_clopper_pearson i delta (U i)) ->
  pr D B = p ->
  (1 <= k)%nat ->
  0 < delta < 1 ->
  0 < p < 1 ->
  pr (power D L) (fun s => less (U (until B k s - 1)%nat (k - 1)%nat) p) <= delta.
Proof.
  intros law cp is one. intros. destruct k as [|k]; [lia|].
  replace (S k - 1)%nat with k by lia. now apply Waiting.inverse_sampling.
Qed.
Print Assumptions inverse_sampling.

(** selective-risk: A student that may leave a draw unanswered: how often its answers are wrong *)
Theorem selective_risk {T} (D : list (T * R)) (answered wrong : T -> bool) (U : nat -> nat -> R)
    (delta p : R) (n : nat) :
  distribution D ->
  0 < pr D answered ->
  (forall i, is_clopper_pearson i delta (U i)) ->
  pr (given D answered) wrong = p ->
  0 < delta < 1 ->
  0 < p < 1 ->
  pr (power D n) (fun s => less (U (hits answered s) (hits (fun y => answered y && wrong y)%bool
    s)) p) <= delta.
Proof.
  intros. now apply Waiting.selective_risk.
Qed.
Print Assumptions selective_risk.

(** neyman-allocation: The least variance that draws cell by cell can have, however they are shared out *)
Theorem neyman_allocation {C} (cells : list C) (mass deviation draws : C -> R) (n : nat) :
  (forall c, In c cells -> 0 < draws c) ->
  sum draws cells = INR n ->
  (1 <= n)%nat ->
  sum (fun c => mass c ^ 2 * deviation c ^ 2 / draws c) cells >= sum (fun c => mass c *
    deviation c) cells ^ 2 / INR n.
Proof.
  intros. now apply Allotting.neyman.
Qed.
Print Assumptions neyman_allocation.

(** unseen-mass: How much of a tree has no sample, on average: leaves that nothing labels *)
Theorem unseen_mass {T} (D : list (T * R)) (leaves : list (T -> bool)) (s n : nat) :
  distribution D ->
  length leaves = s ->
  (1 <= s)%nat ->
  (1 <= n)%nat ->
  unseen D leaves n <= INR s * (INR n / (1 + INR n)) ^ n / (1 + INR n).
Proof.
  intros law <- _ one. rewrite (Rplus_comm 1). eapply Rle_trans; [now apply Allotting.unseen_mass|].
  right. unfold Rdiv. ring.
Qed.
Print Assumptions unseen_mass.

(** estimate-samples: How many samples estimate the error from both sides *)
Theorem estimate_samples {T} (D : list (T * R)) (B : T -> bool) (epsilon delta p : R) (n : nat)
    :
  distribution D ->
  pr D B = p ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  0 <= p <= 1 ->
  (INR n >= ln (2 / delta) / (2 * epsilon ^ 2)) -> (pr (power D n) (fun s => at_most epsilon
    (Rabs (INR (hits B s) / INR n - p))) <= delta).
Proof.
  intros law <- e d one _ H. apply Several.estimate_samples; try assumption; lra.
Qed.
Print Assumptions estimate_samples.

(** multiplicative-chernoff-above: How often a test shows far more disagreements than there are, by a factor *)
Theorem multiplicative_chernoff_above {T} (D : list (T * R)) (B : T -> bool) (p a : R) (n : nat)
    :
  distribution D ->
  pr D B = p ->
  0 < p <= 1 ->
  (1 <= n)%nat ->
  0 < a ->
  pr (power D n) (fun s => at_most (p * (a + 1)) (INR (hits B s) / INR n)) <= exp ((- (p * INR n
    * a ^ 2)) / (2 + a)).
Proof.
  intros law <- pos one a0. rewrite (Rmult_comm _ (a + 1)), (Rplus_comm a).
  eapply Rle_trans; [now apply Relative.multiplicative_chernoff_above|].
  right. f_equal. field. lra.
Qed.
Print Assumptions multiplicative_chernoff_above.

(** multiplicative-chernoff-below: How often a test shows far fewer disagreements than there are, by a factor *)
Theorem multiplicative_chernoff_below {T} (D : list (T * R)) (B : T -> bool) (p a : R) (n : nat)
    :
  distribution D ->
  pr D B = p ->
  0 < p <= 1 ->
  (1 <= n)%nat ->
  0 < a < 1 ->
  pr (power D n) (fun s => at_most (INR (hits B s) / INR n) (p * (1 - a))) <= exp ((- (p * INR n
    * a ^ 2)) / 2).
Proof.
  intros law <- pos one a0. rewrite (Rmult_comm _ (1 - a)).
  eapply Rle_trans; [now apply Relative.multiplicative_chernoff_below|].
  right. f_equal. field.
Qed.
Print Assumptions multiplicative_chernoff_below.

(** relative-estimate-samples: How many samples tell a small error rate up to a factor, from both sides *)
Theorem relative_estimate_samples {T} (D : list (T * R)) (B : T -> bool) (a q delta p : R) (n :
    nat) :
  distribution D ->
  pr D B = p ->
  0 < a < 1 ->
  0 < q <= 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  0 < p <= 1 ->
  ((p >= q) /\ (INR n >= 3 * ln (2 / delta) / (q * a ^ 2))) -> (pr (power D n) (fun s => at_most
    (a * p) (Rabs (p - INR (hits B s) / INR n))) <= delta).
Proof.
  intros law <- A L d one _ [P enough].
  rewrite (Rmult_comm q) in enough.
  apply (Relative.relative_estimate_samples D B law a q); try assumption; lra.
Qed.
Print Assumptions relative_estimate_samples.

(** pinsker: How far apart two probabilities are whose relative entropy is small *)
Theorem pinsker  (L q p : R) :
  0 <= L ->
  0 < q < 1 ->
  0 < p < 1 ->
  (q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)) <= L) -> (Rabs (p - q) <= sqrt 2 * sqrt L /
    2).
Proof.
  intros l Q P H. replace (sqrt 2 * sqrt L / 2) with (sqrt (L / 2)); [now apply Relative.pinsker|].
  rewrite sqrt_div_alt by lra. pose proof (sqrt_sqrt 2 ltac:(lra)) as S.
  pose proof (sqrt_lt_R0 2 ltac:(lra)) as T. apply Rmult_eq_reg_r with (sqrt 2); [|lra].
  replace (sqrt 2 * sqrt L / 2 * sqrt 2) with (sqrt 2 * sqrt 2 * (sqrt L / 2)) by (unfold Rdiv; ring).
  rewrite S. field. lra.
Qed.
Print Assumptions pinsker.

(** bretagnolle-huber: How far apart two probabilities are whose relative entropy is large *)
Theorem bretagnolle_huber  (L q p : R) :
  0 <= L ->
  0 < q < 1 ->
  0 < p < 1 ->
  (q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)) <= L) -> (Rabs (p - q) <= sqrt (1 - exp (-
    L))).
Proof.
  intros l Q P H. now apply Relative.bretagnolle_huber.
Qed.
Print Assumptions bretagnolle_huber.

(** several-tests: Several tests of any kind, one guarantee: the level of each *)
Theorem several_tests {T G} (D : list (T * R)) (tests : list G) (fails : G -> T -> bool) (delta
    alpha : R) (m : nat) :
  distribution D ->
  length tests = m ->
  (forall g, pr D (fails g) <= alpha) ->
  (1 <= m)%nat ->
  0 < delta < 1 ->
  0 <= alpha <= 1 ->
  (alpha <= delta / INR m) -> (pr D (Axioms.some tests (fun _ => true) fails) <= delta).
Proof.
  intros. eapply Several.several_tests; try eassumption; lra.
Qed.
Print Assumptions several_tests.

(** growth-function: Patterns of a class of finite VC dimension on a sample *)
Theorem growth_function {T G} (class : list G) (says : G -> T -> bool) (xs : list T) (v n : nat)
    :
  Patterns.vc_at_most class says v ->
  length xs = n ->
  (1 <= v)%nat ->
  INR (Patterns.patterns class says xs) <= sum (fun j => INR (choose n j)) (seq 0 (S v)).
Proof.
  intros. now apply Several.sauer_shelah.
Qed.
Print Assumptions growth_function.

(** tree-depth-influence: How deep a tree must be on average, by the teacher's total influence *)
Theorem tree_depth_influence (D : list ((nat -> bool) * R)) (f : (nat -> bool) -> bool) (g :
    bit_tree) (index epsilon : R) (d : nat) :
  distribution D ->
  fair_bits d D ->
  total_influence D f d >= index ->
  pr D (misses f g) = epsilon ->
  0 <= index ->
  0 <= epsilon <= 1 ->
  (1 <= d)%nat ->
  average_depth D g >= index - 2 * epsilon * INR d.
Proof.
  intros law fair total <- _ _ _. pose proof (Influences.influence_depth D f g d law fair). lra.
Qed.
Print Assumptions tree_depth_influence.

(** tree-leaves-influence: How many leaves a tree must have, by the teacher's total influence *)
Theorem tree_leaves_influence (D : list ((nat -> bool) * R)) (f : (nat -> bool) -> bool) (g :
    bit_tree) (index epsilon : R) (d : nat) :
  distribution D ->
  fair_bits d D ->
  total_influence D f d >= index ->
  pr D (misses f g) = epsilon ->
  once g ->
  below d g ->
  0 <= index ->
  0 <= epsilon <= 1 ->
  (1 <= d)%nat ->
  INR (bit_leaves g) >= Rpower 2 (index - 2 * INR d * epsilon).
Proof.
  intros law fair total <- path few _ _ _. apply Rle_ge.
  apply Rle_trans with (2 := Influences.influence_leaves D d law fair f g path few).
  apply Rle_Rpower; lra.
Qed.
Print Assumptions tree_leaves_influence.

(** poincare: How large the total influence is, by how often each class occurs *)
Theorem poincare (f : list bool -> bool) (p : R) (m : nat) :
  pr (power fair_coin m) f = p ->
  0 <= p <= 1 ->
  (1 <= m)%nat ->
  sum (influence m f) (seq 0 m) >= 4 * p * (1 - p).
Proof.
  intros <- _ _. apply Rle_ge, Influences.poincare.
Qed.
Print Assumptions poincare.

(** tree-rank-leaves: How many leaves a tree of a rank must have *)
Theorem tree_rank_leaves (g : bit_tree) (r : nat) :
  rank g = r ->
  INR (bit_leaves g) >= 2 ^ r.
Proof.
  intros <-. pose proof (le_INR _ _ (Influences.rank_leaves g)) as H.
  rewrite pow_INR in H. cbn [INR] in H. now apply Rle_ge.
Qed.
Print Assumptions tree_rank_leaves.

(** tree-depth-largest-influence: How deep a tree must be on average, by the largest influence of a bit *)
Theorem tree_depth_largest_influence (D : list ((nat -> bool) * R)) (g : bit_tree) (p M : R) (d
    : nat) :
  distribution D ->
  fair_bits d D ->
  once g ->
  below d g ->
  (forall i, (i < d)%nat -> pr D (changes (value g) i) <= M) ->
  pr D (value g) = p ->
  0 <= p <= 1 ->
  0 < M <= 1 ->
  (1 <= d)%nat ->
  average_depth D g >= 4 * p * (1 - p) / M.
Proof.
  intros law fair path few low <- _ [some _] _. apply Rle_ge.
  pose proof (Depth.osss D d law fair g M path few low) as H. cbn zeta in H.
  apply Rmult_le_reg_l with M; [assumption|]. eapply Rle_trans; [|exact H]. right. field. lra.
Qed.
Print Assumptions tree_depth_largest_influence.

(** tree-depth-monotone: How deep a tree must be on average where its class only rises with each bit *)
Theorem tree_depth_monotone (D : list ((nat -> bool) * R)) (g : bit_tree) (d : nat) (index : R)
    :
  distribution D ->
  fair_bits d D ->
  once g ->
  below d g ->
  (forall i, (i < d)%nat -> rises (value g) i) ->
  total_influence D (value g) d >= index ->
  0 <= index ->
  average_depth D g >= index ^ 2.
Proof.
  intros law fair path few up total some. apply Rle_ge.
  eapply Rle_trans; [|exact (Depth.monotone_depth D d law fair g path few up)].
  apply pow_incr. lra.
Qed.
Print Assumptions tree_depth_monotone.

(** tree-depth-certificates: How deep a tree need be, by the values that certify its classes *)
Theorem tree_depth_certificates (f : (nat -> bool) -> bool) (g : bit_tree) (y : nat -> bool) (a
    b : nat) :
  certified f false a ->
  certified f true b ->
  (forall h n, (forall x, value h x = f x /\ (asked_at h x <= n)%nat) -> (asked_at g y <=
    n)%nat) ->
  INR (asked_at g y) <= INR a * INR b.
Proof.
  intros zero one shallow. rewrite <- mult_INR. apply le_INR.
  destruct (Depth.depth_certificates a b f zero one) as [h H]. exact (shallow h _ H).
Qed.
Print Assumptions tree_depth_certificates.

(** tree-rank-leaves-upper: How many leaves a tree of a rank can have *)
Theorem tree_rank_leaves_upper (g : bit_tree) (d r : nat) :
  once g ->
  (forall i, mentions g i = true -> (i < d)%nat) ->
  rank g = r ->
  (1 <= d)%nat ->
  INR (bit_leaves g) <= sum (fun i => INR (choose d i)) (seq 0 (S r)).
Proof.
  intros path below <- _. now apply Depth.rank_leaves_row.
Qed.
Print Assumptions tree_rank_leaves_upper.

(** tree-depth-degree: How deep a tree must be, by the degree of its class as a polynomial *)
Theorem tree_depth_degree (D : list ((nat -> bool) * R)) (g : bit_tree) (bits : list nat) (d :
    nat) (k : nat) :
  distribution D ->
  fair_bits d D ->
  NoDup bits ->
  (forall i, In i bits -> (i < d)%nat) ->
  length bits = k ->
  Minimax.mean (fun x => sign (value g x) * parity bits x) D <> 0 ->
  INR (bit_depth g) >= INR k.
Proof.
  intros _ fair apart few <- some. apply Rle_ge, le_INR. now apply (Degree.depth_degree D d fair).
Qed.
Print Assumptions tree_depth_degree.

(** heavy-coefficients: How many coefficients of a class can be large *)
Theorem heavy_coefficients (d : nat) (f : list bool -> R) (sets : list (list bool)) (theta : R)
    :
  NoDup sets ->
  (forall s, In s sets -> length s = d /\ theta <= Rabs (spectrum d f s)) ->
  mean_square d f <= 1 ->
  0 < theta <= 1 ->
  INR (length sets) <= 1 / theta ^ 2.
Proof.
  intros apart large one [pos _]. apply (Rank.heavy_coefficients d f sets theta); try assumption.
  - intros s I. now apply Rank.cube_spec, large.
  - intros s I. now apply large.
Qed.
Print Assumptions heavy_coefficients.

(** gap-polynomials: A polynomial of low degree over bits vanishes, or often does not *)
Theorem gap_polynomials (h : list bool -> bool) (k d : nat) :
  polynomial d k h ->
  (1 <= d)%nat ->
  (pr (uniform d) h = 0) \/ (pr (uniform d) h >= 1 / 2 ^ k).
Proof.
  intros low _. unfold Rdiv. rewrite Rmult_1_l. now apply Gap.gap_polynomials.
Qed.
Print Assumptions gap_polynomials.

(** fano: How often a guess of one of several things is wrong, by what a message tells *)
Theorem fano {V X} (things : list V) (messages : list X) (chance : V -> X -> R) (guess : X -> V)
    (same : V -> V -> bool) (index : R) (size : nat) :
  (forall v, In v things -> (forall x, In x messages -> 0 <= chance v x) /\ sum (chance v)
    messages = 1) ->
  (forall x, In x messages -> length (filter (fun v => same v (guess x)) things) = 1%nat) ->
  length things = size ->
  information things messages chance <= index ->
  0 <= index ->
  (2 <= size)%nat ->
  (1 - right things messages chance guess same) >= 1 - (index + ln 2) / ln (INR size).
Proof.
  intros laws one many told _ two. subst size. apply Rle_ge.
  eapply Rle_trans; [|now apply Guessing.fano].
  assert (L : 0 < ln (INR (length things))).
  { rewrite <- ln_1. apply ln_increasing; [lra|]. apply (le_INR 2) in two. cbn [INR] in two. lra. }
  unfold Rdiv. apply Rplus_le_compat_l, Ropp_le_contravar, Rmult_le_compat_r; [|lra].
  left. now apply Rinv_0_lt_compat.
Qed.
Print Assumptions fano.

(** birthday: How often two of several draws are the same point *)
Theorem birthday {T} (D : list (T * R)) (same : T -> T -> bool) (p : R) (n : nat) :
  distribution D ->
  (forall t, pr D (same t) <= p) ->
  (1 <= n)%nat ->
  0 <= p <= 1 ->
  pr (power D n) (meet same) <= p * INR n * (INR n - 1) / 2.
Proof.
  intros law likeliest _ _. pose proof (Meetings.birthday D same p law likeliest n). lra.
Qed.
Print Assumptions birthday.

(** gilbert-varshamov: How many words are far apart from each other *)
Theorem gilbert_varshamov (code : list (list bool)) (d r : nat) :
  (forall c, In c code -> length c = d) ->
  (forall w, In w (words d) -> exists c, In c code /\ (differing c w < r)%nat) ->
  (1 <= d)%nat ->
  (1 <= r)%nat ->
  INR (length code) >= 2 ^ d / sum (fun i => INR (choose d i)) (seq 0 r).
Proof.
  intros long full _ some. apply Rle_ge. now apply Meetings.gilbert_varshamov.
Qed.
Print Assumptions gilbert_varshamov.

(** bonferroni-pairs: How often some of several events happens *)
Theorem bonferroni_pairs {T} (D : list (T * R)) (events : list (T -> bool)) (s t : R) :
  distribution D ->
  sum (pr D) events = s ->
  pair_sum D events <= t ->
  0 <= s ->
  0 <= t ->
  pr D (fun x => (1 <=? happen events x)%nat) >= s - t.
Proof.
  intros law <- few _ _. pose proof (Meetings.bonferroni D events law). lra.
Qed.
Print Assumptions bonferroni_pairs.

(** perceptron: How many mistakes a perceptron makes where a plane separates the classes *)
Theorem perceptron (u : nat -> R) (points : list (nat -> R)) (d : nat) (r gamma : R) (c : nat) :
  inner d u u = 1 ->
  (forall x, In x points -> inner d x x <= r ^ 2 /\ gamma <= inner d x u) ->
  mistakes d (fun _ => 0) points = c ->
  0 < r ->
  0 < gamma ->
  INR c <= r ^ 2 / gamma ^ 2.
Proof.
  intros one apart <- _ some. now apply (Mistakes.perceptron d u r gamma points).
Qed.
Print Assumptions perceptron.

(** weighted-majority: How many mistakes a weighted majority of a class makes, beside its best member *)
Theorem weighted_majority {G T} (class : list G) (errs : G -> T -> bool) (rounds : list T) (g :
    G) (beta : R) (size b c : nat) :
  In g class ->
  length class = size ->
  own_mistakes errs g rounds = b ->
  voted_mistakes class errs beta (fun _ => 1) rounds = c ->
  (1 <= size)%nat ->
  0 < beta < 1 ->
  INR c <= (INR b * ln (1 / beta) + ln (INR size)) / ln (2 / (1 + beta)).
Proof.
  intros member <- <- <- _ range. rewrite (Rplus_comm (_ * _)).
  exact (Mistakes.weighted_majority class errs beta range rounds g member).
Qed.
Print Assumptions weighted_majority.

(** adaboost: The error on the training set that boosting leaves *)
Theorem adaboost {T} (points : list T) (rounds : list (T -> bool)) (gamma : R) (n : nat) :
  points <> [] ->
  each_better points gamma (fun _ => 1) rounds ->
  length rounds = n ->
  0 < gamma < 1/2 ->
  training_error points rounds <= exp (- (2 * INR n * gamma ^ 2)).
Proof.
  intros some good <- [edge _].
  replace (- (2 * INR (length rounds) * gamma ^ 2))
    with (-2 * gamma ^ 2 * INR (length rounds)) by ring.
  exact (Mistakes.adaboost points some gamma rounds edge good).
Qed.
Print Assumptions adaboost.

(** hoeffding-lemma: How large the exponential moment of a loss about its mean can be, by its range *)
Theorem hoeffding_lemma {T} (D : list (T * R)) (X : T -> R) (c a b : R) :
  distribution D ->
  (forall x, a <= X x <= b) ->
  0 <= c ->
  a < b ->
  Minimax.mean (fun t => exp (c * (X t - Minimax.mean X D))) D <= exp (c ^ 2 * (b - a) ^ 2 / 8).
Proof.
  intros law within slope wide. now apply Moment.moment.
Qed.
Print Assumptions hoeffding_lemma.

(** coupon-collector: How many draws it takes on average to see every cell, each as likely as the others *)
Theorem coupon_collector {T} (cells : list T) (same : T -> T -> bool) (n : nat) (K : nat) :
  (forall x y, same x y = true <-> x = y) ->
  NoDup cells ->
  length cells = K ->
  (1 <= K)%nat ->
  Minimax.mean (fun s => INR (until_seen same cells s)) (power (each_alike cells) n) <= INR K *
    sum (fun i => 1 / INR i) (seq 1 K).
Proof.
  intros equal apart <- some. apply (Collecting.collector cells same equal); auto using incl_refl.
  intros E. rewrite E in some. cbn in some. lia.
Qed.
Print Assumptions coupon_collector.

(** every-cell-seen: How often some cell is not seen in a number of draws *)
Theorem every_cell_seen {T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool) (p : R)
    (K n : nat) :
  distribution D ->
  (forall c, In c cells -> p <= pr D (same c)) ->
  length cells = K ->
  (1 <= K)%nat ->
  0 <= p <= 1 ->
  (1 <= n)%nat ->
  pr (power D n) (fun s => existsb (fun c => negb (existsb (same c) s)) cells) <= INR K * (1 -
    p) ^ n.
Proof.
  intros law often <- _ _ _. now apply Collecting.every_cell.
Qed.
Print Assumptions every_cell_seen.

(** every-cell-seen-samples: How many draws see every cell *)
Theorem every_cell_seen_samples {T} (D : list (T * R)) (cells : list T) (same : T -> T -> bool)
    (p delta : R) (K n : nat) :
  distribution D ->
  (forall c, In c cells -> p <= pr D (same c)) ->
  length cells = K ->
  (1 <= K)%nat ->
  0 < p < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  (INR n >= (ln delta - ln (INR K)) / ln (1 - p)) -> (pr (power D n) (fun s => existsb (fun c =>
    negb (existsb (same c) s)) cells) <= delta).
Proof.
  intros law often <- some range d _ H.
  now apply (Collecting.every_cell_samples D cells same p delta n).
Qed.
Print Assumptions every_cell_seen_samples.

(** median-of-means-groups: How many groups make a median of their means sure, by the variance *)
Theorem median_of_means_groups {T} (D : list (T * R)) (X : T -> R) (median : list R -> R) (V t
    delta : R) (n k : nat) :
  distribution D ->
  Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2 <= V ->
  (forall values, is_median (median values) values) ->
  0 < V ->
  (1 <= n)%nat ->
  0 < t ->
  0 < delta < 1 ->
  (1 <= k)%nat ->
  V / (INR n * t ^ 2) < 1 / 2 ->
  (INR k >= 2 * ln delta / ln (4 * V * (1 - V / (INR n * t ^ 2)) / (INR n * t ^ 2))) -> (pr
    (power (power D n) k) (fun s => at_most t (Rabs (median (group_means X n s) - Minimax.mean X
    D))) <= delta).
Proof.
  intros law spread middle some one pos range _ few H.
  apply (Medians.median_of_means_groups D X V t n k law spread); try assumption.
  replace (4 * (V / (INR n * t ^ 2)) * (1 - V / (INR n * t ^ 2)))
    with (4 * V * (1 - V / (INR n * t ^ 2)) / (INR n * t ^ 2)) by (unfold Rdiv; ring).
  exact H.
Qed.
Print Assumptions median_of_means_groups.

(** median-of-means: How often a median of the means of several groups is off, by the variance *)
Theorem median_of_means {T} (D : list (T * R)) (X : T -> R) (median : list R -> R) (V t : R) (n
    k : nat) :
  distribution D ->
  Minimax.mean (fun x => X x ^ 2) D - Minimax.mean X D ^ 2 <= V ->
  (forall values, is_median (median values) values) ->
  0 < V ->
  (1 <= n)%nat ->
  (1 <= k)%nat ->
  0 < t ->
  V / (INR n * t ^ 2) < 1 / 2 ->
  pr (power (power D n) k) (fun s => at_most t (Rabs (median (group_means X n s) - Minimax.mean
    X D))) <= (2 * sqrt V * sqrt (1 - V / (INR n * t ^ 2)) / (t * sqrt (INR n))) ^ k.
Proof.
  intros law spread middle some one _ pos few.
  apply (Medians.median_of_means_roots D X V t n k law spread); auto; lra.
Qed.
Print Assumptions median_of_means.

(** vc-finite-class: How large the VC dimension of a finite class can be *)
Theorem vc_finite_class {T} (class : list (T -> bool)) (points : list T) (size v : nat) :
  shatters class points ->
  length class = size ->
  length points = v ->
  (1 <= size)%nat ->
  INR v <= ln (INR size) / ln 2.
Proof.
  intros all <- <- _. pose proof (Collecting.shatters_few class points all) as H.
  assert (P : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  apply Rmult_le_reg_r with (ln 2); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  rewrite <- (ln_pow 2 ltac:(lra)). destruct H as [H|H]; [|rewrite H; lra].
  left. apply ln_increasing; [apply pow_lt; lra|assumption].
Qed.
Print Assumptions vc_finite_class.

(** tree-depth-block-sensitivity: How deep a tree must be, by the blocks of bits that flip its class at a point *)
Theorem tree_depth_block_sensitivity (g : bit_tree) (x : nat -> bool) (blocks : list (list nat))
    (b : nat) :
  NoDup (concat blocks) ->
  (forall c, In c blocks -> value g (flip_block c x) <> value g x) ->
  length blocks = b ->
  INR (asked_at g x) >= INR b.
Proof.
  intros apart flips <-. apply Rle_ge. now apply Collecting.blocks_depth.
Qed.
Print Assumptions tree_depth_block_sensitivity.

(** assouad: How many bits of a word are guessed wrong, on average over the words *)
Theorem assouad {X} (outcomes : list X) (law : list bool -> X -> R) (guess : X -> list bool)
    (gamma : R) (d : nat) :
  (forall w x, length w = d -> 0 <= law w x) ->
  (forall x, length (guess x) = d) ->
  (forall v w, length v = d -> length w = d -> differing v w = 1%nat -> 1 - gamma <= overlap
    outcomes (law v) (law w)) ->
  (1 <= d)%nat ->
  0 <= gamma <= 1 ->
  wrong_bits outcomes d law guess / 2 ^ d >= INR d * (1 - gamma) / 2.
Proof.
  intros laws long alike _ _. apply Rle_ge.
  pose proof (Collecting.assouad outcomes gamma d law guess laws long alike) as H.
  assert (P : 0 < 2 ^ d) by (apply pow_lt; lra).
  apply Rmult_le_reg_r with (2 ^ d); [assumption|].
  replace (wrong_bits outcomes d law guess / 2 ^ d * 2 ^ d)
    with (wrong_bits outcomes d law guess) by (field; lra). lra.
Qed.
Print Assumptions assouad.

(** several-tests-in-turn: Several tests, their claims made in turn, one guarantee: the level of each turn *)
Theorem several_tests_in_turn {T G} (D : list (T * R)) (tests : list G) (p : G -> T -> R) (wrong
    : G -> bool) (order : T -> list G) (delta alpha : R) (m i b : nat) :
  distribution D ->
  length tests = m ->
  length (filter wrong tests) = b ->
  (forall t, Permutation.Permutation (order t) tests) ->
  (forall g x, In g tests -> wrong g = true -> 0 <= x <= 1 -> pr D (fun t => at_most (p g t) x)
    <= x) ->
  (1 <= m)%nat ->
  (1 <= i)%nat ->
  0 < delta < 1 ->
  0 <= alpha <= 1 ->
  (1 <= b)%nat ->
  INR i <= INR m ->
  (pr D (fun t => existsb wrong (claimed tests p delta 0 (order t) t)) <= delta) /\ (((INR i <=
    1 + INR m - INR b) /\ (alpha <= delta / (1 + INR m - INR i))) -> (alpha <= delta / INR b)).
Proof.
  intros law size many same level. intros.
  split; [now apply (Turns.holm D tests p wrong delta law order b)|].
  intros [L K]. eapply Rle_trans; [exact K|].
  assert (some : (1 <= b)%nat) by assumption. apply (le_INR 1) in some. cbn [INR] in some.
  unfold Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra.
Qed.
Print Assumptions several_tests_in_turn.

(** mistake-bound-samples: From a bound of mistakes to samples: draws that a hypothesis must pass to be taken *)
Theorem mistake_bound_samples {T G} (D : list (T * R)) (agree : G -> T -> bool) (g : G) (next :
    list (list T) -> G) (epsilon delta p : R) (c n : nat) :
  distribution D ->
  pr D (agree g) = 1 - p ->
  INR n >= ln (delta / (INR c + 1)) / ln (1 - epsilon) ->
  0 < epsilon < 1 ->
  0 < delta < 1 ->
  (1 <= n)%nat ->
  0 <= p <= 1 ->
  (pr (power (power D n) (S c)) (taken_wrongly D agree epsilon next []) <= delta) /\ (((p >=
    epsilon) /\ (INR n >= ln (delta / (1 + INR c)) / ln (1 - epsilon))) -> (pr (power D n)
    (forallb (agree g)) <= delta / (1 + INR c))).
Proof.
  intros law own enough e d one range.
  assert (C : 0 < INR c + 1) by (pose proof (pos_INR c); lra).
  assert (S : 0 < delta / (INR c + 1)) by (apply Rdiv_lt_0_compat; lra).
  assert (each : forall h, epsilon <= 1 - pr D (agree h) ->
    pr (power D n) (forallb (agree h)) <= delta / (INR c + 1)).
  { intros h far. rewrite independent_draws by assumption.
    apply (Testing.enough_draws epsilon _ n e S) in enough.
    eapply Rle_trans; [|exact enough]. apply pow_incr. pose proof (pr_range D law (agree h)). lra. }
  split.
  - pose proof (Turns.survivor D agree epsilon next law n (delta / (INR c + 1)) (Datatypes.S c)
      ltac:(lra) each []) as H. rewrite S_INR in H.
    replace ((INR c + 1) * (delta / (INR c + 1))) with delta in H by (field; lra). exact H.
  - intros [far _]. rewrite (Rplus_comm 1). apply each. lra.
Qed.
Print Assumptions mistake_bound_samples.

(** schwartz-zippel: How often a nonzero polynomial vanishes on a grid *)
Theorem schwartz_zippel (variables : nat) (grid : list R) (h : poly variables) (k s : nat) :
  length grid = s ->
  NoDup grid ->
  nonzero variables h ->
  of_degree variables k h ->
  (1 <= s)%nat ->
  pr (power (each_alike grid) variables) (vanishes variables h) <= INR k / INR s.
Proof.
  intros <- apart top low some. apply (Grid.schwartz_zippel grid); try assumption.
  intros E. rewrite E in some. cbn in some. lia.
Qed.
Print Assumptions schwartz_zippel.

(** natarajan-patterns: Patterns of a class of several labels on a sample, by its Natarajan dimension *)
Theorem natarajan_patterns (P : list (list nat)) (v c n : nat) :
  NoDup P ->
  (forall s, In s P -> length s = n /\ forall x, In x s -> (x < c)%nat) ->
  natarajan_at_most n v P ->
  (1 <= c)%nat ->
  INR (length P) <= (1 + INR n * INR c * (INR c - 1) / 2) ^ v.
Proof.
  intros apart shape few _. eapply Rle_trans; [now apply (Labels.natarajan c n v P)|].
  right. f_equal. field.
Qed.
Print Assumptions natarajan_patterns.

(** Axioms of the derivations, proved in the files that are named. *)
Print Assumptions Hoeffding.hoeffding.
Print Assumptions Minimax.minimax.
Print Assumptions Sequential.ville.
Print Assumptions Draws.ville_stopped.
Print Assumptions Axioms.change_of_measure.
Print Assumptions Draws.bernoulli_moment.
Print Assumptions Draws.binomial_moment.
Print Assumptions Draws.chebyshev.
Print Assumptions Draws.average_variance.
Print Assumptions Draws.average_mean.
Print Assumptions Draws.exponential_moment.
Print Assumptions Space.independent_draws.
Print Assumptions Draws.average_linear.
Print Assumptions Draws.falling_distribution.
Print Assumptions Finite.falling_hypergeometric.
Print Assumptions Axioms.markov.
Print Assumptions Axioms.cauchy_schwarz.
Print Assumptions Axioms.linearity.
Print Assumptions Axioms.mean_monotone.
Print Assumptions Axioms.mean_bounds.
Print Assumptions Axioms.union_bound.
Print Assumptions Axioms.same_members.
Print Assumptions Axioms.some_or.
Print Assumptions Axioms.count_subset.
Print Assumptions Axioms.count_excluding.
Print Assumptions Axioms.boole.
Print Assumptions Axioms.event_monotone.
Print Assumptions Axioms.complement.
Print Assumptions Axioms.additivity.
Print Assumptions Axioms.same_event.
Print Assumptions Axioms.never.
Print Assumptions Axioms.constant_event.
Print Assumptions Axioms.log_monotone.
Print Assumptions Axioms.exp_monotone.
Print Assumptions Axioms.power_monotone.
Print Assumptions Axioms.log_bounds.
Print Assumptions Axioms.exp_bound.
Print Assumptions Axioms.indicator_power.
Print Assumptions Axioms.integers.
Print Assumptions Tails.chernoff_above.
Print Assumptions Tails.chernoff_below.
Print Assumptions Tails.ville_stopped_sum.
Print Assumptions Tails.inner_product.
Print Assumptions Tails.two_laws.
Print Assumptions Tails.fresh_sample.
Print Assumptions Differences.mcdiarmid.
Print Assumptions Martingales.azuma.
Print Assumptions Martingales.serfling.
Print Assumptions Guessing.guessing_tangent.
Print Assumptions Spread.sample_variance.
Print Assumptions Differences.signed_sum.
Print Assumptions Vectors.bessel.
Print Assumptions Vectors.bessel_levels.
Print Assumptions Vectors.vector_average.
Print Assumptions Patterns.sauer.
Print Assumptions Several.sauer_shelah.
Print Assumptions Patterns.exchangeable.
Print Assumptions Numbers.power_exponent.
Print Assumptions Numbers.mean_value.
Print Assumptions Numbers.monotone_root.
Print Assumptions Numbers.induction.
Print Assumptions Numbers.double_induction.
Print Assumptions Numbers.greatest.
Print Assumptions Numbers.floor.
Print Assumptions Numbers.ceiling.
Print Assumptions Numbers.floor_integer.
Print Assumptions Numbers.series_next.
Print Assumptions Numbers.product_next.
Print Assumptions Numbers.series_terms.
Print Assumptions Numbers.sum_order.
Print Assumptions Numbers.sum_linear.
Print Assumptions Numbers.sum_exchange.
Print Assumptions Numbers.sum_next.
Print Assumptions Numbers.binomial_positive.
Print Assumptions Numbers.binomial_row.
Print Assumptions Numbers.binomial_start.
Print Assumptions Numbers.binomial_next.
Print Assumptions Numbers.binomial_ends.
Print Assumptions Counting.binomial_inversion.
Print Assumptions Counting.beta_moment.
Print Assumptions Counting.catalan.
Print Assumptions Bets.prior_bets.
Print Assumptions Bets.posterior_bets.
Print Assumptions Counting.entropy_moment.
Print Assumptions Abel.entropy_moment_sum.
Print Assumptions Averages.massart.
Print Assumptions Symmetry.symmetrization.
Print Assumptions Inclusion.one_inclusion.
Print Assumptions Swapping.swapping.
Print Assumptions Swapping.relative_swapping.
Print Assumptions Averages.average_differences.
Print Assumptions Unlike.unlike_trials.
Print Assumptions Unlike.binomial_mean.
Print Assumptions Readouts.linear_loss.
