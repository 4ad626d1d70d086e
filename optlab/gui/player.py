"""The player: one timer that brings what the worker recorded into the visible views."""

import math
import time

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.gui.desk import Desk

FRAME = 33
"""Milliseconds between frames at the least."""

SHARE = 0.25
"""Share of its thread that frames may take beside a worker flat out, which stands still as long as they do."""

CALM = 0.6
"""The same beside a worker that keeps a pace, and waits for most of the time."""

LONGEST = 250
"""Milliseconds between frames at the most, however long one takes."""

FACTS = 0.1
"""Seconds between looks at numbers, which nobody reads more often."""


class Player(QObject):
    """Emits `frame` when runs have new rows, `facts` at a slower pace, and `settled` once when the last run has ended.

    What the lookout finds makes a frame too. A frame that costs more comes less often. What counts is the thread's own
    time since the last one, so that painting, which comes after `frame`, is in it, and waiting for the interpreter is
    not.
    """

    frame = Signal()
    facts = Signal()
    settled = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._seen: tuple[object, ...] = ()
        self._answers = 0
        self._was_busy = self._stale = False
        self._started = self._told = time.monotonic()
        self._spent = time.thread_time()
        self._marks: list[tuple[float, int]] = []
        self.frames_per_second = 0.0
        self.rate = 0.0
        """Steps per second of the fastest run."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(FRAME)

    def _on_timeout(self) -> None:
        rest = self._rest()
        if rest > 0:
            self._timer.start(rest)
            return
        self._started, self._spent = time.monotonic(), time.thread_time()
        self._desk.session.tend()
        busy = self._desk.session.busy
        state = tuple((e.key, e.run.count, e.run.status) for e in self._desk.entries)
        changed, answers = state != self._seen, self._desk.lookout.count
        if changed or answers != self._answers:
            self._answers, self._stale = answers, True
            with self._desk.session.turn:
                self.frame.emit()
        if changed:
            self._seen = state
            self._measure(self._started)
        elif not busy:
            self.rate = self.frames_per_second = 0.0
        if self._stale and (not busy or self._started - self._told >= FACTS):
            self._stale, self._told = False, self._started
            with self._desk.session.turn:
                self.facts.emit()
        if not busy and (self._was_busy or changed):  # a short run begins and ends between two frames
            self.rate = self.frames_per_second = 0.0
            self.settled.emit()
        self._was_busy = busy
        self._timer.start(max(1, FRAME - int(1000 * (time.monotonic() - self._started))))

    def _rest(self) -> int:
        """Milliseconds that the worker still has to itself before the next frame."""
        if not self._was_busy:
            return 0
        runner = self._desk.session.runner
        share = SHARE if runner is None or math.isinf(runner.rate) else CALM
        due = min(1000 * (time.thread_time() - self._spent) / share, LONGEST)
        return math.ceil(due - 1000 * (time.monotonic() - self._started))

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
