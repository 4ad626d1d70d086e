"""The description of a multilayer perceptron: its layers, its start, its loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np

from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.data import Data, Feed
from optlab.nets.initialisers import INITIALISERS, first_bias
from optlab.nets.learned import Prelu
from optlab.nets.loss import Loss
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Net
from optlab.nets.norms import NORMS
from optlab.nets.workspace import Workspace

RESIDUALS = ("none", "every", "second", "rezero")
"""Skips over every hidden layer but the first, over two at a time (as in ResNet), or over every one with a weight."""


@dataclass(frozen=True)
class Network(Net):
    """A multilayer perceptron: z = norm(W hᵀ + b), f = dropout(σ(z)), h ← f, or h ← h + f where there is a skip.

    The first hidden layer and the output have no skip; the output is linear.
    """

    sizes: tuple[int, ...]
    activation: str
    init: str
    loss: str
    residual: str = "none"
    norm: str = "none"
    bias: bool = True
    dropout: float = 0.0
    spread: float = 0.1
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        words = {
            "activation": (*ACTIVATIONS, "prelu"), "init": INITIALISERS, "loss": LOSSES, "residual": RESIDUALS,
            "norm": NORMS,
        }  # fmt: skip
        for key, known in words.items():
            if (word := getattr(self, key)) not in known:
                text = tr("Network.{key}: unknown name {name!r}; {hint}")
                raise FieldError(text.format(key=key, name=word, hint=did_you_mean(word, known)))

    @property
    def layout(self) -> Layout:
        """`W1 (in, out)`, `b1 (out,)`, what the first layer learns beside them, `W2`, …

        W and b of a layer lie together as one (in + 1, out) matrix.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        skips = self.skips() if self.residual == "rezero" else {}
        for k, (m, n) in enumerate(pairwise(self.sizes), 1):
            shapes[f"W{k}"] = (m, n)
            if self.bias:
                shapes[f"b{k}"] = (n,)
            if k == len(self.sizes) - 1:
                break
            if self.norm != "none":
                shapes[f"gain{k}"] = (n,)
            if self.norm in ("batch", "layer"):
                shapes[f"shift{k}"] = (n,)
            if self.activation == "prelu":
                shapes[f"slope{k}"] = (1,)
            if k in skips:
                shapes[f"skip{k}"] = (1,)
        return Layout(shapes)

    def skips(self) -> dict[int, int]:
        """The hidden layers to which a skip leads, and from which; layers of different sizes have none."""
        over = {"none": 0, "second": 2}.get(self.residual, 1)
        ends = range(1 + over, len(self.sizes) - 1, over) if over else ()
        return {k: k - over for k in ends if self.sizes[k] == self.sizes[k - over]}

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's weights into `params (D,)`; biases are zero, but for PyTorch's."""
        constant = {"gain": 1.0, "shift": 0.0, "slope": Prelu.first, "skip": 0.0}
        fans = (0, 0)
        for name, view in self.layout.views(params[None]).items():
            if name.startswith("W"):
                fans = view.shape[1:]
                view[0] = INITIALISERS[self.init](rng, *fans, self.spread)
            elif name.startswith("b"):
                view[0] = first_bias(self.init, rng, *fans)
            else:
                view[0] = constant[name.rstrip("0123456789")]

    @property
    def cost(self) -> Loss:
        """The loss itself."""
        return LOSSES[self.loss].smoothed(self.smoothing)

    @property
    def loss_label(self) -> str:
        return self.cost.label

    def chance(self) -> tuple[str, float] | None:
        return self.cost.chance(self.sizes[-1])

    @property
    def drops(self) -> bool:
        return self.dropout > 0 and len(self.sizes) > 2

    def memory(self, runs: int) -> dict[str, Array]:
        if self.norm != "batch":
            return {}
        units = sum(self.sizes[1:-1])
        return {"mean": np.zeros((runs, units)), "variance": np.ones((runs, units))}

    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        for d in data:
            if (got := prod(d.x.shape[1:])) != self.sizes[0]:
                raise FieldError(tr("data: expected {n} inputs for each point, got {that}", n=self.sizes[0], that=got))
        targets = [self.cost.targets(d.y, self.sizes[-1]) for d in data]
        feed = Feed(list(data), targets, batch, params.dtype, ones=self.bias)
        return Workspace(self, params, grads, loss, feed, memory or self.memory(len(params)), keep)

    @property
    def counts_right(self) -> bool:
        return type(LOSSES[self.loss]).right is not Loss.right

    def hidden_names(self) -> tuple[str, ...]:
        return tuple(f"h{k}" for k in range(1, len(self.sizes) - 1))

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        return self.cost.scores(outputs, y)
