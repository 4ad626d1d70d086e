"""How much of optax the reference cases cover, and what they say beside the steps."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.gradient import Gradient

SPEC = importlib.util.spec_from_file_location("golden_harness", Path(__file__).parent.parent / "golden" / "harness.py")
harness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(harness)

MODULE = harness.load(harness.HERE / "maps" / "optax.py")
CASES = [case for case in harness.reference()["cases"] if case["class"] in MODULE.MAPS]
AVERAGES = [case for case in CASES if "eval_params" in (case.get("extras") or [{}])[0]]
RATES = [case for case in CASES if "estim_lr" in (case.get("extras") or [{}])[0]]
BOUNDS = [case for case in CASES if "barf" in (case.get("extras") or [{}])[0]]
SCALES = [case for case in CASES if "s" in (case.get("extras") or [{}])[0]]
SOPHIA = [case for case in CASES if "hutchinson_signs" in case]


def ids(case):
    return case["id"]


def states(case, lab, prepare=None):
    """The number of each check-point, its optimizer's state, and a copy of the loop's view."""
    table, penalty = harness.maps()[case["class"]](harness.options(case), case)[:2]
    optimizer = lab.catalogue.build("optimizer", table, "optimizer")
    schedule = lab.catalogue.build("schedule", {"name": "constant"}, "schedule")
    batches = []
    for j, _ in enumerate(harness.run(case, optimizer, Gradient(**penalty), schedule, prepare=batches.append)):
        yield j, batches[0]._loop, batches[0]._loop._state


def test_every_case_of_optax_is_taken_but_its_lbfgs():
    of_optax = [case for case in harness.reference()["cases"] if case["library"] == "optax"]
    missing = [case for case in of_optax if case["class"] not in harness.maps()]
    assert {case["class"] for case in missing} == set(MODULE.LEFT_OUT)
    assert (len(CASES), len(missing)) == (271, 6)


@pytest.mark.parametrize("kind", MODULE.MAPS)
def test_a_verified_preset_has_the_librarys_defaults(lab, kind):
    defaults = harness.reference()["library_defaults"][kind]
    if "chain" in kind or "mechanize" in kind:
        return
    table, *_ = MODULE.MAPS[kind]({"learning_rate": 1e-3, **defaults}, {})
    built = lab.catalogue.build("optimizer", table, "optimizer")
    library = "Keras" if kind.startswith("keras") else "optax"
    preset = type(built).presets.get(library, {})
    assert library in built.verified or not (set(built.fields()) - {"lr"} - set(preset))
    assert {key: getattr(built, key) for key in preset} == preset


@pytest.mark.parametrize("case", AVERAGES, ids=ids)
def test_loss_and_pictures_are_taken_at_the_average(lab, case):
    for j, loop, state in states(case, lab):
        out = np.empty_like(loop.params)
        loop._stepper.view(loop.params, state, out)
        for ours, theirs in ((out, "eval_params"), (state.z, "z")):
            flat = np.concatenate([np.ravel(t) for t in case["extras"][j][theirs]])
            assert np.abs(ours[0] - flat).max() <= 20 * case["param_atol"][j], theirs


@pytest.mark.parametrize("case", RATES, ids=ids)
def test_the_estimated_rate_is_that_of_the_library(lab, case):
    for j, _, state in states(case, lab):
        assert state.d[0, 0] == pytest.approx(case["extras"][j]["estim_lr"], rel=1e-9)


@pytest.mark.parametrize("case", BOUNDS, ids=ids)
def test_the_mean_loss_and_its_bound_are_those_of_the_library(lab, case):
    for j, _, state in states(case, lab):
        assert state.f[0, 0] == pytest.approx(case["extras"][j]["barf"], rel=1e-9, abs=1e-12)
        assert state.bound[0, 0] == pytest.approx(case["extras"][j]["lb"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", SCALES, ids=ids)
def test_the_learned_scales_are_those_of_the_library(lab, case):
    for j, _, state in states(case, lab):
        assert state.s[0] == pytest.approx(case["extras"][j]["s"], rel=1e-6)


@pytest.mark.parametrize("case", SOPHIA, ids=ids)
def test_curvature_by_differences_is_the_hessian_times_v(lab, case):
    def compare(batch):
        loop, v = batch._ready(), np.random.default_rng(0).standard_normal((1, batch._loop.params.shape[1]))
        ours, exact = np.empty_like(v), np.empty_like(v)
        loop.look()
        before = int(loop._evaluations[0])
        loop._curvature(loop.params, v, ours)
        loop._state.curvature(loop.params, v, exact)
        assert ours == pytest.approx(exact, rel=1e-7, abs=1e-7 * np.abs(exact).max())
        assert loop._evaluations[0] == before + 2

    table, _ = MODULE.MAPS[case["class"]](harness.options(case), case)
    optimizer = lab.catalogue.build("optimizer", table, "optimizer")
    schedule = lab.catalogue.build("schedule", {"name": "constant"}, "schedule")
    next(harness.run(case, optimizer, Gradient(), schedule, prepare=compare))
