"""Hartmann's function of six dimensions."""

from typing import Any, ClassVar

import numpy as np

from optlab.api import Landscape, hookimpl


class Hartmann6(Landscape):
    """Four smooth hollows in a six-dimensional box; outside of them it is flat.

        f(x) = −Σ αᵢ exp(−Σ Aᵢⱼ (xⱼ − Pᵢⱼ)²),

        minimum −3.32237 at (0.20169, 0.15001, 0.47687, 0.27533, 0.31165, 0.65730)

    Source: Dixon & Szegő, "The Global Optimization Problem: an Introduction", in "Towards Global Optimisation 2",
    North-Holland, 1978, 1–15; after Hartman, 1973.
    """

    name, title = "hartmann6", "Hartmann 6"
    domain = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    at = (0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    kind = ("multi-modal", "plateau")
    depths: ClassVar[tuple[float, ...]] = (1.0, 1.2, 3.0, 3.2)
    widths: ClassVar[tuple[tuple[float, ...], ...]] = (
        (10.0, 3.0, 17.0, 3.5, 1.7, 8.0),
        (0.05, 10.0, 17.0, 0.1, 8.0, 14.0),
        (3.0, 3.5, 1.7, 10.0, 17.0, 8.0),
        (17.0, 8.0, 0.05, 10.0, 0.1, 14.0),
    )
    centres: ClassVar[tuple[tuple[float, ...], ...]] = (
        (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
        (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
        (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
        (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
    )

    def minima(self) -> tuple[tuple[float, ...], ...]:
        x = (0.20168951100670542, 0.15001069182345797, 0.4768739742218970)
        return ((*x, 0.27533243049405607, 0.31165161660011324, 0.6573005340656203),)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        f, slopes = 0.0, [0.0] * 6
        for depth, width, centre in zip(self.depths, self.widths, self.centres, strict=True):
            rests = [p - c for p, c in zip(x, centre, strict=True)]
            pulls = [a * d for a, d in zip(width, rests, strict=True)]
            hollow = depth * np.exp(-sum(a * d for a, d in zip(pulls, rests, strict=True)))
            f = f - hollow
            slopes = [s + 2 * hollow * a for s, a in zip(slopes, pulls, strict=True)]
        return f, *slopes


@hookimpl
def register_problems() -> list[type]:
    return [Hartmann6]
