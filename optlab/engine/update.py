"""What becomes of the optimizer's step: multipliers and freezing by layer, and averages of the weights."""

from fnmatch import fnmatchcase

import numpy as np

from optlab.component import Component
from optlab.engine.walls import Walls
from optlab.fields import FieldError, choice, did_you_mean, flag, integer, parts, real, text
from optlab.i18n import tr
from optlab.kernels import ema
from optlab.layout import Array, Layout


class LayerRule(Component):
    """How the layers whose names match differ: a share of lr, a share of the weight decay, or no step at all."""

    name = "layer"

    match: str = text("*", label="layers", doc="names: W1, W* for all weights, b*; the last rule that fits holds")
    lr: float = real(1.0, 0.0, 1e4, label="lr ×", doc="times the learning rate")
    decay: float = real(1.0, 0.0, 1e4, label="decay ×", doc="times the penalties and the weight decay")
    frozen: bool = flag(False, doc="leave these layers as they are")
    until: int = integer(
        0, 0, 10**9, label="frozen until", unit="steps", doc="frozen layers learn after this step; 0 = never"
    )

    def share(self, t: int) -> float:
        """What is left of a step once `t` steps are done."""
        return 0.0 if self.frozen and not 0 < self.until <= t else self.lr


class Update(Component):
    """What becomes of the optimizer's step, the same for every optimizer.

        x ← x₀ + k_l · (x − x₀)      x₀: before the step; k_l: multiplier of layer l, 0 while it is frozen
        x̄ ← β x̄ + (1 − β) x          ema: running mean, from the step `start` on
        x̄ ← x̄ + (x − x̄) / n          swa: plain mean of every `every`-th point, n of them so far
        x ← x̄                          at every `overwrite`-th step

    Loss and pictures are taken at the average where there is one; gradients are taken at x. The optimizer's memory of a
    frozen layer goes on.

    Source: Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, arXiv:1801.06146,
    sections 3.2 and 3.3 (a rate for each layer, gradual unfreezing); Polyak & Juditsky, "Acceleration of Stochastic
    Approximation by Averaging", SIAM Journal on Control and Optimization 30 (1992), 838–855; Izmailov et al.,
    "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018, arXiv:1803.05407, Algorithm 1.
    """

    name = "update"

    layers: tuple[LayerRule, ...] = parts(LayerRule, doc="multipliers by layer, as parameter groups are in PyTorch")
    average: str = choice("none", "none", "ema", "swa", doc="mean of the weights at which loss and pictures are taken")
    beta: float = real(0.99, 0.0, 0.99999, label="average decay", doc="weight of the past in ema")
    start: int = integer(0, 0, 10**9, label="average from", unit="steps", doc="the average begins after this step")
    every: int = integer(1, 1, 10**6, label="average every", unit="steps", doc="swa takes every such point")
    overwrite: int = integer(
        0, 0, 10**6, unit="steps", doc="put the average into the weights at every such step, as Keras can; 0 = never"
    )


AS_IT_IS = Update()  # type: ignore[call-arg]  # mypy knows defaults by keyword alone
"""The step as the optimizer takes it."""


def check_rules(update: Update, layout: Layout) -> None:
    """Raise `FieldError` for a rule that fits no layer."""
    for words in misfits(update, layout).values():
        raise FieldError(words)


def misfits(update: Update, layout: Layout) -> dict[int, str]:
    """What is wrong with the rules that fit no layer, by their numbers."""
    found = {}
    for k, rule in enumerate(update.layers):
        if not any(fnmatchcase(name, rule.match) for name in layout.names):
            hint = did_you_mean(rule.match, layout.names)
            found[k] = tr("update.layers: no layer is called {name!r}; {hint}", name=rule.match, hint=hint)
    return found


class Updater:
    """The update of one batch: `before` a step, `after` it with the walls of the domain, and the point to look at.

    `shares (D,)` and `decays (D,)` are the multipliers by coordinate, None where all are 1; `shares` change where a
    frozen layer thaws.
    """

    def __init__(self, update: Update, layout: Layout, params: Array, walls: Walls) -> None:
        self._update, self._layout, self._walls = update, layout, walls
        self._thaws = sorted({rule.until for rule in update.layers if rule.frozen and rule.until})
        self.averages = update.average != "none"
        self.shares = _by_coordinate(layout, params, [(rule.match, rule.share(0)) for rule in update.layers])
        self.decays = _by_coordinate(layout, params, [(rule.match, rule.decay) for rule in update.layers])
        self._before = np.empty_like(params)
        self._tmp = np.empty_like(params)
        self.average = params.copy(order="K") if self.averages else params
        self.count = 0

    @property
    def busy(self) -> bool:
        """Whether there is anything to do at a step."""
        return self.averages or self.shares is not None or self._walls.keeps

    def before(self, params: Array) -> None:
        """Keep where the runs stand before decay and step."""
        if self.shares is not None:
            np.copyto(self._before, params)

    def after(self, params: Array, t: int) -> None:
        """Scale the step that was taken, keep it inside the walls, take it into the average; `t` steps are done."""
        if self.shares is not None:
            params -= self._before
            params *= self.shares
            params += self._before
            if self._thaws and t >= self._thaws[0]:
                del self._thaws[0]
                rules = [(rule.match, rule.share(t)) for rule in self._update.layers]
                self.shares = _by_coordinate(self._layout, params, rules)
        if self._walls.keeps:
            self._walls.keep(params)
        if self.averages:
            self._take(params, t)

    def _take(self, params: Array, t: int) -> None:
        update = self._update
        if t <= update.start or self.count == 0:
            np.copyto(self.average, params)
            self.count = int(t > update.start)
        elif update.average == "ema":
            ema(self.average, params, update.beta, self._tmp)
        elif (t - update.start - 1) % update.every == 0:
            self.count += 1
            np.subtract(params, self.average, self._tmp)
            self._tmp *= 1.0 / self.count
            self.average += self._tmp
        if update.overwrite and t % update.overwrite == 0:
            np.copyto(params, self.average)

    def carry(self, old: "Updater", keep: Array) -> None:
        """Go on from the averages of the rows `keep` of another batch."""
        self.count, self.shares, self._thaws = old.count, old.shares, old._thaws
        if self.averages:
            self.average[...] = old.average[keep]


def _by_coordinate(layout: Layout, like: Array, rules: list[tuple[str, float]]) -> Array | None:
    shares = np.ones(layout.size, like.dtype)
    for pattern, value in rules:
        for name, part in layout.slices.items():
            if fnmatchcase(name, pattern):
                shares[part] = value
    return shares if (shares != 1.0).any() else None
