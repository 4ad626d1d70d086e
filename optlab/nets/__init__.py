"""Networks as NumPy kernels: feature-major activations, gradients written straight into the flat vector."""

from optlab.nets.activation import Activation
from optlab.nets.activations import ACTIVATIONS, OF_VALUE
from optlab.nets.answers import answers, class_numbers, class_shares
from optlab.nets.data import Data, Feed, held_out, split
from optlab.nets.initialisers import INITIALISERS
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Hidden, Net
from optlab.nets.network import RESIDUALS, Network
from optlab.nets.norms import NORMS
from optlab.nets.portrait import Portrait, portrait
from optlab.nets.probe import Probe, dead, saturated, thinned
from optlab.nets.recurrent import CELLS, RECURRENT, Recurrent

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "INITIALISERS",
    "LOSSES",
    "NORMS",
    "OF_VALUE",
    "RECURRENT",
    "RESIDUALS",
    "Activation",
    "Bound",
    "Data",
    "Feed",
    "Hidden",
    "Net",
    "Network",
    "Portrait",
    "Probe",
    "Recurrent",
    "answers",
    "class_numbers",
    "class_shares",
    "dead",
    "held_out",
    "portrait",
    "saturated",
    "split",
    "thinned",
]
