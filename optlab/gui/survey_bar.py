"""The line above a surface: a sentence, how far the computation is, and the button that begins or cancels it."""

import math

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy

from optlab.gui.guard import guard
from optlab.gui.verdict_strip import ElidedLabel, show_level
from optlab.i18n import tr


class SurveyBar(QFrame):
    """Keeps its height whatever it says, so that the plots below never jump."""

    asked = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ElidedLabel(self)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 100)
        self._progress.setFixedWidth(160)
        self._progress.setAccessibleName(tr("Progress of the surface"))
        self._button = QPushButton(self)
        self._busy = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(self._text, 1)
        row.addWidget(self._progress)
        row.addWidget(self._button)
        self._button.clicked.connect(self._on_clicked)
        show_level(self, "neutral")
        self._keep_height()
        self.show_state("", False, 0.0, math.nan, False)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_height()

    def _keep_height(self) -> None:
        height = self._button.sizeHint().height() + 6
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def text(self) -> str:
        """The sentence."""
        return self._text.full_text()

    def show_state(self, text: str, busy: bool, progress: float, left: float, possible: bool) -> None:
        """A sentence; while `busy` the progress and Cancel, else Compute where it is `possible`."""
        self._busy = busy
        self._text.set_full_text(text)
        self._progress.setVisible(busy)
        self._progress.setValue(round(100 * progress))
        seconds = "" if math.isnan(left) or left < 1 else tr(" · {n} s left", n=math.ceil(left))
        self._progress.setFormat(f"%p %{seconds}")
        self._button.setText(tr("Cancel") if busy else tr("Compute"))
        self._button.setToolTip(
            tr("Stop computing the surface") if busy else tr("Compute the surface around the step that is looked at")
        )
        self._button.setVisible(busy or possible)

    def _on_clicked(self) -> None:
        (self.cancelled if self._busy else self.asked).emit()
