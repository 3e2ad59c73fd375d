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
        "tree-depth-largest-influence",
        "Depth",
        "(D : list ((nat -> bool) * R)) (g : bit_tree)",
        (
            "distribution D",
            "(forall i E, pr D (fun x => E (flip_bit i x)) = pr D E)",
            "once g",
            "(forall i, pr D (changes (value g) i) <= M)",
            "pr D (value g) = p",
        ),
        {"average depth of the tree": "average_depth D g"},
        """
intros law fair path few <- _ [some _]. apply Rle_ge.
pose proof (Depth.osss D law fair g M path few) as H. cbn zeta in H.
apply Rmult_le_reg_l with M; [assumption|]. eapply Rle_trans; [|exact H]. right. field. lra.
""",
    ),
    Twin(
        "tree-depth-monotone",
        "Depth",
        "(D : list ((nat -> bool) * R)) (g : bit_tree) (d : nat)",
        (
            "distribution D",
            "(forall i E, pr D (fun x => E (flip_bit i x)) = pr D E)",
            "once g",
            "(forall i, mentions g i = true -> (i < d)%nat)",
            "(forall i, (i < d)%nat -> rises (value g) i)",
            "total_influence D (value g) d >= index",
        ),
        {"average depth of the tree": "average_depth D g"},
        """
intros law fair path below up total some. apply Rle_ge.
eapply Rle_trans; [|exact (Depth.monotone_depth D law fair g d path below up)].
apply pow_incr. lra.
""",
    ),
    Twin(
        "tree-depth-certificates",
        "Depth",
        "(f : (nat -> bool) -> bool) (g : bit_tree) (y : nat -> bool)",
        (
            "certified f false a",
            "certified f true b",
            "(forall h n, (forall x, value h x = f x /\\ (asked_at h x <= n)%nat) ->"
            " (asked_at g y <= n)%nat)",
        ),
        {"depth of a shallowest tree(a)": "INR (asked_at g y)"},
        """
intros zero one shallow. rewrite <- mult_INR. apply le_INR.
destruct (Depth.depth_certificates a b f zero one) as [h H]. exact (shallow h _ H).
""",
    ),
    Twin(
        "tree-rank-leaves-upper",
        "Depth",
        "(g : bit_tree)",
        ("once g", "(forall i, mentions g i = true -> (i < d)%nat)", "rank g = r"),
        {
            "most leaves of rank(d, r)": "INR (bit_leaves g)",
            "Sum(binomial(d, i), (i, 0, r))": "sum (fun i => INR (choose d i)) (seq 0 (S r))",
        },
        """
intros path below <- _. now apply Depth.rank_leaves_row.
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
