"""Nadam: Adam with Nesterov's look ahead."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema, ema_square, hookimpl, real


class Nadam(Optimizer):
    """Adam that steps along the momentum of the next step.

        μₜ = β₁ (1 − ½ · 0.96^(t ψ)),   P ← P μₜ         constant: μₜ = β₁
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = μₜ₊₁ m / (1 − P μₜ₊₁) + (1 − μₜ) g / (1 − P)
        x ← x − lr · m̂ / (√v̂ + ε),    v̂ = v / (1 − β₂ᵗ)

    The momentum warms up from half of β₁; ψ says how fast: in PyTorch over some hundred steps (0.004), in Keras over
    a few (1). In optax it is constant. With decay in the pipeline this is NadamW.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop track, which has ψ = 1 / 250.
    """

    name = "nadam"
    slots = ("m", "v")

    lr: float = real(2e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m; what μ rises to")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    momentum: str = choice(
        "warm-up", "warm-up", "constant", doc="whether μ starts at half of β₁ or is β₁ from the start"
    )
    momentum_decay: float = real(0.004, 0.0, 10.0, label="momentum decay", doc="how fast μ rises: ψ")

    presets = {
        "PyTorch": {
            "lr": 2e-3,
            "beta1": 0.9,
            "beta2": 0.999,
            "eps": 1e-8,
            "momentum": "warm-up",
            "momentum_decay": 4e-3,
        },
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "momentum": "warm-up", "momentum_decay": 1.0},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "momentum": "constant"},
    }
    verified = ("PyTorch", "Keras", "optax")

    def init(self, params: Array, state: State) -> None:
        state.slot("product", (1,))[:] = 1.0

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2, t = state.m, state.v, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        now = after = self.beta1
        if self.momentum == "warm-up":
            now = self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))
            after = self.beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * self.momentum_decay))
        np.multiply(state.product, now, state.product)
        product = state.product if len(params) > 1 else state.product.item()  # floats are three times as fast
        root = (1 - self.beta2**t) ** 0.5
        np.sqrt(v, tmp)
        np.add(tmp, self.eps * root, tmp)  # (√v̂ + ε) · root
        np.multiply(m, after / (1 - product * after), tmp2)
        np.divide(tmp2, tmp, tmp2)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, (1 - now) / (1 - product), tmp)
        np.add(tmp, tmp2, tmp)
        np.multiply(tmp, state.lr * root, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Nadam]
