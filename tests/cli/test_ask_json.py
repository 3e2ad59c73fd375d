"""``ask ... --json``: every field of every kind of question, as docs/how-to/questions.md has it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.cli.main import run
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu

PAGE = Path(__file__).parents[2] / "docs/how-to/questions.md"
FRONT = {"kind", "asked", "remark", "instance", "instances"}
LATER = {"where", "checkers"}
ASKED = {
    "fair": ("fair", "net.onnx", "--protected", "sex"),
    "monotone": ("monotone", "net.onnx", "--in", "income", "--up"),
    "same": ("same", "net.onnx", "other.onnx"),
    "robust": ("robust", "net.onnx", "--point", "sex=1,income=3,age=1", "--flips", "2"),
    "formula": ("class(f) = 1 and not same(f, g)", "f=net.onnx", "g=other.onnx"),
}
SIZES = (2, 6, 4)


def networks() -> tuple[Network, Network]:
    rng = np.random.default_rng(3)
    first = Affine(0, rng.normal(size=(4, 3)).astype(np.float32), np.zeros(4, np.float32))
    last = Affine(2, rng.normal(size=(1, 4)).astype(np.float32), np.array([0.3], np.float32))
    one = Network(3, (first, Relu(1), last))
    moved = Affine(2, last.weight, np.array([0.9], np.float32))
    return one, Network(3, (first, Relu(1), moved))


def documented() -> set[str]:
    section = PAGE.read_text().split("## What `--json` holds")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def true_points(kind: str) -> tuple[int, int]:
    """Where it is so, and how many there are, counted by hand."""
    one, other = networks()
    points = list(product(*map(range, SIZES)))

    def klass(net: Network, x: tuple[int, ...]) -> int:
        first, _, last = net.layers
        assert isinstance(first, Affine)
        assert isinstance(last, Affine)
        hidden = np.maximum(first.weight.astype(float) @ x, 0)
        return int((last.weight.astype(float) @ hidden + last.bias)[0] > 0)

    match kind:
        case "fair":
            pairs = [(0, *x[1:]) for x in points if x[0] == 0]
            return sum(klass(one, x) != klass(one, (1, *x[1:])) for x in pairs), len(pairs)
        case "monotone":
            steps = [x for x in points if x[1] + 1 < SIZES[1]]
            up = [(x, (x[0], x[1] + 1, x[2])) for x in steps]
            return sum(klass(one, a) > klass(one, b) for a, b in up), len(up)
        case "same":
            return sum(klass(one, x) != klass(other, x) for x in points), len(points)
        case "robust":
            at = (1, 3, 1)
            near = [x for x in points if sum(a != b for a, b in zip(x, at, strict=True)) <= 2]
            return sum(klass(one, x) != klass(one, at) for x in near), len(near)
    both = [(klass(one, x), klass(other, x)) for x in points]
    return sum(a == 1 and a != b for a, b in both), len(points)


@pytest.mark.parametrize("kind", ASKED)
def test_every_field(
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = networks()
    one.save("net.onnx")
    other.save("other.onnx")
    names = ("sex", "income", "age")
    parts = [Domain.range(n, 0, k - 1) for n, k in zip(names, SIZES, strict=True)]
    lp.Domain.product(*parts).save("people.json")
    code = run(["ask", *ASKED[kind], "--domain", "people.json", "--no-sample", "--json"])
    held: dict[str, Any] = json.loads(capsys.readouterr().out)
    wanted = documented() - LATER - (FRONT if kind == "formula" else set())
    assert set(held) == wanted
    few, size = true_points(kind)
    assert held["count"] == held["points"] == {"lower": few, "upper": few}
    share = str(Fraction(few, size))
    assert held["probability"] == {"lower": share, "upper": share}
    assert code == (1 if few else 0)
    assert held["answer"] == ("somewhere" if few else "nowhere")
    if kind != "formula":
        assert held["kind"] == kind
        assert (held["instance"] is not None) == bool(few)
        for one_of in held["instances"]:
            assert set(one_of) == {"inputs", "classes", "runtime"}
            assert all(set(x) == set(names) for x in one_of["inputs"])


def test_where_is_documented() -> None:
    one, _ = networks()
    parts = [
        Domain.range(n, 0, k - 1) for n, k in zip(("sex", "income", "age"), SIZES, strict=True)
    ]
    told = lp.ask_fair(one, Domain.product(*parts), "sex", where=3).to_dict()["where"]
    shares = {"wrong", "inside", "caught", "missed"}
    assert set(told) == {"tree", "leaves", "smallest", "sha256", *shares}
    assert all(set(told[share]) == {"lower", "upper"} for share in shares)
