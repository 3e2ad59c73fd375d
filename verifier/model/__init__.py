"""The nouns: frozen data, and the exact arithmetic that says what they mean. Trusted.

* inputs: `variable`, `ordinal`, `continuous` (the last two share `ranged`), `part` and `cell`,
  `domain` with its tree (`given`) and its distributions (`chances`), `rows` of a table
* models: `network` (layers of their own: `smooth`, `steps`), `ensemble`, `tree`, `opaque`; what
  their classes are: `head`; trees laid over cells: `overlay`
* what is asked and answered: `question`, `proof`, `sample`, `verdict`, `certificate`
* beside these: `errors`, `limits` of work and memory, `trusted` (which rooms are)
"""
