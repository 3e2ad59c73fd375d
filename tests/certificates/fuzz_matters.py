"""Strategies for files that are nearly certificates of format 2."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.brute_claims import encode
from tests.brute_proof import CONSTANT, ENUMERATED, OPEN, SEVERAL, SPLIT, TAIL, TRUSTED, Node
from tests.certificates.fuzzing import EDITS, JSON, SCALARS, WHERE, edited, places
from tests.certificates.matter_mutations import certificate
from tests.certificates.matters import MEMBERS, file

SEEDS = st.integers(0, 23)
SMALL = st.integers(0, 9) | st.integers(0, 1 << 80)
MODEL = st.integers(0, 4)
STEPS = st.one_of(
    st.builds(Node, st.just(CONSTANT), SMALL, MODEL),
    st.builds(Node, st.just(TAIL), SMALL, MODEL, st.sampled_from([(0, 1), (1, 3), (1, 1), (2, 4)])),
    st.builds(Node, st.just(TRUSTED), SMALL, MODEL, st.sampled_from([(0,), (1,)])),
)
NODES = st.one_of(
    st.builds(lambda v, left: Node(SPLIT, v, more=(left,)), SMALL, SMALL),
    st.just(Node(ENUMERATED)),
    st.just(Node(OPEN)),
    STEPS,
    st.builds(lambda some: Node(SEVERAL, more=tuple(some)), st.lists(STEPS, max_size=4)),
)


@st.composite
def spliced_members(draw):
    """Members of different certificates together, one of them edited."""
    parts = {name: certificate(draw(SEEDS))[name] for name in MEMBERS}
    if draw(st.booleans()):
        name = draw(st.sampled_from(MEMBERS))
        parts[name] = edited(parts[name], draw(EDITS))
    return file(parts, draw(st.text(max_size=5)))


@st.composite
def matter_proofs(draw):
    """A certificate with another proof: random nodes, or random bytes, or bytes edited."""
    parts = certificate(draw(SEEDS))
    models = len(json.loads(parts["models.json"])["models"])
    proof = draw(
        st.one_of(
            st.lists(NODES, max_size=12).map(lambda nodes: encode(nodes, models)),
            st.binary(max_size=30).map(lambda raw: b"\x00" + raw),
            EDITS.map(lambda edits: edited(parts["proof.bin"], edits)),
        )
    )
    return file({**parts, "proof.bin": proof})


@st.composite
def matter_texts(draw):
    """A certificate with a JSON member in which some values are replaced, doubled or dropped."""
    parts = certificate(draw(SEEDS))
    name = draw(st.sampled_from([n for n in MEMBERS if n.endswith(".json")]))
    value = json.loads(parts[name])
    for _ in range(draw(st.integers(1, 3))):
        if where := places(value):
            held, key = where[int(draw(WHERE) * (len(where) - 1))]
            action = draw(st.integers(0, 4))
            if action == 0:
                del held[key]
            elif action == 1 and isinstance(held, list):
                held.insert(key, held[key])
            else:
                held[key] = draw(SCALARS if action < 4 else JSON)
    return file({**parts, name: json.dumps(value).encode()})


FUZZES = {
    "spliced members": spliced_members(),
    "proofs of matters": matter_proofs(),
    "texts of matters": matter_texts(),
}
