"""The proof of an earlier certificate, to go on from."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from verifier.jobs.against import difference
from verifier.jobs.loading import read
from verifier.jobs.watching import Watch
from verifier.kernel.solvers import solver_of
from verifier.model.errors import LeafproofError
from verifier.model.proof import Open, Proof, Several, Trusted
from verifier.model.question import Bound, Matter
from verifier.writing.models_json import same_model
from verifier.writing.proof_bytes import changed


def unfinished(
    path: str | os.PathLike[str], matter: Matter, trust: Collection[str], watch: Watch
) -> Proof:
    """The proof of an earlier certificate about the same question, to go on from.

    Of a network and a tree the tree may be another: the steps do not speak of it. Cells that rest
    on the word of a solver that is not in ``trust`` are open again.
    """
    held, _ = read(path, watch)
    if held.domain != matter.domain or not _same_question(held.matter, matter):
        other = "" if matter.domain.infinite else difference(held.domain, matter.domain)
        if other:
            raise LeafproofError(
                f"{path} is about another domain: {other}: give the --domain that it was begun with"
            )
        what = "network" if matter.is_differ else "question"
        if matter.domain.infinite:
            what += ", a tree with other tests"
        raise LeafproofError(
            f"{path} is about another {what} or domain: resume only what was begun for this one"
        )
    return changed(
        held.proof,
        lambda nodes: (
            Open() if isinstance(x, Several | Trusted) and not _believed(x, trust) else x
            for x in nodes
        ),
    )


def _believed(step: Several | Trusted, trust: Collection[str]) -> bool:
    named = step.steps if isinstance(step, Several) else (step,)
    return all(solver_of(x.solver) in trust for x in named if isinstance(x, Trusted))


def _same_question(held: Matter, asked: Matter) -> bool:
    """Whether a proof about one is one about the other."""
    if held.is_differ and asked.is_differ:
        return _same_models(held.models[:1], asked.models[:1])
    return held.question == asked.question and _same_models(held.models, asked.models)


def _same_models(held: Sequence[Bound], asked: Sequence[Bound]) -> bool:
    return len(held) == len(asked) and all(
        a.reads == b.reads and same_model(a, b) for a, b in zip(held, asked, strict=True)
    )
