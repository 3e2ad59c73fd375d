"""LightGBM's models, from their own text, as ``predict`` decides.

Inputs, thresholds, leaves and sums are float64: the trees' leaves are added in their order, from 0.
Numbers of at most 1e-35 in magnitude are 0. docs/formats.md says where class 1 begins.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from verifier.formats.ensembles_fold import Fold
from verifier.formats.ensembles_heads import above, by_probability, number_above
from verifier.formats.ensembles_parts import (
    Node,
    among,
    member,
    moved,
    pairs,
    stepwise,
)
from verifier.formats.frame_columns import text_of
from verifier.formats.heads import NOTHING, Asked
from verifier.formats.sklearn import double_threshold
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError, quoted
from verifier.model.head import Head

ZERO = float(np.float32(1e-35))
"""What is at most this in magnitude is read as 0."""
_IDENTITY = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_Values = Mapping[str, str]
_KEY = re.compile(r"[a-z_]+")
_PRINTED = re.compile(r"[ -~]*")
_TEXTS = ("feature_names", "feature_infos")
"""What may hold other letters than those of ASCII."""
_LINES = 22
"""LightGBM reads no more of a tree."""
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,5})?|inf|nan)")
"""Numbers as LightGBM writes them; it reads others in its own ways."""


def ensemble_from_lightgbm(
    text: str,
    asked: Asked = NOTHING,
    labels: tuple[str, ...] = (),
    fold: Fold | None = None,
) -> Ensemble:
    """The ensemble that a model of LightGBM executes. Raises EnsembleError, naming the place.

    ``labels`` are what its classes are called; ``fold`` says what its columns are in a domain.
    """
    head, trees, rest = _parts(text)
    try:
        _check_sizes(head, text)
        return _ensemble(head, trees, rest, asked, labels, fold)
    except KeyError as problem:
        raise EnsembleError(f"the model does not say its {quoted(problem)}: damaged file") from None
    except (IndexError, OverflowError):
        raise EnsembleError("a tree refers to what it does not hold: damaged file") from None


def _parts(text: str) -> tuple[dict[str, str], list[dict[str, str]], str]:
    """The lines before the trees, those of each tree, and what follows them.

    LightGBM reads what it does not expect in its own ways (a tree ends at its first empty line, a
    line without a value takes the next ones with it): what it would not write is refused.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0] != "tree":
        raise EnsembleError("it is no model of LightGBM, which begins with a line 'tree'")
    sections: list[dict[str, str]] = [{}]
    is_open = True
    for at, line in enumerate(lines[1:], 1):
        key, mark, value = line.partition("=")
        if line == "end of trees":
            rest = lines[at + 1 :]
            if "parameters:" in rest and "end of parameters" not in rest:
                raise EnsembleError("the model ends before 'end of parameters': damaged file")
            return sections[0], sections[1:], "\n".join(rest)
        if key == "Tree" and not (is_open and len(sections) > 1):
            sections.append({})
            is_open = True
            continue
        if not line:
            is_open = len(sections) == 1
            continue
        fits = _KEY.fullmatch(key) and (key in _TEXTS or _PRINTED.fullmatch(line))
        if not is_open:
            break
        if not fits or (len(sections) > 1 and not mark):
            raise EnsembleError(f"LightGBM writes no line {quoted(line)[1:-1]} there: damaged file")
        if key in sections[-1] or (len(sections[-1]) == _LINES and len(sections) > 1):
            raise EnsembleError(f"it says {quoted(key)} twice, or too much of a tree: damaged file")
        sections[-1][key] = value
    raise EnsembleError("the model ends before 'end of trees': damaged file")


def _check_sizes(head: _Values, text: str) -> None:
    """Refuse ``tree_sizes`` that lead elsewhere than to the trees: LightGBM reads those they name.

    Files of older versions have none; of the last tree only the beginning counts.
    """
    if "tree_sizes" not in head:
        return
    lines = text.replace("\r\n", "\n")
    begins = [found.start() for found in re.finditer("^Tree=", lines, re.MULTILINE)]
    sizes = _ints(head, "tree_sizes")
    if len(sizes) != len(begins) or sizes[:-1] != [b - a for a, b in pairwise(begins)]:
        raise EnsembleError("its tree_sizes are not those of its trees: damaged file")


def table_of(text: str) -> tuple[list[str], dict[int, dict[str, int]]]:
    """The names of the columns, and the numbers of the categories of a pandas table, by text.

    The file has the lists of categories, but not which columns they are of: they are those that
    were taken as categories, if these are as many.
    """
    head, _, rest = _parts(text)
    names, infos = (head.get(f"feature_{x}", "").split(" ") for x in ("names", "infos"))
    stated = [x for x in rest.splitlines() if x.startswith("pandas_categorical:")]
    try:
        lists = json.loads(stated[-1].partition(":")[2]) if stated else None
    except (ValueError, RecursionError):
        lists = "damaged"
    if not lists:
        return names, {}
    if not isinstance(lists, list) or not all(isinstance(one, list) for one in lists):
        raise EnsembleError("its pandas_categorical is no list of lists: damaged file")
    columns = [i for i, info in enumerate(infos) if not info.startswith("[")]
    told = re.search(r"^\[categorical_feature: ([0-9,]*)\]$", rest, re.MULTILINE)
    if told is not None:
        columns = sorted(int(x) for x in told[1].split(",") if 0 < len(x) < 10)
    if len(columns) != len(lists) or not set(columns) <= set(range(len(infos))):
        raise EnsembleError(
            f"it has {len(lists)} lists of categories for {len(columns)} columns: encode them as "
            "numbers before"
        )
    texts = [[text_of(x) for x in one] for one in lists]
    codes = [{text: code for code, text in enumerate(one)} for one in texts]
    return names, dict(zip(columns, codes, strict=True))


def may_be_of(text: str, codes: Mapping[int, Mapping[str, int]]) -> bool:
    """Whether a list of categories may be that of a column that was taken as numbers.

    So it is where ``categorical_feature`` names other columns than those of the table's categories.
    """
    infos = _parts(text)[0].get("feature_infos", "").split(" ")
    spans = [re.fullmatch(r"\[([0-9]{1,18}):([0-9]{1,18})\]", info) for info in infos]
    ends = [int(m[2]) for i, m in enumerate(spans) if m and i not in codes]
    return any(end < len(known) for end in ends for known in codes.values())


def _ensemble(
    head: _Values,
    trees: list[dict[str, str]],
    rest: str,
    asked: Asked,
    labels: tuple[str, ...],
    fold: Fold | None,
) -> Ensemble:
    outputs = _whole(head, "num_tree_per_iteration")
    if outputs < 1 or len(trees) % outputs:
        raise EnsembleError(f"{len(trees)} trees are not so many for each output: damaged file")
    if _whole(head, "num_class") != outputs:
        raise EnsembleError(f"it has {outputs} trees for num_class={head['num_class']}: damaged")
    fields = _decision(head.get("objective", ""), outputs, asked)
    members = [moved(_member(tree, fold), k % outputs) for k, tree in enumerate(trees)]
    notes: tuple[str, ...] = ()
    if fold is None and "pandas_categorical:[[" in rest:
        notes += (
            "it was trained on a table of pandas: a column of categories holds their numbers, from "
            "0, in the order of that table",
        )
    averaged = "average_output" in head and bool(trees)
    if labels and len(labels) != max(2, outputs):
        raise EnsembleError(f"{len(labels)} labels were given for {max(2, outputs)} classes")
    return Ensemble(
        columns=fold.domain.columns if fold else _whole(head, "max_feature_idx") + 1,
        outputs=outputs,
        members=tuple(members),
        start=(0.0,) * outputs,
        arithmetic="float64",
        divisor=float(len(trees) // outputs) if averaged else 1.0,
        notes=notes,
        labels=labels,
        **fields,
    )


def _decision(stated: str, outputs: int, asked: Asked) -> dict[str, Any]:
    """Threshold and head: where class 1 begins, or that the largest score decides."""
    name, _, options = stated.partition(" ")
    if outputs > 1:
        if asked.threshold is not None or asked.kind not in (None, "label", "logit"):
            raise EnsembleError("of several classes the largest decides: leave the threshold out")
        if asked.kind == "logit":
            return {"head": Head("logit", None, "asked")}
        if name != "multiclass":
            raise EnsembleError(
                f"its objective is {quoted(name or 'its own')}: its classes are compared as "
                "probabilities, which round; train it with multiclass, or compare the scores "
                "(--head logit)"
            )
        return {"head": Head("label", None, "shown"), "link": "softmax"}
    if asked.kind == "logit":
        return above(asked.threshold or Fraction(0), "logit")
    if name in _IDENTITY and "sqrt" not in options:
        return number_above(name, asked)
    if name != "binary":
        raise EnsembleError(
            f"its objective {quoted(stated or 'its own')} is no classification: supported are "
            f"binary and multiclass, and {', '.join(_IDENTITY)} with a threshold"
        )
    return _binary(options, asked)


def _binary(options: str, asked: Asked) -> dict[str, Any]:
    """Where the probability decides; its sigmoid may be steeper than 1."""
    held = dict(part.split(":", 1) for part in options.split() if ":" in part)
    steep = float(held.get("sigmoid", 1))
    if not 1e-3 <= steep <= 1e3:
        raise EnsembleError(f"its sigmoid is {steep}: from 0.001 to 1000 is supported")
    return by_probability(steep, asked, "binary")


def _member(tree: _Values, fold: Fold | None) -> Member:
    """One tree: tests are 0, 1, ..., leaves -1, -2, ..."""
    if tree.get("is_linear", "0") != "0":
        raise EnsembleError("its leaves are linear models: train it with linear_tree=false")
    leaves = _floats(tree, "leaf_value")
    count = _whole(tree, "num_leaves")
    if len(leaves) != count or count < 1:
        raise EnsembleError(f"a tree of {count} leaves has {len(leaves)}: damaged file")
    if count == 1:
        return Member((Score(pairs(leaves)),))
    columns, left, right, kinds = (
        _ints(tree, name)
        for name in ("split_feature", "left_child", "right_child", "decision_type")
    )
    thresholds = _floats(tree, "threshold")
    if {len(part) for part in (columns, left, right, kinds, thresholds)} != {count - 1}:
        raise EnsembleError("a tree's lists have different lengths: damaged file")
    _check_tree(left, right)
    sets = _sets(tree)

    def node_of(i: int) -> Node:
        if i < 0:
            return Score(pairs([leaves[-1 - i]]))
        ends, kind = (left[i], right[i]), kinds[i]
        missing, default = kind >> 2 & 3, bool(kind & _DEFAULT_LEFT)
        if kind & _CATEGORICAL:
            if thresholds[i] not in range(len(sets)):
                raise EnsembleError(
                    f"a split is of the set {thresholds[i]} of {len(sets)}: damaged"
                )
            own = sets[int(thresholds[i])]
            ranges = [(_category(c), _category(c + 1)) for c in own]
            return among(columns[i], ranges, ends, False, inside_left=True)
        return _numeric(columns[i], thresholds[i], missing, default, ends)

    return member(0, node_of, fold)


def _check_tree(left: Sequence[int], right: Sequence[int]) -> None:
    """Refuse children that are not each test but the first, and each leaf, once, after its parent.

    LightGBM itself falls over what is no tree.
    """
    wanted = {*range(-len(left) - 1, 0), *range(1, len(left))}
    for i, ends in enumerate(zip(left, right, strict=True)):
        for end in ends:
            if end not in wanted or 0 <= end <= i:
                raise EnsembleError(
                    f"a tree leads to node {end}, which it lacks or led to before: damaged file"
                )
            wanted.remove(end)


def _numeric(
    column: int, threshold: float, missing: int, default: bool, ends: tuple[int, int]
) -> Node:
    """Left iff the number is at most the threshold; ``missing`` 1: 0 goes by ``default``."""
    if math.isnan(threshold) or missing == 3:
        raise EnsembleError("a threshold is NaN or of an unknown kind: damaged file")

    def side(x: float) -> bool:
        number = 0.0 if abs(x) <= ZERO else x
        return default if missing == 1 and number == 0 else number <= threshold

    points = [p for p in (threshold, math.nextafter(-ZERO, -1), ZERO) if math.isfinite(p)]
    gone = default if missing else threshold >= 0.0
    return stepwise(column, points, side, double_threshold, ends, gone)


def _category(code: int) -> Fraction:
    """Where the numbers end that are cut to integers below ``code``; what is in (-1, 1) is 0."""
    return double_threshold(math.nextafter(code, -math.inf) if code else -1.0)


def _sets(tree: _Values) -> list[list[int]]:
    """The categories that go left, ascending, one list for each test of categories."""
    if not _whole(tree, "num_cat"):
        return []
    bounds, words = _ints(tree, "cat_boundaries"), _ints(tree, "cat_threshold")
    if [0, *bounds, len(words)] != sorted([0, *bounds, len(words)]) or not all(
        0 <= word < 1 << 32 for word in words
    ):
        raise EnsembleError("a tree's sets of categories are not where it says: damaged file")
    if len(bounds) != 1 + _whole(tree, "num_cat") or (bounds[0], bounds[-1]) != (0, len(words)):
        raise EnsembleError("a tree does not hold as many sets as it says: damaged file")
    found = []
    for low, high in pairwise(bounds):
        bits = (
            (32 * k + b, word >> b & 1) for k, word in enumerate(words[low:high]) for b in range(32)
        )
        found.append([code for code, is_set in bits if is_set])
    return found


def _whole(held: _Values, name: str) -> int:
    if not _WHOLE.fullmatch(held[name]):
        raise EnsembleError(f"its {name} is {quoted(held[name])}, no number: damaged file")
    return int(held[name])


def _ints(held: _Values, name: str) -> list[int]:
    return [int(x) for x in _words(held, name, _WHOLE)]


def _floats(held: _Values, name: str) -> list[float]:
    return [float(x) for x in _words(held, name, _NUMBER)]


def _words(held: _Values, name: str, form: re.Pattern[str]) -> list[str]:
    """The numbers of a list, each in a form."""
    words = held[name].split(" ") if held[name] else []
    if not all(map(form.fullmatch, words)):
        raise EnsembleError(f"its {name} holds what is no number: damaged file")
    return words
