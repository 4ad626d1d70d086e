"""The in-place kernels: right, without temporaries of the arrays' size, and never mixing the runs."""

import tracemalloc

import numpy as np
import pytest

from optlab.kernels import decay_pair, dot, ema, ema_square, norm, scale


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return [rng.standard_normal((3, 5)) for _ in range(2)]


def test_ema_is_the_textbook_mean(arrays):
    mean, x = arrays
    expected = 0.9 * mean + 0.1 * x
    ema(mean, x, 0.9, np.empty_like(x))
    np.testing.assert_allclose(mean, expected, rtol=1e-15, atol=1e-16)


def test_ema_square_is_the_textbook_mean_square(arrays):
    mean, x = arrays
    expected = 0.99 * mean + 0.01 * x * x
    ema_square(mean, x, 0.99, np.empty_like(x))
    np.testing.assert_allclose(mean, expected, rtol=1e-14)


@pytest.mark.parametrize("kernel", [ema, ema_square])
def test_a_column_of_betas_gives_each_run_its_own(kernel, arrays):
    mean, x = arrays
    betas = [0.0, 0.5, 0.999]
    singles = mean.copy()
    kernel(mean, x, np.array(betas)[:, None], np.empty_like(x))
    for k, beta in enumerate(betas):
        kernel(singles[k : k + 1], x[k : k + 1], beta, np.empty((1, 5)))
    np.testing.assert_array_equal(mean, singles)


@pytest.mark.parametrize("kernel", [ema, ema_square])
def test_kernels_leave_x_alone_and_allocate_nothing_of_its_size(kernel):
    mean, x, tmp = np.zeros((1, 100_000)), np.ones((1, 100_000)), np.empty((1, 100_000))
    x.flags.writeable = False
    kernel(mean, x, 0.9, tmp)
    tracemalloc.start()
    kernel(mean, x, 0.9, tmp)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000


def test_the_complement_of_beta_is_taken_in_float64():
    keep, take = decay_pair(0.9999999, np.zeros(1, np.float32))
    assert keep.dtype == take.dtype == np.float32
    assert take == np.float32(1 - 0.9999999)  # float32(1) − float32(β) would be 19 % off


def test_norm_is_one_number_for_each_run():
    np.testing.assert_allclose(norm(np.array([[3.0, 4.0], [5.0, 12.0]])), [[5.0], [13.0]])


@pytest.mark.parametrize("order", ["C", "F"])
def test_dot_is_one_number_for_each_run(order):
    x, y = np.array([[3.0, 4.0], [5.0, 12.0]], order=order), np.array([[1.0, 2.0], [-1.0, 1.0]], order=order)
    np.testing.assert_allclose(dot(x, y), [[11.0], [7.0]])


def test_scale_rounds_a_column_once_and_keeps_the_runs_apart():
    x, out = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.zeros((2, 2), np.float32)
    scale(x, np.array([[0.1], [0.2]]), out)
    np.testing.assert_array_equal(out, x * np.array([[0.1], [0.2]], np.float32))
    scale(x, 2.0, out)
    np.testing.assert_array_equal(out, 2 * x)
