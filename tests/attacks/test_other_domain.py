"""``check --against TEACHER TREE --require ...`` passed certificates about other domains.

A domain whose values are all encoded alike has one input in truth, so any tree that is right there
is "equivalent"; probabilities put on the points where a wrong tree is right make its error small.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import one_hot, ordinal, variable
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree

TWO = Domain((ordinal("a", (0, 1)), one_hot("b", ("x", "y", "z"))))


def changed(**parts):
    return Domain((replace(TWO.variables[0], **parts), TWO.variables[1]))


SIBLINGS = {
    "order": (Domain(TWO.variables[::-1]), 'variable 0 is "b" in the certificate, and "a" there'),
    "name": (changed(name="c"), 'variable 0 is "c" in the certificate, and "a" there'),
    "label": (
        changed(labels=("0", "one")),
        '("a") has as value 1 "one" in the certificate, and "1"',
    ),
    "labels swapped": (changed(labels=("1", "0")), '("a") has as value 0 "1" in the certificate'),
    "encoding": (
        changed(encoding=((Fraction(0),), (Fraction(10**9 + 1, 10**9),))),
        'its value "1" encoded as 1000000001/1000000000 in the certificate, and as 1 there',
    ),
    "encoded alike": (
        changed(encoding=((Fraction(0),), (Fraction(0),))),
        'its value "1" encoded as 0 in the certificate, and as 1 there',
    ),
    "probabilities": (
        changed(probabilities=(Fraction(1, 3), Fraction(2, 3))),
        'its value "0" the probability 1/3 in the certificate, and 1/2 there',
    ),
    "one value fewer": (
        Domain((TWO.variables[0], variable("b", ("x", "y"), ((1, 0, 0), (0, 1, 0))))),
        'variable 1 ("b") has as value 2 none in the certificate, and "z" there',
    ),
}


@pytest.fixture
def call(call):
    """A network that is 1 where its first input is, a tree that never is, and commands on them."""
    weight = np.zeros((1, 4), np.float32)
    weight[0, 0] = 1
    save_onnx(Network(4, (Affine(0, weight, np.array([-0.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Leaf(0),)))
    write_domain("domain.json", TWO)
    return call


ABOUT = ("--against", "net.onnx", "tree.json", "domain.json")


def certify(call, domain):
    write_domain("other.json", domain)
    return call("certify", "net.onnx", "tree.json", "--domain", "other.json", "-o", "c")[0]


def test_values_encoded_alike_pass_nothing(call):
    assert certify(call, SIBLINGS["encoded alike"][0]) == 0  # a theorem, but about no other inputs
    code, out, err = call("check", "c", *ABOUT, "--require", "equivalent")
    assert code == 1 and not out and "about another domain than domain.json" in err


def test_skewed_probabilities_pass_nothing(call):
    assert certify(call, changed(probabilities=(Fraction(9999, 10**4), Fraction(1, 10**4)))) == 1
    code, out, err = call("check", "c", *ABOUT, "--require", "1/1000")
    assert code == 1 and not out and "the probability 9999/10000" in err


@pytest.mark.parametrize("kind", SIBLINGS)
@pytest.mark.parametrize("more", [(), ("--json",), ("--statement",), ("--paranoid",)])
def test_the_first_difference_is_named(call, kind, more):
    domain, words = SIBLINGS[kind]
    certify(call, domain)
    code, out, err = call("check", "c", *ABOUT, *more)
    assert code == 1 and not out and err.count("\n") == 1 and words in err


def test_columns_that_the_network_ignores_are_bound_too(call):
    other = one_hot("b", ("x", "y", "w"))
    certify(call, Domain((TWO.variables[0], other)))
    code, _, err = call("check", "c", *ABOUT)
    assert code == 1 and 'variable 1 ("b") has as value 2 "w"' in err


def test_the_same_domain_passes(call):
    assert certify(call, TWO) == 1
    code, out, _ = call("check", "c", *ABOUT, "--require", "1/2")
    assert code == 0 and "teacher, tree and domain are those given" in out
    assert call("check", "c", *ABOUT[:3], "bits")[0] == 1
    certify(call, bits(4))
    assert call("check", "c", *ABOUT[:3], "bits", "--require", "1/2")[0] == 0
    assert call("check", "c", *ABOUT[:3], "signs", "--require", "1/2")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("c", "--against", "net.onnx", "tree.json"),
        ("c", "--against", "net.onnx", "tree.json", "--require", "equivalent"),
        ("c", "--require", "equivalent", "--against", "net.onnx", "tree.json"),
        ("c", "--against", "net.onnx", "tree.json", "--json"),
        ("--against", "net.onnx", "tree.json", "c"),
    ],
)
def test_two_values_are_too_few(call, words):
    certify(call, TWO)
    code, out, err = call("check", *words)
    assert code == 3 and not out and err.count("\n") == 1
    assert "--against takes three values, TEACHER TREE DOMAIN" in err


@pytest.mark.parametrize("require", ["equivalent", "1", "0.001"])
def test_a_requirement_without_the_files_is_refused(call, require):
    certify(call, TWO)
    code, out, err = call("check", "c", "--require", require)
    assert code == 3 and not out and "add --against TEACHER TREE DOMAIN" in err


def test_the_statement_names_the_domain_file(call):
    from hashlib import sha256

    certify(call, TWO)
    digest = sha256(Path("domain.json").read_bytes()).hexdigest()
    assert (
        f"in the domain file with SHA-256 {digest}" in call("check", "c", *ABOUT, "--statement")[1]
    )
    assert digest in call("check", "c", *ABOUT, "--statement", "--json")[1]
