"""The desk says how far plots reach, so that axes stand still while runs without an end go on."""

from types import SimpleNamespace

import pytest

from optlab.gui.desk import Desk


@pytest.mark.parametrize(
    ("ends", "newest", "reach"),
    [([1500], 3, 1500), ([0], 1001, 1200), ([0], 1190, 1200), ([0], 1201, 1500), ([300, 0], 7, 300), ([], 0, 1)],
)
def test_plots_reach_to_the_end_or_to_a_round_number_beyond_what_is_recorded(ends, newest, reach):
    entries = [SimpleNamespace(run=SimpleNamespace(steps=steps, step=newest)) for steps in ends]
    assert Desk.reach.fget(SimpleNamespace(entries=entries)) == reach
