"""Joining a cluster, from this side of the door; what can go wrong on the way, in one line."""

from __future__ import annotations

import importlib.util
import os
import queue
import secrets
import socket
import subprocess
import tempfile
import threading
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import IO, Self

from verifier.model.errors import LeafproofError, quoted
from verifier.provers.cluster.identity import identity
from verifier.provers.cluster.messages import (
    Done,
    Drop,
    Failed,
    Join,
    Leave,
    Loaded,
    Lost,
    Machines,
    Order,
    Refused,
    Report,
    Share,
    Work,
    report_of_bytes,
)
from verifier.provers.processes import command, environment
from verifier.provers.timing import now, poll

NEUTRAL = os.sep
"""A folder without modules: Ray has all workers look in its process's own first."""
ANSWERS = 6.0
"""Seconds that a cluster at an address has to answer, once it was reached."""
REACHES = 3.0
"""Seconds of these for its address to be reached."""
STARTS = 90.0
"""Seconds that a cluster on this machine has to start, and machines to say who they are."""
LEAVES = 5.0
"""Seconds that Ray has to end before it is killed."""
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""How a client of HTTP/2 begins, as Ray's are: a server answers with its settings."""
SETTINGS = 4
"""The kind of that answer, in its fourth byte."""
AUTO = "auto"
"""Ray's word for the cluster that runs on this machine."""
CLIENT = "ray://"
CONNECTED = b"Connected to Ray cluster"
"""What Ray says once a cluster has answered; on a busy machine joining it goes on for long."""


@dataclass(eq=False)
class Cluster:
    """A cluster that was joined: work goes in, reports come out.

    Use it as a context: at its end all work is over, here and there. ``machines`` are those that
    are given work, each a name with its processors, and ``asked`` how many have not said yet who
    they are; ``notes`` is what was said of those that are refused.
    """

    door: subprocess.Popen[bytes]
    pipe: Connection
    chatter: IO[bytes]
    address: str | None
    listener: threading.Thread = field(init=False)
    machines: tuple[tuple[str, int], ...] = ()
    asked: int = 0
    notes: list[str] = field(default_factory=list)
    _heard: queue.SimpleQueue[Report | None] = field(default_factory=queue.SimpleQueue)
    _shares: int = 0
    _keys: int = 0

    def __post_init__(self) -> None:
        self.listener = threading.Thread(target=self._listen, name="leafproof cluster", daemon=True)
        self.listener.start()

    @property
    def workers(self) -> int:
        """How many processors are given work."""
        return sum(processors for _, processors in self.machines)

    def share(self, data: bytes) -> int:
        """The number of something that all work on it needs: every machine gets it once."""
        self._shares += 1
        self._say(Share(self._shares, data))
        return self._shares

    def submit(self, task: str, share: int, payload: bytes) -> int:
        """Have a ``task`` done on some machine, of those that `running` knows, with the payload.

        Returns the key that is reported. After a ``drop`` keys of before may still be.
        """
        self._keys += 1
        self._say(Work(self._keys, task, share, payload))
        return self._keys

    def drop(self) -> None:
        """Forget all work that is not done."""
        self._say(Drop())

    def arrived(self, wait: float) -> list[Done | Lost | Failed]:
        """What was reported: Done, Lost or Failed, waiting at most ``wait`` seconds for the first.

        Raises LeafproofError where the cluster is gone.
        """
        found: list[Done | Lost | Failed] = []
        try:
            report = self._heard.get(timeout=max(0.0, wait))
            while True:
                self._take(report, found)
                report = self._heard.get_nowait()
        except queue.Empty:
            return found

    def _take(self, report: Report | None, found: list[Done | Lost | Failed]) -> None:
        match report:
            case None:
                raise LeafproofError(self._ended())
            case Machines(held, asked):
                self.machines, self.asked = held, asked
            case Refused(why):
                self.notes.append(why)
            case Failed(why, None):
                raise LeafproofError(f"{_where(self.address)}: {why}")
            case Done() | Lost() | Failed():
                found.append(report)
            case Loaded():
                pass

    def _ended(self) -> str:
        what = "ended" if self.address is None else "is gone"
        return f"{_where(self.address)} {what} during the work{_last(self.chatter)}"

    def _say(self, order: Order) -> None:
        try:
            self.pipe.send(order)
        except (BrokenPipeError, ConnectionResetError):
            raise LeafproofError(self._ended()) from None

    def _listen(self) -> None:
        try:
            while True:
                self._heard.put(report_of_bytes(self.pipe.recv_bytes()))
        except (EOFError, OSError):
            self._heard.put(None)
        except LeafproofError as error:
            self._heard.put(Failed(str(error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """End all work and Ray's process."""
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.pipe.send(Leave())
            self.door.wait(LEAVES)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.door.kill()  # nothing happens where it has ended
            self.door.wait()
            self.listener.join()
            self.pipe.close()
            self.chatter.close()


def join(address: str | None = None) -> Cluster:
    """Join the Ray cluster at an address, ``HOST:PORT``; None starts one on this machine.

    Raises LeafproofError in one line where Ray is not installed, nothing answers within 10 seconds,
    or a machine there runs another Leafproof.
    """
    require_ray()
    if address is not None:
        reach(address)
    ours, theirs = Pipe()
    chatter = tempfile.TemporaryFile()  # noqa: SIM115  closed when the cluster is left
    with theirs:
        door = subprocess.Popen(
            command("verifier.provers.cluster.door", str(theirs.fileno())),
            stdin=subprocess.DEVNULL,
            stdout=chatter,
            stderr=chatter,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for this process
            env=_environment(address),
            cwd=NEUTRAL,
        )
    made = Cluster(door, ours, chatter, address)
    try:
        made.pipe.send(Join(address, identity()))
        _await_answer(made)
        _await_machines(made)
    except BaseException:
        door.kill()
        made.leave()
        raise
    return made


def results(cluster: Cluster, wait: float, keys: Container[int]) -> Iterator[tuple[int, bytes]]:
    """What arrives within ``wait`` seconds of the work with these keys: its key, its result.

    Raises LeafproofError where some of it cannot be done, or the cluster is gone.
    """
    for report in cluster.arrived(wait):
        if report.key in keys and isinstance(report, Failed):
            raise LeafproofError(report.why)
        if report.key in keys and isinstance(report, Done):
            yield report.key, report.result


def require_ray() -> None:
    """Raise LeafproofError in one line where Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise LeafproofError('the engine ray needs Ray: pip install "leafproof[cluster]"')
    if os.name == "nt":
        raise LeafproofError("the engine ray does not run on Windows: use Linux or macOS")


def _environment(address: str | None) -> dict[str, str]:
    """What Ray's process finds in its environment.

    Where it starts a cluster: a token of its own, and workers that are no less urgent than this
    process; Ray's own are niced, so that a busy machine leaves them next to nothing.
    """
    held = {**environment(), "RAY_USAGE_STATS_ENABLED": "0"}
    if address is None:
        held.setdefault("RAY_worker_niceness", "0")
        if not {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN"} & held.keys():
            held |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    return held


def _where(address: str | None) -> str:
    return "Ray on this machine" if address is None else f"the Ray cluster at {quoted(address)}"


def reach(address: str) -> None:
    """Raise LeafproofError unless something at the address speaks as Ray does: in 3 seconds."""
    if address == AUTO or address.startswith(CLIENT):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise LeafproofError(
            f"the address {quoted(address)} is not HOST:PORT, as `ray start --head` shows it"
        )
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=REACHES) as reached:
            reached.sendall(GREETING)
            answer = reached.recv(9, socket.MSG_WAITALL)
    except OSError as error:
        raise LeafproofError(
            f"nothing answers at {quoted(address)} ({error.strerror or error}): is this the "
            "address that `ray start --head` shows, and is the cluster running?"
        ) from None
    if len(answer) < 4 or answer[3] != SETTINGS:
        raise LeafproofError(f"what answers at {quoted(address)} is no Ray cluster")


def _await_answer(made: Cluster) -> None:
    """Wait for the door to say that it has joined."""
    within = STARTS  # until Ray is loaded; then it has to answer
    end = now() + within
    while now() < end:
        poll()
        try:
            said = made._heard.get(timeout=0.1)
        except queue.Empty:
            if now() >= end and within < STARTS and _is_connected(made.chatter):
                within, end = STARTS, now() + STARTS
            continue
        if isinstance(said, Loaded):
            within = STARTS if made.address is None else ANSWERS
            end = now() + within
            continue
        made._take(said, [])
        return
    raise LeafproofError(
        f"{_where(made.address)} does not answer within {within:g} seconds: is it running, of the "
        f"same version of Ray, with the same token?{_last(made.chatter)}"
    )


def _await_machines(made: Cluster) -> None:
    """Wait for the machines to say who they are; raise LeafproofError where one is refused."""
    end = now() + STARTS
    while now() < end:
        poll()
        made.arrived(0.1)
        if made.notes:
            raise LeafproofError(
                f"{made.notes[0]}: have it run the same, or take it out of the cluster"
            )
        if made.machines and not made.asked:
            return
    if not made.machines:
        raise LeafproofError(f"{_where(made.address)} has no machine with a free processor")


def _is_connected(chatter: IO[bytes]) -> bool:
    """Whether Ray has said so; it goes on writing where it was."""
    return CONNECTED in os.pread(chatter.fileno(), 1 << 16, 0)


def _last(chatter: IO[bytes]) -> str:
    """The last line that Ray said, if any: why it ended, perhaps."""
    chatter.seek(0)
    lines = [x.strip() for x in chatter.read().decode(errors="replace").splitlines() if x.strip()]
    return f" ({lines[-1][:200]})" if lines else ""
