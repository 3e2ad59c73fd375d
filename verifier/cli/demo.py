"""``leafproof demo``: the whole job on MONK's problem 1, with the commands a user would type."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.printing import say
from verifier.model.errors import LeafproofError


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--folder", help="where the files are written")] = Path(
        "leafproof-demo"
    ),
) -> None:
    """Train a network, distil a tree, refute it, repair it, prove it, and write the report."""
    start = time.perf_counter()
    run = partial(_run, context.obj)
    say("[bold]MONK's problem 1[/]: robots with 6 attributes (432 in all). A robot is a")
    say("positive example iff its head and body have the same shape or its jacket is red.\n")
    _write_teacher(folder)
    at = [str(folder / name) for name in ("teacher.onnx", "domain.json")]
    space = ["--domain", at[1]]
    shallow, repaired, proof, page = (
        str(folder / name)
        for name in ("shallow.json", "repaired.json", "repaired.certificate", "report.html")
    )
    say("\n[bold]1. Distil[/] a small tree, the way people do it today.")
    run(["distill", at[0], *space, "--method", "cart", "--depth", "3", "-o", shallow], 0)
    say("\n[bold]2. Certify[/]: is the tree the network?")
    run(["certify", at[0], shallow, *space], 1)
    say("\n[bold]3. Repair[/] it where it differs.")
    run(["repair", at[0], shallow, *space, "-o", repaired], 0)
    say("\n[bold]4. Certify[/] again, and keep the certificate.")
    run(["certify", at[0], repaired, *space, "-o", proof], 0)
    say("\n[bold]5. Check[/] the certificate against the files, as anyone else would.")
    run(["check", proof, "--against", at[0], repaired, at[1]], 0)
    say("\n[bold]6. Compare[/] with what samples could have shown.")
    for epsilon in ("1/432", "1e-6"):
        run(["bounds", "eval", "test-sample-size", f"epsilon={epsilon}", "delta=1e-9"], 0)
    say("   The certificate: epsilon = 0, delta = 0, no samples.")
    say("\n[bold]7. Report.[/]")
    run(["report", proof, "-o", page], 0)
    say(f"\nDone in {time.perf_counter() - start:.1f} s. Open {page} in a browser.")


def _write_teacher(folder: Path) -> None:
    if find_spec("torch") is None:
        raise LeafproofError(
            "the demo trains its network with PyTorch, which is not installed: "
            "pip install 'leafproof[torch]'"
        )
    from verifier.demo.problems import monk
    from verifier.demo.training import accuracy, save, train

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LeafproofError(
            f"cannot make the folder {folder} ({error.strerror}): choose another with --folder"
        ) from None
    problem = monk(1)
    say("Training a ReLU network (17 one-hot inputs, two layers of 16) with torch ...")
    network = train(problem)
    right = accuracy(network, problem)
    save(network, problem, folder)
    say(f"It classifies {right:.1%} of the robots right. Written: {folder}/teacher.onnx")


def _run(command: Callable[[list[str]], int], arguments: list[str], expected: int) -> None:
    """Show a command and run it; raises LeafproofError if it does not end as it should."""
    say(f"$ leafproof {' '.join(arguments)}", style="bold cyan", markup=False)
    code = command(arguments)
    if code != expected:
        raise LeafproofError(f"the demo's command ended with exit code {code}: please report this")
