"""The passage of the gradient through hidden layers: sums, slopes and factors are those of a plain computation."""

import numpy as np
import pytest

from optlab.engine.headless import compute
from optlab.engine.inside import Inside
from optlab.engine.passage import passage
from optlab.engine.planning import plan
from optlab.nets import ACTIVATIONS
from optlab.nets.portrait import QUANTILES, quantiles

SMALL = {"name": "circles", "hidden": 3, "width": 5, "activation": "sigmoid", "batch": 32}
SGD = {"name": "sgd", "lr": 0.1}


@pytest.fixture
def inside(experiment):
    """`inside(problem, steps)` looks into a run of it that has ended."""

    def looked(problem, steps=4, optimizer=SGD):
        made = plan(experiment({"problem": problem, "optimizer": optimizer}, steps=steps))[0]
        compute([made])
        return Inside(made.runs[0], made)

    return looked


def by_hand(look, step):
    """Sums, slopes and ∂L/∂h of a sigmoid perceptron, layer by layer, for a loss of logits and targets 0 and 1."""
    assert look.stand(step) == step
    data = look.probe(step)[1].data[0]
    W = {name: view[0] for name, view in look.layout.views(look.params).items()}
    h, sums, slopes = data.x, [], []
    for k in (1, 2, 3):
        sums.append(h @ W[f"W{k}"] + W[f"b{k}"])
        h = 1 / (1 + np.exp(-sums[-1]))
        slopes.append(h * (1 - h))
    p = 1 / (1 + np.exp(-(h @ W["W4"] + W["b4"])))
    grads = [(p - data.y.reshape(-1, 1)) / len(p) @ W["W4"].T]
    for k in (3, 2):
        grads.insert(0, (slopes[k - 1] * grads[0]) @ W[f"W{k}"].T)
    return sums, slopes, grads


@pytest.mark.parametrize("step", [0, 1, 4])
def test_sums_slopes_and_factors_are_those_of_a_computation_by_hand(inside, step):
    look = inside(SMALL)
    found, whole = passage(step, False, look)
    sums, slopes, grads = by_hand(look, step)
    assert whole and found.step == step and [s.name for s in found.stations] == ["h1", "h2", "h3"]
    for station, z, slope, grad in zip(found.stations, sums, slopes, grads, strict=True):
        np.testing.assert_allclose(station.sums, quantiles(z.ravel()), rtol=1e-9, atol=1e-12)
        assert station.slope == pytest.approx(slope.mean()) and station.slope < station.steepest == 0.25
        assert station.norm == pytest.approx(np.linalg.norm(grad))
    first, *_, last = (np.linalg.norm(grad) for grad in grads)
    assert len(found.factors(0)) == 2 and found.factors(0).prod() == pytest.approx(first / last)
    assert found.factors(2).size == 0


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_between_two_snapshots_the_step_itself_is_computed_again(inside, norm):
    problem = {**SMALL, "norm": norm}
    long = inside(problem, 600)
    near, _ = passage(43, False, long)
    found, whole = passage(43, True, long)
    while not whole:
        found, whole = passage(43, True, long)
    there, _ = passage(None, False, inside(problem, 43))
    assert (near.step, found.step, there.step) == (40, 43, 43)
    for mine, wanted in zip(found.stations, there.stations, strict=True):
        np.testing.assert_allclose(mine.sums, wanted.sums, rtol=1e-9)
        assert mine.norm == pytest.approx(wanted.norm) and mine.slope == pytest.approx(wanted.slope)


def test_what_takes_too_long_or_is_looked_at_elsewhere_stays_at_the_snapshot(inside, monkeypatch):
    averaged = inside(SMALL, 600, {"name": "schedule_free_sgd", "lr": 0.1})  # the point that is looked at is an average
    assert passage(43, True, averaged)[0].step == 40
    monkeypatch.setattr("optlab.engine.passage.SOON", 1000)
    assert passage(43, True, inside(SMALL, 600))[0].step == 40


@pytest.mark.parametrize("name", [*ACTIVATIONS, "prelu"])
def test_a_curve_reaches_the_largest_slope_and_shows_nearly_all_sums(inside, name):
    found, _ = passage(None, False, inside({**SMALL, "activation": name}, 2))
    for station in found.stations:
        z, value, slope = station.curve
        assert z[0] == -z[-1] and z[0] <= station.sums[1] and station.sums[-2] <= z[-1]
        assert np.abs(slope).max() == pytest.approx(station.steepest, rel=0.05)
        inner = np.diff(value)[np.isclose(slope[1:], slope[:-1], atol=0.05)] / np.diff(z)[0]
        np.testing.assert_allclose(inner, slope[1:][np.isclose(slope[1:], slope[:-1], atol=0.05)], atol=0.06)


@pytest.mark.parametrize("norm", ["batch", "layer", "rms"])
def test_of_a_normalised_layer_the_sums_are_what_its_activation_is_given(inside, norm):
    found, _ = passage(0, False, inside({**SMALL, "norm": norm, "width": 16}))
    spreads = [np.diff(station.sums[[QUANTILES // 6, -QUANTILES // 6]])[0] / 2 for station in found.stations]
    assert np.all(np.abs(np.array(spreads) - 1) < 0.25)


@pytest.mark.parametrize("residual", [False, True])
def test_a_convolution_keeps_its_sums_too(inside, residual):
    problem = {"name": "digits_conv", "depth": 1, "activation": "tanh", "residual": residual, "batch": 16}
    found, _ = passage(None, False, inside(problem, 1))
    assert [s.name for s in found.stations] == ["conv1", "conv2"]
    for station in found.stations:
        assert station.sums.shape == (QUANTILES,) and station.curve.shape[0] == 3 and 0 < station.slope <= 1


def test_a_recurrent_network_tells_the_factors_of_its_time_steps(inside):
    look = inside({"name": "adding", "length": 6, "units": 4, "batch": 8}, 2)
    found, _ = passage(None, False, look)
    assert [s.name for s in found.stations] == [f"t{k}" for k in range(1, 7)]
    assert all(s.sums.size == s.curve.size == 0 and 0 < s.slope <= s.steepest == 1 for s in found.stations)
    norms = [np.linalg.norm(layer.grad) for layer in look.probe()[1].bound.hidden()]
    assert found.factors(0).prod() == pytest.approx(norms[0] / norms[-1])


def test_gates_have_no_slope_of_one_activation(inside):
    found, _ = passage(None, False, inside({"name": "adding", "length": 4, "units": 4, "batch": 8, "cell": "gru"}, 1))
    assert all(np.isnan(station.slope) for station in found.stations) and len(found.factors(0)) == 3


def test_a_landscape_has_no_passage(inside):
    assert passage(None, False, inside({"name": "ravine"})) == (None, True)
