"""Networks: gradients are exact, runs independent, and PyTorch's training is reproduced."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from optlab.layout import Layout
from optlab.nets import ACTIVATIONS, LOSSES, Data, Network
from optlab.optimizer import make_state

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "nets.json").read_text())
EVERY = list(itertools.product(ACTIVATIONS, LOSSES, (False, True)))
OUTPUTS = {"mse": 2, "binary": 1, "softmax": 3}


def targets(loss, n, rng):
    match loss:
        case "mse":
            return rng.standard_normal((n, 2))
        case "binary":
            return rng.integers(0, 2, n).astype(float)
    return rng.integers(0, 3, n)


class Bound:
    """A network of runs with weights of unit size, bound to data of their own."""

    def __init__(self, activation, loss, residual, runs, batch=7, seed=0, dtype="float64", sizes=(3, 5, 5, 4)):
        self.network = Network((*sizes, OUTPUTS[loss]), activation, "he", loss, residual)
        self.params = np.empty((runs, self.network.layout.size), dtype)
        self.data = []
        for k in range(runs):
            rng = np.random.default_rng((seed, k))
            self.params[k] = 0.6 * rng.standard_normal(self.params.shape[1])
            self.data.append(Data(rng.standard_normal((11, sizes[0])), targets(loss, 11, rng)))
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(runs, np.nan, dtype)
        self.evaluate = self.network.bind(self.params, self.grads, self.loss, self.data, batch).evaluate


def forward(network, params, data, index):
    """The loss of one run written once more, point by point and without a workspace."""
    h, layers = data.x[index], len(network.sizes) - 1
    views = network.layout.views(params[None])
    for k in range(1, layers + 1):
        z = h @ views[f"W{k}"][0] + views[f"b{k}"][0]
        if k == layers:
            break
        a = {"sigmoid": lambda v: 1 / (1 + np.exp(-v)), "tanh": np.tanh, "relu": lambda v: np.maximum(v, 0)}
        value = a[network.activation](z)
        h = h + value if network.residual and k > 1 and value.shape == h.shape else value
    y = np.asarray(data.y)[index]
    match network.loss:
        case "mse":
            return np.mean((z - y) ** 2)
        case "binary":
            return np.mean(np.logaddexp(0, z[:, 0]) - z[:, 0] * y)
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize(("activation", "loss", "residual"), EVERY)
def test_gradients_are_the_central_differences_of_every_parameter(activation, loss, residual, runs):
    net = Bound(activation, loss, residual, runs)
    batch = np.random.default_rng(5).permuted(np.tile(np.arange(11), (runs, 1)), axis=1)[:, :7]
    net.evaluate(batch)
    for k in range(runs):
        one = forward(net.network, net.params[k], net.data[k], batch[k])
        np.testing.assert_allclose(net.loss[k], one, rtol=1e-12)
        for d in range(net.params.shape[1]):
            h, ends = 1e-6, []
            for sign in (1, -1):
                moved = net.params[k].copy()
                moved[d] += sign * h
                ends.append(forward(net.network, moved, net.data[k], batch[k]))
            assert abs((ends[0] - ends[1]) / (2 * h) - net.grads[k, d]) < 1e-7, (k, d)


@pytest.mark.parametrize(("activation", "loss", "residual"), EVERY)
def test_a_batch_of_runs_equals_its_single_runs(activation, loss, residual):
    many = Bound(activation, loss, residual, 3)
    batch = np.array([[0, 1, 2, 3, 4, 5, 6], [6, 7, 8, 9, 10, 0, 1], [3, 3, 3, 2, 2, 1, 0]])
    many.evaluate(batch)
    for k in range(3):
        params = many.params[k : k + 1].copy()
        grads, loss = np.empty_like(params), np.empty(1)
        many.network.bind(params, grads, loss, many.data[k : k + 1], 7).evaluate(batch[k : k + 1])
        np.testing.assert_allclose(many.grads[k], grads[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(many.loss[k], loss[0], rtol=1e-12)


@pytest.mark.parametrize(("activation", "loss", "residual"), EVERY)
def test_float32_gives_the_same_to_its_own_precision(activation, loss, residual):
    wide, narrow = (Bound(activation, loss, residual, 2, dtype=d) for d in ("float64", "float32"))
    for net in (wide, narrow):
        net.evaluate(None)
    assert narrow.grads.dtype == narrow.loss.dtype == np.float32
    np.testing.assert_allclose(narrow.grads, wide.grads, atol=1e-5 * np.abs(wide.grads).max())


@pytest.mark.parametrize(("activation", "loss", "residual"), EVERY)
def test_predictions_have_the_loss_and_the_accuracy_of_an_evaluation(activation, loss, residual):
    net = Bound(activation, loss, residual, 2, batch=11)
    bound = net.network.bind(net.params, net.grads, net.loss, net.data, 11)
    bound.evaluate(None)
    for k, data in enumerate(net.data):
        outputs = bound.predict(data.x)
        assert outputs.shape == (2, 11, OUTPUTS[loss])
        scores = net.network.scores(outputs, data.y)
        np.testing.assert_allclose(scores["loss"][k], net.loss[k], rtol=1e-12)
        one = outputs[k] if loss == "softmax" else np.column_stack((np.zeros(11), outputs[k]))
        right = None if loss == "mse" else (one.argmax(axis=1) == data.y).mean()
        assert scores.get("accuracy", [right] * 2)[k] == right


def test_many_points_are_predicted_in_pieces(monkeypatch):
    net = Bound("tanh", "softmax", False, 2)
    bound, x = net.network.bind(net.params, net.grads, net.loss, net.data, 7), np.ones((50, 3)) * np.arange(50)[:, None]
    whole = bound.predict(x)
    monkeypatch.setattr("optlab.nets.workspace.PIECE", 2 * 5 * 7)
    np.testing.assert_allclose(bound.predict(x), whole, rtol=1e-12)


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize(("activation", "loss", "residual"), EVERY)
def test_hidden_layers_show_value_slope_and_gradient(activation, loss, residual, runs):
    net = Bound(activation, loss, residual, runs)
    plain = net.grads.copy(), net.loss.copy()
    net.network.bind(net.params, *plain, net.data, 7).evaluate(None)
    bound = net.network.bind(net.params, net.grads, net.loss, net.data, 7, keep=True)
    bound.evaluate(None)
    np.testing.assert_array_equal(net.grads, plain[0])
    shown = bound.hidden()
    assert tuple(h.name for h in shown) == net.network.hidden_names() == ("h1", "h2", "h3")
    views = net.network.layout.views(net.grads)
    below = np.stack([d.x[:7].T for d in net.data])
    for k, h in enumerate(shown, 1):
        assert h.value.shape == h.slope.shape == h.grad.shape == (runs, net.network.sizes[k], 7)
        np.testing.assert_allclose(below @ (h.grad * h.slope).swapaxes(1, 2), views[f"W{k}"], atol=1e-12)
        below = h.value


def test_runs_of_one_seed_share_their_data():
    net = Bound("tanh", "mse", False, 1)
    params = np.repeat(net.params, 3, axis=0)
    grads, loss = np.empty_like(params), np.empty(3)
    evaluate = net.network.bind(params, grads, loss, net.data * 3, 11).evaluate
    evaluate(None)
    np.testing.assert_array_equal(grads[0], grads[2])
    net.network.bind(net.params, net.grads, net.loss, net.data, 11).evaluate(None)
    np.testing.assert_allclose(grads[0], net.grads[0], rtol=1e-12, atol=1e-15)


def test_evaluating_neither_moves_params_nor_remembers_the_step_before():
    net = Bound("relu", "softmax", True, 2)
    before = net.params.copy()
    first, second = np.tile(np.arange(7), (2, 1)), np.tile(np.arange(4, 11), (2, 1))
    net.evaluate(first)
    grads = net.grads.copy()
    net.evaluate(second)
    assert (net.grads != grads).any()
    net.evaluate(first)
    np.testing.assert_array_equal(net.grads, grads)
    np.testing.assert_array_equal(net.params, before)


@pytest.mark.parametrize("loss", ["binary", "softmax"])
def test_losses_of_huge_outputs_stay_finite(loss):
    net = Bound("relu", loss, False, 1)
    net.params *= 1e4
    net.evaluate(None)
    assert np.isfinite(net.loss).all() and np.isfinite(net.grads).all()


@pytest.mark.parametrize(("loss", "label", "value"), [("binary", "ln 2", np.log(2)), ("softmax", "ln 3", np.log(3))])
def test_a_network_of_zeros_has_the_loss_of_chance(loss, label, value):
    net = Bound("tanh", loss, False, 1)
    net.params[:] = 0
    net.evaluate(None)
    assert net.network.chance() == (label, value)
    np.testing.assert_allclose(net.loss, value)


@pytest.mark.parametrize(("init", "spread"), [("xavier", np.sqrt(2 / 300)), ("he", np.sqrt(2 / 200))])
def test_first_weights_have_the_spread_of_their_paper(init, spread):
    network = Network((200, 100, 1), "relu", init, "mse")
    params = np.full(network.layout.size, np.nan)
    network.start(params, np.random.default_rng(0))
    views = network.layout.views(params[None])
    assert abs(views["W1"].std() / spread - 1) < 0.02
    assert (views["b1"] == 0).all() and (views["b2"] == 0).all()


def test_targets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="expected classes 0 to 2, got 0 to 3"):
        LOSSES["softmax"].targets(np.array([0, 3]), 3)
    with pytest.raises(ValueError, match="expected 1 columns, got 2"):
        LOSSES["binary"].targets(np.zeros((4, 2)), 1)


# PyTorch's training runs

NAMES = {"mse": "mse", "bce_with_logits": "binary", "softmax_cross_entropy": "softmax"}
LABELS = {"mse": "y_regression", "bce_with_logits": "y_binary", "softmax_cross_entropy": "y_class"}
CASES = [c for c in GOLDEN["mlp"] if c["config"]["activation"] in ACTIVATIONS and c["config"]["norm"] is None]


def test_every_representable_network_of_the_reference_is_selected():
    assert len(CASES) == 18


def flat_weights(layout, weights):
    """The reference's matrices (out, in) and vectors as one flat vector of ours."""
    params = np.empty((1, layout.size))
    views = layout.views(params)
    for k, (W, b) in enumerate(zip(weights["W"], weights["b"], strict=True), 1):
        views[f"W{k}"][0], views[f"b{k}"][0] = np.transpose(W), b
    return params


@np.errstate(over="ignore")  # as in the engine: a sigmoid's exponential may overflow to the 0 that it should be
@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_fifty_updates_have_the_losses_of_pytorch(case, component):
    config, data = case["config"], GOLDEN["data"]
    outputs = 3 if config["loss"] == "softmax_cross_entropy" else 1
    network = Network((2, *[16] * 8, outputs), config["activation"], "he", NAMES[config["loss"]], config["residual"])
    params = flat_weights(network.layout, GOLDEN["weight_sets"][config["weights"]])
    grads, loss = np.empty_like(params), np.empty(1)
    points = Data(np.array(data["X"]), np.array(data[LABELS[config["loss"]]]))
    evaluate = network.bind(params, grads, loss, [points], len(points.x)).evaluate
    optimizer = component("optimizer", config["optimizer"])(lr=config["lr"])
    state = make_state(optimizer, params, network.layout, loss)
    for t in range(51):
        evaluate(None)
        assert abs(loss[0] - case["losses"][t]) <= case["loss_atol"][t], t
        if t in (0, 50):
            assert_norms(network.layout, grads, case, "grad_norm_init" if t == 0 else "grad_norm_after50")
        if "clip_norm" in config:
            grads *= min(1.0, config["clip_norm"] / (np.linalg.norm(grads) + 1e-6))
        state.t, state.lr = t + 1, config["lr"]
        optimizer.step(params, grads, state)


def assert_norms(layout, grads, case, key):
    norms = dict(zip(layout.names, layout.norms(grads)[0], strict=True))
    for letter in "Wb":
        for k, (theirs, atol) in enumerate(zip(case[key][letter], case[f"{key}_atol"][letter], strict=True), 1):
            assert abs(norms[f"{letter}{k}"] - theirs) <= atol, (key, letter, k)


# Vanishing gradients


@pytest.fixture(scope="module")
def ratios(component):
    """‖∂L/∂W2‖ / ‖∂L/∂W20‖ at the start, by activation and initialiser: median of five seeds."""

    def measure(activation, init):
        spirals = component("problem", "spirals")(hidden=19, width=32, activation=activation, init=init, batch=256)
        layout: Layout = spirals.layout()
        params = np.empty((5, layout.size))
        for seed, row in enumerate(params):
            spirals.start(row, np.random.default_rng(seed))
        grads, loss = np.empty_like(params), np.empty(5)
        data = [spirals.data(np.random.default_rng(100 + seed)) for seed in range(5)]
        batch = np.array([spirals.sample(np.random.default_rng(200 + seed))[0] for seed in range(5)])
        spirals.bind(params, grads, loss, data, {})(batch)
        norms = dict(zip(layout.names, layout.norms(grads).T, strict=True))
        return float(np.median(norms["W2"] / norms["W20"]))

    return measure


def test_the_gradient_vanishes_in_a_deep_sigmoid_network(ratios):
    assert ratios("sigmoid", "xavier") < 1e-10


def test_the_gradient_survives_in_a_deep_relu_network_of_he(ratios):
    assert ratios("relu", "he") > 0.1
