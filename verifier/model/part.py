"""Parts: what a cell leaves of one variable's values.

Of a categorical variable it is a mask: bit ``v`` says that value v is in. Of an ordinal it is a
range of value indices with step 1. The empty parts are 0 and ``range(0)``.
"""

from __future__ import annotations

from verifier.model.errors import LeafproofError

Part = int | range


def size(part: Part) -> int:
    """Number of values (``len`` of a range ends at 2^63)."""
    return part.bit_count() if isinstance(part, int) else part.stop - part.start


def first(part: Part) -> int:
    """The lowest value of a part that is not empty."""
    return (part & -part).bit_length() - 1 if isinstance(part, int) else part.start


def split_number(left: Part) -> int:
    """What goes left as a Split writes it: a mask, or the last index of a range."""
    return left if isinstance(left, int) else left.stop - 1


def contains(part: Part, value: int) -> bool:
    """Whether the value is in the part."""
    return bool(part >> value & 1) if isinstance(part, int) else value in part


def values(part: Part) -> tuple[int, ...]:
    """The values in increasing order; for parts of few values."""
    if isinstance(part, range):
        return tuple(part)
    low = first(part)
    bits = reversed(f"{part >> low:b}") if part else ""
    return tuple(v for v, bit in enumerate(bits, low) if bit == "1")


def value_at(part: Part, rank: int) -> int:
    """The value that ``rank`` others of the part are below."""
    return part.start + rank if isinstance(part, range) else values(part)[rank]


def within(part: Part, left: Part) -> tuple[Part, Part]:
    """The values of a part that are in ``left``, and the others.

    Of a range both are ranges: ``left`` begins no later than the part does.
    """
    if isinstance(part, int) and isinstance(left, int):
        return part & left, part & ~left
    if isinstance(part, range) and isinstance(left, range) and left.start <= part.start:
        at = min(max(left.stop, part.start), part.stop)
        return ranged(part.start, at), ranged(at, part.stop)
    raise _mixed(part, left)


def meet(part: Part, other: Part) -> Part:
    """The values that are in both parts."""
    if isinstance(part, int) and isinstance(other, int):
        return part & other
    if isinstance(part, range) and isinstance(other, range):
        return ranged(max(part.start, other.start), min(part.stop, other.stop))
    raise _mixed(part, other)


def ranged(start: int, stop: int) -> range:
    """The range, ``range(0)`` if it is empty."""
    return range(start, stop) if start < stop else range(0)


def going_left(whole: Part, left: int) -> Part:
    """The part that the integer of a proof's Split stands for: a mask, or the last index."""
    return left if isinstance(whole, int) else ranged(0, left + 1)


def _mixed(part: Part, other: Part) -> LeafproofError:
    return LeafproofError(
        f"{_kind(other)} does not divide {_kind(part)}: categorical variables have sets of values, "
        "ordinals have ranges"
    )


def _kind(part: Part) -> str:
    return "a set of values" if isinstance(part, int) else f"the range from {part.start}"
