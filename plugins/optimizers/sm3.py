"""SM3: AdaGrad that remembers rows and columns instead of every coordinate."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, hookimpl, real


class SM3(Optimizer):
    """AdaGrad with one sum for each row and column of a weight matrix.

        a_ij = min(ρ_i, γ_j) + g_ij²                     vectors: a = ρ + g²
        ρ_i ← max_j a_ij,    γ_j ← max_i a_ij
        m ← μ m + (1 − μ) g / √(a + ε)
        x ← x − lr · m

    A sum that covers a coordinate is never less than AdaGrad's, so the step is never longer. m + n numbers stand for
    the m · n of a matrix: nothing is saved on landscapes, nearly all on large layers.

    Source: Anil, Gupta, Koren & Singer, "Memory-Efficient Adaptive Optimization", NeurIPS 2019, arXiv:1901.11150,
    Algorithm SM3-II; ε, which the paper avoids by 0 / 0 = 0, and the momentum's 1 − μ as in optax.
    """

    name, title = "sm3", "SM3"
    slots = ("m",)

    lr: float = real(0.1, 1e-6, 10.0, log=True, label="learning rate", doc="size of the first step")
    momentum: float = real(0.9, 0.0, 0.9999, doc="decay μ of the mean step m")
    eps: float = real(1e-8, 1e-30, 0.1, log=True, doc="added to the sums before their root is taken")

    presets = {"optax": {"momentum": 0.9, "eps": 1e-8}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        for name, shape in state.layout.shapes.items():
            for axis, size in enumerate(shape):
                state.slot(f"{name}_{axis}", (*[1] * axis, size, *[1] * (len(shape) - axis - 1)))

    def step(self, params: Array, grads: Array, state: State) -> None:
        tmp, tmp2 = state.tmp, state.tmp2
        np.multiply(grads, grads, tmp2)
        squares = state.layout.views(tmp2)
        for name, a in state.layout.views(tmp).items():
            axes = range(1, a.ndim)
            sums = [state.slot(f"{name}_{axis - 1}") for axis in axes]
            np.copyto(a, sums[0])
            for other in sums[1:]:
                np.minimum(a, other, out=a)
            np.add(a, squares[name], a)
            for axis, most in zip(axes, sums, strict=True):
                np.max(a, axis=tuple(k for k in axes if k != axis), keepdims=True, out=most)
        np.add(tmp, self.eps, tmp)
        np.sqrt(tmp, tmp)
        np.divide(grads, tmp, tmp2)
        ema(state.m, tmp2, self.momentum, tmp)
        np.multiply(state.m, state.lr, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [SM3]
