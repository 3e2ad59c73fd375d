"""Gallina in Python: the same values, without recursion where lists are long."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from verifier.verified.extraction.terms import TranslationError
from verifier.verified.extraction.translate import translated

pytestmark = pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")
HEAD = """From Coq Require Import Extraction ZArith List.
Import ListNotations. Open Scope Z_scope.
"""
GALLINA = """
Inductive shape := Point (x : Z) | Many (l : list shape) | Turned (s : shape) | Nothing.
Fixpoint total (s : shape) : Z := match s with
  | Point x => x | Many l => fold_right (fun s t => total s + t) 0 l
  | Turned s => - total s | Nothing => 0 end.
Definition parser (A : Type) := list Z -> option (A * list Z).
Definition bind {A B} (p : parser A) (f : A -> parser B) : parser B :=
  fun s => match p s with Some (a, r) => f a r | None => None end.
Definition ret {A} (a : A) : parser A := fun s => Some (a, s).
Definition byte : parser Z := fun s => match s with [] => None | x :: r => Some (x, r) end.
Definition two_bytes : parser Z := bind byte (fun a => bind byte (fun b => ret (a * 256 + b))).
Definition summed (l : list Z) (start : Z) : Z :=
  let fix go l acc := match l with [] => acc + start | x :: r => go r (acc + x) end in go l 0.
Fixpoint even (n : nat) := match n with O => true | S m => odd m end
with odd (n : nat) := match n with O => false | S m => even m end.
(** Every closure keeps the value that its turn of the loop had. *)
Fixpoint built (l : list Z) (f : Z -> Z) : Z :=
  match l with [] => f 0 | x :: r => built r (fun y => f y * 10 + x) end.
Fixpoint both (a b : list Z) : list (Z * Z) :=
  match a, b with x :: a', y :: b' => (x, y) :: both a' b' | _, _ => [] end.
Fixpoint split (l : list Z) : list Z * list Z := match l with
  | [] => ([], [])
  | x :: r => let (a, b) := split r in if x <? 0 then (x :: a, b) else (a, x :: b) end.
Definition order (a b : Z) : Z := match a ?= b with Lt => 1 | Eq => 0 | Gt => 2 end.
Fixpoint bits (p : positive) : Z :=
  match p with xH => 1 | xO q => 1 + bits q | xI q => 10 + bits q end.
Fixpoint numbers (n : nat) (from : Z) : list Z :=
  match n with O => [] | S m => from :: numbers m (from + 1) end.
"""
ROOTS = (
    *("total", "two_bytes", "summed", "even", "built", "both", "split", "order", "bits"),
    "numbers",
)


def python(coqc, folder, gallina, roots):
    """The functions of a text of Gallina, as Python."""
    text = "Extraction Language JSON.\nFrom Leafproof Require Import Machine.\nExtraction {}"
    names = " ".join(roots)
    text = HEAD + gallina + text.format(f'"it.json" {names}.\n')
    (folder / "It.v").write_text(text)
    coqc(folder / "It.v")
    module = json.loads((folder / "it.json").read_text())
    held = {}
    exec(translated(module, roots, ""), held)
    return held


@pytest.fixture(scope="module")
def it(coqc, tmp_path_factory):
    return python(coqc, tmp_path_factory.mktemp("gallina"), GALLINA, ROOTS)


def chain(items):
    """A list as the generated code knows it."""
    result = None
    for x in reversed(items):
        result = (x, result)
    return result


def test_values_are_those_of_gallina(it):
    shape = ("Many", chain([("Point", 3), ("Turned", ("Point", 5)), ("Nothing",)]))
    assert it["total1" if "total1" in it else "total"](shape) == -2
    assert it["two_bytes"](chain([1, 2, 9])) == ((258, (9, None)),)
    assert it["two_bytes"](chain([1])) is None
    assert it["summed"](chain([1, 2, 3]), 4) == 10
    assert it["even"](10) is True and it["even"](7) is False
    assert it["built"](chain([1, 2, 3]), lambda y: y) == 123
    assert it["both"](chain([1, 2]), chain([3, 4, 5])) == chain([(1, 3), (2, 4)])
    assert it["split"](chain([1, -2, 3, -4])) == (chain([-2, -4]), chain([1, 3]))
    assert [it["order"](a, 2) for a in (1, 2, 3)] == [1, 0, 2]
    assert it["bits"](0b1011) == 10 + 10 + 1 + 1


def test_long_lists_do_not_recurse(it):
    """Python's usual limit is 1,000 calls."""
    assert sys.getrecursionlimit() < 100_000
    long = it["numbers"](100_000, 0)
    assert it["summed"](long, 0) == 99_999 * 50_000
    assert it["summed"](it["split"](long)[1], 0) == 99_999 * 50_000
    assert it["both"](long, long)[0] == (0, 0)


def test_functions_in_data_are_refused(coqc, tmp_path):
    with pytest.raises(TranslationError, match="is called with 1 arguments instead of 2"):
        python(coqc, tmp_path, "Definition pair (x : Z) := (Z.add x, x).\n", ("pair",))
