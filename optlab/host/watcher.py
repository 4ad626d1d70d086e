"""The watcher: sees in a thread which plugin files are new, saved or gone, in whatever way an editor saves them.

It asks for the times and sizes of a few files ten times a second: that works on network drives and after a rename too.
"""

import contextlib
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from optlab.host.finder import Source
from optlab.host.pins import Pin, pin

EVERY = 0.1
"""Seconds between two looks at the files; what is the same in two of them has been written to its end."""

LISTING = 3
"""Looks from one to the next that also asks for new files."""

RECENT = 3.0
"""Seconds in which a file that was saved is read at every look: some drives tell times in steps of two seconds."""

Mark = tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """A plugin file as it is now; without a pin where it is gone, or cannot be read for the reason of `error`."""

    source: Source
    pin: Pin | None = None
    error: Exception | None = None

    @property
    def gone(self) -> bool:
        """Whether there is no such file any more."""
        return self.pin is None and self.error is None


@dataclass
class _Seen:
    source: Source
    told: str | None
    """What was told of it: hash and rights, or why it cannot be read; None where nothing was."""
    mark: Mark | None = None
    fresh: bool = True
    """Whether it is to be read."""
    recent: float = field(default=0.0)


class Watcher:
    """`find` names the files and `glance` is another thing when it would name others.

    `known` are those that have been read, with their hashes.
    """

    def __init__(
        self, find: Callable[[], Iterable[Source]], glance: Callable[[], object],
        known: Iterable[tuple[Source, str]] = (),
    ) -> None:  # fmt: skip
        self._find, self._glance = find, glance
        self._glimpse: object = None
        self._seen = {source.key: _Seen(source, _facts(sha256, source.path)) for source, sha256 in known}
        self._found: deque[Change] = deque()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look from now on, in a thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="optlab-watcher", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def poll(self) -> Change | None:
        """The next change that was seen; never waits."""
        return self._found.popleft() if self._found else None

    def look(self, listing: bool = True) -> list[Change]:
        """What has changed since it was told, and was the same at the look before; `listing` also finds new files."""
        if listing and (glimpse := self._glance()) != self._glimpse:
            self._glimpse = glimpse
            for source in self._find():
                self._seen.setdefault(source.key, _Seen(source, None))
        found = []
        for key, seen in list(self._seen.items()):
            change = self._look_at(seen)
            if change is not None:
                found.append(change)
                if change.gone:
                    del self._seen[key]
        return sorted(found, key=lambda change: not change.gone)  # a file that was renamed is gone, and then new

    def _look_at(self, seen: _Seen) -> Change | None:
        now, mark = time.monotonic(), _mark(seen.source.path)
        if mark != seen.mark:
            seen.mark, seen.fresh, seen.recent = mark, True, now + RECENT
            return None
        if not seen.fresh and now > seen.recent:
            return None
        change, told = self._read(seen, late=now > seen.recent)
        seen.fresh = change is None
        if change is None or told == seen.told:
            return None
        seen.told = told
        return change

    def _read(self, seen: _Seen, late: bool) -> tuple[Change | None, str]:
        """A file as it is, and what is told of it; nothing while somebody else has it."""
        if seen.mark is None:
            return Change(seen.source), "gone"
        try:
            pinned = pin(seen.source)
        except FileNotFoundError:
            return None, ""
        except ValueError as error:
            return Change(seen.source, error=error), str(error)
        except OSError as error:  # on Windows a file that is being written
            return (Change(seen.source, error=error), str(error)) if late else (None, "")
        return Change(seen.source, pinned), _facts(pinned.sha256, seen.source.path)

    def _work(self) -> None:
        looks = 0
        while not self._over.wait(EVERY):
            with contextlib.suppress(OSError):  # a folder that is away may come back
                self._found.extend(self.look(listing=looks % LISTING == 0))
            looks += 1


def _mark(path: Path | None) -> Mark | None:
    """What differs after a file has been saved; None where there is none."""
    try:
        facts = path.stat() if path is not None else None
    except OSError:
        return None
    if facts is None or not stat.S_ISREG(facts.st_mode):
        return None
    return (facts.st_mtime_ns, facts.st_size, facts.st_ino, facts.st_ctime_ns)


def _facts(sha256: str, path: Path | None) -> str:
    """What is told of a file: its hash, and who may write it."""
    try:
        facts = path.stat() if path is not None else None
    except OSError:
        facts = None
    return f"{sha256} {facts.st_mode:o} {facts.st_uid}" if facts is not None else sha256
