"""``certify`` from Python: objects and paths, limits, stops, and input that cannot be used."""

from __future__ import annotations

import pickle
import threading
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.provers.test_rare import COLUMNS, TREE, by_one_variable
from verifier.jobs import certify as job
from verifier.jobs import schedule, settling
from verifier.jobs.certify import certify
from verifier.jobs.check import check
from verifier.jobs.fronts.same import ask_same
from verifier.jobs.watching import CellCount, Note, Progress, Stage
from verifier.kernel import checker, stopping
from verifier.model.domain import bits, signs
from verifier.model.errors import LeafproofError, Unfinished
from verifier.model.network import Affine, Network
from verifier.model.proof import Finding, Open
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.budget import Budget
from verifier.reading.certificate import read_certificate


def test_objects_and_paths_prove_the_same(given, tmp_path, capfd):
    objects = certify(given.network, given.wrong, given.domain)
    paths = certify(*given.paths("wrong"), output=tmp_path / "c")
    assert capfd.readouterr() == ("", "")
    for result in (objects, paths):
        assert result.verdict == "different" and result.finished
        assert result.error == (Fraction(1, 4), Fraction(1, 4)) and result.disagreements == (2, 2)
        assert {found.values["x2"] for found in result.counterexamples} == {"0", "1"}
        assert set(result.seconds) == {"load", "prove", "check"}
    assert objects.certificate.domain_from is None and paths.certificate.domain_from == "file"
    assert (tmp_path / "c").read_bytes() == paths.data
    assert check(tmp_path / "c").verdict == "different"
    assert pickle.loads(pickle.dumps(paths)).to_dict() == paths.to_dict()


def test_a_tree_that_is_the_network(given):
    result = certify(given.network, given.right, "bits")
    assert result.verdict == "equivalent" and result.error == (0, 0)
    assert result.counterexamples == () and result.certificate.domain_from == "bits"
    assumed = certify(given.network, given.right)
    assert assumed.certificate.domain_from == "bits assumed"


def test_a_module_of_torch(given):
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(3, 1))
    with torch.no_grad():
        module[0].weight[:] = torch.tensor([[1.0, 1.0, 0.0]])
        module[0].bias[:] = -1.5
    assert certify(module, given.right, given.domain).verdict == "equivalent"
    assert certify(module, given.right, given.paths()[2]).verdict == "equivalent"


def test_what_happens_is_told_in_order(majority, ear, monkeypatch):
    monkeypatch.setattr(checker, "WAITING", 16)
    heard = ear()
    certify(*majority, prover="branch", progress=heard.hear)
    assert heard.stages == ["proving", "checking"]
    assert any(isinstance(e, Progress) for e in heard.events)
    assert Note("searching with branch", detail=True) in heard.events
    check = next(e for e in heard.events if isinstance(e, Stage) and e.name == "checking")
    counts = [e.cells for e in heard.events if isinstance(e, CellCount)]
    assert counts == sorted(counts) and 0 < counts[-1] <= (check.nodes + 1) // 2


@pytest.mark.parametrize("prover", ["exhaustive", "branch", "z3"])
def test_a_stop_from_the_beginning_ends_every_search(hard, prover, ear, tmp_path):
    heard = ear(calls=0)
    begun = time.monotonic()
    result = certify(
        *hard,
        prover=prover,
        timeout=2 * PATIENCE if prover == "exhaustive" else None,
        output=tmp_path / "c",
        progress=heard.hear,
        stop=heard.stop,
    )
    assert time.monotonic() - begun < PATIENCE
    assert not result.finished and result.verdict in ("undecided", "different")
    assert "bounding what is open" not in heard.stages
    assert any(note.startswith("stopped: so as to end at once") for note in result.notes)
    assert check(tmp_path / "c").verdict == result.verdict


def test_a_stop_in_another_thread_ends_the_search(hard):
    flag = threading.Event()
    threading.Timer(2, flag.set).start()
    begun = time.monotonic()
    result = certify(*hard, prover="branch", stop=flag.is_set)
    assert 2 <= time.monotonic() - begun < PATIENCE and not result.finished


def test_a_stop_in_the_check_leaves_the_rest_open(majority, ear, monkeypatch):
    monkeypatch.setattr(checker, "WAITING", 16)
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    monkeypatch.setattr(settling, "GRACE", 0.0)
    heard = ear(stage="checking")
    result = certify(*majority, prover="branch", progress=heard.hear, stop=heard.stop)
    assert not result.finished and result.proved.checked.cut is not None
    assert any("the rest is left open" in note for note in result.notes)
    assert result.error[0] < result.error[1]


def test_a_stop_leaves_nothing_open_of_what_trees_alone_decide(majority, ear, monkeypatch):
    """The kernel has not come to the one step of the proof, which says nothing."""
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    monkeypatch.setattr(settling, "GRACE", 0.0)
    _, tree, domain = majority
    heard = ear(stage="checking")
    result = ask_same(tree, tree, domain, progress=heard.hear, stop=heard.stop)
    assert result.verdict == "nowhere" and result.probability == (0, 0)
    assert result.proved.checked.cut is not None
    assert not any("left open" in note for note in result.notes)


def test_no_time_at_all(given, patient):
    result = certify(given.network, given.right, given.domain, timeout=0)
    assert result.verdict == "undecided" and result.error == (0, 1) and not result.finished


def test_a_time_limit_ends_the_search_and_the_rest_is_bounded(
    hard, ear, monkeypatch, compiled, own_time
):
    monkeypatch.setattr(Budget, "seconds", lambda *_: 0.0)  # else it may leave no time for more
    heard, begun = ear(), time.monotonic()
    result = certify(*hard, prover="branch", timeout=1, progress=heard.hear)
    assert time.monotonic() - begun < 60  # of this process; the search would take hours
    assert heard.stages[:2] == ["proving", "bounding what is open"] and not result.finished
    stage = next(e for e in heard.events if isinstance(e, Stage))
    assert stage.kind == "search" and stage.deadline is not None


def test_what_a_check_did_not_take_is_searched_on_with(majority, ear, monkeypatch, compiled):
    """The search ends at once, as it expects a long check: there is time for a second round."""
    real, learned = Budget.seconds, []

    def expected(self, closed, opened):
        learned.append(self.learned)
        return 1e4 if self.learned == 1.0 else real(self, closed, opened)

    monkeypatch.setattr(Budget, "seconds", expected)
    monkeypatch.setattr(schedule, "tail_seconds", lambda _: 0.0)  # a sandwich counts all of it
    heard = ear()
    result = certify(*majority, prover="branch", timeout=PATIENCE, progress=heard.hear)
    assert heard.stages.index("going on, as there is time left") > heard.stages.index("checking")
    assert {1.0, settling.LEAST} <= set(learned)
    assert result.finished and result.error[0] == result.error[1]


def test_no_search_goes_on_where_tails_tell_of_a_wide_network(ear, own_time):
    """It would begin again with what these leave open, which a search closed little of."""
    first, relu, last = by_one_variable().layers
    weight = 2 * first.weight
    weight[0] /= 2
    network = Network(COLUMNS, (Affine(0, weight, first.bias), relu, last))
    heard = ear()
    result = certify(network, TREE, signs(COLUMNS), timeout=6, sample=0, progress=heard.hear)
    assert result.proved.checked.cells.get("tail") and result.proved.checked.cut is None
    assert heard.stages[-1] == "checking" and heard.stages.count("checking") == 1


def test_a_limit_that_is_over_while_something_is_done_as_a_whole(given, monkeypatch, tmp_path):
    from verifier.provers.timing import TimeOver

    def late(*arguments, **options):
        raise TimeOver

    monkeypatch.setattr(job, "settle", late)
    with pytest.raises(Unfinished, match="2 seconds are too few"):
        certify(given.network, given.right, given.domain, timeout=2, output=tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_an_earlier_certificate_is_gone_on_from(given, tmp_path, ear, patient):
    path = tmp_path / "c"
    begun = certify(given.network, given.right, given.domain, timeout=0, output=path)
    assert begun.verdict == "undecided"
    more = {"prover": "branch", "resume": path, "output": path}
    assert certify(given.network, given.right, given.domain, **more).verdict == "equivalent"
    whole = path.read_bytes()
    heard = ear(calls=0)
    stopped = certify(given.network, given.right, given.domain, **more, stop=heard.stop)
    assert path.read_bytes() == whole
    assert any("is left as it was" in note for note in stopped.notes)
    with pytest.raises(LeafproofError, match=r"about another domain: .* --domain that"):
        certify(given.network, given.right, signs(3), prover="branch", resume=path)


def test_a_proof_without_open_cells_is_held_against_another_tree_without_a_search(
    given, tmp_path, monkeypatch
):
    path, more = tmp_path / "c", {"prover": "branch"}
    certify(given.network, given.right, given.domain, **more, output=path)
    other = Tree((Leaf(0),))
    wanted = certify(given.network, other, given.domain, **more)
    monkeypatch.setattr("verifier.provers.branch.prove", None)
    found = certify(given.network, other, given.domain, **more, resume=path)
    assert (found.verdict, found.error, found.disagreements) == (
        *("different", wanted.error, wanted.disagreements),
    )
    assert found.certificate.proof == read_certificate(path).proof and found.counterexamples


def test_other_solvers_are_asked(given, tmp_path):
    result = certify(
        *(given.network, given.right, given.domain),
        prover="branch",
        cross_check=2,
        emit=("smt2", tmp_path / "cells"),
    )
    assert "no contradiction" in result.remarks[0] and "0 open cells" in result.remarks[1]
    assert result.to_dict()["remarks"] == list(result.remarks)


def test_the_command_is_recorded(given, tmp_path):
    certify(*given.paths(), prover="branch", command="make proof", output=tmp_path / "c")
    held = read_certificate(tmp_path / "c")
    assert (held.found_by, held.command) == ("branch", "make proof")


def bad(given):
    """Arguments that cannot be used, and a word of what is said."""
    network, right, domain = given.network, given.right, given.domain
    about = (network, right, domain)
    net, tree, _ = given.paths()
    return {
        "no network": ((net.with_name("none"), right, domain), {}, "none"),
        "no tree": ((net, net.with_name("none"), domain), {}, "none"),
        "no domain": ((net, tree, net.with_name("none")), {}, "none"),
        "a number for a network": ((3, right, domain), {}, "the network is of type int"),
        "a function": ((len, right, domain), {}, "lp.test compares"),
        "a number for a tree": ((network, 3, domain), {}, "the tree is of type int"),
        "a number for a domain": ((network, right, 3), {}, "the domain is of type int"),
        "another width": ((network, right, signs(4)), {}, "column"),
        "a class too many": ((network, Tree((Leaf(5),)), domain), {}, "class 5"),
        "a column too many": (
            (network, Tree((replace(right.nodes[0], column=9), Leaf(0), Leaf(1))), domain),
            {},
            "column 9",
        ),
        "an unknown prover": (about, {"prover": "magic"}, "magic"),
        "an unknown solver": (about, {"trust": ("oracle",)}, "oracle"),
        "an unknown language": (about, {"emit": ("latin", "cells")}, "latin"),
        "less than no time": (about, {"timeout": -1}, "timeout"),
        "no number": (about, {"timeout": "soon"}, "timeout"),
        "nowhere to write": (about, {"output": "no/such/c"}, "no/such"),
        "nothing to resume": (about, {"resume": "none", "prover": "branch"}, "none"),
        "a sweep that resumes": (about, {"resume": tree, "prover": "exhaustive"}, "usable"),
        "a head of a Network": (about, {"head": "label"}, "head"),
    }


def test_bad_input_is_one_line_and_leaves_no_file(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for case, (arguments, options, word) in bad(given).items():
        with pytest.raises(LeafproofError) as caught:
            certify(*arguments, **{"output": tmp_path / "c", **options})
        said = str(caught.value)
        assert word in said and "\n" not in said, (case, said)
        assert [p.name for p in tmp_path.iterdir()] == ["given"], case


def test_a_certificate_is_not_replaced_where_the_work_fails(given, tmp_path):
    path = tmp_path / "c"
    certify(given.network, given.right, given.domain, output=path)
    whole = path.read_bytes()
    wrong = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(7)))
    with pytest.raises(LeafproofError):
        certify(given.network, wrong, given.domain, output=path)

    def broken(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        certify(given.network, given.right, given.domain, output=path, progress=broken)
    assert path.read_bytes() == whole and sorted(p.name for p in tmp_path.iterdir()) == [
        "c",
        "given",
    ]


def test_points_that_are_close_are_left_out_of_large_networks(monkeypatch):
    """They take the kernel exact integers, which take long to be made; one is kept in any case."""
    domain = bits(3)
    network = Network(3, (Affine(0, np.array([[1.0, 1.0, -2.0]]), np.array([0.0])),))
    matter = matter_of(domain, network, Tree((Leaf(1),)))
    tie, clear = (1, 1, 1), (0, 0, 1)
    found = Finding((Open(),), (tie, clear))
    assert schedule.without_close(matter, found) == found
    monkeypatch.setattr(schedule, "LARGE", 1)
    unknown = lambda p, rows: np.where((rows == tie).all(axis=1), -1, 0)  # noqa: E731
    monkeypatch.setattr(schedule, "narrow_classes", unknown)
    assert schedule.without_close(matter, found).counterexamples == (clear,)
    alone = Finding((Open(),), (tie, tie))
    assert schedule.without_close(matter, alone).counterexamples == (tie,)
