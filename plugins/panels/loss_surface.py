"""The Loss surface view: the loss over a plane through the weights of a run, with the path of the run in it."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import (
    Entry,
    Panel,
    SurfacePlots,
    Survey,
    SurveyBar,
    Wish,
    guard,
    plane_titles,
    residual,
    thousands,
    tr,
)

PAUSE = 300
"""Milliseconds for which everything rests before a surface is computed by itself."""


class LossSurface(Panel):
    """The loss around the weights of the selected run, in a plane through them, with the path that the run took.

        L(a, b) = L(x + a d₁ + b d₂)

    The plane of the path has the two directions along which the run went farthest, seen from here; that of the gradient
    has the gradient and the last movement, which momentum goes on with; a random one shows how wide the valley is.
    Filter-normalised, every unit's weights and bias count by their own norm (at least by a tenth of the mean), so that
    1 moves each unit by as much as it has (root mean square); random directions move every unit by the same share.
    Otherwise lengths are plain. A plane is a shadow: the sentence says what share of the path's variance it holds, and
    the last plot how far from it the path was. The loss is that of up to 512 points, with one mask of dropout.

    Look for: a path across contours into a basin (it learns); one to and fro across a valley (lr is too large for its
    walls); a point on a wide flat (no gradient); steep walls in a random plane (a sharp minimum).

    Source: Li, Xu, Taylor, Studer & Goldstein, "Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018,
    arXiv:1712.09913, section 4 (filter normalisation) and 7.2 (principal directions of the path).
    """

    name, title, hero = "loss_surface", "Loss surface", "contour"

    def build(self) -> None:
        self.survey = Survey(self.desk, self)
        self.bar, self.plots_ = SurveyBar(), SurfacePlots(self.desk)
        self.contour, self.slices, self.off = self.plots_.contour, self.plots_.slices, self.plots_.off
        self._rest = QTimer(self, singleShot=True, interval=PAUSE)
        self._make_tools()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.bar)
        whole.addWidget(self.plots_, 1)
        self.bar.asked.connect(self._on_asked)
        self.bar.cancelled.connect(self.survey.refuse)
        self.plots_.looked.connect(self._on_looked)
        self.survey.changed.connect(self._on_changed)
        self._rest.timeout.connect(self._on_rest)
        self._wished: tuple[Wish, bool] | None = None

    def _make_tools(self) -> None:
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Plane of the surface"))
        self.kind.setToolTip(tr("The directions in which the loss is looked at"))
        for name, words in plane_titles().items():
            self.kind.addItem(words, name)
        self.by_units = QCheckBox(tr("filter-normalised"))
        self.by_units.setChecked(True)
        self.by_units.setToolTip(tr("Measure lengths unit by unit: weights and bias of a unit by their own norm"))
        self.set_tools(self.by_units, self.kind)
        self.kind.currentIndexChanged.connect(self.refresh)
        self.by_units.toggled.connect(self.refresh)

    @property
    def busy(self) -> bool:
        return self.survey.wish is not None or self._rest.isActive()

    def why_not(self) -> str:
        if (asked := self._asked()) is not None and self.desk.inside(asked[0]).layout.size < 2:
            return tr("This problem has one parameter: no plane goes through it.")
        return ""

    def _asked(self) -> tuple[Entry, Wish] | None:
        return self.survey.wanted(self.kind.currentData(), self.by_units.isChecked())

    def reset(self) -> None:
        self.survey.forget()

    def refresh(self) -> None:
        asked, why_not = self._asked(), self.why_not()
        if asked is None or why_not:
            words = why_not or tr("Press Run to see it")
            self.plots_.clear(words)
            self.bar.show_state(words, False, 0.0, 0.0, False)
            return
        entry, wish = asked
        found = self.survey.known(wish) or self.survey.newest(wish)
        if found is None:
            self.plots_.clear(tr("The surface is not computed yet."))
        else:
            self.plots_.show_surface(found, entry, wish.by_units)
            self.plots_.show_part(self.survey.part_of(found, self.plots_.seen))
            self.plots_.set_cursor(self.desk.cursor)
        self._tell(entry, wish, "" if found is None else residual(found))
        before, self._wished = self._wished, (wish, self.survey.by_itself(entry, wish))
        if self._wished != before:
            self._rest.start()

    def _tell(self, entry: Entry, wish: Wish, words: str) -> None:
        survey, step, missing = self.survey, thousands(wish.step), self.survey.known(wish) is None
        if fault := survey.fault(wish):
            words = tr("The surface cannot be computed: {error}", error=fault)
        elif survey.wish is not None and not words:
            words = tr("Computing the loss around step {step}", step=step)
        elif missing and survey.wish is None and not survey.by_itself(entry, wish):
            words = f"{words} " + tr("Press Compute to see the surface around step {step}.", step=step)
        self.bar.show_state(words, survey.wish is not None, survey.progress, survey.left, missing)

    def _on_rest(self) -> None:
        if (asked := self._asked()) is not None and self.isVisible() and not self.why_not():
            self.survey.go_on(*asked, self.plots_.seen)

    def _on_asked(self) -> None:
        if (asked := self._asked()) is not None:
            self.survey.start(*asked)

    def _on_looked(self) -> None:
        self.survey.refused = None
        self.refresh()
        self._rest.start()

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()
            if self.survey.wish is None:  # it may be looked at closer
                self._rest.start()

    @guard()
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()
        self._wished = None
        self.survey.cancel()


@hookimpl
def register_panels() -> list[type]:
    return [LossSurface]
