"""A forest or booster that is written as code: trees as nested ifs, whose numbers are added.

Read is what m2cgen writes in Python, C, Java, JavaScript and C#, and what people write so: every
tree gives a number, or a list of one for each class, to a variable; these are added one after the
other, the sum multiplied or divided, and a list returned, or a sigmoid or softmax of it. Nothing is
run. All numbers are float64, as the languages compute.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from verifier.formats import code_forest_braces, code_forest_python
from verifier.formats.code_python import text_of
from verifier.formats.code_running import Running
from verifier.formats.code_trees import LANGUAGES, check_integers
from verifier.formats.code_values import Sigmoid, Softmax, Sum, Term, Value
from verifier.formats.ensembles_parts import finite, float_at_most, last_before
from verifier.formats.heads import NOTHING, Asked
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError, TreeError, quoted
from verifier.model.head import Head
from verifier.model.tree import Inner, Leaf
from verifier.reading.files import read_bytes

_POINTERS = re.compile(
    r"//[^\n]*|/\*.*?\*/|\b(double|float|int|long|short|char|signed|unsigned|void|bool|\w+_t)\s*\*"
    r"|\*\s*sizeof",
    re.DOTALL,
)
_COMPUTES = re.compile(r"[\w)\]]\s*[+*/]\s*[\w(]|add_?vectors|mul_?vector|sigmoid|softmax", re.I)
"""Signs and calls that only sums of trees have."""
_HALF = Fraction(1, 2)
_FUSED = (
    "numbers of the code are float64 and each operation rounds: a compiler that joins a product "
    "and a sum into one rounding (-ffp-contract, -ffast-math) makes another program"
)


def ensemble_from_code(
    text: str,
    ending: str,
    domain: Domain | None = None,
    columns: int | None = None,
    asked: Asked = NOTHING,
) -> Ensemble:
    """The ensemble in the code of a file with that ending, over the domain's columns.

    ``asked`` says of one number where class 1 begins. Raises TreeError or EnsembleError.
    """
    language = LANGUAGES[ending]
    if language == "Python":
        program = code_forest_python.parse(text)
    else:
        program = code_forest_braces.parse(text, language == "JavaScript")
    running = Running(program)
    value = running.call(program.first)
    unused = sorted(set(program.routines) - running.called)
    if unused:
        raise TreeError(f"the function {unused[0]} is not called by {program.first}: leave it out")
    tested = {n.column for nodes in running.trees for n in nodes if isinstance(n, Inner)}
    for routine in program.routines.values():
        check_integers(routine, tested, domain)
    width = domain.columns if domain is not None else columns
    return _ensemble(running, value, width or max(tested, default=0) + 1, asked)


def read_forest(
    path: str | os.PathLike[str], domain: Domain | None, columns: int | None, asked: Asked
) -> Ensemble:
    """The same of a file. Raises TreeError or EnsembleError, which name it."""
    name = quoted(path, 200)
    try:
        data, ending = read_bytes(path, "forest", TreeError), Path(path).suffix.lower()
        text = text_of(data) if LANGUAGES[ending] == "Python" else data.decode()
        return ensemble_from_code(text, ending, domain, columns, asked)
    except UnicodeDecodeError:
        raise TreeError(f"{name} is not UTF-8 text") from None
    except (EnsembleError, TreeError) as problem:
        said = str(problem)
        raise type(problem)(said if said.startswith(name) else f"{name}: {said}") from None


def computes(text: str) -> bool:
    """Whether code that is no tree is to be read as a forest: it computes with numbers."""
    return _COMPUTES.search(_POINTERS.sub(" ", text)) is not None


def _ensemble(running: Running, value: Value, columns: int, asked: Asked) -> Ensemble:
    """What a program answers, as an ensemble."""
    scores, decision = _decided(value, asked)
    shapes = {(score.factor, score.divisor) for score in scores}
    if len(shapes) > 1:
        raise TreeError("its scores are multiplied by different numbers: by one for all of them")
    ((factor, divisor),) = shapes
    if factor <= 0 or divisor <= 0:
        raise TreeError("its scores are multiplied by a negative number, which turns their order")
    return Ensemble(
        columns=columns,
        outputs=len(scores),
        members=tuple(_members(running, scores)),
        start=(0.0,) * len(scores),
        arithmetic="float64",
        divisor=divisor,
        factor=factor,
        notes=(_FUSED,),
        **decision,
    )


def _decided(value: Value, asked: Asked) -> tuple[tuple[Sum, ...], dict[str, Any]]:
    """The scores that an answer stands for, and the fields of an Ensemble that say how."""
    match value:
        case Softmax(scores):
            _nothing(asked)
            return scores, {"head": Head("label", None, "shown"), "link": "softmax"}
        case (Sigmoid(score, True), Sigmoid(other, False)) if score == other:
            return (score,), _probability(asked)
        case (Sum(), _, *_) if all(isinstance(x, Sum) for x in value):
            _nothing(asked)
            return tuple(x for x in value if isinstance(x, Sum)), {
                "head": Head("label", None, "shown")
            }
        case Sigmoid(score, False) if asked.kind == "probability" or asked.threshold is not None:
            return (score,), _probability(asked)
        case Sum() if asked.threshold is not None and asked.kind in (None, "regression"):
            limit = float_at_most(asked.threshold, np.float64)
            head = Head("regression", asked.threshold, "asked")
            return (value,), {"threshold": limit, "head": head}
        case Sum() | Sigmoid():
            raise TreeError(
                "it answers one number, which is no class: say above which it is class 1 "
                "(--threshold)"
            )
    raise TreeError("it answers no scores of trees: return a list of one for each class")


def _nothing(asked: Asked) -> None:
    if asked.threshold is not None or asked.kind not in (None, "label"):
        raise TreeError("it answers a list of scores: leave head and threshold out")


def _probability(asked: Asked) -> dict[str, Any]:
    """Class 1 iff p, as the code computes it, is above 1 - p, or above a threshold."""
    if asked.kind in ("regression", "label", "logit"):
        raise TreeError("it answers a probability: leave --head out")
    stated = asked.threshold
    if stated is not None and stated < _HALF:
        raise TreeError(
            "below 1/2 its sigmoid is rounded up and down in turn: give a threshold of 1/2 or more"
        )

    def probability(score: Any) -> float:
        x = min(max(float(score), -700.0), 700.0)  # where math.exp is finite
        if x < 0:
            z = math.exp(x)
            return z / (1 + z)
        return 1 / (1 + math.exp(-x))

    if stated is not None and stated != _HALF:
        limit = last_before(lambda score: Fraction(probability(score)) > stated, np.float64)
        return {"threshold": limit, "head": Head("probability", stated, "asked")}
    limit = last_before(lambda score: probability(score) > 1 / 2, np.float64)
    return {"threshold": limit, "head": Head("probability", _HALF, "shown")}


def _members(running: Running, scores: Sequence[Sum]) -> list[Member]:
    """The trees in an order in which every score gets its own in turn.

    Lists that are added give all scores the same trees: then each is there once.
    """
    first = scores[0].terms
    wanted = [_as_place(term, 0) for term in first]
    if all([_as_place(t, k) for t in s.terms] == wanted for k, s in enumerate(scores)):
        every = ([(k, s.terms[i]) for k, s in enumerate(scores)] for i in range(len(first)))
        return [_member(running, terms) for terms in every]
    return [_member(running, [(k, term)]) for k, s in enumerate(scores) for term in s.terms]


def _as_place(term: Term | float, k: int) -> Any:
    """A term of score k, as what it is of score 0: the same tree; None where it is of no list."""
    if isinstance(term, Term) and term.place == k:
        return term.tree, term.scale
    return (term, k)


def _member(running: Running, terms: Sequence[tuple[int, Term | float]]) -> Member:
    """The tree that all these terms are of, which adds to the outputs that are named."""
    _, one = terms[0]
    if not isinstance(one, Term):
        return Member((Score(tuple((k, x) for k, x in terms if isinstance(x, float) and x)),))
    leaves = running.leaves[one.tree]

    def score(at: int) -> Score:
        held = leaves[at]
        added = []
        for k, term in terms:
            assert isinstance(term, Term)
            number = held if term.place is None else held[term.place]  # type: ignore[index]
            assert isinstance(number, int | float)
            added.append((k, finite(float(number) * term.scale)))
        return Score(tuple((k, x) for k, x in added if x))

    nodes = running.trees[one.tree]
    return Member(tuple(score(n.klass) if isinstance(n, Leaf) else n for n in nodes))
