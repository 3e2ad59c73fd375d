"""Models that are only called: any ONNX file in onnxruntime, any Python callable.

Files of trees (of boosters, code, JSON) nobody can call: they answer as they are read.

What they compute inside is nobody's business here. Their answers become class numbers: those of
the tree's classes that they are called by, and one more for whatever else they answer.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.formats.heads import Asked, asked_for, label_names
from verifier.formats.outputs import split_output, with_output
from verifier.formats.runtime_classes import names_of
from verifier.formats.sklearn_inputs import check_places
from verifier.formats.told_apart import UNREAD, is_a, is_pickle
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError, NetworkError, UnsupportedError, quoted
from verifier.model.floats import nearest
from verifier.model.opaque import LONGEST_WHAT, MOST_CLASSES, Opaque
from verifier.model.ordinal import Ordinal
from verifier.model.tree import Leaf, Tree
from verifier.reading.files import read_bytes

if TYPE_CHECKING:
    from verifier.formats.heads import Number

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """An opaque model that can be asked: ``classify`` takes N rows of float64, or of a frame.

    It gives a class number for each. Raises LeafproofError where the model fails, or answers what
    is no class. ``columns`` is how many it takes, where that is known, and ``names`` what it calls
    them. Its classes are compared ``by_number`` where only the tree's have names.
    """

    model: Opaque
    classify: Callable[[Any], Ints]
    columns: int | None = None
    names: tuple[str, ...] = ()
    by_number: bool = False


def answers(
    source: Any,
    tree: Tree,
    *,
    head: str | None = None,
    threshold: Number | None = None,
    domain: Domain | None = None,
) -> Answers:
    """The model behind ``source``, with its answers numbered as the tree's classes.

    ``source``: a path to an ONNX file, a torch.nn.Module, an object with ``predict``, or a callable
    that takes an array of shape (N, columns); each gives N labels, or N rows of scores, of which
    the largest decides. ``head`` and ``threshold`` say what one number a row is: without them it is
    a label where all are whole numbers, in an ONNX file a logit. A path to a file of trees that is
    not ONNX is read over the ``domain``. Raises LeafproofError.
    """
    names = class_names(tree)
    if len(names) + 1 > MOST_CLASSES:
        raise LeafproofError(f"the tree has {len(names)} classes: at most {MOST_CLASSES - 1}")
    asked = asked_for(head, threshold)
    digest: str | None = None
    if isinstance(source, str | os.PathLike):
        whole = read_bytes(split_output(source)[0], "model (ONNX)", NetworkError)
        digest = hashlib.sha256(whole).hexdigest()
        if _has_only_trees(source, whole):
            return _as_read(source, digest, tree, asked, domain)
        if is_pickle(source, whole):
            raise LeafproofError(f"{quoted(source)} {UNREAD} verifier.test")
        _check_whole(whole, quoted(source))
        call, columns = _onnx(with_output(source, whole, NetworkError), quoted(source))
        what, logits = "ONNX file, executed by onnxruntime", True
    else:
        call, what = _callable(source)
        logits, columns = False, getattr(source, "n_features_in_", None)
    model = Opaque(len(names) + 1, digest, what[:LONGEST_WHAT])
    number = {name: i for i, name in enumerate(names)}

    def classify(rows: Floats) -> Ints:
        found = call(rows)
        classes = _classes(found, len(rows), number, asked, logits=logits)
        return np.where((classes < 0) | (classes > len(names)), len(names), classes)

    called = tuple(map(str, getattr(source, "feature_names_in_", ())))
    return Answers(model, classify, columns if isinstance(columns, int) else None, called)


def _has_only_trees(path: str | os.PathLike[str], data: bytes) -> bool:
    """Whether a file holds trees in another form than ONNX, by its ending or its bytes."""
    from verifier.formats.code_trees import is_code
    from verifier.formats.ensembles import is_model_file

    return is_code(path) or is_model_file(data) or data.lstrip()[:1] == b"{"


def _as_read(
    path: str | os.PathLike[str],
    digest: str,
    tree: Tree,
    asked: Asked,
    domain: Domain | None,
) -> Answers:
    """The tree or the ensemble in a file, which answers as Leafproof reads it.

    Where its classes have only numbers, as those of XGBoost do, these are the tree's classes.
    """
    from verifier.formats.load import load_model
    from verifier.formats.prediction import predict

    held = load_model(path, domain=domain, head=asked.kind, threshold=asked.threshold)
    assert isinstance(held, Tree | Ensemble)  # networks are ONNX
    called = class_names(held) if isinstance(held, Tree) else names_of(held)
    names, by_number = class_names(tree), bool(tree.labels) and not held.labels
    by_number = by_number and not set(called) & set(names)
    known = {name: i for i, name in enumerate(called if by_number else names) if i < len(names)}
    number = np.array([known.get(name, len(names)) for name in called])

    def classify(rows: Floats) -> Ints:
        if isinstance(held, Tree):
            return np.asarray(number[predict(held, rows, domain)])
        return np.asarray(number[held.predict(rows)])

    model = Opaque(len(names) + 1, digest, "file of trees, as Leafproof reads it")
    columns = held.columns if isinstance(held, Ensemble) else None
    return Answers(model, classify, columns, by_number=by_number)


def _check_whole(data: bytes, name: str) -> None:
    """Raise NetworkError for an ONNX file whose digest says nothing of its weights."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        graphs = [onnx.load_model_from_string(data).graph]
    except (DecodeError, ValueError):
        return  # which is said where it is run
    while graphs:
        graph = graphs.pop()
        held = [a for node in graph.node for a in node.attribute]
        tensors = [*graph.initializer, *(t for a in held for t in (a.t, *a.tensors))]
        if any(t.data_location == onnx.TensorProto.EXTERNAL for t in tensors):
            raise NetworkError(
                f"{name} keeps its weights in another file, so that its SHA-256 does not say what "
                "was tested: save it in one file"
            )
        graphs += [g for a in held for g in (a.g, *a.graphs)]


def in_order(names: Sequence[str], domain: Domain) -> list[int]:
    """The domain's columns as a model takes them: by its names, where they are the variables'.

    Raises NetworkError where some of the names are those of other columns.
    """
    columns = list(range(domain.columns))
    held = {v.name: start for v, start in zip(domain.variables, domain.offsets, strict=True)}
    if len(held) == len(columns) == len(names) and set(names) == set(held):
        return [held[name] for name in names]
    if len(names) == len(columns):
        check_places(names, held)
    return columns


def class_names(tree: Tree) -> tuple[str, ...]:
    """What the tree's classes are called: their numbers where they have no names."""
    most = max(n.klass for n in tree.nodes if isinstance(n, Leaf))
    return tuple(tree.class_name(k) for k in range(1 + max(most, len(tree.labels) - 1, 1)))


def encoder(domain: Domain) -> Callable[[Ints], Floats]:
    """From value indices (N, variables) to the inputs that they stand for, as float64.

    These are the nearest ones, but in ranges of which numerators or denominators exceed 2^53.
    """
    tables: list[Floats | tuple[float, ...]] = []
    for v in domain.variables:
        if isinstance(v, Ordinal):
            bottom = v.first.denominator * v.step.denominator
            top = v.first.numerator * v.step.denominator, v.step.numerator * v.first.denominator
            tables.append((float(top[0]), float(top[1]), float(bottom)))
        else:
            tables.append(np.array([[nearest(x) for x in row] for row in v.encoding]))

    def encode(points: Ints) -> Floats:
        parts = []
        for i, table in enumerate(tables):
            if isinstance(table, tuple):
                first, step, bottom = table
                parts.append(((first + step * points[:, i]) / bottom)[:, None])
            else:
                parts.append(table[points[:, i]].reshape(len(points), -1))
        return np.hstack(parts)

    return encode


def _classes(found: Any, count: int, number: dict[str, int], asked: Asked, *, logits: bool) -> Ints:
    """Answers as class numbers, -1 for what is none of the known, and for what is missing."""
    try:
        held = np.asarray(found)
    except (ValueError, TypeError, RuntimeError) as problem:  # ragged, or a tensor with gradients
        raise LeafproofError(
            f"the model answers with what makes no array ({problem}): give one class a row"
        ) from None
    if held.ndim == 0 or len(held) != count or not held.size:
        raise LeafproofError(
            f"the model answers {count} rows with an array of shape {held.shape}: one class a row "
            "is expected, or one row of scores"
        )
    if np.iscomplexobj(held):
        raise LeafproofError("the model answers with complex numbers: give classes, or scores")
    held = held.reshape(count, -1)
    gone = np.ma.getmaskarray(found).reshape(count, -1) if np.ma.isMaskedArray(found) else False
    return np.where(np.any(gone, axis=-1), -1, _of_rows(held, number, asked, logits=logits))


def _of_rows(held: npt.NDArray[Any], number: dict[str, int], asked: Asked, *, logits: bool) -> Ints:
    """The class numbers of N rows of answers; -1 of what is NaN."""
    if held.shape[1] > 1:
        if not np.issubdtype(held.dtype, np.number):
            raise LeafproofError("the model answers with several columns that are no numbers")
        return np.where(np.isnan(held).any(axis=1), -1, held.argmax(axis=1).astype(np.int64))
    own = held[:, 0]
    kind = asked.kind or ("logit" if logits and np.issubdtype(own.dtype, np.floating) else None)
    if kind in ("logit", "probability", "regression") or asked.threshold is not None:
        cut = asked.threshold
        if cut is None:
            cut = asked_for(None, "1/2" if kind == "probability" else "0").threshold
        try:
            numbers = own.astype(np.float64)
        except (ValueError, TypeError):
            raise LeafproofError(
                "the model answers with what are no numbers: leave head and threshold out"
            ) from None
        above = np.array([x > cut for x in numbers.tolist()], dtype=np.int64)
        return np.where(np.isnan(numbers), -1, above)
    return _labels(own, number)


def _labels(own: npt.NDArray[Any], number: dict[str, int]) -> Ints:
    known, at = own, np.arange(len(own))
    if own.dtype != np.object_:  # else they may be of several kinds, which have no order
        known, at = np.unique(own, return_inverse=True)
    codes = []
    for x in known.tolist():
        if isinstance(x, float | np.floating) and np.isfinite(x) and x != np.floor(x):
            raise LeafproofError(
                f"the model answers {float(x):g}, which is no class: say with head (logit, "
                "probability or regression) and threshold what its numbers are"
            )
        codes.append(-1 if _is_missing(x) else _code(x, number))
    return np.array(codes, dtype=np.int64)[at.ravel()]


def _is_missing(x: Any) -> bool:
    """Whether it is NaN, NaT or pandas' NA, of which none is known to be equal to itself."""
    try:
        return bool(x != x)
    except (TypeError, ValueError):
        return True


def _code(label: Any, number: dict[str, int]) -> int:
    """A label's class, -1 if it is none: True is 1, and 1 True where the tree has truth values."""
    own = label_names([label])[0]
    if own not in number and isinstance(label, bool):
        own = str(int(label))
    elif own not in number and set(number) == {"False", "True"} and label in (0, 1):
        own = str(bool(label))
    return number.get(own, -1)


def _callable(source: Any) -> tuple[Callable[[Floats], Any], str]:
    """What is called, and what it is in words."""
    kind = type(source)
    if is_a(source, "torch", "Module"):
        return _torch(source), f"torch module {kind.__name__}"
    if is_a(source, "xgboost", "Booster"):  # its predict takes no arrays
        return partial(source.inplace_predict, validate_features=False), "Booster of XGBoost"
    predict = getattr(source, "predict", None)
    if callable(predict):
        return partial(_predicted, predict), f"{kind.__module__}.{kind.__qualname__}, its predict"
    if callable(source):
        name = getattr(source, "__qualname__", kind.__qualname__)
        return source, f"Python callable {getattr(source, '__module__', kind.__module__)}.{name}"
    raise UnsupportedError(
        f"the model is of type {kind.__name__}: give a path to an ONNX file, a torch module, an "
        "object with predict, or a callable"
    )


def _predicted(predict: Callable[[Any], Any], rows: Any) -> Any:
    """What an estimator answers; that columns have names is seen to where they are put in order."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        return predict(rows)


def _torch(module: Any) -> Callable[[Floats], Any]:
    import torch

    own = [p.dtype for p in module.parameters() if p.is_floating_point()]
    taken = own[0] if own else torch.float32

    def call(rows: Floats) -> Any:
        training = module.training
        module.eval()
        try:
            with torch.no_grad():
                return module(torch.from_numpy(rows).to(taken)).numpy()
        finally:
            module.train(training)

    return call


def _onnx(data: bytes, name: str) -> tuple[Callable[[Floats], Any], int | None]:
    """What is called, and how many columns it takes, if the file says so."""
    from verifier.formats.runtime import Session, Unusable, is_installed

    if not is_installed():
        raise LeafproofError(
            "testing an ONNX file needs onnxruntime: pip install 'leafproof[onnxruntime]'"
        )
    try:
        session = Session(data)
        shape, output = session.shape, session.answer
        if shape and isinstance(shape[0], int):
            session = Session(data, shape[0])
    except Unusable as problem:
        raise LeafproofError(f"onnxruntime cannot load {name}: {problem}") from None
    if len(shape) != 2:
        raise LeafproofError(f"{name} takes inputs of shape {shape}: rows (N, columns) are given")

    def call(rows: Floats) -> Any:
        if isinstance(shape[1], int) and shape[1] != rows.shape[1]:
            raise LeafproofError(
                f"{name} takes {shape[1]} columns, and the domain has {rows.shape[1]}: give the "
                "domain of its inputs; of a table name the target, and leave out what is no input"
            )
        try:
            return session.run(output, rows)
        except (Unusable, ValueError) as problem:
            raise LeafproofError(f"onnxruntime cannot run {name}: {problem}") from None

    return call, shape[1] if isinstance(shape[1], int) else None
