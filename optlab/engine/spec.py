"""Experiments: immutable, read from TOML, validated key by key; nothing in a file can run code."""

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from optlab.engine.catalogue import KINDS, Catalogue, check_keys
from optlab.engine.gradient import Gradient
from optlab.fields import Component, FieldError, did_you_mean
from optlab.i18n import tr
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

LARGEST_FILE = 256 * 1024
FLAT_OUT = "flat out"


@dataclass(frozen=True)
class Trial:
    """One choice of components; a run per seed."""

    label: str
    problem: Problem
    optimizer: Optimizer
    schedule: Schedule | ReactiveSchedule
    gradient: Gradient

    def part(self, kind: str) -> Component:
        """The component of a kind: `problem`, `optimizer`, `schedule` or `gradient`."""
        component: Component = getattr(self, kind)
        return component

    def with_part(self, kind: str, component: Component) -> Self:
        """A copy with another component."""
        return replace(self, **{kind: component})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Experiment:
    """A problem, trials that may each change any field of it, and how long and how to run them."""

    title: str
    base: Trial
    trials: tuple[Trial, ...]
    about: str = ""
    steps: int = 1000
    seeds: tuple[int, ...] = (0,)
    dtype: str = "float64"
    play: float = math.inf
    """Seconds that the whole run takes in the window, at the least; inf: flat out. (The words of the file: "20 s".)"""
    panels: tuple[str, ...] = ("training",)
    record: int = 1
    """Record every k steps."""
    bound: float = 1e12
    """A run whose loss exceeds this has diverged."""

    def with_base(self, kind: str, component: Component) -> Self:
        """Change the base: every trial follows, but for the fields in which it differs from the base."""
        old, base = self.base.part(kind), self.base.with_part(kind, component)
        trials = tuple(t.with_part(kind, _follow(t.part(kind), old, component)) for t in self.trials)
        return replace(self, base=base, trials=trials)

    def with_trial(self, index: int, trial: Trial) -> Self:
        """Replace one trial."""
        return replace(self, trials=(*self.trials[:index], trial, *self.trials[index + 1 :]))


def _follow(part: Component, old: Component, new: Component) -> Component:
    if type(part) is not type(old):
        return part
    if type(new) is not type(old):
        return new
    own = {k: getattr(part, k) for k in part.fields() if getattr(part, k) != getattr(old, k)}
    return new.replace(**own)


TOP = tuple(f.name for f in fields(Experiment) if f.name not in ("base", "trials"))


def parse_experiment(text: str, catalogue: Catalogue, where: str = "", sets: Sequence[str] = ()) -> Experiment:
    """The experiment of a TOML text, after `sets` (`problem.width=32`); raises `FieldError` that names the key."""
    prefix = f"{where}: " if where else ""
    if len(text.encode()) > LARGEST_FILE:
        raise FieldError(tr("{where}expected an experiment of at most 256 KiB, got a larger file", where=prefix))
    if max((line.count(".") for line in re.findall(r"^[^=#]*=", text, re.M)), default=0) > 16 or _depth(text) > 16:
        raise FieldError(tr("{where}expected tables nested at most 16 deep, got deeper ones", where=prefix))
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
        for assignment in sets:
            set_key(table, assignment)
        return build_experiment(table, catalogue)
    except tomllib.TOMLDecodeError as error:
        raise FieldError(tr("{where}not valid TOML: {error}", where=prefix, error=error)) from None
    except FieldError as error:
        raise FieldError(f"{prefix}{error}") from None
    except (RecursionError, OverflowError, ValueError) as error:
        raise FieldError(tr("{where}cannot be read: {error}", where=prefix, error=error)) from None


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*', "", text):
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest


def load_experiment(path: Path, catalogue: Catalogue, sets: Sequence[str] = ()) -> Experiment:
    """The experiment of a file; raises `FieldError` for what is wrong in it and `OSError` where it cannot be read."""
    if path.stat().st_size > LARGEST_FILE:
        raise FieldError(
            tr("{where}expected an experiment of at most 256 KiB, got a larger file", where=f"{path.name}: ")
        )
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise FieldError(tr("{file}: expected UTF-8 text; save the file as UTF-8", file=path.name)) from None
    return parse_experiment(text, catalogue, path.name, sets)


def build_experiment(table: Mapping[str, Any], catalogue: Catalogue) -> Experiment:
    """The experiment of a parsed table."""
    check_keys(table, (*TOP, *KINDS, "trial"), "")
    top = {key: _TOP_CHECKS[key](table[key]) for key in TOP if key in table}
    parts = {
        "problem": table.get("problem"),
        "optimizer": table.get("optimizer"),
        "schedule": table.get("schedule", {"name": "constant"}),
        "gradient": {"name": "gradient", **_table(table.get("gradient", {}), "gradient")},
    }
    for kind in ("problem", "optimizer"):
        if parts[kind] is None:
            raise FieldError(tr("{kind}: expected a table [{kind}] with a name, got none", kind=kind))
    base = Trial("", **{kind: catalogue.build(kind, part or {}, kind) for kind, part in parts.items()})
    given = table.get("trial", [{}])
    if not isinstance(given, list) or not 1 <= len(given) <= 100:
        raise FieldError(tr("trial: expected 1 to 100 tables [[trial]], got {that!r}", that=given))
    trials: list[Trial] = []
    for number, overrides in enumerate(given, 1):
        trials.append(_trial(_table(overrides, "trial"), number, base, catalogue, [t.label for t in trials]))
    return Experiment(base=base, trials=tuple(trials), **{"title": "", **top})


def _trial(table: Mapping[str, Any], number: int, base: Trial, catalogue: Catalogue, taken: list[str]) -> Trial:
    label = table.get("label", base.optimizer.name if number == 1 else tr("trial {n}", n=number))
    if not isinstance(label, str) or not 0 < len(label) <= 80 or label in taken:
        raise FieldError(tr("trial.label: expected a name of its own for each trial, got {that!r}", that=label))
    where = f"trial.{label}"
    check_keys(table, (*KINDS, "label"), where)
    parts = {kind: catalogue.build(kind, table.get(kind, {}), f"{where}.{kind}", base.part(kind)) for kind in KINDS}
    return Trial(label, **parts)


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FieldError(tr("{where}: expected a table, got {that!r}", where=where, that=value))
    return value


def _refuse(key: str, expected: str, value: Any) -> FieldError:
    return FieldError(tr("{where}: expected {this}, got {that}", where=key, this=expected, that=repr(value)))


def _whole(key: str, lo: int, hi: int) -> Any:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lo <= value <= hi:
            raise _refuse(key, tr("a whole number {lo} to {hi}", lo=lo, hi=hi), value)
        return value

    return check


def _text(key: str, longest: int) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            raise _refuse(key, tr("a text of at most {n} signs", n=longest), value)
        return value

    return check


def check_seeds(value: Any) -> tuple[int, ...]:
    """Distinct whole numbers, at least one."""
    seeds = value if isinstance(value, list | tuple) else [None]
    good = all(isinstance(s, int) and not isinstance(s, bool) and 0 <= s < 2**32 for s in seeds)
    if not good or not 1 <= len(seeds) <= 1000 or len(set(seeds)) != len(seeds):
        raise _refuse("seeds", tr("a list of 1 to 1000 different whole numbers such as [0, 1, 2]"), value)
    return tuple(seeds)


def _dtype(value: Any) -> str:
    if value not in ("float64", "float32"):
        raise _refuse("dtype", '"float64" or "float32"', value)
    return str(value)


def _play(value: Any) -> float:
    if value == FLAT_OUT:
        return math.inf
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?s", value) if isinstance(value, str) else None
    if not match or not 0.1 <= float(match[1]) <= 86_400:
        raise _refuse("play", '"20 s", "flat out"', value)
    return float(match[1])


def _panels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _refuse("panels", '["training", "landscape"]', value)
    return tuple(value)


def _bound(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise _refuse("bound", tr("a number above 0"), value)
    return float(value)


_TOP_CHECKS: dict[str, Any] = {
    "title": _text("title", 200),
    "about": _text("about", 4000),
    "steps": _whole("steps", 0, 10**9),
    "seeds": check_seeds,
    "dtype": _dtype,
    "play": _play,
    "panels": _panels,
    "record": _whole("record", 1, 10**6),
    "bound": _bound,
}


def set_key(table: dict[str, Any], assignment: str) -> None:
    """Carry out `problem.width=32` or `trial.ReLU + He.optimizer.lr=0.1` on a parsed table; raises `FieldError`."""
    key, sign, text = assignment.partition("=")
    if not sign:
        raise FieldError(tr("--set: expected KEY=VALUE, got {that!r}", that=assignment))
    *path, last = _path(table, key.strip())
    place: Any = table
    for step in path:
        place = step if isinstance(step, dict) else place.setdefault(step, {})
        if not isinstance(place, dict):
            raise FieldError(tr("--set {key}: expected a table before the last dot", key=key))
    if last == "name" and place.get("name") != text.strip():
        place.clear()  # another component's fields would not fit this one
    place[last] = _parse_value(text.strip())


def _path(table: dict[str, Any], key: str) -> list[Any]:
    if not key.startswith("trial."):
        return key.split(".")
    trials = [t for t in table.get("trial", []) if isinstance(t, dict)]
    rest = key.removeprefix("trial.")
    for trial in sorted(trials, key=lambda t: -len(str(t.get("label", "")))):  # labels may hold dots: the longest wins
        label = f"{trial.get('label', '')}."
        if rest.startswith(label):
            return [trial, *rest.removeprefix(label).split(".")]
    hint = did_you_mean(rest.split(".")[0], [str(t.get("label", "")) for t in trials])
    raise FieldError(tr("--set {key}: no trial of that name; {hint}", key=key, hint=hint))


def _parse_value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def dump_experiment(experiment: Experiment, catalogue: Catalogue) -> str:
    """The TOML text of an experiment; what equals a default or the base is left out."""
    e = experiment
    lines = [f"title = {_toml(e.title)}"]
    plain = {
        "about": e.about,
        "steps": e.steps,
        "seeds": list(e.seeds),
        "dtype": e.dtype,
        "play": FLAT_OUT if math.isinf(e.play) else f"{e.play:g} s",
        "panels": list(e.panels),
        "record": e.record,
        "bound": e.bound,
    }
    defaults = {"about": "", "record": 1, "bound": 1e12}
    lines += [f"{key} = {_toml(value)}" for key, value in plain.items() if value != defaults.get(key)]
    for kind in KINDS:
        part = e.base.part(kind)
        values = {**({"name": catalogue.name_of(kind, part)} if kind != "gradient" else {}), **part.changed()}
        if values:
            lines += ["", f"[{kind}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    for trial in e.trials:
        lines += ["", "[[trial]]", f"label = {_toml(trial.label)}"]
        for kind in KINDS:
            if own := differences(trial.part(kind), e.base.part(kind), catalogue.name_of(kind, trial.part(kind))):
                lines.append(f"{kind} = {_toml(own)}")
    return "\n".join(lines) + "\n"


def differences(part: Component, base: Component, name: str) -> dict[str, Any]:
    """The table that turns `base` into `part`."""
    if type(part) is not type(base):
        return {"name": name, **part.changed()}
    old = base.values()
    return {key: value for key, value in part.values().items() if value != old[key]}


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value)


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
