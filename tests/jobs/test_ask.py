"""Questions about several models end to end: asked, proved, written, and checked again."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.provers import matters
from verifier.formats.load import load_network
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs.ask import ask
from verifier.jobs.certify import certify
from verifier.jobs.check import check
from verifier.model.chances import Runs
from verifier.model.domain import Domain, bits
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import InvalidProof, LeafproofError, QuestionError, Unfinished
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Open, Several, Split
from verifier.model.question import ClassIs, differ
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import read_certificate
from verifier.writing.json_nouns import write_tree

NETS = "LEAFPROOF_FAIRNESS_NETS"
"""The environment variable that names the folder of compas-1.onnx and compas.ranges.json."""
UNEQUAL = {"not": {"same": ["a", "b"]}}


def number(name, first, last):
    count = last - first + 1
    return Ordinal(name, Fraction(first), Fraction(1), count, uniform(count))


def compas(seed):
    """Six numbers, 624 combinations: a random network of the shape of compas-1."""
    rng = np.random.default_rng(seed)
    widths, layers = (6, 16, 8, 1), []
    for i, (m, n) in enumerate(pairwise(widths)):
        layers.append(Affine(2 * i, rng.normal(size=(n, m)), rng.normal(size=n)))
        layers.append(Relu(2 * i + 1))
    names = "Two_yr_Recidivism", "Number_of_Priors", "Age", "Race", "Female", "Misdemeanor"
    variables = [number(n, 0, 38 if n == "Number_of_Priors" else 1) for n in names]
    return Network(6, tuple(layers[:-1])), variables


def pairs(network, variables):
    """Models and a domain for: who gets another class when Race alone changes?"""
    at = [v.name for v in variables].index("Race")
    others = [v for i, v in enumerate(variables) if i != at]
    domain = Domain((*others, number("race_a", 0, 0), number("race_b", 1, 1)))
    names = [v.name for v in variables]
    read_a, read_b = ([*names[:at], f"race_{x}", *names[at + 1 :]] for x in "ab")
    return {"a": (network, read_a), "b": (network, read_b)}, domain


def by_hand(network, variables):
    """How many pairs get different classes: every one evaluated in fractions."""
    at = [v.name for v in variables].index("Race")
    found = 0
    domain = Domain(tuple(variables))
    for point in matters.points_of(domain):
        if point[at] == 0:
            other = (*point[:at], 1, *point[at + 1 :])
            x, y = domain.encode(point), domain.encode(other)
            found += matters.brute.teacher_class(network, x) != matters.brute.teacher_class(
                network, y
            )
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_copies_of_a_network_with_another_value_of_a_feature(seed, tmp_path):
    network, variables = compas(seed)
    models, domain = pairs(network, variables)
    result = ask(UNEQUAL, models, domain, output=tmp_path / "pairs.certificate")
    count = by_hand(network, variables)
    assert domain.size == 624 and result.finished
    assert result.verdict == ("somewhere" if count else "nowhere")
    assert result.points == (count, count)
    assert result.probability == (Fraction(count, 624), Fraction(count, 624))
    assert len(result.witnesses) == min(count, 10)
    for witness in result.witnesses:
        assert witness.classes["a"] != witness.classes["b"]
        assert (witness.values["race_a"], witness.values["race_b"]) == ("0", "1")
    again = check(tmp_path / "pairs.certificate")
    assert (again.verdict, again.points) == (result.verdict, result.points)


@pytest.mark.skipif(NETS not in os.environ, reason=f"{NETS} does not name a folder")
def test_the_network_of_the_literature(tmp_path):
    folder = Path(os.environ[NETS])
    given = json.loads((folder / "compas.ranges.json").read_text())["variables"]
    variables = [number(v["name"], v["from"], v["to"]) for v in given]
    network = load_network(folder / "compas-1.onnx")
    models, domain = pairs(folder / "compas-1.onnx", variables)
    result = ask(UNEQUAL, models, domain, output=tmp_path / "compas.certificate")
    assert result.points == (17, 17) == (by_hand(network, variables),) * 2
    assert check(tmp_path / "compas.certificate").points == (17, 17)


def steps_of_income():
    """A network that is a small tree over an income of 0 to 20,000, with 26 bits beside it."""
    cuts, signs = (3000, 7500, 12_345, 17_001), (1, -1, 1, -1)
    first = np.zeros((8, 27))
    first[:, 0] = 1
    bias = np.array([-float(cut + d) for cut in cuts for d in (0, 1)])
    second = np.array([[float(s * d) for s in signs for d in (1, -1)]])
    network = Network(27, (Affine(0, first, bias), Relu(1), Affine(2, second, np.array([-0.5]))))
    nodes = []
    for i, cut in enumerate(cuts):
        nodes += [Inner(0, Fraction(cut), 2 * i + 1, 2 * i + 2), Leaf(i % 2)]
    domain = Domain((number("income", 0, 20_000), *bits(26).variables))
    return network, Tree((*nodes, Leaf(0))), domain


def test_a_domain_of_a_trillion_points(tmp_path):
    network, tree, domain = steps_of_income()
    assert domain.size > 2**40
    result = certify(network, tree, domain, output=tmp_path / "income.certificate")
    assert result.verdict == "equivalent" and result.error == (0, 0)
    again = check(tmp_path / "income.certificate")
    assert again.verdict == "equivalent" and again.domain == domain
    wrong = Tree((Inner(0, Fraction(3001), 1, 2), *tree.nodes[1:]))
    other = certify(network, wrong, domain, output=tmp_path / "wrong.certificate")
    assert other.verdict == "different" and other.disagreements == (2**26, 2**26)
    assert check(tmp_path / "wrong.certificate").error == (Fraction(1, 20_001),) * 2


def test_the_same_question_without_the_tree(tmp_path):
    network, _, domain = steps_of_income()
    result = ask({"class": ["net", 1]}, {"net": network}, domain)
    of_income = (7500 - 3000) + (17_001 - 12_345)
    assert result.points == (of_income << 26,) * 2
    assert result.probability == (Fraction(of_income, 20_001),) * 2


def families():
    """Age and children; under 16 children are impossible, above they are more or less probable."""
    age, children = number("age", 0, 99), number("children", 0, 9)
    young = Runs(0, uniform(16))
    old = Runs(16, ((50, Fraction(2, 3)), (34, Fraction(1, 3))))
    nodes = (
        GivenTest(0, range(16), 1, 4),
        GivenTest(1, range(1), 2, 3),
        GivenLeaf(Fraction(1, 5), (young, Runs(0, uniform(1)))),
        GivenLeaf(Fraction(0)),
        GivenLeaf(Fraction(4, 5), (old, None)),
    )
    return Domain((age, children), Given(nodes))


def test_impossible_combinations_do_not_count(tmp_path):
    """1 where 10 children + 85 > age + 10: true of many of the impossible tuples."""
    domain = families()
    network = Network(2, (Affine(0, np.array([[-1.0, 10.0]]), np.array([75.0])),))
    result = ask({"class": ["n", 1]}, {"n": network}, domain, output=tmp_path / "f.certificate")
    count, probability = matters.answer(result.matter)
    assert domain.size == 16 + 84 * 10
    assert result.points == (count, count) and result.probability == (probability, probability)
    assert all(domain.possible(w.point) for w in result.witnesses)
    assert check(tmp_path / "f.certificate").probability == result.probability
    tree = Tree((Leaf(1),))
    same = certify(network, tree, domain)
    assert same.disagreements == (domain.size - count,) * 2


def test_random_questions_are_answered_as_by_brute_force():
    for seed in range(1000, 1060):
        matter = matters.random_matter(np.random.default_rng(seed), 120)
        names = [v.name for v in matter.domain.variables]
        models = {m.name: (m.model, [names[i] for i in m.reads]) for m in matter.models}
        result = ask(matter.question, models, matter.domain)
        count, probability = matters.answer(matter)
        assert result.points == (count, count), seed
        assert result.probability == (probability, probability), seed
        assert result.finished and bool(result.witnesses) == bool(count), seed


def hard():
    """Two networks that differ in places, over far too many points for a moment."""
    rng = np.random.default_rng(0)
    domain = Domain((*bits(24).variables, number("n", 0, 9999)))
    models = {}
    for name in "ab":
        first = rng.normal(size=(24, 25)) * np.array([1.0] * 24 + [1e-3])
        layers = Affine(0, first, rng.normal(size=24)), Relu(1)
        models[name] = Network(25, (*layers, Affine(2, rng.normal(size=(1, 24)), np.ones(1))))
    return models, domain


LOOSE = ("open", "sandwich", "tail")
"""Steps that leave cells to be gone on with."""


def test_a_time_limit_leaves_an_interval_that_can_be_gone_on_from(tmp_path, compiled, own_time):
    models, domain = hard()
    path = tmp_path / "part.certificate"
    first = ask(UNEQUAL, models, domain, timeout=1, output=path)
    assert first.verdict in ("somewhere", "undecided") and not first.finished
    assert sum(first.seconds.values()) < PATIENCE  # else it would take hours
    least, most = first.probability
    assert least < most <= 1 and (least > 0 or not first.witnesses)
    again = ask(UNEQUAL, models, domain, timeout=2, resume=path)
    closed = sum(n for kind, n in first.proved.checked.cells.items() if kind not in LOOSE)
    assert sum(n for kind, n in again.proved.checked.cells.items() if kind not in LOOSE) >= closed
    assert again.probability[1] <= most + Fraction(1, 50)  # bounds in probability begin anew
    with pytest.raises(LeafproofError, match="another question or domain"):
        ask({"class": ["a", 1]}, {"a": models["a"]}, domain, resume=path)


@pytest.mark.parametrize("timeout", [0, 0.3])
def test_hardly_any_time_is_no_error_once_all_is_read(timeout, tmp_path):
    models, domain = hard()
    try:
        result = ask(UNEQUAL, models, domain, timeout=timeout, output=tmp_path / "a.certificate")
    except Unfinished:
        assert not (tmp_path / "a.certificate").exists()
    else:
        assert not result.finished and result.probability[1] > 0
        assert check(tmp_path / "a.certificate").points == result.points


def test_a_result_is_reported_and_read_by_machines(tmp_path):
    domain = families()
    network = Network(2, (Affine(0, np.array([[-1.0, 10.0]]), np.array([75.0])),))
    result = ask({"class": ["n", 1]}, {"n": network}, domain)
    result.report(tmp_path / "a.md")
    assert "811" in (tmp_path / "a.md").read_text()
    held = json.loads(json.dumps(result.to_dict()))
    assert held["answer"] == "somewhere" and held["points"] == {"lower": 811, "upper": 811}
    assert "811" in result._repr_html_()


STUMP = Member((Inner(0, Fraction(1, 2), 1, 2), Score(()), Score(((0, 1.0),))))
ALIKE = {"not": {"all": [{"class": ["a", 0]}, {"class": ["a", 1]}]}}


@pytest.mark.parametrize("kind", ["network", "three classes", "ensemble", "tree"])
@pytest.mark.parametrize(
    ("question", "always"),
    [
        ("class(a) = 1 and class(a) = 0", False),
        ("class(a) = 1 and not class(a) = 1", False),
        ("same(a, b) and not same(b, a)", False),
        ("class(a) = 1 or not class(a) = 1", True),
        (ALIKE, True),
    ],
)
def test_what_is_true_whatever_the_classes_are_is_told_at_once(kind, question, always, tmp_path):
    """Of 2^60 points, of which no search could go through many."""
    rng, outputs = np.random.default_rng(0), 3 if kind == "three classes" else 1
    layers = Affine(0, rng.normal(size=(9, 60)), rng.normal(size=9)), Relu(1)
    last = Affine(2, rng.normal(size=(outputs, 9)), rng.normal(size=outputs))
    models = {
        "ensemble": Ensemble(60, 1, (STUMP,) * 40, (0.0,), "float32", 19.5),
        "tree": Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))),
    }
    model = models.get(kind, Network(60, (*layers, last)))
    named = {"a": model} if "same" not in str(question) else {"a": model, "b": model}
    path = tmp_path / "said.certificate"
    result = ask(question, named, bits(60), output=path)
    count = 2**60 if always else 0
    assert result.points == (count, count) and result.finished
    assert result.verdict == ("somewhere" if always else "nowhere")
    assert any("whatever classes its models have" in note for note in result.notes)
    assert check(path, paranoid=True).points == (count, count)


def test_what_depends_on_a_class_is_asked_as_it_is():
    """Of three classes a third one is left, and another model may decide."""
    rng = np.random.default_rng(0)
    three = Network(3, (Affine(0, rng.normal(size=(3, 3)), rng.normal(size=3)),))
    result = ask("class(a) = 0 or class(a) = 1", {"a": three}, bits(3))
    assert result.notes == () or "whatever" not in str(result.notes)
    classes = [three_classes(three, x) for x in np.ndindex(2, 2, 2)]
    assert result.points == (sum(k < 2 for k in classes),) * 2


def three_classes(network, row):
    (layer,) = network.layers
    return int(np.argmax(layer.weight @ np.array(row) + layer.bias))


def test_one_witness_is_enough_where_it_is_asked_for():
    models, domain = hard()
    result = ask(UNEQUAL, models, domain, stop_at_witness=True)
    assert result.verdict == "somewhere" and result.witnesses and not result.finished


def test_a_stop_ends_at_once_with_what_was_checked():
    models, domain = hard()
    asked = [0]

    def stop():
        asked[0] += 1
        return asked[0] > 200

    result = ask(UNEQUAL, models, domain, stop=stop)
    assert not result.finished and any("stopped" in note for note in result.notes)


def test_files_of_every_kind_are_models(tmp_path):
    domain = Domain((number("x", 0, 9), number("y", 0, 9)))
    network = Network(1, (Affine(0, np.array([[1.0]], np.float32), np.array([-4.5], np.float32)),))
    save_onnx(network, tmp_path / "net.onnx")
    write_tree(tmp_path / "tree.json", Tree((Inner(0, Fraction(4), 1, 2), Leaf(0), Leaf(1))))
    models = {"net": (tmp_path / "net.onnx", ["y"]), "tree": (str(tmp_path / "tree.json"), ["y"])}
    result = ask({"not": {"same": ["net", "tree"]}}, models, domain)
    assert result.verdict == "nowhere" and result.points == (0, 0)
    both = {"all": [{"class": ["net", 1]}, {"class": ["tree", 1]}]}
    assert ask(both, models, domain).points == (50, 50)


def test_trees_are_compared_with_each_other():
    domain = Domain((number("x", 0, 10**12),))
    models = {
        name: Tree((Inner(0, Fraction(at), 1, 2), Leaf(0), Leaf(1)))
        for name, at in (("old", 10**6), ("new", 10**6 + 3))
    }
    result = ask({"not": {"same": ["old", "new"]}}, models, domain)
    assert result.points == (3, 3)
    assert not any(isinstance(x, Split | Constant | Several) for x in result.certificate.proof)
    assert isinstance(result.certificate.proof[0], Open)


def test_the_words_of_certify_stay_for_a_network_and_a_tree():
    network, tree, domain = steps_of_income()
    result = ask(differ(), {"teacher": network, "tree": tree}, domain)
    assert result.verdict == "equivalent" and result.network is network
    assert "leaves" in repr(result)
    other = ask(ClassIs(0, 1), {"n": network}, domain)
    assert repr(other).startswith("Result(somewhere, probability ")
    with pytest.raises(LeafproofError, match=r"its models are in result\.matter\.models"):
        _ = other.tree


@pytest.mark.parametrize(
    ("question", "models", "message"),
    [
        ({"same": ["a", "c"]}, {"a": None, "b": None}, '"c"'),
        ({"class": ["a", 2]}, {"a": None}, "class 2"),
        ({"class": ["a", 1]}, {"a": None, "b": None}, 'does not name model "b"'),
        ({"class": ["a", 1]}, {"a": ["y"]}, "takes 2 columns"),
        ({"class": ["a", 1]}, {"a": ["x", "z"]}, "'z', which the domain lacks"),
        ({"class": ["a", 1]}, {"a": "x"}, "give the names of the variables as a list"),
        ({"or": []}, {"a": None}, "or"),
        ({"class": ["a", 1]}, {}, "models is not a dict"),
    ],
)
def test_what_does_not_fit_together_is_one_line(question, models, message):
    domain = Domain((number("x", 0, 9), number("y", 0, 9)))
    network = Network(2, (Affine(0, np.array([[1.0, 1.0]]), np.array([-4.5])),))
    given = {name: network if r is None else (network, r) for name, r in models.items()}
    with pytest.raises(LeafproofError, match=message) as caught:
        ask(question, given, domain)
    assert "\n" not in str(caught.value)


def test_classes_of_other_names_are_not_compared_by_number():
    domain = Domain((number("x", 0, 9),))
    layers = (Affine(0, np.array([[1.0], [-1.0]]), np.array([-4.5, 0.0])),)
    models = {
        "a": Network(1, layers, labels=("no", "yes")),
        "b": Network(1, layers, labels=("yes", "no")),
    }
    with pytest.raises(QuestionError, match="same compares the numbers of classes"):
        ask(UNEQUAL, models, domain)


def test_a_changed_certificate_is_refused(tmp_path):
    network, variables = compas(0)
    models, domain = pairs(network, variables)
    ask(UNEQUAL, models, domain, output=tmp_path / "a.certificate")
    data = bytearray((tmp_path / "a.certificate").read_bytes())
    at = data.index(b'"race_b"') + 1
    data[at : at + 6] = b"race_c"
    (tmp_path / "b.certificate").write_bytes(bytes(data))
    with pytest.raises((InvalidProof, LeafproofError)):
        check(tmp_path / "b.certificate")
    held = read_certificate(tmp_path / "a.certificate")
    assert held.format == 2 and [m.name for m in held.models] == ["a", "b"]
