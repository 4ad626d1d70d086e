"""The table of layers in the form: lines that are added, edited, marked where they are wrong, taken away and undone."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.engine.update import LayerRule
from optlab.gui.document import Document
from optlab.gui.experiment_dock import ExperimentDock
from optlab.gui.table_row import TableRow
from optlab.host.host import load_plugins

RULES = [{"match": "W*", "lr": 0.5}, {"match": "b*", "decay": 0.0}, {"match": "W1", "frozen": True}]


class Shown:
    """The dock of a network with three rules, and what it said last."""

    def __init__(self, qtbot: QtBot) -> None:
        catalogue = load_plugins(shipped_only=True).catalogue
        problem = {"name": "spirals", "hidden": 1, "width": 4}
        table = {"problem": problem, "optimizer": {"name": "adamw"}, "update": {"layers": RULES}}
        self.document = Document(build_experiment(table, catalogue))
        self.dock = ExperimentDock(self.document, catalogue, lambda label, place: "#336699")
        qtbot.addWidget(self.dock)
        self.trouble = ""
        self.dock.trouble.connect(self._on_trouble)

    def _on_trouble(self, words: str) -> None:
        self.trouble = words

    @property
    def row(self) -> TableRow:
        row = self.dock.forms["update"].row("layers")
        assert isinstance(row, TableRow)
        return row

    @property
    def rules(self) -> tuple[LayerRule, ...]:
        update: Any = self.document.part("update")
        return update.layers  # type: ignore[no-any-return]

    def type(self, line: int, key: str, text: str) -> QLineEdit:
        editor = self.row._items[line].editors[key]
        control = editor.control()
        assert isinstance(control, QLineEdit)
        control.selectAll()
        control.insert(text)
        editor.commit()
        return control


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_each_rule_is_a_line_of_its_values(shown: Shown) -> None:
    values = [[editor.value() for editor in line.editors.values()] for line in shown.row._items]
    assert values == [["W*", 0.5, 1.0, False, 0], ["b*", 1.0, 0.0, False, 0], ["W1", 1.0, 1.0, True, 0]]
    assert not shown.row._head.isHidden()


def test_an_edit_makes_a_new_experiment_and_is_undone(shown: Shown) -> None:
    shown.type(0, "lr", "0.25")
    assert [rule.lr for rule in shown.rules] == [0.25, 1.0, 1.0]
    shown.document.undo_stack.undo()
    assert shown.rules[0].lr == 0.5 and shown.row._items[0].editors["lr"].value() == 0.5


def test_lines_are_added_and_taken_away_and_come_back(shown: Shown) -> None:
    shown.row._add.click()
    assert [rule.match for rule in shown.rules] == ["W*", "b*", "W1", "*"]
    shown.row._items[1]._remove.click()
    assert [rule.match for rule in shown.rules] == ["W*", "W1", "*"] and len(shown.row._items) == 3
    shown.document.undo_stack.undo()
    assert [rule.match for rule in shown.rules] == ["W*", "b*", "W1", "*"]
    assert shown.row._items[3].component() == LayerRule()
    shown.document.undo_stack.undo()
    assert [rule.match for rule in shown.rules] == ["W*", "b*", "W1"] and len(shown.row._items) == 3


def test_without_rules_there_is_no_head(shown: Shown) -> None:
    for _ in range(3):
        shown.row._items[0]._remove.click()
    assert shown.rules == () and shown.row._head.isHidden()


def test_the_keyboard_reaches_every_cell_and_button_by_name(shown: Shown) -> None:
    names = [stop.accessibleName() for stop in shown.row.stops()[2:]]
    assert names[:6] == [
        "layers, line 1", "lr ×, line 1", "decay ×, line 1", "frozen, line 1", "frozen until, line 1",
        "Take away line 1",
    ]  # fmt: skip
    assert len(names) == 18 and len(set(names)) == 18
    shown.dock.show()
    switch = shown.row._items[0].editors["frozen"].control()
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert shown.rules[0].frozen
    QTest.keyClick(shown.row._items[0]._remove, Qt.Key.Key_Space)
    assert [rule.match for rule in shown.rules] == ["b*", "W1"]


def test_an_impossible_value_is_marked_in_its_cell_and_said_with_its_line(shown: Shown) -> None:
    cell = shown.type(1, "lr", "-1")
    words = "lr ×, line 2: expected 0 to 10000, got -1"
    assert (cell.property("invalid"), shown.row._trouble.text(), shown.trouble) == (True, words, words)
    assert shown.rules[1].lr == 1.0
    shown.type(1, "lr", "2")
    assert (cell.property("invalid"), shown.row._trouble.text(), shown.trouble) == (False, "", "")


def test_a_name_that_fits_no_layer_is_marked_where_it_stands(shown: Shown) -> None:
    cell = shown.type(2, "match", "W7")
    words = "update.layers: no layer is called 'W7'; known: W1, b1, W2, b2"
    assert (cell.property("invalid"), shown.row._trouble.text(), shown.trouble) == (True, words, words)
    other = shown.row._items[0].editors["match"].control()
    assert not other.property("invalid")
    shown.document.undo_stack.undo()
    assert (cell.property("invalid"), shown.row._trouble.text(), shown.trouble) == (False, "", "")
