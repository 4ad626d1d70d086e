"""What the lessons about learning rates and schedules teach, from five seeds."""

import numpy as np
import pytest

from tests.contract.runs import end, median, play, statuses


def first(share):
    """The step at which the loss is below a share of the first one; nan where it never is."""

    def measure(run):
        below = np.flatnonzero(run.column("loss") < share * run.at(0, "loss"))
        return below[0] if len(below) else np.nan

    return measure


def flips(run, axis, steps):
    """How often a coordinate changes its sign in the first steps."""
    return np.count_nonzero(np.diff(np.sign(run.column(axis)[: steps + 1])))


def test_what_limits_gradient_descent_is_taken_by_momentum_and_by_the_curvature(host):
    right, descent, averaged, scaled, newton, curved = play(host, "zig-zag", lengths=(400, 400, 400, 10, 1500))
    (zigzag,) = descent.values()
    assert all(flips(run, "y", 20) == 20 and flips(run, "x", 20) == 0 for run in zigzag)
    assert median(zigzag, first(1e-6)) == 343
    steps = {k: median(group, first(1e-6)) for k, group in {**averaged, **scaled, **newton}.items()}
    assert steps["momentum"] == 49 and 65 < steps["Nesterov"] < 75 and 100 < steps["Adam"] < 120
    for label, group in scaled.items():
        ways = [[abs(np.diff(run.column(axis)[:2])[0]) for axis in "xy"] for run in group]
        assert np.ptp(ways, axis=1).max() < 1e-6, label
    still = {k for k, group in scaled.items() if median(group, end) < 1e-12}
    assert median(scaled["RMSProp"], end) > 0.1 and newton["Newton"][0].at(1, "evaluations") == 6
    arrived = {label: [first(1e-6)(run) for run in group] for label, group in curved.items()}
    assert max(arrived["Newton"]) <= 5 and np.isnan([*arrived["gradient descent"], *arrived["RMSProp"]]).all()
    assert all(800 < np.median(arrived[label]) < 1200 for label in ("momentum", "Nesterov", "Adam"))
    leaps = median(curved["Newton"], lambda run: run.at(2, "loss") / run.at(0, "loss"))
    assert 30 < leaps < 100
    assert right == [
        "Cross the valley at every step", "about 50", *still, f"{steps['Newton']:.0f}", "No" if leaps > 1 else "Yes",
    ]  # fmt: skip


def test_steps_grow_shorter_and_longer_again_up_to_the_limit_of_the_curvature(host):
    right, *played = play(host, "learning-rate")
    runs = {label: group for step in played for label, group in step.items()}
    steps = {label: median(group, first(1e-6)) for label, group in runs.items()}
    assert np.isnan(steps["small"]) and 0.01 < median(runs["small"], lambda r: end(r) / r.at(0, "loss")) < 0.03
    assert steps["good"] == 20 and 115 < steps["just under 2/λ"] < 125
    over = runs["just over 2/λ"]
    assert statuses(over) == {"diverged"} and all(110 < run.step < 125 for run in over)
    assert all(flips(run, "y", 100) == 100 and abs(run.column("x")[-1]) < 1e-20 for run in over)
    assert right == ["No", "Yes", "No", "It grows without end"]


def test_schedules_are_what_a_pocket_calculator_says(host):
    right, *played = play(host, "schedules-by-hand", lengths=(300, 300, 100, 300, 300, 300, 300))
    rates = [[group[0].column("lr")[::10] for group in step.values()] for step in played]  # ten steps are an epoch
    (step,), (early,), (cosine,), powers, (exponential,), (late,), (held,) = rates
    assert all(run.step == len(run.column("lr")) - 1 for each in played for group in each.values() for run in group)
    assert step[[0, 9, 10, 19, 20, 29]] == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.025, 0.025])
    assert early[29] == pytest.approx(0.0125) and cosine[[5, 9]] == pytest.approx(
        [0.05, 0.1 * np.sin(0.05 * np.pi) ** 2]
    )
    assert [power[15] for power in powers] == pytest.approx([0.05, 0.025, 0.00625])
    assert exponential[29] == pytest.approx(0.1 * 0.9**29) and held[[10, 11]] == pytest.approx(
        [0.1, 0.1 * np.exp(-0.1)]
    )
    differ, half = np.flatnonzero(~np.isclose(step[:30], early[:30])), np.flatnonzero(exponential < 0.05)[0]
    assert list(differ) == [9, 19, 29]
    drops = np.count_nonzero(np.diff(late[:30]))
    values = [f"{lr:.3g}" for lr in (step[25], cosine[2], powers[1][15], held[20])]
    assert right == [values[0], f"{len(differ)}", values[1], values[2], f"{half}", f"{drops} times", values[3]]


def cuts(run):
    """The steps at which the learning rate fell."""
    return np.flatnonzero(np.diff(run.column("lr")) < 0) + 1


def test_what_is_checked_too_soon_cuts_the_rate_because_of_noise(host):
    right, *played = play(host, "reduce-on-plateau")
    groups = {label: group for step in played for label, group in step.items()}
    ends = {label: median(group, end) for label, group in groups.items()}
    assert ends["patience 2, mean of 25"] < 0.006 < 0.01 < ends["patience 10, cool-down 50"] < 0.015
    assert 0.025 < ends["patience 10"] < 0.04 < 0.08 < ends["patience 2"] < ends["constant"] < 0.16
    firsts = {label: [cuts(run)[0] for run in group] for label, group in groups.items() if label != "constant"}
    assert 15 < min(firsts["patience 2"]) <= max(firsts["patience 2"]) < 55
    assert min(firsts["patience 2, mean of 25"]) == 125 and max(firsts["patience 2, mean of 25"]) == 225
    assert firsts["patience 10"] == firsts["patience 10, cool-down 50"]
    assert all(len(cuts(run)) == 2 for run in groups["patience 2, least share 0.1"])
    assert 0.1 < ends["patience 2, least share 0.1"] / ends["patience 2"] < 0.2
    assert all(750 < step < 850 for step in firsts["patience 2, no noise"])
    assert all(run.at(int(cuts(run)[0]), "loss") < 1e-28 for run in groups["patience 2, no noise"])
    assert right == [
        min("patience 2", "patience 10", key=ends.get),
        "Yes" if ends["patience 2, mean of 25"] < ends["patience 10"] else "No",
        "Yes" if ends["patience 10, cool-down 50"] < ends["patience 10"] else "No",
        "About a tenth as high", "after 800 steps",
    ]  # fmt: skip
