"""The profile over the layers at the cursor: a bar for every layer of every run, from input to output."""

from functools import partial

import numpy as np
from PySide6.QtGui import QHideEvent, QPainter
from PySide6.QtWidgets import QDockWidget

from optlab.engine.batch import Batch
from optlab.engine.checkup import can_be_seen
from optlab.engine.lookout import age
from optlab.engine.passage import Passage, passage
from optlab.engine.session import Entry
from optlab.gui import bar_words
from optlab.gui import layer_series as by_layer
from optlab.gui.bar_card import BarCard
from optlab.gui.desk import Desk
from optlab.gui.guard import guard
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.bar_paint import Bars, Trend
from optlab.gui.plots.bars import BarPlot
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr
from optlab.layout import Array

FLOOR = 1e-8  # of the profile: a weight of size 1 that gets less than this needs 10^8 / lr steps to move
DEEPEST = 1e-60


class LayerProfile(BarPlot):
    """Where a run clips, what clipping took away is pale. `large` shows all decades that the values need.

    A large one names the factor per layer of every run, that of a straight line through the logarithms, and draws the
    line of the selected one. The bar that is looked at has a card: what its layer makes of the gradient.
    With `only` it shows one run alone.
    """

    only: Entry | None = None

    def __init__(self, desk: Desk, large: bool = False) -> None:
        norm = Axis(by_layer.axis_title(by_layer.GRAD), log=True)
        super().__init__(desk.theme, tr("Layer profile"), y=norm, floor=FLOOR, legend=large)
        self._desk, self._large = desk, large
        self._least = np.inf
        self._entries: list[Entry] = []
        self.card: BarCard | None = None
        self.hovered.connect(self._show_card)

    def clear(self) -> None:
        """Forget bars and ranges: other runs come."""
        self.set_bars([], [])
        self._entries = []
        if self._desk.entries:
            self._show_card()  # what is held comes back with the bars
        else:
            self.let_go()
        self._least = np.inf
        self.floor = FLOOR
        self.reset()

    def refresh(self, series: str, biases: bool, others: bool = True) -> None:
        """Show the visible runs at the cursor, or the selected one alone."""
        desk, labels, step = self._desk, list[str](), desk_step(self._desk)
        bars, time = [], False
        self._entries = []
        for entry in [self.only] if self.only is not None else by_layer.shown(desk):
            if not others and entry is not desk.selected:
                continue
            layers = by_layer.names(entry, series, biases)
            if not layers:
                continue
            at, values = by_layer.at_cursor(desk, entry, series, layers)
            if entry in (self.only, desk.selected) and at is not None:
                step, time = at, series == by_layer.HIDDEN and by_layer.through_time(entry)
            labels = max(labels, layers, key=len)
            bars.append(self._bars(entry, series, layers, values, biases))
            self._entries.append(entry)
        self._set_least(series, bars)
        self.legend = self._large or desk.projected  # a hall sees no other plot that names the runs
        self.x_axis = Axis(tr("time step, first → last") if time else tr("layer, input → output"))
        self.set_title(self._title(series, step))
        self.set_bars(bars if any(np.isfinite(b.values).any() for b in bars) else [], labels)
        self._show_card()

    def apply_theme(self, theme: Theme, scale: float = 1.0, stroke: float = 1.0) -> None:
        super().apply_theme(theme, scale, stroke)
        if self.card is not None:
            self.card.restyle()

    def draw_readings(self, painter: QPainter, frame: Frame, style: Style, layer: int) -> None:
        if self.card is None or not self.card.isVisible():
            super().draw_readings(painter, frame, style, layer)

    @guard()
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.let_go()

    def _show_card(self) -> None:
        """Show the card of the bar that is looked at, or none."""
        place = self._place()
        if place is None:
            if self.card is not None and not self.card.isHidden():
                self.card.hide()
                self.update()
            return
        if self.card is None:
            self.card = self._make_card()
        layer, run = self.hover or 0, self.hover_run
        self._fill_card(self.card, self._entries[run], layer, place)
        self.card.show_beside(self, self.bar_at(layer, run).toAlignedRect())

    def _make_card(self) -> BarCard:
        card = BarCard(self._desk)
        self.destroyed.connect(card.deleteLater)
        box = self.parentWidget()
        while box is not None and not isinstance(box, QDockWidget):
            box = box.parentWidget()
        if box is not None:  # one that lies behind others as a tab is not hidden
            box.visibilityChanged.connect(self._on_visibility)
        return card

    def _on_visibility(self, seen: bool) -> None:
        if not seen:
            self.let_go()

    def _place(self) -> int | None:
        """The hidden layer of the bar that is looked at, as far as its network can be looked into."""
        layer, run = self.hover, self.hover_run
        if layer is None or not self.bars or run >= len(self._entries) or layer >= len(self.bars[run].values):
            return None
        problem = self._entries[run].run.trial.problem
        hidden = by_layer.hidden_of(problem)
        if not (hidden and can_be_seen(problem) and self.isVisible()) or not np.isfinite(self.bars[run].values[layer]):
            return None
        return bar_words.place_of(self.labels[layer], hidden, self._entries[run].run.layers)

    def _fill_card(self, card: BarCard, entry: Entry, layer: int, place: int) -> None:
        desk, problem = self._desk, entry.run.trial.problem
        step, exact = desk.cursor, type(entry.batch) is Batch and not desk.going
        question = partial(passage, step, exact)
        found: Passage | None = desk.lookout.ask(entry, "passage", (age(entry), step, exact), question)
        readings, bar = self.readings(layer), self.bars[self.hover_run]
        chosen = next(r for r, b in zip(readings, self.with_layer(layer), strict=True) if b is bar)
        words, note, station = [desk.lookout.fault(entry) or tr("Measuring …")], "", None
        if found is not None:
            words, note = bar_words.sentences(found, place, problem), bar_words.footnote(found, place, problem)
            station = found.stations[place] if place < len(found.stations) else None
        hidden = by_layer.hidden_of(problem)
        head = bar_words.heading(self.labels[layer], place, hidden, problem)
        shown, drawn = [chosen] if desk.projected else readings, bar_words.bends(place, hidden, problem)
        card.tell(head, shown, chosen, words, note, station, bar.colour, drawn)
        self.setAccessibleDescription(" ".join([head, chosen.text, *words]))

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
        if self.only is not None:
            return tr("{run}, layer profile at step {step}", run=self.only.name, step=thousands(step))
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
