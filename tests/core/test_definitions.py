"""Where the definitions of PyTorch, Keras and optax part: as a field says, and not before."""

import numpy as np
import pytest

from optlab.layout import Layout
from optlab.optimizer import make_state

DROP = 100
"""After so many steps lr falls to a tenth."""


@pytest.fixture
def path(component):
    """`path("momentum", form="velocity")`: the points of 300 steps on Rosenbrock's function, where lr drops once."""

    def go(name, lr=1e-3, drop=0.1, **fields):
        optimizer = component("optimizer", name)(lr=lr, **fields)
        x = np.array([[-1.2, 1.0]])
        state = make_state(optimizer, x, Layout({"x": (2,)}), np.zeros(1))
        points = [x[0].copy()]
        for state.t in range(1, 301):
            (a, b) = x[0]
            grads = np.array([[-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]])
            state.lr = optimizer.lr * (drop if state.t > DROP else 1.0)
            optimizer.step(x, grads, state)
            points.append(x[0].copy())
        return np.array(points)

    return go


def apart(a, b):
    """The largest distance before the drop, and after it."""
    distances = np.abs(a - b).max(axis=1)
    return distances[: DROP + 1].max(), distances.max()


def test_a_velocity_keeps_its_old_speed_when_lr_drops(path):
    plain, velocity = path("momentum"), path("momentum", form="velocity")
    before, after = apart(plain, velocity)
    assert before < 1e-12 and after == pytest.approx(0.035, abs=0.001)
    steps = [np.linalg.norm(x[DROP + 1] - x[DROP]) for x in (plain, velocity)]
    assert steps[1] / steps[0] == pytest.approx(9, abs=0.5)


def test_nesterov_is_the_same_in_both_forms_while_lr_stays(path):
    plain, velocity = (path("momentum", drop=1.0, nesterov=True, form=form) for form in ("plain", "velocity"))
    assert apart(plain, velocity)[1] < 1e-12


def test_a_mean_takes_a_tenth_of_the_steps_of_a_sum(path):
    plain = path("momentum", drop=1.0, dampening=0.0)
    mean = path("momentum", lr=1e-2, drop=1.0, form="mean")
    assert apart(plain, mean)[1] < 1e-12
    plain, mean = (path("momentum", lr=lr, nesterov=True, form=form) for lr, form in ((1e-3, "plain"), (1e-2, "mean")))
    assert apart(plain, mean)[1] < 1e-12


def test_rmsprop_parts_after_a_drop_by_the_place_of_lr(path):
    outside, inside = (path("rmsprop", momentum=0.9, alpha=0.9, lr_place=place) for place in ("outside", "inside"))
    before, after = apart(outside, inside)
    assert before < 1e-12 and after == pytest.approx(0.063, abs=0.002)


def test_the_place_of_eps_shows_where_eps_is_large(path):
    for name in ("rmsprop", "adagrad"):
        far = apart(*(path(name, lr=0.01, eps=1e-2, eps_place=place) for place in ("outside", "inside")))[1]
        near = apart(*(path(name, lr=0.01, eps=1e-14, eps_place=place) for place in ("outside", "inside")))[1]
        assert near < 1e-6 < far, name
    adam = [apart(path("adam", eps=eps), path("adam", eps=eps, eps_hat=True))[1] for eps in (0.1, 1e-8)]
    assert adam[0] > 1e-4 and adam[1] < 1e-9


def test_nadams_momentum_differs_between_the_three_libraries(path):
    torch = path("nadam", lr=1e-3, drop=1.0)
    keras = path("nadam", lr=1e-3, drop=1.0, momentum_decay=1.0)
    optax = path("nadam", lr=1e-3, drop=1.0, momentum="constant")
    assert apart(torch, keras)[1] > 1e-3 and apart(torch, optax)[1] > 1e-3


def test_adamw_of_the_paper_decays_by_the_schedule_alone(component):
    shrink = []
    for independent in (False, True):
        optimizer = component("optimizer", "adamw")(lr=0.1, weight_decay=0.01, independent=independent)
        x = np.ones((1, 1))
        state = make_state(optimizer, x, Layout({"x": (1,)}), np.zeros(1))
        state.t, state.lr = 1, 0.05  # a schedule's factor of a half
        optimizer.step(x, np.zeros((1, 1)), state)
        shrink.append(1 - x[0, 0])
    assert shrink == pytest.approx([0.05 * 0.01, 0.5 * 0.01])


def test_radam_starts_like_momentum_and_is_rectified_at_the_sixth_step(component):
    optimizer = component("optimizer", "radam")(lr=0.1, beta1=0.0)
    x, sizes = np.zeros((1, 1)), []
    state = make_state(optimizer, x, Layout({"x": (1,)}), np.zeros(1))
    for state.t in range(1, 9):
        state.lr, old = 0.1, x[0, 0]
        optimizer.step(x, np.full((1, 1), 2.0), state)
        sizes.append(old - x[0, 0])
    assert sizes[:5] == pytest.approx([0.2] * 5)
    assert all(size < 0.02 for size in sizes[5:]) and sizes[5] < sizes[6] < sizes[7]


def test_accumulation_steps_as_one_step_of_the_mean(lab):
    build = lab.catalogue.build
    wrapped = build("optimizer", {"name": "accumulate", "inner": {"name": "adam", "lr": 0.1}, "every": 3}, "")
    alone = build("optimizer", {"name": "adam", "lr": 0.1}, "")
    x, y, layout = np.ones((1, 2)), np.ones((1, 2)), Layout({"x": (2,)})
    grads = np.random.default_rng(0).standard_normal((12, 1, 2))
    state, other = make_state(wrapped, x, layout, np.zeros(1)), make_state(alone, y, layout, np.zeros(1))
    for state.t in range(1, 13):
        state.lr = other.lr = 0.1
        before = x.copy()
        wrapped.step(x, grads[state.t - 1], state)
        if state.t % 3:
            assert (x == before).all()
        else:
            other.t = state.t // 3
            alone.step(y, grads[state.t - 3 : state.t].mean(axis=0), other)
            np.testing.assert_allclose(x, y, rtol=1e-12)


def test_muon_moves_matrices_along_orthogonal_ones_and_vectors_by_the_other(lab):
    table = {"name": "muon", "lr": 0.1, "weight_decay": 0.0, "polynomial": [1.5, -0.5, 0.0], "iterations": 60}
    optimizer = lab.catalogue.build("optimizer", {**table, "rest": {"name": "sgd", "lr": 0.5}}, "optimizer")
    x, layout = np.zeros((2, 8)), Layout({"W1": (2, 3), "b1": (2,)})
    state = make_state(optimizer, x, layout, np.zeros(2))
    state.t, state.lr = 1, 0.05  # half of lr: the other optimizer's is halved too
    grads = np.random.default_rng(0).standard_normal((2, 8))
    optimizer.step(x, grads, state)
    step = -layout.views(x)["W1"]
    scale = 0.05 * 1.5**0.5
    np.testing.assert_allclose(np.linalg.svd(step, compute_uv=False), scale, rtol=1e-9)
    np.testing.assert_allclose(layout.views(x)["b1"], -0.25 * layout.views(grads)["b1"])


def test_adafactors_steps_are_a_share_of_the_layer(component):
    optimizer = component("optimizer", "adafactor")(lr=0.01)
    layout = Layout({"W1": (3, 4), "b1": (4,)})
    x = np.concatenate([np.full(12, 5.0), np.full(4, 0.1)])[None]
    state = make_state(optimizer, x, layout, np.zeros(1))
    old, state.t, state.lr = x.copy(), 1, 0.01
    optimizer.step(x, np.random.default_rng(0).standard_normal((1, 16)), state)
    sizes = {name: np.sqrt(np.square(view).mean()) for name, view in layout.views(x - old).items()}
    assert sizes["W1"] <= 0.01 * 5 * (1 + 1e-12) and sizes["W1"] > 0.02
    assert sizes["b1"] == pytest.approx(0.01 * 0.1)
