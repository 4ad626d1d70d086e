"""A recurrent network over a flat vector: a cell along the sequence, and outputs at its last time steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.cell import Cell
from optlab.nets.data import Data, Feed
from optlab.nets.elman import Elman
from optlab.nets.gru import Gru
from optlab.nets.initialisers import DEVIATIONS
from optlab.nets.loss import Loss
from optlab.nets.losses import LOSSES
from optlab.nets.lstm import Lstm
from optlab.nets.net import Bound, Net
from optlab.nets.unrolled import Unrolled

CELLS: dict[str, type[Cell]] = {"elman": Elman, "gru": Gru, "lstm": Lstm}


def orthogonal(units: int, rng: np.random.Generator) -> Array:
    """A random rotation or reflection `(units, units)`: Mezzadri, Notices of the AMS 54 (2007), 592–604."""
    q, r = np.linalg.qr(rng.standard_normal((units, units)))
    return np.asarray(q * np.sign(np.diagonal(r)))


def _gaussian(units: int, rng: np.random.Generator) -> Array:
    weights = rng.standard_normal((units, units)) / sqrt(units)
    return np.asarray(weights / np.abs(np.linalg.eigvals(weights)).max())


RECURRENT: dict[str, Callable[[int, np.random.Generator], Array]] = {
    "orthogonal": orthogonal,  # Saxe, McClelland & Ganguli, ICLR 2014, arXiv:1312.6120: keeps every norm
    "identity": lambda units, rng: np.eye(units),  # Le, Jaitly & Hinton 2015, arXiv:1504.00941
    "gaussian": _gaussian,  # Jaeger, GMD report 148 (2001): as independent weights, scaled
}
"""First recurrent weights `(units, units)` of spectral radius 1."""


@dataclass(frozen=True)
class Recurrent(Net):
    """A cell reads sequences of `length` time steps; the last `answers` of its values are read by a linear output.

    `activation` is that of the Elman cell. `radius` is the spectral radius of each first block of W_rec, `gate_bias`
    the first bias of the gate that keeps the memory.
    """

    cell: str
    inputs: int
    units: int
    outputs: int
    length: int
    loss: str
    answers: int = 1
    activation: str = "tanh"
    init: str = "orthogonal"
    radius: float = 1.0
    gate_bias: float = 1.0

    @property
    def kind(self) -> type[Cell]:
        """The class of the cell."""
        return CELLS[self.cell]

    @property
    def layout(self) -> Layout:
        """`W_in (in, gates · units)`, `b_in`, `W_rec (units, gates · units)`, b_rec of a GRU, `W_out`, `b_out`."""
        cell = self.kind
        wide = cell.gates * self.units
        shapes: dict[str, tuple[int, ...]] = {"W_in": (self.inputs, wide), "b_in": (wide,), "W_rec": (self.units, wide)}
        if cell.biased:
            shapes["b_rec"] = (self.units,)
        return Layout({**shapes, "W_out": (self.units, self.outputs), "b_out": (self.outputs,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's weights into `params (D,)`; biases are zero but that of the gate that keeps."""
        cell, units = self.kind, self.units
        views = {name: view[0] for name, view in self.layout.views(params[None]).items()}
        params[:] = 0.0
        views["W_in"][:] = DEVIATIONS["xavier"](self.inputs, units) * rng.standard_normal(views["W_in"].shape)
        for k in range(cell.gates):
            views["W_rec"][:, k * units : (k + 1) * units] = self.radius * RECURRENT[self.init](units, rng)
        views["W_out"][:] = DEVIATIONS["xavier"](units, self.outputs) * rng.standard_normal(views["W_out"].shape)
        if cell.keeper is not None:
            views["b_in"][cell.keeper * units : (cell.keeper + 1) * units] = self.gate_bias

    @property
    def loss_label(self) -> str:
        return str(LOSSES[self.loss].label)

    def chance(self) -> tuple[str, float] | None:
        chance: tuple[str, float] | None = LOSSES[self.loss].chance(self.outputs)
        return chance

    @property
    def counts_right(self) -> bool:
        return type(LOSSES[self.loss]).right is not Loss.right

    def hidden_names(self) -> tuple[str, ...]:
        return tuple(f"t{t}" for t in range(1, self.length + 1))

    def targets(self, y: Array) -> Array:
        """The targets of all answers `(N, answers · out)`."""
        y = np.asarray(y)
        found: Array = LOSSES[self.loss].targets(y.reshape(len(y) * self.answers, -1), self.outputs)
        return found.reshape(len(y), -1)

    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        feed = Feed(list(data), [self.targets(d.y) for d in data], batch, params.dtype, ones=False)
        return Unrolled(self, params, grads, loss, feed, keep)

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        answers = outputs.reshape(len(outputs), -1, self.outputs)
        found: dict[str, Array] = LOSSES[self.loss].scores(answers, np.reshape(y, (answers.shape[1], -1)))
        return found
