"""Lessons: what an experiment asks before it runs, which runs answer, and what they mean. Data, without code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from optlab.engine.catalogue import check_keys
from optlab.engine.file_values import line, names, refuse, table_of, text
from optlab.i18n import tr

MOST_STEPS, MOST_KNOBS = 12, 4
HIDDEN = ("about", "verdict", "plots")
"""What a lesson may hide until a prediction is made: what to watch, the verdict above the plots, the plots."""


@dataclass(frozen=True)
class LessonStep:
    """Predict, run, explain. Texts are English, and translated by the catalogue."""

    ask: str
    """The question, one line; empty for a step that only runs and explains."""
    explain: str
    """What the runs have shown; read after them."""
    answers: tuple[str, ...] = ()
    right: str = ""
    """The answer that the runs give."""
    trials: tuple[str, ...] = ()
    """The labels of the trials that run; empty for all that the steps before have not run."""
    set: tuple[str, ...] = ()
    """What is changed before the run, such as `problem.hidden=4`; the runs before stay beside it."""


@dataclass(frozen=True)
class Lesson:
    """The questions of an experiment, and how it is shown while they are open."""

    question: str
    steps: tuple[LessonStep, ...]
    knobs: tuple[str, ...] = ()
    """The fields that stay in reach, such as `problem.hidden`."""
    plots: tuple[str, ...] = ()
    """The plots of its view that are shown, such as `loss` and `bars` of the training view; all where it names none."""
    hidden: tuple[str, ...] = ()
    """What is not seen until the first prediction is made, of `HIDDEN`."""
    words: tuple[str, ...] = ()
    """What one may search for to find it, in any language."""
    next: str = ""
    """The name of the lesson that follows."""


_LESSON: dict[str, Callable[[Any], Any]] = {
    "question": line("lesson.question"),
    "knobs": names("lesson.knobs", '["problem.hidden", "optimizer.lr"]', MOST_KNOBS, different=True),
    "plots": names("lesson.plots", '["loss", "bars"]', different=True),
    "hidden": names("lesson.hidden", '["verdict"]', len(HIDDEN), different=True),
    "words": names("lesson.words", '["vanishing gradient", "梯度消失"]'),
    "next": line("lesson.next"),
}
_STEP: dict[str, Callable[[Any], Any]] = {
    "ask": line("lesson.step.ask", 300),
    "explain": text("lesson.step.explain"),
    "answers": names("lesson.step.answers", '["yes", "no", "unsure"]', 5, different=True),
    "right": line("lesson.step.right"),
    "trials": names("lesson.step.trials", '["sigmoid"]', different=True),
    "set": names("lesson.step.set", '["problem.hidden=4"]'),
}


def build_lesson(given: Any, labels: Sequence[str]) -> Lesson:
    """The lesson of an experiment's table, whose trials have these labels; raises `FieldError` that names the key."""
    table = table_of(given, "lesson")
    check_keys(table, (*_LESSON, "step"), "lesson")
    if "question" not in table:
        raise refuse("lesson.question", tr("a line of at most {n} signs", n=200), None)
    steps = table.get("step")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        raise refuse("lesson.step", tr("1 to {n} tables [[lesson.step]]", n=MOST_STEPS), steps)
    values = {key: check(table[key]) for key, check in _LESSON.items() if key in table}
    for word in values.get("hidden", ()):
        if word not in HIDDEN:
            raise refuse("lesson.hidden", tr("names of {these}", these=", ".join(HIDDEN)), word)
    return Lesson(steps=tuple(_step(each, labels) for each in steps), **values)


def _step(given: Any, labels: Sequence[str]) -> LessonStep:
    table = table_of(given, "lesson.step")
    check_keys(table, tuple(_STEP), "lesson.step")
    values = {"ask": "", **{key: check(table[key]) for key, check in _STEP.items() if key in table}}
    if "explain" not in values:
        raise refuse("lesson.step.explain", tr("a text of at most {n} signs", n=4000), None)
    for label in values.get("trials", ()):
        if label not in labels:
            raise refuse("lesson.step.trials", tr("labels of trials: {these}", these=", ".join(labels)), label)
    answers, right = values.get("answers", ()), values.get("right", "")
    if values["ask"] and (len(answers) < 2 or right not in answers):
        raise refuse("lesson.step.right", tr("one of at least two answers"), right or None)
    return LessonStep(**values)


def lesson_table(lesson: Lesson) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The plain values of a lesson, and of each of its steps; what is empty is left out."""
    top = {f.name: getattr(lesson, f.name) for f in fields(Lesson) if f.name != "steps"}
    return _filled(top), [_filled({f.name: getattr(step, f.name) for f in fields(LessonStep)}) for step in lesson.steps]


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in table.items() if v}
