"""Twins about planned tests, two students, shared-out draws and unseen leaves: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

PAIR = "{T} (D : list (T * R)) (first second : T -> bool)"

COMPARED = (
    Twin(
        "pass-probability",
        "Comparing",
        "{T} (D : list (T * R)) (B : T -> bool)",
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
)
