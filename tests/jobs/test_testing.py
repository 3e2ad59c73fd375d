"""Tests of models that nobody looks into: what is drawn, recorded, checked again and refused."""

from __future__ import annotations

import itertools
import json
import math
import warnings
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from tests.every import EVERY
from verifier import second_checker
from verifier.cli.main import run
from verifier.formats.opaque import answers, encoder
from verifier.formats.opaque_tables import table_of
from verifier.jobs.limit import Limit
from verifier.jobs.testing import AT_ONCE, matter_of_test
from verifier.jobs.watching import Event, Stage
from verifier.kernel import checker
from verifier.kernel.certificate import check_certificate
from verifier.kernel.population import population
from verifier.kernel.recorded import Tickets
from verifier.kernel.sampling import sample
from verifier.model.errors import (
    CertificateError,
    InvalidProof,
    LeafproofError,
    QuestionError,
    Unfinished,
)
from verifier.model.network import Affine, Network
from verifier.model.opaque import Opaque
from verifier.model.proof import Enumerated, Open
from verifier.model.question import Bound, ClassIs, Matter, Same, differ
from verifier.model.sample import Plan
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.timing import now
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.writing.json_text import dump

HALF = Fraction(1, 2)
AND = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(0), Leaf(1)))
BITS = lp.Domain.bits(8)


def model(x: np.ndarray) -> np.ndarray:
    """x0 and x1, except where five of the other six bits are set."""
    return (x[:, 0] * x[:, 1] + (x[:, 2:].sum(axis=1) >= 5)) > 0


def rate(domain: lp.Domain, call: Any, tree: Tree) -> Fraction:
    """The probability that the two differ, point by point, in a uniform domain."""
    x = domain.inputs()
    return Fraction(int((call(x).astype(int) != tree.predict(x)).sum()), len(x))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[lp.Result, Path]:
    path = tmp_path_factory.mktemp("test") / "a.certificate"
    return lp.test(model, AND, BITS, samples=20_000, output=path), path


def test_the_interval_holds_the_truth_and_nothing_is_proved(made: tuple[lp.Result, Path]) -> None:
    result, path = made
    found = result.proved and result.proved.sampled
    assert found is not None
    truth = rate(BITS, model, AND)
    assert found.lower < truth < found.upper < found.lower + Fraction(1, 20)
    assert (result.verdict, result.error) == ("undecided", (0, 1))
    assert not result.proved.float32.is_shown
    again = lp.check(path, against=(model, AND, BITS))
    assert again.proved is not None
    assert again.proved.sampled == found
    assert again.asked_again == found.draws == 20_000
    shown = result.to_dict()
    assert shown["test"] == "a test, not a proof"
    assert shown["probability"] == {"lower": "0", "upper": "1"}
    assert shown["sampled"]["seen"] == found.seen
    assert "not a proof" in result._repr_html_()
    assert repr(result) == f"TestResult(no proof; {found})" and "20,000 draws" in repr(result)


def test_draws_are_fixed_by_what_is_tested(made: tuple[lp.Result, Path]) -> None:
    same = lp.test(model, AND, BITS, samples=20_000)
    assert same.data == made[0].data
    other = lp.test(model, AND, BITS, samples=20_000, nonce="the auditor's")
    assert other.certificate is not None and made[0].certificate is not None
    assert other.certificate.recorded != made[0].certificate.recorded


@pytest.mark.parametrize("weights", [None, "1/5"])
def test_coverage(weights: str | None) -> None:
    """At δ = 1/5 the interval misses the truth seldom: over many nonces, and a skewed domain."""
    domain = lp.Domain.bits(4)
    if weights:
        domain = lp.Domain.product(
            *(
                lp.Domain.encoded(f"x{i}", ["0", "1"], [[0], [1]], [weights, "4/5"])
                for i in range(4)
            )
        )
    tree, missed, trials = Tree((Leaf(0),)), 0, 80 if EVERY else 40

    def odd(x: np.ndarray) -> np.ndarray:
        return x.sum(axis=1) % 2

    p = Fraction(1, 2)
    if weights:
        x = domain.inputs()
        p = sum(Fraction(4 ** int(row.sum()), 5**4) for row in x if int(row.sum()) % 2) or Fraction(
            0
        )
    for nonce in range(trials):
        found = lp.test(odd, tree, domain, samples=60, delta="1/5", nonce=str(nonce))
        assert found.proved is not None and found.proved.sampled is not None
        missed += not found.proved.sampled.lower <= p <= found.proved.sampled.upper
    assert missed <= trials // 5 + 8


def test_any_kind_of_model(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    linear = torch.nn.Linear(8, 2)
    network = Network(8, (Affine(0, np.ones((1, 8), np.float32), np.array([-3.5], np.float32)),))
    network.save(tmp_path / "net.onnx")
    majority = Tree((Leaf(1),))
    for given in (tmp_path / "net.onnx", lambda x: x.sum(axis=1) > 3.5):
        found = lp.test(given, majority, BITS, samples=5000).proved
        assert found is not None and found.sampled is not None
        truth = 1 - Fraction(1 + 8 + 28 + 56, 256) - Fraction(0)
        assert found.sampled.lower < 1 - truth < found.sampled.upper
    own = lp.test(linear, AND, BITS, samples=500)
    assert own.certificate is not None
    assert "torch module Linear" in str(own.certificate.models[0].model)
    predictor = type("Predictor", (), {"predict": staticmethod(lambda x: np.array(["1"] * len(x)))})
    assert lp.test(predictor(), majority, BITS, samples=50).proved.sampled.seen == 0  # type: ignore[union-attr]


def test_answers_are_numbered_by_the_trees_classes() -> None:
    tree = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)), labels=("no", "yes"))
    rows = np.zeros((3, 1))
    for given, wanted in (
        (["yes", "no", "perhaps"], [1, 0, 2]),
        ([[0.1, 0.9], [0.8, 0.2], [np.nan, 1]], [1, 0, 2]),
        (np.array(["yes", math.nan, None], dtype=object), [1, 2, 2]),
        (np.array([0, "yes", "no"], dtype=object), [2, 1, 0]),
        (np.array(["yes", pytest.importorskip("pandas").NA, "no"]), [1, 2, 0]),
        (np.ma.masked_array(["yes", "yes", "no"], mask=[False, True, False]), [1, 2, 0]),
        ([[2**53, 2**53 + 1], [2**53 + 1, 2**53], [1, 1]], [1, 0, 0]),
    ):
        asked = answers(lambda x, given=given: given, tree)
        assert asked.classify(rows).tolist() == wanted
    plain = answers(lambda x: np.array([0.0, 1.0, 7.0]), Tree((Leaf(0),)))
    assert plain.classify(rows).tolist() == [0, 1, 2]
    cut = answers(lambda x: np.array([0.2, 0.5, 0.7]), Tree((Leaf(0),)), head="probability")
    assert cut.classify(rows).tolist() == [0, 0, 1]


@pytest.mark.parametrize("kind", [bool, int, np.bool_, np.float64])
@pytest.mark.parametrize("labels", [("False", "True"), ()])
def test_truth_values_are_the_trees_whatever_their_type(kind: Any, labels: tuple[str, ...]) -> None:
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)), labels)
    found = answers(lambda rows: np.array([kind(x) for x in rows[:, 0]]), tree)
    np.testing.assert_array_equal(found.classify(np.array([[0.0], [1.0], [1.0]])), [0, 1, 1])


def test_a_model_gets_its_columns_by_their_names() -> None:
    """Fitted to a table of a and b, asked about a domain of b and a."""
    pd = pytest.importorskip("pandas")
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier

    table = pd.DataFrame([(a, b) for a in range(4) for b in range(4)], columns=["a", "b"])
    classes = (table.a > 1) & (table.b < 3)
    forest = RandomForestClassifier(3, bootstrap=False, random_state=0).fit(table, classes)
    tree = DecisionTreeClassifier().fit(table, classes)
    domain = lp.Domain.product(lp.Domain.range("b", 0, 3), lp.Domain.range("a", 0, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, of arrays that have no names
        result = lp.test(forest, tree, domain, replacement=False)
    assert result.sampled.seen == 0 and result.sampled.draws == 16


def test_inputs_are_those_of_the_domain() -> None:
    domain = lp.Domain.product(
        lp.Domain.one_hot("c", ["a", "b", "c"]), lp.Domain.range("n", 1, 2, step="1/4")
    )
    points = np.array([[i, j] for i in range(3) for j in range(5)])
    assert np.array_equal(encoder(domain)(points), domain.inputs())


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("recorded.bin", lambda b: bytes([1 - b[0] % 2]) + b[1:], "sample.json states seen"),
        ("recorded.bin", lambda b: b[:-1], "there are 20000 draws"),
        ("recorded.bin", lambda b: b + b"\0", "there are 20000 draws"),
        ("recorded.bin", lambda b: b"\3" + b[1:], "offset 0: class 3"),
        ("sample.json", lambda b: b.replace(b'"draws": 20000', b'"draws": 19999'), "recorded.bin"),
        ("sample.json", lambda b: b.replace(b'"nonce": ""', b'"nonce": "a"'), "seen"),
        ("sample.json", None, "belong to a test"),
        ("recorded.bin", None, "belong to a test"),
        ("models.json", lambda b: b.replace(b'"classes": 3', b'"classes": 1'), "2 to 256 classes"),
        ("models.json", lambda b: b.replace(b'"classes": 3', b'"classes": true'), "no number"),
        ("models.json", lambda b: b.replace(b"null", b'"abc"'), "64 hexadecimal digits"),
        ("models.json", lambda b: b.replace(b'"what"', b'"who"'), "opaque must hold"),
    ],
)
def test_what_was_tampered_with_is_refused(
    made: tuple[lp.Result, Path], part: str, change: Any, said: str, tmp_path: Path
) -> None:
    parts = unpack(made[1].read_bytes())
    manifest = json.loads(parts.pop("manifest.json"))
    if change is None:
        del parts[part]
    else:
        changed = change(parts[part])
        assert changed != parts[part]
        parts[part] = changed
    path = tmp_path / "b.certificate"
    path.write_bytes(pack(parts, manifest["prover"], None, 3))
    with pytest.raises((CertificateError, InvalidProof), match=said):
        lp.check(path)


def test_a_proof_of_an_opaque_model_is_refused() -> None:
    matter = matter_of_test(BITS, Opaque(3, None, "a model"), AND)
    for proof, points in (((Enumerated(),), ()), ((Open(),), ((0,) * 8,))):
        with pytest.raises(InvalidProof, match="nothing is proved of an opaque model"):
            checker.verify(matter, proof, points)


def test_an_opaque_model_stands_nowhere_else() -> None:
    opaque, every = Opaque(3, None, "a model"), tuple(range(8))
    pair = Bound("a", opaque, every), Bound("b", AND, every)
    assert Matter(BITS, pair, differ()).is_test
    for models, question in (
        (pair[::-1], differ()),
        (pair, Same(0, 1)),
        ((pair[0], Bound("b", AND, every[:2])), differ()),
        ((pair[0], Bound("b", opaque, every)), differ()),
        ((pair[0],), ClassIs(0, 1)),
    ):
        with pytest.raises(QuestionError, match="stands only in a test"):
            Matter(BITS, models, question)


def test_another_model_is_found_out(made: tuple[lp.Result, Path]) -> None:
    _, path = made
    for against, said in (
        ((lambda x: x[:, 0] > 0, AND, BITS), "answers class"),
        ((model, Tree((Leaf(0),)), BITS), "another tree"),
        ((model, AND, lp.Domain.bits(9)), "another domain"),
    ):
        with pytest.raises(InvalidProof, match=said):
            lp.check(path, against=against)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": 3}, "of type int"),
        ({"model": lambda x: x[:3, 0]}, "array of shape"),
        ({"model": lambda x: x[:, 0] / 3}, "say with head"),
        ({"model": lambda x: [*(x[:-1, 0] > 0), 0.5]}, "say with head"),
        ({"model": lambda x: [None, *([0.5] * (len(x) - 1))]}, "say with head"),
        ({"model": lambda x: x[:, :0]}, "array of shape"),
        ({"model": lambda x: x[:, 0] + 1j}, "complex numbers"),
        ({"model": lambda x: [[0] * (1 + (row == 1)) for row in range(len(x))]}, "no array"),
        ({"model": lambda x: ["no"] * len(x), "head": "logit"}, "what are no numbers"),
        ({"samples": 0}, "draws"),
        ({"delta": "many"}, "give the probability of being wrong"),
        ({"delta": 2}, "give the probability of being wrong"),
        ({"rows": {"q": [1]}}, "the rows have no column"),
        ({"rows": {"q": [1]}, "drop": ["q"]}, "leave drop out"),
        ({"drop": ["a"]}, "drop names a column of rows"),
        ({"target": "a"}, "target names a column of rows"),
    ],
)
def test_bad_input_is_one_line(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"model": model, "tree": AND, "domain": BITS, "samples": 100}
    with pytest.raises(LeafproofError, match=said) as caught:
        lp.test(**{**arguments, **given}, output=tmp_path / "a.certificate")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_answers_that_are_no_class_are_said() -> None:
    given = lp.test(lambda x: np.where(x[:, 2] > 0, np.nan, x[:, 0]), AND, BITS, samples=50)
    count = (given.certificate.recorded or b"").count(2)
    assert 0 < count < 50
    assert any(f"at {count} of 50 draws" in note for note in given.notes)


def test_what_a_model_raises_is_raised_and_nothing_is_written(tmp_path: Path) -> None:
    def broken(x: np.ndarray) -> np.ndarray:
        raise ZeroDivisionError("oops")

    with pytest.raises(ZeroDivisionError, match="oops"):
        lp.test(broken, AND, BITS, samples=10, output=tmp_path / "a.certificate")
    assert not list(tmp_path.iterdir())


def test_rows_are_drawn_from(tmp_path: Path) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text("a,b,class\n0,0,x\n0,1,y\n1,1,y\n1,1,x\n", encoding="utf-8")
    tree = Tree((Leaf(0),))
    held = lp.test(lambda x: x[:, 0], tree, rows=rows, target="class", samples=4000, delta="1/1000")
    assert "differ at 2 of all 4 rows" in held._repr_html_()
    assert "only 3 listed ones are possible" in held._repr_html_()
    found = held.proved
    assert found is not None and found.sampled is not None
    assert found.sampled.lower == HALF == found.sampled.upper  # all four are asked
    assert (found.sampled.draws, found.sampled.among) == (4, 4)
    again = lp.test(
        lambda x: x[:, 0], tree, rows=rows, target="class", samples=4000, delta="1/1000",
        replacement=True,
    ).proved  # fmt: skip
    assert again is not None and again.sampled is not None
    assert again.sampled.lower < HALF < again.sampled.upper and again.sampled.draws == 4000


def test_rows_are_points_of_a_domain_and_columns_are_left_out(tmp_path: Path) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text("b,note,a\n0,u,2\n5,v,2\n5,w,0\n5,w,0\n", encoding="utf-8")
    space = lp.Domain.product(lp.Domain.ordinal("a", [0, 1, 2]), lp.Domain.ordinal("b", [0, 5]))
    seen = []

    def model(x: np.ndarray) -> np.ndarray:
        seen.extend(map(tuple, x.tolist()))
        return (x[:, 1] > 1).astype(int)  # the domain's second column is the table's first

    for said in ({"domain": space}, {"drop": ["note", "a"]}):
        kept = seen.copy()
        classes = model if "domain" in said else lambda x: (x[:, 0] > 1).astype(int)
        made = lp.test(classes, Tree((Leaf(1),)), rows=rows, **said)
        found = made.proved and made.proved.sampled
        assert found is not None
        assert (found.lower, found.upper, found.draws) == (Fraction(1, 4), Fraction(1, 4), 4)
    assert set(kept) == {(2, 0), (2, 5), (0, 5)}
    path = tmp_path / "a.certificate"
    lp.test(model, Tree((Leaf(1),)), space, rows=rows, output=path)
    assert lp.check(path).proved.sampled.among == 4
    real = lp.Domain.from_frame(pandas_frame(), continuous=["b"])
    with pytest.raises(LeafproofError, match='"b" is continuous, so single rows'):
        lp.test(model, Tree((Leaf(1),)), real, rows=rows)


def test_where_reading_took_all_of_the_time_a_few_points_are_drawn() -> None:
    over = Limit(1000, now() - 1011)  # what is not done by 1020 is lost
    made = lp.test(model, AND, BITS, timeout=over).proved
    assert made is not None and made.sampled is not None
    assert made.sampled.draws == 256


def pandas_frame() -> Any:
    """A column of real numbers beside one of whole ones."""
    return pytest.importorskip("pandas").DataFrame({"a": [0, 1, 2] * 4, "b": np.arange(12) / 7})


def test_a_point_has_as_many_tickets_as_it_weighs() -> None:
    few = lp.Domain.product(
        lp.Domain.encoded("c", ["a", "b", "c"], [[0], [5], [2]], ["1/2", "1/3", "1/6"]),
        lp.Domain.range("age", 18, 21),
        lp.Domain.bits(["p"]),
    )
    for domain in (
        few,
        few.without({"c": "a", "p": "1"}),
        few.depending(
            {
                "variable": "age",
                "at_most": 19,
                "left": {"weight": "1/3", "probabilities": {"c": {"a": "1/4", "c": "3/4"}}},
                "right": {"weight": "2/3"},
            }
        ),
    ):
        matter = matter_of_test(domain, Opaque(3, None, "a test"), Tree((Leaf(0),)))
        asked = checker.prepared(matter)
        verdict = checker.verify(matter, (Open(),), asked=asked)
        once = Tickets(population(asked, verdict, verdict.checked.left))
        held = Counter(tuple(once.point(ticket)) for ticket in range(once.total))
        points = itertools.product(range(3), range(4), range(2))
        wanted = {x: domain.probability(x) for x in points}
        assert {x: Fraction(n, once.total) for x, n in held.items()} == {
            x: p for x, p in wanted.items() if p
        }
        assert math.gcd(*held.values()) == 1


@pytest.fixture(scope="module")
def sequential() -> lp.Result:
    return lp.test(model, AND, BITS, until="1/5", delta="1/20", samples=9000)


@pytest.fixture(scope="module")
def once() -> lp.Result:
    return lp.test(model, AND, BITS, replacement=False, samples=100, delta="1/20")


def test_a_test_ends_as_soon_as_it_is_enough(sequential: lp.Result) -> None:
    assert sequential.proved is not None and sequential.certificate is not None
    found, plan = sequential.proved.sampled, sequential.certificate.sample
    assert found is not None and plan is not None
    assert found.draws == plan.drawn < plan.plan.draws == 9000
    assert found.lower < rate(BITS, model, AND) < found.upper <= Fraction(1, 5)
    above = lp.test(model, AND, BITS, until="1/50", delta="1/20").proved
    assert (
        above is not None and above.sampled is not None and above.sampled.lower >= Fraction(1, 50)
    )
    aimed = lp.test(model, Tree((Leaf(0),)), lp.Domain.bits(8), until="1/2", aim="1/4").proved
    assert aimed is not None and aimed.sampled is not None and aimed.sampled.upper <= HALF
    assert "confidence-sequence-beta" in sequential._repr_html_()


def test_what_was_drawn_by_the_end_is_a_test_too() -> None:
    """``stop`` is asked between blocks of AT_ONCE points."""
    asked = itertools.count()
    heard: list[Event] = []
    held = lp.test(
        model, AND, BITS, until=0, samples=10**6, stop=lambda: next(asked) > 40,
        progress=heard.append,
    ).proved  # fmt: skip
    assert Stage("testing", "check") in heard  # so Ctrl-C asks it to stop, and interrupts nothing
    assert held is not None and held.sampled is not None
    assert held.sampled.draws % AT_ONCE == 0 < held.sampled.draws < 10**5
    with pytest.raises(Unfinished):
        lp.test(model, AND, BITS, samples=10**6, stop=lambda: True)


def test_all_points_once_is_the_error(once: lp.Result) -> None:
    truth = rate(BITS, model, AND)
    assert once.proved is not None and once.proved.sampled is not None
    assert once.proved.sampled.lower < truth < once.proved.sampled.upper
    every = lp.test(model, AND, BITS, replacement=False)
    assert every.proved is not None and every.proved.sampled is not None
    assert every.proved.sampled.lower == truth == every.proved.sampled.upper
    assert "of all 256 points" in every._repr_html_()
    assert "finite-population" in once._repr_html_()


@pytest.mark.parametrize(
    ("which", "change"),
    [
        ("sequential", {"drawn": -1}),
        ("sequential", {"draws": -1}),
        ("sequential", {"method": "pooled"}),
        ("sequential", {"method": "finite"}),
        ("sequential", {"aim": "1/7"}),
        ("sequential", {"upper": "1/20"}),
        ("sequential", {"lower": "1/10"}),
        ("sequential", {"recorded": -1}),
        ("sequential", {"nonce": "another"}),
        ("once", {"method": "anytime"}),
        ("once", {"method": "pooled"}),
        ("once", {"aim": "1/7"}),
        ("once", {"upper": "1/20"}),
        ("once", {"lower": "1/10"}),
        ("once", {"recorded": -1}),
        ("once", {"draws": 1}),
        ("once", {"draws": 200}),
        ("once", {"true": 1}),
        ("once", {"delta": "1/2"}),
    ],
)
def test_both_checkers_refuse_a_test_that_was_tampered_with(
    which: str, change: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    data = request.getfixturevalue(which).data
    parts = unpack(data)
    assert second_checker.check_test(data).draws == len(parts["recorded.bin"])
    prover = json.loads(parts.pop("manifest.json"))["prover"]
    held = json.loads(parts["sample.json"])
    for key, value in change.items():
        if key == "recorded":
            parts["recorded.bin"] = parts["recorded.bin"][:value]
        elif key in ("drawn", "true"):
            held["seen"][key] += value
        elif key in ("lower", "upper"):
            held["probability"][key] = value
        elif key == "aim":
            names = list(held)
            held = {k: held.get(k, value) for k in (*names[:6], "aim", *names[6:])}
        else:
            held[key] = held[key] + value if isinstance(value, int) else value
    parts["sample.json"] = dump(held)
    forged = pack(parts, prover, None, 3)
    with pytest.raises((InvalidProof, CertificateError)):
        check_certificate(certificate_of(forged))
    with pytest.raises((InvalidProof, CertificateError)):
        second_checker.check_test(forged)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"until": "1/10", "replacement": False}, "until is for independent draws"),
        ({"until": "2"}, 'until is "2": give an error'),
        ({"until": "soon"}, 'until is "soon"'),
        ({"aim": "1/10"}, "aim is the error that is hoped for"),
        ({"until": "1/10", "aim": "1/5"}, "aim is the error that is hoped for"),
        ({"replacement": False, "samples": 1 << 25, "domain": lp.Domain.bits(40)}, "at most"),
        ({"replacement": False, "domain": lp.Domain.bits(70)}, "draw with replacement"),
    ],
)
def test_wishes_that_do_not_go_together(wishes: dict[str, Any], said: str) -> None:
    with pytest.raises(LeafproofError, match=said):
        lp.test(model, AND, **{"domain": BITS, **wishes})


def test_a_sample_of_what_is_open_is_no_test() -> None:
    """The methods of tests are refused beside a network, by both checkers."""
    network = Network(2, (Affine(0, np.ones((1, 2), np.float32), np.zeros(1, np.float32)),))
    bits = lp.Domain.bits(2)
    matter = Matter(bits, (Bound("net", network, (0, 1)), Bound("tree", AND, (0, 1))), differ())
    asked = checker.prepared(matter)
    verdict = checker.verify(matter, (Open(),), asked=asked)
    found = population(asked, verdict, verdict.checked.left)
    for method in ("anytime", "finite"):
        with pytest.raises(InvalidProof, match="not drawn from by the method"):
            sample(found, Plan(10, Fraction(1, 10), method=method), b"k" * 32)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = Network(8, (Affine(0, np.ones((1, 8), np.float32), np.array([-3.5], np.float32)),))
    network.save(tmp_path / "net.onnx")
    AND.save(tmp_path / "tree.json")
    files = [str(tmp_path / "net.onnx"), str(tmp_path / "tree.json")]
    path = str(tmp_path / "a.certificate")
    lp.Domain.bits(7).save(tmp_path / "seven.json")
    seven = ["--domain", str(tmp_path / "seven.json"), "--samples", "2000"]
    assert run(["test", *files, *seven, "-o", path]) == 3
    assert "takes 8 columns, and the domain has 7" in capsys.readouterr().err
    assert not Path(path).exists()
    assert run(["test", *files, "--samples", "2000"]) == 2
    assert "8 bits, assumed as no --domain was given" in capsys.readouterr().out
    BITS.save(tmp_path / "bits.json")
    files.append(str(tmp_path / "bits.json"))
    words = ["test", *files[:2], "--domain", files[2], "--samples", "2000", "--delta", "1e-6"]
    assert run([*words, "-o", path]) == 2
    assert "a test, not a proof" in capsys.readouterr().out
    assert run(["check", path, "--against", *files]) == 0
    assert "asked again" in capsys.readouterr().out
    assert run(["check", path, "--statement"]) == 3
    assert "a test states no theorem" in capsys.readouterr().err
    assert run(["check", path, "--verified"]) == 3
    assert "does not cover opaque models" in capsys.readouterr().err
    assert run(["check", path, "--paranoid"]) == 0
    capsys.readouterr()
    assert run(["report", path, "-o", str(tmp_path / "a.md")]) == 0
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "Tested, not proved" in text
    assert "nothing was sampled" not in text and "nothing is sampled" not in text
    held = certificate_of(Path(path).read_bytes())
    assert isinstance(held.models[0].model, Opaque) and held.models[0].model.sha256


def test_no_more_is_drawn_than_there_is_time_for(clock, tmp_path: Path) -> None:
    """That is told by other draws, before the first one that counts; a note says so."""
    asked = []

    def slow(x: np.ndarray) -> np.ndarray:
        asked.append(len(x))
        clock.time += 0.001 * len(x)
        return model(x)

    path, begun = tmp_path / "a.certificate", clock.time
    found = lp.test(slow, AND, BITS, samples=10**9, timeout=10, output=path)
    held = found.proved.sampled
    assert held.draws == pytest.approx(0.4 * (10 - 0.512) * 1000, rel=0.01)
    assert sum(asked) == 512 + held.draws and clock.time - begun < 10
    (note,) = [x for x in found.notes if "are left for draws" in x]
    assert "1,000,000,000 take about" in note and f"{held.draws:,}" in note
    assert lp.check(path).proved.sampled == held
    asked.clear()
    whole = lp.test(slow, AND, BITS, samples=300, timeout=10)
    assert whole.proved.sampled.draws == 300 and sum(asked) == 2 * 256 + 300
    assert not [x for x in whole.notes if "are left for draws" in x]


def test_time_limits_and_stops_end_a_test(tmp_path: Path, made: tuple[lp.Result, Path]) -> None:
    asked = 0

    def slow(x: np.ndarray) -> np.ndarray:
        nonlocal asked
        asked += 1
        return model(x)

    def stop() -> bool:
        return asked >= 3

    with pytest.raises(lp.Unfinished, match="was not finished"):
        lp.test(slow, AND, BITS, samples=100_000, stop=stop, output=tmp_path / "a.certificate")
    assert asked == 3
    assert not list(tmp_path.iterdir())
    asked = 0
    with pytest.raises(lp.Unfinished, match="asked again at 0 draws"):
        lp.check(made[1], against=(slow, AND, BITS), stop=stop)


def test_pipelines_that_nobody_looks_into_are_given_the_table(tmp_path: Path) -> None:
    """As they were fitted to it: texts, missing values and all; so is a tree behind a pipeline."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from sklearn.tree import DecisionTreeClassifier

    rng = np.random.default_rng(0)
    x = pandas.DataFrame(
        {
            "city": rng.choice(["Ulm", "Köln", ""], 80),
            "paid": rng.choice([1.5, 2.5, 4.0, np.nan], 80),
            "again": rng.random(80) < 0.5,
            "visits": rng.integers(0, 9, 80),
        }
    )
    y = np.where((x.visits > 4) ^ (x.city == "Ulm"), "yes", "no")

    def behind(last: Any) -> Any:
        first = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["city", "again"]),
            (SimpleImputer(), ["paid", "visits"]),
        )
        return make_pipeline(first, last)

    model = behind(KNeighborsClassifier(3)).fit(x, y)
    tree = behind(DecisionTreeClassifier(max_leaf_nodes=4)).fit(x, model.predict(x))
    differ = int((model.predict(x) != tree.predict(x)).sum())
    found = lp.test(model, tree, rows=x).sampled
    assert found is not None and 0 < differ < 40
    assert found.lower == found.upper == Fraction(differ, 80)
    domain, path = lp.Domain.from_frame(x), tmp_path / "a.certificate"
    made = lp.test(model, tree, domain, samples=400, output=path)
    points = np.array(list(itertools.product(*(range(v.count) for v in domain.variables))))
    make = table_of(model, domain)
    assert make is not None
    every = make(points)
    wrong = model.predict(every) != tree.predict(every)
    chances = [
        float(Fraction(domain.weight(tuple(p)), domain.total_weight)) for p in points.tolist()
    ]
    truth = float(np.sum(np.array(chances)[wrong]))
    assert made.sampled is not None and made.sampled.lower < truth < made.sampled.upper
    assert lp.check(path, against=(model, tree, domain)).asked_again == 400
    zipped = x.assign(city=np.where(x.city == "Ulm", "89073", "50667"))
    domain = lp.Domain.from_frame(zipped, kinds={"city": "categorical"})
    with pytest.raises(lp.LeafproofError, match='"city" holds numbers as categories'):
        lp.test(model, AND, domain)


def test_rows_that_are_binned_are_said_to_be() -> None:
    pytest.importorskip("pandas")
    long = {"x0": [i**3 / 7 if i else None for i in range(2000)], "x1": [0, 1] * 1000}
    made = lp.test(lambda x: x[:, -1], Tree((Leaf(1),)), rows=long)
    assert any("bin" in text for text in made.notes)
