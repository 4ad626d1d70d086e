"""Why a run has diverged, in a sentence."""

import numpy as np

from optlab.engine.run import Run
from optlab.i18n import tr
from optlab.landscape import Landscape
from optlab.layout import Array


def divergence(run: Run, t: int, loss: float, point: Array, bound: float) -> str:
    """What is wrong with the `loss` at `point (D,)` of step t: params, the start, the loss, or its size."""
    advice = tr("lower lr or clip the gradient")
    if not np.isfinite(point).all():
        return tr("params are no longer finite at step {t}; {advice}", t=t, advice=advice)
    if not np.isfinite(loss) and t == 0:
        where = _coordinates(run, point)
        text = tr("loss is not finite at the start ({where}); start elsewhere", where=where)
        return text if where else tr("loss is not finite at the start; start elsewhere")
    if not np.isfinite(loss):
        return tr("loss is no longer finite at step {t}; {advice}", t=t, advice=advice)
    numbers = {"loss": f"{loss:.3g}", "t": t, "bound": f"{bound:.3g}", "advice": advice}
    return tr("loss is {loss} at step {t}, beyond the bound {bound}; {advice}", **numbers)


def _coordinates(run: Run, point: Array) -> str:
    """`x = 0, y = 1` for a landscape of a few coordinates; else an empty text."""
    if not isinstance(run.trial.problem, Landscape) or len(point) > 4:
        return ""
    names = Landscape.tracks(run.trial.problem)
    return ", ".join(f"{name} = {value:.4g}" for name, value in zip(names, point, strict=False))
