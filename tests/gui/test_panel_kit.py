"""The conformance kit tries views on all that a window may show them, and says what is wrong."""

import re
from pathlib import Path

import pytest

from optlab.gui import errors
from optlab.gui.panel_kit import check_view
from optlab.host import load_plugins
from optlab.kit import check_path
from optlab.store.template import new_plugin

BUILD = "    def build(self) -> None:\n"
REFRESH = "    def refresh(self) -> None:\n"
FAULTS = {
    "no run is none": (REFRESH, REFRESH + "        self.desk.visible[0]\n", "IndexError"),
    "layers that all runs share": (
        REFRESH,
        REFRESH
        + "        [e.run.column('grad_norm.' + self.desk.visible[0].run.layers[-1]) for e in self.desk.visible]\n",
        "Error",
    ),
    "one step is not enough": (
        REFRESH,
        REFRESH + "        [e.run.column('loss')[9] for e in self.desk.visible]\n",
        "IndexError: index 9 is out of bounds",
    ),
    "no build": (BUILD, "    def built(self) -> None:\n", "NotImplementedError"),
    "a paint that raises": (
        BUILD,
        "    def paintEvent(self, event) -> None:\n        raise ValueError('no paint')\n\n" + BUILD,
        "ValueError: no paint",
    ),
    "a reason that raises": (
        BUILD,
        "    def why_not(self) -> str:\n        return self.desk.document.trial.name\n\n" + BUILD,
        "AttributeError",
    ),
    "a view that is kept": (
        BUILD,
        "    KEPT = []\n\n" + BUILD + "        self.KEPT.append(self)\n",
        "Python keeps the closed view",
    ),
    "a slow refresh": (
        REFRESH,
        REFRESH + "        import time\n        time.sleep(0.04)\n",
        "a refresh took .* ms: the window has 33 ms",
    ),
    "no word what to look for": ("    Look for:", "    See:", "begins with Look for:"),
    "a name that is taken": (
        'name, title = "mine"',
        'name, title = "training"',
        "training is the name of another view",
    ),
}


@pytest.fixture
def installed(tmp_path):
    """Errors of virtuals and slots are caught, as in the kit's own process."""
    before = errors.install(folder=tmp_path / "log")
    yield before
    errors.uninstall()


def found(path):
    host = load_plugins([path], panels=True, shipped_only=True)
    return [f.text for f in check_view(host.panels[-1], host, path) if f.level != "note"]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS.values(), ids=FAULTS)
def test_a_seeded_fault_is_found_with_words_that_help(tmp_path, qapp, installed, old, new, words):
    path = new_plugin("panel", "mine", tmp_path)
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), "utf-8")
    texts = found(path)
    assert any(re.search(words, text) for text in texts), texts


def test_the_shipped_views_pass_their_own_kit(host, qapp, installed):
    files = {record.name: Path(record.path) for record in host.records}
    found = [(cls.name, f) for cls in host.panels for f in check_view(cls, host, files[cls.name])]
    assert [(name, f.text) for name, f in found if f.level != "note" and f.claim != "is quick"] == []


def test_a_view_is_tried_in_a_process_of_its_own(tmp_path):
    path = new_plugin("panel", "mine", tmp_path)
    report = check_path(path)
    assert report.passed and report.components == ["panel mine"]
    assert [(component, f.claim) for component, f in report.findings] == [("panel mine", "refresh")]


def test_a_view_that_ends_its_process_is_a_finding(tmp_path):
    path = new_plugin("panel", "mine", tmp_path)
    path.write_text(path.read_text("utf-8").replace(REFRESH, REFRESH + "        import os; os._exit(3)\n"), "utf-8")
    report = check_path(path)
    assert not report.passed
    assert "the views ended their process (code 3)" in report.wrong[0][1].text
