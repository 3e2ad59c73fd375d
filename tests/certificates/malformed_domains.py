"""The files of ``malformed/`` in format 2 whose domain is none."""

from __future__ import annotations

import copy

from tests.brute_proof import ENUMERATED, Node
from tests.certificates.matters import (
    AGE,
    AGES,
    GIVEN,
    JOB,
    NET,
    OLD,
    categorical,
    change,
    differ,
    file,
    members,
    proved,
)


def domains():
    """Ordinals whose numbers do not fit, trees whose leaves do not."""
    return {**ranges(), **runs(), **trees(), **leaves()}


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
    listed = members(
        [categorical("age", "ab", [[18], [19]]), JOB], [NET, OLD], differ("net", "old")
    )

    def kind(number, parts):
        def edit(domain):
            domain["format"] = f"leafproof-domain/{number}"

        return file(change(proved(parts, Node(ENUMERATED)), "domain.json", edit))

    return {
        "range-whose-step-does-not-fit": age("18 to 39/2 by 2/5", "", step="2/5"),
        "range-of-step-zero": age("it never ends", "", step=0),
        "range-of-a-negative-step": age("steps go up", "", step="-1/2"),
        "range-that-ends-before-it-begins": age("from 20 to 39/2", "", **{"from": 20}),
        "range-without-a-step": age("from and to alone", "", step=None),
        "range-without-an-end": age("from and step alone", "", to=None),
        "range-of-a-step-that-is-no-number": age("half", "", step="half"),
        "range-and-values": age("either from and to, or values", "", values=["a"], encoding=[[0]]),
        "range-of-more-than-2-to-62-values": age(
            "one too many", "", **{"from": 0, "to": 1 << 62}, step=1
        ),
        "ordinal-in-the-first-domain-format": (kind(1, plain), "domain/1 has no ordinals", ""),
        "plain-domain-in-the-second-format": (kind(2, listed), "it has another text", ""),
        "later-domain-format": (kind(3, plain), "leafproof-domain/3", ""),
    }


def runs():
    """The probabilities of an ordinal."""

    def of(reason, says, *probabilities):
        entry = {**AGE, "probabilities": list(probabilities)}
        return with_variable(entry), reason, says

    half = "1/2"
    return {
        "runs-with-a-gap": of("18 and 39/2 only", "", [18, 18, half], ["39/2", "39/2", half]),
        "runs-that-overlap": of("37/2 twice", "", [18, "37/2", half], ["37/2", "39/2", half]),
        "runs-that-end-too-early": of("39/2 is missing", "", [18, 19, 1]),
        "runs-that-begin-too-late": of("18 is missing", "", ["37/2", "39/2", 1]),
        "runs-out-of-order": of("the last first", "", [19, "39/2", half], [18, "37/2", half]),
        "runs-between-the-values": of(
            "18.1 is no value", "", [18, "181/10", half], ["37/2", "39/2", half]
        ),
        "runs-beyond-the-range": of("20 is no value", "", [18, 20, 1]),
        "runs-that-do-not-sum-to-one": of("5/6", "", [18, 19, half], ["39/2", "39/2", "1/3"]),
        "runs-of-a-negative-probability": of("-1 and 2", "", [18, 19, -1], ["39/2", "39/2", 2]),
        "runs-of-two-numbers": of("no probability", "", [18, "39/2"]),
        "runs-none": of("an empty list", ""),
    }


def trees():
    """The tests of a domain's tree."""

    def tree(reason, says, given):
        return with_domain(lambda domain: domain.update(given=given)), reason, says

    def root(reason, says, **entries):
        return tree(reason, says, {**GIVEN, **entries})

    def left(reason, says, **entries):
        return root(reason, says, left={**GIVEN["left"], **entries})

    def listed(reason, says, values):
        three = categorical("job", ("none", "part", "full"), [[0], [1], [2]])
        sure = {"weight": 1, "probabilities": [None, [1, 0, 0]]}
        given = {"variable": "job", "values": values, "left": sure, "right": {"weight": 0}}
        fair = {**given, "values": ["none"]}
        parts = members([AGE, three], [NET, OLD], differ("net", "old"), fair)
        wrong = change(
            proved(parts, Node(ENUMERATED)), "domain.json", lambda d: d.update(given=given)
        )
        return file(wrong), reason, says

    again = {**GIVEN["left"], "variable": "age", "at_most": 18}
    again.pop("values")
    return {
        "given-tests-an-unknown-variable": root("height", "", variable="height"),
        "given-tests-an-ordinal-by-values": left(
            "a set of ages", "", variable="age", values=["18"]
        ),
        "given-tests-labels-by-a-number": tree(
            "job at most 0", "", {**GIVEN, "variable": "job", "at_most": 0}
        ),
        "given-sends-all-values-left": root("the right leaf is empty", "", at_most="39/2"),
        "given-sends-no-value-left": root("below the first", "", at_most="35/2"),
        "given-tests-between-the-values": root("181/10 is no age", "", at_most="181/10"),
        "given-tests-what-is-decided": root(
            "18 is all that is left there, so the right leaf is empty", "", left=again
        ),
        "given-test-of-no-values": left("the left leaf is empty", "", values=[]),
        "given-test-of-all-values": left("the right leaf is empty", "", values=["none", "full"]),
        "given-test-of-an-unknown-value": left("there is no such job", "", values=["half"]),
        "given-test-of-a-value-twice": listed("none and none", "", ["none", "none"]),
        "given-test-out-of-order": listed("part before none", "", ["part", "none"]),
        "given-without-a-side": root("no right", "", right=None),
        "given-is-a-list": tree("no node", "", []),
        "given-with-another-entry": root("an entry too many", "", why="law"),
        "given-of-both-kinds": root("a test and a leaf", "", weight=1),
        "given-leaf-in-words": root("the word is for users' files", "", right={"impossible": True}),
    }


def leaves():
    """The leaves of a domain's tree."""

    def right(reason, says, leaf):
        return with_domain(lambda domain: domain["given"].update(right=leaf)), reason, says

    def first(reason, says, **entries):
        def edit(domain):
            leaf = copy.deepcopy(GIVEN["left"]["left"])
            domain["given"]["left"]["left"] = {
                k: v for k, v in {**leaf, **entries}.items() if v is not None
            }

        return with_domain(edit), reason, says

    fair = GIVEN["right"]

    def none(domain):
        domain["given"]["left"]["left"] = {"weight": 0}
        domain["given"]["right"] = {"weight": 0}

    run, half = [[18, 18, 1]], "1/2"
    return {
        "leaf-without-a-weight": first("probabilities alone", "", weight=None),
        "leaf-without-probabilities": first("a weight alone", "", probabilities=None),
        "leaf-of-negative-weight": first("-1/2", "", weight="-1/2"),
        "leaves-that-do-not-sum-to-one": first("1/3 and 1/2", "", weight="1/3"),
        "leaves-all-impossible": (with_domain(none), "no point is left", ""),
        "leaf-that-is-impossible-with-probabilities": right(
            "weight 0 says all", "", {**fair, "weight": 0}
        ),
        "leaf-with-too-few-distributions": first("one of two", "", probabilities=[run]),
        "leaf-with-too-many-distributions": first(
            "three of two", "", probabilities=[run, [1, 0], None]
        ),
        "leaf-with-the-whole-of-what-it-cuts": first(
            "null for a variable of which it leaves one value", "", probabilities=[None, [1, 0]]
        ),
        "leaf-whose-list-is-too-short": first("one of two jobs", "", probabilities=[run, [1]]),
        "leaf-with-a-probability-outside": first(
            "a job at 18", "", probabilities=[run, [half, half]]
        ),
        "leaf-whose-list-does-not-sum-to-one": first("2/3", "", probabilities=[run, ["2/3", 0]]),
        "leaf-whose-runs-leave-it": first(
            "18 to 37/2", "", probabilities=[[[18, "37/2", 1]], [1, 0]]
        ),
        "leaf-whose-runs-do-not-fill-it": right(
            "39/2 is missing", "", {"weight": half, "probabilities": [[["37/2", 19, 1]], None]}
        ),
        "leaf-with-a-list-for-a-range": right(
            "four numbers for runs",
            "",
            {"weight": half, "probabilities": [[0, half, half, 0], None]},
        ),
        "leaf-with-another-entry": first("an entry too many", "", note="x"),
    }
