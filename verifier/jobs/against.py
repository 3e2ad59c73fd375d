"""Is a certificate about these files, the domain included? And what does onnxruntime say?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.formats.intervals import cut_alike
from verifier.formats.load import load_teacher, load_tree, read_domain
from verifier.formats.outputs import split_output
from verifier.jobs.loading import Source, is_path
from verifier.kernel.claim import exact
from verifier.model.certificate import Certificate
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.errors import InvalidProof, LeafproofError, quoted
from verifier.model.head import rule
from verifier.model.network import Network
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.origin import BITS, SIGNS
from verifier.model.tree import matched
from verifier.model.variable import Variable
from verifier.model.verdict import Verdict
from verifier.reading.files import Heard
from verifier.writing.json_nouns import domain_to_json
from verifier.writing.models_json import same_teacher

if TYPE_CHECKING:
    from verifier.formats.heads import Number


@dataclass(frozen=True)
class Digests:
    """The SHA-256 of the files of network, tree and domain, in hexadecimal.

    ``domain`` is ``bits`` or ``signs`` where that is the domain; None stands for an object, or for
    a network whose weights lie in another file, as its own bytes do not say what it is.
    ``output`` is that of an ONNX file with several that the network is.
    """

    network: str | None
    tree: str | None
    domain: str | None
    output: str | None = None


def digests(read: Heard, network: Source, tree: Source, domain: Source) -> Digests:
    """Those of the bytes that were ``read`` of the files, and compared with a certificate.

    Raises LeafproofError where one of them was read twice, and was another one by then.
    """
    apart = any(digest is None for _, digest in read)
    output = split_output(network)[1] if is_path(network) else None
    return Digests(
        None if apart else _digest(read, network),
        _digest(read, tree),
        str(domain) if domain in (BITS, SIGNS) else _digest(read, domain),
        output,
    )


def _digest(read: Heard, source: Source) -> str | None:
    if not is_path(source):
        return None
    path = str(Path(split_output(source)[0]))
    found = {digest for name, digest in read if name == path}
    if len(found) != 1:
        raise LeafproofError("the files were changed by someone else while they were read")
    return found.pop()


def compare(
    certificate: Certificate,
    network: Source,
    tree: Source,
    domain: Source,
    *,
    head: str | None = None,
    threshold: Number | None = None,
) -> None:
    """Raise InvalidProof unless these are the certificate's network, tree and domain, exactly.

    The network's output is read as asked, never as the certificate says that it is.
    """
    stated = certificate.teacher
    columns = stated.columns  # of an object that has none, those of the certificate
    found = load_teacher(
        network, columns=columns, head=head, threshold=threshold, domain=certificate.domain
    )
    teacher = network if is_path(network) else "the one given"
    words = rule(stated.head, stated.labels, stated.outputs)
    beside = (found.notes, found.executed) == (stated.notes, stated.executed)
    asked = stated.head is not None and stated.head.origin == "asked"
    if not beside and not asked and same_teacher(found, stated):
        raise InvalidProof(_read_otherwise(stated, found, teacher))
    if not beside or not same_teacher(found, stated):
        hint = f" (the certificate was asked for {words}: give the same --head and --threshold)"
        how = hint if asked else ""
        raise InvalidProof(f"the certificate is about another network than {teacher}{how}")
    if not says_no_more(stated, found):
        raise InvalidProof(
            f"the certificate says: {words}; {teacher} is read as: "
            f"{rule(found.head, found.labels, found.outputs)} (--head and --threshold say how)"
        )
    if matched(load_tree(tree, domain=certificate.domain), found.labels) != certificate.tree:
        what = tree if is_path(tree) else "the one given"
        raise InvalidProof(
            f"the certificate is about another tree than {what}: one that is written otherwise is "
            "another one, even if it answers alike (certify it by itself)"
        )
    space = domain if isinstance(domain, Domain) else read_domain(domain, found.columns)
    space = cut_alike(space, certificate.domain)
    other = difference(certificate.domain, space)
    if other:
        what = domain if is_path(domain) else "the one given"
        raise InvalidProof(f"the certificate is about another domain than {what}: {other}")


def _read_otherwise(stated: Teacher, found: Teacher, teacher: object) -> str:
    """Layers and weights are the same: what one of the two says beside them and the other not."""
    ours, theirs = ({*x.notes, *x.executed} for x in (stated, found))
    said = "; ".join(quoted(x) for x in sorted(ours - theirs) or sorted(theirs - ours))
    holder, other = ("the certificate", teacher) if ours - theirs else (teacher, "the certificate")
    remedy = "certify what you deploy"
    if ours - theirs and all("final" in x and "is left out" in x for x in ours ^ theirs):
        remedy += (
            " (what is saved of a model gives scores, not probabilities: certify that, or hold the "
            "certificate against the model itself, in Python by check(against=...))"
        )
    return (
        f"the layers are those of {teacher}, but {holder} was made of a network of which is said: "
        f"{said}, and {other} was not: {remedy}"
    )


def says_no_more(stated: Teacher, found: Teacher) -> bool:
    """Whether what a certificate says of the classes is what its network's file shows.

    A certificate that says nothing of them (as all did before there was ``--head``) claims nothing;
    a Network made by hand says nothing either, which means what is assumed.
    """
    if stated.labels and stated.labels != found.labels:
        return False
    if stated.head is None:
        return True
    if found.head is None:
        return stated.head.origin == "assumed" and stated.head.kind == "logit"
    same = (stated.head.kind, stated.head.threshold) == (found.head.kind, found.head.threshold)
    return same and (stated.head.origin != "shown" or found.head.origin == "shown")


def difference(held: Domain, given: Domain) -> str:
    """The first difference of a certificate's domain from the one given; empty if there is none.

    Variables and values are compared in order, by name, encoding and probability, exactly.
    """
    for i, (ours, theirs) in enumerate(zip(held.variables, given.variables, strict=False)):
        if ours != theirs:
            return f"variable {i} {_variable(ours, theirs)}"
    counts = len(held.variables), len(given.variables)
    if counts[0] != counts[1]:
        return f"the certificate's has {counts[0]} variables, that one {counts[1]}"
    if domain_to_json(held) != domain_to_json(given):  # which says what goes left in one way only
        return "their trees of what is possible, and how probable, are not the same"
    return ""


def _variable(ours: AnyVariable, theirs: AnyVariable) -> str:
    if ours.name != theirs.name:
        return f"is {_name(ours.name)} in the certificate, and {_name(theirs.name)} there"
    of = f"({_name(ours.name)})"
    if not isinstance(ours, Variable) or not isinstance(theirs, Variable):
        held, given = _numbers(ours), _numbers(theirs)
        if held == given:
            return f"{of} has other probabilities"
        return f"{of} is {held} in the certificate, and {given} there"
    for i, (a, b) in enumerate(zip_longest(ours.labels, theirs.labels)):
        if a != b:
            words = ("none" if x is None else _name(x) for x in (a, b))
            return f"{of} has as value {i} {' in the certificate, and '.join(words)} there"
    for label, a, b in zip(ours.labels, ours.encoding, theirs.encoding, strict=True):
        if a != b:
            rows = (" ".join(_short(str(x)) for x in row[:8]) or "nothing" for row in (a, b))
            lead = f"{of} has its value {_name(label)} encoded as"
            return f"{lead} {' in the certificate, and as '.join(rows)} there"
    for label, p, q in zip(ours.labels, ours.probabilities, theirs.probabilities, strict=True):
        if p != q:
            chances = (_short(exact(x)) for x in (p, q))
            lead = f"{of} gives its value {_name(label)} the probability"
            return f"{lead} {' in the certificate, and '.join(chances)} there"
    return f"{of} is another"


def _numbers(v: AnyVariable) -> str:
    if isinstance(v, Continuous):
        return f"the interval from {exact(v.first)} to {exact(v.last)}"
    if not isinstance(v, Ordinal):
        return f"a list of {v.count} values"
    first, last, step = map(exact, (v.first, v.last, v.step))
    return f"the numbers {first} to {last} in steps of {step}"


def _name(text: str) -> str:
    return quoted(text.replace('"', '\\"'))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _in_library(certificate: Certificate, verdict: Verdict, source: Source) -> str:
    """The same in the library that an ensemble came from."""
    from verifier.formats.ensembles_runtime import answers
    from verifier.formats.runtime import Unusable

    assert isinstance(certificate.teacher, Ensemble)
    rows = [certificate.domain.encode(c.point) for c in verdict.counterexamples]
    try:
        name, found = answers(source, certificate.teacher, rows, certificate.domain)
    except Unusable as problem:
        return f"not replayed: {problem}"
    same = sum(
        int(k) == c.teacher_class for k, c in zip(found, verdict.counterexamples, strict=True)
    )
    if same == len(rows):
        return f"{name} gives the teacher's class at all {same} counterexamples"
    return (
        f"{name} gives the teacher's class at {same} of {len(rows)} counterexamples: at the others "
        "its input is rounded, or its sums"
    )


def replay(certificate: Certificate, verdict: Verdict, network: Source) -> str:
    """Run the counterexamples through onnxruntime; says how many it classifies the same.

    Raises LeafproofError if onnxruntime is not installed.
    """
    if not verdict.counterexamples:
        return "no counterexamples to replay"
    import numpy as np

    from verifier.formats.runtime import library
    from verifier.formats.runtime_classes import runtime_classes
    from verifier.model.floats import nearest

    teacher = certificate.teacher
    if not isinstance(teacher, Network):
        return _in_library(certificate, verdict, network)
    try:
        onnxruntime = library()
    except ModuleNotFoundError:
        raise LeafproofError(
            "replaying counterexamples needs onnxruntime: pip install 'leafproof[onnxruntime]'"
        ) from None
    session = onnxruntime.InferenceSession(str(network), providers=["CPUExecutionProvider"])
    rows = [
        [nearest(x) for x in certificate.domain.encode(c.point)] for c in verdict.counterexamples
    ]
    kind = np.float64 if session.get_inputs()[0].type == "tensor(double)" else np.float32
    name = session.get_inputs()[0].name
    with np.errstate(over="ignore"):
        inputs = [np.array([row], dtype=kind) for row in rows]
    if not all(np.isfinite(x).all() for x in inputs):
        return f"not in onnxruntime: a counterexample has inputs beyond {np.dtype(kind).name}"
    same = sum(
        int(runtime_classes(teacher, session.run(None, {name: x}))[0]) == found.teacher_class
        for x, found in zip(inputs, verdict.counterexamples, strict=True)
    )
    total = len(rows)
    if same == total:
        return f"onnxruntime gives the teacher's class at all {total} counterexamples"
    return (
        f"onnxruntime gives the teacher's class at {same} of {total} counterexamples: "
        "at the others rounding changes the class"
    )
