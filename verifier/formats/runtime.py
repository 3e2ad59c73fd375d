"""A model that was read, held against what onnxruntime answers for the same file.

Where onnxruntime is installed, every ONNX file that is read is executed at some points: a
difference is an error of the reader or of the runtime, and is reported with its point. Where
onnxruntime cannot load or run a file, a RuntimeNote says so; nothing else depends on it.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.errors import RuntimeNote

Floats = npt.NDArray[np.float64]

_KINDS: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}
_AT_ONCE = 256
"""Rows executed together."""


class Unusable(Exception):
    """Why onnxruntime gives no answer."""


def is_installed() -> bool:
    """Whether there is an onnxruntime to compare with."""
    return importlib.util.find_spec("onnxruntime") is not None


def library() -> Any:
    """The module ``onnxruntime``, told before it is loaded to report nothing to its makers.

    Its wheels send what they call telemetry, about models too, unless this variable is set; one
    that was imported before us is its user's own affair.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


class Session:
    """A model in onnxruntime, on one thread and without messages; raises Unusable."""

    def __init__(self, model: bytes | str | os.PathLike[str], batch: int | None = None) -> None:
        onnxruntime, options = library(), quiet_options()
        given = model if isinstance(model, bytes) else os.fspath(model)
        try:
            data = model if isinstance(model, bytes) else Path(model).read_bytes()
        except OSError as problem:
            raise Unusable(first_line(problem)) from None
        levels = onnxruntime.GraphOptimizationLevel
        # what is quantised is integers with onnxruntime's own options only: it is read as these
        quantised = b"QuantizeLinear" in data
        level = levels.ORT_ENABLE_ALL if quantised else levels.ORT_DISABLE_ALL
        options.graph_optimization_level = level
        try:
            self._session = onnxruntime.InferenceSession(
                given, options, providers=["CPUExecutionProvider"]
            )
        except runtime_errors() as problem:
            raise Unusable(first_line(problem)) from None
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type not in _KINDS:
            kinds = ", ".join(i.type for i in inputs[:4])
            raise Unusable(f"its inputs are {kinds}, and one of numbers is what can be asked")
        self._input = inputs[0].name
        self.dtype: Any = _KINDS[inputs[0].type]
        self._row = self.shape[1:]
        self._batch = batch

    @property
    def shape(self) -> tuple[Any, ...]:
        """The input's shape as the file states it: a number, or None or a name where it is free."""
        return tuple(self._session.get_inputs()[0].shape)

    @property
    def answer(self) -> str:
        """The output that says the class: the first of labels, else the first of numbers."""
        outputs = [o for o in self._session.get_outputs() if o.type.startswith("tensor(")]
        labels = [o for o in outputs if "float" not in o.type and "double" not in o.type]
        if not outputs:
            raise Unusable("none of its outputs is a tensor")
        return str((labels or outputs)[0].name)

    def run(self, output: str, rows: Floats) -> npt.NDArray[Any]:
        """One output at some rows, which are first converted to the input's type."""
        size = self._batch or _AT_ONCE
        found = []
        for start in range(0, len(rows), size):
            own = rows[start : start + size]
            some = np.concatenate([own, np.repeat(own[-1:], size - len(own), axis=0)])
            some = some if self._batch else own
            with np.errstate(over="ignore", under="ignore"):
                given = some.astype(self.dtype)
            if len(self._row) > 1 and all(isinstance(n, int) for n in self._row):
                given = given.reshape(len(given), *self._row)
            try:
                result = self._session.run([output], {self._input: given})[0]
            except runtime_errors() as problem:
                raise Unusable(first_line(problem)) from None
            found.append(np.asarray(result).reshape(len(some), -1)[: len(own)])
        return np.concatenate(found)


def quiet_options() -> Any:
    """Options of onnxruntime: on one thread and without messages, else its own."""
    options = library().SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return options


def alone(model: Any, output: str) -> bytes:
    """The ONNX model without what one output does not need, which might take any amount of work."""
    makers = {name: node for node in model.graph.node for name in node.output}
    needed: set[str] = set()
    pending = [output]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += makers[name].input if name in makers else []
    kept = type(model)()
    kept.CopyFrom(model)
    nodes = [node for node in model.graph.node if needed.intersection(node.output)]
    tensors = [tensor for tensor in model.graph.initializer if tensor.name in needed]
    dropped = {tensor.name for tensor in model.graph.initializer} - needed
    inputs = [given for given in model.graph.input if given.name not in dropped]
    for field in (kept.graph.node, kept.graph.initializer, kept.graph.output, kept.graph.input):
        del field[:]
    kept.graph.input.extend(inputs)
    kept.graph.node.extend(nodes)
    kept.graph.initializer.extend(tensors)
    kept.graph.output.extend(o for o in model.graph.output if o.name == output)
    return bytes(kept.SerializeToString())


def runtime_errors() -> tuple[type[Exception], ...]:
    """What onnxruntime raises: classes of its own, with no base but Exception."""
    state = library().capi.onnxruntime_pybind11_state
    held = [getattr(state, name) for name in dir(state)]
    own = [c for c in held if isinstance(c, type) and issubclass(c, Exception)]
    return (*own, RuntimeError, TypeError, ValueError)


def first_line(problem: Exception) -> str:
    """What an error says first, printable and not too long."""
    line = str(problem).strip().partition("\n")[0]
    return "".join(c if c.isprintable() else " " for c in line)[:200]


def note(name: str, problem: Unusable) -> None:
    """Say that nothing was compared, and why."""
    warnings.warn(
        f"{name}: onnxruntime does not run this file ({problem}), so what was read of it is not "
        "compared with a runtime's answers",
        RuntimeNote,
        stacklevel=3,
    )


def shown(row: Sequence[float], dtype: Any = np.float64) -> str:
    """A point in words: its numbers as the input's type holds them, zeros left out if many."""
    numbers = [dtype(x).item() for x in row]
    if len(numbers) <= 8:
        return f"[{', '.join(repr(x) for x in numbers)}]"
    held = [f"column {i} = {x!r}" for i, x in enumerate(numbers) if x][:12]
    more = ", ..." if sum(bool(x) for x in numbers) > len(held) else ""
    return f"{', '.join(held)}{more}, the other columns 0" if held else "all columns 0"
