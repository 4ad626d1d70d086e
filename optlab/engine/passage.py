"""The passage: how the gradient comes down through the hidden layers, and what their slopes let through."""

from dataclasses import dataclass

import numpy as np

from optlab.engine.evidence import SQUASHING
from optlab.engine.inside import Inside
from optlab.engine.replay import Moment, parted
from optlab.layout import Array
from optlab.nets import ACTIVATIONS, Hidden
from optlab.nets.portrait import drawn, quantiles
from optlab.optimizer import Optimizer

FINE = 241
"""Points of the curve of an activation; an odd number, so that the middle one is 0."""

WIDTHS = (3.0, 6.0, 12.0, 30.0, 60.0)
"""How far a curve reaches to both sides: it shows all but the outermost hundredths of the sums, and seldom changes."""


SOON = 2e7
"""Steps times parameters that are computed again: 1500 steps of 12 layers of 24 units are half of it."""


SPELL = 0.03
"""Seconds of that in one call."""


@dataclass(frozen=True, eq=False)
class Station:
    """One hidden layer on the way back.

    `norm` is that of ∂L/∂h over all units and points, `slope` the mean of |σ′|, NaN without an activation, and
    `steepest` the largest that |σ′| can be. `sums (129,)` are quantiles of the pre-activations z, and `curve (3, n)` is
    z, σ(z) and σ′(z) around them; both are empty where the network does not keep z.
    """

    name: str
    norm: float
    slope: float
    steepest: float
    sums: Array
    curve: Array


@dataclass(frozen=True, eq=False)
class Passage:
    """The hidden layers from input to output at `step`, measured on `points`."""

    step: int
    points: int
    stations: tuple[Station, ...]

    def factors(self, place: int) -> Array:
        """The norm of ∂L/∂h of every layer over that of the layer above it, from the last layer down to `place`.

        Their product is what is left of the gradient at `place` of that at the last hidden layer; NaN where nothing
        came from above.
        """
        norms = np.array([station.norm for station in self.stations[place:]])[::-1]
        with np.errstate(all="ignore"):
            return np.asarray(norms[1:] / norms[:-1])


def passage(step: float | None, exact: bool, inside: Inside) -> tuple[Passage | None, bool]:
    """How the gradient comes down at `step`, None for now; and whether nothing is left to measure.

    It is measured at the last snapshot before. Where `exact` is asked for, and that is soon done, the run is computed
    again up to the step itself, call by call.
    """
    found = inside.probe(step)
    if found is None:
        return None, True
    t, probe = found
    wanted, whole = int(inside.run.step if step is None else min(step, inside.run.step)), True
    if exact and t < wanted and _soon(inside, wanted):
        moment = inside.moment(wanted, SPELL)
        whole = isinstance(moment, Moment)
        if isinstance(moment, Moment) and parted(inside.run, moment) is None:
            probe.place(moment.before["x"][None], inside.memory)
            probe.look()
            t = wanted
    activation = getattr(probe.net, "activation", "")
    stations = tuple(_station(layer, activation) for layer in probe.bound.hidden())
    return Passage(t, len(probe.data[0].x), stations), whole


def _soon(inside: Inside, step: int) -> bool:
    """Whether a run is computed again up to a step in a second or two, and the params are what is looked at there."""
    plain = type(inside.run.trial.optimizer).view is Optimizer.view
    return plain and step * inside.layout.size <= SOON


def _station(layer: Hidden, activation: str) -> Station:
    nothing, curve = np.empty(0), np.empty((3, 0))
    slope = float("nan") if layer.slope is None else float(np.abs(layer.slope[0]).mean())
    sums = nothing if layer.sums is None else quantiles(drawn(layer.sums[0]))
    if layer.bend is not None and len(sums) and np.isfinite(sums).all():
        z = np.linspace(-1.0, 1.0, FINE) * _width(sums, activation)
        bent = [z.reshape(1, 1, -1).copy(), np.empty((1, 1, FINE))]
        layer.bend(*bent)
        curve = np.array([z, *(each.ravel() for each in bent)])
    known = ACTIVATIONS.get(activation)
    most = known.steepest if known else float(np.abs(curve[2]).max(initial=0.0))  # of what learns its slope: now
    return Station(layer.name, float(np.linalg.norm(layer.grad[0])), slope, most, sums, curve)


def _width(sums: Array, activation: str) -> float:
    wanted = max(abs(float(sums[1])), abs(float(sums[-2])), WIDTHS[1] if activation in SQUASHING else 0.0)
    return next((width for width in WIDTHS if wanted <= width), 2.0 ** np.ceil(np.log2(max(wanted, 1.0))))
