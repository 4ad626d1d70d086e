"""The landscapes have the values and gradients of their formulas: in 40-digit arithmetic, and by complex step."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from optlab.api import FieldError, Landscape, LandscapeND
from optlab.host import load_plugins
from optlab.host.checks import check_class

GOLDEN = Path(__file__).parent.parent / "golden"
FUNCTIONS = json.loads((GOLDEN / "functions.json").read_text())["functions"]
SPEC = importlib.util.spec_from_file_location("formulas", GOLDEN / "formulas.py")
REFERENCE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(REFERENCE)
CATALOGUE = load_plugins(shipped_only=True).catalogue


def shipped():
    """Every landscape that has a formula, in 2, 3 and 6 dimensions where it can."""
    for cls in CATALOGUE.classes("problem"):
        if cls.name in REFERENCE.FORMULAS:
            yield from (cls(dim=d) for d in (2, 3, 6)) if issubclass(cls, LandscapeND) else (cls(),)


def build(function):
    """The component of an entry of functions.json."""
    cls, params = CATALOGUE.find("problem", function["name"], ""), function["params"]
    values = {"dim": function["dim"]} if issubclass(cls, LandscapeND) else {}
    if "w" in params:
        values["condition"] = params["w"][-1]
    return cls(**values, **{key: value for key, value in params.items() if key != "w"})


def evaluated(problem, points):
    """Loss `(R,)` and gradient `(R, D)` of the points `(R, D)`, as the engine asks for them."""
    x = np.array(points, order="F")
    loss, grad = np.full(len(x), np.nan), np.full_like(x, np.nan)
    problem.bind(x, grad, loss, [None] * len(x), {})(None)
    return loss, grad


def around(problem, count, rng):
    """Random points of what is drawn, or of the domain."""
    low, high = np.array(problem.view or problem.domain).T
    low, high = np.resize(low, len(problem.domain)), np.resize(high, len(problem.domain))
    return rng.uniform(low, high, (count, len(low)))


LANDSCAPES = list(shipped())
every_landscape = pytest.mark.parametrize("problem", LANDSCAPES, ids=lambda p: f"{p.name}_{len(p.domain)}d")
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=[f["id"] for f in FUNCTIONS])


def test_all_functions_have_reference_values():
    assert len(FUNCTIONS) == 40 and sum(len(f["points"]) for f in FUNCTIONS) == 480
    assert {p.name for p in LANDSCAPES} == set(REFERENCE.FORMULAS)
    assert len({p.name for p in LANDSCAPES}) == 48


@every_function
def test_values_and_gradients_equal_the_reference(function):
    loss, grad = evaluated(build(function), function["points"])
    values, grads = np.array(function["values"]), np.array(function["grads"])
    assert (np.abs(loss - values) <= function["value_rtol"] * np.abs(values)).all()
    scale = np.abs(grads).max(axis=1, keepdims=True)
    assert (np.abs(grad - grads) <= function["grad_rtol"] * scale).all()


@every_function
def test_the_reference_knows_the_same_minima(function):
    problem = build(function)
    found = np.array(problem.minima()).reshape(-1, function["dim"])
    for point, value in zip(function["minima"], function["value_at_minima"], strict=True):
        assert np.abs(found - point).max(axis=1).min() < 1e-12
        loss, _ = evaluated(problem, [point])
        assert loss[0] == pytest.approx(value, rel=1e-12, abs=1e-12)


@every_landscape
def test_values_and_gradients_are_those_of_the_formula_by_complex_step(problem):
    points = around(problem, 200, np.random.default_rng(1))
    loss, grad = evaluated(problem, points)
    formula = REFERENCE.FORMULAS[problem.name]
    for k in range(points.shape[1]):
        x = points.T.astype(complex)
        x[k] += 1e-30j
        f = formula(x, problem)
        scale = np.abs(grad).max(axis=1)
        assert (np.abs(grad[:, k] - f.imag / 1e-30) <= 1e-12 * np.maximum(1, scale)).all()
        assert (np.abs(loss - f.real) <= 1e-12 * np.maximum(1, np.abs(f.real))).all()


@every_landscape
def test_the_value_at_the_minima_is_as_stated(problem):
    stated = REFERENCE.STATED.get(problem.name, 0.0)
    if isinstance(stated, tuple):
        stated = stated[(2, 3, 6).index(len(problem.domain))]
    for point in problem.minima():
        assert evaluated(problem, [point])[0][0] == pytest.approx(stated, rel=2e-9, abs=1e-9)


@every_landscape
def test_nothing_in_the_domain_is_lower_than_the_minima(problem):
    if problem.minima():
        least = evaluated(problem, [problem.minima()[0]])[0][0]
        low, high = np.array(problem.domain).T
        points = np.random.default_rng(2).uniform(low, high, (20_000, len(low)))
        assert evaluated(problem, points)[0].min() >= least


@every_landscape
def test_one_run_takes_the_same_values_as_many(problem):
    points = around(problem, 20, np.random.default_rng(0))
    loss, grad = evaluated(problem, points)
    for k, point in enumerate(points):
        one = evaluated(problem, [point])
        np.testing.assert_allclose(one[0][0], loss[k], rtol=1e-14, atol=1e-14)
        np.testing.assert_allclose(one[1][0], grad[k], rtol=1e-13, atol=1e-13 * np.abs(grad[k]).max())


KINKS = {
    "ackley": [(0, 0)],
    "salomon": [(0, 0)],
    "different_powers": [(0, 0)],
    "bukin_n6": [(-10, 1), (-20, 4)],
    "cross_in_tray": [(0, 0), (0, 1)],
    "holder_table": [(0, 0), (0, 2)],
    "eggholder": [(0, -47), (20, -57)],
    "drop_wave": [(0, 0)],
}


@pytest.mark.parametrize("name", KINKS)
def test_a_kink_has_a_gradient_of_0_across_it(name):
    problem = CATALOGUE.find("problem", name, "")()
    for points in (KINKS[name], KINKS[name][:1]):
        loss, grad = evaluated(problem, np.array(points, float))
        assert np.isfinite(loss).all() and np.isfinite(grad).all()
        if name in ("ackley", "salomon", "drop_wave", "different_powers", "cross_in_tray", "holder_table"):
            assert (grad[0] == 0).all()


@every_landscape
def test_the_gradient_far_out_is_a_number_and_warns_of_nothing(problem):
    far = np.array([[s * 10.0**e for s in np.resize(signs, len(problem.domain))]
                    for e in range(5) for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1))])  # fmt: skip
    if problem.name == "holder_table":
        far = far[np.abs(far[:, 0]) < 2000]  # f itself has no number beyond: exp(r / π)
    for points in (far, far[:1]):
        loss, grad = evaluated(problem, points)
        assert np.isfinite(loss).all() and np.isfinite(grad).all()


def test_numbers_of_one_run_overflow_as_arrays_do():
    class Pole(Landscape):
        """A pole.

        Source: none.
        """

        name, domain = "pole", ((-1.0, 1.0), (-1.0, 1.0))

        def terms(self, x, y):
            return 1 / x + y, -1 / (x * x), y * 0 + 1

    with np.errstate(all="ignore"):
        loss, grad = evaluated(Pole(), np.zeros((1, 2)))
    assert (loss[0], *grad[0]) == (np.inf, -np.inf, 1.0)


def test_the_dimensions_give_domain_start_layout_and_tracks():
    sphere = CATALOGUE.find("problem", "sphere", "")
    five = sphere(dim=5)
    assert five.domain == ((-5.12, 5.12),) * 5 and sphere().domain == sphere.domain
    assert five.layout().size == 5 and five.tracks() == ("x1", "x2", "x3", "x4", "x5")
    assert sphere().tracks() == ("x", "y")
    assert five.minima() == ((0.0,) * 5,) and five.changed() == {"dim": 5}
    start = np.zeros(5)
    five.start(start, np.random.default_rng(0))
    assert start.tolist() == [3, -4, 3, -4, 3]
    five.replace(at=(1.0, 2.0, 3.0, 4.0, 5.0)).start(start, np.random.default_rng(0))
    assert start.tolist() == [1, 2, 3, 4, 5]
    assert CATALOGUE.find("problem", "trid", "")(dim=6).domain == ((-36.0, 36.0),) * 6


@pytest.mark.parametrize("at", [(1.0,), (1.0, 2.0, 3.0)])
def test_a_start_has_no_more_numbers_than_dimensions_and_at_least_two(at):
    with pytest.raises(FieldError, match=r"Sphere\.at: expected 2 to 2 numbers, as there are dimensions, got \[1"):
        CATALOGUE.find("problem", "sphere", "")(at=at)


def test_a_landscape_that_is_lower_outside_keeps_its_runs_inside():
    policies = {p.name: p.outside for p in LANDSCAPES if p.outside != "free"}
    clipped = dict.fromkeys(("schwefel", "eggholder", "michalewicz", "holder_table"), "clip")
    assert policies == {**clipped, "saddle": "stop", "monkey_saddle": "stop"}


def test_runs_in_many_dimensions_go_through_the_engine(experiment, compute):
    (run,) = compute(experiment({"problem": {"name": "rosenbrock", "dim": 20}, "optimizer": "adam"}, steps=30))
    assert run.status == "done" and run.column("x20").shape == (31,)
    assert run.at(30, "loss") < run.at(0, "loss")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": ("steep",)}, r"Odd\.kind: expected a tuple of the words convex, valley, plateau, .*saddle, got"),
        ({"kind": "convex"}, r"Odd\.kind: expected a tuple of the words"),
        ({"view": ((1.0, 0.0), (0.0, 1.0))}, r"Odd\.view: expected finite low < high for each coordinate"),
        ({"view": (0.0, 1.0)}, r"Odd\.view: expected a pair \(low, high\) for each coordinate"),
    ],
)
def test_what_is_no_kind_and_no_view_is_refused(values, message):
    body = {"name": "odd", "domain": ((0.0, 1.0), (0.0, 1.0)), "terms": lambda self, x, y: (x, 1.0, 0.0), **values}
    with pytest.raises(TypeError, match=message):
        check_class("register_problems", "problem", type("Odd", (Landscape,), body))


def test_the_kind_is_told_in_words():
    assert CATALOGUE.find("problem", "ackley", "").shapes() == "multi-modal, non-smooth"
