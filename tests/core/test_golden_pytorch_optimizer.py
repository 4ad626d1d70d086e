"""How much of pytorch_optimizer the reference cases cover, and what they say beside the steps."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from optlab.engine.gradient import Gradient

SPEC = importlib.util.spec_from_file_location("golden_harness", Path(__file__).parent.parent / "golden" / "harness.py")
harness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(harness)

MODULE = harness.load(harness.HERE / "maps" / "pytorch_optimizer.py")
CASES = [case for case in harness.reference()["cases"] if case["library"] == "pytorch_optimizer"]
SWATS = [case for case in CASES if case["class"].endswith("SWATS")]


def test_every_case_of_pytorch_optimizer_is_taken():
    assert len(CASES) == 96
    assert Counter(case["class"] for case in CASES).keys() == MODULE.MAPS.keys()
    assert MODULE.LEFT_OUT == {}


@pytest.mark.parametrize("kind", MODULE.MAPS)
def test_the_verified_preset_has_the_librarys_defaults(lab, kind):
    defaults = {"lr": 1e-3, **harness.reference()["library_defaults"][kind]}
    table, *_ = MODULE.MAPS[kind](defaults, {})
    built = lab.catalogue.build("optimizer", table, "optimizer")
    assert built.verified == ("pytorch_optimizer",)
    preset = type(built).presets["pytorch_optimizer"]
    assert {key: getattr(built, key) for key in preset} == preset


@pytest.mark.parametrize("case", SWATS, ids=[case["id"] for case in SWATS])
def test_swats_switches_at_the_same_step_to_the_same_rate(lab, case):
    table, penalty = MODULE.MAPS[case["class"]](harness.options(case), case)
    optimizer = lab.catalogue.build("optimizer", table, "optimizer")
    schedule = lab.catalogue.build("schedule", {"name": "constant"}, "schedule")
    batches = []
    runs = harness.run(case, optimizer, Gradient(**penalty), schedule, prepare=batches.append)
    for j, _ in enumerate(runs):
        rate = batches[0]._loop._state.rate[0, 0] * optimizer.lr
        assert (rate > 0) == bool(case["extras"][j]["phase_is_sgd"])
        assert rate == 0 or rate == pytest.approx(case["extras"][j]["lr"], rel=1e-9)


def test_runs_of_one_batch_switch_from_adam_to_sgd_each_at_its_own_step(experiment, compute):
    rates = (0.01, 0.3)
    trials = [
        {"problem": "ravine", "optimizer": {"name": "swats", "lr": lr, "beta2": 0.9, "relative": 0.05}} for lr in rates
    ]
    together = compute(experiment(*trials, steps=200))
    assert together[0].history is together[1].history
    for trial, run in zip(trials, together, strict=True):
        (alone,) = compute(experiment(trial, steps=200))
        assert run.column("loss") == pytest.approx(alone.column("loss"), rel=1e-9)
