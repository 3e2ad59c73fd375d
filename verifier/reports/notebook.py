"""How domains, networks, trees, certificates and results show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from verifier.formats import drawing
from verifier.jobs.result import Difference, Result
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.head import origin_words
from verifier.model.network import Affine, Layer, Network, Scale
from verifier.model.tree import Tree
from verifier.reports import summary
from verifier.reports.numbers import digits, plural
from verifier.reports.variable_words import listed_chances, listed_labels
from verifier.reports.verdict_words import domain_words
from verifier.reports.words import name, quote, quoted_rule

MOST_ROWS = 20
"""Variables and layers listed."""
MOST_LABELS = 8
"""Values of a variable listed."""
MOST_LEAVES = 100
"""Leaves drawn."""


def html(value: Domain | Network | Tree | Certificate | Result) -> str:
    """What a value shows of itself."""
    match value:
        case Domain():
            return domain_html(value)
        case Network():
            return network_html(value)
        case Tree():
            return tree_html(value)
        case Certificate():
            return certificate_html(value)
        case Result():
            return result_html(value)


def domain_html(domain: Domain) -> str:
    """The size of a domain and its first variables."""
    rows = [
        (
            name(v.name),
            listed_labels(v, MOST_LABELS),
            digits(v.columns),
            listed_chances(v, MOST_LABELS),
        )
        for v in domain.variables[:MOST_ROWS]
    ]
    header = ("variable", "values", "columns", "probabilities")
    return _titled("Domain", domain_words(domain)) + _table(header, rows, len(domain.variables))


def network_html(teacher: Network) -> str:
    """The layers of a network, and what loading changed."""
    rows = [
        (digits(i + 1), type(layer).__name__, digits(teacher.widths[i + 1]), _parameters(layer))
        for i, layer in enumerate(teacher.layers[:MOST_ROWS])
    ]
    lead = f"{plural(teacher.columns, 'input column')}, {teacher.classes} classes: "
    lead += f"{quoted_rule(teacher)}{origin_words(teacher.head)}"
    notes = "".join(f"<p>{escape(name(note, 400))}</p>" for note in teacher.notes)
    header = ("node", "layer", "width", "parameters")
    return _titled("Network", lead) + _table(header, rows, len(teacher.layers)) + notes


def _parameters(layer: Layer) -> str:
    if isinstance(layer, Affine):
        return digits(layer.weight.size + layer.bias.size)
    return digits(layer.scale.size * 3) if isinstance(layer, Scale) else "0"


def tree_html(tree: Tree, domain: Domain | None = None) -> str:
    """The tree, drawn; of a large one the part nearest the root."""
    lead = f"{plural(tree.leaves, 'leaf', 'leaves')}, depth {tree.depth}"
    if tree.leaves > MOST_LEAVES:
        lead += f"; at most {MOST_LEAVES} are drawn"
    drawn = drawing.draw_svg(tree, domain, max_leaves=MOST_LEAVES)
    return _titled("Tree", lead) + f'<div style="overflow-x:auto">{drawn}</div>'


def certificate_html(certificate: Certificate) -> str:
    """What a certificate is about and what it states, which is not believed before a check."""
    c = certificate
    stated = "no verdict"
    if c.claim is not None and isinstance(c.claim.get("error"), dict):
        low, high = (name(str(c.claim["error"].get(k))) for k in ("lower", "upper"))
        error = f"error {low}" if low == high else f"error {low} to {high}"
        stated = f"{name(str(c.claim.get('verdict')))}, {error}"
        if solvers := c.claim.get("trusted"):
            stated += f", if the solvers that it names are right ({quote(', '.join(solvers))})"
    rows = [
        ("states", f"{stated}; believe it once check_certificate(certificate) has returned"),
        ("proof", f"{digits(len(c.proof))} nodes, found by {quote(c.found_by)}, it says"),
        ("counterexamples", digits(len(c.counterexamples))),
        ("SHA-256", c.sha256),
    ]
    parts = (domain_html(c.domain), network_html(c.teacher), tree_html(c.tree, c.domain))
    return _titled("Certificate", "") + _table((), rows, len(rows)) + "".join(parts)


def result_html(result: Result) -> str:
    """What was proved, whom it rests on, where the two differ, and the tree."""
    tree = tree_html(result.tree, result.domain)
    certificate, verdict = result.certificate, result.proved
    if certificate is None or verdict is None:
        return _titled("Nothing is claimed", "no proof was asked for") + tree
    rows = list(summary.lines(certificate, verdict, result.seconds))
    if not result.finished:
        rows.append(("not finished", "the work was ended before its end: the rest is left open"))
    found = result.counterexamples
    title = verdict.verdict.upper()
    said = _titled(title, summary.headline(certificate, verdict)) + _table((), rows, len(rows))
    return said + (_differences(found) if found else "") + tree


def _differences(found: Sequence[Difference]) -> str:
    """Points where network and tree differ, the first variables of each."""
    variables = list(found[0].values)[:MOST_ROWS]
    rows = [
        (name(d.network_name), name(d.tree_name), *(name(d.values[v]) for v in variables))
        for d in found
    ]
    header = ("network", "tree", *map(name, variables))
    return _titled("Points where they differ", "") + _table(header, rows, len(rows))


def _titled(title: str, lead: str) -> str:
    return f"<p><b>{title}</b>{': ' * bool(lead)}{escape(lead)}</p>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], total: int) -> str:
    rows = list(rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    rest = f"<p>and {digits(total - len(rows))} more</p>" if total > len(rows) else ""
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}{body}</table>{rest}"
