"""A plugin that misbehaves is one entry with its reason; everything else is as it would be without it."""

import builtins
import gc
import importlib.machinery
import locale
import marshal
import os
import random
import signal
import sys
import threading
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest

from optlab.engine import faults
from optlab.engine.batch import plan
from optlab.engine.experiment_file import build_experiment
from optlab.engine.runner import Runner
from optlab.host import load_plugins
from optlab.host.finder import Source, find_plugins
from optlab.host.host import Host
from optlab.paths import user_folder

PLUGINS = Path(__file__).parent.parent / "plugins"
IMPORTS = tomllib.loads((PLUGINS / "at_import.toml").read_text("utf-8"))
GOOD = '''
class Good(Optimizer):
    """Walk downhill. Source: none."""
    name = "good"
    lr: float = real(0.1, 0.0, 1.0)
    def step(self, params, grads, state):
        params -= state.lr * grads
'''
REGISTER = """
@hookimpl
def register_optimizers():
    return [Good]
"""
API = "from optlab.api import Landscape, Optimizer, Schedule, hookimpl, real\n"


def written(folder, name, source):
    filled = source.replace("{good}", GOOD).replace("{register}", REGISTER).replace("{plus}", "+".join("1" * 50_000))
    bare = filled.startswith("\ufeff")
    file = folder / f"{name}.py"
    file.write_text(("\ufeff" if bare else "") + API + filled.removeprefix("\ufeff"), "utf-8")
    return file


def load(file):
    """A host with this plugin alone, imported here: most of what a plugin does wrong, the probe has seen before."""
    host = Host()
    host.load(Source(file.stem, "--plugin", file), panels=False)
    return host


def process_state():
    """What a plugin could have changed."""
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "finders": list(sys.meta_path),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.stdout, sys.stderr),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), gc.isenabled()),
        "signals": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)),
        "numpy": np.geterr(),
        "random": (random.getstate(), np.random.get_state()[1].tolist(), locale.setlocale(locale.LC_ALL)),
        "warnings": list(warnings.filters),
        "builtins": {name: value for name, value in vars(builtins).items() if name != "_"},
        "modules": {n: m for n, m in sys.modules.items() if n.startswith(("numpy", "optlab.", "os", "json"))},
    }


@pytest.mark.parametrize("name", [n for n, fault in IMPORTS.items() if "error" in fault])
def test_a_fault_at_import_is_one_entry_with_its_sentence(tmp_path, name):
    file, before = written(tmp_path, name, IMPORTS[name]["source"]), process_state()
    host = load(file)
    assert process_state() == before
    (record,) = host.broken
    words = IMPORTS[name]["error"]
    starts = tuple(f"{name}.py: {start}" for start in ([words] if isinstance(words, str) else words))
    assert record.error.startswith(starts), record.error
    assert len(record.error) < 700
    assert "Traceback" in record.traceback
    assert "pluggy" not in record.error + record.traceback
    assert len(record.traceback) <= 20_000
    assert host.catalogue.names("optimizer") == []


@pytest.mark.parametrize("name", ["no_hook", "unmarked", "returns_class", "returns_nothing"])
def test_a_file_without_a_whole_hook_is_shown_the_lines_that_mend_it(tmp_path, name):
    source = IMPORTS[name]["source"]
    (broken,) = load_plugins([written(tmp_path, name, source)], shipped_only=True).broken
    lines = broken.traceback.partition("The file ends with these lines:\n\n")[2]
    assert lines.endswith("@hookimpl\ndef register_optimizers():\n    return [Good]\n")
    mended = written(tmp_path, f"{name}_mended", source.partition("@hookimpl")[0] + "\n" + lines)
    assert load_plugins([mended], shipped_only=True).records[-1].adds == ["optimizer good"]


@pytest.mark.parametrize("name", [n for n, fault in IMPORTS.items() if "error" not in fault])
def test_a_rude_plugin_works_and_leaves_nothing_behind(tmp_path, name, capfd):
    file, before = written(tmp_path, name, IMPORTS[name]["source"]), process_state()
    host = load(file)
    assert process_state() == before
    assert not host.broken
    assert "good" in host.catalogue.names("optimizer")
    assert capfd.readouterr().out == ""
    assert len(host.records[-1].output) <= 10_000


def test_what_a_plugin_prints_is_kept_with_it(tmp_path):
    host = load(written(tmp_path, "prints", IMPORTS["prints"]["source"]))
    assert host.records[-1].output == "hello\nbad\n"


def test_what_a_plugin_changes_is_told_with_it(tmp_path):
    source = IMPORTS["changes_everything"]["source"] + "\nimport random\nrandom.seed(1)"
    file = written(tmp_path, "rude", source)
    record = load(file).records[-1]
    told = ("NumPy's error handling", "the global random state", "the working directory", "the environment", "print",
            "how errors are reported", "the depth of recursion", "what Ctrl-C and other signals do")  # fmt: skip
    assert {f"changed {what}; put back" for what in told} <= set(record.notes)
    assert [r.notes for r in load_plugins(shipped_only=True).records if r.notes] == []


def test_a_thread_that_a_plugin_leaves_behind_is_told(tmp_path):
    source = "import threading\nOVER = threading.Event()\nthreading.Thread(target=OVER.wait, name='helper').start()"
    record = load(written(tmp_path, "busy", source + GOOD + REGISTER)).records[-1]
    sys.modules["optlab_plugins.plugin_busy"].OVER.set()
    assert record.notes == ["started threads: helper"]


def test_files_that_are_no_text_or_none_are_entries(tmp_path):
    (tmp_path / "ansi.py").write_bytes("# 梯度\nx = '梯度'".encode("gbk"))
    (tmp_path / "latin.py").write_bytes(b"x = 1\n\nx = '\xff'")
    (tmp_path / "wide.py").write_bytes("x = 1".encode("utf-16"))
    (tmp_path / "xyz.py").write_bytes(b"# coding: xyz\n")
    (tmp_path / "large.py").write_bytes(b"#" * (2**20 + 1))
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    host = load_plugins([tmp_path, tmp_path / "none.py", tmp_path / "folder.py"], shipped_only=True)
    assert [record.error for record in host.broken] == [
        "ansi.py: ValueError: expected UTF-8 text, got another encoding in line 1; save the file as UTF-8",
        "large.py: ValueError: expected a file of at most 1 MiB, got a larger one; install it as a package",
        "latin.py: ValueError: expected UTF-8 text, got another encoding in line 3; save the file as UTF-8",
        "wide.py: ValueError: expected UTF-8 text, got UTF-16; save the file as UTF-8",
        "xyz.py: SyntaxError: unknown encoding: xyz, line 0",
        "none.py: FileNotFoundError: no such file",
        "folder.py: FileNotFoundError: expected plugins *.py in this folder, got none",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_declared_encoding_and_a_byte_order_mark_are_accepted(tmp_path, encoding):
    head = "# coding: gbk\n" if encoding == "gbk" else ""
    text = head + API + GOOD.replace("Walk downhill", "梯度") + REGISTER
    (tmp_path / "encoded.py").write_bytes(text.encode(encoding))
    host = load_plugins([tmp_path], shipped_only=True)
    assert host.catalogue.find("optimizer", "good", "").__doc__.startswith("梯度")


def test_a_class_that_takes_a_shipped_name_is_kept_beside_it(tmp_path):
    source = GOOD.replace('"good"', '"sgd"') + REGISTER
    host = load_plugins([written(tmp_path, "mine", source)], shipped_only=True)
    assert not host.broken
    assert host.records[-1].adds == ["optimizer mine:sgd"]
    assert host.catalogue.find("optimizer", "sgd", "").__module__ == "optlab_plugins.shipped_sgd"
    assert host.catalogue.find("optimizer", "mine:sgd", "").__module__ == "optlab_plugins.plugin_mine"


def test_files_of_one_name_in_two_folders_are_two_plugins(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, "same", GOOD + REGISTER)
    host = load_plugins([tmp_path], shipped_only=True)
    assert [record.adds for record in host.records[-2:]] == [["optimizer good"], ["optimizer same:good"]]
    modules = {host.catalogue.find("optimizer", name, "").__module__ for name in ("good", "same:good")}
    assert len(modules) == 2


def test_a_file_named_twice_is_loaded_once(tmp_path):
    file = written(tmp_path, "mine", GOOD + REGISTER)
    host = load_plugins([file, tmp_path, file], shipped_only=True)
    assert [record.name for record in host.records].count("mine") == 1


def test_the_users_folder_is_searched_unless_only_shipped_ones_are_asked_for():
    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    written(folder, "mine", GOOD + REGISTER)
    written(folder, "_hidden", GOOD + REGISTER)
    assert [r.origin for r in load_plugins().records if r.name in ("mine", "_hidden")] == ["yours"]
    assert "mine" not in [r.name for r in load_plugins(shipped_only=True).records]


def test_planted_byte_code_does_not_run(tmp_path):
    file = written(tmp_path, "mine", GOOD + REGISTER)
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    code = compile("raise SystemExit('planted')", str(file), "exec")
    head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + b"\0" * 8  # unchecked hash
    (cache / f"mine.{sys.implementation.cache_tag}.pyc").write_bytes(head + marshal.dumps(code))
    host = load_plugins([file], shipped_only=True)
    assert host.records[-1].state == "on"


def test_a_plugins_folder_is_not_on_the_search_path(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('shadow')")
    host = load_plugins([tmp_path], shipped_only=True)
    import json

    assert json.loads("1") == 1
    assert [record.name for record in host.broken] == ["json"]


class Entry:
    """An entry point of an installed package."""

    name = "installed"

    def load(self):
        raise SystemExit("installed, and broken")


def test_an_installed_package_that_is_broken_is_an_entry():
    record = Host().load(Source("installed", "package", entry=Entry()), panels=False)
    assert (record.state, record.error.split(": ", 1)[1]) == ("broken", "SystemExit: installed, and broken")


def test_ctrl_c_of_the_user_while_a_plugin_loads_ends_the_program(tmp_path):
    file = written(tmp_path, "slow", "import signal\nsignal.raise_signal(signal.SIGINT)")
    with pytest.raises(KeyboardInterrupt):
        load(file)


def test_a_listener_that_raises_hears_no_more_and_the_others_do(tmp_path):
    heard = "HEARD = []\n@hookimpl\ndef run_finished(run):\n    HEARD.append(run)"
    bad = heard + "\n    raise KeyboardInterrupt"
    host = load_plugins([written(tmp_path, "bad", bad), written(tmp_path, "ok", heard)], shipped_only=True)
    for run in (1, 2):
        host.notify("run_finished", run)
    assert sys.modules["optlab_plugins.plugin_bad"].HEARD == [1]
    assert sys.modules["optlab_plugins.plugin_ok"].HEARD == [1, 2]
    assert [record.error for record in host.broken] == ["bad.py: KeyboardInterrupt"]


def test_panels_are_asked_for_only_where_there_is_a_window(tmp_path):
    source = "class View: ...\n@hookimpl\ndef register_panels():\n    return [View]"
    file = written(tmp_path, "view", source)
    assert load_plugins([file], shipped_only=True).panels == []
    host = Host()
    host.load(Source("view", "--plugin", file), panels=True)
    assert [cls.__name__ for cls in host.panels] == ["View"]


def test_shipped_plugins_come_first_in_an_order_that_does_not_change(tmp_path):
    for name in "cab":
        written(tmp_path, name, GOOD + REGISTER)
    order = [source.name for source in find_plugins([tmp_path], shipped_only=True)]
    assert order[-3:] == ["a", "b", "c"]
    assert order == [source.name for source in find_plugins([tmp_path], shipped_only=True)]


@pytest.fixture(scope="session")
def rude():
    host = load_plugins([PLUGINS / "at_run.py"], shipped_only=True)
    assert not host.broken
    return host


def runs_of(host, kind, name):
    """The run of a rude component, and a good one beside it."""
    base = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "schedule": {"name": "constant"}}
    good = {"label": "good", "problem": {"name": "himmelblau"}, "optimizer": {"name": "sgd"}}
    rude = {"label": "rude", kind: {"name": name}}
    experiment = build_experiment({**base, "steps": 20, "trial": [good, rude]}, host.catalogue)
    batches = plan(experiment)
    for batch in batches:
        batch.advance(20)
    return [run for label in ("rude", "good") for batch in batches for run in batch.runs if run.label == label]


@pytest.mark.parametrize("added", load_plugins([PLUGINS / "at_run.py"], shipped_only=True).records[-1].adds[1:])
def test_a_fault_at_run_time_ends_its_run_and_no_other(rude, added, capfd):
    kind, name = added.split()
    cls, before = rude.catalogue.find(kind, name, ""), process_state()
    run, good = runs_of(rude, kind, name)
    assert process_state() == before
    status, words = cls.ends.split(": ", 1)
    assert (run.status, words in run.message) == (status, True), run.message
    assert len(run.message) < 700
    assert (run.details != "") == (status == "failed")
    assert (run.count, good.status) == (cls.rows, "done")
    assert capfd.readouterr().err == ""


def test_a_plugin_that_is_broken_can_be_put_right_while_the_lab_runs(tmp_path):
    file = written(tmp_path, "mine", "raise ValueError")
    host = load_plugins([file], shipped_only=True)
    written(tmp_path, "mine", GOOD + REGISTER)
    assert host.load(Source("mine", "--plugin", file), panels=False).adds == ["optimizer good"]


@pytest.mark.parametrize("error", [ValueError("a\nb"), KeyError("k"), SystemExit(), OSError(2, "gone")])
def test_any_error_is_told_in_one_line(error):
    assert "\n" not in faults.words(error)


def test_the_place_of_a_fault_is_the_plugins_last_line(rude):
    run, _ = runs_of(rude, "optimizer", "o0")
    assert run.message.endswith(f"(at_run.py:{line_of('        raise error')} method)")
    assert "raise error" in run.details


def line_of(text):
    return (PLUGINS / "at_run.py").read_text("utf-8").splitlines().index(text) + 1


def test_ctrl_c_in_the_calling_thread_is_the_users_and_in_a_worker_the_plugins(rude):
    table = {"problem": {"name": "ravine"}, "optimizer": {"name": "pressing"}, "steps": 5}
    experiment = build_experiment(table, rude.catalogue)
    (batch,) = plan(experiment)
    with pytest.raises(KeyboardInterrupt):
        batch.advance(5)
    runner = Runner(plan(experiment))
    runner.start()
    assert runner.join(5)
    assert runner.runs[0].message.startswith("failed at step 2: KeyboardInterrupt (at_run.py:")
