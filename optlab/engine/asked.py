"""What a network can be asked so that its answers make a picture: a plane of inputs, a line of them, or images."""

from typing import Any

import numpy as np

from optlab import nets
from optlab.engine.inside import Inside
from optlab.layout import Array
from optlab.net_problem import DataProblem
from optlab.problem import Problem

PLANE, LINE, IMAGES, AGAIN = "plane", "line", "images", "again"
"""Two inputs; one input; images of classes; images that are said again by an autoencoder."""

Span = tuple[float, float]


def subject(problem: Problem, data: Any) -> str:
    """What of a problem and its data can be drawn, one of the four words; "" where nothing can."""
    if not isinstance(problem, DataProblem) or not isinstance(data, nets.Data):
        return ""
    if problem.image is not None:
        again = data.y.shape == data.x.shape
        return AGAIN if again else IMAGES if problem.network().counts_right else ""
    places = problem.places(data.x[:1])
    if places.ndim != 2 or places.dtype.kind != "f":
        return ""
    many = problem.network().counts_right and np.max(data.y) > 1  # more than two classes: more than one curve
    return {1: "" if many else LINE, 2: PLANE}.get(places.shape[1], "")


def grid(x: Span, y: Span, n: int) -> Array:
    """The centres `(n · n, 2)` of n × n cells over `x` and `y`, row by row from the lowest y."""
    across, along = (lo + (np.arange(n) + 0.5) * (hi - lo) / n for lo, hi in (x, y))
    return np.stack([each.ravel() for each in np.meshgrid(across, along)], axis=1)


def ask(inside: Inside, step: float | None, x: Array) -> tuple[int, Array] | None:
    """The step found, and the outputs `(N, out)` there for inputs `x (N, …)`; None where there is nothing yet."""
    found = inside.probe(step, look=False)
    if found is None:
        return None
    t, probe = found
    with np.errstate(all="ignore"):
        return t, probe.bound.predict(x)[0]


def effort(inside: Inside, points: int) -> float:
    """About how many multiplications and additions `points` inputs cost."""
    return 2.0 * inside.layout.size * points
