"""The help page shows a docstring's idea, equations, source and fields, and never what an author smuggles in."""

import pytest
from PySide6.QtWidgets import QTextBrowser

from optlab.component import Component
from optlab.fields import real
from optlab.gui.help_dialog import HelpDialog, page
from optlab.gui.theme import apply_theme, load_theme


class Method(Component):
    """Divide a mean by a root: <b>x</b> & <img src="file:///etc/passwd">.

        k ← β₁ k + (1 − β₁) g
          x ← x − lr · m̂ / (√v̂ + ε) · k

    Source: Kingma & Ba, ICLR 2015,
    arXiv:1412.6980.
    """

    name = "method"
    lr: float = real(1e-3, 1e-6, 10.0, doc="size of a <i>step</i>")
    beta1: float = real(0.9, 0.0, 0.9999, unit="s", doc="beside ε̂")
    width: float = real(1.0, 0.0, 2.0)


class Long(Component):
    """An equation of a hundred signs and more.

        x ← first term + second term + third term + fourth term + fifth term + sixth term + seventh term + last term

    Source: nobody.
    """

    name = "long"


class Plain:
    pass


@pytest.fixture
def dialog(qtbot):
    made = HelpDialog()
    qtbot.addWidget(made)
    return made


def test_page_has_idea_equations_source_and_fields(dialog):
    dialog.show_component(Method)
    text = dialog.text()
    assert "Divide a mean by a root" in text
    assert "Source: Kingma & Ba, ICLR 2015, arXiv:1412.6980." in text
    assert all(word in text for word in ("β₁", "0.001", "0.9 s", "0 to 0.9999", "size of a"))
    assert dialog.windowTitle() == "Help: method"


def test_equations_keep_their_lines_and_indentation():
    assert "<pre>k ← β₁ k + (1 − β₁) g\n  x ← x − lr" in page(Method, load_theme("dark"))


def test_long_equations_wrap_instead_of_being_cut(dialog):
    dialog.resize(300, 400)
    dialog.show_component(Long)
    browser = dialog.findChild(QTextBrowser)
    assert browser.document().size().width() <= browser.viewport().width()


def test_fields_have_the_names_that_equations_and_files_use():
    shown = page(Method, load_theme("dark"))
    assert 'β₁ <span class="key">beta1</span>' in shown
    assert "<td>width</td>" in shown


def test_hats_stand_in_the_font_that_fits_their_letter():
    shown = page(Method, load_theme("dark"))
    assert 'lr · <span class="latin">m̂</span> / (√<span class="latin">v̂</span> + ε)' in shown
    assert '<span class="greek">ε̂</span>' in shown


def test_words_of_an_author_are_plain_text(dialog):
    dialog.show_component(Method)
    assert '<b>x</b> & <img src="file:///etc/passwd">' in dialog.text()
    assert "<i>step</i>" in dialog.text()
    assert "<img" not in page(Method, load_theme("light"))


def test_page_opens_no_links(dialog):
    assert not dialog.findChild(QTextBrowser).openLinks()


def test_class_without_words_has_a_page(dialog):
    dialog.show_component(Plain)
    assert "Nothing is written" in dialog.text()


def test_page_follows_the_theme(dialog, qapp):
    apply_theme(qapp, load_theme("dark"))
    dialog.show_component(Method)
    before = dialog.findChild(QTextBrowser).document().defaultStyleSheet()
    apply_theme(qapp, load_theme("light"))
    assert dialog.findChild(QTextBrowser).document().defaultStyleSheet() != before
