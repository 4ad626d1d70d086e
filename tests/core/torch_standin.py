"""A module with as much of PyTorch's interface as OptLab uses, over NumPy: tests run where PyTorch is not installed."""

import importlib.machinery
from types import ModuleType, SimpleNamespace

import numpy as np


class Tensor:
    """Shares its array, as tensors of `torch.from_numpy` do."""

    def __init__(self, array):
        self.array, self.grad, self.shape = array, None, array.shape

    def numpy(self):
        return self.array

    def detach(self):
        return self

    def clone(self):
        return Tensor(self.array.copy())


class Optimizer:
    """What the classes below have in common."""

    def __init__(self, tensors, **group):
        self.state = {tensor: {} for tensor in tensors}
        self.param_groups = [{"params": tensors, **group}]

    def step(self):
        (group,) = self.param_groups
        for tensor in group["params"]:
            self.move(tensor.array, tensor.grad.array, self.state[tensor], group)


class SGD(Optimizer):
    def __init__(self, params, lr=1e-3, momentum=0.0, nesterov=False):
        if nesterov and not momentum:
            raise ValueError("Nesterov momentum requires a momentum")
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov)

    def move(self, x, g, state, group):
        if group["momentum"]:
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = Tensor(np.zeros_like(x))
            buffer = state["momentum_buffer"].array
            buffer *= group["momentum"]
            buffer += g
            g = g + group["momentum"] * buffer if group["nesterov"] else buffer
        x -= group["lr"] * g


class Adam(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def move(self, x, g, state, group):
        if not state:
            state.update(step=Tensor(np.zeros((), "float32")), m=Tensor(np.zeros_like(x)), v=Tensor(np.zeros_like(x)))
        state["step"] = Tensor(state["step"].array + np.float32(1))  # another tensor each time, as some have it
        beta1, beta2 = group["betas"]
        m, v, t = state["m"].array, state["v"].array, float(state["step"].array)
        m[...] = beta1 * m + (1 - beta1) * g
        v[...] = beta2 * v + (1 - beta2) * g * g
        x -= group["lr"] * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + group["eps"])


class Refusing(Optimizer):
    def __init__(self, params, lr=1e-3):
        raise ValueError("only 2D parameters")


def modules():
    """The modules by name, for sys.modules."""
    torch, optim = ModuleType("torch"), ModuleType("torch.optim")
    for module in (torch, optim):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
    vars(optim).update(Optimizer=Optimizer, SGD=SGD, Adam=Adam, RAdam=Adam, Refusing=Refusing, LBFGS=SGD)
    torch.optim, torch.Tensor, torch.from_numpy = optim, Tensor, Tensor
    torch.nn = SimpleNamespace(Parameter=lambda tensor: Tensor(tensor.array))
    torch.zeros_like = lambda tensor: Tensor(np.zeros_like(tensor.array))
    torch.set_num_threads = lambda n: None
    return {"torch": torch, "torch.optim": optim}
