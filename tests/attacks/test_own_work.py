"""A search that took hours could end in "more steps than the limit", with nothing written.

The limit of work is for files that somebody else made. What a command of the user's own searches
for is ended by ``--timeout`` alone; only a sweep without one, of a domain that nobody can sweep,
is refused before it begins.
"""

import numpy as np
import pytest

from tests.attacks.test_narrow_numbers import ONE, narrow
from tests.saved import save_certificate
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.kernel.certificate import check_certificate
from verifier.model import limits
from verifier.model.domain import bits
from verifier.model.errors import TooMuch
from verifier.model.network import Affine, Network
from verifier.model.proof import Enumerated, Finding
from verifier.model.question import matter_of
from verifier.writing.json_nouns import write_tree


def test_our_own_proof_is_checked_whatever_it_takes(tmp_path, monkeypatch):
    monkeypatch.setenv(limits.WORK, "1")
    finding = Finding((Enumerated(),), ())
    held, verdict = save_certificate(
        tmp_path / "c", matter_of(bits(2), narrow(), ONE), finding, "by hand"
    )
    assert verdict.disagreements == (2, 2)
    with pytest.raises(TooMuch, match=limits.WORK):
        check_certificate(held)


@pytest.fixture
def wide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weight = np.ones((1, 90), np.float32)
    save_onnx(Network(90, (Affine(0, weight, np.array([-45], np.float32)),)), "net.onnx")
    write_tree("tree.json", ONE)


def test_a_sweep_without_end_is_refused_before_it_begins(wide, capfd):
    words = ["certify", "net.onnx", "tree.json", "--domain", "bits", "--prover", "exhaustive"]
    assert run(words) == 3
    out, err = capfd.readouterr()
    assert not out and err.count("\n") == 1
    assert "sweeping the domain without a --timeout" in err and limits.WORK in err


def test_a_sweep_with_a_limit_sweeps_what_it_can(wide, capfd, patient):
    words = ["certify", "net.onnx", "tree.json", "--domain", "bits", "--prover", "exhaustive"]
    assert run([*words, "--timeout", "0.3"]) in (1, 2)
    assert capfd.readouterr().out
