"""The work behind every verb, one file each: objects or paths in, a Result out, no word printed.

* The verbs: `certify`, `ask` (with `fronts` for questions that have a name), `check`, `distill`,
  `repair`, `test` (`testing`), `domain`, `export`. Each returns what `result` holds.
* In the order of a run: `loading` and `asking` read what it is about, `schedule` divides the time
  (`limit`), `proving` searches, `sweeping` goes through points, `settling` writes the certificate
  and has it checked, `sampling` draws from what is open, `second_opinion` asks other checkers.
* How to draw is found out by `piloting` (`pilots`, `promising`, `pricing`), and what samples learn
  beforehand by `forecasting`, `guiding` and `varying`.
* `watching` says how far a job is and stops it; `journals` and `engines` keep it on disk, or do it
  on other machines.
"""
