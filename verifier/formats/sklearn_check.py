"""A folded pipeline, compared with the pipeline itself at points drawn from the domain."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats.floating import evaluate
from verifier.formats.frame_columns import pandas_for, spelled
from verifier.formats.graph import refuse
from verifier.formats.heads import label_names
from verifier.formats.runtime import shown
from verifier.formats.runtime_classes import names_of
from verifier.formats.sklearn_columns import Held
from verifier.formats.words import few
from verifier.model.domain import Domain, Point
from verifier.model.floats import nearest
from verifier.model.network import Network, decide, exact_integers, exact_logits
from verifier.model.ordinal import Ranged
from verifier.model.variable import Variable

SILENT = (
    "does not predict for the domain's values: it may not take texts or missing values; "
    "encode them, or fill them in"
)
"""What is wrong with a model that cannot be compared."""
DRAWN = 200
"""Points that are compared."""
CLOSE = Fraction(1, 10**9)
"""Margins of this share of the largest score are not compared: scikit-learn rounds."""


def compare(
    model: Any, network: Network, domain: Domain, inputs: Sequence[Held], above: Fraction | None
) -> None:
    """Raise NetworkError where network and pipeline differ, beyond what rounding explains.

    ``inputs`` are the pipeline's inputs as the domain has them; ``above`` is the threshold of a
    regressor.
    """
    points = drawn(domain)
    logits, over = _logits(network, domain, points)
    said = predicted(model, domain, inputs, points, above)
    if said is None:
        refuse(type(model).__name__, f"it {SILENT}")
    names = names_of(network)
    for point, row, answer in zip(points, logits, said, strict=True):
        ranked = sorted(row if len(row) > 1 else [*row, 0])
        largest = max(abs(x) for x in row) or 1
        near = min(
            Fraction(ranked[-1] - ranked[-2], largest), Fraction(ranked[-1] - ranked[-2], over)
        )
        if names[decide(row)] != answer and near > CLOSE:
            words = few([f"{k} {v}" for k, v in domain.labels(point).items()])
            refuse(
                type(model).__name__,
                f"it predicts {answer} where its network says {names[decide(row)]} ({words}): "
                "the pipeline was not read right; please report it",
            )


def compare_rows(
    model: Any, network: Network, domain: Domain | None, above: Fraction | None
) -> None:
    """The same where the model's inputs are the network's columns as they are, in float64.

    At points of the domain, if there is one.
    """
    rng = np.random.default_rng(0)
    if domain is None or domain.columns != network.columns:  # which is said where they meet
        rows = np.round(rng.normal(size=(DRAWN, network.columns)) * 3)
    else:
        rows = np.array([[nearest(x) for x in domain.encode(p)] for p in drawn(domain)])
    nodes, scale, unsure = evaluate(network.layers, rows, float(CLOSE))
    found = answers(model, rows, above)
    names = names_of(network)
    logits = nodes[-1] if network.outputs > 1 else np.column_stack([0 * nodes[-1], nodes[-1]])
    ranked = np.sort(logits, axis=1)
    sure = ~unsure & (ranked[:, -1] - ranked[:, -2] > float(CLOSE) * np.maximum(scale, 1))
    for i in np.flatnonzero(sure):
        ours = names[int(np.argmax(logits[i]))]
        if ours != found[i]:
            refuse(
                type(model).__name__,
                f"it predicts {found[i]} where its network says {ours}, at "
                f"{shown(rows[i].tolist())}: it was not read right; please report it",
            )


def answers(model: Any, rows: Any, above: Fraction | None) -> list[str]:
    """What the model predicts, without its warnings: of a regressor, whether that is above."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.predict(rows)
    if above is not None:
        return [str(int(Fraction(float(x)) > above)) for x in np.ravel(found)]
    return list(label_names(list(np.ravel(found))))


def _logits(
    network: Network, domain: Domain, points: Sequence[Point]
) -> tuple[Sequence[Sequence[int]], int]:
    """The logits times a number, and that number; of smooth layers as float64 has them."""
    if not network.is_smooth:
        rows = [domain.encode_integers(p) for p in points]
        return exact_logits(network, rows, domain.denominator)
    inputs = np.array([[nearest(x) for x in domain.encode(p)] for p in points])
    nodes, _, _ = evaluate(network.layers, inputs, 0.0)
    found, over = exact_integers(nodes[-1].ravel())
    return [found[i : i + network.outputs] for i in range(0, len(found), network.outputs)], over


def drawn(domain: Domain) -> list[Point]:
    """Points drawn with a fixed seed, the first and the last values among them."""
    rng = np.random.default_rng(0)
    counts = [v.count for v in domain.variables]
    drawn = [tuple(int(rng.integers(n)) for n in counts) for _ in range(DRAWN)]
    return [(0,) * len(counts), tuple(n - 1 for n in counts), *drawn]


def predicted(
    model: Any, domain: Domain, inputs: Sequence[Held], points: Sequence[Point], above: Any
) -> list[str] | None:
    """The pipeline's answers; None where it takes no table of these texts."""
    columns = [[_seen(domain, c, p[c.variable]) for p in points] for c in inputs]
    names = [str(x) for x in getattr(model, "feature_names_in_", range(len(columns)))]
    held = dict(zip(names, columns, strict=True))
    as_they_are = {name for name, c in zip(names, inputs, strict=True) if c.none}
    texts = {name for name, column in held.items() if any(isinstance(x, str) for x in column)}
    numbers = {name: _as_numbers(held[name]) for name in texts}
    for table in (held, held | {k: v for k, v in numbers.items() if v is not None}):
        rows = list(zip(*table.values(), strict=True))
        frame: Any = np.array(rows, dtype=object)
        if hasattr(model, "feature_names_in_"):
            pandas = pandas_for("a pipeline's input")
            # which makes None NaN elsewhere
            objects = {k: pandas.Series(table[k], dtype=object) for k in as_they_are}
            frame = pandas.DataFrame(table | objects)
        try:
            return answers(model, frame, above)
        except (ValueError, TypeError):  # its categories are numbers, ours are their names
            continue
    return None


def _seen(domain: Domain, c: Held, value: int) -> Any:
    v = domain.variables[c.variable]
    if not c.seen:
        assert isinstance(v, Ranged)
        return nearest(v.number(value))
    x = c.seen[value]
    if isinstance(v, Variable) and v.labels == ("False", "True") and not isinstance(x, str):
        return bool(x)  # a table's truth values, which NumPy has as objects beside numbers
    return math.nan if x is None and not c.none else spelled(x) if isinstance(x, str) else x


def _as_numbers(column: Sequence[Any]) -> list[float] | None:
    try:
        return [float(x) for x in column]
    except (ValueError, TypeError):  # None
        return None
