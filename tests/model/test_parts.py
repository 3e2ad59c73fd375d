"""Parts of a variable's values: masks and ranges do what sets do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.part import (
    contains,
    first,
    going_left,
    meet,
    ranged,
    size,
    value_at,
    values,
    within,
)

MASKS = st.integers(0, (1 << 12) - 1)
RANGES = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda ends: ranged(*ends))
LEFT = st.integers(0, 12).map(range)


@given(MASKS | RANGES)
def test_a_part_is_a_set_of_values(part):
    held = set(values(part))
    assert size(part) == len(held)
    assert [v for v in range(14) if contains(part, v)] == sorted(held)
    if held:
        assert first(part) == min(held) == value_at(part, 0)
        assert value_at(part, len(held) - 1) == max(held)


@given(st.tuples(MASKS, MASKS) | st.tuples(RANGES, LEFT))
def test_a_part_is_cut_in_those_inside_and_those_outside(pair):
    part, left = pair
    inside, outside = within(part, left)
    assert set(values(inside)) == set(values(part)) & set(values(left))
    assert set(values(outside)) == set(values(part)) - set(values(left))
    assert meet(part, left) == inside


@given(RANGES, RANGES)
def test_ranges_meet_in_a_range(part, other):
    assert set(meet(part, other)) == set(part) & set(other)


def test_empty_parts_are_equal_to_each_other():
    assert ranged(5, 5) == ranged(7, 2) == range(0) == within(range(3, 9), range(2))[0]


@pytest.mark.parametrize("work", [within, meet])
@pytest.mark.parametrize("pair", [(7, range(2)), (range(2), 7)])
def test_a_mask_does_not_cut_a_range(work, pair):
    with pytest.raises(LeafproofError, match="categorical variables have sets"):
        work(*pair)


def test_the_longest_ranges_are_counted_exactly():
    whole = range(1 << 62)
    inside, outside = within(whole, going_left(whole, 12))
    assert (size(inside), size(outside)) == (13, (1 << 62) - 13)


@given(st.data())
def test_a_cell_is_split_into_its_points(data):
    parts = tuple(data.draw(st.lists((MASKS | RANGES).filter(bool), min_size=1, max_size=3)))
    cell = Cell(parts)
    index = data.draw(st.integers(0, len(parts) - 1))
    part = parts[index]
    left = data.draw(st.sampled_from(values(part)) if isinstance(part, range) else MASKS)
    inside, outside = within(part, going_left(part, left))
    if inside and outside and (isinstance(part, range) or left == inside):
        halves = cell.split(index, left)
        assert sorted(p for half in halves for p in half.points()) == sorted(cell.points())
        assert all(p[index] in set(values(inside)) for p in halves[0].points())
    else:
        with pytest.raises(ValueError, match="not split"):
            cell.split(index, left)
    assert len(list(cell.points())) == cell.size
    assert [cell.point_at(i) for i in range(min(cell.size, 40))] == list(cell.points())[:40]
    assert all(map(cell.contains, cell.points()))


def test_points_of_a_long_range_are_made_one_by_one():
    cell = Cell((range(10, 1 << 60), 0b101))
    points = cell.points()
    assert [next(points) for _ in range(3)] == [(10, 0), (10, 2), (11, 0)]
    with pytest.raises(LeafproofError, match="categorical variables only"):
        cell.masks  # noqa: B018
