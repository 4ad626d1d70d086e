"""The hard cases of the contract, one running plugin for each."""

from typing import Any, ClassVar

import numpy as np

from optlab.api import (
    Array,
    Evaluate,
    Landscape,
    Layout,
    Optimizer,
    Problem,
    ReactiveSchedule,
    Schedule,
    State,
    hookimpl,
    integer,
    norm,
    part,
    real,
)


class Halving(ReactiveSchedule):
    """Halve the rate whenever the loss has risen: a reactive schedule with slots. Source: none."""

    name = "case_halving"
    slots = ("last",)

    def init(self, state: State) -> None:
        state.last[:] = np.inf

    def update(self, metric: Array, t: int, state: State) -> None:
        state.factor[metric > state.last] *= 0.5
        state.last[:] = metric


class OneCycle(Schedule):
    """The rate rises to the middle and falls, β₁ the other way round: a schedule of other fields. Source: none."""

    name = "case_cycle"
    depth: float = real(0.1, 0.0, 1.0, doc="how far β₁ falls")

    def factor(self, t: Array, steps: int) -> Array:
        return 1 - np.abs(2 * np.asarray(t) / max(1, steps) - 1)

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        lr = self.factor(t, steps)
        return {"lr": lr, "beta1": 1 - self.depth * lr}


class Sam(Optimizer):
    """Descend along the gradient of a worse point nearby: an oracle. Source: Foret et al., ICLR 2021, eq. 2."""

    name = "case_sam"
    needs_oracle = True
    slots = ("g",)
    lr: float = real(0.01, 0.0, 1.0, doc="step")
    rho: float = real(0.05, 0.0, 1.0, doc="distance")

    def step(self, params: Array, grads: Array, state: State) -> None:
        worse = params + self.rho * grads / (norm(grads) + 1e-12)
        state.oracle(worse, state.g)
        params -= state.lr * state.g


class Backtracking(Optimizer):
    """Halve the step until the loss falls enough: runs need different numbers of evaluations. Source: Armijo 1966."""

    name = "case_backtracking"
    needs_oracle = True
    batched = False
    slots = ("g", "trial")
    lr: float = real(1.0, 0.0, 10.0, doc="first step")

    def step(self, params: Array, grads: Array, state: State) -> None:
        lr, loss, slope = state.lr, state.loss[0], float(np.square(grads).sum())
        for _ in range(40):
            np.multiply(grads, -lr, out=state.trial)
            state.trial += params
            if state.oracle(state.trial, state.g)[0] <= loss - 1e-4 * lr * slope:
                break
            lr *= 0.5
        params[:] = state.trial


class Lookahead(Optimizer):
    """Every k steps go half of the way that the inner optimizer went: a wrapper. Source: Zhang et al., 2019."""

    name = "case_lookahead"
    slots = ("slow",)
    inner: Optimizer = part(Optimizer, "sgd", doc="the optimizer that steps")
    every: int = integer(5, 1, 100, doc="steps between two looks")

    def init(self, params: Array, state: State) -> None:
        state.slow[:] = params

    def step(self, params: Array, grads: Array, state: State) -> None:
        self.inner.step(params, grads, state.part("inner"))
        if state.t % self.every == 0:
            state.slow += 0.5 * (params - state.slow)
            params[:] = state.slow


class Whitening(Optimizer):
    """Whiten each layer's gradient by its left second moment: state that is not like params. Source: Shampoo, 2018."""

    name = "case_whitening"
    lr: float = real(0.01, 0.0, 1.0, doc="step")

    def init(self, params: Array, state: State) -> None:
        for name, shape in state.layout.shapes.items():
            state.slot(f"S_{name}", (shape[0], shape[0]))

    def step(self, params: Array, grads: Array, state: State) -> None:
        into = state.layout.views(params)
        for name, g in state.layout.views(grads).items():
            matrix = g.reshape(*g.shape[:2], -1)  # (R, m, n)
            moment = getattr(state, f"S_{name}")
            moment += matrix @ matrix.transpose(0, 2, 1)
            floor = 1e-6 * np.eye(moment.shape[1])
            step = np.linalg.solve(np.linalg.cholesky(moment + floor), matrix)
            into[name] -= np.reshape(state.lr, (-1, *[1] * (g.ndim - 1))) * step.reshape(g.shape)


class Averaged(Optimizer):
    """Gradient descent that is looked at where its average is: a view. Source: Polyak & Juditsky, 1992, eq. 3."""

    name = "case_averaged"
    slots = ("mean",)
    lr: float = real(0.01, 0.0, 1.0, doc="step")

    def init(self, params: Array, state: State) -> None:
        state.mean[:] = params

    def step(self, params: Array, grads: Array, state: State) -> None:
        params -= state.lr * grads
        state.mean += (params - state.mean) / (state.t + 1)

    def view(self, params: Array, state: State, out: Array) -> None:
        np.copyto(out, state.mean)


class Remembering(Problem):
    """½ |x − c|², where c follows x: a problem with running statistics, and with tracks. Source: none."""

    name = "case_remembering"

    def layout(self) -> Layout:
        return Layout({"x": (2,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = rng.standard_normal(2)

    def memory(self, runs: int) -> dict[str, Array]:
        return {"c": np.zeros((runs, 2)), "looks": np.zeros((runs, 1))}

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        def evaluate(batch: Array | None) -> None:
            memory["c"] += 0.1 * (params - 1 - memory["c"])
            memory["looks"] += 1
            grads[:] = params - memory["c"]
            loss[:] = 0.5 * np.square(grads).sum(axis=1) + 100 * memory["looks"][:, 0]

        return evaluate

    def tracks(self) -> tuple[str, ...]:
        return ("distance", "angle")

    def measure(self, params: Array, out: Array) -> None:
        out[:, 0] = np.hypot(params[:, 0], params[:, 1])
        out[:, 1] = np.arctan2(params[:, 1], params[:, 0])


class Ledger(Problem):
    """Writes down which of 10 points each step saw, in mini-batches of 3. Source: none."""

    name = "case_ledger"
    heard: ClassVar[list[Array]] = []

    def layout(self) -> Layout:
        return Layout({"x": (1,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = 0.0

    def sample(self, rng: np.random.Generator) -> Array:
        return rng.permutation(10)[:9].reshape(3, 3)

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        def evaluate(batch: Array | None) -> None:
            assert batch is not None
            self.heard.append(batch.copy())
            grads[:] = (params - batch.mean(axis=1, keepdims=True)) / 9
            loss[:] = np.square(grads[:, 0])

        return evaluate


class Faint(Problem):
    """Two layers whose gradients are 1e-30 and 1e-42 of what they should be. Source: none."""

    name = "case_faint"

    def layout(self) -> Layout:
        return Layout({"W1": (2, 2), "b1": (2,)})

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = 1.0

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        def evaluate(batch: Array | None) -> None:
            grads[:, :4], grads[:, 4:] = 3e-30, 3e-42
            loss[:] = 1.0

        return evaluate


class Bowl(Landscape):
    """½ |x|² by complex step: a landscape that gives no gradient. Source: none."""

    name, domain, at = "case_bowl", ((-2.0, 2.0), (-2.0, 2.0)), (1.0, 1.0)

    def value(self, x: Array) -> Array:
        result: Array = 0.5 * (x * x).sum(axis=1)
        return result


@hookimpl
def register_optimizers() -> list[type]:
    return [Sam, Backtracking, Lookahead, Whitening, Averaged]


@hookimpl
def register_schedules() -> list[type]:
    return [Halving, OneCycle]


@hookimpl
def register_problems() -> list[type]:
    return [Remembering, Ledger, Faint, Bowl]
