"""Units of work: parts of a search that may run anywhere, in any order, and more than once.

* `unit` are the nouns: a Unit (cells that are searched together), a Plan (how), a Fragment (what is
  found: the proof's part for these cells, and the units that are left to do)
* `packing` makes bytes of them, and reads these; `structure` says which fragments are well formed
* `work` makes the fragment of a unit: a function of matter, plan and unit alone, so that whoever
  does it, whenever, finds the same
* `driver` is the strategy of a search that has its units done by an Executor, and merges what
  arrives into one proof
* `local` is the Executor on this machine

So the proof depends on the matter and the plan, and on nothing that happens meanwhile: not on how
many work on it, not on the order in which fragments arrive, not on what is lost and done again.
Nothing measured by a clock may have a part in a fragment. (Floats have: machines whose processors
round sums in another order may split a cell elsewhere. Their proofs are as good, but not the same.)
"""
