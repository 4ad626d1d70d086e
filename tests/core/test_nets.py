"""Perceptrons: gradients are exact, runs independent, and what is seen is what was computed."""

import itertools
import tracemalloc

import numpy as np
import pytest

from optlab.nets import ACTIVATIONS, LOSSES, NORMS, RESIDUALS, Data, Network
from tests.core import plain_net

DEFAULT = {"activation": "tanh", "loss": "mse"}
CASES = [
    *({"activation": name} for name in (*ACTIVATIONS, "prelu")),
    *({"loss": name} for name in LOSSES),
    *({"loss": name, "smoothing": 0.2} for name in ("binary", "softmax", "softmax_mse")),
    *({"norm": norm, "residual": residual} for norm, residual in itertools.product(NORMS, RESIDUALS)),
    {"dropout": 0.4},
    {"bias": False},
    {"dropout": 0.3, "norm": "batch", "residual": "rezero", "activation": "prelu", "loss": "softmax"},
    {"dropout": 0.3, "norm": "layer", "residual": "second", "activation": "gelu", "loss": "binary"},
    {"dropout": 0.3, "norm": "rms", "residual": "every", "activation": "elu", "bias": False},
    {"residual": "second", "sizes": (3, 5, 4, 5, 5)},
]
IDS = ["-".join(str(v) for v in case.values()) for case in CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=IDS)


def targets(loss, n, rng):
    match loss.partition("_")[0]:
        case "binary":
            return rng.integers(0, 2, n).astype(float)
        case "softmax":
            return rng.integers(0, 3, n)
    return rng.standard_normal((n, 2))


class Bound:
    """A network of runs with weights of unit size, bound to data of their own."""

    def __init__(self, case, runs, batch=7, seed=0, dtype="float64", keep=False):
        loss = case.get("loss", "mse")
        outputs = {"binary": 1, "softmax": 3}.get(loss.partition("_")[0], 2)
        sizes = (*case.get("sizes", (3, 5, 5, 5, 4)), outputs)
        own = {**DEFAULT, **{key: value for key, value in case.items() if key != "sizes"}}
        self.network = Network(sizes=sizes, init="he", **own)
        self.params = np.empty((runs, self.network.layout.size), dtype)
        self.data = []
        for k in range(runs):
            rng = np.random.default_rng((seed, k))
            self.params[k] = 0.6 * rng.standard_normal(self.params.shape[1])
            self.data.append(Data(rng.standard_normal((11, sizes[0])), targets(loss, 11, rng)))
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(runs, np.nan, dtype)
        self.memory = self.network.memory(runs)
        self.bound = self.bind(slice(None), batch, keep)
        order = np.random.default_rng(5).permuted(np.tile(np.arange(11), (runs, 1)), axis=1)[:, :batch]
        seeds = np.arange(100, 100 + runs)[:, None]
        self.batch = np.concatenate((order, seeds), axis=1) if self.network.drops else order
        self.points = order

    def bind(self, runs, batch=7, keep=False):
        memory = {name: array[runs] for name, array in self.memory.items()}
        params, grads, loss = self.params[runs], self.grads[runs], self.loss[runs]
        return self.network.bind(params, grads, loss, self.data[runs], batch, memory, keep)

    def masks(self, k):
        """The masks of run k by the rule of `Dropout`: 0 where a float32 draw is below the share."""
        if not self.network.drops:
            return None
        rng, share, points = np.random.default_rng(int(self.batch[k, -1])), self.network.dropout, self.points.shape[1]
        return [
            (rng.random((n, points), dtype=np.float32) >= np.float32(share)) / (1 - share)
            for n in self.network.sizes[1:-1]
        ]

    def plain(self, k, params, nudge=None):
        """The loss of run k by the book."""
        data, index = self.data[k], self.points[k]
        z = plain_net.outputs(self.network, params, data.x[index], self.masks(k), nudge=nudge)
        return plain_net.loss(self.network, z, data.y[index])


@pytest.mark.parametrize("runs", [1, 2])
@every_case
def test_gradients_are_the_central_differences_of_every_parameter(case, runs):
    net = Bound(case, runs)
    net.bound.evaluate(net.batch)
    for k in range(runs):
        np.testing.assert_allclose(net.loss[k], net.plain(k, net.params[k]), rtol=1e-12)
        for d in range(net.params.shape[1]):
            h, ends = 1e-6, []
            for sign in (1, -1):
                moved = net.params[k].copy()
                moved[d] += sign * h
                ends.append(net.plain(k, moved))
            assert abs((ends[0] - ends[1]) / (2 * h) - net.grads[k, d]) < 2e-7 * max(1, abs(net.grads[k, d])), (k, d)


@every_case
def test_a_batch_of_runs_equals_its_single_runs(case):
    many = Bound(case, 3)
    many.bound.evaluate(many.batch)
    grads, loss, memory = many.grads.copy(), many.loss.copy(), {k: v.copy() for k, v in many.memory.items()}
    fresh = Bound(case, 3)
    for k in range(3):
        fresh.bind(slice(k, k + 1)).evaluate(many.batch[k : k + 1])
    np.testing.assert_allclose(fresh.grads, grads, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(fresh.loss, loss, rtol=1e-12)
    for name, array in memory.items():
        np.testing.assert_allclose(fresh.memory[name], array, rtol=1e-12)


@every_case
def test_float32_gives_the_same_to_its_own_precision(case):
    wide, narrow = (Bound(case, 2, dtype=d) for d in ("float64", "float32"))
    for net in (wide, narrow):
        net.bound.evaluate(net.batch)
    assert narrow.grads.dtype == narrow.loss.dtype == np.float32
    np.testing.assert_allclose(narrow.grads, wide.grads, atol=3e-5 * np.abs(wide.grads).max())
    np.testing.assert_allclose(narrow.loss, wide.loss, rtol=1e-5)


@every_case
def test_predictions_are_those_by_the_book(case):
    """Without dropout, and with running statistics, which are those of the last mini-batch after a long while."""
    net = Bound(case, 2)
    for _ in range(400):
        net.bound.evaluate(net.batch)
    for k, data in enumerate(net.data):
        outputs = net.bound.predict(data.x)
        assert outputs.shape == (2, 11, net.network.sizes[-1])
        statistics = [net.memory[name][k] for name in ("mean", "variance")] if net.memory else None
        expected = plain_net.outputs(net.network, net.params[k], data.x, statistics=statistics)
        np.testing.assert_allclose(outputs[k], expected, rtol=1e-9, atol=1e-12)
        scores = net.network.scores(outputs, data.y)
        np.testing.assert_allclose(scores["loss"][k], plain_net.loss(net.network, expected, data.y), rtol=1e-9)


def test_accuracy_is_the_share_of_points_whose_class_is_right():
    for loss in ("binary", "binary_mse", "softmax", "softmax_huber"):
        net = Bound({"loss": loss, "smoothing": 0.3}, 2)
        outputs, y = net.bound.predict(net.data[0].x), net.data[0].y
        one = outputs if loss.startswith("softmax") else np.concatenate((np.zeros_like(outputs), outputs), axis=2)
        expected = (one.argmax(axis=2) == y).mean(axis=1)
        assert 0 < expected[0] < 1
        np.testing.assert_array_equal(net.network.scores(outputs, y)["accuracy"], expected)
    assert set(Bound({}, 1).network.scores(np.zeros((1, 3, 2)), np.zeros((3, 2)))) == {"loss"}


def test_many_points_are_predicted_in_pieces(monkeypatch):
    bound, x = Bound({"residual": "second"}, 2).bound, np.ones((50, 3)) * np.arange(50)[:, None]
    whole = bound.predict(x)
    monkeypatch.setattr("optlab.nets.workspace.PIECE", 2 * 5 * 7)
    np.testing.assert_allclose(bound.predict(x), whole, rtol=1e-12)


@pytest.mark.parametrize("runs", [1, 2])
@every_case
def test_hidden_layers_show_value_slope_and_gradient(case, runs):
    plain, net = Bound(case, runs), Bound(case, runs, keep=True)
    for other in (plain, net):
        other.bound.evaluate(net.batch)
    np.testing.assert_array_equal(net.grads, plain.grads)
    assert plain.bound.hidden() == ()
    shown, network = net.bound.hidden(), net.network
    assert tuple(h.name for h in shown) == network.hidden_names() == ("h1", "h2", "h3", "h4")
    views = network.layout.views(net.grads)
    below = np.stack([d.x[index].T for d, index in zip(net.data, net.points, strict=True)])
    for k, h in enumerate(shown, 1):
        assert h.value.shape == h.slope.shape == h.grad.shape == (runs, network.sizes[k], 7)
        if network.norm == "none" and network.residual != "rezero" and not network.drops:
            np.testing.assert_allclose(below @ (h.grad * h.slope).swapaxes(1, 2), views[f"W{k}"], atol=1e-12)
        below = h.value


@every_case
def test_gradients_of_hidden_values_are_central_differences(case):
    net, rng = Bound(case, 2, keep=True), np.random.default_rng(1)
    net.bound.evaluate(net.batch)
    for k, h in enumerate(net.bound.hidden(), 1):
        for run, unit, point in rng.integers(0, h.grad.shape, (4, 3)):
            ends, push = [], np.zeros((7, h.grad.shape[1]))
            for push[point, unit] in (1e-6, -1e-6):
                ends.append(net.plain(run, net.params[run], (k, push)))
            assert abs((ends[0] - ends[1]) / 2e-6 - h.grad[run, unit, point]) < 1e-7


def test_evaluating_neither_moves_params_nor_remembers_the_step_before():
    net = Bound({"activation": "relu", "loss": "softmax", "residual": "every", "norm": "batch"}, 2)
    before = net.params.copy()
    first, second = np.tile(np.arange(7), (2, 1)), np.tile(np.arange(4, 11), (2, 1))
    net.bound.evaluate(first)
    grads = net.grads.copy()
    net.bound.evaluate(second)
    assert (net.grads != grads).any()
    net.bound.evaluate(first)
    np.testing.assert_array_equal(net.grads, grads)
    np.testing.assert_array_equal(net.params, before)


def test_runs_of_one_seed_share_their_data():
    net = Bound({}, 1)
    params = np.repeat(net.params, 3, axis=0)
    grads, loss = np.empty_like(params), np.empty(3)
    net.network.bind(params, grads, loss, net.data * 3, 11).evaluate(None)
    np.testing.assert_array_equal(grads[0], grads[2])
    net.bind(slice(None), 11).evaluate(None)
    np.testing.assert_allclose(grads[0], net.grads[0], rtol=1e-12, atol=1e-15)


HEAVY = [case for case in CASES if case.keys() & {"norm", "dropout", "activation"}]


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("case", HEAVY, ids=["-".join(str(v) for v in case.values()) for case in HEAVY])
def test_an_evaluation_allocates_nothing_of_the_size_of_a_layer(case, runs):
    net = Bound({**case, "sizes": (3, 64, 64, 64)}, runs, batch=11)
    points = np.tile(np.arange(11), (runs, 1))
    data = [Data(np.tile(d.x, (100, 1)), np.tile(d.y, (100, *[1] * (d.y.ndim - 1)))) for d in net.data]
    bound = net.network.bind(net.params, net.grads, net.loss, data, 1100, net.memory)
    batch = np.tile(points, (1, 100))
    batch = np.concatenate((batch, batch[:, :1]), axis=1) if net.network.drops else batch
    bound.evaluate(batch)
    tracemalloc.start()
    bound.evaluate(batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 8 * 64 * 1100


def test_dropout_changes_with_the_seed_and_keeps_the_mean():
    net = Bound({"dropout": 0.3, "sizes": (3, 400)}, 1, keep=True)
    net.params[:] = 1.0
    kept = []
    for seed in (1, 2, 1):
        net.bound.evaluate(np.array([[*range(7), seed]]))
        kept.append(net.bound.hidden()[0].value.copy())
    assert (kept[0] != kept[1]).any() and (kept[0] == kept[2]).all()
    assert abs((kept[0] == 0).mean() - 0.3) < 0.03
    net.bound.evaluate(None)  # the same points with the same masks
    np.testing.assert_array_equal(net.bound.hidden()[0].value, kept[2])


def test_running_statistics_go_a_tenth_of_the_way_with_the_unbiased_variance():
    net = Bound({"norm": "batch", "sizes": (3, 4)}, 1)
    net.bound.evaluate(net.batch)
    views = net.network.layout.views(net.params)
    z = net.data[0].x[net.points[0]] @ views["W1"][0] + views["b1"][0]
    np.testing.assert_allclose(net.memory["mean"][0], 0.1 * z.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(net.memory["variance"][0], 0.9 + 0.1 * z.var(axis=0, ddof=1), rtol=1e-12)
    assert Bound({"norm": "layer"}, 1).memory == {}


def test_skips_lead_over_one_or_two_layers_of_one_size():
    def skips(residual, *sizes):
        return Network((2, *sizes, 1), "tanh", "he", "mse", residual).skips()

    assert skips("none", 5, 5, 5) == {}
    assert skips("every", 5, 5, 4, 4) == skips("rezero", 5, 5, 4, 4) == {2: 1, 4: 3}
    assert skips("second", 5, 4, 5, 5, 5, 5) == {3: 1, 5: 3}


def test_names_of_what_is_learned_end_in_the_number_of_their_layer():
    network = Network((2, 3, 3, 1), "prelu", "he", "mse", "rezero", "layer")
    names = "W1 b1 gain1 shift1 slope1 W2 b2 gain2 shift2 slope2 skip2 W3 b3"
    assert network.layout.names == tuple(names.split())
    plain = Network((2, 3, 1), "tanh", "he", "mse", norm="rms", bias=False)
    assert plain.layout.names == ("W1", "gain1", "W2")
