"""SOAP: Adam along the axes of Shampoo."""

from collections.abc import Iterator

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, ema_square, hookimpl, integer, real


class Soap(Optimizer):
    """Run Adam in axes that turn with what the gradients of the rows, and those of the columns, have in common.

        g′ = Pᵀ g Q,   M ← β₁ M + (1 − β₁) g,   M′ = Pᵀ M Q
        V ← β₂ V + (1 − β₂) g′²
        X ← X − lr · P [M̂′ / (√V̂ + ε)] Qᵀ                M̂′ = M′ / (1 − β₁ᵗ),   V̂ = V / (1 − β₂ᵗ)
        L ← β₂ L + (1 − β₂) g gᵀ,   R ← β₂ R + (1 − β₂) gᵀ g
        P ← qr(L P),   Q ← qr(R Q)                       at every k-th step

    Adam scales the coordinates of a matrix as if they had nothing to do with each other; along the eigenvectors P of L
    and Q of R that is nearly true. Longer sides than the largest are not turned, and vectors move as Adam moves them.
    The first gradient gives the first eigenvectors and moves nothing; t counts the steps after it.

    Source: Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", ICLR 2025, arXiv:2409.11321, Algorithms
    3 and 4; the first step and the correction for the start are those of the authors' code.
    """

    name, title = "soap", "SOAP"
    slots = ("M", "V")

    lr: float = real(3e-3, 1e-6, 10.0, log=True, doc="step along the rescaled mean gradient")
    beta1: float = real(0.95, 0.0, 0.9999, doc="decay of the mean gradient M")
    beta2: float = real(0.95, 0.0, 0.99999, doc="decay of V, L and R")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    every: int = integer(10, 1, 100_000, label="axes every", unit="steps", doc="steps k between two turns of the axes")
    longest: int = integer(1024, 0, 8192, label="largest side", doc="longer sides are not turned")

    def init(self, params: Array, state: State) -> None:
        for name, shape in state.layout.shapes.items():
            for k, side in enumerate((shape[0], int(np.prod(shape[1:]))) if len(shape) > 1 else ()):
                if side <= self.longest:
                    state.slot(f"S{k}_{name}", (side, side))
                    state.slot(f"Q{k}_{name}", (side, side))

    def step(self, params: Array, grads: Array, state: State) -> None:
        tmp, root, t = state.tmp, state.tmp2, state.t - 1
        if t:
            ema(state.M, grads, self.beta1, tmp)
            self._turn(state, grads, tmp)
            ema_square(state.V, tmp, self.beta2, tmp)
            self._turn(state, state.M, tmp)
            np.sqrt(np.divide(state.V, 1 - self.beta2**t, root), root)
            np.divide(tmp, np.add(root, self.eps, root), tmp)
            self._turn(state, tmp, tmp, back=True)
            np.subtract(params, np.multiply(tmp, state.lr / (1 - self.beta1**t), tmp), params)
        for products, axes, (g,) in self._sides(state, grads):
            keep, take = (np.reshape(share, (-1, 1, 1)) for share in decay_pair(self.beta2, g))
            np.add(np.multiply(products, keep, products), take * (g @ g.swapaxes(1, 2)), products)
            if t == 0:
                axes[:] = np.linalg.eigh(np.where(np.isfinite(products), products, 0))[1][:, :, ::-1]
            elif t % self.every == 0:
                axes[:] = np.linalg.qr(products @ axes)[0]

    def _turn(self, state: State, x: Array, out: Array, back: bool = False) -> None:
        """Write `x`, its matrices turned into their axes or back, into `out`; `tmp2` is scratch."""
        np.copyto(out, x)
        for _, axes, (part, scratch) in self._sides(state, out, state.tmp2):
            np.copyto(part, np.matmul(axes if back else axes.swapaxes(1, 2), part, out=scratch))

    def _sides(self, state: State, *arrays: Array) -> Iterator[tuple[Array, Array, list[Array]]]:
        """For each side of a matrix that is turned: its products, its axes, and parts `(R, side, …)` of `arrays`."""
        for name, shape in state.layout.shapes.items():
            parts = [a[:, state.layout.slices[name]].reshape(len(a), shape[0], -1) for a in arrays]
            for k in (0, 1):
                if (axes := getattr(state, f"Q{k}_{name}", None)) is not None:
                    yield getattr(state, f"S{k}_{name}"), axes, [p.swapaxes(1, 2) if k else p for p in parts]


@hookimpl
def register_optimizers() -> list[type]:
    return [Soap]
