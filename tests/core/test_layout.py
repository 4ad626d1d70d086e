"""Layouts: views that share memory, and norms that survive small numbers."""

from itertools import pairwise

import numpy as np
import pytest

from optlab.layout import Layout


@pytest.fixture
def layout():
    return Layout({"W1": (2, 3), "b1": (3,), "s": ()})


def test_layers_lie_one_after_the_other(layout):
    assert layout.size == 10
    assert [layout.slices[name] for name in layout.names] == [slice(0, 6), slice(6, 9), slice(9, 10)]


@pytest.mark.parametrize("order", ["C", "F"])
def test_views_of_one_run_share_its_memory(layout, order):
    flat = np.zeros((1, 10), order=order)
    views = layout.views(flat)
    assert {name: view.shape for name, view in views.items()} == {"W1": (1, 2, 3), "b1": (1, 3), "s": (1,)}
    views["W1"][0, 1, 2] = 7.0
    assert flat[0, 5] == 7.0


def test_views_of_many_runs_share_their_memory(layout):
    flat = np.zeros((4, 10))
    layout.views(flat)["b1"][2] = 5.0
    assert flat[2].tolist() == [0] * 6 + [5] * 3 + [0]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_norms_are_those_of_each_layer_and_run(layout, dtype, order):
    flat = np.asarray(np.random.default_rng(0).standard_normal((4, 10)), dtype, order)
    expected = [[np.linalg.norm(row[layout.slices[name]].astype(float)) for name in layout.names] for row in flat]
    norms = layout.norms(flat)
    assert norms.dtype == np.float64
    np.testing.assert_allclose(norms, expected, rtol=1e-6 if dtype == "float32" else 1e-14)


def test_norms_take_a_stage_of_steps_at_once(layout):
    flat = np.random.default_rng(0).standard_normal((5, 4, 10))
    np.testing.assert_array_equal(layout.norms(flat)[3], layout.norms(flat[3]))


@pytest.mark.parametrize(("dtype", "size"), [("float32", 1e-30), ("float32", 1e-44), ("float64", 1e-200)])
def test_norms_survive_where_squares_underflow(layout, dtype, size):
    flat = np.full((2, 10), size, dtype)
    flat[1] = 1.0
    expected = float(flat[0, 0]) * np.sqrt([6, 3, 1])
    np.testing.assert_allclose(layout.norms(flat)[0], expected, rtol=1e-6)
    np.testing.assert_allclose(layout.norms(flat)[1], np.sqrt([6, 3, 1]), rtol=1e-6)


def test_norms_of_zeros_are_zero_and_of_infinities_infinite(layout):
    flat = np.zeros((2, 10))
    flat[1] = np.inf
    assert layout.norms(flat)[0].tolist() == [0, 0, 0]
    assert np.isinf(layout.norms(flat)[1]).all()


def widths(*sizes):
    shapes = {}
    for k, (m, n) in enumerate(pairwise(sizes), 1):
        shapes[f"W{k}"], shapes[f"b{k}"] = (m, n), (n,)
    return Layout(shapes)


@pytest.mark.parametrize(
    "layout",
    [
        widths(2, 64, 64, 64, 64, 1),
        widths(2, 64, 32, 64, 32, 64, 64, 1),
        widths(64, 64, 64),
        Layout({"a": (5000,), "b": (3,), "c": (5000,), "d": (5000,), "e": (3,), "f": (5000,), "g": (1,)}),
        Layout({"x": (1,), "y": (1,)}),
    ],
)
@pytest.mark.parametrize("lead", [(1,), (3, 2)])
def test_norms_are_those_of_every_layer_however_long_and_however_they_repeat(layout, lead):
    flat = np.random.default_rng(0).standard_normal((*lead, layout.size))
    expected = np.stack([np.linalg.norm(flat[..., part], axis=-1) for part in layout.slices.values()], axis=-1)
    for stored in (flat, np.asfortranarray(flat), np.repeat(flat, 2, axis=0)[::2]):
        np.testing.assert_allclose(layout.norms(stored), expected, rtol=1e-13)
    narrow = layout.norms(flat.astype(np.float32))
    assert narrow.dtype == np.float64
    np.testing.assert_allclose(narrow, expected, rtol=1e-5)
