"""Save CSV of a plot holds what the plot shows: measured series, levels, histograms, answers, not the runs' rows."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from optlab.engine.asked import ask
from optlab.gui import app, settings
from optlab.gui.plots.columns import stacked

NET = {
    "problem": {"name": "moons", "hidden": 2, "width": 5, "points": 60, "batch": 20},
    "optimizer": {"name": "sgd", "lr": 0.1},
}
CLIPPED = {**NET, "gradient": {"clip_norm": 0.01}}
DIGITS = {"problem": {"name": "digits", "hidden": 1, "width": 8}, "optimizer": {"name": "adam", "lr": 0.01}}
POLYNOMIAL = {"problem": {"name": "polynomial_regression"}, "optimizer": {"name": "sgd", "lr": 0.01}}
RAVINE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.01}}


@pytest.fixture
def ran(panel_of, run):
    """The panel of an experiment that has ended, kept until the end of the test."""
    kept = []

    def made(name, *trials, **top):
        kept.append(panel_of(name, *trials, **top))
        run(kept[-1])
        return kept[-1]

    yield made


def rows(plot):
    """A plot's table as rows; every column is of one length."""
    table = plot.table()
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def only(plot, **wanted):
    return [row for row in rows(plot) if all(row[key] == value for key, value in wanted.items())]


def test_a_column_that_a_part_does_not_have_is_blank_there():
    table = stacked([{"a": "x", "b": np.array([1.0, 2.0])}, {"b": 3.0, "c": np.array([4.0])}])
    assert table == {"a": ["x", "x", None], "b": [1.0, 2.0, 3.0], "c": [None, None, 4.0]}


def test_the_loss_is_there_as_recorded_and_as_smoothed_with_the_level_of_guessing(ran):
    loss = ran("training", NET).loss
    name = loss.y_axis.label
    assert name == "cross-entropy, nats" and list(loss.table()) == ["curve", "step", name]
    run = loss._desk.entries[0].run
    recorded = only(loss, curve="trial 0, as recorded")
    assert [row["step"] for row in recorded] == list(range(31))
    assert [row[name] for row in recorded] == run.column("loss").tolist()
    smooth = only(loss, curve="trial 0 · lr 0.1, smoothed")
    assert [row[name] for row in smooth] == loss.curves[-1].y.tolist() != [row[name] for row in recorded]
    (chance,) = only(loss, curve=loss.lines[0].label)
    assert chance == {"curve": "chance, ln 2", "step": None, name: np.log(2)}


def test_several_seeds_are_a_median_and_a_band(ran):
    loss = ran("training", NET, seeds=[0, 1, 2]).loss
    found = {row["curve"] for row in rows(loss)}
    assert {"trial 0 · lr 0.1, median, smoothed", "trial 0"} < found and len(found) == 6
    band = only(loss, curve="trial 0")
    ends = [entry.run.column("loss")[-1] for entry in loss._desk.entries]
    last = band[-1]["cross-entropy, nats, lowest"], band[-1]["cross-entropy, nats, highest"]
    assert last == (min(ends), max(ends))


def test_only_what_is_looked_at_is_in_the_table(ran):
    loss = ran("training", NET).loss
    loss.zoom_to((10.0, 20.0), None)
    assert {row["step"] for row in rows(loss)} - {None} == set(range(10, 21))


def test_what_a_view_measured_is_in_the_tables_of_its_plots(ran, show):
    panel = ran("gradient_flow", NET)
    choice = panel.layers.series
    choice.setCurrentIndex(choice.findData("param_norm"))
    choice.activated.emit(choice.currentIndex())
    show(panel)
    entry = panel.desk.entries[0]
    steps, values = panel.desk.lookout.series(entry, "param_norm")
    assert len(steps) > 20 and values.shape[1] >= 3
    norm = only(panel.layers.map, layer="W2")
    assert [(row["step"], row["norm of W"]) for row in norm] == list(
        zip(steps.tolist(), panel.layers.map.values[:, 1].tolist(), strict=True)
    )
    bars = rows(panel.layers.bars)
    assert [(row["run"], row["layer, input → output"]) for row in bars] == [("trial 0", f"W{k}") for k in (1, 2, 3)]
    assert [row["norm of W"] for row in bars] == panel.layers.bars.bars[0].values.tolist()
    assert {row["curve"] for row in rows(panel.layers.norms)} == {f"W{k}, smoothed" for k in (1, 2, 3)}


def test_the_profile_holds_the_norms_before_and_after_clipping(ran):
    bars = ran("gradient_flow", CLIPPED).layers.bars
    run = bars._desk.entries[0].run
    found = rows(bars)
    assert [row["norm of ∂L/∂W, before"] for row in found] == run.norms(30)[::2].tolist()
    assert [row["norm of ∂L/∂W"] for row in found] == run.norms(30, "clipped_norm")[::2].tolist()


def test_histograms_of_layers_are_bins_with_their_shares(ran):
    portraits = ran("layers", NET).portraits
    ridges, grads = portraits.ridges["values"], portraits.ridges["grads"]
    first = [row for row in rows(ridges) if row["layer"] == "h1"]
    assert [row["share"] for row in first] == ridges.rows[0].shares.tolist()
    assert [row["output h, to"] for row in first][:-1] == [row["output h, from"] for row in first][1:]
    assert first[0]["mean"] == ridges.rows[0].mean
    grads.set_rows([replace(row, zeros=share) for row, share in zip(grads.rows, (0.25, 0.5), strict=True)], grads.edges)
    assert [row["share"] for row in only(grads, **{"|∂L/∂h|, to": 0.0})] == [0.25, 0.5]
    density = portraits.maps["values"]
    column = [row["share"] for row in rows(density) if row["step"] == density.steps[-1]]
    assert column == pytest.approx(density.values[-1].tolist(), nan_ok=True) and np.nansum(column) > 0.9


def test_the_plane_holds_the_answer_of_every_cell_and_the_points(ran):
    panel = ran("decision", NET)
    plot = panel.answers.planes[0]
    cells, learned, test = (
        only(plot, what=words) for words in ("answer", "points learned from", "points kept for the test")
    )
    assert len(cells) == plot.ground.shares[0].size and (len(learned), len(test)) == (48, 12)
    inside = panel.desk.inside(panel.desk.entries[0])
    _, outputs = ask(inside, 30, np.array([[row["x₁"], row["x₂"]] for row in cells]))
    assert [row["class 1"] for row in cells] == pytest.approx((1 / (1 + np.exp(-outputs[:, 0]))).tolist())
    assert {row["class 1"] for row in learned} == {0.0, 1.0}


def test_images_are_there_with_their_answers_and_greys(ran):
    plot = ran("decision", DIGITS).answers.images[0]
    found = rows(plot)
    assert len(found) == len(plot.tiles) == 60
    tile = plot.tiles[3]
    assert found[3]["text"] == tile.text and found[3]["right"] == int(tile.right) and found[3]["truth"] == tile.head
    assert [found[3][f"{i}, {j}"] for i in range(1, 9) for j in range(1, 9)] == tile.images[0].ravel().tolist()


def test_a_fit_holds_its_curve_and_the_points(ran):
    fit = ran("decision", POLYNOMIAL).answers.fit
    found = {}
    for row in rows(fit):
        found.setdefault(row["curve"], []).append((row["x"], row["answer"]))
    points = found.pop("points learned from")
    assert points == list(zip(fit.dots[0].x.tolist(), fit.dots[0].y.tolist(), strict=True))
    assert list(found) == [fit.curves[0].label] and len(found[fit.curves[0].label]) > 100


def test_a_landscape_holds_ways_and_ground(ran):
    plot = ran("landscape", RAVINE).contour
    entry_rows = [row for row in rows(plot) if row["step"] is not None]
    assert len(entry_rows) == 31 and (entry_rows[0]["x"], entry_rows[0]["y"]) == plot.start
    ground = only(plot, curve="ground")
    assert [row["f"] for row in ground] == plot.field.values.ravel().tolist()
    (left, right), (bottom, top) = plot.field.x, plot.field.y
    columns = plot.field.values.shape[1]
    assert [(ground[k]["x"], ground[k]["y"]) for k in (0, columns - 1, -1)] == [
        (left, bottom), (right, bottom), (right, top)
    ]  # fmt: skip


def test_a_right_click_saves_what_the_plot_shows(qtbot, qapp, monkeypatch, tmp_path):
    window, _ = app.make_window(qapp, settings.Settings(theme="dark"), "ravine", (), False)
    qtbot.addWidget(window)
    window.show()
    app.finish(window)
    target = tmp_path / "plot.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(target), ""))
    window.views.show_view("training")
    plot = window.views.current.panel.loss

    def save():
        next(action for action in plot.context_menu().actions() if action.data() == "csv").trigger()

    save()
    (message,) = window.messages.messages()
    assert not target.exists() and "nothing in this plot" in message.sentence
    window.control.rate = float("inf")
    window.control.run()
    qtbot.waitUntil(lambda: not window.desk.session.busy and window.desk.entries[0].run.ended, timeout=30_000)
    window.views.current.panel.refresh()
    save()
    with target.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == list(plot.table()) and len(found) == len(rows(plot))
    window.close()
