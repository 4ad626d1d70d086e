"""The pyramid of extremes loses no extreme, keeps the ends, and reads no more than it needs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optlab.gui.plots.decimate import Envelope, squeezed, zigzag


def envelope_of(rows: np.ndarray, pieces: int = 1) -> Envelope:
    envelope = Envelope(rows.shape[1], lambda start, stop: rows[start:stop])
    for piece in np.array_split(rows, pieces):
        envelope.push(piece)
    return envelope


def with_gaps(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 3)).cumsum(axis=0)
    rows[rng.random((count, 3)) < 0.1] = np.nan
    return rows


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 6000), pieces=st.integers(1, 40), buckets=st.integers(4, 300), data=st.data())
def test_every_bucket_has_the_exact_extremes_of_its_rows(count, pieces, buckets, data):
    rows = with_gaps(count, count)
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first + 1, count))
    index, lo, hi = envelope_of(rows, pieces).read(first, last, buckets)
    assert len(index) <= buckets and index[0] == first and np.all(np.diff(index) > 0)
    for k, (start, stop) in enumerate(zip(index, [*index[1:], last], strict=True)):
        np.testing.assert_array_equal(lo[k], np.fmin.reduce(rows[start:stop]))
        np.testing.assert_array_equal(hi[k], np.fmax.reduce(rows[start:stop]))


def test_first_and_last_row_are_kept_as_they_are():
    rows = with_gaps(100_000, 1)
    index, lo, hi = envelope_of(rows).read(37, 91_234, 256)
    assert (index[0], index[-1]) == (37, 91_233)
    np.testing.assert_array_equal(lo[[0, -1]], rows[[37, 91_233]])
    np.testing.assert_array_equal(hi[[0, -1]], rows[[37, 91_233]])


@pytest.mark.parametrize("count", [10_000, 1_000_000])
def test_reading_touches_few_raw_rows_however_many_there_are(count):
    rows = np.arange(count, dtype=float)[:, None]
    touched = []
    envelope = Envelope(1, lambda start, stop: touched.append(stop - start) or rows[start:stop])
    envelope.push(rows)
    for first, last in ((0, count), (3, count - 5), (count // 3, count // 2)):
        touched.clear()
        envelope.read(first, last, 256)
        assert sum(touched) <= 17 * 256


def test_extremes_take_less_than_a_seventh_of_the_rows():
    rows = np.zeros((100_000, 8))
    assert envelope_of(rows, 77).nbytes <= 0.1334 * rows.nbytes


def test_rows_that_come_while_reading_are_seen_at_the_next_read():
    rows = np.arange(5000.0)[:, None]
    envelope = Envelope(1, lambda start, stop: rows[start:stop])
    for stop in range(250, 5001, 250):
        envelope.push(rows[stop - 250 : stop])
        assert envelope.read(0, stop, 64)[2].max() == stop - 1
    assert len(envelope) == 5000


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"expected rows \(k, 2\)"):
        Envelope(2, lambda start, stop: np.empty((0, 2))).push(np.zeros((4, 3)))


def test_nothing_recorded_reads_as_nothing():
    index, lo, hi = Envelope(2, lambda start, stop: np.empty((stop - start, 2))).read(0, 10, 100)
    assert index.shape == (0,) and lo.shape == hi.shape == (0, 2)


def test_zigzag_goes_through_every_extreme_in_alternating_order():
    index, lo, hi = np.array([0, 10, 20]), np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    x, y = zigzag(index, lo, hi)
    assert x.tolist() == [0, 0, 10, 10, 20, 20] and y.tolist() == [1, 4, 5, 2, 3, 6]


def test_zigzag_of_single_rows_is_the_curve_itself():
    x, y = zigzag(np.arange(5), np.arange(5.0), np.arange(5.0))
    assert x.tolist() == y.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("span", [(0, 50), (100, 900), (37, 91_234)])
def test_some_columns_are_read_as_all_of_them_are(span):
    rows = with_gaps(100_000, 4)
    envelope = Envelope(3, lambda start, stop, columns=slice(None): rows[start:stop][:, columns])
    envelope.push(rows)
    every, some = envelope.read(*span, 256), envelope.read(*span, 256, (2, 0))
    np.testing.assert_array_equal(some[0], every[0])
    for k in (1, 2):
        np.testing.assert_array_equal(some[k], every[k][:, [2, 0]])


def test_a_squeezed_curve_keeps_its_extremes_and_its_end():
    x, y = np.arange(5000.0), np.random.default_rng(5).normal(size=5000)
    short_x, short_y = squeezed(x, y, 100)
    assert len(short_x) == len(short_y) <= 201 and (np.diff(short_x) >= 0).all()
    assert (short_y.min(), short_y.max()) == (y.min(), y.max())
    assert (short_x[0], short_x[-1], short_y[-1]) == (x[0], x[-1], y[-1])
    assert len(squeezed(x[:200], y[:200], 100)[0]) == 200
