"""A lesson that a plugin brings, in the window: among the cards, in the picker, in the language of the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from optlab.gui.settings import Settings
from tests.core.test_brought import course as course

TITLE, QUESTION = "Is a larger step always faster?", "步子"


@pytest.fixture
def window(opened_window, course: Path):
    (course / "experiments" / "broken.toml").write_text("title = 3", "utf-8")
    return opened_window(Settings(lessons=False), "larger_steps", [course])


def listed(window) -> list[tuple[str, str, str]]:
    found: list[list[tuple[str, str, str]]] = []
    window.files.listed.connect(found.append)
    window.files.relist()
    return [item for item in found[-1] if "plugin" in item[2]]


def test_a_start_may_name_it_and_it_runs(window, qtbot):
    assert window.desk.document.name == "larger_steps" and window.desk.document.experiment.title == TITLE
    window.actions_["lesson"].trigger()
    window.tutor.predict("Yes")
    window.stage.strip.run.click()
    qtbot.waitUntil(lambda: window.tutor.told, timeout=10000)
    assert [entry.run.status for entry in window.desk.entries] == ["done", "done"]


def test_picker_and_cards_name_its_plugin(window):
    assert ("larger_steps", TITLE, "larger_steps · plugin my_course") in listed(window)
    window.helpdesk.show_lessons()
    cards = window.helpdesk._lessons.cards
    texts = [cards.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(cards.count())]
    assert f"{TITLE}\n{TITLE}\nfrom the plugin my_course" in texts
    window.helpdesk._lessons.reject()


def test_the_plugins_dialog_says_what_is_wrong_with_a_file(window):
    window.helpdesk.show_plugins()
    rows = window.helpdesk._plugins._list
    (row,) = (item for k in range(rows.topLevelItemCount()) if (item := rows.topLevelItem(k)).text(0) == "my_course")
    assert row.text(3) == "experiment broken, experiment larger_steps" and row.text(4) == "on"
    assert row.text(5).startswith("experiments/broken.toml: title: expected a line")
    window.helpdesk._plugins.reject()


def test_it_goes_with_its_plugin(window):
    host = window.desk.host
    record = next(record for record in host.records if record.name == "my_course")
    host.unload(record)
    window.keeper.changed.emit()
    assert listed(window) == []
