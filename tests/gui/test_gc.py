"""Cyclic garbage with Qt objects in it dies in the thread of the window."""

import gc
import threading
import weakref

import pytest

from optlab.gui.gc import GarbageCollector


class Node:
    def __init__(self):
        self.me = self


@pytest.fixture
def collector(qtbot):
    made = GarbageCollector()
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()


def test_worker_never_collects(collector):
    gc.collect()
    node = Node()
    alive = weakref.ref(node)
    del node
    kept = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(50_000)))
    worker.start()
    worker.join()
    assert alive() is not None


def test_timer_collects_in_the_window_thread(collector, qtbot):
    gc.collect()
    threads = []
    node = Node()
    weakref.finalize(node, lambda: threads.append(threading.current_thread()))
    del node
    kept = [[] for _ in range(5000)]
    qtbot.waitUntil(lambda: bool(threads), timeout=5000)
    assert threads == [threading.main_thread()]
    assert kept


def test_stop_leaves_a_collector_off_that_was_off(qtbot):
    gc.disable()
    try:
        made = GarbageCollector()
        made.start()
        made.stop()
        assert not gc.isenabled()
    finally:
        gc.enable()
