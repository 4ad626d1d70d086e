"""Problems that learn from data: mini-batches, and the seeds of dropout that travel with them."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.api import Data, DataProblem, FieldError, NetProblem, Network, integer
from optlab.engine.gradient import Gradient
from optlab.engine.planning import plan
from optlab.engine.spec import Experiment, Trial


class Dropping(Network):
    drops = True

    def memory(self, runs):
        return {"mean": np.zeros((runs, 4))}


class Case(DataProblem):
    name = "case_dropping"
    net = Dropping

    batch: int = integer(4, 0, 10, doc="points")

    def network(self):
        return self.net((3, 4, 1), "tanh", "xavier", "mse")

    def data(self, rng):
        return Data(rng.standard_normal((10, 3)), rng.standard_normal((10, 1)))

    def count(self):
        return 10


class Plain(Case):
    net = Network


@pytest.mark.parametrize(("batch", "steps"), [(4, 2), (10, 1), (0, 1)])
def test_mini_batches_of_a_network_with_dropout_end_in_a_seed(batch, steps):
    rng, plain = np.random.default_rng(3), np.random.default_rng(3)
    epochs = [Case(batch=batch).sample(rng) for _ in range(3)]
    seeds = np.concatenate([epoch[:, -1] for epoch in epochs])
    assert len(set(seeds)) == 3 * steps
    for epoch in epochs:
        assert epoch.shape == (steps, (batch or 10) + 1)
        expected = Plain(batch=batch).sample(plain)  # dropout changes no mini-batch
        np.testing.assert_array_equal(epoch[:, :-1], np.arange(10)[None] if expected is None else expected)


def test_what_a_network_remembers_is_the_memory_of_its_problem():
    assert {name: array.shape for name, array in Case().memory(3).items()} == {"mean": (3, 4)}
    assert Plain().memory(3) == {}


class Odd(NetProblem):
    name = "case_odd"
    inputs, outputs, points, targets = 2, 1, 10, "numbers"

    def data(self, rng):
        return Data(rng.standard_normal((8, 2)), np.arange(8))


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("spirals", {"width": 0}, "Spirals.width: expected a whole number 1 to 512, got 0"),
        ("spirals", {"hidden": 101}, "Spirals.hidden: expected a whole number 0 to 100, got 101"),
        ("spirals", {"activation": "swish"}, "Spirals.activation: expected one of sigmoid, tanh, .*, got 'swish'"),
        ("digits", {"loss": "mse"}, "Digits.loss: expected one of natural, squared, absolute, huber, got 'mse'"),
        ("spirals", {"batch": 513}, "Spirals.batch: expected at most the 512 points of the data set, got 513"),
        (
            "spirals",
            {"batch": 1, "norm": "batch"},
            "Spirals.batch: expected at least 2 points per mini-batch for batch",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_a_run_starts(component, name, fields, text):
    with pytest.raises(FieldError, match=text):
        component("problem", name)(**fields)


@pytest.mark.parametrize(("targets", "got"), [("floats", "'floats'"), (None, "None")])
def test_a_plugin_hears_what_its_targets_may_be(targets, got):
    with pytest.raises(FieldError, match=f"Wrong.targets: expected numbers, binary or classes, got {got}"):
        type("Wrong", (Odd,), {"targets": targets})(batch=0)


@pytest.mark.parametrize(("key", "hint"), [("activation", "'relu'"), ("init", "'he'"), ("norm", "'rms'")])
def test_a_plugin_that_names_what_is_not_there_is_refused_before_a_run_starts(key, hint):
    word = hint.strip("'") + "x"
    wrong = type("Wrong", (Odd,), {"network": lambda self: replace(NetProblem.network(self), **{key: word})})
    with pytest.raises(FieldError, match=f"Network.{key}: unknown name '{word}'; did you mean {hint}"):
        wrong(batch=0)


DATA = {
    "inputs": (Data(np.zeros((8, 3)), np.arange(8)), "data: expected 2 inputs for each point, got 3"),
    "points": (Data(np.zeros((7, 2)), np.arange(7)), "Wrong.data: expected 8 points to learn from, got 7; see what"),
    "classes": (Data(np.zeros((8, 2)), np.arange(8) + 1), "targets: expected classes 0 to 7, got 1 to 8"),
}


@pytest.mark.parametrize(("data", "words"), DATA.values(), ids=DATA)
def test_data_that_do_not_fit_the_network_or_its_loss_end_the_run_before_its_first_step(data, words, lab):
    wrong = type("Wrong", (Odd,), {"outputs": 8, "targets": "classes", "data": lambda self, rng: data})(batch=0)
    adam = lab.catalogue.build("optimizer", {"name": "adam"}, "optimizer")
    trial = Trial("a", wrong, adam, lab.catalogue.build("schedule", {"name": "constant"}, "schedule"), Gradient())
    (batch,) = plan(Experiment("e", trial, (trial,), steps=3))
    batch.advance(3)
    (run,) = batch.runs
    assert (run.status, run.count) == ("failed", 0) and run.message.startswith(f"failed at step 0: {words}")


@pytest.mark.parametrize(
    ("name", "loss", "label"),
    [
        ("spirals", "natural", "cross-entropy, nats"),
        ("digits", "natural", "cross-entropy, nats"),
        ("spirals", "squared", "mean squared error of the probability"),
        ("digits", "huber", "Huber loss of the probability"),
        ("curve_regression", "natural", "mean squared error"),
        ("curve_regression", "absolute", "mean absolute error"),
    ],
)
def test_every_loss_fits_every_kind_of_target(component, name, loss, label):
    problem = component("problem", name)(loss=loss, hidden=1)
    assert problem.loss_label() == label
    params = np.zeros((1, problem.layout().size))
    problem.bind(params, params.copy(), out := np.full(1, np.nan), [problem.data(np.random.default_rng(0))], {})(
        problem.sample(np.random.default_rng(0))[:1]
    )
    chance = problem.chance()
    assert chance is None or out[0] == pytest.approx(chance[1])


def test_the_fields_make_the_network(component):
    fields = {
        "activation": "prelu", "init": "uniform", "spread": 0.5, "norm": "batch", "residual": "rezero", "dropout": 0.25,
        "bias": False, "smoothing": 0.1,
    }  # fmt: skip
    problem = component("problem", "digits")(hidden=3, width=7, loss="squared", **fields)
    assert problem.network() == Network(sizes=(64, 7, 7, 7, 10), loss="softmax_mse", **fields)
    assert {name: array.shape for name, array in problem.memory(2).items()} == {"mean": (2, 21), "variance": (2, 21)}
    assert problem.sample(np.random.default_rng(0)).shape == (1438 // 128, 129)


@pytest.mark.parametrize("batch", [0, 32])
@pytest.mark.parametrize(("name", "lr"), [("adam", 0.01), ("case_sam", 0.3)])
def test_dropout_and_batch_norm_train_whatever_the_optimizer_asks(experiment, compute, name, lr, batch):
    problem = {"name": "circles", "hidden": 2, "dropout": 0.2, "norm": "batch", "batch": batch}
    trial = {"problem": problem, "optimizer": {"name": name, "lr": lr}}
    runs = compute(experiment(trial, steps=150, seeds=[0, 1]))
    assert all(run.status == "done" and run.at(run.count - 1, "loss") < 0.6 for run in runs), runs[0].message
