"""Matrix factorisation: a smooth problem full of saddles, without bad minima."""

from typing import Any

import numpy as np

from optlab.api import Array, Evaluate, Layout, Problem, hookimpl, integer, real


class MatrixFactorisation(Problem):
    """Write a matrix as a product of two thin ones.

        f(U, V) = ½ ‖U Vᵀ − M‖² / (m n),    M = A Bᵀ of the given rank

    From a small start every singular direction of M is first a saddle that must be left: the loss falls in stairs.

    Source: Baldi & Hornik, "Neural Networks and Principal Component Analysis: Learning from Examples Without Local
    Minima", Neural Networks 2 (1989), 53–58.
    """

    name = "matrix_factorisation"

    rows: int = integer(12, 1, 200, doc="m: rows of M")
    columns: int = integer(8, 1, 200, doc="n: columns of M")
    rank: int = integer(3, 1, 50, doc="rank of M")
    factors: int = integer(3, 1, 50, doc="columns of U and V; fewer than the rank leave a rest")
    scale: float = real(0.1, 1e-8, 10.0, log=True, label="start size", doc="spread of the first U and V")

    def layout(self) -> Layout:
        return Layout({"U": (self.rows, self.factors), "V": (self.columns, self.factors)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = self.scale * rng.standard_normal(len(params))

    def data(self, rng: np.random.Generator) -> Array:
        left, right = rng.standard_normal((self.rows, self.rank)), rng.standard_normal((self.columns, self.rank))
        return np.asarray(left @ right.T / np.sqrt(self.rank))

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        views, slopes = self.layout().views(params), self.layout().views(grads)
        target = np.stack(data).astype(params.dtype)
        rest, size = np.empty_like(target), self.rows * self.columns

        def evaluate(batch: Array | None) -> None:
            u, v = views["U"], views["V"]
            np.matmul(u, v.transpose(0, 2, 1), out=rest)
            np.subtract(rest, target, out=rest)
            loss[:] = np.einsum("rmn,rmn->r", rest, rest) / (2 * size)
            np.divide(rest, size, out=rest)
            np.matmul(rest, v, out=slopes["U"])
            np.matmul(rest.transpose(0, 2, 1), u, out=slopes["V"])

        return evaluate


@hookimpl
def register_problems() -> list[type]:
    return [MatrixFactorisation]
