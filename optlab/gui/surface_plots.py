"""Pictures of one surface: its contours with the path, the loss along both axes, and how far the path is from it."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.engine.session import Entry
from optlab.engine.surface import Surface
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.contour import ContourPlot, Trajectory
from optlab.gui.plots.curves import Curve, Mark
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.shade import Field, value_at
from optlab.gui.surface_words import axes
from optlab.i18n import tr


class SurfacePlots(QWidget):
    """Shows one surface at a time; `looked` tells that the user looks at another part of it."""

    looked = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: Surface | None = None
        self._part: Surface | None = None
        theme = desk.theme
        self.contour = ContourPlot(theme, tr("Loss surface"))
        self.contour.value_name = tr("loss")
        away = Axis(tr("distance from the point"))
        self.slices = CurvePlot(theme, tr("Loss along the axes"), away, Axis(tr("loss")), legend=True, end_labels=False)
        step = Axis(tr("step"), steps=True)
        self.off = CurvePlot(theme, tr("Path and plane"), step, Axis(tr("distance")), legend=True, end_labels=False)
        beside = QWidget()  # hidden, it leaves its room to the contours
        right = QVBoxLayout(beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(1)
        right.addWidget(self.slices)
        right.addWidget(self.off)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.contour, 5)
        row.addWidget(beside, 3)
        self.contour.zoomed.connect(self.looked)

    @property
    def seen(self) -> tuple[Span, Span] | None:
        """The part of the surface that is looked at; None for the whole."""
        view = self.contour.view
        return None if view.zoom_x is None and view.zoom_y is None else (view.x, view.y)

    def clear(self, text: str) -> None:
        """Show nothing but why."""
        self._shown = self._part = None
        for plot in (self.contour, self.slices, self.off):
            plot.set_empty_text(text if plot is self.contour else "")
        if self.contour.field is not None:
            self.contour.field = None
            self.contour.set_trajectories(())
            self.contour.set_points(None)
            self.slices.set_curves([])
            self.off.set_curves([])

    def show_surface(self, surface: Surface, entry: Entry, by_units: bool) -> None:
        """Show a surface of a run; nothing is done where it is shown already."""
        if surface is self._shown:
            return
        if not np.isfinite(surface.values).any():
            self.clear(tr("The loss is nowhere finite in this plane."))
            return
        self._shown, self._part = surface, None
        look, plane = self._desk.look(entry), surface.plane
        x, y = axes(surface, by_units)
        self.contour.set_title(tr("Loss around step {step} · {run}", step=thousands(surface.step), run=entry.name))
        self.contour.set_axes(x, y)
        self.contour.set_field(Field(surface.values, surface.x, surface.y))
        a, b = plane.path.T
        self.contour.set_trajectories([Trajectory(plane.steps, a, b, look.colour, look.dash, look.label)])
        self.contour.set_points((float(a[0]), float(b[0])))
        self._show_slices(surface, tr(entry.run.trial.problem.loss_label()))
        here = tr("to the point of step {n}", n=thousands(surface.step))
        self.off.reset()
        self.off.set_curves([
            Curve(plane.steps, np.hypot(np.hypot(a, b), plane.off), "muted", (6, 3), 1.6, 1.0, here),
            Curve(plane.steps, plane.off, look.colour, (), 2.0, 1.0, tr("to the plane")),
        ])  # fmt: skip

    def show_part(self, part: Surface | None) -> None:
        """Show a part of the surface more finely; None where the whole is looked at."""
        wanted = part or self._shown
        if part is not self._part and wanted is not None:
            self._part = part
            self.contour.refine(Field(wanted.values, wanted.x, wanted.y))

    def set_cursor(self, step: float | None) -> None:
        """Put the dot on the path, and the line into the plot over steps."""
        self.contour.set_cursor(step)
        self.off.set_cursor(step)

    def _show_slices(self, surface: Surface, loss: str) -> None:
        field, n = Field(surface.values, surface.x, surface.y), len(surface.values)
        across, along = np.linspace(*surface.x, n), np.linspace(*surface.y, n)
        at = [[value_at(field, s, 0.0) for s in across], [value_at(field, 0.0, s) for s in along]]
        self.slices.y_axis = Axis(loss, log=self.slices.y_axis.log)
        self.slices.reset()
        self.slices.set_curves([
            Curve(across, np.array(at[0]), "text", (), 2.0, 1.0, tr("horizontal axis")),
            Curve(along, np.array(at[1]), "muted", (6, 3), 2.0, 1.0, tr("vertical axis")),
        ], marks=[Mark(0.0)])  # fmt: skip
