"""Plots with ranges: the whole, what is looked at, and the glide from one to the next."""

from PySide6.QtCore import QElapsedTimer, QVariantAnimation, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.ranges import Span, View, between, within
from optlab.gui.theme import Theme

GROWTH_MS = 180  # a range glides to its next step
BESIDE_MS = 60  # between two paints of a glide beside a run, whose frames paint too: each takes 10 ms from the worker


class RangedCanvas(Canvas):
    """A plot with ranges. Axis units: logarithms where an axis is logarithmic; signals carry plain values."""

    range_changed = Signal(float, float)  # what of x is seen now, by growth or by zoom
    zoomed = Signal(object)  # the user looks at (x0, x1), or at the whole: None

    follow = False
    """Whether a run goes: ranges then only grow, and glide."""

    beyond = 0.0  # how far out of the whole one can zoom, in its lengths

    def __init__(self, theme: Theme, title: str = "", empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, title, empty_text, parent)
        self.view = View()
        self._from: tuple[Span, Span] = (self.view.x, self.view.y)
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=GROWTH_MS)
        self._glide.valueChanged.connect(self._on_glide)
        self._since_paint = QElapsedTimer()
        self._since_paint.start()

    def shown(self, live: bool) -> tuple[Span, Span]:
        """The ranges to draw: on the screen they may be on their way."""
        part = self.glided() if live else 1.0
        return between(self._from[0], self.view.x, part), between(self._from[1], self.view.y, part)

    def painted(self) -> QPixmap:
        self._since_paint.restart()
        return super().painted()

    def glided(self) -> float:
        """How much of the way to the new ranges is behind us, from 0 to 1, slow at both ends."""
        if self._glide.state() != QVariantAnimation.State.Running:
            return 1.0
        part = float(self._glide.currentValue())
        return part * part * (3 - 2 * part)

    def glide(self) -> None:
        """Let what is seen move to what is to be seen."""
        if self.isVisible():
            self._from = self.shown(live=True)
            self._glide.stop()
            self._glide.start()

    def set_whole(self, x: Span, y: Span, glide: bool = False) -> None:
        """Set what the whole is (axis units); with `glide` what is seen moves there instead of jumping."""
        if (x, y) == (self.view.whole_x, self.view.whole_y):
            return
        before = self.view.x
        if glide:
            self.glide()
        else:
            self._glide.stop()
        self.view.whole_x, self.view.whole_y = x, y
        if self.view.x != before:
            self.range_changed.emit(*self.plain_x())
        self.changed()

    def plain_x(self) -> Span:
        """What of x is seen, as plain values."""
        return self.view.x

    def from_plain_x(self, span: Span) -> Span:
        return span

    def set_x_range(self, x0: float | None, x1: float | None = None) -> None:
        """Look at `x0` to `x1`, or at the whole (None), as a linked plot does; no `zoomed` follows."""
        span = None if x0 is None or x1 is None or not x0 < x1 else self.from_plain_x((x0, x1))
        if span != self.view.zoom_x:
            self._look(span, self.view.zoom_y)

    def show_all(self) -> None:
        self.zoom_to(None, None)

    def zoom_to(self, x: Span | None, y: Span | None) -> None:
        """Look at `x` and `y` (axis units, None = the whole), as the user asks."""
        self._look(self._bounded(x, self.view.whole_x), self._bounded(y, self.view.whole_y))
        self.zoomed.emit(None if self.view.zoom_x is None else self.plain_x())

    def back(self) -> None:
        """The range before this one."""
        self.view.back()
        self._moved()
        self.zoomed.emit(None if self.view.zoom_x is None else self.plain_x())

    def _look(self, x: Span | None, y: Span | None) -> None:
        self.view.zoom(x, y)
        self._moved()

    def _moved(self) -> None:
        self._glide.stop()
        self.range_changed.emit(*self.plain_x())
        self.changed()

    def _bounded(self, span: Span | None, whole: Span) -> Span | None:
        if span is None:
            return None
        length = whole[1] - whole[0]
        if span[1] - span[0] < 1e-9 * max(length, abs(whole[0]), abs(whole[1])):
            return None
        span = within(span, (whole[0] - self.beyond * length, whole[1] + self.beyond * length))
        return None if span == whole else span

    def _on_glide(self) -> None:
        arrived = self._glide.currentValue() == self._glide.endValue()
        if arrived or not self.follow or self._since_paint.hasExpired(BESIDE_MS):
            self.changed()
