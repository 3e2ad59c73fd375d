"""What was proved, for people: a Result as a page, a statement, a few lines, or in a notebook.

Nothing is decided here: every number is the kernel's, and only looked at again. The doors:

* ``files``: a Result, or several, as HTML, Markdown, LaTeX or PDF; ``report`` and ``comparison``
  choose the sections, and ``templates`` write them;
* ``statement``: the theorem in plain words, and ``in_toto`` as something to sign;
* ``summary``: the lines that the command prints, ``json_object`` what ``--json`` does;
* ``notebook``: what objects show of themselves.

Nothing below knows this room: jobs and the nouns load it by name, when they are asked to show
themselves. Words that several of them say stand once: ``verdict_words`` (what was found),
``trust_words`` (whom it rests on), ``float32``, ``domain_words``, ``words`` and ``numbers``.
"""
