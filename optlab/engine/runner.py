"""The worker: one thread advances all batches of an experiment in lockstep, at a pace, and obeys at once."""

import math
import threading
import time
from collections.abc import Callable, Sequence

from optlab.engine.batch import Batch
from optlab.engine.run import Run
from optlab.i18n import tr

SLICE = 0.008
"""Seconds of work between looks at the commands; also how long one batch goes before the next has its turn."""


class Runner:
    """Advances `batches` until they end; every method returns at once and may be called from any thread.

    `rate` is steps per second for all runs together in lockstep; `math.inf` is flat out.
    """

    def __init__(
        self, batches: Sequence[Batch], rate: float = math.inf, ended: Callable[[Run], None] | None = None
    ) -> None:
        self.batches = list(batches)
        self._rate = rate
        self._ended = ended
        self._wake = threading.Condition()
        self._paused = self._stopping = self._finished = False
        self._credit = 0.0
        self._told: set[int] = set()
        self._thread = threading.Thread(target=self._work, name="optlab-worker", daemon=True)

    @property
    def runs(self) -> list[Run]:
        """The runs of all batches."""
        return [run for batch in self.batches for run in batch.runs]

    @property
    def alive(self) -> bool:
        """Whether the thread still works or waits."""
        return self._thread.is_alive()

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def rate(self) -> float:
        return self._rate

    def start(self, paused: bool = False) -> None:
        """Start the thread; `paused` waits for `step` or `resume`."""
        self._paused = paused
        self._thread.start()

    def pause(self) -> None:
        """Stand still after the steps that are being computed."""
        with self._wake:
            self._paused = True

    def resume(self) -> None:
        with self._wake:
            self._paused = False
            self._credit = 0.0
            self._wake.notify()

    def step(self, count: int = 1) -> None:
        """While paused: compute `count` steps of every run and stand still again."""
        with self._wake:
            self._credit += count
            self._wake.notify()

    def stop(self) -> None:
        """End the open runs as stopped, with what they have recorded."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def set_rate(self, rate: float) -> None:
        """Change the pace, in steps per second."""
        with self._wake:
            self._rate = rate
            self._credit = min(self._credit, 1.0)
            self._wake.notify()

    def add(self, batches: Sequence[Batch]) -> bool:
        """Take in more batches, which catch up with the others flat out; False where the thread has ended."""
        with self._wake:
            if self._finished or self._stopping or not self._thread.is_alive():
                return False
            self.batches = [*self.batches, *batches]
            self._wake.notify()
            return True

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False when `timeout` seconds passed first."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        before = time.monotonic()
        while self._goes_on():
            if self._catch_up():
                continue
            now = time.monotonic()
            due = self._due(now - before)
            before = now
            if due < 1:
                with self._wake:
                    if not self._stopping:
                        self._show("paused" if self._paused else "running")
                        self._wake.wait(self._pause_length())
                continue
            self._show("running")
            self._advance(due)
            time.sleep(0)  # lets the window have the interpreter
        for batch in self.batches:
            batch.finish("stopped", tr("stopped at step {t}", t=batch.t))
        self._tell()

    def _goes_on(self) -> bool:
        with self._wake:
            self._finished = self._stopping or not any(batch.open for batch in self.batches)
            return not self._finished

    def _catch_up(self) -> bool:
        """Advance batches that came later towards the others, a slice of time; False when all are level."""
        going = [batch for batch in self.batches if batch.open]
        front = max(batch.t for batch in going)
        behind = [batch for batch in going if batch.t < front]
        deadline = time.monotonic() + SLICE
        while behind and not self._stopping and time.monotonic() < deadline:
            started = time.monotonic()
            size = min(self._chunk, front - behind[0].t)
            behind[0].advance(size)
            self._adapt(size, time.monotonic() - started)
            behind = [batch for batch in behind if batch.open and batch.t < front]
        self._tell()
        time.sleep(0)
        return bool(behind)

    def _due(self, elapsed: float) -> float:
        with self._wake:
            if math.isinf(self._rate) and not self._paused:
                return math.inf
            if not self._paused:
                self._credit += min(elapsed, 0.25) * self._rate
            return self._credit

    def _pause_length(self) -> float | None:
        return None if self._paused else max(0.001, (1 - self._credit) / self._rate)

    def _advance(self, due: float) -> None:
        """Advance every batch by the same steps: as many as are due, or as fit in a slice of time."""
        goal = min(batch.t for batch in self.batches if batch.open)
        deadline, done = time.monotonic() + SLICE * len(self.batches), 0
        while done < due and not self._stopping and (done == 0 or time.monotonic() < deadline):
            size = int(min(self._chunk, due - done))
            goal += size
            done += size
            started = time.monotonic()
            for batch in self.batches:
                if batch.open and not self._stopping:
                    batch.advance(goal - batch.t)
            self._adapt(size, time.monotonic() - started)
            self._tell()
            if not any(batch.open for batch in self.batches):
                break
        with self._wake:
            if not math.isinf(due):
                self._credit -= done
                if not self._paused:
                    self._credit = min(self._credit, self._rate * 0.25 + 1)  # never a burst after a slow stretch

    _chunk = 1

    def _adapt(self, size: int, seconds: float) -> None:
        if seconds < SLICE / 4 and size >= self._chunk:
            self._chunk = min(self._chunk * 2, 4096)
        elif seconds > SLICE:
            self._chunk = max(1, self._chunk // 2)

    def _show(self, status: str) -> None:
        for run in self.runs:
            if not run.ended:
                run.status = status

    def _tell(self) -> None:
        for run in self.runs:
            if run.ended and id(run) not in self._told:
                self._told.add(id(run))
                if self._ended:
                    self._ended(run)
