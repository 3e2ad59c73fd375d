"""A tree that tells where it is so, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.formats.drawing import draw_text
from verifier.jobs.fronts.shares import MOST_SECONDS
from verifier.jobs.fronts.where import Where, measured, without_tree
from verifier.jobs.fronts.words import FAIR
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.verdict import Verdict
from verifier.reports import fair_shares, front_words
from verifier.reports.blocks import Code, Facts, Section, Text
from verifier.reports.numbers import decimal_first, interval

SMALLEST = (
    "no tree within so many leaves is wrong less often, and none as right is smaller (all were "
    "gone through; the certificate does not say so)"
)
GROWN = "it is the best tree that was found: another may be smaller, or wrong less often"
NEVER_WRONG = "another that is never wrong may be smaller: this is the best that was found"


def lines(where: Where, domain: Domain) -> Iterator[tuple[str, str]]:
    """A name and a text each: what is proved of the tree, then the tree."""
    inside, caught = interval(where.inside, decimal_first), interval(where.caught, decimal_first)
    yield "where", f"in the part that the tree below calls 1: a share of {inside} of all, proved"
    yield "", f"so inside it: {caught}; so outside: {interval(where.missed, decimal_first)}"
    yield "", f"the tree is wrong with probability {interval(where.wrong, decimal_first)}"
    found = NEVER_WRONG if not where.wrong[1] else GROWN
    yield "", SMALLEST if where.smallest else found
    for line in draw_text(where.tree, domain).splitlines():
        yield "", line


def section(c: Certificate, verdict: Verdict) -> tuple[Section, ...]:
    """Of a certificate about a tree that tells where something is so: the tree, what is proved of
    it, and of fairness the shares by group."""
    about = without_tree(c.matter)
    if about is None or verdict.untrusted or verdict.trust:
        return ()
    if verdict.checked.seconds > MOST_SECONDS:
        return ()
    told, held = measured(c, b"", verdict.error), front_words.seen(about)
    is_fair = held is not None and held.kind == FAIR
    inside, caught, missed, wrong = (
        interval(x, decimal_first) for x in (told.inside, told.caught, told.missed, told.wrong)
    )
    lead = (
        f"The tree answers 1 where it is likely that {front_words.looked_for(about)}. How good it "
        "is at that is proved, by the steps of the same proof; that there is no better one is not."
    )
    facts = Facts(
        (
            ("Where it answers 1", f"{inside} of all"),
            ("So inside that part", caught),
            ("So outside of it", missed),
            ("The tree is wrong", f"with probability {wrong}"),
        )
    )
    title = "Where it is unfair" if is_fair else "Where it is so"
    found = Section("where", title, (Text(lead), facts, Code(draw_text(told.tree, c.domain))))
    if not is_fair:
        return (found,)
    own = replace(
        c,
        models=about.models,
        question=about.question,
        counterexamples=(),
        claim=None,
        sample=None,
        rows=None,
    )
    return (found, *fair_shares.section(own, verdict))
