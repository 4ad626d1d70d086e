"""Muon: momentum whose matrices are made orthogonal."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, flag, hookimpl, integer, newton_schulz, numbers, part, real


class Muon(Optimizer):
    """Step along the nearest orthogonal matrix to the momentum, so that all its directions count alike.

        m ← μ m + (1 − μ) g                              sum: m ← μ m + g
        u = m                                            Nesterov: u = μ m + (1 − μ) g,  sum: μ m + g
        X = u / max(‖u‖, ε),   then `iterations` times   X ← a X + (b X Xᵀ + c (X Xᵀ)²) X
        x ← (1 − lr λ) x − lr · scale · X

    The polynomial drives the singular values of u towards 1. Only matrices are treated so; biases and other vectors
    move by another optimizer, whose lr follows the same schedule.

    Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
    kellerjordan.github.io/posts/muon. PyTorch has the mean, Keras the sum and ε added to the norm; optax too, and
    corrects m for its start. PyTorch computes in bfloat16, this in full.
    """

    name, slots = "muon", ("m", "before", "x")

    lr: float = real(0.02, 1e-6, 10.0, log=True, label="learning rate", doc="size of each direction's step")
    momentum: float = real(0.95, 0.0, 0.9999, doc="decay μ of the momentum")
    nesterov: bool = flag(True, label="Nesterov", doc="step along the momentum one step ahead")
    form: str = choice("mean", "mean", "sum", "corrected", doc="running mean, sum, or mean corrected for its start")
    weight_decay: float = real(0.1, 0.0, 10.0, label="weight decay", doc="share λ by which matrices shrink, times lr")
    polynomial: tuple[float, ...] = numbers((3.4445, -4.775, 2.0315), length=3, label="a, b, c", doc="its coefficients")
    iterations: int = integer(5, 0, 100, doc="times that the polynomial is applied")
    eps: float = real(1e-7, 0.0, 0.1, doc="floor of the norm")
    eps_place: str = choice("floor", "floor", "added", label="ε is", doc="the least norm, or added to it")
    scale: str = choice("shape", "shape", "rms", "none", doc="√max(1, out / in), rms · √max(out, in), or 1")
    rms: float = real(0.2, 0.0, 10.0, label="rms", doc="root mean square of the step in the scale rms; 0.2 is Adam's")
    adaptive: bool = flag(False, doc="times ⟨u, X⟩: the size of the momentum counts")
    rest: Optimizer = part(Optimizer, "adamw", label="vectors by", doc="the optimizer that moves biases")

    presets = {
        "PyTorch": {"lr": 1e-3, "form": "mean", "weight_decay": 0.1, "eps": 1e-7, "eps_place": "floor",
                    "scale": "shape"},
        "Keras": {"lr": 1e-3, "form": "sum", "weight_decay": 4e-3, "eps": 1e-7, "eps_place": "added", "scale": "rms"},
        "optax": {"form": "corrected", "weight_decay": 0.0, "eps": 1e-8, "eps_place": "added", "scale": "shape"},
    }  # fmt: skip
    verified = ("PyTorch", "Keras", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, before, u, tmp, rest = state.m, state.before, state.tmp, state.tmp2, state.part("rest")
        np.multiply(params, 1 - state.lr * self.weight_decay, before)
        rest.lr = getattr(self.rest, "lr", self.lr) * (state.lr / self.lr)
        self.rest.step(params, grads, rest)
        count = 1.0 if self.form == "sum" else 1 - self.momentum
        np.multiply(m, self.momentum, m)
        np.add(m, np.multiply(grads, count, tmp), m)
        now, after = (1 - self.momentum ** (state.t + k) if self.form == "corrected" else 1.0 for k in (0, 1))
        if self.nesterov:
            np.divide(np.multiply(m, self.momentum, u), after, u)
            np.add(u, np.divide(np.multiply(grads, count, tmp), now, tmp), u)
        else:
            np.divide(m, now, u)
        norms = state.layout.norms(u, tmp).astype(u.dtype)
        for k, (name, shape) in enumerate(state.layout.shapes.items()):
            if len(shape) == 2:
                part, norm = state.layout.slices[name], norms[:, k : k + 1]
                norm = np.maximum(norm, self.eps) if self.eps_place == "floor" else norm + self.eps
                x = np.divide(u[:, part], norm, state.x[:, part])
                newton_schulz(x.reshape(-1, *shape), self.polynomial, self.iterations, tmp[:, part].reshape(-1, *shape))
                share = {"shape": max(1.0, shape[1] / shape[0]) ** 0.5, "rms": self.rms * max(shape) ** 0.5}
                rate = state.lr * share.get(self.scale, 1.0)
                if self.adaptive:
                    rate = rate * np.multiply(u[:, part], x, tmp[:, part]).sum(axis=1, keepdims=True)
                np.subtract(before[:, part], np.multiply(x, rate, x), params[:, part])


@hookimpl
def register_optimizers() -> list[type]:
    return [Muon]
