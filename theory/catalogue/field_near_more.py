"""More names of the field that no theorem here has: see `field_near`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MORE_NEAR: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "a bound of a randomised student in another form": (
            ("pac-bayes-catoni", "pac-bayes-bernstein", "pac-bayes-empirical-bernstein",
             "pac-bayes-lambda", "germain", "thiemann", "tolstikhin-seldin",
             "data-dependent-prior", "pac-bayes-backprop"),
            ("pac-bayes-kl", "pac-bayes-kl-simple", "occam-binomial"),
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
            ("empirical-rademacher", "pollard", "uniform-covering", "bracketing",
             "bracketing-number", "bartlett-mendelson", "ledoux-talagrand", "contraction"),
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
            ("doob-maximal", "kolmogorov-maximal", "etemadi", "azuma-bernstein"),
            ("betting-interval", "sequential-test", "confidence-sequence"),
        ),
        "a choice of the best of several": (
            ("kl-lucb", "lucb", "lil-ucb", "top-two", "best-arm", "best-arm-identification",
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
            ("fisher-exact", "chi-square", "chi-squared", "two-sample", "z-test", "t-test",
             "barnard", "boschloo", "permutation-test", "wilcoxon", "g-test"),
            ("paired-sign", "paired-difference", "clopper-pearson"),
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
            ("fisher-combination", "fdr", "fwer", "hochberg", "closed-testing", "e-bh",
             "benjamini-yekutieli"),
            ("open-cells-union", "occam-binomial"),
        ),
        "the tail of a count": (
            ("poisson-tail", "hypergeometric-tail", "chvatal", "bardenet-maillard",
             "greene-wellner"),
            ("finite-population", "pass-probability", "kl-upper"),
        ),
        "draws until so many disagreements were seen": (
            ("negative-binomial", "inverse-sampling", "inverse-binomial", "haldane"),
            ("confidence-sequence", "sequential-test", "looks"),
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
        "a student that may answer that it does not know": (
            ("selective-classification", "abstention", "rejection", "reject-option",
             "coverage-risk", "risk-coverage", "learning-to-defer"),
            ("certified-distillation", "clopper-pearson", "conformal-confidence"),
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
    }
)  # fmt: skip
