"""What a surface of the loss is in words: its axes with their units, and what its plane holds of the path."""

import numpy as np

from optlab.engine.planes import GRADIENT, PATH, RANDOM
from optlab.engine.surface import Surface
from optlab.gui.plots.axis import Axis, reading, thousands
from optlab.i18n import tr


def plane_titles() -> dict[str, str]:
    """The planes by their kinds."""
    return {PATH: tr("plane of the path"), GRADIENT: tr("plane of the gradient"), RANDOM: tr("random plane")}


def axes(surface: Surface, by_units: bool) -> tuple[Axis, Axis]:
    """The axes of a surface; the unit is what a length of 1 is."""
    plane = surface.plane
    first, second = (f"{share:.0%}" if np.isfinite(share) else "–" for share in plane.held)
    if plane.kind == PATH:
        names = (
            tr("1st principal direction of the path ({share})", share=first),
            tr("2nd principal direction ({share})", share=second),
        )
    elif plane.kind == GRADIENT:
        names = tr("against the gradient"), tr("last movement, {n} steps", n=thousands(plane.since))
    else:
        names = tr("1st random direction"), tr("2nd random direction")
    unit = tr("1 = the norm of every unit") if by_units else tr("distance of the params")
    return Axis(names[0], unit), Axis(names[1], unit)


def residual(surface: Surface) -> str:
    """What of the path the plane holds, and how far the path leaves it."""
    plane = surface.plane
    if not np.isfinite(sum(plane.held)):
        return tr("Step {step}: there is no path yet to compare the plane with.", step=thousands(surface.step))
    far = int(np.argmax(plane.off))
    whole = float(np.max(np.hypot(np.hypot(*plane.path.T), plane.off)))
    return tr(
        "Step {step}: the plane holds {share} of the path's variance about this point. The path reaches {whole} from "
        "here, and {off} out of the plane (step {far}).",
        step=thousands(surface.step), share=f"{sum(plane.held):.1%}", far=thousands(plane.steps[far]),
        off=reading(float(plane.off[far])), whole=reading(whole),
    )  # fmt: skip
