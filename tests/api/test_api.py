"""``import verifier as lp``: what is there, how it is documented, and that it works."""

from __future__ import annotations

import ast
import inspect
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import torch
from sklearn.neural_network import MLPClassifier

import verifier as lp
from verifier.model import errors
from verifier.model.tree import Leaf

FUNCTIONS = [name for name in lp.__all__ if inspect.isfunction(getattr(lp, name))]
CLASSES = [name for name in lp.__all__ if inspect.isclass(getattr(lp, name))]


def network(columns=6):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(columns, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))


@cache
def ours(columns=6):
    return lp.load_network(network(columns), columns=columns)


def estimator():
    x = lp.Domain.bits(6).inputs()
    return MLPClassifier((6,), max_iter=3000, random_state=0).fit(x, x[:, 0] + x[:, 1] > 0)


@pytest.fixture(params=["module", "path", "estimator", "ours"])
def net(request, tmp_path):
    if request.param == "estimator":
        return estimator()
    if request.param == "module":
        return network()
    ours().save(tmp_path / "net.onnx")
    return ours() if request.param == "ours" else tmp_path / "net.onnx"


def test_ten_lines(net, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    domain = lp.Domain.bits(6)
    made = lp.distill(net, domain)
    result = lp.certify(net, made.tree, domain)
    assert (result.verdict, result.error, result.counterexamples) == (
        *("equivalent", (Fraction(0), Fraction(0))),
        (),
    )
    result.save("a.certificate")
    assert lp.check("a.certificate").verdict == "equivalent"
    lp.report("a.certificate", "a.html")
    assert Path("a.html").read_text().startswith("<!DOCTYPE html>")
    result.report("b.md")
    assert "Equivalent" in Path("b.md").read_text()


def test_a_difference_is_shown_repaired_and_checked(tmp_path):
    domain = lp.Domain.bits(6)
    rough = lp.distill(ours(), domain, method="cart", depth=2)
    result = lp.certify(ours(), rough, domain)
    found = result.counterexamples[0]
    assert result.verdict == "different" and found.network_class != found.tree_class
    assert set(found.values) == {f"x{i}" for i in range(6)}
    low, high = result.error
    assert low == high == Fraction(result.disagreements[0], 64) > 0
    fixed = lp.repair(ours(), rough.tree, domain)
    assert fixed.verdict == "equivalent" and fixed.before == rough.tree
    fixed.save(tmp_path / "a.certificate")
    lp.check(tmp_path / "a.certificate", against=(ours(), fixed.tree, domain))
    with pytest.raises(lp.InvalidProof, match="tree"):
        lp.check(tmp_path / "a.certificate", against=(ours(), rough.tree, domain))


def test_results_show_themselves_and_are_pickled():
    domain = lp.Domain.bits(6)
    made = lp.distill(ours(), domain)
    for result in (made, lp.certify(ours(), made.tree, domain)):
        back = pickle.loads(pickle.dumps(result))
        assert isinstance(back, lp.Result) and back.data == result.data
        assert (back.verdict, back.tree, back.to_dict()) == (
            *(result.verdict, result.tree),
            result.to_dict(),
        )
        assert "<svg" in back._repr_html_() and "equivalent" in repr(back)


def test_progress_is_told_and_stops_are_heard():
    told = []
    made = lp.distill(ours(), lp.Domain.bits(6), progress=told.append)
    assert told and made.finished
    stopped = lp.certify(ours(), made.tree, lp.Domain.bits(6), stop=lambda: True)
    assert stopped.verdict in ("equivalent", "undecided") and not stopped.finished


def test_importing_is_quick_and_loads_no_library():
    code = (
        "import sys; before = set(sys.modules); import verifier as lp; dir(lp)\n"
        "print(len(set(sys.modules) - before))\n"
        "heavy = 'torch onnx z3 sympy sklearn flint numpy numba rich typer theory'.split()\n"
        "print([m for m in heavy if m in sys.modules])\n"
        "lp.Domain.bits(3), lp.load_tree, lp.LeafproofError\n"
        "print([m for m in heavy[:5] if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, first, second = run.stdout.split("\n", 2)
    assert int(modules) < 60  # most of them typing and re; Python loads as many to start
    assert first == second.strip() == "[]"


def test_what_is_there_is_listed_once():
    assert lp.__all__ == sorted(lp.__all__)
    assert lp.__all__ == [name for name in dir(lp) if not name.startswith("__")]
    with pytest.raises(AttributeError, match="no attribute 'prove'"):
        _ = lp.prove
    typed = {}
    for node in ast.parse(Path(lp.__file__).read_text()).body:
        if isinstance(node, ast.If):
            for line in node.body:
                typed |= {alias.name: line.module for alias in line.names}
    assert typed == lp._ROOMS and set(typed) == set(lp.__all__)


def public(kind):
    """The methods and properties of a class that are ours to document."""
    for name, thing in inspect.getmembers(kind):
        code = getattr(thing, "func", getattr(thing, "fget", thing))  # of a property
        if inspect.isfunction(code) and not name.startswith("_"):
            yield name, code


@pytest.mark.parametrize("name", lp.__all__)
def test_every_name_is_documented(name):
    thing = getattr(lp, name)
    assert inspect.getdoc(thing), name
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        for method, code in public(thing):
            assert inspect.getdoc(code), f"{name}.{method}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_name_their_arguments_and_what_they_raise(name):
    function = getattr(lp, name)
    text = inspect.getdoc(function)
    assert "Raises" in text
    if re.search("(are|is) those? of ``certify``", text):
        text += inspect.getdoc(lp.certify)
    for argument in inspect.signature(function).parameters:
        assert re.search(rf"``{argument}\b", text), f"{name}: {argument}"


@pytest.mark.parametrize("name", [n for n in lp.__all__ if n not in errors.__dict__])
def test_signatures_are_typed(name):
    thing = getattr(lp, name)
    found = dict(public(thing)).values() if inspect.isclass(thing) else [thing]
    for code in found:
        if inspect.isfunction(code):
            signature = inspect.signature(code)
            assert signature.return_annotation is not inspect.Signature.empty, code
            for argument in signature.parameters.values():
                assert argument.annotation is not argument.empty or argument.name == "self", code


BAD = {
    "network": [None, 3, "nowhere.onnx", [1, 2], MLPClassifier(), torch.nn.Linear(3, 1)],
    "tree": [None, 3, "nowhere.json", object(), MLPClassifier(), lp.TreeDistiller()],
    "domain": [3, "nowhere.json", [0, 1], lp.Domain.bits(5), object()],
    "timeout": [-1, "long", float("nan"), True],
    "threshold": ["much", object()],
    "head": ["colour", 3],
    "trust": [["nobody"]],
    "leaves": [0, "many"],
    "cross_check": ["some", -1],
    "prover": ["magic", 3],
    "method": ["magic"],
}
CASES = [
    (verb, key, value)
    for verb in ("certify", "distill", "repair")
    for key, values in BAD.items()
    for value in values
    if key in inspect.signature(getattr(lp, verb)).parameters
]


def name(x):
    """What a case is called: the same in every process."""
    return str(x).partition(" at 0x")[0][:25]


@pytest.mark.parametrize(("verb", "key", "value"), CASES, ids=name)
def test_what_is_wrong_is_one_clear_line(verb, key, value):
    plain = key in ("network", "head", "threshold")
    given = {"network": network() if plain else ours(), "domain": lp.Domain.bits(6)}
    if verb != "distill":
        given["tree"] = lp.Tree((Leaf(0),))
    with pytest.raises(lp.LeafproofError) as caught:
        getattr(lp, verb)(**(given | {key: value}))
    words = str(caught.value)
    assert "\n" not in words and len(words) > 15
    assert "attribute" not in words and "argument" not in words


@pytest.mark.parametrize("given", ["nowhere.certificate", None, 3, b"x", lp.Domain.bits(2)])
def test_what_is_no_certificate_is_one_clear_line(given, tmp_path):
    for ask in (lp.check, lambda x: lp.report(x, tmp_path / "a.html")):
        with pytest.raises(lp.LeafproofError) as caught:
            ask(given)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize("path", [None, 3, b"x", "nowhere/a.html", "."])
def test_what_is_no_path_is_one_clear_line(path):
    result = lp.distill(ours(3), lp.Domain.bits(3))
    for write in (
        *(result.save, result.report, result.tree.save, result.domain.save, result.network.save),
        *(lambda p: lp.report(result, p), lambda p: lp.export(result, output=p or 3)),
    ):
        with pytest.raises(lp.LeafproofError, match="cannot write") as caught:
            write(path)
        assert "\n" not in str(caught.value)


def test_a_domain_of_another_width_is_one_line_and_no_noise(capfd):
    with pytest.raises(lp.LeafproofError, match=r"on an input \[N, 5\].*give as many columns"):
        lp.certify(network(6), lp.Tree((Leaf(0),)), lp.Domain.bits(5))
    with pytest.raises(lp.LeafproofError, match="takes 6 columns but the domain has 5"):
        lp.certify(ours(), lp.Tree((Leaf(0),)), lp.Domain.bits(5))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"against": 3}, "network, tree and domain"),
        ({"against": ("net.onnx",)}, "network, tree and domain"),
        ({"require": "equivalent"}, "against="),
        ({"head": "logit"}, "leave them out"),
        ({"require": "much", "against": (1, 2, 3)}, "neither .equivalent. nor a probability"),
        ({"timeout": "x"}, "give seconds"),
    ],
)
def test_what_cannot_be_asked_of_a_check_is_one_clear_line(options, message, tmp_path):
    lp.distill(ours(), lp.Domain.bits(6)).save(tmp_path / "a.certificate")
    with pytest.raises(lp.LeafproofError, match=message):
        lp.check(tmp_path / "a.certificate", **options)


def test_a_tree_over_other_columns_is_refused():
    tree = lp.distill(ours(8), lp.Domain.bits(8)).tree
    with pytest.raises(lp.LeafproofError, match="do not belong together"):
        lp.certify(ours(), tree, lp.Domain.bits(6))
