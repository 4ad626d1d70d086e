"""The Landscape view: the ways of the runs over the contours of a function of two coordinates."""

import numpy as np
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optlab.api import Landscape, hookimpl
from optlab.gui.api import Axis, ContourPlot, CurvePlot, Field, LossPlot, Panel, draw, tr

GRID = 161
"""Points a side of the grid of values: bands are interpolated between them."""


class LandscapeView(Panel):
    """Contours, trajectories with a dot at the cursor's step, the start, the known minima, and the loss beside it.

    Look for: zig-zag across a valley (the rate is too large for the steep side); a dot that stands still on flat
    ground; a way that leaves the picture (divergence).
    """

    name, title, hero = "landscape", "Landscape", "contour"

    def build(self) -> None:
        theme = self.desk.theme
        self.contour = ContourPlot(theme, tr("Landscape"), empty_text=tr("This problem has no landscape to draw."))
        self.loss = LossPlot(self.desk, end_labels=False)
        self.distance = CurvePlot(
            theme, tr("Distance to the nearest minimum"), y=Axis(tr("distance"), log=True), end_labels=False,
            empty_text=tr("No minimum is known."),
        )  # fmt: skip
        self.aspect = QCheckBox(tr("true aspect"))
        self.aspect.setToolTip(tr("Make one unit of x as long as one of y"))
        self.hint = QLabel(tr("click: start there"))
        self._shown: Landscape | None = None
        self._lay_out()
        self.contour.point_clicked.connect(self._on_clicked)
        self.contour.view_changed.connect(self._on_view)
        self.aspect.toggled.connect(self.contour.set_true_aspect)
        self.loss.log_changed.connect(self.refresh)
        self.desk.document.changed.connect(self._on_document)

    def _lay_out(self) -> None:
        self.set_tools(self.hint, self.aspect)
        beside = QWidget()
        right = QVBoxLayout(beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(1)
        right.addWidget(self.loss)
        right.addWidget(self.distance)
        plots = QHBoxLayout()
        plots.setSpacing(1)
        plots.addWidget(self.contour, 5)
        plots.addWidget(beside, 3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addLayout(plots, 1)

    def landscape(self) -> Landscape | None:
        """The landscape of the selected run, or of the form where nothing has run; None where it cannot be drawn."""
        entry = self.desk.selected
        problem = entry.run.trial.problem if entry is not None else self.desk.document.part("problem")
        return problem if isinstance(problem, Landscape) and len(problem.domain) == 2 else None

    def why_not(self) -> str:
        return (
            "" if self.landscape() else tr("This problem has more than two coordinates: there is no landscape to draw.")
        )

    def reset(self) -> None:
        for plot in (self.loss, self.distance):
            plot.set_curves([])
            plot.reset()

    def refresh(self) -> None:
        problem = self.landscape()
        if problem is None:
            self.contour.field = None
            self._shown = None
            self.contour.changed()
            self.loss.set_curves([])
            self.distance.set_curves([])
            return
        if problem != self._shown:
            self._show(problem)
        self._refresh_ways(problem)

    def _show(self, problem: Landscape) -> None:
        self._shown = problem
        (x0, x1), (y0, y1) = problem.view or problem.domain
        try:
            minima = [(m[0], m[1]) for m in problem.minima()]
            least = min((float(values(problem, np.array([m]))[0]) for m in minima), default=None)
            field = grid(problem, (x0, x1), (y0, y1))
        except (Exception, SystemExit):  # a plugin's own code: its run says what is wrong
            self._shown = None
            self.contour.set_title(tr("The code of this problem fails: there is no landscape to draw."))
            self.contour.field = None
            self.contour.changed()
            return
        self.contour.set_title(problem.summary().rstrip(".。"))
        self.contour.set_field(field, least)

    def _refresh_ways(self, problem: Landscape) -> None:
        desk = self.desk
        names = problem.tracks()
        ways = draw.trajectories(desk, names)
        start = desk.document.part("problem")
        at = start.at if isinstance(start, Landscape) and len(start.domain) == 2 else problem.at
        self.contour.set_points((at[0], at[1]), [(m[0], m[1]) for m in problem.minima()])
        self.contour.set_trajectories(ways)
        self.contour.set_cursor(desk.cursor)
        for plot in (self.loss, self.distance):
            plot.set_follow(desk.session.busy)
            plot.set_x_span(0, desk.reach)
            plot.set_cursor(desk.cursor)
        self.loss.refresh(self.loss.plain_x())
        self.distance.set_curves(draw.distance_curves(ways, problem.minima()))

    def _on_document(self) -> None:
        if self.isVisible():
            self.refresh()

    def _on_clicked(self, x: float, y: float) -> None:
        self.desk.start_requested.emit((float(f"{x:.4g}"), float(f"{y:.4g}")))

    def _on_view(self, x0: float, x1: float, y0: float, y1: float) -> None:
        if self._shown is not None:
            self.contour.refine(grid(self._shown, (x0, x1), (y0, y1)))


def values(problem: Landscape, points: np.ndarray) -> np.ndarray:
    """f of the points `(N, 2)`: a zero-step batch of N runs."""
    x = np.asfortranarray(points, dtype=float)
    loss, grad = np.empty(len(x)), np.empty_like(x)
    with np.errstate(all="ignore"):
        problem.evaluate(x, loss, grad)
    return loss


def grid(problem: Landscape, x: tuple[float, float], y: tuple[float, float]) -> Field:
    """Values on an even grid over `x` and `y`."""
    xs, ys = np.meshgrid(np.linspace(*x, GRID), np.linspace(*y, GRID))
    points = np.stack([xs.ravel(), ys.ravel()], axis=1)
    return Field(values(problem, points).reshape(GRID, GRID), x, y)


@hookimpl
def register_panels() -> list[type]:
    return [LandscapeView]
