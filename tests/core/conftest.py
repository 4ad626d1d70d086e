"""Shipped components by name, and the golden values."""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from optlab.host.host import load_plugins

GOLDEN = Path(__file__).parent.parent / "golden"


def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"golden_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def component() -> Callable[[str, str], Any]:
    """`component("optimizer", "adam")` is the shipped class of that name."""
    catalogue = load_plugins(shipped_only=True).catalogue
    return lambda kind, name: catalogue.find(kind, name, "test")


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Any]:
    """`golden("nets")` is the content of tests/golden/nets.json."""
    return cache(lambda name: json.loads((GOLDEN / f"{name}.json").read_text()))


@pytest.fixture(scope="session")
def golden_problem(golden: Callable[[str], Any]) -> Callable[[str], Any]:
    """`golden_problem("quad10")` computes loss and gradient of a flat point."""
    problem = load(GOLDEN / "problems.py").problem
    return lambda name: problem(name, golden("optimizers")["problems"][name])
