"""Matrix products for the compiled search: small tiles whose sums stay in vector registers.

Products here are of some tens of rows and columns, where a call of a linear algebra library costs
as much as the product, and where a loop that adds to memory is several times slower.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
FLOAT = ir.FloatType()
VECTOR = ir.VectorType(FLOAT, LANES)


def make_tile(rows: int, vectors: int, *, absolute: bool = False) -> Any:
    """A compiled function for ``rows`` rows and ``vectors * LANES`` columns of a product.

    ``tile(left, row, chosen, count, right, column, out)`` sets ``out[row + r, column + f]`` to the
    sum over the first ``count`` indices j in ``chosen`` of ``left[row + r, j] * right[j, column +
    f]``, or of ``left[row + r, j] * abs(right[j, column + f])`` where it is ``absolute``. All
    matrices are float32 and contiguous by rows; ``chosen`` holds int64.
    """

    def tile(
        _: Any, left: Any, row: Any, chosen: Any, count: Any, right: Any, column: Any, out: Any
    ) -> Any:
        signature = types.void(left, row, chosen, count, right, column, out)
        return signature, lambda *a: _generate(rows, vectors, absolute, *a)

    return intrinsic(tile)


def _generate(
    rows: int,
    vectors: int,
    absolute: bool,
    context: Any,
    builder: Any,
    signature: Any,
    arguments: Any,
) -> Any:
    """Emit one tile: accumulators in registers, one step of the loop for every chosen index."""
    kinds, (left, row, chosen, count, right, column, out) = signature.args, arguments
    held = {}
    for name, kind, value in (
        ("left", kinds[0], left),
        ("chosen", kinds[2], chosen),
        ("right", kinds[4], right),
        ("out", kinds[6], out),
    ):
        array = context.make_array(kind)(context, builder, value)
        shape = cgutils.unpack_tuple(builder, array.shape)
        held[name] = array.data, shape[-1]

    def at(name: str, i: Any, j: Any) -> Any:
        data, width = held[name]
        return builder.gep(data, [builder.add(builder.mul(i, width), j)])

    def vector_at(name: str, i: Any, j: Any, v: int) -> Any:
        place = at(name, i, builder.add(j, ir.Constant(j.type, LANES * v)))
        return builder.bitcast(place, VECTOR.as_pointer())

    zero = ir.Constant(VECTOR, [0.0] * LANES)
    sums = [[cgutils.alloca_once_value(builder, zero) for _ in range(vectors)] for _ in range(rows)]
    lines = [builder.add(row, ir.Constant(row.type, r)) for r in range(rows)]
    for line in sums:
        for place in line:
            builder.store(zero, place)
    with cgutils.for_range(builder, count) as loop:
        j = builder.load(builder.gep(held["chosen"][0], [loop.index]))
        parts = [builder.load(vector_at("right", j, column, v), align=4) for v in range(vectors)]
        if absolute:
            parts = [_absolute(builder, part) for part in parts]
        for r in range(rows):
            factor = _broadcast(builder, builder.load(at("left", lines[r], j)))
            for v in range(vectors):
                grown = builder.fmul(factor, parts[v], flags=("contract",))
                old = builder.load(sums[r][v])
                builder.store(builder.fadd(old, grown, flags=("contract",)), sums[r][v])
    for r in range(rows):
        for v in range(vectors):
            builder.store(builder.load(sums[r][v]), vector_at("out", lines[r], column, v), align=4)
    return context.get_dummy_value()


def _broadcast(builder: Any, value: Any) -> Any:
    """A vector with ``value`` in every lane."""
    first = builder.insert_element(
        ir.Constant(VECTOR, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, first, mask)


def _absolute(builder: Any, value: Any) -> Any:
    """A vector without its signs."""
    bits = ir.VectorType(ir.IntType(32), LANES)
    unsigned = ir.Constant(bits, [0x7FFFFFFF] * LANES)
    return builder.bitcast(builder.and_(builder.bitcast(value, bits), unsigned), VECTOR)
