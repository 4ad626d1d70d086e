"""Nothing of a plugin runs before the user has allowed it, and what runs is what was allowed."""

import json
import os
import stat
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from optlab.cli import main
from optlab.engine.experiment_file import parse_experiment
from optlab.fields import FieldError
from optlab.host import finder, load_plugins, trust, verdicts
from optlab.host.finder import Source, find_plugins
from optlab.host.pins import imports, pin
from optlab.host.verdicts import Verdict
from optlab.paths import bundled, user_folder
from tests.rude import GOOD

PLUGIN = 'from pathlib import Path\nPath("{mark}").touch()\n' + GOOD


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No shipped plugins: they take a while, and have no say here."""
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(finder, "bundled", lambda kind: tmp_path / "shipped")


@pytest.fixture
def mark(tmp_path):
    """The file that the plugin writes when it runs."""
    return tmp_path / "it ran"


@pytest.fixture
def file(mark):
    """A plugin in the user's folder, of which nothing is decided."""
    path = user_folder("plugins") / "mine.py"
    path.parent.mkdir(parents=True)
    path.write_text(PLUGIN.replace("{mark}", mark.as_posix()), "utf-8")
    return path


def source(file):
    return Source(file.stem, "yours", file)


def record(name="mine"):
    return next(r for r in load_plugins().records if r.name == name and r.outside)


def decisions():
    return user_folder("settings") / trust.NAME


def test_a_new_file_is_listed_and_not_run(file, mark):
    found = record()
    assert (found.state, found.adds, mark.exists()) == ("refused", [], False)
    assert found.error == f'mine.py: not allowed yet; allow it under Plugins, or with: optlab plugins trust "{file}"'
    assert len(found.sha256) == 64


def test_an_allowed_file_runs_at_this_start_and_at_the_next(file):
    trust.allow(source(file), pin(source(file)))
    assert [record().adds for _ in range(2)] == [["optimizer good"]] * 2


def test_a_changed_file_is_not_run(file, mark):
    trust.allow(source(file), pin(source(file)))
    file.write_text(file.read_text("utf-8") + "# one more line\n", "utf-8")
    found = record()
    assert (found.state, mark.exists()) == ("changed", False)
    assert found.error.startswith("mine.py: changed since you allowed it; look at it under Plugins, or run: ")
    assert trust.approved(trust.load()[0].allowed[str(file)]).read_text("utf-8") in file.read_text("utf-8")


def test_what_was_hashed_is_what_runs(file, monkeypatch):
    """The file is another one as soon as it has been read."""
    from optlab.host import host

    def pin_and_change(source):
        pinned = pin(source)
        if source.origin == "yours":
            file.write_text("raise SystemExit('not what was allowed')", "utf-8")
        return pinned

    trust.allow(source(file), pin(source(file)))
    monkeypatch.setattr(host, "pin", pin_and_change)
    assert record().state == "on"


def test_a_plugin_that_is_off_is_not_run_until_it_is_on(file, mark):
    trust.allow(source(file), pin(source(file)))
    trust.switch(source(file), on=False)
    assert (record().state, mark.exists()) == ("off", False)
    trust.switch(source(file), on=True)
    assert record().state == "on"


def test_a_folder_that_is_developed_in_is_allowed_whatever_is_in_it(file):
    trust.develop(file.parent)
    assert record().state == "on"
    file.write_text(file.read_text("utf-8").replace('"good"', '"better"'), "utf-8")
    assert record().adds == ["optimizer better"]


def test_a_file_elsewhere_is_found_once_it_is_allowed(file, tmp_path):
    elsewhere = file.rename(tmp_path / "mine.py")
    trust.allow(source(elsewhere), pin(source(elsewhere)))
    assert record().state == "on"
    elsewhere.unlink()
    assert not [r for r in load_plugins().records if r.name == "mine"]


def test_a_file_named_on_the_command_line_is_the_users_word_for_this_start(file):
    host = load_plugins([file])
    assert [r.state for r in host.records if r.name == "mine"] == ["on"]
    assert record().state == "refused"


def test_a_link_out_of_the_folder_is_refused_also_when_allowed(file, tmp_path):
    file.rename(tmp_path / "real.py")
    file.symlink_to(tmp_path / "real.py")
    trust.allow(source(file), pin(source(file)))
    found = record()
    assert (found.state, found.error.partition(":")[2].split(",")[0]) == (
        "refused",
        f" links to {tmp_path / 'real.py'}",
    )


def test_a_file_that_everybody_can_write_is_refused(file):
    trust.allow(source(file), pin(source(file)))
    file.chmod(0o646)
    words = f"mine.py: every user of this computer can write it; run chmod o-w {file}"
    assert (record().error == words) == (os.name == "posix")


def test_a_file_of_another_user_is_refused(file, monkeypatch):
    trust.allow(source(file), pin(source(file)))
    stranger = os.stat_result([stat.S_IFREG | 0o644, 1, 1, 1, 4242, 4242, 1, 0, 0, 0])
    monkeypatch.setattr(Path, "stat", lambda self, **_: stranger)
    assert trust.unsafe(file, None) == "mine.py: belongs to another user of this computer; copy the file"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"allowed": 3}', b"\xff", b"[" * 100_000, b"9" * 5000,
                                  b'{"allowed": {"a": 1}, "off": [], "folders": []}',
                                  b'{"allowed": {}, "off": [1], "folders": []}'])  # fmt: skip
def test_a_damaged_file_of_decisions_allows_nothing_and_is_put_aside(file, mark, data):
    trust.allow(source(file), pin(source(file)))
    decisions().write_bytes(data)
    host = load_plugins()
    assert host.complaints[0] == "trust.json was damaged and is put aside as trust.bad-1.json: allow your plugins again"
    assert (record().state, mark.exists()) == ("refused", False)
    assert decisions().with_name("trust.bad-1.json").read_bytes() == data


def test_the_decisions_are_their_owners_alone(file):
    trust.allow(source(file), pin(source(file)))
    assert stat.S_IMODE(decisions().stat().st_mode) == (0o600 if os.name == "posix" else 0o666)
    assert set(json.loads(decisions().read_text("ascii"))) == {"allowed", "off", "folders", "inside"}


def test_opening_an_experiment_enables_nothing_and_names_the_plugin(file, mark, monkeypatch):
    monkeypatch.setattr(finder, "bundled", bundled)
    host = load_plugins()
    text = 'steps = 5\n[problem]\nname = "ravine"\n[optimizer]\nname = "{name}"'
    for name in ("good", "mine:sgd"):
        with pytest.raises(
            FieldError, match=rf"unknown optimizer '{name}'; it may be in the plugin mine, which is not"
        ):
            parse_experiment(text.replace("{name}", name), host.catalogue, "x")
    with pytest.raises(FieldError, match="did you mean 'adam'"):
        parse_experiment(text.replace("{name}", "adm"), host.catalogue, "x")
    assert not mark.exists()


def test_the_command_line_says_what_is_not_allowed(file, mark, capsys):
    assert main(["list", "schedules", "--json"]) == 0
    assert capsys.readouterr().err.startswith("optlab: mine.py: not allowed yet")
    assert not mark.exists()


@pytest.fixture
def package(tmp_path, monkeypatch, mark):
    """An installed package with an entry point, in a folder of its own on the search path."""
    site = tmp_path / "site"
    info = site / "friendly-1.2.dist-info"
    for folder in (info, site / "friendly"):
        folder.mkdir(parents=True)
    (site / "friendly" / "__init__.py").write_text(f"open({str(mark)!r}, 'w').close()", "utf-8")
    (site / "friendly" / "optimizers.py").write_text(PLUGIN.replace("{mark}", mark.as_posix()), "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: friendly\nVersion: 1.2\n")
    (info / "RECORD").write_text("friendly/optimizers.py,sha256=abc,10\n")
    (info / "entry_points.txt").write_text("[optlab]\nfriendly = friendly.optimizers\n")
    monkeypatch.syspath_prepend(site)
    yield site
    for name in [name for name in sys.modules if name.split(".")[0] == "friendly"]:
        del sys.modules[name]


def installed():
    return Source("friendly", "package", entry=next(e for e in entry_points(group="optlab") if e.name == "friendly"))


def test_an_installed_package_is_not_imported_before_it_is_allowed(package, mark):
    found = record("friendly")
    assert (found.state, found.version, mark.exists()) == ("refused", "1.2", False)
    assert found.error.endswith('or with: optlab plugins trust "friendly"')
    trust.allow(installed(), pin(installed()))
    assert record("friendly").adds == ["optimizer good"]


@pytest.mark.parametrize("change", ["friendly-1.2.dist-info/RECORD", "friendly-1.2.dist-info/METADATA",
                                    "friendly/optimizers.py"])  # fmt: skip
def test_an_installed_package_that_changed_asks_again(package, change):
    trust.allow(installed(), pin(installed()))
    text = (package / change).read_text("utf-8")
    (package / change).write_text(text.replace("1.2", "1.3") + "#\n", "utf-8")
    assert record("friendly").state == "changed"


def test_what_a_file_imports_can_be_told_without_running_it():
    text = b"import os, json as j\nfrom numpy.linalg import norm\ndef f():\n    from . import x\n"
    assert imports(text) == [".", "json", "numpy.linalg", "os"]
    assert imports(b"x = (") is imports(b"#" * (1 << 19)) is imports(b"\0") is None


def test_safe_mode_knows_no_plugin_of_the_user(file):
    assert all(each.origin == "shipped" for each in find_plugins(shipped_only=True))
    assert load_plugins(shipped_only=True).complaints == []


def test_the_command_line_allows_a_file_and_says_what_it_is(file, mark, capsys):
    assert main(["plugins", "trust", str(file)]) == 0
    said = capsys.readouterr()
    assert not mark.exists()
    assert said.out.splitlines()[0] == str(file) and "imports  optlab.api, pathlib" in said.out
    assert pin(source(file)).sha256 in said.out and "with your rights" in said.err
    assert main(["plugins", "list", "--json"]) == 0
    assert [(e["name"], e["state"]) for e in json.loads(capsys.readouterr().out)] == [("mine", "on")]


def test_the_command_line_switches_off_and_on_for_later_starts(file, capsys):
    main(["plugins", "trust", str(file)])
    assert main(["plugins", "disable", "mine"]) == 0
    assert record().state == "off"
    capsys.readouterr()
    assert main(["plugins", "info", "mine"]) == 0
    assert "  state    off\n  reason   mine.py: switched off\n" in capsys.readouterr().out
    assert main(["plugins", "enable", str(file)]) == 0
    assert record().state == "on"


def test_the_command_line_tries_a_broken_plugin_out_again(file):
    trust.allow(source(file), pin(source(file)))
    verdicts.keep(source(file), pin(source(file)), Verdict("mine.py: a bad moment"))
    assert record().state == "broken"
    assert main(["plugins", "enable", "mine"]) == 0
    assert record().state == "on"


def test_a_file_says_its_version(file):
    file.write_text('__version__ = "1.2rc1"\n' + file.read_text("utf-8"), "utf-8")
    assert record().version == "1.2rc1"


def test_decisions_of_an_older_lab_still_count(file):
    trust.allow(source(file), pin(source(file)))
    path = user_folder("settings") / trust.NAME
    table = json.loads(path.read_text("utf-8"))
    del table["inside"]
    path.write_text(json.dumps(table), "utf-8")
    assert record().state == "on"


def test_the_command_line_marks_a_folder_that_is_developed_in(file, capsys):
    assert main(["plugins", "trust", str(file.parent)]) == 2
    assert "add --develop" in capsys.readouterr().err
    assert main(["plugins", "trust", str(file.parent), "--develop"]) == 0
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    assert record().state == "on"


def test_the_command_line_trusts_a_package_by_its_name_and_no_other_word(package, capsys):
    assert main(["plugins", "trust", "friendlier"]) == 2
    assert "plugins: unknown name 'friendlier'; did you mean 'friendly'?" in capsys.readouterr().err
    assert main(["plugins", "trust", "friendly"]) == 0
    assert record("friendly").state == "on"
