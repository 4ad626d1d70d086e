"""What some runs answer, side by side: planes, samples of images, and one plot for all fitted curves."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from optlab.engine import faults
from optlab.engine.asked import LINE, PLANE
from optlab.engine.session import Entry
from optlab.gui.answers import Answers, Scene
from optlab.gui.desk import Desk
from optlab.gui.multiples import Multiples
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.curves import Curve
from optlab.gui.plots.fit import FitPlot
from optlab.gui.plots.images import ImagePlot
from optlab.gui.plots.legend import Key
from optlab.gui.plots.plane import PlanePlot
from optlab.i18n import tr

BEYOND = 0.15
"""How far curves go on beyond the points, in the length of these."""


class AnswerPlots(QWidget):
    """Plots of up to `most` runs at the cursor's step; `moved` asks for a refresh, as another part is looked at."""

    moved = Signal()

    def __init__(self, desk: Desk, most: int) -> None:
        super().__init__()
        self._desk = desk
        self.answers = Answers(desk)
        self.planes = [PlanePlot(desk.theme) for _ in range(most)]
        self.images = [ImagePlot(desk.theme) for _ in range(most)]
        self.fit = FitPlot(desk.theme, tr("Fit"), Axis("x"), Axis(tr("answer")), legend=True, end_labels=False)
        self.multiples = Multiples([*self.planes, *self.images, self.fit])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.multiples)
        for plot in self.planes:
            plot.zoomed.connect(self._on_zoomed)

    @property
    def shows_images(self) -> bool:
        return any(plot.isVisibleTo(self) for plot in self.images)

    def scene(self, entry: Entry) -> Scene | str | None:
        """What can be drawn of a run; None where nothing can, or what its plugin raised."""
        try:
            return self.answers.scene(entry)
        except faults.RAISED as error:  # a plugin's own code: its run has failed of it too
            return f"{type(error).__name__}: {error}"

    def refresh(self, most: int, why_not: str, worst: bool, alone: int | None = None) -> None:
        """Show what up to `most` runs answer, or all where curves fit into one plot; `why_not` where they do not.

        With `alone` only one plot is shown: that of the run so many places after the selected one.
        """
        scenes = [(entry, self.scene(entry)) for entry in self._chosen(most, alone)]
        lines = [(e, s) for e, s in scenes if isinstance(s, Scene) and s.subject == LINE]
        others = [(e, s) for e, s in scenes if not (isinstance(s, Scene) and s.subject == LINE)]
        if not any(scene for _, scene in scenes):
            others = others[:1]  # one sentence is enough
        shown: list[Canvas] = []
        for k, (entry, scene) in enumerate(others):
            images = isinstance(scene, Scene) and scene.subject != PLANE
            shown.append((self.images if images else self.planes)[k])
            self._announce(shown[-1], entry, scene, why_not)
        for plot, (entry, scene) in zip(shown, others, strict=True):
            if isinstance(scene, Scene):
                self._show(plot, entry, scene, worst)
        if lines:
            self._show_fit(lines)
            shown.append(self.fit)
        if not shown:
            self.planes[0].clear(why_not or tr("Press Run to see it"))
        self.multiples.set_shown(shown or self.planes[:1])

    def _chosen(self, most: int, alone: int | None) -> list[Entry]:
        """The first of the visible runs, the selected one among them; all of them where they share a plot."""
        visible, selected = self._desk.visible, self._desk.selected
        if most > 1 and all(isinstance(s := self.scene(e), Scene) and s.subject == LINE for e in visible):
            return visible
        if alone is not None and visible:
            place = visible.index(selected) if selected is not None and selected in visible else 0
            return [visible[(place + alone) % len(visible)]]
        shown = visible[:most]
        if selected in visible and selected not in shown and selected is not None:
            shown[-1] = selected
        return shown

    def forget(self) -> None:
        """Drop what is known of runs that are gone."""
        self.answers.forget()
        self.fit.set_curves([])

    def _announce(self, plot: Canvas, entry: Entry, scene: Scene | str | None, why_not: str) -> None:
        """Say whose answers come, and why there are none."""
        if not isinstance(scene, Scene):
            assert isinstance(plot, PlanePlot)
            plot.clear(scene or why_not)
            return
        look = self._desk.look(entry)
        key = Key(look.label, look.colour, look.dash)
        if isinstance(plot, PlanePlot):
            plot.set_run(look.label, key, scene.points)
        elif isinstance(plot, ImagePlot):
            plot.set_run(look.label, key)
        plot.set_empty_text(self._desk.lookout.fault(entry) or tr("Nothing of it is seen yet."))

    def _show(self, plot: Canvas, entry: Entry, scene: Scene, worst: bool) -> None:
        if isinstance(plot, PlanePlot):
            plane = self.answers.plane(entry, scene, (plot.view.x, plot.view.y))
            if plane is not None:
                plot.set_ground(*plane)
        elif isinstance(plot, ImagePlot):
            tiles = self.answers.tiles(entry, scene, worst)
            if tiles is not None:
                plot.set_tiles(*tiles)

    def _show_fit(self, lines: Sequence[tuple[Entry, Scene]]) -> None:
        """Curves of all runs over the points of the selected one."""
        chosen = next((scene for entry, scene in lines if entry is self._desk.selected), lines[0][1])
        self.fit.set_dots(chosen.dots)
        lo, hi = float(chosen.places.min()), float(chosen.places.max())
        room = BEYOND * ((hi - lo) or 1.0)
        self.fit.set_x_span(lo - room, hi + room)
        curves = []
        for entry, scene in lines:
            look = self._desk.look(entry)
            answer = self.answers.curve(entry, scene, (lo - room, hi + room))
            if answer is not None:
                x, y, note = answer
                curves.append(Curve(x, y, look.colour, look.dash, 2.0, 1.0, f"{entry.name} · {note}"))
        self.fit.set_curves(curves)

    def _on_zoomed(self) -> None:
        """All planes look at the same part."""
        plot = self.sender()
        assert isinstance(plot, PlanePlot)
        for other in self.planes:
            other.look_at(plot.view.zoom_x, plot.view.zoom_y)
        self.moved.emit()
