"""The terminal: plain lines out, complaints in one line, and a reader that has gone away is no fault."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TextIO

from optlab.i18n import tr

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def speak_utf8() -> None:
    """Windows consoles take UTF-8 when asked; elsewhere the locale stays, and no sign that it lacks is a fault."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and os.name == "nt":
            reconfigure(encoding="utf-8", errors="replace")
        elif reconfigure:
            reconfigure(errors="replace")


def one_line(text: str) -> str:
    """`text` without line ends and without signs that would command the terminal."""
    return _CONTROL.sub(" ", text).strip()


def say(text: str) -> None:
    """A text and a line end to stdout."""
    _write(sys.stdout, text)


def report(text: str) -> None:
    """One line to stderr, where it does not mix with results."""
    _write(sys.stderr, one_line(text))


def complain(text: str) -> None:
    """One line to stderr about what is wrong."""
    report(f"optlab: {text}")


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # a Windows program without a console
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except (BrokenPipeError, ConnectionResetError):  # the reader of `optlab list | head` has seen enough
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def plugins_print_to_stderr() -> Iterator[None]:
    """What plugins print must not mix with a table or with JSON."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def window_refusal(environ: Mapping[str, str]) -> str | None:
    """Why the window or a picture of it cannot be had on this system, in a sentence; None where it can."""
    from importlib.metadata import PackageNotFoundError, version

    from optlab.gui import startup

    try:
        pyside = version("PySide6-Essentials")
    except PackageNotFoundError:
        return tr("the window needs PySide6: pip install PySide6-Essentials")
    broken = startup.refuse_broken_pair(pyside, tuple(sys.version_info[:3]))
    return broken or startup.missing_sentence(startup.missing_libraries(environ))
