"""A check that is kept goes on where it was ended; what is not its own is not believed."""

from __future__ import annotations

import os
import pickle
from dataclasses import fields, replace

import pytest

import verifier as lp
from tests.jobs.kills import network, stump
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import bits
from verifier.provers import costs
from verifier.provers.units import checked, seal
from verifier.provers.units.checked import here, keeping
from verifier.provers.units.seal import Seal, own_seal
from verifier.writing.threads import check_in_threads


class Memory(dict):
    """A store that is none; ``asked`` are the names that were recalled."""

    def recall(self, name):
        return self.get(name)

    def remember(self, name, data):
        self.setdefault(name, data)


class PowerCut(Exception):
    """Ends a check as a kill would."""


@pytest.fixture(scope="module")
def certificate():
    """One with some hundreds of cells, of which none is counted point by point."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(costs, "POINT", 60e-9)  # else it is a proof of few cells
        return lp.certify(network(0, 20, 24), stump(), bits(20), prover="branch").certificate


@pytest.fixture
def short(monkeypatch):
    """Sections that end at once."""
    monkeypatch.setattr(checked, "SECONDS", 0.0)


KEY = Seal(bytes(32))


def checks(monkeypatch):
    """Counts the sections that are checked, from now on."""
    done, check = [], checked.check_section
    monkeypatch.setattr(checked, "check_section", lambda *a, **b: done.append(1) or check(*a, **b))
    return done


def kept_check(certificate, store, own=KEY, trust=()):
    keep = keeping(store, own)
    return check_in_threads(
        certificate,
        trust=trust,
        spread=lambda *given: here(keep, *given),
    )


def same(a, b):
    """Verdicts are the same, but for the time."""
    a, b = (replace(x, checked=replace(x.checked, seconds=0.0, left=())) for x in (a, b))
    for own in fields(a):
        assert getattr(a, own.name) == getattr(b, own.name), own.name
    return True


def test_a_check_goes_on_where_it_was_ended(certificate, short, monkeypatch):
    """Each section is checked once, however often the check is ended in between."""
    whole = check_certificate(certificate)
    store = Memory()
    done = checks(monkeypatch)
    assert same(kept_check(certificate, store), whole)
    count, every = len(done), dict(store)
    assert count > 5
    assert len(every) == count - 1  # the last is done soon, and not kept
    done.clear()
    store, ended = Memory(), 0

    def remember(name, data):
        store[name] = data
        if len(store) % 3 == 0:
            raise PowerCut

    store.remember = remember
    while True:
        try:
            assert same(kept_check(certificate, store), whole)
            break
        except PowerCut:
            ended += 1
    assert ended > 1
    assert len(done) == count
    assert set(store) == set(every)


def test_only_what_was_sealed_about_the_same_is_believed(certificate, short, monkeypatch):
    """Another key, another record in its place, changed bytes, another certificate or solver."""
    store, done = Memory(), checks(monkeypatch)
    whole = kept_check(certificate, store)
    count, names = len(done), list(store)

    def again(held, own=KEY, of=certificate, trust=()):
        done.clear()
        found = kept_check(of, Memory(held), own, trust)
        return len(done), found

    assert again(store)[0] == 1
    assert again(store, Seal(bytes(31) + b"x"))[0] == count
    assert again(store, trust=("z3",))[0] == count
    swapped = {**store, names[0]: store[names[1]], names[1]: store[names[0]]}
    assert again(swapped)[0] == count
    for at in (0, 40, -1):
        spoilt = bytearray(store[names[0]])
        spoilt[at] ^= 1
        assert again({**store, names[0]: bytes(spoilt)})[0] == count
    # a lie under a key that is not this user's
    data = KEY.off(again_about(names[0]), store[names[0]])
    lie = pickle.loads(data)
    lie = replace(lie, leaves={}, rest=(), after=(len(certificate.proof), lie.after[1]))
    forged = Seal(b"k" * 32).on(again_about(names[0]), pickle.dumps(lie))
    looked, found = again({**store, names[0]: forged})
    assert looked == count
    assert same(found, whole)
    others = {**certificate.hashes, "proof.bin": "0" * 64}
    assert again(store, of=replace(certificate, hashes=others))[0] == count


def again_about(name):
    """What a record of this name is about."""
    return name.removeprefix("check ").rsplit(" ", 2)[0].encode()


def test_the_key_is_this_users_alone(tmp_path, monkeypatch):
    """It is made once; where others could read it or it is none, nothing is kept by it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "leafproof" / seal.NAME
    first = own_seal()
    assert first is not None and first == own_seal()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [x.name for x in path.parent.iterdir()] == [seal.NAME]
    assert first.key.hex() not in repr(first)
    path.chmod(0o644)
    assert own_seal() is None
    path.chmod(0o600)
    path.write_bytes(b"short")
    assert own_seal() is None
    path.unlink()
    (tmp_path / "elsewhere").write_bytes(bytes(32))
    path.symlink_to(tmp_path / "elsewhere")
    assert own_seal() is None
    path.unlink()
    os.mkfifo(path, 0o600)  # nobody writes into it
    assert own_seal() is None
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    assert own_seal() is None
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert own_seal() is not None
    assert (tmp_path / "home" / ".local" / "state" / "leafproof" / seal.NAME).is_file()
