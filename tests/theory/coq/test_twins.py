"""Theorems that Coq proves from nothing say what the catalogue says."""

from __future__ import annotations

import dataclasses
import re
import shutil

import pytest
import sympy as sp

from tests.coq_tools import compiled_files, needed
from theory import catalogue
from theory.axioms import AXIOMS
from theory.coq.__main__ import COQ, STANDARD, WRITTEN, axioms, compiled, twins_text
from theory.coq.granted import PROVED, file_of
from theory.coq.translation import statement, text
from theory.coq.twins import TWINS, twin_of
from theory.language.errors import DerivationError

with_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


def test_the_readme_counts_them():
    readme = " ".join((COQ.parents[1] / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(TWINS)} theorems on which tests and distillation rest" in readme
    assert f"and all {len(PROVED)} axioms of derivations" in readme


def test_what_is_held_is_what_the_catalogue_claims():
    assert WRITTEN.read_text(encoding="utf-8") == twins_text()


def test_every_twin_is_of_a_theorem_and_proved_by_its_file():
    for twin in TWINS:
        assert twin.name in catalogue
        assert (COQ / f"{twin.file}.v").exists()
        assert f"{twin.file}." in twin.proof
    assert twin_of("test-sample-size") is TWINS[0]
    assert twin_of("nothing-of-the-kind") is None


def test_every_axiom_that_is_called_proved_is_a_theorem_of_its_file():
    for axiom, proved in PROVED.items():
        assert axiom in AXIOMS
        file, theorem = proved.split(".")
        words = (COQ / f"{file}.v").read_text(encoding="utf-8")
        assert re.search(rf"^Theorem {theorem}\b", words, flags=re.MULTILINE), proved
        assert f"Print Assumptions {proved}." in WRITTEN.read_text(encoding="utf-8")
        assert file_of(axiom) == f"theory/coq/{file}.v"
    assert file_of("nothing-of-the-kind") is None


def test_no_axiom_is_only_taken_from_the_literature():
    assert set(PROVED) == set(AXIOMS)


EXIST = {
    "fair_bits d D": "Influences.cube_points_fair",
    "is_clopper_pearson": "ClopperPearson.clopper_pearson_exists",
    "hypergeometric_upper": "Finite.hypergeometric_upper_exists",
    "(forall i, is_clopper_pearson i": "ClopperPearson.clopper_pearson_exists",
    "(forall A, pr both": "Instances.two_samples_exist",
    "is_median (median values)": "Instances.medians_exist",
    "failure coins out beyond": "Instances.universal_distiller_exists",
    "agnostic wrong class coins out": "Instances.agnostic_distiller_exists",
    "distance d (conjunction": "Instances.represented_exists",
    "each_better": "Instances.boosting_round_exists",
}
"""Hypotheses that something fits all of something, and the theorem that there is one such."""


def test_what_twins_ask_of_all_events_or_counts_exists():
    """Bits without end, all of them fair, are no finite space: nothing would be said of it."""
    asked = [held for twin in TWINS for held in twin.where]
    assert not [held for held in asked if re.search(r"forall i E\b", held)]
    for word, proved in EXIST.items():
        assert any(word in held for held in asked)
        file, theorem = proved.split(".")
        words = (COQ / f"{file}.v").read_text(encoding="utf-8")
        assert re.search(rf"^Theorem {theorem}\b", words, flags=re.MULTILINE), proved


@with_coq
def test_the_minimax_theorem_rests_on_the_real_numbers_and_needs_its_promise():
    words, upon = needed("Minimax")["Minimax"], compiled_files("Space")
    told = compiled({"Minimax": f"{words}\nPrint Assumptions minimax.\n"}, upon)
    assert [found <= STANDARD for found in axioms(told)] == [True]
    promise = next(x for x in words.splitlines() if "exists g, In g class /\\ mean" in x)
    broken = words.replace(promise, promise.replace("<= c", "<= c + 1"))
    with pytest.raises(SystemExit, match="Minimax"):
        compiled({"Minimax": broken}, upon)


def test_no_file_takes_anything_for_granted():
    for path in COQ.glob("*.v"):
        words = path.read_text(encoding="utf-8")
        assert not {"Admitted", "admit", "Axiom", "Parameter", "Conjecture"} & set(words.split())
        assert "Abort" not in words


@dataclasses.dataclass(frozen=True)
class Changed:
    """A theorem with another claim."""

    theorem: object
    claim: object

    def __getattr__(self, name):
        return getattr(self.theorem, name)


def changed(name, old, new):
    theorem = catalogue[name]
    claim = theorem.claim.xreplace({old: new})
    assert claim != theorem.claim
    return Changed(theorem, claim)


@with_coq
def test_the_theorem_itself_is_proved_and_rests_on_the_real_numbers():
    twin = twin_of("test-sample-size")
    told = compiled({"Twins": text([twin], catalogue)}, compiled_files("Testing"))
    assert [held <= STANDARD for held in axioms(told)] == [True]


@with_coq
@pytest.mark.parametrize("wrong", ["half the risk", "fewer draws"])
def test_a_stronger_claim_is_not_proved(wrong):
    theorem = catalogue["test-sample-size"]
    delta, epsilon = (theorem.parameter(n).symbol for n in ("delta", "epsilon"))
    if wrong == "half the risk":
        pr = next(x for x in theorem.claim.atoms(sp.Le) if "Pr" in str(x))
        theorem = changed("test-sample-size", pr, sp.Le(pr.lhs, delta / 2))
    else:
        bound = theorem.bound
        theorem = changed("test-sample-size", bound, bound / (1 + epsilon))
    twin = twin_of("test-sample-size")
    with pytest.raises(SystemExit, match="Twins"):
        compiled({"Twins": text([twin], {"test-sample-size": theorem})}, compiled_files("Testing"))


def test_other_axioms_are_seen():
    told = "Axioms:\nmine : forall n : nat, n = 0\nClosed under the global context\n"
    assert axioms(told) == [frozenset({"mine"}), frozenset()]
    assert not axioms(told)[0] <= STANDARD
    assert axioms(told.replace("mine", "M.mine'")) == [frozenset({"M.mine'"}), frozenset()]


def test_what_has_no_translation_is_refused():
    twin = dataclasses.replace(twin_of("gap-trees"), says={})
    with pytest.raises(DerivationError, match="no translation"):
        statement(twin, catalogue["gap-trees"])
