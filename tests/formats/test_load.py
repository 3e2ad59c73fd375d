import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.load import (
    load_model,
    load_network,
    load_teacher,
    load_tree,
    read_teacher,
)
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.opaque import answers
from verifier.model.errors import LeafproofError, NetworkError, TreeError
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree

TEACHER = Network(2, (Affine(0, np.ones((1, 2)), np.zeros(1)),))


@pytest.mark.parametrize("name", ["net.onnx", "net", "net.bin"])
def test_onnx_by_content(name: str, tmp_path: Path) -> None:
    save_onnx(TEACHER, tmp_path / name)
    assert read_teacher(tmp_path / name).widths == (2, 1)


def test_a_network_that_only_mentions_trees(tmp_path: Path) -> None:
    """A weight's name made a tree ensemble of the file, which was then refused."""
    weight = numpy_helper.from_array(np.ones((2, 1), np.float32), "TreeEnsemble.weight")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", weight.name], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    for load in (load_teacher, load_model):
        for source in (path, model):
            made = load(source)
            assert isinstance(made, Network)
            assert made.widths == (2, 1)


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("exploded"),)  # type: ignore[return-value]


def test_pickles_are_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("net.pt", "net.onnx", "net.npz", "net"):
        Path(name).write_bytes(pickle.dumps(_Bomb()))
        with pytest.raises(
            NetworkError,
            match=r"may run code when loaded, so it is not read|export the model to ONNX",
        ) as caught:
            read_teacher(name)
        assert "\n" not in str(caught.value)
    for name in ("tree.pkl", "tree.joblib", "tree"):
        Path(name).write_bytes(pickle.dumps(_Bomb()))
        with pytest.raises(TreeError, match=r"may run code .*load_tree\(model\).save\('tree"):
            load_tree(name)
        with pytest.raises(LeafproofError, match=r"may run code .* give the object to verifier"):
            answers(name, Tree((Leaf(0),)))
    assert not Path("exploded").exists()


def test_a_file_of_arrays_is_no_network(tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", weight=np.eye(2))
    with pytest.raises(NetworkError, match="holds arrays, and nothing of how a network") as caught:
        read_teacher(tmp_path / "net.npz")
    assert "run code" not in str(caught.value)


def test_a_tree_in_the_teachers_place(tmp_path: Path) -> None:
    write_tree(tmp_path / "tree.json", Tree((Leaf(0),)))
    with pytest.raises(NetworkError, match=r"JSON: the teacher \(ONNX\) comes first"):
        read_teacher(tmp_path / "tree.json")
    with pytest.raises(NetworkError, match="cannot read"):
        read_teacher(tmp_path / "missing.onnx")


def test_reading_trees_and_domains_imports_no_heavy_package() -> None:
    code = (
        "import sys, verifier.formats.load, verifier.formats.drawing\n"
        "print([m for m in ('onnx', 'torch', 'sklearn', 'z3', 'sympy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_forests_are_no_networks_and_it_is_said_who_takes_them():
    ensemble = pytest.importorskip("sklearn.ensemble")
    forest = ensemble.RandomForestClassifier(2, random_state=0).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(LeafproofError, match="no network but trees: certify, ask, distill"):
        load_network(forest)
