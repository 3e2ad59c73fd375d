"""Smooth operators from ONNX and PyTorch, beside what these compute at every point."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.formats.onnx_models import Model, refused
from verifier.formats.floating import evaluate
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError
from verifier.model.network import Layer, Network
from verifier.model.smooth import Smooth

GRID = [-40.0, -4.0, -3.0, -1.25, -0.5, 0.0, 0.3, 1.0, 2.5, 6.0, 30.0]
ROWS = np.array(list(itertools.product(GRID, repeat=2)), np.float32)


def _kinds(network: Network) -> list[str]:
    return [x.kind for x in network.layers if isinstance(x, Smooth)]


def _values(layers: tuple[Layer, ...]) -> Any:
    return evaluate(layers, ROWS.astype(np.float64), 0.0)[0][-1]


def _run(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": ROWS})[0]


def _gelu_in_parts(m: Model) -> str:
    erf = m.node("Erf", [m.node("Div", ["x", m.tensor(np.sqrt(2))])])
    gated = m.node("Mul", ["x", m.node("Add", [erf, m.tensor(1.0)])])
    return m.node("Mul", [gated, m.tensor(0.5)])


def _gate(m: Model, x: str = "x") -> str:
    erf = m.node("Erf", [m.node("Div", [x, m.tensor(np.sqrt(2))])])
    return m.node("Add", [erf, m.tensor(1.0)])


def _beyond(m: Model, threshold: float = 20.0, beta: float = 1.0, other: float = 1.0) -> str:
    """PyTorch's Softplus as its exporter writes it."""
    scaled = "x" if beta == 1 else m.node("Mul", ["x", m.tensor(beta)])
    own = m.node("Softplus", [scaled])
    own = own if other == 1 else m.node("Div", [own, m.tensor(other)])
    return m.node("Where", [m.node("Greater", [scaled, m.tensor(threshold)]), "x", own])


def _gelu_by_tanh(m: Model, x: str = "x", cube: float = 0.044715, one: float = 1.0) -> str:
    """Half the gate of GELU by tanh, with a power."""
    third = m.node("Mul", [m.node("Pow", [x, m.tensor(3.0)]), m.tensor(cube)])
    inner = m.node("Mul", [m.tensor(np.sqrt(2 / np.pi)), m.node("Add", [x, third])])
    gate = m.node("Add", [m.tensor(one), m.node("Tanh", [inner])])
    return m.node("Mul", [m.tensor(0.5), gate])


def _gelu_by_products(m: Model, half: Callable[[str], str] = lambda x: x) -> str:
    """GELU by tanh times two, or of ``half`` of its input, with products of the input alone."""
    square = m.node("Mul", [m.node("Mul", ["x", "x"]), m.tensor(0.044715)])
    scaled = m.node("Mul", ["x", m.tensor(np.sqrt(2 / np.pi))])
    inner = m.node("Mul", [m.node("Add", [square, m.tensor(1.0)]), scaled])
    return m.node("Mul", [m.node("Add", [m.node("Tanh", [inner]), m.tensor(1.0)]), half("x")])


ONNX: dict[str, tuple[Callable[[Model], str], list[str]]] = {
    "tanh": (lambda m: m.node("Tanh", ["x"]), ["tanh"]),
    "erf": (lambda m: m.node("Erf", ["x"]), ["erf"]),
    "softplus": (lambda m: m.node("Softplus", ["x"]), ["softplus"]),
    "elu": (lambda m: m.node("Elu", ["x"]), ["elu"]),
    "elu of alpha": (lambda m: m.node("Elu", ["x"], alpha=0.3), ["elu"]),
    "selu": (lambda m: m.node("Selu", ["x"]), ["elu"]),
    "celu": (lambda m: m.node("Celu", ["x"], alpha=2.5), ["elu"]),
    "gelu": (lambda m: m.node("Gelu", ["x"]), ["gelu"]),
    "gelu by tanh": (lambda m: m.node("Gelu", ["x"], approximate="tanh"), ["gelu_tanh"]),
    "gelu in parts": (_gelu_in_parts, ["erf_gate"]),
    "gelu with half the gate": (
        lambda m: m.node("Mul", ["x", m.node("Mul", [m.tensor(0.5), _gate(m)])]),
        ["erf_gate"],
    ),
    "gelu of half of x": (
        lambda m: m.node("Mul", [m.node("Mul", ["x", m.tensor(0.5)]), _gate(m)]),
        ["erf_gate"],
    ),
    "gelu by tanh in parts": (
        lambda m: m.node("Mul", ["x", _gelu_by_tanh(m)]),
        ["gelu_tanh"],
    ),
    "gelu by tanh of a multiple": (
        lambda m: (
            lambda y: m.node("Mul", [_gelu_by_tanh(m, y), m.node("Mul", [m.tensor(3.0), y])])
        )(m.node("Mul", ["x", m.tensor(0.75)])),
        ["gelu_tanh"],
    ),
    "gelu by tanh times two": (_gelu_by_products, ["gelu_tanh"]),
    "gelu by tanh of half of x": (
        lambda m: _gelu_by_products(m, lambda x: m.node("Div", [x, m.tensor(2.0)])),
        ["gelu_tanh"],
    ),
    "gelu by tanh twice": (
        lambda m: (lambda y: m.node("Mul", [y, _gelu_by_tanh(m, y)]))(_gelu_by_products(m)),
        ["gelu_tanh", "gelu_tanh"],
    ),
    "softplus beyond its threshold": (_beyond, ["softplus"]),
    "softplus of beta": (lambda m: _beyond(m, beta=2.0, other=2.0), ["softplus"]),
    "hard swish": (lambda m: m.node("HardSwish", ["x"]), ["hard_swish"]),
    "hard swish in parts": (
        lambda m: m.node("Mul", ["x", m.node("HardSigmoid", ["x"], alpha=1 / 6)]),
        ["hard_swish"],
    ),
    "mish": (lambda m: m.node("Mish", ["x"]), ["mish"]),
    "mish in parts": (
        lambda m: m.node("Mul", ["x", m.node("Tanh", [m.node("Softplus", ["x"])])]),
        ["mish"],
    ),
    "silu": (lambda m: m.node("Mul", [m.node("Sigmoid", ["x"]), "x"]), ["silu"]),
    "sigmoid inside": (
        lambda m: m.node("Sub", [m.tensor(0.25), m.node("Sigmoid", ["x"])]),
        ["sigmoid"],
    ),
    "sigmoid of sigmoid": (
        lambda m: m.node("Neg", [m.node("Sigmoid", [m.node("Sigmoid", ["x"])])]),
        ["sigmoid", "sigmoid"],
    ),
}


@pytest.mark.parametrize("name", ONNX)
def test_onnx_operators(name: str, tmp_path: Path) -> None:
    build, kinds = ONNX[name]
    model = Model(2, opset=20)
    path = model.save(tmp_path / "net.onnx", build(model), 2)
    network = load_onnx(path)
    assert _kinds(network) == kinds
    np.testing.assert_allclose(_values(network.layers), _run(path), rtol=2e-6, atol=2e-6)
    assert not any("left out" in note for note in network.notes)


def test_a_sigmoid_that_comes_last_is_still_left_out(tmp_path: Path) -> None:
    model = Model(2)
    hidden = model.node("Sigmoid", [model.node("MatMul", ["x", model.tensor(np.eye(2))])])
    z = model.node("MatMul", [hidden, model.tensor([[1.0], [-1.0]])])
    network = load_onnx(model.save(tmp_path / "net.onnx", model.node("Sigmoid", [z]), 1))
    assert _kinds(network) == ["sigmoid"]
    assert sum("left out" in note for note in network.notes) == 1


def test_products_of_activations_are_refused(tmp_path: Path) -> None:
    model = Model(2)
    squared = model.node("Mul", ["x", model.node("Relu", ["x"])])
    refused(model.save(tmp_path / "net.onnx", squared, 2), "not linear", "(Mul)")


@pytest.mark.parametrize(
    "threshold, beta, other",
    [(5.0, 1.0, 1.0), (20.0, 2.0, 1.0), (20.0, 1.0, 2.0), (20.0, 2.0, 4.0)],
)
def test_what_is_no_softplus_beyond_a_threshold_is_refused(
    threshold: float, beta: float, other: float, tmp_path: Path
) -> None:
    model = Model(2)
    path = model.save(tmp_path / "net.onnx", _beyond(model, threshold, beta, other), 2)
    refused(path, "it compares 2 columns")


@pytest.mark.parametrize("cube, one", [(0.0447, 1.0), (0.044715, 0.75), (0.0, 1.0)])
def test_what_is_no_gelu_by_tanh_is_refused(cube: float, one: float, tmp_path: Path) -> None:
    model = Model(2, opset=20)
    product = model.node("Mul", ["x", _gelu_by_tanh(model, "x", cube, one)])
    refused(model.save(tmp_path / "net.onnx", product, 2), '"Pow"')


def test_an_operator_of_another_set_spells_out_nothing(tmp_path: Path) -> None:
    model = Model(2, opset=20)
    product = model.node("Mul", ["x", _gelu_by_tanh(model)])
    next(n for n in model.nodes if n.op_type == "Add").domain = "my.ops"
    refused(model.save(tmp_path / "net.onnx", product, 2), '"Pow"')


def test_weights_that_are_named_as_a_factor_would_be_stay_what_they_are(tmp_path: Path) -> None:
    model = Model(2, opset=20)
    product = model.node("Mul", ["x", _gelu_by_tanh(model)])
    name = model.tensor([[3.0, 0.0], [0.0, 5.0]])
    model.tensors[-1].name = f"{product} factor"
    assert name != f"{product} factor"
    path = model.save(
        tmp_path / "net.onnx", model.node("MatMul", [product, f"{product} factor"]), 2
    )
    network = load_onnx(path)
    np.testing.assert_allclose(_values(network.layers), _run(path), rtol=2e-6, atol=2e-6)


def test_a_tanh_that_is_read_elsewhere_is_no_gelu(tmp_path: Path) -> None:
    model = Model(2, opset=20)
    gate = _gelu_by_tanh(model)
    both = model.node("Add", [model.node("Mul", ["x", gate]), gate])
    refused(model.save(tmp_path / "net.onnx", both, 2), '"Pow"')


def test_a_gate_of_something_else_is_refused(tmp_path: Path) -> None:
    for half in (lambda m, x: x, lambda m, x: m.node("Mul", [x, m.tensor(0.5)])):
        model = Model(2)
        y = model.node("Relu", ["x"])
        path = model.save(
            tmp_path / "net.onnx", model.node("Mul", [half(model, y), _gate(model)]), 2
        )
        refused(path, "not linear")
    model = Model(2)
    gate = model.node("HardSigmoid", ["x"], alpha=1 / 6, beta=0.25)
    refused(model.save(tmp_path / "net.onnx", model.node("Mul", ["x", gate]), 2), "not linear")


class Function(nn.Module):
    """A module around a function."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x)


TORCH: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda x: 2 * torch.sigmoid(x),
    "tanh": torch.tanh,
    "erf": torch.erf,
    "softplus": functional.softplus,
    "softplus of beta": lambda x: functional.softplus(x, beta=2),
    "elu": lambda x: functional.elu(x, alpha=0.7),
    "selu": functional.selu,
    "celu": lambda x: functional.celu(x, alpha=1.5),
    "gelu": functional.gelu,
    "gelu by tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "silu": functional.silu,
    "silu in parts": lambda x: x * torch.sigmoid(x),
    "mish": functional.mish,
    "hard swish": functional.hardswish,
    "log sigmoid": functional.logsigmoid,
}


def test_torch_operations() -> None:
    """All side by side, since tracing one takes long."""
    network = from_torch(Function(lambda x: torch.cat([f(x) for f in TORCH.values()], 1)), 2)
    found = _values(network.layers)
    assert found.shape[1] == 2 * len(TORCH)
    for i, (name, function) in enumerate(TORCH.items()):
        expected = function(torch.from_numpy(ROWS).double()).numpy()
        np.testing.assert_allclose(
            found[:, 2 * i : 2 * i + 2], expected, rtol=2e-6, atol=2e-6, err_msg=name
        )


def test_a_softplus_that_jumps_is_refused() -> None:
    with pytest.raises(NetworkError, match="jumps at its threshold"):
        from_torch(Function(lambda x: functional.softplus(x, threshold=2)), 2)


def test_saving_writes_the_operators(tmp_path: Path) -> None:
    model = Model(2, opset=20)
    x = "x"
    for operator in ("Tanh", "Softplus", "Elu", "Mish", "HardSwish", "Gelu", "Erf", "Sigmoid"):
        x = model.node(operator, [x])
    x = model.node("Mul", [x, model.node("Sigmoid", [x])])
    x = model.node("Mul", [x, model.node("Add", [model.node("Erf", [x]), model.tensor(1.0)])])
    z = model.node("MatMul", [x, model.tensor([[1.0], [0.5]])])
    network = load_onnx(model.save(tmp_path / "net.onnx", z, 1))
    save_onnx(network, tmp_path / "again.onnx")
    again = load_onnx(tmp_path / "again.onnx")
    assert _kinds(again) == _kinds(network)
    assert np.array_equal(_values(again.layers), _values(network.layers))
