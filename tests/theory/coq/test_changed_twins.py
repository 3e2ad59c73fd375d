"""A constant changed in the catalogue's statement, or in Coq's, is noticed: ten twins, each way."""

from __future__ import annotations

import dataclasses
import re
import shutil
from typing import Any

import pytest
import sympy as sp

from tests.coq_tools import compiled_files, needed
from tests.every import EVERY
from theory import catalogue
from theory.coq.__main__ import compiled
from theory.coq.translation import Twin, statement, text
from theory.coq.twins import TWINS, twin_of
from theory.language.errors import DerivationError

with_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
OTHER = {sp.Le: (sp.Le, 2), sp.Lt: (sp.Lt, 2), sp.Ge: (sp.Ge, sp.Rational(1, 2)),
         sp.Gt: (sp.Gt, sp.Rational(1, 2))}  # fmt: skip
"""A bound that is this many times too small makes a claim stronger."""

OF_THE_BOUND = next(twin for twin in TWINS if twin.name == "open-cells-pooled")

WEAKENED = {
    "test-sample-size": ("<= delta", "<= 2 * delta"),
    "occam-realizable": ("<= delta", "<= 2 * delta"),
    "clopper-pearson": ("<= delta", "<= 2 * delta"),
    "open-cells-pooled": ("<= delta", "<= 2 * delta"),
    "finite-population": ("<= delta", "<= 2 * delta"),
    "sequential-test": ("<= delta", "<= 2 * delta"),
    "kernel-partition": ("sum upper parts", "2 * sum upper parts"),
    "paired-sign": ("(1 / 2)", "(1 / 3)"),
    "inverse-sampling": ("<= delta", "<= 2 * delta"),
    "selective-risk": ("<= delta", "<= 2 * delta"),
}
"""What Coq's own theorem would say instead."""
TRIED = tuple(WEAKENED) if EVERY else ("clopper-pearson",)


@dataclasses.dataclass(frozen=True)
class Claiming:
    """A theorem with another claim."""

    theorem: Any
    claim: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.theorem, name)


def _with_bound(twin: Twin) -> list[Twin]:
    """The twin after one whose file defines the bound that others speak of."""
    return [OF_THE_BOUND, *([] if twin is OF_THE_BOUND else [twin])]


def bounds(twin: Twin) -> list[Any]:
    """What the claim compares with a quantity that has words of its own in Coq."""
    found = (x for x in sp.preorder_traversal(catalogue[twin.name].claim) if type(x) in OTHER)
    return [x for x in found if str(x.lhs) in twin.says]


def stronger(twin: Twin) -> Claiming:
    """The theorem with bounds half as large, or lower bounds twice as large."""
    theorem = catalogue[twin.name]
    changes = {x: OTHER[type(x)][0](x.lhs, x.rhs / OTHER[type(x)][1]) for x in bounds(twin)}
    assert changes
    return Claiming(theorem, theorem.claim.xreplace(changes))


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_every_number_of_a_claim_is_in_its_statement(twin: Twin) -> None:
    theorem, whole = catalogue[twin.name], statement(twin, catalogue[twin.name])
    numbers = theorem.claim.atoms(sp.Rational) - {sp.Integer(-1)}
    for number in numbers:
        changed = Claiming(theorem, theorem.claim.xreplace({number: number + 7}))
        try:
            assert statement(twin, changed) != whole
        except DerivationError as error:
            assert "no translation" in str(error)
    for bound in bounds(twin):
        other = type(bound)(bound.lhs, bound.rhs + 1)
        changed = Claiming(theorem, theorem.claim.xreplace({bound: other}))
        assert statement(twin, changed) != whole


@with_coq
@pytest.mark.parametrize("name", TRIED)
def test_a_stronger_statement_of_the_catalogue_is_refused(name: str) -> None:
    twin = twin_of(name)
    assert twin is not None
    upon = compiled_files(twin.file, OF_THE_BOUND.file)
    compiled({"Twins": text(_with_bound(twin), catalogue)}, upon)
    told = dict(catalogue) | {name: stronger(twin)}
    with pytest.raises(SystemExit, match="Twins"):
        compiled({"Twins": text(_with_bound(twin), told)}, upon)


@with_coq
@pytest.mark.parametrize("name", TRIED)
def test_a_weaker_theorem_of_coq_does_not_prove_the_statement(name: str) -> None:
    twin = twin_of(name)
    assert twin is not None
    held = needed(twin.file) | needed(OF_THE_BOUND.file)
    proved = re.search(rf"{twin.file}\.(\w+)", twin.proof)
    assert proved is not None
    start = held[twin.file].index(f"Theorem {proved[1]}")
    end = held[twin.file].index("Proof.", start)
    said, (old, new) = held[twin.file][start:end], WEAKENED[name]
    assert old in said
    # taken for granted there, so that only the twin's own proof can notice it
    after = held[twin.file].index("Qed.", end) + len("Qed.")
    weaker = f"{said.replace(old, new)}Proof. Admitted."
    changed = held[twin.file][:start] + weaker + held[twin.file][after:]
    again = {file: words for file, words in held.items() if twin.file in needed(file)}
    again |= {twin.file: changed, "Twins": text(_with_bound(twin), catalogue)}
    upon = compiled_files(*(file for file in held if file not in again))
    with pytest.raises(SystemExit, match=rf"Twins|{twin.file}"):  # or a later theorem there
        compiled(again, upon)
