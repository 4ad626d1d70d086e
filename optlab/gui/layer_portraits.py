"""From portraits of hidden layers to what plots draw: histograms on axes that stand still, and lines over steps."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from optlab.gui.plots import gradient
from optlab.gui.plots.axis import nice_step, reading
from optlab.gui.plots.curves import Band, Curve
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.ridges import Ridge
from optlab.gui.theme import Theme
from optlab.i18n import tr
from optlab.layout import Array
from optlab.nets import Portrait
from optlab.nets.portrait import shares

BINS = 48
SATURATED, DEAD, MEAN = "saturated", "dead", "mean"


def titles() -> dict[str, str]:
    """The lines over steps, as titles begin."""
    return {
        SATURATED: tr("Saturated share"), DEAD: tr("Dead units"), MEAN: tr("Mean ± spread of the outputs"),
    }  # fmt: skip


WILD = 20.0
"""Times the usual width of a layer's outputs from which on they are those of a run that diverges: they would leave no
room for the others."""


class Bins:
    """The bins of a kind of quantiles, `values` or `grads`, of a run: the same for all its layers and steps."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._whole: Span = (0.0, 1.0)
        self._spans: dict[int, tuple[Portrait, Span]] = {}

    def take_in(self, portraits: Sequence[Portrait]) -> None:
        """Reach over all but the outermost hundredths of every layer of these portraits, but for wild ones."""
        before = self._spans
        self._spans = {id(each): before.get(id(each)) or (each, self._span(each)) for each in portraits}
        spans = [span for _, span in self._spans.values()]
        usual = median(hi - lo for lo, hi in spans) or np.inf
        calm = [(lo, hi) for lo, hi in spans if self._kind == "grads" or hi - lo <= WILD * usual]
        self._whole = min(lo for lo, _ in calm), max(hi for _, hi in calm)

    @property
    def edges(self) -> Array:
        """`(BINS + 1,)`: the least and the largest value lie in the middle of the outer bins."""
        return self._edges(self._whole)

    def ridges(self, portrait: Portrait, theme: Theme) -> tuple[list[Ridge], Array]:
        """A histogram for every layer, and the edges of its bins: those of a wild one reach as far as it does."""
        edges, span = self.edges, self._span(portrait)
        if span[0] < edges[0] or span[1] > edges[-1]:
            edges = self._edges(span)
        found = shares(getattr(portrait, self._kind), edges)
        colours = gradient.colours(theme.layers, len(portrait.names))
        nothing = np.full(len(portrait.names), np.nan)
        outputs = self._kind == "values"
        zeros = np.zeros(len(portrait.names)) if outputs else portrait.zeros
        mean, spread = (portrait.mean, portrait.spread) if outputs else (nothing, nothing)
        marks = zip(zeros.tolist(), mean.tolist(), spread.tolist(), strict=True)
        return [
            Ridge(portrait.names[k], colours[k], found[k], *mark, readings=readings(portrait, k))
            for k, mark in enumerate(marks)
        ], edges

    def _span(self, portrait: Portrait) -> Span:
        table = getattr(portrait, self._kind)
        if not np.isfinite(table).any():
            return 0.0, 0.0
        return float(np.nanmin(table[:, 1])), float(np.nanmax(table[:, -2]))

    def _edges(self, span: Span) -> Array:
        lo, hi = span
        step = 1.0 if self._kind == "grads" else nice_step(max(hi - lo, 1e-9 * abs(hi), 1e-12), 20)
        lo, hi = float(np.floor(lo / step)) * step, float(np.ceil(hi / step)) * step
        half = 0.5 * max(hi - lo, step) / (BINS - 1)
        return np.linspace(lo - half, max(hi, lo + step) + half, BINS + 1)

    def over_steps(self, portraits: Sequence[Portrait], layer: int) -> Array:
        """The shares `(n, BINS)` of one layer in every portrait."""
        return shares(np.array([getattr(portrait, self._kind)[layer] for portrait in portraits]), self.edges)


def readings(portrait: Portrait, layer: int) -> tuple[tuple[str, str], ...]:
    """What is known of a layer, in words and numbers."""
    typical = portrait.grads[layer, portrait.grads.shape[1] // 2]
    return (
        (tr("mean"), reading(float(portrait.mean[layer]))),
        (tr("spread"), reading(float(portrait.spread[layer]))),
        (tr("saturated"), percent(float(portrait.saturated[layer]))),
        (tr("dead units"), percent(float(portrait.dead[layer]))),
        (tr("median of |∂L/∂h|"), reading(float(10.0**typical))),
        ("∂L/∂h = 0", percent(float(portrait.zeros[layer]))),
    )


def percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.3g} %"


def lines(
    steps: Array, portraits: Sequence[Portrait], name: str, layer: int, theme: Theme
) -> tuple[list[Curve], list[Band]]:
    """A line for every layer over steps; of the means the chosen layer has its spread as a band."""
    if not len(steps):
        return [], []
    table = np.array([getattr(portrait, name) for portrait in portraits])
    names = portraits[-1].names
    colours = gradient.colours(theme.layers, len(names))
    wide = [2.6 if k == layer else 1.4 for k in range(len(names))]
    curves = [
        Curve(steps, table[:, k], colours[k], (), wide[k], 1.0, label)
        for k, label in enumerate(names)
        if np.isfinite(table[:, k]).any()
    ]
    if name != MEAN:
        return curves, []
    spread = np.array([portrait.spread[layer] for portrait in portraits])
    return curves, [Band(steps, table[:, layer] - spread, table[:, layer] + spread, colours[layer], names[layer])]
