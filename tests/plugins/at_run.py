"""Plugins that misbehave while a run goes: each says how its run `ends`, and how many `rows` are kept."""

import sys
from typing import Any, ClassVar

import numpy as np

from optlab.api import Landscape, Layout, Optimizer, ReactiveSchedule, Schedule, hookimpl, real


class HostileError(Exception):
    """An error that cannot be shown."""

    def __str__(self) -> str:
        raise SystemExit


class RudeOptimizer(Optimizer):
    """Walks downhill until its third step."""

    ends: ClassVar[str] = ""
    rows: ClassVar[int] = 2
    lr: float = real(0.001)

    def step(self, params: Any, grads: Any, state: Any) -> None:
        if state.t == 3:
            self.act(params, grads, state)
        params -= state.lr * grads

    def act(self, params: Any, grads: Any, state: Any) -> None:
        raise NotImplementedError


OPTIMIZERS: list[type] = []
SCHEDULES: list[type] = []
PROBLEMS: list[type] = []


class Pressing(RudeOptimizer):
    """Raises what Ctrl-C raises."""

    name = "pressing"

    def act(self, params: Any, grads: Any, state: Any) -> None:
        raise KeyboardInterrupt


def optimizer(ends: str, act: Any = None, rows: int = 2, **body: Any) -> None:
    """Add an optimizer that does `act(self, params, grads, state)` in its third step."""
    name = f"o{len(OPTIMIZERS)}"
    made = {"__doc__": "Rude.", "name": name, "ends": ends, "rows": rows, "__module__": __name__, **body}
    if act:
        made["act"] = act
    OPTIMIZERS.append(type(name.upper(), (RudeOptimizer,), made))


def schedule(ends: str, value: Any, rows: int = 0) -> None:
    """Add a schedule that returns `value(t)`."""
    name = f"s{len(SCHEDULES)}"
    body = {"__doc__": "Rude.", "name": name, "ends": ends, "rows": rows, "factor": lambda self, t, steps: value(t)}
    SCHEDULES.append(type(name.upper(), (Schedule,), {**body, "__module__": __name__}))


def reactive(ends: str, update: Any, rows: int) -> None:
    """Add a reactive schedule."""
    name = f"s{len(SCHEDULES)}"
    body = {"__doc__": "Rude.", "name": name, "ends": ends, "rows": rows, "update": update, "__module__": __name__}
    SCHEDULES.append(type(name.upper(), (ReactiveSchedule,), body))


def problem(ends: str, rows: int = 0, base: type = Landscape, **body: Any) -> None:
    """Add a landscape with some methods replaced."""
    name = f"p{len(PROBLEMS)}"
    made = {"__doc__": "Rude.", "name": name, "ends": ends, "rows": rows, "__module__": __name__}
    if base is Landscape:
        made |= {"domain": ((-1.0, 1.0), (-1.0, 1.0)), "at": (1.0, 1.0), "evaluate": bowl}
    PROBLEMS.append(type(name.upper(), (base,), {**made, **body}))


def bowl(self: Any, x: Any, loss: Any, grad: Any) -> None:
    loss[:] = 0.5 * (x * x).sum(axis=1)
    grad[:] = x


def half(self: Any, x: Any, loss: Any, grad: Any) -> None:
    loss[:] = 1.0
    grad[:, 0] = 1.0


def failing(error: Any) -> Any:
    """A method that raises, whatever it is given."""

    def method(self: Any, *args: Any) -> Any:
        raise error

    return method


def recurse(*args: Any) -> None:
    """Has no end."""
    deeper()


def deeper() -> None:
    """Takes no arguments: Python 3.13.0 to 3.13.7 never end the recursion of a function of `*args` (gh-132744)."""
    deeper()


def write_grads(self: Any, params: Any, grads: Any, state: Any) -> None:
    grads *= 2


def wrong_shape(self: Any, params: Any, grads: Any, state: Any) -> None:
    params += np.ones((7, 7))


def rebind(self: Any, params: Any, grads: Any, state: Any) -> None:
    params.resize((9, 9))


def spoil(self: Any, params: Any, grads: Any, state: Any) -> None:
    params[:] = np.nan


def missing(self: Any, params: Any, grads: Any, state: Any) -> None:
    state.momentum += 1


def unasked(self: Any, params: Any, grads: Any, state: Any) -> None:
    state.oracle(params, grads)


def frozen(self: Any, params: Any, grads: Any, state: Any) -> None:
    self.lr = 9.0


def leave(self: Any, params: Any, grads: Any, state: Any) -> None:
    sys.exit(3)


PLACE = "(at_run.py:"
optimizer(f"failed: failed at step 2: ValueError: no {PLACE}", failing(ValueError("no")))
optimizer(f"failed: failed at step 2: SystemExit: 3 {PLACE}", leave)
optimizer("failed: failed at step 2: HostileError", failing(HostileError()))
optimizer("failed: failed at step 2: ValueError: aaa", failing(ValueError("a" * 200_000_000)))
optimizer("failed: failed at step 2: GeneratorExit", failing(GeneratorExit()))
optimizer("failed: failed at step 2: StopIteration", failing(StopIteration()))
optimizer("failed: failed at step 2: RecursionError: maximum recursion depth exceeded", recurse)
optimizer("failed: failed at step 2: ValueError: output array is read-only", write_grads)
optimizer("failed: failed at step 2: ValueError: operands could not be broadcast together", wrong_shape)
optimizer("failed: failed at step 2: ValueError: cannot resize", rebind)
optimizer("failed: failed at step 2: AttributeError: 'State' object has no attribute 'momentum'", missing)
optimizer("failed: failed at step 2: AttributeError: O11: expected needs_oracle = True", unasked)
optimizer("failed: failed at step 2: FrozenInstanceError: cannot assign to field 'lr'", frozen)
optimizer("diverged: params are no longer finite at step 3", spoil, rows=4)
optimizer("failed: failed at step 0: ValueError: no", init=failing(ValueError("no")), rows=0)
optimizer("failed: failed at step 0: ValueError: no", view=failing(ValueError("no")), rows=0)
optimizer("done: done: 20 steps", lambda self, params, grads, state: "junk", rows=21)

schedule("failed: expected a number of 0 to 1e9 for each step, got 'fast' at step 0", lambda t: "fast")
schedule("failed: got nan at step 5", lambda t: np.where(t == 5, np.nan, 1.0))
schedule("failed: got -1 at step 0", lambda t: -np.ones(t.shape))
schedule("failed: got inf at step 0", lambda t: np.full(t.shape, 1e400))
schedule("failed: got array([1., 1., 1.]) at step 0", lambda t: np.ones(3))
schedule("failed: failed at step 0: ZeroDivisionError", lambda t: 1 / 0)
schedule("failed: failed at step 0: RecursionError", recurse)
reactive("failed: failed at step 1: ValueError: no", failing(ValueError("no")), rows=1)
reactive("failed: got nan at step 0", lambda self, metric, t, state: state.factor.fill(np.nan), rows=1)

problem("failed: failed at step 0: ValueError: no", layout=failing(ValueError("no")))
problem("failed: failed at step 0: ValueError: no", start=failing(ValueError("no")))
problem("failed: failed at step 0: SystemExit", data=failing(SystemExit()))
problem("failed: failed at step 0: ValueError: no", bind=failing(ValueError("no")))
problem("failed: failed at step 0: ValueError: no", sample=failing(ValueError("no")))
problem("failed: failed at step 0: ValueError: no", tracks=failing(ValueError("no")))
problem("failed: failed at step 20: ValueError: no", rows=20, measure=failing(ValueError("no")))
problem("failed: failed at step 0: ValueError: no", evaluate=failing(ValueError("no")))
problem(
    "failed: p8.tracks: expected different names other than step, evaluations, lr, loss", tracks=lambda self: ("loss",)
)
problem("failed: p9.tracks: expected different names", tracks=lambda self: "xy")
problem("failed: p10.sample: expected indices (N // B, B), got 3", sample=lambda self, rng: 3)
problem("failed: p11.sample: expected indices (N // B, B), got (0, 4)", sample=lambda self, rng: np.zeros((0, 4), int))
problem(
    "failed: failed at step 0: ValueError: could not broadcast",
    start=lambda self, params, rng: params.__setitem__(slice(None), np.ones(9)),
)
problem("diverged: loss is not finite at the start", evaluate=lambda self, x, loss, grad: None, rows=1)
problem("diverged: params are no longer finite at step 1", evaluate=half, rows=2)
problem(
    "failed: failed at step 0: ValueError",
    order="C",
    bind=lambda self, *args: lambda batch: args[1].__setitem__(slice(None), np.ones(5)),
)
problem("failed: failed at step 0: MemoryError", layout=lambda self: Layout({"x": (2**45,)}))
problem("failed: failed at step 0: TypeError: 'NoneType' object is not callable", bind=lambda self, *args: None)


@hookimpl
def register_optimizers() -> list[type]:
    return [Pressing, *OPTIMIZERS]


@hookimpl
def register_schedules() -> list[type]:
    return SCHEDULES


@hookimpl
def register_problems() -> list[type]:
    return PROBLEMS
