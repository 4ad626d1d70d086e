"""A small picture of what each run has come to: what it answers in a plane, its way in a landscape, or its loss."""

from collections.abc import Callable, Sequence

import numpy as np

from optlab.engine import faults
from optlab.engine.asked import PLANE
from optlab.engine.session import Entry
from optlab.gui import draw
from optlab.gui.answers import Answers, Scene
from optlab.gui.desk import Desk
from optlab.gui.facets import BUCKETS, Facets, Plot
from optlab.gui.landscape_plot import LandscapePlot
from optlab.gui.plots.axis import Array, Axis
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.legend import Key
from optlab.gui.plots.plane import PlanePlot
from optlab.gui.plots.plot import CurvePlot
from optlab.i18n import tr
from optlab.landscape import Landscape


class LossFacet(CurvePlot):
    """The loss of one run on an axis that others share: it reaches over `also`, too."""

    also: Array = np.empty(0)

    def __init__(self, desk: Desk) -> None:
        step, loss = Axis(tr("step"), steps=True), Axis(tr("loss"), log=True)
        super().__init__(desk.theme, "", step, loss, end_labels=False, empty_text=tr("Press Run to see it"))

    def contents(self) -> tuple[list[Array], list[Array]]:
        x, y = super().contents()
        return x, [*y, self.also]


class Thumbnails(Facets):
    """Planes are grey before the first step, when nothing has been learned, and look at the same part."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.answers = Answers(desk, brief=True)
        self.planes: list[PlanePlot] = []
        self.contours: list[LandscapePlot] = []
        self.losses: list[LossFacet] = []

    def reset(self) -> None:
        self.answers.forget()
        for plot in self.losses:
            plot.set_curves([])
            plot.reset()

    def refresh(self, entries: Sequence[Entry], left: int) -> None:
        shown = [self._picture(k, entry) for k, entry in enumerate(entries)]
        if not entries:
            run = tr("No run is shown.") if self._desk.entries else tr("Press Run to see it")
            shown = [self._say(0, run)]
        losses = [plot for plot in shown if isinstance(plot, LossFacet)]
        values = np.concatenate([np.empty(0), *(curve.y for plot in losses for curve in plot.curves)])
        for plot in losses:
            plot.also = values
            plot.measure()
        self.set_shown(shown, left)

    def _picture(self, k: int, entry: Entry) -> Canvas:
        problem = entry.run.trial.problem
        if entry.run.status == "failed":
            return self._say(k, entry.run.message)
        if isinstance(problem, Landscape) and len(problem.domain) == 2:
            return self._way(k, entry, problem)
        try:
            scene = self.answers.scene(entry)
        except faults.RAISED as error:  # a plugin's own code: its run fails of it too
            return self._say(k, faults.words(error))
        return self._plane(k, entry, scene) if scene is not None and scene.subject == PLANE else self._loss(k, entry)

    def _say(self, k: int, text: str) -> PlanePlot:
        plot = self._plane_at(k)
        plot.clear(text)
        return plot

    def _plane_at(self, k: int) -> PlanePlot:
        before = len(self.planes)
        plot = self._at(self.planes, k, lambda: PlanePlot(self._desk.theme))
        for fresh in self.planes[before:]:
            fresh.look_at(self.planes[0].view.zoom_x, self.planes[0].view.zoom_y)
            fresh.zoomed.connect(self._on_zoomed)
        return plot

    def _at(self, plots: list[Plot], k: int, make: Callable[[], Plot]) -> Plot:
        while len(plots) <= k:
            plots.append(self.add(make()))
        return plots[k]

    def _plane(self, k: int, entry: Entry, scene: Scene) -> PlanePlot:
        plot, look, row = self._plane_at(k), self._desk.look(entry), self._desk.row(entry)
        plot.set_run(look.label, Key(look.label, look.colour, look.dash), scene.points)
        if row < 0 or entry.run.at(row, "step") == 0:
            plot.set_blank(tr("nothing learned yet"))
            return plot
        found = self.answers.plane(entry, scene, (plot.view.x, plot.view.y))
        if found is not None:
            plot.set_ground(*found)
        elif plot.ground is None:
            plot.set_blank(self._desk.lookout.fault(entry))
        return plot

    def _way(self, k: int, entry: Entry, problem: Landscape) -> LandscapePlot:
        plot = self._at(self.contours, k, lambda: LandscapePlot(self._desk))
        plot.show_problem(problem)
        plot.set_title(self._desk.look(entry).label)
        plot.set_points((problem.at[0], problem.at[1]), [(m[0], m[1]) for m in problem.minima()])
        plot.set_trajectories(draw.trajectories(self._desk, problem, only=entry))
        plot.set_cursor(self._desk.cursor)
        return plot

    def _loss(self, k: int, entry: Entry) -> LossFacet:
        desk, plot = self._desk, self._at(self.losses, k, lambda: LossFacet(self._desk))
        plot.set_title(tr("{run}, loss", run=desk.look(entry).label))
        plot.set_follow(desk.session.busy)
        plot.set_x_span(0, desk.reach)
        plot.set_cursor(desk.cursor)
        plot.set_log(not draw.is_negative(desk))
        curves, bands = draw.loss_curves(desk, plot.plain_x(), BUCKETS, plot.y_axis.log, only=entry)
        plot.set_curves(curves, bands, draw.chance_lines(desk))
        return plot

    def _on_zoomed(self) -> None:
        plot = self.sender()
        assert isinstance(plot, PlanePlot)
        for other in self.planes:
            other.look_at(plot.view.zoom_x, plot.view.zoom_y)
        self.moved.emit()
