"""Names under which the field knows a theorem, and the theorem's name here.

A reader may ask for either; `bounds list` lists the second only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BY_THEOREM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sequential-test": ("sprt", "wald", "wald-sprt", "sequential-probability-ratio-test"),
        "looks": ("group-sequential", "interim-looks"),
        "confidence-sequence": (
            "time-uniform-upper", "anytime-upper", "always-valid-upper", "beta-binomial-mixture",
            "robbins-mixture",
        ),
        "confidence-sequence-beta": ("jeffreys", "jeffreys-confidence-sequence"),
        "confidence-sequence-stitched": (
            "stitched", "stitched-sequence", "stitched-hoeffding", "stitched-confidence-sequence",
        ),
        "confidence-sequence-losses": (
            "stitched-losses", "stitched-mean", "anytime-mean", "bounded-mean-sequence",
            "hoeffding-confidence-sequence",
        ),
        "betting-interval": ("betting", "betting-confidence-sequence", "e-process"),
        "clopper-pearson": ("exact-binomial", "binomial-upper", "clopper-pearson-upper"),
        "kl-upper": ("chernoff-upper", "binomial-kl", "kl-inverse"),
        "hoeffding-upper": ("hoeffding", "hoeffding-bound"),
        "bernstein-upper": ("bernstein", "bernstein-bound"),
        "test-sample-size": ("zero-failure-test", "success-run", "zero-failures"),
        "finite-population": ("hypergeometric", "hypergeometric-upper", "without-replacement"),
        "open-cells-pooled": ("pooled", "mixture-bound", "hybrid"),
        "open-cells-stratified": ("stratified", "buehler", "proportional-strata"),
        "occam-realizable": ("occam", "occam-razor"),
        "occam-binomial": ("occam-clopper-pearson",),
        "occam-agnostic": ("erm", "agnostic-erm"),
        "uniform-deviation-finite": ("uniform-convergence", "uniform-convergence-finite"),
        "vc-realizable": ("vc-bound", "pac-realizable"),
        "vc-lower": ("vc-lower-bound",),
        "vc-lower-sharp": ("no-free-lunch",),
        "transfer-error": ("domain-adaptation",),
        "transfer-distance": ("total-variation",),
        "halving-counterexamples": ("halving", "halving-algorithm"),
        "universal-approximate-samples": ("minimax-distillation",),
        "distillation-implies-learning": ("distillation-is-learning",),
        "agnostic-failure": ("conflict-pairs-failure",),
        "agnostic-conflict-samples": ("conflict-set",),
        "erm-relative-samples": ("relative-erm",),
        "open-cells-none": ("strata-zero-errors", "stratified-zero-errors"),
        "open-cells-any": ("stratified-chernoff",),
        "vc-agnostic-samples": ("vc-agnostic", "fundamental-theorem"),
        "relative-deviation": ("relative-vc", "relative-deviation-vc"),
        "real-trees-failure": ("real-trees",),
        "compression": ("sample-compression", "compression-bound", "littlestone-warmuth"),
        "pac-bayes-kl": ("pac-bayes", "pac-bayes-seeger", "seeger", "maurer"),
        "pac-bayes-kl-simple": ("pac-bayes-simple", "pac-bayes-sqrt"),
        "entropy-moment-upper": ("entropy-moment", "xi"),
        "conformal-coverage": ("conformal", "split-conformal", "marginal-coverage"),
        "conformal-confidence": (
            "tolerance-limit", "tolerance-interval", "wilks", "pac-conformal",
            "training-conditional-coverage",
        ),
        "importance-upper": ("importance-sampling", "covariate-shift"),
        "importance-kl-upper": ("importance-weighting", "importance-kl"),
        "one-inclusion-error": (
            "one-inclusion", "one-inclusion-graph", "haussler-littlestone-warmuth",
        ),
        "universal-samples": ("universal-distillation",),
        "d-perfect-lower": ("d-perfect",),
        "agnostic-lower": ("conflict-pairs",),
        "composition-agnostic": ("agnostic-composition",),
        "reduction-accuracy": ("reduction",),
        "equality-by-table": ("exact-distillation",),
        "disagreement-triangle": ("triangle-inequality",),
        "lrh-rank": ("rank-bound",),
        "beam-width": ("beam-search",),
        "threshold-search-samples": ("threshold-search",),
        "parity-statistical-queries": ("sq-parity", "statistical-queries"),
        "parity-network": ("parity-white-box",),
        "certified-distillation": ("certificate-driven-distillation",),
        "tree-counterexamples": ("equivalence-queries",),
        "mcdiarmid-tail": ("mcdiarmid", "bounded-differences"),
        "junta-queries": ("junta-learning",),
    }
)  # fmt: skip

FIELD_NAMES: Mapping[str, str] = MappingProxyType(
    {field: name for name, known in _BY_THEOREM.items() for field in known}
)
"""A name of the field: the theorem's."""

PARAMETER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "n": ("samples", "draws", "trials", "sample-size"),
        "errors": ("failures", "disagreements", "mistakes"),
        "epsilon": ("eps", "accuracy"),
        "delta": ("alpha", "significance"),
        "error": ("empirical-error", "empirical-risk", "risk", "rate"),
        "class": ("size", "class-size", "hypotheses", "functions"),
        "classes": ("labels",),
        "vc": ("vcdim", "vc-dim", "vc-dimension", "dimension"),
        "variables": ("features", "inputs", "bits", "dimension"),
        "leaves": ("size",),
        "points": ("population", "population-size", "domain-size"),
        "divergence": ("kl", "relative-entropy"),
        "mean": ("average", "empirical-mean"),
        "factor": ("max-weight", "weight-bound", "density-ratio"),
        "kept": ("compression-size",),
        "open": ("open-mass", "uncovered"),
        "proved": ("covered", "proved-mass"),
        "look": ("stage",),
        "pairs": ("conflict-pairs",),
        "copies": ("candidates", "repetitions"),
        "gamma": ("margin",),
        "tau": ("norm-bound",),
        "masses": ("weights",),
        "draws": ("samples",),
    }
)
"""Names of the field for parameters, beside their letters: of ours, theirs."""
