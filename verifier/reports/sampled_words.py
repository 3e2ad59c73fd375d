"""The sampled remainder in words: always apart from what is proved, with its confidence."""

from __future__ import annotations

from fractions import Fraction

from verifier.jobs.sampling import tells_more
from verifier.model.sample import CELLS, PLAIN, Sample, Sampled
from verifier.model.verdict import Verdict
from verifier.reports.blocks import Facts, Section, Text
from verifier.reports.numbers import decimal, digits, interval, plural, scientific

NOTHING = "none: nothing was sampled, and no δ is needed"


def confidence(sampled: Sampled) -> str:
    """``1 − 10⁻⁹``; of a large δ the number itself."""
    if sampled.delta >= Fraction(1, 1000):
        return scientific(1 - sampled.delta, 4, -1)
    return f"1 − {scientific(sampled.delta, 3, 1)}"


def theorem(sampled: Sampled) -> str:
    """The theorem of the catalogue behind the interval."""
    return "open-cells-interval" if sampled.line is None else "betting-interval"


def ends(sampled: Sampled) -> str:
    """The interval, its ends rounded outwards."""
    return interval((sampled.lower, sampled.upper), decimal)


def figure(verdict: Verdict) -> tuple[str, str]:
    """The number beside the headline."""
    if verdict.sampled is None:
        return "δ, as nothing is sampled", "0"
    if not tells_more(verdict.sampled, verdict) or _is_wider(verdict.sampled, verdict):
        return (
            f"sampled, with confidence {confidence(verdict.sampled)} (use the proved one)",
            ends(verdict.sampled),
        )
    return f"sampled, with confidence {confidence(verdict.sampled)}", ends(verdict.sampled)


def _is_wider(held: Sampled, verdict: Verdict) -> bool:
    """Whether the sampled interval is wider than the proved one."""
    low, high = verdict.error
    return held.upper - held.lower > high - low


def to_use(verdict: Verdict) -> str:
    """What is to be used where the sample tells less than the proof; empty where it tells more.

    It speaks of both, so it holds no figure of either.
    """
    held = verdict.sampled
    if held is None:
        return ""
    low, high = verdict.error
    if not tells_more(held, verdict):
        return "the sample tells nothing that is not proved: use the proved interval"
    if not _is_wider(held, verdict):
        if low <= held.lower and held.upper <= high:
            return ""
        beyond = "lower" if held.lower < low else "upper"
        return f"the sample's {beyond} end is beyond the proved one, which holds as well"
    end = "lower" if held.lower > low else "upper"
    return (
        "the sampled interval is wider than the proved one: use the proved one (the sample's "
        f"{end} end alone tells more, at its confidence)"
    )


def _then(verdict: Verdict) -> str:
    """The same as a sentence that follows another."""
    said = to_use(verdict)
    return f" {said[0].upper()}{said[1:]}." if said else ""


def sentence(verdict: Verdict, of: str = "the probability of disagreement") -> str:
    """What the sample says, and whether that is to be used; empty where nothing was sampled."""
    return _told(verdict, of) + _then(verdict)


def _told(verdict: Verdict, of: str) -> str:
    held = verdict.sampled
    if held is None:
        return ""
    if held.line is not None:
        return (
            f"Sampled, not proved: with confidence {confidence(held)} {of} lies between "
            f"{decimal(held.lower, -1)} and {decimal(held.upper, 1)}. "
            f"{_lines(held)} {_were(held)} drawn from {_source(held)} and evaluated at all of "
            f"their values; it is so somewhere on {_count(held)}.{_compared(held)}"
        )
    seen = "none" if not held.seen else plural(held.seen, "one", "of them")
    open_ = " not decided, and" if held.method == CELLS else ""
    where = plural(held.draws, "point")
    return (
        f"Sampled, not proved: with confidence {confidence(held)} {of} lies between "
        f"{decimal(held.lower, -1)} and {decimal(held.upper, 1)}. "
        f"{where} {'was' if held.draws == 1 else 'were'} drawn from {_source(held)}, "
        f"and it is{open_} so at {seen}.{_unclear(held)}"
    )


def _lines(held: Sampled) -> str:
    """Lines along a variable, or patches: all combinations of some variables' values."""
    if held.patches:
        return f"{plural(held.draws, 'patch', 'patches')} of all values of {held.line}"
    return f"{plural(held.draws, 'line')} along {held.line}"


def _were(held: Sampled) -> str:
    return "was" if held.draws == 1 else "were"


def _source(held: Sampled) -> str:
    cells = {CELLS: "the cells that the proof leaves open in part", PLAIN: "the whole domain"}
    return cells.get(held.method, "what the proof leaves open")


def _count(held: Sampled) -> str:
    return f"{digits(held.seen)} of them" if held.seen else "none of them"


def _compared(held: Sampled) -> str:
    """Of lines that are compared with a forecast."""
    if not held.forecast:
        return ""
    return " Each is compared with a forecast that was fixed before, whose mean is counted exactly."


def _unclear(held: Sampled) -> str:
    """Of boxes for which neither was shown, where there are any."""
    if not held.undecided:
        return ""
    return (
        f" Of {digits(held.undecided)} more that was not shown either way: they count as true for "
        "the upper end, and as false for the lower one."
    )


def beside(verdict: Verdict, of: str = "the probability of disagreement") -> tuple[Text, ...]:
    """The sentence as a paragraph, where something was sampled."""
    said = sentence(verdict, of)
    return (Text(said, sampled=True),) if said else ()


def line(verdict: Verdict) -> str:
    """The same for the command, in a line."""
    held = verdict.sampled
    if held is None:
        return ""
    unclear = f", {digits(held.undecided)} not decided" if held.undecided else ""
    use = to_use(verdict)
    after = f"; {use}" if use else ""
    if held.line is not None:
        return (
            f"{ends(held)} with confidence {confidence(held)}, not proved "
            f"({_lines(held)} from {_source(held)}, "
            f"hits on {digits(held.seen)}){after}"
        )
    return (
        f"{ends(held)} with confidence {confidence(held)}, not proved "
        f"({plural(held.draws, 'draw')} from {_source(held)}, {plural(held.seen, 'hit')}{unclear})"
        f"{after}"
    )


def scope(verdict: Verdict) -> str:
    """What a page says of sampling among what it is about."""
    if verdict.sampled is None:
        return NOTHING
    return (
        "what the proof leaves open was sampled; what that tells stands apart, with its δ, and is "
        "no part of what is proved"
    )


def _ended(stated: Sample | None) -> list[tuple[str, str]]:
    """Of a sample that ended before all draws were made that its file plans."""
    if stated is None or stated.drawn is None:
        return []
    return [
        (
            "Ended early",
            f"up to {digits(stated.plan.draws)} were planned, and its time was over before; the "
            "interval holds wherever the draws end",
        )
    ]


def section(verdict: Verdict, stated: Sample | None = None) -> tuple[Section, ...]:
    """How the sample was drawn, as the file ``stated`` it; no section where there is none."""
    held = verdict.sampled
    if held is None:
        return ()
    if held.line is not None:
        assert held.share is not None
        drawn = [
            ("Drawn", f"{_lines(held)}, from {_source(held)}"),
            ("Seen", f"somewhere on {_count(held)}, evaluated exactly at all of their values"),
        ]
        if held.forecast:
            drawn.append(("Compared", "with a forecast, whose mean is counted exactly"))
        elif held.method != CELLS:  # of lines through cells the shares are others
            share = decimal(held.share / held.draws)
            what = "patch" if held.patches else "line"
            drawn.append(("Share", f"{share} of a {what}'s values, on average"))
    elif held.undecided is None:
        drawn = [
            ("Drawn", f"{plural(held.draws, 'point')}, by the method {held.method}"),
            ("Seen", f"{plural(held.seen, 'point')} of them, evaluated exactly"),
        ]
    else:
        drawn = [
            (
                "Drawn",
                f"{plural(held.draws, 'tiny box', 'tiny boxes')}, by the method {held.method}",
            ),
            ("Seen", f"{digits(held.seen)} of them, shown at all of their points"),
            (
                "Not decided",
                f"{digits(held.undecided)}: true for the upper end, false for the lower",
            ),
        ]
    use = to_use(verdict)
    facts = (
        ("Interval", ends(held)),
        *([("To use", f"{use[0].upper()}{use[1:]}")] if use else []),
        ("Confidence", f"{confidence(held)}, that is δ = {scientific(held.delta, 3, 1)}"),
        ("Theorem", f"{theorem(held)} (leafproof bounds show {theorem(held)})"),
        ("Open before", f"probability {decimal(held.open_mass, 1)}"),
        *drawn,
        *_ended(stated),
    )
    lead = LEAD if held.undecided is None else LEAD.replace(EXACTLY, BOXES)
    return (Section("sampled", "What was sampled", (Text(lead, sampled=True), Facts(facts))),)


LEAD = (
    "This part is a test, not a proof: it may be wrong with probability δ. Nobody chose the "
    "points: the generator is keyed by the certificate's own hash, the kernel has drawn them again "
    "and evaluated the models exactly. How they are drawn was fixed before the first one."
)
EXACTLY = "evaluated the models exactly"
BOXES = "bounded the models over each: of an interval a tiny stretch is drawn, not a number"
