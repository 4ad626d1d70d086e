"""Pages with typeset equations: pictures in lines of text, which are copied and read aloud as their letters."""

import re
from collections import Counter
from html import escape
from itertools import pairwise
from typing import Any
from unicodedata import combining, east_asian_width

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QFontInfo, QFontMetricsF, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QTextBrowser

from optlab.engine.statements import parts
from optlab.gui import typeset
from optlab.gui.guard import guard
from optlab.gui.markdown import blocks, fragments
from optlab.gui.theme import current_theme

LARGER = 1.2
"""Letters of equations beside letters of text: their small ones are smaller."""

HATS = re.compile("([A-Za-z])\u0302|([α-ω])\u0302")
"""DejaVu Sans hangs the hats of v and m a line too high, its monospaced sister that of ε beside it."""

SCHEME = "equation:"
WORDS = re.compile(r"\S+(?: \S+)*")
SPACE = "&nbsp;" * 6
SHORT = 14
"""Signs of a note that is never broken."""


def lettered(text: str) -> str:
    """Text as HTML, each letter that wears a hat in the font that it fits."""
    return HATS.sub(lambda hat: f'<span class="{"latin" if hat[1] else "greek"}">{hat[0]}</span>', escape(text))


def typeset_rows(lines: list[str]) -> str:
    """Lines of equations as the rows of a table, known statements as pictures; an empty text where none is known.

    What stands below each other in the lines does so in the table.
    """
    cells = [_cells(line) for line in lines]
    seen = Counter(at for row in cells for at, _ in row)
    columns = sorted(at for at, count in seen.items() if count > 1 or at == 0)
    rows = [_row(row, columns) for row in cells]
    return "".join(rows) if any("<img" in row for row in rows) else ""


def _cells(line: str) -> list[tuple[int, str]]:
    """The words of a line between wide gaps, with the places where they begin; Chinese signs are two wide."""
    return [(_width(line[: word.start()]), word[0]) for word in WORDS.finditer(line)]


def _width(text: str) -> int:
    return sum((not combining(sign)) + (east_asian_width(sign) in "WF") for sign in text)


def _row(cells: list[tuple[int, str]], columns: list[int]) -> str:
    found: dict[int, list[str]] = {}
    at = 0
    for start, text in cells:
        at = columns.index(start) if start in columns else at
        found.setdefault(at, []).append(_typeset(text))
    places = [*sorted(found), len(columns)]
    html = "<td></td>" * places[0]
    for at, after in pairwise(places):
        inside = SPACE.join(found[at])
        kind = "equation" if "<img" in inside or len(inside) > SHORT else "equation short"
        html += f'<td colspan="{after - at}" valign="middle"><p class="{kind}">{inside}</p></td>'
    return f"<tr>{html}</tr>"


def _typeset(text: str) -> str:
    html = ""
    for part, known in parts(text):
        if known and typeset.is_drawn(part):
            name = bytes(QUrl.toPercentEncoding(part).data()).decode()
            html += f'<img src="{SCHEME}{name}" alt="{escape(part)}" style="vertical-align: middle">'
        else:
            html += lettered(part)
    return html


class FormulaPage(QTextBrowser):
    """A page of text that draws the pictures of `typeset_rows` in its own size and the theme's colour."""

    def text(self) -> str:
        """All of it as plain text, equations in Unicode."""
        return _plain(self.document())

    @guard()
    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        text = QUrl(name).toString(QUrl.ComponentFormattingOption.FullyEncoded)
        statement = QUrl.fromPercentEncoding(text.removeprefix(SCHEME).encode())
        if not text.startswith(SCHEME) or not typeset.is_drawn(statement):
            return None  # nothing else is read, whatever an author writes
        em, half = LARGER * QFontInfo(self.font()).pixelSize(), QFontMetricsF(self.font()).xHeight() / 4
        return typeset.image(statement, em, current_theme().text, half, self.devicePixelRatioF())

    @guard()
    def createMimeDataFromSelection(self) -> QMimeData:
        found, copy = QMimeData(), QTextDocument()
        QTextCursor(copy).insertFragment(self.textCursor().selection())
        found.setText(_plain(copy))
        return found


def _plain(document: QTextDocument) -> str:
    """The text of a document, with the letters of its pictures."""
    text, row = "", None
    for block in blocks(document):
        cursor = QTextCursor(block)
        table = cursor.currentTable()
        last, row = row, (table.firstPosition(), table.cellAt(cursor).row()) if table else None
        text += ("   " if last == row and row else "\n") + "".join(map(_words, fragments(block)))
    return text.strip("\n")


def _words(fragment: Any) -> str:
    shape = fragment.charFormat()
    alt = shape.stringProperty(QTextFormat.Property.ImageAltText.value) if shape.isImageFormat() else ""
    return alt or str(fragment.text()).replace("\u2028", "\n").replace("\xa0", " ")
