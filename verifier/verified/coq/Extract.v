(** The checker in OCaml: numbers are zarith's, lists, pairs, options and truth values OCaml's. *)
From Coq Require Import ZArith NArith Extraction.
From Leafproof Require Import Machine.
Extraction Language OCaml.
Extract Inductive bool => "bool" ["true" "false"].
Extract Inductive unit => "unit" ["()"].
Extract Inductive list => "list" ["[]" "(::)"].
Extract Inductive prod => "(*)" ["(,)"].
Extract Inductive option => "option" ["Some" "None"].
Extract Inductive sumbool => "bool" ["true" "false"].
Extract Inductive comparison => "int" ["0" "(-1)" "1"] "Machine.comparison_case".
Extract Inductive nat => "Machine.t" ["Machine.zero" "Machine.succ"] "Machine.nat_case".
Extract Inductive positive => "Machine.t" ["Machine.xi" "Machine.xo" "Machine.one"] "Machine.positive_case".
Extract Inductive N => "Machine.t" ["Machine.zero" ""] "Machine.n_case".
Extract Inductive Z => "Machine.t" ["Machine.zero" "" "Machine.z_opp"] "Machine.z_case".
