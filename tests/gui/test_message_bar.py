"""The message bar says one sentence at a time, counts what comes again, and is never in the way."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from optlab.gui import message_bar
from optlab.gui.message_bar import MessageBar
from optlab.gui.theme import apply_theme, load_theme

EVIL = '<img src="file:///etc/passwd"><b>bold</b>'


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    window.resize(700, 300)
    column = QVBoxLayout(window)
    made = MessageBar()
    column.addWidget(made)
    column.addStretch()
    qtbot.addWidget(window)
    window.show()
    yield made


def shown(bar):
    return bar._text.text()


def button(bar, text):
    return next(b for b in bar.findChildren(QPushButton) if b.text() == text and b.isVisible())


def test_bar_hides_while_it_has_nothing_to_say(bar):
    assert not bar.isVisible()
    bar.show_message("The file is read-only")
    assert bar.isVisible()
    bar.dismiss()
    assert not bar.isVisible()


def test_errors_come_before_warnings_before_infos(bar):
    for level in ("info", "warning", "error"):
        bar.show_message(level, level)
    assert [message.level for message in bar.messages()] == ["error", "warning", "info"]
    assert bar._count.text() == "1 of 3"
    bar.dismiss()
    assert shown(bar) == "warning"


def test_same_message_is_counted(bar):
    for _ in range(12):
        bar.show_message("Disk full")
    assert len(bar.messages()) == 1
    assert bar._count.text() == "×12"


def test_action_is_called_and_answers_the_message(bar, qtbot):
    calls = []
    bar.show_message("Run deleted", "info", actions=[("Undo", lambda: calls.append(len(bar.messages())))])
    qtbot.mouseClick(button(bar, "Undo"), Qt.MouseButton.LeftButton)
    assert calls == [0]
    assert not bar.isVisible()


def test_details_open_below_and_copy_with_the_sentence(bar, qtbot):
    bar.show_message("It failed", details="Traceback: line 3")
    assert not bar._trace.isVisible()
    qtbot.mouseClick(bar._more, Qt.MouseButton.LeftButton)
    assert bar._trace.toPlainText() == "Traceback: line 3"
    assert bar._trace.isVisible()
    qtbot.mouseClick(button(bar, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "It failed\n\nTraceback: line 3"


def test_message_without_details_has_no_details_button(bar):
    bar.show_message("Short")
    assert not bar._more.isVisible()


def test_escape_dismisses(bar, qtbot):
    bar.show_message("Gone")
    bar._close.setFocus()
    qtbot.keyClick(bar._close, Qt.Key.Key_Escape)
    assert bar.messages() == []


def test_text_is_plain_and_selectable(bar):
    bar.show_message(EVIL)
    assert bar._text.textFormat() == Qt.TextFormat.PlainText
    assert shown(bar).replace("\u200b", "") == EVIL
    assert bar._text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard


def test_endless_word_does_not_widen_the_window(bar):
    before = bar.window().minimumSizeHint().width()
    bar.show_message("x" * 100_000)
    assert bar.window().minimumSizeHint().width() < before + 300
    assert len(shown(bar)) < 500


def test_queue_is_bounded(bar):
    for number in range(500):
        bar.show_message(f"error {number}")
    assert len(bar.messages()) == message_bar.WAITING


def test_info_leaves_by_itself_and_an_error_stays(bar, qtbot):
    bar._leave.setInterval(20)
    bar.show_message("Saved", "info")
    qtbot.waitUntil(lambda: not bar.isVisible())
    bar.show_message("Failed")
    assert not bar._leave.isActive()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_sentence_takes_the_colour_of_its_level(bar, qapp, theme):
    apply_theme(qapp, load_theme(theme))
    bar.show_message("Careful", "warning")
    bar.show_message("Broken", "error", actions=[("Mend", list)])
    for widget in (bar._text, button(bar, "Mend")):
        widget.ensurePolished()
        assert widget.palette().color(widget.foregroundRole()).name() == load_theme(theme).error
    bar.dismiss()
    assert bar._text.palette().color(bar._text.foregroundRole()).name() == load_theme(theme).warning


def test_what_is_true_no_more_is_taken_back_and_the_next_one_follows(bar):
    for words in ("broken", "asks", "broken"):
        bar.show_message(words, "warning", "details")
    bar._more.setChecked(True)
    bar.withdraw("broken")
    assert [message.sentence for message in bar.messages()] == ["asks"] and bar._text.text() == "asks"
    assert not bar._more.isChecked()
    bar.withdraw("never said")
    bar.withdraw("asks")
    assert bar.messages() == [] and bar.isHidden()
