"""What theory says of a network before it runs: how signal and gradient fare from layer to layer at its start."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optlab.engine.evidence import alike, factor, ratio
from optlab.net_problem import DataProblem
from optlab.nets import ACTIVATIONS, Network, Recurrent, mean_field
from optlab.problem import Problem

SPOKEN = {
    "relu": "ReLU", "leaky_relu": "leaky ReLU", "prelu": "PReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU",
    "gelu_tanh": "GELU (tanh)", "silu": "SiLU", "mish": "Mish", "hard_sigmoid": "hard sigmoid", "xavier": "Xavier",
    "xavier_uniform": "Xavier", "he": "He", "he_uniform": "He", "lecun": "LeCun", "pytorch": "PyTorch",
}  # fmt: skip
"""Names that are written otherwise than fields write them."""


@dataclass(frozen=True)
class Expected:
    """At the start: `ratio` and `factor` as of the evidence, `signal` and `grad` from one hidden layer to the next.

    `bound` is "least" or "most" where the factor is only a bound.
    """

    ratio: float
    factor: float
    signal: float
    grad: float
    bound: str = ""


def expected(problem: Problem) -> Expected | None:
    """What theory says of the problem's network; None where it says nothing."""
    if not isinstance(problem, DataProblem):
        return None
    net = problem.network()
    if isinstance(net, Network):
        return of_perceptron(net)
    return of_recurrent(net) if isinstance(net, Recurrent) else None


@lru_cache(maxsize=256)
def of_perceptron(net: Network) -> Expected | None:
    """Mean field, for inputs of size 1; batches of few or alike points explode faster than it says."""
    flow = mean_field.flow(net)
    if flow is None:
        return None
    inner = max(1, len(flow.grads) - 1)
    with np.errstate(all="ignore"):
        signal = float((flow.signals[-1] / flow.signals[1]) ** (1 / inner))
    return Expected(
        ratio(flow.norms), factor(flow.norms, alike(net)), signal, float(ratio(flow.grads) ** (1 / inner)),
        "least" if net.norm == "batch" else "",
    )  # fmt: skip


def of_recurrent(net: Recurrent) -> Expected | None:
    """An Elman cell passes back at most ‖W_rec‖ max |σ′| from each time step to the one before.

    Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    arXiv:1211.5063, section 2.1; the norm is the spectral radius where W_rec is orthogonal.
    """
    if net.cell != "elman":
        return None
    most = net.radius * ACTIVATIONS[net.activation].steepest
    return Expected(most ** (net.length - 1), most, 1.0, most, "most")


def named(option: str) -> str:
    """An activation or initialiser as people write it."""
    return SPOKEN.get(option, option.replace("_", " "))
