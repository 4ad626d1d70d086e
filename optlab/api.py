"""All that a plugin may import."""

from optlab.fields import Component, FieldError, choice, flag, integer, numbers, part, parts, path, real, text
from optlab.hookspecs import hookimpl
from optlab.kernels import decay_pair, ema, ema_square, norm
from optlab.layout import Array, Layout
from optlab.nets import Data, Network
from optlab.optimizer import Optimizer, State
from optlab.paths import bundled
from optlab.problem import DataProblem, Evaluate, Landscape, NetProblem, Problem
from optlab.schedule import ReactiveSchedule, Schedule

__all__ = [
    "Array",
    "Component",
    "Data",
    "DataProblem",
    "Evaluate",
    "FieldError",
    "Landscape",
    "Layout",
    "NetProblem",
    "Network",
    "Optimizer",
    "Problem",
    "ReactiveSchedule",
    "Schedule",
    "State",
    "bundled",
    "choice",
    "decay_pair",
    "ema",
    "ema_square",
    "flag",
    "hookimpl",
    "integer",
    "norm",
    "numbers",
    "part",
    "parts",
    "path",
    "real",
    "text",
]
