"""Networks that are chains of stages: how they are bound, evaluated and asked."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array
from optlab.nets.chain import Arena, Stage
from optlab.nets.data import Data, Feed
from optlab.nets.loss import Loss
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Hidden, Net

PIECE = 256
"""Points, or positions of points, that `predict` holds at once."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Stages from input to output, those that are shown as hidden layers, and the targets of the last one.

    `aim` makes the targets of a mini-batch, where they do not stand there already.
    """

    stages: Sequence[Stage]
    hidden: Sequence[Stage]
    targets: Array
    aim: Callable[[], None] = lambda: None


class ChainNet(Net):
    """A network that says what it is made of, once the arrays are there."""

    loss: str
    outputs: int

    @abstractmethod
    def chain(self, params: Array, grads: Array, x: Array, y: Array, arena: Arena, keep: bool) -> Chain:
        """The stages over `params`, `grads (R, D)` for `x (R, in + 1, B)`, the last row of ones, and `y (R, …, B)`.

        The last stage writes `(R, out, N)` with N a multiple of B, points outermost, and leaves its gradient there.
        """

    def targets(self, y: Array) -> Array:
        """The targets as mini-batches hold them, `(N, …)`; raises `ValueError` where they do not fit."""
        return LOSSES[self.loss].targets(y, self.outputs)

    @property
    def loss_label(self) -> str:
        return LOSSES[self.loss].label

    @property
    def counts_right(self) -> bool:
        return type(LOSSES[self.loss]).right is not Loss.right

    def chance(self) -> tuple[str, float] | None:
        return LOSSES[self.loss].chance(self.outputs)

    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        feed = Feed(list(data), [self.targets(d.y) for d in data], batch, params.dtype)
        return BoundChain(self, params, grads, loss, feed, keep)

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        each = outputs.reshape(len(outputs), -1, self.outputs)
        return LOSSES[self.loss].scores(each, y)


class BoundChain(Bound):
    """A chain for the mini-batches of training, and one without gradients for whoever asks."""

    def __init__(self, net: ChainNet, params: Array, grads: Array, loss: Array, feed: Feed, keep: bool) -> None:
        self._net, self._params, self._loss, self._feed = net, params, loss, feed
        self._chain = chain = net.chain(params, grads, feed.x, feed.y, Arena(len(params), params.dtype), keep)
        self._out = chain.stages[-1].out.value
        shown = zip(net.hidden_names(), chain.hidden, strict=True) if keep else ()
        self._hidden = tuple(Hidden(name, s.out.value, s.slope, s.out.grad, s.sums, s.bend) for name, s in shown)
        self._piece = max(1, PIECE // net.positions)
        self._asked: tuple[Array, Chain] | None = None

    def evaluate(self, batch: Array | None) -> None:
        if batch is not None:
            self._feed.fill(batch)
        chain = self._chain
        for stage in chain.stages:
            stage.forward()
        chain.aim()
        LOSSES[self._net.loss].evaluate(self._out, chain.targets, self._loss)
        for stage in reversed(chain.stages):
            stage.backward()

    def hidden(self) -> tuple[Hidden, ...]:
        return self._hidden

    def predict(self, x: Array) -> Array:
        flat, piece = x.reshape(len(x), -1), self._piece
        return np.concatenate([self._outputs(flat[k : k + piece]) for k in range(0, max(1, len(flat)), piece)], axis=1)

    def _outputs(self, x: Array) -> Array:
        """The outputs `(R, N, out)` for a piece of inputs `(N, in)`."""
        runs = len(self._params)
        if self._asked is None:
            one = np.ones((1, x.shape[1] + 1, self._piece), self._params.dtype)
            full = np.broadcast_to(one, (runs, *one.shape[1:]))
            nothing = np.broadcast_to(self._params.dtype.type(0), self._params.shape)
            arena = Arena(runs, self._params.dtype, learns=False)
            self._asked = one, self._net.chain(self._params, nothing, full, full[:, :-1], arena, keep=False)
        one, chain = self._asked
        one[0, :-1, : len(x)] = x.T
        for stage in chain.stages:
            stage.forward()
        out = chain.stages[-1].out.value
        each = out.reshape(runs, out.shape[1], self._piece, -1).transpose(0, 2, 3, 1)
        return each[:, : len(x)].reshape(runs, len(x), -1).copy()  # the next piece is written over it
