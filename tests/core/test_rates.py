"""Rates: base times factor for every step and run, checked, whatever a schedule returns."""

from typing import Any, ClassVar

import numpy as np
import pytest

from optlab.api import Array, ReactiveSchedule, Schedule, State, part, real
from optlab.engine.batch import plan
from optlab.engine.rates import AHEAD, base_rate
from optlab.engine.spec import Experiment, Trial
from optlab.optimizer import Optimizer


class Given(Schedule):
    """Returns what the test sets. Source: none."""

    name = "given"
    value: ClassVar[Any] = None

    def factor(self, t: Array, steps: int) -> Array:
        return type(self).value(t, steps)


def run_of(experiment, schedule, steps=20, **fields):
    base = experiment({"problem": "case_bowl", "optimizer": {"name": "sgd", "lr": 0.1, **fields}})
    trial = Trial("a", base.trials[0].problem, base.trials[0].optimizer, schedule, base.trials[0].gradient)
    (batch,) = plan(Experiment("", trial, (trial,), steps=steps))
    batch.advance(max(steps, 20))
    return batch.runs[0]


@pytest.fixture
def given(experiment, monkeypatch):
    def run(value, **top):
        monkeypatch.setattr(Given, "value", staticmethod(value))
        return run_of(experiment, Given(), **top)

    return run


HOSTILE = {
    "text": (lambda t, n: "fast", "'fast' at step 0"),
    "nothing": (lambda t, n: None, "nan at step 0"),
    "nan": (lambda t, n: np.where(t == 7, np.nan, 1.0), "nan at step 7"),
    "negative": (lambda t, n: np.where(t > 10, -1.0, 1.0), "-1 at step 11"),
    "1e400": (lambda t, n: np.full(t.shape, 1e400), "inf at step 0"),
    "huge": (lambda t, n: np.full(t.shape, 1e10), "1e+10 at step 0"),
    "wrong shape": (lambda t, n: np.ones(3), "array([1., 1., 1.]) at step 0"),
    "complex": (lambda t, n: "1j", "'1j' at step 0"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_schedule_that_returns_no_factor_fails_with_its_name_value_and_step(given, case):
    value, words = HOSTILE[case]
    run = given(value)
    assert run.status == "failed"
    assert f"given.factor: expected a number of 0 to 1e9 for each step, got {words}" in run.message


def test_one_number_serves_every_step(given):
    assert set(given(lambda t, n: 0.5).column("lr")[:-1]) == {0.05}


def test_a_schedule_is_clamped_past_its_end(given):
    seen = []
    given(lambda t, n: seen.append(t.copy()) or np.ones(t.shape), steps=5)
    assert max(t.max() for t in seen) == 4


def test_tables_are_made_in_whole_blocks(given):
    seen = []
    given(lambda t, n: seen.append((int(t[0]), len(t))) or np.ones(t.shape), steps=0)
    assert seen == [(0, AHEAD)]


def test_the_rate_is_the_base_times_the_factor_up_to_the_last_block(experiment, compute):
    (run,) = compute(
        experiment({"problem": "case_bowl", "optimizer": {"name": "sgd", "lr": 0.1}, "schedule": "cosine"}, steps=2500)
    )
    t = np.arange(2500)
    assert run.column("lr")[:-1] == pytest.approx(0.1 * 0.5 * (1 + np.cos(np.pi * t / 2500)), rel=1e-12, abs=1e-18)


class TooMuch(Schedule):
    """Raises β₁ beyond its bounds. Source: none."""

    name = "too_much"

    def factor(self, t: Array, steps: int) -> Array:
        return np.ones(np.shape(t))

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        return {"lr": self.factor(t, steps), "beta1": 1.0 + np.asarray(t) / 10}


def test_a_scheduled_field_stays_within_its_bounds(experiment):
    base = experiment({"problem": "case_bowl", "optimizer": "adam"}).trials[0]
    trial = base.with_part("schedule", TooMuch())
    (batch,) = plan(Experiment("", trial, (trial,), steps=20))
    batch.advance(20)
    assert "too_much of adam.beta1: expected 0 to 0.9999, got 2.61" in batch.runs[0].message


class Rising(ReactiveSchedule):
    """Sets a factor that is no number at the third step. Source: none."""

    name = "rising"

    def update(self, metric: Array, t: int, state: State) -> None:
        state.factor[:] = np.nan if t == 2 else 1.0


def test_a_reactive_factor_that_is_no_number_fails_with_its_step(experiment):
    run = run_of(experiment, Rising())
    assert (run.status, run.count) == ("failed", 3)
    assert "rising.state.factor: expected a number of 0 to 1e9 for each step, got nan at step 2" in run.message


class Around(Optimizer):
    """A wrapper. Source: none."""

    name = "around"
    inner: Optimizer = part(Optimizer, "sgd")

    def step(self, params: Array, grads: Array, state: State) -> None: ...


class Own(Optimizer):
    """No rate at all. Source: none."""

    name = "own"
    strength: float = real(1.0)

    def step(self, params: Array, grads: Array, state: State) -> None: ...


def test_the_base_rate_is_the_own_one_or_that_of_the_part_or_one(component):
    sgd = component("optimizer", "sgd")(lr=0.3)
    assert [base_rate(sgd), base_rate(Around(inner=Around(inner=sgd))), base_rate(Own())] == [0.3, 0.3, 1.0]
