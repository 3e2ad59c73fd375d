"""An ONNX node with an attribute twice was read by one of them; a runtime may take the other."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

import verifier as lp
from verifier.model.errors import LeafproofError


@pytest.mark.parametrize("operator", ["LeakyRelu", "Elu"])
def test_attributes_of_one_name_are_refused(operator: str, tmp_path: Path) -> None:
    node = helper.make_node(operator, ["x"], ["y"], alpha=0.5)
    rows = (helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 1]) for n in "xy")
    graph = helper.make_graph([node], "g", [next(rows)], [next(rows)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "net.onnx")
    lp.load_network(tmp_path / "net.onnx")
    model.graph.node[0].attribute.append(helper.make_attribute("alpha", 0.25))
    onnx.save(model, tmp_path / "net.onnx")
    for given in (model, tmp_path / "net.onnx"):
        with pytest.raises(LeafproofError, match="two of its attributes have the same name"):
            lp.load_network(given)
