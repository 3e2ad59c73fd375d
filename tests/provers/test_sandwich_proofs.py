"""Proofs by sandwiches: checked by the kernel, against every point; and how a search ends."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

import verifier as lp
from tests.benchmarks.trained_made import ONE_TEST, rough
from tests.clocks import PATIENCE
from tests.every import seeds
from tests.provers.test_sandwiches import (
    bent,
    bent_alone,
    many_classes,
    network,
    one_network,
    two_copies,
)
from verifier.kernel.asked import ask
from verifier.kernel.helpers import Here
from verifier.kernel.ledger import Ledger
from verifier.model.cell import full_cell
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Finding, Sandwich, Several, Split
from verifier.model.question import Bound, ClassIs, Matter, differ, matter_of
from verifier.provers.answering import answerer_of, points_of
from verifier.provers.bins import LEAST_BINS, Worth, width_of_one
from verifier.provers.costs import Costs
from verifier.provers.further import continued, further_of
from verifier.provers.loop import run
from verifier.provers.open_cells import reopened
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import (
    closing,
    deciding,
    filling,
    proving,
    pruning,
    saying,
    search,
    trial,
)
from verifier.provers.pairs.arrays import COUNT, CUT, DOUBLE, SIDES, SINGLE
from verifier.provers.pairs.saying import Saying, asked_of
from verifier.provers.pairs.together import with_check_of
from verifier.provers.remainder import LITTLE, Remainder
from verifier.provers.timing import TimeOver, now, stopping
from verifier.writing.certificate import make_certificate

pytestmark = pytest.mark.usefixtures("compiled")
ALONE = SimpleNamespace(most=0)
"""Of a layout that cells are about one group."""
DEAR = Costs(point=1e9, group=1e9, listed=1e9, constant=1e-5, least=1)


@pytest.fixture
def only_sums(monkeypatch):
    """Let nothing be enumerated, so that sums do the work; and few cells be split."""
    monkeypatch.setattr(closing, "costs", lambda _: DEAR)

    def grow(made, until, **_):
        search.draw(made, [root.cell for root in made.roots])
        search.step(made, search.Task(search.START, last=len(made.roots), few=0.0))
        while made.open and made.pool.used[0] < 24:
            search.split(made, min(4, made.open), few=0.0)

    monkeypatch.setattr(search, "grow", grow)


def truth(matter):
    """How many points make the question true, and their weight."""
    answerer = answerer_of(overlay_of(matter))
    points = points_of(full_cell(matter.domain))
    true = points[answerer.true_at(points, answerer.classes(points))]
    return len(true), sum(matter.domain.weight(tuple(p)) for p in true.tolist())


def checked(matter, finding):
    """What the kernel finds in the proof, of which it refuses nothing."""
    _, held, verdict = make_certificate(matter, finding, "test")
    assert not verdict.checked.refused
    assert held.proof == finding.proof
    return verdict


@pytest.mark.parametrize("make", [one_network, many_classes, two_copies])
@pytest.mark.parametrize("seed", seeds(range(15)))
def test_what_is_proved_holds(only_sums, make, seed):
    matter = make(seed)
    finding = proving.prove(matter, Options(), now() + PATIENCE)
    verdict = checked(matter, finding)
    count, weight = truth(matter)
    assert verdict.disagreements[0] <= count <= verdict.disagreements[1]
    low, high = (x * matter.domain.total_weight for x in verdict.error)
    assert low <= weight <= high
    for point in finding.counterexamples:
        assert matter.domain.possible(point)


@pytest.mark.parametrize("matter", [bent(2, 16), bent_alone(2, 24)], ids=["copies", "alone"])
@pytest.mark.parametrize("kinds", [(SIDES,), (SINGLE, DOUBLE)], ids=["sides", "cases"])
def test_sides_and_cases_leave_less_open(only_sums, monkeypatch, matter, kinds):
    widths, never = [], dict.fromkeys((SIDES, SINGLE, DOUBLE), 1e9)
    for dear in (1.0, 1e9):  # so dear that there are none
        for name in ("CASED", "TOGETHER"):
            monkeypatch.setattr(pruning, name, never | dict.fromkeys(kinds, dear))
        finding = proving.prove(matter, Options(), now() + PATIENCE)
        verdict, (count, _) = checked(matter, finding), truth(matter)
        low, high = verdict.disagreements
        assert low <= count <= high
        widths.append(high - low)
        made = [x for x in finding.proof if isinstance(x, Sandwich)]
        assert any(x.cases or x.sides for x in made) == (dear == 1.0)
        assert not any(x.cases if SIDES in kinds else x.sides for x in made)
    assert widths[0] < widths[1]


def hilly():
    """One network on 50,653 points, whose class changes often."""
    net = network(np.random.default_rng(5), 3)
    domain = lp.Domain.product(*(lp.Domain.range(f"v{i}", 0, 9, "1/4") for i in range(3)))
    return Matter(domain, (Bound("a", net, (0, 1, 2)),), ClassIs(0, 1))


def test_sums_say_much_of_cells_that_are_not_closed(only_sums):
    verdict = checked(hilly(), proving.prove(hilly(), Options(), now() + PATIENCE))
    assert verdict.checked.cells["sandwich"] > 4
    assert verdict.error[1] - verdict.error[0] < 0.7


def wide(seed=10):
    """Two copies on 912,673 points."""
    rng = np.random.default_rng(seed)
    shared = tuple(lp.Domain.range(f"v{i}", 0, 12, "1/8").variables[0] for i in range(3))
    own = (lp.Domain.range("a", 0, 0), lp.Domain.range("b", 1, 1))
    domain = lp.Domain((*shared, *(x.variables[0] for x in own)))
    net = network(rng, 4)
    models = Bound("a", net, (0, 1, 2, 3)), Bound("b", net, (0, 1, 2, 4))
    return Matter(domain, models, differ())


def test_a_time_limit_ends_in_an_interval(own_time, compiled):
    matter = wide()
    names = [v.name for v in matter.domain.variables]
    models = {m.name: (m.model, [names[i] for i in m.reads]) for m in matter.models}
    result = lp.ask({"not": {"same": ["a", "b"]}}, models, matter.domain, timeout=3)
    low, high = result.probability
    counts = [v.count for v in matter.domain.variables]
    sample = np.random.default_rng(0).integers(0, counts, (4000, 5))
    answerer = answerer_of(overlay_of(matter))
    share = float(answerer.true_at(sample, answerer.classes(sample)).mean())
    assert low - 0.05 < share < high + 0.05
    assert result.verdict == "somewhere"


def test_a_search_goes_on_from_a_proof(only_sums):
    first = proving.prove(hilly(), Options(), now() + PATIENCE)
    second = proving.prove(hilly(), Options(resume=reopened(first.proof)), now() + PATIENCE)
    splits = [sum(isinstance(x, Split) for x in found.proof) for found in (first, second)]
    assert splits[1] > splits[0]
    count, _ = truth(hilly())
    widths = []
    for found in (first, second):
        low, high = checked(hilly(), found).disagreements
        assert low <= count <= high
        widths.append(high - low)
    assert widths[1] < widths[0]


def test_a_stop_leaves_a_valid_proof():
    matter = wide()
    heard: list[object] = []
    with stopping(lambda: bool(heard)):
        options = Options(progress=lambda x: heard.append(x) if x.closed else None)
        finding = proving.prove(matter, options, now() + 60)
    assert isinstance(finding, Finding)
    _, _, verdict = make_certificate(matter, finding, "test", lenient=True)
    assert verdict.error[0] <= verdict.error[1]


def test_where_it_is_late_already_a_few_are_said(own_time):
    matter = wide()
    proving.prove(matter, Options(), now() + 60)  # whatever is compiled is, then
    finding = proving.prove(matter, Options(), now() - 1)
    assert finding is not None
    said = sum(isinstance(x, Sandwich | Several) for x in finding.proof)
    assert 0 < said <= 2 * closing.FEW
    assert checked(matter, finding).error != (0, 1)


def test_the_kernel_is_asked_before_a_cell_is_called_constant(only_sums, monkeypatch):
    matter = two_copies(3)
    monkeypatch.setattr(
        filling, "constant", lambda p, cells, classes: (np.zeros(len(cells), bool), None)
    )
    finding = proving.prove(matter, Options(), now() + PATIENCE)
    kinds = {type(x).__name__ for x in finding.proof}
    assert "Constant" not in kinds and "Several" not in kinds


@pytest.mark.parametrize("late", ["draw", "step"])
def test_a_search_that_ends_before_it_begins_is_open(monkeypatch, late):
    """Memory that no cell was written to is not taken for one."""

    def over(*_, **__):
        raise TimeOver

    matter = hilly()
    made = proving.begin(matter, Options())
    made.pool.half[len(made.roots) :] = 0
    made.pool.variable[:] = 0
    made.batch[:] = CUT
    with monkeypatch.context() as patched:
        patched.setattr(search, late, over)
        run(made, lambda: search.grow(made, now() + 1))
    proof = closing.close(made, now() + 5, pressed=False).proof
    assert made.open == 0 and checked(matter, Finding(proof)).disagreements[1] > 0


def test_halves_that_were_not_entered_are_none(monkeypatch):
    matter = hilly()
    made = proving.begin(matter, Options())
    search.step(made, search.Task(search.START, last=len(made.roots), few=0.0))
    before = made.pool.used.copy()
    search.split(made, 1, few=0.0)
    made.pool.used[:] = before
    assert (made.pool.half[: before[0]] >= before[0]).any()
    made.forget_halves()
    assert (made.pool.half[: before[0]] < 0).all()


def test_no_more_is_searched_for_than_there_is_time_to_check():
    made = proving.begin(wide(), Options())
    assert made is not None
    search.grow(made, now() + 60, enough=200)
    assert 200 <= made.pool.used[0] <= 200 + 2 * search.BATCH
    made.forget_halves()
    prices = pruning.Prices(1e-4, 1e-4, DEAR)
    open_, seconds = made.undecided(), 1e3
    pruned = pruning.prune(made, prices, seconds)
    assert pruned.seconds < 1.0  # everything fits, and bins are to be no finer than they are worth
    # of some cells more was told than of their halves
    assert 0.8 < pruned.worth / (pruning.GAINED * open_ / seconds) < 1.001
    assert pruning.prune(made, prices, 20e-4).worth > pruned.worth


def random(columns, hidden=(8, 8)):
    """A random network, of which sandwiches say nothing, and a tree of one test."""
    return matter_of(lp.Domain.bits(columns), rough(columns, hidden), ONE_TEST)


def test_time_that_no_sandwich_is_worth_is_spent_on_some_points():
    """Where all cells are worth the same, as many are enumerated as there is time for."""
    made = proving.begin(random(20), Options())
    assert made is not None
    search.grow(made, now() + 60, enough=2000)
    made.forget_halves()
    each = Costs(point=1e-6, group=1e-6, listed=1e-6, constant=1e-3, least=1)
    pruned = pruning.prune(made, pruning.Prices(1e-4, 1e-4, each), 0.3)
    assert 0.2 < pruned.seconds <= 0.3
    kinds, cells = made.batch, list(range(len(made.roots)))
    counted = 0.0
    while cells:
        at = cells.pop()
        if kinds[at] == CUT:
            cells += (int(made.pool.half[at]), int(made.pool.half[at]) + 1)
        counted += made.pool.points[at] * (kinds[at] == COUNT)
    assert 0.2 < counted * 1e-6 <= 0.3


@pytest.mark.parametrize("seed", range(6))
def test_cells_are_cut_where_most_of_the_errors_of_neurons_goes(seed):
    """As found anew of both halves: between few values there is more of a range than half."""
    rng = np.random.default_rng(seed)
    most = rng.permutation([1, 2, 6, 31])
    w, out = rng.normal(size=(5, 4)) / most, rng.normal(size=(1, 5))
    bias = rng.uniform(-1, 1, 5) - w @ most / 2
    layers = (Affine(0, w, bias), Relu(1), Affine(2, out, np.zeros(1)))
    domain = lp.Domain.product(*(lp.Domain.range(f"v{i}", 0, n) for i, n in enumerate(most)))
    bound = Bound("a", Network(4, layers), (0, 1, 2, 3))
    made = proving.begin(Matter(domain, (bound,), ClassIs(0, 1)), Options())
    assert made is not None
    search.step(made, search.Task(search.START, last=1, few=0.0))
    search.split(made, 1, few=0.0)

    def errors(low, high):
        middle, radius = w @ (low + high) / 2 + bias, np.abs(w) @ (high - low) / 2
        least, above = np.minimum(middle - radius, 0), np.maximum(middle + radius, 0)
        return np.abs(out[0]) @ (-least * above / (above - least))

    left = []
    for i, n in enumerate(most):
        one, other = most.astype(float), np.zeros(4)
        one[i], other[i] = n // 2, n // 2 + 1
        share = one[i] + 1
        halves = share * errors(np.zeros(4), one) + (n + 1 - share) * errors(other, most)
        left.append(halves / (n + 1))
    assert made.pool.variable[0] == np.argmin(left)


def test_large_cells_are_enumerated_in_blocks(monkeypatch):
    monkeypatch.setattr(filling, "BLOCK", 1 << 11)
    matter = random(14)
    finding = proving.prove(matter, Options(), now() + PATIENCE)
    verdict = checked(matter, finding)
    assert verdict.checked.cells["enumerated"] >= 8
    count, _ = truth(matter)
    assert verdict.disagreements == (count, count)


def test_a_form_that_passes_from_true_to_false_is_open_a_little():
    """The kernel counts in bins: also where nothing is relaxed some of the cell stays open."""
    weight = np.array([[1.0, -2.0, 0.5]], np.float32)
    layers = (Affine(0, weight, np.float32([50.0])), Relu(1), Affine(2, *_last()))
    domain = lp.Domain.product(*(lp.Domain.range(f"v{i}", 0, 9, "1/4") for i in range(3)))
    made = proving.begin(
        Matter(domain, (Bound("a", Network(3, layers), (0, 1, 2)),), ClassIs(0, 1)), Options()
    )
    assert made is not None
    search.draw(made, [root.cell for root in made.roots])
    search.step(made, search.Task(search.START, last=len(made.roots), few=0.0))
    assert made.undecided() == pytest.approx(deciding.BINNED)


def _last():
    return np.array([[1.0]], np.float32), np.float32([-52.0])


@pytest.mark.parametrize(
    ("each", "left", "trials"),
    [
        (0.5, 5.0, [1]),
        (2e-2, 5.0, [1, 1, 8]),
        (5e-3, 5.0, [1, 1, 8, 20]),
        (1e-3, 5.0, [1, 1, 8, 20]),
    ],
)
def test_what_is_tried_out_takes_a_small_part_of_the_time(each, left, trials, monkeypatch):
    """Where a sandwich takes long, few are tried."""
    made = proving.begin(wide(), Options())
    assert made is not None
    search.grow(made, now() + 60, enough=4000)
    made.forget_halves()
    tried = []

    def timed(propose, some, workers, ledger, slow=1.0):
        tried.append(len(some))
        return each, each

    monkeypatch.setattr(closing, "timed", timed)
    monkeypatch.setattr(closing, "PILOT", 20)
    monkeypatch.setattr(filling, "cased", lambda _: {})
    monkeypatch.setattr(closing, "costs", lambda _: DEAR)
    *_, prices = closing._measured(made, ask(made.matter, lambda: None), now() + left)
    assert [x for x in tried if x <= closing.PILOT] == trials
    assert sum(tried[len(trials) :]) * 2 * each <= closing.MEASURING * left
    assert all(many * 2 * each <= closing.TRYING * left for many in trials[1:])
    each -= closing.ONCE * (len(trials) == 1)
    assert prices.checked == pytest.approx(closing.SAFETY * (each + pruning.CELL * prices.slow))


def test_what_many_took_to_propose_is_a_price_where_it_is_less():
    """What the kernel takes is as it was measured."""
    dear, cheap = (pruning.Prices(each + 2.0, 2.0, DEAR) for each in (3.0, 1.0))
    many, few = (closing.Closed((), 0.0, prices=x) for x in (cheap, dear))
    price = closing._cheaper(dear, many)
    assert price == replace(dear, sandwich=pytest.approx(2.0 + closing.SAFETY))
    assert closing._cheaper(cheap, few) == cheap


@pytest.mark.parametrize(
    ("spare", "each", "ends"),
    [(0.5, 300.0, True), (None, 300.0, False), (1.0, 300.0, False), (0.5, 1e-3, False)],
)
def test_a_proof_that_would_tell_of_little_leaves_its_time_to_a_sample(
    spare, each, ends, monkeypatch
):
    """However much the search tells of, where the kernel can check few of its cells in time; but
    where the sample has enough of its own."""
    full = now() + (1 + (spare or 0.0)) * PATIENCE
    sampled = None if spare is None else Remainder(PATIENCE, full)
    made = proving.begin(wide(), Options(sampled=sampled))
    assert made is not None
    search.grow(made, now() + PATIENCE, enough=2000)
    assert 1 - made.undecided() > LITTLE
    prices = pruning.Prices(each, each / 2, DEAR)
    monkeypatch.setattr(closing, "_is_small", lambda *_: False)
    monkeypatch.setattr(closing, "_prices", lambda *_: prices)
    closed = closing.close(made, now() + PATIENCE, pressed=False)
    assert bool(made.stalled) == ends
    assert (len(closed.proof) < 100) == (each > 1)


@pytest.mark.parametrize(("left", "measures"), [(60.0, False), (0.1, True)])
def test_nothing_is_measured_where_all_of_a_proof_surely_fits(left, measures, monkeypatch):
    """A few cells that tell of what they can take a moment: what is measured takes far more."""
    made = proving.begin(wide(), Options())
    assert made is not None
    search.grow(made, now() + PATIENCE, enough=40)
    asked = []
    monkeypatch.setattr(
        closing, "_prices", lambda search, kernel, prices, *_: asked.append(0) or prices
    )
    monkeypatch.setattr(closing, "costs", lambda _: DEAR)
    closed = closing.close(made, now() + left, pressed=False)
    assert bool(asked) == measures
    if not measures:
        said = [x for x in closed.proof if isinstance(x, Sandwich | Several)]
        assert said and len(closed.coarser) == 1


@pytest.mark.parametrize("left", [20.0, 0.5])
def test_what_is_made_ready_for_a_few_is_not_the_price_of_many(left, monkeypatch):
    """More and more are tried at a time, as far as there is time."""
    made = proving.begin(wide(), Options())
    assert made is not None
    search.grow(made, now() + 60, enough=4000)
    made.forget_halves()
    ready, each, tried = 20e-3, 0.2e-3, []

    def timed(propose, some, workers, ledger, slow=1.0):
        tried.append(len(some))
        return (each + ready / len(some),) * 2

    monkeypatch.setattr(closing, "timed", timed)
    monkeypatch.setattr(filling, "cased", lambda _: {})
    monkeypatch.setattr(closing, "costs", lambda _: DEAR)
    monkeypatch.setattr(closing, "now", lambda: 0.0)
    monkeypatch.setattr(closing, "PILOT", 20)
    *_, prices = closing._measured(made, ask(made.matter, lambda: None), left)
    least = each + ready / max(tried)
    assert prices.checked == pytest.approx(closing.SAFETY * (least + pruning.CELL * prices.slow))
    steps = [(a, b) for a, b in pairwise(tried) if a >= closing.PILOT or left < 1 < a]
    assert steps and max(tried) > (closing.PILOT if left > 1 else closing.FEW)
    for a, b in steps:
        assert 2 * a <= b <= closing.GROWING * a
        assert 2 * (b * each + ready) <= closing.MEASURING * left


def test_what_was_measured_stands_where_the_time_for_it_is_over(monkeypatch):
    """A sweep that takes too long is not waited for, and sandwiches have their prices."""
    made = proving.begin(wide(), Options())
    assert made is not None
    asked = ask(made.matter, lambda: None)
    seen = pruning.Prices(1.0, 0.5, DEAR)

    def measured(search, asked, end, before):
        yield seen
        raise TimeOver

    monkeypatch.setattr(closing, "_measured", measured)
    guess = pruning.Prices(2.0, 1.0, DEAR)
    assert closing._prices(made, asked, guess, now() + 60, 1.0) == seen
    with pytest.raises(TimeOver):
        closing._prices(made, asked, guess, now(), 1.0)


@pytest.mark.parametrize("bits", [0, 400])
def test_bins_take_a_part_of_the_time_where_nothing_else_is_open(bits):
    """As many as pay then of cells that are all alike: fewer where weights are long."""
    domain = SimpleNamespace(uniform=not bits, total_weight=1 << bits, variables=(None,) * 6)
    asked, cells = SimpleNamespace(domain=domain), 4000
    for seconds in (0.5, 5.0):
        price = saying.least_worth(asked, cells, seconds) * saying.bin_seconds(asked)
        worth = Worth(np.full(1, 1 / (cells * price)), np.zeros(1))
        (width,) = width_of_one(np.ones(1), np.ones(1), np.full(1, 6.0), np.ones(1), worth)
        spent = cells / float(width) * saying.bin_seconds(asked)
        assert spent <= saying.BINNING * seconds + cells * LEAST_BINS * saying.bin_seconds(asked)


def test_a_closed_search_goes_on_from_its_cells_and_sandwiches(monkeypatch):
    """Once it is seen that its check was quick: of cells as before the sandwiches are at hand."""
    matter, proposed = wide(), []
    made = proving.begin(matter, Options())
    assert made is not None
    search.grow(made, now() + PATIENCE, enough=400)
    propose = Saying.propose

    def seen(self, some, apply):
        proposed.append({(at, int(made.batch[at])) for _, at, _ in some})
        return propose(self, some, apply)

    monkeypatch.setattr(Saying, "propose", seen)
    prices = pruning.Prices(4.0, 3.0, DEAR)
    first = closing._proof(made, asked_of(made), prices, now() + 120)
    made.forget_halves()
    begun = len(made.leaves())
    more = closing.go_on(made, replace(first, prices=prices), now() + 120, 0.1)
    assert more is not None and len(more.proof) > len(first.proof)
    assert sum(map(len, proposed)) == len(set.union(*proposed)) > len(first.proof) // 3
    one, other = (checked(matter, Finding(x.proof)).error for x in (first, more))
    assert one[0] <= other[0] and other[1] <= one[1] and one != other
    assert begun == len(made.leaves())  # of which there are enough
    assert closing.go_on(made, replace(more, prices=None), now() + 9, 1.0) is None
    found = closing.go_on(made, replace(more, prices=prices), now() + 600, 0.1)
    assert found is not None and len(made.leaves()) > begun  # too few
    last = checked(matter, Finding(found.proof)).error
    assert other[0] <= last[0] and last[1] <= other[1] and last != other


def test_what_goes_on_keeps_the_time_for_what_is_beside_it():
    """The end of more sandwiches is earlier by the check of closed cells, as long as that took."""
    ends = []

    def further(end, learned):
        ends.append((end, learned))
        return Finding((), check=2.0) if end > 5 else None

    found = with_check_of(3.0, continued(Finding((), check=4.0), further))
    assert found.check == 7.0 and further_of(found)(10.0, 0.5).check == 5.0
    assert further_of(found)(6.0, 0.5) is None and ends == [(8.5, 0.5), (4.5, 0.5)]
    assert further_of(with_check_of(3.0, Finding((), check=4.0))) is None


@pytest.mark.parametrize("left", [0.1, 1e9])
def test_pieces_that_are_swept_to_see_what_that_takes_are_small_where_time_is_short(
    left, monkeypatch
):
    """A piece may be made of points that floats do not decide."""
    made = proving.begin(wide(), Options())
    assert made is not None
    asked, tried = ask(made.matter, lambda: None), []
    monkeypatch.setattr(trial, "_enumerated", lambda _, cells: tried.extend(cells))
    ledger = Ledger(asked, Here())
    trial.swept(ledger, [root.cell for root in made.roots], DEAR, 1.0, left)
    most = max(cell.size for cell in tried)
    assert most <= (trial.LEAST if left < 1 else trial.TRIED)
    assert (most > trial.LEAST) == (left > 1)


@pytest.mark.parametrize(
    ("at", "held", "leaves", "slow", "goes_on"),
    [
        (1.0, 0.9, 10, 1.0, True),
        (1.0, 0.9999, 10, 1.0, False),  # going through points closes more
        (1.0, 0.9, 10**6, 1.0, True),  # however much it has found, this time is the search's
        (3.0, 0.9, 10, 1.0, True),
        (3.0, 0.9, 10**6, 1.0, False),  # the kernel has just the time for it
        (3.0, 0.9, 10**4, 1.0, True),
        (3.0, 0.9, 10**4, 8.0, False),  # or had, if nothing else ran
    ],
)
def test_a_search_goes_on_while_it_is_worth_more_than_points(
    at, held, leaves, slow, goes_on, monkeypatch
):
    monkeypatch.setattr(proving, "slow", lambda since, threads: slow)
    clock = iter([0.0, at])
    monkeypatch.setattr(proving, "now", lambda: next(clock))
    monkeypatch.setattr(proving, "_by_points", lambda _: 1e-3)
    found = SimpleNamespace(
        undecided=lambda: held, telling=lambda: leaves, rooms=[0], options=Options(), held=ALONE
    )
    more = proving._Further(found, 2.0, 10.0, 0.4, closing.GUESSED[0], at=proving.now())
    assert more() == (at + 0.4 if goes_on else at)


@pytest.mark.parametrize(("leaves", "goes_on"), [(10**4, True), (10**5, False)])
def test_a_search_ends_where_it_has_cells_enough_by_what_a_few_took(leaves, goes_on, monkeypatch):
    """However much of its share of the time is left: the kernel has better use for it."""
    looked = []
    monkeypatch.setattr(closing, "piloted", lambda *_: looked.append(0) or 1e-3)
    monkeypatch.setattr(proving, "slow", lambda since, threads: 1.0)
    monkeypatch.setattr(proving, "_by_points", lambda _: -1.0)
    clock = iter([0.0, 1.0, 1.25, 1.5])
    monkeypatch.setattr(proving, "now", lambda: next(clock))
    found = SimpleNamespace(
        undecided=lambda: 0.9, telling=lambda: leaves, rooms=[0], options=Options(), held=ALONE
    )
    more = proving._Further(found, 5.0, 30.0, 1.0, closing.GUESSED[0], at=proving.now())
    assert more() == (1.5 if goes_on else 1.25)
    assert more() == (1.75 if goes_on else 1.5)
    assert len(looked) == 1


def test_what_a_sandwich_takes_is_seen_while_a_search_goes_on():
    """The search goes on as if nobody had looked."""
    every = []
    for looks in (False, True):
        made = proving.begin(random(20), Options())
        assert made is not None
        search.grow(made, now() + PATIENCE, few=0.0, enough=100)
        if looks:
            assert closing.piloted(made, now() + PATIENCE, 1.0) > 0
        for _ in range(5):
            search.split(made, 8, few=0.0)
        every.append(sorted(made.pool.open[made.leaves()].tolist()))
    assert every[0] == every[1]


def test_points_close_less_of_a_larger_domain():
    small, large = (proving._by_points(SimpleNamespace(matter=random(n))) for n in (14, 20))
    assert small == pytest.approx(64 * large)


def test_what_comes_once_with_each_go_is_no_part_of_a_price():
    """Of a few sandwiches that is nearly all that they take."""
    one, guessed = (0.02, 0.01), (2e-4, 1e-4)
    few = [(0, 0, full_cell(hilly().domain))]

    def seen(many, each):
        took = tuple((x + (many - 1) * y) / many for x, y in zip(one, each, strict=True))
        return closing._Seen(many * few, took, one, guessed).marginal

    for many in (2, 8, 100):
        assert seen(many, (3e-4, 5e-4)) == pytest.approx((3e-4, 5e-4))
        assert seen(many, (0.0, 0.0)) == pytest.approx(guessed)  # it cannot be told by the clock
    assert seen(1, (0.0, 0.0)) == pytest.approx([closing.ALONE * x for x in guessed])
    quick = closing._Seen(few, (1e-6, 1e-6), (1e-6, 1e-6), guessed)
    assert quick.marginal == (1e-6, 1e-6)
    dear = closing._Seen(few, (0.5, 0.5), (0.5, 0.5), guessed)  # of a large network
    assert dear.marginal == pytest.approx([0.5 - closing.ONCE] * 2)


@pytest.mark.parametrize("slow", [1.0, 4.0])
def test_on_a_busy_machine_waiting_is_no_part_of_what_sandwiches_take(slow):
    """Nothing is looked at in other processes then, whose time this one does not see."""
    ledgers, few = [], [(0, 0, full_cell(hilly().domain))] * 4
    ledger = Ledger(ask(hilly(), lambda: None), Here(), desk=object())

    def waiting(some, apply):
        time.sleep(0.2)
        return [None] * len(some)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "settle", lambda own, _: ledgers.append(own))
        proposed, _ = trial.timed(waiting, few, ThreadPoolExecutor(1), ledger, slow)
        trial.timed(lambda *_: [object()] * 4, few, ThreadPoolExecutor(1), ledger, slow)
    assert (proposed >= 0.05) is (slow == 1)
    assert [own.desk is None for own in ledgers] == [slow > 1]
