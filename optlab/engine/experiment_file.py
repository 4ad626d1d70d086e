"""Experiment files: TOML read key by key with an error that names the key, and written back; nothing in them runs."""

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import FIXED, KINDS, Catalogue, check_keys, shown
from optlab.engine.file_values import is_line, line, names, refuse, table_of, text, whole
from optlab.engine.lesson import Lesson, build_lesson, lesson_table
from optlab.engine.spec import Experiment, Trial, Tuned
from optlab.engine.toml_text import check_shape, dumps, parse_value
from optlab.engine.tuned import build_tuned, tuned_table
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr

LARGEST_FILE = 256 * 1024
MOST_TRIALS = 100
FLAT_OUT = "flat out"
TOP = tuple(f.name for f in fields(Experiment) if f.name not in ("base", "trials", "lesson", "tuned"))


UNNAMED = tuple(cls.name for cls in FIXED)


def load_experiment(path: Path, catalogue: Catalogue, sets: Sequence[str] = ()) -> Experiment:
    """The experiment of a file; raises `FieldError` for what is wrong in it and `OSError` where it cannot be read."""
    if "\0" in str(path):
        raise FieldError(tr("the path of the experiment: expected no NUL, got {that}", that=shown(str(path))))
    if path.exists() and not path.is_file():  # a pipe or a device would never end
        raise FieldError(tr("{file}: expected a file, got something else", file=path.name))
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        text = content[:LARGEST_FILE].decode("utf-8-sig") if len(content) <= LARGEST_FILE else "\n" * len(content)
    except UnicodeDecodeError:
        raise FieldError(tr("{file}: expected UTF-8 text; save the file as UTF-8", file=path.name)) from None
    return parse_experiment(text, catalogue, path.name, sets)


def parse_experiment(text: str, catalogue: Catalogue, where: str = "", sets: Sequence[str] = ()) -> Experiment:
    """The experiment of a TOML text, after `sets` (`problem.width=32`); raises `FieldError` that names the key."""
    try:
        if len(text.encode()) > LARGEST_FILE:
            raise FieldError(tr("expected an experiment of at most 256 KiB, got a larger file"))
        check_shape(text)
        table = tomllib.loads(text.removeprefix("\ufeff"))
        before = build_experiment(table, catalogue).tuned if sets and "tuned" in table else None
        for assignment in sets:
            set_key(table, assignment)
        experiment = build_experiment(table, catalogue)
        return _as_tuned(experiment, before, sets) if sets else experiment
    except FieldError as error:
        reason = str(error)
    except tomllib.TOMLDecodeError as error:
        reason = tr("not valid TOML: {error}", error=shown(error))
    except (RecursionError, MemoryError, OverflowError, ValueError) as error:
        reason = tr("cannot be read: {error}", error=shown(error))
    raise FieldError(f"{where}: {reason[:600]}" if where else reason[:600])


def build_experiment(table: Mapping[str, Any], catalogue: Catalogue) -> Experiment:
    """The experiment of a parsed table."""
    check_keys(table, (*TOP, *KINDS, "trial", "lesson", "tuned"), "")
    top = {key: _TOP_CHECKS[key](table[key]) for key in TOP if key in table}
    base = Trial("", **{kind: catalogue.build(kind, _base_table(table, kind), kind) for kind in KINDS})
    given = table.get("trial", [{}])
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_TRIALS:
        raise refuse("trial", tr("1 to {n} tables [[trial]]", n=MOST_TRIALS), given)
    trials: list[Trial] = []
    for number, overrides in enumerate(given, 1):
        trials.append(_trial(table_of(overrides, "trial"), number, base, catalogue, [t.label for t in trials]))
    labels = [trial.label for trial in trials]
    lesson = build_lesson(table["lesson"], labels) if "lesson" in table else None
    for knob in lesson.knobs if lesson else ():
        if not _has(base, knob):
            raise refuse("lesson.knobs", tr("fields of the experiment such as problem.hidden"), knob)
    for step in lesson.steps if lesson else ():
        if step.set:
            _changed({key: value for key, value in table.items() if key != "lesson"}, step.set, catalogue)
    experiment = Experiment(base=base, trials=tuple(trials), lesson=lesson, **{"title": "", **top})
    return replace(experiment, tuned=build_tuned(table["tuned"], experiment)) if "tuned" in table else experiment


def changed(experiment: Experiment, sets: Sequence[str], catalogue: Catalogue) -> Experiment:
    """The experiment after `sets` such as `problem.width=32`; raises `FieldError` that names the key.

    Knobs that it no longer has, as those of another problem, are dropped.
    """
    table = tomllib.loads(dump_experiment(experiment, catalogue))
    table.pop("lesson", None)
    after = _changed(table, sets, catalogue)
    after = _as_tuned(after, experiment.tuned, sets)
    return replace(after, lesson=_fitting(experiment.lesson, after.base))


def _as_tuned(after: Experiment, before: Tuned | None, sets: Sequence[str]) -> Experiment:
    """What was tuned was so before the `sets`, unless these say what is tuned now."""
    said = any(re.match(r"\s*tuned\s*[.=]", assignment) for assignment in sets)
    return after if said else replace(after, tuned=before)


def _fitting(lesson: Lesson | None, base: Trial) -> Lesson | None:
    return lesson and replace(lesson, knobs=tuple(knob for knob in lesson.knobs if _has(base, knob)))


def _has(base: Trial, knob: str) -> bool:
    kind, _, name = knob.partition(".")
    return kind in KINDS and name in base.part(kind).fields()


def _changed(table: Mapping[str, Any], sets: Sequence[str], catalogue: Catalogue) -> Experiment:
    own = deepcopy(dict(table))
    for assignment in sets:
        set_key(own, assignment)
    return build_experiment(own, catalogue)


def _base_table(table: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    if kind in UNNAMED:
        return {"name": kind, **table_of(table.get(kind, {}), kind)}
    if kind == "schedule" and kind not in table:
        return {"name": "constant"}
    if kind not in table:
        raise FieldError(tr("{kind}: expected a table [{kind}] with a name, got none", kind=kind))
    return table_of(table[kind], kind)


def _trial(table: Mapping[str, Any], number: int, base: Trial, catalogue: Catalogue, taken: list[str]) -> Trial:
    label = table.get("label", base.optimizer.name if number == 1 else tr("trial {n}", n=number))
    if not is_line(label, 80) or not label or label in taken:
        raise refuse("trial.label", tr("a name of its own for each trial, of at most 80 signs"), label)
    where = f"trial.{label}"
    check_keys(table, (*KINDS, "label"), where)
    parts = {kind: catalogue.build(kind, table.get(kind, {}), f"{where}.{kind}", base.part(kind)) for kind in KINDS}
    return Trial(label, **parts)


def check_seeds(value: Any) -> tuple[int, ...]:
    """Distinct whole numbers, at least one."""
    seeds = value if isinstance(value, list | tuple) else [None]
    good = all(isinstance(s, int) and not isinstance(s, bool) and 0 <= s < 2**32 for s in seeds)
    if not good or not 1 <= len(seeds) <= 1000 or len(set(seeds)) != len(seeds):
        raise refuse("seeds", tr("a list of 1 to 1000 different whole numbers such as [0, 1, 2]"), value)
    return tuple(seeds)


def _dtype(value: Any) -> str:
    if value not in ("float64", "float32"):
        raise refuse("dtype", tr('"float64" or "float32"'), value)
    return str(value)


def _play(value: Any) -> float:
    if value == FLAT_OUT:
        return math.inf
    match = re.fullmatch(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?s", value) if isinstance(value, str) else None
    if not match or not 0.1 <= float(match[1]) <= 86_400:
        raise refuse("play", tr('"20 s" (0.1 to 86400) or "flat out"'), value)
    return float(match[1])


def _bound(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e300:
        raise refuse("bound", tr("a number above 0"), value)
    return float(value)


_TOP_CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": line("title"),
    "about": text("about"),
    "steps": whole("steps", 0, 10**9),
    "seeds": check_seeds,
    "dtype": _dtype,
    "play": _play,
    "panels": names("panels", '["training", "landscape"]'),
    "record": whole("record", 1, 10**6),
    "series": names("series", '["test_accuracy", "saturated"]', different=True),
    "every": whole("every", 1, 10**6),
    "bound": _bound,
}


def set_key(table: dict[str, Any], assignment: str) -> None:
    """Carry out `problem.width=32` or `trial.ReLU + He.optimizer.lr=0.1` on a parsed table; raises `FieldError`."""
    key, sign, text = assignment.partition("=")
    if not sign or not key.strip():
        raise FieldError(tr("--set: expected KEY=VALUE, got {that}", that=shown(assignment)))
    *path, last = _path(table, key.strip())
    place: Any = table
    for step in path:
        place = step if isinstance(step, dict) else place.setdefault(step, {})
        if not isinstance(place, dict):
            raise FieldError(tr("--set {key}: expected a table before the last dot", key=key))
    if last == "name" and place.get("name") != text.strip():
        place.clear()  # another component's fields would not fit this one
    place[last] = parse_value(text.strip())


def _path(table: dict[str, Any], key: str) -> list[Any]:
    if not key.startswith("trial."):
        return key.split(".")
    given = table.get("trial", [])
    trials = [t for t in given if isinstance(t, dict)] if isinstance(given, list) else []
    rest = key.removeprefix("trial.")
    for trial in sorted(trials, key=lambda t: -len(str(t.get("label", "")))):  # labels may hold dots: the longest wins
        label = f"{trial.get('label', '')}."
        if rest.startswith(label):
            return [trial, *rest.removeprefix(label).split(".")]
    hint = did_you_mean(rest.split(".")[0], [str(t.get("label", "")) for t in trials])
    raise FieldError(tr("--set {key}: no trial of that name; {hint}", key=key, hint=hint))


def dump_experiment(experiment: Experiment, catalogue: Catalogue) -> str:
    """The TOML text of an experiment; what equals a default or the base is left out."""
    e = experiment
    lines = [f"title = {dumps(e.title)}"]
    plain = {
        "about": e.about,
        "steps": e.steps,
        "seeds": list(e.seeds),
        "dtype": e.dtype,
        "play": FLAT_OUT if math.isinf(e.play) else f"{e.play!r} s".replace(".0 s", " s"),
        "panels": list(e.panels),
        "record": e.record,
        "series": list(e.series),
        "every": e.every,
        "bound": e.bound,
    }
    defaults = {"about": "", "record": 1, "series": [], "every": 10, "bound": 1e12}
    lines += [f"{key} = {dumps(value)}" for key, value in plain.items() if value != defaults.get(key)]
    for kind in KINDS:
        values = catalogue.table(kind, e.base.part(kind))
        if kind in UNNAMED:
            del values["name"]
        if values:
            lines += ["", f"[{kind}]", *(f"{key} = {dumps(value)}" for key, value in values.items())]
    for trial in e.trials:
        lines += ["", "[[trial]]", f"label = {dumps(trial.label)}"]
        for kind in KINDS:
            if own := differences(kind, trial.part(kind), e.base.part(kind), catalogue):
                lines.append(f"{kind} = {dumps(own)}")
    if tuned := tuned_table(e):
        lines += ["", "[tuned]", *(f"{key} = {dumps(value)}" for key, value in tuned.items())]
    if lesson := _fitting(e.lesson, e.base):  # a form may have put another problem in place of the lesson's
        top, steps = lesson_table(lesson)
        for head, table in [("[lesson]", top), *(("[[lesson.step]]", step) for step in steps)]:
            lines += ["", head, *(f"{key} = {dumps(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def differences(kind: str, part: Component, base: Component, catalogue: Catalogue) -> dict[str, Any]:
    """The table that turns `base` into `part`."""
    if type(part) is not type(base):
        return catalogue.table(kind, part)
    return {
        key: catalogue.plain(getattr(part, key)) for key in part.fields() if getattr(part, key) != getattr(base, key)
    }
