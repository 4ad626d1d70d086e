"""PyTorch: any optimizer of torch.optim, step for step; offered where the extra `optlab[torch]` is installed."""

import ast
import importlib
from typing import Any

import numpy as np

from optlab.api import Array, FieldError, Optimizer, State, hookimpl, real, text, tr


class TorchOptimizer(Optimizer):
    """Let a class of `torch.optim` move the parameters: layer by layer, as tensors that share their memory.

    lr is that of the schedule; all else is as in PyTorch, also what its names mean. What the class remembers as tensors
    and numbers stands in slots, so that a run goes on from a checkpoint. LBFGS, which asks for evaluations itself, and
    SparseAdam are not offered.

    Source: Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep Learning Library", NeurIPS 2019,
    arXiv:1912.01703.
    """

    name, title = "torch_optimizer", "PyTorch"
    batched = False

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="lr of the class")
    method: str = text("RAdam", doc="a class of torch.optim")
    settings: str = text("", doc="its other arguments, such as betas=(0.9, 0.99), weight_decay=0.01")

    def make(self, tensors: list[Any]) -> Any:
        """The optimizer of these tensors; raises `FieldError` for a class or arguments that are none."""
        optim = importlib.import_module("torch").optim
        cls = getattr(optim, self.method, None)
        if not isinstance(cls, type) or self.method in ("Optimizer", "LBFGS", "SparseAdam"):
            raise FieldError(tr("method: expected a class of torch.optim such as RAdam, got {m!r}", m=self.method))
        try:
            call = ast.parse(f"f({self.settings})", mode="eval").body
            given = {str(word.arg): ast.literal_eval(word.value) for word in getattr(call, "keywords", ())}
            return cls(tensors, lr=self.lr, **given)
        except (SyntaxError, TypeError, ValueError) as error:
            raise FieldError(tr("settings: {m} refuses them: {reason}", m=self.method, reason=error)) from None

    def init(self, params: Array, state: State) -> None:
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)  # as NumPy has it here: more of them take longer at these sizes
        vars(state)["method"] = None  # made at the first step, when params are where they stay
        shapes = state.layout.views(params).values()
        trial = [torch.nn.Parameter(torch.from_numpy(view[0]).clone()) for view in shapes]
        for tensor in trial:  # a step of nothing shows what is remembered, and how large it is
            tensor.grad = torch.zeros_like(tensor)
        made = self.make(trial)
        made.step()
        for k, tensor in enumerate(trial):
            for key, value in made.state[tensor].items():
                if isinstance(value, torch.Tensor):
                    state.slot(f"layer{k}_{key}", tuple(value.shape), value.numpy().dtype)

    def step(self, params: Array, grads: Array, state: State) -> None:
        torch, kept = importlib.import_module("torch"), state.arrays()
        np.copyto(state.tmp, grads)
        if first := state.method is None:
            tensors = [torch.nn.Parameter(torch.from_numpy(v[0])) for v in state.layout.views(params).values()]
            vars(state).update(tensors=tensors, method=self.make(tensors))
        for k, (tensor, slope) in enumerate(zip(state.tensors, state.layout.views(state.tmp).values(), strict=True)):
            tensor.grad = torch.from_numpy(slope[0])
            for name in kept if first and state.t > 1 else ():  # goes on from a checkpoint
                layer, _, key = name.partition("_")
                if layer == f"layer{k}":
                    state.method.state[tensor][key] = torch.from_numpy(kept[name].copy()[0, ...])
        state.method.param_groups[0]["lr"] = float(np.ravel(state.lr)[0])
        state.method.step()
        for k, tensor in enumerate(state.tensors):
            for key, value in state.method.state[tensor].items():
                if f"layer{k}_{key}" in kept:
                    kept[f"layer{k}_{key}"][0, ...] = value.numpy()


@hookimpl
def register_optimizers() -> list[type]:
    return [TorchOptimizer]
