"""Plugins are tried out while the window works: nothing waits for them, and each is loaded as it was tried out."""

import threading
import time
from dataclasses import replace

import pytest

from optlab.host import trust, verdicts
from optlab.host.background import Background
from optlab.host.contain import Heard, contained
from optlab.host.finder import Source
from optlab.host.host import Host
from optlab.host.pins import pin
from optlab.host.prober import Prober, prober
from tests.rude import GOOD


@pytest.fixture
def plugin(tmp_path):
    """`plugin("name", "source")` is a source of a file that is named for this start."""

    def write(name, text=GOOD):
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        return Source(name, "--plugin", path)

    return write


def settled(host):
    assert host.background.join(60)
    return [(record.name, record.state) for record in host.settle(panels=False, seconds=60)]


def test_a_plugin_waits_until_it_has_been_tried_out_and_nothing_else_does(plugin):
    host, slow = Host(), plugin("slow", "import time; time.sleep(1)" + GOOD)
    started = time.monotonic()
    assert host.admit(slow, panels=False, wait=False).state == "waiting"
    assert host.settle(panels=False) == [] and time.monotonic() - started < 0.5
    assert settled(host) == [("slow", "on")]
    assert host.catalogue.names("optimizer") == ["good"]
    assert host.records[0].notes[0].startswith("its import takes 1.")
    assert not host.background.busy


def test_several_are_tried_out_one_after_another_in_the_order_asked(plugin):
    host = Host()
    for name, text in (("a", GOOD), ("b", "1 / 0"), ("c", "import os; os._exit(3)"), ("d", GOOD)):
        host.admit(plugin(name, text), panels=False, wait=False)
    assert settled(host) == [("a", "on"), ("b", "broken"), ("c", "broken"), ("d", "on")]
    assert host.catalogue.names("optimizer") == ["d:good", "good"]
    assert host.records[2].error.endswith("it ended itself with exit code 3")


def test_a_plugin_that_changed_meanwhile_is_loaded_as_it_was_last_tried_out(plugin):
    host = Host()
    for text in ("1 / 0", GOOD.replace('"good"', '"better"')):
        host.admit(plugin("mine", text), panels=False, wait=False)
    assert settled(host) == [("mine", "on")]
    assert host.catalogue.names("optimizer") == ["better"]


def test_a_plugin_that_was_switched_off_meanwhile_stays_off(plugin):
    source = replace(plugin("mine"), origin="yours")
    host = Host(trust=trust.allow(source, pin(source)))
    record = host.admit(source, panels=False, wait=False)
    host.switch(record, False, panels=False, wait=False)
    assert settled(host) == []
    assert host.catalogue.names("optimizer") == []


def test_one_that_is_wanted_soon_comes_before_the_others(plugin):
    background = Background()
    for name in ("a", "b", "c"):
        source = plugin(name, f"# {name}\n{GOOD}")
        background.ask(source, pin(source), soon=name == "c")
    assert background.join(60)
    names = [tried.source.name for tried in iter(background.poll, None)]
    assert names.index("c") < names.index("b")


def test_the_end_of_the_lab_is_no_verdict(plugin, tmp_path):
    mark = tmp_path / "it runs"
    text = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(60)"
    background, slow, next_one = Background(), plugin("slow", text), plugin("next")
    background.ask(slow, pin(slow))
    background.ask(next_one, pin(next_one))
    deadline = time.monotonic() + 60
    while not mark.exists():
        assert time.monotonic() < deadline
    prober.close()
    assert background.join(5) and background.poll() is None
    assert verdicts.find(slow, pin(slow)) is None
    assert prober._child is None


def test_a_process_waits_again_after_a_rude_plugin_where_one_is_kept_warm(plugin):
    own, rude = Prober(), plugin("rude", "import os; os._exit(3)")
    own.warm()
    own.examine(rude, pin(rude))
    assert own._child is not None and own._child.alive
    own.close()
    own.examine(rude, pin(rude))
    assert own._child is None


@pytest.mark.parametrize("name, said", [("optlab-child", []), ("theirs", ["started threads: theirs"])])
def test_threads_that_the_lab_starts_beside_an_import_are_not_the_plugins(name, said):
    heard, over = Heard(), threading.Event()
    with contained(heard):
        thread = threading.Thread(target=over.wait, name=name)
        thread.start()
    over.set()
    thread.join()
    assert heard.changes == said
