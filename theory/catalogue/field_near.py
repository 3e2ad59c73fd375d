"""Names of the field that no theorem here has, and the theorems that come near."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from theory.catalogue.field_near_further import FURTHER_NEAR
from theory.catalogue.field_near_more import MORE_NEAR

_NEAR: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "a bound of a distribution function everywhere": (
            ("dkw", "dvoretzky-kiefer-wolfowitz", "massart-dkw", "dkw-massart", "smirnov"),
            ("glivenko-cantelli", "conformal-confidence", "uniform-deviation-finite"),
        ),
        "a bound of a finite set of vectors, an axiom here": (
            ("shatter",),
            ("massart-finite-class", "growth-function", "vc-agnostic-excess"),
        ),
        "a bound by the empirical variance; where a draw counts 0 or 1, the last is exact": (
            ("audibert-munos-szepesvari",),
            ("empirical-bernstein", "bennett", "clopper-pearson"),
        ),
        "an approximate interval, or one with a prior; these are exact": (
            ("wilson", "wilson-score", "wilson-interval", "agresti-coull", "wald-interval",
             "jeffreys-interval", "laplace", "bayes", "rule-of-succession", "bayes-posterior",
             "beta-posterior", "credible-interval"),
            ("clopper-pearson", "open-cells-interval"),
        ),
        "a bound of a class by its complexity": (
            ("covering-number", "covering-numbers",
             "fat-shattering", "chaining", "dudley"),
            ("rademacher", "vc-agnostic-excess", "uniform-deviation-finite", "pac-bayes-kl"),
        ),
        "a PAC-Bayes bound of another form": (
            ("gibbs", "alquier", "disintegrated-pac-bayes", "derandomized-pac-bayes"),
            ("pac-bayes-kl", "pac-bayes-catoni"),
        ),
        "the hypothesis that a network holds ANDs linearly": (
            ("linear-representation", "linear-representation-hypothesis", "lrh"),
            ("lrh-distillation", "lrh-sets", "lrh-rank"),
        ),
        "a rate without constants": (
            ("hanneke",), ("one-inclusion-samples", "vc-realizable"),
        ),
        "a name of several theorems": (
            ("blumer", "blumer-ehrenfeucht-haussler-warmuth", "behw", "valiant", "generalization",
             "generalisation", "vapnik-chervonenkis", "vapnik", "vc",
             "anthony-bartlett"),
            ("occam-realizable", "vc-realizable", "vc-agnostic-samples"),
        ),
        "a number that others take": (
            ("vc-dimension", "vapnik-chervonenkis-dimension"),
            ("vc-finite-class", "vc-trees-upper", "vc-trees-lower"),
        ),
        "the VC dimension of another class, to be given as vc=": (
            ("vc-of-halfspaces", "vc-of-boxes", "vc-of-intervals", "vc-of-monomials",
             "vc-of-conjunctions", "vc-dimension-of-conjunctions", "vc-dimension-of-halfspaces",
             "vc-of-neural-networks", "bartlett-maass",
             "bartlett-harvey", "goldberg-jerrum", "warren", "milnor-thom", "radon"),
            ("vc-realizable", "vc-agnostic-samples", "vc-lower-sharp"),
        ),
        "a bound of martingales": (
            ("doob", "doob-martingale", "optional-stopping", "freedman", "lai"),
            ("azuma", "sequential-test", "betting-interval"),
        ),
        "looks with weights of their own": (
            ("obrien-fleming", "pocock", "alpha-spending"), ("looks", "sequential-test"),
        ),
        "a fact that derivations use": (
            ("hall", "donsker-varadhan", "von-neumann", "slud"),
            ("several-tests", "composition-stages-confidence", "transfer-distance"),
        ),
        "a bound of sums of characters": (
            ("bessel", "parseval", "plancherel", "fourier", "johnson-lindenstrauss"),
            ("heavy-coefficients", "lrh-sets", "lrh-rank", "parity-statistical-queries"),
        ),
        "an algorithm that asks": (
            ("membership-queries",),
            ("junta-queries", "parity-evaluations", "tree-counterexamples"),
        ),
        "an author of several theorems on questions": (
            ("angluin", "angluin-laird", "angluin-1987", "angluin-1988"),
            ("equivalence-query-samples", "tree-counterexamples", "halving-counterexamples"),
        ),
        "an approximation, which may be too low; these are bounds": (
            ("normal-approximation", "central-limit", "clt", "berry-esseen", "bootstrap", "poisson",
             "poisson-approximation",
             "delta-method"),
            ("clopper-pearson", "kl-upper"),
        ),
        "a correction of many tests; these divide the risk": (
            ("benjamini-hochberg", "bh", "false-discovery-rate"),
            ("several-tests-in-turn", "several-tests", "several-tests-independent"),
        ),
        "a bound of learning by information": (
            ("mutual-information", "xu-raginsky",
             "information-theoretic-generalization", "information-theoretic-generalisation"),
            ("fano", "le-cam", "assouad", "volume-samples", "samples-without-teacher"),
        ),
        "a dimension of learning by questions or mistakes": (
            ("littlestone", "littlestone-dimension", "teaching-dimension", "eluder-dimension"),
            ("halving-counterexamples", "consistent-counterexamples", "mistake-bound-samples"),
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
            ("kl-divergence", "kullback-leibler", "hellinger", "wasserstein", "bhattacharyya",
             "scheffe"),
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
            ("influence", "influences"),
            ("tree-depth-influence", "poincare", "junta-influence-miss"),
        ),
        "a count of samples, of which there are many": (
            ("sample-complexity", "sample-size", "pac", "pac-learning", ),
            ("occam-realizable", "vc-realizable", "test-sample-size"),
        ),
        "a theorem about distillation, of which there are many": (
            ("distillation", "knowledge-distillation", "teacher-student", "student-teacher",
             "hinton", "dark-knowledge", "born-again", "model-compression", "bucila", "trepan",
             "craven-shavlik", "agnostic-distillation", "surrogate", "global-surrogate"),
            ("proper-learning-implies-distillation", "certified-distillation", "agnostic-lower"),
        ),
        "a bound of the variance of functions of many variables": (
            ("efron-stein", "talagrand", "subgaussian", "log-sobolev"),
            ("poincare", "bounded-differences", "popoviciu", "bernstein-upper"),
        ),
        "a bound of a class by what it can fit": (
            ("gaussian-complexity", "local-rademacher-complexity", "local-rademacher", "margin",
             "metric-entropy", "dudley-integral", "epsilon-net", "epsilon-nets",
             "epsilon-approximation", "shattering",
             "structural-risk-minimization", "structural-risk-minimisation", "srm"),
            ("vc-agnostic-excess", "uniform-deviation-finite", "occam-weighted"),
        ),
        "a step of proofs of uniform convergence, an axiom here that Coq proves": (
            ("symmetrization", "symmetrisation", "double-sampling", "ghost-sample",
             "double-sample-trick"),
            ("vc-failure", "vc-agnostic-excess", "relative-deviation"),
        ),
        "a count of mistakes": (
            ("hedge", "multiplicative-weights", "winnow", "online-learning", "exponential-weights",
             "standard-optimal-algorithm", "soa"),
            ("weighted-majority", "halving-counterexamples", "perceptron"),
        ),
        "a dimension of classes of several labels, or of real outputs": (
            ("ds-dimension", "graph-dimension", "pseudo-dimension", "pseudodimension", "multiclass",
             "multiclass-learning", "multiclass-pac"),
            ("natarajan-failure", "log-tree-functions-multiclass", "occam-trees-multiclass",
             "conformal-confidence"),
        ),
        "a bound of one algorithm by how stable it is": (
            ("stability", "algorithmic-stability", "uniform-stability", "leave-one-out",
             "bousquet-elisseeff"),
            ("one-inclusion-error", "compression", "mcdiarmid-tail"),
        ),
        "tests on the data that were fitted; a fresh test is exact": (
            ("cross-validation", "k-fold", "k-fold-cross-validation", "jackknife", "jackknife+",
             "out-of-bag"),
            ("clopper-pearson", "occam-binomial", "conformal-coverage"),
        ),
        "a promise about scores, or losses, of a sample": (
            ("conformal-risk-control", "learn-then-test", "risk-controlling-prediction-sets",
             "prediction-sets", "rcps"),
            ("conformal-confidence", "kl-upper", "confidence-sequence-losses"),
        ),
        "a test by wealth, or by how likely data are": (
            ("grow", "kelly", "growth-rate", "neyman-pearson", "likelihood-ratio", "bayes-factor",
             "ump"),
            ("sequential-test", "betting-interval", "agnostic-confidence-samples"),
        ),
        "a statement about an empirical distribution": (
            ("kolmogorov-smirnov", "sanov", "large-deviations"),
            ("glivenko-cantelli", "uniform-deviation-finite", "kl-upper"),
        ),
        "an error under another distribution": (
            ("h-divergence", "ben-david", "discrepancy", "discrepancy-distance", "renyi",
             "renyi-divergence", "doubly-robust", "distribution-shift"),
            ("transfer-error", "transfer-distance", "importance-kl-upper"),
        ),
        "an inequality between distances of distributions": (
            ("gibbs-variational-principle", "change-of-measure",
             "data-processing", "stein", "chernoff-stein"),
            ("transfer-distance", "pac-bayes-kl", "agnostic-confidence-samples"),
        ),
        "a way to learn, or make, trees": (
            ("id3", "c45", "cart", "blanc-lange-tan", "top-down-heuristics",
             "properly-learning-decision-trees", "bshouty", "optimal-decision-trees", "c5",
             "hoeffding-tree", "vfdt", "gini", "splitting-criterion", "kearns-mansour",
             "monotone-theory", "top-down-decision-tree", "domingos-hulten"),
            ("lrh-distillation", "certified-distillation", "occam-trees-realizable"),
        ),
        "a complexity of Boolean functions": (
            ("decision-tree-complexity", "decision-tree-depth", "query-depth",
             "kkl", "friedgut", "friedgut-junta", "huang", "sensitivity-conjecture",
             "nisan-szegedy", "kahn-kalai-linial", "midrijanis", "polynomial-method",
             "approximate-degree", "rubinstein-function", "sensitivity-theorem",
             "friedgut-junta-theorem", "junta-theorem"),
            ("tree-depth-degree", "tree-depth-block-sensitivity", "tree-depth-certificates",
             "tree-depth-influence", "junta-influence-miss"),
        ),
        "an algorithm by the Fourier spectrum": (
            ("mansour",),
            ("low-degree-samples", "lrh-sets", "junta-readout", "parity-evaluations"),
        ),
        "learning by questions": (
            ("query-learning", "exact-learning", "membership-query", "l*", "active-learning",
             "disagreement-coefficient", "cal"),
            ("tree-counterexamples", "junta-queries", "parity-evaluations"),
        ),
        "a representation of more features than it has dimensions": (
            ("superposition", "polysemanticity", "sparse-autoencoder", "linear-probe", "probing"),
            ("lrh-rank", "lrh-sets-robust", "lrh-probe-samples"),
        ),
        "parities with noise": (
            ("noisy-parity", "kearns"), ("parity-statistical-queries", "parity-examples"),
        ),
        "a mean that bears outliers; where a draw counts 0 or 1 there are none": (
            ("catoni-estimator",), ("median-of-means", "clopper-pearson", "boosting-copies"),
        ),
        "an interval that is shorter in places, or in the mean; these hold everywhere": (
            ("mid-p", "blyth-still", "casella", "blaker", "sterne", "crow"),
            ("clopper-pearson", "open-cells-interval"),
        ),
        "a plan of inspection": (
            ("double-sampling-plan",),
            ("pass-probability", "test-sample-size", "finite-population"),
        ),
        "draws that vary less": (
            ("quasi-monte-carlo", "latin-hypercube",
             "control-variates", "control-variate", "antithetic", "multilevel-splitting",
             "importance-splitting", "cross-entropy", "cross-entropy-method", "rao-blackwell"),
            ("neyman-allocation", "open-cells-stratified", "importance-kl-upper"),
        ),
        "how often draws meet": (
            ("occupancy", "balls-and-bins"),
            ("coupon-collector", "every-cell-seen", "birthday"),
        ),
        "a game's value": (
            ("yao", "yao-minimax", "sion"),
            ("universal-approximate-samples", "universal-zero-samples", "vc-failure-lower"),
        ),
        "the best rate of learning": (
            ("simon", "larsen", "optimal-pac", "bagging", "moran-yehudayoff"),
            ("one-inclusion-samples", "vc-realizable", "vc-lower-sharp"),
        ),
        "learners made of learners": (
            ("boosting", "schapire", "freund", "weak-learning"),
            ("adaboost", "boosting-samples", "boosting-runs", "boosting-copies"),
        ),
        "learning with a known class on both sides": (
            ("comparative-learning", "hu-peale", "trichotomy"),
            ("d-perfect-one-sample", "d-perfect-confidence-samples", "conflict-pairs-dimension"),
        ),
        "what is possible at all": (
            ("learnability", "pac-learnability"),
            ("vc-agnostic-samples", "vc-lower-sharp", "distillation-implies-learning"),
        ),
        "one distillation after another": (
            ("composition", "chain", "distillation-chain"),
            ("disagreement-triangle", "composition-agnostic", "reduction-composition"),
        ),
        "independent trials of unlike chances, an axiom here that Coq proves": (
            ("hoeffding-1956", "poisson-binomial"),
            ("open-cells-stratified", "clopper-pearson"),
        ),
        "how fast outputs change, or a tool that bounds it": (
            ("lipschitz", "marabou", "crown", "interval-bound-propagation", "ibp"),
            ("kernel-linear-minimum", "kernel-relu-plane", "certificate-error"),
        ),
    }
)  # fmt: skip

NEAR: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        field: (what, near)
        for what, (known, near) in {**_NEAR, **MORE_NEAR, **FURTHER_NEAR}.items()
        for field in known
    }
)
"""A name of the field that no theorem here has: what it is, and the theorems that come near."""
