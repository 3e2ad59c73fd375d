"""C with a header of one's own was read as if that changed nothing: it may define any word.

And a comment that began in a line of the preprocessor was thought to end with it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import verifier as lp
from verifier.model.errors import TreeError

BODY = "int f(const double *x) {\n    if (x[0] <= 0.5) { return 0; }\n    return 1;\n}\n"


@pytest.mark.parametrize(
    "line",
    [
        '#include "words.h"',
        "#include <words.h>",
        "#include <x.h>",
        "#include WORDS",
        "#include <math.h> /* and more",
        "#pragma once /* and more",
        "#import <math.h>",
        "#include_next <math.h>",
    ],
)
def test_headers_that_may_define_words_are_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "tree.c").write_text(f"{line}\n{BODY}", "utf-8")
    with pytest.raises(TreeError, match="may change what follows: inline it"):
        lp.load_tree(tmp_path / "tree.c")


@pytest.mark.parametrize(
    "line", ["#include <math.h>", "# include <cmath>", "#pragma once // 1", ""]
)
def test_headers_of_the_language_are_kept(line: str, tmp_path: Path) -> None:
    (tmp_path / "tree.c").write_text(f"{line}\n{BODY}", "utf-8")
    assert lp.load_tree(tmp_path / "tree.c").class_at([1.0]) == 1


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_such_a_header_makes_another_tree(tmp_path: Path) -> None:
    (tmp_path / "words.h").write_text("#define if(x) if (!(x))\n", "utf-8")
    main = '#include <stdio.h>\nint main(void) { double x = 1; printf("%d", f(&x)); return 0; }\n'
    text = f'#include "words.h"\n{BODY}#undef if\n{main}'
    (tmp_path / "tree.c").write_text(text, "utf-8")
    subprocess.run(["cc", "-o", "tree", "tree.c"], cwd=tmp_path, check=True)
    done = subprocess.run(["./tree"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "0"  # where 1 was read


COMMENT = """int f(const double *x) {
#pragma once more /*
if (x[0] <= 0.5) { return 0; }
// */
return 1; }
"""
"""From the second line to the fourth all is comment."""


def test_a_comment_that_begins_in_a_line_of_the_preprocessor(tmp_path: Path) -> None:
    (tmp_path / "tree.c").write_text(COMMENT, "utf-8")
    with pytest.raises(TreeError, match=r"line 2: .*may change what follows: inline it"):
        lp.load_tree(tmp_path / "tree.c")
    (tmp_path / "tree.c").write_text(COMMENT.replace("/*", ""), "utf-8")
    assert lp.load_tree(tmp_path / "tree.c").class_at([0.0]) == 0


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_what_a_compiler_makes_of_it(tmp_path: Path) -> None:
    main = '#include <stdio.h>\nint main(void) { double x = 0; printf("%d", f(&x)); return 0; }\n'
    (tmp_path / "tree.c").write_text(COMMENT + main, "utf-8")
    subprocess.run(["cc", "-o", "tree", "tree.c"], cwd=tmp_path, check=True)
    done = subprocess.run(["./tree"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "1"  # where 0 was read
