"""Plots over the same steps: what one looks at and points at, the others show too."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from optlab.gui.plots.zoom import ZoomCanvas


class StepLink(QObject):
    """Shares the zoom along x and the cross-hair among `plots`."""

    def __init__(self, plots: Sequence[ZoomCanvas], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots: list[ZoomCanvas] = []
        for plot in plots:
            self.add(plot)

    def add(self, plot: ZoomCanvas) -> None:
        """Let another plot share them, from what the first one looks at on."""
        if self._plots and (first := self._plots[0]).view.zoom_x is not None:
            plot.set_x_range(*first.plain_x())
        self._plots.append(plot)
        plot.zoomed.connect(self._on_zoomed)
        plot.hovered.connect(self._on_hovered)

    def _on_zoomed(self, span: tuple[float, float] | None) -> None:
        for plot in self._others():
            plot.set_x_range(*(span or (None,)))

    def _on_hovered(self, x: float | None) -> None:
        for plot in self._others():
            plot.set_hover(x)

    def _others(self) -> list[ZoomCanvas]:
        sender = self.sender()
        return [plot for plot in self._plots if plot is not sender]
