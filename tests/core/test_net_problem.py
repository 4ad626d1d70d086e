"""Problems that learn from data: mini-batches, and the seeds of dropout that travel with them."""

import numpy as np
import pytest

from optlab.api import Data, DataProblem, Network, integer


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
