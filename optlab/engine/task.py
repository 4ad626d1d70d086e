"""A task: work that takes longer than a frame, in a thread of its own, without Qt."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from optlab.engine.turn import Turn

T = TypeVar("T")


class Cancelled(Exception):  # noqa: N818  nothing went wrong
    """Raised inside the work that nobody waits for any more."""


class Task(Generic[T]):
    """`work(task)` in a thread; who started it looks at `done`, `progress`, `result` and `error` now and then.

    The work calls `tell` between two pieces, which also lets the window draw.
    """

    def __init__(self, work: "Callable[[Task[T]], T]", turn: Turn | None = None) -> None:
        self.progress = 0.0
        self.result: T | None = None
        self.error: BaseException | None = None
        self._work, self._turn = work, turn
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="optlab-task", daemon=True)
        self._started = time.monotonic()

    def start(self) -> "Task[T]":
        self._started = time.monotonic()
        self._thread.start()
        return self

    @property
    def done(self) -> bool:
        """Whether it has ended: with a result, with an error, or with neither where it was cancelled."""
        return not self._thread.is_alive()

    @property
    def left(self) -> float:
        """Seconds that it still takes, by what it took so far; nan at first."""
        if self.progress <= 0.0:
            return float("nan")
        return (time.monotonic() - self._started) * (1 - self.progress) / self.progress

    def cancel(self) -> None:
        """Let it end at its next piece, without a result."""
        self._cancelled.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False where `timeout` seconds passed first."""
        self._thread.join(timeout)
        return self.done

    def tell(self, progress: float) -> None:
        """Called by the work: a share of it is done. Stands aside while the window draws; raises `Cancelled`."""
        self.progress = progress
        time.sleep(0)
        if self._turn is not None:
            self._turn.wait()
        if self._cancelled.is_set():
            raise Cancelled

    def _run(self) -> None:
        try:
            with np.errstate(all="ignore"):
                self.result = self._work(self)
        except Cancelled:
            pass
        except BaseException as error:
            self.error = error
