"""The one way in: a network, a tree or a domain from whatever the user has.

``load_network`` and ``load_tree`` take files and objects, told apart by what they are; libraries
are loaded only for objects of theirs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.formats.json_files import domain_notes, read_domain
from verifier.formats.load_trees import folds, load_tree, load_tree_for, read_tree
from verifier.formats.outputs import model_file
from verifier.formats.own import as_fitted
from verifier.formats.sklearn_search import found_by
from verifier.formats.told_apart import EXPORTED, UNREAD, described, is_a, is_pickle
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import (
    EnsembleError,
    NetworkError,
    TreeError,
    UnsupportedError,
    quoted,
)
from verifier.model.network import Network
from verifier.model.tree import Tree
from verifier.reading.files import read_bytes

if TYPE_CHECKING:
    from verifier.formats.heads import Asked, Number

__all__ = [
    "domain_notes",
    "load_model",
    "load_network",
    "load_teacher",
    "load_tree",
    "load_tree_for",
    "read_domain",
    "read_teacher",
    "read_tree",
]

_ARRAYS = (".npy", ".npz")
_ENSEMBLES = (
    ("sklearn", "BaseEstimator"),
    ("xgboost", "Booster"),
    ("xgboost", "XGBModel"),
    ("lightgbm", "Booster"),
    ("lightgbm", "LGBMModel"),
    ("catboost", "CatBoost"),
)
_NETWORKS = (
    "a path to an ONNX file, an onnx.ModelProto, a torch.nn.Module, a fitted estimator of "
    "scikit-learn (MLPClassifier, MLPRegressor, linear models, Pipelines of them), or a Network"
)


def load_network(
    network: Any,
    *,
    columns: int | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    domain: Domain | str | os.PathLike[str] | None = None,
) -> Network:
    """The network in a file or an object, with its weights as the exact numbers that they are.

    ``network``: a path to an ONNX file, an ``onnx.ModelProto``, a ``torch.nn.Module`` (read in
    evaluation mode and left in its own), a fitted estimator of scikit-learn, or a Network, which is
    returned as it is. ``columns`` is the number of inputs, which a torch module does not tell (left
    out, as many as the domain has). ``head`` (logit, probability, label or regression) says what
    the output is and ``threshold`` where class 1 begins, exactly, where the network does not show
    it. ``domain`` (or its file) says what the raw inputs of a scikit-learn pipeline are, which the
    network then reads as the domain encodes them.

    Raises NetworkError, naming the layer or the place, for what cannot be read exactly, for
    estimators that are not fitted and for files that cannot be read; UnsupportedError (a TypeError
    too) for objects of another kind.
    """
    from verifier.formats.heads import asked_for

    if isinstance(domain, str | os.PathLike):
        domain = read_domain(domain, columns)
    elif not isinstance(domain, Domain | None):
        raise UnsupportedError(
            f"the domain is of type {type(domain).__name__}: give a Domain, or a path to its file"
        )
    network = found_by(network)
    if any(is_a(network, *kind) for kind in _ENSEMBLES):
        _check_no_ensemble(network)
    if isinstance(network, Network):
        if head is not None or threshold is not None:
            raise NetworkError("a Network has its classes already: leave head and threshold out")
        return network
    if isinstance(network, str | os.PathLike):
        return read_teacher(network, asked_for(head, threshold))
    if is_a(network, "onnx", "ModelProto"):
        from verifier.formats.onnx import load_onnx

        return load_onnx(network, asked_for(head, threshold))
    if is_a(network, "torch", "Module"):
        columns = domain.columns if columns is None and domain is not None else columns
        if columns is None:
            raise NetworkError(
                f"{type(network).__name__} of torch does not tell its number of inputs: give the "
                "domain as a Domain, or columns"
            )
        from verifier.formats.torch import from_torch

        return from_torch(network, columns, head=head, threshold=threshold)
    if is_a(network, "sklearn", "BaseEstimator"):
        from verifier.formats.sklearn_networks import teacher_from_sklearn

        if head not in (None, "regression"):
            raise NetworkError(f"{type(network).__name__} shows what its output is: leave head out")
        with as_fitted(network, NetworkError):
            return teacher_from_sklearn(network, threshold=threshold, domain=domain)
    raise UnsupportedError(f"the network is {described(network)}: {_instead(network)}")


def _instead(network: Any) -> str:
    """What to give in place of an object that is no network."""
    if is_a(network, "torch", "ExportedProgram"):
        return EXPORTED
    tensors = network.values() if isinstance(network, dict) else ()
    if tensors and all(is_a(x, "torch", "Tensor") for x in tensors):
        return (
            "weights alone are no network: load them into the module (load_state_dict), give that"
        )
    asked = "; what can only be called, lp.test compares with a tree" if callable(network) else ""
    return f"give {_NETWORKS}{asked}"


def _check_no_ensemble(network: Any) -> None:
    from verifier.formats.ensembles import library_of

    if library_of(network) is not None:
        raise NetworkError(
            f"{type(network).__name__} is no network but trees: certify, ask, distill and repair "
            "take it as it is"
        )


def load_teacher(
    teacher: Any,
    *,
    columns: int | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    domain: Domain | None = None,
) -> Network | Ensemble:
    """The network, or the ensemble of trees, in a file or an object.

    Ensembles are fitted forests and boosters of scikit-learn, its decision trees, objects of
    XGBoost, LightGBM and CatBoost, and their files (JSON, UBJSON; text; JSON). All else is read by
    ``load_network``, which says what the arguments are. Raises NetworkError, EnsembleError or
    UnsupportedError.
    """
    from verifier.formats.heads import asked_for

    teacher = found_by(teacher)
    if domain is not None and (made := _over(teacher, domain, asked_for(head, threshold))):
        return made
    if isinstance(teacher, Ensemble):
        if head is not None or threshold is not None:
            raise EnsembleError("an Ensemble has its classes already: leave head and threshold out")
        return teacher
    if isinstance(teacher, str | os.PathLike):
        made = _ensemble_in(teacher, asked_for(head, threshold), domain, columns)
        if made is not None:
            return made
    elif is_a(teacher, "onnx", "ModelProto") and _has_trees(teacher):
        from verifier.formats.ensembles_onnx import ensemble_from_onnx

        return ensemble_from_onnx(teacher, asked_for(head, threshold))
    elif any(is_a(teacher, *kind) for kind in _ENSEMBLES):
        from verifier.formats.ensembles import ensemble_from_object, library_of

        if library_of(teacher) is not None:
            with as_fitted(teacher, EnsembleError):
                return ensemble_from_object(teacher, asked_for(head, threshold), domain)
    return load_network(teacher, columns=columns, head=head, threshold=threshold, domain=domain)


def load_model(
    source: Any,
    *,
    columns: int | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    domain: Domain | None = None,
) -> Network | Ensemble | Tree:
    """The network, tree or ensemble in a file or an object, told apart by what it is.

    A tree is what ``load_tree`` takes and is one tree; all else is read by ``load_teacher``, which
    says what the arguments are. ``head`` and ``threshold`` say nothing of one tree, of a Network
    and of an Ensemble: these have their classes.
    """
    from verifier.formats.heads import asked_for

    source, asked = found_by(source), asked_for(head, threshold)
    if isinstance(source, Network | Ensemble | Tree):
        return source
    if domain is not None and (made := _over(source, domain, asked)):
        return made
    if isinstance(source, str | os.PathLike):
        data = model_file(source, "model", NetworkError)
        from verifier.formats.code_trees import is_code
        from verifier.formats.ensembles import is_model_file

        is_json = data.lstrip()[:1] == b"{" and not is_model_file(data)
        if is_code(source):
            return _code(source, columns, domain, asked)
        if is_json:
            return load_tree(source, domain=domain)
        if b"TreeEnsemble" in data and _is_one_tree(data):
            return _one_tree(source, domain)
    elif is_a(source, "onnx", "ModelProto"):
        if _is_one_tree(source):
            return _one_tree(source, domain)
    elif type(source).__name__ in ("DecisionTreeClassifier", "TreeDistiller") or hasattr(
        source, "matter"
    ):
        tree = load_tree(source, domain=domain)
        own = None if domain is None else getattr(source, "n_features_in_", domain.columns)
        if domain is not None and own != domain.columns and not folds(source, domain):
            raise TreeError(
                f"the tree was fitted to {own} columns but the domain has {domain.columns}: they "
                "do not belong together"
            )
        return tree
    return load_teacher(source, columns=columns, head=head, threshold=threshold, domain=domain)


def _code(
    path: str | os.PathLike[str], columns: int | None, domain: Domain | None, asked: Asked
) -> Tree | Ensemble:
    """The tree in a file of code, or else the forest."""
    from verifier.formats.code_ensembles import computes, read_forest

    try:
        return load_tree(path, domain=domain)
    except TreeError:
        text = read_bytes(path, "tree", TreeError).decode(errors="replace")
        if Path(path).suffix.lower() == ".sql" or not computes(text):
            raise
    return read_forest(path, domain, columns, asked)


def _over(source: Any, domain: Domain, asked: Asked) -> Network | Ensemble | None:
    """The model in an ONNX file whose columns are the domain's variables."""
    if not isinstance(source, str | os.PathLike) and not is_a(source, "onnx", "ModelProto"):
        return None
    if isinstance(source, str | os.PathLike) and Path(source).suffix.lower() != ".onnx":
        return None
    from verifier.formats.onnx_several import model_over, of_a_table

    model = of_a_table(source)
    return None if model is None else model_over(model, source, domain, asked)


def _one_tree(source: Any, domain: Domain | None) -> Network | Ensemble | Tree:
    """An ONNX classifier of one tree: a Tree, or what is none (names, base values) an Ensemble."""
    try:
        return load_tree(source, domain=domain)
    except TreeError as problem:
        try:
            return load_teacher(source, domain=domain)
        except (EnsembleError, NetworkError):
            raise problem from None


def _is_one_tree(given: Any) -> bool:
    """Whether an ONNX model, or its bytes, has one classifier of one tree."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.load_model_from_string(given) if isinstance(given, bytes) else given
    except (DecodeError, ValueError):
        return False
    found = [n for n in model.graph.node if n.op_type.startswith("TreeEnsemble")]
    trees = {i for n in found for a in n.attribute if a.name == "nodes_treeids" for i in a.ints}
    return [n.op_type for n in found] == ["TreeEnsembleClassifier"] and len(trees) == 1


def _has_trees(model: Any) -> bool:
    return any(node.op_type.startswith("TreeEnsemble") for node in model.graph.node)


def _ensemble_in(
    path: str | os.PathLike[str], asked: Asked, domain: Domain | None, columns: int | None
) -> Ensemble | None:
    """The ensemble in a file; None where it holds something else."""
    from verifier.formats.code_trees import LANGUAGES

    if Path(path).suffix.lower() in LANGUAGES:
        from verifier.formats.code_ensembles import read_forest

        return read_forest(path, domain, columns, asked)
    data = model_file(path, "teacher", EnsembleError)
    from verifier.formats.ensembles import ensemble_from_bytes, is_model_file

    name = quoted(path, 200)
    try:
        if is_model_file(data):
            return ensemble_from_bytes(data, asked, domain)
        if b"TreeEnsemble" not in data or data.lstrip()[:1] == b"{":
            return None
        from verifier.formats.ensembles_onnx import ensemble_from_onnx, model_of

        model = model_of(data)
        return ensemble_from_onnx(model, asked, name) if _has_trees(model) else None
    except EnsembleError as problem:
        raise EnsembleError(f"{name}: {problem}") from None


def read_teacher(path: str | os.PathLike[str], asked: Asked | None = None) -> Network:
    """The network in an ONNX file, its output read as ``asked``. Raises NetworkError.

    Files that only unpickling could read are refused: unpickling runs code that the file holds.
    """
    head = model_file(path, "teacher (ONNX)", NetworkError)[:64]
    name = quoted(path, 200)
    if Path(path).suffix.lower() in _ARRAYS and head[:1] != b"\x80":
        raise NetworkError(
            f"{name} holds arrays, and nothing of how a network computes with them: give them to "
            "a module of PyTorch, and that to verifier.load_network in Python, or as an ONNX file"
        )
    if is_pickle(path, head):
        raise NetworkError(
            f"{name} {UNREAD} verifier.certify, distill or ask, or write what is read of it to a "
            "file (verifier.load_network(model, domain=...).save('net.onnx'))"
        )
    if head.lstrip()[:1] == b"{":
        raise NetworkError(
            f"{name} is not a network but JSON: the teacher (ONNX) comes first, then the tree"
        )
    # onnx takes long to import: only where needed
    from verifier.formats.heads import NOTHING
    from verifier.formats.onnx import load_onnx

    return load_onnx(path, asked or NOTHING)
