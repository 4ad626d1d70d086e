"""All that a panel plugin may import beside `optlab.api`, PySide6 and NumPy; it has the version of `optlab.api`."""

from typing import TYPE_CHECKING

from optlab.engine.inside import Inside
from optlab.engine.remedies import Remedy
from optlab.engine.session import Entry
from optlab.gui import draw
from optlab.gui.answer_plots import AnswerPlots
from optlab.gui.answers import drawable
from optlab.gui.compare_strip import CompareStrip
from optlab.gui.desk import Desk, Look
from optlab.gui.guard import guard
from optlab.gui.landscape_plot import LandscapePlot
from optlab.gui.layer_facets import BarFacets, MapFacets
from optlab.gui.layer_plots import LayerPlots
from optlab.gui.loss_plot import LossPlot
from optlab.gui.panel import Panel
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.bar_paint import Bars
from optlab.gui.plots.bars import BarPlot
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.contour import ContourPlot, Trajectory
from optlab.gui.plots.curves import Band, Curve, Line, Mark
from optlab.gui.plots.heatmap import HeatMap
from optlab.gui.plots.link import StepLink
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.shade import Field
from optlab.gui.portrait_plots import PortraitPlots
from optlab.gui.rate_plot import RatePlot
from optlab.gui.rate_sheet import RateSheet
from optlab.gui.step_sheet import StepSheet
from optlab.gui.surface_plots import SurfacePlots
from optlab.gui.surface_words import plane_titles, residual
from optlab.gui.survey import Survey, Wish
from optlab.gui.survey_bar import SurveyBar
from optlab.gui.thumbnails import Thumbnails
from optlab.gui.verdict_strip import VerdictStrip
from optlab.i18n import tr
from optlab.promise import renamed

RENAMED: dict[str, str] = {}
"""Old names that still work, and what to write instead."""

if not TYPE_CHECKING:  # or no misspelt name would be found any more
    __getattr__ = renamed(__name__, RENAMED, globals())

__all__ = [
    "AnswerPlots",
    "Axis",
    "Band",
    "BarFacets",
    "BarPlot",
    "Bars",
    "Canvas",
    "CompareStrip",
    "ContourPlot",
    "Curve",
    "CurvePlot",
    "Desk",
    "Entry",
    "Field",
    "HeatMap",
    "Inside",
    "LandscapePlot",
    "LayerPlots",
    "Line",
    "Look",
    "LossPlot",
    "MapFacets",
    "Mark",
    "Panel",
    "PortraitPlots",
    "RatePlot",
    "RateSheet",
    "Remedy",
    "StepLink",
    "StepSheet",
    "SurfacePlots",
    "Survey",
    "SurveyBar",
    "Thumbnails",
    "Trajectory",
    "VerdictStrip",
    "Wish",
    "draw",
    "drawable",
    "guard",
    "plane_titles",
    "residual",
    "thousands",
    "tr",
]
