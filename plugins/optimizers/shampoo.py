"""Shampoo: Adagrad for matrices, from both sides."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, integer, real


class Shampoo(Optimizer):
    """Rescale each matrix of weights by what the gradients of its rows and of its columns have in common.

        G ← μ G + (1 − μ) g                              one matrix for each layer
        L ← β L + w g gᵀ,   R ← β R + w gᵀ g             L₀ = R₀ = ε I;   w = 1 where β = 1, else 1 − β
        X ← X − lr · L^(−1/4) G R^(−1/4)                 a vector: L^(−1/2) G

    Full Adagrad of an m × n matrix would need a matrix of mn × mn; two of m × m and n × n come close to it. Sides that
    are longer than the largest keep the diagonal alone, as Adagrad does. Roots by eigenvalues, every k steps.

    Source: Gupta, Koren & Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", ICML 2018,
    arXiv:1802.09568, Algorithm 1. The mean of the gradient and β < 1 are those of the authors' code.
    """

    name = "shampoo"
    slots = ("G",)

    lr: float = real(0.1, 1e-6, 10.0, log=True, label="learning rate", doc="step along the rescaled gradient")
    momentum: float = real(0.0, 0.0, 0.9999, doc="decay μ of the mean gradient G")
    decay: float = real(1.0, 0.0, 1.0, label="decay β", doc="share of L and R that a step keeps; 1: sums")
    eps: float = real(1e-4, 1e-12, 1.0, log=True, doc="L and R before the first step, and least eigenvalue")
    every: int = integer(1, 1, 100_000, label="roots every", unit="steps", doc="steps k between two computed roots")
    longest: int = integer(1024, 0, 8192, label="largest side", doc="longer sides keep a diagonal")

    presets = {"paper": {"momentum": 0.0, "decay": 1.0}}

    def init(self, params: Array, state: State) -> None:
        for name, shape in state.layout.shapes.items():
            for k, side in enumerate((shape[0], int(np.prod(shape[1:])))[: len(shape)]):
                full = side <= self.longest
                sums = state.slot(f"S{k}_{name}", (side, side) if full else (side,))
                state.slot(f"P{k}_{name}", sums.shape[1:])
                sums += np.reshape(self.eps, (-1, *[1] * (sums.ndim - 1))) * (np.eye(side) if full else 1.0)

    def step(self, params: Array, grads: Array, state: State) -> None:
        mean, tmp = state.G, state.tmp
        np.multiply(mean, self.momentum, mean)
        np.add(mean, np.multiply(grads, 1 - self.momentum, tmp), mean)
        for name, shape in state.layout.shapes.items():
            part, size = state.layout.slices[name], (len(params), shape[0], -1)
            g, way, out, scratch = (a[:, part].reshape(size) for a in (grads, mean, tmp, state.tmp2))
            self._rescale(state, f"0_{name}", g, way, out, scratch, -0.25 if len(shape) > 1 else -0.5)
            if len(shape) > 1:
                g, out, scratch = (a.swapaxes(1, 2) for a in (g, out, scratch))
                self._rescale(state, f"1_{name}", g, out, out, scratch, -0.25)
        np.subtract(params, np.multiply(tmp, state.lr, tmp), params)

    def _rescale(self, state: State, side: str, g: Array, way: Array, out: Array, scratch: Array, power: float) -> None:
        """Add `g (R, m, n)` to the sums of the side m; write `way`, rescaled on that side, into `out`."""
        sums, root = state.slot(f"S{side}"), state.slot(f"P{side}")
        column = (-1, *[1] * (sums.ndim - 1))
        keep, eps = (np.reshape(x, column).astype(sums.dtype) for x in (self.decay, self.eps))
        weight = np.where(keep < 1, 1 - keep, 1).astype(sums.dtype)
        np.multiply(sums, keep, sums)
        if sums.ndim == 2:
            np.sum(np.multiply(g, g, scratch), axis=2, out=root)
            sums += np.multiply(root, weight, root)
            np.multiply(np.power(sums, power, root)[:, :, None], way, out)
            return
        sums += weight * (g @ g.swapaxes(1, 2))
        if (state.t - 1) % self.every == 0:
            values, vectors = np.linalg.eigh(sums)
            noise = len(vectors[0]) * np.finfo(values.dtype).eps * values[:, -1:]  # below it eigenvalues mean nothing
            values = np.maximum(values, np.maximum(eps[:, 0], noise)) ** power
            np.matmul(vectors * values[:, None, :], vectors.swapaxes(1, 2), out=root)
        np.matmul(root, way, out=out)


@hookimpl
def register_optimizers() -> list[type]:
    return [Shampoo]
