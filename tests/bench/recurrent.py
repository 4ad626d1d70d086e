"""Recurrent networks against PyTorch eager on one thread: the same loss and gradient, and how long they take.

python -m tests.bench.recurrent        needs the extra `bench` (torch)
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from optlab.layout import Array
from optlab.nets import CELLS, Data, Recurrent
from tests.bench.measure import machine, paired, table

LENGTH, UNITS, BATCH, STEPS = 30, 32, 32, 20
BLOCKS = {"elman": ((0,), (0,)), "gru": ((1, 2, 0), (0, 1, 2)), "lstm": ((1, 2, 0, 3), (1, 2, 0, 3))}
"""Our blocks of W_in and of W_rec in PyTorch's order: r, z, n and i, f, g, o."""


class Ours:
    """A network at its start, bound to noise; `step` is a step of gradient descent."""

    def __init__(self, cell: str, dtype: str) -> None:
        rng = np.random.default_rng(0)
        self.net = Recurrent(cell, 2, UNITS, 1, LENGTH, "mse")
        self.params = np.empty((1, self.net.layout.size))
        self.net.start(self.params[0], rng)
        self.params = self.params.astype(dtype)
        self.data = Data(rng.standard_normal((512, LENGTH, 2)), rng.standard_normal((512, 1)))
        self.grads, self.loss = np.empty_like(self.params), np.empty(1, dtype)
        self.bound = self.net.bind(self.params, self.grads, self.loss, [self.data], BATCH)
        self.batch = rng.permutation(512)[:BATCH]
        self.bound.evaluate(self.batch[None])

    def work(self) -> None:
        for _ in range(STEPS):
            self.bound.evaluate(self.batch[None])
            self.params -= 1e-6 * self.grads


def in_their_order(ours: Ours, flat: Array) -> dict[str, Array]:
    """Our layers in `flat (1, D)` as PyTorch's, (out, in); b_hh has no counterpart but in the GRU's n."""
    views = {name: view[0] for name, view in ours.net.layout.views(flat).items()}
    rows, columns = BLOCKS[ours.net.cell]

    def cut(x: Array, blocks: tuple[int, ...]) -> Array:
        return np.concatenate([x[..., k * UNITS : (k + 1) * UNITS] for k in blocks], axis=-1).T

    second = np.zeros(len(columns) * UNITS, flat.dtype)
    second[2 * UNITS : 2 * UNITS + len(views.get("b_rec", ()))] = views.get("b_rec", ())
    return {
        "weight_ih_l0": cut(views["W_in"], rows), "weight_hh_l0": cut(views["W_rec"], columns),
        "bias_ih_l0": cut(views["b_in"], rows), "bias_hh_l0": second,
        "weight": views["W_out"].T, "bias": views["b_out"],
    }  # fmt: skip


class Theirs:
    """The same network from torch.nn, which loops over the time steps in C++, or as `LSTMCell`, … in Python."""

    def __init__(self, ours: Ours, in_python: bool) -> None:
        import torch
        from torch import nn

        names = {"elman": "RNN", "gru": "GRU", "lstm": "LSTM"}
        values = {k: torch.tensor(v) for k, v in in_their_order(ours, ours.params).items()}
        kind = getattr(nn, names[ours.net.cell] + ("Cell" if in_python else ""))
        self.cell, self.out = kind(2, UNITS).to(values["bias"]), nn.Linear(UNITS, 1).to(values["bias"])
        cut = slice(None, -3) if in_python else slice(None)  # a cell's layers do not end in _l0
        self.layers = {**dict(self.cell.named_parameters()), **dict(self.out.named_parameters())}
        self.names = {name: name if name in ("weight", "bias") else name[cut] for name in values}
        with torch.no_grad():
            for name, value in values.items():
                self.layers[self.names[name]].copy_(value)
        self.x = torch.tensor(ours.data.x.transpose(1, 0, 2)).to(values["bias"]).contiguous()
        self.y = torch.tensor(ours.data.y).to(values["bias"])
        self.batch, self.in_python = torch.tensor(ours.batch), in_python
        self.optimizer = torch.optim.SGD(self.layers.values(), lr=1e-6, foreach=False)

    def evaluate(self) -> Any:
        self.optimizer.zero_grad()
        x, h = self.x[:, self.batch], None
        if self.in_python:
            for step in x:
                h = self.cell(step, h)
            last = h[0] if isinstance(h, tuple) else h
        else:
            last = self.cell(x)[0][-1]
        loss = ((self.out(last) - self.y[self.batch]) ** 2).mean()
        loss.backward()
        return loss

    def work(self) -> None:
        for _ in range(STEPS):
            self.evaluate()
            self.optimizer.step()


def difference(ours: Ours, theirs: Theirs) -> float:
    """The largest of the loss and of every gradient that both have."""
    gaps = [abs(theirs.evaluate().item() - float(ours.loss[0]))]
    for name, grad in in_their_order(ours, ours.grads).items():
        other = theirs.layers[theirs.names[name]].grad.numpy()
        if name != "bias_hh_l0":
            gaps.append(float(np.abs(grad - other).max()))
        elif ours.net.cell == "gru":
            gaps.append(float(np.abs(grad - other)[2 * UNITS :].max()))
    return max(gaps)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    print(machine())
    rows: list[tuple[str, ...]] = []
    for cell in CELLS:
        for dtype in ("float32", "float64"):
            ours = Ours(cell, dtype)
            works: list[Callable[[], None]] = []
            gaps = []
            for in_python in (False, True):
                theirs = Theirs(ours, in_python)
                gaps.append(difference(ours, theirs))
                works.append(theirs.work)
            (a, b, fast), (_, c, slow) = (paired(ours.work, work) for work in works)
            times = (f"{1e6 * seconds / STEPS:.0f}" for seconds in (a, b, c))
            rows.append((cell, dtype, *times, f"{fast:.1f}x", f"{slow:.1f}x", f"{max(gaps):.0e}"))
    head = ("cell", "", "µs/step", "torch.nn", "loop of cells", "ratio", "ratio", "largest difference")
    table(f"{UNITS} units, T = {LENGTH}, batch {BATCH}: loss, gradient and SGD", head, rows)


if __name__ == "__main__":
    main()
