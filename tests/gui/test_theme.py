"""The theme dresses the application, and icons are drawn in its colours."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from optlab.gui.icons import IconButton, app_icon, icon
from optlab.gui.theme import apply_theme, current_theme, load_theme, restyle, style_sheet, system_theme, ui_font
from optlab.paths import bundled

ICONS = sorted(path.stem for path in (bundled("assets") / "icons").glob("*.svg") if path.stem != "optlab")
both = pytest.mark.parametrize("name", ["dark", "light"])


@both
def test_the_palette_and_the_current_theme_follow_the_applied_one(qapp: QApplication, name: str) -> None:
    theme = load_theme(name)
    apply_theme(qapp, theme)
    assert current_theme() is theme
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.window
    assert qapp.palette().color(QPalette.ColorRole.Accent).name() == theme.accent


@both
def test_the_style_sheet_is_filled_and_follows_the_font(qapp: QApplication, name: str) -> None:
    font = QFont(ui_font())
    small = style_sheet(load_theme(name), font)
    font.setPointSizeF(font.pointSizeF() * 2)
    large = style_sheet(load_theme(name), font)
    assert "$" not in small.split("*/", 1)[1]
    for sheet, px in ((small, QFontInfo(ui_font()).pixelSize()), (large, QFontInfo(font).pixelSize())):
        sizes = re.findall(r"font-size: (\d+)px", sheet)  # of large text alone, which a hall's font is as large as
        assert [int(size) for size in sizes] == [max(px, min(round(1.35 * px), 22))]
    assert len(small) > 1000 and small != large


def test_the_font_keeps_the_system_size_and_knows_chinese(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ui_font().pointSizeF() == pytest.approx(qapp.font().pointSizeF())
    installed = [family for family in QFontDatabase.families() if QFontDatabase.hasFamily(family)]
    there = installed[-1]  # stands for a Chinese font, which not every machine has
    monkeypatch.setattr("optlab.gui.theme.CHINESE", ("a font that is missing", there))
    families = ui_font().families()
    assert there in families and "a font that is missing" not in families


def test_the_system_theme_is_one_that_exists(qapp: QApplication) -> None:
    assert load_theme(system_theme()).name in ("dark", "light")


def test_restyle_reaches_the_widget(qapp: QApplication, qtbot: QtBot) -> None:
    theme = load_theme("dark")
    apply_theme(qapp, theme)
    label = QLabel("x")
    qtbot.addWidget(label)
    restyle(label, role="error")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == theme.error


def strongest(image: QImage) -> tuple[str, int]:
    """The colour and opacity of the most opaque pixel."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    best = max(pixels, key=lambda colour: colour.alpha())
    return best.name(), best.alpha()


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_of_its_role_and_paler_when_disabled(qapp: QApplication, name: str) -> None:
    theme = load_theme("light")
    drawn = icon(name, theme, "error")
    colour, opacity = strongest(drawn.pixmap(QSize(20, 20)).toImage())
    _, faint = strongest(drawn.pixmap(QSize(20, 20), 1.0, QIcon.Mode.Disabled).toImage())
    assert all(abs(int(colour[i : i + 2], 16) - int(theme.error[i : i + 2], 16)) < 8 for i in (1, 3, 5))
    assert opacity > 200 and 60 < faint < 130


def test_the_promised_icons_exist() -> None:
    assert set(ICONS) >= {
        *("run", "pause", "step", "stop", "export", "plus", "close", "chevron-down", "chevron-right", "undo", "redo"),
        *("warning", "info", "error", "eye", "eye-off", "pin", "copy", "trash", "duplicate", "folder", "settings"),
        *("help", "plugin", "search", "theme", "rename", "colour"),
    }


def test_icons_are_crisp_at_200_percent(qapp: QApplication) -> None:
    assert icon("run", load_theme("dark")).pixmap(QSize(20, 20), 2.0).size() == QSize(40, 40)


def test_the_mark_of_the_application_loads(qapp: QApplication) -> None:
    assert not app_icon().pixmap(64, 64).isNull()


def test_an_icon_button_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, load_theme("dark"))
    button = IconButton("close", "Close")
    qtbot.addWidget(button)
    apply_theme(qapp, load_theme("light"))
    assert button.icon().cacheKey() == icon("close", load_theme("light"), "muted").cacheKey()
    assert button.accessibleName() == button.toolTip() == "Close"
