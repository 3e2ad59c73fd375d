"""The rows of a certificate, evaluated one by one: on how many the formula is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.model.errors import CertificateError
from verifier.second_checker.bounds import decide, logits
from verifier.second_checker.domain import IMPOSSIBLE
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.tree import leaf_at


@dataclass(frozen=True)
class Row:
    """A point, and how often it was seen."""

    times: int
    point: tuple[int, ...]


def read_rows(parts: Mapping[str, bytes], case: Matter) -> tuple[Row, ...]:
    """The rows of rows.bin; none where the certificate has no such part."""
    if "rows.bin" not in parts:
        return ()
    integers = _integers(parts["rows.bin"])
    width = 1 + len(case.domain.variables)
    if not integers or len(integers) != 1 + integers[0] * width or not integers[0]:
        raise CertificateError("rows.bin does not hold as many rows as it says")
    rows: list[Row] = []
    for at in range(1, len(integers), width):
        times, *point = integers[at : at + width]
        counts = (len(v.whole) for v in case.domain.variables)
        if not times or any(x >= n for x, n in zip(point, counts, strict=True)):
            raise CertificateError("rows.bin has a row that is no point of the domain")
        if rows and rows[-1].point >= tuple(point):
            raise CertificateError("the rows of rows.bin are not in order, each once")
        rows.append(Row(times, tuple(point)))
    return tuple(rows)


def _integers(data: bytes) -> list[int]:
    """Numbers in base 128, least digit first; a byte of 128 or more has another after it."""
    found, value, shift = [], 0, 0
    for byte in data:
        value += (byte % 128) << shift
        shift += 7
        if byte < 128:
            if byte == 0 and shift > 7:
                raise CertificateError("rows.bin has an integer that is longer than it needs to be")
            found.append(value)
            value = shift = 0
        elif shift > 1 << 14:
            raise CertificateError("rows.bin has an integer that is too long")
    if shift:
        raise CertificateError("rows.bin ends within an integer")
    return found


def true_rows(case: Matter, rows: tuple[Row, ...], tally: Tally) -> tuple[int, int]:
    """How many rows there are, and on how many the formula is true."""
    return sum(row.times for row in rows), sum(_true(case, rows, tally))


def _true(case: Matter, rows: tuple[Row, ...], tally: Tally) -> Iterator[int]:
    for row in rows:
        if leaf_at(case.domain.tree, row.point) == IMPOSSIBLE:
            raise CertificateError("rows.bin has a row that the domain calls impossible")
        classes = {m: leaf_at(tree, row.point) for m, tree in case.trees.items()}
        for model, net in case.nets.items():
            tally.spend(point_work(net))
            classes[model] = decide(logits(net.network, net.inputs, net.point(row.point))[-1][0])
        if truth(case.question, classes):
            yield row.times
