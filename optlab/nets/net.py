"""What every kind of network is: named layers, a start, and a workspace that evaluates them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.data import Data


@dataclass(frozen=True)
class Hidden:
    """What one hidden layer holds after an evaluation, each `(R, units, B)`.

    `value` is its output, `slope` σ′ at its sums (None where there is no activation), `grad` ∂L/∂value, `sums` what the
    activation is given, where that is kept; `bend` is the activation itself: z ← σ(z), slope ← σ′(z) for `(R, …, N)`.
    """

    name: str
    value: Array
    slope: Array | None
    grad: Array
    sums: Array | None = None
    bend: Callable[[Array, Array], None] | None = None


class Bound(ABC):
    """A network bound to `params (R, D)`, `grads (R, D)`, `loss (R,)` and to data: a workspace made once."""

    @abstractmethod
    def evaluate(self, batch: Array | None) -> None:
        """Write loss and gradient on the mini-batch `(R, B)` of indices; None keeps the points of the last one.

        Where the network has dropout, `batch` is `(R, B + 1)` and its last column seeds the masks.
        """

    @abstractmethod
    def predict(self, x: Array) -> Array:
        """The outputs `(R, N, out)` for inputs `x (N, …)`: as trained, without dropout, with running statistics."""

    def hidden(self) -> tuple[Hidden, ...]:
        """The hidden layers from input to output; only where the network was bound with `keep`."""
        return ()


class Net(ABC):
    """A description of a network, frozen and without arrays."""

    @property
    @abstractmethod
    def layout(self) -> Layout:
        """The named layers of its parameters, from input to output; names of weights begin with W."""

    @abstractmethod
    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's first parameters into `params (D,)`."""

    @abstractmethod
    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        """The workspace for runs `(R, D)` with one data set each and mini-batches of `batch` points.

        `memory` is what `memory(R)` gave, changed by evaluations; `keep` holds what `Bound.hidden` shows.
        """

    @property
    @abstractmethod
    def loss_label(self) -> str:
        """Name and unit of the loss."""

    def memory(self, runs: int) -> dict[str, Array]:
        """Named arrays `(R, …)` that evaluations change beside the parameters: running statistics."""
        return {}

    @property
    def drops(self) -> bool:
        """Whether evaluations draw masks: mini-batches then carry a seed."""
        return False

    @property
    def counts_right(self) -> bool:
        """Whether `scores` tells the accuracy: the targets are classes."""
        return False

    @property
    def positions(self) -> int:
        """Positions of each point that are as dear to evaluate as a point of their own."""
        return 1

    def hidden_names(self) -> tuple[str, ...]:
        """The names of the layers that `Bound.hidden` shows."""
        return ()

    def chance(self) -> tuple[str, float] | None:
        """Label and loss of guessing; None where there is no such thing."""
        return None

    @abstractmethod
    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        """Measures `(R,)` of outputs `(R, N, out)` against targets `y (N, …)`: "loss", and "accuracy" for classes."""
