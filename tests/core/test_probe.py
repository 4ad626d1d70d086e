"""A plugin is first imported in a process of its own: what ends or hangs there never reaches the lab."""

import os
import sys
import time

import pytest

from optlab.host import verdicts
from optlab.host.finder import Source
from optlab.host.host import Host
from optlab.host.pins import pin
from optlab.host.prober import Prober, prober
from optlab.host.verdicts import Verdict
from optlab.paths import user_folder
from tests.rude import AT_IMPORT, GOOD, expected, filled

FATAL = [name for name, fault in AT_IMPORT.items() if "fatal" in fault]


@pytest.fixture
def plugin(tmp_path):
    """`plugin("name", "source")` is a source of a file that is named for this start."""

    def write(name, text):
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        return Source(name, "--plugin", path)

    return write


def admitted(*sources):
    host = Host()
    return [host.admit(source, panels=False) for source in sources]


def test_a_good_plugin_is_on(plugin):
    (record,) = admitted(plugin("good", GOOD))
    assert (record.state, record.error, record.adds, record.notes) == ("on", "", ["optimizer good"], [])


@pytest.mark.parametrize("name", FATAL)
def test_what_ends_its_process_is_broken_and_named_and_the_next_one_is_on(plugin, name):
    bad, good = admitted(plugin(name, filled(AT_IMPORT[name]["source"])), plugin("good", GOOD))
    assert bad.state == "broken" and bad.error.startswith(expected(name)), bad.error
    assert good.state == "on"
    assert f"optlab_plugins.plugin_{name}" not in sys.modules


@pytest.mark.parametrize("text", ["while True: pass", "sum(range(10**12))", "import time; time.sleep(60)"])
def test_what_hangs_is_given_up_and_its_process_is_gone(plugin, text):
    source, own = plugin("slow", text), Prober()
    own.warm()
    child = own._child
    started = time.monotonic()
    verdict = own.examine(source, pin(source), limit=0.5)
    assert verdict.error == "slow.py: it took longer than 0.5 s and was given up"
    assert time.monotonic() - started < 30 and not child.alive
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(child.pid, 0)


def test_the_verdict_is_kept_by_hash(plugin, monkeypatch):
    good, bad = plugin("good", GOOD), plugin("bad", "import os; os._exit(0)")
    first = [(record.state, record.error) for record in admitted(good, bad)]
    monkeypatch.setattr(prober, "examine", None)
    assert [(record.state, record.error) for record in admitted(good, bad)] == first
    monkeypatch.undo()
    assert admitted(plugin("bad", GOOD))[0].state == "on"


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"a": 1}'])
def test_damaged_verdicts_are_found_anew(plugin, data):
    good = plugin("good", GOOD)
    admitted(good)
    file = user_folder("cache") / verdicts.NAME
    file.write_bytes(data)
    assert verdicts.find(good, pin(good)) is None
    assert admitted(good)[0].state == "on"


def test_a_verdict_of_another_shape_is_none(plugin):
    good = plugin("good", GOOD)
    for wrong in ({"error": 3}, {"notes": "x"}, {"adds": [1]}):
        verdicts.keep(good, pin(good), Verdict(**wrong))
        assert verdicts.find(good, pin(good)) is None


def test_without_waiting_a_plugin_without_verdict_waits(plugin):
    host, good = Host(), plugin("good", GOOD)
    record = host.admit(good, panels=False, wait=False)
    assert (record.state, record.error) == ("waiting", "good.py: is tried out just now")
    assert host.admit(good, panels=False).state == "on"
    assert [record.state for record in host.records] == ["on"]
    assert Host().admit(good, panels=False, wait=False).state == "on"


def test_a_part_that_does_not_fit_is_found_before_a_form_stumbles_over_it(plugin):
    text = GOOD.replace("    lr:", "    inner: Optimizer = part(Optimizer, 'none_such')\n    lr:")
    assert "unknown optimizer 'none_such'" in admitted(plugin("wrapper", text))[0].error
    assert admitted(plugin("wrapper", text.replace("none_such", "adam")))[0].state == "on"


def test_a_slow_import_and_what_it_changed_are_told(plugin):
    text = "import time, random; time.sleep(0.6); random.seed(3); print('hello')" + GOOD
    (record,) = admitted(plugin("slow", text))
    assert record.state == "on" and record.output == "hello\n"
    assert record.notes[0] == "changed the global random state; put back"
    assert record.notes[1].startswith("its import takes 0.")


def test_what_a_plugin_prints_or_reads_is_not_the_channel(plugin):
    source = plugin("loud", "import os, sys; os.write(1, b'D' * 100); print(sys.stdin.read())" + GOOD)
    assert prober.examine(source, pin(source)) == Verdict(output="\n", adds=["optimizer good"])


def test_a_verdict_that_a_plugin_forges_is_none(plugin):
    text = "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'D\\x02\\0\\0\\0{}')\n    except OSError: pass\n"
    (record,) = admitted(plugin("forger", text))
    assert record.state == "broken"


def test_a_slow_import_leaves_the_process_to_the_next_one(plugin):
    own, slow = Prober(), plugin("slow", "import time; time.sleep(0.6)" + GOOD)
    own.warm()
    child = own._child
    assert own.examine(slow, pin(slow)).notes and own._child is child and child.alive
    own.close()


def test_what_views_are_made_of_is_not_laid_at_a_plugins_door(plugin):
    own, view = (
        Prober(),
        plugin("view", "import sys; print('optlab.gui.api' in sys.modules)\nimport optlab.gui.api" + GOOD),
    )
    assert own.examine(view, pin(view)).output == "True\n"
    own.close()
