"""The plots on a screen and in a file: what is seen, what mouse and keys do, what is never cut."""

import html
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Axis, power
from optlab.gui.plots.bar_paint import Bars, Trend
from optlab.gui.plots.bars import BarPlot
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.contour import ContourPlot, Trajectory
from optlab.gui.plots.curves import Band, Curve, Line, Mark
from optlab.gui.plots.density import DensityMap
from optlab.gui.plots.heatmap import HeatMap, floor_colour
from optlab.gui.plots.link import StepLink
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.ridges import Ridge, RidgePlot
from optlab.gui.plots.shade import BANDS, Field, Levels, inks, picture
from optlab.gui.theme import DASHES, load_theme
from optlab.host.host import load_plugins

DARK, LIGHT = load_theme("dark"), load_theme("light")
STEPS = np.arange(1000.0)
LAYERS = [f"W{i + 1}" for i in range(13)]


def curves(count: int = 3, steps: int = 1000) -> list[Curve]:
    x = STEPS[:steps]
    return [Curve(x, 10.0 ** (-k - x / 300), DARK.runs[k], DASHES[k], label=f"run {k} · lr 0.01") for k in range(count)]


def loss(**more) -> CurvePlot:
    return CurvePlot(DARK, "Loss", y=Axis("cross-entropy", "nats", log=True), **more)


def curve_plot() -> CurvePlot:
    plot = loss(empty_text="Press Run to see the loss")
    band = Band(STEPS, STEPS * 0 + 0.1, STEPS * 0 + 1.0, DARK.runs[1])
    plot.set_curves(curves(), [band], [Line(0.69, "chance, ln 2")], [Mark(500, "lr × 0.5")])
    return plot


def heat_map() -> HeatMap:
    plot = HeatMap(DARK, "Gradient norm, layer × step", levels=(1e-12, 1.0))
    plot.set_data(STEPS[::4], np.tile(10.0 ** np.linspace(-9, -1, 13), (250, 1)), LAYERS, end=1000)
    return plot


def bar_plot() -> BarPlot:
    plot = BarPlot(DARK, "Layer profile", floor=1e-11)
    sinking = Bars("a", DARK.runs[0], 10.0 ** np.linspace(-14, -1, 13))
    plot.set_bars([sinking, Bars("b", DARK.runs[1], np.full(13, 1e-3), (6, 3))], LAYERS)
    return plot


def landscape() -> Field:
    x, y = np.meshgrid(np.linspace(-2, 2, 101), np.linspace(-1, 3, 101))
    return Field((1 - x) ** 2 + 100 * (y - x * x) ** 2, (-2.0, 2.0), (-1.0, 3.0))


def contour_plot() -> ContourPlot:
    plot = ContourPlot(DARK, "Rosenbrock")
    plot.set_field(landscape(), least=0.0)
    t = np.linspace(0, 1, 200)
    plot.set_trajectories([Trajectory(STEPS[:200], -1.2 + 2.2 * t, 1 - t + t * t, DARK.runs[0], (), "gd · lr 0.01")])
    plot.set_points((-1.2, 1.0), [(1.0, 1.0)])
    return plot


EDGES = np.linspace(-12.0, 0.0, 25)


def ridge_plot(layers: int = 6) -> RidgePlot:
    """Layer k has most of its values in bin 3 k, and a share of zeros that grows with it."""
    plot = RidgePlot(DARK, "Gradients at step 3", Axis("|∂L/∂h|", log=True))
    colours = gradient.colours(DARK.layers, layers)
    shares = [np.exp(-0.5 * (np.arange(24) - 3 * k) ** 2) for k in range(layers)]
    rows = [
        Ridge(f"h{k + 1}", colours[k], shares[k] / shares[k].sum(), k / 10, readings=(("mean", f"{k}"),))
        for k in range(layers)
    ]
    plot.set_rows(rows, EDGES, 1)
    return plot


def density_map() -> DensityMap:
    plot = DensityMap(DARK, "Outputs of h1 · a", Axis("output h"))
    shares = np.zeros((10, 24))
    shares[:, 6] = 0.9
    shares[5:, 18] = 0.05
    plot.set_shares(STEPS[:100:10], shares, np.linspace(-1.2, 1.2, 25), 100.0)
    return plot


MAKERS = [curve_plot, heat_map, bar_plot, contour_plot, ridge_plot, density_map]


@pytest.fixture
def show(qtbot):
    def shown(plot: Canvas, width: int = 640, height: int = 300) -> Canvas:
        qtbot.addWidget(plot)
        plot.resize(width, height)
        plot.show()
        plot.grab()
        return plot

    return shown


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    view = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return view[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def near(image: QImage, colour: str, within: int = 40) -> np.ndarray:
    """Where an image has about this colour."""
    return np.abs(pixels(image) - (gradient.rgb(colour) * 255)).max(axis=2) < within


def seen(plot: Canvas) -> QImage:
    return plot.grab().toImage()


def mouse(plot: Canvas, kind: QEvent.Type, at: QPointF, button=Qt.MouseButton.LeftButton) -> None:
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    QApplication.sendEvent(plot, QMouseEvent(kind, at, at, button, buttons, Qt.KeyboardModifier.NoModifier))


def drag(plot: Canvas, start: QPointF, stop: QPointF) -> None:
    mouse(plot, QEvent.Type.MouseButtonPress, start)
    mouse(plot, QEvent.Type.MouseMove, stop)
    mouse(plot, QEvent.Type.MouseButtonRelease, stop)


def hover(plot: Canvas, at: QPointF) -> None:
    mouse(plot, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)


def wheel(plot: Canvas, at: QPointF, notches: int = 1) -> None:
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, event)


# every plot


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("size", [(120, 90), (320, 180), (1400, 900)])
def test_every_plot_paints_at_every_size_in_both_themes(make, size, show):
    plot = show(make(), *size)
    for theme in (LIGHT, DARK):
        plot.apply_theme(theme, 1.5)
        assert seen(plot).pixelColor(1, size[1] - 2) == QColor(theme.plot)


@pytest.mark.parametrize("make", MAKERS)
def test_a_picture_is_laid_out_anew_and_leaves_the_screen_alone(make, show):
    plot = show(make())
    before = seen(plot)
    picture_ = plot.picture(1600, 900, 150, LIGHT)
    assert (picture_.width(), picture_.height()) == (1600, 900)
    assert round(picture_.dotsPerMeterX() * 0.0254) == 150
    assert picture_.pixelColor(2, 897) == QColor(LIGHT.plot)
    assert seen(plot) == before and plot.style_.theme is DARK


def test_text_of_a_picture_grows_with_its_dots_per_inch(show):
    plot = show(curve_plot())
    heights = []
    for dpi in (96, 192):
        title = near(plot.picture(1200, 800, dpi), DARK.text, 60)[: round(0.2 * dpi)]
        heights.append(np.ptp(np.flatnonzero(title.any(axis=1))) + 1)
    assert heights[1] == pytest.approx(2 * heights[0], abs=2)


def test_a_picture_without_bounds_is_refused(show):
    with pytest.raises(ValueError, match="40000"):
        show(curve_plot()).picture(40_000, 40_000)


@pytest.mark.parametrize("make", MAKERS)
def test_svg_holds_the_title_and_nothing_outside_its_page(make, show):
    plot = show(make())
    if isinstance(plot, CurvePlot):
        plot.zoom_to((200.0, 300.0), (-2.0, -1.0))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plot.to_svg(buffer, 640, 300, LIGHT, about="seed 0")
    svg = bytes(buffer.data()).decode()
    assert f">{plot.title}</text>" in svg and "<desc>seed 0</desc>" in svg
    for line in (part.split('"')[1] for part in svg.split("<polyline ") if 'points="' in part):
        numbers = [float(n) for pair in line.split() for n in pair.split(",") if "," in pair]
        assert all(-1 <= n <= 641 for n in numbers)


@pytest.mark.parametrize("level", [0.69, 0.95])
def test_the_name_of_a_level_and_the_label_of_a_run_that_begins_on_it_do_not_cover_each_other(show, level):
    plot = show(CurvePlot(DARK, "Loss", y=Axis("loss")))
    plot.set_x_span(0.0, 100.0)
    plot.set_curves([Curve(np.arange(2.0), np.full(2, level), "text", label="run")], lines=[Line(level, "chance")])
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plot.to_svg(buffer, 640, 300)
    text = r'<text [^>]*? y="([\d.]+)"[^>]*>(run|chance)</text>'
    base = {name: float(y) for y, name in re.findall(text, bytes(buffer.data()).decode(), re.DOTALL)}
    assert abs(base["chance"] - base["run"]) >= plot.style_.em


@pytest.mark.parametrize("make", MAKERS)
def test_the_menu_asks_the_window_for_exports(make, show, qtbot):
    plot = show(make())
    kinds = []
    plot.export_requested.connect(kinds.append)
    menu = plot.context_menu()
    for action in menu.actions():
        if action.data():
            action.trigger()
    assert kinds == ["copy", "png", "svg", "csv"]


@pytest.mark.parametrize("make", MAKERS)
def test_every_plot_has_an_accessible_name_and_takes_the_focus(make, show):
    plot = show(make())
    assert plot.accessibleName() == plot.title and plot.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_named_colours_follow_the_theme_on_the_screen_and_in_a_picture(show):
    plot = loss()
    names = [gradient.run(1), gradient.layer(0, 13), "text"]
    plot.set_curves([Curve(STEPS, STEPS * 0 + 10.0**-k, name, width=2.0) for k, name in enumerate(names)])
    show(plot)
    for theme, image in ((LIGHT, plot.picture(640, 300, theme=LIGHT)), (DARK, seen(plot))):
        wanted = (theme.runs[1], gradient.colours(theme.layers, 13)[0], theme.text)
        assert [gradient.resolved(theme, name) for name in names] == list(wanted)
        assert all(near(image, colour).sum() > 200 for colour in wanted)
    plot.apply_theme(LIGHT)
    assert near(seen(plot), LIGHT.runs[1]).sum() > 200


def test_an_empty_plot_says_what_to_do(show):
    plot = show(loss(empty_text="Press Run to see the loss"))
    middle = near(seen(plot), DARK.muted, 60)[140:200, 200:440]
    assert middle.any()


# curves


def test_every_curve_is_drawn_in_its_colour(show):
    image = seen(show(curve_plot()))
    assert all(near(image, DARK.runs[k]).sum() > 200 for k in range(3))


def test_labels_at_line_ends_are_never_cut_nor_cover_each_other(show):
    plot = loss()
    x = STEPS
    plot.set_curves([Curve(x, x * 0 + 0.5, DARK.runs[k], label=f"run {k} · lr 0.01") for k in range(6)])
    image = seen(show(plot, 460, 240))
    assert not near(image, DARK.runs[0])[:, -3:].any()
    right = int(plot.frame_.area.right()) + 12
    rows = [np.flatnonzero(near(image, DARK.runs[k], 30)[:, right:].any(axis=1)) for k in (1, 2, 3)]
    assert rows[0].max() < rows[2].min()


def test_room_for_labels_is_made_only_where_they_would_be_cut(show):
    plot = loss()
    plot.set_x_span(0, 1000)
    plot.set_curves(curves(steps=300))
    show(plot)
    assert plot.frame_.rect.right() - plot.frame_.area.right() < 30
    plot.set_curves(curves(steps=1000))
    plot.grab()
    assert plot.frame_.rect.right() - plot.frame_.area.right() > 90


def test_zeros_are_drawn_on_the_floor_and_not_dropped(show):
    y = np.where(STEPS < 500, 1e-3, 0.0)
    plot = loss()
    plot.set_curves([Curve(STEPS, y, DARK.runs[0])])
    image = seen(show(plot))
    floor = plot.frame_.floor
    assert floor is not None
    strip = near(image, DARK.runs[0])[int(floor.top()) : int(floor.bottom())]
    assert strip[:, int(plot.frame_.x.of(800))].any() and not strip[:, int(plot.frame_.x.of(300))].any()


def test_without_zeros_there_is_no_floor(show):
    assert show(curve_plot()).frame_.floor is None


def test_a_gap_is_a_gap(show):
    y = np.where((STEPS > 400) & (STEPS < 600), np.nan, 0.5)
    plot = loss()
    plot.set_curves([Curve(STEPS, y, DARK.runs[0])])
    drawn = near(seen(show(plot)), DARK.runs[0])
    assert not drawn[:, int(plot.frame_.x.of(500))].any() and drawn[:, int(plot.frame_.x.of(300))].any()


@pytest.mark.parametrize("log", [True, False])
def test_wild_values_are_drawn_without_a_warning(log, show):
    y = np.array([1.0, 1e300, np.inf, -np.inf, np.nan, 0.0, -1.0, 5e-324])
    plot = CurvePlot(DARK, "Loss", y=Axis("f", log=log))
    plot.set_curves([Curve(np.arange(8.0), y, DARK.runs[0], label="wild")], [Band(np.arange(8.0), y, y, DARK.runs[1])])
    show(plot)
    plot.set_hover(3.0)
    seen(plot)
    plot.picture(300, 200)


def test_a_following_range_only_grows(show):
    plot = show(loss())
    plot.set_follow(True)
    wholes = []
    for steps in (10, 100, 500, 200, 1000, 30):
        plot.set_curves(curves(steps=steps))
        wholes.append((*plot.view.whole_x, *plot.view.whole_y))
    for before, after in pairwise(wholes):
        assert after[0] <= before[0] and after[1] >= before[1] and after[2] <= before[2] and after[3] >= before[3]


def test_growth_glides_and_arrives(show, qtbot):
    plot = show(loss())
    plot.set_follow(True)
    plot.set_curves(curves(steps=100))
    plot.set_curves(curves(steps=1000))
    assert plot.shown(live=True)[0][1] < plot.view.x[1]
    qtbot.waitUntil(lambda: plot.shown(live=True) == (plot.view.x, plot.view.y), timeout=3000)


def test_the_expected_steps_are_shown_from_the_start(show):
    plot = show(loss())
    plot.set_x_span(0, 1500)
    plot.set_curves(curves(steps=50))
    assert plot.view.x == (0.0, 1500.0)


def test_labels_of_y_keep_their_width(show):
    plot = loss()
    plot.set_curves([Curve(STEPS, STEPS * 0 + 1e-120, DARK.runs[0])])
    show(plot)
    left = plot.frame_.area.left()
    plot.set_curves([Curve(STEPS, STEPS * 0 + 1.0, DARK.runs[0])])
    plot.grab()
    assert plot.frame_.area.left() == left


def test_the_log_axis_can_be_switched_from_the_menu_and_keeps_the_zoom_of_x(show):
    plot = show(curve_plot())
    plot.zoom_to((100.0, 200.0), None)
    switched = []
    plot.log_changed.connect(switched.append)
    next(action for action in plot.context_menu().actions() if action.isCheckable()).trigger()
    assert switched == [False] and not plot.y_axis.log and plot.view.x == (100.0, 200.0)


def test_the_cursor_line_moves_without_drawing_curves_again(show, monkeypatch):
    plot = show(curve_plot())
    drawn = []
    monkeypatch.setattr(plot, "draw", lambda *args: drawn.append(1))
    plot.set_cursor(500)
    plot.set_hover(300.0)
    image = seen(plot)
    column = pixels(image)[:, int(plot.frame_.x.of(500))].sum(axis=1)
    assert not drawn and np.median(column[40:200]) > sum(gradient.rgb(DARK.plot) * 255) + 60


# looking closer


def test_a_drag_zooms_into_what_it_spans(show):
    plot = show(curve_plot())
    ranges = []
    plot.range_changed.connect(lambda a, b: ranges.append((a, b)))
    x, y = plot.frame_.x, plot.frame_.y
    drag(plot, QPointF(x.of(200), y.of(1e-1)), QPointF(x.of(600), y.of(1e-3)))
    assert plot.view.x == pytest.approx((200, 600)) and plot.view.y == pytest.approx((-3, -1))
    assert ranges[-1] == pytest.approx((200, 600))


def test_a_flat_drag_zooms_x_only(show):
    plot = show(curve_plot())
    middle = plot.frame_.area.center().y()
    drag(plot, QPointF(plot.frame_.x.of(200), middle), QPointF(plot.frame_.x.of(600), middle + 2))
    assert plot.view.x == pytest.approx((200, 600)) and plot.view.zoom_y is None


def test_double_click_shows_the_whole_and_backspace_what_was_before(show, qtbot):
    plot = show(curve_plot())
    whole = plot.view.x
    plot.zoom_to((100.0, 200.0), None)
    mouse(plot, QEvent.Type.MouseButtonDblClick, plot.frame_.area.center())
    assert plot.view.x == whole
    qtbot.keyClick(plot, Qt.Key.Key_Backspace)
    assert plot.view.x == (100.0, 200.0)
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.view.x == whole


def test_the_wheel_zooms_at_the_mouse_and_not_out_of_the_whole(show):
    plot = show(curve_plot())
    at = QPointF(plot.frame_.x.of(250), plot.frame_.area.center().y())
    wheel(plot, at)
    plot.grab()
    assert plot.view.zoom_x is not None and plot.frame_.x.value(at.x()) == pytest.approx(250, abs=1)
    wheel(plot, at, -10)
    assert plot.view.zoom_x is None


def test_no_zoom_is_deeper_than_numbers_go(show):
    plot = show(curve_plot())
    for _ in range(300):
        wheel(plot, plot.frame_.area.center())
        plot.grab()
    assert plot.view.x[1] > plot.view.x[0]


def test_linked_plots_share_zoom_and_cross_hair(show, qtbot):
    first, second, third = show(curve_plot()), show(heat_map()), show(loss())
    third.set_curves(curves())
    StepLink([first, second, third], first)
    first.zoom_to((100.0, 200.0), None)
    assert second.view.x == third.view.x == (100.0, 200.0)
    second.show_all()
    assert first.view.zoom_x is None and third.view.zoom_x is None
    first.grab()
    hover(first, QPointF(first.frame_.x.of(420), 100))
    assert first.hover == second.hover == third.hover == 420
    QApplication.sendEvent(first, QEvent(QEvent.Type.Leave))
    assert second.hover is None and third.hover is None


def test_the_cross_hair_reads_all_named_curves(show):
    plot = show(curve_plot())
    plot.set_hover(300.0)
    assert [r.label for r in plot.readings(300.0)] == [c.label for c in curves()]
    assert plot.readings(300.0)[0].text == "0.1"


def test_the_cross_hair_moves_by_keyboard(show, qtbot):
    plot = show(curve_plot())
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    first = plot.hover
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.hover > first and plot.hover == round(plot.hover)


def test_a_click_gives_a_point_and_a_double_click_does_not(show, qtbot):
    plot = show(contour_plot(), 500, 500)
    at = QPointF(plot.frame_.x.of(0.5), plot.frame_.y.of(1.5))
    with qtbot.waitSignal(plot.point_clicked, timeout=3000) as clicked:
        mouse(plot, QEvent.Type.MouseButtonPress, at)
        mouse(plot, QEvent.Type.MouseButtonRelease, at)
    assert clicked.args == pytest.approx([0.5, 1.5])
    mouse(plot, QEvent.Type.MouseButtonPress, at)
    mouse(plot, QEvent.Type.MouseButtonRelease, at)
    mouse(plot, QEvent.Type.MouseButtonDblClick, at)
    assert not plot._click.isActive()


# heat map


def test_colours_of_the_map_stay_the_same_at_every_zoom(show):
    plot = show(heat_map())
    values = np.full((250, 13), 1e-5)
    values[125:] = 1e-2
    plot.set_data(STEPS[::4], values, LAYERS, end=1000)
    y = int(plot.frame_.y.px(6.5))
    before = seen(plot).pixelColor(int(plot.frame_.x.of(200)), y)
    plot.set_data(STEPS[:125], values[:125], LAYERS, end=125)
    plot.set_x_range(50.0, 100.0)
    assert seen(plot).pixelColor(int(plot.frame_.area.center().x()), y) == before


def test_the_last_layer_is_at_the_top(show):
    plot = show(heat_map())
    image, x = seen(plot), int(plot.frame_.area.center().x())
    top, bottom = (image.pixelColor(x, int(plot.frame_.y.px(row))).name() for row in (12.5, 0.5))
    assert gradient.luminance(top) > gradient.luminance(bottom)
    assert [tick.text for tick in plot.frame_.y_ticks][:2] == ["W1", "W2"]


def test_zeros_of_the_map_have_a_colour_of_their_own(show):
    values = np.full((250, 13), 1e-3)
    values[:, 0] = 0.0
    values[:, 1] = np.nan
    plot = heat_map()
    plot.set_data(STEPS[::4], values, LAYERS, end=1000)
    image, x = seen(show(plot)), int(plot.frame_.area.center().x())
    zero, gap, value = (image.pixelColor(x, int(plot.frame_.y.px(row))).name() for row in (0.5, 1.5, 2.5))
    assert zero == floor_colour(plot.style_) and gap == DARK.plot and value not in (zero, gap)


def test_the_grey_of_the_map_is_named_by_what_lies_below_its_levels(show):
    plot = show(heat_map())
    plot.set_levels(1e-20, 1e-4)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plot.to_svg(buffer, 640, 300)
    assert f"><{power(-20)}</text>" in html.unescape(bytes(buffer.data()).decode())


def test_the_map_says_step_layer_and_value():
    values = np.full((250, 13), 2.1e-7)
    plot = HeatMap(DARK, "norms", x=Axis("step", steps=True))
    plot.set_data(STEPS[::4], values, LAYERS, end=1000)
    assert plot.reading(420.0, 2.5) == "step 420 · W3 · 2.1e−07"
    plot.deleteLater()


# bars


def test_a_bar_below_the_floor_is_marked_on_it(show):
    plot = show(bar_plot())
    image, floor = seen(plot), plot.frame_.floor
    strip = near(image, DARK.runs[0])[int(floor.top()) + 2 : int(floor.bottom())]
    left, right = (int(plot.frame_.x.px(edge)) for edge in (0, 1))
    widths = strip[:, left:right].sum(axis=1)
    assert 4 <= widths.max() <= 9 and 0 < widths[widths > 0][-1] < widths.max() / 2  # a triangle on its tip
    assert not strip[:, int(plot.frame_.x.px(8)) :].any()
    assert plot.readings(0)[0].text.startswith("▼ 1e−14")


def test_bars_differ_by_more_than_their_colour(show):
    plot = BarPlot(DARK, "Layer profile", floor=1e-6)
    plot.set_bars([Bars(str(k), DARK.runs[0], np.full(3, 1.0), DASHES[k]) for k in range(3)], LAYERS[:3])
    image = near(seen(show(plot, 900, 300)), DARK.runs[0], 12)
    inked = [
        image[60:200, round(a) + 3 : round(b) - 3].mean() for a, b in (plot._box(plot.frame_, 1, k) for k in range(3))
    ]
    assert inked[0] == 1.0 and inked[1] < 0.1 and 0.5 < inked[2] < 0.95


def test_what_was_taken_away_is_pale_above_the_bar(show):
    plot = BarPlot(DARK, "Layer profile", floor=1e-6)
    plot.set_bars([Bars("a", DARK.runs[0], np.full(3, 1e-3), (), np.full(3, 1e-1))], LAYERS[:3])
    image, frame = seen(show(plot)), plot.frame_
    x = int(frame.x.px(1.5))
    full, pale = near(image, DARK.runs[0], 12)[:, x], ~near(image, DARK.plot, 25)[:, x]
    rows = [round(frame.y.of(value)) for value in (1e-1, 1e-3, 1e-6)]
    assert full[rows[1] + 2 : rows[2] - 2].all() and not full[rows[0] + 3 : rows[1] - 2].any()
    assert pale[rows[0] + 3 : rows[1] - 2].all() and full[rows[0] - 1 : rows[0] + 2].any()
    assert not pale[rows[0] - 12 : rows[0] - 3].any()


def test_where_bars_would_be_too_thin_a_line_stands_for_each_run(show):
    values = 10.0 ** np.linspace(-7, -1, 200)
    values[0] = 0.0
    plot = BarPlot(DARK, "Layer profile", floor=1e-8)
    plot.set_bars(
        [Bars("a", DARK.runs[0], values), Bars("b", DARK.runs[1], values[::-1])], [f"W{k}" for k in range(200)]
    )
    image, frame = seen(show(plot)), plot.frame_
    line = near(image, DARK.runs[0])
    for layer in (20, 50, 160):
        y = round(frame.y.of(values[layer]))
        column = line[:, int(frame.x.px(layer + 0.5))]
        assert column[y - 3 : y + 4].any() and not column[y + 6 : int(frame.area.bottom())].any()
    fallen = line[int(frame.floor.top()) + 1 : int(frame.floor.bottom())]
    assert fallen[:, : int(frame.x.px(3))].any() and not fallen[:, int(frame.x.px(3)) :].any()


@pytest.mark.parametrize("layers", [5, 200], ids=["bars", "lines"])
def test_the_straight_line_through_the_logarithms_is_drawn_over_its_layers(show, layers):
    plot = BarPlot(DARK, "Layer profile", floor=1e-8)
    trend = Trend(0, layers - 1, -6.0, -2.0, "× 0.1 per layer")
    values = np.full(layers, np.nan)
    values[0] = 1e-1
    plot.set_bars([Bars("a", DARK.runs[0], values, (), None, trend)], [f"W{k}" for k in range(layers)])
    image, frame = seen(show(plot)), plot.frame_
    left, right = (float(frame.x.px(layer + 0.5)) for layer in (0, layers - 1))
    for part in (0.3, 0.9):
        x, y = left + part * (right - left), float(frame.y.px(-6 + 4 * part))
        assert near(image, DARK.text)[round(y) - 2 : round(y) + 3, round(x)].any(), part


def test_the_straight_line_does_not_hide_the_line_that_stands_for_bars(show):
    plot = BarPlot(DARK, "Layer profile", floor=1e-8)
    trend = Trend(0, 199, -6.0, -2.0, "× 0.1 per layer")
    plot.set_bars([Bars("a", DARK.runs[0], 10.0 ** np.linspace(-6, -2, 200), (), None, trend)], ["W"] * 200)
    image, frame = seen(show(plot)), plot.frame_
    line = near(image, DARK.runs[0])[int(frame.area.top()) : int(frame.area.bottom())]
    assert line.any(axis=0)[int(frame.x.px(5)) : int(frame.x.px(195))].all()


# distributions


def test_every_row_is_as_high_as_its_highest_bin_and_lies_where_that_is(show):
    plot = show(ridge_plot(), 500, 400)
    image, frame = seen(plot), plot.frame_
    each = float(frame.y.px(0) - frame.y.px(1))
    for k, row in enumerate(plot.rows[:-1]):
        x, top = float(frame.x.px(EDGES[3 * k] + 0.25)), float(frame.y.px(k)) - 1.5 * each
        line = near(image, row.colour, 90)
        assert line[round(top) - 2 : round(top) + 3, round(x) - 3 : round(x) + 4].any()
        assert not line[round(top) - 8 : round(top) - 3, round(x) - 7 : round(x) + 8].any()


@pytest.mark.parametrize("width", [150, 180, 220, 300, 500])
def test_the_zero_of_the_strip_has_its_room_beside_the_first_power(show, width):
    plot = show(ridge_plot(), width, 400)
    frame, style = plot.frame_, plot.style_
    zero, *powers = [
        (px := float(frame.x.px(tick.at)), px - style.width(tick.text) / 2, px + style.width(tick.text) / 2)
        for tick in frame.x_ticks
    ]
    assert frame.x_ticks[0].text == "0" and powers
    assert powers[0][1] - zero[2] > 0.4 * style.em


def test_zeros_stand_in_a_strip_beside_the_logarithms(show):
    plot = show(ridge_plot(), 500, 400)
    image, frame = seen(plot), plot.frame_
    strip = plot._strip(frame)
    heights = [
        near(image, row.colour, 12)[:, round(strip.center().x())].sum() / float(frame.y.px(0) - frame.y.px(1))
        for row in plot.rows
    ]
    assert heights == pytest.approx([0.9 * k / 10 for k in range(6)], abs=0.05)
    assert frame.x_ticks[0].text == "0" and frame.x_ticks[1].text == power(-10)


def test_a_hundred_layers_are_strips_of_colours(show):
    plot = ridge_plot(7)
    rows = [replace(plot.rows[k % 7], label=f"h{k + 1}") for k in range(100)]
    plot.set_rows(rows, EDGES, 0)
    image, frame = seen(show(plot, 500, 400)), plot.frame_
    for k in (0, 50, 99):
        y = round(float(frame.y.px(k + 0.5)))
        x = [round(float(frame.x.px(EDGES[b] + 0.25))) for b in (3 * (k % 7), (3 * (k % 7) + 12) % 24)]
        strongest = near(image, DARK.heat[-1], 12)[y]
        assert strongest[x[0]] and not strongest[x[1]]


def test_a_row_is_selected_by_mouse_and_by_keys(show):
    plot, found = show(ridge_plot(), 500, 400), []
    plot.row_selected.connect(found.append)
    at = QPointF(plot.frame_.area.center().x(), float(plot.frame_.y.px(3.5)))
    mouse(plot, QEvent.Type.MouseButtonPress, at)
    QTest.keyClick(plot, Qt.Key.Key_Up)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    plot.set_rows(plot.rows, EDGES, 0)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert found == [3, 2, 0, 0]
    hover(plot, at)
    assert plot.hover == 3
    plot.grab()


def test_a_distribution_over_steps_leaves_open_what_is_empty(show):
    plot = show(density_map())
    image, frame = seen(plot), plot.frame_
    left, right = (round(frame.x.of(step)) for step in (20, 80))
    held, rare, empty = (round(float(frame.y.px(bin + 0.5))) for bin in (6, 18, 12))
    ground = near(image, DARK.plot, 8)
    assert not ground[held, [left, right]].any() and ground[empty, [left, right]].all()
    assert ground[rare, left] and not ground[rare, right]
    assert plot.reading(20, 6.5) == "step 20 · −0.55 · 90 %" and plot.reading(20, 18.5).endswith("< 0.1 %")
    ticks = {tick.text: tick.at for tick in frame.y_ticks}
    assert ticks["0"] == pytest.approx(12) and ticks["−1.0"] == pytest.approx(2)


# landscape


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_every_run_reads_on_every_pixel_of_a_landscape(theme):
    field = landscape()
    image = picture(field, Levels.of(field.values, 0.0), field.x, field.y, 200, 200, theme)
    colours = {f"#{value & 0xFFFFFF:06x}" for value in np.unique(image)}
    assert len(inks(theme)) == BANDS
    assert min(gradient.contrast(run, colour) for run in theme.runs for colour in colours) >= 3.0


def test_levels_show_the_valley_and_the_walls():
    field = landscape()
    heights = Levels.of(field.values, 0.0).heights(field.values)
    bands, counts = np.unique((heights * BANDS).astype(int), return_counts=True)
    assert len(bands) >= 12 and counts.max() < 0.35 * heights.size


def shipped(name: str) -> tuple[Field, float]:
    """A landscape of the catalogue on its whole domain, and its least known value."""
    problem = load_plugins(shipped_only=True).catalogue.find("problem", name, "")()
    (x, y), best = problem.view or problem.domain, np.array(problem.minima())
    points = np.stack(np.meshgrid(np.linspace(*x, 161), np.linspace(*y, 161)), axis=-1).reshape(-1, 2)
    values = []
    for at in (points, best):
        loss, grad = np.empty(len(at)), np.empty((len(at), 2), order="F")
        problem.evaluate(np.asfortranarray(at), loss, grad)
        values.append(loss)
    return Field(values[0].reshape(161, 161), x, y), float(values[1].min())


@pytest.mark.parametrize("name", ["rastrigin", "ackley", "griewank", "schwefel", "eggholder", "drop_wave", "levy_n13"])
def test_many_wells_and_the_walls_between_them_differ_in_colour(name):
    field, least = shipped(name)
    heights = Levels.of(field.values, least).heights(field.values)
    bands, counts = np.unique((heights * BANDS).astype(int), return_counts=True)
    assert np.diff(np.percentile(heights, [5, 95])) >= 0.45
    assert len(bands) >= 16 and counts.max() < 0.35 * heights.size


@pytest.mark.parametrize("name", ["easom", "michalewicz", "holder_table"])
def test_a_hole_in_flat_ground_has_levels_from_rim_to_bottom(name):
    field, least = shipped(name)
    heights = Levels.of(field.values, least).heights(field.values)
    hole = heights[field.values < 0.02 * least]
    assert len(np.unique((hole * BANDS).astype(int))) >= 15 and np.diff(np.percentile(hole, [5, 95])) >= 0.4


def test_levels_follow_a_valley_as_deep_as_a_thousandth():
    field = landscape()
    assert Levels.of(field.values, 0.0).unit == pytest.approx(1e-3 * field.values.max())


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_flat_ground_on_a_level_is_no_line(theme, level):
    x = np.linspace(-1.0, 1.0, 101)
    noise = 1e-7 * np.random.default_rng(0).standard_normal((101, 101))
    values = np.where(x < 0, level, level + (1 - 2 * level) * x) + noise  # flat on the left, a slope on the right
    levels = Levels(0.0, 1e3, 0.0, 1e-3)  # heights are the values
    image = picture(Field(values, (-1.0, 1.0), (-1.0, 1.0)), levels, (-1.0, 1.0), (-1.0, 1.0), 200, 200, theme)
    fill = gradient.colours(theme.contour, BANDS)[min(round(level * BANDS), BANDS - 1)]
    assert {f"#{value & 0xFFFFFF:06x}" for value in np.unique(image[5:-5, 5:95])} == {fill}
    assert len(np.unique(image[5:-5, 105:])) > 9 or level == 0.5


def test_a_saddle_has_levels_on_both_sides():
    x, y = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-2, 2, 81))
    heights = Levels.of(x * x - y * y).heights(x * x - y * y)
    assert (heights > 0.6).mean() > 0.2 and (heights < 0.4).mean() > 0.2


def test_a_landscape_with_holes_is_drawn():
    field = landscape()
    values = field.values.copy()
    values[:10], values[20, 20] = np.nan, np.inf
    picture(Field(values, field.x, field.y), Levels.of(values), field.x, field.y, 50, 50, DARK)


def test_the_dot_follows_the_cursor(show):
    plot = show(contour_plot(), 600, 600)
    way = plot.trajectories[0]
    for step in (20, 150):
        plot.set_cursor(step)
        image = near(seen(plot), way.colour, 12)
        x, y = plot.frame_.x.of(way.x[step]), plot.frame_.y.of(way.y[step])
        assert image[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].mean() > 0.8


def test_true_aspect_makes_units_alike(show):
    plot = contour_plot()
    plot.set_true_aspect(True)
    show(plot, 900, 400)
    x, y = plot.frame_.x, plot.frame_.y
    assert x.of(1.0) - x.of(0.0) == pytest.approx(y.of(0.0) - y.of(1.0))


def test_a_new_view_asks_for_a_finer_field_on_the_same_levels(show):
    plot = show(contour_plot())
    asked = []
    plot.view_changed.connect(lambda *view: asked.append(view))
    levels = plot.levels
    plot.zoom_to((0.0, 1.0), (0.0, 1.0))
    plot.refine(landscape())
    assert asked == [(0.0, 1.0, 0.0, 1.0)] and plot.levels is levels
