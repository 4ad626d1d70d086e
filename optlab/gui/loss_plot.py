"""The loss of the visible runs, on an axis that can show it, or by choice what else tells how well they do."""

from collections.abc import Mapping
from operator import is_

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox

from optlab.engine.tuned import untuned
from optlab.gui import draw
from optlab.gui.desk import Desk
from optlab.gui.layer_series import measurable
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.notes import paint_remark
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.style import Style
from optlab.i18n import tr
from optlab.net_series import ACCURACY, TEST_ACCURACY, TEST_LOSS
from optlab.problem import Problem

BUCKETS = 400  # points of a curve: more than a plot has columns cost time and show nothing
STEP, EVALUATIONS, TRACK = "step", "evaluations", "track:"


class LossPlot(CurvePlot):
    """Logarithmic, but linear where a loss is below zero; the user's own choice holds as long as the problem does.

    `choice` is what is drawn: the loss by step or by evaluations, with that of the test, or the accuracy,
    where a visible run has them. It says where several optimizers are compared at rates that
    were not found equally.
    """

    few = 24  # runs are no family: the best of nine must not lose its name

    def __init__(self, desk: Desk, *, end_labels: bool = True) -> None:
        step, empty = Axis(tr("step"), steps=True), tr("Press Run to see it")
        super().__init__(
            desk.theme, tr("Loss"), step, Axis(tr("loss"), log=True), end_labels=end_labels, empty_text=empty
        )
        self._desk = desk
        self.remark = ""
        """A reservation about what is compared."""
        self._compared: list[object] = []
        self._problem: type | None = None
        self._chosen: bool | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("What the plot of the loss shows"))
        self.choice.setToolTip(
            tr("Evaluations are fair to methods that evaluate more than once a step; the test is dotted")
        )
        self._offer([STEP, EVALUATIONS])
        self.choice.currentIndexChanged.connect(self._on_shown)
        self.log_changed.connect(self._on_chosen)

    @property
    def against(self) -> str:
        """The series along x: `step` or `evaluations`."""
        return EVALUATIONS if self.choice.currentData() == EVALUATIONS else STEP

    def refresh(self, span: tuple[float, float]) -> None:
        """Show what the desk holds over the steps `span`."""
        desk = self._desk
        self._judge()
        found = {name for entry in desk.visible for name in measurable(entry.run.trial.problem)}
        tracks = draw.track_names(desk)
        known = (TEST_LOSS, ACCURACY)
        offered = [name for name in known if name in found or name in tracks]
        self._offer([STEP, EVALUATIONS, *offered], {k: label for k, label in tracks.items() if k not in known})
        if desk.selected is not None:
            self._choose(desk.selected.run.trial.problem)
        accuracy = self.choice.currentData() == ACCURACY
        self.set_empty_text(tr("Measuring …") if accuracy else tr("Press Run to see it"))
        if accuracy:
            curves = draw.score_curves(desk, ACCURACY)
            self.set_curves(curves + (draw.score_curves(desk, TEST_ACCURACY, True) if TEST_ACCURACY in found else []))
            return
        track = self._track()
        if track in tracks:
            self.y_axis = Axis(tracks[track], log=self.y_axis.log)
            self.set_curves(draw.track_curves(desk, track, span, BUCKETS))
            return
        curves, bands = draw.loss_curves(desk, span, BUCKETS, self.y_axis.log, self.against)
        test = []
        if self.choice.currentData() == TEST_LOSS:
            test = draw.track_curves(desk, TEST_LOSS, span, BUCKETS, True)
            test += draw.score_curves(desk, TEST_LOSS, True) if TEST_LOSS in found else []
        marks = draw.cut_marks(desk) if self.against == STEP else ()
        self.set_curves(curves + test, bands, draw.chance_lines(desk), marks)

    def _judge(self) -> None:
        """Say where several optimizers are compared at rates that were not found equally."""
        tuned = self._desk.document.experiment.tuned
        shown = {entry.run.label: entry.run for entry in self._desk.visible if not entry.ghost}
        compared: list[object] = [*(run.trial for run in shown.values()), tuned]
        if len(compared) == len(self._compared) and all(map(is_, compared, self._compared)):
            return  # asked with every frame
        self._compared = compared
        steps = next((run.steps for run in shown.values()), 0)
        self.remark = tr("lr not tuned") if untuned([run.trial for run in shown.values()], steps, tuned) else ""

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw(painter, frame, style)
        if self.remark:
            paint_remark(painter, frame, style, self.remark)

    def _choose(self, problem: Problem) -> None:
        if type(problem) is not self._problem:
            self._problem, self._chosen = type(problem), None
        if self.choice.currentData() == ACCURACY:
            self.y_axis = Axis(tr("accuracy"))
            return
        log = not draw.is_negative(self._desk) if self._chosen is None else self._chosen
        self.set_log(log)
        self.y_axis = Axis(tr(problem.loss_label()), log=log)

    def _track(self) -> str:
        """The track that is chosen, or ""."""
        chosen = str(self.choice.currentData())
        return chosen.removeprefix(TRACK) if chosen.startswith(TRACK) else ""

    def _offer(self, names: list[str], tracks: Mapping[str, str] | None = None) -> None:
        """Let these be chosen, and `tracks` by their labels; a choice that is still there stays."""
        tracks = tracks or {}
        names = [*names, *(f"{TRACK}{name}" for name in tracks)]
        if names == [self.choice.itemData(k) for k in range(self.choice.count())]:
            return
        titles = {
            STEP: tr("loss by step"), EVALUATIONS: tr("loss by evaluations"), TEST_LOSS: tr("loss and test loss"),
            ACCURACY: tr("accuracy"),
        } | {f"{TRACK}{name}": label for name, label in tracks.items()}  # fmt: skip
        chosen = self.choice.currentData()
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for name in names:
                self.choice.addItem(titles[name], name)
            self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))
        if chosen is not None and self.choice.currentData() != chosen:
            self._on_shown()

    def _on_shown(self) -> None:
        accuracy = self.choice.currentData() == ACCURACY
        track = self.choice.currentText() if self._track() else tr("Loss")
        self.set_title(tr("Accuracy") if accuracy else track[:1].upper() + track[1:])
        self.set_curves([])
        self.set_axes(x=Axis(tr("step") if self.against == STEP else tr("evaluations"), steps=True))

    def _on_chosen(self, log: bool) -> None:
        self._chosen = log
