"""Initialisers: first weights have the spread of their paper."""

import numpy as np
import pytest

from optlab.nets import INITIALISERS, Network

SPREADS = {
    "xavier": np.sqrt(2 / 300), "xavier_uniform": np.sqrt(2 / 300), "he": np.sqrt(2 / 200),
    "he_uniform": np.sqrt(2 / 200), "lecun": np.sqrt(1 / 200), "orthogonal": np.sqrt(1 / 200),
    "pytorch": np.sqrt(1 / 600), "normal": 0.05, "uniform": 0.05 / np.sqrt(3), "zeros": 0.0,
}  # fmt: skip
"""Of 200 inputs and 100 units, where `spread` is 0.05."""


def first(init, *sizes, norm="none", activation="relu"):
    network = Network(sizes, activation, init, "mse", "rezero", norm, spread=0.05)
    params = np.full(network.layout.size, np.nan)
    network.start(params, np.random.default_rng(0))
    return {name: view[0] for name, view in network.layout.views(params[None]).items()}


def test_every_initialiser_has_a_spread():
    assert set(SPREADS) == set(INITIALISERS)


@pytest.mark.parametrize("init", SPREADS)
def test_first_weights_have_the_spread_of_their_paper(init):
    weights = first(init, 200, 100, 1)["W1"]
    assert abs(weights.std() - SPREADS[init]) <= 0.02 * SPREADS[init]
    assert abs(weights.mean()) <= 0.02 * SPREADS[init]


@pytest.mark.parametrize("init", ["xavier_uniform", "he_uniform", "pytorch", "uniform"])
def test_uniform_weights_end_at_their_bound(init):
    assert abs(np.abs(first(init, 200, 100, 1)["W1"]).max() / (SPREADS[init] * np.sqrt(3)) - 1) < 0.001


@pytest.mark.parametrize("sizes", [(7, 4), (4, 7), (5, 5)])
def test_orthogonal_weights_keep_lengths(sizes):
    weights = first("orthogonal", *sizes)["W1"]
    np.testing.assert_allclose(np.linalg.svd(weights, compute_uv=False), 1, rtol=1e-12)


def test_orthogonal_weights_are_spread_evenly():
    corners = [INITIALISERS["orthogonal"](np.random.default_rng(k), 2, 2, 1.0)[0, 0] for k in range(400)]
    assert abs(np.mean(corners)) < 0.1  # without the signs of R every one of them would be negative


@pytest.mark.parametrize("init", SPREADS)
def test_biases_start_at_zero_but_for_those_of_pytorch(init):
    views = first(init, 200, 100, 1)
    for bias, inputs in ((views["b1"], 200), (views["b2"], 100)):
        if init == "pytorch":
            assert 0 < np.abs(bias).max() <= 1 / np.sqrt(inputs)
        else:
            assert (bias == 0).all()
    if init == "pytorch":
        assert abs(views["b1"].std() * np.sqrt(600) - 1) < 0.15


def test_what_else_is_learned_starts_neutral():
    views = first("he", 2, 3, 3, 1, norm="batch", activation="prelu")
    assert (views["gain2"] == 1).all() and (views["shift2"] == 0).all()
    assert (views["slope2"] == 0.25).all() and (views["skip2"] == 0).all()
