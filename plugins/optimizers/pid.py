"""PID: the gradient as the error of a controller."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, hookimpl, real


class PID(Optimizer):
    """Step by the gradient, by the sum of the past ones and by how they change, as a controller does.

        i ← μ i + (1 − τ) g
        d ← μ d + (1 − μ) (g − g₋),   d = 0 at the first step,   g₋ ← g
        x ← x − lr · (g + K_i i + K_d d)

    Momentum (the integral i) overshoots; the derivative d brakes before the minimum is passed. The integral is about
    K_i / (1 − μ) gradients: lr is to be that much smaller than for gradient descent.

    Source: An, Wang, Sun, Xu, Dai & Zhang, "A PID Controller Approach for Stochastic Optimization of Deep Networks",
    CVPR 2018. There the integral alone stands for g + K_i i; the sum is the authors' code's.
    """

    name, title = "pid", "PID"
    slots = ("i", "d", "last")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="step along the controller's answer")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of integral and derivative that a step keeps")
    dampening: float = real(0.0, 0.0, 1.0, doc="share τ of the gradient that does not enter the integral")
    integral: float = real(5.0, 0.0, 50.0, label="integral gain", doc="weight K_i of the past gradients")
    derivative: float = real(10.0, 0.0, 50.0, label="derivative gain", doc="weight K_d of the gradient's change")

    presets = {"pytorch_optimizer": {"lr": 1e-3, "dampening": 0.0, "integral": 5.0, "derivative": 10.0}}
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        i, d, last, tmp = state.i, state.d, state.last, state.tmp
        np.multiply(i, decay_pair(self.momentum, i)[0], i)
        np.multiply(grads, decay_pair(self.dampening, i)[1], tmp)
        np.add(i, tmp, i)
        if state.t > 1:
            np.subtract(grads, last, last)
            ema(d, last, self.momentum, tmp)
        np.copyto(last, grads)
        np.multiply(d, self.derivative, tmp)
        np.add(tmp, grads, tmp)
        np.multiply(tmp, state.lr, tmp)
        np.subtract(params, tmp, params)
        np.multiply(i, state.lr * self.integral, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [PID]
