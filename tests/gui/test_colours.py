"""The colours of both themes: they read on their grounds, and runs are told apart by every eye."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from optlab.gui.plots.gradient import mix
from optlab.gui.plots.plane import GROUND
from optlab.gui.theme import Theme, load_theme

THEMES = [load_theme("dark"), load_theme("light")]
LINE, TEXT = 3.0, 4.5  # WCAG 2.2: contrast of graphical objects, and of text
APART = 20.0  # CIE 1976 distance in L*a*b*

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


both = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
eyes = pytest.mark.parametrize("vision", VISION)


def worst(colours: list[str] | tuple[str, ...], grounds: list[str] | tuple[str, ...]) -> float:
    return min(contrast(colour, ground) for colour in colours for ground in grounds)


def test_contrast_and_distance_match_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert distance("#ff0000", "#00ff00") == pytest.approx(170.6, abs=0.3)
    assert distance("#d02020", "#6b5a00", "deuteranopia") < distance("#d02020", "#6b5a00") / 2


@both
def test_there_are_at_least_six_run_colours(theme: Theme) -> None:
    assert len(set(theme.runs)) == len(theme.runs) >= 6


@both
def test_runs_read_on_plots_cards_and_every_contour(theme: Theme) -> None:
    assert worst(theme.runs, [theme.plot, theme.surface, *between(theme.contour, 25)]) >= LINE


@both
@pytest.mark.parametrize("layers", [1, 2, 13, 50])
def test_every_layer_line_reads_on_the_plot(theme: Theme, layers: int) -> None:
    assert worst(between(theme.layers, layers), [theme.plot]) >= LINE


@both
def test_the_first_layer_is_well_visible(theme: Theme) -> None:
    assert contrast(theme.layers[0], theme.plot) >= 4.5


@both
def test_neighbouring_layers_of_thirteen_differ(theme: Theme) -> None:
    lines = between(theme.layers, 13)
    assert min(distance(a, b) for a, b in pairwise(lines)) > 5


@both
@eyes
def test_runs_are_told_apart(theme: Theme, vision: str) -> None:
    assert min(distance(a, b, vision) for a, b in combinations(theme.runs, 2)) >= APART


@both
@eyes
def test_no_run_looks_like_the_accent(theme: Theme, vision: str) -> None:
    assert min(distance(colour, theme.accent, vision) for colour in theme.runs) >= APART


@both
@eyes
def test_classes_are_told_apart_as_points_and_as_ground(theme: Theme, vision: str) -> None:
    assert min(distance(a, b, vision) for a, b in combinations(theme.classes, 2)) >= APART
    grounds = [mix(theme.plot, colour, GROUND) for colour in theme.classes]
    assert min(distance(a, b, vision) for a, b in combinations(grounds, 2)) >= APART / 3
    assert distance(*theme.classes[:2], vision) > 4 * APART  # the two that most pictures have


@both
def test_classes_read_on_the_plot_and_on_their_ground(theme: Theme) -> None:
    assert worst(theme.classes, [theme.plot]) >= LINE
    assert worst([theme.text], [mix(theme.plot, colour, GROUND) for colour in theme.classes]) >= LINE  # their border


@both
def test_texts_read_on_their_grounds(theme: Theme) -> None:
    grounds = [theme.window, theme.surface, theme.plot]
    assert worst([theme.text, theme.muted], [*grounds, *theme.contour]) >= TEXT
    assert worst([theme.error], [*grounds, theme.error_surface]) >= TEXT
    assert worst([theme.warning], [*grounds, theme.warning_surface]) >= TEXT
    assert contrast(theme.on_accent, theme.accent) >= TEXT


@both
def test_the_accent_reads_as_a_line(theme: Theme) -> None:
    assert worst([theme.accent], [theme.window, theme.surface]) >= LINE


@both
def test_the_heat_map_runs_one_way_in_lightness(theme: Theme) -> None:
    lightness = np.diff([lab(stop)[0] for stop in theme.heat])
    assert (lightness > 0).all() or (lightness < 0).all()
