"""A batch that is computed in a process of its own: nothing that its plugins do reaches the lab or the other runs."""

import threading
import time
from collections.abc import Callable
from typing import Any

from optlab.engine import frames
from optlab.engine.batch import Batch
from optlab.engine.child import Child, Ended, Heard
from optlab.engine.history import Event
from optlab.engine.run import Run
from optlab.engine.snapshots import Snapshot
from optlab.engine.spec import Experiment, Trial
from optlab.i18n import tr
from optlab.layout import Array

PATIENCE = 0.1
"""Seconds that the other batches wait for this one, so that all stay at one step."""

START = 2.0
"""The same while the process starts."""

GRACE = 1.0
"""Seconds from a stop to the end of a process that does not obey."""

SILENT = 2.0
"""Seconds without a step after which the run says so."""

Launch = Callable[[Heard, Ended], Child]
"""Gives a process its order."""


class RemoteBatch(Batch):
    """A batch whose loop goes in a worker process, which is started by the first `advance`.

    `advance` asks for steps and waits for a moment; where no answer comes the batch is `late`, and later calls look at
    once. Answers are taken in the thread that reads them: the rows are there already, in memory that both see.
    """

    def __init__(
        self,
        experiment: Experiment,
        members: list[tuple[Trial, int]],
        launch: Launch,
        died: Callable[[], None],
    ) -> None:
        self._died = died
        self._heard = threading.Condition(threading.RLock())
        self._child: Child | None = None
        self._rates: list[tuple[int, float]] = []
        self._stands: Array | None = None
        self._asked = self._halted = False
        self._since = 0.0
        self._patience = START
        super().__init__(experiment, members)
        if self.open:
            self._child = launch(self._on_heard, self._on_ended)

    @property
    def child(self) -> Child | None:
        """The process; None where the runs could not begin."""
        return self._child

    def advance(self, count: int) -> None:
        """Ask for up to `count` steps more, and wait a moment for them."""
        if self.steps:
            count = min(count, self.steps - self.t)
        with self._heard:
            if self.open and count > 0 and not (self._asked or self._halted):
                self._ask(count)
            if self._asked and not self.late:
                self.late = not self._heard.wait_for(lambda: self._halted or not self._asked, self._patience)

    def show(self, status: str) -> None:
        """Give the open runs their status, and a sentence where nothing comes."""
        with self._heard:
            super().show(status)
            waited = time.monotonic() - self._since if self.late else 0.0
            if waited > SILENT:
                for run in self._going.values():
                    run.message = tr("no step for {n} s", n=int(waited))

    def halt(self) -> None:
        """Ask the process to stop after its step."""
        with self._heard:
            if self._halted:
                return
            self._halted, self._since = True, time.monotonic()
            self._heard.notify_all()
            child = self._child
        if child is not None:
            child.send(frames.STOP)

    def stop(self) -> None:
        """End the open runs as stopped; a process that does not obey for a second is ended."""
        self.halt()
        with self._heard:
            if self._child is None:
                return self._end_all("stopped", tr("stopped at step {t}", t=self.t))
            self._heard.wait_for(lambda: not self.open, self._since + GRACE - time.monotonic())
            if self.open:
                self._child.kill()
                text = tr("did not stop within {n} s; its process was ended after step {t}", n=round(GRACE), t=self.t)
                self._end_all("stopped", text)
        return None

    def set_rate(self, run: Run, lr: float) -> None:
        """Change the base learning rate of a run from the next step on; raises `FieldError` where it does not fit."""
        super().set_rate(run, lr)
        with self._heard:
            while self._changes:
                changed, lr = self._changes.popleft()
                self._base[changed.row] = lr
                self._rates.append((changed.row, lr))

    def point(self, run: Run) -> Array | None:
        """A copy of the params `(D,)` where the run stands, or where it ended; None before its first step."""
        if run.row in self._points or self._stands is None:
            return self._points[run.row].copy() if run.row in self._points else None
        copy: Array = self._stands[run.row].copy()
        return copy

    def fail(self, error: BaseException) -> None:
        """End the process, and the open runs as failed."""
        with self._heard:
            if self._child is not None:
                self._child.kill()
            super().fail(error)

    def _ask(self, count: int) -> None:
        assert self._child is not None
        rates, self._rates = self._rates, []
        self._asked, self._since = True, time.monotonic()
        self._child.send(frames.ADVANCE, frames.pack({"count": count, "rates": rates}))

    # in the thread of the process

    def _on_heard(self, kind: bytes, payload: bytes) -> None:
        table, arrays = frames.unpack(payload)
        with self._heard:
            if not self.open:
                return
            if kind == frames.SNAPSHOT:
                self._take_snapshot(table, arrays)
                return
            if kind == frames.FAULT:
                text = tr("failed at step {t}: {error}", t=self.t, error=table["error"])
                self._end_all("failed", text, table["details"])
            else:
                self._take(table, arrays)
            self._asked = self.late = False
            self._patience = PATIENCE
            self._heard.notify_all()

    def _take(self, table: dict[str, Any], arrays: list[Array]) -> None:
        histories = [self.history] if self.watched is None else [self.history, self.watched]
        assert self._child is not None
        if table["columns"] is not None and [list(h.columns) for h in histories] != table["columns"]:
            raise frames.FrameError(tr("the columns of its history are others than in the lab"))
        for which, place, shape in table["blocks"]:
            histories[which].blocks.append(self._child.memory.take(tuple(place), tuple(shape)))
        if table["stands"] is not None:
            self._stands = self._child.memory.take(*table["stands"])
        for k, history in enumerate(histories):
            history.open[:], history.lengths[:] = arrays[2 * k], arrays[2 * k + 1]
            history.count = table["counts"][k]
        self.history.events += [Event(*event) for event in table["events"]]
        self.t = table["t"]
        for run in self._going.values():
            run.message = ""
        for row, status, message, details in table["ended"]:
            self.runs[row].details = details
            self._end(self.runs[row], status, message)

    def _take_snapshot(self, table: dict[str, Any], arrays: list[Array]) -> None:
        rows, params, *memory = arrays
        snapshot = Snapshot(table["t"], rows, params, dict(zip(table["memory"], memory, strict=True)))
        self.snapshots.every = table["every"]
        kept = (*self.snapshots.kept, snapshot)
        self.snapshots.kept = tuple(s for s in kept if s.t % self.snapshots.every == 0)

    def _on_ended(self, reason: str) -> None:
        with self._heard:
            if self.open:
                printed = self._child.printed if self._child is not None else ""
                text = tr("its process ended after step {t}: {why}", t=self.t, why=reason)
                self._end_all("failed", text, printed)
                self._died()
            self._asked = self.late = False
            self._heard.notify_all()
