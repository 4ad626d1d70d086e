"""Where a thread may be called back from a plugin: an exception is raised in it, from another thread, only there."""

import ctypes
import threading
from types import TracebackType

LONGEST = 0.01
"""Seconds that `interrupt` waits for a thread that enters or leaves."""

ROUNDS = 8
"""Of a loop that does nothing: an exception on its way comes at the end of the first, so these are enough."""


class InterruptError(BaseException):
    """Raised in the middle of what a thread does: no plugin catches it by catching `Exception`."""


class Region:
    """A context of one thread, around calls of plugins that have frames of their own.

    Python code ends at once, C code when it returns; a loop that catches everything goes on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = 0

    def __enter__(self) -> None:
        with self._lock:
            self._thread = threading.get_ident()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            called, self._thread = self._thread == 0, 0
        if called:
            self._await()

    def _await(self) -> None:
        """Take an exception that has not come yet: later it would come wherever the thread is then.

        Not taken back: the interpreter would look for it for ever, all code be slower, and traced code stand still.
        """
        try:
            for _ in range(ROUNDS):  # it comes at the end of one
                pass
        except InterruptError:
            pass

    def interrupt(self) -> bool:
        """Call the thread back, from another one; whether it was there. Never waits long.

        Once for each stay: a second exception could come where the first one is dealt with.
        """
        if not self._lock.acquire(timeout=LONGEST):
            return False
        try:
            thread, self._thread = self._thread, 0
            return thread != 0 and _raise_in(thread) == 1
        finally:
            self._lock.release()


def _raise_in(thread: int) -> int:
    error = ctypes.py_object(InterruptError)
    return int(ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error))
