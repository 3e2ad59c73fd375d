"""Which theorem a name means: today's, one that was given up, or one that the field uses."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from theory.catalogue.field_names import FIELD_NAMES
from theory.catalogue.field_near import NEAR
from theory.catalogue.settings import ALIASES, SETTINGS

ENDINGS = (
    "bound", "bounds", "inequality", "inequalities", "theorem", "lemma", "formula", "upper-bound",
    "correction", "scheme", "method", "et-al", "test", "interval", "confidence-interval",
    "estimator",
    "algorithm", "principle", "curve", "plan", "criterion",
)  # fmt: skip
"""What a name of the field may end with beside what it is known by."""
SHORT = 5
"""Longer names are also known without a last s: risk-limiting-audits."""
MOST_NAMED = 3
ALIKE = 0.72
"""Below it, names have little in common (`difflib`)."""


def _words(name: str) -> frozenset[str]:
    return frozenset(name.split("-"))


_LISTED = frozenset(name for setting in SETTINGS for name in setting.theorems)
"""Theorems' own names: hoeffding-lemma is one, and not a lemma known as hoeffding."""
_BY_WORDS = {_words(name): name for name in FIELD_NAMES if "-" in name}
"""Names of several words, in whatever order these are written: kl-chernoff."""


def plain(name: str) -> str:
    """The name as names are written here: "Hoeffding’s bound" is hoeffding-bound.

    Accents go, and so do full stops; dashes of all kinds are one.
    """
    letters = unicodedata.normalize("NFKD", name.strip().lower())
    kept = "".join(
        " " if unicodedata.category(x) == "Pd" or x in "_−" else "'" if x in "‘’`´" else x
        for x in letters
        if not unicodedata.combining(x) and x != "."
    )
    return "-".join(f"{kept} ".replace("'s ", " ").replace("'", "").split())


def forms(name: str) -> list[str]:
    """The name as it is, as it is written here, and without what such names end with."""
    found = [plain(name)]
    for word in found:  # which grows
        found += [word.removesuffix(f"-{end}") for end in ENDINGS if word.endswith(f"-{end}")]
    without = [word.replace("-the-", "-").removeprefix("the-") for word in found]
    single = [word.removesuffix("s") for word in without if len(word) > SHORT]
    return list(dict.fromkeys([name, *found, *without, *single]))


def today(name: str) -> tuple[str, str]:
    """The name of the theorem that a name means, and what to say of it ("" for one of today's)."""
    for word in forms(name):
        if word in _LISTED:
            return word, ""
        if word in ALIASES:
            found, why = ALIASES[word]
            return found, f"{name} is the old name of {found}: {why}"
        if word in FIELD_NAMES:
            return FIELD_NAMES[word], f"{name} is {FIELD_NAMES[word]} here"
        if word in NEAR:
            break  # what it is called without its ending is something else
    else:
        if (found := _BY_WORDS.get(_words(plain(name)), "")) in FIELD_NAMES:
            return FIELD_NAMES[found], f"{name} is {FIELD_NAMES[found]} here"
    return name, ""


def unknown(name: str, names: Iterable[str]) -> str:
    """What to say of a name that no theorem has: what comes near."""
    here = tuple(names)
    for word in forms(name):
        if word in NEAR:
            what, near = NEAR[word]
            return f"no theorem {name!r} here ({what}): see {', '.join(near)}"
    parts = {part for part in plain(name).split("-") if len(part) > 2}
    whole = [x for x in here if parts and parts <= set(x.split("-"))]
    alike = difflib.get_close_matches(plain(name), [*here, *FIELD_NAMES], n=1, cutoff=ALIKE)
    some = [x for x in here if parts & set(x.split("-"))]
    found = (whole or alike or some)[:MOST_NAMED]
    hint = f"; did you mean {' or '.join(map(repr, found))}?" if found else ""
    return f"no theorem {name!r}{hint} (bounds list shows all)"
