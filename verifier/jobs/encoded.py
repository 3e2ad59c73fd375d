"""Encodings at points, and their sums in bins, about: in float64, for what is learned of them.

Nothing that is proved depends on these numbers: the kernel counts by its own.
"""

from __future__ import annotations

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.plain import Floats
from verifier.model.errors import CertificateError
from verifier.model.ordinal import IntegerRows


class Encoded:
    """The encodings of a domain without continuous variables at ``points`` (N, variables).

    ``x`` (N, columns) are they, times the domain's denominator. Raises CertificateError where they
    are beyond float64.
    """

    def __init__(self, asked: Asked, points: Ints) -> None:
        domain, parts = asked.domain, list[Floats]()
        self.every: list[tuple[slice, Floats]] = []
        """Of each variable its columns, and the encodings of its values; or of a range, the ends'.
        """
        try:
            self.unit = float(domain.denominator)
            for i, (start, rows) in enumerate(
                zip(domain.offsets, domain.integer_encoding, strict=True)
            ):
                own = points[:, i]
                if isinstance(rows, IntegerRows):
                    first, step = float(rows.first), float(rows.step)
                    table = np.array([[first], [first + step * (len(rows) - 1)]])
                    parts.append((first + step * own.astype(np.float64))[:, None])
                else:
                    table = np.array(rows, dtype=np.float64)
                    parts.append(table[own])
                self.every.append((slice(start, start + table.shape[1]), table))
        except OverflowError:
            raise CertificateError("encodings are beyond float64") from None
        self.x: Floats = np.hstack(parts)

    def sums(self, form: tuple[int, ...], bins: int) -> tuple[int, Ints]:
        """A width of bins, of about so many sums of them, and the sums of bins at the points.

        Raises CertificateError where they are beyond float64.
        """
        weights, top, held = np.array(form, dtype=np.float64) / self.unit, 0.0, list[Floats]()
        with np.errstate(all="ignore"):
            for own, table in self.every:
                if weights[own].any():
                    ends = table @ weights[own]
                    top += float(ends.max() - ends.min())
                    held.append(self.x[:, own] @ weights[own] - ends.min())
        if not np.isfinite(top):
            raise CertificateError("sums of encodings are beyond float64")
        width = max(1, int(top) // bins)
        total = np.zeros(len(self.x), dtype=np.int64)
        for part in held:
            total += np.floor(part / width).astype(np.int64)
        return width, total
