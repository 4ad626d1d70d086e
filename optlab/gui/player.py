"""The player: one timer that brings what the worker recorded into the visible views."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.gui.desk import Desk

FRAME = 33
"""Milliseconds between frames at the least."""


class Player(QObject):
    """Emits `frame` when runs have new rows, and `settled` once when the last run has ended.

    The next frame comes no sooner than the last one took, so that painting never takes more than half of the thread.
    """

    frame = Signal()
    settled = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._seen: tuple[object, ...] = ()
        self._was_busy = False
        self._marks: list[tuple[float, int]] = []
        self.frames_per_second = 0.0
        self.rate = 0.0
        """Steps per second of the fastest run."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(FRAME)

    def _on_timeout(self) -> None:
        started = time.monotonic()
        busy = self._desk.session.busy
        state = tuple((e.key, e.run.count, e.run.status) for e in self._desk.entries)
        changed = state != self._seen
        if changed:
            self._seen = state
            self._measure(started)
            self.frame.emit()
        elif not busy:
            self.rate = self.frames_per_second = 0.0
        if not busy and (self._was_busy or changed):  # a short run begins and ends between two frames
            self.rate = self.frames_per_second = 0.0
            self.settled.emit()
        self._was_busy = busy
        cost = (time.monotonic() - started) * 1000
        self._timer.start(max(1, int(max(FRAME - cost, cost))))

    def _measure(self, now: float) -> None:
        self._marks = [mark for mark in self._marks if now - mark[0] < 1.0]
        step = self._desk.newest
        if self._marks and step < self._marks[-1][1]:
            self._marks = []
        self._marks.append((now, step))
        passed = now - self._marks[0][0]
        if passed > 0.2:
            self.frames_per_second = (len(self._marks) - 1) / passed
            self.rate = (step - self._marks[0][1]) / passed

    def stop(self) -> None:
        """Emit nothing more."""
        self._timer.stop()
