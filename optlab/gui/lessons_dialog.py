"""All lessons as cards: title, question, a tick where all its predictions are made, and a search over their words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optlab.gui.theme import restyle
from optlab.i18n import tr
from optlab.store.library import Shelf
from optlab.store.predictions import Predictions

WRITE = "write:"
"""What the last card goes by: no experiment can be called so."""


class LessonsDialog(QDialog):
    """Enter or a click opens the chosen lesson; typing looks for words in any language."""

    chosen = Signal(str)
    write_requested = Signal()
    """The last card: after the lessons one writes an optimizer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Lessons"))
        self._words: dict[str, str] = {}
        self.search = QLineEdit(self, placeholderText=tr("Find a lesson: vanishing, 余弦退火, saddle …"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Find a lesson"))
        self.cards = QListWidget(self)
        self.cards.setSpacing(4)
        self.cards.setAccessibleName(tr("Lessons"))
        self.cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.cards, 1)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._open)
        for signal in (self.cards.itemActivated, self.cards.itemClicked):
            signal.connect(self._open)
        self.resize(680, 560)

    def set_lessons(self, lessons: Sequence[Shelf], made: Predictions, following: str = "") -> None:
        """Show these, in their order, with a tick where as many predictions are kept as there are questions.

        `following` is the name of the one that Enter opens.
        """
        self.cards.clear()
        self._words = {shelf.name: shelf.words() for shelf in lessons}
        for shelf in lessons:
            done = shelf.questions > 0 and len(made.get(shelf.name, {})) >= shelf.questions
            item = self._add(shelf.name, f"{'✓ ' if done else ''}{tr(shelf.title)}", tr(shelf.question), shelf.plugin)
            item.setToolTip(tr("Every prediction of this lesson is made.") if done else "")
            if shelf.name == following:
                self.cards.setCurrentItem(item)
        title, question = tr("Write an optimizer of your own"), tr("Can your rule get down faster?")
        self._words[WRITE] = f"{title} {question} write plugin optimizer 编写 插件 优化器".casefold()
        self._add(WRITE, title, question)
        self._on_typed(self.search.text())

    def _add(self, name: str, title: str, question: str, plugin: str = "") -> QListWidgetItem:
        if plugin:
            question += "\n" + tr("from the plugin {name}", name=plugin)
        item, card = QListWidgetItem(self.cards), _card(title, question)
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}\n{question}")
        item.setSizeHint(card.sizeHint())
        self.cards.setItemWidget(item, card)
        return item

    def _on_typed(self, text: str) -> None:
        """Show the lessons that have every word that was typed."""
        wanted = text.casefold().split()
        for row in range(self.cards.count()):
            item = self.cards.item(row)
            words = self._words[item.data(Qt.ItemDataRole.UserRole)]
            item.setHidden(not all(word in words for word in wanted))
        shown = [row for row in range(self.cards.count()) if not self.cards.item(row).isHidden()]
        if self.cards.currentRow() not in shown:
            self.cards.setCurrentRow(shown[0] if shown else -1)
        if shown:
            self.cards.scrollToItem(self.cards.currentItem())

    def _open(self, *_: object) -> None:
        item = self.cards.currentItem()
        if item is not None and not item.isHidden() and self.isVisible():  # a click may come as both of its signals
            self.accept()
            name = item.data(Qt.ItemDataRole.UserRole)
            if name == WRITE:
                self.write_requested.emit()
            else:
                self.chosen.emit(name)


def _card(title: str, question: str) -> QWidget:
    card = QWidget()
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(2)
    for text, marks in ((title, {"role": "title"}), (question, {"role": "muted"})):
        label = QLabel(text, card, textFormat=Qt.TextFormat.PlainText)
        restyle(label, **marks)
        column.addWidget(label)
    return card
