"""Ranges of axes: grown in steps so that nothing jumps, zoomed into, and back again."""

import math
from dataclasses import dataclass, field

from optlab.gui.plots.axis import Axis, nice_step

Span = tuple[float, float]

_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def stretched(lo: float, hi: float, axis: Axis) -> Span:
    """A range around `lo` to `hi` (axis units) whose ends change in steps: decades, or plain numbers."""
    if axis.log:
        return _decades(lo, hi)
    if axis.steps:
        return lo, max(lo + _length(max(hi - lo, 1.0)), hi)
    if 0.0 <= lo <= 0.5 * hi or lo == hi >= 0.0:
        return 0.0, _length(hi * 1.08) if hi > 0 else 1.0
    margin = max((hi - lo) * 0.06, abs(hi) * 1e-6, 1e-12)
    step = nice_step(hi - lo + 2 * margin, 8)
    return math.floor((lo - margin) / step) * step, math.ceil((hi + margin) / step) * step


def union(a: Span, b: Span) -> Span:
    return min(a[0], b[0]), max(a[1], b[1])


def around(span: Span, centre: float, factor: float) -> Span:
    """`span` made `factor` times as long, with `centre` where it was."""
    return centre + (span[0] - centre) * factor, centre + (span[1] - centre) * factor


def within(span: Span, limit: Span) -> Span:
    """`span` moved, then cut, into `limit`."""
    length = min(span[1] - span[0], limit[1] - limit[0])
    lo = min(max(span[0], limit[0]), limit[1] - length)
    return lo, lo + length


def between(a: Span, b: Span, part: float) -> Span:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


@dataclass
class View:
    """The whole of both axes, what of them is looked at (None = the whole), and what was before."""

    whole_x: Span = (0.0, 1.0)
    whole_y: Span = (0.0, 1.0)
    zoom_x: Span | None = None
    zoom_y: Span | None = None
    before: list[tuple[Span | None, Span | None]] = field(default_factory=list)

    @property
    def x(self) -> Span:
        return self.zoom_x or self.whole_x

    @property
    def y(self) -> Span:
        return self.zoom_y or self.whole_y

    def zoom(self, x: Span | None, y: Span | None, remember: bool = True) -> None:
        if remember and (x, y) != (self.zoom_x, self.zoom_y):
            self.before = [*self.before[-49:], (self.zoom_x, self.zoom_y)]
        self.zoom_x, self.zoom_y = x, y

    def back(self) -> None:
        if self.before:
            self.zoom_x, self.zoom_y = self.before.pop()


def _decades(lo: float, hi: float) -> Span:
    bottom, top = math.floor(lo - 0.1), math.ceil(hi + 0.1)
    if top - bottom > 8:  # long ranges grow by two decades at once
        bottom, top = 2 * math.floor(bottom / 2), 2 * math.ceil(top / 2)
    return float(bottom), float(max(top, bottom + 1))


def _length(needed: float) -> float:
    needed = max(needed, 1e-300)
    base = 10.0 ** math.floor(math.log10(needed))
    return next(base * k for k in _STEPS if base * k >= needed * (1 - 1e-12))
