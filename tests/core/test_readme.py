"""README.md says what is so: its tables, examples, commands and pictures."""

import os
import re
import subprocess
import sys

import pytest

from optlab.engine.experiment_file import parse_experiment
from optlab.host import load_plugins
from tests.readme import README, renewed

TEXT = README.read_text("utf-8")
ROOT = README.parent


def python(*arguments, folder):
    """The finished process of a Python that finds OptLab, in another folder."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
    return subprocess.run(command, cwd=folder, env=environ, **pipes)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.S | re.M)


def test_tables_are_what_the_program_knows():
    assert renewed(TEXT) == TEXT, "README.md is out of date: run python -m tests.readme"


def test_the_plugin_loads_and_runs(tmp_path):
    (source,) = (block for block in blocks("python") if "@hookimpl" in block)
    file = tmp_path / "my_sign.py"
    file.write_text(source, "utf-8")
    host = load_plugins([file], shipped_only=True)
    assert host.broken == []
    assert "my_sign" in host.catalogue.names("optimizer")
    command = next(line for line in TEXT.splitlines() if line.startswith("optlab run") and "my_sign" in line)
    done = python("-m", *command.split(), folder=tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("block", [block for block in blocks("text") if block.startswith("$ optlab ")])
def test_the_program_prints_what_is_shown(block, tmp_path):
    command, shown = block.removeprefix("$ ").split("\n", 1)
    assert python("-m", *command.split(), folder=tmp_path).stdout == shown


def test_the_notebook_runs(tmp_path):
    (source,) = (block for block in blocks("python") if "import optlab" in block)
    done = python("-c", source, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "runs.csv").stat().st_size > 100_000


def test_the_experiment_file_can_be_read():
    text, tuned, lesson = blocks("toml")
    catalogue = load_plugins(shipped_only=True).catalogue
    assert len(parse_experiment(text, catalogue).trials) == 3
    assert [trial.label for trial in parse_experiment(text + tuned, catalogue).tuned.trials] == ["lr 0.01", "lr 0.1"]
    assert parse_experiment(text + lesson, catalogue).lesson.steps[0].right == "no"


def test_ci_finds_the_test_command():
    """.ci/run takes it from here with this pattern."""
    pattern = "^python3 -m venv .* -m tests$"
    assert pattern in (ROOT / ".ci" / "run").read_text("utf-8")
    assert len(re.findall(pattern, TEXT, re.M)) == 1


@pytest.mark.parametrize("picture", re.findall(r"assets/[\w/-]+\.png", TEXT))
def test_every_picture_is_here_and_small(picture):
    assert 10_000 < (ROOT / picture).stat().st_size < 250_000


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http|#)([^)]+)\)", TEXT))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()
