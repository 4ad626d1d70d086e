"""The Landscape view: the ways of the runs over the contours of a function of two coordinates."""

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optlab.api import Landscape, hookimpl
from optlab.gui.api import Axis, CurvePlot, LandscapePlot, LossPlot, Panel, draw, tr


class LandscapeView(Panel):
    """Contours, trajectories with a dot at the cursor's step, the start, the known minima, and the loss beside it.

    Look for: zig-zag across a valley (the rate is too large for the steep side); a dot that stands still on flat
    ground; a way that leaves the picture (divergence).
    """

    name, title, hero = "landscape", "Landscape", "contour"

    def build(self) -> None:
        theme = self.desk.theme
        self.contour = LandscapePlot(self.desk)
        self.loss = LossPlot(self.desk, end_labels=False)
        self.distance = CurvePlot(
            theme, tr("Distance to the nearest minimum"), y=Axis(tr("distance"), log=True), end_labels=False,
            empty_text=tr("No minimum is known."),
        )  # fmt: skip
        self.aspect = QCheckBox(tr("true aspect"))
        self.aspect.setToolTip(tr("Make one unit of x as long as one of y"))
        self.hint = QLabel(tr("click: start there"))
        self._lay_out()
        self.contour.point_clicked.connect(self._on_clicked)
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
        self.contour.show_problem(problem)
        if problem is None:
            self.loss.set_curves([])
            self.distance.set_curves([])
        else:
            self._refresh_ways(problem)

    def _refresh_ways(self, problem: Landscape) -> None:
        desk = self.desk
        ways = draw.trajectories(desk, problem)
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


@hookimpl
def register_panels() -> list[type]:
    return [LandscapeView]
