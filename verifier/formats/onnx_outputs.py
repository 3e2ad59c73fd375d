"""Which of an ONNX file's outputs is the class, and what the others say of it.

Beside its layers a file may state in its metadata that its output is a logit, and what the classes
are called, under the key ``leafproof``: ``{"head": "logit", "labels": ["no", "yes"]}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from onnx import TensorProto

from verifier.formats.graph import Graph, Label, Probability, Signal, Value
from verifier.formats.heads import label_names
from verifier.formats.onnx_classes import Named
from verifier.model.errors import NetworkError, quoted

KEY = "leafproof"
_LABELS = (
    *(TensorProto.STRING, TensorProto.BOOL, TensorProto.INT64, TensorProto.INT32),
    *(TensorProto.INT16, TensorProto.INT8, TensorProto.UINT8),
)


def certified_output(graph: Any) -> Any:
    """The one output, or of several the one that is declared as a label."""
    outputs = list(graph.output)
    if len(outputs) == 1:
        return outputs[0]
    labels = [
        o
        for o in outputs
        if o.type.WhichOneof("value") == "tensor_type" and o.type.tensor_type.elem_type in _LABELS
    ]
    if len(labels) == 1 and len({o.name for o in outputs}) == len(outputs):
        return labels[0]
    names = ", ".join(quoted(o.name) for o in outputs[:4])
    raise NetworkError(
        f"the network has {len(outputs)} outputs ({names}), of which {len(labels)} are declared "
        "as labels: keep one, the logits or the label, or name one behind the file, as in "
        f"{quoted('net.onnx#' + outputs[0].name)}"
    )


def beside(
    graph: Graph,
    main: str,
    label: Value | None,
    others: Sequence[str],
    computed: Callable[[str], Value | Named | None],
) -> None:
    """Note which output is the class; refuse others that contradict it, note those not compared."""
    if not isinstance(label, Label):
        raise NetworkError(
            f"output {quoted(main)} is declared as a label but is none: keep one output, the logits"
        )
    graph.note(f"the class is the output {quoted(main)}, one of {1 + len(others)}")
    for name in others:
        notes, executed = list(graph.notes), set(graph.executed)  # those of the class only
        try:
            value = computed(name)
        except NetworkError:
            value = None
        graph.notes, graph.executed = notes, executed
        if not _agrees(name, value, label):
            graph.note(f"the output {quoted(name)} is not looked at")


def _agrees(name: str, scores: Value | Named | None, label: Label) -> bool:
    """Whether the largest score is that of the label; raises NetworkError where it is another's."""
    if isinstance(scores, Named):
        own, theirs = label_names(label.values), label_names(scores.labels)
        if own != theirs:
            raise NetworkError(
                f"its outputs contradict each other: {quoted(name)} calls the scores "
                f"{', '.join(theirs[:6])}, but the label calls the classes {', '.join(own[:6])}"
            )
        scores = scores.scores
    if isinstance(scores, Signal):
        return scores.node == label.logits.node
    if isinstance(scores, Probability) and len(scores.columns) == 2:
        (_, falls), (_, rises) = scores.columns
        return rises > falls and scores.logit.node == label.logits.node
    return False


def stated_classes(model: Any) -> tuple[tuple[str, ...], bool]:
    """The class names that the file's metadata states, and whether it says "logit"."""
    found = [p.value for p in model.metadata_props if p.key == KEY]
    if not found:
        return (), False
    wrong = f"its metadata {quoted(KEY)} is not a head and labels: remove it, or write it again"
    try:
        value = json.loads(found[0])
    except (ValueError, RecursionError):
        raise NetworkError(wrong) from None
    if len(found) > 1 or not isinstance(value, dict) or not set(value) <= {"head", "labels"}:
        raise NetworkError(wrong)
    labels = value.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        raise NetworkError(wrong)
    if value.get("head", "logit") != "logit":
        raise NetworkError(wrong)
    return label_names(labels), "head" in value


def metadata(shown: bool, labels: tuple[str, ...]) -> str:
    """What ``stated_classes`` reads; empty where there is nothing to state."""
    value: dict[str, Any] = {"head": "logit"} if shown else {}
    if labels:
        value["labels"] = list(labels)
    return json.dumps(value, ensure_ascii=False) if value else ""
