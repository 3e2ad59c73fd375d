"""Strange files of XGBoost and LightGBM: small models trained here, and one or two things forged.

Each maker takes a random generator and returns a file's bytes. Nothing here says whether the file
is good: the library's own answers do.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

Random = np.random.Generator
COLUMNS = 3
NUMBERS: tuple[Any, ...] = (
    *(0.0, -0.0, 1e-45, -1e-45, 1e-40, 1.1754944e-38, 5e-324, 1e-35, -1e-35, 1.0000001e-35),
    *(0.5, 1.0, 2.0, 1.7, 16777216.0, 16777217.0, 3.4028235e38, 1e39, -1e39, 1e300, 1e400),
    *(float("nan"), float("inf"), float("-inf")),
)
"""Around what float32, float64 and LightGBM's zero can tell apart."""
WORDS: tuple[Any, ...] = (None, True, "", "x", "1", "1_0", "0x10", [], {}, 10**30, -1, 2**31, 2**63)
"""What is no number, or none that fits."""


def pick(rng: Random, items: Any) -> Any:
    """One of the items."""
    return items[int(rng.integers(len(items)))]


def table(rng: Random, classes: int, rows: int = 120) -> tuple[Any, Any]:
    """Numbers with zeros and gaps, and classes that depend on them."""
    x = np.round(rng.normal(1.0, 1.5, size=(rows, COLUMNS)), 1)
    y = (np.abs(x[:, 0] * x[:, 1]) * 3 + x[:, 2]).astype(int) % classes
    y[:classes] = np.arange(classes)
    x[rng.random(x.shape) < pick(rng, (0, 0, 0.3))] = 0.0
    x[rng.random(x.shape) < pick(rng, (0, 0, 0.1))] = np.nan
    return x, y


def xgboost(rng: Random) -> bytes:
    """A model of XGBoost's, mostly with something forged, as JSON or UBJSON."""
    import xgboost as xgb

    classes = pick(rng, (2, 2, 2, 3, 4))
    several = ("multi:softprob", "multi:softmax")
    single = ("binary:logistic", "binary:logitraw", "binary:hinge")
    options: dict[str, Any] = {
        "objective": pick(rng, single if classes == 2 else several),
        "max_depth": pick(rng, (1, 2, 3, 12)),
        "booster": pick(rng, ("gbtree", "gbtree", "gbtree", "dart", "gblinear")),
        "nthread": 1,
        "verbosity": 0,
    }
    if options["booster"] == "gblinear":
        del options["max_depth"]
    elif options["booster"] == "dart":
        options |= {"rate_drop": 0.5, "seed": int(rng.integers(99))}
    if rng.random() < 0.2 and options["booster"] != "gblinear":
        options |= {"num_parallel_tree": 2, "subsample": 0.7}
    if classes > 2:
        options["num_class"] = classes
    x, y = table(rng, classes)
    kinds = None
    if rng.random() < 0.3 and options["booster"] != "gblinear":
        kinds = [pick(rng, "cq") for _ in range(COLUMNS)]
        for j, kind in enumerate(kinds):
            if kind == "c":
                x[:, j] = np.abs(np.floor(x[:, j]))
        options["max_cat_to_onehot"] = pick(rng, (1, 100))
    data = xgb.DMatrix(x, label=y, feature_types=kinds, enable_categorical=True, nthread=1)
    model = xgb.train(options, data, pick(rng, (1, 2, 5)))
    if rng.random() < 0.15:
        data = bytes(model.save_raw("ubj"))
        return _forge_bytes(rng, data) if rng.random() < 0.7 else data
    document = json.loads(bytes(model.save_raw("json")))
    for _ in range(pick(rng, (0, 1, 1, 1, 2))):
        _forge_document(rng, document)
    text = json.dumps(document)
    return (_forge_text(rng, text) if rng.random() < 0.1 else text).encode()


def _forge_document(rng: Random, document: dict[str, Any]) -> None:
    """Change something in a model's document."""
    learner = document["learner"]
    booster = learner["gradient_booster"]
    model = booster.get("gbtree", booster).get("model", {})
    trees = model.get("trees")
    if trees and rng.random() < 0.6:
        _forge_tree(rng, pick(rng, trees))
        return
    way = int(rng.integers(9))
    if way == 0:
        bases = ("0", "1", "0.3", "[0.3]", "[0.3,0.2]", "[1E-45]", "nan", "[inf]", "0.99999999", "")
        learner["learner_model_param"]["base_score"] = pick(rng, bases)
    elif way == 1:
        sizes = ("300", "0", "-1", "2", "3", "1000000000", "99999999999999999999", "x")
        learner["learner_model_param"][pick(rng, ("num_class", "num_feature", "num_target"))] = (
            pick(rng, sizes)
        )
    elif way == 2:
        own = {"scikit_learn": '{"_estimator_type": "classifier"}'}
        own["best_iteration"] = pick(rng, ("0", "1", "-1", "-2", "-7", "1000", "x", "1_0"))
        learner["attributes"] = own
    elif way == 3:
        names = ("binary:logistic", "binary:logitraw", "binary:hinge", "multi:softprob", "rank:map")
        learner["objective"]["name"] = pick(rng, names)
    elif way == 4 and "weight_drop" in booster:
        weights = booster["weight_drop"]
        weights[int(rng.integers(len(weights)))] = pick(rng, (*NUMBERS, *WORDS))
    elif way == 5 and trees:
        pick(rng, (model["tree_info"], model.get("iteration_indptr", [0]))).append(
            pick(rng, (0, 1, 2, -1, 10**6))
        )
    elif way == 6 and trees:
        groups = model["tree_info"]
        groups[int(rng.integers(len(groups)))] = pick(rng, (0, 1, 2, 300, -1, 2**31))
    elif way == 7 and trees:
        ends = model.get("iteration_indptr", [0])
        ends[int(rng.integers(len(ends)))] = pick(rng, (0, 1, 2, -1, 10**6, 2**31))
    else:
        document["version"] = pick(rng, ([1, 0, 0], [3, 2, 0], [9, 9, 9], [], "x"))


def _forge_tree(rng: Random, tree: dict[str, Any]) -> None:
    """Change something in a tree."""
    count = len(tree["left_children"])
    at = int(rng.integers(count))
    way = int(rng.integers(8))
    if way <= 1:
        tree["split_conditions"][at] = pick(rng, NUMBERS)
    elif way == 2:
        tree["split_conditions"] = [pick(rng, NUMBERS) for _ in range(count)]
    elif way == 3:
        side = pick(rng, ("left_children", "right_children"))
        tree[side][at] = pick(rng, (-1, -2, 0, at, count, 1, 2, 10**9, 2**31, 0.5))
    elif way == 4:
        tree["split_indices"][at] = pick(rng, (0, 1, 2, 3, -1, 10**6, 2**31, 0.5))
    elif way == 5:
        tree["split_type"][at] = pick(rng, (0, 1, 2, -1))
        if tree["split_type"][at] == 1 and at not in tree["categories_nodes"]:
            own = [pick(rng, (0, 1, 2, 3, 31, 32, 1000, 2**24 - 2, 2**24, -1)) for _ in range(2)]
            for name, value in (("nodes", at), ("segments", len(tree["categories"]))):
                tree[f"categories_{name}"].append(value)
            tree["categories_sizes"].append(len(own))
            tree["categories"] += own
    elif way == 6 and tree["categories"]:
        name = pick(rng, ("categories", *(f"categories_{x}" for x in ("nodes", "segments"))))
        held = tree[name if rng.random() < 0.8 else "categories_sizes"]
        held[int(rng.integers(len(held)))] = pick(rng, (0, 1, 2, 3, 63, -1, 10**6, 2**24, 2**31))
    else:
        name = pick(rng, list(tree))
        if isinstance(tree[name], list) and tree[name] and rng.random() < 0.7:
            tree[name][int(rng.integers(len(tree[name])))] = pick(rng, WORDS)
        else:
            tree[name] = pick(rng, WORDS)


def _forge_text(rng: Random, text: str) -> str:
    """The same document as no writer writes it."""
    way = int(rng.integers(6))
    if way == 0:
        return text + pick(rng, (" ", "\n", "x", "{}", "\x00"))
    if way == 1:
        key = pick(rng, ('"base_score": ', '"split_conditions": ', '"tree_info": ', '"name": '))
        first = text.find(key)
        rival = pick(rng, ('"0.9"', "[]", "[0, 0]", '"gbtree"', "1"))
        return text[:first] + key + rival + ", " + text[first:]
    if way == 2:
        at = text.find('"version"')
        depth = pick(rng, (50, 200, 2000, 100_000))
        return text[:at] + '"deep": ' + "[" * depth + "]" * depth + ", " + text[at:]
    if way == 3:
        at = text.find('"version"')
        return text[:at] + '"long": ' + "9" * pick(rng, (20, 400, 5000)) + ", " + text[at:]
    if way == 4:
        return pick(rng, ("\ufeff", " ", "\n\t", "\x00")) + text
    return text[: int(rng.integers(len(text)))]


def _forge_bytes(rng: Random, data: bytes) -> bytes:
    """A few bytes changed, or the end lost."""
    held = bytearray(data)
    if rng.random() < 0.2:
        return bytes(held[: int(rng.integers(2, len(held)))])
    for _ in range(pick(rng, (1, 1, 2, 8))):
        held[int(rng.integers(2, len(held)))] = int(rng.integers(256))
    return bytes(held)


def lightgbm(rng: Random) -> bytes:
    """A model of LightGBM's, mostly with something forged, as its text."""
    import lightgbm as lgb

    classes = pick(rng, (2, 2, 2, 3, 4))
    x, y = table(rng, classes)
    options: dict[str, Any] = {
        "objective": "binary" if classes == 2 else pick(rng, ("multiclass", "multiclassova")),
        "boosting": pick(rng, ("gbdt", "gbdt", "dart", "rf")),
        "num_leaves": pick(rng, (2, 6, 31)),
        "zero_as_missing": bool(rng.random() < 0.3),
        "use_missing": bool(rng.random() < 0.9),
        "min_data_in_leaf": 3,
        "min_data_per_group": 1,
        "cat_smooth": 1,
        "bagging_freq": 1,
        "bagging_fraction": 0.7,
        "sigmoid": pick(rng, (1.0, 1.0, 0.3, 2.5)),
        "linear_tree": bool(rng.random() < 0.1),
        "num_threads": 1,
        "verbose": -1,
    }
    options["zero_as_missing"] &= not options["linear_tree"]
    if classes > 2:
        options["num_class"] = classes
    chosen = [j for j in range(COLUMNS) if rng.random() < 0.2]
    for j in chosen:
        x[:, j] = np.abs(np.floor(x[:, j]))
    data = lgb.Dataset(x, label=y, categorical_feature=chosen, params=options)
    text = lgb.train(options, data, pick(rng, (1, 2, 5))).model_to_string()
    for _ in range(pick(rng, (0, 1, 1, 1, 2))):
        text = _forge_lines(rng, text)
    return text.encode("utf-8", "surrogatepass")


_LISTS = (
    *("split_feature", "threshold", "decision_type", "left_child", "right_child", "leaf_value"),
    *("cat_boundaries", "cat_threshold"),
)
_ODD = {
    "split_feature": (0, 1, 2, 3, -1, 10**6, 2**31, "x", "１"),
    "decision_type": (*range(16), 16, 255, -1, 2**31, "x"),
    "left_child": (-1, -2, -100, 0, 1, 100, 2**31, "x"),
    "right_child": (-1, -2, -100, 0, 1, 100, 2**31, "0.5"),
    "cat_boundaries": (0, 1, 2, -1, 100, 10**6),
    "cat_threshold": (0, 1, 6, 2**31, 2**32 - 1, 2**32, -1, "x"),
}
_HEADS = {
    "num_class": ("1", "2", "300", "0", "-1", "x"),
    "num_tree_per_iteration": ("1", "2", "3", "300", "0", "-1", "1_0", ""),
    "max_feature_idx": ("0", "1", "2", "9", "-1", "1000000", "x"),
    "objective": (
        *("binary", "binary sigmoid:0.5", "binary sigmoid:nan", "binary sigmoid:-1", "regression"),
        *("multiclass num_class:3", "multiclassova num_class:3 sigmoid:1", "lambdarank", "", "x"),
        *("binary sigmoid:1e-5", "multiclass num_class:2", "cross_entropy", "poisson"),
    ),
    "label_index": ("0", "x"),
    "version": ("v2", "v3", "v4", "v9", ""),
    "feature_names": ("a b c", "a b", "", "a b c d"),
    "num_leaves": ("1", "2", "3", "100", "-1", "x", "1e9"),
    "num_cat": ("0", "1", "2", "-1", "x"),
    "shrinkage": ("0.1", "1", "nan", "x"),
    "is_linear": ("0", "1", "x"),
}


def _forge_lines(rng: Random, text: str) -> str:
    """Change something in a model's text."""
    lines = text.split("\n")
    lines = [x for x in lines if not x.startswith("tree_sizes")]  # else it is cut by these
    way = rng.random()
    if way < 0.55:
        name = pick(rng, _LISTS)
        places = [i for i, x in enumerate(lines) if x.startswith(f"{name}=")]
        if places:
            at = pick(rng, places)
            words = lines[at].partition("=")[2].split(" ")
            odd = _ODD.get(name, (*NUMBERS, "1_0", "0x1p3", "1e-400", "+1", "1.", "x", "1d3", ""))
            words[int(rng.integers(len(words)))] = str(pick(rng, odd))
            lines[at] = f"{name}=" + " ".join(words)
    elif way < 0.75:
        name = pick(rng, list(_HEADS))
        places = [i for i, x in enumerate(lines) if x.startswith(f"{name}=")]
        if places:
            lines[pick(rng, places)] = f"{name}={pick(rng, _HEADS[name])}"
    elif way < 0.85:
        places = [i for i, x in enumerate(lines) if re.match(r"(leaf_value|threshold|num_)", x)]
        at = pick(rng, places)
        lines.insert(at, pick(rng, (lines[at], lines[at].partition("=")[0] + "=0", "")))
    elif way < 0.9:
        del lines[int(rng.integers(len(lines)))]
    elif way < 0.95:
        at = int(rng.integers(len(lines)))
        odd = ("\x0b", "\x0c", "\x1c", "\u2028", "\r", " ", "\t", "\x00", "\x85", "\x1c1")
        lines[at] = lines[at] + pick(rng, odd)
    else:
        return "\r\n".join(lines) if rng.random() < 0.5 else text[: int(rng.integers(len(text)))]
    return "\n".join(lines)
