"""Operators that go column by column, with numbers that a narrower type does not hold.

onnxruntime is what says how they are computed, at every point of a small domain.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import verifier as lp
from verifier.formats.load import load_teacher
from verifier.model.errors import LeafproofError
from verifier.model.network import Network, exact_classes

ML = "ai.onnx.ml"
TYPES = {"FLOAT": np.float32, "DOUBLE": np.float64, "INT64": np.int64, "BOOL": np.bool_}


def file(kind, steps, last):
    """``i0`` through some steps to ``s``, joined with ``i1``, and classes ``y`` of both."""
    inputs = [
        helper.make_tensor_value_info("i0", getattr(TensorProto, kind), ["N", 1]),
        helper.make_tensor_value_info("i1", TensorProto.FLOAT, ["N", 1]),
    ]
    nodes = [*steps, helper.make_node("Concat", ["s", "i1"], ["x"], axis=1), last]
    is_tree = last.op_type == "TreeEnsembleClassifier"
    out = TensorProto.INT64 if is_tree else TensorProto.FLOAT
    tensors = [
        numpy_helper.from_array(np.array([[1.0], [0.0]], np.float32), "w"),
        numpy_helper.from_array(np.array([-0.5], np.float32), "b"),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        inputs,
        [helper.make_tensor_value_info("y", out, None)],
        [] if is_tree else tensors,
    )
    sets = [helper.make_opsetid("", 15), helper.make_opsetid(ML, 2)]
    return helper.make_model(graph, opset_imports=sets, ir_version=8)


def stump(threshold):
    """Class 1 above the threshold."""
    return helper.make_node(
        "TreeEnsembleClassifier",
        ["x"],
        ["y", "shares"],
        domain=ML,
        nodes_treeids=[0] * 3,
        nodes_nodeids=[0, 1, 2],
        nodes_featureids=[0] * 3,
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_values=[threshold, 0.0, 0.0],
        nodes_truenodeids=[1, 0, 0],
        nodes_falsenodeids=[2, 0, 0],
        class_treeids=[0] * 4,
        class_nodeids=[1, 1, 2, 2],
        class_ids=[0, 1, 0, 1],
        class_weights=[1.0, 0.0, 0.0, 1.0],
        classlabels_int64s=[0, 1],
        post_transform="NONE",
    )


LINE = helper.make_node("Gemm", ["x", "w", "b"], ["y"])
"""The first column less a half."""


def both(kind, values, steps, last):
    """Our class and onnxruntime's at every point."""
    domain = lp.Domain.product(lp.Domain.ordinal("i0", values), lp.Domain.ordinal("i1", [0, 1]))
    model = file(kind, steps, last)
    read = load_teacher(model, domain=domain)
    points = list(product(range(len(values)), range(2)))
    rows = np.array([[domain.variables[i].row(p[i])[0] for i in (0, 1)] for p in points])
    feeds = {"i0": rows[:, :1].astype(TYPES[kind]), "i1": rows[:, 1:].astype(np.float32)}
    session = onnxruntime.InferenceSession(model.SerializeToString())
    theirs = session.run(["y"], feeds)[0]
    theirs = theirs[:, 0] > 0 if theirs.ndim == 2 else theirs
    if isinstance(read, Network):
        return [int(k) for k in exact_classes(read, domain, points)], theirs.astype(int).tolist()
    return [read.class_at(domain.encode(p)) for p in points], theirs.tolist()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["DOUBLE", "FLOAT"])
def test_a_scaler_of_doubles_rounds_once(kind, seed):
    rng = np.random.default_rng(seed)
    values = sorted({round(float(x), 3) for x in rng.normal(size=12)})
    offset, scale = (float(np.float32(x)) for x in rng.normal(size=2))
    wide = TYPES[kind] if kind == "DOUBLE" else np.float32
    made = (np.array(values, wide) - wide(offset)) * wide(scale)
    step = helper.make_node("Scaler", ["i0"], ["s"], domain=ML, offset=[offset], scale=[scale])
    for threshold in made.astype(np.float32)[:3]:
        ours, theirs = both(kind, values, [step], stump(float(threshold)))
        assert ours == theirs


@pytest.mark.parametrize("last", [LINE, stump(0.5)], ids=["network", "tree"])
@pytest.mark.parametrize("values", [["1/10", "1/2", "7/10"], [16777216, 16777217, 16777220]])
def test_a_float_input_is_looked_up_as_the_float32_that_arrives(values, last):
    keys = [0.1, 0.7, 16777216.0]
    step = helper.make_node(
        *("LabelEncoder", ["i0"], ["s"]),
        domain=ML,
        keys_floats=keys,
        values_floats=[1.0, 1.0, 1.0],
        default_float=0.0,
    )
    ours, theirs = both("FLOAT", values, [step], last)
    assert ours == theirs
    assert 0 < sum(ours) < len(ours)


def test_whole_numbers_that_do_not_fit_are_refused():
    cast = [
        helper.make_node("Cast", ["i0"], ["c"], to=TensorProto.INT32),
        helper.make_node("Cast", ["c"], ["s"], to=TensorProto.FLOAT),
    ]
    ours, theirs = both("DOUBLE", [0, 2**30], cast, stump(0.5))
    assert ours == theirs
    for kind, values in (("DOUBLE", [0, 2**31]), ("INT64", [0, 2**32 + 1]), ("FLOAT", [0, 0.5])):
        with pytest.raises(LeafproofError, match="cuts numbers to integers"):
            both(kind, values, cast, stump(0.5))


@pytest.mark.parametrize("last", [LINE, stump(0.5)], ids=["network", "tree"])
def test_truth_values_are_cast_before_numbers_are_computed_of_them(last):
    cast = helper.make_node("Cast", ["i0"], ["s"], to=TensorProto.FLOAT)
    ours, theirs = both("BOOL", [0, 1], [cast], last)
    assert ours == theirs == [0, 0, 1, 1]
    with pytest.raises(LeafproofError, match="takes truth values, and its variable has others"):
        both("BOOL", [0, 2], [cast], last)
    scaler = helper.make_node("Scaler", ["i0"], ["s"], domain=ML, offset=[0.0], scale=[1.0])
    with pytest.raises(LeafproofError, match="scales other than numbers"):
        both("BOOL", [0, 1], [scaler], last)
    invalid = onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph
    with pytest.raises(invalid, match="bool"):
        onnxruntime.InferenceSession(file("BOOL", [scaler], last).SerializeToString())


def test_columns_of_two_types_are_not_joined_by_any_runtime():
    step = helper.make_node("Identity", ["i0"], ["s"])
    with pytest.raises(LeafproofError, match="joins DOUBLE and FLOAT, which ONNX does not allow"):
        both("DOUBLE", [0, 1], [step], stump(0.5))
    with pytest.raises(onnxruntime.capi.onnxruntime_pybind11_state.Fail, match="different types"):
        onnxruntime.InferenceSession(file("DOUBLE", [step], stump(0.5)).SerializeToString())


def test_whole_numbers_that_floats_do_not_tell_apart_are_refused():
    start = 2**53
    step = helper.make_node(
        *("LabelEncoder", ["i0"], ["s"]),
        domain=ML,
        keys_int64s=[start + 1],
        values_floats=[1.0],
        default_float=0.0,
    )
    model = file("INT64", [step], stump(0.5))
    domain = lp.Domain.product(lp.Domain.range("i0", start, start + 3), lp.Domain.range("i1", 0, 1))
    with pytest.raises(LeafproofError, match="takes whole numbers"):
        load_teacher(model, domain=domain)
