"""Exporters: further file formats for what runs have recorded."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from optlab.layout import Array


class Recorded(Protocol):
    """A run as exporters and notebooks see it; every array is a copy."""

    name: str
    """A name of its own, such as `ReLU + He · 0`."""
    label: str
    """Its trial."""
    seed: int
    status: str
    message: str
    layers: tuple[str, ...]
    tracks: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what is recorded at every step."""
        ...

    def column(self, name: str) -> Array:
        """A recorded series `(n,)`: step, evaluations, lr, loss, a track, grad_norm.W1, …"""
        ...

    def series(self, name: str) -> tuple[Array, Array]:
        """Steps `(n,)` and values `(n,)` of what the experiment's `series` record."""
        ...

    def norms(self, series: str = "grad_norm") -> Array:
        """A series of all layers `(n, L)`."""
        ...


class Exporter(ABC):
    """A file format. `name` is its word, `label` what the menu says, `suffix` how its files end, such as `.npz`."""

    name: ClassVar[str]
    label: ClassVar[str]
    suffix: ClassVar[str]

    @abstractmethod
    def export(self, runs: Sequence[Recorded], path: Path) -> None:
        """Write `runs` to `path`; the lab puts the file in its place when it is whole."""
