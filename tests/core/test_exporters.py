"""An exporter of a plugin writes whole files or none, and what it does wrong is a sentence."""

import re

import numpy as np
import pytest

from optlab import lab
from optlab.atomic import ExportError
from optlab.cli import main
from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.store.exporting import export_runs, find_exporter
from optlab.store.template import new_plugin

HEAD = "from optlab.api import Exporter, hookimpl\n"
CLASS = """
class Mine(Exporter):
    name, label, suffix = "mine", "Mine", ".txt"
    def export(self, runs, path):
        {body}
@hookimpl
def register_exporters():
    return [Mine]
"""


@pytest.fixture(scope="module")
def runs():
    return list(lab.run("ravine", steps=3))


def exporter(tmp_path, body):
    file = tmp_path / "mine.py"
    file.write_text(HEAD + CLASS.format(body=body), "utf-8")
    (cls,) = load_plugins([file], shipped_only=True).exporters.values()
    return cls


def test_the_command_line_exports_through_a_plugin(tmp_path, capsys):
    plugin = new_plugin("exporter", "arrays", tmp_path)
    out = tmp_path / "runs.npz"
    order = ["run", "ravine", "--steps", "3", "--plugin", str(plugin), "--export", "arrays", str(out)]
    assert main(order) == 0
    with np.load(out) as file:
        assert file["Adam/loss"].shape == (4,) and file["gradient descent/grad_norm.x"].shape == (4,)
    order[-2] = "array"
    assert main(order) == 2
    assert "unknown exporter 'array'; did you mean 'arrays'?" in capsys.readouterr().err


def test_two_exporters_of_one_name_are_both_there_and_the_second_goes_by_its_plugin(tmp_path, capsys):
    files = [tmp_path / f"{name}.py" for name in ("first", "second")]
    for file in files:
        body = f"path.write_text({file.stem!r})"
        file.write_text(HEAD + CLASS.format(body=body), "utf-8")
    host = load_plugins(files, shipped_only=True)
    assert [record.adds for record in host.records[-2:]] == [["exporter mine"], ["exporter second:mine"]]
    plugins = [f"--plugin={file}" for file in files]
    for name, words in (("mine", "first"), ("second:mine", "second")):
        out = tmp_path / "out.txt"
        assert main(["run", "ravine", "--steps", "3", *plugins, "--export", name, str(out)]) == 0
        assert out.read_text() == words
    host.unload(host.records[-2])
    assert list(host.exporters) == ["second:mine"]


def test_where_no_plugin_adds_one_the_message_says_so():
    with pytest.raises(FieldError, match="no plugin adds one"):
        find_exporter({}, "npz")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("path.write_text('half'); raise ValueError('no')", r"mine: ValueError: no \(mine.py:6 export\)"),
        ("raise SystemExit(3)", "mine: SystemExit: 3"),
        ("pass", "expected the file written at path, got none"),
        ("path.unlink()", "expected the file written at path, got none"),
        ("raise OSError(28, 'full')", "no space is left"),
    ],
)
def test_a_fault_leaves_the_old_file_and_nothing_beside_it(tmp_path, runs, body, words):
    cls = exporter(tmp_path, body)
    out = tmp_path / "out" / "runs.txt"
    out.parent.mkdir()
    out.write_text("old")
    with pytest.raises(ExportError, match=words):
        export_runs(cls, runs, out)
    assert [path.read_text() for path in out.parent.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("Mine(Exporter)", "Mine"), "Mine: expected a subclass of Exporter, got object"),
        (('".txt"', '"txt"'), "Mine.suffix: expected a dot and letters, such as .npz, got 'txt'"),
        (('"mine"', '"My one"'), "Mine.name: expected a word"),
        (('"Mine"', '""'), "Mine.label: expected a text"),
        (("self, runs, path", "self, runs"), r"Mine: expected export\(runs, path\), got export\(runs\)"),
        (("def export", "def exports"), r"Mine: expected def export\(self, runs, path\), got none"),
    ],
)
def test_a_class_that_is_no_exporter_is_broken_with_its_reason(tmp_path, change, words):
    file = tmp_path / "mine.py"
    file.write_text((HEAD + CLASS.format(body="pass")).replace(*change), "utf-8")
    (record,) = load_plugins([file], shipped_only=True).broken
    assert re.search(words, record.error), record.error
