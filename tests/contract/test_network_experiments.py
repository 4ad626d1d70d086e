"""What the shipped experiments about networks claim: what kills a gradient, what saves it, and over-fitting."""

from itertools import pairwise

import numpy as np
import pytest

from tests.contract.runs import end, median, run_seeds, statuses

FIVE = "seeds=[0,1,2,3,4]"


def test_every_sigmoid_layer_costs_the_gradient_a_factor(host):
    def left(run):
        return run.at(0, "grad_norm.W2") / run.at(0, f"grad_norm.W{run.trial.problem.hidden}")

    shares = {label: median(runs, left) for label, runs in run_seeds(host, "depth", FIVE, "steps=1").items()}
    for depth, share in ((5, 1e-2), (10, 1e-5), (20, 4e-12), (30, 1e-18)):
        assert share / 3 < shares[f"{depth} layers"] < share * 3
        assert 0.2 < shares[f"{depth} layers"] ** (1 / (depth - 2)) < 0.25
    assert shares["30 layers, ReLU + He"] > 0.1


def test_deep_sigmoid_networks_stay_at_chance_and_deep_relus_learn(host):
    runs = run_seeds(host, "depth", "seeds=[0,1,2]", "steps=400")
    deep = runs.pop("30 layers, ReLU + He")
    for group in runs.values():
        assert np.abs([run.column("loss")[100:].mean() - np.log(2) for run in group]).max() < 0.005
    assert median(deep, end) < 0.01


@pytest.fixture(scope="module")
def layerwise(host):
    return run_seeds(host, "layerwise-lr", FIVE)


def test_a_rate_for_each_layer_undoes_what_the_sigmoids_do(layerwise):
    ends = {label: median(group, end) for label, group in layerwise.items()}
    assert ends["sigmoid, one rate"] > 0.68 and ends["sigmoid, 4 × per layer"] < 0.01
    assert ends["ReLU, one rate"] < ends["ReLU, thawed from the top"] < 0.01 < 0.3 < ends["ReLU, output alone"]

    def lowest(series):
        return lambda run: np.median(run.column(f"{series}.W1")[:50]) / np.median(run.column(f"{series}.W5")[:50])

    plain, scaled = layerwise["sigmoid, one rate"], layerwise["sigmoid, 4 × per layer"]
    assert median(plain, lowest("grad_norm")) < 0.01 and median(scaled, lowest("grad_norm")) < 0.01
    assert median(plain, lowest("update_ratio")) < 0.1 < 1 < median(scaled, lowest("update_ratio"))


def test_each_layer_that_thaws_brings_the_loss_down(layerwise):
    runs = layerwise["ReLU, thawed from the top"]
    before = [median(runs, lambda run, t=t: run.column("loss")[t - 50 : t].mean()) for t in range(250, 1501, 250)]
    assert all(late < 0.7 * early for early, late in pairwise(before))
    assert all((run.column("update_ratio.W3")[:750] == 0).all() for run in runs)
    assert all((run.column("update_ratio.W3")[750:1500] > 0).all() for run in runs)


def test_a_rate_too_large_kills_relus_for_ever_and_smaller_steps_do_not(host):
    runs = run_seeds(host, "dead-relu", FIVE)
    for run in runs["ReLU"]:
        dead = np.flatnonzero(run.column("grad_norm.W1"))[-1] + 1  # from here on it is zero
        assert 0 < dead < 400
        assert max(run.series(f"dead.h{k}")[1][0] for k in range(1, 6)) < 0.6
        assert max(run.series(f"dead.h{k}")[1][-1] for k in range(1, 6)) == 1
        assert abs(run.column("loss")[dead:].mean() - np.log(2)) < 0.02
    for run in runs["leaky ReLU"]:
        assert (run.column("grad_norm.W1") > 0).all() and not end(run) < 0.5
    for label in ("ReLU, clipped", "ReLU, a tenth of the rate"):
        assert statuses(runs[label]) == {"done"} and median(runs[label], end) < 0.001
        assert all((run.column("grad_norm.W1") > 0).all() for run in runs[label])


def test_what_the_first_weights_make_of_the_gradient(host):
    runs = run_seeds(host, "initialisers", FIVE, "steps=1")
    first, last = (
        {k: median(group, lambda run, name=name: run.at(0, f"grad_norm.{name}")) for k, group in runs.items()}
        for name in ("W1", "W16")
    )
    assert first["zeros"] == last["zeros"] == 0
    assert first["normal, 0.01"] < 1e-21 > last["normal, 0.01"] and first["normal, 0.01"] / last["normal, 0.01"] > 0.1
    assert 1e-6 < first["PyTorch's"] / last["PyTorch's"] < 1e-4
    assert 30 < first["He"] / first["Xavier"] < 2**8


def test_only_weights_that_fit_the_relu_learn_at_once(host):
    runs = run_seeds(host, "initialisers", "seeds=[0,1,2]", "steps=320")
    stuck = [runs.pop(label) for label in ("zeros", "normal, 0.01", "PyTorch's")]
    assert all(abs(run.column("loss")[100:].mean() - np.log(2)) < 0.01 for group in stuck for run in group)
    assert median(runs["He"], end) < 0.05 < 0.2 < median(runs["Xavier"], end)


def test_a_gradient_explodes_and_each_remedy_holds_it(host):
    runs = run_seeds(host, "exploding-gradient", "seeds=[0,1,2]", "steps=500")
    wild, fit = runs["weights too large"], runs["He"]
    assert statuses(wild) == {"diverged"} and max(run.step for run in wild) < 50
    assert 20 < median(wild, lambda run: run.at(0, "loss")) / np.log(2) < 500
    for layer in ("W1", "W8", "W15"):
        size = median(wild, lambda run, k=layer: run.at(0, f"grad_norm.{k}"))
        assert 300 < size / median(fit, lambda run, k=layer: run.at(0, f"grad_norm.{k}")) < 3000
    ends = {label: median(group, end) for label, group in runs.items()}
    assert max(ends["clipped to norm 1"], ends["layer norm"], ends["He"]) < 0.003 < ends["lr 10⁻⁵"] < 0.1


def test_a_high_degree_follows_the_noise_and_a_penalty_or_more_points_hold_it(host):
    runs = run_seeds(host, "overfitting-polynomial", "seeds=[0,1,2,3,4,5,6,7,8,9]")
    ends = {label: median(group, end) for label, group in runs.items()}
    tests = {label: median(group, lambda run: run.column("test_loss")[-1]) for label, group in runs.items()}
    assert ends["degree 9"] == min(ends.values()) and tests["200 points"] == min(tests.values())
    assert tests["200 points"] < 0.01 < tests["degree 3"] < tests["L1"] < tests["L2"] < 0.3 < 1 < tests["degree 9"]
    low = median(runs["degree 9"], lambda run: np.argmin(run.column("test_loss")))
    assert 20 < low < 300


def test_a_network_that_learns_by_heart_is_surer_of_its_errors(host):
    runs = run_seeds(host, "overfitting", "seeds=[0,1,2]", "steps=1500")
    ends = {label: median(group, end) for label, group in runs.items()}
    tests = {label: median(group, lambda run: run.series("test_loss")[1][-1]) for label, group in runs.items()}
    right = {label: median(group, lambda run: run.series("test_accuracy")[1][-1]) for label, group in runs.items()}
    assert ends["by heart"] < 0.05 and tests["by heart"] > 2.5 * np.log(2)
    steps, losses = runs["by heart"][0].series("test_loss")
    assert (
        10 <= steps[np.argmin(losses)] <= 100 and losses[steps == 100] < 0.4 < 1.5 * losses[steps == 100] < losses[30]
    )
    for label in ("L2", "L1", "dropout", "3 units wide"):
        assert tests[label] < np.log(2) and ends[label] > 0.1
        assert abs(right[label] - right["by heart"]) < 0.1


def test_deep_transformers_learn_with_the_norm_first_or_a_warm_up(host):
    runs = {label: run for label, (run,) in run_seeds(host, "transformer", "steps=200").items()}
    ends = {label: end(run) for label, run in runs.items()}
    assert abs(ends["norm last"] - 3.1) < 0.1 and abs(ends["no residuals"] - 3.1) < 0.1
    assert ends["norm first"] < 2.5 and ends["norm last, warm-up"] < 2.6
    flows = {
        label: np.median(run.column("grad_norm.W1")[50:101] / run.column("grad_norm.W34")[50:101])
        for label, run in runs.items()
    }
    assert flows["no residuals"] < 1e-4 < flows["norm last"] < 1e-3 < 0.02 < flows["norm last, warm-up"]
    assert 0.2 < flows["norm first"] < 0.6
