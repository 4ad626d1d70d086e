"""How fast the engine steps: against PyTorch eager on one thread, and batched against single runs.

python -m tests.bench.engine        needs the extra `bench` (torch) for the first table
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from optlab.engine.gradient import Gradient
from optlab.engine.planning import plan
from optlab.engine.spec import Experiment, Trial
from optlab.host import load_plugins
from optlab.problem import Problem
from tests.bench.measure import machine, paired, table

CATALOGUE = load_plugins(shipped_only=True).catalogue
DEEP = {"hidden": 16, "width": 32, "activation": "tanh", "batch": 32}


def build(kind: str, name: str, **values: Any) -> Any:
    return CATALOGUE.build(kind, {"name": name, **values}, kind)


def experiment(problem: Problem, dtype: str, steps: int = 0, seeds: int = 1) -> Experiment:
    trial = Trial("run", problem, build("optimizer", "adam"), build("schedule", "constant"), Gradient())
    return Experiment("bench", trial, (trial,), steps=steps, seeds=tuple(range(seeds)), dtype=dtype)


def rosenbrock(**more: int) -> Experiment:
    return experiment(build("problem", "rosenbrock", jitter=0.1), "float64", **more)


def mlp(**more: int) -> Experiment:
    return experiment(build("problem", "spirals", **DEEP), "float32", **more)


def advancing(e: Experiment, steps: int) -> Callable[[], None]:
    """Work of `steps` steps more of a run that goes on, everything recorded."""
    (batch,) = plan(e)

    def work() -> None:
        batch.advance(steps)
        assert batch.open, batch.runs[0].message

    return work


def whole(e: Experiment) -> Callable[[], None]:
    """Work of a whole experiment, from plan to the last row."""

    def work() -> None:
        for batch in plan(e):
            batch.advance(e.steps)
            assert all(run.status == "done" for run in batch.runs), batch.runs[0].message

    return work


def one_by_one(e: Experiment) -> Callable[[], None]:
    """The same runs as `e`, each in a batch of its own, one after another."""
    works = [whole(replace(e, seeds=(seed,))) for seed in e.seeds]
    return lambda: [work() for work in works] and None


# PyTorch, as its tutorials write it: eager, with autograd; losses and norms are kept as tensors, never waited for


def torch_rosenbrock(steps: int) -> Callable[[], None]:
    import torch

    x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([x], lr=1e-3)

    def work() -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
            loss.backward()
            optimizer.step()

    return work


def torch_mlp(steps: int, foreach: bool) -> Callable[[], None]:
    import torch
    from torch import nn

    torch.manual_seed(0)
    sizes = [2, *[DEEP["width"]] * DEEP["hidden"]]
    layers = [layer for m, n in pairwise(sizes) for layer in (nn.Linear(m, n), nn.Tanh())]
    net = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach)
    x, y = torch.randn(512, 2), torch.randint(0, 2, (512, 1)).float()
    params = list(net.parameters())
    norms = torch.zeros(steps, len(params))

    def work() -> None:
        for step in range(steps):
            if step % 16 == 0:
                order = torch.randperm(512)
            batch = order[step % 16 * 32 : step % 16 * 32 + 32]
            optimizer.zero_grad()
            criterion(net(x[batch]), y[batch]).backward()
            norms[step] = torch.stack(torch._foreach_norm([p.grad for p in params]))
            optimizer.step()

    return work


def against_torch() -> None:
    try:
        import torch
    except ImportError:
        print("\nPyTorch is not installed: its table is left out (pip install optlab[bench])")
        return
    torch.set_num_threads(1)
    rows = []
    for name, ours, theirs, fast, slow, aim in (
        ("Adam, 2-D Rosenbrock, float64", rosenbrock(), torch_rosenbrock(1000), 10_000, 1000, 15),
        ("MLP 2-32x16-1, batch 32, float32", mlp(), torch_mlp(50, False), 500, 50, 8),
        ("  against Adam(foreach=True)", mlp(), torch_mlp(50, True), 500, 50, 8),
    ):
        a, b, ratio = paired(advancing(ours, fast), theirs)
        ratio *= fast / slow
        rows.append((name, f"{1e6 * a / fast:.1f}", f"{1e6 * b / slow:.1f}", f"{ratio:.1f}x", f">= {aim}x"))
    table("Whole engine, all recorded, against PyTorch eager", ("", "µs/step", "torch µs/step", "ratio", "aim"), rows)


def batched() -> None:
    rows = []
    for name, e, aim in (
        ("32 seeds of Rosenbrock, 3000 steps", rosenbrock(steps=3000, seeds=32), 10),
        ("32 seeds of the MLP, 150 steps", mlp(steps=150, seeds=32), 1.2),
    ):
        a, b, ratio = paired(whole(e), one_by_one(e), rounds=5)
        rows.append((name, f"{a:.3f}", f"{b:.3f}", f"{ratio:.2f}x", f">= {aim}x"))
    table("One batch against one run after another", ("", "batch s", "singly s", "ratio", "aim"), rows)


def main() -> None:
    print(machine())
    against_torch()
    batched()


if __name__ == "__main__":
    main()
