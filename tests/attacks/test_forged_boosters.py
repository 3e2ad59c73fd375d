"""Files of XGBoost that it would fall over itself, and this process with it: refused before.

XGBoost walks from a node to its parent, and takes the numbers of targets and of columns' types as
they are. A parent of -1 ended the process (SIGSEGV); others ended in a traceback.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verifier.formats import booster_libraries
from verifier.formats.booster_calls import Way
from verifier.formats.ensembles import ensemble_from_bytes
from verifier.formats.ensembles_boosters import of_xgboost
from verifier.formats.ensembles_xgboost import ensemble_from_xgboost
from verifier.formats.heads import NOTHING
from verifier.model.errors import EnsembleError, RuntimeNote

xgboost = pytest.importorskip("xgboost")


@cache
def trained() -> Any:
    """A booster of two trees over three columns."""
    x = np.random.default_rng(0).integers(0, 3, (60, 3)).astype(float)
    data = xgboost.DMatrix(x, x[:, 0] * x[:, 1] > x[:, 2])
    return xgboost.train({"objective": "binary:logistic", "max_depth": 2, "nthread": 1}, data, 2)


def document() -> Any:
    """What it saves."""
    return json.loads(bytes(trained().save_raw("json")))


def tree(found: Any) -> Any:
    """The last tree of a document."""
    return found["learner"]["gradient_booster"]["model"]["trees"][-1]


def put(name: str, at: int, value: Any) -> Callable[[Any], None]:
    """Another value in a list of a tree."""

    def change(found: Any) -> None:
        tree(found)[name][at] = value

    return change


def stated(name: str, value: str) -> Callable[[Any], None]:
    """Another number in the head."""

    def change(found: Any) -> None:
        found["learner"]["learner_model_param"][name] = value

    return change


def shorter(name: str) -> Callable[[Any], None]:
    """A list of a tree without its last number."""

    def change(found: Any) -> None:
        tree(found)[name].pop()

    return change


def typed(found: Any) -> None:
    """Types of two columns where there are three."""
    found["learner"]["feature_types"] = ["float", "float"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("parents", 1, -1), "parent"),
        (put("parents", 2, 1), "parent"),
        (put("parents", 0, 0), "parent"),  # which it would go round and round
        (put("parents", 0, 1), "parent"),
        (shorter("parents"), "parents are not one for each node"),
        (shorter("base_weights"), "base_weights are not one for each node"),
        (shorter("loss_changes"), "loss_changes are not one for each node"),
        (shorter("sum_hessian"), "sum_hessian are not one for each node"),
        (stated("num_target", "-1"), "less than no"),
        (stated("num_class", "-1"), "less than no"),
        (stated("num_feature", "0"), "less than no"),
        (typed, "3 columns and 2 types"),
    ],
)
def test_what_xgboost_falls_over_is_refused_by_our_own_reader(
    change: Callable[[Any], None], said: str
) -> None:
    found = document()
    assert ensemble_from_xgboost(copy.deepcopy(found)).columns == 3
    change(found)
    with pytest.raises(EnsembleError, match=said):
        ensemble_from_xgboost(found)


class _Refusing:
    """A booster that answers with what is no answer."""

    def inplace_predict(self, *_: Any, **__: Any) -> Any:
        raise xgboost.core.XGBoostError("targets:4294967295\nStack trace:\n  [bt] (0)")


def test_what_xgboost_does_not_run_is_one_line() -> None:
    data = bytes(trained().save_raw("json"))
    with pytest.raises(EnsembleError, match=r"does not run it \(targets:4294967295\)") as caught:
        of_xgboost(data, NOTHING, None, booster=_Refusing())
    assert str(caught.value).isprintable()


def test_a_message_that_is_no_text_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It puts bytes of the file into its message, which its own part in Python cannot read."""

    def falls(**_: Any) -> Any:
        raise UnicodeDecodeError("utf-8", b"\x83", 0, 1, "invalid start byte")

    monkeypatch.setattr(xgboost, "Booster", falls)
    with pytest.raises(booster_libraries.Refuses, match="invalid start byte"):
        booster_libraries.opened("xgboost", bytes(trained().save_raw("json")))


def test_a_file_that_a_library_does_not_read_is_a_note() -> None:
    found = document()
    tree(found)["id"] = "first"  # which our own reader does not ask for
    with pytest.warns(RuntimeNote, match="XGBoost does not read this file"):
        ensemble_from_bytes(json.dumps(found).encode())


def fallen() -> bytes:
    """A file that XGBoost itself ends its process over: a node's parent is far outside."""
    found = document()
    put("parents", 1, -(1 << 30))(found)
    return json.dumps(found).encode()


def test_a_process_that_a_file_ends_is_one_line_and_another_begins() -> None:
    """SIGSEGV, as it was where parents were not looked at before: not of this process."""
    good = bytes(trained().save_raw("json"))
    with pytest.raises(EnsembleError, match=r"^XGBoost itself breaks down over this file \(signal"):
        booster_libraries.Apart("xgboost", fallen()).check()
    held = booster_libraries.Apart("xgboost", good)
    assert held.columns == 3
    rows = np.random.default_rng(1).integers(0, 3, (20, 3)).astype(float)
    here = booster_libraries.Here("xgboost", trained())
    for raw in (True, False):
        way = Way(raw)
        np.testing.assert_array_equal(held.answer(rows, way), here.answer(rows, way))


def test_this_process_loads_no_library_for_a_file(tmp_path: Path) -> None:
    """Nor does it print what the library prints."""
    (tmp_path / "it.json").write_bytes(bytes(trained().save_raw("json")))
    code = (
        "import sys, verifier as lp; from verifier.formats.load import load_teacher;"
        f"print(load_teacher({str(tmp_path / 'it.json')!r}).columns);"
        "assert 'xgboost' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", "", 0)
