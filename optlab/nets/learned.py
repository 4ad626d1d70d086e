"""What a hidden layer can learn beside weights and normalisers: the slope of PReLU, the weight of a ReZero branch."""

import numpy as np

from optlab.layout import Array


class Prelu:
    """σ(z) = z where z > 0, else α z; each layer learns one α, 0.25 at first.

    He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852, eq. 1 (channel-shared).
    """

    first = 0.25

    def __init__(self, alpha: Array, alpha_grad: Array, z: Array) -> None:
        """`alpha`, `alpha_grad` are `(R, 1)`; `z (R, U, B)` gives the size of what is kept on the way back."""
        self._alpha, self._alpha_grad = alpha[..., None], alpha_grad
        self._below = np.empty(z.shape, z.dtype)  # min(z, 0)

    def forward(self, z: Array, slope: Array) -> None:
        """z ← σ(z),  slope ← σ′(z)"""
        np.minimum(z, 0, out=self._below)
        self.predict(z, slope)

    def predict(self, z: Array, slope: Array) -> None:
        """The same for other sums, of which nothing is kept."""
        np.less_equal(z, 0, out=slope)
        slope *= self._alpha - 1
        slope += 1
        z *= slope

    def backward(self, grad: Array) -> None:
        """Write ∂L/∂α from `grad`, ∂L/∂σ."""
        runs = len(grad)
        np.vecdot(grad.reshape(runs, -1), self._below.reshape(runs, -1), out=self._alpha_grad[:, 0])


class ReZero:
    """h ← h + α f(h); each layer learns one α, 0 at first, so that a deep network starts as the identity.

    Bachlechner et al., "ReZero is All You Need: Fast Convergence at Large Depth", UAI 2021, arXiv:2003.04887, eq. 2.
    """

    def __init__(self, alpha: Array, alpha_grad: Array, branch: Array) -> None:
        """`alpha`, `alpha_grad` are `(R, 1)`; `branch (R, U, B)` holds f(h)."""
        self._alpha, self._alpha_grad, self._branch = alpha[..., None], alpha_grad, branch

    def forward(self, skip: Array, out: Array) -> None:
        """out ← skip + α f"""
        np.multiply(self._branch, self._alpha, out)
        np.add(out, skip, out)

    def predict(self, branch: Array) -> None:
        """branch ← α f"""
        branch *= self._alpha

    def backward(self, grad: Array, out: Array) -> None:
        """Write ∂L/∂α;  out ← ∂L/∂f."""
        runs = len(grad)
        np.vecdot(grad.reshape(runs, -1), self._branch.reshape(runs, -1), out=self._alpha_grad[:, 0])
        np.multiply(grad, self._alpha, out)
