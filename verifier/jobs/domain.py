"""Domain: read a table as a domain, and say what each column was taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.formats.frame_choices import Distribution
from verifier.formats.frames import FrameDomain, read_frame
from verifier.writing.files import check_writable
from verifier.writing.json_nouns import write_domain

if TYPE_CHECKING:
    from verifier.jobs.loading import StrPath


def domain(
    data: Any,
    target: str | None = None,
    *,
    continuous: bool | str | Iterable[str] | Mapping[str, Any] = (),
    bins: Any = None,
    distribution: str = Distribution.INDEPENDENT,
    kinds: Mapping[str, str] | None = None,
    drop: Iterable[str] = (),
    smoothing: Fraction | float | str | None = None,
    output: StrPath | None = None,
) -> FrameDomain:
    """The domain of a table (a path or a frame), and what its columns are read as.

    The options are those of ``read_frame``; ``output`` is where the domain file is written, whole
    or not at all. Raises LeafproofError.
    """
    if output is not None:
        check_writable(output)
    found = read_frame(
        data,
        target,
        continuous=continuous,
        bins=bins,
        distribution=distribution,
        kinds=kinds,
        drop=drop,
        smoothing=smoothing,
    )
    if output is not None:
        write_domain(output, found.domain)
    return found
