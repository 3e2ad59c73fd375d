"""The loop of all searches.

A search has open cells (`frontier`), a proof that grows (`ledger`), and a strategy: a step that
takes some of the open cells, and closes, splits or leaves each. Everything else is here, once: when
a search ends (its deadline, the time that the kernel needs, memory, a difference that is enough,
Ctrl-C), what it measures meanwhile, and whom it tells.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.provers.search import Searching, speak
from verifier.provers.timing import TimeOver, ending

Step = Callable[[], bool]
"""Works on some open cells; False where it has none to work on."""


def go_on(search: Searching, step: Step) -> bool:
    """Take one step after the other; False where the search had to end before there was none."""
    while not search.late:
        if not step():
            return True
        search.measure()
        search.judge()
        speak(search)
    return False


def run(search: Searching, strategy: Callable[[], object]) -> bool:
    """Search until the strategy is through or the time is over; returns whether Ctrl-C came before.

    Where memory runs out the search ends too: at any moment its proof is whole but for open cells.
    """
    try:
        with ending(search.options.deadline):
            strategy()
        if search.full:
            speak(search, doing="ending: the proof takes as much memory as it may")
    except TimeOver:
        return False
    except MemoryError:
        search.forget()
        speak(search, doing="ending: there is no more memory")
    except KeyboardInterrupt:
        if search.options.interrupted:
            search.options.interrupted()
        return True
    return False
