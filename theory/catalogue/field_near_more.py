"""More names of the field that no theorem here has: see `field_near`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MORE_NEAR: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "a bound of a randomised student in another form": (
            ("pac-bayes-bernstein", "pac-bayes-empirical-bernstein",
             "pac-bayes-lambda", "germain", "thiemann", "tolstikhin-seldin",
             "data-dependent-prior", "pac-bayes-backprop"),
            ("pac-bayes-kl", "pac-bayes-catoni", "occam-binomial"),
        ),
        "a form of cross-validation; a fresh test is exact": (
            ("jackknife-plus", "cv+", "cv-plus", "nested-cross-validation", "bates-hastie"),
            ("clopper-pearson", "occam-binomial", "conformal-coverage"),
        ),
        "a learner of the best rate, without constants": (
            ("hanneke-optimal", "optimal-learner", "majority-of-three", "aden-ali"),
            ("one-inclusion-samples", "vc-realizable", "vc-lower-sharp"),
        ),
        "a bound of a class by how well it fits": (
            ("pollard", "uniform-covering", "bracketing",
             "bracketing-number", "bartlett-mendelson", "ledoux-talagrand", "contraction",
             "talagrand-contraction"),
            ("vc-agnostic-excess", "uniform-deviation-finite", "pac-bayes-kl"),
        ),
        "how stable an algorithm is, or what it keeps of its samples": (
            ("hypothesis-stability", "on-average-stability", "stable-compression",
             "feldman-vondrak", "differential-privacy", "dwork", "max-information"),
            ("compression", "one-inclusion-error", "occam-binomial"),
        ),
        "one holdout, asked again and again": (
            ("thresholdout", "reusable-holdout", "ladder", "adaptive-data-analysis",
             "hold-out-reuse", "holdout-reuse"),
            ("attempt-samples", "looks", "occam-binomial"),
        ),
        "a dimension of what is learned by questions": (
            ("recursive-teaching-dimension", "angluin-lstar", "angluin-l*", "query-lower-bound",
             "extended-teaching-dimension"),
            ("halving-counterexamples", "tree-counterexamples", "black-box-queries"),
        ),
        "a maximal inequality": (
            ("doob-maximal", "kolmogorov-maximal", "etemadi", "kolmogorov", "azuma-bernstein"),
            ("betting-interval", "sequential-test", "confidence-sequence"),
        ),
        "a choice of the best of several": (
            ("kl-ucb", "garivier-cappe", "kl-lucb", "lucb", "lil-ucb", "top-two", "best-arm",
             "best-arm-identification",
             "successive-elimination", "model-selection", "lepski", "aggregation", "tournament"),
            ("boosting-samples-additive", "paired-difference", "paired-sign"),
        ),
        "a bound by the empirical variance at every time": (
            ("empirical-bernstein-confidence-sequence", "predictable-plug-in"),
            ("confidence-sequence-losses", "betting-interval", "confidence-sequence"),
        ),
        "a bound of quantiles or tails of losses": (
            ("order-statistic", "quantile-confidence", "cvar", "conditional-value-at-risk",
             "expected-shortfall", "kolmogorov-band"),
            ("conformal-confidence", "conformal-coverage"),
        ),
        "what a prior makes of no failure; these need none": (
            ("bayesian-zero-failure", "laplace-succession", "jeffreys-prior", "haldane-prior"),
            ("error-after-pass", "clopper-pearson"),
        ),
        "a test of two samples; of the same samples these are exact": (
            ("fisher-exact", "chi-square", "chi-squared", "fisher", "z-test", "t-test", "student-t",
             "students-t", "cochran", "cochran-mantel-haenszel", "two-sample-t",
             "barnard", "boschloo", "permutation-test", "wilcoxon", "g-test"),
            ("paired-sign", "paired-difference", "two-sample-difference"),
        ),
        "agreement of two functions, which is one less their disagreement": (
            ("kappa", "cohen-kappa", "agreement", "fidelity", "faithfulness", "krippendorff",
             "functional-equivalence"),
            ("clopper-pearson", "disagreement-triangle", "certified-distillation"),
        ),
        "a dimension of classes of several labels": (
            ("multiclass-vc", "multiclass-dimension", "daniely", "daniely-shalev-shwartz",
             "brukhim"),
            ("log-tree-functions-multiclass", "occam-trees-multiclass", "relative-deviation"),
        ),
        "a rate that little noise gives; a known teacher has none": (
            ("fast-rates", "bernstein-condition", "tsybakov", "tsybakov-noise", "massart-noise",
             "mammen-tsybakov", "random-classification-noise"),
            ("relative-deviation", "erm-relative-samples", "occam-realizable"),
        ),
        "draws with weights": (
            ("effective-sample-size", "ess", "self-normalized", "self-normalised", "snis",
             "cortes-mansour-mohri", "horvitz-thompson", "hajek", "ratio-estimator", "two-phase",
             "annealed-importance-sampling"),
            ("importance-kl-upper", "importance-upper", "neyman-allocation"),
        ),
        "an estimate of what was not seen, without a bound": (
            ("capture-recapture", "lincoln-petersen", "chao", "chao1", "species",
             "coverage-estimator", "ewens"),
            ("unseen-mass", "success-without-teacher"),
        ),
        "a search for a few by tests of many": (
            ("group-testing", "dorfman", "compressed-sensing"),
            ("junta-queries", "junta-pairs", "black-box-queries"),
        ),
        "votes of several": (
            ("majority-vote", "condorcet", "condorcet-jury", "ensemble-majority", "c-bound"),
            ("boosting-copies", "pac-bayes-kl", "boosting-samples"),
        ),
        "one risk for many tests; these divide it": (
            ("fisher-combination", "fdr", "hochberg", "closed-testing", "e-bh", "ebh",
             "benjamini-yekutieli", "hommel", "simes"),
            ("several-tests", "several-tests-independent", "occam-binomial"),
        ),
        "the tail of a count": (
            ("poisson-tail", "hypergeometric-tail", "chvatal", "bardenet-maillard",
             "greene-wellner"),
            ("finite-population", "pass-probability", "kl-upper"),
        ),
        "draws until an estimate is near in proportion": (
            ("stopping-rule", "dagum-karp-luby-ross", "stopping-rule-algorithm", "karp-luby",
             "optimal-monte-carlo", "aa-algorithm", "ebgstop", "adaptive-sampling", "fpras"),
            ("confidence-sequence", "looks", "erm-relative-samples"),
        ),
        "a test of a property by evaluations": (
            ("property-testing", "decision-tree-testing", "monotonicity-testing",
             "linearity-testing", "blr", "low-degree-testing", "implicit-learning"),
            ("exact-test", "junta-queries", "pass-probability"),
        ),
        "how strongly noise acts on a function": (
            ("noise-sensitivity", "noise-stability", "hypercontractivity", "bonami"),
            ("junta-influence-miss", "lrh-levels", "mcdiarmid-tail"),
        ),
        "how short a description is; its length is the logarithm of a weight": (
            ("chaitin", "kolmogorov-complexity", "solomonoff", "kraft", "prefix-code"),
            ("occam-weighted", "compression", "occam-binomial"),
        ),
        "an explanation of single points": (
            ("lime", "shap", "shapley", "anchors", "integrated-gradients", "abductive"),
            ("subcube-error", "leaf-margin", "clopper-pearson"),
        ),
        "learning by watching, or from softer answers": (
            ("imitation", "imitation-learning", "dagger", "behavioral-cloning",
             "behavioural-cloning", "viper", "soft-labels", "temperature", "logit-matching"),
            ("transfer-error", "proper-learning-implies-distillation", "conformal-confidence"),
        ),
        "questions asked where answers are in doubt": (
            ("a2", "iwal", "margin-based-active-learning", "query-by-committee"),
            ("tree-counterexamples", "halving-counterexamples", "black-box-queries"),
        ),
        "robustness by noise": (
            ("neyman-pearson-smoothing", "lecuyer", "salman"),
            ("clopper-pearson", "leaf-margin", "certificate-error"),
        ),
        "a bound of learners that play against their data": (
            ("expert-advice", "follow-the-leader", "regret", "cesa-bianchi", "mirror-descent"),
            ("halving-counterexamples", "consistent-counterexamples", "tree-counterexamples"),
        ),
        "a bound by margins, or by real outputs": (
            ("margin-theory", "boosting-the-margin", "schapire-freund-bartlett-lee",
             "fat-shattering-dimension", "vc-subgraph", "koltchinskii-panchenko"),
            ("vc-agnostic-excess", "pac-bayes-kl", "leaf-margin"),
        ),
        "a tool for suprema of random processes": (
            ("covering", "dudley-entropy", "sudakov", "gaussian-width", "bracketing-entropy",
             "peeling", "local-complexity", "localization", "localisation", "empirical-process",
             "donsker", "uniform-law", "stratification"),
            ("vc-agnostic-excess", "relative-deviation", "uniform-deviation-finite"),
        ),
        "a bound of sums, of matrices or with heavier tails; where a draw counts 0 or 1, these are "
        "closer": (
            ("bousquet", "talagrand-concentration", "hanson-wright", "matrix-bernstein",
             "matrix-chernoff", "sub-exponential", "sub-gamma", "sub-gaussian", "orlicz",
             "stratified-bernstein", "negative-association", "hoeffding-comparison", "anderson",
             "gaffke"),
            ("clopper-pearson", "bernstein-upper", "finite-population"),
        ),
        "a bound for audits, of amounts or of votes": (
            ("stringer", "monetary-unit-sampling",
             "kaplan-markov", "kaplan-kolmogorov", "kaplan-wald", "bravo", "minerva", "macro",
             "ballot-comparison", "alpha-audit", "super-simple"),
            ("finite-pass-probability", "finite-population", "sequential-test"),
        ),
        "how hard it is to compute a good student": (
            ("hardness-of-learning", "cryptographic-hardness", "kearns-valiant", "np-hardness",
             "hyafil-rivest", "improper-learning", "consistency-problem"),
            ("constancy-hardness", "parity-statistical-queries", "black-box-queries"),
        ),
        "learning by statistics of the samples": (
            ("feldman", "statistical-dimension", "sq-learning", "csq", "correlational-sq",
             "merged-staircase", "leap-complexity", "information-exponent"),
            ("parity-statistical-queries", "lrh-search-samples", "threshold-search-samples"),
        ),
        "a learner of formulas": (
            ("dnf-learning", "dnf", "jackson", "harmonic-sieve", "decision-list",
             "rivest-decision-list", "minterm", "monotone-function", "monotone-dnf"),
            ("tree-counterexamples", "junta-queries", "occam-trees-realizable"),
        ),
        "any student that is right on all samples": (
            ("consistent-learner", "version-space", "occam-algorithm", "pac-learnable"),
            ("occam-realizable", "occam-trees-realizable", "vc-realizable"),
        ),
        "a number that says how many labels active learning asks for": (
            ("star-number", "hanneke-star", "splitting-index", "dasgupta", "teaching-set",
             "specification-number", "exclusion-dimension", "certificate-size"),
            ("halving-counterexamples", "consistent-counterexamples", "tree-counterexamples"),
        ),
        "a fact about the Fourier spectrum of a function": (
            ("fkn", "fourier-sparsity", "level-k", "hypercontractive",
             "small-set-expansion", "majority-is-stablest", "invariance", "random-restriction",
             "switching", "sparse-fourier", "low-degree-polynomial"),
            ("lrh-levels", "tree-depth-influence", "junta-influence-miss"),
        ),
        "how a tree is cut back": (
            ("pruning", "cost-complexity", "mdl-pruning", "reduced-error-pruning", "optimal-tree"),
            ("tree-cut-error", "occam-weighted", "paired-difference"),
        ),
        "many students that are as good": (
            ("rashomon", "rashomon-set", "rashomon-ratio", "model-multiplicity",
             "predictive-multiplicity", "churn", "disagreement-rate", "agreement-on-the-line",
             "accuracy-on-the-line"),
            ("disagreement-triangle", "paired-difference", "agnostic-lower"),
        ),
        "how well scores are probabilities": (
            ("calibration", "ece", "expected-calibration-error", "brier", "log-loss",
             "proper-scoring", "multi-calibration", "multicalibration", "venn-abers"),
            ("conformal-confidence", "clopper-pearson", "confidence-sequence-losses"),
        ),
        "a question about one network, which a certificate answers exactly": (
            ("fairness", "demographic-parity", "individual-fairness", "robustness-radius",
             "adversarial-risk", "certified-radius", "monotonicity"),
            ("certificate-error", "leaf-margin", "clopper-pearson"),
        ),
        "a way to verify networks": (
            ("smt", "milp", "bnb", "branch-and-bound", "abstract-interpretation", "zonotope",
             "deeppoly", "reluplex", "proof-carrying-code", "soundness", "completeness"),
            ("kernel-verdict", "kernel-linear-minimum", "certified-distillation"),
        ),
        "proofs of what was learned, to one who has fewer samples": (
            ("interactive-proof", "pac-verification", "goldwasser", "delegation",
             "zero-knowledge", "proof-carrying"),
            ("certified-distillation", "certificate-error", "universal-samples"),
        ),
        "draws that a test of many steps takes on average, a number that is not bounded here": (
            ("average-sample-number", "asn", "expected-sample-size", "wald-identity",
             "average-run-length", "cusum"),
            ("sequential-test", "inverse-sampling", "test-sample-size"),
        ),
        "a bound of a mean that is an expected count": (
            ("garwood", "poisson-upper", "poisson-confidence", "poisson-mean", "poisson-rate"),
            ("clopper-pearson", "error-after-pass", "inverse-sampling"),
        ),
        "a share among some of the draws: those are what is answered there": (
            ("precision", "recall", "ppv", "npv", "specificity", "true-positive-rate",
             "false-positive-rate", "false-negative-rate", "fpr", "fnr", "tpr", "class-error"),
            ("selective-risk", "two-sample-difference", "clopper-pearson"),
        ),
        "a number that is no share of the draws": (
            ("f1", "f1-score", "f-score", "auc", "auroc", "roc", "matthews", "mcc",
             "balanced-accuracy"),
            ("selective-risk", "two-sample-difference", "conformal-confidence"),
        ),
        "a mean of numbers": (
            ("mean", "mean-squared-error", "mse", "mae", "regression", "regression-error"),
            ("confidence-sequence-losses", "betting-interval", "conformal-confidence"),
        ),
        "a class of functions; give its number as class=, or its VC dimension as vc=": (
            ("halfspace", "halfspaces", "linear-classifier", "rectangles", "boxes", "intervals",
             "axis-aligned-rectangles", "thresholds", "monomials", "k-cnf", "k-dnf",
             "k-decision-list", "decision-stumps", "stumps", "rule-list", "rule-lists", "rivest",
             "monotone-functions", "dedekind"),
            ("occam-realizable", "vc-realizable", "occam-agnostic"),
        ),
        "a number of functions or trees, which `bounds size` counts": (
            ("number-of-boolean-functions", "number-of-functions", "class-count", "tree-size",
             "number-of-leaves", "depth", "tree-depth"),
            ("log-tree-functions", "log-tree-functions-leaves", "tree-count"),
        ),
        "what a tree loses where it is cut": (
            ("tree-pruning", "cost-complexity-pruning"),
            ("tree-cut-error", "occam-binomial", "compression"),
        ),
        "a count that is approximated by a normal law; a bound is exact": (
            ("de-moivre", "de-moivre-laplace", "laplace-de-moivre", "moivre"),
            ("clopper-pearson", "kl-upper", "pass-probability"),
        ),
        "a tree whose questions are answered in part; the trees here answer each": (
            ("soft-decision-tree", "soft-decision-trees", "soft-tree", "frosst-hinton",
             "differentiable-tree", "neural-tree", "oblique-tree"),
            ("certified-distillation", "lrh-distillation", "leaf-margin"),
        ),
        "a model of several trees": (
            ("forest", "random-forest", "random-forests", "xgboost", "lightgbm",
             "gradient-boosting", "gradient-boosted-trees"),
            ("kernel-ensembles", "kernel-ensembles-apart", "pac-bayes-kl"),
        ),
        "a word of distilling: what it costs depends on the promise": (
            ("pac-distillation", "distillable", "distiller", "weak-distillation",
             "strong-distillation", "teacher", "student"),
            ("proper-learning-implies-distillation", "universal-samples", "d-perfect-lower"),
        ),
        "whether two functions are equal": (
            ("equivalence", "equality", "equality-testing", "identity-testing", "tester"),
            ("equality-by-table", "exact-test", "gap-trees", "identity-test-samples"),
        ),
        "a function of few variables that a test knows": (
            ("dictator-test", "dictator", "dictatorship"),
            ("junta-queries", "junta-pairs", "parity-evaluations"),
        ),
        "an estimate of a count or a share by draws": (
            ("monte-carlo", "hit-or-miss", "model-counting", "sharp-sat", "approxmc",
             "approximate-counting", "approximate-model-counting"),
            ("clopper-pearson", "open-cells-interval", "kernel-partition"),
        ),
        "a plan of sampling whose draws are not independent": (
            ("systematic-sampling", "cluster-sampling", "hansen-hurwitz", "design-effect",
             "koksma-hlawka"),
            ("open-cells-stratified", "finite-population", "importance-upper"),
        ),
        "draws shared out in proportion": (
            ("proportional-allocation", "equal-allocation", "post-stratification"),
            ("open-cells-stratified", "neyman-allocation", "open-cells-pooled"),
        ),
        "how many kinds a sample shows": (
            ("species-richness", "balls-in-bins", "balls-into-bins"),
            ("unseen-mass", "every-cell-seen", "success-without-teacher"),
        ),
        "control of a loss by scores": (
            ("risk-control", "ltt", "bates", "angelopoulos", "prediction-set",
             "romano"),
            ("conformal-confidence", "conformal-coverage", "selective-risk"),
        ),
        "another law of the points, or of their labels": (
            ("label-shift", "prior-shift", "concept-drift", "drift", "chi-square-divergence",
             "density-ratio", "kantorovich", "earth-mover"),
            ("transfer-error", "transfer-distance", "importance-upper"),
        ),
        "a way to choose among models by a penalty": (
            ("aic", "bic", "bias-variance", "akaike", "schwarz", "minimum-message-length"),
            ("occam-binomial", "occam-weighted", "uniform-deviation-finite"),
        ),
        "many bounds on the same draws": (
            ("many-candidates", "validation-set-reuse", "generalization-gap",
             "generalisation-gap", "optimism"),
            ("occam-binomial", "uniform-deviation-finite", "several-tests"),
        ),
        "a choice among several by draws": (
            ("median-elimination", "successive-halving", "multi-armed-bandit", "bandit",
             "bandits", "ucb", "experts"),
            ("boosting-samples-additive", "paired-difference", "two-sample-difference"),
        ),
        "how a network's outputs are enclosed": (
            ("alpha-crown", "beta-crown", "relu-relaxation", "triangle-relaxation",
             "interval-arithmetic", "spectral-norm", "robustness", "rounding-error",
             "floating-point", "quantized", "quantised", "quantisation", "quantization"),
            ("kernel-relu-interval", "kernel-relu-chord", "kernel-gamma"),
        ),
        "a capacity of networks or margins": (
            ("neural-network-vc", "vc-dimension-of-neural-networks", "bartlett", "norm-based",
             "path-norm"),
            ("vc-realizable", "occam-realizable", "lrh-rank"),
        ),
        "queries of one's choice": (
            ("membership-query-learning", "mq-learning"),
            ("junta-queries", "parity-evaluations", "tree-counterexamples"),
        ),
        "a class of trees": (
            ("read-once",),
            ("log-tree-functions-leaves", "occam-leaves-multiclass", "gap-trees"),
        ),
        "a likeness of student and teacher on points": (
            ("explanation-fidelity", "surrogate-fidelity", "bastani"),
            ("clopper-pearson", "certified-distillation", "selective-risk"),
        ),
    }
)  # fmt: skip
