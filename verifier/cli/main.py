"""The ``leafproof`` command. Heavy libraries are imported only by the verbs that need them."""

from __future__ import annotations

import difflib
import errno
import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import cache
from typing import Any

import typer
from typer.exceptions import Abort, TyperException

from verifier.cli import (
    ask,
    bounds,
    certify,
    check,
    demo,
    distill,
    domain,
    ends,
    export,
    options,
    repair,
    report,
    testing,
)
from verifier.cli.asked import Recorded
from verifier.cli.examples import EXAMPLES, epilog
from verifier.model.errors import InvalidProof, LeafproofError, RuntimeNote, Unfinished

BAD_INPUT = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
"""As of a program that the signal of a broken pipe ends: 0 would say that something is proved."""
_FULL = errno.ENOSPC, errno.EDQUOT, errno.EFBIG
"""What a full disk and the like make of a line that is printed."""
DEBUG = "LEAFPROOF_DEBUG"
"""The environment variable that asks for the traceback of a fault."""

app = typer.Typer(
    name="leafproof",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Proves that a decision tree is the network it was distilled from, "
    "or says exactly how far off it is.",
    epilog="Exit codes: 0 proved, 1 refuted or invalid, 2 undecided, 3 bad input.",
)
for verb in (
    certify.certify,
    check.check,
    distill.distill,
    repair.repair,
    testing.test,
    export.export,
    report.report,
    domain.domain,
    demo.demo,
):
    app.command(epilog=epilog(verb.__name__), cls=Recorded)(verb)
app.add_typer(ask.app, name="ask")
app.add_typer(bounds.app, name="bounds")


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        typer.echo(f"leafproof {version('leafproof')}")
        raise typer.Exit


@app.callback()
def leafproof(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="print the version and exit"
    ),
) -> None:
    """Proves that a decision tree is the network it was distilled from."""


def run(arguments: Sequence[str] | None = None, began: float | None = None) -> int:
    """Run the command line and return its exit code; every error is one line on standard error.

    ``began`` is when the process began, if it is this run's own: time limits count from there.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    if "" in words:
        at = words.index("") + 1
        return _complain(f"argument {at} is empty: is it a variable that is not set?", BAD_INPUT)
    # a context of its own: how much one run says is not handed to the next
    return copy_context().run(_run, words, began)


def _run(words: list[str], began: float | None) -> int:
    if began is not None:
        ends.begun(began)
    code = _called(words)
    ends.finished(code)
    return code


def _called(words: list[str]) -> int:
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", RuntimeNote)
                warnings.showwarning = _note(warnings.showwarning)
                code = _command()(words, prog_name="leafproof", standalone_mode=False, obj=run)
        finally:
            ends.unhurried()
    except ends.OutOfTime:
        return _complain(ends.complaint(), ends.UNDECIDED)
    except Unfinished as error:
        return _complain(str(error), ends.UNDECIDED)
    except InvalidProof as error:
        return _complain(str(error), 1)
    except TyperException as error:
        return _complain(_usage(error, words), BAD_INPUT)
    except (Abort, KeyboardInterrupt):
        return _complain("interrupted", INTERRUPTED)
    except (BrokenPipeError, SystemExit) as end:
        if isinstance(end, SystemExit) and not isinstance(end.__context__, BrokenPipeError):
            raise
        sys.stdout = None  # whoever read it has seen enough, but what was proved is not known
        return BROKEN_PIPE  # and not the 1 with which what printed it would end: that is a verdict
    except Exception as error:  # noqa: BLE001  the last line: a fault must not look like a verdict
        if ends.gave_up():
            return _complain(ends.complaint(), ends.UNDECIDED)
        if isinstance(error, LeafproofError) or type(error).__module__.startswith("theory."):
            return _complain(str(error), BAD_INPUT)
        return _complain(_fault(error, words), BAD_INPUT)
    if code == INTERRUPTED:  # the parser makes this of Ctrl-C, without a word
        return _complain("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else 0


@cache
def _command() -> Any:
    """All verbs with their options; reading them off the functions takes some 40 ms."""
    return typer.main.get_command(app)


def _complain(message: str, code: int) -> int:
    with ends.saying(code):
        typer.echo("leafproof: " + " ".join(message.split()), err=True)
    return code


def _note(otherwise: Callable[..., None]) -> Callable[..., None]:
    """How warnings are shown: a RuntimeNote on one line of standard error."""

    def show(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if issubclass(category, RuntimeNote):
            typer.echo("leafproof: note: " + " ".join(str(message).split()), err=True)
        else:
            otherwise(message, category, *rest)

    return show


def _fault(error: Exception, words: Sequence[str]) -> str:
    """What to say of an exception that nothing expected: whose fault it is, and what helps."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    verb = next((word for word in words if not word.startswith("-")), "leafproof")
    if isinstance(error, MemoryError):
        return f"{verb}: there is not enough memory for this: nothing was proved or refuted"
    if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
        return f"{verb}: cannot write what it has to say ({error.strerror}): send it elsewhere"
    hint = "" if os.environ.get(DEBUG) else f" with what {DEBUG}=1 shows"
    return (
        f"{verb}: a fault of Leafproof ({type(error).__name__}: {str(error)[:200]}): "
        f"nothing was proved or refuted; please report it{hint}"
    )


def _usage(error: TyperException, words: Sequence[str]) -> str:
    """The parser's message, with the nearest verb for a mistyped one, and where help is."""
    message = error.format_message().rstrip(".").replace("Value error, ", "")
    if chosen := re.search(r"'([^']*)' is not one of (.*)", message):
        near = difflib.get_close_matches(chosen[1], re.findall(r"'([^']*)'", chosen[2]), 1)
        if near:
            return f"{message}: did you mean '{near[0]}'?"
    if any(w == "--against" or w.startswith("--against=") for w in words) and (
        "'--against' requires" in message or "argument 'certificate'" in message
    ):
        return f"{options.NEEDED}; the certificate comes first"
    if words[:1] == ["ask"] and "argument 'NAME=FILE" in message:
        return (
            "the question comes before the models: leafproof ask fair MODEL (or monotone, same, "
            "robust: see leafproof ask --help), or a formula and NAME=FILE for each of its models"
        )
    known = [k.split() for k in EXAMPLES]
    path = words[:1] if words[:1] in known else []
    if "No such command" in message:
        wrong = words[len(path)] if len(words) > len(path) else ""
        verbs = [k[-1] for k in known if k[:-1] == path]
        near = difflib.get_close_matches(wrong, verbs, 1)
        if near:
            return f'there is no command "{wrong}": did you mean "{near[0]}"?'
    if words[:2] in known:
        path = words[:2]
    if "unexpected extra argument" in message:
        message += " (an option takes one value: name it again for each)"
    asked = " ".join([*path, "--help"])
    if not message:  # its help is printed already
        return f"no command was given: see leafproof {asked}"
    return f"{message}: see leafproof {asked}"


def _opened() -> None:
    """Standard streams that the caller closed lead nowhere: no file is opened in their place."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def main() -> None:
    """Entry point of the console script; a name that cannot be printed ends nothing."""
    _opened()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(began=ends.process_start()))


if __name__ == "__main__":
    main()
