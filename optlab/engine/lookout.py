"""The lookout: one thread that looks into runs for the views, which never wait for a network."""

import threading
import time
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import numpy as np

from optlab import nets
from optlab.engine import faults
from optlab.engine.inside import PORTRAITS, Inside
from optlab.engine.session import Entry
from optlab.engine.task import Task
from optlab.engine.turn import Turn
from optlab.layout import Array

LOOK = 0.03
"""Seconds of measuring after which there is an answer, which may be a part of the whole."""

REST = 0.1
"""Seconds that it rests at most after a look; it rests as long as the look took, so that runs keep their pace."""

Question = Callable[[Inside], tuple[Any, bool]]
"""Looks for a moment: the answer so far, and whether it is whole."""

Key = tuple[int, Hashable]


class Lookout:
    """Answers what views ask of runs; they poll, and show the answer of before until the new one is there.

    A view asks again with every frame, so that nothing is measured any more when nobody looks. `count` is the number of
    answers so far. A question that fails has no answer, and `fault` is its sentence.
    """

    def __init__(self, turn: Turn | None = None) -> None:
        self.count = 0
        self._turn = turn or Turn()
        self._lock = threading.Lock()
        self._asked: dict[Key, tuple[Hashable, Entry, Question]] = {}
        self._answers: dict[Key, tuple[Hashable, Any]] = {}
        self._faults: dict[Key, str] = {}
        self._runs: set[int] = set()
        self._insides: dict[int, Inside] = {}
        self._task: Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return self._task is not None

    def ask(self, entry: Entry, name: Hashable, version: Hashable, question: Question) -> Any:
        """The newest answer to a question about a run, or None; it is asked where no whole answer has this version."""
        key = entry.key, name
        with self._lock:
            known, answer = self._answers.get(key, (None, None))
            if known != version:
                self._asked[key] = version, entry, question
                self._runs.add(entry.key)
                if self._task is None:
                    self._task = Task(self._work, self._turn).start()
            return answer

    def series(self, entry: Entry, name: str) -> tuple[Array, Array]:
        """Steps `(n,)` and values `(n, columns)` of a series of `watch.known`, as far as they are known by now."""
        found = self.ask(entry, name, age(entry), partial(_measure, name))
        return found or (np.empty(0), np.empty((0, 0)))

    def portraits(self, entry: Entry, step: float | None) -> tuple[Array, list[nets.Portrait]]:
        """Steps `(n,)` and portraits of the hidden layers, as far as they are known; that of `step` comes first."""
        found = self.ask(entry, PORTRAITS, age(entry), partial(_portray, step))
        return found or (np.empty(0), [])

    def fault(self, entry: Entry) -> str:
        """Why it cannot look into a run; an empty text where it can."""
        return next((text for (key, _), text in list(self._faults.items()) if key == entry.key), "")

    def forget(self, keys: set[int]) -> None:
        """Drop all runs but those with these keys."""
        with self._lock:
            for known in (self._asked, self._answers, self._faults):
                for key in [key for key in known if key[0] not in keys]:
                    del known[key]
            self._insides = {key: inside for key, inside in self._insides.items() if key in keys}
            self._runs &= keys

    def wait(self, timeout: float) -> bool:
        """Wait until all is answered that was asked; False where that takes longer."""
        task = self._task
        return task is None or task.join(timeout)

    # in the thread

    def _work(self, task: Task[None]) -> None:
        while (found := self._next()) is not None:
            task.tell(0.0)
            started = time.perf_counter()
            self._answer(*found)
            time.sleep(min(time.perf_counter() - started, REST))

    def _next(self) -> tuple[Key, Hashable, Entry, Question] | None:
        with self._lock:
            if not self._asked:
                self._task = None
                return None
            key = next(iter(self._asked))
            return key, *self._asked.pop(key)

    def _answer(self, key: Key, version: Hashable, entry: Entry, question: Question) -> None:
        answer, fault, whole = None, "", True
        try:
            if entry.key not in self._insides:
                self._insides[entry.key] = Inside(entry.run, entry.batch)
            answer, whole = question(self._insides[entry.key])
        except faults.RAISED as error:  # a plugin's own code
            fault = faults.words(error)
        with self._lock:
            if entry.key not in self._runs:  # forgotten meanwhile
                self._insides.pop(entry.key, None)
                return
            self._answers[key] = version if whole else None, answer
            self._faults.pop(key, None)
            if fault:
                self._faults[key] = fault
            self.count += 1


def age(entry: Entry) -> Hashable:
    """What changes where there is more to see of a run."""
    run, kept = entry.run, entry.batch.snapshots.kept
    return len(kept), kept[-1].t if kept else run.step, run.ended, run.watched and run.watched.count


def _measure(name: str, inside: Inside) -> tuple[Any, bool]:
    return inside.series(name, LOOK), inside.whole(name)


def _portray(step: float | None, inside: Inside) -> tuple[Any, bool]:
    return inside.portraits(step, LOOK), inside.whole(PORTRAITS)
