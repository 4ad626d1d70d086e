"""Tune equally: one grid and the same seeds for every trial, ranks that are honest, and who was not tuned."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.engine.batch import Batch
from optlab.engine.experiment_file import changed, dump_experiment, parse_experiment
from optlab.engine.planning import plan
from optlab.engine.spec import Grid
from optlab.engine.tuned import untuned
from optlab.engine.tuning import Score, Tuning, candidates, cost, final_loss, tune
from optlab.fields import FieldError

GRID = Grid(1e-3, 1.0, 7)
TEXT = """
title = "Two"
steps = 60
[problem]
name = "ravine"
jitter = 0.3
[optimizer]
name = "sgd"
lr = 0.5
[[trial]]
label = "SGD"
[[trial]]
label = "Adam"
optimizer = { name = "adam", lr = 0.001 }
"""


@pytest.fixture(scope="module")
def catalogue(lab):
    return lab.catalogue


@pytest.fixture(scope="module")
def two(catalogue):
    return parse_experiment(TEXT, catalogue)


@pytest.fixture(scope="module")
def tuning(two):
    return tune(two, GRID, (0, 1, 2))


@pytest.fixture
def made(two):
    """`made([[1.0, 2.0], …], …)`: a tuning whose trials have these losses by rate and seed."""

    def make(*tables):
        grid = Grid(0.01, 1.0, max(2, len(tables[0])))
        scores = []
        for k, table in enumerate(tables):
            trial = replace(two.trials[0], label=f"trial {k}")
            losses = np.array(table, float)
            scores.append(Score(trial, grid, grid.rates[: len(losses)], losses, np.ones_like(losses)))
        experiment = replace(two, trials=tuple(score.trial for score in scores))
        return Tuning(experiment, grid, tuple(range(scores[0].losses.shape[1])), tuple(scores))

    return make


def ranks(tuning):
    return [(place.score.trial.label, place.rank, place.first, place.last) for place in tuning.places]


def test_a_grid_has_even_distances_and_three_digits():
    assert Grid(1e-4, 10.0, 11).rates[:4] == (0.0001, 0.000316, 0.001, 0.00316)
    assert len(Grid(0.1, 0.1002, 50).rates) == 1


@pytest.mark.parametrize(
    "given", [(0.0, 1.0, 5), (1.0, 0.1, 5), (0.1, float("inf"), 5), (0.1, 1.0, 1), (1e-9, 1.0, 101)]
)
def test_a_grid_that_is_none_says_what_was_expected(given):
    with pytest.raises(FieldError, match="grid: expected"):
        Grid(*given)


def test_all_rates_and_seeds_of_a_trial_are_one_batch(two):
    (batch,) = plan(candidates(two, two.trials[1], GRID, (0, 1, 2)))
    assert isinstance(batch, Batch) and len(batch.runs) == 21
    assert {run.trial.optimizer.lr for run in batch.runs} == set(GRID.rates)


def test_every_trial_gets_the_same_rates_and_seeds_and_its_best_is_that_of_single_runs(two, tuning, compute):
    for score in tuning.scores:
        assert score.rates == GRID.rates and score.losses.shape == (7, 3)
        alone = [replace(two, seeds=(seed,), trials=(_at(score.trial, lr),)) for lr in GRID.rates for seed in range(3)]
        losses = np.array([final_loss(compute(e)[0]) for e in alone]).reshape(7, 3)
        assert score.losses == pytest.approx(losses, rel=1e-9)
        assert score.lr == GRID.rates[int(np.argmin(np.median(losses, axis=1)))]


def _at(trial, lr):
    return trial.with_part("optimizer", trial.optimizer.replace(lr=lr))


def test_runs_that_do_not_come_to_their_end_are_the_worst(tuning):
    sgd = tuning.scores[0]
    assert np.isinf(sgd.losses[-1]).all() and np.isfinite(sgd.loss)
    assert (sgd.evaluations[-1] < 61).all() and (sgd.evaluations[0] == 61).all()


def test_ranks_go_by_the_median_and_say_what_single_seeds_would(made):
    found = made([[1.0, 5.0, 9.0]], [[4.0, 6.0, 10.0]], [[2.0, 3.0, 3.0]])
    assert ranks(found) == [("trial 2", 1, 1, 2), ("trial 0", 2, 1, 2), ("trial 1", 3, 3, 3)]


def test_equal_losses_share_a_rank_and_the_next_one_is_left_out(made):
    assert ranks(made([[0.0, 0.0]], [[1.0, 1.0]], [[0.0, 0.0]])) == [
        ("trial 0", 1, 1, 1), ("trial 2", 1, 1, 1), ("trial 1", 3, 3, 3),
    ]  # fmt: skip


def test_the_middle_of_equal_rates_is_the_best(made):
    assert made([[0.0], [0.0], [0.0], [1.0]]).scores[0].best == 1


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([[3.0], [2.0], [1.0]], "the best lr of trial 0, 1, lies at the edge of the grid 0.01 … 1: widen the grid"),
        ([[1.0], [2.0], [3.0]], "the best lr of trial 0, 0.01, lies at the edge"),
        ([[np.inf], [np.inf], [np.inf]], "no rate of 0.01 … 1 came to its end"),
        ([[2.0], [1.0], [3.0]], ""),
    ],
)
def test_a_best_rate_at_the_edge_is_warned_of(made, losses, words):
    found = made(losses).warnings
    assert words in found[0] if words else found == []


def test_a_grid_beyond_what_an_optimizer_takes_is_cut_and_said(catalogue):
    text = TEXT.replace('name = "adam", lr = 0.001', 'name = "dog"')  # takes 0.001 to 4
    e = parse_experiment(text, catalogue, sets=["problem.name=sphere"])
    score = tune(e, Grid(1e-3, 100.0, 6), (0,)).scores[1]
    assert max(score.rates) == 1.0
    with pytest.raises(FieldError, match="no rate of the grid 50 … 100 is one that SGD takes"):
        tune(e, Grid(50.0, 100.0, 3), (0,))


def test_the_rate_of_a_wrapper_is_that_of_what_it_wraps(catalogue):
    text = TEXT.replace('name = "adam", lr = 0.001', 'name = "lookahead", inner = { name = "sgd" }')
    found = tune(parse_experiment(text, catalogue), GRID, (0,))
    assert found.tuned().trials[1].optimizer.inner.lr == found.scores[1].lr


def test_progress_grows_to_the_whole_and_may_end_it(two):
    told = []
    tune(two, GRID, (0, 1), told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(1.0)

    def end(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        tune(two, GRID, (0, 1), end)


def test_the_forecast_counts_runs_and_steps(two):
    found = cost(two, GRID, (0, 1, 2))
    assert (found.runs, found.steps) == (42, 42 * 60) and found.size > 21 * 60 * 8


def test_an_experiment_without_an_end_is_refused(two):
    with pytest.raises(FieldError, match="expected an experiment with an end"):
        tune(replace(two, steps=0), GRID, (0,))


def test_the_table_has_a_row_for_every_run(tuning):
    columns = tuning.columns()
    assert {len(values) for values in columns.values()} == {42} and sum(columns["best"]) == 6
    assert columns["rank"] == sorted(columns["rank"]) and None in columns["loss"]


def test_a_tuned_experiment_reads_back_as_it_was_written(tuning, catalogue):
    after = tuning.tuned()
    assert after.tuned.trials == after.trials and after.tuned.seeds == (0, 1, 2)
    assert parse_experiment(dump_experiment(after, catalogue), catalogue) == after


def left(experiment):
    return untuned(experiment.trials, experiment.steps, experiment.tuned)


def test_tuned_rates_are_not_remarked_on_and_every_edit_brings_the_remark_back(two, tuning, catalogue):
    after = tuning.tuned()
    assert left(two) == ["SGD", "Adam"] and left(after) == []
    for sets, labels in [
        (["trial.SGD.optimizer.lr=0.3"], ["SGD"]), (["trial.Adam.optimizer.beta1=0.5"], ["Adam"]),
        (["problem.condition=7"], ["SGD", "Adam"]), (["steps=61"], ["SGD", "Adam"]), (["seeds=[7]"], []),
    ]:  # fmt: skip
        assert left(changed(after, sets, catalogue)) == labels, sets
        assert left(parse_experiment(dump_experiment(after, catalogue), catalogue, sets=sets)) == labels, sets


def test_a_new_name_leaves_a_trial_tuned(tuning):
    after = tuning.tuned()
    assert left(after.with_trial(0, replace(after.trials[0], label="plain"))) == []


def test_a_rate_that_was_edited_in_the_file_is_not_tuned(tuning, catalogue):
    text = dump_experiment(tuning.tuned(), catalogue)
    lr = tuning.scores[1].lr
    assert left(parse_experiment(text.replace(f"Adam = {lr!r}", "Adam = 0.5"), catalogue)) == ["Adam"]


def test_sets_may_say_that_the_rates_which_they_bring_are_tuned(two, catalogue):
    after = changed(two, ["steps=70", "optimizer.lr=0.02", "tuned={grid=[0.001, 1, 7], seeds=[0, 1]}"], catalogue)
    assert left(after) == [] and after.tuned.seeds == (0, 1)


def test_one_method_at_several_rates_is_a_comparison_of_rates(catalogue):
    text = TEXT.replace('optimizer = { name = "adam", lr = 0.001 }', "optimizer = { lr = 0.1 }")
    assert left(parse_experiment(text, catalogue)) == []


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("grid = 3", "tuned.grid: expected the smallest and the largest rate and how many there are"),
        ("grid = [0.1, 1.0, 2.5]", "tuned.grid"),
        ("grid = [1.0, 0.1, 3]", "grid: expected two rates above 0"),
        ("grid = [0.1, 1.0, 3]\nseeds = [true]", "tuned.seeds"),
        ("grid = [0.1, 1.0, 3]\nlr = { Adem = 1.0 }", "no trial is called 'Adem'; did you mean 'Adam'"),
        ("grid = [0.1, 1.0, 3]\nlr = { Adam = true }", "tuned.lr.Adam: expected a number"),
        ("grids = [0.1, 1.0, 3]", "tuned.grids: unknown key"),
    ],
)
def test_a_wrong_table_names_its_key(catalogue, table, words):
    with pytest.raises(FieldError, match=words.replace("(", "\\(")):
        parse_experiment(f"{TEXT}\n[tuned]\n{table}\n", catalogue)
