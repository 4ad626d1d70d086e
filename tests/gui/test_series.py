"""Runs that grow: a trail is the run itself at even distances, and columns are read alone as with the others."""

import numpy as np
import pytest

from optlab.engine.history import History
from optlab.gui.series import RunSeries, Trail


class Growing:
    """A run of noise that grows by hand."""

    def __init__(self) -> None:
        self.history = History(("step", "loss", "x", "y"), 1)
        self.touched = 0

    @property
    def count(self) -> int:
        return self.history.count

    def grow(self, count: int) -> None:
        rows = np.random.default_rng(self.count).normal(size=(count, 1, 4))
        rows[:, 0, 0] = np.arange(self.count, self.count + count)
        self.history.append(rows)

    def rows(self, start=0, stop=None, columns=None):
        found = self.history.rows(0, start, stop, columns)
        self.touched += len(found)
        return found

    def at(self, index, name):
        return self.history.row(0, index)[self.history.index[name]]


@pytest.mark.parametrize("pieces", [[1], [7, 5], [1000], [3, 97, 400, 1, 2500, 1], [1] * 60])
def test_a_trail_is_every_kth_row_and_the_last(pieces):
    run = Growing()
    trail = Trail(run, 64, (0, 3))
    for piece in pieces:
        run.grow(piece)
        rows = trail.read()
        steps = rows[:, 0].astype(int)
        every = steps[1] - steps[0] if len(steps) > 2 else 1
        assert len(rows) <= 65 and steps[0] == 0 and steps[-1] == run.count - 1
        assert (np.diff(steps[:-1]) == every).all()
        np.testing.assert_array_equal(rows[:, 1], run.history.column(0, "y")[steps])
    assert every == 1 or len(rows) > 32


def test_a_trail_reads_what_came_since_the_last_time():
    run = Growing()
    trail = Trail(run, 64, (0, 3))
    run.grow(100_000)
    trail.read()
    run.grow(100)
    run.touched = 0
    trail.read()
    assert run.touched < 3000


def test_a_trail_of_nothing_is_empty():
    assert Trail(Growing(), 64, (0, 3)).read().shape == (0, 2)


def test_series_are_read_alone_as_they_are_together():
    run = Growing()
    run.grow(9000)
    series = RunSeries(run)
    series.update()
    steps, lo, hi = series.read(["loss", "y"], (100, 8000), 200)
    for k, name in enumerate(("loss", "y")):
        alone = series.read([name], (100, 8000), 200)
        np.testing.assert_array_equal(alone[0], steps)
        np.testing.assert_array_equal(alone[1][:, 0], lo[:, k])
        np.testing.assert_array_equal(alone[2][:, 0], hi[:, k])
    values = run.history.column(0, "loss")[100:8000]
    assert (lo[:, 0].min(), hi[:, 0].max()) == (values.min(), values.max())


def test_the_same_question_in_one_frame_is_answered_once():
    run = Growing()
    run.grow(9000)
    series = RunSeries(run)
    series.update()
    first = series.read(["loss"], (0, 9000), 200)
    run.touched = 0
    assert series.read(["loss"], (0, 9000), 200)[1].base is first[1].base and run.touched == 0
    run.grow(1)
    series.update()
    assert series.read(["loss"], (0, 9001), 200)[0][-1] == 9000
