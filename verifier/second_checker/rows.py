"""The rows of a certificate, evaluated one by one: on how many the formula is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import IMPOSSIBLE
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.evaluation import Numbers, decide, forward
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter, Net
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.tree import leaf_at
from verifier.second_checker.variables import Interval


@dataclass(frozen=True, order=True)
class Row:
    """A point with the numbers of its continuous variables, and how often it was seen."""

    point: tuple[int, ...]
    numbers: tuple[Fraction, ...]
    times: int


def read_rows(parts: Mapping[str, bytes], case: Matter) -> tuple[Row, ...]:
    """The rows of rows.bin; none where the certificate has no such part."""
    if "rows.bin" not in parts:
        return ()
    integers = iter(_integers(parts["rows.bin"]))
    rows: list[Row] = []
    for _ in range(_one(integers)):
        times, point, numbers = _one(integers), [], []
        for v in case.domain.variables:
            if isinstance(v, Interval):
                x = _fraction(_one(integers), _one(integers))
                point.append(_piece(v, x * case.domain.denominator))
                numbers.append(x)
            else:
                point.append(_one(integers))
                if point[-1] >= len(v.whole):
                    raise CertificateError("rows.bin has a row that is no point of the domain")
        row = Row(tuple(point), tuple(numbers), times)
        if not times or (rows and (rows[-1].point, rows[-1].numbers) >= (row.point, row.numbers)):
            raise CertificateError("the rows of rows.bin are not in order, each once, or never")
        rows.append(row)
    if next(integers, None) is not None or not rows:
        raise CertificateError("rows.bin does not hold as many rows as it says")
    return tuple(rows)


def _one(integers: Iterator[int]) -> int:
    found = next(integers, None)
    if found is None:
        raise CertificateError("rows.bin ends within a row")
    return found


def _fraction(above: int, below: int) -> Fraction:
    """The number that is written as a numerator (even: half of it; odd: below zero)."""
    numerator = above // 2 if above % 2 == 0 else -(above // 2) - 1
    if below == 0 or Fraction(numerator, below).denominator != below:
        raise CertificateError("rows.bin has a number that is no reduced fraction")
    return Fraction(numerator, below)


def _piece(v: Interval, number: Fraction) -> int:
    """The piece that a number (over the domain's denominator) is in."""
    if number > v.last:
        raise CertificateError("rows.bin has a number above its interval")
    for start, begin, length in reversed(v.runs):
        if number > begin:
            return start + ceil((number - begin) / length) - 1
    raise CertificateError("rows.bin has a number that is not above its interval's beginning")


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
        # trees test at cuts, so a number goes where its piece goes
        classes = {m: leaf_at(tree, row.point) for m, tree in case.trees.items()}
        for model, net in case.nets.items():
            tally.spend(point_work(net))
            if isinstance(net, Forest):  # as of trees: tests are at cuts
                classes[model] = net.class_at(row.point)
                continue
            classes[model] = decide(forward(net.network, _columns(case, net, row))[-1][0])
        if truth(case.question, classes):
            yield row.times


def _columns(case: Matter, net: Net, row: Row) -> Numbers:
    """What a network sees of a row, over one denominator."""
    own = iter(row.numbers)
    held = [
        (next(own) * case.domain.denominator,) if isinstance(v, Interval) else v.row(i)
        for v, i in zip(case.domain.variables, row.point, strict=True)
    ]
    columns = [Fraction(x) for i in net.reads for x in held[i]]
    over = lcm(*(x.denominator for x in columns))
    return [int(x * over) for x in columns], over * case.domain.denominator
