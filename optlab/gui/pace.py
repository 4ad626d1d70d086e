"""Pace: how fast a run plays, from one step a second through the experiment's own time to flat out."""

import math

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import restyle
from optlab.i18n import tr

FLAT_OUT = math.inf
RATES = tuple(m * 10.0**e for e in range(5) for m in (1, 2, 5))[:13]  # 1 … 10 000 steps/s
ENDLESS = 100.0  # steps/s of an experiment that names a time but no number of steps


class Pace(QWidget):
    """A slider over sensible rates in rising order; the experiment's own time stands among them where it belongs."""

    rate_changed = Signal(float)  # steps/s, inf is flat out

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds: float | None = None
        self._own = FLAT_OUT
        self._stops: tuple[float, ...] = (*RATES, FLAT_OUT)
        self._rate = FLAT_OUT
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._make_children()
        self._lay_out()
        self._slider.valueChanged.connect(self._on_value)
        self._keep_width()
        self.set_rate(FLAT_OUT)

    @property
    def rate(self) -> float:
        """Steps a second; `math.inf` is flat out."""
        return self._rate

    def set_play(self, seconds: float | None, steps: int) -> None:
        """Offer the experiment's own time for its `steps` (None: flat out); taken unless another pace was chosen."""
        follows = self._rate == self._own or seconds != self._seconds
        self._seconds = seconds
        self._own = FLAT_OUT if seconds is None else (max(steps, 1) / seconds if steps else ENDLESS)
        self._stops = (*sorted({*RATES, self._own} - {FLAT_OUT}), FLAT_OUT)
        self._keep_width()
        self.set_rate(self._own if follows else self._rate)

    def set_rate(self, rate: float) -> None:
        """Go to the stop nearest to `rate`."""
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, len(self._stops) - 1)
            self._slider.setValue(self._nearest(rate))
        self._take(self._stops[self._slider.value()])

    def _nearest(self, rate: float) -> int:
        if math.isinf(rate):
            return len(self._stops) - 1
        distance = [abs(math.log(stop / max(rate, 1e-9))) for stop in self._stops[:-1]]
        return distance.index(min(distance))

    def _make_children(self) -> None:
        self._name = QLabel(tr("Pace"), self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setFixedWidth(self.fontMetrics().averageCharWidth() * 16)
        self._slider.setPageStep(3)
        self._slider.setAccessibleName(tr("Pace of the run"))
        self._slider.setToolTip(tr("How fast a run plays: one step a second … the experiment's own time … flat out"))
        self._name.setBuddy(self._slider)
        self._value = QLabel(self)
        for label in (self._name, self._value):
            restyle(label, role="muted")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for widget in (self._name, self._slider, self._value):
            row.addWidget(widget)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_width()

    def _keep_width(self) -> None:
        metrics = self._value.fontMetrics()
        self._value.setFixedWidth(max(metrics.horizontalAdvance(self._text(stop)) for stop in self._stops) + 4)

    def _text(self, rate: float) -> str:
        if rate == self._own and self._seconds is not None:
            return tr("{n} s", n=f"{self._seconds:g}")
        if math.isinf(rate):
            return tr("flat out")
        return tr("1 step/s") if rate == 1 else tr("{n} steps/s", n=f"{rate:,.0f}".replace(",", "\u00a0"))

    def _show(self) -> None:
        self._value.setText(self._text(self._rate))
        self._slider.setAccessibleDescription(self._text(self._rate))

    def _take(self, rate: float) -> None:
        changed, self._rate = rate != self._rate, rate
        self._show()
        if changed:
            self.rate_changed.emit(rate)

    def _on_value(self, value: int) -> None:
        self._take(self._stops[value])
