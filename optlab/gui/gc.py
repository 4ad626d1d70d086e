"""Cyclic garbage is collected in the window's thread only: a Qt object that dies in a worker ends the process."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500  # ms; a collection of the young generation takes less than one of them


class GarbageCollector(QObject):
    """Switches the automatic collection off and collects from a timer of the thread in which it was made."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collect as Python does by itself again, where it did before."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()

    def _on_timeout(self) -> None:
        """Collect the oldest generation whose counter is above its threshold."""
        due = [
            n for n, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > limit
        ]
        if due:
            gc.collect(due[-1])
