"""A plugin is checked beside the window: the report can be read and copied, and whatever the plugin does ends there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from optlab.gui.check_dialog import CheckDialog, show_check
from optlab.gui.theme import apply_theme, load_theme
from optlab.store.template import new_plugin

WRONG = '''
from optlab.api import Optimizer, hookimpl, real


class Mine(Optimizer):
    """Walk <b>up</b>hill."""

    name = "mine"
    lr: float = real(0.01, 0.0, 1.0, log=False, doc="learning rate")

    def step(self, params, grads, state):
        grads *= 2
        params -= state.lr * grads


@hookimpl
def register_optimizers():
    return [Mine]
'''


@pytest.fixture
def checked(qtbot, tmp_path):
    """`checked("source")` is the dialog of such a file after its check."""
    window = QWidget()
    qtbot.addWidget(window)

    def check(text, wait=True):
        path = tmp_path / "mine.py"
        path.write_text(text, "utf-8")
        dialog = show_check(path, window)
        if wait:
            qtbot.waitUntil(lambda: not dialog.busy and dialog._copy.isEnabled(), timeout=60_000)
        return dialog

    return check


def test_a_good_plugin_keeps_the_contract(checked, tmp_path):
    path = new_plugin("optimizer", "fine", tmp_path)
    dialog = checked(path.read_text("utf-8").replace('"fine"', '"mine"'))
    assert dialog._verdict.text() == "keeps the contract"
    assert "optimizer mine" in dialog.text() and "times SGD's step" in dialog.text()


def test_what_is_wrong_comes_before_advice_and_can_be_copied(checked, qtbot):
    dialog = checked(WRONG)
    qtbot.mouseClick(dialog._copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text == dialog.text()
    place, verdict, *_ = text.splitlines()
    assert (place, verdict) == (str(dialog.path), "does not keep the contract")
    assert (
        "\noptimizer mine\n  wrong  step writes into grads" in text
        and "\n  advice  no line that begins with Source" in text
    )
    assert text.index("wrong") < text.index("advice")


def test_what_ends_the_check_leaves_its_last_words(checked):
    dialog = checked("import os, sys; sys.stderr.write('my <b>last</b> words'); sys.stderr.flush()\n"
                     "if 'optlab.kit' in sys.modules: os._exit(3)" + WRONG)  # fmt: skip
    assert dialog._verdict.text().startswith("The check ended before it had a report")
    assert "my <b>last</b> words" in dialog.text()


def test_the_window_goes_on_and_closing_ends_the_check(checked, qtbot):
    dialog = checked("import time; time.sleep(60)" + WRONG, wait=False)
    assert dialog.busy and not dialog._again.isEnabled()
    process = dialog._process
    qtbot.waitUntil(lambda: process.processId() > 0, timeout=5_000)
    with qtbot.waitSignal(dialog.destroyed, timeout=5_000):
        dialog.close()


def test_checking_a_file_again_uses_its_window(checked):
    first = checked(WRONG)
    assert checked(WRONG) is first
    assert first.parent().findChildren(CheckDialog) == [first]


def test_report_follows_the_theme(checked, qapp):
    dialog = checked(WRONG)
    for name in ("light", "dark"):
        apply_theme(qapp, load_theme(name))
        assert load_theme(name).error in dialog._page.toHtml()
