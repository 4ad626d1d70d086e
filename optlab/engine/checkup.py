"""The checkup: what the verdict wants to know of a run's hidden layers, measured where nothing was recorded."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from optlab.engine.evidence import TIME_STEPS, Inner
from optlab.engine.inside import Inside
from optlab.net_problem import DataProblem
from optlab.nets import Hidden, Network, dead, saturated
from optlab.nets.net import Net
from optlab.problem import Problem

LARGEST = 1 << 11
"""Hidden units, and thousands of weights, of a network that is looked into: its arrays take at most 60 MB a run."""

MEASURES: dict[str, Callable[[Hidden], float]] = {
    "dead": lambda layer: float(dead(layer)[0]),
    "saturated": lambda layer: float(saturated(layer)[0]),
    TIME_STEPS: lambda layer: float(np.linalg.norm(layer.grad[0])),
}


@lru_cache(maxsize=256)
def can_be_seen(problem: Problem) -> bool:
    """Whether there are hidden layers to look at, and few enough."""
    if not isinstance(problem, DataProblem):
        return False
    net: Net = problem.network()
    units = sum(net.sizes[1:-1]) if isinstance(net, Network) else len(net.hidden_names())
    return 0 < units <= LARGEST and net.layout.size <= 1000 * LARGEST


def checkup(step: float | None, inside: Inside) -> tuple[Inner | None, bool]:
    """What its hidden layers hold at `step`, None for now; and that nothing is left to measure."""
    found = inside.probe(step)
    if found is None:
        return None, True
    hidden = found[1].bound.hidden()
    return Inner(found[0], {name: {h.name: of(h) for h in hidden} for name, of in MEASURES.items()}), True
