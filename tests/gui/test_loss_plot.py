"""The plot of the loss: its axis can show what is drawn, unless the user wants another one."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.engine.inside import Inside
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.loss_plot import LossPlot
from optlab.gui.theme import load_theme
from optlab.host.host import load_plugins

NEGATIVE = ["easom", "mccormick", "styblinski_tang", "eggholder", "saddle"]
STARTS = {"mccormick": {"at": [0.0, 0.0]}}  # from where it usually starts, Adam ends in a pit above zero
STEPS = 300


class Shown:
    """The plot and its desk; `run` lets another problem run to its end."""

    def __init__(self, qtbot: QtBot) -> None:
        self.host = load_plugins(shipped_only=True)
        self.desk = Desk(self.host, Document(self.experiment("sphere")), load_theme("dark"))
        self.plot = LossPlot(self.desk)
        qtbot.addWidget(self.plot)

    def experiment(self, *problems: str):
        trials = [{"label": name, "problem": {"name": name, **STARTS.get(name, {})}} for name in problems]
        top = {"problem": {"name": problems[0]}, "optimizer": {"name": "adam", "lr": 0.05}}
        return build_experiment({"steps": STEPS, **top, "trial": trials}, self.host.catalogue)

    def run(self, *problems: str) -> LossPlot:
        self.desk.session.start(self.experiment(*problems))
        assert self.desk.session.runner is not None and self.desk.session.runner.join(20)
        self.plot.reset()
        self.refresh()
        return self.plot

    def refresh(self, start: float = 0.0) -> None:
        self.plot.set_x_span(0, STEPS)
        self.plot.refresh((start, STEPS))

    def choose(self, log: bool) -> None:
        """As a person does, in the menu of the plot."""
        (action,) = (a for a in self.plot.context_menu().actions() if a.text() == "Log axis")
        assert action.isChecked() != log
        action.trigger()
        self.refresh()


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.mark.parametrize("problem", NEGATIVE)
def test_a_loss_below_zero_is_seen_whole_on_a_linear_axis(shown: Shown, problem: str) -> None:
    plot = shown.run(problem)
    (entry,) = shown.desk.entries
    losses = entry.run.column("loss")
    assert losses.min() < 0 and not plot.y_axis.log
    drawn = plot.curves[-1]
    assert np.isfinite(drawn.y).all()
    low, high = plot.view.whole_y
    assert low <= losses.min() and losses.max() <= high


def test_a_loss_above_zero_has_a_logarithmic_axis(shown: Shown) -> None:
    assert shown.run("rosenbrock").y_axis.log
    assert not shown.run("easom").y_axis.log
    assert shown.run("sphere").y_axis.log  # Adam comes to exactly zero at times: that has a floor of its own


def test_one_run_below_zero_is_enough_and_only_while_it_is_visible(shown: Shown) -> None:
    plot = shown.run("sphere", "styblinski_tang")
    assert not plot.y_axis.log
    shown.desk.entries[1].visible = False
    shown.refresh()
    assert plot.y_axis.log


def test_looking_at_a_part_changes_no_axis(shown: Shown) -> None:
    plot = shown.run("saddle")
    losses = shown.desk.entries[0].run.column("loss")
    assert losses[0] > 0 > losses[-1]
    plot.refresh((0, 5))
    assert not plot.y_axis.log


@pytest.mark.parametrize(("problem", "choice"), [("easom", True), ("rosenbrock", False)])
def test_the_choice_of_the_user_holds_as_long_as_the_problem_does(shown: Shown, problem: str, choice: bool) -> None:
    plot = shown.run(problem)
    shown.choose(choice)
    assert plot.y_axis.log == choice
    shown.run(problem)
    assert plot.y_axis.log == choice
    shown.run("sphere")
    assert plot.y_axis.log
    shown.run(problem)
    assert plot.y_axis.log != choice


def test_the_axis_is_called_as_the_problem_calls_its_loss(shown: Shown) -> None:
    assert shown.run("easom").y_axis.title == "f"
    assert shown.run("spirals").y_axis.title == "cross-entropy, nats"


def test_least_is_that_of_all_rows(shown: Shown) -> None:
    shown.run("eggholder")
    (entry,) = shown.desk.entries
    series = shown.desk.series(entry)
    assert series.least("loss") == entry.run.column("loss").min()
    assert series.least("lr") == 0.05  # blank where no step followed


NET = {"problem": {"name": "moons", "hidden": 1, "width": 4}, "optimizer": {"name": "sgd", "lr": 0.3}}
REGRESSION = {
    "problem": {"name": "curve_regression", "hidden": 1, "width": 4, "test": 0.0},
    "optimizer": {"name": "sgd"},
}


def choices(plot):
    return [plot.choice.itemData(k) for k in range(plot.choice.count())]


def test_test_loss_and_accuracy_are_offered_where_a_run_has_them(panel_of, run):
    found = []
    for trials in ([NET, REGRESSION], [REGRESSION]):
        panel = panel_of("training", *trials)
        run(panel)
        found.append(choices(panel.loss))
    assert found == [["step", "evaluations", "test_loss", "accuracy"], ["step", "evaluations"]]


def test_the_loss_of_the_test_is_dotted_beside_that_of_the_training(panel_of, run, show):
    panel = panel_of("training", NET)
    run(panel)
    before = len(panel.loss.curves)
    panel.against.setCurrentIndex(panel.against.findData("test_loss"))
    show(panel)
    *_, smooth, test = panel.loss.curves
    assert len(panel.loss.curves) == before + 1 and test.label == "trial 0 · test" and test.colour == smooth.colour
    assert test.dash not in ((), smooth.dash)
    entry = panel.desk.selected
    steps, values = Inside(entry.run, entry.batch).series("test_loss", budget=60)
    assert test.x.tolist() == steps.tolist() and test.y.tolist() == values[:, 0].tolist()
    assert panel.loss.y_axis.log and panel.loss.title == "Loss"


def test_the_accuracy_of_training_and_test_takes_the_place_of_the_loss(panel_of, run, show):
    panel = panel_of("training", NET)
    run(panel)
    panel.against.setCurrentIndex(panel.against.findData("accuracy"))
    show(panel)
    inside = Inside(panel.desk.selected.run, panel.desk.selected.batch)
    for curve, name in zip(panel.loss.curves, ("accuracy", "test_accuracy"), strict=True):
        assert curve.y.tolist() == inside.series(name, budget=60)[1][:, 0].tolist()
    assert (panel.loss.title, panel.loss.y_axis.title, panel.loss.y_axis.log) == ("Accuracy", "accuracy", False)
    panel.against.setCurrentIndex(0)
    show(panel)
    assert (panel.loss.title, panel.loss.y_axis.log) == ("Loss", True) and len(panel.loss.curves) == 2


def test_a_choice_that_no_run_has_any_more_gives_way_to_the_loss(panel_of, run, show):
    panel = panel_of("training", NET, REGRESSION)
    run(panel)
    panel.against.setCurrentIndex(panel.against.findData("accuracy"))
    panel.desk.entries[0].visible = False
    show(panel)
    assert panel.against.currentData() == "step" and panel.loss.title == "Loss" and len(panel.loss.curves) == 2


def test_what_a_problem_records_beside_the_loss_can_be_drawn(shown: Shown) -> None:
    plot = shown.run("sparse_features")
    assert choices(plot)[-2:] == ["track:error_frequent", "track:error_rare"]
    plot.choice.setCurrentIndex(plot.choice.count() - 1)
    shown.refresh()
    run = shown.desk.entries[0].run
    (curve,) = plot.curves
    assert plot.title == "Error rare" and plot.y_axis.title == "error rare"
    assert curve.y[-1] == pytest.approx(run.at(run.count - 1, "error_rare"))
    plot = shown.run("sphere")  # where a run stands in a landscape is drawn there
    assert choices(plot) == ["step", "evaluations"] and plot.title == "Loss"


def test_a_recorded_test_loss_is_dotted_beside_the_loss(shown: Shown) -> None:
    plot = shown.run("polynomial_regression")
    plot.choice.setCurrentIndex(plot.choice.findData("test_loss"))
    shown.refresh()
    run = shown.desk.entries[0].run
    assert plot.curves[-1].label.endswith("· test") and len(plot.curves) > 1
    assert plot.curves[-1].y[-1] == pytest.approx(run.at(run.count - 1, "test_loss"))
