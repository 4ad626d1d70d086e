"""The Run section: what is typed there is how the experiment runs."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.gui.document import Document
from optlab.gui.experiment_dock import ExperimentDock
from optlab.host import Host
from optlab.store.csv_table import write_csv


@pytest.fixture
def dock(qtbot: QtBot, host: Host) -> ExperimentDock:
    problem = {"name": "circles", "hidden": 2, "points": 64, "batch": 16}
    table = {"steps": 6, "problem": problem, "optimizer": {"name": "sgd"}}
    document = Document(build_experiment(table, host.catalogue))
    made = ExperimentDock(document, host.catalogue, lambda label, place: "#336699")
    qtbot.addWidget(made)
    return made


def type_into(dock: ExperimentDock, key: str, text: str) -> None:
    row = dock.forms["run"].row(key)
    line = row.findChildren(QLineEdit)[0]
    line.selectAll()
    line.insert(text)
    row.commit()


def test_series_that_are_typed_are_recorded_and_exported(dock: ExperimentDock, tmp_path: Path) -> None:
    type_into(dock, "series", "accuracy， saturated accuracy")
    type_into(dock, "every", "3")
    experiment = dock._document.experiment
    assert (experiment.series, experiment.every) == (("accuracy", "saturated"), 3)
    batches = plan(experiment)
    compute(batches)
    write_csv(tmp_path / "runs.csv", [run for batch in batches for run in batch.runs])
    head, *rows = [line.split(",") for line in (tmp_path / "runs.csv").read_text("utf-8").splitlines()]
    filled = [bool(row[head.index("saturated.h2")]) for row in rows]
    assert filled == [True, False, False, True, False, False, True]


def test_an_unknown_series_says_so_before_the_run(dock: ExperimentDock) -> None:
    said: list[Any] = []
    dock.trouble.connect(said.append)
    type_into(dock, "series", "acuracy")
    assert said[-1] == "series: circles has no 'acuracy'; did you mean 'accuracy'?"
    type_into(dock, "series", "")
    assert said[-1] == ""
