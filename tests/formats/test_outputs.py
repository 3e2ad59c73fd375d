"""ONNX files with several outputs, one of which is named behind the file."""

from __future__ import annotations

import warnings
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import verifier as lp
from verifier.cli.main import run
from verifier.formats.outputs import split_output
from verifier.model.errors import LeafproofError, NetworkError, RuntimeNote
from verifier.model.network import exact_classes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A body of four units and two heads: "approve", a probability, and "kind", three logits."""
    rng = np.random.default_rng(0)
    tensors = [
        numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name)
        for name, shape in {"b": (3, 4), "u": (4, 1), "v": (4, 3)}.items()
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "b"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "u"], ["z"]),
        helper.make_node("Sigmoid", ["z"], ["approve"]),
        helper.make_node("MatMul", ["r", "v"], ["kind"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("approve", 1), ("kind", 3))
    ]
    graph = helper.make_graph(nodes, "g", [x], outputs, tensors)
    opset = [helper.make_opsetid("", 17)]
    path = tmp_path / "net.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


def classes(network: lp.Network) -> np.ndarray:
    """The classes at all points of three bits."""
    domain = lp.Domain.bits(3)
    return np.array(exact_classes(network, domain, list(product((0, 1), repeat=3))))


def test_the_named_output_is_read(file: Path) -> None:
    approve, kind = (lp.load_network(f"{file}#{name}") for name in ("approve", "kind"))
    assert (approve.outputs, kind.outputs) == (1, 3)
    rows = lp.Domain.bits(3).inputs()
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file))
    one, several = session.run(["approve", "kind"], {"x": rows.astype(np.float32)})
    assert classes(approve).tolist() == (one[:, 0] > 0.5).astype(int).tolist()
    assert classes(kind).tolist() == several.argmax(axis=1).tolist()


def test_a_file_with_several_says_how_to_name_one(file: Path) -> None:
    with pytest.raises(NetworkError, match=r'has 2 outputs .*"net.onnx#approve"'):
        lp.load_network(file)
    with pytest.raises(NetworkError, match='has no output "other": it has "approve", "kind"'):
        lp.load_network(f"{file}#other")
    text = file.with_suffix(".txt")
    text.write_text("tree")
    with pytest.raises(LeafproofError, match="only an ONNX file has outputs by name"):
        lp.load_network(f"{text}#x")


def test_a_file_whose_name_has_the_mark_is_that_file(file: Path) -> None:
    odd = file.with_name("net#kind.onnx")
    odd.write_bytes(file.read_bytes())
    assert split_output(odd) == (str(odd), None)
    assert split_output(f"{odd}#kind") == (str(odd), "kind")
    assert lp.load_network(f"{odd}#kind").outputs == 3


def test_weights_in_another_file_are_found_and_compared(file: Path) -> None:
    """Every node is needed for "kind": the file itself is run, and its output by name."""
    model = onnx.load(file)
    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("r", 4), ("kind", 3))
    )
    for node in list(model.graph.node):
        if node.output[0] in ("z", "approve"):
            model.graph.node.remove(node)
    kept = [tensor for tensor in model.graph.initializer if tensor.name != "u"]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    beside = file.with_name("beside.onnx")
    onnx.save(model, beside, save_as_external_data=True, size_threshold=0, location="weights")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeNote)
        network = lp.load_network(f"{beside}#kind")
    assert classes(network).tolist() == classes(lp.load_network(f"{file}#kind")).tolist()
    bits = lp.Domain.bits(3)
    found = lp.ask_fair(f"{beside}#kind", bits, "x0")
    assert found.instances
    assert all(i.runtime == "onnxruntime gives the same class" for i in found.instances)


def test_questions_name_an_output_each(file: Path, tmp_path: Path, capsys) -> None:
    bits = lp.Domain.product(*(lp.Domain.ordinal(f"x{i}", [0, 1]) for i in range(3)))
    domain = tmp_path / "domain.json"
    bits.save(domain)
    found = lp.ask_fair(f"{file}#approve", bits, "x0")
    held = classes(lp.load_network(f"{file}#approve")).reshape(2, 4)
    unfair = int((held[0] != held[1]).sum())
    assert found.points == (unfair, unfair)
    assert all(i.runtime == "onnxruntime gives the same class" for i in found.instances)
    assert run(["ask", "same", f"{file}#kind", f"{file}#kind", "--domain", str(domain)]) == 0
    tree, certificate = tmp_path / "tree.json", tmp_path / "c.leafproof"
    assert run(["distill", f"{file}#kind", "-o", str(tree), "--certificate", str(certificate)]) == 0
    against = ["--against", f"{file}#kind", str(tree), "bits"]
    assert run(["check", str(certificate), *against]) == 0
    against = ["--against", f"{file}#approve", str(tree), "bits"]
    assert run(["check", str(certificate), *against]) == 1
    capsys.readouterr()
