"""A portrait of a network's hidden layers: how their outputs and gradients are spread, small enough to keep many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array
from optlab.nets.net import Hidden
from optlab.nets.probe import dead, saturated

QUANTILES = 129
"""Numbers that stand for a distribution: values below which lie 0, 1/128, 2/128, … of all."""

DRAWN = 8192
"""Numbers of a layer that are sorted at most; 512 points of 512 units are a quarter of a million."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """`values` and `grads` `(L, QUANTILES)`: quantiles of h, and of log₁₀ |∂L/∂h| where that is not zero.

    `zeros (L,)` is the share of zero gradients, `mean` and `spread` are those of h, `saturated` the share of units and
    points with |σ′| < 0.05 and `dead` the share of units with σ′ = 0 at every point. NaN where there is no such thing.
    """

    names: tuple[str, ...]
    values: Array
    grads: Array
    zeros: Array
    mean: Array
    spread: Array
    saturated: Array
    dead: Array


def portrait(hidden: Sequence[Hidden]) -> Portrait:
    """The portrait of one run's hidden layers, the first one of each layer's R."""
    grads = [np.abs(drawn(layer.grad[0])) for layer in hidden]
    return Portrait(
        names=tuple(layer.name for layer in hidden),
        values=_table([quantiles(drawn(layer.value[0])) for layer in hidden]),
        grads=_table([quantiles(np.log10(g[g > 0])) for g in grads]),
        zeros=np.array([np.mean(g == 0) for g in grads]),
        mean=np.array([layer.value[0].mean() for layer in hidden]),
        spread=np.array([layer.value[0].std() for layer in hidden]),
        saturated=np.array([saturated(layer)[0] for layer in hidden]),
        dead=np.array([dead(layer)[0] for layer in hidden]),
    )


def quantiles(values: Array) -> Array:
    """`(QUANTILES,)` of the finite ones of `values (n,)`; NaN where there are none."""
    found = np.sort(values[np.isfinite(values)])
    if not len(found):
        return np.full(QUANTILES, np.nan)
    return np.asarray(np.interp(np.linspace(0.0, len(found) - 1.0, QUANTILES), np.arange(len(found)), found))


def shares(quantiles: Array, edges: Array) -> Array:
    """The share of each bin between `edges (B + 1,)`, `(n, B)`, of distributions given by quantiles `(n, Q)`."""
    at = np.linspace(0.0, 1.0, quantiles.shape[1])
    below = np.array([np.interp(edges, row, at) for row in quantiles]).reshape(len(quantiles), len(edges))
    return np.diff(below, axis=1)


def drawn(values: Array) -> Array:
    """At most about `DRAWN` of the numbers in an array, evenly taken."""
    flat = values.reshape(-1)
    return flat[:: -(-len(flat) // DRAWN)].astype(float)


def _table(rows: list[Array]) -> Array:
    return np.array(rows).reshape(len(rows), QUANTILES)
