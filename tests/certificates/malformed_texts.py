"""The files of ``malformed/`` whose domain, tree, points or verdict is at fault."""

from __future__ import annotations

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    SUM,
    SUM_POINTS,
    parts,
    put,
    seal,
)
from verifier.model.proof import Open
from verifier.writing.json_text import dump


def texts():
    """Domain, tree, points and verdict: JSON that is not one, or of the wrong things."""
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    differs = parts(*SUM, (Open(),), SUM_POINTS[:1])

    def text(name, data, reason, says, base=held):
        return seal(put(base, name, data)), reason, f"{name}: {says}"

    def swap(name, old, new, reason, says, base=held):
        assert old in base[name]
        return text(name, base[name].replace(old, new, 1), reason, says, base)

    return {
        "domain-not-utf8": text(
            "domain.json", b'{"\xff": 1}', "a byte that is no text", "byte 2 is not UTF-8"
        ),
        "domain-cut-short": text(
            "domain.json", held["domain.json"][:-5], "the JSON ends too early", "line 1, column"
        ),
        "domain-with-nan": swap(
            "domain.json",
            b"[[0]",
            b"[[NaN]",
            "NaN as an encoding",
            'line 1, column 99: "NaN" is not a JSON value: numbers must be finite',
        ),
        "domain-with-infinity-as-text": swap(
            "domain.json",
            b"[[0]",
            b'[["Infinity"]',
            "infinity as an encoding",
            'variables[0] ("x0").encoding[0][0]: "Infinity" is not a finite number',
        ),
        "domain-with-huge-exponent": swap(
            "domain.json",
            b"[[0]",
            b"[[1e1000000000]",
            "a number of a gigabyte",
            "line 1, column 99: the exponent of",
        ),
        "domain-with-huge-integer": swap(
            "domain.json",
            b"[[0]",
            b"[[" + b"9" * 5000 + b"]",
            "an integer of 5,000 digits",
            "line 1, column 99: a number of 5000 characters",
        ),
        "domain-with-leading-zero": swap(
            "domain.json", b"[[0]", b"[[00]", "00 is not a JSON number", "line 1, column 99"
        ),
        "domain-with-duplicate-key": swap(
            "domain.json",
            b'"name": "x0"',
            b'"name": "x0", "name": "x9"',
            "one reader takes the first, another the last",
            'line 1, column 63: the key "name" appears twice',
        ),
        "domain-with-variables-of-one-name": swap(
            "domain.json", b'"x1"', b'"x0"', "two variables x0", 'two variables are named "x0"'
        ),
        "domain-with-values-of-one-label": swap(
            "domain.json",
            b'["0", "1"]',
            b'["1", "1"]',
            "two values 1",
            'variable "x0" has two values with the same label',
        ),
        "domain-probabilities-sum-to-more": swap(
            "domain.json",
            b'"encoding"',
            b'"probabilities": ["1/2", "2/3"], "encoding"',
            "7/6 of a probability",
            'variable "x0": probabilities sum to 7/6',
        ),
        "domain-probability-negative": swap(
            "domain.json",
            b'"encoding"',
            b'"probabilities": [2, -1], "encoding"',
            "they sum to 1",
            'variable "x0" has a negative probability',
        ),
        "domain-denominator-zero": swap(
            "domain.json",
            b"[[0]",
            b'[["1/0"]',
            "1/0 as an encoding",
            'variables[0] ("x0").encoding[0][0]: "1/0" divides by zero',
        ),
        "domain-denominators-without-bound": text(
            "domain.json",
            dump(
                {
                    "format": "leafproof-domain/1",
                    "variables": [
                        {
                            "name": "x",
                            "values": [str(i) for i in range(400)],
                            "encoding": [[f"1/{3**50 + i}"] for i in range(400)],
                        }
                    ],
                }
            ),
            "400 fractions whose common denominator has 30,000 bits",
            "the domain's encodings have a common denominator",
        ),
        "domain-name-half-surrogate": swap(
            "domain.json", b'"x0"', b'"\\udc80"', "a name that is no text", "line 1, column"
        ),
        "domain-name-with-line-break": swap(
            "domain.json", b'"x0"', b'"x\\n0"', "a name of two lines", "variables[0].name is"
        ),
        "domain-nested-3000-deep": text(
            "domain.json",
            b"[" * 3_000 + b"]" * 3_000,
            "deeper than any recursion",
            "a list where a domain",
        ),
        "domain-of-another-format": swap(
            "domain.json",
            b"leafproof-domain/1",
            b"leafproof-domain/7",
            "a format of the future",
            'the format is "leafproof-domain/7"',
        ),
        "tree-nested-without-end": text(
            "tree.json",
            b'{"format": "leafproof-tree/1", "root": ' + b'{"left": ' * 2_000,
            "2,000 open tests",
            "line 1, column",
        ),
        "tree-tests-a-column-too-many": swap(
            "tree.json",
            b'"column": 0',
            b'"column": 3',
            "the fourth of three columns",
            "the tree tests column 3",
        ),
        "tree-answers-a-class-too-many": swap(
            "tree.json",
            b'"class": 1',
            b'"class": 2',
            "class 2 of a teacher with two classes",
            "the tree answers class 2",
        ),
        "tree-without-a-child": swap(
            "tree.json",
            b', "right": {"class": 1}',
            b"",
            "only a left child",
            "root: a missing child",
        ),
        "tree-threshold-nan": swap(
            "tree.json",
            b'"threshold": 0.5',
            b'"threshold": "nan"',
            "NaN as a threshold",
            'root: threshold: "nan" is not a finite number',
        ),
        "tree-class-negative": swap(
            "tree.json", b'"class": 1', b'"class": -1', "class -1", 'root.right: class is "-1"'
        ),
        "tree-class-fraction": swap(
            "tree.json", b'"class": 1', b'"class": 1.5', "class 1.5", "root.right: class is"
        ),
        "counterexamples-not-a-list": text(
            "counterexamples.json",
            b"{}",
            "an object for a list",
            "line 1, column 1: not a list of points",
            differs,
        ),
        "counterexample-not-integers": text(
            "counterexamples.json",
            b"[[0, 1], [1, 1.0]]",
            "1.0 is not an index",
            "[1] is not a list of value indices",
            differs,
        ),
        "counterexample-of-booleans": text(
            "counterexamples.json",
            b"[[false, true]]",
            "true is not an index",
            "[0] is not a list of value indices",
            differs,
        ),
        "verdict-not-an-object": text(
            "verdict.json",
            b'"equivalent"',
            "a word for an object",
            "line 1, column 1: not an object",
        ),
        "verdict-with-duplicate-key": swap(
            "verdict.json",
            b'"verdict": "equivalent"',
            b'"verdict": "different", "verdict": "equivalent"',
            "two verdicts",
            'line 1, column 26: the key "verdict" appears twice',
        ),
    }
