"""The schedules take the very values of PyTorch, optax, Keras and the textbooks."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.rates import reactive_state

CASES = json.loads((Path(__file__).parent.parent / "golden" / "schedules.json").read_text())["cases"]
PLATEAU = ("ReduceLROnPlateau", "reduce_on_plateau")
RATES = [case for case in CASES if not case["class"].endswith(PLATEAU)]
PLATEAUS = [case for case in CASES if case["class"].endswith(PLATEAU)]


def torch(name, k, base):
    """The table of a PyTorch scheduler; `base` is the rate that it was given."""
    match name:
        case "StepLR":
            return {"name": "step", "preset": "PyTorch", "every": k["step_size"], "gamma": k.get("gamma", 0.1)}
        case "MultiStepLR":
            own = {"milestones": k["milestones"], "gamma": k.get("gamma", 0.1)}
            return {"name": "multi_step", "preset": "PyTorch", **own}
        case "ConstantLR":
            own = {"start": k.get("factor", 1 / 3), "over": k.get("total_iters", 5)}
            return {"name": "warmup", "kind": "constant", **own}
        case "LinearLR":
            own = {"begin": k.get("start_factor", 1 / 3), "end": k.get("end_factor", 1.0)}
            return {"name": "linear", "preset": "PyTorch", **own, "over": k.get("total_iters", 5)}
        case "ExponentialLR":
            return {"name": "exponential", "preset": "PyTorch", "gamma": k["gamma"]}
        case "PolynomialLR":
            own = {"power": k.get("power", 1.0), "over": k.get("total_iters", 5)}
            return {"name": "polynomial", "preset": "PyTorch", **own}
        case "CosineAnnealingLR":
            return {"name": "cosine", "preset": "PyTorch", "over": k["T_max"], "floor": k.get("eta_min", 0) / base}
        case "CosineAnnealingWarmRestarts":
            own = {"first": k["T_0"], "t_mul": k.get("T_mult", 1), "floor": k.get("eta_min", 0) / base}
            return {"name": "cosine_restarts", "preset": "PyTorch", **own}
        case "CyclicLR":
            own = {"up": k.get("step_size_up", 2000), "down": k.get("step_size_down", 0), "mode": k["mode"]}
            share = k.get("base_momentum", 0.8) / k.get("max_momentum", 0.9) if k.get("cycle_momentum", True) else 1.0
            own |= {"gamma": k.get("gamma", 1.0), "floor": k["base_lr"] / k["max_lr"], "momentum": share}
            return {"name": "cyclic", "preset": "PyTorch", **own}
        case "OneCycleLR":
            curve = {"cos": "cosine", "linear": "linear"}[k.get("anneal_strategy", "cos")]
            own = {"over": k["total_steps"], "rise": k.get("pct_start", 0.3), "curve": curve}
            own |= {"div": k.get("div_factor", 25.0), "final_div": k.get("final_div_factor", 1e4)}
            share = k.get("base_momentum", 0.85) / k.get("max_momentum", 0.95) if k.get("cycle_momentum", True) else 1.0
            own |= {"three_phases": k.get("three_phase", False), "momentum": share}
            return {"name": "one_cycle", "preset": "PyTorch", **own}
        case "LambdaLR" | "MultiplicativeLR":
            return LAMBDAS[k["lr_lambda"]]
        case "SequentialLR":
            own = {"of": [torch(*part, base) for part in k["schedulers"]], "milestones": k["milestones"]}
            return {"name": "sequence", **own, "unit": "steps"}
        case "ChainedScheduler":
            return {"name": "product", "of": [torch(*part, base) for part in k["schedulers"]]}
        case "SWALR":
            curve = {"cos": "cosine", "linear": "linear"}[k.get("anneal_strategy", "cos")]
            floor = {"cosine": "floor", "linear": "end"}[curve]
            return {"name": curve, floor: k["swa_lr"] / base, "over": k.get("anneal_epochs", 10)}
    raise AssertionError(name)


LAMBDAS = {
    "hold10_then_exp": {"name": "hold_decay", "hold": 10, "rate": 0.1},
    "pow0.95": {"name": "exponential", "gamma": 0.95},
    "mult0.95": {"name": "natural_exponential", "rate": -math.log(0.95)},
    "inverse_time": {"name": "inverse_time", "rate": 0.05},
    "inverse_sqrt_warmup20": {"name": "inverse_sqrt", "warmup": 20},
}


def optax(name, k, base):
    """The table of an optax schedule."""
    match name:
        case "polynomial_schedule":
            own = {"begin": k["init_value"] / base, "end": k["end_value"] / base, "power": k["power"]}
            return {"name": "polynomial", **own, "over": k["transition_steps"]}
        case "linear_schedule":
            own = {"begin": k["init_value"] / base, "end": k["end_value"] / base, "over": k["transition_steps"]}
            return {"name": "linear", **own}
        case "exponential_decay":
            own = {"gamma": k["decay_rate"], "every": k["transition_steps"], "limit": k.get("end_value", 0.0) / base}
            return {"name": "exponential", **own, "staircase": k.get("staircase", False)}
        case "cosine_decay_schedule":
            own = {"over": k["decay_steps"], "floor": k.get("alpha", 0.0), "exponent": k.get("exponent", 1.0)}
            return {"name": "cosine", "preset": "optax", **own}
        case "warmup_constant_schedule":
            return warm(k, {"name": "constant"})
        case "warmup_cosine_decay_schedule":
            own = {"over": k["decay_steps"] - k["warmup_steps"], "floor": k.get("end_value", 0.0) / k["peak_value"]}
            return warm(k, {"name": "cosine", "exponent": k.get("exponent", 1.0), **own})
        case "warmup_exponential_decay_schedule":
            return warm(k, optax("exponential_decay", k, k["peak_value"]))
        case "sgdr_schedule":
            cycles = k["cosine_kwargs"]
            of = [scaled(optax("warmup_cosine_decay_schedule", c, base), c["peak_value"] / base) for c in cycles]
            ends = np.cumsum([c["decay_steps"] for c in cycles])[:-1].tolist()
            return {"name": "sequence", "of": of, "milestones": ends, "unit": "steps"}
        case "cosine_onecycle_schedule" | "linear_onecycle_schedule":
            preset = {"cosine_onecycle_schedule": "optax cosine", "linear_onecycle_schedule": "optax linear"}[name]
            return {"name": "one_cycle", "preset": preset, "over": k["transition_steps"]}
        case "piecewise_constant_schedule" | "piecewise_interpolate_schedule":
            scales = {float(b): s for b, s in k["boundaries_and_scales"].items()}
            own = {"boundaries": list(scales), "levels": [1.0, *scales.values()]}
            return {"name": "piecewise", "preset": "optax", **own, "between": k.get("interpolate_type", "level")}
        case "join_schedules":
            of = [optax(*part, base) for part in k["schedules"]]
            return {"name": "sequence", "of": of, "milestones": k["boundaries"], "unit": "steps"}
    raise AssertionError(name)


def warm(k, of):
    return {"name": "warmup", "preset": "optax", "over": k["warmup_steps"], "of": of, "start": k["init_value"]}


def scaled(table, share):
    return {"name": "product", "of": [{"name": "constant", "share": share}, table]}


def keras(name, k, base):
    """The table of a Keras schedule."""
    match name:
        case "ExponentialDecay":
            own = {"gamma": k["decay_rate"], "every": k["decay_steps"], "staircase": k.get("staircase", False)}
            return {"name": "exponential", **own}
        case "InverseTimeDecay":
            own = {"rate": k["decay_rate"], "every": k["decay_steps"], "staircase": k.get("staircase", False)}
            return {"name": "inverse_time", "preset": "Keras", **own}
        case "PolynomialDecay":
            own = {"power": k.get("power", 1.0), "end": k.get("end_learning_rate", 1e-4) / base}
            return {"name": "polynomial", **own, "over": k["decay_steps"], "cycle": k.get("cycle", False)}
        case "CosineDecayRestarts":
            own = {"t_mul": k.get("t_mul", 2.0), "m_mul": k.get("m_mul", 1.0), "floor": k.get("alpha", 0.0)}
            return {"name": "cosine_restarts", "preset": "Keras", "first": k["first_decay_steps"], **own}
        case "PiecewiseConstantDecay":
            own = {"boundaries": k["boundaries"], "levels": [value / base for value in k["values"]]}
            return {"name": "piecewise", "preset": "Keras", **own}
        case "CosineDecay":
            of = {"name": "cosine", "preset": "Keras", "over": k["decay_steps"], "floor": k.get("alpha", 0.0)}
            own = {"over": k.get("warmup_steps", 0), "start": k["initial_learning_rate"] / base}
            return {"name": "warmup", "preset": "Keras", "of": of, **own} if own["over"] else of
    raise AssertionError(name)


def worked(variant, k, base):
    """The table of a textbook formula."""
    if "staircase" in k:
        return {"name": "step", "gamma": k["decay_rate"], "every": k["decay_steps"], "staircase": k["staircase"]}
    if "T_max" in k:
        return {"name": "cosine", "floor": k["lr_min"] / k["lr_max"], "over": k["T_max"]}
    if "power" in k:
        return {"name": "polynomial", "power": k["power"], "over": k["max_epochs"]}
    return {"name": "exponential", "gamma": k["decay_rate"]} if "decay_rate" in k else LAMBDAS[variant]


def ours(case):
    """The table of the schedule that a case describes, and its base rate."""
    k, library, name = case["kwargs"], case["class"].split(".")[0], case["class"].split(".")[-1]
    base = next((k[key] for key in ("max_lr", "lr_max", "warmup_target", "peak_value", "lr0") if key in k), None)
    first = k.get("initial_learning_rate") or k.get("init_value") or k.get("end_value") or k.get("values", [0.1])[0]
    base = base or case.get("base_lrs", [first])[0]
    if library == "worked_example":
        return worked(case["variant"], k, base), base
    return {"torch": torch, "optax": optax, "keras": keras}[library](name, k, base), base


def assert_close(values, reference, rtol):
    reference = np.array(reference)
    assert (np.abs(values - reference) <= rtol * np.abs(reference) + 1e-15 * np.abs(reference).max()).all()


def test_no_case_is_left_out():
    assert (len(CASES), len(RATES), len(PLATEAUS)) == (76, 68, 8)


@pytest.mark.parametrize("case", RATES, ids=[c["id"] for c in RATES])
def test_rates_equal_the_reference(case, lab):
    table, base = ours(case)
    factors = lab.catalogue.build("schedule", table, "schedule").at(np.arange(len(case["lr"])), 0)
    assert_close(base * factors["lr"], case["lr"], case["rtol"])
    if "momentum" in case:
        assert_close(max(case["momentum"]) * factors["momentum"], case["momentum"], case["rtol"])


@pytest.mark.parametrize("case", RATES, ids=[c["id"] for c in RATES])
def test_a_table_in_a_file_is_any_of_them(case, lab, tmp_path):
    file = tmp_path / "rates.csv"
    rows = "".join(f"{k},{lr!r}\n" for k, lr in enumerate(case["lr"]))
    file.write_text(f"epoch,learning rate\n{rows}")
    table = {"name": "table", "file": str(file), "relative": "largest"}
    schedule = lab.catalogue.build("schedule", table, "schedule")
    assert_close(max(case["lr"]) * schedule.at(np.arange(len(case["lr"])), 0)["lr"], case["lr"], case["rtol"])


def test_drops_after_their_milestones_are_those_of_keras(lab):
    case = next(c for c in RATES if c["id"] == "keras.PiecewiseConstantDecay.default")
    table = {"name": "multi_step", "preset": "Keras", "milestones": case["kwargs"]["boundaries"]}
    factors = lab.catalogue.build("schedule", table, "schedule").at(np.arange(len(case["lr"])), 0)["lr"]
    assert_close(0.1 * factors, case["lr"], case["rtol"])


def test_fractions_of_epochs_are_served(component):
    restarts = component("schedule", "cosine_restarts")(first=10, t_mul=2)
    t = np.array([0.0, 0.5, 9.75, 10.0, 12.5, 29.99, 30.0, 45.0])
    begin, length = np.array([0, 0, 0, 10, 10, 10, 30, 30]), np.array([10, 10, 10, 20, 20, 20, 40, 40])
    np.testing.assert_allclose(restarts.factor(t, 0), 0.5 + 0.5 * np.cos(np.pi * (t - begin) / length), rtol=1e-14)


@pytest.mark.parametrize("whole", ["cosine", "polynomial", "linear", "rex", "one_cycle"])
def test_the_whole_run_is_the_same_as_naming_its_steps(whole, component):
    t = np.arange(50)
    by_run, by_steps = component("schedule", whole)(), component("schedule", whole)(over=50)
    assert by_run.needs_end and not by_steps.needs_end
    np.testing.assert_array_equal(by_run.factor(t, 50), by_steps.factor(t, 0))


def plateau(case, lab):
    k, (library, *_) = case["kwargs"], case["class"].split(".")
    base = case.get("base_lrs", [1.0])[0]
    if library == "optax":
        own = {
            "threshold": k.get("rtol", 1e-4),
            "min_lr": k.get("min_scale", 0.0),
            "every": k.get("accumulation_size", 1),
        }
        k = {key: value for key, value in k.items() if key in ("factor", "patience", "cooldown")}
        table = {"name": "plateau", "preset": "optax", **own, **k}
    else:  # absolute in PyTorch, a share of the rate here
        own = {key: k.get(key, usual) / base for key, usual in (("min_lr", 0.0), ("eps", 1e-8))}
        table = {"name": "plateau", "preset": "PyTorch", **k, **own}
    return lab.catalogue.build("schedule", table, "schedule"), base


@pytest.mark.parametrize("case", PLATEAUS, ids=[c["id"] for c in PLATEAUS])
def test_plateau_equals_the_reference_step_by_step(case, lab):
    schedule, base = plateau(case, lab)
    state = reactive_state(schedule, np.array([base]), np.zeros(1))
    rates, theirs = [base], case.get("state_after_each_step", {})
    for t, metric in enumerate(case["metrics"]):
        schedule.update(np.array([metric]), t, state)
        rates.append(base * state.factor[0])
        if "num_bad_epochs" in theirs:
            assert (state.bad[0], state.rest[0]) == (theirs["num_bad_epochs"][t], theirs["cooldown_counter"][t]), t
            best = -state.best[0] if schedule.mode == "max" else state.best[0]
            assert best == theirs["best"][t]
    assert_close(np.array(rates), case["lr"], case["rtol"])


def keras_plateau(metrics, patience, cooldown, factor=0.5, min_delta=1e-4, min_lr=0.0):
    """What the ReduceLROnPlateau of Keras does, after its documentation, line by line."""
    lr, best, wait, rest, rates = 1.0, math.inf, 0, 0, []
    for metric in metrics:
        if rest > 0:
            rest, wait = rest - 1, 0
        if metric < best - min_delta:
            best, wait = metric, 0
        elif rest == 0:
            wait += 1
            if wait >= patience and lr > min_lr:
                lr, rest, wait = max(lr * factor, min_lr), cooldown, 0
        rates.append(lr)
    return rates


@pytest.mark.parametrize("min_lr", [0.0, 0.1])
@pytest.mark.parametrize("cooldown", [0, 1, 3])
@pytest.mark.parametrize("patience", [0, 1, 2, 5])
def test_plateau_waits_and_rests_as_keras_does(patience, cooldown, min_lr, lab):
    own = {"patience": patience, "cooldown": cooldown, "factor": 0.5, "min_lr": min_lr}
    schedule = lab.catalogue.build("schedule", {"name": "plateau", "preset": "Keras", **own}, "schedule")
    state = reactive_state(schedule, np.array([1.0]), np.zeros(1))
    metrics = np.random.default_rng(3).standard_normal(80).cumsum() / 10 - 1  # negative too
    rates = []
    for t, metric in enumerate(metrics):
        schedule.update(np.array([metric]), t, state)
        rates.append(state.factor[0])
    assert rates == keras_plateau(metrics, patience, cooldown, min_lr=min_lr)


def test_plateau_of_a_negative_loss_keeps_the_rate_while_it_falls_and_not_while_it_stays(component):
    schedule = component("schedule", "plateau")(patience=2, threshold=1e-3)
    state = reactive_state(schedule, np.array([0.1, 0.1]), np.zeros(2))
    for t in range(30):
        schedule.update(np.array([-1.0 - 0.1 * t, -1.0]), t, state)
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


def test_plateau_counts_its_checks_in_epochs(component):
    schedule = component("schedule", "plateau")(patience=0, factor=0.5, every=2, unit="epochs")
    state = reactive_state(schedule, np.array([0.1]), np.zeros(1), schedule.in_steps(1, 60, 5))
    factors = []
    for t in range(30):
        schedule.update(np.ones(1), t, state)
        factors.append(state.factor[0])
    assert factors == [1.0] * 19 + [0.5] * 10 + [0.25]
