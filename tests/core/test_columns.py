"""Columns of a plot as CSV: numbers that read back, blanks where there is nothing, texts that nothing computes."""

import csv

import numpy as np

from optlab.store.columns import write_columns


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_read_back_to_the_same_float64_and_whole_ones_have_no_point(tmp_path):
    numbers = [0.1, 1 / 3, 5e-324, -1.7976931348623157e308, np.inf]
    assert write_columns(tmp_path / "a.csv", {"step": [0.0, 10.0, 20.0, 30.0, 40.0], "loss, nats": numbers}) == 5
    rows = read(tmp_path / "a.csv")
    assert [row["step"] for row in rows] == ["0", "10", "20", "30", "40"]
    assert [float(row["loss, nats"]) for row in rows] == numbers


def test_what_is_not_there_is_blank(tmp_path):
    write_columns(tmp_path / "a.csv", {"curve": ["a", None, "b"], "y": [np.nan, None, 2.5], "none": [None] * 3})
    assert [tuple(row.values()) for row in read(tmp_path / "a.csv")] == [("a", "", ""), ("", "", ""), ("b", "2.5", "")]


def test_a_name_that_a_spreadsheet_would_compute_gets_a_quote(tmp_path):
    write_columns(tmp_path / "a.csv", {"=SUM(A1)": ["@cmd", "plain"]})
    assert read(tmp_path / "a.csv") == [{"'=SUM(A1)": "'@cmd"}, {"'=SUM(A1)": "plain"}]
