"""Measuring aside: a series that takes long, in a thread beside the window and the worker."""

import threading
import time
from collections.abc import Sequence

import numpy as np

from optlab.engine import faults
from optlab.engine.inside import Inside
from optlab.engine.session import Entry
from optlab.engine.turn import Turn
from optlab.layout import Array

PATIENCE = 1.0
"""Seconds after which it stops to measure what nobody looks at."""


class Aside:
    """One series of any runs at their snapshots; `read` never waits.

    The thread lives as long as there is something to measure and somebody who asks. It has insides of its own.
    """

    def __init__(self, series: str, turn: Turn) -> None:
        self._series, self._turn = series, turn
        self._insides: dict[int, Inside] = {}
        self._found: dict[int, tuple[Array, Array]] = {}
        self._given_up: dict[int, list[int]] = {}
        self._faults: dict[int, str] = {}
        self._wanted: tuple[Entry, ...] = ()
        self._asked = 0.0
        self._thread: threading.Thread | None = None
        self.pending = False
        """Whether the last `read` did not show everything yet."""

    def read(self, entries: Sequence[Entry]) -> dict[int, tuple[Array, Array]]:
        """Steps `(n,)` and values `(n,)` by key, as far as they are known; measure what is missing."""
        self._wanted, self._asked = tuple(entries), time.monotonic()
        self.pending = any(self._missing(entry) for entry in entries)
        if self.pending and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._measure, name=f"optlab {self._series}", daemon=True)
            self._thread.start()
        empty = np.empty(0), np.empty(0)
        return {entry.key: self._recorded(entry) or self._found.get(entry.key, empty) for entry in entries}

    def progress(self, entries: Sequence[Entry]) -> tuple[int, int]:
        """How many snapshots are measured, and of how many."""
        total = {entry.key: len(inside.steps()) for entry in entries if (inside := self._insides.get(entry.key))}
        return sum(len(self._found[key][0]) for key in total if key in self._found), sum(total.values())

    def fault(self, entries: Sequence[Entry]) -> str:
        """What a plugin raised while it was measured, in words; an empty text where nothing did."""
        return next((self._faults[entry.key] for entry in entries if entry.key in self._faults), "")

    def forget(self, entries: Sequence[Entry]) -> None:
        """Drop what is known of all other runs."""
        keys = {entry.key for entry in entries}
        for known in (self._insides, self._found, self._given_up, self._faults):
            for key in set(known) - keys:
                known.pop(key, None)

    def _recorded(self, entry: Entry) -> tuple[Array, Array] | None:
        beside = entry.run.watched
        return entry.run.series(self._series) if beside is not None and self._series in beside.index else None

    def _missing(self, entry: Entry) -> bool:
        if entry.key in self._faults or not entry.run.count or self._recorded(entry) is not None:
            return False
        inside, found = self._insides.get(entry.key), self._found.get(entry.key)
        if inside is None or found is None:
            return True
        return inside.steps() not in (found[0].tolist(), self._given_up.get(entry.key))

    def _measure(self) -> None:
        """One snapshot of every run that misses one, again and again: all curves grow together."""
        with np.errstate(all="ignore"):
            while time.monotonic() - self._asked < PATIENCE:
                missing = [entry for entry in self._wanted if self._missing(entry)]
                if not missing:
                    return
                for entry in missing:
                    self._turn.wait()
                    try:
                        self._one(entry)
                    except Exception as error:  # a plugin's own code
                        self._faults[entry.key] = faults.words(error)

    def _one(self, entry: Entry) -> None:
        inside = self._insides.get(entry.key)
        if inside is None:
            inside = self._insides[entry.key] = Inside(entry.run, entry.batch)
        before, asked = self._found.get(entry.key), inside.steps()
        steps, values = inside.series(self._series, budget=0.0)
        if before is not None and np.array_equal(before[0], steps):
            self._given_up[entry.key] = asked  # a snapshot that is gone by now
        self._found[entry.key] = steps, values[:, 0]
