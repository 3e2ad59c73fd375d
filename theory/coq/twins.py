"""The theorems that Coq proves from nothing, and what their random words stand for there."""

from __future__ import annotations

from theory.coq.translation import Twin
from theory.coq.twins_collecting import COLLECTED
from theory.coq.twins_comparing import COMPARED
from theory.coq.twins_distillers import DISTILLERS
from theory.coq.twins_learners import LEARNERS
from theory.coq.twins_named import NAMED
from theory.coq.twins_trees import TREES

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
        "occam-trees-multiclass",
        "Occam",
        "(D : list ((nat -> bool) * R)) (teacher : (nat -> bool) -> nat)",
        ("distribution D",),
        {FOOLED: "pr (power D n) (fooled D (complete d c r) (agrees teacher) epsilon)"},
        """
intros law dd cc e de _ H. assert (dp : 0 < INR d) by (apply lt_0_INR; lia).
assert (cp : 0 < INR c) by (apply lt_0_INR; lia).
apply (Occam.complete_trees_realizable d c r D teacher); try assumption.
eapply Rge_trans; [exact H|]. right. rewrite ln_mult by assumption. unfold Rdiv. ring.
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
intros law is e q01 d _ _ aim left.
destruct (Sequential.sequential_test D B epsilon q delta n k p law e q01 aim d is) as [A C];
  [lra|split; [exact A|]].
intros H. apply C. eapply Rge_trans; [exact H|]. right. unfold Rdiv. ring.
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
    *DISTILLERS,
    *COMPARED,
    *TREES,
    *LEARNERS,
    *COLLECTED,
    *NAMED,
)
"""In the order of Twins.v."""


def twin_of(name: str) -> Twin | None:
    """The twin of the theorem of that name, or None."""
    return next((twin for twin in TWINS if twin.name == name), None)
