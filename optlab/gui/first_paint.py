"""The first paint of a window: what may wait for it does."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard

LATEST = 1000
"""Milliseconds after which a window that nobody paints, such as a minimised one, is waited for no longer."""


class FirstPaint(QObject):
    """Does `work` once, when `window` has been painted: a zero timer alone may come before the system's first paint."""

    def __init__(self, window: QWidget, work: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._work = window, work
        self._timer = QTimer(self, singleShot=True, interval=LATEST)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()
        window.installEventFilter(self)

    @guard(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._timer.start(0)  # after the children, and after what is painted is shown
        return False

    def _on_timeout(self) -> None:
        self._window.removeEventFilter(self)
        self._work()
