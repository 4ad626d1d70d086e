"""An optimizer that does at a step of its own what no thread of the lab could survive."""

import ctypes
import os
import sys
import time
from typing import Any

import numpy as np

from optlab.api import Array, Optimizer, State, choice, hookimpl, integer, real


class Apart(Optimizer):
    """Gradient descent, until its step `at`."""

    name = "apart"

    lr: float = real(0.001, 1e-6, 1.0, log=True, doc="learning rate")
    act: str = choice("nothing", *("nothing", "loop", "hog", "exit", "leave", "crash", "eat", "raise", "nan", "print",
                                   "child", "sleep", "shout"), doc="what it does")  # fmt: skip
    at: int = integer(20, 1, 10**6, doc="at which step")

    def step(self, params: Array, grads: Array, state: State) -> None:
        if state.t == self.at:
            globals()[f"_{self.act}"](params)
        params -= state.lr * grads


def _nothing(params: Array) -> None:
    pass


def _loop(params: Array) -> None:
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            continue


def _hog(params: Array) -> None:
    sum(range(10**12))


def _exit(params: Array) -> None:
    os._exit(3)


def _leave(params: Array) -> None:
    sys.exit(3)


def _crash(params: Array) -> None:
    ctypes.string_at(0)


def _eat(params: Array) -> None:
    eaten: list[Any] = []
    while True:
        eaten.append(np.ones(10**7))


def _raise(params: Array) -> None:
    raise ValueError("no")


def _nan(params: Array) -> None:
    params[:] = np.nan


def _print(params: Array) -> None:
    print("a word of mine")
    os.write(1, b"and one more")
    os._exit(4)


def _child(params: Array) -> None:
    print(f"child {os.fork() or os.getpid()}", flush=True)
    _loop(params)


def _sleep(params: Array) -> None:
    time.sleep(0.3)


def _shout(params: Array) -> None:
    while True:
        os.write(1, b"x" * 65536)


@hookimpl
def register_optimizers() -> list[type]:
    return [Apart]
