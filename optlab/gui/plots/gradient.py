"""Colour maps and mixtures, interpolated in Oklab, where equal distances look equal."""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from optlab.gui.theme import Theme

Array = NDArray[np.float64]

# Björn Ottosson, "A perceptual color space for image processing", 2020: linear sRGB → cone responses → Oklab
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def run(number: int) -> str:
    """The name of a run's colour, whatever the theme: by names a plot changes its theme, or is exported in another."""
    return f"run:{number}"


def layer(index: int, count: int) -> str:
    """The name of the colour of layer `index` of `count`."""
    return f"layer:{index}/{count}"


@lru_cache(1024)
def resolved(theme: Theme, colour: str) -> str:
    """A colour as `#rrggbb`: itself, or what `run(k)`, `layer(i, n)` or a field's name (`text`) means in a theme."""
    kind, _, which = colour.partition(":")
    if kind == "run":
        return theme.runs[int(which) % len(theme.runs)]
    if kind == "layer":
        index, count = (int(part) for part in which.split("/"))
        return colours(theme.layers, count)[index]
    return colour if colour.startswith("#") else str(getattr(theme, colour))


def rgb(colour: str) -> Array:
    """`#rrggbb` as three numbers from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0


def hexed(channels: Array) -> str:
    """Three numbers from 0 to 1 as `#rrggbb`."""
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in np.clip(channels, 0.0, 1.0))


@cache
def table(stops: tuple[str, ...], n: int = 256) -> NDArray[np.uint8]:
    """`n` colours `(n, 3)` evenly along `stops`."""
    labs = np.array([_oklab(rgb(stop)) for stop in stops])
    at = np.linspace(0.0, len(stops) - 1.0, n) if n > 1 else np.zeros(1)
    mixed = np.stack([np.interp(at, np.arange(len(stops)), labs[:, i]) for i in range(3)], axis=1)
    return (np.clip(_srgb(mixed), 0.0, 1.0) * 255.0).round().astype(np.uint8)


def colours(stops: Sequence[str], n: int) -> list[str]:
    """`n` colours as `#rrggbb` from the first stop to the last."""
    return [hexed(row / 255.0) for row in table(tuple(stops), n)]


@lru_cache(1024)
def mix(a: str, b: str, part: float) -> str:
    """`a` with `part` of `b` mixed in."""
    return hexed(_srgb((1.0 - part) * _oklab(rgb(a)) + part * _oklab(rgb(b))))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    return float(_linear(rgb(colour)) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _linear(channels: Array) -> Array:
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _oklab(channels: Array) -> Array:
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ _linear(channels)))


def _srgb(lab: Array) -> Array:
    lms = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_TO_LMS).T, 0.0, None)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
