"""The background probe: plugins are tried out in a thread, one after another, while the window works."""

import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from optlab.engine import faults
from optlab.host import verdicts
from optlab.host.finder import Source
from optlab.host.pins import Pin
from optlab.host.prober import GivenUpError, prober
from optlab.host.verdicts import Verdict


@dataclass(frozen=True)
class Tried:
    """A plugin that has been tried out as it was at `pin`, and how it did."""

    source: Source
    pin: Pin
    verdict: Verdict


class Background:
    """Asked and polled from one thread; the probe's thread lives while there is something to try out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[Source, Pin]] = {}
        self._found: deque[Tried] = deque()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether something is tried out, or has been and is not polled yet."""
        return self._thread is not None or bool(self._found)

    def ask(self, source: Source, pin: Pin, soon: bool = False) -> None:
        """Let a plugin be tried out as it is at `pin`, before all others where `soon`; earlier pins no longer count."""
        with self._lock:
            before = {key: asked for key, asked in self._asked.items() if key != source.key}
            own = {source.key: (source, pin)}
            self._asked = {**own, **before} if soon else {**before, **own}
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="optlab-background", daemon=True)
                self._thread.start()

    def poll(self) -> Tried | None:
        """The next one that has been tried out; never waits."""
        return self._found.popleft() if self._found else None

    def join(self, timeout: float) -> bool:
        """Wait until all have been tried out; False where `timeout` seconds passed first."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return self._thread is None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._asked:
                    self._thread = None
                    return
                source, pin = self._asked.pop(next(iter(self._asked)))
            try:
                verdict = verdicts.find(source, pin) or examine(source, pin)
            except GivenUpError:  # the lab ends
                self._asked.clear()
                continue
            except Exception as error:  # no process, no memory: nothing is known, and nothing kept
                verdict = Verdict(f"{Path(source.place).name}: {faults.words(error)}", faults.details(error))
            self._found.append(Tried(source, pin, verdict))


def examine(source: Source, pin: Pin) -> Verdict:
    """Try a plugin out in a process of its own, and keep the verdict."""
    verdict = prober.examine(source, pin)
    verdicts.keep(source, pin, verdict)
    return verdict
