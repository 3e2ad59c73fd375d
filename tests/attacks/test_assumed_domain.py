"""Bits were assumed where no domain was given, without a word.

A network over variables of four levels was EQUIVALENT to its tree "on all 64 points of the domain":
of a domain that nobody had asked for. Every output now says which inputs, and where they came from;
the certificate holds it, so that ``check`` says it too. What a domain hides is warned about.
"""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from tests.certificates.checkers import MALFORMED, VALID, answers
from tests.certificates.forging import packed
from tests.second_checker.test_second_checker import HALF
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import ordinal, variable
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import CertificateError
from verifier.model.network import Affine, Network
from verifier.model.origin import kind_of
from verifier.model.proof import Constant
from verifier.model.tree import Leaf, Tree
from verifier.reading import container
from verifier.reading.certificate import read_certificate
from verifier.reports.domain_words import as_json, described, rounded, warnings
from verifier.writing.json_nouns import write_domain, write_tree
from verifier.writing.json_text import dump

LEVELS = Domain(tuple(ordinal(f"level {i}", (0, 1, 2, 3)) for i in range(6)))


@pytest.fixture
def call(call):
    layer = Affine(0, np.ones((1, 6), np.float32), np.array([-6.5], np.float32))
    save_onnx(Network(6, (layer,)), "net.onnx")
    write_tree("tree.json", Tree((Leaf(0),)))
    write_domain("levels.json", LEVELS)
    return call


def verdict_line(out):
    return next(x for x in out.splitlines() if x.startswith(("EQUIVALENT", "DIFFERENT")))


WORDS = {
    (): "Inputs: 6 bits, assumed as no --domain was given.",
    ("--domain", "bits"): "Inputs: 6 bits, as --domain asked.",
    ("--domain", "signs"): "Inputs: 6 signs, as --domain asked.",
    ("--domain", "levels.json"): "Inputs: 6 variables, from a domain file.",
}


@pytest.mark.parametrize("options", WORDS)
def test_every_output_says_which_inputs(call, options, tmp_path):
    words = WORDS[options]
    code, out, _ = call("certify", "net.onnx", "tree.json", *options, "-o", "c")
    assert code == int("levels.json" in options) and words in verdict_line(out)
    assert words in call("certify", "net.onnx", "tree.json", *options, "-q")[1]
    assert words in verdict_line(call("check", "c")[1])
    assert call("check", "c", "--paranoid")[0] == 0
    assert words in call("repair", "net.onnx", "tree.json", *options, "-o", "r.json")[1]
    assert words in call("distill", "net.onnx", *options, "--certificate", "d")[1]
    origin = "bits assumed" if not options else options[1].replace("levels.json", "file")
    for verb in (("check", "c"), ("certify", "net.onnx", "tree.json", *options)):
        found = json.loads(call(*verb, "--json")[1])["domain"]
        assert found["origin"] == origin and found["variables"] == 6 and len(found["first"]) == 3
    inner = words.removeprefix("Inputs: ").removesuffix(".")
    assert inner in call("check", "c", "--statement")[1]
    assert (
        json.loads(call("check", "c", "--statement", "--json")[1])["predicate"]["domain"] == found
    )
    assert call("report", "c", "-o", "c.html")[0] == 0
    page = (tmp_path / "c.html").read_text()
    assert inner in page.replace("&#34;", '"') and (words in page) == (not options)


def test_the_first_variables_are_named_with_their_values():
    assert described(bits(4), "bits") == (
        "4 bits, as --domain asked; 16 points: x0 (0, 1), x1 (0, 1), x2 (0, 1) and 1 more"
    )
    odd = Domain((variable("proved: x", ("0", "on"), ((0,), (Fraction(1, 3),))),))
    assert described(odd, None) == (
        '1 variable, from where is not recorded; 2 points: "proved: x" (0, on = 1/3)'
    )
    assert as_json(signs(2), "signs")["kind"] == "signs" and kind_of(odd) == "product"


@pytest.mark.parametrize("origin", ["bits", "bits assumed", "signs", "file", "BITS", "", 1])
def test_an_origin_that_cannot_be_is_refused_by_both_checkers(origin, tmp_path):
    def made(domain):
        parts = container.unpack(packed((domain, *HALF[1:]), (Constant(1),)))
        manifest = json.loads(parts["manifest.json"])
        hashes = manifest.pop("sha256")
        parts["manifest.json"] = dump(manifest | {"domain": origin, "sha256": hashes})
        return container.pack(parts.items())

    other = Domain((ordinal("x0", (0, 2)), *bits(4).variables[1:]))
    for domain, fine in ((bits(4), ("bits", "bits assumed", "file")), (other, ("file",))):
        (tmp_path / "c").write_bytes(made(domain))
        assert set(answers(tmp_path / "c").values()) == {VALID if origin in fine else MALFORMED}
        if origin not in fine:
            with pytest.raises(CertificateError, match=r"manifest\.json"):
                read_certificate(tmp_path / "c")


def test_what_a_domain_hides_is_warned_about():
    near = Fraction(1) + Fraction(1, 1 << 30)
    domain = Domain(
        (
            variable("alike", ("a", "b"), ((0, 1), (0, 1))),
            variable("near", ("a", "b"), ((1,), (near,))),
            ordinal("skewed", (0, 1), (Fraction(1, 1000), Fraction(999, 1000))),
            ordinal("never", (0, 1, 2), (Fraction(0), Fraction(1, 2), Fraction(1, 2))),
            ordinal("plain", (0, 1)),
        )
    )
    said = warnings(domain)
    assert len(said) == 4
    assert said[0] == 'variable "alike": the values "a" and "b" have the same encoding'
    assert said[1].startswith('variable "near": the encodings of "a" and "b" differ, but are equal')
    assert said[2].startswith('variable "never": 1 value of probability 0')
    assert 'value "1" alone has probability 0.999 (999/1,000)' in said[3]
    assert warnings(bits(5)) == warnings(LEVELS) == ()
    assert (
        len(warnings(Domain(tuple(variable(f"v{i}", "ab", ((0,), (0,))) for i in range(99))))) == 11
    )


def test_a_point_that_the_error_hangs_on_is_warned_about():
    """Many variables of which each has a likely value, though none is nearly certain."""
    chances = (Fraction(4, 5), *(Fraction(1, 20),) * 4)
    skewed = Domain(tuple(ordinal(f"x{i}", range(5), chances) for i in range(6)))
    (said,) = warnings(skewed)
    assert said.startswith("one point alone has probability about 0.262, and would have about 6.4")
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    table = Domain(tuple(ordinal(f"x{i}", range(3), (half, quarter, quarter)) for i in "ab"))
    assert not table.uniform and warnings(table) == ()


def test_what_holds_of_many_variables_is_one_line():
    half = Fraction(1, 2)
    likely, never = (Fraction(97, 100), Fraction(3, 100)), (Fraction(0), half, half)
    domain = Domain(
        (
            *(ordinal(f"p{i}", (0, 1), likely) for i in range(6)),
            *(ordinal(f"q{i}", range(3), never) for i in range(5)),
        )
    )
    said = warnings(domain)
    assert said[1] == (
        "6 variables have a value of probability 0.9 or more, so the error says little of their "
        'other values: "p0" ("0": 0.97), "p1" ("0": 0.97), "p2" ("0": 0.97), "p3" ("0": 0.97), ...'
    )
    assert said[0] == (
        "5 variables have values of probability 0, where errors weigh nothing: "
        '"q0", "q1", "q2", "q3", ...'
    )


def test_rounding_is_to_the_nearest_number_of_the_type():
    below = Fraction(1, 1 << 25) - Fraction(1, 1 << 90)  # rounding twice would take it to a tie
    assert rounded(1 + below + Fraction(1, 1 << 25), np.float32) == 1.0
    assert rounded(1 + Fraction(3, 1 << 24), np.float32) == 1 + 2.0**-22  # a tie, to even
    assert rounded(Fraction(10) ** 400, np.float32) == float("inf")
    assert rounded(Fraction(-1, 10**60), np.float32) == 0.0
    assert rounded(Fraction(4097), np.float16) == 4096.0
