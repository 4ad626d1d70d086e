"""Exponential smoothing of curves, on the logarithm where the axis is logarithmic."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def smooth(y: Array, strength: float, log: bool = False) -> Array:
    """A running mean of `y` `(m,)` or `(m, S)` along its rows, corrected for its start.

    `strength` from 0 (as it is) to 1 is the weight of what came before. On a logarithmic axis the mean of the plain
    values lies by decades, so that `log` takes it of their logarithms. Gaps stay gaps, zeros on a log axis stay zeros.
    """
    y = np.asarray(y, dtype=np.float64)
    weight = min(max(float(strength), 0.0), 0.999)
    if weight == 0.0 or len(y) < 2:
        return y.copy()
    known = np.isfinite(y) & (y > 0.0) if log else np.isfinite(y)
    values = np.where(known, y, 1.0)
    values = np.log(values) if log else np.where(known, y, 0.0)
    count = _running(known.astype(np.float64), weight)
    mean = _running(values, weight) / np.where(count > 0.0, count, 1.0)
    return np.where(known, np.exp(mean) if log else mean, y)


def _running(values: Array, weight: float) -> Array:
    """Sums of `weight**k` times the value k rows before, by doubling the reach: log2(m) passes instead of m."""
    sums, reach = values.copy(), 1
    while reach < len(sums) and weight > 1e-18:
        sums[reach:] += weight * sums[:-reach]
        reach, weight = reach * 2, weight * weight
    return sums
