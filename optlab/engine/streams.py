"""Random streams: one per purpose and seed, so that drawing more of one never moves another."""

import numpy as np

PURPOSES = ("init", "data", "batches", "noise")


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The stream of `seed` for `init`, `data`, `batches` or `noise`; the same one each time."""
    key = PURPOSES.index(purpose)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,))))
