"""The card of a bar: a layer's activation and slope over its pre-activations, and what has come down to the layer."""

from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from optlab.engine.passage import Station
from optlab.gui.bar_words import most
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.curves import Band, Curve, Line
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.readout import Reading
from optlab.gui.theme import restyle
from optlab.i18n import tr
from optlab.layout import Array
from optlab.nets.portrait import shares

BINS = 40
"""Of the histogram, over all that the curve shows."""

HIGH = 0.85
"""Height of the highest bin, as a share of the plot's."""

WIDE, LOW = 22, 11
"""Width of the card and height of its plot, in lines of text."""


class SlopePlot(CurvePlot):
    """σ and σ′ over z, with the histogram of z behind them, which has no scale of its own."""

    def contents(self) -> tuple[list[Array], list[Array]]:
        return [curve.x for curve in self.curves], [curve.y for curve in self.curves]


class BarCard(QFrame):
    """Lies over the window, beside a bar, and lets the mouse through."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.head, self.values, self.words, self.note = (QLabel(self) for _ in range(4))
        self.plot = SlopePlot(desk.theme, "", Axis(tr("pre-activation z")))
        self._shown: tuple[object, ...] = ()
        restyle(self, role="float")
        restyle(self.head, role="title")
        restyle(self.note, role="muted")
        for label in (self.head, self.words, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        for widget in (self.head, self.values, self.plot, self.words, self.note):
            column.addWidget(widget)
        column.addStretch(1)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Take the theme from the desk."""
        self.plot.apply_theme(self._desk.theme, stroke=self._desk.stroke)

    def tell(
        self, head: str, readings: Sequence[Reading], chosen: Reading, words: Sequence[str], note: str,
        station: Station | None, colour: str, drawn: bool,
    ) -> None:  # fmt: skip
        """Show these; nothing is done where they are shown already.

        `chosen` is the reading of the bar itself; without `drawn` there is no activation to come.
        """
        shown = (head, *readings, chosen, *words, note, station, colour, drawn)
        if shown == self._shown:
            return
        self._shown = shown
        self.head.setText(head)
        self.values.setText(_table(readings, chosen))
        self.words.setText("\n".join(words))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.plot.setVisible(drawn)
        if station is not None and station.curve.size:
            self._draw(station, colour)
        self.setAccessibleName(head)
        self.setAccessibleDescription(" ".join(words))

    def _draw(self, station: Station, colour: str) -> None:
        z, value, slope = station.curve
        plot = self.plot
        plot.set_empty_text("")
        plot.reset()
        plot.set_x_span(float(z[0]), float(z[-1]))
        curves = [
            Curve(z, value, "text", (), 2.0, 1.0, "σ", tr("activation σ")),
            Curve(z, slope, "text", (2, 2), 2.0, 1.0, "σ′", tr("slope σ′")),
        ]
        plot.set_curves(curves, (), [Line(station.steepest, tr("at most {most}", most=most(station.steepest)))])
        plot.set_curves(curves, [_histogram(station, plot.view.y, colour)], plot.lines)

    def show_beside(self, over: QWidget, bar: QRect) -> None:
        """Appear at the right of `bar` of a widget, or at its left where there is more room, wholly in the window."""
        window = over.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        em = self.fontMetrics().height()
        room = window.rect().adjusted(4, 4, -4, -4)
        self.plot.setFixedHeight(min(LOW * em, room.height() // 3))
        width = min(WIDE * em, room.width() // 2)
        self._column.activate()
        self.resize(width, self._column.totalHeightForWidth(width))
        near = QRect(over.mapTo(window, bar.topLeft()), bar.size())
        right = near.right() + em
        left = right if right + self.width() <= room.right() else near.left() - em - self.width()
        top = min(near.top(), room.bottom() - self.height())
        self.move(QPoint(max(left, room.left()), max(top, room.top())))
        self.show()
        self.raise_()


def _histogram(station: Station, span: tuple[float, float], colour: str) -> Band:
    """The pre-activations as a band that stands on the bottom of the plot."""
    z, (low, high) = station.curve[0], span
    edges: Array = np.linspace(z[0], z[-1], BINS + 1)
    found = shares(station.sums[None], edges)[0]
    heights = low + HIGH * (high - low) * found / max(float(found.max()), 1e-300)
    return Band(np.repeat(edges, 2)[1:-1], np.full(2 * BINS, low), np.repeat(heights, 2), colour, tr("share of z"))


def _table(readings: Sequence[Reading], chosen: Reading) -> str:
    """A row for every run, the chosen one in bold."""
    rows = []
    for reading in readings:
        name, value = (f"<b>{t}</b>" if reading is chosen else t for t in map(escape, (reading.label, reading.text)))
        mark = f"<span style='color:{reading.colour}'>■</span>"
        rows.append(f"<tr><td>{mark}&nbsp;{name}</td><td align='right'>&nbsp;&nbsp;{value}</td></tr>")
    return f"<table cellspacing='0' width='100%'>{''.join(rows)}</table>"
