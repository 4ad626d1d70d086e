"""The gradient pipeline: noise, clipping and penalties, the same for every optimizer."""

from collections.abc import Sequence

import numpy as np

from optlab.fields import Component, real
from optlab.layout import Array, Layout

CLIP_EPS = 1e-6
"""Added to a norm before dividing by it, as torch.nn.utils.clip_grad_norm_ does; Keras and optax add nothing."""


class Gradient(Component):
    """What happens to the mini-batch gradient before the optimizer sees it; zero switches a part off.

        g ← g + noise · n,   n ~ N(0, I)
        g ← clip(g, ±clip_value)
        g_l ← g_l · min(1, clip_layer / (‖g_l‖ + ε))         for each layer l; ε: clip_eps
        g ← g · min(1, clip_norm / (‖g‖ + ε))
        g ← g + l2 · x + l1 · sign(x)
        x ← x · (1 − lr · decay)                              decoupled: before the step, not through the gradient

    Norms are recorded before clipping and after it; the recorded loss is without the penalties.

    Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    arXiv:1211.5063, Algorithm 1 (clipping by norm); Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
    ICLR 2019, arXiv:1711.05101, Algorithm 1 (decay, here multiplied by the learning rate as in PyTorch).
    """

    name = "gradient"

    noise: float = real(0.0, 0.0, 1e6, doc="standard deviation of Gaussian noise added to every component")
    clip_value: float = real(0.0, 0.0, 1e9, doc="largest size of a component; 0 = off")
    clip_layer: float = real(0.0, 0.0, 1e9, doc="largest norm of each layer's gradient; 0 = off")
    clip_norm: float = real(0.0, 0.0, 1e9, doc="largest norm of the whole gradient; 0 = off")
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
        """Whether any clipping is on, so that norms after it are recorded too."""
        return bool(self.clip_value or self.clip_layer or self.clip_norm)


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

    def clip(self, grads: Array) -> None:
        """Clip by value, by layer and by global norm, in that order."""
        g = self._gradient
        if g.clip_value:
            np.clip(grads, -g.clip_value, g.clip_value, out=grads)
        if g.clip_layer:
            norms = self._layout.norms(grads, self._tmp)
            for k, name in enumerate(self._layout.names):
                grads[:, self._layout.slices[name]] *= _shrink(norms[:, k : k + 1], g.clip_layer, g.clip_eps, grads)
        if g.clip_norm:
            norms = self._layout.norms(grads, self._tmp)
            whole = np.sqrt(np.square(norms).sum(axis=1, keepdims=True))
            grads *= _shrink(whole, g.clip_norm, g.clip_eps, grads)

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

    def apply(self, params: Array, grads: Array) -> None:
        """All of it on a gradient that was not recorded: what an oracle gets."""
        if self.adds_noise:
            self.noise(grads)
        if self.clips:
            self.clip(grads)
        if self.penalises:
            self.penalise(params, grads)


def _shrink(norms: Array, limit: float, eps: float, like: Array) -> Array:
    return (limit / np.maximum(norms + eps, limit)).astype(like.dtype)  # no division by the norm of a zero gradient
