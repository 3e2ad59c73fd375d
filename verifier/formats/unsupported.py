"""What is said of an operator that is not read: why, and what to do instead."""

from __future__ import annotations

_ASKED = "`leafproof test` asks such a model point by point, for an interval without a proof"
_PRODUCTS = f"which is not piecewise linear: {_ASKED}"
_KINDS = (
    (("lstm", "gru", "rnn"), f"it is recurrent, and multiplies activations, {_PRODUCTS}"),
    (
        ("attention", "multiheadattention", "scaleddotproduct", "groupqueryattention"),
        f"attention multiplies activations, {_PRODUCTS}",
    ),
    (
        ("layernorm", "instancenorm", "groupnorm", "rmsnorm", "lpnorm", "meanvariancenorm",
         "simplifiedlayernorm", "nativelayernorm", "nativegroupnorm", "linalgvectornorm"),
        f"it divides by what it computes of each input, {_PRODUCTS} (a BatchNormalization, whose "
        "statistics are constants, is read)",
    ),
    (
        ("convtranspose",),
        "transposed convolutions are not read: use an upsampling before a convolution, or write "
        "it as one matrix (it is linear)",
    ),
    (
        ("loop", "scan"),
        "the file decides while it runs what is computed: export with these steps written out, or "
        "trace the model with its sizes fixed",
    ),
    (
        ("embedding",),
        "it looks rows of a table up: make these rows the encoding of a variable of the domain, "
        "and give the rest of the model, which reads them",
    ),
    (
        ("random", "bernoulli", "multinomial", "rand"),
        "it draws at random, so that the model is no function: export it for inference",
    ),
)  # fmt: skip


def unsupported(kind: str, supported: str) -> str:
    """What is said of an operator, named before: why not, and what to do.

    ``kind`` is its name without its library's words around it, in any case and with or without
    underscores; what is ``supported`` is told where there is no better remedy.
    """
    why = reason(kind)
    told = f"; supported are {supported}" if why is None else f": {why}"
    return f"is not supported{told}"


def reason(kind: str) -> str | None:
    """Why operators of a kind are not read, and what to do instead; None where nothing is known."""
    plain = kind.replace("_", "").lower()
    return next((why for beginnings, why in _KINDS if plain.startswith(beginnings)), None)
