"""New plugins run as they are, pass the kit, and never take the place of a file."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from optlab.atomic import ExportError
from optlab.cli import main
from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.kit import check_path
from optlab.paths import user_folder
from optlab.store.template import new_plugin

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["optimizer", "schedule", "problem", "landscape"])
def test_a_new_plugin_passes_without_a_word_and_runs(tmp_path, kind):
    path = new_plugin(kind, "My first one", tmp_path)
    assert path.name == "my_first_one.py"
    report = check_path(path)
    assert report.components and [f.text for _, f in report.findings if f.level != "note"] == []


def test_a_new_view_draws_in_the_window(tmp_path, qtbot):
    from optlab.gui.desk import Desk
    from optlab.gui.document import Document
    from optlab.gui.theme import load_theme
    from optlab.lab import load

    host = load_plugins([new_plugin("panel", "my_view", tmp_path)], panels=True, shipped_only=True)
    assert host.broken == []
    (cls,) = [panel for panel in host.panels if panel.name == "my_view"]
    desk = Desk(host, Document(load("ravine", host=host)), load_theme("dark"))
    panel = cls(desk)
    qtbot.addWidget(panel)
    panel.ensure_built()
    desk.session.start(desk.document.experiment)
    qtbot.waitUntil(lambda: not desk.session.busy, timeout=20000)
    panel.refresh()
    assert len(panel.plot.curves) == 5


def test_a_new_plugin_never_takes_the_place_of_a_file(tmp_path):
    path = new_plugin("optimizer", "mine", tmp_path)
    path.write_text("# my work", "utf-8")
    with pytest.raises(ExportError, match="is there already"):
        new_plugin("optimizer", "mine", tmp_path)
    assert path.read_text("utf-8") == "# my work"


@pytest.mark.parametrize(("kind", "name", "words"), [("optimiser", "a", "mean 'optimizer'"), ("panel", "1", "word")])
def test_a_kind_or_a_name_that_is_none_is_refused(tmp_path, kind, name, words):
    with pytest.raises(FieldError, match=words):
        new_plugin(kind, name, tmp_path)


def test_the_command_line_checks_files_and_folders(tmp_path, capsys):
    path = new_plugin("optimizer", "mine", tmp_path)
    assert main(["plugins", "check", str(tmp_path)]) == 0
    assert "keeps the contract" in capsys.readouterr().out
    path.write_text(path.read_text("utf-8").replace("params -=", "params +="), "utf-8")
    assert main(["plugins", "check", str(tmp_path), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert not found["passed"] and found["findings"][0]["level"] == "wrong"


def test_a_new_plugin_is_allowed_and_stays_so_whatever_its_author_writes(tmp_path):
    assert main(["plugins", "new", "optimizer", "mine", "--into", str(tmp_path)]) == 0
    path = tmp_path / "mine.py"
    assert [r.state for r in load_plugins().records if r.name == "mine"] == ["on"]
    path.write_text(path.read_text("utf-8").replace("0.9,", "0.8,"), "utf-8")
    assert load_plugins().catalogue.find("optimizer", "mine", "").fields()["beta"].default == 0.8


def test_a_new_package_is_a_project_that_stays_beside_others(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["plugins", "new", "optimizer", "mine", "--package"]) == 0
    said = capsys.readouterr()
    project = tmp_path / "optlab-mine"
    assert said.out.strip() == str(project / "optlab_mine" / "mine.py")
    assert f"-m pip install -e {project}" in said.err
    tables = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    assert tables["project"]["entry-points"]["optlab"] == {"mine": "optlab_mine.mine"}
    assert ".venv\\Scripts\\python" in (project / "README.md").read_text("utf-8")
    assert main(["plugins", "new", "optimizer", "mine", "--package"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_templates_are_utf8_with_plain_line_ends_whatever_the_console_speaks(tmp_path):
    environ = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"}
    order = [sys.executable, "-m", "optlab", "plugins", "new", "optimizer", "mine", "--into", str(tmp_path)]
    assert subprocess.run(order, env=environ, cwd=ROOT, capture_output=True, check=False).returncode == 0
    data = (tmp_path / "mine.py").read_bytes()
    assert "m ← β m + (1 − β) g".encode() in data and b"\r" not in data


def test_the_command_line_writes_a_new_plugin(tmp_path, capsys):
    assert main(["plugins", "new", "schedule", "slow", "--into", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(tmp_path / "slow.py") and "optlab plugins check" in said.err
    assert main(["plugins", "check", str(tmp_path / "gone.py")]) == 2


def test_a_new_plugin_is_on_at_the_next_start_also_when_it_was_edited(tmp_path, capsys):
    assert main(["plugins", "new", "schedule", "slow", "--into", str(tmp_path)]) == 0
    for _ in range(2):
        assert [r.state for r in load_plugins().records if r.name == "slow"] == ["on"]
        (tmp_path / "slow.py").write_text((tmp_path / "slow.py").read_text("utf-8") + "# edited\n", "utf-8")


@pytest.mark.parametrize("kind", ["optimizer", "schedule", "problem", "landscape"])
def test_what_new_says_can_be_typed_as_it_is(kind, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["plugins", "new", kind, "mine"]) == 0
    lines = [line.partition(": optlab ")[2].split() for line in capsys.readouterr().err.splitlines()]
    check, run = ([word for word in line if line] for line in lines[:2])
    assert check == ["plugins", "check", "mine"] and main(check) == 0
    assert run[:3] == ["run", "ravine", "--set"] and main([*run, "--steps", "3"]) == 0


def test_an_own_plugin_goes_by_its_name_but_a_file_here_goes_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    new_plugin("schedule", "mine")
    assert main(["plugins", "debug", "mine.py", "ravine", "--steps", "2"]) == 0
    assert main(["plugins", "check", "mime"]) == 2
    assert "did you mean 'mine'?" in capsys.readouterr().err
    (tmp_path / "mine").write_text("no plugin")
    assert main(["plugins", "check", "mine"]) == 1


def test_without_plugins_of_ones_own_the_folder_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["plugins", "check", "mine.py"]) == 2
    assert f"got mine.py; there is none in {user_folder('plugins')}" in capsys.readouterr().err
