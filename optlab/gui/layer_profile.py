"""The profile over the layers at the cursor: a bar for every layer of every run, from input to output."""

import numpy as np

from optlab.engine.session import Entry
from optlab.gui import layer_series as by_layer
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.bar_paint import Bars, Trend
from optlab.gui.plots.bars import BarPlot
from optlab.i18n import tr
from optlab.layout import Array

FLOOR = 1e-8  # of the profile: a weight of size 1 that gets less than this needs 10^8 / lr steps to move
DEEPEST = 1e-60


class LayerProfile(BarPlot):
    """Where a run clips, what clipping took away is pale. `large` shows all decades that the values need.

    A large one names the factor per layer of every run, that of a straight line through the logarithms, and draws the
    line of the selected one.
    """

    def __init__(self, desk: Desk, large: bool = False) -> None:
        norm = Axis(by_layer.axis_title(by_layer.GRAD), log=True)
        super().__init__(desk.theme, tr("Layer profile"), y=norm, floor=FLOOR, legend=large)
        self._desk, self._large = desk, large
        self._least = np.inf

    def clear(self) -> None:
        """Forget bars and ranges: other runs come."""
        self.set_bars([], [])
        self._least = np.inf
        self.floor = FLOOR
        self.reset()

    def refresh(self, series: str, biases: bool, others: bool = True) -> None:
        """Show the visible runs at the cursor, or the selected one alone."""
        desk, labels, step = self._desk, list[str](), desk_step(self._desk)
        bars, time = [], False
        for entry in by_layer.shown(desk):
            if not others and entry is not desk.selected:
                continue
            layers = by_layer.names(entry, series, biases)
            if not layers:
                continue
            at, values = by_layer.at_cursor(desk, entry, series, layers)
            if entry is desk.selected and at is not None:
                step, time = at, series == by_layer.HIDDEN and by_layer.through_time(entry)
            labels = max(labels, layers, key=len)
            bars.append(self._bars(entry, series, layers, values, biases))
        self._set_least(series, bars)
        self.x_axis = Axis(tr("time step, first → last") if time else tr("layer, input → output"))
        self.set_title(self._title(series, step))
        self.set_bars(bars if any(np.isfinite(b.values).any() for b in bars) else [], labels)

    def _bars(self, entry: Entry, series: str, layers: list[str], values: Array, biases: bool) -> Bars:
        desk, look = self._desk, self._desk.look(entry)
        whole = None
        if series == by_layer.GRAD and f"{by_layer.CLIPPED}.{layers[0]}" in entry.run.history.index:
            whole, values = values, by_layer.at_cursor(desk, entry, by_layer.CLIPPED, layers)[1]
        label, trend = entry.run.label, None
        line = by_layer.slope(values) if self._large and series in by_layer.FLOWS and not biases else None
        if line is not None:
            start, rise = line
            factor = f"{10.0 ** min(-rise, 300.0):.2g}"
            label = f"{label} · ×{factor}"
            if entry is desk.selected:
                time = series == by_layer.HIDDEN and by_layer.through_time(entry)
                words = tr("← ×{factor} per time step") if time else tr("← ×{factor} per layer")
                last = len(values) - 1
                trend = Trend(0, last, start, start + rise * last, words.format(factor=factor))
        return Bars(label, look.colour, values, look.dash, whole, trend)

    def _title(self, series: str, step: int) -> str:
        if not self._large:
            return tr("Layer profile at step {step}", step=thousands(step))
        return tr("{series} at step {step}", series=by_layer.titles()[series], step=thousands(step))

    def _set_least(self, series: str, bars: list[Bars]) -> None:
        """Begin a decade below the smallest value, which only falls until `clear`; in a small plot of gradients at one
        floor, below which a layer is as good as frozen."""
        if not self._large and series not in (by_layer.PARAM, by_layer.NOISE, by_layer.HIDDEN):
            return
        found = [values[np.isfinite(values) & (values > DEEPEST)] for values in (b.values for b in bars)]
        least = min((float(values.min()) for values in found if len(values)), default=np.inf)
        if least < self._least:
            self._least = least
            self.set_floor(10.0 ** np.floor(np.log10(least) - 0.3))


def desk_step(desk: Desk) -> int:
    """The step that is looked at."""
    return desk.newest if desk.cursor is None else desk.cursor
