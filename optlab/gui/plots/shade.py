"""Landscapes as pictures: dim filled contours on levels that show the valley and the walls, with thin lines between."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from optlab.gui.plots import gradient
from optlab.gui.plots.ranges import Span
from optlab.gui.theme import Theme

Array = NDArray[np.float64]
Pixels = NDArray[np.float32]

BANDS = 18
_DEPTHS = np.logspace(-3.0, 0.0, 31)  # how far below the largest value levels may follow a valley
_GROUND, _ROOM = (5.0, 95.0), 0.5  # the heights that this part of the ground, in per cent, has at the least
_LINE = np.float32(0.8)  # how strong contour lines are
_LEVEL = np.float32(1e-3)  # bands per pixel below which ground is flat: a level that it lies on is no line
_NOISE = np.float32(1e-4)  # bands by which rounding may miss a level: flat ground on one has one colour
_SLOPE = 10.0**-1.5  # where there is no valley (a saddle), levels crowd less about the middle


@dataclass(frozen=True, eq=False)
class Field:
    """Values `(ny, nx)` of a landscape on an even grid that spans `x` and `y`, edges included."""

    values: Array
    x: Span
    y: Span


@dataclass(frozen=True)
class Levels:
    """The way from values to heights between 0 and 1, the same however far one zooms in."""

    centre: float
    unit: float
    lo: float
    hi: float

    @classmethod
    def of(cls, values: Array, least: float | None = None) -> "Levels":
        """Levels for a whole landscape; `least` is the value at its known minimum."""
        known = values[np.isfinite(values)]
        lo, hi = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        lo = lo if least is None or not np.isfinite(least) else min(lo, least)
        span = hi - lo or 1.0
        valley = least is not None or _inside(values)
        centre, unit = (lo, _depth((known - lo) / span) * span) if valley else (float(np.median(known)), _SLOPE * span)
        return cls(centre, unit, float(np.arcsinh((lo - centre) / unit)), float(np.arcsinh((hi - centre) / unit)))

    def heights(self, values: Array) -> Pixels:
        bent = np.arcsinh((np.nan_to_num(values, nan=np.inf, posinf=1e300, neginf=-1e300) - self.centre) / self.unit)
        return np.asarray(np.clip((bent - self.lo) / ((self.hi - self.lo) or 1.0), 0.0, 1.0), dtype=np.float32)


def _depth(heights: Array) -> float:
    """Where the logarithm of `heights` above the least value (0 to 1) goes over into the plain value.

    As deep as leaves most of the ground its share of the levels: in a landscape of many wells the deepest ones would
    only colour a speck of each well, and all else alike.
    """
    low, high = np.percentile(heights, _GROUND)
    share = (np.arcsinh(high / _DEPTHS) - np.arcsinh(low / _DEPTHS)) / np.arcsinh(1.0 / _DEPTHS)
    return float(_DEPTHS[np.argmax(share >= _ROOM)] if (share >= _ROOM).any() else _DEPTHS[-1])


def picture(
    field: Field, levels: Levels, x: Span, y: Span, width: int, height: int, theme: Theme
) -> NDArray[np.uint32]:
    """What is seen of `field` in `x` by `y` as `(height, width)` pixels 0xAARRGGBB, the top row first."""
    heights = levels.heights(field.values)
    across = _weights(heights.shape[1], field.x, x, width)
    along = _weights(heights.shape[0], field.y, y, height)[::-1]
    smooth: Pixels = (along @ heights @ across.T).astype(np.float32) * np.float32(BANDS)
    fill = np.array([gradient.rgb(c) for c in gradient.colours(theme.contour, BANDS)], dtype=np.float32)
    band = np.clip((smooth + _NOISE).astype(np.intp), 0, BANDS - 1)
    rgb = fill[band]
    level = np.clip(np.round(smooth).astype(np.intp), 0, BANDS - 1)  # one ink along the whole of a line
    ink = np.array([gradient.rgb(c) for c in inks(theme)], dtype=np.float32)[level]
    wide = (np.clip(rgb + _lines(smooth)[..., None] * _LINE * (ink - rgb), 0.0, 1.0) * 255.0).astype(np.uint32)
    pixels = np.uint32(0xFF000000) | wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    pixels[along.sum(axis=1) < 0.5] = 0
    pixels[:, across.sum(axis=1) < 0.5] = 0
    return np.ascontiguousarray(pixels, dtype=np.uint32)


@cache
def inks(theme: Theme) -> tuple[str, ...]:
    """The colour of contour lines on each band: the end of the map that is farther from the band's own colour.

    The far end is drawn out towards the text as long as every run's colour keeps 3:1 against it: no pixel of a
    landscape hides a run.
    """
    far = theme.contour[-1]
    for part in np.linspace(0.0, 0.3, 31):
        drawn = gradient.mix(theme.contour[-1], theme.text, float(part))
        if min(gradient.contrast(run, drawn) for run in theme.runs) < 3.05:
            break
        far = drawn
    ends = (far, theme.contour[0])
    bands = gradient.colours(theme.contour, BANDS)
    return tuple(max(ends, key=lambda end: gradient.contrast(end, band)) for band in bands)


def value_at(field: Field, x: float, y: float) -> float:
    """The value of a field at a point, between its samples; NaN outside."""
    rows, columns = field.values.shape
    i = (y - field.y[0]) / (field.y[1] - field.y[0]) * (rows - 1)
    j = (x - field.x[0]) / (field.x[1] - field.x[0]) * (columns - 1)
    if not (0 <= i <= rows - 1 and 0 <= j <= columns - 1):
        return float("nan")
    i0, j0 = min(int(i), rows - 2), min(int(j), columns - 2)
    corner = field.values[i0 : i0 + 2, j0 : j0 + 2]
    return float(np.array([1 - i + i0, i - i0]) @ corner @ np.array([1 - j + j0, j - j0]))


def _lines(smooth: Pixels) -> Pixels:
    """How much of each pixel a contour line covers: distance to the next level over the slope, a line of one pixel.

    Where levels lie closer than a few pixels, lines fade instead of turning into a pattern; so they do on flat ground.
    """
    dy, dx = np.empty_like(smooth), np.empty_like(smooth)
    dy[1:-1], dy[0], dy[-1] = (smooth[2:] - smooth[:-2]) * 0.5, smooth[1] - smooth[0], smooth[-1] - smooth[-2]
    dx[:, 1:-1] = (smooth[:, 2:] - smooth[:, :-2]) * 0.5
    dx[:, 0], dx[:, -1] = smooth[:, 1] - smooth[:, 0], smooth[:, -1] - smooth[:, -2]
    slope = np.sqrt(dx * dx + dy * dy) + np.float32(1e-6)
    distance = np.abs(smooth - np.round(smooth)) / slope
    apart = np.float32(1.0) / slope
    seen = np.clip((apart - 1.5) / 4.0, 0.0, 1.0) * np.clip((slope / _LEVEL - 1.0) / 3.0, 0.0, 1.0)
    return np.asarray(np.clip(1.1 - distance, 0.0, 1.0) * seen, dtype=np.float32)


def _weights(samples: int, whole: Span, seen: Span, pixels: int) -> Pixels:
    """The matrix `(pixels, samples)` that takes a line of samples to pixel centres by Catmull-Rom; zero outside."""
    at = seen[0] + (np.arange(pixels) + 0.5) * (seen[1] - seen[0]) / pixels
    place = (at - whole[0]) / (whole[1] - whole[0]) * (samples - 1)
    base = np.floor(place).astype(np.intp)
    t = place - base
    shares = np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]) / 2
    matrix = np.zeros((pixels, samples), dtype=np.float32)
    for k in range(4):
        np.add.at(matrix, (np.arange(pixels), np.clip(base + k - 1, 0, samples - 1)), shares[k].astype(np.float32))
    matrix[(place < -0.5) | (place > samples - 0.5)] = 0.0
    return matrix


def _inside(values: Array) -> bool:
    """Whether the least value lies inside the grid, not on its border."""
    i, j = np.unravel_index(int(np.nanargmin(np.where(np.isfinite(values), values, np.inf))), values.shape)
    return bool(0 < i < values.shape[0] - 1 and 0 < j < values.shape[1] - 1)
