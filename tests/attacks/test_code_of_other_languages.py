"""C, Java, JavaScript and C# read the same code otherwise: where they do, it is refused.

``x[0] <= 0.1L`` compares long doubles in C, ``x[0] < 5u`` unsigned numbers, and an int beside a
float is rounded to float32. A comment ends at a backslash, an escape or a line's end in one and not
in the other; ``!x[0] <= 1`` asks whether !x[0] is; a variable ends with its block. All of these
were read once, as a tree that no compiler makes of them.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from verifier.formats.code_sql import read_sql
from verifier.formats.code_trees import read_code
from verifier.formats.load import load_tree
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.ordinal import Ordinal
from verifier.model.tree import Leaf

COMPARED = {
    "double": ("0.1L", "5u", "-5U"),
    "float": ("0.1L", "16777219"),
    "int": ("5u", "16777216.0f", "9007199254740992.0"),
}
COMMENTS = (
    "// it goes on \\\n",
    "// it goes on \\ \r\n",
    "// it goes on ??/\n",
    "// it ends here\r",
    "// it ends here\u2028",
    "// it ends here \\u000a",
    "/* it ends here *\\\n/",
    "/* it ends here \\u002a/",
)


@pytest.mark.parametrize(
    ("kind", "number"), [(kind, number) for kind, held in COMPARED.items() for number in held]
)
def test_numbers_that_a_language_converts(kind: str, number: str) -> None:
    for test in (f"x[0] <= {number}", f"{number} > x[0]"):
        text = f"int f(const {kind} *x) {{ if ({test}) return 0; return 1; }}"
        with pytest.raises(TreeError, match="not compared as it is written"):
            read_code(text, ".c")


@pytest.mark.parametrize("number", [2**63, -(2**63), 2**64, -(2**64) - 1, 10**30])
def test_integers_of_c_that_fit_none(number: int) -> None:
    """Compilers warn and go on with what is left of 64 bits: 0 for 2^64."""
    for test in (f"x[0] <= {number}", f"{number} > x[0]"):
        text = f"int f(const double *x) {{ if ({test}) return 0; return 1; }}"
        with pytest.raises(TreeError, match="fits no integer"):
            read_code(text, ".c")
        if float(number) == number:
            read_code(text.replace(str(number), f"{number}.0"), ".c")
    text = f"int f(const double *x) {{ if (x[0] <= {2**62}) return 0; return 1; }}"
    assert read_code(text, ".c").class_at([2**62]) == 0


@pytest.mark.parametrize("comment", COMMENTS)
def test_comments_that_end_elsewhere(comment: str) -> None:
    text = f"int f(const double *x) {{ {comment} return 0; /* */\n return 1; }}"
    with pytest.raises(TreeError, match=r"line 1: .*ends elsewhere"):
        read_code(text, ".c")


def test_a_line_for_the_preprocessor_that_goes_on() -> None:
    with pytest.raises(TreeError, match="ends elsewhere"):
        read_code("#pragma once \\\nint f(double *x) { return 0; }", ".c")
    plain = "// C:\\trees\r\n#pragma once\r\nint f(double *x) { return 0; }\r\n"
    assert read_code(plain, ".c").nodes == (Leaf(0),)


OTHERS = {
    "return !x[0] <= 1 ? 0 : 1;": "binds to it alone",
    "if (!!x[0] <= 1) return 0; return 1;": "binds to it alone",
    "y = 0; if (x[0] <= 1) { int y = 1; } return y;": "declared twice",
    "if (x[0] <= 1) { int y = 1; } else { y = 0; } return y;": "in another block",
    "if (x[0] <= 1) { int y = 1; } return y;": "in another block",
}


@pytest.mark.parametrize("body", OTHERS)
def test_what_binds_otherwise(body: str) -> None:
    with pytest.raises(TreeError, match=OTHERS[body]):
        read_code(f"int y; int f(double *x) {{ {body} }}", ".c")


def test_a_return_before_a_new_line() -> None:
    text = "function f(x) { return\n 0; }"
    with pytest.raises(TreeError, match="line 2: JavaScript returns before"):
        read_code(text, ".js")
    assert read_code(text.replace("function f(x)", "int f(double *x)"), ".c").nodes == (Leaf(0),)


def test_variables_of_javascript_outlive_their_blocks() -> None:
    text = "function f(x) {{ if (x[0] <= 1) {{ {0} y = 0; }} else {{ {0} y = 1; }} return y; }}"
    nodes = read_code(text.format("var"), ".js").nodes
    assert nodes[1:] == (Leaf(0), Leaf(1))
    with pytest.raises(TreeError, match="in another block"):
        read_code(text.format("let"), ".js")
    again = "function f(x) {{ var y = 0; if (x[0] <= 1) {{ {0} y = 1; }} return y; }}"
    nodes = read_code(again.format("var"), ".js").nodes
    assert nodes[1:] == (Leaf(1), Leaf(0))
    with pytest.raises(TreeError, match="declared twice"):
        read_code(again.format("let"), ".js")


TYPED = {
    "bool f(double *x) { if (x[0] <= 1) return 2; return 1; }": "changed by the type",
    "unsigned char f(double *x) { if (x[0] <= 1) return 257; return 1; }": "changed by the type",
    "uint f(double *x) { return 2; } ": "",
    "klass f(double *x) { return 2; }": "changed by the type",
    "int f(double *x) { bool k = 2; return k; }": "changed by the type",
    "bool f(double *x) { int k = 2; return k; }": '"k" may be changed',
    "bool k; int f(double *x) { k = 2; return k; }": "changed by the type",
    "float f(double *x) { return 16777217; }": "changed by the type",
    "void f(double *x, float *y) { memcpy(y, (double[]){1.0}, 1 * sizeof(double)); }": "no array",
    "void f(double *x, double *y) { double v[1] = {1.0}; y = v; }": "is not read",
    "void f(double *x, double *y) { { double y[1] = {1.0}; } }": "is not read",
    "void f(double *x, double *y) { memcpy(y, (double[2]){-1.0}, 1 * sizeof(double)); }": "gets 1",
    "void f(double *x, double *y) { double v[3] = {0, 0, 1}; memcpy(y, v, 1 * sizeof(double)); }": (
        "copied of 3 to 1"
    ),
    "void f(double *x, double *y) { float v[1] = {1}; memcpy(y, v, 1 * sizeof(double)); }": "of ?",
    "void f(double *x, double *y) { int v[2] = {0.4, 0.6}; return v; }": "changes the numbers",
}


@pytest.mark.parametrize("text", TYPED)
def test_types_that_change_what_they_get(text: str) -> None:
    """A bool that gets 2 is 1, an int drops what is behind the point, another array is filled."""
    if not TYPED[text]:
        assert read_code(text, ".c").nodes == (Leaf(2),)
        return
    with pytest.raises(TreeError, match=TYPED[text].replace("?", r"\?")):
        read_code(text, ".c")


def test_shares_are_what_their_type_holds() -> None:
    """0.1 and 0.10000000001 are one float32: the first of the largest decides."""
    text = "double[] f(double[] x) {{ {0}[] v; v = new {0}[]{{0.1, 0.10000000001}}; return v; }}"
    assert read_code(text.format("double"), ".cs").nodes == (Leaf(1),)
    assert read_code(text.format("float"), ".cs").nodes == (Leaf(0),)


@pytest.mark.parametrize("argument", ["...x", "[x]", "x = 1", "{x}"])
def test_arguments_of_javascript_that_are_no_array(argument: str) -> None:
    with pytest.raises(TreeError, match="not a name alone"):
        read_code(f"function f({argument}) {{ return x[0] <= 1 ? 0 : 1; }}", ".js")


def test_integers_need_a_domain_of_integers(tmp_path: Path) -> None:
    """A function of ints gets 0 where the domain has 1/2, and no int holds 2^40."""
    path = tmp_path / "tree.c"
    for kind, least, last, said in (
        ("int", Fraction(1, 2), Fraction(5, 2), "has other numbers"),
        ("int", Fraction(0), Fraction(2**40), "at most 2147483647"),
        ("long", Fraction(0), Fraction(2**40), ""),
        ("short", Fraction(0), Fraction(2**15), "at most 32767"),
        ("double", Fraction(1, 2), Fraction(5, 2), ""),
    ):
        path.write_text(f"int f(const {kind} *x) {{ if (x[0] <= 1) return 0; return 1; }}")
        count = int(last - least) + 1
        domain = Domain((Ordinal("n", least, Fraction(1), count, ((count, Fraction(1)),)),))
        if said:
            with pytest.raises(TreeError, match=said):
                load_tree(path, domain=domain)
        else:
            load_tree(path, domain=domain)


def test_numbers_of_python_that_no_float_holds() -> None:
    huge = "1" + "0" * 400
    for body in (f"return 0 if x[0] <= {huge} else 1", f"return {huge}"):
        with pytest.raises(TreeError, match=r"no float64|no class"):
            read_code(f"def f(x):\n    {body}\n", ".py")


@pytest.mark.parametrize("number", ["1e", "--1", ".", "1.2.3", "1e400"])
def test_numbers_of_sql_that_are_none(number: str) -> None:
    tests = (f"CAST(x0 AS DOUBLE PRECISION) {sign} {number} THEN" for sign in ("<=", ">"))
    with pytest.raises(TreeError, match="no CASE expression"):
        read_sql("CASE WHEN {} 0 WHEN {} 1 END\n".format(*tests))


@pytest.mark.parametrize("comment", ["/*! 1 + */", "/*+ x */", "/* /* */"])
def test_comments_of_sql_that_some_databases_run(comment: str) -> None:
    assert read_sql("/* plain */ 1\n").nodes == (Leaf(1),)
    with pytest.raises(TreeError, match="no CASE expression"):
        read_sql(f"{comment} 1\n")


@pytest.mark.parametrize("kind", ["function*", "async function", "async function *"])
def test_functions_of_javascript_that_return_no_class(kind: str) -> None:
    text = "%s score(x) { if (x[0] <= 0.5) { return 0; } else { return 1; } }"
    assert len(read_code(text % "function", ".js").nodes) == 3
    with pytest.raises(TreeError, match="async or a generator"):
        read_code(text % kind, ".js")


@pytest.mark.parametrize("word", ["byte", "var", "boolean"])
def test_a_type_of_another_name(word: str) -> None:
    """In C a _Bool by the name of ``var`` holds 1 where it is given 2."""
    body = f"int f(const double *x) {{ {word} k = 0; if (x[0] <= 0.5) k = 1; return k; }}"
    assert read_code(body, ".c").class_at([Fraction(0)]) == 1
    with pytest.raises(TreeError, match="line 1: a typedef stands before"):
        read_code(f"typedef _Bool {word};\n{body}", ".c")
