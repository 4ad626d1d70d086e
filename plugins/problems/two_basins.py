"""Two basins of the same depth: a sharp one and a flat one."""

from typing import Any

from optlab.api import Landscape, hookimpl, real


class TwoBasins(Landscape):
    """A sharp and a flat minimum of the same depth: the rate decides which one holds a run.

        f(x, y) = p q / (p + q),    p = ½ s ((x − 1)² + y²),    q = ½ ((x + 1)² + y²)

        minimum 0 at (1, 0) and (−1, 0)

    Near each minimum f is p or q alone: its curvature is s in the sharp basin and 1 in the flat one. Descent with
    lr > 2 / s cannot stay in the sharp one, and ends in the flat one.

    Source: Hochreiter & Schmidhuber, "Flat Minima", Neural Computation 9 (1997), 1–42, DOI 10.1162/neco.1997.9.1.1;
    Keskar et al., "On Large-Batch Training for Deep Learning: Generalization Gap and Sharp Minima", ICLR 2017,
    arXiv:1609.04836.
    """

    name = "two_basins"
    domain = ((-3.0, 3.0), (-2.0, 2.0))
    at = (1.3, 0.9)
    kind = ("multi-modal",)

    sharpness: float = real(
        30.0, 1.0, 1000.0, log=True, doc="s: curvature of the sharp basin over that of the flat one"
    )

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (1.0, 0.0), (-1.0, 0.0)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w, s = x - 1, x + 1, self.sharpness
        p, q = 0.5 * s * (u * u + y * y), 0.5 * (w * w + y * y)
        a, b = q / (p + q), p / (p + q)  # one of the two is never 0
        by_p, by_q = a * a * s, b * b
        return p * a, by_p * u + by_q * w, (by_p + by_q) * y


@hookimpl
def register_problems() -> list[type]:
    return [TwoBasins]
