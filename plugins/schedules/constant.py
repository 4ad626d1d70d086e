"""The constant schedule: the learning rate stays what it is."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, real


class Constant(Schedule):
    """The learning rate stays what it is, or a share of it.

        factor(t) = c

    With noisy gradients a run then comes down to a noise floor that is proportional to lr, and no lower. A share c
    other than 1 serves inside products and sequences.

    Source: Bottou, Curtis & Nocedal, "Optimization Methods for Large-Scale Machine Learning", SIAM Review 60 (2018),
    223–311, arXiv:1606.04838, Theorem 4.6.
    """

    name, timed = "constant", False

    share: float = real(1.0, 0.0, 1000.0, doc="c: share of the learning rate")

    def factor(self, t: Array, steps: int) -> Array:
        return np.full(np.shape(t), self.share)


@hookimpl
def register_schedules() -> list[type]:
    return [Constant]
