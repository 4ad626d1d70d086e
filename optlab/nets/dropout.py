"""Dropout: masks that a seed of the mini-batch decides, so that an oracle sees those of its step."""

from collections.abc import Sequence

import numpy as np

from optlab.layout import Array


class Dropout:
    """Masks `(R, units, B)` of hidden layers: 0 for a share of the units at each point, else 1 / (1 − share).

    Srivastava et al., JMLR 15 (2014), 1929–1958; scaled while training, as all libraries do, so that predicting is
    plain. Draws are float32 whatever the network, and so are the same in both.
    """

    def __init__(self, share: float, units: Sequence[int], runs: int, points: int, dtype: np.dtype) -> None:
        self._keep = 1 - share
        ends = np.cumsum([0, *(n * points for n in units)])
        self._masks = np.ones((runs, ends[-1]), dtype)  # nothing is left out before the first draw
        self._draws = np.empty(ends[-1], np.float32)
        self.masks = [
            self._masks[:, start:end].reshape(runs, n, points)
            for n, start, end in zip(units, ends[:-1], ends[1:], strict=True)
        ]

    def draw(self, seeds: Array) -> None:
        """Draw the masks of each run from its seed `(R,)`."""
        draws, scale = self._draws, np.asarray(1 / self._keep, self._masks.dtype)
        for mask, seed in zip(self._masks, seeds.tolist(), strict=True):
            np.random.Generator(np.random.PCG64(seed)).random(out=draws, dtype=np.float32)
            np.add(draws, self._keep, draws)
            np.floor(draws, draws)  # 1 where the draw was at least the share
            np.multiply(draws, scale, mask)
