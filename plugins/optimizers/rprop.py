"""Rprop: only the signs of the gradient count."""

import numpy as np

from optlab.api import Array, Optimizer, State, flag, hookimpl, real


class Rprop(Optimizer):
    """Give each coordinate a step size of its own, which grows while the gradient keeps its sign.

        c = sign(g · g₋)
        s ← clip(s · (η⁺ where c > 0, η⁻ where c < 0), lowest, highest),   s = lr at the first step
        g ← 0 where c < 0
        x ← x − s · sign(g),   g₋ ← g

    After a change of sign the coordinate waits for one step. Made for full gradients: in mini-batches signs are noise.
    lr is the size of the first step alone, so that a schedule does nothing here.

    Source: Riedmiller & Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm",
    IEEE International Conference on Neural Networks 1993, DOI 10.1109/ICNN.1993.298623; without weight backtracking:
    Igel & Hüsken, "Improving the Rprop Learning Algorithm", Neural Computation 2000 (iRprop−). optax takes each step
    a call late: x ← x − s₋ sign(g₋) where c ≥ 0, with what the call before computed.
    """

    name = "rprop"
    slots = ("s", "last")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="first step", doc="size of each coordinate's first step")
    eta_plus: float = real(1.2, 1.0, 2.0, label="η⁺", doc="factor of the step while the sign stays")
    eta_minus: float = real(0.5, 0.01, 1.0, label="η⁻", doc="factor of the step when the sign changes")
    lowest: float = real(1e-6, 1e-12, 1.0, log=True, label="smallest step", doc="lower bound of the steps")
    highest: float = real(50.0, 1e-3, 1e3, log=True, label="largest step", doc="upper bound of the steps")
    delayed: bool = flag(False, doc="take each step one call late, as optax does")

    presets = {
        "PyTorch": {"lr": 1e-2, "eta_plus": 1.2, "eta_minus": 0.5, "lowest": 1e-6, "highest": 50.0, "delayed": False},
        "optax": {"eta_plus": 1.2, "eta_minus": 0.5, "lowest": 1e-6, "highest": 50.0, "delayed": True},
    }
    verified = ("PyTorch", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        s, last, tmp, turned = state.s, state.last, state.tmp, state.tmp2
        if state.t == 1:
            np.copyto(s, state.lr)
        np.multiply(grads, last, tmp)
        np.sign(tmp, turned)  # in place it takes nine times as long
        if self.delayed:
            np.copyto(last, np.sign(last, tmp))
        np.maximum(turned, 0.0, out=tmp)  # 1 where the sign stayed, else 0
        np.minimum(turned, 0.0, out=turned)  # −1 where it changed, else 0
        if self.delayed:
            np.multiply(last, s, last)
            np.add(turned, 1.0, turned)
            np.multiply(last, turned, last)
            np.subtract(params, last, params)
            np.subtract(turned, 1.0, turned)
        np.multiply(tmp, self.eta_plus - 1, tmp)
        np.add(tmp, 1.0, tmp)
        np.multiply(s, tmp, s)
        np.multiply(turned, 1 - self.eta_minus, tmp)
        np.add(tmp, 1.0, tmp)
        np.multiply(s, tmp, s)
        np.maximum(s, self.lowest, out=s)
        np.minimum(s, self.highest, out=s)
        np.add(turned, 1.0, turned)
        np.multiply(grads, turned, last)
        if not self.delayed:
            np.sign(last, tmp)
            np.multiply(tmp, s, tmp)
            np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Rprop]
