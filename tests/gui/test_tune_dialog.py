"""Tune equally in the window: begun from the menu, ranked in a table, put into the trials with one undo step."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from optlab.gui import app as gui_app
from optlab.gui import settings
from optlab.gui.rank_sheet import BANDS, SHARE, Reach
from optlab.gui.tune_dialog import TuneDialog

TEXT = """
title = "Three ways down"
steps = 60
[problem]
name = "ravine"
jitter = 0.3
[optimizer]
name = "sgd"
lr = 0.5
[[trial]]
label = "SGD"
[[trial]]
label = "Adam"
optimizer = { name = "adam", lr = 0.001 }
[[trial]]
label = "momentum"
optimizer = { name = "momentum", lr = 0.001 }
"""
LONG = TEXT.replace("steps = 60", "steps = 3000000")


@pytest.fixture
def opened(qapp, qtbot: QtBot, tmp_path: Path):
    """`opened(text)`: a window on that experiment, and its dialog, asked for in the menu."""
    made = []

    def make(text: str = TEXT):
        file = tmp_path / "three.toml"
        file.write_text(text, "utf-8")
        window, messages = gui_app.make_window(qapp, settings.Settings(theme="dark"), str(file), (), safe_mode=True)
        assert messages == []
        made.append(window)
        window.show()
        gui_app.finish(window)
        window.actions_["tune"].trigger()
        return window, window.findChild(TuneDialog)

    yield make
    for window in made:
        window.desk.document.undo_stack.setClean()
        window.close()


@pytest.fixture
def tuned(opened, qtbot: QtBot):
    """A window and its dialog with what seven rates and three seeds have shown."""
    window, dialog = opened()
    dialog.lo.setText("1e-3")
    dialog.hi.setText("1")
    dialog.points.setValue(7)
    dialog.seeds.setText("0-2")
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.tuner.busy, timeout=60_000)
    assert dialog.tuner.fault == "" and dialog.tuner.result is not None
    return window, dialog


def cells(dialog, column):
    model = dialog.sheet.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_it_offers_a_grid_and_five_seeds_and_says_what_they_take(opened):
    _, dialog = opened()
    assert dialog.isVisible() and dialog.seeds.text() == "0-4" and not dialog.use.isEnabled()
    assert dialog.words.text().startswith("3 trials × 11 rates × 5 seeds: 165 runs of 60 steps")


def test_the_ranks_stand_in_a_table_and_every_trial_has_a_line(tuned):
    _, dialog = tuned
    assert cells(dialog, 0) == ["1", "2", "3"] and set(cells(dialog, 2)) == {"SGD", "Adam", "momentum"}
    assert {curve.label for curve in dialog.plot.curves} == {"SGD", "Adam", "momentum"}
    best = dialog.tuner.result.places[0].score
    assert float(cells(dialog, 4)[0]) == best.lr and float(cells(dialog, 5)[0]) == pytest.approx(best.loss, rel=1e-3)
    dialog.grab()


def test_bands_share_one_axis(tuned):
    _, dialog = tuned
    shares = [dialog.sheet.model().index(row, BANDS).data(SHARE)[:3] for row in range(3)]
    assert all(low <= median <= high for low, median, high in shares)
    assert min(low for low, _, _ in shares) == 0 and max(high for _, _, high in shares) == 1
    below = Reach.of([-2.0, 0.0, 2.0, float("inf")])
    assert [below.share(loss) for loss in (-2.0, 0.0, float("inf"))] == [0.0, 0.5, 1.0]


def test_the_best_rates_go_into_the_trials_in_one_step_that_can_be_undone(tuned, qtbot):
    window, dialog = tuned
    document, before = window.desk.document, window.desk.document.experiment
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    best = {place.score.trial.label: place.score.lr for place in dialog.tuner.result.places}
    assert {t.label: t.optimizer.lr for t in document.experiment.trials} == best
    assert not dialog.use.isEnabled() and "Run compares them" in dialog.words.text()
    document.undo_stack.undo()
    assert document.experiment == before and dialog.use.isEnabled()


def run(window, qtbot):
    window.control.run()
    qtbot.waitUntil(lambda: all(entry.run.ended for entry in window.desk.entries), timeout=60_000)
    window.views.refresh()
    return next(view.panel.loss for view in window.views.views if view.name == "training")


def test_a_comparison_says_that_it_is_not_tuned_until_it_is_and_after_an_edit_again(tuned, qtbot):
    window, dialog = tuned
    assert run(window, qtbot).remark == "lr not tuned"
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert run(window, qtbot).remark == ""
    document = window.desk.document
    document.select(1)
    document.set_part("optimizer", document.part("optimizer").replace(lr=0.002), "edit")
    assert run(window, qtbot).remark == "lr not tuned"
    window.desk.entries[1].visible = window.desk.entries[2].visible = False
    window.views.refresh()
    assert next(v.panel.loss for v in window.views.views if v.name == "training").remark == ""


def test_another_experiment_does_not_get_these_rates(tuned):
    window, dialog = tuned
    window.desk.document.set_top("longer", steps=61)
    assert not dialog.use.isEnabled()


def test_a_grid_or_seeds_that_are_none_are_said_and_nothing_begins(opened):
    _, dialog = opened()
    for edit, text, words in [
        (dialog.lo, "x", "Smallest rate: expected a number such as 1e-3, got x"),
        (dialog.lo, "20", "two rates above 0"),
        (dialog.seeds, "a", "seeds: expected whole numbers"),
    ]:  # fmt: skip
        before = edit.text()
        edit.setText(text)
        assert words in dialog.words.text() and not dialog.start.isEnabled()
        edit.setText(before)
        assert dialog.start.isEnabled()


def test_the_window_answers_while_it_goes_and_cancel_ends_it(opened, qtbot):
    _, dialog = opened(LONG)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.tuner.progress > 0, timeout=30_000)
    longest, until = 0.0, time.monotonic() + 1.0
    while time.monotonic() < until:
        before = time.monotonic()
        QApplication.processEvents()
        longest = max(longest, time.monotonic() - before)
    assert longest < 0.5 and "%" in dialog.words.text() and dialog.start.text() == "Cancel"
    task = dialog.tuner._task
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert task.join(10) and not dialog.tuner.busy and dialog.start.text() == "Tune" and dialog.tuner.result is None


def test_a_closed_window_leaves_no_work_behind(opened, qtbot):
    window, dialog = opened(LONG)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    task = dialog.tuner._task
    window.desk.document.undo_stack.setClean()
    window.close()
    assert task.join(10)


def test_the_table_is_copied_and_saved_as_numbers(tuned, qtbot, tmp_path, monkeypatch):
    _, dialog = tuned
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    head, *rows = QGuiApplication.clipboard().text().split("\n")
    assert head.split("\t")[:3] == ["rank", "of single seeds", "trial"] and len(rows) == 3
    assert float(rows[0].split("\t")[5]) == dialog.tuner.result.places[0].score.loss
    file = tmp_path / "ranks.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert len(file.read_text("utf-8").splitlines()) == 4 and "lowest … highest" not in file.read_text("utf-8")


def test_a_best_rate_at_the_edge_is_warned_of_below_the_plot(opened, qtbot):
    _, dialog = opened()
    dialog.hi.setText("0.001")
    dialog.points.setValue(2)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.tuner.busy, timeout=60_000)
    assert "The best lr of Adam, 0.001, lies at the edge of the grid 0.0001 … 0.001" in dialog.warnings.text()
    assert dialog.warnings.isVisible()


def test_a_new_theme_reaches_the_plot(tuned):
    window, dialog = tuned
    window.dresser.choose_theme("light")
    QApplication.sendPostedEvents(dialog, QEvent.Type.StyleChange)
    assert dialog.plot.style_.theme.name == "light"
    window.dresser.choose_theme("dark")
