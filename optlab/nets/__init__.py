"""Networks as NumPy kernels: feature-major activations, gradients written straight into the flat vector."""

from optlab.nets.activations import ACTIVATIONS, Activation
from optlab.nets.initialisers import INITIALISERS
from optlab.nets.losses import LOSSES
from optlab.nets.network import Data, Network

__all__ = ["ACTIVATIONS", "INITIALISERS", "LOSSES", "Activation", "Data", "Network"]
