"""A plugin that misbehaves is one entry with its reason; everything else is as it would be without it."""

import importlib.machinery
import marshal
import sys

import pytest

from optlab.host import load_plugins
from optlab.host.finder import Source, find_plugins
from optlab.host.host import Host
from optlab.paths import user_folder
from tests.process_state import process_state
from tests.rude import API, AT_IMPORT, CLASS, REGISTER, expected, filled


def written(folder, name, source):
    file = folder / f"{name}.py"
    file.write_text(filled(source), "utf-8")
    return file


def load(file):
    """A host with this plugin alone, imported here: most of what a plugin does wrong, the probe has seen before."""
    host = Host()
    host.load(Source(file.stem, "--plugin", file), panels=False)
    return host


@pytest.mark.parametrize("name", [n for n, fault in AT_IMPORT.items() if "error" in fault and "fatal" not in fault])
def test_a_fault_at_import_is_one_entry_with_its_sentence(tmp_path, name):
    file, before = written(tmp_path, name, AT_IMPORT[name]["source"]), process_state()
    host = load(file)
    assert process_state() == before
    (record,) = host.broken
    assert record.error.startswith(expected(name)), record.error
    assert len(record.error) < 700
    assert "Traceback" in record.traceback
    assert "pluggy" not in record.error + record.traceback
    assert len(record.traceback) <= 20_000
    assert host.catalogue.names("optimizer") == []


@pytest.mark.parametrize("name", ["no_hook", "unmarked", "returns_class", "returns_nothing"])
def test_a_file_without_a_whole_hook_is_shown_the_lines_that_mend_it(tmp_path, name):
    source = AT_IMPORT[name]["source"]
    (broken,) = load_plugins([written(tmp_path, name, source)], shipped_only=True).broken
    lines = broken.traceback.partition("The file ends with these lines:\n\n")[2]
    assert lines.endswith("@hookimpl\ndef register_optimizers():\n    return [Good]\n")
    mended = written(tmp_path, f"{name}_mended", source.partition("@hookimpl")[0] + "\n" + lines)
    assert load_plugins([mended], shipped_only=True).records[-1].adds == ["optimizer good"]


@pytest.mark.parametrize("name", [n for n, fault in AT_IMPORT.items() if "error" not in fault])
def test_a_rude_plugin_works_and_leaves_nothing_behind(tmp_path, name, capfd):
    file, before = written(tmp_path, name, AT_IMPORT[name]["source"]), process_state()
    host = load(file)
    assert process_state() == before
    assert not host.broken
    assert "good" in host.catalogue.names("optimizer")
    assert capfd.readouterr().out == ""
    assert len(host.records[-1].output) <= 10_000


def test_what_a_plugin_prints_is_kept_with_it(tmp_path):
    host = load(written(tmp_path, "prints", AT_IMPORT["prints"]["source"]))
    assert host.records[-1].output == "hello\nbad\n"


def test_what_a_plugin_changes_is_told_with_it(tmp_path):
    source = AT_IMPORT["changes_everything"]["source"] + "\nimport random\nrandom.seed(1)"
    file = written(tmp_path, "rude", source)
    record = load(file).records[-1]
    told = ("NumPy's error handling", "the global random state", "the working directory", "the environment", "print",
            "how errors are reported", "the depth of recursion", "what Ctrl-C and other signals do")  # fmt: skip
    assert {f"changed {what}; put back" for what in told} <= set(record.notes)
    assert [r.notes for r in load_plugins(shipped_only=True).records if r.notes] == []


def test_a_thread_that_a_plugin_leaves_behind_is_told(tmp_path):
    source = "import threading\nOVER = threading.Event()\nthreading.Thread(target=OVER.wait, name='helper').start()"
    record = load(written(tmp_path, "busy", source + CLASS + REGISTER)).records[-1]
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
    text = head + API + CLASS.replace("Walk downhill", "梯度") + REGISTER
    (tmp_path / "encoded.py").write_bytes(text.encode(encoding))
    host = load_plugins([tmp_path], shipped_only=True)
    assert host.catalogue.find("optimizer", "good", "").__doc__.startswith("梯度")


def test_a_class_that_takes_a_shipped_name_is_kept_beside_it(tmp_path):
    source = CLASS.replace('"good"', '"sgd"') + REGISTER
    host = load_plugins([written(tmp_path, "mine", source)], shipped_only=True)
    assert not host.broken
    assert host.records[-1].adds == ["optimizer mine:sgd"]
    assert host.catalogue.find("optimizer", "sgd", "").__module__ == "optlab_plugins.shipped_sgd"
    assert host.catalogue.find("optimizer", "mine:sgd", "").__module__ == "optlab_plugins.plugin_mine"


def test_files_of_one_name_in_two_folders_are_two_plugins(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, "same", CLASS + REGISTER)
    host = load_plugins([tmp_path], shipped_only=True)
    assert [record.adds for record in host.records[-2:]] == [["optimizer good"], ["optimizer same:good"]]
    modules = {host.catalogue.find("optimizer", name, "").__module__ for name in ("good", "same:good")}
    assert len(modules) == 2


def test_a_file_named_twice_is_loaded_once(tmp_path):
    file = written(tmp_path, "mine", CLASS + REGISTER)
    host = load_plugins([file, tmp_path, file], shipped_only=True)
    assert [record.name for record in host.records].count("mine") == 1


def test_the_users_folder_is_searched_unless_only_shipped_ones_are_asked_for():
    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    written(folder, "mine", CLASS + REGISTER)
    written(folder, "_hidden", CLASS + REGISTER)
    assert [r.origin for r in load_plugins().records if r.name in ("mine", "_hidden")] == ["yours"]
    assert "mine" not in [r.name for r in load_plugins(shipped_only=True).records]


def test_planted_byte_code_does_not_run(tmp_path):
    file = written(tmp_path, "mine", CLASS + REGISTER)
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
        written(tmp_path, name, CLASS + REGISTER)
    order = [source.name for source in find_plugins([tmp_path], shipped_only=True)]
    assert order[-3:] == ["a", "b", "c"]
    assert order == [source.name for source in find_plugins([tmp_path], shipped_only=True)]


def test_a_plugin_that_is_broken_can_be_put_right_while_the_lab_runs(tmp_path):
    file = written(tmp_path, "mine", "raise ValueError")
    host = load_plugins([file], shipped_only=True)
    written(tmp_path, "mine", CLASS + REGISTER)
    assert host.load(Source("mine", "--plugin", file), panels=False).adds == ["optimizer good"]
