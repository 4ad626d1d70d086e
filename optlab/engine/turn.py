"""Whose turn it is: a worker stands aside between two chunks of steps while the window draws."""

import threading
from types import TracebackType

LONGEST = 0.25
"""Seconds that a worker stands aside at most before its next chunk, whatever the window does."""


class Turn:
    """A context of the window's thread, in which a worker has no turn.

    Qt gives the interpreter away in hundreds of calls of one frame. A worker that goes on takes it each time for a
    switch interval, which makes 150 ms of a frame that costs 20.
    """

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1
        self._free.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self._free.set()

    def wait(self) -> None:
        """Stand aside, in the worker, until the window is done."""
        self._free.wait(LONGEST)

    def give(self) -> None:
        """Let the worker go on at once: somebody waits for it."""
        self._free.set()
