"""The survey: surfaces of the loss, computed by a task beside the window and kept."""

import math
from collections import OrderedDict
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from optlab.engine import faults
from optlab.engine.inside import Inside
from optlab.engine.planes import Span
from optlab.engine.session import Entry
from optlab.engine.surface import FINE, LONG, POINTS, Surface, Tell, closer, effort, surface
from optlab.engine.task import Task
from optlab.gui.desk import Desk

POLL = 50
"""Milliseconds between looks at the task."""

KEPT = 8
"""Surfaces kept: each holds three vectors of the params' size."""


@dataclass(frozen=True)
class Wish:
    """Which surface: of the run with this key at a step, of which plane, measured how."""

    run: int
    kind: str
    by_units: bool
    step: int


class Survey(QObject):
    """One surface at a time; `changed` tells that it came farther, ended, or failed with `fault`."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._done: OrderedDict[Wish, Surface] = OrderedDict()
        self._failed: dict[Wish, str] = {}
        self._task: Task[Surface | None] | None = None
        self._wish: Wish | None = None
        self.refused: Wish | None = None
        """What was cancelled, and is not computed by itself any more."""
        self._timer = QTimer(self, interval=POLL)
        self._timer.timeout.connect(self._on_timeout)
        self._whole: Surface | None = None
        self._part: tuple[Surface, Surface] | None = None

    @property
    def wish(self) -> Wish | None:
        """What is being computed."""
        return self._wish

    @property
    def progress(self) -> float:
        """How much of it is done, from 0 to 1."""
        return 0.0 if self._task is None else self._task.progress

    @property
    def left(self) -> float:
        """Seconds that it still takes; nan where that is not known."""
        return math.nan if self._task is None else self._task.left

    def wanted(self, kind: str, by_units: bool) -> tuple[Entry, Wish] | None:
        """The selected run and the surface at the cursor; None where there is nothing to see yet."""
        entry = self._desk.selected
        try:
            step = None if entry is None else self._desk.inside(entry).found(self._desk.cursor)
        except faults.RAISED:  # a plugin's own code: its run has failed of it
            return None
        return None if entry is None or step is None else (entry, Wish(entry.key, kind, by_units, step))

    def by_itself(self, entry: Entry, wish: Wish, points: int = POINTS) -> bool:
        """Whether a surface is computed without being asked for: where runs stand, it is short, and was not refused."""
        short = effort(self._desk.inside(entry), points) <= LONG
        return short and not self._desk.going and wish != self.refused and not self.fault(wish)

    def go_on(self, entry: Entry, wish: Wish, seen: tuple[Span, Span] | None) -> None:
        """Compute by itself what is missing: the surface, then finer what is seen of it."""
        whole = self.known(wish)
        if wish == self._wish or not self.by_itself(entry, wish):
            return
        if whole is None:
            self.start(entry, wish)
            return
        fine = FINE if self.by_itself(entry, wish, FINE) else POINTS
        x, y = seen or (whole.x, whole.y)
        if self.part_of(whole, seen) is None and (fine > POINTS or seen is not None):

            def work(tell: Tell) -> Surface | None:
                return closer(Inside(entry.run, entry.batch), whole, x, y, fine, tell)

            self._begin(wish, Task(lambda task: work(task.tell), self._desk.session.turn), whole)

    def known(self, wish: Wish) -> Surface | None:
        """The surface, where it is there."""
        return self._done.get(wish)

    def newest(self, wish: Wish) -> Surface | None:
        """The last surface that differs from the wanted one in its step at most."""
        alike = (found for key, found in reversed(self._done.items()) if replace(key, step=wish.step) == wish)
        return next(alike, None)

    def fault(self, wish: Wish) -> str:
        """Why a surface cannot be computed; an empty text where it may be."""
        return self._failed.get(wish, "")

    def part_of(self, whole: Surface, seen: tuple[Span, Span] | None) -> Surface | None:
        """The part of a surface that was computed closer, where that is what is `seen`."""
        if self._part is None or self._part[0] is not whole:
            return None
        part = self._part[1]
        return part if (part.x, part.y) == (seen or (whole.x, whole.y)) else None

    def start(self, entry: Entry, wish: Wish) -> None:
        """Compute a surface in place of what is being computed."""

        def work(tell: Tell) -> Surface | None:
            return surface(Inside(entry.run, entry.batch), wish.step, wish.kind, wish.by_units, tell=tell)

        self._begin(wish, Task(lambda task: work(task.tell), self._desk.session.turn))

    def refuse(self) -> None:
        """Compute nothing any more, and not by itself again."""
        self.refused = self._wish
        self.cancel()

    def cancel(self) -> None:
        """Compute nothing any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = self._wish = None
            self._timer.stop()
            self.changed.emit()

    def forget(self) -> None:
        """Drop what is known of runs that are gone."""
        keys = {entry.key for entry in self._desk.entries}
        for known in (self._done, self._failed):
            for wish in [wish for wish in known if wish.run not in keys]:
                del known[wish]
        if self._wish is not None and self._wish.run not in keys:
            self.cancel()

    def _begin(self, wish: Wish, task: Task[Surface | None], whole: Surface | None = None) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._wish, self._whole = task.start(), wish, whole
        self._timer.start()
        self.changed.emit()

    def _on_timeout(self) -> None:
        task, wish = self._task, self._wish
        if task is not None and wish is not None and task.done:
            self._task = self._wish = None
            self._timer.stop()
            self._end(task, wish)
        self.changed.emit()

    def _end(self, task: Task[Surface | None], wish: Wish) -> None:
        if task.error is not None:
            self._failed[wish] = faults.words(task.error)
        elif task.result is not None and self._whole is not None:
            self._part = self._whole, task.result
        elif task.result is not None:
            self._done[wish] = task.result
            while len(self._done) > KEPT:
                self._done.popitem(last=False)
