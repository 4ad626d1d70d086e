"""The edge of stability of a trial: the curvature above which its steps grow, at the learning rates that it used."""

from collections.abc import Mapping

import numpy as np

from optlab.engine import faults
from optlab.engine.spec import Trial
from optlab.layout import Array


def edge(trial: Trial, lr: Array, moved: Mapping[str, Array] | None = None) -> Array | None:
    """The largest stable eigenvalue of the loss's Hessian for each `lr (n,)`; None where no bound is known.

    `moved` are fields that a schedule moves beside lr, by their columns, `(n,)` each. On mini-batches it is a guide:
    noise destabilises earlier. Clipping and averages of the weights are left out.

    Source: Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", ICLR 2021,
    arXiv:2103.00065, section 2, eq. 1. A penalty ½ l2 x² adds l2 to every eigenvalue.
    """
    if trial.update.layers:  # each layer has a rate of its own
        return None
    optimizer = trial.optimizer
    places = {path: path.removeprefix("optimizer.") for path in moved or {}}
    own = {key: (moved or {})[path] for path, key in places.items() if key in optimizer.fields()}
    try:
        with np.errstate(divide="ignore"):  # a step of no size bears any curvature
            bound = optimizer.stacked(own).stable_curvature(lr)
            return None if bound is None else np.broadcast_to(np.asarray(bound, float), lr.shape) - trial.gradient.l2
    except faults.RAISED:  # a plugin's own code: then no bound is known
        return None
