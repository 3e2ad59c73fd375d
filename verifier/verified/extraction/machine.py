"""What Coq's operations on numbers become in Python, by the names that Machine.v gives them.

Every line is trusted: it must compute what the operation of Coq's standard library does, also where
that is a convention (division by zero, differences of natural numbers). tests/verified compares
them on a grid. machine.ml says the same in OCaml.
"""

from __future__ import annotations

import re

_INLINE = {
    "z_add": "{} + {}",
    "z_sub": "{} - {}",
    "z_mul": "{} * {}",
    "z_opp": "-{}",
    "z_eqb": "{} == {}",
    "z_leb": "{} <= {}",
    "z_ltb": "{} < {}",
    "z_geb": "{} >= {}",
    "z_gtb": "{} > {}",
    "z_land": "{} & {}",
    "z_lor": "{} | {}",
    "same": "{}",
    "succ": "{} + 1",
    "z_double": "2 * {}",
    "z_pred": "{} - 1",
}
_CALLED = {
    "z_abs": "abs(a)",
    "z_min": "a if a <= b else b",
    "z_max": "b if a <= b else a",
    "z_sgn": "(a > 0) - (a < 0)",
    "z_compare": "(a > b) - (a < b)",
    "z_div": "a // b if b else 0",
    "z_modulo": "a % b if b else a",
    "z_div_eucl": "divmod(a, b) if b else (0, a)",
    "z_pow": "a**b if b >= 0 else 0",
    "z_log2": "a.bit_length() - 1 if a > 0 else 0",
    "z_gcd": "gcd(a, b)",
    "z_lcm": "lcm(a, b)",
    "z_ggcd": "(g, (a // g, b // g)) if (g := gcd(a, b)) else (0, (0, 0))",
    "field": "(a >> b) & ((1 << c) - 1) if b >= 0 and c >= 0 else z_shiftr(a, b) & z_ones(c)",
    "z_ones": "(1 << a) - 1 if a >= 0 else -1",
    "z_shiftl": "a << b if b >= 0 else a >> -b",
    "z_shiftr": "a >> b if b >= 0 else a << -b",
    "z_testbit": "b >= 0 and (a >> b) & 1 == 1",
    "z_even": "a % 2 == 0",
    "z_odd": "a % 2 == 1",
    "z_to_nat": "a if a > 0 else 0",
    "z_to_pos": "a if a > 0 else 1",
    "n_sub": "a - b if a > b else 0",
    "p_sub": "a - b if a > b else 1",
    "p_pred": "a - 1 if a > 1 else 1",
    "n_pred": "a - 1 if a > 0 else 0",
}

INLINE = {f"Machine.{name}": text for name, text in _INLINE.items()}
"""Operations that are written where they are used; each argument stands once."""
TAKES = {
    **{name: text.count("{}") for name, text in INLINE.items()},
    **{
        f"Machine.{name}": len(set(re.findall(r"\b[abc]\b", text)))
        for name, text in _CALLED.items()
    },
}
"""How many arguments each operation takes."""
PRELUDE = "\n\n\n".join(
    [
        "def _list(*items):\n    result = None\n    for x in reversed(items):\n"
        "        result = (x, result)\n    return result",
        *(
            f"def {name}({', '.join('abc'[: TAKES[f'Machine.{name}']])}):\n    return {text}"
            for name, text in _CALLED.items()
        ),
    ]
)
"""The other operations, as Python."""
