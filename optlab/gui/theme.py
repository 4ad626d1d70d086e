"""Themes: named colours from `assets/themes`, the palette and the style sheet made of them."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from string import Template
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

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
    classes: tuple[str, ...]  # of data, by number: as points, and half mixed into `plot` as the ground under them

    @property
    def dark(self) -> bool:
        return self.name == "dark"


DASHES: tuple[tuple[float, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (4, 2, 1, 2, 1, 2))
"""Dash patterns in pen widths, by the run's colour number: colour is never the only mark."""

LATIN = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
CHINESE = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC")
MONOSPACED = ("DejaVu Sans Mono", "Menlo", "Consolas", *CHINESE)

LARGE, HALL_TEXT = 1.35, 22
"""Large text beside other text, and its height in pixels from which on it can be read from the last row of a hall."""

_current = ""


@cache
def load_theme(name: str) -> Theme:
    """The theme `dark` or `light`."""
    table = tomllib.loads((bundled("assets") / "themes" / f"{name}.toml").read_text("utf-8"))
    values: dict[str, Any] = {f.name: table[f.name] for f in fields(Theme) if f.name != "name"}
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Theme(name=name, **values)


def system_theme() -> str:
    """`dark` or `light`, as the desktop has it; light where the desktop does not say."""
    return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def current_theme() -> Theme:
    """The theme last applied, or the system's where none was."""
    return load_theme(_current or system_theme())


def apply_theme(app: QApplication, theme: Theme, zoom: float = 1.0) -> None:
    """Dress the whole application: style, font, palette, style sheet. Widgets hear of it by a `StyleChange` event."""
    global _current
    _current = theme.name
    app.setStyle("Fusion")
    app.setFont(ui_font(zoom))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme, app.font()))


def ui_font(zoom: float = 1.0) -> QFont:
    """The installed ones of our families, Chinese ones behind them, in the size of the system times `zoom`."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    installed = [family for family in (*LATIN, *CHINESE) if QFontDatabase.hasFamily(family)]
    font.setFamilies([*installed, font.family()])
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * zoom)
    else:
        font.setPixelSize(round(font.pixelSize() * zoom))
    return font


def palette(theme: Theme) -> QPalette:
    """The colours of `theme` in Qt's roles, for what the style sheet does not reach."""
    role = QPalette.ColorRole
    made = QPalette(QColor(theme.surface), QColor(theme.window))
    colours = {
        theme.window: (role.Window, role.AlternateBase),
        theme.surface: (role.Base, role.Button, role.ToolTipBase),
        theme.text: (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText),
        theme.muted: (role.PlaceholderText,),
        theme.accent: (role.Highlight, role.Accent, role.Link, role.LinkVisited),
        theme.on_accent: (role.HighlightedText,),
        theme.border: (role.Mid, role.Midlight, role.Dark, role.Light),
    }
    for colour, roles in colours.items():
        for each in roles:
            made.setColor(each, QColor(colour))
    off = QColor(mix(theme.muted, theme.window, 0.4))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, off)
    return made


def style_sheet(theme: Theme, font: QFont) -> str:
    """`style.qss` with the colours of `theme` and lengths that follow the height of `font`."""
    folder = bundled("assets") / "themes"
    line = QFontMetrics(font).height()
    lengths = {f"u{n}": f"{round(line * n / 16)}px" for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 24)}
    colours = {f.name: getattr(theme, f.name) for f in fields(Theme) if isinstance(getattr(theme, f.name), str)}
    size = QFontInfo(font).pixelSize()
    lengths["large"] = f"{max(size, min(round(LARGE * size), HALL_TEXT))}px"
    mixed = {
        "hover": mix(theme.text, theme.surface, 0.93),
        "pressed": mix(theme.text, theme.surface, 0.87),
        "selected": mix(theme.accent, theme.surface, 0.76),
        "edge": mix(theme.text, theme.border, 0.8),
        "off": mix(theme.muted, theme.window, 0.4),
        "accent_hover": mix(theme.on_accent, theme.accent, 0.9),
        "accent_pressed": mix(theme.window, theme.accent, 0.85),
        "track": mix(theme.muted, theme.window, 0.78),
        "grip": mix(theme.muted, theme.window, 0.6),
    }
    sheet = Template((folder / "style.qss").read_text("utf-8"))
    return sheet.substitute(colours, **mixed, **lengths, assets=folder.as_posix())


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with the given share of `other` in it."""
    one, two = QColor(colour), QColor(other)
    parts = zip((one.red(), one.green(), one.blue()), (two.red(), two.green(), two.blue()), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in parts))


def restyle(widget: QWidget, **marks: Any) -> None:
    """Set properties that the style sheet asks for (`role`, `level`, `invalid` …) and let the widget look like them."""
    changed = [widget.setProperty(key, value) for key, value in marks.items() if widget.property(key) != value]
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
