"""`optlab tune`: ranks on stdout, warnings on stderr, and files that the window opens."""

import csv
import json

import pytest

PLUGIN = '''
"""A plugin of the tests."""
from optlab.api import Optimizer, hookimpl, real

class Mine(Optimizer):
    """Plain descent. Source: none."""
    name = "mine"
    lr: float = real(0.1, 0.0, 10.0)
    def step(self, params, grads, state):
        {body}

@hookimpl
def register_optimizers():
    return [Mine]
'''
SMALL = ("tune", "ravine", "--steps", "40", "--grid", "0.001", "1", "4", "--seeds", "0,1")


@pytest.fixture
def plugin(tmp_path):
    """`plugin("raise …")`: a file with an optimizer `mine` whose step does that."""

    def write(body):
        file = tmp_path / "mine.py"
        file.write_text(PLUGIN.replace("{body}", body))
        return str(file)

    return write


def test_tune_ranks_every_trial_and_says_what_was_compared(optlab):
    code, out, _ = optlab(*SMALL)
    assert code == 0 and "4 rates from 0.001 to 1, 2 seeds, 40 steps" in out
    rows = [line.split() for line in out.splitlines() if line[:5].strip().isdigit()]
    assert [int(row[0]) for row in rows] == [1, 2, 3, 4, 5] and len({row[2] for row in rows}) == 5


def test_json_is_strict_and_in_the_order_of_ranks(optlab):
    _, out, err = optlab(*SMALL, "--json")
    found = json.loads(out, parse_constant=lambda name: pytest.fail(name))
    assert [trial["rank"] for trial in found["trials"]] == [1, 2, 3, 4, 5] and err == ""
    sgd = next(trial for trial in found["trials"] if trial["trial"] == "gradient descent")
    assert sgd["medians"][-1] is None and sgd["lr"] == 0.01 and len(sgd["losses"]) == 2


def test_a_best_rate_at_the_edge_is_a_line_on_stderr(optlab):
    _, _, err = optlab("tune", "ravine", "--steps", "40", "--grid", "0.0001", "0.001", "3", "--seeds", "0")
    assert "the best lr of Adam, 0.001, lies at the edge of the grid 0.0001 … 0.001: widen the grid" in err


def test_the_table_has_every_run_and_the_file_is_an_experiment_that_is_tuned(optlab, tmp_path):
    optlab(*SMALL, "--csv", str(tmp_path / "runs.csv"), "--save", str(tmp_path / "tuned.toml"))
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * 4 * 2 and {row["seed"] for row in rows} == {"0", "1"}
    assert sum(row["best"] == "1" for row in rows) == 10
    assert "lr not tuned" not in optlab("run", str(tmp_path / "tuned.toml"))[1]
    assert json.loads(optlab("run", str(tmp_path / "tuned.toml"), "--json")[1])["untuned"] == []


def test_a_comparison_that_is_not_tuned_says_so(optlab, tmp_path):
    _, out, _ = optlab("run", "ravine", "--steps", "9")
    assert "lr not tuned: the order of these optimizers depends on their rates" in out
    assert "Adam" in json.loads(optlab("run", "ravine", "--steps", "9", "--json")[1])["untuned"]
    assert "lr not tuned" not in optlab("run", "depth", "--steps", "2")[1]
    file = tmp_path / "tuned.toml"
    optlab(*SMALL, "--save", str(file))
    assert "lr not tuned: Adam;" in optlab("run", str(file), "--set", "trial.Adam.optimizer.lr=0.5")[1]


def test_an_optimizer_from_outside_is_tuned_in_a_process_of_its_own(optlab, plugin):
    file = plugin("params -= state.lr * grads")
    code, out, _ = optlab(*SMALL, "--plugin", file, "--set", "trial.Adam.optimizer.name=mine", "--json")
    found = {trial["trial"]: trial for trial in json.loads(out)["trials"]}
    assert code == 0 and found["Adam"]["medians"] == pytest.approx(found["gradient descent"]["medians"])


def test_runs_that_fail_are_exit_code_1_and_a_sentence(optlab, plugin):
    file = plugin("raise ValueError('no idea')")
    code, out, err = optlab(*SMALL, "--plugin", file, "--set", "trial.Adam.optimizer.name=mine")
    assert code == 1 and "Adam: runs failed: failed at step 0: ValueError: no idea" in err
    assert "inf" in next(line for line in out.splitlines() if " Adam " in line)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("ravine", "--grid", "1", "0.1", "5"), "two rates above 0, the smaller one first"),
        (("ravine", "--grid", "0.1", "1", "1000"), "expected 2 to 100 rates"),
        (("ravine", "--steps", "0"), "expected an experiment with an end"),
        (("ravine", "--seeds", "x"), "seeds"),
        (("ravin",), "did you mean 'ravine'"),
        (("ravine", "--csv", "/nowhere/at/all.csv"), "/nowhere/at/all.csv"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(optlab, argv, words):
    code, out, err = optlab("tune", *argv)
    assert code == 2 and out == "" and words in err and err.count("\n") == 1
