"""Mean field: moments by quadrature are the known ones, and norms are what networks have at their start."""

from math import pi, sqrt

import numpy as np
import pytest

from optlab import nets
from optlab.nets.mean_field import flow, moments, variances


@pytest.mark.parametrize("q", [0.1, 1.0, 4.0])
def test_moments_of_known_functions(q):
    assert moments("identity", q) == pytest.approx((0.0, q, 1.0), abs=1e-12)
    assert moments("relu", q) == pytest.approx((sqrt(q / (2 * pi)), q / 2, 0.5), rel=1e-3)
    slope = moments("tanh", q)[2]
    nodes, weights = np.polynomial.hermite_e.hermegauss(100)
    assert slope == pytest.approx(weights @ (1 - np.tanh(sqrt(q) * nodes) ** 2) ** 2 / weights.sum(), rel=1e-3)


@pytest.mark.parametrize("activation", [*nets.ACTIVATIONS, "prelu"])
def test_moments_of_every_activation_are_those_of_draws(activation):
    z = np.random.default_rng(0).standard_normal((1, 10**6, 1))
    slope = np.empty_like(z)
    if activation == "prelu":
        slope[:] = np.where(z > 0, 1.0, 0.25)
        z *= slope
    else:
        nets.ACTIVATIONS[activation].forward(z, slope)
    expected = z.mean(), np.mean(z**2), np.mean(slope**2)
    np.testing.assert_allclose(moments(activation, 1.0), expected, rtol=0.01, atol=2e-3)


@pytest.mark.parametrize(
    ("init", "variance", "bias"),
    [("xavier", 2 / 80, 0), ("he_uniform", 2 / 30, 0), ("orthogonal", 1 / 50, 0), ("pytorch", 1 / 90, 1 / 90),
     ("normal", 0.04, 0), ("uniform", 0.04 / 3, 0), ("zeros", 0, 0)],
)  # fmt: skip
def test_variances_of_initialisers(init, variance, bias):
    assert variances(init, 30, 50, 0.2) == pytest.approx((variance, bias), rel=0.05)


def measured(net, seeds=5):
    """The norms of the weights' gradients at the start, median of seeds, on 256 points of two circles."""
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * pi, 256), np.repeat([1.0, 0.5], 128)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    data = nets.Data(x, np.repeat([0.0, 1.0], 128)[:, None])
    found = []
    for seed in range(seeds):
        probe = nets.Probe(net, [data], 1, net.memory(1))
        net.start(probe.params[0], np.random.default_rng(seed))
        probe.look()
        norms = dict(zip(net.layout.names, net.layout.norms(probe.grads)[0], strict=True))
        found.append([norm for name, norm in norms.items() if name.startswith("W")])
    return np.median(found, axis=0)


def perceptron(depth, activation, init, width=32, **fields):
    sizes = (2, *[width] * depth, 1)
    return nets.Network(sizes=sizes, activation=activation, init=init, loss="binary", **fields)


KINDS = [
    ("sigmoid", "xavier", {}), ("tanh", "xavier", {}), ("relu", "he", {}), ("relu", "xavier", {}), ("gelu", "he", {}),
    ("selu", "lecun", {}), ("sigmoid", "xavier", {"residual": "every"}), ("tanh", "xavier", {"residual": "second"}),
    ("sigmoid", "xavier", {"norm": "layer"}), ("relu", "he", {"norm": "batch"}),
    ("relu", "normal", {"spread": 0.5}), ("tanh", "normal", {"spread": 0.4}),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "init", "fields"), KINDS)
@pytest.mark.parametrize("depth", [10, 20])
def test_the_factor_per_layer_is_what_networks_have(activation, init, fields, depth):
    net = perceptron(depth, activation, init, **fields)
    theory, norms = flow(net).norms, measured(net)
    factors = [(x[1] / x[-2]) ** (1 / (depth - 2)) for x in (theory, norms)]
    assert factors[0] == pytest.approx(factors[1], rel=0.12)


@pytest.mark.parametrize(("activation", "init", "fields"), KINDS)
def test_signals_are_what_wide_networks_have(activation, init, fields):
    net, x = perceptron(6, activation, init, 256, **fields), np.random.default_rng(0).standard_normal((100, 2))
    x, found = x / np.sqrt(np.mean(x**2)), []
    for seed in range(3):
        probe = nets.Probe(net, [nets.Data(x, np.zeros((100, 1)))], 1, net.memory(1))
        net.start(probe.params[0], np.random.default_rng(seed))
        found.append([np.sqrt(np.mean(layer.value**2)) for layer in probe.look()])
    np.testing.assert_allclose(flow(net).signals[1:], np.median(found, axis=0), rtol=0.2)


@pytest.mark.parametrize(
    ("activation", "init", "fields", "ratios"),
    [
        ("sigmoid", "xavier", {}, (1.3e-2, 7.8e-6, 3.3e-12, 1.5e-18)),
        ("tanh", "xavier", {}, (1.1, 1.0, 0.64, 0.93)),
        ("relu", "he", {}, (0.69, 0.72, 0.57, 0.44)),
        ("sigmoid", "xavier", {"residual": "every"}, (0.36, 0.22, 0.15, 0.17)),
        ("relu", "he", {"norm": "batch"}, (1.8, 4.3, 32, 237)),
    ],
)
def test_theory_is_the_measured_table_within_a_factor_of_three(activation, init, fields, ratios):
    for depth, ratio in zip((5, 10, 20, 30), ratios, strict=True):
        norms = flow(perceptron(depth, activation, init, **fields), sqrt(0.3)).norms
        assert ratio / 3 < norms[1] / norms[-2] < 3 * ratio


def test_relu_with_xavier_keeps_the_ratio_while_signal_and_gradient_halve_their_power():
    found = flow(perceptron(20, "relu", "xavier"))
    assert found.norms[1] / found.norms[-2] == pytest.approx(1, rel=0.05)
    assert (found.signals[-1] / found.signals[1]) ** (1 / 19) == pytest.approx(sqrt(0.5), rel=0.02)
    assert (found.grads[0] / found.grads[-1]) ** (1 / 19) == pytest.approx(sqrt(0.5), rel=0.02)


def test_batch_normalised_relus_explode_by_the_known_factor():
    found = flow(perceptron(40, "relu", "he", norm="batch"))
    assert (found.norms[5] / found.norms[25]) ** (1 / 20) == pytest.approx(sqrt(pi / (pi - 1)), rel=5e-3)


def test_where_nothing_flows_there_is_no_theory():
    assert flow(perceptron(5, "relu", "zeros")) is None
    assert flow(perceptron(5, "tanh", "xavier", residual="rezero")) is None
    assert flow(nets.Network(sizes=(2, 1), activation="tanh", init="xavier", loss="binary")) is None
