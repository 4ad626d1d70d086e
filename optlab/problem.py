"""Problems: what is minimised."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from optlab.component import Component
from optlab.layout import Array, Layout

Evaluate = Callable[[Array | None], None]
"""Evaluates loss and gradient of the bound arrays on a mini-batch of indices `(R, B)`, or on everything (None)."""


@dataclass(frozen=True)
class Series:
    """Something that can be recorded beside the loss every few steps: `name`, or `name.part` for each of `parts`."""

    name: str
    label: str
    doc: str
    parts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in a history and in a CSV file."""
        return tuple(f"{self.name}.{part}" for part in self.parts) or (self.name,)


Watch = Callable[[Array], None]
"""Writes series of the bound params as they are now into `out (R, columns)`."""


class Problem(Component):
    """A loss with a gradient, over parameters with a layout."""

    order: ClassVar[str] = "C"
    """Storage of `(R, D)` arrays: "F" keeps the runs innermost."""

    @abstractmethod
    def layout(self) -> Layout:
        """The layers of the parameters."""

    @abstractmethod
    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Write one run's start point into `params (D,)`."""

    @abstractmethod
    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        """Make the workspace for `params (R, D)`, `grads (R, D)`, `loss (R,)` and return what evaluates them.

        `data` has one entry per run; runs of the same seed share one object. What is returned writes `grads`, `loss`.
        """

    def data(self, rng: np.random.Generator) -> Any:
        """One seed's data set; None where the problem has none."""
        return None

    def sample(self, rng: np.random.Generator) -> Array | None:
        """One epoch of mini-batches as indices `(N // B, B)`; None where every step sees everything."""
        return None

    def memory(self, runs: int) -> dict[str, Array]:
        """Named arrays `(R, …)` that evaluations change beside the parameters (running statistics)."""
        return {}

    def tracks(self) -> tuple[str, ...]:
        """Names of series recorded beside the loss."""
        return ()

    def measure(self, params: Array, out: Array) -> None:
        """Write the tracks of `params (N, D)` into `out (N, len(tracks))`."""

    def series(self) -> tuple[Series, ...]:
        """What can be recorded beside the loss, where an experiment or a view asks for it."""
        return ()

    def watch(self, series: Sequence[Series], params: Array, data: list[Any], memory: dict[str, Array]) -> Watch:
        """What measures some of `series()` of `params (R, D)`; it sees `memory` and leaves it as it is."""
        raise NotImplementedError(f"{type(self).__name__}: expected watch for the series that it names, got none")

    def bind_whole(
        self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]
    ) -> Evaluate:
        """Like `bind`, on the same points at every evaluation: what is called with None is the loss that pictures show.

        `memory` is changed by it: callers lend a copy.
        """
        return self.bind(params, grads, loss, data, memory)

    def loss_label(self) -> str:
        """What the loss is, with its unit: the axis of its plot."""
        return "loss"

    def chance(self) -> tuple[str, float] | None:
        """Label and loss of guessing, drawn as a line; None where there is no such thing."""
        return None
