"""How domains, networks, trees, certificates and results show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from verifier.formats import drawing
from verifier.jobs.result import Difference, Result
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Score
from verifier.model.head import origin_words
from verifier.model.network import Affine, Layer, Network, Scale
from verifier.model.opaque import Opaque
from verifier.model.question import Bound
from verifier.model.steps import Steps
from verifier.model.tree import Tree
from verifier.model.verdict import Counterexample
from verifier.reports import given_words, infinite, question_words, summary, tested_words
from verifier.reports.numbers import digits, plural
from verifier.reports.variable_words import listed_chances, listed_labels
from verifier.reports.verdict_words import domain_words
from verifier.reports.words import name, quote, quoted_rule, value_words

MOST_ROWS = 20
"""Variables and layers listed."""
MOST_LABELS = 8
"""Values of a variable listed."""
MOST_MODELS = 8
"""Models listed."""
MOST_LEAVES = 100
"""Leaves drawn."""


def html(value: Domain | Network | Ensemble | Tree | Certificate | Result) -> str:
    """What a value shows of itself."""
    match value:
        case Domain():
            return domain_html(value)
        case Network():
            return network_html(value)
        case Ensemble():
            return ensemble_html(value)
        case Tree():
            return tree_html(value)
        case Certificate():
            return certificate_html(value)
        case Result():
            return result_html(value)


def line(value: Domain | Network | Ensemble | Tree | Certificate) -> str:
    """What a value prints: its kind and its size."""
    match value:
        case Domain():
            points = infinite.POINTS if value.infinite else plural(value.size, "point")
            said = f"{plural(len(value.variables), 'variable')}, {points}"
        case Network():
            layers = plural(len(value.layers), "layer")
            said = f"{_columns(value)}, {layers}, {value.classes} classes"
        case Ensemble():
            said = question_words.ensemble_words(value)
        case Tree():
            said = question_words.tree_words(value)
        case Certificate():
            said = f"{_stated(value)}, {plural(len(value.proof), 'node')}"
    return f"{type(value).__name__}({said})"


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
    said = "".join(f"<p>{escape(k)}: {escape(x)}</p>" for k, x in given_words.lines(domain))
    table = _table(header, rows, len(domain.variables))
    return _titled("Domain", domain_words(domain)) + table + said


def network_html(teacher: Network) -> str:
    """The layers of a network, and what loading changed."""
    rows = [
        (digits(i + 1), type(layer).__name__, digits(teacher.widths[i + 1]), _parameters(layer))
        for i, layer in enumerate(teacher.layers[:MOST_ROWS])
    ]
    lead = f"{_columns(teacher)}, {teacher.classes} classes: "
    lead += f"{quoted_rule(teacher)}{origin_words(teacher.head)}"
    notes = "".join(f"<p>{escape(name(note, 400))}</p>" for note in teacher.notes)
    header = ("node", "layer", "width", "parameters")
    return _titled("Network", lead) + _table(header, rows, len(teacher.layers)) + notes


def _columns(teacher: Network) -> str:
    return plural(teacher.columns, "input column")


def _parameters(layer: Layer) -> str:
    if isinstance(layer, Affine):
        return digits(layer.weight.size + layer.bias.size)
    if isinstance(layer, Steps):
        return digits(layer.thresholds.size + layer.lowest.size)
    return digits(layer.scale.size * 3) if isinstance(layer, Scale) else "0"


def ensemble_html(held: Ensemble) -> str:
    """The trees of an ensemble by their sizes, and what loading changed."""
    rows = [
        (digits(i + 1), digits(len(m.nodes)), digits(sum(isinstance(n, Score) for n in m.nodes)))
        for i, m in enumerate(held.members[:MOST_ROWS])
    ]
    lead = f"{question_words.ensemble_words(held)}: {question_words.ensemble_rule(held)}"
    notes = "".join(f"<p>{escape(name(note, 400))}</p>" for note in held.notes)
    table = _table(("tree", "nodes", "leaves"), rows, len(held.members))
    return _titled("Ensemble", lead) + table + notes


def tree_html(tree: Tree, domain: Domain | None = None) -> str:
    """The tree, drawn; of a large one the part nearest the root."""
    lead = question_words.tree_words(tree)
    if tree.leaves > MOST_LEAVES:
        lead += f"; at most {MOST_LEAVES} are drawn"
    drawn = drawing.draw_svg(tree, domain, max_leaves=MOST_LEAVES)
    return _titled("Tree", lead) + f'<div style="overflow-x:auto">{drawn}</div>'


def _stated(c: Certificate) -> str:
    """What a certificate states."""
    held = c.claim or {}
    word, chance = ("answer", "probability") if "answer" in held else ("verdict", "error")
    if not isinstance(held.get(chance), dict):
        return "no verdict"
    low, high = (name(str(held[chance].get(k))) for k in ("lower", "upper"))
    error = f"{chance} {low}" if low == high else f"{chance} {low} to {high}"
    stated = f"{name(str(held.get(word)))}, {error}"
    if solvers := held.get("trusted"):
        stated += f", if the solvers that it names are right ({quote(', '.join(solvers))})"
    return stated


def certificate_html(certificate: Certificate) -> str:
    """What a certificate is about and what it states, which is not believed before a check."""
    c = certificate
    rows = [
        ("states", f"{_stated(c)}; believe it once check_certificate(certificate) has returned"),
        ("proof", f"{digits(len(c.proof))} nodes, found by {quote(c.found_by)}, it says"),
        ("counterexamples", digits(len(c.counterexamples))),
        ("SHA-256", c.sha256),
    ]
    parts = [domain_html(c.domain)]
    if c.matter.is_differ:
        parts += [html(c.teacher), tree_html(c.tree, c.domain)]
    else:
        rows.insert(0, ("question", question_words.words(c.models, c.question)))
        parts += [_model_html(c.domain, m) for m in c.models[:MOST_MODELS]]
    return _titled("Certificate", "") + _table((), rows, len(rows)) + "".join(parts)


def _model_html(domain: Domain, model: Bound) -> str:
    """A model of a question, with what it reads."""
    lead = f"{name(model.name)} reads {question_words.reads_words(domain, model)}"
    held = model.model
    if isinstance(held, Network):
        return f"<p>{escape(lead)}</p>{network_html(held)}"
    if isinstance(held, Opaque):
        return f"<p>{escape(lead)}: {escape(question_words.kind_words(model))}</p>"
    if isinstance(held, Ensemble):
        return f"<p>{escape(lead)}</p>{ensemble_html(held)}"
    return f"<p>{escape(lead)}</p>{tree_html(held)}"


def result_html(result: Result) -> str:
    """What was proved, whom it rests on, where the two differ, and the tree."""
    certificate, verdict = result.certificate, result.proved
    asked = certificate is not None and not certificate.matter.is_differ
    tree = "" if asked else tree_html(result.tree, result.domain)
    if certificate is None or verdict is None:
        return _titled("Nothing is claimed", "no proof was asked for") + tree
    if certificate.matter.is_test and verdict.sampled is not None:
        held = tested_words.lines(certificate, result.seconds)
        said = tested_words.headline(verdict.sampled, certificate.domain)
        return _titled("TESTED", said) + _table((), held, len(held))
    rows = list(summary.lines(certificate, verdict, result.seconds, None, result.checkers))
    if not result.finished:
        rows.append(("not finished", "the work was ended before its end: the rest is left open"))
    title = verdict.verdict.upper()
    said = _titled(title, summary.headline(certificate, verdict)) + _table((), rows, len(rows))
    if asked:
        return said + _witnesses(certificate, verdict.counterexamples)
    found = result.counterexamples
    return said + (_differences(found) if found else "") + tree


def _witnesses(certificate: Certificate, found: Sequence[Counterexample]) -> str:
    """Points where the question's formula is true, with each model's class there."""
    if not found:
        return ""
    domain, models = certificate.domain, certificate.models[:MOST_MODELS]
    variables = domain.variables[:MOST_ROWS]
    rows = [
        (
            *(question_words.class_words(m, k) for m, k in zip(models, c.classes, strict=False)),
            *(value_words(v, i) for v, i in zip(variables, c.point, strict=False)),
        )
        for c in found
    ]
    header = (*(f"class of {name(m.name)}" for m in models), *(name(v.name) for v in variables))
    said = _first_of(len(domain.variables))
    return _titled("Points where it is so", said) + _table(header, rows, len(rows))


def _differences(found: Sequence[Difference]) -> str:
    """Points where network and tree differ, the first variables of each."""
    variables = list(found[0].values)[:MOST_ROWS]
    rows = [
        (name(d.network_name), name(d.tree_name), *(name(d.values[v]) for v in variables))
        for d in found
    ]
    header = ("network", "tree", *map(name, variables))
    said = _first_of(len(found[0].values))
    return _titled("Points where they differ", said) + _table(header, rows, len(rows))


def _first_of(variables: int) -> str:
    """How many of a point's variables are shown, where that is not all of them."""
    return f"the first {MOST_ROWS} of {digits(variables)} variables" * (variables > MOST_ROWS)


def _titled(title: str, lead: str) -> str:
    return f"<p><b>{title}</b>{': ' * bool(lead)}{escape(lead)}</p>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], total: int) -> str:
    rows = list(rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    rest = f"<p>and {digits(total - len(rows))} more</p>" if total > len(rows) else ""
    table = f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}{body}</table>"
    return f'<div style="overflow-x:auto">{table}</div>{rest}'
