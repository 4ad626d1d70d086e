"""Problems that learn from data: a network, its data, and the mini-batches that it sees."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optlab import nets
from optlab.fields import FieldError, choice, flag, integer, real
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.net_series import NetWatch, net_series
from optlab.problem import Evaluate, Problem, Series, Watch

ERRORS = {"squared": "mse", "absolute": "mae", "huber": "huber"}
"""Losses that fit any targets, by what the form calls them."""


class DataProblem(Problem):
    """A network that learns from data in mini-batches; a plugin declares `batch`, where it stands in the form."""

    if TYPE_CHECKING:
        batch: int

    image: ClassVar[tuple[int, int] | None] = None
    """Height and width of the inputs, where they are images."""

    @abstractmethod
    def network(self) -> nets.Net:
        """The network: what it is made of, and its loss."""

    @abstractmethod
    def data(self, rng: np.random.Generator) -> nets.Data:
        """Inputs `(N, in)` and targets `(N, out)`, or class numbers `(N,)`."""

    @abstractmethod
    def count(self) -> int:
        """N, the number of points."""

    def places(self, x: Array) -> Array:
        """Where pictures draw inputs `x (N, …)`: `(N, 1)` on a line, `(N, 2)` in a plane, anything else nowhere."""
        return x

    def inputs_at(self, places: Array) -> Array:
        """The inputs at what `places` gives."""
        return places

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
        n, size = self.count(), self.batch or self.count()
        drops = self.network().drops
        if not self.batch and not drops:
            return None
        order = rng.permutation(n) if self.batch else np.arange(n)
        epoch = order[: n // size * size].reshape(-1, size)
        if drops:  # of a stream of its own: the mini-batches stay those of a network without dropout
            seeds = rng.spawn(1)[0].integers(0, 2**31, (len(epoch), 1))
            epoch = np.concatenate((epoch, seeds), axis=1)
        return epoch

    def memory(self, runs: int) -> dict[str, Array]:
        return self.network().memory(runs)

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        for each in data:
            if len(each.x) != self.count():
                text = tr("{where}: expected {n} points to learn from, got {that}; see what `count` or `points` says")
                raise FieldError(text.format(where=f"{type(self).__name__}.data", n=self.count(), that=len(each.x)))
        return self.network().bind(params, grads, loss, data, self.batch or self.count(), memory).evaluate

    def bind_whole(
        self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]
    ) -> Evaluate:
        net = self.network()
        thin = {id(d): nets.thinned(d, positions=net.positions) for d in data}
        few = [thin[id(d)] for d in data]
        return net.bind(params, grads, loss, few, len(few[0].x), memory).evaluate

    def series(self) -> tuple[Series, ...]:
        net = self.network()
        found = net_series(net.hidden_names())
        if not net.counts_right:
            found = [each for each in found if "accuracy" not in each.name]
        return tuple(each for each in found if "test" not in each.name or self.tests())

    def tests(self) -> bool:
        """Whether points are kept for the test."""
        return bool(getattr(self, "test", 0.0))

    def watch(self, series: Sequence[Series], params: Array, data: list[Any], memory: dict[str, Array]) -> Watch:
        return NetWatch(self.network(), series, params, data, memory).measure

    def loss_label(self) -> str:
        return self.network().loss_label

    def chance(self) -> tuple[str, float] | None:
        return self.network().chance()


class NetProblem(DataProblem):
    """A multilayer perceptron on a data set.

    A plugin gives `inputs`, `outputs`, the kind of its `targets` ("numbers", "binary": 0 or 1, or "classes": 0, 1, …),
    the number of `points` in all, each as a class attribute, a field or a property, and `data`, which ends in
    `split(x, y, self.test, rng)`.
    """

    if TYPE_CHECKING:

        @property
        def inputs(self) -> int: ...

        @property
        def outputs(self) -> int: ...

        @property
        def targets(self) -> str: ...

        @property
        def points(self) -> int: ...

    hidden: int = integer(3, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(32, 1, 512, doc="units of each hidden layer")
    activation: str = choice(
        "tanh",
        *nets.ACTIVATIONS,
        "prelu",
        doc="what each hidden unit does with its sum; prelu learns its slope below 0",
    )
    init: str = choice("xavier", *nets.INITIALISERS, label="initialiser", doc="how the first weights are drawn")
    spread: float = real(
        0.1, 0.0, 10.0, doc="of normal first weights the standard deviation, of uniform ones the largest size"
    )
    norm: str = choice(
        "none", *nets.NORMS, label="normalisation",
        doc="of each hidden unit's sums over the mini-batch, or of each point's over the layer; rms leaves the mean",
    )  # fmt: skip
    residual: str = choice(
        "none", *nets.RESIDUALS,
        doc="add what comes in to what a hidden layer gives: each, two at a time, or times a learned weight",
    )  # fmt: skip
    dropout: float = real(0.0, 0.0, 0.9, doc="share of the hidden units that are left out, others for each point")
    bias: bool = flag(True, label="biases", doc="whether every layer adds a bias to its sums")
    loss: str = choice(
        "natural", "natural", *ERRORS,
        doc="natural: cross-entropy of classes, squared error of numbers; errors of classes are those of probabilities",
    )  # fmt: skip
    smoothing: float = real(
        0.0, 0.0, 0.9, label="label smoothing", doc="share of a class that is spread over all classes"
    )
    batch: int = integer(128, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")
    test: float = real(0.2, 0.0, 0.5, label="test share", doc="share of the points that is kept for the test")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.norm == "batch" and (self.batch or self.count()) < 2:
            text = tr("{where}: expected at least 2 points per mini-batch for batch normalisation, got 1")
            raise FieldError(text.format(where=f"{type(self).__name__}.batch"))
        self.network()  # a plugin's own may not fit: said before a run starts

    def network(self) -> nets.Network:
        return nets.Network(
            sizes=(self.inputs, *[self.width] * self.hidden, self.outputs), activation=self.activation, init=self.init,
            spread=self.spread, norm=self.norm, residual=self.residual, dropout=self.dropout, bias=self.bias,
            loss=self._cost(), smoothing=self.smoothing,
        )  # fmt: skip

    def _cost(self) -> str:
        """The loss by its name among `nets.LOSSES`: an error of numbers, or of the probabilities of classes."""
        targets = getattr(self, "targets", None)  # a plugin may have forgotten them
        if targets == "numbers":
            return ERRORS.get(self.loss, "mse")
        kind = {"binary": "binary", "classes": "softmax"}.get(targets or "")
        if kind is None:
            text = tr("{where}: expected numbers, binary or classes, got {that!r}")
            raise FieldError(text.format(where=f"{type(self).__name__}.targets", that=targets))
        return kind if self.loss == "natural" else f"{kind}_{ERRORS[self.loss]}"

    def count(self) -> int:
        return self.points - nets.held_out(self.points, self.test)
