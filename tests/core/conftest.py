"""Shipped components by name, and the golden values."""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from optlab.paths import bundled

GOLDEN = Path(__file__).parent.parent / "golden"


@cache
def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"loaded_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def component() -> Callable[[str, str], Any]:
    """`component("optimizer", "adam")` is the shipped class of that name."""

    def find(kind: str, name: str) -> Any:
        module = load(bundled("plugins") / f"{kind}s" / f"{name}.py")
        return next(cls for cls in getattr(module, f"register_{kind}s")() if cls.name == name)

    return find


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Any]:
    """`golden("nets")` is the content of tests/golden/nets.json."""
    return cache(lambda name: json.loads((GOLDEN / f"{name}.json").read_text()))


@pytest.fixture(scope="session")
def golden_problem(golden: Callable[[str], Any]) -> Callable[[str], Any]:
    """`golden_problem("quad10")` computes loss and gradient of a flat point."""
    problem = load(GOLDEN / "problems.py").problem
    return lambda name: problem(name, golden("optimizers")["problems"][name])
