"""C, Java, JavaScript and C# read the same code otherwise: where they do, it is refused.

``x[0] <= 0.1L`` compares long doubles in C, ``x[0] < 5u`` unsigned numbers, and an int beside a
float is rounded to float32. A comment ends at a backslash, an escape or a line's end in one and not
in the other; ``!x[0] <= 1`` asks whether !x[0] is; a variable ends with its block. All of these
were read once, as a tree that no compiler makes of them.
"""

from __future__ import annotations

import pytest

from verifier.formats.code_trees import read_code
from verifier.model.errors import TreeError
from verifier.model.tree import Leaf

COMPARED = {
    "double": ("0.1L", "5u", "-5U"),
    "float": ("0.1L", "16777219"),
    "int": ("5u", "16777216.0f", "9007199254740992.0"),
}
COMMENTS = (
    "// it goes on \\\n",
    "// it goes on \\ \r\n",
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
