"""The card of a bar: what its layer lets through of the gradient, beside the pointer, in the real window."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optlab.engine.inside import Inside
from optlab.engine.passage import passage
from optlab.gui import app as gui_app
from optlab.gui import bar_words, settings
from optlab.gui.window import Window

NETS = """
title = "Two nets"
steps = 12
play = "flat out"
panels = ["training"]
[problem]
name = "circles"
hidden = 4
width = 6
activation = "sigmoid"
batch = 32
[optimizer]
name = "sgd"
lr = 0.1
[[trial]]
label = "sigmoid"
[[trial]]
label = "tanh + residual"
problem = { activation = "tanh", residual = "every", norm = "layer" }
[lesson]
question = "Will it learn?"
plots = ["loss", "bars"]
[[lesson.step]]
explain = "It does."
"""
OTHERS = {
    "landscape": NETS[: NETS.index("[problem]")] + '[problem]\nname = "ravine"\n[optimizer]\nname = "sgd"\n',
    "recurrent": NETS[: NETS.index("[problem]")]
    + '[problem]\nname = "adding"\nlength = 6\nunits = 4\nbatch = 8\n[optimizer]\nname = "sgd"\n',
}


@pytest.fixture
def opened(qapp, qtbot: QtBot, tmp_path):
    """`opened(text)` is the real window after the runs of an experiment, without a lesson by default."""
    made: list[Window] = []

    def make(text: str = NETS, lessons: bool = False) -> Window:
        file = tmp_path / "nets.toml"
        file.write_text(text, "utf-8")
        values = settings.Settings(theme="dark", lessons=lessons)
        window, messages = gui_app.make_window(qapp, values, str(file), (), safe_mode=True)
        assert messages == []
        made.append(window)
        window.resize(1280, 720)
        window.show()
        qtbot.waitExposed(window)
        gui_app.finish(window)
        window.actions_["run"].trigger()
        qtbot.waitUntil(lambda: bool(window.desk.entries) and all(e.run.ended for e in window.desk.entries))
        settle(window, qtbot)
        return window

    yield make
    for window in made:
        window.desk.document.undo_stack.setClean()
        window.close()


def settle(window: Window, qtbot: QtBot) -> None:
    """Let the window work until nothing is left to measure or to draw."""
    lookout = window.desk.lookout
    qtbot.waitUntil(lambda: not window.desk.session.busy and not lookout.busy, timeout=10_000)
    window.views.refresh()
    qtbot.waitUntil(lambda: not lookout.busy, timeout=10_000)
    window.views.refresh()
    window.views.current.panel.bars.grab()


def bars_of(window: Window):
    return window.views.current.panel.bars


def point(window: Window, qtbot: QtBot, layer: int, run: int) -> None:
    """Move the mouse onto a bar, and wait for what is measured for it."""
    bars = bars_of(window)
    QTest.mouseMove(bars, QPoint(1, 1))
    QTest.mouseMove(bars, bars.bar_at(layer, run).center().toPoint())
    settle(window, qtbot)


def text(card) -> str:
    return "\n".join(label.text() for label in (card.head, card.values, card.words, card.note))


def test_the_numbers_are_those_of_the_run_at_the_cursor(opened, qtbot):
    window = opened()
    window.desk.set_cursor(3)
    point(window, qtbot, 1, 0)
    card, entry = bars_of(window).card, window.desk.entries[0]
    found, _ = passage(3, False, Inside(entry.run, entry.batch))  # held to a computation by hand in its own tests
    assert card.isVisible() and card.head.text() == "W2 · hidden layer 2 of 4 · sigmoid"
    mean, most = re.search(r"mean \|σ′\| ([\d.]+) \(at most (.)\)", card.words.text()).groups()
    assert float(mean) == pytest.approx(found.stations[1].slope, rel=0.05) and most == "¼"
    reached, product = card.words.text().splitlines()[1:]
    assert "reaches h2 through 2 layers" in reached
    factors = [float(factor) for factor in product.split("·")]
    assert factors == pytest.approx(found.factors(1).tolist(), rel=0.05)
    assert bar_words.brief(found.factors(1).prod()) in reached
    assert card.note.text().endswith("Measured at step 3 on 320 points.")
    np.testing.assert_array_equal(card.plot.curves[1].y, found.stations[1].curve[2])


def test_the_histogram_is_that_of_the_pre_activations(opened, qtbot):
    window = opened()
    point(window, qtbot, 2, 0)
    card, entry = bars_of(window).card, window.desk.entries[0]
    inside = Inside(entry.run, entry.batch)
    sums = inside.probe()[1].bound.hidden()[2].sums
    (band,) = card.plot.bands
    edges, heights = np.append(band.x[::2], band.x[-1]), (band.hi - band.lo)[::2]
    shares = np.histogram(sums, edges)[0] / sums.size
    assert heights.argmax() in np.argsort(shares)[-3:]
    np.testing.assert_allclose(heights / heights.sum(), shares, atol=0.03)


def test_a_bound_is_that_of_the_activation_and_a_factor_says_what_it_contains(opened, qtbot):
    window = opened()
    point(window, qtbot, 1, 1)
    card = bars_of(window).card
    assert "hidden layer 2 of 4 · tanh" in card.head.text() and "(at most 1)" in card.words.text()
    assert "W, σ′, layer norm, the skip past them" in card.note.text()
    assert [line.label for line in card.plot.lines] == ["at most 1"]
    assert "<b>tanh + residual</b>" in card.values.text() and "sigmoid" in card.values.text()  # both can be compared


def test_the_output_layer_and_the_last_hidden_one_are_told_apart(opened, qtbot):
    window = opened()
    point(window, qtbot, 4, 0)
    card = bars_of(window).card
    assert card.head.text() == "W5 · output layer" and "no σ" in card.words.text() and not card.plot.isVisible()
    point(window, qtbot, 3, 0)
    assert "reaches it first" in card.words.text() and card.plot.isVisible()


def test_it_is_gone_where_there_is_no_bar_and_when_the_pointer_leaves(opened, qtbot):
    window = opened()
    bars = bars_of(window)
    QTest.mouseMove(bars, QPoint(2, 2))
    assert bars.card is None
    point(window, qtbot, 0, 0)
    assert bars.card.isVisible()
    QTest.mouseMove(bars, QPoint(2, 2))  # beside the axis
    assert not bars.card.isVisible()
    point(window, qtbot, 0, 0)
    QTest.mouseMove(window.views.current.panel.loss, QPoint(20, 20))
    QApplication.processEvents()
    bars.leaveEvent(None)
    assert not bars.card.isVisible()


def test_it_hides_with_its_view(opened, qtbot):
    window = opened()
    point(window, qtbot, 0, 0)
    bars, card = bars_of(window), bars_of(window).card
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar_at(0, 0).center().toPoint())
    window.views.show_view("decision")
    qtbot.waitUntil(lambda: not card.isVisible() and not bars.held)


def test_hovering_measures_once_for_all_bars_of_a_run_at_a_step(opened, qtbot):
    window = opened()
    point(window, qtbot, 0, 0)

    def rests() -> bool:
        window.views.refresh()  # a view asks again with every frame for what it measures
        return not window.desk.lookout.busy

    qtbot.waitUntil(rests, timeout=20000)
    before = window.desk.lookout.count
    for layer in (1, 2, 3, 4, 0) * 4:
        QTest.mouseMove(bars_of(window), bars_of(window).bar_at(layer, 0).center().toPoint())
        QApplication.processEvents()
        assert "Measuring" not in bars_of(window).card.words.text()
    assert not window.desk.lookout.busy and window.desk.lookout.count == before


def test_a_held_card_stays_and_follows_the_step_until_escape_lets_it_go(opened, qtbot):
    window = opened(lessons=True)
    bars = bars_of(window)
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar_at(1, 0).center().toPoint())
    bars.leaveEvent(None)
    window.desk.set_cursor(2)
    settle(window, qtbot)
    assert bars.card.isVisible() and "Measured at step 2" in bars.card.note.text()
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert not bars.card.isVisible() and window.stage.strip.isVisible()  # the lesson goes on
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert not window.stage.strip.isVisible()


def test_arrow_keys_go_from_bar_to_bar(opened, qtbot):
    window = opened()
    bars = bars_of(window)
    bars.setFocus()
    for key, where in (
        (Qt.Key.Key_Right, (0, 0)), (Qt.Key.Key_Right, (1, 0)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Left, (0, 1)),
        (Qt.Key.Key_Left, (0, 1)), (Qt.Key.Key_Up, (0, 0)),
    ):  # fmt: skip
        qtbot.keyClick(bars, key)
        assert (bars.hover, bars.hover_run) == where and bars.card.isVisible()
    qtbot.keyClick(bars, Qt.Key.Key_Space)
    assert bars.held and "hidden layer 1" in bars.accessibleDescription()


def test_it_lies_within_the_window_and_leaves_its_bar_free(opened, qtbot):
    window = opened()
    for project in (False, True):
        if project:
            window.actions_["projector"].trigger()
            window.views.show_view("gradient_flow")
            settle(window, qtbot)
        for layer in range(5):
            point(window, qtbot, layer, 1)
            bars, card = bars_of(window), bars_of(window).card
            bar = bars.bar_at(layer, 1).toAlignedRect().translated(bars.mapTo(window, QPoint(0, 0)))
            assert window.rect().contains(card.geometry()) and not card.geometry().intersects(bar)
        assert (card.words.font().pixelSize() >= 22 or card.words.fontInfo().pixelSize() >= 22) == project


@pytest.mark.parametrize("kind", OTHERS)
def test_what_has_no_layers_has_no_card_and_time_steps_have_no_curve(opened, qtbot, kind):
    window = opened(OTHERS[kind])
    window.views.show_view("gradient_flow")
    settle(window, qtbot)
    bars = bars_of(window)
    if kind == "landscape":
        QTest.mouseMove(bars, bars.rect().center())
        assert bars.card is None
        return
    point(window, qtbot, 1, 0)
    assert bars.card.head.text() == "t2 · time step 2 of 6" and not bars.card.plot.isVisible()
    assert "through 4 time steps" in bars.card.words.text() and "W_rec, σ′" in bars.card.note.text()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.2137, "0.21"),
        (0.0, "0"),
        (2.2e-7, "2.2·10⁻⁷"),
        (1e-7, "10⁻⁷"),
        (41.6, "42"),
        (-3e-9, "−3·10⁻⁹"),
        (2e7, "2·10⁷"),
    ],
)
def test_a_number_is_brief(value, words):
    assert bar_words.brief(value) == words


@pytest.mark.parametrize(
    ("label", "place"), [("W1", 0), ("b3", 2), ("gain2", 1), ("W4", 3), ("h2", 1), ("W_rec", None), ("x", None)]
)
def test_a_bar_is_about_the_layer_whose_number_it_bears(label, place):
    assert bar_words.place_of(label, ("h1", "h2", "h3"), ("W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4")) == place
    assert bar_words.place_of("W1", ("t1", "t2"), ("W_in", "W1")) is None
