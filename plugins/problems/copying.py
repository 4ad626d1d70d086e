"""The copying task: say again what was heard long ago."""

import numpy as np

from optlab.api import Data, SequenceProblem, hookimpl, integer, split


class Copying(SequenceProblem):
    """Remember a few symbols over a long silence, and repeat them in order when asked.

        s₁ … sₖ, blanks, a signal, k blanks    →    s₁ … sₖ at the last k time steps
        L = mean( ln Σ eᶻ − zₛ ) over the k answers

    A network that has forgotten everything guesses, which costs ln 8 with 8 symbols. Every symbol has to survive T − k
    time steps, in which nothing is learned on the way: the gradient has to come all the way back.

    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), 1735–1780, DOI
    10.1162/neco.1997.9.8.1735; the form here is that of Arjovsky, Shah & Bengio, "Unitary Evolution Recurrent Neural
    Networks", ICML 2016, arXiv:1511.06464, section 5.1, whose loss also counts the blanks before the answer.
    """

    name, title, loss = "copying", "copying task", "softmax"

    length: int = integer(25, 21, 500, doc="T: time steps of each sequence")
    answers: int = integer(3, 1, 10, label="symbols to copy", doc="k: length of what is to be remembered")
    symbols: int = integer(8, 2, 20, label="different symbols", doc="size of the alphabet")

    @property
    def inputs(self) -> int:
        return self.symbols + 2

    @property
    def outputs(self) -> int:
        return self.symbols

    def data(self, rng: np.random.Generator) -> Data:
        blank, signal = self.symbols, self.symbols + 1
        y = rng.integers(0, self.symbols, (self.points, self.answers))
        heard = np.full((self.points, self.length), blank)
        heard[:, : self.answers] = y
        heard[:, -self.answers - 1] = signal
        return split(np.eye(self.symbols + 2)[heard], y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Copying]
