"""Random ONNX models over all supported operators, and an exact reading of a Network."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError, RuntimeNote
from verifier.model.network import Network, exact_logits


@contextmanager
def unrun(expected: bool = True) -> Iterator[None]:
    """Where it is ``expected``, loading a file says that onnxruntime does not run it."""
    if not expected:
        yield
        return
    with pytest.warns(RuntimeNote, match="onnxruntime does not run this file"):
        yield


class Model:
    """A model under construction: activations are (name, width).

    ``shape`` is that of a row of the input, (columns,) where it is left out.
    """

    def __init__(
        self,
        columns: int,
        kind: int = TensorProto.FLOAT,
        opset: int = 17,
        shape: Sequence[int] = (),
    ) -> None:
        self.columns, self.kind, self.opset = columns, kind, opset
        self.shape = tuple(shape) or (columns,)
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []
        self.count = 0

    def tensor(self, array: Any, dtype: Any = None) -> str:
        self.count += 1
        dtype = dtype or helper.tensor_dtype_to_np_dtype(self.kind)
        name = f"t{self.count}"
        self.tensors.append(numpy_helper.from_array(np.asarray(array, dtype=dtype), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        self.count += 1
        out = f"v{self.count}"
        self.nodes.append(helper.make_node(operator, inputs, [out], f"the_{out}", **attributes))
        return out

    def proto(self, output: str, width: int | None = None, kind: int | None = None) -> Any:
        shape = ["N", width] if width else None
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", self.kind, ["N", *self.shape])],
            [helper.make_tensor_value_info(output, kind or self.kind, shape)],
            self.tensors,
        )
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def save(self, path: Path, output: str, width: int | None = None, kind: int = 0) -> Path:
        path.write_bytes(self.proto(output, width, kind).SerializeToString())
        return path


def random_model(rng: np.random.Generator) -> tuple[Model, str, int]:
    """A model with a random chain of operators and residuals; its logits and their number."""
    model = Model(int(rng.integers(1, 6)), opset=int(rng.choice([11, 13, 15, 17, 20])))
    alive = [("x", model.columns)]
    for _ in range(int(rng.integers(1, 10))):
        name, width = alive[int(rng.integers(max(0, len(alive) - 3), len(alive)))]
        alive.append(_step(model, rng, name, width, alive))
    name, width = alive[-1]
    classes = int(rng.integers(1, 4))
    weight = model.tensor(rng.normal(size=(width, classes)).round(2))
    return model, model.node("MatMul", [name, weight]), classes


def _step(
    model: Model, rng: np.random.Generator, x: str, width: int, alive: list[tuple[str, int]]
) -> tuple[str, int]:
    pick = str(rng.choice(list(_STEPS)))
    if pick in ("Gemm", "MatMul"):
        out = int(rng.integers(1, 6))
        weight = rng.normal(size=(width, out)).astype(np.float32)
        if pick == "MatMul":
            return model.node("MatMul", [x, model.tensor(weight)]), out
        flip = int(rng.integers(2))
        inputs = [x, model.tensor(weight.T if flip else weight)]
        shapes = [None, (out,), (1, out), (1,), ()]
        shape = shapes[int(rng.integers(len(shapes)))]
        if shape is not None:
            inputs.append(model.tensor(rng.normal(size=shape)))
        alpha, beta = (float(a) for a in rng.choice([1.0, 0.3, -2.0], 2))
        return model.node("Gemm", inputs, transB=flip, alpha=alpha, beta=beta), out
    if pick in ("Add", "Sub", "Mul", "Div"):
        return _elementwise(model, rng, pick, x, width, alive)
    if pick == "Clip":
        low, high = sorted(rng.normal(size=2).round(3).tolist())
        if rng.random() < 0.2:
            low, high = high, low
        bounds = [model.tensor(low) if rng.random() < 0.7 else "", model.tensor(high)]
        return model.node("Clip", [x, *bounds[: int(rng.integers(1, 3))]]), width
    if pick == "BatchNormalization":
        arrays = [rng.normal(size=width) for _ in range(3)] + [rng.random(width) + 0.1]
        inputs = [x, *(model.tensor(a) for a in arrays)]
        return model.node(pick, inputs, epsilon=float(rng.choice([1e-5, 1e-2]))), width
    if pick == "Reshape":
        shape = [[0, -1], [-1, width], [0, width], [-1, 0]][int(rng.integers(4))]
        return model.node(pick, [x, model.tensor(shape, np.int64)]), width
    if pick == "Cast":
        middle = model.node("Cast", [x], to=TensorProto.DOUBLE)
        return model.node("Cast", [middle], to=TensorProto.FLOAT), width
    if pick == "Constant":
        value = numpy_helper.from_array(rng.normal(size=width).astype(np.float32))
        return model.node("Add", [x, model.node("Constant", [], value=value)]), width
    return model.node(pick, [x], **_STEPS[pick](rng)), width


def _elementwise(
    model: Model,
    rng: np.random.Generator,
    operator: str,
    x: str,
    width: int,
    alive: list[tuple[str, int]],
) -> tuple[str, int]:
    fitting = [a for a in alive if a[1] in (1, width) or width == 1]
    if operator in ("Add", "Sub") and rng.random() < 0.5:
        other, other_width = fitting[int(rng.integers(len(fitting)))]
        pair = [x, other] if rng.random() < 0.5 else [other, x]
        return model.node(operator, pair), max(width, other_width)
    wide = int(rng.integers(2, 5)) if width == 1 and rng.random() < 0.3 else width
    shapes: list[tuple[int, ...]] = [(wide,), (1, wide)]
    shapes += [(), (1,), (1, 1)] if wide == width else []
    numbers = rng.normal(size=shapes[int(rng.integers(len(shapes)))])
    numbers = numbers + np.sign(numbers) * 0.3
    pair = [x, model.tensor(numbers)]
    if operator != "Div" and rng.random() < 0.5:
        pair.reverse()
    return model.node(operator, pair), wide


_STEPS: dict[str, Any] = {
    "Gemm": None,
    "MatMul": None,
    "Add": None,
    "Sub": None,
    "Mul": None,
    "Div": None,
    "Clip": None,
    "BatchNormalization": None,
    "Reshape": None,
    "Cast": None,
    "Constant": None,
    "Neg": lambda rng: {},
    "Relu": lambda rng: {},
    "LeakyRelu": lambda rng: {"alpha": float(rng.choice([0.01, 0.2, 0.0, 1.0, 2.0, -0.5, 1e-9]))},
    "Sign": lambda rng: {},
    "Flatten": lambda rng: {"axis": int(rng.choice([1, -1]))},
    "Identity": lambda rng: {},
    "Dropout": lambda rng: {},
}


def _fraction(x: Any) -> Fraction:
    return x if isinstance(x, Fraction) else Fraction(float(x))


def evaluate(teacher: Network, rows: Sequence[Sequence[Any]]) -> list[list[Fraction]]:
    """The teacher's logits at rows of numbers, exactly."""
    fractions = [
        [x if isinstance(x, Fraction) else Fraction(float(x)) for x in row] for row in rows
    ]
    denominator = 1
    for row in fractions:
        for x in row:
            denominator = denominator * x.denominator
    whole = [[int(x * denominator) for x in row] for row in fractions]
    logits, common = exact_logits(teacher, whole, denominator)
    return [[Fraction(v, common) for v in row] for row in logits]


def chain(path: Path, *steps: Any, columns: int = 2, kind: int = 1, opset: int = 17) -> Path:
    """A model that applies each (operator, constants, attributes) to the previous output."""
    model = Model(columns, kind, opset)
    name = "x"
    for operator, constants, attributes in steps:
        tensors = [c if isinstance(c, str) else model.tensor(*c) for c in constants]
        inputs = [name if t == "@" else t for t in tensors]
        inputs = inputs if "@" in tensors else [name, *inputs]
        name = model.node(operator, inputs, **attributes)
    return model.save(path, name)


def refused(path: Path, *words: str) -> None:
    """It is not read, and one line with these words says why."""
    with pytest.raises(NetworkError) as caught:
        load_onnx(path)
    message = str(caught.value)
    for word in (*words, path.name):
        assert word in message, message
    assert "\n" not in message
