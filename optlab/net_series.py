"""What can be recorded of a network beside its loss: scores, and what its hidden layers do."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optlab import nets
from optlab.layout import Array
from optlab.problem import Series

ACCURACY, TEST_LOSS, TEST_ACCURACY = "accuracy", "test_loss", "test_accuracy"
SCORES = {ACCURACY: (False, "accuracy"), TEST_LOSS: (True, "loss"), TEST_ACCURACY: (True, "accuracy")}


def net_series(hidden: tuple[str, ...]) -> list[Series]:
    """The series of a network with these hidden layers."""
    return [
        Series(ACCURACY, "accuracy", "share of the points learned from that are told right"),
        Series(TEST_LOSS, "test loss", "loss of the points kept for the test"),
        Series(TEST_ACCURACY, "test accuracy", "share of the points kept for the test that are told right"),
        Series("activation_mean", "activation, mean", "mean output of a hidden layer", hidden),
        Series("activation_spread", "activation, spread", "standard deviation of a hidden layer's outputs", hidden),
        Series("saturated", "saturated share", "share of units and points with |σ′| < 0.05", hidden),
        Series("dead", "dead share", "share of units with σ′ = 0 at every point", hidden),
        Series("hidden_grad", "norm of ∂L/∂h", "norm of the loss's gradient by a hidden layer's output", hidden),
    ]


LAYERS: dict[str, Callable[[nets.Hidden], Array]] = {
    "activation_mean": lambda layer: layer.value.mean(axis=(1, 2)),
    "activation_spread": lambda layer: layer.value.std(axis=(1, 2)),
    "saturated": nets.saturated,
    "dead": nets.dead,
    "hidden_grad": lambda layer: np.sqrt(np.square(layer.grad, dtype=np.float64).sum(axis=(1, 2))),
}
"""A measure `(R,)` of each hidden layer."""


class NetWatch:
    """Measures some of these series at params `(R, D)`, with a probe of its own."""

    def __init__(
        self, net: nets.Net, series: Sequence[Series], params: Array, data: Sequence[Any], memory: dict[str, Array]
    ) -> None:
        self._series, self._params, self._memory = series, params, memory
        self._probe = nets.Probe(net, data, len(params), memory, params.dtype.name)
        self._inside = any(each.name in LAYERS for each in series)
        self._tests = {test for name, (test, _) in SCORES.items() if any(each.name == name for each in series)}

    def measure(self, out: Array) -> None:
        """Write the series into `out (R, columns)`."""
        self._probe.place(self._params, self._memory)
        scores = {test: self._probe.scores(test) for test in self._tests}
        hidden = self._probe.look() if self._inside else ()
        at = 0
        for each in self._series:
            if each.name in SCORES:
                test, name = SCORES[each.name]
                out[:, at] = scores[test][name]
            else:
                for k, layer in enumerate(hidden):
                    out[:, at + k] = LAYERS[each.name](layer)
            at += len(each.columns)
