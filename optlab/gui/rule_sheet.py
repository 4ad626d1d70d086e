"""The rule of an optimizer as a worked example: typeset lines, each with this step's numbers beside it or below."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.engine.rule import Line
from optlab.gui import typeset
from optlab.gui.guard import guard
from optlab.gui.numerals import compact
from optlab.gui.theme import MONOSPACED, current_theme
from optlab.i18n import tr

DIGITS = 5
LARGER = 1.35
MARGIN, GAP = 1.0, 0.75
"""Around the lines, and between them, in the height of their letters."""
INSET = 0.3
"""Where the sign itself begins."""


def short(value: float) -> str:
    """A number in as many digits as one checks by hand, with the sign that equations have."""
    text = compact(float(f"{value:.{DIGITS}g}"))
    return f"−{text[1:]}" if text.startswith("-") else text


def numbers(line: Line) -> tuple[str, str]:
    """What follows a line: its right side in numbers, and what comes of it."""
    result = "" if line.result is None else f"= {short(line.result)}"
    filled = f"= {line.filled}" if line.filled else ""
    return ("" if filled == result else filled), result


@dataclass(frozen=True)
class Piece:
    """Something that is drawn on a baseline, from its start on; a statement from its sign of relation on."""

    kind: str
    """`formula` `letters` `filled` `result` or `note`."""
    text: str
    at: QPointF
    aside: bool = False


class RuleSheet(QWidget):
    """Lines of a rule; `text` has all that is to be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._widest = 0.0
        self._kept: tuple[int, tuple[list[Piece], float]] | None = None
        self._fonts: dict[str, tuple[QFont, QFontMetricsF]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Update rule with the numbers of the step"))
        copy = QAction(tr("Copy"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_lines(self, lines: list[Line]) -> None:
        """Have these lines; what stands beside them keeps its place as long as the rule is the same."""
        if lines == self.lines:
            return
        if [line.text for line in lines] != [line.text for line in self.lines]:
            self._widest = 0.0
        self.lines, self._kept = lines, None
        self.setAccessibleDescription(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The lines in Unicode."""
        return "\n".join("   ".join(filter(None, (line.text, *numbers(line), line.note))) for line in self.lines)

    @guard(-1)
    def heightForWidth(self, width: int) -> int:
        return round(self._laid(width)[1])

    @guard(QSize(0, 0))
    def sizeHint(self) -> QSize:
        width = round(30 * self._em())
        return QSize(width, self.heightForWidth(width))

    @guard(QSize(0, 0))
    def minimumSizeHint(self) -> QSize:
        em = self._em()
        edges = [self._edges(line, em) for line in self.lines]
        width = sum(max((edge[k] for edge in edges), default=0.0) for k in (0, 1)) + 2 * MARGIN * em
        return QSize(round(width), 0)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widest = 0.0
            self._fonts.clear()
            self._kept = None
            self.updateGeometry()

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme, em = current_theme(), self._em()
        with QPainter(self) as painter:
            for piece in self._laid(self.width())[0]:
                colour = theme.muted if piece.aside or piece.kind in ("filled", "note") else theme.text
                if piece.kind == "formula":
                    typeset.draw(painter, piece.text, piece.at, em, colour)
                    continue
                painter.setFont(self._font(piece.kind))
                painter.setPen(QColor(colour))
                painter.drawText(piece.at, piece.text)

    def _em(self) -> float:
        return LARGER * QFontInfo(self.font()).pixelSize()

    def _font(self, kind: str) -> QFont:
        if kind not in self._fonts:
            font = QFont(self.font())
            if kind == "letters":
                font.setFamilies(list(MONOSPACED))
            font.setBold(kind == "result")
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[kind] = font, QFontMetricsF(font)
        return self._fonts[kind][0]

    def _metrics(self, kind: str) -> QFontMetricsF:
        self._font(kind)
        return self._fonts[kind][1]

    def _edges(self, line: Line, em: float) -> tuple[float, float, float, float]:
        """How far a line reaches to the left and to the right, above and below its sign of relation."""
        metrics = self._metrics("letters")
        if typeset.is_drawn(line.text):
            box = typeset.box(line.text, em)
            return -box.left(), box.right(), max(-box.top(), metrics.ascent()), max(box.bottom(), metrics.descent())
        left, right = _halves(line.text)
        return metrics.horizontalAdvance(left), metrics.horizontalAdvance(right), metrics.ascent(), metrics.descent()

    def _laid(self, width: int) -> tuple[list[Piece], float]:
        """All pieces at a width, and their height; made once for a width that is asked for again."""
        if self._kept is None or self._kept[0] != width:
            self._kept = width, self._lay(width)
        return self._kept[1]

    def _lay(self, width: int) -> tuple[list[Piece], float]:
        em = self._em()
        edges = [self._edges(line, em) for line in self.lines]
        at = MARGIN * em + max((edge[0] for edge in edges), default=0.0)
        beside = at + max((edge[1] for edge in edges), default=0.0) + 2 * em
        strong, plain = self._metrics("result"), self._metrics("filled")
        for filled, result in map(numbers, self.lines):
            wide = plain.horizontalAdvance(f"{filled} ") + strong.horizontalAdvance(result)
            self._widest = max(self._widest, wide)
        fits = beside + self._widest + MARGIN * em <= width
        pieces: list[Piece] = []
        y = 0.5 * em
        for line, (_, right, above, below) in zip(self.lines, edges, strict=True):
            base, y = y + above, y + above + below
            pieces += self._letters(line, QPointF(at, base))
            note = at + right + 1.5 * em
            if fits:
                row = list(self._row(line, QPointF(beside, base), width))
                end = beside + self._widest + 1.5 * em
                pieces, note = pieces + row, (end if row else note)
            else:
                for piece in self._row(line, QPointF(at + INSET * em, y + 0.15 * em + plain.ascent()), width):
                    pieces.append(piece)
                    y = piece.at.y() + plain.descent()
            pieces += self._note(line, QPointF(note, base), width)
            y += GAP * em
        return pieces, y

    def _letters(self, line: Line, at: QPointF) -> Iterator[Piece]:
        if typeset.is_drawn(line.text):
            yield Piece("formula", line.text, at, line.aside)
            return
        left, right = _halves(line.text)
        yield Piece(
            "letters", left + right, at - QPointF(self._metrics("letters").horizontalAdvance(left), 0), line.aside
        )

    def _row(self, line: Line, at: QPointF, width: int) -> Iterator[Piece]:
        """The numbers of a line, on as many lines of text as they need."""
        filled, result = numbers(line)
        plain, strong, x = self._metrics("filled"), self._metrics("result"), at.x()
        limit, row = width - MARGIN * self._em(), ""
        words = [(word, "filled") for word in _steps(filled)]  # the first of them may read like the result
        for word, kind in [*words, *([(result, "result")] if result else [])]:
            wide = (strong if kind == "result" else plain).horizontalAdvance(word)
            used = plain.horizontalAdvance(f"{row} ") if row else 0.0
            if row and x + used + wide > limit:
                yield Piece("filled", row, at)
                at, row, used = QPointF(x + 1.5 * self._em(), at.y() + plain.lineSpacing()), "", 0.0
                x = at.x()
            if kind == "result":
                if row:
                    yield Piece("filled", row, at)
                yield Piece("result", word, at + QPointF(used, 0))
            else:
                row = f"{row} {word}" if row else word

    def _note(self, line: Line, at: QPointF, width: int) -> Iterator[Piece]:
        room = width - MARGIN * self._em() - at.x()
        if line.note and room > 4 * self._em():
            text = self._metrics("note").elidedText(line.note, Qt.TextElideMode.ElideRight, room)
            yield Piece("note", text, at, line.aside)


def _halves(text: str) -> tuple[str, str]:
    """A line in Unicode before its sign of relation, and from there on."""
    for sign in (" ← ", " = "):
        if sign in text:
            left, right = text.split(sign, 1)
            return f"{left} ", f"{sign.strip()} {right}"
    return "", text


def _steps(filled: str) -> list[str]:
    """Where a row of numbers may be broken: before a sign."""
    found: list[str] = []
    for word in filled.split():
        if found and found[-1].split()[-1] in ("=", "+", "−", "·", "/"):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
