"""The landscapes have the very values and gradients of their formulas in 40-digit arithmetic."""

import json
from pathlib import Path

import numpy as np
import pytest

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


def test_one_run_of_rosenbrock_takes_the_same_values_as_many(component):
    rosenbrock, rng = component("problem", "rosenbrock")(a=0.8, b=50.0), np.random.default_rng(0)
    for point in rng.uniform(-3, 3, (20, 2)):
        many, one = np.asfortranarray(np.tile(point, (2, 1))), point[None].copy()
        results = []
        for x in (many, one):
            loss, grad = np.empty(len(x)), np.empty_like(x)
            rosenbrock.bind(x, grad, loss, [None] * len(x), {})(None)
            results.append((loss[0], *grad[0]))
        assert results[0] == results[1]
