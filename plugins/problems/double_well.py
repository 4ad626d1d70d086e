"""The double well: two valleys with a saddle between."""

from typing import Any

from optlab.api import Landscape, hookimpl


class DoubleWell(Landscape):
    """Two equal valleys and the saddle between them.

        f(x, y) = ¼ x⁴ − ½ x² + ½ y²,    minimum −¼ at (±1, 0)

    The start lies beside the line x = 0, which leads to the saddle (0, 0). On the line itself no deterministic method
    ever leaves: start there to see it, and add jitter to see it cured.

    Source: Lee, Simchowitz, Jordan & Recht, "Gradient Descent Only Converges to Minimizers", COLT 2016,
    arXiv:1602.04915, section 3, with x and y exchanged.
    """

    name = "double_well"
    domain = ((-2.0, 2.0), (-1.5, 1.5))
    at = (0.001, 1.2)
    kind = ("multi-modal", "saddle")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (1.0, 0.0), (-1.0, 0.0)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        square = x * x
        return square * (0.25 * square - 0.5) + 0.5 * y * y, x * (square - 1), y


@hookimpl
def register_problems() -> list[type]:
    return [DoubleWell]
