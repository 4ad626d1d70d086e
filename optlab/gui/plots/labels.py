"""Labels at the ends of lines: thinned where there is no room, spread so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from optlab.gui.plots.style import Style

FEW = 8
"""Of so many labels those with most room are kept, and moved if need be; of more, such as layers, every k-th."""


@dataclass(frozen=True)
class EndLabel:
    """A text in its line's colour, and the pixel at which the line ends."""

    text: str
    colour: str
    x: float
    y: float


def spread(wanted: Sequence[float], height: float, lo: float, hi: float) -> list[float]:
    """Centres as near to the `wanted` ones as distances of `height` and the room from `lo` to `hi` allow."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    pools: list[tuple[float, int]] = []  # (sum, count): neighbours that touch move as one
    for rank, i in enumerate(order):
        pools.append((wanted[i] - rank * height, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1] = (pools[-1][0] + total, pools[-1][1] + count)
    top, bottom = lo + height / 2, hi - height / 2 - (len(order) - 1) * height
    bases = [max(min(total / count, bottom), top) for total, count in pools for _ in range(count)]
    centres = [0.0] * len(order)
    for rank, i in enumerate(order):
        centres[i] = bases[rank] + rank * height
    return centres


def thinned(labels: Sequence[EndLabel], height: float, room: float, few: int = FEW) -> list[EndLabel]:
    """The labels for which there is room: of a few the least crowded, else every k-th with the first and the last."""
    count = len(labels)
    if count <= few:
        return _least_crowded(labels, max(int(room / height), 2))
    span = max((label.y for label in labels), default=0.0) - min((label.y for label in labels), default=0.0)
    fit = max(int(min(span + height, room) / height), 2)
    if count <= fit:
        return list(labels)
    stride = -(-(count - 1) // (fit - 1))
    kept = list(range(0, count, stride))
    if kept[-1] != count - 1:
        kept[-1:] = [count - 1] if count - 1 - kept[-1] < stride / 2 and len(kept) > 1 else [kept[-1], count - 1]
    return [labels[i] for i in kept]


def _least_crowded(labels: Sequence[EndLabel], fit: int) -> list[EndLabel]:
    """The first, the last and those between them that have most room, in the order given."""
    kept = list(labels)
    while len(kept) > fit:
        rooms = [min(abs(a.y - b.y) for b in kept if b is not a) for a in kept[1:-1]]
        del kept[1 + rooms.index(min(rooms))]
    return kept


def paint_labels(
    painter: QPainter, style: Style, labels: Sequence[EndLabel], area: QRectF, right: float, few: int = FEW
) -> None:
    """Draw labels right of their lines' ends, none beyond `right`; `few` as of `thinned`."""
    height, gap = style.em * 1.02, 8 * style.scale
    shown = thinned(labels, height, area.height(), few)
    centres = spread([label.y for label in shown], height, area.top(), area.bottom())
    painter.setFont(style.font)
    for label, y in zip(shown, centres, strict=True):
        x = min(label.x, area.right()) + gap
        text = style.elided(label.text, right - x)
        box = QRectF(x - 2, y - height / 2, style.width(text) + 4, height)
        painter.fillRect(box, style.tint(style.theme.plot, 0.94))
        painter.setPen(style.pen(label.colour))
        if abs(y - label.y) > 0.25 * height:
            painter.drawLine(QPointF(x - gap + 2, label.y), QPointF(x - 2, y))
        painter.drawText(box.adjusted(2, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def gutter(style: Style, texts: Sequence[str], room: float) -> float:
    """The width to keep free right of the lines: the widest text, at most 36 % of `room`."""
    widest = max((style.width(text) for text in texts), default=0.0)
    return min(widest + 12 * style.scale, 0.36 * room) if texts else 0.0


def overflow(style: Style, ends: Sequence[tuple[str, float]], right: float) -> bool:
    """Whether a text beside its line's end would reach beyond `right`."""
    return any(x + style.width(text) + 14 * style.scale > right for text, x in ends)


class LabelRoom:
    """The room right of the lines: made at one go when labels first need it, then kept while the run goes."""

    def __init__(self) -> None:
        self.kept = self._making = False

    def clear(self) -> None:
        self.kept = self._making = False

    def begin(self) -> None:
        self.kept = self._making = True

    def width(self, full: float, needed: bool, glided: float) -> float:
        """How wide it is now, `glided` of the way since it began."""
        if not self.kept:
            return full if needed else 0.0
        if not self._making:
            return full
        self._making = glided < 1.0
        return full * glided
