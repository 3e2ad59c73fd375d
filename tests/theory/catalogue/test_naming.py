"""Theorems are found as people write their names, and what is not here says what comes near."""

from __future__ import annotations

import re

import pytest

from theory import TheoryError, catalogue
from theory.catalogue.field_names import FIELD_NAMES
from theory.catalogue.field_near import NEAR
from theory.catalogue.settings import ALIASES


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Occam's razor", "occam-realizable"),
        ("Hoeffding’s inequality", "hoeffding-upper"),
        ("Chernoff bound", "kl-upper"),
        ("clopper_pearson", "clopper-pearson"),
        ("Clopper-Pearson Interval", "open-cells-interval"),
        ("rule of three", "error-after-pass"),
        ("Ville's inequality", "betting-interval"),
        ("Howard confidence sequence", "confidence-sequence-stitched"),
        ("McDiarmid", "mcdiarmid-tail"),
        ("Clopper–Pearson", "clopper-pearson"),
        ("Chernoff–Hoeffding theorem", "kl-upper"),
        ("PAC—Bayes−kl", "pac-bayes-kl"),
        ("Cramér–Chernoff method", "kl-upper"),
        ("Howard et al.", "confidence-sequence-stitched"),
        ("The law of the iterated logarithm", "confidence-sequence-stitched"),
        ("Wilks’ formula", "conformal-confidence"),
        ("COMPOSITION_ERROR", "disagreement-triangle"),
        ("Neyman allocation", "neyman-allocation"),
        ("McNemar's test", "paired-sign"),
        ("Good–Turing estimator", "unseen-mass"),
        ("OC curve", "pass-probability"),
    ],
)
def test_names_as_they_are_written(asked: str, meant: str) -> None:
    assert catalogue[asked] is catalogue[meant]


@pytest.mark.parametrize("asked", sorted(NEAR))
def test_what_is_not_here_says_what_comes_near(asked: str) -> None:
    assert asked not in {*catalogue, *FIELD_NAMES, *ALIASES}
    assert set(NEAR[asked][1]) <= set(catalogue)
    with pytest.raises(
        TheoryError, match=f"no theorem '{re.escape(asked)}' here .*see {NEAR[asked][1][0]}"
    ):
        catalogue[asked]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("Vapnik–Chervonenkis", "see occam-realizable"),
        ("Boix-Adserà", "see lrh-distillation"),
        ("Dvoretzky–Kiefer–Wolfowitz inequality", "see conformal-confidence"),
        ("Self-normalised importance sampling", "did you mean"),
        ("DAgger", "see transfer-error"),
        ("knowledge distillation", "see proper-learning-implies-distillation"),
        ("clopper-person", "did you mean 'clopper-pearson'"),
        ("parity", "'parity-statistical-queries' or 'parity-evaluations' or 'parity-examples'"),
        ("qqqq", "no theorem 'qqqq' \\(bounds list"),
        ("", "no theorem '' \\(bounds list"),
    ],
)
def test_a_name_that_nobody_has(asked: str, says: str) -> None:
    with pytest.raises(TheoryError, match=says):
        catalogue[asked]
