"""Runs side by side on axis R: optimizers stacked into one, and what stays when some of the runs leave."""

import numpy as np

from optlab.fields import Real
from optlab.layout import Array
from optlab.optimizer import Optimizer, State


def stack(optimizers: list[Optimizer]) -> Optimizer:
    """One optimizer for all runs: `real` fields that differ become columns `(R, 1)`."""
    first = optimizers[0]
    columns: dict[str, Array] = {}
    for key, declaration in first.fields().items():
        values = [getattr(o, key) for o in optimizers]
        if isinstance(declaration, Real) and any(v != values[0] for v in values):
            columns[key] = np.array(values)[:, None]
    return first.stacked(columns)


def take_optimizer(optimizer: Optimizer, keep: Array) -> Optimizer:
    """A stacked optimizer with the rows `keep` of its columns; they stay columns, so that no last bit changes."""
    values = {key: getattr(optimizer, key) for key in optimizer.fields()}
    return optimizer.stacked({k: v[keep] for k, v in values.items() if isinstance(v, np.ndarray)})


def take(array: Array, keep: Array) -> Array:
    """The rows `keep` in the storage order of `array`."""
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    return np.array(array[keep], order="F" if fortran else "C")


def carry(old: State, new: State, keep: Array) -> None:
    """Set the slots of `new`, just initialised for fewer runs, to the rows `keep` of those of `old`."""
    for name, value in vars(old).items():
        if isinstance(value, int | float | str):  # t, and a counter that a plugin keeps for all runs
            setattr(new, name, value)
    for name, array in old.arrays().items():
        *parts, slot = name.split(".")
        state = new
        for part in parts:
            state = state.part(part)
        state.slot(slot, array.shape[1:])[...] = array[keep]
