"""A convolutional network for small images."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.arrays import Signal
from optlab.nets.chain import Activate, Arena, Dense, Residual, Stage, asked, joined
from optlab.nets.chain_net import Chain, ChainNet
from optlab.nets.convolution import Convolution, Shape
from optlab.nets.initialisers import DEVIATIONS, INITIALISERS, first_bias
from optlab.nets.pooling import POOLS


@dataclass(frozen=True)
class ConvNet(ChainNet):
    """Twice `depth` convolutions 3 × 3, each with its activation, and a pool; then a linear layer.

    The second half has twice the `channels` of the first. With `residual` h ← h + σ(z), where the channels are as many.
    """

    image: Shape
    outputs: int
    channels: int
    depth: int
    pool: str
    activation: str
    init: str
    loss: str = "softmax"
    residual: bool = False
    spread: float = 0.1

    def convolutions(self) -> Iterator[tuple[Shape, int, bool]]:
        """The image below each convolution, the channels that it makes, and whether a pool follows."""
        channels, height, width = self.image
        for outputs in (self.channels, 2 * self.channels):
            for k in range(1, self.depth + 1):
                yield (channels, height, width), outputs, k == self.depth and self.pool != "none"
                channels = outputs
            if self.pool != "none":
                height, width = height // 2, width // 2

    @property
    def layout(self) -> Layout:
        """`W1 (9 · in, out)`, `b1 (out,)`, `W2`, …; the last W is that of the linear layer."""
        shapes: dict[str, tuple[int, ...]] = {}
        *_, (last, channels, pooled) = self.convolutions()
        pixels = last[1] * last[2] // (4 if pooled else 1)
        sizes = [(9 * image[0], outputs) for image, outputs, _ in self.convolutions()]
        for k, (m, n) in enumerate([*sizes, (channels * pixels, self.outputs)], 1):
            shapes[f"W{k}"], shapes[f"b{k}"] = (m, n), (n,)
        return Layout(shapes)

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's weights into `params (D,)`, a filter's by 9 · in inputs and 9 · out outputs; biases are 0.

        Only the initialiser `pytorch` has other biases.
        """
        views = {name: view[0] for name, view in self.layout.views(params[None]).items()}
        for k in range(1, len(views) // 2 + 1):
            W, (m, n) = views[f"W{k}"], views[f"W{k}"].shape
            W[:] = INITIALISERS[self.init](rng, m, n, self.spread)
            if self.init.startswith("xavier") and k < len(views) // 2:
                W *= DEVIATIONS["xavier"](m, 9 * n) / DEVIATIONS["xavier"](m, n)
            views[f"b{k}"][:] = first_bias(self.init, rng, m, n)

    def hidden_names(self) -> tuple[str, ...]:
        return tuple(f"conv{k}" for k in range(1, 2 * self.depth + 1))

    def chain(self, params: Array, grads: Array, x: Array, y: Array, arena: Arena, keep: bool) -> Chain:
        layout, activation = self.layout, ACTIVATIONS[self.activation]
        names = zip(layout.names[::2], layout.names[1::2], strict=True)
        pairs = [joined((params, grads), layout, *both) for both in names]
        stages: list[Stage] = []
        shown: list[Stage] = []
        below = Signal(x, x[:, :-1], x[:, :0])
        for (image, outputs, pooled), pair in zip(self.convolutions(), pairs, strict=False):
            skip = self.residual and asked(below) and outputs == image[0]
            convolution = Convolution(pair, below, image, arena)
            activate = Activate(activation, convolution.out, arena, skip or keep, keep)
            stages += [Residual(below, [convolution, activate], arena)] if skip else [convolution, activate]
            shown.append(stages[-1])
            if pooled:
                stages.append(POOLS[self.pool](stages[-1].out, (outputs, *image[1:]), arena))
            below = stages[-1].out
        stages.append(Dense(pairs[-1], below, arena, last=True))
        return Chain(stages, shown, y)
