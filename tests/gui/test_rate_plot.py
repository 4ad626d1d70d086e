"""The plot of the learning rate: by choice it shows a field that a schedule moves beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.rate_plot import RatePlot
from optlab.gui.theme import load_theme
from optlab.host.host import load_plugins

CYCLE = {"schedule": {"name": "one_cycle", "momentum": 0.5}}
ADAM = {"optimizer": {"name": "adam", "beta1": 0.8}}


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[..., tuple[RatePlot, Desk]]:
    """The plot of runs that have ended: a trial for each table."""

    def show(*trials: dict[str, Any]) -> tuple[RatePlot, Desk]:
        host = load_plugins(shipped_only=True)
        tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
        top = {"problem": {"name": "ravine"}, "optimizer": {"name": "momentum", "momentum": 0.8}}
        experiment = build_experiment({"steps": 60, **top, "trial": tables}, host.catalogue)
        desk = Desk(host, Document(experiment), load_theme("dark"))
        run(desk)
        plot = RatePlot(desk)
        qtbot.addWidget(plot)
        qtbot.addWidget(plot.series)
        plot.set_x_span(0, desk.horizon)
        plot.refresh()
        return plot, desk

    return show


def run(desk: Desk) -> None:
    desk.session.start(desk.document.experiment)
    assert desk.session.runner is not None and desk.session.runner.join(20)


def choices(plot: RatePlot) -> list[str]:
    return [plot.series.itemText(k) for k in range(plot.series.count())]


def test_where_only_the_rate_moves_there_is_nothing_to_choose(shown: Any) -> None:
    plot, _ = shown({}, {"schedule": {"name": "cosine"}})
    assert choices(plot) == ["learning rate"] and plot.series.isHidden()
    assert [curve.label for curve in plot.curves] == ["trial 0", "trial 1"]


def test_a_scheduled_field_is_drawn_by_choice_as_it_was_recorded(shown: Any) -> None:
    plot, desk = shown(CYCLE, {**CYCLE, **ADAM}, {})
    assert choices(plot) == ["learning rate", "momentum", "β₁"] and not plot.series.isHidden()
    for name, label, entry in (("momentum", "Momentum", 0), ("β₁", "β₁", 1)):
        plot.series.setCurrentText(name)
        assert (plot.title, plot.y_axis.title) == (label, name)
        (curve,) = plot.curves
        recorded = desk.entries[entry].run.column(plot.series.currentData())
        np.testing.assert_array_equal(curve.y[: len(recorded) - 1], recorded[:-1])
        assert curve.label == f"trial {entry}" and recorded[:-1].min() == pytest.approx(0.4, rel=0.01)


def test_the_choice_stays_as_long_as_a_run_has_the_field(shown: Any) -> None:
    plot, desk = shown(CYCLE, {})
    plot.series.setCurrentText("momentum")
    run(desk)
    plot.refresh()
    assert plot.series.currentText() == "momentum"
    desk.entries[0].visible = False
    plot.refresh()
    assert (plot.series.currentText(), plot.title, plot.y_axis.title) == ("learning rate", "Learning rate", "lr")
    assert plot.series.isHidden() and len(plot.curves) == 1
