"""Bad input on the command line: one sentence that says where and what, in either language."""

import json
import re

import pytest

from optlab.cli import main

CHINESE = re.compile("[\u4e00-\u9fff]")
FORMULA = {"x**2 + + * y": "cannot be read near sign 10", "2x + y": "cannot be read near sign 1; write 2*x for 2x",
           "sin(x": "cannot be read near sign 4", "x + q": "unknown name q; known: x, y, z, w, pi, e",
           "sni(x)": "unknown function sni; did you mean 'sin'?", "max(x)": "max: expected 2 arguments, got 1",
           "x.real + y": "x.real is not understood", "": "expected a formula of 1 to 1000 signs"}  # fmt: skip

CASES = {
    "optimizer.lr=99": "optimizer.lr: expected 1e-06 to 10, got 99",
    "optimizer.lr=fast": "optimizer.lr: expected 1e-06 to 10, got 'fast'",
    "trial.Adam.optimizer.beta1=1.5": "trial.Adam.optimizer.beta1: expected 0 to 0.9999, got 1.5",
    "trial.momentum.optimizer.nesterov=maybe": "trial.momentum.optimizer.nesterov: expected true or false, got 'maybe'",
    "problem.outside=jump": "problem.outside: expected one of free, clip, reflect, stop, got 'jump'",
    "problem.at=[1,2,3]": "problem.at: expected a list of 2 numbers, got [1, 2, 3]",
    "gradient.clip_norm=-1": "gradient.clip_norm: expected 0 to 1e+09, got -1",
    "optimizer.name=adma": "optimizer.name: unknown optimizer 'adma'; did you mean 'adam'?",
    "problem.name=rosenbrok": "problem.name: unknown problem 'rosenbrok'; did you mean 'rosenbrock'?",
    "schedule.name=cosin": "schedule.name: unknown schedule 'cosin'; did you mean 'cosine'?",
    "optimizer.lrr=1": "optimizer.lrr: unknown key; did you mean 'lr'?",
    "trial.Adam.optimizer.preset=torch": "optimizer.preset: unknown preset 'torch'; did you mean 'PyTorch'?",
    'optimizer={name="aggmo", betas=[1.5]}': "optimizer.betas: expected numbers from 0 to below 1, got 1.5",
    "seeds=[0,0]": "seeds: expected a list of 1 to 1000 different whole numbers",
    'problem={name="formula", f="x+y+z"}': "problem.at: expected 3 numbers for x, y, z, got 2",
    'problem={name="formula", low=6}': "problem.low: expected less than the upper end 5, got 6",
    'problem={name="csv_data", file="text.csv"}': "text.csv, line 3, column b: expected a number, got 'five'",
    'problem={name="csv_data", file="no.csv"}': "no.csv: expected a CSV file, got a path where there is none",
    'problem={name="csv_data", file="."}': "expected a CSV file, got a folder",
    'problem={name="csv_data", file="latin.csv"}': "latin.csv: expected UTF-8 text; save the file as UTF-8",
    'problem={name="csv_data", target="z"}': "problem.target: no column 'z' in reactor.csv; it has temperature,",
    'schedule={name="table", file="rates.csv"}': "schedule.file: rates.csv, line 3, column 2: expected a number ≥ 0,",
    'schedule={name="multi_step", milestones=[6,3]}': "schedule.milestones: expected rising times from 0 on, got 6, 3",
    'schedule={name="on", target="momentun"}': "on: expected an optimizer with a field momentun to schedule, got sgd",
    'schedule={name="sequence", of=["cosine", {name="piecewise", levels=[1]}]}':
        "schedule.of[1].levels: expected 3 numbers ≥ 0 for 2 boundaries, got 1",
    'trial.Adam.schedule={name="product", of=[]}': "trial.Adam.schedule.of: expected at least one part, got none",
    'update.layers=[{match="W9"}]': "update.layers: no layer is called 'W9'; known: x",
    **{f'problem={{name="formula", f="{f}"}}': f"problem.f: {words}" for f, words in FORMULA.items()},
}  # fmt: skip


@pytest.fixture
def optlab(capsys, tmp_path, monkeypatch, lab):
    """`optlab("en", "--set", …)` runs the ravine: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("optlab.cli.running.load_plugins", lambda *_, **__: lab)
    (tmp_path / "text.csv").write_text("a,b,y\n1,2,3\n4,five,6\n7,8,9\n")
    (tmp_path / "latin.csv").write_bytes(b"a,y\n1,2\n3,\xe9\n")
    (tmp_path / "rates.csv").write_text("t,lr\n0,1\n5,fast\n")

    def call(language, *argv):
        code = main(["run", "ravine", "--steps", "5", *argv, "--language", language])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("assignment", CASES)
def test_bad_input_is_one_sentence_in_either_language(optlab, assignment):
    code, out, english = optlab("en", "--set", assignment)
    assert (code, out, english.count("\n")) == (2, "", 1)
    assert english.startswith("optlab: ") and CASES[assignment] in english
    code, out, chinese = optlab("zh_CN", "--set", assignment)
    assert (code, out, chinese.count("\n")) == (2, "", 1)
    assert CHINESE.search(chinese) and not re.search("expected|unknown|known|cannot|understood|did you", chinese)


DIVIDED = 'problem={name="formula", f="1/x + y**2", at=[0, 1]}'


@pytest.mark.parametrize(("language", "words"), [
    ("en", "loss is not finite at the start (x = 0, y = 1); start elsewhere"),
    ("zh_CN", "起点处 (x = 0, y = 1) 的损失不是有限值；请换一个起点"),
])  # fmt: skip
def test_a_division_by_zero_at_the_start_ends_the_run_and_names_the_point(optlab, language, words):
    code, out, err = optlab(language, "--json", "--set", DIVIDED)
    assert (code, err) == (1, "")
    assert {(run["status"], run["message"]) for run in json.loads(out)["runs"]} == {("diverged", words)}
