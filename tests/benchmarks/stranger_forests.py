"""Strange forests as code: what m2cgen would write in four languages, words of it changed.

The judge has the language itself run what was read (gcc, Node, Java, Python: those that are here),
and compares the first of the largest numbers with the class, and plain scores to the last bit.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, refusal
from tests.ensembles import scores_of
from tests.formats import forest_code
from tests.formats.forest_code import ENDINGS, made, written
from verifier.formats.code_ensembles import ensemble_from_code
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError

LANGUAGES = ("c", "c", "c", "javascript", "python", "python", "java")
OTHERS = (
    *("+", "-", "*", "/", "+", "*", "0.5", "1", "2", "3", "0.1f", "1e-3", "x", "x[0]", "var0"),
    *("var1", "p", "i", "<", ">", "<=", "sum", "float", "int", "double", "(", ")", "{", "}", "["),
    *("]", ";", ",", "else", "output", "return", "1.0", "-1.0", "v1", "result", "sigmoid", "="),
    *("softmax", "max", "size"),
)
_NEAR = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, float(np.nextafter(0.5, 1)), float(np.float32(0.1)))
ROWS = [list(row) for row in product(_NEAR, repeat=forest_code.COLUMNS)][::5]


def forest(rng: Random) -> bytes:
    """The language, and a forest in it; mostly with a word or two changed."""
    language = pick(rng, LANGUAGES)
    if language != "python" and not forest_code.has(language):
        language = "python"
    text = written(made(int(rng.integers(1 << 30))), language)
    for _ in range(int(rng.integers(3))):
        text = _changed(rng, text)
    return (language + "\n" + text).encode()


def _changed(rng: Random, text: str) -> str:
    """A word left out, doubled, moved, or another in its place; the function's own more often."""
    words = re.findall(r"\s+|\w+(?:\.\d+)?|.", text, re.DOTALL)
    places = [i for i, word in enumerate(words) if not word.isspace()]
    own = [i for i in places if "score" in words[:i] or "Score" in words[:i]] or places
    at = int(pick(rng, own if rng.random() < 0.8 else places))
    other = int(pick(rng, own))
    way = int(rng.integers(5))
    if way == 0:
        del words[at]
    elif way == 1:
        words.insert(at, words[other])
    elif way == 2:
        words[at], words[other] = words[other], words[at]
    else:
        words[at] = pick(rng, OTHERS)
    return "".join(words)


def added_up(data: bytes, reached: Callable[[], None]) -> Outcome:
    """Whether the forest that is read answers as the language does."""
    language, _, text = data.decode().partition("\n")
    try:
        read = ensemble_from_code(text, ENDINGS[language], columns=forest_code.COLUMNS)
    except LeafproofError as problem:
        return refusal(problem)
    reached()
    try:
        with tempfile.TemporaryDirectory() as folder:
            answers = _run(language, text, max(2, read.outputs), Path(folder))
    except (subprocess.SubprocessError, OSError, json.JSONDecodeError) as problem:
        return "library refuses", str(problem)[:300]
    except (ArithmeticError, LookupError, NameError, SyntaxError, TypeError, ValueError) as problem:
        return "library refuses", repr(problem)[:300]
    return _held(read, answers)


def _run(language: str, text: str, outputs: int, folder: Path) -> Any:
    match language:
        case "python":
            return forest_code.run_python(text, ROWS)
        case "c":
            return forest_code.run_c(text, ROWS, outputs, folder)
        case "java":
            return forest_code.run_java(text, ROWS, folder)
    return forest_code.run_javascript(text, ROWS, folder)


def _held(read: Ensemble, answers: Any) -> Outcome:
    for row, said in zip(ROWS, answers, strict=True):
        exact = [Fraction(x) for x in row]
        if not isinstance(said, list) or not all(isinstance(x, int | float) for x in said):
            return "WRONG", f"read, and it answers {said!r} at {row}"
        mine, theirs = read.class_at(exact), int(np.argmax(said))
        if mine != theirs:
            return "WRONG", f"{mine} and not {theirs}, of {said}, at {row}"
        plain = read.outputs > 1 and not read.link
        if plain and scores_of(read, exact) != [Fraction(x) for x in said]:
            return "WRONG", f"scores {[float(x) for x in scores_of(read, exact)]}, not {said}"
    return "equal", ""
