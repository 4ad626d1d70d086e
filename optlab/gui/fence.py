"""The fence around calls of a view: the next start knows whose code ended the window, and one that holds it is told."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from optlab.host import PluginRecord
from optlab.host.witness import witness
from optlab.i18n import tr

WORK = 0.1
"""Seconds of the processor that a call may take: a busy machine makes no call longer."""

WAIT = 1.0
"""Seconds that a call may last, with what it waits for."""


class SlowError(Exception):
    """A call that held the window."""


class Fence:
    """Stands around every call of a view; `slow` hears of one from outside that held the window."""

    def __init__(self, record: PluginRecord | None, slow: Callable[[SlowError], Any]) -> None:
        self._mark = record.mark if record is not None else ("", "")
        self._outside = record is not None and record.outside
        self._slow = slow

    @contextmanager
    def calling(self, what: str, limited: bool = True) -> Iterator[None]:
        """Around a call of `what`; building and the first refresh are not `limited`, they come once."""
        if not self._outside:
            yield
            return
        began, spent = time.monotonic(), time.thread_time()
        with witness.calling(*self._mark):
            yield
        spent, lasted = time.thread_time() - spent, time.monotonic() - began
        if limited and (spent > WORK or lasted > WAIT):
            took, most = (spent, WORK) if spent > WORK else (lasted, WAIT)
            text = tr("{what} held the window for {n} s; more than {most} s is too long", what=what, n=f"{took:.2g}",
                      most=f"{most:g}")  # fmt: skip
            self._slow(SlowError(text))
