"""What a plugin did wrong, in words that are safe to show whatever it raised."""

import traceback
from collections.abc import Iterator
from types import FrameType

LONGEST = 500
FRAMES = 20
RAISED = (Exception, SystemExit)
"""What is caught around the code of plugins: one that leaves would take the window along."""

OURS = ("optlab", "numpy", "pluggy", "importlib")
HIDDEN = ("pluggy",)
"""What calls hooks is no author's matter."""


def words(error: BaseException) -> str:
    """Type and message on one line, cut: a message may be long, or raise itself."""
    kind = type(error).__name__
    try:
        if isinstance(error, SyntaxError):
            return f"{kind}: {error.msg}, line {error.lineno}"
        text = " ".join(str(error)[:LONGEST].split())
    except BaseException:  # a hostile __str__
        text = ""
    return f"{kind}: {text}" if text else kind


def details(error: BaseException) -> str:
    """The traceback from the plugin on, and notes, without ever formatting the message as a whole."""
    lines: list[str] = []
    seen = 0
    current: BaseException | None = error
    while current is not None and seen < 3:
        frames = _source_line(current) or traceback.StackSummary.extract(_from_plugin(current), limit=-FRAMES).format()
        notes = [f"{note}\n" for note in getattr(current, "__notes__", ()) if isinstance(note, str)]
        lines.insert(0, "".join(["Traceback (most recent call last):\n", *frames, words(current), "\n", *notes]))
        current, seen = current.__cause__ or current.__context__, seen + 1
    return "\n".join(lines)[:20_000]


def _source_line(error: BaseException) -> list[str]:
    """Of text that is no Python its file, the line and a mark below it."""
    if not isinstance(error, SyntaxError) or not error.filename:
        return []
    try:
        return traceback.format_exception_only(type(error), error)[:-1]
    except Exception:  # one that a plugin made up
        return []


def _from_plugin(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The frames from the first one of a plugin; all of them where it passed none."""
    passed = [(f, n) for f, n in traceback.walk_tb(error.__traceback__) if not _is_ours(_module(f), HIDDEN)]
    first = next((k for k, (frame, _) in enumerate(passed) if not _is_ours(_module(frame), OURS)), 0)
    yield from passed[first:]


def place(error: BaseException) -> str:
    """`file.py:12 step`: the last line of a plugin that the error passed; empty where it passed none."""
    frames = traceback.walk_tb(error.__traceback__)
    plugin = [(f, n) for f, n in frames if not _is_ours(_module(f), OURS)]
    if not plugin:
        return ""
    frame, line = plugin[-1]
    return f"{frame.f_code.co_filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{line} {frame.f_code.co_name}"


def _module(frame: FrameType) -> object:
    return frame.f_globals.get("__name__")


def _is_ours(module: object, ours: tuple[str, ...]) -> bool:
    return isinstance(module, str) and module.split(".")[0] in ours
