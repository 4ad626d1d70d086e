"""Bad input in the form: marked where it stands, with a sentence that names the field as the form does."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from optlab import i18n
from optlab.engine.catalogue import Catalogue
from optlab.engine.experiment_file import build_experiment
from optlab.gui.document import Document
from optlab.gui.experiment_dock import ExperimentDock
from optlab.host.host import load_plugins

FORMULA, CSV = {"problem": {"name": "formula"}}, {"problem": {"name": "csv_data"}}

CASES = [
    ({}, "optimizer", "lr", "99", "learning rate: expected 1e-06 to 10, got 99"),
    ({}, "optimizer", "lr", "fast", "learning rate: expected 1e-06 to 10, got 'fast'"),
    ({}, "problem", "at", "1, b", "start: expected a list of 2 numbers, got '1, b'"),
    ({}, "gradient", "clip_norm", "-1", "clip norm: expected 0 to 1e+09, got -1"),
    ({}, "run", "steps", "-1", "steps: expected a whole number 0 to 1000000000, got -1"),
    ({}, "run", "seeds", "0 a", "seeds: expected whole numbers such as 0, 1, 2 or 0-4, got '0 a'"),
    (FORMULA, "problem", "f", "x**2 + + * y",
     "f(x, y): cannot be read near sign 10; write 2*x for 2x and x**2 for the square"),
    (FORMULA, "problem", "f", "x + q", "f(x, y): unknown name q; known: x, y, z, w, pi, e"),
    (FORMULA, "problem", "f", "x + y + z", "start: expected 3 numbers for x, y, z, got 2"),
    (FORMULA, "problem", "low", "6", "low: expected less than the upper end 5, got 6"),
    (CSV, "problem", "file", "text.csv", "text.csv, line 3, column b: expected a number, got 'five'"),
    (CSV, "problem", "target", "z",
     "column to learn: no column 'z' in reactor.csv; it has temperature, pressure, flow, catalyst, yield"),
    ({"schedule": {"name": "table"}}, "schedule", "file", "rates.csv",
     "file: rates.csv, line 3, column 2: expected a number ≥ 0, got 'fast'"),
    ({"schedule": {"name": "multi_step"}}, "schedule", "milestones", "6, 3",
     "milestones: expected rising times from 0 on, got 6, 3"),
    ({"schedule": {"name": "on"}}, "schedule", "target", "lr",
     "target: expected the name of a field other than lr, got 'lr'"),
    ({"optimizer": {"name": "aggmo"}}, "optimizer", "betas", "1.5",
     "β of each: expected numbers from 0 to below 1, got 1.5"),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_plugins(shipped_only=True).catalogue


@pytest.fixture
def typed(
    qtbot: QtBot, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[str, str]]:
    """What the row and the dock say after a text was typed into a field."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.csv").write_text("a,b,y\n1,2,3\n4,five,6\n7,8,9\n")
    (tmp_path / "rates.csv").write_text("t,lr\n0,1\n5,fast\n")

    def type_(top: dict[str, Any], kind: str, key: str, text: str) -> tuple[str, str]:
        table = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, **top}
        document = Document(build_experiment({"steps": 30, **table}, catalogue))
        dock = ExperimentDock(document, catalogue, lambda label, place: "#336699")
        qtbot.addWidget(dock)
        said: list[str] = []
        dock.trouble.connect(said.append)
        row, before = dock.forms[kind].row(key), document.experiment
        line = row.findChildren(QLineEdit)[0]
        line.selectAll()
        line.insert(text)
        row.commit()
        assert document.experiment == before
        (shown,) = (label.text() for label in row.findChildren(QLabel) if label.property("role") == "error")
        return shown, said[-1]

    return type_


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.set_language("zh_CN")
    yield
    i18n.set_language("en")


@pytest.mark.parametrize(("top", "kind", "key", "text", "words"), CASES)
def test_an_impossible_value_is_marked_with_a_sentence_and_run_says_it(
    typed: Any, top: Any, kind: str, key: str, text: str, words: str
) -> None:
    assert typed(top, kind, key, text) == (words, words)


@pytest.mark.parametrize(("top", "kind", "key", "text", "words"), CASES)
def test_the_sentence_is_chinese_where_the_window_is(
    typed: Any, chinese: None, top: Any, kind: str, key: str, text: str, words: str
) -> None:
    row, trouble = typed(top, kind, key, text)
    assert row == trouble and re.search("[\u4e00-\u9fff]", row)
    assert not re.search("expected|unknown|known|cannot|got ", row)
