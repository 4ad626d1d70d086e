"""The plugins dialog leads with what is broken, and says why."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from optlab.gui.plugins_dialog import PluginsDialog


@dataclass
class Known:
    name: str
    origin: str = "shipped"
    path: str = "plugins/x.py"
    state: str = "on"
    error: str = ""
    traceback: str = ""
    adds: list[str] = field(default_factory=list)


RECORDS = [
    Known("zeta", adds=["zeta", "eta"]),
    Known("adam", adds=["adam"]),
    Known("mine", "yours", "mine.py", "broken", "mine.py line 3: <b>SyntaxError</b>", "Traceback of mine"),
]


@pytest.fixture
def dialog(qtbot):
    made = PluginsDialog()
    qtbot.addWidget(made)
    made.set_records(RECORDS)
    return made


def test_broken_plugins_come_first_with_a_mark(dialog):
    items = [dialog._list.topLevelItem(n) for n in range(3)]
    assert [item.text(0) for item in items] == ["mine", "adam", "zeta"]
    assert [item.icon(0).isNull() for item in items] == [False, True, True]
    assert items[0].data(3, Qt.ItemDataRole.AccessibleTextRole) == "broken"
    assert items[2].text(2) == "zeta, eta"


def test_summary_counts_the_broken(dialog):
    assert dialog._summary.text() == "3 plugins, 1 broken"
    dialog.set_records(RECORDS[:2])
    assert dialog._summary.text() == "2 plugins, no problems"


def test_details_tell_place_reason_and_traceback_and_can_be_copied(dialog, qtbot):
    text = dialog._details.toPlainText()
    assert all(part in text for part in ("mine.py", "<b>SyntaxError</b>", "Traceback of mine"))
    qtbot.mouseClick(dialog._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text


def test_marked_plugin_is_the_one_in_the_details(dialog):
    dialog._list.setCurrentItem(dialog._list.topLevelItem(1))
    assert dialog._details.toPlainText().startswith("adam")


def test_no_plugins_leave_nothing_to_copy(dialog):
    dialog.set_records([])
    assert dialog._details.toPlainText() == ""
    assert not dialog._copy.isEnabled()
