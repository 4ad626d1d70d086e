"""Polynomial decay: down to the end value along a power."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, integer, real


class Polynomial(Schedule):
    """Fall to the end value along a power of the time that is left; power 1 is a straight line.

        factor(t) = e + (1 − e) (1 − t / n)^p            for t < n, after that e

    A larger power falls sooner and lands more softly.

    Source: Chen, Papandreou, Kokkinos, Murphy & Yuille, "DeepLab: Semantic Image Segmentation with Deep Convolutional
    Nets, Atrous Convolution, and Fully Connected CRFs", IEEE TPAMI 40 (2018), 834–848, arXiv:1606.00915, section 4.1,
    the "poly" policy (e = 0, p = 0.9).
    """

    name = "polynomial"

    power: float = real(2.0, 0.1, 10.0, doc="p: 1 falls along a line, more falls sooner and lands softly")
    end: float = real(0.0, 0.0, 1.0, doc="e: share of the learning rate that is left at the end")
    over: int = integer(0, 0, 10**9, unit="steps", doc="n: steps that the fall takes; 0 = the whole run")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    def factor(self, t: Array, steps: int) -> Array:
        left: Array = 1 - np.minimum(np.asarray(t) / (self.over or steps), 1.0)
        return self.end + (1 - self.end) * left**self.power


@hookimpl
def register_schedules() -> list[type]:
    return [Polynomial]
