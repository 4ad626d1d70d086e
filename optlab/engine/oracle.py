"""What an optimizer, and those that it wraps, may ask for beside a gradient."""

from collections.abc import Callable

from optlab.engine.targets import inner
from optlab.layout import Array
from optlab.optimizer import Optimizer, State


def needs_oracle(optimizer: Optimizer) -> bool:
    """Whether the optimizer, or one that it wraps, asks for more evaluations."""
    return optimizer.needs_oracle or any(needs_oracle(getattr(optimizer, key)) for key in inner(optimizer))


def is_batched(optimizer: Optimizer) -> bool:
    """Whether the optimizer, and every one that it wraps, steps several runs at once."""
    return optimizer.batched and all(is_batched(getattr(optimizer, key)) for key in inner(optimizer))


def give_oracle(
    optimizer: Optimizer, state: State, oracle: Callable[[Array, Array], Array],
    curvature: Callable[[Array, Array, Array], None], signs: Callable[[Array], None],
) -> None:  # fmt: skip
    """Give an optimizer and those that it wraps what they may ask for beside a gradient."""
    state.oracle, state.curvature, state.signs = oracle, curvature, signs
    for key in inner(optimizer):
        give_oracle(getattr(optimizer, key), state.part(key), oracle, curvature, signs)
