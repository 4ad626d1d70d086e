"""The camel with six humps."""

from typing import Any

from optlab.api import Landscape, hookimpl


class SixHumpCamel(Landscape):
    """Six valleys, of which two are deepest: the start decides.

        f(x, y) = (4 − 2.1 x² + x⁴ / 3) x² + x y + (4 y² − 4) y²,    minimum −1.0316 at ±(0.0898, −0.7127)

    Source: Dixon & Szegő, "The Global Optimization Problem: an Introduction", in "Towards Global Optimisation 2",
    North-Holland, 1978, 1–15; after Branin, 1972.
    """

    name, title = "six_hump_camel", "six-hump camel"
    domain = ((-3.0, 3.0), (-2.0, 2.0))
    view = ((-2.1, 2.1), (-1.25, 1.25))
    at = (-1.9, 0.2)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        x, y = 0.08984201310031806, -0.7126564030207396
        return (x, y), (-x, -y)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        a, b = x * x, y * y
        f = a * (4 + a * (a / 3 - 2.1)) + x * y + 4 * b * (b - 1)
        return f, x * (8 + a * (2 * a - 8.4)) + y, x + 8 * y * (2 * b - 1)


@hookimpl
def register_problems() -> list[type]:
    return [SixHumpCamel]
