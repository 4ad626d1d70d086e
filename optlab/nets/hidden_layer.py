"""One hidden layer of a perceptron, bound to its arrays: what it calls on the way forward and on the way back."""

from functools import partial

import numpy as np

from optlab.layout import Array
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.arrays import Arrays, Call, Signal, swap
from optlab.nets.learned import Prelu, ReZero
from optlab.nets.net import Hidden
from optlab.nets.norms import Statistics, normaliser


class HiddenLayer:
    """z = norm(W below), f = dropout(σ(z)), and h = f, skip + f or skip + α f.

    `forward` and `backward` are its calls in an evaluation; the latter end with the gradient of `below`.
    """

    def __init__(
        self, arrays: Arrays, k: int, below: Signal, skip: Array | None, mask: Array | None,
        batch: Statistics | None, running: Statistics | None,
    ) -> None:  # fmt: skip
        """`skip`, `mask` are `(R, units, B)`; `batch`, `running` are the statistics of batch norm."""
        net, units = arrays.net, arrays.net.sizes[k]
        full = np.ones((arrays.runs, units + net.bias, arrays.points), arrays.dtype)
        self.signal = Signal(full, full[:, :units], arrays.grad(k))
        self._arrays, self._below, self._skip, self._mask = arrays, below, skip, mask
        self._weights, self._weight_grads = arrays.matrix(k)
        self._activation, self._slope = ACTIVATIONS.get(net.activation), arrays.empty(units)
        rezero = skip is not None and net.residual == "rezero"
        self._value = arrays.empty(units) if rezero else self.signal.value  # σ, and then f
        self._sums = self._value if net.norm == "none" else arrays.empty(units)
        self._norm = normaliser(arrays, k, self._sums, batch, running)
        self._prelu = None if self._activation else Prelu(*arrays.learned(f"slope{k}"), self._slope)
        self._rezero = ReZero(*arrays.learned(f"skip{k}"), self._value) if rezero else None
        self._z = arrays.empty(units) if arrays.keep else None
        bend = self._activation.forward if self._activation else self._prelu.predict if self._prelu else None
        self.hidden = Hidden(f"h{k}", self.signal.value, self._slope, self.signal.grad, self._z, bend)

    def forward(self) -> list[Call]:
        """The calls that make h of what is below."""
        arrays, value, out, calls = self._arrays, self._value, self.signal.value, list[Call]()
        calls.append(arrays.product(swap(self._weights), self._below.full, self._sums))
        if self._norm is not None:
            calls.append(arrays.call(self._norm.forward, value))
        if self._z is not None:
            calls.append(arrays.call(np.copyto, self._z, value))
        if self._activation is not None:
            calls.append(arrays.call(self._activation.forward, value, self._slope))
        if self._prelu is not None:
            calls.append(partial(self._prelu.forward, value, self._slope))
        if self._mask is not None:
            calls.append(arrays.call(np.multiply, value, self._mask, value))
        if self._rezero is not None and self._skip is not None:
            calls.append(partial(self._rezero.forward, self._skip, out))
        elif self._skip is not None:
            calls.append(arrays.call(np.add, out, self._skip, out))
        return calls

    def backward(self, shares: bool, above: Array | None) -> list[Call]:
        """The calls that make the gradients of the weights and of what is below.

        Where the layer `shares` its gradient with a skip, or it is shown, it stays as it is. `above` is the gradient
        that a skip brings from above to what is below.
        """
        arrays, grad, calls = self._arrays, self.signal.grad, list[Call]()
        z_grad = arrays.inner(grad.shape[1]) if shares or arrays.keep else grad
        if self._rezero is not None:
            calls.append(partial(self._rezero.backward, grad, z_grad))
            grad = z_grad
        if self._mask is not None:
            calls.append(arrays.call(np.multiply, grad, self._mask, z_grad))
            grad = z_grad
        if self._prelu is not None:
            calls.append(partial(self._prelu.backward, grad))
        calls.append(arrays.call(np.multiply, grad, self._slope, z_grad))
        if self._norm is not None:
            calls.append(arrays.call(self._norm.backward, z_grad, z_grad))
        calls += arrays.gradients(self._weights, self._weight_grads, self._below, z_grad)
        if above is not None:
            calls.append(arrays.call(np.add, self._below.grad, above, self._below.grad))
        return calls

    def predict(self, below: Array, skip: Array | None) -> Array:
        """The values `(R, units, N)` for other values `(R, in, N)` below, without dropout."""
        z = affine(self._weights, below)
        if self._norm is not None:
            self._norm.predict(z)
        if self._activation is not None:
            self._activation.forward(z, np.empty_like(z))
        if self._prelu is not None:
            self._prelu.predict(z, np.empty_like(z))
        if self._rezero is not None:
            self._rezero.predict(z)
        if skip is not None:
            z += skip
        return z


def affine(weights: Array, below: Array) -> Array:
    """W h + b for weights `(R, in + 1, out)`, or `(R, in, out)` without a bias, and `below (R, in, N)`."""
    inputs = below.shape[-2]
    z: Array = np.matmul(swap(weights[:, :inputs]), below)
    if weights.shape[1] > inputs:
        z += weights[:, -1, :, None]
    return z
