"""How fast networks train: a whole step, everything recorded, against PyTorch eager and JAX jit, on one thread.

python -m tests.bench.nets        needs the extra `bench` (torch, jax) for the first table
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import numpy as np

from optlab.engine.planning import plan
from optlab.engine.session import forecast
from optlab.engine.watch import known
from optlab.optimizer import make_state
from tests.bench.engine import advancing, build, experiment
from tests.bench.measure import machine, paired, seconds, table

SIZES = (((32, 16, 32), 8.0), ((64, 16, 128), 3.0), ((256, 4, 512), 1.3))
"""Width, depth and batch, and how many times PyTorch's speed is aimed at; JAX is to be no faster in the first two."""

POINTS = 1024

LONG = 10**6
"""Steps of the whole run, of which some are timed: the few snapshots of its params do not count twice."""


def problem(width: int, depth: int, batch: int, **more: Any) -> Any:
    fields = {"activation": "tanh", "points": POINTS, "test": 0.0, **more}
    return build("problem", "circles", hidden=depth, width=width, batch=batch, **fields)


def weights(width: int, depth: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """First weights (in, out) and biases of the same network for the others."""
    rng = np.random.default_rng(0)
    pairs = pairwise([2, *[width] * depth, 1])
    return [((2 / (m + n)) ** 0.5 * rng.standard_normal((m, n)), np.zeros(n)) for m, n in pairs]


def batches(batch: int) -> Callable[[], np.ndarray]:
    """Mini-batches of permutations, as the engine draws them."""
    rng, waiting = np.random.default_rng(0), list[np.ndarray]()

    def draw() -> np.ndarray:
        if not waiting:
            waiting.extend(rng.permutation(POINTS).reshape(-1, batch))
        return waiting.pop()

    return draw


def points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((POINTS, 2)), rng.integers(0, 2, (POINTS, 1)).astype(float)


def torch_steps(width: int, depth: int, batch: int, steps: int) -> Callable[[], None]:
    """As PyTorch's tutorials write it, with the norm of every parameter's gradient."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    layers = []
    for W, b in weights(width, depth):
        linear = nn.Linear(*W.shape)
        linear.weight.data, linear.bias.data = torch.tensor(W.T.copy()).float(), torch.tensor(b).float()
        layers += [linear, nn.Tanh()]
    net, criterion, draw = nn.Sequential(*layers[:-1]), nn.BCEWithLogitsLoss(), batches(batch)
    x, y = (torch.tensor(a).float() for a in points())
    params = list(net.parameters())
    optimizer = torch.optim.Adam(params, lr=1e-3)
    norms = torch.zeros(steps, len(params))

    def work() -> None:
        for k in range(steps):
            index = torch.from_numpy(draw())
            optimizer.zero_grad()
            criterion(net(x[index]), y[index]).backward()
            norms[k] = torch.stack(torch._foreach_norm([p.grad for p in params]))
            optimizer.step()

    return work


def jax_steps(width: int, depth: int, batch: int, steps: int) -> Callable[[], None]:
    """Loss, gradient, norms and Adam in one compiled function, whose arrays are handed back to it."""
    import jax
    import jax.numpy as jnp

    x, y = (jnp.asarray(a, jnp.float32) for a in points())

    def loss(params: Any, index: Any) -> Any:
        h = x[index]
        for W, b in params[:-1]:
            h = jnp.tanh(h @ W + b)
        z = h @ params[-1][0] + params[-1][1]
        return jnp.mean(jnp.maximum(z, 0) - z * y[index] + jnp.log1p(jnp.exp(-jnp.abs(z))))

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def step(params: Any, m: Any, v: Any, t: Any, index: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(params, index)
        norms = jnp.stack([jnp.linalg.norm(g.ravel()) for g in jax.tree.leaves(grads)])
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)

        def moved(p: Any, m: Any, v: Any) -> Any:
            return p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)

        return jax.tree.map(moved, params, m, v), m, v, t + 1, value, norms

    params = [(jnp.asarray(W, jnp.float32), jnp.asarray(b, jnp.float32)) for W, b in weights(width, depth)]
    zeros = partial(jax.tree.map, jnp.zeros_like, params)
    state, draw = [params, zeros(), zeros(), jnp.float32(1)], batches(batch)
    seen: list[Any] = []

    def work() -> None:
        seen.clear()
        for _ in range(steps):
            *state[:], value, norms = step(*state, draw())
            seen.append((value, norms))
        jax.block_until_ready(seen)

    return work


def against_others() -> None:
    rows = []
    for (width, depth, batch), aim in SIZES:
        steps = max(20, 16 * 200_000 // (width * depth * batch))
        ours = advancing(experiment(problem(width, depth, batch), "float32", steps=LONG), steps)
        row = [f"{width}x{depth}, batch {batch}", "", "", "not installed", "", "not installed"]
        for column, other, wanted in ((2, torch_steps, aim), (4, jax_steps, 1.0)):
            try:
                theirs = other(width, depth, batch, steps)
            except ImportError:
                continue
            a, b, ratio = paired(ours, theirs, rounds=25)
            row[1] = f"{1e6 * a / steps:.0f}"
            row[column : column + 2] = f"{1e6 * b / steps:.0f}", f"{ratio:.2f}x (>= {wanted}x)"
        rows.append(row)
    head = ("", "µs/step", "torch", "ratio (aim)", "jax", "ratio (aim)")
    table("A step of Adam, float32, everything recorded", head, rows)


def bare(chosen: Any, dtype: str, steps: int) -> Callable[[], None]:
    """Mini-batch, evaluation and Adam's rule alone: what a step costs where nobody looks."""
    layout, rng = chosen.layout(), np.random.default_rng(0)
    params = np.empty((1, layout.size))
    chosen.start(params[0], rng)
    params = params.astype(dtype)
    grads, loss = np.empty_like(params), np.empty(1, dtype)
    evaluate = chosen.bind(params, grads, loss, [chosen.data(rng)], chosen.memory(1))
    optimizer, waiting = build("optimizer", "adam"), list[np.ndarray]()
    state = make_state(optimizer, params, layout, loss)
    state.lr = optimizer.lr

    def work() -> None:
        for _ in range(steps):
            if not waiting:
                waiting.extend(chosen.sample(rng)[:, None])
            evaluate(waiting.pop())
            state.t += 1
            optimizer.step(params, grads, state)

    return work


def recording() -> None:
    rows = []
    for width, depth, batch in ((64, 50, 512), (64, 50, 256), (64, 50, 128), (64, 50, 32), (32, 16, 32)):
        for dtype in ("float32", "float64"):
            chosen, steps = problem(width, depth, batch), max(20, 60_000 // (width * depth))
            alone = bare(chosen, dtype, steps)
            a, b, ratio = paired(alone, advancing(experiment(chosen, dtype, steps=LONG), steps), rounds=15)
            name = f"{width}x{depth}, batch {batch}, {dtype}"
            rows.append((name, f"{1e6 * a / steps:.0f}", f"{1e6 * b / steps:.0f}", f"{100 * (ratio - 1):.1f} %"))
    head = ("", "bare µs/step", "whole µs/step", "recording (aim: < 5 % at 64x50)")
    table("What losses and the norms of every layer cost", head, rows)


def kinds() -> None:
    """One evaluation of 64×16 with batch 128, in µs."""
    plain = {dtype: bare_evaluation({}, dtype) for dtype in ("float32", "float64")}
    rows = []
    choices = [{"activation": name} for name in problem(4, 1, 4).fields()["activation"].options]
    choices += [{"norm": name} for name in ("batch", "layer", "rms")]
    choices += [{"residual": name} for name in ("every", "second", "rezero")] + [{"dropout": 0.2}, {"bias": False}]
    for chosen in choices:
        cells = []
        for dtype, tanh in plain.items():
            a, _, ratio = paired(bare_evaluation(chosen, dtype), tanh, rounds=5)
            cells += [f"{1e6 * a / 20:.0f}", f"{1 / ratio:.2f}"]
        rows.append((" ".join(map(str, next(iter(chosen.items())))), *cells))
    head = ("", "float32 µs", "times tanh", "float64 µs", "times tanh")
    table("An evaluation of 64x16, batch 128", head, rows)


def bare_evaluation(fields: dict[str, Any], dtype: str) -> Callable[[], None]:
    chosen, rng = problem(64, 16, 128, **fields), np.random.default_rng(0)
    params = np.empty((1, chosen.layout().size))
    chosen.start(params[0], rng)
    params = params.astype(dtype)
    arrays = params, np.empty_like(params), np.empty(1, dtype)
    evaluate = chosen.bind(*arrays, [chosen.data(rng)], chosen.memory(1))
    batch = chosen.sample(rng)[:1]
    return lambda: [evaluate(batch) for _ in range(20)] and None


def beside() -> None:
    """What is recorded beside the loss, every step, over a run that records nothing more."""
    chosen, steps, rows = problem(64, 16, 128, test=0.2), 20, []
    plain = advancing(experiment(chosen, "float32", steps=LONG), steps)
    for name in known(chosen):
        asked = replace(experiment(chosen, "float32", steps=LONG), series=(name,), every=1)
        a, b, ratio = paired(plain, advancing(asked, steps), rounds=7)
        rows.append((name, f"{1e6 * (b - a) / steps:.0f}", f"{100 * (ratio - 1):.0f} %", f"{10 * (ratio - 1):.1f} %"))
    head = ("", "µs a time", "of a step, at every step", "at every tenth (as is)")
    table("Series beside the loss, 64x16, batch 128, float32", head, rows)


def memory() -> None:
    """What 10⁵ steps of 50 layers keep, counted in the run's arrays."""
    rows = []
    for width in (24, 64):
        e = experiment(problem(width, 50, 8), "float32", steps=10**5)
        (batch,) = plan(e)
        batch.advance(300)
        histories = [h for h in (batch.history, batch.watched) if h is not None]
        kept = sum(10**5 / 300 * 8 * h.count * len(h.columns) for h in histories)
        rows.append((f"{width}x50", f"{kept / 1e6:.0f}", f"{forecast(e) / 1e6:.0f}"))
    table("10^5 steps of 50 layers, default recording (aim: < 200 MB)", ("", "MB of rows", "MB forecast"), rows)


def largest() -> None:
    rows = []
    for dtype in ("float32", "float64"):
        work = advancing(experiment(problem(512, 100, 128, activation="relu", init="he"), dtype, steps=LONG), 1)
        work()
        rows.append((dtype, f"{sorted(seconds(work) for _ in range(3))[1]:.2f}"))
    table("100 layers of 512, batch 128", ("", "s/step"), rows)


def main() -> None:
    print(machine())
    against_others()
    recording()
    beside()
    memory()
    kinds()
    largest()


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        main()
