"""The loss over a plane through the params of a run, computed as batches of runs that take no step."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optlab.engine.inside import Inside
from optlab.engine.planes import Metric, Plane, Span, plane
from optlab.engine.streams import stream
from optlab.layout import Array

POINTS, FINE = 25, 49
"""Points a side of the grid at first, and of one that is looked at for long."""

CHUNK = 65_536
"""Numbers in the params of one evaluation: more runs at once are no faster, and the window waits for them."""

LONG = 2e11
"""Multiplications above which a surface is computed only by request: it takes the better part of a minute."""

Tell = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Surface:
    """Losses `values (n, n)` on an even grid over `x` and `y` of a plane, whose centre is where the run was at `step`.

    `loss` is that at the centre.
    """

    step: int
    loss: float
    plane: Plane
    values: Array
    x: Span
    y: Span


def effort(inside: Inside, points: int = POINTS) -> float:
    """About how many multiplications a surface costs."""
    data = getattr(inside.data, "x", None)
    return 6.0 * inside.layout.size * points * points * (1 if data is None else min(len(data), 512))


def surface(
    inside: Inside, step: float | None, kind: str, by_units: bool, points: int = POINTS, tell: Tell = lambda share: None
) -> Surface | None:
    """The surface around where a run stood at `step`; None where there is nothing to see yet."""
    here = inside.stand(step)
    if here is None:
        return None
    centre = inside.params[0].copy()
    losses = Losses(inside, 1)
    loss = float(losses(centre[None])[0])
    steps, path = inside.path()
    if not len(steps) or steps[-1] < here:  # it ended after its last snapshot, or is too large for them
        steps, path = np.append(steps, here), np.vstack((path, centre))
    tell(0.0)
    metric, rng = Metric(inside.layout, centre, by_units), stream(inside.run.seed, "noise", here)
    found = plane(kind, metric, centre, (steps, path), here, losses.grads[0], rng)
    x, y = found.spans()
    return Surface(here, loss, found, values(inside, found, x, y, points, tell), x, y)


def closer(
    inside: Inside, whole: Surface, x: Span, y: Span, points: int = POINTS, tell: Tell = lambda share: None
) -> Surface:
    """Another part of the same plane."""
    inside.stand(whole.step)
    found = values(inside, whole.plane, x, y, points, tell)
    return Surface(whole.step, whole.loss, whole.plane, found, x, y)


def values(inside: Inside, where: Plane, x: Span, y: Span, points: int, tell: Tell) -> Array:
    """The losses `(points, points)` over `x` and `y`, row by row from the lowest y."""
    across, along = np.meshgrid(np.linspace(*x, points), np.linspace(*y, points))
    places = np.stack([across.ravel(), along.ravel()], axis=1)
    runs = max(1, min(64, CHUNK // len(where.centre), len(places)))
    losses, found = Losses(inside, runs), np.empty(len(places))
    for k in range(0, len(places), runs):
        part = places[k : k + runs]
        found[k : k + runs] = losses(where.centre + part @ where.directions)
        tell(min(1.0, (k + runs) / len(places)))
    return found.reshape(points, points)


class Losses:
    """The loss of up to `runs` points at once, on the same data, with what the run remembers lent to each."""

    def __init__(self, inside: Inside, runs: int) -> None:
        problem = inside.problem
        shape = runs, inside.layout.size
        self._params = np.zeros(shape, order=problem.order)  # type: ignore[call-overload]
        self._memory = {name: array.copy() for name, array in inside.memory.items()}
        self._lent = {name: np.repeat(array, runs, axis=0) for name, array in self._memory.items()}
        self.grads, self._loss = np.zeros_like(self._params), np.zeros(runs)
        data = [inside.data] * runs
        self._evaluate = problem.bind_whole(self._params, self.grads, self._loss, data, self._lent)

    def __call__(self, points: Array) -> Array:
        """The losses of `points (n, D)`, n up to `runs`; `grads` are those of the same points."""
        self._params[: len(points)] = points
        self._params[len(points) :] = points[-1]
        for name, array in self._memory.items():
            self._lent[name][...] = array
        with np.errstate(all="ignore"):
            self._evaluate(None)
        return self._loss[: len(points)].copy()
