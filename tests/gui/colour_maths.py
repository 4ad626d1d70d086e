"""What an eye makes of a colour: contrast, distance in Lab, and simulated colour blindness."""

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float64]

# Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE TVCG 15 (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)


def linear(colour: str) -> Colour:
    """The linear RGB of `#rrggbb`."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2: 1 to 21."""
    lights = sorted(float(_TO_XYZ[1] @ linear(colour)) + 0.05 for colour in (one, other))
    return lights[1] / lights[0]


def lab(colour: str, vision: str = "normal") -> Colour:
    """CIE L*a*b* (D65) of `colour` as seen with `vision`."""
    seen = np.clip(VISION[vision] @ linear(colour), 0.0, 1.0)
    t = _TO_XYZ @ seen / _WHITE
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str, vision: str = "normal") -> float:
    """ΔE of 1976: the straight distance in L*a*b* as seen with `vision`."""
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def between(stops: tuple[str, ...], n: int) -> list[str]:
    """`n` colours at equal steps along `stops`, mixed in sRGB as the plots mix them."""
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in stops], float)
    at = np.linspace(0, len(stops) - 1, n)
    mixed = [np.interp(at, np.arange(len(stops)), rgb[:, i]) for i in range(3)]
    return ["#{:02x}{:02x}{:02x}".format(*(round(v) for v in colour)) for colour in zip(*mixed, strict=True)]
