"""The lessons as cards: found by words in both languages, ticked when predicted, opened by Enter."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from optlab.gui.lessons_dialog import WRITE, LessonsDialog
from optlab.store import predictions
from optlab.store.library import lessons


@pytest.fixture
def dialog(qtbot):
    made = LessonsDialog()
    qtbot.addWidget(made)
    made.set_lessons(lessons(), {})
    made.show()
    return made


def shown(dialog: LessonsDialog) -> list[str]:
    items = [dialog.cards.item(row) for row in range(dialog.cards.count())]
    return [item.data(Qt.ItemDataRole.UserRole) for item in items if not item.isHidden()]


def told(dialog: LessonsDialog, row: int) -> str:
    item = dialog.cards.item(row)
    labels = dialog.cards.itemWidget(item).findChildren(QLabel)
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "\n".join(label.text() for label in labels)
    return "\n".join(label.text() for label in labels)


def test_every_lesson_has_a_card_with_title_and_question(dialog):
    assert shown(dialog) == [*(shelf.name for shelf in lessons()), WRITE] and shown(dialog)[0] == "vanishing-gradient"
    assert told(dialog, 0) == (
        "Why deep sigmoid networks stop learning\n12 sigmoid layers: will the first layer learn?"
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [("梯度弥散", "vanishing-gradient"), ("BACKPROPAGATION", "vanishing-gradient"), ("锯齿", "zig-zag")],
)
def test_a_lesson_is_found_by_its_words_in_both_languages(dialog, qtbot, typed, found):
    dialog.search.setText(typed)
    assert found in shown(dialog) and len(shown(dialog)) < len(lessons())


def test_words_that_no_lesson_has_leave_nothing_to_open(dialog, qtbot):
    chosen = []
    dialog.chosen.connect(chosen.append)
    dialog.search.setText("sigmoid nowhere")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert shown(dialog) == [] and chosen == [] and dialog.isVisible()


def test_enter_opens_the_first_that_was_found(dialog, qtbot):
    dialog.search.setText("zig-zag")
    with qtbot.waitSignal(dialog.chosen) as opened:
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert opened.args == ["zig-zag"] and not dialog.isVisible()


def test_a_tick_stands_where_every_question_was_predicted(dialog):
    first = lessons()[0]
    for made in (first.questions - 1, first.questions):
        for step in range(made):
            predictions.keep(first.name, step, "No")
        dialog.set_lessons(lessons(), predictions.load())
        assert told(dialog, 0).startswith("✓") == (made == first.questions)
    assert not told(dialog, 1).startswith("✓")


def test_a_click_opens_a_lesson_once(dialog, qtbot):
    chosen = []
    dialog.chosen.connect(chosen.append)
    place = dialog.cards.visualItemRect(dialog.cards.item(1)).center()
    qtbot.mouseClick(dialog.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == [lessons()[1].name] and not dialog.isVisible()


def test_cards_stand_as_the_lessons_follow_each_other(dialog):
    chain = ["vanishing-gradient", "zig-zag", "learning-rate", "schedules-by-hand", "practice-comparison"]
    assert shown(dialog)[:5] == chain and len(set(shown(dialog))) == len(shown(dialog)) == 17


def test_enter_opens_the_lesson_that_follows(dialog, qtbot):
    dialog.set_lessons(lessons(), {}, "learning-rate")
    with qtbot.waitSignal(dialog.chosen) as opened:
        qtbot.keyClick(dialog.cards, Qt.Key.Key_Return)
    assert opened.args == ["learning-rate"]


def test_the_last_card_asks_for_a_new_optimizer(dialog, qtbot):
    chosen = []
    dialog.chosen.connect(chosen.append)
    dialog.search.setText("优化器 编写")
    assert shown(dialog) == [WRITE]
    with qtbot.waitSignal(dialog.write_requested):
        qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert chosen == [] and not dialog.isVisible()
