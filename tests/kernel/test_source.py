"""What the kernel's source may hold: its imports, and no arithmetic that could round unseen."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.imports import imports, modules

ROUNDS = "verifier.model.floats"
"""It rounds, for what is shown and for searches: nothing trusted may import it."""
SOURCES = {
    **modules("verifier.kernel"),
    **modules("verifier.chance"),
    **modules("verifier.model"),
}
FLOATS = SOURCES.pop(ROUNDS)
BOUNDED = {
    name: SOURCES.pop(name)
    for name in (
        *("kernel.plain", "kernel.folding", "kernel.features", "kernel.undecided", "kernel.lines"),
        "kernel.patches",
        *(
            "kernel.remaining",
            "kernel.bends",
            "chance.betting",
            "kernel.ensembles",
            "kernel.paired",
            "kernel.likely",
            "kernel.spread",
            "kernel.unfolded",
            "kernel.moments",
            "model.ensemble",
            "model.softmax",
        ),
    )
    for name in (f"verifier.{name}",)
}
"""They compute with floats as these come, and with a bound on the error, or as an ensemble does
whose sums are what they are, roundings and all: all else is exact."""

BALLS = {
    f"verifier.model.{name}": SOURCES.pop(f"verifier.model.{name}") for name in ("near", "smooth")
}
"""They compute with Arb's balls, which hold what division and the like would round."""

# The true divisions: of exact fractions, FLINT's rationals and Arb's balls; of integers below 2^53
# by 2 before a ceiling; of slopes, of which any value (of ReLU, between 0 and 1) is as good; by 2
# where the rounding of float64 is accounted for (kernel/quick.py).
DIVISIONS = {
    "-2 * mean * mean / squares",
    "(high - low) * v.step / unit",
    "(max(terms.values()) - min(terms.values())) / unit",
    "(v.first + mean * v.step) / unit",
    "(upper[1] + tail[1]) / Fraction(total)",
    "Fraction(int(constant.n[0, row])) / _two_to(int(constant.e[0]))",
    "Fraction(int(slack.n[0, row])) / _two_to(int(slack.e[0]))",
    "Fraction(sum((mass[v] * t for v, t in terms.items())), weight) / unit",
    "flint.arb(exponent.numerator) / exponent.denominator",
    "flint.fmpq(*s.as_integer_ratio()) / flint.fmpq(*d.as_integer_ratio())",
    "max(Fraction(lower[1]) + tail[0], Fraction(seen[1])) / total",
    "2 * off(around) * around.mass / found.mass",
    "int(n) * middle / unit",
    "int(n) * width / unit",
    "norm / 2",
    "(high + low) / 2",
    "(high - low) / 2",
    "(low + high) / 2",
    "(below + above) / 2",
    "(below - above) / 2",
    "above / self.together",
    "below / self.together",
    "high / np.maximum(high - low, precision.tiny)",
    "more / 2",
    "less / 2",
    "over / 2",
    # where a bound on a probability is looked for first (chance/confidence.py)
    "flint.arb(seen) / draws",
    "2 * share * (1 - share) / draws",
    "(step - before) / (own - roots)",
    "side * step / NEAR",
    # a weight that is rounded once (kernel/quick.py)
    "np.ldexp(DOUBLE.of(layer.scale), own) / DOUBLE.of(layer.divisor)",
    "DOUBLE.of(before.scale) / DOUBLE.of(before.divisor)",  # and then its product
    # by 2, and what they take, accounted for in kernel/envelopes.py
    "(taken.inside + rising * (reach - point)) / 2",
    "(every @ weight - chosen.side * (every @ size)) / 2",
    "taken.single / (moves.reach + ~apart)",
    "np.abs(gain) / np.maximum(np.abs(steps), np.ldexp(kind.type(1), -100))",
    "step / 2",  # a choice, as is the next
    "way.sum(axis=1) / 2",
    "some / some.sum(axis=1)[:, None]",  # points near the middle, and how far they are from it:
    "slope / (-TILT * most[:, None])",  # what follows is a choice
    "x.hi * one / width",
    "count / (hi - lo)",
    "(count - 1) / np.maximum(inside, 1)",
    "2.0 ** SLOPE_BITS / steepest",
    "hi * (ONE * finer) / np.maximum(hi - lo, DOUBLE.tiny)",  # and by a power of 2:
    "np.floor(hi * (ONE * finer) / np.maximum(hi - lo, DOUBLE.tiny)) / finer",
    "a / np.where(has, s, 1)",  # of a sum that lies between two ends
    "(values - values[0]) / np.maximum(gaps[0], 1)",
    "(values[-1] - values) / np.maximum(gaps[1], 1)",
    "lam / ONE",
    "length / f",
    "delta / 2",
    "flint.arb(delta.numerator) / delta.denominator",
    "flint.arb(1) / 2",
    "flint.arb(x.numerator) / x.denominator",
    "flint.arb(j * least) / ((hits - j + 1) * (draws - j + 1))",
    "term * factor / (1 - factor)",
    "flint.arb(p.denominator - p.numerator) / p.denominator",
    "(self.cut(end) - self.cut(at)) / (high - low)",
    "p * count * length / (end - begin)",
    # powers of 2: whether they are halved exactly is what is asked (model/rounding.py)
    "sys.float_info.epsilon / 2",
    "sys.float_info.min / 2",
    "HALF / 2",
}
CONVERSIONS = {
    "float(bias.inexact)",
    "float(g.inexact)",
    "float(farthest(p, cells)[0])",
    "float(x)",
}
"""Of 0 and 1, of a float64 number, of a bias rounded once (kernel/choices.py)."""
MATH = {"ceil", "floor", "gcd", "isqrt", "lcm", "prod"}
"""Of integers and fractions."""
NUMPY = {  # moves, compares and selects; floor, ceil, rint, ldexp and frexp, which are exact
    *("abs", "arange", "argsort", "array", "array_equal", "asarray", "bitwise_or", "bool_"),
    *("broadcast_to", "ceil", "clip", "concatenate", "count_nonzero", "divmod", "einsum", "empty"),
    *("empty_like", "errstate", "eye", "flatnonzero", "float32", "float64", "floating", "floor"),
    "fromiter",  # of integers: it raises what does not fit
    *("indices", "lexsort", "ravel_multi_index"),
    *("frombuffer", "packbits", "uint8", "unpackbits"),  # bits
    *("dtype", "int16"),  # of the bytes of an integer, and of depths up to 255
    *("frexp", "full", "full_like", "inf", "int8", "int64", "isfinite", "ldexp", "left_shift"),
    *("maximum", "tile"),
    *("fmax", "fmin", "isin"),  # of one that is no number the other
    *("minimum", "ones", "put_along_axis", "repeat", "rint", "sign", "split", "stack"),
    *("argpartition", "diff"),
    "nextafter",  # exactly the float64 number beside
    *(
        "append",
        "bincount",
        "bitwise_count",
        "cumsum",
        "ones_like",
        "searchsorted",
        "uint64",
        *("ascontiguousarray", "ix_", "multiply", "prod", "sort"),
    ),  # of integers
    "nonzero",
    *("add", "int32"),  # of numbers of tuples, where all of these are fewer than 2^31
    *("take_along_axis", "unique", "where", "zeros", "zeros_like"),
}
FLINT = {"arb", "arb_mat", "arb_series", "ctx", "fmpq", "fmpz", "fmpz_mat"}


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


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_nothing_in_the_trusted_code_can_round(module):
    assert list(complaints(ast.parse(SOURCES[module].read_text()))) == []


def test_what_rounds_is_not_imported():
    assert list(complaints(ast.parse(FLOATS.read_text())))
    trusted = [*SOURCES.values(), *modules("verifier.reading").values()]
    assert not [path for path in trusted if ROUNDS in imports(path)]


@pytest.mark.parametrize("module", BOUNDED)
def test_what_rounds_with_a_bound_is_only_what_has_to(module):
    assert list(complaints(ast.parse(BOUNDED[module].read_text())))


@pytest.mark.parametrize("module", BALLS)
def test_what_computes_with_balls_divides_only_these(module):
    tree = ast.parse(BALLS[module].read_text())
    found = list(complaints(tree))
    assert found
    assert all(text.startswith("division ") for text in found)
    assert not any("numpy" in name or name == "math" for name in imports(BALLS[module]))


def test_the_exceptions_are_still_there():
    """An exception that the code no longer needs must go from the lists above."""
    trees = [ast.parse(SOURCES[module].read_text()) for module in SOURCES]
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
    assert len(SOURCES["verifier.kernel.checker"].read_text().splitlines()) <= 400
