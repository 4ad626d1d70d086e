"""Iris: 150 flowers of three species by four lengths."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, read_arrays, split, standardised


class Iris(NetProblem):
    """Tell three species of iris apart by length and width of sepals and petals: 150 flowers, 50 of each.

        x = (length − mean) / deviation,    L = mean( ln Σ e^z − z_species )

    The mean cross-entropy of guessing is ln 3. Setosa lies apart, versicolor and virginica overlap, so that a few
    flowers are read wrongly by every sensible border.

    Source: Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936), 179–188,
    DOI 10.1111/j.1469-1809.1936.tb02137.x; UCI Machine Learning Repository, DOI 10.24432/C56C76, licensed CC BY 4.0.
    """

    name = "iris"
    inputs, outputs, targets, points = 4, 3, "classes", 150

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(16, 1, 512, doc="units of each hidden layer")
    batch: int = integer(32, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def data(self, rng: np.random.Generator) -> Data:
        table = read_arrays("iris")
        return split(standardised(table["features"]), table["targets"], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Iris]
