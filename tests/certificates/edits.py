"""Edits of certificates that provers made, by an adversary who mends every hash."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from tests.certificates.fuzzing import places
from tests.certificates.proved import KINDS, certificate
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared, verify
from verifier.kernel.claim import claim_of
from verifier.kernel.population import population
from verifier.kernel.recorded import recorded
from verifier.kernel.sampling import key_of
from verifier.model.errors import LeafproofError
from verifier.model.proof import (
    Cases,
    Constant,
    Enumerated,
    Neuron,
    Open,
    Paired,
    Sandwich,
    Several,
    Sides,
    Signed,
    Split,
    Step,
    Tail,
)
from verifier.model.sample import ANYTIME, Plan, Sample
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.writing.json_text import dump
from verifier.writing.proof_bytes import encode
from verifier.writing.sample_json import sample_to_json
from verifier.writing.sampling import left_open, with_sample

Parts = dict[str, bytes]
Edit = Callable[[random.Random, Parts], Parts]
NEWER = "ensembles.json", "rows.bin", "sample.json", "recorded.bin"


def nodes_of(parts: Parts) -> list[Split | Step]:
    """The proof's nodes; none where it cannot be read."""
    try:
        return list(certificate_of(sealed(parts)).proof)
    except LeafproofError:
        return []


def in_proof(change: Callable[[random.Random, list[Split | Step]], None]) -> Edit:
    """An edit of the proof's nodes."""

    def edit(rng: random.Random, parts: Parts) -> Parts:
        nodes = nodes_of(parts)
        if not nodes:
            return parts
        change(rng, nodes)
        try:
            models = len(json.loads(parts["models.json"])["models"])
            return {**parts, "proof.bin": encode(tuple(nodes), models)}
        except (KeyError, ValueError, TypeError, LeafproofError):  # nodes that cannot be written
            return parts

    return edit


def subtree(nodes: list[Split | Step], at: int) -> int:
    """Where the part of the proof that begins at a node ends."""
    missing = 1
    while missing and at < len(nodes):
        missing += 1 if isinstance(nodes[at], Split) else -1
        at += 1
    return at


def node_dropped(rng: random.Random, nodes: list[Split | Step]) -> None:
    """A node or a whole part of the proof."""
    at = rng.randrange(len(nodes))
    del nodes[at : rng.choice((at + 1, subtree(nodes, at)))]


def node_doubled(rng: random.Random, nodes: list[Split | Step]) -> None:
    """The same, twice."""
    at = rng.randrange(len(nodes))
    end = rng.choice((at + 1, subtree(nodes, at)))
    nodes[end:end] = nodes[at:end]


def parts_swapped(rng: random.Random, nodes: list[Split | Step]) -> None:
    """Two parts of the proof change places, or one is put over the other."""
    first, second = sorted(rng.choices(range(len(nodes)), k=2))
    ends = subtree(nodes, first), subtree(nodes, second)
    if ends[0] > second:
        return
    one, other = nodes[first : ends[0]], nodes[second : ends[1]]
    if rng.random() < 0.5:
        one = other
    nodes[second : ends[1]] = one
    nodes[first : ends[0]] = other


def merged(rng: random.Random, nodes: list[Split | Step]) -> None:
    """A Split goes, and one of its Steps is said of all of its cell."""
    splits = [i for i, node in enumerate(nodes) if isinstance(node, Split)]
    if splits:
        at = rng.choice(splits)
        end = subtree(nodes, at)
        nodes[at:end] = [rng.choice([n for n in nodes[at:end] if not isinstance(n, Split)])]


def split_moved(rng: random.Random, nodes: list[Split | Step]) -> None:
    """Another border, set or variable: what is said of its halves stays."""
    splits = [i for i, node in enumerate(nodes) if isinstance(node, Split)]
    if splits:
        at = rng.choice(splits)
        node = nodes[at]
        assert isinstance(node, Split)
        left = rng.choice((node.left + 1, node.left - 1, node.left ^ 1 << rng.randrange(5)))
        other = Split(rng.randrange(node.variable + 2), node.left)
        nodes[at] = rng.choice((Split(node.variable, max(0, left)), other))


def step_changed(rng: random.Random, nodes: list[Split | Step]) -> None:
    """What is said of a cell: another class, model, bound or kind of Step."""
    held = [i for i, node in enumerate(nodes) if not isinstance(node, Split)]
    at = rng.choice(held)
    klass, model = rng.randrange(3), rng.randrange(2)
    node = nodes[at]
    if isinstance(node, Tail) and rng.random() < 0.6:
        scaled = node.bound * Fraction(rng.randrange(1, 130), 100)
        nodes[at] = replace(node, bound=min(scaled, Fraction(1)))
    elif isinstance(node, Sandwich) and rng.random() < 0.8:
        nodes[at] = _moved(rng, node)
    elif isinstance(node, Signed) and rng.random() < 0.8:
        nodes[at] = _other_trees(rng, node)
    else:
        both = Several((Constant(klass, 0), Constant(rng.randrange(2), 1)))
        pair = Paired(0, rng.randrange(1, 3), rng.randrange(1, 4))
        new = Constant(klass, model), Enumerated(), Open(), Tail(klass, Fraction(1, 9), model), both
        new = (*new, *((pair,) * (1 + 3 * isinstance(node, Paired))))
        nodes[at] = rng.choice(new)


def _other_trees(rng: random.Random, node: Signed) -> Signed:
    """Another class, a bit of the trees another, or a byte gone."""
    raw, at = bytearray(node.trees), rng.randrange(len(node.trees))
    kind = rng.randrange(8)
    if kind == 0:
        return replace(node, klass=rng.randrange(3))
    raw[at : at + 1] = b"" if kind == 1 else bytes([raw[at] ^ 1 << rng.randrange(8)])
    return replace(node, trees=bytes(raw))


def _moved(rng: random.Random, node: Sandwich) -> Sandwich:
    if node.cases is not None and rng.random() < 0.8:
        return replace(node, cases=_other_cases(rng, node.cases))
    if node.sides is not None and rng.random() < 0.8:
        return replace(node, sides=_other_sides(rng, node.sides))
    if node.ones and rng.random() < 0.3:
        return _other_group(rng, node)
    if node.further and rng.random() < 0.6:
        return _other_further(rng, node)
    strip = rng.choice(node.strips)
    by = rng.choice((-1, 1)) * max(1, abs(strip.most - strip.least) >> rng.randrange(8))
    if rng.random() < 0.4:
        at = rng.randrange(len(node.form))
        form = tuple(x + by * (i == at) for i, x in enumerate(node.form))
        return replace(node, form=form, width=max(1, node.width + rng.choice((0, 0, -1, 1))))
    if rng.random() < 0.2:
        return replace(node, order=node.order ^ rng.choice((1, 2)))
    new = replace(strip, least=strip.least + by) if by > 0 else replace(strip, most=strip.most + by)
    return replace(node, strips=tuple(new if x is strip else x for x in node.strips))


def _other_further(rng: random.Random, node: Sandwich) -> Sandwich:
    """A further group's numbers moved; one doubled, dropped, or exchanged with the step itself."""
    own, at = list(node.further), rng.randrange(len(node.further))
    kind = rng.randrange(6)
    if kind == 0:
        own.append(own[at])
    elif kind == 1:
        own[at] = replace(node, further=(), beside=())
    elif kind == 2:
        del own[at]
    elif kind == 3:
        return replace(own[at], beside=node.beside, further=(*own[:at], *own[at + 1 :]))
    else:
        own[at] = _moved(rng, own[at])
    return replace(node, further=tuple(own))


def _other_group(rng: random.Random, node: Sandwich) -> Sandwich:
    """A class more or less in the group, the others, or those of other numbers; of its cases, too,
    most of the time."""
    top = 1 << node.ones.bit_length() + rng.randrange(2)
    changed = node.ones ^ 1 << rng.randrange(6), top - 1 - node.ones, rng.randrange(2 * top)
    ones, cases = rng.choice((*changed, 0)), node.cases
    if cases is not None and rng.random() < 0.8:
        steps = tuple(replace(own, ones=ones) for own in cases.steps)
        cases = replace(cases, steps=steps)
    return replace(node, ones=ones, cases=cases)


def _other_cases(rng: random.Random, cases: Cases) -> Cases:
    """One case's numbers moved, two cases swapped, other neurons, or other ends all over."""
    own, steps, all_over = list(cases.neurons), list(cases.steps), list(cases.everywhere)
    if all_over and rng.random() < 0.3:
        at = rng.randrange(len(all_over))
        moved = _moved(rng, replace(steps[at], strips=(all_over[at],)))
        all_over[at] = moved.strips[0]
        return replace(cases, everywhere=tuple(all_over))
    i, j = rng.randrange(len(steps)), rng.randrange(len(steps))
    kind = rng.randrange(4)
    if kind == 0:
        steps[i], steps[j] = steps[j], steps[i]
    elif kind == 1:
        at = rng.randrange(len(own))
        own[at] = Neuron(max(0, own[at].node + rng.choice((0, 0, -2, 2))), rng.randrange(4))
        own.sort()
    else:
        steps[i] = _moved(rng, steps[i])
    return Cases(tuple(own), tuple(steps), tuple(all_over))


def _other_sides(rng: random.Random, sides: Sides) -> Sides:
    """An end or a coefficient of one side moved, or both exchanged."""
    if rng.random() < 0.1:
        return replace(sides, one=sides.zero, zero=sides.one)
    which = rng.choice(("one", "zero"))
    side = sides.one if which == "one" else sides.zero
    by = rng.choice((-1, 1)) * max(1, abs(side.end) >> rng.randrange(20))
    if rng.random() < 0.3:
        at = rng.randrange(len(side.form))
        form = tuple(x + by * (i == at) for i, x in enumerate(side.form))
        other = replace(side, form=form)
    else:
        other = replace(side, end=side.end + by)
    return replace(sides, one=other) if which == "one" else replace(sides, zero=other)


def proof_byte(rng: random.Random, parts: Parts) -> Parts:
    """One byte of the proof another, gone or doubled."""
    raw = bytearray(parts["proof.bin"])
    at = rng.randrange(len(raw))
    raw[at : at + 1] = rng.choice(
        (bytes([raw[at] ^ 1 << rng.randrange(8)]), b"", raw[at : at + 1] * 2)
    )
    return {**parts, "proof.bin": bytes(raw)}


def json_part(rng: random.Random, parts: Parts) -> str:
    """One of the parts that are JSON; what is about models, domain and sample more often."""
    names = [n for n in parts if n.endswith(".json") and n not in ("manifest.json", "verdict.json")]
    return rng.choice([*names, *("sample.json",) * 2] if "sample.json" in parts else names)


def number_moved(rng: random.Random, parts: Parts, name: str = "") -> Parts:
    """A number of a JSON part by one, or another one of the same part."""
    name = name or json_part(rng, parts)
    value = json.loads(parts[name])
    held = [(c, k) for c, k in places(value) if _is_number(c[k])]
    if held:
        container, key = rng.choice(held)
        other = rng.choice(held)
        moved = _shifted(rng, container[key])
        container[key] = rng.choice((moved, moved, other[0][other[1]]))
    return {**parts, name: json.dumps(value).encode()}


def _is_number(x: Any) -> bool:
    if isinstance(x, bool):
        return False
    if isinstance(x, int | float):
        return True
    return isinstance(x, str) and x.lstrip("-").replace("/", "", 1).replace(".", "", 1).isdigit()


def _shifted(rng: random.Random, x: Any) -> Any:
    number = Fraction(x) + rng.choice((-1, 1)) * Fraction(1, rng.choice((1, 1, 2, 1 << 20)))
    if isinstance(x, int) and number.denominator > 1:
        return x + rng.choice((-1, 1))
    return int(number) if isinstance(x, int) else str(number)


def two_moved(rng: random.Random, parts: Parts) -> Parts:
    """Two numbers whose sum stays: probabilities, most of the time."""
    name = rng.choice(("domain.json", json_part(rng, parts)))
    value = json.loads(parts[name])
    lists = [c[k] for c, k in places(value) if isinstance(c[k], list)]
    lists = [x for x in lists if len(x) > 1 and all(map(_is_number, x))]
    if lists:
        chosen = rng.choice(lists)
        i, j = rng.sample(range(len(chosen)), 2)
        by = Fraction(chosen[i]) * Fraction(rng.randrange(5), 4)
        chosen[i], chosen[j] = str(Fraction(chosen[i]) - by), str(Fraction(chosen[j]) + by)
    return {**parts, name: json.dumps(value).encode()}


def entry_changed(rng: random.Random, parts: Parts) -> Parts:
    """An entry of a list dropped, doubled or exchanged; a key dropped or given to another value."""
    name = json_part(rng, parts)
    value = json.loads(parts[name])
    held = places(value)
    if held:
        container, key = rng.choice(held)
        other, there = rng.choice(held)
        action = rng.randrange(3)
        if action == 0:
            del container[key]
        elif action == 1 and isinstance(container, list):
            container.insert(key, container[key])
        else:
            container[key] = json.loads(json.dumps(other[there]))
    return {**parts, name: json.dumps(value).encode()}


def weight_changed(rng: random.Random, parts: Parts) -> Parts:
    """A weight moved to the next float, negated or scaled; or two exchanged."""
    kinds = [x["type"] for x in _arrays(json.loads(parts["models.json"]))]
    if not kinds or len(set(kinds)) > 1:
        return parts
    code = "<f" if kinds[0] == "float32" else "<d"
    width = struct.calcsize(code)
    raw = bytearray(parts["weights.bin"])
    if len(raw) < width:  # of another certificate
        return parts
    at, other = (width * rng.randrange(len(raw) // width) for _ in range(2))
    (x,) = struct.unpack_from(code, raw, at)
    if rng.random() < 0.3:
        raw[at : at + width], raw[other : other + width] = (
            raw[other : other + width],
            raw[at : at + width],
        )
    else:
        kind = np.float32 if code == "<f" else np.float64
        near = float(np.nextafter(kind(x), kind(rng.choice((-9, 9)))))
        struct.pack_into(code, raw, at, rng.choice((near, near, -x, x / 2, 0.0, x + 1)))
    return {**parts, "weights.bin": bytes(raw)}


def _arrays(value: Any) -> Iterator[Any]:
    for container, key in places(value):
        if isinstance(container[key], dict) and "shape" in container[key]:
            yield container[key]


def spliced(rng: random.Random, parts: Parts) -> Parts:
    """A part of another certificate in the place of this one's, or one that it does not have."""
    other = unpack(certificate(rng.choice(KINDS), rng.randrange(4)))
    name = rng.choice([n for n in other if n != "manifest.json"])
    return {**parts, name: other[name]}


def subvalue_spliced(rng: random.Random, parts: Parts) -> Parts:
    """A value inside of a JSON part is that of another certificate."""
    name = json_part(rng, parts)
    other = unpack(certificate(rng.choice(KINDS), rng.randrange(4))).get(name)
    value = json.loads(parts[name])
    mine = {json.dumps(k): (c, k) for c, k in places(value)}
    if other is not None:
        theirs = [(c, k) for c, k in places(json.loads(other)) if json.dumps(k) in mine]
        if theirs:
            container, key = rng.choice(theirs)
            held, at = mine[json.dumps(key)]
            held[at] = container[key]
    return {**parts, name: json.dumps(value).encode()}


def rows_byte(rng: random.Random, parts: Parts) -> Parts:
    """A byte of the rows."""
    raw = bytearray(parts.get("rows.bin", b""))
    if raw:
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        return {**parts, "rows.bin": bytes(raw)}
    return parts


def recorded_byte(rng: random.Random, parts: Parts) -> Parts:
    """A class that an opaque model is said to have answered; or one more, or one less."""
    raw = bytearray(parts.get("recorded.bin", b""))
    if raw:
        at = rng.randrange(len(raw))
        new = bytes([rng.choice((0, 1, 2, 255))])
        raw[at : at + 1] = rng.choice((new, new, b"", new * 2))
        return {**parts, "recorded.bin": bytes(raw)}
    return parts


def verdict_moved(rng: random.Random, parts: Parts) -> Parts:
    """A number that the file states of its proof."""
    return number_moved(rng, parts, "verdict.json") if "verdict.json" in parts else parts


STATED = {"verdict moved": verdict_moved}
"""Edits after which the file still states what it did."""
EDITS: Mapping[str, Edit] = {
    "node dropped": in_proof(node_dropped),
    "node doubled": in_proof(node_doubled),
    "parts swapped": in_proof(parts_swapped),
    "cells merged": in_proof(merged),
    "split moved": in_proof(split_moved),
    "step changed": in_proof(step_changed),
    "proof byte": proof_byte,
    "number moved": number_moved,
    "two moved": two_moved,
    "entry changed": entry_changed,
    "weight changed": weight_changed,
    "part spliced": spliced,
    "value spliced": subvalue_spliced,
    "rows byte": rows_byte,
    "recorded byte": recorded_byte,
    **STATED,
}


def edited(rng: random.Random, data: bytes, kind: str) -> bytes | None:
    """The certificate after an edit (or two), its hashes right again; None where nothing changed.

    The verdict is stated anew, or an edit would be refused for what the file had stated before it;
    a sample is drawn anew, most of the time, and then perhaps one of its numbers is moved.
    """
    before = {name: part for name, part in unpack(data).items() if name != "manifest.json"}
    parts = EDITS[kind](rng, before)
    if rng.random() < 0.2:
        parts = EDITS[rng.choice([*EDITS])](rng, parts)
    if parts == before:
        return None
    if kind not in STATED:
        parts.pop("verdict.json", None)
    if "sample.json" in parts and kind not in STATED and rng.random() < 0.8:
        parts = drawn_anew(parts)
        if rng.random() < 0.2:
            parts = number_moved(rng, parts, "sample.json")
    return sealed(parts if kind in STATED else restated(parts))


def restated(parts: Parts) -> Parts:
    """The parts with the verdict that their proof shows, where it shows one."""
    bare = {name: part for name, part in parts.items() if name != "sample.json"}
    try:
        held = certificate_of(sealed(bare))
        found = claim_of(check_certificate(held).stated, held.matter, held.format)
    except LeafproofError:
        return parts
    return {**parts, "verdict.json": dump(found)}


def drawn_anew(parts: Parts) -> Parts:
    """The parts with the sample that their plan gives, where the kernel can draw one."""
    try:
        plan = certificate_of(sealed(parts)).sample
        if plan is not None and "recorded.bin" in parts:
            return {**parts, "sample.json": dump(sample_to_json(_asked_anew(parts, plan.plan)))}
        bare = {name: part for name, part in parts.items() if name != "sample.json"}
        data = sealed(bare)
        held = certificate_of(data)
        verdict = check_certificate(held, keep_left=1 << 10)
        if plan is None or not verdict.error[1] - verdict.error[0]:
            return parts
        found = left_open(held, verdict, whole=plan.plan.method == "plain")
        made, _, _ = with_sample(held, data, verdict, found, plan.plan)
        return {**parts, "sample.json": unpack(made)["sample.json"]}
    except LeafproofError:
        return parts


def _asked_anew(parts: Parts, plan: Plan) -> Sample:
    """What follows from the classes that are recorded, at the points that are drawn now."""
    held = certificate_of(sealed(parts))
    matter, classes = held.matter, held.recorded or b""
    asked = prepared(matter, limited=False)
    verdict = verify(matter, (Open(),), limited=False)
    found = population(asked, verdict, verdict.checked.left)
    drawn = recorded(found, plan, key_of(held.hashes, plan), classes)
    ended = drawn.draws if plan.method == ANYTIME else None
    return Sample(plan, drawn.seen, drawn.lower, drawn.upper, drawn=ended)


def sealed(parts: Parts) -> bytes:
    """The file of these parts, of the format that they are of."""
    held = {name: part for name, part in parts.items() if name != "manifest.json"}
    newer = any(name in held for name in NEWER) or b'"pieces"' in held["domain.json"]
    return pack(held, "adversary", form=3 if newer else 2)
