from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.formats.onnx_models import evaluate
from verifier.formats.load import load_network
from verifier.formats.torch import from_torch
from verifier.model.errors import NetworkError, UnsupportedError
from verifier.model.network import decide


class Function(nn.Module):
    """A module around a function of (module, x), with a few parameters to use in it."""

    def __init__(self, function: Callable[[Any, Any], Any], seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.function = function
        self.inner = nn.Linear(4, 5)
        self.outer = nn.Linear(5, 3)
        self.norm = nn.BatchNorm1d(5)
        self.drop = nn.Dropout(0.5)
        for p in self.parameters():
            p.data = torch.randn(p.shape, generator=generator)
        self.norm.running_mean = torch.randn(5, generator=generator)
        self.norm.running_var = torch.rand(5, generator=generator) + 0.1
        self.row: torch.Tensor
        self.register_buffer("row", torch.randn(5, generator=generator))
        self.register_buffer("whole", torch.tensor([1, -2, 3, 4, 5]))

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(self, x)


def _residual(m: Any, x: Any) -> Any:
    h = m.inner(x)
    g = functional.relu(h, inplace=True)
    return m.outer(h + g)


def _in_place(m: Any, x: Any) -> Any:
    h = m.inner(x)
    y = h.view(h.shape[0], -1)
    h += 1
    h.clamp_(min=-1)
    return y * 2 - h


def _arithmetic(m: Any, x: Any) -> Any:
    h = m.inner(x)
    return torch.sub(1 - h / 3, m.row, alpha=2) + 2.5 * -h - torch.rsub(h, 4, alpha=3) * m.whole


FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "linear": lambda m, x: m.outer(m.inner(x)),
    "relu": lambda m, x: m.outer(torch.relu(m.inner(x))),
    "leaky": lambda m, x: functional.leaky_relu(m.inner(x), 0.3),
    "hardtanh": lambda m, x: functional.hardtanh(m.inner(x), -0.7, 1.1),
    "relu6": lambda m, x: functional.relu6(m.inner(x) * 5),
    "clamp": lambda m, x: m.inner(x).clamp(-0.3, 0.9).clamp(max=0.5) + m.inner(x).clamp(min=0.1),
    "clamp reversed": lambda m, x: m.inner(x).clamp(2.0, 1.0),
    "batch norm": lambda m, x: m.outer(torch.relu(m.norm(m.inner(x)))),
    "dropout": lambda m, x: m.drop(m.inner(x)),
    "sign": lambda m, x: m.outer(torch.sign(m.inner(x))),
    "arithmetic": _arithmetic,
    "residual in place": _residual,
    "in place": _in_place,
    "matmul": lambda m, x: m.inner(x) @ m.outer.weight.T + torch.tensor([1.0, 2.0, 3.0]),
    "transpose": lambda m, x: torch.matmul(m.inner(x), m.outer.weight.transpose(0, 1)),
    "addmm": lambda m, x: torch.addmm(m.row, x, m.inner.weight.t(), alpha=2.0, beta=0.3),
    "casts": lambda m, x: m.inner(x).double().float().flatten(1).reshape(-1, 5).contiguous(),
    "weights alone": lambda m, x: functional.linear(
        m.inner(x),
        functional.softplus(m.outer.weight.sort(1)[0]) / m.row.norm(),
        m.outer.bias.exp(),
    ),
    "masked weights": lambda m, x: functional.linear(x, (m.inner.weight > 0).float() * m.row[0]),
    "one column": lambda m, x: m.inner(x) @ m.row.reshape(5, 1) + m.inner(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_modules_agree_with_pytorch(name: str) -> None:
    module = Function(FUNCTIONS[name]).eval()
    teacher = from_torch(module, 4)
    rows = (torch.randint(-4, 5, (20, 4), generator=torch.Generator().manual_seed(1)) / 4).float()
    with torch.no_grad():
        found = module(rows.clone()).double().numpy()
    exact = np.array(evaluate(teacher, rows.tolist()), float)
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", ["weight_norm", "spectral_norm", "orthogonal"])
def test_parametrized_weights_are_those_that_pytorch_computes(kind: str) -> None:
    torch.manual_seed(0)
    first = getattr(nn.utils.parametrizations, kind)(nn.Linear(4, 4))
    module = nn.Sequential(first, nn.ReLU(), nn.Linear(4, 2)).eval()
    teacher = from_torch(module, 4)
    weight = first.weight.detach().double().numpy()
    np.testing.assert_array_equal(getattr(teacher.layers[0], "weight", None), weight)
    assert any("of weights alone is taken as it rounds it" in note for note in teacher.notes)


class Of(nn.Module):
    """A module of a function of its input alone, of type float32."""

    def __init__(self, function: Callable[[Any, Any], Any], matrix: torch.Tensor) -> None:
        super().__init__()
        self.function, self.matrix = function, nn.Parameter(matrix, requires_grad=False)

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x, self.matrix)


def test_weights_in_another_layout_are_refused_by_name() -> None:
    """NumPy has no such arrays: that had ended in its traceback."""
    module = Of(lambda x, m: torch.mm(m, x.t()).t() + x, torch.eye(2).to_sparse())
    with pytest.raises(NetworkError, match=r"another layout \(sparse_coo\): call to_dense\(\)"):
        from_torch(module, 2)


def test_weights_whose_signs_are_a_flag_are_read() -> None:
    """PyTorch keeps that numbers are negated beside them, and gives no bytes of such."""
    module = nn.Linear(2, 1, bias=False)
    module.weight = nn.Parameter(torch._neg_view(torch.tensor([[1.0, 2.0]])))
    assert evaluate(from_torch(module, 2), [[1, 1]]) == [[-3]]


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize(
    "made", [torch.jit.script, lambda m: torch.jit.freeze(torch.jit.script(m))]
)
def test_torchscript_is_refused_in_one_line(made: Callable[[nn.Module], nn.Module]) -> None:
    """Frozen, it does not even say whether it is in training mode."""
    for module in (
        made(nn.Linear(2, 1).eval()),
        nn.Sequential(made(nn.Linear(2, 1).eval())).eval(),
    ):
        with pytest.raises(NetworkError, match="is TorchScript, or has a part that is"):
            from_torch(module, 2)


def test_what_happens_to_be_in_memory_is_no_number() -> None:
    """What is written over is nothing of it; but 0 times a number may be NaN."""
    held = torch.eye(2)
    filled = Of(lambda x, m: x @ m + torch.empty(2).fill_(3), held)
    assert evaluate(from_torch(filled, 2), [[1, 2]]) == [[4, 5]]
    with pytest.raises(NetworkError, match="NaN or infinite"):
        from_torch(Of(lambda x, m: x @ m + torch.empty(2) * 0, held), 2)
    with pytest.raises(NetworkError, match="not supported"):
        from_torch(Of(lambda x, m: x @ m + torch.empty(2, dtype=torch.int64) * 0, held), 2)


def test_numbers_are_read_in_the_activations_type() -> None:
    module = nn.LeakyReLU(0.1)
    assert evaluate(from_torch(module, 1), [[-1]]) == [[-Fraction(float(np.float32(0.1)))]]


@pytest.mark.parametrize(
    "final",
    [nn.Sigmoid(), nn.Softmax(1), nn.Softmax(dim=-1), nn.LogSoftmax(1)],
    ids=lambda f: type(f).__name__,
)
def test_final_operations_are_left_out(final: nn.Module) -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3), final).eval()
    teacher = from_torch(module, 3)
    assert len(teacher.layers) == 3
    assert any("is left out" in n for n in teacher.notes)
    rows = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    logits = evaluate(teacher, rows.tolist())
    found = [decide([int(v * 2**300) for v in row]) for row in logits]
    assert found == module(rows).argmax(1).tolist()


def test_argmax_is_left_out() -> None:
    teacher = from_torch(Function(lambda m, x: m.outer(m.inner(x)).argmax(1)), 4)
    assert teacher.outputs == 3


def test_the_module_is_left_as_it_was() -> None:
    module = Function(FUNCTIONS["batch norm"]).train()
    module.norm.eval()
    before = {k: v.clone() for k, v in module.state_dict().items()}
    modes = [m.training for m in module.modules()]
    from_torch(module, 4)
    assert [m.training for m in module.modules()] == modes
    assert all(torch.equal(v, before[k]) for k, v in module.state_dict().items())
    with pytest.raises(NetworkError):
        from_torch(module, 9)
    assert [m.training for m in module.modules()] == modes


BAD: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "sinh": (lambda m, x: torch.sinh(m.inner(x)), "aten.sinh.default) is not supported"),
    "normed": (lambda m, x: functional.layer_norm(m.inner(x), [5]), "divides by what it computes"),
    "product": (lambda m, x: m.inner(x) * m.inner(x), "multiplies or divides two activations"),
    "not final": (lambda m, x: m.outer(torch.softmax(m.inner(x), 1)), "only as the last step"),
    "wrong dim": (lambda m, x: torch.softmax(m.inner(x), 0), "dim must be 1"),
    "two outputs": (lambda m, x: (m.inner(x), m.inner(x)), "returns 2 values"),
    "branch": (lambda m, x: m.inner(x) if x.sum() > 0 else x, "by the numbers of a whole batch"),
    "recurrent": (lambda m, x: nn.LSTM(4, 2)(x[None])[0][0], '"lstm" (aten.lstm.input) is not'),
    "embedded": (lambda m, x: nn.Embedding(3, 4)(x[:, 0].long()), "encoding of a variable"),
    "wrong width": (lambda m, x: m.outer(x), "cannot trace Function on an input [N, 4]"),
    "reshape": (lambda m, x: m.inner(x).reshape(-1), "changes the shape"),
    "rounding": (lambda m, x: torch.div(m.inner(x), 2, rounding_mode="floor"), "not supported"),
    "random": (lambda m, x: functional.dropout(m.inner(x), 0.5, training=True), "native_dropout"),
    "drawn": (lambda m, x: m.inner(x) + torch.rand(5), "aten.rand.default) is not supported"),
    "drawn weights": (
        lambda m, x: functional.linear(x, functional.dropout(m.inner.weight, 0.5, training=True)),
        "native_dropout",
    ),
    "numbered rows": (
        lambda m, x: m.inner(x) + torch.arange(len(x)).unsqueeze(1),
        "aten.arange.default) is not supported",
    ),
    "changes input": (lambda m, x: x.add_(1), "its input"),
    "constant": (lambda m, x: m.row, "does not depend"),
    "integers": (lambda m, x: m.inner(x).long(), "only floats"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_names_the_operation(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    function, words = BAD[name]
    with pytest.raises(NetworkError) as caught:
        from_torch(Function(function), 4)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_forward_of_several_inputs_is_told_to_take_one() -> None:
    class Two(nn.Module):
        def forward(self, numbers: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
            return numbers + kinds

    with pytest.raises(NetworkError, match="give a module with a forward of one"):
        from_torch(Two(), 4)


@pytest.mark.parametrize("layer", [nn.LSTM(4, 2), nn.GRU(4, 2), nn.RNN(4, 2)], ids=str)
def test_recurrent_layers_are_refused_before_their_steps_are_written_out(
    layer: nn.RNNBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Held(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.memory = layer

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.memory(x)[0]

    monkeypatch.setattr(torch.export, "export", None)
    kind = type(layer).__name__
    with pytest.raises(NetworkError, match=rf'"memory" of Held \({kind}\) is not .* recurrent'):
        from_torch(Held(), 4)
    with pytest.raises(NetworkError, match=f"^{kind} is not supported: it is recurrent"):
        from_torch(layer, 4)


def test_damaged_weights() -> None:
    module = Function(FUNCTIONS["linear"])
    module.outer.weight.data[0, 0] = float("nan")
    with pytest.raises(NetworkError, match=r'\("outer.weight"\) has a NaN'):
        from_torch(module, 4)
    with pytest.raises(NetworkError, match="number of columns is 0"):
        from_torch(module, 0)


def test_weights_without_their_module_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="weights alone are no network"):
        load_network(nn.Linear(3, 2).state_dict(), columns=3)


def test_weights_that_are_nowhere_are_refused() -> None:
    with pytest.raises(NetworkError, match="no numbers yet"):
        from_torch(nn.Linear(3, 2, device="meta"), 3)
