"""The schedules take the very values of PyTorch, optax, Keras and the textbooks."""

import json
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.rates import reactive_state

CASES = json.loads((Path(__file__).parent.parent / "golden" / "schedules.json").read_text())["cases"]
TORCH, KERAS = "torch.optim.lr_scheduler.", "keras.optimizers.schedules."


def ours(case):
    """Name and values of the shipped schedule that a case describes, its base rate, and up to where; else None."""
    k = case["kwargs"]
    base = k.get("init_value", k.get("initial_learning_rate", k.get("lr0", case.get("base_lrs", [0.1])[0])))
    steps = len(case["lr"])
    match case["class"].removeprefix(TORCH).removeprefix(KERAS):
        case "StepLR":
            return "step", {"gamma": k.get("gamma", 0.1), "every": k["step_size"]}, base, steps
        case "ExponentialLR":
            return "exponential", {"gamma": k["gamma"]}, base, steps
        case "PolynomialLR":
            return "polynomial", {"power": k.get("power", 1.0), "over": k.get("total_iters", 5)}, base, steps
        case "CosineAnnealingLR":  # which rises again after T_max
            return "cosine", {"floor": k.get("eta_min", 0) / base, "over": k["T_max"]}, base, k["T_max"] + 1
        case "optax.exponential_decay" | "ExponentialDecay":
            every = k.get("transition_steps", k.get("decay_steps"))
            values = {"gamma": k["decay_rate"], "every": every, "staircase": k.get("staircase", False)}
            return "step", values, base, steps
        case "optax.polynomial_schedule" | "PolynomialDecay" if not k.get("cycle"):
            end = k.get("end_value", k.get("end_learning_rate", 1e-4))
            over = k.get("transition_steps", k.get("decay_steps"))
            return "polynomial", {"power": k.get("power", 1.0), "end": end / base, "over": over}, base, steps
        case "optax.cosine_decay_schedule" | "CosineDecay" if "warmup_steps" not in k:
            return "cosine", {"floor": k.get("alpha", 0.0), "over": k["decay_steps"]}, base, steps
        case "worked_example" if "staircase" in k:
            values = {"gamma": k["decay_rate"], "every": k["decay_steps"], "staircase": k["staircase"]}
            return "step", values, base, steps
        case "worked_example" if "T_max" in k:
            return "cosine", {"floor": k["lr_min"] / k["lr_max"], "over": k["T_max"]}, k["lr_max"], steps
        case "worked_example" if "power" in k:
            return "polynomial", {"power": k["power"], "over": k["max_epochs"]}, base, steps
        case "worked_example" if "decay_rate" in k:
            return "exponential", {"gamma": k["decay_rate"]}, base, steps
    return None


TABLES = [case for case in CASES if ours(case)]
PLATEAUS = [case for case in CASES if case["class"] == TORCH + "ReduceLROnPlateau"]
OPTAX_PLATEAUS = [case for case in CASES if case["class"] == "optax.contrib.reduce_on_plateau"]


def assert_close(rates, case, upto):
    reference = np.array(case["lr"][:upto])
    tolerance = case["rtol"] * np.abs(reference) + 1e-15 * np.abs(reference).max()
    assert (np.abs(np.asarray(rates)[:upto] - reference) <= tolerance).all()


def test_every_case_of_the_shipped_forms_is_selected():
    assert (len(TABLES), len(PLATEAUS), len(OPTAX_PLATEAUS)) == (26, 6, 2)
    assert sum(case["class"] == "worked_example" for case in TABLES) == 5


@pytest.mark.parametrize("case", TABLES, ids=[c["id"] for c in TABLES])
def test_rates_equal_the_reference(case, component):
    name, values, base, upto = ours(case)
    schedule = component("schedule", name)(**values)
    assert_close(base * schedule.factor(np.arange(len(case["lr"])), 0), case, upto)


@pytest.mark.parametrize("whole", ["cosine", "polynomial"])
def test_the_whole_run_is_the_same_as_naming_its_steps(whole, component):
    t = np.arange(50)
    by_run, by_steps = component("schedule", whole)(), component("schedule", whole)(over=50)
    assert by_run.needs_end and not by_steps.needs_end
    np.testing.assert_array_equal(by_run.factor(t, 50), by_steps.factor(t, 0))


def plateau(component, case):
    base, options = case["base_lrs"][0], dict(case["kwargs"])
    for key, default in (("min_lr", 0.0), ("eps", 1e-8)):  # absolute in PyTorch, a share of the rate here
        options[key] = options.get(key, default) / base
    return component("schedule", "plateau")(**options), base


@pytest.mark.parametrize("case", PLATEAUS, ids=[c["id"] for c in PLATEAUS])
def test_plateau_equals_pytorch_step_by_step(case, component):
    schedule, base = plateau(component, case)
    state = reactive_state(schedule, np.array([base]), np.zeros(1))
    rates = [base]
    theirs = case["state_after_each_step"]
    for t, metric in enumerate(case["metrics"]):
        schedule.update(np.array([metric]), t, state)
        rates.append(base * state.factor[0])
        assert (state.bad[0], state.rest[0]) == (theirs["num_bad_epochs"][t], theirs["cooldown_counter"][t]), t
    assert_close(rates, case, len(case["lr"]))


@pytest.mark.parametrize("case", OPTAX_PLATEAUS, ids=[c["id"] for c in OPTAX_PLATEAUS])
def test_plateau_equals_optax_which_forgives_one_check_less(case, component):
    options = case["kwargs"]
    schedule = component("schedule", "plateau")(
        factor=options.get("factor", 0.1), patience=options.get("patience", 10) - 1, eps=0.0
    )
    state = reactive_state(schedule, np.array([1.0]), np.zeros(1))
    rates = [1.0]
    for t, metric in enumerate(case["metrics"]):
        schedule.update(np.array([metric]), t, state)
        rates.append(state.factor[0])
    assert_close(rates, case, len(case["lr"]))


def test_plateau_of_a_negative_loss_keeps_the_rate_while_it_falls_and_not_while_it_stays(component):
    schedule = component("schedule", "plateau")(patience=2, threshold=1e-3)
    state = reactive_state(schedule, np.array([0.1, 0.1]), np.zeros(2))
    for t in range(50):
        schedule.update(np.array([-1.0 - 0.01 * t, -1.0]), t, state)
    assert state.factor[0] == 1.0
    assert state.factor[1] < 1e-6


def test_plateau_checks_the_mean_of_its_steps(component):
    schedule = component("schedule", "plateau")(patience=0, factor=0.5, threshold=0.0, every=4)
    state = reactive_state(schedule, np.array([0.1]), np.zeros(1))
    factors = []
    for t, metric in enumerate([9, 0, 0, 3, 3, 3, 2, 3, 2, 2, 4, 3]):  # means 3, 2.75, 2.75
        schedule.update(np.array([float(metric)]), t, state)
        factors.append(state.factor[0])
    assert factors == [1.0] * 11 + [0.5]
