"""Random streams: one per purpose and seed, so that drawing more of one never moves another."""

import numpy as np

PURPOSES = ("init", "data", "batches", "noise", "optimizer")


def stream(seed: int, purpose: str, *place: int) -> np.random.Generator:
    """The stream of `seed` for one of the purposes, or of one place in it, such as a step; the same one each time."""
    key = (PURPOSES.index(purpose), *place)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
