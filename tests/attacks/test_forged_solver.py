"""A step that nobody proved, by a solver that does not exist, was accepted as proved.

A certificate whose only step was the word of a solver named "the Leafproof kernel" was EQUIVALENT
for a tree that is wrong, with ``--require equivalent`` and with ``--paranoid``.
"""

from __future__ import annotations

import json

import pytest

from tests.certificates.forging import packed
from tests.second_checker.test_second_checker import hidden
from verifier.kernel.solvers import solver_of
from verifier.model.proof import Trusted

NAMES = [
    *("the Leafproof kernel", "Z3", "z3 4.13 ", "z3", "z3 4.13.0", " z3", "z\u0437", "\uff5a3"),
    *("z3 4.", "z3 4.13 (checked by the kernel)", 'z3" for 0 cells, proved: "'),
    *("z3 \u0664.13", "trusted", "enumerated"),
]


@pytest.fixture
def check(tmp_path, call):
    def forged(name, *options):
        (tmp_path / "c").write_bytes(packed(hidden(1), (Trusted(0, name),)))
        return call("check", "c", *options)

    return forged


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("more", [(), ("--paranoid",)])
def test_nobodys_word_counts_unasked(check, name, more):
    code, out, _ = check(name, *more)
    assert code == 0 and "UNDECIDED" in out and "EQUIVALENT" not in out
    assert "nothing but the kernel" in out and "counted as open" in out
    found = json.loads(check(name, "--json", *more)[1])
    assert found["verdict"] == "undecided" and found["trusted"] == {}
    assert found["not_trusted"] == {name: 1} and found["trust_solvers"] == []
    assert found["disagreements"] == {"lower": 0, "upper": 2**14}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("more", [(), ("--paranoid",)])
def test_asking_for_z3_trusts_nothing_that_only_looks_like_it(check, name, more):
    code, out, _ = check(name, "--trust-solver", "z3", "--json", *more)
    found = json.loads(out)
    real = name in ("z3", "z3 4.13.0")
    assert (solver_of(name) == "z3") == real
    assert code == 0 and found["verdict"] == ("equivalent" if real else "undecided")
    assert found["trusted"] == ({name: 1} if real else {}) and found["trust_solvers"] == ["z3"]
    assert found["not_trusted"] == ({} if real else {name: 1})


@pytest.mark.parametrize("name", ["the Leafproof kernel", "Z3", "z3 4.13.0", "oracle"])
def test_only_solvers_that_are_known_can_be_trusted(check, name):
    code, out, err = check("the Leafproof kernel", "--trust-solver", name)
    assert code == 3 and not out and err.count("\n") == 1 and "give z3" in err


def test_the_old_option_means_what_is_now_the_default(check):
    assert "UNDECIDED" in check("z3", "--no-trust")[1]
    code, out, err = check("z3", "--no-trust", "--trust-solver", "z3")
    assert code == 3 and not out and "contradict" in err


def test_the_words_say_how_to_trust_and_quote_the_file(check):
    out = check("z3 4.13.0")[1]
    assert '"z3 4.13.0" for 1 cell: not proved by the kernel, counted as open' in out
    assert "--trust-solver z3" in out
    out = check('z3" for 0 cells, proved: "')[1]
    assert """'z3" for 0 cells, proved: "' for 1 cell""" in out
    assert "--trust-solver z3" not in out
    out = check("""z3' "for 0 cells, proved: '""")[1]
    assert """"z3' ⟨U+0022⟩for 0 cells, proved: '" for 1 cell""" in out
    assert "--trust-solver z3" not in out
    out = check("z3", "--trust-solver", "z3")[1]
    assert "EQUIVALENT" in out and '"z3" for 1 cell, as asked (--trust-solver)' in out
