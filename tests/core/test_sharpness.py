"""Sharpness is the largest eigenvalue of the Hessian: of networks, of landscapes, where two are near each other."""

import numpy as np
import pytest

from optlab.engine.sharpness import Sharpness
from optlab.engine.streams import stream


def hessian(problem, params, data):
    """The Hessian at `params (D,)` by central differences, all columns at once."""
    size, h = len(params), 1e-5
    points = np.concatenate([params + h * np.eye(size), params - h * np.eye(size)])
    grads, loss = np.empty_like(points), np.empty(len(points))
    problem.bind_whole(points, grads, loss, [data] * len(points), problem.memory(len(points)))(None)
    found = (grads[:size] - grads[size:]) / (2 * h)
    return (found + found.T) / 2


def sharpness(problem, params, data):
    out = np.empty((len(params), 1))
    Sharpness(problem, params, data, problem.memory(len(params)))(out)
    return out[:, 0]


@pytest.mark.parametrize("seed", range(4))
def test_sharpness_of_networks_is_that_of_their_whole_hessians(component, seed):
    problem = component("problem", "moons")(hidden=2, width=8, batch=0, points=60)
    size, data = problem.layout().size, problem.data(stream(seed, "data"))
    params = np.random.default_rng(seed).standard_normal((2, size)) * [[0.3], [1.0]]
    exact = [np.linalg.eigvalsh(hessian(problem, row, data))[-1] for row in params]
    np.testing.assert_allclose(sharpness(problem, params, [data] * 2), exact, rtol=5e-3)


def test_it_is_the_largest_eigenvalue_and_not_the_one_of_largest_size(component):
    saddle = component("problem", "saddle")()  # x² − y²
    np.testing.assert_allclose(sharpness(saddle, np.zeros((1, 2)), [None]), 2.0, rtol=1e-6)
    bowl = component("problem", "sphere")()
    np.testing.assert_allclose(sharpness(bowl, np.ones((1, 2)), [None]), 2.0, rtol=1e-6)


def test_a_point_that_is_no_number_has_no_sharpness_and_leaves_the_others_theirs(component):
    found = sharpness(component("problem", "ravine")(), np.array([[np.nan, 1.0], [1.0, 1.0]]), [None] * 2)
    assert np.isnan(found[0]) and found[1] == pytest.approx(100, rel=1e-6)
