"""Help: the docstring of a component as a page that reads alone, with a table of its fields."""

import inspect
import re
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from optlab.component import Component
from optlab.gui.formula_page import FormulaPage, lettered, typeset_rows
from optlab.gui.guard import guard
from optlab.gui.theme import LATIN, MONOSPACED, Theme, current_theme, mix
from optlab.gui.words import label_of, spoken
from optlab.i18n import tr, tr_key
from optlab.landscape import Landscape

MARKED = ("Source:", "Sources:", "Look for:", "Deviation:", "Deviations:")
COLUMNS = 100
"""Signs of an equation's line that fit: 24 lines of 25 are no longer, and the others wrap."""


class HelpDialog(QDialog):
    """One window for all help; it stays open beside the work and shows what was asked for last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: type | None = None
        self._page = FormulaPage(self)
        self._page.setOpenLinks(False)
        self._page.setAccessibleName(tr("Help"))
        self._page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._page)
        column.addWidget(buttons)
        self.setWindowTitle(tr("Help"))
        self.resize(self._room())

    def show_component(self, kind: type) -> None:
        """Show the page of a component, or of any class that explains itself in its docstring."""
        self._kind = kind
        self.setWindowTitle(tr("Help: {name}", name=heading(kind)))
        self._fill()
        self.show()
        self.raise_()
        self._page.setFocus()

    def text(self) -> str:
        """The page as plain text."""
        return self._page.text()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._kind:
            self._fill()

    def _room(self) -> QSize:
        """Room for equations and some paragraphs, where the screen has it."""
        font, line = QFont(self.font()), self.fontMetrics().height()
        font.setFamilies([*MONOSPACED, *font.families()])
        wished = QSize(QFontMetrics(font).horizontalAdvance("0" * COLUMNS) + 5 * line, 40 * line)
        return wished.boundedTo(self.screen().availableGeometry().size() * 0.9)

    def _fill(self) -> None:
        assert self._kind
        theme = current_theme()
        self._page.document().setDefaultStyleSheet(_style(theme, self.fontMetrics().height()))
        self._page.setHtml(page(self._kind, theme))
        self._page.setAccessibleDescription(self._page.text())  # else pictures would be read as nothing


def heading(kind: type) -> str:
    """What people call a component or a view."""
    if issubclass(kind, Component) and kind.name:
        return kind.heading()
    name = getattr(kind, "name", "") or kind.__name__
    return tr_key(f"panel.{name}", getattr(kind, "title", "") or name)


def page(kind: type, theme: Theme) -> str:
    """The help page of a class as HTML; every word of its author is escaped."""
    name = getattr(kind, "name", "") or kind.__name__
    doc = tr_key(f"{name}.help", inspect.cleandoc(kind.__doc__ or tr("Nothing is written about this one.")))
    parts = [f"<h2>{escape(heading(kind))}</h2>", *_blocks(doc, theme)]
    if issubclass(kind, Landscape) and kind.kind:
        parts.append(f"<p>{escape(tr('kind'))}: {escape(kind.shapes())}</p>")
    if issubclass(kind, Component) and kind.fields():
        parts += [f"<h3>{escape(tr('Fields'))}</h3>", _fields(kind)]
    return "".join(parts)


def _blocks(doc: str, theme: Theme) -> list[str]:
    """Paragraphs as text, indented lines as equations, sources apart."""
    html = []
    for block in re.split(r"\n\s*\n", doc.strip("\n")):
        for indented, lines in _runs(block.split("\n")):
            if indented:
                html.append(_equations(lines, theme))
            else:
                html.append(_paragraph(lines))
    return html


def _equations(lines: list[str], theme: Theme) -> str:
    text = inspect.cleandoc("\n" + "\n".join(lines))
    rows = typeset_rows(text.split("\n"))
    ground = mix(theme.text, theme.surface, 0.94)
    table = f'<table width="98%" cellpadding="{3 if rows else 8}" cellspacing="0" bgcolor="{ground}">'
    return f"{table}{rows or f'<tr><td><pre>{lettered(text)}</pre></td></tr>'}</table>"


def _runs(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Neighbouring lines that are indented alike."""
    runs: list[tuple[bool, list[str]]] = []
    for line in lines:
        indented = line.startswith("  ")
        if runs and runs[-1][0] == indented:
            runs[-1][1].append(line)
        else:
            runs.append((indented, [line]))
    return runs


def _paragraph(lines: list[str]) -> str:
    text = lettered(" ".join(line.strip() for line in lines)).replace("`", "")
    for mark in (*MARKED, tr("Source:"), tr("Look for:")):  # a plugin may be untranslated
        if text.startswith(mark):
            return f'<p class="marked"><b>{mark}</b>{text[len(mark) :]}</p>'
    return f"<p>{text}</p>"


def _fields(kind: type[Component]) -> str:
    titles = (tr("field"), tr("default"), tr("expected"), tr("meaning"))
    rows = ["".join(f'<th align="left">{escape(title)}</th>' for title in titles)]
    for key, field in kind.fields().items():
        doc = tr_key(f"{kind.name}.{key}.doc", field.doc) if field.doc else ""
        label, default = label_of(kind, key), _default(spoken(field, field.default), field.unit)
        texts = [lettered(text) for text in (label, default, field.expects(), doc)]
        if label != key:  # equations and files have the key
            texts[0] += f' <span class="key">{escape(key)}</span>'
        rows.append("".join(f"<td>{text}</td>" for text in texts))
    return f'<table cellpadding="4">{"".join(f"<tr>{row}</tr>" for row in rows)}</table>'


def _default(value: str, unit: str) -> str:
    return f"{value} {tr_key(f'unit.{unit}', unit)}" if unit else value or tr("empty")


def _style(theme: Theme, line: int) -> str:
    """Colours; lines of one height in any script; equations that wrap where they must and go on indented."""
    mono, sans = (", ".join(map(repr, families)) for families in (MONOSPACED, LATIN))
    return (
        f"body, td, p, h2, h3 {{ color: {theme.text}; }} th, .key, .marked {{ color: {theme.muted}; }}"
        f"p, table {{ margin-top: 6px; margin-bottom: 6px; }} p, td, pre {{ line-height: {round(1.3 * line)}px; }}"
        f".equation {{ line-height: 100%; margin: 2px 6px; }} .short {{ white-space: nowrap; }}"
        f"pre {{ white-space: pre-wrap; margin-left: {2 * line}px; text-indent: -{2 * line}px; }}"
        f"pre, .latin {{ font-family: {mono}, monospace; }} .greek {{ font-family: {sans}, sans-serif; }}"
    )
