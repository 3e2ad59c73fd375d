"""The paper's table, at the paper's scale: make paper. It may be ended and begun again at any time.

python -m tests.benchmarks.paper [--folder DIR] [--only NAME ...] [--given DIR] [--no-training]
                                 [--seconds S] [--draws N] [--keep N ...] [--write]

For each network of the plan: trains it (11 epochs, one thread), distils it for every `keep` and
proves every tree; then writes docs/paper.md. Networks, rows and the certificate last made are kept
in --folder (.cache/paper); what is there is not made again, and a stop loses at most one epoch of a
training or one row. Rows that were measured before, also elsewhere, are part of the repository
(docs/paper/rows.json). --given names a folder of networks as `paper_nets` reads them, which are
measured as well. --only takes names of networks; --no-training measures what is trained already.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from tests.benchmarks.paper import page
from tests.benchmarks.paper.measuring import Asked, Subject, find, wanted
from tests.benchmarks.paper.plan import KEEPS, LONG, Net, networks
from tests.benchmarks.paper.rows import GIVEN, ITSELF, MADE, PaperRow, Trained, key, load, save
from tests.benchmarks.paper.training import FIRST_EPOCHS, log_of, sha256_of, train_net, weights_path
from tests.benchmarks.paper_nets import load_paper_net
from tests.benchmarks.runner import ROOT
from verifier.model.errors import LeafproofError

FOLDER = ROOT / ".cache" / "paper"
KEPT = ROOT / "docs" / "paper" / "rows.json"
"""The rows that are part of the repository."""


def main(arguments: Sequence[str]) -> int:
    """Make what is missing, then the page; 130 if ended before, 1 if a row cannot be made."""
    options = _parser().parse_args(list(arguments))
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    asked = Asked(options.seconds, options.draws)
    failed = 0
    _Ended.happened = False
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        for path, net in () if options.write else _sources(options):
            failed += _rows(path, net, asked, options.keep, folder)
    except KeyboardInterrupt:
        print("ended: the same command goes on", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    rows = list(_held(folder).values())
    save(KEPT, rows)
    page.write(rows, ROOT / "docs")
    return int(failed > 0)


def _stop(number: int, frame: FrameType | None) -> None:
    _Ended.happened = True
    raise KeyboardInterrupt


class _Ended:
    """Whether a stop was asked for: a job may answer it with what it has by then."""

    happened = False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.paper")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where all is kept")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these networks")
    parser.add_argument("--given", type=Path, metavar="DIR", help="other networks to measure")
    parser.add_argument("--no-training", action="store_true", help="only what is trained")
    parser.add_argument("--seconds", type=float, default=120, help="for each proof")
    parser.add_argument("--draws", type=int, help="of each sample (by default by time)")
    parser.add_argument("--keep", type=int, nargs="+", default=list(KEEPS))
    parser.add_argument("--write", action="store_true", help="only write the page")
    return parser


def _sources(options: argparse.Namespace) -> Iterator[tuple[Path, Trained]]:
    """The networks' files, each trained when its turn comes."""
    for net in networks():
        if options.only and net.name not in options.only:
            continue
        path = weights_path(options.folder, net)
        if not path.exists() and not options.no_training:
            train_net(options.folder, net, FIRST_EPOCHS)
        if path.exists():
            yield path, _trained(net, options.folder, FIRST_EPOCHS)
    for net in networks():
        if net.curve and (not options.only or net.name in options.only):
            if not options.no_training and not weights_path(options.folder, net, LONG).exists():
                train_net(options.folder, net, LONG)
            for epochs in range(1, LONG + 1):
                path = weights_path(options.folder, net, epochs)
                if epochs != FIRST_EPOCHS and path.exists():
                    yield path, _trained(net, options.folder, epochs)
    for path in sorted(options.given.glob("*.npz")) if options.given else ():
        if not options.only or path.stem in options.only:
            yield path, _given(path)


def _held(folder: Path) -> dict[str, PaperRow]:
    """The rows that there are: those of the repository, and those of the folder."""
    return load([KEPT, *sorted(folder.glob("*.row.json"))])


def _trained(net: Net, folder: Path, epochs: int) -> Trained:
    log = log_of(folder, net)
    seconds = log.seconds * epochs / len(log.losses)
    facts = (net.name, net.depth, net.columns, net.samples, net.loss, net.seed, epochs)
    return Trained(*facts, MADE, sha256_of(weights_path(folder, net, epochs)), seconds)


def _given(path: Path) -> Trained:
    """A network that others trained; nothing is known of its samples and epochs."""
    _, truth, domain = load_paper_net(path)
    columns = domain.columns
    return Trained(path.stem, truth.depth, columns, 0, "", 0, 0, GIVEN, sha256_of(path))


def _rows(path: Path, net: Trained, asked: Asked, keeps: Sequence[int], folder: Path) -> int:
    """Measure what is missing of a network; of one on its way only its own tree.

    Returns how many rows cannot be made, and says why.
    """
    held = _held(folder)
    curve = net.origin != GIVEN and net.epochs != FIRST_EPOCHS
    every = [(ITSELF, 0)] if curve else wanted(net, keeps)
    missing = [task for task in every if key(net, *task) not in held]
    if not missing:
        return 0
    teacher, truth, domain = load_paper_net(path)
    subject = Subject(teacher, truth, domain, net, asked, folder)
    failed = 0
    for way, keep in missing:
        try:
            row = subject.row(find(subject, way, keep))
        except LeafproofError as error:
            failed += 1
            print(f"{net.name}, {way}, keep {keep}: no row: {error}", file=sys.stderr)
            continue
        if _Ended.happened:
            raise KeyboardInterrupt
        save(folder / f"{row.key}.row.json", [row])
        print(page.told(row), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
