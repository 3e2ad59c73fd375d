"""The kernel: checks a proof about a question and counts the points where it is true. Trusted.

``verify`` walks through the proof, has the Steps of many cells looked at together (``settling``),
enters what they prove into a ``Ledger`` and makes the verdict of that (``conclusion``). No prover
is trusted: every bound, evaluation and count is made anew. docs/soundness.md argues each rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NoReturn

from verifier.kernel.asked import Asked, ask
from verifier.kernel.conclusion import conclude
from verifier.kernel.helpers import Desk, Helpers, Here, keep_memory
from verifier.kernel.judging import UPHOLD, Waiting, refuse
from verifier.kernel.known import Classes
from verifier.kernel.ledger import EVERY, Ledger
from verifier.kernel.points import blocks, evaluate
from verifier.kernel.prepared import prepare
from verifier.kernel.rules import constant, group_of
from verifier.kernel.sandwich import fault
from verifier.kernel.sections import Established, Section, established, take
from verifier.kernel.settling import CLOSER, Line, enter_pair, leave_open, settle
from verifier.kernel.signed import suits
from verifier.kernel.stopping import CheckStopped, Hold, Pause, Stop, polling, times_more
from verifier.kernel.tails import tail_bound
from verifier.model import verdict as v
from verifier.model.domain import Point
from verifier.model.errors import CertificateError, InvalidProof, quoted
from verifier.model.limits import PYTHON, meter
from verifier.model.overlay import no_charge
from verifier.model.proof import (
    About,
    Constant,
    Enumerated,
    Open,
    Paired,
    Sandwich,
    Several,
    Signed,
    Split,
    Step,
    Tail,
    Walk,
)
from verifier.model.question import Matter

__all__ = ["CLOSER", "UPHOLD", "Waiting", "blocks", "constant", "evaluate", "prepare", "settle"]
__all__ += ["Piece", "check_section", "tail_bound", "verify"]

WAITING = 1 << 12
"""Cells checked together, at most."""
FIRST, SANDWICHES = 1 << 3, 1 << 10
"""Sandwiches checked together, at most: the first time, where the check may be stopped and would
lose what is under way, and later."""
TAIL, TREES = 16, 1 << 10
"""How many Sandwiches a Tail counts as there (it takes long in a wide network), and how many bytes
of trees of signs count as one."""
Elsewhere = Callable[[Mapping[Point, Classes]], Iterable[Established]]
"""Has all sections of a proof checked somewhere else."""
LONG = 1 << 20
"""A cell of so many points is enumerated only once the cells before it are settled."""
AT_ONCE = 1 << 27
"""Numbers, about, that checking them takes: fewer cells of a wide teacher, so as to stop soon."""


def verify(
    matter: Matter,
    proof: Sequence[Split | Step],
    counterexamples: Sequence[Point] = (),
    *,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    threads: int = 1,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
    asked: Asked | None = None,
    keep_left: int = EVERY,
    helpers: Helpers | None = None,
    elsewhere: Elsewhere | None = None,
) -> v.Verdict:
    """Check every Step of ``proof`` and every counterexample; return what they prove.

    Counterexamples are points where the question of ``matter`` is true. A Trusted step that the
    kernel cannot close itself counts as Open, unless its solver is one of those in ``trust`` (names
    of ``solvers.SOLVERS``). What would follow if all solvers were right is found as well, as the
    verdict's ``if_all_right``. ``progress`` is called now and then with the number of cells
    checked. The answer does not depend on ``threads``; with more than one, the matrix products had
    better use one each. Once ``stop`` says so (it is asked often, in any thread) the check ends:
    what has not been checked by then counts as Open, and ``checked.cut`` says where that begins.
    With ``lenient`` cells of Constant steps that do not hold count as Open too
    (``checked.refused``). With ``limited`` the work is counted against ``LEAFPROOF_WORK``, as it
    must be for a proof that somebody else made. ``asked`` is the question as ``prepared`` makes it,
    where that is done; ``helpers`` are other processes that look at Sandwiches. ``elsewhere`` has
    the proof checked in sections, by ``check_section``: it is called with the counterexamples, and
    gives what was found of each section, in their order. Cells that are not decided are kept
    (``checked.left``) where there are ``keep_left`` at most.
    Raises InvalidProof naming the first claim that does not hold (and the numbers of all Constant
    steps that do not); CertificateError, TreeError or NetworkError where the parts do not fit
    together.
    """
    if asked is None:
        asked = prepared(matter, stop=stop, limited=limited, nodes=len(proof))
    start = time.perf_counter()
    if asked.opaque and (tuple(proof) != (Open(),) or counterexamples):
        raise InvalidProof(
            "nothing is proved of an opaque model: its proof is one open cell, without witnesses"
        )
    keep_memory()
    hold = Hold(stop)
    desk = None if helpers is None else helpers.about(matter)
    alone = threads == 1 and desk is None
    with _pool(threads, alone) as pool, _pool(1, alone) as ahead:
        ledger = Ledger(asked, pool, lenient, frozenset(trust), desk=desk, keeps=keep_left)
        try:
            hold.keep(ledger)
            _check_counterexamples(ledger, counterexamples, hold)
            if elsewhere is None:
                line = Line(ledger, ahead) if progress is None else Line(ledger, ahead, progress)
                _check_steps(ledger, proof, hold, line)
            else:
                _put_together(ledger, elsewhere(ledger.found), hold, progress)
        except CheckStopped:
            if ledger.refused and not lenient:
                _raise_refused(ledger)
            ledger = hold.rest_open()
    checked = v.Checked(
        cells=dict(sorted(ledger.cells.items())),
        splits=hold.splits,
        points_enumerated=ledger.points,
        upheld=ledger.upheld,
        largest_bits=ledger.largest,
        seconds=time.perf_counter() - start,
        cut=hold.cut,
        refused=tuple(ledger.refused),
        left=tuple(ledger.left),
    )
    stated = conclude(ledger, checked, None) if ledger.trusted else None
    return replace(conclude(ledger, checked, ledger.trust), if_all_right=stated)


def prepared(
    matter: Matter, *, stop: Stop | None = None, limited: bool = True, nodes: int = 0
) -> Asked:
    """The question made ready, for a proof of so many ``nodes``; ``stop`` and ``limited`` as
    ``verify`` takes them."""
    spend = meter("checking the proof", nodes).spend if limited else no_charge
    return ask(matter, polling(stop), spend)


def _check_steps(ledger: Ledger, proof: Sequence[Split | Step], hold: Hold, line: Line) -> None:
    """Check the proof's steps into the ledger."""
    walk = hold.walk_of(ledger.asked.domain)
    _go_through(ledger, proof, walk, hold, line)
    if ledger.refused and not ledger.lenient:
        _raise_refused(ledger)
    ledger.evaluate_waiting()
    line.tell(walk.count)
    hold.mark()


def _go_through(
    ledger: Ledger,
    proof: Iterable[Split | Step],
    walk: Walk,
    hold: Hold | Pause,
    line: Line,
    *,
    whole: bool = True,
) -> None:
    """The same, without an end: what is to be enumerated may not be so yet."""
    batch, asked = list[Waiting](), ledger.asked
    group = max((group_of(net.p) for net in asked.nets.values()), default=1)
    most, each = _most_waiting(asked, group), 4 * PYTHON + 64 * len(asked.domain.variables)
    each += asked.labels // 8
    sums, enough, charged = 0, SANDWICHES if hold.stop is None else FIRST, walk.count
    for count, (cell, _, step) in enumerate(walk.through(proof, whole=whole), walk.count + 1):
        if count % group and type(step) is Constant and not _fault(asked, (step,), several=False):
            batch.append(Waiting(count, cell, (step,)))  # nearly all: no more is done for each
            continue
        asked.spend(each * (count - charged))
        charged = count
        if isinstance(step, Enumerated) and asked.domain.infinite:
            settle(ledger, batch)
            refuse(
                ledger, f"step {count} goes through the points of a cell that has infinitely many"
            )
        elif isinstance(step, Enumerated):
            if cell.size >= LONG:
                line.settle(batch)
            ledger.count("enumerated")
            ledger.step = count
            ledger.enumerate(cell)
        elif isinstance(step, Open):
            ledger.step = count
            leave_open(ledger, cell)
        elif isinstance(step, Paired):
            ledger.step = count
            enter_pair(ledger, count, cell, step)
        else:
            steps: tuple[Step, ...] = step.steps if isinstance(step, Several) else (step,)
            if isinstance(step, Sandwich):
                steps = *step.beside, step
            if problem := _fault(asked, steps, several=isinstance(step, Several)):
                line.settle(batch)
                refuse(ledger, f"step {count} {problem}")
            batch.append(Waiting(count, cell, steps))
            sums += step.work if isinstance(step, Sandwich) else TAIL * isinstance(step, Tail)
            sums += sum(1 + len(x.trees) // TREES for x in steps if isinstance(x, Signed))
        if (count % most == 0 and not isinstance(step, Tail)) or sums >= enough:
            begun = time.perf_counter_ns(), time.process_time_ns()
            line.send(batch)
            took, used = time.perf_counter_ns() - begun[0], time.process_time_ns() - begun[1]
            sums, enough = 0, min(enough * times_more(took, used), SANDWICHES)
        pending = bool(batch or line.under_way or ledger.pending)
        if (not batch or count % group == 0) and hold.due(pending=pending):
            line.settle(batch)
            ledger.evaluate_waiting()
            line.tell(count)
            hold.keep(ledger)
            if hold.over:
                break
        if walk.stack:
            asked.poll()
    asked.spend(each * (walk.count - charged))
    line.settle(batch)


def check_section(
    asked: Asked,
    section: Section,
    found: Mapping[Point, Classes],
    *,
    trust: Collection[str] = (),
    lenient: bool = False,
    threads: int = 1,
    desk: Desk | None = None,
    stop: Stop | None = None,
    seconds: float | None = None,
    keep_left: int = EVERY,
) -> Established:
    """Check the Steps of a section by themselves, knowing the counterexamples ``found`` before.

    After some ``seconds``, or once ``stop`` says so, it ends before the section does, with what is
    established by then: its ``rest`` are the cells that have not begun. Raises CheckStopped where
    nothing is. What does not hold is raised where the sections are put together (``verify``), in
    their order.
    """
    walk, fault = Walk(list(section.stack), *section.before), None
    pause = Pause(walk, stop, seconds)
    alone = threads == 1 and desk is None
    with _pool(threads, alone) as pool, _pool(1, alone) as ahead:
        ledger = Ledger(asked, pool, lenient, frozenset(trust), desk=desk, keeps=keep_left)
        ledger.found = dict(found)
        try:
            _go_through(ledger, section.nodes, walk, pause, Line(ledger, ahead), whole=False)
            ledger.evaluate_waiting()
        except CheckStopped:
            if pause.kept is None:
                raise
            ledger, walk = pause.kept
        except (InvalidProof, CertificateError) as error:
            fault = error
    return established(section, walk, ledger, fault)


@dataclass(frozen=True, eq=False)
class Piece:
    """A section to be checked by itself: the arguments of ``check_section``."""

    section: Section
    found: Mapping[Point, Classes]
    trust: frozenset[str]
    lenient: bool
    keep_left: int = EVERY

    def about(self, asked: Asked) -> Established:
        """What its check establishes."""
        return check_section(
            asked,
            self.section,
            self.found,
            trust=self.trust,
            lenient=self.lenient,
            keep_left=self.keep_left,
        )


def _pool(threads: int, alone: bool) -> Executor:
    """So many threads; this one alone, where others would only wait for it."""
    return Here() if alone else ThreadPoolExecutor(threads)


def _put_together(
    ledger: Ledger,
    sections: Iterable[Established],
    hold: Hold,
    progress: Callable[[int], None] | None,
) -> None:
    """Enter what was found of all sections of a proof, one after the other, into the ledger."""
    walk = hold.walk_of(ledger.asked.domain)
    for held in sections:
        take(ledger, held, walk)
        if progress:
            progress(walk.count)
        if hold.due(pending=False):
            hold.keep(ledger)
        ledger.asked.poll()
    walk.check_ended()
    if ledger.refused and not ledger.lenient:
        _raise_refused(ledger)
    hold.mark()


def _most_waiting(asked: Asked, group: int) -> int:
    """How many steps are checked together: whole groups, whenever copies are kept."""
    teachers = [net.p.teacher for net in asked.nets.values()]
    numbers = sum(max(t.widths) ** 2 * len(t.widths) for t in teachers)
    numbers += sum(forest.cell_cost for forest in asked.forests.values())
    most = max(4, min(WAITING, AT_ONCE // max(1, numbers)))
    return max(2, most // group) * group if group > 1 else most


def _fault(asked: Asked, steps: Sequence[Step], *, several: bool) -> str:
    """What is wrong with the Steps of a cell as they stand; "" if nothing is."""
    if several and len(steps) < 2:
        return "says that it is several, but is not"
    if not several and isinstance(sandwich := steps[-1], Sandwich):
        if problem := fault(asked, sandwich):
            return problem
        steps = sandwich.beside
    last = -1
    for step in steps:
        if not isinstance(step, About):
            return "holds what is no claim about a network"
        if step.model not in asked.proved:
            return f"speaks of model {step.model}, which is no network"
        net = asked.nets.get(step.model)
        if isinstance(step, Signed) and (net is None or not suits(net.p)):
            return "is Signed, which is said of networks of affine layers and ReLUs only"
        if isinstance(step, Tail) and asked.domain.infinite:
            return "is a Tail, which a domain with continuous variables has not"
        if not 0 <= step.klass < asked.proved[step.model].classes:
            return f"names class {step.klass}, which {asked.word(step.model)} lacks"
        if step.model <= last:
            return "does not name its networks one by one in increasing order"
        last = step.model
    return ""


def _raise_refused(ledger: Ledger) -> NoReturn:
    """Raise InvalidProof with the numbers of all Constant steps refused so far."""
    error = InvalidProof(ledger.complaint)
    error.refused = tuple(ledger.refused)
    raise error


def _check_counterexamples(ledger: Ledger, points: Sequence[Point], hold: Hold) -> None:
    asked = ledger.asked
    different = list(dict.fromkeys(points))
    if not different:
        return
    asked.spend(len(different) * PYTHON * (asked.atoms + len(asked.domain.variables)))
    size = asked.chunk
    for group in (different[at : at + size] for at in range(0, len(different), size)):
        asked.poll()
        fit = list(takewhile(asked.domain.possible, group))
        every, longest = asked.exact_classes(fit)
        for point, classes in zip(fit, every, strict=True):
            if not asked.truth(classes):
                raise InvalidProof(f"counterexample {point}: {_why_not(asked, classes)}")
            ledger.found[point] = classes
            ledger.evaluated += 1
        ledger.largest = max(ledger.largest, longest)
        if len(fit) < len(group):
            raise InvalidProof(f"counterexample {group[len(fit)]} is not a point of the domain")
        hold.keep(ledger)


def _why_not(asked: Asked, classes: Classes) -> str:
    if asked.differs:
        return f"teacher and tree agree there ({classes[0]})"
    held = (f"{quoted(name)} {klass}" for name, klass in zip(asked.names, classes, strict=True))
    return f"the question is not true there (classes: {', '.join(held)})"
