"""A view from outside that holds the window, or leaves it, is switched off with its reason, and can be switched on."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from optlab.gui import app, errors, settings
from optlab.gui.views import View
from optlab.gui.window import Window

PANEL = """
import sys
import time

from optlab.api import hookimpl
from optlab.gui.api import Panel


def work(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


class Mine(Panel):
    name, title = "mine", "Mine"
    count = 0

    def build(self):
        {build}

    def refresh(self):
        Mine.count += 1
        if Mine.count == 2:
            {refresh}

    def paintEvent(self, event):
        if Mine.count == 2:
            {paint}


@hookimpl
def register_panels():
    return [Mine]
"""
Shown = Callable[..., tuple[Window, View]]


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Shown]:
    """`shown(refresh="…")` is the window with such a view in front, refreshed twice."""
    windows = []

    def make(build: str = "...", refresh: str = "...", paint: str = "...") -> tuple[Window, View]:
        errors.install(qapp)
        file = tmp_path / "mine.py"
        file.write_text(PANEL.format(build=build, refresh=refresh, paint=paint), "utf-8")
        window, messages = app.make_window(qapp, settings.Settings(theme="dark"), "ravine", [file], False)
        assert messages == []
        windows.append(window)
        window.show()
        app.finish(window)
        window.views.show_view("mine")
        view = next(view for view in window.views.views if view.name == "mine")
        qtbot.waitUntil(lambda: view.seen)
        cls = view.cls
        if cls.count == 0:
            view.refresh()
        while cls.count < 2 and view.panel is not None:
            view.refresh()
        qtbot.wait(10)
        if view.panel is not None:
            view.panel.repaint()
        qtbot.wait(10)
        return window, view

    yield make
    for window in windows:
        window.close()


def words(view: View) -> str:
    label = view.widget().findChild(QLabel)
    return label.text() if isinstance(label, QLabel) else ""


def test_a_quick_view_stays_also_after_a_slow_build_and_a_wait(shown: Shown) -> None:
    window, view = shown(build="work(0.3)", refresh="time.sleep(0.3)", paint="work(0.01)")
    assert view.panel is not None and window.messages.messages() == []


@pytest.mark.parametrize(
    ("call", "text", "reason"),
    [
        ("refresh", "work(0.15)", r"refresh held the window for 0\.1\d s; more than 0.1 s is too long"),
        ("paint", "work(0.15)", r"paintEvent held the window for 0\.1\d s; more than 0.1 s is too long"),
        ("refresh", "time.sleep(1.1)", r"refresh held the window for [1-9]\S* s; more than 1 s is too long"),
        ("refresh", "sys.exit(3)", "SystemExit: 3"),
        ("refresh", "raise ValueError('no')", "ValueError: no"),
    ],
)
def test_a_view_that_holds_or_leaves_the_window_is_switched_off_and_can_be_switched_on(
    shown: Shown, qtbot: QtBot, call: str, text: str, reason: str
) -> None:
    window, view = shown(**{call: text})
    qtbot.waitUntil(lambda: view.panel is None, timeout=5000)
    assert re.fullmatch(f"This view failed: {reason}", words(view))
    (message,) = window.messages.messages()
    assert re.fullmatch(f"The view Mine failed and is switched off: {reason}", message.sentence)
    button = view.widget().findChild(QPushButton)
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.panel is not None, timeout=5000)
    assert view.cls.count > 2 and view.panel.isVisible()


def test_the_message_switches_it_on_again_unless_it_is_gone(shown: Shown, qtbot: QtBot) -> None:
    window, view = shown(refresh="1 / 0")
    ((_, again),) = window.messages.messages()[0].actions
    again()
    assert view.panel is not None
    window.views.set_panels([cls for cls in window.desk.host.panels if cls is not view.cls])
    again()
    assert view not in window.views.views
