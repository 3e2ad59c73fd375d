"""Twins about trees, guesses, draws that meet and events of which some happens: see `twins`."""

from __future__ import annotations

from theory.coq.translation import Twin

BITS = "(D : list ((nat -> bool) * R)) (f : (nat -> bool) -> bool) (g : bit_tree)"
FAIR = (
    "distribution D",
    "fair_bits d D",
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
        (*FAIR, "once g", "below d g"),
        {
            "leaves of the tree": "INR (bit_leaves g)",
            "2**(I - 2*d*epsilon)": "Rpower 2 (index - 2 * INR d * epsilon)",
        },
        """
intros law fair total <- path few _ _ _. apply Rle_ge.
apply Rle_trans with (2 := Influences.influence_leaves D d law fair f g path few).
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
            "fair_bits d D",
            "once g",
            "below d g",
            "(forall i, (i < d)%nat -> pr D (changes (value g) i) <= M)",
            "pr D (value g) = p",
        ),
        {"average depth of the tree": "average_depth D g"},
        """
intros law fair path few low <- _ [some _] _. apply Rle_ge.
pose proof (Depth.osss D d law fair g M path few low) as H. cbn zeta in H.
apply Rmult_le_reg_l with M; [assumption|]. eapply Rle_trans; [|exact H]. right. field. lra.
""",
    ),
    Twin(
        "tree-depth-monotone",
        "Depth",
        "(D : list ((nat -> bool) * R)) (g : bit_tree) (d : nat)",
        (
            "distribution D",
            "fair_bits d D",
            "once g",
            "below d g",
            "(forall i, (i < d)%nat -> rises (value g) i)",
            "total_influence D (value g) d >= index",
        ),
        {"average depth of the tree": "average_depth D g"},
        """
intros law fair path few up total some. apply Rle_ge.
eapply Rle_trans; [|exact (Depth.monotone_depth D d law fair g path few up)].
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
        "tree-depth-degree",
        "Degree",
        "(D : list ((nat -> bool) * R)) (g : bit_tree) (bits : list nat) (d : nat)",
        (
            "distribution D",
            "fair_bits d D",
            "NoDup bits",
            "(forall i, In i bits -> (i < d)%nat)",
            "length bits = k",
            "Minimax.mean (fun x => sign (value g x) * parity bits x) D <> 0",
        ),
        {"depth of the tree": "INR (bit_depth g)"},
        """
intros _ fair apart few <- some. apply Rle_ge, le_INR. now apply (Degree.depth_degree D d fair).
""",
    ),
    Twin(
        "heavy-coefficients",
        "Rank",
        "(d : nat) (f : list bool -> R) (sets : list (list bool))",
        (
            "NoDup sets",
            "(forall s, In s sets -> length s = d /\\ theta <= Rabs (spectrum d f s))",
            "mean_square d f <= 1",
        ),
        {"Members(S, large coefficient(S))": "INR (length sets)"},
        """
intros apart large one [pos _]. apply (Rank.heavy_coefficients d f sets theta); try assumption.
- intros s I. now apply Rank.cube_spec, large.
- intros s I. now apply large.
""",
    ),
    Twin(
        "gap-polynomials",
        "Gap",
        "(h : list bool -> bool)",
        ("polynomial d k h",),
        {"P[h != 0]": "pr (uniform d) h"},
        """
intros low _. unfold Rdiv. rewrite Rmult_1_l. now apply Gap.gap_polynomials.
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
