"""The verified checker beside the kernel: do they agree, and how long does each take?

python -m tests.benchmarks verified                 the corpus, 10,000 mutations, times
python -m tests.benchmarks verified --mutations N   so many mutations
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from tests.benchmarks.agreement_times import print_times
from tests.certificates import matter_mutations, mutations
from verifier import verified
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.reading import container
from verifier.reading.certificate import read_certificate

CORPUS = Path(__file__).parents[1] / "certificates"
MUTATIONS = 10_000
CERTIFICATES = 40
"""Of each format, that are mutated."""
SAME, OUTSIDE = "the same", "outside"
"""OUTSIDE: the ZIP container or the manifest's hashes, which the verified checker does not read."""
STRICTER, WORSE = "kernel stricter", "verified stricter"
"""The first: the verified checker accepts what the kernel refuses."""
NAMED = "float32"
"""The kernel refuses what is stated of float32, of which the verified checker says nothing."""
COLUMNS = (SAME, OUTSIDE, NAMED, STRICTER, WORSE, "numbers")


def kernel(path: Path) -> tuple[str, str, object]:
    """The kernel's word, its reason, and what it finds."""
    try:
        verdict = check_certificate(read_certificate(path))
    except InvalidProof as error:
        return "invalid", str(error), None
    except LeafproofError as error:
        return "malformed", str(error), None
    return "accepted", "", (verdict.disagreements, verdict.error)


def inside(data: bytes) -> dict[str, bytes] | None:
    """The members, if the container around them and its hashes are as they must be."""
    try:
        members = container.unpack(data)
        manifest = json.loads(members["manifest.json"])
        stated = manifest["sha256"]
    except (LeafproofError, KeyError, TypeError, ValueError):
        return None
    hashes = {n: sha256(d).hexdigest() for n, d in members.items() if n != "manifest.json"}
    text = json.dumps(manifest, ensure_ascii=False).encode(errors="replace")
    good = stated == hashes and text == members["manifest.json"]
    return members if good and container.pack(members.items()) == data else None


def compared(path: Path, build: verified.Build) -> tuple[str, str]:
    """How the two words about a file compare, and both in words."""
    members = inside(path.read_bytes())
    if members is None:
        return OUTSIDE, ""
    word, why, numbers = kernel(path)
    found = verified.run(members, using=build, reasons=False)
    told = f"kernel {word} ({why[:90]}), verified {found.word} ({found.why[:60]})"
    if word == found.word == "accepted":
        assert found.answer is not None
        same = numbers == (found.answer.points, found.answer.probability)
        return (SAME if same else "numbers"), f"{numbers} and {found.answer}"
    if found.word == "accepted":
        return (NAMED if "float32" in why else STRICTER), told
    if word == "accepted":
        return WORSE, told
    return SAME, told


def mutants(count: int) -> Iterator[tuple[str, str, bytes]]:
    """Kind and name of each mutation of a valid certificate, and its bytes: both formats."""
    kinds = [
        *(("1: " + kind, mutations.certificate, 1) for kind in mutations.MUTATIONS),
        *(("2: " + kind, matter_mutations.certificate, 2) for kind in matter_mutations.MUTATIONS),
    ]
    for i in range(count):
        kind, make, form = kinds[i % len(kinds)]
        seed = i // len(kinds) % CERTIFICATES
        parts = make(seed)
        if form == 1:
            rng = np.random.default_rng([i, 11])
            data = mutations.MUTATIONS[kind[3:]](rng, parts)
        else:
            data, _ = matter_mutations.mutant(random.Random(f"{kind} {i}"), parts, kind[3:])
        if data:
            yield kind, f"{kind}, number {i} of seed {seed}", data


def table(rows: dict[str, Counter[str]]) -> None:
    """A row a kind."""
    print(f"{'':26}" + "".join(f"{name:>19}" for name in COLUMNS))
    total: Counter[str] = Counter()
    for kind, seen in rows.items():
        print(f"{kind:26}" + "".join(f"{seen[name]:>19}" for name in COLUMNS))
        total += seen
    print(f"{'all':26}" + "".join(f"{total[name]:>19}" for name in COLUMNS), flush=True)


def main(options: list[str] | None = None) -> None:
    """Print the tables, and every difference by name."""
    match options or []:
        case []:
            count = MUTATIONS
        case ["--mutations", number]:
            count = int(number)
        case _:
            raise SystemExit("only --mutations N is known")
    build = verified.build()
    print(f"the kernel beside the verified checker ({build.words})\n")
    differences = []
    rows: dict[str, Counter[str]] = {}
    for folder in ("valid", "invalid", "malformed"):
        for path in sorted((CORPUS / folder).iterdir()):
            how, told = compared(path, build)
            rows.setdefault(folder, Counter())[how] += 1
            if how not in (SAME, OUTSIDE):
                differences.append(f"{folder}/{path.name}: {how}: {told}")
    table(rows)
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mutant"
        for kind, what, data in mutants(count):
            path.write_bytes(data)
            how, told = compared(path, build)
            rows.setdefault(kind, Counter())[how] += 1
            if how not in (SAME, OUTSIDE):
                differences.append(f"{what}: {how}: {told}")
    print(f"\n{count} mutations")
    table(rows)
    print(f"\n{len(differences)} differences")
    for line in differences:
        print(f"  {line}")
    print_times()
