"""A picture of the real window, rendered off-screen."""

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window

REST = 0.6
"""Seconds after which gliding axes have come to rest."""


def take(
    path: Path, experiment: str, theme: str = "dark", view: str = "training", steps: int | None = None,
    size: tuple[int, int] = (1600, 980), language: str = "en", plugins: Sequence[Path] = (), safe_mode: bool = False,
) -> None:  # fmt: skip
    """Run `experiment` in the window for `steps` (all by default) and save what it looks like as PNG.

    Raises `FieldError` for an unknown experiment or view, `ExportError` where the file cannot be written.
    """
    with window_off_screen(experiment, theme, size, language, plugins, safe_mode) as window:
        from optlab.atomic import write_atomic
        from optlab.gui.picture import png_bytes

        known = [v.name for v in window.views.views]
        if view not in known:
            raise FieldError(tr("view: unknown name {name!r}; {hint}", name=view, hint=did_you_mean(view, known)))
        window.views.show_view(view)
        _run(window, steps)
        _process_events()
        image = window.grab().toImage()
        write_atomic(path, png_bytes(image, "OptLab", window.files.spec()))


@contextmanager
def window_off_screen(
    experiment: str, theme: str = "dark", size: tuple[int, int] = (1600, 980), language: str = "en",
    plugins: Sequence[Path] = (), safe_mode: bool = False,
) -> Iterator["Window"]:  # fmt: skip
    """The window with an experiment in the whole lab, on no screen; raises `FieldError` for an unknown one."""
    if "PySide6.QtWidgets" not in sys.modules:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from optlab.gui import app, settings
    from optlab.gui.gc import GarbageCollector

    application = app.make_application()
    values = settings.Settings(theme=theme, language=language)
    app.choose_language(application, language)
    window, messages = app.make_window(application, values, experiment, plugins, safe_mode)
    collector = GarbageCollector(application)
    collector.start()
    try:
        missed = window.desk.host.complaints  # shown in the picture, no reason for none
        if wrong := [message for message in messages if message not in missed]:
            raise FieldError(wrong[0])
        window.resize(*size)
        window.show()
        app.finish(window)
        yield window
    finally:
        collector.stop()
        window.player.stop()
        window.desk.document.undo_stack.setClean()  # nobody is there to be asked about changes
        window.close()
        window.deleteLater()
        _process_events()


def _run(window: "Window", steps: int | None) -> None:
    control, session = window.control, window.desk.session
    control.rate = math.inf
    control.step()  # row 0 is where the runs stand before their first step
    if session.runner is None:
        return
    if steps is None:
        session.runner.resume()
    else:
        session.runner.step(steps)
    goal = math.inf if steps is None else steps
    runs = [entry.run for entry in window.desk.entries]
    until(lambda: not session.busy or all(run.ended or run.step >= goal for run in runs))
    settle(window)


def settle(window: "Window") -> None:
    """Wait until what is measured of the runs is there, and drawn."""
    seen, lookout = -1, window.desk.lookout
    while lookout.busy or lookout.count != seen or _works(window):
        seen = lookout.count
        _rest()
    _rest()  # the last answers are drawn too


def _works(window: "Window") -> bool:
    view = window.views.current
    return view is not None and view.panel is not None and view.panel.busy


def _rest() -> None:
    end = time.monotonic() + REST
    until(lambda: time.monotonic() > end)


def until(done: Callable[[], bool]) -> None:
    """Let the window work until something holds."""
    while not done():
        _process_events()
        time.sleep(0.005)


def _process_events() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
