"""Orders: what a worker process needs to make the same runs as the lab, as a table that JSON knows."""

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from optlab.component import Component
from optlab.engine.catalogue import KINDS, Catalogue
from optlab.engine.spec import Experiment, Trial
from optlab.engine.update import LayerRule
from optlab.host.hooks import call_hooks, make_manager
from optlab.host.parcel import classes, unpack
from optlab.i18n import language

if TYPE_CHECKING:
    from optlab.host.host import Host

PLAIN = tuple(f.name for f in fields(Experiment) if f.name not in ("base", "trials", "play", "lesson"))


def make_order(host: "Host", experiment: Experiment, members: Sequence[tuple[Trial, int]]) -> dict[str, Any]:
    """The table of some runs of an experiment: the plugins that they need, and every field of every component."""
    trials = list({trial.label: trial for trial, _ in members}.values())
    used = [cls for cls in classes(trials) if cls in host.homes]
    parcels = list(dict.fromkeys(host.homes[cls] for cls in used))
    names = [[kind, cls.name, name, parcels.index(host.homes[cls])]
             for cls in used for kind, name in [host.catalogue.known_as(cls)]]  # fmt: skip
    return {
        "language": language(),
        "plugins": [parcel.table() for parcel in parcels],
        "names": names,
        "experiment": {key: getattr(experiment, key) for key in PLAIN},
        "trials": [{"label": t.label, **{k: _whole(host.catalogue, t.part(k)) for k in KINDS}} for t in trials],
        "members": [[trial.label, seed] for trial, seed in members],
    }


def read_order(table: dict[str, Any]) -> tuple[Experiment, list[tuple[Trial, int]]]:
    """The experiment and the runs of an order, after its plugins are imported; raises what they raise."""
    catalogue = Catalogue()
    modules = [unpack(parcel) for parcel in table["plugins"]]
    found = [
        {(kind, cls.name): cls for _, kind, cls in call_hooks(make_manager(module, module.__name__), panels=False)}
        for module in modules
    ]
    for kind, own, name, number in table["names"]:
        catalogue.put(kind, name, found[number][kind, own])
    trials = [_trial(each, catalogue) for each in table["trials"]]
    plain: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table["experiment"].items()}
    experiment = Experiment(base=trials[0], trials=tuple(trials), play=math.inf, **plain)
    by_label = {trial.label: trial for trial in trials}
    return experiment, [(by_label[label], seed) for label, seed in table["members"]]


def _trial(table: dict[str, Any], catalogue: Catalogue) -> Trial:
    return Trial(table["label"], **{kind: catalogue.build(kind, table[kind], kind) for kind in KINDS})


def _whole(catalogue: Catalogue, component: Component) -> dict[str, Any]:
    """Its name and all its fields, so that the plugins of defaults are not needed."""
    name = {} if isinstance(component, LayerRule) else {"name": catalogue.known_as(type(component))[1]}
    return {**name, **{key: _plain(catalogue, getattr(component, key)) for key in component.fields()}}


def _plain(catalogue: Catalogue, value: Any) -> Any:
    if isinstance(value, Component):
        return _whole(catalogue, value)
    if isinstance(value, list | tuple):
        return [_plain(catalogue, v) for v in value]
    return value
