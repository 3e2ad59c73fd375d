(** * Sides: that above a sum's end all networks of a step have class 1, or up to it class 0.

    Each side has a form of its own.  It is shown as strips are, but for the other end, with parallel lines and closer
    ones, which of two networks have slopes that suit both, so that their forms are near the same one. *)
From Coq Require Import ZArith List Bool.
Require Import Network Cells Bounds Counting Strips Cases.
Import ListNotations.
Open Scope Z_scope.

Definition claim_at (one : bool) (e : Z) : claim := if one then (Some e, None) else (None, Some e).
(** Of one network; [es] is the first of [tries]. *)
Definition one_side (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n : view) (s : claim) (es : list info) : bool :=
  in_tries (fun e keep es => one_from strict (alone SLOPES n) (alone SLOPES n) e keep unit up fs c n s es) n c es.
(** Of two. *)
Definition two_sides_by (strict : bool) (again : pair_lines) (unit up : Z) (fs : list vec) (c : cell) (n n' : view) (s : claim)
  (es es' : list info) : bool :=
  in_both_tries
    (fun e keep es es' => two_from strict (both_kinds SLOPES n n') again e keep unit up fs c n n' s s 0 es es') n n' c es es'.
Definition two_sides (strict : bool) (unit up : Z) (fs : list vec) (c : cell) (n n' : view) (s : claim) (es es' : list info) : bool :=
  two_sides_by strict (both_kinds SLOPES n n') unit up fs c n n' s es es' ||
  two_sides_by strict (all_kinds SLOPES n n') unit up fs c n n' s es es'.
