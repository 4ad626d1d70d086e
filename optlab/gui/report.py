"""The report of a lesson: one HTML file that needs nothing beside it. What it says is text in it, never markup."""

import math
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from optlab import __version__
from optlab.component import Component
from optlab.engine.lesson import LessonStep
from optlab.engine.spec import Experiment
from optlab.engine.verdict import Verdict
from optlab.gui.run_columns import loss_text, status_text
from optlab.gui.words import label_of, spoken
from optlab.i18n import language, tr
from optlab.paths import bundled

SEALED = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may do for it: show the pictures that are in it."""


@dataclass(frozen=True)
class RunNote:
    """A run as a step of a lesson left it."""

    name: str
    """As the plots call it."""
    colour: str  # #rrggbb
    changes: str
    """In what it differs from the experiment as it was opened."""
    status: str
    steps: int
    loss: float
    verdict: Verdict


@dataclass(frozen=True)
class Noted:
    """A step of a lesson as it ended."""

    picture: bytes
    """PNG of the plots; empty where there was none."""
    runs: tuple[RunNote, ...]


@dataclass(frozen=True)
class Report:
    """What a report tells: `noted` and `predicted` by the number of the step, what is not in them is left open."""

    name: str
    experiment: Experiment
    toml: str
    noted: Mapping[int, Noted] = field(default_factory=dict)
    predicted: Mapping[int, str] = field(default_factory=dict)
    day: date = field(default_factory=date.today)


def report_html(report: Report) -> str:
    """The whole file."""
    e, page = report.experiment, Element("html", lang=language().replace("_", "-"))
    _put_head(page, tr(e.title) or report.name)
    body = SubElement(SubElement(page, "body"), "main")
    _put_title(body, report)
    lesson = e.lesson
    for place, step in enumerate(lesson.steps if lesson else ()):
        section = SubElement(body, "section")
        _put(section, "h2", tr("Step {n} of {of}", n=place + 1, of=len(lesson.steps) if lesson else 0))
        _put_step(section, step, report.noted.get(place), report.predicted.get(place, ""))
    _put_settings(SubElement(body, "section"), report.experiment)
    _put_file(SubElement(body, "section"), report)
    return "<!DOCTYPE html>\n" + tostring(page, "unicode", method="html") + "\n"


def _put(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last element of `parent`; `kind` is its class."""
    names = {{"kind": "class"}.get(name, name): value for name, value in attributes.items() if value}
    made = SubElement(parent, tag, names)
    made.text = text or None
    return made


def _put_text(parent: Element, text: str, kind: str) -> None:
    """A paragraph for each of those that blank lines part."""
    box = _put(parent, "div", kind=kind)
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        _put(box, "p", paragraph)


def _put_head(page: Element, title: str) -> None:
    head = SubElement(page, "head")
    _put(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": SEALED})
    _put(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _put(head, "meta", name="generator", content=f"OptLab {__version__}")
    _put(head, "title", title)
    _put(head, "style", (bundled("assets") / "themes" / "report.css").read_text("utf-8"))


def _put_title(body: Element, report: Report) -> None:
    e, lesson, top = report.experiment, report.experiment.lesson, SubElement(body, "header")
    _put(top, "h1", tr(e.title) or report.name)
    if lesson:
        _put(top, "p", tr(lesson.question), kind="question")
    origin = _put(top, "p", tr("Lesson {name} · OptLab {version}", name=report.name, version=__version__) + " · ",
                  kind="origin")  # fmt: skip
    _put(origin, "time", report.day.isoformat(), datetime=report.day.isoformat())
    name = _put(top, "label", tr("Your name"), kind="name")
    _put(name, "input", type="text", autocomplete="off")
    if e.about:
        _put_text(top, tr(e.about), "about")


def _put_step(section: Element, step: LessonStep, noted: Noted | None, predicted: str) -> None:
    """Question, answers, what the runs have shown and what it means; what is still open is folded."""
    told = noted is not None or bool(predicted)
    if step.ask:
        _put(section, "h3", tr(step.ask))
        _put_answers(section, step, predicted, told)
    if noted is None:
        _put(section, "p", tr("Not run in this session."), kind="origin")
    else:
        _put_picture(section, noted)
        _put_runs(section, noted.runs)
    if not told:
        section = SubElement(section, "details")
        _put(section, "summary", tr("Answer and explanation"))
        if step.right:
            _put(section, "p", tr("Right answer: {answer}", answer=tr(step.right)))
    _put_text(section, tr(step.explain), "explain")


def _put_answers(section: Element, step: LessonStep, predicted: str, told: bool) -> None:
    """The answers with their marks: right and wrong are told by a sign and a word, not by a colour alone."""
    answers = _put(section, "ul", kind="answers")
    for answer in step.answers:
        right, mine = told and answer == step.right, answer == predicted
        mark = ("✓" if right else "✗" if mine else "○") if told else "☐"
        notes = [tr("right answer")] * right + [tr("predicted")] * mine
        item = _put(answers, "li", kind="right" if right else "wrong" if mine else "")
        _put(item, "b", mark).tail = f" {tr(answer)}" + f" — {', '.join(notes)}" * bool(notes)


def _put_picture(section: Element, noted: Noted) -> None:
    if not noted.picture:
        return
    names = ", ".join(run.name for run in noted.runs)
    figure = SubElement(section, "figure")
    data = f"data:image/png;base64,{b64encode(noted.picture).decode()}"
    _put(figure, "img", src=data, alt=tr("The plots at the end of this step, with the runs {names}", names=names))


def _put_runs(section: Element, runs: Sequence[RunNote]) -> None:
    changed = any(run.changes for run in runs)
    head = [tr("run"), *[tr("changed")] * changed, tr("status"), tr("steps"), tr("final loss")]
    rows = [
        [run.name, *[run.changes] * changed, status_text(run.status), str(run.steps),
         loss_text(run.loss) if math.isfinite(run.loss) else tr("not finite")]
        for run in runs
    ]  # fmt: skip
    _put_table(section, head, rows, [run.colour for run in runs])
    for verdict in (run.verdict for run in runs if run.verdict.head):
        line = _put(section, "p", kind=f"verdict {verdict.level}")
        _put(line, "b", verdict.head).tail = f" {verdict.text}"
        if verdict.note:
            _put(line, "small", verdict.note)


def _put_table(parent: Element, head: Sequence[str], rows: Sequence[Sequence[str]], colours: Sequence[str]) -> None:
    """A table that a narrow screen moves sideways; the first cells name the rows."""
    table = SubElement(_put(parent, "div", kind="wide"), "table")
    line = SubElement(SubElement(table, "thead"), "tr")
    for text in head:
        _put(line, "th", text, scope="col")
    body = SubElement(table, "tbody")
    for place, cells in enumerate(rows):
        line = SubElement(body, "tr")
        name = _put(line, "th", scope="row")
        if colours:
            _put(name, "i", style=f"background: {colours[place]}").tail = f" {cells[0]}"
        else:
            name.text = cells[0]
        for text in cells[1:]:
            _put(line, "td", text)


def _put_settings(section: Element, e: Experiment) -> None:
    """What all trials have in common, and the fields in which they differ."""
    _put(section, "h2", tr("Settings"))
    different = list(_columns(e))
    own = {(column.kind, column.key) for column in different}
    common = {
        title: said(e.base.part(kind), [key for of, key in own if of == kind])
        for kind, title in kind_titles().items()
        if (kind, "") not in own
    }
    common |= {
        tr("Steps"): str(e.steps),
        tr("Seeds"): ", ".join(map(str, e.seeds)),
        tr("Precision"): e.dtype,
    }
    rows = [[title, text] for title, text in common.items() if text]
    _put_table(section, [tr("setting"), tr("value")], rows, ())
    if different:
        _put(section, "h3", tr("In what the trials differ"))
        rows = [[trial.label, *(column.cells[k] for column in different)] for k, trial in enumerate(e.trials)]
        _put_table(section, [tr("trial"), *(column.title for column in different)], rows, ())


def _put_file(section: Element, report: Report) -> None:
    fold = SubElement(section, "details")
    _put(fold, "summary", tr("The whole experiment as a file"))
    words = tr("Save this text as {name}.toml, and open it in OptLab: the same seeds give the same numbers.",
               name=report.name)  # fmt: skip
    _put(fold, "p", words)
    _put(fold, "pre", report.toml)


def kind_titles() -> dict[str, str]:
    """What the parts of a trial are called."""
    return {
        "problem": tr("Problem"), "optimizer": tr("Optimizer"), "schedule": tr("Schedule"),
        "gradient": tr("Gradient"), "update": tr("Update"),
    }  # fmt: skip


@dataclass(frozen=True)
class _Column:
    """A setting in which trials differ, with its value by trial."""

    kind: str
    key: str  # empty where the whole component is another one
    title: str
    cells: list[str]


def _columns(e: Experiment) -> Iterator[_Column]:
    for kind, title in kind_titles().items():
        parts = [trial.part(kind) for trial in e.trials]
        if len({type(part) for part in parts}) > 1:
            yield _Column(kind, "", title, [said(part) for part in parts])
            continue
        for key, declaration in parts[0].fields().items():
            values = [getattr(part, key) for part in parts]
            if any(value != values[0] for value in values):
                cells = [_value(declaration, value) for value in values]
                yield _Column(kind, key, label_of(type(parts[0]), key), cells)


def said(part: Component, without: Collection[str] = ()) -> str:
    """A component in a line: its name, its learning rate, and the fields that are not as they are by default.

    Empty for what every experiment has, and leaves as it is.
    """
    keys = [key for key in part.fields() if key not in without and (key == "lr" or key in part.changed())]
    named = type(part).__name__ not in ("Gradient", "Update")
    heading = [part.heading()] if named else []
    return " · ".join([*heading, *(field_said(part, key) for key in keys)])


def field_said(part: Component, key: str) -> str:
    """A field and its value."""
    return f"{label_of(type(part), key)} {_value(part.fields()[key], getattr(part, key))}"


def _value(declaration: Any, value: Any) -> str:
    """A value; components in it with all that is changed in them."""
    if isinstance(value, Component):
        return said(value)
    if isinstance(value, tuple) and value and all(isinstance(part, Component) for part in value):
        return "; ".join(said(part) for part in value)
    return spoken(declaration, value)
