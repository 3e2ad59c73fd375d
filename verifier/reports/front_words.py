"""The questions that people ask in words made for them: pairs of inputs, fair and unfair."""

from __future__ import annotations

from verifier.jobs.fronts.recognised import Seen, recognised
from verifier.jobs.fronts.words import ASKED_ROBUST, FAIR, MONOTONE, ROBUST, Labels, alone_words
from verifier.model.certificate import Certificate
from verifier.model.question import ClassIs, Matter, Not
from verifier.model.verdict import NOWHERE, SOMEWHERE, Verdict
from verifier.reports import question_words
from verifier.reports.blocks import Section, Table, TableCell, Text
from verifier.reports.numbers import count_interval, digits, plural, whole
from verifier.reports.words import name, quote

MOST_SHOWN = 10
"""Pairs in the table of the report."""


def seen(matter: Matter) -> Seen | None:
    """The question as people ask it, by its form; None where it is no such question."""
    return None if matter.is_differ or matter.is_test else recognised(matter)


def seen_of(certificate: Certificate) -> Seen | None:
    """The same of a certificate, which records what was asked: of robust with all variables free
    its domain is any, and its formula that of any class."""
    matter, question = certificate.matter, certificate.question
    held = seen(matter)
    if held is not None or not isinstance(question, Not) or matter.domain.infinite:
        return held
    if not isinstance(question.inner, ClassIs) or len(matter.models) != 1:
        return None
    if not f"{certificate.command} ".startswith((f"{ASKED_ROBUST} ", "leafproof ask robust ")):
        return None
    domain = matter.domain
    return Seen(ROBUST, "", lambda at: (domain.labels(at),), klass=question.inner.klass)


def badge(held: Seen, verdict: Verdict) -> str:
    """The answer in a word: ``fair``, ``unfair``; that of the verdict where it is undecided."""
    if verdict.verdict not in (NOWHERE, SOMEWHERE):
        return verdict.verdict
    good = held.kind
    if verdict.verdict == NOWHERE:
        return good
    return "unfair" if good == FAIR else f"not {good}"


def all_words(held: Seen, count: int) -> str:
    """``21,900,000 pairs of inputs that differ in "sex" alone``."""
    if held.kind == FAIR:
        noun = plural(count, "pair")
        features = alone_words([quote(x) for x in (held.feature, *held.more)])
        return f"{noun} of inputs that differ in {features}"
    if held.kind == MONOTONE:
        return f"{plural(count, 'input')} with a next value of {quote(held.feature)}"
    if not held.flips:
        return f"{plural(count, 'input')} of the domain, all of which are near"
    many = plural(held.flips, "variable")
    return f"{plural(count, 'input')} that differ from the point in at most {many}"


def so_words(held: Seen, matter: Matter) -> str:
    """What is looked for: ``the classes differ``."""
    if held.kind == FAIR:
        return "the classes differ"
    if held.kind == MONOTONE:
        way = "falls" if held.falls else "rises"
        return f"the class {way} where {quote(held.feature)} alone goes up one step"
    klass = question_words.class_words(matter.models[0], held.klass)
    return f"the class is another than {klass}, the point's,"


def looked_for(matter: Matter) -> str:
    """The same of any question: in the words of its formula, where people ask no such question."""
    held = seen(matter)
    if held is None:
        return question_words.words(matter.models, matter.question)
    return so_words(held, matter)


def sentence(held: Seen, certificate: Certificate, verdict: Verdict) -> str:
    """The answer in one short sentence, for the command's first line."""
    what = so_words(held, certificate.matter)
    among = all_words(held, verdict.domain_size)
    low, high = verdict.disagreements
    if verdict.verdict == NOWHERE:
        among = f"none of the {among}" if verdict.domain_size > 1 else "no input: only one is near"
        return f"{what} at {among}."
    if low == high:
        return f"{what} at exactly {whole(low)} of the {among}."
    if verdict.verdict == SOMEWHERE:
        return f"{what} at {whole(low)} to {whole(high)} of the {among}."
    return f"{what} at most at {whole(high)} of the {among}; none has been found."


def headline(
    held: Seen, certificate: Certificate, verdict: Verdict, chance: str, given: str, unless: str
) -> str:
    """The answer in one sentence; ``given`` and ``unless`` are what it rests on."""
    what = so_words(held, certificate.matter)
    among = all_words(held, verdict.domain_size)
    if verdict.verdict == NOWHERE:
        lead = "At" if given else "Proved: at"
        return f"{lead} none of the {among} it is so that {what}.{unless}"
    if verdict.verdict == SOMEWHERE:
        count = count_interval(verdict.disagreements)
        return f"At {count} of the {among} {what}: {chance}.{unless}"
    most = whole(verdict.disagreements[1])
    return (
        f"Undecided whether at any of the {among} {what}: none was found, and none is excluded at "
        f"{most} of them: {chance}.{unless}"
    )


def section(held: Seen, c: Certificate, verdict: Verdict) -> tuple[Section, ...]:
    """The witnesses as the inputs that are compared: two rows each, with the classes."""
    found = verdict.counterexamples[:MOST_SHOWN]
    if not found or len(held.sides(found[0].point)) < 2:  # the point is not recorded
        return ()
    names = list(held.sides(found[0].point)[0])
    rows: list[tuple[TableCell, ...]] = []
    for number, one in enumerate(found, 1):
        sides = held.sides(one.point)
        # of robust: the point itself has the class that is asked about
        classes = (held.klass, *one.classes) if len(one.classes) == 1 else one.classes
        for j, (inputs, klass) in enumerate(zip(sides, classes, strict=True)):
            model = c.models[min(j, len(c.models) - 1)]
            rows.append(
                (
                    TableCell(digits(number) if not j else ""),
                    *(TableCell(name(inputs[x]), mark=_moves(sides, x)) for x in names),
                    TableCell(question_words.class_words(model, klass)),
                )
            )
    head = ("", *map(name, names), "class")
    lead = "Each is the two inputs that are compared, evaluated exactly; marked is what changes."
    table = Table("Witnesses as inputs", head, tuple(rows))
    return (Section("inputs", "Witnesses as inputs", (Text(lead), table)),)


def _moves(sides: tuple[Labels, ...], variable: str) -> bool:
    return len({inputs[variable] for inputs in sides}) > 1
