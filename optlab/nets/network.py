"""The description of a multilayer perceptron: its layers, its start, its loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.data import Data, Feed
from optlab.nets.initialisers import INITIALISERS
from optlab.nets.losses import LOSSES, Loss
from optlab.nets.net import Bound, Net
from optlab.nets.workspace import Workspace


@dataclass(frozen=True)
class Network(Net):
    """A multilayer perceptron: z = W hᵀ + b, h ← σ(z), or h ← h + σ(z) with `residual`.

    The first hidden layer and the output have no residual connection; the output is linear.
    """

    sizes: tuple[int, ...]
    activation: str
    init: str
    loss: str
    residual: bool = False

    @property
    def layout(self) -> Layout:
        """`W1 (in, out)`, `b1 (out,)`, `W2`, … : W and b of a layer lie together as one (in + 1, out) matrix."""
        shapes: dict[str, tuple[int, ...]] = {}
        for k, (m, n) in enumerate(pairwise(self.sizes), 1):
            shapes[f"W{k}"], shapes[f"b{k}"] = (m, n), (n,)
        return Layout(shapes)

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's weights into `params (D,)`; biases are zero."""
        for name, view in self.layout.views(params[None]).items():
            if name.startswith("W"):
                spread = INITIALISERS[self.init](view.shape[1], view.shape[2])
                view[0] = spread * rng.standard_normal(view.shape[1:])
            else:
                view[0] = 0.0

    @property
    def loss_label(self) -> str:
        """Name and unit of the loss."""
        return str(LOSSES[self.loss].label)

    def chance(self) -> tuple[str, float] | None:
        """Label and loss of guessing."""
        chance: tuple[str, float] | None = LOSSES[self.loss].chance(self.sizes[-1])
        return chance

    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        targets = [LOSSES[self.loss].targets(d.y, self.sizes[-1]) for d in data]
        feed = Feed(list(data), targets, batch, params.dtype)
        return Workspace(self, params, grads, loss, feed, keep)

    @property
    def counts_right(self) -> bool:
        return type(LOSSES[self.loss]).right is not Loss.right

    def hidden_names(self) -> tuple[str, ...]:
        return tuple(f"h{k}" for k in range(1, len(self.sizes) - 1))

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        found: dict[str, Array] = LOSSES[self.loss].scores(outputs, y)
        return found
