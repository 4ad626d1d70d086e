"""Plots over steps: the steps a run is going to take, the step cursor, and following a run."""

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from optlab.gui.plots.axis import Axis
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.zoom import ZoomCanvas
from optlab.gui.theme import Theme
from optlab.i18n import tr


class StepCanvas(ZoomCanvas):
    """What curves and maps over steps have in common."""

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, empty_text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, empty_text, parent)
        self.x_axis = x or Axis(tr("step"), steps=True)
        self.at_step: float | None = None
        self.span: Span | None = None

    @property
    def along(self) -> Axis:
        """The axis of x, without its name where that stands elsewhere."""
        return replace(self.x_axis, title="") if self.bare else self.x_axis

    def set_x_span(self, x0: float, x1: float) -> None:
        """Show at least `x0` to `x1`: the steps that a run is going to take."""
        if (x0, x1) != self.span:
            self.span = (x0, x1)
            self.measure()

    def set_follow(self, follow: bool) -> None:
        """Say whether a run goes."""
        self.follow = follow

    def set_cursor(self, step: float | None) -> None:
        """Mark a step, or none."""
        if step != self.at_step:
            self.at_step = step
            self.update()

    def measure(self) -> None:
        """Set the whole ranges from the data."""
        raise NotImplementedError
