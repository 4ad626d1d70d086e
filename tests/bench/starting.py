"""How soon the window opens: from the start of the process to the first paint and to its views."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.measure import table

STARTING = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from optlab.gui import app, window

def tell(what):
    print(what, time.time(), flush=True)

class Watch(QObject):
    seen = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = True
            QTimer.singleShot(0, lambda: tell("painted"))
        return False

show, finish = window.Window.show, app.finish

def watched_show(self):
    self.watch = Watch()
    self.installEventFilter(self.watch)
    show(self)

def watched_finish(self):
    finish(self)
    QTimer.singleShot(0, lambda: (tell("ready"), QTimer.singleShot(50, self.close)))

window.Window.show, app.finish = watched_show, watched_finish
app.main(safe_mode=True)
"""


def starting(folder: Path) -> None:
    """From the start of the process, warm: to the first paint, and to the window with its views."""
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")
    environ = {**os.environ, **dict.fromkeys(homes, str(folder)), "PYTHONPYCACHEPREFIX": str(folder)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # warm: byte code is there
    found: dict[str, list[float]] = {"painted": [], "ready": []}
    for _ in range(8):
        started = time.time()
        out = subprocess.run([sys.executable, "-c", STARTING], env=environ, capture_output=True, text=True, check=True)
        for line in out.stdout.splitlines():
            what, when = line.split()
            found[what].append(float(when) - started)
    rows = [(what, f"{median(each[1:]):.2f}", f"{max(each[1:]):.2f}") for what, each in found.items()]
    table("Start of the process to the first window, s (aim: 1.5)", ("", "median", "max"), rows)
