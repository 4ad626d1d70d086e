"""Runs of plugins from outside, in the window: whatever they do, it answers, stops them and closes."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.engine.remote import RemoteBatch
from optlab.gui import app as gui_app
from optlab.gui import settings
from optlab.gui.window import Window

APART = Path(__file__).parents[1] / "plugins" / "apart.py"
LONGEST = 0.1
"""Seconds between two events of the window at the most."""


@pytest.fixture
def window(qapp, qtbot: QtBot):
    made, _ = gui_app.make_window(qapp, settings.Settings(), "ravine", [APART], safe_mode=True)
    gui_app.finish(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.desk.document.undo_stack.setClean()
    made.close()
    qtbot.waitUntil(lambda: not made.desk.session.busy, timeout=5000)


class Gaps:
    """The longest time between two events of a timer."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(5)

    def _on_timeout(self) -> None:
        now = time.monotonic()
        self.longest, self._last = max(self.longest, now - self._last), now


def start(window: Window, qtbot: QtBot, *acts: str) -> None:
    """Run the rude optimizer once for each act, beside a shipped one, and wait for its first steps."""
    trials = [{"label": "good", "optimizer": {"name": "sgd"}}]
    trials += [{"label": act, "optimizer": {"name": "apart", "act": act}} for act in acts]
    table = {"steps": 0, "problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "trial": trials}
    window.desk.document.open(build_experiment(table, window.desk.host.catalogue), "test", None)
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: window.desk.entries[-1].run.count > 10, timeout=10000)


def test_the_window_answers_beside_runs_that_do_not(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot, "loop", "hog")
    qtbot.waitUntil(lambda: "no step for" in window.desk.entries[1].run.message, timeout=10000)
    stretches = []
    for _ in range(3):
        gaps = Gaps()
        qtbot.wait(400)
        stretches.append(gaps.longest)
    assert min(stretches) < LONGEST  # a window that waits for a run waits in each; a busy machine does not
    assert window.desk.entries[0].run.step > 1000


def test_stop_comes_back_at_once_and_ends_what_hangs(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot, "loop")
    good, bad = (entry.run for entry in window.desk.entries)
    qtbot.waitUntil(lambda: "no step for" in bad.message, timeout=10000)
    gaps = Gaps()
    window.actions_["stop"].trigger()
    qtbot.waitUntil(lambda: not window.desk.session.busy, timeout=2000)
    assert gaps.longest < 5 * LONGEST  # the process goes on for a second
    assert good.status == bad.status == "stopped" and "did not stop within 1 s" in bad.message


def test_the_window_closes_beside_a_run_that_hangs(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot, "hog")
    qtbot.waitUntil(lambda: "no step for" in window.desk.entries[1].run.message, timeout=10000)
    batches = [entry.batch for entry in window.desk.entries]
    window.desk.document.undo_stack.setClean()
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 1.5
    assert all(batch.child.join(1) for batch in batches if isinstance(batch, RemoteBatch) and batch.child)


def test_a_crash_is_said_and_the_next_run_starts(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot, "crash")
    qtbot.waitUntil(lambda: window.desk.entries[1].run.ended, timeout=10000)
    assert "segmentation fault" in window.desk.entries[1].run.message
    assert not window.desk.entries[0].run.ended
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: window.desk.entries[1].run.count > 10, timeout=10000)
