"""Curves that are fitted to points of one input: the points stay where they are, whatever a curve does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from optlab.gui.plots.axis import Array
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.style import Style
from optlab.i18n import tr

ROOM = 0.1
"""What is seen above and below the points, in their height: a curve that swings out leaves the plot."""


@dataclass(frozen=True, eq=False)
class Dots:
    """Points `x`, `y` `(n,)`, filled or as rings."""

    x: Array
    y: Array
    hollow: bool = False


class FitPlot(CurvePlot):
    """Curves over the points that they are fitted to; the ranges are those of the points."""

    dots: tuple[Dots, ...] = ()

    def set_dots(self, dots: tuple[Dots, ...]) -> None:
        """Show these points from now on."""
        if dots != self.dots:
            self.dots = dots
            self.reset()
            self.measure()
            self.changed()

    def has_data(self) -> bool:
        return bool(self.dots)

    def parts(self) -> list[dict[str, Any]]:
        what, x, y = tr("curve"), self.x_axis.label or "x", self.y_axis.label or "y"
        names = {False: tr("points learned from"), True: tr("points kept for the test")}
        points = [{what: names[dots.hollow], x: dots.x, y: dots.y} for dots in self.dots]
        return [*super().parts(), *points]

    def contents(self) -> tuple[list[Array], list[Array]]:
        if not self.dots:
            return super().contents()
        y = np.concatenate([dots.y for dots in self.dots])
        room = ROOM * (float(np.ptp(y)) or 1.0)
        return [dots.x for dots in self.dots], [np.array([y.min() - room, y.max() + room])]

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw(painter, frame, style)
        radius = 2.8 * style.weight
        for dots in self.dots:
            painter.setPen(style.pen(style.theme.text if dots.hollow else style.theme.plot, 1.2))
            painter.setBrush(style.tint(style.theme.plot if dots.hollow else style.theme.text, 1.0))
            for x, y in zip(frame.x.px(dots.x), frame.y.px(dots.y), strict=True):
                if frame.area.contains(QPointF(x, y)):
                    painter.drawEllipse(QPointF(x, y), radius, radius)
