"""Does a PyTorch module do what was read from it? Asked before a Network is handed out.

``torch.export`` sees one call of the module's ``forward`` on one batch size. Hooks around the
module, a forward that looks at the number of rows or keeps count of its calls, and numbers drawn
while it was traced would all go unnoticed: hooks are refused, and the module's own answers for
batches of several sizes are compared with what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from verifier.formats.floating import evaluate
from verifier.formats.graph import Graph, Label, Probability, Signal, Value
from verifier.formats.told_apart import EXPORTED, is_a
from verifier.formats.unsupported import unsupported
from verifier.model.errors import NetworkError, quoted
from verifier.model.network import Layer

SIZES = (1, 2, 3, 5, 8, 16, 33, 64, 100, 256, 1, 3)
"""Batch sizes that are tried, two of them again."""
_FAR = 3
"""Some numbers are up to so many powers of ten larger than the others, where no narrow type is."""
_SLACK = 1 << 14
"""Rounding errors, in units of the largest sum in the row, that are taken for rounding."""

_MODES = torch.no_grad, torch.enable_grad, torch.inference_mode
"""What a module may be called in, one after the other: it can ask which it is."""

Array = npt.NDArray[np.float64]


RAISED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a user's ``forward`` may raise, traced or called; PyTorch's own are RuntimeErrors."""


def check_layers(module: torch.nn.Module, name: str) -> None:
    """Raise NetworkError for recurrent layers: a trace takes minutes to write out their steps."""
    for path, layer in module.named_modules():
        if isinstance(layer, torch.nn.RNNBase):
            kind = type(layer).__name__
            where = f"layer {quoted(path)} of {name} ({kind})" if path else name
            raise NetworkError(f"{where} {unsupported(layer.mode.partition('_')[0], '')}")


def check_hooks(module: torch.nn.Module, name: str) -> None:
    """Raise NetworkError for hooks that run around a call of the module, which no trace sees."""
    common = torch.nn.modules.module
    if is_a(module, "torch", "OptimizedModule"):
        raise NetworkError(
            f"{name} is what torch.compile made: give the module that it holds as _orig_mod"
        )
    if is_a(module, "torch", "_StatefulGraphModule"):
        raise NetworkError(f"{name} is the module of an ExportedProgram: {EXPORTED}")
    held = [
        *(("forward hook", h) for h in module._forward_hooks.values()),
        *(("forward pre-hook", h) for h in module._forward_pre_hooks.values()),
        *(("global forward hook", h) for h in common._global_forward_hooks.values()),
        *(("global forward pre-hook", h) for h in common._global_forward_pre_hooks.values()),
    ]
    if held:
        kind, hook = held[0]
        called = getattr(hook, "__qualname__", type(hook).__qualname__)
        raise NetworkError(
            f"{name} has a {kind}, {quoted(called)}, which changes what it does where torch.export "
            "does not look: remove it, or do its work in forward"
        )
    call = type(module).__call__
    if call is not torch.nn.Module.__call__ and not _of_a_trace(module, call):
        raise NetworkError(f"{name} has a __call__ of its own: do its work in forward")
    if torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda"):
        raise NetworkError(f"{name} is read inside torch.autocast: leave that block first")


def _of_a_trace(module: torch.nn.Module, call: Any) -> bool:
    """Whether this is the call that torch.fx gives its modules, which shows errors' places."""
    if not isinstance(module, torch.fx.GraphModule) or call.__module__ != "torch.fx.graph_module":
        return False
    inner = super(type(module), module).__call__
    own = getattr(inner, "__func__", None) is not torch.nn.Module.__call__
    return not own and getattr(module._wrapped_call, "cls_call", None) is None


def check_modes(module: torch.nn.Module, name: str) -> None:
    """Raise NetworkError where evaluation mode is not what ``eval()`` gives, or not all of it."""
    plain = torch.nn.Module
    for path, part in module.named_modules():
        kind = type(part)
        if isinstance(part, torch.jit.ScriptModule):
            raise NetworkError(
                f"{name} is TorchScript, or has a part that is, which torch.export does not trace: "
                "give the module that it was made of, or an ONNX file"
            )
        if not module.training and part.training:
            raise NetworkError(
                f"{name} is in evaluation mode, but its part {quoted(path)} in training mode: call "
                "eval() on all of it"
            )
        if part.training and (kind.train is not plain.train or kind.eval is not plain.eval):
            raise NetworkError(
                f"{kind.__name__} has a train or eval of its own, which may change what it "
                "computes: call eval() before"
            )


def check_answers(
    module: torch.nn.Module, name: str, graph: Graph, result: Value, like: torch.Tensor
) -> None:
    """Raise NetworkError with a point where the module answers otherwise than was read.

    ``like`` is an example of the input: its number of columns, type and device. Differences that
    rounding explains are none.
    """
    rng = np.random.default_rng(0)
    kinds = [like.dtype, *(getattr(torch, kind) for kind in graph.executed)]
    unit = max(torch.finfo(kind).eps for kind in kinds)
    for number, size in enumerate(SIZES):
        batch = _batch(rng, size, like.shape[1], _FAR if unit < 2.0**-20 else 0)
        rows = torch.from_numpy(batch).to(like.dtype).to(like.device)
        try:
            answer = _answer(module, rows, _MODES[number % len(_MODES)])
        except RAISED as problem:  # though it was traced: its layers are of several types, perhaps
            reason = str(problem).strip().partition("\n")[0]
            raise NetworkError(
                f"{name} cannot be called with {size} rows of {like.shape[1]} numbers "
                f"({type(problem).__name__}: {quoted(reason, 160)}): give one that can"
            ) from None
        if not isinstance(answer, torch.Tensor):
            raise NetworkError(
                f"{name} returns a {type(answer).__name__}: it must return a tensor, the logits"
            )
        found = answer.detach().cpu().to(torch.float64).numpy()
        wrong = _difference(graph.layers, result, rows.cpu().to(torch.float64).numpy(), found, unit)
        if wrong is not None:
            point = ", ".join(f"{x:g}" for x in rows[wrong].cpu().tolist()[:12])
            point += ", ..." * (like.shape[1] > 12)
            own = found.reshape(size, -1)[wrong] if found.size % size == 0 else found
            if not np.isfinite(own).all():
                raise NetworkError(
                    f"{name} answers inf or nan at the point ({point}): its numbers go beyond what "
                    f"{quoted(like.dtype)} holds, so that it does not do what its weights say: "
                    "give it in a wider type, or with smaller weights"
                )
            raise NetworkError(
                f"{name} answers otherwise than its trace at the point ({point}), in a batch of "
                f"{size}: its forward depends on the batch or on whether gradients are taken, "
                "changes from call to call, or draws numbers; only a function of each row can be "
                "read"
            )


def _answer(module: torch.nn.Module, rows: torch.Tensor, mode: Callable[[], Any]) -> Any:
    """What the module answers, where it can be called in a mode, and else without gradients."""
    try:
        with mode():
            return module(rows.clone())
    except RuntimeError:  # it changes weights in place, or the like: nobody calls it so
        with torch.no_grad():
            return module(rows.clone())


def _batch(rng: np.random.Generator, size: int, columns: int, far: int) -> Array:
    """Rows of bits, signs, small whole numbers, and normal numbers, some larger by 10^far."""
    kinds = (
        rng.integers(0, 2, (size, columns)).astype(float),
        rng.integers(0, 2, (size, columns)) * 2.0 - 1,
        rng.integers(-3, 4, (size, columns)).astype(float),
        rng.normal(size=(size, columns)) * 2,
        rng.normal(size=(size, columns)) * 10.0 ** rng.integers(0, far + 1, (size, 1)),
    )
    rows: Array = np.choose(rng.integers(0, len(kinds), (size, 1)), kinds)
    return rows


def _difference(
    layers: Sequence[Layer], result: Value, rows: Array, found: Array, unit: float
) -> int | None:
    """The first row for which ``found`` is not what was read, beyond rounding."""
    values, scale, unsure = evaluate(layers, rows, max(_SLACK * 2.0**-23, 32 * unit))
    tolerance = scale * max(_SLACK * 2.0**-23, 32 * unit) + 1e-6
    if isinstance(result, Label):
        logits = values[result.logits.node]
        return _first(~unsure & _other_label(result, logits, tolerance, found.reshape(-1)))
    if isinstance(result, Probability):
        p = _sigmoid(values[result.logit.node])
        expected = np.hstack([float(a) + float(b) * p for a, b in result.columns])
    else:
        assert isinstance(result, Signal)
        expected = _applied(values[result.node], [step for step, _ in result.dropped])
    if found.size != expected.size:
        return 0
    off = np.abs(found.reshape(expected.shape) - expected) > tolerance[:, None]
    off |= ~np.isfinite(found.reshape(expected.shape))
    return _first(~unsure & off.any(axis=1))


def _first(rows: npt.NDArray[np.bool_]) -> int | None:
    places = np.flatnonzero(rows)
    return int(places[0]) if places.size else None


def _other_label(
    label: Label, logits: Array, tolerance: Array, found: Array
) -> npt.NDArray[np.bool_]:
    """Where a clear decision is not the label found."""
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    ordered = np.sort(logits, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > 2 * tolerance
    expected = np.asarray([float(v) for v in label.values])[logits.argmax(axis=1)]
    return np.asarray(clear & (found != expected), dtype=bool)


def _sigmoid(z: Array) -> Array:
    with np.errstate(over="ignore"):
        p: Array = 1 / (1 + np.exp(-z))
    return p


def _applied(values: Array, steps: Sequence[str]) -> Array:
    """The order-preserving steps that reading left out."""
    for step in steps:
        if step == "Sigmoid":
            values = _sigmoid(values)
        elif step in ("Softmax", "LogSoftmax"):
            less = values - values.max(axis=1, keepdims=True)
            total = np.log(np.exp(less).sum(axis=1, keepdims=True))
            values = less - total if step == "LogSoftmax" else np.exp(less - total)
    return values
