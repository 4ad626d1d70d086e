"""A decoder-only transformer."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.arrays import Signal
from optlab.nets.attention import CausalAttention
from optlab.nets.chain import Activate, Arena, Dense, Pair, Residual, Stage, joined
from optlab.nets.chain_net import Chain, ChainNet
from optlab.nets.embedding import Embedding, OneHot, Unembedding
from optlab.nets.initialisers import INITIALISERS, first_bias
from optlab.nets.losses import LOSSES
from optlab.nets.normalise import Normalise

NORMS = {"layer": ("gain", "shift"), "rms": ("gain",), "none": ()}
"""What each norm learns."""
EXPANSION = 4
"""Units of the hidden layer of an MLP by those of its input."""


@dataclass(frozen=True)
class Transformer(ChainNet):
    """Tokens and positions become vectors, pass `blocks` of causal self-attention and an MLP, and tell the next tokens.

    h ← h + f(norm(h)) for each of these sub-layers f, or norm(h + f(h)) with `post`; without h + where not `residual`.
    With `tied` the output uses the vectors of the tokens. Inputs and targets are token numbers `(N, context)`.
    """

    outputs: int
    context: int
    width: int
    heads: int
    blocks: int
    norm: str = "layer"
    post: bool = False
    residual: bool = True
    tied: bool = False
    activation: str = "relu"
    init: str = "xavier"
    spread: float = 0.1
    loss: str = "softmax"

    @property
    def layout(self) -> Layout:
        """`W1 (tokens, width)`, `place1 (context, width)`; W and b in twos for each sub-layer; W and b of the output.

        Norms are numbered as the weights that they precede, or follow with `post`.
        """
        width, tokens, heads = self.width, self.outputs, self.heads * max(1, self.width // self.heads)
        shapes: dict[str, tuple[int, ...]] = {"W1": (tokens, width), "place1": (self.context, width)}
        for k in self.sublayers():
            up, down = (3 * heads, heads) if self.attends(k) else (EXPANSION * width, EXPANSION * width)
            first = {f"W{k}": (width, up), f"b{k}": (up,)}
            second = {f"W{k + 1}": (down, width), f"b{k + 1}": (width,)}
            shapes |= {**first, **second, **self._norm(k + 1)} if self.post else {**self._norm(k), **first, **second}
        last = self.last
        shapes |= {} if self.post else self._norm(last)
        return Layout(shapes | ({} if self.tied else {f"W{last}": (width, tokens), f"b{last}": (tokens,)}))

    @property
    def positions(self) -> int:
        return self.context

    @property
    def last(self) -> int:
        """The number of the output's weights."""
        return 4 * self.blocks + 2

    def sublayers(self) -> range:
        """The number of the first weights of each sub-layer: an attention, an MLP, and so on."""
        return range(2, self.last, 2)

    def attends(self, k: int) -> bool:
        """Whether the sub-layer of weights k is an attention."""
        return k % 4 == 2

    def _norm(self, k: int) -> dict[str, tuple[int, ...]]:
        return {f"{name}{k}": (self.width,) for name in NORMS[self.norm]}

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Weights and biases as the initialiser says, vectors of tokens and positions N(0, 1 / width), gains 1."""
        fans = 0, 0
        for name, view in self.layout.views(params[None]).items():
            if name in ("W1", "place1"):
                view[0] = rng.standard_normal(view.shape[1:]) / sqrt(self.width)
            elif name.startswith("W"):
                fans = view.shape[1:]
                view[0] = INITIALISERS[self.init](rng, *fans, self.spread)
            elif name.startswith("b"):
                view[0] = first_bias(self.init, rng, *fans)
            else:
                view[0] = name.startswith("gain")

    def targets(self, y: Array) -> Array:
        LOSSES[self.loss].targets(y, self.outputs)  # refuses what is no token
        return np.asarray(y, float)

    def hidden_names(self) -> tuple[str, ...]:
        return tuple(f"{'attention' if self.attends(k) else 'mlp'}{(k + 2) // 4}" for k in self.sublayers())

    def chain(self, params: Array, grads: Array, x: Array, y: Array, arena: Arena, keep: bool) -> Chain:
        parts = _Parts(self, (params, grads), arena)
        stages: list[Stage] = [parts.embedding(x[:, :-1])]
        shown: list[Stage] = []
        for k in self.sublayers():
            stages += parts.sublayer(k, stages[-1].out)
            shown.append(stages[-1])
        stages += [] if self.post else parts.norm(self.last, stages[-1].out)
        stages.append(parts.head(stages[-1].out))
        wanted = OneHot(y, self.outputs, arena)
        return Chain(stages, shown, wanted.marks, wanted.mark)


class _Parts:
    """The stages of a transformer over `flat`, its params and their gradients."""

    def __init__(self, net: Transformer, flat: Pair, arena: Arena) -> None:
        self._net, self._flat, self._arena, self._layout = net, flat, arena, net.layout
        self._views = [self._layout.views(part) for part in flat]
        self._more = np.empty_like(self._views[0]["W1"]) if net.tied else None

    def embedding(self, numbers: Array) -> Stage:
        return Embedding(self._joined("W1", "place1"), numbers, self._arena, self._more)

    def sublayer(self, k: int, below: Signal) -> list[Stage]:
        """The stages of the sub-layer whose first weights are Wk."""
        net, arena = self._net, self._arena
        inner = [] if net.post else self.norm(k, below)
        inner.append(self._dense(k, inner[-1].out if inner else below))
        if net.attends(k):
            inner.append(CausalAttention(inner[-1].out, net.heads, net.context, arena))
        else:
            inner.append(Activate(ACTIVATIONS[net.activation], inner[-1].out, arena))
        inner.append(self._dense(k + 1, inner[-1].out))
        outer: list[Stage] = [Residual(below, inner, arena)] if net.residual else inner
        return outer + (self.norm(k + 1, outer[-1].out) if net.post else [])

    def norm(self, k: int, below: Signal) -> list[Stage]:
        """The norm that goes with weights k, where there is one."""
        pairs = [(self._views[0][f"{name}{k}"], self._views[1][f"{name}{k}"]) for name in NORMS[self._net.norm]]
        return [Normalise(below, *pairs, arena=self._arena)] if pairs else []

    def head(self, below: Signal) -> Stage:
        """The scores of the next tokens."""
        if self._more is None:
            return self._dense(self._net.last, below, last=True)
        return Unembedding((self._views[0]["W1"], self._more), below, self._arena)

    def _dense(self, k: int, below: Signal, last: bool = False) -> Stage:
        return Dense(self._joined(f"W{k}", f"b{k}"), below, self._arena, last)

    def _joined(self, first: str, last: str) -> Pair:
        return joined(self._flat, self._layout, first, last)
