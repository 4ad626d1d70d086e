"""Where gradients vanish and explode: the table measured in PyTorch, by depth."""

import numpy as np
import pytest

DEPTHS = (5, 10, 20, 30)
SIGMOID, RELU = {"activation": "sigmoid", "init": "xavier_uniform"}, {"activation": "relu", "init": "he_uniform"}
RATIOS = [
    (SIGMOID, (1.3e-2, 7.8e-6, 3.3e-12, 1.5e-18)),
    ({"activation": "tanh", "init": "xavier_uniform"}, (1.1, 1.0, 0.64, 0.93)),
    (RELU, (0.69, 0.72, 0.57, 0.44)),
    ({**SIGMOID, "residual": "every"}, (0.36, 0.22, 0.15, 0.17)),
    ({**SIGMOID, "norm": "batch"}, (2.2, 6.1, 15, 33)),
    ({**RELU, "norm": "batch"}, (1.8, 4.3, 32, 237)),
]
"""‖∂L/∂W2‖ over that of the last hidden layer, at the start, for 5, 10, 20 and 30 hidden layers."""

SHRINKING = (1.7e-2, 2.2e-3, 3.0e-5, 5.5e-7)
"""‖∂L/∂W2‖ itself for ReLU with Xavier's initialiser, whose ratio stays near 1."""


@pytest.fixture(scope="module")
def norms(component):
    """Norms by layer, of five seeds at the start: 32 units, 256 points of two circles."""

    def measure(depth, **fields):
        problem = component("problem", "circles")(hidden=depth, width=32, points=256, batch=0, test=0.0, **fields)
        layout, params = problem.layout(), np.empty((5, problem.layout().size))
        for seed, row in enumerate(params):
            problem.start(row, np.random.default_rng(seed))
        grads, loss = np.empty_like(params), np.empty(5)
        data = [problem.data(np.random.default_rng(100 + seed)) for seed in range(5)]
        problem.bind(params, grads, loss, data, problem.memory(5))(None)
        return dict(zip(layout.names, layout.norms(grads).T, strict=True))

    return measure


@pytest.mark.parametrize("k", range(4), ids=[f"depth {depth}" for depth in DEPTHS])
@pytest.mark.parametrize(("fields", "table"), RATIOS, ids=["-".join(fields.values()) for fields, _ in RATIOS])
def test_ratios_of_gradient_norms_are_those_measured_in_pytorch(norms, fields, table, k):
    found = norms(DEPTHS[k], **fields)
    assert table[k] / 3 < np.median(found["W2"] / found[f"W{DEPTHS[k]}"]) < table[k] * 3


@pytest.mark.parametrize("k", range(4), ids=[f"depth {depth}" for depth in DEPTHS])
def test_relu_with_xavier_keeps_the_ratio_while_all_norms_shrink(norms, k):
    found = norms(DEPTHS[k], activation="relu", init="xavier_uniform")
    assert SHRINKING[k] / 3 < np.median(found["W2"]) < SHRINKING[k] * 3
    assert 0.1 < np.median(found["W2"] / found[f"W{DEPTHS[k]}"]) < 10


def test_tiny_first_weights_make_every_norm_tiny_and_the_ratio_one(norms):
    found = norms(30, activation="tanh", init="normal", spread=0.01)
    assert np.median(found["W2"]) < 1e-30
    assert 0.1 < np.median(found["W2"] / found["W30"]) < 10
