"""Editors: what people type becomes a value, and what cannot be a value stays, marked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from optlab.fields import Choice, Field, File, Flag, Integer, Numbers, Real, Text
from optlab.gui.editor import Editor
from optlab.gui.editors import LineEditor, editor_for
from optlab.gui.line import Line
from optlab.gui.numerals import compact, stepped

LR = Real(default=0.01, lo=1e-6, hi=10.0, log=True)
KINDS: list[tuple[Field, Any]] = [
    (LR, 0.5),
    (Integer(default=3, lo=1, hi=64), 12),
    (Flag(default=False), True),
    (Choice(default="relu", options=("relu", "tanh")), "tanh"),
    (Numbers(default=(1.0, 2.0)), (3.0, 4.5)),
    (Text(default="x"), "x**2"),
    (File(default=""), "points.csv"),
]


def shown(qtbot: QtBot, field: Field) -> Editor:
    editor = editor_for(field, "learning rate")
    qtbot.addWidget(editor)
    editor.show()
    return editor


def heard(editor: Editor) -> list[Any]:
    values: list[Any] = []
    editor.edited.connect(values.append)
    return values


def line(editor: Editor) -> Line:
    assert isinstance(editor, LineEditor)
    control = editor.control()
    assert isinstance(control, Line)
    return control


def enter(qtbot: QtBot, editor: Editor, text: str) -> None:
    line(editor).selectAll()
    line(editor).insert(text)  # key clicks know no full-width digits
    qtbot.keyClick(line(editor), Qt.Key.Key_Return)


def wheel(editor: Editor, delta: int) -> bool:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.setAccepted(True)
    QApplication.sendEvent(editor.control(), event)
    return event.isAccepted()


@pytest.mark.parametrize(("field", "value"), KINDS, ids=lambda x: type(x).__name__)
def test_every_kind_shows_a_value_without_a_signal_and_has_a_name(qtbot: QtBot, field: Field, value: Any) -> None:
    editor = shown(qtbot, field)
    values = heard(editor)
    assert editor.value() == field.default
    editor.set_value(value)
    assert editor.value() == value and values == []
    assert editor.control().accessibleName() == "learning rate"


@pytest.mark.parametrize(
    ("text", "value"), [("1e-3", 1e-3), ("0,001", 1e-3), ("１．５", 1.5), ("1E-5", 1e-5), (" 2 ", 2.0)]
)
def test_numbers_are_read_as_people_type_them(qtbot: QtBot, text: str, value: float) -> None:
    editor = shown(qtbot, LR)
    values = heard(editor)
    enter(qtbot, editor, text)
    assert values == [value] and line(editor).text() == compact(value)


@pytest.mark.parametrize("text", ["abc", "20", "1e-9", "nan", "inf", "", "1_0", "1,2,3", "<b>1</b>"])
def test_an_impossible_number_stays_as_typed_with_the_validators_words(qtbot: QtBot, text: str) -> None:
    editor = shown(qtbot, LR)
    values = heard(editor)
    line(editor).clear()
    enter(qtbot, editor, text)
    assert values == [] and editor.value() == 0.01
    assert line(editor).text() == text
    assert editor.error().startswith("learning rate: expected 1e-06 to 10, got")
    assert line(editor).property("invalid") is True
    assert "<b>" not in line(editor).toolTip()


def test_a_possible_number_takes_the_mark_away_while_it_is_typed(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    told: list[str] = []
    editor.invalid.connect(told.append)
    enter(qtbot, editor, "20")
    qtbot.keyClick(line(editor), Qt.Key.Key_Backspace)
    assert editor.error() == "" and told[-1] == "" and len(told) == 2


def test_a_pause_in_typing_counts_as_entered_and_keeps_the_text(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    line(editor).selectAll()
    with qtbot.waitSignal(editor.edited, timeout=5000) as heard_value:
        qtbot.keyClicks(line(editor), "1e-3")
    assert heard_value.args == [1e-3] and line(editor).text() == "1e-3"


def test_the_same_value_touches_neither_text_nor_caret(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    line(editor).selectAll()
    with qtbot.waitSignal(editor.edited, timeout=5000):
        qtbot.keyClicks(line(editor), "5e-3")
    line(editor).setCursorPosition(2)
    editor.set_value(5e-3)
    assert line(editor).text() == "5e-3" and line(editor).cursorPosition() == 2


def test_the_same_value_keeps_refused_text_unless_told_to_discard(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    enter(qtbot, editor, "abc")
    editor.set_value(0.01)
    assert line(editor).text() == "abc" and editor.error()
    editor.set_value(0.01, discard=True)
    assert line(editor).text() == "0.01" and not editor.error()


def test_another_value_replaces_refused_text(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    enter(qtbot, editor, "abc")
    editor.set_value(0.5)
    assert line(editor).text() == "0.5" and not editor.error()


def test_entering_the_shown_value_again_says_nothing(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    values = heard(editor)
    enter(qtbot, editor, "0.0100")
    assert values == [] and line(editor).text() == "0.01"


def test_entering_without_a_change_leaves_the_caret(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    line(editor).setCursorPosition(3)
    qtbot.keyClick(line(editor), Qt.Key.Key_Return)
    assert line(editor).cursorPosition() == 3


def test_arrow_keys_step_by_decades_and_stop_at_the_bounds(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    values = heard(editor)
    for _ in range(3):
        qtbot.keyClick(line(editor), Qt.Key.Key_Up)
    qtbot.keyClick(line(editor), Qt.Key.Key_Down)
    assert values == [0.02, 0.05, 0.1, 0.05]
    editor.set_value(10.0)
    qtbot.keyClick(line(editor), Qt.Key.Key_Up)
    assert editor.value() == 10.0


def test_stepping_starts_from_what_is_typed(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    line(editor).selectAll()
    qtbot.keyClicks(line(editor), "1")
    qtbot.keyClick(line(editor), Qt.Key.Key_Up)
    assert editor.value() == 2.0


def test_the_wheel_turns_a_number_only_with_focus(qtbot: QtBot) -> None:
    editor = shown(qtbot, LR)
    assert not wheel(editor, 120) and editor.value() == 0.01
    qtbot.waitExposed(editor)
    editor.activateWindow()
    line(editor).setFocus()
    qtbot.waitUntil(line(editor).hasFocus)
    assert wheel(editor, 120) and editor.value() == 0.02


def test_the_wheel_over_an_unfocused_choice_scrolls_past(qtbot: QtBot) -> None:
    editor = shown(qtbot, KINDS[3][0])
    editor.control().clearFocus()
    wheel(editor, -120)
    assert editor.value() == "relu"


@pytest.mark.parametrize("by_mouse", [True, False])
def test_entering_a_line_selects_it_all(qtbot: QtBot, by_mouse: bool) -> None:
    editor = shown(qtbot, LR)
    editor.activateWindow()
    qtbot.waitUntil(line(editor).hasFocus)
    line(editor).clearFocus()
    if by_mouse:
        qtbot.mouseClick(line(editor), Qt.MouseButton.LeftButton)
    else:
        line(editor).setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: line(editor).selectedText() == "0.01")


def test_a_switch_toggles_by_mouse_and_by_space(qtbot: QtBot) -> None:
    editor = shown(qtbot, Flag(default=False))
    values = heard(editor)
    qtbot.mouseClick(editor.control(), Qt.MouseButton.LeftButton)
    qtbot.keyClick(editor.control(), Qt.Key.Key_Space)
    assert values == [True, False]


def test_a_choice_offers_its_options(qtbot: QtBot) -> None:
    editor = shown(qtbot, Choice(default="relu", options=("relu", "tanh")))
    values = heard(editor)
    combo = editor.control()
    assert isinstance(combo, QComboBox)
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert values == ["tanh"]


@pytest.mark.parametrize("text", ["30, 60", "30 60", "[30; 60]", "３０，６０"])
def test_a_list_of_numbers_is_read_with_any_separator(qtbot: QtBot, text: str) -> None:
    editor = shown(qtbot, Numbers(default=(1.0,)))
    values = heard(editor)
    enter(qtbot, editor, text)
    assert values == [(30.0, 60.0)] and line(editor).text() == "30, 60"


def test_a_list_of_the_wrong_length_is_marked(qtbot: QtBot) -> None:
    editor = shown(qtbot, Numbers(default=(-1.2, 1.0), length=2))
    enter(qtbot, editor, "1, 2, 3")
    assert "a list of 2 numbers" in editor.error()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_compact_numbers_read_back_the_same(value: float) -> None:
    assert float(compact(value)) == value


def test_compact_numbers_are_compact() -> None:
    values = (0.001, 1e-8, 1500.0, 2.5e6, 0.0, 3, 0.9999, 123456.0)
    assert [compact(v) for v in values] == ["0.001", "1e-8", "1500", "2.5e6", "0", "3", "0.9999", "123456"]


BOUNDED = [
    LR,
    Real(default=1e-8, lo=0.0, hi=0.1, log=True),
    Real(default=0.9, lo=0.0, hi=0.9999),
    Real(default=1.0, lo=0.1, hi=1.5),
    Integer(default=1500, lo=0),
    Integer(default=3, lo=1, hi=64),
]


@pytest.mark.parametrize("field", BOUNDED)
@pytest.mark.parametrize("up", [True, False])
def test_steps_go_on_until_they_reach_the_bound_and_stay_there(field: Real | Integer, up: bool) -> None:
    value, bound = field.default, field.hi if up else field.lo
    for _ in range(2000):
        before, value = value, field.check("x", stepped(field, value, up))
        assert value > before if up else value < before
        if value == bound:
            break
    assert stepped(field, value, up) == value == bound


def test_an_unbounded_number_steps_across_zero() -> None:
    free = Real(default=0.0)
    assert [stepped(free, v, False) for v in (0.0, 0.2, 100.0)] == [-0.2, 0.0, 80.0]


def test_a_decay_steps_in_its_distance_from_one() -> None:
    decay = Real(default=0.9, lo=0.0, hi=0.9999)
    assert [stepped(decay, v, True) for v in (0.9, 0.95, 0.99)] == [0.95, 0.98, 0.995]
    assert [stepped(decay, v, False) for v in (0.99, 0.5)] == [0.98, 0.4]
