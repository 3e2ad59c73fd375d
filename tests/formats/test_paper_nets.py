from pathlib import Path

import numpy as np

from tests.benchmarks.paper_nets import load_paper_net
from verifier.model.domain import signs
from verifier.model.network import exact_classes
from verifier.model.tree import bind, classify


def test_the_loader_reads_the_documented_layout(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    widths = [3, 4, 4, 4, 4]
    arrays = {f"W{i}": rng.normal(size=(4, widths[i])).astype(np.float32) for i in range(4)}
    arrays["W4"] = rng.normal(size=(1, 4)).astype(np.float32)
    arrays |= {f"b{i}": rng.normal(size=len(arrays[f"W{i}"])).astype(np.float32) for i in range(5)}
    leaves = '"left": {"class": 0}, "right": {"class": 1}'
    tree = '{"format": "leafproof-tree/1", "root": {"column": 2, "threshold": 0.0, ' + leaves + "}}"
    np.savez(tmp_path / "net.npz", tree=np.array(tree), **arrays)
    teacher, student, domain = load_paper_net(tmp_path / "net.npz")
    assert domain == signs(3)
    points = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    expected = []
    for point in points:
        h = np.maximum(arrays["W0"] @ (2.0 * np.array(point) - 1) + arrays["b0"], 0)
        for i in (1, 2, 3):
            h = h + np.maximum(arrays[f"W{i}"] @ h + arrays[f"b{i}"], 0)
        expected.append(int((arrays["W4"] @ h + arrays["b4"])[0] > 0))
    assert exact_classes(teacher, domain, points) == expected
    assert [classify(bind(student, domain), p) for p in points] == [p[2] for p in points]
