"""A thread is called back from a plugin, and nowhere else."""

import subprocess
import sys
import threading
import time

import pytest

from optlab.engine.region import InterruptError, Region


def spin(stop):
    while not stop.is_set():
        pass


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def started(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_thread_in_the_region_comes_back_at_once(stop):
    region, caught = Region(), []

    def work():
        try:
            with region:
                spin(stop)
        except InterruptError:
            caught.append("called back")

    thread = started(work)
    while not region.interrupt():
        time.sleep(0.001)
    thread.join(5)
    assert caught == ["called back"] and not region.interrupt()


def test_a_thread_outside_of_the_region_is_left_alone(stop):
    region, inside = Region(), threading.Event()

    def work():
        with region:
            inside.set()
        spin(stop)

    thread = started(work)
    assert inside.wait(5)
    while region._thread:
        time.sleep(0.001)
    assert not region.interrupt()
    thread.join(0.05)
    assert thread.is_alive()


def test_a_thread_is_called_back_once_however_long_it_takes(stop):
    region, inside, caught = Region(), threading.Event(), []

    def work():
        try:
            with region:
                inside.set()
                stop.wait(10)
        except InterruptError:
            caught.append("called back")

    thread = started(work)
    assert inside.wait(5)
    assert [region.interrupt(), region.interrupt()] == [True, False]
    assert thread.is_alive()  # in C code
    stop.set()
    thread.join(5)
    assert caught == ["called back"]


def test_an_interrupt_that_comes_too_late_never_reaches_what_follows():
    """Many short stays, interrupted at any moment: it comes out of the region, or not at all."""
    region, over, wrong = Region(), threading.Event(), []

    def work():
        try:
            while not over.is_set():
                try:
                    with region:
                        sum(range(50))
                except InterruptError:
                    pass
                try:
                    sum(range(200))
                except InterruptError:
                    wrong.append("outside")
        except InterruptError:
            wrong.append("elsewhere")

    thread = started(work)
    hits = 0
    end = time.monotonic() + 60
    while hits < 20 and time.monotonic() < end:
        hits += region.interrupt()
    over.set()
    thread.join(5)
    assert hits == 20 and wrong == []


@pytest.mark.parametrize("interrupted", [False, True])
def test_no_stay_leaves_the_interpreter_looking_for_an_exception(interrupted):
    """Python 3.11 never comes back from a traced call then, and all other code is slower."""
    code = f"""
import sys, threading
from optlab.engine.region import InterruptError, Region
region = Region()
for _ in range(20):
    try:
        with region:
            if {interrupted}:
                threading.Thread(target=region.interrupt).start()
                sum(range(100_000))
    except InterruptError:
        pass
sys.settrace(lambda *_: None)
(lambda: print("back"))()
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20).stdout == "back\n"
