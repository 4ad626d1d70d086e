"""The theory view: how curved the loss is where a run stands, and how curved it may be for steps of its size."""

from PySide6.QtWidgets import QComboBox, QVBoxLayout

from optlab.api import Problem, hookimpl
from optlab.gui.api import Axis, CurvePlot, Line, Panel, StepLink, draw, tr

BUCKETS = 400
LARGEST = 2_000_000  # parameters: a look costs up to sixty evaluations, of more parameters minutes


class Theory(Panel):
    """The sharpness of every visible run, the largest eigenvalue of the loss's Hessian, beside the bound of its steps.

        λ < 2 / lr                                gradient descent
        λ < (2 + 2 μ) / lr                        heavy ball, μ
        λ < (2 + 2 μ) / ((1 + 2 μ) lr)            Nesterov, μ

    Below its bound a step goes down. Above it the steps along the sharpest direction grow, from side to side. The bound
    moves with the learning rate. Every look costs a dozen evaluations or more on up to 512 points, so that only some
    steps are measured, aside, while the view is open: at most 128 of a run. On mini-batches the bound is only a guide.

    Source: Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", ICLR 2021,
    arXiv:2103.00065, section 2, eq. 1.

    Look for: a sharpness that rises until it meets its bound, and stays there while the loss goes down unevenly: the
    edge of stability. Far below the bound there is room for larger steps; a sharpness that stays above it ends the run.
    """

    name, title, hero = "theory", "Edge of stability", "sharpness"

    def build(self) -> None:
        theme, empty, step = self.desk.theme, tr("Press Run to see it"), Axis(tr("step"), steps=True)
        self.loss = CurvePlot(theme, tr("Loss"), step, Axis(tr("loss"), log=True), empty_text=empty)
        self.sharpness = CurvePlot(theme, tr("Sharpness"), step, Axis(tr("sharpness"), log=True), empty_text=empty)
        self.shown = QComboBox()
        self.shown.setAccessibleName(tr("What is compared with the bound"))
        self.shown.setToolTip(tr("The bound is the curvature above which steps of this learning rate grow"))
        for text, name in ((tr("sharpness and bound"), "both"), (tr("sharpness / bound"), "ratio")):
            self.shown.addItem(text, name)
        self.set_tools(self.shown)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(self.loss, 2)
        whole.addWidget(self.sharpness, 3)
        self.link = StepLink([self.loss, self.sharpness], self)
        self._connect()

    def _connect(self) -> None:
        self.shown.currentIndexChanged.connect(self._on_shown)
        for plot in (self.loss, self.sharpness):
            plot.zoomed.connect(self.refresh)
            plot.log_changed.connect(self.refresh)

    def why_not(self) -> str:
        entry = self.desk.selected
        problem = entry.run.trial.problem if entry is not None else self.desk.document.part("problem")
        size = problem.layout().size if isinstance(problem, Problem) else 0
        if size <= LARGEST:
            return ""
        return tr("The sharpness of {n} million parameters takes minutes to measure.", n=f"{size / 1e6:.0f}")

    def reset(self) -> None:
        for plot in (self.loss, self.sharpness):
            plot.set_curves([])
            plot.reset()

    def refresh(self) -> None:
        desk = self.desk
        for plot in (self.loss, self.sharpness):
            plot.set_follow(desk.session.busy or desk.lookout.busy)
            plot.set_x_span(0, desk.reach)
            plot.set_cursor(desk.cursor)
        span = self.loss.plain_x()
        curves, bands = draw.loss_curves(desk, span, BUCKETS, self.loss.y_axis.log)
        self.loss.set_curves(curves, bands, draw.chance_lines(desk))
        self._refresh_sharpness(span)

    def _refresh_sharpness(self, span: tuple[float, float]) -> None:
        ratio, why_not = self.shown.currentData() == "ratio", self.why_not()
        self.sharpness.empty_text = why_not or tr("Press Run to see it")
        if why_not:
            self.sharpness.set_curves([])
            self.sharpness.set_title(tr("Sharpness"))
            return
        curves, unknown = draw.sharpness_curves(self.desk, span, BUCKETS, ratio)
        lines = [Line(1.0, tr("edge of stability"))] if ratio and curves else []
        self.sharpness.set_curves(curves, (), lines)
        self.sharpness.set_title(self._title(unknown))

    def _title(self, unknown: list[str]) -> str:
        """What is drawn, whether more is on its way, and which runs have no bound."""
        words = [
            tr("Sharpness (thick) and its bound (thin)")
            if self.shown.currentData() == "both"
            else tr("Sharpness / bound")
        ]
        words += [tr("measuring")] if self.desk.lookout.busy else []
        if unknown:
            words.append(tr("no bound is known for {names}", names=", ".join(unknown)))
        faults = {self.desk.lookout.fault(entry): None for entry in self.desk.visible}
        return " · ".join([*words, *filter(None, faults)])

    def _on_shown(self) -> None:
        title = tr("sharpness / bound") if self.shown.currentData() == "ratio" else tr("sharpness")
        self.sharpness.y_axis = Axis(title, log=self.sharpness.y_axis.log)
        self.reset()
        self.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [Theory]
