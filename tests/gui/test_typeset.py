"""Typeset equations are drawn sharp, in the colour of the theme, and are copied and read aloud as their letters."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QUrl
from PySide6.QtGui import QImage, QPainter, QTextCursor
from PySide6.QtWidgets import QTextBrowser

from optlab.engine.statements import sources
from optlab.gui import typeset
from optlab.gui.formula_page import typeset_rows
from optlab.gui.help_dialog import HelpDialog
from optlab.gui.theme import apply_theme, load_theme
from optlab.host import load_plugins

CATALOGUE = load_plugins(shipped_only=True).catalogue
ADAM, COSINE = (CATALOGUE.find(*each, "test") for each in (("optimizer", "adam"), ("schedule", "cosine")))
V = "v ← β₂ v + (1 − β₂) g²"


def drawn(statement, em, colour="#cc2200"):
    """The green `(y, x)` of a statement on white, with ten pixels around it."""
    ink = typeset.box(statement, em)
    image = QImage(int(ink.width()) + 20, int(ink.height()) + 20, QImage.Format.Format_RGBA8888)
    image.fill("white")
    with QPainter(image) as painter:
        typeset.draw(painter, statement, QPointF(10 - ink.left(), 10 - ink.top()), em, colour)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, :, 1].astype(int)


@pytest.mark.parametrize("statement", sources())
def test_qt_draws_every_statement_where_its_box_says(statement):
    green = drawn(statement, 24)
    ys, xs = np.nonzero(green < 255)
    assert len(ys) > 40 and min(xs.min(), ys.min()) >= 8
    assert xs.max() <= green.shape[1] - 8 and ys.max() <= green.shape[0] - 8
    assert len({*xs}) > 0.5 * (green.shape[1] - 20), "from its left to its right"


def test_the_relation_stands_at_the_place_that_was_asked_for():
    left = typeset.box("x ← x − lr · g", 20)
    assert left.left() < -5 and typeset.box("factor(t) = c", 20).left() < 3 * left.left() and left.right() > 40


def test_letters_are_drawn_and_not_blown_up():
    edges = [np.mean((ink > 0x22) & (ink < 255)) / np.mean(ink < 255) for ink in (drawn(V, 16), drawn(V, 64))]
    assert edges[1] < 0.5 * edges[0], "edges are one pixel wide at any size"


@pytest.fixture
def dialog(qtbot, qapp):
    apply_theme(qapp, load_theme("light"))
    made = HelpDialog()
    qtbot.addWidget(made)
    return made


def body(dialog):
    return dialog.findChild(QTextBrowser)


def test_help_shows_pictures_and_tells_their_letters(dialog):
    dialog.show_component(ADAM)
    assert body(dialog).toPlainText().count("\ufffc") == 6
    assert "\ufffc" not in dialog.text() and V in dialog.text()
    assert body(dialog).accessibleDescription() == dialog.text()


def test_what_is_copied_has_the_letters_of_the_equations(dialog):
    dialog.show_component(COSINE)
    body(dialog).selectAll()
    copied = body(dialog).createMimeDataFromSelection()
    assert "factor(t) = e + (1 − e) · [½ (1 + cos(π t / n))]^p   for t < n\n" in copied.text()
    assert not copied.hasHtml()


def test_pictures_of_a_page_have_the_colour_of_the_theme_and_the_size_of_the_text(dialog, qapp):
    seen = []
    for theme, zoom in (("light", 1.0), ("dark", 1.0), ("dark", 2.0)):
        apply_theme(qapp, load_theme(theme), zoom)
        dialog.show_component(ADAM)
        picture = body(dialog).loadResource(2, QUrl("equation:" + V))
        colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
        assert load_theme(theme).text in {colour.name() for colour in colours if colour.alpha() == 255}
        seen.append(picture.deviceIndependentSize().width())
    assert seen[0] == seen[1] and seen[2] == pytest.approx(2 * seen[1], rel=0.1)


def test_rows_of_a_page_keep_what_stands_below_each_other():
    rows = typeset_rows(["plain      v ← g     and", "           x ← x − v     or"]).split("</tr>")
    assert rows[0].startswith('<tr><td colspan="1"') and rows[1].startswith("<tr><td></td><td colspan")
    assert "and" in rows[0] and 'class="equation short">plain' in rows[0]


def test_equations_of_nobody_stay_as_they_are():
    assert typeset_rows(["x ← x − lr · g · g · g"]) == "" and typeset_rows(["x ← x − lr · g"])


def test_a_page_reads_no_file(dialog):
    assert body(dialog).loadResource(2, QUrl("file:///etc/passwd")) is None
    cursor = QTextCursor(body(dialog).document())
    cursor.insertHtml('<img src="equation:nothing">')
    assert body(dialog).loadResource(2, QUrl("equation:nothing")) is None
