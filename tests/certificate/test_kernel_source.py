"""What the kernel's source may hold: its imports, and no arithmetic that could round unseen."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRUSTED = {
    "verifier.kernel.arithmetic",
    "verifier.kernel.float32",
    "verifier.kernel.forms",
    "verifier.kernel.checker",
    "verifier.kernel.ledger",
    "verifier.kernel.points",
    "verifier.kernel.prepared",
    "verifier.model.proof",
    "verifier.kernel.rules",
    "verifier.kernel.solvers",
    "verifier.kernel.stopping",
    "verifier.model.verdict",
    "verifier.model.cell",
    "verifier.model.domain",
    "verifier.model.errors",
    "verifier.model.head",
    "verifier.model.limits",
    "verifier.model.methods",
    "verifier.model.network",
    "verifier.model.tree",
    "verifier.model.variable",
}
READERS = TRUSTED | {
    "verifier.writing.archive",
    "verifier.writing.claim",
    "verifier.reading.proof_bytes",
    "verifier.reading.container",
    "verifier.writing.curtail",
    "verifier.kernel.pairs",
    "verifier.reading.network_parts",
    "verifier.model.origin",
    "verifier.reading.files",
    "verifier.reading.json_text",
    "verifier.reading.json_nouns",
}
LIBRARIES = {"flint", "numpy"}
STARTING = {"verifier.writing.archive": {"threadpoolctl"}}  # how many threads, nothing else

# The true divisions: of exact fractions, FLINT's rationals and Arb's balls; of integers below 2^53
# by 2 before a ceiling; and of a slope, of which any value between 0 and 1 is as good.
DIVISIONS = {
    "-2 * mean * mean / squares",
    "(max(terms.values()) - min(terms.values())) / unit",
    "(upper[1] + ledger.tail[1]) / Fraction(total)",
    "Fraction(int(constant.n[0, row])) / _two_to(int(constant.e[0]))",
    "Fraction(int(slack.n[0, row])) / _two_to(int(slack.e[0]))",
    "Fraction(sum((mass[v] * t for v, t in terms.items())), weight) / unit",
    "flint.arb(exponent.numerator) / exponent.denominator",
    "flint.fmpq(*s.as_integer_ratio()) / flint.fmpq(*d.as_integer_ratio())",
    "max(Fraction(lower[1]) + ledger.tail[0], Fraction(seen[1])) / total",
    "norm / 2",
    "w / total",
    "x.hi * one / width",
}
CONVERSIONS = {"float(bias.inexact)", "float(g.inexact)"}
"""Of 0 and 1."""
MATH = {"ceil", "lcm", "prod"}
"""Of integers and fractions."""
NUMPY = {  # moves, compares and selects; floor, ceil, rint, ldexp and frexp, which are exact
    *("abs", "arange", "argsort", "array", "array_equal", "asarray", "bitwise_or", "bool_"),
    *("broadcast_to", "ceil", "clip", "concatenate", "count_nonzero", "divmod", "einsum", "empty"),
    *("empty_like", "errstate", "eye", "flatnonzero", "float32", "float64", "floating", "floor"),
    *("frombuffer", "packbits", "uint8", "unpackbits"),  # bits
    *("frexp", "full", "full_like", "inf", "int64", "isfinite", "ldexp", "maximum"),
    *("minimum", "ones", "put_along_axis", "repeat", "rint", "sign", "split", "stack"),
    *("take_along_axis", "unique", "where", "zeros", "zeros_like"),
}
FLINT = {"arb", "fmpq", "fmpz", "fmpz_mat"}


def source(module):
    return ROOT / (module.replace(".", "/") + ".py")


def imports(tree):
    """Every module that the code imports, in functions too, and what may be a module.

    Not in ``_repr_html_``, which only a notebook calls, to show a value.
    """
    shown = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_repr_html_"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in shown:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def closure(start):
    """The project's modules that importing ``start`` brings in, with their syntax trees."""
    found, todo = {}, [start]
    while todo:
        module = todo.pop()
        if module not in found and source(module).exists():
            found[module] = ast.parse(source(module).read_text())
            todo += [name for name in imports(found[module]) if name.startswith("verifier")]
    return found


def complaints(tree):
    """What in the code could round: text of the expressions."""
    for node in ast.walk(tree):
        text = ast.unparse(node) if isinstance(node, ast.expr | ast.AugAssign) else ""
        match node:
            case ast.Constant(value=float() as x) if not x.is_integer():
                yield f"float {text}"
            case ast.Constant(value=complex()):
                yield f"complex {text}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if text not in DIVISIONS:
                yield f"division {text}"
            case ast.Call(
                func=ast.Name(id="float" | "complex" | "round" | "pow" | "eval" | "exec")
            ):
                if text not in CONVERSIONS:
                    yield f"call {text}"
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if name not in MATH:
                yield text
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name not in NUMPY:
                yield text
            case ast.Attribute(value=ast.Name(id="flint"), attr=name) if name not in FLINT:
                yield text
            case ast.Attribute(attr="mean" | "std" | "var" | "dot" | "float_power" | "true_divide"):
                yield text
            case ast.ImportFrom(module="math" | "cmath" | "decimal" | "random" | "statistics"):
                yield f"import from {node.module}"


@pytest.mark.parametrize(
    ("module", "allowed"),
    [("verifier.kernel.checker", TRUSTED), ("verifier.writing.archive", READERS)],
)
def test_imports(module, allowed):
    modules = closure(module)
    assert set(modules) == allowed
    for name, tree in modules.items():
        roots = {x.partition(".")[0] for x in imports(tree)} - {"verifier"}
        assert roots - sys.stdlib_module_names <= LIBRARIES | STARTING.get(name, set()), name


def test_importing_the_kernel_loads_nothing_else():
    """Also what Python loads on the way: packages' own code, and the libraries' imports."""
    code = "import sys, verifier.kernel.checker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    own = {m for m in loaded if m.partition(".")[0] == "verifier"}
    assert own == TRUSTED | {"verifier", "verifier.kernel", "verifier.model"}
    assert not {m.partition(".")[0] for m in loaded} & {
        *("torch", "z3", "onnx", "onnxruntime", "sklearn", "sympy", "scipy", "numba", "jinja2"),
        *("rich", "typer", "highspy", "theory"),
    }


@pytest.mark.parametrize("module", sorted(TRUSTED))
def test_nothing_in_the_trusted_code_can_round(module):
    assert list(complaints(ast.parse(source(module).read_text()))) == []


def test_the_exceptions_are_still_there():
    """An exception that the code no longer needs must go from the lists above."""
    trees = [ast.parse(source(module).read_text()) for module in TRUSTED]
    texts = {ast.unparse(n) for t in trees for n in ast.walk(t) if isinstance(n, ast.expr)}
    assert texts >= DIVISIONS | CONVERSIONS
    assert texts >= {f"np.{name}" for name in NUMPY} | {f"math.{name}" for name in MATH}


@pytest.mark.parametrize(
    "code",
    [
        "x = 0.1",
        "x = a / b",
        "x /= 2",
        "x = float(y)",
        "x = round(y)",
        "x = math.sqrt(y)",
        "x = np.sqrt(y)",
        "x = np.divide(a, b)",
        "x = np.linalg.norm(y)",
        "x = y.mean()",
        "x = flint.arf(y)",
        "from math import exp",
        "x = 1j",
    ],
)
def test_code_that_rounds_would_be_found(code):
    assert list(complaints(ast.parse(code)))


def test_the_kernel_can_be_read_in_one_sitting():
    assert len(source("verifier.kernel.checker").read_text().splitlines()) <= 400
