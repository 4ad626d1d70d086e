"""Problems that learn from sequences: a recurrent network, and how far back it has to remember."""

from typing import TYPE_CHECKING

from optlab import nets
from optlab.fields import choice, integer, real
from optlab.net_problem import DataProblem


class SequenceProblem(DataProblem):
    """A recurrent network on sequences.

    A plugin gives `inputs`, the numbers at each time step, `outputs` of an answer, `answers`, how many of the last time
    steps are answered, and `loss`, each as a class attribute, a field or a property, and `data` with inputs
    `(N, length, in)`, which ends in `split(x, y, self.test, rng)`.
    """

    if TYPE_CHECKING:

        @property
        def inputs(self) -> int: ...

        @property
        def outputs(self) -> int: ...

        @property
        def answers(self) -> int: ...

        @property
        def loss(self) -> str: ...

    cell: str = choice("elman", *nets.CELLS, doc="what a time step makes of the one before")
    length: int = integer(20, 2, 500, doc="T: time steps of each sequence")
    units: int = integer(32, 1, 512, doc="units of the cell")
    activation: str = choice("tanh", *nets.ACTIVATIONS, doc="what a unit of the Elman cell does with its sum")
    init: str = choice("orthogonal", *nets.RECURRENT, label="recurrent initialiser", doc="first recurrent weights")
    radius: float = real(
        1.0, 0.0, 10.0, label="spectral radius", doc="largest |eigenvalue| of the first recurrent weights"
    )
    gate_bias: float = real(
        1.0, -10.0, 10.0, doc="first bias of the gate that keeps the memory: forget in an LSTM, update in a GRU"
    )
    points: int = integer(2000, 2, 20_000, label="sequences", doc="number of sequences in all")
    batch: int = integer(32, 0, 20_000, label="batch size", doc="sequences per mini-batch; 0 = all of them")
    test: float = real(0.2, 0.0, 0.5, label="test share", doc="share of the sequences that is kept for the test")

    def network(self) -> nets.Recurrent:
        return nets.Recurrent(
            self.cell, self.inputs, self.units, self.outputs, self.length, self.loss, self.answers,
            self.activation, self.init, self.radius, self.gate_bias,
        )  # fmt: skip

    def count(self) -> int:
        return self.points - nets.held_out(self.points, self.test)
