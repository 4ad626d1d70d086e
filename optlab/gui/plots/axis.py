"""Axes: names with units, scales from values to pixels, ticks at plain numbers and plain powers of ten."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LIMIT = 1e150  # farther out numbers overflow on their way to pixels

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_THIN = "\u2009"


@dataclass(frozen=True)
class Axis:
    """What an axis shows: its name and unit, whether it is logarithmic, whether it counts steps."""

    title: str = ""
    unit: str = ""
    log: bool = False
    steps: bool = False

    @property
    def label(self) -> str:
        return f"{self.title}, {self.unit}" if self.unit else self.title


@dataclass(frozen=True)
class Scale:
    """The way from values to pixels and back; `lo`, `hi` are values, or their decimal logarithms where `log`."""

    lo: float
    hi: float
    start: float
    end: float
    log: bool = False

    @property
    def values(self) -> tuple[float, float]:
        """The least and the largest value."""
        return (10.0**self.lo, 10.0**self.hi) if self.log else (self.lo, self.hi)

    def units(self, values: Any) -> Array:
        """Values as the axis counts them; what a logarithm cannot show is not finite."""
        values = np.asarray(values, dtype=np.float64)
        if not self.log:
            return np.asarray(np.minimum(np.maximum(values, -LIMIT), LIMIT))
        with np.errstate(all="ignore"):
            return np.asarray(np.log10(values))

    def px(self, units: Any) -> Array:
        """Pixels of what `units` gave."""
        slope = (self.end - self.start) / (self.hi - self.lo)
        return np.asarray(self.start + (np.asarray(units, dtype=np.float64) - self.lo) * slope)

    def of(self, value: float) -> float:
        """The pixel of one value."""
        return self.start + (self._unit(value) - self.lo) * (self.end - self.start) / (self.hi - self.lo)

    def shows(self, value: float) -> bool:
        """Whether a value lies within the scale."""
        return self.lo <= self._unit(value) <= self.hi

    def _unit(self, value: float) -> float:
        if not self.log:
            return min(max(value, -LIMIT), LIMIT)
        return math.log10(value) if value > 0.0 else math.nan

    def at(self, px: float) -> float:
        """The axis units under a pixel."""
        return self.lo + (px - self.start) * (self.hi - self.lo) / (self.end - self.start)

    def value(self, px: float) -> float:
        """The value under a pixel."""
        units = self.at(px)
        return 10.0 ** min(units, 300.0) if self.log else units


@dataclass(frozen=True)
class Tick:
    """A mark of an axis, in the axis's units, and what stands beside it."""

    at: float
    text: str


def power(exponent: int) -> str:
    """Ten to the power of `exponent` as people write it: 1, 10¹, 10⁻³."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPT)


def at_least(floor: float) -> str:
    """A floor as its axis writes it."""
    exponent = round(math.log10(floor))
    return power(exponent) if math.isclose(floor, 10.0**exponent, rel_tol=1e-5) else f"{floor:.0e}"


def thousands(number: float) -> str:
    """A whole number in groups of three: 1 050."""
    return f"{round(number):,}".replace(",", _THIN).replace("-", "−")


def reading(value: float) -> str:
    """A value as read-outs show it."""
    return "–" if math.isnan(value) else f"{value:.3g}".replace("-", "−") if abs(value) < 1 else f"{value:.4g}"


def brief(value: float) -> str:
    """A value in two digits, as a sentence has it: 0.21, 2.3·10⁻⁷."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= abs(value) < 1e5:
        return "–" if math.isnan(value) else f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}·{power(int(exponent))}".removeprefix("1·").replace("-", "−")


def ticks(axis: Axis, lo: float, hi: float, room: int) -> list[Tick]:
    """At most about `room` ticks between `lo` and `hi` (axis units)."""
    room = max(room, 2)
    if not axis.log:
        return _linear(lo, hi, room, axis.steps)
    return _decades(lo, hi, room) if hi - lo >= 1.5 else _within_decades(lo, hi, room)


def nice_step(span: float, room: int, whole: bool = False) -> float:
    """The smallest of 1, 2, 5, 10, … that divides `span` into at most `room` parts."""
    raw = max(span / max(room, 1), 1e-300)
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(base * k for k in (1, 2, 5, 10) if base * k >= raw * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def _linear(lo: float, hi: float, room: int, steps: bool) -> list[Tick]:
    slack = 1e-6 * (hi - lo)
    for parts in range(room, 2 * room + 1):  # one tick alone tells no distance
        step = nice_step(hi - lo, parts, steps)
        first, last = math.ceil((lo - slack) / step), math.floor((hi + slack) / step)
        if first < last:
            break
    top = max(abs(first), abs(last)) * step
    return [Tick(k * step, thousands(k * step) if steps else _number(k, step, top)) for k in range(first, last + 1)]


def _number(k: int, step: float, top: float) -> str:
    exponent = math.floor(math.log10(top)) if top > 0 else 0
    if k and not -4 < exponent < 6:
        decimals = max(exponent - math.floor(math.log10(step) + 1e-9), 0)
        mantissa = k * step / 10.0**exponent
        return f"{mantissa:.{decimals}f}·{power(exponent)}".replace("-", "−") if mantissa != 1 else power(exponent)
    decimals = max(-math.floor(math.log10(step) + 1e-9), 0)
    return f"{k * step:.{decimals}f}".replace("-", "−") if k else "0"


def _decades(lo: float, hi: float, room: int) -> list[Tick]:
    step = next((s for s in (1, 2, 3, 5, 10, 20, 50) if (hi - lo) / s <= room), 100)
    return [Tick(k, power(k)) for k in range(math.ceil(lo - 1e-9), math.floor(hi + 1e-9) + 1) if k % step == 0]


def _within_decades(lo: float, hi: float, room: int) -> list[Tick]:
    """Less than two decades: 1, 2, 5 of each, all nine where they fit, else even steps of the value itself."""
    for digits in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,)):
        found = [
            Tick(at, _mantissa(digit, exponent))
            for exponent in range(math.floor(lo), math.ceil(hi) + 1)
            for digit in digits
            if lo - 1e-9 <= (at := exponent + math.log10(digit)) <= hi + 1e-9
        ]
        if 2 <= len(found) <= room:
            return found
    plain = _linear(10.0**lo, 10.0**hi, room, False) if hi < 300 else []
    return [Tick(math.log10(tick.at), tick.text) for tick in plain if tick.at > 0]


def _mantissa(digit: int, exponent: int) -> str:
    if digit == 1:
        return power(exponent)
    return f"{digit}·{power(exponent)}" if exponent else str(digit)
