"""Optimizers: what they declare, and the state that the engine keeps for them."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optlab.component import Component
from optlab.fields import FieldError, Part
from optlab.i18n import tr
from optlab.layout import Array, Layout


class State:
    """What an optimizer remembers, owned by the engine.

    `t` counts steps from 1; `lr` is the learning rate of this step, a float or a column `(R, 1)`; `loss (R,)` is the
    loss of this step with the penalties whose gradients are in `grads`, and so is what `oracle` returns; `tmp` and
    `tmp2` are scratch like `params`; every slot is an attribute.
    """

    t: int
    lr: Any
    loss: Array
    oracle: Callable[[Array, Array], Array]
    curvature: Callable[[Array, Array, Array], None]
    signs: Callable[[Array], None]

    def __init__(self, like: Array, layout: Layout, loss: Array) -> None:
        self.t = 0
        self.lr = 0.0
        self.loss = loss
        self.layout = layout
        self.tmp = np.zeros_like(like)
        self.tmp2 = np.zeros_like(like)
        self._like = like
        self._arrays: dict[str, Array] = {}
        self._parts: dict[str, State] = {}

    if TYPE_CHECKING:  # slots are attributes that a plugin names; the type checker cannot know them

        def __getattr__(self, name: str) -> Any: ...

    def slot(self, name: str, shape: tuple[int, ...] | None = None, dtype: Any = None) -> Array:
        """The slot `name`; made with zeros at first, `(R, *shape)`, or like `params` without a shape.

        Sums and estimates of a run are best `(1,)` with `dtype=float`, which loses nothing where params are float32.
        """
        if name not in self._arrays:
            like = self._like
            whole = None if shape is None else (like.shape[0], *shape)
            array = np.zeros_like(like) if whole is None else np.zeros(whole, dtype or like.dtype)
            self._arrays[name] = array
            setattr(self, name, array)
        return self._arrays[name]

    def part(self, name: str) -> "State":
        """The state of the component in the field `name`, which steps along with this one."""
        inner = self._parts[name]
        inner.t, inner.lr = self.t, self.lr
        return inner

    def arrays(self) -> dict[str, Array]:
        """Every array by name, those of parts as `part.slot`: a checkpoint is a copy of them."""
        inner = {f"{part}.{k}": a for part, state in self._parts.items() for k, a in state.arrays().items()}
        return {**self._arrays, **inner}


class Optimizer(Component):
    """A rule that moves `params (R, D)` by `grads (R, D)`."""

    slots: ClassVar[tuple[str, ...]] = ()
    """Arrays like `params`, zero before the first step."""

    needs_oracle: ClassVar[bool] = False
    """Whether `step` asks for more evaluations on the same mini-batch.

    `state.oracle(params, grads_out) → loss (R,)`; `state.curvature(params, v, out)` writes the Hessian times v, from
    the difference of two gradients, which are two evaluations. `state.signs(out)`, which needs none, draws ±1: they
    depend on seed and step alone, so that nothing has to be remembered.
    """

    batched: ClassVar[bool] = True
    """False where runs need different numbers of evaluations: such runs are computed one by one."""

    largest: ClassVar[int] = 2**31
    """Most parameters that the method is made for; a run of a larger problem is refused at its start."""

    def init(self, params: Array, state: State) -> None:
        """Set slots that do not start at zero, and make those of other shapes with `state.slot`."""

    @abstractmethod
    def step(self, params: Array, grads: Array, state: State) -> None:
        """Move `params` in place; never write `grads`. Both are `(R, D)`."""

    def view(self, params: Array, state: State, out: Array) -> None:
        """Write into `out` the point at which loss and pictures are taken; by default the params."""
        np.copyto(out, params)

    def stable_curvature(self, lr: Array) -> Array | None:
        """The largest curvature λ for each `lr` at which steps on ½ λ x² do not grow; None where none is known."""
        return None

    @classmethod
    def has_view(cls) -> bool:
        """Whether the point of the pictures is another than the params."""
        return cls.view is not Optimizer.view


def make_state(optimizer: Optimizer, params: Array, layout: Layout, loss: Array) -> State:
    """The state of `optimizer` for `params (R, D)`, with its slots, those of its parts, and `init` done."""
    if params.shape[1] > optimizer.largest:
        text = tr("{optimizer}: expected at most {most} parameters, got {size}; take a smaller problem")
        raise FieldError(text.format(optimizer=optimizer.name, most=optimizer.largest, size=params.shape[1]))
    state = State(params, layout, loss)
    for name in optimizer.slots:
        state.slot(name)
    for key, declaration in optimizer.fields().items():
        inner = getattr(optimizer, key)
        if isinstance(declaration, Part) and isinstance(inner, Optimizer):
            state._parts[key] = make_state(inner, params, layout, loss)
    optimizer.init(params, state)
    return state
