"""The probe seen from the lab: a process tries out plugins, one after another; after a rude one it is another."""

import atexit
import queue
import sys
import threading
from pathlib import Path

from optlab.engine import frames
from optlab.engine.child import Child
from optlab.host.finder import Source
from optlab.host.parcel import Parcel
from optlab.host.pins import Pin
from optlab.host.verdicts import Verdict
from optlab.i18n import language, tr

MODULE = "optlab.host.probe"
READY, ANSWER, ENDED = b"R", b"D", b"E"
LIMIT = 10.0
"""Seconds after which a plugin is given up."""

START = 60.0
"""Seconds that the process itself may take to start."""

Answers = queue.SimpleQueue[tuple[bytes, bytes]]


class GivenUpError(Exception):
    """The process was ended while it tried out a plugin: nothing is known of this one."""


class Prober:
    """Asks for one verdict at a time, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._kept_warm = False

    def warm(self) -> None:
        """Let a process wait from now on, so that verdicts come at once."""
        self._kept_warm = True
        if self._lock.acquire(blocking=False):  # else one is at work
            try:
                self._start()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the process that waits, or is at work."""
        self._kept_warm = False
        self._end()

    def _start(self) -> Child:
        if self._child is None or not self._child.alive:
            self._child = Child(MODULE)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.join(2.0)

    def examine(self, source: Source, pin: Pin, limit: float = LIMIT) -> Verdict:
        """Import, register and build a plugin in the process, and say how it did.

        Raises `GivenUpError` where the process was ended by `close`.
        """
        with self._lock:
            child = self._start()
            answers: Answers = queue.SimpleQueue()
            order = {**_parcel(source, pin).table(), "language": language(), "search": sys.path}
            child.order(
                frames.pack(order), lambda kind, payload: answers.put((kind, payload)),
                lambda reason: answers.put((ENDED, reason.encode())),
            )  # fmt: skip
            verdict, clean = _wait(source, child, answers, limit)
            if not clean:  # what else it left behind in the process is not known
                self._end()
            if self._kept_warm:
                self._start()
            return verdict


def _wait(source: Source, child: Child, answers: Answers, limit: float) -> tuple[Verdict, bool]:
    """The verdict, and whether the process can go on to the next plugin."""
    name, patience = Path(source.place).name, START
    while True:
        try:
            kind, payload = answers.get(timeout=patience) if child.alive else answers.get_nowait()
        except queue.Empty:
            reason = tr("it took longer than {n} s and was given up", n=f"{patience:g}")
            return Verdict(f"{name}: {reason}", child.printed[-20_000:]), False
        if kind == ENDED and not payload:
            raise GivenUpError
        if kind == ENDED:
            reason = tr("the process that tried it out ended: {reason}", reason=payload.decode())
            return Verdict(f"{name}: {reason}", child.printed[-20_000:]), False
        if kind == ANSWER:
            try:
                table = frames.unpack(payload)[0]
                return Verdict.read(table["verdict"]), table["clean"] is True
            except (ValueError, KeyError, TypeError):
                return Verdict(f"{name}: {tr('the process that tried it out said what no plugin may say')}"), False
        patience = limit


def _parcel(source: Source, pin: Pin) -> Parcel:
    entry = source.entry.value if source.entry is not None else ""
    return Parcel(source.name, source.origin, str(source.path or ""), entry, b"" if entry else pin.content)


prober = Prober()
"""The lab's one prober."""

atexit.register(prober.close)
