"""A quadratic in many dimensions, with a spectrum of choice and a noisy gradient."""

from typing import Any, ClassVar

import numpy as np

from optlab.api import Array, Evaluate, Layout, Problem, choice, flag, hookimpl, integer, real


class Quadratic(Problem):
    """A bowl whose curvatures are known: what theory speaks about.

        f(x) = ½ xᵀ H x,    H = Qᵀ diag(λ) Q,    g = H x + noise · n

    λ runs from 1 to the condition number κ: in equal ratios, in equal steps, or in two clusters (nine tenths up to 1,
    the rest up to κ). n is normal, or has heavy tails (Student's t with 2.5 degrees of freedom, no third moment).

    Source: Schneider, Balles & Hennig, "DeepOBS: A Deep Learning Optimizer Benchmark Suite", ICLR 2019,
    arXiv:1903.05499 (noisy quadratic problem).
    """

    name = "quadratic"
    noises: ClassVar[int] = 4096  # noise vectors of one seed, drawn once and shown in random order

    dim: int = integer(20, 1, 1000, label="dimensions", doc="number of coordinates")
    condition: float = real(
        100.0, 1.0, 1e8, log=True, label="condition number", doc="κ: largest over smallest curvature"
    )
    spectrum: str = choice("ratios", "ratios", "steps", "clusters", doc="how the curvatures lie between 1 and κ")
    rotated: bool = flag(True, doc="turn the axes of the bowl away from the coordinates")
    noise: float = real(0.0, 0.0, 1e3, label="gradient noise", doc="scale of the noise of every component")
    tails: str = choice("normal", "normal", "heavy", doc="distribution of the noise")

    def layout(self) -> Layout:
        return Layout({"x": (self.dim,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = rng.standard_normal(self.dim)

    def data(self, rng: np.random.Generator) -> tuple[Array, Array]:
        few = max(1, self.dim // 10)
        curvatures = {
            "ratios": np.geomspace(1, self.condition, self.dim),
            "steps": np.linspace(1, self.condition, self.dim),
            "clusters": np.concatenate([rng.uniform(0.1, 1, self.dim - few), np.linspace(self.condition, 1, few)]),
        }[self.spectrum]
        turn = np.linalg.qr(rng.standard_normal((self.dim, self.dim)))[0] if self.rotated else np.eye(self.dim)
        size = (self.noises if self.noise else 0, self.dim)
        noise = rng.standard_normal(size) if self.tails == "normal" else rng.standard_t(2.5, size)
        return turn.T * curvatures @ turn, self.noise * noise

    def sample(self, rng: np.random.Generator) -> Array | None:
        return rng.permutation(self.noises)[:, None] if self.noise else None

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        bowls = [matrix.astype(params.dtype) for matrix, _ in data]
        noises = [noise.astype(params.dtype) for _, noise in data]

        def evaluate(batch: Array | None) -> None:
            for row, bowl in enumerate(bowls):
                np.dot(bowl, params[row], grads[row])
                loss[row] = 0.5 * grads[row].dot(params[row])
                if batch is not None:
                    grads[row] += noises[row][batch[row, 0]]

        return evaluate


@hookimpl
def register_problems() -> list[type]:
    return [Quadratic]
