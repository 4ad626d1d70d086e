"""A history grows in blocks, keeps each run's own length, and a reader never sees what is not published."""

import threading

import numpy as np
import pytest

from optlab.engine.history import History


def rows(start, count, runs=2):
    """Rows whose first column is the step and whose second is 10 · step + run."""
    steps = np.arange(start, start + count, dtype=float)[:, None] + np.zeros(runs)
    return np.stack((steps, 10 * steps + np.arange(runs)), axis=2)


@pytest.fixture
def history(monkeypatch):
    monkeypatch.setattr("optlab.engine.history.BLOCK_BYTES", 0)  # blocks of 16 rows
    return History(("step", "loss"), 2)


@pytest.mark.parametrize("sizes", [[50], [1] * 50, [15, 2, 33], [16, 16, 18]])
def test_rows_come_back_however_they_were_appended(history, sizes):
    for size in sizes:
        history.append(rows(history.count, size))
    assert np.array_equal(history.rows(1), rows(0, 50)[:, 1])
    assert np.array_equal(history.column(0, "loss"), 10.0 * np.arange(50))
    assert np.array_equal(history.rows(1, 14, 35), rows(14, 21)[:, 1])
    assert history.row(1, 17).tolist() == [17.0, 171.0]


def test_an_empty_history_has_empty_rows_and_columns(history):
    assert history.rows(0).shape == (0, 2)
    assert history.column(0, "loss").shape == (0,)


def test_a_closed_run_keeps_its_length(history):
    history.append(rows(0, 10))
    history.close(0, 7)
    history.append(rows(10, 30))
    assert [len(history.rows(k)) for k in (0, 1)] == [7, 40]
    assert len(history.column(0, "step")) == 7


def test_a_run_can_end_within_what_is_appended(history):
    history.append(rows(0, 10))
    history.append(rows(10, 10), kept=np.array([3, 10]))
    assert [len(history.rows(k)) for k in (0, 1)] == [13, 20]


def test_the_rows_of_some_runs_go_to_their_places():
    history = History(("step", "loss"), 3)
    history.append(rows(0, 2, 3))
    history.close(1, 2)
    history.append(rows(2, 2, 2), runs=np.array([0, 2]))
    assert [history.column(k, "loss").tolist() for k in range(3)] == [[0, 10, 20, 30], [1, 11], [2, 12, 21, 31]]


def test_what_is_read_is_a_copy(history):
    history.append(rows(0, 3))
    for read in (history.rows(0), history.row(0, 1), history.column(0, "loss")):
        read[...] = -1
    assert history.column(0, "loss").tolist() == [0, 10, 20]


def test_memory_grows_with_what_is_recorded(history):
    assert history.nbytes == 0
    history.append(rows(0, 17))
    assert history.nbytes == 2 * 16 * 2 * 2 * 8


def test_a_reader_beside_the_writer_sees_whole_rows_alone():
    history, wrong = History(("step", "loss"), 2), []
    going = threading.Event()
    going.set()

    def read():
        while going.is_set():
            seen = history.rows(1)
            if not np.array_equal(seen, rows(0, len(seen))[:, 1]):
                wrong.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for start in range(0, 30_000, 30):
        history.append(rows(start, 30))
    going.clear()
    reader.join()
    assert not wrong
