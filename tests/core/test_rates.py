"""Rates: base times factor for every step and run, checked, whatever a schedule returns."""

import re
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from optlab.api import Array, ReactiveSchedule, Schedule, State, part, real
from optlab.engine.experiment_file import dump_experiment, parse_experiment
from optlab.engine.planning import plan
from optlab.engine.rates import AHEAD, base_rate, known_values
from optlab.engine.session import check
from optlab.engine.spec import Experiment, Trial
from optlab.fields import FieldError
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


NET = {"name": "spirals", "hidden": 1, "width": 4, "batch": 64}


def with_schedule(experiment, schedule, **parts):
    """An experiment of one trial with that schedule."""
    table = {"problem": "ravine", "optimizer": {"name": "momentum", "lr": 0.005}, "schedule": schedule, **parts}
    return experiment({k: v for k, v in table.items() if k != "steps"}, steps=parts.get("steps", 40))


def on(target, of, **more):
    return {"name": "on", "target": target, "of": of, **more}


@pytest.mark.parametrize(("target", "parts"), [
    ("momentum", {"optimizer": {"name": "momentum", "lr": 0.005, "momentum": 0.8}}),
    ("decay", {"gradient": {"decay": 0.5}}),
    ("l2", {"gradient": {"l2": 0.5}}),
    ("clip_norm", {"gradient": {"clip_norm": 3.0}}),
    ("clip_value", {"gradient": {"clip_value": 3.0}}),
    ("clip_layer", {"gradient": {"clip_layer": 3.0}}),
    ("noise", {"gradient": {"noise": 0.3}}),
])  # fmt: skip
def test_a_field_at_half_its_value_gives_the_run_of_half_that_value(experiment, compute, target, parts):
    (scheduled,) = compute(with_schedule(experiment, on(target, {"name": "constant", "share": 0.5}), **parts))
    halved = {k: {**v, **({target: v[target] / 2} if target in v else {})} for k, v in parts.items()}
    (plain,) = compute(with_schedule(experiment, "constant", **halved))
    (whole,) = compute(with_schedule(experiment, "constant", **parts))
    assert scheduled.status == "done", scheduled.message
    np.testing.assert_array_equal(scheduled.column("loss"), plain.column("loss"))
    assert (whole.column("loss") != plain.column("loss")).any()


def test_a_field_moves_with_the_steps(experiment, compute):
    schedule = on("momentum", {"name": "piecewise", "boundaries": [20], "levels": [1, 0]})
    (run,) = compute(with_schedule(experiment, schedule))
    x, rates = run.column("x"), run.column("lr")[:-1]
    plain = x[:-1] * (1 - rates)  # ½ x²: descent without momentum
    assert (x[1:20] != plain[:19])[1:].all()
    np.testing.assert_allclose(x[21:], plain[20:], rtol=1e-12)


def test_the_momentum_of_adam_is_its_beta1_and_of_a_wrapper_the_inner_one(experiment, compute):
    schedule = on("momentum", {"name": "constant", "share": 0.5})
    for name, wrapped in (("adam", {}), ("case_lookahead", {"inner": {"name": "adam"}})):
        optimizer = {"name": name, **wrapped} if wrapped else {"name": name}
        half = {"inner": {"name": "adam", "beta1": 0.45}} if wrapped else {"beta1": 0.45}
        (scheduled,) = compute(with_schedule(experiment, schedule, optimizer=optimizer))
        (plain,) = compute(with_schedule(experiment, "constant", optimizer={"name": name, **half}))
        np.testing.assert_array_equal(scheduled.column("loss"), plain.column("loss"))


class Scribe(Optimizer):
    """Descent that writes down the fields with which it steps. Source: none."""

    name = "scribe"
    written: ClassVar[list[Any]] = []
    lr: float = real(0.01, 0.0, 1.0)
    momentum: float = real(0.8, 0.0, 1.0)
    weight_decay: float = real(0.1, 0.0, 1.0)

    def step(self, params: Array, grads: Array, state: State) -> None:
        self.written.append((self.momentum, self.weight_decay))
        params -= state.lr * grads


def scribes(experiment, schedule, lab, moments=(0.8,), **parts):
    """Runs of `Scribe` with these momenta in one batch, and what they wrote."""
    schedule = lab.catalogue.build("schedule", schedule, "")
    base = experiment({"problem": "ravine", "optimizer": "sgd", **parts}, steps=300, record=3)
    trials = [replace(base.base, label=f"{m}", optimizer=Scribe(momentum=m), schedule=schedule) for m in moments]
    Scribe.written.clear()
    (batch,) = plan(replace(base, base=trials[0], trials=tuple(trials)))
    batch.advance(300)
    assert [run.status for run in batch.runs] == ["done"] * len(moments), batch.runs[0].message
    return batch.runs, list(Scribe.written)


BOTH = on("weight_decay", {"name": "exponential", "gamma": 0.99}, lr={"name": "one_cycle", "momentum": 0.9})


def test_what_is_recorded_of_a_scheduled_field_is_what_its_step_used_and_the_preview_shows(experiment, lab):
    (run,), written = scribes(experiment, BOTH, lab)
    assert run.scheduled == ("optimizer.momentum", "optimizer.weight_decay")
    shown = known_values(run.trial, np.arange(300), 300)
    assert list(shown) == ["lr", *run.scheduled]
    for k, name in enumerate(run.scheduled):
        recorded = run.column(name)
        np.testing.assert_array_equal(recorded[:-1], [row[k] for row in written[::3]])
        np.testing.assert_array_equal(recorded[:-1], shown[name][::3])
        assert np.isnan(recorded[-1]) and len(set(recorded)) > 90


def test_each_run_of_a_batch_records_its_own_scheduled_field(experiment, lab):
    runs, written = scribes(experiment, BOTH, lab, moments=(0.8, 0.4))
    for k, run in enumerate(runs):
        used = [float(momentum[k, 0]) for momentum, _ in written[::3]]
        np.testing.assert_array_equal(run.column("optimizer.momentum")[:-1], used)
    assert (runs[0].column("optimizer.momentum") == 2 * runs[1].column("optimizer.momentum"))[:-1].all()


def test_the_recorded_decay_is_the_base_whatever_the_layers_make_of_it(experiment, lab):
    update = {"layers": [{"match": "x", "decay": 3.0}]}
    (run,), written = scribes(experiment, BOTH, lab, update=update)
    recorded = run.column("optimizer.weight_decay")[:-1]
    np.testing.assert_allclose([decay[0] for _, decay in written[::3]], 3 * recorded[:, None] * [1, 1], rtol=1e-15)


def test_fields_are_recorded_under_the_keys_of_the_experiment(experiment, compute):
    schedule = on("momentum", "linear", lr=on("clip_norm", "cosine"))
    optimizer = {"name": "case_lookahead", "inner": {"name": "adam", "beta1": 0.8}}
    (run,) = compute(with_schedule(experiment, schedule, optimizer=optimizer, gradient={"clip_norm": 3.0}))
    assert run.scheduled == ("gradient.clip_norm", "optimizer.inner.beta1")
    assert [run.column(name)[0] for name in run.scheduled] == [3.0, 0.8]
    assert run.history.columns[-2:] == run.scheduled


def test_no_component_of_the_trial_is_changed_by_its_schedule(experiment, compute):
    fields = on("decay", "linear", lr=on("momentum", "cosine"))
    optimizer = {"name": "case_lookahead", "inner": {"name": "momentum", "momentum": 0.8}}
    e = with_schedule(experiment, fields, gradient={"decay": 0.5}, optimizer=optimizer)
    (run,) = compute(e)
    assert run.status == "done", run.message
    assert (run.trial.gradient.decay, run.trial.optimizer.inner.momentum) == (0.5, 0.8)


def test_fields_of_runs_that_stay_move_on_when_others_leave(experiment):
    optimizer = {"name": "momentum", "lr": 0.05, "momentum": 0.8}
    table = {"problem": NET, "optimizer": optimizer, "schedule": on("momentum", "linear")}
    rows = {}
    for leave in (False, True):
        (batch,) = plan(experiment(table, seeds=list(range(8)), steps=900))
        batch.advance(100)
        for run in batch.runs[1:4] if leave else ():
            batch._end(run, "stopped", "")
        batch.advance(800)
        assert batch._loop.params.shape[0] == (5 if leave else 8)
        rows[leave] = batch.runs[0].column("loss")
    np.testing.assert_allclose(rows[True], rows[False], rtol=1e-6)


REFUSED = {
    "on: expected an optimizer with a field momentun to schedule, got momentum; did you mean 'momentum'?": (
        on("momentun", "linear"), {}),
    "on: expected an optimizer with a field clip_nrom to schedule, got momentum; did you mean 'clip_norm'?": (
        on("clip_nrom", "linear"), {}),
    "one_cycle: expected an optimizer with a field momentum to schedule, got sgd; known: ": (
        {"name": "one_cycle", "momentum": 0.9}, {"optimizer": "sgd"}),
    "on: expected gradient.decay above 0 to schedule, got 0; set it first": (on("decay", "linear"), {}),
    "product: expected at most one schedule that reacts to the loss, got 2": (
        {"name": "product", "of": ["plateau", "plateau"]}, {}),
    "wsd: expected a number of steps, got a run without an end": ("wsd", {"steps": 0}),
    "warmup: expected a number of steps, got a run without an end": (
        {"name": "warmup", "of": "cosine"}, {"steps": 0}),
    "step: expected a number of steps, got a run without an end": ({"name": "step", "unit": "share"}, {"steps": 0}),
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_run_is_said_before_the_run(experiment, words):
    schedule, parts = REFUSED[words]
    with pytest.raises(FieldError) as caught:
        check(with_schedule(experiment, schedule, **parts))
    assert words in str(caught.value)


IMPOSSIBLE = {
    "schedule.milestones: expected rising times from 0 on, got 600, 300": {
        "name": "multi_step", "milestones": [600, 300]},
    "schedule.boundaries: expected rising times from 0 on, got 5, 5": {
        "name": "piecewise", "boundaries": [5, 5], "levels": [1, 1, 1]},
    "schedule.levels: expected 2 numbers ≥ 0 for 1 boundaries, got 1": {
        "name": "piecewise", "boundaries": [5], "levels": [1]},
    "schedule.milestones: expected 1 for 2 parts, got 2": {"name": "sequence", "milestones": [0.2, 0.4]},
    "schedule.of: expected at least one part, got none": {"name": "sequence", "of": [], "milestones": []},
    "schedule.of: expected a part that reacts to the loss last, got reduce on plateau before": {
        "name": "sequence", "of": ["plateau", "cosine"]},
    "schedule.of: expected at least one part": {"name": "product", "of": []},
    "schedule.start: expected more than 0 for an exponential rise, got 0": {
        "name": "warmup", "start": 0, "kind": "exponential"},
    "schedule.of: expected a schedule that is known before the run, got reduce on plateau": on("momentum", "plateau"),
    "schedule.target: expected the name of a field other than lr, got 'lr'": on("lr", "linear"),
    "schedule.every: expected 1e-06 to 1e+09, got 0": {"name": "step", "every": 0},
    "schedule.of.name: unknown schedule 'cosin'; did you mean 'cosine'?": {"name": "warmup", "of": "cosin"},
    "schedule.of[1].every: unknown key": {"name": "product", "of": ["step", {"name": "cosine", "every": 3}]},
}  # fmt: skip


@pytest.mark.parametrize("words", IMPOSSIBLE)
def test_what_makes_no_schedule_is_refused_in_one_sentence(experiment, words):
    with pytest.raises(FieldError) as caught:
        with_schedule(experiment, IMPOSSIBLE[words])
    assert words in str(caught.value)


FILES = {
    ", line 3, column 2: expected a number ≥ 0, got 'fast'": "t,lr\n0,1\n5,fast\n",
    ", line 2, column 1: expected a number ≥ 0, got 'ten'": "0,1\nten,1\n",
    ", line 2, column 2: expected a number ≥ 0, got '-1'": "0,1\n1,-1\n",
    ", line 2, column 2: expected a number ≥ 0, got 'nan'": "0,1\n1,nan\n",
    ", line 2, column 2: expected a number ≥ 0, got '1e999'": "0,1\n1,1e999\n",
    ", line 2, column 2: expected a number ≥ 0, got ''": "0,1\n1\n",
    ", line 4, column 1: expected a time after 5, got 5": "t,lr\n0,1\n5,1\n5,2\n",
    ": expected lines of a time and a value, got none": "t,lr\n",
    ": expected a CSV file, got a path where there is none": None,
}


@pytest.mark.parametrize("words", FILES)
def test_a_table_says_which_cell_is_bad(component, tmp_path, words):
    file = tmp_path / "rates.csv"
    if FILES[words] is not None:
        file.write_text(FILES[words])
    with pytest.raises(FieldError, match=re.escape(f"Table.file: rates.csv{words}")):
        component("schedule", "table")(file=str(file))


def test_a_table_of_semicolons_is_read_and_drawn_level_or_joined(component, tmp_path):
    file = tmp_path / "rates.csv"
    file.write_text("\ufeffstep; rate\n0; 0.4\n\n10; 0.2\n")
    table, t = component("schedule", "table"), np.array([0, 5, 10, 99])
    for between, values in (
        ("linear", [1, 0.75, 0.5, 0.5]),
        ("level", [1, 1, 0.5, 0.5]),
        ("cosine", [1, 0.75, 0.5, 0.5]),
    ):
        schedule = table(file=str(file), between=between, relative="first")
        np.testing.assert_allclose(schedule.factor(t, 100), values, rtol=1e-15)


def test_the_units_are_the_same_times(lab):
    def factors(unit, **times):
        schedule = lab.catalogue.build("schedule", {"name": "step", "gamma": 0.5, "unit": unit, **times}, "schedule")
        return schedule.at(np.arange(1000), 1000, 25)["lr"]

    np.testing.assert_array_equal(factors("share", every=0.2), factors("steps", every=200))
    np.testing.assert_array_equal(factors("epochs", every=8), factors("steps", every=200))
    np.testing.assert_array_equal(factors("share", every=0.1), factors("steps", every=100))
    smooth = factors("epochs", every=8, staircase=False)
    assert len(set(smooth)) == 40  # whole epochs: 25 steps each


def test_epochs_are_those_of_the_mini_batches(experiment, compute):
    problem = {"name": "linear_regression", "samples": 210, "batch": 30}
    schedule = {"name": "multi_step", "milestones": [2], "unit": "epochs"}
    (run,) = compute(with_schedule(experiment, schedule, problem=problem))
    rates = run.column("lr")[:-1]
    assert set(rates[:14]) == {0.005} and rates[14:] == pytest.approx(0.0005)


def test_drops_come_at_the_milestone_or_after_it_in_shares_too(component):
    for unit, milestone in (("steps", 30), ("share", 0.3)):
        for drop, first in (("at", 30), ("after", 31)):
            for name in ("multi_step", "piecewise"):
                times = "milestones" if name == "multi_step" else "boundaries"
                more = {} if name == "multi_step" else {"levels": (1.0, 0.1)}
                schedule = component("schedule", name)(unit=unit, drop=drop, **{times: (milestone,)}, **more)
                assert int(np.argmin(schedule.at(np.arange(100), 100)["lr"] == 1)) == first, (unit, drop, name)


PLATEAU = {"name": "plateau", "patience": 2, "threshold": 0.5, "factor": 0.5}


def test_a_warm_up_before_a_plateau_rises_first_and_reacts_then(experiment, compute):
    (run,) = compute(with_schedule(experiment, {"name": "warmup", "over": 10, "start": 0.1, "of": PLATEAU}))
    rates = run.column("lr")[:-1] / 0.005
    assert rates[:10] == pytest.approx(0.1 + 0.09 * np.arange(10))
    (alone,) = compute(with_schedule(experiment, PLATEAU))
    assert rates[10] == rates[11] == rates[12] == 1 and rates[-1] < 1
    assert set(np.diff(np.log2(rates[10:]))) <= {0.0, -1.0}
    assert not np.array_equal(alone.column("lr")[10:], run.column("lr")[10:])


@pytest.mark.parametrize("schedule", [
    {"name": "product", "of": ["cosine", PLATEAU]},
    {"name": "sequence", "of": ["cosine", PLATEAU]},
    {"name": "warmup", "over": 5, "of": PLATEAU},
    on("momentum", "linear", lr=PLATEAU),
])  # fmt: skip
def test_what_reacts_inside_an_operator_is_multiplied_to_what_is_known(experiment, compute, schedule):
    (run,) = compute(with_schedule(experiment, schedule))
    known = known_values(run.trial, np.arange(40), 40)["lr"]
    shares = run.column("lr")[:-1][known > 0] / known[known > 0]
    assert shares[0] == 1 and shares[-1] < 1
    assert (np.diff(shares) <= 1e-15).all()


NESTED = {
    "name": "warmup", "over": 10,
    "of": {"name": "sequence", "unit": "share", "milestones": [0.5],
           "of": [{"name": "product", "of": ["cyclic", {"name": "exponential", "gamma": 0.9}]},
                  {"name": "on", "target": "momentum", "of": {"name": "one_cycle", "unit": "epochs"}, "lr": "rex"}]},
}  # fmt: skip


def test_nested_schedules_survive_the_file_and_obey_set(experiment, lab, compute):
    e = with_schedule(experiment, NESTED)
    text = dump_experiment(e, lab.catalogue)
    again = parse_experiment(text, lab.catalogue)
    assert again == e and dump_experiment(again, lab.catalogue) == text
    changed = parse_experiment(text, lab.catalogue, sets=["schedule.of.milestones=[0.25]", "schedule.over=5"])
    assert (changed.trials[0].schedule.of.milestones, changed.trials[0].schedule.over) == ((0.25,), 5)
    assert compute(e)[0].status == "done"


def test_runs_share_a_batch_whatever_their_tables_and_not_with_fields_or_reactions(experiment):
    warm = {"name": "warmup", "over": 5, "of": "cosine"}
    schedules = ["constant", warm, {"name": "product"}, on("momentum", "linear"), {**warm, "of": PLATEAU}]
    trials = [{"problem": "ravine", "optimizer": "momentum", "schedule": s} for s in schedules]
    assert [len(batch.runs) for batch in plan(experiment(*trials))] == [3, 1, 1]


def test_a_schedule_longer_or_shorter_than_the_run_says_so(component, lab):
    cosine = component("schedule", "cosine")
    assert cosine(over=500).notice(300) == "cosine takes 500 steps, the run ends after 300"
    assert cosine(over=200).notice(300) == "cosine has ended after 200 of 300 steps"
    assert cosine(over=300).notice(300) == cosine().notice(300) == cosine(over=200).notice(0) == ""
    assert cosine(over=8, unit="epochs").notice(100, 25) == "cosine takes 200 steps, the run ends after 100"
    build = lab.catalogue.build
    warm = build("schedule", {"name": "warmup", "over": 100, "of": {"name": "cosine", "over": 300}}, "")
    assert warm.notice(300) == "cosine takes 300 steps, the run ends after 200"
    assert warm.notice(50) == "warm-up takes 100 steps, the run ends after 50"
    assert component("schedule", "multi_step")(milestones=(5,)).notice(100) == ""


def test_one_cycle_stays_past_its_end(component):
    factors = component("schedule", "one_cycle")(over=50).factor(np.arange(200), 200)
    assert set(factors[49:]) == {factors[49]} and factors[49] == pytest.approx(1 / 25e4)


def test_a_warm_up_longer_than_the_run_is_cut(component, lab):
    schedule = lab.catalogue.build("schedule", {"name": "warmup", "over": 100, "of": "cosine", "start": 0}, "")
    np.testing.assert_allclose(schedule.at(np.arange(20), 20)["lr"], np.arange(20) / 100)
