"""The layers of several runs side by side: over steps as maps in the same colours, and at the cursor as bars."""

from collections.abc import Sequence

import numpy as np

from optlab.engine.session import Entry
from optlab.gui import layer_series as by_layer
from optlab.gui.desk import Desk
from optlab.gui.facets import BUCKETS, Facets
from optlab.gui.layer_profile import LayerProfile
from optlab.gui.plots.axis import Array, Axis
from optlab.gui.plots.beside import ColourScale
from optlab.gui.plots.heatmap import Decades, HeatMap
from optlab.gui.plots.link import StepLink
from optlab.i18n import tr


class MapFacets(Facets):
    """Gradient norms, layer × step; one colour means the same in all of them, and all look at the same steps."""

    layered = True

    def __init__(self, desk: Desk) -> None:
        self.scale = ColourScale(desk.theme)
        super().__init__(desk, self.scale)
        self.maps: list[HeatMap] = []
        self._decades, self._link = Decades(), StepLink((), self)

    def reset(self) -> None:
        self._decades = Decades()

    def refresh(self, entries: Sequence[Entry], left: int) -> None:
        while len(self.maps) < len(entries):
            self.maps.append(self.add(HeatMap(self._desk.theme, "", Axis(tr("step"), steps=True))))
            self.maps[-1].zoomed.connect(self.moved)
            self._link.add(self.maps[-1])
        shown = self.maps[: len(entries)]
        norms = [self._show(plot, entry) for plot, entry in zip(shown, entries, strict=True)]
        levels = self._decades.of(np.concatenate([np.empty(0), *norms])) or self.scale.levels
        for plot in shown:
            plot.set_levels(*levels)
        self.scale.show_scale(tr("Gradient norm, layer × step"), levels)
        drawn = [plot for plot in shown if plot.has_data()]
        if drawn:  # rows of different runs have names only where they are the same
            alike = all(plot.labels == drawn[0].labels for plot in drawn)
            self.side.follow(drawn[0], tr("layer"), tuple(drawn[0].labels), alike)
        self.set_shown(shown, left)

    def _show(self, plot: HeatMap, entry: Entry) -> Array:
        desk, layers = self._desk, layers_of(entry)
        plot.set_x_span(0, desk.reach)
        plot.set_follow(desk.session.busy)
        plot.set_cursor(desk.cursor)
        plot.set_title(tr("{run}, gradient norm, layer × step", run=desk.look(entry).label))
        plot.set_empty_text(why_no_layers(entry))
        plot.value_name = by_layer.axis_title(by_layer.GRAD)
        steps, norms = np.empty(0), np.empty((0, 0))
        if layers:
            steps, norms = by_layer.over_steps(desk, entry, by_layer.GRAD, layers, plot.plain_x(), BUCKETS)
        plot.set_data(steps, norms, layers, end=float(entry.run.step))
        return norms.ravel()


class BarFacets(Facets):
    """Gradient norms by layer at the cursor, on one axis with one floor."""

    layered = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.profiles: list[LayerProfile] = []

    def reset(self) -> None:
        for plot in self.profiles:
            plot.clear()

    def refresh(self, entries: Sequence[Entry], left: int) -> None:
        while len(self.profiles) < len(entries):
            self.profiles.append(self.add(LayerProfile(self._desk)))
        shown = self.profiles[: len(entries)]
        for plot, entry in zip(shown, entries, strict=True):
            plot.only = entry
            plot.set_empty_text(why_no_layers(entry))
            if layers_of(entry):
                plot.refresh(by_layer.GRAD, False)
            else:
                plot.clear()
        top = max((plot.reach for plot in self.profiles), default=0.0)
        for plot in shown:
            plot.set_reach(top)
        drawn = [plot for plot in shown if plot.has_data()]
        if drawn:
            self.side.follow(drawn[0], by_layer.axis_title(by_layer.GRAD), (top, drawn[0].floor))
        self.set_shown(shown, left)


def layers_of(entry: Entry) -> list[str]:
    """The weights of a run's layers; none where there are none, or it failed."""
    return [] if entry.run.status == "failed" else [name for name in entry.run.layers if name.startswith("W")]


def why_no_layers(entry: Entry) -> str:
    """What stands where a run's layers would be drawn."""
    if entry.run.status == "failed":
        return entry.run.message
    return tr("Press Run to see it") if layers_of(entry) else tr("This problem has no layers.")
