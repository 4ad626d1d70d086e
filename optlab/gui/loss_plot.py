"""The loss of the visible runs, on an axis that can show it."""

from optlab.gui import draw
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.plot import CurvePlot
from optlab.i18n import tr
from optlab.problem import Problem

BUCKETS = 400  # points of a curve: more than a plot has columns cost time and show nothing


class LossPlot(CurvePlot):
    """Logarithmic, but linear where a loss is below zero; the user's own choice holds as long as the problem does."""

    def __init__(self, desk: Desk, *, end_labels: bool = True) -> None:
        step, empty = Axis(tr("step"), steps=True), tr("Press Run to see it")
        super().__init__(
            desk.theme, tr("Loss"), step, Axis(tr("loss"), log=True), end_labels=end_labels, empty_text=empty
        )
        self._desk = desk
        self._problem: type | None = None
        self._chosen: bool | None = None
        self.log_changed.connect(self._on_chosen)

    def refresh(self, span: tuple[float, float], against: str = "step") -> None:
        """Show what the desk holds over the steps `span`, along the series `against`."""
        desk = self._desk
        if desk.selected is not None:
            self._choose(desk.selected.run.trial.problem)
        curves, bands = draw.loss_curves(desk, span, BUCKETS, self.y_axis.log, against)
        self.set_curves(curves, bands, draw.chance_lines(desk))

    def _choose(self, problem: Problem) -> None:
        if type(problem) is not self._problem:
            self._problem, self._chosen = type(problem), None
        log = not draw.is_negative(self._desk) if self._chosen is None else self._chosen
        self.set_log(log)
        self.y_axis = Axis(tr(problem.loss_label()), log=log)

    def _on_chosen(self, log: bool) -> None:
        self._chosen = log
