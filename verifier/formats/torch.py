"""PyTorch modules as Teachers, through ``torch.export``.

The module is traced in evaluation mode on an example input, made free of in-place operations, and
each ``aten`` operation of ``torch_operators.OPERATIONS`` becomes exact layers. Python numbers in
the module (a slope, a bound) are read as the float32 (or whatever type the activations have) that
PyTorch computes with.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from verifier.errors import TeacherError
from verifier.formats.files import quoted
from verifier.formats.graph import Graph, Value, finish
from verifier.formats.torch_operators import OPERATIONS, Call, held_constant, number_type
from verifier.teacher import Teacher

_TRACING_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a user's ``forward`` may raise when traced; PyTorch's own are RuntimeErrors."""


def from_torch(module: torch.nn.Module, columns: int) -> Teacher:
    """The logits that ``module`` computes from a batch [N, columns], in evaluation mode.

    The module is left as it was. Raises TeacherError naming the operation.
    """
    if columns < 1:
        raise TeacherError(f"the number of columns is {columns}: it must be at least 1")
    name = type(module).__name__
    with _evaluation_mode(module):
        program = _exported(module, columns, name)
    graph = Graph(columns, _batch(columns))
    values: dict[str, Value] = _inputs(program, graph, name)
    for node in program.graph.nodes:
        if node.op == "call_function" and not _ignored(node):
            values[node.name] = _apply(graph, node, values)
            graph.execute(number_type(node, name))
        elif node.op not in ("call_function", "placeholder", "output"):
            raise TeacherError(f"{name}: {quoted(node.op)} nodes of torch.export are not supported")
    (results,) = next(n for n in program.graph.nodes if n.op == "output").args
    if len(results) != 1 or not isinstance(results[0], torch.fx.Node):
        raise TeacherError(f"{name} returns {len(results)} values: it must return the logits only")
    return finish(graph, values[results[0].name], f"the output of {name}")


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


def _exported(module: torch.nn.Module, columns: int, name: str) -> Any:
    like = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(1))
    example = torch.zeros((_batch(columns), columns), dtype=like.dtype, device=like.device)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # PyTorch's own deprecations
            program = torch.export.export(module, (example,), strict=False)
            return program.run_decompositions({})
    except _TRACING_ERRORS as problem:
        reason = str(problem).strip().partition("\n")[0]
        raise TeacherError(
            f"torch.export cannot trace {name} on an input [N, {columns}] "
            f"({type(problem).__name__}: {quoted(reason, 160)}): simplify its forward"
        ) from None


def _inputs(program: Any, graph: Graph, name: str) -> dict[str, Value]:
    """The graph's inputs: parameters, buffers and constants, and the one that the user gives."""
    signature = program.graph_signature
    stored = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    if signature.buffers_to_mutate or signature.user_inputs_to_mutate:
        raise TeacherError(f"{name} changes its own buffers or its input: remove that from forward")
    values: dict[str, Value] = dict.fromkeys(signature.user_inputs, graph.input)
    for placeholder, target in stored.items():
        tensor = program.state_dict.get(target, program.constants.get(target))
        if isinstance(tensor, torch.Tensor):
            values[placeholder] = held_constant(tensor, quoted(target))
    return values


def _ignored(node: Any) -> bool:
    """Assertions about types, which compute nothing."""
    return "assert" in str(node.target) and not node.users


def _apply(graph: Graph, node: Any, values: dict[str, Value]) -> Value:
    where = f"operation {quoted(node.name)} ({quoted(str(node.target))[1:-1]})"
    operation = OPERATIONS.get(str(node.target))
    if operation is None:
        layers = ", ".join(sorted({key.split(".")[1] for key in OPERATIONS if "." in key}))
        raise TeacherError(f"{where} is not supported; supported are {layers}")
    return operation(graph, Call(where, node, values))
