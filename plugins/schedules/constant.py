"""The constant schedule: the learning rate stays what it is."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl


class Constant(Schedule):
    """The learning rate stays what it is.

        factor(t) = 1

    With noisy gradients a run then comes down to a noise floor that is proportional to lr, and no lower.

    Source: Bottou, Curtis & Nocedal, "Optimization Methods for Large-Scale Machine Learning", SIAM Review 60 (2018),
    223–311, arXiv:1606.04838, Theorem 4.6.
    """

    name = "constant"

    def factor(self, t: Array, steps: int) -> Array:
        return np.ones(np.shape(t))


@hookimpl
def register_schedules() -> list[type]:
    return [Constant]
