"""Where a domain came from: asked for by name, assumed, or read from a file.

It is the file's own word, but for what can be checked: ``bits`` and ``signs`` are those domains.
"""

from __future__ import annotations

from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import DomainError

ASSUMED, BITS, SIGNS, FILE = "bits assumed", "bits", "signs", "file"
ORIGINS = (ASSUMED, BITS, SIGNS, FILE)


def kind_of(domain: Domain) -> str:
    """``bits`` or ``signs`` if the domain is what these words stand for, else ``product``."""
    for kind, make in ((BITS, bits), (SIGNS, signs)):
        if domain.variables[:1] == make(1).variables and domain == make(len(domain.variables)):
            return kind
    return "product"


def check_origin(origin: str | None, domain: Domain) -> None:
    """Raise DomainError for an origin that is none, or that cannot be this domain's."""
    if origin is None or origin == FILE:
        return
    if origin not in ORIGINS:
        raise DomainError(f"the domain's origin is not one of {', '.join(ORIGINS)}")
    if kind_of(domain) != (BITS if origin == ASSUMED else origin):
        raise DomainError(f'the domain is said to be "{origin}", which it is not')
