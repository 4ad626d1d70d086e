"""`python -m tests.first_minutes FOLDER`: the first minutes of a user, clicked through, a picture for each moment."""

import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from optlab.gui.window import Window

LONGEST = 120.0
"""Seconds that a moment is waited for."""


def open_window(language: str = "en", size: tuple[int, int] = (1280, 720)) -> "Window":
    """The window of a first start, in a home where nothing is."""
    from optlab.gui import app, settings

    application = app.make_application()
    app.choose_language(application, language)
    values, complaint = settings.load()
    assert complaint is None
    values.language = language
    window, messages = app.make_window(application, values, None, (), safe_mode=False)
    assert messages == []
    window.resize(*size)
    window.show()
    app.finish(window)
    return window


def moments(window: "Window") -> Iterator[str]:
    """Click through the first lesson; yields the name of each moment when it is on the screen."""
    strip, tutor, desk = window.stage.strip, window.tutor, window.desk
    until(lambda: bool(desk.entries) and desk.entries[0].run.count == 1)
    yield "1-question"
    strip.answers[0].click()
    yield "2-predicted"
    window.control.set_rate(60.0)
    strip.run.click()
    until(lambda: desk.entries[-1].run.step >= 50)
    yield "3-verdict"
    window.control.set_rate(math.inf)
    until(lambda: tutor.phase == "explain")
    yield "4-explained"
    strip.go_on.click()
    strip.answers[0].click()
    strip.run.click()
    until(lambda: tutor.phase == "explain")
    yield "5-twin"
    strip.go_on.click()
    strip.answers[1].click()
    strip.run.click()
    until(lambda: tutor.phase == "explain")
    yield "6-fewer-layers"
    desk.set_cursor(1)
    yield "7-back-to-step-1"
    hover(window, layer=1)
    until(lambda: not desk.lookout.busy)
    yield "7-hovered-bar"
    desk.set_cursor(None)
    while not tutor.last:
        strip.go_on.click()
        if tutor.step.answers:
            strip.answers[0].click()
        strip.run.click()
        until(lambda: tutor.phase == "explain")
    strip.go_on.click()
    yield "8-cards"
    front(window).close()
    window.actions_["whole_lab"].trigger()
    yield "9-whole-lab"


def front(window: "Window") -> "QWidget":
    """The dialog that is open, else the window."""
    from PySide6.QtWidgets import QDialog

    return next((dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()), window)


def hover(window: "Window", layer: int) -> None:
    """Move the mouse onto the bar of a layer of the newest run."""
    from PySide6.QtTest import QTest

    bars = window.views.current.panel.bars
    QTest.mouseMove(bars, bars.bar_at(layer, len(bars.bars) - 1).center().toPoint())


def until(done: Callable[[], bool]) -> None:
    """Let the window work until something holds, and for a moment longer, so that it is drawn."""
    end = time.monotonic() + LONGEST
    while not done():
        assert time.monotonic() < end, "it never came"
        breathe(0.01)
    breathe(0.7)


def breathe(seconds: float) -> None:
    """Let the window work."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


def close(window: "Window") -> None:
    """Close the window without a question."""
    window.desk.document.undo_stack.setClean()
    window.close()
    until(lambda: not window.desk.session.busy)


def main(folder: Path, language: str = "en") -> None:
    """Save the pictures."""
    from tests.conftest import HOMES

    with tempfile.TemporaryDirectory() as home:
        import os

        os.environ.update(dict.fromkeys(HOMES, home))
        window = open_window(language)
        for name in moments(window):
            breathe(0.3)
            front(window).grab().save(str(folder / f"{name}-{language}.png"))
        close(window)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
