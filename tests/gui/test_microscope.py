"""The step microscope: the rule of the selected run, and one parameter's numbers at the cursor's step."""

from typing import Any

import pytest

from optlab.engine.batch import Batch
from optlab.engine.history import Event
from optlab.gui.numerals import compact

NET = {"problem": {"name": "moons", "hidden": 2, "width": 6}, "optimizer": {"name": "adam", "lr": 0.1}}


@pytest.fixture
def panel(panel_of: Any, run: Any) -> Any:
    made = panel_of("microscope", NET, {**NET, "optimizer": {"name": "momentum", "lr": 0.1}}, steps=30)
    assert made.numbers.state.text() == "Press Run to see it" and not made.numbers.model.rows
    run(made)
    return made


def numbers(panel: Any) -> dict[str, Any]:
    return {symbol: (before, after) for symbol, before, after in panel.numbers.model.rows}


def test_the_last_step_is_shown_and_the_cursor_moves_it(panel, show):
    assert panel.numbers.state.text() == "trial 0: step 29 to 30" and numbers(panel)["t"] == (30, None)
    panel.desk.set_cursor(4)
    show(panel)
    assert panel.numbers.state.text() == "trial 0: step 4 to 5" and numbers(panel)["t"] == (5, None)


def test_the_numbers_are_those_of_the_rule(panel):
    found = numbers(panel)
    m, v = (found[f"{s}\u0302 = {s} / (1 − β{n}ᵗ)"][1] for s, n in (("m", "₁"), ("v", "₂")))
    move = -found["lr"][0] * m / (v**0.5 + found["ε"][0])
    x, new = found["x"]
    assert new - x == found["Δ = x − x₀"][1] == pytest.approx(move, rel=1e-9)
    assert found["m"][1] == pytest.approx(0.9 * found["m"][0] + 0.1 * found["g"][0], rel=1e-12)
    assert "m ← β₁ m + (1 − β₁) g" in panel.numbers.rule.text()


def test_another_parameter_is_a_layer_and_a_number_in_it(panel):
    before = numbers(panel)
    layout = panel.desk.entries[0].run.trial.problem.layout()
    panel.numbers.layer.setCurrentIndex(2)
    assert panel.numbers.place.maximum() == 6 * 6 - 1 and panel.numbers.layer.currentData() == layout.names[2]
    panel.numbers.place.setValue(5)
    place = layout.slices[layout.names[2]].start + 5
    assert numbers(panel)["x"] != before["x"]
    assert numbers(panel)["x"][1] == panel.desk.entries[0].batch.point(panel.desk.entries[0].run)[place]


def test_another_run_has_its_own_rule_and_slots(panel, show):
    panel.desk.select(panel.desk.entries[1].key)
    show(panel)
    assert "v ← μ v + (1 − τ) g" in panel.numbers.rule.text()
    assert {"v", "momentum"} <= {*numbers(panel)} and "m" not in numbers(panel)


class Apart(Batch):
    """As runs of plugins from outside have it."""


def test_a_run_in_a_process_of_its_own_says_why_it_has_no_numbers(panel, show):
    panel.desk.entries[0].batch.__class__ = Apart
    show(panel)
    assert panel.numbers.state.text().startswith("The run goes in a process of its own")
    assert not panel.numbers.model.rows


def test_a_replay_that_parts_from_its_run_says_so(panel, show):
    run = panel.desk.entries[0].run
    run.history.events.append(Event(2, 0, "lr", 0.5))  # which it never heard of
    panel.desk.set_cursor(7)
    show(panel)
    assert (
        "parted from itself" in panel.numbers.state.text() and compact(run.at(7, "loss")) in panel.numbers.state.text()
    )
