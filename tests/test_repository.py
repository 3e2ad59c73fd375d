"""The example repository, the pre-commit hook and the GitHub Action."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.docs_blocks import ROOT
from verifier.cli import demo
from verifier.cli.main import run
from verifier.formats.load import read_tree
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree

NEEDED = [
    *("numpy>=1.26", "onnx>=1.16", "onnxruntime>=1.18", "python-flint>=0.6", "rich>=13.7"),
    *("threadpoolctl>=3.1", "typer>=0.29"),
]
"""What the action installs beside Leafproof itself."""
REPOSITORY = ROOT / "examples" / "repository"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "leafproof.yml").read_text())


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A copy of the example, as the current folder."""
    shutil.copytree(REPOSITORY, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


def other_tree():
    """Put another tree into the repository."""
    write_tree("tree.json", Tree((Leaf(0),)))


def weaker_certificate():
    """Put a certificate that proves less into the repository; the files are what it is about."""
    other_tree()
    made = ["certify", "teacher.onnx", "tree.json", "--domain", "domain.json", "--quiet"]
    assert run([*made, "-o", "net.certificate"]) == 1


def damage():
    """Change a byte of the certificate."""
    data = bytearray(Path("net.certificate").read_bytes())
    data[len(data) // 2] ^= 1
    Path("net.certificate").write_bytes(data)


def nothing():
    """Leave the repository as it is."""


CASES = [(nothing, 0), (other_tree, 1), (weaker_certificate, 1), (damage, 3)]


@pytest.fixture
def bash(repository, tmp_path):
    """Run a script with `leafproof` on the path; returns the exit code and standard error."""

    def call(script, **variables):
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    return call


def test_the_files_are_small():
    assert sum(p.stat().st_size for p in REPOSITORY.rglob("*") if p.is_file()) < 100_000
    assert read_tree(REPOSITORY / "tree.json").leaves > 1


@pytest.mark.parametrize(("change", "code"), CASES)
def test_the_hook(repository, change, code, capfd):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (source,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    (used,) = source["hooks"]
    assert used["id"] == hook["id"] and hook["pass_filenames"] is False
    change()
    program, *arguments = [*shlex.split(hook["entry"]), *used["args"]]
    assert program == "leafproof"
    assert run(arguments) == code


def test_the_hook_as_a_command(bash):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    command = f"{hook['entry']} {shlex.join(used['args'])}"
    assert bash(command) == (0, "")
    other_tree()
    code, said = bash(command)
    assert code == 1 and said.count("\n") == 1 and "another tree" in said


def inputs(**given):
    """The action's inputs as the example's workflow gives them, with its defaults."""
    (step,) = [s for s in WORKFLOW["jobs"]["check"]["steps"] if "leafproof" in s["uses"]]
    defaults = {k: v["default"] for k, v in ACTION["inputs"].items() if "default" in v}
    values = defaults | step["with"] | given
    assert set(values) == set(ACTION["inputs"])
    return values


def variables(step, values):
    """The step's environment with the inputs filled in."""
    found = {}
    for key, text in step["env"].items():
        name = text.removeprefix("${{ inputs.").removesuffix(" }}")
        found[key] = values[name]
    return found


def steps():
    return {step["name"]: step for step in ACTION["runs"]["steps"]}


@pytest.mark.parametrize(("change", "code"), CASES)
def test_the_action_checks(bash, tmp_path, change, code):
    change()
    step = steps()["Check the certificate"]
    given = variables(step, inputs()) | {"RUNNER_TEMP": str(tmp_path)}
    found, said = bash(step["run"], **given)
    assert found == code and said.count("\n") == (code != 0), said


def test_the_action_takes_a_bound_of_the_error(bash, tmp_path):
    weaker_certificate()
    step = steps()["Check the certificate"]
    given = variables(step, inputs(require="1")) | {"RUNNER_TEMP": str(tmp_path)}
    assert bash(step["run"], **given) == (0, "")


def test_the_action_installs_into_a_folder_of_its_own(bash, tmp_path):
    """With a Python that only says what it was asked to do."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    fake = scripts / "python"
    fake.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        '[ "$2" != venv ] || { mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; }\n'
    )
    fake.chmod(0o755)
    path = os.pathsep.join([str(scripts), os.environ["PATH"]])
    given = {"RUNNER_TEMP": str(tmp_path), "LEAFPROOF": "a folder", "PATH": path}
    assert bash(steps()["Install Leafproof"]["run"], **given) == (0, "")
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"-m venv {tmp_path}/leafproof",
        "-m pip install --quiet --no-deps a folder",
        f"-m pip install --quiet {' '.join(NEEDED)}",
    ]


def test_what_the_action_installs_is_what_leafproof_depends_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert set(NEEDED) <= {*project["dependencies"], *extras["onnxruntime"]}
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["additional_dependencies"] == extras["onnxruntime"]
    assert extras["torch"] and not any("torch" in name for name in project["dependencies"])


def test_a_check_loads_nothing_that_the_action_does_not_install(repository):
    """In a process of its own, where other packages cannot be imported."""
    names = ["jinja2", "matplotlib", "numba", "sklearn", "sympy", "torch", "z3"]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({names!r})); "
        "from verifier.cli.main import main; main()"
    )
    about = ["--against", "teacher.onnx", "tree.json", "domain.json", "--require", "equivalent"]
    for change, expected in ((nothing, 0), (weaker_certificate, 1)):
        change()
        done = subprocess.run(
            [sys.executable, "-c", code, "check", "net.certificate", *about],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, done.stderr
        assert "fault" not in done.stderr


def test_the_demo_says_that_it_needs_torch(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(demo, "find_spec", {}.get)
    assert run(["demo", "--folder", str(tmp_path / "demo")]) == 3
    err = capfd.readouterr().err
    assert err.count("\n") == 1 and "leafproof[torch]" in err


def test_no_input_is_pasted_into_a_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "uses" in step or step["shell"] == "bash"


@pytest.mark.parametrize("text", ["equal", "-1", "2", "nan", "1/0", "1e999999999999", ""])
def test_a_requirement_that_is_none(repository, text, capfd):
    assert run(["check", "net.certificate", f"--require={text}"]) == 3
    assert capfd.readouterr().err.count("\n") == 1


def test_what_is_required_is_said(repository, capfd):
    import json

    about = ["check", "net.certificate", "--against", "teacher.onnx", "tree.json", "domain.json"]
    assert run([*about, "--require", "equivalent", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["required"], found["met"]) == ("equivalent", True)
    weaker_certificate()
    capfd.readouterr()
    assert run([*about, "--require", "1/100000", "--json"]) == 1
    said = capfd.readouterr()
    assert json.loads(said.out)["met"] is False
    assert said.err.startswith("leafproof: the certificate is valid but does not prove")
    assert run([*about, "--require", "equivalent", "--statement"]) == 1
    assert capfd.readouterr().out == ""
    assert run([*about, "--require", "0.9", "--quiet"]) == 0
