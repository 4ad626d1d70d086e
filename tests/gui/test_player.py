"""The player leaves the worker its share, whatever a frame costs, and tells every number in the end."""

import math
import time
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from optlab.engine.turn import Turn
from optlab.gui.player import SHARE, Player


class Desk:
    """A run that has a new row whenever it is looked at, while it goes."""

    def __init__(self) -> None:
        self.going = True
        self.steps = 0
        self.lookout = SimpleNamespace(count=0)
        self.session = SimpleNamespace(busy=True, turn=Turn(), runner=SimpleNamespace(rate=math.inf), tend=int)

    @property
    def entries(self) -> list[SimpleNamespace]:
        self.steps += self.going
        return [SimpleNamespace(key=1, run=SimpleNamespace(count=self.steps, status="running"))]

    @property
    def newest(self) -> int:
        return self.steps


@pytest.fixture
def desk(qapp) -> Desk:
    return Desk()


@pytest.fixture
def player(desk: Desk):
    made = Player(desk)
    yield made
    made.stop()
    made.deleteLater()


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_dear_frames_come_less_often(player: Player, qtbot: QtBot):
    marks: list[tuple[float, float]] = []

    def on_frame() -> None:
        marks.append((time.monotonic(), time.thread_time()))
        burn(0.02)

    player.frame.connect(on_frame)
    qtbot.waitUntil(lambda: len(marks) > 8, timeout=20_000)
    (began, idle), (ended, spent) = marks[1], marks[-1]
    assert (spent - idle) / (ended - began) < SHARE + 0.05


def test_numbers_are_told_less_often_than_pictures_but_for_the_last_ones(player: Player, desk: Desk, qtbot: QtBot):
    frames, facts = [], []
    player.frame.connect(lambda: frames.append(desk.steps))
    player.facts.connect(lambda: facts.append(desk.steps))
    qtbot.waitUntil(lambda: len(frames) >= 12, timeout=20_000)
    desk.going = False  # as when it is paused: nothing new comes, and the last numbers were not told yet
    qtbot.waitUntil(lambda: bool(facts) and facts[-1] == frames[-1], timeout=5_000)
    assert len(facts) < len(frames)


def test_the_end_is_told_once_with_its_numbers(player: Player, desk: Desk, qtbot: QtBot):
    told: list[str] = []
    player.facts.connect(lambda: told.append("facts"))
    player.settled.connect(lambda: told.append("settled"))
    qtbot.waitSignal(player.frame, timeout=5_000).wait()
    desk.going = desk.session.busy = False
    qtbot.waitUntil(lambda: "settled" in told, timeout=5_000)
    qtbot.wait(120)
    assert told.count("settled") == 1 and told[told.index("settled") - 1] == "facts"


def test_what_the_lookout_finds_is_shown_when_nothing_goes_any_more(player: Player, desk: Desk, qtbot: QtBot):
    told: list[str] = []
    desk.going = desk.session.busy = False
    qtbot.waitSignal(player.settled, timeout=5_000).wait()
    player.frame.connect(lambda: told.append("frame"))
    player.settled.connect(lambda: told.append("settled"))
    desk.lookout.count += 1
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    qtbot.wait(120)
    assert told == ["frame"]
