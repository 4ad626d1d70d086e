"""Mechanic: tune the learning rate of any optimizer while it runs."""

import numpy as np

from optlab.api import Array, Optimizer, State, dot, hookimpl, integer, norm, part, real, scale


class Mechanic(Optimizer):
    """Scale the whole way of another optimizer by a factor that is learned from whether its steps paid.

        δ = (x₀ − x) / (S + ε),    S = Σ s               the inner optimizer's way so far, unscaled
        g′ = g + λ S ‖g‖ / (‖x‖ + ε) · x,    h = ⟨g′, δ⟩
        for each β:  r ← β r + clip(h, ±m) s             m: before its own change
                     m ← max(β m, |h| + ε),    v ← β² v + h²
                     s ← (s₀ / n · m + max(r, 0)) / (√v + ε)
        x ← x₀ − S (δ + the inner optimizer's step)

    n guesses with β = 0.9, 0.99, … are summed up; no β has to be chosen. The inner lr is best left at 1 or as usual:
    only its course over time counts.

    Source: Cutkosky, Defazio & Mehta, "Mechanic: A Learning Rate Tuner", NeurIPS 2023, arXiv:2306.00144, Algorithm 1;
    the clipping of h as in optax.
    """

    name = "mechanic"
    slots = ("start", "trial")

    inner: Optimizer = part(Optimizer, "momentum", doc="the optimizer whose steps are scaled")
    decay: float = real(0.01, 0.0, 1.0, label="weight decay", doc="pull λ towards 0 in what the scale learns from")
    first: float = real(1e-6, 1e-12, 1.0, log=True, label="first scale", doc="scale s₀ before anything is learned")
    eps: float = real(1e-8, 1e-16, 1e-3, log=True, doc="floor of denominators")
    betas: int = integer(6, 1, 12, label="guesses", doc="number n of decays 0.9, 0.99, …")

    presets = {"optax": {"decay": 0.01, "first": 1e-6, "eps": 1e-8, "betas": 6}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)
        for name in ("r", "m", "v"):
            state.slot(name, (self.betas,), float)
        state.slot("s", (self.betas,), float)[:] = self.first

    def step(self, params: Array, grads: Array, state: State) -> None:
        start, trial, tmp = state.start, state.trial, state.tmp
        np.copyto(trial, params)
        self.inner.step(trial, grads, state.part("inner"))
        np.subtract(params, trial, trial)  # the inner step, downhill
        total = state.s.sum(axis=1, keepdims=True)
        np.subtract(start, params, tmp)
        scale(tmp, 1 / (total + self.eps), tmp)
        pull = self.decay * total * norm(grads) / (norm(params) + self.eps)
        h = dot(grads, tmp) + pull * dot(params, tmp)
        np.add(tmp, trial, tmp)
        self._learn(h, state)
        scale(tmp, state.s.sum(axis=1, keepdims=True), tmp)
        np.subtract(start, tmp, params)

    def _learn(self, h: Array, state: State) -> None:
        """Change the scales by what was won, `h (R, 1)`."""
        r, m, v, s = state.r, state.m, state.v, state.s
        betas = 1 - 0.1 ** np.arange(1, self.betas + 1)
        r[:] = betas * r + np.clip(h, -m, m) * s
        m[:] = np.maximum(betas * m, np.abs(h) + self.eps)
        v[:] = betas**2 * v + h**2
        s[:] = (self.first / self.betas * m + np.maximum(r, 0.0)) / (np.sqrt(v) + self.eps)


@hookimpl
def register_optimizers() -> list[type]:
    return [Mechanic]
