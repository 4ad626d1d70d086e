"""The author's guide as a window: contents and a search at the left, the page at the right."""

import re
from itertools import chain

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.guard import guard
from optlab.gui.markdown import headings, show_markdown
from optlab.gui.theme import current_theme
from optlab.i18n import tr
from optlab.store.guide import FIRST, MADE, NAMES, Page, page, title_of
from optlab.store.reference import read_ahead

COPY, SAVE = "copy:", "save:"
"""The links over whole files, with their numbers behind."""

PLACE = Qt.ItemDataRole.UserRole


class GuideDialog(QDialog):
    """It stays open beside the work; links lead to other pages, and back again."""

    new_requested = Signal(str)  # a kind of plugin
    save_requested = Signal(str, str)  # the name and the text of one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Page | None = None
        self._past: list[tuple[str, int]] = []
        self._make_children()
        self._lay_out()
        self._connect()
        self.setWindowTitle(tr("Writing plugins"))
        self.resize(self._room())
        self._ahead = chain.from_iterable(map(read_ahead, MADE.values()))
        self._idle = QTimer(self, interval=0)
        self._idle.timeout.connect(self._on_idle)

    @property
    def current(self) -> str:
        """The name of the page that is shown."""
        return self._shown.name if self._shown else ""

    def show_page(self, name: str = FIRST, heading: str = "") -> None:
        """Show a page, from its top or from one of its headings on."""
        if self._shown and name != self._shown.name:
            self._past.append((self._shown.name, self._scroll()))
        if name != self.current:
            self._fill(page(name))
            self._go_to(heading)
        elif heading:
            self._go_to(heading)
        self.show()
        self.raise_()
        self._idle.start()

    def back(self) -> None:
        """Show the page before, where it was left."""
        if self._past:
            name, place = self._past.pop()
            self._fill(page(name))
            self._text.verticalScrollBar().setValue(place)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._shown:
            place = self._scroll()
            self._fill(self._shown)
            self._text.verticalScrollBar().setValue(place)

    def _make_children(self) -> None:
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(tr("Find words in all pages"))
        self._search.setAccessibleName(tr("Find words in all pages"))
        self._search.setClearButtonEnabled(True)
        self._contents = QTreeWidget(self)
        self._contents.setHeaderHidden(True)
        self._contents.setUniformRowHeights(True)
        self._contents.setAccessibleName(tr("Contents"))
        self._contents.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._contents.ensurePolished()  # or rows keep the height that they have without the style sheet
        for name in NAMES:
            item = QTreeWidgetItem(self._contents, [title_of(name)])
            item.setData(0, PLACE, (name, ""))
            item.setToolTip(0, title_of(name))
        self._text = QTextBrowser(self)
        self._text.setOpenLinks(False)
        self._text.setAccessibleName(tr("Page"))
        self._back = QPushButton(tr("Back"), self)
        self._new = QPushButton(tr("New plugin of this kind…"), self)

    def _lay_out(self) -> None:
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, self.fontMetrics().averageCharWidth(), 0)
        column.addWidget(self._search)
        column.addWidget(self._contents, 1)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(left)
        halves.addWidget(self._text)
        halves.setStretchFactor(1, 1)
        halves.setSizes([self.fontMetrics().averageCharWidth() * 38, self._room().width()])
        halves.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        for button in (self._back, self._new):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(halves, 1)
        whole.addWidget(buttons)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._search.returnPressed.connect(self._on_next)
        self._contents.itemClicked.connect(self._on_item)
        self._contents.itemActivated.connect(self._on_item)
        self._text.anchorClicked.connect(self._on_link)
        self._back.clicked.connect(self.back)
        self._new.clicked.connect(self._on_new)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Back), self, self.back)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._search.setFocus)

    def _room(self) -> QSize:
        """Room for the lines of code and the contents beside them, where the screen has it."""
        wished = QSize(self.fontMetrics().averageCharWidth() * 165, 44 * self.fontMetrics().height())
        return wished.boundedTo(self.screen().availableGeometry().size() * 0.9)

    def _scroll(self) -> int:
        return self._text.verticalScrollBar().value()

    def _fill(self, shown: Page) -> None:
        self._shown = shown
        parts = re.split(r"^(?=```python$)", shown.text, flags=re.M)
        text = parts[0] + "".join(f"{_links(number)}\n\n{part}" for number, part in enumerate(parts[1:]))
        show_markdown(self._text.document(), text, current_theme(), self.fontMetrics().height())
        self._text.moveCursor(QTextCursor.MoveOperation.Start)
        self._back.setEnabled(bool(self._past))
        self._new.setVisible(bool(shown.kind))
        self._mark(shown)

    def _mark(self, shown: Page) -> None:
        """Open the page's parts in the contents, and no others."""
        for number, name in enumerate(NAMES):
            item = self._contents.topLevelItem(number)
            assert item is not None
            if name != shown.name:
                item.setExpanded(False)
                continue
            if not item.childCount():
                for heading in shown.headings:
                    QTreeWidgetItem(item, [heading]).setData(0, PLACE, (name, heading))
            item.setExpanded(True)
            if self._contents.currentItem() not in [item, *(item.child(k) for k in range(item.childCount()))]:
                self._contents.setCurrentItem(item)

    def _go_to(self, heading: str) -> None:
        place = headings(self._text.document()).get(heading, 0)
        cursor = self._text.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)  # from below, so that the heading is at the top
        self._text.setTextCursor(cursor)
        cursor.setPosition(place)
        self._text.setTextCursor(cursor)

    def _on_item(self, item: QTreeWidgetItem) -> None:
        self.show_page(*item.data(0, PLACE))
        self._find_words()

    def _on_link(self, link: QUrl) -> None:
        target = link.toString()
        if self._shown and target.startswith((COPY, SAVE)):
            file = self._shown.files[int(target.partition(":")[2])]
            if target.startswith(COPY):
                QGuiApplication.clipboard().setText(file)
            else:
                self.save_requested.emit(self._shown.saved_as(file), file)
        elif target.removesuffix(".md") in NAMES:
            self.show_page(target.removesuffix(".md"))

    def _on_search(self, words: str) -> None:
        for number, name in enumerate(NAMES):
            item = self._contents.topLevelItem(number)
            assert item is not None
            item.setHidden(not page(name).holds(words))
        self._find_words()

    def _on_next(self) -> None:
        """Go on to the next place; from a page that has none, to the first page that has."""
        if self._shown and self._shown.holds(self._search.text()):
            self._find_words(further=True)
        elif found := next((name for name in NAMES if page(name).holds(self._search.text())), ""):
            self.show_page(found)
            self._find_words()

    def _find_words(self, further: bool = False) -> None:
        """Mark what is searched for in the page: the words as they stand together, else the first of them."""
        words = self._search.text().strip()
        if not further:
            self._text.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        for sought in (words, words.split(" ")[0]):
            if sought and self._text.find(sought):
                return
        if words and further:  # from the top again
            self._text.moveCursor(QTextCursor.MoveOperation.Start)
            self._find_words()

    def _on_new(self) -> None:
        if self._shown:
            self.new_requested.emit(self._shown.kind)

    def _on_idle(self) -> None:
        """Read a little of the sources of the reference, so that it is there when it is opened."""
        if next(self._ahead, None) is None:
            self._idle.stop()


def _links(number: int) -> str:
    return f"[{tr('Copy this file')}]({COPY}{number}) · [{tr('Save it in my plugins')}]({SAVE}{number})"
