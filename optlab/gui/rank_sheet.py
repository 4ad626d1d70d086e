"""The table of ranks: who is best at its best rate, and how far its seeds lie apart, on one shared axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from optlab.engine.tuning import Place
from optlab.gui.guard import guard
from optlab.gui.plots.columns import Columns
from optlab.gui.run_model import Index
from optlab.gui.sheet import Sheet
from optlab.gui.theme import current_theme
from optlab.i18n import tr

SWATCH = 9  # pixels
PAD = 8
BAND = 180
"""Pixels of the column with the bands, at the least."""

RANK, SINGLE, TRIAL, METHOD, LR, MEDIAN, BANDS, COUNT, LOW, HIGH = range(10)
NUMBERS = (RANK, SINGLE, LR, MEDIAN, LOW, HIGH, COUNT)
SHARE = Qt.ItemDataRole.UserRole
"""Low, median and high of a row as shares of the shared axis, and its colour."""


@dataclass(frozen=True)
class Reach:
    """The shared axis of all bands: logarithmic where no loss is below zero."""

    lo: float
    hi: float
    log: bool

    @classmethod
    def of(cls, losses: Sequence[float]) -> "Reach":
        """The axis that holds these."""
        known = [loss for loss in losses if math.isfinite(loss)]
        log = not any(loss < 0 for loss in known)
        shown = [math.log10(loss) if log else loss for loss in known if not log or loss > 0]
        return cls(min(shown, default=0.0), max(shown, default=0.0), log)

    def share(self, loss: float) -> float:
        """Where a loss stands from 0 to 1; what is not finite, and 0 on a logarithm, at an end."""
        if not math.isfinite(loss):
            return 1.0
        if self.log and loss <= 0:
            return 0.0
        value = math.log10(loss) if self.log else loss
        return (value - self.lo) / (self.hi - self.lo) if self.hi > self.lo else 0.5


class RankModel(QAbstractTableModel):
    """A row for each trial, in the order of ranks."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: Sequence[Place] = ()
        self._colours: dict[str, str] = {}
        self._reach = Reach(0.0, 0.0, True)

    def set_places(self, places: Sequence[Place], colours: dict[str, str]) -> None:
        """Show these; the colours by the trials' labels."""
        self.beginResetModel()
        self._places, self._colours = places, colours
        self._reach = Reach.of([float(loss) for place in places for loss in place.score.at_best])
        self.endResetModel()

    @guard(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._places)

    @guard(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else HIGH + 1

    @guard()
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal or role not in (0, Qt.ItemDataRole.ToolTipRole):
            return None
        titles = (
            tr("rank"), tr("of single seeds"), tr("trial"), tr("optimizer"), tr("best lr"), tr("loss, median"),
            tr("lowest … highest"), tr("evaluations"), tr("lowest"), tr("highest"),
        )  # fmt: skip
        tips = {
            RANK: tr("By the median loss; equal losses share a rank"),
            SINGLE: tr("The best and the worst rank that a single seed would have given"),
            MEDIAN: tr("The mean loss of the last tenth of a run, its median over the seeds"),
            COUNT: tr("Losses and gradients computed for all rates and seeds"),
        }
        return titles[section] if role == 0 else tips.get(section)

    @guard()
    def data(self, index: Index, role: int = 0) -> Any:
        place, column = self._places[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            value = self._value(place, column)
            return _text(value) if role == Qt.ItemDataRole.DisplayRole else value
        if role == Qt.ItemDataRole.DecorationRole and column == TRIAL:
            swatch = QPixmap(SWATCH, SWATCH)
            swatch.fill(QColor(self._colours[place.score.trial.label]))
            return swatch
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return place.score.warning or tr("{trial}: {low} … {high}", trial=place.score.trial.label,
                                             low=f"{place.score.at_best.min():.4g}",
                                             high=f"{place.score.at_best.max():.4g}")  # fmt: skip
        if role == SHARE:
            losses = place.score.at_best
            spots = (float(losses.min()), place.score.loss, float(losses.max()))
            return [*map(self._reach.share, spots), self._colours[place.score.trial.label]]
        return None

    def _value(self, place: Place, column: int) -> Any:
        score = place.score
        losses = score.at_best
        between = str(place.first) if place.first == place.last else f"{place.first}–{place.last}"
        values = (
            place.rank, between, score.trial.label, score.trial.optimizer.heading(), _known(score.lr),
            _known(score.loss), None, int(score.evaluations.sum()), _known(float(losses.min())),
            _known(float(losses.max())),
        )  # fmt: skip
        return values[column]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}".replace(",", "\u2009") \
        if isinstance(value, int) else str(value)  # fmt: skip


class BandDelegate(QStyledItemDelegate):
    """Paints the losses of a row's seeds as a band, with a line at their median."""

    @guard()
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        low, median, high, colour = index.data(SHARE)
        area = QRectF(option.rect).adjusted(PAD, 0, -PAD, 0)
        theme, middle, half = current_theme(), area.center().y(), 0.22 * area.height()
        left, right = (area.left() + share * area.width() for share in (low, high))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.grid), 1.0))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        band = QColor(colour)
        band.setAlphaF(0.55)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawRoundedRect(QRectF(left - 1, middle - half, right - left + 2, 2 * half), 2, 2)
        x = area.left() + median * area.width()
        painter.setPen(QPen(QColor(theme.text), 2.0))
        painter.drawLine(QPointF(x, middle - 1.5 * half), QPointF(x, middle + 1.5 * half))
        painter.restore()


class RankSheet(Sheet):
    """The table; what is copied and saved are its numbers, without the painted column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.ranks = RankModel()
        super().__init__(self.ranks, tr("Ranks"), parent)
        self.ranks.setParent(self)
        self.setItemDelegateForColumn(BANDS, BandDelegate(self))
        self.setEditTriggers(Sheet.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(Sheet.SelectionBehavior.SelectRows)
        self._widen()

    def show_places(self, places: Sequence[Place], colours: dict[str, str]) -> None:
        """Show the trials in their order, the columns as wide as they need."""
        self.ranks.set_places(places, colours)
        self._widen()

    def _widen(self) -> None:
        header = self.horizontalHeader()
        for column in range(self.ranks.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(BANDS, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(BAND // 3)
        for column in (LOW, HIGH):  # the band shows them, and a tooltip says them
            self.setColumnHidden(column, True)

    def needed_height(self) -> int:
        """Pixels in which all rows are seen."""
        rows = self.ranks.rowCount() * self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth() + 2

    def table(self) -> Columns:
        columns = super().table()
        del columns[tr("lowest … highest")]
        return columns

    def text(self) -> str:
        """The whole table as lines of cells between tabs, as a spreadsheet reads them."""
        columns = self.table()
        rows = [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]
        return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in rows)
