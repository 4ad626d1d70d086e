"""The plots of answers: borders lie where two classes are equally likely, colours are sure, points and images seen."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from optlab.gui.multiples import Multiples
from optlab.gui.plots import gradient
from optlab.gui.plots.curves import Curve
from optlab.gui.plots.fit import Dots, FitPlot
from optlab.gui.plots.images import ImagePlot, Tile
from optlab.gui.plots.isoline import isoline
from optlab.gui.plots.legend import Key
from optlab.gui.plots.plane import GROUND, Ground, PlanePlot, Points, borders, class_colour, tinted
from optlab.gui.theme import load_theme

DARK, LIGHT = load_theme("dark"), load_theme("light")
KEY = Key("run · lr 0.1", DARK.runs[0])
AXIS = (np.arange(40) + 0.5) / 20 - 1
both = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


def pieces(line):
    """The two ends of every piece."""
    x, y = line
    return np.stack([x, y], axis=1).reshape(-1, 3, 2)[:, :2]


def disc(radius=0.6):
    """The second class inside a circle, the surer the farther from its line."""
    x, y = np.meshgrid(AXIS, AXIS)
    p = 1 / (1 + np.exp(-20 * (radius - np.hypot(x, y))))
    return Ground(np.stack((1 - p, p)), (-1.0, 1.0), (-1.0, 1.0))


def points(n=40):
    rng = np.random.default_rng(0)
    places, classes = rng.uniform(-0.9, 0.9, (n, 2)), rng.integers(0, 2, n)
    return Points(places, np.eye(2)[classes].T, np.arange(n) >= n // 2)


def plane_plot(theme=DARK, ground=None, data=None):
    plot = PlanePlot(theme)
    plot.set_run("run", KEY, data or points())
    plot.set_ground(ground or disc(), "step 3")
    return plot


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    view = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return view[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def colour_at(image, x, y):
    return pixels(image)[round(y), round(x)]


# lines


def test_a_line_lies_on_the_circle_and_is_closed():
    x, y = np.meshgrid(AXIS, AXIS)
    ends = pieces(isoline(np.hypot(x, y), AXIS, AXIS, 0.6))
    np.testing.assert_allclose(np.hypot(*ends.reshape(-1, 2).T), 0.6, atol=2e-3)
    _, times = np.unique(ends.reshape(-1, 2).round(9), axis=0, return_counts=True)
    assert (times == 2).all()  # every end of a piece begins another one
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 0.6, rel=0.01)


def test_a_line_is_exact_where_values_are_linear():
    ends = pieces(isoline(np.add.outer(AXIS, 2 * AXIS), AXIS, AXIS, 0.3))
    np.testing.assert_allclose(ends[..., 1] + 2 * ends[..., 0], 0.3, atol=1e-12)


@pytest.mark.parametrize(("middle", "around"), [(0.2, [(0, 1), (1, 0)]), (-0.2, [(0, 0), (1, 1)])])
def test_the_middle_of_a_saddle_decides(middle, around):
    values = np.array([[1.0, -1.0], [-1.0, 1.0]]) + middle
    ends = pieces(isoline(values, np.array([0.0, 1.0]), np.array([0.0, 1.0])))
    nearest = {
        min(((0, 0), (0, 1), (1, 0), (1, 1)), key=lambda c: np.hypot(*(piece.mean(axis=0) - c))) for piece in ends
    }
    assert len(ends) == 2 and nearest == set(around)


def test_nothing_and_what_is_no_number_have_no_line():
    assert len(isoline(np.ones((3, 3)), np.arange(3.0), np.arange(3.0))[0]) == 0
    values = np.array([[0.0, np.nan, 1.0], [0.0, 1.0, 1.0]]) - 0.5
    assert np.isfinite(pieces(isoline(values, np.arange(3.0), np.arange(2.0)))).all()


# the plane


def test_the_border_of_two_classes_is_where_they_are_equally_likely():
    (line,) = borders(disc())
    np.testing.assert_allclose(np.hypot(*pieces(line).reshape(-1, 2).T), 0.6, atol=5e-3)


def test_borders_reach_the_edges_of_the_plane():
    p = np.broadcast_to(1 / (1 + np.exp(-9 * AXIS)), (40, 40))
    x, y = borders(Ground(np.stack((1 - p, p)), (-1.0, 1.0), (-1.0, 1.0)))[0]
    assert np.nanmin(y) == -1 and np.nanmax(y) == 1 and np.nanmax(np.abs(x)) < 1e-9


def test_values_have_no_borders_and_sure_classes_without_rival_neither():
    assert borders(Ground(disc().shares, (-1.0, 1.0), (-1.0, 1.0), (0.0, 5.0))) == []
    one = np.zeros((3, 40, 40))
    one[1] = 1
    assert all(len(x) == 0 for x, _ in borders(Ground(one, (-1.0, 1.0), (-1.0, 1.0))))


@both
def test_colours_run_from_class_to_class_over_that_of_the_plot(theme):
    shares = np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    first, middle, second = tinted(shares, theme, 1.0)
    for found, wished in ((first, theme.classes[0]), (middle, theme.plot), (second, theme.classes[1])):
        np.testing.assert_allclose(found, gradient.rgb(wished), atol=0.005)
    assert np.isfinite(tinted(np.full((2, 1), np.nan), theme, 1.0)).all()


@both
def test_the_picture_has_the_ground_its_border_and_the_points(theme, qtbot):
    plot = plane_plot(theme, data=Points(np.array([[-0.9, -0.9], [0.9, 0.9]]), np.eye(2), np.array([False, False])))
    qtbot.addWidget(plot)
    plot.resize(400, 430)
    plot.show()
    image = plot.grab().toImage()
    x, y = plot.frame_.x, plot.frame_.y
    for place, colour in (
        ((0.0, 0.0), gradient.mix(theme.plot, theme.classes[1], GROUND)),
        ((0.9, -0.9), gradient.mix(theme.plot, theme.classes[0], GROUND)),
        ((-0.9, -0.9), theme.classes[0]),
        ((0.9, 0.9), theme.classes[1]),
    ):
        found = colour_at(image, x.of(place[0]), y.of(place[1]))
        assert np.abs(found - gradient.rgb(colour) * 255).max() < 30, place
    across = pixels(image)[round(y.of(0.0)), round(x.of(0.6)) - 2 : round(x.of(0.6)) + 3]
    assert np.abs(across - gradient.rgb(theme.text) * 255).max(axis=1).min() < 80  # a line of 1.6 pixels, smoothed
    assert x.of(1.0) - x.of(0.0) == pytest.approx(y.of(0.0) - y.of(1.0))  # one unit is as long in both directions


def test_the_lowest_row_of_a_ground_is_at_the_bottom_and_the_first_column_at_the_left(qtbot):
    x, y = np.meshgrid(AXIS, AXIS)
    p = (x < -0.2) & (y > 0.3)
    plot = plane_plot(ground=Ground(np.stack((~p, p)).astype(float), (-1.0, 1.0), (-1.0, 1.0)))
    plot.points = Points(np.array([[0.9, -0.9]]), np.eye(2)[:, :1], np.array([False]))
    qtbot.addWidget(plot)
    plot.resize(400, 430)
    plot.show()
    image = plot.grab().toImage()
    for place, k in (((-0.6, 0.7), 1), ((0.6, 0.7), 0), ((-0.6, -0.7), 0), ((0.6, -0.7), 0)):
        found = colour_at(image, plot.frame_.x.of(place[0]), plot.frame_.y.of(place[1]))
        assert np.abs(found - gradient.rgb(gradient.mix(DARK.plot, DARK.classes[k], GROUND)) * 255).max() < 20


def test_test_points_are_rings(qtbot):
    plot = plane_plot(data=Points(np.array([[-0.8, 0.0], [0.8, 0.0]]), np.eye(2), np.array([False, True])))
    qtbot.addWidget(plot)
    plot.resize(400, 430)
    plot.show()
    image = plot.grab().toImage()
    filled, ring = (colour_at(image, plot.frame_.x.of(x), plot.frame_.y.of(0.0)) for x in (-0.8, 0.8))
    assert np.abs(filled - gradient.rgb(DARK.classes[0]) * 255).max() < 12
    assert np.abs(ring - gradient.rgb(DARK.plot) * 255).max() < 12


def test_a_plane_is_exported_as_it_is_seen(qtbot):
    plot = plane_plot()
    qtbot.addWidget(plot)
    plot.resize(420, 440)
    plot.show()
    plot.zoom_to((-0.2, 0.9), (-0.5, 0.6))
    on_screen, in_file = pixels(plot.grab().toImage()), pixels(plot.picture(420, 440))
    assert (np.abs(on_screen - in_file).max(axis=2) < 60).mean() > 0.97


def test_what_is_seen_of_a_ground_stays_where_it_is(qtbot):
    plot = plane_plot(data=Points(np.array([[-0.9, -0.9], [0.9, 0.9]]), np.eye(2), np.array([True, True])))
    qtbot.addWidget(plot)
    plot.resize(420, 440)
    plot.show()
    plot.look_at((0.0, 1.0), (0.0, 1.0))  # the ground is still that of the whole
    image = plot.grab().toImage()
    inside, outside = (colour_at(image, plot.frame_.x.of(a), plot.frame_.y.of(a)) for a in (0.3, 0.7))
    assert np.abs(inside - gradient.rgb(gradient.mix(DARK.plot, DARK.classes[1], GROUND)) * 255).max() < 20
    assert np.abs(outside - gradient.rgb(gradient.mix(DARK.plot, DARK.classes[0], GROUND)) * 255).max() < 20


def test_more_classes_than_colours_begin_anew():
    assert class_colour(DARK, len(DARK.classes)) == DARK.classes[0]


def test_the_same_data_keep_the_zoom_and_others_do_not(qtbot):
    plot = plane_plot()
    qtbot.addWidget(plot)
    plot.look_at((0.0, 0.5), (0.0, 0.5))
    plot.set_run("run", KEY, points())
    assert plot.view.x == (0.0, 0.5) and plot.ground is None
    plot.set_run("run", KEY, points(80))
    assert plot.view.zoom_x is None


# fits, images, multiples


def test_a_fit_is_as_high_as_its_points_whatever_the_curve_does(qtbot):
    plot = FitPlot(DARK, "Fit")
    qtbot.addWidget(plot)
    x = np.linspace(0, 1, 50)
    plot.set_dots((Dots(x, np.sin(x)), Dots(x, np.cos(x), True)))
    before = plot.view.y
    plot.set_curves([Curve(x, 1e6 * x, DARK.runs[0], label="wild")])
    assert plot.view.y == before and before[0] < 0 < 1 < before[1] < 3
    plot.resize(400, 300)
    plot.show()
    plot.grab()


def tiles(count, wrong=()):
    rng = np.random.default_rng(0)
    return [
        Tile((rng.uniform(0, 1, (8, 8)),), f"{k} · 99%", k not in wrong, "class 3", (("3", "1%"),))
        for k in range(count)
    ]


def test_images_fill_the_plot_and_none_is_cut(qtbot):
    for count, size in ((60, (900, 400)), (60, (230, 380)), (3, (900, 400)), (1, (200, 200))):
        plot = ImagePlot(DARK)
        qtbot.addWidget(plot)
        plot.set_run("run", KEY)
        plot.set_tiles(tiles(count), "step 3")
        plot.resize(*size)
        plot.show()
        plot.grab()
        boxes = plot.boxes(plot.frame_, plot.style_)
        assert 1 <= len(boxes) <= count and (count > 3 or len(boxes) == count)
        assert all(QRectF(plot.rect()).contains(box) for box in boxes)
        assert not any(a.adjusted(1, 1, -1, -1).intersects(b) for a in boxes for b in boxes if a is not b)


def test_greys_run_from_the_plot_s_colour_to_that_of_texts(qtbot):
    plot = ImagePlot(DARK)
    qtbot.addWidget(plot)
    plot.set_tiles([Tile((np.array([[0.0, 1.0], [0.5, np.nan]]),), "a")], "")
    plot.resize(300, 300)
    plot.show()
    image = plot.grab().toImage()
    (box,) = plot.boxes(plot.frame_, plot.style_)
    side = box.height() - 1.5 * plot.style_.em
    left, top = box.center().x() - side / 2, box.top()
    dark, light = (colour_at(image, left + (k + 0.5) * side / 2, top + side / 4) for k in (0, 1))
    assert np.abs(dark - gradient.rgb(DARK.plot) * 255).max() < 4
    assert np.abs(light - gradient.rgb(DARK.text) * 255).max() < 4


def test_a_wrong_image_is_marked_in_the_colour_of_errors(qtbot):
    counts = []
    for wrong in ((), (0,)):
        plot = ImagePlot(LIGHT)
        qtbot.addWidget(plot)
        plot.set_tiles(tiles(1, wrong), "")
        plot.resize(300, 300)
        plot.show()
        counts.append((np.abs(pixels(plot.grab().toImage()) - gradient.rgb(LIGHT.error) * 255).max(axis=2) < 20).sum())
    assert counts[0] == 0 and counts[1] > 500


def test_small_multiples_are_as_large_as_they_can_be(qtbot):
    plots = [QWidget() for _ in range(5)]
    multiples = Multiples(plots)
    qtbot.addWidget(multiples)
    multiples.show()
    for size, count, rows in (((900, 300), 4, 1), ((600, 600), 4, 2), ((200, 900), 3, 3), ((900, 300), 1, 1)):
        multiples.resize(*size)
        multiples.set_shown(plots[:count])
        assert [plot.isVisible() for plot in plots] == [k < count for k in range(5)]
        assert len({plot.y() for plot in plots[:count]}) == rows
        assert all(multiples.rect().contains(plot.geometry()) for plot in plots[:count])
        area = sum(plot.width() * plot.height() for plot in plots[:count])
        assert area > 0.97 * size[0] * size[1] * count / (rows * -(-count // rows))


def test_a_mouse_over_an_image_tells_the_likeliest_classes(qtbot):
    plot = ImagePlot(DARK)
    qtbot.addWidget(plot)
    plot.set_tiles(tiles(4), "")
    plot.resize(400, 400)
    plot.show()
    before = plot.grab().toImage()
    plot._pointer = QPointF(plot.boxes(plot.frame_, plot.style_)[0].center())
    assert plot.grab().toImage() != before
