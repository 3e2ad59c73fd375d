"""Names under which the field knows a theorem, and the theorem's name here.

A reader may ask for either; `bounds list` lists the second only. Of names of the field that no
theorem here has, `field_near` says what comes near.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BY_THEOREM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sequential-test": ("sequential-probability-ratio", "sprt",
                            "wald", "wald-sprt", "sequential-probability-ratio-test",
                            "sequential-testing", "sequential-sampling-plan"),
        "looks": ("group-sequential", "interim-looks"),
        "confidence-sequence": (
            "method-of-mixtures", "darling-robbins", "time-uniform-chernoff",
            "mixture-supermartingale", "time-uniform-upper", "anytime-upper", "always-valid-upper",
            "beta-binomial-mixture", "robbins-mixture", "mixture-martingale", "peeking",
            "optional-continuation", "anytime-valid", "time-uniform", "beta-binomial", "robbins",
        ),
        "confidence-sequence-beta": ("jeffreys", "jeffreys-confidence-sequence"),
        "confidence-sequence-stitched": (
            "stitched-boundary", "stitched", "stitched-sequence", "stitched-hoeffding",
            "stitched-confidence-sequence", "howard", "howard-ramdas", "howard-confidence-sequence",
            "law-of-iterated-logarithm", "iterated-logarithm", "lil", "stitching",
        ),
        "confidence-sequence-losses": (
            "stitched-losses", "stitched-mean", "anytime-mean", "bounded-mean-sequence",
            "hoeffding-confidence-sequence",
        ),
        "betting-interval": (
            "safe-testing", "hedged-capital",
            "betting", "betting-confidence-sequence", "e-process", "ville",
            "waudby-smith-ramdas", "e-values", "e-value", "test-martingale",
        ),
        "clopper-pearson": (
            "one-sided-confidence", "one-sided-confidence-bound", "exact-upper-bound",
            "exact-binomial", "binomial-upper", "clopper-pearson-upper", "binomial-tail",
            "binomial-tail-inversion", "upper-confidence-limit", "upper-confidence-bound",
            "one-sided", "error-rate", "langford-test-set", "test-error", "test-set", "holdout",
            "hold-out", "validation-set", "sample-splitting", "data-splitting", "train-test-split",
        ),
        "kl-upper": (
            "chernoff-upper", "okamoto", "binomial-kl", "kl-inverse", "chernoff",
            "chernoff-hoeffding", "chernoff-kl", "kl-chernoff", "binomial-chernoff", "kl-bound",
            "kl-inversion", "relative-entropy-bound", "cramer-chernoff", "cramer",
        ),
        "hoeffding-upper": (
            "hoeffdings", "hoeffding-inequality", "hoeffding", "hoeffding-bound",
            "additive-chernoff",
        ),
        "occam-weighted": (
            "mdl", "minimum-description-length", "description-length", "occam-prior",
        ),
        "bernstein-upper": ("bernstein", "bernstein-bound"),
        "test-sample-size": (
            "zero-acceptance", "c=0", "c=0-sampling", "zero-failure-test", "success-run",
            "zero-failures", "zero-failure",
            "acceptance-sampling", "how-many-samples", "how-many-tests", "test-set-size",
            "holdout-size", "holdout-set-size",
        ),
        "finite-population": (
            "hypergeometric", "hypergeometric-upper", "without-replacement",
            "sampling-without-replacement", "hypergeometric-confidence",
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
        "vc-lower": ("vc-lower-bound", "ehkv", "ehrenfeucht-haussler-kearns-valiant"),
        "vc-lower-sharp": ("no-free-lunch", "nfl"),
        "transfer-error": ("domain-adaptation",),
        "transfer-distance": ("total-variation", "tv", "tv-distance"),
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
            "agnostic-learning", "vc-agnostic", "fundamental-theorem",
            "fundamental-theorem-of-statistical-learning", "fundamental-theorem-of-learning",
            "fundamental-theorem-of-pac-learning",
            "agnostic-uniform-convergence", "uniform-convergence-vc",
            "agnostic-pac", "pac-agnostic", "agnostic-sample-complexity",
            "sample-complexity-of-agnostic-learning",
        ),
        "relative-deviation": (
            "relative-vc", "relative-deviation-vc", "greenberg-mohri", "cortes-greenberg-mohri",
            "anthony-shawe-taylor",
        ),
        "real-trees-failure": ("real-trees",),
        "compression": (
            "sample-compression", "compression-bound", "littlestone-warmuth", "floyd-warmuth",
        ),
        "pac-bayes-kl": (
            "pac-bayes", "pac-bayes-seeger", "pac-bayes-maurer", "seeger", "maurer",
            "langford-seeger",
        ),
        "pac-bayes-kl-simple": (
            "pac-bayes-mcallester", "pac-bayes-simple", "pac-bayes-sqrt", "mcallester",
        ),
        "pac-bayes-catoni": ("catoni", "catoni-2007", "pac-bayes-exponential"),
        "entropy-moment-upper": ("entropy-moment", "xi"),
        "conformal-coverage": (
            "conformal", "split-conformal", "conformal-prediction", "marginal-coverage", "vovk",
        ),
        "conformal-confidence": (
            "scheffe-tukey", "tolerance-limit", "tolerance-interval", "wilks", "pac-conformal",
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
            "threshold-search",
        ),
        "estimate-samples": (
            "hoeffding-samples", "hoeffding-sample-size", "two-sided-hoeffding",
            "hoeffding-two-sided", "hoeffding-estimate", "estimate", "estimation",
            "estimation-sample-size", "sample-size-for-a-proportion", "additive-estimate",
            "additive-approximation", "monte-carlo-samples",
        ),
        "several-tests": (
            "bonferroni", "dunn", "dunn-bonferroni", "bonferroni-dunn", "fwer", "family-wise",
            "family-wise-error", "family-wise-error-rate", "familywise-error-rate",
            "multiple-comparisons", "multiple-testing", "union-bound", "union", "boole",
            "bonferroni-inequality",
        ),
        "multiplicative-chernoff-above": (
            "multiplicative-chernoff", "chernoff-multiplicative", "relative-chernoff",
            "angluin-valiant", "chernoff-upper-tail", "multiplicative-chernoff-upper",
            "multiplicative-chernoff-upper-tail", "chernoff-multiplicative-upper",
        ),
        "multiplicative-chernoff-below": (
            "chernoff-lower-tail", "multiplicative-chernoff-lower",
            "multiplicative-chernoff-lower-tail", "chernoff-multiplicative-lower",
        ),
        "relative-estimate-samples": (
            "relative-error-samples", "relative-accuracy", "multiplicative-estimate",
            "multiplicative-approximation", "relative-approximation", "multiplicative-error",
        ),
        "bennett": ("bennett-hoeffding", "bennett-tail"),
        "chebyshev": (
            "tchebycheff", "chebychev", "tschebyscheff", "bienayme-chebyshev",
            "chebyshev-bienayme", "bienayme",
        ),
        "markov": ("markov-chebyshev",),
        "pinsker": (
            "csiszar-kullback-pinsker", "kullback-csiszar", "kullback-pinsker", "ckp",
            "csiszar-pinsker",
        ),
        "bretagnolle-huber": ("huber-bretagnolle",),
        "several-tests-independent": ("sidak", "dunn-sidak"),
        "several-tests-in-turn": (
            "holm", "holm-bonferroni", "bonferroni-holm", "step-down", "holm-step-down",
            "sequentially-rejective", "holm-procedure",
        ),
        "natarajan-patterns": (
            "natarajan", "natarajan-dimension", "natarajan-growth", "multiclass-sauer-shelah",
        ),
        "natarajan-failure": (
            "natarajan-samples", "natarajan-sample-complexity", "natarajan-realizable",
            "natarajan-pac",
        ),
        "mistake-bound-samples": (
            "mistake-bound-to-pac", "online-to-batch", "online-to-batch-conversion",
            "longest-survivor", "littlestone-online-to-batch", "mistake-bound-conversion",
        ),
        "schwartz-zippel": (
            "demillo-lipton", "demillo-lipton-schwartz-zippel", "schwartz-zippel-demillo-lipton",
            "zippel", "schwartz", "roots-on-a-grid",
        ),
        "identity-test-samples": (
            "polynomial-identity-testing", "polynomial-identity-test", "identity-test", "pit",
        ),
        "goldreich-levin": (
            "kushilevitz-mansour", "km", "goldreich-levin-learning", "goldreich-levin-samples",
            "kushilevitz-mansour-samples",
        ),
        "occam-rank-multiclass": (
            "ehrenfeucht-haussler", "rank-samples", "occam-rank", "trees-of-bounded-rank",
            "decision-trees-of-bounded-rank",
        ),
        "occam-leaves-multiclass": (
            "smallest-tree", "smallest-decision-tree", "occam-leaves", "occam-tree-size",
            "smallest-consistent-tree",
        ),
        "equivalence-query-samples": (
            "angluin-equivalence", "angluin-equivalence-query", "angluin-equivalence-queries",
            "simulated-equivalence-query", "simulated-equivalence-queries",
            "equivalence-query-simulation", "approximate-equivalence-query",
            "approximate-equivalence-queries", "sampled-equivalence-query", "equivalence-oracle",
            "sampling-oracle", "pac-equivalence-query",
        ),
        "growth-function": (
            "growth", "sauer", "shelah", "sauer-shelah", "sauer-shelah-perles", "perles",
            "vapnik-chervonenkis-sauer", "shatter-function", "shatter-coefficient",
            "shatter-coefficients", "shattering-coefficient", "shattering-number",
        ),
        "parity-statistical-queries": (
            "sq-parity", "statistical-queries", "statistical-query", "sq-dimension",
            "statistical-query-dimension", "sq-lower-bound", "sq",
        ),
        "parity-network": ("parity-white-box",),
        "certified-distillation": ("certificate-driven-distillation",),
        "tree-counterexamples": ("equivalence-queries", "equivalence-query"),
        "bounded-differences": (
            "mcdiarmid", "bounded-difference", "mcdiarmids", "method-of-bounded-differences",
            "independent-bounded-differences",
        ),
        "empirical-bernstein": (
            "maurer-pontil", "empirical-bernstein-confidence", "sample-variance",
            "sample-variance-penalization", "empirical-variance", "empirical-bennett",
            "bernstein-empirical",
        ),
        "azuma": (
            "azuma-hoeffding", "hoeffding-azuma", "martingale", "martingale-concentration",
            "martingale-differences", "bounded-martingale-differences", "azumas", "martingale-tail",
        ),
        "hoeffding-serfling": (
            "serfling", "hoeffding-without-replacement",
            "finite-population-hoeffding",
        ),
        "hoeffding-serfling-samples": (
            "serfling-samples", "serfling-sample-size", "hoeffding-serfling-sample-size",
        ),
        "le-cam": (
            "two-point", "le-cam-two-point", "two-point-testing", "binary-hypothesis-testing",
            "simple-hypothesis-testing",
        ),
        "tree-depth-influence": (
            "total-influence", "average-sensitivity", "influence-of-trees", "influence-depth",
        ),
        "tree-leaves-influence": ("influence-leaves", "leaves-by-influence", "tree-size-influence"),
        "poincare": ("poincare-boolean", "variance-influence"),
        "tree-rank-leaves": (
            "decision-tree-rank", "tree-rank", "rank-of-a-tree", "rank-of-trees",
            "rank-of-a-decision-tree", "rank-of-decision-trees", "strahler",
        ),
        "tree-rank-leaves-upper": (
            "leaves-by-rank", "leaves-of-a-rank", "rank-leaves-upper", "tree-rank-upper",
        ),
        "tree-depth-largest-influence": (
            "osss", "odonnell-saks-schramm-servedio", "osss-inequality", "largest-influence",
            "max-influence", "maximum-influence", "influential-variable",
            "every-decision-tree-has-an-influential-variable",
        ),
        "tree-depth-monotone": (
            "odonnell-servedio", "monotone-decision-tree", "monotone-decision-trees",
            "monotone-influence",
        ),
        "tree-depth-certificates": (
            "certificate-complexity", "certificates", "blum-impagliazzo", "tardos",
            "hartmanis-hemachandra", "certificate-depth",
        ),
        "birthday": (
            "birthday-paradox", "birthday-problem", "birthday-collision", "collision-probability",
        ),
        "gilbert-varshamov": ("gilbert", "gv", "varshamov", "gilberts", "packing-of-words"),
        "bonferroni-pairs": (
            "second-bonferroni", "bonferroni-second", "bonferroni-lower", "inclusion-exclusion",
            "second-order-bonferroni", "bonferroni-second-order", "union-lower",
        ),
        "glivenko-cantelli": ("glivenko", "cantelli-glivenko", "uniform-law-of-large-numbers"),
        "popoviciu": ("popoviciu-variance", "variance-of-a-bounded-variable"),
        "paley-zygmund": ("second-moment", "second-moment-method", "zygmund"),
        "fano": ("fano-method", "shannon-fano", "fano-lower", "fanos"),
        "rademacher": (
            "rademacher-complexity", "rademacher-generalization", "rademacher-generalisation",
            "rademacher-deviation",
            "rademacher-average", "rademacher-averages",
        ),
        "rademacher-empirical": (
            "empirical-rademacher", "empirical-rademacher-complexity", "data-dependent-rademacher",
            "empirical-rademacher-average", "data-dependent-bound",
        ),
        "hoeffding-lemma": ("hoeffdings-lemma", "sub-gaussian-moment", "bounded-is-sub-gaussian"),
        "perceptron": (
            "novikoff", "perceptron-mistake", "perceptron-mistake-bound", "block-novikoff",
            "perceptron-convergence", "rosenblatt", "mistake-bound-of-the-perceptron",
        ),
        "weighted-majority": (
            "littlestone-warmuth-majority", "weighted-majority-algorithm",
            "weighted-majority-mistakes", "agnostic-halving",
        ),
        "adaboost": (
            "adaboost-training-error", "freund-schapire", "boosting-training-error",
            "schapire-freund",
        ),
        "massart-finite-class": (
            "massart-finite", "massart", "massart-lemma", "finite-class-lemma",
            "massart-finite-class-lemma", "rademacher-finite-class",
        ),
        "cantelli": (
            "chebyshev-cantelli", "one-sided-chebyshev", "cantelli-chebyshev",
            "one-tailed-chebyshev", "cantellis",
        ),
        "tree-count": ("decision-tree-count", "number-of-trees", "number-of-decision-trees"),
        "tree-count-leaves": ("catalan", "catalan-numbers"),
        "junta-queries": ("junta-learning", "junta-testing", "junta-tester", "juntas"),
        "error-after-pass": (
            "zero-numerator", "hanley", "hanley-lippman-hand", "rule-of-three", "rule-of-3",
            "zero-failure-upper", "zero-events",
        ),
        "open-cells-lower": (
            "clopper-pearson-lower", "lower-confidence-limit", "lower-confidence-bound",
        ),
        "open-cells-interval": (
            "exact-interval", "exact-confidence-interval",
            "clopper-pearson-interval", "two-sided-clopper-pearson",
            "clopper-pearson-two-sided", "binomial-confidence-interval", "confidence-interval",
            "proportion-confidence-interval", "confidence-interval-for-a-proportion",
            "two-sided", "margin-of-error",
        ),
        "coupon-collector": (
            "coupon", "coupons", "coupon-collectors", "coupon-collector-problem",
            "coupon-collectors-problem", "coupon-collecting", "coupon-collection", "dixie-cup",
        ),
        "every-cell-seen": (
            "coupon-collector-tail", "all-leaves-seen", "every-leaf-seen", "all-cells-seen",
        ),
        "every-cell-seen-samples": (
            "coupon-collector-samples", "coupon-collector-sample-size", "every-leaf-seen-samples",
            "every-cell-seen-sample-size", "every-cell-seen-draws", "leaf-coverage-samples",
        ),
        "median-of-means-groups": (
            "median-of-means-samples", "median-of-means-sample-size", "median-of-means-blocks",
        ),
        "tree-depth-degree": (
            "degree", "fourier-degree", "polynomial-degree", "real-degree", "degree-depth",
            "degree-lower-bound", "degree-of-a-tree", "degree-of-a-decision-tree",
        ),
        "heavy-coefficients": (
            "heavy-fourier-coefficients", "large-fourier-coefficients", "large-coefficients",
            "heavy-fourier-coefficient", "goldreich-levin-list-size", "parseval-list-size",
        ),
        "gap-polynomials": (
            "reed-muller", "reed-muller-distance", "reed-muller-minimum-distance",
            "schwartz-zippel-over-bits", "multilinear-schwartz-zippel", "low-degree-gap",
        ),
        "median-of-means": (
            "nemirovski-yudin", "mom", "median-of-averages", "jerrum-valiant-vazirani",
            "alon-matias-szegedy",
        ),
        "vc-finite-class": (
            "vc-dimension-of-a-finite-class", "vc-dimension-of-finite-classes", "finite-class-vc",
            "finite-class-vc-dimension", "vc-of-a-finite-class", "vc-finite",
        ),
        "tree-depth-block-sensitivity": (
            "block-sensitivity", "sensitivity", "maximum-sensitivity", "nisan",
            "sensitivity-depth", "block-sensitivity-depth",
        ),
        "assouad": ("assouads", "assouad-cube", "assouad-hypercube"),
        "low-degree-samples": (
            "linial-mansour-nisan", "lmn", "low-degree-algorithm", "low-degree",
            "low-degree-learning", "low-degree-algorithm-samples",
        ),
        "boosting-copies": ("amplification", "confidence-boosting", "confidence-amplification"),
        "pass-probability": (
            "oc-curve", "operating-characteristic", "binomial-cdf", "acceptance-number", "aql",
            "ltpd", "rql", "power", "power-analysis", "tolerant-testing", "consumer-risk",
            "producer-risk", "dodge-romig", "binomial-test", "exact-binomial-test", "p-value",
            "operating-characteristic-curve", "single-sampling-plan", "sampling-plan",
            "lot-tolerance", "lot-tolerance-percent-defective", "acceptable-quality-level", "oc",
        ),
        "paired-sign": (
            "mcnemar", "mcnemar-test", "mcnemar-exact", "exact-mcnemar", "sign-test", "paired-test",
            "paired-comparison",
        ),
        "paired-difference": (
            "paired-proportions", "difference-in-accuracy", "difference-of-paired-proportions",
        ),
        "two-sample-difference": (
            "difference-of-proportions", "difference-in-proportions", "two-proportion",
            "two-proportions", "risk-difference", "newcombe",
            "two-sample", "two-samples", "two-sample-proportions", "two-sample-proportion",
            "independent-proportions", "a/b-test", "ab-test", "a-b-test", "ab-testing",
            "difference-of-two-proportions", "miettinen-nurminen",
        ),
        "finite-pass-probability": (
            "risk-limiting-audit", "risk-limiting", "rla", "audit", "lot-acceptance",
            "hypergeometric-test", "hypergeometric-cdf", "ballot-polling",
            "acceptance-sampling-without-replacement", "lot-sampling", "discovery-sampling",
        ),
        "inverse-sampling": (
            "negative-binomial", "inverse-binomial", "inverse-binomial-sampling", "haldane",
            "pascal", "geometric", "curtailed", "curtailed-sampling", "draws-until", "waiting-time",
            "stopping-at-the-k-th", "negative-binomial-upper",
        ),
        "selective-risk": (
            "selective-classification", "abstention", "abstaining", "rejection", "reject-option",
            "coverage-risk", "risk-coverage", "learning-to-defer", "selective-prediction",
            "selective-error", "conditional-error", "subgroup-error", "chow", "el-yaniv",
            "geifman-el-yaniv", "el-yaniv-wiener",
        ),
        "neyman-allocation": ("neyman", "optimal-allocation", "tschuprow"),
        "unseen-mass": (
            "missing-mass", "good-turing", "good-turing-missing-mass", "good-turing-estimator",
            "unseen-species",
            "mcallester-schapire",
        ),
        "vc-trees-upper": (
            "vc-of-decision-trees", "vc-dimension-of-trees", "decision-tree-vc", "vc-of-trees",
            "vc-dimension-of-decision-trees",
        ),
    }
)  # fmt: skip

FIELD_NAMES: Mapping[str, str] = MappingProxyType(
    {field: name for name, known in _BY_THEOREM.items() for field in known}
)
"""A name of the field: the theorem's."""

PARAMETER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "n": ("samples", "draws", "trials", "sample-size", "discordant", "n1", "m"),
        "slope": ("inverse-temperature", "tilt"),
        "tests": ("hypotheses", "comparisons", "families"),
        "attempt": ("query", "round"),
        "second-n": ("n2", "second-draws", "second-samples"),
        "first": ("x1", "k1"),
        "second": ("x2", "k2"),
        "answered": ("covered", "n", "trials", "draws", "samples"),
        "bad": ("defectives", "defects"),
        "errors": ("failures", "disagreements", "mistakes", "x", "events"),
        "epsilon": ("eps", "accuracy"),
        "delta": ("alpha", "significance"),
        "error": ("empirical-error", "empirical-risk", "risk", "rate"),
        "class": ("size", "class-size", "hypotheses", "functions", "h", "|h|"),
        "classes": ("labels",),
        "vc": ("vcdim", "vc-dim", "vc-dimension", "dimension", "d"),
        "variables": ("features", "inputs", "bits", "dimension"),
        "leaves": ("size",),
        "points": ("population", "population-size", "domain-size"),
        "divergence": ("kl", "relative-entropy"),
        "entropy": ("kl", "relative-entropy", "divergence"),
        "relative": ("relative-deviation", "relative-error", "epsilon", "eps"),
        "mean": ("average", "empirical-mean"),
        "variance": ("var", "sigma-squared"),
        "excess": ("deviation", "epsilon", "eps"),
        "squares": ("sum-of-squares", "sum-c2", "influence"),
        "influence": ("squares", "sum-of-squares", "sum-c2"),
        "information": ("mutual-information", "mi", "nats"),
        "things": ("hypotheses", "messages", "classes", "size"),
        "complexity": ("rademacher", "rademacher-complexity"),
        "cells": ("coupons", "types", "kinds", "leaves"),
        "blocks": ("block-sensitivity", "sensitivity", "bs", "s"),
        "apart": ("total-variation", "tv", "tv-distance"),
        "groups": ("blocks", "buckets"),
        "patterns": ("size", "class", "vectors", "functions", "hypotheses"),
        "factor": ("max-weight", "weight-bound", "density-ratio", "w", "wmax", "w-max", "ratio"),
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
        "deviations": ("sigmas", "standard-deviations"),
    }
)
"""Names of the field for parameters, beside their letters: of ours, theirs."""
