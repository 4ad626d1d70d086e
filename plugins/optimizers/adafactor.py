"""Adafactor: Adam's denominator in the memory of one row and one column."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, hookimpl, real


class Adafactor(Optimizer):
    """Keep of each matrix's squared gradients only the means of rows and columns, and scale steps with the weights.

        r ← r + k (mean of g² over columns − r),   c ← c + k (mean of g² over rows − c),   k = t^decay
        V = r cᵀ / mean(r)                               vectors: V ← V + k (g² − V)
        u = g / √V
        x ← x − max(ε₂, RMS(x)) · min(lr, 1 / √t) · u / max(1, RMS(u) / clip)      for each layer

    A step is a share lr of the layer's own size. k = 1 at the first step, so that nothing has to be corrected.

    Source: Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018,
    arXiv:1804.04235, Algorithms 4 and 5 with the values of Algorithm 6. There and in Keras ε₁ is added to g²; in
    PyTorch √V is at least ε₁, and x decays by lr · λ after RMS(x) is taken.
    """

    name = "adafactor"

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="largest step relative to the layer's size")
    decay: float = real(-0.8, -2.0, 0.0, doc="power of t with which new squares lose weight")
    eps1: float = real(1e-30, 0.0, 0.1, label="ε₁", doc="floor of the squared gradient")
    eps1_place: str = choice("added", "added", "floor", label="ε₁ is", doc="added to g², or the least √V")
    eps2: float = real(1e-3, 0.0, 1.0, label="ε₂", doc="least size of a layer, so that a layer of zeros moves")
    clip: float = real(1.0, 1e-3, 1e3, log=True, doc="largest root mean square of a layer's u")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {
        "PyTorch": {"lr": 1e-2, "decay": -0.8, "eps1": 2**-52, "eps1_place": "floor", "eps2": 1e-3, "clip": 1.0},
        "Keras": {"lr": 1e-3, "decay": -0.8, "eps1": 1e-30, "eps1_place": "added", "eps2": 1e-3, "clip": 1.0},
        "paper": {"lr": 1e-2, "decay": -0.8, "eps1": 1e-30, "eps1_place": "added", "eps2": 1e-3, "clip": 1.0},
    }
    verified = ("PyTorch", "Keras")

    def init(self, params: Array, state: State) -> None:
        for name, shape in state.layout.shapes.items():
            state.slot(f"rows_{name}", shape[:1])
            if len(shape) == 2:
                state.slot(f"columns_{name}", shape[1:])

    def step(self, params: Array, grads: Array, state: State) -> None:
        u, tmp, fresh = state.tmp, state.tmp2, state.t**self.decay
        np.multiply(grads, grads, u)
        if self.eps1_place == "added":
            np.add(u, self.eps1, u)
        for name, square in state.layout.views(u).items():
            self._average(name, square, fresh, state)
        np.maximum(u, self.eps1**2, out=u)
        np.divide(grads, np.sqrt(u, u), u)
        parts, norms = state.layout.slices.values(), state.layout.norms
        roots = np.sqrt([part.stop - part.start for part in parts])
        rates = np.maximum(self.eps2, norms(params, tmp) / roots) * np.minimum(state.lr, state.t**-0.5)
        rates = (rates / np.maximum(1.0, norms(u, tmp) / roots / self.clip)).astype(u.dtype)
        for k, part in enumerate(parts):
            np.multiply(u[:, part], rates[:, k : k + 1], u[:, part])
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, u, params)

    def _average(self, name: str, square: Array, fresh: float, state: State) -> None:
        """Take a layer's squares into its means, and put V in their place."""
        rows = getattr(state, f"rows_{name}")
        if square.ndim == 3:
            columns = getattr(state, f"columns_{name}")
            rows += fresh * (square.mean(axis=2) - rows)
            columns += fresh * (square.mean(axis=1) - columns)
            mean = np.maximum(rows.mean(axis=1, keepdims=True), self.eps1)
            np.multiply(rows[:, :, None], (columns / mean)[:, None, :], square)
        else:
            np.multiply(np.subtract(square, rows, square), fresh, square)
            np.copyto(square, np.add(rows, square, rows))


@hookimpl
def register_optimizers() -> list[type]:
    return [Adafactor]
