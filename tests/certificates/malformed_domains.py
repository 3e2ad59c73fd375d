"""The files of ``malformed/`` in format 2 whose domain is none."""

from __future__ import annotations

from tests.brute_proof import ENUMERATED, Node
from tests.certificates.matters import (
    AGE,
    AGES,
    JOB,
    NET,
    OLD,
    change,
    differ,
    file,
    members,
    proved,
)


def domains():
    """Ordinals whose numbers or whose runs do not fit."""
    return {**ranges(), **runs()}


def with_domain(edit):
    """The file with ``edit`` done to its domain, and nothing else changed."""
    return file(change(proved(AGES, Node(ENUMERATED)), "domain.json", edit))


def with_variable(entry):
    """The file with another first variable."""

    def edit(domain):
        domain["variables"][0] = entry

    return with_domain(edit)


def ranges():
    """The first, the last and the step of an ordinal."""

    def age(reason, says, **entries):
        entry = {k: v for k, v in {**AGE, **entries}.items() if v is not None}
        return with_variable(entry), reason, says

    plain = members([AGE, JOB], [NET, OLD], differ("net", "old"))

    def kind(number, parts):
        def edit(domain):
            domain["format"] = f"leafproof-domain/{number}"

        return file(change(proved(parts, Node(ENUMERATED)), "domain.json", edit))

    return {
        "range-whose-step-does-not-fit": age(
            "18 to 39/2 by 2/5",
            'domain.json: variables[0] ("age"): steps of 2/5 from 18',
            step="2/5",
        ),
        "range-of-step-zero": age(
            "it never ends", 'domain.json: variables[0] ("age"): its step is 0: steps', step=0
        ),
        "range-of-a-negative-step": age(
            "steps go up", 'domain.json: variables[0] ("age"): its step is -1/2', step="-1/2"
        ),
        "range-that-ends-before-it-begins": age(
            "from 20 to 39/2",
            'domain.json: variables[0] ("age"): steps of 1/2 from 20',
            **{"from": 20},
        ),
        "range-without-a-step": age(
            "from and to alone", 'domain.json: variables[0] has no "step": add it', step=None
        ),
        "range-without-an-end": age(
            "from and step alone", 'domain.json: variables[0] has no "to": add it', to=None
        ),
        "range-of-a-step-that-is-no-number": age(
            "half", 'domain.json: variables[0] ("age").step: "half" is not a', step="half"
        ),
        "range-and-values": age(
            "either from and to, or values",
            'domain.json: variables[0]: unknown key "values": known',
            values=["a"],
            encoding=[[0]],
        ),
        "range-of-more-than-2-to-62-values": age(
            "one too many",
            'domain.json: variables[0] ("age") has more than 2^62',
            **{"from": 0, "to": 1 << 62},
            step=1,
        ),
        "ordinal-in-the-first-domain-format": (
            kind(1, plain),
            "domain/1 has no ordinals",
            'domain.json: variables[0]: unknown key "from": known keys',
        ),
        "later-domain-format": (
            kind(3, plain),
            "leafproof-domain/3",
            'domain.json: the format is "leafproof-domain/3", not',
        ),
    }


def runs():
    """The probabilities of an ordinal."""

    def of(reason, says, *probabilities):
        entry = {**AGE, "probabilities": list(probabilities)}
        return with_variable(entry), reason, says

    half = "1/2"
    return {
        "runs-with-a-gap": of(
            "18 and 39/2 only",
            'domain.json: variables[0] ("age").probabilities[1] is no',
            [18, 18, half],
            ["39/2", "39/2", half],
        ),
        "runs-that-overlap": of(
            "37/2 twice",
            'domain.json: variables[0] ("age").probabilities[1] is no',
            [18, "37/2", half],
            ["37/2", "39/2", half],
        ),
        "runs-that-end-too-early": of(
            "39/2 is missing", 'domain.json: variables[0] ("age").probabilities ends', [18, 19, 1]
        ),
        "runs-that-begin-too-late": of(
            "18 is missing",
            'domain.json: variables[0] ("age").probabilities[0] is no',
            ["37/2", "39/2", 1],
        ),
        "runs-out-of-order": of(
            "the last first",
            'domain.json: variables[0] ("age").probabilities[0] is no',
            [19, "39/2", half],
            [18, "37/2", half],
        ),
        "runs-between-the-values": of(
            "18.1 is no value",
            'domain.json: variables[0] ("age").probabilities[0] is no',
            [18, "181/10", half],
            ["37/2", "39/2", half],
        ),
        "runs-beyond-the-range": of(
            "20 is no value",
            'domain.json: variables[0] ("age").probabilities[0] is no',
            [18, 20, 1],
        ),
        "runs-that-do-not-sum-to-one": of(
            "5/6",
            'domain.json: variable "age": probabilities sum not to 1',
            [18, 19, half],
            ["39/2", "39/2", "1/3"],
        ),
        "runs-of-a-negative-probability": of(
            "-1 and 2",
            'domain.json: variable "age": a probability is negative',
            [18, 19, -1],
            ["39/2", "39/2", 2],
        ),
        "runs-of-two-numbers": of(
            "no probability",
            'domain.json: variables[0] ("age").probabilities[0] is not',
            [18, "39/2"],
        ),
        "runs-none": of("an empty list", 'domain.json: variables[0] ("age").probabilities is no'),
    }
