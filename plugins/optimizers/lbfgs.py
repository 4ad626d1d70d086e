"""L-BFGS: Newton's direction from the last few steps."""

import numpy as np

from optlab.api import Array, Optimizer, State, WolfeSearch, apply_pairs, choice, hookimpl, integer, largest, real


class LBFGS(Optimizer):
    """Step along −H g, where H is the inverse Hessian that the last steps s and changes y of the gradient tell of.

        s = x − x₋,   y = g − g₋                         kept where s·y > 1e-10, `history` of them
        d ← −g;  for each pair, newest first:            a = s·d / s·y,   d ← d − a y
        d ← d · s·y / y·y;  for each, oldest first:      d ← d + (a − y·d / s·y) s
        x ← x + t d                                      t = lr, or found from there by a line search

    On full gradients few methods are as fast; the noise of mini-batches spoils y. The first step is lr / |g|₁ at most.

    Source: Liu & Nocedal, "On the limited memory BFGS method for large scale optimization", Mathematical Programming
    45 (1989), 503–528, DOI 10.1007/BF01589116, Algorithm 2.1; start, scale and ends of a step as in PyTorch.
    """

    name, title, needs_oracle, batched = "lbfgs", "L-BFGS", True, False
    slots = ("d", "g", "last", "way")

    lr: float = real(1.0, 1e-6, 10.0, log=True, label="learning rate", doc="step along d, or where the search begins")
    search: str = choice("strong Wolfe", "strong Wolfe", "none", doc="how the length of a step is found")
    history: int = integer(10, 1, 1000, unit="steps", doc="pairs (s, y) that are kept")
    iterations: int = integer(1, 1, 1000, doc="directions taken in one step")
    evaluations: int = integer(25, 1, 10_000, doc="evaluations after which a step ends")
    tolerance_grad: float = real(1e-7, 0.0, 1.0, doc="stays where no component of g is larger")
    tolerance_change: float = real(1e-9, 0.0, 1.0, doc="ends a step where neither x nor the loss changes more")

    presets = {"PyTorch": {"lr": 1.0, "search": "none", "history": 100, "iterations": 20, "evaluations": 25}}
    verified = ("PyTorch",)

    def init(self, params: Array, state: State) -> None:
        for name, rows in (("s", self.history), ("y", self.history), ("room", 4)):
            state.slot(name, (rows, params.shape[1]))
        state.slot("count", (2,))  # directions taken, pairs stored

    def step(self, params: Array, grads: Array, state: State) -> None:
        x, g, d, tmp, least = params[0], state.g[0], state.d[0], state.tmp[0], self.tolerance_change
        np.copyto(g, grads[0])
        loss, spent = float(state.loss[0]), 1
        for left in reversed(range(self.iterations)):
            if largest(g) <= self.tolerance_grad:
                break
            self._aim(g, d, state)
            t = state.lr * (min(1.0, 1.0 / np.abs(g, tmp).sum()) if state.count[0, 0] == 1 else 1.0)
            before = loss
            np.copyto(state.last[0], g)
            np.multiply(d, t, state.way[0])
            if g.dot(d) > -least:
                break
            if self.search == "strong Wolfe":
                search = WolfeSearch(state.oracle, x, d, state.room[0], most=self.evaluations - spent, tolerance=least)
                t, loss = search.run(loss, g, t)
                spent += search.evaluations
            np.add(x, np.multiply(d, t, state.way[0]), x)
            if left and self.search == "none":
                loss, spent = float(state.oracle(params, state.g)[0]), spent + 1
            if spent >= self.evaluations or largest(state.way[0]) <= least or abs(loss - before) < least:
                break

    def _aim(self, g: Array, d: Array, state: State) -> None:
        """Take the last step into the pairs, and set the direction."""
        s, y, count, tmp, size = state.s[0], state.y[0], state.count[0], state.tmp[0], self.history
        if np.subtract(g, state.last[0], tmp).dot(state.way[0]) > 1e-10:  # no way has been gone at the first call
            s[int(count[1]) % size], y[int(count[1]) % size] = state.way[0], tmp
            count[1] += 1
        count[0] += 1
        stored = int(count[1])
        np.negative(g, d)
        apply_pairs(d, [(s[k % size], y[k % size]) for k in range(max(0, stored - size), stored)], tmp)


@hookimpl
def register_optimizers() -> list[type]:
    return [LBFGS]
