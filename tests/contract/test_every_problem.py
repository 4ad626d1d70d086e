"""What holds for every shipped problem."""

import numpy as np
import pytest

from optlab.landscape import SHAPES
from optlab.net_problem import DataProblem, NetProblem
from optlab.sequence_problem import SequenceProblem


class Bound:
    """A problem bound to runs at random points."""

    def __init__(self, problem, seeds, dtype="float64"):
        self.problem = problem
        size = problem.layout().size
        self.params = np.zeros((len(seeds), size), dtype, order=problem.order)
        self.data = [problem.data(np.random.default_rng((1, seed))) for seed in seeds]
        for row, seed in zip(self.params, seeds, strict=True):
            problem.start(row, np.random.default_rng((0, seed)))
            row += 0.3 * np.random.default_rng((2, seed)).standard_normal(size)
        self.grads, self.loss = np.zeros_like(self.params), np.zeros(len(seeds), dtype)
        memory = problem.memory(len(seeds))
        evaluate = problem.bind(self.params, self.grads, self.loss, self.data, memory)
        self.evaluate = np.errstate(over="ignore")(evaluate)  # as in the engine: e⁻ᶻ may be the inf whose inverse is 0
        draws = [problem.sample(np.random.default_rng((3, seed))) for seed in seeds]
        self.batch = None if draws[0] is None else np.stack([epoch[0] for epoch in draws])


def test_the_gradient_is_the_central_difference(problem):
    bound, rng, h = Bound(problem, [0]), np.random.default_rng(9), 1e-6
    bound.evaluate(bound.batch)
    here, grad = bound.params.copy(), bound.grads[0].copy()
    size = len(grad)
    directions = np.eye(size) if size < 10 else rng.standard_normal((20, size)) / np.sqrt(size)
    for direction in directions:
        ends = []
        for sign in (1, -1):
            bound.params[:] = here + sign * h * direction
            bound.evaluate(bound.batch)
            ends.append(float(bound.loss[0]))
        assert abs((ends[0] - ends[1]) / (2 * h) - grad @ direction) < 1e-6 * max(1, np.abs(grad).max(), abs(ends[0]))


def test_the_gradient_vanishes_at_every_minimum_and_beside_it_is_higher(landscape):
    low, high = np.array(landscape.domain).T
    for minimum in landscape.minima():
        size = len(minimum)
        around = minimum + 1e-3 * np.concatenate([np.zeros((1, size)), np.eye(size), -np.eye(size)])
        x = np.asfortranarray(around)
        loss, grad = np.empty(len(x)), np.empty_like(x)
        landscape.evaluate(x, loss, grad)
        here, within = np.array(minimum), ((x >= low) & (x <= high)).all(axis=1)
        assert within[0]
        assert np.abs(grad[0][(here > low) & (here < high)]).max(initial=0.0) < 1e-9
        assert (grad[0][here == high] <= 0).all() and (grad[0][here == low] >= 0).all()  # on a wall it points out
        assert (loss[1:][within[1:]] > loss[0]).all()


def test_the_start_lies_in_the_domain_and_in_its_picture(landscape):
    assert len(landscape.at) == len(landscape.domain)
    for box in (landscape.domain, landscape.view or landscape.domain):
        assert all(low <= c <= high for c, (low, high) in zip(landscape.at, box, strict=True))


def test_the_picture_lies_in_the_domain_and_shows_the_minima(landscape):
    for (low, high), (least, most) in zip(landscape.view, landscape.domain, strict=bool(landscape.view)):
        assert least <= low < high <= most
    if len(landscape.domain) == 2:
        for minimum in landscape.minima():
            assert all(lo <= c <= hi for c, (lo, hi) in zip(minimum, landscape.view or landscape.domain, strict=True))


def test_a_landscape_says_what_it_is_a_case_of(landscape):
    assert set(landscape.kind) <= set(SHAPES)
    assert landscape.kind or landscape.name == "formula"
    assert len(set(landscape.kind)) == len(landscape.kind)


def test_a_convex_landscape_is_below_its_chords_and_no_other_is(landscape):
    if not landscape.kind:
        return
    low, high = np.array(landscape.view or landscape.domain).T
    ends = np.random.default_rng(5).uniform(low, high, (2, 3000, len(low)))
    losses = []
    for points in (*ends, ends.mean(axis=0)):
        x = np.asfortranarray(points)
        losses.append(np.empty(len(x)))
        landscape.evaluate(x, losses[-1], np.empty_like(x))
    above = losses[2] - (losses[0] + losses[1]) / 2
    assert (above <= 1e-9 * np.abs(losses[2])).all() == ("convex" in landscape.kind)


def test_runs_of_a_batch_equal_single_runs(problem):
    many = Bound(problem, [0, 1, 2])
    many.evaluate(many.batch)
    for k in range(3):
        one = Bound(problem, [k])
        one.evaluate(one.batch)
        np.testing.assert_allclose(many.grads[k], one.grads[0], rtol=1e-9, atol=1e-12 * np.abs(one.grads).max())
        np.testing.assert_allclose(many.loss[k], one.loss[0], rtol=1e-9)


def test_the_same_seed_gives_the_same_start_data_and_mini_batches(problem):
    first, second = Bound(problem, [4]), Bound(problem, [4])
    for bound in (first, second):
        bound.evaluate(bound.batch)
    np.testing.assert_array_equal(first.params, second.params)
    np.testing.assert_array_equal(first.grads, second.grads)
    np.testing.assert_array_equal(first.loss, second.loss)


def test_evaluating_leaves_params_and_batch_alone(problem):
    bound = Bound(problem, [0, 1])
    params, batch = bound.params.copy(), None if bound.batch is None else bound.batch.copy()
    bound.evaluate(bound.batch)
    np.testing.assert_array_equal(bound.params, params)
    np.testing.assert_array_equal(bound.batch, batch)


@pytest.mark.parametrize("seeds", [[0], [0, 1]])
def test_float32_gives_the_same_to_its_own_precision(problem, seeds):
    wide, narrow = Bound(problem, seeds), Bound(problem, seeds, "float32")
    for bound in (wide, narrow):
        bound.evaluate(bound.batch)
    assert narrow.grads.dtype == narrow.loss.dtype == np.float32
    np.testing.assert_allclose(narrow.grads, wide.grads, atol=1e-4 * np.abs(wide.grads).max())
    np.testing.assert_allclose(narrow.loss, wide.loss, rtol=1e-4)


def test_an_epoch_shows_every_point_at_most_once_in_mini_batches_of_one_size(problem):
    epoch = problem.sample(np.random.default_rng(0))
    if epoch is None or not isinstance(problem, DataProblem):
        return
    assert epoch.shape == (problem.count() // problem.batch, problem.batch)
    assert len(np.unique(epoch)) == epoch.size and epoch.min() >= 0 and epoch.max() < problem.count()
    assert (epoch != problem.sample(np.random.default_rng(1))).any()


def test_the_data_have_the_declared_size(problem):
    if isinstance(problem, DataProblem):
        data = problem.data(np.random.default_rng(0))
        assert len(data.x) == len(data.y) == problem.count()
        if isinstance(problem, NetProblem):
            assert data.x.shape[1:] == (problem.network().sizes[0],)
        if isinstance(problem, SequenceProblem):
            assert data.x.shape[1:] == (problem.length, problem.inputs)
        assert data.x.dtype.kind in "iu" or np.abs(data.x).max() < 10  # tokens have numbers, all else is scaled
