"""The settings of theorems: what is known of the teacher, what is promised, what is drawn.

Every theorem has exactly one (`setting_of`). Those about the certificate's kernel are told by their
names, all others are listed here. `ALIASES` are names that were given up because they misled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from theory.language.errors import TheoryError


@dataclass(frozen=True)
class Setting:
    """A setting: its name on the command line, what it says, and its theorems."""

    name: str
    words: str
    theorems: tuple[str, ...] = ()


KERNEL = Setting("kernel", "an inequality that the certificate's kernel rests on; nothing is drawn")

SETTINGS = (
    Setting(
        "global",
        "perfect distillation, global promise: the known teacher f is itself a member of G",
        (
            "equality-by-table", "proper-learning-implies-distillation", "gap-trees",
            "exact-test", "exact-test-simple", "exact-erm", "lrh-exact-samples",
        ),
    ),
    Setting(
        "universal",
        "perfect distillation, universal promise: for every distribution some student in G is good",
        (
            "universal-samples",
            "universal-lower",
            "universal-approximate-samples",
            "universal-zero-samples",
            "universal-approximate-lower",
        ),
    ),
    Setting(
        "d-perfect",
        "perfect distillation for the distribution at hand: some student in G has error 0 under D; "
        "that f is in G is more than these need",
        (
            "occam-realizable", "occam-simple", "occam-weighted", "occam-trees-realizable",
            "vc-failure", "vc-realizable", "boosting-copies", "boosting-runs", "boosting-samples",
            "occam-trees-multiclass",
            "occam-leaves-multiclass",
            "real-trees-failure",
            "occam-rank-multiclass",
            "natarajan-failure",
            "mistake-bound-samples",
            "d-perfect-failure",
            "d-perfect-lower",
            "d-perfect-confidence-samples",
            "d-perfect-one-sample",
            "reduction-accuracy",
            "one-inclusion-error",
            "one-inclusion-samples",
        ),
    ),
    Setting(
        "agnostic",
        "agnostic distillation: nothing is promised, the student is compared with the best of G",
        (
            "agnostic-proper-learning-implies-distillation", "occam-agnostic",
            "uniform-deviation-finite", "vc-agnostic-excess", "vc-agnostic-samples",
            "low-degree-samples",
            "boosting-samples-additive",
            "agnostic-failure",
            "agnostic-lower",
            "agnostic-lower-simple",
            "agnostic-confidence-samples",
            "agnostic-conflict-samples",
            "zero-samples-failure",
            "reduction-accuracy-agnostic",
            "distillation-implies-learning",
            "erm-relative-samples",
        ),
    ),
    Setting(
        "learner",
        "labelled samples of an unknown target: no bounds on distilling a known teacher",
        (
            "vc-lower", "learning-confidence-samples", "learning-confidence-deterministic",
            "class-samples-without-teacher", "volume-samples", "success-without-teacher",
            "success-more-samples", "success-more-cells", "samples-without-teacher",
            "vc-failure-lower",
            "vc-lower-sharp",
            "parity-examples",
        ),
    ),
    Setting(
        "test",
        "teacher and student are fixed, and tested on fresh draws",
        (
            "acceptance-probability", "test-sample-size", "test-samples-simple",
            "test-samples-upper", "test-samples-lower", "error-after-pass", "any-test-samples",
            "clopper-pearson", "kl-upper", "hoeffding-upper", "bernstein-upper",
            "bernstein-simple", "looks", "sequential-test", "finite-population",
            "miss-without-replacement-upper", "equality-without-replacement", "importance-upper",
            "attempt-samples", "breakeven-error", "when-to-prove",
            "confidence-sequence",
            "confidence-sequence-beta",
            "confidence-sequence-stitched",
            "confidence-sequence-losses",
            "importance-kl-upper",
            "importance-bernstein",
            "conformal-coverage",
            "conformal-confidence",
            "betting-interval",
            "pass-probability",
            "finite-pass-probability",
            "inverse-sampling",
            "selective-risk",
            "several-tests",
            "several-tests-independent",
            "several-tests-in-turn",
            "identity-test-samples",
            "equivalence-query-samples",
            "estimate-samples",
            "bennett",
            "empirical-bernstein",
            "chebyshev",
            "cantelli",
            "median-of-means",
            "median-of-means-groups",
            "markov",
            "birthday",
            "coupon-collector",
            "every-cell-seen",
            "every-cell-seen-samples",
            "bonferroni-pairs",
            "glivenko-cantelli",
            "hoeffding-lemma",
            "bounded-differences",
            "azuma",
            "hoeffding-serfling",
            "hoeffding-serfling-samples",
            "fano",
            "assouad",
            "le-cam",
            "bhatia-davis",
            "popoviciu",
            "paley-zygmund",
            "relative-estimate-samples",
            "multiplicative-chernoff-above",
            "multiplicative-chernoff-below",
            "unseen-mass",
        ),
    ),
    Setting(
        "open-cells",
        "a certificate proves a part, the rest is tested on fresh draws",
        (
            "hybrid-samples", "open-cells-pooled", "open-cells-lower", "open-cells-interval",
            "open-cell", "open-cells-none", "open-cells-any", "leaf-margin", "mcdiarmid-mean",
            "mcdiarmid-empirical",
            "open-cells-stratified",
            "open-cells-union",
            "open-cells-none-finite",
            "neyman-allocation",
        ),
    ),
    Setting(
        "chosen",
        "the student was chosen on the samples at hand: the bound holds for all students at once",
        (
            "occam-binomial",
            "compression",
            "pac-bayes-kl",
            "pac-bayes-kl-simple",
            "entropy-moment-upper",
            "pac-bayes-catoni",
            "relative-deviation",
            "rademacher",
            "rademacher-empirical",
            "massart-finite-class",
        ),
    ),
    Setting(
        "certificate",
        "a proof, and nothing drawn: what is shown holds for every distribution, δ = 0",
        (
            "certificate-error", "leaf-tail", "leaf-tail-product", "cover-total", "mcdiarmid-tail",
            "counterexample-error", "subcube-error",
            "certified-distillation",
        ),
    ),
    Setting(
        "pairs",
        "any functions and any distribution: errors of two or more functions against each other",
        (
            "disagreement-triangle", "composition-confidence", "disagreement-lower",
            "disagreement-upper", "accuracy-triangle", "disagreement-triangle-stages",
            "composition-stages-confidence", "transfer-error", "transfer-factor",
            "transfer-distance",
            "composition-agnostic",
            "reduction-composition",
            "paired-sign",
            "paired-difference",
            "two-sample-difference",
        ),
    ),
    Setting(
        "laws",
        "two laws of the same outcomes: the probabilities of an event under each",
        ("pinsker", "bretagnolle-huber"),
    ),
    Setting(
        "evaluation",
        "the teacher is evaluated at points of one's choice, and not looked into",
        (
            "black-box-queries", "junta-influence-miss", "junta-pair-probability", "junta-pairs",
            "junta-miss", "junta-queries", "junta-readout", "halving-counterexamples",
            "consistent-counterexamples", "tree-counterexamples",
            "parity-statistical-queries",
            "parity-evaluations",
            "parity-network",
            "goldreich-levin",
        ),
    ),
    Setting(
        "representation",
        "the teacher's representation holds conjunctions linearly (global promise: samples buy "
        "computation only)",
        (
            "lrh-coefficient", "lrh-sets", "lrh-sets-robust", "lrh-levels", "lrh-conjunctions",
            "lrh-constant", "lrh-sets-signs", "lrh-sets-signs-robust", "lrh-sets-biased",
            "lrh-tightness", "lrh-threshold", "lrh-search-samples", "lrh-tree-samples",
            "lrh-distillation", "lrh-probes", "lrh-pool", "lrh-deviation-clipped",
            "lrh-samples-clipped", "lrh-deviation", "lrh-probe-samples",
            "lrh-rank",
            "lrh-rank-signs",
            "lrh-rank-biased",
            "lrh-rank-conjunctions",
            "threshold-search-samples",
            "beam-width",
            "beam-samples",
            "lrh-leaves-samples",
            "threshold-search-samples-kl",
        ),
    ),
    Setting(
        "counting",
        "how many trees, functions or conjunctions there are, how hard a question is: no guarantee",
        (
            "tree-count", "tree-count-lower", "log-tree-functions", "tree-count-leaves",
            "log-tree-functions-leaves", "vc-trees-upper", "vc-trees-lower", "junta-count",
            "junta-count-upper", "conjunctions-total", "constancy-hardness",
            "log-tree-functions-multiclass",
            "tree-count-leaves-multiclass",
            "log-tree-functions-leaves-multiclass",
            "conflict-pairs-dimension",
            "growth-function",
            "natarajan-patterns",
            "schwartz-zippel",
            "vc-finite-class",
            "tree-cut-error",
            "tree-depth-influence",
            "tree-leaves-influence",
            "poincare",
            "tree-rank-leaves",
            "tree-rank-leaves-upper",
            "tree-depth-largest-influence",
            "tree-depth-monotone",
            "tree-depth-certificates",
            "tree-depth-block-sensitivity",
            "tree-depth-degree",
            "heavy-coefficients",
            "gap-polynomials",
            "perceptron",
            "weighted-majority",
            "adaboost",
            "gilbert-varshamov",
            "certified-distillation-cells",
            "certified-distillation-cells-finite",
        ),
    ),
    KERNEL,
)  # fmt: skip

ALIASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "perfect-distillation": (
            "equality-by-table",
            "it is exact equality by a table, under the global promise",
        ),
        "white-box-reduction": (
            "constancy-hardness",
            "it builds hard instances, and reduces no distillation to another",
        ),
        "composition-error": (
            "disagreement-triangle",
            "disagreements add up, agnostic excesses do not (composition-agnostic)",
        ),
        "composition-stages": (
            "disagreement-triangle-stages",
            "disagreements add up, agnostic excesses do not (composition-agnostic)",
        ),
        "composition-upper": (
            "disagreement-upper",
            "it is about three functions, and nothing is distilled",
        ),
        "composition-lower": (
            "disagreement-lower",
            "it is about three functions, and nothing is distilled",
        ),
        "composition-accuracy": (
            "accuracy-triangle",
            "it is the triangle inequality with labels",
        ),
        "learning-implies-distillation": (
            "proper-learning-implies-distillation",
            "a learner whose output is no member of G distils into nothing",
        ),
        "agnostic-learning-implies-distillation": (
            "agnostic-proper-learning-implies-distillation",
            "a learner whose output is no member of G distils into nothing",
        ),
        "occam-trees": (
            "occam-trees-realizable",
            "it is about consistent trees, where there is one",
        ),
        "lrh-samples": (
            "lrh-search-samples",
            "these are the samples of the search alone",
        ),
        "miss-without-replacement": (
            "miss-without-replacement-upper",
            "its value is a bound of the probability, not the probability",
        ),
        "samples-without-replacement": (
            "equality-without-replacement",
            "it excludes a single disagreement, for an error see finite-population",
        ),
        "stop-testing": (
            "when-to-prove",
            "it stops where costs are least, and gives no confidence (see sequential-test)",
        ),
        "uniform-deviation": ("uniform-deviation-finite", "it is about finite classes"),
    }
)  # fmt: skip
"""Old names: the name today, and why it changed."""


@cache
def _by_theorem() -> Mapping[str, Setting]:
    return {name: s for s in SETTINGS for name in s.theorems}


def setting_of(name: str) -> Setting:
    """The setting of a theorem, by its name. Raises TheoryError where none is listed."""
    if name.startswith("kernel-"):
        return KERNEL
    if name not in _by_theorem():
        raise TheoryError(f"theory/catalogue/settings.py lists no setting of {name}")
    return _by_theorem()[name]


def setting(name: str) -> Setting:
    """The setting of that name, however it is written. Raises TheoryError, naming all, for none."""
    word = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    found = next((s for s in SETTINGS if s.name == word), None)
    if found is None:
        raise TheoryError(f"no setting {name!r}; there are {', '.join(s.name for s in SETTINGS)}")
    return found
