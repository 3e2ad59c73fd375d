"""The reports: what they say, in which order, and that nothing unproved is called proved."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest

from tests import brute
from tests.reports import cases
from verifier.certificate import kernel
from verifier.certificate.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.certificate.rules import tail_bound
from verifier.domain import Domain, bits, full_cell, one_hot, ordinal
from verifier.reports import FORMATS, render
from verifier.reports.counterexamples import nearest_agreement
from verifier.reports.evidence import gather
from verifier.reports.leaves import Shown, counts_trust, leaf_facts, leaf_of
from verifier.reports.report import compose
from verifier.reports.tree_view import frontier, layout, outline, subject
from verifier.reports.verdict_words import headline
from verifier.teacher import Affine, Relu, Teacher
from verifier.tree import Inner, Leaf, Tree, bind

SECONDS = {"load": 0.125, "prove": 2.5}
VOID = {"meta", "link", "br"}
ORDER = (
    "What this is about",
    "How far apart they can be",
    "The tree, leaf by leaf",
    "Counterexamples",
    "What sampling would need",
    "The proof",
    "Float32",
    "Notes from loading",
    "Hashes",
    "Times and versions",
    "Check it again",
)


class Page(HTMLParser):
    """The structure of a page; fails on unbalanced tags."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.targets, self.text, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.targets.append(found["href"][1:])
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if not self.stack or self.stack[-1] not in ("style", "script"):
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def page(made, **kwargs):
    return Page(render(*made, format="html", seconds=SECONDS, **kwargs))


@pytest.fixture(scope="module")
def good():
    return cases.good()


@pytest.fixture(scope="module")
def bad():
    return cases.bad()


def in_order(text, parts):
    at = -1
    for part in parts:
        at = text.find(part, at + 1)
        assert at >= 0, f"{part!r} is missing or out of order"


@pytest.mark.parametrize("format", FORMATS)
def test_all_formats_say_the_same_in_the_same_order(bad, format):
    report = compose(*bad, SECONDS)
    text = render(*bad, format=format, seconds=SECONDS)
    assert tuple(s.title for s in report.sections) == ORDER
    marks = {"html": ("<h2", ">{}</h2>"), "md": ("", "## {}\n"), "tex": ("", "\\section*{{{}}}")}
    in_order(text, [marks[format][1].format(title) for title in ORDER])
    for fact in ("36 of the 432", "octagon", "2,062", "load", "2.500 s", "Sigmoid", "0b0b0b0b"):
        assert fact in text.replace(r"\allowbreak{}", "")


def test_unknown_formats_are_refused(good):
    with pytest.raises(KeyError):
        render(*good, format="pdf", seconds={})


def test_equivalence_is_said_in_one_sentence(good):
    shown = page(good)
    in_order(
        shown.words,
        [
            "Equivalent",
            "Proved: the tree and the network give the same class at every one of the 432 points "
            "of the domain.",
            "432 = 2² · 3³ · 4 points",
            "no solver and no prover",
            "exactly 0",
            "6 leaves: the kernel proved by bounds",
            "1 leaf: the kernel evaluated the network exactly",
        ],
    )
    assert "differs" not in shown.words.split("Counterexamples")[0].split("leaf by leaf")[1]


def test_the_page_is_well_formed_self_contained_and_linked(bad):
    text = render(*bad, format="html", seconds=SECONDS)
    shown = Page(text)
    assert len(shown.ids) == len(set(shown.ids))
    assert set(shown.targets) <= set(shown.ids)
    for tag, attrs in shown.tags:
        assert not {"src", "srcset", "action", "data-src"} & set(attrs)
        assert not attrs.get("href", "#").startswith(("http", "//", "file"))
        assert tag not in {"iframe", "object", "embed", "img", "form", "base"}
        assert not [k for k in attrs if k.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    heads = [tag for tag, _ in shown.tags if tag in ("h1", "h2", "h3")]
    assert heads == ["h1"] + ["h2"] * len(ORDER)


def test_reports_depend_on_nothing_but_their_input(bad):
    for format in FORMATS:
        once, again = (render(*bad, format=format, seconds=SECONDS) for _ in range(2))
        assert once == again


def test_every_leaf_opens_its_proof(bad):
    shown = page(bad)
    _certificate, verdict = bad
    for node in verdict.leaves:
        assert f"leaf-{node}" in shown.ids
    assert "head = octagon, jacket is not red" in shown.words


def test_leaf_statuses_tell_the_weakest_thing_known():
    domain = bits(3)
    teacher = cases.sum_teacher(3, -0.5)
    tree = cases.grown((0, (1, 0, 1), (2, 1, 1)))
    proof = (
        Split(0, 1),
        Split(1, 1),
        Enumerated(),
        Open(),
        Split(2, 1),
        Constant(1),
        Trusted(1, "q"),
    )
    _certificate, verdict = cases.certified(domain, teacher, tree, proof)
    shown = [f.shown for f in leaf_facts(bind(tree, domain), verdict).values()]
    assert shown == [Shown.DIFFERS, Shown.OPEN, Shown.PROVED, Shown.PROVED]
    assert not verdict.trusted  # the kernel closed that cell itself


def test_a_leaf_that_no_point_reaches_is_shown_as_empty():
    tree = cases.grown((0, (0, 0, 1), 1))
    made = cases.certified(bits(2), cases.sum_teacher(2, 0.5), tree, (Constant(1),))
    facts = leaf_facts(bind(tree, made[0].domain), made[1])
    assert [f.shown for f in facts.values()] == [Shown.DIFFERS, Shown.EMPTY, Shown.PROVED]
    assert "never" in page(made).words


HARD = bits(20)


def hard_teacher():
    rng = np.random.default_rng(0)
    return Teacher(20, (Affine(0, rng.normal(size=(3, 20)), np.zeros(3)),))


def trusted(trust):
    tree = cases.grown((0, 0, 1))
    proof = (Split(3, 1), Trusted(1, "z3"), Trusted(1, "solver <b>"))
    return cases.certified(HARD, hard_teacher(), tree, proof, trust=trust)


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_solver_said_is_never_called_proved(format):
    made = trusted(True)
    assert counts_trust(made[1])
    report = compose(*made, {})
    assert report.badge == "Different, on trust"
    assert "This holds if" in report.headline
    assert "z3 is right about 1 cell" in report.headline
    assert not report.firm
    text = render(*made, format=format, seconds={}).replace(r"\allowbreak{}", "")
    assert "not proved by the kernel: " in text.replace("\n", " ")
    assert "Proved:" not in text
    facts = leaf_facts(bind(made[0].tree, HARD), made[1])
    assert {f.shown for f in facts.values()} == {Shown.TRUSTED}


def test_without_trust_such_points_are_open():
    made = trusted(False)
    assert made[1].verdict == "undecided"
    assert not counts_trust(made[1])
    report = compose(*made, {})
    assert report.badge == "Undecided"
    assert "holds if" not in report.headline
    facts = leaf_facts(bind(made[0].tree, HARD), made[1])
    assert {f.shown for f in facts.values()} == {Shown.OPEN}
    assert "trusted, not counted" in page(made).words


@pytest.mark.parametrize("seed", range(40))
def test_trust_is_read_off_the_verdict(seed):
    rng = np.random.default_rng(seed)
    tree = cases.full_tree(HARD, int(rng.integers(1, 4)), 3, seed)
    proof = [Split(int(rng.integers(20)), 1)]
    proof += [
        Trusted(int(rng.integers(3)), "z3") if rng.random() < 0.7 else Open() for _ in range(2)
    ]
    for trust in (True, False):
        verdict = kernel.verify(HARD, hard_teacher(), tree, proof, trust=trust)
        if verdict.trusted:
            assert counts_trust(verdict) == trust


def test_open_and_tail_verdicts_are_called_undecided():
    domain, teacher = bits(40), cases.sum_teacher(40, -8)
    bound = tail_bound(kernel.prepare(teacher, domain), full_cell(domain), 1)
    made = cases.certified(domain, teacher, Tree((Leaf(1),)), (Tail(1, bound),))
    words = page(made).words
    assert "no disagreement is known, and none is excluded at any of the 1,099,511,627,776" in words
    assert "a disagreement probability of at most" in words
    assert "class 1, tail" in words


def test_huge_domains_keep_every_digit():
    domain, teacher = cases.wide(100)
    tree = cases.grown((0, 1, 0))
    made = cases.certified(domain, teacher, tree, (Constant(1),))
    assert "at 633,825,300,114,114,700,748,351,602,688 of the 2¹⁰⁰ points" in made_headline(made)
    words = page(made).words
    assert "1,267,650,600,228,229,401,496,703,205,376 = 2¹⁰⁰ points" in words
    # the number of tests that would notice one point: ln(10^-9) / ln(1 - 2^-100), rounded up
    assert "26,269,860,376,894,278,828,978,711,159,260" in words


def made_headline(made):
    return headline(made[0].domain, made[1])


def test_thousands_of_digits_are_rounded_and_written_out_once():
    domain = Domain(tuple(ordinal(f"x{i}", range(60)) for i in range(2500)))
    tree = Tree((Inner(0, Fraction(59, 2), 1, 2), Leaf(1), Leaf(0)))
    made = cases.certified(domain, cases.sum_teacher(2500, 0.5), tree, (Constant(1),))
    text = render(*made, format="md", seconds={})
    assert "about 1.19425 × 10⁴⁴⁴⁵ of the 60²⁵⁰⁰ points" in made_headline(made)
    exact = cases_digits(30 * 60**2499)
    assert exact in text


def cases_digits(n):
    """Digits of an integer that ``str`` refuses, in two parts."""
    top, rest = divmod(n, 10**4000)
    return f"{top}{rest:04000d}"


def test_probability_zero_points_are_counted():
    domain = Domain((one_hot("a", ("x", "y"), (Fraction(1), Fraction(0))),))
    teacher = Teacher(2, (Affine(0, np.array([[1.0, -1.0]]), np.zeros(1)),))
    made = cases.certified(domain, teacher, Tree((Leaf(1),)), (Enumerated(),))
    assert made_headline(made) == (
        "The tree and the network differ at 1 of the 2 points of the domain: "
        "a disagreement probability of 0."
    )


def test_a_domain_of_one_point():
    domain = Domain((one_hot("only", ("value",)),))
    made = cases.certified(domain, cases.sum_teacher(1, 0.5), Tree((Leaf(1),)), (Constant(1),))
    assert "at the only point of the domain" in made_headline(made)
    assert "any point at all" not in page(made).words


def test_counterexamples_mark_what_the_tree_looked_at(bad):
    shown = page(bad)
    table = shown.words.split("Counterexamples", 2)[2]
    assert "head = round" in table  # the smallest change after which both agree
    marks = [tag for tag, _ in shown.tags if tag == "mark"]
    assert len(marks) == 2 * len(bad[1].counterexamples)  # head and jacket are on the path


@pytest.mark.parametrize("seed", range(10))
def test_the_nearest_agreement_is_nearest(seed):
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(one_hot(f"v{i}", "abc"[: 2 + i % 2]) for i in range(5)))
    teacher = Teacher(12, (Affine(0, rng.integers(-2, 3, (2, 12)).astype(float), np.zeros(2)),))
    tree = cases.full_tree(domain, 2, 2, seed)
    made = cases.certified(domain, teacher, tree, (Enumerated(),))
    s = subject(domain, tree, made[1])
    p = kernel.prepare(teacher, domain)
    wrong = every_disagreement(domain, teacher, tree)
    right = [x for x in full_cell(domain).points() if x not in wrong]
    for c in made[1].counterexamples:
        near = nearest_agreement(s, p, c.point)
        distance = min(sum(a != b for a, b in zip(c.point, x, strict=True)) for x in right)
        changed = list(c.point)
        for index, value in near.changes:
            changed[index] = value
        assert len(near.changes) == distance
        assert tuple(changed) in right


def every_disagreement(domain, teacher, tree):
    from tests.brute import truth

    return set(truth(domain, teacher, tree).wrong)


def test_agreement_nowhere_is_said():
    made = cases.certified(bits(2), cases.sum_teacher(2, 0.5), Tree((Leaf(0),)), (Enumerated(),))
    assert "they agree nowhere" in page(made).words


EVIL = (
    "<script>alert(1)</script>",
    "$\\input{secret}$",
    "a\u202eb",
    "x" * 10_000,
    "nul\x00bell\x07",
    "שלום",
    "{{ 7*7 }} {% raw %} << 7*7 >>",
    "`code` *b* | pipe [a](http://x.y)",
    '" onmouseover="alert(1)',
    "-->]]></style></script>",
    "",
)


def evil():
    labels = ("a<b>", "\\end{document}\u200f", "#1 & 50% ~^_", "y" * 10_000)
    domain = Domain(tuple(one_hot(n, labels) for n in EVIL))
    weight = np.random.default_rng(0).integers(-2, 3, size=(1, domain.columns)).astype(float)
    notes = ("<b>bold</b> \\write18{rm} \u202e", "- item\n# heading")
    teacher = Teacher(domain.columns, (Affine(0, weight, np.array([0.5])),), notes)
    tree = cases.full_tree(domain, 3)
    point = next(iter(full_cell(domain).points()))
    proof = (Split(0, 1), Open(), Open())
    differing = [point] if differs(domain, teacher, tree, point) else []
    return cases.certified(domain, teacher, tree, proof, differing, prover="<i>x\u202e</i>")


def differs(domain, teacher, tree, point):
    from verifier.teacher import exact_classes
    from verifier.tree import classify

    return exact_classes(teacher, domain, [point])[0] != classify(bind(tree, domain), point)


def test_names_are_escaped_in_html():
    text = render(*evil(), format="html", seconds={"<x>": 1.0})
    shown = Page(text)
    tags = {tag for tag, _ in shown.tags}
    assert "b" in tags  # the bars of the number line
    assert "i" in tags  # and their guides
    assert text.count("<script>") == 1
    assert "alert(1)</script>" not in text
    assert "<b>bold" not in text
    assert "<i>x" not in text
    assert not [a for _, a in shown.tags if "onmouseover" in a]
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "7*7" in text
    assert "49" not in shown.words.split("The proof")[0].split("Counterexamples")[1][:200]
    assert len(text) < 400_000


def test_names_are_escaped_in_markdown():
    text = render(*evil(), format="md", seconds={})
    assert "<" not in text
    assert "\u202e" not in text
    assert "[a](" not in text
    assert "\n# heading" not in text
    assert text.count("```") == 2 * 3


def balanced_tex(text):
    """Whether braces and environments of a LaTeX text balance."""
    import re

    plain = re.sub(r"\\[\\{}$&#%_]", "", text)
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    stack = []
    for kind, env in re.findall(r"\\(begin|end)\{([a-z*]+)\}", plain):
        if kind == "begin":
            stack.append(env)
        else:
            assert stack.pop() == env
    assert not stack


@pytest.mark.parametrize("make", [cases.good, cases.bad, evil, lambda: trusted(True)])
def test_latex_is_balanced_and_compiles(make, tmp_path):
    text = render(*make(), format="tex", seconds={"check": 1.0})
    balanced_tex(text)
    assert text.isascii()
    assert "\\input" not in text
    assert "\\write" not in text
    if shutil.which("pdflatex"):
        (tmp_path / "report.tex").write_text(text)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert (tmp_path / "report.pdf").stat().st_size > 10_000


def test_a_thousand_leaves_take_less_than_two_megabytes():
    domain = bits(14)
    tree = cases.full_tree(domain, 10)
    made = cases.certified(domain, cases.sum_teacher(14, -7), tree, (Enumerated(),))
    text = render(*made, format="html", seconds={})
    assert len(text.encode()) < 2_000_000
    shown = Page(text)
    assert sum(i.startswith("leaf-") for i in shown.ids) == 1024
    assert set(shown.targets) <= set(shown.ids)


def test_large_trees_are_summarised_with_what_is_wrong_first():
    domain, teacher = bits(30), cases.sum_teacher(30, 0.5)
    tree = cases.full_tree(domain, 13)
    right = tuple(Leaf(1) if isinstance(n, Leaf) else n for n in tree.nodes)
    at = next(i for i, n in enumerate(right) if isinstance(n, Leaf) and i > 9000)
    wrong = Tree((*right[:at], Leaf(0), *right[at + 1 :]))
    made = cases.certified(domain, teacher, wrong, (Constant(1),))
    text = render(*made, format="html", seconds={})
    shown = Page(text)
    assert len(text.encode()) < 2_000_000
    assert f"leaf-{at}" in shown.ids
    assert set(shown.targets) <= set(shown.ids)
    assert "the others summarised by subtree" in shown.words


def test_deep_trees_are_cut_where_browsers_stop_nesting():
    n = 600
    nodes = []
    for i in range(n):
        nodes += [Inner(i, cases.HALF, 2 * i + 1, 2 * i + 2), Leaf(1)]
    tree = Tree((*nodes, Leaf(1)))
    made = cases.certified(bits(n), cases.sum_teacher(n, 0.5), tree, (Constant(1),))
    shown = page(made)
    assert "subtree of 501 leaves" in shown.words


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_a_frontier_covers_every_leaf_once(bad, most):
    certificate, verdict = bad
    s = subject(certificate.domain, certificate.tree, verdict)
    ends = frontier(s, most)
    assert len(ends) == min(most, certificate.tree.leaves)
    assert sum(sum(s.tally[e].values()) for e in ends) == certificate.tree.leaves
    items = outline(s, ends, {})
    assert sum(i.leaf is not None or bool(i.text) for i in items) == len(ends)
    assert sum(i.closes for i in items) == sum(bool(i.question) for i in items)
    spots = layout(s, ends)
    assert sorted(x.x for x in spots if x.status != "test") == list(range(len(ends)))
    for spot in spots:
        below = [x.x for x in spots if x.parent is not None and spots[x.parent] is spot]
        assert not below or spot.x == sum(below) / 2


@pytest.mark.parametrize("seed", range(12))
def test_the_leaves_add_up_to_what_the_kernel_says_of_float32(seed):
    rng = np.random.default_rng(seed)
    domain = bits(5)
    scale = [1.0, 1e-3, 3e38][seed % 3]
    weight = rng.integers(-2, 3, size=(1, 5)) * scale + rng.normal(size=(1, 5)) * scale / 1e7
    teacher = Teacher(5, (Affine(0, weight, np.zeros(1)),))
    tree = cases.full_tree(domain, 2, 2, seed)
    proof = cases.closed(domain, teacher, tree)
    opened = tuple(Open() if isinstance(x, Enumerated) and seed % 2 else x for x in proof)
    made = cases.certified(domain, teacher, tree, opened)
    s = subject(domain, tree, made[1])
    found = gather(s, kernel.prepare(teacher, domain), opened)
    assert found is not None
    assert sum(x.shaky for x in found.leaves.values()) == made[1].float32.points_not_shown


@pytest.mark.parametrize("seed", range(12))
def test_margins_hold(seed):
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(one_hot(f"v{i}", "abc"[: 2 + i % 2]) for i in range(4)))
    outputs = int(rng.integers(1, 4))
    layers = (
        Affine(0, rng.normal(size=(4, domain.columns)), rng.normal(size=4)),
        Relu(1),
        Affine(2, rng.normal(size=(outputs, 4)), rng.normal(size=outputs)),
    )
    teacher = Teacher(domain.columns, layers)
    tree = cases.full_tree(domain, 2, max(2, outputs), seed)
    proof = cases.closed(domain, teacher, tree)
    made = cases.certified(domain, teacher, tree, proof)
    s = subject(domain, tree, made[1])
    found = gather(s, kernel.prepare(teacher, domain), proof)
    least = {}
    for point in full_cell(domain).points():
        row = brute.logits(teacher, domain.encode(point))
        ranked = sorted(row, reverse=True)
        gap = abs(row[0]) if len(row) == 1 else ranked[0] - ranked[1]
        leaf = leaf_of(s.bound, point)
        least[leaf] = min(gap, least.get(leaf, gap))
    assert set(least) == set(found.leaves)
    for leaf, held in found.leaves.items():
        assert 0 <= held.margin <= least[leaf]
        if set(held.cells) == {"enumerated"}:
            assert held.margin == least[leaf]


def test_a_proof_too_large_to_look_at_again_is_said_to_be():
    domain = bits(14)
    made = cases.certified(domain, cases.sum_teacher(14, -7), Tree((Leaf(0),)), (Enumerated(),))
    words = page(made).words
    assert "Margins are not listed: the proof is too large." in words
    assert "margin at least" not in words
