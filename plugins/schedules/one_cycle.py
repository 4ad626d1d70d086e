"""One cycle: up to the full rate, and down to almost nothing, once."""

import numpy as np

from optlab.api import Array, Schedule, along, choice, flag, hookimpl, real


class OneCycle(Schedule):
    """Rise to the full learning rate and fall to almost nothing, while the momentum moves the other way.

        factor(t) = 1/d → 1 → 1/(d f)                    two phases: the top after a share p of the n steps
        factor(t) = 1/d → 1 → 1/d → 1/(d f)              three: back where it began after a share r
        momentum(t) = μ → q μ → μ                        along with the first two values, then level

    Large rates in the middle act as a regulariser and cross flat places; the short end at tiny rates settles. PyTorch
    ends its phases at p n − 1 and n − 1, so that the last step has the last value but none may have the top; optax ends
    them at ⌊p n⌋ and n. Past its end it stays.

    Source: Smith & Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates",
    arXiv:1708.07120 (2017); phases of cosines as in fastai and PyTorch (OneCycleLR), of lines as in the paper.
    """

    name, title = "one_cycle", "one-cycle"
    presets = {
        "PyTorch": {"curve": "cosine", "three_phases": False, "fall": 0.0, "end": "last", "momentum": 0.85 / 0.95},
        "optax cosine": {"curve": "cosine", "three_phases": False, "fall": 0.0, "end": "next", "momentum": 1.0},
        "optax linear": {"curve": "linear", "three_phases": True, "fall": 0.85, "end": "next", "momentum": 1.0},
    }
    verified = ("PyTorch", "optax cosine", "optax linear")

    over: float = real(0.0, 0.0, 1e9, doc="n: time that the cycle takes; 0 = the whole run")
    rise: float = real(0.3, 0.0, 1.0, label="top at", doc="p: share of the cycle after which the top is reached")
    curve: str = choice("cosine", "cosine", "linear", doc="how it goes from value to value")
    div: float = real(25.0, 1.0, 1e6, log=True, label="start divisor", doc="d: the start is 1/d of the learning rate")
    final_div: float = real(1e4, 1.0, 1e9, log=True, label="end divisor", doc="f: the end is 1/f of the start")
    three_phases: bool = flag(False, doc="come down to the start first, and then to the end")
    fall: float = real(0.0, 0.0, 1.0, label="down at", doc="r: where the second of three phases ends; 0 = 2 p")
    end: str = choice(
        "last", "last", "next", label="ends at", doc="the last step (PyTorch) or the one after it (optax)"
    )
    momentum: float = real(1.0, 0.0, 1.0, label="momentum at the top", doc="q: share left at the top; 1 = it stays")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    @property
    def span(self) -> float:
        return self.over

    def _through(self, t: Array, steps: int, values: tuple[float, ...]) -> Array:
        n = self.over or steps
        one = 1 if self.end == "last" and self.unit != "share" else 0
        ends = np.array([self.rise * n, self.fall * n, n][:: 1 if self.three_phases else 2]) - one
        if self.three_phases and not self.fall:
            ends[1] = 2 * ends[0]
        if self.end == "next" and self.unit != "share":
            ends = np.floor(ends)
        return along(t, np.maximum.accumulate([0.0, *np.minimum(ends, n - one)]), values, self.curve)

    def factor(self, t: Array, steps: int) -> Array:
        low, last = 1 / self.div, 1 / (self.div * self.final_div)
        return self._through(t, steps, (low, 1.0, low, last) if self.three_phases else (low, 1.0, last))

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        lr, q = {"lr": self.factor(t, steps)}, self.momentum
        values = (1.0, q, 1.0, 1.0) if self.three_phases else (1.0, q, 1.0)
        return lr if q == 1 else {**lr, "momentum": self._through(t, steps, values)}


@hookimpl
def register_schedules() -> list[type]:
    return [OneCycle]
