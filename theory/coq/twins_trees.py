"""Twins about trees, guesses, draws that meet and events of which some happens: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

BITS = "(D : list ((nat -> bool) * R)) (f : (nat -> bool) -> bool) (g : bit_tree)"
FAIR = (
    "distribution D",
    "(forall i E, pr D (fun x => E (flip_bit i x)) = pr D E)",
    "total_influence D f d >= index",
    "pr D (misses f g) = epsilon",
)

TREES = (
    Twin(
        "tree-depth-influence",
        "Influences",
        BITS,
        FAIR,
        {"average depth of the tree": "average_depth D g"},
        """
intros law fair total <- _ _ _. pose proof (Influences.influence_depth D f g d law fair). lra.
""",
    ),
    Twin(
        "tree-leaves-influence",
        "Influences",
        BITS,
        (*FAIR, "once g"),
        {
            "leaves of the tree": "INR (bit_leaves g)",
            "2**(I - 2*d*epsilon)": "Rpower 2 (index - 2 * INR d * epsilon)",
        },
        """
intros law fair total <- path _ _ _. apply Rle_ge.
apply Rle_trans with (2 := Influences.influence_leaves D law fair f g d path).
apply Rle_Rpower; lra.
""",
    ),
    Twin(
        "poincare",
        "Influences",
        "(f : list bool -> bool)",
        ("pr (power fair_coin m) f = p",),
        {"Sum(a[j], (j, 1, m))": "sum (influence m f) (seq 0 m)"},
        """
intros <- _ _. apply Rle_ge, Influences.poincare.
""",
    ),
    Twin(
        "tree-rank-leaves",
        "Influences",
        "(g : bit_tree)",
        ("rank g = r",),
        {"fewest leaves of rank(r)": "INR (bit_leaves g)"},
        """
intros <-. pose proof (le_INR _ _ (Influences.rank_leaves g)) as H.
rewrite pow_INR in H. cbn [INR] in H. now apply Rle_ge.
""",
    ),
    Twin(
        "fano",
        "Guessing",
        "{V X} (things : list V) (messages : list X) (chance : V -> X -> R) (guess : X -> V)"
        " (same : V -> V -> bool)",
        (
            "(forall v, In v things -> (forall x, In x messages -> 0 <= chance v x)"
            " /\\ sum (chance v) messages = 1)",
            "(forall x, In x messages ->"
            " length (filter (fun v => same v (guess x)) things) = 1%nat)",
            "length things = size",
            "information things messages chance <= index",
        ),
        {"Pr(the guess is wrong)": "(1 - right things messages chance guess same)"},
        """
intros laws one many told _ two. subst size. apply Rle_ge.
eapply Rle_trans; [|now apply Guessing.fano].
assert (L : 0 < ln (INR (length things))).
{ rewrite <- ln_1. apply ln_increasing; [lra|]. apply (le_INR 2) in two. cbn [INR] in two. lra. }
unfold Rdiv. apply Rplus_le_compat_l, Ropp_le_contravar, Rmult_le_compat_r; [|lra].
left. now apply Rinv_0_lt_compat.
""",
    ),
    Twin(
        "birthday",
        "Meetings",
        "{T} (D : list (T * R)) (same : T -> T -> bool)",
        ("distribution D", "(forall t, pr D (same t) <= p)"),
        {"two of the draws meet(n)": "pr (power D n) (meet same)"},
        """
intros law likeliest _ _. pose proof (Meetings.birthday D same p law likeliest n). lra.
""",
    ),
    Twin(
        "gilbert-varshamov",
        "Meetings",
        "(code : list (list bool))",
        (
            "(forall c, In c code -> length c = d)",
            "(forall w, In w (words d) -> exists c, In c code /\\ (differing c w < r)%nat)",
        ),
        {
            "words of a largest code": "INR (length code)",
            "Sum(binomial(d, i), (i, 0, r - 1))": "sum (fun i => INR (choose d i)) (seq 0 r)",
        },
        """
intros long full _ some. apply Rle_ge. now apply Meetings.gilbert_varshamov.
""",
    ),
    Twin(
        "bonferroni-pairs",
        "Meetings",
        "{T} (D : list (T * R)) (events : list (T -> bool))",
        ("distribution D", "sum (pr D) events = s", "pair_sum D events <= t"),
        {"Pr(events that happen >= 1)": "pr D (fun x => (1 <=? happen events x)%nat)"},
        """
intros law <- few _ _. pose proof (Meetings.bonferroni D events law). lra.
""",
    ),
)
