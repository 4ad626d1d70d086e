"""Code of plugins that leaves, where the window itself calls it, takes nobody along."""

import subprocess
import sys

import pytest

PLUGIN = """
import sys
from optlab.api import Landscape, Schedule, hookimpl


def leave():
    if "PySide6.QtWidgets" in sys.modules and sys.modules["PySide6.QtWidgets"].QApplication.instance():
        sys.exit(3)


class Leaver(Schedule):
    name = "leaver"

    def factor(self, t, steps):
        leave()
        return 1.0 + 0 * t


class Leaving(Landscape):
    name, domain, at = "leaving", ((-1.0, 1.0), (-1.0, 1.0)), (0.5, 0.5)

    def evaluate(self, x, loss, grad):
        leave()
        loss[:] = (x * x).sum(axis=1)
        grad[:] = 2 * x


@hookimpl
def register_schedules():
    return [Leaver]


@hookimpl
def register_problems():
    return [Leaving]
"""
PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from optlab.gui import app, settings

application = app.make_application()
plugins = [Path(sys.argv[1])]
window, messages = app.make_window(application, settings.Settings(theme="dark"), "ravine", plugins, safe_mode=True)
window.show()
app.finish(window)

def choose():
    window.views.show_view("landscape")
    kind, name = sys.argv[2:]
    window.experiment.pickers[kind].picked.emit(name)
    QTimer.singleShot(300, leave)

def leave():
    print("still there", messages, window.views.current.name, flush=True)
    window.desk.document.undo_stack.setClean()
    window.close()

QTimer.singleShot(0, choose)
application.exec()
"""


@pytest.mark.parametrize(("kind", "name"), [("schedule", "leaver"), ("problem", "leaving")])
def test_what_leaves_while_it_is_drawn_leaves_the_window(tmp_path, kind, name):
    file = tmp_path / "mine.py"
    file.write_text(PLUGIN, "utf-8")
    command = [sys.executable, "-c", PROGRAM, str(file), kind, name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "still there [] landscape\n"
