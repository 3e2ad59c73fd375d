"""The files of ``malformed/`` in format 2 whose domain tree is none."""

from __future__ import annotations

import copy

from tests.brute_proof import ENUMERATED, Node
from tests.certificates.malformed_domains import with_domain
from tests.certificates.matters import (
    AGE,
    GIVEN,
    NET,
    OLD,
    categorical,
    change,
    differ,
    file,
    members,
    proved,
)


def given():
    """Tests of what is not left, leaves that do not sum to one."""
    return {**trees(), **leaves()}


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
        "given-tests-an-unknown-variable": root(
            "height", 'domain.json: given, node 0 tests "height": the domain has', variable="height"
        ),
        "given-tests-an-ordinal-by-values": left(
            "a set of ages",
            'domain.json: given, node 1: a test of "age" has',
            variable="age",
            values=["18"],
        ),
        "given-tests-labels-by-a-number": tree(
            "job at most 0",
            'domain.json: given, node 0: a test of "job" has "values',
            {**GIVEN, "variable": "job", "at_most": 0},
        ),
        "given-sends-all-values-left": root(
            "the right leaf is empty",
            'domain.json: given, node 0: at_most is "39/2", not one of',
            at_most="39/2",
        ),
        "given-sends-no-value-left": root(
            "below the first",
            'domain.json: given, node 0: at_most is "35/2", not one of',
            at_most="35/2",
        ),
        "given-tests-between-the-values": root(
            "181/10 is no age",
            'domain.json: given, node 0: at_most is "181/10", not one',
            at_most="181/10",
        ),
        "given-tests-what-is-decided": root(
            "18 is all that is left there, so the right leaf is empty",
            'domain.json: given, node 1: at_most is "18", not one of',
            left=again,
        ),
        "given-test-of-no-values": left(
            "the left leaf is empty",
            "domain.json: given, node 1: values are none of those of",
            values=[],
        ),
        "given-test-of-all-values": left(
            "the right leaf is empty",
            "domain.json: given, node 1: values are all of those of",
            values=["none", "full"],
        ),
        "given-test-of-an-unknown-value": left(
            "there is no such job",
            'domain.json: given, node 1.values[0] is "half", not one',
            values=["half"],
        ),
        "given-test-of-a-value-twice": listed(
            "none and none", "domain.json: given, node 0.values[1] is not in the", ["none", "none"]
        ),
        "given-test-out-of-order": listed(
            "part before none",
            "domain.json: given, node 0.values[1] is not in the",
            ["part", "none"],
        ),
        "given-without-a-side": root(
            "no right", "domain.json: given, node 4 is null, not a node of its own", right=None
        ),
        "given-is-a-list": tree(
            "no node", "domain.json: given, node 0 is a list, not a node of its", []
        ),
        "given-with-another-entry": root(
            "an entry too many",
            'domain.json: given, node 0: unknown key "why": known keys',
            why="law",
        ),
        "given-of-both-kinds": root(
            "a test and a leaf",
            'domain.json: given, node 0: unknown key "weight": did you',
            weight=1,
        ),
        "given-leaf-in-words": root(
            "the word is for users' files",
            'domain.json: given, node 4: unknown key "impossible',
            right={"impossible": True},
        ),
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
        "leaf-without-a-weight": first(
            "probabilities alone",
            "domain.json: given, node 2 is a leaf without a weight",
            weight=None,
        ),
        "leaf-without-probabilities": first(
            "a weight alone", "domain.json: given, node 2 has a weight but no", probabilities=None
        ),
        "leaf-of-negative-weight": first(
            "-1/2", "leaf at node 2 has a negative weight", weight="-1/2"
        ),
        "leaves-that-do-not-sum-to-one": first(
            "1/3 and 1/2", "domain.json: the weights of the leaves of the domain's", weight="1/3"
        ),
        "leaves-all-impossible": (
            with_domain(none),
            "no point is left",
            "domain.json: the weights of the leaves of the domain's",
        ),
        "leaf-that-is-impossible-with-probabilities": right(
            "weight 0 says all",
            "domain.json: given, node 4 has weight 0, it is",
            {**fair, "weight": 0},
        ),
        "leaf-with-too-few-distributions": first(
            "one of two", "domain.json: given, node 2 has probabilities of 1", probabilities=[run]
        ),
        "leaf-with-too-many-distributions": first(
            "three of two",
            "domain.json: given, node 2 has probabilities of 3",
            probabilities=[run, [1, 0], None],
        ),
        "leaf-with-the-whole-of-what-it-cuts": first(
            "null for a variable of which it leaves one value",
            'leaf at node 2 has no probabilities for "age"',
            probabilities=[None, [1, 0]],
        ),
        "leaf-whose-list-is-too-short": first(
            "one of two jobs",
            'leaf at node 2 has 1 probabilities for "job"',
            probabilities=[run, [1]],
        ),
        "leaf-with-a-probability-outside": first(
            "a job at 18",
            "value 1 has a probability but is not in the leaf",
            probabilities=[run, [half, half]],
        ),
        "leaf-whose-list-does-not-sum-to-one": first(
            "2/3",
            'leaf at node 2, variable "job": probabilities sum not to 1',
            probabilities=[run, ["2/3", 0]],
        ),
        "leaf-whose-runs-leave-it": first(
            "18 to 37/2",
            'domain.json: given, node 2, probabilities of "age"[0] is',
            probabilities=[[[18, "37/2", 1]], [1, 0]],
        ),
        "leaf-whose-runs-do-not-fill-it": right(
            "39/2 is missing",
            'domain.json: given, node 4, probabilities of "age" ends',
            {"weight": half, "probabilities": [[["37/2", 19, 1]], None]},
        ),
        "leaf-with-a-list-for-a-range": right(
            "four numbers for runs",
            'domain.json: given, node 4, probabilities of "age"[0] is',
            {"weight": half, "probabilities": [[0, half, half, 0], None]},
        ),
        "leaf-with-another-entry": first(
            "an entry too many", 'domain.json: given, node 2: unknown key "note": known', note="x"
        ),
    }
