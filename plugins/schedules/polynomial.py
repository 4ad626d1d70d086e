"""Polynomial decay: down to the end value along a power."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class Polynomial(Schedule):
    """Fall to the end value along a power of the time that is left; power 1 is a straight line.

        factor(t) = e + (b − e) (1 − t / n)^p            for t < n, after that e
        n ← n · ⌈t / n⌉                                  cycle: up again whenever it has arrived, each time for longer

    A larger power falls sooner and lands more softly.

    Source: Chen, Papandreou, Kokkinos, Murphy & Yuille, "DeepLab: Semantic Image Segmentation with Deep Convolutional
    Nets, Atrous Convolution, and Fully Connected CRFs", IEEE TPAMI 40 (2018), 834–848, arXiv:1606.00915, section 4.1,
    the "poly" policy (e = 0, p = 0.9); cycle as in the PolynomialDecay of Keras, whose end 1e-4 is absolute.
    """

    name = "polynomial"
    presets = {
        "DeepLab": {"power": 0.9, "end": 0.0, "over": 0.0, "cycle": False},
        "PyTorch": {"power": 1.0, "end": 0.0, "over": 5.0, "cycle": False},
        "Keras": {"power": 1.0, "end": 0.01, "over": 0.0, "cycle": False},
    }
    verified = ("PyTorch", "Keras")

    power: float = real(2.0, 0.01, 10.0, doc="p: 1 falls along a line, more falls sooner and lands softly")
    end: float = real(0.0, 0.0, 1000.0, doc="e: share of the learning rate that is left at the end")
    begin: float = real(1.0, 0.0, 1000.0, doc="b: share of the learning rate at the start")
    over: float = real(0.0, 0.0, 1e9, doc="n: time that the fall takes; 0 = the whole run")
    cycle: bool = flag(False, doc="rise again at the end, and take one n longer each time")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    @property
    def span(self) -> float:
        return 0.0 if self.cycle else self.over

    def factor(self, t: Array, steps: int) -> Array:
        done = np.asarray(t) / (self.over or steps)
        if self.cycle:
            done = done / np.maximum(1.0, np.ceil(done - 1e-9))
        left: Array = np.maximum(1 - done, 0.0)
        return self.end + (self.begin - self.end) * left**self.power


@hookimpl
def register_schedules() -> list[type]:
    return [Polynomial]
