"""The keeper brings in what was tried out or has changed, and the window shows it at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optlab.gui import app, errors, settings
from optlab.gui.window import Window
from optlab.host.finder import Source

FILE = '''
from PySide6.QtWidgets import QLabel, QVBoxLayout

from optlab.api import Optimizer, hookimpl, real
from optlab.gui.api import Panel


class Mine(Optimizer):
    """Walk downhill. Source: none."""

    name = "mine"
    lr: float = real(0.1, 0.0, 1.0)

    def step(self, params, grads, state):
        params -= state.lr * grads


class Words(Panel):
    """One word. Look for: nothing."""

    name, title = "words", "Words"

    def build(self):
        self.label = QLabel("first")
        QVBoxLayout(self).addWidget(self.label)

    def refresh(self): ...


@hookimpl
def register_optimizers():
    return [Mine]


@hookimpl
def register_panels():
    return [Words]
'''


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    errors.install(qapp)
    made, messages = app.make_window(qapp, settings.Settings(theme="dark"), "ravine", (), False)
    assert messages == []
    made.resize(1280, 720)
    made.show()
    app.finish(made)
    yield made
    made.desk.document.undo_stack.setClean()
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(FILE, "utf-8")
    return path


def items(window: Window) -> list[str]:
    return [item[0] for item in window.experiment.pickers["optimizer"]._items]


def words(window: Window) -> str:
    panel = next(view.panel for view in window.views.views if view.name == "words")
    return panel.label.text() if panel is not None else ""  # type: ignore[attr-defined]


def test_a_plugin_that_waited_comes_into_pickers_and_views(window: Window, file: Path, qtbot: QtBot) -> None:
    count = len(window.views.views)
    record = window.desk.host.admit(Source("mine", "--plugin", file), panels=True, wait=False)
    assert record.state == "waiting" and "mine" not in items(window)
    with qtbot.waitSignal(window.keeper.settled, timeout=60_000) as heard:
        pass
    assert [found.state for found in heard.args[0]] == ["on"]
    assert "mine" in items(window) and len(window.views.views) == count + 1
    window.views.show_view("words")
    assert words(window) == "first"


def test_what_is_switched_off_leaves_pickers_and_views(window: Window, file: Path, qtbot: QtBot) -> None:
    host = window.desk.host
    record = host.load(Source("mine", "yours", file), panels=True)
    window.keeper.changed.emit()
    window.views.show_view("words")
    host.switch(record, False, panels=True)
    window.keeper.changed.emit()
    assert "mine" not in items(window)
    assert "words" not in [view.name for view in window.views.views]
    qtbot.waitUntil(lambda: window.views.current is not None)


def test_a_panel_of_another_class_takes_the_place_of_the_one_that_is_shown(
    window: Window, file: Path, qtbot: QtBot
) -> None:
    host, source = window.desk.host, Source("mine", "--plugin", file)
    record = host.load(source, panels=True)
    window.keeper.changed.emit()
    window.views.show_view("words")
    place = [view.name for view in window.views.views].index("words")
    file.write_text(FILE.replace("first", "second"), "utf-8")
    host.unload(record)
    host.load(source, panels=True)
    window.keeper.changed.emit()
    assert [view.name for view in window.views.views].index("words") == place
    assert words(window) == "second"
    qtbot.waitUntil(lambda: window.views.current is window.views.views[place])
