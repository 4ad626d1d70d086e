"""Networks as NumPy kernels: feature-major activations, gradients written straight into the flat vector."""

from optlab.nets.activation import Activation
from optlab.nets.activations import ACTIVATIONS, OF_VALUE
from optlab.nets.answers import answers, class_numbers, class_shares
from optlab.nets.conv_net import ConvNet
from optlab.nets.data import Data, Feed, held_out, split, windows
from optlab.nets.initialisers import INITIALISERS
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Hidden, Net
from optlab.nets.network import RESIDUALS, Network
from optlab.nets.norms import NORMS
from optlab.nets.pooling import POOLS
from optlab.nets.portrait import Portrait, portrait
from optlab.nets.probe import POINTS, Probe, dead, saturated, thinned
from optlab.nets.recurrent import CELLS, RECURRENT, Recurrent
from optlab.nets.transformer import Transformer

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "INITIALISERS",
    "LOSSES",
    "NORMS",
    "OF_VALUE",
    "POINTS",
    "POOLS",
    "RECURRENT",
    "RESIDUALS",
    "Activation",
    "Bound",
    "ConvNet",
    "Data",
    "Feed",
    "Hidden",
    "Net",
    "Network",
    "Portrait",
    "Probe",
    "Recurrent",
    "Transformer",
    "answers",
    "class_numbers",
    "class_shares",
    "dead",
    "held_out",
    "portrait",
    "saturated",
    "split",
    "thinned",
    "windows",
]
