"""The data sets: what lies where, how often each class comes, and what a network makes of them."""

from collections.abc import Callable

import numpy as np
import pytest

from optlab.engine.planning import plan
from optlab.engine.streams import stream
from optlab.net_problem import NetProblem
from optlab.tables import read_arrays

ADAM = {"name": "adam", "lr": 0.01}
SHAPES = {"iris": (4, [50, 50, 50]), "wine": (13, [59, 71, 48]), "breast_cancer": (30, [212, 357])}
PLANES = ("spirals", "three_spirals", "xor", "moons", "circles", "blobs", "checkerboard")


@pytest.fixture
def data(component) -> Callable:
    """`data("moons", seed, noise=0.0)`: all points of a data set, none kept for the test."""

    def draw(name, seed=0, **fields):
        return component("problem", name)(**{"test": 0.0, **fields}).data(np.random.default_rng(seed))

    return draw


@pytest.fixture
def accuracy(experiment) -> Callable:
    """`accuracy("moons", steps)`: the median share over five seeds that a trained network gets right in the test."""

    def share(run, params):
        problem = run.trial.problem
        data = problem.data(stream(run.seed, "data"))
        x, y = (data.test_x, data.test_y) if problem.test else (data.x, data.y)
        params = params[None].copy()
        bound = problem.network().bind(params, np.empty_like(params), np.empty(1), [data], 1)
        return problem.network().scores(bound.predict(x), y)["accuracy"][0]

    def train(name, steps, **fields):
        trial = {"problem": {"name": name, **fields}, "optimizer": ADAM}
        (batch,) = plan(experiment(trial, steps=steps, seeds=[0, 1, 2, 3, 4]))
        batch.advance(steps)
        return np.median([share(run, batch.point(run)) for run in batch.runs])

    return train


@pytest.mark.parametrize("name", [*PLANES, "curve_regression"])
def test_a_seed_gives_its_own_points_and_the_same_again(data, name):
    first, again, other = data(name, 3), data(name, 3), data(name, 4)
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)
    assert (first.x != other.x).any()


@pytest.mark.parametrize("name", PLANES)
def test_the_classes_are_equally_frequent_and_lie_in_the_plane_that_is_drawn(data, name):
    points = data(name)
    shares = np.bincount(points.y.astype(int))
    assert shares.max() - shares.min() <= 1
    assert np.mean(np.abs(points.x) < 1.5) > 0.98 and np.abs(points.x).max() > 0.7


@pytest.mark.parametrize("name", ["xor", "moons", "circles", "three_spirals", "blobs", "checkerboard"])
def test_points_are_as_many_as_asked_for_and_a_share_is_kept(component, name):
    problem = component("problem", name)(points=50, batch=0, test=0.3)
    points = problem.data(np.random.default_rng(0))
    assert (len(points.x), len(points.test_x), problem.count()) == (35, 15, 35)


def test_xor_without_noise_is_its_table(data):
    points = data("xor", points=4, noise=0.0, batch=0)
    assert {(*x, y) for x, y in zip(points.x.tolist(), points.y, strict=True)} == {
        (-1, -1, 0), (-1, 1, 1), (1, -1, 1), (1, 1, 0),
    }  # fmt: skip


def test_parity_changes_with_every_bit_and_has_every_pattern_once(data):
    points = data("parity", bits=5)
    answers = {tuple(x): y for x, y in zip(points.x.tolist(), points.y, strict=True)}
    assert len(answers) == 32 and {abs(bit) for x in answers for bit in x} == {1}
    for x, y in answers.items():
        assert all(answers[(*x[:k], -x[k], *x[k + 1 :])] == 1 - y for k in range(5))


def test_parity_of_some_patterns_shows_none_twice_and_never_more_than_there_are(component, data):
    points = data("parity", bits=10, samples=100)
    assert len(np.unique(points.x, axis=0)) == 100 and 30 < points.y.sum() < 70
    assert component("problem", "parity")(bits=3, samples=100).count() == 8


def test_the_moons_are_half_circles_of_one_size_about_different_centres(data):
    points = data("moons", noise=0.0)
    for k, sign in ((0, 1), (1, -1)):
        moon = sign * points.x[points.y == k] + np.array([1 / 3, 1 / 6])
        np.testing.assert_allclose(np.hypot(*moon.T), 2 / 3)
        assert moon[:, 1].min() >= 0


def test_the_circles_have_their_radii(data):
    points = data("circles", noise=0.0, ratio=0.3)
    np.testing.assert_allclose(np.hypot(*points.x.T), np.where(points.y, 0.3, 1.0))


def test_the_three_spirals_are_one_turned_by_thirds(data):
    points = data("three_spirals", noise=0.0, turns=1.0)
    r, angle = np.hypot(*points.x.T), np.arctan2(*points.x.T[::-1])
    turned = np.mod(angle / (2 * np.pi) - r, 1)
    np.testing.assert_allclose(np.mod(turned - points.y / 3 + 0.5, 1), 0.5, atol=1e-9)
    assert r.min() < 0.2 and 0.9 < r.max() <= 1


def test_the_centres_of_blobs_are_evenly_around(data, component):
    points = data("blobs", classes=5, noise=0.0)
    centres = np.unique(np.round(points.x, 9), axis=0)
    assert len(centres) == 5
    np.testing.assert_allclose(np.hypot(*centres.T), 1)
    assert component("problem", "blobs")(classes=7).network().sizes[-1] == 7


def test_the_colour_of_a_square_is_that_of_column_plus_row(data):
    points = data("checkerboard", squares=6)
    assert np.abs(points.x).max() <= 1
    column, row = np.floor((points.x.T + 1) * 3).astype(int)
    np.testing.assert_array_equal((column + row) % 2, points.y)
    assert len(set(zip(column.tolist(), row.tolist(), strict=True))) == 36


@pytest.mark.parametrize(
    ("curve", "turns", "values"),
    [
        ("sine", [-0.75, -0.25, 0.25, 0.75], [1, -1, 1, -1]),
        ("step", [-1, -0.1, 0, 0.1, 1], [-1, -1, 0, 1, 1]),
        ("polynomial", [-1, -np.sqrt(0.5), 0, np.sqrt(0.5), 1], [1, -1, 1, -1, 1]),
    ],
)
def test_curves_have_their_shape_and_the_points_lie_about_them(component, curve, turns, values):
    problem = component("problem", "curve_regression")(curve=curve, points=2000, noise=0.2, test=0.0)
    np.testing.assert_allclose(problem.at(np.array(turns)), values, atol=1e-12)
    points = problem.data(np.random.default_rng(0))
    assert np.std(points.y - problem.at(points.x)) == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shipped_table_has_its_rows_classes_and_names(name):
    table, (columns, counts) = read_arrays(name), SHAPES[name]
    assert table["features"].shape == (sum(counts), columns)
    assert np.bincount(table["targets"]).tolist() == counts
    assert len(set(table["feature_names"])) == columns and len(set(table["classes"])) == len(counts)
    assert np.isfinite(table["features"]).all() and (table["features"] >= 0).all()


def test_the_tables_hold_the_values_that_are_published():
    """Means and extremes of scikit-learn's descriptions; Fisher's two flowers that the repository has otherwise."""
    iris, wine, cancer = (read_arrays(name)["features"] for name in SHAPES)
    np.testing.assert_allclose(iris.mean(axis=0), [5.84, 3.05, 3.76, 1.20], atol=0.01)
    assert iris[34].tolist() == [4.9, 3.1, 1.5, 0.2] and iris[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    np.testing.assert_allclose(wine.mean(axis=0)[[0, 1, 4, 12]], [13.0, 2.34, 99.7, 746], rtol=2e-3)
    np.testing.assert_allclose(cancer.max(axis=0)[[0, 3, 23, 29]], [28.11, 2501, 4254, 0.2075])


@pytest.mark.parametrize("name", SHAPES)
def test_inputs_of_a_table_are_standardised_and_the_test_part_completes_it(component, data, name):
    whole = data(name)
    np.testing.assert_allclose(whole.x.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(whole.x.std(axis=0), 1, atol=0.05)  # a far value is cut
    parts = component("problem", name)().data(np.random.default_rng(0))
    rows = np.concatenate((parts.x, parts.test_x))
    np.testing.assert_array_equal(np.unique(rows, axis=0), np.unique(whole.x, axis=0))


def test_a_shipped_array_is_read_once_and_cannot_be_changed():
    assert read_arrays("iris") is read_arrays("iris")
    with pytest.raises(ValueError, match="read-only"):
        read_arrays("iris")["features"][0] = 0


@pytest.mark.parametrize(("name", "steps"), [("xor", 500), ("parity", 1000), ("circles", 500)])
def test_no_line_does_what_a_hidden_layer_can(accuracy, experiment, compute, name, steps):
    assert accuracy(name, steps, hidden=0) < 0.6
    assert accuracy(name, steps) > 0.97
    trial = {"problem": {"name": name, "hidden": 0, "batch": 0}, "optimizer": ADAM}
    (run,) = compute(experiment(trial, steps=steps))
    assert run.column("loss")[-1] == pytest.approx(np.log(2), abs=0.01)


def test_a_line_cuts_the_moons_and_a_hidden_layer_bends_between_them(accuracy):
    assert 0.75 < accuracy("moons", 500, hidden=0) < 0.9
    assert accuracy("moons", 500) > 0.95


@pytest.mark.parametrize(("name", "least"), [("iris", 0.93), ("wine", 0.95), ("breast_cancer", 0.95), ("blobs", 0.95)])
def test_a_small_network_learns_a_table(accuracy, name, least):
    assert accuracy(name, 300) > least


def test_lines_are_enough_for_blobs(accuracy):
    assert accuracy("blobs", 500, hidden=0) > 0.95


def test_more_squares_take_longer(accuracy):
    assert accuracy("checkerboard", 800, squares=2) > 0.95
    assert accuracy("checkerboard", 800, squares=4) > 0.85
    assert accuracy("checkerboard", 800, squares=8) < 0.7


def test_spirals_of_three_arms_are_learned(accuracy):
    assert accuracy("three_spirals", 800, hidden=0) < 0.75
    assert accuracy("three_spirals", 800) > 0.97


def test_a_fitted_curve_comes_down_to_the_noise(experiment, compute):
    trial = {"problem": {"name": "curve_regression", "noise": 0.2, "curve": "polynomial"}, "optimizer": ADAM}
    ends = [run.column("loss")[-50:].mean() for run in compute(experiment(trial, steps=1000, seeds=[0, 1, 2, 3, 4]))]
    assert 0.7 * 0.2**2 < np.median(ends) < 1.3 * 0.2**2


def test_sizes_may_be_attributes_fields_or_properties(component):
    for name in ("spirals", "moons", "parity"):
        problem: NetProblem = component("problem", name)()
        assert problem.network().sizes[0] == problem.inputs and problem.count() <= problem.points
