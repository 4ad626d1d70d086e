"""Newton's methods and Shampoo: minima in one step, steps by hand, and what they refuse."""

import numpy as np
import pytest

from optlab.layout import Layout
from optlab.optimizer import make_state

NET = {"name": "spirals", "hidden": 1, "width": 5, "batch": 64}


@pytest.mark.parametrize("name", ["newton", "damped_newton"])
@pytest.mark.parametrize("problem", ["ravine", "rotated_ellipsoid", "sphere"])
def test_newton_reaches_the_minimum_of_a_quadratic_in_one_step(experiment, compute, name, problem):
    (run,) = compute(experiment({"problem": problem, "optimizer": name}, steps=1))
    assert run.at(0, "loss") > 1
    assert run.at(1, "loss") < 1e-15 * run.at(0, "loss")


def test_newton_doubles_its_right_digits_near_a_minimum(experiment, compute):
    problem = {"name": "rosenbrock", "at": [1.02, 1.03]}
    (run,) = compute(experiment({"problem": problem, "optimizer": "newton"}, steps=5))
    away = np.hypot(run.column("x") - 1, run.column("y") - 1)
    assert away[4] < 1e-8
    assert (away[1:4] < 10 * away[:3] ** 1.5).all()


def test_newton_climbs_to_a_saddle_and_absolute_curvatures_leave_it(experiment, compute):
    problem = {"name": "double_well", "at": [0.2, 0.4]}
    trials = [{"problem": problem, "optimizer": {"name": "newton", "curvature": c}} for c in ("signed", "absolute")]
    signed, absolute = compute(experiment(*trials, steps=20))
    assert abs(signed.at(20, "x")) < 1e-6  # between the wells
    assert absolute.at(20, "loss") < signed.at(20, "loss") - 0.1


@pytest.mark.parametrize("problem", ["rosenbrock", "himmelblau", "beale", "double_well", "styblinski_tang"])
def test_damped_newton_never_rises_and_arrives(experiment, compute, problem):
    (run,) = compute(experiment({"problem": problem, "optimizer": "damped_newton"}, steps=60))
    loss = run.column("loss")
    assert run.status == "done"
    assert (np.diff(loss) <= 1e-12 * np.maximum(1, np.abs(loss[1:]))).all()
    assert run.at(60, "grad_norm.x") < 1e-6


def test_damping_shortens_the_step(experiment, compute):
    optimizer = {"name": "damped_newton", "damping": 3.0}
    (run,) = compute(experiment({"problem": "ravine", "optimizer": optimizer}, steps=1))
    assert [run.at(1, "x"), run.at(1, "y")] == pytest.approx([-9 * 3 / 4, 2 * 3 / 103], rel=1e-6)


def test_newton_counts_the_evaluations_of_its_differences(experiment, compute):
    newton, damped = compute(
        experiment(
            {"problem": "ravine", "optimizer": "newton"}, {"problem": "ravine", "optimizer": "damped_newton"}, steps=2
        )
    )
    assert newton.column("evaluations").tolist() == [1, 6, 11]
    assert damped.column("evaluations")[1] == 7  # one more for the step that was tried


@pytest.mark.parametrize("optimizer", ["newton", {"name": "lookahead", "inner": {"name": "damped_newton"}}])
def test_newton_refuses_a_problem_that_is_too_large_with_a_sentence(experiment, compute, optimizer):
    problem = {"name": "spirals", "hidden": 2, "width": 24}
    (run,) = compute(experiment({"problem": problem, "optimizer": optimizer}, steps=2))
    assert run.status == "failed"
    assert "newton: expected at most 200 parameters, got " in run.message


def test_newton_trains_a_net_of_few_parameters(experiment, compute):
    problem = {"name": "spirals", "hidden": 1, "width": 5, "batch": 0}
    (run,) = compute(experiment({"problem": problem, "optimizer": "damped_newton"}, steps=15))
    assert run.at(15, "loss") < 0.8 * run.at(0, "loss")


def power(matrix, p):
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag(values**p) @ vectors.T


def drive(lab, table, shapes, grads):
    optimizer = lab.catalogue.build("optimizer", {"name": "shampoo", **table}, "optimizer")
    layout = Layout(shapes)
    params = np.zeros((1, layout.size))
    state = make_state(optimizer, params, layout, np.zeros(1))
    for state.t, g in enumerate(grads, 1):
        state.lr = optimizer.lr
        optimizer.step(params, g[None], state)
    return params[0]


def test_shampoo_rescales_matrices_from_both_sides_and_vectors_by_a_root(lab):
    grads = np.random.default_rng(0).standard_normal((3, 15))
    moved = drive(lab, {"lr": 0.5, "eps": 0.1}, {"W1": (4, 3), "b1": (3,)}, grads)
    w, b, left, right, both = np.zeros((4, 3)), np.zeros(3), 0.1 * np.eye(4), 0.1 * np.eye(3), 0.1 * np.eye(3)
    for row in grads:
        g, h = row[:12].reshape(4, 3), row[12:]
        left, right, both = left + g @ g.T, right + g.T @ g, both + np.outer(h, h)
        w -= 0.5 * power(left, -0.25) @ g @ power(right, -0.25)
        b -= 0.5 * power(both, -0.5) @ h
    assert moved == pytest.approx(np.concatenate([w.ravel(), b]), rel=1e-9)


def test_shampoo_keeps_diagonals_of_sides_that_are_too_long(lab):
    grads = np.random.default_rng(0).standard_normal((3, 15))
    moved = drive(lab, {"lr": 0.5, "eps": 0.1, "longest": 3}, {"W1": (4, 3), "b1": (3,)}, grads)
    w, left, right = np.zeros((4, 3)), np.full(4, 0.1), 0.1 * np.eye(3)
    for row in grads:
        g = row[:12].reshape(4, 3)
        left, right = left + (g * g).sum(axis=1), right + g.T @ g
        w -= 0.5 * left[:, None] ** -0.25 * g @ power(right, -0.25)
    assert moved[:12] == pytest.approx(w.ravel(), rel=1e-9)


def test_runs_of_shampoo_do_not_mix(experiment, compute):
    tables = [{"name": "shampoo", "lr": lr, "every": 3, "decay": 0.9, "momentum": 0.9} for lr in (0.01, 0.05)]
    runs = compute(experiment(*({"problem": NET, "optimizer": o} for o in tables), steps=60))
    assert runs[0].history is runs[1].history
    for table, run in zip(tables, runs, strict=True):
        (alone,) = compute(experiment({"problem": NET, "optimizer": table}, steps=60))
        assert run.column("loss") == pytest.approx(alone.column("loss"), rel=1e-6)
        assert run.at(60, "loss") < run.at(0, "loss")


def soap(shapes, grads, lr, beta1, beta2, eps, every, longest):
    """Algorithm 3 layer by layer in plain NumPy, with the first step of the authors' code, as AdamW corrects it."""
    moved = []
    for name, shape in shapes.items():
        m, v, x = (np.zeros(shape).reshape(shape[0], -1) for _ in range(3))  # a vector is one column, never turned
        p, q = np.eye(x.shape[0]), np.eye(x.shape[1])
        left, right = 0 * p, 0 * q
        turns = [len(shape) == 2 and side <= longest for side in x.shape]
        for t, row in enumerate(grads):
            g = row[name].reshape(x.shape)
            if t > 0:
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * (p.T @ g @ q) ** 2
                step = p.T @ m @ q / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
                x = x - lr * p @ step @ q.T
            left, right = beta2 * left + (1 - beta2) * g @ g.T, beta2 * right + (1 - beta2) * g.T @ g
            if t % every == 0:
                ways = [np.linalg.eigh(a)[1][:, ::-1] if t == 0 else np.linalg.qr(a @ b)[0]
                        for a, b in ((left, p), (right, q))]  # fmt: skip
                p, q = (way if turn else old for way, turn, old in zip(ways, turns, (p, q), strict=True))
        moved.append(x.ravel())
    return np.concatenate(moved)


SHAPES = {"W1": (4, 6), "b1": (6,), "W2": (6, 3), "W3": (5, 5)}
"""The side of 6 is not turned: of its products the first has a rank of 4, and what lies beside that no axes."""


@pytest.mark.parametrize("table", [
    {"every": 1},
    {"every": 3, "beta1": 0.8, "beta2": 0.9, "eps": 0.01},
    {"every": 2, "longest": 4},
    {"longest": 0},
])  # fmt: skip
def test_soap_is_algorithm_3(lab, table):
    values = {"lr": 0.1, "beta1": 0.95, "beta2": 0.95, "eps": 1e-8, "every": 10, "longest": 5, **table}
    rng, layout = np.random.default_rng(3), Layout(SHAPES)
    mix = {name: rng.standard_normal((shape[0], shape[0])) for name, shape in SHAPES.items()}  # rows that go together
    grads = [{name: mix[name] @ rng.standard_normal(shape) for name, shape in SHAPES.items()} for _ in range(12)]
    rows = np.array([np.concatenate([g.ravel() for g in step.values()]) for step in grads])
    moved = drive(lab, {"name": "soap", **values}, SHAPES, rows)
    assert moved == pytest.approx(soap(SHAPES, grads, **values), rel=1e-9, abs=1e-12)
    assert (layout.norms(moved[None], np.empty_like(moved[None])) > 0.1).all()


def test_soap_without_axes_is_adam_from_the_second_gradient_on(lab):
    grads = np.random.default_rng(0).standard_normal((8, 15))
    shapes = {"W1": (4, 3), "b1": (3,)}
    moved = drive(lab, {"name": "soap", "lr": 0.1, "longest": 0}, shapes, grads)
    adam = {"name": "adam", "lr": 0.1, "beta1": 0.95, "beta2": 0.95}
    assert moved == pytest.approx(drive(lab, adam, shapes, grads[1:]), rel=1e-9)


def test_the_path_of_soap_turns_with_the_axes_of_its_matrices(lab):
    """Adam's path depends on the axes in which a matrix is written; SOAP's is the same, turned."""
    rng = np.random.default_rng(1)
    turn = [np.linalg.qr(rng.standard_normal((side, side)))[0] for side in (4, 4)]
    grads = rng.standard_normal((10, 4, 4))
    for name, alike in (("soap", True), ("adam", False)):
        table = {"name": name, "lr": 0.1, **({"every": 1} if name == "soap" else {})}
        plain = drive(lab, table, {"W1": (4, 4)}, grads.reshape(10, -1)).reshape(4, 4)
        turned = drive(lab, table, {"W1": (4, 4)}, (turn[0] @ grads @ turn[1]).reshape(10, -1)).reshape(4, 4)
        assert np.allclose(turn[0] @ plain @ turn[1], turned, rtol=1e-6, atol=1e-9) == alike


def test_runs_of_soap_do_not_mix(experiment, compute):
    tables = [{"name": "soap", "lr": lr, "every": 3} for lr in (0.003, 0.01)]
    runs = compute(experiment(*({"problem": NET, "optimizer": o} for o in tables), steps=60))
    assert runs[0].history is runs[1].history
    for table, run in zip(tables, runs, strict=True):
        (alone,) = compute(experiment({"problem": NET, "optimizer": table}, steps=60))
        assert run.column("loss") == pytest.approx(alone.column("loss"), rel=1e-6)
        assert run.at(60, "loss") < run.at(0, "loss")
