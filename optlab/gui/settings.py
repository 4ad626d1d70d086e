"""What the window remembers: one JSON file, checked when read, replaced as a whole when written."""

import contextlib
import json
import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from optlab.atomic import put_aside
from optlab.i18n import LANGUAGES, tr
from optlab.paths import user_folder

RECENT = 10
LARGEST = 1_000_000  # bytes
NAME = "settings.json"


@dataclass
class Settings:
    """Every value has a default, so that a file that knows fewer of them is as good."""

    theme: str = "system"
    language: str = "system"
    zoom: float = 1.0  # of all text
    geometry: str = ""  # of the window, base64
    state: str = ""  # of its docks and bars, base64
    last_experiment: str = ""
    recent: list[str] = field(default_factory=list)  # experiment files, newest first
    smoothing: float = 0.6  # of curves, 0 … 1
    rerun: bool = False  # whether a reload of a plugin that the experiment uses runs it again
    folder: str = ""  # where files were last exported
    lessons: bool = False  # whether experiments that are lessons open as lessons

    def remember(self, file: str) -> None:
        """Put an experiment file at the top of the recent ones."""
        self.recent = [file, *(other for other in self.recent if other != file)][:RECENT]


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 100_000


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "theme": lambda value: value in ("system", "dark", "light"),
    "language": lambda value: value == "system" or value in list(LANGUAGES),
    "recent": lambda value: isinstance(value, list) and len(value) <= RECENT and all(map(_text, value)),
    "zoom": lambda value: _number(value) and 0.5 <= value <= 4,
    "lessons": lambda value: isinstance(value, bool),
    "rerun": lambda value: isinstance(value, bool),
    "smoothing": lambda value: _number(value) and 0 <= value <= 1,
}


def load(folder: Path | None = None) -> tuple[Settings, str | None]:
    """The settings, and a sentence where their file was damaged: it is put aside, and what was sound in it stays."""
    path = (folder or user_folder("settings")) / NAME
    try:
        with path.open("rb") as file:
            table = json.loads(file.read(LARGEST))
        if not isinstance(table, dict):
            raise ValueError(tr("expected a table, got {kind}", kind=type(table).__name__))
    except FileNotFoundError:
        return Settings(lessons=True), None  # the first start begins with a lesson
    except OSError as error:
        return Settings(), tr(
            "Settings cannot be read ({why}): defaults are in force", why=error.strerror or str(error)
        )
    except (ValueError, RecursionError) as error:
        return Settings(), _put_aside(path, str(error))
    known = {one.name for one in fields(Settings)}
    wrong = [key for key in sorted(known & table.keys()) if not _CHECKS.get(key, _text)(table[key])]
    sound = {key: value for key, value in table.items() if key in known and key not in wrong}
    message = _put_aside(path, tr("wrong value of {keys}", keys=", ".join(wrong))) if wrong else None
    return Settings(**sound), message


def save(settings: Settings, folder: Path | None = None) -> str | None:
    """Write the settings; a sentence where that failed, and then the old file is as it was."""
    path = (folder or user_folder("settings")) / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(asdict(settings), indent=1).encode("ascii"))
    except OSError as error:
        return tr("Settings cannot be saved: {why}", why=error.strerror or str(error))
    return None


def _put_aside(path: Path, why: str) -> str:
    bad = put_aside(path)
    if bad is None:
        return tr("The settings file is damaged ({why}): defaults are in force", why=why)
    return tr("The settings file was damaged ({why}) and is put aside as {name}", why=why, name=bad.name)


def _write(path: Path, data: bytes) -> None:
    """Write beside the file and rename: after a full disk or a crash either the old or the new file is there."""
    handle, name = tempfile.mkstemp(prefix=".settings-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
