"""The keeper of the plugins: a timer that brings in what was tried out meanwhile, and tells the window."""

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.host import Host

INTERVAL = 50
"""Milliseconds between two looks."""


class Keeper(QObject):
    """`settled` has the records of plugins that were tried out, `changed` says that some records are others."""

    settled = Signal(list)
    changed = Signal()

    def __init__(self, host: Host, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Look from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        if records := self._host.settle(panels=True):
            self.settled.emit(records)
            self.changed.emit()
