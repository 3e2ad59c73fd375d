"""The theorems that Coq proves from nothing, and what their random words stand for there."""

from __future__ import annotations

from theory.coq.translation import Twin

DRAWS = "{T} (D : list (T * R))"
FOOLED = "Pr(Some(g, err(g) >= epsilon, Every(agree(g), n)))"

TWINS = (
    Twin(
        "test-sample-size",
        "Testing",
        f"{DRAWS} (agree : T -> bool)",
        ("distribution D", "pr D agree = 1 - p"),
        {"Pr(Every(f = g at a draw, n))": "pr (power D n) (forallb agree)"},
        """
intros law a e d _ _.
destruct (Testing.test_sample_size D agree epsilon delta n p law e d a). tauto.
""",
    ),
    Twin(
        "occam-realizable",
        "Occam",
        "{T G} (D : list (T * R)) (class : list G) (agree : G -> T -> bool)",
        ("distribution D", "length class = size"),
        {FOOLED: "pr (power D n) (fooled D class agree epsilon)"},
        """
intros law members e d one _ H. apply le_INR in one. cbn [INR] in one.
apply (Occam.occam_realizable D class agree (INR size)); try assumption; [now rewrite members|lra|].
eapply Rge_trans; [exact H|]. right. unfold Rdiv. ring.
""",
    ),
    Twin(
        "occam-trees-realizable",
        "Occam",
        "(D : list ((nat -> bool) * R)) (teacher : (nat -> bool) -> nat)",
        ("distribution D",),
        {FOOLED: "pr (power D n) (fooled D (complete d 2 r) (agrees teacher) epsilon)"},
        """
intros law dd e de _ H.
apply (Occam.complete_trees_realizable d 2 r D teacher); try assumption; [lia|].
eapply Rge_trans; [exact H|]. right. cbn [INR].
replace (INR d * (1 + 1)) with (2 * INR d) by ring. unfold Rdiv. ring.
""",
    ),
    Twin(
        "clopper-pearson",
        "ClopperPearson",
        f"{DRAWS} (B : T -> bool) (U : nat -> R)",
        ("distribution D", "is_clopper_pearson n delta U", "pr D B = p"),
        {
            "Pr(p > ClopperPearson(K, n, delta))": (
                "pr (power D n) (fun s => less (U (hits B s)) p)"
            ),
            "ClopperPearson(k, n, delta)": "U k",
            "BinomialCDF(k, n, p)": "binomial_cdf k n p",
        },
        """
intros law cp is _ d _ _.
destruct (ClopperPearson.clopper_pearson_bound D B n delta U p law d cp is) as [A C].
split; [exact A|]. intros less. apply C, INR_lt, less.
""",
    ),
    Twin(
        "open-cells-pooled",
        "ClopperPearson",
        f"{DRAWS} (B open : T -> bool) (U : nat -> R)",
        (
            "distribution D",
            "is_clopper_pearson n delta U",
            "pr D open = W",
            "pr D (fun t => B t && negb (open t))%bool = a",
            "pr D B = e",
        ),
        {
            "Pr(e > W*ClopperPearson(K, n, delta) + a)": (
                "pr (power (given D open) n) (fun s => less (W * U (hits B s) + a) e)"
            )
        },
        """
intros law cp w known total _ W0 _ d _.
apply (ClopperPearson.open_cells_pooled D B open n delta U a W e); try assumption. lra.
""",
    ),
    Twin(
        "finite-population",
        "Finite",
        "{T} (l : list T) (bad : T -> bool) (U : nat -> nat)",
        ("hypergeometric_upper size n delta U", "length l = size", "hits bad l = B"),
        {
            "Pr(B > HypergeometricUpper(K, N, n, delta))": (
                "pr (draws n l) (fun s => (U (hits bad s) <? B)%nat)"
            )
        },
        """
intros u <- is _ d drawn.
apply (Finite.finite_population bad l n delta U); try assumption. now apply INR_le.
""",
    ),
    Twin(
        "sequential-test",
        "Sequential",
        f"{DRAWS} (B : T -> bool)",
        ("distribution D", "pr D B = p"),
        {
            "Pr(the product reaches(factor of a draw, 1/delta))": (
                "pr (power D n) (reaches (factor B epsilon q) (1 / delta) 1)"
            )
        },
        """
intros law is e q01 d _ _ aim.
destruct (Sequential.sequential_test D B epsilon q delta n (INR k) p law e q01 aim d is) as [A C].
split; [exact A|]. intros H.
replace (INR n - INR k) with (- INR k + INR n) by ring. apply C.
eapply Rge_trans; [exact H|]. right. unfold Rdiv. ring.
""",
    ),
    Twin(
        "gap-trees",
        "Gap",
        "(t u : tree)",
        ("depth t = r", "depth u = s"),
        {"P[f != g]": "pr (uniform d) (fun x => negb (Nat.eqb (says t x) (says u x)))"},
        """
intros R S. intros. unfold Rdiv. rewrite Rmult_1_l. now apply Gap.gap_trees.
""",
    ),
    Twin(
        "kernel-partition",
        "Partition",
        f"{DRAWS} (differ : T -> bool) (parts : list (part T))",
        (
            "distribution D",
            "(forall t, length (filter (fun i => inside i t) parts) = 1%nat)",
            "(forall i, In i parts ->"
            " lower i <= pr D (fun t => differ t && inside i t)%bool <= upper i)",
        ),
        {
            "Pr(f(x) != g(x))": "pr D differ",
            "Sum(l[i], (i, 1, m))": "sum lower parts",
            "Sum(u[i], (i, 1, m))": "sum upper parts",
        },
        """
intros law one known.
destruct (Partition.kernel_partition D differ parts law one known).
split; [now apply Rle_ge|assumption].
""",
    ),
    Twin(
        "lrh-rank",
        "Rank",
        "(d : nat) (V : list (list bool -> R)) (sets : list (list bool))",
        (
            "length V = m",
            "NoDup sets",
            "(forall vars, In vars sets -> length vars = d /\\ size vars = k /\\"
            " exists values c, length values = d /\\"
            " distance d (conjunction vars values) (combination c V) <= eta)",
        ),
        {"Members(S, represented(S))": "INR (length sets)"},
        """
intros L N close. intros. assert (0 < 2 ^ k) by (apply pow_lt; lra).
apply (Rank.rank_bound d k m eta V sets); try assumption.
apply Rmult_lt_reg_l with (2 ^ k); [assumption|]. rewrite Rinv_r by lra. lra.
""",
    ),
    Twin(
        "universal-samples",
        "Promises",
        "{G} (D : list (nat * R)) (wrong : G -> nat -> bool) (out : list nat -> G)",
        (
            "distribution D",
            "universal wrong",
            "(forall s, (exists g, right_up_to wrong (list_max s) g) ->"
            " right_up_to wrong (list_max s) (out s))",
        ),
        {
            "Pr(error of the output > epsilon)": (
                "pr (power D n) (fun s => less epsilon (pr D (wrong (out s))))"
            )
        },
        """
intros. now apply (Promises.universal_samples D wrong out epsilon delta n).
""",
    ),
    Twin(
        "universal-lower",
        "Promises",
        "{C} (coins : list (C * R)) (out : C -> list nat -> nat)",
        (
            "distribution coins",
            "(forall D, distribution D -> failure coins out beyond epsilon n D <= delta)",
        ),
        {},
        """
intros. now apply (Promises.universal_lower coins out).
""",
    ),
    Twin(
        "zero-samples-failure",
        "Conflicts",
        "{G X} (wrong : G -> X -> bool) (class : list G) (points : list X)"
        " (output : list (G * R)) (worst : R)",
        (
            "length points = m",
            "distribution output",
            "(forall y, In y output -> In (fst y) class)",
            "(forall g, In g class -> exists x, In x points /\\ someone_right wrong class x = true"
            " /\\ wrong g x = true)",
            "(forall x, In x points -> someone_right wrong class x = true ->"
            " pr output (fun g => wrong g x) <= worst)",
        ),
        {"greatest chance to err at a point where a student is right": "worst"},
        """
intros <-. intros. now apply (Conflicts.zero_samples wrong class points output).
""",
    ),
    Twin(
        "conflict-pairs-dimension",
        "Conflicts",
        "{G X} (wrong : G -> X -> bool) (pairs : list (X * X)) (v : nat)",
        (
            "length pairs = pi",
            "(forall g pair, In pair pairs -> wrong g (fst pair) = true \\/"
            " wrong g (snd pair) = true)",
            "(forall chosen, length chosen = length pairs ->"
            " exists g, right_on wrong g pairs chosen)",
            "(forall points, shattered wrong points -> (length points <= v)%nat)",
        ),
        {"VC dimension of the class": "INR v"},
        """
intros <-. intros. now apply Rle_ge, le_INR, (Conflicts.conflict_pairs_dimension wrong pairs v).
""",
    ),
    Twin(
        "d-perfect-confidence-samples",
        "Conflicts",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (points : list X)"
        " (coins : list (C * R)) (out : C -> list X -> G) (first second : G) (x0 : X)",
        (
            "distribution coins",
            "(forall c s, In (out c s) class)",
            "(forall D, distribution D -> (exists g, In g class /\\ pr D (wrong g) = 0) ->"
            " failure coins out wrong epsilon n D <= delta)",
            "NoDup points",
            "(forall x, In x points)",
            "In first class",
            "In second class",
            "(forall g, In g class -> (forall x, wrong first x = false -> wrong g x = false) ->"
            " forall x, wrong g x = false -> wrong first x = false)",
            "wrong first x0 = false",
            "wrong second x0 = false",
            "(exists x, wrong second x = false /\\ wrong first x = true)",
            "epsilon < 1 / (INR (length points) - 1)",
        ),
        {},
        """
intros. apply (Conflicts.d_perfect_confidence wrong class coins out points first second x0);
  try assumption; lra.
""",
    ),
    Twin(
        "d-perfect-failure",
        "Hidden",
        "{C} (coins : list (C * R)) (out : C -> list point -> nat -> bool -> bool) (worst : R)",
        (
            "distribution coins",
            "(forall c s, places_wrong v (out c s) = INR v)",
            "(forall b, length b = v -> failure coins out errs epsilon n (hidden v theta b) <="
            " worst)",
        ),
        {"Pr(error of the output > epsilon)": "worst"},
        """
intros coin proper most. intros.
apply Rge_trans with ((theta / 2 * (1 - theta / INR v) ^ n - epsilon) / (theta - epsilon)).
- apply (Hidden.d_perfect_failure v theta) with (coins := coins) (out := out); try assumption; lra.
- right. unfold Rdiv. ring.
""",
    ),
    Twin(
        "agnostic-confidence-samples",
        "Agnostic",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list X -> G) (x y : X)",
        (
            "distribution coins",
            "(forall c s, In (out c s) class)",
            "agnostic wrong class coins out epsilon delta n",
            "(forall g, In g class -> wrong g x = true \\/ wrong g y = true)",
            "(exists g, In g class /\\ wrong g x = false)",
            "(exists g, In g class /\\ wrong g y = false)",
        ),
        {},
        """
intros. apply (Agnostic.agnostic_confidence wrong class coins out x y); try assumption; lra.
""",
    ),
    Twin(
        "agnostic-conflict-samples",
        "Agnostic",
        "{C G X} (wrong : G -> X -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list X -> G) (points : list X) (default : X)",
        (
            "distribution coins",
            "(forall o s, In (out o s) class)",
            "agnostic wrong class coins out epsilon delta n",
            "length points = k",
            "(forall g, In g class ->"
            " exists i, (i < k)%nat /\\ wrong g (nth i points default) = true)",
            "(forall j, (j < k)%nat -> exists g, In g class /\\"
            " forall i, (i < k)%nat -> i <> j -> wrong g (nth i points default) = false)",
        ),
        {},
        """
intros coin proper good size none all many. intros.
assert (K : 0 < INR k) by (apply lt_0_INR; lia).
rewrite <- sqrt_div_alt by assumption.
apply (Agnostic.agnostic_conflict wrong class coins out points default k);
  try assumption; try lra; lia.
""",
    ),
    Twin(
        "certified-distillation",
        "Partition",
        f"{DRAWS} (differ proved open : T -> bool)",
        (
            "distribution D",
            "(forall t, proved t = true -> differ t = true)",
            "(forall t, differ t = true -> open t = true \\/ proved t = true)",
            "pr D proved = a",
            "pr D open = W",
        ),
        {"Pr(f(x) != g(x))": "pr D differ"},
        """
intros law sound rest <- <- _ _.
destruct (Partition.certified_distillation D differ proved open law sound rest).
split; [now apply Rle_ge|lra].
""",
    ),
    Twin(
        "certified-distillation-cells-finite",
        "Partition",
        "(sides : list nat) {C} (cells : list C) (holds : C -> list nat -> bool)",
        (
            "NoDup cells",
            "(forall i, In i cells -> exists x, In x (box sides) /\\ holds i x = true)",
            "(forall i k x, In i cells -> In k cells -> holds i x = true -> holds k x = true ->"
            " i = k)",
        ),
        {
            "cells of the certificate": "INR (length cells)",
            "Product(v[j], (j, 1, m))": "product sides",
        },
        """
intros. now apply (Partition.cells_at_most sides cells holds).
""",
    ),
    Twin(
        "agnostic-failure",
        "Pairs",
        "{C G} (wrong : G -> nat * bool -> bool) (class : list G) (coins : list (C * R))"
        " (out : C -> list (nat * bool) -> G) (worst : R)",
        (
            "distribution coins",
            "(forall g i, In g class -> (i < pi)%nat ->"
            " wrong g (i, false) = true \\/ wrong g (i, true) = true)",
            "(forall b, length b = pi -> exists g, In g class /\\"
            " forall i, (i < pi)%nat -> wrong g (i, side b i) = false)",
            "(forall c s, In (out c s) class)",
            "(forall b, length b = pi -> sum (fun c => snd c * pr (power (tilted pi gamma b) n)"
            " (fun s => beaten wrong class epsilon (tilted pi gamma b) (out (fst c) s))) coins"
            " <= worst)",
        ),
        {
            "Pr(error of the output > epsilon)": "worst",
            "(1 - gamma**2)**(n/pi)": "Rpower (1 - gamma ^ 2) (INR n / INR pi)",
        },
        """
intros coin conflict select proper most. intros.
eapply Rge_trans; [apply (Pairs.agnostic_failure pi gamma) with (wrong := wrong) (class := class)
  (coins := coins) (out := out) (epsilon := epsilon) (n := n); try eassumption; lra|].
right. field. lra.
""",
    ),
    Twin(
        "universal-approximate-lower",
        "Promises",
        "{G C} (points : nat) (wrong : G -> nat -> bool) (coins : list (C * R))"
        " (out : C -> list nat -> G)",
        (
            "distribution coins",
            "(1 <= points)%nat",
            "(forall g, epsilon / 4 * INR points <="
            " sum (fun x => if wrong g x then 1 else 0) (seq 0 points))",
            "(forall D, distribution D -> failure coins out wrong epsilon n D <= delta)",
        ),
        {},
        """
intros. replace (epsilon / (4 * delta)) with (epsilon / 4 / delta) by (field; lra).
apply (Promises.universal_approximate_lower points wrong coins out); try assumption; lra.
""",
    ),
    Twin(
        "vc-failure-lower",
        "Hidden",
        "{C} (coins : list (C * R)) (out : C -> list point -> nat -> bool) (worst : R)",
        (
            "distribution coins",
            "(forall b, length b = (v - 1)%nat -> failure coins (fun c s => answers (out c s)) errs"
            " epsilon n (hidden (v - 1) theta b) <= worst)",
        ),
        {"Pr(error of the output > epsilon)": "worst"},
        """
intros coin most many. intros.
assert (places : INR (v - 1) = INR v - 1) by (rewrite minus_INR by lia; reflexivity).
assert (0 < INR v - 1) by (rewrite <- places; apply lt_0_INR; lia).
eapply Rge_trans; [apply (Hidden.vc_failure coins out (v - 1) theta epsilon n worst);
  try assumption; lia || lra|].
right. rewrite places. unfold Rdiv. ring.
""",
    ),
)
"""In the order of Twins.v."""


def twin_of(name: str) -> Twin | None:
    """The twin of the theorem of that name, or None."""
    return next((twin for twin in TWINS if twin.name == name), None)
