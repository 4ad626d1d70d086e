"""All that a plugin may import: version 1. What is listed here stays as it is until the next version."""

from typing import TYPE_CHECKING

from optlab.component import Component
from optlab.exporter import Exporter, Recorded
from optlab.fields import FieldError, choice, flag, integer, numbers, part, parts, path, real, text
from optlab.formula import Formula
from optlab.hookspecs import hookimpl
from optlab.i18n import tr
from optlab.kernels import apply_pairs, decay_pair, dot, ema, ema_square, largest, newton_schulz, norm, scale
from optlab.landscape import Landscape, LandscapeND
from optlab.layout import Array, Layout
from optlab.line_search import WolfeSearch
from optlab.net_problem import DataProblem, NetProblem
from optlab.nets import (
    ACTIVATIONS,
    INITIALISERS,
    POOLS,
    Bound,
    ConvNet,
    Data,
    Feed,
    Hidden,
    Net,
    Network,
    Recurrent,
    Transformer,
    held_out,
    split,
    windows,
)
from optlab.optimizer import Optimizer, State
from optlab.paths import bundled
from optlab.problem import Evaluate, Problem, Series
from optlab.promise import VERSION, renamed
from optlab.schedule import Operator, Reacting, ReactiveSchedule, Schedule, along, check_rising
from optlab.sequence_problem import SequenceProblem
from optlab.tables import CsvTable, read_arrays, read_characters, read_table, standardised, unreadable

RENAMED: dict[str, str] = {}
"""Old names that still work, and what to write instead."""

if not TYPE_CHECKING:  # or no misspelt name would be found any more
    __getattr__ = renamed(__name__, RENAMED, globals())

__all__ = [
    "ACTIVATIONS",
    "INITIALISERS",
    "POOLS",
    "VERSION",
    "Array",
    "Bound",
    "Component",
    "ConvNet",
    "CsvTable",
    "Data",
    "DataProblem",
    "Evaluate",
    "Exporter",
    "Feed",
    "FieldError",
    "Formula",
    "Hidden",
    "Landscape",
    "LandscapeND",
    "Layout",
    "Net",
    "NetProblem",
    "Network",
    "Operator",
    "Optimizer",
    "Problem",
    "Reacting",
    "ReactiveSchedule",
    "Recorded",
    "Recurrent",
    "Schedule",
    "SequenceProblem",
    "Series",
    "State",
    "Transformer",
    "WolfeSearch",
    "along",
    "apply_pairs",
    "bundled",
    "check_rising",
    "choice",
    "decay_pair",
    "dot",
    "ema",
    "ema_square",
    "flag",
    "held_out",
    "hookimpl",
    "integer",
    "largest",
    "newton_schulz",
    "norm",
    "numbers",
    "part",
    "parts",
    "path",
    "read_arrays",
    "read_characters",
    "read_table",
    "real",
    "scale",
    "split",
    "standardised",
    "text",
    "tr",
    "unreadable",
    "windows",
]
