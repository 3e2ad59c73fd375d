"""What was asked for: the command line as certificates record it, without anybody's paths."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption

from verifier.cli import overwriting
from verifier.jobs.limit import begin_for
from verifier.model.errors import QuestionError

ELSEWHERE = frozenset(
    {"output", "certificate", "plot", "emit", "json", "quiet", "verbose", "journal"}
    | {"engine", "address", "where_certificate"}
)
"""Options that say where results go, and where work is done: they change nothing in a
certificate."""

# of one run of the command
_ASKED: ContextVar[str] = ContextVar("asked", default="")


class Recorded(TyperCommand):
    """A verb whose command line is known while it runs."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; an option that is given twice would silently be the last."""
        order = self.make_parser(ctx).parse_args(args=list(args))[2]
        for parameter in order:
            is_one = isinstance(parameter, TyperOption) and not (
                parameter.multiple or parameter.is_flag or parameter.count
            )
            if is_one and order.count(parameter) > 1:
                name = max(parameter.opts, key=len)
                raise QuestionError(f"{name} is given twice: give it once")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the verb, unless a result would replace a file that it reads."""
        overwriting.check(ctx)
        begin_for(overwriting.read_by(ctx))
        text = " ".join(_words(ctx))
        _ASKED.set("".join(x if x.isprintable() else "?" for x in text))  # it is one line
        return super().invoke(ctx)


def command() -> str:
    """The command that is running, as certificates record it: ``leafproof certify ...``.

    Files are named by what they are. The same command on the same files gives the same text.
    """
    return _ASKED.get()


def _words(ctx: typer.Context) -> list[str]:
    from verifier.jobs.journals import is_journal

    words = ["leafproof", *_verb(ctx)]
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if isinstance(parameter, TyperArgument):
            words.append(name.upper())
        elif isinstance(parameter, TyperOption) and name not in ELSEWHERE:
            value = ctx.params.get(name)
            if name == "resume" and isinstance(value, Path) and is_journal(value):
                continue  # a run that goes on from its journal is the run that was begun
            if name == "seed" or value != parameter.get_default(ctx):
                for one in value if isinstance(value, list | tuple) else [value]:
                    words.append(max(parameter.opts, key=len))
                    words += [] if parameter.is_flag else [_text(name, one)]
    return words


def _verb(ctx: Any) -> list[str]:
    """The verb, with the group that it is in; ``ask`` alone where a formula is asked."""
    names: list[str] = []
    while ctx is not None and ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return names[:1] if names[-1:] == ["formula"] else names


def _text(name: str, value: object) -> str:
    """An option's value; paths are kept out."""
    if isinstance(value, Path) or (name == "domain" and value not in ("bits", "signs")):
        return "FILE"
    return f"{value:g}" if isinstance(value, float) else str(value)
