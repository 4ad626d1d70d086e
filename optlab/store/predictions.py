"""What the user predicted in lessons: one JSON file that stays on this machine."""

import json
from pathlib import Path

from optlab.atomic import put_aside, write_atomic
from optlab.paths import user_folder

NAME = "predictions.json"
LARGEST = 1_000_000  # bytes

Predictions = dict[str, dict[str, str]]
"""By lesson and number of the step, the answer."""


def load() -> Predictions:
    """What was predicted; nothing where the file is not there, and a damaged one is put aside."""
    path = _path()
    try:
        with path.open("rb") as file:
            table = json.loads(file.read(LARGEST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        table = None
    if not _is_sound(table):
        put_aside(path)
        return {}
    return dict(table)


def keep(lesson: str, step: int, answer: str) -> None:
    """Note an answer; raises `ExportError` where it cannot be written."""
    table = load()
    table.setdefault(lesson, {})[str(step)] = answer
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, json.dumps(table, ensure_ascii=False, indent=1).encode())


def _path() -> Path:
    return user_folder("lessons") / NAME


def _is_sound(table: object) -> bool:
    return isinstance(table, dict) and all(
        isinstance(steps, dict) and all(isinstance(answer, str) for answer in steps.values())
        for steps in table.values()
    )
