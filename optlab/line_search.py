"""A line search for the strong Wolfe conditions, which spends few evaluations."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np

from optlab.kernels import largest
from optlab.layout import Array


@dataclass(frozen=True)
class Trial:
    """A point of the line: its distance `t`, loss and slope there, and the row of the gradient, −1 at the start."""

    t: float
    loss: float
    slope: float
    row: int = -1


class WolfeSearch:
    """Search along `direction (D,)` for a point that is low enough and flat enough.

        φ(t) ≤ φ(0) + c₁ t φ′(0)   and   |φ′(t)| ≤ −c₂ φ′(0)

    `oracle(params (1, D), grads_out (1, D)) → loss (1,)` is called `most` times at most after the first; `room (4, D)`
    keeps gradients. When the evaluations are spent, or the bracket is shorter than `tolerance`, the lowest point so
    far is taken, which may be the start.

    Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, Algorithms 3.5 and 3.6, with the
    safeguards of Schmidt's minFunc, which PyTorch has too.
    """

    def __init__(
        self, oracle: Callable[[Array, Array], Array], x: Array, direction: Array, room: Array, *,
        most: int = 25, tolerance: float = 1e-9, c1: float = 1e-4, c2: float = 0.9,
    ) -> None:  # fmt: skip
        self._oracle, self._x, self._direction, self._room = oracle, x, direction, room
        self._most, self._tolerance, self._c1, self._c2 = most, tolerance, c1, c2
        self.evaluations = 0

    def run(self, loss: float, grads: Array, t: float) -> tuple[float, float]:
        """Distance and loss of the point found from the start's loss and gradient `(D,)`, which becomes that there.

        The first trial is at the distance `t`.
        """
        self._start, self.evaluations = Trial(0.0, loss, float(grads.dot(self._direction))), 0
        ends = self._bracket(t)
        found = ends[0] if len(ends) == 1 else self._zoom(ends)
        if found.row >= 0:
            np.copyto(grads, self._room[found.row])
        return found.t, found.loss

    def _bracket(self, t: float) -> list[Trial]:
        """Two points with a good one between them, or a good one."""
        last, here = self._start, self._at(t)
        while self.evaluations <= self._most:
            if self._is_high(here) or (self.evaluations > 2 and here.loss >= last.loss):
                return [last, here]
            if self._is_flat(here):
                return [here]
            if here.slope >= 0:
                return [last, here]
            t = cubic(last, here, here.t + 0.01 * (here.t - last.t), 10 * here.t)
            last, here = here, self._at(t, here)
        return [self._start, here]

    def _zoom(self, ends: list[Trial]) -> Trial:
        """Shrink the bracket until one of its ends is good."""
        longest, low, slow = largest(self._direction), _lower(ends), False
        while self.evaluations <= self._most and abs(ends[1].t - ends[0].t) * longest >= self._tolerance:
            t, slow = _inside(ends, slow)
            here = self._at(t, *ends)
            if self._is_high(here) or here.loss >= ends[low].loss:
                ends[1 - low] = here
                low = _lower(ends)
                continue
            if self._is_flat(here):
                return here
            if here.slope * (ends[1 - low].t - ends[low].t) >= 0:
                ends[1 - low] = ends[low]
            ends[low] = here
        return ends[low]

    def _at(self, t: float, *kept: Trial) -> Trial:
        row = min({0, 1, 2} - {trial.row for trial in kept})
        grads, point = self._room[row], self._room[3]
        np.add(np.multiply(self._direction, t, point), self._x, point)
        loss = float(self._oracle(point[None], grads[None])[0])
        self.evaluations += 1
        return Trial(t, loss if isfinite(loss) else inf, float(grads.dot(self._direction)), row)

    def _is_high(self, here: Trial) -> bool:
        return here.loss > self._start.loss + self._c1 * here.t * self._start.slope

    def _is_flat(self, here: Trial) -> bool:
        return abs(here.slope) <= -self._c2 * self._start.slope


def _lower(ends: list[Trial]) -> int:
    return 0 if ends[0].loss <= ends[1].loss else 1


def _inside(ends: list[Trial], slow: bool) -> tuple[float, bool]:
    """The next distance within a bracket, and whether it is close to an end: not so twice in succession."""
    lo, hi = sorted(end.t for end in ends)
    t, margin = cubic(ends[0], ends[1], lo, hi), 0.1 * (hi - lo)
    if min(hi - t, t - lo) >= margin:
        return t, False
    if slow or t >= hi or t <= lo:
        return (hi - margin if abs(t - hi) < abs(t - lo) else lo + margin), False
    return t, True


def cubic(a: Trial, b: Trial, lo: float, hi: float) -> float:
    """The minimum of the cubic through two points with their slopes, within [lo, hi]; the middle where there is none.

    Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, eq. 3.59.
    """
    a, b = (a, b) if a.t <= b.t else (b, a)
    try:
        d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
        d2 = sqrt(d1 * d1 - a.slope * b.slope)
        t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    except (ValueError, ZeroDivisionError):
        t = inf
    return min(max(t, lo), hi) if isfinite(t) else (lo + hi) / 2
