"""Every shipped component, as parameters of the contract's claims."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optlab.fields import Choice, Component, Flag
from optlab.paths import bundled
from optlab.problem import Landscape
from optlab.schedule import ReactiveSchedule

KINDS = ("optimizer", "schedule", "problem")


def classes(kind: str) -> Iterator[tuple[type[Component], Path]]:
    """The shipped classes of a kind, with their files."""
    for file in sorted((bundled("plugins") / f"{kind}s").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"contract_{kind}_{file.stem}", file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for cls in getattr(module, f"register_{kind}s")():
            yield cls, file


def variants(cls: type[Component]) -> Iterator[Component]:
    """The component with its defaults, with each switch turned, each word chosen and each preset taken."""
    default = cls()
    yield default
    for key, field in cls.fields().items():
        if isinstance(field, Flag):
            yield default.replace(**{key: not field.default})
        if isinstance(field, Choice):
            yield from (default.replace(**{key: word}) for word in field.options if word != field.default)
    yield from (default.replace(**values) for values in cls.presets.values())


SHIPPED = {kind: list(classes(kind)) for kind in KINDS}
VARIANTS = {kind: [v for cls, _ in SHIPPED[kind] for v in variants(cls)] for kind in KINDS}
PARAMETERS: dict[str, list[Any]] = {
    "shipped": [pair for pairs in SHIPPED.values() for pair in pairs],
    "component": [v for found in VARIANTS.values() for v in found],
    "optimizer": VARIANTS["optimizer"],
    "schedule": [s for s in VARIANTS["schedule"] if not isinstance(s, ReactiveSchedule)],
    "reactive": [s for s in VARIANTS["schedule"] if isinstance(s, ReactiveSchedule)],
    "problem": VARIANTS["problem"],
    "landscape": [p for p in VARIANTS["problem"] if isinstance(p, Landscape)],
}


def title(value: Any) -> str:
    if isinstance(value, tuple):
        return str(value[0].name)
    changes = "-".join(f"{key}={word}" for key, word in value.changed().items())
    return f"{value.name}-{changes}" if changes else value.name


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, values in PARAMETERS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values, ids=[title(v) for v in values])
