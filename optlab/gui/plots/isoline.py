"""Lines along which a grid of values has one value, by marching squares."""

import numpy as np

from optlab.layout import Array

_EDGES = ((0, 1), (1, 2), (3, 2), (0, 3))  # bottom, right, top, left of a cell, between its corners


def isoline(values: Array, x: Array, y: Array, level: float = 0.0) -> tuple[Array, Array]:
    """The pieces of the line where `values (ny, nx)` at `x (nx,)`, `y (ny,)` are `level`: points, NaN between pieces.

    A cell whose corners alternate is a saddle: its middle decides which corners hang together.
    """
    over = np.asarray(values, float) - level
    corners = np.stack([over[:-1, :-1], over[:-1, 1:], over[1:, 1:], over[1:, :-1]])
    signs = corners > 0
    crossed = np.stack([signs[a] != signs[b] for a, b in _EDGES])
    cells = np.argwhere((crossed.any(axis=0)) & np.isfinite(corners).all(axis=0))
    if not len(cells):
        return np.empty(0), np.empty(0)
    i, j = cells.T
    corners, signs, crossed = corners[:, i, j], signs[:, i, j], crossed[:, i, j]
    across = np.stack([x[j], x[j + 1], x[j + 1], x[j]])
    along = np.stack([y[i], y[i], y[i + 1], y[i + 1]])
    places = np.stack([_between(corners, across, along, *edge) for edge in _EDGES])  # (edge, axis, cell)
    pieces = []
    for pair, here in _pairs(corners, signs, crossed):
        gap = np.full((2, int(here.sum())), np.nan)
        pieces.append(np.stack([places[pair[0]][:, here], places[pair[1]][:, here], gap], axis=2).reshape(2, -1))
    found = np.concatenate(pieces, axis=1)
    return found[0], found[1]


def _between(corners: Array, across: Array, along: Array, a: int, b: int) -> Array:
    with np.errstate(all="ignore"):
        part = corners[a] / (corners[a] - corners[b])
        return np.stack([across[a] + part * (across[b] - across[a]), along[a] + part * (along[b] - along[a])])


def _pairs(corners: Array, signs: Array, crossed: Array) -> list[tuple[tuple[int, int], Array]]:
    """Which two edges are joined, and in which cells."""
    saddle = crossed.all(axis=0)
    joined = (corners.mean(axis=0) > 0) == signs[0]  # the first corner and the one across hang together
    pairs = [((a, b), crossed[a] & crossed[b] & ~saddle) for a in range(4) for b in range(a + 1, 4)]
    pairs += [(pair, saddle & joined) for pair in ((0, 1), (2, 3))]
    return pairs + [(pair, saddle & ~joined) for pair in ((0, 3), (1, 2))]
