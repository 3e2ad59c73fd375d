"""What is wrong with domains, models and questions of format 2: one clear line each."""

from __future__ import annotations

import json

import pytest

from verifier.model.errors import DomainError, LeafproofError, TooMuch
from verifier.model.limits import VARIABLE
from verifier.model.question import Matter
from verifier.reading.json_nouns import DOMAIN_FORMAT, domain_from_json
from verifier.reading.json_text import parse
from verifier.reading.models_json import models_from_json, question_from_json

AGE = {"name": "age", "from": 18, "to": 20, "step": "1/2"}
JOB = {"name": "job", "values": ["no", "half", "full"], "encoding": [[0], [1], [2]]}
TREE = {"format": "leafproof-tree/1", "root": {"class": 1}}
LEAF = {"weight": 1, "probabilities": [None, None]}
NONE = {"weight": 0}


def domain(*variables, given=None, form=2):
    value = {"format": f"leafproof-domain/{form}", "variables": list(variables or (AGE, JOB))}
    return value if given is None else {**value, "given": given}


def job(values, left, right):
    return {"variable": "job", "values": values, "left": left, "right": right}


def age(most, left, right):
    return {"variable": "age", "at_most": most, "left": left, "right": right}


def on_jobs(*chances, weight=1):
    return {"weight": weight, "probabilities": [None, list(chances)]}


YOUNG = {"weight": "1/2", "probabilities": [[[18, 19, 1]], None]}
OLD = {"weight": "1/2", "probabilities": [[["39/2", "39/2", "1/3"], [20, 20, "2/3"]], None]}


def test_a_domain_tree_is_read():
    held = domain_from_json(domain(given=age(19, YOUNG, job(["no"], NONE, half()))))
    assert held.size == 15 - 2 and held.probability((4, 2)) == held.probability((4, 1)) * 3


def half():
    return {"weight": "1/2", "probabilities": [OLD["probabilities"][0], [0, "1/4", "3/4"]]}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (domain({**AGE, "step": "3/4"}), "steps of 3/4 from 18 do not lead to 20"),
        (domain({**AGE, "to": 17}), "do not lead to 17"),
        (domain({**AGE, "step": 0}), "its step is 0: steps are greater than 0"),
        (domain({**AGE, "step": -1, "to": 17}), "steps are greater than 0"),
        (domain({**AGE, "to": 10**30, "step": 1}), "more than 2^62 values"),
        (
            domain({**AGE, "from": "x"}),
            'from: "x" is not a finite number',
        ),
        (domain({**AGE, "values": []}), 'unknown key "values"'),
        (domain({"name": "age", "from": 1, "step": 1}), 'has no "to": add it'),
        (domain({"name": "sex", "values": ["f"]}), '"encoding": add it, as in "name": "sex", "val'),
        (domain({**JOB, "name": 12}), 'a number, not a string: write it in quotes, as "12"'),
        (domain({**JOB, "name": True}), 'not a string: write it in quotes, as "true"'),
        (domain({**AGE, "probabilities": [[18, 19, 1]]}), "ends before 20: cover all values"),
        (domain({**AGE, "probabilities": [["37/2", 20, 1]]}), "is no run of values from 18 on"),
        (domain({**AGE, "probabilities": [[18, 21, 1]]}), "is no run of values from 18 on"),
        (domain({**AGE, "probabilities": [[18, "56/3", 1]]}), "is no run of values from 18 on"),
        (domain({**AGE, "probabilities": [[18, 20, "1/2"]]}), "sum not to 1"),
        (domain({**AGE, "probabilities": [[18, 20]]}), "is not a run [from, to, probability]"),
        (domain({**AGE, "probabilities": []}), "is no list of runs"),
        (domain(AGE, JOB, form=1), 'variables[0] has no "values"|unknown key "from"'),
        (domain(JOB, given=NONE, form=1), '"given" needs the format "leafproof-domain/2"'),
        (domain(AGE, JOB, form=3), 'the format is "leafproof-domain/3", not'),
        (domain(given=NONE), "weights of the leaves of the domain's tree sum to 0, not to 1"),
        (domain(given=job(["no"], NONE, NONE)), "sum to 0, not to 1"),
        (domain(given=age(19, YOUNG, NONE)), "sum to 1/2, not to 1"),
        (domain(given=age(20, LEAF, NONE)), 'at_most is "20", not one of the values'),
        (domain(given=age(17, LEAF, NONE)), "a half would be empty"),
        (domain(given=age("56/3", LEAF, NONE)), "not one of the values"),
        (domain(given=age(19, age(19, YOUNG, YOUNG), OLD)), "left here, 18 to 19"),
        (domain(given=job([], LEAF, NONE)), "values are none of those"),
        (domain(given=job(["no", "half", "full"], LEAF, NONE)), "values are all of those"),
        (domain(given=job(["half", "no"], LEAF, NONE)), "not in the variable's order"),
        (domain(given=job(["no", "no"], LEAF, NONE)), "not in the variable's order"),
        (domain(given=job(["none"], LEAF, NONE)), "which is|not one of the values of"),
        (domain(given=job(["no"], job(["half"], NONE, NONE), LEAF)), "left here"),
        (domain(given={**age(19, LEAF, NONE), "values": []}), 'has "at_most", "left" and "right"'),
        (domain(given={**job(["no"], LEAF, NONE), "variable": "jib"}), "no such variable"),
        (domain(given={"probabilities": [None, None]}), "a leaf without a weight"),
        (domain(given={"weight": 1}), 'has a weight but no "probabilities"'),
        (domain(given={"weight": 1, "probabilities": [None]}), "probabilities of 1 variables"),
        (domain(given={**NONE, "probabilities": [None, None]}), "it is impossible"),
        (domain(given={"weight": -1, "probabilities": [None, None]}), "has a negative weight"),
        (domain(given=job(["no"], on_jobs("1/2", "1/2", 0), NONE)), "is not in the leaf"),
        (domain(given=job(["no"], LEAF, NONE)), "of whose values it leaves only some"),
        (domain(given=job(["no"], on_jobs(1, 0), NONE)), "has 2 probabilities"),
        (domain(given=job(["no"], on_jobs("1/2", 0, 0), NONE)), "sum not to 1"),
        (domain(given=[]), "is a list, not a node of its own"),
        (domain(given={**LEAF, "left": NONE}), 'unknown key "left"'),
    ],
)
def test_what_is_no_domain_is_one_line(value, says):
    with pytest.raises(DomainError) as caught:
        domain_from_json(parse(json.dumps(value).encode()))
    assert any(word in str(caught.value) for word in says.split("|")), caught.value
    assert "\n" not in str(caught.value)


def test_format_1_has_neither_ranges_nor_trees():
    with pytest.raises(DomainError, match="the format is"):
        domain_from_json(domain(JOB), (DOMAIN_FORMAT,))


def tree(name, *reads, **root):
    held = {"format": "leafproof-tree/1", "root": root or {"class": 1}}
    return {"name": name, "reads": list(reads), "tree": held}


def network(name, *reads, columns=1):
    layer = {"kind": "affine", "from": [0]}
    layer["arrays"] = [{"type": "float32", "shape": s} for s in ([1, columns], [1])]
    held = {"columns": columns, "layers": [layer], "notes": []}
    return {"name": name, "reads": list(reads), "network": held}


def read(models, formula, weights=b""):
    held = domain_from_json(domain())
    made = models_from_json(held, {"format": "leafproof-models/1", "models": models}, weights)
    asked = {"format": "leafproof-question/1", "formula": formula}
    return Matter(held, made, question_from_json(made, asked))


A, B = tree("a", "age"), tree("b", "job", "age")
SAME = {"same": ["a", "b"]}
BIG = {"column": 1, "threshold": 0, "left": {"class": 0}, "right": {"class": 7}}


def test_models_and_a_question_are_read():
    matter = read([network("a", "job"), B], {"not": SAME}, bytes(8))
    assert [m.reads for m in matter.models] == [(1,), (1, 0)] and not matter.is_differ


@pytest.mark.parametrize(
    ("models", "formula", "says"),
    [
        ([A, B], {"class": ["c", 0]}, 'names the model "c", which is not there: models are "a"'),
        ([A, B], {"class": ["a", 2]}, 'class 2 of model "a", which has classes 0 to 1'),
        ([A, B], {"class": ["a", -1]}, "class -1 of model"),
        ([A, B], {"class": ["a", True]}, "a class that is a boolean"),
        ([A, B], {"class": ["a"]}, '"class" needs a list [model, class]'),
        ([A, B], {"same": ["a", 1]}, "names the model a number"),
        ([A, B], {"class": ["a", 0]}, 'does not name model "b": leave it out'),
        ([A, B], {"all": []}, '"all" needs a list of at least one formula'),
        ([A, B], {"any": {}}, '"any" needs a list of at least one formula'),
        ([A, B], {"xor": [SAME]}, 'unknown formula "xor": known are class, same, not, all, any'),
        ([A, B], {"not": [SAME]}, "a list where a formula (an object) was expected"),
        ([A, B], {**SAME, "not": SAME}, "where a formula"),
        ([A, A], {"class": ["a", 0]}, 'two models are named "a": names must differ'),
        ([], SAME, "models is not a list of 1 to 64 models"),
        ([A] * 65, SAME, "models is not a list of 1 to 64 models"),
        ([{**A, "name": ""}, B], SAME, "names are one line of printable text"),
        (
            [{**A, "network": 1}, B],
            SAME,
            'must hold "name", "reads" and "network", "tree" or "ensemble"',
        ),
        ([{**A, "reads": []}, B], SAME, 'model "a" reads no variable'),
        ([{**A, "reads": ["age", "age"]}, B], SAME, 'model "a" reads a variable twice'),
        ([{**A, "reads": ["wage"]}, B], SAME, '"wage", which is no variable of the domain'),
        ([tree("a", "age", **BIG), B], SAME, "tests column 1 but the variables that it reads fill"),
        ([{**A, "tree": {"root": {}}}, B], SAME, 'models[0] ("a"): the format is missing'),
        ([network("a", "age", "job"), B], SAME, "takes 1 columns but the variables that it reads"),
        ([network("a", "age", columns=2), B], SAME, "bind it to variables that fill them exactly"),
        (
            [network("a", "age"), tree("b", "job", "age", **BIG)],
            SAME,
            "answers class 7 but network",
        ),
        ([A, B], SAME, "weights.bin: offset 0: 12 bytes more than models.json says"),
        ([{**network("a", "age"), "network": {}}, B], SAME, "must hold columns, layers and notes"),
        ([network("a", "age"), network("b", "job")], SAME, "weights.bin: ends at offset 12"),
    ],
)
def test_what_is_no_question_about_models_is_one_line(models, formula, says):
    names = [m for m in models if "network" in m]
    weights = bytes(12) if says.startswith("weights") or len(names) > 1 else bytes(8 * len(names))
    if names and names[0]["network"] == network("a", columns=2)["network"]:
        weights = bytes(12)
    with pytest.raises(LeafproofError) as caught:
        read(models, formula, weights)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_a_small_file_does_not_take_much_memory(monkeypatch):
    """Every node of a domain's tree holds the parts of all variables: counted beforehand."""
    monkeypatch.setenv(VARIABLE, "10M")
    variables = [{**AGE, "name": f"x{i}"} for i in range(1000)]
    chain = {"weight": 1, "probabilities": [[["37/2", 20, 1]] for _ in variables]}
    for i in range(1000):
        chain = {"variable": f"x{i}", "at_most": 18, "left": {"weight": 0}, "right": chain}
    with pytest.raises(TooMuch, match=r"the domain's tree of [0-9]+ nodes would take about"):
        domain_from_json(domain(*variables, given=chain))
