"""PyTorch modules as Teachers, through ``torch.export``.

The module is traced in evaluation mode on an example input, made free of in-place operations
where it has any, and each ``aten`` operation of ``torch_operators.OPERATIONS`` becomes exact
layers. Python numbers in the module (a slope, a bound) are read as the float32 (or whatever type
the activations have) that PyTorch computes with.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import numpy as np
import torch
from torch._dynamo.exc import UserError

from verifier.formats.graph import Graph, Label, Probability, Value, finish
from verifier.formats.heads import Number, asked_for, conclude
from verifier.formats.torch_call import Results, TorchCall, held_constant, number_type
from verifier.formats.torch_check import (
    RAISED,
    check_answers,
    check_hooks,
    check_layers,
    check_modes,
)
from verifier.formats.torch_constants import as_constants, computed
from verifier.formats.torch_held import check_held, held_by, settled
from verifier.formats.torch_operators import OPERATIONS
from verifier.formats.unsupported import reason, unsupported
from verifier.model.errors import NetworkError, quoted
from verifier.model.network import Layer, Network

_TALKING = "torch", "torch._subclasses.fake_tensor", "torch.fx.experimental.symbolic_shapes"
"""The loggers of what PyTorch raises as well."""


def from_torch(
    module: torch.nn.Module,
    columns: int,
    *,
    head: str | None = None,
    threshold: Number | None = None,
) -> Network:
    """The logits that ``module`` computes from a batch [N, columns], in evaluation mode.

    ``head`` says what its output is (logit, probability, label, regression), ``threshold`` where
    class 1 begins, where the module does not show it. The module is left as it was. Raises
    NetworkError naming the operation, the hook, or a point where the module itself answers
    otherwise.
    """
    if columns < 1:
        raise NetworkError(f"the number of columns is {columns}: it must be at least 1")
    name, asked = type(module).__name__, asked_for(head, threshold)
    check_hooks(module, name)
    check_layers(module, name)
    check_modes(module, name)
    with _evaluation_mode(module):
        before = held_by(module)
        example = _example(module, _batch(columns), columns)
        graph, result = _read(_exported(module, example, name), name, columns)
        before = settled(module, name, example[:64], before)
        where = f"the output of {name}"
        teacher = conclude(graph, result, where, asked)
        _check_batches(module, name, columns, finish(graph, _bare(result), where))
        check_answers(module, name, graph, result, example)
        check_held(module, name, before)
    return teacher


def _read(program: Any, name: str, columns: int) -> tuple[Graph, Value]:
    """The layers of a trace, and the value that it returns."""
    rows = next(n for n in program.graph.nodes if n.name in program.graph_signature.user_inputs)
    graph = Graph(columns, int(rows.meta["val"].shape[0]))
    values, tensors = _inputs(program, graph, name)
    for node in program.graph.nodes:
        if node.op == "call_function" and not _ignored(node):
            computed(node, tensors, graph.batch or 1)
            values[node.name] = _apply(graph, node, values, tensors)
            graph.execute(number_type(node, name))
        elif node.op not in ("call_function", "placeholder", "output"):
            raise NetworkError(f"{name}: {quoted(node.op)} nodes of torch.export are not supported")
    (results,) = next(n for n in program.graph.nodes if n.op == "output").args
    if len(results) != 1 or not isinstance(results[0], torch.fx.Node):
        raise NetworkError(
            f"{name} returns {len(results)} values: it must return the logits only; wrap it, or "
            "export it to ONNX and name the output behind the file (net.onnx#NAME)"
        )
    result = values[results[0].name]
    if isinstance(result, tuple):
        raise NetworkError(f"{name} returns several results of one operation: return the logits")
    return graph, result


def _bare(result: Value) -> Value:
    """The logits below a probability or a label."""
    if isinstance(result, Probability):
        return result.logit
    return result.logits if isinstance(result, Label) else result


def _check_batches(module: torch.nn.Module, name: str, columns: int, teacher: Network) -> None:
    """Raise NetworkError unless a single row, and any number of rows, are traced alike."""
    one = _example(module, 1, columns)
    graph, result = _read(_exported(module, one, name), name, columns)
    plain = f"the output of {name}"
    if not _alike(finish(graph, _bare(result), plain), teacher):
        raise NetworkError(
            f"{name} does something else with one row than with {_batch(columns)}: its forward "
            "depends on the number of rows; only a function of each row can be read"
        )
    example = _example(module, _batch(columns), columns)
    free = torch.export.Dim("N", min=1)
    try:
        _traced(module, example, ({0: free},))
    except RAISED as problem:
        guard = re.search(r"generated guard ([^\n]*?)\.?\n", str(problem))
        if guard is None and not isinstance(problem, UserError):
            return  # not about the number of rows: that one row and many are alike has been seen
        said = guard[1] if guard else str(problem).strip().partition("\n")[0]
        raise NetworkError(
            f"{name} depends on the number of rows ({quoted(said, 160)}): only a function of each "
            "row can be read"
        ) from None


def _alike(a: Network, b: Network) -> bool:
    """Whether two readings have the same layers and weights."""
    return len(a.layers) == len(b.layers) and all(map(_same, a.layers, b.layers))


def _same(a: Layer, b: Layer) -> bool:
    if type(a) is not type(b):
        return False
    mine, theirs = vars(a), vars(b)
    return all(np.array_equal(mine[key], theirs[key]) for key in mine)


@contextmanager
def _evaluation_mode(module: torch.nn.Module) -> Iterator[None]:
    modes = [(part, part.training) for part in module.modules()]
    try:
        for part, _ in modes:
            part.training = False
        yield
    finally:
        for part, training in modes:
            part.training = training


def _batch(columns: int) -> int:
    """Rows of the example: a number unlikely to occur in the module for another reason."""
    return 7919 if columns != 7919 else 7907


def _example(module: torch.nn.Module, rows: int, columns: int) -> torch.Tensor:
    like = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(1))
    return torch.zeros((rows, columns), dtype=like.dtype, device=like.device)


def _traced(module: torch.nn.Module, example: torch.Tensor, shapes: Any = None) -> Any:
    with warnings.catch_warnings(), torch.no_grad(), _quiet():
        warnings.simplefilter("ignore")  # PyTorch's own deprecations
        return torch.export.export(module, (example,), dynamic_shapes=shapes, strict=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what PyTorch tells about what it then raises: constraints, shapes that do not fit."""
    loggers = [logging.getLogger(name) for name in _TALKING]
    held = [logger.disabled for logger in loggers]
    try:
        for logger in loggers:
            logger.disabled = True
        with redirect_stderr(StringIO()):  # the graph so far
            yield
    finally:
        for logger, disabled in zip(loggers, held, strict=True):
            logger.disabled = disabled


def _exported(module: torch.nn.Module, example: torch.Tensor, name: str) -> Any:
    try:
        program = _traced(module, example)
        if _is_functional(program):
            return program
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            return program.run_decompositions({})
    except RAISED as problem:
        said = str(problem).strip().partition("\n")[0]
        raise NetworkError(
            f"torch.export cannot trace {name} on an input [N, {example.shape[1]}] "
            f"({type(problem).__name__}: {quoted(said, 160)}): {_remedy(problem, said)}"
        ) from None


def _is_functional(program: Any) -> bool:
    """Whether a trace has only operations that are read and change nothing in place.

    To make it free of others takes several times as long as the trace.
    """
    return all(
        str(node.target) in OPERATIONS and not _changes(node.target) and not _draws(node)
        for node in program.graph.nodes
        if node.op not in ("placeholder", "output")
    )


def _changes(target: Any) -> bool:
    """Whether an operation may write into what it is given."""
    return isinstance(target, torch._ops.OpOverload) and target._schema.is_mutable


def _draws(node: Any) -> bool:
    """Whether a node draws numbers, as dropout does unless it is told otherwise."""
    if torch.Tag.nondeterministic_seeded not in getattr(node.target, "tags", ()):
        return False
    return str(node.target) != "aten.dropout.default" or node.args[2:] != (False,)


def _remedy(problem: Exception, said: str) -> str:
    """What to do about a module that is not traced."""
    if "DataDependent" in type(problem).__name__:
        return "its forward decides by the numbers of a whole batch what to compute: leave that out"
    if "missing a required argument" in said:
        return (
            "its forward takes several inputs: give a module with a forward of one, which hands on "
            "that one's columns"
        )
    return "give as many columns as it takes, or simplify its forward"


def _inputs(
    program: Any, graph: Graph, name: str
) -> tuple[dict[str, Value | Results], dict[str, Any]]:
    """The graph's inputs: parameters, buffers and constants, and the one that the user gives.

    Then the first of these once more, as PyTorch holds them.
    """
    signature = program.graph_signature
    stored = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    if signature.buffers_to_mutate or signature.user_inputs_to_mutate:
        raise NetworkError(f"{name} changes its own buffers or its input: remove that from forward")
    values: dict[str, Value | Results] = dict.fromkeys(signature.user_inputs, graph.input)
    tensors = {}
    for placeholder, target in stored.items():
        tensor = program.state_dict.get(target, program.constants.get(target))
        if isinstance(tensor, torch.Tensor):
            values[placeholder] = held_constant(tensor, quoted(target))
            tensors[placeholder] = tensor.detach().cpu()
    return values, tensors


def _ignored(node: Any) -> bool:
    """Assertions about types, which compute nothing."""
    return "assert" in str(node.target) and not node.users


def _apply(
    graph: Graph, node: Any, values: dict[str, Value | Results], tensors: dict[str, Any]
) -> Value | Results:
    where = _place(node)
    operation = OPERATIONS.get(str(node.target))
    call = TorchCall(where, node, graph, values)
    if node.name in tensors:
        try:
            return operation(graph, call) if operation is not None else _rounded(call, tensors)
        except NetworkError:  # it is for activations, or constants would round
            return _rounded(call, tensors)
    if operation is None:
        node = _telling(node)
        layers = ", ".join(sorted({key.split(".")[1] for key in OPERATIONS if "." in key}))
        raise NetworkError(f"{_place(node)} {unsupported(_kind(node), layers)}")
    return operation(graph, call)


def _place(node: Any) -> str:
    return f"operation {quoted(node.name)} ({quoted(str(node.target))[1:-1]})"


def _kind(node: Any) -> str:
    """The name of a node's operation, as ``linear`` of ``aten.linear.default``."""
    parts = str(node.target).split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def _telling(node: Any) -> Any:
    """Of a node that is not supported and those after it the first of which is known why: an LSTM,
    where it is its first state that was met."""
    others = list(node.graph.nodes)
    after = others[others.index(node) :]
    unread = (n for n in after if n.op == "call_function" and str(n.target) not in OPERATIONS)
    return next((n for n in unread if reason(_kind(n)) is not None), node)


def _rounded(call: TorchCall, tensors: dict[str, Any]) -> Value | Results:
    """What PyTorch computes of weights alone."""
    call.graph.note(
        f"{call.where}: what PyTorch computes of weights alone is taken as it rounds it"
    )
    return as_constants(tensors[call.node.name], call.node.name)
