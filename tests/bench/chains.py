"""Convolutional networks and transformers against PyTorch eager on one thread: the same loss and gradient, and times.

python -m tests.bench.chains        needs the extra `bench` (torch)
"""

from typing import Any

import numpy as np

from optlab.layout import Array
from optlab.nets import ConvNet, Data, Transformer
from tests.bench.measure import machine, paired, table

STEPS, TOKENS = 10, 59
CONVS = ((8, 1, 32), (8, 1, 64), (8, 2, 64), (16, 1, 128), (8, 5, 32))
"""Channels, convolutions in each half, batch."""
TRANSFORMERS = ((16, 16, 2, 1, 8), (32, 32, 4, 2, 16), (32, 32, 4, 8, 16), (32, 64, 4, 4, 32))
"""Context, width, heads, blocks, batch."""


class Ours:
    """A network at its start, bound to noise; `work` evaluates it."""

    def __init__(self, net: ConvNet | Transformer, batch: int, dtype: str) -> None:
        rng = np.random.default_rng(0)
        self.net = net
        params = np.empty((1, net.layout.size))
        net.start(params[0], rng)
        self.params = params.astype(dtype)
        if isinstance(net, ConvNet):
            self.data = Data(rng.random((512, 64)), rng.integers(0, 10, 512))
        else:
            self.data = Data(*rng.integers(0, TOKENS, (2, 512, net.context)))
        self.grads, self.loss = np.empty_like(self.params), np.empty(1, dtype)
        self.bound = net.bind(self.params, self.grads, self.loss, [self.data], batch)
        self.batch = rng.permutation(512)[:batch]
        self.bound.evaluate(self.batch[None])

    def work(self) -> None:
        for _ in range(STEPS):
            self.bound.evaluate(self.batch[None])


def in_their_order(net: ConvNet | Transformer, flat: Array) -> list[Array]:
    """Our layers in `flat (1, D)` as PyTorch's, in the order in which both have them."""
    found = []
    last = f"W{net.depth * 2 + 1}" if isinstance(net, ConvNet) else ""
    for name, view in net.layout.views(flat).items():
        each = view[0]
        if isinstance(net, ConvNet) and name.startswith("W") and name != last:
            each = each.reshape(3, 3, -1, each.shape[1]).transpose(3, 2, 0, 1)
        elif name.startswith("W") and not (name == "W1" and isinstance(net, Transformer)):
            each = each.T
        found.append(np.ascontiguousarray(each))
    return found


def conv(net: ConvNet) -> Any:
    from torch import nn

    layers: list[Any] = []
    for (channels, _, _), outputs, pooled in net.convolutions():
        layers += [nn.Conv2d(channels, outputs, 3, padding=1), nn.ReLU(), *[nn.MaxPool2d(2)] * pooled]
    return nn.Sequential(nn.Unflatten(1, net.image), *layers, nn.Flatten(), nn.Linear(8 * net.channels, 10))


def transformer(net: Transformer) -> Any:
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            d = net.width
            self.norm, self.qkv, self.out = nn.LayerNorm(d), nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.norm2, self.up, self.down = nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

        def forward(self, x: Any) -> Any:
            B, T, d = x.shape
            q, k, v = self.qkv(self.norm(x)).reshape(B, T, 3, net.heads, -1).permute(2, 0, 3, 1, 4)
            mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(mixed.transpose(1, 2).reshape(B, T, d))
            return x + self.down(self.up(self.norm2(x)).relu())

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.token, self.place = nn.Embedding(TOKENS, net.width), nn.Embedding(net.context, net.width)
            self.blocks = nn.Sequential(*[Block() for _ in range(net.blocks)])
            self.norm, self.head = nn.LayerNorm(net.width), nn.Linear(net.width, TOKENS)

        def forward(self, x: Any) -> Any:
            h = self.token(x) + self.place(torch.arange(net.context))
            return self.head(self.norm(self.blocks(h))).flatten(0, 1)

    return Net()


class Theirs:
    """The same network of torch.nn at the same point, on the same mini-batch."""

    def __init__(self, ours: Ours) -> None:
        import torch

        net = ours.net
        values = [torch.tensor(each) for each in in_their_order(net, ours.params)]
        self.module = (conv(net) if isinstance(net, ConvNet) else transformer(net)).to(values[0].dtype)
        with torch.no_grad():
            for param, value in zip(self.module.parameters(), values, strict=True):
                param.copy_(value)
        x, y = torch.tensor(ours.data.x), torch.tensor(ours.data.y)
        self.x, self.y = (x.to(values[0].dtype) if x.is_floating_point() else x), y
        self.batch, self.criterion = torch.tensor(ours.batch), torch.nn.CrossEntropyLoss()

    def evaluate(self) -> Any:
        self.module.zero_grad()
        loss = self.criterion(self.module(self.x[self.batch]), self.y[self.batch].flatten())
        loss.backward()
        return loss

    def work(self) -> None:
        for _ in range(STEPS):
            self.evaluate()


def difference(ours: Ours, theirs: Theirs) -> float:
    """The largest of the loss and of every gradient."""
    gaps = [abs(theirs.evaluate().item() - float(ours.loss[0]))]
    pairs = zip(in_their_order(ours.net, ours.grads), theirs.module.parameters(), strict=True)
    return max(gaps + [float(np.abs(grad - param.grad.numpy()).max()) for grad, param in pairs])


def compare(title: str, nets: list[tuple[str, ConvNet | Transformer, int]]) -> None:
    rows = []
    for name, net, batch in nets:
        for dtype in ("float32", "float64"):
            ours = Ours(net, batch, dtype)
            theirs = Theirs(ours)
            gap = difference(ours, theirs)
            a, b, ratio = paired(ours.work, theirs.work, rounds=9)
            times = f"{1e6 * a / STEPS:.0f}", f"{1e6 * b / STEPS:.0f}"
            rows.append((name, net.layout.size, dtype, *times, f"{ratio:.1f}x", f"{gap:.0e}"))
    table(title, ("", "params", "", "µs", "torch", "ratio", "largest difference"), rows)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    print(machine())
    found: list[tuple[str, ConvNet | Transformer, int]] = []
    for channels, depth, batch in CONVS:
        net = ConvNet((1, 8, 8), 10, channels, depth, "maximum", "relu", "he")
        found.append((f"{channels} channels, {2 * depth} convolutions, batch {batch}", net, batch))
    compare("Loss and gradient of a convolutional network on 8 x 8 pixels", found)
    found = []
    for context, width, heads, blocks, batch in TRANSFORMERS:
        made = Transformer(TOKENS, context, width, heads, blocks)
        found.append((f"T = {context}, width {width}, {blocks} blocks, batch {batch}", made, batch))
    compare("Loss and gradient of a transformer", found)


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        main()
