"""Layers behind the first ReLUs, all components of many cells at once, in floats. Trusted.

What `quick.Cells.lines` does row by row is one product of matrices here: only one layer of ReLUs
is between the input and such a layer, so that a cell's lines multiply rows of the first layer,
whatever is behind. docs/soundness.md argues what rounding may do.
"""

from __future__ import annotations

import numpy as np

from verifier.kernel.choices import Floats, Matrix, Pair

Lines = tuple[Floats, Floats, Floats]
"""Slopes of lines below and above ReLUs, and intercepts above, each (cells, width)."""


def enclose(layer: Matrix, first: Floats, centred: Floats, radius: Floats, lines: Lines) -> Pair:
    """Enclosures (cells, components) of ``layer``, without what rounding may do.

    ``first`` (width, columns) are the weights of the layer before the ReLUs, ``centred`` (cells,
    width) is that layer at the cells' centres, and ``radius`` (cells, columns) the input's.
    """
    (cells, columns), width = radius.shape, len(first)
    below, above, over = (x.T.copy() for x in lines)
    parts = np.empty((2, width, columns + 1, cells), dtype=first.dtype)
    free = first[:, :, None] * radius.T.copy()
    slopes, half = ((below + above) / 2, (below - above) / 2), over / 2
    for own, slope, intercept in zip(parts, slopes, (half, -half), strict=True):
        own[:, :columns] = slope[:, None] * free
        own[:, columns] = slope * centred.T + intercept
    # a row w of the layer is above w p + |w| q and below w p - |w| q
    shape = -1, columns + 1, cells
    weights = layer.weight, layer.size
    p, q = (x @ own.reshape(width, -1) for x, own in zip(weights, parts, strict=True))
    every, bias = np.ones((1, columns), dtype=first.dtype), layer.bias[:, None]
    ends = []
    for form, sign in (((p + q).reshape(shape), -1), ((p - q).reshape(shape), 1)):
        reach = (every @ np.abs(form[:, :columns]))[:, 0]
        ends.append((form[:, columns] + bias + sign * reach).T)
    low, high = ends
    return low, high
