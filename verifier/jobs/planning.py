"""What a plan of tests starts from: network, tree and domain, and what a certificate states."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.formats.load import load_network, load_tree_for, read_domain, read_tree
from verifier.jobs.against import difference
from verifier.jobs.loading import Source, StrPath
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.errors import CertificateError, LeafproofError, quoted
from verifier.model.network import Network, check_columns
from verifier.model.origin import BITS
from verifier.model.tree import Tree, check_fits
from verifier.reading.certificate import certificate_of
from verifier.reading.files import read_bytes
from verifier.writing.models_json import same_teacher

if TYPE_CHECKING:
    from verifier.formats.heads import Number


@dataclass(frozen=True)
class Stated:
    """What a certificate's file states, not checked: its error, and on how many points it lies.

    ``points`` is None where they are not counted; ``solvers`` names those on whose word it rests.
    ``sampled`` is the least that the error is by its sample, with confidence 1 - ``delta``: 0, as
    where it has none, says nothing.
    """

    error: tuple[Fraction, Fraction]
    points: tuple[int, int] | None
    solvers: tuple[str, ...] = ()
    sampled: Fraction = Fraction(0)
    delta: Fraction = Fraction(0)


@dataclass(frozen=True, eq=False)
class Setting:
    """What is to be tested, and how much of it is known; ``rows`` counts those of a table."""

    network: Network
    tree: Tree
    domain: Domain
    stated: Stated | None = None
    rows: int | None = None


def setting(
    network: Source,
    tree: Source,
    domain: Source = None,
    *,
    certificate: StrPath | None = None,
    rows: Source = None,
    head: str | None = None,
    threshold: Number | None = None,
) -> Setting:
    """Read what a plan is about; no proof is checked, and onnxruntime is not asked.

    Where no ``domain`` is given it is the certificate's, else bits. Raises LeafproofError where
    something cannot be read, or the certificate is about something else.
    """
    held = None if certificate is None else _glanced(certificate)
    given = BITS if domain is None else domain
    space = domain if isinstance(domain, Domain) else None
    if domain is None and held is not None:
        space = held.domain
    student = read_tree(tree) if isinstance(tree, str) or hasattr(tree, "__fspath__") else tree
    columns = space.columns if space else None
    teacher = load_network(network, columns=columns, head=head, threshold=threshold, domain=space)
    if space is None:
        space = read_domain(given, teacher.columns)
    check_columns(teacher, space)
    student = load_tree_for(teacher, student, space)
    check_fits(student, space, teacher.classes, teacher.labels)
    stated = None
    if held is not None and certificate is not None:
        _check_same(held, teacher, student, space, certificate)
        stated = _stated(held, certificate)
    return Setting(teacher, student, space, stated, _count(space, rows))


def _glanced(path: StrPath) -> Certificate:
    """A certificate without its proof, which nothing here looks at."""
    data = read_bytes(path, "certificate", CertificateError)
    try:
        return certificate_of(data, lambda *_: ((), 0))
    except LeafproofError as error:
        raise CertificateError(f"{quoted(path)} is not a usable certificate: {error}") from None


def _check_same(
    held: Certificate, network: Teacher, tree: Tree, domain: Domain, path: StrPath
) -> None:
    name = quoted(path)
    if not same_teacher(held.teacher, network):
        raise LeafproofError(f"{name} is about another network: give the one that it is about")
    if held.tree != tree:
        raise LeafproofError(f"{name} is about another tree: give the one that it is about")
    if other := difference(held.domain, domain):
        raise LeafproofError(f"{name} is about another domain: {other}")


def _stated(held: Certificate, path: StrPath) -> Stated:
    """The numbers of the file's own verdict."""
    claim = held.claim
    if claim is None:
        raise LeafproofError(f"{quoted(path)} states no verdict: leafproof check finds it")
    try:
        error = claim["error" if held.format == 1 else "probability"]
        points = claim.get("disagreements" if held.format == 1 else "points")
        low, high = (Fraction(error[end]) for end in ("lower", "upper"))
        counted = points and (int(points["lower"]), int(points["upper"]))
        solvers = tuple(sorted(claim["trusted"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as fault:
        raise LeafproofError(
            f"{quoted(path)}: verdict.json is not as Leafproof writes it: leafproof check says more"
        ) from fault
    if not 0 <= low <= high <= 1:
        raise LeafproofError(f"{quoted(path)} states an error that is no interval in [0, 1]")
    if held.sample is None:
        return Stated((low, high), counted or None, solvers)
    sampled, delta = held.sample.lower, held.sample.plan.delta
    return Stated((low, high), counted or None, solvers, sampled, delta)


def _count(domain: Domain, rows: Source) -> int | None:
    """How many rows a table has, all of them points of the domain."""
    if rows is None:
        return None
    from verifier.formats.frame_rows import rows_of

    return sum(rows_of(domain, rows).times)
