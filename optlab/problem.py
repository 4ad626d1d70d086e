"""Problems: what is minimised. Landscapes have few coordinates and can be drawn; nets learn from data."""

import inspect
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optlab import nets
from optlab.fields import Component, FieldError, choice, flag, integer, numbers, real
from optlab.i18n import tr
from optlab.layout import Array, Layout

Evaluate = Callable[[Array | None], None]
"""Evaluates loss and gradient of the bound arrays on a mini-batch of indices `(R, B)`, or on everything (None)."""


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

    def loss_label(self) -> str:
        """What the loss is, with its unit: the axis of its plot."""
        return "loss"

    def chance(self) -> tuple[str, float] | None:
        """Label and loss of guessing, drawn as a line; None where there is no such thing."""
        return None


class Landscape(Problem):
    """A function of few coordinates, drawn with its contours.

    A plugin gives `domain` ((low, high) per coordinate), `at` (the usual start, which becomes a field), the known
    minima, and the function: as `terms`, where f and its gradient are plain formulas; as `evaluate` of arrays; or as
    `value`, which is differentiated exactly by complex step.
    """

    order: ClassVar[str] = "F"
    domain: ClassVar[tuple[tuple[float, float], ...]] = ()
    coordinates: ClassVar[tuple[str, ...]] = ("x", "y")

    terms: ClassVar[Callable[..., tuple[Any, ...]] | None] = None
    """A method `terms(x, y)` gives f, ∂f/∂x, ∂f/∂y: of arrays `(R,)`, or of numbers where a run is alone."""

    at: tuple[float, ...] = numbers((0.0, 0.0), label="start", doc="where runs start; a click on the landscape sets it")
    jitter: float = real(0.0, 0.0, 10.0, label="start jitter", doc="spread of the start over seeds: leaves saddles")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if isinstance(usual := cls.__dict__.get("at"), tuple):
            texts = cls.fields()["at"]
            cls.at = numbers(usual, length=len(usual), label=texts.label, doc=texts.doc)
            cls.__annotations__ = {**inspect.get_annotations(cls), "at": tuple[float, ...]}
        super().__init_subclass__(**kwargs)

    def loss_label(self) -> str:
        return "f"

    def minima(self) -> tuple[tuple[float, ...], ...]:
        """The known minima, as points."""
        return ()

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        """Write f and ∂f/∂x of the points `x (R, D)` into `loss (R,)` and `grad (R, D)`."""
        if self.terms is None:
            self._differentiate(x, loss, grad)
            return
        loss[:], *slopes = self.terms(*x.T)
        for k, slope in enumerate(slopes):
            grad[:, k] = slope

    def _differentiate(self, x: Array, loss: Array, grad: Array) -> None:
        """f(x + ih e) = f(x) + ih ∂f + O(h²): exact to the last digit, no difference is taken."""
        points = x.astype(np.complex128)
        for k in range(x.shape[1]):
            points[:, k] += 1e-30j
            value = self.value(points)
            grad[:, k] = value.imag / 1e-30
            points[:, k] = x[:, k]
        loss[:] = value.real

    def value(self, x: Array) -> Array:
        """f of the points `x (R, D)`, real or complex, as `(R,)`; only for landscapes that give no gradient."""
        raise NotImplementedError(f"{type(self).__name__}: expected terms, evaluate or value, got none")

    def layout(self) -> Layout:
        return Layout({"x": (len(self.domain),)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = self.at
        params += self.jitter * rng.standard_normal(params.shape)

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        evaluate, terms = self.evaluate, self.terms
        direct = type(self).evaluate is Landscape.evaluate and params.dtype == np.float64
        if len(params) > 1 or terms is None or not direct:
            return lambda batch: evaluate(params, loss, grads)
        point, slope = params[0], grads[0]

        def one_run(batch: Array | None) -> None:  # plain numbers: 0.6 µs where arrays of one take 7
            try:
                loss[0], *slopes = terms(*point.tolist())
            except ArithmeticError:  # 1 / 0 is inf in an array
                evaluate(params, loss, grads)
                return
            for k, partial in enumerate(slopes):
                slope[k] = partial

        return one_run

    def tracks(self) -> tuple[str, ...]:
        n = len(self.domain)
        return self.coordinates if n == len(self.coordinates) else tuple(f"x{k + 1}" for k in range(n))

    def measure(self, params: Array, out: Array) -> None:
        out[:] = params


class DataProblem(Problem):
    """A network that learns from data in mini-batches; a plugin declares `batch`, where it stands in the form."""

    if TYPE_CHECKING:
        batch: int

    @abstractmethod
    def network(self) -> nets.Network:
        """The network: its sizes, activation, initialiser and loss."""

    @abstractmethod
    def data(self, rng: np.random.Generator) -> nets.Data:
        """Inputs `(N, in)` and targets `(N, out)`, or class numbers `(N,)`."""

    @abstractmethod
    def count(self) -> int:
        """N, the number of points."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.batch > self.count():
            text = tr("{where}: expected at most the {n} points of the data set, got {that}; 0 takes all of them")
            raise FieldError(text.format(where=f"{type(self).__name__}.batch", n=self.count(), that=self.batch))

    def layout(self) -> Layout:
        return self.network().layout

    def start(self, params: Array, rng: np.random.Generator) -> None:
        self.network().start(params, rng)

    def sample(self, rng: np.random.Generator) -> Array | None:
        if not self.batch:
            return None
        n, size = self.count(), self.batch
        return rng.permutation(n)[: n // size * size].reshape(-1, size)

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        return self.network().bind(params, grads, loss, data, self.batch or self.count())

    def loss_label(self) -> str:
        return self.network().loss_label

    def chance(self) -> tuple[str, float] | None:
        return self.network().chance()


class NetProblem(DataProblem):
    """A multilayer perceptron on a data set; a plugin gives `sizes` and `data`."""

    inputs: ClassVar[int]
    outputs: ClassVar[int]
    loss: ClassVar[str]
    points: ClassVar[int]

    hidden: int = integer(3, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(32, 1, 512, doc="units of each hidden layer")
    activation: str = choice("tanh", *nets.ACTIVATIONS, doc="what each hidden unit does with its sum")
    init: str = choice("xavier", *nets.INITIALISERS, label="initialiser", doc="spread of the first weights")
    residual: bool = flag(False, doc="add each hidden layer's input to its output")
    batch: int = integer(128, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> nets.Network:
        sizes = (self.inputs, *[self.width] * self.hidden, self.outputs)
        return nets.Network(sizes, self.activation, self.init, self.loss, self.residual)

    def count(self) -> int:
        return self.points
