"""The tuner: one tuning of the document's experiment at a time, beside the window."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.engine import faults
from optlab.engine.spec import Experiment, Grid
from optlab.engine.task import Task
from optlab.engine.tuning import Tuning, tune
from optlab.fields import FieldError
from optlab.gui.desk import Desk

POLL = 50
"""Milliseconds between looks at the task."""


class Tuner(QObject):
    """`changed` tells that it came farther, or ended: with a `result`, with a `fault`, or with neither if cancelled."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._task: Task[Tuning] | None = None
        self.result: Tuning | None = None
        self.fault = ""
        self._timer = QTimer(self, interval=POLL)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def busy(self) -> bool:
        return self._task is not None

    @property
    def progress(self) -> float:
        """How much is done, from 0 to 1."""
        return 0.0 if self._task is None else self._task.progress

    @property
    def left(self) -> float:
        """Seconds that it still takes; nan where that is not known."""
        return math.nan if self._task is None else self._task.left

    def start(self, experiment: Experiment, grid: Grid, seeds: Sequence[int]) -> None:
        """Begin; what was found before is dropped."""
        self.cancel()
        self.result, self.fault = None, ""
        plan = self._desk.host.workers.plan
        work: Task[Tuning] = Task(lambda task: tune(experiment, grid, seeds, task.tell, plan), self._desk.session.turn)
        self._task = work.start()
        self._timer.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Let it end, without a result."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._timer.stop()
            self.changed.emit()

    def _on_timeout(self) -> None:
        task = self._task
        if task is not None and task.done:
            self._task = None
            self._timer.stop()
            self.result = task.result
            if task.error is not None:
                self.fault = str(task.error) if isinstance(task.error, FieldError) else faults.words(task.error)
        self.changed.emit()
