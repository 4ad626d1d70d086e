"""Damped Newton: Newton's method that goes downhill from anywhere."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, integer, real


class DampedNewton(Optimizer):
    """Newton's direction, bent downhill, and a step that is shortened until the loss falls enough.

        Hᵢ = (g(x + h eᵢ) − g(x − h eᵢ)) / 2h,   H ← (H + Hᵀ) / 2,   h: width · max(1, |xᵢ|)
        H = V diag(λ) Vᵀ,   λ ← max(|λ|, 10⁻¹² max |λ|) + μ
        p = −V diag(1 / λ) Vᵀ g
        s = lr;   while f(x + s p) > f(x) + c s ⟨g, p⟩:  s ← r s
        x ← x + s p,   or stay where no s was found

    Near a minimum s = lr = 1 and all is as in Newton's method. μ makes the step shorter and turns it towards −g. Each
    step costs 2 D evaluations for H and one for each s; in mini-batches both are those of the mini-batch.

    Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, Algorithm 3.1 (backtracking) and
    section 3.4 (Hessian modification).
    """

    name, title, needs_oracle, batched, largest = "damped_newton", "damped Newton", True, False, 200
    slots = ("at", "g", "back", "p")

    lr: float = real(1.0, 1e-6, 10.0, log=True, label="first step", doc="share of Newton's step that is tried first")
    damping: float = real(0.0, 0.0, 1e6, label="damping μ", doc="added to every curvature λ")
    decrease: float = real(1e-4, 0.0, 0.5, label="decrease c", doc="share of the promised decrease that is enough")
    shrink: float = real(0.5, 0.01, 0.99, label="shrink r", doc="factor of a step that was too long")
    most: int = integer(40, 1, 1000, label="most trials", doc="steps that are tried before the point stays")
    width: float = real(1e-5, 1e-9, 1.0, log=True, label="width h", doc="distance of the gradients that give H")

    def init(self, params: Array, state: State) -> None:
        state.slot("H", (params.shape[1], params.shape[1]))

    def step(self, params: Array, grads: Array, state: State) -> None:
        at, p, loss, s = state.at, state.p, state.loss[0], state.lr
        self._direct(params, grads, state)
        slope = self.decrease * float(p[0] @ grads[0])
        for _ in range(self.most):
            np.multiply(p, s, at)
            np.add(params, at, at)
            if state.oracle(at, state.g)[0] <= loss + s * slope:
                np.copyto(params, at)
                break
            s = s * self.shrink

    def _direct(self, params: Array, grads: Array, state: State) -> None:
        """Write the direction into `state.p`."""
        at, g, back, hessian = state.at, state.g, state.back, state.H[0]
        for i, row in enumerate(hessian):
            h = self.width * max(1.0, abs(params[0, i]))
            np.copyto(at, params)
            at[0, i] += h
            ahead = at[0, i]
            state.oracle(at, g)
            at[0, i] = params[0, i] - h
            state.oracle(at, back)
            np.subtract(g[0], back[0], row)
            row /= ahead - at[0, i]
        values, vectors = np.linalg.eigh(0.5 * (hessian + hessian.T))
        values = np.abs(values)
        values = np.maximum(values, max(1e-12 * values.max(), 1e-300)) + self.damping
        np.copyto(state.p[0], -(vectors @ (vectors.T @ grads[0] / values)))


@hookimpl
def register_optimizers() -> list[type]:
    return [DampedNewton]
