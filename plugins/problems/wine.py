"""Wine: 178 wines of three cultivars by thirteen measurements."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, read_arrays, split, standardised


class Wine(NetProblem):
    """Tell wines of three cultivars apart by thirteen chemical measurements: 178 wines from one region of Italy.

        x = (measurement − mean) / deviation,    L = mean( ln Σ e^z − z_cultivar )

    The mean cross-entropy of guessing is ln 3. As they are, the measurements differ a thousandfold in scale (proline
    goes to 1680, hue to 1.7); scaled, planes tell the classes apart.

    Source: Aeberhard & Forina, "Wine", UCI Machine Learning Repository, 1992, DOI 10.24432/C5PC7J, licensed
    CC BY 4.0.
    """

    name = "wine"
    inputs, outputs, targets, points = 13, 3, "classes", 178

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(16, 1, 512, doc="units of each hidden layer")
    batch: int = integer(32, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def data(self, rng: np.random.Generator) -> Data:
        table = read_arrays("wine")
        return split(standardised(table["features"]), table["targets"], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Wine]
