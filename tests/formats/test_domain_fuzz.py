"""Domain files with anything in the place of anything: a domain, or one line that says why not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.every import seeds
from tests.formats.test_impossible import AGE, COLOUR, TREE
from verifier.formats.json_files import read_domain
from verifier.model.domain import Domain
from verifier.model.errors import DomainError

VALUE = {
    "format": "leafproof-domain/2",
    "variables": [COLOUR, AGE, {"name": "dose", "from": 0, "to": 1, "step": 0.25}],
    "given": TREE,
    "impossible": [{"colour": "green", "age": [18, 20]}, {"dose": 0.5, "colour": ["red", "blue"]}],
}
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**70, 0.5, -0.25, 1e300, "", "red", "age", "1/3", "1/0", "nan"),
    *([], [[]], [18], [18, 20], [20, 18], [18, 20, 1], {}, {"a": 1}, {"red": 1}, {"weight": 1}),
    *("x" * 10_000, "a\nb", "\u202e", [None] * 3, {"variable": "age"}, 10**400, "1e400", 18.5),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    if not isinstance(value, dict | list):
        return []
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inner:
        found += [(*at, key), *places(part, (*at, key))]
    return found


def changed(rng: Random) -> Any:
    """The domain with one or two values replaced, left out or repeated."""
    value = copy.deepcopy(VALUE)
    for _ in range(rng.randint(1, 2)):
        *path, last = rng.choice(places(value))
        holder: Any = value
        for step in path:
            holder = holder[step]
        what = rng.random()
        if what < 0.7:
            holder[last] = copy.deepcopy(rng.choice(JUNK))
        elif what < 0.85:
            del holder[last]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[rng.choice(("x", "values", "weight", "at_most", "step"))] = holder[last]
    return value


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_whatever_a_file_holds_is_read_or_refused_in_one_line(seed: int, tmp_path: Path) -> None:
    rng, read = Random(seed), 0
    for _ in range(60):
        path = tmp_path / "domain.json"
        path.write_text(json.dumps(changed(rng)))
        try:
            domain = read_domain(path)
        except DomainError as problem:
            assert "\n" not in str(problem) and len(str(problem)) < 1000
            continue
        read += 1
        assert isinstance(domain, Domain) and domain.size > 0
        again = tmp_path / "again.json"
        domain.save(again)
        assert read_domain(again) == domain
    assert read < 60
