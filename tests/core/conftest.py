"""Shipped components by name, the hard cases of the contract, and the golden values."""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from optlab.cli import main
from optlab.engine.experiment_file import build_experiment
from optlab.engine.planning import plan
from optlab.engine.run import Run
from optlab.engine.spec import Experiment
from optlab.host.host import Host, load_plugins

GOLDEN = Path(__file__).parent.parent / "golden"


def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"golden_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def optlab(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`optlab("run", …)` is exit code, stdout and stderr."""

    def call(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return call


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


@pytest.fixture(scope="session")
def lab() -> Host:
    """The shipped plugins and the hard cases."""
    host = load_plugins([Path(__file__).parent / "hard_cases.py"], shipped_only=True)
    assert not host.broken
    return host


@pytest.fixture(scope="session")
def experiment(lab: Host) -> Callable[..., Experiment]:
    """`experiment({"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.01}}, …, steps=9)`: a trial each."""

    def build(*trials: dict[str, Any], **top: Any) -> Experiment:
        tables = [{k: {"name": v} if isinstance(v, str) else v for k, v in t.items() if k != "label"} for t in trials]
        labels = [t.get("label", f"trial {k}") for k, t in enumerate(trials)]
        own = [{"label": label, **table} for label, table in zip(labels, tables, strict=True)]
        return build_experiment({"steps": 50, **top, **tables[0], "trial": own}, lab.catalogue)

    return build


@pytest.fixture(scope="session")
def compute() -> Callable[..., list[Run]]:
    """The runs of an experiment, computed, in the order of trials and seeds."""

    def run(experiment: Experiment, chunk: int = 10**9) -> list[Run]:
        batches = plan(experiment)
        while any(batch.open for batch in batches):
            for batch in batches:
                batch.advance(chunk)
        order = {(t.label, s): k for k, (t, s) in enumerate(product(experiment.trials, experiment.seeds))}
        return sorted((r for b in batches for r in b.runs), key=lambda r: order[r.label, r.seed])

    return run
