"""Reading curves: which part is seen, the value at one x, the extent of many."""

import math
from collections.abc import Sequence

import numpy as np

from optlab.gui.plots.axis import LIMIT, Array
from optlab.gui.plots.ranges import Span


def visible(x: Array, span: Span) -> slice:
    """The part of ascending `x` that is seen in `span`, and one point more at either side."""
    first, last = np.searchsorted(x, span[0], "left"), np.searchsorted(x, span[1], "right")
    return slice(max(int(first) - 1, 0), int(last) + 1)


def value_at(x: Array, y: Array, at: float) -> float:
    """The value of a curve at `at`: between samples that lie apart, the nearest of dense ones; NaN outside."""
    if not len(x) or not float(x[0]) <= at <= float(x[-1]):
        return float("nan")
    right = max(min(int(np.searchsorted(x, at, "left")), len(x) - 1), 1) if len(x) > 1 else 0
    left = max(right - 1, 0)
    before, after = float(x[left]), float(x[right])
    part = (at - before) / (after - before) if after > before else 0.0
    if part in (0.0, 1.0) or len(x) > 64:
        return float(y[left] if part < 0.5 else y[right])
    return float(y[left] + part * (y[right] - y[left]))


def end_of(x: Array, y: Array, last: float) -> tuple[float, float] | None:
    """Where a curve ends, or leaves what is seen: its last finite point up to `last`."""
    if len(x) and x[-1] <= last and math.isfinite(y[-1]):
        return float(x[-1]), float(y[-1])
    stop = int(np.searchsorted(x, last, "right"))
    if 0 < stop < len(x) and np.isfinite(value := value_at(x, y, last)):
        return last, value
    known = np.flatnonzero(np.isfinite(y[:stop]))
    return (float(x[known[-1]]), float(y[known[-1]])) if len(known) else None


def extent(arrays: Sequence[Array], log: bool, floor: float) -> Span | None:
    """The least and the largest value, as the axis counts them."""
    lo, hi = np.inf, -np.inf
    least = max(floor, 1e-307) if log else -np.inf
    for values in {id(values): values for values in arrays}.values():  # curves often share their x
        if not len(values):
            continue
        low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        if not (low >= least and np.isfinite(low) and np.isfinite(high)):
            seen = values[np.isfinite(values) & (values >= least)]
            low, high = (float(seen.min()), float(seen.max())) if len(seen) else (np.inf, -np.inf)
        lo, hi = min(lo, low), max(hi, high)
    if lo > hi:
        return None
    lo, hi = max(lo, -LIMIT), min(hi, LIMIT)
    return (float(np.log10(lo)), float(np.log10(hi))) if log else (lo, hi)
