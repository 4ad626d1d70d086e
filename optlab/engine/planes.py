"""Planes through the params of a run: the directions in which its loss is looked at, and what they hold of its path.

Lengths may be measured by units, as Li et al. normalise directions by filters: "Visualizing the Loss Landscape of
Neural Nets", NeurIPS 2018, arXiv:1712.09913, sections 4 and 7.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array, Layout

PATH, GRADIENT, RANDOM = "path", "gradient", "random"
KINDS = (PATH, GRADIENT, RANDOM)

LEAST = 0.1
"""A unit's norm counts as at least this share of the mean: a unit of zeros would have no length to move by."""

FLAT = 1e-6
"""What goes no farther than this share of the first direction, or of itself, out of it is no direction of its own."""

NEAR = 0.01
"""The least part of the length of all params that is seen along the gradient: a run at rest hardly moves."""

Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Plane:
    """The points `centre + a · directions[0] + b · directions[1]`, directions `(2, D)` of length 1.

    `path (n, 2)` is where a run was in it at `steps (n,)`, `off (n,)` how far it was from it. `held` are the shares of
    the path's variance about the centre that the first direction holds and that the second one adds; nan without path.
    `last` is how far the run had just come, `since` in how many steps.
    """

    kind: str
    centre: Array
    directions: Array
    steps: Array
    path: Array
    off: Array
    held: tuple[float, float]
    last: float
    since: float
    size: float
    """The length of all params, as the axes count it."""

    def spans(self) -> tuple[Span, Span]:
        """What of the plane is to be seen: the path, five times the last movement, or random steps of full size."""
        if self.kind == PATH and self.last:
            return _around(self.path)
        size = self.size or 1.0
        reach = max(5 * self.last, NEAR * size) if self.kind == GRADIENT else size
        return (-reach, reach), (-reach, reach)


def units(layout: Layout) -> Array:
    """The number of the unit `(D,)` that each parameter belongs to.

    A unit is a column of a matrix of weights with what stands behind it for each column: bias, gain, shift. Any other
    array is one.
    """
    found = np.empty(layout.size, np.intp)
    columns, count = np.empty(0, np.intp), 0
    for name, shape in layout.shapes.items():
        part = layout.slices[name]
        if len(shape) > 1:
            columns = count + np.arange(shape[-1])
            count += len(columns)
            found[part] = np.resize(columns, part.stop - part.start)
        elif shape == columns.shape:
            found[part] = columns
        else:
            found[part] = count
            count += 1
    return found


class Metric:
    """How far it is from one point to another: every parameter counts by its unit's norm at `centre`, or plainly.

    By units, a length of 1 moves every unit by its own norm (root mean square over the units).
    """

    def __init__(self, layout: Layout, centre: Array, by_units: bool) -> None:
        self.unit = units(layout) if by_units else np.zeros(layout.size, np.intp)
        self.count = int(self.unit.max()) + 1
        self.scales = np.ones_like(centre)
        norms = np.sqrt(np.bincount(self.unit, centre * centre))
        mean = float(np.sqrt(np.mean(norms * norms)))
        if by_units and mean:
            self.scales = np.maximum(norms, LEAST * mean)[self.unit] * np.sqrt(self.count)
        self.size = 1.0 if by_units and mean else float(np.linalg.norm(centre))

    def random(self, rng: np.random.Generator) -> Array:
        """A direction `(D,)` of length 1, drawn at random and then scaled for every unit to the same length."""
        drawn = rng.standard_normal(len(self.scales))
        norms = np.sqrt(np.bincount(self.unit, drawn * drawn) * self.count)
        return np.asarray(drawn / norms[self.unit])


def plane(
    kind: str, metric: Metric, centre: Array, path: tuple[Array, Array], here: float, grad: Array,
    rng: np.random.Generator,
) -> Plane:  # fmt: skip
    """A plane through `centre (D,)`, where a run with the path `(n,)`, `(n, D)` stood at step `here`.

    `grad (D,)` is the gradient there. Directions are at right angles, but for random ones, which nearly are.
    """
    steps, moved = path[0], (path[1] - centre) / metric.scales
    last, since = _last(moved, steps, here)
    if kind == RANDOM:
        axes = np.stack([metric.random(rng), metric.random(rng)])
    else:
        wished = _principal(moved) if kind == PATH else (-grad / metric.scales, last)
        axes = _basis(wished, lambda: metric.random(rng))
    places = moved @ axes.T @ np.linalg.pinv(axes @ axes.T)
    total, first = float(np.sum(moved * moved)), float(np.sum((moved @ axes[0]) ** 2))
    moved -= places @ axes
    off = np.sqrt(np.sum(moved * moved, axis=1))
    held = (first / total, 1 - float(off @ off) / total - first / total) if total else (np.nan, np.nan)
    size = float(np.linalg.norm(last))
    return Plane(kind, centre, axes * metric.scales, steps, places, off, held, size, since, metric.size)


def _principal(moved: Array) -> Sequence[Array]:
    """The two directions along which a path goes farthest from the centre, each the way that the run goes."""
    values, vectors = np.linalg.eigh(moved @ moved.T)
    found = [vectors[:, -k] @ moved for k in (1, 2) if k <= len(values) and values[-k] > FLAT**2 * values[-1]]
    found = [-v if np.sum(moved @ v) > 0 else v for v in found]
    return (found + 2 * [np.zeros(moved.shape[1])])[:2]


def _last(moved: Array, steps: Array, here: float) -> tuple[Array, float]:
    """The last movement before `here`, or the first one after it, and how many steps it took."""
    for place, sign in ((np.flatnonzero(steps < here)[-1:], -1.0), (np.flatnonzero(steps > here)[:1], 1.0)):
        if len(place):
            return sign * moved[place[0]], abs(float(steps[place[0]]) - here)
    return np.zeros(moved.shape[1]), 0.0


def _basis(wished: Sequence[Array], spare: Callable[[], Array]) -> Array:
    """Directions `(2, D)` of length 1 at right angles that span the wished ones; a spare one where there is none."""
    found: list[Array] = []
    for vector in wished:
        for candidate in (vector, spare()):
            rest = candidate - sum((candidate @ axis) * axis for axis in found)
            length = float(np.linalg.norm(rest))
            if length > FLAT * float(np.linalg.norm(candidate)):
                found.append(rest / length)
                break
    return np.stack(found)


def _around(path: Array) -> tuple[Span, Span]:
    """Spans that show the whole path and the centre, with room around them, neither much longer than the other."""
    low, high = np.minimum(path.min(axis=0), 0.0), np.maximum(path.max(axis=0), 0.0)
    longest = float((high - low).max())
    margin = np.maximum(0.2 * longest, 0.5 * (0.8 * longest - (high - low)))
    (x0, y0), (x1, y1) = low - margin, high + margin
    return (float(x0), float(x1)), (float(y0), float(y1))
