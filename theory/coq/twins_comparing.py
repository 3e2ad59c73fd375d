"""Twins about planned tests, two students, shared-out draws and unseen leaves: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

DRAWS_IN = "{T} (D : list (T * R)) (B : T -> bool)"
PAIR = "{T} (D : list (T * R)) (first second : T -> bool)"

COMPARED = (
    Twin(
        "pass-probability",
        "Comparing",
        DRAWS_IN,
        ("distribution D", "pr D B = p"),
        {
            "Pr(K <= k)": "pr (power D n) (fun s => (hits B s <=? k)%nat)",
            "BinomialCDF(k, n, epsilon)": "binomial_cdf k n epsilon",
        },
        """
intros. now apply Comparing.pass_probability.
""",
    ),
    Twin(
        "paired-sign",
        "Comparing",
        PAIR,
        (
            "distribution D",
            "pr D first >= pr D second",
            "0 < pr D (one_wrong first second)",
        ),
        {
            "Pr(draws on which the first student is wrong <= k)": (
                "pr (power (given D (one_wrong first second)) n)"
                " (fun s => (hits first s <=? k)%nat)"
            ),
            "BinomialCDF(k, n, 1/2)": "binomial_cdf k n (1 / 2)",
        },
        """
intros. now apply Comparing.paired_sign.
""",
    ),
    Twin(
        "paired-difference",
        "Comparing",
        f"{PAIR} (U : nat -> R)",
        (
            "distribution D",
            "is_clopper_pearson n (delta / 2) U",
            "pr D first - pr D second = e",
        ),
        {
            "Pr(e > ClopperPearson(n - draws on which only the second is wrong, n, delta/2)"
            " + ClopperPearson(draws on which only the first is wrong, n, delta/2) - 1)": (
                "pr (power D n) (fun s => less (U (n - hits (only_second first second) s)%nat"
                " + U (hits (only_first first second) s) - 1) e)"
            )
        },
        """
intros. now apply Comparing.paired_difference.
""",
    ),
    Twin(
        "two-sample-difference",
        "Comparing",
        "{T} (D : list (T * R)) (both : list ((list T * list T) * R)) (first second : T -> bool)"
        " (U V : nat -> R)",
        (
            "distribution D",
            "distribution both",
            "(forall A, pr both (fun s => A (fst s)) = pr (power D n) A)",
            "(forall A, pr both (fun s => A (snd s)) = pr (power D m) A)",
            "is_clopper_pearson n (delta / 2) U",
            "is_clopper_pearson m (delta / 2) V",
            "pr D first - pr D second = e",
        ),
        {
            "Pr(e > ClopperPearson(m - disagreements of the second student, m, delta/2)"
            " + ClopperPearson(disagreements of the first student, n, delta/2) - 1)": (
                "pr both (fun s => less (V (m - hits second (snd s))%nat"
                " + U (hits first (fst s)) - 1) e)"
            )
        },
        """
intros. now apply (Comparing.two_sample_difference D both first second n m).
""",
    ),
    Twin(
        "finite-pass-probability",
        "Finite",
        "{T} (l : list T) (bad : T -> bool)",
        ("length l = size", "hits bad l = B"),
        {
            "Pr(K <= k)": "pr (draws n l) (fun s => (hits bad s <=? k)%nat)",
            "HypergeometricCDF(k, N, b, n)": "hypergeometric_cdf k size b n",
        },
        """
intros <- <- one drawn few inside.
destruct (Finite.finite_pass_probability l bad b k n) as [A C]; try now apply INR_le.
split; intros H; [apply A|apply C]; apply INR_le; [now apply Rge_le|assumption].
""",
    ),
    Twin(
        "inverse-sampling",
        "Waiting",
        f"{DRAWS_IN} (U : nat -> nat -> R)",
        ("distribution D", "(forall i, is_clopper_pearson i delta (U i))", "pr D B = p"),
        {
            "Pr(p > ClopperPearson(k - 1, draws up to the k-th disagreement - 1, delta))": (
                "pr (power D L) (fun s => less (U (until B k s - 1)%nat (k - 1)%nat) p)"
            )
        },
        """
intros law cp is one. intros. destruct k as [|k]; [lia|].
replace (S k - 1)%nat with k by lia. now apply Waiting.inverse_sampling.
""",
    ),
    Twin(
        "selective-risk",
        "Waiting",
        "{T} (D : list (T * R)) (answered wrong : T -> bool) (U : nat -> nat -> R)",
        (
            "distribution D",
            "0 < pr D answered",
            "(forall i, is_clopper_pearson i delta (U i))",
            "pr (given D answered) wrong = p",
        ),
        {
            "Pr(p > ClopperPearson(answers that are wrong, "
            "draws that the student answers, delta))": (
                "pr (power D n) (fun s => less (U (hits answered s)"
                " (hits (fun y => answered y && wrong y)%bool s)) p)"
            )
        },
        """
intros. now apply Waiting.selective_risk.
""",
    ),
    Twin(
        "neyman-allocation",
        "Allotting",
        "{C} (cells : list C) (mass deviation draws : C -> R)",
        ("(forall c, In c cells -> 0 < draws c)", "sum draws cells = INR n"),
        {
            "variance of the stratified estimate": (
                "sum (fun c => mass c ^ 2 * deviation c ^ 2 / draws c) cells"
            ),
            "Sum(s[j]*w[j], (j, 1, m))": "sum (fun c => mass c * deviation c) cells",
        },
        """
intros. now apply Allotting.neyman.
""",
    ),
    Twin(
        "unseen-mass",
        "Allotting",
        "{T} (D : list (T * R)) (leaves : list (T -> bool))",
        ("distribution D", "length leaves = s"),
        {"mean probability of the leaves without a sample": "unseen D leaves n"},
        """
intros law <- _ one. rewrite (Rplus_comm 1). eapply Rle_trans; [now apply Allotting.unseen_mass|].
right. unfold Rdiv. ring.
""",
    ),
    Twin(
        "estimate-samples",
        "Several",
        DRAWS_IN,
        ("distribution D", "pr D B = p"),
        {
            "Pr(Abs(p - Average(disagrees, n)) >= epsilon)": (
                "pr (power D n) (fun s => at_most epsilon (Rabs (INR (hits B s) / INR n - p)))"
            )
        },
        """
intros law <- e d one _ H. apply Several.estimate_samples; try assumption; lra.
""",
    ),
    Twin(
        "multiplicative-chernoff-above",
        "Relative",
        DRAWS_IN,
        ("distribution D", "pr D B = p"),
        {
            "Pr(Average(disagrees, n) >= p*(a + 1))": (
                "pr (power D n) (fun s => at_most (p * (a + 1)) (INR (hits B s) / INR n))"
            )
        },
        """
intros law <- pos one a0. rewrite (Rmult_comm _ (a + 1)), (Rplus_comm a).
eapply Rle_trans; [now apply Relative.multiplicative_chernoff_above|].
right. f_equal. field. lra.
""",
    ),
    Twin(
        "multiplicative-chernoff-below",
        "Relative",
        DRAWS_IN,
        ("distribution D", "pr D B = p"),
        {
            "Pr(Average(disagrees, n) <= p*(1 - a))": (
                "pr (power D n) (fun s => at_most (INR (hits B s) / INR n) (p * (1 - a)))"
            )
        },
        """
intros law <- pos one a0. rewrite (Rmult_comm _ (1 - a)).
eapply Rle_trans; [now apply Relative.multiplicative_chernoff_below|].
right. f_equal. field.
""",
    ),
    Twin(
        "relative-estimate-samples",
        "Relative",
        DRAWS_IN,
        ("distribution D", "pr D B = p"),
        {
            "Pr(Abs(p - Average(disagrees, n)) >= a*p)": (
                "pr (power D n) (fun s => at_most (a * p) (Rabs (p - INR (hits B s) / INR n)))"
            )
        },
        """
intros law <- A L d one _ [P enough].
rewrite (Rmult_comm q) in enough.
apply (Relative.relative_estimate_samples D B law a q); try assumption; lra.
""",
    ),
    Twin(
        "pinsker",
        "Relative",
        "",
        (),
        {"Abs(p - q)": "Rabs (p - q)"},
        """
intros l Q P H. replace (sqrt 2 * sqrt L / 2) with (sqrt (L / 2)); [now apply Relative.pinsker|].
rewrite sqrt_div_alt by lra. pose proof (sqrt_sqrt 2 ltac:(lra)) as S.
pose proof (sqrt_lt_R0 2 ltac:(lra)) as T. apply Rmult_eq_reg_r with (sqrt 2); [|lra].
replace (sqrt 2 * sqrt L / 2 * sqrt 2) with (sqrt 2 * sqrt 2 * (sqrt L / 2)) by (unfold Rdiv; ring).
rewrite S. field. lra.
""",
    ),
    Twin(
        "bretagnolle-huber",
        "Relative",
        "",
        (),
        {"Abs(p - q)": "Rabs (p - q)"},
        """
intros l Q P H. now apply Relative.bretagnolle_huber.
""",
    ),
    Twin(
        "several-tests",
        "Several",
        "{T G} (D : list (T * R)) (tests : list G) (fails : G -> T -> bool)",
        ("distribution D", "length tests = m", "(forall g, pr D (fails g) <= alpha)"),
        {
            "Pr(Some(g, True, a test fails(g)))": "pr D (Axioms.some tests (fun _ => true) fails)",
        },
        """
intros. eapply Several.several_tests; try eassumption; lra.
""",
    ),
    Twin(
        "growth-function",
        "Several",
        "{T G} (class : list G) (says : G -> T -> bool) (xs : list T)",
        ("Patterns.vc_at_most class says v", "length xs = n"),
        {
            "growth(n)": "INR (Patterns.patterns class says xs)",
            "Sum(binomial(n, i), (i, 0, v))": "sum (fun j => INR (choose n j)) (seq 0 (S v))",
        },
        """
intros. now apply Several.sauer_shelah.
""",
    ),
)
