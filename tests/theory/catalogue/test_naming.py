"""Theorems are found as people write their names, and what is not here says what comes near."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from theory import TheoryError, catalogue
from theory.catalogue.field_names import _BY_THEOREM, FIELD_NAMES
from theory.catalogue.field_near import _NEAR, NEAR
from theory.catalogue.field_near_further import FURTHER_NEAR
from theory.catalogue.field_near_more import MORE_NEAR
from theory.catalogue.settings import ALIASES


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Occam's razor", "occam-realizable"),
        ("Holm–Bonferroni method", "several-tests-in-turn"),
        ("Natarajan's lemma", "natarajan-patterns"),
        ("Goldreich–Levin theorem", "goldreich-levin"),
        ("Kushilevitz–Mansour algorithm", "goldreich-levin"),
        ("Schwartz–Zippel lemma", "schwartz-zippel"),
        ("Ehrenfeucht–Haussler", "occam-rank-multiclass"),
        ("online-to-batch conversion", "mistake-bound-samples"),
        ("the smallest decision tree", "occam-leaves-multiclass"),
        ("Hoeffding’s inequality", "hoeffding-upper"),
        ("Chernoff bound", "kl-upper"),
        ("clopper_pearson", "clopper-pearson"),
        ("Clopper-Pearson Interval", "open-cells-interval"),
        ("rule of three", "error-after-pass"),
        ("Ville's inequality", "betting-interval"),
        ("Howard confidence sequence", "confidence-sequence-stitched"),
        ("McDiarmid", "bounded-differences"),
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
        ("Risk-limiting audit", "finite-pass-probability"),
        ("Negative binomial", "inverse-sampling"),
        ("Selective classification", "selective-risk"),
        ("difference of proportions", "two-sample-difference"),
        ("McNemar’s exact test", "paired-sign"),
        ("Upper confidence bound", "clopper-pearson"),
        ("Sauer–Shelah lemma", "growth-function"),
        ("Vapnik-Chervonenkis–Sauer", "growth-function"),
        ("shatter coefficients", "growth-function"),
        ("Bonferroni correction", "several-tests"),
        ("Šidák", "several-tests-independent"),
        ("Angluin's equivalence queries", "equivalence-query-samples"),
        ("two-sided Hoeffding bound", "estimate-samples"),
        ("KL–Chernoff bound", "kl-upper"),
        ("Catoni's bound", "pac-bayes-catoni"),
        ("PAC-Bayes Catoni", "pac-bayes-catoni"),
        ("Chernoff-KL", "kl-upper"),
        ("Risk-limiting audits", "finite-pass-probability"),
        ("binomial negative", "inverse-sampling"),
        ("O'Donnell–Saks–Schramm–Servedio", "tree-depth-largest-influence"),
        ("Blum–Impagliazzo theorem", "tree-depth-certificates"),
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
        ("Dvoretzky–Kiefer–Wolfowitz inequality", "see glivenko-cantelli"),
        ("Self-normalised importance sampling", "did you mean"),
        ("DAgger", "see transfer-error"),
        ("Fisher's exact test", "see paired-sign"),
        ("Wilson confidence interval", "see clopper-pearson"),
        ("Alquier's bound", "see pac-bayes-kl"),
        ("read-once", "see log-tree-functions-leaves"),
        ("knowledge distillation", "see proper-learning-implies-distillation"),
        ("clopper-person", "did you mean 'clopper-pearson'"),
        ("parity", "'parity-statistical-queries' or 'parity-evaluations' or 'parity-examples'"),
        ("de Moivre–Laplace", "see clopper-pearson"),
        ("Goldman–Kearns", "see halving-counterexamples"),
        ("Benjamini–Hochberg", "see several-tests-in-turn"),
        ("qqqq", "no theorem 'qqqq' \\(bounds list"),
        ("", "no theorem '' \\(bounds list"),
    ],
)
def test_a_name_that_nobody_has(asked: str, says: str) -> None:
    with pytest.raises(TheoryError, match=says):
        catalogue[asked]


def test_a_name_of_the_field_means_one_thing() -> None:
    groups = {**_NEAR, **MORE_NEAR, **FURTHER_NEAR}
    assert len(groups) == len(_NEAR) + len(MORE_NEAR) + len(FURTHER_NEAR)
    known = [field for fields, _ in groups.values() for field in fields]
    known += [field for fields in _BY_THEOREM.values() for field in fields]
    assert [field for field, often in Counter(known).items() if often > 1] == []
    assert not set(known) & set(ALIASES)


def test_what_comes_near_is_here() -> None:
    assert {name for _, near in NEAR.values() for name in near} <= set(catalogue)


@pytest.mark.parametrize(
    "given",
    [{"k": 3, "m": 400}, {"errors": 3, "n": 400}, {"failures": 3, "covered": 400}],
)
def test_draws_that_are_answered_are_known_by_several_names(given: dict[str, int]) -> None:
    found = catalogue["abstention"].evaluate(**given, delta="1/100")
    same = catalogue["clopper-pearson"].evaluate(k=3, n=400, delta="1/100")
    assert found.value == same.value


def test_two_samples_are_known_as_textbooks_write_them() -> None:
    found = catalogue["two-proportions"].evaluate(x1=3, n1=100, x2=9, n2=120, delta="1/20")
    given = {"first": 3, "n": 100, "second": 9, "second-n": 120, "delta": "1/20"}
    assert found.value == catalogue["two-sample-difference"].evaluate(**given).value
