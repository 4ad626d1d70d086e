"""Recurrent networks: gradients through time are exact, runs independent, starts as asked, nothing is allocated."""

import itertools
import tracemalloc

import numpy as np
import pytest

from optlab.nets import ACTIVATIONS, CELLS, LOSSES, RECURRENT, Data, Recurrent

LENGTH, INPUTS, UNITS, POINTS = 5, 2, 3, 6
ANSWERS = {"mse": (2, 1), "softmax": (3, 2), "binary": (1, LENGTH)}
"""Outputs and number of answers that each loss is tried with."""
KINDS = [*((cell, "tanh") for cell in CELLS), ("elman", "sigmoid"), ("elman", "relu")]
EVERY = [(*kind, loss) for kind, loss in itertools.product(KINDS, ANSWERS)]
every = pytest.mark.parametrize(("cell", "activation", "loss"), EVERY)


class Bound:
    """A recurrent network of runs with weights of unit size, bound to data of their own."""

    def __init__(self, cell, activation, loss, runs=1, batch=4, dtype="float64", keep=False):
        outputs, self.answers = ANSWERS[loss]
        self.net = Recurrent(cell, INPUTS, UNITS, outputs, LENGTH, loss, self.answers, activation)
        self.params = np.empty((runs, self.net.layout.size), dtype)
        self.data = []
        for k in range(runs):
            rng = np.random.default_rng(k)
            self.params[k] = 0.7 * rng.standard_normal(self.params.shape[1])
            x = rng.standard_normal((POINTS, LENGTH, INPUTS))
            y = {
                "mse": rng.standard_normal((POINTS, outputs)),
                "softmax": rng.integers(0, outputs, (POINTS, self.answers)),
                "binary": rng.integers(0, 2, (POINTS, self.answers)),
            }
            self.data.append(Data(x, y[loss]))
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(runs, np.nan, dtype)
        self.bound = self.net.bind(self.params, self.grads, self.loss, self.data, batch, keep=keep)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


SQUASH = {"tanh": np.tanh, "sigmoid": sigmoid, "relu": lambda z: np.where(z.real > 0, z, 0)}


def unroll(net, params, x, nudges):
    """The values `(T, N, units)` of sequences `x (N, T, in)`: the equations of the papers, one time step after another.

    `nudges (T, N, units)` are added to the values, so that a derivative over a value can be asked for.
    """
    w = {name: view[0] for name, view in net.layout.views(params[None]).items()}

    def cut(columns, k):
        return columns[..., k * net.units : (k + 1) * net.units]

    h = c = np.zeros((len(x), net.units))
    values = []
    for t in range(net.length):
        a, s = x[:, t] @ w["W_in"] + w["b_in"], h @ w["W_rec"]
        match net.cell:
            case "elman":
                h = SQUASH[net.activation](a + s)
            case "lstm":
                g, i, f, o = (cut(a + s, k) for k in range(4))
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                h = sigmoid(o) * np.tanh(c)
            case "gru":
                r, z = sigmoid(cut(a, 1) + cut(s, 0)), sigmoid(cut(a, 2) + cut(s, 1))
                n = np.tanh(cut(a, 0) + r * (cut(s, 2) + w["b_rec"]))
                h = (1 - z) * n + z * h
        h = h + nudges[t]
        values.append(h)
    return np.array(values)


def loss_of(net, params, data, index, nudges=None):
    """The loss of the points `index`, of real or complex params."""
    x, y = data.x[index], data.y[index]
    nudges = np.zeros((net.length, len(x), net.units)) if nudges is None else nudges
    w = {name: view[0] for name, view in net.layout.views(params[None]).items()}
    values = unroll(net, params, x, nudges)[-net.answers :]
    z = (values @ w["W_out"] + w["b_out"]).transpose(1, 0, 2)  # (N, answers, out)
    match net.loss:
        case "mse":
            return np.mean((z - y.reshape(z.shape)) ** 2)
        case "binary":
            return np.mean(np.log(1 + np.exp(z[..., 0])) - z[..., 0] * y)
    return np.mean(np.log(np.exp(z).sum(axis=2)) - np.take_along_axis(z, y[..., None], axis=2)[..., 0])


def complex_step(function, at):
    """The derivative of `function` over every entry of `at`, exact to the last digits."""
    found = np.empty(at.shape)
    for place in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[place] += 1e-30j
        found[place] = function(moved).imag / 1e-30
    return found


INDEX = np.array([[5, 1, 0, 3], [2, 2, 4, 5]])


@pytest.mark.parametrize("runs", [1, 2])
@every
def test_gradients_are_the_complex_steps_of_every_parameter(cell, activation, loss, runs):
    case = Bound(cell, activation, loss, runs)
    case.bound.evaluate(INDEX[:runs])
    for k, index in enumerate(INDEX[:runs]):
        exact = complex_step(lambda p, k=k, index=index: loss_of(case.net, p, case.data[k], index), case.params[k])
        np.testing.assert_allclose(case.grads[k], exact, rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(case.loss[k], loss_of(case.net, case.params[k], case.data[k], index), rtol=1e-13)


@pytest.mark.parametrize("runs", [1, 2])
@every
def test_each_time_step_shows_its_value_and_the_gradient_over_it(cell, activation, loss, runs):
    plain, case = Bound(cell, activation, loss, runs), Bound(cell, activation, loss, runs, keep=True)
    for net in (plain, case):
        net.bound.evaluate(INDEX[:runs])
    np.testing.assert_array_equal(case.grads, plain.grads)
    shown = case.bound.hidden()
    assert tuple(h.name for h in shown) == case.net.hidden_names() == ("t1", "t2", "t3", "t4", "t5")
    assert plain.bound.hidden() == ()
    for k, index in enumerate(INDEX[:runs]):
        params, data = case.params[k], case.data[k]
        nudges = np.zeros((LENGTH, len(index), UNITS))
        exact = complex_step(lambda n: loss_of(case.net, params, data, index, n), nudges)  # noqa: B023
        np.testing.assert_allclose([h.grad[k].T for h in shown], exact, rtol=1e-11, atol=1e-14)
        values = unroll(case.net, params, data.x[index], nudges)
        np.testing.assert_allclose([h.value[k].T for h in shown], values, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_only_an_elman_cell_has_one_slope_and_its_gradient_goes_through_it(activation):
    case = Bound("elman", activation, "mse", 2, keep=True)
    case.bound.evaluate(None)
    back = case.net.layout.views(case.params)["W_rec"]
    shown = case.bound.hidden()
    for before, after in itertools.pairwise(shown):
        np.testing.assert_allclose(back @ (after.grad * after.slope), before.grad, rtol=1e-12, atol=1e-15)
    for cell in ("gru", "lstm"):
        assert {h.slope for h in Bound(cell, "tanh", "mse", keep=True).bound.hidden()} == {None}


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_elman_cell_takes_every_activation(activation, runs):
    case = Bound("elman", activation, "mse", runs, keep=True)
    case.bound.evaluate(INDEX[:runs])
    exact, params, found = case.grads.copy(), case.params, np.empty((2, runs))
    for d in range(params.shape[1]):
        for k, step in enumerate((1e-6, -2e-6)):
            params[:, d] += step
            case.bound.evaluate(None)
            found[k] = case.loss
        params[:, d] += 1e-6
        np.testing.assert_allclose((found[0] - found[1]) / 2e-6, exact[:, d], rtol=1e-6, atol=1e-8)


@every
def test_a_batch_of_runs_equals_its_single_runs(cell, activation, loss):
    many, index = Bound(cell, activation, loss, 3), np.array([[0, 1, 2, 3], [5, 4, 3, 2], [1, 1, 1, 0]])
    many.bound.evaluate(index)
    for k in range(3):
        params = many.params[k : k + 1].copy()
        grads, found = np.empty_like(params), np.empty(1)
        many.net.bind(params, grads, found, many.data[k : k + 1], 4).evaluate(index[k : k + 1])
        np.testing.assert_allclose(many.grads[k], grads[0], rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(many.loss[k], found[0], rtol=1e-12)


@every
def test_float32_gives_the_same_to_its_own_precision(cell, activation, loss):
    wide, narrow = (Bound(cell, activation, loss, 2, dtype=d) for d in ("float64", "float32"))
    for case in (wide, narrow):
        case.bound.evaluate(None)
    assert narrow.grads.dtype == narrow.loss.dtype == np.float32
    np.testing.assert_allclose(narrow.grads, wide.grads, atol=1e-5 * np.abs(wide.grads).max())


@every
def test_predictions_have_the_loss_and_the_accuracy_of_an_evaluation(cell, activation, loss):
    case = Bound(cell, activation, loss, 2, batch=POINTS)
    case.bound.evaluate(None)
    before = case.grads.copy()
    for k, data in enumerate(case.data):
        outputs = case.bound.predict(data.x)
        assert outputs.shape == (2, POINTS, ANSWERS[loss][0] * case.answers)
        scores = case.net.scores(outputs, data.y)
        np.testing.assert_allclose(scores["loss"][k], case.loss[k], rtol=1e-12)
        z = outputs[k].reshape(POINTS, case.answers, -1)
        guess = z.argmax(axis=2) if loss == "softmax" else z[..., 0] > 0
        assert scores.get("accuracy", [0, 0])[k] == (0 if loss == "mse" else (guess == data.y).mean())
    np.testing.assert_array_equal(case.grads, before)


@pytest.mark.parametrize("runs", [1, 2])
def test_many_sequences_are_predicted_in_pieces(monkeypatch, runs):
    case = Bound("gru", "tanh", "softmax", runs)
    x = np.random.default_rng(0).standard_normal((50, LENGTH, INPUTS))
    whole = case.bound.predict(x)
    monkeypatch.setattr("optlab.nets.unrolled.PIECE", 7 * runs * LENGTH * UNITS * 3)
    np.testing.assert_allclose(case.bound.predict(x), whole, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_evaluating_allocates_nothing_of_the_size_of_its_values(cell, runs):
    """NumPy's own buffers are 64 KiB for each operand, whatever its size."""
    net, rng = Recurrent(cell, 2, 40, 1, 12, "mse"), np.random.default_rng(0)
    params = 0.1 * rng.standard_normal((runs, net.layout.size))
    data = Data(rng.standard_normal((900, 12, 2)), rng.standard_normal(900))
    bound = net.bind(params, np.empty_like(params), np.empty(runs), [data] * runs, 700, keep=True)
    batches = [np.stack([rng.permutation(900)[:700]] * runs) for _ in range(4)]
    for batch in batches[:2]:
        bound.evaluate(batch)
    tracemalloc.start()
    for batch in batches[2:]:
        bound.evaluate(batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < sum(h.value.nbytes for h in bound.hidden()) / 10


def test_evaluating_remembers_nothing_of_the_step_before():
    for cell in CELLS:
        case = Bound(cell, "tanh", "mse", 2)
        first, second = INDEX, INDEX[:, ::-1] - 1
        case.bound.evaluate(first)
        grads, params = case.grads.copy(), case.params.copy()
        case.bound.evaluate(second)
        assert (case.grads != grads).any()
        case.bound.evaluate(first)
        np.testing.assert_array_equal(case.grads, grads)
        np.testing.assert_array_equal(case.params, params)


def started(cell, init="orthogonal", radius=1.0, units=40, **more):
    net = Recurrent(cell, 3, units, 2, 7, "mse", init=init, radius=radius, **more)
    params = np.full(net.layout.size, np.nan)
    net.start(params, np.random.default_rng(0))
    return {name: view[0] for name, view in net.layout.views(params[None]).items()}


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("init", RECURRENT)
@pytest.mark.parametrize("cell", CELLS)
def test_first_recurrent_weights_have_the_spectral_radius_that_is_asked_for(cell, init, radius):
    weights = started(cell, init, radius)["W_rec"]
    blocks = np.split(weights, CELLS[cell].gates, axis=1)
    for block in blocks:
        np.testing.assert_allclose(np.abs(np.linalg.eigvals(block)).max(), radius, rtol=1e-9)
        if init != "gaussian":  # no direction is shrunk or stretched more than the others
            np.testing.assert_allclose(block.T @ block, radius**2 * np.eye(40), atol=1e-12)
    if init != "identity":
        assert len({block.tobytes() for block in blocks}) == len(blocks)


def test_first_biases_are_zero_but_that_of_the_gate_that_keeps():
    expected = {"elman": [], "gru": [2], "lstm": [2]}
    for cell, kept in expected.items():
        weights = started(cell, gate_bias=1.5)
        blocks = np.split(weights["b_in"], CELLS[cell].gates)
        assert [set(block) for block in blocks] == [{1.5} if k in kept else {0.0} for k in range(len(blocks))]
        assert not weights["b_out"].any() and not weights.get("b_rec", np.zeros(1)).any()


def test_first_outer_weights_have_the_spread_of_xavier():
    weights = started("lstm", units=400)
    assert abs(weights["W_in"].std() / np.sqrt(2 / 403) - 1) < 0.03
    assert abs(weights["W_out"].std() / np.sqrt(2 / 402) - 1) < 0.05


def test_layers_are_named_from_input_to_output():
    names = {cell: Recurrent(cell, 2, 4, 3, 5, "mse").layout.names for cell in CELLS}
    assert names["elman"] == names["lstm"] == ("W_in", "b_in", "W_rec", "W_out", "b_out")
    assert names["gru"] == ("W_in", "b_in", "W_rec", "b_rec", "W_out", "b_out")
    assert Recurrent("lstm", 2, 4, 3, 5, "mse").layout.shapes["W_rec"] == (4, 16)


def test_targets_that_do_not_fit_are_refused():
    net = Recurrent("elman", 2, 4, 3, 5, "softmax", answers=2)
    with pytest.raises(ValueError, match="expected classes 0 to 2, got 0 to 3"):
        net.targets(np.array([[0, 3]]))


# Through time


def flow(cell, radius, scale=1.0, **more):
    """‖∂L/∂h_t‖ of each of 30 time steps at the start, of sequences of noise."""
    net, rng = Recurrent(cell, 2, 32, 1, 30, "mse", radius=radius, **more), np.random.default_rng(3)
    params = np.empty((1, net.layout.size))
    net.start(params[0], rng)
    data = Data(scale * rng.uniform(0, 1, (64, 30, 2)), rng.uniform(0, 2, 64))
    bound = net.bind(params, np.empty_like(params), np.empty(1), [data], 64, keep=True)
    bound.evaluate(None)
    return np.array([np.linalg.norm(h.grad) for h in bound.hidden()])


def test_the_gradient_of_a_tanh_cell_shrinks_at_every_time_step_by_its_spectral_radius_at_least():
    norms = flow("elman", 0.6)
    assert (norms[:-1] <= 0.6 * norms[1:]).all()


def test_where_tanh_is_straight_the_spectral_radius_is_the_factor_of_every_time_step():
    for radius in (0.6, 1.0, 1.6):
        norms = flow("elman", radius, scale=1e-9)
        np.testing.assert_allclose(norms[:-1], radius * norms[1:], rtol=1e-5)


def test_gates_that_keep_the_memory_keep_its_gradient():
    for cell in ("gru", "lstm"):
        norms = flow(cell, 1.0, gate_bias=5.0)
        assert 0.1 < norms[0] / norms[15] < 10
        assert flow(cell, 1.0, gate_bias=-5.0)[0] < 1e-9


def test_every_loss_is_tried():
    assert set(ANSWERS) <= set(LOSSES)
