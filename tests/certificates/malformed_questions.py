"""The files of ``malformed/`` in format 2 whose models or question are at fault."""

from __future__ import annotations

from tests.brute_claims import encode
from tests.brute_matters import dump, question
from tests.brute_proof import CONSTANT, ENUMERATED, OPEN, Node
from tests.certificates.matters import (
    AGE,
    AGES,
    COPIES,
    JOB,
    NET,
    above,
    change,
    differ,
    file,
    members,
    proved,
    tree,
)

ALL, NOTHING, ZERO = Node(ENUMERATED), Node(OPEN), Node(CONSTANT)


def models():
    """Models that are bound to what does not fill their columns, or are none."""
    held = proved(AGES, ALL)

    def of(reason, says, edit):
        return file(change(held, "models.json", edit)), reason, says

    def at(reason, says, i, **entries):
        def edit(value):
            entry = {**value["models"][i], **entries}
            value["models"][i] = {k: v for k, v in entry.items() if v is not None}

        return of(reason, says, edit)

    def both(value):
        value["models"][0]["tree"] = value["models"][1]["tree"]

    def many(value):
        value["models"] += [{**value["models"][1], "name": f"old {i}"} for i in range(63)]

    third = {"format": "leafproof-tree/1", "root": above(1, 1)}
    return {
        "model-that-does-not-fill-its-columns": at(
            "one column of two",
            'models.json: model "net" takes 2 columns but the',
            0,
            reads=["job"],
        ),
        "model-of-more-columns-than-it-has": (
            file(
                change(
                    proved(COPIES, ALL),
                    "models.json",
                    lambda v: v["models"][0].update(reads=["group", "group'", "score"]),
                )
            ),
            "seven columns for four",
            'models.json: model "here" takes 4 columns but the',
        ),
        "model-that-tests-a-column-too-many": at(
            "column 1 of one",
            'models.json: model "old" tests column 1 but the variables',
            1,
            tree=third,
        ),
        "model-that-reads-an-unknown-variable": at(
            "height",
            'models.json: models[0] ("net").reads[1] is "height',
            0,
            reads=["job", "height"],
        ),
        "model-that-reads-a-variable-twice": at(
            "job and job",
            'models.json: model "net" reads a variable twice: name',
            0,
            reads=["job", "job"],
        ),
        "model-that-reads-nothing": at(
            "an empty list",
            'models.json: model "old" reads no variable: name at least',
            1,
            reads=[],
        ),
        "model-that-reads-a-number": at(
            "0 for a name", 'models.json: models[1] ("old").reads[0] is a number', 1, reads=[0]
        ),
        "model-without-a-name": at(
            "an empty name", 'models.json: models[0].name is "": names are one line of', 0, name=""
        ),
        "model-with-escape-characters": at(
            "it clears the screen",
            'models.json: models[0].name is "\\x1b[2J": names are one',
            0,
            name="\x1b[2J",
        ),
        "models-of-one-name": (
            file(
                {
                    **change(held, "models.json", lambda v: v["models"][1].update(name="net")),
                    "question.json": question({"class": ["net", 1]}),
                }
            ),
            "net and net",
            'question.json: two models are named "net": names must',
        ),
        "model-that-is-both": of(
            "a network and a tree", 'models.json: models[0] must hold "name", "reads" and', both
        ),
        "model-that-is-neither": at(
            "a name alone", 'models.json: models[1] must hold "name", "reads" and', 1, tree=None
        ),
        "models-none": of(
            "an empty list",
            "models.json: models is not a list of 1 to 64 models",
            lambda v: v.update(models=[]),
        ),
        "models-65": of("at most 64", "models.json: models is not a list of 1 to 64 models", many),
        "later-models-format": of(
            "leafproof-models/2",
            'models.json: the format is "leafproof-models/2", not',
            lambda v: v.update(format="leafproof-models/2"),
        ),
        "model-that-the-question-does-not-name": (
            file({**held, "question.json": question({"class": ["net", 1]})}),
            "old is not named",
            'question.json: the question does not name model "old',
        ),
        "models-with-weights-for-one-more": (
            file({**held, "weights.bin": held["weights.bin"] + bytes(8)}),
            "eight bytes too many",
            "weights.bin: offset 24: 8 bytes more than models.json says",
        ),
        "models-with-weights-missing": (
            file({**held, "weights.bin": held["weights.bin"][:-8]}),
            "eight bytes too few",
            "weights.bin: ends at offset 16, but layer 0 of",
        ),
    }


def questions():
    """Formulas that are none, or not about the models."""
    held = proved(AGES, ALL)

    def of(reason, says, formula):
        return file({**held, "question.json": question(formula)}), reason, says

    def text(reason, says, data):
        return file({**held, "question.json": data}), reason, says

    deep = b'{"not":' * 1000 + b'{"same":["net","old"]}' + b"}" * 1000
    deep = b'{"format":"leafproof-question/1","formula":' + deep + b"}"
    wide = tree("wide", ["age"], above("37/2", 0, 0, 2))
    old = {"class": ["old", 1]}
    return {
        "question-about-an-unknown-model": of(
            "young is no model",
            'question.json: the question names the model "young',
            differ("net", "young"),
        ),
        "question-about-an-unknown-class": of(
            "class 2 of two",
            'question.json: the question names class 2 of model "net',
            {"any": [old, {"class": ["net", 2]}]},
        ),
        "question-about-a-negative-class": of(
            "-1",
            "question.json: the question names class -1 of model",
            {"any": [old, {"class": ["net", -1]}]},
        ),
        "question-about-class-true": of(
            "no number",
            "question.json: the question names a class that is a",
            {"any": [old, {"class": ["net", True]}]},
        ),
        "question-about-a-class-in-words": of(
            "yes",
            "question.json: the question names a class that is a",
            {"any": [old, {"class": ["net", "yes"]}]},
        ),
        "question-of-an-empty-list": of(
            "all of nothing",
            'question.json: "all" needs a list of at least one formula',
            {"all": []},
        ),
        "question-of-two-words": of(
            "not and any",
            "question.json: an object where a formula (an object) was",
            {"not": old, "any": [{"class": ["net", 1]}]},
        ),
        "question-of-an-unknown-word": of(
            "implies",
            'question.json: unknown formula "implies": known are',
            {"implies": [old, old]},
        ),
        "question-of-no-word": of(
            "an empty object", "question.json: an object where a formula (an object) was", {}
        ),
        "question-same-of-one": of(
            "one name",
            'question.json: "same" needs a list [model, model]',
            {"any": [old, {"same": ["net"]}]},
        ),
        "question-same-of-three": of(
            "three names",
            'question.json: "same" needs a list [model, model]',
            {"same": ["net", "old", "net"]},
        ),
        "question-not-of-a-list": of(
            "a list",
            "question.json: a list where a formula (an object) was",
            {"not": [{"same": ["net", "old"]}]},
        ),
        "question-nested-1001-deep": text(
            "one too deep", "question.json: the question is nested more than 1000", deep
        ),
        "question-that-compares-other-classes": (
            file(
                {
                    **members([AGE, JOB], [NET, wide], differ("net", "wide")),
                    "proof.bin": encode([ALL], 2),
                    "witnesses.json": b"[]",
                }
            ),
            "the tree answers class 2, the network has two",
            'question.json: tree "wide" answers class 2 but network',
        ),
        "question-missing": text(
            "no formula",
            'question.json: there is no "formula": add it',
            dump({"format": "leafproof-question/1"}),
        ),
        "question-with-another-entry": text(
            "an entry too many",
            'question.json: unknown key "why": known keys are format',
            dump({"format": "leafproof-question/1", "formula": differ("net", "old"), "why": ""}),
        ),
        "later-question-format": text(
            "leafproof-question/2",
            'question.json: the format is "leafproof-question/2", not',
            dump({"format": "leafproof-question/2", "formula": differ("net", "old")}),
        ),
    }
