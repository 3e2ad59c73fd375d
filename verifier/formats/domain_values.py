"""Users' domains as JSON values: what certificates know, and what is said in a shorter way.

``"weights"`` stand for probabilities, a range may leave its step out, ``"impossible"`` lists
combinations that cannot occur, and leaves of ``"given"`` need not repeat the variables' own
probabilities. A certificate holds none of that: it has the nouns that are made of it here.
"""

from __future__ import annotations

from typing import Any

from verifier.formats.combinations import combination, without
from verifier.formats.conditions import given_of
from verifier.formats.intervals import continuous, cuts_named
from verifier.formats.ranges import ordinal
from verifier.formats.variables import shares
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.ordinal import AnyVariable
from verifier.reading.continuous_json import continuous_from_json
from verifier.reading.json_nouns import DOMAIN_FORMAT, RANGES, domain_from_json
from verifier.reading.json_text import kind_of, unknown_keys
from verifier.reading.json_values import list_of, numbers_of, word_of

_RANGE = ("name", "from", "to", "step", "probabilities", "weights")
_INTERVAL = ("name", "interval", "density", "weights", "pieces")
_NEWER = ("given", "impossible")


def user_domain(value: Any) -> Domain:
    """The domain that a file's JSON value stands for. Raises DomainError naming the place."""
    if not isinstance(value, dict) or value.get("format") != RANGES:
        _refuse_newer(value)
        return domain_from_json(_weighed(value))
    if problem := unknown_keys(list(value), ("format", "variables", *_NEWER)):
        raise DomainError(problem)
    if "variables" not in value:
        raise DomainError('there is no "variables": add it')
    listed = _list(value, "variables")
    domain = Domain(tuple(_variable(f"variables[{i}]", entry) for i, entry in enumerate(listed)))
    entries = _list(value, "impossible") if "impossible" in value else []
    domain = cuts_named(domain, value.get("given"), entries)
    if "given" in value:
        domain = given_of(domain, value["given"])
    held = [combination(f"impossible[{i}]", domain, x) for i, x in enumerate(entries)]
    return without(domain, held)


def _list(value: dict[str, Any], key: str) -> list[Any]:
    if not isinstance(value[key], list):
        raise DomainError(f"{key} is {kind_of(value[key])}, not a list")
    return list(value[key])


def _refuse_newer(value: Any) -> None:
    """Raise DomainError where a file of version 1 says what only version 2 has."""
    listed = value.get("variables") if isinstance(value, dict) else None
    if not isinstance(listed, list) or value.get("format") != DOMAIN_FORMAT:
        return
    where = [key for key in _NEWER if key in value]
    where += [
        f"variables[{i}]: a range"
        for i, entry in enumerate(listed)
        if isinstance(entry, dict) and ("from" in entry or "interval" in entry)
    ]
    if where:
        raise DomainError(f'{where[0]} needs "format": "{RANGES}"')


def _weighed(value: Any) -> Any:
    """The JSON value of a domain with probabilities in place of weights."""
    if not isinstance(value, dict) or not isinstance(value.get("variables"), list):
        return value
    listed = [_with_chances(f"variables[{i}]", x) for i, x in enumerate(value["variables"])]
    return value | {"variables": listed}


def _with_chances(where: str, entry: Any) -> Any:
    """A categorical variable with probabilities in place of weights."""
    if not isinstance(entry, dict) or "weights" not in entry:
        return entry
    if "probabilities" in entry:
        raise DomainError(f"{where} has both probabilities and weights: leave one out")
    numbers = numbers_of(f"{where}.weights", list_of(where, entry, "weights"))
    plain = {key: x for key, x in entry.items() if key != "weights"}
    return plain | {"probabilities": list(shares(numbers, where))}


def _continuous(where: str, entry: dict[str, Any]) -> Continuous:
    """An interval of real numbers with a density."""
    if problem := unknown_keys(list(entry), _INTERVAL):
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "interval"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": an interval has "name" and "interval"')
    if "pieces" in entry:
        return continuous_from_json(where, entry)
    name, ends = word_of(f"{where}.name", entry["name"]), list_of(where, entry, "interval")
    if len(ends) != 2:
        raise DomainError(f"{where} ({quoted(name)}).interval is not [from, to]")
    density = {key: list_of(where, entry, key) for key in ("density", "weights") if key in entry}
    return continuous(name, *ends, **density)


def _variable(where: str, entry: Any) -> AnyVariable:
    if not isinstance(entry, dict):
        raise DomainError(f"{where} is {kind_of(entry)}, not an object")
    if "interval" in entry or "density" in entry:
        return _continuous(where, entry)
    if "from" not in entry and "to" not in entry:
        plain = {"format": DOMAIN_FORMAT, "variables": [_with_chances(where, entry)]}
        try:
            return domain_from_json(plain).variables[0]
        except DomainError as error:
            raise DomainError(str(error).replace("variables[0]", where, 1)) from None
    if problem := unknown_keys(list(entry), _RANGE):
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "from", "to"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": a range has "name", "from" and "to"')
    name = word_of(f"{where}.name", entry["name"])
    runs = {
        key: list_of(f"{where} ({quoted(name)})", entry, key)
        for key in ("probabilities", "weights")
        if key in entry
    }
    return ordinal(name, entry["from"], entry["to"], entry.get("step", 1), **runs)
