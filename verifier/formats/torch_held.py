"""What a PyTorch module holds beside its tensors: did calls of it change any of that?

A trace sees one call. A forward that counts its calls, draws numbers, or goes on with an iterator
answers otherwise later, however many of its answers are compared. So everything is compared that
its code can reach: attributes of its parts and their classes, of objects that these hold, and what
functions remember (what they enclose, defaults, globals that they name), hooks and all.
"""

from __future__ import annotations

import functools
import io
import random
import sys
from collections import deque
from collections.abc import Iterator
from numbers import Number
from types import (
    BuiltinMethodType,
    CodeType,
    FunctionType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any, NamedTuple

import numpy as np
import torch

from verifier.formats.torch_check import RAISED
from verifier.model.errors import NetworkError, quoted

MOST_HELD = 1 << 16
"""Objects that are looked at, at most."""
LIBRARIES = {"torch", "numpy", *sys.stdlib_module_names}
"""What belongs to these is not looked into."""
_PLAIN = (str, bytes, type(None), Number, np.generic)
_LISTS = (list, tuple, set, frozenset, deque)

Parts = Iterator[tuple[str, object]]


class Numbers(NamedTuple):
    """What a tensor holds."""

    shape: tuple[int, ...]
    kind: str
    value: int


class Held(NamedTuple):
    """Marks by the way to what they are of; and the objects themselves, with their ways."""

    found: dict[str, object]
    objects: dict[int, tuple[str, object]]


def held_by(module: torch.nn.Module, before: Held | None = None) -> Held:
    """What can be compared later of all that a module's code can reach.

    An object that is reached in several ways is called by one of them, the same as ``before``.
    """
    found: dict[str, object] = {
        "random": hash(random.getstate()),
        "numpy.random": repr(np.random.get_state()),
    }
    known = {} if before is None else before.objects
    seen: dict[int, tuple[str, object]] = {}
    waiting: list[tuple[str, object]] = [("", module)]
    while waiting and len(seen) < MOST_HELD:
        way, value = waiting.pop()
        if isinstance(value, _PLAIN) or _is_plain(value):
            found[way] = hash(repr(value))  # NaN is the same as before
            continue
        path, _ = seen.get(id(value)) or known.get(id(value)) or (way, value)
        if path != way:
            found[way] = f"is {path}"
        if id(value) not in seen:
            seen[id(value)] = path, value
            found[path] = _mark(value)
            waiting += ((f"{path}.{name}".lstrip("."), part) for name, part in _parts(value))
    return Held(found, seen)


def settled(module: torch.nn.Module, name: str, rows: torch.Tensor, before: Held) -> Held:
    """``before``, but for tensors, which are taken as a first call leaves them.

    Pruning and ``weight_norm`` write what they compute into an attribute, anew in every call.
    Raises NetworkError where a second call answers otherwise.
    """
    try:
        with torch.no_grad():
            first = module(rows.clone())
            found = held_by(module, before).found
            second = module(rows.clone())
            alike = torch.allclose(first, second, rtol=0, atol=0, equal_nan=True)
    except RAISED:  # what is compared next says so
        return before
    if not alike:
        raise NetworkError(
            f"{name} answers otherwise when it is called again: it changes from call to call, or "
            "draws numbers; only a function of each row can be read"
        )
    tensors = {key: x for key, x in found.items() if isinstance(x, Numbers)}
    return before._replace(found={**before.found, **tensors})


def check_held(module: torch.nn.Module, name: str, before: Held) -> None:
    """Raise NetworkError where calls have changed what a module holds: it may answer by it."""
    found, after = before.found, held_by(module, before).found
    for key in sorted(found.keys() | after.keys()):
        if found.get(key) != after.get(key):
            raise NetworkError(
                f"{name} changes {quoted(key)}, which it holds, when it is called, and may answer "
                "otherwise by it: remove that from forward"
            )


def _mark(value: object) -> object:
    """What an object is by itself, without its parts."""
    if isinstance(value, torch.Tensor):
        return _tensor(value)
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, hash(value.tobytes())
    if isinstance(value, (dict, *_LISTS)):
        return len(value)
    if isinstance(value, random.Random):
        return hash(value.getstate())
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, np.random.RandomState):
        return repr(value.get_state())
    if isinstance(value, Iterator) and not isinstance(value, io.IOBase):
        return object()  # where it stands cannot be seen: it is taken to go on
    return type(value).__qualname__


def _tensor(value: torch.Tensor) -> object:
    kind = type(value).__name__
    if kind not in ("Tensor", "Parameter", "Buffer") or value.is_meta:
        return kind
    if value.layout is not torch.strided or value.is_quantized:
        return kind
    flat = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
    held = hash(flat.view(torch.uint8).numpy().tobytes())
    return Numbers(tuple(value.shape), str(value.dtype), held)


def _is_plain(value: object) -> bool:
    """Whether it is a list of nothing but numbers and texts."""
    return isinstance(value, _LISTS) and all(isinstance(x, _PLAIN) for x in value)


def _parts(value: Any) -> Parts:
    """What an object refers to, with names."""
    if isinstance(value, dict):
        yield from ((str(key), part) for key, part in [*value.items()])
    elif isinstance(value, _LISTS):
        yield from ((str(i), part) for i, part in enumerate([*value]))
    elif isinstance(value, FunctionType):
        if not _is_library(value):
            yield from _remembered(value)
    elif isinstance(value, MethodType):
        yield from (("self", value.__self__), (value.__name__, value.__func__))
    elif isinstance(value, BuiltinMethodType | MethodWrapperType):
        yield "self", value.__self__
    elif isinstance(value, functools.partial):
        yield from (("func", value.func), ("args", value.args), ("keywords", value.keywords))
    elif isinstance(value, staticmethod | classmethod):
        yield "func", value.__func__
    elif isinstance(value, property):
        yield from (("get", value.fget), ("set", value.fset))
    elif isinstance(value, type):
        if not _is_library(value):
            yield from _of_class(value)
    elif isinstance(value, torch.nn.Module):
        yield from _of_module(value)
    elif not isinstance(value, ModuleType) and not _is_library(type(value)):
        yield from _own(value)


def _of_module(part: torch.nn.Module) -> Parts:
    """Parameters, buffers and parts are called by their names alone."""
    for key, held in [*vars(part).items()]:
        if key in ("_parameters", "_buffers", "_modules"):
            yield from [*held.items()]
        else:
            yield key, held
    for kind in type(part).__mro__:
        yield "class", kind


def _of_class(kind: type) -> Parts:
    for key, held in [*vars(kind).items()]:
        if isinstance(held, FunctionType) or not (key.startswith("__") and key.endswith("__")):
            yield key, held
    yield from ((f"class {base.__name__}", base) for base in kind.__bases__)


def _own(value: object) -> Parts:
    """Of an object of a user's class: attributes, slots, and the class."""
    yield from [*getattr(value, "__dict__", {}).items()]
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, slot):
                yield slot, getattr(value, slot)
    yield "class", type(value)


def _remembered(function: FunctionType) -> Parts:
    """What a function has between its calls."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    yield from ((name, cell.cell_contents) for name, cell in cells if _is_filled(cell))
    yield "defaults", function.__defaults__
    yield "keywords", function.__kwdefaults__
    yield from [*vars(function).items()]
    names = _names(function.__code__)
    for name in names & function.__globals__.keys():
        held = function.__globals__[name]
        yield name, held
        if isinstance(held, ModuleType) and held.__name__.partition(".")[0] not in LIBRARIES:
            yield from ((f"{name}.{x}", vars(held)[x]) for x in names & vars(held).keys())


def _names(code: CodeType) -> set[str]:
    """Names of globals and attributes in a function, and in those inside it."""
    inside = [x for x in code.co_consts if isinstance(x, CodeType)]
    return {*code.co_names}.union(*map(_names, inside))


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # nothing is in it yet
        return False


def _is_library(held: Any) -> bool:
    return (getattr(held, "__module__", None) or "").partition(".")[0] in LIBRARIES
