"""Forests as code, as m2cgen writes them: what is read is what the languages themselves compute."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.ensembles import scores_of
from tests.every import seeds
from tests.formats import forest_code
from tests.formats.forest_code import ENDINGS, made, written
from verifier import certify, second_checker
from verifier.formats.code_ensembles import ensemble_from_code
from verifier.formats.heads import Asked
from verifier.formats.load import load_model, load_teacher, load_tree
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner, Leaf, Tree

NEAR = [0.25, 0.5, float(np.nextafter(0.5, 1)), float(np.nextafter(0.5, 0)), 1.5, 2.0]
ROWS = [list(row) for row in itertools.product(NEAR, repeat=forest_code.COLUMNS)]
SOME = ROWS[::5]


def held(ensemble: Ensemble, answers: list[list[float]], rows: list[list[float]]) -> None:
    """Classes are those of the answers' first largest; plain scores are the answers themselves."""
    said = np.array(answers)
    classes = [ensemble.class_at([Fraction(x) for x in row]) for row in rows]
    assert classes == said.argmax(axis=1).tolist()
    if ensemble.outputs > 1 and not ensemble.link:
        scores = [scores_of(ensemble, [Fraction(x) for x in row]) for row in rows]
        assert scores == [[Fraction(x) for x in row] for row in answers]


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_all_languages_are_read_alike_and_as_python_computes(seed: int) -> None:
    forest = made(seed)
    read = [
        ensemble_from_code(written(forest, language), ending, columns=3)
        for language, ending in ENDINGS.items()
    ]
    answers = forest_code.run_python(written(forest, "python"), SOME)
    held(read[0], answers, SOME)
    for other in read[1:]:
        assert other.members == read[0].members
        assert (other.factor, other.link, other.threshold) == (
            read[0].factor,
            read[0].link,
            read[0].threshold,
        )


TIE = """
def add_vectors(v1, v2):
    return [sum(i) for i in zip(v1, v2)]
def mul_vector_number(v1, num):
    return [i * num for i in v1]
def score(x):
    if x[0] <= 0.5:
        a = [1.6000000000000003, 1.6000000000000005]
    else:
        a = [0.0, 1.6]
    if x[1] <= 0.5:
        b = [0.0, 0.0]
    else:
        b = [1.0, 0.0]
    return mul_vector_number(add_vectors(a, b), 0.3333333333333333)
"""


def test_a_tie_that_the_product_makes_is_seen(tmp_path: Path) -> None:
    """The second number is the greater one, but a third of it, rounded, is not."""
    one = ensemble_from_code(TIE, ".py", columns=2)
    rows = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    answers = forest_code.run_python(TIE, rows)
    assert answers[0][0] == answers[0][1]
    held(one, answers, rows)
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    found = certify(one, tree, Domain.bits(2))
    assert found.verdict == "equivalent"
    found.save(tmp_path / "tie.certificate")
    second_checker.check((tmp_path / "tie.certificate").read_bytes())


@pytest.mark.skipif(not forest_code.has("c"), reason="needs gcc")
@pytest.mark.parametrize("seed", range(100, 108))
def test_c(seed: int, tmp_path: Path) -> None:
    forest = made(seed)
    text = written(forest, "c")
    outputs = max(2, forest.outputs)
    held(
        ensemble_from_code(text, ".c", columns=3),
        forest_code.run_c(text, ROWS, outputs, tmp_path),
        ROWS,
    )


@pytest.mark.skipif(not forest_code.has("javascript"), reason="needs Node")
@pytest.mark.parametrize("seed", range(200, 204))
def test_javascript(seed: int, tmp_path: Path) -> None:
    text = written(made(seed), "javascript")
    answers = forest_code.run_javascript(text, ROWS, tmp_path)
    held(ensemble_from_code(text, ".js", columns=3), answers, ROWS)


@pytest.mark.skipif(not forest_code.has("java"), reason="needs Java")
@pytest.mark.parametrize("seed", (300, 303))
def test_java(seed: int, tmp_path: Path) -> None:
    text = written(made(seed), "java")
    answers = forest_code.run_java(text, SOME, tmp_path)
    held(ensemble_from_code(text, ".java", columns=3), answers, SOME)


MODELS = ("RandomForestClassifier", "ExtraTreesClassifier", "LGBMClassifier", "XGBClassifier")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("classes", (2, 3))
def test_m2cgen(name: str, classes: int) -> None:
    """What m2cgen itself writes, where it is installed."""
    m2cgen = pytest.importorskip("m2cgen")
    if name == "XGBClassifier" and classes == 3:
        pytest.skip("m2cgen 0.10 does not write it for this XGBoost")
    model: Any
    if name[:3] in ("LGB", "XGB"):
        library = pytest.importorskip({"LGB": "lightgbm", "XGB": "xgboost"}[name[:3]])
        more = {"verbose": -1} if name[:3] == "LGB" else {"base_score": 0.5}
        model = getattr(library, name)(n_estimators=4, max_depth=3, **more)
    else:
        import sklearn.ensemble

        model = getattr(sklearn.ensemble, name)(n_estimators=5, max_depth=4, random_state=0)
    rng = np.random.default_rng(0)
    x = rng.integers(-4, 5, size=(300, 3)) / 2
    y = (x[:, 0] > 0.3).astype(int) + (classes > 2) * (x[:, 1] + x[:, 2] > 0)
    model.fit(x, y)
    rows = [list(map(float, row)) for row in rng.integers(-9, 10, size=(200, 3)) / 4]
    texts = {to: getattr(m2cgen, f"export_to_{to}")(model) for to in ("c", "java", "c_sharp")}
    python = m2cgen.export_to_python(model)
    answers = forest_code.run_python(python, rows)
    one = ensemble_from_code(python, ".py", columns=3)
    held(one, answers, rows)
    for to, text in texts.items():
        ending = {"c": ".c", "java": ".java", "c_sharp": ".cs"}[to]
        assert ensemble_from_code(text, ending, columns=3).members == one.members


def test_subroutines_are_followed() -> None:
    text = """public class Model {
    public static double[] score(double[] input) {
        double[] var0;
        if (input[0] <= 0.5) { var0 = new double[] {1.0, 0.0}; }
        else { var0 = new double[] {0.0, 1.0}; }
        return addVectors(subroutine0(input), var0);
    }
    public static double[] subroutine0(double[] input) {
        double[] var0;
        if (input[1] <= 0.5) { var0 = new double[] {0.0, 0.25}; }
        else { var0 = new double[] {2.0, 0.0}; }
        return var0;
    }
    private static double[] addVectors(double[] v1, double[] v2) {
        double[] result = new double[v1.length];
        for (int i = 0; i < v1.length; i++) {
            result[i] = v1[i] + v2[i];
        }
        return result;
    }
}
"""
    one = ensemble_from_code(text, ".java", columns=2)
    rows = [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert [one.class_at(row) for row in rows] == [0, 1, 0, 0]
    assert scores_of(one, [1, 0]) == [0, Fraction(5, 4)]


BY_HAND = """
def score(x):
    a = -1.0
    if x[0] > 0.5 and x[1] > 0.5:
        a = 2.0
    if x[1] <= 0.5:
        b = 0.5
    else:
        b = -0.25
    return (0.1 * a - b + 0.5) / 3
"""


def test_by_hand_a_number_that_is_compared() -> None:
    with pytest.raises(LeafproofError, match="--threshold"):
        ensemble_from_code(BY_HAND, ".py", columns=2)
    one = ensemble_from_code(BY_HAND, ".py", columns=2, asked=Asked("regression", Fraction(1, 10)))
    space: dict[str, Any] = {}
    exec(BY_HAND, space)
    for row in ([0, 0], [0, 1], [1, 0], [1, 1]):
        answer = space["score"](row)
        assert scores_of(one, row) == [Fraction(answer)]
        assert one.class_at(row) == (answer > 0.1)


def test_files_are_told_apart(tmp_path: Path) -> None:
    three = Domain.bits(3)
    forest, tree = tmp_path / "forest.c", tmp_path / "tree.c"
    forest.write_text(written(made(0), "c"))
    tree.write_text("int f(const double *x) { if (x[0] <= 0.5) { return 0; } return 1; }")
    assert isinstance(load_model(forest, domain=three), Ensemble)
    assert isinstance(load_teacher(forest, domain=three), Ensemble)
    assert isinstance(load_model(tree, domain=three), Tree)
    with pytest.raises(LeafproofError, match="ask same"):
        load_tree(forest)


REFUSED = {
    "two sums": ("return (a + b) + (a + b)", "adds two sums of several trees"),
    "a product in the middle": ("return [(a + b) * 0.5 + a, a]", "was multiplied or divided"),
    "different products": ("return [(a + b) * 0.5, (a + b) * 0.25]", "by different numbers"),
    "a negative product": ("return [(a + b) * -0.5, (a + b) * -0.5]", "negative number"),
    "twice": ("return [(a + b) * 0.5 * 0.5, a]", "multiplies a score twice"),
    "trees multiplied": ("return [a * b, b]", "no sum of trees"),
    "a number": ("return [0.5, 0.25]", "no scores of trees"),
    "computed numbers": ("return [a + (1 / 2), b]", "write the number itself"),
    "another function": ("return [max(a, b), b]", "no sum of trees"),
    "no value": ("return [c, b]", "no value there"),
    "division by nothing": ("return [a / 0, b]", "or by 0"),
    "a bare name": ("return 'yes'", "is no sum of trees"),
    "itself": ("return score(x)", "calls itself"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sum_of_trees_is_refused(name: str) -> None:
    ending, says = REFUSED[name]
    text = f"""
def score(x):
    if x[0] <= 0.5:
        a = 1.0
    else:
        a = 0.1
    if x[1] <= 0.5:
        b = 1.0
    else:
        b = 0.2
    {ending}
"""
    with pytest.raises(LeafproofError, match=says):
        ensemble_from_code(text, ".py", columns=2)


CHANGED = {
    "adds otherwise": ("v1[i] + v2[i]", "v1[i] - v2[i]", "not the function of that name"),
    "adds in float32": (
        "double *result) {\n    for",
        "float *result) {\n    for",
        "not the function",
    ),
    "returns float": ("double sigmoid", "float sigmoid", "returns"),
    "another exp": (
        "void score",
        "double exp(double x) { return x; }\nvoid score",
        "x stands where a number",
    ),
    "a global": ("double var0[", "other var0[", "is not read"),
    "a float list": ("double var0[", "float var0[", "make it a double"),
    "too few": ("3 * sizeof", "2 * sizeof", "are copied"),
    "a part is added": ("var1, 3, sum0", "var1, 2, sum0", "is no array of 2"),
    "long doubles": ("{0.0, ", "{0.0L, ", "a type of its own"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_c_that_computes_otherwise_is_refused(name: str) -> None:
    old, new, says = CHANGED[name]
    seed = next(s for s in range(99) if made(s).way == "mean" and made(s).outputs == 3)
    text = written(made(seed), "c")
    assert old in text
    with pytest.raises(LeafproofError, match=says):
        ensemble_from_code(text.replace(old, new), ".c", columns=3)
