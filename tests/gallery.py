"""`python -m tests.gallery [NAME …]`: a picture of every lesson in both languages, for README.md."""

import math
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtGui import QImage

from optlab.i18n import LANGUAGES
from optlab.paths import bundled
from optlab.store.library import lessons
from tests.first_minutes import breathe, close, open_window, until

SIZE = (1280, 720)
PLACE = bundled("assets") / "pictures" / "lessons"


def picture(name: str, language: str) -> QImage:
    """The lesson at the end of its last step that asks, with the right answers given."""
    window = open_window(language, SIZE)
    window.settings.lessons = True
    if window.desk.document.name != name:
        window.files.open_lesson(name)
    tutor, strip = window.tutor, window.stage.strip
    assert tutor.lesson is not None
    asking = [place for place, step in enumerate(tutor.lesson.steps) if step.ask]
    while True:
        breathe(0.3)
        if tutor.step.answers:
            tutor.predict(tutor.step.right)
        window.control.set_rate(math.inf)
        strip.run.click()
        until(lambda: tutor.phase == "explain")
        if tutor.place >= asking[-1]:
            break
        strip.go_on.click()
    lookout = window.desk.lookout
    until(lambda: not lookout.busy)
    image = window.grab().toImage()
    close(window)
    return image.convertToFormat(QImage.Format.Format_RGB888)


def main(names: list[str]) -> None:
    """Save the pictures."""
    from tests.conftest import HOMES

    PLACE.mkdir(exist_ok=True)
    for name in names or [shelf.name for shelf in lessons() if shelf.origin == "shipped"]:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as home:
                os.environ.update(dict.fromkeys(HOMES, home))
                file: Path = PLACE / f"{name}-{language}.png"
                picture(name, language).save(str(file))
                print(file.name, file.stat().st_size, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
