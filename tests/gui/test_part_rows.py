"""Components inside components, edited in the form; and what the dock says of a schedule."""

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from optlab.engine.catalogue import Catalogue
from optlab.engine.experiment_file import build_experiment
from optlab.engine.planning import plan
from optlab.engine.rates import known_values
from optlab.gui.document import Document
from optlab.gui.experiment_dock import ExperimentDock
from optlab.gui.form import ComponentForm
from optlab.host.host import load_plugins


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_plugins(shipped_only=True).catalogue


@pytest.fixture
def form(qtbot: QtBot, catalogue: Catalogue) -> ComponentForm:
    made = ComponentForm(lambda base: catalogue.classes("schedule"))
    qtbot.addWidget(made)
    return made


def built(catalogue: Catalogue, table: dict[str, Any]) -> Any:
    return catalogue.build("schedule", table, "schedule")


def names(schedule: Any) -> list[str]:
    return [part.name for part in schedule.of]


def test_a_part_with_parts_of_its_own_is_picked_with_its_defaults(form: ComponentForm, catalogue: Catalogue) -> None:
    form.show_component(built(catalogue, {"name": "warmup"}))
    for name in ("sequence", "warmup", "on"):
        form.row("of")._item.picker.picked.emit(name)
        assert form.component().of == built(catalogue, {"name": name})  # type: ignore[union-attr]
        assert form.error() == ""


def test_a_part_as_it_is_by_default_has_no_way_back(form: ComponentForm, catalogue: Catalogue) -> None:
    form.show_component(built(catalogue, {"name": "warmup"}))
    row = form.row("of")
    assert not row.changed
    row._item.picker.picked.emit("cosine")
    assert row.changed
    row._back.click()
    assert form.component().of.name == "constant" and not row.changed  # type: ignore[union-attr]


def test_parts_are_edited_picked_added_and_taken_away(form: ComponentForm, catalogue: Catalogue) -> None:
    seen: list[Any] = []
    form.changed.connect(seen.append)
    form.show_component(built(catalogue, {"name": "product", "of": ["cosine", "step"]}))
    row = form.row("of")
    row._add.click()
    assert names(seen[-1]) == ["cosine", "step", "step"]
    row._items[1].picker.picked.emit("rex")
    assert names(seen[-1]) == ["cosine", "rex", "step"]
    editor = row._items[0].form.row("floor").editor
    editor._offer(0.5)
    assert seen[-1].of[0].floor == 0.5
    row._items[1]._remove.click()
    assert names(seen[-1]) == ["cosine", "step"] and seen[-1].of[0].floor == 0.5
    assert [item.picker.current() for item in row._items] == ["cosine", "step"]
    assert len(seen) == 4


def test_parts_that_do_not_fit_yet_stay_and_say_why(form: ComponentForm, catalogue: Catalogue) -> None:
    seen: list[Any] = []
    form.changed.connect(seen.append)
    sequence = built(catalogue, {"name": "sequence"})
    form.show_component(sequence)
    row = form.row("of")
    row._add.click()
    assert seen == [] and form.error() == "milestones: expected 2 for 3 parts, got 1"
    form.show_component(sequence)  # something else was edited
    assert len(row.value()) == 3
    form.row("milestones").editor._offer((0.2, 0.6))
    assert names(seen[-1]) == ["constant", "cosine", "cosine"] and form.error() == ""
    form.show_component(seen[-1])
    assert form.error() == ""


def test_the_last_part_of_a_product_cannot_go(form: ComponentForm, catalogue: Catalogue) -> None:
    form.show_component(built(catalogue, {"name": "product", "of": ["cosine"]}))
    row = form.row("of")
    row._items[0]._remove.click()
    assert form.error() == "parts: expected at least one part, got none"
    row._add.click()
    assert form.error() == "" and len(form.component().of) == 1  # type: ignore[union-attr]


def test_tab_goes_through_every_part(form: ComponentForm, catalogue: Catalogue) -> None:
    form.show_component(built(catalogue, {"name": "product", "of": ["cosine", "step"]}))
    stops = form.stops()
    items = form.row("of")._items
    assert all(item.picker in stops and item._remove in stops for item in items)
    assert all(stop.accessibleName() for item in items for stop in (item.picker, item._remove))


@pytest.fixture
def dock(qtbot: QtBot, catalogue: Catalogue) -> Any:
    def show(schedule: Any, **top: Any) -> ExperimentDock:
        table = {"problem": {"name": "spirals", "batch": 128}, "optimizer": {"name": "momentum"}, "schedule": schedule}
        experiment = build_experiment({"steps": 300, **table, **top}, catalogue)
        made = ExperimentDock(Document(experiment), catalogue, lambda label, place: "#336699")
        qtbot.addWidget(made)
        return made

    return show


def test_the_preview_is_what_the_run_records_in_steps_and_epochs(dock: Any) -> None:
    shown = dock({"name": "warmup", "over": 5, "unit": "epochs", "of": {"name": "step", "every": 10, "unit": "epochs"}})
    trial = shown._document.experiment.trials[0]
    np.testing.assert_array_equal(shown.preview._values, known_values(trial, np.arange(300), 300)["lr"])
    assert "300 steps, 75 epochs" in shown.preview.accessibleDescription()


def test_the_preview_of_fields_beside_the_rate_is_what_the_run_records(dock: Any) -> None:
    decay = {"name": "on", "target": "decay", "of": "cosine", "lr": {"name": "one_cycle", "momentum": 0.8}}
    shown = dock(decay, gradient={"decay": 0.1})
    (batch,) = plan(shown._document.experiment)
    batch.advance(300)
    (run,) = batch.runs
    assert run.scheduled == ("optimizer.momentum", "gradient.decay") and run.status == "done"
    for drawn, name in zip(shown.preview._others, run.scheduled, strict=True):
        np.testing.assert_array_equal(drawn, run.column(name)[:-1])
    assert shown._notice.text() == "- - momentum: 0.72 … 0.9\n- - weight decay: 2.74e-6 … 0.1"


NOTICES = [
    ({"name": "cosine", "over": 500}, "cosine takes 500 steps, the run ends after 300"),
    ({"name": "cosine", "over": 100}, "cosine has ended after 100 of 300 steps"),
    ({"name": "cosine"}, ""),
    ({"name": "one_cycle", "momentum": 0.9}, "- - momentum: 0.81 … 0.9"),
    ({"name": "product", "of": ["cosine", "plateau"]}, "times what the loss makes of it while it runs"),
]


@pytest.mark.parametrize(("schedule", "words"), NOTICES)
def test_the_dock_says_what_the_curve_does_not(dock: Any, schedule: Any, words: str) -> None:
    shown = dock({"name": schedule["name"], **schedule})
    assert (shown._notice.text(), shown._notice.isHidden()) == (words, not words)


def test_a_target_that_is_not_there_is_said_before_the_run(dock: Any, qtbot: QtBot) -> None:
    shown = dock({"name": "on", "target": "momentun"})
    with qtbot.waitSignal(shown.trouble) as caught:
        shown.refresh()
    assert "did you mean 'momentum'?" in caught.args[0]
    assert shown._notice.isHidden()
