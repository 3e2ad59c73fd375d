"""The linear representation hypothesis, as measured by ``distill``, in words and drawn."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.model.errors import LeafproofError
from verifier.reports.numbers import plural
from verifier.writing.files import check_writable, write_atomically

if TYPE_CHECKING:
    from verifier.distillers.hypothesis import Measured

SHOWN = 20
"""ANDs listed."""


def as_json(found: Measured) -> dict[str, Any]:
    """The measurement as JSON; a norm that no probe reaches is null."""
    return {
        "tolerance": found.tolerance,
        "b": found.bound_b,
        "tau": found.tau if math.isfinite(found.tau) else None,
        "holds": found.holds,
        "whole_domain": found.whole,
        "layers": list(found.joined),
        "passed": {str(k): n for k, n in found.passed.items()},
        "allowed": {str(k): n for k, n in found.allowed.items()},
        "ands": [
            {
                "where": where,
                "width": width,
                "residual": {name(layer): p[i].residual for layer, p in found.probes.items()},
                "norm": {
                    name(layer): p[i].norm if math.isfinite(p[i].norm) else None
                    for layer, p in found.probes.items()
                },
            }
            for i, (where, width) in enumerate(zip(found.ands, found.widths, strict=True))
        ],
    }


def name(layer: int) -> str:
    """A layer by its number; the concatenation in words."""
    return str(layer) if layer else "all"


def lines(found: Measured) -> list[str]:
    """The measurement for people."""
    over = "all points" if found.whole else "a sample"
    says = "holds" if found.holds else "does not hold"
    tau = f"tau = {found.tau:.3g}" if math.isfinite(found.tau) else "no norm suffices"
    norm = "of that norm" if math.isfinite(found.tau) else "of any norm"
    out = [
        f"linear representation hypothesis, mean squared error {found.tolerance:g} over {over}: "
        f"it {says} ({tau}, B = {found.bound_b:.3g})",
    ]
    for k, passed in found.passed.items():
        number = "too many to count" if passed is None else str(passed)
        allowed = found.allowed[k]
        bound = "no bound" if allowed is None else f"at most {allowed} by the counting lemma"
        sets = f"sets of {plural(k, 'variable')} with a probe {norm}"
        out.append(f"  {sets}: {number} ({bound})")
    shown = sorted(range(len(found.ands)), key=lambda i: (found.widths[i], i))
    for i in shown[:SHOWN]:
        least = min((p[i].residual, layer) for layer, p in found.probes.items() if layer)
        probe = found.probes[0][i]
        least_norm = f"norm {probe.norm:.3g}" if math.isfinite(probe.norm) else "no probe"
        out.append(
            f"  {found.ands[i]}: residual {probe.residual:.2g} of variance {probe.variance:.2g}, "
            f"{least_norm}; best single layer {least[1]} ({least[0]:.2g})"
        )
    if len(shown) > SHOWN:
        out.append(f"  and {len(shown) - SHOWN} more (--json)")
    return out


def check_plot(path: Path) -> None:
    """Raise LeafproofError now for a name that `plot` would refuse after the search."""
    kinds = _figure().canvas.get_supported_filetypes()
    if path.suffix[1:] not in kinds:
        raise LeafproofError(f"cannot draw {path}: choose a name that ends in .png or .svg")
    check_writable(path)


def _figure() -> Any:
    """An empty figure; raises LeafproofError without matplotlib."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib.figure import Figure
    except ImportError:
        raise LeafproofError(
            "--plot needs matplotlib, which is not installed: run pip install 'leafproof[plot]'"
        ) from None
    return Figure(figsize=(6, 4), layout="constrained")


def plot(found: Measured, path: Path) -> None:
    """Residual against depth, by layer, as a picture; needs matplotlib."""
    figure = _figure()
    axes = figure.subplots()
    depths = sorted(set(found.widths))
    for layer, probes in found.probes.items():
        relative = [
            max(
                p.residual / p.variance
                for p, w in zip(probes, found.widths, strict=True)
                if w == depth and p.variance > 0
            )
            for depth in depths
        ]
        width = 1.5 if layer else 3.0
        axes.plot(depths, relative, marker="o", linewidth=width, label=f"layer {name(layer)}")
    axes.set_xlabel("variables in the AND")
    axes.set_ylabel("largest residual / variance of the AND")
    axes.set_xticks(depths)
    axes.legend(fontsize="small")
    data = BytesIO()
    figure.savefig(data, format=path.suffix[1:])
    write_atomically(path, data.getvalue())
