"""The verdict strip keeps its height, elides its sentence and asks for the remedy that was clicked."""

import pytest
from PySide6.QtCore import Qt

from optlab.gui.verdict_strip import VerdictStrip

LONG = "sigmoid · at step 1 050 W1 gets 3e-9 of W13's gradient, ×0.19 per layer: its weights stand still. " * 3
VERDICTS = [
    ("neutral", "Waiting", "", "", []),
    ("warning", "Vanishing gradient", LONG, "theory says so", [("Try ReLU + He beside it", "relu", "why")]),
    ("error", "Diverged", "lr is too high", "", [("Halve lr", 1, ""), ("Clip at 1", 2, "")]),
    ("healthy", "Healthy", "every layer learns", LONG, []),
]


@pytest.fixture
def strip(qtbot):
    made = VerdictStrip()
    qtbot.addWidget(made)
    made.resize(900, 40)
    made.show()
    return made


def test_strip_has_a_sentence_before_the_first_verdict(strip):
    assert strip._head.text()
    assert strip._text.full_text()


def test_height_never_changes(strip):
    heights = set()
    for verdict in VERDICTS:
        strip.show_verdict(*verdict)
        heights.add((strip.height(), strip.minimumHeight(), strip.sizeHint().height() <= strip.height()))
    assert len(heights) == 1
    assert heights.pop()[2]


def test_long_sentence_is_elided_with_its_whole_as_tool_tip(strip):
    strip.show_verdict("warning", "Vanishing gradient", "<b>" + LONG)
    assert strip._text.text().endswith("…")
    assert "&lt;b&gt;" in strip._text.toolTip()
    strip.resize(4000, strip.height())
    assert strip._text.text() == strip._text.full_text()
    assert strip._text.toolTip() == ""


def test_long_sentence_does_not_widen_the_window(strip):
    strip.show_verdict("warning", "Vanishing gradient", LONG * 10)
    assert strip.minimumSizeHint().width() < 400


def test_clicked_remedy_is_asked_for(strip, qtbot):
    remedy = object()
    strip.show_verdict("error", "Diverged", "", "", [("Clip & go", remedy, "why"), ("Halve lr", 1, "")])
    with qtbot.waitSignal(strip.remedy_requested) as asked:
        qtbot.mouseClick(strip._first, Qt.MouseButton.LeftButton)
    assert asked.args == [remedy]
    assert (strip._first.accessibleName(), strip._first.toolTip()) == ("Clip & go", "why")


def test_the_other_remedies_stand_in_a_menu_with_what_is_expected_of_them(strip, qtbot):
    strip.show_verdict("error", "Diverged", "", "", [("a", 1, "x"), ("b", 2, "half & half"), ("c", 3, "")])
    assert (strip._first.text(), strip._more.text()) == ("a", "+2")
    assert [action.text() for action in strip._menu.actions()] == ["b · half && half", "c"]
    with qtbot.waitSignal(strip.remedy_requested) as asked:
        strip._menu.actions()[1].trigger()
    assert asked.args == [3]


@pytest.mark.parametrize(("count", "shown"), [(0, (False, False)), (1, (True, False)), (2, (True, True))])
def test_there_are_as_many_buttons_as_it_takes(strip, count, shown):
    strip.show_verdict("error", "Diverged", "", "", [(str(k), k, "") for k in range(count)])
    assert (strip._first.isVisible(), strip._more.isVisible()) == shown


def test_same_words_with_a_new_remedy_ask_for_the_new_one(strip, qtbot):
    for remedy in (1, 2):
        strip.show_verdict("error", "Diverged", "", "", [("Halve lr", remedy, "")])
    with qtbot.waitSignal(strip.remedy_requested) as asked:
        qtbot.mouseClick(strip._first, Qt.MouseButton.LeftButton)
    assert asked.args == [2]


def test_the_note_is_read_out_and_its_whole_is_a_tool_tip(strip):
    strip.show_verdict("warning", "Vanishing gradient", "W1 gets nothing.", LONG)
    assert strip._note.text().endswith("…") and strip._note.toolTip()
    assert strip.accessibleDescription() == f"W1 gets nothing. {LONG}"


def test_head_is_plain_text(strip):
    strip.show_verdict("error", "<img src=x>", "<i>t</i>")
    assert strip._head.textFormat() == strip._text.textFormat() == Qt.TextFormat.PlainText
