"""`optlab plugins debug` runs a plugin where its author looks: in the terminal, in one thread."""

import subprocess
import sys
from pathlib import Path

import pytest

from optlab.cli import main
from optlab.store.template import new_plugin

ROOT = Path(__file__).parents[2]
LINE = "        ema(state.m"


@pytest.fixture
def plugin(tmp_path):
    """`plugin("print(1)")` is a new optimizer with a statement before each of its steps."""

    def make(statement, kind="optimizer"):
        path = new_plugin(kind, "mine", tmp_path)
        path.write_text(path.read_text("utf-8").replace(LINE, f"        {statement}\n{LINE}"), "utf-8")
        return path

    return make


def test_prints_of_the_plugin_stand_in_the_terminal_step_by_step(plugin, capsys):
    path = plugin("print('at', state.t)")
    assert main(["plugins", "debug", str(path), "ravine", "--steps", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["at 1", "at 2", "at 3"]
    assert lines[3].startswith("mine · seed 0: done: 3 steps, loss ") and len(lines) == 4


def test_breakpoint_stops_in_the_plugins_own_line(plugin):
    path = plugin("breakpoint()" if sys.version_info < (3, 13) else "breakpoint(); pass")
    order = [sys.executable, "-m", "optlab", "plugins", "debug", str(path), "--steps", "1"]
    done = subprocess.run(order, input="p 6 * 7 * state.t\nc\n", cwd=ROOT, capture_output=True, text=True, check=False)
    assert "mine.py(" in done.stdout and "step()" in done.stdout and "(Pdb) 42" in done.stdout
    assert done.returncode == 0, done.stderr


def test_a_fault_ends_with_the_plugins_own_lines_alone(plugin, capsys):
    path = plugin("1 / (state.t - 2)")
    assert main(["plugins", "debug", str(path), "ravine", "--steps", "5"]) == 1
    said = capsys.readouterr().out
    assert "1 / (state.t - 2)" in said and "ZeroDivisionError: division by zero (mine.py:" in said
    assert said.count("  File ") == 1 and "optlab/engine" not in said


def test_an_experiment_that_uses_the_plugin_runs_as_it_is(plugin, tmp_path, capsys):
    path = plugin("pass")
    spec = tmp_path / "own.toml"
    trial = '[[trial]]\nlabel = "{n}"\noptimizer = {{ lr = {n} }}\n'
    text = 'steps = 2\n[problem]\nname = "ravine"\n[optimizer]\nname = "mine"\n'
    spec.write_text(text + trial.format(n=0.1) + trial.format(n=0.2), "utf-8")
    assert main(["plugins", "debug", str(path), str(spec)]) == 0
    assert [line.split(" ")[0] for line in capsys.readouterr().out.splitlines()] == ["0.1", "0.2"]


def test_a_plugin_of_another_kind_takes_its_place_in_the_experiment(plugin, capsys):
    assert main(["plugins", "debug", str(plugin("", "schedule")), "ravine", "--steps", "2"]) == 0
    assert capsys.readouterr().out.startswith("mine · seed 0: done")


def test_a_plugin_that_does_not_load_is_told_with_its_line(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text("x = (\n", "utf-8")
    assert main(["plugins", "debug", str(path)]) == 1
    said = capsys.readouterr()
    assert "mine.py: SyntaxError: '(' was never closed, line 1" in said.err and "x = (" in said.out
