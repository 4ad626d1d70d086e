"""The walls of a landscape's domain: what becomes of a run that steps out."""

import numpy as np

from optlab.landscape import Landscape
from optlab.layout import Array
from optlab.problem import Problem


class Walls:
    """The domain of one batch's problem: `keep` brings runs back after a step, `left` finds those that left it.

    `clip` puts a coordinate onto its wall, `reflect` mirrors it there; both move the params alone and leave what the
    optimizer remembers. What is not finite stays so, and diverges, but for an infinite coordinate that is clipped.
    """

    def __init__(self, problem: Problem, like: Array) -> None:
        self.policy = problem.outside if isinstance(problem, Landscape) else "free"
        self.keeps, self.ends = self.policy in ("clip", "reflect"), self.policy == "stop"
        if isinstance(problem, Landscape) and self.policy != "free":
            self._names = Landscape.tracks(problem)  # of the coordinates, whatever else a plugin records
            self._low, self._high = np.array(problem.domain, like.dtype).T

    def keep(self, params: Array) -> None:
        """Bring `params (R, D)` back into the domain; what is inside stays as it is, to the bit."""
        if self.policy == "reflect":
            self._fold(params)
        np.maximum(params, self._low, out=params)
        np.minimum(params, self._high, out=params)

    def _fold(self, params: Array) -> None:
        outside = (params < self._low) | (params > self._high)
        if not outside.any():
            return
        width = self._high - self._low
        way = np.mod(params - self._low, 2 * width)  # there and back: a far step is mirrored at both walls in turn
        np.copyto(params, self._low + np.minimum(way, 2 * width - way), where=outside)

    def left(self, points: Array) -> Array:
        """Which of `points (…, R, D)` lie outside, as `(…, R)`."""
        found: Array = ((points < self._low) | (points > self._high)).any(axis=-1)
        return found

    def crossed(self, point: Array) -> tuple[str, float]:
        """The first coordinate of `point (D,)` that lies outside: its name and value."""
        k = int(np.argmax((point < self._low) | (point > self._high)))
        return self._names[k], float(point[k])
