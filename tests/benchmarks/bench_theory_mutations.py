"""Every field of every theorem changed: how many changes are noticed, and which are not.

`--only NAME,NAME` tries some theorems; `--every K` every K-th change.
"""

from __future__ import annotations

from collections import Counter

from tests.theory.mutations import judge, mutants
from theory import catalogue


def main(options: list[str] | None = None) -> None:
    """Print a table by field and the list of what was not caught."""
    given = dict(zip(options[::2], options[1::2], strict=True)) if options else {}
    names = given["--only"].split(",") if "--only" in given else list(catalogue)
    every, count, kept = int(given.get("--every", "1")), Counter[tuple[str, str]](), []
    for name in names:
        for mutant in list(mutants(catalogue[name]))[::every]:
            fate = judge(mutant, catalogue[name])
            count[mutant.field, fate] += 1
            if fate == "proved":
                kept.append(f"{name}: {mutant.field}: {mutant.change}")
    print("| field | changed | caught | same theorem, proved | another theorem, proved |")
    print("| --- | --- | --- | --- | --- |")
    fields = [*dict.fromkeys(field for field, _ in count)]
    for field in (*fields, "all"):
        got = [sum(n for (f, fate), n in count.items() if field in (f, "all") and fate == kind)
               for kind in ("caught", "same", "proved")]  # fmt: skip
        print(f"| {field} | {sum(got)} | {got[0]} | {got[1]} | {got[2]} |")
    total = sum(count.values())
    print(f"caught or the same theorem: {100 * (total - len(kept)) / max(1, total):.1f} %")
    print("\nnot caught: other theorems, whose formulas and words agree and are proved:")
    print("\n".join(kept))
