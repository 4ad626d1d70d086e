"""Markdown as pages of the window: Qt reads it, and this dresses it in the theme."""

from collections.abc import Iterator

from PySide6.QtGui import (
    QBrush,
    QColor,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
)

from optlab.gui.theme import MONOSPACED, Theme, mix

GITHUB = QTextDocument.MarkdownFeature(
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
LARGER = {1: 2, 2: 1}
"""Steps by which headings are larger than text."""

CODE = QTextFormat.Property.BlockCodeFence, QTextFormat.Property.BlockCodeLanguage
FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value


def show_markdown(document: QTextDocument, text: str, theme: Theme, line: int) -> None:
    """Fill a document; `line` is the height of a line of plain text. HTML in it stays the text that it is."""
    document.setUndoRedoEnabled(False)
    document.setMarkdown(text, GITHUB)
    whole = QTextCursor(document)
    whole.beginEditBlock()
    for block in list(blocks(document)):
        _dress_block(block, theme, line)
    for first, last in reversed(_code(document)):
        _frame(document, first, last, theme, line)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame, theme, line)
    whole.endEditBlock()


def headings(document: QTextDocument) -> dict[str, int]:
    """Where the headings of a document stand, by their texts."""
    return {block.text(): block.position() for block in blocks(document) if block.blockFormat().headingLevel()}


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """The paragraphs of a document, those in its tables too."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _is_code(block: QTextBlock) -> bool:
    return any(block.blockFormat().hasProperty(name.value) for name in CODE)


def _code(document: QTextDocument) -> list[tuple[int, int]]:
    """The first and the last place of every block of code."""
    found: list[tuple[int, int]] = []
    before = False
    for block in blocks(document):
        if _is_code(block):
            start = found.pop()[0] if before else block.position()
            found.append((start, block.position() + block.length() - 1))
        before = _is_code(block)
    return found


def _dress_block(block: QTextBlock, theme: Theme, line: int) -> None:
    cursor, shape, level = QTextCursor(block), QTextBlockFormat(), block.blockFormat().headingLevel()
    if level:
        shape.setTopMargin({1: 0, 2: 1.4 * line}.get(level, 1.1 * line))
        shape.setBottomMargin(0.4 * line)
    elif _is_code(block):
        shape.setLineHeight(round(1.25 * line), FIXED)
        shape.setNonBreakableLines(False)
        shape.setTopMargin(0)
        shape.setBottomMargin(0)
    else:
        shape.setLineHeight(round(1.35 * line), FIXED)
        shape.setTopMargin(0.3 * line)
        shape.setBottomMargin(0.3 * line)
    cursor.mergeBlockFormat(shape)
    for place, length, old in [(f.position(), f.length(), f.charFormat()) for f in fragments(block)]:
        cursor.setPosition(place)
        cursor.setPosition(place + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(_dressed(old, level, _is_code(block), theme))


def fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    """The runs of equal format in a paragraph."""
    parts = block.begin()
    while not parts.atEnd():
        yield parts.fragment()
        parts += 1


def _dressed(old: QTextCharFormat, level: int, code: bool, theme: Theme) -> QTextCharFormat:
    new = QTextCharFormat()
    new.setForeground(QColor(mix(theme.accent, theme.text, 0.45) if old.isAnchor() else theme.text))
    if code or "monospace" in (old.fontFamilies() or []):
        new.setFontFamilies([*MONOSPACED, "monospace"])
        if not code:
            new.setBackground(QBrush(QColor(ground(theme))))
    if level:
        new.setProperty(QTextFormat.Property.FontSizeAdjustment.value, LARGER.get(level, 0))
    return new


def ground(theme: Theme) -> str:
    """What code stands on."""
    return mix(theme.text, theme.surface, 0.93)


def _frame(document: QTextDocument, first: int, last: int, theme: Theme, line: int) -> None:
    """Put a block of code on a ground of its own."""
    shape = QTextFrameFormat()
    shape.setBackground(QBrush(QColor(ground(theme))))
    shape.setPadding(0.6 * line)
    cursor = QTextCursor(document)
    cursor.setPosition(first)
    code = cursor.blockFormat()
    cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
    frame = cursor.insertFrame(shape)
    frame.firstCursorPosition().setBlockFormat(code)  # which the first line has lost
    narrow = QTextBlockFormat()
    narrow.setLineHeight(round(0.3 * line), FIXED)
    for place in (frame.firstPosition() - 1, frame.lastPosition() + 1):
        beside = QTextCursor(document.findBlock(place))
        if not beside.block().text():  # paragraphs that Qt puts around a frame
            beside.setBlockFormat(narrow)


def _dress_table(table: QTextTable, theme: Theme, line: int) -> None:
    """Hairlines between the rows, and no boxes."""
    shape = table.format()
    shape.setBorder(0)
    shape.setBorderCollapse(True)
    shape.setCellPadding(0.3 * line)
    shape.setCellSpacing(0)
    shape.setTopMargin(0.4 * line)
    shape.setBottomMargin(0.4 * line)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            edge = QTextTableCellFormat()
            edge.setBottomBorder(1)
            edge.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            edge.setBottomBorderBrush(QBrush(QColor(theme.border)))
            cell.setFormat(edge)
