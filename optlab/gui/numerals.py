"""Numbers as people read and step them: `1e-8` instead of `1e-08`, and one key press to the next sensible value."""

import math
from decimal import Decimal

from optlab.fields import Integer, Real


def compact(value: float) -> str:
    """The shortest text that reads back as the same number: `0.001`, `1e-8`, `1500`, `2.5e6`."""
    if isinstance(value, int):
        return str(value)
    if value == 0 or not math.isfinite(value):
        return f"{value + 0.0:g}"
    number = Decimal(repr(float(value))).normalize()
    power = number.adjusted()
    return f"{number:f}" if -5 < power < 6 else f"{number.scaleb(-power):f}e{power}"


def stepped(field: Real | Integer, value: float, up: bool) -> float:
    """The next value of `field` above or below `value`: 1-2-5 where decades matter, else an even step."""
    if isinstance(field, Integer):
        unit = max(1, 10 ** (math.floor(math.log10(max(abs(value), 1))) - 1))
        below = unit if up or value - 1 >= 10 * unit else max(1, unit // 10)
        return int(min(max(_even(value, below, up), field.lo), field.hi))
    if field.log:
        moved = _decade_step(value, up, _floor(field))
    elif field.lo >= 0 and 0.9 <= field.hi < 1:  # a decay: what matters is its distance from one
        near_one = value > 0.5 or (value == 0.5 and up)
        moved = 1 - _decade_step(1 - value, not up, 1e-5) if near_one else _even(value, 0.1, up)
    else:
        moved = _even(value, _unit(field, value), up)
    return float(f"{min(max(moved, field.lo), field.hi):.12g}")


def _floor(field: Real) -> float:
    """Where the 1-2-5 steps of a log field that may be zero end."""
    return field.default * 1e-4 if field.default > 0 else 1e-6


def _decade_step(value: float, up: bool, floor: float) -> float:
    """The next of …, 0.1, 0.2, 0.5, 1, 2, 5, … beyond `value`; zero below `floor`."""
    if value < 0 or (value < floor * 1.001 and not up):
        return 0.0
    if value < floor:
        return floor
    exponent = math.floor(math.log10(value))
    rungs = [m * 10.0**e for e in range(exponent - 1, exponent + 2) for m in (1, 2, 5)]
    if up:
        return min(rung for rung in rungs if rung > value * (1 + 1e-9))
    return max(rung for rung in rungs if rung < value * (1 - 1e-9))


def _unit(field: Real, value: float) -> float:
    span = field.hi - field.lo
    size = span / 20 if math.isfinite(span) else max(abs(value), 1.0) / 5
    exponent = math.floor(math.log10(size))
    return max(m * 10.0**exponent for m in (1, 2, 5) if m * 10.0**exponent <= size * (1 + 1e-9))


def _even(value: float, unit: float, up: bool) -> float:
    """The next multiple of `unit` beyond `value`."""
    at = value / unit
    return (math.floor(at + 1e-9) + 1) * unit if up else (math.ceil(at - 1e-9) - 1) * unit
