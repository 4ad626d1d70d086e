"""The gradient pipeline: noise, clipping and penalties, the same for every optimizer."""

from collections.abc import Sequence

import numpy as np

from optlab.component import Component
from optlab.fields import choice, real
from optlab.layout import Array, Layout

CLIP_EPS = 1e-6
"""Added to a norm before dividing by it, as torch.nn.utils.clip_grad_norm_ does; Keras and optax add nothing."""


class Gradient(Component):
    """What happens to the mini-batch gradient before the optimizer sees it; zero switches a part off.

        g ← g + noise · n,   n ~ N(0, I)
        g ← g − mean(g)                                      centralize: over the inputs of each unit
        g ← clip(g, ±clip_value)
        g_u ← g_u · min(1, clip_adaptive · max(‖x_u‖, clip_floor) / ‖g_u‖)     for each unit u
        g_l ← g_l · min(1, clip_layer / (‖g_l‖ + ε))         for each layer l; ε: clip_eps
        g ← g · min(1, clip_norm / (‖g‖ + ε))                ‖g‖: or max |g|, see clip_by
        g ← g + l2 · x + l1 · sign(x)
        x ← x · (1 − lr · decay)                              decoupled: before the step, not through the gradient

    Norms are recorded before clipping and after it; the recorded loss is without the penalties.

    Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    arXiv:1211.5063, Algorithm 1 (clipping by norm); Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
    ICLR 2019, arXiv:1711.05101, Algorithm 1 (decay, here multiplied by the learning rate as in PyTorch); Brock, De,
    Smith & Simonyan, "High-Performance Large-Scale Image Recognition Without Normalization", ICML 2021,
    arXiv:2102.06171, eq. 3 (clip_adaptive); Yong, Huang, Hua & Zhang, "Gradient Centralization: A New Optimization
    Technique for Deep Neural Networks", ECCV 2020, arXiv:2004.01461 (centralize).
    """

    name = "gradient"

    noise: float = real(0.0, 0.0, 1e6, doc="standard deviation of Gaussian noise added to every component")
    centralize: str = choice(
        "off", "off", "inputs", "outputs",
        doc="take off each layer's mean gradient: over the inputs of a unit, or, as in optax, over its outputs",
    )  # fmt: skip
    clip_value: float = real(0.0, 0.0, 1e9, doc="largest size of a component; 0 = off")
    clip_adaptive: float = real(
        0.0, 0.0, 1e3, label="adaptive clipping", doc="largest gradient of each unit as a share of its weights; 0 = off"
    )
    clip_floor: float = real(
        1e-3, 0.0, 1.0, label="floor of weights", doc="smallest norm of a unit's weights in adaptive clipping"
    )
    clip_layer: float = real(0.0, 0.0, 1e9, doc="largest norm of each layer's gradient; 0 = off")
    clip_norm: float = real(0.0, 0.0, 1e9, doc="largest norm of the whole gradient; 0 = off")
    clip_by: str = choice(
        "length", "length", "largest", label="norm to clip", doc="what clip_norm limits: ‖g‖, or the largest component"
    )
    clip_eps: float = real(
        CLIP_EPS,
        0.0,
        1.0,
        label="clipping ε",
        doc="added to a norm before dividing by it: 1e-6 in PyTorch, 0 in Keras and optax",
    )
    l2: float = real(0.0, 0.0, 1e3, label="L2 penalty", doc="adds l2 · x to the gradient: penalty ½ l2 · x²")
    l1: float = real(0.0, 0.0, 1e3, label="L1 penalty", doc="adds l1 · sign(x) to the gradient: penalty l1 · abs(x)")
    decay: float = real(0.0, 0.0, 1e3, label="weight decay", doc="decoupled: x shrinks by lr · decay before each step")

    @property
    def clips(self) -> bool:
        """Whether any clipping or centralizing is on, so that norms after it are recorded too."""
        clipped = self.clip_value or self.clip_adaptive or self.clip_layer or self.clip_norm
        return bool(clipped) or self.centralize != "off"


class Pipeline:
    """The pipeline of one batch: `noise` first, then `clip`, then `penalise`."""

    def __init__(
        self, gradient: Gradient, layout: Layout, like: Array, rngs: Sequence[np.random.Generator],
        shares: Array | None = None,
    ) -> None:  # fmt: skip
        self._gradient, self._layout, self._rngs = gradient, layout, rngs
        self.adds_noise = gradient.noise > 0
        self.clips = gradient.clips
        self.penalises = gradient.l2 > 0 or gradient.l1 > 0
        self._noise = np.zeros(like.shape if self.adds_noise else 0, like.dtype)  # C order: each run fills its row
        self._tmp = np.empty_like(like)
        self._shares = shares  # (D,): times the penalties of each coordinate, None where all are 1

    @property
    def busy(self) -> bool:
        """Whether it changes or records anything more than the plain gradient."""
        return self.adds_noise or self.clips or self.penalises

    def draw(self) -> None:
        """Draw this step's noise, one stream per run; an oracle of the same step sees the same noise."""
        for row, rng in zip(self._noise, self._rngs, strict=True):
            rng.standard_normal(out=row, dtype=row.dtype.type)
        self._noise *= self._gradient.noise

    def noise(self, grads: Array) -> None:
        """Add the drawn noise."""
        grads += self._noise

    def clip(self, params: Array, grads: Array) -> None:
        """Centralize, then clip by value, by unit, by layer and by global norm, in that order."""
        g = self._gradient
        if g.centralize != "off":
            self._centralize(grads, 1 if g.centralize == "inputs" else 2)
        if g.clip_value:
            np.clip(grads, -g.clip_value, g.clip_value, out=grads)
        if g.clip_adaptive:
            self._clip_adaptive(params, grads)
        if g.clip_layer:
            norms = self._layout.norms(grads, self._tmp)
            for k, name in enumerate(self._layout.names):
                grads[:, self._layout.slices[name]] *= _shrink(norms[:, k : k + 1], g.clip_layer, g.clip_eps, grads)
        if g.clip_norm:
            if g.clip_by == "largest":
                whole = np.abs(grads, self._tmp).max(axis=1, keepdims=True)
            else:
                norms = self._layout.norms(grads, self._tmp)
                whole = np.sqrt(np.square(norms).sum(axis=1, keepdims=True))
            grads *= _shrink(whole, g.clip_norm, g.clip_eps, grads)

    def _centralize(self, grads: Array, axis: int) -> None:
        for g in self._layout.views(grads).values():
            if g.ndim > 2:
                g -= g.mean(axis=axis, keepdims=True)

    def _clip_adaptive(self, params: Array, grads: Array) -> None:
        g, squares = self._gradient, self._layout.views(self._tmp)
        np.multiply(params, params, self._tmp)
        limits = [g.clip_adaptive * np.maximum(_unit_norms(x), g.clip_floor) for x in squares.values()]
        np.multiply(grads, grads, self._tmp)
        for slope, square, limit in zip(self._layout.views(grads).values(), squares.values(), limits, strict=True):
            norms = _unit_norms(square)
            slope *= np.where(norms >= limit, limit / np.maximum(norms, CLIP_EPS), 1.0).astype(grads.dtype)

    def penalise(self, params: Array, grads: Array) -> None:
        """Add the gradients of the penalties."""
        if self._gradient.l2:
            np.multiply(params, self._gradient.l2, out=self._tmp)
            self._add(grads)
        if self._gradient.l1:
            np.sign(params, out=self._tmp)
            self._tmp *= self._gradient.l1
            self._add(grads)

    def _add(self, grads: Array) -> None:
        if self._shares is not None:
            self._tmp *= self._shares
        grads += self._tmp

    def penalty(self, params: Array) -> Array:
        """The penalties of each run, `(R,)`: what they add to the loss that is minimised."""
        g, tmp = self._gradient, self._tmp
        np.multiply(params, 0.5 * g.l2, out=tmp)
        tmp *= params
        if g.l1:
            tmp += g.l1 * np.abs(params)
        if self._shares is not None:
            tmp *= self._shares
        total: Array = tmp.sum(axis=1)
        return total

    def apply(self, params: Array, grads: Array) -> None:
        """All of it on a gradient that was not recorded: what an oracle gets."""
        if self.adds_noise:
            self.noise(grads)
        if self.clips:
            self.clip(params, grads)
        if self.penalises:
            self.penalise(params, grads)


def _unit_norms(squares: Array) -> Array:
    """Norms of the columns of a matrix `(R, in, out)`, one for each unit; a vector is one unit."""
    result: Array = np.sqrt(squares.sum(axis=1, keepdims=True))
    return result


def _shrink(norms: Array, limit: float, eps: float, like: Array) -> Array:
    return (limit / np.maximum(norms + eps, limit)).astype(like.dtype)  # no division by the norm of a zero gradient
