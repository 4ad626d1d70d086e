"""The landscapes have the very values and gradients of their formulas in 40-digit arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest

from optlab.api import Landscape

FUNCTIONS = json.loads((Path(__file__).parent.parent / "golden" / "functions.json").read_text())["functions"]
SHIPPED = [f for f in FUNCTIONS if f["dim"] == 2 and f["name"] in ("himmelblau", "ravine", "rosenbrock", "saddle")]


def test_all_shipped_landscapes_have_reference_values():
    assert len(SHIPPED) == 4 and sum(len(f["points"]) for f in SHIPPED) == 48


@pytest.mark.parametrize("function", SHIPPED, ids=[f["name"] for f in SHIPPED])
def test_values_and_gradients_equal_the_reference(function, component):
    x = np.asfortranarray(np.array(function["points"], float))
    loss, grad = np.empty(len(x)), np.empty_like(x)
    component("problem", function["name"])().evaluate(x, loss, grad)
    values, grads = np.array(function["values"]), np.array(function["grads"])
    assert (np.abs(loss - values) <= function["value_rtol"] * np.abs(values) + 1e-15).all()
    scale = np.abs(grads).max(axis=1, keepdims=True)
    assert (np.abs(grad - grads) <= function["grad_rtol"] * scale + 1e-15).all()


@pytest.mark.parametrize("name", [f["name"] for f in SHIPPED])
def test_one_run_takes_the_same_values_as_many(name, component):
    problem, rng = component("problem", name)(), np.random.default_rng(0)
    for point in rng.uniform(-3, 3, (20, 2)):
        many, one = np.asfortranarray(np.tile(point, (2, 1))), point[None].copy()
        results = [evaluated(problem, x) for x in (many, one)]
        assert results[0] == results[1]


def test_numbers_of_one_run_overflow_as_arrays_do(component):
    class Pole(Landscape):
        """A pole.

        Source: none.
        """

        name, domain = "pole", ((-1.0, 1.0), (-1.0, 1.0))

        def terms(self, x, y):
            return 1 / x + y, -1 / (x * x), y * 0 + 1

    with np.errstate(all="ignore"):
        assert evaluated(Pole(), np.zeros((1, 2))) == (np.inf, -np.inf, 1.0)


def evaluated(problem, x):
    """Loss and gradient of the first run, as the engine asks for them."""
    loss, grad = np.empty(len(x)), np.empty_like(x)
    problem.bind(x, grad, loss, [None] * len(x), {})(None)
    return loss[0], *grad[0]
