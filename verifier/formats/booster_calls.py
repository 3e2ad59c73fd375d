"""How each library of boosters is called: one file's bytes to its model, and what is asked of that.

The libraries are loaded where they are called.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy.typing as npt

from verifier.formats.runtime import Floats

Answer = npt.NDArray[Any]


class Way(NamedTuple):
    """What is asked: scores before (``raw``) or after what makes probabilities of them.

    Of XGBoost up to so many ``rounds`` (None: all), and whether it drops trees (``dart``).
    """

    raw: bool
    rounds: int | None = None
    dart: bool = False


class Calls(NamedTuple):
    """A library's ``name`` for people, and its own functions.

    ``opened`` makes a model of a file's bytes, ``columns`` counts what it reads, ``run`` gives its
    scores at rows (N, columns); ``problem`` is what the library raises. It loads several times
    faster without the modules ``beside``, which it can do without and no call here needs.
    """

    name: str
    opened: Callable[[bytes], Any]
    columns: Callable[[Any], int]
    run: Callable[[Any, Floats, Way], Any]
    problem: Callable[[], type[Exception]]
    beside: tuple[str, ...] = ()


def _open_xgboost(data: bytes) -> Any:
    import xgboost

    return xgboost.Booster(model_file=bytearray(data))


def _run_xgboost(booster: Any, rows: Floats, way: Way) -> Any:
    span = (0, way.rounds or 0)
    if way.dart:
        import xgboost

        kinds = {"feature_types": booster.feature_types, "enable_categorical": True}
        matrix = xgboost.DMatrix(rows, feature_names=booster.feature_names, **kinds)
        return booster.predict(matrix, output_margin=way.raw, iteration_range=span)
    return booster.inplace_predict(
        rows,
        iteration_range=span,
        predict_type="margin" if way.raw else "value",
        validate_features=False,
    )


def _xgboost_problem() -> type[Exception]:
    from xgboost.core import XGBoostError

    return XGBoostError  # type: ignore[no-any-return]


def _open_lightgbm(data: bytes) -> Any:
    import lightgbm

    return lightgbm.Booster(model_str=data.decode())


def _lightgbm_problem() -> type[Exception]:
    from lightgbm.basic import LightGBMError

    return LightGBMError  # type: ignore[no-any-return]


def _open_catboost(data: bytes) -> Any:
    import catboost

    with tempfile.TemporaryDirectory(prefix="leafproof.") as place:  # of bytes it takes no JSON
        path = Path(place) / "model"
        path.write_bytes(data)
        kind = "json" if data.lstrip().startswith(b"{") else "cbm"
        return catboost.CatBoost().load_model(str(path), format=kind)


def _run_catboost(booster: Any, rows: Floats, way: Way) -> Any:
    kind = "RawFormulaVal" if way.raw else "Probability"
    return booster.predict(rows, prediction_type=kind, thread_count=1)


def _catboost_problem() -> type[Exception]:
    from catboost import CatBoostError

    return CatBoostError  # type: ignore[no-any-return]


def json_of(booster: Any) -> bytes:
    """A model of CatBoost as its JSON, which it writes to files alone."""
    with tempfile.TemporaryDirectory(prefix="leafproof.") as place:
        path = Path(place) / "model.json"
        booster.save_model(str(path), format="json")
        return path.read_bytes()


_FRAMES = "sklearn", "pandas", "pyarrow", "dask", "matplotlib"
LIBRARIES = {
    "xgboost": Calls(
        "XGBoost",
        _open_xgboost,
        lambda booster: int(booster.num_features()),
        _run_xgboost,
        _xgboost_problem,
        _FRAMES,
    ),
    "lightgbm": Calls(
        "LightGBM",
        _open_lightgbm,
        lambda booster: int(booster.num_feature()),
        lambda booster, rows, way: booster.predict(rows, raw_score=way.raw),
        _lightgbm_problem,
        _FRAMES,
    ),
    "catboost": Calls(
        "CatBoost",
        _open_catboost,
        lambda booster: len(booster.feature_names_),
        _run_catboost,
        _catboost_problem,
    ),
}
"""By the names of their modules."""
