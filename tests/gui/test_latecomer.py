"""A start waits for no plugin: those that are not known yet are tried out beside the window, and come when they can."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optlab.gui import app, errors, settings
from optlab.gui.window import Window

PLUGIN = '''
from optlab.api import Landscape, hookimpl


class Mine(Landscape):
    """A bowl. Source: none."""

    name = "my_bowl"
    domain = ((-1.0, 1.0), (-1.0, 1.0))
    at = (0.5, 0.5)

    def evaluate(self, x, loss, grad):
        loss[:] = x[:, 0] ** 2 + x[:, 1] ** 2
        grad[:] = 2 * x


@hookimpl
def register_problems():
    return [Mine]
'''
EXPERIMENT = """
title = "My bowl"
steps = 10
[problem]
name = "my_bowl"
[optimizer]
name = "sgd"
[[trial]]
label = "one"
"""
Open = Callable[..., tuple[Window, list[str], str]]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    """`opened()` is a window with an experiment whose plugin is not known yet; no event has been looked at."""
    windows = []

    def make(plugin: str = PLUGIN, lessons: bool = False) -> tuple[Window, list[str], str]:
        errors.install(qapp)
        file, experiment = tmp_path / "mine.py", tmp_path / "own.toml"
        file.write_text(plugin, "utf-8")
        experiment.write_text(EXPERIMENT, "utf-8")
        window, messages = app.make_window(
            qapp, settings.Settings(theme="dark", lessons=lessons), str(experiment), [file], False, wait=False
        )
        windows.append(window)
        window.show()
        app.finish(window)
        return window, messages, str(experiment)

    yield make
    for window in windows:
        window.desk.document.undo_stack.setClean()
        window.close()


def state(window: Window) -> str:
    return next(record.state for record in window.desk.host.records if record.name == "mine")


def sentences(window: Window) -> list[str]:
    return [message.sentence for message in window.messages.messages()]


def test_a_start_does_not_wait_and_the_experiment_opens_when_its_plugin_is_there(opened: Open, qtbot: QtBot) -> None:
    window, messages, name = opened()
    assert messages == []
    assert (state(window), window.desk.document.name) == ("waiting", "vanishing-gradient")
    assert sentences(window) == [f"{name} opens as soon as its plugin has been tried out."]
    assert "1 tried out just now" in window.status._plugins.text()
    qtbot.waitUntil(lambda: window.desk.document.name == name, timeout=60_000)
    assert window.desk.document.experiment.title == "My bowl"
    assert window.desk.document.path == Path(name) and window.settings.last_experiment == name
    assert "no problems" in window.status._plugins.text()


def test_a_lesson_that_stands_at_its_start_gives_way(opened: Open, qtbot: QtBot) -> None:
    window, _, name = opened(lessons=True)
    qtbot.waitUntil(lambda: bool(window.desk.entries) and window.desk.newest >= 0)
    qtbot.waitUntil(lambda: state(window) == "on", timeout=60_000)
    assert window.desk.document.name == name


def test_what_the_user_has_begun_stays_and_the_other_is_offered(opened: Open, qtbot: QtBot) -> None:
    window, _, name = opened()
    window.desk.document.set_top("fewer steps", steps=7)
    qtbot.waitUntil(lambda: state(window) == "on", timeout=60_000)
    qtbot.waitUntil(lambda: f"{name} can be opened now." in sentences(window))
    assert window.desk.document.experiment.steps == 7
    (message,) = [m for m in window.messages.messages() if m.actions]
    window.desk.document.undo_stack.setClean()
    message.actions[0][1]()
    assert window.desk.document.name == name


def test_where_the_plugin_is_broken_the_window_says_so_and_why_the_experiment_cannot_open(
    opened: Open, qtbot: QtBot
) -> None:
    window, _, _ = opened(plugin="import os; os._exit(3)")
    qtbot.waitUntil(lambda: state(window) == "broken", timeout=60_000)
    said = sentences(window)
    assert any(words.startswith("plugin mine is broken: mine.py: the process that tried it out") for words in said)
    assert any("unknown problem 'my_bowl'" in words for words in said)
    assert window.desk.document.name == "vanishing-gradient"
