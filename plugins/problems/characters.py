"""The next character of a text, by a tiny transformer."""

from functools import lru_cache

import numpy as np

from optlab.api import (
    ACTIVATIONS,
    INITIALISERS,
    Data,
    DataProblem,
    Transformer,
    choice,
    flag,
    hookimpl,
    integer,
    read_characters,
    real,
    windows,
)


class Characters(DataProblem):
    """Guess each next character of sixteen sonnets by Shakespeare from those before it, with a tiny transformer.

        h = E(character) + P(position)
        h ← h + f(norm(h)),    norm last: h ← norm(h + f(h))    f is causal attention, then an MLP, block by block
        p(j, i) = e^s(j, i) / Σ e^s(l, i),    s(j, i) = kⱼ · qᵢ / √(width / heads),    j, l ≤ i
        z = W norm(h) + b,    L = mean( ln Σ e^z − z_next )

    The text has 59 different characters. Guessing costs ln 59 = 4.08 nats; knowing how often each occurs, 3.10; knowing
    the character before too, 2.3. The end of the text is kept for the test. Where the gradient does not come through,
    the loss waits at 3.10: with 8 blocks and Adam at 0.003 without residuals, and with the norm last, which learns at
    0.001 or after a warm-up of 200 steps. Without norm and residuals all gradients start small together, so that their
    ratio looks healthy.

    Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, arXiv:1706.03762, section 3, the decoder alone,
    with learned positions; where the norm stands: Xiong et al., "On Layer Normalization in the Transformer
    Architecture", ICML 2020, arXiv:2002.04745; text: Shakespeare, "Sonnets", 1609.
    """

    name, title = "characters", "characters of a text"

    context: int = integer(32, 2, 64, doc="T: characters that the network sees at once")
    width: int = integer(32, 1, 256, doc="units of the vector of each character")
    heads: int = integer(4, 1, 32, doc="heads of each attention; they share the width")
    blocks: int = integer(2, 0, 32, doc="blocks of attention and MLP")
    norm: str = choice("layer", "layer", "rms", "none", doc="what holds the size of the vectors")
    post: bool = flag(False, label="norm last", doc="put the norm after the sum instead of before f")
    residual: bool = flag(True, doc="add what goes into attention and MLP to what comes out")
    tied: bool = flag(False, doc="let the output use the vectors of the characters as its weights")
    activation: str = choice("relu", *ACTIVATIONS, doc="what each hidden unit does with its sum")
    init: str = choice("xavier", *INITIALISERS, label="initialiser", doc="how the first weights are drawn")
    spread: float = real(
        0.1, 0.0, 10.0, doc="of normal first weights the standard deviation, of uniform ones the largest size"
    )
    batch: int = integer(16, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")
    test: float = real(0.1, 0.0, 0.5, label="test share", doc="share of the points that is kept for the test")

    def network(self) -> Transformer:
        return Transformer(
            59, self.context, self.width, self.heads, self.blocks, self.norm, self.post, self.residual, self.tied,
            self.activation, self.init, spread=self.spread,
        )  # fmt: skip

    def count(self) -> int:
        return len(_windows(self.context, self.test).x)

    def data(self, rng: np.random.Generator) -> Data:
        return _windows(self.context, self.test)


@lru_cache(maxsize=8)
def _windows(context: int, test: float) -> Data:
    return windows(read_characters("sonnets"), context, test)


@hookimpl
def register_problems() -> list[type]:
    return [Characters]
