"""PyTorch's SGD, Adam without AMSGrad and RMSprop are in test_golden_optimizers.py; here is SGD once more as a sample."""


def sgd(options, case):
    penalty = {"l2": options["weight_decay"]}
    if not options["momentum"]:
        return {"name": "sgd", "lr": options["lr"]}, penalty
    fields = {key: options[key] for key in ("lr", "momentum", "dampening", "nesterov")}
    return {"name": "momentum", **fields}, penalty


MAPS = {"torch.optim.SGD": sgd}
LEFT_OUT = {}
