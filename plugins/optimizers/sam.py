"""SAM: sharpness-aware minimisation, towards minima that are flat."""

import numpy as np

from optlab.api import Array, Optimizer, State, flag, hookimpl, part, real


class SAM(Optimizer):
    """Around any optimizer: hand it the gradient of the worst point nearby instead of the one here.

        w = x + ρ g / (‖g‖ + 10⁻¹²)                      adaptive: w = x + ρ x² g / (‖x g‖ + 10⁻¹²)
        x ← x + a step of the optimizer inside along the gradient at w

    A sharp minimum has a high wall within ρ, which pushes away; a flat one has none. Each step costs two evaluations:
    compare it with others against evaluations. The worst point is found to first order only, with the same mini-batch.

    Source: Foret, Kleiner, Mobahi & Neyshabur, "Sharpness-Aware Minimization for Efficiently Improving Generalization",
    ICLR 2021, arXiv:2010.01412, Algorithm 1, eq. 2; adaptive: Kwon, Kim, Park & Choi, "ASAM: Adaptive Sharpness-Aware
    Minimization for Scale-Invariant Learning of Deep Neural Networks", ICML 2021, arXiv:2102.11600.
    """

    name, title, needs_oracle = "sam", "SAM", True
    slots = ("worse", "g")

    inner: Optimizer = part(Optimizer, "sgd", label="optimizer inside", doc="the optimizer that steps")
    rho: float = real(0.05, 0.0, 10.0, label="ρ", doc="distance of the worst point nearby")
    adaptive: bool = flag(False, doc="measure the distance by the size of each coordinate")

    presets = {"paper": {"rho": 0.05, "adaptive": False}}

    def step(self, params: Array, grads: Array, state: State) -> None:
        worse, tmp, way = state.worse, state.tmp, grads
        if self.adaptive:
            way = np.multiply(params, grads, worse)
        norm = np.sqrt(np.multiply(way, way, tmp).sum(axis=1, keepdims=True))
        if self.adaptive:
            way = np.multiply(params, way, worse)
        np.multiply(way, self.rho / (norm + 1e-12), worse)
        np.add(params, worse, worse)
        state.oracle(worse, state.g)
        self.inner.step(params, state.g, state.part("inner"))


@hookimpl
def register_optimizers() -> list[type]:
    return [SAM]
