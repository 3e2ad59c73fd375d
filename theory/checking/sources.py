"""The sources, with the theorems that they are the sources of.

A theorem's own `citation` must be listed here with its name. Authors, title, venue and year of each
work, and of those that the axioms cite, were looked up (November 2026) in the reference lists of
other publications; where none gave the venue (Haussler and others 1991) it is left out. The works
themselves were not read for this: that a theorem is found in the work, perhaps with other
constants, is stated as well known, not looked up, and no chapter or number is given. What is
"proved here" has no other source: the derivation is the evidence, and no name lends it weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from theory.language.statement import Citation

SOURCES: Mapping[Citation, tuple[str, ...]] = MappingProxyType(
    {
        Citation("Natarajan", "On learning sets and functions, Machine Learning 4:67-97", 1989): (
            "natarajan-patterns",
            "natarajan-failure",
        ),
        Citation(
            "Holm",
            "A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6:65-70",
            1979,
        ): ("several-tests-in-turn",),
        Citation("Littlestone", "From on-line to batch learning, COLT:269-284", 1989): (
            "mistake-bound-samples",
        ),
        Citation(
            "Schwartz",
            "Fast probabilistic algorithms for verification of polynomial identities, JACM 27",
            1980,
        ): ("schwartz-zippel", "identity-test-samples"),
        Citation(
            "Kushilevitz, Mansour",
            "Learning decision trees using the Fourier spectrum, SIAM J. Comput. 22 (after "
            "Goldreich and Levin)",
            1993,
        ): ("goldreich-levin",),
        Citation(
            "Kearns", "Efficient noise-tolerant learning from statistical queries, JACM 45", 1998
        ): ("parity-statistical-queries",),
        Citation("Catoni", "PAC-Bayesian Supervised Classification, IMS Lecture Notes 56", 2007): (
            "pac-bayes-catoni",
        ),
        Citation(
            "Dunn", "Multiple comparisons among means, JASA 56:52-64 (after Bonferroni)", 1961
        ): ("several-tests",),
        Citation(
            "Sidak",
            "Rectangular confidence regions for the means of multivariate normal distributions, "
            "JASA 62:626-633",
            1967,
        ): ("several-tests-independent",),
        Citation(
            "Angluin", "Learning regular sets from queries and counterexamples, Inf. Comp. 75", 1987
        ): ("equivalence-query-samples",),
        Citation(
            "Sauer", "On the density of families of sets, J. Comb. Theory A 13:145-147", 1972
        ): ("growth-function",),
        Citation(
            "Mitzenmacher, Upfal", "Probability and Computing, Cambridge University Press", 2005
        ): ("coupon-collector", "every-cell-seen", "every-cell-seen-samples"),
        Citation(
            "Nemirovski, Yudin",
            "Problem Complexity and Method Efficiency in Optimization, Wiley",
            1983,
        ): ("median-of-means", "median-of-means-groups"),
        Citation(
            "Linial, Mansour, Nisan",
            "Constant depth circuits, Fourier transform, and learnability, J. ACM 40",
            1993,
        ): ("low-degree-samples",),
        Citation("Nisan", "CREW PRAMs and decision trees, SIAM J. Comput. 20", 1991): (
            "tree-depth-block-sensitivity",
        ),
        Citation("Assouad", "Deux remarques sur l'estimation, C. R. Acad. Sci. Paris 296", 1983): (
            "assouad",
        ),
        Citation(
            "Neyman",
            "On the two different aspects of the representative method: the method of stratified "
            "sampling and the method of purposive selection, J. Royal Stat. Soc. 97",
            1934,
        ): ("neyman-allocation",),
        Citation(
            "McAllester, Schapire",
            "On the convergence rate of Good-Turing estimators, COLT",
            2000,
        ): ("unseen-mass",),
        Citation("Vovk, Gammerman, Shafer", "Algorithmic Learning in a Random World", 2005): (
            "conformal-coverage",
        ),
        Citation(
            "Wilks",
            "Determination of sample sizes for setting tolerance limits, Ann. Math. Stat. 12",
            1941,
        ): ("conformal-confidence",),
        Citation(
            "Hoeffding",
            "On the distribution of the number of successes in independent trials, "
            "Ann. Math. Stat. 27",
            1956,
        ): ("open-cells-stratified",),
        Citation("Maurer", "A note on the PAC Bayesian theorem, arXiv cs/0411099", 2004): (
            "pac-bayes-kl",
            "pac-bayes-kl-simple",
            "entropy-moment-upper",
        ),
        Citation(
            "Cortes, Greenberg, Mohri",
            "Relative deviation learning bounds and generalization with unbounded loss functions, "
            "Ann. Math. Artif. Intell. 85",
            2019,
        ): ("relative-deviation",),
        Citation(
            "Waudby-Smith, Ramdas",
            "Estimating means of bounded random variables by betting, J. R. Stat. Soc. B 86",
            2024,
        ): ("betting-interval",),
        Citation(
            "Howard, Ramdas, McAuliffe, Sekhon",
            "Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann. Statist. 49",
            2021,
        ): ("confidence-sequence-stitched", "confidence-sequence-losses"),
        Citation(
            "Robbins",
            "Statistical methods related to the law of the iterated logarithm, Ann. Math. Stat. 41",
            1970,
        ): ("confidence-sequence", "confidence-sequence-beta"),
        Citation(
            "Haussler, Littlestone, Warmuth",
            "Predicting {0, 1}-functions on randomly drawn points, Inf. Comp. 115",
            1994,
        ): ("one-inclusion-error", "one-inclusion-samples"),
        Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002): (
            "rademacher",
            "rademacher-empirical",
            "vc-agnostic-excess",
            "lrh-deviation-clipped",
            "lrh-samples-clipped",
            "lrh-deviation",
            "vc-agnostic-samples",
        ),
        Citation(
            "Blumer, Ehrenfeucht, Haussler, Warmuth",
            "Occam's razor, Information Processing Letters 24:377-380",
            1987,
        ): (
            "occam-leaves-multiclass",
            "occam-trees-multiclass",
            "occam-simple",
            "occam-realizable",
            "occam-trees-realizable",
            "lrh-tree-samples",
            "occam-weighted",
        ),
        Citation(
            "Blumer, Ehrenfeucht, Haussler, Warmuth",
            "Learnability and the Vapnik-Chervonenkis dimension, JACM 36:929-965",
            1989,
        ): (
            "vc-failure",
            "vc-realizable",
            "vc-finite-class",
        ),
        Citation(
            "Boix-Adsera",
            "Towards a theory of model distillation (definitions), arXiv 2403.09053",
            2024,
        ): (
            "lrh-search-samples",
            "lrh-probe-samples",
            "lrh-distillation",
        ),
        Citation("Boix-Adsera", "Towards a theory of model distillation, arXiv 2403.09053", 2024): (
            "proper-learning-implies-distillation",
            "agnostic-proper-learning-implies-distillation",
        ),
        Citation("Chernoff", "A measure of asymptotic efficiency, Ann. Math. Stat. 23", 1952): (
            "kl-upper",
            "multiplicative-chernoff-above",
            "multiplicative-chernoff-below",
            "relative-estimate-samples",
        ),
        Citation(
            "Bennett",
            "Probability inequalities for the sum of independent random variables, JASA 57",
            1962,
        ): ("bennett",),
        Citation("Chebyshev", "Des valeurs moyennes, J. Math. Pures Appl. 12", 1867): (
            "chebyshev",
        ),
        Citation("Cantelli", "Sui confini della probabilità, Atti Congr. Int. Mat. 6", 1928): (
            "cantelli",
        ),
        Citation(
            "Azuma", "Weighted sums of certain dependent random variables, Tohoku Math. J. 19", 1967
        ): ("azuma",),
        Citation(
            "Serfling",
            "Probability inequalities for the sum in sampling without replacement, Ann. Stat. 2",
            1974,
        ): ("hoeffding-serfling", "hoeffding-serfling-samples"),
        Citation("Fano", "Transmission of Information", 1961): ("fano",),
        Citation("Massart", "Some applications of concentration inequalities, Toulouse", 2000): (
            "massart-finite-class",
        ),
        Citation(
            "Maurer, Pontil",
            "Empirical Bernstein bounds and sample-variance penalization, COLT",
            2009,
        ): ("empirical-bernstein",),
        Citation(
            "Le Cam",
            "Convergence of estimates under dimensionality restrictions, Ann. Stat. 1",
            1973,
        ): ("le-cam",),
        Citation("Bhatia, Davis", "A better bound on the variance, Am. Math. Monthly 107", 2000): (
            "bhatia-davis",
        ),
        Citation(
            "Popoviciu",
            "Sur les équations algébriques ayant toutes leurs racines réelles, Mathematica 9",
            1935,
        ): ("popoviciu",),
        Citation(
            "Paley, Zygmund",
            "A note on analytic functions in the unit circle, Proc. Camb. Phil. Soc. 28",
            1932,
        ): ("paley-zygmund",),
        Citation("O'Donnell", "Analysis of Boolean Functions, Cambridge University Press", 2014): (
            "tree-depth-influence",
            "tree-leaves-influence",
            "poincare",
            "heavy-coefficients",
        ),
        Citation(
            "Buhrman, de Wolf",
            "Complexity measures and decision tree complexity, Theor. Comp. Sci. 288",
            2002,
        ): ("tree-depth-degree",),
        Citation(
            "Ehrenfeucht, Haussler",
            "Learning decision trees from random examples, Information and Computation 82",
            1989,
        ): ("tree-rank-leaves", "tree-rank-leaves-upper", "occam-rank-multiclass"),
        Citation(
            "O'Donnell, Saks, Schramm, Servedio",
            "Every decision tree has an influential variable, FOCS",
            2005,
        ): ("tree-depth-largest-influence",),
        Citation(
            "O'Donnell, Servedio",
            "Learning monotone decision trees in polynomial time, SIAM J. Comput. 37",
            2007,
        ): ("tree-depth-monotone",),
        Citation("Blum, Impagliazzo", "Generic oracles and oracle classes, FOCS", 1987): (
            "tree-depth-certificates",
        ),
        Citation("Feller", "An Introduction to Probability Theory and Its Applications 1", 1968): (
            "birthday",
        ),
        Citation("Gilbert", "A comparison of signalling alphabets, Bell Syst. Tech. J. 31", 1952): (
            "gilbert-varshamov",
        ),
        Citation(
            "Galambos, Simonelli", "Bonferroni-type Inequalities with Applications, Springer", 1996
        ): ("bonferroni-pairs",),
        Citation(
            "Devroye, Lugosi",
            "Combinatorial Methods in Density Estimation, Springer",
            2001,
        ): ("glivenko-cantelli",),
        Citation("Markov", "Ischislenie veroyatnostei (Calculus of Probabilities)", 1913): (
            "markov",
        ),
        Citation(
            "Pinsker",
            "Information and Information Stability of Random Variables and Processes",
            1964,
        ): ("pinsker",),
        Citation(
            "Bretagnolle, Huber",
            "Estimation des densités: risque minimax, Z. Wahrscheinlichkeitsth. 47",
            1979,
        ): ("bretagnolle-huber",),
        Citation(
            "Clopper, Pearson", "The use of confidence or fiducial limits, Biometrika 26", 1934
        ): ("clopper-pearson", "occam-binomial"),
        Citation(
            "Floyd, Warmuth",
            "Sample compression, learnability, and the Vapnik-Chervonenkis dimension, ML 21",
            1995,
        ): ("compression",),
        Citation("Wald", "Sequential tests of statistical hypotheses, Ann. Math. Stat. 16", 1945): (
            "sequential-test",
        ),
        Citation("Cook", "The complexity of theorem-proving procedures, STOC", 1971): (
            "constancy-hardness",
        ),
        Citation(
            "Ehrenfeucht, Haussler, Kearns, Valiant",
            "A general lower bound on the number of examples, Inf. Comp. 82",
            1989,
        ): (
            "learning-confidence-samples",
            "vc-lower",
            "learning-confidence-deterministic",
        ),
        Citation("Feller", "An Introduction to Probability Theory and Its Applications I", 1968): (
            "success-without-teacher",
            "success-more-samples",
            "success-more-cells",
        ),
        Citation("Graham, Knuth, Patashnik", "Concrete Mathematics", 1994): (
            "junta-count",
            "junta-count-upper",
        ),
        Citation(
            "Haussler", "Decision theoretic generalizations of the PAC model, Inf. Comp. 100", 1992
        ): ("occam-agnostic",),
        Citation(
            "Haussler, Kearns, Littlestone, Warmuth",
            "Equivalence of models for polynomial learnability",
            1991,
        ): (
            "boosting-runs",
            "boosting-samples-additive",
            "boosting-copies",
            "boosting-samples",
        ),
        Citation("Higham", "Accuracy and Stability of Numerical Algorithms", 2002): (
            "kernel-gamma",
            "kernel-float32-dot",
            "kernel-float32-range",
            "kernel-float32-rounding",
            "kernel-float32-activation",
            "kernel-float64-gamma",
            "kernel-float64-sweep",
        ),
        Citation(
            "Hoeffding",
            "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
            1963,
        ): (
            "importance-kl-upper",
            "importance-bernstein",
            "hoeffding-upper",
            "hoeffding-lemma",
            "estimate-samples",
            "uniform-deviation-finite",
            "leaf-tail-product",
            "leaf-tail",
            "kernel-tail",
        ),
        Citation(
            "Novikoff",
            "On convergence proofs for perceptrons, Symp. Math. Theory of Automata 12",
            1962,
        ): ("perceptron",),
        Citation(
            "Littlestone, Warmuth", "The weighted majority algorithm, Inf. Comput. 108", 1994
        ): ("weighted-majority",),
        Citation(
            "Freund, Schapire",
            "A decision-theoretic generalization of on-line learning and an application to "
            "boosting, J. Comput. Syst. Sci. 55",
            1997,
        ): ("adaboost",),
        Citation("Littlestone", "Learning quickly when irrelevant attributes abound", 1988): (
            "consistent-counterexamples",
            "tree-counterexamples",
            "halving-counterexamples",
        ),
        Citation(
            "McDiarmid", "On the method of bounded differences, LMS Lecture Notes 141", 1989
        ): (
            "mcdiarmid-tail",
            "mcdiarmid-empirical",
            "mcdiarmid-mean",
            "bounded-differences",
        ),
        Citation("Mossel, O'Donnell, Servedio", "Learning juntas, STOC", 2003): (
            "junta-pair-probability",
            "junta-pairs",
            "junta-influence-miss",
            "junta-miss",
            "junta-queries",
            "junta-readout",
        ),
        Citation("O'Donnell", "Analysis of Boolean Functions", 2014): (
            "lrh-rank-conjunctions",
            "lrh-rank-biased",
            "lrh-rank-signs",
            "lrh-rank",
            "gap-polynomials",
            "gap-trees",
            "lrh-coefficient",
            "lrh-sets-robust",
            "lrh-sets",
            "lrh-conjunctions",
            "lrh-constant",
            "lrh-levels",
            "lrh-sets-signs-robust",
            "lrh-sets-signs",
            "lrh-sets-biased",
        ),
        Citation(
            "Zhang, Weng, Chen, Hsieh, Daniel",
            "Efficient neural network robustness certification with general activation functions",
            2018,
        ): (
            "kernel-relu",
            "kernel-relu-chord",
        ),
        Citation(
            "Wang, Zhang, Xu, Lin, Jana, Hsieh, Kolter",
            "Beta-CROWN: efficient bound propagation with per-neuron split constraints for neural "
            "network robustness verification",
            2021,
        ): ("kernel-relu-signed",),
        Citation("Leafproof", "docs/soundness.md, float32; proved here", 2026): (
            "kernel-float32-class",
        ),
        Citation("Leafproof", "docs/soundness.md, numbers; proved here", 2026): (
            "kernel-floor",
            "kernel-exact-product",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 1; proved here", 2026): (
            "kernel-add",
            "kernel-relu-interval",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 2; proved here", 2026): (
            "kernel-cut",
            "kernel-affine-back",
            "kernel-residual",
            "kernel-float64-form",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 3; proved here", 2026): (
            "kernel-linear-minimum",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 4; proved here", 2026): (
            "kernel-intersection",
            "kernel-superset",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 5; proved here", 2026): (
            "kernel-class",
            "kernel-class-one-logit",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 6; proved here", 2026): (
            "kernel-point",
            "kernel-class-enclosure",
            "kernel-enumeration",
            "kernel-fold",
            "kernel-float64-class",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 7; proved here", 2026): (
            "kernel-tail-forms",
            "kernel-relu-beyond",
            "kernel-tail-average",
            "kernel-tail-within",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 9; proved here", 2026): (
            "kernel-partition",
            "kernel-constant-share",
            "kernel-tail-share",
            "kernel-verdict",
        ),
        Citation("Leafproof", "docs/soundness.md, rule 10; proved here", 2026): (
            "kernel-relu-parallel",
            "kernel-strip",
            "kernel-difference",
            "kernel-difference-sign",
            "kernel-difference-affine",
            "kernel-strips",
            "kernel-bins",
            "kernel-sandwich",
            "kernel-cases",
            "kernel-joint-cases",
            "kernel-sides",
            "kernel-digit-power",
            "kernel-digit-product",
            "kernel-digit-sum",
        ),
        Citation(
            "Leafproof", "docs/soundness.md, planes above the first ReLUs; proved here", 2026
        ): (
            "kernel-relu-plane",
            "kernel-plane-constant",
            "kernel-blend",
        ),
        Citation("Leafproof", "docs/soundness.md, ensembles of trees; proved here", 2026): (
            "kernel-ensembles",
            "kernel-ensembles-apart",
        ),
        Citation("Leafproof", "docs/soundness.md, rules 1 and 2; proved here", 2026): (
            "kernel-sign",
        ),
        Citation("Leafproof", "docs/soundness.md, rules 1 and 6; proved here", 2026): (
            "kernel-affine",
        ),
        Citation("Leafproof", "docs/soundness.md, rules 2 and 3; proved here", 2026): (
            "kernel-box-minimum",
        ),
        Citation("Leafproof", "theory catalogue; proved here", 2026): (
            "pass-probability",
            "paired-sign",
            "paired-difference",
            "two-sample-difference",
            "finite-pass-probability",
            "inverse-sampling",
            "selective-risk",
            "threshold-search-samples-kl",
            "certified-distillation-cells",
            "certified-distillation-cells-finite",
            "certified-distillation",
            "parity-examples",
            "parity-evaluations",
            "parity-network",
            "tree-cut-error",
            "erm-relative-samples",
            "lrh-leaves-samples",
            "beam-samples",
            "beam-width",
            "threshold-search-samples",
            "universal-approximate-lower",
            "universal-zero-samples",
            "universal-approximate-samples",
            "universal-samples",
            "reduction-accuracy",
            "universal-lower",
            "vc-lower-sharp",
            "vc-failure-lower",
            "distillation-implies-learning",
            "reduction-accuracy-agnostic",
            "zero-samples-failure",
            "d-perfect-one-sample",
            "agnostic-conflict-samples",
            "agnostic-confidence-samples",
            "agnostic-lower-simple",
            "agnostic-lower",
            "agnostic-failure",
            "reduction-composition",
            "composition-agnostic",
            "d-perfect-confidence-samples",
            "d-perfect-lower",
            "d-perfect-failure",
            "real-trees-failure",
            "conflict-pairs-dimension",
            "log-tree-functions-leaves-multiclass",
            "tree-count-leaves-multiclass",
            "log-tree-functions-multiclass",
            "test-sample-size",
            "acceptance-probability",
            "test-samples-simple",
            "test-samples-upper",
            "test-samples-lower",
            "bernstein-upper",
            "error-after-pass",
            "any-test-samples",
            "hybrid-samples",
            "breakeven-error",
            "attempt-samples",
            "black-box-queries",
            "certificate-error",
            "equality-by-table",
            "counterexample-error",
            "subcube-error",
            "cover-total",
            "leaf-margin",
            "miss-without-replacement-upper",
            "equality-without-replacement",
            "tree-count",
            "log-tree-functions",
            "tree-count-lower",
            "tree-count-leaves",
            "log-tree-functions-leaves",
            "vc-trees-upper",
            "vc-trees-lower",
            "class-samples-without-teacher",
            "exact-test",
            "exact-erm",
            "samples-without-teacher",
            "lrh-threshold",
            "lrh-tightness",
            "lrh-pool",
            "conjunctions-total",
            "lrh-exact-samples",
            "disagreement-triangle",
            "composition-confidence",
            "transfer-error",
            "disagreement-lower",
            "disagreement-upper",
            "accuracy-triangle",
            "disagreement-triangle-stages",
            "composition-stages-confidence",
            "transfer-distance",
            "transfer-factor",
            "exact-test-simple",
            "lrh-probes",
            "volume-samples",
            "when-to-prove",
            "bernstein-simple",
            "open-cells-pooled",
            "open-cells-none",
            "open-cell",
            "open-cells-any",
            "open-cells-union",
            "open-cells-none-finite",
            "open-cells-lower",
            "open-cells-interval",
            "importance-upper",
            "finite-population",
            "looks",
        ),
    }
)
