"""A map of a distribution over steps: at every step the share of the values in each bin."""

import numpy as np

from optlab.gui.plots.axis import Array, Axis, Tick, reading, thousands, ticks
from optlab.gui.plots.columns import Columns, stacked, within
from optlab.gui.plots.heatmap import HeatMap
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

LEVELS = (1e-3, 1.0)
"""Shares of all values that the first and the last colour stand for; a bin that holds less is left open."""


class DensityMap(HeatMap):
    """Shares `(n, B)` of B bins of even width; `rows_axis` says what is counted, in logarithms where it is `log`."""

    floored = False

    def __init__(self, theme: Theme, title: str = "", rows: Axis | None = None, *, empty_text: str = "") -> None:
        super().__init__(theme, title, levels=LEVELS, empty_text=empty_text)
        self.rows_axis = rows or Axis()
        self.edges: Array = np.array([0.0, 1.0])

    def set_shares(self, steps: Array, shares: Array, edges: Array, end: float) -> None:
        """Show `shares` `(n, B)` of the bins between `edges` `(B + 1,)`, in the units of the axis."""
        self.edges = edges
        self.set_data(steps, np.where(shares >= LEVELS[0], shares, np.nan), [""] * (len(edges) - 1), end)

    def table(self) -> Columns | None:
        """A row for every bin and step that is seen; blank where a bin is left open."""
        x, name = self.x_axis.label or "x", self.rows_axis.label or "y"
        edges = 10.0**self.edges if self.rows_axis.log else self.edges
        low, high, share = tr("{name}, from", name=name), tr("{name}, to", name=name), tr("share")
        bins = [
            {x: self.steps, low: float(edges[k]), high: float(edges[k + 1]), share: self.values[:, k]}
            for k in range(len(self.labels))
        ]
        return stacked(within(each, x, self.plain_x()) for each in bins)

    def margin(self, style: Style) -> float:
        found = ticks(self.rows_axis, float(self.edges[0]), float(self.edges[-1]), 8)
        return max((style.width(tick.text) for tick in found), default=0.0)

    def row_ticks(self, height: float, style: Style) -> tuple[Tick, ...]:
        lo, hi = float(self.edges[0]), float(self.edges[-1])
        found = ticks(self.rows_axis, lo, hi, int(height / (1.9 * style.em)))
        return tuple(Tick((tick.at - lo) / (hi - lo) * len(self.labels), tick.text) for tick in found)

    def reading(self, x: float, row: float) -> str:
        """What is at step `x` in row `row`: step 420 · 0.25 · 3 %."""
        column = int(np.searchsorted(self.steps, x, "right")) - 1
        place = min(max(int(row), 0), len(self.labels) - 1)
        centre = float(self.edges[place : place + 2].mean())
        value = reading(10.0**centre if self.rows_axis.log else centre)
        head = f"{self.x_axis.title} {thousands(x)} · {value}"
        if column < 0 or x >= self.end:
            return head
        share = float(np.nan_to_num(self.values[column, place]))
        return f"{head} · {100 * share:.2g} %" if share else f"{head} · < {100 * LEVELS[0]:.1g} %"
