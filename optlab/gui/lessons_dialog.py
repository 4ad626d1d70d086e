"""All lessons as cards: title, question, a tick where all its predictions are made, and a search over their words."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optlab.gui.theme import restyle
from optlab.i18n import tr
from optlab.store.library import Shelf
from optlab.store.predictions import Predictions


class LessonsDialog(QDialog):
    """Enter or a click opens the chosen lesson; typing looks for words in any language."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Lessons"))
        self._words: Mapping[str, str] = {}
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

    def set_lessons(self, lessons: Sequence[Shelf], made: Predictions) -> None:
        """Show these, in their order, with a tick where as many predictions are kept as there are questions."""
        self.cards.clear()
        self._words = {shelf.name: shelf.words() for shelf in lessons}
        for shelf in lessons:
            done = shelf.questions > 0 and len(made.get(shelf.name, {})) >= shelf.questions
            title, question = f"{'✓ ' if done else ''}{tr(shelf.title)}", tr(shelf.question)
            item, card = QListWidgetItem(self.cards), _card(title, question)
            item.setData(Qt.ItemDataRole.UserRole, shelf.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}\n{question}")
            item.setToolTip(tr("Every prediction of this lesson is made.") if done else "")
            item.setSizeHint(card.sizeHint())
            self.cards.setItemWidget(item, card)
        self._on_typed(self.search.text())

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

    def _open(self, *_: object) -> None:
        item = self.cards.currentItem()
        if item is not None and not item.isHidden() and self.isVisible():  # a click may come as both of its signals
            self.accept()
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


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
