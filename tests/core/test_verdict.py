"""The verdict says what the norms say, with their numbers, and offers what is worth trying."""

import numpy as np
import pytest

from optlab.engine.evidence import Inner
from optlab.engine.history import History
from optlab.engine.run import Run
from optlab.engine.verdict import NONE, judge

LAYERS = ("W1", "b1", "W2", "b2", "W3", "b3")
COLUMNS = ("step", "loss", *(f"grad_norm.{layer}" for layer in LAYERS))


@pytest.fixture
def run(experiment):
    """`run([[w1, w2, w3], …])`: a run whose rows have these norms of its weights."""
    trial = experiment({"label": "deep", "problem": {"name": "spirals", "hidden": 2}, "optimizer": "sgd"}).trials[0]

    def make(norms, layers=LAYERS, **changes):
        history = History(COLUMNS, 1)
        if len(norms):
            history.append(_rows(norms))
        made = Run(trial, 0, 10, history, 0, layers, ())
        for key, value in changes.items():
            setattr(made, key, value)
        return made

    return make


def _rows(norms, loss=0.5, first=0):
    rows = np.zeros((len(norms), 1, len(COLUMNS)))
    rows[:, 0, 0], rows[:, 0, 1] = first + np.arange(len(norms)), loss
    rows[:, 0, 2::2] = norms
    return rows


def test_a_vanishing_gradient_is_named_with_layers_step_ratio_and_factor(run):
    verdict = judge(run([[1e-8, 1e-4, 1.0]] * 30))
    assert (verdict.kind, verdict.level, verdict.head) == ("vanishing", "warning", "Vanishing gradient")
    assert verdict.text == (
        "deep · at step 29 W1 gets 1e-08 of W3’s gradient, ×0.0001 per layer: its weights stand still."
    )
    assert verdict.badge == "▼ vanishing"


def test_an_exploding_gradient_is_named(run):
    verdict = judge(run([[1e4, 100.0, 1.0]]))
    assert (verdict.kind, verdict.badge) == ("exploding", "▲ exploding")
    assert "W1 gets 1e+04 times W3’s gradient, ×1e+02 per layer" in verdict.text


def test_a_healthy_gradient_needs_no_badge(run):
    verdict = judge(run([[0.5, 0.7, 1.0]]))
    assert (verdict.kind, verdict.badge, verdict.remedies) == ("healthy", "", ())
    assert "W1 gets 0.5 of W3’s gradient" in verdict.text


LIMITS = [(1.01e-3, "healthy"), (0.99e-3, "vanishing"), (99.0, "healthy"), (101.0, "exploding")]


@pytest.mark.parametrize(("first", "kind"), LIMITS)
def test_the_limits_are_a_thousandth_and_a_hundredfold(run, first, kind):
    assert judge(run([[first, 1.0, 1.0]])).kind == kind


def test_one_odd_mini_batch_does_not_change_the_verdict(run):
    norms = [[0.5, 0.7, 1.0]] * 30
    norms[-1] = [1e-9, 0.7, 1.0]
    assert judge(run(norms)).kind == "healthy"


def test_the_cursor_judges_the_rows_up_to_it(run):
    norms = [[1e-8, 1e-4, 1.0]] * 30 + [[0.5, 0.7, 1.0]] * 30
    assert judge(run(norms)).kind == "healthy"
    assert judge(run(norms), 10).kind == "vanishing"
    assert "at step 10 " in judge(run(norms), 10).text
    assert judge(run(norms), 10**6) == judge(run(norms))


def test_layers_that_all_get_nothing_are_not_healthy(run):
    verdict = judge(run([[0.0, 0.0, 0.0]]))
    assert (verdict.kind, verdict.badge, verdict.head) == ("dead", "✕ dead", "No gradient")
    assert verdict.text == "deep · at step 0 no layer gets any gradient: nothing moves."


def test_norms_that_are_all_small_are_not_healthy_whatever_their_ratio(run):
    verdict = judge(run([[5e-7, 4e-7, 6e-7]] * 30))
    assert (verdict.kind, verdict.head) == ("shrinking", "Shrinking gradient")
    assert "W1 gets 0.83 of W3’s gradient, but no layer more than 6e-07: all norms are small together" in verdict.text


def test_norms_that_are_small_because_the_loss_is_are_healthy(run):
    learned = run([[5e-7, 4e-7, 6e-7]] * 30)
    learned.history.append(_rows([[5e-7, 4e-7, 6e-7]] * 30, loss=0.01, first=30))
    assert judge(learned).kind == "healthy"


def test_a_gradient_that_is_long_in_all_layers_is_called_exploding_unless_it_is_clipped(run):
    verdict = judge(run([[300.0, 300.0, 300.0]] * 30))
    assert verdict.kind == "exploding"
    assert "the gradient is 5.2e+02 long, in all layers together: a healthy one is about 1" in verdict.text
    clipped = run([[300.0, 300.0, 300.0]] * 30)
    clipped.history = History((*COLUMNS, *(f"clipped_norm.{layer}" for layer in LAYERS)), 1)
    clipped.history.append(np.concatenate([_rows([[300.0] * 3] * 30), np.full((30, 1, 6), 0.4)], axis=2))
    assert judge(clipped).kind == "healthy"


def test_dead_and_saturated_layers_are_named_where_they_were_measured(run):
    norms = [[0.5, 0.7, 1.0]] * 30
    dead = Inner(20, {"dead": {"h1": 0.1, "h2": 0.95}, "saturated": {"h1": 0.9, "h2": 0.2}})
    verdict = judge(run(norms), None, dead)
    assert (verdict.kind, verdict.head, verdict.badge) == ("dead", "Dead units", "✕ dead")
    assert "95 % of the units of h2 pass nothing back" in verdict.text
    assert "limit: 90 %" in verdict.note and "90 % of h1 saturated" not in verdict.note
    saturated = judge(run(norms), None, Inner(20, {"saturated": {"h1": 0.9, "h2": 0.2}}))
    assert (saturated.kind, saturated.badge) == ("saturated", "■ saturated")
    assert "90 % of h1’s outputs are saturated" in saturated.text


def test_flat_rectifiers_are_not_saturated(run, experiment):
    relu = run([[0.5, 0.7, 1.0]] * 30)
    problem = {"name": "spirals", "hidden": 2, "activation": "relu"}
    relu.trial = experiment({"label": "deep", "problem": problem, "optimizer": "sgd"}).trials[0]
    assert judge(relu, None, Inner(20, {"saturated": {"h1": 0.9}})).kind == "healthy"


def test_what_the_run_recorded_itself_comes_before_what_was_measured(run):
    recorded = run([[0.5, 0.7, 1.0]] * 30)
    recorded.watched = History(("step", "dead.h1", "dead.h2"), 1)
    recorded.watched.append(np.array([[[0.0, 0.0, 0.0]], [[20.0, 0.9, 0.0]]]))
    assert judge(recorded, None, Inner(29, {"dead": {"h1": 0.0}})).kind == "dead"
    assert judge(recorded, 10, Inner(29, {"dead": {"h1": 0.9}})).kind == "healthy"


def test_the_note_says_theory_measure_threshold_and_layers(run):
    theory, limit = judge(run([[1e-8, 1e-4, 1.0]])).note.split(" · ")
    assert theory == "theory for tanh with Xavier, at the start: ×1 per layer; measured ×0.0001"
    assert limit == "W1 to W2 get less than 1e-03 of W3’s"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_norms_that_are_no_numbers_are_no_verdict(run, bad):
    assert judge(run([[bad, bad, bad]] * 3)).kind == "none"


def test_large_steps_are_written_with_thin_spaces(run):
    assert "at step 1\u2009234 " in judge(run([[0.5, 0.7, 1.0]] * 1235)).text


def test_a_run_without_rows_or_without_two_weights_has_no_verdict(run):
    assert judge(run([])) == NONE
    assert judge(run([[1e-8, 1.0, 1.0]], layers=("x",))).kind == "none"


@pytest.mark.parametrize("status", ["diverged", "failed"])
def test_how_a_run_ended_comes_first(run, status):
    verdict = judge(run([[1e-8, 1e-4, 1.0]], status=status, message="why"))
    assert (verdict.kind, verdict.level, verdict.text) == (status, "error", "deep · why")


def test_the_shipped_sick_network_is_called_sick_and_its_cure_healthy(experiment, compute):
    deep = {"name": "spirals", "hidden": 12, "width": 24}
    sick, cured = compute(
        experiment(
            {"problem": {**deep, "activation": "sigmoid"}, "optimizer": "momentum"},
            {"problem": {**deep, "activation": "relu", "init": "he"}, "optimizer": "momentum"},
            steps=30,
        )
    )
    assert [judge(sick).kind, judge(cured).kind] == ["vanishing", "healthy"]


# Through time


@pytest.fixture
def recurrent(experiment):
    """`recurrent([[t1, t2, t3], …])`: a run of a recurrent network with these norms of ∂L/∂h at every tenth step."""
    problem = {"name": "adding", "length": 3, "units": 2}
    trial = experiment({"label": "elman", "problem": problem, "optimizer": "sgd"}).trials[0]

    def make(norms=None, **changes):
        layers = trial.problem.layout().names
        history = History(("step", "loss", *(f"grad_norm.{name}" for name in layers)), 1)
        rows = np.ones((25, 1, 2 + len(layers)))
        rows[:, 0, 0] = np.arange(25)
        history.append(rows)
        made = Run(trial, 0, 25, history, 0, layers, (), **changes)
        if norms is not None:
            made.watched = History(("step", *(f"hidden_grad.t{t}" for t in (1, 2, 3))), 1)
            made.watched.append(np.array([[[10.0 * k, *row]] for k, row in enumerate(norms)]))
        return made

    return make


def test_a_gradient_that_vanishes_through_time_is_named_with_time_steps_and_the_step_it_was_measured_at(recurrent):
    verdict = judge(recurrent([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1e-8, 1e-4, 1.0]]))
    assert verdict.text == (
        "elman · at step 20 t1 gets 1e-08 of t3’s gradient, ×0.0001 per time step: what came first is not learned from."
    )
    assert verdict.kind == "vanishing"
    assert [remedy.changes for remedy in verdict.remedies] == [{"problem": {"cell": c}} for c in ("lstm", "gru")]


def test_a_gradient_that_explodes_through_time_or_arrives_is_named(recurrent):
    norms = [[1e4, 100.0, 1.0], [0.5, 0.5, 1.0]]
    assert "t1 gets 1e+04 times t3’s gradient, ×1e+02 per time step" in judge(recurrent(norms), 9).text
    assert judge(recurrent(norms)).text.endswith("t1 gets 0.5 of t3’s gradient: every time step hears the loss.")


def test_the_layers_of_a_recurrent_network_are_not_taken_for_its_depth(recurrent):
    assert judge(recurrent()).text == "elman · loss 1 at step 24"
