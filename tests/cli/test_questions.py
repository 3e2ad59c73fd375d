"""The command on certificates about questions, and on domains with ranges and trees."""

from __future__ import annotations

import json
import re

import pytest

import verifier as lp
from tests.reports import asked

PEOPLE = {
    "format": "leafproof-domain/2",
    "variables": [
        {"name": "age", "from": 18, "to": 90},
        {"name": "group", "values": ["A", "B"], "encoding": [[1, 0], [0, 1]]},
    ],
    "impossible": [{"group": "A", "age": [18, 40]}],
}


@pytest.fixture
def files(call, tmp_path):
    """A network, a tree, a domain file and a certificate about two copies of the network."""
    asked.scorer(("no", "yes")).save("net.onnx")
    asked.OLD.save("old.json")
    (tmp_path / "people.json").write_text(json.dumps(PEOPLE))
    lp.ask(
        {"not": {"same": ["a", "b"]}},
        {"a": ("net.onnx", ["age", "group"]), "b": ("net.onnx", ["age", "other"])},
        asked.TWINS,
        output="question.certificate",
    )
    return call


def test_check_says_the_answer_and_the_witnesses(files):
    code, out, err = files("check", "question.certificate")
    assert code == 0 and not err
    assert "VALID every step holds; it proves:" in out
    assert "SOMEWHERE the classes of a and b differ: at exactly 40 points of 146." in out
    assert "a: network, 3 input columns, one logit; reads age, group" in out
    assert "class of a" in out and "class of b" in out
    assert "points where it is so" in out


def test_check_in_json(files):
    code, out, _ = files("check", "question.certificate", "--json")
    found = json.loads(out)
    assert code == 0 and found["valid"] is True
    assert found["answer"] == "somewhere"
    assert found["points"] == {"lower": 40, "upper": 40}
    assert found["witness"]["classes"].keys() == {"a", "b"}


def test_the_verified_checker_is_named_where_it_was_asked(files, tmp_path):
    code, out, _ = files("check", "question.certificate", "--verified")
    assert code == 0 and "and the verified checker (" in out
    code, out, _ = files("check", "question.certificate", "--verified", "--json")
    (named,) = json.loads(out)["checkers"]
    assert named.startswith("the verified checker (")
    code, _, _ = files("report", "question.certificate", "--verified", "-o", "page.md")
    assert code == 0
    assert "which agree on the points and their probability" in (tmp_path / "page.md").read_text()


def test_the_statement_and_reports(files):
    code, out, _ = files("check", "question.certificate", "--statement")
    assert code == 0 and "is for which inputs it is true that the classes of a and b differ" in out
    code, out, _ = files("check", "question.certificate", "--statement", "--json")
    assert json.loads(out)["predicate"]["question"] == "the classes of a and b differ"
    for kind in ("html", "md", "tex"):
        code, out, err = files("report", "question.certificate", "-o", f"page.{kind}")
        assert code == 0 and not err
    assert files("certify", "net.onnx", "old.json", "--domain", "people.json", "-o", "c")[0] == 1
    code, out, err = files("report", "question.certificate", "c", "-o", "both.html")
    assert code == 0 and not err


UNFAIR = '{"not": {"same": ["a", "b"]}}'
COPIES = ("a=net.onnx", "b=net.onnx", "--reads", "a=age,group", "--reads", 'b=["age", "other"]')


def test_ask(files, tmp_path):
    asked.TWINS.save("twins.json")
    code, out, _ = files("ask", UNFAIR, *COPIES, "--domain", "twins.json", "-o", "c", "-q")
    assert code == 1
    assert out.startswith("SOMEWHERE the classes of a and b differ: at exactly 40 points of 146")
    assert files("check", "c", "-q")[0] == 0
    code, out, _ = files("check", "c", "--json")
    assert json.loads(out)["command"].startswith("leafproof ask QUESTION MODELS --domain FILE")
    held = {"format": "leafproof-question/1", "formula": json.loads(UNFAIR)}
    (tmp_path / "q.json").write_text(json.dumps(held))
    code, out, _ = files("ask", "q.json", *COPIES, "--domain", "twins.json", "--json")
    assert code == 1 and json.loads(out)["points"] == {"lower": 40, "upper": 40}
    never = '{"all": [{"class": ["t", 0]}, {"class": ["t", 1]}]}'
    code, out, _ = files("ask", never, "t=old.json", "--reads", "t=age", "--domain", "twins.json")
    assert code == 0 and "NOWHERE" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([UNFAIR, "a=net.onnx", "net.onnx"], "is no model: write NAME=FILE"),
        ([UNFAIR, "a=net.onnx", "a=net.onnx"], 'two models are named "a"'),
        ([UNFAIR, "a=net.onnx", "b=net.onnx", "--reads", "c=age"], "name each of the models once"),
        ([UNFAIR, *COPIES, "--reads", "a=age"], "name each of the models once"),
        ([UNFAIR, "a=net.onnx", "b=net.onnx", "--reads", "a=[1]"], "is not a list of names"),
        ([UNFAIR, "a=net.onnx", "b=net.onnx", "--reads", "a=age,sex"], "'sex'"),
        ([UNFAIR, "a=net.onnx", "b=net.onnx", "--reads", "a=age"], "columns"),
        (['{"not": {"same": ["a", "c"]}}', *COPIES], '"c"'),
        (['{"class": ["a", 1]}', *COPIES], 'does not name model "b"'),
        (['{"class": ["a", 7]}', "a=net.onnx", "--reads", "a=age,group"], "class 7"),
        (['{"not"', *COPIES], "the question: line 1"),
        (["nowhere.json", *COPIES], "nowhere.json"),
        ([UNFAIR, *COPIES, "-o", "net.onnx"], "is an input, too"),
    ],
)
def test_a_bad_question_is_one_line(files, arguments, words):
    asked.TWINS.save("twins.json")
    code, out, err = files("ask", *arguments, "--domain", "twins.json")
    assert code == 3 and not out
    assert err.count("\n") == 1 and words in err


def test_certify_over_ranges_and_impossible_combinations(files):
    code, out, _ = files("certify", "net.onnx", "old.json", "--domain", "people.json")
    assert code == 1
    assert "DIFFERENT tree and network differ at exactly 12 points of 123." in out
    assert "2 variables with 23 of 146 combinations impossible, from a domain file" in out
    assert "age (18 to 90, step 1)" in out
    assert "impossible      age from 18 to 40, group = A" in out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"impossible": [{"age": [18, 90]}]}, "every combination is impossible"),
        ({"impossible": [{"sex": "A"}]}, 'there is no variable "sex": there are "age"'),
        ({"given": {"weight": "1/2"}, "impossible": []}, "sum to 1/2, not to 1"),
        ({"variables": [{"name": "age", "from": 18, "to": 90, "step": 7}]}, "does not fit"),
        ({"format": "leafproof-domain/3"}, '"leafproof-domain/3"'),
    ],
)
def test_a_bad_domain_is_one_line(files, tmp_path, change, words):
    (tmp_path / "people.json").write_text(json.dumps(PEOPLE | change))
    code, out, err = files("certify", "net.onnx", "old.json", "--domain", "people.json")
    assert code == 3 and not out
    assert err.count("\n") == 1 and words in err and "people.json" in err


def test_a_tree_over_a_range_is_exported(files):
    code, out, _ = files("export", "old.json", "--domain", "people.json", "--to", "sql")
    assert code == 0 and 'CAST("age" AS DOUBLE PRECISION) <= 40.5' in out


def test_ask_fair_and_the_others(files, tmp_path):
    lp.Domain.product(lp.Domain.range("age", 18, 90), lp.Domain.one_hot("group", ["A", "B"])).save(
        "people.json"
    )
    code, out, err = files(
        "ask", "fair", "net.onnx", "--protected", "group", "--domain", "people.json", "-o", "c"
    )
    assert code == 1 and not err
    assert "for instance" in out and "onnxruntime gives the same class" in out
    code, out, _ = files("check", "c", "--json")
    assert json.loads(out)["command"].startswith("leafproof ask fair MODEL --protected group")
    code, _, err = files(
        *("ask", "fair", "net.onnx", "--protected", "group\n", "--domain", "people.json"),
        *("-o", "c", "-q"),
    )
    assert code == 1 and not err  # a line's end is nothing that a certificate's command may hold
    code, out, _ = files("check", "c", "--json")
    assert json.loads(out)["command"].startswith("leafproof ask fair MODEL --protected group?")
    for way in (["--protected", "group", "--protected", "age"], ["--protected", "age,group"]):
        code, out, _ = files(
            "ask", "fair", "net.onnx", *way, "--domain", "people.json", "--json", "-o", "d"
        )
        assert json.loads(out)["domain_size"] == 146 * 145 // 2
        assert json.loads(files("check", "d", "--json")[1])["command"].startswith(
            " ".join(["leafproof ask fair MODEL", *way])
        )
    words = "--in", "age", "--domain", "people.json", "--json"
    code, out, _ = files("ask", "monotone", "net.onnx", "--up", *words)
    up = json.loads(out)
    assert code == {"nowhere": 0, "somewhere": 1}[up["answer"]] and up["kind"] == "monotone"
    assert up["count"] == up["points"] and up["probability"].keys() == {"lower", "upper"}
    code, out, _ = files("ask", "monotone", "net.onnx", "--down", *words)
    down = json.loads(out)
    assert {up["points"]["upper"] > 0, down["points"]["upper"] > 0} == {True, False}
    found = up["instance"] or down["instance"]
    first, second = (int(x["age"]) for x in found["inputs"])
    assert second == first + 1 and found["runtime"] == "onnxruntime gives the same class"
    same = ("ask", "same", "net.onnx", "old.json", "--domain", "people.json")
    assert files(*same, "-q")[0] == 1
    _, out, _ = files(*same)
    assert re.search(r"for instance .*: class \w+ of a, class \w+ of b\n", out)
    assert re.search(r"files +a: net.onnx, b: old.json\n", out)
    (tmp_path / "point.json").write_text('{"age": 30, "group": "A"}')
    code, out, _ = files(
        *("ask", "robust", "net.onnx", "--point", "point.json", "--flips", "2"),
        *("--domain", "people.json", "--json"),
    )
    assert json.loads(out)["domain_size"] == 146
    _, out, _ = files(
        *("ask", "robust", "net.onnx", "--point", "point.json", "--flips", "2"),
        *("--domain", "people.json"),
    )
    assert re.search(
        r"for instance +age = 30, group = A\n +and +age = \d+, group = .: class yes\n", out
    )
    assert "impossible  " not in out  # it would be which values differ from the point's


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fiar", "net.onnx"], 'there is no question "fiar": did you mean "fair"?'),
        (["fair", "net.onnx", "--protected", "grp"], 'did you mean "group"?'),
        (["monotone", "net.onnx", "--in", "group"], "have no order"),
        (["robust", "net.onnx", "--point", "age=30"], 'no value of "group"'),
        (["same", "net.onnx"], "Missing argument 'other'"),
        (["net.onnx"], "the question comes before the models: leafproof ask fair MODEL"),
        (
            ["monotone", "net.onnx", "--in", "age", "--in=group"],
            "--in is given twice: give it once",
        ),
        (["class(f) = 1 and class(g) = 0", "f=net.onnx"], 'names the model "g"'),
        (["class(f) = 1 xor class(g) = 0", "f=net.onnx"], '"xor" stands at character 14'),
        (["fair", "net.onnx", "--protected", "group", "-o", "net.onnx"], "is an input, too"),
    ],
)
def test_a_bad_kind_of_question_is_one_line(files, arguments, words):
    code, out, err = files("ask", *arguments, "--domain", "people.json")
    assert code == 3 and not out
    assert err.count("\n") == 1 and words in err
