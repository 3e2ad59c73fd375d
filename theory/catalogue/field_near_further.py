"""Names of authors and problems that no theorem here has: see `field_near`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FURTHER_NEAR: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "a bound of tests, of classes and of randomised students": (
            ("langford", "langford-caruana", "langford-tutorial"),
            ("clopper-pearson", "occam-binomial", "pac-bayes-kl"),
        ),
        "a count of examples that teach": (
            ("goldman-kearns", "teaching", "shinohara-miyano"),
            ("halving-counterexamples", "consistent-counterexamples", "parity-examples"),
        ),
        "a net of points or functions": (
            ("haussler-welzl", "welzl", "komlos-pach-woeginger"),
            ("vc-realizable", "vc-failure", "growth-function"),
        ),
        "a class of so many functions": (
            ("finite-class", "finite-hypothesis-class", "realizable", "realisable", "agnostic"),
            ("occam-realizable", "occam-agnostic", "uniform-deviation-finite"),
        ),
        "a hardness of problems": (
            ("seth", "strong-exponential-time-hypothesis", "conp", "np", "sat", "cook-levin",
             "3-sat", "tautology"),
            ("constancy-hardness", "black-box-queries", "parity-statistical-queries"),
        ),
        "statistical queries": (
            ("blum-furst", "bfjkmr", "blum-furst-jackson-kearns-mansour-rudich"),
            ("parity-statistical-queries", "threshold-search-samples", "lrh-search-samples"),
        ),
        "a test of linearity": (
            ("blum-luby-rubinfeld", "linearity", "linearity-test"),
            ("parity-evaluations", "parity-examples", "exact-test"),
        ),
        "an interval, or a choice, by a prior": (
            ("bayesian", "thompson", "thompson-sampling", "laplace-rule-of-succession"),
            ("clopper-pearson", "open-cells-interval", "confidence-sequence-beta"),
        ),
        "how few vectors are nearly orthogonal": (
            ("welch", "alon", "alon-rank", "johnson-lindenstrauss-lower", "near-orthogonal"),
            ("lrh-rank", "lrh-sets", "lrh-sets-robust"),
        ),
        "a smaller tree of the same function": (
            ("born-again-trees", "born-again-tree", "vidal-schiffer"),
            ("equality-by-table", "kernel-verdict", "tree-cut-error"),
        ),
        "conformal control of a loss": (
            ("crc", "conformal-loss"),
            ("conformal-confidence", "conformal-coverage", "confidence-sequence-losses"),
        ),
        "a table of plans; these compute one": (
            ("mil-std-105", "ansi-z14", "iso-2859", "simon-two-stage"),
            ("pass-probability", "test-sample-size", "finite-pass-probability"),
        ),
        "a loop of candidates and counterexamples": (
            ("cegar", "cegis", "hegedus", "angluin-kharitonov"),
            ("equivalence-query-samples", "tree-counterexamples", "halving-counterexamples"),
        ),
        "a bound of a student made of a few samples": (
            ("graepel", "graepel-herbrich", "littlestone-warmuth-compression"),
            ("compression", "one-inclusion-error", "occam-binomial"),
        ),
        "weights of draws": (
            ("ipw", "inverse-probability-weighting", "importance-weighted"),
            ("importance-upper", "importance-kl-upper", "importance-bernstein"),
        ),
        "scores by groups, or of another kind": (
            ("mondrian", "mondrian-conformal", "conformal-p-value"),
            ("conformal-confidence", "selective-risk", "conformal-coverage"),
        ),
        "a randomised student": (
            ("gibbs-classifier", "randomised-classifier", "randomized-classifier"),
            ("pac-bayes-kl", "pac-bayes-catoni", "pac-bayes-kl-simple"),
        ),
        "runs that are repeated until one is good": (
            ("median-trick", "median-of-estimates", "weak-learner"),
            ("boosting-copies", "boosting-runs", "boosting-samples"),
        ),
        "what is learned by evaluations alone": (
            ("blackbox", "black-box", "exhaustive", "exhaustive-testing", "mossel",
             "mossel-odonnell-servedio"),
            ("black-box-queries", "equality-by-table", "junta-queries"),
        ),
        "an inequality of means that derivations use": (
            ("jensen", "holder", "minkowski", "cauchy-schwarz", "am-gm", "lyapunov", "cauchy"),
            ("markov", "chebyshev", "paley-zygmund"),
        ),
        "how far one number is from its mean, by its shape as well": (
            ("vysochanskij-petunin", "gauss", "camp-meidell", "samuelson", "bienayme-gauss"),
            ("cantelli", "chebyshev", "bhatia-davis"),
        ),
        "a limit, which tells of no number of samples": (
            ("law-of-large-numbers", "lln", "borel-cantelli", "slln"),
            ("estimate-samples", "chebyshev", "confidence-sequence"),
        ),
        "a bound of moments of sums": (
            ("rosenthal", "khintchine", "khinchine", "burkholder", "marcinkiewicz-zygmund"),
            ("azuma", "massart-finite-class", "bennett"),
        ),
        "how seldom a sum stays near a number": (
            ("anti-concentration", "anticoncentration", "littlewood-offord"),
            ("paley-zygmund", "agnostic-confidence-samples"),
        ),
        "a measure of what is told": (
            ("entropy", "shannon", "information-gain", "gibbs-variational", "conditional-entropy"),
            ("fano", "pinsker", "pac-bayes-kl"),
        ),
        "how well any estimate can do, by the information in a draw": (
            ("cramer-rao", "fisher-information", "van-trees", "chernoff-information"),
            ("le-cam", "fano", "agnostic-confidence-samples"),
        ),
        "whether two rates are alike, and how large a difference a test can see": (
            ("tost", "equivalence-testing", "non-inferiority", "minimum-detectable-effect", "mde",
             "effect-size"),
            ("two-sample-difference", "paired-difference", "pass-probability"),
        ),
        "how an error falls with the samples": (
            ("learning-curve", "double-descent", "scaling-law", "scaling-laws"),
            ("vc-agnostic-excess", "occam-realizable", "rademacher"),
        ),
        "a fact of algorithms or of counting": (
            ("lovasz-local", "lovasz-local-lemma", "turan", "expander", "leftover-hash",
             "freivalds", "secretary", "hard-core", "hard-core-lemma", "poissonization",
             "poissonisation", "stirling", "vandermonde"),
            ("several-tests", "exact-test", "tree-count"),
        ),
        "a sharper moment of a number that is bounded": (
            ("kearns-saul", "berend-kontorovich"), ("kl-upper", "hoeffding-upper", "bennett"),
        ),
        "a sharper bound of the influence, where one class is rare": (
            ("harper", "edge-isoperimetric", "edge-isoperimetry"), ("poincare",),
        ),
        "a bound of codes": (
            ("hamming", "sphere-packing", "singleton", "plotkin", "elias-bassalygo"),
            ("gilbert-varshamov", "volume-samples"),
        ),
        "a correlation of events": (
            ("janson", "kleitman", "fkg", "harris", "harris-fkg"),
            ("bonferroni-pairs", "several-tests"),
        ),
        "tests of a program by inputs at random": (
            ("random-testing", "fuzzing", "software-reliability", "reliability-testing",
             "statistical-model-checking", "smc", "probabilistic-model-checking",
             "statistical-testing"),
            ("test-sample-size", "error-after-pass", "estimate-samples"),
        ),
        "where the spectrum of a function lies": (
            ("fourier-concentration", "spectral-concentration", "fourier-tails"),
            ("low-degree-samples", "heavy-coefficients", "tree-depth-degree"),
        ),
        "a tester of juntas": (
            ("blais", "fischer-kindler-ron-safra-samorodnitsky", "junta-tester-blais"),
            ("junta-queries", "junta-pairs", "junta-count"),
        ),
        "how much of a tree the samples reach": (
            ("leaf-coverage", "cell-coverage"),
            ("every-cell-seen-samples", "unseen-mass", "every-cell-seen"),
        ),
        "how little can be told": (
            ("information-theoretic-lower-bound", "information-lower-bound"),
            ("fano", "le-cam", "assouad"),
        ),
        "a mean that bears outliers": (
            ("catoni-m-estimator", "catonis-m-estimator", "trimmed-mean", "winsorized-mean"),
            ("empirical-bernstein", "pac-bayes-catoni", "boosting-copies"),
        ),
    }
)  # fmt: skip
