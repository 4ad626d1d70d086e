"""The witness: which plugin's code runs in the window's own process, in a file that outlives a crash of it."""

import contextlib
import mmap
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from optlab.host import verdicts
from optlab.host.finder import Source
from optlab.host.pins import pin
from optlab.host.verdicts import Verdict
from optlab.i18n import tr

SIZE = 4096
"""Bytes that say what runs; the words of whoever sees the process end follow them."""

LONGEST = 20_000


@dataclass(frozen=True)
class Death:
    """How an earlier window ended that was not closed."""

    key: str = ""
    """The plugin whose code ran, and its hash as it ran; "" where none did, or where that is not known."""
    sha256: str = ""
    starts: int = 0
    """How many windows in a row, this one included, ended while they started."""
    text: str = ""
    """What was written when it ended: the stack of a crash, or of an error that ended the start."""
    time: float = 0.0


class Witness:
    """Writes into memory of the file, which costs a microsecond a call and is on the disk whatever ends the process.

    A file of its own for each window, which no other takes for a dead one while it is open.
    """

    def __init__(self) -> None:
        self.file: BinaryIO | None = None
        """Where faulthandler writes."""
        self._page: mmap.mmap | None = None
        self._words = ("", "")
        self._starts = 0

    def open(self, folder: Path, before: Death | None = None) -> None:
        """Begin; where there is no room for the file nothing is remembered."""
        self.close()
        self._starts = 1 + (before.starts if before else 0)
        with suppress(OSError, ValueError):
            folder.mkdir(parents=True, exist_ok=True)
            self.file = (folder / f"window-{os.getpid()}.running").open("w+b", buffering=0)
            self.file.write(bytes(SIZE))
            _lock(self.file)
            self._page = mmap.mmap(self.file.fileno(), SIZE)
        self._write("", "")

    def close(self) -> None:
        """The process ends in peace: nothing of it is left."""
        page, file, self._page, self.file = self._page, self.file, None, None
        if page is not None:
            page.close()
        if file is not None:
            file.close()
            with suppress(OSError):
                Path(file.name).unlink()

    def started(self) -> None:
        """The start is over, and it was a good one."""
        self._starts = 0
        self._write(*self._words)

    def say(self, text: str) -> None:
        """Add words to the file, such as those of an error that ends the start."""
        if self.file is not None:
            with suppress(OSError):
                self.file.write(text.encode("utf-8", "replace")[:LONGEST])

    @contextmanager
    def calling(self, key: str, sha256: str) -> Iterator[None]:
        """Around each call into a plugin; what other threads call is not written."""
        if self._page is None or threading.current_thread() is not threading.main_thread():
            yield
            return
        before, self._words = self._words, (key, sha256)
        self._write(*self._words)
        try:
            yield
        finally:
            self._words = before
            self._write(*before)

    def _write(self, key: str, sha256: str) -> None:
        if self._page is not None:
            data = f"{self._starts}\n{sha256}\n{key}".encode()[: SIZE - 1] + b"\0"
            self._page[: len(data)] = data


witness = Witness()
"""The window's one witness; closed, as in every other process, it writes nothing."""


def last_death(folder: Path) -> Death | None:
    """How the newest window ended that was not closed; told once, and never of one that is still open."""
    deaths = [death for path in folder.glob("window-*.running") if (death := _bury(path)) is not None]
    return max(deaths, key=lambda death: death.time, default=None)


def _bury(path: Path) -> Death | None:
    with suppress(OSError):
        with path.open("r+b") as file:
            _lock(file)  # raises where its window is open
            data, time = file.read(SIZE + LONGEST), os.fstat(file.fileno()).st_mtime
        path.unlink()  # on Windows this raises there
        starts, sha256, key = (data[:SIZE].split(b"\0")[0].decode("utf-8", "replace") + "\n\n").split("\n")[:3]
        count = int(starts) if starts.isdecimal() else 0
        return Death(key, sha256, count, data[SIZE:].decode("utf-8", "replace"), time)
    return None


def _lock(file: BinaryIO) -> None:
    """Hold the file until the process ends, however it does; raises `OSError` where another one holds it."""
    if sys.platform != "win32":  # where a file that is open cannot be deleted
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def blame(death: Death, sources: Iterable[Source]) -> Source | None:
    """The plugin from outside in whose code a window ended, as far as that is known.

    It counts as broken from now on, until its file changes or it is tried again. One that has changed since is spared.
    """
    known = {source.key: source for source in sources if source.origin != "shipped"}
    by_text = next((s for frame in _frames(death.text) for s in known.values() if _is_of(frame, s)), None)
    suspect = by_text or known.get(death.key)
    if suspect is None:
        return None
    try:
        pinned = pin(suspect)
        if suspect is by_text:
            changed = suspect.path is not None and suspect.path.stat().st_mtime > death.time
        else:
            changed = pinned.sha256 != death.sha256
    except (OSError, ValueError):
        return None
    if changed:
        return None
    words = tr("{name}: OptLab ended in the middle of its code and leaves it out until it changes or is tried again",
               name=Path(suspect.place).name)  # fmt: skip
    verdicts.keep(suspect, pinned, Verdict(words, death.text))
    return suspect


def _frames(text: str) -> list[str]:
    """The files of the stack of the thread that ended the process, the innermost first."""
    _, _, current = text.rpartition("Current thread")
    own = current.split("\nThread ")[0]
    files = re.findall(r'^ +File "(.*)", line', own, re.M)
    return files[::-1] if text.startswith("Traceback") else files


def _is_of(frame: str, source: Source) -> bool:
    """Whether a file, as a stack writes it, belongs to a plugin."""
    if source.path is not None:
        places = {source.path, source.path.absolute(), source.path.resolve()}
        return frame in {text for place in places for text in (str(place), _ascii(str(place)))}
    with contextlib.suppress(ImportError, ValueError, AttributeError):
        assert source.entry is not None
        spec = find_spec(source.entry.value.partition(":")[0].partition(".")[0])
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        return any(frame.startswith((f"{each}{os.sep}", f"{_ascii(each)}{os.sep}")) for each in folders) or (
            spec is not None and spec.origin is not None and frame in (spec.origin, _ascii(spec.origin))
        )
    return False


def _ascii(text: str) -> str:
    """As faulthandler writes it."""
    return text.encode("ascii", "backslashreplace").decode()
