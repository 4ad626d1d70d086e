"""Projector mode: one plot, large text, thick lines and the verdict as a caption; all comes back afterwards."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolBar
from pytestqt.qtbot import QtBot

from optlab.gui import app as gui_app
from optlab.gui import settings
from optlab.gui.window import Window

TEXT, STROKE = 22, 3
README = Path(__file__).parents[2] / "README.md"


def made(qapp, qtbot: QtBot, experiment: str, lessons: bool = False) -> Window:
    values = settings.Settings(theme="dark", lessons=lessons)
    window, messages = gui_app.make_window(qapp, values, experiment, (), safe_mode=True)
    assert messages == []
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    gui_app.finish(window)
    return window


@pytest.fixture
def window(qapp, qtbot: QtBot):
    window = made(qapp, qtbot, "vanishing-gradient")
    yield window
    close(window, qtbot)


def close(window: Window, qtbot: QtBot) -> None:
    window.desk.document.undo_stack.setClean()
    window.close()
    qtbot.waitUntil(lambda: not window.desk.session.busy, timeout=5000)
    window.deleteLater()  # every window that is left is dressed anew with each theme
    QApplication.processEvents()


def run(window: Window, qtbot: QtBot, steps: int) -> None:
    window.desk.document.set_top("fewer steps", steps=steps)
    window.actions_["run"].trigger()
    entries = window.desk.entries
    qtbot.waitUntil(lambda: bool(entries) and all(e.run.ended for e in entries), timeout=60_000)
    qtbot.waitUntil(lambda: not window.desk.session.busy and not window.desk.lookout.busy, timeout=10_000)


def looks(window: Window) -> tuple[object, ...]:
    """What is shown, in which theme, how large and how thick."""
    bars = [window.left, window.bottom, window.statusBar(), window.menuBar(), *window.findChildren(QToolBar)]
    panel = window.views.current.panel
    return (
        [bar.isVisible() for bar in bars],
        [plot.title for plot in panel.plots() if plot.isVisible()],
        panel.strip.isVisible(),
        window.stage.caption.isVisible(),
        sum(not view.isHidden() for view in window.views.views),
        window.desk.theme.name,
        QFontInfo(QApplication.font()).pixelSize(),
        panel.loss.style_.font.pixelSize(),
        panel.loss.style_.pen("text", 1.6).widthF(),
    )


def test_a_hall_sees_one_plot_in_the_light_theme_with_large_text_and_thick_lines(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F11)
    bars, plots, strip, caption, views, theme, text, drawn, stroke = looks(window)
    assert not any(bars) and plots == ["Loss"] and not strip and caption and views == 1
    assert theme == "light" and text >= TEXT and drawn >= TEXT
    run(window, qtbot, 30)
    panel = window.views.current.panel
    widths = [panel.loss.style_.pen(c.colour, c.width).widthF() for c in panel.loss.curves if c.label]
    assert len(widths) == 5 and min(widths) >= STROKE and stroke >= STROKE


def test_all_comes_back_when_it_is_left(window, qtbot):
    before = looks(window)
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
        qtbot.keyClick(window, Qt.Key.Key_F11)
        assert looks(window) != before and window.actions_["projector"].isChecked()
        qtbot.keyClick(window, key)
        assert looks(window) == before and not window.actions_["projector"].isChecked()
    assert window.settings.theme == "dark" and window.settings.zoom == 1.0


def test_the_verdict_is_the_caption(window, qtbot):
    window.actions_["projector"].trigger()
    run(window, qtbot, 30)
    caption = window.stage.caption
    qtbot.waitUntil(lambda: "W1 gets" in caption.words.text())
    assert "Vanishing gradient" in caption.words.text() and caption.property("level") == "warning"
    window.desk.select(window.desk.entries[1].key)
    assert "ReLU + He" in caption.words.text() and caption.property("level") == "neutral"


def test_the_next_plot_takes_the_place_of_the_first_and_after_the_last_it_comes_again(window, qtbot):
    window.actions_["projector"].trigger()
    panel = window.views.current.panel
    seen = []
    for _ in range(6):
        seen += [name for name in ("loss", "rate", "norms", "bars", "map") if getattr(panel, name).isVisible()]
        window.actions_["slide"].trigger()
    assert seen == ["loss", "rate", "norms", "bars", "map", "loss"]
    shown = next(plot for plot in panel.plots() if plot.isVisible())
    assert shown.width() == panel.width()  # what is hidden keeps no room


def test_bars_that_stand_alone_name_their_runs(window, qtbot):
    run(window, qtbot, 2)
    bars = window.views.current.panel.bars
    bars.grab()
    assert bars.frame_.keys == ()
    window.actions_["projector"].trigger()
    for _ in range(3):
        window.actions_["slide"].trigger()
    assert bars.isVisible()
    bars.grab()
    assert [key.label for key, _ in bars.frame_.keys] == [entry.run.label for entry in window.desk.entries]


def test_another_view_has_a_plot_of_its_own_and_the_whole_width(window, qtbot):
    window.actions_["projector"].trigger()
    for view, plot in (
        ("landscape", "contour"), ("gradient_flow", "bars"), ("layers", "outputs"), ("loss_surface", "contour"),
        ("theory", "sharpness"),
    ):  # fmt: skip
        window.views.show_view(view)
        assert [v.name for v in window.views.views if not v.isHidden()] == [view]
        panel = window.views.current.panel
        assert [p for p in panel.plots() if p.isVisible()] == [getattr(panel, plot)]
        qtbot.waitUntil(lambda p=panel, n=plot: getattr(p, n).width() == p.width())


def test_a_hall_sees_the_answers_of_one_run_at_a_time_the_selected_one_first(window, qtbot):
    run(window, qtbot, 2)
    window.desk.select(window.desk.entries[1].key)
    window.actions_["projector"].trigger()
    window.views.show_view("decision")
    panel, seen = window.views.current.panel, []
    for _ in range(6):
        qtbot.waitUntil(lambda: not window.desk.lookout.busy)
        (plot,) = [plot for plot in panel.plots() if plot.isVisible()]
        assert plot.width() == panel.width()
        seen.append(plot.title.split(" · ")[0])
        window.actions_["slide"].trigger()
    labels = [entry.run.label for entry in window.desk.entries]
    assert seen == [*labels[1:], *labels[:2]]
    window.actions_["projector"].trigger()
    qtbot.waitUntil(lambda: sum(plot.isVisible() for plot in panel.plots()) == 4)


def test_the_readme_names_the_plots_of_the_views(window):
    table = re.findall(r"(?m)^\| `(\w+)` \| (`\w+`(?: · `\w+`)+) \|$", README.read_text("utf-8"))
    told = {view: re.findall(r"`(\w+)`", names) for view, names in table}
    assert told.keys() >= {"training", "compare", "gradient_flow", "landscape", "layers", "loss_surface", "theory"}
    for view, names in told.items():
        window.views.show_view(view)
        panel = window.views.current.panel
        plots = panel.slides()
        assert names[0] == panel.hero and all(getattr(panel, name) in plots for name in names), view


def test_a_lesson_can_show_what_other_views_have(window, qtbot):
    window.desk.set_stage(("gradients", "slices", "answer"))
    for view, plot in (("layers", "gradients"), ("loss_surface", "slices")):
        window.views.show_view(view)
        panel = window.views.current.panel
        assert [p for p in panel.plots() if p.isVisible()] == [getattr(panel, plot)]
        assert view != "layers" or not panel.portraits.shown.isVisible()  # what it chooses is not seen
    window.views.show_view("decision")
    panel = window.views.current.panel
    assert sum(plot.isVisible() for plot in panel.plots()) == 1 and not panel.which.isVisible()


def test_a_lesson_in_a_hall_fits_1280_x_720_and_keeps_its_place(qapp, qtbot):
    window = made(qapp, qtbot, "plateau-and-cliff", lessons=True)  # its answers are the longest
    strip = window.stage.strip
    window.actions_["projector"].trigger()
    assert strip.isVisible() and not window.stage.caption.run.isVisible()
    for place in range(len(window.tutor.lesson.steps)):
        window.tutor._open(place)
        QApplication.processEvents()
        texts = [w for w in strip.findChildren(QLabel) + strip.findChildren(QPushButton) if w.isVisible()]
        assert min(QFontInfo(widget.font()).pixelSize() for widget in texts) >= TEXT
        assert (window.width(), window.height()) == (1280, 720) and window.minimumSizeHint().width() <= 1280
        assert all(0 <= w.mapTo(window, w.rect().bottomRight()).x() < 1280 for w in texts)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert strip.isVisible() and not window.desk.projected  # the lesson goes on
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not strip.isVisible() and window.left.isVisible()
    close(window, qtbot)


def test_a_caption_keeps_back_what_a_lesson_hides(qapp, qtbot):
    window = made(qapp, qtbot, "vanishing-gradient", lessons=True)
    window.actions_["projector"].trigger()
    qtbot.waitUntil(lambda: bool(window.desk.entries) and window.desk.entries[0].run.count == 1)
    window.stage.caption.refresh()
    assert window.stage.caption.words.text() == ""
    window.tutor.predict("No")
    assert window.stage.caption.words.text() != ""
    close(window, qtbot)


def test_a_window_that_closes_in_a_hall_remembers_the_lab(qapp, qtbot):
    window = made(qapp, qtbot, "ravine")
    text = QFontInfo(QApplication.font()).pixelSize()
    window.actions_["projector"].trigger()
    close(window, qtbot)
    assert QFontInfo(QApplication.font()).pixelSize() == text
    other, _ = gui_app.make_window(qapp, window.settings, "ravine", (), safe_mode=True)
    other.places.restore(window.settings)
    other.show()
    assert other.left.isVisible() and other.bottom.isVisible() and other.menuBar().isVisible()
    other.close()
