"""The report of a lesson: what was asked, predicted and shown, in one web page that loads and runs nothing."""

import base64
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from optlab import i18n
from optlab.engine.experiment_file import load_experiment, parse_experiment
from optlab.gui import settings
from optlab.gui.window import Window
from optlab.store import predictions

EVIL = "<script>alert('1')</script>"
LESSON = f"""
title = "Which rate & why"
steps = 60
panels = ["training"]
[problem]
name = "ravine"
[optimizer]
name = "sgd"
lr = 0.005
[[trial]]
label = "{EVIL}"
[[trial]]
label = "fast"
optimizer = {{ lr = 0.015 }}
[lesson]
question = "Which rate is <b>faster</b>?"
[[lesson.step]]
ask = "Will it get down?"
answers = ["yes", "no", "unsure"]
right = "yes"
trials = ["{EVIL}"]
explain = "It does."
[[lesson.step]]
ask = "Will a tenth be faster?"
answers = ["yes", "no"]
right = "no"
trials = ["{EVIL}"]
set = ["optimizer.lr=0.0005"]
explain = "It is not."
"""


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.text = "\n".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "rates.toml"
    file.write_text(LESSON, "utf-8")
    return file


@pytest.fixture
def window(opened_window, file: Path):
    values, _ = settings.load()
    values.theme = "dark"
    return opened_window(values, str(file))


def play(window: Window, qtbot: QtBot, answer: str) -> None:
    """Predict, and run the open step to its end."""
    strip = window.stage.strip
    button = next(b for b in strip.answers if b.property("answer") == answer)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(strip.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.tutor.told and strip.run.text() == "Run again", timeout=10000)  # and it says so


def saved(window: Window, monkeypatch: pytest.MonkeyPatch, path: Path) -> str:
    """What the command writes."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(path), ""))
    window.actions_["report"].trigger()
    return path.read_text("utf-8")


def pictures(page: Page) -> list[QImage]:
    heads = [str(image["src"]).partition(",") for image in page.all("img")]
    assert all(head == "data:image/png;base64" for head, _, _ in heads)
    return [QImage.fromData(base64.b64decode(data)) for _, _, data in heads]


def test_a_report_tells_what_was_predicted_what_is_right_and_what_the_runs_came_to(
    window, qtbot, monkeypatch, tmp_path
):
    play(window, qtbot, "no")
    window.stage.strip.go_on.click()
    play(window, qtbot, "no")
    page = Page(saved(window, monkeypatch, tmp_path / "a.html"))
    for text in ("yes — right answer", "no — predicted", "no — right answer, predicted", "It does.", "It is not."):
        assert f" {text}" in page.texts or text in page.texts, text
    assert page.text.count("Not run") == 0 and len(pictures(page)) == 2
    first = window.desk.entries[0].run
    assert "60" in page.texts and any(text.startswith(f"{first.at(60, 'loss'):.3g}"[:4]) for text in page.texts)
    assert "learning rate 0.0005" in page.texts  # what the second step changed
    assert [window.desk.look(entry).label in page.text for entry in window.desk.entries] == [True, True]


def test_a_users_text_is_never_markup(window, qtbot, monkeypatch, tmp_path):
    play(window, qtbot, "yes")
    page = Page(saved(window, monkeypatch, tmp_path / "a.html"))
    assert page.all("script") == []
    assert f" {EVIL} · lr 0.005" in page.texts and EVIL in str(page.all("img")[0]["alt"])
    assert "Which rate is <b>faster</b>?" in page.texts and "Which rate & why" in page.texts


def test_a_report_loads_nothing_and_names_nobody(window, qtbot, monkeypatch, tmp_path):
    play(window, qtbot, "yes")
    html = saved(window, monkeypatch, tmp_path / "a.html")
    page = Page(html)
    assert "http:" not in html and "https:" not in html and "url(" not in html
    assert {"link", "iframe", "object"}.isdisjoint(tag for tag, _ in page.tags)
    (policy,) = (m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert str(tmp_path) not in html and "Lesson rates · " in page.text
    assert [field.get("value") for field in page.all("input")] == [None]


def test_a_picture_is_light_in_a_dark_window_and_shows_the_runs(window, qtbot, monkeypatch, tmp_path):
    play(window, qtbot, "yes")
    (image,) = pictures(Page(saved(window, monkeypatch, tmp_path / "a.html")))
    assert image.width() == 1440 and image.pixelColor(2, 2).name() == "#ffffff"
    colours = {image.pixelColor(x, y).name() for x in range(0, 1440, 2) for y in range(0, image.height(), 2)}
    assert "#a30010" in colours  # of the first run, in the light theme
    shown = window.views.current.panel.loss.picture(800, 600)
    assert shown.pixelColor(2, 2).name() == window.desk.theme.plot != "#ffffff"  # the window is as it was


def test_a_step_that_is_not_run_says_so_and_folds_its_answer(window, monkeypatch, tmp_path):
    html = saved(window, monkeypatch, tmp_path / "a.html")
    page = Page(html)
    assert page.text.count("Not run in this session.") == 2 and page.all("img") == []
    assert "right answer" not in page.text and page.texts.count("☐") == 5
    assert html.count("<details><summary>Answer and explanation</summary><p>Right answer: ") == 2


def test_a_step_is_noted_once_when_its_runs_have_ended(window, qtbot):
    notes = window.tutor.notes
    assert notes.noted == {}
    play(window, qtbot, "yes")
    qtbot.waitUntil(lambda: 0 in notes.noted, timeout=5000)
    first = notes.noted
    window.desk.set_cursor(3)  # what is looked at later is no other end
    window.stage.strip.go_on.click()
    assert notes.noted == first
    play(window, qtbot, "yes")
    qtbot.keyClick(window, Qt.Key.Key_Escape)  # at once: it is noted all the same
    assert list(notes.noted) == [0, 1]


def test_what_runs_again_is_noted_again_with_what_was_changed(window, qtbot):
    notes = window.tutor.notes
    play(window, qtbot, "yes")
    notes.close()
    window.desk.document.set_part("optimizer", window.desk.document.part("optimizer").replace(lr=0.01), "")
    window.stage.strip.run.click()
    qtbot.waitUntil(lambda: window.tutor.told and len(window.desk.entries) == 2, timeout=10000)
    notes.close()
    assert [run.changes for run in notes.noted[0].runs] == ["", "learning rate 0.01"]


def test_another_file_forgets_the_notes_and_a_file_without_a_lesson_has_no_report(window, qtbot):
    play(window, qtbot, "yes")
    assert window.actions_["report"].isEnabled()
    window.files.open_named("ravine")
    assert window.tutor.notes.noted == {} and not window.actions_["report"].isEnabled()


def test_the_file_in_a_report_is_the_experiment_as_it_was_opened(window, qtbot, file, monkeypatch, tmp_path):
    play(window, qtbot, "yes")
    window.stage.strip.go_on.click()  # changes the learning rate
    page = Page(saved(window, monkeypatch, tmp_path / "a.html"))
    (text,) = (text for text in page.texts if "[[lesson.step]]" in text)
    catalogue = window.desk.host.catalogue
    assert parse_experiment(text, catalogue) == load_experiment(file, catalogue)


def test_the_last_step_offers_the_report(window, qtbot):
    strip = window.stage.strip
    play(window, qtbot, "yes")
    assert not strip.report.isVisible()
    strip.go_on.click()
    play(window, qtbot, "no")
    assert strip.report.isVisible()


def test_a_report_speaks_the_language_of_the_window(window, qtbot):
    i18n.set_language("zh_CN")
    html = window.tutor.notes.report({0: "no"})
    assert Page(html).all("html") == [{"lang": "zh-CN"}] and "第 1 步，共 2 步" in html and "姓名" in html


def test_a_file_that_cannot_be_written_is_a_sentence(window, monkeypatch, tmp_path):
    path = tmp_path / "missing" / "a.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, **kwargs: (str(path), ""))
    window.actions_["report"].trigger()
    (message,) = window.messages.messages()
    assert message.level == "error" and "the folder does not exist" in message.sentence


def optlab(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "optlab", *arguments], capture_output=True, text=True, timeout=120)


def test_the_command_writes_the_teachers_report_and_predicts_nothing(file, tmp_path):
    out = tmp_path / "a.html"
    done = optlab("report", str(file), str(out), "--language", "zh_CN")
    assert (done.returncode, done.stdout) == (0, "") and str(out) in done.stderr
    page = Page(out.read_text("utf-8"))
    assert len(pictures(page)) == 2 and "预测" not in page.text and page.text.count("— 正确答案") == 2
    assert predictions.load() == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[lesson]", "[lessen]"), "unknown key"),
        (("steps = 60", "steps = 0"), "expected a number of steps"),
    ],
)
def test_a_lesson_that_cannot_be_played_is_one_line(file, tmp_path, change, words):
    file.write_text(LESSON.replace(*change), "utf-8")
    done = optlab("report", str(file), str(tmp_path / "a.html"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr and not (tmp_path / "a.html").exists()


def test_an_experiment_without_a_lesson_is_one_line(tmp_path):
    done = optlab("report", "ravine", str(tmp_path / "a.html"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "expected an experiment with a lesson" in done.stderr
