"""The convolutional network and the transformer: exact gradients, runs apart, predictions, hidden layers."""

import itertools
import tracemalloc

import numpy as np
import pytest

from optlab.nets import Data, chain_net
from optlab.nets.conv_net import ConvNet
from optlab.nets.transformer import NORMS, Transformer

CONV = [
    ConvNet((1, 4, 4), 3, 2, depth, pool, "tanh", "he", residual=residual)
    for depth, pool, residual in itertools.product((1, 2), ("average", "maximum", "none"), (False, True))
]
CONV.append(ConvNet((1, 4, 4), 3, 1, 2, "none", "tanh", "he", residual=True))  # as many channels as the image
CHARACTERS = [
    Transformer(5, 4, 5, 2, 2, norm, post, residual, tied, "tanh")
    for norm, post, residual, tied in itertools.product(NORMS, (False, True), (False, True), (False, True))
]


def title(net):
    if isinstance(net, ConvNet):
        return f"conv-{net.channels}x{net.depth}-{net.pool}{'-residual' * net.residual}"
    return f"{net.norm}{'-post' * net.post}{'-residual' * net.residual}{'-tied' * net.tied}"


NETS = pytest.mark.parametrize("net", CONV + CHARACTERS, ids=title)


def points(net, n, rng):
    if isinstance(net, ConvNet):
        return Data(rng.standard_normal((n, net.image[1] * net.image[2])), rng.integers(0, net.outputs, n))
    return Data(*rng.integers(0, net.outputs, (2, n, net.context)))


class Case:
    """A network of runs near its start, bound to data of their own."""

    def __init__(self, net, runs, batch=3, count=8, dtype="float64", keep=False):
        self.net, self.params = net, np.zeros((runs, net.layout.size), dtype)
        self.data = []
        for k, row in enumerate(self.params):
            rng = np.random.default_rng(k)
            net.start(row, rng)
            row += 0.1 * rng.standard_normal(len(row))
            self.data.append(points(net, count, rng))
        self.batch = np.stack([np.random.default_rng(k).permutation(count)[:batch] for k in range(runs)])
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(runs, np.nan, dtype)
        self.bound = net.bind(self.params, self.grads, self.loss, self.data, batch, keep=keep)
        self.bound.evaluate(self.batch)

    def layers(self):
        return {name: view.copy() for name, view in self.net.layout.views(self.grads).items()}


@pytest.mark.parametrize("runs", [1, 2])
@NETS
def test_gradients_are_central_differences(net, runs):
    case, h = Case(net, runs), 1e-5
    here, grads = case.params.copy(), case.grads.copy()
    rng = np.random.default_rng(7)
    directions = [rng.standard_normal(here.shape[1]) for _ in range(4)]
    for part in net.layout.slices.values():  # and in every layer by itself
        directions.append(np.zeros(here.shape[1]))
        directions[-1][part] = rng.standard_normal(part.stop - part.start)
    for direction in directions:
        direction /= np.linalg.norm(direction)
        ends = []
        for sign in (1, -1):
            case.params[:] = here + sign * h * direction
            case.bound.evaluate(case.batch)
            ends.append(case.loss.copy())
        np.testing.assert_allclose(grads @ direction, (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-8)


@NETS
def test_a_batch_of_runs_equals_its_single_runs(net):
    many = Case(net, 3)
    for k in range(3):
        params = many.params[k : k + 1].copy()
        grads, loss = np.empty_like(params), np.empty(1)
        net.bind(params, grads, loss, many.data[k : k + 1], 3).evaluate(many.batch[k : k + 1])
        np.testing.assert_allclose(many.grads[k], grads[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(many.loss[k], loss[0], rtol=1e-12)


@NETS
def test_float32_gives_the_same_to_its_own_precision(net):
    wide, narrow = Case(net, 2), Case(net, 2, dtype="float32")
    assert narrow.grads.dtype == narrow.loss.dtype == np.float32
    np.testing.assert_allclose(narrow.grads, wide.grads, atol=1e-5 * np.abs(wide.grads).max())


@NETS
def test_evaluating_neither_moves_params_nor_remembers_the_step_before(net):
    case = Case(net, 2)
    params, grads = case.params.copy(), case.grads.copy()
    case.bound.evaluate((case.batch + 1) % 8)
    assert (case.grads != grads).any()
    case.bound.predict(case.data[0].x)
    case.bound.evaluate(case.batch)
    np.testing.assert_array_equal(case.grads, grads)
    case.bound.evaluate(None)
    np.testing.assert_array_equal(case.grads, grads)
    np.testing.assert_array_equal(case.params, params)


@pytest.mark.parametrize("runs", [1, 4])
@pytest.mark.parametrize(
    "net", [ConvNet((1, 8, 8), 10, 8, 1, "maximum", "relu", "he"), Transformer(20, 16, 32, 4, 2)], ids=title
)
def test_an_evaluation_allocates_nothing_of_the_size_of_activations(net, runs):
    case = Case(net, runs, batch=128, count=128)
    tracemalloc.start()
    case.bound.evaluate(case.batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300_000 < 8 * runs * 128 * min(8 * 64, 32 * 16)  # buffers of ufuncs take 64 kB each


@NETS
def test_predictions_have_the_loss_of_an_evaluation(net, monkeypatch):
    case = Case(net, 2, batch=8)
    for k, data in enumerate(case.data):
        outputs = case.bound.predict(data.x)
        scores = net.scores(outputs, data.y)
        np.testing.assert_allclose(scores["loss"][k], case.loss[k], rtol=1e-12)
        best = outputs[k].reshape(-1, net.outputs).argmax(axis=1)
        assert scores["accuracy"][k] == (best == data.y.ravel()).mean()
    monkeypatch.setattr(chain_net, "PIECE", 3)
    again = net.bind(case.params, case.grads, case.loss, case.data, 8).predict(data.x)
    np.testing.assert_allclose(again, outputs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("runs", [1, 2])
@NETS
def test_hidden_layers_show_value_slope_and_gradient(net, runs):
    case, plain = Case(net, runs, keep=True), Case(net, runs)
    np.testing.assert_array_equal(case.grads, plain.grads)
    shown, grads = case.bound.hidden(), case.layers()
    assert plain.bound.hidden() == ()
    assert tuple(h.name for h in shown) == net.hidden_names()
    for k, hidden in enumerate(shown, 1):
        if isinstance(net, ConvNet):  # ∂L/∂b is the sum of ∂L/∂z
            name, dz = f"b{k}", hidden.grad * hidden.slope
        else:
            name = f"shift{2 * k + 1}" if net.post and net.norm == "layer" else f"b{2 * k + 1}"
            dz = hidden.grad
            if net.post and net.norm == "rms":
                continue  # its gain alone follows, which scales and does not add
        np.testing.assert_allclose(dz.reshape(*grads[name].shape, -1).sum(axis=2), grads[name], rtol=1e-9, atol=1e-12)


@NETS
def test_a_start_writes_every_number_and_depends_on_its_seed_alone(net):
    params = np.full((3, net.layout.size), np.nan)
    for row, seed in zip(params, (0, 0, 1), strict=True):
        net.start(row, np.random.default_rng(seed))
    assert np.isfinite(params).all()
    np.testing.assert_array_equal(params[0], params[1])
    assert (params[0] != params[2]).any()


@pytest.mark.parametrize(("init", "fans"), [("xavier", 9 * 30 + 9 * 40), ("he", 9 * 30)])
def test_filters_start_with_the_spread_of_all_that_they_see(init, fans):
    net = ConvNet((30, 4, 4), 10, 40, 1, "none", "relu", init)
    params = np.zeros(net.layout.size)
    net.start(params, np.random.default_rng(0))
    assert abs(net.layout.views(params[None])["W1"].std() / np.sqrt(2 / fans) - 1) < 0.02


def test_zeros_have_the_loss_of_chance():
    for net, label in ((CONV[0], "ln 3"), (CHARACTERS[0], "ln 5")):
        case = Case(net, 1)
        case.params[:] = 0
        case.bound.evaluate(case.batch)
        assert net.chance() == (label, np.log(net.outputs))
        np.testing.assert_allclose(case.loss, np.log(net.outputs))
