"""Small certificates asked for years of work, large ones for gigabytes, before anything was said.

Points to evaluate, parts of cells, logits, layers, counterexamples: counted first, or made cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.certificates.problems import affine, parts, seal
from verifier import second_checker
from verifier.cli.main import run
from verifier.formats.variables import ordinal
from verifier.kernel import asked, checker, points
from verifier.model import limits
from verifier.model.cell import values
from verifier.model.domain import Domain, Point, bits
from verifier.model.errors import TooMuch
from verifier.model.network import Network, Scale
from verifier.model.proof import Constant, Enumerated, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import MOST_VALUES
from verifier.reading.certificate import read_certificate
from verifier.reading.proof_bytes import decode
from verifier.writing.proof_bytes import encode
from verifier.writing.threads import check_in_threads

STUMP = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def written(path: Path, *case: object, points: tuple[tuple[int, ...], ...] = ()) -> str:
    path.write_bytes(seal(parts(*case, points, claim=False)))
    return str(path)


def sums(n: int) -> Network:
    return Network(n, (affine(0, np.ones((1, n)), [0]),))


@pytest.mark.parametrize("more", [[], ["--statement"], ["--json"], ["--paranoid"]])
def test_two_to_the_200_points(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "c", bits(200), sums(200), STUMP, (Enumerated(),))
    assert run(["check", file, *more]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    if "--paranoid" not in more:
        assert "1.6*10^60 points" in said and limits.WORK in said


def test_a_report_counts_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "c", bits(200), sums(200), STUMP, (Enumerated(),))
    assert run(["report", file, "-o", str(tmp_path / "r.html")]) == 3
    assert limits.WORK in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


def test_the_kernel_itself_counts_points_before_it_evaluates_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checker, "evaluate", None)
    with pytest.raises(TooMuch, match="checking the proof takes more steps"):
        checker.verify(matter_of(bits(200), sums(200), STUMP), (Enumerated(),))


def test_cells_times_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n = 6
    tests = 2**n - 1
    inner = [
        Inner(n + (i + 1).bit_length() - 1, Fraction(1, 2), 2 * i + 1, 2 * i + 2)
        for i in range(tests)
    ]
    tree = Tree((*inner, *(Leaf(1) for _ in range(tests + 1))))
    proof: tuple[Split | Constant, ...] = (Constant(1),)
    for i in reversed(range(n)):
        proof = (Split(i, 1), *proof, *proof)
    net = Network(2 * n, (affine(0, np.ones((1, 2 * n)), [1]),))
    made = read_certificate(written(tmp_path / "c", bits(2 * n), net, tree, proof))
    assert check_in_threads(made).verdict == "equivalent"
    monkeypatch.setenv(limits.WORK, "50M")
    monkeypatch.setattr(checker, "verify", None)
    with pytest.raises(TooMuch, match="64 leaves over the proof's 64 cells"):
        check_in_threads(made)


def test_many_logits_are_told_apart_a_block_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Network(1, (affine(0, np.ones((600, 1)), -np.arange(600)),))
    proof = (Split(0, 1), Constant(0), Enumerated())
    whole = checker.verify(matter_of(bits(1), net, Tree((Leaf(0),))), proof)
    monkeypatch.setattr("verifier.kernel.rules.NUMBERS", 1 << 12)
    blocks = checker.verify(matter_of(bits(1), net, Tree((Leaf(0),))), proof)
    assert whole.verdict == blocks.verdict == "equivalent"
    assert whole.float32 == blocks.float32


def test_layers_do_not_keep_the_points_of_those_before() -> None:
    layers = [Scale(i, np.full(3, 1.5), np.ones(3), np.zeros(3)) for i in range(50)]
    net = Network(3, (*layers, affine(50, np.ones((1, 3)), [0])))
    p = checker.prepare(net, bits(3))
    nodes, _ = points.node_values(p, np.zeros((7, 3), dtype=np.int64), keep=False)
    assert sum(len(x.n) for x in nodes) == 7


def test_counterexamples_are_evaluated_together(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = asked.Asked.exact_classes

    def counted(self: asked.Asked, points: Sequence[Point]) -> object:
        calls.append(len(points))
        return real(self, points)

    monkeypatch.setattr(asked.Asked, "exact_classes", counted)
    wrong = [tuple(i >> j & 1 for j in range(10)) for i in range(1, 1001)]
    found = checker.verify(matter_of(bits(10), sums(10), Tree((Leaf(0),))), (Enumerated(),), wrong)
    assert found.disagreements == (1023, 1023)
    assert sum(calls) == 1000 and len(calls) < 10


def test_a_variable_of_many_values_can_be_split(tmp_path: Path) -> None:
    n = 20_000
    proof = (Split(0, (1 << n // 2 + 1) - 1), Constant(0), Constant(1))
    space = Domain((ordinal("x", range(n)),))
    net = Network(1, (affine(0, [[1]], [-(n // 2)]),))
    tree = Tree((Inner(0, Fraction(n // 2), 1, 2), Leaf(0), Leaf(1)))
    file = written(tmp_path / "c", space, net, tree, proof)
    assert check_in_threads(read_certificate(file)).verdict == "equivalent"
    assert second_checker.check(Path(file).read_bytes()).cells == {
        "shown": 1,
        "doubted": 1,  # the logit is 0 where x is n / 2
    }


def test_the_longest_mask_is_written_and_read() -> None:
    for mask in (1 << MOST_VALUES - 1, (1 << MOST_VALUES) - 1, (1 << 20_000) - 3):
        proof = (Split(0, mask),)
        assert decode(encode(proof)) == proof
        assert second_checker.nodes.proof_nodes(encode(proof), 1)[0].left == mask
    assert values(0b1011) == (0, 1, 3)


@pytest.mark.parametrize(
    ("to", "n"),
    [("text", 60_000), ("svg", 6_000), ("onnx", 6_000), ("python", 6_000), ("sql", 6_000)],
)
def test_export_of_a_very_deep_tree(
    to: str, n: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = '{"column":0,"threshold":0.5,"left":{"class":0},"right":'
    text = '{"format": "leafproof-tree/1", "root": ' + test * n + '{"class":1}' + "}" * (n + 1)
    (tmp_path / "t.json").write_text(text)
    output = tmp_path / "out"
    assert run(["export", str(tmp_path / "t.json"), "--to", to, "-o", str(output)]) == 3
    assert capsys.readouterr().err.count("\n") == 1
    assert not output.exists()
