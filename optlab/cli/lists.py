"""`optlab list`: what there is to choose from."""

import inspect
import json
from typing import Any

from rich.table import Table

from optlab.cli.tables import show, table
from optlab.cli.terminal import say
from optlab.component import Component
from optlab.engine.experiment_file import load_experiment
from optlab.fields import FieldError, did_you_mean
from optlab.host import Host
from optlab.host.finder import find_plugins
from optlab.i18n import tr, tr_key
from optlab.landscape import Landscape
from optlab.store.library import Shelf, experiments, lessons

KINDS = {"optimizers": "optimizer", "schedules": "schedule", "problems": "problem"}
ALL = (*KINDS, "experiments", "lessons", "plugins")


def list_kind(kind: str | None, host: Host, verbose: bool, as_json: bool) -> int:
    """Print what there is of a kind, or of all kinds; raises `FieldError` for an unknown one."""
    if kind is not None and kind not in ALL:
        raise FieldError(tr("list: unknown kind {name!r}; {hint}", name=kind, hint=did_you_mean(kind, ALL)))
    kinds = ALL if kind is None else (kind,)
    if as_json:
        found = {name: _entries(name, host) for name in kinds}
        say(json.dumps(found if kind is None else found[kind], indent=2, allow_nan=False, default=str))
        return 0
    parts: list[str | Table] = []
    for name in kinds:
        parts += _verbose(name, host) if verbose and name in KINDS else [_table(name, host)]
    show(*parts)
    return 0


def _table(kind: str, host: Host) -> Table:
    entries = _entries(kind, host)
    if kind == "experiments":
        head = [tr("experiment"), tr("title"), tr("from")]
        return table(tr("Experiments"), head, [(e["name"], e["title"], e["plugin"] or e["origin"]) for e in entries])
    if kind == "lessons":
        head = [tr("lesson"), tr("title"), tr("question")]
        return table(tr("Lessons"), head, [(e["name"], e["title"], e["question"]) for e in entries])
    if kind == "plugins":
        head = [tr("plugin"), tr("from"), tr("state"), tr("adds, or what is wrong")]
        return table(
            tr("Plugins"),
            head,
            [
                (e["name"], e["origin"], e["state"], e["error"] or "; ".join([", ".join(e["adds"]), *e["brought"]]))
                for e in entries
            ],
        )
    titles = {"optimizers": tr("Optimizers"), "schedules": tr("Schedules"), "problems": tr("Problems")}
    rows = [(e["name"], e["summary"], ", ".join(f["name"] for f in e["fields"])) for e in entries]
    return table(titles[kind], [tr("name"), tr("what it is"), tr("fields")], rows)


def _verbose(kind: str, host: Host) -> list[str | Table]:
    parts: list[str | Table] = []
    for entry in _entries(kind, host):
        rows = [(f["name"], str(f["default"]), f["unit"], f["expects"], f["doc"]) for f in entry["fields"]]
        head = [tr("field"), tr("default"), tr("unit"), tr("expects"), tr("what it does")]
        shapes = f"\n  {tr('kind')}: {entry['shapes']}\n" if entry["shapes"] else ""
        parts += [f"{entry['name']}\n\n{_indented(entry['doc'])}\n{shapes}", table("", head, rows)]
    return parts


def _indented(doc: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in doc.split("\n"))


def _entries(kind: str, host: Host) -> list[dict[str, Any]]:
    if kind == "experiments":
        return [_experiment(shelf, host) for shelf in experiments(host)]
    if kind == "lessons":
        return [_lesson(shelf) for shelf in lessons(host)]
    if kind == "plugins":
        return _plugins(host)
    names, classes = host.catalogue.names(KINDS[kind]), host.catalogue.classes(KINDS[kind])
    return [_component(name, cls) for name, cls in zip(names, classes, strict=True)]


def _plugins(host: Host) -> list[dict[str, Any]]:
    keys = ("name", "origin", "path", "state", "adds", "error", "brought")
    loaded = [{key: getattr(record, key) for key in keys} for record in host.records]
    known = {entry["path"] for entry in loaded}
    views = [s for s in find_plugins(shipped_only=True) if s.path and str(s.path) not in known]  # they need Qt
    return loaded + [
        {
            "name": s.name,
            "origin": s.origin,
            "path": str(s.path),
            "state": "on",
            "adds": [f"panel {s.name}"],
            "error": "",
            "brought": [],
        }
        for s in views
    ]


def _experiment(shelf: Any, host: Host) -> dict[str, Any]:
    entry = {"name": shelf.name, "title": tr(shelf.title), "origin": shelf.origin, "path": str(shelf.path), "error": ""}
    entry["plugin"] = shelf.plugin
    try:
        experiment = load_experiment(shelf.path, host.catalogue)
        entry |= {"steps": experiment.steps, "trials": [trial.label for trial in experiment.trials]}
    except (FieldError, OSError) as error:
        entry["error"] = str(error)
        entry["title"] = tr("cannot be opened: {error}", error=error)
    return entry


def _lesson(shelf: Shelf) -> dict[str, Any]:
    texts = {"name": shelf.name, "title": tr(shelf.title), "question": tr(shelf.question)}
    return texts | {"words": list(shelf.tags), "questions": shelf.questions, "origin": shelf.origin,
                    "plugin": shelf.plugin}  # fmt: skip


def _component(name: str, cls: type[Component]) -> dict[str, Any]:
    doc = inspect.cleandoc(cls.__doc__ or "")
    fields = [
        {
            "name": key,
            "default": list(field.default) if isinstance(field.default, tuple) else field.default,
            "unit": field.unit,
            "expects": field.expects(),
            "doc": tr_key(f"{cls.name}.{key}.doc", field.doc) if field.doc else "",
        }
        for key, field in cls.fields().items()
    ]
    return {
        "name": name,
        "summary": tr_key(f"{cls.name}.summary", cls.summary()),
        "doc": tr_key(f"{cls.name}.help", doc),
        "shapes": cls.shapes() if issubclass(cls, Landscape) else "",
        "fields": fields,
    }
