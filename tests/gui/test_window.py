"""The window as a person uses it: the real one, off-screen, with real runs."""

import csv
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from optlab.gui import app, errors, settings
from optlab.gui.window import Window
from optlab.host.finder import Source
from optlab.store.template import new_plugin

OTHERS = ("ReLU + He", "tanh + residual", "tanh", "sigmoid + batch norm")
"""The trials of vanishing-gradient beside `sigmoid`."""


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    """The window on vanishing-gradient, flat out."""
    made = open_window(qapp, "vanishing-gradient")
    yield made
    close(made)


def open_window(qapp: QApplication, experiment: str) -> Window:
    errors.install(qapp)
    made, messages = app.make_window(qapp, settings.Settings(theme="dark"), experiment, (), False)
    assert messages == []
    made.resize(1280, 720)
    made.show()
    app.finish(made)
    made.pace.set_rate(math.inf)
    return made


def close(window: Window) -> None:
    window.desk.document.undo_stack.setClean()
    window.close()
    window.deleteLater()
    QApplication.processEvents()


def press(window: Window, command: str) -> None:
    action = window.actions_[command]
    assert action.isEnabled(), command
    action.trigger()


def shorten(window: Window, steps: int) -> None:
    window.desk.document.set_top("fewer steps", steps=steps)


def wait_for_end(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(window.desk.entries) and all(e.run.ended for e in window.desk.entries), timeout=60_000)
    qtbot.waitUntil(lambda: not window.desk.session.busy, timeout=5_000)
    qtbot.waitUntil(window.actions_["csv_all"].isEnabled, timeout=5_000)


def editor(window: Window, kind: str, field: str) -> QLineEdit:
    return window.experiment.forms[kind].row(field).findChildren(QLineEdit)[0]


def enter(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    line.insert(text)  # as an input method does: QTest types Latin letters alone
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_run_trains_every_trial_and_shows_the_verdict(window: Window, qtbot: QtBot) -> None:
    shorten(window, 60)
    press(window, "run")
    wait_for_end(window, qtbot)
    assert [(e.name, e.run.status, e.run.step) for e in window.desk.entries] == [
        (name, "done", 60) for name in ("sigmoid", *OTHERS)
    ]
    panel = window.views.views[0].panel
    assert panel is not None
    assert len(panel.loss.curves) == 10  # a raw and a smoothed one each
    assert len(panel.norms.curves) == 13
    assert panel.map.values.shape[1] == 13
    assert "W1 gets" in panel.strip._text.full_text()
    assert window.desk.verdict(window.desk.entries[0]).badge == "▼ vanishing"
    window.table.refresh()
    row = window.runs.model().index(0, 1).data(Qt.ItemDataRole.UserRole)
    assert (row.badge, row.label) == ("▼ vanishing", "sigmoid")


def test_pause_step_resume_and_stop_act_at_once(window: Window, qtbot: QtBot) -> None:
    window.pace.set_rate(20)
    press(window, "run")
    qtbot.waitUntil(lambda: window.desk.newest >= 2, timeout=5_000)
    press(window, "pause")
    qtbot.waitUntil(lambda: {e.run.status for e in window.desk.entries} == {"paused"}, timeout=2_000)
    before = window.desk.newest
    assert len({e.run.step for e in window.desk.entries}) == 1  # lockstep
    assert window.actions_["pause"].text() == "Resume"
    press(window, "step")
    qtbot.waitUntil(lambda: {e.run.step for e in window.desk.entries} == {before + 1}, timeout=2_000)
    press(window, "pause")
    qtbot.waitUntil(lambda: window.desk.newest > before + 2, timeout=3_000)
    press(window, "stop")
    assert {e.run.status for e in window.desk.entries} == {"stopped"}
    assert not window.actions_["stop"].isEnabled()


def test_twenty_run_and_stop_clicks_in_a_second_leave_one_worker_at_most(window: Window, qtbot: QtBot) -> None:
    for click in range(20):
        press(window, "run" if click % 2 == 0 else "stop")
        qtbot.wait(20)
    qtbot.waitUntil(lambda: not [t for t in threading.enumerate() if t.name == "optlab-worker"])
    assert window.messages.messages() == []


def test_an_impossible_value_is_marked_and_run_says_why(window: Window, qtbot: QtBot) -> None:
    line = editor(window, "optimizer", "lr")
    enter(line, "99")
    assert not window.actions_["run"].isEnabled()
    assert "expected 1e-06 to 10, got 99" in window.actions_["run"].toolTip()
    enter(line, "１e-2")  # a full-width digit
    assert window.actions_["run"].isEnabled()


def test_an_edit_can_be_undone_and_redone(window: Window) -> None:
    line = editor(window, "optimizer", "lr")
    enter(line, "0.05")
    assert window.desk.document.experiment.trials[0].optimizer.lr == 0.05
    assert window.desk.document.experiment.trials[1].optimizer.lr == 0.01
    press(window, "undo")
    assert window.desk.document.experiment.trials[0].optimizer.lr == 0.01
    assert line.text() == "0.01"
    press(window, "redo")
    assert line.text() == "0.05"


def test_the_base_changes_every_trial_but_its_own_fields(window: Window) -> None:
    window.desk.document.select(-1)
    enter(editor(window, "problem", "hidden"), "4")
    trials = window.desk.document.experiment.trials
    assert {t.problem.hidden for t in trials} == {4}
    assert [t.problem.activation for t in trials] == ["sigmoid", "relu", "tanh", "tanh", "sigmoid"]


def test_a_remedy_starts_beside_the_sick_run(window: Window, qtbot: QtBot) -> None:
    while len(window.desk.document.experiment.trials) > 1:
        window.desk.document.delete_trial(1)
    shorten(window, 60)
    press(window, "run")
    wait_for_end(window, qtbot)
    window.views.refresh()
    buttons = [b for b in window.findChildren(QPushButton) if b.text() == "Try ReLU + He beside it"]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    wait_for_end(window, qtbot)
    sick, cured = window.desk.entries
    assert (sick.run.trial.problem.activation, cured.run.trial.problem.activation) == ("sigmoid", "relu")
    assert cured.run.at(0, "loss") != sick.run.at(0, "loss")
    assert cured.run.step == 60
    window.views.refresh()
    assert buttons[0].text() == "Look at ReLU + He"
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert window.desk.selected is cured


def test_the_scrubber_moves_every_view_to_its_step(window: Window, qtbot: QtBot) -> None:
    shorten(window, 50)
    press(window, "run")
    wait_for_end(window, qtbot)
    window.scrubber._slider.setValue(20)
    panel = window.views.views[0].panel
    assert window.desk.cursor == 20
    assert panel.bars.title == "Layer profile at step 20"
    assert panel.bars.bars[0].values[0] == window.desk.entries[0].run.norms(20)[0]
    window.actions_["cursor_newest"].trigger()
    assert window.desk.cursor is None


def test_lr_changes_while_a_run_goes_and_the_change_is_recorded(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.pace.set_rate(50)
    press(window, "run")
    qtbot.waitUntil(lambda: window.desk.newest >= 2, timeout=5_000)
    monkeypatch.setattr(QInputDialog, "getText", lambda *args, **kwargs: ("0,02", True))
    press(window, "live_lr")
    qtbot.waitUntil(
        lambda: window.desk.entries[0].run.at(window.desk.entries[0].run.count - 1, "lr") == 0.02, timeout=5_000
    )
    (event,) = window.desk.entries[0].run.events
    run = window.desk.entries[0].run
    assert (event.field, event.value) == ("lr", 0.02)
    assert run.at(event.t - 1, "lr") == 0.01
    assert run.at(event.t, "lr") == 0.02


def test_csv_of_all_runs_reads_back_exactly(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shorten(window, 10)
    press(window, "run")
    wait_for_end(window, qtbot)
    target = tmp_path / "runs.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))
    press(window, "csv_all")
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * 11
    run = window.desk.entries[1].run
    mine = [row for row in rows if row["trial"] == "ReLU + He"]
    assert [float(row["loss"]) for row in mine] == run.column("loss").tolist()
    assert [float(row["grad_norm.W1"]) for row in mine] == run.column("grad_norm.W1").tolist()


def test_the_export_menu_offers_what_a_plugin_adds(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plugin = new_plugin("exporter", "arrays", tmp_path)
    window.desk.host.load(Source("arrays", "--plugin", plugin), panels=True)
    shorten(window, 5)
    press(window, "run")
    wait_for_end(window, qtbot)
    target = tmp_path / "runs.npz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))
    (menu,) = [b.menu() for b in window.findChildren(QToolButton) if b.text() == "Export"]
    for _ in range(2):  # offered once, however often the menu opens
        menu.aboutToShow.emit()
    (action,) = [a for a in menu.actions() if a.text() == "Export all runs: Arrays…"]
    action.trigger()
    with np.load(target) as file:
        assert file["ReLU + He/loss"].tolist() == window.desk.entries[1].run.column("loss").tolist()


def test_a_failed_export_says_what_happened_and_keeps_the_old_file(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shorten(window, 5)
    press(window, "run")
    wait_for_end(window, qtbot)
    target = tmp_path / "runs.csv"
    target.write_text("old")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))

    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    press(window, "csv_all")
    assert target.read_text() == "old"
    (message,) = window.messages.messages()
    assert message.level == "error" and "runs.csv" in message.sentence
    assert list(tmp_path.iterdir()) == [target]


def test_png_of_the_view_has_the_size_the_resolution_and_the_spec(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shorten(window, 20)
    press(window, "run")
    wait_for_end(window, qtbot)
    target = tmp_path / "view.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))

    def fill(dialog: object) -> int:
        dialog._width.setValue(2000)
        dialog._height.setValue(1200)
        dialog._dpi.setValue(192)
        return 1

    monkeypatch.setattr("optlab.gui.export_dialog.ExportDialog.exec", fill)
    press(window, "png_view")
    image = QImage(str(target))
    assert (image.width(), image.height()) == (2000, 1200)
    assert image.dotsPerMeterX() == round(192 / 0.0254)
    assert 'name = "spirals"' in image.text("optlab:experiment")


def test_opening_another_experiment_leaves_no_runs_of_the_last(window: Window, qtbot: QtBot) -> None:
    press(window, "run")
    qtbot.waitUntil(lambda: window.desk.newest >= 1, timeout=5_000)
    assert window.files.open_named("ravine")
    assert window.desk.entries == []
    assert not window.desk.session.busy
    assert window.desk.document.experiment.trials[0].label == "gradient descent"
    assert window.views.current is not None and window.views.current.name == "landscape"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "not valid TOML"),
        ('title = "x"\n[problem]\nname = "ravine"\n[optimizer]\nname = "admam"', "did you mean 'adam'?"),
        ('stepps = 3\n[problem]\nname = "ravine"\n[optimizer]\nname = "adam"', "did you mean 'steps'?"),
    ],
)
def test_a_broken_experiment_is_said_and_changes_nothing(window: Window, tmp_path: Path, text: str, words: str) -> None:
    before = window.desk.document.experiment
    file = tmp_path / "broken.toml"
    file.write_text(text)
    assert not window.files.open_file(file, str(file))
    (message,) = window.messages.messages()
    assert words in message.sentence and "broken.toml" in message.sentence
    assert window.desk.document.experiment is before


def test_a_saved_experiment_opens_as_it_was(window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = tmp_path / "mine.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))
    enter(editor(window, "optimizer", "lr"), "0.03")
    press(window, "save")
    saved = window.desk.document.experiment
    assert window.files.open_named("ravine")
    assert window.files.open_file(target, str(target))
    assert window.desk.document.experiment == saved
    assert str(target) in window.settings.recent


def test_closing_during_a_run_ends_it(window: Window, qtbot: QtBot) -> None:
    press(window, "run")
    qtbot.waitUntil(lambda: window.desk.newest >= 1, timeout=5_000)
    window.desk.document.undo_stack.setClean()
    window.close()
    assert not window.isVisible()
    assert [t.name for t in threading.enumerate() if t.name == "optlab-worker"] == []


def test_a_click_on_the_landscape_chooses_the_start_of_every_trial(qapp: QApplication, qtbot: QtBot) -> None:
    window = open_window(qapp, "ravine")
    try:
        panel = window.views.current.panel
        window.views.refresh()
        panel.contour.grab()
        frame = panel.contour.frame_
        at = QPoint(round(frame.x.of(-4.0)), round(frame.y.of(1.0)))
        QTest.mouseClick(panel.contour, Qt.MouseButton.LeftButton, pos=at)
        qtbot.waitUntil(lambda: window.desk.document.experiment.base.problem.at != (-9.0, 2.0), timeout=3_000)
        starts = {t.problem.at for t in window.desk.document.experiment.trials}
        ((x, y),) = starts
        assert (x, y) == pytest.approx((-4.0, 1.0), abs=0.1)
        press(window, "undo")
        assert window.desk.document.experiment.base.problem.at == (-9.0, 2.0)
    finally:
        close(window)


def test_several_seeds_are_a_median_with_a_band(window: Window, qtbot: QtBot) -> None:
    window.desk.document.set_top("seeds", seeds=(0, 1, 2), steps=30)
    press(window, "run")
    wait_for_end(window, qtbot)
    panel = window.views.views[0].panel
    assert len(window.desk.entries) == 15
    assert len(panel.loss.bands) == 5
    assert len([c for c in panel.loss.curves if c.label]) == 5


def test_deleted_runs_come_back_with_undo(window: Window, qtbot: QtBot) -> None:
    shorten(window, 5)
    press(window, "run")
    wait_for_end(window, qtbot)
    window.runs.select(str(window.desk.entries[1].key))
    window.refresh_actions()
    press(window, "delete_runs")
    assert [e.name for e in window.desk.entries] == ["sigmoid", *OTHERS[1:]]
    press(window, "undo")
    assert [e.name for e in window.desk.entries] == ["sigmoid", *OTHERS]


def test_pinned_runs_stay_when_run_again(window: Window, qtbot: QtBot) -> None:
    shorten(window, 5)
    press(window, "run")
    wait_for_end(window, qtbot)
    window.table._on_pin([str(window.desk.entries[0].key)], True)
    press(window, "run")
    wait_for_end(window, qtbot)
    assert [e.name for e in window.desk.entries] == ["sigmoid", "sigmoid", *OTHERS]
    assert len({e.colour for e in window.desk.entries}) == 6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_changes_at_once_everywhere(window: Window, qtbot: QtBot, theme: str) -> None:
    press(window, f"theme_{theme}")
    assert window.desk.theme.name == theme
    assert all(plot.style_.theme.name == theme for plot in window.views.views[0].panel.plots())


def test_every_command_that_is_enabled_can_be_called_without_a_run(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: ("", ""))
    monkeypatch.setattr("optlab.gui.export_dialog.ExportDialog.exec", lambda self: 0)
    monkeypatch.setattr("optlab.gui.new_plugin_dialog.NewPluginDialog.exec", lambda self: 0)
    monkeypatch.setattr("PySide6.QtWidgets.QMessageBox.about", lambda *args: None)
    for name, action in window.actions_.items():
        if name != "quit" and action.isEnabled():
            action.trigger()
            QApplication.processEvents()
    window.desk.session.stop()
    assert [m for m in window.messages.messages() if m.level == "error"] == []


def test_a_run_that_would_fill_the_memory_is_forecast_first(window: Window) -> None:
    shorten(window, 10**8)
    press(window, "run")
    (message,) = window.messages.messages()
    assert "GB" in message.sentence
    assert window.desk.entries == []


def test_layout_geometry_and_experiment_come_back(qapp: QApplication, window: Window) -> None:
    window.files.open_named("digits")
    window.bottom.hide()
    window.places.remember(window.settings)
    settings.save(window.settings)
    again, message = settings.load()
    assert message is None
    assert again.last_experiment == "digits"
    second, _ = app.make_window(qapp, again, None, (), False)
    second.places.restore(second.settings)
    assert second.desk.document.name == "digits"
    assert second.bottom.isHidden()
    close(second)


def test_every_control_has_an_accessible_name(window: Window) -> None:
    nameless = [
        f"{type(control).__name__} in {type(control.parent()).__name__}"
        for control in window.findChildren(QWidget)
        if isinstance(control, QAbstractButton | QLineEdit | QComboBox | QAbstractSlider | QTableView)
        and control.isVisible()
        and not isinstance(control, QScrollBar)
        and not (control.accessibleName() or getattr(control, "text", str)())
        and not control.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight"))
    ]
    assert nameless == []


def test_a_trial_and_its_runs_have_one_colour(window: Window, qtbot: QtBot) -> None:
    shorten(window, 5)
    press(window, "run")
    wait_for_end(window, qtbot)
    window.experiment.colour_requested.emit(1)
    entry = window.desk.entries[1]
    assert window.desk.look(entry).colour == window.desk.colour_of("ReLU + He", 1)
    assert entry.colour not in {e.colour for e in window.desk.entries if e is not entry}


def test_a_broken_plugin_is_listed_with_its_reason_and_changes_nothing_else(qapp: QApplication, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("from optlab.api import nothing\n")
    window, messages = app.make_window(qapp, settings.Settings(), "ravine", (broken,), False)
    try:
        assert len(messages) == 1 and messages[0].startswith("plugin broken is broken: broken.py: Im")
        assert "1 broken" in window.status._plugins.text()
        assert "adam" in window.desk.host.catalogue.names("optimizer")
    finally:
        close(window)


def test_the_view_in_front_has_its_tools_beside_the_step_slider(window: Window, qtbot: QtBot) -> None:
    window.views.show_view("landscape")
    panels = {view.name: view.panel for view in window.views.views}
    qtbot.waitUntil(lambda: panels["landscape"] is not None and panels["landscape"].tools.isVisible(), timeout=2_000)
    assert not panels["training"].tools.isVisible()
    window.views.views[0].setFloating(True)
    qtbot.waitUntil(panels["training"].tools.isVisible, timeout=2_000)
    assert panels["training"].isAncestorOf(panels["training"].tools)
    window.places.reset()
    qtbot.waitUntil(lambda: not panels["training"].isAncestorOf(panels["training"].tools), timeout=2_000)


def test_a_typed_function_is_saved_as_a_plugin_and_offered_at_once(
    window: Window, monkeypatch: pytest.MonkeyPatch, empty_home: Path, qtbot: QtBot
) -> None:
    assert not window.actions_["save_plugin"].isEnabled()
    window.desk.document.select(-1)
    window.experiment.pickers["problem"].picked.emit("formula")
    enter(editor(window, "problem", "f"), "x**4 + y**2")
    monkeypatch.setattr(QInputDialog, "getText", lambda *args, **kwargs: ("My bowl", True))
    press(window, "save_plugin")
    qtbot.waitUntil(lambda: "my_bowl" in window.desk.host.catalogue.names("problem"), timeout=20000)
    (file,) = empty_home.rglob("my_bowl.py")
    file.write_text("# my work")
    press(window, "save_plugin")
    assert "is there already" in window.messages.messages()[0].sentence
    assert file.read_text() == "# my work"


def test_the_loss_can_be_drawn_against_evaluations(window: Window, qtbot: QtBot) -> None:
    shorten(window, 20)
    press(window, "run")
    wait_for_end(window, qtbot)
    panel = window.views.views[0].panel
    panel.against.setCurrentIndex(1)
    assert panel.loss.x_axis.title == "evaluations"
    run = window.desk.entries[0].run
    labelled = next(curve for curve in panel.loss.curves if curve.label)
    assert labelled.x.tolist() == run.column("evaluations").tolist()
    assert panel.rate.curves[0].x.tolist()[-1] == 20
    panel.against.setCurrentIndex(0)
    assert next(curve for curve in panel.loss.curves if curve.label).x.tolist() == run.column("step").tolist()


def test_a_file_opened_at_the_start_is_named_by_its_stem_in_the_picker(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\n[problem]\nname = "ravine"\n[optimizer]\nname = "adam"\n')
    window, messages = app.make_window(qapp, settings.Settings(), str(file), (), False)
    try:
        app.finish(window)
        assert messages == []
        assert window.picker.text() == "mine"
    finally:
        close(window)
