"""Every shipped component, as parameters of the contract's claims."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optlab.component import Component
from optlab.engine.oracle import is_batched
from optlab.fields import Choice, Flag
from optlab.host.host import Host, load_plugins
from optlab.landscape import Landscape
from optlab.net_problem import NetProblem
from optlab.schedule import ReactiveSchedule
from optlab.sequence_problem import SequenceProblem

KINDS = ("optimizer", "schedule", "problem")
HOST = load_plugins(shipped_only=True)


def classes(kind: str) -> Iterator[tuple[type[Component], Path]]:
    """The registered classes of a kind, with their files."""
    for record in HOST.records:
        for added in record.adds:
            its_kind, _, name = added.partition(" ")
            if its_kind == kind:
                yield HOST.catalogue.find(kind, name, ""), Path(record.path)


def variants(kind: str, cls: type[Component]) -> Iterator[Component]:
    """The component with its defaults, with each switch turned, each word chosen and each preset taken."""
    default = HOST.catalogue.build(kind, {"name": cls.name}, kind)
    yield default
    base = next((base for base in (NetProblem, SequenceProblem) if issubclass(cls, base)), None)
    shared = base.fields() if base and cls.name not in ("spirals", "adding") else {}
    for key, field in cls.fields().items():
        if key in shared:  # the network's own: once for all data sets
            continue
        if isinstance(field, Flag):
            yield default.replace(**{key: not field.default})
        if isinstance(field, Choice) and key != "outside":  # a choice of the engine's, whatever the landscape
            yield from (default.replace(**{key: word}) for word in field.options if word != field.default)
    yield from (HOST.catalogue.build(kind, {"preset": name}, kind, default) for name in cls.presets)


SHIPPED = {kind: list(classes(kind)) for kind in KINDS}
VARIANTS = {kind: [v for cls, _ in SHIPPED[kind] for v in variants(kind, cls)] for kind in KINDS}
PARAMETERS: dict[str, list[Any]] = {
    "shipped": [pair for pairs in SHIPPED.values() for pair in pairs],
    "component": [v for found in VARIANTS.values() for v in found],
    "optimizer": VARIANTS["optimizer"],
    "stackable": [o for o in VARIANTS["optimizer"] if is_batched(o)],
    "unbounded": [o for o in VARIANTS["optimizer"] if o.largest >= 100_000],
    "schedule": [s for s in VARIANTS["schedule"] if not isinstance(s, ReactiveSchedule)],
    "reactive": [s for s in VARIANTS["schedule"] if isinstance(s, ReactiveSchedule)],
    "problem": VARIANTS["problem"],
    "landscape": [p for p in VARIANTS["problem"] if isinstance(p, Landscape)],
}


@pytest.fixture(scope="session")
def host() -> Host:
    """The host with every shipped plugin."""
    return HOST


def title(value: Any) -> str:
    if isinstance(value, tuple):
        return str(value[0].name)
    changes = "-".join(f"{key}={word}" for key, word in value.changed().items())
    return f"{value.name}-{changes}" if changes else value.name


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, values in PARAMETERS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values, ids=[title(v) for v in values])
