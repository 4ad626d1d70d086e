"""The keeper brings in what was tried out or has changed, and the window shows it at once."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optlab.gui import app, errors, settings
from optlab.gui.run_columns import RUN, columns, tip
from optlab.gui.run_rows import row_of
from optlab.gui.window import Window
from optlab.host import trust
from optlab.host.finder import Source
from optlab.paths import user_folder

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
    made.pace.set_rate(math.inf)
    yield made
    made.desk.document.undo_stack.setClean()
    made.close()
    made.deleteLater()  # every window that is left makes the next one slower to dress
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


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


@pytest.fixture
def saved(window: Window, qtbot: QtBot) -> Callable[..., Path]:
    """`saved("text")` saves a plugin in a folder that is developed in, and waits until the window knows it."""
    path = user_folder("plugins") / "mine.py"
    path.parent.mkdir(parents=True)
    trust.develop(path.parent)

    def save(text: str, awaited: str = "") -> Path:
        path.write_text(text, "utf-8")
        qtbot.waitUntil(lambda: awaited in " ".join(said(window)), timeout=60_000)
        return path

    save(FILE, "mine is loaded from")
    window.experiment.choose("optimizer", "mine")
    return save


def said(window: Window) -> list[str]:
    return [message.sentence for message in window.messages.messages()]


def answer(window: Window, words: str) -> None:
    """Press the button with these words, of whatever message has it."""
    calls = [call for message in window.messages.messages() for text, call in message.actions if text == words]
    calls[0]()


def optimizer(window: Window) -> Any:
    return window.desk.document.part("optimizer")


SLOWER = FILE.replace("state.lr * grads", "0.5 * state.lr * grads")
RELOADED = "mine.py was reloaded."


def test_a_save_reloads_the_plugin_in_form_and_experiment_and_offers_to_run_again(
    window: Window, saved: Callable[..., Path], qtbot: QtBot
) -> None:
    window.control.run()
    qtbot.waitUntil(lambda: all(entry.run.ended for entry in window.desk.entries), timeout=60_000)
    before, entry = type(optimizer(window)), window.desk.entries[0]
    saved(SLOWER, RELOADED)
    now = type(optimizer(window))
    assert now is not before and [now] == [window.desk.host.catalogue.find("optimizer", "mine", "")]
    assert window.experiment.forms["optimizer"].component() is optimizer(window)
    assert entry.outdated and window.desk.entries[0] is entry and entry.run.count > 1
    assert tip(columns()[RUN], row_of(window.desk, entry, 0.0)).endswith("its code has changed since")
    answer(window, "Run again")
    assert not window.desk.entries[0].outdated and type(window.desk.entries[0].run.trial.optimizer) is now


def test_runs_again_by_itself_where_that_is_wished(window: Window, saved: Callable[..., Path], qtbot: QtBot) -> None:
    window.actions_["rerun"].trigger()
    assert window.settings.rerun
    saved(SLOWER, RELOADED)
    assert [type(entry.run.trial.optimizer) for entry in window.desk.entries[:1]] == [type(optimizer(window))]


def test_a_syntax_error_is_shown_with_its_line_until_it_is_mended(
    window: Window, saved: Callable[..., Path], qtbot: QtBot
) -> None:
    before = type(optimizer(window))
    saved(FILE.replace("grads, state):", "grads, state)"), "line 14; the last good version goes on")
    (message,) = [message for message in window.messages.messages() if "SyntaxError" in message.sentence]
    assert message.sentence.startswith("plugin mine is broken: mine.py: SyntaxError: expected ':'")
    assert "^" in message.details and type(optimizer(window)) is before and "mine" in items(window)
    saved(SLOWER, RELOADED)
    assert not [words for words in said(window) if "SyntaxError" in words]


def test_a_panel_is_reloaded_where_it_is_shown(window: Window, saved: Callable[..., Path]) -> None:
    window.views.show_view("words")
    saved(FILE.replace('"first"', '"second"'), RELOADED)
    assert words(window) == "second"


def test_undo_brings_back_no_old_class(window: Window, saved: Callable[..., Path]) -> None:
    document = window.desk.document
    document.set_part("optimizer", optimizer(window).replace(lr=0.5), "")
    document.set_part("optimizer", optimizer(window).replace(lr=0.7), "other")
    document.undo_stack.undo()
    saved(SLOWER, RELOADED)
    new, seen = type(optimizer(window)), []
    for step in (document.undo_stack.redo, document.undo_stack.undo):
        step()
        seen.append((type(optimizer(window)) is new, optimizer(window).lr))
    assert seen == [(True, 0.7), (True, 0.1)]


def test_a_value_that_fits_no_more_is_told(window: Window, saved: Callable[..., Path]) -> None:
    document = window.desk.document
    document.set_part("optimizer", optimizer(window).replace(lr=0.9), "")
    saved(FILE.replace("0.0, 1.0)", "0.0, 0.5)"), RELOADED)
    assert "mine.lr: expected 0 to 0.5, got 0.9; its default is in force" in said(window)
    assert optimizer(window).lr == 0.1


def test_a_component_that_is_there_no_more_stays_in_the_form_and_is_told(
    window: Window, saved: Callable[..., Path]
) -> None:
    before = optimizer(window)
    saved(FILE.replace("return [Mine]", "return []"), "It has no mine any more: the experiment keeps the last one.")
    assert optimizer(window) is before and "mine" not in items(window)
    assert window.experiment.forms["optimizer"].component() is before


def test_a_file_that_is_deleted_goes_off_the_lists(window: Window, saved: Callable[..., Path], qtbot: QtBot) -> None:
    window.helpdesk.show_plugins()
    saved(FILE).unlink()
    qtbot.waitUntil(lambda: "mine" not in items(window), timeout=60_000)
    assert "words" not in [view.name for view in window.views.views]
    assert window.desk.host.find(str(user_folder("plugins") / "mine.py")) is None


def test_a_file_that_is_not_developed_asks(window: Window, saved: Callable[..., Path], qtbot: QtBot) -> None:
    trust.edit(lambda decided: decided.folders.clear())
    saved(SLOWER, "mine.py: not allowed yet")
    asking = [message for message in window.messages.messages() if "not allowed yet" in message.sentence]
    assert [text for text, _ in asking[0].actions] == ["Allow…"]
    assert "mine" in items(window)


def test_parts_inside_of_others_offer_the_new_class(window: Window, saved: Callable[..., Path]) -> None:
    window.experiment.choose("optimizer", "lookahead")
    row: Any = window.experiment.forms["optimizer"].row("inner")
    row._item._on_picked("mine")
    saved(SLOWER, RELOADED)
    new = window.desk.host.catalogue.find("optimizer", "mine", "")
    assert type(optimizer(window).inner) is new and type(row._item.component()) is new
    row._item._on_picked("mine")
    assert type(optimizer(window).inner) is new
