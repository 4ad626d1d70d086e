"""What the lessons about noise, saddles, plateaus and single features teach, from five seeds."""

import numpy as np
import pytest

from tests.contract.runs import end, median, play, run_seeds


def late(run):
    """The mean loss of the last quarter."""
    return run.column("loss")[run.count * 3 // 4 :].mean()


def test_noise_keeps_sgd_on_a_floor_that_falls_with_the_rate(host):
    right, high, low, steps, inverse, sooner = play(host, "sgd-floor")
    floors = [median(next(iter(each.values())), late) for each in (high, low, steps, inverse, sooner)]
    (constant,) = high.values()
    early = median(constant, lambda run: run.column("loss")[20:200].mean())  # every tenth step is recorded
    assert 0.9 < early / floors[0] < 1.1 and 0.005 < floors[0] < 0.006
    assert 0.08 < floors[1] / floors[0] < 0.12
    assert floors[2] < 4e-5 and 40 < floors[1] / floors[3] < 60
    assert 0.5 < floors[4] / floors[0] < 2
    assert right == ["No", "A tenth as high", "Yes" if floors[2] < floors[1] else "No", "50 times as low", "No"]


def test_only_what_is_inexact_leaves_a_saddle_and_only_a_large_rate_a_sharp_well(host):
    right, descent, exact, beside, noisy, ridge, gentle, wild = play(host, "saddle-and-wells")
    for label, group in {**descent, **exact, "ridge": ridge["on the axis"]}.items():
        away = "x" if label == "ridge" else "y"
        assert all((run.column(away) == 0).all() for run in group), label
    escapes = {label: median(group, lambda run: run.step) for label, group in beside.items()}
    assert list(escapes.values()) == [157, 56, 51]
    moved = beside["10⁻⁶ beside it"][0].column("y")
    assert np.allclose(moved[1:] / moved[:-1], 1.1)
    times = [run.step for run in noisy["on the axis, noise"]]
    assert 75 < min(times) <= max(times) < 115
    falls = [np.argmax(np.abs(group[0].column("x")) > 0.5) for group in ridge.values()]
    assert falls == [0, 272, 75, 11]
    assert all(abs(run.column("x")[-1] - 1) < 0.01 for group in gentle.values() for run in group)
    assert all(abs(run.column("x")[-1] + 1) < 0.01 for group in wild.values() for run in group)
    sets = ["problem.name=two_basins", "problem.at=[1.3, 0.9]", "problem.jitter=0.1", "optimizer.lr=0.1"]
    swings = run_seeds(host, "saddle-and-wells", "seeds=[0,1,2,3,4]", *sets)["warm restarts"]
    assert all(abs(run.column("x")[-1] - 1) < 0.01 and end(run) < 1e-9 for run in swings)
    assert right == ["No", "Neither", "Adam", "Yes", f"{falls[1] / falls[3]:.0f} times", "No", "Both leave it"]


def test_rare_features_want_rates_of_their_own_and_rates_want_tuning(host):
    right, plain, defaults, tuned = play(host, "sparse-features")
    (sgd,) = plain.values()
    errors = [median(sgd, lambda run, k=kind: run.column(f"error_{k}")[-1]) for kind in ("frequent", "rare")]
    assert errors == pytest.approx([0.57, 0.85], abs=0.01)
    ends = {label: median(group, end) for label, group in {**plain, **defaults, **tuned}.items()}
    assert ends["SGD, default"] < 0.6 < 0.9 < ends["Adam, default"] < ends["Adagrad, default"]
    assert ends["Adagrad, tuned"] < 1e-20 < ends["Adam, tuned"] < 1e-9 < 1e-5 < ends["SGD, tuned"] < 1e-3
    ratios = [
        median(group, lambda run: run.at(200, "error_rare") / run.at(200, "error_frequent")) for group in tuned.values()
    ]
    assert ratios == pytest.approx([6, 1.7, 4], rel=0.2)
    assert right == [f"to {errors[1]:.2f}", "No", min(tuned, key=ends.get).removesuffix(", tuned")]


def over(run):
    """The step at which the edge of the plateau is passed; inf where it never is."""
    past = np.flatnonzero(run.column("x") < 1)
    return past[0] if len(past) else np.inf


def test_plateaus_want_a_division_by_the_gradient_and_cliffs_want_clipping(host):
    right, descent, scaled, fast, far, steep = play(host, "plateau-and-cliff")
    groups = {label: group for step in (descent, scaled, fast) for label, group in step.items()}

    def ratio(run):
        return abs(np.diff(run.column("y")[:2]) / np.diff(run.column("x")[:2]))[0]

    assert 40 < median(groups["gradient descent"], ratio) < 60
    assert all(abs(ratio(run) - 1) < 1e-4 for group in scaled.values() for run in group)
    edges = {label: [over(run) for run in group] for label, group in groups.items()}
    assert max(edges["RMSProp"]) < 12 < min(edges["Adam"]) <= max(edges["Adam"]) < 30
    assert np.median(edges["Adam"]) < np.median(edges["momentum"]) < np.median(edges["gradient descent"])
    turns = {label: median(group, lambda run: run.column("x").min()) for label, group in fast.items()}
    assert list(turns.values()) == pytest.approx([-0.83, -0.41], abs=0.02)
    still = [label for label, group in far.items() if max(over(run) for run in group) < 40]
    assert sum(np.isfinite(over(run)) for run in far["momentum"]) == 1
    thrown, held = steep.values()
    assert all(abs(end(run) - 2) < 0.01 for run in thrown) and all(end(run) < 1e-5 for run in held)
    assert right == [
        "50 times", "equal in both", "Between them and gradient descent", " and ".join(still),
        "It ends on a plateau again",
    ]  # fmt: skip


def path(run):
    return np.array([run.column("x"), run.column("y")])


def test_adaptive_methods_do_not_see_the_scale_of_the_loss_down_to_epsilon(host):
    right, start, large, small, adadelta, bowl = play(host, "adaptive-family")
    steps = {label: [np.abs(np.diff(run.column("x"))) for run in group] for label, group in start.items()}
    firsts = {label: np.median([each[0] for each in group]) for label, group in steps.items()}
    longest = max(firsts, key=firsts.get)
    assert longest == "RMSProp" and firsts[longest] == pytest.approx(1, rel=1e-4)
    assert all(0.09 < firsts[label] < 0.11 for label in ("RMSProp, corrected", "Adam", "AdaMax", "Nadam"))
    assert firsts["Adadelta"] == pytest.approx(np.sqrt(1e-6 / 0.1), rel=1e-2)
    ways = {label: np.median([each[:20].sum() for each in group]) for label, group in steps.items()}
    assert all(way < ways["RMSProp"] / 1.7 for label, way in ways.items() if label != "RMSProp")
    off = [
        {k: max(np.abs(path(a) - path(b)).max() for a, b in zip(start[k], g, strict=True)) for k, g in scaled.items()}
        for scaled in (large, small)
    ]
    assert max(off[0].values()) < 5e-6
    assert off[1].pop("Adadelta") > 1 and max(off[1].values()) < 0.06
    left = median(adadelta["Adadelta"], lambda run: end(run) / run.at(0, "loss"))
    ends = {label: median(group, end) for label, group in bowl.items()}
    assert 0.3 < left < 0.4 and 1e-14 < ends["Adam"] / 98 < 1e-12
    order = sorted(ends, key=ends.get)
    assert order[:2] == ["RMSProp", "Nadam"] and ends["RMSProp"] < 1e-75 * ends["Nadam"]
    assert right == [f"{longest}'s", "They stay as they are", "Adadelta most", "a third", order[0]]


def test_what_decay_leaves_of_a_weight_depends_on_its_kind_and_on_the_optimizer(host):
    right, *played = play(host, "weight-decay")
    groups = {label: group for step in played for label, group in step.items()}
    weights = {label: np.array([path(run)[:, -1] for run in group]) for label, group in groups.items()}
    expected = {
        "no decay": (1, 1), "L2 0.1": (1 / 1.1, 0.5), "L2 0.01": (1 / 1.01, 1 / 1.1), "L2 1": (0.5, 0.1 / 1.1),
        "L1 0.1": (0.9, 0), "decoupled 0.1": (1 / 1.1, 0.5), "L2 0.1, momentum": (1 / 1.1, 0.5),
        "decoupled 0.1, momentum": (1 / 1.01, 1 / 1.1), "L2 0.1, Adam": (1 / 1.1, 0.5),
    }  # fmt: skip
    for label, where in expected.items():
        assert np.abs(weights[label] - where).max() < 1e-4, label
    assert np.abs(weights["decoupled 0.1, Adam"] - 0.99).max() < 0.01
    changes = np.abs(weights["decoupled 0.1"] - weights["decoupled 0.1, momentum"]).min() > 0.05
    y = {label: f"{np.median(each[:, 1]):.2g}" for label, each in weights.items()}
    assert right == [
        y["L2 0.1"], f"{weights['L2 1'][0, 1]:.2f}", f"{abs(weights['L1 0.1'][0, 1]):.0f}",
        f"{y['decoupled 0.1']}, as with L2", "decoupled decay" if changes else "both", y["decoupled 0.1, Adam"],
    ]  # fmt: skip
