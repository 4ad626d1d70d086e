"""The contours of a landscape of two coordinates, as finely as it is looked at."""

from functools import lru_cache

import numpy as np

from optlab.engine import faults
from optlab.gui.desk import Desk
from optlab.gui.plots.contour import ContourPlot
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.shade import Field
from optlab.i18n import tr
from optlab.landscape import Landscape
from optlab.layout import Array

GRID = 161
"""Points a side of the grid of values: bands are interpolated between them."""


class LandscapePlot(ContourPlot):
    """Shows one landscape at a time; trajectories, start and minima come from its owner."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, tr("Landscape"), empty_text=tr("This problem has no landscape to draw."))
        self._shown: Landscape | None = None
        self.view_changed.connect(self._on_view)

    def show_problem(self, problem: Landscape | None) -> None:
        """Show its contours, or that there are none; nothing is done where it is shown already."""
        if problem is None:
            self._clear(self.title)
        elif problem != self._shown:
            try:
                field, least = _whole(problem)
            except faults.RAISED:  # a plugin's own code: its run says what is wrong
                self._clear(tr("The code of this problem fails: there is no landscape to draw."))
                return
            self._shown = None  # the whole is known: what is looked at need not be refined
            self.set_title(problem.summary().rstrip(".。"))
            self.set_field(field, least)
            self._shown = problem

    def _clear(self, title: str) -> None:
        self._shown = self.field = None
        self.set_title(title)
        self.changed()

    def _on_view(self, x0: float, x1: float, y0: float, y1: float) -> None:
        if self._shown is not None:
            self.refine(_grid(self._shown, (x0, x1), (y0, y1)))


def values(problem: Landscape, points: Array) -> Array:
    """f of the points `(N, 2)`: a zero-step batch of N runs."""
    x = np.asfortranarray(points, dtype=float)
    loss, grad = np.empty(len(x)), np.empty_like(x)
    with np.errstate(all="ignore"):
        problem.evaluate(x, loss, grad)
    return loss


@lru_cache(8)
def _whole(problem: Landscape) -> tuple[Field, float | None]:
    """The whole of a landscape, and its value at the lowest known minimum; several plots may show it."""
    least = min((float(values(problem, np.array([m]))[0]) for m in problem.minima()), default=None)
    x, y = problem.view or problem.domain
    return _grid(problem, x, y), least


def _grid(problem: Landscape, x: Span, y: Span) -> Field:
    """Values on an even grid over `x` and `y`."""
    xs, ys = np.meshgrid(np.linspace(*x, GRID), np.linspace(*y, GRID))
    points = np.stack([xs.ravel(), ys.ravel()], axis=1)
    return Field(values(problem, points).reshape(GRID, GRID), x, y)
