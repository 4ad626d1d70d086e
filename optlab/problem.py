"""Problems: what is minimised. Landscapes have few coordinates and can be drawn; nets learn from data."""

import inspect
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optlab import nets
from optlab.fields import Choice, Component, FieldError, choice, flag, integer, numbers, real
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


SHAPES = ("convex", "valley", "plateau", "multi-modal", "non-smooth", "saddle")
"""What landscapes are cases of."""


class Landscape(Problem):
    """A function of few coordinates, drawn with its contours.

    A plugin gives `domain` ((low, high) per coordinate), `at` (the usual start, which becomes a field), the known
    minima, and the function: as `terms`, where f and its gradient are plain formulas; as `evaluate` of arrays; or as
    `value`, which is differentiated exactly by complex step. `outside = "clip"` changes what runs do at the walls.
    """

    order: ClassVar[str] = "F"
    domain: ClassVar[tuple[tuple[float, float], ...]] = ()
    view: ClassVar[tuple[tuple[float, float], ...]] = ()
    """What the picture shows at first, where the domain is too large to see anything; empty for the domain."""

    coordinates: ClassVar[tuple[str, ...]] = ("x", "y")
    kind: ClassVar[tuple[str, ...]] = ()
    """What it is a case of: words of `SHAPES`."""

    terms: ClassVar[Callable[..., tuple[Any, ...]] | None] = None
    """A method `terms(x, y)` gives f, ∂f/∂x, ∂f/∂y: of arrays `(R,)`, or of numbers where a run is alone."""

    at: tuple[float, ...] = numbers((0.0, 0.0), label="start", doc="where runs start; a click on the landscape sets it")
    jitter: float = real(0.0, 0.0, 10.0, label="start jitter", doc="spread of the start over seeds: leaves saddles")
    outside: str = choice(
        "free", "free", "clip", "reflect", "stop", label="outside the domain",
        doc="what a step out of it does: go on, stop at the wall, come back mirrored, end the run",
    )  # fmt: skip

    def __init_subclass__(cls, **kwargs: Any) -> None:
        own, inherited, notes = cls.__dict__, cls.fields(), dict(inspect.get_annotations(cls))
        if isinstance(usual := own.get("at"), tuple):
            length = None if "dim" in inherited else len(usual)
            cls.at = numbers(usual, length=length, label=inherited["at"].label, doc=inherited["at"].doc)
            notes["at"] = tuple[float, ...]
        if isinstance(usual := own.get("outside"), str):
            words = inherited["outside"]
            assert isinstance(words, Choice)
            words.check(f"{cls.__name__}.outside", usual)
            cls.outside = choice(usual, *words.options, label=words.label, doc=words.doc)
            notes["outside"] = str
        cls.__annotations__ = notes
        super().__init_subclass__(**kwargs)

    @classmethod
    def shapes(cls) -> str:
        """The words of `kind`, in the language in force."""
        words = {
            "convex": tr("convex"), "valley": tr("valley"), "plateau": tr("plateau"),
            "multi-modal": tr("multi-modal"), "non-smooth": tr("non-smooth"), "saddle": tr("saddle"),
        }  # fmt: skip
        return ", ".join(words.get(word, word) for word in cls.kind)

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
        params[:] = np.resize(self.at, len(params))
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


class LandscapeND(Landscape):
    """A landscape of as many coordinates as wanted, drawn where there are two.

    A plugin gives `domain` and `at` of two coordinates, which repeat over further ones, and `terms(*x)`.
    """

    at: tuple[float, ...] = numbers(
        (0.0, 0.0), label="start", doc="where runs start; fewer numbers than dimensions repeat"
    )
    dim: int = integer(2, 2, 100, label="dimensions", doc="number of coordinates; two can be drawn")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= len(self.at) <= self.dim:
            text = tr("{where}: expected 2 to {n} numbers, as there are dimensions, got {that}")
            raise FieldError(text.format(where=f"{type(self).__name__}.at", n=self.dim, that=list(self.at)))
        object.__setattr__(self, "domain", self.box())

    def box(self) -> tuple[tuple[float, float], ...]:
        """The domain of all dimensions."""
        axes = type(self).domain
        return tuple(axes[k % len(axes)] for k in range(self.dim))


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
