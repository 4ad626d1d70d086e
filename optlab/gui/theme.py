"""Themes: named colours from `assets/themes`, the palette and the style sheet made of them."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from optlab.paths import bundled


@dataclass(frozen=True)
class Theme:
    """The colours of one theme as `#rrggbb`; every widget and plot takes its colours from here."""

    name: str
    window: str  # behind docks and bars
    surface: str  # cards, editors, table rows
    plot: str  # background of plots
    border: str
    grid: str
    text: str
    muted: str  # labels, axis text
    accent: str  # the one filled button, the current tab; never a run
    on_accent: str
    warning: str  # text of the verdict strip
    warning_surface: str
    error: str
    error_surface: str
    runs: tuple[str, ...]  # colours of runs, by the run's colour number
    layers: tuple[str, ...]  # stops from the first layer to the last: lines that read on `plot`
    heat: tuple[str, ...]  # stops of the layer x step map, small to large
    contour: tuple[str, ...]  # stops of landscapes, low to high: run colours read on all of them

    @property
    def dark(self) -> bool:
        return self.name == "dark"


DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (4, 2, 1, 2, 1, 2))
"""Dash patterns in pen widths, by the run's colour number: colour is never the only mark."""


@cache
def load_theme(name: str) -> Theme:
    """The theme `dark` or `light`."""
    table = tomllib.loads((bundled("assets") / "themes" / f"{name}.toml").read_text("utf-8"))
    values = {f.name: table[f.name] for f in fields(Theme) if f.name != "name"}
    return Theme(name=name, **{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
