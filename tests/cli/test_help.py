"""The help of every verb."""

from __future__ import annotations

import shlex

import pytest
import typer

from verifier.cli.ask import KINDS
from verifier.cli.examples import EXAMPLES
from verifier.cli.main import app, run


def verbs():
    """Every verb with its command, those of bounds as well."""
    root = typer.main.get_command(app)
    found = dict(root.commands)
    inner = {f"{g} {k}": v for g in ("ask", "bounds") for k, v in found[g].commands.items()}
    return found | inner


def test_every_verb_has_examples():
    assert set(verbs()) == set(EXAMPLES)


@pytest.mark.parametrize("verb", EXAMPLES)
def test_help_shows_two_examples(verb, capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert run([*verb.split(), "--help"]) == 0
    shown = " ".join(capfd.readouterr().out.split())
    assert len(set(EXAMPLES[verb])) == 2
    for example in EXAMPLES[verb]:
        assert f"leafproof {example}" in shown


@pytest.mark.parametrize(
    ("verb", "example"), [(verb, text) for verb, two in EXAMPLES.items() for text in two]
)
def test_examples_can_be_parsed(verb, example):
    words = shlex.split(example)
    if verb == "ask" and words[1] not in KINDS:
        words.insert(1, "formula")
    if verb in ("ask", "bounds"):
        verb = " ".join(words[:2])
    count = len(verb.split())
    assert " ".join(words[:count]) == verb
    context = verbs()[verb].make_context(verb, words[count:])
    assert context.params


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["certfy"], 'did you mean "certify"'),
        (["bounds", "evl"], 'did you mean "eval"'),
        (["certify", "a", "b", "--prover", "brnch"], "did you mean 'branch'"),
        (["certify", "a", "b", "--timout", "3"], "--timeout"),
        (["bounds", "show", "test-sample-sise"], "test-sample-size"),
        (["bounds", "eval", "test-sample-size", "epsilonn=1"], "epsilon"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_right_one(arguments, remedy, capfd):
    assert run(arguments) == 3
    err = capfd.readouterr().err
    assert remedy in err and err.count("\n") == 1
