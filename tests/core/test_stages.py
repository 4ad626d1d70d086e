"""Stages of a chain: the gradient of each one alone, batched runs, and naive references for what they compute."""

from unittest.mock import patch

import numpy as np
import pytest

from optlab.nets import ACTIVATIONS, convolution
from optlab.nets.attention import CausalAttention
from optlab.nets.chain import Activate, Arena, Dense, Residual
from optlab.nets.convolution import Convolution
from optlab.nets.embedding import Embedding, Unembedding
from optlab.nets.normalise import Normalise
from optlab.nets.pooling import MaxPool, MeanPool

IMAGE, POINTS = (2, 4, 6), 3
HEADS, LENGTH = 2, 5
TOKENS, WIDTH = 4, 3


class Alone:
    """One stage with random values below it and random params; its loss is a fixed random sum of what it writes."""

    def __init__(self, kind, runs, dtype="float64"):
        self.rng = np.random.default_rng(0)
        self.runs, self.dtype = runs, dtype
        self.arena, self.arrays, self.grads = Arena(runs, dtype), [], []
        self.stage = getattr(self, kind)()
        self.weights = self.random(*self.stage.out.value.shape[1:])

    def random(self, *shape):
        return np.stack([np.random.default_rng((len(shape), k)).standard_normal(shape) for k in range(self.runs)])

    def param(self, *shape):
        """Params and gradients: parts of longer vectors, as in a network, and of another value each time."""
        n = int(np.prod(shape))
        flat, grad = (np.zeros((self.runs, n + 2), self.dtype) for _ in range(2))
        flat[:, 1:-1] = self.random(n) + 0.1 * len(self.arrays)
        self.arrays.append(flat[:, 1:-1].reshape(-1, *shape))
        self.grads.append(grad[:, 1:-1].reshape(-1, *shape))
        return self.arrays[-1], self.grads[-1]

    def below(self, units, columns):
        signal = self.arena.signal(units, columns)
        signal.value[:] = self.random(units, columns)
        self.arrays.append(signal.value)
        self.grads.append(signal.grad)
        return signal

    def dense(self):
        return Dense(self.param(4, 2), self.below(3, 5), self.arena)

    def activate(self):
        return Activate(ACTIVATIONS["tanh"], self.below(3, 5), self.arena)

    def activate_apart(self):
        return Activate(ACTIVATIONS["sigmoid"], self.below(3, 5), self.arena, apart=True)

    def residual(self):
        below = self.below(3, 5)
        first = Dense(self.param(4, 3), below, self.arena)
        return Residual(below, [first, Activate(ACTIVATIONS["tanh"], first.out, self.arena, apart=True)], self.arena)

    def convolution(self):
        channels, height, width = IMAGE
        weights = self.param(9 * channels + 1, 3)
        return Convolution(weights, self.below(channels * height * width, POINTS), IMAGE, self.arena)

    def convolution_by_rows(self):
        with patch.object(convolution, "BLOCK", 1):
            return self.convolution()

    def mean_pool(self):
        return MeanPool(self.below(np.prod(IMAGE), POINTS), IMAGE, self.arena)

    def max_pool(self):
        return MaxPool(self.below(np.prod(IMAGE), POINTS), IMAGE, self.arena)

    def attention(self):
        return CausalAttention(self.below(3 * HEADS * WIDTH, POINTS * LENGTH), HEADS, LENGTH, self.arena)

    def layer_norm(self):
        return Normalise(self.below(4, 5), self.param(4), self.param(4), arena=self.arena)

    def rms_norm(self):
        return Normalise(self.below(4, 5), self.param(4), arena=self.arena)

    def embedding(self):
        numbers = np.random.default_rng(1).integers(0, TOKENS, (self.runs, LENGTH, POINTS)).astype(self.dtype)
        return Embedding(self.param(TOKENS + LENGTH, WIDTH), numbers, self.arena)

    def unembedding(self):
        return Unembedding(self.param(TOKENS, WIDTH), self.below(WIDTH, 5), self.arena)

    def loss(self):
        """The loss of each run; what stages write over their input is put back."""
        before = [array.copy() for array in self.arrays]
        self.stage.forward()
        found = np.einsum("ruc,ruc->r", self.weights, self.stage.out.value)
        for array, values in zip(self.arrays, before, strict=True):
            array[:] = values
        return found

    def differentiate(self):
        self.stage.forward()
        for grad in self.grads:
            grad[:] = np.nan
        self.stage.out.grad[:] = self.weights
        self.stage.backward()


KINDS = [
    "dense", "activate", "activate_apart", "residual", "convolution", "convolution_by_rows", "mean_pool", "max_pool",
    "attention", "layer_norm", "rms_norm", "embedding", "unembedding",
]  # fmt: skip


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_central_differences_of_every_number(kind, runs):
    alone, h = Alone(kind, runs), 1e-6
    before = [array.copy() for array in alone.arrays]
    alone.differentiate()
    grads = [grad.copy() for grad in alone.grads]
    for array, values, grad in zip(alone.arrays, before, grads, strict=True):
        array[:] = values
        for index in np.ndindex(array.shape[1:]):
            ends = []
            for sign in (1, -1):
                array[:, *index] += sign * h
                ends.append(alone.loss())
                array[:, *index] = values[:, *index]
            slope = (ends[0] - ends[1]) / (2 * h)
            np.testing.assert_allclose(grad[:, *index], slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_one_run_has_the_numbers_of_a_batch_and_of_float32(kind):
    single, many, narrow = Alone(kind, 1), Alone(kind, 2), Alone(kind, 2, "float32")
    for alone in (single, many, narrow):
        alone.differentiate()
    for one, batch, rounded in zip(single.grads, many.grads, narrow.grads, strict=True):
        np.testing.assert_allclose(one[0], batch[0], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(rounded, batch, rtol=1e-4, atol=1e-5)
        assert rounded.dtype == "float32"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "activate"])  # which works in place
def test_going_back_leaves_the_gradient_above_alone(kind):
    """It is what a residual connection adds, and what is shown of hidden layers."""
    alone = Alone(kind, 1)
    alone.differentiate()
    np.testing.assert_array_equal(alone.stage.out.grad, alone.weights)


# Naive references


@pytest.mark.parametrize("kind", ["convolution", "convolution_by_rows"])
def test_a_convolution_is_the_sum_over_neighbours_and_channels(kind):
    alone = Alone(kind, 2)
    (channels, height, width), weights = IMAGE, alone.arrays[0]
    h = alone.arrays[1].reshape(2, channels, height, width, POINTS)
    alone.stage.forward()
    z = alone.stage.out.value.reshape(2, 3, height, width, POINTS)
    for r, o, y, x, b in np.ndindex(z.shape):
        total = weights[r, -1, o]
        for v, u, c in np.ndindex(3, 3, channels):
            if 0 <= y + v - 1 < height and 0 <= x + u - 1 < width:
                total += weights[r, 3 * channels * v + channels * u + c, o] * h[r, c, y + v - 1, x + u - 1, b]
        assert abs(z[r, o, y, x, b] - total) < 1e-12


@pytest.mark.parametrize(("kind", "taken"), [("mean_pool", np.mean), ("max_pool", np.max)])
def test_a_pool_is_the_mean_or_the_largest_of_four_pixels(kind, taken):
    alone = Alone(kind, 2)
    channels, height, width = IMAGE
    h = alone.arrays[0].reshape(2, channels, height, width, POINTS)
    alone.stage.forward()
    pooled = alone.stage.out.value.reshape(2, channels, height // 2, width // 2, POINTS)
    for r, c, y, x, b in np.ndindex(pooled.shape):
        assert abs(pooled[r, c, y, x, b] - taken(h[r, c, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2, b])) < 1e-14


def test_of_equal_pixels_the_first_gets_the_gradient_of_the_largest():
    alone = Alone("max_pool", 1)
    alone.arrays[0][:] = 1.0
    alone.differentiate()
    channels, height, width = IMAGE
    grad = alone.grads[0].reshape(channels, height, width, POINTS)
    np.testing.assert_array_equal(grad[:, ::2, ::2].ravel(), alone.weights.ravel())
    grad[:, ::2, ::2] = 0
    assert not grad.any()


def test_attention_is_the_weighted_mean_of_what_came_before():
    alone = Alone("attention", 2)
    parts = alone.arrays[0].copy().reshape(2, 3, HEADS, WIDTH, POINTS, LENGTH)
    alone.stage.forward()
    out = alone.stage.out.value.reshape(2, HEADS, WIDTH, POINTS, LENGTH)
    for r, head, b, i in np.ndindex(2, HEADS, POINTS, LENGTH):
        q, k, v = parts[r, :, head, :, b]
        weights = np.array([np.exp(k[:, j] @ q[:, i] / np.sqrt(WIDTH)) for j in range(i + 1)])
        mean = sum(w * v[:, j] for j, w in enumerate(weights / weights.sum()))
        np.testing.assert_allclose(out[r, head, :, b, i], mean, rtol=1e-12)


def test_attention_of_huge_scores_stays_finite():
    alone = Alone("attention", 1)
    alone.arrays[0][:] *= 1e4
    alone.differentiate()
    assert np.isfinite(alone.stage.out.value).all() and np.isfinite(alone.grads[0]).all()


@pytest.mark.parametrize(("kind", "mean"), [("layer_norm", 0.0), ("rms_norm", None)])
def test_normalised_columns_have_the_size_one(kind, mean):
    alone = Alone(kind, 1)
    alone.arrays[0][:] = 50 * alone.arrays[0] + 7
    for param, value in zip(alone.arrays[1:], (1.0, 0.0), strict=False):
        param[:] = value
    alone.stage.forward()
    columns = alone.stage.out.value[0]
    np.testing.assert_allclose((columns**2).mean(axis=0), 1, rtol=1e-5)
    assert mean is None or np.abs(columns.mean(axis=0)).max() < 1e-12


def test_an_embedding_adds_the_vector_of_the_token_and_that_of_the_position():
    alone = Alone("embedding", 2)
    table = alone.arrays[0]
    alone.stage.forward()
    numbers = np.random.default_rng(1).integers(0, TOKENS, (2, LENGTH, POINTS))
    h = alone.stage.out.value.reshape(2, WIDTH, POINTS, LENGTH)
    for r, b, t in np.ndindex(2, POINTS, LENGTH):
        np.testing.assert_allclose(h[r, :, b, t], table[r, numbers[r, t, b]] + table[r, TOKENS + t], rtol=1e-12)


def test_scratch_of_one_purpose_is_shared_and_that_of_another_is_not():
    arena = Arena(1, "float64")
    first, second, other = arena.scratch("a", 2, 3), arena.scratch("a", 3), arena.scratch("b", 3)
    assert np.shares_memory(first, second) and not np.shares_memory(first, other)
