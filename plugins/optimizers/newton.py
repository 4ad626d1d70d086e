"""Newton's method: jump to the minimum of the parabola that fits here."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, hookimpl, real


class Newton(Optimizer):
    """Solve for the point where the gradient would vanish if the curvature stayed as it is here.

        Hᵢ = (g(x + h eᵢ) − g(x − h eᵢ)) / 2h,   H ← (H + Hᵀ) / 2,   h: width · max(1, |xᵢ|)
        H = V diag(λ) Vᵀ;   absolute: λ ← |λ|            directions with |λ| < 10⁻¹² max |λ| stay
        x ← x − lr · V diag(1 / λ) Vᵀ g

    On a quadratic one step with lr = 1 is enough, whatever its condition; near a minimum the number of right digits
    doubles with each step. Far from it anything may happen: where the curvature is negative, Newton climbs to the
    saddle or the maximum, and absolute values of λ descend. The oracle to compare with: each step costs 2 D
    evaluations more and D³ operations.

    Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, eq. 2.15, differences: section 8.1;
    absolute: Dauphin et al., "Identifying and attacking the saddle point problem in high-dimensional non-convex
    optimization", NeurIPS 2014, arXiv:1406.2572.
    """

    name, needs_oracle, batched, largest = "newton", True, False, 200
    slots = ("at", "g", "back")

    lr: float = real(1.0, 1e-6, 10.0, log=True, label="learning rate", doc="share of the way to the parabola's minimum")
    curvature: str = choice("signed", "signed", "absolute", doc="λ as it is, or its absolute value: always downhill")
    width: float = real(1e-5, 1e-9, 1.0, log=True, label="width h", doc="distance of the gradients that give H")

    def init(self, params: Array, state: State) -> None:
        state.slot("H", (params.shape[1], params.shape[1]))

    def step(self, params: Array, grads: Array, state: State) -> None:
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
        if self.curvature == "absolute":
            values = np.abs(values)
        still = np.abs(values) <= 1e-12 * np.abs(values).max()
        along = np.where(still, 0.0, vectors.T @ grads[0] / np.where(still, 1.0, values))
        params[0] -= state.lr * (vectors @ along)


@hookimpl
def register_optimizers() -> list[type]:
    return [Newton]
