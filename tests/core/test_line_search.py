"""The line search, and the kernels of second-order and matrix methods."""

import numpy as np
import pytest

from optlab.kernels import apply_pairs, decay_pair, newton_schulz
from optlab.line_search import Trial, WolfeSearch, cubic

CURVES = {
    "quadratic": (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
    "far": (lambda t: (t / 1000 - 1) ** 2, lambda t: (t / 1000 - 1) / 500),
    "steep": (lambda t: np.cosh(40 * (t - 0.1)), lambda t: 40 * np.sinh(40 * (t - 0.1))),
    "waves": (lambda t: np.cos(5 * t) + 0.1 * t * t - t, lambda t: -5 * np.sin(5 * t) + 0.2 * t - 1),
    "wall": (lambda t: -t if t < 2 else np.nan, lambda t: -1.0 if t < 2 else np.nan),
}


def search(name, **settings):
    """The search along a curve from 0, what it finds, and the gradient there."""
    value, slope = CURVES[name]

    def oracle(params, grads):
        grads[0, 0] = slope(params[0, 0])
        return np.array([value(params[0, 0])])

    grads = np.array([slope(0.0)])
    tool = WolfeSearch(oracle, np.zeros(1), np.ones(1), np.zeros((4, 1)), **settings)
    with np.errstate(all="ignore"):
        t, loss = tool.run(float(value(0.0)), grads, 1.0)
    return tool, t, loss, grads[0]


@pytest.mark.parametrize("name", ["quadratic", "far", "steep", "waves"])
def test_the_point_found_is_low_and_flat_enough(name):
    value, slope = CURVES[name]
    _, t, loss, grad = search(name)
    assert loss == value(t) <= value(0.0) + 1e-4 * t * slope(0.0)
    assert grad == slope(t)
    assert abs(grad) <= -0.9 * slope(0.0)


def test_a_tighter_condition_comes_closer_to_the_minimum():
    distances = [abs(search("far", c2=c2)[1] - 1000) for c2 in (0.9, 0.1, 0.001)]
    assert distances[0] >= distances[1] >= distances[2] < 1.0


def test_a_loss_that_is_not_finite_is_a_wall():
    _, t, loss, _ = search("wall")
    assert 1 <= t < 2 and loss == -t


def test_the_search_stops_when_its_evaluations_are_spent():
    tool, t, *_ = search("far", most=2)
    assert tool.evaluations == 3 and t > 1
    tool, t, loss, _ = search("steep", most=0)
    assert (tool.evaluations, t, loss) == (1, 0.0, np.cosh(4.0))  # the first trial is higher: the start stays


def test_the_cubic_stays_within_its_bounds_and_takes_the_middle_where_it_has_no_minimum():
    a, b = Trial(0.0, 1.0, -2.0), Trial(2.0, 1.0, 2.0)
    assert cubic(a, b, 0.0, 2.0) == cubic(b, a, 0.0, 2.0) == pytest.approx(1.0)
    assert cubic(a, b, 1.5, 2.0) == 1.5
    assert cubic(Trial(0.0, 0.0, -1.0), Trial(1.0, -0.8, -1.0), 1.0, 10.0) == 5.5
    assert cubic(a, Trial(2.0, np.inf, np.nan), 0.0, 2.0) == 1.0
    assert cubic(a, a, 0.0, 2.0) == 1.0


def test_pairs_of_a_quadratic_give_newtons_direction():
    rng = np.random.default_rng(0)
    root = rng.standard_normal((5, 5))
    hessian, scratch = root @ root.T + np.eye(5), np.zeros(5)
    inverse = np.eye(5)
    pairs = [(s, hessian @ s) for s in rng.standard_normal((5, 5))]
    inverse *= pairs[-1][0] @ pairs[-1][1] / (pairs[-1][1] @ pairs[-1][1])
    for s, y in pairs:  # the update of the whole matrix
        shift = np.eye(5) - np.outer(s, y) / (s @ y)
        inverse = shift @ inverse @ shift.T + np.outer(s, s) / (s @ y)
    g = rng.standard_normal(5)
    d = g.copy()
    apply_pairs(d, pairs, scratch)
    np.testing.assert_allclose(d, inverse @ g, rtol=1e-9)
    apply_pairs(g, [], scratch)  # without pairs nothing is known


@pytest.mark.parametrize("shape", [(2, 3, 5), (2, 5, 3)])
def test_newton_schulz_makes_singular_values_alike_and_keeps_the_directions(shape):
    x = np.random.default_rng(1).standard_normal(shape)
    x /= np.linalg.norm(x, axis=(1, 2), keepdims=True)
    before = np.linalg.svd(x, full_matrices=False)
    newton_schulz(x, (1.5, -0.5, 0.0), 40, np.zeros(shape))  # the classical coefficients, which converge to 1
    np.testing.assert_allclose(x, before.U @ before.Vh, atol=1e-9)


def test_decay_pairs_are_kept_but_not_for_ever():
    like = np.zeros(2, np.float32)
    assert decay_pair(0.9, like)[0] is decay_pair(0.9, like)[0]
    first = decay_pair(0.9, like)[0]
    for beta in np.linspace(0.1, 0.8, 300):
        decay_pair(float(beta), like)
    assert decay_pair(0.9, like)[0] is not first and decay_pair(0.9, like)[1] == np.float32(0.1)
