"""The Training view: what the loss does, at which rate, and which layers hear it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from optlab.api import hookimpl
from optlab.gui.api import (
    CompareStrip,
    Entry,
    LayerPlots,
    LossPlot,
    Panel,
    RatePlot,
    Remedy,
    StepLink,
    Thumbnails,
    VerdictStrip,
    tr,
)


class Training(Panel):
    """Loss, learning rate, and the gradient norm of every layer as lines, as bars at the cursor, and as a map.

    Where points are kept for the test, their loss can be drawn beside that of the points learned from, and of classes
    the share that is told right. Both are measured aside, at up to 128 steps of a run. Point at a bar, or go to it with
    the arrow keys, to see its layer's σ and σ′ over the pre-activations, and the factors above it; a click holds it.

    Look for: lines of the layers that stay within a few decades of each other (healthy); a first layer that lies many
    decades below the last one (vanishing); bars that rise towards the input (exploding);
    a loss that goes on falling while that of the test rises (overfitting).
    """

    name, title, hero = "training", "Training", "loss"
    link: StepLink | None = None

    def build(self) -> None:
        self.strip = VerdictStrip()
        self.loss = LossPlot(self.desk)
        self.against = self.loss.choice
        self.rate = RatePlot(self.desk)
        self.layers = LayerPlots(self.desk)
        self.norms, self.bars, self.map = self.layers.norms, self.layers.bars, self.layers.map
        self.answers = Thumbnails(self.desk)
        self.pictures = CompareStrip(self.desk, (self.answers,))
        self.curves = (self.loss, self.rate, self.norms)
        self._make_tools()
        self._lay_out()
        self._connect()

    def _make_tools(self) -> None:
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 100)
        self.smoothing.setValue(round(100 * self.desk.smoothing))
        self.smoothing.setAccessibleName(tr("Smoothing of curves"))
        self.smoothing.setToolTip(tr("Smoothing of the loss and of the layers' lines; 0 shows them as they are"))
        self.smoothing.setFixedWidth(90)

    def _lay_out(self) -> None:
        words = QLabel(tr("smoothing"))
        self.set_tools(self.against, self.rate.series, self.layers.series, self.layers.biases, words, self.smoothing)
        above = QWidget()
        top = QHBoxLayout(above)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(1)
        top.addWidget(self.loss, 2)
        top.addWidget(self.rate, 1)
        top.addWidget(self.pictures, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.strip)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(1)
        self._rows.addWidget(above, 10)
        self._rows.addWidget(self.layers, 11)
        whole.addLayout(self._rows, 1)

    def _connect(self) -> None:
        self.strip.remedy_requested.connect(self.desk.ask_remedy)
        for plot in (*self.curves, self.map):
            plot.zoomed.connect(self.refresh)
        self.loss.log_changed.connect(self.refresh)
        self.against.currentIndexChanged.connect(self._on_against)
        self.smoothing.valueChanged.connect(self._on_smoothing)
        self.pictures.made.connect(self.adopt)
        self.pictures.moved.connect(self.pictures.refresh)
        self._link()

    def _link(self) -> None:
        """Share zoom and cross-hair among the plots over steps."""
        if self.link is not None:
            self.link.deleteLater()
        plots = self.curves if self.loss.against == "step" else self.curves[1:]
        self.link = StepLink([*plots, self.map], self)

    def slides(self) -> list[QWidget]:
        """Pictures of the runs come in a lesson that asks for them: the lab has views for that."""
        plots: list[QWidget] = [self.loss, self.rate, self.norms, self.bars, self.map]
        return [*plots, self.answers] if "answers" in (self.desk.stage or ()) else plots

    def stage(self) -> None:
        super().stage()
        pictured = self.answers in self.slides()
        if not pictured:
            self.pictures.hide()
        self._rows.setStretch(0, 14 if pictured else 10)
        self.strip.setVisible(not self.desk.projected and "verdict" not in self.desk.hidden)

    def reset(self) -> None:
        for curves in (self.loss, self.rate):
            curves.set_curves([])
            curves.reset()
        self.layers.reset()
        self.pictures.reset()

    def refresh(self) -> None:
        desk = self.desk
        for each in self.curves:
            each.set_follow(desk.session.busy)
        for plot in (*self.curves, self.map):
            plot.set_x_span(0, desk.reach)
            plot.set_cursor(desk.cursor)
        span = self.rate.plain_x()
        self._refresh_loss(span)
        self.rate.refresh()
        self.layers.refresh(span)
        if self.pictures.isVisible():
            self.pictures.refresh()
        self._refresh_strip()

    def _refresh_loss(self, span: tuple[float, float]) -> None:
        desk, against = self.desk, self.loss.against
        if against != "step":
            counts = [entry.run.at(entry.run.count - 1, against) for entry in desk.visible]
            self.loss.set_x_span(0, max([1.0, *(count for count in counts if count > 0)]))
            self.loss.set_cursor(None)
            span = (0, desk.reach)
        self.loss.refresh(span)

    def _refresh_strip(self) -> None:
        entry = self.desk.selected
        if entry is None:
            self.strip.show_verdict("neutral", "", tr("Run the experiment to hear what its gradients say."))
            return
        verdict = self.desk.verdict(entry)
        remedies = [self._button(entry, remedy) for remedy in verdict.remedies]
        self.strip.show_verdict(verdict.level, verdict.head, verdict.text, verdict.note, remedies)

    def _button(self, entry: Entry, remedy: Remedy) -> tuple[str, object, str]:
        """A remedy that runs already is shown instead of run again."""
        cured = self.desk.cured(entry, remedy)
        if cured is not None:
            return tr("Look at {label}", label=cured.name), cured, remedy.why
        return tr("Try {label} beside it", label=remedy.label), remedy, remedy.why

    def _on_against(self) -> None:
        self._link()
        self.reset()
        self.refresh()

    def _on_smoothing(self, value: int) -> None:
        self.desk.smoothing = value / 100
        self.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [Training]
