"""A plugin of each kind in a package of its own: it tests itself, pip installs it, the lab finds it and asks first."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from optlab.store.template import KINDS, new_package

ROOT = Path(__file__).parents[2]
FIND = """
import json
from optlab.host import load_plugins
host = load_plugins(panels=True)
found = [record for record in host.records if record.origin == "package"]
before = {record.name: [record.state, record.error] for record in found}
after = {record.name: host.allow(record.source, True).plain() for record in found}
again = {record.name: record.state for record in load_plugins(panels=True).records if record.origin == "package"}
print(json.dumps([before, after, again]))
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("projects")
    return [new_package(kind, f"my_{kind}", folder).parents[1] for kind in KINDS]


def python(*arguments, folder, path):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_test_of_a_new_project_passes(projects):
    few = [project for project in projects if project.name in ("optlab-my-optimizer", "optlab-my-exporter")]
    said = python("-m", "pytest", "-q", "-p", "no:cacheprovider", *few, folder=few[0].parent, path=[ROOT])
    assert "2 passed" in said


def test_pip_installs_each_and_the_lab_finds_it_and_asks_before_it_runs(projects, tmp_path):
    target = tmp_path / "site"
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--target", target]
    python("-m", "pip", "install", *options, *projects, folder=tmp_path, path=[])
    before, after, again = json.loads(python("-c", FIND, folder=tmp_path, path=[target, ROOT]))
    names = {f"my_{kind}" for kind in KINDS}
    assert set(before) == names
    assert {state for state, _ in before.values()} == {"refused"}
    assert "allow it under Plugins" in before["my_optimizer"][1]
    added = {name: record["adds"] for name, record in after.items()}
    words = {kind: "problem" if kind == "landscape" else kind for kind in KINDS}
    assert added == {f"my_{kind}": [f"{word} my_{kind}"] for kind, word in words.items()}
    assert {record["version"] for record in after.values()} == {"0.1.0"}
    assert again == dict.fromkeys(names, "on")
