"""What a step of every optimizer costs: the rule alone, gradient given and nothing recorded, beside PyTorch's.

python -m tests.bench.optimizers [NAME …]        needs the extra `bench` (torch) for PyTorch's columns
"""

import gc
import sys
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from optlab.engine.oracle import give_oracle, needs_oracle
from optlab.engine.rates import base_rate
from optlab.fields import FieldError
from optlab.host import load_plugins
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, make_state
from tests.bench.measure import machine, paired, seconds

CATALOGUE = load_plugins(shipped_only=True).catalogue
SHAPES = ((2,), (250, 400))
LASTS = 0.01
"""Seconds of steps that are measured at once."""

ROUNDS = 5

Stepping = Callable[[int], None]
"""Take so many steps."""

TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "amsgrad": ("Adam", {"amsgrad": True}),
    "lbfgs": ("LBFGS", {}),
    **{name.lower(): (name, {}) for name in (
        "Adadelta", "Adafactor", "Adagrad", "Adam", "Adamax", "AdamW", "ASGD", "Muon", "NAdam", "RAdam", "RMSprop",
        "Rprop",
    )},
}  # fmt: skip
"""The class of torch.optim that is the same rule, and what makes it so."""


def built(name: str) -> Optimizer:
    """The optimizer as PyTorch has it, where there is such a preset."""
    preset = {"preset": "PyTorch"} if "PyTorch" in CATALOGUE.find("optimizer", name, "").presets else {}
    optimizer: Optimizer = CATALOGUE.build("optimizer", {"name": name, **preset}, "optimizer")
    return optimizer


def start_of(shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Params, gradient and curvatures, all of `shape`."""
    rng = np.random.default_rng(0)
    return rng.standard_normal(shape), rng.standard_normal(shape), 10.0 ** rng.uniform(-1, 1, shape)


def ours(name: str, shape: tuple[int, ...]) -> Stepping:
    """Steps of ours, along a gradient that changes its sign so that no method runs away.

    Those that ask for more evaluations begin each step at the same point of a bowl.
    """
    optimizer, layout = built(name), Layout({"W": shape})
    start, grads, curvature = (a.reshape(1, -1) for a in start_of(shape))
    params, asks, zero = start.copy(), needs_oracle(optimizer), np.zeros(1)
    both = grads, -grads
    state = make_state(optimizer, params, layout, np.ones(1))
    state.lr = base_rate(optimizer)

    def oracle(at: Array, out: Array) -> Array:
        np.multiply(at, curvature, out)
        return zero + 0.5 * float(at[0] @ out[0])

    give_oracle(optimizer, state, oracle, lambda at, v, out: np.multiply(v, curvature, out), lambda out: out.fill(1.0))

    def steps(count: int) -> None:
        for _ in range(count):
            if asks:
                np.copyto(params, start)
                state.loss[:] = oracle(params, both[~state.t & 1])
            state.t += 1
            optimizer.step(params, both[state.t & 1], state)

    return steps


def theirs(name: str, shape: tuple[int, ...]) -> Iterator[Stepping]:
    """Steps of PyTorch's, in every implementation that it has for them."""
    for way in ({}, {"foreach": True}, {"fused": True}):
        try:
            yield implemented(*TORCH[name], way, shape)
        except (TypeError, ValueError, RuntimeError):  # it has no such implementation, or takes no vectors
            continue


def implemented(cls: str, options: dict[str, Any], way: dict[str, bool], shape: tuple[int, ...]) -> Stepping:
    """Steps of one implementation of a class of torch.optim, on the same numbers as ours."""
    import torch

    start, grads, curvature = (torch.tensor(a) for a in start_of(shape))
    both, params = (grads, -grads), start.clone().requires_grad_()
    params.grad = grads
    optimizer = getattr(torch.optim, cls)([params], **options, **way)

    def closure() -> Any:
        torch.mul(params.detach(), curvature, out=grads)
        return 0.5 * (params.detach() * grads).sum()

    def steps(count: int) -> None:
        for k in range(count):
            if cls == "LBFGS":
                params.detach().copy_(start)
                optimizer.step(closure)
            else:
                params.grad = both[k & 1]
                optimizer.step()

    return steps


def fastest(ways: Iterator[Stepping]) -> Stepping | None:
    """The one of the least time for three steps after a first one."""
    found = [(_timed(steps, 3), k, steps) for k, steps in enumerate(ways)]
    return min(found)[2] if found else None


def _timed(steps: Stepping, count: int) -> float:
    steps(1)
    return min(seconds(partial(steps, count)) for _ in range(3)) / count


def row(name: str, torch: bool) -> list[str]:
    """The cells of one optimizer: µs a step, PyTorch's, and their ratio, for each shape."""
    cells = []
    for shape in SHAPES:
        try:
            mine = ours(name, shape)
            count = max(1, int(LASTS / _timed(mine, 3)))
        except FieldError:  # not made for so many parameters
            cells += ["–", "", ""]
            continue
        other = fastest(theirs(name, shape)) if torch and name in TORCH else None
        if other is None:
            cells += [_micro(median(seconds(partial(mine, count)) for _ in range(ROUNDS)) / count), "", ""]
            continue
        few = max(1, int(LASTS / _timed(other, 3)))
        a, b, ratio = paired(partial(mine, count), partial(other, few), ROUNDS)
        cells += [_micro(a / count), _micro(b / few), f"{ratio * count / few:.1f}x"]
    return cells


def _micro(value: float) -> str:
    return f"{1e6 * value:,.1f}".replace(",", " ")


def has_torch() -> bool:
    try:
        import torch
    except ImportError:
        print("\nPyTorch is not installed: its columns stay empty (pip install optlab[bench])")
        return False
    torch.set_num_threads(1)
    return True


def main() -> None:
    print(machine())
    torch = has_torch()
    gc.freeze()  # what is loaded is never garbage, and looking through it took longer than the steps
    names = sys.argv[1:] or CATALOGUE.names("optimizer")
    widths = [max(map(len, names)), *(12, 11, 7) * len(SHAPES)]
    head = ["", *(text for shape in SHAPES for text in (f"D = {int(np.prod(shape))}", "torch", "ratio"))]
    print("\nOptimizers, µs per step, float64")
    for name in (None, *names):
        with np.errstate(all="ignore"):
            cells = head if name is None else [name, *row(name, torch)]
        first, *rest = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        print(" ", cells[0].ljust(len(first)), *rest, flush=True)


if __name__ == "__main__":
    main()
