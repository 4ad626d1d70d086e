"""The schedule table: rates before any run, a column to answer in, and ways out for the numbers."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from optlab.gui.picture import view_picture

REGRESSION = {
    "problem": {"name": "linear_regression", "samples": 200, "batch": 50},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
HALF = {**REGRESSION, "schedule": {"name": "step", "gamma": 0.5, "every": 2, "unit": "epochs"}}
COSINE = {**REGRESSION, "schedule": {"name": "cosine"}}
ROLES = Qt.ItemDataRole


@pytest.fixture
def panel(panel_of: Any) -> Any:
    return panel_of("schedule_table", HALF, COSINE, steps=24)


def cell(panel: Any, row: int, place: int, role: int = ROLES.DisplayRole) -> Any:
    return panel.rates.model.index(row, place).data(role)


def titles(panel: Any) -> list[str]:
    model = panel.rates.model
    return [model.headerData(k, Qt.Orientation.Horizontal) for k in range(model.columnCount())]


def type_answer(panel: Any, row: int, text: str) -> None:
    """As a student does: click into the cell, type, Enter."""
    sheet, model = panel.rates.sheet, panel.rates.model
    sheet.setFocus()
    sheet.setCurrentIndex(model.index(row, model.answer_place))
    QTest.keyClicks(sheet, text[0])
    (editor,) = sheet.viewport().findChildren(QLineEdit)
    editor.setText(text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # the editor commits when its key has been handled
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_rates_stand_there_before_any_run(panel):
    assert titles(panel) == ["epoch", "first step", "your answer", "trial 0", "trial 1"]
    assert panel.rates.model.rowCount() == 6
    assert [cell(panel, row, 3) for row in range(6)] == ["0.1", "0.1", "0.05", "0.05", "0.025", "0.025"]
    assert [cell(panel, row, 1) for row in range(3)] == [0, 4, 8]


def test_all_digits_are_in_the_hover_and_in_the_copy(panel):
    value = cell(panel, 1, 4, ROLES.EditRole)
    assert len(cell(panel, 1, 4)) < 14 and cell(panel, 1, 4, ROLES.ToolTipRole) == repr(value)
    assert abs(float(cell(panel, 1, 4)) - value) < 1e-10 * value


def test_rows_are_steps_by_choice(panel):
    panel.rates.per.setCurrentIndex(1)
    assert titles(panel)[:2] == ["step", "epoch"] and panel.rates.model.rowCount() == 24
    assert cell(panel, 7, 3) == "0.1" and cell(panel, 8, 3) == "0.05" and cell(panel, 8, 1) == 2


def test_the_table_follows_the_form(panel):
    document = panel.desk.document
    trial = document.experiment.trials[0]
    document.set_part("optimizer", trial.optimizer.replace(lr=0.2), "faster")
    panel.refresh()
    assert cell(panel, 0, 3) == "0.2" and cell(panel, 0, 4) == "0.1"


def test_an_answer_is_marked_and_told_on_hover(panel):
    type_answer(panel, 2, "0,05")
    assert panel.rates.sheet.currentIndex().row() == 3, "Enter goes down"
    type_answer(panel, 4, "0.05")
    assert cell(panel, 2, 2) == "0,05  ✓" and cell(panel, 4, 2) == "0.05  ✗"
    assert cell(panel, 4, 2, ROLES.ToolTipRole) == "0.05 is wrong: it is 0.025"
    assert cell(panel, 3, 2) == "" and cell(panel, 3, 2, ROLES.ToolTipRole) is None
    assert panel.rates.score.text() == "1 of 2 right"


def test_answers_belong_to_a_trial_and_are_checked_anew(panel):
    type_answer(panel, 2, "0.05")
    panel.desk.document.select(1)
    assert panel.rates.asked.currentText() == "trial 1" and cell(panel, 2, 2) == ""
    panel.desk.document.select(0)
    trial = panel.desk.document.experiment.trials[0]
    panel.desk.document.set_part("optimizer", trial.optimizer.replace(lr=0.2), "faster")
    panel.refresh()
    assert cell(panel, 2, 2) == "0.05  ✗"


def test_only_answers_are_typed_into(panel):
    model = panel.rates.model
    editable = [bool(model.flags(model.index(0, k)) & Qt.ItemFlag.ItemIsEditable) for k in range(model.columnCount())]
    assert editable == [False, False, True, False, False]
    assert not model.setData(model.index(0, 3), "1")


def test_what_is_covered_is_seen_where_one_has_answered(panel):
    panel.desk.set_stage(())
    panel.stage()
    assert panel.rates.cover.isChecked()
    assert "0" not in cell(panel, 2, 3) and cell(panel, 2, 3, ROLES.EditRole) is None
    type_answer(panel, 2, "0.5")
    assert cell(panel, 2, 3) == "0.05" and "0" not in cell(panel, 3, 3)
    panel.rates.asked.setCurrentIndex(1)
    assert panel.rates.sheet.horizontalHeader().visualIndex(4) == 3, "the trial stands beside the answers"
    panel.desk.set_stage(None)
    panel.stage()
    assert cell(panel, 3, 3) == "0.05" and panel.rates.sheet.horizontalHeader().visualIndex(4) == 4


def test_a_selection_is_copied_as_lines_of_cells_between_tabs(panel):
    sheet, model = panel.rates.sheet, panel.rates.model
    type_answer(panel, 0, "0.1")
    flags = QItemSelectionModel.SelectionFlag
    sheet.selectionModel().clear()
    for row in (0, 1):
        for place in (0, 2, 4):
            sheet.selectionModel().select(model.index(row, place), flags.Select)
    sheet.setFocus()
    QTest.keyClick(sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    value = cell(panel, 1, 4, ROLES.EditRole)
    assert QGuiApplication.clipboard().text() == f"epoch\tyour answer\ttrial 1\n0\t0.1\t0.1\n1\t\t{value!r}"


def test_the_table_leaves_by_the_way_of_the_plots(panel):
    asked: list[Any] = []
    panel.desk.export_requested.connect(lambda *what: asked.append(what))
    panel.rates.sheet.export_requested.emit("csv")
    assert asked == [(panel.rates.sheet, "csv")]
    table = panel.rates.sheet.table()
    assert list(table) == titles(panel) and table["epoch"] == list(range(6)) and table["your answer"] == [None] * 6
    assert table["trial 0"] == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025]


def test_a_picture_of_the_view_shows_the_table(panel):
    image = view_picture(panel, "", 500, 300, 96, panel.desk.theme)
    colours = {image.pixelColor(x, y).name() for x in range(0, 500, 5) for y in range(0, 300, 3)}
    assert len(colours) > 5


def test_values_that_react_come_while_the_run_goes(panel_of, run):
    reduce = {**REGRESSION, "schedule": {"name": "plateau", "patience": 0, "threshold": 0.9}}
    panel = panel_of("schedule_table", reduce, COSINE, steps=24)
    assert cell(panel, 1, 3) is None and "trial 0 reacts to the loss" in panel.rates.note.text()
    run(panel)
    recorded = panel.desk.entries[0].run.column("lr")[:24:4]
    assert [cell(panel, row, 3, ROLES.EditRole) for row in range(6)] == recorded.tolist() and recorded[-1] < 0.1
