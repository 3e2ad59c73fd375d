"""What is said of float32: the class is shown to be the same there, or it is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.kernel.float32 import WIDEST
from verifier.model.network import Affine, Network, Scale
from verifier.model.question import Matter
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.verdict import Float32
from verifier.reports.numbers import plural, probability


def executed_words(executed: Sequence[str]) -> str:
    """A clause on the types of ``Network.executed``, which must not be empty."""
    return (
        f"the model computes in {' and '.join(executed)}, which rounds more than float32: the "
        "verdict is about real arithmetic, and nothing is claimed about the classes it computes"
    )


def _whether(found: Float32, asked: str) -> str:
    """Where it is shown that float32 gives the same answer to a question."""
    if found.is_shown:
        return (
            f"Shown for the whole domain: whether {asked} is the same under every float32 "
            "evaluation of the models."
        )
    chance = probability(found.probability_not_shown, 1)
    return (
        f"It is not shown for {plural(found.points_not_shown, 'point')} (probability {chance}) "
        f"that a float32 evaluation gives the same answer to whether {asked}."
    )


def float32_line(found: Float32, executed: Sequence[str], *, asked: bool = False) -> str:
    """Where it is shown that every float32 evaluation gives the same class, in one line.

    Of a question that is ``asked`` in general: the same answer.
    """
    if executed:
        return f"not shown: {executed_words(executed)}"
    if found.is_shown:
        what = "answer" if asked else "classes"
        return f"shown: every float32 evaluation of the logits gives the same {what}"
    chance = probability(found.probability_not_shown, 1)
    if found.infinite:
        return f"not shown for points of probability {chance}"
    return f"not shown for {plural(found.points_not_shown, 'point')}, probability {chance}"


def why_nowhere(matter: Matter) -> str:
    """Why float32 is shown at no point, whatever is proved, where models or domain are the reason;
    else empty."""
    if matter.domain.infinite:
        return "real inputs are no float32 numbers"
    networks = [m.model for m in matter.models if isinstance(m.model, Network)]
    layers = [layer for network in networks for layer in network.layers]
    if any(isinstance(layer, Steps) for layer in layers):
        return "of quantised layers the integers are proved"
    if any(isinstance(layer, Smooth) for layer in layers):
        return "each runtime computes smooth functions in its own way"
    wide = (
        network.widths[layer.source] > WIDEST
        for network in networks
        for layer in network.layers
        if isinstance(layer, Affine | Scale)
    )
    return f"a layer has more than {WIDEST:,} inputs" if any(wide) else ""


OWN_SUMS = "the arithmetic that each ensemble states, sums in the order of its trees"
"""What a verdict about ensembles is about."""


def float32_paragraph(
    found: Float32, executed: Sequence[str], asked: str = "", about: str = "real arithmetic"
) -> str:
    """The same with what follows from it; ``asked`` is the question, where it is not the usual.

    ``about`` is the arithmetic of the verdict.
    """
    if executed:
        return f"Not shown: {executed_words(executed)}."
    if asked:
        return f"{_whether(found, asked)} The answer is about {about}."
    if found.is_shown:
        return (
            "Shown for the whole domain: the network has the same class under every float32 "
            "evaluation, in any order of summation, with or without fused multiply-add."
        )
    if found.probability_not_shown == 1:
        return (
            "Not shown anywhere: the verdict is about real arithmetic, and a float32 runtime may "
            "round to another class."
        )
    some = "points" if found.infinite else plural(found.points_not_shown, "point")
    return (
        f"Shown everywhere except on {some} (probability "
        f"{probability(found.probability_not_shown, 1)}), where the margin was not shown to "
        "exceed the worst rounding error of a float32 evaluation. The verdict is about real "
        "arithmetic; on those points a float32 runtime may round to another class."
    )
