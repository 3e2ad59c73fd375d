"""The code blocks of the documentation, and how they are run.

* `sh` blocks are run, in the folder of their page; the last command ends with 0, or with N where
  `<!-- exit: N -->` stands before the block. A block of `make` lines is not run: each must be a
  target of the Makefile.
* `python` blocks are executed; those of a page share their names.
* A block with `title="FILE"` is that file, and is written for the blocks after it.
* A `text` block is what the block before it prints: `...` stands for anything, a SHA-256 for every
  SHA-256 and a version for every version.
* In a `console` block lines begin with `$ `; what it prints is what the last of them prints.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from verifier.cli.main import run

ROOT = Path(__file__).parent.parent
EXIT = re.compile(r"<!-- exit: (\d+) -->")
TITLE = re.compile(r'title="([^"]+)"')
SHELL = frozenset("|&;<>$`(){}*?!~#")
"""Characters for which a command needs a shell."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its first line (from 1), and the code that its last command ends with."""

    page: str
    line: int
    language: str
    title: str | None
    text: str
    exit: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """README, CONTRIBUTING, the example repository's README and the pages of docs/."""
    names = ("README.md", "CONTRIBUTING.md", "examples/repository/README.md")
    return [ROOT / x for x in names] + sorted((ROOT / "docs").rglob("*.md"))


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order; a block that is only indented is an error."""
    found: list[Block] = []
    code = 0
    for token in MarkdownIt().parse(page.read_text()):
        where = token.map[0] + 1 if token.map else 0
        if token.type == "html_block" and (said := EXIT.search(token.content)):
            code = int(said[1])
        elif token.type == "code_block":
            raise ValueError(f"{name(page)}:{where}: an indented block: fence it")
        elif token.type == "fence":
            language, _, rest = token.info.partition(" ")
            title = TITLE.search(rest)
            found.append(
                Block(name(page), where, language, title and title[1], token.content, code)
            )
            code = 0
    return found


def matches(expected: str, printed: str) -> bool:
    """Whether the output is as shown."""
    parts = plain(expected).strip("\n").split("...")
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, plain(printed).strip("\n"), re.DOTALL) is not None


def plain(text: str) -> str:
    """Digests, versions and spaces at the ends of lines made equal."""
    text = re.sub("[0-9a-f]{64}", "SHA", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE))
    return re.sub(r"\b\d+\.\d+\.\d+\b", "V", text)


def commands(block: Block) -> str:
    """The shell commands of a block."""
    if block.language != "console":
        return block.text
    lines = block.text.splitlines()
    assert all(x.startswith("$ ") for x in lines), f"{block}: put output into a text block"
    return "\n".join(x.removeprefix("$ ") for x in lines) + "\n"


def shell(block: Block) -> str:
    """Run a block of commands in the current folder; returns standard output.

    Plain commands of leafproof run in this process, which has the libraries loaded.
    """
    script = commands(block)
    lines = [x for x in re.sub(r"\\\n\s*", "", script).splitlines() if x.strip()]
    if all(x.startswith("leafproof ") and not SHELL & set(unquoted(x)) for x in lines):
        said = [leafproof(shlex.split(x)[1:], block, x is lines[-1]) for x in lines]
        return said[-1] if block.language == "console" else "".join(said)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == block.exit, f"{block}: exit {done.returncode}\n{done.stderr}"
    return done.stdout


def unquoted(line: str) -> str:
    """The line without what stands in quotes."""
    return re.sub(r"'[^']*'|\"[^\"$`]*\"", "", line)


def leafproof(arguments: list[str], block: Block, last: bool) -> str:
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = run(arguments)
    wanted = block.exit if last else 0
    assert code == wanted, f"{block}: exit {code} of {arguments}\n{complained.getvalue()}"
    return said.getvalue()


def python(block: Block, names: dict[str, object]) -> str:
    """Execute a block; returns what it prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(block.text, str(block), "exec"), names)
    return said.getvalue()
