"""CPU seconds of the kernel and of both builds of the verified checker on the same certificates."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.families import RECIPES, load
from verifier import verified
from verifier.formats.variables import one_hot
from verifier.jobs.certify import certify
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Leaf, Tree
from verifier.reading import container
from verifier.reading.certificate import read_certificate

FAMILIES = ("d8", "d12", "d16", "d24-wd0.1-s0", "count24", "onehot20x5")
SECONDS = 60.0


def swept(domain: Domain) -> bytes:
    """A certificate of a small random network whose every point is evaluated."""
    rng = np.random.default_rng(7)
    hidden = Affine(
        0,
        rng.normal(size=(16, domain.columns)).astype(np.float32),
        rng.normal(size=16).astype(np.float32),
    )
    out = Affine(2, rng.normal(size=(1, 16)).astype(np.float32), np.zeros(1, dtype=np.float32))
    teacher = Network(domain.columns, (hidden, Relu(1), out))
    result = certify(teacher, Tree((Leaf(0),)), domain, prover="exhaustive", timeout=SECONDS)
    assert result.data is not None
    return result.data


def certificates() -> list[tuple[str, Callable[[], bytes]]]:
    """Names, and how the file is made."""

    def family(name: str) -> bytes:
        case = load(next(r for r in RECIPES if r.name == name))
        result = certify(case.teacher, case.tree, case.domain, timeout=SECONDS)
        assert result.data is not None
        return result.data

    labels = ["a", "b", "c"]
    return [
        *((name, lambda name=name: family(name)) for name in FAMILIES),
        ("sweep of 4,096 points", lambda: swept(bits(12))),
        (
            "sweep of 3^8 one-hot",
            lambda: swept(Domain(tuple(one_hot(f"v{i}", labels) for i in range(8)))),
        ),
    ]


def of_children(work: Callable[[], object]) -> float:
    """CPU seconds of the processes that some work starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def print_times() -> None:
    """A row a certificate."""
    print(
        f"\n{'CPU seconds':24}{'cells':>8}{'kernel':>9}{'native':>9}{'ratio':>7}"
        f"{'Python':>9}{'ratio':>7}"
    )
    held = os.environ.pop(verified.VARIABLE, None)
    builds = {"native": verified.build()}
    os.environ[verified.VARIABLE] = "python"
    builds["python"] = verified.build()
    if held is None:
        del os.environ[verified.VARIABLE]
    else:
        os.environ[verified.VARIABLE] = held
    with tempfile.TemporaryDirectory() as name:
        for title, made in certificates():
            path = Path(name) / "c"
            path.write_bytes(made())
            certificate = read_certificate(path)
            check_certificate(certificate)  # what is loaded at first is not counted
            start = time.process_time()
            check_certificate(read_certificate(path))
            kernel = time.process_time() - start
            members = container.unpack(path.read_bytes())
            spent = {
                kind: of_children(lambda build=build, held=members: verified.run(held, using=build))
                for kind, build in builds.items()
            }
            cells = (len(certificate.proof) + 1) // 2
            row = "".join(f"{spent[k]:>9.2f}{spent[k] / kernel:>7.1f}" for k in builds)
            print(f"{title:24}{cells:>8}{kernel:>9.3f}{row}", flush=True)


if __name__ == "__main__":
    print_times()
    sys.exit(0)
