"""Joining a cluster, where there is none: one clear line, soon."""

from __future__ import annotations

import importlib.util
import queue
import socket
import tempfile
import threading
import time
from functools import partial
from types import SimpleNamespace

import pytest

from verifier.model.errors import LeafproofError
from verifier.provers.cluster import joining
from verifier.provers.cluster.identity import difference, identity
from verifier.provers.cluster.messages import Failed, Loaded


@pytest.fixture
def server():
    """A port where somebody listens; what is sent there is answered by ``answers``, if anything."""
    answers = []
    with socket.create_server(("127.0.0.1", 0)) as held:

        def serve():
            try:
                while True:
                    connection, _ = held.accept()
                    with connection:
                        connection.recv(100)
                        if answers:
                            connection.sendall(answers[0])
                        else:
                            connection.recv(1)  # until the other side gives up
            except OSError:
                pass  # closed

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{held.getsockname()[1]}", answers
        held.shutdown(socket.SHUT_RDWR)
    thread.join()


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return f"127.0.0.1:{held.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense", "not HOST:PORT"),
        ("host:", "not HOST:PORT"),
        (":1", "not HOST:PORT"),
        ("host:99999", "not HOST:PORT"),
        ("host:+1", "not HOST:PORT"),
        ("no-such-host.invalid:6379", "nothing answers"),
    ],
)
def test_an_address_that_is_none_is_one_line(address, says):
    with pytest.raises(LeafproofError, match=says) as caught:
        joining.join(address)
    assert address in str(caught.value) and "\n" not in str(caught.value)


def test_nobody_answers():
    address = closed_port()
    with pytest.raises(LeafproofError, match=f"nothing answers at .{address}. .Connection refused"):
        joining.join(address)


def test_a_server_that_says_nothing_is_not_waited_for(server, monkeypatch):
    address, _ = server
    monkeypatch.setattr(joining, "REACHES", 0.2)
    with pytest.raises(LeafproofError, match="nothing answers"):
        joining.join(address)


def test_a_server_of_another_kind_is_no_cluster(server):
    address, answers = server
    answers.append(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(LeafproofError, match="is no Ray cluster"):
        joining.join(address)


def test_what_waits_for_an_answer_ends_in_ten_seconds():
    """Of a silent address, and of one that speaks but is not Ray, whatever Ray does then."""
    assert joining.REACHES + joining.ANSWERS < 10


def test_something_that_speaks_as_ray_does_but_is_none(server, monkeypatch):
    """Ray itself would ask it for minutes."""
    address, answers = server
    answers.append(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    monkeypatch.setattr(joining, "ANSWERS", 0.5)
    start = time.monotonic()
    with pytest.raises(LeafproofError, match=r"does not answer within 0.5 seconds"):
        joining.join(address)
    assert time.monotonic() - start < 60  # Ray's process was ended, not waited for


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (b"INFO -- Connected to Ray cluster.\n", "at .h:1.: ended"),
        (b"INFO -- Connecting to existing Ray cluster at h:1\n", "not answer within 6 seconds"),
    ],
)
def test_a_cluster_that_has_answered_is_waited_for(clock, said, says):
    """A busy machine takes long to join one; what is none has to answer soon."""
    reports = [(50, Loaded()), (7, None), (70, Failed("ended"))]

    class Heard:
        def get(self, timeout):
            seconds, report = reports.pop(0)
            clock.time += seconds
            if report is None:
                raise queue.Empty
            return report

    with tempfile.TemporaryFile() as chatter:
        chatter.write(said)
        chatter.flush()
        made = SimpleNamespace(address="h:1", chatter=chatter, _heard=Heard())
        made._take = partial(joining.Cluster._take, made)
        with pytest.raises(LeafproofError, match=says):
            joining._await_answer(made)


def test_without_ray_one_line_says_what_to_install(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "ray" else find(name, *more),
    )
    with pytest.raises(LeafproofError, match=r'pip install "leafproof\[cluster\]"'):
        joining.join()


def test_another_leafproof_is_named():
    ours = identity()
    assert not difference(ours, ours)
    assert not difference({**ours, "python": ours["python"] + "9"}, ours)
    for name, word in (
        ("leafproof", "Leafproof 0.0"),
        ("python", "Python 0.0"),
        ("numpy", "numpy"),
    ):
        assert word in difference({**ours, name: "0.0"}, ours)
    assert "other source files" in difference({**ours, "source": "0"}, ours)
    assert "numba none" in difference({k: v for k, v in ours.items() if k != "numba"}, ours)


def test_workers_of_a_cluster_of_our_own_are_as_urgent_as_this_process(monkeypatch):
    """Ray's own are niced by 15: of a busy machine they would get next to nothing."""
    monkeypatch.delenv("RAY_worker_niceness", raising=False)
    assert joining._environment(None)["RAY_worker_niceness"] == "0"
    assert "RAY_worker_niceness" not in joining._environment("host:6379")
    monkeypatch.setenv("RAY_worker_niceness", "5")  # whoever says otherwise is heard
    assert joining._environment(None)["RAY_worker_niceness"] == "5"
