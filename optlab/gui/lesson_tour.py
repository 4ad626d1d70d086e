"""A lesson played from its first step to its last in the real window, off-screen, for its report."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optlab.atomic import write_atomic
from optlab.fields import FieldError
from optlab.gui.screenshot import settle, until, window_off_screen
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window

SIZE = (1280, 800)


def write_report(
    path: Path, experiment: str, language: str = "en", plugins: Sequence[Path] = (), safe_mode: bool = False,
    progress: Callable[[int], object] = lambda done: None,
) -> None:  # fmt: skip
    """Write the report of a lesson with what every step shows and without predictions: the teacher's.

    `progress` hears how many steps are done. Raises `FieldError` for what is no lesson or cannot run, `ExportError`
    where the file cannot be written.
    """
    with window_off_screen(experiment, "light", SIZE, language, plugins, safe_mode) as window:
        e = window.desk.document.experiment
        if e.lesson is None:
            text = tr("{name}: expected an experiment with a lesson, got one without; see `optlab list lessons`")
            raise FieldError(text.format(name=experiment))
        if not e.steps:
            raise FieldError(tr("{name}: expected a number of steps, got a run without an end", name=experiment))
        window.tutor.begin_again()
        for place in range(len(e.lesson.steps)):
            progress(place)
            _play(window)
            if not window.tutor.last:
                window.tutor.go_on()
        write_atomic(path, window.tutor.notes.report({}).encode())


def _play(window: "Window") -> None:
    """Run the open step to its end, and wait until all of it is drawn."""
    tutor = window.tutor
    if tutor.step.answers:
        tutor.predict(tutor.step.right, keep=False)  # nobody predicted it
    window.control.set_rate(math.inf)
    window.control.run()
    until(lambda: tutor.told or not window.control.going)
    if not tutor.told:
        said = [message.sentence for message in window.messages.messages()]
        raise FieldError(*(said or [entry.run.message for entry in window.desk.entries][-1:]))
    settle(window)
