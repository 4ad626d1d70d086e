"""LAMB: Adam whose step in each layer is in proportion to the layer's weights."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema, ema_square, hookimpl, norm, real


class LAMB(Optimizer):
    """Adam, scaled layer by layer so that each step moves a layer by the share lr of its norm.

        m ← β₁ m + (1 − β₁) g                            v ← β₂ v + (1 − β₂) g²
        u = m̂ / (√(v̂ + ε₀) + ε) + λ x,    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
        x_l ← x_l − lr · ‖x_l‖ / ‖u_l‖ · u_l             for each layer l; the ratio is 1 where a norm is 0

    All layers then turn at the same pace, which very large mini-batches need. decay "before": x ← x − lr λ x comes
    first, and u is without λ x.

    Source: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020,
    arXiv:1904.00962, Algorithm 2, with φ the identity; decay before the step as in Keras.
    """

    name, title = "lamb", "LAMB"
    slots = ("m", "v")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="length of a step as a share of ‖x‖")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-6, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of x that joins the direction")
    decay: str = choice("inside", "inside", "before", label="decay", doc="within the ratio, or before the step")

    presets = {
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-6, "eps_root": 0.0, "weight_decay": 0.0, "decay": "inside"},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "eps_root": 0.0, "decay": "before"},
    }
    verified = ("optax", "Keras")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, u, tmp = state.m, state.v, state.tmp, state.tmp2
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.divide(v, 1 - self.beta2**state.t, tmp)
        np.add(tmp, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(m, 1 - self.beta1**state.t, u)
        np.divide(u, tmp, u)
        if self.decay == "before":
            np.multiply(params, 1 - state.lr * self.weight_decay, params)
        else:
            np.multiply(params, self.weight_decay, tmp)
            np.add(u, tmp, u)
        for part in state.layout.slices.values():
            ours, theirs = norm(params[:, part]), norm(u[:, part])
            ratio = np.where((ours > 0) & (theirs > 0), ours / np.where(theirs > 0, theirs, 1), 1)
            u[:, part] *= ratio
        np.multiply(u, state.lr, u)
        np.subtract(params, u, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [LAMB]
