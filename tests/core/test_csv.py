"""Runs as CSV: tidy, read back to the same float64 by any reader, and harmless in a spreadsheet."""

import csv
import errno
import math
import os
import struct
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optlab.atomic import ExportError
from optlab.engine.history import History
from optlab.engine.run import Run
from optlab.store import csv_table
from optlab.store.csv_table import harmless, header, original, unique_names, write_csv

NET = {"problem": {"name": "spirals", "hidden": 1, "width": 4}, "optimizer": {"name": "sgd", "lr": 0.1}}
DEEPER = {
    "problem": {"name": "spirals", "hidden": 2, "width": 4},
    "gradient": {"clip_norm": 0.5},
}
RAVINE = {"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.001}}


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bits(value):
    return struct.pack("<d", value)


@pytest.fixture(scope="module")
def trial(experiment):
    return experiment(RAVINE).trials[0]


@pytest.fixture
def made(trial):
    """`made({"lr": […], …}, label=…)`: a run with these recorded columns."""

    def make(columns, label="a", seed=0, tracks=()):
        n = len(columns["loss"])
        columns = {"step": range(n), "evaluations": range(1, n + 1), "lr": [0.1] * n, **columns}
        history = History(tuple(columns), 1)
        history.append(np.array(list(columns.values()), float).T[:, None])
        layers = tuple(name.removeprefix("grad_norm.") for name in columns if name.startswith("grad_norm."))
        return Run(replace(trial, label=label), seed, n, history, 0, layers, tuple(tracks), "done")

    return make


def test_the_file_has_every_row_and_every_number(experiment, compute, tmp_path):
    runs = compute(experiment(NET, RAVINE, seeds=[3, 5], steps=20))
    assert write_csv(tmp_path / "runs.csv", runs) == 4 * 21
    rows = read(tmp_path / "runs.csv")
    assert [row["run"] for row in rows[::21]] == ["trial 0 · 3", "trial 0 · 5", "trial 1 · 3", "trial 1 · 5"]
    for k, run in enumerate(runs):
        mine = rows[k * 21 : (k + 1) * 21]
        assert {row["trial"] for row in mine} == {run.label} and {row["seed"] for row in mine} == {str(run.seed)}
        assert [row["step"] for row in mine] == [str(t) for t in range(21)]
        for name in run.history.columns[4:]:
            for cell, value in zip([row[name] for row in mine], run.column(name), strict=True):
                assert bits(float(cell or "nan")) == bits(value)
        assert [float(row["loss"]) for row in mine] == run.column("loss").tolist()


def test_the_columns_are_the_union_in_their_order(experiment, compute, tmp_path):
    runs = compute(experiment(RAVINE, NET, DEEPER))
    columns = header(runs)
    assert columns[:7] == ["run", "trial", "seed", "step", "evaluations", "lr", "loss"]
    assert columns[7:9] == ["x", "y"]
    norms = ["x", "W1", "b1", "W2", "b2", "W3", "b3"]
    clipped = [f"clipped_norm.{name}" for name in norms[1:]]
    assert columns[9:16] == [f"grad_norm.{name}" for name in norms]
    assert columns[16:] == clipped + [f"update_ratio.{name}" for name in norms]
    write_csv(tmp_path / "runs.csv", runs)
    first, middle = read(tmp_path / "runs.csv")[0], read(tmp_path / "runs.csv")[51]
    assert first["grad_norm.W1"] == "" != first["grad_norm.x"]
    assert middle["x"] == middle["grad_norm.W3"] == middle["clipped_norm.W1"] == "" != middle["grad_norm.W2"]


def test_only_what_was_not_measured_is_blank(experiment, compute, tmp_path):
    (run,) = compute(experiment(RAVINE, steps=3))
    write_csv(tmp_path / "runs.csv", [run])
    blank = [{name for name, cell in row.items() if cell == ""} for row in read(tmp_path / "runs.csv")]
    assert blank == [set(), set(), set(), {"lr", "update_ratio.x"}]


def test_scheduled_fields_stand_beside_the_rate_and_are_blank_with_it(experiment, compute, tmp_path):
    moved = {**RAVINE, "optimizer": "momentum", "schedule": {"name": "one_cycle", "momentum": 0.5}}
    plain, run = compute(experiment(RAVINE, moved, steps=3))
    write_csv(tmp_path / "runs.csv", [plain, run])
    rows = read(tmp_path / "runs.csv")
    assert list(rows[0])[5:8] == ["lr", "loss", "optimizer.momentum"]
    assert {row["optimizer.momentum"] for row in rows[:4]} == {""}
    recorded = run.column("optimizer.momentum").tolist()
    assert [row["optimizer.momentum"] for row in rows[4:7]] == [repr(value) for value in recorded[:3]]
    assert rows[7]["optimizer.momentum"] == rows[7]["lr"] == ""


def test_a_diverged_run_writes_its_last_loss(made, tmp_path):
    lost = [1.0, math.inf, math.nan, math.nan]
    run = made({"loss": [1.0, math.inf, math.nan, -math.inf], "lr": [0.1, 0.1, 0.1, math.nan], "grad_norm.x": lost})
    write_csv(tmp_path / "runs.csv", [run])
    rows = read(tmp_path / "runs.csv")
    assert [bits(float(row["loss"])) for row in rows] == [bits(v) for v in (1.0, math.inf, math.nan, -math.inf)]
    assert math.isnan(float(rows[3]["grad_norm.x"]))


def test_lines_end_as_rfc_4180_says_and_whole_numbers_have_no_point(made, tmp_path):
    write_csv(tmp_path / "runs.csv", [made({"loss": [0.5, 0.25]}, label='a, "b"', seed=7)])
    lines = (tmp_path / "runs.csv").read_bytes().split(b"\r\n")
    assert lines[0] == b"run,trial,seed,step,evaluations,lr,loss"
    assert lines[1] == '"a, ""b"" · 7","a, ""b""",7,0,1,0.1,0.5'.encode()
    assert lines[3:] == [b""] and b"\n" not in b"".join(lines)


def test_no_runs_make_a_file_with_a_header(tmp_path):
    assert write_csv(tmp_path / "runs.csv", []) == 0
    assert (tmp_path / "runs.csv").read_bytes() == b"run,trial,seed,step,evaluations,lr,loss\r\n"


def test_names_are_unique_and_those_of_the_window_win(made):
    runs = [made({"loss": [1.0]}), made({"loss": [1.0]}), made({"loss": [1.0]}, seed=1)]
    assert unique_names(runs) == ["a · 0", "a · 0 (2)", "a · 1"]
    assert unique_names(runs, ["mine", "mine", "mine (2)"]) == ["mine", "mine (2)", "mine (2) (2)"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(width=64), min_size=1, max_size=40))
def test_every_float_reads_back_to_the_same_bits(made, tmp_path, values):
    values = [*values, 5e-324, 1e-300, 1.7976931348623157e308, -0.0, 1 / 3, math.inf]
    write_csv(tmp_path / "runs.csv", [made({"loss": values})])
    back = [float(row["loss"]) for row in read(tmp_path / "runs.csv")]
    for value, other in zip(values, back, strict=True):
        assert bits(value) == bits(other) or (math.isnan(value) and math.isnan(other))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1))
def test_every_text_reads_back_and_starts_no_formula(made, tmp_path, label):
    write_csv(tmp_path / "runs.csv", [made({"loss": [1.0]}, label=label)])
    (row,) = read(tmp_path / "runs.csv")
    assert original(row["trial"]) == label
    assert row["trial"].strip(" \t\r\n\x00\xa0\ufeff\u200b")[:1] not in tuple("=+-@|%＝＋－＠")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "|a", "%a", "  =1", "\t=1", "\u00a0=1", "＝1", "\rx", "'a"])
def test_what_a_spreadsheet_computes_is_quoted(text):
    assert harmless(text) == f"'{text}" and original(harmless(text)) == text


def test_a_track_with_an_evil_name_is_harmless_in_the_header(made, tmp_path):
    write_csv(tmp_path / "runs.csv", [made({"loss": [1.0], "=1+1": [2.0]}, tracks=["=1+1"])])
    assert read(tmp_path / "runs.csv")[0]["'=1+1"] == "2.0"


def test_long_histories_are_written_in_pieces(made, tmp_path):
    n = 60_000
    run = made({"loss": np.arange(n), **{f"grad_norm.W{k}": np.full(n, k / 3) for k in range(30)}})
    write_csv(tmp_path / "first.csv", [run])  # polars is loaded
    tracemalloc.start()
    assert write_csv(tmp_path / "runs.csv", [run]) == n
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < run.history.nbytes
    assert [row["loss"] for row in read(tmp_path / "runs.csv")] == [f"{k}.0" for k in range(n)]


def test_a_run_that_grows_meanwhile_is_written_as_it_was(made, tmp_path, monkeypatch):
    run = made({"loss": np.arange(40.0)})
    frame = csv_table._frame

    def grow(*args):
        run.history.append(np.zeros((5, 1, 4)))
        return frame(*args)

    monkeypatch.setattr(csv_table, "_frame", grow)
    assert write_csv(tmp_path / "runs.csv", [run]) == 40


def test_a_full_disk_leaves_the_old_table(made, tmp_path, monkeypatch):
    (tmp_path / "runs.csv").write_bytes(b"old")

    def full(*_args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(csv_table, "_frame", full)
    with pytest.raises(ExportError, match="no space is left"):
        write_csv(tmp_path / "runs.csv", [made({"loss": [1.0]})])
    assert [file.name for file in tmp_path.iterdir()] == ["runs.csv"] and (tmp_path / "runs.csv").read_bytes() == b"old"
