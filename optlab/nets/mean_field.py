"""Mean field: what a random perceptron does to signals and gradients at its start, from layer to layer."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from optlab.layout import Array
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.initialisers import INITIALISERS, first_bias
from optlab.nets.learned import Prelu
from optlab.nets.network import Network

NODES, REACH = 4000, 9.0
"""Of an even grid: Gauss and Hermite's misses the kink of softsign by 3 %, with 200 nodes."""

DRAWS = 4096
"""Weights from which the variance of an initialiser is estimated at least."""


@dataclass(frozen=True)
class Flow:
    """Root mean squares by layer, from input to output, in units of the gradient at the output.

    `signals (L + 1,)` of the inputs and the hidden layers' outputs, `grads (L,)` of ∂loss/∂output of the hidden layers
    and `norms (L + 1,)` of the weights' gradients.
    """

    signals: Array
    grads: Array
    norms: Array


def moments(activation: str, variance: float) -> tuple[float, float, float]:
    """E σ(z), E σ(z)² and E σ′(z)² for z ~ N(0, variance), by quadrature."""
    nodes, weights = _quadrature()
    z, slope = (np.sqrt(variance) * nodes)[None, :, None].copy(), np.empty((1, NODES, 1))
    if activation == "prelu":
        slope[:] = np.where(z > 0, 1.0, Prelu.first)
        z *= slope
    else:
        ACTIVATIONS[activation].forward(z, slope)
    return tuple(float(weights @ x.ravel()) for x in (z, z * z, slope * slope))  # type: ignore[return-value]


@cache
def _quadrature() -> tuple[Array, Array]:
    nodes = np.linspace(-REACH, REACH, NODES)
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


@cache
def variances(init: str, inputs: int, units: int, spread: float) -> tuple[float, float]:
    """The variances of a layer's first weights and biases."""
    rng = np.random.default_rng(0)
    drawn = [INITIALISERS[init](rng, inputs, units, spread) for _ in range(1 + DRAWS // (inputs * units))]
    biases = [first_bias(init, rng, inputs, units) for _ in range(1 + DRAWS // units)]
    return float(np.mean(np.square(drawn))), float(np.mean(np.square(biases)))


def flow(net: Network, size: float = 1.0) -> Flow | None:
    """What is expected of `net` at its start, where the inputs have the root mean square `size`.

        q_l = σ_w² E h² + σ_b²                            mean square of the sums of layer l
        E h² ← E σ(z)²,   E δ² ← σ_w² E σ′(z)² E δ²        z ~ N(0, q_l); from layer to layer, up and down
        ‖∂L/∂W‖ ∝ ‖δ‖ ‖h‖

    A normaliser makes q_l = 1 and divides δ by what it divided z by: of batches of independent points
    χ = E σ′² / (E σ² − (E σ)²), which is above 1. A skip adds h and δ of where it comes from.
    None where nothing flows: weights that are zero, blocks that ReZero closes.

    Source: Glorot & Bengio, AISTATS 2010, eq. 5 and 6; He, Zhang, Ren & Sun, ICCV 2015, arXiv:1502.01852, eq. 9 and 13;
    Schoenholz, Gilmer, Ganguli & Sohl-Dickstein, "Deep Information Propagation", ICLR 2017, arXiv:1611.01232, eq. 3 and
    5; Yang & Schoenholz, NeurIPS 2017, arXiv:1712.08969 (skips); Yang, Pennington, Rao, Sohl-Dickstein & Schoenholz, "A
    Mean Field Theory of Batch Normalization", ICLR 2019, arXiv:1902.08129.
    """
    sizes, skips, kept = net.sizes, net.skips(), 1 - net.dropout
    last = len(sizes) - 2
    if last < 1 or net.residual == "rezero":
        return None
    square, mean, shared = np.full(last + 1, size**2), np.zeros(last + 1), np.zeros(last + 1)  # of h; E h of two points
    passed, weight = np.empty(last + 1), np.empty(last + 2)
    for k in range(1, last + 1):
        weight[k], bias = variances(net.init, sizes[k - 1], sizes[k], net.spread)
        bias *= net.bias
        q = sizes[k - 1] * weight[k] * square[k - 1] + bias
        divided = 1.0
        if net.norm != "none":
            divided = sizes[k - 1] * weight[k] * (square[k - 1] - shared[k - 1]) if net.norm == "batch" else q
            q = 1.0
        first, second, slope = moments(net.activation, q)
        passed[k] = slope / kept / divided if divided > 0 else 0.0
        square[k], mean[k], shared[k] = second / kept, first, first**2
        if k in skips:
            j = skips[k]
            square[k] += square[j] + 2 * mean[j] * first
            shared[k] += shared[j] + 2 * mean[j] * first
            mean[k] += mean[j]
    weight[-1], _ = variances(net.init, sizes[-2], sizes[-1], net.spread)
    return _backward(net, square, passed, weight)


def _backward(net: Network, square: Array, passed: Array, weight: Array) -> Flow | None:
    sizes, skips, last = net.sizes, net.skips(), len(net.sizes) - 2
    whole, norms = np.zeros(last + 1), np.empty(last + 1)  # ‖∂L/∂h‖² and ‖∂L/∂W‖², for ‖∂L/∂z‖² = 1 at the output
    norms[last] = sizes[last] * square[last]
    whole[last] = sizes[last] * weight[-1]
    for k in range(last, 0, -1):
        into = whole[k] * passed[k]
        norms[k - 1] = into * sizes[k - 1] * square[k - 1]
        whole[k - 1] += into * sizes[k - 1] * weight[k]
        if k in skips:
            whole[skips[k]] += whole[k]
    if not (norms > 0).all():
        return None
    return Flow(np.sqrt(square), np.sqrt(whole[1:]), np.sqrt(norms))
