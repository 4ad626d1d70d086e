"""Gradient accumulation: one step for several gradients."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, integer, part


class Accumulate(Optimizer):
    """Let another optimizer step with the mean of several gradients, and wait in between.

        a ← a + g / k
        at every k-th step:  the inner optimizer steps with a,  a ← 0

    k mini-batches of B points act as one of k · B, in the memory of one: what is done where a large mini-batch does
    not fit. The inner optimizer counts its own steps only, so that its corrections of the start are right. Clipping
    acts on each gradient and decay at each step here, in Keras on the mean and when it is applied.

    Source: Keras, `gradient_accumulation_steps` of every optimizer, keras.io/api/optimizers.
    """

    name, title = "accumulate", "Gradient accumulation"
    slots = ("mean",)

    inner: Optimizer = part(Optimizer, "sgd", label="optimizer", doc="the optimizer that steps with the mean")
    every: int = integer(2, 1, 10_000, label="accumulate", unit="steps", doc="gradients in a mean")

    def step(self, params: Array, grads: Array, state: State) -> None:
        mean, tmp, inner = state.mean, state.tmp, state.part("inner")
        np.divide(grads, self.every, tmp)
        np.add(mean, tmp, mean)
        if state.t % self.every == 0:
            inner.t = state.t // self.every
            self.inner.step(params, mean, inner)
            mean.fill(0.0)


@hookimpl
def register_optimizers() -> list[type]:
    return [Accumulate]
