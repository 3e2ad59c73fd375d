import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from verifier.formats.load import read_teacher
from verifier.formats.onnx_writer import save_onnx
from verifier.model.errors import NetworkError
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree

TEACHER = Network(2, (Affine(0, np.ones((1, 2)), np.zeros(1)),))


@pytest.mark.parametrize("name", ["net.onnx", "net", "net.bin"])
def test_onnx_by_content(name: str, tmp_path: Path) -> None:
    save_onnx(TEACHER, tmp_path / name)
    assert read_teacher(tmp_path / name).widths == (2, 1)


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("exploded"),)  # type: ignore[return-value]


def test_pickles_are_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("net.pt", "net.onnx", "net.npz", "net"):
        Path(name).write_bytes(pickle.dumps(_Bomb()))
        with pytest.raises(NetworkError, match="export the network to ONNX") as caught:
            read_teacher(name)
        assert "\n" not in str(caught.value)
    assert not Path("exploded").exists()


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
