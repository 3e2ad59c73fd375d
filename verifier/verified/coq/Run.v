(** What is extracted, under a name of its own. *)
From Leafproof Require Check.
Definition checked := Check.check.
