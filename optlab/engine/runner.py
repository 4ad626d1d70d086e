"""The worker: one thread advances all batches of an experiment in lockstep, at a pace, and obeys at once."""

import math
import threading
import time
from collections.abc import Callable, Sequence

from optlab.engine.batch import Batch
from optlab.engine.run import Run
from optlab.engine.turn import Turn
from optlab.i18n import tr

SLICE = 0.008
"""Seconds of work between looks at the commands; also how long one batch goes before the next has its turn."""

CHUNK = 0.004
"""Seconds of steps at most between two looks at whose turn it is; at half of it small steps lose a third."""

NAP = 0.1
"""Longest wait of a slow pace, so that its clock is read often."""

BURST = 0.25
"""Seconds of steps that are caught up at most after a stretch that was slower than the pace."""


class Runner:
    """Advances `batches` until they end; every method returns at once and may be called from any thread.

    `rate` is steps per second for all runs together in lockstep; `math.inf` is flat out.
    """

    def __init__(
        self, batches: Sequence[Batch], rate: float = math.inf, ended: Callable[[Run], None] | None = None,
        turn: Turn | None = None,
    ) -> None:  # fmt: skip
        self.batches = list(batches)
        self._rate = _checked(rate)
        self._ended = ended
        self._turn = turn or Turn()
        self._wake = threading.Condition()
        self._paused = self._stopping = self._finished = False
        self._commands = 0
        self._asked = 0
        self._credit = self._clock = 0.0
        self._chunk = 1
        self._shown = ""
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
        self._clock = time.monotonic()
        self._thread.start()

    def pause(self) -> None:
        """Stand still after the steps that are being computed."""
        with self._wake:
            self._paused, self._asked = True, 0
            self._command()

    def resume(self) -> None:
        with self._wake:
            self._paused = False
            self._credit, self._clock = 0.0, time.monotonic()
            self._command()

    def step(self, count: int = 1) -> None:
        """While paused: compute `count` steps of every run and stand still again."""
        with self._wake:
            if self._paused:
                self._asked += count
                self._command()

    def stop(self) -> None:
        """End the open runs as stopped, with what they have recorded."""
        with self._wake:
            self._stopping = True
            self._turn.give()
            self._command()
        for batch in self.batches:
            batch.halt()

    def set_rate(self, rate: float) -> None:
        """Change the pace, in steps per second."""
        rate = _checked(rate)
        with self._wake:
            self._rate = rate
            self._credit, self._clock = min(self._credit, 1.0), time.monotonic()
            self._command()

    def add(self, batches: Sequence[Batch]) -> bool:
        """Take in more batches, which catch up with the others flat out; False where the thread has ended."""
        with self._wake:
            if self._finished or self._stopping or not self._thread.is_alive():
                return False
            self.batches = [*self.batches, *batches]
            self._shown = ""
            self._command()
            return True

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False when `timeout` seconds passed first."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def interrupt(self) -> None:
        """Call the thread back from a step that does not end; it may not hear that before its C code returns."""
        for batch in self.batches:
            batch.region.interrupt()

    def abandon(self) -> None:
        """End the runs of a thread that does not come back from a plugin; it ends by itself if it ever does."""
        self.stop()
        for batch in self.batches:
            batch.fail(TimeoutError(tr("the step does not come back; its thread is left to itself")))
        self._tell()
        self._ended = None

    def _command(self) -> None:
        self._commands += 1  # a slice of work ends early, a wait at once
        self._wake.notify()

    def _work(self) -> None:
        try:
            self._turns()
            for batch in self.batches:
                batch.stop()
        except BaseException as error:  # a fault of ours: no run says "running" for ever
            for batch in self.batches:
                batch.fail(error)
            _report(error)
        self._tell()

    def _turns(self) -> None:
        while self._goes_on():
            seen = self._commands
            self._tell()
            if self._catch_up(seen):
                continue
            due, stepping = self._due()
            self._show("paused" if self._paused else "running")
            if due < 1 or not self._going():
                self._wait(seen, due)
                continue
            done = self._advance(due, seen)
            self._spend(done, stepping)

    def _goes_on(self) -> bool:
        with self._wake:
            self._finished = self._stopping or not any(batch.open for batch in self.batches)
            return not self._finished

    def _catch_up(self, seen: int) -> bool:
        """Advance batches that came later towards the others, a slice of time; False when all are level."""
        front = max((batch.t for batch in self.batches if batch.open), default=0)
        behind = [batch for batch in self._going() if batch.t < front]
        if not behind:
            return False
        self._show("running")
        deadline = time.monotonic() + SLICE
        while behind and self._commands == seen and time.monotonic() < deadline:
            started, size = time.monotonic(), min(self._chunk, front - behind[0].t)
            behind[0].advance(size)
            self._adapt(size, time.monotonic() - started)
            self._stand_aside()
            behind = [batch for batch in self._going() if batch.t < front]
        self._tell()
        return True

    def _due(self) -> tuple[float, bool]:
        """Whole steps that may be computed now, and whether they were asked for one by one."""
        with self._wake:
            now = time.monotonic()
            elapsed, self._clock = now - self._clock, now
            if self._paused:
                return self._asked, True
            if math.isinf(self._rate):
                return math.inf, False
            self._credit += min(elapsed, BURST) * self._rate
            return math.floor(self._credit), False

    def _wait(self, seen: int, due: float = 0.0) -> None:
        with self._wake:
            if self._commands != seen:
                return
            pace = None if self._paused else min(NAP, max(0.001, (1 - self._credit) / self._rate))
            late = any(batch.late for batch in self.batches)
            self._wake.wait(SLICE if due >= 1 else NAP if late and pace is None else pace)

    def _advance(self, due: float, seen: int) -> int:
        """Advance every batch by the same steps, as many as are due or as fit in a slice of time; return how many."""
        going = self._going()
        goal, done = max((batch.t for batch in going), default=0), 0
        deadline = time.monotonic() + SLICE * len(going)
        while done < due and (done == 0 or (self._commands == seen and time.monotonic() < deadline)):
            size = int(min(self._chunk, due - done))
            goal += size
            done += size
            started = time.monotonic()
            for batch in going:
                over = self._stopping and time.monotonic() - started > SLICE
                if batch.open and not (over or batch.late):  # a stop leaves all at the same step, if it can soon
                    batch.advance(goal - batch.t)
            self._adapt(size, time.monotonic() - started)
            self._stand_aside()
            self._tell()
            if not any(batch.open and not batch.late for batch in going):
                break
        return done

    def _going(self) -> list[Batch]:
        """The open batches that answer."""
        return [batch for batch in self.batches if batch.open and not batch.late]

    def _stand_aside(self) -> None:
        time.sleep(0)  # lets the window have the interpreter
        if not self._stopping:
            self._turn.wait()

    def _spend(self, done: int, stepping: bool) -> None:
        with self._wake:
            if stepping:
                self._asked = max(0, self._asked - done)
            elif not math.isinf(self._rate):
                self._credit = min(self._credit - done, self._rate * BURST + 1)

    def _adapt(self, size: int, seconds: float) -> None:
        if seconds < CHUNK / 4 and size >= self._chunk:
            self._chunk = min(self._chunk * 2, 4096)
        elif seconds > CHUNK:
            self._chunk = max(1, int(size * CHUNK / seconds))

    def _show(self, status: str) -> None:
        for batch in self.batches:
            if status != self._shown or batch.late:
                batch.show(status)
        self._shown = status

    def _tell(self) -> None:
        if sum(batch.ended for batch in self.batches) == len(self._told):
            return
        for run in self.runs:
            if run.ended and id(run) not in self._told:
                self._told.add(id(run))
                try:
                    if self._ended:
                        self._ended(run)
                except Exception as error:  # who listens may fail; the runs go on
                    _report(error)


def _checked(rate: float) -> float:
    if not rate > 0:
        raise ValueError(tr("pace: expected more than 0 steps per second, got {that}", that=rate))
    return rate


def _report(error: BaseException) -> None:
    threading.excepthook(
        threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
    )
