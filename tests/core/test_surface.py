"""The loss around a run: values are the loss at those params, and a plane holds of the path what it says."""

import threading

import numpy as np
import pytest

from optlab.engine.headless import compute
from optlab.engine.inside import Inside
from optlab.engine.planes import GRADIENT, KINDS, PATH, RANDOM, Metric, plane, units
from optlab.engine.planning import plan
from optlab.engine.surface import Losses, closer, surface
from optlab.engine.task import Task
from optlab.engine.turn import Turn
from optlab.layout import Layout

NET = {
    "problem": {"name": "moons", "hidden": 2, "width": 8, "batch": 32},
    "optimizer": {"name": "momentum", "lr": 0.1},
}
LAYOUT = Layout({"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,), "slope2": (1,)})
RNG = np.random.default_rng(0)


@pytest.fixture
def inside(experiment):
    made = plan(experiment(NET, steps=40))[0]
    compute([made])
    return Inside(made.runs[0], made)


def loss_at(inside, point):
    """The loss of one point, by a binding of its own."""
    problem = inside.problem
    params, loss = point[None].copy(), np.empty(1)
    problem.bind_whole(params, np.empty_like(params), loss, [inside.data], problem.memory(1))(None)
    return loss[0]


def made(kind, path, by_units=True, here=None, grad=None, centre=None):
    centre = path[-1] if centre is None else centre
    steps = np.arange(float(len(path)))
    here = steps[-1] if here is None else here
    grad = RNG.standard_normal(LAYOUT.size) if grad is None else grad
    return plane(kind, Metric(LAYOUT, centre, by_units), centre, (steps, path), here, grad, np.random.default_rng(1))


def lengths(plane, by_units=True):
    return np.linalg.norm(plane.directions / Metric(LAYOUT, plane.centre, by_units).scales, axis=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by_units", [True, False])
def test_values_are_the_loss_at_those_params(inside, kind, by_units):
    found = surface(inside, 25, kind, by_units, points=7)
    assert found.step == 25 and found.loss == pytest.approx(loss_at(inside, found.plane.centre), rel=1e-12)
    xs, ys = np.linspace(*found.x, 7), np.linspace(*found.y, 7)
    for i, j in ((0, 0), (2, 5), (6, 3)):
        point = found.plane.centre + xs[j] * found.plane.directions[0] + ys[i] * found.plane.directions[1]
        assert found.values[i, j] == pytest.approx(loss_at(inside, point), rel=1e-12)


def test_another_part_is_of_the_same_plane(inside):
    whole = surface(inside, 25, RANDOM, True, points=5)
    part = closer(inside, whole, (0.0, whole.x[1]), (0.0, whole.y[1]), points=5)
    np.testing.assert_allclose(part.values[::2, ::2], whole.values[2:, 2:], rtol=1e-12)


def test_a_landscape_is_its_own_plane(experiment):
    made = plan(experiment({"problem": {"name": "rosenbrock"}, "optimizer": {"name": "adam", "lr": 0.05}}, steps=30))[0]
    compute([made])
    found = surface(Inside(made.runs[0], made), None, PATH, True, points=5)
    x, y = found.plane.centre + found.x[0] * found.plane.directions[0] + found.y[1] * found.plane.directions[1]
    assert found.values[-1, 0] == pytest.approx((1 - x) ** 2 + 100 * (y - x * x) ** 2)
    assert sum(found.plane.held) == pytest.approx(1.0)


@pytest.mark.parametrize("by_units", [True, False])
def test_the_path_s_plane_holds_a_straight_path_and_a_flat_one(by_units):
    start, along, aside = RNG.standard_normal((3, LAYOUT.size))
    t = np.linspace(-1, 0, 12)[:, None]
    straight = made(PATH, start + t * along, by_units)
    assert straight.held == pytest.approx((1.0, 0.0), abs=1e-12) and straight.off.max() < 1e-12
    bent = made(PATH, start + t * along + t**2 * aside, by_units)
    assert sum(bent.held) == pytest.approx(1.0, abs=1e-12) and bent.held[1] > 1e-3
    assert straight.path[0, 0] < straight.path[-1, 0] == 0  # the run goes to the right


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_held_and_what_is_off_is_the_whole(kind):
    path = RNG.standard_normal((20, LAYOUT.size)).cumsum(axis=0)
    found = made(kind, path)
    scales = Metric(LAYOUT, path[-1], True).scales
    moved = (path - path[-1]) / scales
    rest = moved - found.path @ (found.directions / scales)
    np.testing.assert_allclose(rest @ (found.directions / scales).T, 0, atol=1e-9)  # the nearest point of the plane
    np.testing.assert_allclose(np.linalg.norm(rest, axis=1), found.off, rtol=1e-9, atol=1e-12)
    assert sum(found.held) == pytest.approx(1 - np.sum(found.off**2) / np.sum(moved**2), rel=1e-9)


def test_no_plane_holds_more_of_the_path_than_its_own():
    path = RNG.standard_normal((20, LAYOUT.size)).cumsum(axis=0)
    own, others = made(PATH, path), [made(GRADIENT, path), made(RANDOM, path)]
    assert all(sum(own.held) > sum(other.held) for other in others)


def test_the_gradient_s_plane_holds_gradient_and_last_movement():
    path, grad = RNG.standard_normal((5, LAYOUT.size)), RNG.standard_normal(LAYOUT.size)
    found = made(GRADIENT, path, here=3, grad=grad, centre=path[3])
    assert found.directions[0] @ grad < 0 and found.since == 1
    for wished in (grad, path[3] - path[2]):
        inside = np.linalg.lstsq(found.directions.T, wished, rcond=None)[0] @ found.directions
        np.testing.assert_allclose(inside, wished, atol=1e-9)
    assert found.path[2, 1] < 0  # up is the way that it came


@pytest.mark.parametrize("kind", KINDS)
def test_directions_are_as_long_as_the_axes_count(kind):
    path = RNG.standard_normal((9, LAYOUT.size))
    for by_units in (True, False):
        np.testing.assert_allclose(lengths(made(kind, path, by_units), by_units), 1, rtol=1e-12)


def test_a_random_direction_moves_every_unit_by_its_own_norm():
    """Li et al. 2018, section 4: d ← d / ‖d‖ · ‖x‖ for each filter."""
    centre = RNG.uniform(1, 2, LAYOUT.size)
    found, unit = made(RANDOM, centre[None]), units(LAYOUT)
    for direction in found.directions:
        np.testing.assert_allclose(np.bincount(unit, direction**2), np.bincount(unit, centre**2), rtol=1e-9)


def test_a_unit_is_a_column_with_its_bias():
    assert units(LAYOUT).tolist() == [*(3 * [0, 1, 2, 3]), 0, 1, 2, 3, *(4 * [4, 5]), 4, 5, 6]


@pytest.mark.parametrize("kind", KINDS)
def test_params_of_zero_and_a_run_that_stands_still_have_planes(kind):
    found = made(kind, np.zeros((1, LAYOUT.size)), grad=np.zeros(LAYOUT.size))
    np.testing.assert_allclose(np.linalg.norm(found.directions, axis=1), 1)
    assert np.isnan(found.held).all()
    assert all(span[0] < 0 < span[1] for span in found.spans())


def test_the_path_and_the_centre_are_seen():
    path = RNG.standard_normal((30, LAYOUT.size)).cumsum(axis=0)
    found = made(PATH, path, here=10, centre=path[10])
    for span, along in zip(found.spans(), found.path.T, strict=True):
        assert span[0] < along.min() and along.max() < span[1] and span[0] < 0 < span[1]


def test_running_statistics_are_lent_and_points_do_not_disturb_each_other(inside):
    class Remembering:
        order = "C"

        def bind_whole(self, params, grads, loss, data, memory):
            def evaluate(batch):
                loss[:] = params.sum(axis=1) + memory["mean"][:, 0]
                memory["mean"] += 1

            return evaluate

    inside.problem, inside.memory = Remembering(), {"mean": np.full((1, 3), 5.0)}
    losses = Losses(inside, 2)
    points = RNG.standard_normal((2, inside.layout.size))
    for part in (points, points[:1], points):
        np.testing.assert_allclose(losses(part), part.sum(axis=1) + 5)
    assert (inside.memory["mean"] == 5).all()


def test_there_is_no_surface_before_the_first_step(experiment):
    made = plan(experiment(NET))[0]
    assert surface(Inside(made.runs[0], made), None, PATH, True) is None


# tasks


def test_a_task_gives_its_result_and_how_far_it_is(inside):
    shares = []

    def work(task):
        def tell(share):
            task.tell(share)
            shares.append(task.progress)

        return surface(inside, None, PATH, True, points=9, tell=tell)

    task = Task(work).start()
    assert task.join(60) and task.error is None and task.result.step == 40
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 2


def test_a_cancelled_task_ends_at_its_next_piece_without_result():
    reached, go = threading.Event(), threading.Event()

    def work(task):
        reached.set()
        go.wait(10)
        task.tell(0.5)
        return "never"

    task = Task(work).start()
    assert reached.wait(10) and not task.done
    task.cancel()
    go.set()
    assert task.join(10) and task.result is None and task.error is None


def test_what_a_task_raises_is_kept():
    def work(task):
        raise ValueError("my plugin")

    task = Task(work).start()
    assert task.join(10) and repr(task.error) == "ValueError('my plugin')" and task.result is None


def test_a_task_stands_aside_while_the_window_draws():
    turn, told = Turn(), threading.Event()

    def work(task):
        task.tell(0.1)
        told.set()

    with turn:
        task = Task(work, turn).start()
        assert not told.wait(0.1)
    assert task.join(10) and told.is_set()
