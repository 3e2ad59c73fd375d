"""Names under which the field knows a theorem, and the theorem's name here.

A reader may ask for either; `bounds list` lists the second only. `NEAR` are names of the field that
no theorem here has, and what comes near.
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
            "robbins-mixture", "anytime-valid", "beta-binomial", "robbins",
        ),
        "confidence-sequence-beta": ("jeffreys", "jeffreys-confidence-sequence"),
        "confidence-sequence-stitched": (
            "stitched", "stitched-sequence", "stitched-hoeffding", "stitched-confidence-sequence",
            "howard", "howard-ramdas", "howard-confidence-sequence", "law-of-iterated-logarithm",
            "iterated-logarithm", "lil",
        ),
        "confidence-sequence-losses": (
            "stitched-losses", "stitched-mean", "anytime-mean", "bounded-mean-sequence",
            "hoeffding-confidence-sequence",
        ),
        "betting-interval": (
            "betting", "betting-confidence-sequence", "e-process", "ville", "waudby-smith-ramdas",
            "e-values", "e-value", "test-martingale",
        ),
        "clopper-pearson": (
            "exact-binomial", "binomial-upper", "clopper-pearson-upper", "binomial-tail",
            "binomial-tail-inversion", "test-set", "holdout", "hold-out", "validation-set",
        ),
        "kl-upper": (
            "chernoff-upper", "binomial-kl", "kl-inverse", "chernoff", "chernoff-hoeffding",
            "kl-inversion", "relative-entropy-bound", "cramer-chernoff", "cramer",
        ),
        "hoeffding-upper": ("hoeffding", "hoeffding-bound"),
        "bernstein-upper": ("bernstein", "bernstein-bound"),
        "test-sample-size": (
            "zero-failure-test", "success-run", "zero-failures", "zero-failure",
            "acceptance-sampling",
        ),
        "finite-population": (
            "hypergeometric", "hypergeometric-upper", "without-replacement",
            "sampling-without-replacement", "hypergeometric-confidence", "lot-acceptance",
            "finite-population-correction",
        ),
        "open-cells-pooled": ("pooled", "mixture-bound", "hybrid"),
        "open-cells-stratified": (
            "stratified", "buehler", "proportional-strata", "stratified-sampling",
        ),
        "occam-realizable": ("occam", "occam-razor", "occams-razor"),
        "occam-binomial": ("occam-clopper-pearson",),
        "occam-agnostic": ("erm", "agnostic-erm"),
        "uniform-deviation-finite": ("uniform-convergence", "uniform-convergence-finite"),
        "vc-realizable": ("vc-bound", "pac-realizable", "realizable-pac"),
        "vc-lower": ("vc-lower-bound",),
        "vc-lower-sharp": ("no-free-lunch",),
        "transfer-error": ("domain-adaptation",),
        "transfer-distance": ("total-variation",),
        "halving-counterexamples": ("halving", "halving-algorithm", "mistake-bound"),
        "universal-approximate-samples": ("minimax-distillation", "minimax"),
        "distillation-implies-learning": ("distillation-is-learning",),
        "agnostic-failure": ("conflict-pairs-failure",),
        "agnostic-conflict-samples": ("conflict-set",),
        "erm-relative-samples": ("relative-erm",),
        "open-cells-none": ("strata-zero-errors", "stratified-zero-errors"),
        "open-cells-any": ("stratified-chernoff",),
        "open-cells-union": ("union-of-cells", "cell-by-cell", "stratified-union", "strata-union"),
        "open-cells-none-finite": ("stratified-without-replacement",),
        "vc-agnostic-samples": (
            "vc-agnostic", "fundamental-theorem", "fundamental-theorem-of-statistical-learning",
            "agnostic-pac", "pac-agnostic",
        ),
        "relative-deviation": (
            "relative-vc", "relative-deviation-vc", "greenberg-mohri", "cortes-greenberg-mohri",
            "anthony-shawe-taylor",
        ),
        "real-trees-failure": ("real-trees",),
        "compression": (
            "sample-compression", "compression-bound", "littlestone-warmuth", "floyd-warmuth",
        ),
        "pac-bayes-kl": ("pac-bayes", "pac-bayes-seeger", "seeger", "maurer", "langford-seeger"),
        "pac-bayes-kl-simple": ("pac-bayes-simple", "pac-bayes-sqrt", "mcallester"),
        "entropy-moment-upper": ("entropy-moment", "xi"),
        "conformal-coverage": (
            "conformal", "split-conformal", "conformal-prediction", "marginal-coverage", "vovk",
        ),
        "conformal-confidence": (
            "tolerance-limit", "tolerance-interval", "wilks", "pac-conformal",
            "training-conditional-coverage", "tolerance-limits", "tolerance",
        ),
        "importance-upper": ("importance-sampling", "covariate-shift"),
        "importance-kl-upper": ("importance-weighting", "importance-kl"),
        "one-inclusion-error": (
            "one-inclusion", "one-inclusion-graph", "haussler-littlestone-warmuth", "haussler",
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
        "threshold-search-samples": (
            "threshold-search", "hoeffding-samples", "hoeffding-sample-size",
        ),
        "parity-statistical-queries": (
            "sq-parity", "statistical-queries", "statistical-query", "sq-dimension",
        ),
        "parity-network": ("parity-white-box",),
        "certified-distillation": ("certificate-driven-distillation",),
        "tree-counterexamples": ("equivalence-queries",),
        "mcdiarmid-tail": ("mcdiarmid", "bounded-differences", "bounded-difference"),
        "tree-count": ("decision-tree-count", "number-of-trees"),
        "tree-count-leaves": ("catalan", "catalan-numbers"),
        "junta-queries": ("junta-learning", "junta-testing", "juntas"),
        "error-after-pass": ("rule-of-three", "rule-of-3", "zero-failure-upper", "zero-events"),
        "open-cells-lower": ("clopper-pearson-lower",),
        "open-cells-interval": ("clopper-pearson-interval", "binomial-confidence-interval"),
        "success-without-teacher": ("coupon-collector",),
        "boosting-copies": ("amplification", "confidence-boosting", "confidence-amplification"),
        "agnostic-confidence-samples": ("le-cam",),
    }
)  # fmt: skip

_NEAR: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "a bound of a distribution function everywhere": (
            ("dkw", "dvoretzky-kiefer-wolfowitz", "massart-dkw"),
            ("conformal-confidence", "uniform-deviation-finite"),
        ),
        "a count of the patterns on a sample, an axiom here": (
            ("sauer", "sauer-shelah", "sauer-shelah-perles", "growth-function", "massart"),
            ("vc-failure", "vc-agnostic-excess", "relative-deviation"),
        ),
        "a bound by the empirical variance; where a draw counts 0 or 1, these are closer": (
            ("empirical-bernstein", "maurer-pontil", "bennett"),
            ("clopper-pearson", "bernstein-upper", "importance-kl-upper"),
        ),
        "a bound of means without replacement; where a draw counts 0 or 1, this is exact": (
            ("serfling", "hoeffding-serfling"), ("finite-population",),
        ),
        "an approximate interval, or one with a prior; these are exact": (
            ("wilson", "wilson-score", "wilson-interval", "agresti-coull", "wald-interval",
             "jeffreys-interval", "laplace", "bayes", "rule-of-succession", "bayes-posterior",
             "beta-posterior", "credible-interval"),
            ("clopper-pearson", "open-cells-interval"),
        ),
        "a bound of a class by its complexity": (
            ("rademacher", "rademacher-complexity", "covering-number", "covering-numbers",
             "fat-shattering", "chaining", "dudley"),
            ("vc-agnostic-excess", "uniform-deviation-finite", "pac-bayes-kl"),
        ),
        "a PAC-Bayes bound of another form": (
            ("catoni", "gibbs"), ("pac-bayes-kl", "pac-bayes-kl-simple"),
        ),
        "the hypothesis that a network holds ANDs linearly": (
            ("linear-representation", "linear-representation-hypothesis", "lrh"),
            ("lrh-distillation", "lrh-sets", "lrh-rank"),
        ),
        "a rate without constants": (
            ("hanneke",), ("one-inclusion-samples", "vc-realizable"),
        ),
        "a name of several theorems": (
            ("blumer", "blumer-ehrenfeucht-haussler-warmuth", "vapnik-chervonenkis", "vapnik", "vc",
             "anthony-bartlett"),
            ("occam-realizable", "vc-realizable", "vc-agnostic-samples"),
        ),
        "a number that others take": (
            ("vc-dimension", "vapnik-chervonenkis-dimension"), ("vc-trees-upper", "vc-trees-lower"),
        ),
        "a bound of martingales": (
            ("azuma", "azuma-hoeffding", "doob", "martingale", "optional-stopping", "freedman"),
            ("mcdiarmid-tail", "sequential-test", "betting-interval"),
        ),
        "looks with weights of their own": (
            ("obrien-fleming", "pocock", "alpha-spending"), ("looks", "sequential-test"),
        ),
        "a fact that derivations use": (
            ("markov", "chebyshev", "tchebycheff", "jensen", "pinsker", "union-bound", "union",
             "boole", "bonferroni", "hall", "donsker-varadhan", "von-neumann", "cantelli",
             "paley-zygmund", "slud"),
            ("open-cells-union", "composition-stages-confidence", "transfer-distance"),
        ),
        "a bound of sums of characters": (
            ("bessel", "parseval", "fourier", "johnson-lindenstrauss"),
            ("lrh-sets", "lrh-rank", "parity-statistical-queries"),
        ),
        "an algorithm that asks": (
            ("goldreich-levin", "kushilevitz-mansour", "angluin", "membership-queries"),
            ("junta-queries", "parity-evaluations", "tree-counterexamples"),
        ),
        "an approximation, which may be too low; these are bounds": (
            ("normal-approximation", "central-limit", "clt", "berry-esseen", "bootstrap", "poisson",
             "delta-method"),
            ("clopper-pearson", "kl-upper"),
        ),
        "a correction of many tests; these divide the risk": (
            ("holm", "benjamini-hochberg", "false-discovery-rate", "sidak"),
            ("open-cells-union", "occam-binomial"),
        ),
        "a bound of what was not seen": (
            ("good-turing", "missing-mass", "unseen-species"),
            ("error-after-pass", "success-without-teacher"),
        ),
        "a bound of learning by information": (
            ("fano", "assouad", "mutual-information"),
            ("volume-samples", "samples-without-teacher"),
        ),
        "a dimension of learning by questions or mistakes": (
            ("littlestone", "littlestone-dimension", "teaching-dimension", "eluder-dimension"),
            ("halving-counterexamples", "consistent-counterexamples"),
        ),
        "a count of evaluations, of which there are many": (
            ("query-complexity", "queries", "evaluations"),
            ("black-box-queries", "junta-queries", "parity-evaluations"),
        ),
        "a bound of quantiles": (
            ("quantile", "order-statistics", "median", "value-at-risk"),
            ("conformal-confidence", "conformal-coverage"),
        ),
        "a distance of two distributions": (
            ("kl-divergence", "kullback-leibler", "hellinger", "wasserstein"),
            ("transfer-distance", "kl-upper", "pac-bayes-kl"),
        ),
        "robustness of one network, which a certificate proves or a test estimates": (
            ("randomized-smoothing", "randomised-smoothing", "certified-robustness", "cohen"),
            ("clopper-pearson", "certificate-error", "leaf-margin"),
        ),
        "a paper of several theorems": (
            ("boix-adsera", "boix", "model-distillation", "towards-a-theory-of-model-distillation"),
            ("lrh-distillation", "proper-learning-implies-distillation", "equality-by-table"),
        ),
        "parities, of which there are several theorems": (
            ("parity-learning", "learning-parities", "lpn"),
            ("parity-statistical-queries", "parity-examples", "parity-evaluations"),
        ),
        "how strongly a variable acts": (
            ("influence", "influences", "sensitivity"), ("junta-influence-miss", "junta-miss"),
        ),
        "a count of samples, of which there are many": (
            ("sample-complexity", "sample-size", "pac", "pac-learning", "power-analysis"),
            ("occam-realizable", "vc-realizable", "test-sample-size"),
        ),
    }
)  # fmt: skip

NEAR: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {field: (what, near) for what, (known, near) in _NEAR.items() for field in known}
)
"""A name of the field that no theorem here has: what it is, and the theorems that come near."""

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
