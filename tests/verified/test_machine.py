"""Operations on numbers in Python and OCaml compute what Coq's do: the whole list, on a grid."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import groupby, product

import pytest

from verifier.verified.extraction import make
from verifier.verified.extraction.machine import INLINE, PRELUDE, TAKES

GRID = (-130, -8, -3, -1, 0, 1, 2, 3, 7, 8, 64, 129)
WHOLE = (0, 1, 2, 3, 7, 8, 64)
POSITIVE = (1, 2, 3, 7, 8, 64)
VALUES = {"Z": GRID, "N": WHOLE, "nat": WHOLE, "positive": POSITIVE}
SCOPES = {"Z": "Z", "N": "N", "Nat": "nat", "Pos": "positive", "Packed": "Z"}
TO_Z = {
    "Z": "",
    "bool": "Z.b2z",
    "nat": "Z.of_nat",
    "N": "Z.of_N",
    "positive": "Z.pos",
    "comparison": "(fun c => match c with Eq => 0 | Lt => -1 | Gt => 1 end)",
}
"""What turns a result of Coq into a number."""
NEEDED = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")


def operations():
    """Coq's name and the machine's, for each line of Machine.v."""
    text = (make.COQ / "Machine.v").read_text()
    found = re.findall(r'Extract Inlined Constant (\w+)\.(\w+) => "(Machine\.\w+)"', text)
    return [(module, name, machine) for module, name, machine in found if module in SCOPES]


def kind(module, name):
    """The scope of an operation's arguments."""
    if name in ("of_nat", "of_succ_nat"):
        return "nat"
    return "N" if name == "of_N" else SCOPES[module]


def cases():
    """Each operation with some arguments, exponents and shifts kept small."""
    for module, name, machine in operations():
        for args in product(VALUES[kind(module, name)], repeat=TAKES[machine]):
            if not any(abs(a) > 64 for a in args[1:]) or name not in ("pow", "shiftl", "ones"):
                yield module, name, machine, args


def in_coq(coqc, folder):
    """What Coq computes, as numbers; pairs become lists."""
    lines = [
        "From Coq Require Import ZArith NArith PArith Arith List. Import ListNotations.",
        "From Leafproof Require Packed. Open Scope Z_scope.",
        "Class Shown A := shown : A -> list Z.",
        *(
            f"#[export] Instance s_{i} : Shown {result} := fun x => [{f} x]."
            for i, (result, f) in enumerate(TO_Z.items())
        ),
        "#[export] Instance s_p {A B} `{Shown A} `{Shown B} : Shown (A * B) :=",
        "  fun x => shown (fst x) ++ shown (snd x).",
    ]
    lists, shown = {}, []
    for (module, name), some in groupby(cases(), key=lambda case: case[:2]):
        scope = kind(module, name)
        tuples = tuple(args for *_, args in some)
        held = lists.setdefault((scope, tuples), f"args_{len(lists)}")
        x = "abc"[: len(tuples[0])]
        each = f"match x with ({', '.join(x)}) => shown ({module}.{name} {' '.join(x)}) end"
        shown.append(f"map (fun x => {each}) {held}")
    for (scope, tuples), held in lists.items():
        values = (", ".join(f"({a})%{scope}" for a in args) for args in tuples)
        lines.append(f"Definition {held} := [{'; '.join(f'({v})' for v in values)}].")
    lines += [f"Definition all : list (list Z) := {' ++ '.join(shown)}.", "Eval vm_compute in all."]
    (folder / "Grid.v").write_text("\n".join(lines))
    body = coqc(folder / "Grid.v").partition("=")[2].partition(": list (list Z)")[0]
    inner = re.findall(r"\[([^\[\]]*)\]", body)
    return [[int(x) for x in row.replace("\n", " ").split(";")] for row in inner]


def flat(x):
    """A result of Python as a list of numbers."""
    return [n for part in x for n in flat(part)] if isinstance(x, tuple) else [int(x)]


@pytest.fixture(scope="module")
def expected(coqc, tmp_path_factory):
    return in_coq(coqc, tmp_path_factory.mktemp("grid"))


@NEEDED
def test_python_computes_what_coq_does(expected):
    names = {}
    exec(f"from math import gcd, lcm\n{PRELUDE}", names)
    count = 0
    for (module, name, machine, args), wanted in zip(cases(), expected, strict=True):
        if machine in INLINE:
            found = eval(INLINE[machine].format(*(f"({a})" for a in args)))
        else:
            found = names[machine.partition(".")[2]](*args)
        assert flat(found) == wanted, f"{module}.{name}{args}"
        count += 1
    assert count > 1500


@NEEDED
@pytest.mark.skipif(shutil.which("ocamlfind") is None, reason="OCaml is not installed")
def test_ocaml_computes_what_coq_does(expected, tmp_path):
    """Results of more kinds than numbers are compared in Python only."""
    shutil.copy(make.HERE / "machine.ml", tmp_path)
    lines, wanted = [], []
    kinds = {"z_eqb": "b", "z_leb": "b", "z_ltb": "b", "z_geb": "b", "z_gtb": "b", "z_even": "b"}
    kinds |= {"z_odd": "b", "z_testbit": "b", "z_compare": "i", "z_div_eucl": "p"}
    for (_, _, machine, args), row in zip(cases(), expected, strict=True):
        name = machine.partition(".")[2]
        if name == "z_ggcd":
            continue
        given = " ".join(f"(Z.of_int ({a}))" for a in args)
        lines.append(f"{kinds.get(name, 'z')} (Machine.{name} {given});")
        wanted.append(" ".join(map(str, row)))
    (tmp_path / "grid.ml").write_text(
        "let z a = print_endline (Z.to_string a)\nlet b a = z (Z.of_int (Bool.to_int a))\n"
        "let i a = z (Z.of_int a)\n"
        'let p (a, b) = print_endline (Z.to_string a ^ " " ^ Z.to_string b)\n'
        "let () =\n" + "\n".join(lines) + "\n()\n"
    )
    build = ["ocamlfind", "ocamlc", "-package", "zarith", "-linkpkg", "-w", "-a"]
    subprocess.run([*build, "machine.ml", "grid.ml", "-o", "grid"], cwd=tmp_path, check=True)
    told = subprocess.run(["./grid"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == wanted
