"""The keeper of the plugins: a timer that brings in what was saved or tried out meanwhile, and tells the window."""

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.host import Host, PluginRecord, reloads
from optlab.host.watcher import Watcher

INTERVAL = 50
"""Milliseconds between two looks."""


class Keeper(QObject):
    """`changed` says that some records are others; then `settled` has those of plugins that were tried out."""

    settled = Signal(list)
    changed = Signal()

    def __init__(self, host: Host, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._watcher: Watcher | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Look from now on."""
        self._watcher = reloads.watch(self._host)
        self._watcher.start()
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        if self._watcher is not None:
            self._watcher.close()

    def _on_timeout(self) -> None:
        seen = self._see()
        settled = self._host.settle(panels=True)
        if seen or settled:
            self.changed.emit()
        if settled:
            self.settled.emit(settled)

    def _see(self) -> list[PluginRecord]:
        """What has become of files that were saved, are new or are gone."""
        found = []
        while self._watcher is not None and (change := self._watcher.poll()) is not None:
            if (record := reloads.see(self._host, change, panels=True)) is not None:
                found.append(record)
        return found
