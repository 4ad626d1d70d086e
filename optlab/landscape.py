"""Landscapes: problems of few coordinates, which can be drawn."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from optlab.fields import Choice, FieldError, choice, integer, numbers, real
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.problem import Evaluate, Problem

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
