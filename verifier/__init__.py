"""Leafproof: proves that a decision tree is the network it was distilled from.

Everything that the command does, in Python::

    import verifier as lp

    domain = lp.Domain.bits(6)
    made = lp.distill(net, domain)            # net: a torch module, an ONNX path, an estimator
    result = lp.certify(net, made.tree, domain, timeout=20)
    result.verdict, result.error, result.counterexamples
    result.save("a.certificate")
    lp.check("a.certificate").verdict
    lp.report("a.certificate", "a.html")
    lp.ask_fair(net, domain, "sex")           # and ask_monotone, ask_same, ask_robust
    lp.ask({"not": {"same": ["a", "b"]}}, {"a": net, "b": (other, ["age", "sex"])}, domain)

Networks, trees and domains may be paths or objects. Times are in seconds, probabilities exact
fractions, arrays of inputs of shape (points, columns). Everything that is wrong with an input is a
``LeafproofError`` of one line. Rooms and libraries are loaded when a name of theirs is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifier.formats.frames import read_frame
    from verifier.formats.load import load_network, load_tree
    from verifier.jobs.ask import ask
    from verifier.jobs.certify import certify
    from verifier.jobs.check import check
    from verifier.jobs.distill import distill
    from verifier.jobs.estimator import TreeDistiller
    from verifier.jobs.export import export
    from verifier.jobs.fronts.common import FrontResult, Instance
    from verifier.jobs.fronts.fair import ask_fair
    from verifier.jobs.fronts.monotone import ask_monotone
    from verifier.jobs.fronts.robust import ask_robust
    from verifier.jobs.fronts.same import ask_same
    from verifier.jobs.pairs import pairs
    from verifier.jobs.repair import repair
    from verifier.jobs.result import Difference, OnRows, Result, Witness
    from verifier.jobs.testing import test
    from verifier.model.domain import Domain
    from verifier.model.errors import InvalidProof, LeafproofError, Unfinished
    from verifier.model.network import Network
    from verifier.model.tree import Tree
    from verifier.reports.making import report

__all__ = [
    "Difference",
    "Domain",
    "FrontResult",
    "Instance",
    "InvalidProof",
    "LeafproofError",
    "Network",
    "OnRows",
    "Result",
    "Tree",
    "TreeDistiller",
    "Unfinished",
    "Witness",
    "ask",
    "ask_fair",
    "ask_monotone",
    "ask_robust",
    "ask_same",
    "certify",
    "check",
    "distill",
    "export",
    "load_network",
    "load_tree",
    "pairs",
    "read_frame",
    "repair",
    "report",
    "test",
]

_ROOMS = {
    "Difference": "verifier.jobs.result",
    "Domain": "verifier.model.domain",
    "FrontResult": "verifier.jobs.fronts.common",
    "Instance": "verifier.jobs.fronts.common",
    "InvalidProof": "verifier.model.errors",
    "LeafproofError": "verifier.model.errors",
    "Network": "verifier.model.network",
    "OnRows": "verifier.jobs.result",
    "Result": "verifier.jobs.result",
    "Tree": "verifier.model.tree",
    "TreeDistiller": "verifier.jobs.estimator",
    "Unfinished": "verifier.model.errors",
    "Witness": "verifier.jobs.result",
    "ask": "verifier.jobs.ask",
    "ask_fair": "verifier.jobs.fronts.fair",
    "ask_monotone": "verifier.jobs.fronts.monotone",
    "ask_robust": "verifier.jobs.fronts.robust",
    "ask_same": "verifier.jobs.fronts.same",
    "certify": "verifier.jobs.certify",
    "check": "verifier.jobs.check",
    "distill": "verifier.jobs.distill",
    "export": "verifier.jobs.export",
    "load_network": "verifier.formats.load",
    "load_tree": "verifier.formats.load",
    "pairs": "verifier.jobs.pairs",
    "read_frame": "verifier.formats.frames",
    "repair": "verifier.jobs.repair",
    "report": "verifier.reports.making",
    "test": "verifier.jobs.testing",
}
"""Where each name is at home; the imports above say the same to type checkers."""


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
