"""The guide's window shows every page as it is written, leads from one to the other, and finds words."""

import re
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument, QTextTable
from PySide6.QtWidgets import QTextBrowser

from optlab import i18n
from optlab.gui.commands import menu_title, plain
from optlab.gui.guide_dialog import GuideDialog
from optlab.gui.markdown import ground, headings, show_markdown
from optlab.gui.menu import commands
from optlab.gui.theme import apply_theme, load_theme
from optlab.i18n import LANGUAGES
from optlab.store.guide import NAMES, WRITTEN, page


@pytest.fixture
def dialog(qtbot):
    made = GuideDialog()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    return made


def text(dialog):
    return dialog.findChild(QTextBrowser).toPlainText()


def item(dialog, name):
    return dialog._contents.topLevelItem(NAMES.index(name))


@pytest.fixture
def document():
    made = QTextDocument()
    made.setTextWidth(800)
    return made


MARKDOWN = """# Title

Words and `code`.

```python
a = 1

b = 2
```

## Part

| a | b |
|---|---|
| c | <i>d</i> |
"""


def test_code_stands_on_a_ground_of_its_own_line_by_line(document):
    show_markdown(document, MARKDOWN, load_theme("dark"), 16)
    frame, table = document.rootFrame().childFrames()
    first, last = frame.firstCursorPosition().block(), frame.lastCursorPosition().block()
    assert (first.text(), first.next().text(), last.text()) == ("a = 1", "", "b = 2")
    assert first.blockFormat().lineHeight() == last.blockFormat().lineHeight()
    assert frame.frameFormat().background().color().name() == ground(load_theme("dark"))
    assert isinstance(table, QTextTable)


def test_html_is_text_and_every_word_has_the_colour_of_the_theme(document):
    for theme in map(load_theme, ("dark", "light")):
        show_markdown(document, MARKDOWN, theme, 16)
        assert "<i>d</i>" in document.toPlainText()
        block, colours = document.begin(), set()
        while block.isValid():
            parts = block.begin()
            while not parts.atEnd():
                colours.add(parts.fragment().charFormat().foreground().color().name())
                parts += 1
            block = block.next()
        assert colours == {theme.text}


def test_headings_are_known_by_their_places(document):
    show_markdown(document, MARKDOWN, load_theme("light"), 16)
    places = headings(document)
    assert list(places) == ["Title", "Part"]
    assert document.findBlock(places["Part"]).text() == "Part"


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_shown_and_no_line_is_cut(dialog, name):
    dialog.show_page(name)
    browser = dialog.findChild(QTextBrowser)
    assert dialog.current == name and text(dialog).startswith(page(name).title)
    assert browser.document().size().width() <= browser.viewport().width()
    assert set(page(name).headings) <= set(headings(browser.document()))


def test_links_lead_to_pages_and_back_to_the_place_that_was_left(dialog):
    dialog.show_page("start")
    browser = dialog.findChild(QTextBrowser)
    browser.verticalScrollBar().setValue(50)
    browser.anchorClicked.emit(QUrl("optimizer.md"))
    browser.anchorClicked.emit(QUrl("reference.md"))
    dialog.back()
    assert dialog.current == "optimizer" and dialog._back.isEnabled()
    dialog.back()
    assert (dialog.current, browser.verticalScrollBar().value()) == ("start", 50)
    assert not dialog._back.isEnabled()


def test_a_link_out_of_the_guide_opens_nothing(dialog):
    dialog.show_page("start")
    browser = dialog.findChild(QTextBrowser)
    assert not browser.openLinks()
    browser.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert dialog.current == "start"


def test_contents_open_the_parts_of_the_page_and_lead_to_them(dialog):
    dialog.show_page("reference")
    assert item(dialog, "reference").isExpanded() and not item(dialog, "start").isExpanded()
    part = next(
        child
        for k in range(item(dialog, "reference").childCount())
        if (child := item(dialog, "reference").child(k)).text(0) == "Layout"
    )
    dialog._contents.itemClicked.emit(part, 0)
    browser = dialog.findChild(QTextBrowser)
    assert browser.textCursor().block().text() == "Layout"
    assert browser.cursorRect().top() < 40


def test_whole_files_can_be_copied_each_by_its_link(dialog):
    dialog.show_page("schedule")
    assert text(dialog).count("Copy this file") == 2
    dialog.findChild(QTextBrowser).anchorClicked.emit(QUrl("copy:1"))
    assert QGuiApplication.clipboard().text() == page("schedule").files[1]


def test_a_whole_file_can_be_saved_under_the_name_of_its_component(dialog, qtbot):
    dialog.show_page("schedule")
    with qtbot.waitSignal(dialog.save_requested) as asked:
        dialog.findChild(QTextBrowser).anchorClicked.emit(QUrl("save:1"))
    assert asked.args == ["my_brake", page("schedule").files[1]]


def test_search_leaves_the_pages_that_have_the_words_and_marks_them(dialog, qtbot):
    dialog.show_page("start")
    qtbot.keyClicks(dialog._search, "SHA-256")
    assert [name for name in NAMES if not item(dialog, name).isHidden()] == ["sharing"]
    qtbot.keyClick(dialog._search, Qt.Key.Key_Return)
    assert dialog.current == "sharing"
    cursor = dialog.findChild(QTextBrowser).textCursor()
    assert cursor.selectedText() == "SHA-256"
    dialog._search.clear()
    assert not any(item(dialog, name).isHidden() for name in NAMES)


def test_return_goes_on_to_the_next_place_and_round(dialog, qtbot):
    dialog.show_page("fields")
    qtbot.keyClicks(dialog._search, "__post_init__")
    cursor, places = dialog.findChild(QTextBrowser).textCursor, []
    for _ in range(4):
        places.append(cursor().position())
        qtbot.keyClick(dialog._search, Qt.Key.Key_Return)
    assert places[0] < places[1] and places[2] == places[0] and places[3] == places[1]


def test_a_page_about_a_kind_offers_a_new_plugin_of_it(dialog, qtbot):
    dialog.show_page("sharing")
    assert dialog._new.isHidden()
    dialog.show_page("network")
    assert not dialog._new.isHidden()
    with qtbot.waitSignal(dialog.new_requested) as asked:
        qtbot.mouseClick(dialog._new, Qt.MouseButton.LeftButton)
    assert asked.args == ["problem"]


def test_the_page_follows_the_theme_at_its_place(dialog, qapp):
    apply_theme(qapp, load_theme("dark"))
    dialog.show_page("optimizer")
    browser = dialog.findChild(QTextBrowser)
    browser.verticalScrollBar().setValue(80)
    before = browser.document().begin().begin().fragment().charFormat().foreground().color()
    apply_theme(qapp, load_theme("light"))
    after = browser.document().begin().begin().fragment().charFormat().foreground().color()
    assert before != after and browser.verticalScrollBar().value() == 80


@pytest.mark.parametrize("code", LANGUAGES)
def test_commands_that_pages_name_are_in_the_menus(code):
    i18n.set_language(code)
    known = {f"{plain(menu_title(each.menu))} → {plain(each.text)}" for each in commands(MagicMock())}
    named = {words for name in WRITTEN for words in re.findall(r"[*“]([^*“|\n]+ → [^*”|\n]+)[*”]", page(name).text)}
    assert named and named <= known
