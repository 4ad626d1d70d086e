"""How much of PyTorch, Keras and optax the classics' reference cases cover, and what they say beside the steps."""

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.batch import Batch
from optlab.engine.gradient import Gradient
from optlab.engine.spec import Experiment, Trial

SPEC = importlib.util.spec_from_file_location("golden_harness", Path(__file__).parent.parent / "golden" / "harness.py")
harness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(harness)

MODULES = {name: harness.load(harness.HERE / "maps" / f"{name}.py") for name in ("torch", "keras", "optax_classics")}
MAPS = {kind: function for module in MODULES.values() for kind, function in module.MAPS.items()}
LEFT_OUT = {what: reason for module in MODULES.values() for what, reason in module.LEFT_OUT.items()}
CASES = [case for case in harness.reference()["cases"] if case["class"] in MAPS]
LIBRARIES = {"torch": "PyTorch", "keras": "Keras", "optax": "optax"}


def switches(case):
    """What of a case's options chooses another form, and not another number."""
    return {k: v for k, v in case["kwargs"].items() if isinstance(v, bool | str) or k == "momentum"}


def confirmed(lab):
    """By optimizer: the libraries whose defaults its preset of that name has, in a form of which there is a case."""
    found = {}
    for case in CASES:
        if case["id"] in LEFT_OUT:
            continue
        defaults = harness.reference()["library_defaults"][case["class"]]
        rate = defaults.get("learning_rate") or 0.01  # optax has none: its presets leave lr alone
        plain = {key: case[key] for key in ("class", "library")}
        table, *_ = MAPS[case["class"]]({**defaults, "learning_rate": rate, **switches(case)}, plain)
        built, library = lab.catalogue.build("optimizer", table, "optimizer"), LIBRARIES[case["library"]]
        preset = type(built).presets.get(library, {"no such preset": None})
        same = all(getattr(built, key, "") == value for key, value in preset.items())
        found.setdefault(built.name, set()).update({library} if same else set())
    return found


def test_every_case_of_the_classics_is_taken_but_two_that_are_taken_elsewhere():
    libraries = Counter(case["library"] for case in CASES)
    assert libraries == {"torch": 225, "keras": 105, "optax": 84}
    assert [case["id"] for case in CASES if case["id"] in LEFT_OUT] == [
        "torch.SGD.param_groups.affine",
        "torch.Adam.param_groups.affine",
    ]


def test_every_class_of_the_three_libraries_is_mapped_or_left_out_with_a_reason():
    classes = {case["class"] for case in harness.reference()["cases"] if case["library"] == "torch"}
    assert classes <= set(MAPS)
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())


def test_presets_are_verified_where_a_library_has_these_very_defaults_and_a_case(lab):
    for name, libraries in confirmed(lab).items():
        cls = lab.catalogue.find("optimizer", name, "optimizer")
        assert cls.verified == tuple(preset for preset in cls.presets if preset in libraries), name


def test_presets_of_libraries_that_no_case_confirms_are_known(lab):
    found = confirmed(lab)
    classes = {name: lab.catalogue.find("optimizer", name, "optimizer") for name in found}
    open_ones = {(n, p) for n, cls in classes.items() for p in cls.presets if p in LIBRARIES.values()} - {
        (n, p) for n, libraries in found.items() for p in libraries
    }
    assert open_ones == {("adamw", "optax"), ("adamax", "optax")}


def batch_of(case, lab):
    """The batch of a case, before its first step."""
    optimizer, gradient, *_ = MAPS[case["class"]](harness.options(case), case)
    problem, back = harness.problem_of(case)
    built = lab.catalogue.build("optimizer", optimizer, "optimizer")
    schedule = lab.catalogue.build("schedule", {"name": "constant"}, "schedule")
    trial = Trial("golden", problem, built, schedule, Gradient(**gradient))
    return Batch(Experiment("golden", trial, (trial,), steps=0, bound=1e300), [(trial, 0)]), back


def selected(kind):
    cases = [case for case in CASES if case["class"] == kind]
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@selected("torch.optim.ASGD")
def test_the_loss_of_asgd_is_taken_at_pytorchs_average(case, lab):
    batch, _ = batch_of(case, lab)
    batch.advance(max(case["steps"]) + 1)
    closed_form = harness.load(harness.HERE / "problems.py").problem(
        case["problem"], harness.reference()["problems"][case["problem"]]
    )
    loss = batch.runs[0].column("loss")
    for j, step in enumerate(case["steps"]):
        mean = np.concatenate([np.ravel(t) for t in case["extras"][j]["ax"]])
        expected = float(closed_form(mean)[0])
        assert abs(loss[step] - expected) <= 1e-9 * max(1.0, abs(expected)), step


@selected("torch.optim.LBFGS")
def test_lbfgs_evaluates_as_often_as_pytorch(case, lab):
    batch, _ = batch_of(case, lab)
    batch.advance(max(case["steps"]) + 1)
    evaluations = batch.runs[0].column("evaluations")
    for j, step in enumerate(case["steps"]):
        assert evaluations[step] - 1 == case["extras"][j]["func_evals"], step  # that of the next step is in it
