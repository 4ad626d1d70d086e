"""Breast cancer: 569 biopsies by thirty measurements of cell nuclei."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, read_arrays, split, standardised


class BreastCancer(NetProblem):
    """Tell benign from malignant biopsies by thirty measurements of cell nuclei: 357 and 212 of them.

        x = (measurement − mean) / deviation,    y = 1 for benign

    Mean, standard error and worst value of ten features such as radius and texture. Guessing by the shares of the
    classes has cross-entropy 0.66, and always saying benign is right in 63 of 100: an accuracy says little without
    this number.

    Source: Wolberg, Mangasarian, Street & Street, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning
    Repository, 1993, DOI 10.24432/C5DW2B, licensed CC BY 4.0.
    """

    name = "breast_cancer"
    inputs, outputs, targets, points = 30, 1, "binary", 569

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(16, 1, 512, doc="units of each hidden layer")
    batch: int = integer(64, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def data(self, rng: np.random.Generator) -> Data:
        table = read_arrays("breast_cancer")
        return split(standardised(table["features"]), table["targets"], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [BreastCancer]
