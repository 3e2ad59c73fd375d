"""A question about one network, and trees: its cells closed by branch and bound, the rest counted.

As for a network against a tree: the most probable cells are closed first, and sandwiches say
something of what these leave.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from verifier.model.network import Network
from verifier.model.proof import Constant, Finding, Proof, Signed, is_open
from verifier.model.question import Matter
from verifier.provers import branch
from verifier.provers.options import Options
from verifier.provers.pairs import proving
from verifier.provers.pairs.behind import open_share
from verifier.provers.pairs.similar import HALF, ONE_CLASS, about_one, by_probability
from verifier.provers.pairs.together import RATHER, with_check_of
from verifier.provers.timing import now, part

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

TRIED = 0.15
"""The share of the time in which half of the probability is to be closed: where it is not, as of
random networks, sandwiches of the whole domain say more."""
LESS = 0.05
"""They have the time at once where they are seen to leave less than so much of what is not closed,
and not all cells will be closed. (Where they leave an eighth, as of AC-1, closing cells ends half
as wide under a limit of 30 s.)"""


def prove(matter: Matter, options: Options, end: float) -> Finding | None:
    """A proof of how often the question is true, as near as is possible until ``end``.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, a
    proof is gone on from, or too little is closed soon; where sandwiches of the whole domain are
    seen to tell of more than cells that are closed, it is theirs.
    """
    domain, everything = matter.domain, tuple(range(len(matter.domain.variables)))
    if len(matter.networks) != 1 or matter.ensembles or domain.infinite or options.resume:
        return None
    (model,) = matter.networks
    network, reads = matter.models[model].model, matter.models[model].reads
    assert isinstance(network, Network)
    if reads != everything or not branch.takes(network, domain):
        return None
    pressed: list[bool] = []
    told = replace(about_one(options, pressed), check_by=end, signed=True)
    begun: list[Sandwiching] = []
    tells_more = partial(proving.tells_more, matter, options, end, begun, less=LESS)
    first = replace(by_probability(replace(told, deadline=part(end, TRIED))), instead=tells_more)
    found = branch.prove(domain, network, ONE_CLASS, first)
    if begun and not pressed:
        return proving.prove(matter, options, end, begun[0])
    if not pressed and is_open(found.proof):
        if open_share(domain, found.proof) > HALF:
            return None
        going_on = by_probability(replace(told, resume=tuple(found.proof)))
        found = branch.prove(domain, network, ONE_CLASS, going_on)
    proof: Proof = tuple(
        replace(x, model=model) if isinstance(x, Constant | Signed) else x for x in found.proof
    )
    closed = Finding(proof, (), found.check)  # it found points of one class
    left = end - found.check
    if pressed or not is_open(proof) or left - now() < RATHER * (end - now()):
        return closed
    more = proving.prove(matter, replace(options, resume=proof), left)
    return closed if more is None else with_check_of(found.check, more)
