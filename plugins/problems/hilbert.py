"""Least squares with a Hilbert matrix: as ill-conditioned as a small problem can be."""

from typing import Any

import numpy as np

from optlab.api import Array, Evaluate, Layout, Problem, hookimpl, integer


class Hilbert(Problem):
    """Find the vector of ones from its image: the loss is soon small, the error stays.

        f(x) = ½ ‖H x − H 1‖²,    H_ij = 1 / (i + j − 1)

    The condition number of H is about e^3.5n, that of the loss its square: at n = 6 already 2·10¹⁴.

    Source: Hilbert, "Ein Beitrag zur Theorie des Legendre'schen Polynoms", Acta Mathematica 18 (1894), 155–159.
    """

    name, title = "hilbert", "Hilbert least squares"

    n: int = integer(6, 2, 20, label="size", doc="rows and columns of the matrix")

    def layout(self) -> Layout:
        return Layout({"x": (self.n,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = 0.0

    def tracks(self) -> tuple[str, ...]:
        return ("error",)

    def measure(self, params: Array, out: Array) -> None:
        out[:, 0] = np.sqrt(np.square(params - 1.0).sum(axis=1))

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        index = np.arange(self.n)
        matrix = (1.0 / (index[:, None] + index + 1)).astype(params.dtype)
        rest = np.empty_like(params)

        def evaluate(batch: Array | None) -> None:
            np.subtract(params, 1.0, out=grads)
            np.matmul(grads, matrix, out=rest)
            np.matmul(rest, matrix, out=grads)
            np.einsum("rn,rn->r", rest, rest, out=loss)
            np.multiply(loss, 0.5, out=loss)

        return evaluate


@hookimpl
def register_problems() -> list[type]:
    return [Hilbert]
