"""Verdicts: what the probe found of each plugin, kept by hash, so that the next start need not try it out again."""

import json
import platform
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from optlab.atomic import write_atomic
from optlab.host.finder import Source
from optlab.host.pins import Pin
from optlab.i18n import language
from optlab.paths import user_folder

NAME = "verdicts.json"
MOST = 500
"""Verdicts that are kept, the last ones."""

MOST_ALIKE = 20
"""Verdicts of one name that are kept: a file that is being developed does not push out the others."""

LARGEST = 1 << 24

_writing = threading.Lock()
"""Held while the file is read and replaced: plugins are tried out in a thread too."""


@dataclass(frozen=True)
class Verdict:
    """What became of a plugin that was imported, registered and built in a process of its own."""

    error: str = ""
    """A sentence where it is broken."""
    traceback: str = ""
    output: str = ""
    notes: list[str] = field(default_factory=list)
    adds: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, table: Any) -> "Verdict":
        """The verdict of a table; raises `ValueError` where it is none."""
        if not isinstance(table, Mapping) or set(table) != set(asdict(cls())):
            raise ValueError
        verdict = cls(**table)
        texts, lists = (verdict.error, verdict.traceback, verdict.output), (verdict.notes, verdict.adds)
        if not all(isinstance(x, str) for x in texts) or not all(
            isinstance(words, list) and all(isinstance(word, str) for word in words) for words in lists
        ):
            raise ValueError
        return verdict


def find(source: Source, pin: Pin) -> Verdict | None:
    """The verdict that is known."""
    with suppress(ValueError):
        return Verdict.read(_load().get(_key(source, pin)))
    return None


def keep(source: Source, pin: Pin, verdict: Verdict | None) -> None:
    """Remember a verdict, or forget what was known; where there is no room for it, the plugin is tried out again."""
    key, path = _key(source, pin), user_folder("cache") / NAME
    with _writing, suppress(OSError):
        table = _load()
        table.pop(key, None)
        alike = [other for other in table if other.split()[1:2] == [source.name]]
        for other in alike[: -MOST_ALIKE + 1]:
            del table[other]
        if verdict is not None:
            table[key] = asdict(verdict)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(dict(list(table.items())[-MOST:])).encode("ascii"), private=True)


def _load() -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        with (user_folder("cache") / NAME).open("rb") as file:
            table = json.loads(file.read(LARGEST))
        if isinstance(table, dict):
            return table
    return {}


def _key(source: Source, pin: Pin) -> str:
    optlab = sys.modules["optlab"].__version__  # not imported: it names rooms above this one
    versions = (optlab, platform.python_version(), np.__version__, language())
    return " ".join((pin.sha256, source.name, *versions))
