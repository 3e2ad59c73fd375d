"""The files of ``malformed/`` whose teacher or weights are at fault."""

from __future__ import annotations

import numpy as np

from tests.certificates.malformed_heads import KEPT, heads_and_labels
from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    edit,
    every_layer,
    parts,
    put,
    seal,
)
from verifier.model.proof import Open


def teachers():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    every = parts(*every_layer(), (Open(),))

    def weights(raw, reason, says):
        return seal(put(held, "weights.bin", raw)), reason, f"weights.bin: {says}"

    def layer(index, reason, says, base=held, **entries):
        def change(value):
            value["layers"][index].update(entries)

        return seal(edit(base, "teacher.json", change)), reason, f"teacher.json{says}"

    def top(reason, says, base=held, **entries):
        return (
            seal(edit(base, "teacher.json", lambda v: v.update(entries))),
            reason,
            f"teacher.json{says}",
        )

    raw = held["weights.bin"]
    f4 = {"type": "float32", "shape": [1]}
    relu = {"kind": "relu", "from": [0]}
    divisor = bytearray(every["weights.bin"])
    divisor[4 * (16 + 2) + 16 : 4 * (16 + 2) + 24] = bytes(8)
    return {
        "weight-nan": weights(
            raw[:4] + np.float32("nan").tobytes() + raw[8:],
            "NaN is no weight",
            "offset 4: a NaN or infinite weight of layer 0",
        ),
        "weight-infinite": weights(
            raw[:12] + np.float32("-inf").tobytes(),
            "an infinite bias",
            "offset 12: a NaN or infinite weight of layer 0",
        ),
        "weights-cut-short": weights(raw[:-1], "a byte too few", "ends at offset 15, but layer 0"),
        "weights-too-long": weights(raw + b"\x00", "a byte too many", "offset 16: 1 bytes more"),
        "weights-empty": weights(b"", "no weights at all", "ends at offset 0, but layer 0"),
        "layer-of-unknown-kind": layer(
            0, "a kind that does not exist", ", layer 0 is of no known kind", kind="softmax"
        ),
        "layer-kind-is-a-list": layer(
            0, "a list for a word", ", layer 0 is of no known kind", kind=["affine"]
        ),
        "layer-reads-itself": layer(
            1,
            "a layer reads its own output",
            ": layer 1 (Relu) reads node 2",
            every,
            **{"from": [2]},
        ),
        "layer-reads-a-negative-node": layer(
            0, "node -1", ": layer 0 (Affine) reads node -1", **{"from": [-1]}
        ),
        "layer-reads-a-huge-node": layer(
            0, "node 10^30", ": layer 0 (Affine) reads node 1000", **{"from": [10**30]}
        ),
        "add-of-one-node": layer(
            4, "an addition needs two", ", layer 4 must read 2 node(s)", every, **{"from": [2]}
        ),
        "add-of-different-widths": layer(
            4, "8 columns and 2", ": layer 4 (Add) adds nodes of widths", every, **{"from": [0, 4]}
        ),
        "weight-type-unknown": layer(
            0,
            "half precision",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float16", "shape": [1, 3]}, f4],
        ),
        "weight-shape-of-one-dimension": layer(
            0,
            "a vector for a matrix",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [3]}, f4],
        ),
        "weight-shape-negative": layer(
            0,
            "minus three inputs",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [1, -3]}, f4],
        ),
        "weight-shape-zero": layer(
            0,
            "no outputs at all",
            ": layer 0 (Affine) has weight of shape (0, 3)",
            put(held, "weights.bin", b""),
            arrays=[{"type": "float32", "shape": [0, 3]}, {"type": "float32", "shape": [0]}],
        ),
        "weight-shape-of-booleans": layer(
            0,
            "true outputs",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [True, 3]}, f4],
        ),
        "weight-shape-larger-than-memory": (
            *layer(
                0, "10^18 weights", "", arrays=[{"type": "float32", "shape": [10**9, 10**9]}, f4]
            )[:2],
            "weights.bin: ends at offset 16, but layer 0 of teacher.json has",
        ),
        "weight-type-changed": (
            *layer(0, "float64 for float32", "", arrays=[{"type": "float64", "shape": [1, 3]}, f4])[
                :2
            ],
            "weights.bin: ends at offset 16, but layer 0",
        ),
        "layers-do-not-fit": layer(
            0,
            "takes two inputs of three",
            ": layer 0 (Affine) takes 2 inputs but is given 3",
            put(held, "weights.bin", raw[4:]),
            arrays=[{"type": "float32", "shape": [1, 2]}, f4],
        ),
        "bias-missing": layer(
            0,
            "a matrix and no bias",
            ", layer 0 must have 2 arrays",
            arrays=[{"type": "float32", "shape": [1, 3]}],
        ),
        "scale-divides-by-zero": (
            seal(put(every, "weights.bin", bytes(divisor))),
            "a divisor of 0",
            "teacher.json: layer 2 (Scale) divides by zero",
        ),
        "layer-with-another-entry": layer(
            0, "an entry that nobody reads", ", layer 0 has missing or unknown keys", secret=1
        ),
        "teacher-without-layers": (
            seal(
                put(edit(held, "teacher.json", lambda v: v.update(layers=[])), "weights.bin", b"")
            ),
            "no layers",
            "teacher.json: the teacher has no layers",
        ),
        "teacher-of-no-columns": (
            seal(
                put(
                    edit(held, "teacher.json", lambda v: v.update(columns=0, layers=[relu])),
                    "weights.bin",
                    b"",
                )
            ),
            "no inputs",
            "teacher.json: the teacher has 0 input columns",
        ),
        "teacher-of-other-columns": (
            seal(
                put(
                    edit(held, "teacher.json", lambda v: v.update(columns=4, layers=[relu])),
                    "weights.bin",
                    b"",
                )
            ),
            "four columns for a domain of three",
            "teacher.json: the teacher takes 4 columns but the domain has 3",
        ),
        "teacher-columns-true": top(
            "true is not a number", ": columns, layers or notes have the wrong type", columns=True
        ),
        "note-with-escape-characters": top(
            "a note that clears the screen", ": notes[0] is not one line", notes=["\x1b[2J"]
        ),
        **{name: heads_and_labels()[name] for name in KEPT},
        "note-is-a-number": top("a number for a text", ": notes[0] is not one line", notes=[7]),
    }
